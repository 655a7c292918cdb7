"""Dates of feeds as lexical forms of XML Schema: RFC 822 with its usual slips, else what machines write elsewhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from kg.extract import dates
from kg.extract.moment import lexical

__all__ = ["pubdate"]

# The first letters of the months: RFC 822's, then those that senders in other languages write in their place.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen",
            "feb fév fev",
            "mar mär mrz maa",
            "apr avr abr",
            "may mai mei mag",
            "jun juin giu",
            "jul juil lug",
            "aug aoû ago",
            "sep set",
            "oct okt ott out",
            "nov",
            "dec déc dez dic",
        ),
        start=1,
    )
    for name in names.split()
}
# The zones that RFC 822, section 5.1, defines; what else a name means depends on where it is said.
_ZONES = {
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "z": 0,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
_MONTH = r"(?P<month>[^\W\d_]{3,10})\.?"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
_ZONE = r"(?P<zone>[+-]\d{1,2}:?\d{2}|(?:GMT|UTC)\s*[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]{1,5})?"
_RFC = re.compile(
    rf"(?:[^\W\d_]{{2,10}}\.?\s*,?\s*)?(?P<day>\d{{1,2}})[\s-]+{_MONTH}[\s-]+(?P<year>\d{{2,4}})"
    rf"(?:\s*,?\s+{_CLOCK}\s*{_ZONE}(?:\s*\([^)]*\))?)?"
)
_ASCTIME = re.compile(
    rf"[A-Za-z]{{3,9}}\s+{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}\s*(?P<zone>[A-Za-z]{{3,5}})?\s+(?P<year>\d{{4}})"
)


def pubdate(text: str | None) -> str | None:
    """The date of a feed's element: with its time in UTC where the zone is known, else the day; None if unreadable.

    Follows RFC 822 (with the years and zones of RFC 5322, section 4.3), the dates of asctime and ISO 8601. A day
    before the web is a missing value (``0001-01-01``, the epoch), not a date.
    """
    if not text or len(text) > 100:
        return None
    words = " ".join(text.split())
    found = _RFC.fullmatch(words) or _ASCTIME.fullmatch(words)
    made = _value(found) if found else lexical(words)
    return made if made and made[:10] > "1970-01-01" else None


def _value(found: re.Match[str]) -> str | None:
    named = found["month"].lower()
    month = _MONTHS.get(named[:4]) or _MONTHS.get(named[:3])
    year = int(found["year"])
    if len(found["year"]) < 4:
        year += 1900 if len(found["year"]) == 3 or year >= 50 else 2000
    if month is None:
        return None
    try:
        day = datetime(year, month, int(found["day"]), tzinfo=UTC)
    except ValueError:
        return None
    if not found["hour"] or not found["zone"]:
        return day.date().isoformat()
    minutes = _offset(found["zone"])
    if minutes is None:
        printed = dates.find(f"{day.date().isoformat()} {found['hour']}:{found['minute']} {found['zone']}")
        return printed.value if printed and printed.value else day.date().isoformat()
    try:
        moment = day.replace(
            hour=int(found["hour"]),
            minute=int(found["minute"]),
            second=int(found["second"] or 0),
            tzinfo=timezone(timedelta(minutes=minutes)),
        )
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return day.date().isoformat()


def _offset(zone: str) -> int | None:
    """Minutes east of UTC, or None where the name stands for more than one offset or for none."""
    if zone.lower() in _ZONES:
        return _ZONES[zone.lower()] * 60
    found = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", zone)
    if found is None:
        return None
    hours, minutes = int(found[2]), int(found[3] or 0)
    if hours > 14 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (-1 if found[1] == "-" else 1)
