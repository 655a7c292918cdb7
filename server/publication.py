"""What the views of one app share: settings, the snapshot that is current, its catalogue, and the query engine.

Made by ``create_app`` and handed to each blueprint; nothing is global, so two apps live in one process. Nothing is
opened before the first request, so it may be made before a fork.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kg import reads
from kg.config import Settings
from kg.engine import Engine
from kg.errors import EngineUnavailable
from kg.iris import Iris
from kg.store import Follower, Reader, SnapshotInfo, Store

if TYPE_CHECKING:  # most servers never write
    from kg.pipeline.writer import Writer

__all__ = ["Publication"]

#: Catalogues of snapshots that are kept in memory: the newest one's, and those of a few past ones that are looked at;
#: and manifests, which are smaller.
_CATALOGUES, _MANIFESTS = 4, 32


class Publication:
    """One publication being served."""

    def __init__(
        self,
        settings: Settings,
        store: Store | None,
        engine: Engine | None,
        *,
        asked: Callable[[], str | None] = lambda: None,
    ) -> None:
        """``store`` is opened from the settings when first needed where none is given. ``asked`` tells which snapshot,
        by id or date, the request being answered is about (None: the newest one)."""
        self.settings = settings
        self.iris: Iris = settings.iris
        self._store = store
        self._engine = engine
        self.asked = asked
        self._follower: Follower | None = None
        self._writer: Writer | None = None
        self._guard = threading.Lock()
        self._reading = threading.Lock()
        self._catalogues: OrderedDict[str, reads.Catalogue] = OrderedDict()
        self._manifests: OrderedDict[str, SnapshotInfo] = OrderedDict()
        self._ends: list[Callable[[], None]] = []

    @property
    def name(self) -> str:
        """The publication's name, as pages print it."""
        return str(self.settings["publisher.name"])

    @property
    def store(self) -> Store:
        """The store. Raises :class:`kg.errors.StoreMissing`."""
        with self._guard:
            if self._store is None:
                self._store = Store.open(self.settings.store, self.settings.base_iri)
            return self._store

    @property
    def engine(self) -> Engine:
        """What runs queries. Raises :class:`kg.errors.EngineUnavailable` where the app has none."""
        if self._engine is None:
            raise EngineUnavailable("this server was started without a query engine; start it with: kg serve")
        return self._engine

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """The snapshot that the request asks for, else the current one, for the length of the block; every read of one
        answer is from one snapshot.

        Raises :class:`kg.errors.SnapshotUnknown` and :class:`kg.errors.SnapshotPruned`.
        """
        store = self.store
        wanted = self.asked()
        if wanted is not None and store.show(wanted).id != store.current_id():
            with store.reader(wanted) as past:
                yield past
            return
        with self._guard:
            if self._follower is None:
                self._follower = store.follower()
            follower = self._follower
        with follower.reader() as reader:
            yield reader

    def snapshot(self, id: str) -> SnapshotInfo:
        """The manifest of a snapshot by its id, read once: only a purge changes it, and nothing of
        what answers say of it. Raises what :meth:`reader` raises."""
        with self._guard:
            found = self._manifests.get(id)
        if found is None:
            found = self.store.show(id)
            with self._guard:
                self._manifests[id] = found
                while len(self._manifests) > _MANIFESTS:
                    self._manifests.popitem(last=False)
        return found

    def catalogue(self, reader: Reader) -> reads.Catalogue:
        """The snapshot's catalogue, made once: a snapshot never changes."""
        with self._reading:  # a lock of its own: other requests need not wait while a large store is read
            found = self._catalogues.get(reader.info.id)
            if found is None:
                found = self._catalogues[reader.info.id] = reads.catalogue(reader)
            self._catalogues.move_to_end(reader.info.id)
            while len(self._catalogues) > _CATALOGUES:
                self._catalogues.popitem(last=False)
            return found

    @property
    def writer(self) -> Writer:
        """What carries out writes; its process starts with the first one. Raises :class:`kg.errors.StoreMissing`."""
        store = self.store
        with self._guard:
            if self._writer is None:
                from kg.pipeline.writer import Writer

                self._writer = Writer(store, self.settings)
                self._ends.append(self._writer.close)
            return self._writer

    def at_close(self, end: Callable[[], None]) -> None:
        """Have something of a view's own ended with the publication."""
        self._ends.append(end)

    def close(self) -> None:
        """Let go of the snapshot, the engine, and what views hold."""
        for end in self._ends:
            end()
        with self._guard:
            if self._follower is not None:
                self._follower.close()
            self._follower = None
        if self._engine is not None:
            self._engine.close()
