"""Documents to articles: the reader that recognises the content best reads it.

A reader is one module with one class that fulfils :class:`kg.plugins.Reader`; a new kind of document is a new module
and one more entry in :data:`kg.extract.readers.READERS`. Readers look at the content, never at a file's name, and
what none of them recognises is refused with the name of what it looks like.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.errors import BinaryInput, EmptyInput, TooLarge, UnknownFormat
from kg.extract import sniff
from kg.extract.page import LONGEST, PageReader
from kg.extract.readers import CONTAINERS, READERS
from kg.extract.text import normalise
from kg.extract.unpack import unpack
from kg.model import Article, Document
from kg.plugins import Reader

__all__ = ["CONTAINERS", "LIMIT", "READERS", "PageReader", "normalise", "read", "unpack"]

LIMIT = 50 * 2**20  # bytes


def read(document: Document, *, readers: Sequence[Reader] = READERS, limit: int = LIMIT) -> tuple[Article, ...]:
    """The articles in a document, read by the reader that is surest of it (the first one on a tie).

    ``limit`` is in bytes. Raises :class:`kg.errors.TooLarge`, :class:`kg.errors.EmptyInput`,
    :class:`kg.errors.BinaryInput`, :class:`kg.errors.EncodingError`, :class:`kg.errors.UnknownFormat` (no reader
    recognises it) and :class:`kg.errors.IncompleteArticle` (no headline or no body).
    """
    size = len(document.data)
    if size > limit:
        raise TooLarge(
            f"{size:,} bytes are over the limit of {limit:,}; split the document or raise the limit",
            origin=document.origin,
            size=size,
            limit=limit,
        )
    if not size:
        raise EmptyInput("the document is empty; give the article's text", origin=document.origin)
    sure = [(reader.recognises(document), -place, reader) for place, reader in enumerate(readers)]
    best = max(sure, key=lambda one: one[:2], default=None)
    if best is None or best[0] <= 0:
        raise _unknown(document)
    made = tuple(best[2].read(document))
    for article in made:
        length = sum(len(one.text) for one in article.paragraphs)
        if length > LONGEST:
            raise TooLarge(
                f"{length:,} characters are too much for one article ({LONGEST:,} at most); split the document",
                origin=document.origin,
                size=size,
                limit=LONGEST,
            )
    return made


def _unknown(document: Document) -> UnknownFormat | BinaryInput:
    kind = sniff.kind(document.data)
    if kind in sniff.MEDIA:
        return BinaryInput(f"the document looks like {kind}, not like text", origin=document.origin)
    if kind is None:
        return UnknownFormat("no reader recognises the document", origin=document.origin)
    return UnknownFormat(
        f"the document looks like {kind} and no installed reader takes that; give the article as plain text",
        origin=document.origin,
    )
