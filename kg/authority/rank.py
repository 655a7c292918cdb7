"""Which rows a surface may mean, and each one's share."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from kg.authority.finder import Spelling
from kg.authority.matcher import agrees, fold
from kg.authority.row import factor, weight
from kg.authority.types import kind_of
from kg.plugins import Candidate, Thing

__all__ = ["MOST", "candidates"]

#: No surface means more rows than this; the ones that weigh most are kept.
MOST: Final = 25


def candidates(
    surface: str,
    type: str | None,
    spellings: Callable[[str], Sequence[Spelling]],
    get: Callable[[str], Thing | None],
) -> tuple[Candidate, ...]:
    """The rows a surface may mean, best first; of one ``type`` (a class or one of the five kinds) when given. A
    surface after *the* that is not known so is looked up without it."""
    printed = " ".join(surface.split())
    found = _matching(printed, spellings)
    if not found and printed[:4].lower() == "the ":
        found = _matching(printed[4:], spellings)
    if not found:
        return ()
    named: dict[str, tuple[Thing, str]] = {}  # several spellings may lead to what is one row now
    for key, how in found.items():
        thing = get(key)
        if thing is not None and (thing.id not in named or factor(how) > factor(named[thing.id][1])):
            named[thing.id] = (thing, how)
    rows = [(thing, how, factor(how) * weight(thing)) for thing, how in named.values()]
    total = math.fsum(share for _, _, share in rows)
    total += max((thing.rival or 0.0) * factor(how) for thing, how, _ in rows) if rows else 0.0
    made = []
    for thing, how, share in sorted(rows, key=lambda one: (-one[2], one[0].id)):
        kind = kind_of(thing.type)
        types = (thing.type,) if kind in (None, thing.type) else (thing.type, str(kind))
        if type is None or type in types:
            made.append(Candidate(thing.id, thing.name, types, round(share / total, 4), how))
    return tuple(made[:MOST])


def _matching(printed: str, spellings: Callable[[str], Sequence[Spelling]]) -> dict[str, str]:
    found: dict[str, str] = {}
    folded = fold(printed)
    for one in spellings(printed):
        if fold(one.text) == folded and agrees(one.text, printed):
            before = found.get(one.row)
            if before is None or factor(one.how) > factor(before):
                found[one.row] = one.how
    return found
