"""Turns: paragraphs of an interview or transcript that begin with the name of whoever speaks (*COSTA: Well, yes.*)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kg.annotate.said import Said, trimmed
from kg.annotate.stage import Paragraph, Stage, Subject
from kg.model import Span

__all__ = ["Turn", "spoken", "turns"]

_LABEL = re.compile(
    r"[\s“\"]{0,3}(?P<label>[QA]|[A-Z][A-Z.’'-]+(?:\s[A-Z][A-Z.’'-]*){0,4}|[A-Z][\w.’'-]+(?:\s[A-Z][\w.’'-]*){1,4})"
    r"(?:\s\([^()\n]{1,40}\))?:\s*(?=\S)"
)
#: A text with fewer labels is no transcript: one may be a dateline or a rubric.
_LEAST = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """The label of a paragraph, and where the words behind it begin."""

    label: Span
    start: int


def turns(stage: Stage) -> Mapping[int, Turn]:
    """The turns of a text by the number of their paragraph; empty unless the text is a transcript.

    It is one when three paragraphs have labels and one label returns; a label of mixed case must be a person's name.
    """
    found: dict[int, Turn] = {}
    seen: Counter[str] = Counter()
    for paragraph in stage.paragraphs:
        if paragraph.section.kind != "paragraph":
            continue
        label = _LABEL.match(stage.text, paragraph.section.span.start, paragraph.section.span.end)
        if label is None:
            continue
        span = Span(*label.span("label"))
        printed = span.of(stage.text)
        if not printed.isupper() and not any(s.kind == "Person" for s in stage.cast.within(span.start, span.end)):
            continue
        found[paragraph.number] = Turn(span, label.end())
        seen[printed] += 1
    if len(found) < _LEAST or max(seen.values()) < 2:
        return {}
    return found


def spoken(stage: Stage, paragraph: Paragraph, turn: Turn) -> Said | None:
    """The words of a turn, by the person its label names; *Q* and *A* name nobody."""
    span = trimmed(stage.text, Span(turn.start, paragraph.section.span.end))
    if span.of(stage.text)[-1:] in '”"':
        span = Span(span.start, span.end - 1)
    if len(span) < 3:
        return None
    id_ = _person(stage, turn.label)
    subject = Subject(id_, turn.label, 0.85) if id_ is not None else None
    return Said(span, True, subject, 0.85, source=turn.label)


def _person(stage: Stage, label: Span) -> str | None:
    """The one person a label names: by its own mention, else by the surname only one person has."""
    printed = label.of(stage.text)
    if len(printed) < 2:
        return None
    own = stage.cast.ending(label.end)
    if own is not None and own.kind == "Person" and own.id in stage.cast.known:
        return own.id
    surname = printed.split()[-1].casefold()
    named = {
        one.id
        for one in stage.cast.members.values()
        if one.kind == "Person" and one.name.split()[-1:] and one.name.split()[-1].casefold() == surname
    }
    return next(iter(named)) if len(named) == 1 else None
