"""Events by their verb: what is done to people, bodies and works."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.annotate.cast import Seen
from kg.annotate.clause import Group, verb_group
from kg.annotate.happening import Happening, Tell, clause_of, label_of, time_of
from kg.annotate.players import (
    Unnamed,
    agent_after,
    described_after,
    described_before,
    distinct,
    is_owner,
    objects_after,
    place_of,
    places_after,
)
from kg.annotate.stage import Stage
from kg.annotate.subjects import passive_subjects, subject_of
from kg.annotate.times import When
from kg.model import Span

__all__ = ["CUSTODY", "affect"]

CUSTODY = re.compile(
    r"\b(?:custody|prison|jail|detention|bail|behind bars|holding centre|cell|hostages?|captivity|parole|arrest(?:ed)?"
    r"|detained|detainees?|prisoners?|inmates?|captors?|kidnapp\w+|sentence)\b"
)
#: Where another clause opens, which an offer or a condition before it does not govern.
_OPENS = re.compile(r"[;:—–]\s|,\s(?:who|which|but|while)\s|\s(?:because|after|before|that)\s")
#: Offers, plans, wishes, conditions and denials: what their object is need not be there (May and Will are names).
_UNREAL = re.compile(
    r"\b(?:offer\w*|propos\w+|plan(?:s|ned|ning)?|consider(?:s|ed|ing)?|intend\w*|promis\w+|pledg\w+|vow\w*"
    r"|threaten\w*|want\w*|hop(?:e|es|ed|ing)|wish\w*|agree(?:s|d|ing)?|seek(?:s|ing)?|sought|ask(?:s|ed|ing)?"
    r"|urg(?:e|es|ed|ing)|demand\w*|suggest\w*|mull\w*|weigh(?:s|ed|ing)?|discuss\w*|prepar(?:e|es|ed|ing)"
    r"|willing|ready|likely|able"
    r"|(?-i:will|may)|would|shall|should|can|could|might|must|if|unless|whether|until|in\scase|any"
    r"|not|never|no|nor|neither|none|nobody|without|cannot|refus\w+|declin\w+|den(?:y|ied|ies|ying)|fail(?:s|ed|ing)?)\b"
    r"|[’']ll\b|[’']d\b|n[’']t\b",
    re.IGNORECASE,
)
#: After a participle without an auxiliary: so it is one, and no past tense.
_FOLLOWS = re.compile(
    r"\s(?:to|from|in|on|by|at(?!\sleast\s|\smost\s)|last|this|after|during|over|without|under|with|for|as|near|outside|when|while|since|of)\s"
)
#: After these a participle only describes the people after it: *the rescued members*, *elected officials*.
_BEFORE_NOUN = re.compile(
    r"(?:^|[,;:—–(]\s|\b(?:the|an?|of|for|with|by|from|to|all|many|some|most|other|newly|those|these|his|her|its|their|and"
    r"|as|in|on|at|like|including|among|between|several|two|three|four|five|six|seven|eight|nine|ten|[\d,]+)\s)$",
    re.IGNORECASE,
)
_AS = re.compile(
    r"\s(?!(?:an?|the|as|as\san?|as\sthe|its|their)\s(?:[\w’'-]+\s){0,2}(?:finalists?|winners?|nominees?|suspects?|defendants?|best|top"
    r"|person|player|favou?rite)\b)(?:as|to|the|its|their|his|her|a|an|head|chief|chair\w*|president|prime|minister|director|manager|coach|captain"
    r"|secretary|ambassador|leader|mayor|governor|interim|acting|new|executive|editor|speaker|vice|deputy)\b"
)


def affect(tell: Tell) -> Happening | None:
    """*Rui Dias was arrested*, *police arrested Rui Dias*, *Rui Dias, arrested in May,*."""
    stage, frame, host = tell.stage, tell.frame, tell.stage.host
    group = verb_group(host, tell.sentence.start, tell.start, tell.form)
    if group is None:
        return None
    if group.governor == "is" and frame.key not in ("charge", "conviction") and not tell.headline:
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    whens: Sequence[When] = tell.whens
    objects: list[str] = []
    crowd: Unnamed | None = None
    agent: str | None = None
    status = group.status
    kinds = frame.objects
    follows = _FOLLOWS.match(host, tell.end, tell.end + 10)
    closes = host[tell.end : tell.end + 1] in ".,;" or tell.end >= tell.sentence.end - 1
    if group.voice == "passive":
        objects, crowd = passive_subjects(tell, group)
        agent = agent_after(stage, tell.end, tell.sentence.end, frame.agents)
    elif tell.form == "done" and group.voice == "bare" and (follows is not None or (tell.headline and closes)):
        named = stage.cast.ending(tell.start - 2) if host[tell.start - 2] == "," else None
        ordered = _ORDERED.search(tell.left)
        if named is not None:
            if named.kind not in kinds:
                return None
            objects = [named.id]  # "Rui Dias, arrested in May,"
        elif ordered is not None:
            at = tell.sentence.start + ordered.start("who")
            objects = distinct(
                s for s in stage.cast.within(at, tell.start) if s.kind in kinds and not is_owner(host, s)
            )
            status = "potential"
        elif tell.headline or frame.key == "premiere":
            objects, crowd = passive_subjects(tell, group)
        elif (crowd := described_before(tell.left, tell.sentence.start)) is not None:
            # "migrants deported to Sudria"; an earlier time is the main verb's
            whens = [one for one in whens if one.span.start >= tell.end]
        if status != "potential":
            agent = agent_after(stage, tell.end, tell.sentence.end, frame.agents)
        if crowd is not None and not tell.headline and not _told(tell, crowd, agent, whens):
            return None
    elif tell.form == "done" and (ordered := _ORDERED.search(tell.left)) is not None:
        at = tell.sentence.start + ordered.start("who")
        objects = distinct(s for s in stage.cast.within(at, tell.start) if s.kind in kinds and not is_owner(host, s))
        status = "potential"
    else:
        if tell.form == "present" and not tell.headline:
            return _opening(tell, group)
        objects = distinct(objects_after(stage, tell.end, tell.sentence.end, kinds))
        if not objects and "Person" in kinds and not (group.voice == "bare" and _BEFORE_NOUN.search(tell.left)):
            crowd = described_after(host, tell.end, tell.sentence.end)
            if crowd is not None and host[crowd.span.end : crowd.span.end + 2] == ", ":
                # "arrested two men, Ana Costa and Rui Dias"
                objects = distinct(objects_after(stage, crowd.span.end + 1, tell.sentence.end, kinds))
        if not objects and frame.key == "premiere":
            objects, _ = passive_subjects(tell, group)  # "Salt and Iron" opened in Porto Belo
        subject = subject_of(tell, group) if group.own else None
        if subject is not None and subject.id not in objects and stage.cast.members[subject.id].kind in frame.agents:
            agent = subject.id
            if frame.grave and subject.sure < 0.85:
                agent = None
    if not objects and crowd is None:
        return None
    if frame.grave and status != "completed":
        return None
    if not _fits(tell, group, objects):
        return None
    if objects:
        crowd = None
    property_ = frame.property
    roles = [(property_, id_, span) for id_ in objects or ([crowd.id] if crowd else [])]
    if frame.key == "release" and agent is None:
        agent = _keeper(stage, tell.end, tell.sentence.end)
    if agent is not None and agent not in objects:
        roles.append(("agent", agent, span))
    roles += places_after(stage, tell.end, tell.sentence.end, frame.key, span)
    if frame.key not in ("deportation", "transfer") and not any(r[0] == "location" for r in roles):
        opening = place_of(stage, tell.sentence, group.start) or _seat(tell, group)
        if opening is not None:
            roles.append(("location", opening.id, span))
    when = time_of(tell if whens is tell.whens else _with(tell, whens))
    name = label_of(tell, objects, crowd)
    if frame.key == "killing" and agent is None:
        name = "Death" + name.removeprefix(frame.label)
    return Happening(frame.key, name, span, status, tuple(roles), 0.8, when, (crowd,) if crowd else ())


_SEAT = re.compile(r"\b(?:[Pp]olice|[Aa]uthorities|[Oo]fficers|[Pp]rosecutors|court|judge|jury|tribunal)\sin\s$")


def _seat(tell: Tell, group: Group) -> Seen | None:
    """The place in *police in Porto Belo arrested*, *a court in Porto Belo sentenced*."""
    one = tell.stage.cast.ending(group.start - 1)
    if one is None or one.kind != "Place" or one.form != "name":
        return None
    return one if _SEAT.search(tell.stage.host, max(tell.sentence.start, one.start - 20), one.start) else None


_ORDERED = re.compile(
    r"\b(?:ordered|orders|wants?|wanted|seeks?|asked for)\s(?P<who>(?:(?!\sto\s)[^,;]){2,60})\s(?:to be\s)?$"
)


def _with(tell: Tell, whens: Sequence[When]) -> Tell:
    return Tell(tell.stage, tell.paragraph, tell.sentence, tell.start, tell.end, tell.frame, tell.form, whens)


def _fits(tell: Tell, group: Group, objects: Sequence[str]) -> bool:
    """What single verbs need beside them to mean what their frame says."""
    key, host = tell.frame.key, tell.stage.host
    if key == "charge":
        charged = re.match(r"\s(?:with|over|in|under|for|on|by|last|this|after)\b|[.,;]|$", tell.rest)
        return bool(objects) and (group.voice != "passive" or charged is not None or not tell.rest.strip())
    if key == "release":
        if not CUSTODY.search(host, tell.sentence.start, tell.sentence.end):
            return False
        if tell.word == "released" and group.voice not in ("passive", "bare"):
            return re.search(r"\bfrom\s", tell.rest) is not None
        return True
    if key == "conviction" and group.voice != "passive":
        return bool(objects)
    if key == "appointment" and tell.word.startswith("nominate") and _AWARD.match(tell.rest):
        return False
    if key == "appointment" and tell.word in ("named", "name", "names"):
        if group.voice == "bare" and tell.form == "done" and not tell.headline and not _named_to(tell):
            return False
        return _named_to(tell)
    if key == "dismissal":
        return bool(objects)
    if key == "publication":
        return tell.word not in ("released", "launched") or bool(objects)
    if key in ("acquisition", "sale", "suit"):
        return bool(objects)
    if key == "attack":
        # people attack people in words; what is attacked by force is a place, or somebody somewhere
        kinds = {tell.stage.cast.members[id_].kind for id_ in objects}
        if kinds == {"Place"} or tell.word in ("ambushed", "bombed", "shelled", "invaded"):
            return bool(objects) or group.voice == "passive"
        return group.voice == "passive" and any(
            places_after(tell.stage, tell.end, tell.sentence.end, key, tell.sentence)
        )
    if key == "transfer" and tell.word not in ("transfer", "transferred", "handed over", "hand over"):
        to = places_after(tell.stage, tell.end, tell.sentence.end, key, Span(tell.start, tell.end))
        return group.voice == "passive" and any(property_ == "toLocation" for property_, _, _ in to)
    if key == "premiere":
        return _at_festival(tell) or any(places_after(tell.stage, tell.end, tell.sentence.end, key, tell.sentence))
    if key == "rescue" and tell.word in ("rescued",):
        return not re.match(r"\sby\s(?:an?|the)\s(?:goal|late|penalty)", tell.rest)
    return True


def _opening(tell: Tell, group: Group) -> Happening | None:
    """*“Salt and Iron” opens on Friday*: the present of a timetable."""
    if tell.frame.key != "premiere" or not _TIMETABLE.match(tell.rest):
        return None
    stage, when = tell.stage, time_of(tell)
    end = group.start - 1
    while end > tell.sentence.start and stage.host[end - 1] in "”’\"'»,":
        end -= 1
    work = stage.cast.ending(end) or stage.cast.ending(end + 1)
    if work is None or work.kind != "CreativeWork" or when is None or when.value is None:
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    roles = [("object", work.id, span), *places_after(stage, tell.end, tell.sentence.end, "premiere", span)]
    return Happening("premiere", label_of(tell, [work.id], None), span, None, tuple(roles), 0.75, when)


_TIMETABLE = re.compile(r"\s(?:in\s[\w\s]{2,30}?\s)?(?:on|next|this|in)\s(?:[A-Z]|week|month|year)")


def _at_festival(tell: Tell) -> bool:
    """Whether a film is shown at an event with a name: *will premiere at the Porto Film Festival*."""
    at = re.compile(r"\s(?:[a-z]+ly\s)?(?:at|in)\s(?:the\s)?").match(tell.stage.host, tell.end)
    one = tell.stage.cast.starting(at.end()) if at is not None else None
    return one is not None and one.kind == "Event"


_AWARD = re.compile(
    r"[^,;.]{0,40}?\sfor\s[^,;.]{0,60}?\b(?:[Aa]wards?|[Pp]rizes?|Oscars?|Emmys?|Gramm(?:y|ys|ies)|BAFTAs?|Baftas?|Globes?"
    r"|Tonys?|[Mm]edal|[Bb]est)\b"
)


def _named_to(tell: Tell) -> bool:
    """Whether *named* gives an office: *was named director*, *named Ana Costa as its head*."""
    after = objects_after(tell.stage, tell.end, tell.sentence.end)
    at = after[-1].end if after else tell.end
    return _AS.match(tell.stage.host, at, min(tell.sentence.end, at + 24)) is not None


def _told(tell: Tell, crowd: Unnamed, agent: str | None, whens: Sequence[When]) -> bool:
    """Whether a participle inside a noun phrase tells of one happening, and not of a sort of people.

    *Migrants deported in March* does; *people arrested in Sudria* and *offered to house migrants deported to Sudria*
    say which people are meant, whether or not there ever are any.
    """
    main = _OPENS.split(tell.stage.host[tell.sentence.start : crowd.span.start])[-1]
    if _UNREAL.search(main):
        return False
    when = time_of(_with(tell, whens))
    if agent is not None or (when is not None and when.value is not None):
        return True
    places = places_after(tell.stage, tell.end, tell.sentence.end, "deportation", crowd.span)
    return any(property_ == "toLocation" for property_, _, _ in places)


def _keeper(stage: Stage, start: int, end: int) -> str | None:
    """Who lets go in *released from ICE custody*."""
    found = re.compile(r"\sfrom\s(?:the\s)?").match(stage.host, start, end)
    one = stage.cast.starting(found.end()) if found else None
    if one is None or one.kind != "Organization":
        return None
    return one.id if re.match(r"(?:['’]s)?\s(?:custody|detention)\b", stage.host[one.end : one.end + 14]) else None
