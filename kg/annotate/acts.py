"""Events by their verb: what people and bodies do, and what it needs beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.annotate.cast import Seen
from kg.annotate.clause import Group, verb_group
from kg.annotate.frames import GROUPS
from kg.annotate.happening import Happening, Tell, clause_of, label_of, one_line, time_of
from kg.annotate.players import (
    PERSONLIKE,
    body_before,
    described_before,
    is_owner,
    objects_after,
    place_of,
    places_after,
)
from kg.annotate.protests import dateline, protest_name
from kg.annotate.stage import FILLER, Stage, Subject
from kg.annotate.subjects import joined_to, subject_of
from kg.model import Span

__all__ = ["act"]

_Roles = list[tuple[str, str, Span]]
#: What a verb without an object may be followed by.
_STOPS = re.compile(r"\s(?:in|on|at|last|this|for|with|again|privately|earlier|yesterday)\b|[.,]")
#: Frames whose place is part of what is done.
_PLACED: Final = frozenset(("arrival", "departure", "reply"))
_BY: Final = {"death": "object", "match": "competitor"}


@dataclass(frozen=True, slots=True)
class _Deed:
    """A deed while its roles are read: the word, who does it, the clause, and the names after the verb."""

    tell: Tell
    who: str
    span: Span
    near: Sequence[Seen]

    @property
    def direct(self) -> list[Seen]:
        """The names that are the verb's object, each member once."""
        found = objects_after(self.tell.stage, self.tell.end, self.tell.sentence.end, self.tell.frame.objects)
        return _one_each([s for s in found if s.id != self.who])

    def role(self, one: Seen) -> tuple[str, str, Span]:
        """The frame's own role for a name."""
        return self.tell.frame.property, one.id, self.span


def act(tell: Tell) -> Happening | None:
    """*Ana Costa resigned*, *Ana Costa met Rui Dias*, *the council approved the plan*."""
    stage, frame = tell.stage, tell.frame
    if tell.form == "present" and not tell.headline:
        return None
    group = verb_group(stage.host, tell.sentence.start, tell.start, tell.form)
    if group is None and tell.headline and tell.form == "base":
        group = Group(tell.start, "bare", "completed")  # *Nurses walk out*
    if group is None or group.voice == "passive" or not group.own:
        return None
    if tell.word == "offering" and not tell.left.endswith(" by "):
        return None
    subject = subject_of(tell, group)
    if frame.key == "meeting" and (subject is None or (_STOPS.match(tell.rest) and not tell.rest.startswith(" with"))):
        return _both_met(tell, group)
    crowd = None
    if subject is None:
        if frame.key in ("protest", "strike", "death"):
            left = stage.host[tell.sentence.start : group.start]
            crowd = described_before(left, tell.sentence.start)
            if crowd is None and frame.key != "death":
                # "workers at the port of Porto Belo walked out"
                crowd = described_before(_TAIL.sub(" ", left), tell.sentence.start)
        elif frame.key in ("vote", "approval"):
            crowd = body_before(stage.host[tell.sentence.start : group.start], tell.sentence.start)
        if crowd is None or (group.voice == "bare" and _RELATIVE.search(tell.left)):
            return None
    elif stage.cast.members[subject.id].kind not in frame.agents:
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    who = subject.id if subject is not None else crowd.id if crowd is not None else ""
    near = [s for s in stage.cast.within(tell.end, tell.sentence.end) if s.id != who]
    complements = _COMPLEMENTS.get(frame.key)  # a disaster is told by its noun, not as somebody's deed
    more = complements(_Deed(tell, who, span, near)) if complements is not None else None
    if more is None:
        return None
    others = joined_to(tell, subject.span) if subject is not None and frame.key != "match" else []
    agent = _BY.get(frame.key, "agent")
    roles = [(agent, id_, span) for id_ in dict.fromkeys((*others, who))] + more
    if frame.key not in _PLACED and not any(r[0].endswith("ocation") for r in roles):
        taking = {r[1] for r in more}
        last = max((s.end for s in near if s.id in taking), default=tell.end)
        roles += places_after(stage, last, tell.sentence.end, frame.key, span)
        opening = place_of(stage, tell.sentence, group.start)
        if opening is None and frame.key == "protest":
            opening = dateline(tell)
        if opening is not None and not any(r[0] == "location" for r in roles):
            roles.append(("location", opening.id, span))
    members = [*others, subject.id] if subject is not None else []
    if frame.label:
        name = label_of(tell, members, crowd)
    elif frame.key == "protest":
        name = protest_name(tell, roles, members, crowd)
    else:
        name = _words(tell, subject, members)
    status = "completed" if frame.key in ("offer", "refusal") and group.status == "failed" else group.status
    unnamed = (crowd,) if crowd is not None else ()
    return Happening(frame.key, name, span, status, tuple(roles), 0.75, time_of(tell), unnamed)


