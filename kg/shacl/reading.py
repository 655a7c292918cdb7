"""A shapes graph as values: every shape with targets, with the shapes inside it (SHACL, sections 2 to 6).

Reading goes on behind what is wrong, so that one error tells all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from pyoxigraph import Literal, NamedNode

from kg.errors import ConfigError
from kg.shacl import shape as s
from kg.shacl.components import Component, components, query_of, sparql_target
from kg.shacl.path import Path
from kg.shacl.pattern import matcher
from kg.shacl.shapes import NKGS, ShapesGraph, shown, together
from kg.shacl.source import SOUGHT
from kg.shacl.spelling import misspelt
from kg.shacl.view import Node
from kg.vocab import SH, XSD

__all__ = ["read_roots"]

_T = TypeVar("_T")
_KINDS = frozenset({"IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"})
_TRUE = Literal("true", datatype=XSD.boolean)
_BOUNDS = ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")
#: Shapes that may be nested in each other: checking goes as deep as they do.
_DEPTH = 40
_TOO_DEEP = f"shapes are nested more than {_DEPTH} deep; use fewer levels"
#: Nodes between a blank node and the named shape around it.
_CLIMB = 100
#: Shapes that one shape may come to when each is counted in every place it is used: checking may visit them all.
_SIZE = 20_000


def read_roots(shapes: ShapesGraph, *, checked: bool = True) -> tuple[s.Root, ...]:
    """The shapes that have targets and are not deactivated, in the order of the files.

    ``checked``: held to the syntax rules too (:mod:`kg.shacl.syntax`). Raises :class:`kg.errors.ConfigError` for broken
    shapes, with the file, line and name of each, and for one that refers to itself, which SHACL leaves undefined
    (section 3.4.3).
    """
    reader = _Reader(shapes)
    found = []
    for node in shapes.roots():
        if len(reader.errors) > SOUGHT:
            break
        targets, shape = reader.attempt(reader.targets, node), reader.attempt(reader.shape, node)
        if targets is not None and shape is not None:
            found.append(s.Root(shape, targets, shapes.of_dataset(node), reader.of_annotations(node)))
    errors = reader.errors
    if checked:
        from kg.shacl.syntax import problems

        reader.read_rest()
        errors += misspelt(shapes)
        told = {error.where for error in errors}
        errors += [problem for problem in problems(shapes) if problem.where not in told or not shapes.sources]
    if errors:
        raise together(errors)
    return tuple(found)


class _Reader:
    """Reads the shapes of one graph; each node once."""

    def __init__(self, shapes: ShapesGraph) -> None:
        self.graph = shapes
        self.errors: list[ConfigError] = []
        self._known: dict[Node, s.Shape] = {}
        self._extents: dict[Node, tuple[int, int]] = {}
        self._components = components(shapes, self.errors)

    def attempt(self, read: Callable[[Node], _T], node: Node) -> _T | None:
        """What ``read`` makes of the node, or None where it is broken, which is kept in ``errors``."""
        try:
            return read(node)
        except ConfigError as error:
            self.errors.append(error)
            return None

    def shape(self, node: Node, around: tuple[Node, ...] = (), name: str | None = None) -> s.Shape:
        """One shape; ``around`` are the shapes it is nested in, to find circles, ``name`` the IRI of the nearest."""
        graph = self.graph
        if node in around:
            circle = _turned([graph.label(n) for n in around[around.index(node) :]])
            raise graph.broken(
                node,
                f"the shape refers to itself ({' → '.join([*circle, circle[0]])}); SHACL leaves open what that means: "
                "break the circle",
            )
        if node in self._known:
            return self._known[node]
        if len(around) >= _DEPTH:
            raise graph.broken(node, _TOO_DEEP)
        own = node.value if isinstance(node, NamedNode) else name or self._name(node)
        path = graph.path(node)
        off = self.attempt(lambda n: graph.truth(n, "deactivated"), node) or False
        constraints = () if off else tuple(self._constraints(node, path, (*around, node), own))
        made = s.Shape(
            node=node,
            name=own,
            path=path,
            constraints=constraints,
            severity=self.attempt(graph.severity, node) or "Violation",
            messages=graph.messages(node),
            deactivated=off,
        )
        size, depth = self._extent(made)
        if size > _SIZE:
            raise graph.broken(
                node, f"it comes to more than {_SIZE} shapes, those used in several places counted in each; use fewer"
            )
        if depth > _DEPTH:
            raise graph.broken(node, _TOO_DEEP)
        self._extents[node] = size, depth
        self._known[node] = made
        return made

    def _extent(self, shape: s.Shape) -> tuple[int, int]:
        """How many shapes a shape comes to, each counted wherever it is used, and how deep they are nested."""
        inside = [self._extents.get(inner.node, (1, 1)) for inner in shape.nested()]
        return 1 + sum(size for size, _ in inside), 1 + max((depth for _, depth in inside), default=0)

    def read_rest(self) -> None:
        """Reads the shapes that no target leads to, for what is wrong with them: they may be meant to be used."""
        terms = [SH[name] for name in ("path", "sparql", *_READERS, *_NESTING)]
        for node in dict.fromkeys(node for term in terms for node, _ in self.graph.view.pairs(term)):
            if node not in self._known and not self.graph.off(node) and len(self.errors) <= SOUGHT:
                self.attempt(self.shape, node)

    def targets(self, node: Node) -> tuple[s.Target, ...]:
        """The targets of a shape."""
        found = []
        for kind, term in self.graph.targets(node):
            if kind == "targetNode" and not isinstance(term, NamedNode | Literal):
                raise self.graph.broken(
                    node, f"sh:targetNode is {shown(term)}; an IRI or literal is needed", term="targetNode"
                )
            if kind != "targetNode" and not isinstance(term, NamedNode):
                raise self.graph.broken(node, f"sh:{kind} is {shown(term)}; an IRI is needed", term=kind)
            classes = self.graph.classes(term) if kind == "targetClass" and isinstance(term, NamedNode) else ()
            found.append(s.Target(kind, term, classes))
        found.extend(sparql_target(self.graph, node, target) for target in self.graph.objects(node, "target"))
        return tuple(found)

    def of_annotations(self, node: Node) -> bool:
        """Whether the shape needs the annotations graphs."""
        return NKGS.Annotations in self.graph.view.objects(node, NKGS.scope)

    # constraints --------------------------------------------------------------------------------------------------

    def _constraints(
        self, node: Node, path: Path | None, inside: tuple[Node, ...], name: str
    ) -> Iterator[s.Constraint]:
        row = self.graph.view.row(node)
        for term, (predicate, read) in _EACH.items():
            if predicate in row:
                try:
                    yield from tuple(read(self, node, term))
                except ConfigError as error:
                    self.errors.append(error)
        for term, (predicate, nest) in _INSIDE.items():
            for value in row.get(predicate, ()):
                try:
                    yield from nest(self, term, value, inside, name)
                except ConfigError as error:
                    self.errors.append(error)
        for value in row.get(SH.sparql, ()):
            try:
                yield from self._sparql(node, value, path)
            except ConfigError as error:
                self.errors.append(error)
        for component in self._components:
            try:
                yield from tuple(self._custom(node, component, path is not None))
            except ConfigError as error:
                self.errors.append(error)
        for term in ("js", "expression"):
            if SH[term] in row:
                yield s.Unknown(f"sh:{term}")

    def _class(self, node: Node, term: str) -> Iterator[s.Constraint]:
        for wanted in self.graph.objects(node, term):
            iri = self._iri(node, term, wanted)
            yield s.ClassOf(iri, self.graph.classes(iri))

    def _datatype(self, node: Node, term: str) -> Iterator[s.Constraint]:
        datatype = self.graph.one(node, term)
        if datatype is not None:
            yield s.Datatype(self._iri(node, term, datatype))

    def _node_kind(self, node: Node, term: str) -> Iterator[s.Constraint]:
        kind = self.graph.one(node, term)
        name = kind.value[len(SH.iri) :] if isinstance(kind, NamedNode) and kind in SH else ""
        if kind is not None and name not in _KINDS:
            wanted = ", ".join(f"sh:{k}" for k in sorted(_KINDS))
            raise self.graph.broken(node, f"sh:nodeKind is {shown(kind)}; give one of {wanted}", term=term)
        yield s.NodeKind(name)

    def _bound(self, node: Node, term: str) -> Iterator[s.Constraint]:
        bound = self.graph.one(node, term)
        if isinstance(bound, Literal):
            yield s.Bound(term, bound)
        elif bound is not None:
            raise self.graph.broken(node, f"sh:{term} is {shown(bound)}; a literal is needed", term=term)

    def _length(self, node: Node, term: str) -> Iterator[s.Constraint]:
        length = self.graph.integer(node, term)
        if length is not None:
            yield s.MinLength(length) if term == "minLength" else s.MaxLength(length)

    def _pattern(self, node: Node, term: str) -> Iterator[s.Constraint]:
        flags = self.graph.one(node, "flags")
        for pattern in self.graph.objects(node, term):
            if not isinstance(pattern, Literal):
                raise self.graph.broken(
                    node, f"sh:pattern is {shown(pattern)}; a regular expression in quotes is needed", term=term
                )
            made = s.Pattern(pattern.value, flags.value if isinstance(flags, Literal) else "")
            try:
                matcher(made.pattern, made.flags)
            except ValueError as error:
                raise self.graph.broken(node, f"sh:pattern {error}; rewrite it", term=term) from error
            yield made

    def _language_in(self, node: Node, term: str) -> Iterator[s.Constraint]:
        ranges = []
        for member in self._list(node, term):
            if not isinstance(member, Literal):
                raise self.graph.broken(node, f'{shown(member)} is no language; write ( "en" "de" )', term=term)
            ranges.append(member.value)
        yield s.LanguageIn(tuple(ranges))

    def _in(self, node: Node, term: str) -> Iterator[s.Constraint]:
        yield s.In(self._list(node, term))

    def _has_value(self, node: Node, term: str) -> Iterator[s.Constraint]:
        yield from map(s.HasValue, self.graph.objects(node, term))

    def _count(self, node: Node, term: str) -> Iterator[s.Constraint]:
        count = self.graph.integer(node, term)
        if self._is_property(node) and count is not None and (term == "maxCount" or count):
            yield s.MaxCount(count) if term == "maxCount" else s.MinCount(count)

    def _unique_lang(self, node: Node, term: str) -> Iterator[s.Constraint]:
        # Only the literal true: "1" is none (section 4.4.5 speaks of the term).
        on = self.graph.truth(node, term) and _TRUE in self.graph.objects(node, term)
        if on and self._is_property(node):
            yield s.UniqueLang()

    def _pair(self, node: Node, term: str) -> Iterator[s.Constraint]:
        for other in self.graph.objects(node, term):
            iri = self._iri(node, term, other)
            if term in ("equals", "disjoint"):
                yield s.Equals(iri) if term == "equals" else s.Disjoint(iri)
            elif self._is_property(node):
                yield s.Less(iri, term == "lessThanOrEquals")

    def _closed(self, node: Node, term: str) -> Iterator[s.Constraint]:
        graph = self.graph
        if graph.truth(node, term):
            known = {p for inner in graph.objects(node, "property") for p in graph.objects(inner, "path")}
            if graph.objects(node, "ignoredProperties"):
                known.update(self._list(node, "ignoredProperties"))
            yield s.Closed(frozenset(p for p in known if isinstance(p, NamedNode)))

    # constraints with shapes in them --------------------------------------------------------------------------------

    def _nested(self, term: str, value: Node, inside: tuple[Node, ...], name: str) -> Iterable[s.Constraint]:
        inner = self._inner(term, value, inside, name)
        return (s.NodeShape(inner) if term == "node" else s.Not(inner) if term == "not" else s.Property(inner),)

    def _inner(self, term: str, value: Node, inside: tuple[Node, ...], name: str | None = None) -> s.Shape:
        if isinstance(value, Literal):
            told = f"sh:{term}: {shown(value)} stands where a shape is expected; give its IRI or write it as [ … ]"
            raise self.graph.broken(inside[-1], told, term=term)
        return self.shape(value, inside, name)

    def _listed(self, term: str, value: Node, inside: tuple[Node, ...], name: str) -> Iterable[s.Constraint]:
        members = tuple(self._inner(term, m, inside, name) for m in self.graph.members(inside[-1], value, term))
        return (s.And(members) if term == "and" else s.Or(members) if term == "or" else s.Xone(members),)

    def _qualified(self, term: str, value: Node, inside: tuple[Node, ...], name: str) -> Iterable[s.Constraint]:
        graph, node = self.graph, inside[-1]
        graph.one(node, term)
        siblings: dict[Node, None] = {}
        if graph.truth(node, "qualifiedValueShapesDisjoint"):
            for parent in graph.view.subjects(SH.property, node):
                for brother in graph.objects(parent, "property"):
                    siblings |= dict.fromkeys(graph.objects(brother, term))
            siblings.pop(value, None)
        least, most = graph.integer(node, "qualifiedMinCount"), graph.integer(node, "qualifiedMaxCount")
        wanted = self._inner(term, value, inside, name)
        others = tuple(self._inner(term, b, inside) for b in siblings)
        made = []
        if least:
            made.append(s.Qualified(wanted, least, None, others))
        if most is not None:
            made.append(s.Qualified(wanted, None, most, others))
        return made

    # constraints in SPARQL ------------------------------------------------------------------------------------------

    def _sparql(self, node: Node, value: Node, path: Path | None) -> Iterable[s.Constraint]:
        graph = self.graph
        if graph.truth(value, "deactivated"):
            return ()
        query = query_of(graph, value, "select", inside=node, prebound=frozenset({"this"}), path=path)
        return (s.Sparql(value, query, graph.messages(value)),)

    def _custom(self, node: Node, component: Component, of_property: bool) -> Iterator[s.Constraint]:
        validator = component.of_properties if of_property else component.of_nodes
        for bindings in component.uses(self.graph, node):
            if validator is not None:
                yield s.Custom(
                    component.iri, bindings, validator.node, validator.ask, validator.query, validator.messages
                )
            elif component.in_script:
                yield s.Unknown(f"{component.iri.value}, which is in JavaScript")
            # Without a validator for the kind of shape it is ignored (section 6.3); kg.shacl.syntax makes a note of it.

    # ----------------------------------------------------------------------------------------------------------------

    def _is_property(self, node: Node) -> bool:
        return bool(self.graph.objects(node, "path"))

    def _name(self, node: Node) -> str:
        seen: set[Node] = set()
        at: Node | None = node
        while at is not None and at not in seen and len(seen) < _CLIMB:
            if isinstance(at, NamedNode):
                return at.value
            seen.add(at)
            at = self.graph.around(at)
        return ""

    def _iri(self, node: Node, term: str, value: Node) -> NamedNode:
        if not isinstance(value, NamedNode):
            raise self.graph.broken(node, f"sh:{term} is {shown(value)}; an IRI is needed", term=term)
        return value

    def _list(self, node: Node, term: str) -> tuple[Node, ...]:
        head = self.graph.one(node, term)
        return () if head is None else self.graph.members(node, head, term)


_READERS: Mapping[str, Callable[[_Reader, Node, str], Iterator[s.Constraint]]] = {
    "class": _Reader._class,
    "datatype": _Reader._datatype,
    "nodeKind": _Reader._node_kind,
    **dict.fromkeys(_BOUNDS, _Reader._bound),
    "minLength": _Reader._length,
    "maxLength": _Reader._length,
    "pattern": _Reader._pattern,
    "languageIn": _Reader._language_in,
    "in": _Reader._in,
    "hasValue": _Reader._has_value,
    "minCount": _Reader._count,
    "maxCount": _Reader._count,
    "uniqueLang": _Reader._unique_lang,
    "lessThan": _Reader._pair,
    "lessThanOrEquals": _Reader._pair,
    "equals": _Reader._pair,
    "disjoint": _Reader._pair,
    "closed": _Reader._closed,
}
_NESTING: Mapping[str, Callable[[_Reader, str, Node, tuple[Node, ...], str], Iterable[s.Constraint]]] = {
    "node": _Reader._nested,
    "not": _Reader._nested,
    "and": _Reader._listed,
    "or": _Reader._listed,
    "xone": _Reader._listed,
    "property": _Reader._nested,
    "qualifiedValueShape": _Reader._qualified,
}
#: The same with their terms: looking one up takes longer than reading it.
_EACH = {term: (SH[term], read) for term, read in _READERS.items()}
_INSIDE = {term: (SH[term], nest) for term, nest in _NESTING.items()}


def _turned(circle: list[str]) -> list[str]:
    """The circle from its first name in the alphabet, so that it reads the same wherever it was entered."""
    start = circle.index(min(circle))
    return circle[start:] + circle[:start]
