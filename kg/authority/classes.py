"""Which schema.org class a class of Wikidata and a feature code of GeoNames come closest to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

__all__ = ["of_country", "of_feature", "of_items"]


def _groups(name: str) -> list[tuple[str, list[str]]]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    lines = (line.partition(": ") for line in text.splitlines() if line and not line.startswith("#"))
    return [(key, rest.split()) for key, _, rest in lines]


@cache
def _items() -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for key, entries in _groups("wikidata.txt"):
        for entry in entries:
            found.setdefault(entry, (len(found), key))
    return found


@cache
def _features() -> dict[str, str]:
    return {code: key for key, codes in _groups("geonames.txt") if key != "countries" for code in codes}


@cache
def _countries() -> dict[str, str]:
    pairs = (pair.split(":") for key, pairs in _groups("geonames.txt") if key == "countries" for pair in pairs)
    return {code: f"geonames-{number}" for code, number in pairs}


def of_items(classes: Iterable[str]) -> str | None:
    """The schema.org class of an item with these Wikidata classes, ``-`` for what is no thing of ours, None where no
    class is known."""
    known = _items()
    return min((known[one] for one in classes if one in known), default=(0, None))[1]


def of_feature(code: str) -> str | None:
    """The schema.org class of a GeoNames feature code, or None for what we pass over."""
    return _features().get(code)


def of_country(code: str) -> str | None:
    """The id of the row of a country by its ISO 3166 code."""
    return _countries().get(code)
