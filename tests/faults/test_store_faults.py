"""A publisher that dies at any moment, or runs out of disk, leaves the current snapshot whole.

Two kinds of death. At a chosen system call: strace kills the publisher when one of its threads makes its n-th call
(strace counts per thread, and RocksDB's background threads share the work differently in each run, so the calls
that are hit are chosen by thread, not by global order). At a random moment: kill -9, with moments from a fixed seed.
The default tier takes every rename and about twelve of the links and fsyncs, evenly spread (all of them would take
some minutes), and 80 random moments; ``-m long`` takes every call and 2,000 random moments.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "unit"))

from publisher import publish  # noqa: E402
from store_fixture import BASE, IRIS, at, page, store_article  # noqa: E402

from kg.store import SnapshotInfo, Store  # noqa: E402
from kg.vocab import SCHEMA  # noqa: E402

#: One version of each call is in use on any one platform; a name that is never called is never hit.
CALLS = ("link", "linkat", "rename", "renameat", "renameat2", "fsync", "fdatasync")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "store", BASE)
    with made.begin(time=at(0)) as draft:
        for number in range(4):
            store_article(draft, number, size=10)
        draft.commit()
    return made


def command(store: Store, version: int, *more: str) -> list[str]:
    return [sys.executable, str(HERE / "publisher.py"), str(store.path), str(version % 4), str(version), *more]


def check(store: Store, before: SnapshotInfo, version: int) -> SnapshotInfo:
    """The store opens, current is exactly the old or exactly the new snapshot, and its parts agree."""
    now = Store.open(store.path, BASE).current()
    if now != before:
        assert now.parent == before.id
        assert now.summary == {"number": version % 4, "version": version}
        with store.reader() as reader:
            headline = next(
                reader.rdf.quads_for_pattern(IRIS.of_page(page(version % 4)), SCHEMA.headline, None, None)
            ).object
            assert f"version {version}" in str(headline)
            assert reader.state(page(version % 4 + 1)) in ("gone", None)
            hits = reader.text.search(f'"story {version % 4} version {version}"', kind="article").hits
            assert [hit.page for hit in hits] == [page(version % 4)]
            del headline
    with store.reader() as reader:
        assert len(reader.rdf) == now.counts.quads
    outcome = store.verify()
    assert outcome.findings == ()
    return now


def ids_given(store: Store) -> list[str]:
    lines = (store.path / "ids").read_text().splitlines()
    return [found[1] for line in lines if '"state": "begun"' in line and (found := re.search(r'"id": "([^"]+)"', line))]


# ---- killed at a system call --------------------------------------------------------------------------------------


def _strace() -> str:
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed, so no process can be killed at a chosen system call")
    probe = subprocess.run([found, "-f", "-qq", "-o", "/dev/null", "true"], check=False, capture_output=True)
    if probe.returncode:
        pytest.skip(f"strace may not trace here: {probe.stderr.decode(errors='replace').strip()[:120]}")
    return found


def _points(store: Store, strace: str, trace: Path) -> list[tuple[str, int]]:
    """Every (call, n) such that some thread of a publish makes the call at least n times."""
    arguments = [strace, "-f", "-qq", "-o", str(trace), "-e", f"trace={','.join(CALLS)}", *command(store, 1)]
    subprocess.run(arguments, check=True, capture_output=True)
    counts: Counter[tuple[str, str]] = Counter()
    for line in trace.read_text(errors="replace").splitlines():
        found = re.match(r"(\d+)\s+(\w+)\(", line)
        if found:
            counts[found[1], found[2]] += 1
    most: dict[str, int] = {}
    for (_, call), number in counts.items():
        most[call] = max(most.get(call, 0), number)
    return [(call, n) for call in CALLS for n in range(1, most.get(call, 0) + 1)]


def _kill_at(store: Store, strace: str, points: list[tuple[str, int]]) -> int:
    """How many of the publishes died; each is followed by a publish that must succeed."""
    died = 0
    version = 1
    for call, n in points:
        version += 1
        before = store.current()
        inject = f"inject={call}:signal=KILL:when={n}"
        arguments = [strace, "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
        ended = subprocess.run([*arguments, *command(store, version)], check=False, capture_output=True)
        died += b"done" not in ended.stdout
        check(store, before, version)
        version += 1
        publish(store, version % 4, version)
        assert store.current().summary == {"number": version % 4, "version": version}
        assert not list((store.path / "snapshots").glob(".*"))
        if version % 20 == 1:
            store.prune(keep_last=2, time=at(version))
    given = ids_given(store)
    assert len(given) == len(set(given))
    return died


def test_a_publisher_killed_at_a_sample_of_its_links_renames_and_fsyncs_leaves_the_store_whole(
    store: Store, tmp_path: Path
) -> None:
    strace = _strace()
    points = _points(store, strace, tmp_path / "trace")
    renames = [point for point in points if point[0].startswith("rename")]
    others = [point for point in points if not point[0].startswith("rename")]
    sample = renames + others[:: max(1, len(others) // 4)]
    died = _kill_at(store, strace, sample)
    assert died >= len(sample) * 2 // 3


@pytest.mark.long
def test_a_publisher_killed_at_every_link_rename_and_fsync_leaves_the_store_whole(store: Store, tmp_path: Path) -> None:
    strace = _strace()
    points = _points(store, strace, tmp_path / "trace")
    died = _kill_at(store, strace, points)
    assert died >= len(points) * 2 // 3


# ---- killed at a random moment ------------------------------------------------------------------------------------


def _kill_randomly(store: Store, rounds: int, *, settle_every: int) -> tuple[int, int]:
    """(how many died, how many of those had moved the pointer already)."""
    dice = random.Random(20261122)
    died = moved = 0
    serve = [sys.executable, str(HERE / "publisher.py"), str(store.path), "serve"]
    with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        usual = 0.0
        for version in range(1, rounds + 2):
            before = store.current()
            process.stdin.write(f"{version % 4} {version}\n")
            process.stdin.flush()
            ready, _, pid = process.stdout.readline().partition(" ")
            assert ready == "ready"
            started = time.monotonic()
            if version > 1:
                time.sleep(dice.uniform(0, usual * 1.15))
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            said = process.stdout.readline()
            if said.startswith("done"):
                usual = usual or time.monotonic() - started
                assert process.stdout.readline() == "ended\n"
            else:
                assert said == "ended\n"
                died += 1
            now = check(store, before, version)
            assert said == "ended\n" or now != before
            moved += said == "ended\n" and now != before
            if version % 25 == 0:
                publish(store, 0, version)
                store.prune(keep_last=2, time=at(version))
            if version % settle_every == 0:
                store.settle()
        process.stdin.close()
    publish(store, 0, rounds + 2)
    assert store.verify().findings == ()
    given = ids_given(store)
    assert len(given) == len(set(given))
    return died, moved


def test_a_publisher_killed_at_80_random_moments_leaves_the_store_whole(store: Store) -> None:
    died, _ = _kill_randomly(store, 80, settle_every=20)
    assert died > 40


@pytest.mark.long
def test_a_publisher_killed_at_2000_random_moments_leaves_the_store_whole(store: Store) -> None:
    died, _ = _kill_randomly(store, 2000, settle_every=20)
    assert died > 1000


# ---- no room, no right --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [0, 100, 1_000, 3_000, 10_000, 40_000, 80_000])
def test_a_publish_that_may_write_no_more_fails_with_a_reason_and_leaves_the_store_whole(
    store: Store, limit: int
) -> None:
    before = store.current()
    ended = subprocess.run(command(store, 1, str(limit)), check=False, capture_output=True)
    now = check(store, before, 1)
    if now == before:
        assert ended.returncode == 3, ended.stderr.decode(errors="replace")
        assert ended.stdout.splitlines()[1].startswith(b"failed PublishFailed")
        assert b"current snapshot is unchanged" in ended.stdout
    else:
        assert ended.returncode == 0
    assert not list((store.path / "snapshots").glob(".building-*"))
    publish(store, 2, 2)
    assert store.verify().findings == ()


def test_the_smallest_limit_refuses_and_the_largest_does_not(store: Store) -> None:
    # else the cases above would not show what they are meant to
    assert subprocess.run(command(store, 1, "0"), check=False, capture_output=True).returncode == 3
    assert subprocess.run(command(store, 2, str(1 << 30)), check=False, capture_output=True).returncode == 0


@pytest.fixture
def public_store() -> Iterator[Store]:
    """A store in a place that every user may read: pytest's own directories are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Store.create(Path(folder) / "store", BASE)


