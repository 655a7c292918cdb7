"""A shapes graph as values: every shape with targets, with the shapes inside it (SHACL, sections 2 to 6)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from kg.shacl import shape as s
from kg.shacl.pattern import matcher
from kg.shacl.shapes import NKGS, ShapesGraph
from kg.shacl.view import Node
from kg.vocab import SH

__all__ = ["read_roots"]

_KINDS = frozenset({"IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"})
_BOUNDS = ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")


def read_roots(shapes: ShapesGraph) -> tuple[s.Root, ...]:
    """The shapes that have targets and are not deactivated, in the order of the files.

    Raises :class:`kg.errors.ConfigError` for a broken shape, with its file and name, and for one that refers to itself.
    """
    reader = _Reader(shapes)
    return tuple(
        s.Root(reader.shape(node, ()), reader.targets(node), shapes.of_dataset(node), reader.of_annotations(node))
        for node in shapes.roots()
    )


class _Reader:
    """Reads the shapes of one graph; each node once."""

    def __init__(self, shapes: ShapesGraph) -> None:
        self.graph = shapes
        self._known: dict[Node, s.Shape] = {}

    def shape(self, node: Node, around: tuple[Node, ...]) -> s.Shape:
        """One shape; ``around`` are the shapes it is nested in, to find circles."""
        graph = self.graph
        if node in around:
            circle = " → ".join(graph.label(n) for n in (*around[around.index(node) :], node))
            raise graph.broken(
                node, f"the shape refers to itself ({circle}); SHACL leaves open what that means: break the circle"
            )
        if node in self._known:
            return self._known[node]
        off = graph.truth(node, "deactivated")
        path = graph.path(node)
        made = s.Shape(
            node=node,
            name=self._name(node),
            path=path,
            constraints=() if off else tuple(self._constraints(node, path is not None, (*around, node))),
            severity=graph.severity(node),
            messages=_messages(graph, node),
            deactivated=off,
        )
        self._known[node] = made
        return made

    def targets(self, node: Node) -> tuple[s.Target, ...]:
        """The targets of a shape."""
        found = []
        for kind, term in self.graph.targets(node):
            if kind != "targetNode" and not isinstance(term, NamedNode):
                raise self.graph.broken(node, f"sh:{kind} is {term}; an IRI is needed")
            classes = self.graph.classes(term) if kind == "targetClass" and isinstance(term, NamedNode) else ()
            found.append(s.Target(kind, term, classes))
        return tuple(found)

    def of_annotations(self, node: Node) -> bool:
        """Whether the shape needs the annotations graphs."""
        return NKGS.Annotations in self.graph.view.objects(node, NKGS.scope)

    # constraints --------------------------------------------------------------------------------------------------

    def _constraints(self, node: Node, is_property: bool, inside: tuple[Node, ...]) -> Iterator[s.Constraint]:
        yield from self._each(node)
        yield from self._logic(node, inside)
        yield from self._whole(node, is_property)
        for inner in self.graph.objects(node, "property"):
            yield s.Property(self.shape(inner, inside))
        yield from self._qualified(node, inside)
        yield from self._sparql(node)

    def _each(self, node: Node) -> Iterator[s.Constraint]:
        graph = self.graph
        for wanted in graph.objects(node, "class"):
            iri = self._iri(node, "class", wanted)
            yield s.ClassOf(iri, graph.classes(iri))
        datatype = graph.one(node, "datatype")
        if datatype is not None:
            yield s.Datatype(self._iri(node, "datatype", datatype))
        kind = graph.one(node, "nodeKind")
        if kind is not None:
            name = kind.value[len(SH.iri) :] if isinstance(kind, NamedNode) and kind in SH else ""
            if name not in _KINDS:
                raise graph.broken(node, f"sh:nodeKind is {kind}; one of sh:IRI, sh:Literal … is needed")
            yield s.NodeKind(name)
        for name in _BOUNDS:
            bound = graph.one(node, name)
            if bound is None:
                continue
            if not isinstance(bound, Literal):
                raise graph.broken(node, f"sh:{name} is {bound}; a literal is needed")
            yield s.Bound(name, bound)
        least, most = graph.integer(node, "minLength"), graph.integer(node, "maxLength")
        if least is not None:
            yield s.MinLength(least)
        if most is not None:
            yield s.MaxLength(most)
        flags = graph.one(node, "flags")
        for pattern in graph.objects(node, "pattern"):
            if not isinstance(pattern, Literal):
                raise graph.broken(node, f"sh:pattern is {pattern}; a regular expression is needed")
            made = s.Pattern(pattern.value, flags.value if isinstance(flags, Literal) else "")
            try:
                matcher(made.pattern, made.flags)
            except ValueError as error:
                raise graph.broken(node, f"sh:pattern {error}; rewrite it") from error
            yield made
        ranges = graph.one(node, "languageIn")
        if ranges is not None:
            yield s.LanguageIn(tuple(m.value for m in self._literals(node, ranges)))
        allowed = graph.one(node, "in")
        if allowed is not None:
            yield s.In(graph.members(node, allowed))

    def _logic(self, node: Node, inside: tuple[Node, ...]) -> Iterator[s.Constraint]:
        graph = self.graph
        for inner in graph.objects(node, "node"):
            yield s.NodeShape(self.shape(inner, inside))
        for inner in graph.objects(node, "not"):
            yield s.Not(self.shape(inner, inside))
        for name, kind in (("and", s.And), ("or", s.Or), ("xone", s.Xone)):
            for head in graph.objects(node, name):
                yield kind(tuple(self.shape(m, inside) for m in graph.members(node, head)))

    def _whole(self, node: Node, is_property: bool) -> Iterator[s.Constraint]:
        graph = self.graph
        for wanted in graph.objects(node, "hasValue"):
            yield s.HasValue(wanted)
        if is_property:
            least, most = graph.integer(node, "minCount"), graph.integer(node, "maxCount")
            if least:
                yield s.MinCount(least)
            if most is not None:
                yield s.MaxCount(most)
            if graph.truth(node, "uniqueLang"):
                yield s.UniqueLang()
            for name in ("lessThan", "lessThanOrEquals"):
                for other in graph.objects(node, name):
                    yield s.Less(self._iri(node, name, other), name == "lessThanOrEquals")
        for other in graph.objects(node, "equals"):
            yield s.Equals(self._iri(node, "equals", other))
        for other in graph.objects(node, "disjoint"):
            yield s.Disjoint(self._iri(node, "disjoint", other))
        if graph.truth(node, "closed"):
            known = {p.iri for inner in graph.objects(node, "property") if (p := graph.path(inner)) and p.iri}
            ignored = graph.one(node, "ignoredProperties")
            if ignored is not None:
                known |= {m for m in graph.members(node, ignored) if isinstance(m, NamedNode)}
            yield s.Closed(frozenset(known))

    def _qualified(self, node: Node, inside: tuple[Node, ...]) -> Iterator[s.Constraint]:
        graph = self.graph
        for inner in graph.objects(node, "qualifiedValueShape"):
            siblings: dict[Node, None] = {}
            if graph.truth(node, "qualifiedValueShapesDisjoint"):
                for parent in graph.view.subjects(SH.property, node):
                    for brother in graph.objects(parent, "property"):
                        siblings |= dict.fromkeys(graph.objects(brother, "qualifiedValueShape"))
                siblings.pop(inner, None)
            least, most = graph.integer(node, "qualifiedMinCount"), graph.integer(node, "qualifiedMaxCount")
            wanted = self.shape(inner, inside)
            others = tuple(self.shape(b, inside) for b in siblings)
            if least is not None:
                yield s.Qualified(wanted, least, None, others)
            if most is not None:
                yield s.Qualified(wanted, None, most, others)

    def _sparql(self, node: Node) -> Iterator[s.Constraint]:
        graph = self.graph
        for select in graph.selects(node):
            query = s.Query(select.query, select.prefixes)
            try:
                if not isinstance(Store().query(query.prologue + query.text), QuerySolutions):
                    raise graph.broken(select.node, "sh:select is no SELECT query", inside=node)
            except SyntaxError as error:
                if "$PATH" not in query.text:
                    raise graph.broken(select.node, f"sh:select is no valid SPARQL: {error}", inside=node) from error
            yield s.Sparql(select.node, query, _messages(graph, select.node))
        for term in ("js", "expression"):
            if graph.objects(node, term):
                yield s.Unknown(f"sh:{term}")

    # ----------------------------------------------------------------------------------------------------------------

    def _name(self, node: Node) -> str:
        for _ in range(20):
            if isinstance(node, NamedNode):
                return node.value
            around = self.graph.around(node)
            if around is None:
                break
            node = around
        return ""

    def _iri(self, node: Node, name: str, value: Node) -> NamedNode:
        if not isinstance(value, NamedNode):
            raise self.graph.broken(node, f"sh:{name} is {value}; an IRI is needed")
        return value

    def _literals(self, node: Node, head: Node) -> Iterator[Literal]:
        for member in self.graph.members(node, head):
            if not isinstance(member, Literal):
                raise self.graph.broken(node, f"{member} is in a list of texts; a literal is needed")
            yield member


def _messages(graph: ShapesGraph, node: Node) -> tuple[Literal, ...]:
    """The messages, those in English or without a language first."""
    texts = [m for m in graph.objects(node, "message") if isinstance(m, Literal)]
    return tuple(sorted(texts, key=lambda m: ((m.language or "en") != "en", m.language or "", m.value)))
