"""Where the focus nodes of a shape are in a store (SHACL, section 2.1.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, QuerySolutions, Store

from kg.shacl.shape import Target
from kg.shacl.target import finder
from kg.shacl.view import Node, StoreView
from kg.vocab import RDF

__all__ = ["Foci"]

_GRAPH = DefaultGraph()


@dataclass(frozen=True, slots=True)
class Foci:
    """The focus nodes of some targets.

    ``patterns`` are triple patterns that bind ``?this`` to them, without a final dot; nodes that stand in the shapes
    or come from a SPARQL target are in none (:meth:`given`). ``pattern`` is one graph pattern for all of them.
    """

    targets: tuple[Target, ...]
    patterns: tuple[str, ...]
    pattern: str

    @classmethod
    def of(cls, targets: tuple[Target, ...]) -> Foci:
        """The focus nodes of the targets."""
        classes = dict.fromkeys(c for t in targets if t.kind == "targetClass" for c in t.classes)
        others: dict[str, None] = {}
        for target in targets:
            if target.kind == "targetSubjectsOf":
                others[f"?this {target.term} ?target_object"] = None
            elif target.kind == "targetObjectsOf":
                others[f"?target_subject {target.term} ?this"] = None
        members = [f"?this {RDF.type} {c}" for c in classes]
        groups = [*members, *others]
        if len(classes) > 1:
            several = f"VALUES ?target_class {{ {' '.join(map(str, classes))} }} ?this {RDF.type} ?target_class"
            groups = [several, *others]
        whole = " UNION ".join(f"{{ {g} }}" for g in groups) if len(groups) > 1 else "".join(groups)
        return cls(targets, (*members, *others), f"{whole} ." if len(groups) == 1 else whole)

    def given(self, view: StoreView) -> dict[Node, None]:
        """The focus nodes that the shapes name and those that SPARQL targets find."""
        found: dict[Node, None] = {}
        for target in self.targets:
            if target.kind == "targetNode":
                found[target.term] = None
            elif target.query is not None:
                found.update(dict.fromkeys(finder(target)(view)))
        return found

    def count(self, store: Store) -> int:
        """How often the patterns match: at least the number of focus nodes."""
        if not self.patterns:
            return 0
        found = store.query(f"SELECT (COUNT(*) AS ?n) {{ {self.pattern} }}")
        assert isinstance(found, QuerySolutions)
        return int(next(found)["n"].value)

    def test(self, store: Store) -> Callable[[Node], bool]:
        """The function that says whether a node is one that the patterns bind; it remembers."""
        known: dict[Node, bool] = {}
        tests = [_TESTS[target.kind](target, store) for target in self.targets if target.kind in _TESTS]

        def is_focus(node: Node) -> bool:
            verdict = known.get(node)
            if verdict is None:
                verdict = known[node] = any(test(node) for test in tests)
            return verdict

        return is_focus


def _class(target: Target, store: Store) -> Callable[[Node], bool]:
    view, classes = StoreView(store), frozenset(target.classes)
    return lambda node: not classes.isdisjoint(view.objects(node, RDF.type))


def _subject(target: Target, store: Store) -> Callable[[Node], bool]:
    view, predicate = StoreView(store), target.term
    assert isinstance(predicate, NamedNode)
    return lambda node: bool(view.objects(node, predicate))


def _object(target: Target, store: Store) -> Callable[[Node], bool]:
    predicate = target.term
    assert isinstance(predicate, NamedNode)
    # One look, not a list: half the store may lead to one object.
    return lambda node: next(iter(store.quads_for_pattern(None, predicate, node, _GRAPH)), None) is not None


_TESTS: dict[str, Callable[[Target, Store], Callable[[Node], bool]]] = {
    "targetClass": _class,
    "targetSubjectsOf": _subject,
    "targetObjectsOf": _object,
}
