"""Snapshots: publishing, ids, locks, leases, history, pruning, restoring, backing up, checking."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad
from pyoxigraph import Store as Rdf
from store_fixture import BASE, IRIS, START, at, graphs, page, store_article

from kg.errors import (
    ConfigError,
    IriError,
    PublishFailed,
    SnapshotPruned,
    SnapshotUnknown,
    StoreError,
    StoreLocked,
    StoreMissing,
    UsageError,
)
from kg.store import SnapshotInfo, Store, replay, tally
from kg.store.changes import read
from kg.vocab import NKG, SCHEMA


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store", BASE)


def publish(store: Store, minute: int, *numbers: int, version: int = 1, size: int = 4) -> SnapshotInfo:
    with store.begin(time=at(minute), holder="test") as draft:
        for number in numbers:
            store_article(draft, number, version=version, size=size)
        return draft.commit()


def files(folder: Path) -> dict[str, tuple[int, int, int]]:
    """What a directory's files are, links and access times aside."""
    found = {}
    for file in sorted(folder.rglob("*")):
        status = file.stat()
        found[str(file.relative_to(folder))] = (status.st_ino, status.st_size, status.st_mtime_ns)
    return found


# ---- making and opening -------------------------------------------------------------------------------------------


def test_a_new_store_has_an_empty_snapshot_without_a_date(store: Store) -> None:
    assert store.current().counts.quads == 0
    with store.reader() as reader:
        assert list(reader.rdf) == []
        assert reader.text.search("anything").total == 0
    with pytest.raises(SnapshotUnknown, match="at or before"):
        store.reader("2020-01-01")


def test_a_store_is_bound_to_its_base_iri(store: Store) -> None:
    assert Store.open(store.path, BASE).base_iri == BASE
    with pytest.raises(ConfigError, match="fixed when a store is made") as caught:
        Store.open(store.path, "https://elsewhere.example")
    assert caught.value.exit_code == 2
    assert caught.value.setting == "base_iri"


def test_what_is_no_store_is_missing_and_a_store_is_not_made_twice(tmp_path: Path, store: Store) -> None:
    with pytest.raises(StoreMissing, match="kg init"):
        Store.open(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="already"):
        Store.create(store.path, BASE)
    with pytest.raises(IriError):
        Store.create(tmp_path / "other", "https://news.example/")


def test_a_store_of_a_newer_format_is_refused(store: Store) -> None:
    file = store.path / "store.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": 99}))
    with pytest.raises(StoreError, match="upgrade newsgraph"):
        Store.open(store.path)


def test_damaged_settings_and_manifests_are_named(store: Store) -> None:
    (store.path / "snapshots" / store.current_id() / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match="not a manifest"):
        store.current()
    (store.path / "store.json").write_text("[]")
    with pytest.raises(StoreError, match=r"store\.json: damaged"):
        Store.open(store.path)


# ---- publishing ---------------------------------------------------------------------------------------------------


def test_readers_see_the_whole_publish_or_nothing_of_it(store: Store) -> None:
    with store.begin(time=at(0)) as draft:
        store_article(draft, 1)
        assert store.current().counts.quads == 0
        with store.reader() as reader:
            assert list(reader.rdf) == []
        info = draft.commit({"shacl": {"violations": 0}})
    assert store.current() == info
    assert info.summary == {"shacl": {"violations": 0}}
    assert info.time == "2026-11-22T16:45:00Z"
    with store.reader() as reader:
        assert len(reader.rdf) == info.counts.quads
        assert list(reader.articles()) == [page(1)]


@pytest.mark.parametrize("how", ["left", "raised"])
def test_a_draft_that_is_not_committed_leaves_nothing(store: Store, how: str) -> None:
    before = store.current()

    def work() -> None:
        with store.begin(time=at(0)) as draft:
            store_article(draft, 1)
            if how == "raised":
                raise RuntimeError("stop")

    if how == "raised":
        with pytest.raises(RuntimeError, match="stop"):
            work()
    else:
        work()
    assert store.current() == before
    assert [p.name for p in (store.path / "snapshots").iterdir()] == [before.id]
    publish(store, 1, 1)


