"""A purge that dies at any step leaves every snapshot readable, and the same command again completes it."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from publication import Publication, document
from purge_fixture import WORDS, article, copied, found, logical, other, printed, purge

from kg.store import Store, durable

PURGER = Path(__file__).resolve().parent / "purger.py"


class Purger:
    """The process that purges and dies."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PURGER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, store: Path, page: str, step: int) -> int | None:
        """How many steps it made, or None where it died."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{store} {page} {step}\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        if not said.startswith("steps"):
            return None
        assert self.process.stdout.readline() == "ended\n"
        return int(said.split()[1])

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def purger() -> Iterator[Purger]:
    made = Purger()
    yield made
    made.close()


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    return printed(tmp_path_factory.mktemp("printed"), short=True)


def died(original: Publication, purger: Purger, folder: Path, step: int) -> int | None:
    """Let a purge of a copy die, and check what is left and that it can be completed; steps made, where it did not."""
    press = copied(original, folder)
    page = article(press)
    made = purger.run(press.store.path, page, step)
    kept = [entry.id for entry in press.store.known() if entry.state == "kept"]
    assert len(kept) >= len(original.store.snapshots())
    for name in kept:
        assert press.store.verify(name).findings == ()
    with press.store.reader() as reader:
        assert (reader.state(page) == "live") == (press.store.current_id() == original.store.current_id())
    if step % 2:  # the next publisher cleans up, and must leave alone what the purge still needs
        press.clock = press.clock.replace(day=15)
        press.add(document(other(6), "6.txt"))
    done = purge(press, page)
    assert done.complete
    assert found(press.store.path, *WORDS) == []
    assert logical(press.store, *WORDS) == []
    for snapshot in press.store.snapshots():
        assert press.store.verify(snapshot.info.id).findings == ()
    assert not list((press.store.path / "snapshots").glob(".*"))
    assert not (press.store.path / "purge.json").exists()
    # A thread of the text index may still be tidying up; what is left goes with the temporary folder.
    shutil.rmtree(folder, ignore_errors=True)
    return made


def count(original: Publication, purger: Purger, folder: Path) -> int:
    made = died(original, purger, folder, 0)
    assert made is not None
    return made


def test_a_purge_killed_at_a_sample_of_its_steps_is_completed_by_the_next(
    original: Publication, purger: Purger, tmp_path: Path
) -> None:
    steps = count(original, purger, tmp_path / "0")
    sample = sorted({*range(1, steps, max(1, steps // 4)), steps})
    assert [died(original, purger, tmp_path / str(step), step) for step in sample] == [None] * len(sample)


@pytest.mark.long
def test_a_purge_killed_at_each_of_its_steps_is_completed_by_the_next(
    original: Publication, purger: Purger, tmp_path: Path
) -> None:
    steps = count(original, purger, tmp_path / "0")
    assert [died(original, purger, tmp_path / str(step), step) for step in range(1, steps + 1)] == [None] * steps


@pytest.mark.long
def test_a_purge_killed_at_random_moments_is_completed_by_the_next(
    original: Publication, purger: Purger, tmp_path: Path
) -> None:
    dice = random.Random(20261122)
    made = [died(original, purger, tmp_path / str(n), -dice.randrange(1, 2500)) for n in range(60)]
    assert sum(one is None for one in made) > 20


def test_where_two_directories_cannot_change_names_at_once_a_crash_between_two_renames_is_repaired(
    original: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = copied(original, tmp_path)
    page = article(press)

    def no(one: Path, two: Path) -> bool:
        return False

    class Power(BaseException):
        """The cut."""

    def cut(source: Path, target: Path) -> None:
        if source.name.startswith(".purging-"):
            raise Power
        rename(source, target)

    rename = durable.rename
    monkeypatch.setattr(durable, "exchange", no)
    monkeypatch.setattr(durable, "rename", cut)
    with pytest.raises(Power):
        purge(press, page)
    monkeypatch.setattr(durable, "rename", rename)
    names = [snapshot.info.id for snapshot in original.store.snapshots()]
    assert len(press.store.snapshots()) == len(names)  # one is aside, one came
    press.add(document(other(6), "6.txt"))  # any publisher repairs it
    assert {*names} < {snapshot.info.id for snapshot in press.store.snapshots()}
    assert purge(press, page).complete
    assert found(press.store.path, *WORDS) == []
    assert all(press.store.verify(name).findings == () for name in names)


def test_a_purge_without_room_on_the_disk_says_so_and_changes_nothing(
    original: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg.errors import StoreError

    press = copied(original, tmp_path)
    page = article(press)
    before = sorted(p.name for p in (press.store.path / "snapshots").iterdir())

    def full(root: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(durable, "sync_tree", full)
        with pytest.raises(StoreError, match="No space left"):
            purge(press, page)
    assert sorted(p.name for p in (press.store.path / "snapshots").iterdir()) == before
    with Store.open(press.store.path).reader() as reader:
        assert reader.state(page) == "live"
    assert purge(press, page).complete
