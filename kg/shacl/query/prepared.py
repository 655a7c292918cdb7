"""A query made ready: read and compiled once, asked many times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from kg.shacl.path import Path
from kg.shacl.query import algebra as a
from kg.shacl.query.bgp import Run
from kg.shacl.query.pattern import Plan
from kg.shacl.query.rules import checked
from kg.shacl.query.scope import mentioned
from kg.shacl.query.solution import Rows
from kg.shacl.query.translation import Translated, translate
from kg.shacl.shape import Query
from kg.shacl.view import Node, View

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A query compiled for one choice of variables with a value; ``given`` are their names and slots."""

    given: tuple[tuple[str, int], ...]
    size: int
    rows: Rows
    ask: Run


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A SELECT or ASK query over a view. ``variables`` are those a solution may give, in the order of the projection;
    ``form`` is ``SELECT`` or ``ASK``."""

    form: str
    variables: tuple[str, ...]
    prebound: frozenset[str]
    _select: a.Select = field(repr=False)
    _whole: _Compiled = field(repr=False)
    _others: dict[frozenset[str], _Compiled] = field(repr=False, default_factory=dict)

    def solve(self, view: View, bindings: Mapping[str, Node]) -> Iterator[dict[str, Node]]:
        """Each solution as variable name → term (unbound variables are left out), a multiset as SPARQL has it.

        ``bindings`` are values for prebound variables; one without a value is an ordinary variable.
        """
        compiled = self._whole
        row: list[Node | None] = [None] * compiled.size
        try:
            for name, slot in compiled.given:
                row[slot] = bindings[name]
        except KeyError:
            compiled, row = self._row(bindings)
        found = compiled.rows(view, row)
        if not found:
            return iter(())
        names = self.variables
        return iter([{n: t for n, t in zip(names, terms, strict=True) if t is not None} for terms in found])

    def ask(self, view: View, bindings: Mapping[str, Node]) -> bool:
        """Whether there is a solution; an ASK query stops at the first."""
        compiled, row = self._row(bindings)
        if self.form == "ASK":
            return compiled.ask(view, row)
        return bool(compiled.rows(view, row))

    def _row(self, bindings: Mapping[str, Node]) -> tuple[_Compiled, list[Node | None]]:
        compiled = self._whole
        row: list[Node | None] = [None] * compiled.size
        try:
            for name, slot in compiled.given:
                row[slot] = bindings[name]
        except KeyError:
            names = frozenset(bindings).intersection(self.prebound)
            other = self._others.get(names)
            if other is None:
                other = self._others[names] = _compile(self.form, self._select, names)
            compiled = other
            row = [None] * compiled.size
            for name, slot in compiled.given:
                row[slot] = bindings[name]
        return compiled, row


@lru_cache(maxsize=512)
def prepare(query: Query, *, prebound: frozenset[str], path: Path | None = None) -> Prepared:
    """The query compiled, with the variables ``prebound`` (names without ``?``) bound before it is evaluated.

    Remembered, because shapes are read and compiled apart and both ask for it. ``$PATH`` stands for ``path``. Raises
    :class:`kg.shacl.query.rules.IllFormed` for what SHACL forbids or what is no SPARQL, and
    :class:`kg.shacl.shapes.Unsupported` for what is not known here.
    """
    tree = checked(query, prebound=prebound, path=path).tree
    return _prepared(translate(tree, prebound), prebound)


def _prepared(translated: Translated, prebound: frozenset[str]) -> Prepared:
    select = translated.select
    compiled = _compile(translated.form, select, prebound)
    return Prepared(translated.form, select.variables, prebound, select, compiled)


def _compile(form: str, select: a.Select, prebound: frozenset[str]) -> _Compiled:
    plan = Plan()
    told = prebound & (mentioned(select.group) | frozenset(select.variables))
    scope = plan.scope((), told)
    rows = plan.rows(select, scope, told, frozenset())
    ask: Run
    if form == "ASK" and select.keys is None and not select.offset and select.limit is None:
        matches = plan.exists(select.group, scope)
        ask = lambda view, row: bool(matches(view, row))  # noqa: E731
    else:
        ask = lambda view, row: bool(rows(view, row))  # noqa: E731
    return _Compiled(tuple(sorted(scope.slots.items())), plan.size, rows, ask)
