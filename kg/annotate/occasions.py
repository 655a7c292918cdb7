"""Events by their noun: the arrest of somebody, an election or a flood somewhere, a hearing, a match by its score."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.annotate.clause import is_unreal
from kg.annotate.deeds import CUSTODY
from kg.annotate.frames import FRAMES
from kg.annotate.happening import APART, Happening, Tell, clause_of, label_of, one_line, time_of
from kg.annotate.players import PERSONLIKE, agent_after, described_after, is_owner, objects_after, places_after
from kg.annotate.stage import FILLER, Paragraph, Stage
from kg.annotate.times import When
from kg.model import Span

__all__ = ["by_noun", "matches"]

_MODAL = re.compile(
    r"\b(?:will|would|could|may|might|must|shall|should|can|to|if|unless|plans?|intends?|threatens?|wants?"
    r"|seeks?|until|before)\s"
    r"(?:also\s|now\s|soon\s)?(?:be\s|have\s(?:been\s)?)?(?:[a-z]+ly\s)?$"
)
_PLANNED = re.compile(
    r"\b(?:halt\w*|block\w*|stop\w*|prevent\w*|threat\w*|fac(?:e|es|ing)|possible|planned|against|appeal\w*"
    r"|order\w*|await\w*|request\w*|demand\w*|call\w* for|future|next|suspend\w*|avoid\w*|ask\w*|seek\w*|urg\w*"
    r"|propos\w*|plan\w*|want\w*|before|prospect|risk|delay\w*|postpon\w*)\b"
)
#: Nouns with an owner or "of": by whom it befell.
_OF = re.compile(r"\sof\s(?:the\s)?(?:[\w’'-]+\s){0,4}?")
_OWNER = re.compile(r"['’]s?\s(?:[a-z-]+\s){0,2}$")
_WHOSE = re.compile(r",\swhose\s(?:[a-z-]+\s){0,2}$")
_OFFICIAL = re.compile(r"\b(?:judge|court|police)\b")
#: What noun events mean the doer by their owner: *Ana Costa's resignation*, *her visit to Norland*.
_DONE_BY = frozenset(("resignation", "visit", "arrival", "departure"))


def by_noun(tell: Tell) -> Happening | None:
    """What the noun tells of, or None."""
    if tell.frame.key == "ruling":
        return _ruling(tell)
    if tell.frame.key in _DONE_BY:
        return _done_by(tell)
    if (tell.frame.label and tell.frame.family == "affect") or tell.frame.key == "death":
        return _befell(tell)
    return _occasion(tell)


def _ruling(tell: Tell) -> Happening | None:
    """*the court's ruling of 16 March*, *the verdict by Judge Ana Costa*: with who ruled and when."""
    stage, host = tell.stage, tell.stage.host
    who = _possessor(tell)
    if who is None:
        by = re.compile(r"(?:\sof\s\d[\w\s]{1,14})?\s(?:given\s|issued\s|handed\sdown\s)?(?:by|of)\s(?:the\s)?").match(
            host, tell.end
        )
        one = None
        if by is not None:
            one = next((s for s in stage.cast.within(by.end(), by.end() + 80) if s.start == by.end()), None)
        who = one.id if one is not None and one.form in ("name", "acronym") and not is_owner(host, one) else None
    when = time_of(tell)
    if who is None or when is None or when.value is None:
        return None
    titled = any(
        s.id == who and s.title is not None and _JUDICIAL.search(s.title.of(stage.text)) for s in stage.cast.seen[:400]
    )
    if not titled and not _JUDICIAL.search(stage.cast.members[who].name):
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    name = one_line(f"{tell.word.capitalize()} of {stage.cast.members[who].name}")
    return Happening("ruling", name, span, "completed", (("agent", who, span),), 0.7, when)


_JUDICIAL = re.compile(r"\b(?:[Cc]ourt|[Tt]ribunal|[Jj]udge|[Jj]ustice)\b")


