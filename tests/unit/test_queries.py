"""Queries are data: bound with typed terms, and refused when they would fetch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import graph_fixture as fixture
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad
from werkzeug.serving import make_server

from kg.errors import QueryRefused, QuerySyntaxError, UsageError
from kg.graph import build
from kg.queries import bind, examples, form, load, placeholders, refuse_remote
from kg.queries.tokens import tokens
from kg.vocab import XSD

TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ['"', "'", '"""', "\\", "\\u0022", '\\"', "$x", "?x", "#", "\n", "\r", "\x00", "} SERVICE <http://x> {", "'''"]
)


def answer(query: str) -> list[object]:
    return [solution[0] for solution in ox.Store().query(query)]  # type: ignore[union-attr, index]


# ---- binding -----------------------------------------------------------------------------------------------------


@given(TEXT)
def test_a_bound_text_reads_back_as_the_same_literal(text: str) -> None:
    for literal in (Literal(text), Literal(text, language="en"), Literal(text, datatype=NamedNode("urn:x:t"))):
        assert answer(bind("SELECT ?y WHERE { VALUES ?y { $x } }", x=literal)) == [literal]


@given(TEXT, TEXT)
def test_two_bound_texts_cannot_join_to_break_out(one: str, two: str) -> None:
    query = bind("SELECT ?y WHERE { VALUES ?y { $x$z } }", x=Literal(one), z=Literal(two))
    assert answer(query) == [Literal(one), Literal(two)]


def test_a_bound_iri_reads_back_as_the_same_iri() -> None:
    iri = NamedNode("https://news.example.org/a?b=c&d='e'#id")
    assert answer(bind("SELECT ?y WHERE { BIND($x AS ?y) }", x=iri)) == [iri]


def test_placeholders_in_strings_iris_and_comments_are_left_alone() -> None:
    query = "SELECT ?y { # $x\n VALUES ?y { \"$x\" '$x' '''a '$x' ''' <http://x.example/$x> $x } } # $x"
    assert placeholders(query) == {"x"}
    bound = bind(query, x=Literal("bound"))
    assert answer(bound) == [
        Literal("$x"),
        Literal("$x"),
        Literal("a '$x' "),
        NamedNode("http://x.example/$x"),
        Literal("bound"),
    ]
    assert bound.count("$x") == 6


def test_a_name_that_begins_like_a_placeholder_is_another_name() -> None:
    assert bind("SELECT $xy ?x { $x ?p $xy }", x=XSD.date) == f"SELECT $xy ?x {{  {XSD.date}  ?p $xy }}"


def test_a_placeholder_without_a_term_stays_a_variable() -> None:
    assert bind("SELECT $x { $x ?p $y }", y=Literal("1")) == 'SELECT $x { $x ?p  "1"  }'


def test_limits_take_bare_whole_numbers_only() -> None:
    query = "SELECT ?s { ?s ?p ?o } LIMIT $n OFFSET $m"
    bound = bind(query, n=Literal("5", datatype=XSD.integer), m=Literal("0", datatype=XSD.integer))
    assert bound == "SELECT ?s { ?s ?p ?o } LIMIT  5  OFFSET  0 "
    for wrong in (Literal("5"), Literal("-1", datatype=XSD.integer), XSD.date):
        with pytest.raises(UsageError, match="takes a whole number"):
            bind(query, n=wrong)


def test_only_iris_and_literals_can_be_bound_and_only_where_there_is_a_place() -> None:
    with pytest.raises(UsageError, match="no placeholder \\$z"):
        bind("SELECT $x { $x ?p ?z }", z=Literal("1"))
    for wrong in (BlankNode("b"), "text", 5):
        with pytest.raises(UsageError, match="takes an IRI or a literal"):
            bind("SELECT $x { $x ?p ?o }", x=wrong)  # type: ignore[arg-type]


