"""A whole store checked, set at a time: SPARQL finds the focus nodes that may fail, closures say what is wrong.

A root is split into units, one for each property shape, one for its constraints on the focus node itself and one for
each SPARQL constraint. The ways in which a unit can fail (:mod:`kg.shacl.failures`) are asked of Oxigraph one by one;
the few nodes they give, if they are focus nodes, are judged by the same functions that judge one article. Constraints
in SPARQL are asked once for all focus nodes where that is provably the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode, QuerySolutions, Store

from kg.shacl import shape as s
from kg.shacl.closures import Compiled, compile_shape
from kg.shacl.failures import ways
from kg.shacl.focus import Foci
from kg.shacl.path import Path
from kg.shacl.rows import Rows
from kg.shacl.stamp import Finding, Stamp
from kg.shacl.view import Node, StoreView
from kg.shacl.way import Key, Proof, Way
from kg.vocab import RDF, compact

__all__ = ["Progress", "Unit", "Whole"]

#: (units done, units in all, the unit that was done last)
Progress = Callable[[int, int, str], None]

#: A predicate with so many times more triples than there are focus nodes is looked up for each, not read through.
_RARE = 4
#: A class of which this share of the typed nodes are instances is not asked about: no predicate is that frequent.
_COMMON = 8
#: Nodes that are remembered of one way to fail, at most.
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a shape that is checked by itself.

    ``ways`` are the ways its focus nodes can fail, None when all of them are judged; ``rows`` a SPARQL constraint.
    """

    root: s.Root
    foci: Foci
    label: str
    compiled: Compiled
    ways: tuple[Way, ...] | None
    rows: Rows | None = None

    @property
    def narrowed(self) -> bool:
        """Whether SPARQL narrows the focus nodes down before they are judged."""
        return self.ways is not None or self.rows is not None


class Whole:
    """Checks whole stores against some shapes, compiled once.

    Where there are less than ``few`` focus nodes all are judged without asking which may fail; 0 is for tests.

    Raises :class:`kg.shacl.shapes.Unsupported` for a construct that no compiler knows (:attr:`Root.unknown`) and
    :class:`kg.errors.ConfigError` for a shape that cannot be compiled.
    """

    def __init__(self, roots: Iterable[s.Root], *, few: int = 20) -> None:
        self.few = few
        foci: dict[tuple[object, ...], Foci] = {}
        units: list[Unit] = []
        for root in roots:
            key = tuple((t.key, t.query, t.bindings) for t in root.targets)
            where = foci.setdefault(key, Foci.of(root.targets))
            units.extend(_units(root, where))
        self.units = tuple(units)

    def check(
        self,
        store: Store,
        *,
        jobs: int = 1,
        progress: Progress | None = None,
        of_dataset: bool = False,
        annotated: bool = True,
    ) -> list[Finding]:
        """What is wrong in the default graph of the store, in an order that does not depend on ``jobs`` (threads).

        ``of_dataset`` limits it to the shapes that look across articles; without ``annotated`` those that rest on the
        annotations graphs are left out. An exception that ``progress`` raises ends the check before the next unit.
        """
        wanted = [u for u in self.units if (u.root.of_dataset or not of_dataset)]
        wanted = [u for u in wanted if annotated or not u.root.of_annotations]
        run = _Run(store, wanted, self.few)
        found: list[Finding] = []
        if jobs <= 1:
            for done, unit in enumerate(wanted, 1):
                found.extend(run.findings(unit))
                if progress is not None:
                    progress(done, len(wanted), unit.label)
            return found
        with ThreadPoolExecutor(jobs, thread_name_prefix="shapes") as pool:
            try:
                for done, (unit, findings) in enumerate(zip(wanted, pool.map(run.findings, wanted), strict=True), 1):
                    found.extend(findings)
                    if progress is not None:
                        progress(done, len(wanted), unit.label)
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        return found

    def plan(self) -> str:
        """How each unit finds the focus nodes it judges, one line each, for people."""
        return "".join(f"{u.label}: {_planned(u)}\n" for u in self.units)


