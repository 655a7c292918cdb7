"""Blocks: somebody's words in a paragraph of their own, with or without marks.

Block quotations, the paragraph after *X said:*, and posts signed by their author (*— Ana Costa (@ana) March 3*).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kg.annotate.attribution import Attribution, introduced
from kg.annotate.said import Said, trimmed
from kg.annotate.stage import Paragraph, Stage, Subject
from kg.annotate.voices import Voices
from kg.model import Span

__all__ = ["Signature", "block_quotation", "signature", "signed", "unmarked"]

_POSTED = re.compile(r"\b(?:wrote|writes|posted|posts|tweeted|said in (?:a|an|his|her|its|their)\b)")
_SIGNED = re.compile(
    r"[—–―]{1,2}\s?(?P<name>[^\W\d_][^—–―()\n@]{1,60}?)\s?(?P<handle>\(@\w{1,30}\))?"
    r"(?:[\s,]+(?:on\s)?(?:[A-Z][a-z]{2,8}\.?\s\d{1,2}|\d{1,2}\s[A-Z][a-z]{2,8}\.?)(?:,?\s\d{4})?)?[.”\"]?$"
)
#: The longest signature line that is looked for at the end of a paragraph.
_LINE = 130
_BULLET = re.compile(r"[-•*·▪◦–—]|\(?\w{1,2}[.)]\s")
#: The words of an introduction between its verb and its colon.
_INTRODUCING = re.compile(
    r"(?:said|says|wrote|writes|tweeted|posted|added|replied|responded|declared|asked|told|stated"
    r"|continued|explained|concluded|answered|announced|commented)\b(?:\s[\w’'.@-]+){0,8}:$"
)


@dataclass(frozen=True, slots=True)
class Signature:
    """The line under a post: where it begins, the name in it, and whether it has the handle of an account."""

    start: int
    name: Span
    handle: bool


def signature(stage: Stage, paragraph: Paragraph) -> Signature | None:
    """The signature that a paragraph ends with, or is."""
    span = trimmed(stage.text, paragraph.section.span)
    start = max(span.start, span.end - _LINE)
    if not any(dash in stage.text[start : span.end] for dash in "—–―"):
        return None
    found = _SIGNED.search(stage.text, start, span.end)
    if found is None or (found.group("handle") is None and len(found.group("name").split()) > 6):
        return None
    at = found.start("name")
    while at > start and stage.text[at - 1] in "—–― ":
        at -= 1
    return Signature(at, Span(*found.span("name")), found.group("handle") is not None)


def signed(stage: Stage, paragraph: Paragraph, line: Signature) -> Said | None:
    """The post of the paragraph whose author the signature names."""
    end = line.start if paragraph.section.span.covers(line.name) else paragraph.section.span.end
    span = _unquoted(stage.text, trimmed(stage.text, Span(paragraph.section.span.start, end)))
    if len(span) < 3:
        return None
    author = next((s for s in stage.cast.within(line.name.start - 30, line.name.end) if s.end > line.name.start), None)
    subject = None
    if author is not None and author.kind in ("Person", "Organization"):
        subject = Subject(author.id, author.span, 0.85)
    return Said(span, True, subject, 0.85, source=line.name)


def _unquoted(text: str, span: Span) -> Span:
    printed = span.of(text)
    if len(printed) > 2 and printed[0] in "“\"‘«'" and printed[-1] in "”\"’»'":
        return Span(span.start + 1, span.end - 1)
    return span


def block_quotation(stage: Stage, voices: Voices, paragraph: Paragraph, before: Paragraph | None) -> Said | None:
    """The words of a block quotation, and whose they are by the sentence before it."""
    span = _unquoted(stage.text, trimmed(stage.text, paragraph.section.span))
    if len(span) < 3:
        return None
    told = Attribution()
    if before is not None:
        start = before.opens[-1]
        printed = stage.host[start : before.section.span.end].rstrip()
        colon = printed.endswith(":")
        if colon or _POSTED.search(printed):
            told = introduced(stage, voices, before, colon=colon)
        if not colon and told.subject is not None:
            sure = not before.quotes or before.quotes[-1].outer.start < start
            told = replace(told, subject=replace(told.subject, sure=0.6) if sure else None)
        if told.subject is not None:
            before.focus = told.subject.id
    score = min(0.9, told.subject.sure) if told.subject is not None else 0.7
    return Said(span, True, told.subject, score, source=told.source)


def unmarked(stage: Stage, voices: Voices, paragraph: Paragraph, before: Paragraph | None) -> Said | None:
    """A paragraph without marks that *X said:* right before it makes somebody's words."""
    if before is None or paragraph.quotes or before.number != paragraph.number - 1:
        return None
    printed = stage.host[max(before.opens[-1], before.section.span.end - 300) : before.section.span.end].rstrip()
    if not printed.endswith(":") or not _INTRODUCING.search(printed):
        return None
    span = trimmed(stage.text, paragraph.section.span)
    words = span.of(stage.text)
    if words[-1:] not in ".!?…" or len(words.split()) < 5 or _BULLET.match(words):
        return None
    told = introduced(stage, voices, before, colon=True)
    if told.source is None and told.subject is None:
        return None
    if told.subject is not None:
        before.focus = told.subject.id
    return Said(span, True, told.subject, 0.7, source=told.source)
