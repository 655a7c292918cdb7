"""A whole store checked set at a time gives what the closures give for each focus node, for every constraint."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path as File
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store

sys.path.insert(0, str(File(__file__).parent))

from shacl_breakages import FIXTURE

from kg.shacl import ShapesGraph, whole
from kg.shacl import shape as s
from kg.shacl.closures import compile_shape
from kg.shacl.failures import ways
from kg.shacl.path import Path
from kg.shacl.reading import read_roots
from kg.shacl.stamp import Finding
from kg.shacl.view import Node, StoreView
from kg.shacl.whole import Whole
from kg.vocab import RDF, XSD

EX = "https://example.org/"


def iri(name: str) -> NamedNode:
    return NamedNode(EX + name)


P, Q, R = iri("p"), iri("q"), iri("r")
A, B, C = iri("A"), iri("B"), iri("C")


def typed(text: str, datatype: NamedNode) -> Literal:
    return Literal(text, datatype=datatype)


LITERALS = (
    Literal("a"),
    Literal("Zebra crossing"),
    Literal(""),
    Literal("a", language="en"),
    Literal("b", language="en"),
    Literal("c", language="en-gb"),
    Literal("c", language="fr"),
    typed("1", XSD.integer),
    typed("7", XSD.integer),
    typed("007", XSD.integer),
    typed("many", XSD.integer),
    typed("99999999999999999999999999", XSD.integer),
    typed("1.5", XSD.decimal),
    typed("1.50", XSD.decimal),
    typed("1.5", XSD.double),
    typed("NaN", XSD.double),
    typed("5", XSD.int),
    typed("true", XSD.boolean),
    typed("1", XSD.boolean),
    typed("maybe", XSD.boolean),
    typed("2020-01-01", XSD.date),
    typed("1970-13-40", XSD.date),
    typed("2020-01-01Z", XSD.date),
    typed("2020-01-01T00:00:00Z", XSD.dateTime),
    typed("2020-01-01T12:00:00", XSD.dateTime),
    typed("2020-01-01T12:00:00+05:00", XSD.dateTime),
    typed("2020-01-01T24:00:00Z", XSD.dateTime),
    typed("yesterday", XSD.dateTime),
    typed("2020", XSD.gYear),
    typed("--13", XSD.gMonth),
    typed("10:00:00", XSD.time),
    typed("P1Y", XSD.duration),
    typed("not a uri at all", XSD.anyURI),
    typed("x", iri("datatype")),
)
THINGS: tuple[Node, ...] = (*(iri(f"n{i}") for i in range(5)), BlankNode("b0"), BlankNode("b1"))
TERMS = (*THINGS, *LITERALS)


def path(iri: NamedNode) -> Path:
    return Path("predicate", iri)


def inverse(inner: Path) -> Path:
    return Path("inversePath", parts=(inner,))


PATHS = (
    path(P),
    path(Q),
    inverse(path(P)),
    Path("sequencePath", parts=(path(P), path(Q))),
    Path("sequencePath", parts=(inverse(path(P)), path(Q), path(P))),
    Path("alternativePath", parts=(path(P), inverse(path(Q)))),
    Path("zeroOrMorePath", parts=(path(P),)),
    Path("oneOrMorePath", parts=(path(Q),)),
    Path("zeroOrOnePath", parts=(path(P),)),
    Path("sequencePath", parts=(path(P), Path("zeroOrMorePath", parts=(path(Q),)))),
    inverse(Path("sequencePath", parts=(path(P), path(Q)))),
    Path("alternativePath", parts=(Path("zeroOrOnePath", parts=(path(Q),)), path(P))),
)

terms = st.sampled_from(TERMS)
predicates = st.sampled_from((P, Q, R))
triples = st.one_of(
    st.tuples(st.sampled_from(THINGS), predicates, terms),
    st.tuples(st.sampled_from(THINGS), predicates, st.sampled_from(THINGS)),
    st.tuples(st.sampled_from(THINGS), st.just(RDF.type), st.sampled_from((A, B, C))),
)
graphs = st.one_of(st.lists(triples, max_size=28), st.lists(triples, min_size=16, max_size=40))

_names = iter(range(10**9))


def shape(*constraints: s.Constraint, path: Path | None = None) -> s.Shape:
    node = iri(f"shape{next(_names)}")
    return s.Shape(node, node.value, path, constraints)


datatypes = (
    XSD.integer,
    XSD.decimal,
    XSD.double,
    XSD.int,
    XSD.boolean,
    XSD.date,
    XSD.dateTime,
    XSD.gYear,
    XSD.gMonth,
    XSD.time,
    XSD.duration,
    XSD.anyURI,
    XSD.string,
    RDF.langString,
    iri("datatype"),
)
kinds = ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
bounds = st.tuples(
    st.sampled_from(("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")), st.sampled_from(LITERALS)
)
small = st.integers(0, 3)
values = st.one_of(
    st.sampled_from(((A, (A,)), (A, (A, B)), (B, (B, C, A)))).map(lambda c: s.ClassOf(*c)),
    st.sampled_from(datatypes).map(s.Datatype),
    st.sampled_from(kinds).map(s.NodeKind),
    bounds.map(lambda b: s.Bound(*b)),
    small.map(s.MinLength),
    small.map(s.MaxLength),
    st.tuples(st.sampled_from(("^a", "e.r$", "^https://", "[0-9]{2}", '"\\\\')), st.sampled_from(("", "i"))).map(
        lambda p: s.Pattern(*p)
    ),
    st.lists(st.sampled_from(("en", "fr", "en-GB", "*")), max_size=2).map(lambda r: s.LanguageIn(tuple(r))),
    st.lists(terms, max_size=16).map(lambda m: s.In(tuple(m))),
)
others = st.sampled_from((P, Q, R))


def constraints(depth: int, *, on_property: bool) -> st.SearchStrategy[s.Constraint]:
    found: list[st.SearchStrategy[s.Constraint]] = [
        values,
        values,
        terms.map(s.HasValue),
        others.map(s.Equals),
        others.map(s.Disjoint),
        st.frozensets(st.sampled_from((P, Q, R, RDF.type)), max_size=3).map(s.Closed),
    ]
    if on_property:
        found += [
            small.map(s.MinCount),
            small.map(s.MaxCount),
            st.just(s.UniqueLang()),
            st.tuples(others, st.booleans()).map(lambda o: s.Less(*o)),
        ]
    if depth:
        inner = shapes(depth - 1)
        several = st.lists(inner, max_size=3).map(tuple)
        found += [
            inner.map(s.NodeShape),
            inner.map(s.Not),
            several.map(s.And),
            several.map(s.Or),
            several.map(s.Xone),
            properties(depth - 1).map(s.Property),
        ]
        if on_property:
            siblings = st.lists(inner, max_size=1).map(tuple)
            found += [
                st.tuples(inner, small, siblings).map(lambda q: s.Qualified(q[0], q[1], None, q[2])),
                st.tuples(inner, small, siblings).map(lambda q: s.Qualified(q[0], None, q[1], q[2])),
            ]
    return st.one_of(found)


def nodes(depth: int) -> st.SearchStrategy[s.Shape]:
    return st.lists(constraints(depth, on_property=False), max_size=3).map(lambda c: shape(*c))


def properties(depth: int) -> st.SearchStrategy[s.Shape]:
    made = st.tuples(st.sampled_from(PATHS), st.lists(constraints(depth, on_property=True), max_size=3))
    return made.map(lambda m: shape(*m[1], path=m[0]))


def shapes(depth: int) -> st.SearchStrategy[s.Shape]:
    return st.one_of(nodes(depth), properties(depth))


TARGETS = (
    s.Target("targetClass", A, (A,)),
    s.Target("targetClass", B, (B, C)),
    s.Target("targetNode", iri("n0")),
    s.Target("targetNode", iri("nowhere")),
    s.Target("targetNode", typed("1", XSD.integer)),
    s.Target("targetSubjectsOf", P),
    s.Target("targetObjectsOf", Q),
)
targets = st.lists(st.sampled_from(TARGETS), min_size=1, max_size=3, unique=True).map(tuple)
roots = st.tuples(shapes(2), targets).map(lambda r: s.Root(*r))


def filled(store: Store, triples: list[tuple[Node, NamedNode, Node]]) -> Store:
    store.extend([Quad(a, b, c) for a, b, c in triples])  # type: ignore[arg-type]
    return store


def foci(root: s.Root, view: StoreView) -> Iterator[Node]:
    for target in root.targets:
        if target.kind == "targetNode":
            yield target.term
        elif target.kind == "targetClass":
            for c in target.classes:
                yield from view.subjects(RDF.type, c)
        else:
            for subject, value in view.pairs(target.term):  # type: ignore[arg-type]
                yield subject if target.kind == "targetSubjectsOf" else value


def one_by_one(root: s.Root, store: Store) -> list[Finding]:
    """What the closures find for every focus node."""
    view, compiled = StoreView(store), compile_shape(root.shape)
    return [f for focus in dict.fromkeys(foci(root, view)) for f in compiled.findings(view, focus)]


def told(findings: list[Finding]) -> Counter[tuple[str, ...]]:
    return Counter((str(f), str(p), str(v), m.component, str(m.source)) for f, p, v, m in findings)


@contextmanager
def asked(*, few: bool) -> Iterator[None]:
    """Predicates are looked up for each focus node, or read through, whatever their number."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole, "_COMMON", 0)
        patch.setattr(whole, "_RARE", 0 if few else 10**9)
        yield


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(graphs, roots, st.booleans())
def test_a_whole_store_has_the_results_of_its_focus_nodes_one_by_one(
    triples: list[tuple[Node, NamedNode, Node]], root: s.Root, few: bool
) -> None:
    store = filled(Store(), triples)
    expected = told(one_by_one(root, store))
    assert told(Whole((root,)).check(store)) == expected
    with asked(few=few):
        assert told(Whole((root,), few=0).check(store)) == expected


