"""The gate's promises: each article alone, nothing skipped, broken shapes named, hostile input survived."""

from __future__ import annotations

import json
import random
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

sys.path.insert(0, str(Path(__file__).parent))

from graph_fixture import IRIS, OWN, RUN, THIRD_PARTY, naming
from graph_fixture import annotated as built_from
from shacl_breakages import BREAKAGES, FIXTURE, Draft, load, said

from kg import resources
from kg.errors import ConfigError
from kg.graph.builder import build
from kg.model import ArticleGraphs, Document
from kg.shacl import Gate, Report, ShapesGraph
from kg.shacl.pattern import matcher
from kg.shacl.shape import Root, Sparql
from kg.shacl.view import MemoryView
from kg.vocab import ITSRDF, NIF, RDF, SCHEMA, SH, WD, XSD

PREFIXES = b"""
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""


def shapes(text: str, ontology: str = "") -> ShapesGraph:
    sources = [("own.ttl", PREFIXES + text.encode())]
    return ShapesGraph.parse(sources, ontology=[("terms.ttl", PREFIXES + ontology.encode())])


def data(text: str) -> tuple[Triple, ...]:
    return tuple(q.triple for q in parse(PREFIXES + text.encode(), format=RdfFormat.TURTLE))


def focus(report: Report) -> list[str]:
    return sorted(r.focus.value.rpartition("/")[2] for r in report.results)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(ShapesGraph.load())


@pytest.fixture(scope="module")
def article() -> tuple[Triple, ...]:
    return load(FIXTURE)


def broken(article: tuple[Triple, ...], code: str) -> tuple[Triple, ...]:
    draft = Draft(article)
    BREAKAGES[code](draft)
    return draft.triples()


# ---- each alone --------------------------------------------------------------------------------------------------


def test_articles_checked_together_are_reported_as_if_checked_alone(gate: Gate, article: tuple[Triple, ...]) -> None:
    drafts = [broken(article, code) for code in BREAKAGES]
    together = gate.check_views([MemoryView(d) for d in drafts])
    assert together == [gate.check_triples(d) for d in drafts]


def test_the_four_graphs_of_an_article_are_checked_as_one(gate: Gate, article: tuple[Triple, ...]) -> None:
    quarters = [article[i::4] for i in range(4)]
    graphs = ArticleGraphs("https://news.example/articles/a", *quarters)
    (report,) = gate.check([graphs])
    assert report.results == ()


def test_the_context_can_describe_what_an_article_refers_to(gate: Gate, article: tuple[Triple, ...]) -> None:
    known = NamedNode("https://news.example/things/known-00000000#id")
    draft = Draft(article)
    draft.add(draft.article, SCHEMA.about, known)
    graphs = ArticleGraphs("https://news.example/articles/a", draft.triples(), (), (), ())
    context = (Triple(known, RDF.type, SCHEMA.Book),)
    assert [r.accepted for r in gate.check([graphs])] == [False]
    assert [r.accepted for r in gate.check([graphs], context=context)] == [True]


def test_no_articles_give_no_reports(gate: Gate) -> None:
    assert gate.check([]) == ()


def test_the_order_of_triples_changes_nothing(gate: Gate, article: tuple[Triple, ...]) -> None:
    triples = list(broken(article, "Q5"))
    report = gate.check_triples(triples)
    random.Random(4).shuffle(triples)
    assert gate.check_triples(triples) == report
    assert gate.check_triples(triples).to_turtle() == report.to_turtle()


# ---- equality with the oracle on generated articles --------------------------------------------------------------


#: What constraints and queries put in order.
COMPARED = (
    NIF.beginIndex, NIF.endIndex, ITSRDF.taConfidence, SCHEMA.startDate, SCHEMA.endDate, SCHEMA.datePublished,
    SCHEMA.dateModified, SCHEMA.position, SCHEMA.worstRating, SCHEMA.bestRating, SCHEMA.ratingValue,
)  # fmt: skip


def asks(root: Root) -> bool:
    """Whether a query is part of the shape."""
    return any(isinstance(c, Sparql) for shape in root.shape.walk() for c in shape.constraints)


def scrambled(article: tuple[Triple, ...], seed: int) -> tuple[Triple, ...]:
    """The article with some objects, predicates and subjects swapped, dropped or replaced by awkward terms."""
    chance = random.Random(seed)
    # Left out because the oracle is wrong about them: STR of a blank node is an error in SPARQL, not in rdflib, and
    # "nan"^^xsd:decimal makes rdflib raise.
    awkward = [
        Literal(""), Literal("x" * 200), Literal("en", language="en"), Literal("2026-02-30", datatype=XSD.date),
        Literal("2026-03-12", datatype=XSD.date), Literal("2026-03-12T00:00:00Z", datatype=XSD.dateTime),
        Literal(-3), Literal("1.5", datatype=XSD.decimal), Literal(True),
        NamedNode("http://www.wikidata.org/entity/Q0"), WD.Q7, Literal("a, b and c"),
    ]  # fmt: skip
    draft = Draft(article)
    # pySHACL and rdflib order terms that SPARQL cannot compare (a date and a number) and raise for blank nodes, so
    # what is put in order is left alone; test_terms_that_cannot_be_compared… says what we do.
    triples = [t for t in article if t.predicate not in COMPARED]
    for _ in range(12):
        t, other = chance.choice(triples), chance.choice(triples)
        draft.drop(*t)
        match chance.randrange(5):
            case 0:
                draft.add(t.subject, t.predicate, chance.choice(awkward))
            case 1:
                draft.add(t.subject, t.predicate, other.object, chance.choice(awkward))
            case 2:
                draft.add(other.subject, t.predicate, t.object)
            case 3:
                draft.add(t.subject, other.predicate, t.object)
            case _:
                pass
    return draft.triples()


@pytest.mark.parametrize("seed", range(12))
def test_core_results_on_scrambled_articles_equal_the_oracle(
    gate: Gate, article: tuple[Triple, ...], seed: int
) -> None:
    triples = scrambled(article, seed)
    roots = [root.shape.node for root in gate.roots if not asks(root)]
    mine = tuple(r for r in gate.check_triples(triples).results if r.component != "SPARQL")
    assert mine
    assert said(Report.of(mine)) == said(gate.check_by_oracle(triples, roots=roots))


@pytest.mark.parametrize(
    "begin", ["'2026-03-12'^^xsd:date", "[]", "ex:x", "'1'", "'2026-03-12T00:00:00'^^xsd:dateTime"]
)
def test_terms_that_cannot_be_compared_do_not_fulfil_less_than(begin: str) -> None:
    gate = Gate(shapes("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:lessThan ex:q ] ."))
    assert len(gate.check_triples(data(f"ex:a a ex:T ; ex:p {begin} ; ex:q 5 .")).results) == 1


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 160))
def test_all_results_on_scrambled_articles_equal_the_oracle(gate: Gate, article: tuple[Triple, ...], seed: int) -> None:
    triples = scrambled(article, seed)
    assert said(gate.check_triples(triples)) == said(gate.check_by_oracle(triples))


# ---- stores ------------------------------------------------------------------------------------------------------


def stored(*articles: tuple[Triple, ...]) -> Store:
    store = Store()
    store.extend(Quad(*t) for triples in articles for t in triples)
    return store


@pytest.mark.parametrize("code", ["A1", "A14", "N6", "M5", "B2", "Q1"])
def test_a_store_is_reported_like_its_triples(gate: Gate, article: tuple[Triple, ...], code: str) -> None:
    triples = broken(article, code)
    assert gate.check_store(stored(triples)) == gate.check_triples(triples)


def test_named_graphs_of_a_store_are_not_looked_at(gate: Gate, article: tuple[Triple, ...]) -> None:
    store = stored(article)
    store.extend(Quad(*t, NamedNode("urn:g")) for t in broken(article, "A1"))
    store.add(Quad(NamedNode("urn:x"), RDF.type, SCHEMA.NewsArticle, NamedNode("urn:g")))
    assert gate.check_store(store).results == ()


def test_focus_limits_a_store_report_to_those_things(gate: Gate, article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    BREAKAGES["N6"](draft)
    BREAKAGES["A17"](draft)
    person, double = draft.subjects(SCHEMA.sameAs, WD.Q4115189)
    store = stored(draft.triples())
    whole = gate.check_store(store)
    for only in ([double.value], [person.value, draft.article.value], [], ["https://news.example/nothing"]):
        expected = tuple(r for r in whole.results if r.focus.value in only)
        assert gate.check_store(store, focus=only).results == expected


def test_two_articles_that_conform_alone_can_contradict_each_other(gate: Gate, article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    person = draft.person
    other = (
        Triple(person, RDF.type, SCHEMA.Place),
        Triple(person, SCHEMA.name, Literal("Quill Point")),
    )
    assert gate.check_triples(article).conforms
    assert gate.check_triples(other).conforms
    report = gate.check_store(stored(article, other), of_dataset=True)
    assert [(r.code, r.focus) for r in report.results] == [("N7", person)]


def test_the_constraints_across_articles_are_those_marked_so(gate: Gate) -> None:
    marked = {gate.shapes.label(s) for s in gate.shapes.roots() if gate.shapes.of_dataset(s)}
    assert marked == {"nkgs:A18", "nkgs:M10", "nkgs:N6", "nkgs:N7"}


def test_many_focus_nodes_are_asked_about_together(gate: Gate) -> None:
    people = [NamedNode(f"https://news.example/things/p{n}#id") for n in range(450)]
    store = Store()
    for n, person in enumerate(people):
        store.add(Quad(person, RDF.type, SCHEMA.Person))
        store.add(Quad(person, SCHEMA.name, Literal(f"P {n}")))
        store.add(Quad(person, SCHEMA.sameAs, WD[f"Q{max(n, 1)}"]))
    report = gate.check_store(store, focus=[p.value for p in people[1:]], of_dataset=True)
    assert [(r.code, r.focus) for r in report.results] == [("N6", people[1])]
    assert gate.check_store(store, focus=[people[1].value], of_dataset=True) == report


# ---- what the builder makes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [OWN, THIRD_PARTY], ids=["own", "withheld"])
def test_what_the_builder_makes_conforms_and_is_written_as_a_store_keeps_it(gate: Gate, document: Document) -> None:
    annotated = built_from()
    graphs = build(annotated, naming(annotated), document=document, iris=IRIS, run=RUN)
    (report,) = gate.check([graphs])
    assert report.accepted
    assert gate.check_store(stored(graphs.triples, graphs.provenance)) == report


# ---- nothing is skipped ------------------------------------------------------------------------------------------

EXOTIC = """
ex:Exotic a sh:NodeShape ; sh:targetClass ex:Team ; sh:expression [ sh:path ex:complete ] ;
  sh:message "X1 a team has to be complete; say ex:complete true of it" .
