"""The class of a name: by its words, the words around it and the other names of the text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg import authority
from kg.annotate import names
from kg.annotate.jsonl import annotate_line
from kg.annotate.layers import THRESHOLD
from kg.annotate.weights import OUTCOMES, probabilities, weights

Read = Callable[[str], dict[str, tuple[str | None, str | None, float]]]


@pytest.fixture(scope="module")
def read() -> Read:
    table = authority.default()
    chain = (names.annotator(table),)

    def reader(text: str) -> dict[str, tuple[str | None, str | None, float]]:
        """Name → kind, class and score of its last mention."""
        line = annotate_line({"id": "1", "text": text}, authority=table, annotators=chain)
        mentions = line["mentions"]
        assert isinstance(mentions, list)
        return {one["surface"]: (one["type"], one["subtype"] or one["type"], one["score"]) for one in mentions}

    return reader


@pytest.mark.parametrize(
    ("text", "name", "class_"),
    [
        ("They met at Zalkoff, a law firm in the old town.", "Zalkoff", "LegalService"),
        ("The village of Ostermere was flooded on Monday.", "Ostermere", "Place"),
        ("She teaches at Ostermere University in the north.", "Ostermere University", "CollegeOrUniversity"),
        ("They were taken to the Veldrup prison on Monday.", "Veldrup", "GovernmentBuilding"),
        ("He reads the newspaper Veldrup Posten every day.", "Veldrup Posten", "NewsMediaOrganization"),
        ("Troops reached the river Ostra after a week.", "Ostra", "RiverBodyOfWater"),
        ("The rock band Zalkoff sold out in an hour.", "Zalkoff", "MusicGroup"),
        ("It was a slow day at Veldrup Airport after the storm.", "Veldrup Airport", "Airport"),
        ("He was moved to Veldrup General Hospital at noon.", "Veldrup General Hospital", "Hospital"),
    ],
)
def test_a_noun_beside_a_name_gives_it_a_finer_class(read: Read, text: str, name: str, class_: str) -> None:
    assert read(text)[name][1] == class_


@pytest.mark.parametrize(
    "text",
    [
        "The decision surprised Marta Quillen, who had waited for years.",
        "On Monday the teacher Zbyra Okwanda said no.",
        "Her neighbour, Dagny Ostrel, 34, saw the fire.",
        "Prime Minister Olvar Brekk resigned on Monday.",
    ],
)
def test_people_are_known_by_name_title_age_or_who(read: Read, text: str) -> None:
    found = [name for name, (kind, _, score) in read(text).items() if kind == "Person" and score >= THRESHOLD]
    assert len(found) == 1


def test_a_surname_follows_the_full_name_wherever_that_stands(read: Read) -> None:
    found = read("Ostrel had no comment. The mayor, Dagny Ostrel, left early.")
    assert found["Ostrel"][0] == "Person"
    assert found["Ostrel"][2] >= THRESHOLD


@pytest.mark.parametrize(
    ("text", "name", "class_"),
    [
        ("The Veldrup Policy Center published a list.", "Veldrup Policy Center", "ResearchOrganization"),
        ("The Veldrup Urban League met on Monday.", "Veldrup Urban League", "Organization"),
        ("She left the Methodist Church in May.", "Methodist Church", "Organization"),
        ("Shares of Zalkoff fell after Zalkoff said it would close two plants.", "Zalkoff", "Organization"),
        ("Dagny Ostrel works for Zalkoff and companies like Brevik.", "Brevik", "Corporation"),
    ],
)
def test_organizations_are_told_by_their_field_and_by_what_only_they_do(
    read: Read, text: str, name: str, class_: str
) -> None:
    kind, got, score = read(text)[name]
    assert (kind, got) == ("Organization", class_)
    assert score >= THRESHOLD


def test_a_given_name_that_is_a_country_too_stays_a_given_name(read: Read) -> None:
    assert read("The teacher Jordan De Vries left early.")["Jordan De Vries"][0] == "Person"


@pytest.mark.parametrize("text", ["Nobody knew what Quorvex was.", "The Quorvex is back.", "A new Quorvex came out."])
def test_a_name_that_nothing_speaks_for_is_published_as_nothing(read: Read, text: str) -> None:
    kind, _, score = read(text).get("Quorvex", (None, None, 0.0))
    assert not kind or score < THRESHOLD


def test_places_in_one_list_are_places_together(read: Read) -> None:
    found = read("Floods hit Paris, Ostermere and London on Monday.")
    assert found["Ostermere"][0] == "Place"


def test_an_acronym_in_brackets_has_the_class_of_the_name_before_it(read: Read) -> None:
    found = read("The Veldrup Workers Union (VWU) called a strike. The VWU has 300 members.")
    assert found["VWU"][0] == found["Veldrup Workers Union"][0] == "Organization"


def test_an_athletes_country_in_brackets_makes_no_organization_of_the_athlete(read: Read) -> None:
    found = read("1. Marta Quillen (U.S.) 10.9 seconds in the final of the championships.")
    assert found["Marta Quillen"][0] == "Person"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("They fled from Hurricane Dagny on Monday.", "Hurricane Dagny"),
        ("He won gold at the 2016 Summer Olympics in the pool.", "Summer Olympics"),
        ("She has played at Wimbledon for ten years.", "Wimbledon"),
        ("His father died in World War II in the north.", "World War II"),
        ("They won the Veldrup Open by three strokes.", "Veldrup Open"),
        ("It was shown at the Veldrup Film Festival last year.", "Veldrup Film Festival"),
    ],
)
def test_named_events_are_events(read: Read, text: str, name: str) -> None:
    kind, _, score = read(text)[name]
    assert kind == "Event"
    assert score >= THRESHOLD


@pytest.mark.parametrize(
    "text",
    [
        "The Soyuz rocket Veldrup-3 failed on Monday.",
        "The drug Zalkovir is no cure.",
        "The ship Veldrup Maiden sank in the night.",
    ],
)
def test_ships_drugs_and_rockets_are_none_of_the_kinds(read: Read, text: str) -> None:
    assert not any(kind and score >= THRESHOLD for kind, _, score in read(text).values() if kind != "Place")


def test_chances_add_up_to_one_and_unknown_features_count_for_nothing() -> None:
    table = weights()
    assert all(len(row) == len(OUTCOMES) for row in table.values())
    some = probabilities({"any": 1.0, "title": 1.0}, table)
    assert sum(some) == pytest.approx(1.0)
    assert OUTCOMES[some.index(max(some))] == "Person"
    assert some == probabilities({"any": 1.0, "title": 1.0, "no such feature": 2.0}, table)


def test_the_same_text_gives_the_same_scores_twice(read: Read) -> None:
    text = "Ann Low of Zalkoff met Dagny Ostrel in Paris. Low and Ostrel left Zalkoff."
    assert read(text) == read(text)


def test_a_list_of_thousands_of_names_is_read_like_a_short_one(read: Read) -> None:
    found = read(", ".join(["Ann Low"] * 3000 + ["Dagny Quillen"] * 3000) + " and Zbyrok came.")
    assert found["Ann Low"][0] == found["Dagny Quillen"][0] == "Person"
