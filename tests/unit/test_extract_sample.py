"""The page reader against the reference readings of the sample articles, field by field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kg.extract import read
from kg.model import Article, Document

DATA = Path(__file__).resolve().parents[2] / "data"
GOLD = sorted((DATA / "gold").glob("*.json"))
FIELDS = (
    "headline",
    "alternative_headline",
    "publisher",
    "section",
    "description",
    "authors",
    "date_published",
    "date_modified",
    "language",
    "body",
    "images",
)


def instant(lexical: str | None) -> str | None:
    """A dateTime as its instant, so that an offset and Z compare equal; a date as it is."""
    if lexical is None or "T" not in lexical:
        return lexical
    return datetime.fromisoformat(lexical).astimezone(UTC).isoformat()


def as_read(article: Article) -> dict[str, Any]:
    return {
        "headline": article.headline,
        "alternative_headline": article.alternative_headline,
        "publisher": article.publisher,
        "section": article.section,
        "description": article.abstract,
        "authors": [one.name for one in article.authors],
        "date_published": instant(article.date_published),
        "date_modified": instant(article.date_modified),
        "language": article.language,
        "body": [one.text for one in article.paragraphs],
        "images": [(one.caption, one.credit) for one in article.images],
    }


def as_gold(gold: dict[str, Any]) -> dict[str, Any]:
    return {field: gold[field] for field in FIELDS} | {
        "date_published": instant(gold["date_published"]),
        "date_modified": instant(gold["date_modified"]),
        "images": [(one["caption"], one["credit"]) for one in gold["images"]],
    }


def test_there_are_reference_readings_to_compare_with() -> None:
    assert len(GOLD) >= 10


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_every_field_is_read_as_the_reference_reads_it(path: Path) -> None:
    source = DATA / "sample" / f"{path.stem}.txt"
    (article,) = read(Document(source.read_bytes(), f"path:sample/{source.name}", source.name))
    assert as_read(article) == as_gold(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted((DATA / "sample").glob("*.txt")), ids=lambda path: path.stem)
def test_every_sample_article_is_read_as_english_with_a_body_and_a_publisher_or_none(path: Path) -> None:
    (article,) = read(Document(path.read_bytes(), f"path:sample/{path.name}", path.name))
    assert article.language == "en"
    assert len(article.paragraphs) >= 6
    assert article.date_published is None or article.date_published[:7] in path.stem
