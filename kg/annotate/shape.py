"""What a name's own words say of its class: names people are given, heads, capitals, length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kg.annotate.lexicon import FOREIGN, cases, given_names, groups, mapping, surnames, table
from kg.authority import kind_of

__all__ = ["features", "given", "plain_word", "surname"]

_GIVEN: Final = table("given")
_NOUNS: Final = mapping("nouns")
_ENDINGS: Final = groups("endings")
_PARTICLES: Final = frozenset(["van", "von", "bin", "ibn", "der", "del", "dos", "de", "da", "du", "di", "ter", "ten"])
_CAPITAL_PARTICLES: Final = frozenset(["De", "La", "El", "Los", "Las", "Le", "Den", "Het", "Al", "Da", "Di", "Du"])
_SAINTS: Final = frozenset(["St", "St.", "San", "Santa", "Saint", "São", "Sainte", "Ste", "Sankt"])
_NUMBERS: Final = frozenset(
    ["Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XVI", "."]
)
_JOINTS: Final = frozenset(["of", "for", "and", "&", "on", "in", "at", "the"])
#: What organizations are for: *Zalk Policy Center*.
_FIELDS: Final = table("fields")
#: Odds of small spelling (natural logarithm) over which a word is one of the language, not a name.
_COMMON: Final = 1.0


def given(word: str) -> str:
    """How far a word is a given name: ``G`` (a common one), ``h`` (in some country), ``g`` (a word too) or nothing."""
    small = word.lower()
    if word in _GIVEN:
        return "G"
    if small in given_names():
        odds = cases().get(small)
        return "g" if odds is not None and odds > 0 else "h"
    if "-" in word:
        parts = small.split("-")
        return "h" if all(part in given_names() for part in parts) else ""
    return ""


def surname(word: str) -> str:
    """How far a word is a surname: ``S`` (one of many), ``s`` (of some), ``f`` (in other countries) or nothing."""
    rank = surnames().get(word.lower())
    if rank is None:
        return ""
    if rank == FOREIGN:
        return "f"
    return "S" if rank <= 5000 else "s"


def plain_word(word: str) -> bool:
    """Whether English writes the word small."""
    return cases().get(word.lower(), -1.0) > _COMMON


def _named(word: str) -> bool:
    return word in _PARTICLES or (not plain_word(word) and bool(given(word) or surname(word)))


def features(words: Sequence[str]) -> Iterator[str]:
    """The features of a name's words."""
    while len(words) > 1 and words[-1] in _NUMBERS:
        words = words[:-1]
        yield "number"
    first, last = words[0], words[-1]
    count = len(words)
    if count == 1:
        yield from _single(first)
        return
    yield f"words {min(count, 5)}"
    if count < 5 and all(_named(word) for word in words):
        yield "all names"
    pair = f"{given(first)}{surname(last)}"
    yield f"name {pair or '-'} {2 if count == 2 else 3}"
    common = sum(1 for word in words if word[0].isupper() and plain_word(word))
    yield f"common {min(common, 3)}"
    if plain_word(last):
        yield "last common"
    elif last.lower() not in cases():
        yield "last rare"
    kind = kind_of(_NOUNS.get(last.lower(), "")) or ("Thing" if last.lower() in _NOUNS else "")
    if kind:
        yield f"last {kind}"
    if first.lower() not in cases() and not pair:
        yield "first rare"
    if any(len(word) == 2 and word[1] == "." for word in words) or any(len(word) == 1 for word in words[1:-1]):
        yield "initial"
    if first in _SAINTS:
        yield "saint"
    elif first in _CAPITAL_PARTICLES:
        yield "particle first"
    elif any(word in _PARTICLES or word in _CAPITAL_PARTICLES for word in words[1:]):
        yield "particle"
    if not _FIELDS.isdisjoint(word.lower() for word in words[:-1]):
        yield "field"
    for word in words:
        if word in _JOINTS:
            yield f"joint {word}"
    capitals = sum(1 for word in words if len(word) > 1 and word.isupper())
    if capitals:
        yield "all capitals" if capitals == count else "some capitals"
    if any(char.isdigit() for word in words for char in word):
        yield "digit"
    yield from _ending(last)


def _single(word: str) -> Iterator[str]:
    small = word.lower()
    if word.isupper() and len(word) > 1:
        letters = word.replace(".", "")
        yield f"capitals {len(letters) if len(letters) < 6 else 6}"
        if "." in word:
            yield "dots"
        return
    odds = cases().get(small)
    spelled = "rare" if odds is None else "common" if odds > _COMMON else "both" if odds > 0 else "proper"
    yield f"word {spelled}"
    yield f"one {given(word)}{surname(word)}" if given(word) or surname(word) else f"one - {spelled}"
    if (
        any(char.isupper() for char in word[1:])
        and not word.isupper()
        and not word.startswith(("Mc", "Mac", "O'", "O’"))
    ):
        yield "inner capital hyphen" if "-" in word else "inner capital"
    elif "-" in word:
        yield "hyphen"
    if any(char.isdigit() for char in word):
        yield "digit"
    yield from _ending(word)


def _ending(word: str) -> Iterator[str]:
    small = word.lower()
    if len(small) < 5 or plain_word(word) or surname(word):
        return
    for key, endings in _ENDINGS.items():
        if any(small.endswith(one) for one in endings):
            yield f"ending {key}"
