"""SPARQL updates as changes: what each operation would do is worked out first, and then done through the log.

``pyoxigraph.Store.update`` says nothing of its effects and takes no dataset, and the default graph here is a copy of
the named graphs. So an operation's WHERE becomes a SELECT over the draft, and its templates are filled in by the engine
in a store of their own: the cost follows the solutions. A text whose operations cannot be told apart runs on a copy of
the draft, where the difference is what is applied.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple
from pyoxigraph import Store as Rdf

from kg.errors import IriError, QueryRefused, QuerySyntaxError
from kg.iris import Iris
from kg.queries.faults import reason
from kg.queries.tokens import tokens
from kg.queries.updates import Operation, operations
from kg.store import contents, durable, graphs

__all__ = ["Effects", "Using", "effects", "placed", "steps"]

#: What an update or a write adds and what it removes.
Effects = tuple[list[Quad], list[Quad]]
_DEFAULT = DefaultGraph()
#: A graph that never is. Removing it fails, so that what stands after it is read and not done.
_NOWHERE = "urn:x-newsgraph:nowhere"
_STOP = f"DROP GRAPH <{_NOWHERE}> ; "
#: Solutions that are put into the templates at a time.
_CHUNK = 2_000
_PLACE = re.compile(r"\bat (\d+):(\d+)")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Using:
    """The dataset that a request gives for its updates (SPARQL 1.1 Protocol, section 2.2.3): IRIs of graphs."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


def steps(text: str, iris: Iris, *, base: str | None, using: Using) -> Iterator[Callable[[Rdf], Effects]] | None:
    """The operations in order, each a function from the dataset to its effects; None where they cannot be told apart.

    Each is to be applied before the next is asked. The caller refuses SERVICE and LOAD before. Raises
    :class:`kg.errors.QuerySyntaxError` for a text that is no update, and :class:`kg.errors.QueryRefused` where the
    text names a dataset of its own beside ``using``.
    """
    found = operations(text)
    if found is None:
        if using:
            raise QueryRefused("using-graph-uri cannot be applied to this update; write it without \\u escapes")
        return None
    _check(text, found, base)
    if using and any(one.using or one.graph for one in found):
        raise QueryRefused(
            "the update has USING or WITH and the request has using-graph-uri or using-named-graph-uri; give one of "
            "them (SPARQL 1.1 Protocol, section 2.2.3)"
        )
    known = [_Step(one, iris, base, using) for one in found]
    try:
        for one in known:
            one.parsed()
    except SyntaxError:  # the engine cuts the text in another way
        if using:
            raise QueryRefused("using-graph-uri cannot be applied to this update; write its groups apart") from None
        return None
    return iter([one.effects for one in known])


def effects(rdf: Rdf, scratch: Path, text: str, *, base: str | None = None) -> Effects:
    """The quads that the update adds and removes; ``rdf`` is only read. Takes time in proportion to the store.

    The caller refuses SERVICE and LOAD before: pyoxigraph would fetch. Raises :class:`kg.errors.QuerySyntaxError`,
    :class:`kg.errors.QueryRefused` when the update cannot be evaluated, and OSError.
    """
    other: Rdf | None = None
    try:
        rdf.backup(str(scratch))
        other = Rdf(str(scratch))
        try:
            other.update(text, base_iri=base)
        except SyntaxError as error:
            raise _unparsed(text, error) from error
        except (RuntimeError, ValueError) as error:
            raise QueryRefused(f"the update cannot be evaluated: {error}") from error
        added = [quad for quad in other if quad not in rdf]
        removed = [quad for quad in rdf if quad not in other]
        return added, removed
    finally:
        other = None  # closed first: its threads must not write where we delete
        durable.remove_tree(scratch)


def placed(rdf: Rdf, iris: Iris, added: Iterable[Quad], removed: Iterable[Quad], *, annotations: bool) -> Effects:
    """The same effects with every default-graph quad as one of the named graph it belongs to.

    A triple added to the default graph goes to the things graph; one removed from it is removed from the things
    graph. Raises :class:`kg.errors.QueryRefused` when another graph states it, for writes to the store's own graphs,
    and for graphs of articles that the store does not have.
    """
    removed, added = list(removed), list(added)
    for name in dict.fromkeys(quad.graph_name for quad in (*added, *removed)):
        if isinstance(name, NamedNode):
            graphs.writable(rdf, iris, name)
    going = {quad for quad in removed if not isinstance(quad.graph_name, DefaultGraph)}
    for quad in removed:
        if isinstance(quad.graph_name, DefaultGraph):
            triple = Triple(quad.subject, quad.predicate, quad.object)
            going.update(_stated(rdf, iris, triple, going, annotations=annotations))
    coming = [
        Quad(quad.subject, quad.predicate, quad.object, iris.things_graph)
        if isinstance(quad.graph_name, DefaultGraph)
        else quad
        for quad in added
    ]
    return coming, sorted(going, key=str)


