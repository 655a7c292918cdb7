"""What the article denies, supposes, asks for or lets others say is not told as done."""

from __future__ import annotations

import pytest
from events_fixture import told


@pytest.mark.parametrize(
    "text",
    [
        "Nobody was arrested in Porto Belo.",
        "Rui Dias was never convicted.",
        "Rui Dias would have been deported.",
        "Did Rui Dias resign?",
        "If Rui Dias is arrested, Ana Costa will resign.",
        "Unless Rui Dias resigns, the union will strike.",
        "Ana Costa has no plans to visit Norland.",
        "Critics demanded the resignation of Ana Costa.",
        "Ana Costa called on Rui Dias to resign.",
        "Ana Costa's visit to Norland in April was cancelled.",
        "The election in Norland was postponed.",
        "A man named Rui Dias left.",
        "Ana Costa declined to comment.",
        "Ana Costa made a personal attack on Rui Dias.",
        "Ana Costa attacked Rui Dias over the film.",
        "The rescued members were well.",
        "The talks between Ana Costa and Rui Dias never took place.",
        "The attempted murder of Rui Dias shocked Norland.",
        "The assassination attempt on Rui Dias failed.",
        "Lena Holm was cleared of killing Rui Dias.",
        "Ana Costa demonstrated the value of the film.",
        "Ana Costa walked out of the room.",
        "The artillery fire in Norland went on.",
        "A clinical trial in Norland went on.",
        "The union's rival is in breach of the agreement in Norland.",
        "Nobody arrested Rui Dias.",
        "No one convicted Rui Dias.",
        "Rui Dias was nearly killed.",
        "The brother of Rui Dias was arrested.",
        "A man who knew Rui Dias was arrested.",
        "The doctor who treated Rui Dias resigned.",
    ],
)
def test_what_did_not_happen_is_no_event(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Ana Costa was accused of killing Rui Dias.",
        "Rui Dias allegedly attacked Lena Holm.",
        "Rui Dias denied that he had killed Lena Holm.",
        "Lena Holm said that Rui Dias had killed a man.",
        "Lena Holm accused Rui Dias of having killed a man.",
        "The police believe Rui Dias killed Lena Holm.",
        "The man suspected of killing Lena Holm left.",
        "Rui Dias may have killed Lena Holm.",
        "Rui Dias killed Lena Holm, according to Ana Costa.",
        "Rui Dias plotted to kill Lena Holm.",
    ],
)
def test_nobody_is_said_to_have_killed_but_by_the_article_itself(text: str) -> None:
    assert told(text) == []


def test_what_the_police_say_of_a_killing_names_the_dead_and_no_killer() -> None:
    [one] = told("Rui Dias killed Lena Holm, police said.")
    assert (one.type, one.name, one.roles) == ("nkg:Death", "Death of Lena Holm", (("object", "lena"),))


def test_of_a_murder_somebody_is_tried_for_only_the_death_is_told() -> None:
    [one] = told("Lena Holm is on trial for the murder of Rui Dias on Monday.")
    assert (one.type, one.name, one.date, one.roles) == ("nkg:Death", "Death of Rui Dias", None, (("object", "rui"),))


def test_what_the_article_says_itself_has_its_doer() -> None:
    found = told("Rui Dias, the man who killed Lena Holm, was arrested on Monday.")
    assert [(e.type, e.roles) for e in found] == [
        ("nkg:Death", (("object", "lena"), ("agent", "rui"))),
        ("nkg:Arrest", (("object", "rui"),)),
    ]


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("Ana Costa said Rui Dias was arrested.", 0),
        ("Rui Dias was arrested, Ana Costa said.", 0),
        ("Rui Dias was arrested, police said.", 1),
        ("The interior ministry said that Rui Dias was arrested.", 1),
        ("According to Ana Costa, Rui Dias was arrested.", 0),
    ],
)
def test_officials_tell_of_arrests_and_others_only_claim(text: str, events: int) -> None:
    assert len(told(text)) == events


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Rui Dias was deported to Sudria.", "completed"),
        ("Rui Dias has been deported to Sudria.", "completed"),
        ("Rui Dias is being deported to Sudria.", "active"),
        ("Rui Dias will be deported to Sudria.", "potential"),
        ("Rui Dias could be deported to Sudria.", "potential"),
        ("Rui Dias is due to be deported to Sudria.", "potential"),
        ("Rui Dias was to be deported to Sudria.", "potential"),
        ("The interior ministry wants to deport Rui Dias to Sudria.", "potential"),
        ("The interior ministry decided to deport Rui Dias to Sudria.", "potential"),
    ],
)
def test_the_words_of_the_verb_say_whether_it_is_done(text: str, status: str) -> None:
    [one] = told(text)
    assert (one.type, one.status) == ("nkg:Deportation", status)
    assert ("toLocation", "sudria") in one.roles


