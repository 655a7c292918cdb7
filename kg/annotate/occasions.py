"""Events by their noun: the arrest of somebody, an election or a flood somewhere, a match by its score."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.annotate.happening import (
    CUSTODY,
    HEDGED,
    LABELS,
    MODAL,
    PLANNED,
    Happening,
    agent_after,
    clause_of,
    label_of,
    objects_after,
    one_line,
    places_after,
    time_of,
)
from kg.annotate.stage import FILLER, Stage
from kg.annotate.times import When
from kg.model import Span

__all__ = ["by_noun", "matches"]


def by_noun(
    stage: Stage, sentence: Span, trigger: re.Match[str], frame: str, left: str, whens: Sequence[When]
) -> Happening | None:
    host = stage.host
    span = clause_of(stage, sentence, trigger)
    when = time_of(trigger, whens, host)
    if frame in LABELS:
        of = re.compile(r"\sof\s(?:the\s)?(?:[\w’'-]+\s){0,4}?").match(host, trigger.end())
        objects: list[str] = []
        if of is not None:
            first = next(iter(stage.cast.within(of.start(), of.start() + 80)), None)
            if first is not None and not re.search(r"[,.;]|\b(?:in|on|by|from|to|at)\s", host[of.end() : first.start]):
                objects = objects_after(stage, first.start - 1, sentence.end) if first.kind == "Person" else []
        else:
            owner = re.search(r"['’]s?\s(?:[a-z]+\s)?$", left)
            one = stage.cast.ending(sentence.start + owner.start()) if owner else None
            objects = [one.id] if one is not None and one.kind == "Person" else []
        if not objects:
            return None
        if (
            frame == "release"
            and not CUSTODY.search(host, sentence.start, sentence.end)
            and not re.search(r"\bjudge|court|police\b", host[sentence.start : sentence.end])
        ):
            return None
        planned = PLANNED.search(left[-60:]) or MODAL.search(left)
        status = "potential" if planned else ("completed" if when is not None and when.value else None)
        roles = [("object", id_, span) for id_ in objects]
        agent = agent_after(stage, trigger.end(), sentence.end)
        if agent is not None and agent not in objects:
            roles.append(("agent", agent, span))
        roles += places_after(stage, trigger.end(), sentence.end, frame, span)
        return Happening(frame, label_of(stage, frame, objects, None), span, status, tuple(roles), 0.7, when)
    return _occasion(stage, sentence, trigger, frame, left, when)


def _occasion(
    stage: Stage, sentence: Span, trigger: re.Match[str], frame: str, left: str, when: When | None
) -> Happening | None:
    """An election, strike, disaster, summit or premiere: only with a place, so that it is one happening."""
    host = stage.host
    phrase = re.search(r"\b(?:[Tt]he|[Aa]n?|[\w]+['’]s)\s(?:[\w’'-]+\s){0,3}$", left)
    if phrase is None or (frame == "strike" and re.search(r"\b(?:air|drone|missile|lightning|first)\s$", left)):
        return None
    if (
        frame == "disaster"
        and trigger.group() in ("fire", "crash", "breach", "blast", "collision")
        and re.search(r"\b(?:cease|under|open|of|data|security)[\s-]*$", left)
    ):
        return None
    start = sentence.start + phrase.start()
    there = re.compile(r"\s(?:at|in|near|on)\s(?:the\s)?").match(host, trigger.end())
    place = stage.cast.starting(there.end()) if there else None
    if place is None or place.kind != "Place" or place.form != "name":
        inside = [
            s for s in stage.cast.within(start, trigger.start()) if s.kind == "Place" and s.form in ("name", "metonym")
        ]
        place = inside[-1] if inside else None
        end = trigger.end()
    else:
        end = place.end
    if place is None and not (frame == "election" and when is not None and when.value):
        return None
    name = re.sub(r"^(?:[Tt]he|[Aa]n?)\s", "", host[start:end])
    if FILLER in name:
        return None
    span = clause_of(stage, sentence, trigger)
    future = when is not None and re.search(
        r"\b(?:will|is due|are due|next|upcoming|holds|goes ahead)\b", host[sentence.start : sentence.end]
    )
    return Happening(
        frame,
        name[0].upper() + name[1:],
        span,
        "potential" if future else None,
        (("location", place.id, span),) if place is not None else (),
        0.7,
        when,
    )


_SCORE = re.compile(
    r"(?<![\w-])\d{1,3}\s?[–-]\s?\d{1,3}\s(?:[a-z-]+\s)?(?:win|victory|defeat|draw|loss|triumph)\s(?:over|against|with|by|to|at)\s(?:the\s)?"
)


def matches(stage: Stage, sentence: Span, whens: Sequence[When]) -> Iterator[Happening]:
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
        if HEDGED.search(stage.host, sentence.start, found.start()) or MODAL.search(
            stage.host[sentence.start : found.start()]
        ):
            continue
        span = clause_of(stage, sentence, found)
        roles = [("competitor", sides[-1].id, span), ("competitor", other.id, span)]
        roles += places_after(stage, other.end, sentence.end, "match", span)
        name = f"{stage.cast.members[sides[-1].id].name} against {stage.cast.members[other.id].name}"
        yield Happening(
            "match", one_line(name), span, "completed", tuple(roles), 0.8, time_of(found, whens, stage.host)
        )
