"""The gate: what is wrong with an article, with what changed, or with a whole store, as a report.

One reading of the shapes (:mod:`kg.shacl.shape`), one meaning (:mod:`kg.shacl.closures`), and three ways to the focus
nodes: an article's own triples, the triples that a publish changed, and queries over a whole store (decision 6). A
shape with a construct that no compiler knows runs in the oracle, and ``fallbacks`` says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import DefaultGraph, NamedNode, Store, Triple

from kg.model import ArticleGraphs
from kg.shacl.alone import Alone
from kg.shacl.closures import Compiled, compile_shape
from kg.shacl.focus import Foci
from kg.shacl.reading import read_roots
from kg.shacl.report import Report, Result
from kg.shacl.shape import Constraint, Root, Shape, Sparql
from kg.shacl.shapes import ShapesGraph, Unsupported
from kg.shacl.stamp import Finding, Stamp, stamp
from kg.shacl.touched import Dependences, Plan
from kg.shacl.view import MemoryView, Node, StoreView
from kg.shacl.whole import Progress, Whole

__all__ = ["Coverage", "Gate"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many constraints there are and how many of them run compiled; the others run in the oracle."""

    constraints: int
    compiled: int

    @property
    def share(self) -> float:
        """The share that runs compiled, from 0 to 1."""
        return self.compiled / self.constraints if self.constraints else 1.0


