"""What can be done with the snapshots there are: list, compare, pin, restore, prune, back up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pyoxigraph import DefaultGraph, Quad
from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import Store as Rdf

from kg.errors import PublishFailed, SnapshotInUse, StoreError, UsageError
from kg.store import changes, damage, durable, settle, text
from kg.store.changes import Change
from kg.store.layout import Layout
from kg.store.ledger import PRUNED, Entry, lexical, order
from kg.store.locks import Lease, WriterLock
from kg.store.manifest import SnapshotInfo, versions
from kg.store.reader import Reader
from kg.vocab import NKG

__all__ = ["Pruned", "Snapshot", "backup", "diff", "listing", "pin", "prune", "restore", "tally"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A kept snapshot in a list. ``frees`` is the number of bytes on disk that removing only it would free."""

    info: SnapshotInfo
    current: bool
    pinned: bool
    frees: int


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a pruning did: ids removed, bytes freed, and ``(id, holders)`` of those that readers kept."""

    removed: tuple[str, ...]
    freed: int
    skipped: tuple[tuple[str, tuple[str, ...]], ...]


def listing(layout: Layout) -> tuple[Snapshot, ...]:
    """The snapshots that can be read, oldest first."""
    current = layout.pointed()
    found: list[Snapshot] = []
    for entry in layout.kept():
        try:
            info = layout.info(entry.id)
        except StoreError:  # one damaged manifest must not hide the snapshots that could be restored
            continue
        frees = _frees(layout.folder(entry.id))
        found.append(Snapshot(info=info, current=entry.id == current, pinned=entry.pinned, frees=frees))
    return tuple(found)


def _frees(folder: Path) -> int:
    """Bytes of the files that have no link outside the folder, in blocks as stat(2) counts them."""
    links: dict[tuple[int, int], tuple[int, int, int]] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            status = Path(parent, name).lstat()
            seen = links.get((status.st_dev, status.st_ino), (0, 0, 0))[0]
            links[status.st_dev, status.st_ino] = (seen + 1, status.st_nlink, status.st_blocks * 512)
    return sum(size for seen, count, size in links.values() if seen == count)


# ---- comparing ----------------------------------------------------------------------------------------------------


def diff(layout: Layout, before: str, after: str) -> Iterator[Change]:
    """The quads that went (``-``) and came (``+``) between two snapshots, given by id or date.

    Between a snapshot and its descendants the logs tell, in time of the changes; else both stores are read once,
    in constant memory. Raises :class:`kg.errors.SnapshotUnknown`.
    """
    with Reader(layout, before) as one, Reader(layout, after) as two:
        logs = _logs(layout, one.info, two.info)
        if logs is not None:
            yield from _net(logs)
        else:
            yield from _whole(_compare(one.rdf, two.rdf), one, two)


def tally(steps: Iterator[Change]) -> dict[str, tuple[int, int]]:
    """How many quads came and went by graph IRI; ``""`` is the default graph."""
    counts: dict[str, list[int]] = {}
    for sign, quad in steps:
        name = "" if isinstance(quad.graph_name, DefaultGraph) else str(getattr(quad.graph_name, "value", ""))
        counts.setdefault(name, [0, 0])[0 if sign == "+" else 1] += 1
    return {name: (counts[name][0], counts[name][1]) for name in sorted(counts)}


def _whole(steps: Iterator[Change], one: Reader, two: Reader) -> Iterator[Change]:
    """The steps; RocksDB's message names the file, so either snapshot may be the one named as damaged."""
    try:
        yield from steps
    except RuntimeError as error:
        if not damage.is_damage(error):
            raise
        folder = one.folder if str(one.folder) in str(error) else two.folder
        raise damage.damaged(folder, error) from error


def _compare(one: Rdf, two: Rdf) -> Iterator[Change]:
    for quad in one:
        if quad not in two:
            yield "-", quad
    for quad in two:
        if quad not in one:
            yield "+", quad


