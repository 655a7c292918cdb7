"""Shapes as values: what a shapes graph says, read once, for everything that works from it.

The compilers, the search for touched focus nodes, the reports and the documentation all read these values; only
:mod:`kg.shacl.reading` reads the graph. A shape that refers to itself is refused there, so shapes form no circles.
Each node of the graph becomes one :class:`Shape`: shapes compare and hash by identity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kg.shacl.path import Path
from kg.shacl.view import Node

__all__ = [
    "And",
    "Bound",
    "ClassOf",
    "Closed",
    "Constraint",
    "Custom",
    "Datatype",
    "Disjoint",
    "Equals",
    "HasValue",
    "In",
    "LanguageIn",
    "Less",
    "MaxCount",
    "MaxLength",
    "MinCount",
    "MinLength",
    "NodeKind",
    "NodeShape",
    "Not",
    "Or",
    "Pattern",
    "Property",
    "Qualified",
    "Query",
    "Root",
    "Shape",
    "Sparql",
    "Target",
    "UniqueLang",
    "Unknown",
    "Xone",
]


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query or part of one as written in the shapes, and the prefixes it is read with."""

    text: str
    prefixes: tuple[tuple[str, str], ...] = ()

    @property
    def prologue(self) -> str:
        """The ``PREFIX`` lines that stand before the text."""
        return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in self.prefixes)


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """One constraint of a shape. ``component`` is the local name of the constraint component without
    ``ConstraintComponent`` (``MinCount``); the whole IRI for a component that is not SHACL's."""

    @property
    def component(self) -> str:
        """The name results give the constraint component."""
        return type(self).__name__


# ---- each value by itself ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class ClassOf(Constraint):
    """``sh:class``: the value is an instance of one of the classes, the wanted one and its subclasses."""

    wanted: NamedNode
    classes: tuple[NamedNode, ...]

    @property
    def component(self) -> str:
        """``Class``."""
        return "Class"


@dataclass(frozen=True, slots=True, eq=False)
class Datatype(Constraint):
    """``sh:datatype``: a literal of the datatype with a valid lexical form."""

    datatype: NamedNode


@dataclass(frozen=True, slots=True, eq=False)
class NodeKind(Constraint):
    """``sh:nodeKind``; ``kind`` is the local name (``BlankNodeOrIRI``)."""

    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Bound(Constraint):
    """``sh:minInclusive`` and its kin; ``name`` is the local name (``minInclusive``)."""

    name: str
    bound: Literal

    @property
    def component(self) -> str:
        """``MinInclusive`` …"""
        return self.name[0].upper() + self.name[1:]


@dataclass(frozen=True, slots=True, eq=False)
class MinLength(Constraint):
    """``sh:minLength`` in characters."""

    length: int


@dataclass(frozen=True, slots=True, eq=False)
class MaxLength(Constraint):
    """``sh:maxLength`` in characters."""

    length: int


@dataclass(frozen=True, slots=True, eq=False)
class Pattern(Constraint):
    """``sh:pattern`` with ``sh:flags``, as SPARQL's ``REGEX`` reads them."""

    pattern: str
    flags: str


@dataclass(frozen=True, slots=True, eq=False)
class LanguageIn(Constraint):
    """``sh:languageIn``; basic language ranges, as written."""

    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class In(Constraint):
    """``sh:in``."""

    members: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class NodeShape(Constraint):
    """``sh:node``: the value conforms to the shape."""

    shape: Shape

    @property
    def component(self) -> str:
        """``Node``."""
        return "Node"


@dataclass(frozen=True, slots=True, eq=False)
class Not(Constraint):
    """``sh:not``."""

    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class And(Constraint):
    """``sh:and``."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Or(Constraint):
    """``sh:or``."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Xone(Constraint):
    """``sh:xone``."""

    shapes: tuple[Shape, ...]


# ---- all values together -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class HasValue(Constraint):
    """``sh:hasValue``."""

    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class MinCount(Constraint):
    """``sh:minCount``."""

    count: int


@dataclass(frozen=True, slots=True, eq=False)
class MaxCount(Constraint):
    """``sh:maxCount``."""

    count: int


@dataclass(frozen=True, slots=True, eq=False)
class UniqueLang(Constraint):
    """``sh:uniqueLang true``."""


@dataclass(frozen=True, slots=True, eq=False)
class Equals(Constraint):
    """``sh:equals``."""

    other: NamedNode


@dataclass(frozen=True, slots=True, eq=False)
class Disjoint(Constraint):
    """``sh:disjoint``."""

    other: NamedNode


