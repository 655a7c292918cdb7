"""The whole path over real parts: identity, versions, sharing, determinism, refusal, withdrawal."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Timer

import pytest
from publication import BASE, Publication, document, page, statuses
from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg import config, pipeline
from kg.errors import ConfigError, InputError, StoreLocked, UsageError
from kg.model import Document, Rights, Source
from kg.store import Store
from kg.vocab import ITSRDF, NKG, PROV, RDF, SCHEMA, SH

THIRD = Source(name="wire")


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    return Publication.make(tmp_path)


def articles(publication: Publication) -> list[str]:
    with publication.store.reader() as reader:
        return sorted(reader.articles())


def test_an_article_is_stored_once_and_the_same_bytes_again_write_nothing(publication: Publication) -> None:
    (first,) = publication.add(document(page()))
    snapshot = publication.store.current_id()
    (second,) = publication.add(document(page()))
    assert (first.status, second.status) == ("stored", "unchanged")
    assert first.iri == second.iri
    assert publication.store.current_id() == snapshot == first.snapshot


def test_a_changed_file_at_the_same_path_is_a_new_version_of_the_same_article(publication: Publication) -> None:
    (first,) = publication.add(document(page()))
    changed = page(headline="Quay to be rebuilt, council decides", lead="The quay of Kampen will be built anew.")
    (second,) = publication.add(document(changed))
    assert second.status == "updated"
    assert second.iri == first.iri
    assert len(articles(publication)) == 1
    headlines = [q.object.value for q in publication.default(None, SCHEMA.headline)]
    assert headlines == ["Quay to be rebuilt, council decides"]
    with publication.store.reader() as reader:
        prov = reader.iris.prov_graph
        versions = [q.subject.value for q in reader.rdf.quads_for_pattern(None, PROV.wasRevisionOf, None, prov)]
    assert versions == [f"{first.iri}/v/2"]


def test_the_same_headline_at_another_path_is_another_article(publication: Publication) -> None:
    one, two = publication.add(document(page(), "a.txt"), document(page(), "b.txt"))
    assert one.iri != two.iri


def test_a_person_with_the_same_full_name_is_one_thing_in_two_articles(publication: Publication) -> None:
    publication.add(document(page(), "a.txt"), document(page(headline="Ferry to run again"), "b.txt"))
    assert len(publication.named("Lotte Brandsma")) == 1


def test_a_surname_alone_never_joins_two_articles(publication: Publication) -> None:
    other = b"""The Harbour Gazette
Local

Council meets over the ferry

The council met on Tuesday evening in the town hall to talk about the ferry timetable for the coming summer months.