def test_a_closed_draft_takes_nothing_more(store: Store) -> None:
    with store.begin(time=at(0)) as draft:
        draft.commit()
        with pytest.raises(UsageError, match="closed"):
            draft.put(graphs(1))
        with pytest.raises(UsageError, match="closed"):
            draft.commit()


def test_no_file_of_a_published_snapshot_ever_changes(store: Store) -> None:
    publish(store, 0, 1, 2, 3)
    info = publish(store, 1, 1, version=2)
    folder = store.path / "snapshots" / info.id
    before = files(folder)
    with store.reader() as reader:
        list(reader.rdf)
        reader.text.search("story")
    for minute in range(2, 12):
        publish(store, minute, minute % 4, version=minute)
    store.settle()
    publish(store, 20, 1, version=9)
    with store.reader(info.id) as reader:
        list(reader.rdf)
        reader.text.suggest("th")
    assert files(folder) == before


def test_a_draft_whose_rdf_is_still_held_is_not_published(store: Store) -> None:
    before = store.current()
    with store.begin(time=at(0)) as draft:
        store_article(draft, 1)
        held = draft.rdf
        with pytest.raises(PublishFailed, match="still in use"):
            draft.commit()
    del held
    assert store.current() == before
    publish(store, 1, 1)


def test_the_log_replayed_on_the_parent_gives_the_snapshot(store: Store) -> None:
    publish(store, 0, 1, 2, 3)
    with store.begin(time=at(1)) as draft:
        store_article(draft, 1, version=2)
        draft.remove(page(2), reason='quote " backslash \\ newline \n tab \t \u202e \U0001f600 </script>')
        draft.commit()
    parent, child = (snapshot.info for snapshot in store.snapshots()[-2:])
    copy = Rdf()
    with store.reader(parent.id) as reader:
        copy.extend(reader.rdf)
    replay(copy, read(store.path / "snapshots" / child.id / "changes.nq.gz"))
    with store.reader(child.id) as reader:
        assert set(copy) == set(reader.rdf)
        assert set(copy.named_graphs()) == set(reader.rdf.named_graphs())


def test_equal_content_has_an_equal_digest_whatever_the_way_there(tmp_path: Path) -> None:
    digests = []
    for name, steps in (("a", (1, 2, 3)), ("b", (3, 1, 2))):
        store = Store.create(tmp_path / name, BASE)
        with store.begin(time=at(0)) as draft:
            if name == "b":
                draft.put(graphs(2, version=5))
            for number in steps:
                draft.put(graphs(number))
            if name == "a":
                draft.provenance(graphs(2, version=5).provenance)
            digests.append(draft.commit().digest)
    assert digests[0] == digests[1]


# ---- ids ----------------------------------------------------------------------------------------------------------


def test_ids_sort_by_publish_even_when_the_clock_goes_back(store: Store) -> None:
    ids = [publish(store, minute, 1, version=minute).id for minute in (5, 1, 9, 9)]
    assert ids == sorted(set(ids))
    assert ids[0] == "20261122T165000Z-0001"
    assert store.show(ids[1]).time == "2026-11-22T16:46:00Z"


def test_an_id_is_not_used_again_after_an_abandoned_publish_or_a_restore(store: Store) -> None:
    one = publish(store, 0, 1)
    with store.begin(time=at(0)) as draft:
        abandoned = draft.id
    two = publish(store, 0, 2)
    restored = store.restore(one.id, time=at(0))
    three = publish(store, 0, 3)
    assert len({one.id, abandoned, two.id, restored.id, three.id}) == 5


def test_a_torn_line_in_the_ledger_costs_nothing_else(store: Store) -> None:
    one = publish(store, 0, 1)
    with (store.path / "ids").open("ab") as file:
        file.write(b'{"id": "20261122T1646')
    two = publish(store, 1, 2)
    assert [entry.id for entry in store.known()][-2:] == [one.id, two.id]


# ---- the writer lock ----------------------------------------------------------------------------------------------


