"""Reported speech: the clause after *X said that*, before *, X said* and after *according to X,*, as printed.

Only what somebody says is published: a verb of speech with its clause. What somebody thinks, wants, plans, praises or
denies, what is said within somebody's words, and a clause that is mostly a direct quotation are found as well and
score under the threshold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.annotate.attribution import ACCORDING
from kg.annotate.complements import FINITE, STOPS, WHEN_WHERE, complement, finite, headless
from kg.annotate.cues import Cue, cues
from kg.annotate.layers import THRESHOLD
from kg.annotate.lexicon import groups
from kg.annotate.predicates import is_verb, negated, passive, supposed
from kg.annotate.said import Said
from kg.annotate.speakers import certain, named, spoken_of
from kg.annotate.stage import FILLER, LONGEST, Paragraph, Stage, Subject
from kg.annotate.voices import SUBORDINATE, Voices
from kg.model import Span

__all__ = ["UNKNOWN", "reports"]

_REPORTED_END = re.compile(
    r",?\s(?:but|and)\s(?:declined|refused|added|gave no|did not (?:comment|say|give|elaborate)|said|warned"
    r"|urged|called|promised)\b.*$"
    r"|,\s(?:adding|saying|arguing|noting|warning|insisting|stressing|calling|describing|citing|quoting"
    r"|according to|and said|but said)\b.*$",
    re.DOTALL,
)
_MAX = 600
#: *LISBON, March 16 (CPA) - * and *PORTO — *: where a report was written is no part of anybody's words.
_DATELINE = re.compile(
    r"(?:[A-Z][\w.'’ ,-]{1,60}?\s?\([A-Za-z/ ]{2,20}\)"
    r"|[A-Z]{3}[A-Z .,'’/-]{0,40}(?:,\s[A-Z][\w. ]{1,25}){0,2})\s?[—–-]{1,2}\s"
)
_TABLE = groups("reported")
_BE = _TABLE["be"]
_TIMES = frozenset({"years", "months", "weeks", "days", "hours", "minutes", "time", "times", "seasons", "decades"})
#: Before an -ing form these leave open whether anything was said (*instead of saying*).
_UNREAL = frozenset({"of", "for", "without", "from", "than", "about", "like", "to", "stop", "stopped", "avoid", "keep"})
#: A clause that ends with one of these goes on behind the insertion.
_UNFINISHED = frozenset({"which", "who", "whom", "whose", "that", "where", "and", "but", "or", "because", "if", "as"})
_PREPOSITION = _TABLE["preposition"]
_WHOSE = re.compile(r"(?:[Ii]|[Ww]e|[Yy]ou|[Oo]ne|[Tt]hat|[Tt]his)(?:['’]\w+)?$")
_EMBEDDING = _TABLE["embedding"]
_PARTICIPLE = _TABLE["participle"]
_NOUNS = groups("cues")["noun"]
_FEELING = groups("cues")["feeling"]
_WORDS = cues()
_CUES = frozenset(_WORDS) | _NOUNS | _FEELING | {"according"}
_CLOSE = frozenset('.,;:!?—–―-)]"”’»…')
#: What somebody says whom the graph does not know, and, under the threshold, what is said within somebody's words or
#: stands there as a direct quotation already, what is only thought, and what is only summed up.
UNKNOWN, _SHOWN, _THOUGHT, _SUMMED = 0.6, 0.45, 0.35, 0.3


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One host sentence: offsets and tokens, the last of both exclusive."""

    start: int
    end: int
    first: int
    last: int


def reports(stage: Stage, voices: Voices, paragraph: Paragraph) -> Iterator[Said]:
    """What the paragraph reports of somebody's words and thoughts, in order of the sentences."""
    host, lower, masked = stage.host, voices.lower, voices.masked
    ends = [*paragraph.opens[1:], paragraph.section.span.end]
    for start, end in zip(paragraph.opens, ends, strict=True):
        if end - start > LONGEST:
            continue
        dateline = _DATELINE.match(host, start, end) if start == paragraph.section.span.start else None
        start = dateline.end() if dateline is not None else start
        first, last = voices.first(start), voices.first(end)
        found = [n for n in range(first, last) if lower[n] in _CUES and not masked[n]]
        if found:
            yield from _sentence(stage, voices, paragraph, _Sentence(start, end, first, last), found)


