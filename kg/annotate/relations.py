"""Relations: birth, kin, founding, seat, parent bodies and makers of works, where the words beside two names say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.annotate.cast import Seen
from kg.annotate.stage import FILLER, Stage
from kg.annotate.times import moments
from kg.model import Span

__all__ = ["Relation", "relations"]


@dataclass(frozen=True, slots=True)
class Relation:
    """One statement about a member: of another one (``entity``) or with a value, and the words it rests on."""

    subject: str
    property: str
    evidence: Span
    score: float
    entity: str | None = None
    value: str | None = None


#: *Ana Costa was born in …*, *Ana Costa, born in …*, *Ana Costa, 41, born in …*.
_BORN = re.compile(r"(?:\swas|,(?:\s\d{1,3},)?(?:\swho\swas)?)\sborn\s(?=in\s|on\s)")
_IN = re.compile(r"in\s(?:the\s)?")
_KIN: Final = {
    "husband": "spouse",
    "wife": "spouse",
    "widow": "spouse",
    "brother": "sibling",
    "sister": "sibling",
    "son": "children",
    "daughter": "children",
    "father": "parent",
    "mother": "parent",
}
_OWNED = re.compile(
    r"['’]s?\s(?:(?:late|eldest|older|elder|younger|twin|only|second|first)\s)?(?P<kin>" + "|".join(_KIN) + r"),?\s"
)
_FOUNDED_BY = re.compile(
    r"(?:\swas|,(?:\swhich\swas)?)\s(?:founded|co-founded|established)\s(?P<time>in\s\d{4}\s)?by\s(?:the\s)?"
)
_FOUNDED = re.compile(r"(?:,\swho)?\s(?:founded|co-founded)\s(?:the\s)?")
_FOUNDED_IN = re.compile(r"(?:\swas|,(?:\swhich\swas)?)\s(?:founded|established)\s(?=in\s)")
_SEATED = re.compile(r"(?:,\swhich\sis|,)\s(?:based|headquartered)\sin\s(?:the\s)?")
_PART = re.compile(r"(?:,|\sis)\s(?:an?|the)\s(?:[\w-]+\s){0,3}?(?:subsidiary|unit|division|branch)\sof\s(?:the\s)?")
_MADE = re.compile(r"[”’\"']?,?\s(?:(?:an?|the)\s(?:[\w-]+\s){1,3})?(?P<how>directed|written)\sby\s(?:the\s[a-z]+\s)?")
_MAKERS: Final = {"directed": "director", "written": "author"}
#: After the second name its phrase must end, or it may belong to a longer one.
_ENDS = re.compile(r"[,.;:)”’\"]|\s(?:[a-z]|[(—–-])|$|\n")


#: What may follow a name that a relation begins with; spares most names the rest.
_NEAR = re.compile(r"['’,”\"]|\s(?:was|is|founded|co-founded|directed|written)\b")
#: Somebody says so, or it is in doubt: that is no fact.
_CLAIMED = re.compile(
    r"\b(?:said|says?|saying|told|claim\w*|alleg\w*|believ\w*|insist\w*|suggest\w*|argu\w*|that|whether|if|lie[sd]?"
    r"|rumou?r\w*|theor\w*|false\w*|question\w*|doubt\w*|conspir\w*|den(?:y|ied|ies)|not|never|according|reportedly"
    r"|thought)\b"
)


def _is_claimed(host: str, at: int) -> bool:
    """Whether the sentence before a name makes what follows a claim."""
    begin = max(0, at - 200)
    opening = max(host.rfind(mark, begin, at) for mark in (". ", "\n", "? ", "! "))
    return _CLAIMED.search(host, max(begin, opening), at) is not None


def relations(stage: Stage) -> Iterator[Relation]:
    """The relations the reporter's own words state, in order of the first name."""
    for one in stage.cast.seen:
        masked = stage.host[one.span.start] == FILLER and one.kind != "CreativeWork"
        if one.form not in ("name", "acronym") or masked or not _NEAR.match(stage.host, one.end):
            continue
        if _is_claimed(stage.host, one.span.start):
            continue
        if one.kind == "Person":
            yield from _born(stage, one)
            yield from _kin(stage, one)
            yield from _pair(stage, one, _FOUNDED, "Organization", "founder", backwards=True)
        elif one.kind == "Organization":
            yield from _pair(stage, one, _FOUNDED_BY, "Person", "founder")
            yield from _pair(stage, one, _SEATED, "Place", "location")
            yield from _pair(stage, one, _PART, "Organization", "parentOrganization")
            yield from _founded(stage, one)
        elif one.kind == "CreativeWork":
            yield from _made(stage, one)


