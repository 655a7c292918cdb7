"""Replicas on real servers: loaded, changed, stopped half-way, killed, sent back, and refused what is not theirs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import purge_fixture
import pytest
from click.testing import CliRunner
from publication import page
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    Triple,
    parse_query_results,
)
from real import BASE, Real, odd, oxigraph
from store_fixture import at, store_article

from kg.cli import kg
from kg.errors import ConfigError, EngineUnavailable, KgError, QueryRefused, ReplicaMismatch
from kg.replicas import Follower, Replica, lag, marker, read_state
from kg.store import Store
from kg.vocab import SCHEMA

pytestmark = pytest.mark.engines

KEYS = ("query", "update", "auth", "user", "default_graph")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with six articles and a thing with hostile texts."""
    made = Store.create(tmp_path / "store", BASE, time=at(0))
    with made.begin(time=at(1)) as draft:
        for number in range(6):
            store_article(draft, number)
        draft.put_thing(odd())
        draft.commit()
    return made


@pytest.fixture
def replica(real: Real, store: Store) -> Iterator[Replica]:
    """The server, emptied of what other tests left."""
    if not real.server.answers():
        real.server.start()
    made = real.replica(store)
    empty(made)
    yield made
    if not real.server.answers():
        real.server.kill()
        real.server.start()


def empty(replica: Replica) -> None:
    from kg.replicas.follow import _Tally

    replica._clear(_Tally())
    replica.remote.change(f"DROP SILENT GRAPH <{marker.graph_of(BASE)}>", seconds=30)


def publish(store: Store, minute: int, *, version: int = 2) -> str:
    with store.begin(time=at(minute)) as draft:
        store_article(draft, 1, version=version)
        store_article(draft, 50 + minute)
        draft.remove(f"{BASE}/articles/story-000002", reason="a mistake") if minute == 2 else None
        return draft.commit().id


def held(replica: Replica) -> set[str]:
    """Every quad of the server below our base, and its default graph, as N-Quads."""
    copy = replica.settings.default_graph
    place = f'GRAPH ?g {{ ?s ?p ?o }} FILTER (STRSTARTS(STR(?g), "{BASE}/"))'
    rows = _rows(replica, f"SELECT ?g ?s ?p ?o {{ {place} }}")
    if copy is None:
        rows |= {("", *row) for row in _rows(replica, "SELECT ?s ?p ?o { ?s ?p ?o }")}
    own = str(NamedNode(marker.graph_of(BASE)))
    mine = {row if row[0] != f"<{copy}>" else ("", *row[1:]) for row in rows}
    return {" ".join(row) for row in mine if row[0] != own}


def _rows(replica: Replica, query: str) -> set[tuple[str, ...]]:
    with replica.remote.ask(query, accept="application/sparql-results+json", seconds=60) as reply:
        found = parse_query_results(reply.read(), format=QueryResultsFormat.JSON)
    return {tuple(map(str, row)) for row in found}  # type: ignore[union-attr]


def kept(store: Store) -> set[str]:
    """Every quad of the current snapshot, in the same way."""
    with store.reader() as reader:
        return {
            " ".join(("" if isinstance(q.graph_name, DefaultGraph) else str(q.graph_name), *map(str, q.triple)))
            for q in reader.rdf
        }


def test_a_new_replica_is_loaded_and_then_follows_what_changes(replica: Replica, store: Store) -> None:
    step = replica.catch_up()
    assert (step.kind, step.snapshot) == ("load", store.current_id())
    assert held(replica) == kept(store)
    assert replica.catch_up().kind == "none"
    for minute in (2, 3, 4):
        publish(store, minute, version=minute)
    step = replica.catch_up()
    assert (step.kind, step.snapshot) == ("change", store.current_id())
    assert 0 < step.added < len(kept(store)) / 2
    assert step.removed > 0
    assert held(replica) == kept(store)
    mark = replica.held()
    assert mark is not None
    assert (mark.snapshot, mark.digest, mark.target) == (store.current_id(), store.current().digest, None)


