"""Queries run in processes that can be killed, and what is stopped never looks complete."""

from __future__ import annotations

import csv
import io
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from publication import Publication, document, page

from kg import pipeline
from kg.engine import Answer, Client, Engine, Limits, Pool, Request, Supervisor
from kg.engine.frames import LIMIT, frame, read_frame
from kg.errors import (
    EngineBusy,
    EngineUnavailable,
    QueryCancelled,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    SnapshotUnknown,
)

#: A cross product that no deadline in this file lets finish.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"
CSV = "text/csv"


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    made = Publication.make(tmp_path_factory.mktemp("engine"))
    made.add(document(page()))
    return made


@pytest.fixture(scope="module", params=["pool", "supervisor"])
def engine(request: pytest.FixtureRequest, publication: Publication) -> Iterator[Engine]:
    """The same contract for the pool itself and for a client of the supervisor that owns one."""
    limits = Limits(seconds=2, answer_bytes=2_000_000, memory_mb=600, concurrent=2, queued=1)
    if request.param == "pool":
        pool = Pool(publication.settings.store, limits)
        yield pool
        pool.close()
    else:
        with Supervisor(publication.settings.store, limits) as supervisor:
            client = Client(supervisor.path)
            yield client
            client.close()


def rows(answer: Answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.read().decode())))


def test_each_form_answers_in_its_media_type(engine: Engine, publication: Publication) -> None:
    select = engine.run(Request("SELECT (1 AS ?n) {}", solutions=CSV))
    assert select.snapshot == publication.store.current_id()
    assert (select.media_type, rows(select)) == (CSV, [["n"], ["1"]])
    ask = engine.run(Request("ASK { ?s a <http://schema.org/NewsArticle> }", solutions="application/json"))
    assert ask.read() == b'{"head":{},"boolean":true}'
    graph = engine.run(Request("CONSTRUCT { ?s a <http://e/A> } { ?s a <http://schema.org/NewsArticle> }"))
    assert graph.media_type == "text/turtle"
    assert b"http://e/A" in graph.read()
    described = engine.run(
        Request("DESCRIBE ?s { ?s a <http://schema.org/NewsArticle> }", graph="application/n-triples")
    )
    assert b"headline" in described.read()


def test_a_syntax_error_says_line_and_column(engine: Engine) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        engine.run(Request("SELECT *\nWHERE { ?s ?p }"))
    assert caught.value.line == 2
    assert caught.value.column in (15, 16)  # the closing brace, or just behind it


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "select * { serv\\u0069ce <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "LOAD <http://127.0.0.1:9/>",
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        "DROP ALL",
    ],
)
def test_nothing_is_fetched_and_nothing_is_written(engine: Engine, publication: Publication, query: str) -> None:
    before = publication.store.current_id()
    with pytest.raises(QueryRefused):
        engine.run(Request(query))
    assert publication.store.current_id() == before


def test_a_word_that_only_looks_like_service_is_fine(engine: Engine) -> None:
    query = 'PREFIX service: <http://e/> SELECT (STR("SERVICE <x>") AS ?load) { # LOAD\n}'
    assert rows(engine.run(Request(query, solutions=CSV))) == [["load"], ["SERVICE <x>"]]


def test_a_query_past_its_deadline_is_stopped_and_the_next_one_is_answered(engine: Engine) -> None:
    with pytest.raises(QueryTimeout) as caught:
        engine.run(Request(ENDLESS, seconds=0.5))
    assert caught.value.seconds == 0.5
    assert rows(engine.run(Request("SELECT (2 AS ?n) {}", solutions=CSV)))[1] == ["2"]


def test_a_deadline_can_be_lowered_and_not_raised(engine: Engine) -> None:
    with pytest.raises(QueryTimeout) as caught:
        engine.run(Request(ENDLESS, seconds=3600))
    assert caught.value.seconds == 2


def test_an_answer_above_the_byte_limit_is_cut_with_an_error(engine: Engine) -> None:
    cross = "SELECT ?s ?p ?o ?t { ?s ?p ?o . ?t ?q ?r }"
    with engine.run(Request(cross, solutions=CSV)) as answer, pytest.raises(QueryTooLarge, match="2000000 bytes"):
        for _ in answer:
            pass


def test_a_query_above_the_memory_cap_is_stopped(engine: Engine) -> None:
    hoard = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
    with pytest.raises((QueryTooLarge, QueryTimeout)):
        engine.run(Request(hoard)).read()


def test_a_snapshot_that_is_not_there_is_said(engine: Engine) -> None:
    with pytest.raises(SnapshotUnknown):
        engine.run(Request(ALL, snapshot="20200101T000000Z-0009"))


