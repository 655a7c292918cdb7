"""A publish in the making: a hard-linked copy of the current snapshot that becomes the next one, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from types import TracebackType
from typing import Any

from pyoxigraph import NamedNode, Quad, Triple
from pyoxigraph import Store as Rdf

from kg.errors import PublishFailed, UsageError
from kg.iris import Iris
from kg.model import ArticleGraphs
from kg.store import changes, contents, damage, durable, geometry, graphs, settle, text, update
from kg.store.annotators import Quality, brought_up
from kg.store.dataset import Changed, Dataset
from kg.store.layout import Layout
from kg.store.ledger import lexical
from kg.store.locks import WriterLock
from kg.store.manifest import Counts, SnapshotInfo, versions
from kg.store.seen import Seen
from kg.store.text import TextDocument

__all__ = ["Draft"]

#: Is shown the quads that are to come and those that are to go, and raises where they may not.
Allow = Callable[[list[Quad], list[Quad]], None]


class Draft:
    """The next snapshot while it is made; a context manager. Leaving without :meth:`commit` deletes it.

    ``id`` is spent at once, ``parent`` is the snapshot it starts from. One thread at a time.
    """

    __slots__ = (
        "_building",
        "_data",
        "_layout",
        "_lock",
        "_log",
        "_rdf",
        "_settled",
        "_text",
        "_unsettled",
        "id",
        "parent",
        "time",
    )

    def __init__(self, layout: Layout, *, time: datetime, holder: str) -> None:
        """Take the writer lock and copy the current snapshot.

        Raises :class:`kg.errors.StoreLocked`, :class:`kg.errors.PublishFailed` when the copy cannot be made, and
        :class:`kg.errors.StoreError` when the current snapshot is lost or damaged.
        """
        self._layout = layout
        self.time = lexical(time)
        self._rdf: Rdf | None = None
        self._data: Dataset | None = None
        self._text: dict[str, TextDocument | None] = {}
        try:
            self._lock = WriterLock(layout.path / "writer.lock", holder=holder, since=self.time)
        except OSError as error:
            raise self._failed(error) from error
        try:
            layout.clean()
            self.parent = layout.info(layout.current())
            self.id = layout.ledger.begin(time).id
            self._building = layout.building(self.id)
            self._open()
        except OSError as error:
            self.close()
            raise self._failed(error) from error
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        folder = self._layout.folder(self.parent.id)
        self._building.mkdir()
        self._unsettled = 1
        self._settled = settle.adopt(self._layout, self.parent, self._building)
        if self._settled is None:
            self._unsettled += self.parent.unsettled
            source = damage.open_rdf(folder)
            source.backup(str(self._building / "rdf"))
            del source
        text.copy(folder / "text", self._building / "text")
        with damage.mapped(folder):  # its files are the parent's, by another name
            self._rdf = Rdf(str(self._building / "rdf"))
        self._log = changes.Log(self._building / changes.FILE, self.parent.digest, noting=geometry.NOTED)
        self._data = Dataset(self._rdf, self._log, self.iris, annotations=self._layout.annotations)

    # reading --------------------------------------------------------------------------------------------------
    @property
    def rdf(self) -> Rdf:
        """The dataset as it stands, for reading: what is written past this object is in no log and no digest.

        Hold no reference to it, or to a query's results, at the commit.
        """
        if self._rdf is None:
            raise UsageError(f"the draft {self.id} is closed")
        return self._rdf

    @property
    def iris(self) -> Iris:
        """The publication's IRI patterns."""
        return self._layout.iris

    @property
    def changed(self) -> bool:
        """Whether anything differs from the parent: a publish of nothing is better left out."""
        return bool(self._log.added or self._log.removed or self._text)

    def lookup(self, key: str) -> str | None:
        """The IRI that the key identifies, or None."""
        return contents.lookup(self.rdf, self.iris, key)

    def taken(self, iri: str) -> bool:
        """Whether a key owns the IRI, its page or its thing: what :func:`kg.iris.mint` asks."""
        return contents.keys_of(self.rdf, self.iris, self.iris.page_of(iri))

    def state(self, page: str) -> str | None:
        """``live``, ``gone`` or None for a page never heard of."""
        return contents.state(self.rdf, self.iris, page)

    # writing --------------------------------------------------------------------------------------------------
    @property
    def _dataset(self) -> Dataset:
        if self._data is None:
            raise UsageError(f"the draft {self.id} is closed")
        return self._data

    def put(self, graphs: ArticleGraphs) -> Changed:
        """Publish the article: its graphs replace what was there, its provenance is added."""
        with self._mapped():
            return self._dataset.put(graphs)

    def remove(self, page: str, *, reason: str, time: datetime | None = None) -> Changed:
        """Take an article away, out of the text index too; a tombstone stays in the provenance graph."""
        with self._mapped():
            changed = self._dataset.remove(page, time=self.time if time is None else lexical(time), reason=reason)
            self._text[page] = None
            return changed

    def retire(self, page: str, *, reason: str, time: datetime | None = None) -> Changed:
        """Retract an article's facts: out of the default graph, still in their named graph, marked as invalid."""
        with self._mapped():
            return self._dataset.retire(page, time=self.time if time is None else lexical(time), reason=reason)

    def put_thing(self, triples: Iterable[Triple]) -> Changed:
        """Add authority or reviewer statements to the things graph."""
        with self._mapped():
            return self._dataset.put_thing(triples)

    def remove_thing(self, triples: Iterable[Triple]) -> Changed:
        """Take statements out of the things graph."""
        with self._mapped():
            return self._dataset.remove_thing(triples)

    def provenance(self, triples: Iterable[Triple]) -> Changed:
        """Add to the provenance graph."""
        with self._mapped():
            return self._dataset.provenance(triples)

    def change(self, *, add: Iterable[Quad] = (), remove: Iterable[Quad] = ()) -> Changed:
        """Add and remove quads of named graphs; the default graph follows. Touch the pages that show them."""
        with self._mapped():
            return self._dataset.change(add=add, remove=remove)

    def update(
        self, sparql: str, *, base: str | None = None, using: update.Using | None = None, allow: Allow | None = None
    ) -> Changed:
        """Apply a SPARQL 1.1 update; the pages it concerns get a new revision.

        Triples for the default graph go to the things graph. ``base`` is what relative IRIs are resolved against,
        ``using`` the dataset that the request gives, ``allow`` is shown each operation's quads before they are written.
        Refuse SERVICE and LOAD before. Raises :class:`kg.errors.QuerySyntaxError` and
        :class:`kg.errors.QueryRefused`; earlier operations stand then, so give the draft up or call it in
        :meth:`attempt`.
        """
        with self._mapped():
            found = update.steps(sparql, self.iris, base=base, using=using or update.Using())
            if found is None:
                return self.write(*update.effects(self.rdf, self._building / "update", sparql, base=base), allow=allow)
            added = removed = 0
            for step in found:
                changed = self.write(*step(self.rdf), allow=allow)
                added, removed = added + changed.added, removed + changed.removed
            return Changed(added, removed)

    def write(self, add: Iterable[Quad], remove: Iterable[Quad] = (), *, allow: Allow | None = None) -> Changed:
        """Add and remove quads as clients give them, those of the default graph too, which go to the things graph.

        Raises :class:`kg.errors.QueryRefused` for what is not theirs to write, and what ``allow`` raises.
        """
        with self._mapped():
            effects = update.placed(self.rdf, self.iris, add, remove, annotations=self._layout.annotations)
            if allow is not None:
                allow(*effects)
            return self._dataset.rewrite(add=effects[0], remove=effects[1])

    def clear(self, name: NamedNode) -> Changed:
        """Empty a named graph of a client, however long it is. Raises what :meth:`write` raises."""
        with self._mapped():
            graphs.writable(self.rdf, self.iris, name)
            return self._dataset.clear(name)

    def claim(self, key: str, iri: str) -> None:
        """Bind the key to the IRI for ever. Raises :class:`kg.errors.UsageError` when it is bound to another."""
        with self._mapped():
            self._dataset.claim(key, iri)

    @property
    def touched(self) -> tuple[str, ...]:
        """The pages whose revision the publish will be, so far."""
        return tuple(self._dataset.touched)

    def touch(self, *pages: str) -> None:
        """The pages show something new although their own quads did not change."""
        self._dataset.touch(*pages)

    def index(self, document: TextDocument) -> None:
        """Put a page's public text into the text index, at the commit."""
        self._text[document.page] = document

    def unindex(self, page: str) -> None:
        """Take a page out of the text index, at the commit."""
        self._text[page] = None

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that is undone when the block raises; the error goes on. Parts do not nest."""
        texts = dict(self._text)
        with self._mapped(), self._dataset.attempt():
            try:
                yield
            except BaseException:
                self._text = texts
                raise

    @contextmanager
    def watching(self) -> Iterator[Seen]:
        """Which triples of the default graph the block adds and removes, net of what it undoes."""
        with self._dataset.watching() as seen:
            yield seen

    # the end --------------------------------------------------------------------------------------------------
    def commit(self, summary: Mapping[str, Any] | None = None, *, quality: Quality | None = None) -> SnapshotInfo:
        """Publish: everything on disk, then the pointer moves. The draft is closed afterwards.

        ``summary`` is what the manifest says of the publish (SHACL figures, say), as JSON; ``quality`` knows what was
        measured of annotators. Raises
        :class:`kg.errors.PublishFailed`; the current snapshot is unchanged then and the draft is gone.
        """
        data = self._dataset
        try:
            with self._mapped():
                pages = data.revise(self.id)
                moved, articles, things = data.turned()
                change = data.reattributed()
                ensembles = brought_up(self.parent.annotators, change, self.rdf, self.iris, quality)
                for page, now in moved.items():
                    if not now and page not in self._text:
                        self._text[page] = None
                for place in geometry.of_lines(self.rdf, self._log.noted):
                    self._text[place.page] = place if place.kind else None
                with ThreadPoolExecutor(max_workers=1, thread_name_prefix="text") as aside:
                    # both wait for the disk most of the time
                    indexed = aside.submit(text.update, self._building / "text", self._text)
                    self.rdf.flush()
                    indexed.result()
                data.release()
                self._rdf = self._data = None
                del data
                settle.close(self._building / "rdf")
                self._log.close()
                before = self.parent.counts
                info = SnapshotInfo(
                    id=self.id,
                    parent=self.parent.id,
                    time=self.time,
                    digest=self._log.digest,
                    counts=Counts(
                        quads=before.quads + self._log.added - self._log.removed,
                        articles=before.articles + articles,
                        things=before.things + things,
                    ),
                    pages=pages,
                    unsettled=self._unsettled,
                    added=self._log.added,
                    removed=self._log.removed,
                    holder=self._lock.holder,
                    summary=dict(summary or {}),
                    software=versions(),
                    annotators=ensembles,
                )
                self._layout.publish(self._building, info)
                if self._settled is not None:
                    with suppress(OSError):  # the next publish removes it, or starts from it again
                        durable.remove_tree(self._settled)
                return info
        finally:
            self.close()

    def close(self) -> None:
        """Give up what was not committed and release the writer lock; a second call does nothing."""
        try:
            if self._data is not None:
                self._data.release()
            self._rdf = self._data = None
            if hasattr(self, "_log"):
                self._log.abandon()
            if hasattr(self, "_building"):
                durable.remove_tree(self._building)
        finally:
            self._lock.release()

    def __enter__(self) -> Draft:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            with damage.mapped(self._layout.folder(self.parent.id)):
                yield
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> PublishFailed:
        return PublishFailed(
            f"{self._layout.path}: the publish failed: {error}; the current snapshot is unchanged, "
            "make room or repair the disk and publish again"
        )