def test_a_load_through_the_graph_store_gives_the_same(real: Real, replica: Replica, store: Store) -> None:
    graphs = getattr(real.server, "graphs", None)
    made = real.replica(store, graphs=graphs, batch=50)
    assert made.resync().kind == "load"
    assert held(made) == kept(store)


@pytest.mark.parametrize("requests", [1, 4])
def test_a_change_that_was_stopped_is_seen_and_done_to_its_end(
    real: Real, replica: Replica, store: Store, requests: int
) -> None:
    replica.catch_up()
    publish(store, 2)
    small = real.replica(store, batch=40)
    _stopped_after(small, requests)
    mark = replica.held()
    assert mark is not None
    assert mark.target == store.current_id()
    publish(store, 3)  # meanwhile the store goes on
    assert replica.catch_up().snapshot == store.current_id()
    assert held(replica) == kept(store)


@pytest.mark.parametrize("requests", [3])
def test_a_load_that_was_stopped_begins_again(real: Real, replica: Replica, store: Store, requests: int) -> None:
    _stopped_after(real.replica(store, batch=40), requests)
    assert replica.catch_up().kind == "load"
    assert held(replica) == kept(store)


def _stopped_after(replica: Replica, requests: int) -> None:
    """Following ends as if its process were killed after so many requests that changed the server."""

    class _Killed(Exception):
        pass

    left = requests

    def touched() -> None:
        nonlocal left
        left -= 1
        if not left:
            raise _Killed

    with pytest.raises(_Killed):
        replica.catch_up(touched=touched)


def test_a_server_killed_in_a_change_is_brought_to_the_end_when_it_is_back(
    real: Real, replica: Replica, store: Store
) -> None:
    replica.catch_up()
    publish(store, 2)
    killed = False

    def touched() -> None:
        nonlocal killed
        if not killed:
            real.server.kill()
            killed = True

    with pytest.raises(EngineUnavailable):
        real.replica(store, batch=40).catch_up(touched=touched)
    with pytest.raises(EngineUnavailable):
        replica.catch_up()
    real.server.start()
    assert replica.catch_up().snapshot == store.current_id()
    assert held(replica) == kept(store)


def test_a_replica_of_another_store_is_refused_and_replaced_only_when_asked(
    replica: Replica, real: Real, store: Store, tmp_path: Path
) -> None:
    replica.catch_up()
    other = Store.create(tmp_path / "other", BASE, time=at(100))
    with other.begin(time=at(101)) as draft:
        store_article(draft, 7)
        draft.commit()
    before = held(replica)
    with pytest.raises(ReplicaMismatch, match="never had"):
        real.replica(other).catch_up()
    assert held(replica) == before
    assert real.replica(other).resync().kind == "load"
    assert held(replica) == kept(other)


def test_statements_without_a_mark_are_not_overwritten(replica: Replica) -> None:
    replica.remote.change(f"INSERT DATA {{ GRAPH <{BASE}/graphs/x> {{ <x:a> <x:b> <x:c> }} }}", seconds=30)
    with pytest.raises(ReplicaMismatch, match="no mark"):
        replica.catch_up()


def test_a_snapshot_of_the_same_id_and_another_content_is_refused(replica: Replica, store: Store) -> None:
    replica.catch_up()
    marker.finish(replica.remote, BASE, store.current_id(), "0" * 64, seconds=30)
    with pytest.raises(ReplicaMismatch, match="digests differ"):
        replica.catch_up()


@pytest.mark.long
def test_a_replica_that_is_too_far_behind_is_loaded_afresh(replica: Replica, store: Store) -> None:
    replica.catch_up()
    for minute in (2, 3):
        publish(store, minute)
    store.prune(keep_last=1, time=at(4))
    assert replica.catch_up().kind == "load"
    assert held(replica) == kept(store)


