"""What a shape's verdict rests on: which triples it reads, and the way from such a triple back to the focus nodes.

Let a triple be added or removed. The verdict on a focus node can change only when evaluating it reads that triple, and
evaluating it reaches the triple by following other triples outwards from the focus node. :func:`reads_of` lists, for
one root, every place in which it reads, each with that way; :mod:`kg.shacl.touched` walks it back.

Each read says what can get *worse*: ``adding`` when a further triple there can make a result that was not there
before, ``removing`` when the loss of one can. A minimum count is hurt by loss only, a maximum by gain only; ``sh:not``
turns the two round. A read that neither can hurt still matters to a report that is to be kept exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal as Choice

from pyoxigraph import NamedNode

from kg.shacl import shape as s
from kg.shacl.path import Path
from kg.shacl.view import Node
from kg.vocab import RDF

__all__ = [
    "ANYTHING",
    "BOTH",
    "GAIN",
    "Cut",
    "Effect",
    "End",
    "Instance",
    "Leg",
    "Outcome",
    "Presence",
    "Read",
    "Route",
    "Way",
    "inverted",
    "path_reads",
    "reads_of",
]

#: The end of a triple at which the way back begins.
End = Choice["subject", "object"]

#: More reads than this in one root are not worth telling apart: shapes that share their parts can multiply.
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Effect:
    """What can make a new result: a further triple, the loss of one, or either."""

    adding: bool
    removing: bool

    @property
    def turned(self) -> Effect:
        """The effect inside a negation."""
        return Effect(self.removing, self.adding)

    def __or__(self, other: Effect) -> Effect:
        return Effect(self.adding or other.adding, self.removing or other.removing)

    def within(self, outer: Effect) -> Effect:
        """The effect on what stands around, where ``outer`` is the effect of this part's results on it."""
        made = Effect(False, False)
        if outer.adding:
            made |= self
        if outer.removing:
            made |= self.turned
        return made


GAIN, LOSS, BOTH = Effect(True, False), Effect(False, True), Effect(True, True)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A cut where a shape was asked about a node: nothing further out changed unless its answer did.

    ``verdict`` when only whether the node conforms matters, else every result does.
    """

    shape: s.Shape
    verdict: bool


@dataclass(frozen=True, slots=True)
class Instance:
    """A cut where a node was asked to be an instance of one of some classes."""

    classes: tuple[NamedNode, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """A cut where it was asked whether a node has any triple of this form; ``end`` is the node's place in it."""

    predicate: NamedNode | None
    other: Node | None
    end: End


Cut = Outcome | Instance | Presence


@dataclass(frozen=True, slots=True)
class Leg:
    """One stretch of the way out from the focus node: along a path, or along any predicate where it is None.

    ``inverse`` (for any predicate) leads from object to subject. ``cut`` must have changed at the stretch's far end
    for a way back to go on.
    """

    path: Path | None
    inverse: bool = False
    cut: Cut | None = None


#: One stretch after another, from the focus node outwards.
Way = tuple[Leg, ...]
#: The end of the triple that it leads to, and the ways there: one of them was taken, nobody knows which.
Route = tuple[End, tuple[Way, ...]]


@dataclass(frozen=True, slots=True)
class Read:
    """A place in which a root reads triples: those with this predicate (any where it is None), subject and object,
    where given, but none of the predicates in ``but``.

    Each of the ``routes`` leads from the focus nodes out to the triple: one of them is enough, and the cheapest comes
    first. There is none when no chain of triples leads there; then every focus node depends on such a triple.
    """

    predicate: NamedNode | None
    routes: tuple[Route, ...]
    effect: Effect
    subject: Node | None = None
    object: Node | None = None
    but: frozenset[NamedNode] = frozenset()


#: Any triple at all, and every focus node.
ANYTHING = Read(None, (), BOTH)


def reads_of(root: s.Root) -> tuple[Read, ...]:
    """Every place in which the root reads, targets included; :data:`ANYTHING` where that is unknown or too much."""
    found: dict[Read, None] = {}
    for read in _root_reads(root):
        found[read] = None
        if len(found) > _MOST or read == ANYTHING:
            return (ANYTHING,)
    return tuple(found)


def path_reads(path: Path) -> Iterator[tuple[NamedNode, End, tuple[Path, ...]]]:
    """Each predicate that following the path reads, the end it is entered at, and the paths that lead there."""
    if path.iri is not None:
        yield path.iri, "subject", ()
    elif path.kind == "inversePath":
        inner = path.parts[0]
        if inner.iri is not None:
            yield inner.iri, "object", ()
        else:
            yield from path_reads(inverted(inner))
    elif path.kind == "sequencePath":
        for number, part in enumerate(path.parts):
            for iri, end, before in path_reads(part):
                yield iri, end, (*path.parts[:number], *before)
    elif path.kind == "alternativePath":
        for part in path.parts:
            yield from path_reads(part)
    elif path.kind == "zeroOrOnePath":
        yield from path_reads(path.parts[0])
    else:
        around = Path("zeroOrMorePath", parts=path.parts)
        for iri, end, before in path_reads(path.parts[0]):
            yield iri, end, (around, *before)


