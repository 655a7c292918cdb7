"""What a SPARQL endpoint must do so that strange clients can rely on it, by number as docs/sparql.md lists it.

Numbers 11, 12 and 24 are about writing (test_updates.py, test_graphs.py), 22 and 23 about stopping (test_serve.py,
test_honest_answers.py); the W3C's own cases stand in tests/conformance.
"""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import newsroom as n
import pytest
import writing
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, parse, parse_query_results
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from kg.describe import Service, service
from kg.errors import UsageError
from server import create_app, protocol
from server.endpoint import GRAPHS, SOLUTIONS, WORDS
from server.protocol import Query, Update

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
FORM = "application/x-www-form-urlencoded"
SELECT = "SELECT ?s ?o { ?s <http://schema.org/headline> ?o } ORDER BY ?o"
GRAPH = "CONSTRUCT { ?s a ?t } WHERE { ?s a ?t }"


def request(method: str = "GET", address: str = "", **sent: Any) -> Request:
    return EnvironBuilder(path="/sparql", method=method, query_string=address, **sent).get_request()


def read(method: str = "GET", address: str = "", **sent: Any) -> Query | Update | None:
    return protocol.read(request(method, address, **sent))


def problem(answer: Any) -> dict[str, Any]:
    assert answer.mimetype == "application/problem+json"
    found: dict[str, Any] = answer.get_json(force=True)
    return found


def values(answer: Any, name: str) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row[name]["value"] for row in answer.get_json(force=True)["results"]["bindings"] if name in row]


# ---- the request as a value -----------------------------------------------------------------------------------------


def test_three_ways_to_send_a_query_and_two_to_send_an_update_make_equal_values() -> None:
    graphs = urlencode([("default-graph-uri", "x:a"), ("named-graph-uri", "x:b"), ("default-graph-uri", "x:c")])
    wanted = Query("ASK {}", default_graphs=("x:a", "x:c"), named_graphs=("x:b",))
    assert read(address=f"query=ASK+%7B%7D&{graphs}") == wanted
    assert read("POST", data=f"{graphs}&query=ASK%20{{}}", content_type=FORM) == wanted
    assert read("POST", graphs, data="ASK {}", content_type=f"{QUERY}; charset=UTF-8") == wanted
    using = urlencode([("using-graph-uri", "x:a"), ("using-named-graph-uri", "x:b")])
    changed = Update("CLEAR ALL", ("x:a",), ("x:b",))
    assert read("POST", data=f"update=CLEAR+ALL&{using}", content_type=FORM) == changed
    assert read("POST", using, data="CLEAR ALL", content_type=UPDATE) == changed


def test_parameters_of_the_address_count_beside_a_form() -> None:
    asked = read("POST", "default-graph-uri=x%3Aa&timeout=5", data="query=ASK+%7B%7D&rows=7", content_type=FORM)
    assert asked == Query("ASK {}", default_graphs=("x:a",), seconds=5.0, rows=7)


def test_every_parameter_is_read() -> None:
    address = "query=ASK{}&format=csv&snapshot=2026-04-01&timeout=2.5&rows=10&skip=20&query-id=abcdefgh-1&callback=x"
    asked = read(address=address)
    assert asked == Query("ASK{}", (), (), "csv", "2026-04-01", 2.5, 10, 20, "abcdefgh-1")
    assert isinstance(asked, Query)
    assert dict(asked.fields()) == {"snapshot": "2026-04-01", "timeout": "2.5"}


def test_empty_parameters_and_unknown_ones_say_nothing() -> None:
    assert read(address="query=ASK{}&default-graph-uri=&format=&timeout=&debug=on&should-sponge=") == Query("ASK{}")
    assert read(address="query=ASK{}&timeout=0") == Query("ASK{}")
    assert read(address="query=ASK{}&rows=5&rows=5") == Query("ASK{}", rows=5)
    # as SPARQLWrapper asks
    assert read(address="query=ASK{}&format=csv&output=csv&results=csv") == Query("ASK{}", format="csv")
    assert read(address="debug=on") is None
    assert read("POST") is None


