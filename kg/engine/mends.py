"""Where Oxigraph answers a query otherwise than SPARQL says, and an edit of the text can mend it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.engine.request import Limits, Request
from kg.queries.reading import Edit, Node, Reading
from kg.store import Reader

__all__ = ["BOOLEANS", "PATHS", "booleans", "paths"]

#: A boolean in another case than the one Oxigraph reads.
BOOLEANS = re.compile(r"(?i:\b(?:true|false)\b)(?<!true)(?<!false)")
#: A path that may have no length.
PATHS = re.compile(r"[*?](?![A-Za-z0-9_])")


def booleans(reading: Reading, reader: Reader, request: Request, limits: Limits) -> Sequence[Edit]:
    """``TRUE`` and ``False`` in lower case: keywords are read in any case (SPARQL 1.1, section 19.8, note 1)."""
    del reader, request, limits
    found = []
    for leaf in leaves(reading.tree):
        word = reading.text[leaf.start : leaf.end]
        if word.lower() in ("true", "false") and not word.islower():
            found.append(Edit(leaf.start, leaf.end, word.lower()))
    return found


def paths(reading: Reading, reader: Reader, request: Request, limits: Limits) -> Sequence[Edit]:
    """A path without length from or to a constant that the graph does not hold: one solution (SPARQL 1.1, section
    18.4)."""
    del reading, reader, request, limits
    return ()


def leaves(tree: Node) -> list[Node]:
    """The tokens of a tree, in the order of the text."""
    found: list[Node] = []
    todo = [tree]
    while todo:
        node = todo.pop()
        if node.parts:
            todo.extend(reversed(node.parts))
        else:
            found.append(node)
    return found
