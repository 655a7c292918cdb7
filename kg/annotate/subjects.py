"""Who a verb is said of: one or several names, or people the text only describes."""

from __future__ import annotations

import re

from kg.annotate.cast import Seen
from kg.annotate.clause import Group
from kg.annotate.happening import Tell
from kg.annotate.players import Unnamed, described_before, distinct
from kg.annotate.stage import Subject
from kg.model import Span

__all__ = ["floor_of", "joined_to", "passive_subjects", "subject_of"]

_JUNCTION = re.compile(r"\b(?:after|before|as|until|since|once|when|because|that|while|where)\s(?:the\s)?$")


def floor_of(tell: Tell, group: Group) -> int:
    """Where the subject of a verb may begin: after a conjunction that stands right before its name, which a reader
    of names alone would take for a preposition (*after the ministry declined*)."""
    floor = tell.sentence.start
    one = tell.stage.cast.ending(group.start - 1)
    if one is None:
        return floor
    found = _JUNCTION.search(tell.stage.host, max(floor, one.start - 16), one.start)
    return found.end() if found is not None else floor


def subject_of(tell: Tell, group: Group) -> Subject | None:
    """Who the verb is said of; a country too, where no body or person is."""
    found = tell.stage.subject(tell.paragraph, group.start, floor_of(tell, group))
    if found is not None and (found.sure < 0.7 or _SOMEBODY_ELSE.match(tell.stage.host, found.span.end, group.start)):
        return None
    if (
        found is not None
        and _BESIDE.match(tell.stage.host, found.span.end, group.start)
        and _AT.search(tell.stage.host, max(tell.sentence.start, found.span.start - 16), found.span.start)
    ):
        return None  # "in the assembly, a group of members met": where, not who
    if found is not None and _succeeds(tell, found):
        return None
    found = found or _shared(tell, group)
    if found is not None:
        return found
    one = tell.stage.cast.ending(group.start - 1)
    if one is None or one.kind not in tell.frame.agents or one.form not in ("name", "acronym"):
        return None
    if joined_to(tell, one.span):
        return Subject(one.id, one.span, 0.9)
    country = tell.stage.cast.members[one.id].type == "Country"
    opening = tell.stage.host[tell.sentence.start : one.start]
    return Subject(one.id, one.span, 0.8) if country and _CLAUSE_OPENS.fullmatch(opening) else None


_CLAUSE_OPENS = re.compile(r"(?:.*,\s)?(?:[Tt]he\s)?")


def passive_subjects(tell: Tell, group: Group) -> tuple[list[str], Unnamed | None]:
    """Who a passive is said of: names, several ones too, or people described."""
    stage, floor, kinds = tell.stage, floor_of(tell, group), tell.frame.objects
    left = re.sub(r"(?:has|have|had|also)\s$", "", stage.host[floor : group.start])
    crowd = described_before(left, floor)
    end = floor + len(stage.host[floor : group.start].rstrip())
    last = _without_origin(tell, end) if "Person" in kinds else stage.cast.ending(end)
    several = (
        last is not None and last.end < end and _JOINED.search(stage.host[max(floor, last.start - 6) : last.start])
    )
    subject = stage.subject(tell.paragraph, group.start, floor) if not several else None
    if subject is not None and _succeeds(tell, subject):
        return [], crowd
    subject = subject or _shared(tell, group)
    if subject is not None:
        ok = stage.cast.members[subject.id].kind in kinds and subject.sure >= 0.7
        return ([subject.id] if ok else []), crowd
    if last is None and "CreativeWork" in kinds and stage.host[end - 1 : end] in _MARKS:
        last = stage.cast.ending(end - 1) or stage.cast.ending(end - 2)  # “Salt and Iron” was shown
    if last is None or last.kind not in kinds or last.form == "demonym":
        return [], crowd
    chain: list[Seen] = [last]
    while joint := _JOINED.search(stage.host[max(floor, chain[0].start - 6) : chain[0].start]):
        joined = chain[0].start - len(joint.group())
        other = _without_origin(tell, joined) if "Person" in kinds else stage.cast.ending(joined)
        if other is None or other.kind not in kinds:
            break
        chain.insert(0, other)
    opening = stage.host[floor : chain[0].start].rstrip("“\"'‘«")
    if last.kind == "CreativeWork":
        opening = _WORK.sub("", opening)
    begin = max(floor, chain[0].start - 20)
    if chain[0].kind == "Person" and (
        _DEPENDENT.search(stage.host, begin, chain[0].start) or not stage.free(chain[0], floor)
    ):
        return [], crowd
    if len(chain) == 1 and last.kind != "Person" and not _CLAUSE_OPENS.fullmatch(opening):
        return [], crowd
    return distinct(chain), crowd


