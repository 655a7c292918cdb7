"""One item of dpa's in two formats is one article: digital wires (JSON) and the agency's NewsML-G2 of them (XML)."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from kg.extract.digitalwire import DigitalWireReader
from kg.extract.newsml import NewsMLReader
from kg.model import Article, Document, Image

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def pairs(shared: Path) -> list[tuple[str, Article, Article]]:
    """Name, article of the JSON and article of the XML."""
    place = shared / "wire" / "dpa"
    if not place.is_dir():
        pytest.skip(f"the digital wires are not at {place}")
    made = []
    for xml in sorted(place.glob("output/*.xml")):
        path = place / "input" / f"{xml.stem}.json"
        (one,) = DigitalWireReader().read(Document(path.read_bytes(), "key", path.name))
        (other,) = NewsMLReader().read(Document(xml.read_bytes(), "key", xml.name))
        made.append((xml.stem, one, other))
    return made


def comparable(article: Article) -> Article:
    """The article without what only the JSON has: a linked picture's caption and credit (the XML has its title)."""
    if article.kind == "article":
        return replace(article, images=tuple(Image(url=one.url) for one in article.images))
    return article


def test_both_formats_give_one_article(pairs: list[tuple[str, Article, Article]]) -> None:
    assert len(pairs) == 18
    different = {
        (name, field.name): (getattr(comparable(one), field.name), getattr(comparable(other), field.name))
        for name, one, other in pairs
        for field in fields(Article)
        if field.name != "won" and getattr(comparable(one), field.name) != getattr(comparable(other), field.name)
    }
    assert different == {}


def test_every_item_is_whole(pairs: list[tuple[str, Article, Article]]) -> None:
    for name, article, _ in pairs:
        assert article.headline, name
        assert article.identifier, name
        assert article.publisher, name
        assert article.language, name
        assert article.date_published or article.date_modified, name
        assert article.kind in {"audio", "picture"} or article.paragraphs, name


def test_contacts_that_are_not_for_publication_are_nowhere(pairs: list[tuple[str, Article, Article]]) -> None:
    for name, *articles in pairs:
        for article in articles:
            assert "Autor/in:" not in (article.note or ""), name
            assert not any("Autor/in:" in text for text in article.corrections), name
