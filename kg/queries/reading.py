"""The one reader of SPARQL texts: what a query or an update says, with the place of every part, and edits by place.

Places are offsets of characters in the text, the end exclusive. What no edit touches stays as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from kg.queries.cursor import Unreadable
from kg.queries.grammar import Grammar
from kg.queries.tree import (
    Call,
    DatasetClause,
    Edit,
    Load,
    Modifiers,
    Node,
    Operation,
    Prologue,
    Reading,
    Service,
)

__all__ = [
    "SHORT",
    "Call",
    "DatasetClause",
    "Edit",
    "Load",
    "Modifiers",
    "Node",
    "Operation",
    "Prologue",
    "Reading",
    "Service",
    "edited",
    "read",
]

#: The longest text in characters that is read; this takes several seconds, and hundreds of megabytes.
_LONGEST = 2_000_000
#: Characters up to which a text is read at once, and remembered: every step of an answer asks what the query says. What
#: is longer is for a process that can be stopped, which is a query's worker.
SHORT = 10_000


def read(text: str, *, base: str | None = None) -> Reading | None:
    """The reading of a query or update, or None where the grammar does not know what it reads.

    ``base`` is what relative IRIs are resolved against before the text says its own.
    """
    if len(text) > _LONGEST:
        return None
    return _remembered(text, base) if len(text) <= SHORT else _read(text, base)


@lru_cache(maxsize=8)
def _remembered(text: str, base: str | None) -> Reading | None:
    return _read(text, base)


def _read(text: str, base: str | None) -> Reading | None:
    found = Grammar(text, base)
    try:
        form, tree = found.unit()
    except (Unreadable, RecursionError):
        return None
    return Reading(
        text,
        tree,
        form,
        found.base,
        found.prefixes,
        tuple(found.services),
        tuple(found.loads),
        tuple(found.datasets),
        tuple(found.calls),
        tuple(found.operations),
        found.modifiers,
        found.volatile,
        tuple(found.prologues),
    )


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text after all edits, which may not overlap."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        parts += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join((*parts, text[at:]))