class Gate:
    """Checks articles and stores against one shapes graph, compiled once.

    Raises :class:`kg.errors.ConfigError` for a broken shape. ``roots`` are the shapes that run compiled, ``fallbacks``
    the others, each with the construct that no compiler knows: they run in the oracle, slow and never skipped.
    """

    def __init__(self, shapes: ShapesGraph) -> None:
        self.shapes = shapes
        compiled: dict[Shape, Compiled] = {}
        roots: list[Root] = []
        foreign: list[tuple[Root, str]] = []
        for root in read_roots(shapes):
            try:
                if root.unknown is not None:
                    raise Unsupported(root.unknown)
                compiled[root.shape] = compile_shape(root.shape)
            except Unsupported as reason:
                foreign.append((root, str(reason)))
            else:
                roots.append(root)
        self.roots = tuple(roots)
        self.fallbacks = tuple((shapes.label(root.shape.node), reason) for root, reason in foreign)
        self._foreign = tuple(root for root, _ in foreign)
        self._compiled = compiled
        self._alone = Alone(self.roots, compiled)

    @property
    def coverage(self) -> Coverage:
        """How much of the shapes graph runs compiled."""
        compiled = _constraints(self.roots)
        return Coverage(compiled + _constraints(self._foreign), compiled)

    def knowing(self, triples: Iterable[Triple]) -> Gate:
        """The gate for a graph that may declare classes of its own with ``rdfs:subClassOf`` (SHACL, section 3.2).

        Articles declare none, so the gate of a publication is compiled once; a file or a graph that somebody sends is
        checked with what it says. The same gate where that is nothing new.
        """
        shapes = self.shapes.knowing(triples)
        return self if shapes is self.shapes else Gate(shapes)

    # articles -----------------------------------------------------------------------------------------------------

    def check(self, graphs: Sequence[ArticleGraphs], *, context: Sequence[Triple] = ()) -> tuple[Report, ...]:
        """One report per article, each checked alone: its own triples, its provenance, and the context.

        Violations come with the words of the article that their values were read from.
        The context is part of what is checked, so give only what an article needs to know about (the types and names
        of things it refers to).
        """
        reports = []
        for g in graphs:
            view = MemoryView(g.content, g.facts, g.annotations, g.provenance, context)
            report = self.check_view(view)
            # Who reads why an article was refused wants to see the words; nobody reads them of a warning here.
            reports.append(report if report.accepted else report.with_words(view))
        return tuple(reports)

    def check_triples(self, triples: Iterable[Triple]) -> Report:
        """The report of one set of triples, for files and tests."""
        return self.check_view(MemoryView(tuple(triples)))

    def check_views(self, views: Iterable[MemoryView]) -> list[Report]:
        """One report per view, each checked alone."""
        return [self.check_view(view) for view in views]

    def check_view(self, view: MemoryView) -> Report:
        """The report of what a view shows."""
        found = self._alone.check(view)
        if self._foreign:
            found.extend(self._ask_oracle((t for part in view.triples for t in part), self._foreign))
        return _report(found)

    # stores -------------------------------------------------------------------------------------------------------

    def check_store(
        self,
        store: Store,
        *,
        focus: Sequence[str] | None = None,
        of_dataset: bool = False,
        annotated: bool = True,
        jobs: int = 1,
        progress: Progress | None = None,
    ) -> Report:
        """The report of the default graph of a store.

        ``focus`` limits it to results about these IRIs, ``of_dataset`` to the constraints that look across articles
        (``nkgs:scope nkgs:Dataset``). A store whose default graph was published without annotations (``annotated`` is
        false) is not asked for what rests on them (``nkgs:scope nkgs:Annotations``); its articles were checked with
        them before. ``jobs`` threads share the work over the whole store; ``progress`` is told of each step done.
        """
        chosen = _Choice(of_dataset, annotated)
        found: list[Finding] = []
        if focus is None:
            found.extend(
                self._whole.check(store, jobs=jobs, progress=progress, of_dataset=of_dataset, annotated=annotated)
            )
        else:
            view = StoreView(store)
            nodes = [NamedNode(f) for f in dict.fromkeys(focus)]
            for root in filter(chosen, self.roots):
                foci = Foci.of(root.targets)
                given, is_focus = foci.given(view), foci.test(store)
                findings = self._compiled[root.shape].findings
                found.extend(f for n in nodes if n in given or is_focus(n) for f in findings(view, n))
        foreign = tuple(filter(chosen, self._foreign))
        if foreign:
            only = None if focus is None else frozenset(NamedNode(f) for f in focus)
            asked = self._ask_oracle(_triples(store), foreign)
            found.extend(f for f in asked if only is None or f[0] in only)
        return _report(found)

    def check_changes(
        self,
        store: Store,
        added: Sequence[Triple],
        removed: Sequence[Triple],
        *,
        of_dataset: bool = False,
        annotated: bool = True,
        refusing: bool = False,
        skip: Callable[[Plan, Node], bool] | None = None,
    ) -> Report:
        """The results that a change made: what is wrong in the store's default graph now and was not before.

        ``added`` and ``removed`` are exactly what changed there since, written as the store gives it back. The cost
        follows the change, not the store (decision 31). ``refusing`` asks only the shapes that can refuse, which spares
        ways through well-known things; ``skip`` leaves out focus nodes that were checked otherwise; for the rest see
        :meth:`check_store`.
        """
        chosen = _Choice(of_dataset, annotated)
        view = StoreView(store)
        changes = self._dependences.changes(
            view, added, removed, worse=True, refusing=refusing, wanted=chosen, skip=skip
        )
        found = list(changes.new)
        foreign = tuple(filter(chosen, self._foreign))
        if foreign:
            now = dict.fromkeys(_triples(store))
            fresh = frozenset(added)
            old = [*(t for t in now if t not in fresh), *(t for t in removed if t not in now)]
            gone = Counter(Result.of(f).key for f in self._ask_oracle(old, foreign))
            for finding in self._ask_oracle(now, foreign):
                key = Result.of(finding).key
                if gone[key]:
                    gone[key] -= 1
                else:
                    found.append(finding)
        return _report(found)

    def check_by_oracle(self, triples: Iterable[Triple], *, roots: Collection[Node] | None = None) -> Report:
        """The report that pySHACL gives, for all shapes or only the ``roots``: slow, for tests and for doubts."""
        from kg.shacl import oracle

        return _report(oracle.find(self.shapes, triples, self._oracle_stamp, roots=roots))

    # --------------------------------------------------------------------------------------------------------------

    @cached_property
    def _whole(self) -> Whole:
        return Whole(self.roots)

    @cached_property
    def _dependences(self) -> Dependences:
        return Dependences(self.roots, self._compiled)

    @cached_property
    def _by_node(self) -> dict[Node, Shape]:
        return {shape.node: shape for root in (*self.roots, *self._foreign) for shape in root.shape.walk()}

    def _ask_oracle(self, triples: Iterable[Triple], roots: Sequence[Root]) -> tuple[Finding, ...]:
        from kg.shacl import oracle

        return oracle.find(self.shapes, triples, self._oracle_stamp, roots={r.shape.node for r in roots})

    def _oracle_stamp(self, node: Node, component: str, constraint: Node | None) -> Stamp:
        """What a result of the oracle takes from its shape."""
        shape = self._by_node.get(node)
        if shape is None:
            return Stamp(component, "Violation", f"{component} is not fulfilled", "", component, node)
        known = (c for c in shape.constraints if isinstance(c, Sparql) and c.node == constraint)
        return stamp(shape, next(known, _Named(component)))


@dataclass(frozen=True, slots=True, eq=False)
class _Named(Constraint):
    """A constraint that is known by its component's name alone."""

    name: str

    @property
    def component(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which roots are asked."""

    of_dataset: bool
    annotated: bool

    def __call__(self, root: Root) -> bool:
        return (root.of_dataset or not self.of_dataset) and (self.annotated or not root.of_annotations)


def _triples(store: Store) -> Iterable[Triple]:
    return (quad.triple for quad in store.quads_for_pattern(None, None, None, DefaultGraph()))


def _constraints(roots: Iterable[Root]) -> int:
    """How many constraints the shapes have; one in a shape that several roots share counts once."""
    shapes = {shape for root in roots for shape in root.shape.walk()}
    return sum(len(shape.constraints) for shape in shapes)


def _report(findings: Iterable[Finding]) -> Report:
    return Report.of([Result.of(f) for f in findings])