@pytest.mark.long
def test_a_restored_snapshot_is_followed(replica: Replica, store: Store) -> None:
    first = store.current_id()
    replica.catch_up()
    publish(store, 2)
    replica.catch_up()
    store.restore(first, time=at(3))
    assert replica.catch_up().kind == "change"
    assert held(replica) == kept(store)


def test_blank_nodes_are_the_same_iris_everywhere(replica: Replica, store: Store) -> None:
    from kg.replicas.terms import data, skolem

    quad = Quad(BlankNode("b1"), SCHEMA.name, Literal("x"), NamedNode(f"{BASE}/graphs/things"))
    made = skolem(quad, BASE)
    assert str(made.subject) == f"<{BASE}/.well-known/genid/b1>"
    assert skolem(made, BASE) is made
    for keyword, there in (("INSERT", 1), ("DELETE", 0)):
        replica.remote.change(data(keyword, [made], None), seconds=30)
        assert len(_rows(replica, f"SELECT ?g {{ GRAPH ?g {{ {made.subject} ?p ?o }} }}")) == there


def test_lag_and_failures_are_kept_for_others_to_see(real: Real, replica: Replica, store: Store) -> None:
    follower = Follower(replica, now=lambda: at(10), holder="test")
    assert lag(store, read_state(store.path, "replica"), at(10)).snapshots is None
    follower.once()
    assert lag(store, read_state(store.path, "replica"), at(10)) == lag(
        store, read_state(store.path, "replica"), at(99)
    )
    publish(store, 2)
    publish(store, 3)
    behind = lag(store, read_state(store.path, "replica"), at(10))
    assert (behind.snapshots, behind.seconds) == (2, 8 * 60)
    real.server.kill()
    with pytest.raises(EngineUnavailable):
        follower.once()
    state = read_state(store.path, "replica")
    assert (state.failures, state.error_time) == (1, "2026-11-22T16:55:00Z")
    assert state.error is not None
    assert "cannot be reached" in state.error
    real.server.start()
    follower.once()
    state = read_state(store.path, "replica")
    assert (state.failures, state.error, state.snapshot) == (0, None, store.current_id())


def test_the_command_follows_shows_and_refuses(real: Real, replica: Replica, store: Store, tmp_path: Path) -> None:
    own = real.settings
    more = [f"{key} = {json.dumps(getattr(own, key))}" for key in KEYS if getattr(own, key)]
    file = tmp_path / "kg.toml"
    file.write_text("\n".join((f'base_iri = "{BASE}"', 'store = "store"', "[[replicas]]", 'name = "replica"', *more)))

    def run(*arguments: str) -> tuple[int, str]:
        call = ["--config", str(file), *arguments]
        result = CliRunner().invoke(kg, call, env=real.environment, standalone_mode=False)
        if isinstance(result.exception, KgError):
            return result.exception.exit_code, result.exception.message
        assert result.exception is None, result.exception
        return int(result.return_value), result.output

    code, said = run("replicate", "--once")
    assert (code, "holds" in said) == (0, True)
    assert held(replica) == kept(store)
    publish(store, 2)
    code, said = run("--json", "replicate", "--status")
    assert json.loads(said)["behind"] == 1
    marker.finish(replica.remote, BASE, "20200101T000000Z-0000", "0" * 64, seconds=30)
    code, said = run("replicate", "--once")
    assert (code, "--resync" in said) == (1, True)
    run("replicate", "--resync", "replica")
    assert held(replica) == kept(store)
    code, said = run("replicate", "nobody")
    assert (code, "known: replica" in said) == (2, True)


