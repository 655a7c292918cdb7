"""What a change of triples can change in a report: the focus nodes it touches, and the results that come and go.

The cost follows the change, not the store: each changed triple is looked up among the places in which the shapes read
(:mod:`kg.shacl.dependence`), and from there the way to the focus nodes is walked back, over the new state for what was
added and over the old one for what was removed. A walk stops where a part of a shape answers as it did before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from kg.shacl import dependence as d
from kg.shacl.closures import Compiled, compile_shape
from kg.shacl.earlier import Earlier, Kept, TooMany
from kg.shacl.path import Path
from kg.shacl.shape import Root, Shape, Target
from kg.shacl.shapes import Unsupported
from kg.shacl.stamp import Finding
from kg.shacl.target import finder
from kg.shacl.view import Node, View
from kg.vocab import RDF

__all__ = ["Changes", "Dependences", "Plan", "focus_nodes"]

_Back = Callable[[View, Node], Collection[Node]]
#: (what must have changed at a node for the walk to go on, the stretch walked back from it)
_Step = tuple[d.Cut | None, _Back]
#: How many nodes a step of a walk may meet before another route is tried, in the first round and in later ones.
_PATIENCE = (64, 1024, 16_384)


#: The routes of what stands in the focus node's own triples.
_OWN: tuple[d.Route, ...] = (("subject", ((),)),)


@dataclass(frozen=True, slots=True)
class Plan:
    """How far one root's verdicts reach: how many places it reads in, and those from which no way leads back.

    A change in a place ``whole`` names touches every focus node of the root; ``reason`` says why there is one.
    ``local`` roots look at the focus node's own triples only; ``refuses`` says whether any result of it would be a
    violation.
    """

    root: Root
    reads: int
    whole: tuple[str, ...]
    local: bool
    refuses: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """The results that a change made and those it ended; ``pairs`` are the (root, focus node) pairs looked at."""

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    pairs: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """Roots that read in one place in one way. Where ``own`` is given, that end of the triple is the focus node.

    ``adding`` and ``removing`` are those of the roots that a triple which comes or goes there can hurt.
    """

    read: d.Read
    routes: tuple[tuple[d.End, tuple[int, ...]], ...]
    own: d.End | None
    roots: tuple[int, ...]
    adding: tuple[int, ...]
    removing: tuple[int, ...]


class Dependences:
    """What roots depend on, compiled once; one for any number of changes and stores.

    ``compiled`` are shapes that are compiled already. ``left_out`` are the roots with a construct that no compiler
    knows, each with that construct: whoever asks must ask the oracle about them. ``plans`` tell how far the verdicts
    of the others reach.
    """

    def __init__(self, roots: Sequence[Root], compiled: Mapping[Shape, Compiled] | None = None) -> None:
        self._compiled: dict[Shape, Compiled] = dict(compiled or {})
        known: list[Root] = []
        left_out: list[tuple[Root, str]] = []
        for root in roots:
            try:
                self.compiled(root.shape)
            except Unsupported as reason:
                left_out.append((root, str(reason)))
            else:
                known.append(root)
        self.roots = tuple(known)
        self.left_out = tuple(left_out)
        reads = [d.reads_of(root) for root in self.roots]
        self.plans = tuple(_plan(root, found) for root, found in zip(self.roots, reads, strict=True))
        self._by: dict[tuple[NamedNode | None, Node | None], list[_Entry]] = {}
        self._index(reads)
        self._targets = [root.targets for root in self.roots]
        keys: dict[tuple[tuple[str, str], ...], int] = {}
        self._group = [keys.setdefault(tuple(t.key for t in ts), len(keys)) for ts in self._targets]

    # compiling ----------------------------------------------------------------------------------------------------

    def _index(self, reads: Sequence[tuple[d.Read, ...]]) -> None:
        ways: dict[d.Way, int] = {}
        places: dict[tuple[object, ...], tuple[d.Read, list[tuple[int, d.Effect]]]] = {}
        for number, found in enumerate(reads):
            for r in found:
                place = (r.predicate, r.routes, r.subject, r.object, r.but)
                places.setdefault(place, (r, []))[1].append((number, r.effect))
        for r, users in places.values():
            routes = tuple((end, tuple(ways.setdefault(way, len(ways)) for way in some)) for end, some in r.routes)
            own = r.routes[0][0] if r.routes and r.routes[0][1] == ((),) else None
            every = tuple(dict.fromkeys(n for n, _ in users))
            adding = tuple(dict.fromkeys(n for n, e in users if e.adding))
            removing = tuple(dict.fromkeys(n for n, e in users if e.removing))
            self._by.setdefault((r.predicate, r.object), []).append(_Entry(r, routes, own, every, adding, removing))
        self._ways = [tuple((leg.cut, _back(leg)) for leg in reversed(way)) for way in ways]

    def _entries(self, triple: Triple) -> Iterator[_Entry]:
        s, p, o = triple
        for key in ((p, o), (p, None), (None, o), (None, None)):
            for entry in self._by.get(key, ()):
                r = entry.read
                if (r.subject is None or r.subject == s) and p not in r.but:
                    yield entry

    def compiled(self, shape: Shape) -> Compiled:
        """The shape's closures."""
        made = self._compiled.get(shape)
        if made is None:
            made = self._compiled[shape] = compile_shape(shape)
        return made

    # asking -------------------------------------------------------------------------------------------------------

    def touched(
        self,
        before: View,
        after: View,
        added: Iterable[Triple],
        removed: Iterable[Triple],
        *,
        worse: bool = False,
        wanted: Callable[[Root], bool] = lambda _: True,
        skip: Callable[[Plan, Node], bool] | None = None,
    ) -> list[tuple[Root, tuple[Node, ...]]]:
        """The focus nodes whose results the change can change, for each root that has any.

        ``before`` and ``after`` are the states around the change, which is exactly ``added`` and ``removed``. They
        are targets in one of the two states at least. ``worse`` leaves out those that can only get better, ``skip``
        those that it says.
        """
        before, after = Kept.of(before), Kept.of(after)
        walk = _Walk(self, before, after)
        found: list[dict[Node, None]] = [{} for _ in self.roots]
        whole: set[int] = set()
        skipped = {n for n, root in enumerate(self.roots) if not wanted(root)}
        for triples, view, came in ((removed, before, False), (added, after, True)):
            for triple in triples:
                for entry in self._entries(triple):
                    users = entry.roots if not worse else entry.adding if came else entry.removing
                    if skipped.issuperset(users):
                        continue
                    if entry.own is not None:
                        foci: tuple[Node, ...] = (triple.subject if entry.own == "subject" else triple.object,)
                    elif entry.routes:
                        foci = walk.to(entry.routes, triple, view)
                    else:
                        whole.update(users)
                        continue
                    for number in users:
                        found[number].update(dict.fromkeys(foci))
        made = []
        for number, root in enumerate(self.roots):
            if number in skipped:
                continue
            candidates: Iterable[Node] = found[number]
            if number in whole:
                candidates = dict.fromkeys((*focus_nodes(root, before), *focus_nodes(root, after)))
            if skip is not None:  # before anything is looked up about them
                plan = self.plans[number]
                candidates = [n for n in candidates if not skip(plan, n)]
            group = self._group[number]
            nodes = tuple(n for n in candidates if walk.is_target(group, root, n))
            if nodes:
                made.append((root, nodes))
        return made

    def changes(
        self,
        after: View,
        added: Sequence[Triple],
        removed: Sequence[Triple],
        *,
        worse: bool = False,
        refusing: bool = False,
        wanted: Callable[[Root], bool] = lambda _: True,
        skip: Callable[[Plan, Node], bool] | None = None,
    ) -> Changes:
        """The results that were not there before the change, and those that are not there any more.

        ``worse`` looks for new ones only, which needs fewer pairs; then ``gone`` is what happened to be met.
        ``refusing`` leaves out roots whose results are no violations, ``skip`` leaves out pairs.
        """
        after = Kept.of(after)
        before = Kept(Earlier(after, added, removed))
        walk = _Walk(self, before, after)
        plans = {plan.root: plan for plan in self.plans}
        new: list[Finding] = []
        gone: list[Finding] = []
        pairs = 0

        def asked(root: Root) -> bool:
            return wanted(root) and (plans[root].refuses or not refusing)

        for root, nodes in self.touched(before, after, added, removed, worse=worse, wanted=asked, skip=skip):
            findings = self.compiled(root.shape).findings
            for node in nodes:
                pairs += 1
                now = list(findings(after, node)) if walk.target(root, node, after) else []
                if worse and not now:
                    continue
                old = list(findings(before, node)) if walk.target(root, node, before) else []
                new.extend(_less(now, old, _place if worse else _itself))
                gone.extend(_less(old, now, _place if worse else _itself))
        return Changes(tuple(new), tuple(gone), pairs)