def test_a_query_is_loaded_by_name_and_an_unknown_one_is_an_error() -> None:
    assert load("examples/q01").startswith("# who said what")
    for name in ("examples/q99", "../secret", "/etc/passwd", "examples", ""):
        with pytest.raises(UsageError, match="no query named"):
            load(name)


@given(st.text() | TEXT)
def test_the_tokens_of_any_text_join_to_the_text(text: str) -> None:
    assert "".join(t.text for t in tokens(text)) == text


@pytest.mark.parametrize("unit", ["a.", "'\\'", '"""a', "<", "a:%", "?", "_:a.", ":"])
def test_a_long_hostile_text_is_read_in_linear_steps(unit: str) -> None:
    text = unit * 30_000
    assert sum(len(t.text) for t in tokens(text)) == len(text)


@pytest.mark.parametrize(
    "unit", ["a.", "'\\'", '"""a', "<", ":", "_:a.", "'''a\\q", "''' \"\"\" ", "?a<?b)#>", "\\u0041", '"\n']
)
def test_a_long_hostile_text_is_judged_in_linear_steps(unit: str) -> None:
    with pytest.raises(QueryRefused):
        refuse_remote(unit * 30_000 + "\n service")
    refuse_remote("{" * 100_000 + "}" * 100_000 + "'service'")


# ---- what fetches ------------------------------------------------------------------------------------------------

PREFIX = "PREFIX : <http://127.0.0.1:1/> PREFIX service: <http://127.0.0.1:1/> PREFIX load: <http://127.0.0.1:1/> "
#: Each of these makes Oxigraph 0.5 try a request (or would, in an engine that decodes escapes first).
FETCHING = [
    "SELECT * { SERVICE <http://127.0.0.1:1/> {} }",
    "SELECT * { service silent ?x {} VALUES ?x { <http://127.0.0.1:1/> } }",
    "SELECT * {SERVICE:x{}}",
    "SELECT * {SERVICE:x #\n {}}",
    "SELECT * {SERVICESILENT<http://127.0.0.1:1/>{}}",
    "SELECT * {?s ?p trueSERVICE <http://127.0.0.1:1/> {}}",
    "SELECT * {?s ?p trueSERVICE:x {}}",
    "SELECT * {?s ?p 1SERVICE <http://127.0.0.1:1/> {}}",
    "SELECT * {?s ?p 1.SERVICE <http://127.0.0.1:1/> {}}",
    "SELECT * {FILTER(1<2)SERVICE<http://127.0.0.1:1/>{}}",
    "SELECT * {{} #\rSERVICE <http://127.0.0.1:1/> {}}",
    "SELECT * {?s ?p :x;SERVICE <http://127.0.0.1:1/> {}}",
    "SELECT * { { SELECT * { SERVICE <http://127.0.0.1:1/> {} } } }",
    "SELECT * { SERV\\u0049CE <http://127.0.0.1:1/> {} }",
    "SELECT * { \\U00000053ERVICE <http://127.0.0.1:1/> {} }",
    "SELECT * { ?s ?p '\\u0027 SERVICE <http://127.0.0.1:1/> {} }",
    "LOAD <http://127.0.0.1:1/>",
    "load silent <http://127.0.0.1:1/> into graph <x:g>",
    "LOADSILENT<http://127.0.0.1:1/>",
    "LOAD:x",
    "VERSION '1.2'LOAD:x",
    "CLEAR ALL ; LOAD:x",
    "CLEAR ALL;LOAD <http://127.0.0.1:1/>",
    "LO\\u0041D <http://127.0.0.1:1/>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    # A long string with a wrong escape is none: Oxigraph reads two short ones, and on.
    "SELECT * { VALUES ?v { '''a' } SERVICE:x{} # \\q '''\n}",
    "SELECT * { VALUES ?v { '''a' } SERVICE<http://127.0.0.1:1/>{} # \\uD800 '''\n}",
    # What looks like an IRI is a comparison, the end of the bracket and a comment.
    "SELECT * { FILTER(?a<?b)SERVICE:x#>\n{} }",
    'SELECT * { FILTER(?a<?b)#>"""\nSERVICE:x{} #"""\n}',
    # Oxigraph ends a name before its second dot.
    "SELECT * { OPTIONAL { ?s ?p :a.b.SERVICE:x {} } }",
    "SELECT * { OPTIONAL { ?s ?p :a.b.SERVICE<http://127.0.0.1:1/> {} } }",
    'SELECT * { OPTIONAL { ?s ?p <http://x.example/\\u0041\'>, """\n""" } SERVICE:x{} #"""\n}',
]
HARMLESS = [
    "SELECT * { ?service ?load $SERVICE }",
    'SELECT * { ?s ?p "SERVICE <x> {}", \'LOAD\', """ LOAD " SERVICE """ }',
    "SELECT * { ?s ?p 'it\\'s SERVICE' }",
    "# SERVICE <x> {}\nSELECT * { ?s ?p ?o } # LOAD",
    "SELECT * { <http://x.example/SERVICE> <x:LOAD> <http://x.example/#SERVICE> }",
    "SELECT * { ?s service:name ?o ; load:SERVICE :LOAD ; :SERVICE [] }",
    "SELECT * FROM service:g FROM NAMED load:h { GRAPH service:g { ?s ?p ?o } }",
    "SELECT * { ?s ?p 'x'@load-service }",
    "SELECT * { _:service ?p _:LOAD }",
    "SELECT * FROM <http://elsewhere.example/g> { ?s ?p ?o }",
    "INSERT DATA { load:x service:y 'LOAD' }",
    "ASK { ?s ?p 'back\\\\' . ?s ?q 'SERVICE' }",
    "SELECT ?payload ?download { ?payload ?service ?download FILTER(?payload<?service && ?download>?payload) }",
    "SELECT * { VALUES (?s ?o) { (<http://x.example/#service> <http://x.example/a(service)#b>) } }",
    "SELECT * { ?s ?p service:a.load , :a.SERVICE }",
    "SELECT * { ?s ?p 'service' , 'a'@load-service } ORDER BY ?load",
]


