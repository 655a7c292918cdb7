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
from kg.shacl.dependence import ANYTHING, BOTH, GAIN, Effect, End, Leg, Presence, Read, Route, Way, inverted, path_reads
from kg.shacl.path import Path
from kg.shacl.query import algebra as a
from kg.shacl.query.scope import certain
from kg.shacl.query.translation import translate
from kg.shacl.shapes import Unsupported
from kg.shacl.view import Node

__all__ = ["constraint_reads", "target_reads"]


@dataclass(frozen=True, slots=True)
class _Lead:
    """What leads to a variable: one of these ways does, in any solution, by way of the variables ``over``."""

    ways: tuple[Way, ...]
    over: frozenset[str] = frozenset()

    @property
    def cost(self) -> tuple[int, int]:
        """How dear the ways are to walk back. A predicate has few objects for one subject, but may have any number of
        subjects for one object: a place that every article names."""
        legs = [leg for way in self.ways for leg in way]
        return sum(_fans(leg.path) for leg in legs if leg.path is not None), len(legs)


#: Each variable with what leads to it, the cheapest first: any of them will do.
_Known = Mapping[str, tuple[_Lead, ...]]
#: So many leads to one variable are kept.
_BEST = 3
#: More ways than this to one variable are not told apart.
_MOST = 8
#: How deep patterns in patterns are looked into for a way: each is looked into anew whenever something is learnt.
_DEEP = 3


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is known around a pattern. ``told`` are the variables bound beforehand, ``fixed`` those bound to a term;
    ``known`` leads to the others. ``effect`` is what a solution of the pattern does to the verdict,
    ``once`` the variables that stand in one place of the query only, ``nodes`` those that are bound to no literal."""

    told: _Known
    fixed: Mapping[str, Node]
    known: _Known
    effect: Effect
    once: frozenset[str]
    nodes: frozenset[str] = frozenset()

    def leads(self, slot: a.Slot) -> tuple[_Lead, ...]:
        """What leads to what stands in a triple pattern."""
        return self.known.get(slot.name, ()) if isinstance(slot, a.Var) else ()

    def term(self, slot: a.Slot | a.Way) -> Node | None:
        """The term that must stand there, or None."""
        if isinstance(slot, a.Var):
            return self.fixed.get(slot.name)
        return None if isinstance(slot, _WAYS) else slot

    def only(self, names: frozenset[str]) -> _Scope:
        """The scope of a part that sees these variables and those bound beforehand."""
        known = {**{k: w for k, w in self.known.items() if k in names}, **self.told}
        return replace(self, known=known, nodes=self.nodes & known.keys())


_WAYS = (a.Link, a.Inverse, a.Sequence, a.Alternative, a.Repeat, a.Negated)


def constraint_reads(
    shape: s.Shape, constraint: s.Sparql | s.Custom, here: Way, there: Way, effect: Effect
) -> Iterator[Read]:
    """What a SPARQL-based constraint reads, asked about what ``here`` leads to, with the values ``there``."""
    fixed: dict[str, Node] = {"currentShape": shape.node}
    told = {"this": (_Lead((here,)),)}
    if isinstance(constraint, s.Custom):
        fixed |= constraint.bindings
        told["value"] = (_Lead((there,)),)
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
    known = {**told, **({focus: (_Lead(((),)),)} if focus else {})}
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


def _triple(triple: a.Triple, scope: _Scope) -> Iterator[Read]:
    effect = GAIN.within(scope.effect)
    terms = scope.term(triple.subject), scope.term(triple.object)
    ends: list[tuple[_Lead, End]] = [(one, "subject") for one in scope.leads(triple.subject)]
    ends += [(one, "object") for one in scope.leads(triple.object)]
    ends.sort(key=lambda found: found[0].cost)
    routes: tuple[Route, ...] = tuple((end, one.ways) for one, end in ends[:_BEST])
    if not isinstance(triple.predicate, _WAYS):
        predicate = scope.term(triple.predicate)
        yield Read(predicate if isinstance(predicate, NamedNode) else None, routes, effect, *terms)
    elif isinstance(triple.predicate, a.Negated):
        yield from _negated(triple.predicate, routes, effect, terms)
    else:
        yield from _path_reads(triple.predicate, routes, effect, terms)


def _path_reads(
    way: a.Way, routes: tuple[Route, ...], effect: Effect, terms: tuple[Node | None, Node | None]
) -> Iterator[Read]:
    path = _path(way)
    if path is None or (not routes and _empty(path) and terms == (None, None)):
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


def _widened(group: a.Group, scope: _Scope, around: frozenset[str] = frozenset(), depth: int = 0) -> _Scope:
    """The scope with the variables that what must hold in the group leads to, by the cheapest ways.

    ``around`` are variables of the groups around it that may be led to from here too.
    """
    known = dict(scope.known)
    mine = certain(replace(group, filters=())) - (known.keys() - around) - scope.fixed.keys()
    triples = tuple(_required(group))
    choices = [c for c in _choices(group) if len(c) <= _MOST] if depth < _DEEP else []
    scope = replace(scope, nodes=scope.nodes | {t.subject.name for t in triples if isinstance(t.subject, a.Var)})

    def learn(name: str, lead: _Lead) -> bool:
        before = known.get(name, ())
        if name not in mine or name in lead.over or lead in before:
            return False
        known[name] = tuple(sorted((*before, lead), key=lambda one: one.cost)[:_BEST])
        return known[name] != before

    grown = True
    while grown:
        grown = False
        for triple in triples:
            for name, lead in _led(triple, replace(scope, known=known)):
                grown = learn(name, lead) or grown
        for choice in choices:
            inside = [_told(one, replace(scope, known=known), mine | around, depth) for one in choice]
            for name in mine:
                if all(name in one for one in inside):
                    for lead in inside[0][name] if len(inside) == 1 else (_either([one[name][0] for one in inside]),):
                        grown = (len(lead.ways) <= _MOST and learn(name, lead)) or grown
    return replace(scope, known=known)


def _either(leads: list[_Lead]) -> _Lead:
    ways = tuple(dict.fromkeys(way for one in leads for way in one.ways))
    return _Lead(ways, frozenset().union(*(one.over for one in leads)))


def _told(part: a.Group | a.Expression, scope: _Scope, around: frozenset[str], depth: int) -> _Known:
    """What leads where, if a part of a choice holds: a pattern, an EXISTS, or that two variables are the same."""
    match part:
        case a.Group() as group:
            return _widened(group, scope, around, depth + 1).known
        case a.Exists(group):
            return _widened(group, scope, around, depth + 1).known
        case a.Call("=" | "sameTerm", (a.Var(one), a.Var(other))):
            # what stands as a subject is no literal, and "=" makes terms that are none the same only if they are
            if part.name == "sameTerm" or one in scope.nodes or other in scope.nodes:
                return {
                    here: tuple(replace(lead, over=lead.over | {there}) for lead in scope.known[there])
                    for here, there in ((one, other), (other, one))
                    if there in scope.known
                }
    return {}


def _required(group: a.Group) -> Iterator[a.Triple]:
    """The triple patterns that match in every solution of the group."""
    for step in group.steps:
        if isinstance(step, a.Bgp):
            yield from step.triples
        elif isinstance(step, a.Group):
            yield from _required(step)


def _choices(group: a.Group) -> Iterator[tuple[a.Group | a.Expression, ...]]:
    """What must hold in the group beside its triple patterns: of each of these, one at least."""
    for step in group.steps:
        if isinstance(step, a.Union):
            yield step.groups
        elif isinstance(step, a.Group):
            yield from _choices(replace(step, filters=()))
    for value in group.filters:
        for part in _parts(value, "&&"):
            yield tuple(_parts(part, "||"))


def _parts(value: a.Expression, operator: str) -> Iterator[a.Expression]:
    if isinstance(value, a.Call) and value.name == operator:
        for one in value.args:
            yield from _parts(one, operator)
    else:
        yield value


def _fans(path: Path) -> bool:
    """Whether walking the path back goes from an object to its subjects."""
    return path.iri is not None or (path.kind != "inversePath" and any(map(_fans, path.parts)))


def _led(triple: a.Triple, scope: _Scope) -> Iterator[tuple[str, _Lead]]:
    """The variable at one end of a pattern, by what leads to its other end."""
    forwards, backwards = _legs(triple.predicate)
    for here, there, leg in ((triple.subject, triple.object, forwards), (triple.object, triple.subject, backwards)):
        if leg is not None and isinstance(here, a.Var) and isinstance(there, a.Var):
            for lead in scope.leads(here):
                yield there.name, _Lead(tuple((*way, leg) for way in lead.ways), lead.over | {here.name})


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
