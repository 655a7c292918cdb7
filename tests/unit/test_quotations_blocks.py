"""Words in paragraphs of their own: introduced, signed by their author, or a turn of an interview."""

from __future__ import annotations

import pytest
from cast_fixture import article, marked

from kg.annotate.layers import THRESHOLD
from kg.annotate.quotations import Quotations
from kg.model import Span

Found = list[tuple[str, str | None]]


def said(*paragraphs: str, quotes: tuple[int, ...] = ()) -> Found:
    text, layers = marked(article(*paragraphs, quotes=quotes))
    return [
        (a.span.of(text.text), a.args["speaker"])  # type: ignore[misc]
        for a in Quotations().annotate(text, layers)
        if a.args["direct"] and a.score >= THRESHOLD
    ]


BLOCK = "The bridge is closed. It will stay closed until Monday."


def test_a_paragraph_without_marks_that_is_introduced_is_a_quotation() -> None:
    assert said("Ana Costa said:", BLOCK, "She left.") == [(BLOCK, "ana")]
    assert said("Rui Dias sat down. Ana Costa wrote on her page:", BLOCK) == [(BLOCK, "ana")]


@pytest.mark.parametrize(
    ("introduction", "block"),
    [
        ("Ana Costa named three priorities:", BLOCK),
        ("Here is what Ana Costa said about the bridge and about all the rest of it yesterday:", BLOCK),
        ("Ana Costa said:", "- The bridge is closed until Monday."),
        ("Ana Costa said:", "A list of closed bridges"),
        ("Ana Costa said so.", BLOCK),
    ],
)
def test_a_list_or_a_report_after_a_colon_is_none(introduction: str, block: str) -> None:
    assert said(introduction, block) == []


def test_a_quotation_in_marks_is_introduced_by_the_paragraph_before() -> None:
    assert said("Ana Costa said:", "“The bridge is closed.”") == [("The bridge is closed.", "ana")]
    assert said("Ana Costa stated,", "“The bridge is closed.”") == [("The bridge is closed.", "ana")]


# ---- posts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dash", ["—", "–", "―"])
def test_a_signed_post_is_its_author_s(dash: str) -> None:
    post = f"We will open the bridge soon. {dash} Ana Costa (@ana) October 3, 2016"
    assert said(post) == [("We will open the bridge soon.", "ana")]


def test_a_signature_below_a_quotation_names_its_author() -> None:
    assert said("“We will open the bridge soon.”", "— Ana Costa") == [("We will open the bridge soon.", "ana")]
    assert said(BLOCK, "— Ana Costa (@ana)", quotes=(0,)) == [(BLOCK, "ana")]


def test_a_line_with_a_name_below_a_paragraph_of_the_article_signs_nothing() -> None:
    assert said("The bridge was closed at night.", "— Ana Costa") == []


# ---- turns -------------------------------------------------------------------------------------------------------

TURNS = ("COSTA: The bridge is closed now.", "DIAS: For how long?", "COSTA: “Until Monday,” as they say.")


def test_the_turns_of_an_interview_belong_to_whom_their_labels_name() -> None:
    found = said("Ana Costa met Rui Dias.", *TURNS)
    assert found == [
        ("The bridge is closed now.", "ana"),
        ("For how long?", "rui"),
        ("“Until Monday,” as they say.", "ana"),
    ]


def test_a_surname_with_one_capital_is_a_label_among_others() -> None:
    found = said("Ana Costa met Rui Dias.", "Q: Is it closed?", "Costa: The bridge is closed.", "Q: For how long?")
    assert found == [("Is it closed?", None), ("The bridge is closed.", "ana"), ("For how long?", None)]


def test_a_line_with_a_name_alone_is_the_label_of_the_paragraph_below() -> None:
    found = said("Ana Costa", "The bridge is closed now.", "Rui Dias", "For how long?", "Ana Costa", "Until Monday.")
    assert found == [("The bridge is closed now.", "ana"), ("For how long?", "rui"), ("Until Monday.", "ana")]


def test_questions_and_answers_name_nobody() -> None:
    found = said("Q: Is the bridge closed?", "A: It is, I am afraid.", "Q: For how long?", "A: Until Monday.")
    assert [speaker for _, speaker in found] == [None] * 4


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("PORTO: The bridge was closed.", "UPDATE: The bridge is open.", "NOTE: All times are local."),
        ("COSTA: The bridge was closed.", "It was late."),
        ("COSTA", "The bridge was closed.", "DIAS", "It was late.", "COSTA", "The bridge was open."),
        ("COSTA: The bridge was closed.", "COSTA: It was late.", "COSTA: It is open."),
        ("What we know: The bridge was closed.", "What we know: It is open.", "What we know: It is old."),
    ],
)
def test_rubrics_are_no_turns(paragraphs: tuple[str, ...]) -> None:
    assert said(*paragraphs) == []


# ---- endless input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unit",
    [
        "COSTA: Yes it is.\n",
        "— Ana Costa (@ana)\n",
        "Ana Costa said:\n",
        "''a b c d'' said ",
        "“We wait here.”\n",
        "— ",
    ],
)
def test_endless_blocks_are_read_in_one_pass(unit: str) -> None:
    paragraphs = [p for p in ("Start.\n" + unit * (60_000 // len(unit))).split("\n") if p.strip()]
    text, layers = marked(article(*paragraphs))
    assert all(isinstance(a.span, Span) and len(a.span) for a in Quotations().annotate(text, layers))
