"""What a query is and whether it would make the server fetch something, told before evaluation.

Oxigraph makes HTTP requests for SERVICE and LOAD and has no switch for it. FROM, FROM NAMED and USING never fetch: they
name graphs of the store, and one that it does not have is empty.

A text that :func:`kg.queries.reading.read` reads is judged by its tree. One that it does not read may still be read by
Oxigraph, whose grammar needs no space between tokens: ``SERVICE:x {}`` (with the empty prefix), ``SERVICESILENT<…>``
and ``trueSERVICE <…>`` all fetch (tried). There a scan over the terminals refuses every word that contains one of the
two keywords.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kg.errors import QueryRefused, QuerySyntaxError
from kg.queries.lexis import space, terminal
from kg.queries.reading import SHORT, Reading, read
from kg.queries.tokens import decoded

__all__ = ["form", "permitted", "refuse_remote"]

_FETCHING = re.compile("service|load", re.IGNORECASE)
_ALONE = re.compile(r"(?<![\w?$])(?:service|load)", re.IGNORECASE)
_READING = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_WRITING = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")
_ESCAPE = re.compile(r"\\[uU]")
#: Declarations and comments as nearly everybody writes them, without an escape, and the keyword of a query.
_PLAIN = re.compile(
    r"(?:[ \t\r\n]|\#[^\r\n\\]*[\r\n]|PREFIX[ \t\r\n]+(?:[A-Z][A-Z0-9_-]*)?:[ \t\r\n]*<[^<>\"{}|^`\\\x00-\x20]*>)*+"
    r"(SELECT|ASK|CONSTRUCT|DESCRIBE)(?=[ \t\r\n{?$*(<])",
    re.IGNORECASE | re.ASCII,
)
#: Oxigraph ends a name before its second dot, or run of dots, and reads a keyword after it.
_DOTS = re.compile(r"\.+")
#: A path that leads out of the one it begins with.
_UPWARDS = re.compile(r"/(?:\.|%2e){1,2}(?:[/?#]|$)|\\|%5c|%2f", re.IGNORECASE)
_CLOSED = (
    "this endpoint fetches nothing from elsewhere; query the other endpoint yourself and send its results as VALUES"
)
_UNREAD = "the query could not be read, so what it calls cannot be told; is it complete, with every prefix declared?"
_OPERANDS = frozenset({"Var", "String", "LANG_DIR", "INTEGER", "DECIMAL", "DOUBLE", "PNAME_LN", "PNAME_NS", "IRIREF"})

#: A terminal: its kind, its text and the place of its first character.
_Terminal = tuple[str, str, int]


def refuse_remote(query: str, *, federation: Sequence[str] = ()) -> None:
    """Nothing, when the query fetches nothing, or only by SERVICE from endpoints in ``federation``.

    That holds exact IRIs, and prefixes that end in ``/``. FROM and USING name graphs of the store and are fine.

    Raises :class:`kg.errors.QueryRefused` when it holds LOAD or another SERVICE, read with codepoint escapes resolved
    (SPARQL 1.1, section 19.2) or without.
    """
    if not _FETCHING.search(query) and not _ESCAPE.search(query):
        return  # nothing below finds a keyword whose letters are not there
    plain = decoded(query)
    for text in (query,) if plain == query else (query, plain):
        reading = read(text)
        found = _scanned(text) if reading is None else _read(reading, federation)
        if found is not None:
            keyword, at, reason = *found, _CLOSED
            if keyword == "service" and federation:
                reason = _UNREAD if reading is None else _reason(reading, at)
            raise QueryRefused(f"{keyword.upper()} at character {at + 1} is not available here: {reason}")


def permitted(endpoint: str, federation: Sequence[str]) -> bool:
    """Whether SERVICE may call the endpoint: it is listed, or below a listed prefix without leaving it."""
    if endpoint in federation:
        return True
    below = any(one.endswith("/") and "//" in one[:-1] and endpoint.startswith(one) for one in federation)
    return below and not _UPWARDS.search(endpoint)


def _read(reading: Reading, federation: Sequence[str]) -> tuple[str, int] | None:
    """The first keyword that fetches and may not, and its place, by the tree."""
    for service in reading.services:
        if service.endpoint is None or not permitted(service.endpoint, federation):
            return "service", service.start
    if reading.loads:
        return "load", reading.loads[0].start
    if reading.services and reading.form == "update":
        return "service", reading.services[0].start
    for node in reading.tree.walk():
        if node.kind == "PNAME_LN" and (found := _hidden(reading.text_of(node))):
            return found, node.start
    return None


def _reason(reading: Reading, at: int) -> str:
    """Why the SERVICE at a place is refused where some are allowed."""
    service = next((one for one in reading.services if one.start == at), None)
    if service is not None and service.endpoint is None:
        return "its endpoint is a variable; name the endpoint by its IRI"
    if reading.form == "update":
        return "an update is carried out on this graph alone"
    shown = "it" if service is None else f"<{(service.endpoint or '')[:200]}>"
    return f"the setting federation does not list {shown}; query it yourself and send its results as VALUES"


def _hidden(name: str) -> str | None:
    """The keyword that Oxigraph may read after the second dot of a name."""
    rest = _DOTS.split(name.partition(":")[2].lower())[2:]
    return "service" if any("service" in part for part in rest) else None


def _scanned(text: str) -> tuple[str, int] | None:
    """The first terminal that is or may be read as a keyword that fetches, and its place."""
    before: _Terminal = ("", "", 0)
    depth, group = [0], 0  # round brackets open in each group; braces alone
    found = [*_terminals(text), ("", "", len(text))]
    for (kind, written, at), after in pairwise(found):
        fetching = None
        if kind == "broken":  # a syntax error, unless what stands before it was read otherwise
            fetching = _ALONE.search(text, at)
        elif kind == "IRIREF" and depth[-1] and _doubtful(written, before):
            fetching = _FETCHING.search(text)
        if fetching:
            return fetching[0].lower(), fetching.start()
        keyword = _keyword((kind, written, at), before, after, group)
        if keyword is not None:
            return keyword, at
        if written in ("{", "{|"):
            group += 1
            depth.append(0)
        elif written in ("}", "|}"):
            group -= 1
            if len(depth) > 1:
                depth.pop()
        else:
            depth[-1] += (written in ("(", "<<(")) - (written in (")", ")>>"))
        before = (kind, written, at)
    return None


def _terminals(text: str) -> Iterator[_Terminal]:
    """The terminals; ``broken`` is a quotation mark that begins no string, ``other`` what begins nothing."""
    at = 0
    while True:
        found = terminal().match(text, at)
        if found is None:
            start = space().match(text, at).end()  # type: ignore[union-attr]  # it matches nothing too
            yield "broken" if text[start] in "'\"" else "other", text[start], start
            at = start + 1
            continue
        kind = found.lastgroup or ""
        if kind == "end":
            return
        yield kind, found[kind], found.start(kind)
        at = found.end()


def _doubtful(written: str, before: _Terminal) -> bool:
    """Whether Oxigraph may read a comparison where an IRI stands, and end the bracket, begin a comment or a string."""
    operand = before[0] in _OPERANDS or before[1] == ")" or before[1].lower() in ("true", "false")
    return operand and any(mark in written for mark in ")#'")


def _keyword(token: _Terminal, before: _Terminal, after: _Terminal, group: int) -> str | None:
    """The fetching keyword that the terminal is or may be read as."""
    kind, written, _ = token
    if kind in ("word", "run"):
        found = _FETCHING.search(written)
        return found[0].lower() if found else None
    if kind == "LANG_DIR":  # Oxigraph may end it after `--ltr`
        found = _FETCHING.search(written.partition("--")[2])
        return found[0].lower() if found else None
    if kind not in ("PNAME_LN", "PNAME_NS"):
        return None
    if hidden := _hidden(written):
        return hidden
    prefix = written.partition(":")[0].lower()
    # A prefix may be called `service`. Read as the keyword, an endpoint follows at once and then a group …
    if "service" in prefix and after[1] == "{":
        return None if before[1].lower() == "graph" else "service"
    # … and LOAD begins an operation of an update, outside every group: at the beginning, after a mark or a declaration.
    if "load" in prefix and group <= 0 and (before[1] in ("", ";") or before[0] in ("IRIREF", "String")):
        return "load"
    return None


def form(query: str) -> str:
    """``select``, ``ask``, ``construct``, ``describe`` or ``update``.

    Of a long text only the beginning is read. Raises :class:`kg.errors.QuerySyntaxError` when the text begins with none
    of their keywords.
    """
    plain = _PLAIN.match(query)
    if plain is not None:  # read or scanned, the text begins with these terminals
        return plain[1].lower()
    reading = read(query) if len(query) <= SHORT else None
    if reading is not None and (reading.form != "update" or reading.operations):
        return reading.form
    found = _terminals(decoded(query))
    for _, written, _ in found:
        word = written.upper()
        if word in ("BASE", "VERSION", "PREFIX"):
            for _ in range(2 if word == "PREFIX" else 1):
                next(found, None)
        elif word in _READING:
            return word.lower()
        elif word.startswith(_WRITING):
            return "update"
        else:
            break
    raise QuerySyntaxError("the query begins with none of SELECT, ASK, CONSTRUCT, DESCRIBE or an update's keyword")
