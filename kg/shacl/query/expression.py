"""Expressions compiled to closures over a row of terms (SPARQL 1.1, section 17).

A closure gives None for an error or an unbound variable. Where the type of a value is known beforehand it stays a
Python value (``str``, ``bool``, a number) until someone needs the term.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.shacl.query import algebra as a
from kg.shacl.query.typed import FALSE, TRUE, Closure, Row, Typed, nothing, remembered
from kg.shacl.query.value import Number, compare_numbers, equal, number, number_term, order
from kg.shacl.shapes import Unsupported
from kg.shacl.view import Node, View
from kg.vocab import XSD

__all__ = ["Compiler"]

_STRING = XSD.string
_COMPARISONS: dict[str, Callable[[int], bool]] = {
    "<": lambda n: n < 0,
    ">": lambda n: n > 0,
    "<=": lambda n: n <= 0,
    ">=": lambda n: n >= 0,
}


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles expressions for one scope. ``slots`` are the variables' places in a row; ``exists`` compiles a pattern
    to a closure that says whether it matches."""

    slots: Mapping[str, int]
    exists: Callable[[a.Group], Closure]
    #: Conversions of variables by name and slot, so that each is made once for a term.
    shared: dict[tuple[str, int], Closure]

    def compile(self, expression: a.Expression) -> Typed:
        """The expression's closure. Raises :class:`kg.shacl.shapes.Unsupported` for a function not known here."""
        match expression:
            case a.Var(name):
                slot = self.slots.get(name)
                if slot is None:
                    return Typed("term", nothing)
                return Typed("term", lambda _, row: row[slot])
            case a.Exists(group):
                return Typed("boolean", self.exists(group))
            case a.Call(name, args):
                return self.call(name, args)
            case a.Aggregate():
                raise Unsupported("an aggregate here")
        return _constant(expression)

    def converted(self, name: str, arg: a.Expression, convert: Callable[[Any], Any]) -> Closure:
        """The argument's term converted, shared with other places where the same is done to the same variable."""
        run = self.compile(arg).term()
        slot = self.slots.get(arg.name) if isinstance(arg, a.Var) else None
        if slot is None:
            return remembered(run, convert)
        return self.shared.setdefault((name, slot), remembered(run, convert))

    def call(self, name: str, args: tuple[a.Expression, ...]) -> Typed:
        """An operator or function."""
        made = _OPERATORS.get(name)
        if made is not None:
            return made(self, name, args)
        # The builtins import this module's types; they are needed only when a query calls one.
        from kg.shacl.query.function import builtin

        return builtin(self, name, args)


def _constant(term: Node) -> Typed:
    if isinstance(term, Literal) and term.datatype == _STRING:
        text = term.value
        return Typed("string", lambda *_: text)
    value = number(term)
    # 1.50 is written back as it was unless something is computed from it.
    if value is not None and isinstance(term, Literal) and number_term(value) == term:
        return Typed("number", lambda *_: value)
    if term in (TRUE, FALSE):
        known = term == TRUE
        return Typed("boolean", lambda *_: known)
    return Typed("term", lambda *_: term)


# ---- logic -----------------------------------------------------------------------------------------------------------