def _possessor(tell: Tell) -> str | None:
    found = _OWNER.search(tell.left) or _WHOSE.search(tell.left)
    one = tell.stage.cast.ending(tell.sentence.start + found.start()) if found is not None else None
    return one.id if one is not None and one.form != "demonym" else None


def _befell(tell: Tell) -> Happening | None:
    """*the arrest of Rui Dias by the ministry*, *Rui Dias's arrest*."""
    stage, host, frame = tell.stage, tell.stage.host, tell.frame
    objects: list[str] = []
    if frame.key == "attack":
        on = re.compile(r"\s(?:on|against|in|at|near)\s(?:the\s)?").match(host, tell.end)
        if on is None:
            return None
        return _occasion(tell) if " on " not in on.group() and "against" not in on.group() else _attack(tell, on.end())
    of = _OF.match(host, tell.end)
    if of is not None:
        first = next(iter(stage.cast.within(of.start(), of.start() + 80)), None)
        if first is not None and first.kind in frame.objects:
            gap = host[of.end() : first.start]
            if not re.search(r"[,.;]|\b(?:in|on|by|from|to|at)\s", gap):
                objects = [s.id for s in objects_after(stage, first.start - 1, tell.sentence.end, frame.objects)]
    else:
        owner = _possessor(tell)
        if (
            owner is not None
            and stage.cast.members[owner].kind in frame.objects
            and frame.key
            not in (
                "killing",
                "publication",
                "acquisition",
                "sale",
                "abduction",
                "appointment",
            )
        ):
            objects = [owner]
    objects = list(dict.fromkeys(objects))
    crowd = None
    if not objects and "Person" in frame.objects and host.startswith(" of ", tell.end):
        crowd = described_after(host, tell.end + 3, tell.sentence.end)
    if not objects and crowd is None:
        return None
    if (
        frame.key == "release"
        and not CUSTODY.search(host, tell.sentence.start, tell.sentence.end)
        and not _OFFICIAL.search(host, tell.sentence.start, tell.sentence.end)
    ):
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    when = time_of(tell)
    planned = _PLANNED.search(tell.left[-60:]) or _MODAL.search(tell.left)
    if planned and (frame.grave or frame.key == "death"):
        return None
    status = "potential" if planned else ("completed" if when is not None and when.value else None)
    if frame.key in ("death", "killing") and status is None:
        status = "completed"
    roles = [(frame.property, id_, span) for id_ in objects or ([crowd.id] if crowd else [])]
    agent = agent_after(stage, tell.end, tell.sentence.end, frame.agents)
    if agent is not None and agent not in objects:
        roles.append(("agent", agent, span))
    roles += places_after(stage, tell.end, tell.sentence.end, frame.key, span)
    name = label_of(tell, objects, crowd)
    return Happening(frame.key, name, span, status, tuple(roles), 0.7, when, (crowd,) if crowd else ())


def _attack(tell: Tell, at: int) -> Happening | None:
    stage = tell.stage
    one = stage.cast.starting(at)
    if one is None or one.kind not in tell.frame.objects or one.form == "demonym" or is_owner(stage.host, one):
        return None
    if (
        _PLANNED.search(tell.left[-60:])
        or _MODAL.search(tell.left)
        or not re.search(
            r"\b(?:[Tt]he|[Aa]n?|[Tt]his|\w+['’]s|[a-z]+ly|suicide|car|bomb|missile|rocket|drone|air|knife|terror\w*|gun)\s"
            r"(?:[\w’'-]+\s){0,3}$",
            tell.left,
        )
    ):
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    property_ = "location" if one.kind == "Place" else "object"
    when = time_of(tell)
    status = "completed" if when is not None and when.value else None
    return Happening("attack", label_of(tell, [one.id], None), span, status, ((property_, one.id, span),), 0.7, when)