@pytest.mark.parametrize(
    "address",
    [
        "query=",
        "query=+%0A",
        "query=ASK{}&query=ASK{}",
        "update=CLEAR+ALL",
        "query=ASK{}&update=CLEAR+ALL",
        "query=ASK{}&using-graph-uri=x:a",
        "query=ASK{}&default-graph-uri=no+iri",
        "query=ASK{}&named-graph-uri=relative",
        "query=ASK{}&timeout=soon",
        "query=ASK{}&timeout=-1",
        "query=ASK{}&timeout=nan",
        "query=ASK{}&timeout=1e9",
        "query=ASK{}&timeout=%D9%A1",
        "query=ASK{}&rows=0",
        "query=ASK{}&rows=1.5",
        "query=ASK{}&rows=9999999999999999",
        "query=ASK{}&rows=5&rows=6",
        "query=ASK{}&format=json&format=csv",
        "query=ASK{}&skip=-1",
        "query=ASK{}&query-id=short",
        "query=ASK{}&query-id=" + "a" * 65,
        "query=ASK{}&query-id=../../../etc",
        "query=ASK{}&query-id=abcdefgh%0d%0aX",
        "query=%FF",
        "query=ASK{}&x=%C3",
        "&".join(["query=ASK{}", *(f"x{i}=" for i in range(10_001))]),
    ],
)
def test_a_request_that_breaks_the_rules_is_a_usage_error(address: str) -> None:
    with pytest.raises(UsageError):
        read(address=address)


@pytest.mark.parametrize(
    "body",
    ["update=A&update=B", "update=A&query=B", "update=", "update=A&default-graph-uri=x:a", "update=A&snapshot=x"],
)
def test_an_update_that_breaks_the_rules_is_a_usage_error(body: str) -> None:
    with pytest.raises(UsageError):
        read("POST", data=body, content_type=FORM)


def test_a_query_in_the_address_and_another_in_the_body_are_two() -> None:
    with pytest.raises(UsageError, match="2 × query"):
        read("POST", "query=ASK{}", data="ASK {}", content_type=QUERY)


@given(
    st.sampled_from(["GET", "POST", "HEAD"]),
    st.binary(max_size=60),
    st.binary(max_size=60),
    st.sampled_from([FORM, QUERY, UPDATE, "", "text/plain", f"{FORM}; charset=utf-16", f"{QUERY}; charset=\xff"]),
)
def test_any_bytes_are_a_value_or_a_refusal(method: str, address: bytes, body: bytes, kind: str) -> None:
    made = request(method, data=body, headers={"Content-Type": kind} if kind else {})
    made.query_string = address
    try:
        found = protocol.read(made)
    except (UsageError, UnsupportedMediaType):
        return
    assert found is None or found.text.strip()


# ---- 1 to 5: what is sent -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("fields", [[("query", "")], [("query", "ASK {}"), ("query", "ASK {}")]])
def test_1_a_query_is_sent_exactly_once(client: FlaskClient, method: str, fields: list[tuple[str, str]]) -> None:
    body = urlencode(fields)
    sent: Any = {"query_string": body} if method == "GET" else {"data": body, "content_type": FORM}
    answer = client.open("/sparql", method=method, **sent)
    assert answer.status_code == 400
    assert problem(answer)["detail"]


def test_1_a_post_without_a_query_is_400_and_two_updates_too(client: FlaskClient) -> None:
    assert client.post("/sparql", data="", content_type=FORM).status_code == 400
    assert client.post("/sparql", data="update=CLEAR+ALL&update=CLEAR+ALL", content_type=FORM).status_code == 400


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/json", "multipart/form-data; boundary=x", "nonsense"]
)
@pytest.mark.parametrize("body", ["query=ASK%20%7B%7D", "ASK {}", "CLEAR ALL"])
def test_2_a_body_of_another_type_is_415_never_a_description(client: FlaskClient, kind: str | None, body: str) -> None:
    answer = client.post("/sparql", data=body.encode(), content_type=kind)
    assert answer.status_code == 415
    assert QUERY in problem(answer)["detail"]