def _logs(layout: Layout, ancestor: SnapshotInfo, info: SnapshotInfo) -> list[Path] | None:
    found: list[Path] = []
    while info.id != ancestor.id:
        log = layout.folder(info.id) / changes.FILE
        if info.parent is None or not info.changes or not log.is_file() or order(info.id) < order(ancestor.id):
            return None
        found.append(log)
        if info.parent != ancestor.id and not (layout.folder(info.parent) / "manifest.json").is_file():
            return None
        info = layout.info(info.parent)
    return found[::-1]


def _net(logs: list[Path]) -> Iterator[Change]:
    """What several logs come to: a quad that came and went is in none."""
    net: dict[Quad, Literal["+", "-"]] = {}
    for log in logs:
        for sign, quad in changes.read(log):
            if quad in net and net[quad] != sign:
                del net[quad]
            else:
                net[quad] = sign
    rows = sorted(net.items(), key=lambda item: (item[1] == "+", changes.line(item[0])))
    for quad, sign in rows:
        yield sign, quad


# ---- changing what is kept ----------------------------------------------------------------------------------------


def pin(layout: Layout, snapshot: str, *, pinned: bool, time: datetime, holder: str) -> str:
    """The id of the snapshot, which pruning spares from now on (or no longer). Raises what resolving raises."""
    lock = WriterLock(layout.path / "writer.lock", holder=holder, since=lexical(time))
    try:
        layout.clean()
        name = layout.resolve(snapshot)
        layout.ledger.mark(name, pinned=pinned)
        return name
    finally:
        lock.release()


def prune(layout: Layout, *, keep_last: int, keep_daily: int, time: datetime, holder: str) -> Pruned:
    """Remove the snapshots the policy does not keep: the newest ``keep_last``, the last one of each of the newest
    ``keep_daily`` days with a publish, pinned ones and the current one stay.

    A snapshot that someone reads stays too, and is named with its readers. Raises :class:`kg.errors.StoreLocked`.
    """
    if keep_last < 1 or keep_daily < 0:
        raise UsageError("keep_last must be at least 1 and keep_daily at least 0")
    lock = WriterLock(layout.path / "writer.lock", holder=holder, since=lexical(time))
    try:
        layout.clean()
        removed: list[str] = []
        skipped: list[tuple[str, tuple[str, ...]]] = []
        freed = 0
        for entry in _unwanted(layout.kept(), layout.current(), keep_last, keep_daily):
            try:
                freed += _drop(layout, entry.id)
                removed.append(entry.id)
            except SnapshotInUse as error:
                skipped.append((entry.id, error.holders))
        return Pruned(tuple(removed), freed, tuple(skipped))
    except OSError as error:
        raise StoreError(f"{layout.path}: pruning stopped: {error}; what was removed is removed") from error
    finally:
        lock.release()


def _unwanted(kept: tuple[Entry, ...], current: str, last: int, daily: int) -> list[Entry]:
    newest_of_day: dict[str, str] = {}
    for entry in kept:
        newest_of_day[entry.time[:10]] = entry.id
    days = sorted(newest_of_day)[-daily:] if daily else []
    wanted = {current, *(entry.id for entry in kept[-last:]), *(newest_of_day[day] for day in days)}
    return [entry for entry in kept if entry.id not in wanted and not entry.pinned]


def _drop(layout: Layout, id: str) -> int:
    """The bytes freed. The exclusive lease comes first; the ledger says pruned before the first file goes."""
    lease = Lease(layout.lease(id), exclusive=True)
    try:
        layout.ledger.mark(id, state=PRUNED)
        freed = _frees(layout.folder(id))
        gone = layout.root / f".pruned-{id}"
        durable.rename(layout.folder(id), gone)
        durable.remove_tree(gone)
        return freed
    finally:
        lease.release()


