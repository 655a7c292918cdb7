"""The operations of an update request, each with the prologue that holds for it (SPARQL 1.1 Update, section 3).

For evaluating one operation after the other. The reader of SPARQL texts says where the parts are; of a text that it
does not read, or would read for long, it is asked again with the outermost groups emptied. These are all that is ever
long: the data of tens of megabytes are one group, and the engine reads them anyway.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from kg.queries.reading import read
from kg.queries.tokens import braces
from kg.queries.tree import Node

__all__ = ["Operation", "Using", "operations"]

#: Characters of an update that are read whole, which takes half a second.
_WHOLE = 500_000
#: Characters of all operations' prologues together: each is read again with its operation.
_LONGEST = 32 * 2**20
_DECLARATIONS = 1_000


@dataclass(frozen=True, slots=True)
class Using:
    """A USING clause: ``graph`` as it is written, an IRI or a prefixed name."""

    graph: str
    named: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. ``kind`` is ``insert data``, ``delete data``, ``delete where``, ``modify``, ``clear``, ``drop``,
    ``create``, ``add``, ``move`` or ``copy``; ``prologue`` is what was declared before it.

    ``delete`` and ``insert`` are templates and ``where`` is a group, with their braces; of ``insert data`` and
    ``delete data`` only one template is there. ``source`` and ``target`` are graphs as they are written, or
    ``default``, ``named`` and ``all``; so is ``graph``, which WITH names.
    """

    kind: str
    prologue: str
    start: int
    end: int
    silent: bool = False
    graph: str | None = None
    delete: str | None = None
    insert: str | None = None
    where: str | None = None
    using: tuple[Using, ...] = ()
    source: str | None = None
    target: str | None = None


def operations(text: str) -> tuple[Operation, ...] | None:
    """The operations in order, or None where the structure of the text is not certain, and for LOAD.

    What stands in the groups is not always read: whether it is valid says the engine.
    """
    found = _made(text, text, lambda at: at) if len(text) <= _WHOLE else None
    return found if found is not None else _apart(text)


def _apart(text: str) -> tuple[Operation, ...] | None:
    """The operations of a text whose outermost groups are not read."""
    groups = _groups(text)
    if groups is None:
        return None
    shown: list[str] = []
    at = 0
    for start, end in groups:
        shown += (text[at:start], "{}")
        at = end
    # of each group, where it ends without the characters that are gone, and how many these are up to there
    gone = list(accumulate((end - start - 2 for start, end in groups), initial=0))
    ends = [end - less for (_, end), less in zip(groups, gone[1:], strict=True)]
    return _made("".join((*shown, text[at:])), text, lambda at: at + gone[bisect_right(ends, at)])


def _groups(text: str) -> Sequence[tuple[int, int]] | None:
    """The places of the outermost groups; None where they are not certain."""
    found: list[tuple[int, int]] = []
    depth = start = 0
    for mark, at in braces(text):
        if mark == "{":
            start = start if depth else at
            depth += 1
        elif mark == "}" and depth:
            depth -= 1
            if not depth:
                found.append((start, at + 1))
        else:
            return None
    return None if depth else found


def _made(shown: str, text: str, place: Callable[[int], int]) -> tuple[Operation, ...] | None:
    """The operations of what is shown of the text; ``place`` is where in the text a place of that is."""
    reading = read(shown)
    if reading is None or reading.form != "update" or reading.loads:
        return None

    def written(node: Node) -> str:
        return text[place(node.start) : place(node.end)]

    made: list[Operation] = []
    declared: list[str] = []
    prologue, read_again = "", 0
    for node in reading.tree.parts:
        if node.kind == "Prologue":
            declared += map(written, node.parts)
            prologue = "\n".join(declared)
        elif node.kind != ";":
            kind, parts = _parts(node, written)
            made.append(Operation(kind, prologue, place(node.start), place(node.end), **parts))
            read_again += len(prologue)
        if len(declared) > _DECLARATIONS or read_again > _LONGEST:
            return None
    return tuple(made)


def _parts(node: Node, written: Callable[[Node], str]) -> tuple[str, dict[str, Any]]:
    """The kind of an operation, and what it has of the rest."""

    def graph(part: Node) -> str:
        return part.kind.lower() if part.kind in ("DEFAULT", "NAMED", "ALL") else written(part)

    def template(clause: str) -> str | None:
        found = node.first(clause)
        return None if found is None else written(found.parts[-1])

    parts = node.parts
    silent = node.first("SILENT") is not None
    match node.kind:
        case "InsertData":
            return "insert data", {"insert": written(parts[-1])}
        case "DeleteData":
            return "delete data", {"delete": written(parts[-1])}
        case "DeleteWhere":
            return "delete where", {"delete": written(parts[-1])}
        case "Add" | "Move" | "Copy":
            to = next(at for at, part in enumerate(parts) if part.kind == "TO")
            named = {"source": graph(parts[to - 1]), "target": graph(parts[-1])}
            return node.kind.lower(), {"silent": silent, **named}
        case "Modify":
            return "modify", {
                "graph": written(parts[1]) if parts[0].kind == "WITH" else None,
                "delete": template("DeleteClause"),
                "insert": template("InsertClause"),
                "where": written(parts[-1]),
                "using": tuple(
                    Using(written(one.parts[-1]), one.first("NAMED") is not None) for one in node.all("UsingClause")
                ),
            }
    return node.kind.lower(), {"silent": silent, "target": graph(parts[-1])}
