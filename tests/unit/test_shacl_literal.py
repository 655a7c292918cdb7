"""Literals: which lexical forms are valid (XML Schema 1.1, part 2) and how values are ordered."""

from __future__ import annotations

from itertools import product

import pytest
from pyoxigraph import Literal

from kg.shacl.literal import compare, order, value_of, well_typed
from kg.vocab import RDF, XSD


def typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=XSD[name])


VALID = {
    "integer": ["0", "-0", "+7", "007", "9" * 1000],
    "decimal": ["1", "1.", ".5", "-1.50"],
    "double": ["1", "1e9", "-1.5E-3", "INF", "-INF", "+INF", "NaN", ".5"],
    "float": ["1e0"],
    "boolean": ["true", "false", "0", "1"],
    "byte": ["127", "-128", "+5", "000000000000000000000000012"],
    "short": ["32767", "-32768"],
    "int": ["2147483647", "-2147483648"],
    "long": ["9223372036854775807", "-9223372036854775808"],
    "unsignedByte": ["0", "255", "-0"],
    "unsignedShort": ["65535"],
    "unsignedInt": ["4294967295"],
    "unsignedLong": ["18446744073709551615"],
    "nonNegativeInteger": ["0", "-0", "99999999999999999999999999"],
    "positiveInteger": ["1", "+1"],
    "nonPositiveInteger": ["0", "-5", "-99999999999999999999999999"],
    "negativeInteger": ["-1"],
    "date": ["2024-02-29", "2000-02-29Z", "2026-12-31-14:00", "-0044-03-15", "12026-01-01", "0000-02-29"],
    "dateTime": ["2026-03-12T09:30:00", "2026-03-12T24:00:00Z", "2026-03-12T23:59:59.999+05:30"],
    "dateTimeStamp": ["2026-03-12T09:30:00Z"],
    "time": ["00:00:00", "24:00:00", "09:30:00.5Z"],
    "gYear": ["2026", "-0001", "2026Z"],
    "gYearMonth": ["2026-12"],
    "gMonth": ["--12"],
    "gMonthDay": ["--02-29"],
    "gDay": ["---31"],
    "duration": ["P1Y", "-P1M", "P1Y2M3DT4H5M6.7S", "PT0S"],
    "dayTimeDuration": ["P1DT1S"],
    "yearMonthDuration": ["P1Y1M"],
    "hexBinary": ["", "0aFF"],
    "base64Binary": ["", "TWFu", "TWE=", "TQ==", "TW Fu"],
    "string": ["", "anything"],
    "anyURI": ["not an IRI at all"],
    "unheardOf": ["x"],
}
INVALID = {
    "integer": ["", "1.0", " 1", "1 ", "١", "+", "1e3", "--1"],
    "decimal": ["", ".", "1e3", "INF"],
    "double": ["", "inf", "nan", "1e", "0x1", "1_0"],
    "boolean": ["True", "yes", "maybe", ""],
    "byte": ["128", "-129", "300", "c", "9" * 1000],
    "short": ["32768"],
    "int": ["2147483648"],
    "long": ["9223372036854775808"],
    "unsignedByte": ["256", "-1"],
    "unsignedLong": ["18446744073709551616"],
    "nonNegativeInteger": ["-1"],
    "positiveInteger": ["0"],
    "nonPositiveInteger": ["1"],
    "negativeInteger": ["0", "-0"],
    "date": [
        "2023-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-04-31",
        "26-01-01",
        "2026-1-1",
        "2026-01-01+15:00",
    ],
    "dateTime": [
        "2026-03-12",
        "2026-03-12T25:00:00",
        "2026-03-12T24:00:01",
        "2026-02-30T00:00:00",
        "2026-03-12 09:30:00",
    ],
    "dateTimeStamp": ["2026-03-12T09:30:00"],
    "time": ["9:30:00", "24:00:01", "09:60:00"],
    "gMonth": ["--13", "12"],
    "gMonthDay": ["--02-30", "--04-31"],
    "gDay": ["---32"],
    "duration": ["P", "PT", "1Y", "P1S", "P-1Y", "P1YT"],
    "dayTimeDuration": ["P1Y"],
    "yearMonthDuration": ["P1D"],
    "hexBinary": ["0", "0g"],
    "base64Binary": ["T", "TW=u", "===="],
}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in VALID.items() for t in texts])
def test_a_valid_lexical_form(name: str, text: str) -> None:
    assert well_typed(typed(text, name))


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in INVALID.items() for t in texts])
def test_an_invalid_lexical_form_and_it_has_no_value(name: str, text: str) -> None:
    assert not well_typed(typed(text, name))
    assert value_of(typed(text, name)) is None


