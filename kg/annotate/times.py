"""Time expressions: where a text says when, and the date it means where that is certain.

The value is a lexical form of xsd:date, xsd:gYearMonth, xsd:gYear, xsd:gMonth (``--03``) or xsd:gMonthDay
(``--03-16``). Weekdays, "yesterday" and the year of a date printed without one are resolved against the date of
publication and only when there is one: without it "March 16" stays without a year. What cannot be resolved stays an
expression without a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kg.model import Annotation, Span, Text

__all__ = ["Times", "When", "annotator", "moments"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}

_MONTH = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)(?:\.|(?= ?\d)))"
)
_DAY = r"(?P<day>[12]?\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
_WEEKDAY = r"(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_PART = r"(?: (?P<part>morning|afternoon|evening|night))?"
_LEAD = r"(?:(?:on|by|until|since|before|after|from) )?"
_COUNT = r"(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|a few|some|many)"
_END = r"(?![\w/]|[.,:-]\d)"

# One alternative per shape, the longest first; each is anchored on words that cannot be anything else.
_SHAPES: tuple[tuple[str, str], ...] = (
    ("iso", r"(?P<year>[12]\d{3})-(?P<nn>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])"),
    ("dotted", r"(?P<day>[0-3]?\d)\.(?P<nn>[01]?\d)\.(?P<year>(?:1[5-9]|20)\d\d)"),
    ("day", rf"{_LEAD}(?:{_WEEKDAY},? )?(?:the )?{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?"),
    ("month-day", rf"{_LEAD}(?:{_WEEKDAY},? )?{_MONTH} {_DAY}(?:,? {_YEAR})?"),
    ("month-year", rf"(?:(?:in|since|until|by|during|from) )?(?:(?:early|mid|late)[ -])?{_MONTH},? (?:of )?{_YEAR}"),
    ("weekday", rf"(?:(?P<near>last|next|this) |{_LEAD}){_WEEKDAY}{_PART}"),
    (
        "month",
        rf"(?:in|since|until|by|during|last|next|from|through|early|late)[ -](?:(?:early|mid|late)[ -])?{_MONTH}",
    ),
    ("year", rf"(?:in|since|until|by|during|from|before|after|early|late|of|to) {_YEAR}"),
    (
        "relative-day",
        (
            r"(?:(?P<word>yesterday|today|tomorrow|tonight)(?: (?:morning|afternoon|evening|night))?"
            r"|this (?:morning|afternoon|evening))"
        ),
    ),
    (
        "relative",
        (
            rf"(?:(?:earlier|later) )?(?P<near>last|next|this) (?P<unit>week|weekend|month|year|spring|summer|autumn"
            rf"|fall|winter)(?! of )"
            rf"|{_COUNT} (?:days?|weeks?|months?|years?|hours?) (?:ago|earlier|later|before)"
            r"|at the weekend|over the weekend|the (?:previous|following) (?:day|week|month|year)|recently"
            r"|the day before"
        ),
    ),
)
_PATTERNS = tuple((name, re.compile(rf"(?<![\w.-])(?:{shape}){_END}", re.IGNORECASE)) for name, shape in _SHAPES)
_NEAR_DAYS = 123  # about four months; further off, the year a reader would supply is no longer certain
_AHEAD = re.compile(
    r"\b(?:will|would|shall|is due|are due|is to|are to|is expected|are expected|is scheduled|are scheduled"
    r"|plans? to"
    r"|planned|set to|goes|go|begins?|starts?|opens?|upcoming)\b"
)


@dataclass(frozen=True, slots=True)
class When:
    """One time expression. ``value`` is None when the words give no certain date."""

    span: Span
    value: str | None

    @property
    def datatype(self) -> str | None:
        """The XML Schema datatype of the value, as a CURIE."""
        if self.value is None:
            return None
        return "xsd:" + _DATATYPES[(self.value.startswith("--"), len(self.value))]


_DATATYPES = {
    (False, 10): "date",
    (False, 7): "gYearMonth",
    (False, 4): "gYear",
    (True, 4): "gMonth",
    (True, 7): "gMonthDay",
}


class Times:
    """Finds time expressions in every section; layer ``date``."""

    name = "times"
    version = "1"
    needs: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset({"date"})

    def annotate(
        self,
        text: Text,
        layers: Mapping[str, Sequence[Annotation]],  # noqa: ARG002 - part of the protocol; dates need no other layer
    ) -> Iterable[Annotation]:
        """The time expressions of the text, in order."""
        by = f"{self.name}@{self.version}"
        for section in text.sections:
            for one in moments(text.text, section.span, text.date):
                score = 0.95 if one.value else 0.8
                args = {"value": one.value, "datatype": one.datatype}
                yield Annotation(one.span, "date", None, None, score, by, args)

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The annotations of many texts in the same order."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))


def annotator(_authority: object = None) -> Times:
    """The built-in annotator of time expressions."""
    return Times()


def moments(text: str, within: Span, published: str | None) -> tuple[When, ...]:
    """The time expressions between two offsets, in order and without overlap; longer readings win.

    ``published`` is the lexical form of an xsd:date or xsd:dateTime and decides what weekdays mean.
    """
    today = _day(published)
    found: list[tuple[int, int, int, When]] = []
    for rank, (shape, pattern) in enumerate(_PATTERNS):
        for match in pattern.finditer(text, within.start, within.end):
            one = _read(shape, match, text, within, today)
            if one is not None:
                found.append((one.span.start, -one.span.end, rank, one))
    found.sort(key=lambda item: item[:3])
    return tuple(_apart(item[3] for item in found))


def _apart(candidates: Iterable[When]) -> Iterator[When]:
    last = -1
    for one in candidates:
        if one.span.start >= last:
            yield one
            last = one.span.end


def _day(published: str | None) -> date | None:
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


def _read(shape: str, match: re.Match[str], text: str, within: Span, today: date | None) -> When | None:
    groups = match.groupdict()
    span = Span(match.start(), match.end())
    month = _MONTHS.get((groups.get("month") or "").rstrip(".").lower())
    printed = groups.get("month") or groups.get("weekday")
    if printed and not printed[0].isupper():
        return None  # "march", "may" and "sun" are words of their own
    year = groups.get("year")
    if shape in ("iso", "dotted"):
        return _numeric(span, groups)
    if shape in ("day", "month-day"):
        return _month_day(span, month, int(groups["day"]), year, today)
    if shape == "month-year":
        return When(span, f"{year}-{month:02d}")
    if shape == "month":
        return _month(span, month, text, today)
    if shape == "year":
        return When(span, year)
    if shape == "weekday":
        return _weekday(span, groups, text, within, today)
    if shape == "relative-day":
        shift = {"yesterday": -1, "tomorrow": 1}.get((groups["word"] or "").lower(), 0)
        return When(span, (today + timedelta(days=shift)).isoformat() if today else None)
    return When(span, _relative(groups, today))


def _numeric(span: Span, groups: Mapping[str, str | None]) -> When | None:
    try:
        return When(span, date(int(groups["year"] or 0), int(groups["nn"] or 0), int(groups["day"] or 0)).isoformat())
    except ValueError:
        return None


def _month_day(span: Span, month: int | None, day: int, year: str | None, today: date | None) -> When | None:
    try:
        full = date(int(year or 2000), month or 0, day)  # 2000 is a leap year: --02-29 is a day
    except ValueError:
        return None
    if year:
        return When(span, full.isoformat())
    near = _nearest(full.month, full.day, today)
    return When(span, near.isoformat() if near else f"--{full.month:02d}-{full.day:02d}")


def _month(span: Span, month: int | None, text: str, today: date | None) -> When | None:
    after = text[span.end : span.end + 2]
    if len(after) == 2 and after[0] == " " and after[1].isupper():
        return None  # "in April Jones's view", "by May Chen"
    words = span.of(text).lower()
    if words.startswith(("last", "next")):
        return When(span, None)
    near = _nearest(month or 1, 15, today)
    return When(span, f"{near.year:04d}-{near.month:02d}" if near else f"--{month:02d}")


def _nearest(month: int, day: int, today: date | None) -> date | None:
    """The day of a year-less date that lies within four months of publication: nearer than any other year's."""
    if today is None:
        return None
    for year in (today.year, today.year - 1, today.year + 1):
        try:
            full = date(year, month, day)
        except ValueError:
            continue
        if abs((full - today).days) <= _NEAR_DAYS:
            return full
    return None


