"""Events by their verb: what is done to people, what courts rule, who met, shared or replied."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.annotate.happening import (
    CUSTODY,
    FRAMES,
    MODAL,
    PASSIVE,
    PERSONLIKE,
    Happening,
    Unnamed,
    agent_after,
    clause_of,
    distinct,
    is_owner,
    label_of,
    objects_after,
    one_line,
    places_after,
    time_of,
)
from kg.annotate.stage import FILLER, Paragraph, Stage
from kg.annotate.times import When
from kg.model import Span

__all__ = ["deed", "done_to", "ruling"]

_COURT = re.compile(
    r"(?<![\w-])(?:" + "|".join(sorted(FRAMES["ruling.court"])) + r"|[Rr]uling|[Vv]erdict)(?![\w-])", re.IGNORECASE
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
_TO = re.compile(r"\s(?:back\s)?to\s(?:the\s)?")


def done_to(
    stage: Stage,
    paragraph: Paragraph,
    sentence: Span,
    trigger: re.Match[str],
    frame: str,
    left: str,
    whens: Sequence[When],
) -> Happening | None:
    host = stage.host
    base = trigger.group() in FRAMES.get(f"{frame}.base", ())
    passive = PASSIVE.search(left)
    modal = MODAL.search(left) or (passive and MODAL.search(left[: passive.start()] + " "))
    span = clause_of(stage, sentence, trigger)
    roles: list[tuple[str, str, Span]] = []
    objects: list[str] = []
    crowd: Unnamed | None = None
    agent: str | None = None
    status = "potential" if modal or base else "completed"
    follows = re.match(
        r"\s(?:to|from|in|on|by|at|last|this|after|during|over|without|under)\s",
        host[trigger.end() : trigger.end() + 9],
    )
    bare = passive is None and not base and follows is not None
    if bare and (named := stage.cast.ending(trigger.start() - 2)) is not None and host[trigger.start() - 2] == ",":
        if named.kind != "Person":
            return None
        objects, agent = [named.id], agent_after(stage, trigger.end(), sentence.end)  # "Rui Dias, arrested in May,"
    elif bare and (crowd := _crowd(_CROWD_BEFORE.search(left), sentence.start)) is not None:
        agent = agent_after(stage, trigger.end(), sentence.end)  # "migrants deported to Sudria"
        whens = [one for one in whens if one.span.start >= trigger.end()]  # an earlier time is the main verb's
        if not _told(stage, sentence, trigger, crowd, agent, whens):
            return None
    elif passive:
        crowd = _crowd(
            _CROWD_BEFORE.search(
                re.sub(r"(?:has|have|had|will|would|could|may|might|can|also)\s$", "", left[: passive.start()])
            ),
            sentence.start,
        )
        objects = _subjects(stage, paragraph, sentence.start + passive.start(), sentence.start)
        agent = agent_after(stage, trigger.end(), sentence.end)
    elif not base and (
        ordered := re.search(
            r"\b(?:ordered|wants?|wanted|seeks?|asked for)\s(?P<who>[^,;]{2,80}?)\s(?:to be\s)?$", left
        )
    ):
        at = sentence.start + ordered.start("who")
        objects = distinct(
            s for s in stage.cast.within(at, trigger.start()) if s.kind == "Person" and not is_owner(host, s)
        )
        agent, status = None, "potential"
    else:
        objects = objects_after(stage, trigger.end(), sentence.end)
        subject = stage.subject(paragraph, trigger.start(), sentence.start) if not modal or not base else None
        if not objects:
            crowd = _crowd(_CROWD_AFTER.match(host, trigger.end(), min(sentence.end, trigger.end() + 80)))
        agent = subject.id if subject is not None and subject.id not in objects else None
    if frame in ("charge",) and not passive and not objects:
        return None
    if not objects and crowd is None:
        return None
    if frame == "release" and not CUSTODY.search(host, sentence.start, sentence.end):
        return None
    if (
        frame == "release"
        and passive is None
        and not re.search(r"\b(?:ordered|wants?)\b", left)
        and trigger.group() == "released"
        and not re.search(r"from\s", host[trigger.end() : sentence.end])
    ):
        return None
    if objects:
        crowd = None
    roles += [("object", id_, span) for id_ in objects or ([crowd.id] if crowd else [])]
    if frame == "release" and agent is None:
        agent = _keeper(stage, trigger.end(), sentence.end)
    if agent is not None and agent not in objects:
        roles.append(("agent", agent, span))
    roles += places_after(stage, trigger.end(), sentence.end, frame, span)
    name = label_of(stage, frame, objects, crowd)
    when = time_of(trigger, whens, host)
    return Happening(frame, name, span, status, tuple(roles), 0.8, when, (crowd,) if crowd else ())


def _told(
    stage: Stage, sentence: Span, trigger: re.Match[str], crowd: Unnamed, agent: str | None, whens: Sequence[When]
) -> bool:
    """Whether a participle inside a noun phrase tells of one happening, and not of a sort of people.

    *Migrants deported in March* does; *people arrested in Sudria* and *offered to house migrants deported to Sudria*
    say which people are meant, whether or not there ever are any.
    """
    main = _OPENS.split(stage.host[sentence.start : crowd.span.start])[-1]
    if _UNREAL.search(main):
        return False
    when = time_of(trigger, whens, stage.host)
    if agent is not None or (when is not None and when.value is not None):
        return True
    places = places_after(stage, trigger.end(), sentence.end, "deportation", crowd.span)
    return any(property_ == "toLocation" for property_, _, _ in places)


def _keeper(stage: Stage, start: int, end: int) -> str | None:
    """Who lets go in *released from ICE custody*."""
    found = re.compile(r"\sfrom\s(?:the\s)?").match(stage.host, start, end)
    one = stage.cast.starting(found.end()) if found else None
    if one is None or one.kind != "Organization":
        return None
    return one.id if re.match(r"(?:['’]s)?\s(?:custody|detention)\b", stage.host[one.end : one.end + 14]) else None


def _subjects(stage: Stage, paragraph: Paragraph, verb: int, floor: int) -> list[str]:
    """The persons a passive is said of, coordinated ones too."""
    subject = stage.subject(paragraph, verb, floor)
    if subject is None:
        end = floor + len(stage.host[floor:verb].rstrip())
        last = stage.cast.ending(end)
        if last is None or last.kind != "Person":
            return []
        chain = [last]
        while joint := re.search(
            r"(?:,\s(?:and\s)?|\sand\s)$", stage.host[max(floor, chain[0].start - 6) : chain[0].start]
        ):
            other = stage.cast.ending(chain[0].start - len(joint.group()))
            if other is None or other.kind != "Person":
                break
            chain.insert(0, other)
        return distinct(chain)
    return [subject.id] if stage.cast.members[subject.id].kind == "Person" else []


_CROWD = (
    r"(?:migrants|men|women|people|asylum\sseekers|refugees|protesters|demonstrators|residents|workers"
    r"|volunteers|suspects"
    r"|activists|journalists|students|citizens|nationals|detainees|prisoners|inmates|officers|soldiers|sailors"
    r"|passengers"
    r"|fishermen|teenagers|boys|girls|families|children|farmers|nurses|doctors|miners|dockers|drivers|hostages"
    r"|pilots)"
)
#: Before the noun only what cannot be a verb: capitalised and hyphenated words, numbers, and these.
_ADJECTIVES = (
    r"(?:(?:[A-Z][\w’'-]+|\d[\d,.]*|[a-z]+-[\w-]+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|dozens\sof|hundreds\sof"
    r"|thousands\sof|several|many|certain|other|more|most|foreign|local|young|former|undocumented|unarmed"
    r"|striking|elderly"
    r"|opposition|student|farm|hospital|factory|police|government|human\srights|peace)\s){0,3}?"
)
_CROWD_BEFORE = re.compile(
    rf"(?:^|[\s(])(?P<np>(?:an?\s(?:class|group|number)\sof\s|the\s|some\s|about\s"
    rf"|at\sleast\s)?{_ADJECTIVES}{_CROWD})\s$",
)
_CROWD_AFTER = re.compile(
    rf"\s(?P<np>(?:an?\s(?:class|group|number)\sof\s|the\s|some\s|about\s"
    rf"|at\sleast\s)?{_ADJECTIVES}{_CROWD})(?![\w-])"
)
#: *To migrants*, *Housing migrants*, *Meanwhile migrants*: capitals that open a sentence, not a description.
_LEAD = re.compile(
    r"(?:To|For|Of|In|On|At|By|With|From|And|But|If|When|While|As|After|Before|Since|Until|Unless|Because|Although|Though"
    r"|That|Where|Whether|Among|Between|Against|Without|Like|Unlike|Then|Now|Later|Meanwhile|Also|However|So|Yet|Or"
    r"|[A-Z][a-z]+ly|[A-Z][a-z]{2,}ing)\s(?=\S)"
)
_JUDGE = re.compile(
    r"(?P<np>\b[Aa]n?\s(?:(?!court|that|who)[\w.’'-]+\s){0,3}?(?:judge|magistrate))\s(?:[a-z]+ly\s|has\s|had\s"
    r"|also\s|on\s[A-Z]\w+\s)*$"
)


def _crowd(found: re.Match[str] | None, shift: int = 0) -> Unnamed | None:
    """The group a match describes, without a sentence's first word where that is no part of its description."""
    if found is None:
        return None
    start = found.start("np")
    while (lead := _LEAD.match(found.string, start, found.end("np"))) is not None:
        start = lead.end()
    return Unnamed(Span(start + shift, found.end("np") + shift), "nkg:PersonGroup")


