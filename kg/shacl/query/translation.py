"""From the syntax tree of a SELECT or ASK query to its algebra (SPARQL 1.1, section 18.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from pyoxigraph import NamedNode

from kg.queries.syntax import Branch
from kg.shacl.query import algebra as a
from kg.shacl.query.notation import read_way
from kg.shacl.query.scope import mentioned, possible, variables
from kg.shacl.query.term import Terms
from kg.shacl.shapes import Unsupported
from kg.shacl.view import Node
from kg.vocab import RDF

__all__ = ["Translated", "translate"]


@dataclass(frozen=True, slots=True)
class Translated:
    """``form`` is ``SELECT`` or ``ASK``; an ASK query is a selection without a projection."""

    form: str
    select: a.Select


def translate(tree: Branch, prebound: frozenset[str] = frozenset()) -> Translated:
    """The query as algebra; ``SELECT *`` gives the variables ``prebound`` too where they are mentioned.

    Raises :class:`kg.shacl.shapes.Unsupported` for what is not known here.
    """
    query = tree.first("select_query", "ask_query")
    if query is None:
        raise Unsupported("a query that is neither SELECT nor ASK")
    prologue = tree.first("prologue")
    reader = _Reader(Terms.of(prologue), prebound)
    form = "ASK" if query.kind == "ask_query" else "SELECT"
    try:
        return Translated(form, reader.select(query, tree.first("values_clause")))
    except (ValueError, IndexError) as error:
        # The grammar is not ours: a tree of a form that is not expected here is not guessed at.
        raise Unsupported(f"a query whose syntax is not known here ({error})") from error


#: How deep expressions and groups are followed.
_DEEPEST = 60

_TERMS = frozenset(
    {
        "iri_reference",
        "prefixed_name",
        "rdf_literal",
        "integer",
        "decimal",
        "double",
        "boolean_literal",
        "nil",
    }
)


@dataclass(slots=True)
class _Reader:
    terms: Terms
    prebound: frozenset[str]
    depth: int = 0
    fresh: Iterator[int] = field(default_factory=count)
    aggregates: list[tuple[a.Var, a.Aggregate]] | None = None

    # ---- queries -----------------------------------------------------------------------------------------------------

    def select(self, query: Branch, values: Branch | None) -> a.Select:
        if query.first("dataset_clause") is not None:
            raise Unsupported("FROM")
        where = query.first("where_clause")
        body = (where or query).first("group_graph_pattern")
        if body is None:
            raise Unsupported("a query without a pattern")
        group = self.group(body)
        values = values or query.first("values_clause")
        if values is not None:
            group = a.Group((group, *self.values(values)))
        modifier = query.first("solution_modifier")
        outer, self.aggregates = self.aggregates, []
        try:
            keys = self.keys(modifier)
            having = self.having(modifier)
            items, distinct = self.projection(query.first("select_clause"), group)
            order = self.order(modifier)
            aggregates = tuple(self.aggregates)
        finally:
            self.aggregates = outer
        if keys is None and aggregates:
            keys = ()
        if having and keys is None:
            raise Unsupported("HAVING without a group")
        limit, offset = _slice(modifier)
        return a.Select(items, group, keys, aggregates, having, order, distinct, limit, offset)

    def projection(
        self, clause: Branch | None, group: a.Group
    ) -> tuple[tuple[tuple[a.Var, a.Expression | None], ...], bool]:
        if clause is None:
            return (), False
        distinct = clause.has("DISTINCT")
        if clause.has("*"):
            names = possible(group) | (self.prebound & mentioned(group))
            return tuple((a.Var(n), None) for n in sorted(names) if not n.startswith(("_:", "#"))), distinct
        items: list[tuple[a.Var, a.Expression | None]] = []
        value: a.Expression | None = None
        for part in clause.named():
            if part.kind == "var" and part.field == "bound_variable":
                items.append((_var(part), value))
                value = None
            else:
                value = self.expression(part)
        return tuple(items), distinct

    def keys(self, modifier: Branch | None) -> tuple[tuple[a.Var, a.Expression | None], ...] | None:
        clause = modifier.first("group_clause") if modifier else None
        if clause is None:
            return None
        keys: list[tuple[a.Var, a.Expression | None]] = []
        for condition in clause.all("group_condition"):
            parts = condition.named()
            if len(parts) == 2:
                keys.append((_var(parts[1]), self.expression(parts[0])))
            elif parts[0].kind == "var":
                keys.append((_var(parts[0]), None))
            else:
                keys.append((a.Var(f"#key{next(self.fresh)}"), self.expression(parts[0])))
        return tuple(keys)

    def having(self, modifier: Branch | None) -> tuple[a.Expression, ...]:
        clause = modifier.first("having_clause") if modifier else None
        if clause is None:
            return ()
        return tuple(self.expression(c.named()[0]) for c in clause.all("having_condition"))

    def order(self, modifier: Branch | None) -> tuple[a.Order, ...]:
        clause = modifier.first("order_clause") if modifier else None
        if clause is None:
            return ()
        return tuple(a.Order(self.expression(c.named()[0]), c.has("DESC")) for c in clause.all("order_condition"))

    # ---- patterns ----------------------------------------------------------------------------------------------------

    def group(self, branch: Branch) -> a.Group:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unsupported(f"expressions and groups nested deeper than {_DEEPEST}")
        found = self.inside(branch)
        self.depth -= 1
        return found

    def inside(self, branch: Branch) -> a.Group:
        inner = branch.first("sub_select")
        if inner is not None:
            return a.Group((self.select(inner, None),))
        steps: list[a.Step] = []
        filters: list[a.Expression] = []
        triples: list[a.Triple] = []

        def close() -> None:
            if triples:
                steps.append(a.Bgp(tuple(triples)))
                triples.clear()

        for part in branch.named():
            if part.kind == "triples_block":
                triples.extend(self.triples(part))
                continue
            if part.kind == "filter":
                # A filter does not end the triple patterns around it (section 18.2.2.2).
                filters.append(self.expression(part.named()[0]))
                continue
            close()
            steps.extend(self.step(part))
        close()
        return a.Group(tuple(steps), tuple(filters))

    def step(self, part: Branch) -> Iterator[a.Step]:
        match part.kind:
            case "optional_graph_pattern":
                yield a.Optional(self.group(part.named()[0]))
            case "minus_graph_pattern":
                yield a.Minus(self.group(part.named()[0]))
            case "group_or_union_graph_pattern":
                groups = tuple(self.group(g) for g in part.named())
                yield groups[0] if len(groups) == 1 else a.Union(groups)
            case "bind":
                value, var = part.named()
                yield a.Bind(_var(var), self.expression(value))
            case "inline_data" | "values_clause":
                yield from self.values(part)
            case _:
                raise Unsupported(part.kind.replace("_graph_pattern", "").upper())

    def values(self, part: Branch) -> Iterator[a.Values]:
        block = part.first("data_block")
        if block is None:
            return
        names = tuple(_var(b) for b in block.parts if b.field == "bound_variable" or b.kind == "var")
        inner = block.parts
        begin = next(i for i, b in enumerate(inner) if b.literal and b.kind == "{")
        cells = inner[begin + 1 : -1]
        rows: list[tuple[Node | None, ...]] = []
        if block.parts[0].kind in ("(", "nil"):
            row: list[Node | None] | None = None
            for cell in cells:
                if cell.kind == "nil" and row is None:
                    rows.append(())
                elif cell.literal and cell.kind == "(":
                    row = []
                elif cell.literal and cell.kind == ")":
                    rows.append(tuple(row or ()))
                    row = None
                elif row is None:
                    raise Unsupported("VALUES")
                else:
                    row.append(self.datum(cell))
        else:
            rows = [(self.datum(cell),) for cell in cells]
        if any(len(row) != len(names) for row in rows):
            raise Unsupported("VALUES")
        yield a.Values(names, tuple(rows))

    def datum(self, cell: Branch) -> Node | None:
        return None if cell.literal and cell.kind == "UNDEF" else self.terms.term(cell)

    # ---- triples -----------------------------------------------------------------------------------------------------

    def triples(self, block: Branch) -> Iterator[a.Triple]:
        for same in block.all("triples_same_subject"):
            made: list[a.Triple] = []
            head, *rest = same.named()
            subject = self.node(head, made)
            for properties in rest:
                self.properties(subject, properties, made)
            yield from made

    def properties(self, subject: a.Slot, properties: Branch, made: list[a.Triple]) -> None:
        if properties.kind != "property_list":
            raise Unsupported(properties.kind)
        for one in properties.all("property"):
            verb, objects = one.parts
            if objects.kind != "object_list":
                raise Unsupported(objects.kind)
            predicate: a.Var | a.Way = _var(verb) if verb.kind == "var" else read_way(verb, self.terms)
            for branch in objects.named():
                made.extend(self.link(subject, predicate, self.node(branch, made)))

    def link(self, subject: a.Slot, predicate: a.Var | a.Way, object: a.Slot) -> Iterator[a.Triple]:
        """A path as triple patterns where the specification translates it so (section 18.2.2.4)."""
        match predicate:
            case a.Link(iri):
                yield a.Triple(subject, iri, object)
            case a.Inverse(way):
                yield from self.link(object, way, subject)
            case a.Sequence(ways):
                here = subject
                for way in ways[:-1]:
                    there = self.new()
                    yield from self.link(here, way, there)
                    here = there
                yield from self.link(here, ways[-1], object)
            case _:
                yield a.Triple(subject, predicate, object)

    def node(self, branch: Branch, made: list[a.Triple]) -> a.Slot:
        match branch.kind:
            case "var":
                return _var(branch)
            case "blank_node_label":
                return a.Var(branch.text)
            case "anon":
                return self.new()
            case "blank_node_property_list":
                own = self.new()
                for properties in branch.named():
                    self.properties(own, properties, made)
                return own
            case "collection":
                members = [self.node(m, made) for m in branch.named()]
                cells: list[a.Slot] = [*(self.new() for _ in members), RDF.nil]
                for i, member in enumerate(members):
                    made.append(a.Triple(cells[i], RDF.first, member))
                    made.append(a.Triple(cells[i], RDF.rest, cells[i + 1]))
                return cells[0]
        return self.terms.term(branch)

    def new(self) -> a.Var:
        return a.Var(f"_:#{next(self.fresh)}")

    # ---- expressions -------------------------------------------------------------------------------------------------

    def expression(self, branch: Branch) -> a.Expression:
        """An expression; too deep a one is refused, because compiling goes as deep several times over."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unsupported(f"expressions and groups nested deeper than {_DEEPEST}")
        found = self.one(branch)
        self.depth -= 1
        return found

    def one(self, branch: Branch) -> a.Expression:
        match branch.kind:
            case "var":
                return _var(branch)
            case "bracketted_expression":
                return self.expression(branch.named()[0])
            case "binary_expression":
                return self.chain(branch) or self.binary(branch)
            case "unary_expression":
                mark = branch.parts[0].kind
                return a.Call({"-": "NEGATE", "+": "PLUS"}.get(mark, mark), (self.expression(branch.named()[0]),))
            case "exists_func":
                return a.Exists(self.group(branch.named()[-1]))
            case "not_exists_func":
                return a.Call("!", (a.Exists(self.group(branch.named()[-1])),))
            case "aggregate":
                return self.aggregate(branch)
            case "function_call":
                return self.function(branch)
            case "build_in_function" | "regex_expression" | "substring_expression" | "string_replace_expression":
                return self.builtin(branch)
        if branch.kind in _TERMS:
            return self.terms.term(branch)
        raise Unsupported(branch.kind)

    def binary(self, branch: Branch) -> a.Expression:
        named = branch.named()
        words = [b.kind for b in branch.parts if b.literal]
        left = self.expression(named[0])
        if words in (["IN"], ["NOT", "IN"]):
            members = tuple(self.expression(b) for b in named[1].named() if b.kind != "nil")
            found = a.Call("IN", (left, *members))
            return found if len(words) == 1 else a.Call("!", (found,))
        if len(words) != 1 or len(named) != 2:
            raise Unsupported(branch.kind)
        right = self.expression(named[1])
        return a.Call(words[0], (left, right))

    def chain(self, branch: Branch) -> a.Expression | None:
        """``a || b || c`` and ``a && b && c`` as one call, because they may be long; None for anything else."""
        mark = next((b.kind for b in branch.parts if b.literal), "")
        if mark not in ("||", "&&"):
            return None
        members = []
        while branch.kind == "binary_expression" and branch.has(mark):
            left, right = branch.named()
            members.append(right)
            branch = left
        members.append(branch)
        return a.Call(mark, tuple(self.expression(b) for b in reversed(members)))

    def builtin(self, branch: Branch) -> a.Expression:
        args: list[Branch] = []
        for part in branch.named():
            if part.kind in ("expression_list", "arg_list"):
                args += part.named()
            else:
                args.append(part)
        name = branch.parts[0].text.upper()
        given = [self.expression(b) for b in args if b.kind != "nil"]
        if name in ("IRI", "URI") and self.terms.base is not None:
            given.append(NamedNode(self.terms.base))
        return a.Call(name, tuple(given))

    def function(self, branch: Branch) -> a.Expression:
        name, *rest = branch.named()
        args = rest[0] if rest else None
        if args is not None and args.has("DISTINCT"):
            raise Unsupported("DISTINCT in a function's arguments")
        given = [b for b in args.named() if b.kind != "nil"] if args is not None and args.kind != "nil" else []
        return a.Call(self.terms.iri(name).value, tuple(self.expression(b) for b in given))

    def aggregate(self, branch: Branch) -> a.Expression:
        if self.aggregates is None:
            raise Unsupported("an aggregate outside of a projection, HAVING or ORDER BY")
        name = branch.parts[0].kind
        argument = next((b for b in branch.named()), None)
        separator = " "
        if branch.has("SEPARATOR"):
            separator = self.terms.text(branch.all("string")[-1])
        open_aggregates, self.aggregates = self.aggregates, None
        arg = None if branch.has("*") or argument is None else self.expression(argument)
        self.aggregates = open_aggregates
        made = a.Aggregate(name.upper(), branch.has("DISTINCT"), arg, separator)
        var = a.Var(f"#{next(self.fresh)}")
        if any(v.startswith("#") for v in variables(arg)):
            raise Unsupported("an aggregate of an aggregate")
        self.aggregates.append((var, made))
        return var


def _var(branch: Branch) -> a.Var:
    if branch.kind != "var":
        raise Unsupported(branch.kind)
    return a.Var(branch.text[1:])


def _slice(modifier: Branch | None) -> tuple[int | None, int]:
    clauses = modifier.first("limit_offset_clauses") if modifier else None
    if clauses is None:
        return None, 0
    limit, offset = clauses.first("limit_clause"), clauses.first("offset_clause")
    return (
        int(limit.named()[0].text) if limit is not None else None,
        int(offset.named()[0].text) if offset is not None else 0,
    )
