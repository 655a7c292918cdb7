"""The word lists the annotators go by, read once from ``tables/*.txt`` beside this module.

A table is lines of words; ``#`` opens a comment; ``key: word word …`` lines make a table of groups. An underscore
stands for a blank inside an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

__all__ = ["FOREIGN", "cases", "given_names", "groups", "mapping", "surnames", "table", "words"]

_Value = TypeVar("_Value")
_FOLDER = Path(__file__).resolve().parent / "tables"


def words(text: str) -> frozenset[str]:
    """The blank-separated words of ``text``; an underscore becomes a blank."""
    return frozenset(word.replace("_", " ") for word in text.split())


def _lines(name: str) -> list[str]:
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [line for raw in text.splitlines() if (line := raw.split("#", 1)[0].strip())]


@cache
def table(name: str) -> frozenset[str]:
    """All entries of the table ``name``."""
    return words(" ".join(_lines(name)))


@cache
def groups(name: str) -> dict[str, frozenset[str]]:
    """The groups of the table ``name``: key → entries."""
    found: dict[str, frozenset[str]] = {}
    for line in _lines(name):
        key, _, rest = line.partition(":")
        found[key.strip()] = found.get(key.strip(), frozenset()) | words(rest)
    return found


@cache
def mapping(name: str) -> dict[str, str]:
    """The groups of the table ``name`` turned round: entry → key; the first group that has an entry keeps it."""
    found: dict[str, str] = {}
    for key, entries in groups(name).items():
        for entry in sorted(entries):
            found.setdefault(entry, key)
    return found


@cache
def cases() -> Mapping[str, float]:
    """Lower-case word → natural logarithm of the odds that English writes it in lower case, not with a capital.

    Above 0 the word is mostly written small (*table* 3.5), below 0 mostly with a capital (*obama* −3). A word that is
    missing is rare in both spellings, which most names of people and small places are. Made from word frequencies of
    running text (data/make_tables.py).
    """
    return _valued("case", float)


@cache
def given_names() -> Mapping[str, str]:
    """Given name in lower case, with and without its accents → ``f``, ``m`` or, for both and unknown, ``n``.

    Many are also words or surnames: ask :func:`cases` and :func:`surnames` too.
    """
    return _valued("given.names", str)


@cache
def surnames() -> Mapping[str, int]:
    """Surname in lower case, with and without its accents → the most its rank in the United States can be (300, 1,000
    … 40,000); :data:`FOREIGN` for surnames that only other countries' lists have."""
    return _valued("surnames", lambda key: int(key) or FOREIGN)


#: The rank given to surnames that are in other countries' lists only.
FOREIGN: Final = 100_000


def _valued(name: str, read: Callable[[str], _Value]) -> Mapping[str, _Value]:
    found: dict[str, _Value] = {}
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            key, _, rest = line.partition(":")
            found.update(dict.fromkeys(rest.split(), read(key)))
    return MappingProxyType(found)
