"""Quotations: whose words an article prints, word for word or reported.

Direct quotations stand in quotation marks or in a block quotation; reported ones are the clause after *X said that*.
Titles, nicknames and scare quotes are neither. Printed twice, a quotation is one with two spans. A speaker who cannot
be told for certain is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.annotate.marks import Quoted
from kg.annotate.stage import BARE, CLAUSE, FILLER, LONGEST, VERB, Paragraph, Stage, Subject
from kg.model import Annotation, Span, Text

__all__ = ["Quotations", "Said", "annotator", "said"]

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SMALL = frozenset(
    "a an and as at but by de del des di du el en for from in la le les of on or the to un una van von with".split()
)
_WORK = re.compile(
    r"(?:\b(?:films?|movie|documentary|book|novel|memoir|song|single|album|play|musical|opera|poem|essay|article|editorial|column|paper"
    r"|report|episode|show|series|podcast|game|painting|exhibition|ballet|film|headline|track|hymn|portrait|entitled|titled"
    r"|headlined|nicknamed|dubbed|known as|so-called|the word|the words|the term|the phrase|the name|named|hashtag|marked"
    r"|labelled|labeled|reading|banner|sign|slogan)\b[,:]?\s?(?:[\w-]+\s)?|#)$",
    re.IGNORECASE,
)
_TOLD = re.compile(r"\s(?:[^,.;:\x1a“\"‘]{1,60}?\s)?that,?\s")
_ACCORDING = re.compile(r"(?<![\w])[Aa]ccording to\s")
_REPORTED_END = re.compile(
    r",?\s(?:but|and)\s(?:declined|refused|added|gave no|did not (?:comment|say|give|elaborate)|said|warned|urged|called|promised)\b.*$"
    r"|,\s(?:adding|saying|arguing|noting|warning|insisting|stressing|calling|describing|according to|and said|but said)\b.*$",
    re.DOTALL,
)
_MAX = 600
_POSTED = re.compile(r"\b(?:wrote|writes|posted|posts|tweeted|said in (?:a|an|his|her|its|their)\b)")
#: A title stands in the middle of its sentence: *on "Morning Tide"*, *the "Grand Bargain"*.
_PLAIN_BEFORE = re.compile(
    r"(?:\b(?:on|in|of|for|from|at|to|by|with|the|a|an|as|his|her|its|their|and|or|about|like|via|watch|watching|sang|played|sing)"
    r"|['’]s)\s$"
)
_SO_CALLED = re.compile(r"\bwhat\s(?:[\w’'-]+\s){1,4}$")
_READING = re.compile(r"(?:\b(?:it|which|that|sign|banner|they)\s(?:reads?|says?|said)|\breading),?\s?$")


@dataclass(frozen=True, slots=True)
class Said:
    """One printing of somebody's words. ``group`` is equal for printings of one quotation."""

    span: Span
    direct: bool
    subject: Subject | None
    score: float
    group: int = 0
    speakers: tuple[str, ...] = ()


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
    return tuple(sorted(_grouped(stage.text, found), key=lambda one: (one.span.start, -one.span.end)))


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
        reported = list(_reported(stage, paragraph))
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
                if one is not None and quote.outer.start == _first_of(stage, paragraph, quote):
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


def _first_of(stage: Stage, paragraph: Paragraph, quote: Quoted) -> int:
    """Where an unclosed quotation may begin: anywhere, as long as nothing follows it in its paragraph."""
    return quote.outer.start if quote.outer.end == paragraph.section.span.end else -1


# ---- direct quotations -------------------------------------------------------------------------------------------


def _direct(
    stage: Stage, paragraph: Paragraph, quote: Quoted, last: Said | None, before: Paragraph | None, *, continued: bool
) -> Said | None:
    inner = _trimmed(stage.text, quote.inner)
    words = _WORD.findall(inner.of(stage.text))
    if len(inner) < 3 or not words:
        return None
    subject, cue, asked = _attribution(stage, paragraph, quote)
    if cue and asked:
        paragraph.asked = True
    sentence = _whole(stage.text, quote)
    short = len(words) < 4
    carried = None
    if subject is None and not cue and not continued:
        carried = _carried(stage, paragraph, quote, last, before)
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


def _attribution(stage: Stage, paragraph: Paragraph, quote: Quoted) -> tuple[Subject | None, bool, bool]:
    """The speaker named in the quotation's own sentence, whether the sentence has a speech cue, and whether it asks."""
    host = stage.host
    after = _after(stage, paragraph, quote)
    ends = host[quote.inner.end - 1 : quote.inner.end]
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
        verb = next((v for v in verbs if not _nounish(host, v)), None)
        if verb and (ends != "." or host[start : start + 1].islower()) and _plain_gap(host[start : verb.start()]):
            subject = stage.subject(paragraph, verb.start(), start)
            if subject is not None or ends != ".":
                return subject, True, _asks(verb.group())
        if re.match(r"\s?[—–―-]\s", host[quote.outer.end : quote.outer.end + 3]):
            signed = next(iter(stage.cast.within(start, min(after, start + 60))), None)
            if signed is not None and signed.kind == "Person" and not host[start : signed.start].strip():
                return Subject(signed.id, signed.span, 0.85), True, False
    according = _ACCORDING.search(host, quote.outer.end, after)
    if according:
        subject = stage.after_verb(paragraph, according.end() - 1, after)
        return subject, True, False
    # — in front: X said: "…" · X called it "…"
    sentence = stage.sentence(paragraph, quote.outer.start)
    floor = sentence.start
    according = _ACCORDING.search(host, floor, quote.outer.start)
    if according:
        return stage.after_verb(paragraph, according.end() - 1, quote.outer.start), True, False
    cues = list(VERB.finditer(host, max(floor, quote.outer.start - 400), quote.outer.start))
    cue = False
    for verb in reversed(cues):
        if host[verb.start() - 3 : verb.start()] == "to " or _nounish(host, verb):
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


