"""What shapes graphs declare for themselves in SPARQL: constraint components, target types, and their queries.

SHACL, sections 5 and 6; targets as in the note on SHACL's advanced features, section 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kg.errors import ConfigError
from kg.shacl import shape as s
from kg.shacl.path import Path, predicate
from kg.shacl.shapes import ShapesGraph, Unsupported
from kg.shacl.view import Node
from kg.vocab import RDF, RDFS, SH, compact

if TYPE_CHECKING:
    from kg.queries.syntax import Branch
    from kg.queries.tokens import Token

__all__ = ["Component", "Parameter", "TargetType", "Validator", "components", "query_of", "sparql_target"]

#: Names that SHACL binds itself, or keeps (section 6.2.1).
_KEPT = frozenset({"this", "shapesGraph", "currentShape", "path", "PATH", "value"})
_VARIABLE = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: the property that carries it on a shape, the name of its variable."""

    path: NamedNode
    name: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Validator:
    """One validator; ``ask`` tells the kind of its query."""

    node: Node
    ask: bool
    query: s.Query
    messages: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """A SPARQL-based constraint component with the validators for its two kinds of shapes (None: it has none).

    ``in_script``: it has validators in JavaScript, which are nothing that runs here.
    """

    iri: NamedNode
    parameters: tuple[Parameter, ...]
    of_nodes: Validator | None
    of_properties: Validator | None
    in_script: bool = False

    def uses(self, graph: ShapesGraph, node: Node) -> Iterator[tuple[tuple[str, Node], ...]]:
        """The parameter values of each constraint that a shape has of this component.

        A component of one parameter makes a constraint of each value; one of several makes one (SHACL, section 6.2).
        Raises :class:`kg.errors.ConfigError` where a parameter of several is given twice.
        """
        row = graph.view.row(node)
        if any(p.path not in row for p in self.parameters if not p.optional):
            return
        if len(self.parameters) == 1:
            (only,) = self.parameters
            for value in row[only.path]:
                yield ((only.name, value),)
            return
        found: list[tuple[str, Node]] = []
        for parameter in self.parameters:
            values = tuple(row.get(parameter.path, ()))
            if len(values) > 1:
                raise graph.broken(
                    node,
                    f"{compact(parameter.path.value)} is given {len(values)} times; once is allowed, because "
                    f"{compact(self.iri.value)} has several parameters",
                    term=parameter.path,
                )
            found.extend((parameter.name, v) for v in values)
        yield tuple(found)


@dataclass(frozen=True, slots=True)
class TargetType:
    """A ``sh:SPARQLTargetType``: a target with parameters."""

    iri: NamedNode
    parameters: tuple[Parameter, ...]
    query: s.Query


def components(graph: ShapesGraph, errors: list[ConfigError]) -> tuple[Component, ...]:
    """The constraint components a shapes graph declares, in its order; what is broken goes to ``errors``.

    Descriptions of SHACL's own components are left out, because those are built in.
    """
    found = []
    for iri in _instances(graph, SH.ConstraintComponent):
        if not isinstance(iri, NamedNode) or iri in SH:
            continue
        try:
            found.append(_component(graph, iri))
        except ConfigError as error:
            errors.append(error)
    return tuple(found)


def sparql_target(graph: ShapesGraph, shape: Node, target: Node) -> s.Target:
    """The value of ``sh:target`` as a target. Raises :class:`kg.errors.ConfigError` for one that is not in SPARQL."""
    if graph.objects(target, "select"):
        query = query_of(graph, target, "select", inside=shape, prebound=frozenset())
        return s.Target("target", target, query=query)
    for kind in graph.view.objects(target, RDF.type):
        if isinstance(kind, NamedNode) and kind in _instances(graph, SH.SPARQLTargetType):
            made = _target_type(graph, kind)
            bindings: list[tuple[str, Node]] = []
            for parameter in made.parameters:
                values = tuple(graph.view.objects(target, parameter.path))
                if len(values) > 1 or (not values and not parameter.optional):
                    raise graph.broken(
                        target,
                        f"{compact(parameter.path.value)} is given {len(values)} times; the target needs it once",
                        inside=shape,
                    )
                bindings.extend((parameter.name, v) for v in values)
            return s.Target("target", target, query=made.query, bindings=tuple(bindings))
    raise graph.broken(
        shape,
        "sh:target leads to no target in SPARQL; write [ a sh:SPARQLTarget ; sh:prefixes … ; sh:select … ] or use a "
        "declared sh:SPARQLTargetType",
        term="target",
    )


