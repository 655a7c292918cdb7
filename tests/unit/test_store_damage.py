"""Damaged, half lost and read-only stores: said clearly, and a way back."""

from __future__ import annotations

import io
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from store_fixture import BASE, at, page, store_article

from kg.cli import main
from kg.errors import StoreError, StoreMissing
from kg.store import Store, damage, durable, export, tally


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three snapshots: the empty one and one for each of two articles."""
    made = Store.create(tmp_path / "store", BASE)
    for number in (1, 2):
        with made.begin(time=at(number), holder="test") as draft:
            store_article(draft, number, size=4)
            draft.commit()
    return made


def rdf(store: Store) -> Path:
    return store.path / "snapshots" / store.current_id() / "rdf"


def alone(store: Store) -> None:
    """Give the current snapshot files of its own, so that damage stays in it."""
    for file in rdf(store).iterdir():
        data = file.read_bytes()
        file.unlink()
        file.write_bytes(data)


def cut(folder: Path) -> None:
    for file in folder.glob("*.sst"):
        os.truncate(file, 100)


def overwrite(folder: Path) -> None:
    for file in folder.glob("*.sst"):
        file.write_bytes(b"\xff" * file.stat().st_size)


def lose_the_tables(folder: Path) -> None:
    # all tables: a single one may be a leftover of a merge that nothing refers to
    for file in folder.glob("*.sst"):
        file.unlink()


def lose_the_manifest(folder: Path) -> None:
    next(iter(folder.glob("MANIFEST*"))).unlink()


def lose_all(folder: Path) -> None:
    shutil.rmtree(folder)


DAMAGE = (cut, overwrite, lose_the_tables, lose_the_manifest, lose_all)


@pytest.mark.parametrize("harm", DAMAGE)
def test_a_damaged_snapshot_is_named_with_what_to_do_and_another_can_be_restored(
    store: Store, harm: Callable[[Path], None]
) -> None:
    name, before = store.current_id(), store.snapshots()[1].info
    alone(store)
    harm(rdf(store))
    with pytest.raises(StoreError, match=f"snapshot {name} is damaged: .*kg snapshot restore ID") as caught:
        store.reader()
    assert caught.value.exit_code == 3
    with pytest.raises(StoreError, match=f"snapshot {name} is damaged"):
        store.begin(time=at(9), holder="test")
    with pytest.raises(StoreError, match=f"snapshot {name} is damaged"):
        store.settle()
    outcome = store.verify()
    assert (outcome.id, outcome.whole) == (name, False)
    assert outcome.findings[0].startswith("not whole: ")
    assert not [p.name for p in (store.path / "snapshots").iterdir() if p.name.startswith(".")]

    made = store.restore(before.id, time=at(10), holder="test")
    assert store.current_id() == made.id
    assert (made.digest, made.changes, made.parent, made.pages) == (before.digest, False, None, before.pages)
    assert store.verify().whole
    with store.begin(time=at(11), holder="test") as draft:
        store_article(draft, 3, size=4)
        draft.commit()
    assert store.verify().whole
    assert tally(store.diff(before.id, made.id)) == {}


def test_damage_that_only_a_scan_comes_to_is_an_error_of_the_export_and_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.create(tmp_path / "store", BASE)
    with store.begin(time=at(1), holder="test") as draft:
        for number in range(1, 30):
            store_article(draft, number, size=30)
        draft.commit()
    whole = store.snapshots()[0].info.id
    for file in rdf(store).glob("*.sst"):
        if file.stat().st_size > 40_000:
            with file.open("r+b") as handle:
                handle.seek(file.stat().st_size // 3)
                handle.write(b"\xff" * 4000)
    with store.reader() as reader, pytest.raises(StoreError, match=r"is damaged: Corruption.*kg snapshot restore"):
        export.dump(reader, "nq", io.BytesIO())
    monkeypatch.setenv("KG_BASE_IRI", BASE)
    with pytest.raises(SystemExit) as caught:
        main(["--store", str(store.path), "check"])
    assert caught.value.code == 3
    assert "kg: the store is damaged: Corruption" in capsys.readouterr().err
    assert any("Corruption" in finding for finding in store.verify().findings)
    with pytest.raises(StoreError, match=f"snapshot {store.current_id()} is damaged"):
        store.restore(store.current_id(), time=at(2), holder="test")
    assert store.restore(whole, time=at(3), holder="test").counts.quads == 0


def test_only_what_rocksdb_says_counts_as_damage(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="a bug"), damage.mapped(tmp_path):
        raise RuntimeError("a bug")
    with pytest.raises(RecursionError), damage.mapped(tmp_path):
        raise RecursionError("Corruption: of another kind")


@pytest.mark.parametrize("content", [None, b"", b"../..\n", b"\xff\xfe", b"20261122T164500Z-0099\n"])
def test_a_lost_pointer_says_what_to_do_and_a_snapshot_can_be_listed_and_restored(
    store: Store, content: bytes | None
) -> None:
    kept = [one.info.id for one in store.snapshots()]
    pointer = store.path / "current"
    pointer.unlink()
    if content is not None:
        pointer.write_bytes(content)
    with pytest.raises(StoreMissing if content is None else StoreError, match="kg snapshot restore ID"):
        store.reader()
    with pytest.raises(StoreError, match="kg snapshot restore ID"):
        store.begin(time=at(8), holder="test")
    if content is None:
        with pytest.raises(StoreMissing, match="kg snapshot list"), store.follower().reader():
            pass
    listed = store.snapshots()
    if not (content and b"0099" in content):  # a name is believed: what else is there was never published
        assert [one.info.id for one in listed] == kept
    assert not any(one.current for one in listed)
    with store.reader(kept[-1]) as reader:
        assert sorted(reader.articles()) == [page(1), page(2)]
    made = store.restore(kept[-1], time=at(9), holder="test")
    assert [one.info.id for one in store.snapshots()] == [*kept, made.id]
    assert store.current_id() == made.id
    assert store.verify().whole


def test_a_list_leaves_out_the_snapshot_whose_manifest_is_damaged(store: Store) -> None:
    kept = [one.info.id for one in store.snapshots()]
    (store.path / "snapshots" / kept[-1] / "manifest.json").write_text("{")
    assert [one.info.id for one in store.snapshots()] == kept[:-1]
    assert not store.verify().whole
    assert store.restore(kept[1], time=at(9), holder="test").summary == {"restored": kept[1]}


def test_an_index_that_cannot_be_locked_is_read_all_the_same(store: Store) -> None:
    text = store.path / "snapshots" / store.current_id() / "text"
    for lock in text.glob(".tantivy-*.lock"):
        lock.unlink()
        lock.mkdir()  # nobody, not even root, can open it for writing
    with store.reader() as reader:
        assert reader.text.search("story").total == 2
    assert store.verify().whole
    (text / "meta.json").write_text("{")
    with store.reader() as reader, pytest.raises(StoreError, match=r"text index cannot be opened.*kg snapshot"):
        _ = reader.text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write in a read-only directory")
def test_a_store_on_a_read_only_disk_is_verified(store: Store) -> None:
    folders = [store.path, *(path for path in store.path.rglob("*") if path.is_dir())]
    files = [path for path in store.path.rglob("*") if path.is_file()]
    for path in (*files, *folders):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        assert store.verify().whole
    finally:
        for path in (*folders, *files):
            path.chmod(path.stat().st_mode | 0o200)


@pytest.mark.parametrize(
    "command", [["query", "ASK {?s ?p ?o}"], ["export"], ["doctor"], ["check"], ["snapshot", "verify"]]
)
def test_the_command_line_says_damage_in_one_line_and_ends_with_3(
    store: Store, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_BASE_IRI", BASE)
    cut(rdf(store))
    with pytest.raises(SystemExit) as caught:
        main(["--store", str(store.path), *command])
    assert caught.value.code == 3
    said = capsys.readouterr()
    assert "is damaged" in said.out + said.err
    assert "kg snapshot restore ID" in said.out + said.err


def test_a_folder_that_is_still_written_to_is_removed_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "closing"
    folder.mkdir()
    stop = threading.Event()

    def write() -> None:
        for number in range(40):
            if stop.is_set():
                return
            try:
                (folder / f"{number}.log").write_bytes(b"x")
            except FileNotFoundError:
                return
            time.sleep(0.002)

    thread = threading.Thread(target=write)
    thread.start()
    durable.remove_tree(folder)
    stop.set()
    thread.join()
    assert not folder.exists()
    durable.remove_tree(folder)
