"""Quotations: whose words an article prints, word for word or reported.

Direct quotations stand in quotation marks or in a block quotation; reported ones are the clause after *X said that*.
Titles, nicknames and scare quotes are neither. Printed twice, a quotation is one with two spans. A speaker who cannot
be told for certain is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.annotate import lexicon
from kg.annotate.attribution import attribute, carry_over, is_noun
from kg.annotate.marks import Quoted
from kg.annotate.reported import reports
from kg.annotate.said import WORD, Said, grouped
from kg.annotate.stage import VERB, Paragraph, Stage, Subject
from kg.model import Annotation, Span, Text

__all__ = ["Quotations", "annotator", "said"]

_SMALL = lexicon.words(
    "a an and as at but by de del des di du el en for from in la le les of on or the to un una van von with"
)
_WORK = re.compile(
    r"(?:\b(?:films?|movie|documentary|book|novel|memoir|song|single|album|play|musical|opera|poem|essay"
    r"|article|editorial|column|paper"
    r"|report|episode|show|series|podcast|game|painting|exhibition|ballet|film|headline|track|hymn|portrait"
    r"|entitled|titled"
    r"|headlined|nicknamed|dubbed|known as|so-called|the word|the words|the term|the phrase|the name|named"
    r"|hashtag|marked"
    r"|labelled|labeled|reading|banner|sign|slogan)\b[,:]?\s?(?:[\w-]+\s)?|#)$",
    re.IGNORECASE,
)
_POSTED = re.compile(r"\b(?:wrote|writes|posted|posts|tweeted|said in (?:a|an|his|her|its|their)\b)")
#: A title stands in the middle of its sentence: *on "Morning Tide"*, *the "Grand Bargain"*.
_PLAIN_BEFORE = re.compile(
    r"(?:\b(?:on|in|of|for|from|at|to|by|with|the|a|an|as|his|her|its|their|and|or|about|like|via|watch"
    r"|watching|sang|played|sing)"
    r"|['’]s)\s$"
)
_READING = re.compile(r"(?:\b(?:it|which|that|sign|banner|they)\s(?:reads?|says?|said)|\breading),?\s?$")


class Quotations:
    """Finds direct and reported speech in the body; layer ``quotation``."""

    name = "quotations"
    version = "1"
    needs: frozenset[str] = frozenset({"name", "coref"})
    gives: frozenset[str] = frozenset({"quotation"})

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The quotations of the text, in order."""
        by = f"{self.name}@{self.version}"
        stage = Stage(text, layers)
        for one in said(stage):
            subject = one.subject if one.subject is not None and one.subject.id in stage.cast.known else None
            if subject is None and not one.direct:
                continue  # reported speech of nobody in particular is the reporter's summary
            named = (s.id for s in stage.cast.within(one.span.start, one.span.end))
            args: dict[str, object] = {
                "speaker": subject.id if subject else None,
                "direct": one.direct,
                "attribution": subject.span if subject else None,
                "same": one.group,
                "about": tuple(i for i in dict.fromkeys(named) if i in stage.cast.known),
            }
            yield Annotation(one.span, "quotation", None, None, round(one.score, 3), by, args)

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The annotations of many texts in the same order."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))


def annotator(_authority: object = None) -> Quotations:
    """The built-in annotator of quotations."""
    return Quotations()


def said(stage: Stage) -> tuple[Said, ...]:
    """All quotations of a body in order; printings of one quotation share a ``group``."""
    found = [*_speech(stage)]
    found.sort(key=lambda one: (one.span.start, -one.span.end))
    return tuple(sorted(grouped(stage.text, found), key=lambda one: (one.span.start, -one.span.end)))


def _speech(stage: Stage) -> Iterator[Said]:
    running: _Open | None = None
    before: Paragraph | None = None
    for paragraph in stage.paragraphs:
        span = paragraph.section.span
        if paragraph.section.kind == "block_quote":
            if running is not None:
                yield running.close()
                running = None
            block = _block(stage, paragraph, before)
            if block is not None:
                yield block
            continue
        quotes = list(paragraph.quotes)
        if running is not None and not (
            quotes and quotes[0].outer.start == span.start and _same(quotes[0].mark, running.mark)
        ):
            yield running.close()
            running = None
        reported = list(reports(stage, paragraph))
        last: Said | None = None
        first = True
        for quote in quotes:
            follows = running is not None and first
            first = False
            one = _direct(stage, paragraph, quote, last, before, continued=follows)
            if follows and running is not None:
                running = running.grown(quote, one.subject if one else None)
                if not quote.open_ended:
                    last = running.close()
                    yield last
                    running = None
            elif quote.open_ended:
                if one is not None and quote.outer.end == span.end:
                    running = _Open(quote.inner.start, quote.inner.end, one.subject, one.score, quote.mark, 1)
            elif one is not None:
                last = one
                yield one
            if last is not None and last.subject is not None:
                paragraph.focus = last.subject.id
        yield from reported
        before = paragraph
    if running is not None:
        yield running.close()


