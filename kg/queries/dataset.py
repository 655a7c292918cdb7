"""The dataset that a protocol request gives an update: ``using-graph-uri`` and ``using-named-graph-uri``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kg.errors import QuerySyntaxError
from kg.queries.reading import Edit, Operation, Reading, edited

__all__ = ["using_edits", "with_using"]

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]*")


def with_using(reading: Reading, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> str:
    """The update with USING and USING NAMED on every operation that has a WHERE (SPARQL 1.1 Protocol, section 2.2.3).

    DELETE WHERE becomes DELETE with the same template and WHERE. Without graphs it is the text as it was. Raises
    :class:`kg.errors.QuerySyntaxError` when the text itself says USING or WITH, or a graph is no absolute IRI.
    """
    return edited(reading.text, using_edits(reading, default_graphs, named_graphs))


def using_edits(reading: Reading, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> tuple[Edit, ...]:
    """The edits of :func:`with_using`."""
    if not default_graphs and not named_graphs:
        return ()
    for operation in reading.operations:
        if operation.using or operation.with_graph is not None:
            said = "USING" if operation.using else "WITH"
            raise QuerySyntaxError(
                f"the update says {said} at character {operation.start + 1}; the request may then have no "
                "using-graph-uri and no using-named-graph-uri (SPARQL 1.1 Protocol, section 2.2.3)"
            )
    clauses = "".join((*_clauses("USING", default_graphs), *_clauses("USING NAMED", named_graphs)))
    return tuple(edit for operation in reading.operations for edit in _edits(operation, clauses, reading.text))


def _clauses(words: str, graphs: Iterable[str]) -> list[str]:
    made = []
    for graph in dict.fromkeys(graphs):
        if not _ABSOLUTE.fullmatch(graph):
            raise QuerySyntaxError(f"{graph[:200]!r} is no absolute IRI; a graph is named by one")
        made.append(f" {words} <{graph}> ")
    return made


def _edits(operation: Operation, clauses: str, text: str) -> tuple[Edit, ...]:
    node = operation.node
    if node is None or operation.kind not in ("MODIFY", "DELETE WHERE"):
        return ()
    where = node.first("WHERE")
    quads = node.first("Quads")
    if where is None:
        return ()
    if operation.kind == "MODIFY" or quads is None:
        return (Edit(where.start, where.start, clauses),)
    return (Edit(where.start, where.end, f"{text[quads.start : quads.end]}{clauses} WHERE"),)
