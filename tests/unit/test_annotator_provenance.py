"""Who said what, in which version, how sure: in the graph, and in the manifest of a snapshot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest
from publication import Publication, document, page
from pyoxigraph import DefaultGraph, NamedNode, QuerySolutions, Store

from kg import annotate, authority, plugins
from kg.annotate import ruleset
from kg.config import Settings
from kg.model import Annotation, Document, Span, Text
from kg.pipeline import quality, reannotate
from kg.pipeline.chain import annotators
from kg.store import Ensemble, mixed
from kg.vocab import ITSRDF, PROV, RDF, SCHEMA

DOCS = Path(__file__).resolve().parents[2] / "docs"
QUERIES = re.findall(r"```sparql\n(.*?)```", (DOCS / "annotators.md").read_text(encoding="utf-8"), re.DOTALL)


class Spotter:
    """A model of somebody else that knows one name, and gives one bad answer."""

    needs: frozenset[str] = frozenset()
    gives = frozenset({"proposal"})
    name = "spotter"

    def __init__(
        self, authority: plugins.Authority, *, words: str = "harbour office", kind: str = "Organization"
    ) -> None:
        from collections import Counter

        self.words, self.kind, self.version = words, kind, "7"
        self.dropped: Counter[str] = Counter()

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        self.dropped["an unknown label"] += 1
        start = text.text.find(self.words)
        if start >= 0:
            span = Span(start, start + len(self.words))
            by = f"{self.name}@{self.version}"
            yield Annotation(span, "proposal", self.kind, None, 0.9, by, {"kind": self.kind})

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        return [tuple(self.annotate(*one)) for one in texts]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    points = EntryPoints([EntryPoint("spotter", f"{__name__}:Spotter", "newsgraph.annotators")])
    monkeypatch.setattr(plugins, "entry_points", lambda *, group: points.select(group=group))


def asked(publication: Publication, query: str) -> list[dict[str, str]]:
    with publication.store.reader() as reader:
        found = reader.rdf.query(query)
        assert isinstance(found, QuerySolutions)
        names = [one.value for one in found.variables]
        return [{name: getattr(row[name], "value", "") for name in names} for row in found]


def nodes(store: Store, *types: NamedNode) -> set[str]:
    found = (quad.subject for one in types for quad in store.quads_for_pattern(None, RDF.type, one, DefaultGraph()))
    return {one.value for one in found if isinstance(one, NamedNode)}


def changed(settings: Settings, **values: Any) -> Settings:
    from dataclasses import replace

    return replace(settings, values={**settings.values, **values})


# ---- in the graph -------------------------------------------------------------------------------------------------


def test_one_query_tells_for_every_node_who_said_it_and_in_which_version(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    publication.add(document(page()), document(page("Ferry to run again", "Idris Okonjo"), "b.txt"))
    rows = asked(publication, QUERIES[0])
    said = {row["node"]: (row["annotator"], row["version"]) for row in rows}
    assert len(rows) == len(said), "one annotator for each node"
    with publication.store.reader() as reader:
        wanted = nodes(reader.rdf, RDF.Statement, SCHEMA.Quotation, SCHEMA.Claim)
        mentions = reader.rdf.quads_for_pattern(None, ITSRDF.taIdentRef, None, DefaultGraph())
        wanted |= {quad.subject.value for quad in mentions if isinstance(quad.subject, NamedNode)}
        events = nodes(reader.rdf, SCHEMA.Event)
        told = {q.object.value for q in reader.rdf.quads_for_pattern(None, RDF.subject, None, DefaultGraph())}  # type: ignore[union-attr]
    assert len(wanted) > 20
    assert wanted == set(said)
    assert events <= told, "an event is said by the statements about it"
    assert {version for _, version in said.values()} == {f"1+{ruleset.digest()}"}
    assert {"names", "quotations"} <= {name for name, _ in said.values()}


def test_confidences_below_one_are_there_and_can_be_filtered_by(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    publication.add(document(page()))
    scores = [float(row["confidence"]) for row in asked(publication, QUERIES[0])]
    assert min(scores) < 1
    assert all(0 <= one <= 1 for one in scores)
    everything = asked(publication, QUERIES[1].replace(">= 0.8", ">= 0"))
    nothing = asked(publication, QUERIES[1].replace(">= 0.8", "> 1"))
    assert sum(int(row["events"]) for row in nothing) == 0 <= sum(int(row["events"]) for row in everything)


@pytest.mark.usefixtures("installed")
def test_a_mention_that_another_annotator_found_names_it(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path, annotators="spotter")
    publication.add(document(page()))
    said = {(row["annotator"], row["version"]) for row in asked(publication, QUERIES[0])}
    assert ("spotter", "7") in said
    assert ("names", f"1+{ruleset.digest()}") in said
    (office,) = publication.named("harbour office")
    with publication.store.reader() as reader:
        (span,) = [
            q.subject for q in reader.rdf.quads_for_pattern(None, ITSRDF.taIdentRef, NamedNode(office), DefaultGraph())
        ]
        (agent,) = [q.object for q in reader.rdf.quads_for_pattern(span, ITSRDF.taAnnotatorsRef, None, DefaultGraph())]  # type: ignore[arg-type]
    assert agent == NamedNode("https://news.example/agents/spotter-7#id")


@pytest.mark.usefixtures("installed")
def test_documents_are_put_to_a_model_together_with_the_same_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def pipe(self: Spotter, texts: Any) -> list[tuple[Annotation, ...]]:
        given = list(texts)
        calls.append(len(given))
        return [tuple(self.annotate(*one)) for one in given]

    documents = [document(page(f"Report {n} of the quay", "Mirela Voss"), f"{n}.txt") for n in range(5)]
    monkeypatch.setattr(Spotter, "pipe", pipe)
    together = Publication.make(tmp_path / "together", annotators="spotter")
    together.add(*documents)
    assert calls == [5]
    monkeypatch.setattr("kg.pipeline.prepare._TOGETHER", 1)
    alone = Publication.make(tmp_path / "alone", annotators="spotter")
    alone.add(*documents)
    assert together.quads() == alone.quads()


@pytest.mark.usefixtures("installed")
def test_a_document_that_a_model_fails_on_is_refused_and_the_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = Spotter.annotate

    def annotate_(self: Spotter, text: Text, layers: Any) -> Iterable[Annotation]:
        if "Okonjo" in text.text:
            raise ValueError("no idea")
        return good(self, text, layers)

    monkeypatch.setattr(Spotter, "annotate", annotate_)
    publication = Publication.make(tmp_path, annotators="spotter")
    names = ("Mirela Voss", "Idris Okonjo", "Lotte Brandsma")
    documents = [document(page(f"Report {n} of the quay", name), f"{n}.txt") for n, name in enumerate(names)]
    outcomes = publication.add(*documents)
    assert [one.status for one in outcomes] == ["stored", "refused", "stored"]
    assert "no idea" in str(outcomes[1].reason)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            Annotation(Span(0, 10**9), "proposal", "Person", None, 0.9, "spotter@7", {"kind": "Person"}),
            "the span 0,1000",
        ),
        (Annotation(Span(0, 4), "name", "Person", None, 0.9, "spotter@7", {"kind": "Person"}), "the layer 'name'"),
        (Annotation(Span(0, 4), "proposal", "Person", None, float("nan"), "spotter@7", {}), "the score nan"),
    ],
)
def test_a_plug_in_that_states_what_it_may_not_is_named_and_stops_no_other_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Annotation, reason: str
) -> None:
    def annotate_(self: Spotter, text: Text, layers: Any) -> Iterable[Annotation]:
        return [said] if "Okonjo" in text.text else []

    monkeypatch.setattr(Spotter, "annotate", annotate_)
    publication = Publication.make(tmp_path, annotators="spotter")
    documents = [document(page("Ferry to run again", "Idris Okonjo"), "b.txt"), document(page())]
    outcomes = publication.add(*documents)
    assert [one.status for one in outcomes] == ["refused", "stored"]
    assert f"annotator 'spotter' states {reason}" in str(outcomes[0].reason)


@pytest.mark.usefixtures("installed")
def test_a_mention_that_several_agreed_on_names_them_all(tmp_path: Path) -> None:
    wanted = [{"name": "spotter", "words": "Lotte Brandsma", "kind": "Person"}]
    publication = Publication.make(tmp_path, annotators=wanted)
    publication.add(document(page()))
    rows = [row for row in asked(publication, QUERIES[0]) if "#char=" in row["node"]]
    by_node: dict[str, set[str]] = {}
    for row in rows:
        by_node.setdefault(row["node"], set()).add(row["annotator"])
    assert {"names", "spotter"} in by_node.values()
    assert {"names"} in by_node.values()


def test_without_annotations_the_version_still_says_which_annotators_looked(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path, detail="facts")
    publication.add(document(page()))
    (ensemble,) = publication.store.current().annotators
    assert ensemble.articles == 1
    assert ensemble.versions["names"] == f"1+{ruleset.digest()}"
    outcomes = list(reannotate(publication.ingest))
    assert [one.status for one in outcomes] == ["unchanged"]


# ---- in the manifest ----------------------------------------------------------------------------------------------


def counted(publication: Publication) -> list[tuple[int, bool]]:
    """Articles of each ensemble, and whether the model is in it; the manifest agrees with a count of everything."""
    assert publication.store.verify().whole, publication.store.verify().findings
    return [(one.articles, "spotter" in one.versions) for one in publication.store.current().annotators]


@pytest.mark.usefixtures("installed")
def test_articles_are_counted_by_the_versions_that_annotated_them(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    publication.add(document(page()), document(page("Ferry to run again", "Idris Okonjo"), "b.txt"))
    assert counted(publication) == [(2, False)]
    assert mixed(publication.store.current().annotators, 2) is None

    publication.settings = changed(publication.settings, annotators=publication_annotators())
    publication.add(document(page("Third report of the quay", "Mirela Voss"), "c.txt"))
    assert counted(publication) == [(2, False), (1, True)]
    said = mixed(publication.store.current().annotators, 3)
    assert said is not None
    assert "spotter@7" in said
    assert "run kg reannotate" in said

    publication.add(document(page("Mayor promises to rebuild the quay again")))
    assert counted(publication) == [(2, True), (1, False)]

    outcomes = list(reannotate(publication.ingest))
    assert {one.status for one in outcomes} <= {"updated", "unchanged"}
    assert counted(publication) == [(3, True)]


def publication_annotators() -> Any:
    from kg.config import load

    return load(flags={"annotators": "spotter"})["annotators"]


def test_withdrawn_and_restored_articles_are_counted_out_and_in(tmp_path: Path) -> None:
    from kg.pipeline import remove

    publication = Publication.make(tmp_path)
    first, _ = publication.add(document(page()), document(page("Ferry to run again", "Idris Okonjo"), "b.txt"))
    before = publication.store.current().id
    assert first.iri is not None
    remove(publication.store, first.iri, time=publication.now(), reason="a test", holder="test")
    assert counted(publication) == [(1, False)]
    publication.store.restore(before, time=publication.now(), holder="test")
    assert counted(publication) == [(2, False)]


def test_a_purged_article_is_counted_out_of_every_kept_snapshot(tmp_path: Path) -> None:
    from kg.pipeline import purge

    publication = Publication.make(tmp_path)
    first, _ = publication.add(document(page()), document(page("Ferry to run again", "Idris Okonjo"), "b.txt"))
    before = publication.store.current().id
    publication.add(document(page("Third report of the quay", "Mirela Voss"), "c.txt"))
    assert counted(publication) == [(3, False)]
    assert first.iri is not None
    purge(publication.store, first.iri, time=publication.now(), reason="a test")
    assert counted(publication) == [(2, False)]
    assert [one.articles for one in publication.store.show(before).annotators] == [1]
    assert publication.store.verify(before).whole


def test_an_article_in_another_language_is_by_nobody(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    dutch = (
        b"De Havenkrant\nLokaal\n\nKade wordt hersteld na de storm\n\n"
        b"De oude kade van Kampen wordt na de storm van vorige week hersteld, zo heeft de gemeenteraad besloten. "
        b"Het werk aan de kade begint op maandag en de veerboot vaart voor het einde van de maand weer.\n"
    )
    (outcome,) = publication.add(document(dutch, "nl.txt"))
    assert outcome.status == "stored", outcome.reason
    assert publication.store.current().annotators == ()
    assert publication.store.verify().whole


@pytest.mark.usefixtures("installed")
def test_what_was_left_out_of_a_models_answers_is_counted_in_the_manifest(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path, annotators="spotter")
    publication.add(document(page()), document(page("Ferry to run again", "Idris Okonjo"), "b.txt"))
    assert publication.store.current().summary["dropped"] == {"spotter: an unknown label": 2}


def test_measured_figures_stand_beside_exactly_the_versions_that_had_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = {one.name: one.version for one in annotators(authority.default(), ())}
    committed = tmp_path / "quality.json"
    monkeypatch.setattr(quality.resources, "path", lambda _: committed)
    import json

    gum = {"measured": {"span.f": 0.8}, "digest": "x", "annotators": versions}
    old = {"measured": {"span.f": 0.7}, "digest": "x", "annotators": {"names": "0"}}
    committed.write_text(json.dumps({"sets": {"gum": gum, "old": old}}))
    assert quality.measured(versions) == {"gum": {"span.f": 0.8}}
    assert quality.measured({"names": "0"}) == {"old": {"span.f": 0.7}}
    assert quality.measured({**versions, "names": "0"}) is None
    assert quality.measured({}) is None
    for broken in ("", "[]", '{"sets": 3}', '{"sets": {"a": 1}}'):
        committed.write_text(broken)
        assert quality.measured(versions) is None


def test_a_mixture_says_who_differs_and_what_to_do() -> None:
    one = Ensemble("a", 1200, {"names": "1", "events": "1", "spacy": "x"})
    other = Ensemble("b", 30, {"names": "1", "events": "2"})
    assert mixed((one, other), 1300) == (
        "mixed versions of annotators: 1,200 by events@1 spacy@x, 30 by events@2 (70 were not annotated); "
        "run kg reannotate to have all articles by today's"
    )
    plain = dict.fromkeys("abcde", "1+aaaa")
    both = (Ensemble("e", 7, plain), Ensemble("f", 2, {**plain, "spacy": "x"}))
    assert "7 by rules+aaaa, 2 by spacy@x" in str(mixed(both, 9))
    upgraded = Ensemble("c", 5, dict.fromkeys("abcde", "1+bbbb"))
    old = Ensemble("d", 7, dict.fromkeys("abcde", "1+aaaa"))
    assert "7 by rules+aaaa, 5 by rules+bbbb" in str(mixed((old, upgraded), 12))


# ---- in exports ---------------------------------------------------------------------------------------------------


def test_an_export_brings_who_annotated_along(tmp_path: Path) -> None:
    from kg.store.export import dump

    publication = Publication.make(tmp_path / "one")
    publication.add(document(page()))
    with publication.store.reader() as reader:
        dump(reader, "nq", tmp_path / "dump.nq")
    other = Publication.make(tmp_path / "two")
    from publication import OWN

    from kg.pipeline.documents import from_file, source_value

    documents = []
    for one in from_file(tmp_path / "dump.nq", other.settings):
        assert isinstance(one, Document)
        documents.append(Document(one.data, one.key, one.origin, OWN, one.media_type))
    del source_value
    other.add(*documents)
    assert counted(other) == [(1, False)]
    assert other.store.current().annotators == publication.store.current().annotators


def test_versions_are_attributed_in_the_provenance_graph(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    publication.add(document(page()))
    made = annotate.signature(annotators(authority.default(), ()))
    with publication.store.reader() as reader:
        prov = reader.iris.prov_graph
        (quad,) = reader.rdf.quads_for_pattern(None, PROV.wasAttributedTo, None, prov)
        agents = list(reader.rdf.quads_for_pattern(None, RDF.type, PROV.SoftwareAgent, prov))
    assert str(quad.subject).endswith("/v/1>")
    assert len(agents) == len(made) + 2, "each annotator, all of them together, and newsgraph"


def test_a_dump_lies_beside_what_it_is(tmp_path: Path) -> None:
    import hashlib
    import json

    from kg.store.export import describe, dump

    publication = Publication.make(tmp_path / "one")
    publication.add(document(page()))
    with publication.store.reader() as reader:
        count = dump(reader, "nq", tmp_path / "dump.nq")
        beside = describe(reader, "nq", tmp_path / "dump.nq", statements=count)
    said = json.loads(beside.read_text())
    assert beside.name == "dump.nq.meta.json"
    assert said["sha256"] == hashlib.sha256((tmp_path / "dump.nq").read_bytes()).hexdigest()
    assert said["annotators"][0]["articles"] == 1
    assert said["annotators"][0]["versions"]["names"] == f"1+{ruleset.digest()}"
    assert said["mixed"] is None


@pytest.mark.usefixtures("installed")
def test_the_web_says_which_versions_are_in_the_snapshot_and_that_they_are_mixed(tmp_path: Path) -> None:
    from server import create_app

    publication = Publication.make(tmp_path)
    publication.add(document(page()))
    publication.settings = changed(publication.settings, annotators=publication_annotators())
    publication.add(document(page("Ferry to run again", "Idris Okonjo"), "b.txt"))
    app = create_app(publication.settings)
    client = app.test_client()
    try:
        shown = client.get("/status").get_data(as_text=True)
        told = client.get("/status.json").get_json()["snapshot"]
        alone = client.get(f"/snapshots/{told['id']}").get_json()
    finally:
        app.extensions["newsgraph"].close()
    assert "mixed versions of annotators: " in shown
    assert "spotter 7" in shown
    assert f"rules+{ruleset.digest()}" in shown
    assert [one["articles"] for one in told["annotators"]] == [1, 1]
    assert alone["mixed"] == told["mixed"]
