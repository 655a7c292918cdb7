"""The functions on strings (SPARQL 1.1, section 17.4.3), each made for its compiled arguments."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from pyoxigraph import Literal

from kg.shacl.pattern import matcher
from kg.shacl.query import algebra as a
from kg.shacl.query.expression import Compiler
from kg.shacl.query.typed import Closure, Row, Typed
from kg.shacl.view import View
from kg.vocab import XSD

__all__ = ["concat", "lang_matches", "maps", "part", "regex", "strlen", "substr", "tests"]

Make = Callable[[Compiler, str, tuple[a.Expression, ...]], Typed]


def strlen(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    """``STRLEN``: characters, not bytes."""
    inner = compiler.compile(args[0]).string()

    def run(view: View, row: Row) -> int | None:
        found = inner(view, row)
        return None if found is None else len(found[0])

    return Typed("number", run)


def tests(test: Callable[[str, str], bool]) -> Make:
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


def maps(change: Callable[[str], str]) -> Make:
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


def substr(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    """``SUBSTR``."""
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


def part(before: bool) -> Make:
    """``STRBEFORE`` or ``STRAFTER``."""

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


def concat(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    """``CONCAT``."""
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


def lang_matches(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    """``LANGMATCHES``: basic filtering (RFC 4647)."""
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


def regex(compiler: Compiler, _name: str, args: tuple[a.Expression, ...]) -> Typed:
    """``REGEX``, in time linear in the text."""
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
