"""A copy of a table in a file while it is changed: rows come and go, are merged and split; then it is settled."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kg.authority.bits import MOST, Bits, marks
from kg.authority.groups import SHARED, Groups, merged, rings
from kg.authority.row import decoded, encoded, identity, quiet, surfaces, weight
from kg.authority.store import HOWS, LAYOUT
from kg.authority.types import kind_of
from kg.plugins import Thing

__all__ = ["Counts", "Draft"]

_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE thing (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source INTEGER NOT NULL, leader INTEGER NOT NULL,
  weight REAL NOT NULL, parent TEXT, digest BLOB NOT NULL
);
CREATE TABLE body (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE INDEX grouped ON thing (leader) WHERE leader <> number;
CREATE TABLE surface (
  hash INTEGER NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL, how INTEGER NOT NULL,
  PRIMARY KEY (hash, number, text)
) WITHOUT ROWID;
CREATE TABLE same (hash INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (hash, number)) WITHOUT ROWID;
CREATE TABLE ruling (kind TEXT NOT NULL, one TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (kind, one, other))
  WITHOUT ROWID;
"""
#: From so many rows on the set of beginnings is made as large as can be, and folded at the end.
_MANY: Final = 50_000
#: Rows that are written together.
_CHUNK: Final = 5000
_BY_ID: Final = "SELECT number, source, digest FROM thing WHERE id = ?"
_CHANGE: Final = "UPDATE thing SET source = ?, weight = ?, parent = ?, digest = ? WHERE number = ?"


