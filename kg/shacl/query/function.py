"""The builtin functions and casts of SPARQL 1.1 (sections 17.4 and 17.5) that depend on nothing but their arguments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.shacl.query import algebra as a
from kg.shacl.query import numeric, strings
from kg.shacl.query.asked import asked
from kg.shacl.query.expression import Compiler
from kg.shacl.query.term import resolved
from kg.shacl.query.typed import Row, Typed
from kg.shacl.query.value import number
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


#: A tuple, because a union is made anew for each call.
_CHARACTERS = (Literal, NamedNode)


def _characters(term: Node | None) -> str | None:
    return term.value if isinstance(term, _CHARACTERS) else None


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
    "STRLEN": strings.strlen,
    "CONTAINS": strings.tests(lambda x, y: y in x),
    "STRSTARTS": strings.tests(str.startswith),
    "STRENDS": strings.tests(str.endswith),
    "LCASE": strings.maps(str.lower),
    "UCASE": strings.maps(str.upper),
    "SUBSTR": strings.substr,
    "STRBEFORE": strings.part(before=True),
    "STRAFTER": strings.part(before=False),
    "CONCAT": strings.concat,
    "LANGMATCHES": strings.lang_matches,
    "REGEX": strings.regex,
    "+": numeric.calculation,
    "-": numeric.calculation,
    "*": numeric.calculation,
    "/": numeric.calculation,
    "NEGATE": numeric.signed,
    "PLUS": numeric.signed,
    "ABS": numeric.absolute,
    XSD.integer.value: numeric.to_integer,
    XSD.decimal.value: numeric.to_decimal,
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
