"""Printed dates to lexical forms of XML Schema; what is ambiguous stays unread.

A date without a year, a numeric date that could be read two ways and a time whose zone is not stated give no more
than they say (XML Schema 1.1 part 2, sections 3.3.7 and 3.3.9).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from kg.extract.words import words

__all__ = ["Printed", "find", "only"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner januari janvier enero gennaio janeiro",
            "february feb februar februari février fevrier febrero febbraio fevereiro",
            "march mar märz maart mars marzo março",
            "april apr avril abril aprile",
            "may mai mei mayo maggio maio",
            "june jun juni juin junio giugno junho",
            "july jul juli juillet julio luglio julho",
            "august aug augustus août aout agosto",
            "september sep sept septembre septiembre settembre setembro",
            "october oct oktober octobre octubre ottobre outubro",
            "november nov novembre noviembre novembro",
            "december dec dezember décembre decembre diciembre dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_DAYS_ABROAD = words(
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lundi mardi mercredi jeudi vendredi samedi"
    " dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato"
    " domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Only abbreviations that stand for one offset in the English-language press. CST, IST, MST and PST are left out: each
# has more than one meaning. ET, CT, MT, PT and BST are read by the calendar (see _seasonal).
_ZONES = {
    "gmt": 0,
    "utc": 0,
    "z": 0,
    "wet": 0,
    "west": 60,
    "cet": 60,
    "cest": 120,
    "eet": 120,
    "eest": 180,
    "msk": 180,
    "est": -300,
    "edt": -240,
    "cdt": -300,
    "mdt": -360,
    "pdt": -420,
    "akdt": -480,
    "hkt": 480,
    "sgt": 480,
    "jst": 540,
    "kst": 540,
    "aest": 600,
    "aedt": 660,
    "nzst": 720,
    "nzdt": 780,
}

_MONTH = r"(?P<{0}>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_WEEKDAY = (
    r"(?:(?P<weekday>"
    + "|".join(f"{day}|{day[:3]}" for day in _DAYS)
    + r"|tues|thur|thurs)\.?,?\s+(?:the\s+)?|(?:"
    + "|".join(sorted(_DAYS_ABROAD))
    + r"),?\s+(?:den\s+|le\s+)?)?"
)
_DATE = (
    r"(?:"
    r"(?P<y1>\d{4})-(?P<m1>\d{2})-(?P<d1>\d{2})"
    r"|(?P<y5>\d{4})/(?P<m5>\d{1,2})/(?P<d5>\d{1,2})"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?(?:\s+|-|\s+(?:of|de)\s+){_MONTH.format('m2')}"
    r"(?:,?\s+|-|\s+del?\s+)(?P<y2>\d{4})"
    rf"|{_MONTH.format('m3')}\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y3>\d{{4}})"
    r"|(?P<a4>\d{1,2})(?P<sep>[./-])(?P<b4>\d{1,2})(?P=sep)(?P<y4>\d{4})"
    r")(?!\d)"
)
_TIME = (
    r"(?=\d{1,2}\s*(?:[:.]\d|h\d|[ap]\.?\s?m\b))(?P<hour>\d{1,2})(?:(?:[:.]"
    r"|(?<=\d)h)(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?)?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?"
)
_ZONE = (
    r"(?:(?:\s*(?P<offset>(?:(?:gmt|utc)\s*)?[+\u2212-]\d{1,2}(?::?\d{2})?))"
    r"|(?:\s*\(?(?P<zone>" + "|".join(sorted(_ZONES, key=len, reverse=True)) + r")\)?)"
    r"|(?:\s*\(?(?:(?P<season>(?-i:BST|[ECMP]\.?T\b\.?))"
    r"|(?P<spelled>eastern|central|mountain|pacific)(?:\s+time|(?=\s*(?:$|[)|,;\u00b7\u2022]))))\)?)"
    r"|(?:\s*\(?(?P<other>cst|ist|mst|pst|ak?st|hst|sast|(?:local|london|paris|new york) time)\)?))"
)
_GAP = r"(?:T|\s*,?\s*(?:(?:at|@|um|à|a las|alle(?: ore)?|om|às|[-\u2013\u2014/|\u00b7\u2022])\s*)?)"
_FORM = re.compile(
    rf"(?<![\w./-]){_WEEKDAY}{_DATE}(?:{_GAP}{_TIME}(?:\s*(?:hrs|uhr|h|o'clock))?(?:{_ZONE})?)?(?![\w])(?!\.\d)",
    re.IGNORECASE,
)
_CLOCK_FIRST = re.compile(
    rf"(?<![\w./-]){_TIME}(?:{_ZONE})?(?:,?\s+(?:on\s+)?|\s*[|\u00b7\u2022,\u2013\u2014-]\s*){_WEEKDAY}{_DATE}(?![\w/])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A date as printed, from code point ``start`` to ``end``; ``value`` is None when it can be read two ways."""

    value: str | None
    start: int
    end: int