def test_3_updates_come_by_post_only_and_not_with_a_query(client: FlaskClient) -> None:
    before = client.get("/sparql", query_string={"query": SELECT}).data
    assert client.get("/sparql?update=CLEAR%20ALL").status_code == 400
    assert client.post("/sparql", data={"query": "ASK {}", "update": "CLEAR ALL"}).status_code == 400
    assert client.get("/sparql", query_string={"query": "CLEAR ALL"}).status_code == 400
    assert client.get("/sparql", query_string={"query": SELECT}).data == before


def test_4_only_utf8_is_read_and_all_of_it(client: FlaskClient) -> None:
    for kind in (QUERY, UPDATE):
        assert client.post("/sparql", data="ASK {}".encode("utf-16"), content_type=kind).status_code == 400
        sixteen = client.post("/sparql", data="ASK {}".encode("utf-16"), content_type=f"{kind}; charset=UTF-16")
        assert sixteen.status_code == 415
    assert client.get("/sparql?query=ASK%20%7B%7D%23%FF").status_code == 400
    assert client.post("/sparql", data=b"query=ASK%20%7B%7D%23%FF", content_type=FORM).status_code == 400
    text = "😀 \U0010ffff é Ω"
    query = f'SELECT ("{text}" AS ?x) {{}}'
    for answer in (
        client.get("/sparql?query=" + quote(query)),
        client.post("/sparql", data={"query": query}),
        client.post("/sparql", data=query.encode(), content_type=f'{QUERY};charset="utf-8"'),
        client.post("/sparql", data=b"\xef\xbb\xbf" + query.encode(), content_type=QUERY),
    ):
        assert values(answer, "x") == [text]


@pytest.mark.parametrize("text", ["%25", "a+b", "a&b=c", "a;b", "%2B", "ä%C3%A4", "a b", "#x", "\\\\"])
def test_5_what_is_sent_is_decoded_once(client: FlaskClient, text: str) -> None:
    query = f'SELECT ("{text}" AS ?x) {{}}'
    got = client.get("/sparql?" + urlencode({"query": query}))
    form = client.post("/sparql", data=urlencode({"query": query}), content_type=FORM)
    direct = client.post("/sparql", data=query.encode(), content_type=QUERY)
    assert values(got, "x") == values(form, "x") == values(direct, "x") == [text.replace("\\\\", "\\")]


# ---- 6 to 10: the dataset -------------------------------------------------------------------------------------------

CONTENT = n.IRIS.graph(n.FREED, "content").value
OTHER = n.IRIS.graph(n.LATER, "content").value
HEADLINES = "SELECT DISTINCT ?s { ?s <http://schema.org/headline> ?o }"
NAMED = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"


def ask(client: FlaskClient, query: str, *fields: tuple[str, str]) -> Any:
    return client.get("/sparql?" + urlencode([("query", query), *fields]))


def test_6_the_default_graph_is_exactly_the_graphs_named(client: FlaskClient) -> None:
    one = values(ask(client, HEADLINES, ("default-graph-uri", CONTENT)), "s")
    both = values(ask(client, HEADLINES, ("default-graph-uri", CONTENT), ("default-graph-uri", OTHER)), "s")
    assert one == [n.FREED + "#id"]
    assert sorted(both) == sorted([n.FREED + "#id", n.LATER + "#id"])
    assert values(ask(client, NAMED, ("default-graph-uri", CONTENT)), "g") == []


def test_6_a_triple_in_two_default_graphs_is_one_triple(client: FlaskClient) -> None:
    # Both articles' facts graphs say that Ourabi is a person.
    graphs = [n.IRIS.graph(page, "facts").value for page in (n.FREED, n.LATER)]
    query = f"SELECT ?g {{ GRAPH ?g {{ <{n.DAWIT}#id> a <http://schema.org/Person> }} }}"
    assert set(graphs) <= set(values(ask(client, query), "g"))
    count = f"SELECT (COUNT(*) AS ?n) {{ <{n.DAWIT}#id> a <http://schema.org/Person> }}"
    assert values(ask(client, count, *(("default-graph-uri", one) for one in graphs)), "n") == ["1"]


def test_7_named_graphs_alone_leave_the_default_graph_empty(client: FlaskClient) -> None:
    assert values(ask(client, HEADLINES, ("named-graph-uri", CONTENT)), "s") == []
    assert values(ask(client, NAMED, ("named-graph-uri", CONTENT)), "g") == [CONTENT]


