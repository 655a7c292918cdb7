"""Events: what happened or may happen, to whom, by whom, where and when, as far as the article says so.

Verb frames in the reporter's own sentences, nothing inside quotation marks. A happening told twice is one event.
What is ordered, planned or possible is ``potential``; what is denied or undone is left out. Roles are given to named
members of the cast only, each with the clause it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kg.annotate.deeds import deed, done_to, ruling
from kg.annotate.happening import DENIED, FRAMES, HEDGED, Happening
from kg.annotate.layers import argument
from kg.annotate.occasions import by_noun, matches
from kg.annotate.stage import LONGEST, Paragraph, Stage
from kg.annotate.times import When, moments
from kg.model import Annotation, Span, Text

__all__ = ["Events", "annotator", "happenings"]

_TYPES: dict[str, tuple[str, ...]] = {
    "deportation": ("nkg:Deportation",),
    "release": ("nkg:CustodyRelease",),
    "arrest": ("nkg:Arrest",),
    "charge": ("nkg:Charge",),
    "conviction": ("nkg:Conviction",),
    "ruling": ("nkg:CourtRuling",),
    "strike": ("schema:Event",),
    "election": ("schema:Event",),
    "disaster": ("schema:Event",),
    "meeting": ("schema:MeetAction",),
    "match": ("schema:SportsEvent",),
    "share": ("schema:ShareAction",),
    "reply": ("schema:ReplyAction",),
    "premiere": ("schema:ScreeningEvent",),
}
_WORDS = {
    word: key.split(".")[0]
    for key, words in FRAMES.items()
    if key.endswith((".done", ".base", ".noun"))
    for word in words
}
_TRIGGER = re.compile(r"(?<![\w’'-])(?:" + "|".join(sorted(_WORDS, key=lambda w: (-len(w), w))) + r")(?![\w-])")


class Events:
    """Finds events with their roles; layer ``event``."""

    name = "events"
    version = "1"
    needs: frozenset[str] = frozenset({"name", "coref", "quotation"})
    gives: frozenset[str] = frozenset({"event", "nominal"})

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The events of the text, in order of their first telling."""
        by = f"{self.name}@{self.version}"
        stage = Stage(text, layers)
        reported = [
            (one.span, argument(one, "speaker"))
            for one in layers.get("quotation", ())
            if not one.args.get("direct") and argument(one, "speaker")
        ]
        found = happenings(stage, text.date, reported)
        nameless = sorted({u for one in found for u in one.unnamed}, key=lambda u: u.span)
        ids = {one.id: f"g{number}" for number, one in enumerate(nameless)}
        for one in nameless:
            words = re.sub(r"^(?:[Tt]he|[Aa]n?)\s(?=\S)", "", " ".join(one.span.of(text.text).split()))
            described = {"name": words, "kind": "Person", "form": "nominal"}
            yield Annotation(one.span, "nominal", one.type, ids[one.id], 0.7, by, described)
        for number, event in enumerate(found):
            args: dict[str, object] = {
                "id": f"v{number}",
                "name": event.name,
                "types": _TYPES[event.frame],
                "status": event.status,
                "roles": tuple((property_, ids.get(id_, id_), span) for property_, id_, span in event.roles),
                "date": event.when.value if event.when else None,
                "time": event.when.span if event.when else None,
            }
            yield Annotation(event.span, "event", _TYPES[event.frame][0], f"v{number}", event.score, by, args)

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The annotations of many texts in the same order."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))


def annotator(_authority: object = None) -> Events:
    """The built-in annotator of events."""
    return Events()


def happenings(stage: Stage, published: str | None, reported: Sequence[tuple[Span, str]] = ()) -> tuple[Happening, ...]:
    """The events of a body, each once. ``reported`` are clauses of reported speech with their speakers."""
    found: list[Happening] = []
    for paragraph in stage.paragraphs:
        if paragraph.section.kind == "block_quote":
            continue
        ends = [*paragraph.opens[1:], paragraph.section.span.end]
        for start, end in zip(paragraph.opens, ends, strict=True):
            if end - start > LONGEST:
                continue
            whens = moments(stage.text, Span(start, end), published)
            found += matches(stage, Span(start, end), whens)
            for trigger in _TRIGGER.finditer(stage.host, start, end):
                one = _read(stage, paragraph, Span(start, end), trigger, whens)
                if one is None:
                    continue
                nameless = {u.id for u in one.unnamed}
                roles = tuple(role for role in one.roles if role[1] in stage.cast.known or role[1] in nameless)
                if one.roles and not roles:
                    continue
                one = replace(one, roles=roles)
                if _by_person(stage, trigger.start(), reported):
                    continue
                found.append(one)
    return tuple(_merged(found))


