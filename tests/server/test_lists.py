"""Lists, search, feeds and the files for machines."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree as ET

import newsroom as n
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg import config
from kg.store import Store
from server import create_app

HTML = {"Accept": "text/html"}
ATOM = "{http://www.w3.org/2005/Atom}"


def rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_same_list_is_a_page_json_and_csv(client: FlaskClient) -> None:
    made = client.get("/articles.json").get_json()
    table = rows(client, "/articles.csv")
    page = client.get("/articles", headers=HTML).text
    assert made["total"] == len(made["rows"]) == len(table) == 5
    assert [row["iri"] for row in made["rows"]] == [row["iri"] for row in table]
    assert made["rows"][0]["iri"] == n.LATER + "#id"
    assert all(row["iri"].removeprefix(n.BASE).removesuffix("#id") in page for row in made["rows"])
    assert table[-1]["headline"] == n.EVIL


def test_accept_chooses_the_form_of_a_list(client: FlaskClient) -> None:
    for accept, kind in (("application/json", "application/json"), ("text/csv", "text/csv"), ("*/*", "text/html")):
        answer = client.get("/things", headers={"Accept": accept})
        assert answer.mimetype == kind
        assert "Accept" in answer.vary
    refused = client.get("/things", headers={"Accept": "text/turtle"})
    assert refused.status_code == 406
    assert refused.get_json(force=True)["offers"] == ["text/html", "application/json", "text/csv"]


def test_things_can_be_asked_for_by_kind(client: FlaskClient) -> None:
    made = client.get("/things.json?type=Person").get_json()
    assert made["rows"][0] == {
        "iri": n.DAWIT + "#id",
        "name": "Dawit Ourabi",
        "kind": "Person",
        "types": "person",
        "articles": 2,
    }
    assert client.get("/things?type=Dragon").status_code == 400


def test_a_section_lists_its_articles(client: FlaskClient) -> None:
    made = client.get("/sections/courts-crime.json").get_json()
    assert [row["iri"] for row in made["rows"]] == [n.LATER + "#id", n.FREED + "#id"]


@pytest.mark.parametrize(
    ("number", "status"), [("1", 200), ("2", 404), ("0", 400), ("-1", 400), ("x", 400), ("٣", 400), ("9" * 40, 400)]
)
def test_a_page_that_is_not_there_is_no_empty_page(client: FlaskClient, number: str, status: int) -> None:
    assert client.get("/articles", query_string={"page": number}).status_code == status


def test_long_lists_lead_from_page_to_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.paging.Paging.pages", property(lambda _self: 3))
    text = client.get("/articles?page=2&x=%3Cb%3E", headers=HTML).text
    assert 'rel="prev" href="/articles?x=%3Cb%3E&amp;page=1"' in text
    assert 'rel="next" href="/articles?x=%3Cb%3E&amp;page=3"' in text


def test_lists_are_304_until_the_next_snapshot(client: FlaskClient) -> None:
    for address in ("/", "/articles", "/things.csv", "/sitemap.xml", "/feed.atom", "/ontology", "/context.jsonld"):
        first = client.get(address)
        assert first.status_code == 200
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert client.get("/articles?page=1").headers["ETag"] != client.get("/articles").headers["ETag"]


def test_search_finds_articles_and_things(client: FlaskClient) -> None:
    made = client.get("/search.json", query_string={"q": "ourabi"}).get_json()
    assert {n.DAWIT + "#id", n.FREED + "#id"} <= {row["iri"] for row in made["rows"]}
    things = client.get("/search.json", query_string={"q": "ourabi", "kind": "thing"}).get_json()
    assert {row["kind"] for row in things["rows"]} == {"thing"}
    page = client.get("/search", query_string={"q": "mended pump"}, headers=HTML)
    assert "Court frees ship’s mechanic" in page.text


@pytest.mark.parametrize(
    "query", ["", " ", "*", '"', "((((((((", "a" * 5_000, "\x00", "<script>", "AND OR NOT", "title:x", "🦊", "-x"]
)
def test_any_words_can_be_searched_for(client: FlaskClient, query: str) -> None:
    answer = client.get("/search", query_string={"q": query}, headers=HTML)
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_the_home_page_shows_the_newest_and_how_to_use_the_data(client: FlaskClient) -> None:
    text = client.get("/", headers=HTML).text
    assert "The Newsroom" in text
    assert text.index("Mechanic goes home") < text.index("Court frees ship’s mechanic")
    assert "/sparql" in text
    assert "text/turtle" in text
    assert "Dawit Ourabi" in text


def test_the_feed_is_valid_atom_with_lasting_ids(client: FlaskClient) -> None:
    answer = client.get("/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)
    for name in ("id", "title", "updated", "author"):
        assert len(feed.findall(ATOM + name)) == 1
    entries = feed.findall(ATOM + "entry")
    assert entries[0].findtext(ATOM + "id") == n.LATER + "#id"
    assert n.EVIL in [e.findtext(ATOM + "title") for e in entries]
    for entry in entries:
        assert len(entry.findall(ATOM + "updated")) == 1
    assert entries[0].findtext(ATOM + "updated") == "2026-04-02T08:00:00Z"


def test_the_sitemap_lists_pages_with_the_day_they_changed(client: FlaskClient) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = {
        u.findtext(space + "loc"): u.findtext(space + "lastmod") for u in ET.fromstring(client.get("/sitemap.xml").data)
    }
    assert found[n.LATER] == "2026-04-02T08:00:00Z"
    assert n.DAWIT in found
    assert f"{n.BASE}/dataset" in found
    assert n.FOREIGN not in found
    assert n.REMOVED not in found


def test_robots_may_not_run_queries(client: FlaskClient) -> None:
    text = client.get("/robots.txt").text
    assert "Disallow: /sparql" in text
    assert f"Sitemap: {n.BASE}/sitemap.xml" in text


def test_the_vocabulary_the_shapes_and_the_context_are_files(client: FlaskClient) -> None:
    assert "nkg:DirectQuotation" in client.get("/ontology").text
    assert "sh:NodeShape" in client.get("/shapes").text
    assert client.get("/context.jsonld").mimetype == "application/ld+json"


def test_snapshots_are_listed_newest_first(client: FlaskClient, store: Store) -> None:
    made = client.get("/snapshots").get_json()["snapshots"]
    assert [row["id"] for row in made] == [s.info.id for s in reversed(store.snapshots())]
    assert [row["current"] for row in made] == [True, False, False, False]
    assert client.get(f"/snapshots/{made[1]['id']}").get_json()["time"] == "2026-04-02T08:00:00Z"


def test_limits_are_announced(client: FlaskClient) -> None:
    assert client.get("/status.json").get_json()["limits"]["limits.query_seconds"] == 30.0
    assert "30 seconds a query may run" in client.get("/status", headers=HTML).text


def test_static_files_have_their_content_in_their_name_and_are_kept_for_ever(client: FlaskClient) -> None:
    text = client.get("/", headers=HTML).text
    address = text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    answer = client.get(address)
    assert answer.mimetype == "text/css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_two_publications_are_served_by_one_process(app: Flask, tmp_path: object) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    Store.create(tmp_path / "store", "https://other.example")
    flags = {"base_iri": "https://other.example", "store": str(tmp_path / "store"), "publisher.name": "Other"}
    other = create_app(config.load(flags=flags))
    assert "The Newsroom" in app.test_client().get("/", headers=HTML).text
    page = other.test_client().get("/", headers=HTML)
    assert page.status_code == 200
    assert "Other" in page.text
    assert "The Newsroom" not in page.text
    assert other.test_client().get(n.FREED.removeprefix(n.BASE)).status_code == 404
    other.extensions["newsgraph"].close()


def test_without_a_store_the_process_is_healthy_and_not_ready(tmp_path: object) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    client = create_app(n.settings(tmp_path)).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    page = client.get("/", headers=HTML)
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert str(tmp_path) not in page.text


def test_a_new_snapshot_is_seen_without_a_restart(tmp_path: object) -> None:
    from datetime import UTC, datetime
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    store = Store.create(tmp_path / "store", n.BASE)
    client = create_app(n.settings(tmp_path), store=store).test_client()
    assert client.get("/articles.json").get_json()["total"] == 0
    n.publish(store, datetime(2026, 4, 1, tzinfo=UTC), n.freed())
    assert client.get("/articles.json").get_json()["total"] == 1
    first = client.get(n.FREED.removeprefix(n.BASE), headers=HTML).headers["ETag"]
    n.publish(store, datetime(2026, 4, 2, tzinfo=UTC), n.foreign())
    assert client.get(n.FREED.removeprefix(n.BASE), headers=HTML).headers["ETag"] == first
    assert client.get("/articles.json").get_json()["total"] == 2


def test_behind_a_prefix_every_link_keeps_it(client: FlaskClient) -> None:
    import re

    for address in ("/", "/articles", n.FREED.removeprefix(n.BASE), n.DAWIT.removeprefix(n.BASE), "/sparql"):
        text = client.get(address, headers=HTML, environ_overrides={"SCRIPT_NAME": "/news"}).text
        local = re.findall(r'(?:href|action)="(/[^"]*)"', text)
        assert local
        assert [one for one in local if not one.startswith("/news/")] == []


def test_the_routes_are_these_and_no_others(app: Flask) -> None:
    """What users touch is a promise: a new route is added here and to the reference documentation."""
    assert {str(rule) for rule in app.url_map.iter_rules()} == {
        "/",
        "/articles",
        "/articles.<any(html,json,csv):suffix>",
        "/articles/<name>",
        "/articles/<name>/text/<field>",
        "/articles/<name>/v/<number>",
        "/.well-known/void",
        "/context.jsonld",
        "/dataset",
        "/dataset.<any(html,ttl,jsonld,nt,rdf):suffix>",
        "/feed.atom",
        "/graphs",
        "/graphs/<path:rest>",
        "/healthz",
        "/ontology",
        "/ontology.ttl",
        "/q",
        "/q/<name>",
        "/readyz",
        "/robots.txt",
        "/search",
        "/search.<any(html,json,csv):suffix>",
        "/sections/<name>",
        "/sections/<name>.<any(html,json,csv):suffix>",
        "/shapes",
        "/shapes.<any(html,ttl,jsonld,nt,rdf):suffix>",
        "/shapes/completion.json",
        "/shapes/validate",
        "/sitemap.xml",
        "/snapshots",
        "/snapshots.<any(html,json):suffix>",
        "/snapshots/<id>",
        "/snapshots/<id>/citation",
        "/snapshots/<id>/citation.<any(txt,bib,ris,json):suffix>",
        "/<any(articles,things):kind>/<name>/timemap",
        "/sparql",
        "/sparql/queries/<id>",
        "/static/<name>",
        "/status",
        "/status.json",
        "/things",
        "/things.<any(html,json,csv):suffix>",
        "/things/<name>",
    }
