"""Which acronyms stand for which names: by the letters, and by the brackets in which a writer introduces them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kg.annotate.clusters import Names
from kg.annotate.lexicon import words as _words

__all__ = ["introduced", "letters", "stands_for"]

_SMALL: Final = _words("of the for and on in to at de la le du des y und der di e a an")


def letters(parts: Sequence[str]) -> tuple[str, ...]:
    """The acronyms a name's words make: without its small words, and with them (*FBI*; *DoJ*)."""
    short = "".join(part[0] for part in parts if part not in _SMALL)
    full = "".join(part[0] for part in parts)
    return (short,) if short == full else (short, full)


def introduced(names: Names) -> Iterator[tuple[int, int]]:
    """Pairs (name, acronym) printed as *Long Name (LN)* or *LN (Long Name)*, as numbers of names."""
    text = names.text.text
    for at in range(len(names.given) - 1):
        one, other = names.given[at].span, names.given[at + 1].span
        if text[one.end : other.start] not in (" (", ", or ", " ('", ' ("', " (“") or other.end >= len(text):
            continue
        if text[one.end : other.start] != ", or " and text[other.end] not in ")'\"”;,":
            continue
        short = [names.forms[at] == "acronym", names.forms[at + 1] == "acronym"]
        if short == [False, True]:
            yield at, at + 1
        elif short == [True, False]:
            yield at + 1, at


def stands_for(acronym: str, parts: Sequence[str]) -> bool:
    """Whether letters may stand for a name: they begin its words in order (*NASA*), or begin with its first letter and
    follow each other in it (*Cefic*)."""
    if not acronym or not parts:
        return False
    if acronym in letters(parts):
        return True
    whole = "".join(part for part in parts if part not in _SMALL)
    if not whole.startswith(acronym[0]):
        return False
    rest = iter(whole)
    return all(letter in rest for letter in acronym)
