"""Who speaks the words in quotation marks: named behind them, in front of them, between them, or carried over."""

from __future__ import annotations

import re
from dataclasses import replace

from kg.annotate.marks import Quoted
from kg.annotate.said import Said
from kg.annotate.stage import FILLER, VERB, Paragraph, Stage, Subject
from kg.model import Span

__all__ = ["ACCORDING", "attribute", "carry_over", "is_noun"]

ACCORDING = re.compile(r"(?<![\w])[Aa]ccording to\s")
_SO_CALLED = re.compile(r"\bwhat\s(?:[\w’'-]+\s){1,4}$")


def attribute(stage: Stage, paragraph: Paragraph, quote: Quoted) -> tuple[Subject | None, bool, bool]:
    """The speaker named in the quotation's own sentence, whether the sentence has a speech cue, and whether it asks."""
    host = stage.host
    after = _after(stage, paragraph, quote)
    ends = host[quote.inner.start : quote.inner.end].rstrip(FILLER)[-1:] or FILLER
    # — behind: "…," said X · "…?" X asked
    found = re.compile(r"\s?[,—–―-]?\s?").match(host, quote.outer.end, after)
    start = found.end() if found else quote.outer.end
    attached = ends in ",?!…—–." or host[quote.outer.end : start].strip() in (",", "—", "–", "―")
    if attached and start < after:
        verb = VERB.match(host, start)
        if verb and ends != ".":
            subject = stage.after_verb(paragraph, verb.end(), after)
            return subject, True, _asks(verb.group())
        verbs = VERB.finditer(host, start, min(after, start + 220))
        verb = next((v for v in verbs if not is_noun(host, v)), None)
        if verb and (ends != "." or host[start : start + 1].islower()) and _plain_gap(host[start : verb.start()]):
            subject = stage.subject(paragraph, verb.start(), start)
            if subject is not None or ends != ".":
                return subject, True, _asks(verb.group())
        if re.match(r"\s?[—–―-]\s", host[quote.outer.end : quote.outer.end + 3]):
            signed = next(iter(stage.cast.within(start, min(after, start + 60))), None)
            if signed is not None and signed.kind == "Person" and not host[start : signed.start].strip():
                return Subject(signed.id, signed.span, 0.85), True, False
    according = ACCORDING.search(host, quote.outer.end, after)
    if according:
        subject = stage.after_verb(paragraph, according.end() - 1, after)
        return subject, True, False
    # — in front: X said: "…" · X called it "…"
    sentence = stage.sentence(paragraph, quote.outer.start)
    floor = sentence.start
    according = ACCORDING.search(host, floor, quote.outer.start)
    if according:
        return stage.after_verb(paragraph, according.end() - 1, quote.outer.start), True, False
    cues = list(VERB.finditer(host, max(floor, quote.outer.start - 400), quote.outer.start))
    cue = False
    for verb in reversed(cues):
        if host[verb.start() - 3 : verb.start()] == "to " or is_noun(host, verb):
            continue
        if verb.group().startswith(("read", "call", "describe")) and (
            _SO_CALLED.search(host, max(floor, verb.start() - 40), verb.start())
            or (verb.group().startswith("read") and host[quote.outer.start - 2 : quote.outer.start] != ": ")
        ):
            continue
        cue = True
        inverted = None
        if host[verb.start() - 1 : verb.start()] in (" ", "") and re.search(
            r"[”\"’'»],?\s$", host[floor : verb.start()]
        ):
            inverted = stage.after_verb(paragraph, verb.end(), quote.outer.start)
        subject = inverted or stage.subject(paragraph, verb.start(), floor)
        if subject is not None:
            return subject, True, _asks(verb.group())
    turn = re.compile(r"(?P<name>[^:\n]{2,60}):\s?$").search(host, floor, quote.outer.start)
    if turn:
        one = stage.cast.ending(turn.end("name"))
        if one is not None and one.kind in ("Person", "Organization") and not host[floor : one.start].strip():
            return Subject(one.id, Span(one.start, one.end)), True, False
        return stage.lead(paragraph, floor, quote.outer.start), True, False
    return None, cue, False


def _after(stage: Stage, paragraph: Paragraph, quote: Quoted) -> int:
    """Where the host sentence behind a quotation ends: at the next quotation or at the sentence's end."""
    span = paragraph.section.span
    end = span.end
    for one in paragraph.quotes:
        if one.outer.start >= quote.outer.end:
            end = one.outer.start
            break
    # a question or exclamation mark inside does not end the host sentence when the attribution follows
    at = min(quote.outer.end + 2, span.end - 1)
    stop = stage.sentence(paragraph, at).end
    return min(end, stop)


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
    stage: Stage, paragraph: Paragraph, quote: Quoted, last: Said | None, before: Paragraph | None
) -> Subject | None:
    """The speaker of the quotation before, when nobody else has come between."""
    host = stage.host
    sentence = stage.sentence(paragraph, quote.outer.start)
    if host[sentence.start : quote.outer.start].strip():
        return None
    if last is not None and last.subject is not None:
        back = stage.sentence(paragraph, sentence.start - 2)
        if back.start <= last.subject.span.end and last.subject.span.start < quote.outer.start:
            # the attribution is in the sentence before: whoever else it names is not who speaks
            return replace(last.subject, sure=min(last.subject.sure, 0.85))
        between = stage.people(last.span.end, quote.outer.start)
        if set(between) <= {last.subject.id}:
            return replace(last.subject, sure=min(last.subject.sure, 0.85))
        return None
    if quote.outer.start > paragraph.section.span.start:
        if last is not None:
            return None
        people = stage.people(paragraph.section.span.start, quote.outer.start)
        back = stage.sentence(paragraph, sentence.start - 2)
        lead = stage.lead(paragraph, back.start, back.end)
        if lead is not None and set(people) <= {lead.id}:
            return replace(lead, sure=0.7)
        return None
    if before is None or before.focus is None or before.asked:
        return None
    if paragraph.number - before.number != 1:
        return None
    ends = before.spoke >= before.opens[-1] or (
        bool(before.quotes) and not host[before.quotes[-1].outer.end : before.section.span.end].strip()
    )
    alone = quote.outer.end >= paragraph.section.span.end - 1 or quote.open_ended
    if ends and alone and stage.people(before.section.span.start, before.section.span.end) in ([], [before.focus]):
        paragraph.focus = before.focus
        return Subject(before.focus, before.section.span, 0.6)
    return None
