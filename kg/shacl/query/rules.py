"""What SHACL forbids in a query with variables bound beforehand (SHACL, section 5.2.1 and Appendix A), and what is no
SPARQL at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import Store

from kg.errors import QueryRefused
from kg.queries.guard import refuse_remote
from kg.queries.syntax import Branch, parse, too_deep
from kg.queries.tokens import tokens
from kg.shacl.path import Path
from kg.shacl.shape import Query
from kg.shacl.shapes import Unsupported

__all__ = ["Checked", "IllFormed", "checked"]


class IllFormed(ValueError):
    """A query that is no SPARQL or that SHACL forbids; the message says why."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The whole text, prologue and path put in, and its tree."""

    text: str
    tree: Branch


def checked(query: Query, *, prebound: frozenset[str], path: Path | None = None) -> Checked:
    """The query as it will be read.

    Raises :class:`IllFormed` for what SHACL forbids or what is no SPARQL, and
    :class:`kg.shacl.shapes.Unsupported` for what the grammar here cannot read.
    """
    written = whole_text(query, path)
    text = _resolved(written)
    tree = parse(text)
    if tree is None or _large(tree):
        if tree is not None or too_deep(written) or _long(written):
            raise IllFormed("the query is larger or nested deeper than a query of a shape may be")
        judged(written)
        raise Unsupported("a query whose syntax is not known here")
    _forbidden(tree, prebound)
    judged(written)
    return Checked(text, tree)


#: Oxigraph plans a query in time that grows with the cube of its triple patterns: 100 take two seconds.
_PATTERNS = 50
#: Its parser ends the process at some thousand operators or groups, whether nested or in a row.
_MARKS_MOST = 1_500
_FREE = frozenset({",", ")", "<", ">", ":", '"', "'", "^^", "."})


def _large(tree: Branch) -> bool:
    """Whether Oxigraph should not be asked what it thinks of the query."""
    patterns = marks = 0
    for branch in tree.walk():
        if branch.literal:
            marks += branch.kind not in _FREE
        elif branch.kind == "object_list":
            patterns += len(branch.named())
        elif branch.kind == "collection":
            patterns += 2 * len(branch.named())
        elif branch.kind == "binary_path":
            patterns += branch.has("/")
    return patterns > _PATTERNS or marks > _MARKS_MOST


def _long(text: str) -> bool:
    """The same for a text without a tree, which more often is a mistake than a query."""
    found = [t.text for t in tokens(text) if t.kind not in ("space", "comment")]
    return len(found) > _MARKS_MOST or sum(t in (".", ";", ",", "/") for t in found) > 2 * _PATTERNS


def whole_text(query: Query, path: Path | None) -> str:
    """Prologue and query with ``$PATH`` replaced by the path."""
    text = query.prologue + query.text
    if path is None or "PATH" not in text:
        return text
    written = str(path)
    return "".join(written if t.kind == "variable" and t.text == "$PATH" else t.text for t in tokens(text))


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)", re.DOTALL)


def _resolved(text: str) -> str:
    """The text with the codepoint escapes in its strings resolved, which the grammar does not know (SPARQL 1.2,
    section 19.2). What would end a string stays escaped."""
    if "\\u" not in text and "\\U" not in text:
        return text

    def character(found: re.Match[str]) -> str:
        digits = found[1] or found[2]
        code = int(digits, 16) if digits else -1
        if not 0 <= code < 0x110000 or 0xD800 <= code < 0xE000:
            return found[0]
        return _QUOTED.get(chr(code), chr(code))

    return "".join(_ESCAPE.sub(character, t.text) if t.kind == "string" else t.text for t in tokens(text))


_QUOTED = {'"': '\\"', "'": "\\'", "\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def judged(text: str) -> None:
    """Nothing, when Oxigraph takes the text for a query. Raises :class:`IllFormed` with its message otherwise."""
    low = text.lower()
    try:
        if "service" in low or "load" in low or "\\u" in low:  # rare, and finding out for certain takes a while
            refuse_remote(text)
    except QueryRefused as error:
        raise IllFormed(f"SERVICE and LOAD are not allowed in shapes: {error}") from error
    try:
        Store().query(_lazy(text) if "ask" in low else text)
    except SyntaxError as error:
        raise IllFormed(f"no valid SPARQL: {error}") from error
    except RuntimeError as error:
        raise Unsupported(str(error)) from error


def _lazy(text: str) -> str:
    """The text with ASK made SELECT, of which Oxigraph evaluates nothing until its first solution is asked for."""
    for token in tokens(text):
        word = token.text.lower() if token.kind == "word" else ""
        if word.startswith("ask"):  # Oxigraph needs no space after it
            return f"{text[: token.start]}SELECT (1 AS ?judged__) {text[token.start + 3 :]}"
        if word and word not in ("base", "prefix", "version"):
            break
    return text


#: Bound beforehand in every query, whether a caller has values for them or not (SHACL, section 5.3.1).
_OF_ENGINE = frozenset({"currentShape", "shapesGraph"})
_NAMES = {
    "minus_graph_pattern": "MINUS",
    "service_graph_pattern": "SERVICE",
    "inline_data": "VALUES",
    "values_clause": "VALUES",
}


def _forbidden(tree: Branch, prebound: frozenset[str]) -> None:
    """Raises :class:`IllFormed` for the constructs of Appendix A; any query will do without prebound ones."""
    if not prebound:
        return
    query = tree.first("select_query")
    clause = query.first("select_clause") if query else None
    if clause is not None and "this" in prebound and not clause.has("*") and "this" not in _shown(clause):
        raise IllFormed("the query does not give $this; write SELECT $this … (SHACL, section 5.3.1)")
    assigned = prebound | _OF_ENGINE
    for branch in tree.walk():
        name = None if branch.literal else _NAMES.get(branch.kind)
        if name is not None and (branch.kind != "values_clause" or branch.parts):
            raise IllFormed(f"{name} is not allowed in a query with variables bound beforehand (SHACL, Appendix A)")
        if branch.kind in ("bind", "select_clause", "group_condition"):
            _assigned(branch, assigned)
        if branch.kind == "sub_select":
            _projected(branch, prebound)


def _assigned(branch: Branch, prebound: frozenset[str]) -> None:
    for word, var in zip(branch.parts, branch.parts[1:], strict=False):
        if word.literal and word.kind == "AS" and var.kind == "var" and var.text[1:] in prebound:
            raise IllFormed(f"AS {var.text} assigns a variable that is bound beforehand (SHACL, Appendix A)")


def _projected(branch: Branch, prebound: frozenset[str]) -> None:
    clause = branch.first("select_clause")
    if clause is None or clause.has("*"):
        return
    shown = _shown(clause)
    missing = sorted(prebound - _OF_ENGINE - shown)
    if missing:
        raise IllFormed(f"a sub-SELECT must give ${missing[0]} too, which is bound beforehand (SHACL, Appendix A)")


def _shown(clause: Branch) -> frozenset[str]:
    """The names a projection gives."""
    return frozenset(b.text[1:] for b in clause.named() if b.kind == "var" and b.field == "bound_variable")