#: People are attacked in words, too; an attack by these is one by force.
_FORCE = re.compile(
    r"\b(?:suicide|car|bomb|bombing|missile|rocket|drone|air|knife|terror\w*|gun|shooting|deadly|armed|violent|fatal|acid"
    r"|arson|hammer|machete|shark|dog)\s(?:[\w’'-]+\s)?$"
)


def _done_by(tell: Tell) -> Happening | None:
    """*Ana Costa's resignation*, *the resignation of Ana Costa*, *Ana Costa's visit to Norland*."""
    stage, host, frame = tell.stage, tell.stage.host, tell.frame
    who = _possessor(tell)
    end = tell.end
    if who is None:
        by = re.compile(r"\s(?:of|by)\s(?:the\s)?(?:[a-z-]+\s){0,3}").match(host, tell.end)
        first = stage.cast.starting(by.end()) if by is not None else None
        first = first or next(
            (s for s in stage.cast.within(tell.end, tell.end + 80) if by is not None and s.start == by.end()), None
        )
        if first is None or first.form == "demonym" or is_owner(host, first):
            return None
        who, end = first.id, first.end
    if stage.cast.members[who].kind not in frame.agents:
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    when = time_of(tell)
    roles = [("agent", who, span)]
    to = re.compile(r"\s(?:to|in|at)\s(?:the\s)?").match(host, end)
    place = stage.cast.starting(to.end()) if to is not None and frame.key != "resignation" else None
    if place is not None and place.kind == "Place" and place.form != "demonym" and not is_owner(host, place):
        roles.append((frame.property, place.id, span))
    elif frame.key != "resignation":
        return None
    planned = _PLANNED.search(tell.left[-60:]) or _MODAL.search(tell.left)
    if frame.key == "resignation" and planned:
        return None  # calls for it, mostly
    status = _status(tell) if not planned else "potential"
    member = stage.cast.members[who].name
    name = f"{frame.label or frame.key.capitalize()} of {member}"
    if place is not None and len(roles) > 1:
        name += f" to {stage.cast.members[place.id].name}" if frame.key == "visit" else ""
    return Happening(frame.key, one_line(name), span, status, tuple(roles), 0.7, when)


# ---- occasions ---------------------------------------------------------------------------------------------------

_PHRASE = re.compile(
    r"(?:\b(?P<det>[Tt]he|[Aa]n?|[Tt]his|[Nn]ext|[Ll]ast|[Aa]nother|\w+['’]s|[Ii]ts|[Tt]heir|[Aa]fter|[Dd]uring|[Ff]irst"
    r"|[Ss]econd|[Tt]hird|[Ff]ollowing|[Hh]old|[Hh]eld|[Aa]t|[Ii]n|[Oo]f)\s|^)(?P<mods>(?:(?!(?i:and|or|in|on|at|of|for|to|is|was|were"
    r"|has|had|have|that|by|with|as|the|an?|this|after|during|before|from|its|their|his|her|no|any)\s)(?:[A-Z][\w’'.-]*|\d[\w-]*"
    r"|[a-z][\w’'-]*(?<!ed)(?<!ing)(?<!s))\s){0,4})$"
)
_NOT_STRIKE = re.compile(
    r"\b(?:air|drone|missile|lightning|first|second|third|military|preemptive|pre-emptive|hunger)\s$"
)
_NOT_DISASTER = re.compile(
    r"\b(?:cease|under|open|of|data|security|stock|market|on|caught|camp|small-arms|rocket|return|contract|artillery|gun"
    r"|heavy|enemy|exchanged?|opened|rifle|mortar|hostile)[\s-]*$"
)
_NOT_MEETING = re.compile(
    r"\b(?:american|european|african|party|national|general|u\.s\.|us|state|legislative|member of|football|sports|athletic)\s$",
    re.IGNORECASE,
)
_VERB_AFTER = re.compile(
    r"(?:\s(?:in|at|on|of|for|between|with|by|over|against|near|to|about|into|,)?\s?[^;:—–.]{0,90}?)?\s"
    r"(?P<verb>will|would|(?:is\s|are\s)?(?:set|due|expected|scheduled|planned)(?=\s(?:to|for|on|in))|is\sto\sbe|are\s(?:due|expected|scheduled|set|planned|to\sbe)"
    r"|begins?|starts?|opens?|took\splace|was\sheld|were\sheld|was|were|began|ended|started|opened|killed|left|hit|struck"
    r"|drew|destroyed|damaged|lasted|continued|broke\sout|resumed|collapsed|closed|brought|injured|wounded|has\sbeen|have\sbeen)\b"
)
_HELD = re.compile(
    r"\b(?:held|hosted|hosts|attended|staged|opened|organi[sz]ed|addressed|began|launched|joined|called|won|lost|contested|after|during|following)\s(?:[\w’'-]+\s){0,4}$"
)
_COMES = re.compile(
    r"\b(?:upcoming|next|planned|forthcoming|scheduled|future|coming|possible|proposed|ahead\sof)\b", re.IGNORECASE
)
_PLACED = re.compile(r"\s(?:at|in|near|on|off)\s(?:the\s)?(?:(?:[a-z-]+\s){0,3}(?:of|in)\s(?:the\s)?|[a-z]+\s)?")
_BETWEEN = re.compile(r"\s(?:between|with|of|by)\s(?:the\s)?(?:[a-z-]+\s){0,2}")


