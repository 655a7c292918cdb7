"""Quotations: whose words an article prints, word for word or reported.

Direct quotations stand in quotation marks or in a block quotation; reported ones are the clause after *X said that*.
Titles, nicknames and scare quotes are neither. Printed twice, a quotation is one with two spans. A speaker who cannot
be told for certain is left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.annotate import lexicon
from kg.annotate.attribution import attribute, carry_over
from kg.annotate.blocks import Signature, block_quotation, signature, signed, unmarked
from kg.annotate.layers import THRESHOLD
from kg.annotate.marks import Quoted
from kg.annotate.reported import UNKNOWN, reports
from kg.annotate.said import WORD, Said, grouped, trimmed
from kg.annotate.speakers import certain
from kg.annotate.stage import Paragraph, Stage
from kg.annotate.turns import Turn, spoken, turns
from kg.annotate.voices import Voices
from kg.model import Annotation, Span, Text

__all__ = ["Quotations", "annotator", "said"]

_SMALL = lexicon.words(
    "a an and as at but by de del des di du el en for from in la le les of on or the to un una van von with"
)
#: So many words can be a clause of their own; fewer are words somebody only might have used.
_CLAUSE = 3
#: What somebody is said not to have spoken stays unpublished.
_DENIED = 0.3
_NOUN_BEHIND = re.compile(r"\s([a-z][\w’'-]*)")
_JOINTS = lexicon.words(
    "but so that who which when while after before because if than then said says he she they it we about into over "
    "under "
    "during through since until against is was are were has have had would will could may might not during between"
)
_WORK = re.compile(
    r"(?:\b(?:films?|movie|documentary|book|novel|memoir|song|single|album|play|musical|opera|poem|essay"
    r"|article|editorial|column|paper"
    r"|report|episode|show|series|podcast|game|painting|exhibition|ballet|film|headline|track|hymn|portrait"
    r"|entitled|titled|title|motto|heading"
    r"|headlined|nicknamed|dubbed|known as|so-called|the word|the words|the term|the phrase|the name|named"
    r"|hashtag|marked"
    r"|labelled|labeled|reading|banner|sign|slogan)\b[,:]?\s?(?:[\w-]+\s)?|#)$",
    re.IGNORECASE,
)
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
        for one in said(stage, Voices(text, stage)):
            subject = one.subject if one.subject is not None and one.subject.id in stage.cast.known else None
            named = (s.id for s in stage.cast.within(one.span.start, one.span.end))
            score = one.score if one.direct or subject is not None else min(one.score, UNKNOWN)
            args: dict[str, object] = {
                "speaker": subject.id if subject else None,
                "direct": one.direct,
                "attribution": subject.span if subject else None,
                "source": one.source,
                "same": one.group,
                "others": tuple(i for i in one.others if i in stage.cast.known) if subject is not None else (),
                "about": tuple(i for i in dict.fromkeys(named) if i in stage.cast.known),
            }
            yield Annotation(one.span, "quotation", None, None, round(score, 3), by, args)

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The annotations of many texts in the same order."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))


def annotator(_authority: object = None) -> Quotations:
    """The built-in annotator of quotations."""
    return Quotations()


def said(stage: Stage, voices: Voices) -> tuple[Said, ...]:
    """All quotations of a body in order; printings of one quotation share a ``group``."""
    found = [*_speech(stage, voices)]
    found.sort(key=lambda one: (one.span.start, -one.span.end))
    return tuple(sorted(grouped(stage.text, found), key=lambda one: (one.span.start, -one.span.end)))


def _speech(stage: Stage, voices: Voices) -> Iterator[Said]:
    running: _Open | None = None
    before: Paragraph | None = None
    earlier: Said | None = None
    labelled = turns(stage)
    lines = _signatures(stage)
    for paragraph in stage.paragraphs:
        span = paragraph.section.span
        block = _block(stage, voices, paragraph, before, labelled.get(paragraph.number), lines)
        if block is not None or paragraph.section.kind == "block_quote":
            if running is not None:
                yield running.close()
                running = None
            if block is not None:
                yield block
            if paragraph.section.kind == "paragraph":
                before, earlier = paragraph, None
            continue
        quotes = paragraph.quotes
        if running is not None and not (
            quotes and quotes[0].outer.start == span.start and _same(quotes[0].mark, running.mark)
        ):
            yield running.close()
            running = None
        reported = sorted(reports(stage, voices, paragraph), key=lambda clause: clause.span.start)
        last: Said | None = None
        for number, quote in enumerate(quotes):
            follows = running is not None and not number
            one = _direct(stage, voices, paragraph, number, last, earlier, continued=follows)
            if one is not None and one.source is None:
                one = _reported_in(one, quote, reported)
            if follows and running is not None:
                running = running.grown(quote, one)
                if not quote.open_ended:
                    last = running.close()
                    yield last
                    running = None
            elif quote.open_ended:
                if one is not None and quote.outer.end == span.end:
                    running = _Open(quote.inner, one, quote.mark, 1)
            elif one is not None:
                last = one
                yield one
            if last is not None and last.subject is not None and not last.others:
                paragraph.focus = last.subject.id
        yield from reported
        before = paragraph
        earlier = last
    if running is not None:
        yield running.close()


def _signatures(stage: Stage) -> dict[int, Signature]:
    """The signature of each post by the number of its paragraph: at its own end, or alone in the paragraph behind."""
    found: dict[int, Signature] = {}
    for paragraph in stage.paragraphs:
        line = signature(stage, paragraph)
        if line is None:
            continue
        alone = line.start <= paragraph.section.span.start + 1
        number = paragraph.number - alone
        if number < 0:
            continue
        post = stage.paragraphs[number]
        marked = len(post.quotes) == 1 and len(post.quotes[0].outer) >= len(post.section.span) - 2
        if line.handle or post.section.kind == "block_quote" or (alone and marked):
            found.setdefault(number, line)
    return found


def _block(
    stage: Stage,
    voices: Voices,
    paragraph: Paragraph,
    before: Paragraph | None,
    turn: Turn | None,
    lines: Mapping[int, Signature],
) -> Said | None:
    """The paragraph as somebody's words, when all of it is."""
    if turn is not None:
        return spoken(stage, paragraph, turn)
    line = lines.get(paragraph.number)
    if line is not None:
        return signed(stage, paragraph, line)
    if paragraph.section.kind == "block_quote":
        return block_quotation(stage, voices, paragraph, before)
    return unmarked(stage, voices, paragraph, before)


