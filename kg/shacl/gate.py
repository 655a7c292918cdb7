"""The gate: what is wrong with an article, or with a whole store, as a report.

Every constraint runs compiled; a shape with a construct no compiler knows runs in the oracle. What each article's
report says depends on that article (and the context) alone, also when many are checked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from kg.model import ArticleGraphs
from kg.shacl import oracle
from kg.shacl.core import Check, compile_shape
from kg.shacl.report import Report, Result
from kg.shacl.shapes import NKGS, Select, ShapesGraph, Unsupported, code_of
from kg.shacl.sparql import Constraint, compile_select
from kg.shacl.stamp import Finding, Stamp
from kg.shacl.view import MemoryView, Node, StoreView, View
from kg.vocab import RDF

__all__ = ["Gate"]

#: Articles whose SPARQL constraints run in one store.
_BATCH = 32
#: From this many focus nodes on, one query over everything is cheaper than one query each.
_MANY = 400
_TYPE = RDF.type


@dataclass(frozen=True, slots=True)
class _Root:
    """A shape with targets, compiled."""

    node: Node
    targets: tuple[tuple[str, Node], ...]
    check: Check
    constraints: tuple[Constraint, ...]
    of_dataset: bool


class Gate:
    """Checks articles and stores against one shapes graph, compiled once.

    Raises :class:`kg.errors.ConfigError` for a broken shape. ``fallbacks`` are the shapes that run in the oracle, each
    with the construct that the compilers do not know: they are slow, never skipped.
    """

    def __init__(self, shapes: ShapesGraph) -> None:
        self.shapes = shapes
        roots: list[_Root] = []
        fallbacks: list[tuple[str, str]] = []
        oracles: list[Node] = []
        for node in shapes.roots():
            try:
                roots.append(self._compile(node))
            except Unsupported as reason:
                fallbacks.append((shapes.label(node), str(reason)))
                oracles.append(node)
        self.fallbacks = tuple(fallbacks)
        self._roots = tuple(roots)
        # Finding focus nodes is dear beside checking them, and most shapes share their targets.
        groups: dict[tuple[tuple[str, Node], ...], list[_Root]] = {}
        for root in roots:
            groups.setdefault(root.targets, []).append(root)
        self._groups = tuple((targets, tuple(members)) for targets, members in groups.items())
        self._oracles = tuple(oracles)

    def check(self, graphs: Sequence[ArticleGraphs], *, context: Sequence[Triple] = ()) -> tuple[Report, ...]:
        """One report per article, each checked alone: its own triples, its provenance, and the context.

        The context is part of what is checked, so give only what an article needs to know about (the types and names
        of things it refers to).
        """
        reports: list[Report] = []
        for start in range(0, len(graphs), _BATCH):
            views = [
                MemoryView(g.content, g.facts, g.annotations, g.provenance, context)
                for g in graphs[start : start + _BATCH]
            ]
            reports.extend(self.check_views(views))
        return tuple(reports)

    def check_triples(self, triples: Iterable[Triple]) -> Report:
        """The report of one set of triples, for files and tests."""
        return self.check_views([MemoryView(tuple(triples))])[0]

    def check_views(self, views: Sequence[MemoryView]) -> list[Report]:
        """One report per view, each checked alone."""
        found: list[list[Finding]] = [[] for _ in views]
        wanted: list[Constraint] = []
        for targets, roots in self._groups:
            seen = False
            for view, findings in zip(views, found, strict=True):
                for focus in _foci(self.shapes, targets, view):
                    seen = True
                    for root in roots:
                        findings.extend(root.check(view, focus))
            if seen:
                wanted.extend(c for root in roots for c in root.constraints)
        if wanted:
            store = Store()
            names = [NamedNode(f"urn:x-article:{i}") for i in range(len(views))]
            place = dict(zip(names, found, strict=True))
            for name, view in zip(names, views, strict=True):
                store.extend([Quad(s, p, o, name) for part in view.triples for s, p, o in part])
            for constraint in wanted:
                for graph, finding in constraint.run_batch(store):
                    place[graph].append(finding)  # type: ignore[index]
        if self._oracles:
            for view, findings in zip(views, found, strict=True):
                findings.extend(self._ask_oracle(t for part in view.triples for t in part))
        return [_report(findings) for findings in found]

    def check_store(
        self,
        store: Store,
        *,
        focus: Sequence[str] | None = None,
        of_dataset: bool = False,
        annotated: bool = True,
    ) -> Report:
        """The report of the default graph of a store.

        ``focus`` limits it to results about these IRIs; ``of_dataset`` to the constraints that look across articles
        (``nkgs:scope nkgs:Dataset``), which is what a publish asks inside its transaction. A store whose default graph
        was published without annotations (``annotated`` is false) is not asked for what rests on them
        (``nkgs:scope nkgs:Annotations``); its articles were checked with them before.
        """
        view = StoreView(store)
        only = None if focus is None else {NamedNode(f): None for f in focus}
        found: list[Finding] = []
        for root in self._roots:
            if of_dataset and not root.of_dataset:
                continue
            foci = _foci(self.shapes, root.targets, view, only)
            for node in foci:
                found.extend(root.check(view, node))
            for constraint in root.constraints:
                if only is None or len(foci) > _MANY:
                    found.extend(f for f in constraint.run(store) if only is None or f[0] in only)
                else:
                    for node in foci:
                        if isinstance(node, NamedNode):
                            found.extend(constraint.run_focus(store, node))
        if self._oracles:
            roots = [r for r in self._oracles if not of_dataset or self.shapes.of_dataset(r)]
            if roots:
                triples = (q.triple for q in store.quads_for_pattern(None, None, None, DefaultGraph()))
                found.extend(f for f in self._ask_oracle(triples, roots) if only is None or f[0] in only)
        report = _report(found)
        if annotated:
            return report
        left_out = self.shapes.of_annotations()
        return Report.of([r for r in report.results if r.code not in left_out])

    def check_by_oracle(self, triples: Iterable[Triple], *, roots: Collection[Node] | None = None) -> Report:
        """The report that pySHACL gives, for all shapes or only the ``roots``: slow, for tests and for doubts."""
        return _report(oracle.find(self.shapes, triples, self._oracle_stamp(), roots=roots))

    # --------------------------------------------------------------------------------------------------------------

    def _compile(self, node: Node) -> _Root:
        shapes = self.shapes
        check = compile_shape(shapes, node, self._stamp)
        selects = shapes.selects(node)
        constraints = tuple(compile_select(shapes, node, s, self._select_stamp(node, s)) for s in selects)
        return _Root(node, shapes.targets(node), check, constraints, shapes.of_dataset(node))

    def _ask_oracle(self, triples: Iterable[Triple], roots: Sequence[Node] | None = None) -> tuple[Finding, ...]:
        return oracle.find(self.shapes, triples, self._oracle_stamp(), roots=frozenset(roots or self._oracles))

    def _stamp(self, shape: Node, component: str) -> Stamp:
        message = self.shapes.message(shape)
        return Stamp(
            code=code_of(message or "") or _local(shape) or component,
            severity=self.shapes.severity(shape),
            message=message or f"{component} is not fulfilled ({self.shapes.label(shape)})",
            shape=_iri(self.shapes, shape),
            component=component,
            source=shape,
        )

    def _select_stamp(self, shape: Node, select: Select) -> Stamp:
        whole = self._stamp(shape, "SPARQL")
        message = select.message or whole.message
        return Stamp(code_of(message) or whole.code, whole.severity, message, whole.shape, "SPARQL", shape)

    def _oracle_stamp(self) -> Callable[[Node, str, Node | None], Stamp]:
        def stamp(shape: Node, component: str, constraint: Node | None) -> Stamp:
            if constraint is not None:
                for select in self.shapes.selects(shape):
                    if select.node == constraint:
                        return self._select_stamp(shape, select)
            return self._stamp(shape, component)

        return stamp


def _foci(
    shapes: ShapesGraph,
    targets: Iterable[tuple[str, Node]],
    view: View,
    only: dict[NamedNode, None] | None = None,
) -> dict[Node, None]:
    """The focus nodes of some targets, each once, in a stable order (SHACL, section 2.1.3)."""
    found: dict[Node, None] = {}
    for kind, term in targets:
        if kind == "targetNode":
            found[term] = None
            continue
        assert isinstance(term, NamedNode)
        if only is None:
            found.update(dict.fromkeys(_target_nodes(shapes, kind, term, view)))
        elif kind == "targetClass":
            classes = frozenset(shapes.classes(term))
            found.update(dict.fromkeys(n for n in only if not classes.isdisjoint(view.objects(n, _TYPE))))
        elif kind == "targetSubjectsOf":
            found.update(dict.fromkeys(n for n in only if any(True for _ in view.objects(n, term))))
        else:
            found.update(dict.fromkeys(n for n in only if any(True for _ in view.subjects(term, n))))
    return found if only is None else {n: None for n in found if n in only}


def _target_nodes(shapes: ShapesGraph, kind: str, term: NamedNode, view: View) -> Iterator[Node]:
    if kind == "targetClass":
        for c in shapes.classes(term):
            yield from view.subjects(_TYPE, c)
    elif kind == "targetSubjectsOf":
        yield from (s for s, _ in view.pairs(term))
    else:
        yield from (o for _, o in view.pairs(term))


def _report(findings: Iterable[Finding]) -> Report:
    return Report.of(
        [
            Result(s.code, s.severity, focus, path, value, s.message, s.shape, s.component, s.source)
            for focus, path, value, s in findings
        ]
    )


def _local(shape: Node) -> str | None:
    """The code in a shape's own IRI (``nkgs:A1``)."""
    return code_of(shape.value[len(NKGS.iri) :]) if isinstance(shape, NamedNode) and shape in NKGS else None


def _iri(shapes: ShapesGraph, shape: Node) -> str:
    """The shape's IRI; for a blank node the IRI of the nearest named shape around it."""
    for _ in range(20):
        if isinstance(shape, NamedNode):
            return shape.value
        around = shapes.around(shape)
        if around is None:
            break
        shape = around
    return ""
