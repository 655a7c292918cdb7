"""``/q/<hash>``: a query has one short address that stays, and the store of queries is bounded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import newsroom as n
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.engine import Limits, Pool
from kg.errors import TooLarge, TooManyQueries
from kg.store import Store
from server import create_app
from server.permalinks import LONGEST, Permalinks

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NAMES = "SELECT ?name { ?s a <http://schema.org/NewsArticle> ; <http://schema.org/headline> ?name } ORDER BY ?name"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A publication of its own, because these tests write beside its snapshots."""
    folder = tmp_path_factory.mktemp("desk")
    n.open_newsroom(folder)
    settings = n.settings(folder, **{"limits.permalinks": 6})
    made = create_app(settings, engine=Pool(folder / "store", Limits(seconds=10, concurrent=1)))
    yield made
    made.extensions["newsgraph"].close()


@pytest.fixture
def web(desk: Flask) -> FlaskClient:
    return desk.test_client()


def keep(web: FlaskClient, query: str) -> str:
    answer = web.post("/q", data={"query": query})
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_query_has_one_permalink_however_often_it_is_kept(web: FlaskClient) -> None:
    address = keep(web, NAMES)
    assert address == keep(web, NAMES)
    assert len(address) <= len("/q/") + 10
    assert web.get(address + ".rq").data.decode() == NAMES


def test_a_browser_gets_the_form_with_the_query_which_is_not_run(web: FlaskClient) -> None:
    page = web.get(keep(web, NAMES), headers=HTML)
    assert page.status_code == 200
    assert "SELECT ?name" in page.text
    assert 'id="results"' not in page.text
    assert "noindex" in page.headers["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("suffix", "accept", "kind"),
    [
        ("", "text/csv", "text/csv"),
        ("", "*/*", "application/sparql-results+json"),
        ("", "application/sparql-query", "application/sparql-query"),
        (".csv", "text/html", "text/csv"),
        (".json", None, "application/sparql-results+json"),
        (".tsv", None, "text/tab-separated-values"),
        (".xml", None, "application/sparql-results+xml"),
        (".html", None, "text/html"),
    ],
)
def test_a_permalink_runs_in_any_format_by_suffix_or_accept(
    web: FlaskClient, suffix: str, accept: str | None, kind: str
) -> None:
    answer = web.get(keep(web, NAMES) + suffix, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, kind)


def test_the_answer_is_that_of_the_endpoint(web: FlaskClient) -> None:
    through = web.get(keep(web, NAMES) + ".csv")
    direct = web.get("/sparql", query_string={"query": NAMES, "format": "csv"})
    assert through.data == direct.data
    assert through.headers["ETag"] == direct.headers["ETag"]
    assert len(list(csv.reader(io.StringIO(through.text)))) == 6


def test_a_permalink_looks_into_the_past(web: FlaskClient, desk: Flask) -> None:
    first = desk.extensions["newsgraph"].store.snapshots()[1].info.id
    address = keep(web, NAMES)
    old, new = (web.get(address + ".csv", query_string=q) for q in ({"snapshot": first}, {}))
    assert old.headers["Newsgraph-Snapshot"] == first
    assert old.data != new.data
    kept = web.post("/q", data={"query": NAMES, "snapshot": first})
    assert kept.headers["Location"] == f"{address}?snapshot={first}"
    assert f'name="snapshot" value="{first}"' in web.get(kept.headers["Location"], headers=HTML).text


def test_a_graph_query_comes_in_graph_formats(web: FlaskClient) -> None:
    address = keep(web, "CONSTRUCT { ?s a ?t } WHERE { ?s a ?t } LIMIT 3")
    assert web.get(address + ".ttl").mimetype == "text/turtle"
    assert f'href="{address}.ttl"' in web.get(address, headers=HTML).text
    assert web.get(address + ".csv").status_code == 406
    assert web.get(address + ".docx").status_code == 404


@pytest.mark.parametrize(
    "name", ["aaaaaaaaaa", "../store", "..%2f..%2fstore.json", "AAAAAAAAAA", "a" * 5000, "x.rq", "%00"]
)
def test_there_are_no_other_files_behind_permalinks(web: FlaskClient, name: str) -> None:
    assert web.get(f"/q/{name}").status_code == 404


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("  \n", 400), ("buy cheap things", 400), ("INSERT DATA { <a:a> <a:b> 1 }", 400)]
)
def test_only_queries_are_kept(web: FlaskClient, query: str, status: int) -> None:
    assert web.post("/q", data={"query": query}).status_code == status


def test_a_hostile_query_is_text_in_the_page(web: FlaskClient) -> None:
    query = f"SELECT * {{ ?s ?p '</textarea><script>alert(1)</script>{n.EVIL_NAME}' }}"
    page = web.get(keep(web, query), headers=HTML).text
    assert "<script>alert" not in page
    assert n.EVIL_NAME not in page


def test_a_full_folder_says_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    kept = Permalinks(tmp_path / "queries", 3)
    names = [kept.save(f"ASK {{ ?s ?p {number} }}") for number in range(3)]
    assert kept.save("ASK {}") is None
    assert kept.save("ASK { ?s ?p 1 }") == names[1]
    assert [kept.find(name or "") for name in names] == [f"ASK {{ ?s ?p {number} }}" for number in range(3)]


def test_a_full_server_answers_507(tmp_path: Path) -> None:
    Store.create(tmp_path / "store", n.BASE)
    app = create_app(n.settings(tmp_path, **{"limits.permalinks": 0}))
    answer = app.test_client().post("/q", data={"query": "ASK {}"})
    assert answer.status_code == 507
    assert answer.get_json()["error"] == "PermalinksFull"
    app.extensions["newsgraph"].close()


def test_two_texts_with_the_same_beginning_of_their_hash_have_two_permalinks(tmp_path: Path) -> None:
    kept = Permalinks(tmp_path, 10)
    short = kept.save("ASK {}")
    assert short is not None
    (tmp_path / f"{short}.rq").write_text("ASK { ?another ?text ?here }")
    longer = kept.save("ASK {}")
    assert longer is not None
    assert longer.startswith(short)
    assert len(longer) > len(short)
    assert kept.find(longer) == "ASK {}"
    assert kept.save("ASK {}") == longer


def test_a_client_adds_so_many_in_a_minute_and_no_more(tmp_path: Path) -> None:
    now = 0.0
    kept = Permalinks(tmp_path, 1000, clock=lambda: now)
    for number in range(30):
        assert kept.save(f"ASK {{ ?s ?p {number} }}", "one")
    with pytest.raises(TooManyQueries) as told:
        kept.save("ASK {}", "one")
    assert told.value.retry_after == 60
    assert kept.save("ASK { ?s ?p 7 }", "one")  # is kept already
    assert kept.save("ASK {}", "another")
    now = 61.0
    assert kept.save("ASK { ?s ?p 'later' }", "one")


def test_a_query_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        Permalinks(tmp_path, 10).save("ASK {}" + " " * LONGEST)


def test_line_ends_of_forms_make_no_difference(tmp_path: Path) -> None:
    kept = Permalinks(tmp_path, 10)
    assert kept.save("ASK\r\n{}") == kept.save("ASK\n{}")
