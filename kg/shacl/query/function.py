"""The builtin functions and casts of SPARQL 1.1 (sections 17.4 and 17.5) that depend on nothing but their arguments."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.shacl.pattern import matcher
from kg.shacl.query import algebra as a
from kg.shacl.query.asked import asked
from kg.shacl.query.expression import Closure, Compiler, Row, Typed
from kg.shacl.query.term import resolved
from kg.shacl.query.value import Single, arithmetic, number, number_term
from kg.shacl.shapes import Unsupported, words
from kg.shacl.view import Node, View
from kg.vocab import XSD

__all__ = ["builtin"]

Make = Callable[[Compiler, str, tuple[a.Expression, ...]], Typed]


def builtin(compiler: Compiler, name: str, args: tuple[a.Expression, ...]) -> Typed:
    """The call compiled. Raises :class:`kg.shacl.shapes.Unsupported` for a function that is not known here."""
    make = _FUNCTIONS.get(name)
    if make is not None:
        return make(compiler, name, args)
    asks = _ASKED.get(name)
    if asks is None or len(args) not in asks[0]:
        raise Unsupported(f"the function {name}")
    return _ask(compiler, asks[1], args)


def _ask(compiler: Compiler, form: str, args: tuple[a.Expression, ...]) -> Typed:
    """A function that Oxigraph evaluates."""
    runs = [compiler.compile(e).term() for e in args]
    expression = form.format(", ".join(f"?{name}" for name, _ in zip("abcd", runs, strict=False)))

    def run(view: View, row: Row) -> Node | None:
        values = [each(view, row) for each in runs]
        return None if None in values else asked(expression, *values)

    return Typed("term", run)


# ---- terms -----------------------------------------------------------------------------------------------------------


def _str(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    inner = compiler.compile(args[0])
    if inner.kind == "string":
        return inner
    if inner.kind == "tagged":
        run_inner = inner.run

        def run(view: View, row: Row) -> str | None:
            found = run_inner(view, row)
            return None if found is None else found[0]

        return Typed("string", run)
    return Typed("string", compiler.converted("STR", args[0], _characters))


def _characters(term: Node | None) -> str | None:
    return term.value if isinstance(term, Literal | NamedNode) else None


def _of_literal(get: Callable[[Literal], Any], kind: str) -> Make:
    def make(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
        inner = compiler.compile(args[0]).term()

        def run(view: View, row: Row) -> Any:
            term = inner(view, row)
            return get(term) if isinstance(term, Literal) else None

        return Typed(kind, run)

    return make


def _is(test: Callable[[Node], bool]) -> Make:
    def make(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
        inner = compiler.compile(args[0]).term()

        def run(view: View, row: Row) -> bool | None:
            term = inner(view, row)
            return None if term is None else test(term)

        return Typed("boolean", run)

    return make


def _iri(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    inner = compiler.compile(args[0]).term()
    base = args[1] if len(args) > 1 else None  # the reader adds the query's base

    def run(view: View, row: Row) -> NamedNode | None:
        term = inner(view, row)
        if isinstance(term, NamedNode):
            return term
        if not isinstance(term, Literal) or term.datatype != XSD.string:
            return None
        if isinstance(base, NamedNode):
            return resolved(term.value, base.value)
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", term.value):
            return None
        try:
            return NamedNode(term.value)
        except ValueError:
            return None

    return Typed("term", run)


def _strdt(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    text, datatype = compiler.compile(args[0]).text(), compiler.compile(args[1]).term()

    def run(view: View, row: Row) -> Literal | None:
        value, kind = text(view, row), datatype(view, row)
        if value is None or not isinstance(kind, NamedNode):
            return None
        try:
            return Literal(value, datatype=kind)
        except ValueError:
            return None

    return Typed("term", run)


def _strlang(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    text, language = (compiler.compile(e).text() for e in args)

    def run(view: View, row: Row) -> Literal | None:
        value, tag = text(view, row), language(view, row)
        if value is None or tag is None:
            return None
        try:
            return Literal(value, language=tag)
        except ValueError:
            return None

    return Typed("term", run)


# ---- strings ---------------------------------------------------------------------------------------------------------


def _strlen(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    inner = compiler.compile(args[0]).string()

    def run(view: View, row: Row) -> int | None:
        found = inner(view, row)
        return None if found is None else len(found[0])

    return Typed("number", run)


def _tests(test: Callable[[str, str], bool]) -> Make:
    """CONTAINS and its kin: arguments must be compatible (section 17.4.3.1.2)."""

    def make(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
        left, right = (compiler.compile(e) for e in args)
        if left.kind == right.kind == "string":
            x_run, y_run = left.run, right.run

            def plain(view: View, row: Row) -> bool | None:
                x = x_run(view, row)
                y = y_run(view, row)
                return None if x is None or y is None else test(x, y)

            return Typed("boolean", plain)
        first, second = left.string(), right.string()

        def run(view: View, row: Row) -> bool | None:
            x, y = first(view, row), second(view, row)
            return test(x[0], y[0]) if _compatible(x, y) else None

        return Typed("boolean", run)

    return make


def _compatible(x: tuple[str, str | None] | None, y: tuple[str, str | None] | None) -> bool:
    return x is not None and y is not None and (y[1] is None or x[1] == y[1])


def _maps(change: Callable[[str], str]) -> Make:
    """A function from strings to strings that keeps the language."""

    def make(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
        inner = compiler.compile(args[0])
        if inner.kind == "string":
            run_inner = inner.run

            def plain(view: View, row: Row) -> str | None:
                value = run_inner(view, row)
                return None if value is None else change(value)

            return Typed("string", plain)
        string = inner.string()

        def run(view: View, row: Row) -> tuple[str, str | None] | None:
            found = string(view, row)
            return None if found is None else (change(found[0]), found[1])

        return Typed("tagged", run)

    return make


def _substr(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    inner = compiler.compile(args[0])
    string = inner.string()
    start_run = compiler.compile(args[1]).number()
    length_run = compiler.compile(args[2]).number() if len(args) > 2 else None

    def run(view: View, row: Row) -> tuple[str, str | None] | None:
        found = string(view, row)
        start = start_run(view, row)
        if found is None or not isinstance(start, int):
            return None
        if length_run is None:
            return found[0][max(start - 1, 0) :], found[1]
        length = length_run(view, row)
        if not isinstance(length, int):
            return None
        # Positions count from 1; what lies before the text counts too (XPath functions, section 5.4.3).
        return found[0][max(start - 1, 0) : max(start - 1 + length, 0)], found[1]

    return _rewrapped(inner, run)


def _rewrapped(inner: Typed, run: Closure) -> Typed:
    """A closure giving (characters, language) as one giving a string, or a term where there may be a language."""
    if inner.kind == "string":

        def plain(view: View, row: Row) -> str | None:
            found = run(view, row)
            return None if found is None else found[0]

        return Typed("string", plain)
    return Typed("tagged", run)


def _part(before: bool) -> Make:
    """STRBEFORE and STRAFTER."""

    def make(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
        inner = compiler.compile(args[0])
        left, right = inner.string(), compiler.compile(args[1]).string()

        def run(view: View, row: Row) -> tuple[str, str | None] | None:
            x, y = left(view, row), right(view, row)
            if not _compatible(x, y):
                return None
            at = x[0].find(y[0])
            if at < 0:
                return "", None
            return (x[0][:at] if before else x[0][at + len(y[0]) :]), x[1]

        return _rewrapped(inner, run)

    return make


def _concat(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    parts = [compiler.compile(e) for e in args]
    if all(p.kind == "string" for p in parts):
        runs = [(i, p.run) for i, (p, e) in enumerate(zip(parts, args, strict=True)) if not isinstance(e, Literal)]
        pattern = [e.value if isinstance(e, Literal) else "" for e in args]

        def plain(view: View, row: Row) -> str | None:
            values = pattern.copy()
            for i, each in runs:
                value = each(view, row)
                if value is None:
                    return None
                values[i] = value
            return "".join(values)

        return Typed("string", plain)
    strings = [p.string() for p in parts]

    def run(view: View, row: Row) -> tuple[str, str | None] | None:
        values = [each(view, row) for each in strings]
        if None in values:
            return None
        languages = {language for _, language in values}
        text = "".join(value for value, _ in values)
        return text, languages.pop() if len(languages) == 1 else None

    return Typed("tagged", run)


def _lang_matches(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    tag_run, range_run = (compiler.compile(e).text() for e in args)

    def run(view: View, row: Row) -> bool | None:
        tag: str | None = tag_run(view, row)
        wanted: str | None = range_run(view, row)
        if tag is None or wanted is None:
            return None
        if wanted == "*":
            return tag != ""
        tag, wanted = tag.lower(), wanted.lower()
        return tag == wanted or tag.startswith(wanted + "-")

    return Typed("boolean", run)


@lru_cache(maxsize=256)
def _matcher(pattern: str, flags: str) -> Callable[[str], bool] | None:
    try:
        return matcher(pattern, flags)
    except ValueError:
        return None


def _regex(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    text, pattern = compiler.compile(args[0]), compiler.compile(args[1]).text()
    flags = compiler.compile(args[2]).text() if len(args) > 2 else None
    if all(isinstance(e, Literal) and e.datatype == XSD.string for e in args[1:]):
        known = _matcher(*(e.value for e in args[1:] if isinstance(e, Literal)), *([""] if len(args) < 3 else []))
        if known is None:
            return Typed("boolean", lambda *_: None)
        if text.kind == "string":
            run_text = text.run

            def plain(view: View, row: Row) -> bool | None:
                value = run_text(view, row)
                return None if value is None else known(value)

            return Typed("boolean", plain)
    string = text.string()

    def run(view: View, row: Row) -> bool | None:
        found, expression = string(view, row), pattern(view, row)
        marks = "" if flags is None else flags(view, row)
        if found is None or expression is None or marks is None:
            return None
        match = _matcher(expression, marks)
        return None if match is None else match(found[0])

    return Typed("boolean", run)


# ---- numbers ---------------------------------------------------------------------------------------------------------


#: The operators that stay within the integers.
_WHOLE: dict[str, Callable[[int, int], int]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def _arithmetic(compiler: Compiler, name: str, args: tuple[a.Expression, ...]) -> Typed:
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


def _sign(compiler: Compiler, name: str, args: tuple[a.Expression, ...]) -> Typed:
    inner = compiler.compile(args[0]).number()

    def run(view: View, row: Row) -> Any:
        value = inner(view, row)
        if value is None:
            return None
        if name == "PLUS":
            return value
        return Single(-value) if isinstance(value, Single) else -value

    return Typed("number", run)


def _abs(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    inner = compiler.compile(args[0]).number()

    def run(view: View, row: Row) -> Any:
        value = inner(view, row)
        return None if value is None else Single(abs(value)) if isinstance(value, Single) else abs(value)

    return Typed("number", run)


def _to_integer(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
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


def _to_decimal(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
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


_FUNCTIONS: dict[str, Make] = {
    "STR": _str,
    "LANG": _of_literal(lambda term: term.language or "", "string"),
    "DATATYPE": _of_literal(lambda term: term.datatype, "term"),
    "IRI": _iri,
    "URI": _iri,
    "STRDT": _strdt,
    "STRLANG": _strlang,
    "ISIRI": _is(lambda term: isinstance(term, NamedNode)),
    "ISURI": _is(lambda term: isinstance(term, NamedNode)),
    "ISBLANK": _is(lambda term: isinstance(term, BlankNode)),
    "ISLITERAL": _is(lambda term: isinstance(term, Literal)),
    "ISNUMERIC": _is(lambda term: number(term) is not None),
    "STRLEN": _strlen,
    "CONTAINS": _tests(lambda x, y: y in x),
    "STRSTARTS": _tests(str.startswith),
    "STRENDS": _tests(str.endswith),
    "LCASE": _maps(str.lower),
    "UCASE": _maps(str.upper),
    "SUBSTR": _substr,
    "STRBEFORE": _part(before=True),
    "STRAFTER": _part(before=False),
    "CONCAT": _concat,
    "LANGMATCHES": _lang_matches,
    "REGEX": _regex,
    "+": _arithmetic,
    "-": _arithmetic,
    "*": _arithmetic,
    "/": _arithmetic,
    "NEGATE": _sign,
    "PLUS": _sign,
    "ABS": _abs,
    XSD.integer.value: _to_integer,
    XSD.decimal.value: _to_decimal,
}

_CASTS = words("string boolean double float dateTime date time duration dayTimeDuration yearMonthDuration")
_ONE = frozenset({1})
#: Functions that Oxigraph evaluates: how many arguments they take, and the call.
_ASKED: dict[str, tuple[frozenset[int], str]] = {
    **{
        name: (_ONE, name + "({})")
        for name in words(
            "CEIL FLOOR ROUND YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 "
            "ENCODE_FOR_URI"
        )
    },
    **{XSD[name].value: (_ONE, f"<{XSD[name].value}>({{}})") for name in _CASTS},
    "REPLACE": (frozenset({3, 4}), "REPLACE({})"),
}