def _stated(rdf: Rdf, iris: Iris, triple: Triple, going: set[Quad], *, annotations: bool) -> list[Quad]:
    found = []
    for quad in rdf.quads_for_pattern(triple.subject, triple.predicate, triple.object, None):
        graph = quad.graph_name
        if quad in going or not contents.published(rdf, iris, graph, annotations=annotations):
            continue
        if isinstance(graph, NamedNode) and graph != iris.things_graph:
            raise QueryRefused(
                f"{triple} is stated by {graph}; the default graph is a copy of the named graphs, so delete it there"
            )
        found.append(quad)
    return found


# ---- reading ------------------------------------------------------------------------------------------------------


def _check(text: str, found: Sequence[Operation], base: str | None) -> None:
    """Raises for a text that does not parse. Nothing is evaluated: what comes first fails."""
    if not found:
        _parse(text, text, base)
    elif all(one.prologue == found[0].prologue for one in found):
        at = found[0].start
        _parse(f"{text[:at]}{_STOP}{text[at:]}", text, base, before=at)
    else:  # Oxigraph knows a prologue only at the beginning (SPARQL 1.1, rule 29, allows one in each operation)
        labels: set[str] = set()
        for one in found:
            own = text[one.start : one.end]
            _parse(f"{one.prologue} {_STOP}{own}", text, base)
            if one.kind != "insert data":  # those of templates are made anew for each solution
                continue
            used = {token.text for token in tokens(own) if token.kind == "blank"}
            if used & labels:
                label = min(used & labels)
                raise QuerySyntaxError(f"the blank node {label} stands in several operations; each needs its own")
            labels |= used


def _parse(checked: str, text: str, base: str | None, *, before: int | None = None) -> None:
    try:
        Rdf().update(checked, base_iri=base)
    except SyntaxError as error:
        raise _unparsed(text, error, before) from None
    except RuntimeError as error:
        if _NOWHERE not in str(error):
            raise QuerySyntaxError(f"the update does not parse: {error}") from None
    except ValueError as error:
        raise QuerySyntaxError(f"the update does not parse: {error}") from None


def _unparsed(text: str, error: SyntaxError, before: int | None = None) -> QuerySyntaxError:
    """Where the update stops making sense; ``before`` is the place in the text before which more was read."""
    place = _PLACE.search(str(error))
    if place is None:
        return QuerySyntaxError(f"the update does not parse: {' '.join(str(error).split())[:200]}")
    line, column = int(place[1]), int(place[2])
    if before is not None:
        start = text.rfind("\n", 0, before) + 1
        if line == text.count("\n", 0, before) + 1 and column > before - start:
            column = max(before - start + 1, column - len(_STOP))
    lines = text.split("\n")
    words = lines[min(line, len(lines)) - 1]
    near = f"{words[: column - 1][-30:]}←here→{words[column - 1 :][:30]}"
    why = reason(text, sum(len(one) + 1 for one in lines[: line - 1]) + column - 1, str(error))
    return QuerySyntaxError(
        f"the update does not parse at line {line}, column {column}: {near}{why and f' ({why})'}",
        line=line,
        column=column,
    )


# ---- one operation ------------------------------------------------------------------------------------------------


