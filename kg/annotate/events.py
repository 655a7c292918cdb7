"""Events: what happened or may happen, to whom, by whom, where and when, as far as the article says so.

Verbs and nouns in the reporter's own sentences, nothing inside quotation marks (:mod:`kg.annotate.frames` has the
words). A happening told twice is one event. What is ordered, planned or possible is ``potential``; what is denied,
alleged, asked or undone is left out. Roles are given to members of the cast and to people the text describes, each
with the clause it rests on.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kg.annotate.acts import act
from kg.annotate.clause import is_unreal
from kg.annotate.deeds import affect
from kg.annotate.frames import FRAMES, forms
from kg.annotate.happening import Happening, Tell
from kg.annotate.layers import argument
from kg.annotate.merging import merged
from kg.annotate.nominals import by_noun
from kg.annotate.occasions import heard, matches, wreck
from kg.annotate.rulings import ruling
from kg.annotate.stage import LONGEST, Paragraph, Stage
from kg.annotate.times import When
from kg.model import Annotation, Span, Text

__all__ = ["Events", "annotator", "happenings"]

_WORD = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*")
#: Bodies that tell of what they did or know of, when the article lets them: everybody else only claims.
_OFFICIAL = re.compile(
    r"\b(?:police|officials?|authorities|prosecutors?|ministry|court|courts|government|sheriff|department|officers?"
    r"|spokes(?:man|woman|person)|firefighters|coastguard|coast\sguard|army|military|hospital|agency|statement|office)\b",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:said|says|saying|told|tells|report(?:s|ed)\sthat|claim(?:s|ed|ing)?|alleg(?:es|ed|ing)|argu(?:es|ed|ing)|insist(?:s|ed|ing)"
    r"|believes?|believed|thinks?|thought|accus(?:es|ed|ing)|warn(?:s|ed|ing)|suggest(?:s|ed|ing)|den(?:ies|ied|ying)"
    r"|complain(?:s|ed)|assert(?:s|ed)|contend(?:s|ed)|maintain(?:s|ed)|tweeted|predict(?:s|ed)|fear(?:s|ed)|hope[sd]?"
    r"|[Aa]ccording\sto|speculat\w+|wrote|writes|writing|recall(?:s|ed)|testified|added|adding|blam(?:es|ed|ing))\b"
)
#: After *according to*: the office that says so, before what it says.
_BY_OFFICE = re.compile(rf"\s(?:the\s(?:[\w’'-]+\s){{0,4}}?|local\s|state\s)?{_OFFICIAL.pattern}", re.IGNORECASE)
#: Counsel know what becomes of whom they speak for, and so does somebody's own party.
_COUNSEL = re.compile(
    r"\b(?:(?:his|her|their|its)|\w+['’]s?)\s(?:(?:[a-z]+\s)?(?:lawyers?|attorneys?|solicitors?|barristers?|counsel)|party)\b"
)
_COUNSELLED = frozenset(("deportation", "arrest", "release", "charge", "transfer", "hearing", "ruling"))
#: Whoever does this does not know.
_DOUBTED = re.compile(
    r"(?:believe|think|thought|alleg|accus|suggest|warn|den|fear|hope|predict|speculat|blam|argu|claim)\w*"
)
_ACCORDING = re.compile(
    r",\s(?:according\sto\s[^,.;]{2,80}|(?:[^\s,.;]+\s){0,6}(?:said|says|claims?|claimed|alleged|believes?|wrote|told\s[^,.;]{1,40})"
    r"(?:\s(?:on|in|at|during|late|earlier|yesterday|last|[A-Z][a-z]+day)\b[^,.;]{0,60})?(?=[.,;]|\s*$))"
)


#: Conditions; and questions, whatever closes after their mark.
_ASKS = re.compile(r"\W*(?:If|Unless|Whether|Should|Suppose|Were|Had)\s(?!not\b)|[^?]*\?[\s\"'”’»)\x1a]*$")


class Events:
    """Finds events with their roles; layers ``event`` and, for people without names, ``nominal``."""

    name = "events"
    version = "2"
    needs: frozenset[str] = frozenset({"name", "coref", "quotation", "date"})
    gives: frozenset[str] = frozenset({"event", "nominal"})

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The events of the text, in order of their first telling."""
        by = f"{self.name}@{self.version}"
        stage = Stage(text, layers, kinds=("headline", "abstract", "paragraph", "block_quote"))
        reported = [
            (one.span, argument(one, "speaker")) for one in layers.get("quotation", ()) if not one.args.get("direct")
        ]
        whens = [When(one.span, argument(one, "value") or None) for one in layers.get("date", ())]
        found, same = happenings(stage, whens, reported)
        found = tuple(_dated(stage, one, text.date) for one in found)
        used = {id_ for one in found for _, id_, _ in one.roles}
        nameless = sorted({u for one in found for u in one.unnamed if u.id in used}, key=lambda u: u.span)
        ids = {one.id: f"g{number}" for number, one in enumerate(nameless)}
        for one in nameless:
            words = re.sub(r"^(?:[Tt]he|[Aa]n?|[Oo]ur)\s(?=\S)", "", " ".join(one.span.of(text.text).split()))
            kind = "Organization" if one.type == "GovernmentOrganization" else "Person"
            described = {"name": words, "kind": kind, "form": "nominal"}
            for span in (one.span, *same.get(one.id, ())):
                yield Annotation(span, "nominal", one.type, ids[one.id], 0.7, by, described)
        for number, event in enumerate(found):
            types = FRAMES[event.frame].types
            args: dict[str, object] = {
                "id": f"v{number}",
                "name": event.name,
                "types": types,
                "status": event.status,
                "roles": tuple((property_, ids.get(id_, id_), span) for property_, id_, span in event.roles),
                "date": event.when.value if event.when else None,
                "time": event.when.span if event.when else None,
                "about": event.lead,
            }
            yield Annotation(event.span, "event", types[0], f"v{number}", event.score, by, args)

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The annotations of many texts in the same order."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))