@pytest.mark.long
def test_kg_watch_brings_replicas_up_to_date_too(real: Real, replica: Replica, store: Store, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    article = tmp_path / "in" / "a.txt"
    article.write_bytes(page())
    os.utime(article, (1e9, 1e9))  # a file that was written just now may not be finished
    own = real.settings
    more = [
        f"{key} = {json.dumps(getattr(own, key))}" for key in ("query", "update", "auth", "user") if getattr(own, key)
    ]
    more += [f'default_graph = "{own.default_graph}"'] if own.default_graph else []
    head = (f'base_iri = "{BASE}"', 'store = "store"', "[[sources]]", 'name = "desk"', 'path = "in"', 'rights = "own"')
    file = tmp_path / "kg.toml"
    file.write_text("\n".join((*head, "[[replicas]]", 'name = "replica"', *more)))
    before = store.current_id()
    call = ["--config", str(file), "watch", "--once"]
    result = CliRunner().invoke(kg, call, env=real.environment, standalone_mode=False)
    assert (result.exception, result.return_value) == (None, 0), result.output
    assert store.current_id() != before, result.output
    state = read_state(store.path, "replica")
    assert (state.snapshot, state.error) == (store.current_id(), None)
    assert held(replica) == {_as_held(line, real) for line in kept(store)}


def test_a_default_graph_that_is_a_union_needs_a_stand_in(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "union"
    folder.mkdir()
    real = oxigraph(folder, union=True)
    try:
        with pytest.raises(ConfigError, match="default_graph"):
            real.replica(store).catch_up()
        made = real.replica(store, default_graph=f"{BASE}/graphs/default")
        assert made.catch_up().kind == "load"
        assert {line for line in kept(store) if line.startswith(" ")} <= held(made) | kept(store)
    finally:
        real.server.kill()


def test_what_a_server_cannot_hold_stops_the_load_or_is_left_out_and_counted(
    real: Real, replica: Replica, store: Store
) -> None:
    if real.server.kind != "virtuoso":
        pytest.skip("Oxigraph holds every literal of ours")
    with store.begin(time=at(2)) as draft:
        number = Literal("1" * 30, datatype=NamedNode("http://www.w3.org/2001/XMLSchema#unsignedLong"))
        odd_one = Literal("P1Y", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#duration"))
        subject = NamedNode(f"{BASE}/things/odd-00000099")
        draft.put_thing((Triple(subject, SCHEMA.size, number), Triple(subject, SCHEMA.duration, odd_one)))
        draft.commit()
    with pytest.raises(QueryRefused, match="cannot hold"):
        replica.catch_up()
    step = real.replica(store, unstorable="skip").catch_up()
    assert step.left_out > 0
    assert step.reason


def test_a_purged_article_leaves_the_replica_too(real: Real, tmp_path: Path) -> None:
    press = purge_fixture.printed(tmp_path, short=True)
    replica = real.replica(press.store)
    empty(replica)
    replica.catch_up()
    secret = purge_fixture.article(press)
    assert any(purge_fixture.QUOTE in line for line in held(replica))
    purge_fixture.purge(press, secret)
    assert replica.catch_up().kind in ("load", "change")
    left = held(replica)
    assert not any(word in line for word in purge_fixture.WORDS for line in left)
    assert left == {_as_held(line, real) for line in kept(press.store)}


@pytest.mark.long
def test_a_purge_of_the_very_snapshot_that_a_replica_was_changed_to_reaches_it(real: Real, tmp_path: Path) -> None:
    press = purge_fixture.printed(tmp_path, short=True)
    replica = real.replica(press.store)
    empty(replica)
    replica.catch_up()
    marker.begin(replica.remote, BASE, press.store.current_id(), seconds=30)
    purge_fixture.purge(press, purge_fixture.article(press))
    replica.catch_up()
    assert not any(word in line for word in purge_fixture.WORDS for line in held(replica))


def _as_held(line: str, real: Real) -> str:
    """A line as the server gives it back: Virtuoso has a datatype of its own for geometries, and short booleans."""
    if real.server.kind != "virtuoso":
        return line
    boolean = "^^<http://www.w3.org/2001/XMLSchema#boolean>"
    line = line.replace(f'"true"{boolean}', f'"1"{boolean}').replace(f'"false"{boolean}', f'"0"{boolean}')
    geometry = "<http://www.openlinksw.com/schemas/virtrdf#Geometry>"
    return line.replace("<http://www.opengis.net/ont/geosparql#wktLiteral>", geometry)