def _status(tell: Tell) -> str | None:
    """Done or to come, by the verb the noun is the subject or object of; None when the text does not say."""
    if _COMES.search(tell.left[-40:]):
        return "potential"
    verb = _VERB_AFTER.match(tell.stage.host, tell.end, min(tell.sentence.end, tell.end + 140))
    if verb is not None:
        if re.match(r"(?:has|have)\sbeen$", verb.group("verb")) and re.match(
            r"\s(?:set|scheduled|planned|called|postponed|moved)\b", tell.stage.host[verb.end() : verb.end() + 12]
        ):
            return "potential"
        word = verb.group("verb").split()[0]
        if word in ("set", "due", "expected", "scheduled", "planned"):
            return "potential"
        if word in ("will", "would") or verb.group("verb").split()[-1] in (
            "due",
            "expected",
            "scheduled",
            "set",
            "planned",
            "be",
        ):
            return None if verb.group("verb").startswith("would") else "potential"
        if word in ("begins", "begin", "start", "starts", "open", "opens"):
            return "potential"
        return "completed"
    return None


def _occasion(tell: Tell) -> Happening | None:
    """An election, strike, disaster, hearing, meeting …: only with a place, a time or those who take part in it."""
    stage, host, frame, sentence = tell.stage, tell.stage.host, tell.frame, tell.sentence
    phrase = _PHRASE.search(tell.left[-90:])
    if phrase is None or FILLER in phrase.group():
        return None
    key, noun = frame.key, tell.word
    if key == "strike" and _NOT_STRIKE.search(tell.left):
        return None
    if noun in ("collapse", "failure") and not _FALLS.search(tell.left):
        return None
    if noun == "breach" and tell.left.endswith("in "):
        return None
    if key == "disaster" and noun in _COMMON and _NOT_DISASTER.search(tell.left):
        return None
    if (
        key == "meeting"
        and noun in ("congress", "assembly", "convention", "conference")
        and (_NOT_MEETING.search(tell.left) or noun in ("congress", "assembly"))
    ):
        return None
    if host[tell.end : tell.end + 1] == "-" or re.match(
        r"\s(?:room|hall|centre|center|point|ground|call|season|campaign|commission|official|observers?|law|fraud|results?|brigade|station|service|engine|site|date|day|day's|victim|survivor|scene|alarm|zone|plain|water|fund|leader|organi[sz]er|ballot|night|cycle|chief|minister|director)s?\b",
        host[tell.end : tell.end + 16],
    ):
        return None
    start = sentence.start + len(tell.left) - len(tell.left[-90:]) + phrase.start("mods")
    when = time_of(tell) or _time_after_verb(tell)
    there = _PLACED.match(host, tell.end)
    place = stage.cast.starting(there.end()) if there else None
    if place is None or place.kind != "Place" or place.form not in ("name", "acronym"):
        inside = [
            s for s in stage.cast.within(start, tell.start) if s.kind == "Place" and s.form in ("name", "metonym")
        ]
        place = inside[-1] if inside else None
        end = tell.end
    else:
        end = place.end
    if place is None:
        owner = _possessor(tell)
        if owner is not None and stage.cast.members[owner].kind == "Place":
            place = next((s for s in reversed(stage.cast.within(sentence.start, tell.start)) if s.id == owner), None)
    span = clause_of(stage, sentence, tell.start, tell.end)
    struck = _STRUCK.match(host, tell.end) if place is None else None
    if struck is not None:
        place = stage.cast.starting(struck.end())
        place = place if place is not None and place.kind == "Place" and place.form != "demonym" else None
    if place is None:
        relative = _RELATIVE.match(host, tell.end)
        begin = relative.end() if relative is not None else tell.end
        where = next(iter(places_after(stage, begin, sentence.end, key, span)), None)
        if where is not None and _ELSE.search(host, tell.end, _start_of(stage, where[1], tell)):
            where = None
        place = next((s for s in stage.cast.within(tell.end, sentence.end) if where and s.id == where[1]), None)
    taking = _taking_part(tell, span)
    dated = when is not None and when.value is not None
    if place is None and not taking:
        day = dated and when is not None and len(when.value or "") == 10
        if not dated or key in ("publication", "match") or (key == "meeting" and not day):
            return None
    if key in ("publication", "acquisition", "sale", "transfer", "marriage", "signing"):
        return None
    if key == "match" and len(taking) < 2:
        return None
    name = re.sub(r"^(?:[Tt]he|[Aa]n?)\s", "", host[start:end])
    if FILLER in name or not name.strip():
        return None
    status = _status(tell)
    if status is None and _HELD.search(tell.left) and not _PLANNED.search(tell.left[-60:]):
        status = "completed"
    if status != "potential" and (
        _MODAL.search(tell.left) or re.search(r"\b(?:will|would|to|may|could)\s[a-z]+\s(?:[\w’'-]+\s){0,3}$", tell.left)
    ):
        status = "potential"
    if key == "attack" and status == "potential":
        return None
    name = " ".join(name.split())
    if place is not None and not start <= place.start < end:
        name = f"{name} in {stage.cast.members[place.id].name}"
    roles = [("location", place.id, span)] if place is not None else []
    return Happening(
        key, one_line(name[0].upper() + name[1:]), span, status, (*roles, *taking), 0.7, when, noun=noun.rstrip("s")
    )