def test_a_query_can_be_asked_of_named_graphs_alone(engine: Engine, publication: Publication) -> None:
    with publication.store.reader() as reader:
        (article,) = reader.articles()
        content = reader.iris.graph(article, "content").value
    wide = rows(engine.run(Request(ALL, solutions=CSV)))
    narrow = rows(engine.run(Request(ALL, solutions=CSV, default_graphs=(content,))))
    assert 1 < len(narrow) < len(wide)
    none = rows(engine.run(Request("SELECT * { GRAPH ?g { ?s ?p ?o } }", solutions=CSV, default_graphs=(content,))))
    assert len(none) == 1


def test_more_queries_than_run_and_wait_are_told_to_come_back(engine: Engine) -> None:
    outcomes: list[str] = []

    def ask() -> None:
        try:
            engine.run(Request(ENDLESS, seconds=1)).read()
        except QueryError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 6
    assert outcomes.count("EngineBusy") >= 3
    assert outcomes.count("QueryTimeout") >= 2


def test_leaving_an_answer_early_gives_the_slot_back(engine: Engine) -> None:
    for _ in range(4):
        with engine.run(Request("SELECT ?s ?p ?o ?t { ?s ?p ?o . ?t ?q ?r }", solutions=CSV)) as answer:
            assert next(iter(answer)).startswith(b"s,p,o,t")
    assert rows(engine.run(Request("SELECT (3 AS ?n) {}", solutions=CSV)))[1] == ["3"]


def test_a_new_snapshot_is_seen_by_the_next_query(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    pool = Pool(publication.settings.store, Limits())
    try:
        count = Request("SELECT (COUNT(*) AS ?n) { ?a a <http://schema.org/NewsArticle> }", solutions=CSV)
        assert rows(pool.run(count))[1] == ["0"]
        (outcome,) = publication.add(document(page()))
        assert rows(pool.run(count))[1] == ["1"]
        old = publication.store.current_id()
        assert outcome.iri is not None
        pipeline.remove(publication.store, outcome.iri, time=publication.now(), reason="test", holder="test")
        assert rows(pool.run(count))[1] == ["0"]
        past = Request(count.query, solutions=CSV, snapshot=old)
        assert rows(pool.run(past))[1] == ["1"]
    finally:
        pool.close()


def test_a_client_that_leaves_stops_its_query(publication: Publication) -> None:
    limits = Limits(seconds=60, concurrent=1, queued=0)
    with Supervisor(publication.settings.store, limits) as supervisor:
        for engine in (Pool(publication.settings.store, limits), Client(supervisor.path)):
            gone = threading.Event()
            threading.Timer(0.5, gone.set).start()
            with pytest.raises(QueryCancelled):
                engine.run(Request(ENDLESS), left=gone.is_set)
            # The only worker is free again, long before the deadline; the supervisor sees the hang-up a moment later.
            for _ in range(100):
                try:
                    assert rows(engine.run(Request("SELECT (4 AS ?n) {}", solutions=CSV)))[1] == ["4"]
                    break
                except EngineBusy:
                    time.sleep(0.1)
            else:
                pytest.fail("the worker never came back")
            engine.close()


def test_a_worker_that_is_killed_is_the_querys_end_and_a_broken_store_is_not(
    tmp_path: Path, publication: Publication
) -> None:
    pool = Pool(publication.settings.store, Limits(seconds=20))
    try:
        assert pool.run(Request("ASK {}")).read()
        (process,) = pool._idle

        def kill() -> None:
            os.kill(process.pid, signal.SIGKILL)

        threading.Timer(0.5, kill).start()
        with pytest.raises(QueryTooLarge):
            pool.run(Request(ENDLESS))
    finally:
        pool.close()
    broken = Pool(tmp_path / "nowhere", Limits())
    with pytest.raises(EngineUnavailable, match="before it could open"):
        broken.run(Request("ASK {}"))
    broken.close()


def test_a_supervisor_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="restart kg serve"):
        Client(tmp_path / "none.sock").run(Request(ALL))


def test_a_stream_that_ends_without_its_end_frame_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def half() -> None:
        connection, _ = server.accept()
        connection.recv(65536)
        connection.sendall(frame(b"H", b'{"media_type":"text/csv","snapshot":"x"}') + frame(b"D", b"a,b\n"))
        connection.close()

    thread = threading.Thread(target=half)
    thread.start()
    with Client(path).run(Request(ALL)) as answer, pytest.raises(EngineUnavailable, match="cut"):
        list(answer)
    thread.join()
    server.close()


@pytest.mark.parametrize("data", [b"", b"D", b"D\x00\x00\x00\x05abc", b"D" + (LIMIT + 1).to_bytes(4, "big") + b"x"])
def test_a_broken_frame_is_the_end_of_the_stream(data: bytes) -> None:
    assert read_frame(io.BytesIO(data).read) is None


def test_busy_says_when_to_come_back() -> None:
    assert EngineBusy("x", retry_after=7).retry_after == 7
