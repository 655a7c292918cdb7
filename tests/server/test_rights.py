"""What sources allow, in the graph, in headers and in what is left out; and what was taken back, shown as such."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from publication import OWN, Publication, document, page
from pyoxigraph import Store as Rdf
from werkzeug.test import TestResponse

from kg.engine import Limits, Pool
from kg.model import Gone, Rights, Source
from kg.store.export import dump
from kg.store.text import TextIndex
from server import create_app

HTML = {"Accept": "text/html"}
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LICENSED = Source(name="agency", rights=Rights.LICENSED, licence=LICENCE)
THIRD = Source(name="gazette")

#: A third-party page with everything that could carry its words: dek, summary, quotations, captions, corrections.
SECRET = """The Harbour Gazette
Local

Mayor promises to rebuild the quay
Summary: The storm of last week broke the old quay of Kampen in three places, and the council wants it rebuilt.

By Ines Calderwood
12 March 2026

The crane beside the broken quay of Kampen. Photograph: Joost Verhagen

The old quay of Kampen will be rebuilt after the storm of last week, the town council decided on Monday evening.

Lotte Brandsma, the mayor of Kampen, said the town would rebuild the quay before the summer. "We will start on Monday \
morning, with every hand that we can find in this town," Brandsma said. "Nobody should have to wait for another winter \
before the boats can come home," she added.

The Ministry of Infrastructure said it would pay half of the cost. Work on the quay had stopped in February after a \
dispute with the contractor, and the harbour office has been closed since then.

Correction: An earlier version of this article gave a wrong number of boats in the harbour on the night of the storm.
"""


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    return Publication.make(tmp_path)


@pytest.fixture
def client(publication: Publication) -> Iterator[FlaskClient]:
    pool = Pool(publication.settings.store, Limits(seconds=20, concurrent=1))
    app = create_app(publication.settings, engine=pool)
    yield app.test_client()
    app.extensions["newsgraph"].close()


def path(iri: str | None) -> str:
    assert iri is not None
    return iri.removeprefix("https://news.example")


def windows(text: str, size: int = 40) -> set[str]:
    """Every run of ``size`` characters of the text's paragraphs, as they are printed."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return {line[at : at + size] for line in lines for at in range(len(line) - size + 1)}


def protected() -> set[str]:
    """The runs of the body, the caption and the correction; headline and excerpt may be shown."""
    body = SECRET.partition("12 March 2026")[2]
    return windows(body)


