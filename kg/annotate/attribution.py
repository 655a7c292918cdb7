"""Who speaks the words in quotation marks: named behind them, in front of them, between them, or carried over."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kg.annotate.marks import Quoted
from kg.annotate.predicates import behind_be
from kg.annotate.said import Said
from kg.annotate.speakers import named
from kg.annotate.stage import FILLER, VERB, Paragraph, Stage, Subject
from kg.annotate.voices import SKIPPED, Voices
from kg.model import Span

__all__ = ["ACCORDING", "Attribution", "attribute", "carry_over", "introduced", "is_noun"]

ACCORDING = re.compile(r"(?<![\w])[Aa]ccording to\s")
#: How far from a quotation its attribution is looked for; keeps the work on endless sentences linear.
_REACH = 600
_GAP = re.compile(r"\s?[,—–―-]?\s?")
#: The attribution of a quotation that ends without a mark.
_BARE = re.compile(r"\s(?:(?:he|she|they)\s(?:said|says|told|tells|added|wrote)|said|says)\b")
_DASHED = re.compile(r"\s?[—–―-]\s")
_BY = re.compile(r"\sby\s(?![a-z]+ing\b)")
#: The end of a paragraph that introduces the quotation in the next one: with a colon, or with the verb itself.
_INTRODUCES = re.compile(r":\s*$|\b(?:said|says|stated|wrote|writes|added|tweeted|posted|declared|replied)[,;]\s*$")
#: Forms that are verbs only, never nouns.
_PAST = re.compile(r"(?:ed|said|told|wrote|spoke|sang|swore)$")
#: What she calls a "cold wall" is a term of hers.
_ARTICLE = re.compile(r"\s(?:an?|the)\s$")
_HEARD = frozenset({"heard", "hear", "hears", "hearing", "overheard", "saw", "watched"})
#: Of these the form behind *be* is a passive, whose subject does not speak.
_PARTICIPLE = re.compile(r"(?:ed|told|found|written|sworn|put|read)$")
_CLOSED = re.compile(r"[”\"’'»],?\s$")
_TURN = re.compile(r"(?P<name>[^:\n]{2,60}):\s?$")
_SO_CALLED = re.compile(r"\bwhat\s(?:[\w’'-]+\s){1,4}$")


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a sentence says of the words quoted in it: who speaks, in which words, and how.

    ``subject`` is the member of the cast, ``source`` the printed phrase; either may be unknown. ``others`` speak with
    the subject. ``cue`` says that the sentence has a word of speech, ``asks`` that the words are a question,
    ``denied`` that the source is said not to have spoken them, or only gives something that name.
    """

    subject: Subject | None = None
    source: Span | None = None
    cue: bool = False
    asks: bool = False
    others: tuple[str, ...] = ()
    denied: bool = False


def attribute(
    stage: Stage, voices: Voices, paragraph: Paragraph, quote: Quoted, follower: Quoted | None
) -> Attribution:
    """What the quotation's own sentence says of its speaker; ``follower`` is the next quotation of the paragraph."""
    told = _attributed(stage, voices, paragraph, quote, follower)
    if told.subject is None and told.source is not None:
        subject, others = named(voices, told.source)
        return replace(told, subject=subject, others=others)
    return told


def _attributed(
    stage: Stage, voices: Voices, paragraph: Paragraph, quote: Quoted, follower: Quoted | None
) -> Attribution:
    behind = _behind(stage, voices, paragraph, quote, _after(stage, paragraph, quote, follower))
    if behind is not None and (behind.subject is not None or behind.source is not None):
        return behind
    front = _in_front(stage, voices, paragraph, quote)
    return front if behind is None or front.cue else behind


