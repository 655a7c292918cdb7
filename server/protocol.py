"""A request of the SPARQL 1.1 Protocol as a frozen value: read once, checked, and decoded once.

Three ways to send a query (section 2.1) and two to send an update (section 2.2). Parameters in the address count beside
those of a body. Parameters that nobody here knows are ignored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Request

from kg import reads
from kg.errors import IriError, UsageError

__all__ = ["Query", "Update", "beside", "read"]

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"

#: Parameters of one request; more are nobody's honest wish.
_FIELDS = 10_000
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,15}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Query:
    """A query operation. ``seconds``, ``rows``, ``skip`` and ``id`` are as in :class:`kg.engine.Request`; ``format`` is
    what a parameter says of the representation wanted, ``snapshot`` an id or a date."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str | None = None
    snapshot: str | None = None
    seconds: float | None = None
    rows: int | None = None
    skip: int = 0
    id: str = ""

    def fields(self) -> tuple[tuple[str, str], ...]:
        """What a later request has to say beside the query to be asked the same, in the protocol's own words; rows,
        skip and format are left to it."""
        single = (("snapshot", self.snapshot), ("timeout", None if self.seconds is None else f"{self.seconds:g}"))
        return (
            *(("default-graph-uri", one) for one in self.default_graphs),
            *(("named-graph-uri", one) for one in self.named_graphs),
            *((name, value) for name, value in single if value is not None),
        )


@dataclass(frozen=True, slots=True)
class Update:
    """An update operation, with the dataset that its WHERE clauses see (section 2.2.3)."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()


def read(request: Request) -> Query | Update | None:
    """The operation that the request asks for; None where it names none.

    Raises :class:`kg.errors.UsageError` (400) for a request that breaks the protocol's rules and
    :class:`werkzeug.exceptions.UnsupportedMediaType` for a body of another type.
    """
    fields = _Fields(_pairs(request.query_string, "the address"))
    direct: tuple[str, str] | None = None
    if request.method == "POST":
        kind = request.mimetype
        if kind == FORM:
            _charset(request.mimetype_params)
            fields = _Fields([*fields.pairs, *_pairs(request.get_data(cache=False), "the form")])
        elif kind in (QUERY, UPDATE):
            _charset(request.mimetype_params)
            direct = ("query" if kind == QUERY else "update", _text(request.get_data(cache=False), "the body"))
        elif kind or request.content_length or "Transfer-Encoding" in request.headers:
            raise _unsupported(kind)
    sent = [(name, text) for name, text in fields.pairs if name in ("query", "update")]
    if direct is not None:
        sent.insert(0, direct)
    if not sent:
        return None
    if len(sent) > 1:
        said = " and ".join(f"{len([1 for name, _ in sent if name == one])} × {one}" for one in ("query", "update"))
        raise UsageError(f"a request is one query or one update; this one holds {said}")
    name, text = sent[0]
    if not text.strip():
        raise UsageError(f"the {name} is empty; send it as {name}=… or as the body of a POST")
    if name == "query":
        return _query(text, fields)
    if request.method != "POST":
        raise UsageError("an update is sent by POST: as update=… in a form, or as application/sparql-update")
    return _update(text, fields)


def beside(text: str, request: Request, *, format: str | None = None) -> Query:
    """The query of that text with the parameters of the request's address, as a permalink asks it. A ``format`` that is
    given counts more than theirs. Raises what :func:`read` raises."""
    made = _query(text, _Fields(_pairs(request.query_string, "the address")))
    return made if format is None else replace(made, format=format)


def _query(text: str, fields: _Fields) -> Query:
    _absent(fields, ("using-graph-uri", "using-named-graph-uri"), "an update")
    return Query(
        text=text,
        default_graphs=fields.graphs("default-graph-uri"),
        named_graphs=fields.graphs("named-graph-uri"),
        format=next((said for name in ("format", "output", "results") if (said := fields.one(name))), None),
        snapshot=fields.one("snapshot"),
        seconds=_seconds(fields.one("timeout")),
        rows=_rows(fields.one("rows")),
        skip=_skip(fields.one("skip")),
        id=_id(fields.one("query-id")),
    )


def _update(text: str, fields: _Fields) -> Update:
    # A dataset that is passed over would let an update see, and change, other graphs than its author meant.
    _absent(fields, ("default-graph-uri", "named-graph-uri"), "a query")
    if fields.one("snapshot") is not None:
        raise UsageError("an update changes the publication as it is now; snapshot= is for queries")
    return Update(text, fields.graphs("using-graph-uri"), fields.graphs("using-named-graph-uri"))


# ---- parameters ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fields:
    """Names and values in the order they were sent."""

    pairs: list[tuple[str, str]]

    def all(self, name: str) -> Iterable[str]:
        return (value for one, value in self.pairs if one == name)

    def first(self, name: str) -> str | None:
        return next((value for value in self.all(name) if value), None)

    def one(self, name: str) -> str | None:
        """The value of a parameter that may be said only once, or again in the same words."""
        found = dict.fromkeys(value.strip() for value in self.all(name) if value.strip())
        if len(found) > 1:
            raise UsageError(f"{name} is said {len(found)} times, and not the same; say it once")
        return next(iter(found), None)

    def graphs(self, name: str) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(iri for iri in self.all(name) if iri))  # forms send the field empty
        for iri in found:
            try:
                reads.node(iri)
            except IriError as error:
                raise UsageError(f"{name}: {error.message}") from None
        return found


def _absent(fields: _Fields, names: tuple[str, ...], what: str) -> None:
    for name in names:
        if fields.first(name) is not None:
            raise UsageError(f"{name} belongs to {what} (SPARQL 1.1 Protocol, sections 2.1 and 2.2)")


def _seconds(said: str | None) -> float | None:
    """0 asks for nothing shorter than the server's own limit."""
    if said is None:
        return None
    if not _SECONDS.fullmatch(said):
        raise UsageError(f"timeout is seconds, such as 5 or 2.5, not {said[:40]!r}")
    return float(said) if math.ceil(float(said)) else None