def annotator(_authority: object = None) -> Events:
    """The built-in annotator of events."""
    return Events()


def happenings(
    stage: Stage, whens: Sequence[When], reported: Sequence[tuple[Span, str]] = ()
) -> tuple[tuple[Happening, ...], dict[str, tuple[Span, ...]]]:
    """The events of a text, each once, and the further mentions of people without names by the id of the first.

    ``reported`` are clauses of reported speech with their speakers (empty where the speaker is unknown).
    """
    found: list[Happening] = []
    starts = [one.span.start for one in whens]
    clauses = sorted(reported, key=lambda item: item[0])
    begins = [clause.start for clause, _ in clauses]
    first = next((p for p in stage.paragraphs if p.section.kind == "paragraph"), None)
    for paragraph in stage.paragraphs:
        if paragraph.section.kind == "block_quote":
            continue
        summary = paragraph.section.kind in ("headline", "abstract")
        lead = summary or paragraph is first
        ends = [*paragraph.opens[1:], paragraph.section.span.end]
        for start, end in zip(paragraph.opens, ends, strict=True):
            sentence = Span(start, end)
            if end - start > LONGEST or _ASKS.match(stage.host, start, end):
                continue
            own = whens[bisect_left(starts, start) : bisect_left(starts, end)]
            near = clauses[max(0, bisect_left(begins, start) - 4) : bisect_left(begins, end)]
            for one in _told(stage, paragraph, sentence, own, near):
                nameless = {u.id for u in one.unnamed}
                roles = tuple(role for role in one.roles if role[1] in stage.cast.known or role[1] in nameless)
                if (
                    FRAMES[one.frame].family == "act"
                    and one.players("agent")
                    and not any(r[0] == "agent" for r in roles)
                ):
                    continue  # who did it could not be told apart, and without them it says little
                if roles or not one.roles:
                    found.append(replace(one, roles=roles, summary=summary, lead=lead))
    return merged(stage, found)


def _year_before(when: When, value: str, text: str) -> str | None:
    """The date a year earlier, where the words print none: *was arrested in May*, said in March."""
    printed = when.span.of(text)
    if re.search(r"\d{4}", printed) or not re.search(r"[A-Z][a-z]{2}", printed) or "day" in printed.lower():
        return None
    return f"{int(value[:4]) - 1:04d}{value[4:]}" if value[4:] != "-02-29" else None


def _dated(stage: Stage, one: Happening, published: str | None) -> Happening:
    """The happening with the status its date gives it, where the words give none.

    What is done cannot lie ahead of the day it is reported: such a date was read wrongly, and is the one before or
    only its words.
    """
    value = one.when.value if one.when is not None else None
    if published is None or one.when is None or value is None or value.startswith("--"):
        return one
    today = published[: len(value)]
    if one.status == "completed" and value > today:
        return replace(one, when=replace(one.when, value=_year_before(one.when, value, stage.text)))
    if one.status is None and value != today:
        return replace(one, status="completed" if value < today else "potential")
    return one


