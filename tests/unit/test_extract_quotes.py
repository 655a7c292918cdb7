"""Block quotations: flagged where the page shows that the words are somebody's, and nowhere else."""

from __future__ import annotations

import pytest

from kg.extract.quotes import flag

LEAD = "The bridge over the Sil opened on Monday, nine years after it was closed."


def kinds(*paragraphs: str) -> list[str]:
    return [one.kind for one in flag(paragraphs)]


@pytest.mark.parametrize(
    ("before", "quotation"),
    [
        ("In a letter to the town she wrote:", "The bridge is sound and the river is patient, as it has always been."),
        (
            "The statement was read out by a clerk:",
            "Nobody was paid and nobody was thanked in the course of the works.",
        ),
        ("He made one last offer:", "We will paint the railing ourselves if somebody brings us the paint."),
    ],
)
def test_words_announced_with_a_colon_are_a_block_quotation(before: str, quotation: str) -> None:
    assert kinds(LEAD, before, quotation, LEAD) == ["text", "text", "quote", "text"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Here is what is known so far:", "The bridge was closed in 2018 and its bearings were replaced in 2026."),
        ("She said:", "“The bridge is sound,” and then she left the hall without another word."),
        (
            "The works have three parts, and these include:",
            "New bearings on both sides of the river, paid by the county.",
        ),
        ("The council said:", "- No lorries on the bridge in the night hours."),
        ("She wrote a letter.", "The bridge was closed in 2018 and its bearings were replaced in 2026."),
    ],
)
def test_facts_lists_and_marked_quotations_after_a_colon_are_text(before: str, after: str) -> None:
    assert kinds(LEAD, before, after, LEAD) == ["text"] * 4


def test_a_bare_paragraph_that_another_one_quotes_is_a_block_quotation() -> None:
    post = "Want to see it? Come and count the nine thousand new bolts with us on Sunday."
    inline = "She posted that all should 'come and count the nine thousand new bolts with us on Sunday.'"
    assert kinds(LEAD, inline, post, LEAD) == ["text", "text", "quote", "text"]
    assert kinds(LEAD, post, inline) == ["text", "quote", "text"]


def test_a_stock_phrase_in_quotation_marks_flags_nothing() -> None:
    assert kinds("He called it 'the new bridge'.", "The new bridge is the old bridge with other bolts.") == [
        "text",
        "text",
    ]


def test_a_paragraph_signed_below_is_a_block_quotation() -> None:
    assert kinds(LEAD, "The bolts know more than the minutes do.", "— Ana Reis, engineer", LEAD)[1] == "quote"