_RELATIVE = re.compile(r"\s(?:that|which)\s")
_STRUCK = re.compile(
    r"\s(?:[a-z]+ly\s)?(?:struck|hit|rocked|shook|devastated|battered|ravaged|swept)\s(?:through\s)?(?:the\s)?"
    r"(?:(?:[a-z]+\s){1,3}of\s|central\s|northern\s|southern\s|eastern\s|western\s|coastal\s)?(?:the\s)?"
)
#: Between an occasion and a place these make the place that of something else (*hearings into the breach at Zalk*).
_ELSE = re.compile(r"\b(?:into|about|over|of|for|against|by|with|from|who|said|says)\b|\S\s(?:which|that)\b")
_FALLS = re.compile(
    r"\b(?:bridge|building|roof|dam|dike|dyke|levee|crane|mine|tower|reactor|stadium|wall|hotel|factory|apartment|block"
    r"|ceiling|pier|balcony|scaffolding|tunnel|embankment)\s$"
)


def _start_of(stage: Stage, id_: str, tell: Tell) -> int:
    return next((s.start for s in stage.cast.within(tell.end, tell.sentence.end) if s.id == id_), tell.end)


#: Nouns of disasters that mean much else besides.
_COMMON = frozenset(("fire", "crash", "breach", "blast", "collision", "storm", "explosion", "flood"))


