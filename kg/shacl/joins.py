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
from dataclasses import dataclass, fields, is_dataclass, replace

from pyoxigraph import NamedNode

from kg.queries.syntax import parse
from kg.shacl import shape as s
from kg.shacl.dependence import ANYTHING, BOTH, GAIN, Effect, End, Leg, Presence, Read, inverted, path_reads
from kg.shacl.path import Path
from kg.shacl.query import algebra as a
from kg.shacl.query.scope import certain
from kg.shacl.query.translation import translate
from kg.shacl.shapes import Unsupported
from kg.shacl.view import Node

__all__ = ["constraint_reads", "target_reads"]

_Way = tuple[Leg, ...]
#: Each variable with the ways that lead to what it is bound to: one of them does, in any solution.
_Known = Mapping[str, tuple[_Way, ...]]
#: More ways than this to one variable are not told apart.
_MOST = 8


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is known around a pattern. ``told`` are the variables bound beforehand, ``fixed`` those bound to a term;
    ``known`` leads to the others. ``effect`` is what a solution of the pattern does to the verdict,
    ``once`` the variables that stand in one place of the query only."""

    told: _Known
    fixed: Mapping[str, Node]
    known: _Known
    effect: Effect
    once: frozenset[str]

    def ways(self, slot: a.Slot) -> tuple[_Way, ...]:
        """The ways to what stands in a triple pattern; none where nothing leads there."""
        return self.known.get(slot.name, ()) if isinstance(slot, a.Var) else ()

    def term(self, slot: a.Slot | a.Way) -> Node | None:
        """The term that must stand there, or None."""
        if isinstance(slot, a.Var):
            return self.fixed.get(slot.name)
        return None if isinstance(slot, _WAYS) else slot

    def only(self, names: frozenset[str]) -> _Scope:
        """The scope of a part that sees these variables and those bound beforehand."""
        return replace(self, known={**{k: w for k, w in self.known.items() if k in names}, **self.told})


_WAYS = (a.Link, a.Inverse, a.Sequence, a.Alternative, a.Repeat, a.Negated)


def constraint_reads(
    shape: s.Shape, constraint: s.Sparql | s.Custom, here: _Way, there: _Way, effect: Effect
) -> Iterator[Read]:
    """What a SPARQL-based constraint reads, asked about what ``here`` leads to, with the values ``there``."""
    fixed: dict[str, Node] = {"currentShape": shape.node}
    told = {"this": (here,)}
    if isinstance(constraint, s.Custom):
        fixed |= constraint.bindings
        told["value"] = (there,)
        if constraint.ask:  # true is what conforms
            effect = effect.turned
            if shape.path is not None:
                # which values are asked about
                for iri, end, before in path_reads(shape.path):
                    yield Read(iri, end, (*here, *map(Leg, before)), BOTH)
    yield from _query_reads(constraint.query, shape.path, told, fixed, effect)


def target_reads(target: s.Target) -> Iterator[Read]:
    """What the query of a SPARQL-based target reads."""
    if target.query is None:
        yield ANYTHING
    else:
        yield from _query_reads(target.query, None, {}, dict(target.bindings), GAIN, focus="this")


def _query_reads(
    query: s.Query, path: Path | None, told: _Known, fixed: Mapping[str, Node], effect: Effect, *, focus: str = ""
) -> Iterator[Read]:
    try:
        tree = parse(query.prologue + query.text.replace("$PATH", str(path or "")))
        select = None if tree is None else translate(tree).select
    except (Unsupported, ValueError):  # whoever evaluates it will say so
        select = None
    if select is None:
        yield ANYTHING
        return
    known = {**told, **({focus: ((),)} if focus else {})}
    once = frozenset(name for name, count in Counter(_names(select)).items() if count == 1)
    yield from _select(select, _Scope(told, fixed, known, effect, once))


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


def _select(query: a.Select, scope: _Scope) -> Iterator[Read]:
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
    inner = _widened(query.group, inner)
    yield from _group(query.group, inner)
    after = replace(inner.only(certain(query.group)), effect=BOTH)
    for value in _values(query):
        yield from _expression(value, after)


def _values(query: a.Select) -> Iterator[a.Expression]:
    yield from (value for _, value in (*query.items, *(query.keys or ())) if value is not None)
    yield from (one.arg for _, one in query.aggregates if one.arg is not None)
    yield from query.having
    yield from (one.value for one in query.order)


def _group(group: a.Group, scope: _Scope, before: frozenset[str] = frozenset()) -> Iterator[Read]:
    """A group's reads; ``before`` are the variables bound left of an OPTIONAL, which its filters see."""
    scope = _widened(group, scope)
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