_TAIL = re.compile(r"\s(?:at|in|from|of|near)\s(?:the\s)?(?:(?!(?:and|or|but|I|we|he|she|they|you)\s)[\w’'-]+\s){1,6}$")
_RELATIVE = re.compile(r"\b(?:who|which|that)\s$")
_CLAUSE_ENDS = re.compile(r",\s(?:who|which|and|but|where|while|saying|writing|telling|after|as)\b|[;:]\s|\s[—–-]\s")
_SHORT_FORM = re.compile(r"\s\([A-Z][\w&.]{0,12}\)")


def _words(tell: Tell, subject: Subject | None, members: Sequence[str]) -> str:
    """The name of what has no noun: the words from the subject to where its clause ends, the subject by its name."""
    stage = tell.stage
    stop = _CLAUSE_ENDS.search(stage.host, tell.end, tell.sentence.end)
    end = stop.start() if stop else tell.sentence.end
    if subject is None or subject.span.start >= tell.start:
        return one_line(stage.text[tell.sentence.start : end].rstrip(" .;\n"))
    names = [stage.cast.members[id_].name for id_ in members]
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    rest = _SHORT_FORM.sub("", stage.text[subject.span.end : end], count=1)
    if rest.startswith(","):  # the apposition between the name and the verb is no part of the deed
        rest = " " + stage.text[max(tell.start - _lead(tell), subject.span.end) : end]
    return one_line(listed + rest.rstrip(" .;\n"))


def _lead(tell: Tell) -> int:
    """How many characters before the word belong to its verb: *has*, *will*, *is to*."""
    found = re.search(
        r"(?:\b(?:has|have|had|will|would|is|are|was|were|to|also|later|did|not|be)\s)+$", tell.left[-40:]
    )
    return len(found.group()) if found is not None else 0


def _one_each(seen: Sequence[Seen]) -> list[Seen]:
    return list({one.id: one for one in seen}.values())


def _both_met(tell: Tell, group: Group) -> Happening | None:
    """*Ana Costa and Rui Dias met in Porto Belo.*"""
    stage = tell.stage
    last = stage.cast.ending(group.start - 1)
    if last is None or not _STOPS.match(tell.rest) or last.kind not in PERSONLIKE:
        return None
    ids = [*joined_to(tell, last.span), last.id]
    if len(ids) < 2:
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    roles = [("agent", ids[0], span), *(("participant", id_, span) for id_ in ids[1:])]
    roles += places_after(stage, tell.end, tell.sentence.end, "meeting", span)
    names = [stage.cast.members[id_].name for id_ in ids]
    name = one_line("Meeting of " + ", ".join(names[:-1]) + " and " + names[-1])
    return Happening("meeting", name, span, group.status, tuple(roles), 0.75, time_of(tell))


# ---- what each kind of deed needs: its other roles, or None when it is not that kind -------------------------------


def _nothing(_: _Deed) -> _Roles:
    return []


_SHOWN = re.compile(r"\s(?:an?|the|that|how|his|her|its|their|what|why|some|this|these)\b")


_IN_WORDS = re.compile(r"\s(?:about|to|that|his|her|over|vigorously|strongly)\b|[.,]")


