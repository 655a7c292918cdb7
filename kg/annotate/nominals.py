"""Events by the noun of a deed: *the arrest of Rui Dias*, *Ana Costa's resignation*, *the ruling of 16 March*."""

from __future__ import annotations

import re

from kg.annotate import lexicon
from kg.annotate.deeds import CUSTODY
from kg.annotate.happening import Happening, Tell, clause_of, label_of, one_line, time_of
from kg.annotate.occasions import MODAL, PLANNED, is_off, occasion, status_of
from kg.annotate.players import agent_after, described_after, is_owner, objects_after, places_after

__all__ = ["by_noun"]

#: Nouns with an owner or "of": by whom it befell.
_OF = re.compile(r"\sof\s(?:the\s)?(?:[\w’'-]+\s){0,4}?")
_OWNER = re.compile(r"['’]s?\s(?:[a-z-]+\s){0,2}$")
_WHOSE = re.compile(r",\swhose\s(?:[a-z-]+\s){0,2}$")
_OFFICIAL = re.compile(r"\b(?:judge|court|police)\b")
_ATTEMPTED = re.compile(r"\b(?:attempted|planned|plotted|would-be|failed|possible|threatened|staged|fake|mock)\s$")
_ACCUSED = re.compile(
    r"\b(?:charg\w+|trial|suspicion|accus\w+|convict\w+|guilty|arrest\w*|investigat\w+|wanted|confess\w*|suspect\w*|tried"
    r"|acquit\w*|cleared|prosecut\w+|indict\w*|sentenc\w+|jailed|denie[sd]|admit\w*)\b"
)
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
    return occasion(tell)


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
        if " on " not in on.group() and "against" not in on.group():
            return occasion(tell)
        if stage.cast.starting(on.end()) is None and _FORCE.search(tell.left):
            return occasion(tell)  # "a bomb attack on a market in Porto Belo"
        return _attack(tell, on.end())
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
    if _ATTEMPTED.search(tell.left):
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    accused = frame.grave and _ACCUSED.search(tell.left) is not None
    when = None if accused else time_of(tell)
    planned = PLANNED.search(tell.left[-60:]) or MODAL.search(tell.left)
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
    if accused:  # whoever is tried for a murder: somebody is dead, and more is not known
        name = "Death" + name.removeprefix(frame.label) if frame.key == "killing" else name
        roles = [role for role in roles if role[0] != "agent"]
    return Happening(frame.key, name, span, status, tuple(roles), 0.7, when, (crowd,) if crowd else ())


def _attack(tell: Tell, at: int) -> Happening | None:
    stage = tell.stage
    one = stage.cast.starting(at)
    if one is None or one.kind not in tell.frame.objects or one.form == "demonym" or is_owner(stage.host, one):
        return None
    if stage.host[one.end : one.end + 2].strip().isupper() or (one.kind == "Person" and not _FORCE.search(tell.left)):
        return None
    if PLANNED.search(tell.left[-60:]) or MODAL.search(tell.left) or not (_ATTACK.search(tell.left)):
        return None
    span = clause_of(stage, tell.sentence, tell.start, tell.end)
    property_ = "location" if one.kind == "Place" else "object"
    when = time_of(tell)
    status = "completed" if when is not None and when.value else None
    return Happening("attack", label_of(tell, [one.id], None), span, status, ((property_, one.id, span),), 0.7, when)


_FORCE = re.compile(r"\b(?:" + "|".join(sorted(lexicon.groups("occasions")["force"])) + r")\s(?:[\w’'-]+\s)?$")
_ATTACK = re.compile(
    r"\b(?:[Tt]he|[Aa]n?|[Tt]his|\w+['’]s|[a-z]+ly|suicide|car|bomb|missile|rocket|drone|air|knife|terror\w*|gun)\s"
    r"(?:[\w’'-]+\s){0,3}$"
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
    if is_off(tell):
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
    planned = PLANNED.search(tell.left[-60:]) or MODAL.search(tell.left)
    if frame.key == "resignation" and planned:
        return None  # calls for it, mostly
    status = status_of(tell) if not planned else "potential"
    member = stage.cast.members[who].name
    name = f"{frame.label or frame.key.capitalize()} of {member}"
    if place is not None and len(roles) > 1:
        name += f" to {stage.cast.members[place.id].name}" if frame.key == "visit" else ""
    return Happening(frame.key, one_line(name), span, status, tuple(roles), 0.7, when)