@pytest.mark.parametrize("query", FETCHING)
def test_what_fetches_is_refused(query: str) -> None:
    with pytest.raises(QueryRefused, match=r"(SERVICE|LOAD) at character"):
        refuse_remote(PREFIX + query)


@pytest.mark.parametrize("query", HARMLESS)
def test_what_fetches_nothing_is_not_refused(query: str) -> None:
    refuse_remote(PREFIX + query)


@pytest.mark.parametrize("query", HARMLESS)
def test_the_harmless_queries_are_queries(query: str) -> None:
    store = ox.Store()
    if form(PREFIX + query) == "update":
        store.update(PREFIX + query)
    else:
        store.query(PREFIX + query)


@given(st.text("SERVICLOAD:{}<>#'\"\\ \nx?.;", max_size=24))
def test_what_oxigraph_would_fetch_is_refused_for_any_spelling(middle: str) -> None:
    query = PREFIX + "SELECT * { " + middle + "SERVICE<http://127.0.0.1:1/>{} }"
    try:
        list(ox.Store().query(query))  # type: ignore[arg-type]
    except SyntaxError:
        return  # no query
    except OSError:  # it tried
        with pytest.raises(QueryRefused):
            refuse_remote(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?payload { ?payload ?p 'open }",
        "SELECT * { ?s ?p 'it's } # no",
        "SELECT ?load { ?s",
        "'",
        "SELECT * { \\ }",
    ],
)
def test_a_text_that_is_no_query_is_left_to_the_parser(query: str) -> None:
    refuse_remote(query)
    with pytest.raises(SyntaxError):
        ox.Store().query(query)


