"""The page reader on layouts of its own making, and what must hold for every page whatever its layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import IncompleteArticle
from kg.extract import normalise, read
from kg.extract.page import read_page
from kg.model import Article, Document

LAYOUTS = Path(__file__).resolve().parents[1] / "layouts"
PAGES = sorted(LAYOUTS.glob("*.txt"))


def page(path: Path) -> Article:
    (article,) = read(Document(path.read_bytes(), f"path:layouts/{path.name}", path.name))
    return article


def as_expected(article: Article, wanted: dict[str, Any]) -> dict[str, Any]:
    """The article in the words of the expectation files; of a body only the beginnings are written down."""
    starts = wanted["body_starts"]
    texts = [one.text for one in article.paragraphs]
    begun = [
        start if text.startswith(start) else text[:40]
        for start, text in zip(starts + [""] * len(texts), texts, strict=False)
    ]
    return {
        "publisher": article.publisher,
        "section": article.section,
        "headline": article.headline,
        "abstract": article.abstract,
        "alternative_headline": article.alternative_headline,
        "authors": [one.name for one in article.authors],
        "date_published": article.date_published,
        "date_modified": article.date_modified,
        "language": article.language,
        "url": article.url,
        "body_starts": begun,
        "quotes": [place for place, one in enumerate(article.paragraphs) if one.kind == "quote"],
        "images": [[one.caption, one.credit] for one in article.images],
        "hero": article.hero,
        "corrections": list(article.corrections),
    }


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_field_of_a_layout_is_found(path: Path) -> None:
    wanted = {"url": None, "alternative_headline": None} | json.loads(
        path.with_suffix(".json").read_text(encoding="utf-8")
    )
    assert as_expected(page(path), wanted) == wanted
