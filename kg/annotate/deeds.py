"""Events by their verb: what is done to people and bodies, and what they do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.annotate.cast import Seen
from kg.annotate.clause import Group, verb_group
from kg.annotate.frames import GROUPS
from kg.annotate.happening import Happening, Tell, clause_of, label_of, one_line, time_of
from kg.annotate.players import (
    PERSONLIKE,
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
from kg.annotate.stage import FILLER, Stage, Subject
from kg.annotate.times import When
from kg.model import Span

__all__ = ["CUSTODY", "act", "affect", "floor_of"]

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
    r"\s(?:to|from|in|on|by|at|last|this|after|during|over|without|under|with|for|as|near|outside|when|while|since|of)\s"
)
_OFFICE = frozenset().union(*(GROUPS.get(key, frozenset()) for key in ("one",)))
_AS = re.compile(
    r"\s(?:as|to|the|its|their|his|her|a|an|head|chief|chair\w*|president|prime|minister|director|manager|coach|captain"
    r"|secretary|ambassador|leader|mayor|governor|interim|acting|new|executive|editor|speaker|vice|deputy)\b"
)


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
    if found is not None and found.sure < 0.7:
        return None
    if found is None and "Place" in tell.frame.agents:
        end = group.start - 1
        one = tell.stage.cast.ending(end)
        if one is not None and one.form in ("name", "acronym") and tell.stage.cast.members[one.id].type == "Country":
            opening = tell.stage.host[tell.sentence.start : one.start]
            if re.fullmatch(r"(?:.*,\s)?(?:[Tt]he\s)?", opening):
                return Subject(one.id, one.span, 0.8)
    return found


# ---- what is done to somebody ------------------------------------------------------------------------------------


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
    follows = _FOLLOWS.match(host, tell.end, tell.end + 9)
    closes = host[tell.end : tell.end + 1] in ".,;" or tell.end >= tell.sentence.end - 1
    if group.voice == "passive":
        objects, crowd = _passive_subjects(tell, group)
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
        elif tell.headline:
            objects, crowd = _passive_subjects(tell, group)
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
            return None
        objects = distinct(objects_after(stage, tell.end, tell.sentence.end, kinds))
        if not objects and "Person" in kinds:
            crowd = described_after(host, tell.end, tell.sentence.end)
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
        opening = place_of(stage, tell.sentence, group.start)
        if opening is not None:
            roles.append(("location", opening.id, span))
    when = time_of(tell if whens is tell.whens else _with(tell, whens))
    name = label_of(tell, objects, crowd)
    if frame.key == "killing" and agent is None:
        name = "Death" + name.removeprefix(frame.label)
    return Happening(frame.key, name, span, status, tuple(roles), 0.8, when, (crowd,) if crowd else ())


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
        return group.voice == "passive" and any(
            places_after(tell.stage, tell.end, tell.sentence.end, key, tell.sentence)
        )
    if key == "rescue" and tell.word in ("rescued",):
        return not re.match(r"\sby\s(?:an?|the)\s(?:goal|late|penalty)", tell.rest)
    return True


def _named_to(tell: Tell) -> bool:
    """Whether *named* gives an office: *was named director*, *named Ana Costa as its head*."""
    after = objects_after(tell.stage, tell.end, tell.sentence.end)
    at = after[-1].end if after else tell.end
    return _AS.match(tell.stage.host, at, min(tell.sentence.end, at + 24)) is not None


def _passive_subjects(tell: Tell, group: Group) -> tuple[list[str], Unnamed | None]:
    """Who a passive is said of: names, several ones too, or people described."""
    stage, floor, kinds = tell.stage, floor_of(tell, group), tell.frame.objects
    left = re.sub(r"(?:has|have|had|also)\s$", "", stage.host[floor : group.start])
    crowd = described_before(left, floor)
    subject = stage.subject(tell.paragraph, group.start, floor)
    if subject is not None:
        ok = stage.cast.members[subject.id].kind in kinds and subject.sure >= 0.7
        return ([subject.id] if ok else []), crowd
    end = floor + len(stage.host[floor : group.start].rstrip())
    last = stage.cast.ending(end)
    if last is None and "CreativeWork" in kinds and stage.host[end - 1 : end] in _MARKS:
        last = stage.cast.ending(end - 1) or stage.cast.ending(end - 2)  # “Salt and Iron” was shown
    if last is None or last.kind not in kinds or last.form == "demonym":
        return [], crowd
    chain: list[Seen] = [last]
    while joint := _JOINED.search(stage.host[max(floor, chain[0].start - 6) : chain[0].start]):
        other = stage.cast.ending(chain[0].start - len(joint.group()))
        if other is None or other.kind not in kinds:
            break
        chain.insert(0, other)
    opening = stage.host[floor : chain[0].start]
    if len(chain) == 1 and last.kind != "Person" and not re.fullmatch(r"(?:.*,\s)?(?:[Tt]he\s)?", opening):
        return [], crowd
    return distinct(chain), crowd


_MARKS = frozenset("”’\"'»")
_JOINED = re.compile(r"(?:,\s(?:and\s)?|\sand\s)$")


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


# ---- what somebody does ------------------------------------------------------------------------------------------

_TO = re.compile(r"\s(?:back\s)?(?:[a-z]+ly\s)?(?:to|at)\s(?:the\s)?(?:(?:former|[a-z-]+)\s){0,2}")
_INFINITIVE = re.compile(r"\s(?:(?:to\s)(?P<verb>[a-z]+))")
_WITH = re.compile(r"[^,;.]{0,80}?\swith\s(?:the\s)?(?:[a-z-]+\s){0,2}")
_SCORE = re.compile(r"\d\s?[-–]\s?\d|\bby\s\w+\s(?:goals?|points?|runs|wickets)\b")


def act(tell: Tell) -> Happening | None:
    """*Ana Costa resigned*, *Ana Costa met Rui Dias*, *the council approved the plan*."""
    stage, frame = tell.stage, tell.frame
    if tell.form == "present" and not tell.headline:
        return None
    group = verb_group(stage.host, tell.sentence.start, tell.start, tell.form)
    if tell.word == "offering" and not tell.left.endswith(" by "):
        return None
    if group is None or group.voice == "passive" or not group.own:
        return None
    subject = subject_of(tell, group)
    if subject is None and frame.key == "meeting":
        return _both_met(tell, group)
    crowd = None
    if subject is None:
        if frame.key in ("protest", "strike", "death"):
            crowd = described_before(stage.host[tell.sentence.start : group.start], tell.sentence.start)
        if crowd is None or (group.voice == "bare" and _relative(tell)):
            return None
    elif stage.cast.members[subject.id].kind not in frame.agents:
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    who = subject.id if subject is not None else crowd.id if crowd is not None else ""
    agent = "object" if frame.key == "death" else "competitor" if frame.key == "match" else "agent"
    roles = [(agent, who, span)]
    more = _others(tell, who, span)
    if more is None:
        return None
    roles += more
    if not any(r[0] == "location" for r in roles) and frame.key not in ("visit", "arrival", "departure", "reply"):
        last = max(
            (s.end for s in stage.cast.within(tell.end, tell.sentence.end) if s.id in {r[1] for r in more}),
            default=tell.end,
        )
        roles += places_after(stage, last, tell.sentence.end, frame.key, span)
        opening = place_of(stage, tell.sentence, group.start)
        if opening is not None and not any(r[0] == "location" for r in roles):
            roles.append(("location", opening.id, span))
    if frame.label:
        name = label_of(tell, [subject.id] if subject is not None else [], crowd)
    else:
        name = _words(tell, subject, roles)
    status = group.status if not (frame.key in ("offer", "refusal") and group.status == "failed") else "completed"
    return Happening(
        frame.key, name, span, status, tuple(roles), 0.75, time_of(tell), (crowd,) if crowd is not None else ()
    )


def _relative(tell: Tell) -> bool:
    return re.search(r"\b(?:who|which|that)\s$", tell.left) is not None


def _words(tell: Tell, subject: Subject | None, roles: Sequence[tuple[str, str, Span]]) -> str:
    """The name of what has no noun: the words from the subject to where its clause ends, the subject by its name."""
    stage = tell.stage
    stop = re.compile(
        r",\s(?:who|which|and|but|where|while|saying|writing|telling|after|as)\b|[;:]\s|\s[—–-]\s"
    ).search(stage.host, tell.end, tell.sentence.end)
    end = stop.start() if stop else tell.sentence.end
    opens = subject.span.start if subject is not None and subject.span.start < tell.start else tell.sentence.start
    printed = stage.text[opens:end].rstrip(" .;\n")
    if subject is not None and subject.span.start < tell.start:
        printed = stage.cast.members[subject.id].name + stage.text[subject.span.end : end].rstrip(" .;\n")
    return one_line(printed)


def _others(tell: Tell, who: str, span: Span) -> list[tuple[str, str, Span]] | None:
    """The other roles of a deed; None when what it needs is not there."""
    stage, host, key = tell.stage, tell.stage.host, tell.frame.key
    kinds = tell.frame.objects
    near = [s for s in stage.cast.within(tell.end, tell.sentence.end) if s.id != who]
    direct = [s for s in objects_after(stage, tell.end, tell.sentence.end, kinds) if s.id != who]
    property_ = tell.frame.property
    if key in ("death", "resignation", "protest", "strike", "hearing"):
        return _plain(tell, near, span)
    if key in ("visit", "joining", "marriage"):
        return [(property_, one.id, span) for one in _one_each(direct)] or None
    if key in ("arrival", "departure"):
        first = stage.cast.starting(tell.end + 1) or stage.cast.starting(tell.end + 5)
        if first is None or first.kind != "Place" or first.form == "demonym" or is_owner(host, first):
            return None
        if tell.word in ("left", "leave") and not re.match(
            r"[.,]|\s(?:for|on|in|last|this|after|to|at|by|yesterday|today)\b|$", host[first.end : first.end + 12]
        ):
            return None
        return [(property_, first.id, span)]
    if key == "meeting":
        other = next((s for s in near if s.kind in PERSONLIKE), None)
        if other is None or is_owner(host, other) or other.start > tell.end + 60:
            return None
        if not re.fullmatch(r"\s(?:with\s)?(?:(?!in|on|at|to|for|by|as)[\w’'-]+\s){0,4}", host[tell.end : other.start]):
            return None
        return [(property_, one.id, span) for one in _chain(stage, other)]
    if key == "signing":
        return _signing(tell, near, span)
    if key in ("approval", "vote"):
        body = stage.cast.members[who]
        if not (GROUPS["bodies"] & {*body.name.lower().split()}) and body.type != "GovernmentOrganization":
            return None
        if key == "approval" and not re.match(r"\s(?:an?|the|its|[A-Z\d]|new|plans?|legislation|measures?)", tell.rest):
            return None
        works = [s for s in direct if s.kind == "CreativeWork"]
        return [("object", one.id, span) for one in works]
    if key == "match":
        other = next((s for s in near if s.kind in kinds and s.form != "demonym"), None)
        if (
            other is None
            or other.form == "demonym"
            or not re.fullmatch(r"\s(?:the\s|[a-z]+\s)?", host[tell.end : other.start])
        ):
            return None
        if stage.cast.members[who].kind not in kinds or is_owner(host, other):
            return None
        teams = {stage.cast.members[who].type, stage.cast.members[other.id].type} == {"SportsTeam"}
        if not teams and not _SCORE.search(host, tell.sentence.start, tell.sentence.end):
            return None
        return [("competitor", other.id, span)]
    if key == "win":
        return _winning(tell, near, span)
    if key == "share":
        return _sharing(tell, near, span)
    if key == "reply":
        other = next((s for s in near if s.kind in PERSONLIKE), None)
        if other is None or is_owner(host, other):
            return None
        gap = re.sub(r"\s[a-z]+ly(?=\s)", "", host[tell.end : other.start])
        return [(property_, other.id, span)] if _TO.fullmatch(gap) else None
    verb = _INFINITIVE.match(host, tell.end, min(tell.sentence.end, tell.end + 30))
    if key == "offer":
        if verb is None or (tell.form != "done" and verb.group("verb") == "be"):
            return None
        return []
    # refusal: to do something, or of something somebody asked for
    if verb is not None:
        return None if verb.group("verb") in GROUPS["idle"] else []
    if tell.word in ("rejected", "rejects", "reject") and re.match(
        r"\s(?:an?|the|any|his|her|its|their|[A-Z][\w-]+['’]s)\s(?:[\w’'-]+\s){0,3}?"
        r"(?:offer|proposal|plan|plans|deal|demand|demands|request|appeal|bid|calls?|motion|bill|resolution|invitation"
        r"|application|petition|ceasefire|amendment)\b",
        tell.rest,
    ):
        return []
    return None


def _one_each(seen: Sequence[Seen]) -> list[Seen]:
    return list({one.id: one for one in seen}.values())


def _plain(tell: Tell, near: Sequence[Seen], span: Span) -> list[tuple[str, str, Span]]:
    """What a verb without object has beside it: the body one resigns from."""
    if tell.frame.key != "resignation":
        return []
    found = re.compile(r"\s(?:from|as\s(?:[a-z-]+\s){1,5}of)\s(?:the\s)?").match(
        tell.stage.host, tell.end, tell.sentence.end
    )
    one = tell.stage.cast.starting(found.end()) if found is not None else None
    return [("object", one.id, span)] if one is not None and one.kind == "Organization" and one in near else []


def _chain(stage: Stage, first: Seen) -> list[Seen]:
    """A name and those joined to it: *Ana Costa, Rui Dias and Lena Holm*."""
    chain = [first]
    while joint := re.compile(r"(?:,\s(?:and\s)?|\sand\s)(?:the\s)?").match(stage.host, chain[-1].end):
        other = stage.cast.starting(joint.end()) or next(
            (s for s in stage.cast.within(joint.end(), joint.end() + 80) if s.start == joint.end()), None
        )
        if other is None or other.kind not in PERSONLIKE or is_owner(stage.host, other):
            break
        chain.append(other)
    return _one_each(chain)


def _both_met(tell: Tell, group: Group) -> Happening | None:
    """*Ana Costa and Rui Dias met in Porto Belo.*"""
    stage = tell.stage
    if not re.match(r"\s(?:in|on|at|last|this|for|with|again|privately|earlier|yesterday)\b|[.,]", tell.rest):
        return None
    ids, _ = _passive_subjects(
        Tell(stage, tell.paragraph, tell.sentence, tell.start, tell.end, tell.frame, tell.form, tell.whens), group
    )
    if len(ids) < 2:
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    roles = [("agent", ids[0], span), *(("participant", id_, span) for id_ in ids[1:])]
    roles += places_after(stage, tell.end, tell.sentence.end, "meeting", span)
    names = [stage.cast.members[id_].name for id_ in ids]
    name = one_line("Meeting of " + ", ".join(names[:-1]) + " and " + names[-1])
    return Happening("meeting", name, span, group.status, tuple(roles), 0.75, time_of(tell))


def _signing(tell: Tell, near: Sequence[Seen], span: Span) -> list[tuple[str, str, Span]] | None:
    """An agreement somebody signs, with whom; or an act of state."""
    stage, host = tell.stage, tell.stage.host
    words = "|".join(sorted(GROUPS["signed.pact"] | GROUPS["signed.act"]))
    if not re.match(
        rf"\s(?:off\son\s)?(?:an?|the|its|their|his|her|new|two|three)?\s?(?:[\w’'.-]+\s){{0,5}}?(?:{words})s?\b",
        tell.rest,
    ):
        return None
    joint = _WITH.match(host, tell.end, min(tell.sentence.end, tell.end + 160))
    one = stage.cast.starting(joint.end()) if joint is not None else None
    if one is None or one.kind not in tell.frame.objects or one.form == "demonym" or is_owner(host, one):
        return []
    return [("participant", one.id, span)]


def _winning(tell: Tell, near: Sequence[Seen], span: Span) -> list[tuple[str, str, Span]] | None:
    """What is won: an event or a prize by its name, or by a common noun."""
    host = tell.stage.host
    direct = next((s for s in near if s.kind in ("Event", "CreativeWork")), None)
    if direct is not None and re.fullmatch(
        r"\s(?:the\s|a\s|an\s|his\s|her\s|its\s|their\s)?(?:[\w’'-]+\s){0,2}", host[tell.end : direct.start]
    ):
        return [("object", direct.id, span)]
    nouns = "|".join(sorted(GROUPS["won"]))
    if re.match(
        rf"\s(?:an?|the|his|her|its|their|both|two|three|four|[A-Z][\w’'-]+)\s(?:[\w’'.-]+\s){{0,6}}?(?:{nouns})s?\b",
        tell.rest,
    ):
        return []
    return None


def _sharing(tell: Tell, near: Sequence[Seen], span: Span) -> list[tuple[str, str, Span]] | None:
    """*shared the film “X” on Y*."""
    stage, host = tell.stage, tell.stage.host
    work = next((s for s in near if s.kind == "CreativeWork" and s.form == "name"), None)
    if work is None or not re.fullmatch(r"\s[^,;.]{0,60}", host[tell.end : work.start].replace(FILLER, "")):
        return None
    works = [s for s in near if s.kind == "CreativeWork" and s.start < work.start + 80]
    platform = next(
        (s for s in near if re.search(r"\son\s$", host[max(0, s.start - 4) : s.start]) and s.kind != "Person"), None
    )
    quoted = next(
        (s for s in works if stage.text[s.span.start - 1] in "'‘“\"«" and (platform is None or s.id != platform.id)),
        work,
    )
    found = [("object", quoted.id, span)]
    if platform is not None and platform.id != quoted.id:
        found.append(("instrument", platform.id, span))
    return found