#: What queries that hide a keyword are made of.
PIECES = st.sampled_from(
    [
        *(
            "SERVICE",
            ":x",
            "?x",
            "{",
            "}",
            "{}",
            "'",
            "'''",
            '"',
            '"""',
            "\\q",
            "\\u0041",
            "\\uD800",
            "#",
            "\n",
            " ",
            "(",
            ")",
        ),
        *(
            "FILTER",
            "<",
            ">",
            "?a<?b",
            ":a.b",
            ".",
            "true",
            "1.",
            "e",
            ";",
            ",",
            "?s ?p ",
            "service:",
            "OPTIONAL{",
            "_:b",
        ),
        *("@en", "--ltr", "VALUES ?v {", "BIND(", "<<", ">>", "#>", "# \\q '''", "<http://127.0.0.1:1/>", "?s ?p :a.b"),
    ]
)


@given(
    st.sampled_from(["", "?s ?p ", "?s ?p :a.b.", "VALUES ?v { '''a' }", "FILTER(?a<?b", "OPTIONAL{?s ?p "]),
    st.lists(PIECES, max_size=6).map("".join),
    st.sampled_from(["SERVICE<http://127.0.0.1:1/>{}", "SERVICE:x{}", "SERVICE:x #>\n{}", ""]),
    st.sampled_from(["", " # '''\n", ' # """\n', " # \\q '''\n", "}"]),
)
def test_no_way_of_hiding_a_keyword_makes_the_engine_fetch(before: str, middle: str, service: str, after: str) -> None:
    query = f"{PREFIX}SELECT * {{ {before}{middle}{service}{after} }}"
    store = ox.Store()
    store.add(ox.Quad(NamedNode("x:s"), NamedNode("x:p"), NamedNode("http://127.0.0.1:1/a.b")))
    try:
        list(store.query(query))  # type: ignore[arg-type]
    except (SyntaxError, RuntimeError):
        return
    except OSError:  # it tried
        with pytest.raises(QueryRefused):
            refuse_remote(query)


def test_a_graph_that_the_store_does_not_have_is_empty_and_not_fetched() -> None:
    asked = []

    def app(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
        asked.append(environ["PATH_INFO"])
        start("200 OK", [("Content-Type", "text/turtle")])
        return [b"<x:a> <x:b> <x:c> ."]

    server = make_server("127.0.0.1", 0, app)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    graph = f"<http://127.0.0.1:{server.server_port}/g>"
    store = ox.Store()
    queries = (f"SELECT * FROM {graph} {{ ?s ?p ?o }}", f"SELECT * FROM NAMED {graph} {{ GRAPH ?g {{ ?s ?p ?o }} }}")
    try:
        for query in (*queries, f"SELECT * {{ GRAPH {graph} {{ ?s ?p ?o }} }}"):
            refuse_remote(query)
            assert list(store.query(query)) == []  # type: ignore[arg-type]
        for update in (
            f"INSERT {{ ?s ?p ?o }} USING {graph} WHERE {{ ?s ?p ?o }}",
            f"WITH {graph} DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        ):
            refuse_remote(update)
            store.update(update)
        assert len(store) == 0
        with pytest.raises(QueryRefused):
            refuse_remote(f"LOAD {graph}")
        store.update(f"LOAD {graph}")  # the engine does fetch: the server is one that it reaches
        assert asked == ["/g"]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# ---- forms -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("SELECT * {}", "select"),
        ("# select\nPREFIX ask: <x:y#> BASE <http://x.example/> ask {}", "ask"),
        ("PREFIX : <x:> CONSTRUCT WHERE { ?s ?p ?o }", "construct"),
        ("DESCRIBE <x:select>", "describe"),
        ("PREFIX x: <x:> INSERT DATA {}", "update"),
        ("WITH <x:g> DELETE { ?s ?p ?o } WHERE {}", "update"),
        ("CLEAR ALL", "update"),
    ],
)
def test_the_form_of_a_query_is_its_first_keyword_after_the_prologue(query: str, kind: str) -> None:
    assert form(query) == kind


@pytest.mark.parametrize("query", ["", "PREFIX x: <y:>", "{ ?s ?p ?o }", "'select'", "# select", "SHOW TABLES"])
def test_a_text_without_a_query_keyword_is_a_syntax_error(query: str) -> None:
    with pytest.raises(QuerySyntaxError):
        form(query)