def inverted(path: Path) -> Path:
    """The path walked from its end, so that only predicates are inverted."""
    if path.kind == "predicate":
        return Path("inversePath", parts=(path,))
    if path.kind == "inversePath":
        return path.parts[0]
    parts = tuple(inverted(p) for p in path.parts)
    return Path(path.kind, parts=parts[::-1] if path.kind == "sequencePath" else parts)


def _way(end: End, way: Way) -> tuple[Route, ...]:
    return ((end, (way,)),)


# ---- targets -------------------------------------------------------------------------------------------------------


def _root_reads(root: s.Root) -> Iterator[Read]:
    for target in root.targets:
        match target.kind:
            case "targetClass":
                for one in target.classes:
                    yield Read(RDF.type, _way("subject", ()), GAIN, object=one)
            case "targetSubjectsOf" if isinstance(target.term, NamedNode):
                yield Read(target.term, _way("subject", ()), GAIN)
            case "targetObjectsOf" if isinstance(target.term, NamedNode):
                yield Read(target.term, _way("object", ()), GAIN)
            case "targetNode":
                pass
            case _:
                from kg.shacl.joins import target_reads

                yield from target_reads(target)
    yield from _shape_reads(root.shape, (), GAIN)


# ---- shapes --------------------------------------------------------------------------------------------------------

#: What of the values of a path makes a result of a constraint, where it is not the presence of a value alone.
_VALUES: dict[type[s.Constraint], Effect] = {s.MinCount: LOSS, s.HasValue: LOSS, s.Equals: BOTH}


def _shape_reads(shape: s.Shape, here: Way, outer: Effect) -> Iterator[Read]:
    """What the shape reads when it is asked about the nodes that ``here`` leads to; ``outer`` says what a result of it
    does to the root."""
    if shape.path is not None:
        effect = Effect(False, False)
        for constraint in shape.constraints:
            effect |= _of_values(constraint)
        yield from _along(shape.path, here, effect.within(outer))
    there = here if shape.path is None else (*here, Leg(shape.path))
    for constraint in shape.constraints:
        yield from _constraint_reads(shape, constraint, here, there, outer)


def _of_values(constraint: s.Constraint) -> Effect:
    if isinstance(constraint, s.Qualified):
        return LOSS if constraint.least is not None else GAIN
    if isinstance(constraint, s.Sparql | s.Unknown):
        return Effect(False, False)  # they read the path by themselves, if at all
    return _VALUES.get(type(constraint), GAIN)


def _along(path: Path, here: Way, effect: Effect) -> Iterator[Read]:
    for iri, end, before in path_reads(path):
        yield Read(iri, _way(end, (*here, *map(Leg, before))), effect)


def _constraint_reads(shape: s.Shape, constraint: s.Constraint, here: Way, there: Way, outer: Effect) -> Iterator[Read]:
    def inner(shape: s.Shape, effect: Effect, *, verdict: bool = True) -> Iterator[Read]:
        return _shape_reads(shape, _cut(there, here, Outcome(shape, verdict)), effect)

    match constraint:
        case s.ClassOf():
            way = _cut(there, here, Instance(constraint.classes))
            for one in constraint.classes:
                yield Read(RDF.type, _way("subject", way), LOSS.within(outer), object=one)
        case s.Equals():
            yield Read(constraint.other, _way("subject", here), BOTH)
        case s.Disjoint() | s.Less():
            yield Read(constraint.other, _way("subject", here), GAIN.within(outer))
        case s.Closed():
            yield Read(None, _way("subject", there), GAIN.within(outer), but=constraint.allowed)
        case s.Property():
            yield from inner(constraint.shape, outer, verdict=False)
        case s.NodeShape():
            yield from inner(constraint.shape, outer)
        case s.Not():
            yield from inner(constraint.shape, outer.turned)
        case s.And() | s.Or():
            for part in constraint.shapes:
                yield from inner(part, outer)
        case s.Xone():
            for part in constraint.shapes:
                yield from inner(part, BOTH)
        case s.Qualified():
            counted = outer if constraint.least is not None else outer.turned
            yield from inner(constraint.shape, counted)
            for part in constraint.siblings:
                yield from inner(part, counted.turned)
        case s.Sparql() | s.Custom():
            from kg.shacl.joins import constraint_reads

            yield from constraint_reads(shape, constraint, here, there, outer)
        case s.Unknown():
            yield ANYTHING


def _cut(there: Way, here: Way, cut: Cut) -> Way:
    """``there`` with a cut at its end, where a path leads to it; without one the cut would save nothing."""
    return there if there is here else (*there[:-1], replace(there[-1], cut=cut))