def _nounish(host: str, verb: re.Match[str]) -> bool:
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


def _carried(
    stage: Stage, paragraph: Paragraph, quote: Quoted, last: Said | None, before: Paragraph | None
) -> Subject | None:
    """The speaker of the quotation before, when nobody else has come between."""
    host = stage.host
    sentence = stage.sentence(paragraph, quote.outer.start)
    if host[sentence.start : quote.outer.start].strip():
        return None
    if last is not None and last.subject is not None:
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


# ---- block quotations --------------------------------------------------------------------------------------------


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
        verbs = [m for m in VERB.finditer(stage.host, start, end) if not _nounish(stage.host, m)]
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


# ---- reported speech ---------------------------------------------------------------------------------------------


def _reported(stage: Stage, paragraph: Paragraph) -> Iterator[Said]:
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
    if _nounish(host, verb) or re.search(
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
    r",\s(?=[^,]{2,80}(?:,[^,]{2,60},)?\s(?:said|says)\b|(?:said|says)\s)(?:[^,]{2,80}(?:,[^,]{2,60},)?\s)?(?P<verb>said|says)"
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
_NO_CLAUSE = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october "
    "november december late early earlier recently publicly again later "
    "on in at by to of for from with about during after before as this last yesterday today so it's nothing something goodbye hello "
    "yes no more much little and or but when while because if through via under against upon than what how why who whether where "
    "sorry thank thanks him them her me us".split()
) - {"no", "if", "more", "when", "what", "nothing", "her"}
_FINITE = re.compile(
    r"(?<![\w’'-])(?:is|are|was|were|be|been|has|have|had|will|would|can|could|may|might|must|should|shall|do|does|did|cannot"
    r"|won’t|won't|wouldn’t|wouldn't|[a-z]{2,}(?:ed|s)|lost|took|left|made|came|went|gave|knew|saw|told|found|felt|held|kept|met"
    r"|paid|put|ran|sent|set|sold|spent|stood|thought|won|wrote|began|broke|brought|built|chose|cut|fell|grew|hit|led|meant|read"
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
    elif (according := _ACCORDING.match(host, start)) is not None:
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


# ---- one quotation, printed several times ------------------------------------------------------------------------


def _grouped(text: str, found: Sequence[Said]) -> Iterator[Said]:
    """The printings with their groups: equal words, or the shorter form of a longer quotation by the same speaker."""
    keys = [_key(text, one.span) for one in found]
    grams: dict[tuple[str, ...], list[int]] = {}
    for number, key in enumerate(keys):
        for i in range(len(key) - 3):
            places = grams.setdefault(key[i : i + 4], [])
            if len(places) < 8:
                places.append(number)
    group = list(range(len(found)))
    order = sorted(range(len(found)), key=lambda n: -len(keys[n]))
    exact: dict[tuple[str, ...], list[int]] = {}
    for number in order:
        one, key = found[number], keys[number]
        same = [n for n in exact.get(key, ()) if found[n].direct == one.direct and _agree(found[n], one)]
        other = same[0] if same else None
        if other is None and len(key) >= 4:
            other = _longer(text, found, group, number, grams.get(key[:4], ()))
        if other is not None and _agree(found[other], one):
            group[number] = group[other]
        exact.setdefault(key, []).append(number)
    speakers: dict[int, Subject] = {}
    for number, one in enumerate(found):
        if one.subject is not None:
            known = speakers.get(group[number])
            if known is None or known.sure < one.subject.sure:
                speakers[group[number]] = one.subject
    printed: set[tuple[str, str | None]] = set()
    for number, one in sorted(enumerate(found), key=lambda pair: not pair[1].direct):
        subject = one.subject or speakers.get(group[number])
        words = (one.span.of(text), subject.id if subject is not None else None)
        if not one.direct and words in printed:
            continue  # the same words of the same speaker are there as a direct quotation already
        printed.add(words)
        yield replace(one, group=group[number], subject=subject)


def _longer(text: str, found: Sequence[Said], group: Sequence[int], number: int, places: Iterable[int]) -> int | None:
    """The longer quotation of the same kind that these words are a part of."""
    one = found[number]
    printed = one.span.of(text).casefold()
    for n in places:
        other = found[n]
        if n == number or group[n] != n or other.direct != one.direct or len(other.span) <= len(one.span):
            continue
        if not other.span.overlaps(one.span) and printed in other.span.of(text).casefold():
            return n
    return None


def _key(text: str, span: Span) -> tuple[str, ...]:
    return tuple(w.casefold() for w in _WORD.findall(span.of(text)))


def _agree(a: Said, b: Said) -> bool:
    return a.subject is None or b.subject is None or a.subject.id == b.subject.id