class _Step:
    """One operation, ready to be asked what it would do."""

    def __init__(self, operation: Operation, iris: Iris, base: str | None, using: Using) -> None:
        self.of = operation
        self.iris = iris
        self.base = base
        self.protocol = using
        self.where = operation.where if operation.kind == "modify" else operation.delete
        filled = operation.kind in ("modify", "delete where")  # data may be long, and have no variables
        written = f"{operation.delete or ''} {operation.insert or ''}" if filled else ""
        self.variables = tuple(dict.fromkeys(f"?{t.text[1:]}" for t in tokens(written) if t.kind == "variable"))
        #: whether each solution may make nodes of its own, so that equal ones count
        self.fresh = filled and any(
            token.kind == "blank" or (token.kind == "other" and token.text in "[(~|<")
            for token in tokens(operation.insert or "")
        )

    @property
    def query(self) -> str:
        """The SELECT that finds what goes into the templates."""
        chosen = " ".join(self.variables) or "(1 AS ?one)"
        limit = "" if self.variables or self.fresh else " LIMIT 1"
        named = self.of.using or self.protocol
        where = self.where or "" if named else _without(self.where or "", graphs.own(self.iris))
        return f"{self.of.prologue}\nSELECT {'' if self.fresh else 'DISTINCT '}{chosen} WHERE {where}{limit}"

    def parsed(self) -> None:
        """Raises SyntaxError where the engine reads a part in another way than it was cut."""
        if self.of.kind in ("modify", "delete where"):
            Rdf().query(self.query, base_iri=self.base)
            for template in filter(None, (self.of.delete, self.of.insert)):
                self.filled(template, [])

    def effects(self, rdf: Rdf) -> Effects:
        """What the operation adds and removes. Raises :class:`kg.errors.QueryRefused` where it cannot be evaluated."""
        try:
            added, removed = self.evaluated(rdf)
        except (RuntimeError, ValueError) as error:
            raise QueryRefused(f"the update cannot be evaluated: {error}") from error
        staying = set(added)
        return [q for q in added if q not in rdf], [q for q in removed if q not in staying and q in rdf]

    def evaluated(self, rdf: Rdf) -> Effects:
        of = self.of
        match of.kind:
            case "insert data":
                return self.stated(of.insert or ""), []
            case "delete data":
                return [], self.stated(of.delete or "")
            case "modify" | "delete where":
                solutions = self.solutions(rdf)
                return self.filled(of.insert, solutions), self.filled(of.delete, solutions)
            case "clear" | "drop":
                return [], self.cleared(rdf)
            case "create":
                name = self.graph(of.target)
                if not of.silent and isinstance(name, NamedNode) and rdf.contains_named_graph(name):
                    raise QueryRefused(f"the graph {name} exists already; leave CREATE out, or say CREATE SILENT")
                return [], []
            case _:
                return self.copied(rdf)

    # data and templates ---------------------------------------------------------------------------------------
    def stated(self, data: str) -> list[Quad]:
        made = Rdf()
        made.update(f"{self.of.prologue}\nINSERT DATA {data}", base_iri=self.base)
        return list(made)

    def filled(self, template: str | None, solutions: Sequence[Sequence[Any]]) -> list[Quad]:
        """The template's quads for all solutions."""
        if template is None:
            return []
        mark = f"urn:x-newsgraph:{secrets.token_hex(8)}:"
        names = " ".join(self.variables) or "?one"
        scope = f"WITH {self.of.graph} " if self.of.graph else ""
        head = f"{self.of.prologue}\n{scope}INSERT {template} WHERE {{ VALUES ({names}) {{ "  # noqa: S608 it is SPARQL
        made: dict[Quad, None] = {}
        waiting = iter(solutions)
        rows = [_row(one, mark) for one in islice(waiting, _CHUNK)]
        while True:
            part = Rdf()
            part.update(f"{head}{' '.join(rows)} }} }}", base_iri=self.base)
            made.update(dict.fromkeys(_unmarked(quad, mark) for quad in part))
            rows = [_row(one, mark) for one in islice(waiting, _CHUNK)]
            if not rows:
                return list(made)

    def solutions(self, rdf: Rdf) -> list[tuple[Any, ...]]:
        default, named = self.dataset()
        found: Any = rdf.query(self.query, base_iri=self.base, default_graph=default, named_graphs=named)
        return [tuple(solution) for solution in found]

    def dataset(self) -> tuple[list[Any] | None, list[Any] | None]:
        """The graphs that WHERE sees (SPARQL 1.1 Update, section 3.1.3): USING before the request's, then WITH."""
        if self.of.using:
            default = [self.graph(one.graph) for one in self.of.using if not one.named]
            return default or [NamedNode(_NOWHERE)], [self.graph(one.graph) for one in self.of.using if one.named]
        if self.protocol:
            default = [_node(one) for one in self.protocol.default]
            return default or [NamedNode(_NOWHERE)], [_node(one) for one in self.protocol.named]
        return ([self.graph(self.of.graph)] if self.of.graph else None), None

    # graphs ---------------------------------------------------------------------------------------------------
    def graph(self, written: str | None) -> NamedNode | DefaultGraph:
        """The graph that an IRI or a prefixed name stands for."""
        if written == "default":
            return _DEFAULT
        query = f"{self.of.prologue}\nSELECT ({written} AS ?graph) {{}}"
        found: Any = Rdf().query(query, base_iri=self.base)
        name = next(iter(found))[0]
        assert isinstance(name, NamedNode)
        return name

    def cleared(self, rdf: Rdf) -> list[Quad]:
        target = self.of.target
        if target in ("named", "all"):
            names = [name for name in rdf.named_graphs() if isinstance(name, NamedNode)]
            kept = graphs.own(self.iris)  # they are no part of what clients see as theirs to clear
            found = [quad for name in names if name not in kept for quad in _quads(rdf, name)]
            return found + (list(_quads(rdf, _DEFAULT)) if target == "all" else [])
        return self.quads(rdf, target)

    def quads(self, rdf: Rdf, written: str | None) -> list[Quad]:
        name = self.graph(written)
        found = list(_quads(rdf, name))
        if not found and isinstance(name, NamedNode) and not self.of.silent:
            raise QueryRefused(f"the graph {name} does not exist; say {self.of.kind.upper()} SILENT where it may not")
        return found

    def copied(self, rdf: Rdf) -> Effects:
        source, target = self.graph(self.of.source), self.graph(self.of.target)
        if source == target:
            return [], []
        found = self.quads(rdf, self.of.source)
        if not found and self.of.silent and isinstance(source, NamedNode):
            return [], []
        added = [Quad(q.subject, q.predicate, q.object, target) for q in found]
        removed = [] if self.of.kind == "add" else list(_quads(rdf, target))
        return added, removed + (found if self.of.kind == "move" else [])


