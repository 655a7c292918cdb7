"""Constraints in SPARQL as functions: focus node, path, value and message of each result (SHACL, sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from kg.errors import ConfigError
from kg.shacl import shape as s
from kg.shacl.closures import compile_shape
from kg.shacl.path import Path, predicate
from kg.shacl.stamp import Finding
from kg.shacl.target import finder
from kg.shacl.view import MemoryView, Node, StoreView, View

EX = "http://example.org/"
PREFIXES = (("ex", EX),)


def ex(name: str) -> NamedNode:
    return NamedNode(EX + name)


FOCUS, P = ex("focus"), ex("p")


def triples(text: str) -> tuple[Triple, ...]:
    return tuple(q.triple for q in parse(f"@prefix ex: <{EX}> . {text}".encode(), format=RdfFormat.TURTLE))


def memory(text: str) -> View:
    return MemoryView(triples(text))


def stored(text: str) -> View:
    store = Store()
    store.extend([Quad(*t) for t in triples(text)])
    return StoreView(store)


VIEWS = pytest.mark.parametrize("look", [memory, stored], ids=["memory", "store"])
#: NOW is left to Oxigraph, so a query with it is asked of the view's store.
IN_STORE = " FILTER(NOW() > '2000-01-01T00:00:00Z'^^<http://www.w3.org/2001/XMLSchema#dateTime>)"
ENGINES = pytest.mark.parametrize("also", ["", IN_STORE], ids=["in Python", "in Oxigraph"])


def sparql(text: str, *messages: str) -> s.Sparql:
    return s.Sparql(ex("query"), s.Query(text, PREFIXES), tuple(map(Literal, messages)))


def custom(text: str, *messages: str, ask: bool, **bindings: Node) -> s.Custom:
    query = s.Query(text, PREFIXES)
    return s.Custom(
        ex("Component"), tuple(bindings.items()), ex("validator"), ask, query, tuple(map(Literal, messages))
    )


def shape(*constraints: s.Constraint, path: Path | None = None, **fields: object) -> s.Shape:
    return s.Shape(ex("S"), EX + "S", path, constraints, **fields)  # type: ignore[arg-type]


def found(made: s.Shape, view: View, focus: Node = FOCUS) -> list[tuple[str, str, str]]:
    """(path, value, message) of each result, in order; ``conforms`` agrees."""
    compiled = compile_shape(made)
    findings = list(compiled.findings(view, focus))
    assert compiled.conforms(view, focus) == (not findings)
    assert all(f[0] == focus for f in findings)
    return sorted((str(f[1] or ""), str(f[2] or ""), f[3].message) for f in findings)


DATA = "ex:focus ex:p 'b', 'a' ; ex:q 'c' . ex:fine ex:q 'c' ."


@VIEWS
@ENGINES
def test_each_solution_is_a_result_with_its_value(look: Callable[[str], View], also: str) -> None:
    made = shape(sparql(f"SELECT $this ?value WHERE {{ $this ex:p ?value {also} }}", "wrong"))
    assert found(made, look(DATA)) == [("", '"a"', "wrong"), ("", '"b"', "wrong")]
    assert found(made, look(DATA), ex("fine")) == []


@VIEWS
@ENGINES
def test_without_a_value_a_node_shape_gives_the_focus_node_and_a_property_shape_nothing(
    look: Callable[[str], View], also: str
) -> None:
    constraint = sparql(f"SELECT $this WHERE {{ $this ex:q 'c' {also} }}", "wrong")
    assert found(shape(constraint), look(DATA)) == [("", str(FOCUS), "wrong")]
    assert found(shape(constraint, path=predicate(P)), look(DATA)) == [(str(P), "", "wrong")]


@VIEWS
@ENGINES
@pytest.mark.parametrize(
    ("path", "values"),
    [
        (predicate(P), ['"a"', '"b"']),
        (Path("alternativePath", parts=(predicate(P), predicate(ex("q")))), ['"a"', '"b"', '"c"']),
        (Path("inversePath", parts=(predicate(ex("r")),)), []),
    ],
)
def test_a_property_shape_asks_along_its_own_path(
    look: Callable[[str], View], also: str, path: Path, values: list[str]
) -> None:
    made = shape(sparql(f"SELECT $this ?value WHERE {{ $this $PATH ?value {also} }}", "wrong"), path=path)
    assert found(made, look(DATA)) == [(str(path), value, "wrong") for value in values]


@VIEWS
def test_a_path_in_the_solution_is_the_path_of_the_result_when_it_is_an_iri(look: Callable[[str], View]) -> None:
    made = shape(sparql("SELECT $this ?path ?value WHERE { $this ?path ?value }", "wrong"), path=predicate(P))
    assert {(where, value) for where, value, _ in found(made, look(DATA))} == {
        (str(P), '"a"'),
        (str(P), '"b"'),
        (f"<{EX}q>", '"c"'),
    }
    text = shape(sparql("SELECT $this (STR(?p) AS ?path) WHERE { $this ?p 'c' }", "wrong"), path=predicate(P))
    assert found(text, look(DATA)) == [(str(P), "", "wrong")]


@VIEWS
@ENGINES
def test_equal_solutions_are_one_result_and_different_ones_with_one_value_are_several(
    look: Callable[[str], View], also: str
) -> None:
    equal = shape(sparql(f"SELECT $this WHERE {{ $this ?any ?thing {also} }}", "wrong"))
    assert len(found(equal, look(DATA))) == 1
    different = shape(sparql(f"SELECT $this ?thing WHERE {{ $this ?any ?thing {also} }}", "wrong"))
    assert len(found(different, look(DATA))) == 3


@VIEWS
def test_a_message_names_what_the_solution_found(look: Callable[[str], View]) -> None:
    query = "SELECT $this ?value ?thing WHERE { $this ex:q ?value BIND(ex:x AS ?thing) }"
    made = shape(sparql(query, "{$this} has {?value} and {$thing}; {?nobody} {value} {$path}"))
    assert found(made, look(DATA))[0][2] == f"{EX}focus has c and {EX}x; {{?nobody}} {{value}} {{$path}}"
    at_path = shape(sparql("SELECT $this WHERE { $this ex:q 'c' }", "see {?path}"), path=predicate(P))
    assert found(at_path, look(DATA))[0][2] == f"see {EX}p"


@VIEWS
def test_a_message_in_the_solution_comes_before_those_of_the_constraint_and_the_shape(
    look: Callable[[str], View],
) -> None:
    view = look(DATA)
    query = "SELECT $this ?message WHERE { $this ex:q ?c BIND('{$this} as it is' AS ?message) }"
    assert found(shape(sparql(query, "own"), messages=(Literal("of the shape"),)), view)[0][2] == "{$this} as it is"
    plain = "SELECT $this WHERE { $this ex:q ?c }"
    assert found(shape(sparql(plain, "own"), messages=(Literal("of the shape"),)), view)[0][2] == "own"
    assert (
        found(shape(sparql(plain), messages=(Literal("{$this} of the shape"),)), view)[0][2] == "{$this} of the shape"
    )


@VIEWS
@pytest.mark.parametrize("value", ["{$this}", "{?value}{?value}", "\\\\1 \\\\g<0>", "<script>"])
def test_a_value_that_looks_like_a_place_for_a_value_is_only_a_value(look: Callable[[str], View], value: str) -> None:
    made = shape(sparql("SELECT $this ?value WHERE { $this ex:q ?value }", "got {?value}."))
    assert found(made, look(f"ex:focus ex:q '{value}' ."))[0][2] == f"got {value.replace(chr(92) * 2, chr(92))}."


@VIEWS
@ENGINES
def test_the_focus_node_is_bound_in_every_group(look: Callable[[str], View], also: str) -> None:
    query = """SELECT $this WHERE {
        { FILTER(bound($this)) } UNION { FILTER(!bound($this)) FILTER(false) }
        OPTIONAL { FILTER($this = ex:focus) BIND(1 AS ?one) }
        FILTER(bound(?one)) FILTER NOT EXISTS { $this ex:r ?r } %s }"""
    made = shape(sparql(query % also, "wrong"))
    assert len(found(made, look(DATA))) == 1
    assert not found(made, look(DATA), ex("fine"))


@VIEWS
@ENGINES
def test_a_blank_node_is_a_focus_node_like_any_other(look: Callable[[str], View], also: str) -> None:
    view = look("ex:a ex:p [ ex:q 'one' ], [ ex:q 'two' ] .")
    made = shape(sparql(f"SELECT $this ?value WHERE {{ $this ex:q ?value {also} }}", "wrong"))
    nodes = list(view.objects(ex("a"), P))
    assert len(nodes) == 2
    assert all(isinstance(node, BlankNode) for node in nodes)
    assert sorted(value for node in nodes for _, value, _ in found(made, view, node)) == ['"one"', '"two"']


@VIEWS
@ENGINES
def test_queries_inside_other_shapes_decide_whether_a_value_conforms(look: Callable[[str], View], also: str) -> None:
    inner = shape(sparql(f"SELECT $this WHERE {{ $this ex:q 'c' {also} }}"))
    view = look("ex:focus ex:p ex:a, ex:b . ex:a ex:q 'c' . ex:b ex:q 'd' .")
    wrong = shape(s.NodeShape(inner), path=predicate(P))
    assert [value for _, value, _ in found(wrong, view)] == [f"<{EX}a>"]
    swapped = shape(s.Not(inner), path=predicate(P))
    assert [value for _, value, _ in found(swapped, view)] == [f"<{EX}b>"]
    counted = shape(s.Qualified(inner, 2, None, ()), path=predicate(P))
    assert len(found(counted, view)) == 1


@VIEWS
def test_a_query_that_signals_a_failure_is_an_error_and_no_verdict(look: Callable[[str], View]) -> None:
    made = shape(sparql("SELECT $this ?failure WHERE { $this ex:p ?v BIND(true AS ?failure) }"))
    with pytest.raises(ConfigError, match="failure"):
        list(compile_shape(made).findings(look(DATA), FOCUS))
    calm = shape(sparql("SELECT $this ?failure WHERE { $this ex:q ?v BIND(false AS ?failure) }"))
    assert len(found(calm, look(DATA))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "SELECT $this WHERE { $this ex:p ?v MINUS { $this ex:q ?v } }",
        "SELECT $this WHERE { VALUES ?v { 1 } $this ex:p ?v }",
        "SELECT $this WHERE { BIND(1 AS $this) }",
        "SELECT $this WHERE { no query",
    ],
)
def test_a_query_that_shacl_forbids_is_refused_with_the_name_of_the_shape(text: str) -> None:
    with pytest.raises(ConfigError, match="S: its query"):
        compile_shape(shape(sparql(text)))


# ---- constraint components -------------------------------------------------------------------------------------------


@VIEWS
@ENGINES
def test_an_ask_validator_is_asked_about_each_value(look: Callable[[str], View], also: str) -> None:
    made = custom(
        f"ASK {{ FILTER(?value = $wanted) {also} }}", "{?value} is not {$wanted}", ask=True, wanted=Literal("b")
    )
    assert found(shape(made, path=predicate(P)), look(DATA)) == [(str(P), '"a"', "a is not b")]
    assert found(shape(made), look(DATA), Literal("x")) == [("", '"x"', "x is not b")]
    assert found(shape(made), look(DATA), Literal("b")) == []


@VIEWS
@ENGINES
def test_an_ask_validator_may_look_along_the_path(look: Callable[[str], View], also: str) -> None:
    made = custom(f"ASK {{ $this $PATH ?value FILTER(?value < $most) {also} }}", ask=True, most=Literal("b"))
    assert [value for _, value, _ in found(shape(made, path=predicate(P)), look(DATA))] == ['"b"']


@VIEWS
@ENGINES
def test_a_select_validator_is_asked_once_for_the_focus_node(look: Callable[[str], View], also: str) -> None:
    query = f"SELECT DISTINCT $this ?value WHERE {{ $this $PATH ?value FILTER(?value != $wanted) {also} }}"
    made = custom(query, "not {$wanted} but {?value} at {$path}", ask=False, wanted=Literal("b"))
    assert found(shape(made, path=predicate(P)), look(DATA)) == [(str(P), '"a"', f"not b but a at {EX}p")]


@VIEWS
def test_a_parameter_without_a_value_is_not_bound(look: Callable[[str], View]) -> None:
    query = "SELECT $this WHERE { $this ex:q ?v FILTER(!bound($optional)) }"
    assert len(found(shape(custom(query, ask=False)), look(DATA))) == 1
    assert not found(shape(custom(query, ask=False, optional=Literal("x"))), look(DATA))


def test_results_of_a_component_carry_its_iri_and_its_code() -> None:
    made = shape(custom("ASK { FILTER(false) }", "X1 never", ask=True), severity="Warning")
    ((_, _, _, stamp),) = compile_shape(made).findings(memory(DATA), FOCUS)
    assert (stamp.component, stamp.code, stamp.severity) == (EX + "Component", "X1", "Warning")


# ---- targets ---------------------------------------------------------------------------------------------------------


@VIEWS
@ENGINES
def test_a_sparql_target_selects_focus_nodes_with_its_parameters(look: Callable[[str], View], also: str) -> None:
    query = s.Query(f"SELECT ?this WHERE {{ ?this ex:q $wanted {also} }}", PREFIXES)
    target = s.Target("target", ex("T"), query=query, bindings=(("wanted", Literal("c")),))
    assert sorted(map(str, finder(target)(look(DATA)))) == [f"<{EX}fine>", str(FOCUS)]


def test_findings_are_the_same_in_every_run() -> None:
    made = shape(sparql("SELECT $this ?value WHERE { $this ?p ?value }", "m {?value}"))
    runs: list[list[Finding]] = [list(compile_shape(made).findings(memory(DATA), FOCUS)) for _ in range(3)]
    assert runs[0] == runs[1] == runs[2]
