"""The schema.org classes an entity may have, and the kind of entity each one is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["kind_of"]


@cache
def _kinds() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in Path(__file__).with_name("types.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, _, classes = line.partition(": ")
            found.update(dict.fromkeys(classes.split(), kind))
    return found


def kind_of(type: str) -> str | None:
    """``Person``, ``Place``, ``Organization``, ``Event`` or ``CreativeWork`` for a schema.org 30.0 class under one of
    them (``City`` → ``Place``), else None."""
    return _kinds().get(type)