"It will run every hour," said Brandsma, who had come by bicycle. The meeting was over after twenty minutes, and \
nobody asked a question about the price of a ticket.
"""
    publication.add(document(page(), "a.txt"), document(other, "b.txt"))
    full = publication.named("Lotte Brandsma")
    assert len(full) == 1
    assert not publication.named("Brandsma") & full


def test_an_authority_row_gives_one_iri_and_its_same_as_in_the_things_graph(publication: Publication) -> None:
    with_dutch = page(lead="Officials in Lisbon, Portugal, followed the decision of the town council closely.")
    publication.add(document(with_dutch, "a.txt"), document(with_dutch.replace(b"quay", b"pier"), "b.txt"))
    (portugal,) = publication.named("Portugal")
    with publication.store.reader() as reader:
        same = list(reader.rdf.quads_for_pattern(NamedNode(portugal), SCHEMA.sameAs, None, reader.iris.things_graph))
    assert "http://www.wikidata.org/entity/Q45" in {q.object.value for q in same}


def test_a_triple_in_three_articles_counts_once_also_after_each_is_removed(publication: Publication) -> None:
    outcomes = publication.add(*(document(page(), f"{n}.txt") for n in "abc"))
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s <http://schema.org/name> 'Lotte Brandsma'@en }"
    for left, outcome in zip((3, 2, 1), outcomes, strict=True):
        with publication.store.reader() as reader:
            ((count,),) = reader.rdf.query(query)
            assert count.value == "1", left
        assert outcome.iri is not None
        pipeline.remove(publication.store, outcome.iri, time=publication.now(), reason="test", holder="test")
    with publication.store.reader() as reader:
        ((count,),) = reader.rdf.query(query)
    assert count.value == "0"


def test_removing_the_only_article_leaves_no_trace_of_what_it_alone_named(publication: Publication) -> None:
    lead = "Officials in Lisbon, Portugal, followed the decision of the town council closely."
    (outcome,) = publication.add(document(page(lead=lead)))
    (person,) = publication.named("Lotte Brandsma")
    (portugal,) = publication.named("Portugal")
    assert outcome.iri is not None
    pipeline.remove(publication.store, outcome.iri, time=publication.now(), reason="unfounded", holder="test")
    with publication.store.reader() as reader:
        assert reader.state(outcome.iri) == "gone"
        assert reader.state(person.removesuffix("#id")) == "gone"
        assert reader.state(portugal.removesuffix("#id")) == "live"
        left = [str(q) for q in reader.rdf if "Brandsma" in str(q.object) or outcome.iri in str(q.graph_name)]
        assert left == []
        tombstone = list(reader.rdf.quads_for_pattern(NamedNode(outcome.iri + "#id"), PROV.invalidatedAtTime, None))
        assert len(tombstone) == 1
    assert publication.store.verify().whole
    # A withdrawn article stays withdrawn, also with other bytes, until somebody says otherwise.
    for data in (page(lead=lead), page(lead=lead, headline="The quay again")):
        (again,) = publication.add(document(data))
        assert again.status == "unchanged"
        assert "withdrawn on 2026-03-13" in str(again.reason)
        assert publication.named("Lotte Brandsma") == set()
    assert list(statuses(publication.add(document(page(lead=lead)), republish=True))) == ["updated"]
    assert publication.named("Lotte Brandsma") == {person}


def test_removing_what_is_not_there_or_without_a_reason_is_an_error(publication: Publication) -> None:
    with pytest.raises(UsageError):
        pipeline.remove(publication.store, f"{BASE}/articles/x-00000000", time=publication.now(), reason="r", holder="")
    with pytest.raises(UsageError, match="reason"):
        pipeline.remove(publication.store, f"{BASE}/articles/x-00000000", time=publication.now(), reason=" ", holder="")


def test_the_same_documents_give_the_same_quads_for_every_jobs_and_batch_size(tmp_path: Path, root: Path) -> None:
    files = sorted((root / "data" / "sample").glob("*.txt"))[:9]
    documents = [document(file.read_bytes(), file.name) for file in files]
    documents.insert(3, document(b"   ", "empty.txt"))
    made: list[set[str]] = []
    for name, jobs, batch in (("one", 1, 50), ("two", 2, 3)):
        publication = Publication.make(tmp_path / name)
        # One time for all publishes, so that only the way of working differs.
        publication.step = timedelta()
        outcomes = publication.add(*documents, jobs=jobs, batch=batch)
        assert sum(one.status == "stored" for one in outcomes) == 9
        hidden = publication.settings.iris.revisions_graph
        made.append({str(q) for q in publication.quads() if q.graph_name != hidden})
    assert made[0] == made[1]


def test_a_refused_document_stops_nothing_and_is_kept_with_its_report(publication: Publication) -> None:
    outcomes = publication.add(
        document(page(), "good.txt"),
        document(b"", "empty.txt"),
        document(b"\x89PNG\r\n\x1a\n\x00\x00", "picture.png"),
        document(page(headline="A second story about the quay"), "also-good.txt"),
    )
    assert list(statuses(outcomes)) == ["stored", "refused", "refused", "stored"]
    for outcome, size in zip(outcomes[1:3], (0, 10), strict=True):
        assert outcome.reason is not None
        assert outcome.origin in outcome.reason
        report = Path(str(outcome.quarantine))
        kept = json.loads(report.read_text())
        assert kept["origin"] == outcome.origin
        (bytes_,) = [
            p
            for p in report.parent.iterdir()
            if p.suffix == Path(outcome.origin).suffix
            and p.name.startswith(report.name.removesuffix(".report.json"))
            and ".report." not in p.name
        ]
        assert bytes_.stat().st_size == size


def test_a_dry_run_publishes_nothing(publication: Publication) -> None:
    before = publication.store.current_id()
    (outcome,) = publication.add(document(page()), dry_run=True)
    assert outcome.status == "stored"
    assert outcome.changes
    assert publication.store.current_id() == before


def test_warnings_are_stored_by_name_and_stay_out_of_the_default_graph(publication: Publication) -> None:
    (outcome,) = publication.add(document(page()))
    assert "A9" in outcome.warnings
    with publication.store.reader() as reader:
        results = list(reader.rdf.quads_for_pattern(None, RDF.type, SH.ValidationResult, None))
        assert results
        assert {q.graph_name.value for q in results} == {reader.iris.graph(str(outcome.iri), "report").value}
        assert not list(reader.rdf.quads_for_pattern(None, RDF.type, SH.ValidationResult, DefaultGraph()))


def test_reannotating_with_the_same_annotators_writes_nothing(publication: Publication) -> None:
    publication.add(document(page(), "a.txt"), document(page(headline="Ferry to run again"), "b.txt"))
    before = publication.store.current_id()
    assert set(statuses(pipeline.reannotate(publication.ingest))) == {"unchanged"}
    assert publication.store.current_id() == before


def test_reannotating_with_another_table_keeps_iris_and_shows_what_changes(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    (outcome,) = publication.add(document(page()))
    (mayor,) = publication.named("Lotte Brandsma")
    table = tmp_path / "own.csv"
    table.write_text(
        "id,type,name,aliases,demonyms,same_as,contained_in,latitude,longitude,description\n"
        "mayor,Person,Lotte Brandsma,,,http://www.wikidata.org/entity/Q9959999,,,,test row\n"
    )
    publication.settings = publication.settings.__class__(
        values={**publication.settings.values, "authority": (str(table),)},
        origins=publication.settings.origins,
        folder=tmp_path,
    )
    dry = list(pipeline.reannotate(publication.ingest, dry_run=True))
    assert [one.status for one in dry] == ["updated"]
    # The mayor now has a row of an authority: links are gained, and nothing that stays is shown as lost.
    assert "+ Lotte Brandsma schema:sameAs wd:Q9959999" in dry[0].changes
    assert not any(line.startswith("-") for line in dry[0].changes)
    (done,) = pipeline.reannotate(publication.ingest)
    assert done.iri == outcome.iri
    assert publication.named("Lotte Brandsma") == {mayor}
    same = {q.object.value for q in publication.default(NamedNode(mayor), SCHEMA.sameAs)}
    assert same == {"http://www.wikidata.org/entity/Q9959999"}


def test_third_party_text_is_in_no_file_of_the_store_that_is_public(publication: Publication) -> None:
    secret = "the harbour office has been closed since then"
    publication.add(document(page(), source=THIRD))
    assert secret.encode() in page()
    folder = publication.settings.store
    private = folder / "sources"
    for file in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_relative_to(private)):
        assert secret.encode() not in file.read_bytes(), file
    text = "\n".join(str(q) for q in publication.quads())
    body = page().decode().partition("\n\nBy Ines")[2]
    for paragraph in (p for p in body.split("\n\n") if len(p) > 100):
        for at in range(len(paragraph) - 40):
            assert paragraph[at : at + 40] not in text
    withheld = publication.default(None, NKG.textWithheld)
    assert withheld


def test_files_of_one_name_in_two_folders_are_two_articles_however_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "kg.toml").write_text(f'base_iri = "{BASE}"\n')
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "001.txt").write_bytes(page())
    settings = config.load(tmp_path / "kg.toml")
    keys = {pipeline.from_path(file, settings).key for file in pipeline.walk([tmp_path / "one", tmp_path / "two"])}
    assert keys == {"path:default/one/001.txt", "path:default/two/001.txt"}
    single = pipeline.from_path(tmp_path / "one" / ".." / "one" / "001.txt", settings)
    assert single.key == "path:default/one/001.txt"
    nowhere = pipeline.from_path(tmp_path / "one" / "001.txt", config.load())
    assert nowhere.key == f"path:default/{tmp_path}/one/001.txt"


def test_no_word_of_a_quotation_is_shown_of_a_third_party_article(publication: Publication) -> None:
    publication.add(document(page(), source=THIRD))
    assert publication.default(None, NKG.textWithheld)
    texts = [q.object.value for q in publication.default(None, SCHEMA.text) if isinstance(q.object, Literal)]
    assert texts == []


def test_a_source_says_what_its_pages_do_not(publication: Publication) -> None:
    source = Source(name="desk", rights=Rights.OWN, publisher="The Desk", language="en")
    bare = b"""Ferry to run again