def _behind(stage: Stage, voices: Voices, paragraph: Paragraph, quote: Quoted, after: int) -> Attribution | None:
    """*"…," said X* · *"…?" X asked* · *"…" — X* · *"…", according to X*"""
    host = stage.host
    ends = host[quote.inner.start : quote.inner.end].rstrip(FILLER)[-1:] or FILLER
    found = _GAP.match(host, quote.outer.end, after)
    start = found.end() if found else quote.outer.end
    attached = (
        ends in ",?!—…–."
        or host[quote.outer.end : start].strip() in (",", "—", "–", "―")
        or _BARE.match(host, quote.outer.end) is not None
    )
    if attached and start < after:
        verb = VERB.match(host, start)
        if verb and ends != "." and not verb.group().endswith("ing"):
            subject = stage.after_verb(paragraph, verb.end(), after)
            source = voices.right(voices.first(verb.end()), voices.first(after))
            return Attribution(subject, source, cue=True, asks=_asks(verb.group()))
        verbs = VERB.finditer(host, start, min(after, start + 220))
        verb = next((v for v in verbs if not is_noun(host, v)), None)
        if verb and (ends != "." or host[start : start + 1].islower()) and _plain_gap(host[start : verb.start()]):
            subject = stage.subject(paragraph, verb.start(), start)
            source = voices.left(voices.first(verb.start()), voices.first(start))
            if subject is not None or ends != ".":
                return Attribution(subject, source, cue=True, asks=_asks(verb.group()))
        if _DASHED.match(host, quote.outer.end):
            signed = next(iter(stage.cast.within(start, min(after, start + 60))), None)
            if signed is not None and signed.kind == "Person" and not host[start : signed.start].strip():
                return Attribution(Subject(signed.id, signed.span, 0.85), signed.span, cue=True)
    according = ACCORDING.search(host, quote.outer.end, after)
    if according:
        return _according(stage, voices, paragraph, according.end(), after)
    return None


def _according(stage: Stage, voices: Voices, paragraph: Paragraph, at: int, ceiling: int) -> Attribution:
    source = voices.right(voices.first(at), voices.first(ceiling))
    return Attribution(stage.after_verb(paragraph, at - 1, ceiling), source, cue=True)


def _in_front(stage: Stage, voices: Voices, paragraph: Paragraph, quote: Quoted) -> Attribution:
    """*X said: "…"* · *X called it "…"* · *According to X, it is "…"* · *X: "…"*"""
    host = stage.host
    sentence = stage.sentence(paragraph, quote.outer.start)
    floor = max(sentence.start, quote.outer.start - _REACH)
    according = ACCORDING.search(host, floor, quote.outer.start)
    if according:
        return _according(stage, voices, paragraph, according.end(), quote.outer.start)
    cues = list(VERB.finditer(host, max(floor, quote.outer.start - 400), quote.outer.start))
    seen: Attribution | None = None
    source: Span | None
    for verb in reversed(cues):
        if host[verb.start() - 4 : verb.start()] == " to " or is_noun(host, verb):
            continue
        so_called = None
        if verb.group().startswith(("read", "call", "describe")):
            so_called = _SO_CALLED.search(host, max(floor, verb.start() - 40), verb.start())
            if verb.group().startswith("read") and (
                so_called is not None or host[quote.outer.start - 2 : quote.outer.start] != ": "
            ):
                continue
        if so_called is not None:  # over what she called "…": hers, whoever else says the rest
            begin = so_called.start() + len("what ")
            source = voices.left(voices.first(verb.start()), voices.first(begin))
            subject = stage.subject(paragraph, verb.start(), begin)
            term = _ARTICLE.search(host, max(floor, quote.outer.start - 6), quote.outer.start) is not None
            return Attribution(subject if not term else None, source, cue=True, denied=term)
        by = _BY.match(host, verb.end(), quote.outer.start)
        if by is not None:  # was called by X "…"
            subject = stage.after_verb(paragraph, by.end() - 1, quote.outer.start)
            source = voices.right(voices.first(by.end()), voices.first(quote.outer.start))
            return Attribution(subject, source, cue=True)
        inverted = None
        token, first = voices.first(verb.start()), voices.first(floor)
        if _PARTICIPLE.search(verb.group()) and behind_be(voices, first, token):
            seen = seen or Attribution(cue=True)  # "Costa was dismissed for": the words are about her, not hers
            continue
        source = None
        behind = _CLOSED.search(host[max(floor, verb.start() - 8) : verb.start()]) is not None
        if behind or (host[verb.start() - 2 : verb.start()] == ", " and verb.group() in ("said", "says")):
            inverted = stage.after_verb(paragraph, verb.end(), quote.outer.start)
            source = voices.right(token + 1, voices.first(quote.outer.start))
            if not behind and (inverted is None or host[inverted.span.end : inverted.span.end + 1] != ","):
                inverted = source = None  # "Ana Costa, the mayor, said it was": the subject stands in front
        subject = inverted or stage.subject(paragraph, verb.start(), floor)
        source = source or voices.left(token, first) or (subject.span if subject is not None else None)
        if source is not None and _unsaid(voices, first, token):
            return Attribution(None, source, cue=True, denied=True)
        if source is not None and _overheard(voices, first, source):
            return Attribution(None, source, cue=True, asks=_asks(verb.group()))
        if subject is not None:
            return Attribution(subject, source, cue=True, asks=_asks(verb.group()))
        if source is not None and _PAST.search(verb.group()):
            # the nearest verb, surely one, has a subject of its own: whoever else speaks, speaks not these words
            return Attribution(None, source, cue=True, asks=_asks(verb.group()))
        if seen is None or seen.source is None:
            seen = Attribution(None, source or voices.lead(first, token), cue=True, asks=_asks(verb.group()))
    if seen is not None:
        return seen
    turn = _TURN.search(host, floor, quote.outer.start)
    if turn:
        name = Span(*turn.span("name"))
        one = stage.cast.ending(name.end)
        if one is not None and one.kind in ("Person", "Organization") and not host[floor : one.start].strip():
            return Attribution(Subject(one.id, Span(one.start, one.end)), name, cue=True)
        lead = stage.lead(paragraph, floor, quote.outer.start)
        source = voices.lead(voices.first(floor), voices.first(quote.outer.start))
        return Attribution(lead, source or (lead.span if lead is not None else None), cue=True)
    return Attribution()