class _Walk:
    """The walks of one change, each done once."""

    __slots__ = ("_changed", "_dependences", "_done", "_targets", "after", "before")

    def __init__(self, dependences: Dependences, before: Kept, after: Kept) -> None:
        self._dependences = dependences
        self.before = before
        self.after = after
        self._done: dict[tuple[int, Node, bool], tuple[Node, ...]] = {}
        self._changed: dict[tuple[d.Cut, Node], bool] = {}
        self._targets: dict[tuple[int, Node], bool] = {}

    def to(self, routes: Sequence[tuple[d.End, tuple[int, ...]]], triple: Triple, view: Kept) -> tuple[Node, ...]:
        """The nodes from which a route leads to the triple, by the first that turns out to be cheap."""
        if len(routes) > 1:
            for most in _PATIENCE:
                for end, ways in routes:
                    try:
                        return self._along(end, ways, triple, view, most)
                    except TooMany:
                        continue
        return self._along(*routes[0], triple, view, None)

    def _along(
        self, end: d.End, ways: tuple[int, ...], triple: Triple, view: Kept, most: int | None
    ) -> tuple[Node, ...]:
        start = triple.subject if end == "subject" else triple.object
        if len(ways) == 1:
            return self._back(ways[0], start, view, most)
        return tuple(dict.fromkeys(n for way in ways for n in self._back(way, start, view, most)))

    def _back(self, way: int, start: Node, view: Kept, most: int | None) -> tuple[Node, ...]:
        """The nodes from which the way leads to ``start``. Raises :class:`TooMany` where a step meets more than
        ``most``."""
        key = way, start, view is self.after
        found = self._done.get(key)
        if found is None:
            found = (start,)
            sparing = view if most is None else view.sparing(most)
            for cut, back in self._dependences._ways[way]:
                if cut is not None:
                    found = tuple(n for n in found if self._differs(cut, n))
                found = tuple(dict.fromkeys(n for one in found for n in back(sparing, one)))
                if most is not None and len(found) > most:
                    raise TooMany
            self._done[key] = found
        return found

    def is_target(self, group: int, root: Root, node: Node) -> bool:
        """Whether the node is a focus node of the root before or after the change."""
        known = self._targets.get((group, node))
        if known is None:
            known = self.target(root, node, self.after) or self.target(root, node, self.before)
            self._targets[group, node] = known
        return known

    def target(self, root: Root, node: Node, view: Kept) -> bool:
        """Whether the node is a focus node of the root in the view."""
        return any(_is_target(target, node, view) for target in root.targets)

    def _differs(self, cut: d.Cut, node: Node) -> bool:
        key = cut, node
        known = self._changed.get(key)
        if known is None:
            known = self._changed[key] = self._asked(cut, node, self.before) != self._asked(cut, node, self.after)
        return known

    def _asked(self, cut: d.Cut, node: Node, view: Kept) -> object:
        match cut:
            case d.Outcome(shape=shape, verdict=True):
                return self._dependences.compiled(shape).conforms(view, node)
            case d.Outcome(shape=shape):
                return Counter(self._dependences.compiled(shape).findings(view, node))
            case d.Instance(classes=classes):
                return not frozenset(classes).isdisjoint(view.objects(node, RDF.type))
            case d.Presence():
                return _present(cut, node, view)


