"""Triple patterns in an order that begins with what is known, each a closure that calls the next.

A step is a function (view, row) → whether to stop. It fills slots of the row, calls the step after it for every match
and empties them again, so that nothing is copied until a solution is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.shacl.query import algebra as a
from kg.shacl.query.scan import is_node, matches
from kg.shacl.query.typed import Row
from kg.shacl.query.way import inverted, starts, walker
from kg.shacl.view import Node, StoreView, View
from kg.vocab import RDF

__all__ = ["Build", "Place", "Run", "listed_step", "node_step", "ordered", "star_step", "triple_step"]

Run = Callable[[View, Row], bool]
Build = Callable[[Run], Run]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a position of a pattern gets its term: a constant, or a slot that surely is, surely is not or may be
    filled (``state`` is ``full``, ``empty`` or ``maybe``)."""

    term: Node | None
    slot: int = -1
    state: str = "full"

    @property
    def known(self) -> bool:
        """Whether there is a term for certain."""
        return self.state == "full"


def ordered(
    triples: Sequence[a.Triple], bound: Iterable[str]
) -> list[tuple[a.Triple, frozenset[str], tuple[NamedNode, ...]]]:
    """The patterns in the order to match them, each with its variables and the predicates that its subject must have
    for this and later patterns to match at all."""
    known = set(bound)
    rest = list(triples)
    found = []
    checked: set[a.Slot] = set()
    while rest:
        best = min(rest, key=lambda t: _cost(t, known))  # the first of equals
        subject = best.subject
        star: tuple[NamedNode, ...] = ()
        if subject not in checked and (not isinstance(subject, a.Var) or subject.name in known):
            checked.add(subject)
            needed = dict.fromkeys(t.predicate for t in rest if t.subject == subject)
            star = tuple(p for p in needed if isinstance(p, NamedNode))
        rest.remove(best)
        names = frozenset(v.name for v in (best.subject, best.predicate, best.object) if isinstance(v, a.Var))
        found.append((best, names, star if len(star) > 1 else ()))
        known |= names
    return found


def _cost(triple: a.Triple, known: set[str]) -> int:
    def has(slot: object) -> bool:
        return not isinstance(slot, a.Var) or slot.name in known

    subject, object_ = has(triple.subject), has(triple.object)
    if isinstance(triple.predicate, a.Var):
        predicate = triple.predicate.name in known
        return (0 if object_ else 2) if subject and predicate else 4 if subject else 8 if object_ else 10
    if isinstance(triple.predicate, NamedNode):
        if subject:
            return 0 if object_ else 1
        if object_:
            # Everything of a class is much, and so are the articles that share a value; the rest is few.
            return 6 if triple.predicate == RDF.type else 3
        return 9
    return 2 if subject and object_ else 3 if subject else 5 if object_ else 11


def triple_step(subject: Place, predicate: Place | a.Way, object: Place) -> Build:
    """The step that matches one pattern."""
    if not isinstance(predicate, Place):
        return _path(subject, predicate, object)
    if isinstance(predicate.term, NamedNode):
        iri = predicate.term
        if subject.state == "full":
            if object.state == "empty":
                return _outward(subject, iri, object.slot)
            if object.state == "full":
                return _present(subject, iri, object)
        elif subject.state == "empty":
            if object.state == "full":
                return _inward(subject.slot, iri, object)
            if object.state == "empty" and object.slot != subject.slot:
                return _all(subject.slot, iri, object.slot)
    return _any(subject, predicate, object)


def star_step(subject: Place, predicates: Sequence[tuple[NamedNode, int]]) -> Build:
    """Goes on only where the subject has all the predicates, with their objects in the slots beside them."""
    term, slot = subject.term, subject.slot

    def build(then: Run) -> Run:
        def run(view: View, row: Row) -> bool:
            node = term if term is not None else row[slot]
            if isinstance(view, StoreView):  # reading a whole row of a store costs more than a few look-ups
                for predicate, place in predicates:
                    objects = view.objects(node, predicate)
                    if not objects:
                        return False
                    row[place] = objects
                return then(view, row)
            found = view.row(node)
            for predicate, place in predicates:
                values = found.get(predicate)
                if not values:
                    return False
                row[place] = values
            return then(view, row)

        return run

    return build


