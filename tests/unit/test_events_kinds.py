"""Events of every kind: how they are told, who takes part, where and when."""

from __future__ import annotations

import pytest
from events_fixture import told

#: text → type, status, date, roles; published on Wednesday 18 March 2026.
CASES: list[tuple[str, str, str | None, str | None, set[tuple[str, str]]]] = [
    (
        "Ana Costa resigned as chair of the Harbour Workers' Union on Monday.",
        "schema:LeaveAction",
        "completed",
        "2026-03-16",
        {("agent", "ana"), ("object", "union")},
    ),
    (
        "Ana Costa's resignation on Monday was a surprise.",
        "schema:LeaveAction",
        "completed",
        "2026-03-16",
        {("agent", "ana")},
    ),
    (
        "Ana Costa died on Friday in Porto Belo.",
        "nkg:Death",
        "completed",
        "2026-03-13",
        {("object", "ana"), ("location", "porto")},
    ),
    ("The death of Ana Costa in 2020 was a loss.", "nkg:Death", "completed", "2020", {("object", "ana")}),
    (
        "Three people were killed in Porto Belo on Sunday.",
        "nkg:Death",
        "completed",
        "2026-03-15",
        {("object", "g0"), ("location", "porto")},
    ),
    (
        "Police in Porto Belo arrested a 34-year-old man on Tuesday.",
        "nkg:Arrest",
        "completed",
        "2026-03-17",
        {("object", "g0"), ("location", "porto")},
    ),
    (
        "Police arrested two men, Ana Costa and Rui Dias, on Monday.",
        "nkg:Arrest",
        "completed",
        "2026-03-16",
        {("object", "ana"), ("object", "rui")},
    ),
    (
        "Rui Dias was sentenced to five years in prison on Monday.",
        "nkg:Conviction",
        "completed",
        "2026-03-16",
        {("object", "rui")},
    ),
    ("Rui Dias was found guilty on Monday.", "nkg:Conviction", "completed", "2026-03-16", {("object", "rui")}),
    (
        "The Supreme Court acquitted Rui Dias on Friday.",
        "nkg:CourtRuling",
        "completed",
        "2026-03-13",
        {("object", "rui"), ("agent", "court")},
    ),
    (
        "Rui Dias sued the interior ministry.",
        "nkg:LegalEvent",
        "completed",
        None,
        {("agent", "rui"), ("object", "ministry")},
    ),
    (
        "The Supreme Court's ruling of 3 March is final.",
        "nkg:CourtRuling",
        "completed",
        "2026-03-03",
        {("agent", "court")},
    ),
    (
        "The interior ministry appointed Ana Costa as its director.",
        "schema:AssignAction",
        "completed",
        None,
        {("object", "ana"), ("agent", "ministry")},
    ),
    (
        "Ana Costa was elected mayor of Porto Belo in May 2024.",
        "schema:VoteAction",
        "completed",
        "2024-05",
        {("object", "ana")},
    ),
    ("Rui Dias, who was arrested in May, is ill.", "nkg:Arrest", "completed", "2025-05", {("object", "rui")}),
    (
        "Ana Costa plans to visit Norland next month.",
        "schema:TravelAction",
        "potential",
        "2026-04",
        {("agent", "ana"), ("toLocation", "norland")},
    ),
    (
        "Ana Costa will travel to Norland on Friday.",
        "schema:ArriveAction",
        "potential",
        "2026-03-20",
        {("agent", "ana"), ("toLocation", "norland")},
    ),
    (
        "Ana Costa left Norland for Sudria on Monday.",
        "schema:DepartAction",
        "completed",
        "2026-03-16",
        {("agent", "ana"), ("fromLocation", "norland")},
    ),
    (
        "Rui Dias failed to visit Norland.",
        "schema:TravelAction",
        "failed",
        None,
        {("agent", "rui"), ("toLocation", "norland")},
    ),
    (
        "Ana Costa met with Rui Dias and Lena Holm in Porto Belo.",
        "schema:InteractAction",
        "completed",
        None,
        {("agent", "ana"), ("participant", "rui"), ("participant", "lena"), ("location", "porto")},
    ),
    (
        "Ana Costa and Rui Dias met in Porto Belo on Monday.",
        "schema:InteractAction",
        "completed",
        "2026-03-16",
        {("agent", "ana"), ("participant", "rui"), ("location", "porto")},
    ),
    (
        "Talks between Norland and Sudria collapsed on Monday.",
        "schema:InteractAction",
        "completed",
        "2026-03-16",
        {("participant", "norland"), ("participant", "sudria")},
    ),
    ("Another meeting has been set for 24 March.", "schema:InteractAction", "potential", "2026-03-24", set()),
    (
        "The Harbour Workers' Union (HWU) and the Porto Rovers signed an agreement on Tuesday.",
        "schema:AgreeAction",
        "completed",
        "2026-03-17",
        {("agent", "union"), ("agent", "rovers")},
    ),
    (
        "Porto Rovers bought Hill Town.",
        "schema:BuyAction",
        "completed",
        None,
        {("agent", "rovers"), ("object", "town")},
    ),
    (
        "Ana Costa married Rui Dias.",
        "schema:MarryAction",
        "completed",
        None,
        {("agent", "ana"), ("participant", "rui")},
    ),
    (
        "The Harbour Workers' Union went on strike on Monday.",
        "nkg:Strike",
        "completed",
        "2026-03-16",
        {("agent", "union")},
    ),
    (
        "Thousands of workers marched in Porto Belo on Sunday.",
        "nkg:Protest",
        "completed",
        "2026-03-15",
        {("agent", "g0"), ("location", "porto")},
    ),
    ("An earthquake struck Norland on Monday.", "nkg:Disaster", "completed", "2026-03-16", {("location", "norland")}),
    (
        "A ferry carrying 30 people sank off Porto Belo on Sunday.",
        "nkg:Disaster",
        "completed",
        "2026-03-15",
        {("location", "porto")},
    ),
    ("Norland invaded Sudria in 2014.", "nkg:Attack", "completed", "2014", {("object", "sudria")}),
    (
        "A bomb attack on Porto Belo on Sunday shook the town.",
        "nkg:Attack",
        "completed",
        "2026-03-15",
        {("location", "porto")},
    ),
    ("The hearing is scheduled for Friday.", "nkg:Hearing", "potential", "2026-03-20", set()),
    ("Elections in Norland will be held in May.", "nkg:Election", "potential", "2026-05", {("location", "norland")}),
    ("He spoke of the March 8 council election.", "nkg:Election", "completed", "2026-03-08", set()),
    ("He spoke of Sunday’s council election.", "nkg:Election", "completed", "2026-03-15", set()),
    ("He spoke of the 2016 election in Norland.", "nkg:Election", "completed", "2016", {("location", "norland")}),
    (
        "“Salt and Iron” will be shown in Porto Belo on March 29.",
        "schema:ScreeningEvent",
        "potential",
        "2026-03-29",
        {("object", "film"), ("location", "porto")},
    ),
    (
        "The interior ministry refused to release Rui Dias.",
        "schema:RejectAction",
        "completed",
        None,
        {("agent", "ministry")},
    ),
    ("Ana Costa offered to pay for the film.", "schema:CommunicateAction", "completed", None, {("agent", "ana")}),
]


@pytest.mark.parametrize(("text", "type_", "status", "date", "roles"), CASES, ids=[case[0][:50] for case in CASES])
def test_an_event_has_its_type_status_date_and_roles(
    text: str, type_: str, status: str | None, date: str | None, roles: set[tuple[str, str]]
) -> None:
    [one] = told(text)
    assert (one.type, one.status, one.date, set(one.roles)) == (type_, status, date, roles)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Police arrested two men, Ana Costa and Rui Dias, on Monday.", "Arrest of Ana Costa and Rui Dias"),
        ("An earthquake struck Norland on Monday.", "Earthquake in Norland"),
        ("Talks between Norland and Sudria collapsed on Monday.", "Talks between Norland and Sudria"),
        ("Three people were killed in Porto Belo.", "Death of three people"),
        ("Costa, the chair, will visit Norland.", "Ana Costa will visit Norland"),
        ("A ferry carrying 30 people sank off Porto Belo on Sunday.", "Ferry sank off Porto Belo"),
    ],
)
def test_an_event_s_name_says_what_it_is_without_the_article(text: str, name: str) -> None:
    [one] = told(text)
    assert one.name == name
