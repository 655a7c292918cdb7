"""Shapes as Python functions over a view: what exactly is wrong with one focus node (SHACL, sections 3.4 and 4).

Everything is decided when a shape is compiled; a run calls plain functions that add to a list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode

from kg.errors import ConfigError
from kg.shacl import shape as s
from kg.shacl.question import Judge, question
from kg.shacl.shapes import Unsupported
from kg.shacl.stamp import Finding, Stamp, stamp
from kg.shacl.value import PURE, Test, holds, quick
from kg.shacl.values import Find, qualified, whole
from kg.shacl.view import Node, View

__all__ = ["Compiled", "compile_shape"]

#: (view, value) → what the value fails
_Failed = Callable[[View, Node], tuple[Stamp, ...]]
#: (view, focus node, its value nodes) → whether nothing is wrong
Passes = Callable[[View, Node, Collection[Node]], bool]

_ENDLESS = 1 << 62
#: Shapes inside shapes, at most: deeper ones were not written by hand.
_DEEPEST = 60
#: Shapes that one shape may stand for when every reference is written out: work that no data asks for.
_WIDEST = 100_000
#: Verdicts on values that a shape remembers, and the longest value remembered.
_REMEMBERED = 4096
_LONG = 200


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A shape as functions. ``judge`` and ``passes`` take the value nodes (of a node shape: the focus node) as well,
    for callers that have them.

    ``pure`` says that the verdict rests on the focus node alone, whatever the graph; ``idle`` that nothing can be wrong
    with a focus node without value nodes. ``parts`` find together what the shape finds: its property shapes and the
    rest; a shape that has none of them is its own only part.
    """

    shape: s.Shape
    conforms: Test
    judge: Judge
    passes: Passes
    pure: bool
    idle: bool
    _values: Callable[[View, Node], Collection[Node]]
    _parts: tuple[Compiled, ...] = ()

    @property
    def parts(self) -> tuple[Compiled, ...]:
        """The shape in parts that a caller may run apart."""
        return self._parts or (self,)

    def findings(self, view: View, focus: Node) -> Iterator[Finding]:
        """What is wrong with the focus node, each result once and in a stable order."""
        found: list[Finding] = []
        self.judge(view, focus, self._values(view, focus), found)
        return iter(found)

    def collect(self, view: View, focus: Node, found: list[Finding]) -> None:
        """Adds what is wrong with the focus node to a list."""
        self.judge(view, focus, self._values(view, focus), found)


def compile_shape(shape: s.Shape) -> Compiled:
    """The shape as functions.

    Raises :class:`kg.shacl.shapes.Unsupported` for a construct that no compiler knows, with its name, and
    :class:`kg.errors.ConfigError` for a shape that is nested too deeply or whose query SHACL forbids.
    """
    return _Compiler().shape(shape)


class _Compiler:
    """Compiles each shape once, however often it is referred to."""

    def __init__(self) -> None:
        self._known: dict[s.Shape, Compiled] = {}
        #: Shape → how many shapes it stands for when every reference is written out, and how deep they are nested.
        self._extent: dict[s.Shape, tuple[int, int]] = {}

    def shape(self, shape: s.Shape, depth: int = 0) -> Compiled:
        """One shape; ``depth`` is how many others it was reached through."""
        known = self._known.get(shape)
        if known is not None:
            return known
        parts = _Parts(shape)
        if depth <= _DEEPEST:
            for constraint in shape.constraints:
                self._add(parts, constraint, depth + 1)
        extents = [self._extent[inner] for inner in shape.nested()] if depth <= _DEEPEST else []
        size = 1 + sum(e[0] for e in extents)
        height = 1 + max((e[1] for e in extents), default=0)
        if depth > _DEEPEST or height > _DEEPEST:
            raise _refused(shape, f"shapes are nested more than {_DEEPEST} deep; use fewer levels")
        if size > _WIDEST:
            raise _refused(shape, f"written out it is more than {_WIDEST} shapes; refer to other shapes less often")
        self._extent[shape] = size, height
        made = self._known[shape] = parts.compiled()
        return made

    def _add(self, parts: _Parts, constraint: s.Constraint, depth: int) -> None:
        """Adds one constraint to the parts of its shape."""
        test = holds(constraint)
        if test is not None:
            parts.test(constraint, test, pure=isinstance(constraint, PURE))
            return
        match constraint:
            case s.Property(shape=inner):
                parts.nested.append(self.shape(inner, depth))
            case s.NodeShape(shape=inner) | s.Not(shape=inner):
                made = self.shape(inner, depth)
                test = _not(made.conforms) if isinstance(constraint, s.Not) else made.conforms
                parts.test(constraint, test, pure=made.pure)
            case s.And(shapes=shapes) | s.Or(shapes=shapes) | s.Xone(shapes=shapes):
                several = [self.shape(i, depth) for i in shapes]
                test = _LOGIC[type(constraint)](tuple(i.conforms for i in several))
                parts.test(constraint, test, pure=all(i.pure for i in several))
            case s.Qualified():
                wanted = self.shape(constraint.shape, depth)
                siblings = tuple(self.shape(i, depth).conforms for i in constraint.siblings)
                parts.whole(constraint, qualified(constraint, parts.shape.path, wanted.conforms, siblings))
            case s.MinCount(count=count):
                parts.least = count, parts.stamp(constraint)
            case s.MaxCount(count=count):
                parts.most = count, parts.stamp(constraint)
            case s.Sparql() | s.Custom():
                parts.question(constraint)
            case s.Unknown(reason=reason):
                raise Unsupported(reason)
            case _:
                parts.whole(constraint, whole(constraint, parts.shape.path))


