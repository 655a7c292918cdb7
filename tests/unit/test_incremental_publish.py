"""The gate inside a publish: what an article does to others, who is refused for it, and what is told."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from publication import BASE, OWN, Publication, document, page
from pyoxigraph import NamedNode, Quad

from kg import pipeline, review, shacl
from kg.errors import Refused
from kg.model import Gone
from kg.pipeline import reviewing
from kg.pipeline.across import Across
from kg.vocab import NKG, SCHEMA

PREFIXES = """
@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix schema: <http://schema.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex: sh:declare [ sh:prefix "schema" ; sh:namespace "http://schema.org/"^^xsd:anyURI ] .
"""
#: A person may be mentioned by two articles, whoever they are: no article by itself breaks it.
TWICE = """ex:Twice a sh:NodeShape ; sh:targetClass schema:Person ; sh:property ex:Mentioned .
ex:Mentioned sh:path [ sh:inversePath [ sh:alternativePath ( schema:about schema:mentions ) ] ] ; sh:maxCount 2 ;
  sh:message "X1 mentioned too often; stop" .
"""
#: No article stands beside a retracted one.
ALONE = """ex:Alone a sh:NodeShape ; sh:targetClass schema:NewsArticle ;
  sh:message "X2 beside a retracted article; go" ; sh:sparql [ sh:prefixes ex: ; sh:select \"\"\"SELECT $this WHERE {
    $this schema:headline ?h . ?other schema:creativeWorkStatus "Retracted" . FILTER(?other != $this) }\"\"\" ] .
"""


def gate(*shapes: str) -> shacl.Gate:
    sources = [("shapes.ttl", (PREFIXES + "".join(shapes)).encode())]
    return shacl.Gate(shacl.ShapesGraph.parse(sources))


def story(number: int, name: str = "Lotte Brandsma") -> bytes:
    """One of several articles that share nothing but the person."""
    leads = ("The quay of Kampen will be rebuilt.", "A ferry ran aground on Monday.", "The library opens late.")
    return page(f"Story number {number} of the harbour", name, leads[number % 3] + f" It was told in part {number}.")


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    made = Publication.make(tmp_path)
    made.gate = gate(TWICE)
    return made


def test_the_later_article_of_a_batch_is_taken_out_where_it_breaks_what_others_share(
    publication: Publication, tmp_path: Path
) -> None:
    documents = [document(story(n), f"{n}.txt") for n in range(3)]
    last = document(story(4, "Wout Hendrikse"), "4.txt")
    outcomes = publication.add(*documents, last)
    assert [one.status for one in outcomes] == ["stored", "stored", "refused", "stored"]
    assert "X1 mentioned too often" in (outcomes[2].reason or "")
    without = Publication.make(tmp_path / "without")
    without.gate = publication.gate
    without.add(*documents[:2], last)
    assert publication.quads() == without.quads()


def test_what_was_wrong_before_refuses_nobody_who_only_touches_it(publication: Publication) -> None:
    publication.gate = gate()
    publication.add(*(document(story(n), f"{n}.txt") for n in range(3)))
    publication.gate = gate(TWICE)
    (outcome,) = publication.add(document(story(3), "3.txt"))
    assert outcome.status == "stored"
    with publication.store.reader() as reader:
        assert not publication.gate.check_store(reader.rdf).accepted


def test_an_article_that_is_taken_back_goes_and_what_it_breaks_is_told(publication: Publication) -> None:
    publication.gate = gate(ALONE)
    first, second = publication.add(document(story(0), "0.txt"), document(story(1), "1.txt"))
    (outcome,) = publication.add(Gone(("path:desk/0.txt",), "0", OWN, "it answers 410 Gone"))
    assert (outcome.status, outcome.iri, outcome.warnings) == ("retracted", first.iri, ("X2",))
    assert "Left broken: X2" in (outcome.reason or "")
    with publication.store.reader() as reader:
        summary = reader.info.summary
        (result,) = publication.gate.check_store(reader.rdf).violations
    assert summary["shacl"] == {
        "violations": 1,
        "warnings": {},
        "shapes": publication.gate.shapes.digest,
        "checked": "incremental",
    }
    assert summary["broken"] == {"X2": 1}
    assert second.iri is not None
    assert str(result.focus) == f"<{second.iri}#id>"


def test_the_manifest_says_what_the_gate_found_and_with_which_shapes(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path)
    publication.add(document(story(0)))
    with publication.store.reader() as reader:
        summary = reader.info.summary
    assert summary["shacl"]["violations"] == 0
    assert summary["shacl"]["warnings"] == summary["warnings"]
    assert summary["shacl"]["warnings"]["A9"] == 1
    assert summary["shacl"]["shapes"] == publication.gate.shapes.digest


def test_a_unit_that_makes_a_violation_is_undone_whole(publication: Publication) -> None:
    publication.add(*(document(story(n), f"{n}.txt") for n in range(2)))
    across = Across.of(publication.gate, publication.settings)
    with publication.store.reader() as reader:
        (person,) = [
            q.subject for q in reader.rdf.quads_for_pattern(None, SCHEMA.name, None, None) if "Lotte" in q.object.value
        ][:1]
    other = NamedNode(f"{BASE}/things/another-article#id")
    row = Quad(other, SCHEMA.mentions, person, NamedNode(f"{BASE}/graphs/things"))
    with publication.store.begin(time=publication.now(), holder="test") as draft:
        before = set(draft.rdf)
        with pytest.raises(Refused, match="X1"), across.unit(draft, "an update"):
            draft.update(f"INSERT DATA {{ {other} {SCHEMA.mentions} {person} }}")
        assert set(draft.rdf) == before
        with across.unit(draft, "an update"):
            draft.change(add=[Quad(row.subject, NKG.note, row.object, row.graph_name)])
        assert set(draft.rdf) != before


def test_a_draft_says_what_became_of_its_default_graph(publication: Publication) -> None:
    things = NamedNode(f"{BASE}/graphs/things")
    rows = [Quad(NamedNode(f"{BASE}/things/{n}#id"), NKG.note, NamedNode(f"{BASE}/x"), things) for n in range(3)]
    with publication.store.begin(time=publication.now(), holder="test") as draft:
        draft.change(add=rows[:1])
        with draft.watching() as outer, draft.watching() as seen:
            draft.change(add=rows[1:], remove=rows[:1])
            assert (set(seen.added), seen.removed) == ({r.triple for r in rows[1:]}, (rows[0].triple,))
            draft.change(add=rows[:1], remove=rows[1:2])
            assert (seen.added, seen.removed) == ((rows[2].triple,), ())
            with suppress(ValueError), draft.attempt():
                draft.change(remove=rows)
                raise ValueError
        draft.change(remove=rows[2:])
        assert (seen.added, seen.removed) == ((rows[2].triple,), ()) == (outer.added, outer.removed)


#: Whoever is mentioned is described by a headline of one article at least.
MISSED = """ex:Missed a sh:NodeShape ; sh:targetClass schema:NewsArticle ; sh:message "X3 the only article; stay" ;
  sh:sparql [ sh:prefixes ex: ; sh:select \"\"\"SELECT $this WHERE {
    $this schema:headline "Story number 1 of the harbour"@en .
    FILTER NOT EXISTS { ?other schema:headline "Story number 0 of the harbour"@en } }\"\"\" ] .
