"""Which given names may be one person's, and what a name or title says of the person's sex."""

from __future__ import annotations

from functools import cache
from typing import Final

from kg.annotate.lexicon import given_names, groups

__all__ = ["before_given", "same_given", "sex_of_given", "sex_of_title"]

_TITLES: Final = groups("nicknames.titles")


def same_given(one: str, other: str) -> bool:
    """Whether two given names in small letters may be one: equal, an initial of the other, or a nickname of it."""
    if one == other:
        return True
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    return not _whole(one).isdisjoint(_whole(other))


def _whole(name: str) -> frozenset[str]:
    return _canonical().get(name, frozenset()) | {name}


@cache
def _canonical() -> dict[str, frozenset[str]]:
    """Nickname → the full names it may stand for."""
    found: dict[str, set[str]] = {}
    for full, short in groups("nicknames").items():
        for name in short:
            found.setdefault(name, set()).add(full)
    return {name: frozenset(full) for name, full in found.items()}


def sex_of_given(name: str) -> str:
    """``f`` or ``m`` for a given name that only they have, else an empty string."""
    sex = given_names().get(name, "n")
    if sex != "n":
        return sex
    return "f" if name in _TITLES["women"] else "m" if name in _TITLES["men"] else ""


def sex_of_title(title: str) -> str:
    """``f`` or ``m`` for a title that only they have (*Mrs*, *Sir*, *actress*), else an empty string."""
    words = {word.strip(".").lower() for word in title.split()}
    for sex in ("f", "m"):
        if not words.isdisjoint(_TITLES[sex]):
            return sex
    return ""


def before_given(title: str) -> bool:
    """Whether the title stands before a given name alone (*Queen Mary*, *Sir John*)."""
    words = title.split()
    return bool(words) and words[-1].strip(".").lower() in _TITLES["given"]
