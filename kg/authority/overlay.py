"""What a publication knows: the shipped rows and those of its settings, and over them what it loaded into a file.

Rows that share an IRI and are of one kind are one row: it keeps the id that ships, so that published links stay; the
loaded row's values win, and other names are those of both. A loaded row with a shipped row's id stands in its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from kg.authority import rank
from kg.authority.finder import Finder, Lookup, Spelling
from kg.authority.groups import merged
from kg.authority.matcher import Matcher
from kg.authority.row import iri_of, surfaces
from kg.authority.store import Store
from kg.authority.table import Table, default, load
from kg.authority.types import kind_of
from kg.plugins import Authority, Candidate, Thing

__all__ = ["Overlay", "combined", "finder", "loaded"]

_REMEMBERED = 8192


class Overlay:
    """A file's rows over a table in memory. It fulfils :class:`kg.plugins.Authority`."""

    def __init__(self, base: Table, store: Store) -> None:
        self.base = base.without(store.removed)
        self.store = store
        self.digest = hashlib.sha256(f"{self.base.digest} {store.digest}".encode()).hexdigest()
        self.get = lru_cache(_REMEMBERED)(self._get)
        self.matcher = Finder(self.begin)

    def __iter__(self) -> Iterator[Thing]:
        for thing in self.store:
            yield self._whole(thing)
        for row in self.base:
            if not self._replaced(row.id) and self._loaded(row) is None:
                yield self._whole(row)

    def _get(self, id: str) -> Thing | None:
        """The row with this id. What was merged is found by each of its ids; a Wikidata or GeoNames id and an IRI find
        the row that is the same as it."""
        found = self._found(id)
        return self._whole(found) if found is not None else None

    def with_iri(self, iri: str) -> Thing | None:
        """The row that says it is the same as this IRI."""
        found = self.store.with_iri(iri) or self.base.with_iri(iri)
        return self._whole(found) if found is not None else None

    def spellings(self, surface: str) -> Sequence[Spelling]:
        """The rows' surfaces with the words of this one."""
        shipped = [one for one in self.base.spellings(surface) if not self._replaced(one.row)]
        return [*shipped, *self.store.spellings(surface)]

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
        return _both(self.base.begin(first, capital), self.store.begin(first, capital))

    def search(self, text: str = "", type: str | None = None, *, limit: int = 50) -> list[Thing]:
        """The rows with a name that holds the words, the weightiest of what was loaded first."""
        found = {thing.id: thing for one in self.store.search(text, type, limit=limit) if (thing := self._whole(one))}
        for row in self.base.search(text, type, limit=limit):
            whole = self.get(row.id)
            if whole is not None:
                found.setdefault(whole.id, whole)
        return list(found.values())[:limit]

    def _replaced(self, id: str) -> bool:
        """Whether a loaded row has the id."""
        thing = self.store.get(id)
        return thing is not None

    def _found(self, id: str) -> Thing | None:
        thing = self.store.get(id) or self.base.get(id)
        if thing is None and (iri := iri_of(id)) is not None:
            thing = self.store.with_iri(iri) or self.base.with_iri(iri)
        return thing

    def _whole(self, thing: Thing) -> Thing:
        """A row of either with what the other says of the same thing; what it names goes by the ids that hold."""
        shipped, loaded = self._shipped(thing), self._loaded(thing)
        if shipped is not None:
            thing = merged(shipped.id, (thing, shipped))
        elif loaded is not None:
            thing = merged(thing.id, (loaded, thing))
        inside, country = self._id(thing.contained_in), self._id(thing.country)
        if (inside, country) == (thing.contained_in, thing.country):
            return thing
        return replace(thing, contained_in=inside if inside != thing.id else None, country=country)

    def _shipped(self, thing: Thing) -> Thing | None:
        """The shipped row that a loaded row is the same as."""
        if self.store.get(thing.id) is None:
            return None
        for iri in thing.same_as:
            row = self.base.with_iri(iri)
            if row is None or row.id == thing.id or self._replaced(row.id):
                continue
            if kind_of(row.type) == kind_of(thing.type) and not self.store.apart(row.id, thing.id):
                return row
        return None

    def _loaded(self, row: Thing) -> Thing | None:
        """The loaded row that is the same as a shipped row."""
        if self.store.get(row.id) is not None:
            return None
        for iri in row.same_as:
            thing = self.store.with_iri(iri)
            if thing is not None and (shipped := self._shipped(thing)) is not None and shipped.id == row.id:
                return thing
        return None

    def _id(self, id: str | None) -> str | None:
        """The id that the row with this id goes by, or None where there is no such row."""
        thing = self._found(id) if id is not None else None
        if thing is None:
            return None
        shipped = self._shipped(thing)
        return shipped.id if shipped is not None else thing.id


def combined(files: Sequence[Path] = (), folder: Path | None = None) -> Table | Overlay:
    """The shipped table with the rows of CSV files on top, and over them the version of a loaded table in ``folder``
    (:func:`kg.authority.store.place`).

    Raises :class:`kg.errors.ConfigError` with ``file:line`` for what is wrong in a file, and
    :class:`kg.errors.StoreError` for a loaded table that is not whole.
    """
    base = load(files, base=default()) if files else default()
    return Overlay(base, Store(folder)) if folder is not None else base


def loaded(authority: Authority) -> Path | None:
    """The folder of the version of a loaded table that an authority reads, for another process to read the same; None
    where it reads none."""
    within: object = authority
    while within is not None and not isinstance(within, Overlay):
        within = getattr(within, "table", None)
    return within.store.folder if within is not None else None


def _both(one: Lookup | None, other: Lookup | None) -> Lookup | None:
    """Both ways to look on as one."""
    if one is None or other is None:
        return one or other

    def both(words: str) -> Sequence[Spelling] | None:
        first, second = one(words), other(words)
        return second if first is None else first if second is None else [*first, *second]

    return both


def finder(authority: Authority) -> Finder | Matcher:
    """What finds the surfaces of any authority in a text: its own ``matcher``, else an automaton of its surfaces."""
    own = getattr(authority, "matcher", None)
    if isinstance(own, (Finder, Matcher)):
        return own
    return Matcher(surface for surface, _ in authority.surfaces())
