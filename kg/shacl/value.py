"""Constraints on one value as Python functions (SHACL, sections 4.1 to 4.4 and 4.8.3)."""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.shacl import shape as s
from kg.shacl.literal import order, value_of, well_typed
from kg.shacl.pattern import matcher
from kg.shacl.view import Node, View
from kg.vocab import RDF, RDFS, XSD

__all__ = ["PURE", "Test", "holds", "quick"]

#: (view, value) → whether the value fulfils a constraint.
Test = Callable[[View, Node], bool]

#: The constraints whose verdict rests on the value alone, whatever else a graph says.
PURE = (
    s.Datatype,
    s.NodeKind,
    s.Bound,
    s.MinLength,
    s.MaxLength,
    s.Pattern,
    s.LanguageIn,
    s.In,
)
_TYPE = RDF.type
_KINDS: dict[str, tuple[type, ...]] = {
    "IRI": (NamedNode,),
    "BlankNode": (BlankNode,),
    "Literal": (Literal,),
    "BlankNodeOrIRI": (BlankNode, NamedNode),
    "BlankNodeOrLiteral": (BlankNode, Literal),
    "IRIOrLiteral": (NamedNode, Literal),
}
_ORDERS: dict[str, Callable[[int], bool]] = {
    "minExclusive": lambda order: order > 0,
    "minInclusive": lambda order: order >= 0,
    "maxExclusive": lambda order: order < 0,
    "maxInclusive": lambda order: order <= 0,
}
#: Datatypes every text is a valid form of.
_ANY_TEXT = (XSD.string, RDF.langString)


def holds(constraint: s.Constraint) -> Test | None:
    """The test of a constraint that looks at each value by itself; None for one of another kind."""
    match constraint:
        case s.ClassOf(classes=classes):
            return _instance(frozenset(classes))
        case s.Datatype(datatype=datatype):
            return _typed(datatype)
        case s.NodeKind(kind=kind):
            kinds = frozenset(_KINDS[kind])
            return lambda _view, value: type(value) in kinds
        case s.Bound(name=name, bound=bound):
            return _bounded(_ORDERS[name], bound)
        case s.MinLength(length=least):
            # A blank node has no text and is never long enough (SHACL, section 4.4.1); of none, all engines take it.
            return lambda _view, value: least == 0 or (type(value) in _TEXTS and len(value.value) >= least)  # type: ignore[union-attr]
        case s.MaxLength(length=most):
            return lambda _view, value: type(value) in _TEXTS and len(value.value) <= most  # type: ignore[union-attr]
        case s.Pattern(pattern=pattern, flags=flags):
            found = matcher(pattern, flags)
            return lambda _view, value: type(value) in _TEXTS and found(value.value)  # type: ignore[union-attr]
        case s.LanguageIn(ranges=ranges):
            return _spoken(tuple(r.lower() for r in ranges))
        case s.In(members=members):
            allowed = frozenset(members)
            return lambda _view, value: value in allowed
    return None


def quick(constraint: s.Constraint) -> bool:
    """Whether its test takes less time than looking the value up among those already judged."""
    if isinstance(constraint, s.Datatype):
        return constraint.datatype in _ANY_TEXT
    return isinstance(constraint, s.NodeKind | s.MinLength | s.MaxLength | s.In)


_TEXTS = frozenset((NamedNode, Literal))


def _instance(classes: frozenset[NamedNode]) -> Test:
    if len(classes) == 1:
        (only,) = classes
        return lambda view, value: only in view.objects(value, _TYPE)
    return lambda view, value: not classes.isdisjoint(view.objects(value, _TYPE))


def _typed(datatype: NamedNode) -> Test:
    if datatype in (RDFS.Literal, RDFS.Datatype):
        return lambda _view, value: type(value) is Literal
    if datatype in _ANY_TEXT:
        return lambda _view, value: type(value) is Literal and value.datatype == datatype
    return lambda _view, value: type(value) is Literal and value.datatype == datatype and well_typed(value)


def _bounded(test: Callable[[int], bool], bound: Literal) -> Test:
    limit = value_of(bound)
    if limit is None:
        return lambda _view, _value: False

    def within(_view: View, value: Node) -> bool:
        read = value_of(value) if isinstance(value, Literal) else None
        found = order(read, limit) if read is not None else None
        return found is not None and test(found)

    return within


def _spoken(ranges: tuple[str, ...]) -> Test:
    """Basic filtering of RFC 4647, as SPARQL's ``langMatches``."""

    def spoken(_view: View, value: Node) -> bool:
        tag = value.language if isinstance(value, Literal) else None
        if not tag:
            return False
        tag = tag.lower()
        return any(r == "*" or tag == r or tag.startswith(r + "-") for r in ranges)

    return spoken
