"""Which ways lead to the variables of a query: the chains of triple patterns that a solution rests on.

Of what leads to a variable the cheapest is kept, by what walking it back costs: from a subject to its objects there is
little to see, from an object to its subjects there may be the whole store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from kg.shacl.dependence import Effect, Leg, Way, inverted
from kg.shacl.path import Path
from kg.shacl.query import algebra as a
from kg.shacl.query.scope import certain
from kg.shacl.view import Node

__all__ = ["BEST", "WAYS", "Known", "Lead", "Scope", "is_empty", "path_of", "widened"]


@dataclass(frozen=True, slots=True)
class Lead:
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
Known = Mapping[str, tuple[Lead, ...]]
#: So many leads to one variable are kept.
BEST = 3
#: More ways than this to one variable are not told apart.
_MOST = 8
#: How deep patterns in patterns are looked into for a way: each is looked into anew whenever something is learnt.
_DEEP = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known around a pattern. ``told`` are the variables bound beforehand, ``fixed`` those bound to a term;
    ``known`` leads to the others. ``effect`` is what a solution of the pattern does to the verdict,
    ``once`` the variables that stand in one place of the query only, ``nodes`` those that are bound to no literal."""

    told: Known
    fixed: Mapping[str, Node]
    known: Known
    effect: Effect
    once: frozenset[str]
    nodes: frozenset[str] = frozenset()

    def leads(self, slot: a.Slot) -> tuple[Lead, ...]:
        """What leads to what stands in a triple pattern."""
        return self.known.get(slot.name, ()) if isinstance(slot, a.Var) else ()

    def term(self, slot: a.Slot | a.Way) -> Node | None:
        """The term that must stand there, or None."""
        if isinstance(slot, a.Var):
            return self.fixed.get(slot.name)
        return None if isinstance(slot, WAYS) else slot

    def only(self, names: frozenset[str]) -> Scope:
        """The scope of a part that sees these variables and those bound beforehand."""
        known = {**{k: w for k, w in self.known.items() if k in names}, **self.told}
        return replace(self, known=known, nodes=self.nodes & known.keys())


WAYS = (a.Link, a.Inverse, a.Sequence, a.Alternative, a.Repeat, a.Negated)


def widened(group: a.Group, scope: Scope, around: frozenset[str] = frozenset(), depth: int = 0) -> Scope:
    """The scope with the variables that what must hold in the group leads to, by the cheapest ways.

    ``around`` are variables of the groups around it that may be led to from here too.
    """
    known = dict(scope.known)
    mine = certain(replace(group, filters=())) - (known.keys() - around) - scope.fixed.keys()
    triples = tuple(_required(group))
    choices = [c for c in _choices(group) if len(c) <= _MOST] if depth < _DEEP else []
    scope = replace(scope, nodes=scope.nodes | {t.subject.name for t in triples if isinstance(t.subject, a.Var)})

    def learn(name: str, lead: Lead) -> bool:
        before = known.get(name, ())
        if name not in mine or name in lead.over or lead in before:
            return False
        known[name] = tuple(sorted((*before, lead), key=lambda one: one.cost)[:BEST])
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


def _either(leads: list[Lead]) -> Lead:
    ways = tuple(dict.fromkeys(way for one in leads for way in one.ways))
    return Lead(ways, frozenset().union(*(one.over for one in leads)))


def _told(part: a.Group | a.Expression, scope: Scope, around: frozenset[str], depth: int) -> Known:
    """What leads where, if a part of a choice holds: a pattern, an EXISTS, or that two variables are the same."""
    match part:
        case a.Group() as group:
            return widened(group, scope, around, depth + 1).known
        case a.Exists(group):
            return widened(group, scope, around, depth + 1).known
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


def _led(triple: a.Triple, scope: Scope) -> Iterator[tuple[str, Lead]]:
    """The variable at one end of a pattern, by what leads to its other end."""
    forwards, backwards = _legs(triple.predicate)
    for here, there, leg in ((triple.subject, triple.object, forwards), (triple.object, triple.subject, backwards)):
        if leg is not None and isinstance(here, a.Var) and isinstance(there, a.Var):
            for lead in scope.leads(here):
                yield there.name, Lead(tuple((*way, leg) for way in lead.ways), lead.over | {here.name})


def _legs(predicate: a.Var | NamedNode | a.Way) -> tuple[Leg | None, Leg | None]:
    """The stretch from subject to object, and the one from object to subject. None where no index leads back: from an
    object to its subjects over any predicate."""
    if isinstance(predicate, a.Var):
        return None, Leg(None, inverse=True)
    path = Path("predicate", predicate) if isinstance(predicate, NamedNode) else path_of(predicate)
    return (None, None) if path is None else (Leg(path), Leg(inverted(path)))


# ---- paths ---------------------------------------------------------------------------------------------------------


def path_of(way: a.Way) -> Path | None:
    """The path as shapes write it; None for one with a negated property set in it, which they cannot."""
    match way:
        case a.Link(iri):
            return Path("predicate", iri)
        case a.Negated():
            return None
        case a.Inverse(inner) | a.Repeat(inner):
            path = path_of(inner)
            return None if path is None else Path(_kind(way), parts=(path,))
        case a.Sequence(ways) | a.Alternative(ways):
            parts = tuple(path for path in map(path_of, ways) if path is not None)
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


def is_empty(path: Path) -> bool:
    """Whether the path leads from every node to itself."""
    if path.kind in ("zeroOrMorePath", "zeroOrOnePath"):
        return True
    if path.kind == "alternativePath":
        return any(map(is_empty, path.parts))
    return path.kind != "predicate" and all(map(is_empty, path.parts))
