"""Reports: what they say, in which order, and that nothing is lost or forged on the way out."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path as File

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse
from shacl_breakages import BREAKAGES, FIXTURE, Draft, load

from kg.shacl import Gate, Report, Result, ShapesGraph
from kg.shacl.evidence import AllGraphs, Evidence, Words
from kg.shacl.page import document, findings
from kg.shacl.path import Path, predicate
from kg.shacl.shapes import words
from kg.shacl.stamp import Stamp
from kg.shacl.table import as_csv, groups, summary, table
from kg.shacl.view import MemoryView, StoreView
from kg.shacl.wording import COMPONENTS, wording
from kg.vocab import NIF, NKG, PROV, RDF, SCHEMA, SH

FOCUS = NamedNode("https://news.example/articles/a#id")
EVIL = '</script><script>alert(1)</script>\x1b[31m\u202e"&amp;'
OWN = "https://news.example/severities#Odd"


def result(code: str = "A1", severity: str = "Violation", **others: object) -> Result:
    """A result with sane defaults."""
    fields: dict[str, object] = {
        "focus": FOCUS,
        "path": predicate(SCHEMA.headline),
        "value": None,
        "message": f"{code} the headline is missing; give exactly one",
        "shape": f"https://w3id.org/newsgraph/shapes#{code}",
        "component": "MinCount",
    }
    return Result(code=code, severity=severity, **(fields | others))  # type: ignore[arg-type]


# ---- values --------------------------------------------------------------------------------------------------------


def test_severities_of_ones_own_come_after_the_three_of_shacl_and_refuse_nothing() -> None:
    report = Report.of([result("B1", OWN), result("B2", "Info"), result("B3", "Warning")])
    assert [r.code for r in report.results] == ["B3", "B2", "B1"]
    assert (report.conforms, report.accepted) == (False, True)
    assert list(report.counts.items()) == [("Violation", 0), ("Warning", 1), ("Info", 1), (OWN, 1)]
    assert [r.code for r in report.warnings] == ["B3", "B2", "B1"]


def test_a_tally_counts_by_severity_and_code() -> None:
    report = Report.of([result("A5", "Warning"), result("A5", "Warning", focus=NamedNode("urn:b")), result("A1")])
    assert report.tally == {"Violation": {"A1": 1}, "Warning": {"A5": 2}}


def test_part_of_a_report_still_says_what_the_whole_says() -> None:
    whole = Report.of([result("A1"), result("A5", "Warning")])
    part = whole.only(lambda r: r.code == "A5")
    assert (part.conforms, part.accepted, part.counts["Violation"]) == (False, False, 0)
    assert summary(part) == "refused: 1 warning"
    assert whole.only(lambda r: r.code == "A1").only(lambda _: False).accepted is False
    assert Report.of([result("A5", "Warning")]).only(lambda _: False).accepted


def test_a_finding_becomes_a_result_with_every_message() -> None:
    messages = (Literal("A1 no headline; add one", language="en"), Literal("A1 pas de titre", language="fr"))
    said = Stamp("A1", "Violation", messages[0].value, "urn:s", "MinCount", NamedNode("urn:s"), messages)
    report = Report.of_findings([(FOCUS, None, None, said)])
    assert report.results[0].messages == messages
    turtle = report.to_turtle()
    assert '"A1 pas de titre"@fr' in turtle
    assert Report.from_turtle(turtle).results[0].messages == messages


def test_a_message_that_values_were_put_into_stands_alone() -> None:
    messages = (Literal("{?value} is odd", language="en"), Literal("{?value} est impair", language="fr"))
    said = Stamp("SPARQL", "Violation", "7 is odd", "urn:s", "SPARQL", None, messages)
    assert Result.of((FOCUS, None, Literal(7), said)).messages == (Literal("7 is odd", language="en"),)


# ---- words of messages ---------------------------------------------------------------------------------------------


def test_our_messages_are_split_into_what_is_wrong_and_what_to_do() -> None:
    said = wording("P2 a name holds more (by; a title); give the name only", "Pattern")
    assert (said.problem, said.fix) == ("a name holds more (by; a title)", "Give the name only.")


def test_every_message_of_the_shipped_shapes_says_what_to_do() -> None:
    graph = ShapesGraph.load()
    messages = [o.value for _, o in graph.view.pairs(SH.message) if isinstance(o, Literal)]
    assert len(messages) > 50
    generic = {fix for _, fix in COMPONENTS.values()}
    assert [m for m in messages if wording(m, "MinCount").fix in generic] == []


#: SHACL, section 4, each constraint component by its local name.
_CORE = sorted(
    words(
        """Class Datatype NodeKind MinCount MaxCount MinExclusive MinInclusive MaxExclusive MaxInclusive MinLength
        MaxLength Pattern LanguageIn UniqueLang Equals Disjoint LessThan LessThanOrEquals Not And Or Xone Node Property
        QualifiedMinCount QualifiedMaxCount Closed HasValue In SPARQL"""
    )
)


@pytest.mark.parametrize("component", _CORE)
def test_a_foreign_message_gets_a_fix_from_its_component(component: str) -> None:
    said = wording("Name must be there; really", component)
    assert said.problem == "Name must be there; really"
    assert said.fix == COMPONENTS[component][1]
    assert said.fix[0].isupper()
    assert said.fix.endswith(".")
    assert wording(f"{component} is not fulfilled (ex:S)", component).problem == f"{COMPONENTS[component][0]} (ex:S)"


def test_a_component_of_the_shapes_own_is_named_in_the_fix() -> None:
    assert "https://x.example/c#Odd" in wording("wrong", "https://x.example/c#Odd").fix


# ---- evidence ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def article() -> tuple[Triple, ...]:
    return load(FIXTURE)


def evidenced(triples: tuple[Triple, ...]) -> Triple:
    """A fact that has evidence."""
    draft = Draft(triples)
    node = draft.a(RDF.Statement)
    return Triple(*(draft.one(node, p) for p in (RDF.subject, RDF.predicate, RDF.object)))


def test_a_value_that_an_article_states_comes_with_its_words(article: tuple[Triple, ...]) -> None:
    fact = evidenced(article)
    wanted = result(focus=fact.subject, path=predicate(fact.predicate), value=fact.object)
    store = Store()
    store.extend(Quad(*triple) for triple in article)
    (first, *_) = Evidence(MemoryView(article))(wanted)
    assert Evidence(StoreView(store))(wanted)[0] == first
    assert first.text
    draft = Draft(article)
    assert first.text == draft.text(NamedNode(first.span), NIF.anchorOf)
    assert first.article == draft.article.value


def test_a_result_about_all_values_shows_the_words_of_each(article: tuple[Triple, ...]) -> None:
    fact = evidenced(article)
    view = MemoryView(article)
    assert Evidence(view)(result(focus=fact.subject, path=predicate(fact.predicate)))
    inverse = Path("inversePath", parts=(predicate(fact.predicate),))
    if not isinstance(fact.object, Literal):
        assert Evidence(view)(result(focus=fact.object, path=inverse, value=fact.subject))


def test_a_name_comes_with_the_mention_that_gives_it(article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    mention = draft.named
    thing = next(t.object for t in article if t.subject == mention and t.predicate.value.endswith("taIdentRef"))
    text = draft.text(mention, NIF.anchorOf)
    found = Evidence(MemoryView(article))(result(focus=thing, path=predicate(SCHEMA.name), value=Literal(text)))
    assert {w.text for w in found} == {text}


def test_a_paragraph_has_the_words_of_its_offsets(article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    paragraph = draft.a(NIF.Paragraph)
    draft.drop(paragraph, NIF.anchorOf)
    (cut,) = Evidence(MemoryView(draft.triples()))(result(focus=paragraph, path=None))
    whole = draft.text(draft.one(paragraph, NIF.referenceContext), NIF.isString)
    begin, end = (int(draft.text(paragraph, p)) for p in (NIF.beginIndex, NIF.endIndex))
    assert cut.text == whole[begin:end]


@pytest.mark.parametrize("marked", ["context", "article"])
def test_no_words_are_given_of_a_text_that_is_marked_as_withheld(article: tuple[Triple, ...], marked: str) -> None:
    draft = Draft(article)
    fact = evidenced(article)
    for context in draft.subjects(RDF.type, NIF.Context):
        draft.add(context if marked == "context" else draft.one(context, NKG.textOf), NKG.textWithheld, Literal(True))
    found = Evidence(MemoryView(draft.triples()))
    assert found(result(focus=fact.subject, path=predicate(fact.predicate), value=fact.object)) == ()
    assert found(result(focus=draft.a(NIF.Paragraph), path=None)) == ()


def test_broken_evidence_gives_no_words(article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    paragraph = draft.a(NIF.Paragraph)
    draft.set(paragraph, NIF.beginIndex, Literal("-4"))
    draft.drop(paragraph, NIF.anchorOf)
    view = MemoryView(draft.triples())
    for node in (paragraph, BlankNode("x"), Literal("x"), NamedNode("urn:nothing")):
        assert Evidence(view)(result(focus=node, path=None)) == ()


def test_a_span_that_evidence_circles_through_ends(article: tuple[Triple, ...]) -> None:
    a, b = NamedNode("urn:a"), NamedNode("urn:b")
    triples = (Triple(a, PROV.wasDerivedFrom, b), Triple(b, PROV.wasDerivedFrom, a))
    assert Evidence(MemoryView(triples))(result(focus=a, path=None)) == ()


# ---- written -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report(article: tuple[Triple, ...]) -> Report:
    """Several things wrong at once, with the words they rest on."""
    draft = Draft(article)
    for code in ("A1", "A8", "E1", "Q5", "A14", "A7"):
        BREAKAGES[code](draft)
    triples = draft.triples()
    return Gate(ShapesGraph.load()).check_triples(triples).with_words(MemoryView(triples))


def test_words_survive_turtle_and_stand_in_every_output(report: Report) -> None:
    assert any(r.words for r in report.results)
    again = Report.from_turtle(report.to_turtle())
    assert again == report
    assert [r.words for r in again.results] == [r.words for r in report.results]
    first = next(r.words[0] for r in report.results if r.words)
    made = json.loads(report.to_json())
    given = [w for r in made["results"] for w in r["words"]]
    assert {"text": first.text, "span": first.span, "article": first.article} in given
    for text in (report.to_text(), table(report), as_csv(report), findings(report)):
        assert first.text in text.replace("&amp;", "&")


def test_json_has_problem_and_fix_beside_the_message(report: Report) -> None:
    made = json.loads(report.to_json())
    one = next(r for r in made["results"] if r["code"] == "A1")
    assert one["fix"] == "Give exactly one."
    assert one["message"] == f"A1 {one['problem']}; give exactly one"
    assert made["codes"] == {s: dict(row) for s, row in report.tally.items()}
    assert made["accepted"] is False


def test_own_severities_components_and_blank_shapes_survive_turtle() -> None:
    source = BlankNode("nameless")
    nameless = {"shape": "", "source": source, "component": "https://x.example/c#Odd", "severity": OWN}
    rows = [
        Result("X", focus=FOCUS, path=None, value=Literal(n), message="odd", **nameless)  # type: ignore[arg-type]
        for n in range(2)
    ]
    report = Report.of(rows)
    assert Report.from_turtle(report.to_turtle()) == report
    triples = tuple(q.triple for q in parse(report.to_turtle(), format=RdfFormat.TURTLE))
    shapes = {t.object for t in triples if t.predicate == SH.sourceShape}
    assert len(shapes) == 1
    assert isinstance(shapes.pop(), BlankNode)
    assert {t.object.value for t in triples if t.predicate == SH.resultSeverity} == {OWN}
    assert {t.object.value for t in triples if t.predicate == SH.sourceConstraintComponent} == {
        "https://x.example/c#Odd"
    }


def test_blank_nodes_of_the_data_are_not_taken_for_the_reports_own() -> None:
    report = Report.of([result(focus=BlankNode(f"nkgresult{n}"), value=BlankNode("nkgresult9")) for n in range(4)])
    again = Report.from_turtle(report.to_turtle())
    assert len({r.focus for r in again.results}) == 4
    assert all(r.path == predicate(SCHEMA.headline) for r in again.results)


def test_the_same_report_is_the_same_bytes(report: Report) -> None:
    shuffled = Report.of(report.results[::-1])
    assert shuffled.to_turtle() == report.to_turtle()
    assert (table(shuffled), as_csv(shuffled)) == (table(report), as_csv(report))


def test_what_is_kept_of_a_finding_keeps_its_iri() -> None:
    one = Report.of([result("A7", "Warning", path=predicate(SCHEMA.author), message="A7 the author is missing")])
    (node,) = {t.subject for t in one.triples("urn:check-") if t.object == SH.ValidationResult}
    assert node == NamedNode("urn:check-601eac6d3eb6")


# ---- table ---------------------------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_code_with_its_count_fix_and_first_places() -> None:
    rows = [result("A5", "Warning", focus=NamedNode(f"urn:n{n}")) for n in range(1200)]
    text = table(Report.of([*rows, result("A1")]))
    lines = text.splitlines()
    assert lines[0] == summary(Report.of([*rows, result("A1")])) == "refused: 1 violation, 1,200 warnings"
    head = lines[2]
    assert head.split() == ["severity", "code", "count", "what", "is", "wrong"]
    assert [line.split()[:3] for line in lines if line.startswith(("Violation", "Warning"))] == [
        ["Violation", "A1", "1"],
        ["Warning", "A5", "1,200"],
    ]
    assert "fix: Give exactly one." in text
    assert text.count("at <urn:n") == 3
    assert "and 1,197 more" in text


def test_codes_with_more_results_come_first_within_a_severity() -> None:
    report = Report.of([result("A1"), result("B1"), result("B1", focus=NamedNode("urn:b"))])
    assert [g.code for g in groups(report)] == ["B1", "A1"]


def test_warnings_alone_are_accepted_and_do_not_conform() -> None:
    assert summary(Report.of([result("A5", "Warning"), result("A2", "Info"), result("B1", OWN)])) == (
        f"accepted: 1 warning, 1 info, 1 {OWN}"
    )


def test_an_empty_report_is_one_line() -> None:
    assert table(Report.of([])) == "conforms: nothing found\n"


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal_unless_one_word_is(report: Report, width: int) -> None:
    for line in table(report, width=width).splitlines()[3:]:
        assert len(line) <= width or len(max(line.split(), key=len)) > width - 27


def test_without_a_terminal_lines_are_not_broken(report: Report) -> None:
    text = table(report)
    for one in report.results:
        assert one.wording.problem in text
        assert f"fix: {one.wording.fix}\n" in text


def test_a_place_says_what_is_wrong_there_where_the_values_differ() -> None:
    rows = [result("X", message=f"{n} is odd", component="SPARQL", value=Literal(n)) for n in (1, 3)]
    text = table(Report.of(rows))
    assert "1 is odd" in text
    assert "3 is odd" in text


# ---- hostile texts -------------------------------------------------------------------------------------------------


class _Tags(HTMLParser):
    """The tags and addresses of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.hrefs: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.hrefs += [v or "" for k, v in attrs if k == "href"]
        assert not [k for k, _ in attrs if k.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def hostile() -> Report:
    rows = [
        result("X", value=Literal(EVIL), message=EVIL, focus=NamedNode("javascript:alert(1)"), component="In"),
        result("Y", focus=Literal(EVIL, language="en"), path=Path("inversePath", parts=(predicate(SCHEMA.name),))),
        result("Z", OWN, words=(Words(EVIL, "urn:span", "javascript:alert(2)"),), shape="javascript:alert(3)"),
    ]
    return Report.of([*rows, result(EVIL)])


@pytest.mark.parametrize("write", [findings, lambda r: document(r, title=EVIL)], ids=["part", "page"])
def test_no_text_becomes_markup_and_no_other_scheme_a_link(write: object) -> None:
    page = write(hostile())  # type: ignore[operator]
    found = _Tags()
    found.feed(page)
    assert "script" not in found.tags
    assert all(href.startswith("http") for href in found.hrefs)
    assert "</script>" in "".join(found.texts)
    assert not [c for c in page if c in "\x1b\u202e"]


def test_nothing_in_a_table_forges_a_line_or_steers_the_terminal() -> None:
    for text in (table(hostile(), width=80), table(hostile()), hostile().to_text()):
        assert all(c == "\n" or c.isprintable() for c in text)


def test_csv_is_read_back_field_by_field() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(hostile()), newline="")))
    assert len(rows) == 4
    assert rows[0]["value"] in (EVIL, "")
    assert {row["focus"] for row in rows} >= {"javascript:alert(1)", FOCUS.value}