@dataclass(frozen=True, slots=True)
class _Open:
    """A quotation whose closing mark has not come yet."""

    start: int
    end: int
    subject: Subject | None
    score: float
    mark: str
    paragraphs: int

    def grown(self, quote: Quoted, subject: Subject | None) -> _Open:
        return replace(self, end=quote.inner.end, subject=self.subject or subject, paragraphs=self.paragraphs + 1)

    def close(self) -> Said:
        return Said(Span(self.start, self.end), True, self.subject, self.score if self.paragraphs > 1 else 0.6)


def _same(a: str, b: str) -> bool:
    return a == b or {a, b} <= {"“", "”", '"'}


def _direct(
    stage: Stage, paragraph: Paragraph, quote: Quoted, last: Said | None, before: Paragraph | None, *, continued: bool
) -> Said | None:
    inner = _trimmed(stage.text, quote.inner)
    words = WORD.findall(inner.of(stage.text))
    if len(inner) < 3 or not words:
        return None
    subject, cue, asked = attribute(stage, paragraph, quote)
    if cue and asked:
        paragraph.asked = True
    sentence = _whole(stage.text, quote)
    short = len(words) < 4
    carried = None
    if subject is None and not cue and not continued:
        carried = carry_over(stage, paragraph, quote, last, before)
    if _is_work(stage, quote, words, strict=cue):
        return None
    if short and not sentence and subject is None:
        return None  # scare quotes
    if short and not cue and not continued and (carried is None or not sentence):
        return None
    if not cue and not continued and not sentence and not _lower_start(stage.text, inner) and _title_case(words):
        return None
    if not cue and _READING.search(stage.host, max(0, quote.outer.start - 30), quote.outer.start):
        return None  # what a banner says
    subject = subject or carried
    score = 0.95 if cue else 0.75
    if subject is not None:
        score = min(score, subject.sure)
        paragraph.focus, paragraph.spoke = subject.id, quote.outer.start
    return Said(inner, True, subject, score)


def _trimmed(text: str, span: Span) -> Span:
    printed = span.of(text)
    return Span(span.start + len(printed) - len(printed.lstrip()), span.end - len(printed) + len(printed.rstrip()))


def _whole(text: str, quote: Quoted) -> bool:
    """Whether the quoted words are a sentence by their last mark."""
    return text[quote.inner.start : quote.inner.end].rstrip()[-1:] in ".!?,…—" or quote.open_ended


def _lower_start(text: str, inner: Span) -> bool:
    return text[inner.start].islower()


def _title_case(words: Sequence[str]) -> bool:
    """Whether every word but the small ones is capitalised, as in a title."""
    long = [w for w in words if w.lower() not in _SMALL]
    return len(words) <= 12 and len(long) >= 1 and all(w[0].isupper() or w[0].isdigit() for w in long)


def _is_work(stage: Stage, quote: Quoted, words: Sequence[str], *, strict: bool = False) -> bool:
    """Whether the marks set off a title or a name: of a work in the cast, or by the words before it.

    With a speech cue in the sentence (``strict``) only what is printed like a title in the middle of a sentence is one.
    """
    for one in stage.cast.within(quote.outer.start, quote.outer.end):
        if one.kind in ("CreativeWork", "Event") and len(one.span) >= len(quote.inner) - 2:
            return True
    start = quote.outer.start
    floor = stage.host.rfind("\n", max(0, start - 40), start) + 1
    named = _WORK.search(stage.host, max(floor, start - 40), start) is not None
    if not _title_case(words):
        return named and not strict and len(words) < 12
    inside = _PLAIN_BEFORE.search(stage.host, max(floor, start - 20), start) is not None
    if strict:
        return named or inside
    return named or inside or stage.text[quote.inner.end - 1] not in ".!?…,"


def _block(stage: Stage, paragraph: Paragraph, before: Paragraph | None) -> Said | None:
    span = _trimmed(stage.text, paragraph.section.span)
    printed = span.of(stage.text)
    if len(printed) > 2 and printed[0] in "“\"‘«'" and printed[-1] in "”\"’»'":
        span = Span(span.start + 1, span.end - 1)
    if len(span) < 3:
        return None
    subject: Subject | None = None
    if before is not None:
        start, end = before.opens[-1], before.section.span.end
        introduced = stage.host[start:end].rstrip()
        colon = introduced.endswith(":")
        verbs = [m for m in VERB.finditer(stage.host, start, end) if not is_noun(stage.host, m)]
        if colon or _POSTED.search(introduced):
            for verb in reversed(verbs):
                subject = stage.subject(before, verb.start(), start)
                if subject is not None:
                    break
            if subject is None and colon:
                subject = stage.lead(before, start, end)
            if subject is not None and subject.span.of(stage.text) in ("It", "it"):
                subject = None  # "It reads:" is said of the letter, not of an organization
        if not colon and subject is not None:
            subject = None if before.quotes and before.quotes[-1].outer.start >= start else replace(subject, sure=0.6)
        if subject is not None:
            before.focus = subject.id
    return Said(span, True, subject, min(0.9, subject.sure) if subject else 0.7)
