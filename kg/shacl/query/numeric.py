"""Arithmetic and casts to numbers (SPARQL 1.1, sections 17.3 and 17.5), each made for its compiled arguments."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import Any

from pyoxigraph import Literal

from kg.shacl.query import algebra as a
from kg.shacl.query.asked import asked
from kg.shacl.query.expression import Compiler
from kg.shacl.query.typed import Row, Typed
from kg.shacl.query.value import Single, arithmetic, number, number_term
from kg.shacl.view import Node, View
from kg.vocab import XSD

__all__ = ["absolute", "calculation", "signed", "to_decimal", "to_integer"]

#: The operators that stay within the integers.
_WHOLE: dict[str, Callable[[int, int], int]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def calculation(compiler: Compiler, name: str, args: tuple[a.Expression, ...]) -> Typed:
    """``+``, ``-``, ``*`` and ``/``."""
    left, right = (compiler.compile(e) for e in args)
    if left.kind == right.kind == "number":
        x_run, y_run = left.run, right.run
        whole = _WHOLE.get(name)

        def plain(view: View, row: Row) -> Any:
            x, y = x_run(view, row), y_run(view, row)
            if whole is not None and type(x) is int and type(y) is int:
                return whole(x, y)
            return None if x is None or y is None else arithmetic(name, x, y)

        return Typed("number", plain)
    if {left.kind, right.kind} - {"number", "term"}:
        return Typed("number", lambda *_: None)
    if "number" in (left.kind, right.kind):
        # A number goes only with a number.
        x_number, y_number = left.number(), right.number()

        def mixed(view: View, row: Row) -> Any:
            x, y = x_number(view, row), y_number(view, row)
            return None if x is None or y is None else arithmetic(name, x, y)

        return Typed("number", mixed)
    x_term, y_term = left.term(), right.term()

    def run(view: View, row: Row) -> Node | None:
        x, y = x_term(view, row), y_term(view, row)
        if x is None or y is None:
            return None
        m, n = number(x), number(y)
        if m is not None and n is not None:
            found = arithmetic(name, m, n)
            return None if found is None else number_term(found)
        return asked(f"?a {name} ?b", x, y)  # dates and durations

    return Typed("term", run)


def signed(compiler: Compiler, name: str, args: tuple[a.Expression, ...]) -> Typed:
    """Unary minus and plus."""
    inner = compiler.compile(args[0]).number()

    def run(view: View, row: Row) -> Any:
        value = inner(view, row)
        if value is None:
            return None
        if name == "PLUS":
            return value
        return Single(-value) if isinstance(value, Single) else -value

    return Typed("number", run)


def absolute(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    """``ABS``."""
    inner = compiler.compile(args[0]).number()

    def run(view: View, row: Row) -> Any:
        value = inner(view, row)
        return None if value is None else Single(abs(value)) if isinstance(value, Single) else abs(value)

    return Typed("number", run)


def to_integer(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    """The cast to ``xsd:integer``."""
    return Typed("number", compiler.converted("integer", args[0], _integer))


def _integer(term: Node | None) -> int | None:
    if not isinstance(term, Literal):
        return None
    value = number(term)
    if value is None:
        if term.datatype == XSD.string:
            text = term.value
            return int(text) if re.fullmatch(r"[+-]?[0-9]{1,400}", text) else None
        if term.datatype == XSD.boolean:
            return {"true": 1, "1": 1, "false": 0, "0": 0}.get(term.value)
        return None
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return None
    return int(value)


def to_decimal(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    """The cast to ``xsd:decimal``."""
    inner = compiler.compile(args[0]).term()

    def run(view: View, row: Row) -> Decimal | None:
        term = inner(view, row)
        if not isinstance(term, Literal):
            return None
        value = number(term)
        if isinstance(value, float):
            if value != value or abs(value) == float("inf"):
                return None
            return Decimal(repr(float(value))).quantize(Decimal("1e-18"), ROUND_DOWN) if abs(value) < 1e9 else None
        if value is not None:
            return Decimal(value)
        if term.datatype == XSD.boolean:
            return {"true": Decimal(1), "1": Decimal(1), "false": Decimal(0), "0": Decimal(0)}.get(term.value)
        if term.datatype != XSD.string:
            return None
        found = number(Literal(term.value, datatype=XSD.decimal))
        return found if isinstance(found, Decimal) else None

    return Typed("number", run)
