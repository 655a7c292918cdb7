"""The seed article comes back as a page, as JSON-LD, as Turtle and as SPARQL rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html
from publication import Publication, document
from pyoxigraph import DefaultGraph, RdfFormat, parse

from kg import extract
from kg.engine import Limits, Pool
from kg.model import Article
from server import create_app

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def seed(shared: Path) -> bytes:
    (file,) = (shared / "seed").glob("*.txt")
    return file.read_bytes()


@pytest.fixture(scope="module")
def article(seed: bytes) -> Article:
    (read,) = extract.read(document(seed))
    return read


@pytest.fixture(scope="module")
def publication(seed: bytes, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    made = Publication.make(tmp_path_factory.mktemp("seed"))
    (outcome,) = made.add(document(seed, "seed.txt"))
    assert outcome.status == "stored", outcome.reason
    return made


@pytest.fixture(scope="module")
def path(publication: Publication) -> str:
    with publication.store.reader() as reader:
        (page,) = reader.articles()
    return urlsplit(page).path


@pytest.fixture(scope="module")
def client(publication: Publication) -> Iterator[FlaskClient]:
    pool = Pool(publication.settings.store, Limits())
    yield create_app(publication.settings, store=publication.store, engine=pool).test_client()
    pool.close()


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def test_the_page_shows_every_paragraph_caption_and_the_summary(
    client: FlaskClient, path: str, article: Article
) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    page = words(html.fromstring(answer.data))
    assert len(article.paragraphs) == 9
    for paragraph in article.paragraphs:
        assert " ".join(paragraph.text.split()) in page
    for image in article.images:
        assert image.caption
        assert image.caption in page
    assert article.headline in page
    assert article.abstract
    assert article.abstract in page


def test_the_page_embeds_one_block_of_visible_facts_for_search_engines(
    client: FlaskClient, path: str, article: Article
) -> None:
    page = html.fromstring(client.get(path).data)
    blocks = [json.loads(one.text) for one in page.xpath('//script[@type="application/ld+json"]')]
    nodes = [node for block in blocks for node in block.get("@graph", [block])]
    (news,) = [node for node in nodes if node.get("@type") == "NewsArticle"]
    assert news["headline"] == article.headline
    assert news["articleSection"] == "Politics"
    assert news["publisher"]["name"] == "CRBC News"
    assert not {"author", "datePublished", "dateModified", "image"} & set(news)
    assert not any("Event" in str(node.get("@type")) for node in nodes)
    assert "Nayib Bukele" in {one["name"] for one in news["about"]}


def test_turtle_and_json_ld_hold_the_same_triples_as_the_store(
    client: FlaskClient, path: str, publication: Publication
) -> None:
    turtle = client.get(path, headers={"Accept": "text/turtle"})
    assert turtle.mimetype == "text/turtle"
    triples = {q.triple for q in parse(turtle.data, format=RdfFormat.TURTLE)}
    assert client.get(path + ".ttl").data == turtle.data
    lines = client.get(path + ".nt").data
    assert {q.triple for q in parse(lines, format=RdfFormat.N_TRIPLES)} == triples
    linked = client.get(path, headers={"Accept": "application/ld+json"})
    assert linked.mimetype == "application/ld+json"
    assert json.loads(linked.data)["@context"]
    with publication.store.reader() as reader:
        stored = {q.triple for q in reader.rdf.quads_for_pattern(None, None, None, DefaultGraph())}
    assert triples <= stored
    assert len(triples) > 900


def test_sparql_rows_name_who_was_quoted(client: FlaskClient) -> None:
    query = """PREFIX schema: <http://schema.org/> PREFIX nkg: <https://w3id.org/newsgraph#>
        SELECT DISTINCT ?who { ?q a nkg:DirectQuotation ; schema:spokenByCharacter/schema:name ?who } ORDER BY ?who"""
    answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/csv"})
    assert answer.status_code == 200
    assert list(csv.reader(io.StringIO(answer.text))) == [["who"], ["Hillary Clinton"], ["Nayib Bukele"]]


def test_people_of_the_article_have_pages_with_the_words_facts_rest_on(
    client: FlaskClient, publication: Publication
) -> None:
    (trump,) = publication.named("Donald Trump")
    page = words(html.fromstring(client.get(urlsplit(trump).path).data))
    assert "former President" in page
    assert "President Donald Trump and El Salvador" in page
