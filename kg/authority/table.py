"""The authority table in memory: the shipped rows and the files that the settings name, looked up by surface."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, NoReturn

from kg import resources
from kg.authority import rank
from kg.authority.csvfile import cells
from kg.authority.finder import RUN, Finder, Lookup, Spelling, core, runs
from kg.authority.matcher import fold
from kg.authority.row import Fault, encoded, forms, iri_of, of_cells, quiet, surfaces, weight
from kg.authority.types import kind_of
from kg.errors import ConfigError
from kg.plugins import Candidate, Thing

__all__ = ["Table", "default", "load"]

#: The first run of each line.
_FIRST: Final = re.compile(r"(?m)^(?:[^\w\n]|_)*(?:([^\W_]+).*)?$")

#: A row that is known, or its columns and cells, which become one when it is asked for.
Row = Thing | tuple[dict[str, int], list[str]]


class Table:
    """Known things by id and by surface. A table does not change; :meth:`extend` gives a new one."""

    def __init__(self, things: Iterable[Row] = ()) -> None:
        self._rows: dict[str, Row] = {}
        self._things: dict[str, Thing] = {}
        for thing in things:
            if isinstance(thing, tuple):
                self._rows[thing[1][thing[0]["id"]]] = thing
            else:
                self._rows[thing.id] = self._things[thing.id] = thing

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Thing]:
        return (self._made(key, row) for key, row in self._rows.items())

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the rows, as they were given, in order of their ids, as hex."""
        state = hashlib.sha256()
        for key, row in sorted(self._rows.items()):
            said = [key, *encoded(row)] if isinstance(row, Thing) else [*row[0], *row[1]]
            state.update(json.dumps(said, ensure_ascii=False).encode())
            state.update(b"\n")
        return state.hexdigest()

    def get(self, id: str) -> Thing | None:
        """The row with this id."""
        row = self._rows.get(id)
        return self._made(id, row) if row is not None else None

    def with_iri(self, iri: str) -> Thing | None:
        """The row that says it is the same as this IRI."""
        found = self._same.get(iri)
        return self.get(found) if found is not None else None

    def extend(self, things: Iterable[Thing]) -> Table:
        """A table with these rows too; a row whose id is known already replaces the earlier one."""
        return Table([*self._rows.values(), *things])

    def without(self, ids: Collection[str]) -> Table:
        """The table without these rows."""
        return Table(row for key, row in self._rows.items() if key not in ids) if ids else self

    def search(self, text: str = "", type: str | None = None, *, limit: int = 50) -> list[Thing]:
        """The rows with a name that holds the words, or with this id; the weightiest first."""
        wanted = fold(text)
        found = [
            row
            for row in self
            if (type is None or type in (row.type, kind_of(row.type)))
            and (row.id == text or any(wanted in fold(surface) for surface, _ in surfaces(row)))
        ]
        return sorted(found, key=lambda row: (row.id != text, fold(row.name) != wanted, -weight(row), row.id))[:limit]

    def spellings(self, surface: str) -> Sequence[Spelling]:
        """The rows' surfaces with the words of this one."""
        key = core(fold(surface))[1]
        first = RUN.search(key)
        return self._bucket(first[0])[0].get(key) or () if first is not None else ()

    def candidates(self, surface: str, type: str | None = None) -> Sequence[Candidate]:
        """The rows a surface may mean, best first; of one ``type`` (a class or one of the five kinds) when given.

        ``prior`` is the row's share of the weights of all rows that the surface names.
        """
        return rank.candidates(surface, type, self.spellings, self.get)

    def surfaces(self) -> Iterable[tuple[str, str]]:
        """Every (surface, id) pair: names, aliases, demonyms and their plurals."""
        for row in self:
            for surface, _ in surfaces(row):
                yield surface, row.id

    @cached_property
    def matcher(self) -> Finder:
        """What finds the surfaces in a text."""
        return Finder(self.begin)

    def begin(self, first: str, capital: bool) -> Lookup | None:
        """How to look on from a first run of letters (see :class:`kg.authority.finder.Finder`)."""
        if first not in self._firsts:
            return None
        _, texts = self._bucket(first)
        small = capital or any(not one.text[0].isupper() for group in texts.values() for one in group)
        return texts.get if small else None

    def _made(self, key: str, row: Row) -> Thing:
        thing = self._things.get(key)
        if thing is None:
            assert isinstance(row, tuple)
            columns, cells_ = row
            given = {name: cell for name, at in columns.items() if (cell := cells_[at])}
            thing = self._things[key] = of_cells(given)
        return thing

    def _bucket(self, first: str) -> tuple[dict[str, list[Spelling]], dict[str, list[Spelling]]]:
        """Every beginning of the surfaces with this first run, with the surfaces that end there: of all rows, and each
        text once, for finding."""
        known = self._buckets.get(first)
        if known is not None:
            return known
        found: dict[str, list[Spelling]] = {}
        texts: dict[str, list[Spelling]] = {}
        seen: set[str] = set()
        for key in dict.fromkeys(self._firsts.get(first, ())):
            row = self.get(key)
            assert row is not None
            still = quiet(row)
            for surface, how in surfaces(row):
                head, words, tail = core(fold(surface))
                parts = runs(words)
                if parts and parts[0] == first:
                    for part in parts:
                        texts.setdefault(part, [])
                    one = Spelling(head, tail, surface, key, how, still)
                    found.setdefault(words, []).append(one)
                    if not still and surface not in seen:
                        seen.add(surface)
                        texts[words].append(one)
        if first in self._firsts:
            self._buckets[first] = found, texts
        return found, texts

    @cached_property
    def _buckets(self) -> dict[str, tuple[dict[str, list[Spelling]], dict[str, list[Spelling]]]]:
        return {}

    @cached_property
    def _same(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, row in self._rows.items():
            if isinstance(row, Thing):
                iris = list(row.same_as)
            else:
                at = row[0].get("same_as")
                iris = row[1][at].split("|") if at is not None and row[1][at] else [iri_of(key) or ""]
            for iri in iris:
                found.setdefault(iri, key)
        return found

    @cached_property
    def _firsts(self) -> dict[str, list[str]]:
        """The ids of the rows with a surface that begins with the run. The first runs of all are cut out of one text,
        line by line: a table of many thousand rows is ready in a few hundredths of a second."""
        lines: list[str] = []
        owners: list[str] = []
        for key, row in self._rows.items():
            if isinstance(row, Thing):
                named = [surface.replace("\n", " ") for surface, _ in surfaces(row)]
            else:
                columns, cells_ = row
                named = [cells_[columns["name"]]]
                if "aliases" in columns and (aliases := cells_[columns["aliases"]]):
                    named += aliases.split("|")
                if "demonyms" in columns and (demonyms := cells_[columns["demonyms"]]):
                    named += forms(named[0], demonyms.split("|"))
            lines += named
            owners += [key] * len(named)
        found: dict[str, list[str]] = {}
        if not lines:
            return found
        text = fold("\n".join(lines))
        for first, key in zip(_FIRST.findall(text), owners, strict=True):
            if first in found:
                found[first].append(key)
            else:
                found[first] = [key]
        found.pop("", None)
        return found


def default() -> Table:
    """The table that ships with the package. Its rows are checked where they are written, and made when they are asked
    for.

    Raises :class:`kg.errors.UsageError` when the installation lacks it.
    """
    rows: list[Row] = []
    for file in sorted(resources.path("data/authority").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines)
            columns = {name: at for at, name in enumerate(next(reader))}
            rows += [(columns, row) for row in reader]
    return Table(rows)


def load(files: Sequence[Path], *, base: Table | None = None) -> Table:
    """The rows of CSV files as one table, on top of ``base``; a later row with a known id replaces the earlier one.

    Raises :class:`kg.errors.ConfigError` with ``file:line`` for what is wrong in a file.
    """
    table = base if base is not None else Table()
    rows: list[Thing] = []
    where: dict[str, str] = {}
    for file in files:
        for line, row in cells(file):
            place = f"{file}:{line}"
            thing = _sound(row, place)
            if thing.id in where:
                _fail(place, f"id {thing.id!r} is used already at {where[thing.id]}; ids are unique")
            where[thing.id] = place
            rows.append(thing)
    table = table.extend(rows)
    for thing in rows:
        for name, other in (("contained_in", thing.contained_in), ("country", thing.country)):
            if other is not None and table.get(other) is None:
                _fail(where[thing.id], f"{name} names {other!r}, and no row has that id; add it")
    for thing in rows:
        if (round_ := circle(thing.id, table)) is not None:
            _fail(where[thing.id], f"contained_in leads back to the row itself: {' → '.join(round_)}")
    return table


def _sound(row: dict[str, str] | Fault, place: str) -> Thing:
    try:
        if isinstance(row, Fault):
            raise row
        return of_cells(row)
    except Fault as fault:
        _fail(place, str(fault))


def circle(id: str, table: Table) -> list[str] | None:
    """The way from a row up through ``contained_in`` and back to it, or None where it ends."""
    way = [id]
    seen = {id}
    thing = table.get(id)
    while thing is not None and thing.contained_in is not None:
        way.append(thing.contained_in)
        if thing.contained_in == id:
            return way
        if thing.contained_in in seen:
            return None  # another row's circle
        seen.add(thing.contained_in)
        thing = table.get(thing.contained_in)
    return None


def _fail(place: str, what: str) -> NoReturn:
    raise ConfigError(f"{place}: {what}", setting="authority", where=place)
