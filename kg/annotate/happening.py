"""What an event of one article is made of: its clause, its time, its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.annotate.frames import Frame
from kg.annotate.players import Unnamed
from kg.annotate.stage import Paragraph, Stage
from kg.annotate.times import When
from kg.model import Span

__all__ = ["APART", "Happening", "Tell", "clause_of", "label_of", "one_line", "time_of"]


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of an article. ``roles`` are (property, member id, evidence), ``noun`` the word an occasion goes by;
    ``summary`` says that only the headline or the abstract tells of it, ``lead`` that they or the first paragraph do.
    """

    frame: str
    name: str
    span: Span
    status: str | None
    roles: tuple[tuple[str, str, Span], ...]
    score: float
    when: When | None = None
    unnamed: tuple[Unnamed, ...] = ()
    noun: str = ""
    summary: bool = False
    lead: bool = False

    def players(self, *properties: str) -> frozenset[str]:
        """The members in these roles."""
        return frozenset(id_ for property_, id_, _ in self.roles if property_ in properties)


@dataclass(frozen=True, slots=True)
class Tell:
    """One word that may tell of an event, in its sentence. ``form`` is ``done``, ``base``, ``present`` or ``noun``."""

    stage: Stage
    paragraph: Paragraph
    sentence: Span
    start: int
    end: int
    frame: Frame
    form: str
    whens: Sequence[When]

    @property
    def word(self) -> str:
        """The word itself."""
        return self.stage.host[self.start : self.end]

    @property
    def left(self) -> str:
        """The sentence up to the word."""
        return self.stage.host[self.sentence.start : self.start]

    @property
    def rest(self) -> str:
        """The sentence after the word."""
        return self.stage.host[self.end : self.sentence.end]

    @property
    def headline(self) -> bool:
        """Whether it stands in a headline, where the present tense tells of what is done."""
        return self.paragraph.section.kind == "headline"


def label_of(tell: Tell, members: Sequence[str], crowd: Unnamed | None) -> str:
    """*Arrest of Ana Costa and Rui Dias*."""
    stage = tell.stage
    names = [stage.cast.members[id_].name for id_ in members]
    if crowd is not None:
        names = [re.sub(r"^(?:[Tt]he|[Oo]ur|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir)\s", "", crowd.span.of(stage.text))]
        if crowd.span.start == tell.sentence.start and not stage.cast.within(crowd.span.start, crowd.span.end):
            names = [names[0][:1].lower() + names[0][1:]]
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    joint = " " if tell.frame.label.endswith((" on", " against")) else " of "
    return one_line(tell.frame.label + joint + listed)


def one_line(words: str) -> str:
    """The words on one line, at most 100 characters; a cut, always between words, is marked with ``…``."""
    line = " ".join(words.split()).strip(" ,;:—–")
    if len(line) <= 100:
        return line
    # A clause that ends in "had not" says something else than the sentence did, so a cut must be seen.
    return line[:99].rsplit(" ", 1)[0].rstrip(" ,;:—–") + "…"


_CUT = re.compile(r"[;:]\s|\s[—–-]\s")


def clause_of(stage: Stage, sentence: Span, start: int, stop: int) -> Span:
    """The clause around a word: the sentence without its final mark, cut at semicolons and dashes."""
    begin, end = sentence.start, sentence.end
    for cut in _CUT.finditer(stage.host, sentence.start, sentence.end):
        if cut.end() <= start:
            begin = cut.end()
        elif cut.start() >= stop:
            end = cut.start()
            break
    printed = stage.text[begin:end].rstrip()
    if printed[-1:] in ".;":
        printed = printed[:-1]
    return Span(begin, begin + len(printed.rstrip()))


#: Words that open another clause, or another verb the time may belong to.
APART = re.compile(
    r"[;:—–]|\b(?:who|whose|which|where|when|that|after|before|because|while|but|until|since|has|had|have|was|were|is"
    r"|are|be|been"
    r"|will|would|(?!(?:dur|even|morn|meet|build|hear|spr|includ)ing\b)[a-z]{3,}ing|to\s(?!\w+\s(?:years?|months?|days?|weeks?|hours?)\b|(?:life|death|the|an?|his|her|its|their)\b)[a-z]+|[a-z]{3,}ed|said|told|gave|took|made|held)\b"
)
_BETWEEN = re.compile(r"[;:—–()]|\s-\s|\b(?:who|which|where|that|after|before|because|while|but|though|although)\b")


def time_of(tell: Tell) -> When | None:
    """The time expression of a word's clause: right before it, else the next after it, else one before it."""
    host = tell.stage.host
    whens = [w for w in tell.whens if w.span.start >= tell.start or not _in_relative(tell, w)]
    before = next((w for w in reversed(whens) if w.span.end <= tell.start), None)
    gap = host[before.span.end : tell.start] if before is not None else ""
    if before is not None and re.fullmatch(r",?\s(?:also\s|the\s|an?\s)?", gap):
        return before
    after = next((w for w in whens if w.span.start >= tell.end), None)
    if after is not None and not APART.search(host, tell.end, after.span.start):
        return after
    if (
        after is not None
        and tell.frame.key in ("killing", "death")
        and _WHEN.fullmatch(host, tell.end, after.span.start)
    ):
        return after
    if before is not None and tell.form == "done" and _OF_FIRST.fullmatch(gap):
        return None  # "lost the vote on Monday and resigned": nobody says when
    if before is None or _BETWEEN.search(_CLOSED.sub(",", gap)):
        return None
    if tell.form == "noun" and (
        _OWN.fullmatch(gap)
        or (_INSIDE.fullmatch(gap) and _DETERMINED.search(host, tell.sentence.start, before.span.start))
    ):
        return before  # "Wednesday's council election", "the Nov. 8 presidential election"
    if tell.form == "noun":  # "on Thursday the court upheld the conviction of …" has the time of its verb
        first = _FIRST.fullmatch(tell.left[: before.span.start - tell.sentence.start])
        return before if first is not None and tell.frame.family == "occasion" else None
    return before


_OF_FIRST = re.compile(
    r"(?:\s(?:in|at|near|by|for|from)\s[^,;]{1,40}?)?,?\sand\s(?:(?:later|then|subsequently|was|were|has|had|been)\s)*"
)
#: *was killed when a bus overturned on Friday*: both on one day.
_WHEN = re.compile(
    r"(?:(?!\s(?:who|which|after|before|had|said|told)\s)[^,;:.]){0,60}\swhen\s"
    r"(?:(?!\s(?:who|which|that|after|before|when|had|has|will|would|said|told)\s)[^,;:—–]){1,110}"
)
_RELATIVE = re.compile(r",\s(?:who|which|whose|where|when)\s[^,]*$")
_CLOSED = re.compile(r",\s(?:who|which|whose|where)\s[^,]*,")
_INSIDE = re.compile(r"\s(?:(?!(?:on|about|of|over|in|at|for|to|with|by|from|and|or)\s)[\w’'.-]+\s){0,3}")
_DETERMINED = re.compile(r"(?:\b(?:[Tt]he|[Aa]n?|[Tt]his|[Ii]ts|[Tt]heir)|['’]s)\s$")
_OWN = re.compile(r"['’]s?\s(?:[\w-]+\s){0,2}")
_FIRST = re.compile(r"\W*(?:\w+\s)?")


def _in_relative(tell: Tell, when: When) -> bool:
    """Whether a time before a word stands in a relative clause that is closed before the word."""
    host = tell.stage.host
    if "," not in host[when.span.end : tell.start]:
        return False
    return _RELATIVE.search(host, tell.sentence.start, when.span.start) is not None