# ---- the competency questions ------------------------------------------------------------------------------------

#: Rows on the gold graph of the seed article and two synthetic dated articles.
ROWS = (2, 5, 5, 16, 7, 2, 2, 9, 4, 10, 16, 2, 3, 2, 10, 1, 1, 1, 1, 1, 7, 18, 5, 1, 1)


def test_there_are_twenty_five_questions_with_titles() -> None:
    assert [e.id for e in examples()] == [f"q{n:02}" for n in range(1, 26)]
    assert len({e.title for e in examples()}) == 25
    for example in examples():
        assert example.title
        assert form(example.text) == "select"
        refuse_remote(example.text)


@pytest.mark.shared
def test_the_questions_give_the_known_rows_on_the_gold_graph(shared: Path) -> None:
    store = ox.Store()
    gold = ox.parse(path=str(shared / "model" / "gold_seed.trig"), format=ox.RdfFormat.TRIG)
    store.extend([Quad(*q.triple) for q in gold])  # a set: each triple once, whatever graphs hold it
    store.load(path=str(shared / "model" / "fixture2.ttl"), format=ox.RdfFormat.TURTLE)
    assert tuple(len(list(store.query(e.text))) for e in examples()) == ROWS  # type: ignore[arg-type]


#: What the hand-made article can answer; the others ask for names, topics or works it does not have.
ANSWERED = {"q01": 1, "q03": 1, "q04": 4, "q12": 1, "q15": 1, "q22": 6}


def test_the_questions_run_on_built_graphs() -> None:
    store = ox.Store()
    graphs = build(fixture.annotated(), fixture.naming(), document=fixture.OWN, iris=fixture.IRIS, run=fixture.RUN)
    store.extend([Quad(*t) for t in graphs.triples])  # as the default graph is: without the provenance graph
    rows = {e.id: len(list(store.query(e.text))) for e in examples()}  # type: ignore[arg-type]
    assert {name: rows[name] for name in ANSWERED} == ANSWERED


def test_where_a_fact_comes_from_can_be_asked_of_the_default_graph() -> None:
    store = ox.Store()
    graphs = build(fixture.annotated(), fixture.naming(), document=fixture.OWN, iris=fixture.IRIS, run=fixture.RUN)
    store.extend([Quad(*t) for t in graphs.triples])
    query = next(e.text for e in examples() if e.id == "q17")
    own = query.replace('"Surviving CECOT"@en', '"Tesfaye Bekele"@en-gb').replace("schema:duration", "schema:jobTitle")
    (row,) = store.query(own)  # type: ignore[misc]
    assert row["words"] == Literal("mechanic")  # type: ignore[index]


def test_a_question_can_be_asked_about_other_things() -> None:
    by_id = {example.id: example for example in examples()}
    assert by_id["q02"].named == (("Nayib Bukele", "Person"),)
    assert len(by_id["q06"].named) == 2
    hostile = 'A "quoted" \\ name\n} INSERT'
    asked = by_id["q02"].about({"Nayib Bukele": hostile})
    store = ox.Store()
    person, quotation = ox.NamedNode("urn:p"), ox.NamedNode("urn:q")
    schema = "http://schema.org/"
    store.extend(
        [
            ox.Quad(person, ox.NamedNode(schema + "name"), ox.Literal(hostile, language="en")),
            ox.Quad(quotation, ox.NamedNode(schema + "spokenByCharacter"), person),
            ox.Quad(quotation, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode("urn:T")),
            ox.Quad(quotation, ox.NamedNode(schema + "text"), ox.Literal("words")),
            ox.Quad(quotation, ox.NamedNode(schema + "isPartOf"), ox.NamedNode("urn:a")),
        ]
    )
    assert len(list(store.query(asked.text))) == 1
    assert list(store.query(by_id["q02"].text)) == []
    assert by_id["q01"].about({"Nayib Bukele": "x"}) == by_id["q01"]