# ---- every constraint on every path form ---------------------------------------------------------------------------


def dense(seed: int, things: int = 40) -> list[tuple[Node, NamedNode, Node]]:
    """A graph in which everything that can happen to a value does."""
    random = Random(seed)
    subjects = [iri(f"n{i}") for i in range(things)] + [BlankNode(f"b{i}") for i in range(6)]
    made: list[tuple[Node, NamedNode, Node]] = []
    for subject in subjects:
        made.extend((subject, RDF.type, random.choice((A, B, C))) for _ in range(random.randrange(3)))
        for predicate in (P, Q, R):
            for _ in range(random.randrange(4)):
                made.append((subject, predicate, random.choice((*subjects, *LITERALS, *LITERALS))))
    return made


HUGE = 10**30
INNER = shape(s.MinCount(1), s.Datatype(XSD.integer), path=path(Q))
EACH: tuple[s.Constraint, ...] = (
    s.ClassOf(A, (A,)),
    s.ClassOf(B, (B, C)),
    *map(s.Datatype, datatypes[::2]),
    *map(s.NodeKind, kinds[::2]),
    *(s.Bound(sign, bound) for sign in ("minExclusive", "maxInclusive") for bound in LITERALS[1::6]),
    s.MinLength(2),
    s.MinLength(HUGE),
    s.MaxLength(2),
    s.Pattern("^[A-Z]", ""),
    s.Pattern("^[a-z]", "i"),
    s.LanguageIn(("en", "FR")),
    s.LanguageIn(("*",)),
    s.LanguageIn(()),
    s.In(()),
    s.In(LITERALS[:4]),
    s.In((*LITERALS, *THINGS)),
    s.HasValue(iri("n1")),
    s.HasValue(typed("007", XSD.integer)),
    s.HasValue(BlankNode("b1")),
    s.NodeShape(shape(s.NodeKind("IRI"), s.Property(INNER))),
    s.NodeShape(INNER),
    s.Not(shape(s.ClassOf(B, (B, C)))),
    s.Not(shape(s.Datatype(XSD.integer))),
    s.Not(shape(s.Not(shape(s.NodeKind("IRI"), s.Property(INNER))))),
    s.Not(shape()),
    s.Not(shape(s.MinCount(1), path=path(Q))),
    s.Not(shape(s.MaxCount(0), path=path(Q))),
    s.Not(shape(s.HasValue(iri("n1")), path=path(Q))),
    s.And((shape(s.NodeKind("IRI")), INNER)),
    s.And(()),
    s.Or((shape(s.Datatype(XSD.date)), shape(s.Datatype(XSD.dateTime)))),
    s.Or((shape(s.ClassOf(A, (A,))), INNER, shape(s.Datatype(XSD.string)))),
    s.Or(tuple(shape(s.HasValue(iri(f"n{i}")), path=path(Q)) for i in range(40))),
    s.Or(()),
    s.Xone((shape(s.ClassOf(A, (A,))), shape(s.ClassOf(B, (B, C))))),
    s.Xone((INNER, shape(s.NodeKind("IRI")), shape(s.Closed(frozenset({Q, R})), s.MinLength(1)))),
    s.Xone(tuple(shape(s.MinLength(i)) for i in range(12))),
    s.Closed(frozenset({P, RDF.type})),
    s.Closed(frozenset()),
    s.Equals(Q),
    s.Disjoint(Q),
    s.Property(INNER),
    s.Property(shape(s.Property(INNER), s.MaxCount(1), path=path(P))),
)
ON_PROPERTY: tuple[s.Constraint, ...] = (
    *map(s.MinCount, (0, 1, 2, 3)),
    *map(s.MaxCount, (0, 1, 2)),
    s.UniqueLang(),
    s.Less(R, equal=False),
    s.Less(Q, equal=True),
    s.Qualified(shape(s.Datatype(XSD.integer)), 1, None, ()),
    s.Qualified(shape(s.ClassOf(B, (B, C))), 2, None, ()),
    s.Qualified(shape(s.ClassOf(B, (B, C))), None, 0, ()),
    s.Qualified(INNER, None, 1, (shape(s.NodeKind("IRI")),)),
    s.Qualified(shape(s.NodeKind("IRI")), 1, None, (INNER,)),
    s.Qualified(INNER, 1, None, ()),
    s.Qualified(shape(), 0, None, ()),
)


