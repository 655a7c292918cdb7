"""What the constraints on one property say of its values: classes and datatypes, how many, and limits in words."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import NamedNode

from kg.shacl import shape as s
from kg.shacl.view import Node
from kg.shacl.wording import printable
from kg.vocab import compact

__all__ = ["Limits", "shown"]

_NODE_KINDS = {"IRI": True, "BlankNode": True, "BlankNodeOrIRI": True, "Literal": False}


class Limits:
    """What constraints say so far; :meth:`add` takes one more.

    ``values`` are the IRIs of classes and datatypes, ``nodes`` whether the values are nodes (None: not said),
    ``members`` the only values allowed, ``limits`` further limits in words. ``least`` is what a Violation demands;
    ``advised`` says that a milder severity asks for a value.
    """

    __slots__ = ("advised", "least", "limits", "members", "most", "nodes", "values")

    def __init__(self) -> None:
        self.values: dict[str, None] = {}
        self.nodes: bool | None = None
        self.members: dict[Node, None] = {}
        self.limits: dict[str, None] = {}
        self.least = 0
        self.most: int | None = None
        self.advised = False

    def add(self, constraint: s.Constraint, severity: str) -> None:
        """Adds what one constraint says."""
        match constraint:
            case s.Datatype() | s.ClassOf():
                self.values[_kind(constraint)] = None
            case s.Or(shapes=shapes):
                kinds = [_only(inner) for inner in shapes]
                if all(kinds):
                    self.values |= dict.fromkeys(kind for kind in kinds if kind)
            case s.NodeKind(kind=kind):
                self.nodes = _NODE_KINDS.get(kind, self.nodes)
            case s.In(members=members):
                self.members |= dict.fromkeys(members)
            case s.HasValue(value=value):
                self.limits[f"one is {shown(value)}"] = None
            case s.MinCount(count=count):
                if severity == "Violation":
                    self.least = max(self.least, count)
                else:
                    self.advised = True
            case s.MaxCount(count=count):
                self.most = count if self.most is None else min(self.most, count)
            case _:
                words = _limit(constraint) if severity != "Info" else None
                if words:
                    self.limits[words] = None


def _limit(constraint: s.Constraint) -> str | None:
    """A limit in words, for the constraints that have short ones."""
    match constraint:
        case s.Pattern(pattern=pattern):
            return f"matches {printable(pattern)}"
        case s.MinLength(length=length):
            return f"at least {length} character{'s' * (length != 1)}"
        case s.MaxLength(length=length):
            return f"at most {length} character{'s' * (length != 1)}"
        case s.Bound(name=name, bound=bound):
            return f"{_BOUNDS[name]} {printable(bound.value)}"
        case s.UniqueLang():
            return "one in each language"
        case s.LanguageIn(ranges=ranges):
            return "in " + ", ".join(map(printable, ranges))
        case s.Less(other=other, equal=equal):
            return f"{'at most' if equal else 'less than'} {compact(other.value)}"
        case s.Equals(other=other):
            return f"the same as {compact(other.value)}"
        case s.Disjoint(other=other):
            return f"none of {compact(other.value)}"
    return None


_BOUNDS: Mapping[str, str] = {
    "minInclusive": "at least",
    "maxInclusive": "at most",
    "minExclusive": "more than",
    "maxExclusive": "less than",
}


def _kind(constraint: s.Datatype | s.ClassOf) -> str:
    return constraint.datatype.value if isinstance(constraint, s.Datatype) else constraint.wanted.value


def _only(shape: s.Shape) -> str | None:
    """The class or datatype that is all a shape asks for, or None."""
    if shape.path is None and len(shape.constraints) == 1:
        (constraint,) = shape.constraints
        if isinstance(constraint, s.Datatype | s.ClassOf):
            return _kind(constraint)
    return None


def shown(node: Node) -> str:
    """A term for people: an IRI with its prefix, anything else as Turtle writes it."""
    return compact(node.value) if isinstance(node, NamedNode) else printable(str(node))
