"""What an event of one article is made of, and the readings every kind of event shares: its clause, places "
"and time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.annotate import lexicon
from kg.annotate.cast import Seen
from kg.annotate.stage import Stage
from kg.annotate.times import When
from kg.model import Span

__all__ = [
    "CUSTODY",
    "DENIED",
    "FRAMES",
    "HEDGED",
    "LABELS",
    "MODAL",
    "PASSIVE",
    "PERSONLIKE",
    "PLANNED",
    "Happening",
    "Unnamed",
    "agent_after",
    "clause_of",
    "distinct",
    "is_owner",
    "label_of",
    "objects_after",
    "one_line",
    "places_after",
    "time_of",
]

FRAMES = lexicon.groups("frames")
LABELS = {
    "deportation": "Deportation",
    "release": "Release",
    "arrest": "Arrest",
    "charge": "Charging",
    "conviction": "Conviction",
}
PASSIVE = re.compile(r"\b(?:was|were|been|being|be|is|are|got)\s(?:[a-z]+ly\s|also\s|later\s|then\s|since\s)?$")
MODAL = re.compile(
    r"\b(?:will|would|could|may|might|must|shall|should|can|to|if|unless|plans?|intends?|threatens?|wants?"
    r"|seeks?|until|before)\s"
    r"(?:also\s|now\s|soon\s)?(?:be\s|have\s(?:been\s)?)?(?:[a-z]+ly\s)?$"
)
DENIED = re.compile(
    r"\b(?:not|never|n[’']t|cannot|no|nobody|without|refus\w+|declin\w+|den(?:y|ied|ies)|avoid\w*"
    r"|fail\w*)\b[^,;.]{0,30}$"
)
HEDGED = re.compile(r"\b(?:alleg\w+|reportedly|suspected|accus\w+|claim\w*|rumou?r\w*|purported\w*|supposed\w*)\b")
PLANNED = re.compile(
    r"\b(?:halt\w*|block\w*|stop\w*|prevent\w*|threat\w*|fac(?:e|es|ing)|possible|planned|against|appeal\w*"
    r"|order\w*|await\w*|request\w*|demand\w*|call\w* for|future|next|suspend\w*|avoid\w*|ask\w*)\b"
)
CUSTODY = re.compile(
    r"\b(?:custody|prison|jail|detention|bail|behind bars|holding centre|cell|hostage|captivity|parole|arrest)\b"
)
PERSONLIKE = ("Person", "Organization")


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of an article. ``roles`` are (property, member id, evidence)."""

    frame: str
    name: str
    span: Span
    status: str | None
    roles: tuple[tuple[str, str, Span], ...]
    score: float
    when: When | None = None
    unnamed: tuple[Unnamed, ...] = ()

    def players(self, *properties: str) -> frozenset[str]:
        """The members in these roles."""
        return frozenset(id_ for property_, id_, _ in self.roles if property_ in properties)


def distinct(seen: Iterable[Seen]) -> list[str]:
    return list(dict.fromkeys(one.id for one in seen))


def is_owner(host: str, one: Seen) -> bool:
    return host[one.end : one.end + 2] in ("'s", "’s")


def objects_after(stage: Stage, start: int, end: int) -> list[str]:
    """The persons directly after an active verb: *arrested Ana Costa and Rui Dias*."""
    found: list[Seen] = []
    position = start
    for one in stage.cast.within(start, min(end, start + 200)):
        gap = stage.host[position : one.start]
        if not found and not re.fullmatch(r"\s(?:the\s|a\s|an\s)?(?:[\w’'-]+\s){0,3}", gap):
            break
        if not found and re.search(r"\b(?:in|on|at|by|from|to|for|of|with|after|as|that)\s", gap):
            break
        if found and not re.fullmatch(r"(?:,\s(?:and\s)?|\sand\s)(?:\d{1,3},\s(?:and\s)?)?", gap):
            break
        if one.kind != "Person":
            if one.form == "demonym" and not found:
                continue
            break
        if is_owner(stage.host, one):
            break
        found.append(one)
        position = one.end
    return distinct(found)


