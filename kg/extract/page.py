"""The reader of scraped plain-text pages: one article between a page's furniture, in any layout.

The rules look at the shape of a line, where it stands, what is repeated and how it ends; the tables hold words that
outlets share. Nothing is invented: apart from dates every value is text of the page after normalisation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.errors import EmptyInput, IncompleteArticle, TooLarge
from kg.extract import byline, marks, quotes, sniff
from kg.extract.body import read_body
from kg.extract.decode import decode
from kg.extract.head import Head, head
from kg.extract.inline import absolute
from kg.extract.labels import Kind, Label, labelled
from kg.extract.language import language
from kg.extract.lines import Line, split
from kg.extract.reading import Part, Reading
from kg.extract.text import normalise
from kg.model import Article, Author, Document

__all__ = ["LONGEST", "PageReader", "read_page"]

_MINUTES = re.compile(r"\d{1,3}(?:\s?[-–]\s?\d{1,3})? min(?:ute)?s?(?: read)?", re.IGNORECASE)
_SAMPLE = 6000  # code points that show which language a page is in
LONGEST = 16 * 2**20  # code points; one article is never longer


class PageReader:
    """Reads one article from a page in plain text."""

    name: str = "page"

    def recognises(self, document: Document) -> float:
        """0.2 for bytes that show no other kind of document: whatever knows more goes first."""
        return 0.0 if sniff.kind(document.data) else 0.2

    def read(self, document: Document) -> Sequence[Article]:
        """The one article on the page. Raises :class:`kg.errors.InputError` (see :func:`kg.extract.read`)."""
        text = normalise(decode(document))
        if not text.strip():
            raise EmptyInput("the document holds no visible text; give the article's text", origin=document.origin)
        if len(text) > LONGEST:
            raise TooLarge(
                f"{len(text):,} characters are too much for one article ({LONGEST:,} at most); split the file",
                origin=document.origin,
                size=len(document.data),
                limit=LONGEST,
            )
        return (read_page(text, origin=document.origin),)


def read_page(text: str, *, origin: str = "") -> Article:
    """The article of a normalised plain-text page.

    Raises :class:`kg.errors.IncompleteArticle` when no line can be the headline or none the body.
    """
    lines = split(text)
    tongue = language(text[:_SAMPLE])
    labels = labelled(lines, tongue)
    top = head(lines, labels)
    if top is None:
        raise IncompleteArticle(
            "no headline found; an article needs a headline on a line of its own above its text", origin=origin
        )
    reading = read_body(lines, labels, top)
    body = [index for index, part in enumerate(reading.parts) if part is Part.BODY]
    if not body:
        raise IncompleteArticle(
            "no body found; below the headline stands no paragraph of text", origin=origin, line=_number(lines, top)
        )
    return _article(lines, labels, top, reading, body)


def _number(lines: Sequence[Line], top: Head) -> int | None:
    return lines[top.at].number if top.at >= 0 else None


def _article(
    lines: Sequence[Line], labels: Sequence[Label], top: Head, reading: Reading, body: Sequence[int]
) -> Article:
    flagged = quotes.flag([lines[index].text for index in body])
    paragraphs = tuple(
        replace(one, kind="quote") if lines[index].mark == marks.CITED else one
        for index, one in zip(body, flagged, strict=True)
    )
    about = _about(labels, reading, body)
    authors, authors_rule = _authors(lines, labels, about, body)
    if not authors and top.writer:
        authors, authors_rule = (Author(top.writer),), "page-title"
    published, modified = _dates(labels, about, top)
    fields = {one.name: one.value for one in labels if one.kind is Kind.FIELD}
    words = " ".join([top.headline, reading.abstract or "", *(one.text for one in paragraphs[:60])])
    tongue = language(words)
    printed = fields.get("url", "")
    url = absolute(printed) if " " not in printed else None
    won = (
        ("headline", top.rule),
        ("paragraphs", "plain-text-page"),
        ("alternative_headline", "second-headline" if reading.alternative else ""),
        ("abstract", reading.abstract_rule if reading.abstract else ""),
        ("images", "captions" if reading.images else ""),
        ("publisher", top.publisher_rule),
        ("section", top.section_rule),
        ("authors", authors_rule if authors else ""),
        ("date_published", "printed-date" if published else ""),
        ("date_modified", "printed-date" if modified else ""),
        ("language", "function-words" if tongue else ""),
        ("url", "label" if url else ""),
        ("corrections", "notice" if reading.corrections else ""),
    )
    kept = set(body)
    return Article(
        headline=top.headline,
        paragraphs=paragraphs,
        alternative_headline=reading.alternative,
        abstract=reading.abstract,
        images=tuple(reading.images),
        hero=reading.hero,
        publisher=top.publisher,
        section=top.section,
        authors=authors,
        date_published=published,
        date_modified=modified,
        language=tongue,
        url=url,
        corrections=tuple(reading.corrections),
        dropped=tuple(raw for index, line in enumerate(lines) if index not in kept for raw in line.raw),
        won=tuple(pair for pair in won if pair[1]),
    )


def _about(labels: Sequence[Label], reading: Reading, body: Sequence[int]) -> tuple[int, ...]:
    """The lines that speak about the article: above its body or below it, outside boxes and readers' comments.

    In the middle of a body a date or a name stands for something else (a live entry, a link).
    """
    return tuple(
        index
        for index in range(len(labels))
        if reading.parts[index] is not Part.CLOSED and not body[0] < index < body[-1]
    )


def _authors(
    lines: Sequence[Line], labels: Sequence[Label], about: Sequence[int], body: Sequence[int]
) -> tuple[tuple[Author, ...], str]:
    above = _above_place(lines, labels, about)
    for wanted in (Kind.BYLINE, Kind.META):
        if wanted is Kind.META and above:
            return above, "signature"
        found: list[Author] = []
        for index in about:
            if labels[index].kind is wanted:
                if wanted is Kind.BYLINE and _goes_on(lines, index):
                    more = byline.signature(lines[index + 1].text)
                else:
                    more = ()
                found.extend(one for one in (*labels[index].meta.authors, *more) if one not in found)
        if found:
            return tuple(found), "byline" if wanted is Kind.BYLINE else "date-line"
    for index in about:  # a bare name by a date, a role or a label that waits for one
        text = lines[index].text
        names = byline.signature(text) if labels[index].kind is Kind.SHORT and index not in body else ()
        if not names:
            continue
        before = lines[index - 1].text if index else ""
        if byline.label_alone(before):
            return names, "byline"
        if _beside_date(lines, labels, index, body[0]):
            return names, "signature"
    last = body[-1] + 1
    foot = {Kind.META, Kind.COPYRIGHT, Kind.FURNITURE}
    if last < len(lines) and labels[last].kind is Kind.SHORT and all(one.kind in foot for one in labels[last + 1 :]):
        return byline.signature(lines[last].text), "signature"
    return (), ""


def _above_place(lines: Sequence[Line], labels: Sequence[Label], about: Sequence[int]) -> tuple[Author, ...]:
    """The name on a line of its own above a date line that begins with what may be a name and is a place."""
    for index in about:
        one = labels[index]
        below_name = one.kind is Kind.META and one.meta.authors and index and labels[index - 1].kind is Kind.SHORT
        if below_name and lines[index].text.startswith(one.meta.authors[0].name):
            return byline.signature(lines[index - 1].text)
    return ()


def _goes_on(lines: Sequence[Line], index: int) -> bool:
    """Whether a byline ends with an "and" or a comma, so that the next line holds another name."""
    return index + 1 < len(lines) and re.search(r"(?:,|&|\band)$", lines[index].text) is not None


def _says_when(line: Line, label: Label) -> bool:
    return label.kind is Kind.META or byline.role(line.text) or _MINUTES.fullmatch(line.text) is not None


def _beside_date(lines: Sequence[Line], labels: Sequence[Label], index: int, start: int) -> bool:
    """Whether a bare name stands by a date or above a role; below a date only above the text."""
    after = index + 1
    if after < len(lines) and lines[after].number - lines[index].last <= 4 and _says_when(lines[after], labels[after]):
        return True
    before = [other for other in (index - 1, index - 2) if other >= 0 and index < start]
    return any(labels[other].kind is Kind.META and lines[index].number - lines[other].last <= 4 for other in before)


def _dates(labels: Sequence[Label], about: Sequence[int], top: Head) -> tuple[str | None, str | None]:
    """Published and modified. A bare date above the headline may be today's: it counts when there is no other."""
    said = [(index, labels[index].meta) for index in about]
    modified = next((meta.modified for _, meta in said if meta.modified), None)
    told = next(((index, meta.published) for index, meta in said if meta.published and not meta.bare), None)
    bare = [(index, meta.published) for index, meta in said if meta.published and meta.bare]
    below = next((one for one in bare if one[0] > top.at), None)
    if told is not None:
        if below is not None and modified is None and told[0] - below[0] == 1 and _later(below[1], told[1]):
            modified = below[1]  # the latest version's date, and below it when the first one was published
        return told[1], modified
    if below is not None:
        return below[1], modified
    return (bare[0][1] if bare and modified is None else None), modified


def _later(one: str | None, other: str | None) -> bool:
    """Whether a date is after another of the same form."""
    return one is not None and other is not None and len(one) == len(other) and one > other