def leaks(data: bytes, runs: set[str]) -> list[str]:
    """Runs that occur in the bytes, as text, as JSON and as N-Triples escapes have them."""
    text = data.decode("utf-8", "replace")
    plain = " ".join(re.sub(r"<[^>]*>", "", text).split())
    for one, other in (("&#34;", '"'), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"), ('\\"', '"')):
        text, plain = text.replace(one, other), plain.replace(one, other)
    return [run for run in runs if run in text or run in plain]


def crawl(client: FlaskClient, start: list[str]) -> Iterator[tuple[str, TestResponse]]:
    """Every local address that can be reached by links of any answer."""
    todo, seen = list(start), set(start)
    while todo:
        address = todo.pop()
        answer = client.get(address, headers=HTML)
        yield address, answer
        text = answer.get_data(as_text=True)
        found = set(re.findall(r'(?:href|action)="(/[^"#]*)"', text))
        found |= {path(one) for one in re.findall(r"https://news\.example(?:/[\w./%-]*)?", text)}
        for one in sorted(found - seen - {""}):
            seen.add(one)
            todo.append(one.replace("&amp;", "&"))
        assert len(seen) < 3_000


def test_withheld_words_are_in_no_byte_served(publication: Publication, client: FlaskClient) -> None:
    (outcome,) = publication.add(document(SECRET.encode(), source=THIRD))
    assert outcome.status == "stored"
    runs, iri = protected(), outcome.iri or ""
    queries = (
        "SELECT * WHERE { ?s ?p ?o }",
        "SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }",
        f"DESCRIBE <{iri}#id>",
    )
    served = 0
    starts = ["/", "/articles", "/things", "/sitemap.xml", "/feed.atom", "/status", "/snapshots", "/search?q=quay"]
    starts += [f"{path(iri)}.{suffix}" for suffix in ("html", "jsonld", "ttl", "nt", "rdf", "trig", "nq")]
    starts += [f"{path(iri)}/v/1.{suffix}" for suffix in ("html", "jsonld", "ttl")]
    starts += [f"/search.{suffix}?q={word}" for suffix in ("json", "csv") for word in ("quay", "contractor", "winter")]
    for address, answer in crawl(client, starts):
        served += 1
        assert leaks(answer.get_data(), runs) == [], address
    for query in queries:
        for accept in ("application/sparql-results+json", "text/csv", "text/turtle", "application/ld+json"):
            answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
            served += answer.status_code == 200
            assert leaks(answer.get_data(), runs) == [], query
    assert served > 60


def test_withheld_words_are_in_no_file_of_a_snapshot_nor_in_a_dump(publication: Publication, tmp_path: Path) -> None:
    publication.add(document(SECRET.encode(), source=THIRD))
    runs = protected()
    folder = publication.settings.store / "snapshots"
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    assert any("text" in file.parts for file in files)
    for file in files:
        data = file.read_bytes()
        assert leaks(data, runs) == [], file
        if file.suffix == ".gz":
            assert leaks(gzip.decompress(data), runs) == [], file
    # RocksDB and tantivy compress: what they hold is read through them too
    for snapshot in sorted(p for p in folder.iterdir() if (p / "rdf").is_dir()):
        rdf = Rdf.read_only(str(snapshot / "rdf"))
        assert leaks("\n".join(str(quad) for quad in rdf).encode(), runs) == []
        index = TextIndex(snapshot / "text")
        for word in ("quay", "contractor", "boats", "Brandsma"):
            assert leaks(repr(index.search(word)).encode(), runs) == []
    with publication.store.reader() as reader:
        for kind in ("nq", "trig", "ttl", "jsonld"):
            target = tmp_path / f"dump.{kind}"
            assert dump(reader, kind, target) > 0
            assert leaks(target.read_bytes(), runs) == []


def test_the_search_for_leaks_finds_what_a_licensed_source_publishes(
    publication: Publication, client: FlaskClient
) -> None:
    """The two tests above would see a leak: the same page from a source that may be published is full of them."""
    (outcome,) = publication.add(document(SECRET.encode(), source=LICENSED))
    runs = protected()
    for suffix in ("html", "jsonld", "ttl", "nq"):
        assert leaks(client.get(f"{path(outcome.iri)}.{suffix}").get_data(), runs)


def test_words_are_not_found_by_search_where_they_may_not_be_shown(
    publication: Publication, client: FlaskClient
) -> None:
    publication.add(document(SECRET.encode(), source=THIRD))
    assert client.get("/search.json?q=contractor").get_json()["total"] == 0
    assert client.get("/search.json?q=quay").get_json()["total"] > 0


@pytest.mark.parametrize(
    ("source", "reserved", "indexed", "licence"),
    [
        (OWN, None, True, False),
        (replace(OWN, reserved=True), "1", True, False),
        (LICENSED, "1", True, True),
        (replace(LICENSED, reserved=False), "0", True, True),
        (THIRD, "1", False, False),
    ],
)
def test_rights_are_in_the_headers_of_every_format(
    publication: Publication, client: FlaskClient, source: Source, reserved: str | None, indexed: bool, licence: bool
) -> None:
    (outcome,) = publication.add(document(page(), source=source))
    for suffix in ("html", "jsonld", "ttl", "nt", "rdf", "trig", "nq"):
        answer = client.get(f"{path(outcome.iri)}.{suffix}")
        assert answer.headers.get("tdm-reservation") == reserved
        assert ("X-Robots-Tag" not in answer.headers) == indexed
        assert (f'<{LICENCE}>; rel="license"' in answer.headers["Link"]) == licence
    assert (path(outcome.iri) in client.get("/sitemap.xml").text) == indexed
    html = client.get(path(outcome.iri), headers=HTML).text
    assert ('name="tdm-reservation"' in html) == (reserved is not None)


def test_rights_survive_a_304(publication: Publication, client: FlaskClient) -> None:
    (outcome,) = publication.add(document(page(), source=THIRD))
    first = client.get(path(outcome.iri), headers=HTML)
    again = client.get(path(outcome.iri), headers={**HTML, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["tdm-reservation"] == "1"
    assert again.headers["X-Robots-Tag"] == "noindex"


def test_an_article_that_its_source_deleted_says_so_and_no_more(publication: Publication, client: FlaskClient) -> None:
    (outcome,) = publication.add(document(page()))
    publication.add(Gone(("path:desk/a.txt",), "https://gazette.example/1", OWN, "it answers 410 Gone"))
    answer = client.get(path(outcome.iri), headers=HTML)
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Retracted." in answer.text
    assert "no longer publishes it: it answers 410 Gone" in answer.text
    assert "We will start on Monday" not in answer.text
    assert path(outcome.iri) not in client.get("/sitemap.xml").text
    assert "We will start" not in client.get(f"{path(outcome.iri)}.nq").text
    assert client.get("/search.json?q=volunteers").get_json()["total"] == 0


def test_every_version_has_a_page_of_its_own(publication: Publication, client: FlaskClient) -> None:
    (first,) = publication.add(document(page()))
    publication.add(document(page(lead="The old quay of Kampen will not be rebuilt, the town council decided.")))
    shown = client.get(path(first.iri), headers=HTML).text
    assert "Version 2" in shown
    old = client.get(f"{path(first.iri)}/v/1", headers=HTML)
    assert old.status_code == 200
    assert "There is a newer version" in old.text
    assert "This is the newest version" in client.get(f"{path(first.iri)}/v/2", headers=HTML).text
    data = client.get(f"{path(first.iri)}/v/2.ttl")
    assert data.content_type == "text/turtle; charset=utf-8"
    assert "wasRevisionOf" in data.text
    assert client.get(f"{path(first.iri)}/v/3", headers=HTML).status_code == 404
    assert client.get("/articles/no-such/v/1").status_code == 404


def test_an_article_with_one_version_lists_none(publication: Publication, client: FlaskClient) -> None:
    (first,) = publication.add(document(page()))
    assert "Version 1" not in client.get(path(first.iri), headers=HTML).text


def test_copies_of_one_report_name_each_other(publication: Publication, client: FlaskClient) -> None:
    first, second = publication.add(
        document(page(), "a.txt", THIRD), document(page("Quay of Kampen to be rebuilt"), "b.txt", LICENSED)
    )
    shown = client.get(path(first.iri), headers=HTML).text
    assert "Other copies of this report" in shown
    assert path(second.iri) in shown
    assert path(first.iri) in client.get(path(second.iri), headers=HTML).text
    assert f"<{first.iri}#id> <https://w3id.org/newsgraph#copyOf> <{second.iri}#id>" in (
        client.get(
            "/sparql",
            query_string={"query": "CONSTRUCT WHERE { ?a <https://w3id.org/newsgraph#copyOf> ?b }"},
            headers={"Accept": "application/n-triples"},
        ).text
    )
