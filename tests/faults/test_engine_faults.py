"""Workers that die, and a supervisor that does: whoever asks is told, and nobody else notices."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from publication import Publication, document, page

from kg.engine import Client, Limits, Pool, Request, Supervisor
from kg.errors import EngineUnavailable, KgError, QueryCrashed, QueryTooLarge

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
BIG = "SELECT ?a ?b ?c { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z . ?d ?s ?t }"
LIMITS = Limits(seconds=60, concurrent=2, rows=10**9, answer_bytes=10**12)


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    made = Publication.make(tmp_path_factory.mktemp("engine-faults"))
    made.add(document(page()))
    return made


@pytest.fixture
def pool(publication: Publication) -> Iterator[Pool]:
    made = Pool(publication.settings.store, LIMITS, warm=True)
    yield made
    made.close()


def busy(pool: Pool) -> int:
    """The process of the one query that runs."""
    for _ in range(2000):
        with pool._guard:
            found = [process.pid for process in pool._busy if process.opened]
        if found:
            return found[0]
        time.sleep(0.005)
    pytest.fail("no query runs")


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (signal.SIGSEGV, QueryCrashed, "SIGSEGV"),
        (signal.SIGBUS, QueryCrashed, "not touched"),
        (signal.SIGKILL, QueryTooLarge, "memory"),
        (signal.SIGABRT, QueryTooLarge, "memory"),
    ],
)
def test_a_worker_that_dies_under_its_query_is_that_querys_end_alone(
    pool: Pool, number: int, kind: type[KgError], words: str
) -> None:
    errors: list[KgError] = []

    def ask() -> None:
        try:
            pool.run(Request(ENDLESS))
        except KgError as error:
            errors.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    victim = busy(pool)
    with pool.run(Request(BIG, solutions="text/csv")) as other:
        os.kill(victim, number)
        asking.join()
        assert type(errors[0]) is kind
        assert words in errors[0].message
        assert len(next(iter(other))) > 0
    assert pool.run(Request("ASK {}")).read()


def test_a_worker_that_dies_in_the_middle_of_its_answer_never_looks_done(pool: Pool) -> None:
    with pool.run(Request(BIG, solutions="text/csv")) as answer:
        assert next(iter(answer))
        os.kill(busy(pool), signal.SIGSEGV)
        with pytest.raises(QueryCrashed):
            for _ in answer:
                pass


def test_workers_that_died_idle_are_passed_over(pool: Pool) -> None:
    assert pool.run(Request("ASK {}")).read()
    killed = list(pool._idle)
    for process in killed:
        os.kill(process.pid, signal.SIGKILL)
    while any(process.alive for process in killed):
        time.sleep(0.01)
    for _ in range(5):
        assert pool.run(Request("ASK {}")).read()


def test_one_that_dies_between_two_queries_is_passed_over_even_when_it_still_looks_alive(pool: Pool) -> None:
    assert pool.run(Request("ASK {}")).read()
    answered = [process for process in pool._idle if process.answered]
    # Stopped, it takes the question; then it dies before it has opened anything.
    os.kill(answered[0].pid, signal.SIGSTOP)
    bodies: list[bytes] = []
    asking = threading.Thread(target=lambda: bodies.append(pool.run(Request("ASK {}")).read()))
    asking.start()
    while answered[0] not in pool._busy:
        time.sleep(0.005)
    os.kill(answered[0].pid, signal.SIGKILL)
    asking.join()
    assert b"true" in bodies[0]


def test_a_store_that_cannot_be_opened_is_not_the_querys_fault(tmp_path: Path) -> None:
    pool = Pool(tmp_path / "nowhere", Limits(), warm=True)
    with pytest.raises(EngineUnavailable, match="before it could open"):
        pool.run(Request("ASK {}"))
    pool.close()


def test_a_supervisor_that_is_killed_takes_its_workers_along_and_comes_again(publication: Publication) -> None:
    with Supervisor(publication.settings.store, LIMITS) as supervisor:
        client = Client(supervisor.path)
        first = supervisor.pid
        with client.run(Request(BIG, solutions="text/csv")) as answer:
            assert next(iter(answer))
            workers = children(first)
            assert workers
            os.kill(first, signal.SIGKILL)
            with pytest.raises(EngineUnavailable, match="cut"):
                for _ in answer:
                    pass
        for _ in range(600):
            if not any(Path(f"/proc/{worker}").exists() for worker in workers):
                break
            time.sleep(0.05)
        else:
            pytest.fail("workers live on")
        for _ in range(600):
            try:
                assert client.run(Request("ASK {}")).read()
                break
            except EngineUnavailable:
                time.sleep(0.05)
        else:
            pytest.fail("no supervisor came in its place")
        assert supervisor.pid != first
        client.close()


def children(pid: int) -> list[str]:
    return subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=True).stdout.split()