def _sentence(
    stage: Stage, voices: Voices, paragraph: Paragraph, sentence: _Sentence, found: list[int]
) -> Iterator[Said]:
    done = sentence.start
    source: Span | None = None
    for token in found:
        word = voices.lower[token]
        inside = voices.starts[token] < done
        if word == "according":
            given = _according(stage, voices, paragraph, sentence, token)
        elif is_verb(voices, sentence.first, token):
            given = _verb(stage, voices, paragraph, sentence, token, source, inside=inside)
        elif word in _NOUNS:
            given = _noun(stage, voices, sentence, token)
        elif word in _FEELING:
            given = _feeling(stage, voices, sentence, token)
        else:
            continue
        for one in given:
            source = one.source
            if one.subject is not None:
                done = max(done, one.span.end)
                if not one.others:
                    paragraph.focus, paragraph.spoke = one.subject.id, voices.starts[token]
            yield one


# ---- verbs -------------------------------------------------------------------------------------------------------


def _verb(
    stage: Stage,
    voices: Voices,
    paragraph: Paragraph,
    sentence: _Sentence,
    token: int,
    before: Span | None,
    *,
    inside: bool,
) -> Iterator[Said]:
    lower = voices.lower
    cue = _WORDS[lower[token]]
    if cue.shape == "past" and passive(voices, sentence.first, token):
        return
    shown = inside or supposed(voices, sentence.first, token) or (cue.shape == "ing" and lower[token - 1] in _UNREAL)
    if cue.speech and cue.shape in ("s", "past") and lower[token - 1] == "," and "tell" not in cue.kinds:
        inverted = _inverted(stage, voices, paragraph, sentence, token)
        if inverted is not None:
            yield inverted
            return
    source = _source(voices, sentence, token, cue, before)
    if source is None:
        return
    opened = voices.first(source.start)
    embedded = opened > sentence.first and lower[opened - 1] in _EMBEDDING
    denied = negated(voices, sentence.first, token)
    if cue.speech:
        after = _postposed(stage, voices, sentence, token, opened)
        if after:
            if not denied and not embedded:
                yield from _stated(stage, voices, paragraph, sentence, token, source, after, shown=shown)
            return
    at, said = complement(voices, sentence.first, sentence.last, token, cue)
    if at < 0 or (said and denied):
        return
    spans = _clauses(stage, voices, sentence, at) if said else [_cut(stage, voices.starts[at], sentence.end, least=2)]
    given = [one for one in spans if one is not None]
    if said and not embedded:
        yield from _stated(stage, voices, paragraph, sentence, token, source, given, shown=shown)
    else:
        for one in given:
            yield Said(one, False, None, _THOUGHT if "thought" in cue.kinds else _SUMMED, source=source)


def _stated(
    stage: Stage,
    voices: Voices,
    paragraph: Paragraph,
    sentence: _Sentence,
    token: int,
    source: Span,
    spans: list[Span],
    *,
    shown: bool,
) -> Iterator[Said]:
    """The clauses as said by the verb's subject; ``shown`` ones, and those of *I*, *you* and *we*, stay unpublished."""
    shown = shown or _WHOSE.match(source.of(stage.text)) is not None
    subject = None if shown else stage.subject(paragraph, voices.starts[token], sentence.start)
    if subject is not None and (subject.sure < THRESHOLD or not _near(subject, source)):
        subject = None
    others: tuple[str, ...] = ()
    if subject is None and not shown:
        subject, others = named(voices, source)
    subject = certain(stage, voices, paragraph, subject)
    for one in spans:
        if spoken_of(stage, subject, one):
            subject, others = None, ()
        if shown or 2 * stage.host.count(FILLER, one.start, one.end) > len(one):
            yield Said(one, False, None, _SHOWN, source=source)
        else:
            score = min(0.85, subject.sure) if subject is not None else UNKNOWN
            yield Said(one, False, subject, score, source=source, others=others)


def _near(subject: Subject, source: Span) -> bool:
    """Whether the member found and the phrase found are of the same words."""
    return subject.span.start <= source.end + 2 and source.start <= subject.span.end + 2


def _source(voices: Voices, sentence: _Sentence, token: int, cue: Cue, before: Span | None) -> Span | None:
    """The words for whoever the verb is said of."""
    lower = voices.lower
    at = voices.back(token, sentence.first)
    word = lower[at] if at >= sentence.first and not voices.masked[at] else ""
    if cue.shape == "ing" and (lower[token - 1] not in _BE if token > sentence.first else True):
        if token == sentence.first or not word or word in _PARTICIPLE or word in STOPS:
            return before or voices.lead(sentence.first, token)
        found = voices.left(token, sentence.first)
        if found is not None and word in _TIMES:
            return before or voices.lead(sentence.first, token)
        return found
    if word in ("and", "but", "or", "then", "yet") or (word == "," and at > sentence.first and before is not None):
        found = voices.left(token, sentence.first) if word == "," else None
        return found or before or voices.lead(sentence.first, token)
    return voices.left(token, sentence.first)


