"""Who runs next, what each client may use, what is kept of answers: the parts of the pool, and the pool itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from publication import Publication, document, page

from kg import pipeline
from kg.engine import Client, Engine, Limits, Pool, Request, Supervisor
from kg.engine.budget import Budget
from kg.engine.cache import Cache, Kept, key_of, lasting
from kg.engine.running import Run
from kg.engine.turns import Turns
from kg.errors import (
    EngineBusy,
    KgError,
    QueryCancelled,
    QueryError,
    QueryIdTaken,
    QueryTimeout,
    QueryTooLarge,
    TooManyQueries,
    UsageError,
)

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def numbers(rows: int) -> str:
    """A query with so many rows (a power of 100 times up to 100), which reads nothing."""
    parts, name = [], 0
    while rows > 1:
        step = min(rows, 100)
        parts.append(f"VALUES ?v{name} {{ {' '.join(map(str, range(step)))} }}")
        rows //= step
        name += 1
    return f"SELECT * {{ {' '.join(parts)} }}"


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    made = Publication.make(tmp_path_factory.mktemp("sharing"))
    made.add(document(page()))
    return made


def asked(client: str, limits: Limits) -> Run:
    return Run("x" * 8, Request("ASK {}", client=client), limits, left=lambda: False, stopped=lambda *_: None)


class Line:
    """Queries that stand in line, each in a thread, and the order in which they were let in."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.turns = Turns(limits)
        self.let_in: list[Run] = []
        self.refused: list[KgError] = []
        self.threads: list[threading.Thread] = []

    def ask(self, client: str) -> Run:
        run = asked(client, self.limits)
        thread = threading.Thread(target=self._enter, args=(run,))
        thread.start()
        self.threads.append(thread)
        self.settled()
        return run

    def _enter(self, run: Run) -> None:
        try:
            self.turns.enter(run)
        except KgError as error:
            self.refused.append(error)
        else:
            self.let_in.append(run)

    def settled(self) -> None:
        """Wait until each thread has come in, was refused or stands in line."""
        for _ in range(1000):
            alive = sum(thread.is_alive() for thread in self.threads)
            if alive == self.turns._waiting and len(self.let_in) + len(self.refused) + alive == len(self.threads):
                return
            time.sleep(0.005)
        pytest.fail("the line never came to rest")


def test_clients_that_wait_take_turns() -> None:
    line = Line(Limits(concurrent=1, queued=20))
    for client in ("a", "a", "a", "a", "b", "c", "b"):
        line.ask(client)
    order = [line.let_in[0].client]
    for _ in range(6):
        line.turns.leave(line.let_in.pop(0))
        for _ in range(1000):
            if line.let_in:
                break
            time.sleep(0.005)
        order.append(line.let_in[0].client)
    assert order == ["a", "a", "b", "c", "a", "b", "a"]


def test_one_client_has_at_most_half_of_the_line() -> None:
    line = Line(Limits(concurrent=1, queued=6))
    for _ in range(6):
        line.ask("greedy")
    assert [type(one) for one in line.refused] == [TooManyQueries, TooManyQueries]
    for _ in range(3):
        line.ask("b")
    line.ask("c")
    assert type(line.refused[-1]) is EngineBusy
    assert all(one.retry_after > 0 for one in line.refused if isinstance(one, (EngineBusy, TooManyQueries)))
    for run in [line.let_in[0], *line.let_in]:  # let everybody out
        line.turns.leave(run)
    while line.turns._waiting:
        for run in list(line.let_in):
            line.turns.leave(run)
    for thread in line.threads:
        thread.join()


def test_a_client_runs_no_more_than_its_share_and_others_pass_it() -> None:
    line = Line(Limits(concurrent=2, queued=10, client_concurrent=1))
    line.ask("a")
    line.ask("a")
    assert [run.client for run in line.let_in] == ["a"]
    line.ask("b")
    assert [run.client for run in line.let_in] == ["a", "b"]
    line.turns.leave(line.let_in[0])
    line.threads[1].join()
    assert [run.client for run in line.let_in] == ["a", "b", "a"]