def _without(where: str, names: Iterable[NamedNode]) -> str:
    """The group with every ``GRAPH ?g { … }`` in it passing over these graphs: they are the store's own, which clients
    find by their names only."""
    shown = ", ".join(sorted(map(str, names)))
    found = [token for token in tokens(where) if token.kind not in {"space", "comment"}]
    edits: list[tuple[int, str]] = []
    ends: list[str | None] = []  # of the open groups, what closes those of a graph
    for at, token in enumerate(found):
        if token.text == "{":
            of = found[at - 2 : at]
            variable = len(of) == 2 and of[0].text.lower() == "graph" and of[1].kind == "variable"
            if variable:
                edits.append((of[0].start, "{ "))
            ends.append(f" FILTER({of[1].text} NOT IN ({shown})) }}" if variable else None)
        elif token.text == "}" and ends and (end := ends.pop()) is not None:
            edits.append((token.start + 1, end))
    parts: list[str] = []
    at = 0
    for place, text in sorted(edits, key=lambda one: one[0]):
        parts += (where[at:place], text)
        at = place
    return "".join((*parts, where[at:]))


def _quads(rdf: Rdf, name: NamedNode | DefaultGraph) -> Iterator[Quad]:
    return iter(rdf.quads_for_pattern(None, None, None, name))


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise IriError(f"{iri[:200]!r} is no absolute IRI: {error}", text=iri) from None


# ---- terms --------------------------------------------------------------------------------------------------------


def _row(solution: Sequence[Any], mark: str) -> str:
    return f"({' '.join('UNDEF' if term is None else str(_marked(term, mark)) for term in solution) or 'UNDEF'})"


def _marked(term: Any, mark: str) -> Any:
    """The term with blank nodes as IRIs, which is how they get through a text."""
    if isinstance(term, BlankNode):
        return NamedNode(f"{mark}{term.value}")
    if isinstance(term, Triple):
        return Triple(_marked(term.subject, mark), term.predicate, _marked(term.object, mark))
    return term


def _back(term: Any, mark: str) -> Any:
    if isinstance(term, NamedNode) and term.value.startswith(mark):
        return BlankNode(term.value.removeprefix(mark))
    if isinstance(term, Triple):
        return Triple(_back(term.subject, mark), term.predicate, _back(term.object, mark))
    return term


def _unmarked(quad: Quad, mark: str) -> Quad:
    parts = (_back(quad.subject, mark), quad.predicate, _back(quad.object, mark), _back(quad.graph_name, mark))
    return Quad(*parts)
