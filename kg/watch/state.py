"""What is known of each source and of what it lists: ``watch/state.db`` in the store (SQLite).

A row is written only after what it speaks of was published, in one transaction with the counts and the cursor. So a
process that dies at any moment fetches a little again, and loses nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from kg.errors import StoreError

__all__ = ["Item", "SourceState", "State", "state_file"]

_VERSION = 1
_TABLES = """
CREATE TABLE sources (name TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE items (
  source TEXT NOT NULL, key TEXT NOT NULL, url TEXT NOT NULL, version TEXT NOT NULL, ref TEXT NOT NULL,
  etag TEXT, last_modified TEXT, seen TEXT, due TEXT, failures INTEGER NOT NULL,
  missing INTEGER NOT NULL, missing_on TEXT, gone INTEGER NOT NULL,
  PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX items_due ON items (source, due) WHERE due IS NOT NULL;
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a source lists. Times are xsd:dateTime in UTC.

    ``version`` is what the source says changes with it (a lastmod, a hash), ``ref`` the source's own number for it,
    ``seen`` when it was first read, ``due`` when its page is to be asked for again, ``failures`` how often that failed
    in a row, ``missing`` on how many days in a row its page was not found, the last one ``missing_on``.
    """

    key: str
    url: str = ""
    version: str = ""
    ref: str = ""
    etag: str | None = None
    last_modified: str | None = None
    seen: str | None = None
    due: str | None = None
    failures: int = 0
    missing: int = 0
    missing_on: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class SourceState:
    """How one source stands. Times are xsd:dateTime in UTC; ``counts`` are outcomes by status since the beginning.

    ``due`` is when it is polled next, ``failures`` how many polls in a row failed, ``error`` why the last one did and
    ``error_origin`` with which address or file, ``cursor`` what its kind needs to go on where it was.
    """

    name: str
    kind: str | None = None
    polled: str | None = None
    succeeded: str | None = None
    changed: str | None = None
    due: str | None = None
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None
    error_origin: str | None = None
    error_time: str | None = None
    failures: int = 0
    cursor: str | None = None

    def counted(self, counts: Mapping[str, int]) -> SourceState:
        """The state with these counts added."""
        names = sorted({*self.counts, *counts})
        return replace(self, counts={name: self.counts.get(name, 0) + counts.get(name, 0) for name in names})


_COLUMNS = tuple(one.name for one in fields(Item))
_SOURCE_FIELDS = frozenset(one.name for one in fields(SourceState))


def state_file(store: Path) -> Path:
    """Where the state of a store's sources is."""
    return store / "watch" / "state.db"


class State:
    """The state of every source of one store, open for reading and writing."""

    def __init__(self, file: Path) -> None:
        """Opens or makes it. Raises :class:`kg.errors.StoreError` where it is damaged or of another program."""
        self._file = file
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._open = sqlite3.connect(file, isolation_level=None, timeout=30.0)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{file}: cannot be opened ({error})") from None
        try:
            with self._guarded():
                self._open.execute("PRAGMA journal_mode = WAL")
                self._open.execute("PRAGMA synchronous = FULL")
                self._made()
        except StoreError:
            self._open.close()
            raise

    def __enter__(self) -> State:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @staticmethod
    def read(file: Path) -> tuple[SourceState, ...]:
        """Every source's state without touching the file; empty where there is none that can be read."""
        try:
            with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)) as opened:
                if opened.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                    return ()
                rows = opened.execute("SELECT name, row FROM sources ORDER BY name").fetchall()
        except sqlite3.Error:
            return ()
        return tuple(_source(name, row) for name, row in rows)

    def source(self, name: str) -> SourceState:
        """The state of one source; an empty one where it was never polled."""
        with self._guarded():
            row = self._open.execute("SELECT row FROM sources WHERE name = ?", (name,)).fetchone()
        return _source(name, row[0]) if row else SourceState(name)

    def item(self, source: str, key: str) -> Item | None:
        """What is known of one thing a source lists."""
        return next(self._items("source = ? AND key = ?", (source, _storable(key))), None)

    def due(self, source: str, now: str) -> Iterator[Item]:
        """What is to be asked for again by now, the longest due first; the first thousand."""
        yield from self._items("source = ? AND due <= ? ORDER BY due, key LIMIT 1000", (source, now))

    def numbered(self, source: str) -> Iterator[Item]:
        """What the source has a number of its own for and still publishes."""
        yield from self._items("source = ? AND ref <> '' AND NOT gone ORDER BY key", (source,))

    def record(self, source: SourceState, items: Iterable[Item] = ()) -> None:
        """Write the source's state and these items, all or nothing."""
        row = {one: getattr(source, one) for one in _SOURCE_FIELDS if one != "name"}
        places = ", ".join("?" * (len(_COLUMNS) + 1))
        with self._guarded():
            self._open.execute("BEGIN IMMEDIATE")
            self._open.executemany(
                f"INSERT OR REPLACE INTO items (source, {', '.join(_COLUMNS)}) VALUES ({places})",  # noqa: S608
                [(source.name, *map(_storable, astuple(item))) for item in items],
            )
            self._open.execute(
                "INSERT OR REPLACE INTO sources (name, row) VALUES (?, ?)",
                (source.name, json.dumps(row, sort_keys=True)),
            )
            self._open.execute("COMMIT")

    def forget(self, names: Collection[str]) -> None:
        """Forget these sources and everything they listed; what was published stays."""
        with self._guarded():
            self._open.execute("BEGIN IMMEDIATE")
            for name in names:
                self._open.execute("DELETE FROM items WHERE source = ?", (name,))
                self._open.execute("DELETE FROM sources WHERE name = ?", (name,))
            self._open.execute("COMMIT")

    def erase(self, names: Collection[str]) -> int:
        """Erase what is remembered of things with these keys or addresses, from the file too; how many there were.

        For legal removal. What their source still lists is fetched again, and left alone by the pipeline.
        """
        with self._guarded():
            self._open.execute("PRAGMA secure_delete = ON")
            asked = [(_storable(name), _storable(name)) for name in names]
            gone = self._open.executemany("DELETE FROM items WHERE key = ? OR url = ?", asked).rowcount
            self._open.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def _items(self, where: str, values: tuple[object, ...]) -> Iterator[Item]:
        with self._guarded():
            found = self._open.execute(
                f"SELECT {', '.join(_COLUMNS)} FROM items WHERE {where}",  # noqa: S608 the words are ours
                values,
            ).fetchall()
        for row in found:
            yield replace(Item(*row), gone=bool(row[-1]))

    def _made(self) -> None:
        version = self._open.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._open.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
        elif version != _VERSION:
            raise StoreError(
                f"{self._file}: has version {version}, this program reads {_VERSION}; upgrade newsgraph, or delete the "
                "file: everything that is still listed is then fetched and compared again"
            )

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if self._open.in_transaction:
                self._open.execute("ROLLBACK")
            raise StoreError(
                f"{self._file}: {error}; where it is damaged, delete it: everything that is still listed is then "
                "fetched and compared again, and nothing that was published is lost"
            ) from None


def _storable(value: Any) -> Any:
    """The value as SQLite takes it: half a surrogate pair, which strangers' keys may hold, is no text to it."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value


def _source(name: str, row: str) -> SourceState:
    known = {key: value for key, value in json.loads(row).items() if key in _SOURCE_FIELDS}
    return SourceState(name, **known)
