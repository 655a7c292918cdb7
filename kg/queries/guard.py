"""What a query is and whether it would make the server fetch something, told from its tokens before evaluation.

Oxigraph makes HTTP requests for SERVICE and LOAD and has no switch for it. Its grammar also needs no space between
tokens: ``SERVICE:x {}`` (with the empty prefix), ``SERVICESILENT<…>`` and ``trueSERVICE <…>`` all fetch (tried). So a
word that merely contains one of the two keywords is refused as well.
"""

from __future__ import annotations

from itertools import zip_longest

from kg.errors import QueryRefused, QuerySyntaxError
from kg.queries.tokens import Token, decoded, tokens

__all__ = ["form", "refuse_remote"]

_FETCHING = ("service", "load")
_READING = frozenset({"select", "ask", "construct", "describe"})
_WRITING = frozenset({"insert", "delete", "load", "clear", "create", "drop", "copy", "move", "add", "with"})


def _meaningful(query: str) -> list[Token]:
    return [t for t in tokens(query) if t.kind not in {"space", "comment"}]


def refuse_remote(query: str) -> None:
    """Nothing, when the query fetches nothing. FROM and USING name graphs of the store and are fine.

    Raises :class:`kg.errors.QueryRefused` when it holds SERVICE or LOAD, read with codepoint escapes resolved
    (SPARQL 1.1, section 19.2) or without.
    """
    for text in (query, decoded(query)):
        before: Token | None = None
        depth = 0
        found = _meaningful(text)
        for token, after in zip_longest(found, found[1:]):
            depth += (token.text == "{") - (token.text == "}")
            keyword = _keyword(token, before, after, depth)
            if keyword is not None:
                raise QueryRefused(
                    f"{keyword.upper()} at character {token.start + 1} is not available here: this endpoint fetches "
                    "nothing from elsewhere; query the other endpoint yourself and send its results as VALUES"
                )
            before = token


def _keyword(token: Token, before: Token | None, after: Token | None, depth: int) -> str | None:
    """The fetching keyword that the token is or may be read as."""
    if token.kind in {"word", "broken"}:
        return next((k for k in _FETCHING if k in token.text.lower()), None)
    if token.kind != "name":
        return None
    prefix = token.text.partition(":")[0].lower()
    # A prefix may be called `service`. Read as the keyword, an endpoint follows at once and then a group …
    if "service" in prefix and after is not None and after.text == "{":
        return None if before is not None and before.text.lower() == "graph" else "service"
    # … and LOAD begins an operation of an update, outside every group.
    if "load" in prefix and depth <= 0 and (before is None or before.text == ";" or before.kind == "iri"):
        return "load"
    return None


def form(query: str) -> str:
    """``select``, ``ask``, ``construct``, ``describe`` or ``update``.

    Raises :class:`kg.errors.QuerySyntaxError` when the text begins with none of their keywords.
    """
    found = _meaningful(decoded(query))
    at = 0
    while at < len(found):
        word = found[at].text.lower()
        if word == "base":
            at += 2
        elif word == "prefix":
            at += 3
        elif word == "version":
            at += 2
        elif word in _READING:
            return word
        elif any(word.startswith(k) for k in _WRITING):
            return "update"
        else:
            break
    raise QuerySyntaxError("the query begins with none of SELECT, ASK, CONSTRUCT, DESCRIBE or an update's keyword")
