"""Names outside running sentences: lines in capitals, headlines in title case, and titles in quotation marks.

Capitals say nothing there; the words themselves have to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.annotate.casing import CAPITAL, COMMON, GIVEN, GRAMMAR
from kg.annotate.heads import BEGINS, HEADS, head_of
from kg.annotate.lexicon import surnames
from kg.annotate.offices import OFFICES
from kg.annotate.page import Page
from kg.annotate.runs import Draft
from kg.annotate.tokens import Sentence

__all__ = ["quoted", "shouted"]

_PAIRS: Final = {"“": "”", "‘": "’", '"': '"', "'": "'", "«": "»", "„": "“"}
_LONGEST: Final = 9
#: What may stand inside a title, and between its last word and the closing mark.
_INNER: Final = frozenset(["&", "'s", "’s", "-"])
_MARKS: Final = frozenset([",", ".", "™", "®", "?", "!"])


def shouted(page: Page, number: int) -> Iterator[Draft]:
    """The drafts of a sentence in capitals or title case, where only the words themselves can say what is a name."""
    sentence = page.tokens.sentences[number]
    words, shapes = page.tokens.words, page.shapes
    at = sentence.first
    last = sentence.last
    while at < last:
        known = page.known.get(at)
        end = min(known.last, last) if known is not None else at
        if known is None:
            while end < last and shapes[end] & (CAPITAL | GRAMMAR | COMMON) == CAPITAL and end not in page.known:
                end += 1
            surname = at < end < last and shapes[end - 1] & GIVEN and shapes[end] & CAPITAL and end not in page.known
            if surname and words[end].lower() in surnames():
                end += 1  # KEVIN BROWN
        if end == at or (at > sentence.first and words[at - 1] == "<"):  # a share's sign
            at = max(end, at + 1)
            continue
        headed = _headed(page, end, last)
        if headed > end:
            known, end = None, headed
        if known is not None or not _dropped(page, sentence, at, end):
            yield Draft(
                at, end, number, known=known is not None, head=head_of(page, at, end) if known is None else None
            )
        at = end


def _headed(page: Page, at: int, last: int) -> int:
    """The token after the common words that end a name from ``at`` on: *Central Bank*; ``at`` when there are none."""
    words = page.tokens.words
    end = at
    while at < last and page.shapes[at] & CAPITAL and at not in page.known:
        small = words[at].lower()
        at += 1
        if small in HEADS:
            end = at
        elif small not in BEGINS:
            break
    return end


def _dropped(page: Page, sentence: Sentence, first: int, last: int) -> bool:
    """Whether the words are none of a name: a title, the label of a credit, a letter."""
    word = page.tokens.words[first]
    if last - first > 1:
        return False
    return len(word) < 3 or not word.isalpha() or word.lower() in OFFICES or page.word(last, sentence) == ":"


def quoted(page: Page, sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Stretches in quotation marks written like a title, as (first, last): *“Return of the Heron”*.

    Two or more words have a capital, and those that have none are words of grammar.
    """
    words, shapes = page.tokens.words, page.shapes
    end = sentence.first
    for at in page.within(page.quotes, sentence):
        if at < end:
            continue
        close = _PAIRS[words[at]]
        end = at + 1
        capitals = 0
        while end < sentence.last and end - at <= _LONGEST and words[end] != close:
            if shapes[end] & CAPITAL:
                capitals += 1
            elif not shapes[end] & GRAMMAR and words[end] not in _INNER:
                break
            end += 1
        closed = end
        while closed < sentence.last and words[closed] in _MARKS:
            closed += 1
        whole = capitals > 1 and page.word(closed, sentence) == close and shapes[at + 1] & CAPITAL
        if whole and shapes[end - 1] & CAPITAL:
            yield at + 1, end
