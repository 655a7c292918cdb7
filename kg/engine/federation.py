"""SERVICE, evaluated here before the engine sees the query (SPARQL 1.1 Federated Query).

Oxigraph calls whatever endpoint a query names. So it never gets to see one: each SERVICE whose endpoint is allowed by
the setting ``federation`` is asked for its solutions, and they stand as VALUES in its place. The whole pattern is asked
for, without what the rest of the query knows: it has to be selective by itself.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kg.engine.request import Limits, Request
from kg.errors import InputError, QueryRefused, ServiceFailed
from kg.queries.guard import refuse_remote
from kg.queries.reading import Edit, Reading, Service, edited
from kg.store import Reader

if TYPE_CHECKING:
    import pyoxigraph as ox

__all__ = ["MAY_FEDERATE", "edits"]

#: What every query with a SERVICE in it holds.
MAY_FEDERATE = re.compile("service", re.IGNORECASE)
#: Of one query: how many endpoints are asked, how many solutions each may give, in how many bytes.
_SERVICES, _ROWS, _BYTES = 10, 10_000, 4 * 2**20
#: The part of a query's time that goes to endpoints; the rest is for what is done with their solutions.
_SHARE = 0.6
_UNSAFE = re.compile(r'[\x00-\x20<>"{}|^`\\]')

#: Asks an endpoint (:func:`kg.fetch.endpoint.ask`).
Ask = Callable[..., bytes]


def edits(reading: Reading, reader: Reader, request: Request, limits: Limits) -> Sequence[Edit]:
    """VALUES in place of each SERVICE.

    Raises :class:`kg.errors.QueryRefused` for an endpoint that is a variable or not allowed, and
    :class:`kg.errors.ServiceFailed` when an endpoint gives no solutions that can be used. With SILENT that is one
    solution without variables (section 2.4 there).
    """
    del reader
    return replaced(reading, request, limits)


def replaced(reading: Reading, request: Request, limits: Limits, *, ask: Ask | None = None) -> tuple[Edit, ...]:
    """The edits, with a function that asks."""
    if not reading.services:
        return ()
    refuse_remote(reading.text, federation=limits.federation)
    if len(reading.services) > _SERVICES:
        raise QueryRefused(f"the query has {len(reading.services)} SERVICE patterns; {_SERVICES} are the most")
    if ask is None:
        from kg.fetch.endpoint import ask as ask_by_http

        ask = ask_by_http
    longest = max(limits.seconds, limits.trusted_seconds) if request.trusted else limits.seconds
    until = time.monotonic() + _SHARE * (limits.seconds if request.seconds is None else min(request.seconds, longest))
    made: list[Edit] = []
    for service in sorted(reading.services, key=lambda one: one.end):  # one inside another is asked before it
        inner = [edit for edit in made if service.start < edit.start < service.end]
        values = _solutions(service, inner, reading, request, limits, ask, until)
        made = [edit for edit in made if edit not in inner]
        made.append(Edit(service.start, service.end, values))
    return tuple(made)


def _solutions(
    service: Service,
    inner: Sequence[Edit],
    reading: Reading,
    request: Request,
    limits: Limits,
    ask: Ask,
    until: float,
) -> str:
    """The solutions of a SERVICE as VALUES; ``inner`` are those of the ones inside it."""
    endpoint = service.endpoint or ""
    at = service.pattern.start
    moved = [Edit(edit.start - at, edit.end - at, edit.text) for edit in inner]
    pattern = edited(reading.text_of(service.pattern), moved)
    text = f"{_prologue(reading, request)}SELECT * {pattern} LIMIT {_ROWS + 1}"
    try:
        left = until - time.monotonic()
        if left <= 0:
            raise ServiceFailed("the time for SERVICE is used up", endpoint=endpoint)
        try:
            body = ask(endpoint, text, seconds=left, limit=_BYTES, private=limits.federation_private)
        except InputError as error:
            raise ServiceFailed(error.reason, endpoint=endpoint) from None
        return _values(body, frozenset(reading.variables(service.pattern)), endpoint)
    except ServiceFailed as error:
        if service.silent:
            return " VALUES () { () } "
        raise ServiceFailed(f"SERVICE <{endpoint}> at character {service.start + 1} failed: {error.message}") from None


def _prologue(reading: Reading, request: Request) -> str:
    """The declarations that hold in the query, every IRI of them absolute."""
    base = reading.base or request.base
    if any(_UNSAFE.search(iri) for iri in (base or "", *reading.prefixes.values())):
        raise QueryRefused("an IRI that a prefix stands for holds a character that no IRI has")
    declared = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in reading.prefixes.items())
    return f"BASE <{base}>\n{declared}" if base else declared


def _values(body: bytes, known: frozenset[str], endpoint: str) -> str:
    """SPARQL JSON results as VALUES; variables that the pattern does not have are left out."""
    from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

    rows: list[str] = []
    try:
        found = parse_query_results(body, QueryResultsFormat.JSON)
        if not isinstance(found, QuerySolutions):
            raise ServiceFailed("the answer is no table of solutions", endpoint=endpoint)
        names = [v for v in found.variables if v.value in known]
        for solution in found:
            if len(rows) >= _ROWS:
                raise ServiceFailed(
                    f"it has more than {_ROWS:,} solutions; put more into its pattern, as VALUES or a sub-SELECT "
                    "with LIMIT, because all of it is asked for",
                    endpoint=endpoint,
                )
            rows.append("(" + " ".join(_written(solution[name], endpoint) for name in names) + ")")
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        words = " ".join(str(error).split())[:200]
        raise ServiceFailed(f"the answer cannot be read as SPARQL JSON results: {words}", endpoint=endpoint) from None
    header = " ".join(f"?{name.value}" for name in names)
    return f" VALUES ({header}) {{ {' '.join(rows)} }} "


def _written(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None, endpoint: str) -> str:
    """A term as SPARQL writes it. Raises :class:`kg.errors.ServiceFailed` for a blank node, which is none of ours."""
    from pyoxigraph import BlankNode, Triple

    if term is None:
        return "UNDEF"
    if isinstance(term, BlankNode):
        raise ServiceFailed(
            "a solution holds a blank node, which means nothing outside its endpoint; select what it has instead, in a "
            "sub-SELECT",
            endpoint=endpoint,
        )
    if isinstance(term, Triple):
        return f"<<( {' '.join(_written(part, endpoint) for part in term)} )>>"
    return str(term)