@dataclass(frozen=True, slots=True, eq=False)
class Less(Constraint):
    """``sh:lessThan``, or ``sh:lessThanOrEquals`` when ``equal``."""

    other: NamedNode
    equal: bool

    @property
    def component(self) -> str:
        """``LessThan`` or ``LessThanOrEquals``."""
        return "LessThanOrEquals" if self.equal else "LessThan"


@dataclass(frozen=True, slots=True, eq=False)
class Closed(Constraint):
    """``sh:closed true``: no predicate but the allowed ones (those of the shape's property shapes included)."""

    allowed: frozenset[NamedNode]


@dataclass(frozen=True, slots=True, eq=False)
class Property(Constraint):
    """``sh:property``: each value (for a node shape the focus node) is a focus node of the property shape.

    Its results are the property shape's own; the component itself reports nothing.
    """

    shape: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Qualified(Constraint):
    """``sh:qualifiedValueShape`` with ``sh:qualifiedMinCount`` or ``sh:qualifiedMaxCount``, one of them each.

    ``siblings`` are the shapes a value must not conform to, to be counted (``sh:qualifiedValueShapesDisjoint``).
    """

    shape: Shape
    least: int | None
    most: int | None
    siblings: tuple[Shape, ...]

    @property
    def component(self) -> str:
        """``QualifiedMinCount`` or ``QualifiedMaxCount``."""
        return "QualifiedMinCount" if self.least is not None else "QualifiedMaxCount"


# ---- SPARQL --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Sparql(Constraint):
    """``sh:sparql`` (SHACL, section 5): each solution of the query with ``$this`` bound is a result."""

    node: Node
    query: Query
    messages: tuple[Literal, ...]

    @property
    def component(self) -> str:
        """``SPARQL``."""
        return "SPARQL"


@dataclass(frozen=True, slots=True, eq=False)
class Custom(Constraint):
    """A constraint of a SPARQL-based constraint component (SHACL, section 6), with one value for each parameter.

    ``ask`` says of which kind the validator's query is. ``bindings`` are (variable name, value).
    """

    iri: NamedNode
    bindings: tuple[tuple[str, Node], ...]
    validator: Node
    ask: bool
    query: Query
    messages: tuple[Literal, ...]

    @property
    def component(self) -> str:
        """The component's IRI."""
        return self.iri.value


@dataclass(frozen=True, slots=True, eq=False)
class Unknown(Constraint):
    """A construct that no compiler knows: the shape it belongs to runs in the oracle. ``reason`` says which."""

    reason: str


# ---- shapes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A node shape (``path`` is None) or property shape.

    ``node`` is its term in the shapes graph, ``name`` the IRI results give (for a blank node that of the nearest named
    shape around it, "" where there is none), ``severity`` the local name of SHACL's severities or another severity's
    IRI, ``constraints`` are in the order of the graph and empty for a deactivated shape.
    """

    node: Node
    name: str
    path: Path | None
    constraints: tuple[Constraint, ...]
    severity: str = "Violation"
    messages: tuple[Literal, ...] = ()
    deactivated: bool = False

    def nested(self) -> Iterator[Shape]:
        """The shapes its constraints point to."""
        for constraint in self.constraints:
            match constraint:
                case NodeShape() | Not() | Property():
                    yield constraint.shape
                case And() | Or() | Xone():
                    yield from constraint.shapes
                case Qualified():
                    yield constraint.shape
                    yield from constraint.siblings

    def walk(self) -> Iterator[Shape]:
        """The shape itself and all shapes inside it, each once, from outside in."""
        found = {self: None}
        queue = [self]
        for known in queue:
            for inner in known.nested():
                if inner not in found:
                    found[inner] = None
                    queue.append(inner)
        yield from queue


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Where focus nodes come from (SHACL, section 2.1.3 and SHACL-AF, section 3).

    ``kind`` is ``targetClass`` (``classes`` are the class and its subclasses), ``targetNode``, ``targetObjectsOf``,
    ``targetSubjectsOf`` or ``target`` (``query`` selects ``?this`` with ``bindings`` bound beforehand).
    """

    kind: str
    term: Node
    classes: tuple[NamedNode, ...] = ()
    query: Query | None = None
    bindings: tuple[tuple[str, Node], ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What equal targets have in common."""
        return self.kind, str(self.term)


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """A shape with targets. ``of_dataset``: its constraint looks across articles (``nkgs:scope nkgs:Dataset``);
    ``of_annotations``: it needs the annotations graphs (``nkgs:scope nkgs:Annotations``)."""

    shape: Shape
    targets: tuple[Target, ...]
    of_dataset: bool = False
    of_annotations: bool = False

    @property
    def unknown(self) -> str | None:
        """The construct in it that no compiler knows, or None."""
        found = (c.reason for s in self.shape.walk() for c in s.constraints if isinstance(c, Unknown))
        return next(found, None)