@dataclass(frozen=True, slots=True)
class _Open:
    """A quotation whose closing mark has not come yet."""

    span: Span
    said: Said
    mark: str
    paragraphs: int

    def grown(self, quote: Quoted, more: Said | None) -> _Open:
        said = self.said
        if more is not None:
            said = replace(said, subject=said.subject or more.subject, source=said.source or more.source)
        return replace(self, span=Span(self.span.start, quote.inner.end), said=said, paragraphs=self.paragraphs + 1)

    def close(self) -> Said:
        return replace(self.said, span=self.span, score=self.said.score if self.paragraphs > 1 else 0.6)


#: So many clauses may begin between a clause and a quotation in it; keeps the work on endless lists linear.
_NESTED = 12


def _reported_in(one: Said, quote: Quoted, reported: Sequence[Said]) -> Said:
    """The quotation with the source of the innermost reported clause that it is a part of; they are in order."""
    at = bisect_right(reported, quote.inner.start, key=lambda clause: clause.span.start)
    around = [clause for clause in reported[max(0, at - _NESTED) : at] if quote.inner.end <= clause.span.end]
    if not around:
        return one
    clause = min(around, key=lambda c: len(c.span))
    return replace(one, source=clause.source, subject=clause.subject, others=clause.others)


def _same(a: str, b: str) -> bool:
    return a == b or {a, b} <= {"“", "”", '"'}


def _direct(
    stage: Stage,
    voices: Voices,
    paragraph: Paragraph,
    number: int,
    last: Said | None,
    earlier: Said | None,
    *,
    continued: bool,
) -> Said | None:
    quote = paragraph.quotes[number]
    inner = trimmed(stage.text, quote.inner)
    words = WORD.findall(inner.of(stage.text))
    if len(inner) < 3 or not words:
        return None
    follower = paragraph.quotes[number + 1] if number + 1 < len(paragraph.quotes) else None
    told = attribute(stage, voices, paragraph, quote, follower)
    cue = told.cue
    if cue and told.asks:
        paragraph.asked = True
    sentence = _whole(stage.text, quote)
    short = len(words) < 4
    carried = None
    if told.subject is None and not cue and not continued:
        carried = carry_over(stage, voices, paragraph, quote, last, earlier)
    if _is_work(stage, quote, words, strict=cue):
        return None
    nobody = told.subject is None and (told.source is None or len(words) < _CLAUSE)
    if short and not sentence and (nobody or _modifies(stage.host, quote, words)):
        return None  # scare quotes
    known = carried is not None and (carried.subject is not None or carried.source is not None)
    if short and not cue and not continued and not (known and sentence):
        return None
    alone = len(quote.outer) >= len(paragraph.section.span) - 1 and not quote.open_ended
    titled = not _lower_start(stage.text, inner) and _title_case(words)
    if not cue and not continued and titled and (alone or not sentence):
        return None  # a title, or the heading of a part
    if not cue and _READING.search(stage.host, max(0, quote.outer.start - 30), quote.outer.start):
        return None  # what a banner says
    told = carried or told
    told = replace(told, subject=certain(stage, voices, paragraph, told.subject))
    if told.subject is not None and told.subject.sure < THRESHOLD:
        told = replace(told, subject=None)
    score = _DENIED if told.denied else 0.95 if cue else 0.75
    if told.subject is not None:
        score = min(score, told.subject.sure)
        if not told.others:
            paragraph.focus, paragraph.spoke = told.subject.id, quote.outer.start
    return Said(inner, True, told.subject, score, source=told.source, others=told.others)


def _whole(text: str, quote: Quoted) -> bool:
    """Whether the quoted words are a sentence by their last mark."""
    return text[quote.inner.start : quote.inner.end].rstrip()[-1:] in ".!?,…—" or quote.open_ended


def _modifies(host: str, quote: Quoted, words: Sequence[str]) -> bool:
    """Whether one or two quoted words stand before their noun, as a word of the reporter's: *the "quiet" phase*."""
    behind = _NOUN_BEHIND.match(host, quote.outer.end)
    return len(words) < 3 and behind is not None and behind.group(1) not in _SMALL and behind.group(1) not in _JOINTS


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
