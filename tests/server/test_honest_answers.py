"""An answer that ends early says so to every client: each cell of the tables in docs/answers.md."""

from __future__ import annotations

import contextlib
import csv
import http.client
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import cuts
import httpx2
import newsroom as n
import pyoxigraph as ox
import pytest
import rdflib
from flask import Flask
from lxml import etree
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from serving import Served, serving, workers
from SPARQLWrapper import SPARQLWrapper

from kg import formats
from kg.engine import Limits, Pool
from server import create_app

LIMIT = 8_000
SOLUTIONS = ("json", "xml", "csv", "tsv")
NEVER = (
    "?a1 ?b1 ?c1 . ?a2 ?b2 ?c2 . ?a3 ?b3 ?c3 . ?a4 ?b4 ?c4 FILTER(CONCAT(STR(?c1), STR(?c2), STR(?c3), STR(?c4)) = 'x')"
)


def pattern(rows: int, pad: int) -> str:
    """So many solutions with a number and a padded text each."""
    tens = f"VALUES ?a {{ {' '.join(map(str, range(rows // 100)))} }} VALUES ?b {{ {' '.join(map(str, range(100)))} }} "
    tens += "BIND(?a * 100 + ?b AS ?n) BIND(IRI(CONCAT('http://e/', STR(?n))) AS ?s) "
    return tens + f"BIND(CONCAT(STR(?n), '{'x' * pad}') AS ?v)"


def question(suffix: str, group: str) -> str:
    if suffix in SOLUTIONS:
        return f"SELECT ?v {{ {group} }}"
    return f"CONSTRUCT {{ ?s <http://e/p> ?v }} {{ {group} }}"


SHORT, LONG = pattern(4_000, 1), pattern(4_000, 600)
ABOVE_EARLY, ABOVE_LATE = pattern(8_100, 1), pattern(8_100, 300)
THEN_ENDLESS = f"{{ {LONG} }} UNION {{ {NEVER} }}"


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = {
        "KG_BASE_IRI": n.BASE,
        "KG_STORE": str(folder / "store"),
        "KG_LIMITS_QUERY_ROWS": str(LIMIT),
        "KG_LIMITS_QUERY_BYTES": str(4 * 2**20),
        "KG_LIMITS_QUERY_MEMORY_MB": "400",
        "KG_LIMITS_CLIENT_QUERIES": "0",
        "KG_LIMITS_CLIENT_SECONDS": "0",
    }
    with serving(tmp_path_factory.mktemp("served"), **settings) as made:
        yield made


@pytest.fixture(scope="module")
def narrow(folder: Path) -> Iterator[Flask]:
    """An app whose limits are passed before the first byte."""
    limits = Limits(seconds=20, rows=100, answer_bytes=200_000, memory_mb=250, concurrent=1)
    made = create_app(n.settings(folder), engine=Pool(folder / "store", limits))
    yield made
    made.extensions["newsgraph"].close()


def address(served: Served, query: str, **fields: Any) -> str:
    return f"http://127.0.0.1:{served.port}/sparql?{urlencode({'query': query, **fields})}"


def fetched(served: Served, query: str, **fields: Any) -> tuple[dict[str, str], bytes]:
    """Headers and body of a whole answer."""
    with urllib.request.urlopen(address(served, query, **fields)) as answer:
        return dict(answer.headers.items()), answer.read()


def marked(suffix: str, body: bytes) -> tuple[int, int] | None:
    """The mark of a cut in the body."""
    if suffix == "json":
        cut = json.loads(body).get("cut")
        return None if cut is None else (cut["rows"], cut["next"])
    if suffix in ("xml", "rdf"):
        found = etree.fromstring(body).xpath("//processing-instruction('cut')")
        return (int(found[0].get("rows")), int(found[0].get("next"))) if found else None
    last = body.decode().rstrip("\n").rpartition("\n")[2]
    if not last.startswith("# cut: "):
        return None
    rows, at = (int(part.partition("=")[2]) for part in last.removeprefix("# cut: ").split("; "))
    return rows, at