class _Run:
    """One check of one store: what is known of its targets."""

    def __init__(self, store: Store, units: Sequence[Unit], few: int) -> None:
        self.store = store
        #: So few focus nodes are all judged, unless their values are what leads to them: one query takes no less.
        self.few = few
        self.view = StoreView(store)
        self._extents: dict[str, tuple[int, int]] = {}
        self._frequent: dict[tuple[NamedNode, int], bool] = {}
        self.given = {f: f.given(self.view) for f in dict.fromkeys(u.foci for u in units)}
        self.count = {f: f.count(store) for f in self.given}
        self.is_focus = {f: f.test(store) for f in self.given}
        keys = Counter(k for u in units for w in u.ways or () for k in (w.key, w.inner and w.inner.key) if k)
        self._shared = frozenset(key for key, times in keys.items() if times > 1)
        self._remembered: dict[Key, tuple[Node, ...]] = {}
        self._typed = self._extent(f"?this {RDF.type} ?class .")[0]

    def findings(self, unit: Unit) -> list[Finding]:
        """What one unit finds, by focus node."""
        given = self.given[unit.foci]
        found: list[Finding] = []
        if unit.rows is not None and unit.rows.stamp is not None:
            found.extend(self._results(unit, unit.rows, unit.rows.stamp, given))
            candidates: Iterable[Node] = given
        elif unit.ways is None:
            candidates = self._all(unit, given)
        else:
            candidates = dict.fromkeys((*given, *self._candidates(unit, unit.ways)))
        collect, view = unit.compiled.collect, self.view
        for focus in candidates:
            collect(view, focus, found)
        # Solutions come in the order of hashes and values in that of the store.
        found.sort(key=_place)
        return found

    def _all(self, unit: Unit, given: dict[Node, None]) -> Iterator[Node]:
        """Every focus node, or every one a SPARQL constraint gives a solution for."""
        yield from given
        if unit.rows is not None:
            found = dict.fromkeys(focus for focus, _ in self._solutions(unit.foci, unit.rows))
            yield from (focus for focus in found if focus not in given)
        elif unit.foci.patterns:
            for solution in self._ask(f"SELECT DISTINCT ?this {{ {unit.foci.pattern} }}"):
                if (focus := solution["this"]) not in given:
                    yield focus

    def _candidates(self, unit: Unit, how: Sequence[Way]) -> Iterator[Node]:
        """Focus nodes that may fail, some perhaps twice."""
        foci, count = unit.foci, self.count[unit.foci]
        if not count:
            return
        is_focus = self.is_focus[foci]
        if count < self.few and _forward(unit.compiled.shape):
            for solution in self._ask(f"SELECT DISTINCT ?this {{ {foci.pattern} }}"):
                yield solution["this"]
            return
        rare = count * _COMMON < self._typed
        for way in how:
            few = rare and way.predicate is not None and self._is_frequent(way.predicate, count * _RARE)
            if not few and way.proof is not None and self._is_proven(way.proof, foci):
                continue
            body = way.few if few and way.few is not None else way.body
            alone = way.binds and not few
            query = f"SELECT DISTINCT ?this {{ {way.head}{'' if alone else foci.pattern} {body}{way.tail} }}"
            if not alone:
                yield from (solution[0] for solution in self._ask(query))
            elif way.inner is not None and way.inner.key in self._shared:
                for value in self._failing(way.inner.key, way.inner.query):
                    yield from filter(is_focus, _back(way.inner.path, self.view, value))
            else:
                yield from filter(is_focus, self._failing(way.key, query))

    def _failing(self, key: Key | None, query: str) -> Iterable[Node]:
        """The nodes that may fail in some way, remembered where others ask for them too."""
        known = self._remembered.get(key) if key is not None else None
        if known is not None:
            return known
        found = (solution[0] for solution in self._ask(query))
        if key is None or key not in self._shared:
            return found
        nodes = tuple(found)
        if len(nodes) <= _REMEMBERED:
            self._remembered[key] = nodes
        return nodes

    def _results(self, unit: Unit, rows: Rows, mark: Stamp, given: dict[Node, None]) -> Iterator[Finding]:
        """The results of a SPARQL constraint whose solutions they are, the given focus nodes left out."""
        path = unit.compiled.shape.path
        seen: set[tuple[Node | None, ...]] = set()
        for focus, solution in self._solutions(unit.foci, rows):
            row = tuple(solution.values())
            if row in seen or focus in given:
                continue
            seen.add(row)
            value = solution.get("value")
            yield focus, path, focus if value is None and path is None else value, mark

    def _solutions(self, foci: Foci, rows: Rows) -> Iterator[tuple[Node, dict[str, Node | None]]]:
        """(focus node, solution) of a SPARQL constraint, without the targets where they are no small part of it."""
        alone = rows.alone if self.count[foci] * _COMMON >= self._typed else None
        is_focus = self.is_focus[foci]
        solutions = self._ask(alone or rows.joined)
        names = [v.value for v in solutions.variables]
        for solution in solutions:
            focus = solution["this"]
            if alone is None or is_focus(focus):
                yield focus, dict(zip(names, solution, strict=True))

    def _is_proven(self, proof: Proof, foci: Foci) -> bool:
        """Whether two counts show that nothing fails; when they do not, something may."""
        matches, nodes = self._extent(proof.pattern)
        if proof.among is None:
            return matches == nodes
        among = proof.among or foci.pattern
        if not proof.among and nodes < self.count[foci]:
            return False
        both = f"{{ {among} }} UNION {{ {proof.pattern} }}"
        return self._extent(both)[1] == nodes

    def _extent(self, pattern: str) -> tuple[int, int]:
        """How many matches a pattern has, and with how many nodes in ``?this``."""
        known = self._extents.get(pattern)
        if known is None:
            counts = "(COUNT(*) AS ?matches) (COUNT(DISTINCT ?this) AS ?nodes)"
            row = next(self._ask(f"SELECT {counts} {{ {pattern} }}"))
            known = self._extents[pattern] = int(row["matches"].value), int(row["nodes"].value)
        return known

    def _is_frequent(self, predicate: NamedNode, limit: int) -> bool:
        """Whether the predicate has more triples than that; reads no more of them."""
        known = self._frequent.get((predicate, limit))
        if known is None:
            query = f"SELECT (COUNT(*) AS ?n) {{ SELECT * {{ ?s {predicate} ?o }} LIMIT {limit + 1} }}"
            known = self._frequent[predicate, limit] = int(next(self._ask(query))["n"].value) > limit
        return known

    def _ask(self, query: str) -> QuerySolutions:
        found = self.store.query(query)
        assert isinstance(found, QuerySolutions)
        return found


