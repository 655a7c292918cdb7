"""What publishing systems write into a text above its first paragraph and below its last: title, byline, date, appeals.

The words are those of :mod:`kg.extract.labels` and :mod:`kg.extract.notices`, so that an article's body is the same
whether it came as a page or in a feed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kg.extract import dates
from kg.extract.fragment import Fragment
from kg.extract.labels import Kind, label
from kg.extract.lines import Line, size
from kg.extract.notices import closing, notice
from kg.extract.teaser import elsewhere, uncontinued
from kg.model import Author, Paragraph

__all__ = ["Trimmed", "same_words", "trimmed"]

_TOP, _BOTTOM = 4, 8  # paragraphs looked at
_ABOVE = frozenset({Kind.META, Kind.BYLINE, Kind.CORRECTION})
_BELOW = frozenset({Kind.META, Kind.BYLINE, Kind.COPYRIGHT, Kind.ENDING, Kind.FURNITURE})


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The text without its edges, the authors a byline in it named, and the notices of correction in it."""

    fragment: Fragment
    authors: tuple[Author, ...] = ()
    corrections: tuple[str, ...] = ()


def same_words(one: str, other: str) -> bool:
    """Whether two lines say the same, signs and case aside."""
    return re.sub(r"[\W_]+", "", one).casefold() == re.sub(r"[\W_]+", "", other).casefold()


def trimmed(fragment: Fragment, headline: str) -> Trimmed:
    """The fragment without the headline printed again, bylines and dates above, and appeals and credits below.

    A notice of correction above the text leaves it, one below stays; both are told. One paragraph always stays.
    """
    body = [*fragment.paragraphs]
    above: list[str] = []
    below: list[str] = []
    authors: tuple[Author, ...] = ()
    corrections = [one.text for one in body[_TOP:] if one.kind == "text" and _kind(one.text) is Kind.CORRECTION]
    while len(body) > 1 and len(above) < _TOP and body[0].kind == "text":
        text = body[0].text
        kind = _kind(text)
        if kind is Kind.CORRECTION:
            corrections.insert(0, text)
        elif kind in _ABOVE:
            authors = authors or label(_line(text)).meta.authors
        elif not (_title_again(text, headline) or dates.only(text) is not None):
            break
        above.append(text)
        del body[0]
    corrections[:0] = [one.text for one in body[: max(0, _TOP - len(above))] if _kind(one.text) is Kind.CORRECTION]
    while len(body) > 1 and len(below) < _BOTTOM and body[-1].kind == "text" and _closes(body[-1]):
        below.insert(0, body.pop().text)
    if body:
        body[-1] = replace(body[-1], text=uncontinued(body[-1].text)[0] or body[-1].text)
    made = replace(fragment, paragraphs=tuple(body), dropped=(*above, *fragment.dropped, *below))
    return Trimmed(made, authors, tuple(dict.fromkeys(corrections)))


def _title_again(text: str, headline: str) -> bool:
    """Whether the line is the headline, alone or with a name and a date behind it."""
    if not headline or len(text) > len(headline) + 80:
        return False
    rest = text[len(headline) :] if text.startswith(headline) else ""
    return same_words(text, headline) or (0 < size(rest) <= 10 and dates.find(rest) is not None)


def _closes(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if _kind(text) in _BELOW or notice(text) or elsewhere(text):
        return True
    return size(text) <= 30 and closing(text)


def _kind(text: str) -> Kind:
    return label(_line(text)).kind


def _line(text: str) -> Line:
    return Line(text, 1, 1, 0, True, (text,))
