"""What a result takes from the shape: code, severity, message and where the constraint stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from kg.shacl.demand import demand
from kg.shacl.path import Path
from kg.shacl.shape import Constraint, Custom, Shape, Sparql
from kg.shacl.shapes import NKGS, code_of
from kg.shacl.view import Node
from kg.vocab import compact

__all__ = ["Finding", "Stamp", "stamp"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """The shape's share of a result; ``source`` is the shape's own node, ``shape`` the IRI of the nearest named one.

    ``messages`` are all that the shape says, in every language, the one of ``message`` first. Who puts values into
    ``message`` leaves them as they are: a result then has that message alone. ``constraint`` is what was not fulfilled:
    a shape may have several that results do not tell apart, such as two ``sh:sparql``. Stamps are compared without it.
    """

    code: str
    severity: str
    message: str
    shape: str
    component: str
    source: Node | None = None
    messages: tuple[Literal, ...] = ()
    constraint: Constraint | None = field(default=None, compare=False, repr=False)


#: (focus node, path, value, what the shape says)
Finding = tuple[Node, Path | None, Node | None, Stamp]


def stamp(shape: Shape, constraint: Constraint) -> Stamp:
    """The fields that every result of the constraint has."""
    messages = shape.messages
    texts = [m.value for m in messages]
    if isinstance(constraint, Sparql | Custom) and constraint.messages:
        messages = constraint.messages
        texts = [messages[0].value, *texts]
    message = texts[0] if texts else ""
    own = shape.node
    local = code_of(own.value[len(NKGS.iri) :]) if isinstance(own, NamedNode) and own in NKGS else None
    code = next((c for c in map(code_of, texts) if c), None) or local or _short(constraint.component)
    label = compact(shape.name) if shape.name else "a shape without a name"
    return Stamp(
        code=code,
        severity=shape.severity,
        message=message or f"{demand(constraint)} ({label})",
        shape=shape.name,
        component=constraint.component,
        source=own,
        messages=messages,
        constraint=constraint,
    )


def _short(component: str) -> str:
    """The local name of a component."""
    return component.rpartition("#")[2].rpartition("/")[2].removesuffix("ConstraintComponent")
