"""Titles of works: stretches in quotation marks, written like a title, beside a word that says what they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.annotate.lexicon import mapping, table
from kg.annotate.page import Page
from kg.annotate.tokens import Sentence
from kg.authority import kind_of

__all__ = ["CUES", "titles"]

#: A common noun → the class of the work it announces (*film* → Movie).
CUES: Final = {noun: type_ for noun, type_ in mapping("nouns").items() if kind_of(type_) in ("CreativeWork",)}
_PAIRS: Final = {"“": "”", "‘": "’", '"': '"', "'": "'", "«": "»", "„": "“"}
_FUNCTION: Final = table("function")
_CALLED: Final = frozenset(["titled", "entitled", "headlined", "title"])
_LONGEST: Final = 10


def titles(page: Page, sentence: Sentence) -> Iterator[tuple[int, int, str, float]]:
    """The titles in one sentence as (first token, last token, class, score).

    A title has at most ten words, each with a capital but for words of grammar, and a noun such as *film* within four
    tokens before its mark or three after. Without such a noun it is somebody's words, not a work.
    """
    words = page.tokens.words
    at = sentence.first
    while at < sentence.last:
        close = _PAIRS.get(words[at])
        if close is None:
            at += 1
            continue
        end = at + 1
        while end < sentence.last and end - at <= _LONGEST + 2 and words[end] != close:
            end += 1
        if end < sentence.last and words[end] == close and _like_title(words, at + 1, end):
            last = end
            while last > at + 1 and not words[last - 1][0].isalnum():
                last -= 1
            cue = _cue(page, sentence, at, end)
            if cue is not None and last > at + 1:
                yield at + 1, last, cue[0], cue[1]
                at = end + 1
                continue
        at += 1


def _like_title(words: tuple[str, ...], first: int, last: int) -> bool:
    if not 1 <= last - first <= _LONGEST or not (words[first][0].isupper() or words[first][0].isdigit()):
        return False
    named = 0
    for at in range(first, last):
        word = words[at]
        if not word[0].isalpha():
            if word in ".;" and at < last - 1:
                return False
            continue
        if word[0].isupper():
            named += word.lower() not in _FUNCTION or at == first
        elif word not in _FUNCTION and len(word) > 3:
            return False
    return named > 0


def _cue(page: Page, sentence: Sentence, opening: int, closing: int) -> tuple[str, float] | None:
    called = False
    for back in range(1, 5):
        word = page.small(opening - back, sentence)
        if not word:
            if page.word(opening - back, sentence) not in (",", "'s", "’s"):
                break
            continue
        if word in CUES:
            return CUES[word], 0.9 if back == 1 else 0.8
        called = called or word in _CALLED
    for ahead in range(1, 4):
        word = page.small(closing + ahead, sentence)
        if word in CUES:
            return CUES[word], 0.75
        if word and word not in ("a", "the", "an", "his", "her", "their", "new", "short", "documentary"):
            break
    return ("CreativeWork", 0.6) if called and closing - opening > 2 else None
