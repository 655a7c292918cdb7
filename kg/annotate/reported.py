"""Reported speech: the clause after *X said that*, before *, X said* and after *according to X,*, as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.annotate import lexicon
from kg.annotate.attribution import ACCORDING, is_noun
from kg.annotate.said import Said
from kg.annotate.stage import BARE, CLAUSE, FILLER, LONGEST, VERB, Paragraph, Stage, Subject
from kg.model import Span

__all__ = ["reports"]

_TOLD = re.compile(r"\s(?:[^,.;:\x1a“\"‘]{1,60}?\s)?that,?\s")
_REPORTED_END = re.compile(
    r",?\s(?:but|and)\s(?:declined|refused|added|gave no|did not (?:comment|say|give|elaborate)|said|warned"
    r"|urged|called|promised)\b.*$"
    r"|,\s(?:adding|saying|arguing|noting|warning|insisting|stressing|calling|describing|according to|and said"
    r"|but said)\b.*$",
    re.DOTALL,
)
_MAX = 600


def reports(stage: Stage, paragraph: Paragraph) -> Iterator[Said]:
    host = stage.host
    ends = [*paragraph.opens[1:], paragraph.section.span.end]
    for start, end in zip(paragraph.opens, ends, strict=True):
        if end - start > LONGEST:
            continue
        done = start
        for verb in VERB.finditer(host, start, end):
            if verb.start() < done:
                continue
            clauses = _clauses(stage, verb, start, end)
            if not clauses:
                continue
            subject = stage.subject(paragraph, verb.start(), start)
            if subject is None or _EMBEDDED.search(host, max(start, subject.span.start - 12), subject.span.start):
                continue
            paragraph.focus, paragraph.spoke = subject.id, verb.start()
            for clause in clauses:
                yield Said(clause, False, subject, min(0.85, subject.sure))
                done = clause.end
        if done == start:
            yield from _postposed(stage, paragraph, start, end)


def _clauses(stage: Stage, verb: re.Match[str], start: int, end: int) -> list[Span]:
    """The reported clauses after a verb of speech; none when what follows is no report."""
    host = stage.host
    word = verb.group().lower()
    if word not in BARE and word not in CLAUSE:
        return []
    if is_noun(host, verb) or re.search(
        r"\b(?:to|not|n't|n’t|never|nothing|nobody)\s$", host[max(start, verb.start() - 10) : verb.start()]
    ):
        return []
    at = verb.end()
    that = re.compile(r"\sthat,?\s").match(host, at)
    if that is None:
        told = _TOLD.match(host, at, min(end, at + 110))
        if told is not None and (word in CLAUSE or _WHEN_WHERE.match(host, at)):
            that = told
    if that is not None:
        at = that.end()
    elif word in BARE:
        following = re.compile(r"\s(?P<next>[\w’'-]+|[$€£]?\d)").match(host, at)
        if following is None or following.group("next").lower() in _NO_CLAUSE:
            return []
        at = following.start("next")
        if not _FINITE.search(host, at, min(end, at + 250)):
            return []
    else:
        return []
    if _HEADLESS.match(host, at):
        return []
    parts = [at]
    parts += [m.end() for m in re.compile(r",?\s(?:and|but)\sthat\s").finditer(host, at, min(end, at + _MAX))]
    limits = [*(p - 6 for p in parts[1:]), end]
    found = [_cut(stage, p, _back(host, p, limit)) for p, limit in zip(parts, limits, strict=True)]
    return [one for one in found if one is not None]


def _back(host: str, start: int, limit: int) -> int:
    """The end of a clause before the *and* of the next one."""
    joint = re.compile(r",?\s(?:and|but)$").search(host, max(start, limit - 6), limit)
    return joint.start() if joint else limit


_SAID_AFTER = re.compile(
    r",\s(?=[^,]{2,80}(?:,[^,]{2,60},)?\s(?:said|says)\b|(?:said"
    r"|says)\s)(?:[^,]{2,80}(?:,[^,]{2,60},)?\s)?(?P<verb>said|says)"
    r"(?:(?P<more>,\s)|(?:\s(?!that\b)[^,]{1,80}(?:,[^,]{1,80})?)?[.]\s*$)"
)
_WHEN_WHERE = re.compile(
    r"\s(?:on|in|at|during|to|by|from|after|last|this|through|via|late|early|earlier|again|later|publicly|recently"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\s"
)
#: *what he says*, *as she said*: the clause is no report of its own.
_EMBEDDED = re.compile(r"\b(?:what|how|whom|which|as|than|where|whatever|so)\s$")
#: A clause without a subject: *the test, which the ministry said was its biggest*.
_HEADLESS = re.compile(
    r"\s?(?:[a-z]{3,}ing|is|are|was|were|has|have|had|will|would|could|may|might|can|should|must|did|does|do)\b"
)
_NO_CLAUSE = lexicon.words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october "
    "november december late early earlier recently publicly again later "
    "on in at by to of for from with about during after before as this last yesterday today so it's nothing "
    "something goodbye hello "
    "yes no more much little and or but when while because if through via under against upon than what how why "
    "who whether where "
    "sorry thank thanks him them her me us"
) - {"no", "if", "more", "when", "what", "nothing", "her"}
_FINITE = re.compile(
    r"(?<![\w’'-])(?:is|are|was|were|be|been|has|have|had|will|would|can|could|may|might|must|should|shall|do"
    r"|does|did|cannot"
    r"|won’t|won't|wouldn’t|wouldn't|[a-z]{2,}(?:ed|s)|lost|took|left|made|came|went|gave|knew|saw|told|found"
    r"|felt|held|kept|met"
    r"|paid|put|ran|sent|set|sold|spent|stood|thought|won|wrote|began|broke|brought|built|chose|cut|fell|grew"
    r"|hit|led|meant|read"
    r"|rose|sought|spoke|understood|[a-z]+n[’']t)(?![\w’'-])"
)


def _cut(stage: Stage, at: int, end: int) -> Span | None:
    host = stage.host
    clause = host[at:end]
    cut = _REPORTED_END.search(clause)
    if cut:
        clause = clause[: cut.start()]
    clause = clause.rstrip()
    if clause[-1:] in ".;!?…":
        clause = clause[:-1]
    clause = clause.rstrip(" ,;:—–")
    if clause.count(FILLER) * 2 > len(clause) or len(clause) > _MAX or len(clause.split()) < 3:
        return None
    if clause[:1] in "“\"‘«'" or ":" in clause[-2:]:
        return None
    return Span(at, at + len(clause))


def _postposed(stage: Stage, paragraph: Paragraph, start: int, end: int) -> Iterator[Said]:
    """*The bridge will open in May, Ana Costa said.* and *…, according to Ana Costa.*"""
    host = stage.host
    sentence = host[start : min(end, start + 2 * _MAX)]
    if FILLER in sentence:
        return
    subject: Subject | None = None
    span: Span | None = None
    found = _SAID_AFTER.search(sentence)
    if found is not None:
        subject = stage.subject(paragraph, start + found.start("verb"), start + found.start() + 1)
        span = _cut(stage, start, start + found.start())
        if found.group("more") is not None and (span is None or not _FINITE.search(span.of(host))):
            rest = start + found.end()
            span = _cut(stage, rest, end) if not _HEADLESS.match(host, rest) else None
    elif (according := ACCORDING.match(host, start)) is not None:
        comma = re.compile(r"[^,.;:]{2,80}(?:,[^,.;:]{2,60})?,\s").match(host, according.end(), end)
        subject = stage.after_verb(paragraph, according.end() - 1, comma.end() if comma else end)
        if subject is not None and comma is not None and comma.end() > subject.span.end:
            span = _cut(stage, comma.end(), end)
    elif (according := re.compile(r",\s[Aa]ccording to\s").search(host, start, end)) is not None:
        subject = stage.after_verb(paragraph, according.end() - 1, end)
        span = _cut(stage, start, according.start())
    if span is None or subject is None or subject.sure < 0.8 or len(span.of(host).split()) < 4:
        return
    if not _FINITE.search(span.of(host)):
        return
    paragraph.focus, paragraph.spoke = subject.id, start
    yield Said(span, False, subject, min(0.8, subject.sure))