def _expression(value: a.Expression | None, scope: _Scope) -> Iterator[Read]:
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


def _alone(group: a.Group, scope: _Scope) -> Read | None:
    """An EXISTS that only asks whether a node has a triple of one form: it is followed where the answer changed."""
    if group.filters or len(group.steps) != 1 or not isinstance(group.steps[0], a.Bgp):
        return None
    (triple, *more) = group.steps[0].triples
    slots = (triple.subject, triple.object)
    found = [slot for slot in (*slots, triple.predicate) if isinstance(slot, a.Var)]
    if isinstance(triple.predicate, _WAYS):
        return None
    tied = [end for end, slot in zip(_ENDS, slots, strict=True) if scope.ways(slot)]
    if len(tied) != 1:
        return None
    (end,) = tied
    near = triple.subject if end == "subject" else triple.object
    if more or any(slot != near and slot.name not in scope.once for slot in found):
        return None
    ways = scope.ways(near)
    if len(ways) != 1 or not ways[0] or ways[0][-1].cut is not None:
        return None
    other = scope.term(triple.object if end == "subject" else triple.subject)
    predicate = triple.predicate if isinstance(triple.predicate, NamedNode) else None
    way = (*ways[0][:-1], replace(ways[0][-1], cut=Presence(predicate, other, end)))
    ends = (None, other) if end == "subject" else (other, None)
    return Read(predicate, end, way, GAIN.within(scope.effect), *ends)


_ENDS: tuple[End, End] = ("subject", "object")

# ---- triple patterns -----------------------------------------------------------------------------------------------


def _triple(triple: a.Triple, scope: _Scope) -> Iterator[Read]:
    effect = GAIN.within(scope.effect)
    terms = scope.term(triple.subject), scope.term(triple.object)
    ends = sorted(
        ((ways, end) for end, ways in _tied(triple, scope) if ways), key=lambda found: max(map(len, found[0]))
    )
    ways: tuple[_Way | None, ...] = ends[0][0] if ends else (None,)
    end: End = ends[0][1] if ends else "subject"
    if not isinstance(triple.predicate, _WAYS):
        predicate = scope.term(triple.predicate)
        iri = predicate if isinstance(predicate, NamedNode) else None
        for way in ways:
            yield Read(iri, end, way, effect, *terms)
        return
    if isinstance(triple.predicate, a.Negated):
        yield from _negated(triple.predicate, ways, end, effect, terms)
        return
    path = _path(triple.predicate)
    if path is None or (not ends and _empty(path) and terms == (None, None)):
        yield ANYTHING  # any term of the graph is at both ends of an empty path
        return
    for iri, entered, before in path_reads(path if end == "subject" else inverted(path)):
        for way in ways:
            yield Read(iri, entered, None if way is None else (*way, *map(Leg, before)), effect)


def _tied(triple: a.Triple, scope: _Scope) -> tuple[tuple[End, tuple[_Way, ...]], tuple[End, tuple[_Way, ...]]]:
    return ("subject", scope.ways(triple.subject)), ("object", scope.ways(triple.object))