def _unsaid(voices: Voices, first: int, token: int) -> bool:
    """Whether somebody is said not to have spoken: *did not say*, *never called*, but *did not only say*."""
    at = token - 1
    while at >= first and voices.lower[at] in SKIPPED:
        word = voices.lower[at]
        if word == "never" or word == "not" or word[-3:] in ("n't", "n’t"):
            return voices.lower[at + 1] not in ("only", "just", "merely", "simply")
        at -= 1
    return False


def _overheard(voices: Voices, first: int, source: Span) -> bool:
    """Whether a phrase names whom somebody else heard: *she heard a man shout*."""
    at = voices.first(source.start) - 1
    return at > first and voices.lower[at] in _HEARD


def _after(stage: Stage, paragraph: Paragraph, quote: Quoted, follower: Quoted | None) -> int:
    """Where the host sentence behind a quotation ends: at the next quotation or at the sentence's end."""
    span = paragraph.section.span
    end = follower.outer.start if follower is not None else span.end
    # a question or exclamation mark inside does not end the host sentence when the attribution follows
    at = min(quote.outer.end + 2, span.end - 1)
    return min(end, stage.sentence(paragraph, at).end, quote.outer.end + _REACH)


def _asks(verb: str) -> bool:
    return verb.lower().startswith("ask")


def is_noun(host: str, verb: re.Match[str]) -> bool:
    """Whether the word is a noun here (*the report*, *his claims*, *a call*)."""
    return (
        re.search(
            r"\b(?:the|a|an|his|her|its|their|this|that|these|those|of|no|any|such)\s$",
            host[max(0, verb.start() - 8) : verb.start()],
        )
        is not None
    )


def _plain_gap(gap: str) -> bool:
    return not re.search(r"[;:]|\b(?:that|because|although|while)\b", gap)


