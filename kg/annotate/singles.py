"""Whether a word with a capital that stands alone is a name: *Commerce said*, *the League*, *NOTE*, *Brown*."""

from __future__ import annotations

from typing import Final

from kg.annotate.casing import CAPS, COMMON, GRAMMAR, LISTED, ORDINARY, UNUSUAL
from kg.annotate.lexicon import table, words
from kg.annotate.offices import BEFORE, OFFICES
from kg.annotate.page import Page
from kg.annotate.seen import opens
from kg.annotate.tokens import Sentence

__all__ = ["ACRONYM", "LABELS", "ORDINALS", "is_code", "is_label", "single"]

_VERBS: Final = table("verbs")
#: Beside these a common word with a capital is more often a name than not.
_COMPANY: Final = frozenset(["the", "(", ",", "and", "or", "in", "at", "from", "of", "by"])
#: An acronym that is a common word too has no more letters.
ACRONYM: Final = 5
#: In captions, before a colon: no part of the name before them.
LABELS: Final = words("Image Images Photo Photos Photograph Picture Video Source Credit File Caption")
ORDINALS: Final = frozenset(
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
)
_EXCHANGES: Final = frozenset(
    ["nyse", "nasdaq", "amex", "lse", "tsx", "asx", "otc", "otcqb", "otcbb", "aim", "exchange"]
)
_SHUT: Final = frozenset([")", "]", ",", ";", "."])


def is_label(page: Page, first: int, last: int) -> bool:
    """Whether words in capitals are the heads of a table or a cry, not a name: *W D L*, *LATEST PREVIOUS*."""
    words, shapes = page.tokens.words, page.shapes
    lone = False
    for at in range(first, last):
        if len(words[at]) == 1:
            lone = True
        elif not shapes[at] & CAPS or at in page.known:
            return False
    long = last - first > 2 or all(len(words[at]) > 3 for at in range(first, last))
    return lone or (long and all(shapes[at] & COMMON for at in range(first, last)))


def single(page: Page, sentence: Sentence, at: int, opening: bool) -> bool | None:
    """Whether a word on its own is surely a name; None when it is none."""
    tokens = page.tokens.words
    word = tokens[at]
    flags = page.shapes[at]
    small = word.lower()
    if word in LABELS and page.word(at + 1, sentence) == ":":
        return None
    if word in page.seen.bearers and not flags & CAPS:  # Brown said: somebody here is called so
        return not opening or (small not in page.seen.lower and not flags & ORDINARY)
    if small in OFFICES or small in ORDINALS or (small in BEFORE and (opening or not flags & LISTED)):
        return None
    seen = page.seen.inside.get(word, 0)
    written = small in page.seen.lower
    if len(word) == 1 or is_code(word) or (flags & CAPS and _ticker(page, sentence, at)):
        return None
    if len(word) < 3 and flags & CAPS and "/" in (page.word(at - 1, sentence), page.word(at + 1, sentence)):
        return None  # N/A and the like
    if flags & COMMON:
        if flags & CAPS and len(word) > ACRONYM:
            return None
        if opening:
            return False if (flags & CAPS or seen) and not written else None
        before, after = page.word(at - 1, sentence), page.word(at + 1, sentence)
        if (not page.sport and after[:1].isdigit()) or (after[:1].isupper() and page.shapes[at + 1] & GRAMMAR):
            return None  # Net 6.1 million; Record April 30
        if after == ":" and not flags & LISTED:
            return None  # Image: somebody
        if flags & CAPS:
            return True if seen > 1 or before in _COMPANY or not flags & ORDINARY else None
        if flags & LISTED and not written:
            return True
        if before == "The" and not opens(tokens, sentence.first, at - 1):
            return True  # spoke to The Courier
        if written:
            return True if before == "the" or (before == "The" and seen > 1) else None
        if seen > 1 or after in ("'s", "’s"):
            return True
        return True if not flags & ORDINARY and (before in _COMPANY or after in _COMPANY) else None
    if not opening or flags & CAPS or (seen and not written):
        return True
    if flags & UNUSUAL:
        return not written
    follows = page.word(at + 1, sentence)
    return not written and (follows in _VERBS or follows in ("'s", "’s"))


def _ticker(page: Page, sentence: Sentence, at: int) -> bool:
    """Whether a word in capitals is a share's sign: *<ACM>*, *(NYSE: ACM)*."""
    before = page.word(at - 1, sentence)
    if before == "<":
        return True
    return before == ":" and page.word(at - 2, sentence).lower() in _EXCHANGES and page.word(at + 1, sentence) in _SHUT


def is_code(word: str) -> bool:
    """Whether a word is a quarter, a half or a measure of money: *Q2*, *H1*, *M3*."""
    return len(word) == 2 and word[0] in "QHM" and word[1].isdigit()
