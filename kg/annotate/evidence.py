"""What speaks for a name's class: its own words, the words around it, the authority, a title before it.

Every piece of evidence is a class with a weight; the heaviest kind wins, then the heaviest class in it. Weights are
for one mention; all mentions of the same words in a document are added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.annotate.lexicon import mapping, table
from kg.annotate.page import Page
from kg.annotate.runs import Draft, title_before
from kg.annotate.tokens import Sentence
from kg.annotate.works import CUES
from kg.authority import kind_of

__all__ = ["decide", "weigh"]

_GIVEN: Final = table("given")
_VERBS: Final = table("verbs")
_NOUNS: Final = mapping("nouns")
_PARTICLES: Final = frozenset(["van", "von", "bin", "ibn", "der", "del", "dos"])
_ARTICLES: Final = frozenset(["a", "an", "the", "his", "her", "its", "their", "our", "my", "another", "one"])
_BEFORE_PLACE: Final = {"in": 1.6, "near": 2.0, "outside": 1.2, "at": 0.5, "from": 0.8, "across": 0.8, "around": 0.8}
_STOPS: Final = frozenset(",;.:()–—") | {
    "who",
    "whose",
    "which",
    "that",
    "of",
    "in",
    "for",
    "at",
    "from",
    "with",
    "and",
}


def weigh(page: Page, draft: Draft) -> Iterator[tuple[str, float]]:
    """The evidence at one mention, as (schema.org class, weight)."""
    sentence = page.tokens.sentences[draft.sentence]
    yield from _authority(page, draft)
    if draft.title is not None:
        yield "Person", 5.0
    if draft.head is not None and draft.title is None:
        yield draft.head, 3.0
    yield from _words(page, draft)
    if page.modes[draft.sentence] == "plain":
        yield from _before(page, draft, sentence)
        yield from _after(page, draft, sentence)


def _authority(page: Page, draft: Draft) -> Iterator[tuple[str, float]]:
    known = page.known.get(draft.first)
    if known is None or known.last != draft.last or draft.head is not None:
        return
    for candidate in known.candidates:
        yield candidate.types[0], 4.0 * candidate.prior + (1.0 if candidate is known.only else 0.0)


def _words(page: Page, draft: Draft) -> Iterator[tuple[str, float]]:
    words = page.tokens.words[draft.first : draft.last]
    if draft.head is not None:
        return
    first = words[0]
    if len(words) == 1:
        if first in _GIVEN:
            yield "Person", 1.2
        elif first.isupper() and 2 <= len(first) <= 7:
            yield "Organization", 1.2
        return
    if first in _GIVEN:
        yield "Person", 3.0
    elif any("-" in first and part in _GIVEN for part in first.split("-")):
        yield "Person", 2.5
    elif any(len(word) == 2 and word[1] == "." for word in words):
        yield "Person", 2.0
    elif any(word in _PARTICLES for word in words):
        yield "Person", 1.5
    elif len(words) <= 3 and all(word.isalpha() and not word.isupper() for word in words):
        yield "Person", 1.0
    elif any(word in ("&",) for word in words):
        yield "Organization", 1.5


def _before(page: Page, draft: Draft, sentence: Sentence) -> Iterator[tuple[str, float]]:
    before = page.small(draft.first - 1, sentence)
    mark = page.word(draft.first - 1, sentence)
    if before in _BEFORE_PLACE:
        yield "Place", _BEFORE_PLACE[before]
    elif before == "the":
        yield "Organization", 0.4
        yield "Person", -1.2
    elif before in _VERBS:
        yield "Person", 0.8
    elif title_before(page, sentence, draft.first) is not None:
        yield "Person", 3.0
    elif before in _NOUNS:
        yield _NOUNS[before], 2.5
    elif mark == "," and page.small(draft.first - 2, sentence) in _NOUNS:
        noun = page.small(draft.first - 2, sentence)
        if page.word(draft.last, sentence) in (",", ".") and _NOUNS[noun] == "Person":
            yield "Person", 2.0


def _after(page: Page, draft: Draft, sentence: Sentence) -> Iterator[tuple[str, float]]:
    after = page.small(draft.last, sentence)
    mark = page.word(draft.last, sentence)
    if after in _VERBS:
        acronym = draft.last - draft.first == 1 and page.tokens.words[draft.first].isupper()
        yield ("Organization", 0.8) if acronym else ("Person", 1.4)
    elif after in CUES:
        yield ("TVSeries" if CUES[after] == "TVEpisode" else CUES[after]), 1.5
    elif after in _NOUNS:
        kind = _NOUNS[after]
        yield ("Organization", 0.8) if kind == "Person" else (kind, 2.2)
    if mark == ",":
        yield from _apposition(page, draft, sentence)
    elif mark == "(":
        inner = page.word(draft.last + 1, sentence)
        if inner.isdigit() and len(inner) == 2:
            yield "Person", 1.5


def _apposition(page: Page, draft: Draft, sentence: Sentence) -> Iterator[tuple[str, float]]:
    at = draft.last + 1
    first = page.word(at, sentence)
    if first.isdigit() and len(first) <= 2 and page.word(at + 1, sentence) in (",", "."):
        yield "Person", 4.0
        return
    if first in ("who", "whose"):
        yield "Person", 2.5
        return
    if first == "which":
        yield "Person", -1.0
        return
    known = page.known.get(at)
    if known is not None and any(one.types[0] in ("Country", "State") for one in known.candidates):
        if not known.demonym:
            yield "Place", 1.5
            return
        at = known.last
    noun = ""
    for steps in range(8):
        word = page.word(at + steps, sentence)
        if not word or word in _STOPS:
            break
        if word in _NOUNS:
            noun = word
    if noun and (first in _ARTICLES or first in _NOUNS or steps <= 4):
        kind = _NOUNS[noun]
        yield kind, 3.0 if first in _ARTICLES else 1.8


def decide(votes: dict[str, float]) -> tuple[str, str, float] | None:
    """The class, its kind and a score from 0 to 1 that grows with the evidence and its lead; None without evidence."""
    kinds: dict[str, float] = {}
    for type_, weight in votes.items():
        kind = kind_of(type_)
        if kind is not None:
            kinds[kind] = kinds.get(kind, 0.0) + weight
    if not kinds:
        return None
    ranked = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    best, weight = ranked[0]
    if weight <= 0:
        return None
    second = max(ranked[1][1], 0.0) if len(ranked) > 1 else 0.0
    lead = max(weight - 0.5 * second, 0.1)
    classes = sorted(
        ((type_, w) for type_, w in votes.items() if kind_of(type_) == best),
        key=lambda pair: (pair[0] == best, -pair[1], pair[0]),
    )
    type_ = classes[0][0]
    return type_, best, round(min(0.97, lead / (lead + 0.8)), 3)