def _clauses(stage: Stage, voices: Voices, sentence: _Sentence, at: int) -> list[Span | None]:
    """The clauses from a token on: one, or several joined by *and that*."""
    host = stage.host
    begin = voices.starts[at]
    parts = [begin]
    joints = [*_AND_THAT.finditer(host, begin, min(sentence.end, begin + _MAX))]
    parts += [m.end() for m in joints]
    limits = [*(m.start() for m in joints), sentence.end]
    return [_cut(stage, part, limit) for part, limit in zip(parts, limits, strict=True)]


_AND_THAT = re.compile(r",?\s(?:and|but)\sthat\s")


def _cut(stage: Stage, at: int, end: int, *, least: int = 3) -> Span | None:
    """The clause without what the sentence adds after it; None when next to nothing of it is the reporter's."""
    clause = stage.host[at:end]
    cut = _REPORTED_END.search(clause)
    if cut:
        clause = clause[: cut.start()]
    clause = clause.rstrip()
    if clause[-1:] in ".;!?…":
        clause = clause[:-1]
    clause = clause.rstrip(" ,;:—–")
    if len(clause) > _MAX or ":" in clause[-2:] or not clause:
        return None
    own = _MASKED.sub(" ", clause)
    if len(own.split()) < least:
        return None
    return Span(at, at + len(clause))


_MASKED = re.compile(r"[“\"‘«„']?" + FILLER + r"[^“”\"»]*[”\"’»']?")


# ---- behind the words --------------------------------------------------------------------------------------------


def _postposed(stage: Stage, voices: Voices, sentence: _Sentence, token: int, opened: int) -> list[Span]:
    """The words before *, X said*; the words behind it when it stands in the middle of them."""
    lower = voices.lower
    if opened <= sentence.first or lower[opened - 1] not in (",", "—", "–"):
        return []
    if opened - 1 > sentence.first and lower[opened - 2][-1] in '”"’»':
        return []
    follower = lower[token + 1] if token + 1 < sentence.last else "."
    if follower not in _CLOSE and follower not in WHEN_WHERE:
        return []
    if lower[opened - 2] in _UNFINISHED:
        return []  # "a film which, it says, accuses nobody": what is said is told inside the reporter's sentence
    comma = voices.starts[opened - 1]
    front = _cut(stage, sentence.start, comma)
    middle = follower == "," and token + 2 < sentence.last
    if not _adverbial(voices, sentence.first, opened - 1):
        plain = "," not in lower[sentence.first : opened - 1]
        if opened - sentence.first > 3 and finite(voices, sentence.first, opened - 1, loose=plain):
            return [front] if front is not None and len(front.of(stage.text).split()) > 3 else []
        if middle and _predicate(lower, token + 2):
            whole = _cut(stage, sentence.start, sentence.end)  # "Her brother, she said, took it well."
            return [whole] if whole is not None else []
    if middle and not headless(lower, token + 2):
        rest = _cut(stage, voices.starts[token + 2], sentence.end)
        return [rest] if rest is not None and finite(voices, token + 2, sentence.last, loose=True) else []
    return []


def _inverted(stage: Stage, voices: Voices, paragraph: Paragraph, sentence: _Sentence, token: int) -> Said | None:
    """*The hall was quiet, says Ana Costa.*"""
    comma = token - 1
    if comma - sentence.first < 4 or voices.lower[comma - 1][-1] in "”\"’»'":
        return None
    source = voices.right(token + 1, sentence.last)
    if source is None or _adverbial(voices, sentence.first, comma):
        return None
    follower = voices.at(source.end - 1) + 1
    if follower < sentence.last and voices.lower[follower] not in _CLOSE and voices.lower[follower] not in WHEN_WHERE:
        return None
    if not finite(voices, sentence.first, comma, loose=True):
        return None
    span = _cut(stage, sentence.start, voices.starts[comma])
    if span is None or len(span.of(stage.text).split()) < 4:
        return None
    subject = stage.after_verb(paragraph, voices.ends[token], sentence.end)
    if subject is not None and (subject.sure < 0.8 or not _near(subject, source)):
        subject = None
    if subject is None and _inserted(voices, sentence.first, comma):
        return None  # "one of its ships, the Skua, reported a boat": the verb has its subject in front
    return Said(span, False, subject, min(0.8, subject.sure) if subject else UNKNOWN, source=source)


def _inserted(voices: Voices, first: int, comma: int) -> bool:
    """Whether the comma closes a phrase without a verb that another comma opens."""
    for n in range(comma - 1, max(first, comma - 8), -1):
        word = voices.lower[n]
        if word == ",":
            return True
        if word in FINITE or word in _WORDS or (word[-2:] == "ed" and len(word) > 4):
            return False
    return False