def restore(layout: Layout, snapshot: str, *, time: datetime, holder: str) -> SnapshotInfo:
    """A new snapshot, under a new id, whose content equals the old one's; it becomes the current one.

    Works where the current snapshot is lost or damaged too; the new one has no log of changes then. Raises what
    resolving raises, :class:`kg.errors.StoreError` when the old one is damaged, and :class:`kg.errors.PublishFailed`.
    """
    lock = WriterLock(layout.path / "writer.lock", holder=holder, since=lexical(time))
    building: Path | None = None
    try:
        layout.clean()
        with Reader(layout, snapshot) as old, damage.mapped(old.folder):
            name = layout.ledger.begin(time).id
            building = layout.building(name)
            building.mkdir()
            old.rdf.backup(str(building / "rdf"))
            text.copy(layout.folder(old.info.id) / "text", building / "text")
            steps = _way(layout, old, building / changes.FILE)
            if steps.digest != old.info.digest:
                raise PublishFailed(f"snapshot {old.info.id} is damaged: its quads do not give its digest")
            info = SnapshotInfo(
                id=name,
                parent=steps.parent,
                time=lexical(time),
                digest=steps.digest,
                counts=old.info.counts,
                pages=steps.pages,
                changes=steps.logged,
                unsettled=old.info.unsettled,
                added=steps.added,
                removed=steps.removed,
                holder=holder,
                summary={"restored": old.info.id},
                software=versions(),
                annotators=old.info.annotators,
            )
        settle.close(building / "rdf")
        layout.publish(building, info)
    except OSError as error:
        raise PublishFailed(f"{layout.path}: restoring failed: {error}; the current snapshot is unchanged") from error
    finally:
        if building is not None:
            durable.remove_tree(building)
        lock.release()
    return info


@dataclass(frozen=True, slots=True)
class _Way:
    """How a restored snapshot came about: from its parent by a log, or, ``logged`` being false, out of nothing."""

    parent: str | None
    digest: str
    pages: tuple[str, ...]
    added: int
    removed: int
    logged: bool


def _way(layout: Layout, old: Reader, file: Path) -> _Way:
    """The way from the current snapshot to the old one, with its log in the file; without a log where the current
    one cannot be read."""
    try:
        with Reader(layout) as now, damage.mapped(now.folder):
            return _logged(file, now.info.id, now.info.digest, _compare(now.rdf, old.rdf))
    except StoreError:  # lost or damaged; where the old one is, reading it again says so
        file.unlink(missing_ok=True)
    way = _logged(file, None, f"{0:064x}", (("+", quad) for quad in old.rdf))
    file.unlink()
    return replace(way, added=0, logged=False)


def _logged(file: Path, parent: str | None, digest: str, steps: Iterable[Change]) -> _Way:
    log = changes.Log(file, digest)
    try:
        pages: set[str] = set()
        for sign, quad in steps:
            (log.add if sign == "+" else log.remove)([quad])
            if quad.predicate == NKG.revision and isinstance(quad.object, RdfLiteral):
                pages.add(str(getattr(quad.subject, "value", "")))
        log.close()
    except BaseException:
        log.abandon()
        raise
    return _Way(parent, log.digest, tuple(sorted(pages)), log.added, log.removed, logged=True)


def backup(layout: Layout, target: Path, *, snapshot: str | None = None) -> str:
    """The id of the snapshot that was copied, with the ledger, all source bytes, the review journal and the queries
    that have permalinks, as a store of its own.

    Bytes are copied, not linked, so that a bad disk block is not shared. Raises :class:`kg.errors.UsageError` when
    the target is there already and :class:`kg.errors.StoreError` when the copy cannot be made.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target}: exists and is not empty; give a new directory")
    with Reader(layout, snapshot) as reader:
        name = reader.info.id
        try:
            target.mkdir(parents=True, exist_ok=True)
            other = Layout(target, layout.base_iri, layout.annotations)
            other.root.mkdir()
            shutil.copytree(layout.folder(name), other.folder(name))
            for kept in ("sources", "private", "review", "queries"):
                if (layout.path / kept).is_dir():
                    shutil.copytree(layout.path / kept, target / kept)
            for file in ("ids", "writes.jsonl"):
                if (layout.path / file).is_file():
                    shutil.copy2(layout.path / file, target / file)
            other.write()
            durable.sync_tree(target)
            durable.write(other.pointer, name.encode("ascii") + b"\n")
        except OSError as error:
            raise StoreError(f"{target}: the backup failed: {error}") from error
    return name
