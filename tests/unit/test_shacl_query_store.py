"""Queries of shapes asked of a store: for one focus node with its term written into the text, and for all at once."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, RdfFormat, Store

from kg.shacl.path import predicate
from kg.shacl.query import IllFormed, set_form, solve_in_store
from kg.shacl.shape import Query
from kg.shacl.shapes import Unsupported
from kg.shacl.view import Node
from kg.vocab import RDF

E = "http://example.org/"
PREFIXES = (("", E),)
A, B, C, KNOWS = (NamedNode(E + c) for c in ("a", "b", "c", "knows"))
GRAPH = """
@prefix : <http://example.org/> .
:a a :Person, :Author ; :name "Anna", "Anna"@en ; :knows :b, :c .
:b a :Person ; :name "Ben" ; :knows :c .
:c a :Author ; :name "Cleo" .
"""
PERSON, AUTHOR = (f"?this a <{E}{name}>" for name in ("Person", "Author"))


@pytest.fixture
def store() -> Store:
    made = Store()
    made.load(GRAPH.encode(), format=RdfFormat.TURTLE)
    return made


def _one(store: Store, text: str, **prebound: Node) -> list[dict[str, Node]]:
    return list(solve_in_store(store, Query(text, PREFIXES), prebound))


def _all(store: Store, text: str, *targets: str) -> list[tuple[str, ...]]:
    together = set_form(Query(text, PREFIXES), targets)
    assert together is not None
    answer = store.query(together)
    assert isinstance(answer, QuerySolutions)
    names = [v.value for v in answer.variables]
    return sorted(tuple(row[n].value.rpartition("/")[2] for n in names) for row in answer)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("SELECT $this ?x WHERE { $this :knows ?x }", 2),
        ("SELECT ?x $this WHERE { ?x :knows $this }", 0),
        ("SELECT $this (COUNT(?x) AS ?n) WHERE { $this :knows ?x } GROUP BY $this HAVING (COUNT(?x) = 2)", 1),
        ("SELECT $this ?n WHERE { $this :knows/:name ?n } ORDER BY $this ?n", 2),
        ("SELECT * WHERE { $this :knows ?x . FILTER bound($this) }", 2),
        ("SELECT $this WHERE { { SELECT $this WHERE { $this :name ?n } } FILTER EXISTS { $this :knows ?x } }", 2),
        ("SELECT $this WHERE { OPTIONAL { $this :nothing ?x } FILTER(!bound(?x) && $this IN (:a)) }", 1),
    ],
)
def test_the_focus_node_is_in_every_solution_that_names_it(store: Store, text: str, count: int) -> None:
    found = _one(store, text, this=A)
    assert len(found) == count
    assert all(row["this"] == A for row in found)


def test_an_ask_query_gives_one_empty_solution_or_none(store: Store) -> None:
    assert _one(store, "ASK { $this :knows $value }", this=A, value=B) == [{}]
    assert _one(store, "ASK { $this :knows $value }", this=B, value=A) == []


def test_a_literal_may_stand_anywhere_and_nothing_begins_with_it(store: Store) -> None:
    name = Literal("Ben")
    assert _one(store, "SELECT $this ?s WHERE { ?s :name $this }", this=name) == [{"this": name, "s": B}]
    assert not _one(store, "SELECT $this ?o WHERE { $this :name ?o }", this=name)
    assert not _one(store, "SELECT $this ?o WHERE { ?s $this ?o }", this=name)


def test_a_blank_node_is_bound_where_the_query_binds_it_and_refused_elsewhere() -> None:
    store, node = Store(), BlankNode("node")
    store.load(b'_:node <http://example.org/name> "Anna" .', format=RdfFormat.N_TRIPLES)
    (quad,) = store
    assert isinstance(quad.subject, BlankNode)
    node = quad.subject
    assert _one(store, "SELECT $this ?n WHERE { $this :name ?n }", this=node) == [{"this": node, "n": Literal("Anna")}]
    with pytest.raises(Unsupported, match="blank node"):
        _one(store, "SELECT $this WHERE { { FILTER(isBlank($this)) } }", this=node)


def test_what_no_grammar_here_reads_is_unsupported_and_what_is_no_sparql_is_ill_formed(store: Store) -> None:
    with pytest.raises(IllFormed):
        _one(store, "SELECT $this WHERE { $this ?p }", this=A)
    with pytest.raises(Unsupported):
        _one(store, "SELECT $this WHERE { ?t :says <<( $this :knows :b )>> }", this=A)


# ---- all focus nodes at once -----------------------------------------------------------------------------------------


def test_one_query_finds_what_is_wrong_with_every_focus_node(store: Store) -> None:
    assert _all(store, "SELECT $this ?x WHERE { $this :knows ?x }", PERSON) == [("a", "b"), ("a", "c"), ("b", "c")]


def test_a_node_of_two_targets_counts_once(store: Store) -> None:
    both = (PERSON, AUTHOR)
    assert _all(store, "SELECT $this ?x WHERE { $this :knows ?x }", *both) == [("a", "b"), ("a", "c"), ("b", "c")]
    text = "SELECT $this (COUNT(*) AS ?n) WHERE { $this :knows ?x } GROUP BY $this"
    found = _all(store, text, *both)
    assert [row[0] for row in found] == ["a", "b"]
    assert [row[1] for row in found] == ["2", "1"]


def test_a_target_with_a_variable_of_its_own_does_not_multiply_what_is_counted(store: Store) -> None:
    text = "SELECT $this (COUNT(*) AS ?n) WHERE { $this :knows ?x } GROUP BY $this"
    found = _all(store, text, f"?this <{E}name> ?target_object")
    assert [row[1] for row in found] == ["2", "1"]


def test_the_path_of_the_shape_is_put_in() -> None:
    together = set_form(Query("SELECT $this ?v WHERE { $this $PATH ?v }", PREFIXES), (PERSON,), predicate(KNOWS))
    assert together is not None
    assert f"$this <{E}knows> ?v" in together


@pytest.mark.parametrize(
    "text",
    [
        "SELECT $this WHERE { $this :name ?n } LIMIT 1",
        "SELECT $this WHERE { $this :name ?n } ORDER BY ?n OFFSET 1",
        "SELECT $this WHERE { $this :name ?n { FILTER(isIRI($this)) } }",
        "SELECT $this WHERE { { BIND($this AS ?that) } UNION { $this :name ?that } }",
        "SELECT $this WHERE { $this :name ?n OPTIONAL { ?n :name ?m OPTIONAL { $this :knows ?m } } }",
        "SELECT $this WHERE { $this :name ?n { SELECT $this WHERE { $this :knows ?x } } }",
        "SELECT (COUNT(*) AS ?n) $this WHERE { $this :name ?m } GROUP BY ?m $this ?target_object",
        "SELECT $this (COUNT(*) AS ?n) WHERE { $this :name|:knows ?x } GROUP BY $this",
        "SELECT * WHERE { $this :name ?n }",
        "SELECT $this WHERE { $this :name ?n FILTER($currentShape = ?n) }",
    ],
)
def test_what_is_not_provably_the_same_has_no_form_for_all(text: str) -> None:
    assert set_form(Query(text, PREFIXES), (f"?this <{E}name> ?target_object",)) is None


def test_without_a_target_there_is_no_form_for_all() -> None:
    assert set_form(Query("SELECT $this WHERE { $this :name ?n }", PREFIXES), ()) is None


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("SELECT $this ?n WHERE { $this :name ?n . ?other :name ?n . FILTER(?other != $this) }", True),
        ("SELECT $this WHERE { ?other :knows $this . $this :name ?n FILTER(STRLEN(?n) > 1) }", True),
        ("SELECT $this ?other WHERE { $this :name ?n . ?other :name ?n . FILTER(?other != $this) }", False),
        ("SELECT $this ?n ?other WHERE { $this :name ?n . ?other :name ?n . FILTER(?other != $this) }", False),
        ("SELECT $this ?n WHERE { $this :name ?n . ?other :name ?n ; :knows $this . FILTER(?other != $this) }", False),
        ("SELECT $this ?n WHERE { $this :name ?n . ?other :name ?n . OPTIONAL { ?other :knows ?x } }", False),
        ("SELECT $this WHERE { $this :name ?n . ?other :name ?n } GROUP BY $this HAVING (COUNT(?other) > 1)", False),
        ("SELECT $this ?m WHERE { $this :knows ?x . ?x :name ?m . ?o :name ?m . ?p :name ?m FILTER(?o = ?p) }", True),
    ],
)
def test_what_is_only_asked_for_its_being_there_is_looked_for_once(store: Store, text: str, edited: bool) -> None:
    store.update(f"PREFIX : <{E}> INSERT DATA {{ :d a :Person ; :name 'Ben', 'Cleo' . :b :knows :d }}")
    together = set_form(Query(text, PREFIXES), (PERSON,))
    assert together is not None
    assert ("FILTER EXISTS" in together) == edited
    expected = set()
    for focus in {q.subject for q in store.quads_for_pattern(None, RDF.type, NamedNode(E + "Person"), None)}:
        expected |= {
            tuple(sorted(row.items())) for row in solve_in_store(store, Query(text, PREFIXES), {"this": focus})
        }
    answer = store.query(together)
    assert isinstance(answer, QuerySolutions)
    names = [v.value for v in answer.variables]
    assert {tuple(sorted((n, row[n]) for n in names)) for row in answer} == expected
    assert expected