def count(suffix: str, body: bytes) -> int:
    """The rows of a whole document; raises where it does not read."""
    if suffix == "json":
        return len(json.loads(body)["results"]["bindings"])
    if suffix == "xml":
        return len(etree.fromstring(body)[1])
    if suffix in ("csv", "tsv"):
        text = io.StringIO(body.decode(), newline="")
        return len(list(csv.reader(text, delimiter="," if suffix == "csv" else "\t"))) - 1
    return len(list(ox.parse(body, format=formats.by_suffix(suffix).oxigraph)))  # type: ignore[arg-type]


# ---- a cut that was asked for --------------------------------------------------------------------------------------


def test_the_document_has_the_tables_that_are_tested() -> None:
    assert cuts.documented() == cuts.rendered()


@pytest.mark.parametrize("suffix", cuts.FORMATS)
def test_a_cut_known_before_the_body_is_told_in_headers_and_in_the_body(served: Served, suffix: str) -> None:
    assert cuts.ASKED_EARLY == "200, headers `Newsgraph-Cut` and `Link`"
    query = question(suffix, SHORT)
    headers, body = fetched(served, query, format=suffix, rows=30, skip=7)
    assert headers["Newsgraph-Cut"] == "rows=30; next=37"
    assert "skip=37" in headers["Link"]
    assert 'rel="next"' in headers["Link"]
    assert "Trailer" not in headers
    assert count(suffix, body) == 30
    assert marked(suffix, body) == ((30, 37) if suffix in cuts.MARKS else None)


@pytest.mark.parametrize("suffix", cuts.FORMATS)
def test_a_cut_known_after_the_body_is_told_in_trailers_and_in_the_body(
    served: Served, suffix: str, tmp_path: Path
) -> None:
    assert cuts.ASKED_LATE == "200, trailers `Newsgraph-Cut` and `Link`"
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed; it is the client that shows trailers")
    query = question(suffix, LONG)
    command = ["curl", "-sS", "-D", "head", "-o", "body", address(served, query, format=suffix, rows=3_000)]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    head, _, trailers = (tmp_path / "head").read_text().partition("\n\n")
    assert "Trailer: Newsgraph-Cut, Link" in head
    assert "Newsgraph-Cut:" not in head
    assert "Newsgraph-Cut: rows=3000; next=3000" in trailers
    assert "skip=3000" in trailers
    assert 'rel="next"' in trailers
    body = (tmp_path / "body").read_bytes()
    assert len(body) > 2**20
    assert count(suffix, body) == 3_000
    assert marked(suffix, body) == ((3_000, 3_000) if suffix in cuts.MARKS else None)


