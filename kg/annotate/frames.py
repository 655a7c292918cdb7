"""Frames: which words tell of which kind of happening, what becomes of it, and whom it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from kg.annotate import lexicon

__all__ = ["FRAMES", "GROUPS", "Frame", "Word", "forms"]

GROUPS: Final = lexicon.groups("frames")
_PERSON: Final = frozenset({"Person"})
_AGENTS: Final = frozenset({"Person", "Organization"})
_ANYONE: Final = frozenset({"Person", "Organization", "Place"})


@dataclass(frozen=True, slots=True)
class Frame:
    """One kind of happening.

    ``family`` says how its words are read: ``affect`` (somebody does it to somebody: *arrested Ana*), ``act``
    (somebody does it, perhaps somewhere or to something: *Ana resigned*), ``ruling``, or ``occasion`` (only by its
    noun: *an election*). ``label`` names it by whom it befalls or who does it; without one it is named by the words
    of its clause. ``grave`` frames are never said of a named agent unless the article itself says so, and never when
    they are only possible.
    """

    key: str
    types: tuple[str, ...]
    family: str
    label: str = ""
    agents: frozenset[str] = _ANYONE
    objects: frozenset[str] = _PERSON
    property: str = "object"
    grave: bool = False


def _table() -> dict[str, Frame]:
    affect = [
        Frame("deportation", ("nkg:Deportation",), "affect", "Deportation"),
        Frame("release", ("nkg:CustodyRelease",), "affect", "Release"),
        Frame("arrest", ("nkg:Arrest",), "affect", "Arrest"),
        Frame("charge", ("nkg:Charge",), "affect", "Charging"),
        Frame("conviction", ("nkg:Conviction",), "affect", "Conviction"),
        Frame("acquittal", ("nkg:CourtRuling",), "affect", "Acquittal"),
        Frame("pardon", ("nkg:LegalEvent",), "affect", "Pardon"),
        Frame("suit", ("nkg:LegalEvent",), "affect", "Lawsuit against", objects=_ANYONE),
        Frame("fine", ("nkg:LegalEvent",), "affect", "Fining", objects=_AGENTS),
        Frame("killing", ("nkg:Death",), "affect", "Killing", grave=True),
        Frame("rescue", ("schema:Event",), "affect", "Rescue"),
        Frame("abduction", ("nkg:Attack",), "affect", "Abduction", grave=True),
        Frame("attack", ("nkg:Attack",), "affect", "Attack on", objects=_ANYONE, grave=True),
        Frame("appointment", ("schema:AssignAction",), "affect", "Appointment"),
        Frame("electing", ("schema:VoteAction",), "affect", "Election"),
        Frame("dismissal", ("schema:Event",), "affect", "Dismissal"),
        Frame("acquisition", ("schema:BuyAction",), "affect", "Acquisition", objects=frozenset({"Organization"})),
        Frame("sale", ("schema:SellAction",), "affect", "Sale", objects=frozenset({"Organization"})),
        Frame(
            "publication", ("schema:PublicationEvent",), "affect", "Publication", objects=frozenset({"CreativeWork"})
        ),
        Frame(
            "premiere",
            ("schema:ScreeningEvent",),
            "affect",
            "Showing",
            objects=frozenset({"CreativeWork"}),
        ),
        Frame("transfer", ("schema:TransferAction",), "affect", "Transfer"),
    ]
    act = [
        Frame("death", ("nkg:Death",), "act", "Death", _PERSON, property="object"),
        Frame("resignation", ("schema:LeaveAction",), "act", "Resignation", _PERSON, property="agent"),
        Frame("joining", ("schema:JoinAction",), "act", objects=frozenset({"Organization"})),
        Frame("visit", ("schema:TravelAction",), "act", objects=_ANYONE, property="toLocation"),
        Frame("arrival", ("schema:ArriveAction",), "act", objects=frozenset({"Place"}), property="toLocation"),
        Frame("departure", ("schema:DepartAction",), "act", objects=frozenset({"Place"}), property="fromLocation"),
        Frame("meeting", ("schema:InteractAction",), "act", objects=_AGENTS, property="participant"),
        Frame("signing", ("schema:AgreeAction",), "act", objects=_ANYONE, property="participant"),
        Frame("approval", ("schema:AuthorizeAction",), "act", agents=frozenset({"Organization"})),
        Frame("vote", ("schema:VoteAction",), "act", agents=frozenset({"Organization"})),
        Frame("marriage", ("schema:MarryAction",), "act", objects=_PERSON, property="participant"),
        Frame("protest", ("nkg:Protest",), "act"),
        Frame("strike", ("nkg:Strike",), "act"),
        Frame(
            "match", ("schema:SportsEvent",), "act", objects=frozenset({"Organization", "Place"}), property="competitor"
        ),
        Frame("win", ("schema:WinAction",), "act"),
        Frame("hearing", ("nkg:Hearing",), "act", agents=_PERSON),
        Frame("share", ("schema:ShareAction",), "act", objects=frozenset({"CreativeWork"})),
        Frame("reply", ("schema:ReplyAction",), "act", objects=_AGENTS, property="recipient"),
        Frame("offer", ("schema:CommunicateAction",), "act"),
        Frame("refusal", ("schema:RejectAction",), "act"),
    ]
    others = [
        Frame("ruling", ("nkg:CourtRuling",), "ruling"),
        Frame("election", ("nkg:Election",), "occasion"),
        Frame("disaster", ("nkg:Disaster",), "occasion"),
        Frame("ceremony", ("schema:Event",), "occasion"),
    ]
    return {one.key: one for one in (*affect, *act, *others)}


#: The frames by their keys.
FRAMES: Final[Mapping[str, Frame]] = _table()


@dataclass(frozen=True, slots=True)
class Word:
    """One reading of a word: its frame, its form (``done``, ``base``, ``present`` or ``noun``), and the words that
    must follow for it."""

    frame: str
    form: str
    rest: str = ""


@cache
def forms() -> Mapping[str, tuple[Word, ...]]:
    """The readings of each word that can tell of something, the ones with more words first."""
    found: dict[str, list[Word]] = {}
    for key in sorted(GROUPS):
        frame, _, form = key.partition(".")
        if frame not in FRAMES or form not in ("done", "base", "noun"):
            continue
        for entry in sorted(GROUPS[key]):
            first, blank, rest = entry.partition(" ")
            readings = [(first, form)]
            if form == "base":
                readings.append((_third_person(first), "present"))
            for word, shape in readings:
                found.setdefault(word, []).append(Word(frame, shape, blank + rest))
    return {word: tuple(sorted(r, key=lambda w: (-len(w.rest), w.form, w.frame))) for word, r in found.items()}


def _third_person(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"