def test_one_that_is_stopped_in_line_leaves_it() -> None:
    line = Line(Limits(concurrent=1, queued=1))
    line.ask("a")
    waiting = line.ask("b")
    assert waiting.stop(QueryCancelled("enough"))
    line.threads[1].join()
    assert [type(one) for one in line.refused] == [QueryCancelled]
    line.ask("c")
    line.turns.leave(line.let_in[0])
    line.threads[2].join()
    assert line.let_in[-1].client == "c"


def test_a_budget_is_spent_and_fills_again() -> None:
    now = 0.0
    budget = Budget(30, clock=lambda: now)
    budget.check("a")
    budget.spend("a", 40)
    with pytest.raises(TooManyQueries) as caught:
        budget.check("a")
    budget.check("b")
    now += caught.value.retry_after
    budget.check("a")
    budget.spend("a", 1.5)
    with pytest.raises(TooManyQueries):
        budget.check("a")
    now += 1000  # no more than a minute's is saved up
    budget.spend("a", 30.5)
    with pytest.raises(TooManyQueries):
        budget.check("a")


def test_no_budget_is_no_limit_and_the_librarys_own_queries_have_none() -> None:
    free, tight = Budget(0), Budget(1)
    free.spend("a", 10_000)
    free.check("a")
    tight.spend("", 10_000)
    tight.check("")


def kept(size: int) -> Kept:
    return Kept("text/csv", "x", b"x" * size, None)


def test_a_cache_keeps_what_was_asked_for_last_within_its_size() -> None:
    cache = Cache(10_000)
    for key in (b"a", b"b", b"c"):
        cache.put(key, kept(2500))
    assert cache.get(b"a") is not None
    cache.put(b"d", kept(2500))
    assert [key for key in (b"a", b"b", b"c", b"d") if cache.get(key)] == [b"a", b"c", b"d"]
    cache.put(b"large", kept(9_900))
    assert cache.get(b"large") is None


def test_all_that_an_answer_depends_on_is_in_its_key() -> None:
    first = Request("ASK {}", snapshot="s")
    place = (1, 2)
    same = Request("ASK {}", snapshot="s", client="b", id="y" * 8, seconds=3, trusted=True)
    assert key_of(first, place) == key_of(same, place)
    others = [
        Request("ASK { }", snapshot="s"),
        Request("ASK {}", snapshot="t"),
        Request("ASK {}", snapshot="s", solutions="text/csv"),
        Request("ASK {}", snapshot="s", graph="text/csv"),
        Request("ASK {}", snapshot="s", rows=1),
        Request("ASK {}", snapshot="s", rows=1, skip=1),
        Request("ASK {}", snapshot="s", default_graphs=("urn:a",)),
        Request("ASK {}", snapshot="s", named_graphs=("urn:a",)),
        Request("ASK {}", snapshot="s", base="http://e/"),
    ]
    keys = {key_of(one, place) for one in [first, *others]} | {key_of(first, (1, 3))}
    assert len(keys) == len(others) + 2


@pytest.mark.parametrize(
    ("query", "lasts"),
    [
        ("SELECT ?s { ?s ?p ?o }", True),
        ("SELECT ?known { ?known a <http://e/brand> }", True),
        ("SELECT (NOW() AS ?n) {}", False),
        ("SELECT (rand ( ) AS ?n) {}", False),
        ("SELECT (NOW # now\n() AS ?n) {}", False),
        ("SELECT (N\\u004fW() AS ?n) {}", False),
        ("SELECT (STRUUID() AS ?n) {}", False),
        ("SELECT (BNODE('x') AS ?n) {}", False),
        ("SELECT * { SERVICE <http://e/> { ?s ?p ?o } }", False),
    ],
)
def test_what_changes_from_run_to_run_is_not_kept(query: str, lasts: bool) -> None:
    assert lasting(query) is lasts


# ---- the pool, and the supervisor ------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["pool", "supervisor"])
def engine(request: pytest.FixtureRequest, publication: Publication) -> Iterator[Engine]:
    limits = Limits(seconds=20, trusted_seconds=40, memory_mb=400, concurrent=2, queued=8, client_concurrent=1)
    if request.param == "pool":
        pool = Pool(publication.settings.store, limits, warm=True)
        yield pool
        pool.close()
    else:
        with Supervisor(publication.settings.store, limits) as supervisor:
            client = Client(supervisor.path)
            yield client
            client.close()


