"""The shapes that ship: every constraint fires on a graph broken in its way, and says the same as pySHACL."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

sys.path.insert(0, str(Path(__file__).parent))

from shacl_breakages import BREAKAGES, FIXTURE, Draft, asked, load, said

from kg.shacl import Gate, Report, ShapesGraph
from kg.shacl.shapes import code_of
from kg.shacl.view import Node
from kg.vocab import NIF, NKG, OWL, RDF, SCHEMA, SH, WD


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(ShapesGraph.load())


@pytest.fixture(scope="module")
def article() -> tuple[Triple, ...]:
    return load(FIXTURE)


@pytest.fixture(scope="module")
def gold(shared: Path) -> tuple[Triple, ...]:
    return load(shared / "model" / "gold_seed.ttl")


def stored(triples: tuple[Triple, ...]) -> Store:
    """A store in memory with the triples in its default graph."""
    store = Store()
    store.extend(Quad(*t) for t in triples)
    return store


def severity(gate: Gate, code: str) -> str:
    """The severity that the shapes give a code."""
    view = gate.shapes.view
    found = {gate.shapes.severity(s) for s, m in view.pairs(SH.message) if code_of(m.value) == code}
    assert len(found) == 1
    return found.pop()


def codes_of(gate: Gate, shape: Node) -> set[str | None]:
    """The codes of a shape and its property shapes."""
    nodes = (shape, *gate.shapes.objects(shape, "property"))
    return {code_of(gate.shapes.message(n) or "") for n in nodes} - {None}


def codes(report: Report) -> set[str]:
    return {r.code for r in report.results}


def test_the_shapes_that_ship_run_compiled(gate: Gate) -> None:
    assert gate.fallbacks == ()


def test_every_code_is_used_once_and_has_a_breakage(gate: Gate) -> None:
    messages = [m.value for _, m in gate.shapes.view.pairs(SH.message)]
    codes = [code_of(m) for m in messages]
    assert None not in codes
    assert sorted(codes) == sorted(BREAKAGES)


def test_every_message_says_what_is_wrong_and_what_to_do(gate: Gate) -> None:
    for _, message in gate.shapes.view.pairs(SH.message):
        assert re.fullmatch(r"[A-Z]\d+ [^;]+; .+|[A-Z]\d+ .+\(.+\); .+", message.value), message.value


def test_every_shapes_file_is_dedicated_to_the_public_domain(root: Path) -> None:
    for file in sorted((root / "shapes").glob("*.ttl")):
        assert "CC0 1.0" in file.read_text(encoding="utf-8").splitlines()[1]


def test_a_complete_article_conforms_without_a_warning(gate: Gate, article: tuple[Triple, ...]) -> None:
    assert gate.check_triples(article).to_text() == "conforms: nothing found\n"


@pytest.mark.shared
def test_the_gold_graph_conforms_with_five_warnings_and_one_info(gate: Gate, gold: tuple[Triple, ...]) -> None:
    report = gate.check_triples(gold)
    assert report.accepted
    assert [r.code for r in report.results if r.severity == "Warning"] == ["A5", "A7", "I1", "I1", "I1"]
    assert [r.code for r in report.results if r.severity == "Info"] == ["A2"]


@pytest.mark.parametrize("code", BREAKAGES)
def test_a_broken_article_fires_its_code_as_in_the_oracle(gate: Gate, article: tuple[Triple, ...], code: str) -> None:
    draft = Draft(article)
    BREAKAGES[code](draft)
    report = gate.check_triples(draft.triples())
    assert code in {r.code for r in report.results}
    assert report.accepted is not any(r.severity == "Violation" for r in report.results)
    if severity(gate, code) == "Violation":
        assert not report.conforms
    assert said(gate.check_store(stored(draft.triples()))) == said(report)
    # pySHACL is slow, so here it runs the shapes that found something; the long tier runs all of them.
    roots = [r for r in gate.shapes.roots() if not codes_of(gate, r).isdisjoint({code, *codes(report)})]
    wanted = {c for r in roots for c in codes_of(gate, r)}
    mine = tuple(r for r in report.results if r.code in wanted)
    assert mine == report.results
    assert said(report) == asked(gate.check_by_oracle(draft.triples(), roots=roots))


@pytest.mark.long
@pytest.mark.parametrize("code", BREAKAGES)
def test_a_broken_article_is_reported_as_in_the_oracle(gate: Gate, article: tuple[Triple, ...], code: str) -> None:
    draft = Draft(article)
    BREAKAGES[code](draft)
    assert said(gate.check_triples(draft.triples())) == asked(gate.check_by_oracle(draft.triples()))


@pytest.mark.shared
@pytest.mark.parametrize("code", BREAKAGES)
def test_the_broken_gold_graph_fires_its_code(gate: Gate, gold: tuple[Triple, ...], code: str) -> None:
    draft = Draft(gold)
    BREAKAGES[code](draft)
    report = gate.check_triples(draft.triples())
    assert code in codes(report)
    if severity(gate, code) == "Violation":
        assert not report.conforms


@pytest.mark.shared
@pytest.mark.long
@pytest.mark.parametrize("code", BREAKAGES)
def test_the_broken_gold_graph_is_reported_as_in_the_oracle(gate: Gate, gold: tuple[Triple, ...], code: str) -> None:
    draft = Draft(gold)
    BREAKAGES[code](draft)
    assert said(gate.check_triples(draft.triples())) == asked(gate.check_by_oracle(draft.triples()))


@pytest.mark.shared
def test_the_gold_graph_is_reported_as_in_the_oracle(gate: Gate, gold: tuple[Triple, ...]) -> None:
    # Without the queries about each of 157 spans, which take pySHACL ten seconds; the long tier asks them.
    roots = [r for r in gate.shapes.roots() if codes_of(gate, r).isdisjoint({"M5", "M6", "M10", "M11", "S6"})]
    assert said(gate.check_triples(gold)) == asked(gate.check_by_oracle(gold, roots=roots))


@pytest.mark.shared
@pytest.mark.long
def test_the_gold_graph_is_reported_as_in_the_oracle_by_all_shapes(gate: Gate, gold: tuple[Triple, ...]) -> None:
    assert said(gate.check_triples(gold)) == asked(gate.check_by_oracle(gold))


# ---- withheld text -----------------------------------------------------------------------------------------------


def test_an_article_whose_text_is_withheld_conforms(gate: Gate, article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    draft.withhold()
    report = gate.check_triples(draft.triples())
    assert report.results == ()
    assert gate.check_by_oracle(draft.triples()).results == ()


@pytest.mark.parametrize("flag", [None, Literal(False)])
def test_absent_text_without_the_mark_is_refused(gate: Gate, article: tuple[Triple, ...], flag: Literal | None) -> None:
    draft = Draft(article)
    draft.withhold()
    for t in list(draft.match(None, NKG.textWithheld)):
        draft.drop(t.subject, NKG.textWithheld)
        if flag is not None:
            draft.add(t.subject, NKG.textWithheld, flag)
    codes = {r.code for r in gate.check_triples(draft.triples()).results}
    assert codes >= {"A3", "T1", "Q1", "C1", "I3"}


def test_a_short_quotation_of_a_withheld_text_needs_no_words_on_its_span(
    gate: Gate, article: tuple[Triple, ...]
) -> None:
    draft = Draft(article)
    quotation = draft.quotation
    words = draft.one(quotation, SCHEMA.text)
    draft.withhold()
    draft.drop(quotation, NKG.textWithheld)
    draft.add(quotation, SCHEMA.text, words)
    assert gate.check_triples(draft.triples()).results == ()


def test_words_missing_from_the_span_of_a_published_quotation_are_refused(
    gate: Gate, article: tuple[Triple, ...]
) -> None:
    draft = Draft(article)
    draft.drop(draft.one(draft.quotation, SCHEMA.isPartOf), NKG.textWithheld)
    for span in [o for t in draft.match(draft.quotation) for o in [t.object] if "#char=" in str(o)]:
        draft.drop(span, NIF.anchorOf)
    assert "Q6" in gate.check_triples(draft.triples()).codes()


# ---- graph economy -----------------------------------------------------------------------------------------------


def test_a_repeated_paragraph_is_found_with_and_without_its_words(gate: Gate, article: tuple[Triple, ...]) -> None:
    for with_words in (False, True):
        draft = Draft(article)
        if with_words:
            text = draft.text(draft.body, NIF.isString)
            for p in draft.subjects(RDF.type, NIF.Paragraph):
                begin, end = (int(draft.text(p, i)) for i in (NIF.beginIndex, NIF.endIndex))
                draft.set(p, NIF.anchorOf, Literal(text[begin:end]))
        assert gate.check_triples(draft.triples()).results == ()
        draft.twice()
        assert "A14" in {r.code for r in gate.check_triples(draft.triples()).results}


def test_offsets_count_code_points(gate: Gate, article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    span, text = draft.named, draft.text(draft.body, NIF.isString)
    for node, predicate in ((draft.body, NIF.isString), (draft.article, SCHEMA.articleBody)):
        draft.set(node, predicate, Literal("\U0001f600" + text[1:]))
    report = gate.check_triples(draft.triples())
    assert not [r for r in report.results if r.code == "M5" and r.focus == span]


def test_a_span_beyond_the_end_of_its_text_is_refused(gate: Gate, article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    paragraph = draft.a(NIF.Paragraph)
    draft.set(paragraph, NIF.endIndex, Literal(10_000_000))
    assert "M5" in gate.check_triples(draft.triples()).codes()


# ---- identity ----------------------------------------------------------------------------------------------------


def test_things_that_were_merged_may_share_an_authority_iri(gate: Gate, article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    BREAKAGES["N6"](draft)
    one, other = draft.subjects(SCHEMA.sameAs, WD.Q4115189)
    draft.add(other, OWL.sameAs, one)
    assert gate.check_triples(draft.triples()).results == ()


def test_an_article_of_a_subtype_alone_does_not_escape_the_gate(gate: Gate, article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    node = draft.article
    draft.drop(node, RDF.type)
    draft.add(node, RDF.type, NamedNode("http://schema.org/LiveBlogPosting"))
    draft.drop(node, SCHEMA.headline)
    assert set(gate.check_triples(draft.triples()).codes()) >= {"A1", "A21"}
