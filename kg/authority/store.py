"""A table of any size in a file: opened in milliseconds, shared by processes, asked row by row.

A folder holds the versions of the table and a file ``current`` that names one of them. A version never changes: it is a
SQLite file of rows and surfaces (``things.db``) and the beginnings of all surfaces (``surfaces.bits``).
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from kg.authority import rank
from kg.authority.bits import Bits, spot
from kg.authority.finder import Finder, Lookup, Spelling, core
from kg.authority.groups import merged
from kg.authority.matcher import fold
from kg.authority.row import decoded, identity, surfaces
from kg.authority.types import kind_of
from kg.errors import StoreError
from kg.plugins import Candidate, Thing

__all__ = ["HOWS", "Store", "current", "place"]

HOWS: Final = ("name", "alias", "acronym", "demonym")
#: Layout of the files; another one is not read.
LAYOUT: Final = "1"
#: Surfaces and rows that are remembered.
_REMEMBERED: Final = 16_384
#: No words lead to more surfaces than this; those of the rows that weigh most are kept.
_MOST: Final = 100
#: The rows that are one row, the one that wins first.
_MEMBERS: Final = """
SELECT number, id, body FROM (
  SELECT number, id, body, source FROM thing NATURAL JOIN body WHERE number = ?
  UNION ALL
  SELECT number, id, body, source FROM thing NATURAL JOIN body WHERE leader = ? AND leader <> number
) ORDER BY source DESC, id
"""
#: No words lead to more texts than this.
_TEXTS: Final = "SELECT DISTINCT text FROM surface WHERE hash = ? AND how < 4 LIMIT 50"
_SPELLINGS: Final = f"""
SELECT surface.text, surface.how, leader.id FROM surface
JOIN thing ON thing.number = surface.number JOIN thing AS leader ON leader.number = thing.leader
WHERE surface.hash = ? ORDER BY thing.weight DESC, thing.id LIMIT {_MOST}
"""  # noqa: S608 a number of ours


def current(folder: Path) -> str | None:
    """The name of the version that ``folder`` holds now, or None where nothing was loaded."""
    try:
        return (folder / "current").read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{folder / 'current'}: cannot be read ({error}); load the authority again") from error


def place(folder: Path) -> Path | None:
    """The folder of the current version of the table in ``folder``, or None where nothing was loaded."""
    name = current(folder)
    return folder / name if name is not None else None


class Store:
    """One version of the table. It fulfils :class:`kg.plugins.Authority`."""

    def __init__(self, folder: Path) -> None:
        """Open it. Raises :class:`kg.errors.StoreError` for files that are not whole."""
        self.folder = folder
        try:
            self._db = sqlite3.connect(
                f"file:{quote(str(folder / 'things.db'))}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._meta: dict[str, str] = dict(self._db.execute("SELECT name, value FROM meta"))
            self._bits = Bits.open(folder / "surfaces.bits")
        except (sqlite3.Error, OSError, ValueError) as error:
            raise StoreError(
                f"{folder}: the authority table cannot be read ({error}); remove {folder.parent} and load it again"
            ) from error
        if self._meta.get("layout") != LAYOUT:
            raise StoreError(
                f"{folder}: the authority table has layout {self._meta.get('layout')}, this program reads {LAYOUT}; "
                f"export it with the program that made it, remove {folder.parent} and load the export"
            )
        self._db.execute("PRAGMA mmap_size = 67108864")
        self._db.execute("PRAGMA cache_size = -2000")
        self._splits: frozenset[tuple[str, str]] = frozenset(
            self._db.execute("SELECT one, other FROM ruling WHERE kind = 'split'")
        )
        #: Ids that somebody chose for what was merged: their rows' values win.
        self._chosen: frozenset[str] = frozenset(
            one for (one,) in self._db.execute("SELECT other FROM ruling WHERE kind = 'merge'")
        )
        self.removed: frozenset[str] = frozenset(
            one for (one,) in self._db.execute("SELECT one FROM ruling WHERE kind = 'remove'")
        )
        self._texts = lru_cache(_REMEMBERED)(self._read_texts)
        self._rows = lru_cache(_REMEMBERED)(self._read_rows)
        self.get = lru_cache(_REMEMBERED)(self._get)
        self.matcher = Finder(self.begin)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __len__(self) -> int:
        return int(self._meta["rows"])

    def __iter__(self) -> Iterator[Thing]:
        """The rows, merged ones as one, in order of their ids."""
        for (key,) in self._db.execute("SELECT id FROM thing WHERE leader = number ORDER BY id"):
            thing = self._get(key)
            assert thing is not None
            yield thing

    @property
    def digest(self) -> str:
        """The SHA-256 of the rows and of what was decided about them, as hex."""
        return self._meta["digest"]

    @property
    def sources(self) -> tuple[tuple[str, int], ...]:
        """What was loaded: name and number of rows."""
        return tuple(
            self._db.execute(
                "SELECT source.name, COUNT(*) FROM source JOIN thing ON thing.source = source.number "
                "GROUP BY source.number ORDER BY source.number"
            )
        )

    def apart(self, one: str, other: str) -> bool:
        """Whether somebody decided that the two ids are two things."""
        return (min(one, other), max(one, other)) in self._splits

    def _get(self, id: str) -> Thing | None:
        """The row with this id; for one that was merged, the row it is part of now."""
        found = self._db.execute("SELECT leader FROM thing WHERE id = ?", (id,)).fetchone()
        if found is None:
            return None
        members = self._db.execute(_MEMBERS, (found[0], found[0])).fetchall()
        things = [decoded(key, json.loads(body)) for _, key, body in members]
        if len(things) == 1:
            return things[0]
        leader = next(key for number, key, _ in members if number == found[0])
        return merged(leader, things, own=leader in self._chosen)

    def with_iri(self, iri: str) -> Thing | None:
        """The row that says it is the same as this IRI; of several that are not merged the first by id."""
        for (key,) in self._db.execute(
            "SELECT thing.id FROM same JOIN thing ON thing.number = same.number WHERE same.hash = ? ORDER BY thing.id",
            (identity(iri),),
        ):
            thing = self.get(key)
            if thing is not None and iri in thing.same_as:
                return thing
        return None

    def spellings(self, surface: str) -> Sequence[Spelling]:
        """The rows' surfaces with the words of this one."""
        words = core(fold(surface))[1]
        return self._rows(words) if words and self._bits.ends(words) else ()

    def candidates(self, surface: str, type: str | None = None) -> Sequence[Candidate]:
        """The rows a surface may mean, best first; of one ``type`` (a class or one of the five kinds) when given."""
        return rank.candidates(surface, type, self.spellings, self.get)

    def surfaces(self) -> Iterable[tuple[str, str]]:
        """Every (surface, id) pair: names, aliases, demonyms and their plurals."""
        for thing in self:
            for surface, _ in surfaces(thing):
                yield surface, thing.id

    def begin(self, first: str, capital: bool) -> Lookup | None:
        """How to look on from a first run of letters (see :class:`kg.authority.finder.Finder`)."""
        if not self._bits.begins(first) or not (capital or self._bits.small(first)):
            return None
        return self._look

    def search(self, text: str = "", type: str | None = None, *, limit: int = 50) -> list[Thing]:
        """The rows of which a name begins with the words or, when no name does, contains them; the weightiest first."""
        found: dict[str, Thing] = {}
        like = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        exact = {one.row: 0 for one in self.spellings(text)} if text else {}
        query = (
            "SELECT DISTINCT leader.id FROM body JOIN thing ON thing.number = body.number "
            "JOIN thing AS leader ON leader.number = thing.leader WHERE body.body LIKE ? ESCAPE '\\' OR thing.id = ? "
            "ORDER BY leader.weight DESC, leader.id"
        )
        keys: Iterator[str] = (key for (key,) in self._db.execute(query, (f"%{like}%", text)))
        for key in itertools.chain(exact, keys):
            thing = self.get(key)
            if thing is None or thing.id in found or not _of(thing, type):
                continue
            if text and thing.id != text and not any(fold(text) in fold(name) for name, _ in surfaces(thing)):
                continue
            found[thing.id] = thing
            if len(found) >= limit:
                break
        return list(found.values())

    def _look(self, words: str) -> Sequence[Spelling] | None:
        """The texts that have exactly these words, or None where no surface begins with them."""
        state = self._bits.state(words)
        found = self._texts(words) if state > 1 else ()
        return found or (() if state & 1 else None)

    def _read_texts(self, words: str) -> tuple[Spelling, ...]:
        """The texts that may be found in a text, each once: from the index alone."""
        made = []
        for (text,) in self._db.execute(_TEXTS, (spot(words),)):
            head, inner, tail = core(fold(text))
            if inner == words:
                made.append(Spelling(head, tail, text, "", ""))
        return tuple(made)

    def _read_rows(self, words: str) -> tuple[Spelling, ...]:
        """The surfaces with these words of all rows, of those that weigh most."""
        made = []
        for text, how, row in self._db.execute(_SPELLINGS, (spot(words),)):
            head, inner, tail = core(fold(text))
            if inner == words:
                made.append(Spelling(head, tail, text, row, HOWS[how % len(HOWS)], how >= len(HOWS)))
        return tuple(made)


def _of(thing: Thing, type: str | None) -> bool:
    return type is None or type in (thing.type, kind_of(thing.type))