def query_of(
    graph: ShapesGraph,
    node: Node,
    term: str,
    *,
    inside: Node,
    prebound: frozenset[str],
    path: Path | None = None,
) -> s.Query:
    """The query that ``sh:term`` of a node holds (``select`` or ``ask``), with its prefixes.

    Raises :class:`kg.errors.ConfigError` for what is no such query, and for what SHACL forbids in one (appendix A).
    """
    text = graph.one(node, term)
    if not isinstance(text, Literal):
        raise graph.broken(node, f"sh:{term} with a query in it is needed", inside=inside, term=term)
    query = s.Query(text.value, graph.prefixes(node))
    reason = _refused(query, term, prebound, path)
    if reason is not None:
        raise graph.broken(node, f"sh:{term}: {reason}", inside=inside, term=term)
    return query


def _refused(query: s.Query, term: str, prebound: frozenset[str], path: Path | None) -> str | None:
    """Why the query may not stand in a shape, or None."""
    from kg.shacl.query import IllFormed, prepare

    if "shapesGraph" in query.text and any(
        t.kind == "variable" and t.text[1:] == "shapesGraph" for t in _tokens(query)
    ):
        return "$shapesGraph is not supported: queries see the data alone (SHACL, section 5.3.1); remove it"
    try:
        prepared = prepare(query, prebound=prebound, path=path)
    except IllFormed as error:
        return f"{_told(str(error), len(query.prefixes))}; correct the query"
    except Unsupported:  # Oxigraph answers it
        return None
    lost = _lost(query, prebound)
    if lost is not None:
        return f"SELECT * in a sub-select does not give ${lost}, which is bound beforehand; name it (SHACL, appendix A)"
    if term == "select" and "this" not in prepared.variables:
        return "the query does not select $this; write SELECT $this … WHERE { … }"
    return None


def _lost(query: s.Query, prebound: frozenset[str]) -> str | None:
    """A variable that a sub-select must give and with ``*`` does not, because it is not in scope there."""
    if not prebound or len(re.findall(r"\bselect\b", query.text, re.IGNORECASE)) < 2 or "*" not in query.text:
        return None
    from kg.queries.syntax import parse

    tree = parse(query.prologue + query.text)
    for branch in tree.walk() if tree is not None else ():
        clause = branch.first("select_clause") if branch.kind == "sub_select" else None
        if clause is not None and clause.has("*"):
            lost = sorted(prebound - _in_scope(branch))
            if lost:
                return lost[0]
    return None


def _in_scope(select: Branch) -> frozenset[str]:
    """The variables that the patterns of a sub-select may bind (SPARQL 1.1, section 18.2.1)."""
    found: set[str] = set()
    queue = list(select.parts)
    for branch in queue:
        if branch.kind == "var":
            found.add(branch.text[1:])
        elif branch.kind == "bind":
            queue.extend(part for part in branch.parts if part.field == "bound_variable")
        elif branch.kind == "sub_select" and (clause := branch.first("select_clause")) and not clause.has("*"):
            queue.extend(part for part in clause.parts if part.field == "bound_variable")
        elif branch.kind not in ("filter", "minus_graph_pattern"):
            queue.extend(branch.parts)
    return frozenset(found)


def _tokens(query: s.Query) -> Iterator[Token]:
    from kg.queries.tokens import tokens

    return iter(tokens(query.text))


