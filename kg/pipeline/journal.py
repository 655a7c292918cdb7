"""What became of documents, kept on disk batch by batch: so that a run that was killed goes on where it was, and a
document that is published as it is need not be read again.

Both only spare work. Nothing published rests on the journal: without it documents are read again and found unchanged.
It holds digests, page addresses and counts, no word of any document.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import StoreError
from kg.model import Document, Gone, Unread
from kg.pipeline.outcome import Outcome

__all__ = ["Journal", "Run"]

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, arguments TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS done (run INTEGER, document BLOB, statuses TEXT, PRIMARY KEY (run, document)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS published (document BLOB PRIMARY KEY, pages TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runs_by_arguments ON runs (arguments);
"""
#: Seconds to wait for another run that writes at the same time.
_PATIENCE = 30.0
_VERSION = 1


def digest(document: Document, place: str = "") -> bytes:
    """What tells one document from every other: bytes, key and its source's settings, and in a run its ``place``."""
    made = hashlib.blake2b(digest_size=16)
    for part in (document.key, place, document.source.digest, document.media_type or ""):
        made.update(part.encode("utf-8", "surrogatepass") + b"\0")
    made.update(document.sha256)
    return made.digest()


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of a store, in a folder of its own."""

    folder: Path

    def look(self) -> Run:
        """What is known, for a run that publishes nothing and leaves no trace."""
        return Run(self._open(), 0)

    def start(self, arguments: Sequence[str], *, resume: bool = False) -> Run:
        """A run of these arguments: a new one, or with ``resume`` the one that was stopped, where there is one.

        Raises :class:`kg.errors.StoreError` where the journal cannot be written.
        """
        connection = self._open()
        named = hashlib.sha256("\0".join(arguments).encode("utf-8", "surrogatepass")).hexdigest()
        with connection:
            found = connection.execute("SELECT max(id) FROM runs WHERE arguments = ?", (named,)).fetchone()[0]
            if found is None or not resume:
                connection.execute("DELETE FROM done WHERE run IN (SELECT id FROM runs WHERE arguments = ?)", (named,))
                connection.execute("DELETE FROM runs WHERE arguments = ?", (named,))
                resumed = False
                found = connection.execute("INSERT INTO runs (arguments) VALUES (?)", (named,)).lastrowid
            else:
                resumed = True
        return Run(connection, int(found), resumed)

    def forget(self, *pages: str) -> None:
        """Forget what is known of these pages, because they are erased."""
        if not self._file.exists():
            return
        with closing(self._open()) as connection:
            for page in pages:
                connection.execute(
                    "DELETE FROM published WHERE EXISTS (SELECT 1 FROM json_each(pages) WHERE value = ?)", (page,)
                )
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def _file(self) -> Path:
        return self.folder / "journal.sqlite"

    def _open(self) -> sqlite3.Connection:
        """The database, made anew where it is damaged or of another version: nothing rests on it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self._opened()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{self._file}: the journal of runs cannot be written: {error}") from None

    def _opened(self) -> sqlite3.Connection:
        for _ in range(2):
            connection = sqlite3.connect(self._file, timeout=_PATIENCE, check_same_thread=False)
            try:
                connection.execute("PRAGMA secure_delete = ON")  # what is erased leaves the file
                # A write-ahead log with full synchronization: one fsync for each batch, and no batch half written.
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                if connection.execute("PRAGMA user_version").fetchone()[0] in (0, _VERSION):
                    connection.executescript(_TABLES + f"PRAGMA user_version = {_VERSION};")
                    return connection
            except sqlite3.OperationalError:
                connection.close()
                raise
            except sqlite3.DatabaseError:
                pass
            connection.close()
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        raise sqlite3.DatabaseError(f"{self._file}: cannot be made")


@dataclass(slots=True)
class Run:
    """One run while it goes on. ``resumed`` says whether it goes on with a stopped one, ``passed`` counts the outcomes
    of what that one did already."""

    connection: sqlite3.Connection
    number: int
    resumed: bool = False
    passed: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def remaining(self, documents: Iterable[Document | Unread | Gone]) -> Iterator[Document | Unread | Gone]:
        """The documents that the stopped run did not come to."""
        for document in documents:
            if self.resumed and isinstance(document, Document):
                asked = (self.number, digest(document, document.origin))
                row = self.connection.execute("SELECT statuses FROM done WHERE run = ? AND document = ?", asked)
                found = row.fetchone()
                if found is not None:
                    self.passed.update(found[0].split())
                    continue
            yield document

    def known(self, document: Document) -> tuple[str, ...]:
        """The pages these bytes were published as when they came in the same way, in order; empty where unknown.

        Whether that still holds is for the store to say.
        """
        asked = (digest(document),)
        row = self.connection.execute("SELECT pages FROM published WHERE document = ?", asked).fetchone()
        return tuple(json.loads(row[0])) if row is not None else ()

    def record(self, done: Iterable[tuple[Document, Sequence[Outcome]]]) -> None:
        """Write down what became of a batch; it is on disk when this returns.

        A journal that cannot be written costs the next run time, and this one nothing.
        """
        with suppress(sqlite3.OperationalError):
            self._record(done)

    def _record(self, done: Iterable[tuple[Document, Sequence[Outcome]]]) -> None:
        rows = [(document, outcomes) for document, outcomes in done if document.key]
        with self.connection:
            self.connection.executemany(
                "INSERT OR REPLACE INTO done VALUES (?, ?, ?)",
                [
                    (self.number, digest(document, document.origin), " ".join(one.status for one in outcomes))
                    for document, outcomes in rows
                ],
            )
            self.connection.executemany(
                "INSERT OR REPLACE INTO published VALUES (?, ?)",
                [
                    (digest(document), json.dumps([one.iri for one in outcomes]))
                    for document, outcomes in rows
                    if _same_again(outcomes)
                ],
            )

    def finish(self) -> None:
        """The run came to its end: there is nothing to go on with."""
        with suppress(sqlite3.OperationalError), self.connection:
            self.connection.execute("DELETE FROM done WHERE run = ?", (self.number,))
            self.connection.execute("DELETE FROM runs WHERE id = ?", (self.number,))


def _same_again(outcomes: Sequence[Outcome]) -> bool:
    """Whether the same document again would be unchanged, article by article, with nothing else to say of it."""
    good = ("stored", "updated", "unchanged")
    return bool(outcomes) and all(one.status in good and one.iri and not one.reason for one in outcomes)
