"""The private seed article, annotated once. Its parts are told apart by the line structure the file has."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kg.annotate import chain
from kg.authority import table
from kg.model import Annotated, Article, Image, Paragraph

_BODY, _QUOTES = (6, 7, 10, 11, 12, 13, 16, 17, 18), (10, 12)


@cache
def annotated(shared: Path) -> Annotated:
    """The seed with everything the built-in annotators recognise in it."""
    file = next((shared / "seed").glob("*.txt"))
    lines = [line for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    one = Article(
        headline=lines[2],
        alternative_headline=lines[4],
        abstract=lines[5],
        paragraphs=tuple(Paragraph(lines[n], "quote" if n in _QUOTES else "text") for n in _BODY),
        images=(Image(caption=lines[9]), Image(caption=lines[15])),
        publisher=lines[0],
        section=lines[1],
        language="en",
    )
    return chain.annotate(one, authority=table.default())
