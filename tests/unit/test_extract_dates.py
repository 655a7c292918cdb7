"""Printed dates: what they say, and what they do not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extract import dates


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12 March 2026 at 09:14 GMT", "2026-03-12T09:14:00Z"),
        ("March 14, 2026 6:05 PM EDT", "2026-03-14T22:05:00Z"),
        ("16.03.2026", "2026-03-16"),
        ("2026-03-12", "2026-03-12"),
        ("2026-03-12T09:14:05+01:00", "2026-03-12T08:14:05Z"),
        ("2026-03-12T09:14:05.123Z", "2026-03-12T09:14:05Z"),
        ("2026-03-12 09:14", "2026-03-12"),
        ("Thursday, March 12th, 2026", "2026-03-12"),
        ("12 Mar. 2026, 19:40 CET", "2026-03-12T18:40:00Z"),
        ("11:30 p.m. EST, March 31, 2026", "2026-04-01T04:30:00Z"),
        ("Tue 11 May 2027 03.12 GMT", "2027-05-11T03:12:00Z"),
        ("12-Mar-2026", "2026-03-12"),
        ("29 February 2028", "2028-02-29"),
        ("13/04/2026", "2026-04-13"),
        ("04/13/2026", "2026-04-13"),
        ("05/05/2026", "2026-05-05"),
        ("Friday 03/04/2026", "2026-04-03"),
        ("2026/03/12", "2026-03-12"),
        ("12 March 2026 09:14 UTC+2", "2026-03-12T07:14:00Z"),
        ("12 March 2026 at 09:14 BST", "2026-03-12"),
        ("March 12, 2026 9 a.m. PST", "2026-03-12"),
        ("12 March 2026 25:14 GMT", "2026-03-12"),
    ],
)
def test_a_full_date_is_read_with_its_zone_or_as_a_day(text: str, value: str) -> None:
    found = dates.only(text)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize("text", ["03/04/2026", "11-12-2026", "30 February 2026", "31.06.2026", "2026-13-01"])
def test_a_date_that_can_be_read_two_ways_or_is_none_has_no_value(text: str) -> None:
    found = dates.find(text)
    assert found is None or found.value is None


@pytest.mark.parametrize(
    "text", ["12 March", "March 2026", "Monday", "09:14 GMT", "2026", "Section 12.3.20261", "May 5"]
)
def test_what_lacks_a_day_or_a_year_is_no_date(text: str) -> None:
    assert dates.find(text) is None


def test_a_date_beside_other_words_does_not_stand_alone() -> None:
    assert dates.only("The bridge closed on 12 March 2026 for a month") is None


@given(st.text(max_size=80))
def test_whatever_is_found_is_a_lexical_form_of_xml_schema(text: str) -> None:
    found = dates.find(text + " 1 May 2026 10:00 GMT")
    assert found is not None
    assert found.value is None or re.fullmatch(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?", found.value)