class _Parts:
    """What a shape is made of, on its way to functions."""

    def __init__(self, shape: s.Shape) -> None:
        self.shape = shape
        self.least: tuple[int, Stamp] | None = None
        self.most: tuple[int, Stamp] | None = None
        self.tests: list[tuple[Test, Stamp]] = []
        #: Tests of values whose verdict is worth remembering.
        self.remembered: list[tuple[Test, Stamp]] = []
        self.wholes: list[tuple[Find, Stamp]] = []
        self.nested: list[Compiled] = []
        self.asks: list[Judge] = []
        self.pure = True
        self._memory: _Failed | None = None

    def stamp(self, constraint: s.Constraint) -> Stamp:
        """What results of the constraint take from the shape."""
        return stamp(self.shape, constraint)

    def test(self, constraint: s.Constraint, test: Test, *, pure: bool) -> None:
        """Adds a constraint on each value."""
        self.pure = self.pure and pure
        slow = pure and not quick(constraint)
        (self.remembered if slow else self.tests).append((test, self.stamp(constraint)))

    def whole(self, constraint: s.Constraint, find: Find) -> None:
        """Adds a constraint on all values together."""
        self.wholes.append((find, self.stamp(constraint)))

    def question(self, constraint: s.Sparql | s.Custom) -> None:
        """Adds a constraint in SPARQL."""
        from kg.shacl.query import IllFormed

        try:
            self.asks.append(question(self.shape, constraint, self.stamp(constraint)))
        except IllFormed as error:
            raise _refused(self.shape, f"its query is none that SHACL allows: {error}") from error

    def compiled(self) -> Compiled:
        """The functions of the shape."""
        path = self.shape.path
        passes = self._passes()
        if path is None:
            plain = not (self.wholes or self.nested or self.asks)
            made = Compiled(
                self.shape, self._conforms(passes), self._judge(()), passes, self.pure and plain, False, _itself
            )
            if not self.nested:
                return made
            parts = (made, *self.nested) if len(self.shape.constraints) > len(self.nested) else tuple(self.nested)
            return replace(made, judge=self._judge(tuple(i.collect for i in self.nested)), _parts=parts)
        follow = path.follow()
        if path.iri is not None:
            iri = path.iri
            conforms = lambda view, focus: passes(view, focus, view.objects(focus, iri))  # noqa: E731
        else:
            conforms = lambda view, focus: passes(view, focus, follow(view, focus))  # noqa: E731
        judge = self._judge(tuple(inner.collect for inner in self.nested))
        return Compiled(self.shape, conforms, judge, passes, False, self._idle(), follow)

    def _conforms(self, passes: Passes) -> Test:
        """Whether a node conforms to a node shape; with one constraint that constraint's own test."""
        tests = [*(test for test, _ in (*self.tests, *self.remembered)), *(inner.conforms for inner in self.nested)]
        if len(tests) == 1 and not (self.wholes or self.asks):
            return tests[0]
        return lambda view, focus: passes(view, focus, (focus,))

    def _idle(self) -> bool:
        demands = any(
            isinstance(c, s.HasValue | s.Equals | s.Sparql)
            or (isinstance(c, s.MinCount) and c.count > 0)
            or (isinstance(c, s.Qualified) and c.least is not None and c.least > 0)
            or (isinstance(c, s.Custom) and not c.ask)
            for c in self.shape.constraints
        )
        return not demands

    def _failed(self) -> _Failed | None:
        """What a value fails of the tests whose verdicts are remembered, one memory for all functions of the shape."""
        if self.remembered and self._memory is None:
            self._memory = _remembering(self.remembered)
        return self._memory

    def _judge(self, nested: tuple[Callable[[View, Node, list[Finding]], None], ...]) -> Judge:
        path = self.shape.path
        (least, too_few), (most, too_many) = self.least or (0, None), self.most or (_ENDLESS, None)
        wholes, tests, asks = tuple(self.wholes), tuple(self.tests), tuple(self.asks)
        failed = self._failed()
        each = bool(tests or nested or failed)
        more = each or wholes or asks
        if len(asks) == 1 and not (each or wholes or self.least or self.most):
            return asks[0]

        def judge(view: View, focus: Node, values: Collection[Node], found: list[Finding]) -> None:
            if not least <= len(values) <= most:
                if len(values) < least:
                    found.append((focus, path, None, too_few))  # type: ignore[arg-type]
                if len(values) > most:
                    found.append((focus, path, None, too_many))  # type: ignore[arg-type]
            if not more:
                return
            for find, mark in wholes:
                for where, value in find(view, focus, values):
                    found.append((focus, where, value, mark))
            if each:
                for value in values:
                    if failed is not None:
                        for mark in failed(view, value):
                            found.append((focus, path, value, mark))  # noqa: PERF401  mostly there is none
                    for test, mark in tests:
                        if not test(view, value):
                            found.append((focus, path, value, mark))
                    for collect in nested:
                        collect(view, value, found)
            for ask in asks:
                ask(view, focus, values, found)

        return judge

    def _passes(self) -> Passes:
        (least, _), (most, _) = self.least or (0, None), self.most or (_ENDLESS, None)
        wholes, asks = tuple(find for find, _ in self.wholes), tuple(self.asks)
        tests = (*(test for test, _ in self.tests), *(inner.conforms for inner in self.nested))
        failed = self._failed()
        if not (wholes or asks or tests or failed):
            return lambda _view, _focus, values: least <= len(values) <= most

        def passes(view: View, focus: Node, values: Collection[Node]) -> bool:
            if not least <= len(values) <= most:
                return False
            for value in values:
                if failed is not None and failed(view, value):
                    return False
                for test in tests:
                    if not test(view, value):
                        return False
            for find in wholes:
                if find(view, focus, values):
                    return False
            wrong: list[Finding] = []
            for ask in asks:
                ask(view, focus, values, wrong)
            return not wrong

        return passes