def test_a_second_publisher_is_told_who_holds_the_lock(store: Store) -> None:
    with store.begin(time=at(0), holder="kg ingest feed"):
        with pytest.raises(StoreLocked, match="kg ingest feed") as caught:
            store.begin(time=at(1))
        assert f"pid {os.getpid()}" in caught.value.holder
        assert "2026-11-22T16:45:00Z" in caught.value.holder
        assert caught.value.exit_code == 3
    publish(store, 2, 1)


def test_the_lock_of_a_dead_process_blocks_nobody_and_its_leftovers_go(store: Store) -> None:
    code = (
        "import os, sys; from pathlib import Path; from datetime import datetime, UTC; from kg.store import Store\n"
        "draft = Store.open(Path(sys.argv[1])).begin(time=datetime(2026, 11, 22, tzinfo=UTC), holder='dies')\n"
        "os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(store.path)], check=False, env=_environment())
    assert ended.returncode == -9
    assert list((store.path / "snapshots").glob(".building-*"))
    publish(store, 0, 1)
    assert not list((store.path / "snapshots").glob(".*"))


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


# ---- readers, leases and pruning ----------------------------------------------------------------------------------


def test_a_snapshot_is_found_by_id_and_by_date(store: Store) -> None:
    one = publish(store, 0, 1)
    two = publish(store, 60 * 24, 2)
    for asked, expected in [
        (None, two),
        (one.id, one),
        ("2026-11-22", one),
        ("2026-11-22T16:45:00Z", one),
        ("2026-11-22T17:45:00+01:00", one),
        ("2026-11-23", two),
        ("2026-11", two),
        ("2026", two),
        ("9999", two),
        ("9999-12", two),
    ]:
        with store.reader(asked) as reader:
            assert reader.info == expected
    for bad in ("2026-11-21", "2026-11-22T16:44:59Z", "2026-13", "nonsense", "", "../../etc", "0000", "\x00"):
        with pytest.raises(SnapshotUnknown):
            store.reader(bad)


def test_a_pruned_snapshot_says_so_and_names_the_nearest_kept(store: Store) -> None:
    made = [publish(store, minute, 1, version=minute) for minute in range(5)]
    store.pin(made[1].id, time=at(5))
    outcome = store.prune(keep_last=1, time=at(6))
    assert outcome.removed == (*_first(store), made[0].id, made[2].id, made[3].id)
    assert outcome.freed > 0
    for index, nearest in ((0, made[1].id), (2, made[1].id), (3, made[1].id)):
        with pytest.raises(SnapshotPruned) as caught:
            store.reader(made[index].id)
        assert caught.value.nearest == nearest
    with pytest.raises(SnapshotPruned):
        store.reader(made[3].time)
    entry = {entry.id: entry for entry in store.known()}[made[2].id]
    assert (entry.state, entry.digest, entry.time) == ("pruned", made[2].digest, made[2].time)
    store.unpin(made[1].id, time=at(7))
    assert store.prune(keep_last=1, time=at(8)).removed == (made[1].id,)
    assert [snapshot.info.id for snapshot in store.snapshots()] == [made[4].id]


def _first(store: Store) -> tuple[str, ...]:
    return tuple(entry.id for entry in store.known() if entry.id.endswith("-0000"))


def test_the_last_snapshot_of_each_kept_day_stays(store: Store) -> None:
    day = 60 * 24
    made = [publish(store, minute, 1, version=minute) for minute in (0, 1, day, day + 1, 2 * day)]
    store.prune(keep_last=1, keep_daily=2, time=at(3 * day))
    assert [snapshot.info.id for snapshot in store.snapshots()] == [made[3].id, made[4].id]


def test_pruning_leaves_a_snapshot_that_is_read_and_says_who_reads_it(store: Store) -> None:
    made = [publish(store, minute, 1, version=minute) for minute in range(3)]
    with store.reader(made[0].id) as reader:
        outcome = store.prune(keep_last=1, time=at(5))
        assert [name for name, _ in outcome.skipped] == [made[0].id]
        if sys.platform == "linux":
            assert f"pid {os.getpid()} " in outcome.skipped[0][1][0]
        assert len(list(reader.rdf)) == made[0].counts.quads
    assert store.prune(keep_last=1, time=at(6)).removed == (made[0].id,)


def test_a_reader_that_has_touched_nothing_yet_can_still_read_all_after_five_snapshots_were_pruned(
    store: Store,
) -> None:
    # RocksDB opens its files when it needs them (16 of them at once), so the test wants many files. A bulk load of
    # one quad makes one file of one key in each column family; such files do not overlap and are never merged.
    with store.begin(time=at(0)) as draft:
        for number in range(30):
            node = NamedNode(f"http://example.org/{number}")
            draft.rdf.bulk_extend([Quad(node, NamedNode(f"{node.value}/p"), Literal(f"a text {number}"), node)])
        store_article(draft, 1)
        made = draft.commit()
    assert len(list((store.path / "snapshots" / made.id / "rdf").glob("*.sst"))) >= 100
    with store.reader() as reader:
        for minute in range(60, 66):
            publish(store, minute, minute % 5, version=minute)
        assert len(store.prune(keep_last=1, time=at(70)).removed) >= 5
        store.settle()
        publish(store, 71, 1, version=99)
        store.prune(keep_last=1, time=at(72))
        assert len(reader.rdf) == 30 + made.counts.quads
        assert reader.text.search("story").total > 0


def test_a_reader_during_a_publish_sees_its_own_snapshot_to_the_end(store: Store) -> None:
    first = publish(store, 0, 1, 2, 3)
    with store.reader() as reader:
        scan = iter(reader.rdf)
        next(scan)
        publish(store, 1, 1, 2, 3, version=2)
        assert 1 + sum(1 for _ in scan) == first.counts.quads
        del scan


def test_a_lease_that_is_won_on_a_removed_snapshot_is_not_kept(store: Store) -> None:
    one = publish(store, 0, 1)
    publish(store, 1, 2)
    lease = store.path / "snapshots" / one.id / "lease"
    descriptor = os.open(lease, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)  # a pruning under way
    caught: list[BaseException] = []

    def read_old() -> None:
        try:
            store.reader(one.id)
        except SnapshotPruned as error:
            caught.append(error)

    reading = threading.Thread(target=read_old)
    reading.start()
    from kg.store.layout import Layout

    layout = Layout.read(store.path)
    layout.ledger.mark(one.id, state="pruned")
    layout.folder(one.id).rename(layout.root / f".pruned-{one.id}")
    os.close(descriptor)
    reading.join()
    assert len(caught) == 1


def test_a_closed_reader_says_so(store: Store) -> None:
    reader = store.reader()
    reader.close()
    reader.close()
    with pytest.raises(UsageError, match="closed"):
        reader.rdf  # noqa: B018
    with pytest.raises(UsageError, match="closed"):
        reader.text  # noqa: B018


# ---- following ----------------------------------------------------------------------------------------------------


def test_a_follower_keeps_one_reader_until_the_pointer_moves(store: Store) -> None:
    follower = store.follower()
    with follower.reader() as one, follower.reader() as same:
        assert one is same
        made = publish(store, 0, 1)
        with follower.reader() as new:
            assert new is not one
            assert new.info == made
        assert list(one.rdf) == []  # still open: it has users
    with pytest.raises(UsageError, match="closed"):
        one.rdf  # noqa: B018
    follower.close()
    with pytest.raises(UsageError, match="closed"):
        new.rdf  # noqa: B018
    with pytest.raises(UsageError, match="closed"), follower.reader():
        pass


def test_threads_that_follow_while_others_publish_and_prune_only_ever_see_whole_snapshots(store: Store) -> None:
    publish(store, 0, 0)
    follower = store.follower()
    stop = threading.Event()
    wrong: list[str] = []
    seen: set[str] = set()

    def work() -> None:
        while not stop.is_set():
            with follower.reader() as reader:
                quads = sum(1 for _ in reader.rdf)
                if quads != reader.info.counts.quads:
                    wrong.append(f"{reader.info.id}: {quads}")
                seen.add(reader.info.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for minute in range(1, 16):
        publish(store, minute, minute % 4, version=minute)
        store.prune(keep_last=1, time=at(minute))
    stop.set()
    for thread in threads:
        thread.join()
    follower.close()
    assert wrong == []
    assert len(seen) > 1
    assert len(store.prune(keep_last=1, time=at(30)).skipped) == 0


# ---- history ------------------------------------------------------------------------------------------------------


def test_the_difference_of_two_snapshots_is_the_same_from_the_logs_and_from_the_stores(store: Store) -> None:
    one = publish(store, 0, 1, 2)
    publish(store, 1, 1, version=2)
    publish(store, 2, 1, 3)
    last = publish(store, 3, 2, version=3)
    with store.reader(one.id) as a, store.reader(last.id) as b:
        before, after = set(a.rdf), set(b.rdf)
    expected = {("-", quad) for quad in before - after} | {("+", quad) for quad in after - before}
    from_logs = list(store.diff(one.id, last.id))
    assert len(from_logs) == len(expected)
    assert set(from_logs) == expected
    backwards = set(store.diff(last.id, one.id))
    assert backwards == {("+" if sign == "-" else "-", quad) for sign, quad in expected}
    counts = tally(iter(from_logs))
    assert counts[IRIS.graph(page(3), "content").value][0] > 0
    assert counts[""] == (
        sum(1 for s, q in expected if s == "+" and str(q.graph_name) == "DEFAULT"),
        sum(1 for s, q in expected if s == "-" and str(q.graph_name) == "DEFAULT"),
    )


def test_a_restored_snapshot_equals_the_old_one_under_a_new_id(store: Store) -> None:
    one = publish(store, 0, 1, 2)
    two = publish(store, 1, 2, 3, version=2)
    restored = store.restore(one.id, time=at(2), holder="test")
    assert restored.digest == one.digest
    assert restored.parent == two.id
    assert restored.summary == {"restored": one.id}
    assert store.current() == restored
    with store.reader(one.id) as a, store.reader() as b:
        assert set(a.rdf) == set(b.rdf)
        assert b.text.search("story").total == a.text.search("story").total
    assert page(3) in restored.pages
    assert store.verify().findings == ()
    publish(store, 3, 4)
    assert store.verify().findings == ()


def test_the_list_says_what_removing_each_snapshot_frees(store: Store) -> None:
    for minute in range(3):
        publish(store, minute, minute)
    listed = store.snapshots()
    assert [snapshot.current for snapshot in listed] == [False, False, False, True]
    foretold = listed[1].frees
    before = _disk(store.path / "snapshots")
    for snapshot in (listed[0], listed[2], listed[3]):
        store.pin(snapshot.info.id, time=at(5))
    assert store.prune(keep_last=1, time=at(5)).freed == foretold
    assert before - _disk(store.path / "snapshots") == foretold


def _disk(folder: Path) -> int:
    found = {(f.stat().st_dev, f.stat().st_ino): f.stat().st_blocks * 512 for f in folder.rglob("*") if f.is_file()}
    return sum(found.values())


def test_a_backup_is_a_store_of_its_own_that_shares_no_file(store: Store, tmp_path: Path) -> None:
    publish(store, 0, 1)
    made = publish(store, 1, 2)
    outcome = store.backup(tmp_path / "backup")
    assert outcome.whole
    copy = Store.open(tmp_path / "backup", BASE)
    assert copy.current() == made
    inodes = {file.stat().st_ino for file in store.path.rglob("*") if file.is_file()}
    assert not inodes & {file.stat().st_ino for file in copy.path.rglob("*") if file.is_file()}
    assert publish(copy, 2, 3).counts.articles == 3
    with pytest.raises(UsageError, match="not empty"):
        store.backup(tmp_path / "backup")


# ---- compaction ---------------------------------------------------------------------------------------------------


def test_a_compacted_copy_is_brought_up_to_date_and_changes_no_content(store: Store) -> None:
    for minute in range(8):
        publish(store, minute, minute % 3, version=minute)
    assert store.settle_due()
    before = store.current()
    assert store.settle() == before.id
    assert not store.settle_due()
    with store.begin(time=at(9)) as draft:  # a draft that is given up leaves the copy for the next one
        assert draft.lookup("guid:1") == page(1)
    assert publish(store, 10, 1, version=20).unsettled == 1
    assert store.verify().findings == ()
    assert not list((store.path / "snapshots").glob(".*"))


def test_compacting_the_same_snapshot_again_does_nothing(store: Store) -> None:
    publish(store, 0, 1)
    assert store.settle() == store.settle() == store.current_id()


def test_publishes_made_while_a_copy_was_compacted_are_replayed_on_it(store: Store) -> None:
    publish(store, 0, 1, 2)
    store.settle()
    held = store.path / "snapshots" / f".settled-{store.current_id()}"
    aside = store.path / "aside"
    held.rename(aside)
    publish(store, 1, 1, version=2)
    with store.begin(time=at(2)) as draft:
        draft.remove(page(2), reason="test")
        draft.commit()
    aside.rename(held)
    made = publish(store, 3, 3)
    assert made.unsettled == 1
    assert store.verify().findings == ()
    assert made.counts.articles == 2


def test_a_compacted_copy_whose_logs_were_pruned_is_thrown_away(store: Store) -> None:
    publish(store, 0, 1, 2)
    store.settle()
    held = store.path / "snapshots" / f".settled-{store.current_id()}"
    aside = store.path / "aside"
    held.rename(aside)
    publish(store, 1, 1, version=2)
    publish(store, 2, 1, version=3)
    store.prune(keep_last=1, time=at(3))
    aside.rename(held)
    made = publish(store, 4, 4)
    assert made.unsettled > 1
    assert not held.exists()
    assert store.verify().findings == ()


def test_settling_in_the_background_keeps_the_files_few_and_the_content_right(store: Store) -> None:
    with store.settling() as published:
        for minute in range(20):
            publish(store, minute, minute % 3, version=minute)
            published.set()
    # at the latest now a compacted copy is there; without any the count would be 21
    assert publish(store, 30, 1, version=50).unsettled < 21
    assert store.verify().findings == ()


# ---- checking -----------------------------------------------------------------------------------------------------


def _tamper(store: Store, *, add: tuple[Quad, ...] = (), remove: tuple[Quad, ...] = ()) -> None:
    rdf = Rdf(str(store.path / "snapshots" / store.current_id() / "rdf"))
    rdf.extend(add)
    for quad in remove:
        rdf.remove(quad)
    rdf.flush()


def test_verifying_finds_a_triple_too_many_in_the_default_graph(store: Store) -> None:
    publish(store, 0, 1)
    assert store.verify().whole
    _tamper(store, add=(Quad(NamedNode("http://x/a"), SCHEMA.name, Literal("stray")),))
    findings = " ".join(store.verify().findings)
    assert "digest" in findings
    assert "in no published graph" in findings


def test_verifying_finds_a_triple_missing_from_the_default_graph_and_a_lost_key(store: Store) -> None:
    publish(store, 0, 1)
    with store.reader() as reader:
        row = next(reader.rdf.quads_for_pattern(None, NKG.identifies, None, None))
        shown = next(reader.rdf.quads_for_pattern(None, SCHEMA.headline, None, IRIS.graph(page(1), "content")))
    _tamper(store, remove=(row, Quad(shown.subject, shown.predicate, shown.object)))
    findings = " ".join(store.verify().findings)
    assert "not in the default graph" in findings
    assert "have no key" in findings


def test_verifying_finds_an_article_that_was_not_indexed(store: Store) -> None:
    with store.begin(time=at(0)) as draft:
        draft.claim("k", page(1))
        draft.put(graphs(1))
        draft.commit()
    assert any("not in the text index" in finding for finding in store.verify().findings)


def test_times_without_a_zone_are_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="zone"):
        store.begin(time=datetime(2026, 11, 22))  # noqa: DTZ001
    assert START.tzinfo is UTC