def test_a_publish_without_the_right_to_write_fails_with_a_reason_and_leaves_the_store_whole(
    public_store: Store,
) -> None:
    # Root may write anywhere, so a publisher started by root gives up its rights first.
    before = public_store.current()
    writable = (public_store.path, public_store.path / "snapshots")
    for folder in writable:
        folder.chmod(0o555)
    try:
        ended = subprocess.run(command(public_store, 1, "-1", "nobody"), check=False, capture_output=True)
    finally:
        for folder in writable:
            folder.chmod(0o755)
    assert ended.returncode == 3, ended.stderr.decode(errors="replace")
    assert b"PublishFailed" in ended.stdout
    assert b"Permission denied" in ended.stdout
    assert public_store.current() == before
    publish(public_store, 1, 1)
    assert public_store.verify().findings == ()


def test_a_file_in_place_of_the_snapshots_directory_is_named_and_nothing_else_is_touched(store: Store) -> None:
    aside = store.path / "aside"
    (store.path / "snapshots").rename(aside)
    (store.path / "snapshots").write_text("in the way")
    ended = subprocess.run(command(store, 1), check=False, capture_output=True)
    assert ended.returncode == 3, ended.stderr.decode(errors="replace")
    (store.path / "snapshots").unlink()
    aside.rename(store.path / "snapshots")
    publish(store, 1, 1)
    assert store.verify().findings == ()


def test_a_compaction_that_may_write_no_more_changes_nothing(store: Store) -> None:
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from kg.errors import StoreError; from kg.store import Store\n"
        "store = Store.open(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: store.settle()\n"
        "except StoreError: sys.exit(3)"
    )
    before = store.current()
    ended = subprocess.run([sys.executable, "-c", code, str(store.path)], check=False, capture_output=True)
    assert ended.returncode == 3, ended.stderr.decode(errors="replace")
    assert store.current() == before
    assert not list((store.path / "snapshots").glob(".settl*"))
    publish(store, 1, 1)
    assert store.verify().findings == ()
