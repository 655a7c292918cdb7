"""Review: what people decide about doubtful links, kept in an append-only journal, and the list of what to decide.

:class:`Journal` keeps :class:`Entry` values beside the store, :class:`Decisions` is what they add up to, ``verdicts``
makes new ones of a snapshot, ``queue`` says what is in doubt. :mod:`kg.pipeline.reviewing` publishes them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kg.review.decisions import NONE, Decisions
    from kg.review.desk import Desk, Dossier
    from kg.review.journal import Entry, Journal, Trail
    from kg.review.queue import Doubt, Option, doubts
    from kg.review.verdicts import Verdict, accept, merge, new, reject, split, undo

__all__ = [
    "KINDS",
    "NONE",
    "Decisions",
    "Desk",
    "Dossier",
    "Doubt",
    "Entry",
    "Journal",
    "Option",
    "Trail",
    "Verdict",
    "accept",
    "doubts",
    "merge",
    "new",
    "reject",
    "split",
    "undo",
]

#: The kinds of doubt, in the order they are told of one thing.
KINDS: Final = ("conflict", "link", "unlinked", "duplicate")

#: Where each is, imported when it is asked for: whoever publishes needs the journal, only a reviewer what reads a
#: snapshot, and who previews an article neither.
_HOMES: Final = {
    **dict.fromkeys(("NONE", "Decisions"), "decisions"),
    **dict.fromkeys(("Entry", "Journal", "Trail"), "journal"),
    **dict.fromkeys(("Desk", "Dossier"), "desk"),
    **dict.fromkeys(("Doubt", "Option", "doubts"), "queue"),
    **dict.fromkeys(("Verdict", "accept", "merge", "new", "reject", "split", "undo"), "verdicts"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