def test_8_the_dataset_of_the_protocol_beats_that_of_the_query(client: FlaskClient) -> None:
    query = HEADLINES.replace("{", f"FROM <{CONTENT}> FROM NAMED <{CONTENT}> {{", 1)
    assert values(ask(client, query), "s") == [n.FREED + "#id"]
    assert values(ask(client, query, ("default-graph-uri", OTHER)), "s") == [n.LATER + "#id"]
    named = NAMED.replace("{", f"FROM NAMED <{CONTENT}> {{", 1)
    assert values(ask(client, named, ("named-graph-uri", OTHER)), "g") == [OTHER]


@pytest.fixture
def bait() -> Iterator[tuple[str, list[str]]]:
    """An HTTP server of another site, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/x.ttl", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_9_an_unknown_graph_is_empty_and_is_not_fetched(client: FlaskClient, bait: tuple[str, list[str]]) -> None:
    address, asked = bait
    assert values(ask(client, HEADLINES, ("default-graph-uri", address)), "s") == []
    assert values(ask(client, HEADLINES.replace("{", f"FROM <{address}> {{", 1)), "s") == []
    assert values(ask(client, NAMED.replace("{", f"FROM NAMED <{address}> {{", 1)), "g") == []
    assert values(ask(client, f"SELECT * {{ GRAPH <{address}> {{ ?s ?p ?o }} }}"), "s") == []
    assert asked == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ VALUES ?e {{ <{0}> }} SERVICE ?e {{ ?s ?p ?o }} }}",
        "PREFIX s: <{0}> SELECT * {{ SERVICE s: {{ ?s ?p ?o }} }}",
        "SELECT * {{ \\u0053ERVICE <{0}> {{ ?s ?p ?o }} }}",
        "ASK {{ FILTER NOT EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    ],
)
def test_10_what_would_fetch_is_refused_before_evaluation(
    client: FlaskClient, bait: tuple[str, list[str]], query: str
) -> None:
    address, asked = bait
    answer = ask(client, query.format(address))
    assert answer.status_code == 400
    assert problem(answer)["error"] in ("QueryRefused", "QuerySyntaxError")
    assert 400 <= client.post("/sparql", data={"update": f"LOAD <{address}>"}).status_code < 500
    assert asked == []


def test_10_the_words_alone_are_no_reason_to_refuse(client: FlaskClient) -> None:
    query = 'SELECT ("SERVICE <http://x/> {}" AS ?x) { # LOAD <http://x/>\n}'
    assert values(ask(client, query), "x") == ["SERVICE <http://x/> {}"]


# ---- 13: the base IRI -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "iri"),
    [("x", "/x"), ("#x", "/sparql#x"), ("/x/../y", "/y"), ("?q", "/sparql?q"), ("", "/sparql")],
)
def test_13_relative_iris_are_resolved_against_the_endpoint(client: FlaskClient, reference: str, iri: str) -> None:
    assert values(ask(client, f"SELECT (<{reference}> AS ?x) {{}}"), "x") == [n.BASE + iri]


def test_13_places_in_errors_are_those_of_the_query_as_sent(client: FlaskClient) -> None:
    found = problem(ask(client, "SELECT *\n{ ?s ?p }"))
    assert (found["line"], found["column"] > 1) == (2, True)


# ---- 14 to 19: formats ----------------------------------------------------------------------------------------------

FILES = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "rdf": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}


@pytest.mark.parametrize(
    ("accept", "query", "kind"),
    [
        ("text/turtle; charset=utf-8", GRAPH, "text/turtle"),
        ("text/turtle;q=0.5, application/n-triples;q=0.8", GRAPH, "application/n-triples"),
        ("text/turtle;q=0, */*", GRAPH, "application/ld+json"),
        ("application/*;q=0.9, text/turtle;q=0.1", GRAPH, "application/ld+json"),
        ("text/csv; header=present", SELECT, "text/csv"),
        (f"{JSON};q=0, {XML};q=0, */*;q=0.1", SELECT, "text/csv"),
        ("", SELECT, JSON),
        ("application/json;q=1.0, text/csv;q=0.9", SELECT, JSON),
        ("nonsense, text/csv", SELECT, "text/csv"),
        ("text/html;q=0.2, application/xml;q=0.1", SELECT, "text/html"),
    ],
)
def test_14_the_best_of_what_is_accepted_is_chosen(client: FlaskClient, accept: str, query: str, kind: str) -> None:
    answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, kind)


def test_15_nothing_acceptable_is_406_with_what_there_is(client: FlaskClient) -> None:
    for query, accept in ((SELECT, "image/png"), (SELECT, "text/turtle"), (GRAPH, "text/csv"), (GRAPH, JSON)):
        answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
        assert answer.status_code == 406
        assert "text/html" in problem(answer)["offers"]
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
    page = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": browser})
    assert (page.status_code, page.mimetype) == (200, "text/html")


def test_15_without_accept_there_is_json_or_turtle(client: FlaskClient) -> None:
    assert client.get("/sparql", query_string={"query": SELECT}).mimetype == JSON
    assert client.get("/sparql", query_string={"query": GRAPH}).mimetype == "text/turtle"
    assert client.get("/sparql").mimetype == "text/turtle"


def test_16_media_types_are_exact_and_variables_in_order(client: FlaskClient) -> None:
    wanted = {
        "json": JSON,
        "xml": XML,
        "csv": "text/csv; charset=utf-8",
        "tsv": "text/tab-separated-values; charset=utf-8",
    }
    query = "SELECT ?zulu ?alpha ?mike { BIND(1 AS ?mike) }"
    for word, kind in wanted.items():
        assert client.get("/sparql", query_string={"query": query, "format": word}).headers["Content-Type"] == kind
    assert ask(client, query).get_json(force=True)["head"]["vars"] == ["zulu", "alpha", "mike"]


HARD = """SELECT ?a ?b ?c ?d ?e { VALUES (?a ?b ?c ?d ?e) {
 ("a,b" "say \\"hi\\"" "two\\nlines" UNDEF "tab\\there") (<http://x.example/a,b> 1 "x"@en true "" ) } }"""


def test_17_csv_is_quoted_as_rfc_4180_says(client: FlaskClient) -> None:
    body = ask(client, HARD, ("format", "csv")).data
    assert body.startswith(b"a,b,c,d,e\r\n")
    assert b'"say ""hi"""' in body
    rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
    assert rows[1:] == [
        ["a,b", 'say "hi"', "two\nlines", "", "tab\there"],
        ["http://x.example/a,b", "1", "x", "true", ""],
    ]


def test_17_tsv_holds_turtle_terms(client: FlaskClient) -> None:
    lines = ask(client, HARD, ("format", "tsv")).text.split("\n")
    assert lines[0] == "?a\t?b\t?c\t?d\t?e"
    assert lines[1].split("\t") == ['"a,b"', '"say \\"hi\\""', '"two\\nlines"', "", '"tab\\there"']
    assert lines[2].split("\t") == ["<http://x.example/a,b>", "1", '"x"@en', "true", '""']


@pytest.mark.parametrize("truth", [True, False])
def test_18_ask_is_a_boolean_in_json_and_xml_and_a_word_in_tables(client: FlaskClient, truth: bool) -> None:
    query = "ASK {}" if truth else "ASK { FILTER(false) }"
    assert ask(client, query, ("format", "json")).get_json(force=True)["boolean"] is truth
    read_back = parse_query_results(ask(client, query, ("format", "xml")).data, QueryResultsFormat.XML)
    assert bool(read_back) is truth
    for word in ("csv", "tsv"):
        assert ask(client, query, ("format", word)).text.strip() == str(truth).lower()


def test_18_false_zero_and_the_empty_text_are_not_lost(client: FlaskClient) -> None:
    query = 'SELECT ?f ?z ?e { VALUES (?f ?z ?e) { (false 0 "") } }'
    for word, kind in (("json", QueryResultsFormat.JSON), ("xml", QueryResultsFormat.XML)):
        (row,) = parse_query_results(ask(client, query, ("format", word)).data, kind)  # type: ignore[misc]
        assert [row[name].value for name in "fze"] == ["false", "0", ""]


@pytest.mark.parametrize("query", [GRAPH, f"DESCRIBE <{n.FREED}#id>"])
def test_19_graphs_come_in_every_format_with_its_type(client: FlaskClient, query: str) -> None:
    found = []
    for word, kind in FILES.items():
        answer = ask(client, query, ("output", word))
        assert answer.mimetype == kind.media_type
        found.append({quad.triple for quad in parse(answer.data, format=kind)})
    assert found[0]
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize(
    ("word", "query", "kind"),
    [
        ("application/sparql-results+json", SELECT, JSON),  # the plus sign becomes a space where nobody encodes it
        ("srx", SELECT, XML),
        ("xml", GRAPH, "application/rdf+xml"),
        ("json", GRAPH, "application/ld+json"),
        ("ntriples", GRAPH, "application/n-triples"),
        ("text/turtle; charset=utf-8", GRAPH, "text/turtle"),
        ("JSON-LD", GRAPH, "application/ld+json"),
    ],
)
def test_19_the_words_of_other_endpoints_are_understood(client: FlaskClient, word: str, query: str, kind: str) -> None:
    assert client.get(f"/sparql?{urlencode({'query': query})}&format={word}").mimetype == kind


def test_19_the_manual_lists_the_words_there_are(root: Path) -> None:
    page = (root / "docs" / "sparql.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (SELECT, ASK|CONSTRUCT, DESCRIBE) \| `([^;`]+)[^|]*\| ([^|]+) \|$", page, re.MULTILINE)
    told = {(kind, media_type, word) for kind, media_type, words in rows for word in re.findall(r"`([^`]+)`", words)}
    kinds = ("SELECT, ASK", SOLUTIONS), ("CONSTRUCT, DESCRIBE", GRAPHS)
    known = {
        *((kind, one.media_type, one.suffix) for kind, offered in kinds for one in offered),
        *((kinds[n][0], one.media_type, word) for word, both in WORDS.items() for n, one in enumerate(both) if one),
    }
    assert told == known


# ---- 20 and 21: errors, HEAD, CORS ----------------------------------------------------------------------------------


def test_20_an_error_has_a_place_and_no_traceback_in_the_form_the_client_reads(client: FlaskClient) -> None:
    def failed(accept: str) -> Any:
        return client.get("/sparql", query_string={"query": "SELECT ?x WHER {}"}, headers={"Accept": accept})

    for accept in (JSON, "*/*", f"application/problem+json, {JSON}", "text/csv"):
        found = problem(failed(accept))
        assert (found["status"], found["line"]) == (400, 1)
        assert found["column"] >= 1
    plain = failed("text/plain, text/csv")
    assert (plain.status_code, plain.mimetype) == (400, "text/plain")
    assert "line: 1\n" in plain.text
    page = failed("text/html")
    assert (page.status_code, page.mimetype) == (400, "text/html")
    assert "Traceback" not in page.text + plain.text


def test_20_a_method_that_is_not_offered_is_405_with_those_that_are(client: FlaskClient) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        answer = client.open("/sparql?query=ASK%20%7B%7D", method=method)
        assert answer.status_code == 405
        assert {"GET", "HEAD", "POST", "OPTIONS"} == set(answer.headers["Allow"].split(", "))


def test_21_head_is_get_without_the_body(client: FlaskClient) -> None:
    for query in (SELECT, GRAPH, "SELECT ?x WHER {}"):
        got, head = (client.open("/sparql", method=m, query_string={"query": query}) for m in ("GET", "HEAD"))
        assert (head.status_code, head.data) == (got.status_code, b"")
        for name in ("Content-Type", "ETag", "Vary", "Newsgraph-Snapshot", "Content-Length"):
            assert head.headers.get(name) == got.headers.get(name)


def test_21_a_page_of_another_site_may_ask_and_read_every_answer(client: FlaskClient) -> None:
    asks = {"Origin": "https://site.example", "Access-Control-Request-Method": "POST"}
    preflight = client.options("/sparql", headers={**asks, "Access-Control-Request-Headers": "authorization"})
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert {"authorization", "content-type", "accept"} <= {
        one.strip().lower() for one in preflight.headers["Access-Control-Allow-Headers"].split(",")
    }
    for answer in (
        preflight,
        ask(client, "ASK {}"),
        ask(client, "nonsense"),
        client.put("/sparql"),
        client.post("/sparql", data=b"x", content_type="text/plain"),
        client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "image/png"}),
        client.get("/sparql?query=ASK%20%7B%7D&snapshot=nothing"),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = ask(client, SELECT, ("rows", "1")).headers["Access-Control-Expose-Headers"]
    for name in ("ETag", "Link", "Retry-After", "Newsgraph-Snapshot", "Newsgraph-Cut", "Newsgraph-Query", "Location"):
        assert name in exposed


def test_21_every_negotiated_answer_varies_by_accept(client: FlaskClient) -> None:
    for answer in (
        client.get("/sparql"),
        ask(client, SELECT),
        ask(client, "nonsense"),
        client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "image/png"}),
        client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": "text/html"}),
    ):
        assert "Accept" in answer.vary


