"""SERVICE calls endpoints that are listed, within limits, and the engine never sees it."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from publication import Publication, document, page
from werkzeug.serving import make_server
from werkzeug.wrappers import Request as Asked
from werkzeug.wrappers import Response

from kg.engine import Limits, Pool, Request
from kg.engine.federation import replaced
from kg.errors import QueryRefused, ServiceFailed
from kg.fetch.endpoint import ask
from kg.queries.guard import permitted, refuse_remote
from kg.queries.reading import edited, read

E = "http://example.org/"
P = f"PREFIX : <{E}> "
JSON = "application/sparql-results+json"


@dataclass
class Endpoint:
    """A server that runs: ``answer`` makes what it answers, ``asked`` are the queries it was sent."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    answer: Callable[[str], Response] = lambda _: Response(status=404)
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sparql"


@contextmanager
def serving(answer: Callable[[str], Response] | None = None) -> Iterator[Endpoint]:
    made = Endpoint()

    def app(environ: dict[str, Any], start: Any) -> Any:
        query = Asked(environ).form.get("query", "")
        made.asked.append(query)
        return made.answer(query)(environ, start)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.log = lambda *_: None  # type: ignore[method-assign, assignment]
    made.port = server.server_port
    if answer is not None:
        made.answer = answer
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        made.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def over(store: ox.Store) -> Callable[[str], Response]:
    """A SPARQL endpoint over a store."""

    def answer(query: str) -> Response:
        results = store.query(query)
        return Response(results.serialize(format=ox.QueryResultsFormat.JSON), content_type=JSON)  # type: ignore[union-attr, arg-type]

    return answer


def table(*rows: Mapping[str, Any], vars: tuple[str, ...] = ("x",)) -> Callable[[str], Response]:
    """An endpoint that always answers with these rows."""
    body = json.dumps({"head": {"vars": vars}, "results": {"bindings": rows}})
    return lambda _: Response(body, content_type=JSON)


@pytest.fixture
def remote() -> Iterator[Endpoint]:
    """An endpoint that knows the heights of two mountains."""
    store = ox.Store()
    for name, height in (("a", 8), ("b", 5)):
        store.add(ox.Quad(ox.NamedNode(E + name), ox.NamedNode(E + "height"), ox.Literal(height)))
    with serving(over(store)) as endpoint:
        yield endpoint


@pytest.fixture
def local() -> ox.Store:
    """A store that knows the names of three."""
    store = ox.Store()
    for name in "abc":
        store.add(ox.Quad(ox.NamedNode(E + name), ox.NamedNode(E + "name"), ox.Literal(name.upper())))
    return store


def limits(*endpoints: Endpoint, **own: Any) -> Limits:
    return Limits(**{"federation": tuple(e.url for e in endpoints), "federation_private": True, "seconds": 20.0, **own})


def federated(text: str, allowed: Limits, **asked: Any) -> str:
    """The query as the engine gets to see it."""
    reading = read(P + text)
    assert reading is not None
    made = edited(P + text, replaced(reading, Request(P + text, **asked), allowed))
    refuse_remote(made)
    return made


def rows(store: ox.Store, text: str, allowed: Limits) -> list[tuple[str, ...]]:
    found = store.query(federated(text, allowed))
    return sorted(tuple("" if v is None else v.value for v in row) for row in found)  # type: ignore[union-attr]


# ---- solutions from elsewhere ------------------------------------------------------------------------------------


def test_solutions_of_an_endpoint_are_joined_with_our_own(remote: Endpoint, local: ox.Store) -> None:
    text = f"SELECT ?n ?h {{ ?m :name ?n SERVICE <{remote.url}> {{ ?m :height ?h }} FILTER(?h > 1) }}"
    assert rows(local, text, limits(remote)) == [("A", "8"), ("B", "5")]
    (query,) = remote.asked
    assert query == f"{P.strip()}\nSELECT * {{ ?m :height ?h }} LIMIT 10001"