@pytest.mark.parametrize("where", [None, *PATHS], ids=str)
def test_every_constraint_finds_the_same_on_every_form_of_path(where: Path | None) -> None:
    store = filled(Store(), dense(5))
    known = EACH if where is None else (*EACH, *ON_PROPERTY)
    for constraint in known:
        root = s.Root(shape(constraint, path=where), TARGETS)
        expected, compiled = told(one_by_one(root, store)), Whole((root,), few=0)
        for few in (False, True):
            with asked(few=few):
                assert told(compiled.check(store)) == expected, constraint


@pytest.mark.parametrize("few", [False, True])
def test_a_shape_used_in_many_places_finds_the_same_in_each(few: bool) -> None:
    """What may fail it is asked once; the way back to focus nodes differs."""
    twice = shape(s.MaxCount(1), s.NodeKind("IRI"), s.UniqueLang(), path=path(Q))
    inner = shape(s.Property(twice), s.Property(INNER))
    roots = (
        s.Root(inner, TARGETS[1:2]),
        s.Root(shape(s.Property(shape(s.NodeShape(inner), path=path(P)))), TARGETS[:2]),
        s.Root(shape(s.Property(shape(s.NodeShape(inner), path=inverse(path(R))))), TARGETS[5:]),
        s.Root(shape(s.Property(shape(s.Property(twice), path=path(R)))), TARGETS),
        s.Root(shape(s.Not(inner), s.NodeShape(twice)), TARGETS[5:]),
        s.Root(twice, TARGETS[:2]),
    )
    store = filled(Store(), dense(13))
    expected = [f for root in roots for f in one_by_one(root, store)]
    with asked(few=few):
        found = Whole(roots, few=0).check(store)
        assert Whole(roots, few=0).check(store, jobs=3) == found
    assert len(found) > 100
    assert told(found) == told(expected)