The ferry will run again before the end of the month, said Lotte Brandsma, the mayor, on Tuesday evening in the town \
hall, where the council met to talk about the old quay.
"""
    publication.add(document(bare, "bare.txt", source), document(page(), "full.txt", source))
    publishers = {q.object for q in publication.default(None, SCHEMA.publisher)}
    names = {str(q.object) for p in publishers if isinstance(p, NamedNode) for q in publication.default(p, SCHEMA.name)}
    assert names == {'"The Desk"@en', '"The Harbour Gazette"@en'}


def test_a_text_that_is_not_english_is_stored_with_no_annotations_and_says_so(publication: Publication) -> None:
    german = """Der Hafenbote

Fähre fährt wieder

12. März 2026

Die Fähre nach Kampen soll noch vor dem Ende des Monats wieder fahren, sagte Lotte Brandsma am Dienstag \
im Rathaus, wo der Rat über den alten Kai und das Geld für die Arbeiten sprach. Das Ministerium will die Hälfte zahlen.
"""
    (outcome,) = publication.add(document(german.encode(), "fähre.txt"))
    assert outcome.status == "stored"
    assert "no annotations: the text's language is" in (outcome.reason or "")
    bodies = [q.object.value for q in publication.default(None, SCHEMA.articleBody) if isinstance(q.object, Literal)]
    assert any("Lotte Brandsma" in body for body in bodies)
    assert list(publication.default(None, ITSRDF.taIdentRef)) == []


def test_facts_only_publishes_no_annotations_graph(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path, detail="facts")
    (outcome,) = publication.add(document(page()))
    with publication.store.reader() as reader:
        names = {g.value.rpartition("/")[2] for g in reader.rdf.named_graphs() if "/graphs/articles/" in g.value}
    assert outcome.status == "stored"
    assert names == {"content", "facts", "report"}
    # The gate asks such a store only for what it can hold.
    with publication.store.reader() as reader:
        assert not publication.gate.check_store(reader.rdf).accepted
        report = publication.gate.check_store(reader.rdf, annotated=False)
    assert report.accepted
    assert "A9" in {result.code for result in report.results}


def test_a_store_made_for_another_base_is_refused(publication: Publication) -> None:
    values = {**publication.settings.values, "base_iri": "https://other.example"}
    publication.settings = publication.settings.__class__(values=values, origins=publication.settings.origins)
    with pytest.raises(ConfigError, match=r"fixed when a store is made"):
        publication.add(document(page()))


def test_no_file_of_a_published_snapshot_changes_when_the_next_is_made(publication: Publication) -> None:
    publication.add(document(page(), "a.txt"))
    folder = publication.settings.store / "snapshots" / publication.store.current_id()

    def sums() -> str:
        return subprocess.run(
            ["find", str(folder), "-type", "f", "-not", "-name", "lease", "-exec", "sha256sum", "{}", "+"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    before = sums()
    publication.add(document(page(headline="Another story of the quay"), "b.txt"))
    assert sums() == before


def test_annotations_stay_out_of_the_default_graph_where_the_store_says_so(tmp_path: Path) -> None:
    settings = config.load(
        flags={"base_iri": BASE, "store": str(tmp_path / "s"), "annotations_in_default_graph": False}
    )
    store = Store.create(settings.store, BASE, annotations_in_default=False)
    publication = Publication(tmp_path, settings, store)
    (outcome,) = publication.add(document(page()))
    assert publication.default(None, ITSRDF.taIdentRef) == []
    with store.reader() as reader:
        named = reader.iris.graph(str(outcome.iri), "annotations")
        assert list(reader.rdf.quads_for_pattern(None, ITSRDF.taIdentRef, None, named))


def test_ingest_keeps_the_snapshots_that_the_policy_keeps(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path, snapshots__keep_last=2)
    with publication.store.reader() as reader:
        held = reader.info.id
        for number in range(5):
            publication.add(document(page(headline=f"The quay, part {number}"), f"{number}.txt"))
        kept = [one.info.id for one in publication.store.snapshots()]
        assert held in kept
        assert len(kept) == 3
    publication.add(document(page(headline="The quay, at last"), "last.txt"))
    assert held not in {one.info.id for one in publication.store.snapshots()}
    assert publication.store.verify().whole


def test_what_cannot_be_read_below_a_folder_is_an_outcome(publication: Publication, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(page())
    (folder / "broken.txt").symlink_to("nowhere.txt")
    found = list(pipeline.walk([folder]))
    assert [file.name for file in found] == ["a.txt", "broken.txt"]
    with pytest.raises(InputError, match=r"broken\.txt: cannot be read: No such file"):
        pipeline.from_path(found[1], publication.settings)


def test_linked_files_of_one_name_in_two_folders_are_two_documents(publication: Publication, tmp_path: Path) -> None:
    keys = set()
    for day in ("monday", "tuesday"):
        for folder in (tmp_path / "kept" / day, tmp_path / "in" / day):
            folder.mkdir(parents=True)
        (tmp_path / "kept" / day / "001.txt").write_bytes(page(headline=f"News of {day}"))
        (tmp_path / "in" / day / "001.txt").symlink_to(tmp_path / "kept" / day / "001.txt")
    for file in pipeline.walk([tmp_path / "in"]):
        keys.add(pipeline.from_path(file, publication.settings).key)
    assert sorted(key.rpartition("/in/")[2] for key in keys) == ["monday/001.txt", "tuesday/001.txt"]


def test_who_publishes_between_two_batches_does_not_end_the_run(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def documents() -> Iterator[Document]:
        yield document(page(), "a.txt")
        other = publication.store.begin(time=publication.now(), holder="somebody else")
        Timer(0.4, other.close).start()
        yield document(page(headline="Ferry to run again"), "b.txt")

    def locked(*_: object, **__: object) -> None:
        raise StoreLocked("another publisher is at work", holder="somebody else")

    monkeypatch.setattr(Store, "prune", locked)
    outcomes = list(publication.ingest.run(documents(), batch=1))
    assert list(statuses(outcomes)) == ["stored", "stored"]
    assert len(articles(publication)) == 2


def test_a_run_that_finds_the_store_locked_at_its_start_says_so(publication: Publication) -> None:
    other = publication.store.begin(time=publication.now(), holder="somebody else")
    with other, pytest.raises(StoreLocked, match="somebody else"):
        publication.add(document(page()))