def _predicate(lower: Sequence[str], at: int) -> bool:
    """Whether a clause goes on with its verb at a token."""
    return headless(lower, at) or lower[at] in FINITE or (lower[at][-2:] == "ed" and len(lower[at]) > 4)


def _adverbial(voices: Voices, first: int, comma: int) -> bool:
    """Whether the words before a comma only tell when or where: *Asked about the pier, X said …*"""
    word = voices.lower[first]
    begins = word in SUBORDINATE or word in _PREPOSITION or (word.endswith("ing") and len(word) > 5)
    return begins and "," not in voices.lower[first:comma]


def _according(stage: Stage, voices: Voices, paragraph: Paragraph, sentence: _Sentence, token: int) -> Iterator[Said]:
    """*According to X, the pier will close.* · *The pier will close, according to X.*"""
    lower = voices.lower
    if token + 2 >= sentence.last or lower[token + 1] != "to":
        return
    source = voices.right(token + 2, sentence.last)
    begin = voices.starts[token]
    according = ACCORDING.match(stage.host, begin)
    if source is None or according is None:
        return
    if token - sentence.first <= 1 or lower[token - 1] == ":":
        comma = _comma(voices, voices.at(source.end - 1) + 1, sentence.last)
        if comma < 0:
            return
        ceiling = voices.starts[comma] + 1
        span = _cut(stage, voices.starts[min(comma + 1, sentence.last - 1)], sentence.end)
    else:
        ceiling = sentence.end
        span = _cut(stage, sentence.start, begin)
        if span is not None and span.of(stage.host)[-1] == ",":
            span = Span(span.start, span.end - 1)
    if span is None:
        return
    subject = stage.after_verb(paragraph, according.end() - 1, ceiling)
    if subject is not None and (subject.sure < 0.8 or not _near(subject, source)):
        subject = None
    stated = finite(voices, voices.first(span.start), voices.first(span.end), loose=True)
    if not stated:
        subject = None
    score = min(0.8, subject.sure) if subject is not None else UNKNOWN if stated else _SUMMED
    yield Said(span, False, subject, score, source=source)


def _comma(voices: Voices, at: int, last: int) -> int:
    """The comma that closes a phrase with its apposition: the last one soon after it; -1 when there is none."""
    commas = [n for n in range(at, min(last - 1, at + 14)) if voices.lower[n] == ","]
    return commas[0] if commas else -1


# ---- nouns and adjectives ----------------------------------------------------------------------------------------


def _noun(stage: Stage, voices: Voices, sentence: _Sentence, token: int) -> Iterator[Said]:
    """*X's claim that …* · *his plan to …*"""
    lower = voices.lower
    if token + 2 >= sentence.last or token == sentence.first or lower[token + 1] not in ("that", "to", "of", "about"):
        return
    owner = token - 1
    for _ in range(2):
        if owner > sentence.first and lower[owner] not in (
            "his",
            "her",
            "their",
            "its",
            "my",
            "our",
            "’s",
            "'s",
            "’",
            "'",
        ):
            owner -= 1
    if lower[owner] in ("his", "her", "their", "its", "my", "our"):
        source = voices.span(owner, owner)
    elif lower[owner] in ("’s", "'s", "’", "'") and owner > sentence.first:
        name = voices.name_ending(owner - 1)
        source = name.span if name is not None else voices.span(owner - 1, owner - 1)
    else:
        return
    at = token + 2 if lower[token + 1] == "that" else token + 1
    span = _cut(stage, voices.starts[at], sentence.end, least=2)
    if span is not None:
        yield Said(span, False, None, _SUMMED, source=source)


def _feeling(stage: Stage, voices: Voices, sentence: _Sentence, token: int) -> Iterator[Said]:
    """*X is confident that …* · *X was willing to …*"""
    lower = voices.lower
    if token + 2 >= sentence.last or token == sentence.first:
        return
    if lower[token + 1] not in ("that", "to", "about", "of", "with", "by", "he", "she", "they", "it", "at", "over"):
        return
    at = token - 1
    while at > sentence.first and (
        lower[at][-2:] == "ly" or lower[at] in ("not", "so", "very", "also", "more", "still")
    ):
        at -= 1
    if lower[at] not in _BE:
        return
    source = voices.left(at, sentence.first)
    span = _cut(stage, voices.starts[token + 1], sentence.end, least=2)
    if source is not None and span is not None and lower[voices.first(source.start)] not in ("it", "which", "that"):
        yield Said(span, False, None, _THOUGHT, source=source)