def _itself(_view: View, focus: Node) -> tuple[Node]:
    return (focus,)


def _refused(shape: s.Shape, reason: str) -> ConfigError:
    return ConfigError(f"{shape.name or shape.node}: {reason}", setting="shapes")


def _remembering(tests: list[tuple[Test, Stamp]]) -> _Failed:
    """A function (view, value) → what the value fails, for tests that rest on the value alone.

    The same dates, languages, numbers and identifiers come again and again; reading one takes ten times as long as
    finding it among those already read.
    """
    known: dict[Node, tuple[Stamp, ...]] = {}
    pairs = tuple(tests)

    def failed(view: View, value: Node) -> tuple[Stamp, ...]:
        verdict = known.get(value)
        if verdict is None:
            verdict = tuple([stamp for test, stamp in pairs if not test(view, value)])
            if isinstance(value, NamedNode | Literal) and len(value.value) <= _LONG:
                if len(known) >= _REMEMBERED:
                    known.clear()
                known[value] = verdict
        return verdict

    return failed


# ---- constraints that refer to shapes (SHACL, sections 4.6 and 4.7) -------------------------------------------------


def _not(test: Test) -> Test:
    return lambda view, value: not test(view, value)


def _and(tests: tuple[Test, ...]) -> Test:
    def all_hold(view: View, value: Node) -> bool:
        for test in tests:  # noqa: SIM110  a generator takes twice the time
            if not test(view, value):
                return False
        return True

    return all_hold


def _or(tests: tuple[Test, ...]) -> Test:
    def one_holds(view: View, value: Node) -> bool:
        for test in tests:  # noqa: SIM110  a generator takes twice the time
            if test(view, value):
                return True
        return False

    return one_holds


def _xone(tests: tuple[Test, ...]) -> Test:
    def only_one_holds(view: View, value: Node) -> bool:
        return sum([test(view, value) for test in tests]) == 1

    return only_one_holds


_LOGIC: dict[type[s.Constraint], Callable[[tuple[Test, ...]], Test]] = {s.And: _and, s.Or: _or, s.Xone: _xone}
