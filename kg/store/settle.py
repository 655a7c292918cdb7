"""Compaction off the critical path: a compacted copy of the current snapshot for a later publish to start from.

Every publish leaves one more small file in each of RocksDB's column families. At about 18 of them RocksDB stops the
writer and merges everything (3 s at 1.6 M quads), in the middle of a publish. So a copy is compacted beside the
publishes; the next publish takes the copy, replays the logs of what was published meanwhile, and goes on from
there. A published directory is never touched.
"""

from __future__ import annotations

import fcntl
import gc
import os
from pathlib import Path

from pyoxigraph import Store as Rdf

from kg.errors import PublishFailed, StoreError
from kg.store import changes, damage, durable
from kg.store.layout import Layout
from kg.store.ledger import order
from kg.store.locks import Lease
from kg.store.manifest import SnapshotInfo

__all__ = ["DUE", "adopt", "close", "settle"]

#: Publishes after which a compaction is worth its cost; RocksDB slows down writers at about 18.
DUE = 6

_PREFIX = ".settled-"


def close(path: Path) -> None:
    """Make sure that a store whose last reference was just dropped is closed, and put its files in order.

    Raises :class:`kg.errors.PublishFailed` when something still holds it: a directory that is open may be written.
    """
    if next(durable.open_below(path), None) is not None:
        gc.collect()
        if next(durable.open_below(path), None) is not None:
            raise PublishFailed(
                f"{path}: the draft's RDF store is still in use; drop every reference to draft.rdf and every query "
                "result before the commit"
            )
    for log in path.glob("LOG*"):  # RocksDB's diary; nobody reads it again
        log.unlink()


def settle(layout: Layout) -> str | None:
    """Compact a copy of the current snapshot; the id it is a copy of, or None when another process is at it.

    Needs no writer lock. Raises :class:`kg.errors.StoreError` (no space, say); the store is as before then.
    """
    try:
        descriptor = os.open(layout.path / "settle.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(f"{layout.path}: compaction failed: {error}; the store is unchanged") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        for folder in layout.root.glob(".settling-*"):  # a crash's leftovers: the lock is ours
            durable.remove_tree(folder)
        return _settle(layout)
    finally:
        os.close(descriptor)


def _settle(layout: Layout) -> str:
    while True:
        name = layout.current()
        try:
            lease = Lease(layout.lease(name))
            break
        except FileNotFoundError:  # pruned between the two calls
            continue
    folder = layout.root / f".settling-{name}"
    made = layout.root / f"{_PREFIX}{name}"
    if made.exists():
        lease.release()
        return name
    try:
        try:
            folder.mkdir()
            source = damage.open_rdf(layout.folder(name))
            source.backup(str(folder / "rdf"))
            del source
        finally:
            lease.release()
        with damage.mapped(layout.folder(name)):
            rdf = Rdf(str(folder / "rdf"))
            rdf.optimize()
            rdf.flush()
        del rdf
        close(folder / "rdf")
        durable.sync_tree(folder)
        durable.rename(folder, made)
    except StoreError:
        durable.remove_tree(folder)
        raise
    except OSError as error:
        durable.remove_tree(folder)
        raise StoreError(f"{layout.path}: compaction failed: {error}; the store is unchanged") from error
    return name


def adopt(layout: Layout, current: SnapshotInfo, building: Path) -> Path | None:
    """The compacted copy whose files, brought up to ``current`` by its logs, are now the building directory's RDF.

    Needs the writer lock. Copies that are of no use are removed; the one in use stays until a publish made from it
    is done, so a draft that is given up costs no compaction. None when there is no copy to use.
    """
    found = sorted(layout.root.glob(f"{_PREFIX}*"), key=lambda folder: order(folder.name.removeprefix(_PREFIX)))
    taken: Path | None = None
    for folder in reversed(found):
        logs = None if taken else _chain(layout, current, folder.name.removeprefix(_PREFIX))
        if logs is not None and _take(folder / "rdf", building / "rdf", logs):
            taken = folder
        else:
            durable.remove_tree(folder)
    return taken


def _take(source: Path, target: Path, logs: list[Path]) -> bool:
    """Whether the copy could be linked and all logs applied to it."""
    try:
        with damage.mapped(source.parent):
            damage.open_rdf(source.parent).backup(str(target))
            _apply(target, logs)
    except (FileNotFoundError, StoreError):  # a damaged copy or log costs the compaction, not the publish
        pass  # the error holds the half-made store open until this block is left
    else:
        return True
    close(target)
    durable.remove_tree(target)
    return False


def _apply(path: Path, logs: list[Path]) -> None:
    if logs:
        rdf = Rdf(str(path))
        for log in logs:
            changes.replay(rdf, changes.read(log))


def _chain(layout: Layout, current: SnapshotInfo, ancestor: str) -> list[Path] | None:
    """The logs that lead from an ancestor to the current snapshot, oldest first; None when one is missing."""
    logs: list[Path] = []
    info = current
    while info.id != ancestor:
        log = layout.folder(info.id) / changes.FILE
        if not info.changes or info.parent is None or not log.is_file() or order(info.id) < order(ancestor):
            return None
        logs.append(log)
        if info.parent != ancestor and not (layout.folder(info.parent) / "manifest.json").is_file():
            return None
        if info.parent == ancestor:
            break
        info = layout.info(info.parent)
    return logs[::-1]