@dataclass(slots=True)
class Counts:
    """What a load did, in rows."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0

    def copy(self) -> Counts:
        """The counts as they are now."""
        return replace(self)

    def since(self, before: Counts) -> Counts:
        """What came to earlier counts."""
        return Counts(
            self.added - before.added,
            self.changed - before.changed,
            self.unchanged - before.unchanged,
            self.removed - before.removed,
        )


class Draft:
    """The copy while it is changed."""

    def __init__(self, folder: Path, before: Path | None) -> None:
        self.counts = Counts()
        #: Notes on rows that were taken but for a part: (line, words).
        self.notes: list[tuple[int, str]] = []
        self._folder = folder
        self._db = db = sqlite3.connect(folder / "things.db", isolation_level=None)
        db.execute("PRAGMA journal_mode = OFF")  # a copy that fails is thrown away
        db.execute("PRAGMA synchronous = OFF")  # it is made durable as a whole
        db.execute("PRAGMA cache_size = -64000")
        db.execute("PRAGMA temp_store = FILE")
        if before is None:
            db.executescript(_SCHEMA)
            db.execute("INSERT INTO meta VALUES ('layout', ?)", (LAYOUT,))
        self._bits: Bits | None = Bits.open(before / "surfaces.bits").changeable() if before is not None else None
        db.execute("BEGIN")
        db.execute("CREATE TEMP TABLE staged (hash INTEGER, number INTEGER, text TEXT, how INTEGER)")
        self._number = self._one("SELECT COALESCE(MAX(number), 0) FROM thing")
        self._run = int(dict(db.execute("SELECT name, value FROM meta")).get("run", "0")) + 1
        self._empty = self._number == 0
        self._staged = False
        self._waiting: dict[str, tuple[Thing, int]] = {}
        self._lines = array("I")  # by number, 0 where the row has none in this load
        self._seen = bytearray()  # by number: 0 not in this load, 1 unchanged in it, 2 added or changed by it
        self._source = 0

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def rows(self) -> int:
        """The number of rows."""
        return self._one("SELECT COUNT(*) FROM thing")

    def get(self, id: str) -> Thing | None:
        """The row with this id, as it was loaded."""
        found = self._db.execute("SELECT body FROM thing NATURAL JOIN body WHERE id = ?", (id,)).fetchone()
        return decoded(id, json.loads(found[0])) if found is not None else None

    def told(self) -> list[tuple[int, str]]:
        """The notes since the last time."""
        notes, self.notes = self.notes, []
        return notes

    def flush(self) -> None:
        """Write what was put, so that all notes on it are there."""
        self._write()

    def adopt(self, thing: Thing) -> None:
        """Take a row that is not loaded (a shipped one) as one's own, so that something can be decided about it."""
        if self.get(thing.id) is None:
            self.begin("adopted")
            self.put(thing)
            self._write()

    # ---- loading -----------------------------------------------------------------------------------------------------

    def begin(self, name: str) -> None:
        """Load what follows under this name."""
        self._db.execute("INSERT OR IGNORE INTO source (name) VALUES (?)", (name,))
        self._source = self._one("SELECT number FROM source WHERE name = ?", name)
        self._lines = array("I")
        self._seen = bytearray()

    def put(self, thing: Thing, line: int = 0) -> None:
        """Take a row; one with the same id of an earlier load is replaced, one of this load stays (a note says so)."""
        already = self._waiting.get(thing.id)
        if already is not None:
            self._twice(thing.id, line, already[1])
            return
        self._waiting[thing.id] = (thing, line)
        if len(self._waiting) >= _CHUNK:
            self._write()

    def end(self, *, replaces: bool = False) -> None:
        """What was loaded is complete; with ``replaces``, rows of this name that were not in it go."""
        self._write()
        if replaces:
            query = "SELECT number, id FROM thing WHERE source = ? ORDER BY number"
            rows = self._db.execute(query, (self._source,))
            self.remove([key for number, key in rows if not self._state(number)])
        self._cut_circles()

    def remove(self, keys: Iterable[str]) -> int:
        """Take rows out; how many there were."""
        self._write()
        count = 0
        for key in keys:
            found = self._db.execute(_BY_ID, (key,)).fetchone()
            if found is not None:
                self._unlist(found[0], self._thing(found[0], key))
                for table in ("thing", "body"):
                    self._db.execute(f"DELETE FROM {table} WHERE number = ?", (found[0],))  # noqa: S608
                count += 1
        self.counts.removed += count
        return count

    def of_source(self, name: str) -> list[str]:
        """The ids of the rows that were loaded under this name."""
        query = "SELECT thing.id FROM thing JOIN source ON source.number = thing.source WHERE source.name = ?"
        return [key for (key,) in self._db.execute(query, (name,))]

    def rule(self, kind: str, one: str, other: str = "") -> None:
        """Keep a decision: ``merge`` (one is the other), ``split`` (they are two), ``remove`` (a shipped row goes)."""
        self._db.execute("INSERT OR REPLACE INTO ruling VALUES (?, ?, ?)", (kind, one, other))

    def forget(self, kind: str, one: str, other: str = "") -> bool:
        """Take a decision back; whether there was one."""
        return bool(
            self._db.execute("DELETE FROM ruling WHERE kind = ? AND one = ? AND other = ?", (kind, one, other)).rowcount
        )

    def rulings(self, kind: str) -> list[tuple[str, str]]:
        """The decisions of a kind."""
        return list(self._db.execute("SELECT one, other FROM ruling WHERE kind = ? ORDER BY one, other", (kind,)))

    def _state(self, number: int) -> int:
        return self._seen[number] if number < len(self._seen) else 0

    def _twice(self, key: str, line: int, first: int) -> None:
        self.notes.append((line, f"id {key!r} is used already at line {first}; ids are unique, the first row stays"))

    def _write(self) -> None:
        """Write the waiting rows."""
        chunk, self._waiting = self._waiting, {}
        new: list[tuple[object, ...]] = []
        bodies: list[tuple[int, str]] = []
        listed: list[tuple[int, int, str, int]] = []
        same: list[tuple[int, int]] = []
        for thing, line in chunk.values():
            body, digest = _written(thing)
            found = None if self._empty else self._db.execute(_BY_ID, (thing.id,)).fetchone()
            if found is None:
                self._number += 1
                number = self._number
                row = (number, thing.id, self._source, number, weight(thing), thing.contained_in)
                new.append((*row, digest))
                bodies.append((number, body))
                self.counts.added += 1
                self._list(number, thing, listed, same)
            elif self._state(found[0]):
                self._twice(thing.id, line, self._lines[found[0]])
                continue
            else:
                number = found[0]
                if found[2] == digest:
                    self.counts.unchanged += 1
                    if found[1] != self._source:
                        self._db.execute("UPDATE thing SET source = ? WHERE number = ?", (self._source, number))
                else:
                    self.counts.changed += 1
                    self._db.execute(_CHANGE, (self._source, weight(thing), thing.contained_in, digest, number))
                    self._unlist(number, self._thing(number, thing.id))
                    self._db.execute("UPDATE body SET body = ? WHERE number = ?", (body, number))
                    self._list(number, thing, listed, same)
            if number >= len(self._seen):
                self._lines.frombytes(bytes(4 * (number + _CHUNK - len(self._lines))))
                self._seen.extend(bytes(number + _CHUNK - len(self._seen)))
            self._lines[number] = line
            self._seen[number] = 1 if found is not None and found[2] == digest else 2
        self._db.executemany("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?)", new)
        self._db.executemany("INSERT INTO body VALUES (?, ?)", bodies)
        self._db.executemany("INSERT OR IGNORE INTO same VALUES (?, ?)", same)
        self._db.executemany("INSERT INTO staged VALUES (?, ?, ?, ?)", listed)
        self._staged = self._staged or bool(listed)
        if new:
            self._empty = False
        if self._number > _MANY and self._bits is not None and self._bits.crowded:
            self._bits = self._made_anew()

    def _list(
        self, number: int, thing: Thing, listed: list[tuple[int, int, str, int]], same: list[tuple[int, int]]
    ) -> None:
        """The surfaces and IRIs of a row, to be written."""
        if self._bits is None:
            self._bits = Bits.empty()
        seen: set[str] = set()
        still = len(HOWS) if quiet(thing) else 0
        for surface, how in surfaces(thing):
            mark = marks(surface) if surface not in seen else None
            seen.add(surface)
            if mark is not None:
                listed.append((mark.whole, number, surface, HOWS.index(how) + still))
                self._bits.add(mark.beginnings)
        same += [(identity(iri), number) for iri in thing.same_as]

    def _unlist(self, number: int, thing: Thing) -> None:
        self._flush()
        for surface, _ in surfaces(thing):
            mark = marks(surface)
            if mark is not None:
                row = (mark.whole, number, surface)
                self._db.execute("DELETE FROM surface WHERE hash = ? AND number = ? AND text = ?", row)
        for iri in thing.same_as:
            self._db.execute("DELETE FROM same WHERE hash = ? AND number = ?", (identity(iri), number))

    def _flush(self) -> None:
        """Write the surfaces in the order of their index, which is much faster than row by row."""
        if self._staged:
            self._db.execute("INSERT OR IGNORE INTO surface SELECT * FROM staged ORDER BY hash, number, text")
            self._db.execute("DELETE FROM staged")
            self._staged = False

    def _cut_circles(self) -> None:
        """No row lies in itself: of those of this load that do, the reference that came last is left out."""
        query = "SELECT thing.number, above.number FROM thing JOIN thing AS above ON above.id = thing.parent "
        fresh = (number for number, state in enumerate(self._seen) if state == 2)
        many = self._seen.count(2) > _CHUNK
        up = array("q", [0 if many else -1]) * (self._number + 1)
        if many:
            for number, over in self._db.execute(query):
                up[number] = over

        def above(number: int) -> int:
            found = self._db.execute(query + "WHERE thing.number = ?", (number,)).fetchone()
            return int(found[1]) if found is not None else 0

        for ring in list(rings(fresh, up, above)):
            lines = [self._lines[one] if one < len(self._lines) else 0 for one in ring]
            self._cut(ring[lines.index(max(lines))], ring)

    def _cut(self, number: int, ring: list[int]) -> None:
        names = [self._db.execute("SELECT id FROM thing WHERE number = ?", (one,)).fetchone()[0] for one in ring]
        key, old = self._db.execute(
            "SELECT id, body FROM thing NATURAL JOIN body WHERE number = ?", (number,)
        ).fetchone()
        at = names.index(key)
        shown = [*names[at:], *names[:at], key]
        if len(shown) > 6:
            shown = [*shown[:3], "…", *shown[-2:]]
        text = f"contained_in leads back to the row itself: {' → '.join(shown)}; it is left out"
        self.notes.append((self._lines[number] if number < len(self._lines) else 0, text))
        body, digest = _written(replace(decoded(key, json.loads(old)), contained_in=None))
        self._db.execute("UPDATE body SET body = ? WHERE number = ?", (body, number))
        self._db.execute("UPDATE thing SET parent = NULL, digest = ? WHERE number = ?", (digest, number))

    # ---- the end -----------------------------------------------------------------------------------------------------

    def finish(self) -> str:
        """Settle which rows are one, write the index, and give the version's name."""
        self._write()
        self._flush()
        together = self._group()
        digest = self._digest(together)
        rows = self._one("SELECT COUNT(*) FROM thing WHERE leader = number")
        for name, value in (("digest", digest), ("rows", str(rows)), ("run", str(self._run))):
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
        self._db.execute("COMMIT")
        bits = self._bits or Bits.empty()
        if bits.crowded:
            bits = self._made_anew()
        (self._folder / "surfaces.bits").write_bytes(bits.packed())
        return f"{digest[:16]}-{self._run}"

    def _made_anew(self) -> Bits:
        """The set of beginnings, larger, of all surfaces there are."""
        bits = Bits.empty(MOST)
        for (text,) in self._db.execute("SELECT text FROM surface UNION ALL SELECT text FROM staged"):
            mark = marks(text)
            if mark is not None:
                bits.add(mark.beginnings)
        return bits

    def _group(self) -> list[list[int]]:
        """Which rows are one row, by IRIs they share and by decisions; the oldest row's id stands for them."""
        self._db.execute("UPDATE thing SET leader = number WHERE leader <> number")
        numbers = {
            key: self._one("SELECT COALESCE((SELECT number FROM thing WHERE id = ?), 0)", key)
            for kind in ("merge", "split")
            for pair in self.rulings(kind)
            for key in pair
        }
        groups = Groups((numbers[one], numbers[other]) for one, other in self.rulings("split"))
        leaders: dict[int, int] = {}
        for one, other in self.rulings("merge"):
            if numbers[one] and numbers[other] and groups.join(numbers[one], numbers[other]):
                leaders[numbers[one]] = numbers[other]
        for (shared,) in self._db.execute("SELECT hash FROM same GROUP BY hash HAVING COUNT(*) > 1").fetchall():
            self._join(shared, groups)
        made = groups.groups()
        for members in made:
            # what was merged by hand goes by the id that was chosen, else the id that was there first stays
            chosen = [one for one in members if one in leaders.values() and one not in leaders]
            first = chosen[0] if chosen else self._rows(members, "source, number")[0][0]
            self._db.executemany(
                "UPDATE thing SET leader = ? WHERE number = ?", [(first, one) for one in members if one != first]
            )
        return made

    def _join(self, hash: int, groups: Groups) -> None:
        rows = self._db.execute(
            "SELECT number, id, body FROM same NATURAL JOIN thing NATURAL JOIN body "
            "WHERE hash = ? ORDER BY number LIMIT ?",
            (hash, SHARED + 1),
        ).fetchall()
        if len(rows) > SHARED:
            return
        by_iri: dict[tuple[str, str | None], int] = {}
        for number, key, body in rows:
            thing = decoded(key, json.loads(body))
            for iri in thing.same_as:
                if identity(iri) == hash:
                    first = by_iri.setdefault((iri, kind_of(thing.type)), number)
                    groups.join(first, number)

    def _digest(self, together: list[list[int]]) -> str:
        grouped: dict[int, bytes] = {}
        chosen = {other for _, other in self.rulings("merge")}
        for members in together:
            rows = self._rows(members, "source DESC, id")
            leader = next(key for number, above, key, _ in rows if number == above)
            thing = merged(leader, [decoded(key, json.loads(body)) for _, _, key, body in rows], own=leader in chosen)
            text = json.dumps([sorted(row[2] for row in rows), thing.id, *encoded(thing)], ensure_ascii=False)
            grouped[rows[0][1]] = hashlib.blake2b(text.encode(), digest_size=16).digest()
        state = hashlib.sha256()
        for number, digest in self._db.execute("SELECT number, digest FROM thing WHERE leader = number ORDER BY id"):
            state.update(grouped.get(number, digest))
        for kind in ("split", "remove"):
            for one, other in self.rulings(kind):
                state.update(f"\n{kind} {one} {other}".encode())
        return state.hexdigest()

    def _rows(self, numbers: list[int], order: str) -> list[tuple[int, int, str, str]]:
        marks_ = ", ".join("?" * len(numbers))
        query = (
            f"SELECT number, leader, id, body FROM thing NATURAL JOIN body WHERE number IN ({marks_}) ORDER BY {order}"  # noqa: S608
        )
        return self._db.execute(query, numbers).fetchall()

    def _thing(self, number: int, key: str) -> Thing:
        body = self._db.execute("SELECT body FROM body WHERE number = ?", (number,)).fetchone()[0]
        return decoded(key, json.loads(body))

    def _one(self, query: str, *values: object) -> int:
        return int(self._db.execute(query, values).fetchone()[0])


def _written(thing: Thing) -> tuple[str, bytes]:
    """A row's body and digest."""
    body = json.dumps(encoded(thing), ensure_ascii=False, separators=(",", ":"))
    return body, hashlib.blake2b(f"{thing.id}\n{body}".encode(), digest_size=16).digest()
