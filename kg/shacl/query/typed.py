"""What the closure of an expression gives: a term, or a Python value where the type is known beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal

from kg.shacl.query.value import number, number_term, truth
from kg.shacl.view import Node, View
from kg.vocab import XSD

__all__ = ["FALSE", "TRUE", "Closure", "Row", "Typed", "nothing", "remembered", "tagged_literal"]

#: The terms of a solution in the making, by slot; None is unbound.
Row = list[Any]
Closure = Callable[[View, Row], Any]

TRUE, FALSE = Literal("true", datatype=XSD.boolean), Literal("false", datatype=XSD.boolean)
_STRING = XSD.string


@dataclass(frozen=True, slots=True)
class Typed:
    """A closure and what it gives: ``term``, ``string`` (of ``xsd:string``), ``tagged`` (characters and language or
    None), ``boolean`` or ``number``."""

    kind: str
    run: Closure

    def term(self) -> Closure:
        """The closure giving a term."""
        run = self.run
        if self.kind == "term":
            return run
        make: Callable[[Any], Node] = _TERM[self.kind]

        def made(view: View, row: Row) -> Node | None:
            value = run(view, row)
            return None if value is None else make(value)

        return made

    def truth(self) -> Closure:
        """The closure giving the effective boolean value."""
        run = self.run
        if self.kind == "boolean":
            return run
        if self.kind == "term":
            return lambda view, row: truth(run(view, row))
        if self.kind == "tagged":
            return lambda view, row: _text_is_true(run(view, row))

        def made(view: View, row: Row) -> bool | None:
            value = run(view, row)
            return None if value is None else bool(value) and value == value

        return made

    def number(self) -> Closure:
        """The closure giving a number, None for anything else."""
        run = self.run
        if self.kind == "number":
            return run
        return remembered(run, number) if self.kind == "term" else nothing

    def text(self) -> Closure:
        """The closure giving the characters of an ``xsd:string``, None for anything else."""
        run = self.run
        if self.kind == "string":
            return run
        if self.kind == "tagged":
            return lambda view, row: _untagged(run(view, row))
        return remembered(run, _simple) if self.kind == "term" else nothing

    def string(self) -> Closure:
        """The closure giving (characters, language) of a string literal (section 17.4.3.1), None for anything else."""
        run = self.run
        if self.kind == "term":
            return remembered(run, _string)
        if self.kind == "tagged":
            return run
        if self.kind != "string":
            return nothing

        def made(view: View, row: Row) -> tuple[str, str | None] | None:
            value = run(view, row)
            return None if value is None else (value, None)

        return made


def remembered(run: Closure, convert: Callable[[Any], Any]) -> Closure:
    """The converted term. The last one is remembered, because expressions ask for the same one several times and
    many focus nodes share the text they lie in, which is long to copy out of its literal."""
    last: tuple[Any, Any] = (None, convert(None))

    def converted(view: View, row: Row) -> Any:
        nonlocal last
        term = run(view, row)
        known, value = last
        if term is known:
            return value
        value = convert(term)
        last = (term, value)
        return value

    return converted


def _boolean(value: bool) -> Literal:
    return TRUE if value else FALSE


def tagged_literal(found: tuple[str, str | None]) -> Literal:
    """Characters and language as a literal."""
    text, language = found
    return Literal(text) if language is None else Literal(text, language=language)


def _text_is_true(found: tuple[str, str | None] | None) -> bool | None:
    return None if found is None or found[1] is not None else found[0] != ""


def _untagged(found: tuple[str, str | None] | None) -> str | None:
    return None if found is None or found[1] is not None else found[0]


_TERM: dict[str, Callable[[Any], Node]] = {
    "string": Literal,
    "tagged": tagged_literal,
    "boolean": _boolean,
    "number": number_term,
}


def nothing(_view: View, _row: Row) -> None:
    return None


def _simple(term: Node | None) -> str | None:
    return term.value if isinstance(term, Literal) and term.datatype == _STRING else None


def _string(term: Node | None) -> tuple[str, str | None] | None:
    if not isinstance(term, Literal):
        return None
    if term.datatype == _STRING:
        return term.value, None
    language = term.language
    return None if language is None else (term.value, language)