def carry_over(
    stage: Stage, voices: Voices, paragraph: Paragraph, quote: Quoted, last: Said | None, earlier: Said | None
) -> Attribution | None:
    """The speaker of the quotation before, when nobody else has come between.

    ``last`` is the quotation before it in the paragraph, ``earlier`` the last one of the paragraph before.
    """
    host = stage.host
    sentence = stage.sentence(paragraph, quote.outer.start)
    if quote.outer.start - sentence.start > _REACH or host[sentence.start : quote.outer.start].strip():
        return None
    if last is not None and (last.subject is not None or last.source is not None):
        subject = replace(last.subject, sure=min(last.subject.sure, 0.85)) if last.subject is not None else None
        spoke = last.source or (last.subject.span if last.subject is not None else last.span)
        back = stage.sentence(paragraph, sentence.start - 2)
        if back.start <= spoke.end and spoke.start < quote.outer.start:
            # the attribution is in the sentence before: whoever else it names is not who speaks
            return Attribution(subject, last.source, others=last.others)
        between = stage.people(last.span.end, quote.outer.start)
        if set(between) <= ({subject.id} if subject is not None else set()):
            return Attribution(subject, last.source, others=last.others)
        return None
    if quote.outer.start > paragraph.section.span.start:
        if last is not None or quote.outer.start - paragraph.section.span.start > 4 * _REACH:
            return None
        people = stage.people(paragraph.section.span.start, quote.outer.start)
        back = stage.sentence(paragraph, sentence.start - 2)
        lead = stage.lead(paragraph, back.start, back.end)
        if lead is not None and set(people) <= {lead.id}:
            return Attribution(replace(lead, sure=0.7), lead.span)
        return None
    return _from_before(stage, voices, paragraph, quote, earlier)


def introduced(stage: Stage, voices: Voices, before: Paragraph, *, colon: bool) -> Attribution:
    """Who the last sentence of a paragraph says is about to speak; with a ``colon`` its subject will do."""
    start, end = before.opens[-1], before.section.span.end
    if end - start > 2 * _REACH:
        return Attribution()
    subject: Subject | None = None
    source: Span | None = None
    first = voices.first(start)
    verbs = [m for m in VERB.finditer(stage.host, start, end) if not is_noun(stage.host, m)]
    for verb in reversed(verbs):
        subject = stage.subject(before, verb.start(), start)
        source = source or voices.left(voices.first(verb.start()), first)
        if subject is not None:
            source = subject.span
            break
    if subject is None and colon:
        subject = stage.lead(before, start, end)
        source = source or (subject.span if subject is not None else voices.lead(first, voices.first(end)))
    if subject is not None and subject.span.of(stage.text) in ("It", "it"):
        subject = None  # "It reads:" is said of the letter, not of an organization
    return Attribution(subject, source, cue=bool(verbs))


def _from_before(
    stage: Stage, voices: Voices, paragraph: Paragraph, quote: Quoted, earlier: Said | None
) -> Attribution | None:
    """The speaker of the paragraph before, for a paragraph that is nothing but a quotation."""
    before = stage.paragraphs[paragraph.number - 1] if paragraph.number else None
    if before is None or before.section.kind == "block_quote":
        return None
    span = before.section.span
    if _INTRODUCES.search(stage.host, max(before.opens[-1], span.end - 120), span.end):
        told = introduced(stage, voices, before, colon=True)
        if told.subject is not None:
            told = replace(told, subject=replace(told.subject, sure=min(told.subject.sure, 0.85)))
        return told if told.cue else None
    alone = quote.outer.end >= paragraph.section.span.end - 1 or quote.open_ended
    if before.asked or not alone:
        return None
    ends = before.spoke >= before.opens[-1] or (
        bool(before.quotes) and not stage.host[before.quotes[-1].outer.end : span.end].strip()
    )
    if not ends:
        return None
    people = stage.people(span.start, span.end)
    source = earlier.source if earlier is not None else None
    if before.focus is not None and people in ([], [before.focus]):
        paragraph.focus = before.focus
        return Attribution(Subject(before.focus, source or span, 0.6), source)
    return Attribution(None, source) if source is not None and before.focus is None and not people else None
