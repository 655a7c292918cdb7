"""Understanding the article: annotators that state stand-off layers, and what they resolve to."""

from kg.annotate.chain import annotate, annotate_text, defaults, joined, ordered, proposed, signature, silence
from kg.annotate.jsonl import annotate_line
from kg.annotate.preview import preview
from kg.annotate.text import lay_out
from kg.annotate.votes import RULES, Voter

__all__ = [
    "RULES",
    "Voter",
    "annotate",
    "annotate_line",
    "annotate_text",
    "defaults",
    "joined",
    "lay_out",
    "ordered",
    "preview",
    "proposed",
    "signature",
    "silence",
]
