"""A table with authorities of others behind it: rows the table does not have, asked for one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property, partial

from kg.authority import Finder, Matcher, Table
from kg.authority.finder import Lookup, Spelling
from kg.errors import ConfigError
from kg.plugins import Authority, Candidate, Thing

__all__ = ["Combined"]


class Combined:
    """Several authorities as one. Where two know an id, the first one's row counts: the table's before a plug-in's.

    ``table`` is the one of the publication, without the others.
    """

    def __init__(self, table: Authority, others: Sequence[tuple[str, Authority]]) -> None:
        """``others`` are named, so that what they do wrong can be said."""
        self.table = table
        self._others = tuple(others)

    @cached_property
    def matcher(self) -> Finder | Matcher:
        """What finds the surfaces of all in a text: the table in its own way, the others by what they list."""
        begin = getattr(self.table, "begin", None)
        if begin is None:
            return Matcher(surface for surface, _ in self.surfaces())
        listed: dict[str, list[str]] = {}
        for _, one in self._others:
            for surface, row in one.surfaces():
                listed.setdefault(row, []).append(surface)
        known = Table(Thing(row, "Thing", names[0], tuple(names[1:])) for row, names in listed.items())

        def both(first: str, capital: bool) -> Lookup | None:
            one: Lookup | None = begin(first, capital)
            other = known.begin(first, capital)
            if one is None or other is None:
                return one or other
            return partial(_both, one, other)

        return Finder(both)

    @property
    def digest(self) -> str:
        """A hash of what all authorities say of theirs."""
        parts = [self.table.digest, *(f"{name} {one.digest}" for name, one in self._others)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def get(self, id: str) -> Thing | None:
        """The row with this id."""
        found = self.table.get(id)
        for _, one in self._others:
            if found is not None:
                break
            found = one.get(id)
        return found

    def candidates(self, surface: str, type: str | None = None) -> Sequence[Candidate]:
        """The rows a surface may mean, best first; with several authorities that know it, priors are shares of all.

        Raises :class:`kg.errors.ConfigError` for a plug-in whose answer is none.
        """
        found = {one.id: one for one in self.table.candidates(surface, type)}
        asked = int(bool(found))
        for name, other in self._others:
            fresh = [one for one in other.candidates(surface, type) if self._checked(name, one).id not in found]
            asked = asked + bool(fresh)
            found.update((one.id, one) for one in fresh)
        total = sum(one.prior for one in found.values())
        if asked < 2 or total <= 0:
            return tuple(found.values())
        shares = (replace(one, prior=round(one.prior / total, 4)) for one in found.values())
        return tuple(sorted(shares, key=lambda one: (-one.prior, one.id)))

    def surfaces(self) -> Iterable[tuple[str, str]]:
        """Every (surface, id) pair of all authorities that list theirs."""
        yield from self.table.surfaces()
        for _, one in self._others:
            yield from one.surfaces()

    @staticmethod
    def _checked(name: str, given: Candidate) -> Candidate:
        if isinstance(given, Candidate) and 0 <= given.prior <= 1:
            return given
        raise ConfigError(
            f"authority {name!r} gives {given!r}, which is no candidate with a prior from 0 to 1; report this to its "
            "author",
            setting="authorities",
        )


def _both(one: Lookup, other: Lookup, words: str) -> Sequence[Spelling] | None:
    found, more = one(words), other(words)
    return more if found is None else found if more is None else [*found, *more]