# ---- rows, skip and the rest of an answer ---------------------------------------------------------------------------


def test_an_answer_that_was_asked_to_be_cut_says_where_the_rest_is(client: FlaskClient) -> None:
    whole = values(ask(client, SELECT), "o")
    found: list[str] = []
    address = "/sparql?" + urlencode({"query": SELECT, "rows": 2, "timeout": 9})
    for _ in range(len(whole)):
        answer = client.get(address)
        found += values(answer, "o")
        links = [one for one in answer.headers.get("Link", "").split(", ") if 'rel="next"' in one]
        if not links:
            assert "Newsgraph-Cut" not in answer.headers
            break
        assert answer.headers["Newsgraph-Cut"] == f"rows=2; next={len(found)}"
        assert "timeout=9" in links[0]
        assert f"snapshot={quote(answer.headers['Newsgraph-Snapshot'], safe='')}" in links[0]
        address = links[0].partition(">")[0].removeprefix("<")
    assert found == whole


def test_the_rest_of_a_query_too_long_for_an_address_is_asked_for_by_post(client: FlaskClient) -> None:
    query = SELECT + " #" + "x" * 3_000
    answer = client.post("/sparql?rows=2", data=query, content_type=QUERY)
    address = answer.headers["Link"].partition(">")[0].removeprefix("<")
    assert len(address) < 200
    rest = client.post(address, data=query, content_type=QUERY)
    assert values(answer, "o") + values(rest, "o") == values(ask(client, SELECT), "o")[:4]


