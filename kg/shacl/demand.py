"""What a constraint asks for, in words: the message of shapes that have none of their own."""

from __future__ import annotations

from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode

from kg.shacl import shape as s
from kg.shacl.view import Node
from kg.shacl.wording import printable
from kg.vocab import XSD, compact

__all__ = ["demand"]

_KINDS = {
    "IRI": "an IRI",
    "BlankNode": "a blank node",
    "Literal": "a literal",
    "BlankNodeOrIRI": "a blank node or an IRI",
    "BlankNodeOrLiteral": "a blank node or a literal",
    "IRIOrLiteral": "an IRI or a literal",
}
_BOUNDS = {
    "minInclusive": "at least",
    "minExclusive": "greater than",
    "maxInclusive": "at most",
    "maxExclusive": "less than",
}
#: Characters of a term, and members of a list, that a message repeats.
_LONGEST, _MEMBERS = 80, 5


def demand(constraint: s.Constraint) -> str:
    """One clause without a full stop, such as ``at most 3 values are allowed``."""
    match constraint:
        case s.ClassOf():
            return f"the value must be an instance of {_term(constraint.wanted)}"
        case s.Datatype():
            return f"the value must be a valid {_term(constraint.datatype)}"
        case s.NodeKind():
            return f"the value must be {_KINDS.get(constraint.kind, constraint.kind)}"
        case s.Bound():
            return f"the value must be {_BOUNDS[constraint.name]} {_term(constraint.bound)}"
        case s.MinLength():
            return f"the value must have at least {_count(constraint.length, 'character')}"
        case s.MaxLength():
            return f"the value must have at most {_count(constraint.length, 'character')}"
        case s.Pattern():
            return f"the value must match the pattern {_term(Literal(constraint.pattern))}"
        case s.LanguageIn():
            return f"the value must have one of the languages {_listed(constraint.ranges)}"
        case s.In():
            return f"the value must be one of {_listed([_term(one) for one in constraint.members])}"
        case s.HasValue():
            return f"one value must be {_term(constraint.value)}"
        case s.MinCount():
            return f"at least {_count(constraint.count, 'value')} must be there"
        case s.MaxCount():
            return f"at most {_count(constraint.count, 'value')} may be there"
        case s.UniqueLang():
            return "no two values may have the same language"
        case s.Equals():
            return f"the values must be those of {_term(constraint.other)}"
        case s.Disjoint():
            return f"no value may also be one of {_term(constraint.other)}"
        case s.Less():
            how = "at most as large as" if constraint.equal else "less than"
            return f"each value must be {how} every value of {_term(constraint.other)}"
        case s.Closed():
            return "no other properties than those of the shape may be there"
        case _:
            return _of_shapes(constraint)


def _of_shapes(constraint: s.Constraint) -> str:
    match constraint:
        case s.NodeShape():
            return f"the value must conform to {_shape(constraint.shape)}"
        case s.Not():
            return f"the value must not conform to {_shape(constraint.shape)}"
        case s.And():
            return f"the value must conform to all of {len(constraint.shapes)} shapes"
        case s.Or():
            return f"the value must conform to one or more of {len(constraint.shapes)} shapes"
        case s.Xone():
            return f"the value must conform to exactly one of {len(constraint.shapes)} shapes"
        case s.Qualified():
            if constraint.least is not None:
                return f"at least {_count(constraint.least, 'value')} must conform to {_shape(constraint.shape)}"
            return f"at most {_count(constraint.most or 0, 'value')} may conform to {_shape(constraint.shape)}"
        case s.Sparql():
            return "the shape's query must find nothing"
        case s.Custom():
            return f"what {printable(compact(constraint.iri.value))} asks for must hold"
        case _:
            return f"{constraint.component} must be fulfilled"


def _shape(shape: s.Shape) -> str:
    return _term(shape.node) if isinstance(shape.node, NamedNode) else "a nameless shape"


def _term(node: Node) -> str:
    if isinstance(node, NamedNode):
        return printable(compact(node.value))
    if isinstance(node, Literal):
        text = node.value if len(node.value) <= _LONGEST else node.value[:_LONGEST] + "…"
        plain = node.datatype in (XSD.integer, XSD.decimal, XSD.boolean, XSD.date, XSD.dateTime)
        return printable(text if plain else f'"{text}"' + (f"@{node.language}" if node.language else ""))
    return printable(str(node)[:_LONGEST])


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MEMBERS
    return ", ".join(names[:_MEMBERS]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