def listed_step(listed: int, object: Place) -> Build:
    """The objects that a star step has found, one after the other, or whether the known one is among them."""
    out, term = object.slot, object.term

    def build(then: Run) -> Run:
        def run(view: View, row: Row) -> bool:
            for value in row[listed]:
                row[out] = value
                if then(view, row):
                    row[out] = None
                    return True
            row[out] = None
            return False

        def run_known(view: View, row: Row) -> bool:
            return (row[out] if term is None else term) in row[listed] and then(view, row)

        return run_known if object.known else run

    return build


def node_step(slot: int) -> Build:
    """Goes on only where the term is a node of the graph: a path of no length begins nowhere else unless it begins
    with a constant (SPARQL 1.1, section 18.4)."""

    def build(then: Run) -> Run:
        def run(view: View, row: Row) -> bool:
            term = row[slot]
            return (term is None or is_node(view, term)) and then(view, row)

        return run

    return build


def _outward(subject: Place, iri: NamedNode, out: int) -> Build:
    term, slot = subject.term, subject.slot

    def build(then: Run) -> Run:
        def run(view: View, row: Row) -> bool:
            for value in view.objects(row[slot], iri):
                row[out] = value
                if then(view, row):
                    row[out] = None
                    return True
            row[out] = None
            return False

        def run_constant(view: View, row: Row) -> bool:
            assert term is not None
            for value in view.objects(term, iri):
                row[out] = value
                if then(view, row):
                    row[out] = None
                    return True
            row[out] = None
            return False

        return run if term is None else run_constant

    return build


def _inward(out: int, iri: NamedNode, object: Place) -> Build:
    term, slot = object.term, object.slot

    def build(then: Run) -> Run:
        def run(view: View, row: Row) -> bool:
            for value in view.subjects(iri, row[slot] if term is None else term):
                row[out] = value
                if then(view, row):
                    row[out] = None
                    return True
            row[out] = None
            return False

        return run

    return build


def _present(subject: Place, iri: NamedNode, object: Place) -> Build:
    term, slot, other, other_slot = subject.term, subject.slot, object.term, object.slot

    def build(then: Run) -> Run:
        def run(view: View, row: Row) -> bool:
            found = view.objects(row[slot] if term is None else term, iri)
            return (row[other_slot] if other is None else other) in found and then(view, row)

        return run

    return build


def _all(out: int, iri: NamedNode, other: int) -> Build:
    def build(then: Run) -> Run:
        def run(view: View, row: Row) -> bool:
            stop = False
            for s, o in view.pairs(iri):
                row[out] = s
                row[other] = o
                if then(view, row):
                    stop = True
                    break
            row[out] = row[other] = None
            return stop

        return run

    return build


def _any(subject: Place, predicate: Place, object: Place) -> Build:
    """Any mixture of what is known, decided when it runs."""
    places = (subject, predicate, object)

    def build(then: Run) -> Run:
        def run(view: View, row: Row) -> bool:
            s, p, o = (row[place.slot] if place.term is None else place.term for place in places)
            stop = False
            empty = [
                (place.slot, i) for i, place in enumerate(places) if place.term is None and row[place.slot] is None
            ]
            for found in matches(view, s, p, o):
                for slot, i in empty:
                    row[slot] = found[i]
                # A variable that stands twice must have matched one term.
                if all(row[slot] == found[i] for slot, i in empty) and then(view, row):
                    stop = True
                    break
            for slot, _ in empty:
                row[slot] = None
            return stop

        return run

    return build


def _path(subject: Place, way: a.Way, object: Place) -> Build:
    """A path walked from the end that is known."""
    forward, backward, begin = walker(way), walker(inverted(way)), starts(way)

    def build(then: Run) -> Run:
        def each(view: View, row: Row, values: Iterable[Node], slot: int) -> bool:
            for value in values:
                row[slot] = value
                if then(view, row):
                    row[slot] = None
                    return True
            row[slot] = None
            return False

        def run(view: View, row: Row) -> bool:
            s = row[subject.slot] if subject.term is None else subject.term
            o = row[object.slot] if object.term is None else object.term
            if s is not None:
                if o is None:
                    return each(view, row, forward(view, s), object.slot)
                return any(value == o and then(view, row) for value in forward(view, s))
            if o is not None:
                return each(view, row, backward(view, o), subject.slot)
            stop = False
            for s in begin(view):
                row[subject.slot] = s
                # Where one variable stands at both ends, only ways back to the beginning count.
                if subject.slot == object.slot:
                    stop = any(value == s and then(view, row) for value in forward(view, s))
                else:
                    stop = each(view, row, forward(view, s), object.slot)
                if stop:
                    break
            row[subject.slot] = None
            return stop

        return run

    return build
