"""The seed article against the gold graph: expected strings come from the graph, none is typed here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.extract import read
from kg.model import Article, Document

pytestmark = pytest.mark.shared
S = "http://schema.org/"


@pytest.fixture(scope="module")
def article(shared: Path) -> Article:
    (path,) = sorted((shared / "seed").glob("*.txt"))
    (one,) = read(Document(path.read_bytes(), "path:seed/article", path.name))
    return one


class Gold:
    """The content graph of the gold data set."""

    def __init__(self, path: Path) -> None:
        self.quads = tuple(parse(path.read_bytes(), format=RdfFormat.TRIG))
        self.content = tuple(one for one in self.quads if str(one.graph_name).endswith("/content>"))

    def find(self, subject: object = None, predicate: str | None = None) -> Iterator[Quad]:
        wanted = NamedNode(S + predicate) if predicate else None
        return (
            one
            for one in self.content
            if (subject is None or one.subject == subject) and (wanted is None or one.predicate == wanted)
        )

    def article(self, predicate: str) -> str:
        (one,) = (quad.object for quad in self.find(predicate=predicate))
        assert isinstance(one, Literal)
        return one.value


@pytest.fixture(scope="module")
def gold(shared: Path) -> Gold:
    return Gold(shared / "model" / "gold_seed.trig")


def test_headline_section_and_abstract_are_those_of_the_gold_graph(article: Article, gold: Gold) -> None:
    assert article.headline == gold.article("headline")
    assert article.section == gold.article("articleSection")
    assert article.abstract == gold.article("abstract")
    assert article.language == gold.article("inLanguage")


def test_the_publisher_is_the_outlet_the_gold_graph_names(article: Article, gold: Gold) -> None:
    (publisher,) = (quad.object for quad in gold.find(predicate="publisher"))
    names = {
        quad.object.value
        for quad in gold.quads
        if quad.subject == publisher and quad.predicate == NamedNode(S + "name") and isinstance(quad.object, Literal)
    }
    assert article.publisher in names


def test_the_body_is_the_gold_body_paragraph_by_paragraph(article: Article, gold: Gold) -> None:
    assert article.body == gold.article("articleBody")
    assert len(article.paragraphs) == 9
    assert len(article.body.split()) == int(gold.article("wordCount"))


def test_every_picture_has_the_caption_of_the_gold_graph_and_the_first_is_the_pages_own(
    article: Article, gold: Gold
) -> None:
    captions = {}
    for quad in gold.find(predicate="caption"):
        (position,) = (one.object for one in gold.find(quad.subject, "position"))
        assert isinstance(position, Literal)
        assert isinstance(quad.object, Literal)
        captions[int(position.value)] = quad.object.value
    assert [image.caption for image in article.images] == [captions[place] for place in sorted(captions)]
    assert article.hero
    assert {image.credit for image in article.images} == {None}


def test_nothing_is_said_that_the_page_does_not_print(article: Article) -> None:
    assert article.authors == ()
    assert article.date_published is None
    assert article.date_modified is None
    assert article.url is None
    assert article.corrections == ()
    assert article.alternative_headline is None


def test_the_two_block_quotations_are_flagged(article: Article) -> None:
    flagged = [place for place, one in enumerate(article.paragraphs) if one.kind == "quote"]
    assert flagged == [2, 4]


def test_furniture_and_both_headlines_are_among_the_dropped_lines(article: Article) -> None:
    assert article.dropped.count(article.headline) == 2
    assert article.dropped[-1] == "Trending"
    assert article.publisher in article.dropped