def ruling(
    stage: Stage, paragraph: Paragraph, sentence: Span, trigger: re.Match[str], left: str, whens: Sequence[When]
) -> Happening | None:
    host = stage.host
    if PASSIVE.search(left) or MODAL.search(left):
        return None
    head = re.split(r"[;:—–]\s|,\s(?:who|which|but|and)\s|\b(?:that|because|when|after|before|if|whether)\s", left)[-1]
    court = _COURT.search(head)
    subject = stage.subject(paragraph, trigger.start(), sentence.start)
    if subject is not None:
        printed = subject.span.of(stage.text)
        member = stage.cast.members[subject.id]
        near = host[max(sentence.start, subject.span.start - 40) : trigger.start()]
        if not (
            _COURT.search(member.name) or _COURT.search(printed) or (member.kind == "Person" and _COURT.search(near))
        ):
            return None
    elif court is None or not re.search(
        r"(?:^|,\s|\b(?:[Aa]n?|[Tt]he)\s)(?:[\w.’'-]+\s){0,4}(?:court|judge|tribunal|justices|judges|jury|panel"
        r"|magistrate|ruling|verdict)\b(?:\sin\s[A-Z]\w+)?\s(?:[a-z]+ly\s|has\s|had\s|on\s[A-Z]\w+\s|also\s)*$",
        head,
        re.IGNORECASE,
    ):
        return None
    word = trigger.group()
    rest = host[trigger.end() : sentence.end]
    if word in ("found", "held", "decided", "ruled") and not re.match(
        r"\s(?:(?:on|in|by|last)\s[^,;.]{1,30}\s)?(?:that|against|in favou?r|for)\b|\s\w+\s(?:guilty|liable)"
        r"|\sunlawful",
        rest,
    ):
        return None
    if word in ("issued", "lifted", "froze") and not re.match(
        r"[^,;.]{0,40}\b(?:order|ruling|injunction|stay|ban|warrant|verdict|sentence|decision)\b", rest
    ):
        return None
    if word in ("turned", "struck") and not re.match(r"\sdown\b", rest):
        return None
    if word == "cleared" and re.match(r"\s(?:the way|his|her|its|up)\b", rest):
        return None
    span = clause_of(stage, sentence, trigger)
    roles: list[tuple[str, str, Span]] = []
    opens = max(span.start, trigger.start() - len(head.lstrip(" ,")))
    judge: Unnamed | None = None
    if subject is not None:
        roles.append(("agent", subject.id, span))
    elif (described := _JUDGE.search(left)) is not None:
        judge = Unnamed(
            Span(sentence.start + described.start("np"), sentence.start + described.end("np")), "nkg:UnnamedPerson"
        )
        roles.append(("agent", judge.id, span))
    seat = next((s for s in stage.cast.within(opens, trigger.start()) if s.kind == "Place" and s.form == "name"), None)
    if subject is None and seat is not None:
        roles.append(("location", seat.id, span))  # "a court in Porto", "a Porto court"
    people = [s for s in stage.cast.within(trigger.end(), span.end) if s.kind == "Person" and not is_owner(host, s)]
    direct = people[0] if people and len(host[trigger.end() : people[0].start]) < 60 else None
    if direct is not None and (subject is None or direct.id != subject.id):
        roles.append(("object", direct.id, span))
    if word == "ordered":
        told = next((s for s in stage.cast.within(trigger.end(), span.end) if s.kind == "Organization"), None)
        if (
            told is not None
            and re.fullmatch(r"\s(?:the\s)?(?:[\w.’'-]+\s){0,2}", host[trigger.end() : told.start])
            and host[told.end : told.end + 4] == " to "
        ):
            roles.append(("recipient", told.id, span))
    name, when = one_line(stage.text[opens : span.end]), time_of(trigger, whens, host)
    return Happening("ruling", name, span, "completed", tuple(roles), 0.8, when, (judge,) if judge else ())