def _second(stage: Stage, at: int, kind: str) -> Seen | None:
    """The name of a kind whose phrase begins at an offset and ends with it."""
    one = next((s for s in stage.cast.within(at, at + 90) if s.start == at), None)
    if one is None or one.kind != kind or one.form not in ("name", "acronym"):
        return None
    return one if _ENDS.match(stage.host, one.end) else None


def _pair(
    stage: Stage, one: Seen, joint: re.Pattern[str], kind: str, property_: str, *, backwards: bool = False
) -> Iterator[Relation]:
    found = joint.match(stage.host, one.end)
    other = _second(stage, found.end(), kind) if found is not None else None
    if other is None or other.id == one.id:
        return
    subject, entity = (other.id, one.id) if backwards else (one.id, other.id)
    yield Relation(subject, property_, Span(one.span.start, other.end), 0.8, entity=entity)


def _date_at(stage: Stage, at: int) -> tuple[str, int] | None:
    """The date an expression right at an offset means, when it has a year, and where it ends."""
    for one in moments(stage.text, Span(at, min(len(stage.text), at + 40)), None):
        if one.span.start == at and one.value is not None and not one.value.startswith("--"):
            return one.value, one.span.end
    return None


def _born(stage: Stage, one: Seen) -> Iterator[Relation]:
    """*was born in Porto Belo on 3 May 1970*: birthPlace and birthDate."""
    found = _BORN.match(stage.host, one.end)
    if found is None:
        return
    at = found.end()
    for _ in range(2):
        dated = _date_at(stage, at)
        lead = _IN.match(stage.host, at)
        place = _second(stage, lead.end(), "Place") if lead is not None and dated is None else None
        if dated is not None:
            yield Relation(one.id, "birthDate", Span(one.span.start, dated[1]), 0.85, value=dated[0])
            at = dated[1]
        elif place is not None:
            yield Relation(one.id, "birthPlace", Span(one.span.start, place.end), 0.85, entity=place.id)
            at = place.end
        else:
            return
        if stage.host[at : at + 1] != " ":
            return
        at += 1


def _kin(stage: Stage, one: Seen) -> Iterator[Relation]:
    """*Ana Costa's brother, Rui Dias*."""
    found = _OWNED.match(stage.host, one.end)
    other = _second(stage, found.end(), "Person") if found is not None else None
    if found is None or other is None or other.id == one.id:
        return
    if re.match(r"\sand\s[A-Z]", stage.host[other.end : other.end + 6]):
        return
    yield Relation(one.id, _KIN[found.group("kin")], Span(one.span.start, other.end), 0.8, entity=other.id)


def _founded(stage: Stage, one: Seen) -> Iterator[Relation]:
    found = _FOUNDED_IN.match(stage.host, one.end)
    dated = _date_at(stage, found.end()) if found is not None else None
    if dated is not None:
        yield Relation(one.id, "foundingDate", Span(one.span.start, dated[1]), 0.85, value=dated[0])


def _made(stage: Stage, one: Seen) -> Iterator[Relation]:
    """*“Salt and Iron”, directed by Ana Costa*."""
    found = _MADE.match(stage.host, one.end)
    other = _second(stage, found.end(), "Person") if found is not None else None
    if found is not None and other is not None:
        evidence = Span(one.span.start, other.end)
        yield Relation(one.id, _MAKERS[found.group("how")], evidence, 0.8, entity=other.id)
