"""The same queries asked of an Oxigraph store: for one focus node at a time, or for all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from pyoxigraph import BlankNode, NamedNode, QueryBoolean, QuerySolutions, Store, Variable

from kg.queries.syntax import Branch
from kg.queries.tokens import tokens
from kg.shacl.path import Path
from kg.shacl.query import algebra as a
from kg.shacl.query.rules import Checked, IllFormed, checked
from kg.shacl.query.scope import certain, sensitive, sensitive_steps
from kg.shacl.query.translation import translate
from kg.shacl.query.witness import applied, witnesses
from kg.shacl.shape import Query
from kg.shacl.shapes import Unsupported
from kg.shacl.view import Node

__all__ = ["set_form", "solve_in_store"]

_THIS = frozenset({"this"})
#: A predicate that no graph has, in place of a term that cannot be one.
_NOWHERE = "<urn:x-newsgraph:no-predicate>"


def solve_in_store(
    store: Store, query: Query, prebound: Mapping[str, Node], path: Path | None = None
) -> Iterator[dict[str, Node]]:
    """The solutions over the store's default graph with ``prebound`` bound in every group (SHACL, Appendix A).

    An ASK query gives one empty solution for true and none for false. Raises
    :class:`kg.shacl.query.rules.IllFormed` as :func:`kg.shacl.query.prepare` does, and
    :class:`kg.shacl.shapes.Unsupported` where the values cannot be written into the text.
    """
    found = checked(query, prebound=frozenset(prebound), path=path)
    values = {name: term for name, term in prebound.items() if not isinstance(term, BlankNode)}
    blank = {name: term for name, term in prebound.items() if isinstance(term, BlankNode)}
    if blank and not _joinable(found, frozenset(blank)):
        raise Unsupported("a blank node bound beforehand in a nested group")
    text = _written(found, values)
    # A blank node cannot be written. Where every group that mentions the variable also binds it, a substitution of
    # the whole query's solutions is the same.
    answer = store.query(text, substitutions={Variable(n): t for n, t in blank.items()} if blank else None)
    if isinstance(answer, QueryBoolean):
        return iter(({},) if answer else ())
    if not isinstance(answer, QuerySolutions):
        raise IllFormed("the query is neither SELECT nor ASK")
    return _solutions(answer, found, prebound)


def set_form(query: Query, target_patterns: Sequence[str], path: Path | None = None) -> str | None:
    """One query with the distinct solutions of all focus nodes, ``?this`` among its variables; None when it cannot be
    proved to give the same as the query asked of each focus node.

    ``target_patterns`` are triple patterns that bind ``?this``, one text for each target, with other variables of their
    own. Raises :class:`kg.shacl.query.rules.IllFormed` as :func:`kg.shacl.query.prepare` does.
    """
    try:
        found = checked(query, prebound=_THIS, path=path)
        translated = translate(found.tree, _THIS)
    except Unsupported:
        return None
    select = translated.select
    branch = found.tree.first("select_query")
    where = branch.first("where_clause") if branch else None
    body = where.first("group_graph_pattern") if where else None
    clause = branch.first("select_clause") if branch else None
    if body is None or clause is None or not target_patterns or clause.has("*"):
        return None
    others = [_variables(pattern) - _THIS for pattern in target_patterns]
    used = frozenset(b.text[1:] for b in found.tree.walk() if b.kind == "var")
    if used & {*frozenset().union(*others), "currentShape", "shapesGraph", "PATH"}:
        return None
    if "this" not in select.variables or select.limit is not None or select.offset or not _told(select.group):
        return None
    if select.keys is not None:
        if _doubtful(select):
            return None
        if not any(var.name == "this" and value is None for var, value in select.keys):
            return None
        if len(target_patterns) > 1 or others[0]:
            # Joined with such a target a solution would count several times.
            if "this" not in certain(select.group):
                return None
            tests = " || ".join(f"EXISTS {{ {pattern} }}" for pattern in target_patterns)
            return _edited(found.text, clause, (body.end - 1, f" FILTER({tests}) "))
    seen = witnesses(body, {"this", *(b.text[1:] for b in clause.walk() if b.kind == "var")})
    if select.keys is not None or select.order or select.aggregates:
        seen = ()
    if len(target_patterns) == 1:
        return _edited(found.text, clause, (body.start + 1, f" {target_patterns[0]} . "), seen)
    union = " UNION ".join(f"{{ {pattern} }}" for pattern in target_patterns)
    return _edited(found.text, clause, (body.start + 1, f" {union} "), seen)


def _doubtful(select: a.Select) -> bool:
    """Whether an aggregate counts ends of a path that Oxigraph gives once and SPARQL as often as there are ways."""
    counts = any(not agg.distinct and agg.name in ("COUNT", "SUM", "AVG") for _, agg in select.aggregates)
    return counts and any(isinstance(t.predicate, a.Alternative | a.Negated) for t in _triples(select.group))


def _triples(step: a.Step) -> list[a.Triple]:
    match step:
        case a.Bgp(triples):
            return list(triples)
        case a.Group(steps, _):
            return [t for s in steps for t in _triples(s)]
        case a.Optional(group):
            return _triples(group)
        case a.Union(groups):
            return [t for g in groups for t in _triples(g)]
    return []


def _edited(text: str, clause: Branch, insertion: tuple[int, str], others: Sequence[tuple[int, int, str]] = ()) -> str:
    """The text with DISTINCT in its projection, something put into its pattern, and other edits further on."""
    at, added = insertion
    source = applied(text.encode(), ((at, at, added), *others))
    reduced = next((b for b in clause.parts if b.literal and b.kind == "REDUCED"), None)
    if reduced is not None:
        source = source[: reduced.start] + b"DISTINCT" + source[reduced.end :]
    elif not clause.has("DISTINCT"):
        word = clause.parts[0]
        source = source[: word.end] + b" DISTINCT" + source[word.end :]
    return source.decode()


def _variables(pattern: str) -> frozenset[str]:
    return frozenset(t.text[1:] for t in tokens(pattern) if t.kind == "variable")


# ---- is telling every group the same as joining? ---------------------------------------------------------------------


def _told(group: a.Group, names: frozenset[str] = _THIS) -> bool:
    """Whether a group that is joined with what binds the variables gives what it gives with them bound in every group
    below it. At the top of the group itself they are bound either way."""
    patterns = [inner for e in group.filters for inner in _patterns(e)]
    for step in group.steps:
        match step:
            case a.Bgp() | a.Values():
                pass
            case a.Bind(_, value):
                patterns += _patterns(value)
            case a.Optional(inner):
                kept, _ = sensitive_steps(inner)
                if names & kept or not _told(inner, names):
                    return False
            case a.Union(groups):
                if any(names & sensitive(g) or not _told(g, names) for g in groups):
                    return False
            case a.Group():
                if names & sensitive(step) or not _told(step, names):
                    return False
            case _:
                return False
    return all(_told(inner, names) for inner in patterns)


def _patterns(expression: a.Expression) -> list[a.Group]:
    match expression:
        case a.Exists(group):
            return [group]
        case a.Call(_, args):
            return [g for e in args for g in _patterns(e)]
    return []


def _joinable(found: Checked, names: frozenset[str]) -> bool:
    """Whether binding the variables in every group is the same as taking the solutions that have these values."""
    select = translate(found.tree, names).select
    return (
        _told(select.group, names)
        and names <= certain(select.group)
        and (select.keys is None or names <= {var.name for var, value in select.keys if value is None})
        and (select.limit is None and not select.offset)
    )


# ---- one focus node --------------------------------------------------------------------------------------------------


def _solutions(answer: QuerySolutions, found: Checked, prebound: Mapping[str, Node]) -> Iterator[dict[str, Node]]:
    names = [v.value for v in answer.variables if v.value != "none__"]
    query = found.tree.first("select_query")
    clause = query.first("select_clause") if query else None
    shown = {b.text[1:] for b in clause.named() if b.kind == "var"} if clause else set()
    given = {n: t for n, t in prebound.items() if n in shown or (clause is not None and clause.has("*"))}
    for solution in answer:
        yield {**{n: t for n in names if (t := solution[n]) is not None}, **given}


def _written(found: Checked, values: Mapping[str, Node]) -> str:
    """The text with the values in place of their variables."""
    edits = list(_edits(found.tree, values, count()))
    source = found.text.encode()
    for start, end, text in sorted(edits, reverse=True):
        source = source[:start] + text.encode() + source[end:]
    return source.decode()


def _edits(tree: Branch, values: Mapping[str, Node], fresh: Iterator[int]) -> Iterator[tuple[int, int, str]]:
    """Which bytes to replace by what, in every place where a variable with a value stands."""
    todo = [(tree, tree)]
    while todo:
        branch, above = todo.pop()
        if branch.kind == "var":
            name = branch.text[1:]
            if name in values:
                yield branch.start, branch.end, _place(branch, above, values[name], fresh)
            continue
        if branch.has("BOUND") and any(b.kind == "var" and b.text[1:] in values for b in branch.parts):
            yield branch.start, branch.end, " (true) "
            continue
        if branch.kind == "select_clause" and not branch.has("*"):
            shown = [b for b in branch.parts if b.kind == "var" and b.field == "bound_variable"]
            if shown and all(b.text[1:] in values for b in shown):
                name = "none__" if above.kind == "select_query" else f"none__{next(fresh)}"
                yield shown[-1].end, shown[-1].end, f" (1 AS ?{name}) "
        todo += [(part, branch) for part in branch.parts]


def _place(branch: Branch, above: Branch, term: Node, fresh: Iterator[int]) -> str:
    written = f" {term} "
    if above.kind == "select_clause" and branch.field == "bound_variable":
        return " "
    if above.kind == "group_condition":
        return f" ({term} AS ?key__{next(fresh)}) "
    if above.kind in ("order_condition", "having_condition"):
        return f" ({term}) "
    if above.kind == "property" and not isinstance(term, NamedNode):
        return _NOWHERE
    return written
