"""How the patterns of a query hang together: from any triple that it reads, the way back to ``$this``.

A solution rests on one triple for each pattern that must match. Where patterns share variables, a chain of those
triples leads from ``$this`` to each of them, and that chain is the read's way. A pattern that no shared variable ties
to ``$this`` (because a filter compares the two, or nothing does) is read for every focus node.

What may be followed is decided by scope (SPARQL 1.1, section 18.2): a filter sees what its own group surely binds,
OPTIONAL and MINUS what stands before them, a sub-SELECT what it projects; variables bound beforehand are seen
everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace

from pyoxigraph import NamedNode

from kg.queries.syntax import parse
from kg.shacl import shape as s
from kg.shacl.dependence import ANYTHING, BOTH, GAIN, Effect, End, Leg, Presence, Read, Route, Way, inverted, path_reads
from kg.shacl.leads import BEST, WAYS, Known, Lead, Scope, is_empty, path_of, widened
from kg.shacl.path import Path
from kg.shacl.query import algebra as a
from kg.shacl.query.scope import certain
from kg.shacl.query.translation import translate
from kg.shacl.shapes import Unsupported
from kg.shacl.view import Node

__all__ = ["constraint_reads", "target_reads"]


def constraint_reads(
    shape: s.Shape, constraint: s.Sparql | s.Custom, here: Way, there: Way, effect: Effect
) -> Iterator[Read]:
    """What a SPARQL-based constraint reads, asked about what ``here`` leads to, with the values ``there``."""
    fixed: dict[str, Node] = {"currentShape": shape.node}
    told = {"this": (Lead((here,)),)}
    if isinstance(constraint, s.Custom):
        fixed |= constraint.bindings
        told["value"] = (Lead((there,)),)
        if constraint.ask:  # true is what conforms
            effect = effect.turned
            if shape.path is not None:
                # which values are asked about
                for iri, end, before in path_reads(shape.path):
                    yield Read(iri, ((end, ((*here, *map(Leg, before)),)),), BOTH)
    yield from _query_reads(constraint.query, shape.path, told, fixed, effect)


def target_reads(target: s.Target) -> Iterator[Read]:
    """What the query of a SPARQL-based target reads."""
    if target.query is None:
        yield ANYTHING
    else:
        yield from _query_reads(target.query, None, {}, dict(target.bindings), GAIN, focus="this")


def _query_reads(
    query: s.Query, path: Path | None, told: Known, fixed: Mapping[str, Node], effect: Effect, *, focus: str = ""
) -> Iterator[Read]:
    try:
        tree = parse(query.prologue + query.text.replace("$PATH", str(path or "")))
        select = None if tree is None else translate(tree).select
    except (Unsupported, ValueError):  # whoever evaluates it will say so
        select = None
    if select is None:
        yield ANYTHING
        return
    known = {**told, **({focus: (Lead(((),)),)} if focus else {})}
    once = frozenset(name for name, count in Counter(_names(select)).items() if count == 1)
    yield from _select(select, Scope(told, fixed, known, effect, once))


def _names(part: object) -> Iterator[str]:
    """The name of each variable in a query, as often as it stands there."""
    if isinstance(part, a.Var):
        yield part.name
    elif isinstance(part, tuple):
        for one in part:
            yield from _names(one)
    elif is_dataclass(part):
        for one in fields(part):
            yield from _names(getattr(part, one.name))


# ---- steps ---------------------------------------------------------------------------------------------------------


def _select(query: a.Select, scope: Scope) -> Iterator[Read]:
    whole = query.limit is not None or query.offset > 0
    grouped = query.keys is not None or bool(query.aggregates)
    seen = frozenset(var.name for var, value in query.items if value is None)
    if query.keys is not None:
        seen &= frozenset(var.name for var, value in query.keys if value is None)
    elif grouped:
        seen = frozenset()
    inner = scope.only(frozenset() if whole else seen)
    if whole or grouped:
        inner = replace(inner, effect=BOTH)
    inner = widened(query.group, inner)
    yield from _group(query.group, inner)
    after = replace(inner.only(certain(query.group)), effect=BOTH)
    for value in _values(query):
        yield from _expression(value, after)


def _values(query: a.Select) -> Iterator[a.Expression]:
    yield from (value for _, value in (*query.items, *(query.keys or ())) if value is not None)
    yield from (one.arg for _, one in query.aggregates if one.arg is not None)
    yield from query.having
    yield from (one.value for one in query.order)


def _group(group: a.Group, scope: Scope, before: frozenset[str] = frozenset()) -> Iterator[Read]:
    """A group's reads; ``before`` are the variables bound left of an OPTIONAL, which its filters see."""
    scope = widened(group, scope)
    sure = before
    for step in group.steps:
        match step:
            case a.Bgp(triples):
                for triple in triples:
                    yield from _triple(triple, scope)
            case a.Group():
                yield from _group(step, scope)
            case a.Union(groups):
                for one in groups:
                    yield from _group(one, scope)
            case a.Optional(inner):
                yield from _group(inner, replace(scope.only(sure), effect=BOTH), sure)
            case a.Minus(inner):
                part = scope.only(sure & certain(inner))
                yield from _group(inner, replace(part, effect=part.effect.turned))
            case a.Bind(_, value):
                yield from _expression(value, replace(scope.only(sure), effect=BOTH))
            case a.Select():
                yield from _select(step, scope)
        sure |= certain(step)
    for value in group.filters:
        yield from _expression(value, scope.only(sure))


