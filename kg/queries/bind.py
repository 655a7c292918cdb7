"""Named queries with ``$name`` placeholders, filled with typed terms only (docs/decisions/0007-sparql-is-data.md).

``$name`` is a legal variable, so every file parses as it stands and can be pasted into an editor. Inside strings,
IRIs and comments it is left alone.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from pyoxigraph import Literal, NamedNode

from kg.errors import UsageError
from kg.queries.tokens import Token, tokens
from kg.vocab import XSD

__all__ = ["bind", "load", "placeholders"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*", re.ASCII)
_WHOLE = re.compile(r"[0-9]+", re.ASCII)


@cache
def load(name: str) -> str:
    """The text of ``kg/queries/{name}.rq``. Raises :class:`kg.errors.UsageError` when there is none."""
    file = resources.files("kg.queries").joinpath(f"{name}.rq") if _NAME.fullmatch(name) else None
    if file is None or not file.is_file():
        raise UsageError(f"there is no query named {name!r} in kg/queries")
    return file.read_text(encoding="utf-8")


def placeholders(query: str) -> frozenset[str]:
    """The names of the ``$name`` placeholders in the query."""
    return frozenset(t.text[1:] for t in tokens(query) if t.kind == "variable" and t.text[0] == "$")


def bind(query: str, /, **terms: NamedNode | Literal) -> str:
    """The query with each placeholder replaced by its term; placeholders without a term stay variables.

    Integers after LIMIT and OFFSET are written bare, as the grammar asks there. Raises
    :class:`kg.errors.UsageError` for a term that no placeholder takes and for anything that is no IRI or literal:
    a blank node in a query is a variable, not the node meant.
    """
    for name, term in terms.items():
        if not isinstance(term, (NamedNode, Literal)):
            raise UsageError(f"${name} takes an IRI or a literal, not {type(term).__name__}")
    unused = terms.keys() - placeholders(query)
    if unused:
        raise UsageError(f"the query has no placeholder ${sorted(unused)[0]}")
    written: list[str] = []
    before = ""
    for token in tokens(query):
        term_ = terms.get(token.text[1:]) if token.kind == "variable" and token.text[0] == "$" else None
        written.append(token.text if term_ is None else _written(term_, token, before))
        if token.kind not in {"space", "comment"}:
            before = token.text.upper()
    return "".join(written)


def _written(term: NamedNode | Literal, token: Token, before: str) -> str:
    """The term as SPARQL, with a space around it so that it cannot join what it stands next to."""
    if before in {"LIMIT", "OFFSET"}:
        if isinstance(term, Literal) and term.datatype == XSD.integer and _WHOLE.fullmatch(term.value):
            return f" {term.value} "
        raise UsageError(f"{before} {token.text} takes a whole number, not {term}")
    return f" {term} "