def test_a_service_may_stand_wherever_a_pattern_may(remote: Endpoint, local: ox.Store) -> None:
    service = f"SERVICE <{remote.url}> {{ ?m :height ?h }}"
    text = f"SELECT ?n ?h {{ ?m :name ?n . OPTIONAL {{ {service} . }} }}"
    assert rows(local, text, limits(remote)) == [("A", "8"), ("B", "5"), ("C", "")]
    text = f"SELECT ?n {{ ?m :name ?n MINUS {{ {service} }} }}"
    assert rows(local, text, limits(remote)) == [("C",)]
    text = f"SELECT ?n {{ ?m :name ?n FILTER EXISTS {{ {service} }} }}"
    assert rows(local, text, limits(remote)) == [("A",), ("B",)]
    text = f"SELECT ?n ?s {{ ?m :name ?n {{ SELECT ?m (SUM(?h) AS ?s) {{ {service} }} GROUP BY ?m }} }}"
    assert rows(local, text, limits(remote)) == [("A", "8"), ("B", "5")]


def test_two_endpoints_are_asked_each_for_its_own(remote: Endpoint, local: ox.Store) -> None:
    with serving(table({"m": {"type": "uri", "value": E + "b"}}, vars=("m",))) as second:
        text = (
            f"SELECT ?n ?h {{ ?m :name ?n SERVICE <{remote.url}> {{ ?m :height ?h }} "
            f"SERVICE <{second.url}> {{ SELECT ?m {{ ?m a :Volcano }} }} }}"
        )
        assert rows(local, text, limits(remote, second)) == [("B", "5")]
        assert second.asked == [f"{P.strip()}\nSELECT * {{ SELECT ?m {{ ?m a :Volcano }} }} LIMIT 10001"]


def test_a_service_inside_another_is_asked_by_us_and_its_solutions_are_sent_along(
    remote: Endpoint, local: ox.Store
) -> None:
    with serving(over(local)) as second:
        inner = f"SERVICE <{second.url}> {{ ?m :name ?n }}"
        text = f"SELECT ?n ?h {{ SERVICE <{remote.url}> {{ ?m :height ?h OPTIONAL {{ {inner} }} }} {inner} }}"
        assert rows(ox.Store(), text, limits(remote, second)) == [("A", "8"), ("B", "5")]
        assert len(second.asked) == 2
        (query,) = remote.asked
        assert "SERVICE" not in query
        assert f'(<{E}c> "C")' in query
        text = text.replace(inner, "SERVICE SILENT <http://127.0.0.1:9/> { ?m :name ?n }", 1)
        assert rows(
            ox.Store(),
            text,
            replace(limits(remote, second), federation=(remote.url, second.url, "http://127.0.0.1:9/")),
        )


def test_every_kind_of_term_comes_through_as_it_is() -> None:
    terms = [
        {"type": "uri", "value": "http://example.org/é?a=b&c#d"},
        {"type": "literal", "value": "SERVICE <x> {} \"\\ \n\r\t \u0000 \u2028 \U0001f47e } '''"},
        {"type": "literal", "value": "x", "xml:lang": "en-GB"},
        {"type": "literal", "value": "x", "xml:lang": "ar", "its:dir": "rtl"},
        {"type": "literal", "value": "5", "datatype": "http://www.w3.org/2001/XMLSchema#integer"},
        {
            "type": "triple",
            "value": {
                "subject": {"type": "uri", "value": "a:s"},
                "predicate": {"type": "uri", "value": "a:p"},
                "object": {"type": "literal", "value": "o"},
            },
        },
    ]
    body = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{"x": term} for term in terms]}}).encode()
    wanted = [row["x"] for row in ox.parse_query_results(body, ox.QueryResultsFormat.JSON)]  # type: ignore[union-attr, index]
    with serving(lambda _: Response(body, content_type=JSON)) as endpoint:
        made = federated(f"SELECT ?x {{ SERVICE <{endpoint.url}> {{ ?x ?p ?o }} }}", limits(endpoint))
    found = [row[0] for row in ox.Store().query(made)]  # type: ignore[union-attr, index]
    assert found == wanted
    assert len(found) == len(terms)