def test_a_page_for_files_needs_nothing_else(tmp_path: File, report: Report) -> None:
    page = document(report, title="What the shapes say")
    found = _Tags()
    found.feed(page)
    assert page.startswith("<!doctype html>")
    assert {"link", "img", "script", "iframe"}.isdisjoint(found.tags)
    assert "What the shapes say" in found.texts
    assert summary(report) in found.texts


# ---- shapes without messages -----------------------------------------------------------------------------------------

_FOREIGN = """
@prefix ex: <http://example.org/> . @prefix schema: <http://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property
  [ sh:path ex:p1 ; sh:minCount 1 ], [ sh:path ex:p ; sh:maxCount 2 ; sh:minLength 30 ; sh:maxLength 1 ],
  [ sh:path ex:p ; sh:datatype xsd:date ; sh:nodeKind sh:BlankNodeOrIRI ; sh:class schema:Person ],
  [ sh:path ex:p ; sh:minInclusive 99 ; sh:maxExclusive 1 ; sh:in ( 1 2 3 4 5 6 7 ) ; sh:hasValue ex:v ],
  [ sh:path ex:p ; sh:pattern "^z" ; sh:languageIn ( "en" "fr" ) ; sh:equals ex:other ; sh:lessThan ex:q ],
  [ sh:path ex:p ; sh:not ex:Any ; sh:node ex:None ; sh:or ( ex:None ex:None ) ; sh:xone ( ex:Any ex:Any ) ],
  [ sh:path ex:p ; sh:qualifiedValueShape ex:None ; sh:qualifiedMinCount 2 ],
  [ sh:path ex:p ; sh:disjoint ex:p2 ; sh:and ( ex:None ) ], [ sh:path ex:l ; sh:uniqueLang true ] ;
  sh:closed true .
ex:Any a sh:NodeShape . ex:None a sh:NodeShape ; sh:not ex:Any .
"""


