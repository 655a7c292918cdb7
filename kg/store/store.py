"""The store: a directory of immutable snapshots, one of them current."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pyoxigraph import Store as Rdf

from kg.errors import ConfigError, StoreError
from kg.iris import Iris
from kg.store import audit, history, settle, text
from kg.store import purge as purging
from kg.store.audit import Audit
from kg.store.changes import Change
from kg.store.draft import Draft
from kg.store.history import Pruned, Snapshot
from kg.store.layout import EPOCH, Layout
from kg.store.ledger import BEGUN, Entry, lexical
from kg.store.locks import WriterLock
from kg.store.manifest import SnapshotInfo, versions
from kg.store.purge import Means, Purged
from kg.store.reader import Follower, Reader
from kg.store.sources import Sources

__all__ = ["Store"]


class Store:
    """A handle on a store's directory. It holds nothing open: drafts, readers and followers do."""

    __slots__ = ("_layout",)

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    @classmethod
    def create(
        cls, path: Path, base_iri: str, *, annotations_in_default: bool = True, time: datetime | None = None
    ) -> Store:
        """A new store with one empty snapshot. ``time`` is that snapshot's; without one it has no date.

        Raises :class:`kg.errors.IriError` for a bad base, :class:`kg.errors.ConfigError` when there is a store
        already, and :class:`kg.errors.StoreError` when the directory cannot be written.
        """
        Iris(base_iri)
        path = Path(path)
        if (path / "store.json").exists():
            raise ConfigError(f"{path}: there is a store here already; open it, or give another directory")
        layout = Layout(path, base_iri, annotations_in_default)
        try:
            layout.root.mkdir(parents=True)
            for name in ("sources", "private"):
                (path / name).mkdir(mode=0o700)
            when = EPOCH if time is None else lexical(time)
            entry = Entry(when.replace("-", "").replace(":", "") + "-0000", when, BEGUN)
            layout.ledger.record(entry)
            building = layout.building(entry.id)
            building.mkdir()
            rdf = Rdf(str(building / "rdf"))
            rdf.flush()
            del rdf
            settle.close(building / "rdf")
            text.create(building / "text")
            digest = f"{0:064x}"
            info = SnapshotInfo(id=entry.id, parent=None, time=when, digest=digest, changes=False, software=versions())
            layout.publish(building, info)
            layout.write()  # last: without it there is no store
        except OSError as error:
            raise StoreError(f"{path}: no store can be made here: {error}") from error
        return cls(layout)

    @classmethod
    def open(cls, path: Path, base_iri: str | None = None) -> Store:
        """The store in the directory.

        Raises :class:`kg.errors.StoreMissing`, and :class:`kg.errors.ConfigError` when it was made for another base.
        """
        layout = Layout.read(Path(path))
        layout.check_base(base_iri)
        return cls(layout)

    # what it is -----------------------------------------------------------------------------------------------
    @property
    def path(self) -> Path:
        """The directory."""
        return self._layout.path

    @property
    def base_iri(self) -> str:
        """The base IRI, fixed when the store was made."""
        return self._layout.base_iri

    @property
    def annotations_in_default(self) -> bool:
        """Whether the default graph holds the annotations graphs; fixed when the store is made."""
        return self._layout.annotations

    @property
    def iris(self) -> Iris:
        """The publication's IRI patterns."""
        return self._layout.iris

    @property
    def sources(self) -> Sources:
        """The archive of source bytes."""
        return Sources(self._layout.path / "sources")

    # reading --------------------------------------------------------------------------------------------------
    def current(self) -> SnapshotInfo:
        """The current snapshot's manifest."""
        return self._layout.info(self._layout.current())

    def current_id(self) -> str:
        """The current snapshot's id; one small read."""
        return self._layout.current()

    def reader(self, snapshot: str | None = None) -> Reader:
        """A snapshot opened for reading: by id, by date (the newest at or before it) or the current one.

        Raises :class:`kg.errors.SnapshotUnknown` and :class:`kg.errors.SnapshotPruned` (with the nearest kept).
        """
        return Reader(self._layout, snapshot)

    def follower(self) -> Follower:
        """A reader of whichever snapshot is current, shared by threads."""
        return Follower(self._layout)

    # publishing -----------------------------------------------------------------------------------------------
    def begin(self, *, time: datetime, holder: str = "") -> Draft:
        """The next snapshot, to be filled and committed: ``with store.begin(...) as draft``.

        ``holder`` is what the lock tells others of this publisher. Raises :class:`kg.errors.StoreLocked`.
        """
        return Draft(self._layout, time=time, holder=holder)

    @contextmanager
    def writing(self, *, time: datetime, holder: str = "") -> Iterator[None]:
        """The right to publish for the length of the block, for what is written beside the snapshots.

        Raises :class:`kg.errors.StoreLocked`.
        """
        lock = WriterLock(self._layout.path / "writer.lock", holder=holder, since=lexical(time))
        try:
            yield
        finally:
            lock.release()

    def settle_due(self) -> bool:
        """Whether so many publishes were made since the last compaction that one is worth its cost."""
        if self.current().unsettled < settle.DUE:
            return False
        return not any(self._layout.root.glob(".settled-*"))

    def settle(self) -> str | None:
        """Compact a copy of the current snapshot beside running publishes; a later publish starts from it.

        The snapshot's id, or None when another process is compacting. Raises :class:`kg.errors.StoreError`.
        """
        return settle.settle(self._layout)

    @contextmanager
    def settling(self) -> Iterator[threading.Event]:
        """Compaction in a thread for the length of the block: set the event after a publish, and it is done if due.

        For processes that publish again and again (``kg watch``, the server). A failed compaction costs speed only.
        """
        wake, stop = threading.Event(), threading.Event()

        def work() -> None:
            while True:
                wake.wait()
                wake.clear()
                if stop.is_set():
                    return
                try:
                    if self.settle_due():
                        self.settle()
                except StoreError:
                    continue

        thread = threading.Thread(target=work, name="settling")
        thread.start()
        try:
            yield wake
        finally:
            stop.set()
            wake.set()
            thread.join()

    # snapshots ------------------------------------------------------------------------------------------------
    def snapshots(self) -> tuple[Snapshot, ...]:
        """The snapshots that can be read, oldest first, with the bytes that removing each would free."""
        return history.listing(self._layout)

    def known(self) -> tuple[Entry, ...]:
        """Every snapshot ever published, kept or pruned, oldest first."""
        return tuple(self._layout.known().values())

    def kept(self) -> tuple[Entry, ...]:
        """The snapshots that can be read, oldest first, as the ledger knows them; nothing is opened."""
        return self._layout.kept()

    def show(self, snapshot: str | None = None) -> SnapshotInfo:
        """A snapshot's manifest, by id or date. Raises what :meth:`reader` raises."""
        return self._layout.info(self._layout.resolve(snapshot))

    def diff(self, before: str, after: str) -> Iterator[Change]:
        """The quads that went (``-``) and came (``+``) between two snapshots."""
        return history.diff(self._layout, before, after)

    def pin(self, snapshot: str, *, time: datetime, holder: str = "") -> str:
        """Spare a snapshot from pruning; its id."""
        return history.pin(self._layout, snapshot, pinned=True, time=time, holder=holder)

    def unpin(self, snapshot: str, *, time: datetime, holder: str = "") -> str:
        """Let pruning have a snapshot again; its id."""
        return history.pin(self._layout, snapshot, pinned=False, time=time, holder=holder)

    def restore(self, snapshot: str, *, time: datetime, holder: str = "") -> SnapshotInfo:
        """A new current snapshot, under a new id, that equals an old one."""
        self._none_unfinished()
        return history.restore(self._layout, snapshot, time=time, holder=holder)

    def prune(self, *, keep_last: int, keep_daily: int = 0, time: datetime, holder: str = "") -> Pruned:
        """Remove snapshots that neither the policy nor a pin nor a reader keeps."""
        return history.prune(self._layout, keep_last=keep_last, keep_daily=keep_daily, time=time, holder=holder)

    def purge(
        self,
        page: str,
        *,
        reason: str,
        time: datetime,
        means: Means,
        forget: bool = False,
        wait: float = 0.0,
        holder: str = "kg purge",
    ) -> Purged:
        """Take an article out of every kept snapshot and of all other files; a tombstone stays (legal removal).

        Again, it completes what was interrupted or held up by readers. :func:`kg.store.purge.purge` says the rest.
        """
        return purging.purge(
            self._layout, page, reason=reason, time=time, means=means, forget=forget, wait=wait, holder=holder
        )

    def _none_unfinished(self) -> None:
        page = purging.unfinished(self._layout)
        if page is not None:
            raise StoreError(
                f"{self.path}: the purge of {page} is not finished, so old snapshots may still hold it; "
                f"finish it first: kg purge {page} --reason …"
            )

    def backup(self, target: Path, *, snapshot: str | None = None) -> Audit:
        """Copy a snapshot, the ledger and the source bytes to a new directory, and verify the copy.

        Raises :class:`kg.errors.StoreError` when the copy cannot be made or is not whole.
        """
        self._none_unfinished()
        history.backup(self._layout, Path(target), snapshot=snapshot)
        outcome = Store.open(target, self.base_iri).verify()
        if not outcome.whole:
            raise StoreError(f"{target}: the backup is not whole: {'; '.join(outcome.findings)}")
        return outcome

    def verify(self, snapshot: str | None = None) -> Audit:
        """Whether a snapshot's RDF, keys, text index and manifest agree; reads all of it."""
        return audit.verify(self._layout, snapshot)