def _protesting(deed: _Deed) -> _Roles | None:
    """Not *demonstrated the value of …*; and what one person says against something is no protest."""
    member = deed.tell.stage.cast.members.get(deed.who)
    if member is not None and member.kind == "Person" and _IN_WORDS.match(deed.tell.rest):
        return None
    return None if deed.tell.word.startswith("demonstrate") and _SHOWN.match(deed.tell.rest) else []


def _striking(deed: _Deed) -> _Roles | None:
    """One person who walks out is on no strike."""
    member = deed.tell.stage.cast.members.get(deed.who)
    return None if member is not None and member.kind == "Person" else []


_FROM = re.compile(r"\s(?:from|as\s(?:[a-z-]+\s){1,5}of)\s(?:the\s)?")


def _resigning(deed: _Deed) -> _Roles:
    """The body somebody resigns from."""
    stage, tell = deed.tell.stage, deed.tell
    found = _FROM.match(stage.host, tell.end, tell.sentence.end)
    one = stage.cast.starting(found.end()) if found is not None else None
    return [("object", one.id, deed.span)] if one is not None and one.kind == "Organization" else []


def _needing_object(deed: _Deed) -> _Roles | None:
    return [deed.role(one) for one in deed.direct] or None


_SOME = re.compile(r"\s(?:an?|the|his|her|its|their|one|two|three|four|five|six|several|many)\s")


def _visiting(deed: _Deed) -> _Roles | None:
    """A place by its name; or somewhere unnamed, when the text says on what day."""
    named = [("toLocation" if one.kind == "Place" else "participant", one.id, deed.span) for one in deed.direct]
    when = time_of(deed.tell)
    dated = when is not None and when.value is not None and len(when.value) == 10
    return named or ([] if dated and (_SOME.match(deed.tell.rest) or _ON.match(deed.tell.rest)) else None)


#: The place is plain from the text before: *is due to visit on Tuesday*, *flew to the area on Saturday*.
_ON = re.compile(r"\s(?:on|next|this|last|again)\s")
_AREA = re.compile(
    r"\sthe\s(?:[a-z-]+\s){0,2}(?:area|region|scene|district|province|city|town|village|island|capital|site|zone)\b"
)


def _moving(deed: _Deed) -> _Roles | None:
    """*arrived in Porto Belo*, *left Porto Belo on Monday*, *left for Norland*."""
    tell, stage, host = deed.tell, deed.tell.stage, deed.tell.stage.host
    lead = re.compile(r"\s(?P<for>for\s)?(?:the\s)?").match(host, tell.end)
    first = stage.cast.starting(lead.end()) if lead is not None else None
    if first is None and deed.tell.frame.key == "arrival" and _AREA.match(tell.rest):
        when = time_of(tell)
        return [] if when is not None and when.value is not None and len(when.value) == 10 else None
    if first is None or lead is None or first.kind != "Place" or first.form == "demonym" or is_owner(host, first):
        return None
    if lead.group("for"):
        return [("toLocation", first.id, deed.span)] if tell.frame.key == "departure" else None
    if tell.word in ("left", "leave", "sailed", "sail") and not re.match(
        r"[.,]|\s(?:for|on|in|last|this|after|to|at|by|yesterday|today)\b|$", host[first.end : first.end + 12]
    ):
        return None
    return [deed.role(first)]


_MET = re.compile(r"\s(?:with\s)?(?:(?!in|on|at|to|for|by|as)[\w’'-]+\s){0,4}")


def _meeting(deed: _Deed) -> _Roles | None:
    other = next((s for s in deed.near if s.kind in PERSONLIKE), None)
    tell, host = deed.tell, deed.tell.stage.host
    if other is None or is_owner(host, other) or other.start > tell.end + 60:
        return None
    if not _MET.fullmatch(host, tell.end, other.start):
        return None
    person = next((s for s in deed.near if s.start > other.end and s.kind == "Person"), None)
    if other.kind == "Organization" and person is not None and _OF_BODY.fullmatch(host, other.end, person.start):
        other = person  # "met union spokesman Rui Dias"
    return [deed.role(one) for one in _chain(tell.stage, other)]