def test_a_shape_without_a_message_says_what_it_asks_for() -> None:
    data = """@prefix ex: <http://example.org/> .
      ex:a ex:p "b"@de, "bb", 5 ; ex:p2 5 ; ex:l "x"@en, "y"@en ; ex:q 1 ."""
    triples = [q.triple for q in parse(data.encode(), format=RdfFormat.TURTLE)]
    report = Gate(ShapesGraph.parse([("foreign.ttl", _FOREIGN.encode())])).check_triples(triples)
    said = {r.component: r.wording.problem for r in report.results}
    assert said == {
        "MinCount": "at least 1 value must be there (http://example.org/S)",
        "MaxCount": "at most 2 values may be there (http://example.org/S)",
        "MinLength": "the value must have at least 30 characters (http://example.org/S)",
        "MaxLength": "the value must have at most 1 character (http://example.org/S)",
        "Datatype": "the value must be a valid xsd:date (http://example.org/S)",
        "NodeKind": "the value must be a blank node or an IRI (http://example.org/S)",
        "Class": "the value must be an instance of schema:Person (http://example.org/S)",
        "MinInclusive": "the value must be at least 99 (http://example.org/S)",
        "MaxExclusive": "the value must be less than 1 (http://example.org/S)",
        "In": "the value must be one of 1, 2, 3, 4, 5 and 2 more (http://example.org/S)",
        "HasValue": "one value must be http://example.org/v (http://example.org/S)",
        "Pattern": 'the value must match the pattern "^z" (http://example.org/S)',
        "LanguageIn": "the value must have one of the languages en, fr (http://example.org/S)",
        "Equals": "the values must be those of http://example.org/other (http://example.org/S)",
        "LessThan": "each value must be less than every value of http://example.org/q (http://example.org/S)",
        "Not": "the value must not conform to http://example.org/Any (http://example.org/S)",
        "Node": "the value must conform to http://example.org/None (http://example.org/S)",
        "Or": "the value must conform to one or more of 2 shapes (http://example.org/S)",
        "Xone": "the value must conform to exactly one of 2 shapes (http://example.org/S)",
        "And": "the value must conform to all of 1 shapes (http://example.org/S)",
        "QualifiedMinCount": "at least 2 values must conform to http://example.org/None (http://example.org/S)",
        "Disjoint": "no value may also be one of http://example.org/p2 (http://example.org/S)",
        "UniqueLang": "no two values may have the same language (http://example.org/S)",
        "Closed": "no other properties than those of the shape may be there (http://example.org/S)",
    }
    assert all(r.wording.fix == COMPONENTS[r.component][1] for r in report.results)


def test_codes_are_ordered_as_people_count() -> None:
    report = Report.of([result("A10"), result("A2"), result("A100"), result("MinCount")])
    assert [g.code for g in groups(report)] == ["A2", "A10", "A100", "MinCount"]


def test_evidence_is_found_in_named_graphs_where_the_default_graph_has_none(article: tuple[Triple, ...]) -> None:
    fact = evidenced(article)
    store = Store()
    store.extend(Quad(*triple, NamedNode("urn:annotations")) for triple in article)
    wanted = result(focus=fact.subject, path=predicate(fact.predicate), value=fact.object)
    assert Evidence(StoreView(store))(wanted) == ()
    assert Evidence(AllGraphs(store))(wanted) == Evidence(MemoryView(article))(wanted) != ()
