"""SHACL Core compiled to Python functions over a view (SHACL, section 4).

A shape becomes a function (view, focus node) → findings. A construct that is not known here raises
:class:`kg.shacl.shapes.Unsupported` when it is compiled, and the shape goes to the oracle instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.shacl.literal import compare, well_typed
from kg.shacl.path import Path
from kg.shacl.pattern import matcher
from kg.shacl.shapes import ShapesGraph, Unsupported, words
from kg.shacl.stamp import Finding, Stamp
from kg.shacl.view import Node, View
from kg.vocab import RDF, RDFS, SH

__all__ = ["CORE", "compile_shape"]


Check = Callable[[View, Node], Iterator[Finding]]
_Test = Callable[[View, Node], bool]
_Values = Sequence[Node]

_TYPE = RDF.type
#: The SHACL terms this compiler knows; ``sh:sparql`` is compiled apart.
CORE = words(
    """and class closed datatype deactivated defaultValue description disjoint equals flags group hasValue
    ignoredProperties in languageIn lessThan lessThanOrEquals maxCount maxExclusive maxInclusive maxLength message
    minCount minExclusive minInclusive minLength name node nodeKind not or order path pattern property severity
    sparql targetClass targetNode targetObjectsOf targetSubjectsOf uniqueLang xone"""
)
_KINDS: dict[Node, tuple[type, ...]] = {
    SH.IRI: (NamedNode,),
    SH.BlankNode: (BlankNode,),
    SH.Literal: (Literal,),
    SH.BlankNodeOrIRI: (BlankNode, NamedNode),
    SH.BlankNodeOrLiteral: (BlankNode, Literal),
    SH.IRIOrLiteral: (NamedNode, Literal),
}
_ORDERS: dict[str, Callable[[int], bool]] = {
    "minExclusive": lambda order: order > 0,
    "minInclusive": lambda order: order >= 0,
    "maxExclusive": lambda order: order < 0,
    "maxInclusive": lambda order: order <= 0,
    "lessThan": lambda order: order < 0,
    "lessThanOrEquals": lambda order: order <= 0,
}


def compile_shape(shapes: ShapesGraph, node: Node, stamp: Callable[[Node, str], Stamp]) -> Check:
    """The function that finds what a node has against a shape; ``stamp`` gives a result's shape-side fields.

    Raises :class:`Unsupported` for a construct that is not known here and :class:`kg.errors.ConfigError` for a
    broken shape. SPARQL constraints on the shape itself are left to the caller; on nested shapes they are unsupported.
    """
    return _Compiler(shapes, stamp).shape(node, ())


class _Compiler:
    """Compiles the shapes of one graph; holds nothing but the graph and how results are stamped."""

    def __init__(self, shapes: ShapesGraph, stamp: Callable[[Node, str], Stamp]) -> None:
        self.shapes = shapes
        self.stamp = stamp

    def shape(self, node: Node, around: tuple[Node, ...]) -> Check:
        """One shape as a function; ``around`` are the shapes it is nested in, to find recursion."""
        shapes = self.shapes
        if shapes.truth(node, "deactivated"):
            return lambda _view, _focus: iter(())
        if node in around:
            raise Unsupported("recursive shapes")
        used = shapes.used(node)
        if used - CORE:
            raise Unsupported(f"sh:{min(used - CORE)}")
        if "sparql" in used and around:
            raise Unsupported("sh:sparql inside another shape")
        inside = (*around, node)
        path = shapes.path(node)
        each = list(self._each(node, inside))
        whole = list(self._whole(node, path))
        nested = [self.shape(s, inside) for s in shapes.objects(node, "property")]
        if path is None:
            return _node_check(each, whole, nested)
        return _property_check(path, each, whole, nested)

    def _conforms(self, node: Node, inside: tuple[Node, ...]) -> _Test:
        check = self.shape(node, inside)
        return lambda view, value: next(check(view, value), None) is None

    # constraints on each value ------------------------------------------------------------------------------------

    def _each(self, node: Node, inside: tuple[Node, ...]) -> Iterator[tuple[Stamp, _Test]]:
        """(stamp, test that a value fulfils) for the constraints that look at one value at a time."""
        for component, test in (*self._types(node), *self._ranges(node), *self._texts(node), *self._sets(node)):
            yield self.stamp(node, component), test
        for component, test in self._logic(node, inside):
            yield self.stamp(node, component), test

    def _types(self, node: Node) -> Iterator[tuple[str, _Test]]:
        for wanted in self.shapes.objects(node, "class"):
            classes = frozenset(self.shapes.classes(self._iri(node, "class", wanted)))
            yield "Class", lambda view, v, c=classes: not c.isdisjoint(view.objects(v, _TYPE))  # type: ignore[misc]
        datatype = self.shapes.one(node, "datatype")
        if datatype is not None:
            yield "Datatype", _datatype(self._iri(node, "datatype", datatype))
        kind = self.shapes.one(node, "nodeKind")
        if kind is not None:
            if kind not in _KINDS:
                raise self.shapes.broken(node, f"sh:nodeKind is {kind}; one of sh:IRI, sh:Literal … is needed")
            kinds = _KINDS[kind]
            yield "NodeKind", lambda _view, v: isinstance(v, kinds)

    def _ranges(self, node: Node) -> Iterator[tuple[str, _Test]]:
        for name in ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive"):
            bound = self.shapes.one(node, name)
            if bound is None:
                continue
            if not isinstance(bound, Literal):
                raise self.shapes.broken(node, f"sh:{name} is {bound}; a literal is needed")
            yield _component(name), _bounded(_ORDERS[name], bound)

    def _texts(self, node: Node) -> Iterator[tuple[str, _Test]]:
        least, most = self.shapes.integer(node, "minLength"), self.shapes.integer(node, "maxLength")
        if least is not None:
            yield (
                "MinLength",
                lambda _view, v: least == 0 or (len(t) >= least if (t := _text(v)) is not None else False),
            )
        if most is not None:
            yield "MaxLength", lambda _view, v: len(t) <= most if (t := _text(v)) is not None else False
        flags = self.shapes.one(node, "flags")
        for pattern in self.shapes.objects(node, "pattern"):
            if not isinstance(pattern, Literal):
                raise self.shapes.broken(node, f"sh:pattern is {pattern}; a regular expression is needed")
            try:
                match = matcher(pattern.value, flags.value if isinstance(flags, Literal) else "")
            except ValueError as error:
                raise self.shapes.broken(node, f"sh:pattern {error}; rewrite it") from error
            yield "Pattern", lambda _view, v, m=match: (t := _text(v)) is not None and m(t)  # type: ignore[misc]
        ranges = self.shapes.one(node, "languageIn")
        if ranges is not None:
            languages = tuple(m.value.lower() for m in self._literals(node, ranges))
            yield "LanguageIn", lambda _view, v: isinstance(v, Literal) and _matches(v.language, languages)

    def _sets(self, node: Node) -> Iterator[tuple[str, _Test]]:
        allowed = self.shapes.one(node, "in")
        if allowed is not None:
            members = frozenset(self.shapes.members(node, allowed))
            yield "In", lambda _view, v: v in members

    def _logic(self, node: Node, inside: tuple[Node, ...]) -> Iterator[tuple[str, _Test]]:
        for inner in self.shapes.objects(node, "node"):
            yield "Node", self._conforms(inner, inside)
        for inner in self.shapes.objects(node, "not"):
            conforms = self._conforms(inner, inside)
            yield "Not", lambda view, v, c=conforms: not c(view, v)  # type: ignore[misc]
        for name in ("and", "or", "xone"):
            for head in self.shapes.objects(node, name):
                tests = tuple(self._conforms(m, inside) for m in self.shapes.members(node, head))
                if name == "and":
                    yield "And", lambda view, v, ts=tests: all(t(view, v) for t in ts)  # type: ignore[misc]
                elif name == "or":
                    yield "Or", lambda view, v, ts=tests: any(t(view, v) for t in ts)  # type: ignore[misc]
                else:
                    yield "Xone", lambda view, v, ts=tests: sum(t(view, v) for t in ts) == 1  # type: ignore[misc]

    # constraints on all values together ---------------------------------------------------------------------------

    def _whole(
        self, node: Node, path: Path | None
    ) -> Iterator[Callable[[View, Node, _Values], Iterable[tuple[Path | None, Node | None, Stamp]]]]:
        """Functions (view, focus, values) → (path, value, stamp) for constraints that look at all values."""
        shapes = self.shapes
        for wanted in shapes.objects(node, "hasValue"):
            absent = ((path, None, self.stamp(node, "HasValue")),)
            yield lambda _view, _focus, values, w=wanted, a=absent: () if w in values else a  # type: ignore[misc]
        if path is not None:
            least, most = shapes.integer(node, "minCount"), shapes.integer(node, "maxCount")
            if least:
                too_few = ((path, None, self.stamp(node, "MinCount")),)
                yield lambda _view, _focus, values: too_few if len(values) < least else ()
            if most is not None:
                too_many = ((path, None, self.stamp(node, "MaxCount")),)
                yield lambda _view, _focus, values: too_many if len(values) > most else ()
            if shapes.truth(node, "uniqueLang"):
                yield _unique(path, self.stamp(node, "UniqueLang"))
            for name in ("lessThan", "lessThanOrEquals"):
                for other in shapes.objects(node, name):
                    iri = self._iri(node, name, other)
                    yield _pairwise(path, iri, _ORDERS[name], self.stamp(node, _component(name)))
        for name in ("equals", "disjoint"):
            for other in shapes.objects(node, name):
                yield _against(path, self._iri(node, name, other), name, self.stamp(node, _component(name)))
        if shapes.truth(node, "closed"):
            yield self._closed(node)

    def _closed(self, node: Node) -> Callable[[View, Node, _Values], Iterable[tuple[Path | None, Node | None, Stamp]]]:
        known = {p.iri for s in self.shapes.objects(node, "property") if (p := self.shapes.path(s)) and p.iri}
        ignored = self.shapes.one(node, "ignoredProperties")
        if ignored is not None:
            known |= {m for m in self.shapes.members(node, ignored) if isinstance(m, NamedNode)}
        stamp = self.stamp(node, "Closed")

        def check(view: View, _focus: Node, values: _Values) -> Iterator[tuple[Path | None, Node | None, Stamp]]:
            for value in values:
                for term, target in view.outgoing(value):
                    if term not in known:
                        yield Path("predicate", term), target, stamp

        return check

    def _iri(self, node: Node, name: str, value: Node) -> NamedNode:
        if not isinstance(value, NamedNode):
            raise self.shapes.broken(node, f"sh:{name} is {value}; an IRI is needed")
        return value

    def _literals(self, node: Node, head: Node) -> Iterator[Literal]:
        for member in self.shapes.members(node, head):
            if not isinstance(member, Literal):
                raise self.shapes.broken(node, f"{member} is in a list of texts; a literal is needed")
            yield member


_Whole = Callable[[View, Node, _Values], Iterable[tuple[Path | None, Node | None, Stamp]]]


def _node_check(each: list[tuple[Stamp, _Test]], whole: list[_Whole], nested: list[Check]) -> Check:
    def check(view: View, focus: Node) -> Iterator[Finding]:
        for stamp, test in each:
            if not test(view, focus):
                yield focus, None, focus, stamp
        for find in whole:
            for path, value, stamp in find(view, focus, (focus,)):
                yield focus, path, value, stamp
        for inner in nested:
            yield from inner(view, focus)

    return check


def _property_check(path: Path, each: list[tuple[Stamp, _Test]], whole: list[_Whole], nested: list[Check]) -> Check:
    follow = path.follow()

    def check(view: View, focus: Node) -> Iterator[Finding]:
        values = tuple(follow(view, focus))
        for find in whole:
            for where, value, stamp in find(view, focus, values):
                yield focus, where, value, stamp
        for value in values:
            for stamp, test in each:
                if not test(view, value):
                    yield focus, path, value, stamp
            for inner in nested:
                yield from inner(view, value)

    return check


def _component(name: str) -> str:
    return name[0].upper() + name[1:]


def _text(value: Node) -> str | None:
    """The string SPARQL's STR gives; None for a blank node, which has none."""
    return value.value if isinstance(value, NamedNode | Literal) else None