ex:Plain a sh:NodeShape ; sh:targetClass ex:Team ;
  sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:message "X2 a team needs a name; give one" ] .
"""
TEAMS = "ex:a a ex:Team ; ex:complete true . ex:b a ex:Team ; ex:name 'B' ; ex:complete false ."


def test_a_construct_the_compiler_does_not_know_runs_in_the_oracle() -> None:
    gate = Gate(shapes(EXOTIC))
    assert gate.fallbacks == (("http://example.org/Exotic", "sh:expression"),)
    report = gate.check_triples(data(TEAMS))
    assert [(r.code, r.focus.value[-1]) for r in report.results] == [("X1", "b"), ("X2", "a")]
    assert gate.check_store(stored(data(TEAMS))) == report


def test_javascript_in_shapes_is_refused_not_skipped() -> None:
    script = "sh:js [ a sh:JSConstraint ; sh:jsFunctionName 'check' ]"
    gate = Gate(shapes(f"ex:S a sh:NodeShape ; sh:targetClass ex:Team ; {script} ."))
    with pytest.raises(ConfigError, match="JavaScript"):
        gate.check_triples(data(TEAMS))


def test_rules_beside_constraints_add_nothing_to_what_is_checked() -> None:
    rule = "sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate ex:name ; sh:object 'made up' ] ."
    gate = Gate(shapes(EXOTIC + "ex:Plain " + rule))
    assert [r.code for r in gate.check_triples(data(TEAMS)).results] == ["X1", "X2"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this ?value WHERE { $this ex:p ?value MINUS { $this ex:ok ?value } }",
        "SELECT $this ?value WHERE { { SELECT ?value WHERE { ?s ex:p ?value } LIMIT 1 } $this ex:p ?value }",
        "SELECT $this ?value WHERE { VALUES ?value { 1 2 } $this ex:p ?value }",
        "SELECT ?value (ex:a AS $this) WHERE { ?s ex:p ?value }",
    ],
)
def test_a_query_that_shacl_forbids_is_refused(query: str) -> None:
    with pytest.raises(ConfigError, match=r"own\.ttl"):
        Gate(
            shapes(f'ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:sparql [ sh:prefixes ex: ; sh:select "{query}" ] .')
        )


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this ?value WHERE { $this ex:p ?value . { FILTER(BOUND($this)) } }",
        "SELECT $this (?v AS ?value) WHERE { $this ex:p ?v }",
        "SELECT $this ?value WHERE { { $this ex:p ?value } UNION { ?s ex:q ?value FILTER(?s = $this) } }",
        "SELECT $this ?value WHERE { $this ex:p ?value . FILTER NOT EXISTS { $this ex:q ?value } }",
        "SELECT $this ?value WHERE { { $this ex:p ?value } UNION { $this ex:q ?value } }",
        "SELECT $this ?value WHERE { $this ex:p ?value . OPTIONAL { $this ex:q ?w } FILTER(!BOUND(?w)) }",
        "SELECT $this ?value WHERE { $this ex:p ?value } GROUP BY $this ?value HAVING (COUNT(*) > 0)",
        "SELECT $this WHERE { $this ex:p ?v } GROUP BY $this HAVING (COUNT(?v) > 1)",
        "SELECT $this ?value WHERE { # } a brace in a comment\\n $this ex:p ?value . FILTER(STR(?value) != '}') }",
        "SELECT $this WHERE { $this (ex:p|ex:q)/^ex:p ?x . FILTER(?x != $this) }",
        "SELECT $this WHERE { $this ex:p ?v . BIND(STR($this) AS ?s) FILTER(STRENDS(?s, 'a')) }",
    ],
)
def test_a_query_finds_what_the_oracle_finds(query: str) -> None:
    gate = Gate(
        shapes(
            "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:targetSubjectsOf ex:q ; sh:targetObjectsOf ex:r ;"
            f' sh:sparql [ sh:prefixes ex: ; sh:select "{query}" ; sh:message "Z1 no; fix it" ] .'
        )
    )
    triples = data(
        "ex:a a ex:T ; ex:p 1, 2 ; ex:q 1 . ex:b a ex:T ; ex:p 2 . ex:c ex:q 2, 3 ; ex:p 3 ."
        " ex:d ex:r ex:e, ex:a . ex:e ex:p 9 ."
    )
    assert gate.fallbacks == ()
    assert said(gate.check_triples(triples)) == said(gate.check_by_oracle(triples))
    assert said(gate.check_store(stored(triples))) == said(gate.check_by_oracle(triples))
    assert gate.check_triples(triples).results


CORE = {
    "closed": "sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path ex:p ]",
    "equals": "sh:property [ sh:path ex:p ; sh:equals ex:q ]",
    "disjoint": "sh:property [ sh:path ex:p ; sh:disjoint ex:q ]",
    "less": "sh:property [ sh:path ex:p ; sh:lessThanOrEquals ex:q ]",
    "xone": "sh:xone ( [ sh:property [ sh:path ex:p ; sh:minCount 1 ] ] [ sh:property [ sh:path ex:q ;"
    " sh:minCount 1 ] ] )",
    "and": "sh:and ( [ sh:property [ sh:path ex:p ; sh:minCount 1 ] ] [ sh:nodeKind sh:BlankNode ] )",
    "node": "sh:property [ sh:path ex:r ; sh:node [ sh:property [ sh:path ex:p ; sh:minCount 2 ] ] ]",
    "inverse": "sh:property [ sh:path [ sh:inversePath ex:r ] ; sh:minCount 1 ]",
    "star": "sh:property [ sh:path [ sh:zeroOrMorePath ex:r ] ; sh:maxCount 1 ]",
    "plus": "sh:property [ sh:path ( [ sh:oneOrMorePath ex:r ] ex:p ) ; sh:maxCount 1 ]",
    "option": "sh:property [ sh:path [ sh:zeroOrOnePath ex:r ] ; sh:class ex:T ]",
    "either": "sh:property [ sh:path [ sh:alternativePath ( ex:p ex:q ) ] ; sh:maxCount 1 ]",
    "language": 'sh:property [ sh:path ex:n ; sh:languageIn ( "en" ) ]',
    "has": "sh:property [ sh:path ex:p ; sh:hasValue 1 ]",
    "range": "sh:property [ sh:path ex:p ; sh:minExclusive 1 ; sh:maxExclusive 3 ]",
    "nested": "sh:property [ sh:path ex:r ; sh:property [ sh:path ex:p ; sh:minCount 3 ] ]",
    "deactivated": "sh:deactivated true ; sh:property [ sh:path ex:p ; sh:minCount 99 ]",
    "subclass": "sh:property [ sh:path ex:r ; sh:class ex:T ]",
}
THINGS = """
ex:a a ex:T ; ex:p 1, 2 ; ex:q 1 ; ex:r ex:b, ex:c ; ex:n 'x'@en, 'y'@en-GB, 'z'@de, 'w' .
ex:b a ex:T ; ex:p 2 ; ex:q 'two' ; ex:r ex:c . ex:c a ex:Sub ; ex:p 3, 4 ; ex:r ex:a .
ex:d a ex:T ; ex:q 5 ; ex:s ex:a ; ex:r ex:x .
"""


@pytest.mark.parametrize("name", CORE)
def test_core_constructs_beyond_our_own_shapes_equal_the_oracle(name: str) -> None:
    graph = shapes(f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; {CORE[name]} .", "ex:Sub rdfs:subClassOf ex:T .")
    gate = Gate(graph)
    triples = data(THINGS)
    assert gate.fallbacks == ()
    assert said(gate.check_triples(triples)) == said(gate.check_by_oracle(triples))
    kept = tuple(q.triple for q in stored(triples))
    assert said(gate.check_store(stored(triples))) == said(gate.check_by_oracle(kept))
    assert (name == "deactivated") is (not gate.check_triples(triples).results)


def test_an_instance_of_a_subclass_is_a_target_only_when_the_ontology_says_so() -> None:
    text = "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."
    triples = data("ex:a a ex:Sub . ex:b a ex:T .")
    assert focus(Gate(shapes(text)).check_triples(triples)) == ["b"]
    closed = Gate(shapes(text, "ex:Sub rdfs:subClassOf ex:Mid . ex:Mid rdfs:subClassOf ex:T ."))
    assert focus(closed.check_triples(triples)) == ["a", "b"]


# ---- broken shapes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ex:S a sh:NodeShape\n ; sh:targetClass ex:T ; ; .. ", "own.ttl:"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCout 1 ] .", "sh:minCout"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCount 'a' ] .", "sh:minCount"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:minCount 1 ] .", "sh:path"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path 'p' ; sh:minCount 1 ] .", "sh:path"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:in ex:list .", "a list is expected"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:pattern '(a' .", "sh:pattern"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:pattern '(a)\\\\1' .", "sh:pattern"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:nodeKind ex:Iri .", "sh:nodeKind"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:severity sh:Bad ; sh:class ex:C .", "sh:severity"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:sparql [ sh:select 'SELECT $this WHERE {' ] .", "SPARQL"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:sparql [ sh:message 'x' ] .", "sh:select"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:datatype xsd:date, xsd:time .", "is given 2 times"),
    ],
)  # fmt: skip
def test_a_broken_shape_is_an_error_that_names_the_file_and_the_place(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Gate(shapes(text))
    message = raised.value.message
    assert message.startswith("own.ttl:")
    assert says in message
    assert raised.value.where is not None
    assert raised.value.exit_code == 2


def test_a_syntax_error_names_the_line() -> None:
    with pytest.raises(ConfigError, match=r"own\.ttl:9: "):
        ShapesGraph.parse([("own.ttl", PREFIXES + b"\n\nex:a ex:b ex:c\nex:d ex:e .\n")])


def test_a_shapes_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.ttl"):
        ShapesGraph.load([tmp_path / "none.ttl"])


def test_shapes_may_be_split_over_files_in_any_order(tmp_path: Path, article: tuple[Triple, ...]) -> None:
    files = sorted(resources.path("shapes").glob("*.ttl"), reverse=True)
    gate = Gate(ShapesGraph.load(files))
    triples = broken(article, "Q5")
    assert gate.check_triples(triples) == Gate(ShapesGraph.load()).check_triples(triples)


# ---- the oracle leaves no trace ----------------------------------------------------------------------------------


def test_the_oracle_puts_rdflib_back_also_after_a_failure() -> None:
    gate = Gate(shapes("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."))
    gate.check_by_oracle(data("ex:a a ex:T ."))
    assert rdflib.NORMALIZE_LITERALS is True
    bad = shapes(
        "ex:S a sh:NodeShape ; sh:targetClass ex:T ;"
        " sh:property [ sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 'x' ] ."
    )
    with pytest.raises(ConfigError):
        Gate(bad).check_triples(data("ex:a a ex:T ."))
    assert rdflib.NORMALIZE_LITERALS is True
    assert rdflib.Literal("1", datatype=rdflib.XSD.boolean).value is True


def test_the_oracle_gives_the_same_answer_every_time_and_from_several_threads() -> None:
    gate = Gate(shapes(EXOTIC))
    triples = data(TEAMS)
    answers: list[Report] = []
    threads = [threading.Thread(target=lambda: answers.append(gate.check_triples(triples))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len({a.to_text() for a in answers}) == 1


# ---- hostile input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "</script><script>alert(1)</script>", "\u202eevil\u202c\x00\x07", "\U0001f468\u200d\U0001f469" * 100,
        "a" * 1_000_000,
        '"; DROP ALL; #', "\\u0022", "' } SELECT", "\n" * 1000, "%s{value}{?this}",
    ],
)  # fmt: skip
def test_hostile_text_is_reported_and_survives_every_output(gate: Gate, article: tuple[Triple, ...], text: str) -> None:
    draft = Draft(article)
    draft.add(draft.article, SCHEMA.author, Literal(text))
    draft.add(draft.person, SCHEMA.sameAs, Literal(text))
    report = gate.check_triples(draft.triples())
    assert set(report.codes()) >= {"A8", "N3"}
    assert Report.from_turtle(report.to_turtle()) == report
    assert any(r["value"]["value"] == text for r in json.loads(report.to_json())["results"] if r["value"])
    assert all(c == "\n" or c.isprintable() for c in report.to_text())
    assert len(report.to_text()) < 10_000


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "(x+x+)+y", "^([a-z]+)*$", "^.*.*.*.*=.*$"])
def test_a_pattern_cannot_be_made_to_run_for_ever(pattern: str) -> None:
    done = threading.Event()

    def attempt() -> None:
        matcher(pattern)("a" * 50_000 + "!")
        matcher(pattern)("x" * 50_000)
        done.set()

    # With backtracking, the second would outlive this process; ten seconds is not a measure of speed.
    threading.Thread(target=attempt, daemon=True).start()
    assert done.wait(10)


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "hit"),
    [
        ("^[a-z]{2}$", "", "en", True),
        ("^[a-z]{2}$", "", "en\n", False),
        ("b", "", "abc", True),
        ("^B", "i", "bc", True),
        ("^a.c$", "", "a\nc", False),
        ("^a.c$", "s", "a\nc", True),
        ("^\\p{Lu}", "", "Éa", True),
        ("^https?://", "", "ftp://x", False),
    ],
)
def test_a_pattern_means_what_sparql_says(pattern: str, flags: str, text: str, hit: bool) -> None:
    assert matcher(pattern, flags)(text) is hit


def instructions(work: Callable[[], object]) -> int:
    """How many instructions of Python the work takes: unlike time, the same on every machine, busy or not."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def test_an_article_of_many_spans_is_checked_in_time_that_grows_with_it(
    gate: Gate, article: tuple[Triple, ...]
) -> None:
    def spent(paragraphs: int) -> int:
        draft = Draft(article)
        body = "\n\n".join(f"Paragraph number {n}, unlike any other." for n in range(paragraphs))
        text = draft.body
        draft.drop(None, NIF.referenceContext, text)
        draft.set(text, NIF.isString, Literal(body))
        at = 0
        for n, words in enumerate(body.split("\n\n")):
            p = NamedNode(f"{text.value}#p{n}")
            draft.add(p, RDF.type, NIF.Paragraph, NIF.OffsetBasedString)
            draft.add(p, NIF.referenceContext, text)
            draft.add(p, NIF.beginIndex, Literal(at))
            draft.add(p, NIF.endIndex, Literal(at + len(words)))
            at += len(words) + 2
        triples = draft.triples()
        return instructions(lambda: gate.check_triples(triples))

    spent(10)  # what is made once is made
    # A join of all pairs would take a hundred times as many for ten times the paragraphs.
    assert spent(1000) < 20 * spent(100)


