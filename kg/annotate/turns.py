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
    r"[\s“\"]{0,3}(?P<label>[QA]|[A-Z][A-Z.’'-]+(?:\s[A-Z][A-Z.’'-]*){0,4}|[A-Z][\w.’'-]+(?:\s[A-Z][\w.’'-]*){0,4})"
    r"(?:\s\([^()\n]{1,40}\))?(?::\s*(?=\S)|(?P<line>:?\s*$))"
)
#: A text with fewer labels is no transcript: one may be a dateline or a rubric.
_LEAST = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """The label of a turn, before its paragraph or in a line above, and where its words begin."""

    label: Span
    start: int


def turns(stage: Stage) -> Mapping[int, Turn]:
    """The turns of a text by the number of their paragraph; empty unless the text is a transcript.

    It is one when three paragraphs have labels, of two kinds, and one label returns; a label of mixed case must be a
    person's name, and so must one in a line of its own.
    """
    found: dict[int, Turn] = {}
    seen: Counter[str] = Counter()
    for paragraph in stage.paragraphs:
        if paragraph.section.kind != "paragraph" or paragraph.number in found:
            continue
        label = _LABEL.match(stage.text, paragraph.section.span.start, paragraph.section.span.end)
        if label is None:
            continue
        span = Span(*label.span("label"))
        printed = span.of(stage.text)
        alone = label.group("line") is not None
        person = any(one.kind == "Person" for one in stage.cast.within(span.start, span.end))
        if not person and (len(printed) > 1 if alone else not printed.isupper()):
            continue
        if alone and len(printed) > 1 and (printed.isupper() or " " not in printed):
            continue  # a heading names what a part is about, not who speaks
        number, start = paragraph.number, label.end()
        if alone:  # a line of its own: the turn is the paragraph below it
            number += 1
            if number >= len(stage.paragraphs):
                continue
            start = stage.paragraphs[number].section.span.start
        found[number] = Turn(span, start)
        seen[printed] += 1
    if len(found) < _LEAST or max(seen.values()) < 2 or len(seen) < 2:
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
