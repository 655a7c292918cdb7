"""Articles as JSON-LD documents: what is read, in every form of JSON-LD, and the way back from our own export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg import authority, extract, graph, jsonld, resources
from kg.annotate import annotate
from kg.errors import IncompleteArticle, InvalidFormat
from kg.extract.linked import JsonLdReader
from kg.iris import Iris
from kg.model import Article, Author, Document, Naming, Rights, Run, Source

ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Westmere closes its ferry pier",
    "articleBody": "The council voted on Tuesday.\n\nThe last ferry leaves in May.",
    "author": {"@type": "Person", "name": "Ana Reis"},
    "datePublished": "2026-03-12",
    "url": "https://courier.example/local/pier",
}


def document(value: object, media: str | None = None) -> Document:
    """A JSON text as a document."""
    return Document(json.dumps(value).encode(), "path:test/a.json", "a.json", media_type=media)


def read(value: object) -> Article:
    """The one article of a document."""
    (article,) = extract.read(document(value))
    return article


def test_a_compact_document_is_an_article_with_its_paragraphs() -> None:
    article = read(ARTICLE)
    assert article.headline == "Westmere closes its ferry pier"
    assert [one.text for one in article.paragraphs] == [
        "The council voted on Tuesday.",
        "The last ferry leaves in May.",
    ]
    assert (article.date_published, article.url) == ("2026-03-12", "https://courier.example/local/pier")
    assert dict(article.won)["authors"] == "json-ld"


def test_an_expanded_document_says_the_same_as_a_compact_one() -> None:
    name = "https://schema.org/"
    expanded = [
        {
            "@type": [name + "NewsArticle"],
            name + "headline": [{"@value": ARTICLE["headline"]}],
            name + "articleBody": [{"@value": ARTICLE["articleBody"]}],
            name + "author": [{"@type": [name + "Person"], name + "name": [{"@value": "Ana Reis"}]}],
            name + "datePublished": [{"@value": "2026-03-12", "@type": name + "Date"}],
            name + "url": [{"@id": ARTICLE["url"]}],
        }
    ]
    assert read(expanded) == read(ARTICLE)


def test_a_flattened_document_is_read_through_its_references() -> None:
    flat = {
        "@context": "https://schema.org",
        "@graph": [
            {"@id": "_:p", "@type": "Person", "name": "Ana Reis"},
            {**ARTICLE, "@id": "https://courier.example/local/pier#article", "author": {"@id": "_:p"}},
            {"@id": "_:other", "@type": "NewsArticle", "headline": "Another story that is only referred to"},
        ],
    }
    assert read(flat).authors == (Author("Ana Reis"),)


def test_several_articles_of_one_document_are_read_in_order() -> None:
    second = {**ARTICLE, "headline": "Fishermen go to court"}
    articles = extract.read(document({"@graph": [ARTICLE, second]}))
    assert [one.headline for one in articles] == [ARTICLE["headline"], "Fishermen go to court"]


def test_parts_sources_and_comments_are_no_articles_of_their_own() -> None:
    other = {**ARTICLE, "headline": "An older report"}
    nested = {**ARTICLE, "isBasedOn": other, "comment": {"@type": "SocialMediaPosting", **other}, "hasPart": [other]}
    assert [one.headline for one in extract.read(document(nested))] == [ARTICLE["headline"]]


def test_what_is_not_json_in_one_reading_is_refused_with_its_line() -> None:
    data = b'{"@context": "https://schema.org",\n "@type": "NewsArticle",\n "headline": "A", "headline": "B"}'
    with pytest.raises(InvalidFormat, match="headline"):
        JsonLdReader().read(Document(data, "path:a", "a.json"))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"@context": "https://schema.org", "@type": "Person", "name": "Ana Reis"}, "no article"),
        ({"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Only a headline"}, "articleBody"),
    ],
)
def test_a_document_without_a_whole_article_says_what_is_missing(value: object, reason: str) -> None:
    with pytest.raises(IncompleteArticle, match=reason):
        JsonLdReader().read(document(value, "application/ld+json"))


@pytest.mark.parametrize(
    ("value", "media", "sure"),
    [
        (ARTICLE, None, 0.9),
        ({"@type": ["schema:Thing", "schema:NewsArticle"]}, None, 0.9),
        ({"@context": "https://schema.org", "@type": "Person"}, "application/ld+json", 0.5),
        ({"@context": "https://schema.org", "@type": "Person"}, None, 0.0),
        ({"headline": "A", "type": "text"}, "application/ld+json", 0.0),
    ],
)
def test_json_ld_is_told_from_other_json_by_its_content(value: object, media: str | None, sure: float) -> None:
    assert JsonLdReader().recognises(document(value, media)) == sure


def test_our_own_export_of_a_sample_article_reads_back_as_the_article(root: Path) -> None:
    path = sorted((root / "data/sample").glob("*.txt"))[2]
    source = Document(path.read_bytes(), f"path:test/{path.name}", path.name, Source("test", Rights.OWN))
    (article,) = extract.read(source)
    table = authority.load(sorted(resources.path("data/authority").glob("*.csv")))
    annotated = annotate(article, authority=table)
    iris = Iris("https://news.example.org")
    page = iris.article_stem(article.headline) + "-00000000"
    things = {f"author:{one.name}": iris.thing_stem(one.name) + "-00000000#id" for one in article.authors}
    things |= {one.id: iris.thing_stem(one.name) + "-00000000#id" for one in annotated.entities}
    things |= {one.id: iris.thing_stem(one.name) + "-00000001#id" for one in annotated.events}
    things |= {"publisher:": iris.thing_stem(article.publisher or "") + "-00000000#id"}
    run = Run(agent="newsgraph", version="1", time="2026-01-01T00:00:00Z")
    built = graph.build(
        annotated, Naming(page=page, things=things), document=source, iris=iris, run=run, authority=table
    )
    export = jsonld.document(built.triples, context_iri="https://news.example.org/context.jsonld", root=built.iri)
    again = read(export)
    for name in ("headline", "paragraphs", "abstract", "authors", "publisher", "section", "date_published", "images"):
        assert getattr(again, name) == getattr(article, name), name
    assert again.url == page
