"""The ledger of snapshot ids: every id ever given out, so that none is given out twice.

A line is written and fsynced *before* a publish begins, so an id is spent even when the publish crashes. Lines are
only ever added; the newest line about an id counts. A torn last line (a crash while writing) is passed over.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from kg.errors import UsageError
from kg.store import durable

__all__ = ["BEGUN", "KEPT", "PRUNED", "Entry", "Ledger", "lexical", "order", "parse_date"]

BEGUN, KEPT, PRUNED = "begun", "kept", "pruned"

_ID = re.compile(r"^(\d{8}T\d{6}Z)-(\d{4,})$")


def lexical(time: datetime) -> str:
    """The time as an xsd:dateTime in UTC, whole seconds. Raises :class:`kg.errors.UsageError` without a zone."""
    if time.tzinfo is None:
        raise UsageError(f"the time {time.isoformat()} has no zone; pass an aware datetime")
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def order(id: str) -> tuple[str, int]:
    """What ids sort by: time, then number (a number past 9999 has more digits)."""
    found = _ID.match(id)
    return (found[1], int(found[2])) if found else ("", -1)


def parse_date(text: str) -> datetime | None:
    """The last second that a date or a time names (``2026-11`` is the whole of November), or None."""
    text = text.strip()
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", text):
        parts = [int(part) for part in text.split("-")]
        try:
            start = datetime(parts[0], *(parts[1:] + [1] * (3 - len(parts))), tzinfo=UTC)  # type: ignore[arg-type,misc]
        except ValueError:
            return None
        if len(parts) == 3:
            return start.replace(hour=23, minute=59, second=59)
        following = (start.year + start.month // 12, start.month % 12 + 1) if len(parts) == 2 else (start.year + 1, 1)
        if following[0] > 9999:
            return datetime.max.replace(tzinfo=UTC)
        end = datetime(*following, 1, tzinfo=UTC).timestamp() - 1
        return datetime.fromtimestamp(end, UTC)
    if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of an id for ever: ``state`` is ``begun``, ``kept`` or ``pruned``; ``time`` is an xsd:dateTime."""

    id: str
    time: str
    state: str
    digest: str | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """The file of all ids. Writing needs the writer lock; reading needs nothing."""

    path: Path

    def entries(self) -> dict[str, Entry]:
        """The newest state of every id, oldest id first."""
        found: dict[str, Entry] = {}
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return found
        for line in lines:
            try:
                row = json.loads(line)
                name, time, state = row["id"], row["time"], row["state"]
            except (ValueError, KeyError, TypeError):
                continue
            before = found.get(name)
            digest = row.get("digest") or (before.digest if before else None)
            pinned = row.get("pinned", before.pinned if before else False)
            found[name] = Entry(id=name, time=time, state=state, digest=digest, pinned=pinned)
        return dict(sorted(found.items(), key=lambda item: order(item[0])))

    def begin(self, time: datetime) -> Entry:
        """A new id, spent from now on. A clock that went back does not make ids sort wrongly."""
        known = self.entries()
        stamp = lexical(time).replace("-", "").replace(":", "")
        number = 1 + max((order(name)[1] for name in known), default=-1)
        stamp = max([stamp, *(order(name)[0] for name in known)])
        entry = Entry(id=f"{stamp}-{number:04d}", time=lexical(time), state=BEGUN)
        self.record(entry)
        return entry

    def record(self, entry: Entry) -> None:
        """The entry is on disk and counts from now on."""
        row = {"id": entry.id, "time": entry.time, "state": entry.state, "digest": entry.digest, "pinned": entry.pinned}
        durable.append_line(self.path, json.dumps(row, sort_keys=True))

    def mark(self, id: str, *, state: str | None = None, pinned: bool | None = None) -> None:
        """Change what is known of an id that is in the ledger."""
        entry = self.entries()[id]
        self.record(
            replace(
                entry,
                state=entry.state if state is None else state,
                pinned=entry.pinned if pinned is None else pinned,
            )
        )