class Asking(threading.Thread):
    """A query in a thread of its own, which has begun to run when the constructor returns."""

    def __init__(self, engine: Engine, request: Request) -> None:
        super().__init__()
        self.engine, self.request = engine, request
        self.error: KgError | None = None
        self.body = b""
        self.start()
        for _ in range(2000):
            state = engine.state(request.id)
            if state is not None and state.status == "running":
                return
            time.sleep(0.005)
        pytest.fail("the query did not begin to run")

    def run(self) -> None:
        try:
            self.body = self.engine.run(self.request).read()
        except KgError as error:
            self.error = error


def test_a_query_is_known_by_its_id_and_stopped_by_it(engine: Engine) -> None:
    running = Asking(engine, Request(ENDLESS, id="known-by-its-id", client="a"))
    state = engine.state("known-by-its-id")
    assert state is not None
    assert (state.id, state.status, state.limit) == ("known-by-its-id", "running", 20)
    assert [one.id for one in engine.running()] == ["known-by-its-id"]
    with pytest.raises(QueryIdTaken):
        engine.run(Request("ASK {}", id="known-by-its-id"))
    assert engine.cancel("known-by-its-id")
    assert not engine.cancel("known-by-its-id")
    running.join()
    assert type(running.error) is QueryCancelled
    assert engine.state("known-by-its-id") is None
    assert engine.running() == ()


def test_an_id_that_is_none_is_refused_and_none_is_made_up(engine: Engine) -> None:
    for wrong in ("short", "x" * 65, "with space in it", "../../etc/passwd"):
        with pytest.raises(UsageError):
            engine.run(Request("ASK {}", id=wrong))
    ids = {engine.run(Request("ASK {}")).id for _ in range(3)}
    assert len(ids) == 3
    assert all(len(one) >= 32 for one in ids)


def test_a_query_that_waits_is_stopped_by_its_id_too(engine: Engine) -> None:
    running = Asking(engine, Request(ENDLESS, id="runs-and-runs", client="a"))
    outcome: list[KgError] = []

    def wait() -> None:
        try:
            engine.run(Request(ENDLESS, id="waits-in-line", client="a"))
        except KgError as error:
            outcome.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while (state := engine.state("waits-in-line")) is None:
        time.sleep(0.005)
    assert state.status == "waiting"
    # Another client does not wait for this one.
    assert engine.run(Request("SELECT (1 AS ?n) {}", client="b")).read()
    assert engine.cancel("waits-in-line")
    waiting.join()
    assert type(outcome[0]) is QueryCancelled
    assert engine.cancel("runs-and-runs")
    running.join()


def test_only_a_trusted_query_may_raise_the_deadline(engine: Engine) -> None:
    for trusted, seconds, limit in ((False, 3600, 20), (True, 3600, 40), (True, None, 20), (False, 5, 5)):
        request = Request(ENDLESS, id="asks-for-time", seconds=seconds, trusted=trusted)
        running = Asking(engine, request)
        state = engine.state("asks-for-time")
        assert state is not None
        assert state.limit == limit
        assert engine.cancel("asks-for-time")
        running.join()


def test_the_same_question_of_the_same_snapshot_runs_once(engine: Engine, publication: Publication) -> None:
    request = Request("SELECT * { ?s ?p ?o }", snapshot=publication.store.current_id(), solutions="text/csv")
    first, second = engine.run(request), engine.run(request)
    assert (first.cached, second.cached) == (False, True)
    assert first.read() == second.read()
    assert (first.media_type, first.snapshot) == (second.media_type, second.snapshot)
    assert not engine.run(Request(request.query, snapshot=request.snapshot)).cached


def test_what_is_kept_needs_no_place_to_run(engine: Engine, publication: Publication) -> None:
    request = Request("SELECT * { ?s ?p 1 }", snapshot=publication.store.current_id(), client="a")
    answer = engine.run(request).read()
    hogs = [Asking(engine, Request(ENDLESS, id=f"takes-a-place-{one}", client=one)) for one in "ab"]
    assert engine.run(request).read() == answer
    for one in "ab":
        engine.cancel(f"takes-a-place-{one}")
    for hog in hogs:
        hog.join()


