"""Literals as values: whether a lexical form is valid for its datatype, and how two literals compare.

Follows XML Schema 1.1 part 2 for lexical forms and for the order of dates, times and durations, and SPARQL 1.1 section
17.3 for ``<`` and the promotion of numbers.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from decimal import Decimal

from pyoxigraph import Literal

from kg.vocab import XSD

__all__ = ["Value", "compare", "order", "value_of", "well_typed"]

_ZONE = r"(?P<zone>Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR = r"(?P<year>-?(?:[1-9]\d{3,}|0\d{3}))"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12]\d|3[01])"
_TIME = r"(?P<time>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_YEARS = r"(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?"
_DAYS = r"(?:(?P<days>\d+)D)?(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
_DECIMAL = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_INTEGER = r"[+-]?\d+"
_BASE64 = r"(?:[A-Za-z0-9+/] ?){4}"

_MOMENTS = {
    "dateTime": rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "dateTimeStamp": rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}(?P<zone>Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)",
    "date": rf"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "time": rf"{_TIME}{_ZONE}",
    "gYear": rf"{_YEAR}{_ZONE}",
    "gYearMonth": rf"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": rf"--{_MONTH}{_ZONE}",
    "gMonthDay": rf"--{_MONTH}-{_DAY}{_ZONE}",
    "gDay": rf"---{_DAY}{_ZONE}",
}
_DURATIONS = {
    "duration": rf"(?P<sign>-)?P(?=.){_YEARS}{_DAYS}",
    "dayTimeDuration": rf"(?P<sign>-)?P(?=.){_DAYS}",
    "yearMonthDuration": rf"(?P<sign>-)?P(?=.){_YEARS}",
}
#: Integer types and the least and greatest value of each.
_INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    **{name: (-(1 << bits - 1), (1 << bits - 1) - 1) for name, bits in (("long", 64), ("int", 32), ("short", 16))},
    "byte": (-128, 127),
    **{f"unsigned{name}": (0, (1 << bits) - 1) for name, bits in (("Long", 64), ("Int", 32), ("Short", 16))},
    "unsignedByte": (0, 255),
}
_REAL = rf"{_DECIMAL}(?:[eE][+-]?\d+)?|[+-]?INF|NaN"
_FORMS = {
    **dict.fromkeys(_INTEGERS, _INTEGER),
    **_MOMENTS,
    **_DURATIONS,
    "decimal": _DECIMAL,
    "double": _REAL,
    "float": _REAL,
    "boolean": "true|false|1|0",
    "hexBinary": "(?:[0-9a-fA-F]{2})*",
    "base64Binary": rf"(?:{_BASE64})*(?:{_BASE64}|(?:[A-Za-z0-9+/] ?){{3}}=|(?:[A-Za-z0-9+/] ?){{2}}= ?=)?",
}
_FORM = {XSD[name].value: re.compile(form, re.ASCII) for name, form in _FORMS.items()}
_BOUNDED = {XSD[name].value: limits for name, limits in _INTEGERS.items() if limits != (None, None)}
_MOMENT = {XSD[name].value: name.removesuffix("Stamp") for name in _MOMENTS}
_DURATION = frozenset(XSD[name].value for name in _DURATIONS)
#: How precise a number is: what two numbers are compared as is the greater of theirs (SPARQL, section 17.3).
_NUMBER = {XSD[name].value: 0 for name in (*_INTEGERS, "decimal")} | {XSD.float.value: 1, XSD.double.value: 2}
_DATED = frozenset(XSD[name].value for name in ("dateTime", "dateTimeStamp", "date", "gMonthDay"))
_STRING, _BOOLEAN = XSD.string.value, XSD.boolean.value

#: Longest lexical form that is read as a number or date; a longer one is no value anyone meant.
_LONGEST = 400
#: Within this many seconds a time with a zone and one without cannot be ordered (XML Schema, section 3.3.7.4).
_INDETERMINATE = 14 * 3600

#: (family, value, detail); values are ordered within a family only.
Value = tuple[str, object, int]


def well_typed(literal: Literal) -> bool:
    """Whether the lexical form is valid for the datatype; True for datatypes that are not known here."""
    datatype = literal.datatype.value
    form = _FORM.get(datatype)
    if form is None:
        return True
    text = literal.value
    if len(text) > _LONGEST and datatype in _MOMENT:
        return False
    found = form.fullmatch(text)
    if found is None:
        return False
    if datatype in _DATED:
        year = int(found["year"]) if datatype != XSD.gMonthDay.value else 4
        return int(found["day"]) <= _days_of(year, int(found["month"]))
    limits = _BOUNDED.get(datatype)
    return limits is None or _within(text, *limits)


def compare(test: Callable[[int], bool], left: Literal, right: Literal) -> bool:
    """Whether ``test`` holds for the order of two literals (-1, 0, 1); False when they cannot be compared."""
    a, b = value_of(left), value_of(right)
    found = order(a, b) if a is not None and b is not None else None
    return found is not None and test(found)


def value_of(literal: Literal) -> Value | None:
    """What can be ordered; None for an ill-typed literal and for a datatype without an order."""
    datatype = literal.datatype.value
    if datatype == _STRING:
        return "string", literal.value, 0
    text = literal.value
    if len(text) > _LONGEST or not well_typed(literal):
        return None
    precision = _NUMBER.get(datatype)
    if precision is not None:
        number = Decimal(text) if precision == 0 else float(text) if precision == 2 else _single(float(text))
        return "number", number, precision
    if datatype == _BOOLEAN:
        return "boolean", text in ("true", "1"), 0
    if datatype in _MOMENT:
        return _moment(_MOMENT[datatype], _FORM[datatype].fullmatch(text))
    if datatype in _DURATION:
        return _duration(_FORM[datatype].fullmatch(text))
    return None


def order(a: Value, b: Value) -> int | None:
    """-1, 0 or 1 as the first value is less than, equal to or greater than the second; None when that is not known."""
    family, x, detail = a
    if family != b[0]:
        return None
    y, other = b[1], b[2]
    if family == "number":
        precision = max(detail, other)
        if precision:
            x, y = float(x), float(y)  # type: ignore[arg-type]
            if precision == 1:
                x, y = _single(x), _single(y)  # the other may be a decimal
            if x != x or y != y:
                return None
    elif family == "duration":
        return _order_of_durations(x, y)  # type: ignore[arg-type]
    elif detail != other:
        return _order_across_zones(x, y)  # type: ignore[arg-type]
    return int(x > y) - int(x < y)  # type: ignore[operator]


# ---- numbers -------------------------------------------------------------------------------------------------------


def _within(text: str, least: int | None, most: int | None) -> bool:
    """Whether an integer is in the range; a long one is judged by its digits, which takes linear time."""
    negative, digits = text.startswith("-"), text.lstrip("+-").lstrip("0")
    if len(digits) > 20:
        return (least if negative else most) is None
    number = -int(digits or "0") if negative else int(digits or "0")
    return (least is None or number >= least) and (most is None or number <= most)


def _single(number: float) -> float:
    """The number as ``xsd:float`` holds it."""
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


# ---- dates, times and durations ------------------------------------------------------------------------------------

_Moment = tuple[int, Decimal]


def _days_of(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _day_number(year: int, month: int, day: int) -> int:
    """Days since 0000-03-01 of the proleptic Gregorian calendar."""
    year -= month < 3
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 1


def _moment(name: str, found: re.Match[str] | None) -> Value:
    """A date or time as (whole seconds, rest of a second), in UTC when its zone is known (detail 1).

    What a date leaves out is filled as XML Schema does (section 3.3.9 to 3.3.14): a leap year, the first of the month.
    """
    assert found is not None
    given = found.groupdict()
    hour, minute, second = (given.get("time") or "00:00:00").split(":")
    days = _day_number(int(given.get("year") or "1972"), int(given.get("month") or "12"), int(given.get("day") or "1"))
    whole, _, rest = second.partition(".")
    seconds = ((days * 24 + int(hour)) * 60 + int(minute)) * 60 + int(whole)
    if name == "time" and hour == "24":
        seconds -= 24 * 3600
    zone = given.get("zone")
    if zone and zone != "Z":
        offset = (int(zone[1:3]) * 60 + int(zone[4:6])) * 60
        seconds += offset if zone[0] == "-" else -offset
    return name, (seconds, Decimal(f"0.{rest or 0}")), 1 if zone else 0


def _order_across_zones(x: _Moment, y: _Moment) -> int | None:
    """The order of a time with a zone and one without: known only beyond 14 hours."""
    if (x[0] + _INDETERMINATE, x[1]) < y:
        return -1
    if (x[0] - _INDETERMINATE, x[1]) > y:
        return 1
    return None


def _duration(found: re.Match[str] | None) -> Value:
    """A duration as (months, seconds)."""
    assert found is not None
    given = {name: Decimal(text or 0) for name, text in found.groupdict().items() if name != "sign"}
    months = given.get("years", Decimal(0)) * 12 + given.get("months", Decimal(0))
    hours = given.get("days", Decimal(0)) * 24 + given.get("hours", Decimal(0))
    seconds = (hours * 60 + given.get("minutes", Decimal(0))) * 60 + given.get("seconds", Decimal(0))
    sign = -1 if found["sign"] else 1
    return "duration", (sign * months, sign * seconds), 0


def _order_of_durations(x: tuple[Decimal, Decimal], y: tuple[Decimal, Decimal]) -> int | None:
    """The order that holds from each of the four starts XML Schema names (section 3.3.6.1), None where they differ."""
    found = set()
    for year, month in ((1696, 9), (1697, 2), (1903, 3), (1903, 7)):
        ends = []
        for months, seconds in (x, y):
            years, beyond = divmod(int(months) + month - 1, 12)
            ends.append(_day_number(year + years, beyond + 1, 1) * 86400 + seconds)
        found.add((ends[0] > ends[1]) - (ends[0] < ends[1]))
    return found.pop() if len(found) == 1 else None
