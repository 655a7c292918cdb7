"""Finds known surfaces in a text without an automaton: by the first word of each, then the longest that goes on.

The text is walked once, run of letters and digits by run. What begins with a run is asked of the table that the finder
is made for, so that one finder serves a few thousand rows in memory and millions in a file. It gives what
:class:`kg.authority.matcher.Matcher` gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from kg.authority.matcher import Hit, agrees, bounded, fold, plain

__all__ = ["LONGEST", "RUN", "Finder", "Lookup", "Spelling", "core", "runs"]

#: Surfaces of more runs than this are looked up by their whole text only, never found in a text: hostile texts would
#: make the walk quadratic.
LONGEST: Final = 24
#: So many words are remembered as beginning a surface or none.
_REMEMBERED: Final = 100_000

#: Letters and digits in a row.
RUN: Final = re.compile(r"[^\W_]+")
_CORE: Final = re.compile(r"^([\W_]*)(.*?)([\W_]*)$", re.DOTALL)


class Spelling(NamedTuple):
    """A surface as the table writes it; ``head`` and ``tail`` are the folded marks around its words. A ``quiet`` one is
    looked up and never found in a text: it mostly means something else (see :func:`kg.authority.row.quiet`)."""

    head: str
    tail: str
    text: str
    row: str
    how: str
    quiet: bool = False


#: The spellings whose words are exactly these (folded), each text once, or None where no surface begins with them.
Lookup = Callable[[str], Sequence[Spelling] | None]


def core(folded: str) -> tuple[str, str, str]:
    """A folded surface as the marks before its words, the words, and the marks after them."""
    found = _CORE.match(folded)
    assert found is not None
    return found[1], found[2], found[3]


def runs(words: str) -> list[str]:
    """The beginnings of folded words, run by run, up to all of them: *new*, *new york*, *new york city*."""
    return [words[: found.end()] for found in RUN.finditer(words)]


class Finder:
    """Finds what a table knows. ``begin`` says, for the folded run and whether it is printed with a capital first
    letter, how to look on from there, or None where no surface begins so."""

    __slots__ = ("_begin", "_known")

    def __init__(self, begin: Callable[[str, bool], Lookup | None]) -> None:
        self._begin = begin
        self._known: dict[str, Lookup | None] = {}

    def find(self, text: str, *, caps: bool = False) -> list[Hit]:
        """The hits at word boundaries, longest first from the left, without overlap."""
        known = self._known
        level = text if text.isascii() else plain(text)
        folded = ""
        hits: list[Hit] = []
        at = 0
        for found in RUN.finditer(level):
            word = found[0]
            try:
                look = known[word]
            except KeyError:
                look = self._learn(word)
            if look is None:
                continue
            start = found.start()
            if start < at:
                continue
            folded = folded or fold(text)
            hit = _longest(text, folded, start, found.end(), at, look, caps)
            if hit is not None:
                hits.append(hit)
                at = hit.end
        return hits

    def _learn(self, word: str) -> Lookup | None:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        look = None if len(word) > 400 else self._begin(fold(word), word[0].isupper())
        self._known[word] = look
        return look


def _longest(text: str, folded: str, start: int, end: int, free: int, look: Lookup, caps: bool) -> Hit | None:
    """The longest known surface whose words begin at ``start``; nothing before ``free`` belongs to it."""
    found: list[tuple[int, Sequence[Spelling]]] = []
    for _ in range(LONGEST):
        spellings = look(folded[start:end])
        if spellings is None:
            break
        if spellings:
            found.append((end, spellings))
        following = RUN.search(folded, end)
        if following is None:
            break
        end = following.end()
    best: dict[tuple[int, int], list[str]] = {}
    for stop, spellings in found:
        for one in spellings:
            first, last = start - len(one.head), stop + len(one.tail)
            if one.quiet or first < free or (one.head and not folded.startswith(one.head, first)):
                continue
            if one.tail and not folded.startswith(one.tail, stop):
                continue
            if agrees(one.text, text[first:last], caps=caps) and bounded(text, first, last):
                group = best.setdefault((first, -last), [])
                if one.text not in group:
                    group.append(one.text)
    if not best:
        return None
    (first, last), group = min(best.items())
    return Hit(first, -last, tuple(group))
