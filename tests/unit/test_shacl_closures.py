"""Shapes as functions: each constraint on each path, what refers to other shapes, hostile shapes and values.

Expected results are worked out by hand from the text of SHACL, not taken from an engine.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from kg.errors import ConfigError
from kg.shacl import shape as s
from kg.shacl.alone import Alone
from kg.shacl.closures import compile_shape
from kg.shacl.path import Path, predicate
from kg.shacl.shapes import Unsupported
from kg.shacl.stamp import Finding
from kg.shacl.target import finder
from kg.shacl.view import MemoryView, Node, StoreView, View
from kg.vocab import RDF, XSD

EX = "http://example.org/"
PREFIXES = f"""@prefix ex: <{EX}> . @prefix xsd: <{XSD.iri}> . @prefix rdf: <{RDF.iri}> .\n"""


def ex(name: str) -> NamedNode:
    return NamedNode(EX + name)


P, Q, FOCUS, C, D = ex("p"), ex("q"), ex("focus"), ex("C"), ex("D")
BLANK = BlankNode("b")
PREDICATE = predicate(P)


def triples(text: str) -> tuple[Triple, ...]:
    return tuple(q.triple for q in parse((PREFIXES + text).encode(), format=RdfFormat.TURTLE))


def memory(*given: Triple) -> View:
    return MemoryView(given)


def stored(*given: Triple) -> View:
    store = Store()
    store.extend([Quad(*t) for t in given])
    return StoreView(store)


VIEWS = pytest.mark.parametrize("look", [memory, stored], ids=["memory", "store"])


def shape(*constraints: s.Constraint, path: Path | None = None, name: str = "S", **fields: object) -> s.Shape:
    return s.Shape(ex(name), EX + name, path, constraints, **fields)  # type: ignore[arg-type]


def found(made: s.Shape, view: View, focus: Node = FOCUS) -> Counter[tuple[str, str, str, str]]:
    """What a shape finds, as (component, focus node, path, value) with how often; and ``conforms`` agrees."""
    compiled = compile_shape(made)
    findings = list(compiled.findings(view, focus))
    assert compiled.conforms(view, focus) == (not findings)
    return Counter((f[3].component, str(f[0]), str(f[1] or ""), str(f[2] or "")) for f in findings)


def typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=XSD[name])


def spoken(text: str, language: str) -> Literal:
    return Literal(text, language=language)


# ---- each constraint on a value × each path --------------------------------------------------------------------------

#: constraint, values that fulfil it, values that do not, whether an IRI without a type does.
EACH: list[tuple[s.Constraint, tuple[Node, ...], tuple[Node, ...], bool]] = [
    (s.ClassOf(C, (C, D)), (ex("c"), ex("d")), (ex("other"), BLANK, Literal("c")), False),
    (s.Datatype(XSD.integer), (typed("1", "integer"),), (typed("1.5", "decimal"), Literal("1"), ex("c"), BLANK), False),
    (s.Datatype(XSD.date), (typed("2024-02-29", "date"),), (typed("2023-02-29", "date"), Literal("2024")), False),
    (s.Datatype(XSD.string), (Literal("a"), Literal("")), (spoken("a", "en"), typed("1", "integer")), False),
    (s.Datatype(RDF.langString), (spoken("a", "en"),), (Literal("a"), ex("c")), False),
    (s.NodeKind("IRI"), (ex("c"),), (BLANK, Literal("c")), True),
    (s.NodeKind("BlankNode"), (BLANK,), (ex("c"), Literal("c")), False),
    (s.NodeKind("Literal"), (Literal("c"),), (ex("c"), BLANK), False),
    (s.NodeKind("BlankNodeOrIRI"), (BLANK, ex("c")), (Literal("c"),), True),
    (s.NodeKind("BlankNodeOrLiteral"), (BLANK, Literal("c")), (ex("c"),), False),
    (s.NodeKind("IRIOrLiteral"), (ex("c"), Literal("c")), (BLANK,), True),
    (s.Bound("minInclusive", typed("2", "integer")), (typed("2", "integer"),), (typed("1", "integer"), ex("c")), False),
    (s.Bound("minExclusive", typed("2", "integer")), (typed("2.1", "decimal"),), (typed("2", "integer"), BLANK), False),
    (s.Bound("maxInclusive", typed("2", "integer")), (typed("2", "integer"),), (typed("2.1", "decimal"),), False),
    (s.Bound("maxExclusive", Literal("m")), (Literal("a"),), (Literal("m"), typed("1", "integer")), False),
    (s.MinLength(3), (Literal("abc"), ex("c")), (Literal("ab"), BLANK), True),
    (s.MaxLength(3), (Literal("abc"), typed("123", "integer")), (Literal("abcd"), BLANK, ex("c")), False),
    (s.Pattern("^http|^B", "i"), (ex("c"), Literal("bc")), (Literal("ab"), BLANK), True),
    (s.LanguageIn(("en", "pt-BR")), (spoken("a", "en-gb"), spoken("a", "pt-br")), (spoken("a", "pt"), ex("c")), False),
    (s.LanguageIn(("*",)), (spoken("a", "eo"),), (Literal("a"), BLANK), False),
    (s.In((ex("c"), typed("1", "integer"))), (ex("c"), typed("1", "integer")), (Literal("1"), BLANK), False),
    (s.NodeShape(shape(s.NodeKind("Literal"))), (Literal("a"),), (ex("c"), BLANK), False),
    (s.Not(shape(s.NodeKind("Literal"))), (ex("c"), BLANK), (Literal("a"),), True),
    (s.And((shape(s.NodeKind("IRI")), shape(s.MinLength(21)))), (ex("long"),), (ex("c"), Literal("a" * 21)), True),
    (s.Or((shape(s.NodeKind("BlankNode")), shape(s.MinLength(2)))), (BLANK, Literal("ab")), (Literal("a"),), True),
    (s.Xone((shape(s.NodeKind("Literal")), shape(s.MinLength(2)))), (Literal("a"), ex("c")), (Literal("ab"),), True),
]
EXTRA = triples("ex:c a ex:C . ex:d a ex:D .")

#: path, the triples that lead along it from the focus node to a value, whether the focus node is a value itself.
Lead = Callable[[int, Node], tuple[Triple, ...]]


def step(number: int) -> NamedNode:
    return ex(f"step{number}")


def path(kind: str, *parts: Path) -> Path:
    return Path(kind, parts=parts)


PATHS: dict[str, tuple[Path, Lead, bool]] = {
    "predicate": (PREDICATE, lambda _n, v: (Triple(FOCUS, P, v),), False),
    "sequence": (
        path("sequencePath", PREDICATE, predicate(Q)),
        lambda n, v: (Triple(FOCUS, P, step(n)), Triple(step(n), Q, v)),
        False,
    ),
    "alternative": (
        path("alternativePath", PREDICATE, predicate(Q)),
        lambda n, v: (Triple(FOCUS, (P, Q)[n % 2], v), Triple(FOCUS, P, v)),
        False,
    ),
    "inverse": (path("inversePath", PREDICATE), lambda _n, v: (Triple(v, P, FOCUS),), False),  # type: ignore[arg-type]
    "zero or one": (path("zeroOrOnePath", PREDICATE), lambda _n, v: (Triple(FOCUS, P, v),), True),
    "inverse of a sequence": (
        path("inversePath", path("sequencePath", PREDICATE, predicate(Q))),
        lambda n, v: (Triple(v, P, step(n)), Triple(step(n), Q, FOCUS)),  # type: ignore[arg-type]
        False,
    ),
    "sequence with an inverse": (
        path("sequencePath", path("inversePath", PREDICATE), predicate(Q)),
        lambda n, v: (Triple(step(n), P, FOCUS), Triple(step(n), Q, v)),
        False,
    ),
}


def _cases() -> Iterator[object]:
    for constraint, fine, wrong, takes_focus in EACH:
        for name, (way, lead, with_focus) in PATHS.items():
            label = f"{constraint.component} {name}"
            yield pytest.param(constraint, fine, wrong, takes_focus, way, lead, with_focus, id=label)


@VIEWS
@pytest.mark.parametrize(("constraint", "fine", "wrong", "takes_focus", "way", "lead", "with_focus"), list(_cases()))
def test_each_value_that_breaks_a_constraint_is_one_result(
    look: Callable[..., View],
    constraint: s.Constraint,
    fine: tuple[Node, ...],
    wrong: tuple[Node, ...],
    takes_focus: bool,
    way: Path,
    lead: Lead,
    with_focus: bool,
) -> None:
    if way.kind == "inversePath":
        fine = tuple(v for v in fine if not isinstance(v, Literal))
        wrong = tuple(v for v in wrong if not isinstance(v, Literal))
    given = [t for n, v in enumerate((*fine, *wrong)) for t in lead(n, v)]
    expected = [*wrong, *([FOCUS] if with_focus and not takes_focus else [])]
    results = found(shape(constraint, path=way), look(*EXTRA, *given))
    assert results == Counter((constraint.component, str(FOCUS), str(way), str(v)) for v in expected)
    alone = compile_shape(shape(constraint, path=way))
    assert alone.conforms(look(*EXTRA, *(t for n, v in enumerate(fine) for t in lead(n, v))), FOCUS) == (
        takes_focus or not with_focus
    )


@pytest.mark.parametrize(
    ("constraint", "fine", "wrong", "takes_focus"), EACH, ids=lambda v: getattr(v, "component", "")
)
def test_a_node_shape_looks_at_the_focus_node_itself(
    constraint: s.Constraint, fine: tuple[Node, ...], wrong: tuple[Node, ...], takes_focus: bool
) -> None:
    view = memory(*EXTRA)
    for value in fine:
        assert not found(shape(constraint), view, value)
    for value in wrong:
        assert found(shape(constraint), view, value) == {(constraint.component, str(value), "", str(value)): 1}
    assert (not found(shape(constraint), view, ex("nowhere"))) == takes_focus


@VIEWS
@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_values_are_counted_once_each_along_every_path(look: Callable[..., View], name: str, count: int) -> None:
    way, lead, with_focus = PATHS[name]
    view = look(*(t for n in range(count) for t in lead(n, ex(f"v{n}"))))
    values = count + with_focus
    bounds = shape(s.MinCount(2), s.MaxCount(2), path=way)
    wrong = ["MinCount"] * (values < 2) + ["MaxCount"] * (values > 2)
    assert found(bounds, view) == Counter((c, str(FOCUS), str(way), "") for c in wrong)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("zeroOrMorePath", {"focus", "a", "b", "c"}),
        ("oneOrMorePath", {"focus", "a", "b", "c"}),
        ("zeroOrOnePath", {"focus", "a"}),
    ],
)
def test_paths_that_repeat_reach_each_node_once_even_in_a_circle(kind: str, expected: set[str]) -> None:
    view = memory(*triples("ex:focus ex:p ex:a . ex:a ex:p ex:b . ex:b ex:p ex:c, ex:focus . ex:c ex:p ex:a ."))
    values = path(kind, PREDICATE).follow()(view, FOCUS)
    assert sorted(v.value for v in values) == sorted(EX + name for name in expected)


def test_one_or_more_steps_without_a_circle_leave_the_start_out() -> None:
    view = memory(*triples("ex:focus ex:p ex:a . ex:a ex:p ex:b ."))
    assert list(path("oneOrMorePath", PREDICATE).follow()(view, FOCUS)) == [ex("a"), ex("b")]


# ---- constraints on all values ---------------------------------------------------------------------------------------


@VIEWS
@pytest.mark.parametrize(
    ("constraint", "text", "expected"),
    [
        (s.HasValue(Literal("x")), "ex:focus ex:p 'x', 'y' .", []),
        (s.HasValue(Literal("x")), "ex:focus ex:p 'x'@en .", [("HasValue", "")]),
        (s.HasValue(Literal("x")), "", [("HasValue", "")]),
        (s.UniqueLang(), "ex:focus ex:p 'a'@en, 'b'@de, 'c', 'd' .", []),
        (s.UniqueLang(), "ex:focus ex:p 'a'@en, 'b'@EN, 'c'@en, 'a'@de, 'b'@de .", [("UniqueLang", "")] * 2),
        (s.Equals(Q), "ex:focus ex:p 'a', 'b' ; ex:q 'b', 'a' .", []),
        (s.Equals(Q), "ex:focus ex:p 'a', 'b' ; ex:q 'b', 'c' .", [("Equals", '"a"'), ("Equals", '"c"')]),
        (s.Equals(Q), "ex:focus ex:q 'c' .", [("Equals", '"c"')]),
        (s.Disjoint(Q), "ex:focus ex:p 'a', 'b' ; ex:q 'c' .", []),
        (s.Disjoint(Q), "ex:focus ex:p 'a', 'b' ; ex:q 'b', 'c' .", [("Disjoint", '"b"')]),
        (s.Less(Q, False), "ex:focus ex:p 'a' ; ex:q 'b', 'c' .", []),
        (s.Less(Q, False), "ex:focus ex:p 'b' ; ex:q 'a', 'b', 'c' .", [("LessThan", '"b"')] * 2),
        (s.Less(Q, True), "ex:focus ex:p 'b' ; ex:q 'a', 'b', 'c' .", [("LessThanOrEquals", '"b"')]),
        (s.Less(Q, True), "ex:focus ex:p 'b' ; ex:q 'c'@en .", [("LessThanOrEquals", '"b"')]),
        (s.Less(Q, False), "ex:focus ex:p ex:a ; ex:q ex:b .", [("LessThan", f"<{EX}a>")]),
        (s.Less(Q, False), "ex:focus ex:p 'b' .", []),
        (s.MinCount(1), "", [("MinCount", "")]),
        (s.MinCount(0), "", []),
        (s.MaxCount(0), "ex:focus ex:p 'a' .", [("MaxCount", "")]),
        (s.MaxCount(1), "ex:focus ex:p 'a', 'b', 'c' .", [("MaxCount", "")]),
    ],
)
def test_a_constraint_on_all_values(
    look: Callable[..., View], constraint: s.Constraint, text: str, expected: list[tuple[str, str]]
) -> None:
    results = found(shape(constraint, path=PREDICATE), look(*triples(text)))
    assert results == Counter((component, str(FOCUS), str(PREDICATE), value) for component, value in expected)


@VIEWS
def test_a_closed_shape_names_the_predicate_and_the_value_of_each_triple_too_much(look: Callable[..., View]) -> None:
    view = look(*triples("ex:focus ex:p 1 ; ex:q 2, 3 ; a ex:C ."))
    results = found(shape(s.Closed(frozenset({P}))), view)
    number = XSD.integer
    expected = {(f"<{EX}q>", f'"2"^^{number}'), (f"<{EX}q>", f'"3"^^{number}'), (str(RDF.type), str(C))}
    assert results == {("Closed", str(FOCUS), where, value): 1 for where, value in expected}


@VIEWS
def test_a_closed_property_shape_closes_its_values_and_reports_at_its_focus_node(look: Callable[..., View]) -> None:
    view = look(*triples("ex:focus ex:p ex:a . ex:a ex:q 2 ; ex:r 3 ."))
    results = found(shape(s.Closed(frozenset({Q})), path=PREDICATE), view)
    assert results == {("Closed", str(FOCUS), f"<{EX}r>", f'"3"^^{XSD.integer}'): 1}


# ---- shapes inside shapes --------------------------------------------------------------------------------------------

NAMED = shape(s.Property(shape(s.MinCount(1), s.Datatype(XSD.string), path=predicate(ex("name")), name="name")))
TREE = (
    """ex:focus ex:p ex:good, ex:bad, ex:worse . ex:good ex:name 'x' . ex:bad ex:name 1, 2 . ex:worse ex:other 'x' ."""
)


@VIEWS
def test_a_nested_property_shape_reports_at_each_value_itself(look: Callable[..., View]) -> None:
    made = shape(s.Property(shape(*NAMED.constraints, path=PREDICATE)))
    where, number = f"<{EX}name>", XSD.integer
    assert found(made, look(*triples(TREE))) == {
        ("Datatype", f"<{EX}bad>", where, f'"1"^^{number}'): 1,
        ("Datatype", f"<{EX}bad>", where, f'"2"^^{number}'): 1,
        ("MinCount", f"<{EX}worse>", where, ""): 1,
    }


@VIEWS
@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        (s.NodeShape(NAMED), ("bad", "worse")),
        (s.Not(NAMED), ("good",)),
        (s.Not(shape(s.Not(NAMED))), ("bad", "worse")),
        (s.And((NAMED, shape())), ("bad", "worse")),
        (s.Or((NAMED, shape(s.HasValue(ex("bad"))))), ("worse",)),
        (s.Xone((NAMED, shape(s.HasValue(ex("good"))), shape(s.HasValue(ex("bad"))))), ("good", "worse")),
        (s.Or(()), ("good", "bad", "worse")),
        (s.And(()), ()),
    ],
)
def test_logic_over_shapes_with_property_shapes(
    look: Callable[..., View], constraint: s.Constraint, wrong: tuple[str, ...]
) -> None:
    results = found(shape(constraint, path=PREDICATE), look(*triples(TREE)))
    expected = {(constraint.component, str(FOCUS), str(PREDICATE), f"<{EX}{name}>"): 1 for name in wrong}
    assert results == expected


@VIEWS
@pytest.mark.parametrize(
    ("least", "most", "siblings", "wrong"),
    [
        (1, None, (), False),
        (2, None, (), True),
        (None, 0, (), True),
        (None, 1, (), False),
        (0, None, (), False),
        (1, None, (shape(s.HasValue(ex("bad"))),), False),
        (1, None, (shape(s.HasValue(ex("good"))),), True),
        (None, 0, (shape(s.HasValue(ex("good"))),), False),
    ],
)
def test_values_of_a_shape_are_counted_without_those_of_its_siblings(
    look: Callable[..., View], least: int | None, most: int | None, siblings: tuple[s.Shape, ...], wrong: bool
) -> None:
    constraint = s.Qualified(NAMED, least, most, siblings)
    results = found(shape(constraint, path=PREDICATE), look(*triples(TREE)))
    assert results == ({(constraint.component, str(FOCUS), str(PREDICATE), ""): 1} if wrong else {})


def test_a_deactivated_shape_is_conformed_to_by_everything() -> None:
    off = shape(deactivated=True)
    assert not found(off, memory())
    assert found(shape(s.Not(off)), memory()) == {("Not", str(FOCUS), "", str(FOCUS)): 1}


def test_severity_and_message_are_those_of_the_shape_that_has_the_constraint() -> None:
    inner = shape(
        s.MinCount(1), path=PREDICATE, name="inner", severity="Warning", messages=(Literal("Z9 one is needed"),)
    )
    outer = shape(s.Property(inner), s.NodeKind("BlankNode"), severity="Info")
    findings = list(compile_shape(outer).findings(memory(), FOCUS))
    assert [(f[3].severity, f[3].code, f[3].source) for f in findings] == [
        ("Info", "NodeKind", ex("S")),
        ("Warning", "Z9", ex("inner")),
    ]
    assert findings[1][3].message == "Z9 one is needed"


def test_a_node_without_triples_is_judged_like_any_other() -> None:
    assert found(shape(s.Property(shape(s.MinCount(1), path=PREDICATE))), memory(), Literal("x")) == {
        ("MinCount", '"x"', str(PREDICATE), ""): 1
    }


def test_triple_terms_are_values_of_no_kind_and_no_text() -> None:
    term = Triple(ex("a"), P, ex("b"))
    view = memory(Triple(FOCUS, P, term))
    for constraint in (s.NodeKind("IRI"), s.Datatype(XSD.string), s.MinLength(1), s.MaxLength(9), s.Pattern("", "")):
        results = found(shape(constraint, path=PREDICATE), view)
        assert results == {(constraint.component, str(FOCUS), str(PREDICATE), str(term)): 1}
    assert not found(shape(s.In((term,)), s.HasValue(term), path=PREDICATE), view)


# ---- one article -----------------------------------------------------------------------------------------------------


def root(made: s.Shape, *targets: s.Target) -> s.Root:
    return s.Root(made, targets)


def of_class(*classes: NamedNode) -> s.Target:
    return s.Target("targetClass", classes[0], classes)


def one_by_one(roots: tuple[s.Root, ...], view: View) -> Counter[Finding]:
    """What the roots find when each focus node is looked up and judged by itself."""
    results: Counter[Finding] = Counter()
    for each in roots:
        compiled = compile_shape(each.shape)
        for node in dict.fromkeys(n for target in each.targets for n in finder(target)(view)):
            results.update(compiled.findings(view, node))
    return results


def test_every_kind_of_target_is_found_and_a_focus_node_of_several_is_judged_once() -> None:
    made = shape(s.MinCount(9), path=predicate(ex("absent")))
    targets = (
        of_class(C, D),
        of_class(D),
        s.Target("targetSubjectsOf", P),
        s.Target("targetObjectsOf", Q),
        s.Target("targetNode", ex("named")),
        s.Target("targetNode", Literal("a text")),
    )
    view = MemoryView(triples("ex:a a ex:C, ex:D ; ex:p 1 ; ex:q ex:a, 'b' . ex:c a ex:E . ex:named ex:r 1 ."))
    assert [f[0] for f in Alone((root(made, *targets),)).check(view)] == [
        ex("a"),
        ex("named"),
        Literal("b"),
        Literal("a text"),
    ]


def _any_shape(choose: random.Random, depth: int = 2) -> s.Shape:
    """A small shape that the next numbers of ``choose`` pick."""
    simple: list[s.Constraint] = [
        s.MinCount(choose.randrange(3)),
        s.MaxCount(choose.randrange(3)),
        s.NodeKind(choose.choice(["IRI", "Literal", "BlankNodeOrIRI"])),
        s.Datatype(choose.choice([XSD.integer, XSD.string])),
        s.Bound("minInclusive", typed("2", "integer")),
        s.In((ex("a"), typed("1", "integer"))),
        s.ClassOf(C, (C,)),
        s.HasValue(choose.choice([ex("a"), typed("1", "integer")])),
        s.UniqueLang(),
        s.Equals(Q),
        s.Disjoint(Q),
        s.Less(Q, choose.random() < 0.5),
        s.Closed(frozenset({P, RDF.type})),
    ]
    chosen = choose.sample(simple, choose.randrange(1, 4))
    for _ in range(choose.randrange(3) if depth else 0):
        inner = _any_shape(choose, depth - 1)
        pair = (inner, _any_shape(choose, depth - 1))
        chosen.append(
            choose.choice(
                [
                    s.Not(inner),
                    s.NodeShape(inner),
                    s.Or(pair),
                    s.And(pair),
                    s.Xone(pair),
                    s.Qualified(inner, 1, None, ()),
                ]
            )
        )
    nested = [_any_shape(choose, depth - 1) for _ in range(choose.randrange(3) if depth else 0)]
    chosen += [s.Property(n) for n in nested if n.path is not None]
    ways = [None, PREDICATE, predicate(Q), path("inversePath", PREDICATE), path("zeroOrMorePath", PREDICATE)]
    return shape(*chosen, path=choose.choice(ways))


def _any_data(choose: random.Random) -> tuple[Triple, ...]:
    nodes = [ex(name) for name in "abcde"]
    values: list[Node] = [*nodes, typed("1", "integer"), typed("2", "integer"), Literal("x"), spoken("x", "en"), BLANK]
    made = [Triple(choose.choice(nodes), choose.choice([P, Q]), choose.choice(values)) for _ in range(14)]
    return (*made, *(Triple(node, RDF.type, choose.choice([C, D])) for node in nodes if choose.random() < 0.7))


@pytest.mark.parametrize("seed", range(120))
def test_one_look_at_each_subject_finds_what_one_look_at_each_focus_node_does(seed: int) -> None:
    choose = random.Random(seed)
    targets = (of_class(C), of_class(D, C), s.Target("targetSubjectsOf", Q), s.Target("targetObjectsOf", P))
    roots = tuple(root(_any_shape(choose), *choose.sample(targets, 2)) for _ in range(4))
    given = _any_data(choose)
    results = Counter(Alone(roots).check(MemoryView(given)))
    assert results == one_by_one(roots, memory(*given))
    assert results == one_by_one(roots, stored(*given))


def test_the_same_article_gets_the_same_findings_in_the_same_order() -> None:
    choose = random.Random(7)
    roots = tuple(root(_any_shape(choose), of_class(C), of_class(D)) for _ in range(6))
    given = _any_data(choose)
    alone = Alone(roots)
    first = alone.check(MemoryView(given))
    assert first
    assert alone.check(MemoryView(given)) == first
    assert Alone(roots).check(MemoryView(given)) == first


def test_what_was_said_of_one_article_is_not_said_of_the_next() -> None:
    made = shape(s.Property(shape(s.ClassOf(C, (C,)), path=PREDICATE)))
    alone = Alone((root(made, s.Target("targetSubjectsOf", P)),))
    assert len(alone.check(MemoryView(triples("ex:focus ex:p ex:a .")))) == 1
    assert not alone.check(MemoryView(triples("ex:focus ex:p ex:a . ex:a a ex:C .")))
    assert len(alone.check(MemoryView(triples("ex:focus ex:p ex:a .")))) == 1


def test_triples_given_twice_are_one_triple() -> None:
    once = triples("ex:focus ex:p 1, 2 ; ex:q 1 .")
    view = MemoryView(once, once)
    assert list(view.objects(FOCUS, P)) == [typed("1", "integer"), typed("2", "integer")]
    assert list(view.subjects(Q, typed("1", "integer"))) == [FOCUS]
    assert len(list(view.outgoing(FOCUS))) == 3
    assert len(view.store) == 3


# ---- what is refused -------------------------------------------------------------------------------------------------


def nested(depth: int) -> s.Shape:
    made = shape(s.NodeKind("IRI"))
    for _ in range(depth):
        made = shape(s.Not(made))
    return made


def test_shapes_may_be_nested_fifty_deep() -> None:
    assert not found(nested(50), memory())
    assert found(nested(51), memory())


@pytest.mark.parametrize("depth", [100, 20_000])
def test_shapes_nested_too_deeply_are_refused_before_python_gives_up(depth: int) -> None:
    with pytest.raises(ConfigError, match="nested more than"):
        compile_shape(nested(depth))


def test_shapes_that_refer_to_each_other_ever_more_often_are_refused() -> None:
    made = shape(s.NodeKind("IRI"))
    for _ in range(40):
        made = shape(s.Xone((made, made)))
    with pytest.raises(ConfigError, match="written out"):
        compile_shape(made)


def test_what_no_compiler_knows_is_said_by_name() -> None:
    with pytest.raises(Unsupported, match="sh:js"):
        compile_shape(shape(s.Property(shape(s.Unknown("sh:js"), path=PREDICATE))))


# ---- hostile values --------------------------------------------------------------------------------------------------


def test_a_pattern_that_backtracks_without_end_elsewhere_takes_linear_time() -> None:
    made = shape(s.Pattern("^(a+)+$", ""))
    assert found(made, memory(), Literal("a" * 50_000 + "!"))
    assert not found(made, memory(), Literal("a" * 50_000))


@pytest.mark.parametrize("name", ["integer", "byte", "decimal", "double", "dateTime", "duration", "base64Binary"])
@pytest.mark.parametrize(
    "text", ["9" * 200_000, "-" + "0" * 200_000, "P" + "1Y" * 100_000, "A" * 200_000 + "=" * 9, "\0", ""]
)
def test_a_monstrous_literal_is_judged_like_any_other(name: str, text: str) -> None:
    value = typed(text, name)
    wrong = found(shape(s.Datatype(XSD[name])), memory(), value)
    whole = text.lstrip("-").isdigit()
    fine = whole and (name in ("integer", "decimal", "double") or (name == "byte" and text.endswith("0")))
    assert bool(wrong) != (fine or (name == "base64Binary" and text in ("", "9" * 200_000)))
    assert found(shape(s.Bound("minInclusive", typed("1", "integer"))), memory(), value)


def test_a_chain_of_a_hundred_thousand_nodes_is_followed_without_recursion() -> None:
    given = [Triple(step(n), P, step(n + 1)) for n in range(100_000)]
    values = path("oneOrMorePath", PREDICATE).follow()(memory(*given), step(0))
    assert len(values) == 100_000


def test_many_kinds_of_subjects_are_not_all_remembered() -> None:
    given = [Triple(ex(f"s{n}"), RDF.type, ex(f"T{n}")) for n in range(5000)]
    alone = Alone((root(shape(s.NodeKind("BlankNode")), of_class(ex("T4999"))),))
    assert [f[0] for f in alone.check(MemoryView(given))] == [ex("s4999")]
    assert len(alone._kinds) < 5000