def _rows(said: str | None) -> int | None:
    if said is None:
        return None
    if not _WHOLE.fullmatch(said) or not int(said):
        raise UsageError(f"rows is how many rows the answer may have, 1 or more, not {said[:40]!r}")
    return int(said)


def _skip(said: str | None) -> int:
    if said is None:
        return 0
    if not _WHOLE.fullmatch(said):
        raise UsageError(f"skip is how many rows to leave out at the beginning, 0 or more, not {said[:40]!r}")
    return int(said)


def _id(said: str | None) -> str:
    if said is None:
        return ""
    if not _ID.fullmatch(said):
        raise UsageError("query-id is 8 to 64 letters, digits and hyphens; whoever knows it may stop the query")
    return said


# ---- bytes --------------------------------------------------------------------------------------------------------


def _pairs(data: bytes, where: str) -> list[tuple[str, str]]:
    """What is URL-encoded, decoded once (behind ``%25`` there is nothing more to decode)."""
    try:
        text = data.decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError:
        raise UsageError(f"{where} is not UTF-8; send it as UTF-8") from None
    except ValueError:
        raise UsageError(f"{where} holds more than {_FIELDS:,} parameters") from None


def _text(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise UsageError(f"{where} is not UTF-8; send it as UTF-8") from None


def _charset(parameters: Mapping[str, Any]) -> None:
    said = str(parameters.get("charset", "utf-8"))
    if said.lower().replace("-", "").replace("_", "") not in ("utf8", "usascii", "ascii"):
        raise UnsupportedMediaType(f"A request is sent as UTF-8, not as {said[:40]}.")


def _unsupported(kind: str) -> UnsupportedMediaType:
    return UnsupportedMediaType(
        f"A query is sent as {FORM} or {QUERY}, an update as {FORM} or {UPDATE}, not as {kind[:80] or 'nothing named'}."
    )