def _weekday(span: Span, groups: Mapping[str, str | None], text: str, within: Span, today: date | None) -> When | None:
    near = (groups.get("near") or "").lower()
    if today is None or near in ("last", "next"):
        return When(span, None)
    target = _WEEKDAYS[(groups["weekday"] or "").lower()]
    back = (today.weekday() - target) % 7
    ahead = _looks_ahead(text, span, within)
    if not ahead and span.of(text).lower().startswith(("by ", "until ")) and not _looks_back(text, span, within):
        return When(span, None)
    if ahead:
        return When(span, (today + timedelta(days=(target - today.weekday()) % 7)).isoformat())
    return When(span, (today - timedelta(days=back)).isoformat())


def _looks_ahead(text: str, span: Span, within: Span) -> bool:
    """Whether the clause before the expression speaks of the future (so that "on Friday" is the next one)."""
    start = max(within.start, span.start - 120)
    clause = re.split(r"[.;!?—–]\s|\n", text[start : span.start])[-1]
    tail = re.split(r"[.;,!?—–]\s|\n", text[span.end : min(within.end, span.end + 60)])[0]
    return bool(_AHEAD.search(clause)) or bool(re.match(r" (?:will|would|is to|are to)\b", tail))


def _looks_back(text: str, span: Span, within: Span) -> bool:
    """Whether the clause before the expression is in the past tense."""
    clause = re.split(r"[.;!?—–]\s|\n", text[max(within.start, span.start - 120) : span.start])[-1]
    return re.search(r"\b(?:was|were|had|did)\b", clause) is not None


def _relative(groups: Mapping[str, str | None], today: date | None) -> str | None:
    near, unit = (groups.get("near") or "").lower(), (groups.get("unit") or "").lower()
    if today is None or unit not in ("month", "year"):
        return None  # "last week" is no date; a week has no lexical form
    shift = {"last": -1, "this": 0, "next": 1}[near]
    if unit == "year":
        return f"{today.year + shift:04d}"
    months = today.year * 12 + today.month - 1 + shift
    return f"{months // 12:04d}-{months % 12 + 1:02d}"