def test_every_constraint_but_a_few_is_narrowed_down_by_sparql() -> None:
    """Where nothing is known every focus node is judged, which is right and slow: it must stay the exception."""
    free = {str(p) for p in PATHS[:6]}
    judged = [
        (type(c).__name__, str(p))
        for p in PATHS
        if str(p) in free
        for c in (*EACH, *ON_PROPERTY)
        if ways(shape(c, path=p)) is None
    ]
    assert {name for name, _ in judged} <= {"HasValue", "Qualified"}


# ---- constraints in SPARQL -----------------------------------------------------------------------------------------

QUERIES = (
    "SELECT $this ?value WHERE { $this ex:p ?value . ?other ex:p ?value . FILTER(?other != $this) }",
    "SELECT DISTINCT $this ?value WHERE { $this ex:p ?value ; ex:q ?value }",
    "SELECT $this WHERE { FILTER NOT EXISTS { $this ex:p ?value } }",
    "SELECT $this ?value WHERE { OPTIONAL { $this ex:p ?value } FILTER(!BOUND(?value)) }",
    "SELECT $this ?value ?also WHERE { $this ex:p ?value . OPTIONAL { ?value ex:q ?also } }",
    "SELECT $this (COUNT(?v) AS ?value) WHERE { $this ex:p ?v } GROUP BY $this HAVING(COUNT(?v) > 1)",
    "SELECT $this ?value WHERE { { $this ex:p ?value } UNION { $this ex:q ?value . FILTER(isIRI($this)) } }",
    "SELECT $this ?value WHERE { $this ex:p ?x . BIND($this AS ?value) FILTER(isLiteral(?x)) }",
    "SELECT $this ?path ?value WHERE { $this ?path ?value . FILTER(isBlank(?value)) }",
    "SELECT $this WHERE { $this ex:p* ?value . FILTER(?value = 7) }",
    "SELECT $this ?value WHERE { ?value ex:p|ex:q $this . FILTER(BOUND($this)) } ORDER BY ?value LIMIT 2",
)


