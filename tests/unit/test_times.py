"""Time expressions: what a text says of when, never more exact than it says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from cast_fixture import article
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.annotate.text import lay_out
from kg.annotate.times import Times, moments
from kg.model import Span
from kg.plugins import Annotator

Found = list[tuple[str, str | None]]


def found(text: str, published: str | None = None) -> Found:
    return [(w.span.of(text), w.value) for w in moments(text, Span(0, len(text)), published)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It ended on March 16, 2026.", [("on March 16, 2026", "2026-03-16")]),
        ("It ended on 16 March 2026.", [("on 16 March 2026", "2026-03-16")]),
        ("It ended on Monday, March 16, 2026.", [("on Monday, March 16, 2026", "2026-03-16")]),
        ("It ended on the 3rd of April.", [("on the 3rd of April", "--04-03")]),
        ("It ended on 2026-03-16.", [("2026-03-16", "2026-03-16")]),
        ("Printed 08.03.2026 in town.", [("08.03.2026", "2026-03-08")]),
        ("It ended in March.", [("in March", "--03")]),
        ("It ended in early March.", [("in early March", "--03")]),
        ("It began in November 2024.", [("in November 2024", "2024-11")]),
        ("She lived there from 2015 to 2021.", [("from 2015", "2015"), ("to 2021", "2021")]),
        ("On Sept. 11 and on Oct. 3, 2020.", [("On Sept. 11", "--09-11"), ("on Oct. 3, 2020", "2020-10-03")]),
        (
            "It ended last week, on Tuesday and yesterday.",
            [("last week", None), ("on Tuesday", None), ("yesterday", None)],
        ),
        ("It rained in the last week of February.", []),
        ("Word " * 30 + "on 16 March 2026 " + "word " * 30, [("on 16 March 2026", "2026-03-16")]),
        ("Two weeks ago it rained.", [("Two weeks ago", None)]),
        ("It is held between 2 and 5 May.", [("between 2 and 5 May", "--05-02")]),
        ("It is held from 2 to 5 May 2026.", [("from 2 to 5 May 2026", "2026-05-02")]),
        ("It is held May 2-5, 2026.", [("May 2-5, 2026", "2026-05-02")]),
        ("It rained on March 3 and 4.", [("on March 3 and 4", "--03-03")]),
        ("It is held 30-31 February.", []),
        ("Sales fell in the first quarter of 2025.", [("in the first quarter of 2025", "2025")]),
        ("They met in summer 2024 and in mid-2025.", [("in summer 2024", "2024"), ("in mid-2025", "2025")]),
        ("They met last summer.", [("last summer", None)]),
        ("They met on Christmas Eve.", [("on Christmas Eve", "--12-24")]),
        ("They met on New Year’s Day 2026.", [("on New Year’s Day 2026", "2026-01-01")]),
        ("They met on the eve of the election.", [("on the eve", None)]),
        ("It came last March.", [("last March", "--03")]),
        ("It ends next Tuesday, April 21.", [("next Tuesday, April 21", "--04-21")]),
        ("They march, and they may stop. March on, May.", []),
        ("A letter by May Chen and one in April Jones's hand.", []),
        ("On 30 February it snowed.", []),
        ("There are 2015 boats.", []),
        ("Call 555-1234-2015 or read 1.2000 pages.", []),
    ],
)
def test_an_expression_means_what_its_words_say(text: str, expected: Found) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She was seen on Tuesday.", "2026-03-10"),
        ("She was seen on Wednesday.", "2026-03-11"),
        ("She was seen on Thursday evening.", "2026-03-05"),
        ("The fair will open on Friday.", "2026-03-13"),
        ("The fair was closed until Friday.", "2026-03-06"),
        ("The fair stays closed until Friday.", None),
        ("She was seen last Tuesday.", None),
        ("She was seen yesterday.", "2026-03-10"),
        ("She will be seen tomorrow.", "2026-03-12"),
        ("She was seen last month.", "2026-02"),
        ("She was seen last November.", "2025-11"),
        ("She was seen last March.", "2025-03"),
        ("She was seen last February.", "--02"),
        ("She will be seen next February.", "2027-02"),
        ("She was seen three days ago.", "2026-03-08"),
        ("She was seen two weeks ago.", None),
        ("She was seen two years ago.", "2024"),
        ("She was seen two years earlier.", None),
        ("She was seen last night.", "2026-03-10"),
        ("She was seen overnight.", None),
        ("She was seen on Boxing Day.", "2025-12-26"),
        ("She was seen last Christmas Day.", "2025-12-25"),
        ("She was seen last year.", "2025"),
        ("She was seen last week.", None),
        ("She was seen on 4 March.", "2026-03-04"),
        ("She was seen in November.", "2025-11"),
        ("She was seen in August.", "--08"),
    ],
)
def test_the_day_of_publication_decides_relative_expressions(text: str, expected: str | None) -> None:
    assert [value for _, value in found(text, "2026-03-11T07:02:00Z")] == [expected]


def test_a_broken_day_of_publication_decides_nothing() -> None:
    assert found("It rained on Tuesday.", "yesterday or so") == [("on Tuesday", None)]


def test_the_annotator_gives_the_date_layer_with_datatypes() -> None:
    text = lay_out(article("It ended on 16 March 2026, in May and on Monday."))
    assert isinstance(Times(), Annotator)
    found = list(Times().annotate(text, {}))
    assert [(a.kind, a.args["value"], a.args["datatype"]) for a in found] == [
        ("date", "2026-03-16", "xsd:date"),
        ("date", "--05", "xsd:gMonth"),
        ("date", None, None),
    ]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789.-/ MarchonMay,'", max_size=60))
def test_expressions_never_overlap_and_never_fail(text: str) -> None:
    spans = [w.span for w in moments(text, Span(0, len(text)), "2026-03-11")]
    assert all(a.end <= b.start for a, b in pairwise(spans))
