"""Common nouns beside names: the schema.org class a noun announces."""

from __future__ import annotations

from typing import Final

from kg.annotate.lexicon import groups, mapping
from kg.annotate.page import Page
from kg.annotate.tokens import Sentence

__all__ = ["noun_ahead", "noun_at", "noun_class", "noun_of_group"]

_NOUNS: Final = mapping("nouns")
_JOBS: Final = groups("jobs")["office"] | groups("jobs")["job"]


def noun_at(page: Page, at: int, sentence: Sentence) -> str | None:
    """The class of the noun that ends at a token: *law firm* says more than *firm*."""
    word = page.small(at, sentence)
    found = noun_class(word)
    if found is None:
        return None
    before = page.small(at - 1, sentence)
    return (noun_class(f"{before} {word}") if before else None) or found


def noun_ahead(page: Page, at: int, sentence: Sentence) -> str | None:
    """The class of the noun that begins at a token: *Zalk city council* is no city."""
    word = page.small(at, sentence)
    after = page.small(at + 1, sentence)
    return (noun_class(f"{word} {after}") if word and after else None) or noun_class(word)


def noun_class(word: str) -> str | None:
    """The class a common noun announces (*gang*, *freighters* → Organization, Vehicle), or None."""
    if not word:
        return None
    found = _NOUNS.get(word)
    if found is not None:
        return found
    if word in _JOBS:
        return "Person"
    if len(word) > 4 and word.endswith("s"):
        found = _NOUNS.get(word[:-3] + "y") if word.endswith("ies") else _NOUNS.get(word[:-1])
        if found is None and word[:-1] in _JOBS:
            return "Person"
        if found is None and word.endswith("es"):
            found = _NOUNS.get(word[:-2])
    return found


def noun_of_group(page: Page, at: int, sentence: Sentence) -> str | None:
    """The class of the group a name is an example of: *companies like Zalk*, *towns such as Zalk*."""
    if page.small(at, sentence) == "as":
        if page.small(at - 1, sentence) != "such":
            return None
        at -= 1
    if page.word(at - 1, sentence) == ",":
        at -= 1
    return noun_at(page, at - 1, sentence) if page.small(at - 1, sentence).endswith(("s", "people", "men")) else None
