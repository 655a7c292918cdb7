"""A SPARQL constraint as one query for all focus nodes at once (SHACL, section 5.3)."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode, QuerySolutions, Store

from kg.shacl.focus import Foci
from kg.shacl.shape import Query, Shape, Sparql
from kg.shacl.shapes import Unsupported
from kg.shacl.stamp import Stamp, stamp

__all__ = ["Rows"]

#: Stands for the targets where the query is asked without them.
_ANY = "?this <urn:x-newsgraph:any> <urn:x-newsgraph:any>"


@dataclass(frozen=True, slots=True)
class Rows:
    """A constraint as queries whose distinct solutions are its results, with the focus node in ``?this``.

    ``joined`` gives those of the focus nodes that targets' patterns bind. ``alone`` does not look at the targets: of
    its solutions those count whose ``?this`` is a focus node; None where that is not provably the same. ``stamp`` is
    None when results say more than their value, so that only their focus nodes can be taken from here.
    """

    joined: str
    alone: str | None
    stamp: Stamp | None

    @classmethod
    def of(cls, shape: Shape, constraint: Sparql, foci: Foci) -> Rows | None:
        """The constraint as such queries; None where that is not provably the same as asking it of each focus node."""
        from kg.shacl.query import set_form

        if not foci.patterns:
            return None
        joined = set_form(constraint.query, foci.patterns, shape.path)
        if joined is None:
            return None
        alone = None
        if _begins_with_this(constraint.query, shape):
            marked = set_form(constraint.query, (_ANY,), shape.path)
            alone = None if marked is None else marked.replace(f" {_ANY} . ", " ", 1)
            alone = None if alone is not None and _ANY in alone else alone
        mark = stamp(shape, constraint)
        try:
            solutions = Store().query(joined)
        except SyntaxError:  # an engine reads the joined text otherwise than the parts: each focus node is asked
            return None
        assert isinstance(solutions, QuerySolutions)
        names = {v.value for v in solutions.variables}
        plain = not names & {"path", "message", "failure"} and "{" not in mark.message
        return cls(joined, alone, mark if plain else None)


def _begins_with_this(query: Query, shape: Shape) -> bool:
    """Whether the pattern begins with triples one of which binds ``$this``.

    Then every later step keeps what it makes of one focus node apart from that of others, and choosing focus nodes
    before the pattern or after it gives the same.
    """
    from kg.shacl.query import algebra as a
    from kg.shacl.query.rules import checked
    from kg.shacl.query.translation import translate

    try:
        select = translate(checked(query, prebound=frozenset({"this"}), path=shape.path).tree).select
    except Unsupported:
        return False
    first = next(iter(select.group.steps), None)
    if not isinstance(first, a.Bgp):
        return False
    this = a.Var("this")
    return any(this in (t.subject, t.object) and isinstance(t.predicate, NamedNode | a.Link) for t in first.triples)