def deed(
    stage: Stage,
    paragraph: Paragraph,
    sentence: Span,
    trigger: re.Match[str],
    frame: str,
    left: str,
    whens: Sequence[When],
) -> Happening | None:
    host = stage.host
    if PASSIVE.search(left) or MODAL.search(left):
        return None
    subject = stage.subject(paragraph, trigger.start(), sentence.start)
    if subject is None:
        return None
    span = clause_of(stage, sentence, trigger)
    roles: list[tuple[str, str, Span]] = [("agent", subject.id, span)]
    rest = [s for s in stage.cast.within(trigger.end(), sentence.end) if s.id != subject.id]
    kind = stage.cast.members[subject.id].kind
    if frame == "meeting":
        joint = re.compile(r"\s(?:with\s)?(?:the\s|[a-z]+\s){0,4}").match(host, trigger.end())
        other = next((s for s in rest if s.kind in PERSONLIKE), None)
        if (
            kind not in PERSONLIKE
            or other is None
            or joint is None
            or other.start > joint.end() + 40
            or is_owner(host, other)
        ):
            return None
        if not re.fullmatch(
            r"\s(?:with\s)?(?:(?!in|on|at|to|for|by|as)[\w’'-]+\s){0,4}", host[trigger.end() : other.start]
        ):
            return None
        roles.append(("participant", other.id, span))
        roles += places_after(stage, other.end, sentence.end, frame, span)
    elif frame == "match":
        other = next((s for s in rest if s.kind == "Organization"), None)
        if kind != "Organization" or other is None or host[trigger.end() : other.start] != " ":
            return None
        if not re.search(r"\d\s?[-–]\s?\d", host[sentence.start : sentence.end]):
            return None
        roles = [("competitor", subject.id, span), ("competitor", other.id, span)]
        roles += places_after(stage, other.end, sentence.end, frame, span)
    elif frame == "share":
        work = next((s for s in rest if s.kind == "CreativeWork" and s.form == "name"), None)
        if work is None or not re.fullmatch(r"\s[^,;.]{0,60}", host[trigger.end() : work.start].replace(FILLER, "")):
            return None
        works = [s for s in rest if s.kind == "CreativeWork" and s.start < work.start + 80]
        platform = next(
            (s for s in rest if re.search(r"\son\s$", host[max(0, s.start - 4) : s.start]) and s.kind != "Person"), None
        )
        quoted = next(
            (
                s
                for s in works
                if stage.text[s.span.start - 1] in "'‘“\"«" and (platform is None or s.id != platform.id)
            ),
            work,
        )
        roles.append(("object", quoted.id, span))
        if platform is not None and platform.id != quoted.id:
            roles.append(("instrument", platform.id, span))
    else:
        other = next((s for s in rest if s.kind in PERSONLIKE), None)
        if (
            other is None
            or _TO.fullmatch(re.sub(r"\b[a-z]+ly\s", "", host[trigger.end() : other.start])) is None
            or is_owner(host, other)
        ):
            return None
        roles.append(("recipient", other.id, span))
    return Happening(
        frame, one_line(span.of(stage.text)), span, "completed", tuple(roles), 0.75, time_of(trigger, whens, host)
    )