_OF_BODY = re.compile(r"(?:['’]s)?\s(?:[a-z’'-]+\s){1,4}")
_NEXT = re.compile(r"(?:,\s(?:and\s)?|\sand\s)(?:the\s)?")


def _chain(stage: Stage, first: Seen) -> list[Seen]:
    """A name and those joined to it: *Ana Costa, Rui Dias and Lena Holm*."""
    chain = [first]
    while joint := _NEXT.match(stage.host, chain[-1].end):
        other = next((s for s in stage.cast.within(joint.end(), joint.end() + 80) if s.start == joint.end()), None)
        if other is None or other.kind not in PERSONLIKE or is_owner(stage.host, other):
            break
        chain.append(other)
    return _one_each(chain)


_SIGNED = re.compile(
    r"\s(?:(?:off\son|on|to|upon)\s)?(?:(?:an?|the|its|their|his|her|new|two|three)\s)?(?:[\w’'.-]+\s){0,5}?(?:"
    + "|".join(sorted(GROUPS["signed.pact"] | GROUPS["signed.act"]))
    + r")s?\b"
)
_WITH = re.compile(r"[^,;.]{0,80}?\swith\s(?:the\s)?(?:[a-z-]+\s){0,2}")


def _signing(deed: _Deed) -> _Roles | None:
    """An agreement somebody signs, with whom; or an act of state."""
    tell, stage, host = deed.tell, deed.tell.stage, deed.tell.stage.host
    if not _SIGNED.match(tell.rest):
        return None
    joint = _WITH.match(host, tell.end, min(tell.sentence.end, tell.end + 160))
    one = stage.cast.starting(joint.end()) if joint is not None else None
    if one is None or one.kind not in tell.frame.objects or one.form == "demonym" or is_owner(host, one):
        return []
    return [deed.role(one)]


_THING = re.compile(r"\s(?:an?|the|its|[A-Z\d]|new|plans?|legislation|measures?)")


def _deciding(deed: _Deed) -> _Roles | None:
    """What a parliament, a board or an office approves or votes on."""
    body = deed.tell.stage.cast.members.get(deed.who)  # none for a body that is only described
    if (
        body is not None
        and body.type != "GovernmentOrganization"
        and not GROUPS["bodies"] & {*body.name.lower().split()}
    ):
        return None
    if deed.tell.frame.key == "approval" and not _THING.match(deed.tell.rest):
        return None
    return [("object", one.id, deed.span) for one in deed.direct if one.kind == "CreativeWork"]


_SCORE = re.compile(r"\d\s?[-–]\s?\d|\bby\s\w+\s(?:goals?|points?|runs|wickets)\b")


def _playing(deed: _Deed) -> _Roles | None:
    """The other side of a match; without two teams there must be a score."""
    tell, stage, host = deed.tell, deed.tell.stage, deed.tell.stage.host
    other = next((s for s in deed.near if s.kind in tell.frame.objects and s.form != "demonym"), None)
    if other is None or is_owner(host, other) or stage.cast.members[deed.who].kind not in tell.frame.objects:
        return None
    if not re.fullmatch(r"\s(?:the\s|[a-z]+\s)?", host[tell.end : other.start]):
        return None
    teams = {stage.cast.members[deed.who].type, stage.cast.members[other.id].type} == {"SportsTeam"}
    nations = tell.word in ("beat", "thrashed") and {other.kind} == {stage.cast.members[deed.who].kind} == {"Place"}
    if not teams and not nations and not _SCORE.search(host, tell.sentence.start, tell.sentence.end):
        return None
    return [("competitor", other.id, deed.span)]