def test_what_fails_is_not_kept(engine: Engine, publication: Publication) -> None:
    request = Request("SELECT nothing", snapshot=publication.store.current_id())
    for _ in range(2):
        with pytest.raises(QueryError):
            engine.run(request)


def test_many_that_ask_the_same_at_once_get_one_answer(publication: Publication) -> None:
    pool = Pool(publication.settings.store, Limits(concurrent=1, queued=8))
    slow = f"SELECT (COUNT(*) AS ?n) {{ {numbers(1_000_000)} }}"
    request = Request(slow, snapshot=publication.store.current_id())
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(pool.run(request).cached)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.close()
    assert sorted(answers) == [False] + [True] * 5


def test_where_the_first_of_them_is_stopped_the_others_go_on(publication: Publication) -> None:
    pool = Pool(publication.settings.store, Limits(concurrent=1, queued=8))
    query = f"SELECT (COUNT(*) AS ?n) {{ {numbers(4_000_000)} }}"
    snapshot = publication.store.current_id()
    first = Asking(pool, Request(query, snapshot=snapshot, id="first-of-them"))
    bodies: list[bytes] = []
    second = threading.Thread(target=lambda: bodies.append(pool.run(Request(query, snapshot=snapshot)).read()))
    second.start()
    while len(pool.running()) < 2:
        time.sleep(0.005)
    assert pool.cancel("first-of-them")
    first.join()
    second.join()
    pool.close()
    assert type(first.error) is QueryCancelled
    assert b"4000000" in bodies[0]


def test_a_purge_need_not_wait_for_idle_workers_and_nothing_it_removes_is_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.engine.running._IDLE", 0.2)
    monkeypatch.setattr("kg.engine.pool._STALE", 0.0)
    publication = Publication.make(tmp_path)
    (outcome,) = publication.add(document(page()))
    assert outcome.iri is not None
    pool = Pool(publication.settings.store, Limits(concurrent=1), warm=True)
    request = Request(
        "SELECT ?h { ?a <http://schema.org/headline> ?h }",
        snapshot=publication.store.current_id(),
        solutions="text/csv",
    )
    assert b"Mayor" in pool.run(request).read()
    assert pool.run(request).cached
    assert [process.snapshot for process in pool._idle] == [request.snapshot]
    pipeline.purge(publication.store, outcome.iri, time=publication.now(), reason="court order 7 K 12/26", wait=30)
    after = pool.run(request)
    assert after.snapshot == request.snapshot
    assert b"Mayor" not in after.read()
    pool.close()


def test_a_budget_of_running_time_is_429(publication: Publication) -> None:
    pool = Pool(publication.settings.store, Limits(client_seconds=1, concurrent=1))
    with pytest.raises(QueryTimeout):
        pool.run(Request(ENDLESS, seconds=1.5, client="a"))
    with pytest.raises(TooManyQueries) as caught:
        pool.run(Request("ASK {}", client="a"))
    assert caught.value.retry_after > 20
    assert pool.run(Request("ASK {}", client="b")).read()
    pool.close()


def test_a_query_that_needs_too_much_memory_is_told_so_and_the_next_is_answered(engine: Engine) -> None:
    hoard = f"SELECT * {{ {numbers(100_000_000)} }} ORDER BY ?v3 ?v0"
    with pytest.raises(QueryTooLarge) as caught:
        engine.run(Request(hoard))
    assert (caught.value.limit, caught.value.unit) == (400, "MiB")
    assert engine.run(Request("ASK {}")).read()


def test_a_stopped_worker_is_replaced_before_it_is_needed(publication: Publication) -> None:
    pool = Pool(publication.settings.store, Limits(concurrent=2), warm=True)
    assert len(pool._idle) == 2
    running = Asking(pool, Request(ENDLESS, id="to-be-replaced"))
    assert pool.cancel("to-be-replaced")
    running.join()
    assert len(pool._idle) == 2
    assert all(process.alive for process in pool._idle)
    pool.close()


def test_an_answer_of_200_000_rows_is_streamed_in_little_memory(engine: Engine) -> None:
    with engine.run(Request(numbers(200_000), solutions="text/tab-separated-values")) as answer:
        lines, largest = 0, 0
        for chunk in answer:
            lines += chunk.count(b"\n")
            largest = max(largest, len(chunk))
    assert lines == 200_001
    assert largest <= 2**20