def _told(message: str, lines: int) -> str:
    """What the parser says, in one line, its place counted in the query alone and without all it would have taken."""
    place = re.search(r"error at (\d+):(\d+)", message)
    if place is None:
        return " ".join(message.split())
    line = max(int(place[1]) - lines, 1)
    return f"{message[: place.start()].strip()} error at line {line}, column {place[2]} of the query".strip()


# ---- declarations --------------------------------------------------------------------------------------------------


def _component(graph: ShapesGraph, iri: NamedNode) -> Component:
    parameters = _parameters(graph, iri)
    names = frozenset(p.name for p in parameters)
    common = _validator(graph, iri, "validator", names)
    of_nodes = _validator(graph, iri, "nodeValidator", names) or common
    of_properties = _validator(graph, iri, "propertyValidator", names) or common
    terms = ("validator", "nodeValidator", "propertyValidator")
    nodes = (node for term in terms for node in graph.objects(iri, term))
    return Component(iri, parameters, of_nodes, of_properties, any(_in_script(graph, node) for node in nodes))


def _validator(graph: ShapesGraph, iri: NamedNode, term: str, names: frozenset[str]) -> Validator | None:
    """The first validator in SPARQL that ``sh:term`` of a component leads to."""
    path = predicate(RDF.value) if term == "propertyValidator" else None
    for node in graph.objects(iri, term):
        for kind in ("ask", "select"):
            if graph.objects(node, kind):
                prebound = names | ({"this", "value"} if kind == "ask" else {"this"})
                query = query_of(graph, node, kind, inside=iri, prebound=prebound, path=path)
                messages = graph.messages(node) or tuple(
                    m for m in graph.objects(iri, "labelTemplate") if isinstance(m, Literal)
                )
                return Validator(node, kind == "ask", query, messages)
        if not _in_script(graph, node):
            raise graph.broken(node, f"sh:{term} needs sh:ask or sh:select with a query in it", inside=iri)
    return None


def _in_script(graph: ShapesGraph, node: Node) -> bool:
    return any(p.value.startswith(SH.iri + "js") for p in graph.view.row(node))


def _target_type(graph: ShapesGraph, iri: NamedNode) -> TargetType:
    parameters = _parameters(graph, iri)
    prebound = frozenset(p.name for p in parameters)
    return TargetType(iri, parameters, query_of(graph, iri, "select", inside=iri, prebound=prebound))


def _parameters(graph: ShapesGraph, iri: NamedNode) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    for node in graph.objects(iri, "parameter"):
        path = graph.one(node, "path")
        if not isinstance(path, NamedNode):
            raise graph.broken(node, "sh:parameter needs one sh:path with an IRI", inside=iri, term="path")
        name = re.split(r"[#/:]", path.value)[-1]
        if not _VARIABLE.fullmatch(name) or name in _KEPT:
            raise graph.broken(
                node,
                f"the last part of {compact(path.value)} cannot name a variable; use letters and digits, and none of "
                + ", ".join(sorted(_KEPT)),
                inside=iri,
                term="path",
            )
        if any(p.name == name for p in found):
            raise graph.broken(
                node, f"two parameters are called {name}; the last parts must differ", inside=iri, term="path"
            )
        found.append(Parameter(path, name, graph.truth(node, "optional")))
    if not any(not p.optional for p in found):
        raise graph.broken(iri, "it has no sh:parameter that is not optional; give it one")
    # The order of the names, so that the order of statements does not matter (SHACL, section 6.2.1).
    return tuple(sorted(found, key=lambda p: p.name))


def _instances(graph: ShapesGraph, kind: NamedNode) -> tuple[Node, ...]:
    """What the shapes graph says is of a class or of a subclass that it declares, in its order."""
    kinds = {kind: None}
    queue: list[Node] = [kind]
    for known in queue:
        for below in graph.view.subjects(RDFS.subClassOf, known):
            if isinstance(below, NamedNode) and below not in kinds:
                kinds[below] = None
                queue.append(below)
    return tuple(dict.fromkeys(n for one in kinds for n in graph.view.subjects(RDF.type, one)))
