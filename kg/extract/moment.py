"""Dates as pages and feeds write them for machines, as lexical forms of xsd:date and xsd:dateTime."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from kg.extract import dates

__all__ = ["lexical"]

_ISO = re.compile(
    r"(?P<y>\d{4})[-/.]?(?P<m>\d{2})[-/.]?(?P<d>\d{2})"
    r"(?:(?:\s*[Tt]\s*|\s+)(?P<h>\d{2}):?(?P<min>\d{2})(?::?(?P<s>\d{2})(?:[.,:](?P<f>\d{1,9}))?)?\s*"
    r"(?P<zone>[Zz]|UTC|GMT|(?:UTC|GMT)?[+\u2212-]\d{2}(?::?\d{2})?)?)?(?!\d)"
)
_LONG = 100  # characters; no date is longer


def lexical(value: object) -> str | None:
    """The date in a machine's field: with its time where a zone is stated, else the day alone; None when unreadable.

    ISO 8601 with its usual slips (a space for the T, an offset without colon), RFC 5322 and printed English dates. The
    offset stays as given (XML Schema 1.1 part 2, section 3.3.7).
    """
    if not isinstance(value, str) or len(value) > _LONG:
        return None
    text = value.strip()
    found = _ISO.match(text)
    if found is None:
        printed = dates.find(text)
        return printed.value if printed else None
    try:
        day = date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None
    if not 1500 <= day.year <= 2200:
        return None
    rest = text[found.end() :].strip()
    if found["h"] is None and rest:
        printed = dates.find(text)
        return printed.value if printed and printed.value else day.isoformat()
    if found["h"] is None or found["zone"] is None:
        if found["h"] is not None and rest and (printed := dates.find(text)) and printed.value:
            return printed.value
        return day.isoformat()
    minutes = _offset(found["zone"])
    if minutes is None:
        return day.isoformat()
    try:
        moment = datetime(
            day.year,
            day.month,
            day.day,
            int(found["h"]),
            int(found["min"]),
            int(found["s"] or 0),
            tzinfo=timezone(timedelta(minutes=minutes)) if minutes else UTC,
        )
    except ValueError:
        return day.isoformat()
    plain = moment.strftime("%H:%M:%S")
    fraction = (found["f"] or "").rstrip("0")
    zone = "Z" if minutes == 0 else f"{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    return f"{day.isoformat()}T{plain}{'.' + fraction if fraction else ''}{zone}"


def _offset(zone: str) -> int | None:
    """Minutes east of UTC, or None for an offset that no clock has (over 14 hours)."""
    digits = re.sub(r"\D", "", zone)
    if not digits:
        return 0
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 14 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (-1 if re.search("[\u2212-]", zone) else 1)
