"""What the lines of a page turn out to be, and the pictures found among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from kg.extract import credit, furniture
from kg.extract.head import unmarked
from kg.extract.labels import Kind, Label
from kg.extract.lines import Line, ends_sentence, quoted, size
from kg.model import Image

__all__ = ["Part", "Reading", "alternative_text", "below_picture", "captioned", "pictured"]


_WHOLE = re.compile(
    r"(?:photo(?:graph)?s|photography|pictures|images|illustrations?|fotos) by\b", re.IGNORECASE
)  # of the article


class Part(Enum):
    """What a line is to the article."""

    HEAD = "head"
    BODY = "body"
    ABSTRACT = "abstract"
    DEK = "dek"
    IMAGE = "image"
    ASIDE = "aside"  # furniture, sub-headings, key points: dropped
    ABOUT = "about"  # dates, names and notices about the article itself
    CLOSED = "closed"  # boxes and what follows the article: nothing is read from it


@dataclass(slots=True)
class Reading:
    """What each line turned out to be, filled in from top to bottom. ``start`` is the first line of the body."""

    parts: list[Part]
    start: int = -1
    images: list[Image] = field(default_factory=list)
    hero: bool = False
    abstract: str | None = None
    abstract_rule: str = ""
    alternative: str | None = None
    corrections: list[str] = field(default_factory=list)
    writer: str | None = None


def alternative_text(lines: Sequence[Line], labels: Sequence[Label], index: int, reading: Reading, tight: bool) -> int:
    """A line that repeats the headline is a picture's alternative text; the line below it is the caption."""
    below = index + 1
    if below < len(lines):
        text, kind = lines[below].text, labels[below].kind
        near = lines[index].touches(lines[below]) if not tight else size(text) <= 25
        if tight and kind is Kind.PROSE and not unmarked(lines[index].text):
            near = False
        if near and kind in {Kind.SHORT, Kind.PROSE, Kind.CAPTION, Kind.CREDIT} and size(text) <= 90:
            _picture(text, kind, reading)
            reading.parts[below] = Part.IMAGE
            return below + 1
    if unmarked(lines[index].text):
        reading.images.append(Image(alt=lines[index].text))
    return below


def below_picture(lines: Sequence[Line], labels: Sequence[Label], index: int, most: int) -> bool:
    """Whether the line is a caption of ``most`` words at most because a bare maker's line stands directly below it."""
    below = index + 1
    if below >= len(lines) or labels[index].kind not in {Kind.SHORT, Kind.PROSE, Kind.CAPTION}:
        return False
    return (
        lines[index].touches(lines[below])
        and 3 <= size(lines[index].text) <= most
        and labels[below].kind in {Kind.SHORT, Kind.MENU, Kind.BREADCRUMB, Kind.CREDIT}
        and credit.maker_line(lines[below].text)
        and not any(furniture.section_name(part) for part in lines[below].text.split("|")[1:])
        and (ends_sentence(lines[index].text) or not re.fullmatch(r"[A-Z]{2,6}", lines[below].text))
    ) or _above_credit(lines, labels, index, most)


def _above_credit(lines: Sequence[Line], labels: Sequence[Label], index: int, most: int) -> bool:
    """Whether a sentence and the credit below it (``Photo by Ana Reis``) are a block of two lines: one picture."""
    text, below, after = lines[index].text, lines[index + 1], index + 2
    return (
        labels[index].kind in {Kind.SHORT, Kind.PROSE}
        and labels[index + 1].kind is Kind.CREDIT
        and not (lines[index].alone or below.alone)
        and not _WHOLE.match(below.text)
        and lines[index].touches(below)
        and (index == 0 or not lines[index - 1].touches(lines[index]))
        and (after >= len(lines) or not below.touches(lines[after]))
        and ends_sentence(text)
        and not quoted(text)
        and 3 <= size(text) <= most
    )


def pictured(lines: Sequence[Line], index: int, reading: Reading) -> int:
    """Takes a caption and the maker's line below it; returns the line after them."""
    words, maker = credit.caption(lines[index].text)
    below = lines[index + 1].text
    reading.images.append(Image(words, maker or credit.caption(below)[1] or below.strip("()[] ")))
    reading.parts[index] = reading.parts[index + 1] = Part.IMAGE
    return index + 2


def captioned(lines: Sequence[Line], labels: Sequence[Label], index: int, reading: Reading) -> None:
    """A caption, or a credit; a short line right above a credit that stands alone is its caption."""
    above = index - 1
    if (
        labels[index].kind is Kind.CREDIT
        and above >= 0
        and labels[above].kind is Kind.SHORT
        and reading.parts[above] is Part.ASIDE
        and lines[above].touches(lines[index])
        and size(lines[above].text) >= 3
    ):
        _picture(lines[above].text, Kind.SHORT, reading)
        reading.parts[above] = Part.IMAGE
    near = [other for other in (index - 1, index - 2) if other >= 0]
    below = any(labels[other].kind is Kind.CREDIT and reading.parts[other] is Part.IMAGE for other in near)
    _picture(lines[index].text, labels[index].kind, reading, below=below)
    reading.parts[index] = Part.IMAGE


def _picture(text: str, kind: Kind, reading: Reading, *, below: bool = False) -> None:
    words, maker = credit.caption(text)
    last = reading.images[-1] if reading.images else None
    if kind is Kind.CREDIT:
        maker = maker or words
        if last is not None and last.credit is None and not credit.source(text):
            reading.images[-1] = Image(last.caption, maker, last.url, last.alt)
        else:
            reading.images.append(Image(credit=maker))
        return
    if below and last is not None and last.caption is None and last.credit and words and maker is None:
        reading.images[-1] = Image(words, last.credit, last.url, last.alt)
        return
    reading.images.append(Image(words, maker))
