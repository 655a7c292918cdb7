"""Dates in every form that newsrooms write: what each means, and that what has no one meaning stays unread.

A time without a zone gives the day alone, a day that is in no calendar gives nothing, and a number that could be read
two ways is left.
"""

from __future__ import annotations

import json

import pytest

from kg.extract import values
from kg.extract.dates import find
from kg.extract.moment import lexical
from kg.extract.pubdate import pubdate
from kg.extract.record import RecordReader
from kg.model import Document

FEEDS = [
    ("Thu, 12 Mar 2026 09:05:00 GMT", "2026-03-12T09:05:00Z"),
    ("Thu, 12 Mar 2026 09:05:00 +0100", "2026-03-12T08:05:00Z"),
    ("12 Mar 2026 09:05 +0100", "2026-03-12T08:05:00Z"),
    ("12 Mar 26 09:05:00 UT", "2026-03-12T09:05:00Z"),
    ("Thu, 12 Mar 2026 09:05:00 EST", "2026-03-12T14:05:00Z"),
    ("Thu, 12 Mar 2026 09:05:00 EDT", "2026-03-12T13:05:00Z"),
    ("Thu, 12 Mar 2026 09:05:00 CST", "2026-03-12T15:05:00Z"),
    ("Thu, 12 Mar 2026 09:05:00 PDT", "2026-03-12T16:05:00Z"),
    ("Thu, 12 Mar 2026 09:05:00 Z", "2026-03-12T09:05:00Z"),
    ("Thu, 12 Mar 2026 09:05:00 A", "2026-03-12"),
    ("Thu, 12 Mar 2026 09:05:00 -0000", "2026-03-12T09:05:00Z"),
    ("Thu, 12 Mar 2026 09:05:00 CET", "2026-03-12T08:05:00Z"),
    ("Thu, 12 Mar 2026 09:05:00 BST", "2026-03-12"),
    ("Thu, 12 Mar 2026 09:05:00 IST", "2026-03-12"),
    ("Thu, 12 Mar 2026 09:05:00", "2026-03-12"),
    ("Thu, 12 Mar 2026", "2026-03-12"),
    ("Fri, 12 Mar 2026 09:05:00 GMT", "2026-03-12T09:05:00Z"),
    ("Thursday, 12-Mar-26 09:05:00 GMT", "2026-03-12T09:05:00Z"),
    ("Thu Mar 12 09:05:00 2026", "2026-03-12"),
    ("Thu Mar 12 09:05:00 UTC 2026", "2026-03-12T09:05:00Z"),
    ("Thu, 12 Mar 126 09:05:00 GMT", "2026-03-12T09:05:00Z"),
    ("Thu, 31 Feb 2026 09:05:00 GMT", None),
    ("Thu, 12 Mar 2026 24:00:00 GMT", "2026-03-12"),
    ("Thu, 12 Mar 2026 23:59:60 GMT", "2026-03-12"),
    ("Thu, 12 Mar 2026 25:00:00 GMT", "2026-03-12"),
    ("Thu, 12 Mar 2026 09:05:00 +1500", "2026-03-12"),
    ("Thu, 12 Mar 2026 09:05:00 GMT+0100", "2026-03-12T08:05:00Z"),
    ("Thu, 12 Mar 2026 09:05:00 +01:00 (CET)", "2026-03-12T08:05:00Z"),
    ("Do, 12 Mär 2026 09:05:00 +0100", "2026-03-12T08:05:00Z"),
    ("Thu, 12 Xyz 2026 09:05:00 GMT", None),
    ("Thu, 00 Mar 2026 09:05:00 GMT", None),
    ("Thu, 12 Mar 0000 09:05:00 GMT", None),
    ("Thu, 12 Mar 10000 09:05:00 GMT", None),
    ("Thu, 1٢ Mar 2026 09:05:00 GMT", "2026-03-12T09:05:00Z"),
    ("Mon, 01 Jan 0001 00:00:00 GMT", None),
    ("Thu, 01 Jan 1970 00:00:00 GMT", None),
    ("2026-03-12T09:05:00Z", "2026-03-12T09:05:00Z"),
    ("yesterday", None),
]
MACHINES = [
    ("2026-03-12T09:05:00Z", "2026-03-12T09:05:00Z"),
    ("2026-03-12T09:05:00+01:00", "2026-03-12T09:05:00+01:00"),
    ("2026-03-12t09:05:00z", "2026-03-12T09:05:00Z"),
    ("2026-03-12 09:05:00+0100", "2026-03-12T09:05:00+01:00"),
    ("2026-03-12T09:05Z", "2026-03-12T09:05:00Z"),
    ("2026-03-12T09:05:00.123456Z", "2026-03-12T09:05:00.123456Z"),
    ("2026-03-12T09:05:00,5+01", "2026-03-12T09:05:00.5+01:00"),
    ("2026-03-12T09:05:00-00:00", "2026-03-12T09:05:00Z"),
    ("20260312T090500Z", "2026-03-12T09:05:00Z"),
    ("20260312T090500+0100", "2026-03-12T09:05:00+01:00"),
    ("20260312", "2026-03-12"),
    ("2026-03-12", "2026-03-12"),
    ("2026-03", None),
    ("2026", None),
    ("2026-W11-4", None),
    ("2026-071", None),
    ("2026-03-12T09:05:00", "2026-03-12"),
    ("2026-03-12T24:00:00Z", "2026-03-12"),
    ("2026-03-12T23:59:60Z", "2026-03-12"),
    ("2026-12-31T23:59:60Z", "2026-12-31"),
    ("2026-03-12T25:00:00Z", "2026-03-12"),
    ("2026-03-12T09:60:00Z", "2026-03-12"),
    ("2026-03-12T09:05:00+14:00", "2026-03-12T09:05:00+14:00"),
    ("2026-03-12T09:05:00+15:00", "2026-03-12"),
    ("2026-03-12T09:05:00−05:00", "2026-03-12T09:05:00-05:00"),
    ("2026-13-01", None),
    ("2026-02-30", None),
    ("2024-02-29", "2024-02-29"),
    ("0000-01-01", None),
    ("0000-00-00 00:00:00", None),
    ("0001-01-01T00:00:00Z", None),
    ("10000-01-01T00:00:00Z", None),
    ("+002026-03-12", None),
    ("-0044-03-15", None),
    ("1773306300", None),
    ("1773306300000", None),
    ("٢٠٢٦-٠٣-١٢", "2026-03-12"),
    ("２０２６-０３-１２", "2026-03-12"),
    ("2026/03/12", "2026-03-12"),
    ("2026.03.12", "2026-03-12"),
    (" 2026-03-12", "2026-03-12"),
    ("2026-03-12T09:05:00[Europe/Berlin]", "2026-03-12"),
    ("2026-03-12T09:05:00+01:00[Europe/Berlin]", "2026-03-12T09:05:00+01:00"),
    ("2026-03-12 9:05:00Z", "2026-03-12T09:05:00Z"),
    ("March 12, 2026", "2026-03-12"),
    ("12 March 2026", "2026-03-12"),
    ("03/04/2026", None),
    ("13/04/2026", "2026-04-13"),
    ("04/13/2026", "2026-04-13"),
    ("12.03.2026", "2026-03-12"),
    ("12.03.2026 09:05 Uhr", "2026-03-12"),
    ("/Date(1773306300000)/", None),
    ("n/a", None),
    ("9999-12-31T23:59:59-14:00", None),
    ("1500-01-01T00:00:00+14:00", "1500-01-01T00:00:00+14:00"),
]
PRINTED = [
    ("12 March 2026", "2026-03-12"),
    ("12 Mar 2026", "2026-03-12"),
    ("12th March 2026", "2026-03-12"),
    ("12th of March 2026", "2026-03-12"),
    ("March 12, 2026", "2026-03-12"),
    ("March 12th, 2026", "2026-03-12"),
    ("Mar. 12, 2026", "2026-03-12"),
    ("Thursday, 12 March 2026", "2026-03-12"),
    ("Thursday, March 12, 2026", "2026-03-12"),
    ("Friday, 12 March 2026", "2026-03-12"),
    ("March 12, 2026 9:05 a.m. EST", "2026-03-12T14:05:00Z"),
    ("March 12, 2026 at 9:05 AM ET", "2026-03-12T13:05:00Z"),
    ("March 12, 2026, 9:05 p.m. EDT", "2026-03-13T01:05:00Z"),
    ("March 12, 2026 12:00 am EST", "2026-03-12T05:00:00Z"),
    ("March 12, 2026 13:05 pm EST", "2026-03-12"),
    ("12 March 2026 09:05 GMT", "2026-03-12T09:05:00Z"),
    ("12 March 2026 09:05 BST", "2026-03-12"),
    ("12 March 2026, 09.05 CET", "2026-03-12T08:05:00Z"),
    ("9:05 a.m. EST, March 12, 2026", "2026-03-12T14:05:00Z"),
    ("12.03.2026", "2026-03-12"),
    ("12. März 2026", "2026-03-12"),
    ("12. Maerz 2026", None),
    ("Donnerstag, 12. März 2026, 09:05 Uhr", "2026-03-12"),
    ("12 mars 2026", "2026-03-12"),
    ("le 12 mars 2026 à 9h05", "2026-03-12"),
    ("12 de marzo de 2026", "2026-03-12"),
    ("12 marzo 2026", "2026-03-12"),
    ("12 maart 2026", "2026-03-12"),
    ("1er mars 2026", "2026-03-01"),
    ("12 марта 2026", None),
    ("2026年3月12日", None),
    ("03/04/2026", None),
    ("03-04-2026", None),
    ("3/3/2026", "2026-03-03"),
    ("13/04/2026", "2026-04-13"),
    ("04/13/2026", "2026-04-13"),
    ("31 February 2026", None),
    ("12 March", None),
    ("March 2026", None),
    ("12 March 26", None),
    ("12 March 0026", None),
    ("12 March 10000", None),
    ("1２ March 2026", "2026-03-12"),
    ("١٢ March 2026", "2026-03-12"),
    ("2026-03-12", "2026-03-12"),
    ("2026-03-12 09:05 UTC", "2026-03-12T09:05:00Z"),
    ("2026-03-12T09:05:00+01:00", "2026-03-12T08:05:00Z"),
    ("12/Mar/2026", None),
    ("12-Mar-2026", "2026-03-12"),
    ("yesterday", None),
    ("two days ago", None),
    ("24:00 12 March 2026", "2026-03-12"),
    ("version 2.12.2026.1", None),
]
JSON: list[tuple[object, str | None]] = [
    (1773306300, "2026-03-12T09:05:00Z"),
    (1773306300.5, "2026-03-12T09:05:00Z"),
    (1773306300000, "2026-03-12T09:05:00Z"),
    ("1773306300", None),
    ("1773306300000", None),
    (0, None),
    (-1, None),
    (1, None),
    (999999999, "2001-09-09T01:46:39Z"),
    (100000000000, None),
    (10**13, None),
    (10**30, None),
    (1e300, None),
    (float("inf"), None),
    (float("nan"), None),
    (True, None),
    (None, None),
    ([], None),
    ({}, None),
    (["2026-03-12"], None),
    ("2026-03-12", "2026-03-12"),
    ({"$date": "2026-03-12T09:05:00Z"}, None),
    ({"iso": "2026-03-12"}, None),
]