def _negated(
    way: a.Negated, ways: tuple[_Way | None, ...], end: End, effect: Effect, terms: tuple[Node | None, Node | None]
) -> Iterator[Read]:
    other: End = "object" if end == "subject" else "subject"
    for one in ways:
        if way.forward is not None:
            yield Read(None, end, one, effect, *terms, way.forward)
        if way.backward is not None:
            yield Read(None, other, one, effect, *terms[::-1], way.backward)


def _widened(group: a.Group, scope: _Scope) -> _Scope:
    """The scope with the variables that the group's own patterns lead to, the nearest way for each."""
    known = dict(scope.known)
    triples = tuple(_required(group))
    unions = tuple(_unions(group))
    grown = True
    while grown:
        grown = False
        for triple in triples:
            for var, ways in _led(triple, replace(scope, known=known)):
                if var not in known and var not in scope.fixed:
                    known[var] = ways
                    grown = True
        if grown:
            continue
        for union in unions:
            inside = [_widened(one, replace(scope, known=known)).known for one in union.groups]
            for var in certain(union):
                if var in known or not all(var in one for one in inside):
                    continue
                ways = tuple(dict.fromkeys(way for one in inside for way in one[var]))
                if len(ways) <= _MOST:
                    known[var] = ways
                    grown = True
    return replace(scope, known=known)


def _required(group: a.Group) -> Iterator[a.Triple]:
    """The triple patterns that match in every solution of the group."""
    for step in group.steps:
        if isinstance(step, a.Bgp):
            yield from step.triples
        elif isinstance(step, a.Group):
            yield from _required(step)


def _unions(group: a.Group) -> Iterator[a.Union]:
    for step in group.steps:
        if isinstance(step, a.Union):
            yield step
        elif isinstance(step, a.Group):
            yield from _unions(step)


def _led(triple: a.Triple, scope: _Scope) -> Iterator[tuple[str, tuple[_Way, ...]]]:
    """The variable at one end of a pattern, by the ways to its other end."""
    forwards, backwards = _legs(triple.predicate)
    for here, there, leg in ((triple.subject, triple.object, forwards), (triple.object, triple.subject, backwards)):
        if leg is not None and isinstance(there, a.Var):
            ways = scope.ways(here)
            if ways:
                yield there.name, tuple((*way, leg) for way in ways)


def _legs(predicate: a.Var | NamedNode | a.Way) -> tuple[Leg | None, Leg | None]:
    """The stretch from subject to object, and the one from object to subject. None where no index leads back: from an
    object to its subjects over any predicate."""
    if isinstance(predicate, a.Var):
        return None, Leg(None, inverse=True)
    path = Path("predicate", predicate) if isinstance(predicate, NamedNode) else _path(predicate)
    return (None, None) if path is None else (Leg(path), Leg(inverted(path)))


# ---- paths ---------------------------------------------------------------------------------------------------------


def _path(way: a.Way) -> Path | None:
    """The path as shapes write it; None for one with a negated property set in it, which they cannot."""
    match way:
        case a.Link(iri):
            return Path("predicate", iri)
        case a.Negated():
            return None
        case a.Inverse(inner) | a.Repeat(inner):
            path = _path(inner)
            return None if path is None else Path(_kind(way), parts=(path,))
        case a.Sequence(ways) | a.Alternative(ways):
            parts = tuple(path for path in map(_path, ways) if path is not None)
            return Path(_kind(way), parts=parts) if len(parts) == len(ways) else None


def _kind(way: a.Way) -> str:
    match way:
        case a.Inverse():
            return "inversePath"
        case a.Sequence():
            return "sequencePath"
        case a.Alternative():
            return "alternativePath"
        case a.Repeat(many=False):
            return "zeroOrOnePath"
        case a.Repeat(zero=True):
            return "zeroOrMorePath"
    return "oneOrMorePath"


def _empty(path: Path) -> bool:
    """Whether the path leads from every node to itself."""
    if path.kind in ("zeroOrMorePath", "zeroOrOnePath"):
        return True
    if path.kind == "alternativePath":
        return any(map(_empty, path.parts))
    return path.kind != "predicate" and all(map(_empty, path.parts))
