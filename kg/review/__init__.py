"""Review: what people decide about doubtful links, kept in an append-only journal, and the list of what to decide.

:class:`Journal` keeps :class:`Entry` values beside the store, :class:`Decisions` is what they add up to, ``verdicts``
makes new ones of a snapshot, ``queue`` says what is in doubt. :mod:`kg.pipeline.reviewing` publishes them.
"""

from kg.review.decisions import NONE, Decisions
from kg.review.desk import Desk, Dossier
from kg.review.journal import Entry, Journal, Trail
from kg.review.queue import KINDS, Doubt, Option, doubts
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
