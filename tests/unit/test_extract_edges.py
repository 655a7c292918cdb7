"""What a system writes above and below an article's text is no part of the text."""

from __future__ import annotations

import pytest

from kg.extract.edges import trimmed
from kg.extract.fragment import Fragment, paragraphs
from kg.model import Author, Paragraph

LONG = "The council of Velmar met on Tuesday and spoke for three hours about the old harbour wall."
NEXT = "Nobody in the hall had expected that the vote would be over before the evening began."


def texts(*lines: str, headline: str = "The wall falls") -> list[str]:
    made = trimmed(Fragment(tuple(Paragraph(one) for one in lines)), headline)
    return [one.text for one in made.fragment.paragraphs]


@pytest.mark.parametrize(
    "above", ["The wall falls", "THE WALL FALLS!", "By Ana Reis", "10 March 2026", "March 10, 2026"]
)
def test_title_byline_and_date_above_the_text_leave_it(above: str) -> None:
    assert texts(above, LONG, NEXT) == [LONG, NEXT]


@pytest.mark.parametrize(
    "below",
    [
        "(Reporting by Ana Reis; Editing by Bo Lund)",
        "This article was originally published on Velmar Post.",
        "The wall falls was originally published in Velmar on Medium, where people are continuing the conversation.",
        "Subscribe to our newsletter and get the latest stories in your inbox.",
        "The post The wall falls appeared first on Velmar Post.",
    ],
)
def test_credits_and_appeals_below_the_text_leave_it(below: str) -> None:
    assert texts(LONG, NEXT, below) == [LONG, NEXT]


@pytest.mark.parametrize(
    "last",
    [
        "The report was first published in 2019 by the council.",
        "Nobody was hurt.",
        "She smiled.",
        "“We stay,” he said.",
    ],
)
def test_a_last_sentence_of_the_text_stays(last: str) -> None:
    assert texts(LONG, NEXT, last) == [LONG, NEXT, last]


def test_the_byline_gives_its_authors_and_what_is_dropped_is_said() -> None:
    made = trimmed(paragraphs(f"<p>By Ana Reis and Bo Lund</p><p>{LONG}</p>"), "")
    assert made.authors == (Author("Ana Reis"), Author("Bo Lund"))
    assert made.fragment.dropped == ("By Ana Reis and Bo Lund",)


def test_notices_of_correction_are_told_wherever_they_stand() -> None:
    notice = "Correction: An earlier version of this article named another day for the vote."
    above = trimmed(paragraphs(f"<p>{notice}</p><p>{LONG}</p><p>{NEXT}</p>"), "")
    assert (above.corrections, above.fragment.paragraphs[0].text) == ((notice,), LONG)
    for lines in ([LONG, NEXT, notice], [LONG, NEXT, NEXT, NEXT, NEXT, notice], [LONG, notice]):
        below = trimmed(Fragment(tuple(Paragraph(one) for one in lines)), "")
        assert below.corrections == (notice,)


@pytest.mark.parametrize("mark", [" [&#8230;]", " [...]", " [mehr]", " (more…)", " Continue reading →"])
def test_the_mark_that_a_text_goes_on_elsewhere_leaves_it(mark: str) -> None:
    made = trimmed(paragraphs(f"<p>{LONG}</p><p>{NEXT}{mark}</p>"), "")
    assert [one.text for one in made.fragment.paragraphs] == [LONG, NEXT]


@pytest.mark.parametrize("text", ["People here read more books than elsewhere", "He left (more or less)", "Why? [sic]"])
def test_words_that_only_look_like_such_a_mark_stay(text: str) -> None:
    assert texts(LONG, text) == [LONG, text]


def test_one_paragraph_always_stays() -> None:
    assert texts("The wall falls") == ["The wall falls"]
    assert texts("By Ana Reis", "10 March 2026") == ["10 March 2026"]
    assert texts() == []


def test_quotations_are_never_trimmed() -> None:
    made = trimmed(Fragment((Paragraph("By Ana Reis", "quote"), Paragraph(LONG))), "")
    assert len(made.fragment.paragraphs) == 2
