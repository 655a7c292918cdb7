"""An export that is ingested gives the same graph."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from publication import OWN, Publication, document, page
from pyoxigraph import Quad

from kg import describe, extract, formats, pipeline
from kg.model import Document, Gone, Rights, Source
from kg.store.export import dump
from kg.vocab import NKG

THIRD = Source(name="gazette")


def everything(publication: Publication) -> list[str]:
    """Every quad of the named graphs that are published, keys, sketches and revisions left out."""
    iris = publication.settings.iris
    hidden = {iris.keys_graph, iris.copies_graph, iris.revisions_graph}
    return [f"{quad}" for quad in publication.quads() if quad.graph_name not in hidden]


def exported(publication: Publication, kind: str) -> bytes:
    with publication.store.reader() as reader:
        target = io.BytesIO()
        dump(reader, kind, target)
        return target.getvalue()


def unpacked(data: bytes, source: Source = OWN) -> list[Document]:
    given = Document(b"", f"path:{source.name}/dump", "dump", source)
    found = list(extract.unpack(io.BytesIO(data), given, limit=2**24))
    return [one for one in found if isinstance(one, Document)]


@pytest.fixture
def first(tmp_path: Path) -> Publication:
    """A publication with a history: versions, a withheld article, copies, one removed."""
    made = Publication.make(tmp_path / "first")
    made.add(
        document(page(), "a.txt"),
        document(page("Ferry runs again", "Adriaan Kools"), "b.txt"),
        document(page("Quay is closed", "Lotte Brandsma"), "c.txt", THIRD),
        document(page("A mistake", "Joost Verhagen"), "d.txt"),
    )
    made.add(document(page(lead="The quay of Kampen will not be rebuilt after all, the council decided."), "a.txt"))
    with made.store.reader() as reader:
        gone = reader.lookup("article:path:desk/d.txt")
    assert gone is not None
    pipeline.remove(made.store, gone, time=made.now(), reason="published by mistake", holder="test")
    return made


@pytest.mark.parametrize("kind", ["nq", "trig", "jsonld"])
def test_a_dump_that_is_ingested_gives_the_same_graph(first: Publication, tmp_path: Path, kind: str) -> None:
    second = Publication.make(tmp_path / "second")
    outcomes = second.add(*unpacked(exported(first, kind)))
    assert [one.status for one in outcomes] == ["stored"] * 4, outcomes
    assert everything(second) == everything(first)
    default = [str(q) for q in first.default()]
    assert sorted(str(q) for q in second.default()) == sorted(default)
    assert second.store.show().counts.articles == 3


def test_a_dump_that_is_ingested_twice_writes_nothing_the_second_time(first: Publication, tmp_path: Path) -> None:
    data = exported(first, "nq")
    second = Publication.make(tmp_path / "second")
    second.add(*unpacked(data))
    before = second.store.current_id
    assert {one.status for one in second.add(*unpacked(data))} == {"unchanged"}
    assert second.store.current_id == before
    assert {one.status for one in first.add(*unpacked(data))} == {"unchanged"}


def test_one_article_in_its_graphs_is_ingested_alone(first: Publication, tmp_path: Path) -> None:
    with first.store.reader() as reader:
        iri = reader.lookup("article:path:desk/b.txt")
        assert iri is not None
        data = formats.serialize(describe.quads(reader, iri), formats.NQ)
    second = Publication.make(tmp_path / "second")
    (outcome,) = second.add(*unpacked(data))
    assert (outcome.status, outcome.iri) == ("stored", iri)
    own = f"/graphs/articles/{iri.rpartition('/')[2]}/"
    kinds = ("content", "facts", "annotations")

    def graphs(publication: Publication) -> list[Quad]:
        return [
            q
            for q in publication.quads()
            if own in str(q.graph_name) and str(q.graph_name).endswith(tuple(f"{k}>" for k in kinds))
        ]

    assert graphs(second) == graphs(first)


def test_a_person_of_an_imported_article_is_the_same_in_the_next_one(first: Publication, tmp_path: Path) -> None:
    second = Publication.make(tmp_path / "second")
    second.add(*unpacked(exported(first, "nq")))
    second.add(document(page("Another headline of the mayor", "Adriaan Kools"), "e.txt"))
    assert len(second.named("Adriaan Kools")) == 1


@pytest.mark.parametrize("source", [THIRD, Source(name="partner", rights=Rights.LICENSED)])
def test_only_a_source_of_our_own_may_bring_an_export(first: Publication, tmp_path: Path, source: Source) -> None:
    """Whoever may write graphs may say anything in our name, and about any article."""
    data = exported(first, "nq")
    before = everything(first)
    for publication in (first, Publication.make(tmp_path / "second")):
        outcomes = publication.add(*unpacked(data, source))
        assert {one.status for one in outcomes} == {"refused"}
        assert all('rights = "own"' in (one.reason or "") for one in outcomes)
    assert everything(first) == before


def test_a_claimed_media_type_makes_no_export(first: Publication) -> None:
    claimed = Document(page(), "path:gazette/x", "x", THIRD, "application/n-quads; profile=newsgraph")
    (outcome,) = first.add(claimed)
    assert outcome.status == "stored"


def test_an_export_of_another_publication_is_refused_with_both_bases(first: Publication, tmp_path: Path) -> None:
    other = Publication.make(tmp_path / "other", base_iri="https://other.example")
    outcomes = other.add(*unpacked(exported(first, "nq")))
    assert {one.status for one in outcomes} == {"refused"}
    assert "https://other.example/graphs/" in (outcomes[0].reason or "")
    assert "https://news.example/graphs/" in (outcomes[0].reason or "")


def test_the_gate_checks_what_is_imported(first: Publication, tmp_path: Path) -> None:
    lines = exported(first, "nq").decode().splitlines()
    broken = "\n".join(one for one in lines if "<http://schema.org/headline>" not in one) + "\n"
    second = Publication.make(tmp_path / "second")
    outcomes = [one for one in second.add(*unpacked(broken.encode())) if one.iri or one.status == "refused"]
    assert {one.status for one in outcomes} == {"refused"}
    assert "A1" in (outcomes[0].reason or "")


def test_a_torn_export_is_refused_with_its_line(first: Publication, tmp_path: Path) -> None:
    data = exported(first, "nq")[:-25]
    given = Document(b"", "path:desk/dump", "dump", OWN)
    (found,) = extract.unpack(io.BytesIO(data), given, limit=2**24)
    assert not isinstance(found, Document)
    assert "does not parse" in str(getattr(found, "error", ""))


def test_imported_articles_are_left_alone_by_reannotating(first: Publication, tmp_path: Path) -> None:
    second = Publication.make(tmp_path / "second")
    second.add(*unpacked(exported(first, "nq")))
    second.add(document(page("A headline of our own", "Marit Zwaan"), "e.txt"))
    assert [one.status for one in pipeline.reannotate(second.ingest)] == ["unchanged"]


def test_an_export_with_articles_that_were_taken_back_or_brought_back_gives_the_same_graph(tmp_path: Path) -> None:
    first = Publication.make(tmp_path / "first")
    sent = document(page(), "a.txt"), document(page("Quay is closed", "Adriaan Kools"), "b.txt")
    taken, removed = (one.iri or "" for one in first.add(*sent))
    pipeline.remove(first.store, removed, time=first.now(), reason="a mistake", holder="test")
    first.add(sent[1], republish=True)
    first.add(Gone(("path:desk/a.txt",), "a.txt", OWN, "it is gone"))
    second = Publication.make(tmp_path / "second")
    data = exported(first, "nq")
    assert {one.status for one in second.add(*unpacked(data))} == {"stored"}
    assert everything(second) == everything(first)
    assert sorted(map(str, second.default())) == sorted(map(str, first.default()))
    assert {one.status for one in second.add(*unpacked(data))} == {"unchanged"}
    assert taken in {one.iri for one in second.add(*unpacked(data))}


def test_a_withheld_copy_stays_in_its_group_whichever_of_the_two_is_read_first(tmp_path: Path) -> None:
    first = Publication.make(tmp_path / "first")
    first.add(document(page("A closed quay"), "a.txt", THIRD), document(page("The quay is closed"), "b.txt"))
    assert [q for q in first.default() if q.predicate == NKG.copyOf]
    second = Publication.make(tmp_path / "second")
    second.add(*unpacked(exported(first, "nq")))
    assert everything(second) == everything(first)
