"""What the journal adds up to: how reviewers name and link things, as one frozen value."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from kg.review.journal import Entry, Trail

__all__ = ["NONE", "Decisions", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """A thing becomes another, from the entry ``number`` on: everywhere, or in some ``articles`` (their pages)."""

    number: int
    to: str
    articles: frozenset[str] | None = None


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Decisions:
    """How reviewers name and link things; :data:`NONE` when they said nothing.

    ``keys`` maps identity keys to things, before the store's own table; ``lent`` are those of accepted rows, which the
    store must not freeze. ``released`` counts how often a key was taken from its thing: it then goes by another name
    (:meth:`key`). ``rows`` maps a thing to the row it is, or to None when it is none; ``rejected`` pairs a thing with a
    row it is not. ``steps`` say what becomes of a thing, ``names`` what a merged or split one is called
    and of which kind it is. ``settled``
    are the things there is nothing to ask about; ``merged`` maps a thing to the one it was merged into. ``lessons`` are
    for the linker: how often a name as printed was found to mean a row (None: none of them), less how often not.
    """

    keys: Mapping[str, str] = field(default_factory=_nothing)
    lent: frozenset[str] = frozenset()
    released: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    rows: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    rejected: frozenset[tuple[str, str]] = frozenset()
    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=lambda: MappingProxyType({}))
    names: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    merged: Mapping[str, str] = field(default_factory=_nothing)
    settled: frozenset[str] = frozenset()
    lessons: Mapping[str, Mapping[str | None, int]] = field(default_factory=dict)
    digest: str = ""

    @classmethod
    def of(cls, trail: Trail) -> Decisions:
        """What the entries that count add up to, in their order."""
        entries = trail.effective()
        return _replay(entries) if entries else NONE

    def __bool__(self) -> bool:
        return bool(self.digest)

    def key(self, key: str) -> str:
        """The key as it is looked up: one that was taken from its thing is another key from then on."""
        count = self.released.get(key)
        return f"{key}~{count}" if count else key

    def place(self, thing: str, page: str) -> str:
        """The thing that the article on ``page`` means where it would be ``thing`` by its name and links."""
        number = 0
        while (step := self._step(thing, page, number)) is not None:
            thing, number = step.to, step.number
        return thing

    def _step(self, thing: str, page: str, after: int) -> Step | None:
        for one in self.steps.get(thing, ()):
            if one.number > after and (one.articles is None or page in one.articles):
                return one
        return None

    def row(self, thing: str, row: str | None) -> str | None:
        """The row that the thing is linked to, where the annotators say ``row``."""
        if thing in self.rows:
            return self.rows[thing]
        return None if row is not None and (thing, row) in self.rejected else row

    def judged(self, thing: str, row: str) -> bool:
        """Whether reviewers said something about the thing that speaks against the row."""
        return self.row(thing, row) != row


#: Nobody decided anything.
NONE: Final = Decisions()


def _replay(entries: Sequence[Entry]) -> Decisions:
    keys: dict[str, str] = {}
    lent: set[str] = set()
    released: dict[str, int] = {}
    rows: dict[str, str | None] = {}
    rejected: set[tuple[str, str]] = set()
    steps: dict[str, tuple[Step, ...]] = {}
    names: dict[str, tuple[str, str]] = {}
    merged: dict[str, str] = {}
    settled: set[str] = set()
    lessons: dict[str, dict[str | None, int]] = {}

    def now(key: str) -> str:
        return f"{key}~{released[key]}" if key in released else key

    def learn(surfaces: Sequence[str], row: str | None, value: int) -> None:
        for surface in surfaces:
            of = lessons.setdefault(surface, {})
            of[row] = of.get(row, 0) + value

    for one in entries:
        for key in one.released:
            released[key] = released.get(key, 0) + 1
        keys.update((now(key), iri) for key, iri in one.keys)
        for key in one.lent:
            keys[now(key)] = one.thing
            lent.add(now(key))
        if one.action == "accept" and one.row is not None:
            rows[one.thing] = one.row
            rejected.discard((one.thing, one.row))
            settled.add(one.thing)
            learn(one.surfaces, one.row, 1)
        elif one.action == "reject" and one.row is not None:
            rejected.add((one.thing, one.row))
            if rows.get(one.thing) == one.row:
                del rows[one.thing]
            settled.discard(one.thing)
            learn(one.surfaces, one.row, -1)
        elif one.action == "new":
            rows[one.thing] = None
            settled.add(one.thing)
            learn(one.surfaces, None, 1)
            if one.row is not None:
                learn(one.surfaces, one.row, -1)
        elif one.action == "merge":
            steps[one.thing] = (*steps.get(one.thing, ()), Step(one.id, one.other))
            merged[one.thing] = one.other
            names[one.other] = one.other_name, one.other_kind or one.kind
            if one.row is not None:
                rows[one.other] = one.row
        elif one.action == "split":
            steps[one.thing] = (*steps.get(one.thing, ()), Step(one.id, one.other, frozenset(one.articles)))
            names[one.other] = one.other_name, one.other_kind or one.kind
            if one.row is not None:
                rejected.add((one.other, one.row))
    digest = hashlib.sha256("\n".join(one.digest for one in entries).encode("ascii")).hexdigest()
    return Decisions(
        keys=MappingProxyType(keys),
        lent=frozenset(lent),
        released=MappingProxyType(released),
        rows=MappingProxyType(rows),
        rejected=frozenset(rejected),
        steps=MappingProxyType(steps),
        names=MappingProxyType(names),
        merged=MappingProxyType(merged),
        settled=frozenset(settled),
        lessons={surface: lessons[surface] for surface in sorted(lessons)},  # plain: worker processes get a copy
        digest=digest,
    )
