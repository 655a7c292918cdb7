"""What coreference works with: the names of a text as read, and the clusters they are put in."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from kg.annotate.layers import THRESHOLD, argument
from kg.annotate.lexicon import groups
from kg.authority import fold
from kg.model import Annotation, Span, Text

__all__ = ["MOST", "Cluster", "Names", "as_state", "lowered", "plain", "surface"]

#: No more than so many clusters are compared for one word, so that hostile texts stay linear.
MOST: Final = 20
#: Where a writer names things shortly before saying fully what they are.
_HEADINGS: Final = frozenset(["headline", "abstract", "caption"])
#: Longer names are not remembered.
_LONG: Final = 100
_STATE: Final = groups("linking")["state"]
#: Shorter words in capitals are letters that stand for something.
_WORD: Final = 5
_OPENINGS: Final = frozenset(["headline", "abstract"])


@dataclass(slots=True)
class Cluster:
    """Names that go together while a text is read; it never leaves coreference. ``members`` are numbers of names with
    how sure each belongs, ``parts`` the words of its fullest name."""

    kind: str
    parts: tuple[str, ...]
    members: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one text in order, each with its surface in one spelling; the kind of some is not known."""

    text: Text
    given: tuple[Annotation, ...]
    surfaces: tuple[str, ...]
    kinds: tuple[str, ...]
    forms: tuple[str, ...]

    @classmethod
    def of(cls, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Names:
        """The names in the layer ``name``; what no thing goes by (a people without a country) is left out."""
        given = tuple(
            one
            for one in layers["name"]
            if argument(one, "kind") or argument(one, "form", "name") in ("name", "acronym")
        )
        return cls(
            text,
            given,
            tuple(surface(text, one.span) for one in given),
            tuple(argument(one, "kind") for one in given),
            tuple(argument(one, "form", "name") for one in given),
        )

    def sure(self, at: int) -> bool:
        """Whether the name is more than a guess."""
        return self.given[at].score >= THRESHOLD

    def after_the(self, at: int) -> bool:
        """Whether *the* stands before the name."""
        start = self.given[at].span.start
        return self.text.text[max(0, start - 4) : start].lower() == "the "

    def places(self) -> list[tuple[int, bool]]:
        """For each name the number of its section, and whether that is a heading or caption."""
        sections = self.text.sections
        found: list[tuple[int, bool]] = []
        number = 0
        for one in self.given:
            while number + 1 < len(sections) and sections[number + 1].span.start <= one.span.start:
                number += 1
            found.append((number, bool(sections) and sections[number].kind in _HEADINGS))
        return found

    def leading(self) -> frozenset[int]:
        """The numbers of the sections that say what the article is about: headline, abstract, first paragraph."""
        sections = self.text.sections
        found = [number for number, one in enumerate(sections) if one.kind in _OPENINGS]
        first = next((number for number, one in enumerate(sections) if one.kind not in _HEADINGS), None)
        return frozenset(found if first is None else [*found, first])


def surface(text: Text, span: Span) -> str:
    """The words of a span with plain apostrophes and single blanks."""
    return " ".join(span.of(text.text).replace("’", "'").split())


def as_state(text: Text, span: Span) -> bool:
    """Whether what follows a name says that it is a state's: *New York Governor*."""
    words = text.text[span.end : span.end + 20].split(None, 1)
    return bool(words) and text.text[span.end : span.end + 1] == " " and words[0].strip(".,").lower() in _STATE


def lowered(surface: str) -> str | None:
    """A single word in capitals as a table may have it, with one capital (*LONDON*); None for other words."""
    return surface.capitalize() if len(surface) >= _WORD and surface.isupper() and surface.isalpha() else None


def plain(words: str) -> str:
    """The words as names are compared: small letters without accents, a hyphen as a blank, ``&`` as ``and``."""
    return _plain(words) if len(words) <= _LONG else _plain.__wrapped__(words)


@lru_cache(maxsize=4096)
def _plain(words: str) -> str:
    small = fold(words).replace("&", " and ")
    if not small.isascii():
        apart = unicodedata.normalize("NFKD", small)
        small = "".join(char for char in apart if not unicodedata.combining(char))
    return " ".join(small.replace("-", " ").replace("‐", " ").replace("–", " ").split())
