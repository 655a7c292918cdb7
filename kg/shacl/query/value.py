"""The values of literals as SPARQL's operators see them (SPARQL 1.1, section 17.3; XML Schema 1.1 part 2).

Where the specification leaves room (ordered types beyond the required ones, precision of decimals) this follows
Oxigraph, so that a query says the same here and in a store.
"""

from __future__ import annotations

import re
import struct
from decimal import ROUND_DOWN, Context, Decimal, InvalidOperation
from functools import cmp_to_key, lru_cache

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.shacl.query.asked import asked
from kg.shacl.shapes import words
from kg.shacl.view import Node
from kg.vocab import XSD

__all__ = ["Number", "Single", "arithmetic", "equal", "number", "number_term", "order", "order_key", "truth"]


class Single(float):
    """A number of ``xsd:float``, rounded to 32 bits."""

    def __new__(cls, value: float) -> Single:
        """The nearest 32-bit number."""
        try:
            return super().__new__(cls, struct.unpack("f", struct.pack("f", value))[0])
        except OverflowError:
            return super().__new__(cls, float("inf") if value > 0 else float("-inf"))


Number = int | Decimal | float

_INTEGERS = words(
    """integer long int short byte nonPositiveInteger negativeInteger nonNegativeInteger positiveInteger
    unsignedLong unsignedInt unsignedShort unsignedByte"""
)
_INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,9})?|[+-]?INF|NaN")
#: Kind of number by datatype: 0 integer, 1 decimal, 2 float, 3 double.
_KIND = {XSD[name].value: 0 for name in _INTEGERS} | {
    XSD.decimal.value: 1,
    XSD.float.value: 2,
    XSD.double.value: 3,
}
_KIND_OF = {NamedNode(iri): kind for iri, kind in _KIND.items()}
_STRING, _BOOLEAN = XSD.string.value, XSD.boolean.value
_DATETIME, _DATE = XSD.dateTime.value, XSD.date.value
_OTHERS = {XSD[n].value: "duration" for n in ("duration", "dayTimeDuration", "yearMonthDuration")} | {
    XSD[n].value: n for n in ("time", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay")
}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_CONTEXT = Context(prec=1000)
_STEP = Decimal("1e-18")
_FOURTEEN_HOURS = 14 * 3600


# ---- numbers ---------------------------------------------------------------------------------------------------------


def number(term: Node | None) -> Number | None:
    """The number a literal stands for, or None."""
    if not isinstance(term, Literal):
        return None
    kind = _KIND_OF.get(term.datatype)
    if kind is None:
        return None
    text = term.value
    if kind == 0:
        if text.isascii() and text.isdigit() and len(text) < 400:
            return int(text)
        return int(text) if _INTEGER.fullmatch(text) else None
    if kind == 1:
        return Decimal(text) if _DECIMAL.fullmatch(text) else None
    if not _DOUBLE.fullmatch(text):
        return None
    return Single(float(text)) if kind == 2 else float(text)


def number_term(value: Number) -> Literal:
    """The number as a literal, in the form Oxigraph writes."""
    if isinstance(value, int):
        return Literal(str(value), datatype=XSD.integer)
    if isinstance(value, Decimal):
        return Literal(_plain(value.quantize(_STEP, ROUND_DOWN, _CONTEXT)), datatype=XSD.decimal)
    datatype = XSD.float if isinstance(value, Single) else XSD.double
    if value != value:
        return Literal("NaN", datatype=datatype)
    if value in (float("inf"), float("-inf")):
        return Literal("INF" if value > 0 else "-INF", datatype=datatype)
    text = repr(float(value))
    if isinstance(value, Single):
        text = next(t for t in (f"{float(value):.{p}g}" for p in range(1, 18)) if Single(float(t)) == value)
    return Literal(("-0" if str(value) == "-0.0" else _plain(Decimal(text))), datatype=datatype)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def arithmetic(mark: str, a: Number, b: Number) -> Number | None:
    """``a mark b`` with numeric type promotion; None for a division by zero (section 17.3)."""
    if isinstance(a, float) or isinstance(b, float):
        single = not any(type(n) is float for n in (a, b))
        found = _floating(mark, float(a), float(b))
        return Single(found) if single else found
    if mark == "/":
        if b == 0:
            return None
        try:
            return _CONTEXT.divide(Decimal(a), Decimal(b)).quantize(_STEP, ROUND_DOWN, _CONTEXT)
        except InvalidOperation:
            return None
    if isinstance(a, int) and isinstance(b, int):
        return a + b if mark == "+" else a - b if mark == "-" else a * b
    a, b = Decimal(a), Decimal(b)
    if mark == "+":
        return _CONTEXT.add(a, b)
    return _CONTEXT.subtract(a, b) if mark == "-" else _CONTEXT.multiply(a, b).quantize(_STEP, ROUND_DOWN, _CONTEXT)


def _floating(mark: str, a: float, b: float) -> float:
    if mark == "+":
        return a + b
    if mark == "-":
        return a - b
    if mark == "*":
        return a * b
    if b:
        return a / b
    if a == 0 or a != a:
        return float("nan")
    return float("inf") if (a > 0) == (str(b)[0] != "-") else float("-inf")


# ---- comparison ------------------------------------------------------------------------------------------------------


def equal(a: Node, b: Node) -> bool | None:
    """``a = b``; None for a type error (section 17.4.1.7)."""
    if not (isinstance(a, Literal) and isinstance(b, Literal)):
        if isinstance(a, Triple) and isinstance(b, Triple):
            return _equal_triples(a, b)
        return a == b
    x, y = a.datatype.value, b.datatype.value
    if x == y == _STRING:
        return a.value == b.value
    if a == b:
        left = number(a)
        return left is None or left == left
    if (a.language is None) != (b.language is None):
        return False
    f, g = _family(a, x), _family(b, y)
    if f is None or g is None:
        return None
    if f != g:
        return False
    if f == "string" or f == "boolean":
        return _BOOLEANS[a.value] == _BOOLEANS[b.value] if f == "boolean" else a.value == b.value
    if f == "language":
        return a.value == b.value and (a.language or "").lower() == (b.language or "").lower() and x == y
    if f in ("number", "instant", "day"):
        return order(a, b) == 0
    found = asked("?a = ?b", a, b)
    return None if not isinstance(found, Literal) else found.value == "true"


def _equal_triples(a: Triple, b: Triple) -> bool | None:
    """Whether the parts are equal, each by its value (SPARQL 1.2, section 17.4.1.7)."""
    found = [equal(x, y) for x, y in zip(a, b, strict=True)]
    return False if False in found else None if None in found else True


def order(a: Node, b: Node) -> int | None:
    """-1, 0 or 1 for ``<``, ``=`` and ``>``; None where SPARQL cannot compare the two."""
    if not (isinstance(a, Literal) and isinstance(b, Literal)):
        return None
    x, y = a.datatype.value, b.datatype.value
    if x == y == _STRING:
        return (a.value > b.value) - (a.value < b.value)
    f = _family(a, x)
    if f is None or f != _family(b, y):
        return None
    if f == "number":
        m, n = number(a), number(b)
        assert m is not None
        assert n is not None
        return compare_numbers(m, n)
    if f in ("instant", "day"):
        return _compare_instants(_instant(a.value, x), _instant(b.value, y))
    if f == "language":
        same = (a.language or "").lower() == (b.language or "").lower() and x == y
        return (a.value > b.value) - (a.value < b.value) if same else None
    if f == "boolean":
        return None
    for mark, found in (("<", -1), ("=", 0), (">", 1)):
        answer = asked(f"?a {mark} ?b", a, b)
        if isinstance(answer, Literal) and answer.value == "true":
            return found
    return None


def compare_numbers(m: Number, n: Number) -> int | None:
    """The order of two numbers after promotion; None when one is NaN."""
    if isinstance(m, float) or isinstance(n, float):
        single = not any(type(v) is float for v in (m, n))
        m, n = (Single(float(m)), Single(float(n))) if single else (float(m), float(n))
        if m != m or n != n:
            return None
    return (m > n) - (m < n)


def _family(literal: Literal, datatype: str) -> str | None:
    """What the value can be compared with; None for an unknown datatype or an invalid lexical form."""
    if literal.language is not None:
        return "language"
    if datatype == _STRING:
        return "string"
    if datatype in _KIND:
        return None if number(literal) is None else "number"
    if datatype == _BOOLEAN:
        return "boolean" if literal.value in _BOOLEANS else None
    if datatype in (_DATETIME, _DATE):
        return None if _instant(literal.value, datatype) is None else "instant" if datatype == _DATETIME else "day"
    name = _OTHERS.get(datatype)
    return name if name is not None and _valid(literal) else None


@lru_cache(maxsize=256)
def _valid(literal: Literal) -> bool:
    """Whether Oxigraph reads a value from the literal: only a value equals itself in order too."""
    found = asked("?a <= ?a", literal)
    return isinstance(found, Literal) and found.value == "true"


_INSTANT = re.compile(
    r"(-?(?:[1-9][0-9]{3,8}|0[0-9]{3}))-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])"
    r"(?:T([01][0-9]|2[0-4]):([0-5][0-9]):([0-5][0-9](?:\.[0-9]{1,40})?))?(Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@lru_cache(maxsize=4096)
def _instant(text: str, datatype: str) -> tuple[Decimal | int, bool] | None:
    """Seconds on the time line (a date's at its beginning) and whether there is a time zone."""
    if len(text) > 80:
        return None
    found = _INSTANT.fullmatch(text)
    if found is None or (found[4] is not None) != (datatype == _DATETIME):
        return None
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _DAYS[month - 1] + (leap and month == 2):
        return None
    # Days since 0000-03-01 in the proleptic Gregorian calendar: years begin in March, so that leap days end them.
    y = year - (month <= 2)
    days = 365 * y + y // 4 - y // 100 + y // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    seconds: Decimal | int = days * 86400
    if found[4] is not None:
        if found[4] == "24" and (found[5] != "00" or Decimal(found[6]) != 0):
            return None
        rest = found[6]
        seconds += int(found[4]) * 3600 + int(found[5]) * 60
        seconds += Decimal(rest) if "." in rest else int(rest)
    zone = found[7]
    if zone is None or zone == "Z":
        return seconds, zone is not None
    offset = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    if offset > _FOURTEEN_HOURS:
        return None
    return seconds - offset if zone[0] == "+" else seconds + offset, True


def _compare_instants(a: tuple[Decimal | int, bool] | None, b: tuple[Decimal | int, bool] | None) -> int | None:
    if a is None or b is None:
        return None
    (m, zoned), (n, other) = a, b
    if zoned == other:
        return (m > n) - (m < n)
    # One has a time zone and the other none: certain only beyond 14 hours (XML Schema 1.1 part 2, section 2.2.3).
    return -1 if m < n - _FOURTEEN_HOURS else 1 if m > n + _FOURTEEN_HOURS else None


def truth(term: Node | None) -> bool | None:
    """The effective boolean value (section 17.2.2); None for a type error."""
    if not isinstance(term, Literal):
        return None
    datatype = term.datatype.value
    if datatype == _BOOLEAN:
        return _BOOLEANS.get(term.value)
    if datatype == _STRING:
        return term.value != ""
    value = number(term)
    return None if value is None else bool(value) and value == value


# ---- ORDER BY --------------------------------------------------------------------------------------------------------


def _rank(term: Node | None) -> int:
    if term is None:
        return 0
    return 1 if isinstance(term, BlankNode) else 2 if isinstance(term, NamedNode) else 3 + isinstance(term, Triple)


def _sorted_before(a: Node | None, b: Node | None) -> int:
    x, y = _rank(a), _rank(b)
    if x != y:
        return x - y
    if a is None or b is None:
        return 0
    if x == 3:
        found = order(a, b)
        if found is not None:
            return found
    if isinstance(a, Triple) and isinstance(b, Triple):
        return next((n for p, q in zip(a, b, strict=True) if (n := _sorted_before(p, q))), 0)
    left, right = (t.value if isinstance(t, NamedNode) else str(t) for t in (a, b))
    return (left > right) - (left < right)


#: A key for sorting terms as ORDER BY does (section 15.1); None stands for an unbound variable and comes first.
order_key = cmp_to_key(_sorted_before)
