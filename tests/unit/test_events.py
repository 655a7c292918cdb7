"""Events: what happened or may happen, with its roles, and what is no event."""

from __future__ import annotations

from pathlib import Path

import pytest
from cast_fixture import article, marked

from kg.annotate.events import Events
from kg.annotate.happening import one_line
from kg.annotate.quotations import Quotations
from kg.annotate.times import Times
from kg.model import Annotation, Span


def events(*paragraphs: str, date: str | None = None) -> list[dict[str, object]]:
    text, layers = marked(article(*paragraphs, date=date))
    layers["date"] = tuple(Times().annotate(text, layers))
    layers["quotation"] = tuple(Quotations().annotate(text, layers))
    found = [a for a in Events().annotate(text, layers) if a.kind == "event"]
    for one in found:
        for role in one.args["roles"]:  # type: ignore[attr-defined]
            assert one.span.covers(role[2]) or isinstance(role[2], Span)
    return [
        {
            "type": one.type,
            "name": one.args["name"],
            "status": one.args["status"],
            "date": one.args["date"],
            "roles": [(r[0], r[1]) for r in dict.fromkeys((r[0], r[1]) for r in one.args["roles"])],  # type: ignore[attr-defined]
        }
        for one in found
    ]


def nominals(*paragraphs: str) -> list[tuple[str, str | None, str | None]]:
    text, layers = marked(article(*paragraphs))
    layers["date"] = tuple(Times().annotate(text, layers))
    found: list[Annotation] = [a for a in Events().annotate(text, {**layers, "quotation": ()}) if a.kind == "nominal"]
    return [(a.span.of(text.text), a.type, a.ref) for a in found]


@pytest.mark.parametrize(
    ("text", "type_", "status", "roles"),
    [
        (
            "Rui Dias was deported to Sudria on Monday.",
            "nkg:Deportation",
            "completed",
            [("object", "rui"), ("toLocation", "sudria")],
        ),
        (
            "Rui Dias may be deported from Norland to Sudria.",
            "nkg:Deportation",
            "potential",
            [("object", "rui"), ("fromLocation", "norland"), ("toLocation", "sudria")],
        ),
        (
            "The interior ministry deported Rui Dias.",
            "nkg:Deportation",
            "completed",
            [("object", "rui"), ("agent", "ministry")],
        ),
        ("Rui Dias was arrested in Porto Belo.", "nkg:Arrest", "completed", [("object", "rui"), ("location", "porto")]),
        ("Police arrested Ana Costa and Rui Dias.", "nkg:Arrest", "completed", [("object", "ana"), ("object", "rui")]),
        ("Rui Dias, arrested in May, is ill.", "nkg:Arrest", "completed", [("object", "rui")]),
        ("Rui Dias was charged with theft.", "nkg:Charge", "completed", [("object", "rui")]),
        ("Rui Dias was convicted of theft.", "nkg:Conviction", "completed", [("object", "rui")]),
        ("Rui Dias was freed from prison.", "nkg:CustodyRelease", "completed", [("object", "rui")]),
        (
            "Ana Costa met Rui Dias in Porto Belo.",
            "schema:InteractAction",
            "completed",
            [("agent", "ana"), ("participant", "rui"), ("location", "porto")],
        ),
        (
            "Ana Costa shared the film “Salt and Iron”.",
            "schema:ShareAction",
            "completed",
            [("agent", "ana"), ("object", "film")],
        ),
        ("Ana Costa replied to Rui Dias.", "schema:ReplyAction", "completed", [("agent", "ana"), ("recipient", "rui")]),
        (
            "The goal gave Porto Rovers a 2–1 win over Hill Town on Saturday.",
            "schema:SportsEvent",
            "completed",
            [("competitor", "rovers"), ("competitor", "town")],
        ),
        ("A flood in Porto Belo closed the port.", "nkg:Disaster", "completed", [("location", "porto")]),
        ("The council election in Porto Belo was close.", "nkg:Election", "completed", [("location", "porto")]),
    ],
)
def test_a_frame_gives_an_event_with_its_roles(
    text: str, type_: str, status: str | None, roles: list[tuple[str, str]]
) -> None:
    [one] = events(text)
    assert (one["type"], one["status"]) == (type_, status)
    assert sorted(one["roles"]) == sorted(roles)  # type: ignore[call-overload]


def test_an_ordered_release_is_potential_and_the_order_is_done() -> None:
    found = events("The Supreme Court ordered Rui Dias released from interior ministry custody.")
    assert [(e["type"], e["status"]) for e in found] == [
        ("nkg:CourtRuling", "completed"),
        ("nkg:CustodyRelease", "potential"),
    ]
    assert ("object", "rui") in found[0]["roles"]  # type: ignore[operator]
    assert ("agent", "court") in found[0]["roles"]  # type: ignore[operator]
    assert ("agent", "ministry") in found[1]["roles"]  # type: ignore[operator]


@pytest.mark.parametrize(
    "text",
    [
        "Rui Dias was not deported.",
        "Rui Dias was never arrested.",
        "Rui Dias was allegedly arrested.",
        "The interior ministry denied that it had deported Rui Dias.",
        "“Rui Dias was deported to Sudria,” said Ana Costa.",
        "Ana Costa said that Rui Dias had been deported.",
        "The band released a record in Porto Belo.",
        "Ana Costa released a statement.",
        "Ana Costa ordered a coffee and Rui Dias ruled that out.",
        "Rui Dias was struck by the beauty of Porto Belo.",
        "A firefight and a ceasefire in Porto Belo.",
        "She met the deadline set by Rui Dias.",
    ],
)
def test_what_is_denied_claimed_or_something_else_is_no_event(text: str) -> None:
    assert events(text) == []