def test_an_order_has_no_doer_yet() -> None:
    found = told("The Supreme Court ordered the interior ministry to release Rui Dias from prison.")
    [release] = [e for e in found if e.type == "nkg:CustodyRelease"]
    assert (release.status, release.players("agent")) == ("potential", [])


# ---- one event per happening -------------------------------------------------------------------------------------


def test_headline_summary_and_body_tell_of_one_event() -> None:
    [one] = told(
        "Rui Dias was arrested on Monday.",
        "The arrest of Rui Dias in Porto Belo surprised his lawyer.",
        headline="Police Arrest Rui Dias",
        abstract="Rui Dias has been arrested.",
    )
    assert (one.type, one.status, one.date) == ("nkg:Arrest", "completed", "2026-03-16")
    assert set(one.roles) == {("object", "rui"), ("location", "porto")}


def test_in_a_headline_the_present_tense_tells_of_what_is_done_and_the_infinitive_of_what_is_to_come() -> None:
    assert told("It rained.", headline="Ana Costa visits Norland")[0].status == "completed"
    assert told("Ana Costa visits Norland every year.") == []


def test_people_without_names_are_one_group_when_their_descriptions_agree() -> None:
    [one] = told("Two fishermen were arrested in Porto Belo.", "Police arrested the two fishermen on Monday.")
    assert (one.date, one.players("object")) == ("2026-03-16", ["g0"])


def test_the_article_is_about_what_its_headline_or_first_paragraph_tells() -> None:
    found = told(
        "Rui Dias was arrested.", "Ana Costa resigned in 2020.", "Lena Holm died.", headline="Lena Holm Has Died"
    )
    assert {e.type: e.about for e in found} == {"nkg:Arrest": True, "schema:LeaveAction": False, "nkg:Death": True}


def test_two_arrests_of_different_people_are_two_events() -> None:
    assert len(told("Ana Costa was arrested on Monday.", "Rui Dias was arrested on Tuesday.")) == 2


def test_a_transfer_the_article_calls_a_deportation_is_one() -> None:
    [one] = told("Rui Dias was flown to Sudria on Monday.", "The deportation of Rui Dias was criticised.")
    assert (one.type, one.date) == ("nkg:Deportation", "2026-03-16")
    assert ("toLocation", "sudria") in one.roles


# ---- times -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("On Monday Rui Dias, who visited Norland last year, was arrested.", "2026-03-16"),
        ("In her comments on Tuesday about the music, Lena Holm mourned the death of Rui Dias.", None),
        ("The hall was closed until Friday after a flood in Porto Belo.", None),
        ("Rui Dias was arrested on Friday.", "2026-03-13"),
        ("Rui Dias (born on 3 May 1970) was arrested.", None),
        ("Rui Dias was arrested, leaving on Monday his friends alone.", None),
    ],
)
def test_an_event_has_only_its_own_time(text: str, date: str | None) -> None:
    assert [e.date for e in told(text) if e.type in ("nkg:Arrest", "nkg:Death", "nkg:Disaster")] == [date]


def test_without_a_day_of_publication_weekdays_stay_words() -> None:
    [one] = told("Rui Dias was arrested on Monday.", date=None)
    assert one.date is None
