"""How a text writes its words: small or with a capital, alone or beside other capitals. Gathered once for each text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final

from kg.annotate.casing import CAPITAL, GIVEN
from kg.annotate.tokens import Sentence, Tokens

__all__ = ["Seen", "look", "opens"]

#: Marks after which a capital says nothing.
_OPENING: Final = frozenset("\"“‘'«:—–-•*([")

_JOINTS: Final = frozenset(["and", "of", "&", "for", "'s", "’s"])


@dataclass(frozen=True, slots=True)
class Seen:
    """What the plain sentences of a text show.

    ``lower`` are words in lower case; ``inside`` words with a capital where no sentence opens, with how often;
    ``alone`` those of them with no capital on either side, not even over a joint; ``pairs`` two of them side by side;
    ``owners`` those with a possessive behind them, with how often; ``bearers`` words behind a given name.
    """

    lower: frozenset[str]
    inside: Mapping[str, int]
    alone: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    owners: Mapping[str, int]
    bearers: frozenset[str]


def look(tokens: Tokens, shapes: Sequence[int], capitals: Sequence[int], plain: Sequence[Sentence]) -> Seen:
    """What is seen in the ``plain`` sentences; ``capitals`` are the numbers of all tokens with a capital, in order."""
    words = tokens.words
    small: set[str] = set()
    inside: dict[str, int] = {}
    alone: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    owners: dict[str, int] = {}
    bearers: set[str] = set()
    for sentence in plain:
        small.update(words[sentence.first : sentence.last])
        last = sentence.last
        before = -2  # the capital before, and whether it opens the sentence or a stretch of it
        opened = False
        for at in capitals[bisect_left(capitals, sentence.first) : bisect_left(capitals, last)]:
            word = words[at]
            beside = before == at - 1
            if beside and shapes[before] & GIVEN:
                bearers.add(word)
            opening = not beside and opens(words, sentence.first, at)
            if not opening:
                inside[word] = inside.get(word, 0) + 1
                if beside and not opened:
                    pairs.add((words[before], word))
                after = words[at + 1] if at + 1 < last else ""
                if after in ("'s", "’s"):
                    owners[word] = owners.get(word, 0) + 1
                if not beside and not (at + 1 < last and shapes[at + 1] & CAPITAL):
                    left = before == at - 2 and words[at - 1] in _JOINTS
                    right = after in _JOINTS and at + 2 < last and shapes[at + 2] & CAPITAL
                    if not left and not right:
                        alone.add(word)
            before, opened = at, opening
    letters = list(small)
    lower = frozenset(compress(letters, [word[0].islower() for word in letters]))
    return Seen(lower, inside, frozenset(alone), frozenset(pairs), owners, frozenset(bearers))


def opens(words: Sequence[str], first: int, at: int, marks: frozenset[str] = _OPENING) -> bool:
    """Whether a capital at token ``at`` opens the sentence that starts at ``first``, or what a mark in it opens."""
    while at > first:
        at -= 1
        word = words[at]
        if word in marks:
            return True
        if word[0].isalnum() or word[:2] == "**":  # or a word made unreadable
            return False
    return True
