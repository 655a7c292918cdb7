"""Events told in coordinated, relative and infinitive clauses, and by whom an article relies on."""

from __future__ import annotations

import pytest
from events_fixture import told

#: text → type, status, date, roles; published on Wednesday 18 March 2026.
CASES: list[tuple[str, str, str | None, str | None, set[tuple[str, str]]]] = [
    (
        "Porto Rovers came from behind to beat Hill Town 3-2 on Saturday.",
        "schema:SportsEvent",
        "completed",
        "2026-03-14",
        {("competitor", "rovers"), ("competitor", "town")},
    ),
    (
        "Porto Rovers lost 2-0 to Hill Town on Saturday.",
        "schema:SportsEvent",
        "completed",
        "2026-03-14",
        {("competitor", "rovers"), ("competitor", "town")},
    ),
    (
        "Rui Dias, 29, a mechanic, was deported to Sudria on Monday, his lawyer, Ana Costa, said.",
        "nkg:Deportation",
        "completed",
        "2026-03-16",
        {("object", "rui"), ("toLocation", "sudria")},
    ),
    (
        "The appeal against Rui Dias will be heard in Porto Belo on 27 March.",
        "nkg:Hearing",
        "potential",
        "2026-03-27",
        {("location", "porto")},
    ),
    (
        "Ana Costa of Norland and Rui Dias of Sudria were elected on Tuesday.",
        "schema:VoteAction",
        "completed",
        "2026-03-17",
        {("object", "ana"), ("object", "rui")},
    ),
    (
        "Rui Dias was put on a plane to Sudria on Monday.",
        "schema:TransferAction",
        "completed",
        "2026-03-16",
        {("object", "rui"), ("toLocation", "sudria")},
    ),
    (
        "Ana Costa flew to the area on Saturday.",
        "schema:ArriveAction",
        "completed",
        "2026-03-14",
        {("agent", "ana")},
    ),
    (
        "Rui Dias was arrested last week and charged with fraud.",
        "nkg:Charge",
        "completed",
        None,
        {("object", "rui")},
    ),
    (
        "Rui Dias was shot and killed in Porto Belo on Monday.",
        "nkg:Death",
        "completed",
        "2026-03-16",
        {("object", "rui"), ("location", "porto")},
    ),
    (
        "Ana Costa lost the vote on Monday and resigned.",
        "schema:LeaveAction",
        "completed",
        None,
        {("agent", "ana")},
    ),
    (
        "“Salt and Iron” opens on Friday.",
        "schema:ScreeningEvent",
        "potential",
        "2026-03-20",
        {("object", "film")},
    ),
]


@pytest.mark.parametrize(("text", "type_", "status", "date", "roles"), CASES, ids=[case[0][:40] for case in CASES])
def test_a_clause_tells_who_what_and_when(
    text: str, type_: str, status: str | None, date: str | None, roles: set[tuple[str, str]]
) -> None:
    found = [one for one in told(text) if one.type == type_]
    assert [(one.status, one.date, set(one.roles)) for one in found] == [(status, date, roles)]


@pytest.mark.parametrize(
    "text",
    [
        "Rui Dias was not arrested and charged with fraud.",
        "Ana Costa criticised the man who shot Rui Dias and died on Monday.",
        "According to Ana Costa police arrested Rui Dias on Monday.",
        "Ana Costa was nominated for an Oscar in 2020.",
        "Ana Costa protested about a decision of the referee.",
        "The appeal against Rui Dias will not be heard in Porto Belo on 27 March.",
        "Rui Dias attacked a guard in Porto Belo on Monday, his lawyer, Ana Costa, said.",
    ],
)
def test_what_is_denied_unclear_or_only_claimed_is_no_event(text: str) -> None:
    assert told(text) == []


def test_a_ruling_keeps_to_its_own_clause() -> None:
    found = told(
        "Rui Dias was deported to Sudria on Monday even though a federal judge had ordered the ministry "
        "to keep him in the country, his lawyer, Ana Costa, said."
    )
    ruling = next(one for one in found if one.type == "nkg:CourtRuling")
    assert (ruling.date, ruling.roles) == (None, (("agent", "g0"),))
    assert ruling.name == "a federal judge had ordered the ministry to keep him in the country"


def test_deaths_have_the_day_of_what_caused_them() -> None:
    found = told("At least 31 people were killed when an earthquake struck Norland on Friday, officials said.")
    death = next(one for one in found if one.type == "nkg:Death")
    assert (death.name, death.date) == ("Death of at least 31 people", "2026-03-13")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Thousands of protesters marched through Porto Belo on Sunday to demand elections.", "Protest in Porto Belo"),
        ("Porto Belo, Norland — Thousands of protesters marched through the capital.", "Protest in Porto Belo"),
        ("Thousands of protesters marched on Sunday.", "Protest by thousands of protesters"),
    ],
)
def test_a_protest_is_named_by_its_place_or_by_who_protests(text: str, name: str) -> None:
    assert [one.name for one in told(text)] == [name]


def test_whoever_follows_somebody_is_not_that_person() -> None:
    assert told("After the retirement of Rui Dias, he was appointed as director in 2020.") == []


def test_weak_demand_is_no_demand_for_a_strike() -> None:
    found = told("The company was hurt by weaker demand in Norland and a strike at its plant in Porto Belo.")
    assert [(one.type, one.status) for one in found] == [("nkg:Strike", None)]
