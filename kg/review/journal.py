"""The review journal: one JSON line for each decision, only ever added to, each line bound to the one before it.

An entry's digest is the SHA-256 of its content and of the digest before it, so a changed, missing or reordered line
is seen. A torn line, as a crash leaves it, belongs to no chain and is passed over and reported. The file lies beside
the snapshots, not in them: a restored snapshot does not take decisions back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from kg.errors import StoreError
from kg.store import durable

__all__ = ["ACTIONS", "FILE", "Entry", "Journal", "Trail"]

#: Where the journal lies, from the store's directory.
FILE: Final = Path("review") / "decisions.journal"
#: What can be decided; ``redacted`` is an entry whose content a purge took out.
ACTIONS: Final = ("accept", "reject", "new", "merge", "split", "undo", "redacted")

_START: Final = "0" * 64
#: Longest text of a reviewer, in characters.
LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision. ``time`` is an xsd:dateTime in UTC; ``thing`` and ``other`` are IRIs of things.

    ``row`` is the authority row accepted or rejected; of ``new`` and ``split`` the one that the thing was linked to,
    of ``merge`` the one that both are from now on. ``other`` is the thing that ``thing`` becomes (merge) or that the
    ``articles`` speak of instead (split), ``other_name`` its name, ``other_kind`` its kind where that is another one.
    ``target`` is the entry that is undone.

    ``keys`` pairs identity keys with the things they name, so that a store that is made anew finds them; ``lent`` are
    the keys of an accepted row, ``released`` those that name their thing no more. ``surfaces`` are the names the thing
    was printed under that the authority knows: what the linker learns from.
    """

    id: int
    time: str
    by: str
    note: str
    action: str
    thing: str = ""
    kind: str = ""
    name: str = ""
    row: str | None = None
    other: str = ""
    other_name: str = ""
    other_kind: str = ""
    articles: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    lent: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ()
    target: int | None = None
    previous: str = _START
    digest: str = ""

    def content(self) -> dict[str, Any]:
        """What the digest is of, as plain values; absent ones are left out."""
        told = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "digest"}
        return {key: value for key, value in told.items() if value not in ("", None, ())}

    def sealed(self) -> Entry:
        """The entry with its digest."""
        text = json.dumps(self.content(), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return replace(self, digest=hashlib.sha256(text.encode("ascii")).hexdigest())

    def line(self) -> str:
        """The entry as one line of JSON, in ASCII."""
        return json.dumps({**self.content(), "digest": self.digest}, ensure_ascii=True, sort_keys=True)

    def names(self, pages: Iterable[str]) -> bool:
        """Whether the entry speaks of one of these articles or things, given by their pages."""
        things = {one.partition("#")[0] for one in (self.thing, self.other, *(iri for _, iri in self.keys)) if one}
        return any(page in things or self.without(page) != self for page in pages)

    def without(self, page: str) -> Entry:
        """The same decision, not yet sealed, with nothing said of the article on ``page``."""
        articles = tuple(one for one in self.articles if one != page)
        keys = tuple((key, iri) for key, iri in self.keys if not key.startswith(f"scoped:{page}:"))
        return replace(self, articles=articles, keys=keys)


@dataclass(frozen=True, slots=True)
class Trail:
    """The journal as it was read. ``torn`` are the numbers, from 1, of lines that a crash left unfinished."""

    entries: tuple[Entry, ...] = ()
    torn: tuple[int, ...] = ()

    @property
    def digest(self) -> str:
        """The digest of the last entry: what the whole journal is known by."""
        return self.entries[-1].digest if self.entries else _START

    def get(self, id: int) -> Entry | None:
        """The entry with this number."""
        return next((one for one in reversed(self.entries) if one.id == id), None)

    def effective(self) -> tuple[Entry, ...]:
        """The entries that count, in order: undone ones and what undid them are left out."""
        void: set[int] = set()
        kept: list[Entry] = []
        for one in reversed(self.entries):
            if one.id in void or one.action == "redacted":
                continue
            if one.action == "undo" and one.target is not None:
                void.add(one.target)
            else:
                kept.append(one)
        return tuple(reversed(kept))

    def next(self, entry: Entry) -> Entry:
        """The entry as it follows on the last one: numbered, bound to it and sealed."""
        number = 1 + max((one.id for one in self.entries), default=0)
        return replace(entry, id=number, previous=self.digest).sealed()

    def plus(self, entry: Entry) -> Trail:
        """The journal with one more entry."""
        return replace(self, entries=(*self.entries, entry))


@dataclass(frozen=True, slots=True)
class Journal:
    """The file. Adding to it needs the store's writer lock, reading it nothing."""

    path: Path

    @classmethod
    def of(cls, store: Path) -> Journal:
        """The journal of the store in this directory; the file is made with the first entry."""
        return cls(store / FILE)

    def read(self) -> Trail:
        """Every entry, oldest first; none where there is no file.

        Raises :class:`kg.errors.StoreError` where a line was changed, taken out or put elsewhere.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return Trail()
        except OSError as error:
            raise StoreError(f"{self.path}: the review journal cannot be read: {error}") from error
        entries: list[Entry] = []
        torn: list[int] = []
        last = _START
        for number, line in enumerate(data.split(b"\n"), 1):
            if not line.strip():
                continue
            row = _row(line)
            if row is None:
                torn.append(number)
                continue
            entry = _entry(row)
            if entry is None or entry.previous != last or not _whole(entry):
                raise StoreError(
                    f"{self.path}:{number}: this line of the review journal was changed, or lines before it are "
                    "missing; put the file back from a backup (kg snapshot backup keeps one)"
                )
            entries.append(entry)
            last = entry.digest
        return Trail(tuple(entries), tuple(torn))

    def append(self, entry: Entry) -> None:
        """The entry is on disk afterwards, or an error is raised. Raises :class:`kg.errors.StoreError`."""
        try:
            if not self.path.parent.is_dir():
                self.path.parent.mkdir(mode=0o700, parents=True)
                durable.sync(self.path.parent.parent)
            durable.append_line(self.path, entry.line())
        except OSError as error:
            raise StoreError(f"{self.path}: the decision cannot be written: {error}; nothing was published") from error

    def redact(self, pages: Iterable[str]) -> tuple[Entry, ...]:
        """Take out what entries say of these articles and things, for a legal removal; the entries as they were.

        What is left of an entry is its number, its time and its place in the chain.
        """
        trail, wanted = self.read(), set(pages)
        gone = [one for one in trail.entries if wanted and one.action != "redacted" and one.names(wanted)]
        if gone:
            lines = [(_redacted(one) if one in gone else one).line() for one in trail.entries]
            try:
                durable.write(self.path, ("\n".join(lines) + "\n").encode("ascii"))
            except OSError as error:
                raise StoreError(f"{self.path}: the review journal cannot be written: {error}") from error
        return tuple(gone)

    def forget(self, page: str) -> None:
        """Take the IRI of an article out, for a legal removal: decisions that count are stated again without it."""
        effective = {one.id for one in self.read().effective()}
        for one in self.redact((page,)):
            again = one.without(page)
            if one.id in effective and (again.articles or one.action != "split"):
                self.append(self.read().next(again))


def _redacted(one: Entry) -> Entry:
    return Entry(one.id, one.time, "", "", "redacted", previous=one.previous, digest=one.digest)


def _whole(entry: Entry) -> bool:
    return entry.action == "redacted" or entry.sealed().digest == entry.digest


def _row(line: bytes) -> dict[str, Any] | None:
    """The line as JSON, or None for one that was not written to its end."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _entry(row: dict[str, Any]) -> Entry | None:
    """The entry that a line holds; None where a field is unknown, missing or of another type."""
    try:
        made = Entry(
            id=_is(row.pop("id"), int),
            time=_is(row.pop("time"), str),
            by=_is(row.pop("by", ""), str),
            note=_is(row.pop("note", ""), str),
            action=_is(row.pop("action"), str),
            articles=tuple(_is(one, str) for one in row.pop("articles", ())),
            keys=tuple((_is(key, str), _is(iri, str)) for key, iri in row.pop("keys", ())),
            lent=tuple(_is(one, str) for one in row.pop("lent", ())),
            released=tuple(_is(one, str) for one in row.pop("released", ())),
            surfaces=tuple(_is(one, str) for one in row.pop("surfaces", ())),
            target=_is(row.pop("target"), int) if "target" in row else None,
            **{name: _is(row.pop(name), str) for name in _TEXTS if name in row},
        )
    except (KeyError, TypeError, ValueError):
        return None
    return made if not row and made.action in ACTIONS else None


_TEXTS: Final = ("thing", "kind", "name", "row", "other", "other_name", "other_kind", "previous", "digest")


def _is(value: Any, type_: Callable[..., Any]) -> Any:
    if type(value) is not type_:
        raise TypeError(value)
    return value
