"""The word lists the annotators go by, read once from ``tables/*.txt`` beside this module.

A table is lines of words; ``#`` opens a comment; ``key: word word …`` lines make a table of groups. An underscore
stands for a blank inside an entry.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["groups", "mapping", "table", "words"]

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
