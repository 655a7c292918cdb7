"""The committed figures: what the annotators measured when they were last changed, and what they may not fall under.

They live in ``data/quality.json``, which every installation carries: snapshots and dumps quote it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import InputError, UsageError
from kg.evaluate.gold import GoldSet

__all__ = ["Comparison", "Floors", "Kept", "compare", "key_of"]

#: Floors are kept for figures that say how good something is by itself, not for every part of them.
_KEPT: Final = (
    "span.f",
    "type.accuracy",
    "typed.f",
    "event.p",
    "event.r",
    "work.p",
    "work.r",
    "b3.f",
    "link.p",
    "direct.p",
    "direct.r",
    "direct.speaker",
    "attribution.f",
)
#: Thousandths below what was measured: figures of small sets move by one mention when anything else changes.
_SLACK: Final = 2


@dataclass(frozen=True, slots=True)
class Kept:
    """What is committed of one set: the digest of its file, how many documents, figures, floors, and the versions of
    the annotators that were measured."""

    digest: str
    documents: int
    measured: Mapping[str, float]
    floors: Mapping[str, float]
    annotators: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One set's figures beside the committed ones. ``fallen`` are the figures under their floors, as (name, figure,
    floor); ``other`` says that the file is not the one the floors were made on, so that nothing was compared. ``stale``
    says that the committed figures are of other versions of the annotators."""

    key: str
    figures: Mapping[str, float]
    floors: Mapping[str, float]
    fallen: tuple[tuple[str, float, float], ...] = ()
    other: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Floors:
    """The committed figures of all sets, by :func:`key_of`."""

    sets: Mapping[str, Kept]

    @classmethod
    def read(cls, path: Path) -> Floors:
        """The figures in a file, none where there is none.

        Raises :class:`kg.errors.InputError` for a damaged file.
        """
        if not path.exists():
            return cls({})
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
            return cls({key: Kept(**one) for key, one in given["sets"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"is no file of figures: {error}", origin=str(path)) from error

    def write(self, path: Path) -> None:
        """Put the figures into a file, the same bytes for the same figures."""
        sets = {
            key: {
                "digest": one.digest,
                "documents": one.documents,
                "measured": dict(sorted(one.measured.items())),
                "floors": dict(sorted(one.floors.items())),
                "annotators": dict(sorted(one.annotators.items())),
            }
            for key, one in sorted(self.sets.items())
        }
        path.write_text(json.dumps({"sets": sets}, indent=2) + "\n", encoding="utf-8")

    def updated(
        self, gold: GoldSet, figures: Mapping[str, float], annotators: Mapping[str, str], *, lower: bool
    ) -> Floors:
        """The figures with a set's new ones, floors raised to just under them.

        Raises :class:`kg.errors.UsageError` when a floor would fall and ``lower`` is not given.
        """
        key = key_of(gold)
        before = self.sets.get(key)
        floors = {name: max(0.0, math.floor(figures[name] * 1000 - _SLACK) / 1000) for name in _KEPT if name in figures}
        if before is not None and before.digest == gold.digest:
            falling = [name for name, floor in before.floors.items() if figures.get(name, 0.0) < floor]
            if falling and not lower:
                raise UsageError(
                    f"{key}: {', '.join(falling)} would fall below the committed floor; "
                    "mend the annotators, or say --lower and why in the commit"
                )
            for name, floor in before.floors.items():
                if name not in falling:
                    floors[name] = max(floor, floors.get(name, 0.0))
        kept = Kept(gold.digest, len(gold.documents), dict(figures), floors, dict(annotators))
        return Floors({**self.sets, key: kept})


def key_of(gold: GoldSet) -> str:
    """The name of a set and of the splits taken from it: ``gum_wikinews/dev,test``."""
    return gold.name + ("/" + ",".join(gold.splits) if gold.splits else "")


def compare(
    floors: Floors, gold: GoldSet, figures: Mapping[str, float], annotators: Mapping[str, str] | None = None
) -> Comparison:
    """A set's figures held against its committed floors; ``annotators`` are the versions that were measured now."""
    key = key_of(gold)
    kept = floors.sets.get(key)
    if kept is None:
        return Comparison(key, figures, {})
    if kept.digest != gold.digest:
        return Comparison(key, figures, {}, other=True)
    fallen = tuple(
        (name, figures.get(name, 0.0), floor) for name, floor in kept.floors.items() if figures.get(name, 0.0) < floor
    )
    stale = annotators is not None and dict(annotators) != dict(kept.annotators)
    return Comparison(key, figures, kept.floors, fallen, stale=stale)