"""


def test_what_a_removal_breaks_is_in_the_manifest(publication: Publication) -> None:
    publication.gate = gate()
    first, second = publication.add(document(story(0), "0.txt"), document(story(1), "1.txt"))
    across = Across.of(gate(MISSED), publication.settings)
    made = {"reason": "mistake", "holder": "test", "across": across}
    for one, broken in ((first, {"X3": 1}), (second, None)):
        info = pipeline.remove(publication.store, one.iri or "", time=publication.now(), **made)
        assert info.summary.get("broken") == broken
        assert info.summary["shacl"]["violations"] == (1 if broken else 0)


def test_a_decision_that_would_break_something_is_not_made(publication: Publication) -> None:
    publication.gate = gate(
        """ex:Same a sh:NodeShape ; sh:nodeKind sh:Literal ; sh:message "X4 merged; keep it apart" ;
        sh:targetSubjectsOf <http://www.w3.org/2002/07/owl#sameAs> , <http://purl.org/dc/terms/isReplacedBy> ."""
    )
    publication.add(document(story(0), "0.txt"), document(story(1, "Wout Hendrikse"), "1.txt"))
    with publication.store.reader() as reader:
        rows = reader.rdf.quads_for_pattern(None, SCHEMA.name, None, None)
        named = {q.object.value: q.subject.value for q in rows if isinstance(q.subject, NamedNode)}
    before = publication.store.current_id()
    with pytest.raises(Refused, match=r"the decision was not made: .*X4"):
        reviewing.decide(publication.ingest, review.merge(named["Lotte Brandsma"], named["Wout Hendrikse"]))
    assert publication.store.current_id() == before
