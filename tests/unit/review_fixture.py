"""A publication with an authority of its own, whose names are doubtful on purpose, and what reviewers do there."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from publication import BASE, Publication
from pyoxigraph import DefaultGraph, NamedNode, Quad

from kg import config, pipeline, review
from kg.model import Document
from kg.pipeline import reviewing
from kg.plugins import Authority
from kg.review import Desk, Doubt, Verdict
from kg.store import Store
from kg.vocab import SCHEMA

#: Rows about nobody: two bodies share a name, one person has one of her own.
ROWS = """id,type,name,aliases,same_as,description
x-mayor,Person,Lotte Brandsma,,http://www.wikidata.org/entity/Q900000001,politician in Kampen
x-skater,Person,Lotte Wilhelmina Brandsma,,http://www.wikidata.org/entity/Q900000002,speed skater
x-trust-nl,Organization,Zandvliet Harbour Trust,,http://www.wikidata.org/entity/Q900000003,trust in Zeeland
x-trust-be,Organization,Zandvliet Harbour Trust,,http://www.wikidata.org/entity/Q900000004,bank in Antwerp
"""

WIKIDATA = "http://www.wikidata.org/entity/"


class Newsroom(Publication):
    """A publication that reads its authority again only when its rows changed."""

    @property
    def ingest(self) -> pipeline.Ingest:
        """The path into this store."""
        file = self.folder / "rows.csv"
        table = _table(file, file.read_bytes())
        return pipeline.Ingest(self.store, self.settings, self.gate, table, self.now, "test")


@cache
def _table(file: Path, rows: bytes) -> Authority:
    return pipeline.table(config.load(flags={"authority": [str(file)], "store": str(file.parent / "store")}))


def publication(folder: Path, rows: str = ROWS, **settings: object) -> Newsroom:
    """An empty publication whose authority has these rows on top of the shipped ones."""
    file = folder / "rows.csv"
    file.write_text(rows, encoding="utf-8")
    made = Newsroom.make(folder, authority=[str(file)], **settings)
    assert isinstance(made, Newsroom)
    return made


def copied(publication: Newsroom, folder: Path) -> Newsroom:
    """The same publication in another folder: tests write to their own."""
    shutil.copytree(publication.folder, folder, dirs_exist_ok=True)
    flags = {"base_iri": BASE, "store": str(folder / "store"), "authority": [str(folder / "rows.csv")]}
    store = Store.open(folder / "store")
    return Newsroom(folder, config.load(flags=flags), store, clock=publication.clock, gate=publication.gate)


def decide(publication: Publication, verdict: Verdict, **options: str) -> reviewing.Reviewed:
    return reviewing.decide(publication.ingest, verdict, **options)


def doubts(publication: Publication, **options: object) -> list[Doubt]:
    """What is in doubt now."""
    trail, _ = reviewing.trail(publication.store)
    with publication.store.reader() as reader:
        desk = Desk.of(reader, publication.ingest.table, trail)
        return list(review.doubts(desk, text=reader.text, **options))  # type: ignore[arg-type]


def said(publication: Publication) -> set[Quad]:
    """What the publication says: every graph but provenance and bookkeeping, which tell how it came to be."""
    kept = (f"{publication.store.base_iri}/graphs/articles/", f"{publication.store.base_iri}/graphs/things")
    return {
        quad
        for quad in publication.quads()
        if isinstance(quad.graph_name, DefaultGraph) or quad.graph_name.value.startswith(kept)  # type: ignore[union-attr]
    }


def only(publication: Publication, name: str) -> str:
    """The one thing of that name."""
    (found,) = publication.named(name)
    return found


def same_as(publication: Publication, thing: str) -> set[str]:
    """The ends of the Wikidata IRIs that the default graph gives the thing."""
    quads = publication.default(NamedNode(thing), SCHEMA.sameAs)
    return {quad.object.value.removeprefix(WIKIDATA) for quad in quads if isinstance(quad.object, NamedNode)}


def things_of(publication: Publication, page: str) -> set[str]:
    """The things that an article is about or mentions."""
    node = NamedNode(page + "#id")
    quads = [*publication.default(node, SCHEMA.about), *publication.default(node, SCHEMA.mentions)]
    return {quad.object.value for quad in quads if isinstance(quad.object, NamedNode)}


def made_anew(decided: Publication, folder: Path, documents: Sequence[Document], **options: int) -> Publication:
    """A new store of the same documents in the same order, with the same authority and the same review journal."""
    folder.mkdir()
    other = publication(folder)
    journal = review.Journal.of(decided.store.path).path
    target = review.Journal.of(other.store.path).path
    target.parent.mkdir()
    shutil.copy(journal, target)
    other.add(*documents, **options)
    return other
