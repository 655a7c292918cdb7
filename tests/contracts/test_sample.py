"""The sample as it is published: valid, within the vocabulary, and with answers to the competency questions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from publication import Publication
from pyoxigraph import DefaultGraph, NamedNode

from kg import config, pipeline, reads
from kg.graph import vocabulary
from kg.queries import Example, examples
from kg.store import Reader
from kg.vocab import ITSRDF, NIF, RDF, SCHEMA, SKOS

#: Questions the sample cannot answer, and why.
WITHOUT_ANSWER = {
    "q05": "asks for the co-mentions of one real politician, whom the sample does not name",
    "q06": "asks for the joint coverage of two real politicians",
    "q07": "asks for places inside one country that the sample does not name",
    "q02": "asks for the words of one real politician",
    "q08": "asks for the mentions of one real prison",
    "q09": "asks for the names of one real administration",
    "q10": "asks for the claims about one real prison",
    "q17": "asks for the source of one real film's length",
    "q20": "asks for pictures of one real politician",
    "q18": "asks for works with a series and a broadcaster; the sample's film has neither",
    "q19": "no article of the sample quotes a post",
}


@pytest.fixture(scope="module")
def sample(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("sample")
    publication = Publication.make(folder)
    settings = config.load(root / "kg.toml")
    files = pipeline.walk([root / "data" / "sample"])
    outcomes = publication.add(*(pipeline.from_path(file, settings) for file in files))
    assert len(outcomes) >= 20
    assert {one.status for one in outcomes} == {"stored"}, [o.reason for o in outcomes if o.reason]
    with publication.store.reader() as reader:
        yield reader


def test_the_whole_graph_conforms_and_stays_within_the_vocabulary(sample: Reader, tmp_path: Path) -> None:
    report = Publication.make(tmp_path).gate.check_store(sample.rdf)
    assert report.violations == ()
    triples = [quad.triple for quad in sample.rdf.quads_for_pattern(None, None, None, DefaultGraph())]
    assert vocabulary.check(triples) == ()


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.id)
def test_every_competency_question_runs_and_is_answered_where_the_sample_can(sample: Reader, example: Example) -> None:
    rows = list(sample.rdf.query(example.text))
    assert bool(rows) == (example.id not in WITHOUT_ANSWER), (len(rows), WITHOUT_ANSWER.get(example.id))


def test_people_who_return_are_one_thing_each(sample: Reader) -> None:
    by_name: dict[str, set[str]] = {}
    for quad in sample.rdf.quads_for_pattern(None, RDF.type, SCHEMA.Person, DefaultGraph()):
        assert isinstance(quad.subject, NamedNode)
        for name in sample.rdf.quads_for_pattern(quad.subject, SCHEMA.name, None, DefaultGraph()):
            by_name.setdefault(str(name.object), set()).add(quad.subject.value)
    full = {name: iris for name, iris in by_name.items() if " " in name.partition('"@')[0]}
    assert len(full) > 40
    shared = [name for name, iris in full.items() if len(iris) > 1 and not name.startswith('"two ')]
    assert shared == []


def test_every_mention_points_at_a_thing_with_a_type_and_lies_in_a_text(sample: Reader) -> None:
    mentions = list(sample.rdf.quads_for_pattern(None, ITSRDF.taIdentRef, None, DefaultGraph()))
    assert len(mentions) > 700
    for quad in mentions:
        assert isinstance(quad.object, NamedNode)
        assert next(sample.rdf.quads_for_pattern(quad.object, RDF.type, None, DefaultGraph()), None), quad
        assert next(sample.rdf.quads_for_pattern(quad.subject, NIF.referenceContext, None, DefaultGraph()), None)


def test_topics_stand_beside_people_and_places_on_a_page_and_not_among_its_facts(sample: Reader) -> None:
    pages = [one for row in reads.latest(sample, 50) if (one := reads.article(sample, row.page)) is not None]
    assert {"sport", "health"} <= {topic.name for page in pages for topic in page.topics}
    assert not [fact for page in pages for fact in page.facts.rows if fact.property.startswith(SKOS.iri)]