def _told(
    stage: Stage, paragraph: Paragraph, sentence: Span, whens: Sequence[When], reported: Sequence[tuple[Span, str]]
) -> Iterator[Happening]:
    """What one sentence tells of."""
    yield from matches(stage, paragraph, sentence, whens)
    yield from heard(stage, paragraph, sentence, whens)
    known, host = forms(), stage.host
    words = _WORD.findall(host, sentence.start, sentence.end)  # most sentences have no word that tells of anything
    if known.keys().isdisjoint(words) and (not words or words[0].lower() not in known):
        return
    for word in _WORD.finditer(host, sentence.start, sentence.end):
        readings = known.get(word.group() if word.start() > sentence.start else word.group().lower())
        if readings is None or is_unreal(host, sentence.start, word.start()):
            continue
        voice = ""
        for reading in readings:
            stop = word.end() + len(reading.rest)
            if reading.rest and not (host.startswith(reading.rest, word.end()) and not host[stop : stop + 1].isalnum()):
                continue
            tell = Tell(stage, paragraph, sentence, word.start(), stop, FRAMES[reading.frame], reading.form, whens)
            one = _read(tell)
            if one is None:
                continue
            voice = voice or _voice(tell, reported)
            kept = _allowed(tell, one, voice)
            if kept is not None:
                yield kept
                break


def _read(tell: Tell) -> Happening | None:
    if tell.form == "noun":
        return by_noun(tell)
    if tell.frame.family == "ruling":
        return ruling(tell)
    if tell.frame.key == "disaster":
        return wreck(tell)
    return affect(tell) if tell.frame.family == "affect" else act(tell)


def _voice(tell: Tell, reported: Sequence[tuple[Span, str]]) -> str:
    """Who says it: ``own`` (the article), ``official`` (a body that ought to know) or ``claim`` (anybody else)."""
    cast, host = tell.stage.cast, tell.stage.host
    for clause, speaker in reported:
        if clause.start <= tell.start < clause.end and _SAID.search(_around(tell, clause)):
            doubted = _SAID.search(_around(tell, clause))
            if doubted is not None and _DOUBTED.fullmatch(doubted.group()):
                return "claim"
            if tell.frame.key in _COUNSELLED and _COUNSEL.search(_around(tell, clause)):
                return "official"
            member = cast.members.get(speaker)
            if member is not None:
                return "official" if member.kind == "Organization" and member.type != "PoliticalParty" else "claim"
            return "official" if _OFFICIAL.search(_around(tell, clause)) else "claim"
    left = tell.left
    told = list(_SAID.finditer(left[-220:]))
    said = told[-1] if told else None
    if said is not None and not re.search(r"[;:—–]\s", left[-220:][said.end() :]):
        between = left[-220:][said.end() :]
        if said.group().lower().startswith("according"):
            if _BY_OFFICE.match(between):
                return "official"
            return "own" if _OFFICIAL.search(between) and "," in between else "claim"
        if not re.search(
            r",\s(?:and|but|after|before|when|who|which|as|while)\s|\b(?:after|before|when|hours|days)\s", between
        ):
            sure, who = _DOUBTED.fullmatch(said.group()) is None, left[-220:][: said.start()]
            counsel = tell.frame.key in _COUNSELLED and _COUNSEL.search(who)
            return "official" if sure and (counsel or _OFFICIAL.search(who)) else "claim"
    trail = _ACCORDING.search(host, tell.end, tell.sentence.end)
    if trail is not None and ";" not in host[tell.end : trail.start()]:
        known = tell.frame.key in _COUNSELLED and _DOUBTED.search(trail.group()) is None
        if known and _COUNSEL.search(host, max(tell.end, trail.start() - 50), trail.end()):
            return "official"
        return "official" if _OFFICIAL.search(trail.group()) else "claim"
    return "own"


def _around(tell: Tell, clause: Span) -> str:
    """The words of the sentence outside a clause of reported speech."""
    host, sentence = tell.stage.host, tell.sentence
    return host[sentence.start : max(sentence.start, clause.start)] + " " + host[clause.end : sentence.end]


#: What an organizer or an office may announce: nobody is blamed by it.
_SCHEDULE = frozenset(
    (
        "meeting",
        "hearing",
        "election",
        "vote",
        "strike",
        "protest",
        "ceremony",
        "visit",
        "premiere",
        "publication",
        "match",
    )
)


def _allowed(tell: Tell, one: Happening, voice: str) -> Happening | None:
    """The event as far as whoever tells of it can be relied on."""
    if voice == "own":
        return one
    if voice == "claim":
        announced = one.status == "potential" and one.frame in _SCHEDULE and one.when is not None and not one.unnamed
        return replace(one, score=one.score - 0.1) if announced else None
    if tell.frame.grave:
        roles = tuple(role for role in one.roles if role[0] != "agent")
        blaming = tell.frame.key == "killing" and one.name.startswith(tell.frame.label)
        name = "Death" + one.name.removeprefix(tell.frame.label) if blaming else one.name
        return replace(one, name=name, roles=roles, score=one.score - 0.05) if roles else None
    return replace(one, score=one.score - 0.05)
