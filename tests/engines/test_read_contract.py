"""One contract of reading for every engine: ours in this process and behind its supervisor, and two real servers."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from publication import Publication
from real import BASE, HOSTILE, KINDS, ODD, PARAMS, Real

from kg import formats
from kg.engine import Answer, Client, Engine, Limits, Pool, Request, Supervisor
from kg.errors import (
    KgError,
    QueryCancelled,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    UsageError,
)
from kg.queries import examples
from kg.replicas.engine import RemoteEngine

pytestmark = pytest.mark.engines

LIMITS = Limits(seconds=60, rows=5_000, answer_bytes=8_000_000, memory_mb=800, concurrent=2, queued=2)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER (?a != ?l) }"
WKT = "<http://www.opengis.net/ont/geosparql#wktLiteral>"
GEOMETRY = "<http://www.openlinksw.com/schemas/virtrdf#Geometry>"

#: Competency questions whose answers differ, by engine, and why.
DIFFERENT: dict[str, dict[str, str]] = {}


@pytest.fixture(scope="module", params=["pool", "supervisor", *PARAMS])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def engine(kind: str, publication: Publication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    store = publication.settings.store
    if kind == "pool":
        pool = Pool(store, LIMITS)
        yield pool
        pool.close()
    elif kind == "supervisor":
        with Supervisor(store, LIMITS) as supervisor:
            client = Client(supervisor.path)
            yield client
            client.close()
    else:
        # its own deadline: a server goes on with what we gave up
        real: Real = KINDS[kind](tmp_path_factory.mktemp(kind), seconds=3)
        replica = real.replica(publication.store)
        assert replica.catch_up().kind == "load"
        made = RemoteEngine(
            "replica", replica.remote, BASE, LIMITS, default_graph=real.settings.default_graph, rows=real.settings.rows
        )
        yield made
        made.close()
        real.server.kill()


def terms(answer: Answer) -> list[tuple[str, ...]]:
    """The solutions of a JSON answer, in order, terms in the notation of N-Triples."""
    found = ox.parse_query_results(answer.read(), format=ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(same(str(one)) for one in row) for row in found]


def same(term: str) -> str:
    """The term as all engines write it: Virtuoso has a datatype of its own for geometries, and short booleans."""
    term = term.replace(GEOMETRY, WKT)
    for short, long in (("1", "true"), ("0", "false")):
        term = term.replace(f'"{short}"^^<http://www.w3.org/2001/XMLSchema#boolean>', f'"{long}"^^{XSD_BOOLEAN}')
    return term


XSD_BOOLEAN = "<http://www.w3.org/2001/XMLSchema#boolean>"


def test_the_competency_questions_have_equal_answers(engine: Engine, kind: str, publication: Publication) -> None:
    answered = 0
    with publication.store.reader() as reader:
        for example in examples():
            expected = reader.rdf.query(example.text)
            assert isinstance(expected, ox.QuerySolutions)
            wanted = sorted(tuple(same(str(one)) for one in row) for row in expected)
            answered += bool(wanted)
            found = sorted(terms(engine.run(Request(example.text))))
            assert (found == wanted) != (example.id in DIFFERENT.get(kind, {})), (example.id, found[:3], wanted[:3])
    assert answered >= 10


def test_solutions_are_the_same_in_each_format(engine: Engine) -> None:
    query = "SELECT ?s ?name { ?s a <http://schema.org/Person> ; <http://schema.org/name> ?name } ORDER BY ?s ?name"
    rows = terms(engine.run(Request(query)))
    assert len(rows) > 3
    for one in (ox.QueryResultsFormat.XML, ox.QueryResultsFormat.TSV):
        answer = engine.run(Request(query, solutions=one.media_type))
        assert answer.media_type == one.media_type
        found = ox.parse_query_results(answer.read(), format=one)
        assert isinstance(found, ox.QuerySolutions)
        assert [tuple(map(str, row)) for row in found] == rows
    table = list(csv.reader(io.StringIO(engine.run(Request(query, solutions="text/csv")).read().decode(), newline="")))
    assert table[0] == ["s", "name"]
    assert [f"<{row[0]}>" for row in table[1:]] == [row[0] for row in rows]


def test_ask_says_yes_and_no_in_each_format(engine: Engine) -> None:
    for query, truth in (("ASK {}", "true"), ("ASK { ?s ?p ?o }", "true"), (f"ASK {{ <{BASE}/none> ?p ?o }}", "false")):
        assert engine.run(Request(query)).read() == b'{"head":{},"boolean":%s}' % truth.encode()
        assert engine.run(Request(query, solutions="text/csv")).read().strip() == truth.encode()


def test_graphs_are_the_same_in_each_format(engine: Engine, publication: Publication) -> None:
    query = "CONSTRUCT { ?s ?p ?o } { ?s a <http://schema.org/NewsArticle> ; ?p ?o }"
    with publication.store.reader() as reader:
        expected = reader.rdf.query(query)
        assert isinstance(expected, ox.QueryTriples)
        wanted = {same(str(triple)) for triple in expected}
    assert len(wanted) > 20
    for one in (formats.TURTLE, formats.NT, formats.RDFXML, formats.JSONLD, formats.NQ, formats.TRIG):
        answer = engine.run(Request(query, graph=one.media_type))
        assert answer.media_type == one.media_type
        assert isinstance(one.oxigraph, ox.RdfFormat)
        found = {same(str(quad.triple)) for quad in ox.parse(answer.read(), format=one.oxigraph)}
        assert found == wanted, one.name


def test_hostile_texts_come_back_as_they_are(engine: Engine) -> None:
    for name in ("description", "alternateName"):
        query = f"SELECT ?o {{ {ODD} <http://schema.org/{name}> ?o }}"
        found = ox.parse_query_results(engine.run(Request(query)).read(), format=ox.QueryResultsFormat.JSON)
        assert isinstance(found, ox.QuerySolutions)
        assert {row["o"].value for row in found} == set(HOSTILE)  # type: ignore[union-attr]


def test_a_hostile_text_is_found_by_itself(engine: Engine) -> None:
    from kg.replicas.terms import term

    for text in HOSTILE[:-1]:
        query = f"SELECT ?s {{ ?s <http://schema.org/alternateName> {term(ox.Literal(text))} }}"
        assert terms(engine.run(Request(query))) == [(str(ODD),)], text


def test_the_default_graph_is_a_set(engine: Engine, publication: Publication) -> None:
    with publication.store.reader() as reader:
        wanted = sum(1 for _ in reader.rdf.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    answer = engine.run(Request("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", solutions="text/csv"))
    assert answer.snapshot == publication.store.current_id()
    assert answer.read().split() == [b"n", str(wanted).encode()]


def test_a_dataset_of_the_request_is_what_is_asked(engine: Engine, publication: Publication) -> None:
    graph = next(q.graph_name for q in publication.quads() if str(q.graph_name).endswith("/content>"))
    other = next(q.graph_name for q in publication.quads() if str(q.graph_name).endswith("/facts>"))
    assert isinstance(graph, ox.NamedNode)
    assert isinstance(other, ox.NamedNode)
    with publication.store.reader() as reader:
        wanted = sum(1 for _ in reader.rdf.quads_for_pattern(None, None, None, graph))
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    asked = Request(count, solutions="text/csv", default_graphs=(graph.value,))
    assert engine.run(asked).read().split()[1] == str(wanted).encode()
    clause = Request(f"SELECT (COUNT(*) AS ?n) FROM {graph} {{ ?s ?p ?o }}", solutions="text/csv")
    assert engine.run(clause).read().split()[1] == str(wanted).encode()
    named = Request(
        "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }",
        default_graphs=(graph.value,),
        named_graphs=(other.value,),
    )
    assert terms(engine.run(named)) == [(str(other),)]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT * { ?s ?p", QuerySyntaxError),
        ("SHOW TABLES", QuerySyntaxError),
        ("INSERT DATA { <x:a> <x:b> <x:c> }", QueryRefused),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", QueryRefused),
    ],
)
def test_what_is_no_answerable_query_is_refused(engine: Engine, query: str, error: type[KgError]) -> None:
    with pytest.raises(error):
        engine.run(Request(query))


def test_a_query_ends_at_its_deadline_and_the_next_is_answered(engine: Engine) -> None:
    with pytest.raises(QueryTimeout):
        engine.run(Request(ENDLESS, seconds=1)).read()
    assert engine.run(Request("ASK {}")).read()
    assert engine.running() == ()


def test_an_answer_above_a_limit_is_an_error(engine: Engine) -> None:
    with pytest.raises(QueryTooLarge) as caught:
        engine.run(Request("SELECT * { ?s ?p ?o }")).read()
    assert caught.value.unit in ("rows", "bytes")
    with pytest.raises(QueryTooLarge):
        engine.run(Request("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", graph="application/n-triples")).read()


def test_an_answer_in_parts_is_the_whole_answer(engine: Engine) -> None:
    query = "SELECT DISTINCT ?s { ?s a <http://schema.org/Person> } ORDER BY ?s"
    whole = terms(engine.run(Request(query)))
    parts: list[tuple[str, ...]] = []
    skip = 0
    while True:
        answer = engine.run(Request(query, rows=4, skip=skip))
        parts += [(f"<{one['s']['value']}>",) for one in json.loads(answer.read())["results"]["bindings"]]
        if answer.cut is None:
            break
        skip = answer.cut.skip
    assert len(whole) > 4
    assert parts == whole


def test_a_running_query_is_known_and_can_be_stopped(engine: Engine) -> None:
    name = "a-query-of-my-own"
    ended: list[KgError] = []

    def ask() -> None:
        try:
            engine.run(Request(ENDLESS, id=name)).read()
        except KgError as error:
            ended.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    _until(lambda: (found := engine.state(name)) is not None and found.status == "running")
    assert [one.id for one in engine.running()] == [name]
    assert engine.cancel(name)
    thread.join(30)
    assert isinstance(ended[0], QueryCancelled)
    assert engine.state(name) is None
    assert not engine.cancel(name)


def test_a_query_is_stopped_when_whoever_asked_has_left(engine: Engine) -> None:
    with pytest.raises(QueryCancelled):
        engine.run(Request(ENDLESS), left=lambda: True)


def test_a_bad_id_is_refused(engine: Engine) -> None:
    with pytest.raises(UsageError):
        engine.run(Request("ASK {}", id="no spaces"))


def test_an_answer_that_is_left_early_frees_its_place(engine: Engine) -> None:
    for _ in range(2 * LIMITS.concurrent):
        with engine.run(Request("SELECT * { ?s ?p ?o } LIMIT 5000")) as answer:
            next(iter(answer))
    _until(lambda: engine.running() == ())
    assert engine.run(Request("ASK {}")).read()


def _until(true: object, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)
