"""``/sparql``: the SPARQL 1.1 Protocol, section 2.1, and the promise that a cut answer never looks complete."""

from __future__ import annotations

import csv
import http.client
import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import newsroom as n
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from werkzeug.serving import make_server

from kg import queries
from kg.engine import Answer, Request
from kg.errors import EngineBusy, EngineUnavailable, KgError, QueryTimeout, QueryTooLarge
from kg.store import Store
from server import create_app

HTML = {"Accept": "text/html"}
NAMES = "SELECT ?name { ?s a <http://schema.org/NewsArticle> ; <http://schema.org/headline> ?name } ORDER BY ?name"
GRAPH = "CONSTRUCT { ?s a ?t } WHERE { ?s a ?t }"


# ---- three ways to ask ----------------------------------------------------------------------------------------------


def test_get_form_and_direct_post_give_the_same_answer(client: FlaskClient) -> None:
    got = client.get("/sparql", query_string={"query": NAMES})
    form = client.post("/sparql", data={"query": NAMES})
    direct = client.post("/sparql", data=NAMES, content_type="application/sparql-query; charset=utf-8")
    assert got.status_code == form.status_code == direct.status_code == 200
    assert got.data == form.data == direct.data
    values = [row["name"]["value"] for row in got.get_json(force=True)["results"]["bindings"]]
    assert "Mechanic goes home" in values
    assert n.EVIL in values


SELECTS = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "text/csv": "text/csv; charset=utf-8",
    "text/tab-separated-values": "text/tab-separated-values; charset=utf-8",
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "*/*": "application/sparql-results+json",
    # what SPARQLWrapper and rdflib send
    "application/sparql-results+json,application/json,text/javascript,application/javascript": (
        "application/sparql-results+json"
    ),
    "application/sparql-results+xml, application/rdf+xml": "application/sparql-results+xml",
}
GRAPHS = {
    "text/turtle": "text/turtle; charset=utf-8",
    "application/n-triples": "application/n-triples",
    "application/rdf+xml": "application/rdf+xml",
    "application/ld+json": "application/ld+json",
    "*/*": "text/turtle; charset=utf-8",
    "application/sparql-results+xml, application/rdf+xml": "application/rdf+xml",
}