def _and(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    tests = [compiler.compile(e).truth() for e in args]

    def run(view: View, row: Row) -> bool | None:
        result: bool | None = True
        for test in tests:
            answer = test(view, row)
            if answer is False:
                return False
            if answer is None:
                result = None
        return result

    return Typed("boolean", run)


def _or(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    tests = [compiler.compile(e).truth() for e in args]

    def run(view: View, row: Row) -> bool | None:
        result: bool | None = False
        for test in tests:
            answer = test(view, row)
            if answer:
                return True
            if answer is None:
                result = None
        return result

    return Typed("boolean", run)


def _not(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    (inner,) = (compiler.compile(e).truth() for e in args)

    def run(view: View, row: Row) -> bool | None:
        value = inner(view, row)
        return None if value is None else not value

    return Typed("boolean", run)


# ---- comparison ------------------------------------------------------------------------------------------------------


def _equals(compiler: Compiler, name: str, args: tuple[a.Expression, ...]) -> Typed:
    wanted = name == "="
    left, right = (compiler.compile(e) for e in args)
    if left.kind == right.kind == "string":
        x_run, y_run = left.run, right.run

        def plain(view: View, row: Row) -> bool | None:
            x = x_run(view, row)
            y = y_run(view, row)
            return None if x is None or y is None else (x == y) is wanted

        return Typed("boolean", plain)
    if "number" in (left.kind, right.kind) and {left.kind, right.kind} <= {"number", "term"}:
        return _numbers(left, right, lambda n: (n == 0) is wanted, wanted)
    if {left.kind, right.kind} <= {"string", "tagged"}:
        x_string, y_string = left.string(), right.string()

        def tagged(view: View, row: Row) -> bool | None:
            x = x_string(view, row)
            y = y_string(view, row)
            if x is None or y is None:
                return None
            same = x == y or (x[0] == y[0] and None not in (x[1], y[1]) and x[1].lower() == y[1].lower())
            return same is wanted

        return Typed("boolean", tagged)
    x_term, y_term = left.term(), right.term()

    def run(view: View, row: Row) -> bool | None:
        x = x_term(view, row)
        if x is None:
            return None
        y = y_term(view, row)
        if y is None:
            return None
        found = equal(x, y)
        return None if found is None else found is wanted

    return Typed("boolean", run)


def _compares(compiler: Compiler, name: str, args: tuple[a.Expression, ...]) -> Typed:
    test = _COMPARISONS[name]
    left, right = (compiler.compile(e) for e in args)
    if "number" in (left.kind, right.kind) and {left.kind, right.kind} <= {"number", "term"}:
        return _numbers(left, right, test, None)
    x_term, y_term = left.term(), right.term()

    def run(view: View, row: Row) -> bool | None:
        x = x_term(view, row)
        y = y_term(view, row)
        if x is None or y is None:
            return None
        found = order(x, y)
        if found is None:
            return False if number(x) is not None and number(y) is not None else None
        return test(found)

    return Typed("boolean", run)


def _numbers(left: Typed, right: Typed, test: Callable[[int], bool], equality: bool | None) -> Typed:
    """A comparison of which one side surely is a number; ``equality`` is which of = (True) and != (False) it is."""
    x_run, y_run = left.run, right.run
    x_term, y_term = left.kind == "term", right.kind == "term"

    def run(view: View, row: Row) -> bool | None:
        x = x_run(view, row)
        y = y_run(view, row)
        if x is None or y is None:
            return None
        m: Number | None = number(x) if x_term else x
        n: Number | None = number(y) if y_term else y
        if m is None or n is None:
            if equality is None:
                return None
            found = equal(x if x_term else number_term(x), y if y_term else number_term(y))
            return None if found is None else found is equality
        if type(m) is int and type(n) is int:
            return test((m > n) - (m < n))
        order_found = compare_numbers(m, n)
        if order_found is None:  # NaN is unequal to everything and in no order
            return equality is False
        return test(order_found)

    return Typed("boolean", run)


def _same_term(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    left, right = (compiler.compile(e).term() for e in args)

    def run(view: View, row: Row) -> bool | None:
        x, y = left(view, row), right(view, row)
        return None if x is None or y is None else x == y

    return Typed("boolean", run)


def _in(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    value, *members = args
    run_value = compiler.compile(value).term()
    if all(isinstance(m, NamedNode) for m in members):
        known = frozenset(m for m in members if isinstance(m, NamedNode))

        def among(view: View, row: Row) -> bool | None:
            x = run_value(view, row)
            return None if x is None else x in known

        return Typed("boolean", among)
    runs = [compiler.compile(m).term() for m in members]

    def run(view: View, row: Row) -> bool | None:
        x = run_value(view, row)
        if x is None:
            return None if runs else False
        result: bool | None = False
        for member in runs:
            y = member(view, row)
            found = None if y is None else equal(x, y)
            if found:
                return True
            if found is None:
                result = None
        return result

    return Typed("boolean", run)


# ---- choice ----------------------------------------------------------------------------------------------------------


def _bound(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    (var,) = args
    if not isinstance(var, a.Var):
        raise Unsupported("BOUND of something other than a variable")
    run = compiler.compile(var).run
    return Typed("boolean", lambda view, row: run(view, row) is not None)


def _if(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    test, *choices = args
    decide = compiler.compile(test).truth()
    first, second = (compiler.compile(e) for e in choices)
    kind = first.kind if first.kind == second.kind else "term"
    yes, no = (first.run, second.run) if kind != "term" else (first.term(), second.term())

    def run(view: View, row: Row) -> Any:
        answer = decide(view, row)
        if answer is None:
            return None
        return yes(view, row) if answer else no(view, row)

    return Typed(kind, run)


def _coalesce(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    runs = [compiler.compile(e).term() for e in args]

    def run(view: View, row: Row) -> Node | None:
        for each in runs:
            value: Node | None = each(view, row)
            if value is not None:
                return value
        return None

    return Typed("term", run)


_OPERATORS: dict[str, Callable[[Compiler, str, tuple[a.Expression, ...]], Typed]] = {
    "&&": _and,
    "||": _or,
    "!": _not,
    "=": _equals,
    "!=": _equals,
    **dict.fromkeys(_COMPARISONS, _compares),
    "SAMETERM": _same_term,
    "IN": _in,
    "BOUND": _bound,
    "IF": _if,
    "COALESCE": _coalesce,
}