@pytest.mark.parametrize("targets", [TARGETS, TARGETS[:2], TARGETS[2:5], TARGETS[5:]], ids=len)
@pytest.mark.parametrize("message", ["no", "{?value} of {$this}"])
def test_sparql_constraints_are_asked_once_and_say_the_same(targets: tuple[s.Target, ...], message: str) -> None:
    store = filled(Store(), dense(11))
    for text in QUERIES:
        query = s.Query(text, (("ex", EX),))
        constraint = s.Sparql(iri("query"), query, (Literal(message),))
        root = s.Root(shape(s.NodeKind("IRI"), constraint), targets)
        expected = Counter(map(str, one_by_one(root, store)))
        compiled = Whole((root,), few=0)
        for few in (False, True):
            with asked(few=few):
                assert Counter(map(str, compiled.check(store))) == expected, text


def test_most_sparql_constraints_are_one_query() -> None:
    narrowed = []
    for text in QUERIES:
        constraint = s.Sparql(iri("query"), s.Query(text, (("ex", EX),)), ())
        (unit,) = Whole((s.Root(shape(constraint), TARGETS[:2]),)).units
        narrowed.append(unit.narrowed)
    assert narrowed.count(False) <= 2


def test_a_constraint_component_asks_each_value() -> None:
    query = s.Query("ASK { FILTER(isIRI($value) || $value = $most) }")
    bindings: tuple[tuple[str, Node], ...] = (("most", typed("7", XSD.integer)),)
    constraint = s.Custom(iri("Component"), bindings, iri("validator"), True, query, ())
    root = s.Root(shape(constraint, path=path(P)), TARGETS)
    store = filled(Store(), dense(12))
    found = Whole((root,)).check(store)
    assert found
    assert told(found) == told(one_by_one(root, store))


