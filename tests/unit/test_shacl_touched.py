"""What a change touches: the places shapes read in, the ways back from them, and what is left out on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, parse

from kg.shacl import Gate, ShapesGraph
from kg.shacl.dependence import ANYTHING, reads_of
from kg.shacl.earlier import Earlier, Kept, TooMany
from kg.shacl.reading import read_roots
from kg.shacl.touched import Changes, Dependences
from kg.shacl.view import MemoryView, Node, StoreView

PREFIXES = """
@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
"""


def ex(name: str) -> NamedNode:
    return NamedNode(f"http://example.org/{name}")


def triples(turtle: str) -> tuple[Triple, ...]:
    data = f"@prefix ex: <http://example.org/> . {turtle}".encode()
    return tuple(dict.fromkeys(q.triple for q in parse(data, format=RdfFormat.TURTLE)))


def dependences(shapes: str) -> Dependences:
    return Dependences(read_roots(ShapesGraph.parse([("shapes.ttl", (PREFIXES + shapes).encode())])))


def select(query: str) -> Dependences:
    return dependences(
        f'ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:sparql [ sh:prefixes ex: ; sh:select "{query}" ] .'
    )


def change(found: Dependences, before: str, *, add: str = "", remove: str = "", worse: bool = False) -> Changes:
    added, removed = triples(add), triples(remove)
    after = MemoryView(tuple(t for t in (*triples(before), *added) if t not in removed))
    return found.changes(after, added, removed, worse=worse)


def touched(found: Dependences, before: str, *, add: str = "", remove: str = "", worse: bool = False) -> set[Node]:
    added, removed = triples(add), triples(remove)
    after = MemoryView(tuple(t for t in (*triples(before), *added) if t not in removed))
    pairs = found.touched(Earlier(after, added, removed), after, added, removed, worse=worse)
    return {node for _, nodes in pairs for node in nodes}


# ---- ways back ------------------------------------------------------------------------------------------------------

CHAIN = "ex:a a ex:A ; ex:p ex:b . ex:b ex:q ex:c . ex:c ex:r 1 . ex:z a ex:A ; ex:p ex:y . "


@pytest.mark.parametrize(
    "path",
    [
        "( ex:p ex:q ex:r )",
        "( ex:p [ sh:oneOrMorePath ex:q ] ex:r )",
        "( ex:p [ sh:zeroOrMorePath [ sh:alternativePath ( ex:q ex:s ) ] ] ex:r )",
        "( ex:p [ sh:zeroOrOnePath ex:q ] ex:r )",
        "[ sh:alternativePath ( ex:s ( ex:p ex:q ex:r ) ) ]",
    ],
)
def test_a_triple_at_the_end_of_a_path_touches_the_focus_node_at_its_start(path: str) -> None:
    shape = f"ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path {path} ; sh:maxCount 1 ] ."
    assert touched(dependences(shape), CHAIN, add="ex:c ex:r 2 .") == {ex("a")}
    assert touched(dependences(shape), CHAIN, remove="ex:c ex:r 1 .") == {ex("a")}
    assert touched(dependences(shape), CHAIN, add="ex:d ex:r 2 .") == set()


def test_an_inverse_path_is_walked_forwards_from_a_changed_triple() -> None:
    shape = """ex:S a sh:NodeShape ; sh:targetClass ex:A ;
        sh:property [ sh:path [ sh:inversePath ( ex:q ex:p ) ] ; sh:maxCount 0 ] ."""
    data = "ex:a a ex:A . ex:z a ex:A . ex:m ex:p ex:a ."
    assert touched(dependences(shape), data, add="ex:n ex:q ex:m .") == {ex("a")}


def test_a_new_target_is_touched_and_one_that_is_none_any_more_too() -> None:
    found = dependences(
        """ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:targetSubjectsOf ex:p ; sh:targetObjectsOf ex:q ;
        sh:nodeKind sh:Literal ."""
    )
    assert len(change(found, "", add="ex:a a ex:A .").new) == 1
    assert len(change(found, "ex:a a ex:A .", remove="ex:a a ex:A .").gone) == 1
    assert len(change(found, "", add="ex:a ex:p ex:b .").new) == 1
    assert change(found, "ex:a a ex:A .", add="ex:a ex:p ex:b .").new == ()
    assert [f[0] for f in change(found, "", add="ex:a ex:q ex:b .").new] == [ex("b")]


def test_a_closed_shape_is_touched_by_any_predicate_but_those_it_allows() -> None:
    found = dependences(
        """ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:closed true ; sh:ignoredProperties ( ex:q ) ;
        sh:property [ sh:path ex:p ; sh:maxCount 5 ] ."""
    )
    assert len(change(found, "", add="ex:a ex:other 1 .").new) == 1
    assert touched(found, "", add="ex:a ex:q 1 .") == set()
    assert touched(found, "", add="ex:b ex:other 1 .") == set()


def test_the_walk_stops_where_a_nested_shape_answers_as_before() -> None:
    found = dependences(
        """ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:node ex:Named ] .
        ex:Named a sh:NodeShape ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ."""
    )
    many = "".join(f"ex:a{n} a ex:A ; ex:p ex:hub . " for n in range(50))
    assert touched(found, many + "ex:hub ex:name 'Hub' .", add="ex:hub ex:name 'Another' .") == set()
    assert len(touched(found, many + "ex:hub ex:name 'Hub' .", remove="ex:hub ex:name 'Hub' .")) == 50


def test_the_walk_stops_where_a_value_is_still_an_instance() -> None:
    found = dependences("ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:class ex:B ] .")
    data = "ex:a a ex:A ; ex:p ex:hub . ex:hub a ex:B , ex:C ."
    assert touched(found, data, remove="ex:hub a ex:C .") == set()
    assert touched(found, data, remove="ex:hub a ex:B .") == {ex("a")}


@pytest.mark.parametrize(
    ("constraint", "data", "add", "remove"),
    [
        ("sh:equals ex:q", "ex:a ex:p 1 ; ex:q 1 .", "ex:a ex:q 2 .", "ex:a ex:q 1 ."),
        ("sh:disjoint ex:q", "ex:a ex:p 1 ; ex:q 2 .", "ex:a ex:q 1 .", ""),
        ("sh:lessThan ex:q", "ex:a ex:p 1 ; ex:q 2 .", "ex:a ex:q 0 .", ""),
        ("sh:lessThanOrEquals ex:q", "ex:a ex:p 1 ; ex:q 2 .", "ex:a ex:q 0 .", ""),
        ("sh:qualifiedValueShape [ sh:class ex:B ] ; sh:qualifiedMaxCount 0", "ex:a ex:p ex:b .", "ex:b a ex:B .", ""),
        (
            "sh:qualifiedValueShape [ sh:class ex:B ] ; sh:qualifiedMinCount 1",
            "ex:a ex:p ex:b . ex:b a ex:B .",
            "",
            "ex:b a ex:B .",
        ),
        (
            "sh:xone ( [ sh:class ex:B ] [ sh:class ex:C ] )",
            "ex:a ex:p ex:b . ex:b a ex:B .",
            "ex:b a ex:C .",
            "ex:b a ex:B .",
        ),
    ],
)
def test_what_a_constraint_reads_beside_the_path_touches_too(constraint: str, data: str, add: str, remove: str) -> None:
    found = dependences(f"ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property [ sh:path ex:p ; {constraint} ] .")
    if add:
        assert len(change(found, data, add=add, worse=True).new) == 1
    if remove:
        assert len(change(found, data, remove=remove, worse=True).new) == 1


def test_siblings_of_a_qualified_shape_are_read_too() -> None:
    found = dependences(
        """ex:S a sh:NodeShape ; sh:targetNode ex:a ;
        sh:property [ sh:path ex:p ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 ;
          sh:qualifiedValueShape [ sh:class ex:B ] ] ;
        sh:property [ sh:path ex:p ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 0 ;
          sh:qualifiedValueShape [ sh:class ex:C ] ] ."""
    )
    data = "ex:a ex:p ex:b . ex:b a ex:B ."
    assert len(change(found, data, add="ex:b a ex:C .", worse=True).new) == 1
    assert change(found, data + "ex:b a ex:C .", remove="ex:b a ex:C .", worse=True).new == ()


def test_a_repeated_step_is_walked_back_as_far_as_it_goes() -> None:
    found = dependences(
        """ex:S a sh:NodeShape ; sh:targetClass ex:A ;
        sh:property [ sh:path [ sh:oneOrMorePath ex:p ] ; sh:class ex:B ] ."""
    )
    data = "ex:a a ex:A ; ex:p ex:b . ex:b a ex:B ; ex:p ex:c . ex:c a ex:B ; ex:p ex:d . ex:d a ex:B ."
    assert [f[2] for f in change(found, data, add="ex:d ex:p ex:e .").new] == [ex("e")]


# ---- queries --------------------------------------------------------------------------------------------------------


def test_a_pattern_is_reached_over_the_patterns_that_share_its_variables() -> None:
    found = select("SELECT $this ?v WHERE { $this ex:p ?x . ?y ex:q ?x . ?y ex:r ?v }")
    data = "ex:a a ex:A ; ex:p ex:b . ex:m ex:q ex:b . ex:z a ex:A ; ex:p ex:y ."
    assert touched(found, data, add="ex:m ex:r 1 .") == {ex("a")}


def test_what_no_pattern_ties_to_this_touches_every_focus_node() -> None:
    found = select("SELECT $this WHERE { $this ex:p ?x . ?y ex:q ?z . FILTER(?x > ?z) }")
    data = "ex:a a ex:A ; ex:p 1 . ex:b a ex:A ; ex:p 9 ."
    assert touched(found, data, add="ex:m ex:q 5 .") == {ex("a"), ex("b")}
    assert touched(found, data, add="ex:m ex:other 5 .") == set()
    (plan,) = found.plans
    assert plan.whole == ("<http://example.org/q>",)


def test_an_existence_that_stays_touches_nothing() -> None:
    found = select("SELECT $this ?v WHERE { $this ex:p ?v . FILTER NOT EXISTS { ?v a ?type } }")
    data = "ex:a a ex:A ; ex:p ex:hub . ex:hub a ex:B ."
    assert touched(found, data, add="ex:hub a ex:C .") == set()
    assert touched(found, data, remove="ex:hub a ex:B .") == {ex("a")}


def test_the_same_name_outside_an_exists_is_no_mere_existence() -> None:
    found = select(
        "SELECT $this WHERE { $this ex:p ?v ; ex:t ?n . BIND(?n + 1 AS ?w) FILTER NOT EXISTS { ?v ex:q ?w } }"
    )
    data = "ex:a a ex:A ; ex:p ex:b ; ex:t 1 . ex:b ex:q 9 ."
    assert len(change(found, data, add="ex:b ex:q 2 .").gone) == 1


def test_a_pattern_under_optional_may_be_reached_only_over_what_stands_before_it() -> None:
    found = select("SELECT $this ?v WHERE { OPTIONAL { ?x ex:q ?v } $this ex:p ?x }")
    data = "ex:a a ex:A ; ex:p ex:b ."
    assert len(change(found, data, add="ex:other ex:q 1 .").gone) == 1


def test_a_hub_is_walked_around_where_another_way_leads_back() -> None:
    found = select(
        "SELECT $this ?v WHERE { $this ex:speaker ?s ; ex:in ?a . ?v ex:speaker ?s ; ex:in ?a . FILTER(?v != $this) }"
    )
    data = "".join(f"ex:q{n} a ex:A ; ex:speaker ex:hub ; ex:in ex:a{n} . " for n in range(300))
    new = "ex:new a ex:A ; ex:speaker ex:hub ; ex:in ex:a7 ."
    assert touched(found, data, add=new) == {ex("new"), ex("q7")}
    assert {f[0] for f in change(found, data, add=new).new} == {ex("new"), ex("q7")}


def test_own_shapes_need_no_focus_node_that_no_way_leads_to() -> None:
    plans = Dependences(read_roots(ShapesGraph.load())).plans
    assert [plan.root.shape.name for plan in plans if plan.whole] == []
    assert Dependences(read_roots(ShapesGraph.load())).left_out == ()


def test_a_query_that_is_not_known_depends_on_everything() -> None:
    found = ShapesGraph.parse(
        [("s.ttl", (PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:js ex:script .").encode())]
    )
    (root,) = read_roots(found)
    assert reads_of(root) == (ANYTHING,)
    ((left, reason),) = Dependences([root]).left_out
    assert left == root
    assert "sh:js" in reason


# ---- what gets worse ------------------------------------------------------------------------------------------------


def test_what_can_only_get_better_is_not_looked_at_for_new_violations() -> None:
    found = dependences("ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    assert touched(found, "ex:a a ex:A .", add="ex:a ex:p 1 .", worse=True) == set()
    assert touched(found, "ex:a a ex:A ; ex:p 1 .", remove="ex:a ex:p 1 .", worse=True) == {ex("a")}


def test_a_negation_turns_better_and_worse_round() -> None:
    found = dependences(
        "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:not [ sh:property [ sh:path ex:p ; sh:minCount 1 ] ] ."
    )
    assert touched(found, "ex:a a ex:A .", add="ex:a ex:p 1 .", worse=True) == {ex("a")}
    assert touched(found, "ex:a a ex:A ; ex:p 1 .", remove="ex:a ex:p 1 .", worse=True) == set()


def test_what_was_wrong_before_is_not_new() -> None:
    found = dependences("ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .")
    data = "ex:a a ex:A ; ex:p 1 , 2 ."
    assert change(found, data, add="ex:a ex:p 3 .", worse=True).new == ()
    assert len(change(found, "ex:a a ex:A ; ex:p 1 .", add="ex:a ex:p 3 .", worse=True).new) == 1


@pytest.mark.parametrize(
    "both",
    [
        """sh:sparql [ sh:prefixes ex: ; sh:select "SELECT $this WHERE { $this ex:p ?o }" ] ,
           [ sh:prefixes ex: ; sh:select "SELECT $this WHERE { $this ex:q ?o }" ]""",
        "sh:not [ sh:property [ sh:path ex:p ; sh:minCount 1 ] ] , [ sh:property [ sh:path ex:q ; sh:minCount 1 ] ]",
    ],
)
def test_breaking_one_constraint_while_another_of_its_kind_is_mended_is_new(both: str) -> None:
    found = dependences(f"ex:S a sh:NodeShape ; sh:targetClass ex:A ; {both} .")
    assert (
        len(change(found, "ex:a a ex:A ; ex:p 1 .", add="ex:a ex:q 1 .", remove="ex:a ex:p 1 .", worse=True).new) == 1
    )


def test_shapes_that_only_warn_are_left_out_when_refusals_are_asked_for() -> None:
    found = dependences("ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:severity sh:Warning ; sh:closed true .")
    after, added = MemoryView(triples("ex:a ex:p 1 .")), triples("ex:a ex:p 1 .")
    assert len(found.changes(after, added, ()).new) == 1
    assert found.changes(after, added, (), refusing=True).new == ()


# ---- views ----------------------------------------------------------------------------------------------------------


def test_the_earlier_view_is_the_graph_before_the_change(tmp_path: Path) -> None:
    before = triples("ex:a ex:p 1 , 2 ; ex:q ex:b . ex:b ex:p 1 . ex:c ex:r ex:a .")
    added, removed = triples("ex:a ex:p 3 . ex:d ex:p 1 ; ex:r ex:a ."), triples("ex:a ex:p 1 . ex:c ex:r ex:a .")
    store = Store(str(tmp_path / "rdf"))
    store.extend(Quad(*t) for t in (*before, *added) if t not in removed)
    store.add(Quad(ex("elsewhere"), ex("p"), ex("a"), ex("graph")))
    expected = MemoryView(before)
    for view in (Earlier(StoreView(store), added, removed), Kept(Earlier(Kept(StoreView(store)), added, removed))):
        nodes = dict.fromkeys(n for t in (*before, *added) for n in (t.subject, t.object))
        for node in nodes:
            assert {p: set(o) for p, o in view.row(node).items()} == {p: set(o) for p, o in expected.row(node).items()}
            assert set(view.outgoing(node)) == set(expected.outgoing(node))
            for predicate in (ex("p"), ex("q"), ex("r")):
                assert sorted(map(str, view.objects(node, predicate))) == sorted(
                    map(str, expected.objects(node, predicate))
                )
                assert sorted(map(str, view.subjects(predicate, node))) == sorted(
                    map(str, expected.subjects(predicate, node))
                )
                assert set(view.pairs(predicate)) == set(expected.pairs(predicate))
        assert {q.triple for q in view.store} == set(before)


def test_a_sparing_view_gives_up_where_a_node_has_too_many_subjects(tmp_path: Path) -> None:
    store = Store()
    store.extend(Quad(*t) for t in triples("".join(f"ex:a{n} ex:p ex:hub . " for n in range(9))))
    added, removed = triples("ex:a0 ex:p ex:hub ."), triples("ex:b ex:p ex:hub .")
    now, before = Kept(StoreView(store)), Kept(Earlier(Kept(StoreView(store)), added, removed))
    for view in (now, before):
        with pytest.raises(TooMany):
            view.sparing(8).subjects(ex("p"), ex("hub"))
        assert len(view.sparing(9).subjects(ex("p"), ex("hub"))) == 9


# ---- the gate -------------------------------------------------------------------------------------------------------


def test_the_gate_says_what_a_change_of_a_store_made_wrong() -> None:
    shapes = "ex:S a sh:NodeShape ; sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] ."
    gate = Gate(ShapesGraph.parse([("shapes.ttl", (PREFIXES + shapes).encode())]))
    store = Store()
    store.extend(Quad(*t) for t in triples("ex:old a ex:A ; ex:p 1 , 2 . ex:a a ex:A ; ex:p 1 , 2 ."))
    report = gate.check_changes(store, triples("ex:a ex:p 2 ."), ())
    assert [result.focus for result in report.results] == [ex("a")]
    assert gate.check_store(store).results != report.results
