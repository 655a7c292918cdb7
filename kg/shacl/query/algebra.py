"""A query as values, close to the algebra of SPARQL 1.1 (section 18.2), with scopes kept visible.

A group graph pattern stays a group (its steps in the order of the text, its filters for the whole of it), because what
a filter or BIND may see is decided by the group it stands in.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.shacl.view import Node

__all__ = [
    "Aggregate",
    "Alternative",
    "Bgp",
    "Bind",
    "Call",
    "Exists",
    "Expression",
    "Group",
    "Inverse",
    "Link",
    "Minus",
    "Negated",
    "Optional",
    "Order",
    "Repeat",
    "Select",
    "Sequence",
    "Slot",
    "Step",
    "Triple",
    "Union",
    "Values",
    "Var",
    "Way",
]


@dataclass(frozen=True, slots=True)
class Var:
    """A variable by its name; a blank node of the query is one whose name begins with ``_:``."""

    name: str


#: What stands in a triple pattern.
Slot = Var | Node

# ---- property paths (section 18.1.7); `Way`, because kg.shacl.path.Path is the path of a shape -----------------------


@dataclass(frozen=True, slots=True)
class Link:
    """One predicate."""

    iri: NamedNode


@dataclass(frozen=True, slots=True)
class Inverse:
    """A path walked from its end."""

    way: Way


@dataclass(frozen=True, slots=True)
class Sequence:
    """One path after another."""

    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One path or another."""

    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """``?`` (not ``many``), ``*`` and ``+`` (not ``zero``)."""

    way: Way
    zero: bool
    many: bool


@dataclass(frozen=True, slots=True)
class Negated:
    """A negated property set; None for a direction that is not in it."""

    forward: frozenset[NamedNode] | None
    backward: frozenset[NamedNode] | None


Way = Link | Inverse | Sequence | Alternative | Repeat | Negated

# ---- expressions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call:
    """An operator (``=``, ``&&``, ``IN`` …), a builtin by its upper-case name or a cast by its IRI.

    ``&&`` and ``||`` have two arguments or more.
    """

    name: str
    args: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """``EXISTS``; NOT EXISTS is ``!`` of it."""

    group: Group


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A set function; ``arg`` is None for ``COUNT(*)``."""

    name: str
    distinct: bool
    arg: Expression | None
    separator: str = " "


Expression = Var | Node | Call | Exists | Aggregate

# ---- patterns --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Triple:
    """A triple pattern; ``predicate`` is a variable, an IRI or a path."""

    subject: Slot
    predicate: Var | NamedNode | Way
    object: Slot


@dataclass(frozen=True, slots=True)
class Bgp:
    """Triple patterns that all match (a basic graph pattern and the paths beside it)."""

    triples: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Optional:
    """``OPTIONAL``; the group's own filters see what stands before it too."""

    group: Group


@dataclass(frozen=True, slots=True)
class Minus:
    """``MINUS``."""

    group: Group


@dataclass(frozen=True, slots=True)
class Bind:
    """``BIND``."""

    var: Var
    value: Expression


@dataclass(frozen=True, slots=True)
class Union:
    """``UNION``."""

    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """``VALUES``; None is UNDEF."""

    variables: tuple[Var, ...]
    rows: tuple[tuple[Node | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group graph pattern."""

    steps: tuple[Step, ...]
    filters: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """One condition of ORDER BY."""

    value: Expression
    descending: bool


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT query or sub-SELECT; ``keys`` is None when nothing is grouped.

    ``items`` are the projection in order, with an expression for ``(… AS ?x)``. ``aggregates`` are what its expressions
    aggregate, each under a variable of its own whose name begins with ``#``.
    """

    items: tuple[tuple[Var, Expression | None], ...]
    group: Group
    keys: tuple[tuple[Var, Expression | None], ...] | None = None
    aggregates: tuple[tuple[Var, Aggregate], ...] = ()
    having: tuple[Expression, ...] = ()
    order: tuple[Order, ...] = ()
    distinct: bool = False
    limit: int | None = None
    offset: int = 0

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the projection."""
        return tuple(var.name for var, _ in self.items)


Step = Bgp | Optional | Minus | Bind | Union | Values | Group | Select
