"""Answers that Oxigraph alone would give otherwise: what is done to a query before it, and to its dataset."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from publication import Publication, document, page
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from kg.engine import Limits, Pool, Request
from kg.engine.datasets import Dataset, dataset
from kg.engine.merged import merged
from kg.engine.prepare import prepared
from kg.engine.request import Cut
from kg.engine.worker import evaluated
from kg.errors import QueryError, QueryRefused, QuerySyntaxError, QueryTimeout
from kg.queries.reading import read
from kg.store import Reader

BASE = "https://news.example"
P = "PREFIX e: <http://e/> "
ONE, TWO, THREE = (f"{BASE}/graphs/{name}" for name in ("one", "two", "three"))


def node(name: str) -> NamedNode:
    return NamedNode(f"http://e/{name}")


QUADS = [
    Quad(node("a"), node("p"), node("b"), DefaultGraph()),
    Quad(node("b"), node("p"), Literal(7), DefaultGraph()),
    Quad(node("a"), node("p"), node("b"), NamedNode(ONE)),
    Quad(node("a"), node("p"), node("b"), NamedNode(TWO)),
    Quad(node("c"), node("p"), BlankNode("x"), NamedNode(ONE)),
    Quad(BlankNode("x"), node("q"), node("d"), NamedNode(TWO)),
    Quad(node("t"), node("p"), node("u"), NamedNode(THREE)),
]


class Opened:
    """What a step sees of a reader."""

    def __init__(self) -> None:
        self.rdf = ox.Store()
        self.rdf.extend(QUADS)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Opened()  # type: ignore[return-value]


def ask(reader: Reader, query: str, **fields: object) -> list[list[str]]:
    """The rows of the answer, sorted, as a worker finds them."""
    request = Request(P + query, **fields)  # type: ignore[arg-type]
    results = evaluated(prepared(request, reader, Limits()), reader.rdf, base=request.base)
    assert isinstance(results, ox.QuerySolutions)
    body = results.serialize(format=ox.QueryResultsFormat.CSV) or b""
    return sorted(list(csv.reader(io.StringIO(body.decode())))[1:])


def truth(reader: Reader, query: str, **fields: object) -> bool:
    request = Request(P + query, **fields)  # type: ignore[arg-type]
    return bool(evaluated(prepared(request, reader, Limits()), reader.rdf, base=request.base))


# ---- text ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["TRUE", "True", "tRuE", "true"])
def test_booleans_are_read_in_any_case(reader: Reader, word: str) -> None:
    assert truth(reader, f"ASK {{ FILTER({word}) }}")
    assert not truth(reader, f"ASK {{ FILTER({word} = FALSE) }}")
    assert ask(reader, f'SELECT ("{word} FALSE" AS ?TRUE) {{}} # {word}') == [[f"{word} FALSE"]]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("?x e:p* e:nowhere", [["http://e/nowhere"]]),
        ("e:nowhere e:p* ?x", [["http://e/nowhere"]]),
        ("?x e:p? e:nowhere", [["http://e/nowhere"]]),
        ("?x (e:p|e:q)* e:nowhere", [["http://e/nowhere"]]),
        ("?x ^e:p* e:nowhere", [["http://e/nowhere"]]),
        ("?x (e:p?) 99", [["99"]]),
        ('?x e:p? "text"@en', [["text"]]),
        ("?x e:p? e:nowhere . ?x e:p? e:elsewhere", []),
        ("?y e:p e:b . ?x e:p* e:nowhere . ?y e:p ?z", [["http://e/nowhere"]]),
        ("?x e:p* e:b", [["http://e/a"], ["http://e/b"]]),
        ("e:b e:p? ?x", [["7"], ["http://e/b"]]),
        ("?x e:p? 7", [["7"], ["http://e/b"]]),
        ("?x e:p+ e:nowhere", []),
        ("?x e:p e:nowhere", []),
        ("GRAPH <https://news.example/graphs/one> { ?x e:p* e:t }", [["http://e/t"]]),
        ("GRAPH <https://news.example/graphs/three> { ?x e:p* e:u }", [["http://e/t"], ["http://e/u"]]),
        ("VALUES ?x { e:nowhere e:a } ?x e:p* e:nowhere", [["http://e/nowhere"]]),
        ("{ ?x e:p* e:nowhere } MINUS { VALUES ?x { e:nowhere } }", []),
        ("?x e:p? e:nowhere FILTER EXISTS { ?y e:p? ?x }", [["http://e/nowhere"]]),
    ],
)
def test_a_path_without_length_is_found_from_a_term_that_is_not_there(
    reader: Reader, pattern: str, found: list[list[str]]
) -> None:
    if "EXISTS" in pattern:
        found = ask(reader, "SELECT ?x { VALUES ?x { e:nowhere } FILTER EXISTS { ?y e:p? ?x } }")
    assert ask(reader, f"SELECT DISTINCT ?x {{ {pattern} }}") == found


def test_whether_a_term_is_there_is_asked_of_the_graphs_that_are_asked(reader: Reader) -> None:
    query = "SELECT ?x { ?x e:p* e:u }"
    assert ask(reader, query) == [["http://e/u"]]
    assert ask(reader, query, default_graphs=(THREE,)) == [["http://e/t"], ["http://e/u"]]
    assert ask(reader, query, default_graphs=(ONE, TWO)) == [["http://e/u"]]
    assert ask(reader, f"SELECT ?x FROM <{THREE}> {{ ?x e:p* e:u }}") == [["http://e/t"], ["http://e/u"]]
    assert ask(reader, "SELECT ?x { ?x <p>* <http://e/b> }", base="http://e/") == [["http://e/a"], ["http://e/b"]]


def test_group_concat_is_a_string_without_language(reader: Reader) -> None:
    inner = 'SELECT (GROUP_CONCAT(?v; SEPARATOR="|") AS ?g) { VALUES ?v { "1"@en "2"@en } }'
    assert truth(reader, f'ASK {{ {{ {inner} }} FILTER(?g IN ("1|2", "2|1")) }}')
    assert ask(reader, 'SELECT ("GROUP_CONCAT(x)" AS ?v) {}') == [["GROUP_CONCAT(x)"]]


def test_a_variable_of_the_same_select_may_be_used_beside_aggregates(reader: Reader) -> None:
    values = "{ VALUES ?v { 1 2 3 } }"
    assert ask(reader, f"SELECT (COUNT(?v) AS ?n) (?n + 1 AS ?m) (?m * ?n AS ?k) {values}") == [["3", "4", "12"]]
    assert ask(reader, f"SELECT (SUM(?v) AS ?v2) (MAX(?v) + ?v2 AS ?m) {values}") == [["6", "9"]]


def test_names_that_grow_with_each_use_do_not_grow_without_end(reader: Reader) -> None:
    names = " ".join(f"(?n{i} + ?n{i} AS ?n{i + 1})" for i in range(60))
    made = prepared(Request(f"SELECT (COUNT(?v) AS ?n0) {names} {{ VALUES ?v {{ 1 }} }}"), reader, Limits())
    assert len(made.text) < 1_000_000


def test_an_aggregate_of_an_aggregate_is_a_syntax_error_with_its_place(reader: Reader) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        prepared(Request("SELECT\n (SUM(COUNT(*)) AS ?c) {}"), reader, Limits())
    assert (caught.value.line, caught.value.column) == (2, 3)
    assert ask(reader, "SELECT (SUM(?n) AS ?m) { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } }") == [["2"]]


@pytest.mark.parametrize(
    "condition", ["?s<?p&&?o>1", "?s <?p&&?o> 1", "?o<=?o&&?o>1", "IF(?s<1,?p>2,true)", "?s<ex:p&&?o>1"]
)
def test_a_comparison_that_is_an_iri_by_the_longest_token_is_a_syntax_error(reader: Reader, condition: str) -> None:
    query = f"PREFIX ex: <http://e/>\nSELECT * {{ ?s ?p ?o FILTER({condition}) }}"
    assert read(query) is not None  # so the engine takes it
    with pytest.raises(QuerySyntaxError, match=r"is an IRI, not a comparison at line 2, .* write a space after <"):
        prepared(Request(query), reader, Limits())
    spaced = query.replace("<?", "< ?").replace("<=?", "<= ?").replace("<1", "< 1").replace("<ex", "< ex")
    assert prepared(Request(spaced), reader, Limits()).text == spaced


def test_iris_without_a_scheme_are_no_comparisons(reader: Reader) -> None:
    query = (
        "BASE <http://e/> SELECT * { ?s <p&q,r> ?o ; <?p> <#x> FILTER(?o<3 || ?s IN (<a>,<?b&c>)) } ORDER BY <f>(?o)"
    )
    assert prepared(Request(query), reader, Limits()).text == query


@pytest.mark.parametrize("subject", ['"x"', "1", "<<( <a:s> <a:p> <a:o> )>>", '"x"@en', "true"])
def test_a_triple_term_of_an_expression_has_an_iri_or_a_variable_as_its_subject(reader: Reader, subject: str) -> None:
    for around in ("SELECT * {{ BIND({} AS ?t) }}", "SELECT ({} AS ?t) {{}}", "ASK {{ FILTER(ISTRIPLE({})) }}"):
        with pytest.raises(QuerySyntaxError, match="line 1, column"):
            prepared(Request(around.format(f"<<( {subject} <a:p> 1 )>>")), reader, Limits())
        assert prepared(Request(around.format("<<( <a:s> <a:p> <<( ?x <a:p> 1 )>> )>>")), reader, Limits())
    pattern = f"SELECT * {{ ?s ?p <<( {subject} <a:p> 1 )>> FILTER EXISTS {{ ?s ?p <<( {subject} ?q 1 )>> }} }}"
    assert prepared(Request(pattern), reader, Limits()).text == pattern


# ---- functions -----------------------------------------------------------------------------------------------------


def test_an_unknown_function_is_an_error_of_its_expression_alone(reader: Reader) -> None:
    assert ask(reader, "SELECT ?s (e:f(?s) AS ?v) (e:g(1, 2) AS ?w) { ?s e:p e:b }") == [["http://e/a", "", ""]]
    assert ask(reader, "SELECT ?s { ?s e:p ?o FILTER(e:f(?o)) }") == []
    assert len(ask(reader, "SELECT ?s { ?s e:p ?o FILTER(!BOUND(?x) || e:f(?o)) }")) == 2
    assert ask(reader, 'SELECT (COALESCE(e:f(), "none") AS ?v) {}') == [["none"]]
    assert len(ask(reader, "SELECT ?s { ?s e:p ?o } ORDER BY e:f(?o)")) == 2
    assert ask(reader, 'SELECT (<http://www.w3.org/2001/XMLSchema#integer>("7") AS ?v) {}') == [["7"]]


# ---- datasets ------------------------------------------------------------------------------------------------------


def test_a_triple_of_two_default_graphs_counts_once(reader: Reader) -> None:
    count = "SELECT (COUNT(*) AS ?n) {clauses} {{ ?s ?p ?o }}"
    clauses = f"FROM <{ONE}> FROM <{TWO}>"
    assert ask(reader, count.format(clauses="")) == [["2"]]
    assert ask(reader, count.format(clauses=clauses)) == [["3"]]
    assert ask(reader, count.format(clauses=""), default_graphs=(ONE, TWO, ONE)) == [["3"]]
    assert ask(reader, count.format(clauses=f"FROM <{ONE}> FROM <{ONE}>")) == [["2"]]


def test_blank_nodes_are_the_same_in_merged_graphs_as_they_are_in_the_store(reader: Reader) -> None:
    assert ask(reader, "SELECT ?d { e:c e:p ?x . ?x e:q ?d }", default_graphs=(ONE, TWO)) == [["http://e/d"]]


def test_the_request_wins_over_the_text(reader: Reader) -> None:
    query = f"SELECT ?s FROM <{ONE}> FROM <{TWO}> {{ ?s e:p ?o }}"
    assert ask(reader, query, default_graphs=(THREE,)) == [["http://e/t"]]
    assert ask(reader, query, default_graphs=(THREE, ONE)) == [["http://e/a"], ["http://e/c"], ["http://e/t"]]


def test_named_graphs_alone_leave_the_default_graph_empty(reader: Reader) -> None:
    graphs = "SELECT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert ask(reader, "SELECT * { ?s ?p ?o }", named_graphs=(ONE,)) == []
    assert ask(reader, graphs, named_graphs=(THREE,)) == [[THREE]]
    assert ask(reader, f"SELECT ?g FROM NAMED <{THREE}> {{ GRAPH ?g {{ ?s ?p ?o }} }}") == [[THREE]]
    assert ask(reader, f"SELECT ?s FROM NAMED <{THREE}> {{ ?s ?p ?o }}") == []


def test_named_graphs_are_seen_beside_merged_ones(reader: Reader) -> None:
    query = "SELECT DISTINCT ?g ?x { ?x e:p e:b GRAPH ?g { ?s ?p ?o } }"
    both = {"default_graphs": (ONE, TWO), "named_graphs": (THREE, TWO)}
    assert ask(reader, query, **both) == [[THREE, "http://e/a"], [TWO, "http://e/a"]]
    assert ask(reader, query, default_graphs=(ONE, TWO)) == []


def test_graphs_too_large_to_be_merged_are_refused(reader: Reader) -> None:
    with pytest.raises(QueryRefused, match="more than 2 triples"):
        merged(reader.rdf, Dataset((ONE, TWO), ()), limit=2)
    assert len(merged(reader.rdf, Dataset((ONE, TWO), (THREE,)), limit=5)) == 4
    assert len(merged(reader.rdf, Dataset((ONE, TWO), (THREE,)), named=False)) == 3


def test_a_relative_graph_without_a_base_is_the_engines_to_refuse(reader: Reader) -> None:
    query = "SELECT * FROM <one> FROM <two> { ?s ?p ?o }"
    assert dataset(Request(query), read(query)) is None
    found = dataset(Request(query, base=f"{BASE}/graphs/"), read(query, base=f"{BASE}/graphs/"))
    assert found == Dataset((ONE, TWO), ())
    assert len(ask(reader, query, base=f"{BASE}/graphs/")) == 3


# ---- windows and hostile texts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "rows", "skip", "wanted"),
    [
        ("SELECT * {}", 5, 0, (6, 0)),
        ("SELECT * {} LIMIT 3", 5, 0, (3, 0)),
        ("SELECT * {} LIMIT 30 OFFSET 2", 5, 10, (6, 12)),
        ("SELECT * {} OFFSET 2 LIMIT 12", 5, 10, (2, 12)),
        ("SELECT * {} LIMIT 3", 5, 10, (0, 10)),
        ("SELECT * {} ORDER BY ?x VALUES ?x { 1 }", 5, 1, (6, 1)),
        ("SELECT * { SELECT * {} LIMIT 1 OFFSET 1 } # LIMIT 9", 5, 0, (6, 0)),
        ("SELECT * {}", None, 4, (None, 4)),
        ("SELECT * {}", 99, 0, (51, 0)),
    ],
)
def test_limit_and_offset_are_edited_by_their_places(
    reader: Reader, query: str, rows: int | None, skip: int, wanted: tuple[int | None, int]
) -> None:
    made = prepared(Request(query, rows=rows, skip=skip), reader, Limits(rows=50))
    reading = read(made.text)
    assert reading is not None
    assert reading.modifiers is not None
    assert (reading.modifiers.limit, reading.modifiers.offset) == wanted
    ox.Store().query(made.text)


def test_a_query_without_anything_to_change_stays_as_it_was_written(reader: Reader) -> None:
    for query in ("SELECT  *  { ?s ?p ?o } # x", "ASK{}", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3", "SELECT ?"):
        assert prepared(Request(query), reader, Limits()).text == query
    query = "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3"
    assert prepared(Request(query, rows=1, skip=1), reader, Limits()).text == query


def test_the_rest_of_an_unreadable_query_cannot_be_asked_for(reader: Reader) -> None:
    with pytest.raises(QueryRefused, match="LIMIT and OFFSET"):
        prepared(Request("SELECT * { ?s ?p", skip=5), reader, Limits())


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * " + "{" * 10_000 + "}" * 10_000,
        "SELECT (" + "(" * 10_000 + "1" + ")" * 10_000 + " AS ?x) {}",
        "SELECT (" + "!" * 20_000 + "1 AS ?x) {}",
        "SELECT * { ?s " + "(" * 150_000 + "<http://e/p>" + ")" * 150_000 + " ?o }",
        "SELECT * { ?s ?p " + "[ <http://e/p> " * 9_000 + "1" + " ]" * 9_000 + " }",
    ],
)
def test_what_could_crash_the_parser_never_reaches_it(reader: Reader, query: str) -> None:
    with pytest.raises(QuerySyntaxError, match="too deep"):
        prepared(Request(query), reader, Limits())


def test_a_long_flat_query_is_answered(reader: Reader) -> None:
    values = " ".join(f"<http://e/{n}>" for n in range(20_000))
    assert len(values) > 250_000
    assert ask(reader, f"SELECT (COUNT(?x) AS ?n) {{ VALUES ?x {{ {values} }} }}") == [["20000"]]


# ---- through a worker ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    publication = Publication.make(tmp_path_factory.mktemp("mends"))
    publication.add(document(page()))
    made = Pool(publication.settings.store, Limits(seconds=20, concurrent=1, rows=5_000))
    yield made
    made.close()


def test_an_error_half_way_leaves_nothing_for_the_next_query(pool: Pool) -> None:
    many = "SELECT * { VALUES ?a { " + " ".join(map(str, range(6_000))) + " } }"
    for _ in range(3):
        with pytest.raises(QueryError):
            pool.run(Request(many, solutions="text/csv")).read()
        with pytest.raises(QuerySyntaxError):
            pool.run(Request("SELECT")).read()
        assert pool.run(Request("SELECT (1 AS ?n) {}", solutions="text/csv")).read() == b"n\r\n1\r\n"


def test_a_cut_reaches_the_answer(pool: Pool) -> None:
    query = "SELECT ?a { VALUES ?a { 1 2 3 4 5 } }"
    with pool.run(Request(query, solutions="text/csv", rows=2, skip=1)) as answer:
        assert b"".join(answer) == b"a\r\n2\r\n3\r\n"
        assert answer.cut == Cut(2, 3)
    with pool.run(Request(query, solutions="text/csv", rows=5)) as answer:
        assert len(b"".join(answer).split()) == 6
        assert answer.cut is None


def test_rows_are_cut_before_the_slow_ones_behind_them_are_looked_for(pool: Pool) -> None:
    """The engine is told to stop one row after the cut, so what would come later costs nothing."""
    endless = "?a1 ?b1 ?c1 . ?a2 ?b2 ?c2 . ?a3 ?b3 ?c3 . ?a4 ?b4 ?c4 FILTER(CONCAT(STR(?c1), STR(?c2), STR(?c4)) = 'x')"
    query = f"SELECT ?v {{ {{ VALUES ?a {{ 1 2 3 }} BIND(?a * 100 AS ?v) }} UNION {{ {endless} }} }}"
    with pool.run(Request(query, solutions="text/csv", rows=2)) as answer:
        assert b"".join(answer).count(b"\r\n") == 3
        assert answer.cut == Cut(2, 2)
    with pytest.raises(QueryTimeout):
        pool.run(Request(query, solutions="text/csv", seconds=0.5)).read()


def test_relative_iris_are_resolved_against_the_base_of_the_request(pool: Pool) -> None:
    query = "SELECT (<x> AS ?v) {}"
    made = pool.run(Request(query, solutions="text/csv", base="https://news.example/sparql"))
    assert made.read() == b"v\r\nhttps://news.example/x\r\n"


def test_a_store_path_is_not_part_of_an_error(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(QueryError) as caught:
        pool.run(Request("SELECT * { ?s ?p }")).read()
    assert str(tmp_path.parent) not in caught.value.message