def _by_person(stage: Stage, at: int, reported: Sequence[tuple[Span, str]]) -> bool:
    """Whether a person says so: that is a claim, and no event."""
    return any(
        clause.start <= at < clause.end and stage.cast.members[speaker].kind == "Person"
        for clause, speaker in reported
        if speaker in stage.cast.members
    )


def _read(
    stage: Stage, paragraph: Paragraph, sentence: Span, trigger: re.Match[str], whens: Sequence[When]
) -> Happening | None:
    word = trigger.group()
    frame = _WORDS[word]
    left = stage.host[sentence.start : trigger.start()]
    clause = re.split(r"[;:—–]\s", left)[-1][-160:]
    if HEDGED.search(clause) or DENIED.search(clause):
        return None
    if word in FRAMES.get(f"{frame}.noun", ()) and not (frame == "release" and re.search(r"\bto\s$", left)):
        return by_noun(stage, sentence, trigger, frame, left, whens)
    if frame == "ruling":
        return ruling(stage, paragraph, sentence, trigger, left, whens)
    if frame in ("meeting", "share", "reply", "match"):
        return deed(stage, paragraph, sentence, trigger, frame, left, whens)
    return done_to(stage, paragraph, sentence, trigger, frame, left, whens)


def _merged(found: Sequence[Happening]) -> Iterator[Happening]:
    kept: list[Happening] = []
    by_key: dict[tuple[str, str], int] = {}
    for one in found:
        core = sorted(
            one.players("object", "competitor", "location")
            if one.frame not in ("meeting", "reply", "share")
            else one.players("agent")
        )
        key = next((k for p in core if (k := (one.frame, p)) in by_key), None)
        if key is not None and _compatible(kept[by_key[key]], one):
            number = by_key[key]
            kept[number] = _joined(kept[number], one)
        else:
            number = len(kept)
            kept.append(one)
        for player in core:
            by_key.setdefault((one.frame, player), number)
    yield from kept


def _compatible(a: Happening, b: Happening) -> bool:
    if a.frame == "ruling":
        dated = a.when and b.when and a.when.value and b.when.value
        return bool(dated and a.when and b.when and a.when.value == b.when.value)
    for property_ in ("toLocation", "fromLocation", "recipient", "participant"):
        if a.players(property_) and b.players(property_) and not a.players(property_) & b.players(property_):
            return False
    if a.when and b.when and a.when.value and b.when.value and not _near(a.when.value, b.when.value):
        return False
    objects_a, objects_b = a.players("object"), b.players("object")
    return not objects_a or not objects_b or objects_a <= objects_b or objects_b <= objects_a


def _near(a: str, b: str) -> bool:
    """Whether two dates can be the same day: equal, one coarser, or one without its year."""
    if a.startswith("--") != b.startswith("--"):
        a, b = a.lstrip("-"), b.lstrip("-")
        short, long = sorted((a, b), key=len)
        return long[5:].startswith(short)
    short, long = sorted((a, b), key=len)
    return long.startswith(short)


def _joined(a: Happening, b: Happening) -> Happening:
    roles = tuple(dict.fromkeys((*a.roles, *b.roles)))
    statuses = {a.status, b.status}
    status = "completed" if "completed" in statuses else a.status or b.status
    when = a.when if a.when and (a.when.value or not (b.when and b.when.value)) else b.when
    if "completed" in statuses and a.status != b.status:
        when = (a if a.status == "completed" else b).when or when
    unnamed = tuple(dict.fromkeys((*a.unnamed, *b.unnamed)))
    return replace(a, roles=roles, status=status, when=when, score=max(a.score, b.score), unnamed=unnamed)
