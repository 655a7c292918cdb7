"""What a word says of itself before its sentence is read: has it a capital, is it grammar, do people write it small?"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kg.annotate.lexicon import cases, given_names, surnames, table, words

__all__ = [
    "CAPITAL",
    "CAPS",
    "COMMON",
    "GIVEN",
    "GRAMMAR",
    "LISTED",
    "ORDINARY",
    "PARTICLES",
    "SMALL",
    "SURNAME",
    "UNUSUAL",
    "grammatical",
    "is_capital",
    "odds",
    "shape",
]

#: Starts with an upper-case letter, or has one after a small prefix.
CAPITAL: Final = 1
#: A word of grammar, a month, a day or a unit.
GRAMMAR: Final = 2
#: A word that English mostly writes small (*attendance*, *newspapers*), or one of the list ``common``.
COMMON: Final = 4
#: All letters are upper case, and there are two or more.
CAPS: Final = 8
#: All letters are lower case, and there is one.
SMALL: Final = 16
#: A given name that is not a common word too.
GIVEN: Final = 32
#: A surname that is not a common word too.
SURNAME: Final = 64
#: A word that English hardly ever writes small, or that is rare in either spelling.
UNUSUAL: Final = 128
#: A word that English nearly always writes small: above all doubt, whatever the list ``common`` says.
ORDINARY: Final = 256
#: Common only because the list ``common`` says so: with a capital inside a sentence it is a name (*Congress*).
LISTED: Final = 512

_MOSTLY: Final = 0.6
_NEARLY: Final = 2.0
_RARELY: Final = -0.7
#: The odds of a word that is in no table: most are names.
_MISSING: Final = -2.5
_LONGEST: Final = 40
_SIBILANT: Final = ("shes", "ches", "sses", "xes", "zes")
#: Common as small words of other languages; with a capital they are parts of names.
PARTICLES: Final = words("De Van Von La Le El Al Di Da Du Del Della Der Den Dos Los Las Bin Ibn")
_ARTICLES: Final = ("al", "el", "d", "l", "de", "ul", "as", "an", "ad", "ar")


def is_capital(word: str) -> bool:
    """Whether the word starts with an upper-case letter (or has one after a small prefix, as *iPhone*, *al-Qaida*)."""
    if word[:1].isupper():
        return True
    if len(word) < 3 or not word[0].islower():
        return False
    if word.isalpha():  # iPhone, iOS, not dVDs
        return any(char.isupper() for char in word[1:-1])
    for mark in "-'’":
        before, found, after = word.partition(mark)
        if found and before in _ARTICLES and after[:1].isupper():
            return True
    return False


def grammatical(word: str) -> bool:
    """Whether the word is one of grammar (*the*, *I’m*), a month, a day or a unit: never a name by itself."""
    return bool(shape(word) & GRAMMAR)


def odds(word: str) -> float:
    """The logarithm of the odds that English writes the word small; below 0 for most names and for unknown words."""
    table_ = cases()
    small = word.lower().replace("’", "'")
    found = table_.get(small)
    if found is not None:
        return found
    if small.endswith("'s"):
        return table_.get(small[:-2], _MISSING)
    if small.endswith("s") and len(small) > 4:  # coaches, newspapers; not Peres, Mavs
        stem = small[:-2] if small.endswith(_SIBILANT) else small[:-1]
        return table_.get(stem, _MISSING)
    if "-" in small and not word.isupper():  # self-driving, two-thirds
        return min((table_.get(part, _MISSING) for part in small.split("-") if part), default=_MISSING)
    return _MISSING


def shape(word: str) -> int:
    """The word's flags, added up."""
    return _remembered(word) if len(word) <= _LONGEST else _shape(word)


def _shape(word: str) -> int:
    flags = 0
    small = word.lower()
    if is_capital(word):
        flags |= CAPITAL
    if word.islower():
        flags |= SMALL
    elif word.isupper() and sum(map(str.isalpha, word)) > 1:
        flags |= CAPS
    if _is_grammar(small):
        flags |= GRAMMAR
    if not flags & CAPITAL:
        return flags
    value = odds(word)
    if word[1:] != small[1:] and not flags & CAPS:  # eBay, StumbleUpon, McAllen
        value = min(value, _MISSING)
    if value > _MOSTLY or (small in table("common") and value > _MISSING):
        flags |= COMMON
        if value > _NEARLY:
            flags |= ORDINARY
        elif value <= _MOSTLY:
            flags |= LISTED
    elif value <= _RARELY:
        flags |= UNUSUAL
    if word in PARTICLES:
        flags &= ~(COMMON | ORDINARY)
    if word in table("given") or (value <= _RARELY and small in given_names()):
        flags |= GIVEN
    if value <= 0 and small in surnames():
        flags |= SURNAME
    return flags


_remembered = lru_cache(maxsize=1 << 16)(_shape)


def _is_grammar(small: str) -> bool:
    plain = small.replace("’", "'")
    function = table("function")
    if plain.endswith("days"):
        plain = plain[:-1]
    return plain in function or ("'" in plain and plain.partition("'")[0] in function)
