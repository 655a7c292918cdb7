"""Property paths as a query writes them."""

from __future__ import annotations

from pyoxigraph import NamedNode

from kg.queries.syntax import Branch
from kg.shacl.query import algebra as a
from kg.shacl.query.term import Terms
from kg.shacl.shapes import Unsupported
from kg.vocab import RDF

__all__ = ["read_way"]


def read_way(branch: Branch, terms: Terms) -> a.Way:
    """The path a branch of the syntax tree writes (SPARQL 1.1, section 9.1). Raises
    :class:`kg.shacl.shapes.Unsupported` where the branch has a form that is not known here."""
    if branch.literal and branch.kind == "a":
        return a.Link(RDF.type)
    if branch.kind == "binary_path":
        left, mark, right = branch.parts
        kind = a.Sequence if mark.kind == "/" else a.Alternative
        return kind((read_way(left, terms), read_way(right, terms)))
    if branch.kind != "path_element":
        raise Unsupported(branch.kind)
    inverse = branch.first("path_inverse") is not None
    negated = branch.first("path_negated_property_set")
    modifier = branch.first("path_mod")
    inner = next((b for b in branch.named() if b.kind not in ("path_inverse", "path_mod")), None)
    found: a.Way
    if branch.has("!"):
        if negated is None:
            raise Unsupported("a negated property set")
        found = _negated(negated, terms)
    elif branch.has("a"):
        found = a.Link(RDF.type)
    elif inner is None:
        raise Unsupported("a path")
    elif branch.has("("):
        found = read_way(inner, terms)
    else:
        found = a.Link(terms.iri(inner))
    if modifier is not None:
        sign = modifier.text
        if sign not in ("?", "*", "+"):
            raise Unsupported("a path")
        found = a.Repeat(found, sign != "+", sign != "?")
    return a.Inverse(found) if inverse else found


def _negated(branch: Branch, terms: Terms) -> a.Negated:
    forward: set[NamedNode] = set()
    backward: set[NamedNode] = set()
    ones = branch.all("path_one_in_property_set")
    for one in ones:
        iri = RDF.type if one.has("a") else terms.iri(one.named()[0])
        (backward if one.has("^") else forward).add(iri)
    # The empty set !() excludes nothing.
    return a.Negated(frozenset(forward) if forward or not backward else None, frozenset(backward) if backward else None)
