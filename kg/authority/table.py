"""The authority table: known things, loaded from CSV, looked up by the words that may mean them."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from kg import resources
from kg.authority.matcher import Matcher, agrees, fold
from kg.authority.types import kind_of
from kg.errors import ConfigError
from kg.plugins import Candidate, Thing

__all__ = ["COLUMNS", "Table", "default", "load"]

#: The columns of an authority file; ``id``, ``type`` and ``name`` must be filled. Lists are separated by ``|``.
COLUMNS: Final = (
    "id",
    "type",
    "name",
    "aliases",
    "demonyms",
    "same_as",
    "contained_in",
    "latitude",
    "longitude",
    "description",
)

_WEIGHTS: Final = {"name": 4.0, "alias": 2.0, "acronym": 2.0, "demonym": 3.0}
_ARTICLES: Final = ("El", "La", "Los", "Las", "The", "San")


class Table:
    """Known things by id and by surface. A table does not change; :meth:`extend` gives a new one."""

    def __init__(self, things: Iterable[Thing] = ()) -> None:
        self._things: dict[str, Thing] = {}
        for thing in things:
            self._things[thing.id] = thing

    def __len__(self) -> int:
        return len(self._things)

    def __iter__(self) -> Iterator[Thing]:
        return iter(self._things.values())

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the rows in order of their ids, as hex."""
        state = hashlib.sha256()
        for key in sorted(self._things):
            state.update(json.dumps(astuple(self._things[key]), ensure_ascii=False).encode())
            state.update(b"\n")
        return state.hexdigest()

    def get(self, id: str) -> Thing | None:
        """The row with this id."""
        return self._things.get(id)

    def extend(self, things: Iterable[Thing]) -> Table:
        """A table with these rows too; a row whose id is known already replaces the earlier one."""
        return Table([*self._things.values(), *things])

    def candidates(self, surface: str, type: str | None = None) -> Sequence[Candidate]:
        """The rows a surface may mean, best first; of one ``type`` (a class or one of the five kinds) when given.

        ``prior`` is a share by how the surface names each row, as the table has no counts.
        """
        printed = " ".join(surface.split())
        found = self._matching(printed)
        if not found and printed[:4].lower() == "the ":
            found = self._matching(printed[4:])
        total = sum(_WEIGHTS[how] for how in found.values())
        made = []
        for key, how in found.items():
            row = self._things[key]
            kind = kind_of(row.type)
            types = (row.type,) if kind in (None, row.type) else (row.type, str(kind))
            if type is None or type in types:
                made.append(Candidate(row.id, row.name, types, round(_WEIGHTS[how] / total, 4), how))
        return tuple(sorted(made, key=lambda one: (-one.prior, one.id)))

    def surfaces(self) -> Iterable[tuple[str, str]]:
        """Every (surface, id) pair: names, aliases, demonyms and their plurals."""
        for row in self._things.values():
            for surface, _ in _surfaces(row):
                yield surface, row.id

    @cached_property
    def matcher(self) -> Matcher:
        """The automaton over all surfaces, built at the first use."""
        return Matcher(surface for surface, _ in self.surfaces())

    def _matching(self, printed: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for surface, key, how in self._index.get(fold(printed), ()):
            if agrees(surface, printed):
                found.setdefault(key, how)
        return found

    @cached_property
    def _index(self) -> dict[str, list[tuple[str, str, str]]]:
        index: dict[str, list[tuple[str, str, str]]] = {}
        for row in self._things.values():
            for surface, how in _surfaces(row):
                index.setdefault(fold(surface), []).append((surface, row.id, how))
        return index


def _surfaces(row: Thing) -> Iterable[tuple[str, str]]:
    yield row.name, "name"
    for alias in row.aliases:
        letters = [char for char in alias if char.isalpha()]
        short = len(letters) <= 8 and " " not in alias and alias.isupper()
        yield alias, "acronym" if short else "alias"
    first = row.name.split(" ", 1)[0]
    for demonym in row.demonyms:
        forms = [demonym]
        if demonym.endswith(("an", "i", "er", "ian")):
            forms.append(demonym + "s")
        if first in _ARTICLES and not demonym.startswith(first + " "):
            forms += [f"{first} {form}" for form in forms]  # "El Salvadoran" beside "Salvadoran"
        for form in forms:
            yield form, "demonym"


def default() -> Table:
    """The table that ships with the package.

    Raises :class:`kg.errors.UsageError` when the installation lacks it and :class:`kg.errors.ConfigError` when a row
    is wrong.
    """
    return load(sorted(resources.path("data/authority").glob("*.csv")))


def load(files: Sequence[Path], *, base: Table | None = None) -> Table:
    """The rows of CSV files as one table, on top of ``base``; a later row with a known id replaces the earlier one.

    Raises :class:`kg.errors.ConfigError` with ``file:line`` for what is wrong in a file.
    """
    table = base if base is not None else Table()
    rows: list[Thing] = []
    where: dict[str, str] = {}
    for file in files:
        for place, thing in _rows(file):
            if thing.id in where:
                _fail(place, f"id {thing.id!r} is used already at {where[thing.id]}; ids are unique")
            where[thing.id] = place
            rows.append(thing)
    table = table.extend(rows)
    for thing in rows:
        if thing.contained_in is not None and table.get(thing.contained_in) is None:
            _fail(where[thing.id], f"contained_in names {thing.contained_in!r}, and no row has that id; add it")
    return table


def _fail(place: str, what: str) -> None:
    raise ConfigError(f"{place}: {what}", setting="authority", where=place)


def _rows(file: Path) -> Iterable[tuple[str, Thing]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header = [name.strip() for name in next(reader, [])]
            unknown = [name for name in header if name not in COLUMNS]
            absent = [name for name in COLUMNS[:3] if name not in header]
            if unknown or absent:
                what = f"column {unknown[0]!r} is unknown" if unknown else f"column {absent[0]!r} is missing"
                _fail(f"{file}:1", f"{what}; the columns are {', '.join(COLUMNS)}")
            for cells in reader:
                place = f"{file}:{reader.line_num}"
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    _fail(place, f"{len(cells)} cells where the header has {len(header)}; quote cells with commas")
                yield place, _thing(place, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
    except OSError as error:
        raise ConfigError(
            f"{file}: the authority file cannot be read ({error.strerror})", setting="authority", where=str(file)
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{file}: not a CSV file in UTF-8 ({error})", setting="authority", where=str(file)) from error


def _thing(place: str, cell: dict[str, str]) -> Thing:
    def many(name: str) -> tuple[str, ...]:
        parts = (" ".join(part.split()) for part in cell.get(name, "").split("|"))
        return tuple(dict.fromkeys(part for part in parts if part))

    for name in COLUMNS[:3]:
        if not cell.get(name):
            _fail(place, f"{name} is empty; every row needs id, type and name")
    if kind_of(cell["type"]) is None:
        _fail(place, f"type {cell['type']!r} is no schema.org class of a person, place, organization, event or work")
    for iri in many("same_as"):
        try:
            NamedNode(iri)
        except ValueError:
            _fail(place, f"same_as {iri!r} is no IRI; write it in full, as http://www.wikidata.org/entity/Q30")
    return Thing(
        id=cell["id"],
        type=cell["type"],
        name=" ".join(cell["name"].split()),
        aliases=many("aliases"),
        demonyms=many("demonyms"),
        same_as=many("same_as"),
        contained_in=cell.get("contained_in") or None,
        latitude=_degrees(place, cell, "latitude", 90),
        longitude=_degrees(place, cell, "longitude", 180),
        description=cell.get("description") or None,
    )


def _degrees(place: str, cell: dict[str, str], name: str, limit: float) -> float | None:
    text = cell.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -limit <= value <= limit:
        _fail(place, f"{name} {text!r} is no number from -{limit} to {limit} (decimal degrees)")
    return value
