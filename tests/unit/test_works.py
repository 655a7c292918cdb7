"""Titles of works in quotation marks: what makes a work of them, and what does not."""

from __future__ import annotations

import pytest

from kg.annotate.page import read
from kg.annotate.text import lay_out
from kg.annotate.works import titles
from kg.authority import Table
from kg.model import Article, Paragraph


def found(text: str) -> list[tuple[str, str]]:
    """The titles in a text, with their classes."""
    table = Table()
    page = read(lay_out(Article("H", (Paragraph(text),))), table, table.matcher)
    return [
        (page.tokens.span(first, last).of(page.text.text), type_)
        for sentence, _ in page.sentences()
        for first, last, type_, score in titles(page, sentence)
        if score >= 0.5
    ]


@pytest.mark.parametrize(
    ("text", "title", "class_"),
    [
        ("She saw the film “Long Way Home” twice.", "Long Way Home", "Movie"),
        ("Her 2004 novel 'A Quiet Year' sold well.", "A Quiet Year", "Book"),
        ("Low tells more in “Long Way Home,” a documentary.", "Long Way Home", "Movie"),
        ("Marta Low's “Long Way Home” opens on Friday.", "Long Way Home", "CreativeWork"),
        ("He starred in ''Long Way Home'' as a boy.", "Long Way Home", "Movie"),
        ("They sang “Long Way Home” at the gate.", "Long Way Home", "MusicRecording"),
        ("He was the host of “Morning Tide” for years.", "Morning Tide", "CreativeWork"),
        ("He said on “Morning Tide” that he would stay.", "Morning Tide", "CreativeWork"),
        ("In “Long Way Home” (1953) she plays a nurse.", "Long Way Home", "CreativeWork"),
        ("“Morning Tide” correspondent Ann Low was there.", "Morning Tide", "CreativeWork"),
        ("Long Way Home (1953)", "Long Way Home", "CreativeWork"),
    ],
)
def test_a_cue_makes_a_work_of_a_title(text: str, title: str, class_: str) -> None:
    assert found(text) == [(title, class_)]


def test_titles_in_one_list_are_works_together() -> None:
    text = "She wrote the songs “Long Way Home,” “Grey Harbour” and “Night Bus” in a week."
    assert [title for title, _ in found(text)] == ["Long Way Home", "Grey Harbour", "Night Bus"]


@pytest.mark.parametrize(
    "text",
    [
        "“Apologies,” she said.",
        "He called her “Miss Fortune” again.",
        "Known as the “Poet of the Harbour”, he never wrote a line.",
        "Robert “Bobby” Low left early.",
        "The so-called “Grand Bargain” failed.",
        "They shouted “Lock Them Up” at the gate.",
        "He said, “Never Again.”",
        "He used the word “Terrible” twice.",
        "“We Will Stay,” Low wrote on Monday.",
        "Court Calls Plan “Unfair” to Workers",
    ],
)
def test_what_somebody_says_or_is_called_is_no_work(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["“" * 5000, "“A" * 5000, "'" * 5000, "film “ " * 3000, "“Long Way" * 3000])
def test_unbalanced_marks_do_no_harm(text: str) -> None:
    assert len(found(text)) < 10
