"""Rows that are one thing: which rows say so, and what the one row holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableSequence, Sequence
from typing import Final

from kg.authority.row import weight
from kg.plugins import Thing

__all__ = ["SHARED", "Groups", "merged", "rings"]

#: An IRI that more rows share than this names none of them.
SHARED: Final = 8


def merged(id: str, things: Sequence[Thing], *, own: bool = False) -> Thing:
    """Several rows as one with this id: of single values the first row's that has one, of lists and other names all.

    With ``own`` the row of that id comes before all others. What the others are called stays as aliases. The weight is
    that of the row that weighs most.
    """
    if own:
        things = sorted(things, key=lambda thing: thing.id != id)
    first = things[0]

    def one_of(name: str) -> object:
        return next((value for thing in things if (value := getattr(thing, name)) is not None), None)

    def all_of(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for thing in things for value in getattr(thing, name)))

    names = dict.fromkeys(thing.name for thing in things)
    aliases = tuple(dict.fromkeys((*names, *all_of("aliases"))))
    located = next((thing for thing in things if thing.latitude is not None and thing.longitude is not None), first)
    return Thing(
        id=id,
        type=first.type,
        name=first.name,
        aliases=tuple(alias for alias in aliases if alias != first.name),
        demonyms=all_of("demonyms"),
        same_as=all_of("same_as"),
        contained_in=one_of("contained_in"),  # type: ignore[arg-type]
        latitude=located.latitude,
        longitude=located.longitude,
        description=one_of("description"),  # type: ignore[arg-type]
        population=one_of("population"),  # type: ignore[arg-type]
        country=one_of("country"),  # type: ignore[arg-type]
        weight=max(weight(thing) for thing in things),
        rival=one_of("rival"),  # type: ignore[arg-type]
    )


class Groups:
    """Numbers that belong together, joined pair by pair; two that are ``apart`` never come into one group."""

    def __init__(self, apart: Iterable[tuple[int, int]] = ()) -> None:
        self._up: dict[int, int] = {}
        self._members: dict[int, set[int]] = {}
        self._apart: dict[int, set[int]] = {}
        for one, other in apart:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)

    def top(self, one: int) -> int:
        """The number that stands for the group."""
        while (above := self._up.get(one, one)) != one:
            self._up[one] = self._up.get(above, above)
            one = above
        return one

    def join(self, one: int, other: int) -> bool:
        """Make one group of two, unless members of them are apart; whether they are one now."""
        small, large = sorted((self.top(one), self.top(other)), key=lambda top: len(self._members.get(top, ())))
        if small == large:
            return True
        few, many = self._members.get(small, {small}), self._members.get(large, {large})
        if any(not self._apart.get(member, set()).isdisjoint(many) for member in few):
            return False
        self._up[small] = large
        many.update(few)
        self._members[large] = many
        self._members.pop(small, None)
        return True

    def groups(self) -> list[list[int]]:
        """The groups of two and more, each in order, in order of their first."""
        return sorted(sorted(members) for members in self._members.values())


def rings(starts: Iterable[int], up: MutableSequence[int], above: Callable[[int], int]) -> Iterator[list[int]]:
    """The circles that the ways up from ``starts`` run into, each once. ``up`` says what is above each number: -1 where
    nobody asked yet (``above`` does), 0 where nothing is."""
    sound = bytearray(len(up))
    for start in starts:
        way: list[int] = []
        places: dict[int, int] = {}
        at = start
        while at > 0 and not sound[at] and at not in places:
            places[at] = len(way)
            way.append(at)
            if up[at] == -1:
                up[at] = above(at)
            at = up[at]
        if at in places:
            yield way[places[at] :]
        for one in way:
            sound[one] = 1