def _datatype(datatype: NamedNode) -> _Test:
    if datatype in (RDFS.Literal, RDFS.Datatype):
        return lambda _view, v: isinstance(v, Literal)
    return lambda _view, v: isinstance(v, Literal) and v.datatype == datatype and well_typed(v)


def _bounded(test: Callable[[int], bool], bound: Literal) -> _Test:
    return lambda _view, v: isinstance(v, Literal) and compare(test, v, bound)


def _matches(language: str | None, ranges: tuple[str, ...]) -> bool:
    if not language:
        return False
    tag = language.lower()
    return any(r == "*" or tag == r or tag.startswith(r + "-") for r in ranges)


def _unique(path: Path, stamp: Stamp) -> _Whole:
    def find(_view: View, _focus: Node, values: _Values) -> list[tuple[Path | None, Node | None, Stamp]]:
        seen: dict[str, int] = {}
        for value in values:
            if isinstance(value, Literal) and value.language:
                tag = value.language.lower()
                seen[tag] = seen.get(tag, 0) + 1
        return [(path, None, stamp) for count in seen.values() if count > 1]

    return find


def _pairwise(path: Path, other: NamedNode, test: Callable[[int], bool], stamp: Stamp) -> _Whole:
    def find(view: View, focus: Node, values: _Values) -> Iterator[tuple[Path | None, Node | None, Stamp]]:
        others = tuple(view.objects(focus, other))
        for value in values:
            for against in others:
                ordered = isinstance(value, Literal) and isinstance(against, Literal) and compare(test, value, against)
                if not ordered:
                    yield path, value, stamp

    return find


def _against(path: Path | None, other: NamedNode, name: str, stamp: Stamp) -> _Whole:
    def find(view: View, focus: Node, values: _Values) -> Iterator[tuple[Path | None, Node | None, Stamp]]:
        others = tuple(view.objects(focus, other))
        if name == "disjoint":
            for value in values:
                if value in others:
                    yield path, value, stamp
            return
        for value in (*(v for v in values if v not in others), *(o for o in others if o not in values)):
            yield path, value, stamp

    return find
