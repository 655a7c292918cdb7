"""What other parts of the house rely on in the gate: names, fields, orders, and what is told apart from what."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse

import kg.shacl
from kg.errors import ConfigError, UsageError
from kg.model import ArticleGraphs
from kg.shacl import Gate, Report, Result, ShapesGraph
from kg.vocab import RDF, SCHEMA, SH

PAGE = "https://news.example/articles/harbour-bridge-closed-after-inspection-5f1c2a90"


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(ShapesGraph.load())


@pytest.fixture(scope="module")
def graphs(root: Path) -> ArticleGraphs:
    file = root / "tests" / "unit" / "shacl_fixture.ttl"
    triples = tuple(q.triple for q in parse(path=str(file), format=RdfFormat.TURTLE))
    return ArticleGraphs(page=PAGE, content=triples, facts=(), annotations=(), provenance=())


def test_the_package_gives_these_names() -> None:
    assert kg.shacl.__all__ == ["Gate", "Report", "Result", "ShapesGraph"]


def test_the_calls_have_these_signatures() -> None:
    assert list(inspect.signature(Gate).parameters) == ["shapes"]
    assert list(inspect.signature(Gate.check).parameters) == ["self", "graphs", "context"]
    stores = ["focus", "of_dataset", "annotated", "jobs", "progress"]
    assert list(inspect.signature(Gate.check_store).parameters) == ["self", "store", *stores]
    assert list(inspect.signature(ShapesGraph.load).parameters) == ["files", "ontology"]


def test_a_result_has_these_fields_and_does_not_change() -> None:
    names = [f.name for f in dataclasses.fields(Result)]
    assert names[:8] == ["code", "severity", "focus", "path", "value", "message", "shape", "component"]
    assert names[8:] == ["source", "messages", "words"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Report.of([]).conforms = False  # type: ignore[misc]


def test_one_report_per_article_in_the_order_given(gate: Gate, graphs: ArticleGraphs) -> None:
    node = NamedNode(PAGE + "#id")
    worse = dataclasses.replace(graphs, content=tuple(t for t in graphs.content if t.predicate != SCHEMA.headline))
    reports = gate.check([graphs, worse, graphs])
    assert [r.accepted for r in reports] == [True, False, True]
    assert [(v.code, v.focus) for v in reports[1].violations if v.code == "A1"] == [("A1", node)]


def test_warnings_do_not_refuse(gate: Gate, graphs: ArticleGraphs) -> None:
    byline = {(NamedNode(PAGE + "#id"), SCHEMA.author)}
    kept = tuple(t for t in graphs.content if (t.subject, t.predicate) not in byline)
    lighter = dataclasses.replace(graphs, content=kept)
    (report,) = gate.check([lighter])
    assert report.accepted
    assert report.violations == ()
    assert {w.code for w in report.warnings} >= {"A7"}
    assert all(t.predicate != SH.conforms for t in report.triples(PAGE + "#result-"))


def test_a_message_begins_with_its_code(gate: Gate) -> None:
    node = NamedNode("https://news.example/articles/a#id")
    for result in gate.check_triples([Triple(node, RDF.type, SCHEMA.NewsArticle)]).results:
        assert result.message.split()[0] == result.code


def test_a_store_is_checked_without_being_changed(gate: Gate, graphs: ArticleGraphs, root: Path) -> None:
    store = Store()
    store.load(path=str(root / "tests" / "unit" / "shacl_fixture.ttl"), format=RdfFormat.TURTLE)
    before = len(store)
    assert gate.check_store(store) == Report(True, ())
    assert gate.check_store(store, focus=[PAGE + "#id"], of_dataset=True) == Report(True, ())
    assert len(store) == before


def test_a_broken_shapes_file_is_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "own.ttl"
    file.write_text("@prefix sh: <http://www.w3.org/ns/shacl#> .\n\nsh:a sh:b .\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"own\.ttl:3: ") as raised:
        ShapesGraph.load([file])
    assert isinstance(raised.value, UsageError)
    assert raised.value.where == f"{file}:3"
