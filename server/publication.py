"""What the views of one app share: settings, the snapshot that is current, its catalogue, and the query engine.

Made by ``create_app`` and handed to each blueprint; nothing is global, so two apps live in one process. Nothing is
opened before the first request, so it may be made before a fork.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kg import reads
from kg.config import Settings
from kg.engine import Engine
from kg.errors import EngineUnavailable
from kg.iris import Iris
from kg.store import Follower, Reader, Store

__all__ = ["Publication"]


class Publication:
    """One publication being served."""

    def __init__(self, settings: Settings, store: Store | None, engine: Engine | None) -> None:
        """``store`` is opened from the settings when first needed where none is given."""
        self.settings = settings
        self.iris: Iris = settings.iris
        self._store = store
        self._engine = engine
        self._follower: Follower | None = None
        self._guard = threading.Lock()
        self._reading = threading.Lock()
        self._catalogue: tuple[str, reads.Catalogue] | None = None
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
        """The current snapshot for the length of the block; every read of one answer is from one snapshot."""
        store = self.store
        with self._guard:
            if self._follower is None:
                self._follower = store.follower()
            follower = self._follower
        with follower.reader() as reader:
            yield reader

    def catalogue(self, reader: Reader) -> reads.Catalogue:
        """The snapshot's catalogue, made once: a snapshot never changes."""
        with self._reading:  # a lock of its own: other requests need not wait while a large store is read
            if self._catalogue is None or self._catalogue[0] != reader.info.id:
                self._catalogue = (reader.info.id, reads.catalogue(reader))
            return self._catalogue[1]

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
