"""The events of the sample against its reference annotations: how many are found, and none with another status."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kg import config, pipeline
from kg.annotate.preview import preview
from kg.authority import table

#: The reference's open list of types → the classes of ours that mean the same.
SAME = {
    "Appointment": {"AssignAction", "VoteAction"},
    "Arrest": {"Arrest"},
    "CourtHearing": {"Hearing"},
    "CourtRuling": {"CourtRuling"},
    "CustodyRelease": {"CustodyRelease"},
    "Demonstration": {"Protest"},
    "Departure": {"DepartAction"},
    "Deportation": {"Deportation"},
    "Disaster": {"Disaster"},
    "Election": {"Election"},
    "Hearing": {"Hearing"},
    "Lawsuit": {"LegalEvent"},
    "Match": {"SportsEvent"},
    "Meeting": {"InteractAction", "TravelAction", "ArriveAction", "AgreeAction", "AuthorizeAction", "VoteAction"},
    "Opening": {"Event"},
    "Premiere": {"ScreeningEvent"},
    "Publication": {"PublicationEvent"},
    "Screening": {"ScreeningEvent"},
    "Strike": {"Strike"},
    "Vote": {"VoteAction"},
}
#: How many of the reference's events must be found; raise it when more are.
FOUND = 31


@dataclass(frozen=True)
class Match:
    """An event of the reference and the one of ours that fits it."""

    wanted: dict[str, Any]
    ours: dict[str, Any]


def plain(name: str) -> str:
    """A name without accents: Setúbal is Setubal."""
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))


def parts(event: dict[str, Any]) -> set[str]:
    """Who takes part and where."""
    return {plain(name) for name in (*event["participants"], event["place"]) if name}


def fits(wanted: dict[str, Any], ours: dict[str, Any]) -> bool:
    """The same type, and a participant, the place or the day in common."""
    if ours["type"] not in SAME[wanted["type"]]:
        return False
    day = wanted["date"] is not None and wanted["date"] == ours["date"]
    return day or bool(parts(wanted) & parts(ours)) or not parts(wanted)


def matched(gold: list[dict[str, Any]], ours: list[dict[str, Any]]) -> list[Match]:
    """Each event of the reference with one of ours at most, the same status first."""
    left = list(ours)
    found = []
    for wanted in gold:
        fitting = sorted((o for o in left if fits(wanted, o)), key=lambda o: o["status"] != wanted["status"])
        if fitting:
            left.remove(fitting[0])
            found.append(Match(wanted, fitting[0]))
    return found


@pytest.fixture(scope="module")
def matches(root: Path) -> list[Match]:
    """All matches of the sample."""
    settings = config.load(root / "kg.toml")
    preparer = pipeline.Preparer.of(table.default(), settings["annotators"])
    found: list[Match] = []
    for reference in sorted((root / "data" / "gold").glob("*.json")):
        document = pipeline.from_path(root / "data" / "sample" / f"{reference.stem}.txt", settings)
        [annotated] = preparer(document).articles
        ours = preview(annotated)["events"]
        assert isinstance(ours, list)
        found += matched(json.loads(reference.read_text(encoding="utf-8"))["events"], ours)
    return found


def test_most_kinds_of_events_are_found(matches: list[Match]) -> None:
    assert len(matches) >= FOUND, [m.wanted["name"] for m in matches]
    assert len({m.wanted["type"] for m in matches}) >= 10


def test_no_event_is_told_with_another_status_than_it_has(matches: list[Match]) -> None:
    wrong = [m for m in matches if m.ours["status"] not in (None, "active", m.wanted["status"])]
    assert [(m.wanted["name"], m.ours["status"]) for m in wrong] == []


def test_no_event_has_another_date_than_it_has(matches: list[Match]) -> None:
    dated = [m for m in matches if m.wanted["date"] and m.ours["date"]]
    assert len(dated) >= 12
    wrong = [m for m in dated if not _agree(m.wanted["date"], m.ours["date"])]
    assert [(m.wanted["name"], m.ours["date"]) for m in wrong] == []


def _agree(a: str, b: str) -> bool:
    """Equal, one coarser, or one without its year."""
    short, long = sorted((a.removeprefix("-").removeprefix("-"), b.removeprefix("-").removeprefix("-")), key=len)
    return long.startswith(short) or long.endswith(short)
