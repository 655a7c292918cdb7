"""How a node can fail a shape, as SPARQL graph patterns (the whole store, set at a time).

A :class:`~kg.shacl.way.Way` is a pattern over one variable. The ways of a shape together match every node that fails
it, and may match others: they only find candidates, what is wrong with them the closures say. Where nothing better is
known the answer is None: every node may fail.

Rules that were measured on Oxigraph: ``MINUS`` reads only encoded terms and is hash based, ``EXISTS`` is neither; one
triple pattern in an ``EXISTS``; counting by ``GROUP BY``, not by joining a predicate with itself; a failing inner shape
first, then the nodes that lead to it; many small queries, not one ``UNION``; ``COUNT(DISTINCT …)`` takes a third of the
time of ``MINUS`` and ``GROUP BY``, so that two counts (:class:`~kg.shacl.way.Proof`) come before both.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pyoxigraph import NamedNode

from kg.shacl import shape as s
from kg.shacl.certainty import Certainty, certainty, constant, less, one_of
from kg.shacl.link import begins_with_a_triple, is_reflexive, is_triple, pattern_of
from kg.shacl.path import Path
from kg.shacl.way import COMBINATIONS, THIS, Inner, Proof, Way, Ways, both, fail_all, fail_one, only
from kg.vocab import RDF

__all__ = ["ways"]

#: Steps into nested shapes after which the answer is None.
_STEPS = 120
#: From this many members on, ``sh:in`` is a join with the members and no filter.
_MANY = 12


class _TooLarge(Exception):
    """The shapes are nested too deep, or too many, for patterns of a sensible size."""


def ways(shape: s.Shape) -> Ways:
    """The ways in which a node, in the variable ``?this``, can fail a shape; empty when it cannot.

    None when nothing is known: every node may fail.
    """
    try:
        return _Finder().shape(shape, THIS)
    except _TooLarge:
        return None


class _Finder:
    """Makes the patterns of one shape; holds the number of variables and steps so far."""

    def __init__(self) -> None:
        self._variables = itertools.count(1)
        self._steps = itertools.count(1)

    def fresh(self) -> str:
        """A variable that is used nowhere else."""
        return f"?v{next(self._variables)}"

    def shape(self, shape: s.Shape, x: str) -> Ways:
        """How the node in ``x`` can fail the shape."""
        if next(self._steps) > _STEPS:
            raise _TooLarge
        if shape.path is None:
            return self.node(shape.constraints, x)
        found = self.property(shape.path, shape.constraints, x)
        return None if found is None else tuple(replace(way, key=(shape, n)) for n, way in enumerate(found))

    # a node by itself -----------------------------------------------------------------------------------------------

    def node(self, constraints: Iterable[s.Constraint], x: str) -> Ways:
        """How the node in ``x`` can fail the constraints on itself."""
        tests: list[Certainty] = []
        found: list[Way] = []
        for c in constraints:
            if isinstance(c, s.In) and len(c.members) > _MANY:
                found.append(_not_among(c, x))
                continue
            test = one_of((c.value,), x) if isinstance(c, s.HasValue) else certainty(c, x)
            if test is not None:
                tests.append(test)
                continue
            how = self._structure(c, x)
            if how is None:
                return None
            found.extend(how)
        if tests:
            test = Certainty.all_of(tests)
            if not test.may_fail:
                return None
            if test.holds != "true":
                found.insert(0, Way(test.may_fail, binds=False, spared=f"FILTER({test.holds})"))
        return tuple(found)

    def _structure(self, c: s.Constraint, x: str) -> Ways:
        match c:
            case s.ClassOf(_, classes):
                member = self._member(classes, x)
                return (Way(f"MINUS {{ {member} }}", binds=False, spared=member),)
            case s.NodeShape(inner) | s.Property(inner):
                return self.shape(inner, x)
            case s.And(shapes):
                return fail_one([self.shape(inner, x) for inner in shapes])
            case s.Or(shapes):
                return fail_all([self.shape(inner, x) for inner in shapes])
            case s.Not(inner):
                return only(self.may_conform(inner, x))
            case s.Xone(shapes):
                return self._xone(shapes, x)
            case s.Equals(other):
                y = self.fresh()
                return (
                    Way(f"MINUS {{ {x} {other} {y} FILTER(sameTerm({x}, {y})) }}", binds=False),
                    Way(f"{x} {other} {y} FILTER(!sameTerm({x}, {y}))", binds=True, predicate=other),
                )
            case s.Disjoint(other):
                y = self.fresh()
                return (Way(f"{x} {other} {y} FILTER(sameTerm({x}, {y}))", binds=True, predicate=other),)
            case s.Closed(allowed):
                p, y = self.fresh(), self.fresh()
                known = ", ".join(sorted(map(str, allowed)))
                # Oxigraph keeps nothing for NOT IN ().
                unknown = f"FILTER({p} NOT IN ({known}))" if known else ""
                return (Way(f"{x} {p} {y} . {unknown}", binds=False),)
            case _:
                return None

    def _xone(self, shapes: Sequence[s.Shape], x: str) -> Ways:
        if len(shapes) * (len(shapes) - 1) // 2 > COMBINATIONS:
            return None
        none = fail_all([self.shape(inner, x) for inner in shapes])
        two = [only(both(self.may_conform(a, x), self.may_conform(b, x))) for a, b in itertools.combinations(shapes, 2)]
        return fail_one([none, *two])

    def _member(self, classes: Sequence[NamedNode], x: str) -> str:
        if len(classes) == 1:
            return f"{x} {RDF.type} {classes[0]} ."
        c = self.fresh()
        return f"VALUES {c} {{ {' '.join(map(str, classes))} }} {x} {RDF.type} {c} ."

    # the values of a path -------------------------------------------------------------------------------------------

    def property(self, path: Path, constraints: Sequence[s.Constraint], x: str) -> Ways:
        """How the node in ``x`` can fail constraints on the values its path leads to."""
        y = self.fresh()
        link = self._link(path, x, y)
        each = [c for c in constraints if certainty(c, y) is not None or isinstance(c, _EACH)]
        # Who has two values in one language has two values.
        single = any(isinstance(c, s.MaxCount) and c.count < 2 for c in constraints)
        found: list[Way] = []
        if each:
            inner = self.node(each, y)
            known = inner if inner is not None else (Way("", binds=False),)
            found.extend(self._led_to(way, link, path, y) for way in known)
        for c in constraints:
            if c in each or (isinstance(c, s.UniqueLang) and single):
                continue
            how = self._values(c, path, x, y, link)
            if how is None:
                return None
            found.extend(how)
        return tuple(found)

    def _led_to(self, way: Way, link: str, path: Path, y: str) -> Way:
        """The way a value fails as one for the node whose value it is."""
        body, free = f"{link} {way.pattern}", begins_with_a_triple(path)
        spared, proof = f"MINUS {{ {body} }}", way.proof
        if proof is not None and proof.among == "":
            proof = replace(proof, among=self._link(path, "?source", THIS)) if free else None
        if way.binds and free:
            query, inner = f"SELECT DISTINCT {y} {{ {way.pattern} }}", None
            if way.key is not None and is_triple(path):
                inner = Inner(query, way.key, path)
            return Way(f"{{ {query} }} {link}", binds=True, spared=spared, few=body, proof=proof, inner=inner)
        return Way(body, binds=free, spared=spared, predicate=path.iri, proof=proof)

    def _values(self, c: s.Constraint, path: Path, x: str, y: str, link: str) -> Ways:
        free, first = begins_with_a_triple(path), path.iri
        match c:
            case s.MinCount(count):
                if not free:
                    return () if count <= 1 and is_reflexive(path) else None
                return (self._without(path, x, y),) if count == 1 else self._at_least(link, count, x, y, path)
            case s.MaxCount(count):
                return self._more_than(link, count, x, y, path)
            case s.HasValue(value):
                given = constant(value)
                if given is None:
                    return None
                return (self._without(path, x, given),)
            case s.UniqueLang():
                if not free:
                    return None
                tail = f' FILTER(LANG({y}) != "") }} GROUP BY {x} (LCASE(LANG({y})) AS {self.fresh()})'
                tail += f" HAVING({_count(path, y)} > 1) }}"
                head, proof = f"{{ SELECT {x} {{ ", self._at_most_one(path)
                return (Way(link, binds=True, head=head, tail=tail, predicate=first, proof=proof),)
            case s.Less(other, equal):
                z = self.fresh()
                open_ = less(y, z, equal=equal).may_fail
                return (Way(f"{link} {x} {other} {z} . {open_}", binds=free, predicate=first),)
            case s.Equals(other):
                return (
                    Way(f"{link} MINUS {{ {x} {other} {y} }}", binds=free, predicate=first),
                    Way(f"{x} {other} {y} . MINUS {{ {link} }}", binds=True, predicate=other),
                )
            case s.Disjoint(other):
                return (Way(f"{x} {other} {y} . {link}", binds=True, predicate=other),)
            case s.Qualified(inner, least, most, siblings):
                return self._qualified(inner, least, most, siblings, path, x, y, link)
            case _:
                return None

    def _qualified(
        self,
        inner: s.Shape,
        least: int | None,
        most: int | None,
        siblings: Sequence[s.Shape],
        path: Path,
        x: str,
        y: str,
        link: str,
    ) -> Ways:
        if not begins_with_a_triple(path):
            return None
        if most is not None:
            # A value that conforms to a sibling too does not count: leaving siblings out can only find more.
            may, _ = self.may_conform(inner, y)
            return self._more_than(f"{link} {may}", most, x, y, path)
        how = self.shape(inner, y)
        if how is None or siblings or any(w.spared is None for w in how):
            return None
        return self._at_least(" ".join((link, *(w.spared or "" for w in how))), least or 0, x, y, path)

    def _at_least(self, link: str, count: int, x: str, y: str, path: Path) -> Ways:
        """How ``x`` can have fewer values than ``count``."""
        if count < 1:
            return ()
        if count > 1:
            link = f"{{ SELECT {x} {{ {link} }} GROUP BY {x} HAVING({_count(path, y, link)} >= {count}) }}"
        return (Way(f"MINUS {{ {link} }}", binds=False, spared=link, predicate=path.iri),)

    def _more_than(self, link: str, count: int, x: str, y: str, path: Path) -> Ways:
        """How ``x`` can have more values than ``count``."""
        if not begins_with_a_triple(path):
            return None
        if count < 1:
            return (Way(link, binds=True, spared=f"MINUS {{ {link} }}", predicate=path.iri),)
        head, tail = f"{{ SELECT {x} {{ ", f" }} GROUP BY {x} HAVING({_count(path, y, link)} > {count}) }}"
        spared = f"MINUS {head}{link}{tail}"
        proof = self._at_most_one(path)
        return (Way(link, binds=True, spared=spared, head=head, tail=tail, predicate=path.iri, proof=proof),)

    def _without(self, path: Path, x: str, y: str) -> Way:
        """Leading nowhere, or not to the constant ``y``."""
        link = self._link(path, x, y)
        few = proof = None
        if is_triple(path):
            few = f"FILTER NOT EXISTS {{ {link} }}"
            proof = Proof(self._link(path, THIS, "?value" if y.startswith("?") else y), "")
        return Way(f"MINUS {{ {link} }}", binds=False, spared=link, predicate=path.iri, few=few, proof=proof)

    def _at_most_one(self, path: Path) -> Proof | None:
        return Proof(self._link(path, THIS, "?value")) if is_triple(path) else None

    def _link(self, path: Path, x: str, y: str) -> str:
        return pattern_of(path, x, y, self.fresh)

    # what may conform -----------------------------------------------------------------------------------------------

    def may_conform(self, shape: s.Shape, x: str) -> tuple[str, bool]:
        """A pattern that keeps every node in ``x`` that conforms ("" when all must be kept), and whether it binds."""
        if next(self._steps) > _STEPS:
            raise _TooLarge
        made = ("", False)
        for c in shape.constraints:
            how = self._may_fulfil(c, x) if shape.path is None else self._may_have(c, shape.path, x)
            made = both(made, how)
        return made

    def _may_fulfil(self, c: s.Constraint, x: str) -> tuple[str, bool]:
        test = one_of((c.value,), x) if isinstance(c, s.HasValue) else certainty(c, x)
        if test is not None:
            return test.may_hold, False
        match c:
            case s.ClassOf(_, classes):
                return self._member(classes, x), True
            case s.NodeShape(inner) | s.Property(inner):
                return self.may_conform(inner, x)
            case s.And(shapes):
                made = ("", False)
                for inner in shapes:
                    made = both(made, self.may_conform(inner, x))
                return made
            case s.Not(inner):
                how = self.shape(inner, x)
                return (how[0].pattern, how[0].binds) if how is not None and len(how) == 1 else ("", False)
            case _:
                return "", False

    def _may_have(self, c: s.Constraint, path: Path, x: str) -> tuple[str, bool]:
        match c:
            case s.MinCount(count) if count > 0 and begins_with_a_triple(path):
                return self._link(path, x, self.fresh()), True
            case s.MaxCount(0) if begins_with_a_triple(path):
                return f"MINUS {{ {self._link(path, x, self.fresh())} }}", False
            case s.HasValue(value) if begins_with_a_triple(path) and (given := constant(value)) is not None:
                return self._link(path, x, given), True
            case _:
                return "", False


#: Constraints on each value by itself that are not tests.
_EACH = (s.ClassOf, s.NodeShape, s.Property, s.And, s.Or, s.Not, s.Xone, s.Closed)


def _not_among(c: s.In, x: str) -> Way:
    """A value that is none of many."""
    given = [g for m in c.members if (g := constant(m)) is not None]
    members = f"VALUES {x} {{ {' '.join(given)} }}"
    return Way(f"MINUS {{ {members} }}", binds=False, spared=members)


def _count(path: Path, y: str, link: str = "") -> str:
    """How many values there are; plain triple patterns give none twice."""
    return "COUNT(*)" if is_triple(path) and link.count(" .") <= 1 and "{" not in link else f"COUNT(DISTINCT {y})"