def _expression(value: a.Expression | None, scope: Scope) -> Iterator[Read]:
    match value:
        case a.Exists(group):
            read = _alone(group, scope)
            yield from _group(group, scope, frozenset(scope.known)) if read is None else (read,)
        case a.Call(name, args):
            if name == "!":
                scope = replace(scope, effect=scope.effect.turned)
            elif name not in ("&&", "||"):
                scope = replace(scope, effect=BOTH)
            for one in args:
                yield from _expression(one, scope)
        case a.Aggregate(_, _, arg, _):
            yield from _expression(arg, replace(scope, effect=BOTH))


def _alone(group: a.Group, scope: Scope) -> Read | None:
    """An EXISTS that only asks whether a node has a triple of one form: it is followed where the answer changed."""
    if group.filters or len(group.steps) != 1 or not isinstance(group.steps[0], a.Bgp):
        return None
    (triple, *more) = group.steps[0].triples
    slots = (triple.subject, triple.object)
    found = [slot for slot in (*slots, triple.predicate) if isinstance(slot, a.Var)]
    if isinstance(triple.predicate, WAYS):
        return None
    tied = [end for end, slot in zip(_ENDS, slots, strict=True) if scope.leads(slot)]
    if len(tied) != 1:
        return None
    (end,) = tied
    near = triple.subject if end == "subject" else triple.object
    if more or any(slot != near and slot.name not in scope.once for slot in found):
        return None
    (way, *others) = scope.leads(near)[0].ways
    if others or not way or way[-1].cut is not None:
        return None
    other = scope.term(triple.object if end == "subject" else triple.subject)
    predicate = triple.predicate if isinstance(triple.predicate, NamedNode) else None
    if predicate is None and other is None and end == "object":
        return None  # no index tells what leads to a node
    way = (*way[:-1], replace(way[-1], cut=Presence(predicate, other, end)))
    ends = (None, other) if end == "subject" else (other, None)
    return Read(predicate, ((end, (way,)),), GAIN.within(scope.effect), *ends)


_ENDS: tuple[End, End] = ("subject", "object")

# ---- triple patterns -----------------------------------------------------------------------------------------------


def _triple(triple: a.Triple, scope: Scope) -> Iterator[Read]:
    effect = GAIN.within(scope.effect)
    terms = scope.term(triple.subject), scope.term(triple.object)
    ends: list[tuple[Lead, End]] = [(one, "subject") for one in scope.leads(triple.subject)]
    ends += [(one, "object") for one in scope.leads(triple.object)]
    ends.sort(key=lambda found: found[0].cost)
    routes: tuple[Route, ...] = tuple((end, one.ways) for one, end in ends[:BEST])
    if not isinstance(triple.predicate, WAYS):
        predicate = scope.term(triple.predicate)
        yield Read(predicate if isinstance(predicate, NamedNode) else None, routes, effect, *terms)
    elif isinstance(triple.predicate, a.Negated):
        yield from _negated(triple.predicate, routes, effect, terms)
    else:
        yield from _path_reads(triple.predicate, routes, effect, terms)


def _path_reads(
    way: a.Way, routes: tuple[Route, ...], effect: Effect, terms: tuple[Node | None, Node | None]
) -> Iterator[Read]:
    path = path_of(way)
    if path is None or (not routes and is_empty(path) and terms == (None, None)):
        yield ANYTHING  # any term of the graph is at both ends of an empty path
        return
    start = routes[0][0] if routes else "subject"
    for iri, entered, before in path_reads(path if start == "subject" else inverted(path)):
        legs = tuple(map(Leg, before))
        led = tuple((entered, tuple((*way, *legs) for way in ways)) for end, ways in routes if end == start)
        yield Read(iri, led, effect)


def _negated(
    way: a.Negated, routes: tuple[Route, ...], effect: Effect, terms: tuple[Node | None, Node | None]
) -> Iterator[Read]:
    if way.forward is not None:
        yield Read(None, routes, effect, *terms, way.forward)
    if way.backward is not None:
        turned: tuple[Route, ...] = tuple(("object" if end == "subject" else "subject", ways) for end, ways in routes)
        yield Read(None, turned, effect, *terms[::-1], way.backward)
