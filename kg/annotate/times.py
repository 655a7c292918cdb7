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
from typing import Final

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
_LAST = r"(?P<last>[12]?\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
_WEEKDAY = r"(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_PART = r"(?: (?P<part>morning|afternoon|evening|night))?"
_LEAD = r"(?:(?:(?:late|early) )?(?:on|by|until|since|before|after|from|through) )?"
_OF_WEEK = rf"(?:(?:(?:last|next|this) )?{_WEEKDAY},? )?"
_COUNT = (
    r"(?P<count>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|a few|some|many"
    r"|a couple of)"
)
_SEASON = r"(?:spring|summer|autumn|fall|winter)"
_FEAST = (
    r"(?P<feast>Christmas Eve|Christmas Day|Boxing Day|New Year[’']s Eve|New Year[’']s Day|Valentine[’']s Day"
    r"|Halloween|May Day)"
)
_END = r"(?![\w/]|[.,:-]\d)"

# One alternative per shape; each is anchored on words that cannot be anything else. The class in front says which
# anchor words bring the shape into question.
_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("year", "iso", r"(?P<year>[12]\d{3})-(?P<nn>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])"),
    ("year", "dotted", r"(?P<day>[0-3]?\d)\.(?P<nn>[01]?\d)\.(?P<year>(?:1[5-9]|20)\d\d)"),
    (
        "month",
        "range",
        (
            rf"(?:(?:between|from|on) )?(?:the )?{_DAY}(?: ?[–-] ?| (?:and|to|until) (?:the )?){_LAST}(?: of)? {_MONTH}"
            rf"(?:,? {_YEAR})?"
        ),
    ),
    (
        "month",
        "range",
        rf"(?:(?:between|from|on) )?{_MONTH} {_DAY}(?: ?[–-] ?| (?:and|to|until|through) ){_LAST}(?:,? {_YEAR})?",
    ),
    ("month", "day", rf"{_LEAD}{_OF_WEEK}(?:the )?{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?"),
    ("month", "month-day", rf"{_LEAD}{_OF_WEEK}{_MONTH} {_DAY}(?:,? {_YEAR})?"),
    (
        "month",
        "month-year",
        rf"(?:(?:in|since|until|by|during|from) )?(?:(?:early|mid|late)[ -])?{_MONTH},? (?:of )?{_YEAR}",
    ),
    ("weekday", "weekday", rf"(?:(?P<near>last|next|this) |{_LEAD}){_WEEKDAY}{_PART}"),
    (
        "month",
        "month",
        (
            rf"(?:in|since|until|by|during|(?P<near>last|next)|from|through|early|mid|late|(?:end|middle|start|beginning)\sof)"
            rf"[ -](?:(?:early|mid|late)[ -])?{_MONTH}"
        ),
    ),
    (
        "year",
        "year",
        (
            rf"(?:(?:in|during) (?:the )?)?(?:{_SEASON}|(?:first|second|third|fourth|last|final) quarter)(?: of)? "
            rf"{_YEAR}(?!/)"
        ),
    ),
    (
        "year",
        "year",
        rf"(?:in|since|until|by|during|from|before|after|early|mid|late|of|to)(?: (?:early|mid|late))?[ -]{_YEAR}",
    ),
    ("feast", "feast", rf"{_LEAD}{_FEAST}(?:,? {_YEAR})?"),
    (
        "relative-day",
        "relative-day",
        (
            r"(?:(?P<word>yesterday|today|tomorrow|tonight|overnight)(?: (?:morning|afternoon|evening|night))?"
            r"|this (?:morning|afternoon|evening)|(?P<night>last night))"
        ),
    ),
    (
        "ago",
        "ago",
        rf"{_COUNT} (?P<unit>days?|weeks?|months?|years?|hours?) (?P<way>ago|earlier|later|before)",
    ),
    (
        "relative",
        "relative",
        (
            rf"(?:(?:earlier|later) )?(?P<near>last|next|this) "
            rf"(?P<unit>week|weekend|month|year|quarter|{_SEASON})(?! of )"
            r"|at the weekend|over the weekend|the (?:previous|following|next|same) (?:day|week|month|year)|recently"
            r"|(?:on )?the eve(?= of)|the day before"
        ),
    ),
)
_PATTERNS = tuple(
    (group, name, re.compile(rf"(?<![\w.-])(?:{shape}){_END}", re.IGNORECASE)) for group, name, shape in _SHAPES
)
#: The words without which there is no expression, by class; one look for them spares most texts the patterns.
_ANCHOR = re.compile(
    r"\b(?=[A-Z12abefloprstwyn])(?:(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"|(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
    r"|(?P<year>(?:1[5-9]|20)\d\d(?!\d))"
    r"|(?:(?P<today>[Yy]esterday|[Tt]oday|[Tt]omorrow|[Tt]onight|[Oo]vernight)|(?P<ago>ago|earlier|later)|(?P<before>before)"
    r"|(?P<last>[Ll]ast|[Tt]his)|(?P<next>[Nn]ext|weekend|previous|following|same|[Rr]ecently|eve|[Tt]he\snext)"
    r"|(?P<feast>Christmas|Boxing|New\sYear|Valentine|Halloween|May\sDay))\b)"
)
#: The shapes that each class of anchor words brings into question, where the class is not its name.
_ANCHORED: Final = {
    "today": ("relative-day",),
    "ago": ("ago",),
    "before": ("ago", "relative"),
    "last": ("relative-day", "relative"),
    "next": ("relative",),
}
#: How far an expression reaches to either side of its anchor.
_BEFORE, _AFTER = 48, 48
_FEASTS = {
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
    "valentine's day": (2, 14),
    "halloween": (10, 31),
    "may day": (5, 1),
}
_COUNTS = {
    word: number
    for number, words in enumerate(
        ["a,an,one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        start=1,
    )
    for word in words.split(",")
}
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
    windows = _windows(text, within)
    for rank, (group, shape, pattern) in enumerate(_PATTERNS):
        for start, end in windows.get(group, ()):
            for match in pattern.finditer(text, start, end):
                one = _read(shape, match, text, within, today)
                if one is not None:
                    found.append((one.span.start, -one.span.end, rank, one))
    found.sort(key=lambda item: item[:3])
    return tuple(_apart(item[3] for item in found))


def _windows(text: str, within: Span) -> dict[str, list[tuple[int, int]]]:
    """Where to look for each class of shapes: the neighbourhoods of its anchor words, those that touch joined."""
    found: dict[str, list[tuple[int, int]]] = {}
    for anchor in _ANCHOR.finditer(text, within.start, within.end):
        start, end = max(within.start, anchor.start() - _BEFORE), min(within.end, anchor.end() + _AFTER)
        kind = anchor.lastgroup or ""
        for group in _ANCHORED.get(kind, (kind,)):
            known = found.setdefault(group, [])
            if known and known[-1][1] >= start:
                known[-1] = (known[-1][0], end)
            else:
                known.append((start, end))
    return found


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
    if shape == "range":
        return _range(span, month, groups, today)
    if shape == "month-year":
        return When(span, f"{year}-{month:02d}")
    if shape == "month":
        return _month(span, month, groups.get("near"), text, today)
    if shape == "feast":
        return _month_day(span, *_FEASTS[(groups["feast"] or "").lower().replace("’", "'")], year, today)
    if shape == "ago":
        return When(span, _ago(groups, today))
    if shape == "year":
        return When(span, year)
    if shape == "weekday":
        return _weekday(span, groups, text, within, today)
    if shape == "relative-day":
        word = (groups["word"] or "").lower()
        if word == "overnight":
            return When(span, None)
        shift = {"yesterday": -1, "tomorrow": 1}.get(word, -1 if groups["night"] else 0)
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


def _range(span: Span, month: int | None, groups: Mapping[str, str | None], today: date | None) -> When | None:
    """The first day of a range: when it starts."""
    first, last = int(groups["day"] or 0), int(groups["last"] or 0)
    if first >= last or _month_day(span, month, last, groups.get("year"), today) is None:
        return None
    return _month_day(span, month, first, groups.get("year"), today)


def _ago(groups: Mapping[str, str | None], today: date | None) -> str | None:
    """*three days ago* is a day and *two years ago* a year; weeks and months are counted too roughly for a date."""
    count, unit = (groups["count"] or "").lower(), (groups["unit"] or "").lower().rstrip("s")
    number = int(count) if count.isdigit() else _COUNTS.get(count)
    if today is None or number is None or groups["way"] != "ago":
        return None
    if unit == "day" and number < 15:
        return (today - timedelta(days=number)).isoformat()
    return f"{today.year - number:04d}" if unit == "year" and number < 100 and today.year > number else None


def _month(span: Span, month: int | None, near: str | None, text: str, today: date | None) -> When | None:
    after = text[span.end : span.end + 2]
    if len(after) == 2 and after[0] == " " and after[1].isupper():
        return None  # "in April Jones's view", "by May Chen"
    if near is not None:
        # "last March" in May may be this year's or last year's; in February it is last year's
        if today is None or month is None:
            return When(span, f"--{month:02d}")
        year = today.year + (-1 if near.lower() == "last" else 1)
        certain = month >= today.month if near.lower() == "last" else month <= today.month
        return When(span, f"{year:04d}-{month:02d}" if certain else f"--{month:02d}")
    day = _nearest(month or 1, 15, today)
    return When(span, f"{day.year:04d}-{day.month:02d}" if day else f"--{month:02d}")


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