def _time_after_verb(tell: Tell) -> When | None:
    """When an occasion is, after the verb it is the subject of: *is scheduled for Monday*, *will be held in May*."""
    host = tell.stage.host
    verb = _VERB_AFTER.match(host, tell.end, min(tell.sentence.end, tell.end + 140))
    rest = _VERB_RESTS.match(host, verb.end()) if verb is not None else None
    if rest is None:
        return None
    after = next((w for w in tell.whens if w.span.start >= rest.end() - 1), None)
    return after if after is not None and not APART.search(host, rest.end(), after.span.start) else None


_VERB_RESTS = re.compile(
    r"(?:\s(?:be|been|to|take|takes|place|held|heard|set|scheduled|due|expected|planned|begin|start|resume|open|opened"
    r"|called|postponed|until|for))*"
)


def _taking_part(tell: Tell, span: Span) -> list[tuple[str, str, Span]]:
    """*talks between Norland and Sudria*, *a meeting with Ana Costa*, *a strike by the union*."""
    if tell.frame.key not in ("meeting", "strike", "protest", "hearing", "vote", "match"):
        return []
    stage, host = tell.stage, tell.stage.host
    joint = _BETWEEN.match(host, tell.end)
    kinds = (*PERSONLIKE, "Place") if tell.frame.key == "meeting" else PERSONLIKE
    found: list[tuple[str, str, Span]] = []
    while joint is not None:
        one = stage.cast.starting(joint.end()) or next(
            (s for s in stage.cast.within(joint.end(), joint.end() + 90) if s.start == joint.end()), None
        )
        if one is None or one.kind not in kinds or one.form == "demonym" or is_owner(host, one):
            break
        found.append(("participant", one.id, span))
        joint = re.compile(r"(?:,\s(?:and\s)?|\sand\s)(?:the\s)?").match(host, one.end)
    return list(dict.fromkeys(found))


_SCORE = re.compile(
    r"(?<![\w-])\d{1,3}\s?[–-]\s?\d{1,3}\s(?:[a-z-]+\s)?(?:win|victory|defeat|draw|loss|triumph)\s(?:over|against|with|by|to|at)\s(?:the\s)?"
)


def matches(stage: Stage, paragraph: Paragraph, sentence: Span, whens: Sequence[When]) -> Iterator[Happening]:
    """*gave Porto Rovers a 2–1 win over Hill Town*: a match by its score, with both sides."""
    for found in _SCORE.finditer(stage.host, sentence.start, sentence.end):
        other = stage.cast.starting(found.end())
        sides = [
            s
            for s in stage.cast.within(max(sentence.start, found.start() - 80), found.start())
            if s.kind == "Organization"
        ]
        if other is None or other.kind != "Organization" or not sides or sides[-1].id == other.id:
            continue
        before = stage.host[sentence.start : found.start()]
        if is_unreal(stage.host, sentence.start, found.start()) or _MODAL.search(before):
            continue
        tell = Tell(stage, paragraph, sentence, found.start(), found.end(), FRAMES["match"], "noun", whens)
        span = clause_of(stage, sentence, found.start(), found.end())
        roles = [("competitor", sides[-1].id, span), ("competitor", other.id, span)]
        roles += places_after(stage, other.end, sentence.end, "match", span)
        name = f"{stage.cast.members[sides[-1].id].name} against {stage.cast.members[other.id].name}"
        yield Happening("match", one_line(name), span, "completed", tuple(roles), 0.8, time_of(tell))
