"""Where on a page the article's paragraphs stand: the stretch of lines with the most running text in it.

Paragraphs count for a line, everything else against it, and the stretch with the highest sum wins (the maximum
subarray, one pass). A notice in whole sentences above a menu, or summaries under the links below an article, are
thereby outside, in any language and whatever they say.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.extract.labels import Kind, Label
from kg.extract.lines import Line, ends_sentence, size

__all__ = ["core"]

_MOST = 60  # words of one line that count; a page of links run together is no better than a paragraph
_BESIDE = -6  # a line that is no paragraph
_CLOSING = -14  # a line that opens a box of links, or readers' comments
_BRIEF = 50  # words of a summary of another article at most
_SHARE = 33  # percent of them that count
_TITLES = frozenset({Kind.SHORT, Kind.BOX, Kind.ENDING, Kind.FURNITURE, Kind.MENU, Kind.META, Kind.BYLINE})
_ABOUT = frozenset({Kind.CAPTION, Kind.CREDIT, Kind.META, Kind.BYLINE, Kind.FIELD, Kind.POINTS, Kind.CORRECTION})


def core(lines: Sequence[Line], labels: Sequence[Label]) -> tuple[int, int]:
    """The first and the last line of the stretch with the most running text; (-1, -1) when no line is a paragraph."""
    best, total = 0, 0
    begin, found = 0, (-1, -1)
    for index, line in enumerate(lines):
        if total <= 0:
            begin, total = index, 0
        worth = _worth(line, labels[index].kind)
        if worth == _CLOSING and _one_link(lines, labels, index):
            worth = _BESIDE
        if 0 < worth <= _BRIEF and _between_links(labels, index):
            worth = worth * _SHARE // 100
        total += worth
        if total > best:
            best, found = total, (begin, index)
    return found


def _one_link(lines: Sequence[Line], labels: Sequence[Label], index: int) -> bool:
    """Whether a box holds one link and a paragraph too long for a summary of it follows: it stands in the text."""
    kinds = [one.kind for one in labels[index + 1 : index + 3]]
    return kinds == [Kind.SHORT, Kind.PROSE] and size(lines[index + 2].text) >= 18


def _between_links(labels: Sequence[Label], index: int) -> bool:
    """Whether a paragraph stands alone between lines that may be titles, as summaries of other articles do."""
    around = [labels[other].kind for other in (index - 1, index + 1) if 0 <= other < len(labels)]
    return all(kind in _TITLES for kind in around)


def _worth(line: Line, kind: Kind) -> int:
    if kind is Kind.PROSE:
        return min(size(line.text), _MOST)
    if kind is Kind.BULLET and ends_sentence(line.text):
        return min(size(line.text), _MOST)
    if kind is Kind.SHORT and ends_sentence(line.text):
        return min(size(line.text), 12)
    if kind in _ABOUT:
        return _BESIDE // 3
    return _CLOSING if kind in {Kind.BOX, Kind.ENDING} else _BESIDE
