"""Literals as values: whether a lexical form is valid for its datatype, and how two literals compare.

Follows XML Schema 1.1 part 2 for lexical forms and SPARQL 1.1 section 17.3 for ``<``; the datatypes are the ones an
Oxigraph store keeps apart.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal

from pyoxigraph import Literal

from kg.vocab import XSD

__all__ = ["compare", "well_typed"]

_ZONE = r"(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR = r"-?([1-9]\d{3,}|0\d{3})"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[12]\d|3[01])"
_TIME = r"(([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?|24:00:00(\.0+)?)"
_DECIMAL = r"[+-]?(\d+(\.\d*)?|\.\d+)"
_INTEGER = r"[+-]?\d+"

_FORMS = {
    "integer": _INTEGER,
    "decimal": _DECIMAL,
    "double": rf"{_DECIMAL}([eE][+-]?\d+)?|[+-]?INF|NaN",
    "boolean": "true|false|1|0",
    "dateTime": rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "date": rf"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "time": rf"{_TIME}{_ZONE}",
    "gYear": rf"{_YEAR}{_ZONE}",
    "gYearMonth": rf"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": rf"--{_MONTH}{_ZONE}",
    "gMonthDay": rf"--{_MONTH}-{_DAY}{_ZONE}",
    "gDay": rf"---{_DAY}{_ZONE}",
    "duration": r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?",
}
_FORMS["float"] = _FORMS["double"]
_SIGNED = ("long", "int", "short", "byte", "nonPositiveInteger", "negativeInteger")
_UNSIGNED = (
    "nonNegativeInteger",
    "positiveInteger",
    "unsignedLong",
    "unsignedInt",
    "unsignedShort",
    "unsignedByte",
)
_FORM = {XSD[name].value: re.compile(form, re.ASCII) for name, form in _FORMS.items()}
_FORM |= {XSD[name].value: re.compile(_INTEGER, re.ASCII) for name in _SIGNED}
_FORM |= {XSD[name].value: re.compile(r"\+?\d+|-0+", re.ASCII) for name in _UNSIGNED}
_NUMERIC = frozenset(XSD[n].value for n in ("integer", "decimal", "double", "float", *_SIGNED, *_UNSIGNED))
_REAL = frozenset({XSD.double.value, XSD.float.value})
_STRING, _BOOLEAN = XSD.string.value, XSD.boolean.value
_DATES = frozenset({XSD.dateTime.value, XSD.date.value})
_WITH_DAY = frozenset({XSD.dateTime.value, XSD.date.value})

#: Longest lexical form that is read as a number or date; a longer one is no value anyone meant.
_LONGEST = 400


def well_typed(literal: Literal) -> bool:
    """Whether the lexical form is valid for the datatype; True for datatypes that are not known here."""
    datatype = literal.datatype.value
    form = _FORM.get(datatype)
    if form is None:
        return True
    text = literal.value
    if len(text) > _LONGEST and datatype not in _NUMERIC:
        return False
    if not form.fullmatch(text):
        return False
    if datatype in _WITH_DAY and not text.startswith("-") and text[4] == "-":
        try:
            datetime.date.fromisoformat(text[:10])
        except ValueError:
            return text.startswith("0000")
    return True


def compare(test: Callable[[int], bool], left: Literal, right: Literal) -> bool:
    """Whether ``test`` holds for the order of two literals (-1, 0, 1); False when they cannot be compared."""
    a, b = _value(left), _value(right)
    if a is None or b is None or (type(a) is not type(b) and not _numbers(a, b)):
        return False
    try:
        order = (a > b) - (a < b)  # type: ignore[operator]
        return test(order) if a == a and b == b else False
    except TypeError:
        # One has a time zone and the other has none: the order is indeterminate (XPath, section 10.4).
        return False


_Value = Decimal | float | str | bool | datetime.datetime | datetime.date


def _numbers(a: _Value, b: _Value) -> bool:
    return isinstance(a, Decimal | float) and isinstance(b, Decimal | float)


def _value(literal: Literal) -> _Value | None:
    datatype, text = literal.datatype.value, literal.value
    if datatype == _STRING:
        return text
    if len(text) > _LONGEST or not well_typed(literal):
        return None
    if datatype in _REAL:
        return float(text)
    if datatype in _NUMERIC:
        return Decimal(text)
    if datatype == _BOOLEAN:
        return text in ("true", "1")
    if datatype in _DATES:
        try:
            return datetime.datetime.fromisoformat(text if "T" in text else text[:10] + "T00:00:00" + text[10:])
        except ValueError:
            return None
    return None