def test_a_variable_without_a_value_and_no_solution_at_all() -> None:
    one = {"type": "literal", "value": "1"}
    with serving(table({"x": one}, {}, vars=("x", "y"))) as endpoint:
        text = f"SELECT ?x ?y {{ SERVICE <{endpoint.url}> {{ ?x ?p ?y }} }}"
        assert rows(ox.Store(), text, limits(endpoint)) == [("", ""), ("1", "")]
        endpoint.answer = table(vars=("x",))
        assert rows(ox.Store(), text, limits(endpoint)) == []
        endpoint.answer = table({}, {}, vars=())
        assert rows(ox.Store(), text, limits(endpoint)) == [("", ""), ("", "")]


def test_variables_that_the_pattern_does_not_have_are_left_out() -> None:
    with serving(table({"x": {"type": "literal", "value": "1"}}, vars=("x", "n"))) as endpoint:
        made = federated(f"SELECT * {{ ?s ?p ?n SERVICE <{endpoint.url}> {{ ?x ?y 1 }} }}", limits(endpoint))
    assert 'VALUES (?x) { ("1") }' in made


def test_relative_iris_and_prefixes_mean_there_what_they_mean_here(remote: Endpoint) -> None:
    text = f"BASE <{E}> PREFIX h: <hei> SELECT ?h {{ SERVICE <{remote.url}> {{ <a> h:ght ?h }} }}"
    assert rows(ox.Store(), text, limits(remote)) == [("8",)]
    assert f"BASE <{E}>" in remote.asked[0]


def test_an_answer_may_be_compressed() -> None:
    body = gzip.compress(json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{}]}}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": JSON}
    with serving(lambda _: Response(body, headers=headers)) as endpoint:
        assert b'"bindings"' in ask(endpoint.url, "ASK {}", seconds=20, limit=1000, private=True)


# ---- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        ("SERVICE <http://elsewhere.example/sparql> {}", "does not list <http://elsewhere.example/sparql>"),
        ("SERVICE SILENT <http://elsewhere.example/sparql> {}", "does not list"),
        ("SERVICE ?e {} VALUES ?e { <URL> }", "its endpoint is a variable"),
        ("SERVICE SILENT ?e {}", "its endpoint is a variable"),
        ("SERVICE <URL> { SERVICE <http://elsewhere.example/> {} }", "does not list <http://elsewhere.example/>"),
        ("SERVICE <URL> { SERVICE ?e {} }", "its endpoint is a variable"),
        ("SERVICE <URL/../admin> {}", "does not list"),
        ("SERVICE <URL> {} OPTIONAL { SERVICE <http://elsewhere.example/> {} }", "does not list"),
        ("SERVICESILENT<URL> {}", "could not be read"),
        ("?s ?p trueSERVICE <URL> {}", "could not be read"),
    ],
)
def test_what_is_not_listed_is_refused_before_anything_is_asked(remote: Endpoint, service: str, reason: str) -> None:
    text = f"{P}SELECT * {{ {service.replace('URL', remote.url)} }}"
    with pytest.raises(QueryRefused, match=reason):
        refuse_remote(text, federation=(remote.url,))
    if (reading := read(text)) is not None:
        with pytest.raises(QueryRefused, match=reason):
            replaced(reading, Request(text), limits(remote))
    assert remote.asked == []


def test_updates_call_no_endpoint_and_load_nothing(remote: Endpoint) -> None:
    for update in ("INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }", "LOAD <URL>"):
        with pytest.raises(QueryRefused):
            refuse_remote(update.replace("URL", remote.url), federation=(remote.url,))