@pytest.mark.parametrize(("text", "meant"), FEEDS)
def test_dates_of_feeds_are_those_of_rfc_822_with_its_obsolete_years_and_zones(text: str, meant: str | None) -> None:
    assert pubdate(text) == meant


@pytest.mark.parametrize(("text", "meant"), MACHINES)
def test_dates_for_machines_are_those_of_iso_8601_and_whole(text: str, meant: str | None) -> None:
    assert lexical(text) == meant


@pytest.mark.parametrize(("text", "meant"), PRINTED)
def test_printed_dates_are_read_in_the_languages_that_are_known(text: str, meant: str | None) -> None:
    found = find(text)
    assert (found.value if found else None) == meant


@pytest.mark.parametrize(("value", "meant"), JSON, ids=repr)
def test_dates_in_json_may_be_seconds_or_milliseconds_since_1970(value: object, meant: str | None) -> None:
    assert values.moment(value) == meant


def test_a_day_may_come_before_the_month_where_the_language_says_so() -> None:
    found = find("03/04/2026", day_first=True)
    assert found is not None
    assert found.value == "2026-04-03"


@pytest.mark.parametrize("value", [10**30, -(10**30), 1e300, "9" * 5000, "2026-03-12T" * 500, {"a": 1}, "\u0000", "-"])
def test_a_date_that_is_none_costs_the_article_nothing_but_the_date(value: object) -> None:
    body = "The council of Velmar met on Tuesday and spoke for three hours about the wall."
    record = {"headline": "The wall", "body": body, "published": value}
    (made,) = RecordReader().read(Document(json.dumps(record).encode(), "k", "o"))
    assert made.date_published is None
