"""The description of the dataset: counted once for a snapshot by a query worker that can be stopped, then kept.

What was counted is kept in memory and, where the store's directory can be written, in ``described/`` beside the
snapshots as ``<snapshot>.counts.nt``, so that a restart does not count again. The whole description stands there as
``<snapshot>.nt``, where queries find it as the graph ``/graphs/void``. Both hold names of classes, properties,
datatypes, graphs and things often named, with numbers, settings and example queries.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kg import describe, formats, reads
from kg.engine import Request, described
from kg.errors import KgError
from kg.store import SnapshotInfo
from server.publication import Publication
from server.questions import questions
from server.views.resources import GRAPH_FORMATS

__all__ = ["Description"]

#: Snapshots whose counts are kept in memory; files on disk, two for a snapshot, each of about 150 KiB.
_KEPT, _FILES = 4, 128
#: Seconds that are asked for counting; the engine grants what a token's query may have. It reads the whole snapshot,
#: 0.9 M quads in 3 s.
_SECONDS = 600.0
#: Things to look at that the description names.
_SAMPLES = 3


class Description:
    """The description of one publication's snapshots."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self._guard = threading.Lock()
        self._counting = threading.Lock()
        self._counted: OrderedDict[str, describe.Triples] = OrderedDict()
        self._standing: OrderedDict[str, None] = OrderedDict()

    def triples(self, info: SnapshotInfo) -> describe.Triples:
        """The whole description of a snapshot, counts included. The first to ask for a snapshot's waits for counting.

        Raises what the engine raises: :class:`kg.errors.QueryError`.
        """
        return self._described(info, self.counted(info.id))

    def stand(self, query: str, graphs: Sequence[str], info: SnapshotInfo) -> None:
        """Where the query or its dataset names the graph of the description, put it where the query will find it; the
        first to ask waits for counting.

        Raises what the engine raises: :class:`kg.errors.QueryError`.
        """
        name = described.graph(self._publication.iris)
        if name not in query and name not in graphs:
            return
        target = described.file(self._publication.settings.store, info.id)
        if info.id not in self._standing or not target.exists():
            body = formats.serialize(self.triples(info), describe.PART)
            with suppress(OSError):  # then the query is refused, and says why
                self._write(target, body)
                self._standing[info.id] = None
                while len(self._standing) > _FILES:
                    self._standing.popitem(last=False)

    def uncounted(self, info: SnapshotInfo) -> describe.Triples:
        """The description with the counts where they are known already, without waiting for any."""
        return self._described(info, self._known(info.id) or ())

    def counted(self, snapshot: str) -> describe.Triples:
        """The counts of a snapshot, by id: classes, their properties, what those lead to, graphs.

        Raises :class:`kg.errors.QueryError`.
        """
        found = self._known(snapshot)
        if found is not None:
            return found
        with self._counting:  # one at a time: whoever waits finds the counts made
            found = self._known(snapshot)
            if found is None:
                body = self._count(snapshot)
                found = describe.parts(body)
                self._keep(snapshot, found)
                with suppress(OSError):  # a store on a disk that cannot be written is counted at each start
                    self._write(self._file(snapshot), body)
            return found

    def _count(self, snapshot: str) -> bytes:
        query = describe.counting(self._publication.iris)
        request = Request(
            query,
            graph=describe.PART.media_type,
            snapshot=snapshot,
            seconds=_SECONDS,
            client="description",
            trusted=True,
        )
        with self._publication.engine.run(request) as answer:
            return b"".join(answer)

    def _known(self, snapshot: str) -> describe.Triples | None:
        with self._guard:
            found = self._counted.get(snapshot)
        if found is not None:
            return found
        try:
            found = describe.parts(self._file(snapshot).read_bytes())
        except (OSError, ValueError):  # SyntaxError is no ValueError: a damaged file is somebody else's
            return None
        self._keep(snapshot, found)
        return found

    def _keep(self, snapshot: str, counted: describe.Triples) -> None:
        with self._guard:
            self._counted[snapshot] = counted
            self._counted.move_to_end(snapshot)
            while len(self._counted) > _KEPT:
                self._counted.popitem(last=False)

    def _file(self, snapshot: str) -> Path:
        return self._publication.settings.store / "described" / f"{snapshot}.counts.nt"

    def _write(self, target: Path, body: bytes) -> None:
        target.parent.mkdir(exist_ok=True)
        number, made = tempfile.mkstemp(dir=target.parent, prefix=".")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(body)
            Path(made).replace(target)
        except BaseException:
            Path(made).unlink(missing_ok=True)
            raise
        files = sorted((one for one in target.parent.glob("*.nt") if one != target), key=lambda one: one.name)
        for old in files[: max(0, len(files) + 1 - _FILES)]:
            old.unlink(missing_ok=True)

    def _described(self, info: SnapshotInfo, counted: describe.Triples) -> describe.Triples:
        return describe.dataset(self.about(info), questions(self._publication), counted)

    def about(self, info: SnapshotInfo) -> describe.Dataset:
        """What the description says of the snapshot beside the counts."""
        publication, settings = self._publication, self._publication.settings
        samples: tuple[str, ...] = ()
        with suppress(KgError), publication.reader() as reader:
            rows = reads.latest(reader, _SAMPLES, known=publication.catalogue(reader))
            samples = tuple(row.iri for row in rows)
        dated = [one.time for one in publication.store.known() if not one.time.startswith("1970")]
        return describe.Dataset(
            iris=publication.iris,
            name=publication.name,
            snapshot=info.id,
            issued=dated[0] if dated else None,
            modified=info.time,
            url=settings["publisher.url"],
            logo=settings["publisher.logo"],
            licence=settings["publisher.licence"],
            language=settings["languages"],
            documents=info.counts.articles + info.counts.things,
            pages=GRAPH_FORMATS,
            samples=samples,
        )