@pytest.mark.parametrize(
    ("endpoint", "listed", "answer"),
    [
        ("https://a.example/sparql", "https://a.example/sparql", True),
        ("https://a.example/sparql/x", "https://a.example/sparql", False),
        ("https://a.example/sparql", "https://a.example/", True),
        ("https://a.example/x/y?z", "https://a.example/x/", True),
        ("https://a.example/x/../y", "https://a.example/x/", False),
        ("https://a.example/x/..", "https://a.example/x/", False),
        ("https://a.example/x/%2E%2e/y", "https://a.example/x/", False),
        ("https://a.example/x/..%2fy", "https://a.example/x/", False),
        ("https://a.example.evil/", "https://a.example/", False),
        ("https://a.example@evil/", "https://a.example/", False),
        ("http://a.example/", "https://a.example/", False),
        ("https://a.example/", "https://", False),
        ("https://a.example/", "", False),
    ],
)
def test_an_endpoint_is_listed_itself_or_by_a_prefix_that_it_does_not_leave(
    endpoint: str, listed: str, answer: bool
) -> None:
    assert permitted(endpoint, (listed,)) is answer


def test_a_private_address_is_not_called_unless_a_setting_opens_private_networks(remote: Endpoint) -> None:
    text = f"SELECT * {{ SERVICE <{remote.url}> {{ ?m :height ?h }} }}"
    closed = limits(remote, federation_private=False)
    with pytest.raises(ServiceFailed, match="no public address"):
        federated(text, closed)
    assert remote.asked == []
    made = federated(text.replace("SERVICE", "SERVICE SILENT"), closed)
    assert "VALUES () { () }" in made
    assert remote.asked == []


def test_a_name_is_judged_by_the_address_that_it_has(remote: Endpoint) -> None:
    asked = {"seconds": 20.0, "limit": 1000}
    url = f"http://public.example:{remote.port}/"
    with pytest.raises(Exception, match=r"public\.example is at 127\.0\.0\.1, which is no public address"):
        ask(url, "ASK {}", resolver=lambda *_: ("127.0.0.1",), **asked)  # type: ignore[arg-type]
    assert remote.asked == []


# ---- endpoints that fail -----------------------------------------------------------------------------------------

