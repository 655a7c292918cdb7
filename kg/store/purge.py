"""Legal removal: an article leaves every kept snapshot, its text index, its log and the archive of source bytes.

In this order, so that a crash at any moment leaves every snapshot readable and the same call again goes on
(docs/decisions/0019-purge.md): every snapshot is made again beside the old one; the journal is written; a snapshot
without the article is published; files outside the snapshots are erased; each old snapshot changes places with the
new one as soon as nobody reads it; the journal goes.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import sleep

from pyoxigraph import Store as Rdf

from kg.errors import PublishFailed, SnapshotInUse, StoreError, StoreLocked, UsageError
from kg.model import Document
from kg.store import changes, damage, durable, erasure, journal, remains, settle, text
from kg.store.changes import Log
from kg.store.dataset import Dataset
from kg.store.erasure import Order
from kg.store.layout import Layout
from kg.store.ledger import Entry, lexical
from kg.store.ledger import order as age
from kg.store.locks import Lease, WriterLock
from kg.store.manifest import SnapshotInfo, versions
from kg.store.reader import Reader
from kg.store.remains import Clues, Keys
from kg.store.rewrite import Made, Rows, finish, rewrite
from kg.store.survey import Survey

__all__ = ["Means", "Purged", "purge", "unfinished"]

#: Seconds between two tries for a snapshot that is read.
_PAUSE = 0.1


def _nothing(*_: object) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Means:
    """What the store asks of those who know what articles are made of.

    ``rows`` gives the text index's rows of pages, ``keys`` the keys that an arrival of bytes may stand for, the likely
    ones first. ``named`` reads the article's kept bytes again and gives the pages of things they name: a version whose
    snapshots are all pruned may have named somebody. ``mend`` says of other articles what has to be said anew.
    """

    rows: Rows
    keys: Keys
    named: Callable[[Reader, Sequence[Document]], Iterable[str]] = _nothing
    mend: Callable[[Dataset, Sequence[str]], object] = _nothing


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did. ``snapshot`` was published without the article, ``rewritten`` are the older ones that no longer
    hold it, ``in_use`` those that still do, with who reads them. ``erased`` are the files deleted or cut outside the
    snapshots, ``shared`` source bytes that stay because other articles came with them, as (SHA-256, their pages), and
    ``mentions`` files that still name the article's origin. ``things`` are the pages that went with it."""

    page: str
    snapshot: str
    rewritten: tuple[str, ...] = ()
    in_use: tuple[tuple[str, tuple[str, ...]], ...] = ()
    erased: tuple[str, ...] = ()
    shared: tuple[tuple[str, tuple[str, ...]], ...] = ()
    mentions: tuple[str, ...] = ()
    things: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing of the article is left in the store."""
        return not self.in_use


def unfinished(layout: Layout) -> str | None:
    """The page of a purge that is under way or was interrupted, or None."""
    found = journal.read(layout)
    return found[0].page if found else None


def purge(
    layout: Layout,
    page: str,
    *,
    reason: str,
    time: datetime,
    means: Means,
    forget: bool = False,
    wait: float = 0.0,
    holder: str = "kg purge",
) -> Purged:
    """Take the article out of everything the store keeps; a tombstone stays. The same call again completes one that
    was interrupted or that readers held up.

    With ``forget`` not even its IRI stays; ``wait`` is how many seconds readers of old snapshots are waited for. Raises
    :class:`kg.errors.UsageError` where the store knows no such article, :class:`kg.errors.StoreLocked`, and
    :class:`kg.errors.StoreError`.
    """
    with _alone(layout, time, holder):
        try:
            before = journal.read(layout)
            if before is not None and _published(layout, before[0]):
                done = _finish(layout, *before, rows=means.rows, wait=wait)  # its order stands, whatever comes now
                if before[0].page == page and before[0].forget >= forget:
                    return done
                if not done.complete:
                    raise SnapshotInUse(
                        f"the purge of {before[0].page} is not finished: {_who(done)}; end these processes, then try "
                        "again",
                        holders=[one for _, holders in done.in_use for one in holders],
                    )
            ordered = _begin(layout, Order("", page, lexical(time), reason, forget), time, means, holder)
            return _finish(layout, *ordered, rows=means.rows, wait=wait)
        except OSError as error:
            raise PublishFailed(
                f"{layout.path}: the purge stopped: {error}; make room or repair the disk and run it again"
            ) from error


@contextmanager
def _alone(layout: Layout, time: datetime, holder: str) -> Iterator[None]:
    """Neither publishes nor compactions run beside a purge: both copy files that are to go."""
    lock = WriterLock(layout.path / "writer.lock", holder=holder, since=lexical(time))
    try:
        descriptor = os.open(layout.path / "settle.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _hold(layout, descriptor)
            yield
        finally:
            os.close(descriptor)
    finally:
        lock.release()


def _hold(layout: Layout, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StoreLocked(f"{layout.path}: a compaction is at work; wait for it to end, then try again") from None


# ---- what there is ------------------------------------------------------------------------------------------------


def _survey(layout: Layout, asked: Order, means: Means) -> tuple[Order, Clues]:
    """The order with what all kept snapshots know of the article, and what the archive holds of it."""
    page = asked.page
    if not page.startswith(f"{layout.base_iri}/articles/"):
        raise UsageError(f"{page}: is no article of this publication ({layout.base_iri}/articles/…)")
    known = Survey(layout.iris, page)
    for entry in layout.kept():
        with Reader(layout, entry.id) as reader, damage.mapped(reader.folder):
            known.add(reader)
    if not known.seen:
        raise UsageError(f"{page}: no kept snapshot knows this article; nothing was purged")
    rows, digests = tuple(sorted(known.rows.items())), tuple(sorted(known.digests))
    order = replace(asked, keys=rows, number=known.number, digests=digests)
    with Reader(layout) as reader:
        found = remains.clues(layout, reader, order, means.keys)
        known.things.update(means.named(reader, tuple(remains.documents(layout, found))))
    return replace(order, things=tuple(sorted(known.things))), found


# ---- the first half: until the article is no longer published -----------------------------------------------------


def _begin(layout: Layout, asked: Order, time: datetime, means: Means, holder: str) -> tuple[Order, Clues]:
    journal.forget(layout)
    layout.clean()
    for folder in (*layout.root.glob(".purging-*"), *layout.root.glob(".settl*")):
        durable.remove_tree(folder)
    order, clues = _survey(layout, asked, means)
    fresh = layout.ledger.begin(time).id
    order = replace(order, id=fresh)
    building = layout.building(fresh)
    try:
        last = _remade(layout, [entry.id for entry in layout.kept()], order, means.rows)
        assert last is not None
        info = _next(layout, last, order, building, means, holder)
        journal.keep(layout, order, clues)
        layout.publish(building, info)
    except BaseException:
        if not _published(layout, order):
            for folder in (building, *layout.root.glob(".purging-*")):
                durable.remove_tree(folder)
            journal.forget(layout)
        raise
    return order, clues


def _remade(layout: Layout, ids: Iterable[str], order: Order, rows: Rows) -> Made | None:
    """The snapshots made again, beside the old ones; the last of them. At most two are open at a time."""
    made: Made | None = None
    try:
        for name in ids:
            before, made = made, _made(layout, name, order, rows, made)
            if before is not None:
                before.reader.close()
        return made
    finally:
        if made is not None:
            made.reader.close()


def _made(layout: Layout, id: str, order: Order, rows: Rows, before: Made | None) -> Made:
    reader = Reader(layout, id)
    try:
        with damage.mapped(reader.folder):
            plan = erasure.plan(reader.rdf, layout.iris, order, annotations=layout.annotations)
        made = rewrite(reader, plan, order, rows=rows, folder=layout.purging(id), before=before)
        finish(made)
    except BaseException:
        reader.close()
        raise
    return made


def _next(layout: Layout, made: Made, order: Order, building: Path, means: Means, holder: str) -> SnapshotInfo:
    """The snapshot to be published: the rewritten current one, with new revisions of what looks otherwise now."""
    building.mkdir()
    damage.open_rdf(made.folder).backup(str(building / "rdf"))
    text.copy(made.folder / "text", building / "text")
    rdf = Rdf(str(building / "rdf"))
    log = Log(building / changes.FILE, made.info.digest)
    data = Dataset(rdf, log, layout.iris, annotations=layout.annotations)
    data.touch(order.target(layout.iris), *made.plan.touched)
    means.mend(data, made.plan.touched)
    pages = data.revise(order.id)
    rdf.flush()
    data.release()
    del rdf, data
    settle.close(building / "rdf")
    log.close()
    counts = made.info.counts
    return SnapshotInfo(
        id=order.id,
        parent=made.info.id,
        time=order.time,
        digest=log.digest,
        counts=replace(counts, quads=counts.quads + log.added - log.removed),
        pages=pages,
        unsettled=made.steps + 1,
        added=log.added,
        removed=log.removed,
        holder=holder,
        summary={"purged": 1},
        software=versions(),
        purged=(order.time,),
        annotators=made.info.annotators,
    )


# ---- the second half: until nothing is left -----------------------------------------------------------------------


def _finish(layout: Layout, order: Order, clues: Clues, *, rows: Rows, wait: float) -> Purged:
    """Erase what is outside the snapshots, then let each old snapshot change places with the one made again."""
    erased, mentions = remains.erase(layout, clues)
    todo = [
        one.id for one in _older(layout, order) if not (_done(layout, one.id, order) or _ready(layout, one.id, order))
    ]
    for name in todo:
        durable.remove_tree(layout.purging(name))
    _remade(layout, todo, order, rows)
    in_use = _swapped(layout, order, wait)
    if not in_use:
        for folder in layout.root.glob(".purging-*"):
            durable.remove_tree(folder)
        journal.forget(layout)
    done = tuple(entry.id for entry in _older(layout, order) if _done(layout, entry.id, order))
    return Purged(
        page=order.page,
        snapshot=order.id,
        rewritten=done,
        in_use=in_use,
        erased=erased,
        shared=clues.shared,
        mentions=mentions,
        things=order.things,
    )


def _older(layout: Layout, order: Order) -> tuple[Entry, ...]:
    """The kept snapshots that may hold the article."""
    return tuple(entry for entry in layout.kept() if age(entry.id) < age(order.id))


def _ready(layout: Layout, id: str, order: Order) -> bool:
    """Whether the snapshot made again is whole and waits to take its place."""
    try:
        return order.time in SnapshotInfo.read(layout.purging(id) / "manifest.json").purged
    except (FileNotFoundError, StoreError):
        return False


def _done(layout: Layout, id: str, order: Order) -> bool:
    return order.time in layout.info(id).purged


def _swapped(layout: Layout, order: Order, wait: float) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The snapshots that could not be replaced in time, with their readers."""
    for turn in range(1 + int(wait / _PAUSE)):
        if turn:
            sleep(_PAUSE)
        in_use: list[tuple[str, tuple[str, ...]]] = []
        for entry in _older(layout, order):
            try:
                if not _done(layout, entry.id, order):
                    _swap(layout, entry.id)
            except SnapshotInUse as error:
                in_use.append((entry.id, error.holders))
                continue
            info = layout.info(entry.id)
            if entry.digest != info.digest:
                layout.ledger.record(replace(entry, digest=info.digest))
        if not in_use:
            break
    return tuple(in_use)


def _swap(layout: Layout, id: str) -> None:
    """Put the snapshot made again in the old one's place, and delete the old one. Nobody reads it meanwhile: who asks
    for the lease waits, and finds another file by its name then."""
    folder, fresh = layout.folder(id), layout.purging(id)
    lease = Lease(layout.lease(id), exclusive=True)
    try:
        if durable.exchange(folder, fresh):
            durable.remove_tree(fresh)
            return
        aside = layout.root / f".pruned-{id}"  # two steps then; the next publisher completes what a crash leaves
        durable.rename(folder, aside)
        durable.rename(fresh, folder)
        durable.remove_tree(aside)
    finally:
        lease.release()


def _published(layout: Layout, order: Order) -> bool:
    return order.id in layout.known()


def _who(done: Purged) -> str:
    return "; ".join(f"snapshot {one} is read by {', '.join(who) or 'another process'}" for one, who in done.in_use)