def _succeeds(tell: Tell, subject: Subject) -> bool:
    """Whether a pronoun may mean a successor: *After the death of Rui Dias, he …*."""
    host, start = tell.stage.host, tell.sentence.start
    if host[subject.span.start : subject.span.end].lower() not in ("he", "she"):
        return False
    return _SUCCESSION.match(host, start, subject.span.start) is not None


_SUCCESSION = re.compile(
    r"(?:Following|After|Upon|On|With)\s(?:the\s)?(?:[a-z]+\s){0,2}(?:retirement|death|resignation|departure|dismissal|defeat"
    r"|arrest|murder|assassination|ousting)\sof\s"
)


def _shared(tell: Tell, group: Group) -> Subject | None:
    """The subject of the verb before, where *and* joins a second one to it: *Ana Costa lost the vote and resigned*."""
    host, start = tell.stage.host, tell.sentence.start
    joint = _AND_DID.search(host, max(start, group.start - 24), group.start)
    if joint is None or group.start - start > 200:
        return None
    found = tell.stage.lead(tell.paragraph, start, joint.start())
    if found is None or found.sure < 0.85 or found.span.start >= joint.start():
        return None
    between = host[found.span.end : joint.start()]
    return found if _ONE_CLAUSE.fullmatch(between) else None


#: *criticised the man who shot Rui Dias and died*: nobody can tell who died.
_SOMEBODY_ELSE = re.compile(
    r"(?!,?\s(?:who|which|that)\s)[^;]{1,160}\s(?:who|which)\s[^,;]{1,100}\sand\s(?:later\s|then\s)?$"
)
_BESIDE = re.compile(r",\s(?:an?|the|some|several|two|three|\d+|many|[a-z]+s)\s")
_AT = re.compile(r"\b(?:in|at|near|inside|outside|on|from)\s(?:the\s)?$", re.IGNORECASE)
_AND_DID = re.compile(r",?\sand\s(?:later\s|then\s)?$")
_ONE_CLAUSE = re.compile(
    r"(?:,\s\d{1,3},)?\s(?:was|were|has|had|[a-z]{2,}ed|lost|won|left|took|held|went|came|made|gave|met|fell|fled|began)"
    r"(?:\s(?!(?:who|which|that|when|after|before|as|because|while|said|saying|will|would|to|and|but|if|he|she|they|it)\b)[^\s,;:]+){0,14}"
)


def _without_origin(tell: Tell, end: int) -> Seen | None:
    """The name that ends at an offset; of *Ana Costa of Porto*, the person."""
    cast, last = tell.stage.cast, tell.stage.cast.ending(end)
    if last is None or last.kind == "Person":
        return last
    origin = _ORIGIN.search(tell.stage.host, max(tell.sentence.start, last.start - 10), last.start)
    person = cast.ending(origin.start()) if origin is not None else None
    return person if person is not None and person.kind == "Person" else last


#: Before a name: it is no subject but belongs to one (*the brother of Ana Costa was arrested*).
_DEPENDENT = re.compile(
    r"\b(?:of|for|with|by|to|about|against|near|like|than|into|behind|beside|alongside|including|involving)\s$"
)
_ORIGIN = re.compile(r",?\s(?:of|from)\s(?:the\s)?$")
_WORK = re.compile(r"(?<!\w)(?:[a-z-]+\s){1,3}$")
_MARKS = frozenset("”’\"'»")
_JOINED = re.compile(r"(?:,\s(?:and\s)?|\sand\s)$")


def joined_to(tell: Tell, last: Span) -> list[str]:
    """The members named before a name and joined to it, from the opening of the clause on: *Ana Costa and Rui Dias*
    for Rui Dias. None are when something else stands before them, which may be another clause."""
    stage, at = tell.stage, last.start
    found: list[str] = []
    joint = _AND.search(stage.host, max(tell.sentence.start, at - 24), at)
    while joint is not None:
        other = stage.cast.ending(joint.start())
        if other is None or other.kind not in tell.frame.agents or other.form == "demonym":
            return []
        found.insert(0, other.id)
        at = other.start
        joint = _COMMA.search(stage.host, max(tell.sentence.start, at - 24), at)
        if joint is not None and stage.cast.ending(joint.start()) is None:
            break
    opening = stage.host[tell.sentence.start : at]
    return list(dict.fromkeys(found)) if _OPENING.fullmatch(opening) else []


_AND = re.compile(r"(?:\s\([A-Z][\w&.]{0,12}\))?,?\sand\s(?:the\s)?$")
_COMMA = re.compile(r"(?:\s\([A-Z][\w&.]{0,12}\))?,\s(?:the\s)?$")
_OPENING = re.compile(r"(?:[A-Z][^,;:]{0,60},\s)?(?:[Tt]he\s)?")