_WON = re.compile(
    r"\s(?:an?|the|his|her|its|their|both|two|three|four|[A-Z][\w’'-]+)\s(?:[\w’'.-]+\s){0,6}?(?i:"
    + "|".join(sorted(GROUPS["won"]))
    + r")s?\b"
)
_PRIZE = re.compile(r"\s(?:the\s|a\s|an\s|his\s|her\s|its\s|their\s)?(?:[\w’'-]+\s){0,2}")


def _winning(deed: _Deed) -> _Roles | None:
    """What is won: an event or a prize by its name, or by a common noun."""
    tell = deed.tell
    direct = next((s for s in deed.near if s.kind in ("Event", "CreativeWork")), None)
    if direct is not None and _PRIZE.fullmatch(tell.stage.host, tell.end, direct.start):
        return [("object", direct.id, deed.span)]
    return [] if _WON.match(tell.rest) else None


def _sharing(deed: _Deed) -> _Roles | None:
    """*shared the film “X” on Y*."""
    tell, stage, host = deed.tell, deed.tell.stage, deed.tell.stage.host
    work = next((s for s in deed.near if s.kind == "CreativeWork" and s.form == "name"), None)
    if work is None or not re.fullmatch(r"\s[^,;.]{0,60}", host[tell.end : work.start].replace(FILLER, "")):
        return None
    works = [s for s in deed.near if s.kind == "CreativeWork" and s.start < work.start + 80]
    platform = next(
        (s for s in deed.near if re.search(r"\son\s$", host[max(0, s.start - 4) : s.start]) and s.kind != "Person"),
        None,
    )
    others = [s for s in works if platform is None or s.id != platform.id]
    quoted = next((s for s in others if stage.text[s.span.start - 1] in "'‘“\"«"), work)
    found = [("object", quoted.id, deed.span)]
    if platform is not None and platform.id != quoted.id:
        found.append(("instrument", platform.id, deed.span))
    return found


_TO = re.compile(r"\s(?:back\s)?(?:[a-z]+ly\s)?(?:to|at)\s(?:the\s)?(?:(?:former|[a-z-]+)\s){0,2}")


def _replying(deed: _Deed) -> _Roles | None:
    tell, host = deed.tell, deed.tell.stage.host
    other = next((s for s in deed.near if s.kind in PERSONLIKE), None)
    if other is None or is_owner(host, other):
        return None
    gap = re.sub(r"\s[a-z]+ly(?=\s)", "", host[tell.end : other.start])
    return [deed.role(other)] if _TO.fullmatch(gap) else None


_INFINITIVE = re.compile(r"\sto\s(?P<verb>[a-z]+)")
_ASKED = re.compile(
    r"\s(?:an?|the|any|his|her|its|their|[A-Z][\w-]+['’]s)\s(?:[\w’'-]+\s){0,3}?(?:offer|proposal|plan|plans|deal|demand"
    r"|demands|request|appeal|bid|calls?|motion|bill|resolution|invitation|application|petition|ceasefire|amendment)\b"
)


def _offering(deed: _Deed) -> _Roles | None:
    verb = _INFINITIVE.match(deed.tell.rest)
    return [] if verb is not None and verb.group("verb") not in GROUPS["idle"] else None


def _refusing(deed: _Deed) -> _Roles | None:
    """To do something, or what somebody asked for; *declined to comment* tells of nothing."""
    if _INFINITIVE.match(deed.tell.rest):
        return _offering(deed)
    return [] if deed.tell.word.startswith("reject") and _ASKED.match(deed.tell.rest) else None


_COMPLEMENTS: Final[Mapping[str, Callable[[_Deed], _Roles | None]]] = {
    "death": _nothing,
    "resignation": _resigning,
    "joining": _needing_object,
    "visit": _visiting,
    "arrival": _moving,
    "departure": _moving,
    "meeting": _meeting,
    "signing": _signing,
    "approval": _deciding,
    "vote": _deciding,
    "marriage": _needing_object,
    "protest": _protesting,
    "strike": _striking,
    "match": _playing,
    "win": _winning,
    "hearing": _nothing,
    "share": _sharing,
    "reply": _replying,
    "offer": _offering,
    "refusal": _refusing,
}