def _present(cut: d.Presence, node: Node, view: Kept) -> bool:
    predicate, other = cut.predicate, cut.other
    if cut.end == "subject":
        found = view.objects(node, predicate) if predicate else [o for _, o in view.outgoing(node)]
        return bool(found) if other is None else other in found
    if other is not None:
        return node in (view.objects(other, predicate) if predicate else [o for _, o in view.outgoing(other)])
    assert predicate is not None
    return _led_to(predicate, node, view)


def _led_to(predicate: NamedNode, node: Node, view: Kept) -> bool:
    """Whether the predicate leads to the node from anywhere; half the store may do so."""
    try:
        return bool(view.few(predicate, node, 1))
    except TooMany:
        return True


def _less(these: Sequence[Finding], those: Sequence[Finding], key: Callable[[Finding], Hashable]) -> Iterator[Finding]:
    """Those of ``these`` that are not in the other multiset, in order."""
    left = Counter(map(key, those))
    for one in these:
        if left[key(one)] > 0:
            left[key(one)] -= 1
        else:
            yield one


def _itself(finding: Finding) -> Hashable:
    return finding


def _place(finding: Finding) -> Hashable:
    """What makes two findings the same thing wrong, whatever their messages tell of the state around."""
    focus, path, value, said = finding
    # By identity: both states are asked by the same compiled shapes, and what a constraint says may be long.
    return focus, path, value, said.component, said.source, id(said.constraint)


def _back(leg: d.Leg) -> _Back:
    if leg.path is not None:
        return Path("inversePath", parts=(leg.path,)).follow()
    if leg.inverse:
        return lambda view, node: tuple(dict.fromkeys(o for _, o in view.outgoing(node)))
    raise AssertionError("no index leads from an object to its subjects over any predicate")


def _plan(root: Root, reads: tuple[d.Read, ...]) -> Plan:
    whole = tuple(dict.fromkeys(str(r.predicate or "any predicate") for r in reads if not r.routes))
    refuses = any(shape.severity == "Violation" for shape in root.shape.walk())
    return Plan(root, len(reads), whole, all(r.routes == _OWN for r in reads), refuses)


# ---- targets -------------------------------------------------------------------------------------------------------


def focus_nodes(root: Root, view: View) -> Iterator[Node]:
    """The focus nodes of a root, one that several targets name several times (SHACL, section 2.1.3)."""
    for target in root.targets:
        yield from finder(target)(view)


def _is_target(target: Target, node: Node, view: Kept) -> bool:
    match target.kind:
        case "targetNode":
            return node == target.term
        case "targetClass":
            types = view.objects(node, RDF.type)
            return any(one in types for one in target.classes)
        case "targetSubjectsOf" if isinstance(target.term, NamedNode):
            return bool(view.objects(node, target.term))
        case "targetObjectsOf" if isinstance(target.term, NamedNode):
            return _led_to(target.term, node, view)
    return node in finder(target)(view)
