"""What was linked before: how often each surface meant each row, and which rows are named together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["Archive"]


def _nothing() -> Mapping[str, Mapping[str, int]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Archive:
    """Counts over articles published before. It is fixed for a whole run, so that a text's links do not depend on what
    is read beside it.

    ``meant`` maps a surface (blanks single, apostrophes plain) to row id → articles in which it was linked to the row;
    ``together`` maps a row id to row id → articles that name both.
    """

    meant: Mapping[str, Mapping[str, int]] = field(default_factory=_nothing)
    together: Mapping[str, Mapping[str, int]] = field(default_factory=_nothing)

    def __bool__(self) -> bool:
        return bool(self.meant or self.together)

    def __reduce__(self) -> tuple[type[Archive], tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]]:
        """Worker processes get it pickled, which a read-only view of a dictionary cannot be."""
        plain = [{key: dict(counts) for key, counts in one.items()} for one in (self.meant, self.together)]
        return Archive, (plain[0], plain[1])