ORDERED: list[list[Literal]] = [
    [
        typed("-INF", "double"),
        typed("-2", "integer"),
        typed("-1.5", "decimal"),
        typed("0", "byte"),
        typed("INF", "float"),
    ],
    [typed("9007199254740992", "integer"), typed("9007199254740993", "integer"), typed("9" * 300, "decimal")],
    [Literal(""), Literal("A"), Literal("B"), Literal("a"), Literal("é")],
    [typed("false", "boolean"), typed("1", "boolean")],
    [
        typed("-0044-03-15T00:00:00Z", "dateTime"),
        typed("2026-01-01T00:00:00.25Z", "dateTime"),
        typed("2026-01-01T00:00:00.5Z", "dateTimeStamp"),
        typed("2026-01-01T12:00:00+05:00", "dateTime"),
        typed("2026-01-01T12:00:00Z", "dateTime"),
        typed("2026-01-01T12:00:00-05:00", "dateTime"),
        typed("12026-01-01T00:00:00Z", "dateTime"),
    ],
    [typed("2024-02-28", "date"), typed("2024-02-29", "date"), typed("2024-03-01", "date")],
    [typed("2026", "gYear"), typed("2027", "gYear")],
    [typed("---01", "gDay"), typed("---31", "gDay")],
    [
        typed("P1D", "dayTimeDuration"),
        typed("PT25H", "dayTimeDuration"),
        typed("P1M", "duration"),
        typed("P1Y", "yearMonthDuration"),
    ],
]
SAME = [
    (typed("1", "integer"), typed("1.0", "double")),
    (typed("01", "byte"), typed("1", "decimal")),
    (typed("0.1", "decimal"), typed("0.1", "double")),
    (typed("16777217", "integer"), typed("16777216", "float")),
    (typed("2026-01-01T24:00:00Z", "dateTime"), typed("2026-01-02T01:00:00+01:00", "dateTime")),
    (typed("1", "boolean"), typed("true", "boolean")),
    (typed("P1Y", "yearMonthDuration"), typed("P12M", "duration")),
]
APART = [
    (typed("1", "integer"), Literal("1")),
    (typed("1", "integer"), typed("true", "boolean")),
    (Literal("a", language="en"), Literal("a", language="en")),
    (Literal("a", language="en"), Literal("a")),
    (typed("2026-01-01", "date"), typed("2026-01-02T00:00:00", "dateTime")),
    (typed("2026-01-01T12:00:00", "dateTime"), typed("2026-01-01T12:00:00Z", "dateTime")),
    (typed("2026-01-01T12:00:00", "dateTime"), typed("2026-01-02T02:00:00Z", "dateTime")),
    (typed("NaN", "double"), typed("NaN", "double")),
    (typed("1", "integer"), typed("NaN", "float")),
    (typed("300", "byte"), typed("1", "integer")),
    (typed("x", "integer"), typed("x", "integer")),
    (typed("P1M", "duration"), typed("P30D", "duration")),
    (typed("a", "anyURI"), typed("b", "anyURI")),
    (Literal("a", datatype=RDF.HTML), Literal("b", datatype=RDF.HTML)),
]


def ordered(a: Literal, b: Literal) -> int | None:
    left, right = value_of(a), value_of(b)
    return order(left, right) if left is not None and right is not None else None


@pytest.mark.parametrize("row", ORDERED, ids=lambda row: row[0].datatype.value.rpartition("#")[2])
def test_values_in_order(row: list[Literal]) -> None:
    for (i, a), (j, b) in product(enumerate(row), repeat=2):
        assert ordered(a, b) == (i > j) - (i < j), (a, b)
        assert compare(lambda found: found < 0, a, b) == (i < j)


@pytest.mark.parametrize(("a", "b"), SAME)
def test_values_that_are_equal_however_they_are_written(a: Literal, b: Literal) -> None:
    assert ordered(a, b) == ordered(b, a) == 0


@pytest.mark.parametrize(("a", "b"), APART)
def test_values_that_cannot_be_compared_fulfil_no_comparison(a: Literal, b: Literal) -> None:
    assert ordered(a, b) is None
    assert not compare(lambda _: True, a, b)
    assert not compare(lambda _: True, b, a)


def test_a_time_without_a_zone_is_compared_with_one_beyond_fourteen_hours() -> None:
    noon = typed("2026-01-01T12:00:00", "dateTime")
    assert ordered(noon, typed("2026-01-02T02:00:01Z", "dateTime")) == -1
    assert ordered(typed("2026-01-02T02:00:01Z", "dateTime"), noon) == 1
    assert ordered(noon, typed("2025-12-31T21:59:59.9Z", "dateTime")) == 1
    assert ordered(typed("2026-01-01", "date"), typed("2026-01-02Z", "date")) == -1
