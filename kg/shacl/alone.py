"""One article's verdict, fast: every subject is looked at once, with the constraints its own predicates call for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.shacl import shape as s
from kg.shacl.closures import Compiled, compile_shape
from kg.shacl.question import Judge
from kg.shacl.stamp import Finding
from kg.shacl.target import finder
from kg.shacl.view import MemoryView, Node, View
from kg.vocab import RDF

__all__ = ["Alone"]

_TYPE = RDF.type
_EMPTY: Mapping[NamedNode, Collection[Node]] = {}
#: Combinations of classes that are remembered; hostile articles could have any number of them.
_REMEMBERED = 4096
_FEW = 12


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one kind of focus node is asked: ``always`` whatever its predicates, ``present`` only for those it has.

    Both are by predicate and take the value nodes as found in the node's row; ``itself`` takes the node as its only
    value, ``far`` are shapes that look along other paths.
    """

    always: tuple[tuple[NamedNode, Judge], ...]
    present: Mapping[NamedNode, Sequence[Judge]]
    itself: tuple[Judge, ...]
    far: tuple[Callable[[View, Node, list[Finding]], None], ...]


class Alone:
    """Checks one article at a time against shapes compiled once.

    Raises :class:`kg.shacl.shapes.Unsupported` and :class:`kg.errors.ConfigError` as
    :func:`kg.shacl.closures.compile_shape` does; ``compiled`` are shapes that are compiled already.
    """

    def __init__(self, roots: Sequence[s.Root], compiled: Mapping[s.Shape, Compiled] | None = None) -> None:
        known = compiled or {}
        #: Which roots a node is a focus node of is one number, a bit for each root.
        self._shapes = tuple(known.get(r.shape) or compile_shape(r.shape) for r in roots)
        self._of_class: dict[Node, int] = {}
        self._of_subject: dict[NamedNode, int] = {}
        self._found: list[tuple[Callable[[View], Collection[Node]], int]] = []
        for number, root in enumerate(roots):
            for target in root.targets:
                self._aim(target, 1 << number)
        self._plans: dict[int, _Plan] = {}
        self._kinds: dict[tuple[Node, ...], int] = {}

    def check(self, view: MemoryView) -> list[Finding]:
        """What is wrong with the article, in a stable order."""
        found: list[Finding] = []
        extra: dict[Node, int] = {}
        for find, bit in self._found:
            for node in find(view):
                extra[node] = extra.get(node, 0) | bit
        kinds, subject_of, plans = self._kinds, self._of_subject, self._plans
        terms = subject_of.keys()
        for node, row in view.rows.items():
            types = row.get(_TYPE, ())
            key = types if type(types) is tuple else tuple(types)
            mask = kinds.get(key)
            if mask is None:
                mask = self._kind(key)
            if not terms.isdisjoint(row.keys()):
                for term, bit in subject_of.items():
                    if term in row:
                        mask |= bit
            if extra:
                mask |= extra.pop(node, 0)
            if mask:
                self._ask(plans.get(mask) or self._plan(mask), view, node, row, found)
        for node, mask in extra.items():
            self._ask(plans.get(mask) or self._plan(mask), view, node, _EMPTY, found)
        return found

    @staticmethod
    def _ask(
        plan: _Plan, view: View, node: Node, row: Mapping[NamedNode, Collection[Node]], found: list[Finding]
    ) -> None:
        for term, judge in plan.always:
            judge(view, node, row.get(term, ()), found)
        present = plan.present
        if len(row) < len(present):
            for term, values in row.items():
                for judge in present.get(term, ()):
                    judge(view, node, values, found)
        else:
            for term, judges in present.items():
                if term in row:
                    for judge in judges:
                        judge(view, node, row[term], found)
        itself = (node,)
        for judge in plan.itself:
            judge(view, node, itself, found)
        for collect in plan.far:
            collect(view, node, found)

    def _aim(self, target: s.Target, bit: int) -> None:
        """Notes where the focus nodes of a target are found."""
        if target.kind == "targetClass":
            for c in target.classes:
                self._of_class[c] = self._of_class.get(c, 0) | bit
        elif target.kind == "targetSubjectsOf" and isinstance(target.term, NamedNode):
            self._of_subject[target.term] = self._of_subject.get(target.term, 0) | bit
        else:
            self._found.append((finder(target), bit))

    def _kind(self, types: tuple[Node, ...]) -> int:
        """The roots that target one of the classes."""
        mask = 0
        for c in types:
            mask |= self._of_class.get(c, 0)
        if len(types) <= _FEW:
            if len(self._kinds) >= _REMEMBERED:
                self._kinds.clear()
            self._kinds[types] = mask
        return mask

    def _plan(self, mask: int) -> _Plan:
        """The constraints of the roots in a mask, those on one predicate together."""
        always: list[tuple[NamedNode, Judge]] = []
        present: dict[NamedNode, list[Judge]] = {}
        itself: list[Judge] = []
        far: list[Callable[[View, Node, list[Finding]], None]] = []
        for number, compiled in enumerate(self._shapes):
            if mask >> number & 1:
                for part in compiled.parts:
                    path = part.shape.path
                    iri = path.iri if path is not None else None
                    if path is None:
                        itself.append(part.judge)
                    elif iri is None:
                        far.append(part.collect)
                    elif part.idle:
                        present.setdefault(iri, []).append(part.judge)
                    else:
                        always.append((iri, part.judge))
        if len(self._plans) >= _REMEMBERED:
            self._plans.clear()
        made = self._plans[mask] = _Plan(tuple(always), present, tuple(itself), tuple(far))
        return made
