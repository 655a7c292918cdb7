"""Reading a snapshot: opened read-only, under a lease, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from pyoxigraph import Store as Rdf

from kg.errors import StoreError, UsageError
from kg.iris import Iris
from kg.store import contents, damage
from kg.store.layout import Layout
from kg.store.locks import Lease
from kg.store.manifest import SnapshotInfo
from kg.store.text import TextIndex

__all__ = ["Follower", "Reader"]


class Reader:
    """One snapshot, open. A context manager; results of ``rdf`` must be dropped before it is closed.

    RocksDB opens its files when it needs them, so the lease lasts as long as the reader does.
    """

    __slots__ = ("_guard", "_layout", "_lease", "_rdf", "_text", "info")

    def __init__(self, layout: Layout, snapshot: str | None = None) -> None:
        """Open a snapshot by id, by date or (None) the current one.

        Raises :class:`kg.errors.StoreMissing`, :class:`kg.errors.SnapshotUnknown`,
        :class:`kg.errors.SnapshotPruned` and, for a damaged snapshot, :class:`kg.errors.StoreError`.
        """
        self._layout = layout
        self._guard = threading.Lock()
        self._text: TextIndex | None = None
        self._lease = _lease(layout, snapshot)
        name = self._lease[0]
        try:
            self.info: SnapshotInfo = layout.info(name)
            self._rdf: Rdf | None = damage.open_rdf(layout.folder(name))
        except OSError as error:
            self._lease[1].release()
            raise damage.damaged(layout.folder(name), error) from error
        except BaseException:
            self._lease[1].release()
            raise

    @property
    def rdf(self) -> Rdf:
        """The dataset, read-only. Query results belong to the thread that asked."""
        if self._rdf is None:
            raise UsageError(f"the reader of snapshot {self.info.id} is closed")
        return self._rdf

    @property
    def text(self) -> TextIndex:
        """The full-text index; opened when first asked for."""
        with self._guard:
            if self._text is None:
                if self._rdf is None:
                    raise UsageError(f"the reader of snapshot {self.info.id} is closed")
                folder = self._layout.folder(self.info.id) / "text"
                try:
                    self._text = TextIndex(folder)
                except (OSError, ValueError) as error:
                    raise StoreError(f"{folder}: the text index cannot be opened: {error}; {damage.ADVICE}") from error
            return self._text

    @property
    def folder(self) -> Path:
        """The snapshot's directory."""
        return self._layout.folder(self.info.id)

    @property
    def iris(self) -> Iris:
        """The publication's IRI patterns."""
        return self._layout.iris

    def lookup(self, key: str) -> str | None:
        """The IRI that the key identifies, or None."""
        return contents.lookup(self.rdf, self.iris, key)

    def revision(self, page: str) -> str | None:
        """The id of the last snapshot that changed what the page shows, or None for a page never published."""
        return contents.revision(self.rdf, self.iris, page)

    def state(self, page: str) -> str | None:
        """``live``, ``gone`` (410) or None for a page never heard of (404)."""
        return contents.state(self.rdf, self.iris, page)

    def articles(self) -> Iterator[str]:
        """The pages of all published articles, in the store's order."""
        return contents.live(self.rdf, self.iris)

    def close(self) -> None:
        """Close the snapshot and give the lease back; a second call does nothing."""
        with self._guard:
            self._rdf = self._text = None
            self._lease[1].release()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _lease(layout: Layout, snapshot: str | None) -> tuple[str, Lease]:
    for _ in range(100):
        name = layout.resolve(snapshot)
        try:
            return name, Lease(layout.lease(name))
        except FileNotFoundError:  # pruned meanwhile: the ledger says so by now, or the pointer has moved on
            continue
        except OSError as error:
            raise damage.damaged(layout.folder(name), error) from error
    raise StoreError(f"{layout.folder(name)}: snapshot {name} or its lease file is missing; {damage.ADVICE}")


class _Shared:
    __slots__ = ("key", "reader", "users")

    def __init__(self, key: tuple[int, int], reader: Reader) -> None:
        self.key = key
        self.reader = reader
        self.users = 0


class Follower:
    """The current snapshot, whichever that is: one open reader for all threads, replaced when the pointer moves.

    A reader that was replaced is closed when its last user leaves. Opens nothing before it is first used, so it may
    be made before a fork.
    """

    __slots__ = ("_closed", "_guard", "_layout", "_now")

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._guard = threading.Lock()
        self._now: _Shared | None = None
        self._closed = False

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """The current snapshot's reader for the length of the block. Raises what :class:`Reader` raises."""
        with self._guard:
            shared = self._newest()
            shared.users += 1
        try:
            yield shared.reader
        finally:
            with self._guard:
                shared.users -= 1
                if shared is not self._now and shared.users == 0:
                    shared.reader.close()

    def _newest(self) -> _Shared:
        if self._closed:
            raise UsageError("the follower is closed")
        key = self._layout.pointer_key()  # before the pointer is read: a flip in between is noticed next time
        before = self._now
        if before is not None and before.key == key:
            return before
        self._now = _Shared(key, Reader(self._layout))
        if before is not None and before.users == 0:
            before.reader.close()
        return self._now

    def close(self) -> None:
        """Close when the last user has left; nothing can be read any more."""
        with self._guard:
            self._closed = True
            before, self._now = self._now, None
            if before is not None and before.users == 0:
                before.reader.close()
