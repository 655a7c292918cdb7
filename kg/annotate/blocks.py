"""Block quotations: somebody's words in a paragraph of their own, with or without marks."""

from __future__ import annotations

import re
from dataclasses import replace

from kg.annotate.attribution import is_noun
from kg.annotate.said import Said, trimmed
from kg.annotate.stage import VERB, Paragraph, Stage, Subject
from kg.annotate.voices import Voices
from kg.model import Span

__all__ = ["block_quotation"]

_POSTED = re.compile(r"\b(?:wrote|writes|posted|posts|tweeted|said in (?:a|an|his|her|its|their)\b)")


def block_quotation(stage: Stage, voices: Voices, paragraph: Paragraph, before: Paragraph | None) -> Said | None:
    """The words of a block quotation, and whose they are by the sentence before it."""
    span = trimmed(stage.text, paragraph.section.span)
    printed = span.of(stage.text)
    if len(printed) > 2 and printed[0] in "“\"‘«'" and printed[-1] in "”\"’»'":
        span = Span(span.start + 1, span.end - 1)
    if len(span) < 3:
        return None
    subject: Subject | None = None
    source: Span | None = None
    if before is not None:
        start, end = before.opens[-1], before.section.span.end
        introduced = stage.host[start:end].rstrip()
        colon = introduced.endswith(":")
        verbs = [m for m in VERB.finditer(stage.host, start, end) if not is_noun(stage.host, m)]
        if colon or _POSTED.search(introduced):
            for verb in reversed(verbs):
                subject = stage.subject(before, verb.start(), start)
                source = source or voices.left(voices.first(verb.start()), voices.first(start))
                if subject is not None:
                    source = subject.span
                    break
            if subject is None and colon:
                subject = stage.lead(before, start, end)
            if subject is not None and subject.span.of(stage.text) in ("It", "it"):
                subject = None  # "It reads:" is said of the letter, not of an organization
        if not colon and subject is not None:
            subject = None if before.quotes and before.quotes[-1].outer.start >= start else replace(subject, sure=0.6)
        if subject is not None:
            before.focus = subject.id
    return Said(span, True, subject, min(0.9, subject.sure) if subject else 0.7, source=source)
