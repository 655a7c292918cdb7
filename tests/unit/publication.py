"""A publication in a temporary folder, and documents to feed it. No fake parts: a real store, gate and table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from kg import config, pipeline, shacl
from kg.model import Document, Gone, Rights, Source
from kg.store import Store
from kg.vocab import SCHEMA

BASE = "https://news.example"
OWN = Source(name="desk", rights=Rights.OWN)

#: An article of our own about fictional people. ``{…}`` parts are what tests vary.
PAGE = """The Harbour Gazette
Local

{headline}

By Ines Calderwood
12 March 2026

{lead}

{name}, the mayor of Kampen, said the town would rebuild the quay. "We will start on Monday," {surname} said. "Nobody \
should have to wait for another winter," she added.

The Ministry of Infrastructure said it would pay half of the cost. Work on the quay had stopped in February after a \
dispute with the contractor, and the harbour office has been closed since then.

{surname} thanked the volunteers who had carried sandbags through the night, and told residents that the ferry would \
run again before the end of the month.
"""


def page(
    headline: str = "Mayor promises to rebuild the quay",
    name: str = "Lotte Brandsma",
    lead: str = "The old quay of Kampen will be rebuilt after the storm of last week, the town council decided.",
) -> bytes:
    """One article as UTF-8 text."""
    return PAGE.format(headline=headline, name=name, surname=name.split()[-1], lead=lead).encode()


def document(data: bytes, path: str = "a.txt", source: Source = OWN) -> Document:
    """A document as if it were read from that path below the source's folder."""
    return Document(data=data, key=f"path:{source.name}/{path}", origin=path, source=source)


#: Compiled once for all tests of a worker: it is a value, and compiling takes longer than most tests.
GATE = shacl.Gate(shacl.ShapesGraph.load())


@dataclass
class Publication:
    """A store with everything around it; each publish is a minute later than the one before."""

    folder: Path
    settings: config.Settings
    store: Store
    clock: datetime = datetime(2026, 3, 13, 9, 0, tzinfo=UTC)
    step: timedelta = timedelta(minutes=1)
    gate: shacl.Gate = field(default_factory=lambda: GATE)

    @classmethod
    def make(cls, folder: Path, **flags: Any) -> Publication:
        """An empty publication in a new folder."""
        flags = {key.replace("__", "."): value for key, value in flags.items()}
        settings = config.load(flags={"base_iri": BASE, "store": str(folder / "store"), **flags})
        return cls(folder, settings, Store.create(settings.store, settings.base_iri))

    def now(self) -> datetime:
        """A step later than the last time."""
        self.clock += self.step
        return self.clock

    @property
    def ingest(self) -> pipeline.Ingest:
        """The path into this store."""
        table = pipeline.table(self.settings)
        return pipeline.Ingest(
            store=self.store, settings=self.settings, gate=self.gate, table=table, now=self.now, holder="test"
        )

    def add(self, *documents: Document | Gone, **options: Any) -> list[pipeline.Outcome]:
        """The outcomes of ingesting the documents."""
        return list(self.ingest.run(documents, **options))

    def quads(self) -> list[Quad]:
        """Everything in the current snapshot, in the order of its N-Quads lines."""
        with self.store.reader() as reader:
            return sorted(reader.rdf, key=str)

    def default(self, subject: NamedNode | None = None, predicate: NamedNode | None = None) -> list[Quad]:
        """Quads of the default graph."""
        with self.store.reader() as reader:
            return list(reader.rdf.quads_for_pattern(subject, predicate, None, DefaultGraph()))

    def named(self, name: str) -> set[str]:
        """The IRIs that the default graph gives this name."""
        with self.store.reader() as reader:
            found = reader.rdf.quads_for_pattern(None, SCHEMA.name, Literal(name, language="en"), DefaultGraph())
            return {quad.subject.value for quad in found if isinstance(quad.subject, NamedNode)}


def statuses(outcomes: Iterable[pipeline.Outcome]) -> Iterator[str]:
    """What became of each."""
    return (one.status for one in outcomes)
