"""How much each feature of a name speaks for each kind: a table of weights, and the probabilities they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import exp
from pathlib import Path
from typing import Final

__all__ = ["OUTCOMES", "Weights", "probabilities", "weights"]

#: What a name may turn out to be: one of the five kinds, or something the graph does not hold.
OUTCOMES: Final = ("Person", "Place", "Organization", "Event", "CreativeWork", "")

#: Feature → its weight for each of :data:`OUTCOMES` (natural logarithm of odds).
Weights = Mapping[str, tuple[float, ...]]


@cache
def weights() -> Weights:
    """The table ``weights``: feature → weights in the order of :data:`OUTCOMES`."""
    found: dict[str, tuple[float, ...]] = {}
    text = (Path(__file__).resolve().parent / "tables" / "weights.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            feature, _, rest = line.partition("\t")
            found[feature] = tuple(int(part) / 100 for part in rest.split())
    return found


def probabilities(features: Mapping[str, float], table: Weights) -> tuple[float, ...]:
    """How probable each of :data:`OUTCOMES` is, given how often each feature was seen."""
    person = place = organization = event = work = thing = 0.0
    for feature, value in features.items():
        row = table.get(feature)
        if row is not None:
            person += value * row[0]
            place += value * row[1]
            organization += value * row[2]
            event += value * row[3]
            work += value * row[4]
            thing += value * row[5]
    sums = (person, place, organization, event, work, thing)
    top = max(sums)
    odds = [exp(one - top) for one in sums]
    total = sum(odds)
    return tuple(one / total for one in odds)
