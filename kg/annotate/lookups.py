"""Asking the authority for the rows of a surface, with the answers to the last few thousand questions remembered."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kg.authority import kind_of
from kg.plugins import Authority, Candidate, Thing

__all__ = ["Lookups"]

_REMEMBERED: Final = 8192
#: Longer surfaces are asked for each time.
_LONG: Final = 100


class Lookups:
    """The questions one annotator asks of one authority, which does not change."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._rows)
        self.thing = lru_cache(maxsize=_REMEMBERED)(self._thing)

    def rows(self, surface: str, kind: str) -> tuple[Candidate, ...]:
        """The authority rows a surface may mean that are of this kind, best first."""
        return self._remembered(surface, kind) if len(surface) <= _LONG else self._rows(surface, kind)

    def _rows(self, surface: str, kind: str) -> tuple[Candidate, ...]:
        found = self._authority.candidates(surface)
        return tuple(one for one in found if kind in one.types or any(kind_of(type_) == kind for type_ in one.types))

    def _thing(self, id: str) -> Thing | None:
        return self._authority.get(id)
