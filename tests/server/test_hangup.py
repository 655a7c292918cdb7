"""A query nobody waits for any more, or that somebody stops, does not go on: through ``kg serve --workers 4``."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from publication import Publication, document, page
from serving import Served, below, command, resident_mb, serving, until, workers

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
#: An answer that does not end either, whose first rows come at once.
BIG = "SELECT ?a ?b ?c { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z . ?d ?s ?t }"
#: The same, whose rows stop coming after the first megabyte.
STALLED = (
    "SELECT ?a ?b { { SELECT ?a ?b { ?a ?p ?x . ?b ?q ?y } LIMIT 40000 } "
    "UNION { ?a ?c ?d . ?e ?f ?g . ?h ?i ?j . ?k ?l ?m FILTER(STR(?a) = 'nothing') } }"
)
ASK = "/sparql?query=ASK%7B%7D"


def write(publication: Publication, folder: Path) -> None:
    (folder / "kg.toml").write_text(
        f'base_iri = "{publication.settings.base_iri}"\nstore = "{publication.settings.store}"\n'
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hangup")
    publication = Publication.make(made)
    publication.add(document(page()))
    write(publication, made)
    return made


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    limits = {
        "KG_LIMITS_QUERY_SECONDS": "120",
        "KG_LIMITS_CLIENT_QUERIES": "0",
        "KG_LIMITS_CLIENT_SECONDS": "0",
        "KG_LIMITS_QUERY_ROWS": "1000000000",
    }
    with serving(folder, "--workers", "4", "--threads", "4", **limits) as made:
        assert until(lambda: len(workers(made.process.pid)) == 2)
        yield made


@contextlib.contextmanager
def asking(served: Served, query: str, **parameters: str) -> Iterator[socket.socket]:
    """A connection that has sent a query."""
    with socket.create_connection(("127.0.0.1", served.port), 60) as connection:
        address = "/sparql?" + urlencode({"query": query, **parameters}, quote_via=quote)
        connection.sendall(f"GET {address} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode())
        yield connection


def status(served: Served, id: str) -> str | None:
    code, _, body = served.get(f"/sparql/queries/{id}")
    assert code in (200, 404)
    return json.loads(body)["status"] if code == 200 else None


def ready(served: Served) -> set[int]:
    """The workers, once there are as many as there should be: one that the test before stopped is being replaced."""
    assert until(lambda: len(workers(served.process.pid)) == 2)
    return workers(served.process.pid)


def gone(served: Served, before: set[int]) -> bool:
    """Whether one of the workers is gone, and another one has come in its place."""
    now = workers(served.process.pid)
    return len(before - now) == 1 and len(now) == len(before)


def test_a_client_that_leaves_before_the_first_byte_stops_its_query(served: Served) -> None:
    before = ready(served)
    with asking(served, ENDLESS, **{"query-id": "leaves-before"}):
        assert until(lambda: status(served, "leaves-before") == "running")
        assert workers(served.process.pid) == before
    assert until(lambda: status(served, "leaves-before") is None)
    assert until(lambda: gone(served, before))


@pytest.mark.parametrize("query", [BIG, STALLED])
def test_a_client_that_leaves_in_the_middle_stops_its_query(served: Served, query: str) -> None:
    before = ready(served)
    with asking(served, query, **{"query-id": "leaves-within"}) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        assert status(served, "leaves-within") == "running"
    assert until(lambda: status(served, "leaves-within") is None)
    assert until(lambda: gone(served, before))


def test_a_running_query_is_stopped_by_its_id_from_any_web_worker(served: Served) -> None:
    for number in range(3):  # connections go to whichever of the four takes them
        name = f"stopped-by-id-{number}"
        before = ready(served)
        with asking(served, ENDLESS, **{"query-id": name}) as connection:
            assert until(lambda name=name: status(served, name) == "running")
            assert served.ask("DELETE", f"/sparql/queries/{name}")[0] == 204
            # The worker is gone by the time that DELETE is answered.
            assert len(before & workers(served.process.pid)) == len(before) - 1
            assert connection.recv(1000).startswith(b"HTTP/1.1 503")
        assert served.ask("DELETE", f"/sparql/queries/{name}")[0] == 404
        assert until(lambda before=before: gone(served, before))


def test_a_query_stopped_in_the_middle_never_looks_whole(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("GET", "/sparql?" + urlencode({"query": BIG, "format": "csv"}))
    answer = connection.getresponse()
    name = answer.getheader("Newsgraph-Query")
    assert name is not None
    assert served.ask("DELETE", f"/sparql/queries/{name}")[0] == 204
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        answer.read()
    connection.close()


def test_a_client_that_stops_reading_keeps_its_worker_no_longer_than_the_deadline(served: Served) -> None:
    before = ready(served)
    with asking(served, BIG, **{"query-id": "reads-no-more", "timeout": "1"}) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        assert until(lambda: gone(served, before))
        assert served.get(ASK)[0] == 200


def test_an_id_is_an_id_and_is_given_once(served: Served) -> None:
    with asking(served, ENDLESS, **{"query-id": "given-once"}):
        assert until(lambda: status(served, "given-once") == "running")
        assert served.get(ASK + "&query-id=given-once")[0] == 409
        assert served.ask("DELETE", "/sparql/queries/given-once")[0] == 204
    assert served.get(ASK + "&query-id=" + quote("short"))[0] == 400
    assert served.get(ASK + "&query-id=" + quote("no/slash/es"))[0] == 400
    assert served.get(ASK + "&query-id=given-once")[1]["Newsgraph-Query"] == "given-once"


def test_a_supervisor_that_dies_comes_again(served: Served) -> None:
    (supervisor,) = (pid for pid in below(served.process.pid) if b"kg.engine.supervisor" in command(pid))
    os.kill(supervisor, signal.SIGKILL)
    assert until(lambda: served.get(ASK)[0] == 200)
    assert supervisor not in below(served.process.pid)
    assert until(lambda: len(workers(served.process.pid)) == 2)


def test_a_storm_is_refused_in_part_and_pages_and_other_clients_are_answered(folder: Path) -> None:
    limits = {"KG_LIMITS_QUERY_SECONDS": "1", "KG_LIMITS_QUERY_MEMORY_MB": "300", "KG_SERVE_PROXIES": "1"}
    heavy = "SELECT ?a ?b ?c { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z . ?d ?s ?u FILTER(STR(?a) != 'storm-%d') } ORDER BY ?c ?a"
    with serving(folder, "--workers", "2", "--threads", "4", **limits) as served:
        assert until(lambda: len(workers(served.process.pid)) == 2)
        outcomes: list[int] = []

        def ask(number: int) -> None:
            outcomes.append(served.get("/sparql?" + urlencode({"query": heavy % number}))[0])

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(200)]
        for thread in threads:
            thread.start()
        most, seen = 0.0, 0
        while any(thread.is_alive() for thread in threads):
            assert served.get("/articles.json")[0] == 200
            # Another client has the place that the one with the storm may not take.
            light = "/sparql?" + urlencode({"query": f"ASK {{ FILTER({time.monotonic_ns()} > 1) }}"})
            assert served.get(light, **{"X-Forwarded-For": "203.0.113.9"})[0] == 200
            running = workers(served.process.pid)
            seen = max(seen, len(running))
            most = max(most, *(resident_mb(pid) for pid in running), 0.0)
            time.sleep(0.05)
        for thread in threads:
            thread.join()
        assert len(outcomes) == 200
        # Timed out or above the cap (one client: one at a time, eight in line), or told to come back.
        assert set(outcomes) <= {504, 422, 429, 503}
        assert outcomes.count(429) > 150
        assert {504, 422} & set(outcomes)
        # One that is being replaced may be seen beside its successor.
        assert seen <= 4
        # Between two samples a worker grows on; the allocator's limit is twice the cap.
        assert most < 600 + 100
        assert served.get(ASK)[0] in (200, 429)


def test_a_query_goes_on_over_its_snapshot_while_a_new_one_is_published_and_old_ones_are_pruned(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    publication.add(document(page()))
    write(publication, tmp_path)
    count = "/sparql?" + urlencode({"query": "SELECT (COUNT(*) AS ?n) { ?a a <http://schema.org/NewsArticle> }"})
    limits = {"KG_LIMITS_QUERY_ROWS": "1000000000", "KG_LIMITS_QUERY_SECONDS": "120", "KG_LIMITS_CLIENT_QUERIES": "0"}
    with serving(tmp_path, "--workers", "2", **limits) as served:
        first = publication.store.current_id()
        with asking(served, BIG, **{"query-id": "old-snapshot"}) as connection:
            assert connection.recv(1000).startswith(b"HTTP/1.1 200")
            publication.add(document(page(headline="Ferry returns to Kampen"), "b.txt"))
            assert publication.store.current_id() != first
            assert b"2" in served.get(count, Accept="text/csv")[2]
            publication.store.prune(keep_last=1, time=publication.now())
            taken = 0
            while taken < 5_000_000:
                taken += len(connection.recv(65536))
            assert status(served, "old-snapshot") == "running"
        assert until(lambda: status(served, "old-snapshot") is None)


def test_workers_end_with_the_server_even_when_it_is_killed(folder: Path) -> None:
    with contextlib.suppress(AssertionError), serving(folder, "--workers", "2") as served:
        assert until(lambda: len(workers(served.process.pid)) == 2)
        with asking(served, ENDLESS, **{"query-id": "orphaned-one"}):
            assert until(lambda: status(served, "orphaned-one") == "running")
            every = below(served.process.pid)
            running = workers(served.process.pid)
            served.process.kill()
            assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in running))
        assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in every))


@pytest.mark.long  # seconds of both processors
def test_ten_million_rows_pass_in_little_memory_everywhere(folder: Path) -> None:
    digits = " ".join(map(str, range(10)))
    query = "SELECT * { " + " ".join(f"VALUES ?v{number} {{ {digits} }}" for number in range(7)) + " }"
    limits = {"KG_LIMITS_QUERY_SECONDS": "300", "KG_LIMITS_QUERY_ROWS": "20000000", "KG_LIMITS_QUERY_BYTES": str(2**31)}
    with serving(folder, "--workers", "1", **limits) as served:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=300)
        connection.request("GET", "/sparql?" + urlencode({"query": query, "format": "tsv"}))
        answer = connection.getresponse()
        lines, at, most = 0, 0, 0.0
        while part := answer.read(2**18):
            lines += part.count(b"\n")
            if lines >= at:
                most = max(most, *map(resident_mb, below(served.process.pid)))
                at += 500_000
        connection.close()
    assert lines == 10_000_001
    assert 20 < most <= 512