def _forward(shape: s.Shape) -> bool:
    """Whether its values, and theirs, are objects of one predicate each, of which a node has few."""
    return all(inner.path is None or inner.path.iri is not None for inner in shape.walk())


def _back(path: Path, view: StoreView, value: Node) -> Iterable[Node]:
    """The nodes from which a path of one triple leads to a value."""
    if path.iri is not None:
        return view.subjects(path.iri, value)
    iri = path.parts[0].iri
    assert iri is not None
    return view.objects(value, iri)


def _place(finding: Finding) -> tuple[str, str, str]:
    focus, path, value, _ = finding
    return str(focus), "" if path is None else str(path), str(value)


def _units(root: s.Root, foci: Foci) -> Iterator[Unit]:
    """The parts of a root that are checked by themselves."""
    shape = root.shape
    apart: tuple[type[s.Constraint], ...] = (s.Sparql, s.Custom)
    if shape.path is None:
        apart = (*apart, s.Property)
    rest = tuple(c for c in shape.constraints if not isinstance(c, apart))
    if rest:
        yield _unit(root, foci, replace(shape, constraints=rest))
    for c in shape.constraints:
        if isinstance(c, s.Property) and shape.path is None:
            yield _unit(root, foci, c.shape)
        elif isinstance(c, s.Sparql):
            own = replace(shape, constraints=(c,))
            yield Unit(root, foci, _label(root, c.node), compile_shape(own), None, Rows.of(own, c, foci))
        elif isinstance(c, s.Custom):
            yield Unit(root, foci, _label(root, c.iri), compile_shape(replace(shape, constraints=(c,))), None)


def _unit(root: s.Root, foci: Foci, shape: s.Shape) -> Unit:
    return Unit(root, foci, _label(root, shape.node, shape), compile_shape(shape), ways(shape))


def _label(root: s.Root, node: Node, shape: s.Shape | None = None) -> str:
    name = compact(root.shape.name) if root.shape.name else str(root.shape.node)
    if isinstance(node, NamedNode) and node != root.shape.node:
        return f"{name} › {compact(node.value)}"
    if shape is not None and shape.path is not None:
        return f"{name} › {compact(shape.path.iri.value) if shape.path.iri else shape.path}"
    return name


def _planned(unit: Unit) -> str:
    if unit.rows is not None:
        return unit.rows.alone or unit.rows.joined
    if unit.ways is None:
        return "every focus node"
    return "; ".join(w.pattern for w in unit.ways) or "cannot fail"