def find(text: str, *, day_first: bool = False) -> Printed | None:
    """The first full date in a line (with its time and zone), or None. ISO, written and numeric forms are read.

    ``day_first`` says that the text's language writes the day before the month (all but English that are read here).
    """
    best: re.Match[str] | None = None
    for form in (_CLOCK_FIRST, _FORM):
        for found in form.finditer(text):
            if form is _CLOCK_FIRST and not (found["minute"] or found["half"]):
                continue
            if best is None or found.start() < best.start():
                best = found
            break
    if best is None:
        return None
    return Printed(_value(best, day_first), best.start(), best.end())


def only(text: str) -> Printed | None:
    """The date when the text is nothing but a date (brackets and end punctuation aside), else None."""
    found = find(text)
    if found is None:
        return None
    rest = text[: found.start] + text[found.end :]
    return found if not rest.strip(" \t.,;:()[]|-\u2013\u2014\u00b7\u2022") else None


def _value(found: re.Match[str], day_first: bool) -> str | None:
    day = _day(found, day_first)
    if day is None:
        return None
    moment = _moment(found, day)
    if moment is None:
        return day.isoformat()
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def _day(found: re.Match[str], day_first: bool) -> date | None:
    weekday = (found["weekday"] or "").lower()[:3]
    if found["y1"]:
        options = [(found["y1"], found["m1"], found["d1"])]
    elif found["y5"]:
        options = [(found["y5"], found["m5"], found["d5"])]
    elif found["y2"]:
        options = [(found["y2"], _MONTHS[found["m2"].lower()], found["d2"])]
    elif found["y3"]:
        options = [(found["y3"], _MONTHS[found["m3"].lower()], found["d3"])]
    else:
        options = [(found["y4"], found["b4"], found["a4"])]
        if (
            not day_first and found["sep"] != "." and found["a4"] != found["b4"]
        ):  # with dots the day comes first everywhere
            options.append((found["y4"], found["a4"], found["b4"]))
    days = []
    for year, month, number in options:
        try:
            day = date(int(year), int(month), int(number))
        except ValueError:
            continue
        if day.year >= 1500 and (not weekday or len(options) == 1 or _DAYS[day.weekday()].startswith(weekday)):
            days.append(day)
    return days[0] if len(days) == 1 else None


def _moment(found: re.Match[str], day: date) -> datetime | None:
    """The time with its zone, or None when one of them is missing or unreadable."""
    if not found["hour"] or not (found["minute"] or found["half"]):
        return None
    minutes = _offset(found, day)
    if minutes is None:
        return None
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        return datetime(
            day.year,
            day.month,
            day.day,
            hour,
            int(found["minute"] or 0),
            int(found["second"] or 0),
            tzinfo=timezone(timedelta(minutes=minutes)),
        )
    except ValueError:
        return None


def _sunday(year: int, month: int, number: int) -> date:
    """The number-th Sunday of a month; 0 is the last one of the month before."""
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (number - 1))


def _seasonal(name: str, day: date) -> int | None:
    """The offset of a zone whose clock changes, on that day; None on the days of change and before today's rules.

    ET, CT, MT and PT are North American and change as the Energy Policy Act of 2005 says (15 U.S.C. 260a, since 2007);
    BST is British Summer Time on days of summer time only (2000/84/EC, the Summer Time Order 2002).
    """
    if day.year < 2007:
        return None
    if name == "bst":
        return 60 if _sunday(day.year, 4, 0) < day < _sunday(day.year, 11, 0) else None
    begins, ends = _sunday(day.year, 3, 2), _sunday(day.year, 11, 1)
    if day in {begins, ends}:
        return None
    return {"e": -300, "c": -360, "m": -420, "p": -480}[name[0]] + (60 if begins < day < ends else 0)


def _offset(found: re.Match[str], day: date) -> int | None:
    if found["zone"]:
        return _ZONES[found["zone"].lower()]
    if found["season"] or found["spelled"]:
        return _seasonal((found["season"] or found["spelled"]).lower(), day)
    if not found["offset"]:
        return None
    sign, digits = re.sub(r"[^\d+\u2212-]", "", found["offset"])[0], re.sub(r"\D", "", found["offset"])
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (1 if sign == "+" else -1)
