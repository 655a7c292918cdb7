"""RDF terms as the store keeps them: literals in the form pyoxigraph's store would give them back.

The store changes ``01`` to ``1``, ``+00:00`` to ``Z``, ``0.90`` to ``0.9`` and ``nonNegativeInteger`` to ``integer``,
so digests taken before it would differ from those taken after it. The model therefore writes the stored form from
the start; a test sends every built triple through a store.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Triple

from kg.errors import IriError
from kg.iris import is_web_iri
from kg.vocab import PREFIXES, SCHEMA, XSD, schema_http

__all__ = [
    "boolean",
    "clean",
    "date",
    "decimal",
    "duration",
    "integer",
    "language_tag",
    "ordered",
    "plain",
    "term",
    "text",
    "web",
]

#: What XML 1.0 cannot hold (so RDF/XML cannot either), and lone surrogates, which no UTF-8 can.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_DURATION = re.compile(
    r"(-?)P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?"
    r"(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(\.\d{1,9})?S)?)?",
    re.ASCII,
)
_YEAR, _MONTH, _DAY = r"(?!0000)\d{4}", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_PARTIAL = (
    (re.compile(f"{_YEAR}-{_MONTH}", re.ASCII), XSD.gYearMonth),
    (re.compile(_YEAR, re.ASCII), XSD.gYear),
    (re.compile(f"--{_MONTH}", re.ASCII), XSD.gMonth),
    (re.compile(f"--(?!02-3|0[469]-31|11-31){_MONTH}-{_DAY}", re.ASCII), XSD.gMonthDay),
)


def clean(value: str) -> str:
    """The text with each character no XML and no UTF-8 can hold replaced by U+FFFD, one for one: offsets stay."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", value)


def language_tag(tag: str | None) -> str | None:
    """The tag in lower case, or None where it is no BCP 47 tag."""
    if not tag:
        return None
    lower = tag.strip().replace("_", "-").lower()
    try:
        Literal("", language=lower)
    except ValueError:
        return None
    return lower


def text(value: str, language: str | None) -> Literal:
    """A language-tagged literal, or a plain one where the language is unknown."""
    return Literal(clean(value), language=language) if language else Literal(clean(value))


def plain(value: str) -> Literal:
    """An xsd:string."""
    return Literal(clean(value))


def integer(value: int) -> Literal:
    """An xsd:integer (the store keeps no nonNegativeInteger)."""
    return Literal(str(value), datatype=XSD.integer)


def boolean(value: bool) -> Literal:
    """An xsd:boolean."""
    return Literal("true" if value else "false", datatype=XSD.boolean)


def decimal(value: float, places: int = 3) -> Literal:
    """An xsd:decimal with at most ``places`` decimals and no trailing zeros."""
    rounded = format(round(Decimal(repr(float(value))), places), "f")
    lexical = rounded.rstrip("0").rstrip(".") if "." in rounded else rounded
    return Literal("0" if lexical in {"-0", ""} else lexical, datatype=XSD.decimal)


def date(value: str | None, *, partial: bool = False) -> Literal | None:
    """An xsd:date or xsd:dateTime with a zone, with ``partial`` also gYearMonth, gYear, gMonth and gMonthDay.

    A dateTime without a zone names no moment, so its day is kept and its clock time is not. None when the value is
    absent or no date of the calendar.
    """
    if not value:
        return None
    found = _DATE_TIME.fullmatch(value)
    try:
        if found:
            dt.datetime.fromisoformat(found[1])
            if found[3] is None:
                return Literal(value[:10], datatype=XSD.date)
            if found[3] != "Z":
                dt.datetime.fromisoformat(found[1] + found[3])
                if int(found[3][1:3]) * 60 + int(found[3][4:]) > 14 * 60:
                    return None
            zone = "Z" if found[3] in {"+00:00", "-00:00"} else found[3]
            fraction = (found[2] or "")[:10].rstrip("0").rstrip(".")
            return Literal(found[1] + fraction + zone, datatype=XSD.dateTime)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            dt.date.fromisoformat(value)
            return Literal(value, datatype=XSD.date)
    except ValueError:
        return None
    if partial:
        return next((Literal(value, datatype=kind) for form, kind in _PARTIAL if form.fullmatch(value)), None)
    return None


def duration(value: str) -> Literal | None:
    """An xsd:duration in canonical form (XSD 1.1 part 2, section 3.3.6.2), or None when the value is none."""
    found = _DURATION.fullmatch(value)
    if not found or not any(found.groups()[1:]):
        return None
    years, months, days, hours, minutes, seconds = (int(g or 0) for g in found.groups()[1:7])
    fraction = (found[8] or "").rstrip("0").rstrip(".")
    months += years * 12
    seconds += ((days * 24 + hours) * 60 + minutes) * 60
    years, months = divmod(months, 12)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    day_part = "".join(f"{n}{unit}" for n, unit in ((years, "Y"), (months, "M"), (days, "D")) if n)
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    if not day_part and not clock:
        return Literal("PT0S", datatype=XSD.duration)
    return Literal(f"{found[1]}P{day_part}{'T' if clock else ''}{clock}", datatype=XSD.duration)


def web(value: str | None) -> NamedNode | None:
    """The IRI of a page or file on the web, or None when the text is none."""
    if not value or not is_web_iri(value.strip()):
        return None
    try:
        return NamedNode(value.strip())
    except ValueError:
        return None


def term(name: str) -> NamedNode:
    """The term a name stands for: a full IRI, a prefixed name, or a bare schema.org name.

    Raises :class:`kg.errors.IriError` when the prefix is unknown or the name cannot be an IRI.
    """
    try:
        if name.startswith(("http://", "https://")):
            return NamedNode(schema_http(name))
        prefix, colon, rest = name.partition(":")
        if not colon:
            return NamedNode(SCHEMA.iri + name)
        if prefix in PREFIXES:
            return NamedNode(PREFIXES[prefix] + rest)
    except ValueError as error:
        raise IriError(f"{name!r} cannot be a term's IRI: {error}", text=name) from error
    raise IriError(f"{name!r} has an unknown prefix; known are {', '.join(PREFIXES)}", text=name)


def ordered(triples: set[Triple] | frozenset[Triple]) -> tuple[Triple, ...]:
    """The triples in the order of their N-Triples lines, so that equal sets are equal sequences."""
    return tuple(sorted(triples, key=str))
