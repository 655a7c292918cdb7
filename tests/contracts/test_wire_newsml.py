"""Every item of IPTC's NewsML-G2 examples and of an agency's NewsML-G2 is read, each with its kind and its words."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from kg.errors import InvalidFormat
from kg.extract import CONTAINERS, read
from kg.extract.newsml import NewsMessage, NewsMLReader
from kg.extract.xml import local, parse
from kg.model import Article, Document

pytestmark = pytest.mark.shared

#: The examples that are no items but pieces of one: what a root they have.
PIECES = {"25": "contentSet", "28": "contentMeta", "7": "groupSet", "8": "groupSet", "9": "groupSet"}
KINDS = {
    "1": "article", "2": "article", "3": "picture", "3A": "picture", "4": "video", "5": "video", "6": "package",
    "10": "concept", "11": "concept", "12": "knowledge", "13": "catalog", "14": "event", "15": "event", "16": "event",
    "17": "planning", "18": "planning", "19": "planning", "20": "planning", "21": "article", "22": "article",
    "23": "package", "26": "picture", "27": "article", "29": "article",
}  # fmt: skip


def _examples(shared: Path) -> list[Path]:
    found = sorted((shared / "wire" / "newsml-g2" / "examples").glob("*.xml"))
    if not found:
        pytest.skip("the NewsML-G2 examples of IPTC are not there")
    return found


def _number(path: Path) -> str:
    found = re.match(r"LISTING_(\d+A?)_", path.name)
    return found.group(1) if found else ""


def _document(path: Path) -> Document:
    return Document(path.read_bytes(), f"path:wire/{path.name}", path.name)


def _articles(path: Path) -> tuple[Article, ...]:
    document = _document(path)
    assert NewsMLReader().recognises(document) == 1.0, path.name
    return read(document)


def test_every_item_of_the_examples_is_read_with_its_kind(shared: Path) -> None:
    kinds = {}
    for path in _examples(shared):
        number = _number(path)
        if number in PIECES:
            continue
        articles = _articles(path)
        assert articles, path.name
        assert all(one.kind for one in articles), path.name
        if number in KINDS:
            kinds[number] = articles[0].kind
            assert len(articles) == 1, path.name
    assert kinds == KINDS


def test_a_piece_of_an_item_is_no_item(shared: Path) -> None:
    for path in _examples(shared):
        if _number(path) in PIECES:
            with pytest.raises(InvalidFormat, match=r"begins with <newsItem>|not well-formed"):
                NewsMLReader().read(_document(path))


def test_every_identifier_language_and_headline_is_the_item_s_own(shared: Path) -> None:
    """What the file says, found by another way than the reader's (one expression over the whole tree)."""
    for path in _examples(shared):
        if _number(path) in PIECES or "newsMessage" in path.read_text("utf-8", "replace"):
            continue
        root = parse(path.read_bytes(), path.name)
        (article,) = _articles(path)
        assert article.identifier == root.get("guid")
        said = [
            " ".join("".join(one.itertext()).split())
            for one in root.iter()
            if local(one) == "headline" and local(one.getparent()) == "contentMeta"
        ]
        assert not said or article.headline in said, path.name
        names = {
            " ".join("".join(one.itertext()).split()) for one in root.iter() if local(one) in {"name", "by", "byline"}
        }
        assert all(one.name in names or any(one.name in name for name in names) for one in article.authors)


def test_the_story_in_nitf_is_read_whole(shared: Path) -> None:
    for path in _examples(shared):
        if _number(path) in {"2", "22"}:
            root = parse(path.read_bytes(), path.name)
            content = next(one for one in root.iter() if local(one) == "body.content")
            printed = [" ".join("".join(one.itertext()).split()) for one in content if local(one) == "p"]
            (article,) = _articles(path)
            assert [one.text for one in article.paragraphs] == printed


def test_a_message_gives_every_item_exactly_once(shared: Path) -> None:
    taken = 0
    for path in [*_examples(shared), *sorted((shared / "wire" / "dpa" / "output").glob("*.xml"))]:
        data = path.read_bytes()
        container = NewsMessage()
        if _number(path) in PIECES or not container.recognises(data[:65536], None):
            continue
        assert max(CONTAINERS, key=lambda one: one.recognises(data[:65536], None)).name == container.name
        given = Document(b"", f"path:wire/{path.name}", path.name)
        documents = list(container.documents(io.BytesIO(data), given, limit=2**20))
        items = [one for one in documents if isinstance(one, Document)]
        assert len(items) == len(documents) == len(re.findall(rb"<(?:news|package)Item[\s>]", data)), path.name
        assert len({one.key for one in items}) == len(items) or len(items) == 1
        alone = [article for one in items for article in read(one)]
        assert alone == list(_articles(path)), path.name
        taken += len(items)
    assert taken >= 19


def test_an_agency_s_items_are_whole_articles(shared: Path) -> None:
    for path in sorted((shared / "wire" / "dpa" / "output").glob("*.xml")):
        (article,) = _articles(path)
        assert article.headline
        assert article.identifier
        assert article.identifier.startswith("urn:newsml:")
        assert article.language in {"de", "en", "es"}
        assert article.date_published or article.date_modified
        assert article.kind in {"article", "picture", "audio"}
        assert bool(article.paragraphs) == (article.kind == "article"), path.name
        assert article.publisher
        assert not any("<" in one.text or "  " in one.text for one in article.paragraphs)


def test_every_newsml_1_item_is_a_whole_article(shared: Path) -> None:
    found = sorted((shared / "wire" / "ninjs" / "examples" / "NewsML").glob("*.xml"))
    if not found:
        pytest.skip("the NewsML 1.2 examples of IPTC are not there")
    for path in found:
        (article,) = read(_document(path))
        assert article.identifier
        assert article.identifier.startswith("urn:newsml:businesswire.com:")
        assert (article.kind, article.publisher) == ("article", "Business Wire")
        assert article.headline
        assert article.date_published
        assert article.copyright_notice
        assert len(article.paragraphs) >= 5, path.name
        assert not any("{" in one.text for one in article.paragraphs)