# ---- 25: the description --------------------------------------------------------------------------------------------

SD = "http://www.w3.org/ns/sparql-service-description#"
SCHEMA = "http://schema.org/"


def described(client: FlaskClient) -> dict[str, list[Any]]:
    """What the description says of the service, by the local name of the property."""
    quads = list(parse(client.get("/sparql", headers={"Accept": "text/turtle"}).data, format=RdfFormat.TURTLE))
    (node,) = [quad.subject for quad in quads if quad.object == NamedNode(SD + "Service")]
    found: dict[str, list[Any]] = {}
    for quad in quads:
        if quad.subject == node:
            found.setdefault(quad.predicate.value.rpartition("#")[2].rpartition("/")[2], []).append(quad.object)
    found["quads"] = quads
    return found


def test_25_the_description_names_the_endpoint_its_languages_and_formats(client: FlaskClient) -> None:
    found = described(client)
    assert found["endpoint"] == [NamedNode(f"{n.BASE}/sparql")]
    assert NamedNode(SD + "SPARQL11Query") in found["supportedLanguage"]
    assert NamedNode(SD + "SPARQL11Update") not in found["supportedLanguage"]  # no token is configured
    assert len(found["resultFormat"]) == 10
    assert found["defaultDataset"] == [NamedNode(f"{n.BASE}/dataset#id")]