@pytest.mark.parametrize(("accept", "content_type"), SELECTS.items())
def test_accept_chooses_the_format_of_solutions(client: FlaskClient, accept: str, content_type: str) -> None:
    answer = client.get("/sparql", query_string={"query": NAMES}, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert "Accept" in answer.vary


@pytest.mark.parametrize(("accept", "content_type"), GRAPHS.items())
def test_accept_chooses_the_format_of_graphs(client: FlaskClient, accept: str, content_type: str) -> None:
    answer = client.get("/sparql", query_string={"query": GRAPH}, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)


@pytest.mark.parametrize(
    ("word", "content_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("tsv", "text/tab-separated-values; charset=utf-8"),
        ("json", "application/sparql-results+json"),
        ("xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("html", "text/html; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("name", ["format", "output", "results"])
def test_a_format_named_in_the_address_wins(client: FlaskClient, name: str, word: str, content_type: str) -> None:
    answer = client.get("/sparql", query_string={"query": NAMES, name: word}, headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)


def test_a_graph_cannot_be_had_as_a_table(client: FlaskClient) -> None:
    for arguments, accept in (({"format": "csv"}, "*/*"), ({}, "text/csv")):
        answer = client.get("/sparql", query_string={"query": GRAPH, **arguments}, headers={"Accept": accept})
        assert answer.status_code == 406
        assert "text/turtle" in answer.get_json(force=True)["offers"]


def test_ask_is_answered_with_a_boolean(client: FlaskClient) -> None:
    assert client.get("/sparql", query_string={"query": "ASK {}"}).get_json(force=True)["boolean"] is True
    page = client.get("/sparql", query_string={"query": "ASK { <x:y> ?p ?o }"}, headers=HTML)
    assert ">No<" in page.text


def test_the_dataset_can_be_named_in_the_request(client: FlaskClient) -> None:
    graph = n.IRIS.graph(n.FREED, "content").value
    query = "SELECT (COUNT(*) AS ?n) { ?s <http://schema.org/headline> ?o }"

    def count(**arguments: str | list[str]) -> int:
        made = client.get("/sparql", query_string={"query": query, **arguments}).get_json(force=True)
        return int(made["results"]["bindings"][0]["n"]["value"])

    assert count() == 5
    assert count(**{"default-graph-uri": graph}) == 1
    both = [graph, n.IRIS.graph(n.LATER, "content").value]
    assert count(**{"default-graph-uri": both}) == 2
    named = client.post(
        "/sparql?" + urlencode({"named-graph-uri": graph}),
        data="SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }",
        content_type="application/sparql-query",
    ).get_json(force=True)
    assert [row["g"]["value"] for row in named["results"]["bindings"]] == [graph]


def test_an_older_snapshot_can_be_asked(client: FlaskClient, store: Store) -> None:
    first = store.snapshots()[1].info
    query = "SELECT (COUNT(*) AS ?n) { ?s <http://schema.org/headline> ?o }"
    for name in (first.id, "2026-04-01"):
        answer = client.get("/sparql", query_string={"query": query, "snapshot": name, "format": "csv"})
        assert answer.headers["Newsgraph-Snapshot"] == first.id
        assert answer.text.split() == ["n", "4"]
    assert client.get("/sparql", query_string={"query": query, "snapshot": "nothing"}).status_code == 404


# ---- refusals -------------------------------------------------------------------------------------------------------


BAD = [
    ({"query": "SELECT * {\n ?s ?p }"}, 400, "QuerySyntaxError"),
    ({"query": "hello"}, 400, "QuerySyntaxError"),
    ({"query": "SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }"}, 400, "QueryRefused"),
    ({"query": "LOAD <http://x.example/>"}, 400, "QueryRefused"),
    ({"query": "DELETE WHERE { ?s ?p ?o }"}, 400, "QueryRefused"),
    ({"query": ["ASK {}", "ASK {}"]}, 400, "UsageError"),
    ({"query": "ASK {}", "default-graph-uri": "no iri"}, 400, "UsageError"),
    ({"query": "ASK {}", "format": "pdf"}, 406, "NotAcceptable"),
    ({"query": "\x00"}, 400, "QuerySyntaxError"),
]


def test_an_update_is_not_made_by_get_nor_where_nothing_is_written(client: FlaskClient) -> None:
    arguments = {"update": "DELETE WHERE { ?s ?p ?o }"}
    got = client.get("/sparql", query_string=arguments)
    assert (got.status_code, got.get_json(force=True)["error"]) == (400, "UsageError")
    assert 400 <= client.post("/sparql", data=arguments).status_code < 500


@pytest.mark.parametrize(("arguments", "status", "kind"), BAD)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_cannot_be_answered_is_refused_with_a_reason(
    client: FlaskClient, method: str, arguments: dict[str, str], status: int, kind: str
) -> None:
    sent = {"query_string": arguments} if method == "GET" else {"data": arguments}
    answer = client.open("/sparql", method=method, **sent)  # type: ignore[arg-type]
    assert (answer.status_code, answer.get_json(force=True)["error"]) == (status, kind)
    assert answer.headers["Cache-Control"] == "no-store"


def test_syntax_errors_say_where(client: FlaskClient) -> None:
    query = "SELECT * {\n ?s ?p }"
    body = client.get("/sparql", query_string={"query": query}).get_json(force=True)
    assert body["line"] == 2
    assert body["column"] >= 1
    page = client.get("/sparql", query_string={"query": query}, headers=HTML)
    assert page.status_code == 400
    assert "Line 2" in page.text
    assert "SELECT * {\n ?s ?p }" in page.text


def test_a_request_without_a_query_is_an_editor_for_browsers_and_an_error_for_others(client: FlaskClient) -> None:
    page = client.get("/sparql", headers=HTML)
    assert page.status_code == 200
    assert page.text.count("/sparql?query=") >= len(queries.examples()) == 25
    assert client.post("/sparql", data={}).status_code == 400
    described = client.get("/sparql", headers={"Accept": "application/sparql-results+json"})
    assert described.status_code == 406
    assert "text/turtle" in described.get_json(force=True)["offers"]


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/ld+json"])
def test_asked_for_rdf_without_a_query_the_service_describes_itself(client: FlaskClient, accept: str) -> None:
    answer = client.get("/sparql", headers={"Accept": accept})
    assert answer.status_code == 200
    read_as = {"text/turtle": RdfFormat.TURTLE, "application/rdf+xml": RdfFormat.RDF_XML}
    found = {q.triple for q in parse(answer.data, format=read_as.get(accept, RdfFormat.JSON_LD))}
    told = {(t.predicate.value.rpartition("#")[2], getattr(t.object, "value", "")) for t in found}
    assert ("endpoint", f"{n.BASE}/sparql") in told
    assert ("supportedLanguage", "http://www.w3.org/ns/sparql-service-description#SPARQL11Query") in told
    assert ("resultFormat", "http://www.w3.org/ns/formats/SPARQL_Results_JSON") in told


def test_a_body_of_another_type_is_415(client: FlaskClient) -> None:
    assert client.post("/sparql", data=b"{}", content_type="application/json").status_code == 415
    assert client.post("/sparql", data=b"x").status_code == 415
    update = client.post("/sparql", data="CLEAR ALL", content_type="application/sparql-update")
    assert 400 <= update.status_code < 500
    latin = client.post("/sparql", data="ASK {} # \xe9".encode("latin-1"), content_type="application/sparql-query")
    assert latin.status_code == 400


def test_a_request_above_the_limit_is_413(folder: Path) -> None:
    small = create_app(n.settings(folder, **{"limits.request_bytes": 2_000}))
    for sent in (
        {"data": {"query": "ASK {}" + " " * 5_000}},
        {"data": " " * 5_000, "content_type": "application/sparql-query"},
    ):
        answer = small.test_client().post("/sparql", **sent)  # type: ignore[arg-type]
        assert answer.status_code == 413
        assert "2,000 bytes" in answer.get_json(force=True)["detail"]
    small.extensions["newsgraph"].close()


def test_other_methods_are_405_and_options_name_those_there_are(client: FlaskClient) -> None:
    assert client.put("/sparql", data="x").status_code == 405
    answer = client.options("/sparql")
    assert {"GET", "HEAD", "OPTIONS", "POST"} == set(answer.headers["Access-Control-Allow-Methods"].split(", "))


# ---- pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", queries.examples(), ids=lambda example: example.id)
def test_every_example_runs_in_the_browser(client: FlaskClient, example: queries.Example) -> None:
    page = client.get("/sparql", query_string={"query": example.text}, headers=HTML)
    assert page.status_code == 200
    assert 'role="alert"' not in page.text


def test_results_are_a_table_with_links_and_nothing_runs_in_it(client: FlaskClient) -> None:
    query = "SELECT ?s ?o ?none { ?s <http://schema.org/headline> ?o OPTIONAL { ?s <x:y> ?none } }"
    page = client.get("/sparql", query_string={"query": query}, headers=HTML)
    assert '<th scope="col">none</th>' in page.text
    assert f'href="{n.FREED.removeprefix(n.BASE)}#id"' in page.text
    assert "<script>" not in page.text
    assert "alert(1)" in page.text


def test_a_graph_is_shown_as_turtle_with_a_link_to_each_format(client: FlaskClient) -> None:
    page = client.get("/sparql", query_string={"query": GRAPH}, headers=HTML)
    assert "format=jsonld" in page.text
    assert "&lt;http" in page.text or "@prefix" in page.text


# ---- caching --------------------------------------------------------------------------------------------------------


def test_an_answer_is_304_until_the_next_snapshot(client: FlaskClient) -> None:
    first = client.get("/sparql", query_string={"query": NAMES})
    again = client.get("/sparql", query_string={"query": NAMES}, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/sparql", query_string={"query": NAMES, "format": "csv"})
    assert other.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("call", ["NOW()", "rand ()", "UUID()"])
def test_an_answer_that_does_not_follow_from_the_snapshot_is_not_kept(client: FlaskClient, call: str) -> None:
    answer = client.get("/sparql", query_string={"query": f"SELECT ({call} AS ?t) {{}}"})
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


# ---- honest answers -------------------------------------------------------------------------------------------------


class Failing:
    """An engine that sends some bytes and then fails; the real pool's own failures are tested in tests/unit."""

    def __init__(self, size: int, error: KgError) -> None:
        self.size, self.error, self.closed, self.requests = size, error, 0, []  # type: ignore[var-annotated]

    def run(self, request: Request, *, left: Callable[[], bool] = lambda: False) -> Answer:
        self.requests.append(request)

        def chunks() -> Iterator[bytes]:
            for _ in range(self.size // 1024):
                yield b"x" * 1024
            raise self.error

        answer = Answer("text/csv", "s", chunks())
        answer.closers.append(self._close)
        return answer

    def _close(self) -> None:
        self.closed += 1

    def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (QueryTimeout("too long", seconds=30), 504, "60"),
        (QueryTooLarge("too much"), 422, None),
        (EngineBusy("busy", retry_after=9), 503, "9"),
        (EngineUnavailable("away"), 503, "5"),
    ],
)
@pytest.mark.parametrize("accept", ["text/csv", "text/html"])
def test_a_failure_in_the_first_megabyte_has_its_own_status(
    folder: Path, error: KgError, status: int, retry: str | None, accept: str
) -> None:
    engine = Failing(900 * 1024, error)
    app = create_app(n.settings(folder), engine=engine)
    answer = app.test_client().get("/sparql", query_string={"query": NAMES}, headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == retry
    assert b"xxxx" not in answer.data
    assert engine.closed == 1
    app.extensions["newsgraph"].close()


@pytest.fixture
def late(folder: Path) -> Iterator[tuple[str, int, Failing]]:
    """A real HTTP server over an engine that fails after two megabytes."""
    engine = Failing(2 * 2**20, QueryTimeout("too long"))
    app = create_app(n.settings(folder), engine=engine)
    from werkzeug.serving import WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: object) -> None:
            pass

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield "127.0.0.1", server.server_port, engine
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["newsgraph"].close()


def test_a_later_failure_breaks_the_connection_off(late: tuple[str, int, Failing]) -> None:
    host, port, engine = late
    connection = http.client.HTTPConnection(host, port, timeout=20)
    connection.request("GET", "/sparql?" + urlencode({"query": NAMES, "format": "csv"}))
    answer = connection.getresponse()
    assert answer.status == 200
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        answer.read()
    connection.close()
    assert engine.closed == 1


def test_a_long_answer_is_streamed_whole(client: FlaskClient) -> None:
    query = "SELECT ?a ?b { ?a ?p ?o . ?b ?q ?r } LIMIT 30000"
    answer = client.get("/sparql", query_string={"query": query, "format": "csv"})
    assert len(list(csv.reader(io.StringIO(answer.text)))) == 30_001
    assert len(answer.data) > 2**20
    page = client.get("/sparql", query_string={"query": query}, headers=HTML)
    assert page.status_code == 200
    assert "skip=200" in page.text  # the page after this one


def test_leaving_early_gives_the_worker_back(app: Flask) -> None:
    query = "SELECT ?a ?b { ?a ?p ?o . ?b ?q ?r }"
    for _ in range(3):  # the pool has one worker: a kept one would make the second request wait and fail
        answer = app.test_client().get("/sparql", query_string={"query": query, "format": "csv"}, buffered=False)
        next(iter(answer.response))
        answer.close()
    assert app.test_client().get("/sparql", query_string={"query": "ASK {}"}).status_code == 200


def test_every_graph_format_can_be_read_again(client: FlaskClient) -> None:
    formats = {
        "ttl": RdfFormat.TURTLE,
        "nt": RdfFormat.N_TRIPLES,
        "rdf": RdfFormat.RDF_XML,
        "jsonld": RdfFormat.JSON_LD,
    }
    read = []
    for word, read_as in formats.items():
        data = client.get("/sparql", query_string={"query": GRAPH, "format": word}).data
        read.append({quad.triple for quad in parse(data, format=read_as)})
    assert read[0]
    assert all(one == read[0] for one in read)


def test_a_server_without_an_engine_says_so(folder: Path) -> None:
    app = create_app(n.settings(folder))
    answer = app.test_client().get("/sparql", query_string={"query": "ASK {}"})
    assert answer.status_code == 503
    assert "kg serve" in json.loads(answer.data)["detail"]
    app.extensions["newsgraph"].close()