def test_ill_typed_and_huge_numbers_do_not_stop_the_gate(gate: Gate, article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    draft.set(draft.named, NIF.beginIndex, Literal("9" * 5000, datatype=XSD.integer))
    draft.set(draft.article, SCHEMA.datePublished, Literal("9" * 5000, datatype=XSD.date))
    assert set(gate.check_triples(draft.triples()).codes()) >= {"A6", "M3"}


# ---- reports -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["A1", "A14", "E1", "R5", "N6", "I4"])
def test_a_report_survives_turtle(gate: Gate, article: tuple[Triple, ...], code: str) -> None:
    report = gate.check_triples(broken(article, code))
    assert report.results
    assert Report.from_turtle(report.to_turtle()) == report


def test_a_report_in_turtle_is_a_validation_report_others_can_read(gate: Gate, article: tuple[Triple, ...]) -> None:
    graph = rdflib.Graph().parse(data=gate.check_triples(broken(article, "A1")).to_turtle(), format="turtle")
    (report,) = graph.subjects(rdflib.RDF.type, rdflib.SH.ValidationReport)
    assert graph.value(report, rdflib.SH.conforms).value is False
    for result in graph.objects(report, rdflib.SH.result):
        for name in ("focusNode", "resultSeverity", "sourceConstraintComponent", "sourceShape", "resultMessage"):
            assert graph.value(result, rdflib.SH[name]) is not None


def test_an_empty_report_survives_turtle() -> None:
    assert Report.from_turtle(Report.of([]).to_turtle()) == Report(True, ())


def test_what_is_no_report_is_refused() -> None:
    for text in (b"", b"not turtle {", b"<urn:a> <urn:b> <urn:c> ."):
        with pytest.raises(ValueError, match=r"report|Report"):
            Report.from_turtle(text)


def test_warnings_become_results_to_store_without_violations_or_long_texts(
    gate: Gate, article: tuple[Triple, ...]
) -> None:
    draft = Draft(article)
    draft.set(draft.article, SCHEMA.headline, Literal("y" * 300))
    draft.drop(draft.article, SCHEMA.author)
    report = gate.check_triples(draft.triples())
    assert not report.conforms
    triples = report.triples("https://news.example/articles/a#result-")
    assert triples == report.triples("https://news.example/articles/a#result-")
    nodes = {t.subject for t in triples if t.object == SH.ValidationResult}
    assert len(nodes) == len(report.warnings) == 2
    assert all(n.value.startswith("https://news.example/articles/a#result-") for n in nodes)
    assert not [t for t in triples if isinstance(t.object, Literal) and len(t.object.value) > 250]


def test_results_come_worst_first(gate: Gate, article: tuple[Triple, ...]) -> None:
    draft = Draft(article)
    for code in ("A2", "A7", "A11"):
        BREAKAGES[code](draft)
    severities = [r.severity for r in gate.check_triples(draft.triples()).results]
    assert severities == sorted(severities, key=["Violation", "Warning", "Info"].index)


def test_json_names_every_field(gate: Gate, article: tuple[Triple, ...]) -> None:
    made = json.loads(gate.check_triples(broken(article, "A5")).to_json())
    assert (made["conforms"], made["accepted"]) == (False, True)
    assert made["counts"] == {"Violation": 0, "Warning": 1, "Info": 0}
    (result,) = made["results"]
    assert set(result) >= {"code", "component", "focus", "message", "path", "severity", "shape", "value"}
    assert (result["code"], result["path"]) == ("A5", "http://schema.org/datePublished")


# ---- found by an auditor -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT REDUCED $this ?value WHERE { $this ex:p ?value . FILTER(?value > 1) }", ["a", "b"]),
        ("SELECT $this ?value WHERE { $this ex:p ?value } HAVING (?value > 1)", ["a", "b"]),
    ],
)
def test_articles_and_stores_give_the_same_for_rare_forms_of_queries(query: str, found: list[str]) -> None:
    gate = Gate(
        shapes(
            f'ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:sparql [ sh:prefixes ex: ; sh:select "{query}" ;'
            ' sh:message "Z1 no; fix it" ] .'
        )
    )
    triples = data("ex:a a ex:T ; ex:p 1, 2 . ex:b a ex:T ; ex:p 2 . ex:c a ex:T ; ex:p 1 .")
    store = stored(triples, *(data(f"ex:x{n} a ex:T ; ex:p 1 .") for n in range(30)))
    assert focus(gate.check_triples(triples)) == found
    assert focus(gate.check_store(store)) == found


def test_a_graph_that_declares_classes_is_checked_with_them() -> None:
    gate = Gate(shapes("ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCount 1 ] ."))
    triples = data("ex:Sub rdfs:subClassOf ex:Middle . ex:Middle rdfs:subClassOf ex:T . ex:a a ex:Sub .")
    assert gate.check_triples(triples).conforms
    assert focus(gate.knowing(triples).check_triples(triples)) == ["a"]
    assert gate.knowing(data("ex:a a ex:T .")) is gate