def agent_after(stage: Stage, start: int, end: int) -> str | None:
    by = re.compile(r"[^,;.]{0,60}?\sby\s(?:the\s)?").match(stage.host, start, end)
    one = stage.cast.starting(by.end()) if by else None
    return one.id if one is not None and one.kind in PERSONLIKE and not is_owner(stage.host, one) else None


def places_after(stage: Stage, start: int, end: int, frame: str, span: Span) -> Iterator[tuple[str, str, Span]]:
    """Where to, where from, where, from the prepositions after the verb."""
    stop = re.compile(
        r"[;.]\s|,\s(?:who|which|where|when|but|and|after|before)\b|\b(?:who|which|after|before|because)\b"
    ).search(stage.host, start, end)
    limit = stop.start() if stop else end
    for one in stage.cast.within(start, min(limit + 1, start + 120)):
        if one.kind != "Place" or one.form != "name" or is_owner(stage.host, one):
            continue
        before = stage.host[max(start, one.start - 12) : one.start]
        if frame == "deportation" and re.search(r"\sto\s(?:the\s)?$", before):
            yield "toLocation", one.id, span
        elif frame == "deportation" and re.search(r"\sfrom\s(?:the\s)?$", before):
            yield "fromLocation", one.id, span
        elif frame != "deportation" and re.search(r"\s(?:in|at|near)\s(?:the\s)?$", before):
            yield "location", one.id, span


def label_of(stage: Stage, frame: str, objects: Sequence[str], crowd: Unnamed | None) -> str:
    names = [stage.cast.members[id_].name for id_ in objects]
    if crowd is not None:
        names = [" ".join(crowd.span.of(stage.text).split())]
    return one_line(
        f"{LABELS[frame]} of {names[0] if len(names) == 1 else ', '.join(names[:-1]) + ' and ' + names[-1]}"
    )


def one_line(words: str) -> str:
    """The words on one line, at most 100 characters; a cut, always between words, is marked with ``…``."""
    line = " ".join(words.split()).strip(" ,;:—–")
    if len(line) <= 100:
        return line
    # A clause that ends in "had not" says something else than the sentence did, so a cut must be seen.
    return line[:99].rsplit(" ", 1)[0].rstrip(" ,;:—–") + "…"


def clause_of(stage: Stage, sentence: Span, trigger: re.Match[str]) -> Span:
    """The clause around a trigger: the sentence without its final mark, cut at semicolons and dashes."""
    start, end = sentence.start, sentence.end
    for cut in re.compile(r"[;:]\s|\s[—–-]\s").finditer(stage.host, sentence.start, sentence.end):
        if cut.end() <= trigger.start():
            start = cut.end()
        elif cut.start() >= trigger.end():
            end = cut.start()
            break
    printed = stage.text[start:end].rstrip()
    if printed[-1:] in ".;":
        printed = printed[:-1]
    return Span(start, start + len(printed.rstrip()))


#: Words that open another clause, or another verb the time may belong to.
_APART = re.compile(
    r"[;:—–]|\b(?:who|which|where|when|that|after|before|because|while|but|until|since|has|had|have|was|were|is"
    r"|are|be|been"
    r"|will|would|to\s[a-z]+|[a-z]{3,}ed|said|told|gave|took|made|held)\b"
)
_BETWEEN = re.compile(r"[;:—–(]|\s-\s|\b(?:who|which|where|that|after|before|because|while|but)\b")


def time_of(trigger: re.Match[str], whens: Sequence[When], host: str) -> When | None:
    """The time expression of a trigger's clause: right before it, else the next after it, else one before it."""
    before = next((w for w in reversed(whens) if w.span.end <= trigger.start()), None)
    gap = host[before.span.end : trigger.start()] if before is not None else ""
    if before is not None and re.fullmatch(r",?\s(?:also\s|the\s|an?\s)?", gap):
        return before
    after = next((w for w in whens if w.span.start >= trigger.end()), None)
    if after is not None and not _APART.search(host[trigger.end() : after.span.start]):
        return after
    if before is not None and not _BETWEEN.search(gap):
        return before
    return None


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Somebody the text describes and does not name: a person or a group, by the words it has for them."""

    span: Span
    type: str

    @property
    def id(self) -> str:
        """A provisional id: the place in the text."""
        return f"g@{self.span.start}"