def test_a_target_in_sparql_gives_focus_nodes() -> None:
    query = s.Query("SELECT ?this WHERE { ?this ex:p ?value . FILTER(isLiteral(?value)) }", (("ex", EX),))
    root = s.Root(shape(s.MaxCount(0), path=path(P)), (s.Target("target", iri("target"), query=query),))
    store = filled(Store(), [(iri("x"), P, Literal("a")), (iri("y"), P, iri("x"))])
    assert [str(f[0]) for f in Whole((root,)).check(store)] == [str(iri("x"))]


# ---- one store, many ways to look at it ----------------------------------------------------------------------------

ALL = (
    s.Root(shape(*(s.Property(shape(c, path=path(P))) for c in (*EACH, *ON_PROPERTY))), TARGETS[:2]),
    s.Root(shape(*EACH[:12]), TARGETS[4:]),
    s.Root(shape(s.MinCount(1), s.MaxCount(1), path=path(Q)), TARGETS[5:]),
)


def test_findings_come_in_the_same_order_whatever_the_number_of_threads() -> None:
    store = filled(Store(), dense(7))
    alone = Whole(ALL).check(store)
    assert len(alone) > 500
    assert Whole(ALL).check(store, jobs=4) == alone


def test_a_store_on_disk_gives_the_same_as_one_in_memory(tmp_path: File) -> None:
    triples = dense(8)
    on_disk = filled(Store(str(tmp_path / "store")), triples)
    in_memory = Whole(ALL).check(filled(Store(), triples))
    assert Whole(ALL).check(on_disk) == in_memory
    on_disk.flush()
    del on_disk
    assert Whole(ALL).check(Store.read_only(str(tmp_path / "store"))) == in_memory


def test_blank_nodes_are_focus_nodes_like_any_other() -> None:
    store = filled(Store(), [(BlankNode("x"), RDF.type, A), (BlankNode("x"), P, BlankNode("y"))])
    root = s.Root(shape(s.NodeKind("IRI"), s.Property(shape(s.MinCount(2), path=path(P)))), TARGETS[:1])
    findings = Whole((root,)).check(store)
    assert [(str(f), m.component) for f, _, _, m in findings] == [("_:x", "NodeKind"), ("_:x", "MinCount")]


def test_only_the_default_graph_is_checked() -> None:
    store = Store()
    store.add(Quad(iri("x"), RDF.type, A, iri("graph")))
    store.add(Quad(iri("y"), RDF.type, A))
    store.add(Quad(iri("y"), P, iri("z"), iri("graph")))
    root = s.Root(shape(s.MinCount(1), path=path(P)), TARGETS[:1])
    assert [str(f[0]) for f in Whole((root,)).check(store)] == [str(iri("y"))]


def test_a_node_with_very_many_values_costs_no_more_than_its_values() -> None:
    triples = [(iri("hub"), P, iri(f"n{i}")) for i in range(20_000)]
    triples += [(iri(f"n{i}"), Q, iri("hub")) for i in range(20_000)]
    store = filled(Store(), [(iri("hub"), RDF.type, A), *triples])
    root = s.Root(
        shape(
            s.Property(shape(s.MaxCount(100), s.NodeKind("IRI"), s.UniqueLang(), s.Equals(P), path=path(P))),
            s.Property(shape(s.MinCount(1), s.MaxCount(19_999), path=inverse(path(Q)))),
            s.Property(shape(s.Disjoint(Q), path=Path("sequencePath", parts=(path(P), path(Q))))),
        ),
        (*TARGETS[:1], s.Target("targetObjectsOf", Q)),
    )
    assert [m.component for _, _, _, m in Whole((root,)).check(store)] == ["MaxCount", "MaxCount"]