def test_a_happening_told_twice_is_one_event() -> None:
    found = events(
        "Rui Dias was deported on Friday.",
        "The deportation of Rui Dias to Sudria surprised his lawyer.",
        date="2026-03-15",
    )
    assert len(found) == 1
    assert found[0]["date"] == "2026-03-13"
    assert ("toLocation", "sudria") in found[0]["roles"]  # type: ignore[operator]


def test_what_contradicts_stays_two_events() -> None:
    found = events("Rui Dias was deported to Sudria in May 2020.", "Rui Dias was deported to Norland in June 2024.")
    assert [e["date"] for e in found] == ["2020-05", "2024-06"]


def test_the_time_belongs_to_its_own_verb() -> None:
    found = events("The Supreme Court ruled for the men deported to Sudria in March.")
    assert {(e["type"], e["date"]) for e in found} == {("nkg:CourtRuling", None), ("nkg:Deportation", "--03")}


def test_people_without_names_are_described_in_the_words_of_the_text() -> None:
    text = "A federal judge ordered the release of two fishermen. Norlander migrants deported to Sudria wait."
    assert nominals(text) == [
        ("A federal judge", "nkg:UnnamedPerson", "g0"),
        ("two fishermen", "nkg:PersonGroup", "g1"),
        ("Norlander migrants", "nkg:PersonGroup", "g2"),
    ]


def test_a_verb_before_a_group_is_no_part_of_its_description() -> None:
    for text in (
        "Rui Dias had to house certain migrants deported to Norland.",
        "Housing certain migrants deported to Norland, Rui Dias paid for their food.",
        "To certain migrants deported to Norland Rui Dias gave food.",
    ):
        assert nominals(text) == [("certain migrants", "nkg:PersonGroup", "g0")], text


@pytest.mark.parametrize(
    "text",
    [
        "Ana Costa offered to house certain migrants deported to Norland.",
        "Norland considered taking migrants deported by the interior ministry in March.",
        "The interior ministry would accept people arrested in Sudria on 3 May.",
        "Norland plans a shelter for migrants deported to Sudria.",
        "If Ana Costa finds people arrested in Sudria on 3 May, the ministry will act.",
        "The ministry had no contact in March with any of the migrants deported to Sudria.",
    ],
)
def test_people_who_are_part_of_an_offer_a_plan_or_a_condition_are_no_event(text: str) -> None:
    assert [e for e in events(text) if e["type"] != "schema:CommunicateAction"] == []
    assert nominals(text) == []


def test_a_participle_that_says_which_people_are_meant_is_an_event_only_with_a_time_a_destination_or_an_agent() -> None:
    assert events("In May the ministry visited migrants deported from Norland.") == []
    assert events("Rui Dias helped people arrested in Sudria.") == []
    for end, date in (
        ("in March", "--03"),
        ("to Sudria", None),
        ("by the interior ministry", None),
    ):
        [one] = events(f"Rui Dias helped migrants deported {end}.")
        assert (one["type"], one["status"], one["date"]) == ("nkg:Deportation", "completed", date)


def test_a_time_before_the_main_verb_is_not_the_time_of_a_participle_in_its_object() -> None:
    [one] = events("In May Rui Dias helped migrants deported to Sudria.")
    assert one["date"] is None


def test_an_event_s_name_is_short_and_on_one_line() -> None:
    [one] = events("The Supreme Court ruled that " + "the very long pier " * 12 + "was closed.")
    assert len(str(one["name"])) <= 100
    assert "\n" not in str(one["name"])


@pytest.mark.parametrize(
    "unit", ["the election in Porto Belo ", " arrested Ana Costa", "ruled that ", "Rui Dias was deported. "]
)
def test_endless_texts_are_read_in_one_pass(unit: str) -> None:
    assert isinstance(events("Start. " + unit * (100_000 // len(unit))), list)


@pytest.mark.shared
def test_the_seed_s_rulings_release_and_deportations(shared: Path) -> None:
    from seed_fixture import annotated

    found = annotated(shared)
    name = {e.id: e.name for e in found.entities}
    rulings = [e for e in found.events if "nkg:CourtRuling" in e.types]
    assert len(rulings) == 2
    assert [(r.property, name[r.entity]) for r in rulings[1].roles] == [("object", "Kilmar Abrego Garcia")]
    [release] = [e for e in found.events if "nkg:CustodyRelease" in e.types]
    assert release.status == "potential"
    assert ("object", "Kilmar Abrego Garcia") in [(r.property, name[r.entity]) for r in release.roles]
    deported = [e for e in found.events if "nkg:Deportation" in e.types]
    assert "--03" in [e.date for e in deported]
    to = [name[r.entity] for e in deported for r in e.roles if r.property == "toLocation"]
    assert set(to) == {"El Salvador"}


def test_a_name_that_is_cut_shows_it() -> None:
    words = "The court found that " + "the very long story of the mechanic " * 4 + "had not been heard"
    cut = one_line(words)
    assert cut.endswith("…")
    assert len(cut) <= 100
    assert words.startswith(cut[:-1])
    assert one_line("The court ruled.") == "The court ruled."
