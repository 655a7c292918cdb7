"""A query made ready: read and compiled once, asked many times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.shacl.path import Path
from kg.shacl.shape import Query
from kg.shacl.shapes import Unsupported
from kg.shacl.view import Node, View

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A SELECT or ASK query over a view. ``variables`` are those a solution may give, in the order of the projection;
    ``form`` is ``SELECT`` or ``ASK``."""

    form: str
    variables: tuple[str, ...]

    def solve(self, view: View, bindings: Mapping[str, Node]) -> Iterator[dict[str, Node]]:
        """Each solution as variable name → term (unbound variables are left out), a multiset as SPARQL has it.

        ``bindings`` are values for prebound variables; one without a value is an ordinary variable without one.
        """
        raise Unsupported("queries in Python are being written")

    def ask(self, view: View, bindings: Mapping[str, Node]) -> bool:
        """Whether there is a solution; stops at the first."""
        raise Unsupported("queries in Python are being written")


def prepare(query: Query, *, prebound: frozenset[str], path: Path | None = None) -> Prepared:
    """The query compiled, with the variables ``prebound`` (names without ``?``) bound before it is evaluated.

    ``$PATH`` stands for ``path``. Raises :class:`kg.shacl.query.rules.IllFormed` for what SHACL forbids or what is no
    SPARQL, and :class:`kg.shacl.shapes.Unsupported` for what is not known here.
    """
    raise Unsupported("queries in Python are being written")