def test_25_only_true_features_are_claimed(client: FlaskClient) -> None:
    assert "feature" not in described(client)  # nothing is federated, dereferenced, or a union


def test_25_every_function_it_names_can_be_called(client: FlaskClient) -> None:
    functions = [one.value for one in described(client)["extensionFunction"]]
    assert f"{SCHEMA}nothing" not in functions
    point, square = (f'"{one}"^^<http://www.opengis.net/ont/geosparql#wktLiteral>' for one in (POINT, SQUARE))
    metre = "<http://www.opengis.net/def/uom/OGC/1.0/metre>"
    for function in functions:
        calls = ", ".join(
            f"<{function}>({arguments})"
            for arguments in (point, square, f"{point}, {square}", f"{point}, {point}, {metre}")
        )
        query = f"SELECT (COALESCE({calls}, 'nothing') AS ?x) {{}}"
        (value,) = values(ask(client, query), "x")
        if function.rpartition("/")[2] not in UNSURE:
            assert value != "nothing", function


POINT, SQUARE = "POINT(1 1)", "POLYGON((0 0,3 0,3 3,0 3,0 0))"
#: Functions that the engine knows and that have no value for these arguments.
UNSURE = frozenset(
    ("relate", "area", "length", "perimeter", "intersection", "union", "difference", "symDifference", "asGeoJSON")
)