BNODE = {"type": "bnode", "value": "b"}
HOSTILE: Mapping[str, tuple[Callable[[str], Response], str]] = {
    "blank node": (table({"x": BNODE}), "blank node"),
    "blank node in a triple": (
        table(
            {
                "x": {
                    "type": "triple",
                    "value": {
                        "subject": BNODE,
                        "predicate": {"type": "uri", "value": "a:p"},
                        "object": {"type": "uri", "value": "a:p"},
                    },
                }
            }
        ),
        "blank node",
    ),
    "an IRI that breaks out": (table({"x": {"type": "uri", "value": "a:b> } SERVICE <http://x/> {} #"}}), "IRI|read"),
    "a relative IRI": (table({"x": {"type": "uri", "value": "b"}}), "IRI|read"),
    "a variable that breaks out": (table(vars=("x ?y) {} } #",)), "variable"),
    "a language that breaks out": (table({"x": {"type": "literal", "value": "x", "xml:lang": "en } #"}}), "lang"),
    "a datatype that breaks out": (table({"x": {"type": "literal", "value": "x", "datatype": "a:b> }"}}), "datatype"),
    "no JSON": (lambda _: Response("{", content_type=JSON), "cannot be read"),
    "cut JSON": (lambda _: Response('{"head":{"vars":["x"]},"results":{"bindings":[{', content_type=JSON), "read"),
    "deep JSON": (lambda _: Response('{"head":' + "[" * 100_000, content_type=JSON), "read"),
    "a boolean": (lambda _: Response('{"head":{},"boolean":true}', content_type=JSON), "no table"),
    "a page": (lambda _: Response("<html>", content_type="text/html"), "answers with text/html"),
    "an error": (lambda _: Response("no", status=500), "answers 500"),
    "a redirect": (lambda _: Response(status=307, headers={"Location": "http://169.254.169.254/"}), "not followed"),
    "too many rows": (table(*[{"x": {"type": "literal", "value": str(n)}} for n in range(10_001)]), "more than 10,000"),
    "too many bytes": (
        lambda _: Response((b" " * 2**16 for _ in range(80)), content_type=JSON),
        "over 4,194,304 bytes",
    ),
    "a bomb": (
        lambda _: Response(gzip.compress(b" " * 2**24), headers={"Content-Encoding": "gzip", "Content-Type": JSON}),
        "over 4,194,304 bytes",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_bad_answer_fails_the_query_and_with_silent_is_one_empty_solution(case: str) -> None:
    answer, reason = HOSTILE[case]
    with serving(answer) as endpoint:
        text = f"SELECT ?x {{ SERVICE <{endpoint.url}> {{ ?x ?p ?o }} }}"
        with pytest.raises(ServiceFailed, match=rf"SERVICE <{endpoint.url}> at character \d+ failed: .*({reason})"):
            federated(text, limits(endpoint))
        silent = text.replace("SERVICE", "SERVICE SILENT")
        assert rows(ox.Store(), silent, limits(endpoint)) == [("",)]
        assert len(endpoint.asked) == 2


def test_nobody_at_the_address_is_a_failure_too() -> None:
    with serving() as gone:
        allowed = limits(gone)
    with pytest.raises(ServiceFailed, match="cannot be connected to"):
        federated(f"SELECT * {{ SERVICE <{gone.url}> {{ ?x ?p ?o }} }}", allowed)


def test_a_slow_endpoint_is_left_before_the_query_has_used_its_time() -> None:
    with serving() as endpoint, serving(table({})) as second:

        def slowly(_: str) -> Response:
            def body() -> Iterator[bytes]:
                yield b"{"
                endpoint.release.wait(60)

            return Response(body(), content_type=JSON)

        endpoint.answer = slowly
        text = f"SELECT * {{ SERVICE <{endpoint.url}> {{ ?x ?p ?o }} SERVICE <{second.url}> {{ ?y ?p ?o }} }}"
        with pytest.raises(ServiceFailed, match=r"too long|in time"):
            federated(text, limits(endpoint, second), seconds=0.5)
        # The second finds no time left, and is not asked.
        made = federated(text.replace("SERVICE", "SERVICE SILENT"), limits(endpoint, second, seconds=0.5))
        assert made.count("VALUES () { () }") == 2
        assert second.asked == []


def test_more_than_ten_endpoints_are_refused(remote: Endpoint) -> None:
    text = "SELECT * { " + f"SERVICE <{remote.url}> {{ ?x ?p ?o }} " * 11 + "}"
    with pytest.raises(QueryRefused, match="11 SERVICE patterns; 10 are the most"):
        federated(text, limits(remote))
    assert remote.asked == []


# ---- in the pool -------------------------------------------------------------------------------------------------


def test_a_query_with_service_is_answered_by_a_worker_and_not_kept(remote: Endpoint, tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    publication.add(document(page()))
    allowed = replace(limits(remote), concurrent=1)
    pool = Pool(publication.settings.store, allowed)
    try:
        text = f"{P}SELECT ?h {{ SERVICE <{remote.url}> {{ :a :height ?h }} }}"
        snapshot = pool.run(Request("ASK {}")).snapshot
        for _ in range(2):
            answer = pool.run(Request(text, solutions="text/csv", snapshot=snapshot)).read()
            assert answer.splitlines() == [b"h", b"8"]
        assert len(remote.asked) == 2
        with pytest.raises(QueryRefused, match="does not list"):
            pool.run(Request("SELECT * { SERVICE <http://elsewhere.example/> {} }"))
        remote.answer = lambda _: Response(status=503)
        with pytest.raises(ServiceFailed, match="answers 503"):
            pool.run(Request(text)).read()
    finally:
        pool.close()