def test_the_parts_are_the_whole(served: Served) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o . ?s a ?t }"
    _, whole = fetched(served, query, format="csv")
    rows, parts = whole.count(b"\r\n") - 1, []
    at = f"/sparql?{urlencode({'query': query, 'format': 'csv', 'rows': 200})}"
    assert rows > 400
    while at:
        with urllib.request.urlopen(f"http://127.0.0.1:{served.port}{at}") as answer:
            header, _, body = answer.read().partition(b"\r\n")
            links = answer.headers["Link"].split(", ")
            at = next((link[1:].partition(">")[0] for link in links if link.endswith('rel="next"')), "")
        parts.append(body)
    assert len(parts) == -(-rows // 200)
    assert header + b"\r\n" + b"".join(parts) == whole


@pytest.mark.parametrize("group", [SHORT, LONG], ids=["short", "long"])
def test_a_query_too_long_for_an_address_is_sent_again_by_post(served: Served, group: str) -> None:
    query = f"{question('json', group)} # {'x' * 9_000}"
    sent = urlencode({"query": query, "format": "json", "rows": 2_500, "skip": 5}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/sparql", sent) as answer:
        body, links = answer.read(), answer.headers["Link"].split(", ")
        assert answer.headers["Newsgraph-Cut"] == ("rows=2500; next=2505" if group == SHORT else None)
    assert marked("json", body) == (2_500, 2_505)
    if group == SHORT:
        (at,) = [link[1:].partition(">")[0] for link in links if link.endswith('rel="next"')]
        again = urllib.request.Request(f"http://127.0.0.1:{served.port}{at}", query.encode())
        again.add_header("Content-Type", "application/sparql-query")
        with urllib.request.urlopen(again) as answer:
            assert count("json", answer.read()) == 4_000 - 2_505


def test_parts_keep_to_the_limit_and_offset_of_the_query(served: Served) -> None:
    query = question("csv", SHORT) + " OFFSET 10 LIMIT 50"
    headers, body = fetched(served, query, format="csv", rows=30)
    assert (headers["Newsgraph-Cut"], count("csv", body)) == ("rows=30; next=30", 30)
    headers, rest = fetched(served, query, format="csv", rows=30, skip=30)
    assert ("Newsgraph-Cut" in headers, count("csv", rest)) == (False, 20)
    _, whole = fetched(served, query, format="csv")
    assert body + rest.partition(b"\r\n")[2] == whole


def test_asking_for_more_rows_than_the_limit_is_cut_at_the_limit(served: Served) -> None:
    headers, body = fetched(served, question("tsv", ABOVE_EARLY), format="tsv", rows=1_000_000)
    assert headers["Newsgraph-Cut"] == f"rows={LIMIT}; next={LIMIT}"
    assert count("tsv", body) == LIMIT


def test_limits_are_named_on_every_answer(served: Served) -> None:
    headers, _ = fetched(served, "ASK {}")
    assert headers["Newsgraph-Limits"] == f"rows={LIMIT}, bytes={4 * 2**20}, seconds=30.0"


# ---- failures before the first byte --------------------------------------------------------------------------------

HOARD = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"


@pytest.mark.parametrize(
    ("kind", "suffix"), [("rows", s) for s in cuts.FORMATS] + [("bytes", s) for s in ("csv", "nt")]
)
def test_a_limit_passed_early_is_a_problem_that_names_it(narrow: Flask, kind: str, suffix: str) -> None:
    group = pattern(200, 1) if kind == "rows" else pattern(100, 4_000)
    answer = narrow.test_client().get("/sparql", query_string={"query": question(suffix, group), "format": suffix})
    assert answer.status_code == cuts.STATUS[kind]
    assert answer.content_type == "application/problem+json"
    found = json.loads(answer.data)
    assert (found["limit"], found["unit"]) == ((100, "rows") if kind == "rows" else (200_000, "bytes"))


@pytest.mark.parametrize("suffix", ["csv", pytest.param("nt", marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", ["time", "memory"])
def test_time_and_memory_used_up_early_are_problems(narrow: Flask, kind: str, suffix: str) -> None:
    fields = {"query": question(suffix, NEVER), "format": suffix, "timeout": "0.3"}
    if kind == "memory":
        query = HOARD if suffix == "csv" else HOARD.replace("SELECT *", "CONSTRUCT { ?a ?b ?c }")
        fields = {"query": query, "format": suffix}
    answer = narrow.test_client().get("/sparql", query_string=fields)
    assert answer.status_code == cuts.STATUS[kind], answer.data
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("kind", ["crash", "cancelled"])
def test_a_query_that_is_stopped_or_crashes_early_is_a_problem(served: Served, kind: str) -> None:
    name = f"early-{kind}-0123456789"
    query = urlencode({"query": question("csv", NEVER), "format": "csv", "query-id": name})
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(served.get, f"/sparql?{query}")
        # Half a second: a worker that is killed before it has opened the snapshot is no fault of the query.
        while json.loads(served.get(f"/sparql/queries/{name}")[2]).get("seconds", 0) < 0.5:
            assert not asked.done()
        if kind == "crash":
            for pid in workers(served.process.pid):
                os.kill(pid, signal.SIGSEGV)
        else:
            assert served.ask("DELETE", f"/sparql/queries/{name}")[0] == 204
        status, headers, body = asked.result(60)
    assert status == cuts.STATUS[kind], body
    assert headers["Content-Type"] == "application/problem+json"


# ---- failures after the first byte ---------------------------------------------------------------------------------


def _urllib(url: str) -> None:
    with urllib.request.urlopen(url) as answer:
        assert answer.status == 200
        answer.read()


def _lines(url: str) -> None:
    with urllib.request.urlopen(url) as answer:
        assert len(list(csv.reader(io.TextIOWrapper(answer, "utf-8", newline="")))) < LIMIT + 10, "it ended"
        raise AssertionError("the answer looked whole")


def _http(url: str) -> None:
    with contextlib.closing(http.client.HTTPConnection(url.split("/")[2])) as connection:
        connection.request("GET", url)
        with connection.getresponse() as answer:
            assert answer.status == 200
            answer.read()


def _httpx(url: str) -> None:
    assert httpx2.get(url).status_code == 200


def _wrapper(url: str) -> None:
    endpoint, _, _ = url.partition("?")
    asked = SPARQLWrapper(endpoint)
    asked.setQuery(question("json", ABOVE_LATE))
    asked.setReturnFormat("json")
    asked.query().convert()


def _store(url: str) -> None:
    store = SPARQLStore(url.partition("?")[0], returnFormat="xml")
    list(store.query(question("xml", ABOVE_LATE)))


def _graph(url: str) -> None:
    suffix = url.rpartition("format=")[2]
    graph = rdflib.Dataset() if suffix == "trig" else rdflib.Graph()
    graph.parse(url, format={"ttl": "turtle", "rdf": "xml", "trig": "trig"}[suffix])


def _pyoxigraph(url: str) -> None:
    with urllib.request.urlopen(url) as answer:
        list(ox.parse(answer, format=ox.RdfFormat.N_TRIPLES))


def _lxml(url: str) -> None:
    with urllib.request.urlopen(url) as answer:
        for _ in etree.iterparse(answer):
            pass


class Exit(Exception):
    """A command ended with a code that is not 0."""


def _curl(url: str) -> None:
    made = subprocess.run(["curl", "-sS", "-f", "-o", os.devnull, url], capture_output=True, timeout=60, check=False)
    if made.returncode:
        raise Exit(made.stderr.decode())


#: What each client raises, in its own words.
CLIENTS: dict[str, tuple[Callable[[str], None], type[Exception]]] = {
    "urllib": (_urllib, http.client.IncompleteRead),
    "urllib and csv": (_lines, http.client.IncompleteRead),
    "http.client": (_http, http.client.IncompleteRead),
    "httpx2": (_httpx, httpx2.RemoteProtocolError),
    "SPARQLWrapper": (_wrapper, http.client.IncompleteRead),
    "rdflib SPARQLStore": (_store, http.client.IncompleteRead),
    "lxml": (_lxml, http.client.IncompleteRead),
    "rdflib Graph.parse": (_graph, http.client.IncompleteRead),
    "rdflib Dataset.parse": (_graph, http.client.IncompleteRead),
    "pyoxigraph": (_pyoxigraph, http.client.IncompleteRead),
    "curl": (_curl, Exit),
}
#: The clients of a format, and those that take any.
ASKED = [(suffix, one) for suffix, (_, names) in cuts.FORMATS.items() for one in names.split(", ")]
ASKED += [("csv", one) for one in ("urllib", "http.client", "httpx2", "curl")]


@pytest.mark.parametrize(("suffix", "client"), ASKED)
def test_every_client_notices_an_answer_that_was_broken_off(served: Served, suffix: str, client: str) -> None:
    if client == "curl" and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    ask, raised = CLIENTS[client]
    with pytest.raises(raised):
        ask(address(served, question(suffix, ABOVE_LATE), format=suffix))


@pytest.mark.parametrize(
    "suffix", [s if s in ("tsv", "rdf") else pytest.param(s, marks=pytest.mark.long) for s in cuts.FORMATS]
)
def test_above_the_byte_limit_is_broken_off(served: Served, suffix: str) -> None:
    with pytest.raises(http.client.IncompleteRead):
        _urllib(address(served, question(suffix, pattern(7_500, 800)), format=suffix))


def _begun(served: Served, suffix: str, **fields: Any) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    url = address(served, question(suffix, THEN_ENDLESS), format=suffix, **fields)
    connection.request("GET", url.partition(str(served.port))[2])
    answer = connection.getresponse()
    assert answer.status == 200
    assert len(answer.read(2**20)) == 2**20
    return connection, answer


#: The way an answer is broken off does not depend on its format, so a few pairs are tried each time and all in the long
#: run: each costs a new worker.
PAIRS = [
    pytest.param(kind, suffix, marks=[] if suffix in often else pytest.mark.long)
    for kind, often in (("crash", ("csv", "ttl")), ("cancelled", ("json", "nt")))
    for suffix in cuts.FORMATS
]


@pytest.mark.parametrize(("kind", "suffix"), PAIRS)
def test_a_query_that_is_stopped_or_crashes_later_is_broken_off(served: Served, kind: str, suffix: str) -> None:
    connection, answer = _begun(served, suffix)
    if kind == "crash":
        for pid in workers(served.process.pid):
            os.kill(pid, signal.SIGSEGV)
    else:
        stopping = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        stopping.request("DELETE", f"/sparql/queries/{answer.headers['Newsgraph-Query']}")
        assert stopping.getresponse().status == 204
        stopping.close()
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    connection.close()


@pytest.mark.parametrize("suffix", ["csv", pytest.param("ttl", marks=pytest.mark.long)])
def test_a_query_that_reaches_its_deadline_later_is_broken_off(served: Served, suffix: str) -> None:
    connection, answer = _begun(served, suffix, timeout="1")
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    connection.close()


@pytest.mark.parametrize("suffix", ["nt", pytest.param("tsv", marks=pytest.mark.long)])
def test_a_query_that_uses_up_its_memory_later_is_broken_off(served: Served, suffix: str) -> None:
    group = f"{{ {LONG} }} UNION {{ SELECT * {{ ?a1 ?b1 ?c1 . ?a2 ?b2 ?c2 . ?a3 ?b3 ?c3 }} ORDER BY ?c1 ?c2 ?c3 }}"
    with pytest.raises(http.client.IncompleteRead):
        _urllib(address(served, question(suffix, group), format=suffix))


# ---- on the wire ---------------------------------------------------------------------------------------------------


def raw(served: Served, query: str, *, version: str = "1.1", method: str = "GET", **fields: Any) -> bytes:
    """Everything the server sends until it closes or resets the connection; for HTTP/1.1 a second request is sent on
    the same connection, which asks for its end."""
    target = address(served, query, **fields).partition(str(served.port))[2]
    first = f"{method} {target} HTTP/{version}\r\nHost: x\r\n\r\n"
    second = "GET /robots.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" if version == "1.1" else ""
    found = b""
    with socket.create_connection(("127.0.0.1", served.port), 60) as connection:
        connection.sendall((first + second).encode())
        while chunk := connection.recv(2**20):
            found += chunk
    return found


def test_trailers_follow_the_last_chunk_and_the_connection_goes_on(served: Served) -> None:
    found = raw(served, question("csv", LONG), format="csv", rows=2_500)
    head, _, rest = found.partition(b"\r\n\r\n")
    assert b"\r\nTrailer: Newsgraph-Cut, Link" in head
    _, _, rest = rest.partition(b"\r\n0\r\n")
    fields, _, second = rest.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in fields.split(b"\r\n")]
    assert names == [b"Newsgraph-Cut", b"Link"]
    assert second.startswith(b"HTTP/1.1 200 ")
    assert b"User-agent" in second


def test_a_long_answer_that_was_not_cut_has_no_fields_after_it(served: Served) -> None:
    found = raw(served, question("csv", LONG), format="csv", rows=7_000)
    assert b"\r\n0\r\n\r\nHTTP/1.1 200 " in found


@pytest.mark.parametrize(("version", "method"), [("1.0", "GET"), ("1.1", "HEAD"), ("1.0", "HEAD")])
def test_http_10_and_head_get_no_trailers(served: Served, version: str, method: str) -> None:
    found = raw(served, question("json", LONG), version=version, method=method, format="json", rows=2_500)
    head, _, body = found.partition(b"\r\n\r\n")
    assert b"Trailer:" not in head
    if method == "GET":
        assert count("json", body) == 2_500
        assert marked("json", body) == (2_500, 2_500)
    else:
        assert body == b"" or body.startswith(b"HTTP/1.1 200 ")


def test_a_broken_off_answer_has_no_last_chunk_and_ends_the_connection(served: Served) -> None:
    found = raw(served, question("tsv", ABOVE_LATE), format="tsv")
    assert len(found) > 2**20
    assert not found.endswith(b"0\r\n\r\n")
    assert b"User-agent" not in found


def test_a_broken_off_answer_to_http_10_is_a_reset(served: Served) -> None:
    with pytest.raises(ConnectionResetError):
        raw(served, question("tsv", ABOVE_LATE), version="1.0", format="tsv")
    whole = raw(served, question("tsv", LONG), version="1.0", format="tsv")
    assert count("tsv", whole.partition(b"\r\n\r\n")[2]) == 4_000
