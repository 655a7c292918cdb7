"""A SPARQL endpoint of somebody else, asked one query: within limits of time and size, without following redirects."""

from __future__ import annotations

import ssl
import time
from urllib.parse import urlencode

from kg.errors import FetchError, TooLarge
from kg.fetch.address import parse
from kg.fetch.coding import ACCEPTED, decoded
from kg.fetch.connection import Limit, Resolver, Wire, resolve

__all__ = ["ask"]

_JSON = ("application/sparql-results+json", "application/json")


def ask(
    url: str,
    query: str,
    *,
    seconds: float,
    limit: int,
    private: bool = False,
    user_agent: str = "newsgraph",
    resolver: Resolver = resolve,
    trust: ssl.SSLContext | None = None,
) -> bytes:
    """The SPARQL JSON results of a query sent by POST (SPARQL 1.1 Protocol, section 2.1.2).

    ``seconds`` is for everything, from the name's resolution to the last byte; ``limit`` in bytes, compression undone.
    ``private`` opens private networks. Raises :class:`kg.errors.FetchError` for an address that may not be connected
    to, for every status but 200, redirects too, for another media type and when time runs out, and
    :class:`kg.errors.TooLarge`.
    """
    address = parse(url)
    bounds = Limit(time.monotonic, until=time.monotonic() + seconds, private=private, silence=seconds)
    wire = Wire(bounds, resolver, trust)
    body = urlencode({"query": query}).encode()
    headers = (
        ("User-Agent", user_agent),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Accept", _JSON[0]),
        ("Accept-Encoding", ACCEPTED),
        ("Content-Length", str(len(body))),
    )
    try:
        with wire.answer(address, headers, method="POST", body=body) as answer:
            status = answer.status_code
            if status != 200:
                moved = "; redirects are not followed" if 300 <= status < 400 else ""
                raise FetchError(f"answers {status}{moved}", origin=address.url, status=status)
            media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            if media_type not in _JSON:
                raise FetchError(f"answers with {media_type[:60] or 'no media type'}, not JSON", origin=address.url)
            return _body(answer.iter_raw(), answer.headers.get("content-encoding", ""), limit, address.url)
    finally:
        wire.close()


def _body(chunks: object, coding: str, limit: int, origin: str) -> bytes:
    try:
        return decoded(chunks, coding, limit=limit, origin=origin)  # type: ignore[arg-type]
    except TooLarge as error:
        raise TooLarge(f"the answer is over {limit:,} bytes", origin=origin, size=error.size, limit=limit) from None