class Watched(StoreView):
    """A view that keeps what more than ``most`` nodes led to when it was looked up."""

    __slots__ = ("hubs", "most")

    def __init__(self, store: Store, most: int) -> None:
        super().__init__(store)
        self.most = most
        self.hubs: set[str] = set()

    def subjects(self, predicate: NamedNode, object: Node) -> Collection[Node]:
        found = super().subjects(predicate, object)
        if len(found) > self.most:
            self.hubs.add(f"{predicate} {object}")
        return found


def test_the_own_nodes_of_an_article_are_judged_without_reading_other_articles() -> None:
    own = "https://news.example/articles/harbour-bridge-closed-after-inspection-5f1c2a90"
    text, store = FIXTURE.read_text("utf-8"), Store()
    assert own in text
    for number in range(30):  # the same things, words and dates in each
        store.load(input=text.replace(own, f"{own}-{number}"), format=RdfFormat.TURTLE)
    view, judged, hubs = StoreView(store), 0, set()
    for root in read_roots(ShapesGraph.load()):
        compiled, watched = compile_shape(root.shape), Watched(store, 25)
        for focus in dict.fromkeys(foci(root, view)):
            if str(focus).startswith(f"<{own}-7"):
                judged += 1
                list(compiled.findings(watched, focus))
        hubs |= {f"{root.shape.name} {hub}" for hub in watched.hubs}
    assert judged > 200
    assert hubs == set()


def test_shapes_nested_beyond_measure_are_judged_one_by_one() -> None:
    inner = shape(s.NodeKind("IRI"))
    for _ in range(50):
        inner = shape(s.And((inner, inner, inner)))
    assert ways(inner) is None
    inner = shape(s.NodeKind("IRI"))
    for _ in range(1000):
        inner = shape(s.Not(inner))
    assert ways(inner) is None


def test_progress_counts_the_units_and_may_end_the_check() -> None:
    store = filled(Store(), dense(9))
    seen: list[tuple[int, int]] = []
    Whole(ALL).check(store, progress=lambda done, total, _label: seen.append((done, total)))
    total = len(Whole(ALL).units)
    assert seen == [(n, total) for n in range(1, total + 1)]

    def enough(done: int, _total: int, _label: str) -> None:
        if done == 3:
            raise KeyboardInterrupt

    for jobs in (1, 3):
        with pytest.raises(KeyboardInterrupt):
            Whole(ALL).check(store, jobs=jobs, progress=enough)


def test_shapes_that_look_across_articles_or_need_annotations_can_be_chosen() -> None:
    store = filled(Store(), [(iri("x"), RDF.type, A)])
    needs = shape(s.MinCount(1), path=path(P))
    plain, dataset = s.Root(needs, TARGETS[:1]), s.Root(needs, TARGETS[:1], of_dataset=True)
    annotated = s.Root(needs, TARGETS[:1], of_annotations=True)
    whole = Whole((plain, dataset, annotated))
    assert len(whole.check(store)) == 3
    assert len(whole.check(store, of_dataset=True)) == 1
    assert len(whole.check(store, annotated=False)) == 2


def test_the_plan_says_how_each_unit_finds_its_focus_nodes() -> None:
    root = s.Root(
        shape(
            s.Property(shape(s.MinCount(1), path=path(P))),
            s.Property(shape(s.MinCount(0), path=path(Q))),
            s.Property(shape(s.HasValue(BlankNode("b")), path=path(R))),
        ),
        TARGETS[:1],
    )
    first, second, third = Whole((root,)).plan().splitlines()
    assert first.endswith(": MINUS { ?this <https://example.org/p> ?v1 . }")
    assert second.endswith(": cannot fail")
    assert third.endswith(": every focus node")
