"""From the solutions of a pattern to the rows of a selection: grouping, projection, order (SPARQL 1.1, sections 15
and 18.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from pyoxigraph import Literal

from kg.shacl.query import algebra as a
from kg.shacl.query.bgp import Run
from kg.shacl.query.expression import Compiler
from kg.shacl.query.scope import possible
from kg.shacl.query.typed import Closure, Row
from kg.shacl.query.value import Number, arithmetic, number, number_term, order_key
from kg.shacl.shapes import Unsupported
from kg.shacl.view import Node, View
from kg.vocab import XSD

__all__ = ["Rows", "selection"]

Terms = tuple[Node | None, ...]
Rows = Callable[[View, Row], list[Terms]]


def selection(
    select: a.Select, slots: Mapping[str, int], compiler: Compiler, pattern: Callable[[Run], Run], out: int
) -> Rows:
    """A function (view, row) → the rows of the projection. ``pattern`` chains the pattern's steps before a last one;
    ``out`` is a slot for collecting."""
    project = _projection(select, slots, compiler)
    if select.keys is None and not select.order:
        rows = _plain(pattern, project, out)
    elif select.keys is None:
        rows = _ordered(pattern, project, _order(select, compiler), out)
    else:
        rows = _grouped(select, slots, compiler, pattern, project, out)
    if not select.distinct and select.limit is None and not select.offset:
        return rows
    end = None if select.limit is None else select.offset + select.limit

    def finished(view: View, row: Row) -> list[Terms]:
        found = rows(view, row)
        if select.distinct:
            found = list(dict.fromkeys(found))
        return found[select.offset : end]

    return finished


def _projection(select: a.Select, slots: Mapping[str, int], compiler: Compiler) -> Callable[[View, Row], Terms]:
    places = [slots[var.name] for var, _ in select.items]
    computed = [(slots[var.name], compiler.compile(value).term()) for var, value in select.items if value is not None]
    if not computed:

        def plain(_view: View, row: Row) -> Terms:
            return tuple([row[i] for i in places])

        return plain

    def project(view: View, row: Row) -> Terms:
        for slot, value in computed:
            row[slot] = value(view, row)
        return tuple([row[i] for i in places])

    def clean(view: View, row: Row) -> Terms:
        terms = project(view, row)
        for slot, _ in computed:
            row[slot] = None
        return terms

    return clean if not select.order else project


def _plain(pattern: Callable[[Run], Run], project: Callable[[View, Row], Terms], out: int) -> Rows:
    def collect(view: View, row: Row) -> bool:
        row[out].append(project(view, row))
        return False

    run = pattern(collect)

    def rows(view: View, row: Row) -> list[Terms]:
        outer, row[out] = row[out], []
        run(view, row)
        found: list[Terms] = row[out]
        row[out] = outer
        return found

    return rows


def _order(select: a.Select, compiler: Compiler) -> list[tuple[Closure, bool]]:
    return [(compiler.compile(o.value).term(), o.descending) for o in select.order]


def _ordered(
    pattern: Callable[[Run], Run],
    project: Callable[[View, Row], Terms],
    conditions: list[tuple[Closure, bool]],
    out: int,
) -> Rows:
    def collect(view: View, row: Row) -> bool:
        terms = project(view, row)
        row[out].append((terms, [value(view, row) for value, _ in conditions]))
        return False

    run = pattern(collect)

    def rows(view: View, row: Row) -> list[Terms]:
        outer, row[out] = row[out], []
        run(view, row)
        found: list[tuple[Terms, list[Node | None]]] = row[out]
        row[out] = outer
        return _sorted(found, conditions)

    return rows


def _sorted(found: list[tuple[Terms, list[Node | None]]], conditions: list[tuple[Closure, bool]]) -> list[Terms]:
    for i in range(len(conditions) - 1, -1, -1):
        found.sort(key=lambda pair: order_key(pair[1][i]), reverse=conditions[i][1])
    return [terms for terms, _ in found]


# ---- groups ----------------------------------------------------------------------------------------------------------


def _grouped(
    select: a.Select,
    slots: Mapping[str, int],
    compiler: Compiler,
    pattern: Callable[[Run], Run],
    project: Callable[[View, Row], Terms],
    out: int,
) -> Rows:
    keys = select.keys or ()
    key_runs = [(slots[var.name], None if value is None else compiler.compile(value).term()) for var, value in keys]
    everything = [slots[n] for n in sorted(possible(select.group)) if not n.startswith("#")]
    folds = [(slots[var.name], *_fold(aggregate, compiler, everything)) for var, aggregate in select.aggregates]
    having = [compiler.compile(e).truth() for e in select.having]
    conditions = _order(select, compiler)

    def collect(view: View, row: Row) -> bool:
        for slot, value in key_runs:
            if value is not None:
                row[slot] = value(view, row)
        key = tuple([row[slot] for slot, _ in key_runs])
        row[out].setdefault(key, []).append([take(view, row) for _, take, _ in folds])
        for slot, value in key_runs:
            if value is not None:
                row[slot] = None
        return False

    run = pattern(collect)

    def rows(view: View, row: Row) -> list[Terms]:
        outer, row[out] = row[out], {}
        run(view, row)
        groups: dict[Terms, list[list[Any]]] = row[out]
        row[out] = outer
        if not groups and not keys:
            groups[()] = []  # an aggregate over nothing has one group (section 18.5.1)
        found: list[tuple[Terms, list[Node | None]]] = []
        for key, members in groups.items():
            # A row of its own: what is bound outside of the group is seen, what varies within it is not.
            own = row.copy()
            for (slot, _), term in zip(key_runs, key, strict=True):
                own[slot] = term
            for i, (slot, _, fold) in enumerate(folds):
                own[slot] = fold([member[i] for member in members])
            if all(test(view, own) for test in having):
                terms = project(view, own)
                found.append((terms, [value(view, own) for value, _ in conditions]))
        return _sorted(found, conditions)

    return rows


Fold = Callable[[list[Any]], Node | None]


def _fold(aggregate: a.Aggregate, compiler: Compiler, everything: list[int]) -> tuple[Closure, Fold]:
    """What an aggregate takes from each solution, and how it makes one term of it."""
    if aggregate.arg is None:

        def whole(_view: View, row: Row) -> Terms:
            return tuple([row[i] for i in everything])

        return whole, lambda rows: number_term(len(dict.fromkeys(rows) if aggregate.distinct else rows))
    take = compiler.compile(aggregate.arg).term()
    fold: Fold | None = {
        "COUNT": _count,
        "SUM": _sum,
        "AVG": _average,
        "MIN": _least,
        "MAX": _greatest,
        "SAMPLE": _sample,
    }.get(aggregate.name)
    if aggregate.name == "GROUP_CONCAT":
        fold = _joiner(aggregate.separator)
    if fold is None:
        raise Unsupported(f"the aggregate {aggregate.name}")
    if not aggregate.distinct:
        return take, fold
    chosen = fold
    return take, lambda terms: chosen(list(dict.fromkeys(terms)))


def _count(terms: list[Any]) -> Node | None:
    return number_term(sum(t is not None for t in terms))


def _total(terms: list[Any]) -> Number | None:
    total: Number | None = 0
    for term in terms:
        value = number(term)
        if value is None or total is None:
            return None
        total = arithmetic("+", total, value)
    return total


def _sum(terms: list[Any]) -> Node | None:
    total = _total(terms)
    return None if total is None else number_term(total)


def _average(terms: list[Any]) -> Node | None:
    if not terms:
        return number_term(0)
    total = _total(terms)
    mean = None if total is None else arithmetic("/", total, Decimal(len(terms)))
    return None if mean is None else number_term(mean)


def _least(terms: list[Any]) -> Node | None:
    return None if not terms or None in terms else min(terms, key=order_key)


def _greatest(terms: list[Any]) -> Node | None:
    return None if not terms or None in terms else max(terms, key=order_key)


def _sample(terms: list[Any]) -> Node | None:
    return next((t for t in terms if t is not None), None)


def _joiner(separator: str) -> Fold:
    def fold(terms: list[Any]) -> Node | None:
        if not all(isinstance(t, Literal) and (t.datatype == XSD.string or t.language) for t in terms):
            return None
        return Literal(separator.join(t.value for t in terms))

    return fold