def test_25_every_limit_is_named_with_its_value(client: FlaskClient) -> None:
    found = described(client)
    told = {}
    for quad in found["quads"]:
        if quad.predicate.value == SCHEMA + "propertyID":
            value = [
                q.object.value
                for q in found["quads"]
                if (q.subject, q.predicate.value) == (quad.subject, SCHEMA + "value")
            ]
            told[quad.object.value] = json.loads(value[0])
            assert quad.subject in found["additionalProperty"]
    assert told["limits.query_seconds"] == 30
    assert told["limits.query_bytes"] == 256 * 2**20
    assert {"limits.query_rows", "limits.query_memory_mb", "limits.concurrent_queries"} <= told.keys()


def test_25_a_server_without_an_engine_still_describes_itself(app: Flask) -> None:
    bare = create_app(app.extensions["newsgraph"].settings)
    answer = bare.test_client().get("/sparql", headers={"Accept": "text/turtle"})
    assert answer.status_code == 200
    assert b"sparql-service-description" in answer.data
    bare.extensions["newsgraph"].close()


def test_25_what_is_configured_is_claimed() -> None:
    about = Service("https://x.example/sparql", "https://x.example/d", "https://x.example/g", (JSON,))
    more = replace(about, updates=True, federated=True, properties=("https://x.example/p",), notes=("no snapshots",))

    def told(one: Service) -> set[tuple[str, str]]:
        return {(t.predicate.value.removeprefix(SD), getattr(t.object, "value", "")) for t in service(one)}

    assert told(more) - told(about) == {
        ("supportedLanguage", SD + "SPARQL11Update"),
        ("feature", SD + "BasicFederatedQuery"),
        ("propertyFeature", "https://x.example/p"),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#type", SD + "Feature"),
        ("http://www.w3.org/2000/01/rdf-schema#comment", "no snapshots"),
    }


def test_25_an_endpoint_with_a_token_that_writes_claims_updates(folder: Path) -> None:
    app = create_app(writing.settings(folder))
    found = described(app.test_client())
    assert NamedNode(SD + "SPARQL11Update") in found["supportedLanguage"]
    app.extensions["newsgraph"].close()


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, writing.bearer("read")])
def test_an_update_without_a_token_that_may_is_refused_and_says_how(folder: Path, headers: dict[str, str]) -> None:
    app = create_app(writing.settings(folder))
    answer = app.test_client().post("/sparql", data={"update": "CLEAR ALL"}, headers=headers)
    assert answer.status_code == (403 if "secret" in headers.get("Authorization", "") else 401)
    assert answer.status_code == 403 or answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert problem(answer)["detail"]
    app.extensions["newsgraph"].close()


def test_a_token_is_known_before_a_query_runs(client: FlaskClient) -> None:
    answer = client.get("/sparql?query=ASK%20%7B%7D", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_slash_at_the_end_of_the_address_changes_nothing(client: FlaskClient) -> None:
    assert client.get("/sparql/?query=ASK%20%7B%7D").get_json(force=True)["boolean"] is True
    assert client.post("/sparql/", data={"query": "ASK {}"}).get_json(force=True)["boolean"] is True
