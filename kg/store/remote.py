"""Other SPARQL 1.1 servers: asked, changed, and given whole graphs. The only home of SPARQLWrapper.

SPARQLWrapper makes the requests; they are sent here, because its own way out follows redirects and proxies, installs
passwords for the whole process and has no end: a timeout of a socket is none of an answer.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import threading
import time
import urllib.request
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote

from kg.errors import (
    ConfigError,
    EngineBusy,
    EngineUnavailable,
    KgError,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    UsageError,
)
from kg.iris import is_web_iri
from kg.queries import form

__all__ = ["CANCELLED", "Credentials", "Exchange", "Remote", "RemoteAnswer", "Reply", "query"]

#: What each of our format names is called in an Accept header.
_MEDIA = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "trig": "application/trig",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}

#: The last bytes of an answer that Oxigraph's server stopped at its deadline, under status 200.
CANCELLED = b"The SPARQL operation has been cancelled"

#: Seconds in which a connection must be made.
_CONNECT = 10.0
_CHUNK = 64 * 1024
_AGENT = "newsgraph (SPARQLWrapper)"
#: What an error message of a server may take, in bytes, and how much of it is shown.
_WORDS, _SHOWN = 64 * 1024, 300


@dataclass(frozen=True, slots=True)
class Credentials:
    """How one signs in: ``kind`` is ``none``, ``basic``, ``digest`` or ``bearer``; the secret is a
    password or token."""

    kind: str = "none"
    user: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RemoteAnswer:
    """An endpoint's answer: the media type it states, and its bytes."""

    media_type: str
    body: bytes


class Exchange:
    """One request and its answer, which any thread may break off: :meth:`stop`."""

    def __init__(self) -> None:
        self.reason: KgError | None = None
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    def opened(self, one: socket.socket) -> None:
        """A connection was made for it."""
        with self._lock:
            self._sockets.append(one)
            late = self.reason is not None
        if late:
            self._shut(one)

    def stop(self, reason: KgError) -> None:
        """Break it off; whoever waits for it gets the reason."""
        with self._lock:
            if self.reason is None:
                self.reason = reason
            found = tuple(self._sockets)
        for one in found:
            self._shut(one)

    @staticmethod
    def _shut(one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            # of the plain socket, also below TLS: no farewell is waited for
            socket.socket.shutdown(one, socket.SHUT_RDWR)


class Reply:
    """A server's answer as it comes. Leaving the ``with`` block closes the connection."""

    def __init__(self, response: http.client.HTTPResponse, exchange: Exchange, where: str) -> None:
        self._response, self._exchange, self._where = response, exchange, where
        self.media_type = (response.headers.get("Content-Type") or "").split(";")[0].strip().lower()
        #: Whether the transport tells a whole answer from one that was broken off (RFC 9112, section 8).
        self.framed = bool(response.chunked) or response.length is not None
        self.partial = response.headers.get("X-SQL-State")
        self.capped = response.headers.get("X-SPARQL-MaxRows")

    def chunks(self) -> Iterator[bytes]:
        """The bytes. Raises the reason of a stop, :class:`kg.errors.EngineUnavailable` for an answer that ends early,
        :class:`kg.errors.QueryTimeout` for one that its server calls partial (Virtuoso: ``X-SQL-State``) and
        :class:`kg.errors.QueryRefused` for one that it cut at its own limit (Virtuoso: ``X-SPARQL-MaxRows``)."""
        if self.partial is not None:
            raise QueryTimeout(f"{self._where} stopped the query and sent a part of the answer ({self.partial})")
        if self.capped is not None:
            raise QueryRefused(f"{self._where} cuts answers at {self.capped} rows, by its own limit; ask for less")
        try:
            while chunk := self._response.read1(_CHUNK):
                yield chunk
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            # AttributeError: the response was closed by a stop while it was read
            raise self._exchange.reason or self._broken(error) from None
        if self._exchange.reason is not None:
            raise self._exchange.reason
        if self._response.length:  # a short body ends without a word where its length was said
            raise self._broken("it is shorter than announced")

    def _broken(self, why: object) -> EngineUnavailable:
        return EngineUnavailable(f"{self._where} broke off in the middle of an answer: {why or 'the connection ended'}")

    def read(self, most: int = 64 * 2**20) -> bytes:
        """The whole of it. Raises :class:`kg.errors.QueryTooLarge` above ``most`` bytes."""
        found, size = [], 0
        with self:
            for chunk in self.chunks():
                size += len(chunk)
                if size > most:
                    raise QueryTooLarge(f"{self._where} sent more than {most} bytes; ask for less")
                found.append(chunk)
        return b"".join(found)

    def close(self) -> None:
        """Close the connection; a server that still writes learns that nobody reads."""
        self._response.close()

    def __enter__(self) -> Reply:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Remote:
    """One SPARQL 1.1 server by the addresses of its services. Nothing but these addresses is ever requested."""

    def __init__(
        self, query: str, update: str | None = None, graphs: str | None = None, sign_in: Credentials | None = None
    ) -> None:
        """Raises :class:`kg.errors.UsageError` for an address that is none."""
        for one in (query, update, graphs):
            if one is not None and not is_web_iri(one):
                raise UsageError(f"{one!r} is no http(s) address of a SPARQL endpoint")
        self.query, self.update, self.graphs = query, update, graphs
        #: What the server calls itself, known after its first answer.
        self.software = ""
        self._sign_in = sign_in or Credentials()

    def ask(
        self,
        text: str,
        *,
        accept: str,
        seconds: float,
        kind: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        exchange: Exchange | None = None,
    ) -> Reply:
        """The answer to a query, from its header on; sent as a form POST, so that length does not matter.

        ``kind`` is the query's form where it is known. Raises :class:`kg.errors.QuerySyntaxError` where the server
        answers 400, :class:`kg.errors.QueryTimeout`, :class:`kg.errors.EngineBusy` or another
        :class:`kg.errors.QueryError` as its status says, and
        :class:`kg.errors.EngineUnavailable` where nothing answers.
        """
        one = exchange or Exchange()
        wrapper = self._wrapper(self.query, text, kind or form(text), one, seconds)
        for name, graphs in (("default-graph-uri", default_graphs), ("named-graph-uri", named_graphs)):
            for graph in graphs:
                wrapper.addParameter(name, graph)
        wrapper.addCustomHttpHeader("Accept", accept)
        return self._sent(lambda: wrapper.query().response, one, self.query)

    def change(self, text: str, *, seconds: float, exchange: Exchange | None = None) -> None:
        """An update, done. Raises :class:`kg.errors.QueryRefused` where the server refuses it, and what :meth:`ask`
        raises otherwise."""
        if self.update is None:
            raise UsageError(f"{self.query} has no address for updates in the settings; add update = …")
        one = exchange or Exchange()
        with _ends_in(one, seconds, self.update):
            wrapper = self._wrapper(self.update, text, "insert", one, seconds)
            self._sent(lambda: wrapper.query().response, one, self.update, changing=True).read()

    def put(self, graph: str | None, triples: bytes, *, seconds: float, replace: bool = False) -> None:
        """N-Triples added to a graph (None: the default graph), or put in its place (SPARQL 1.1 Graph Store HTTP
        Protocol, sections 5.3 and 5.5). Raises what :meth:`change` raises."""
        if self.graphs is None:
            raise UsageError(f"{self.query} has no address of a graph store in the settings; add graphs = …")
        mark = "&" if "?" in self.graphs else "?"
        address = f"{self.graphs}{mark}" + ("default" if graph is None else f"graph={quote(graph, safe='')}")
        method = "PUT" if replace else "POST"
        request = urllib.request.Request(address, data=triples, method=method)  # noqa: S310 an address of the settings
        request.add_header("Content-Type", "application/n-triples")
        self._signed(request)
        one = Exchange()
        with _ends_in(one, seconds, self.graphs):
            self._sent(lambda: self._opener(one).open(request, timeout=seconds), one, self.graphs, changing=True).read()

    def _wrapper(self, address: str, text: str, kind: str, exchange: Exchange, seconds: float) -> Any:
        from SPARQLWrapper import POST, SPARQLWrapper

        remote = self

        class _Wrapper(SPARQLWrapper):
            """Its requests, our connections."""

            def _parseQueryType(self, _: str) -> str:  # noqa: N802 its name; our reader knows without guessing
                return kind.upper()

            def _query(self) -> tuple[Any, str]:
                request = self._createRequest()
                remote._signed(request)
                timeout = min(seconds, 3600.0)
                return remote._opener(exchange).open(request, timeout=timeout), self.returnFormat

        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise QuerySyntaxError("the query holds half a character (a lone surrogate)") from None
        made = _Wrapper(address, agent=_AGENT)
        made.setMethod(POST)
        made.setOnlyConneg(True)
        made.setQuery(text)
        return made

    def _signed(self, request: urllib.request.Request) -> None:
        own = self._sign_in
        if own.kind == "basic":
            words = base64.b64encode(f"{own.user}:{own.secret}".encode()).decode("ascii")
            request.add_header("Authorization", f"Basic {words}")
        elif own.kind == "bearer":
            request.add_header("Authorization", f"Bearer {own.secret}")

    def _opener(self, exchange: Exchange) -> urllib.request.OpenerDirector:
        """Plain and TLS connections that the exchange can end; no redirects, no proxies, no files."""
        made = urllib.request.OpenerDirector()
        for handler in (
            _Plain(exchange),
            _Secure(exchange),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
        ):
            made.add_handler(handler)
        if self._sign_in.kind == "digest":
            known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
            for address in (self.query, self.update, self.graphs):
                if address is not None:
                    known.add_password(None, address, self._sign_in.user, self._sign_in.secret)
            made.add_handler(urllib.request.HTTPDigestAuthHandler(known))
        return made

    def _sent(self, send: Any, exchange: Exchange, where: str, *, changing: bool = False) -> Reply:
        from SPARQLWrapper import SPARQLExceptions

        try:
            with warnings.catch_warnings():
                # SPARQLWrapper warns of any format it has no converter for; the bytes are taken as they are.
                warnings.simplefilter("ignore")
                response = send()
            self.software = response.headers.get("Server") or ""
            return Reply(response, exchange, where)
        except HTTPError as error:
            raise exchange.reason or _refusal(error, where, changing=changing) from None
        except SPARQLExceptions.SPARQLWrapperException as error:
            raise exchange.reason or QueryError(f"{where} gave no answer: {_words(str(error))}") from None
        except TimeoutError:
            raise exchange.reason or QueryTimeout(f"{where} did not answer in time") from None
        except (URLError, OSError, http.client.HTTPException) as error:
            if isinstance(error, URLError) and isinstance(error.reason, TimeoutError):
                raise exchange.reason or QueryTimeout(f"{where} did not answer in time") from None
            raise exchange.reason or EngineUnavailable(f"{where} cannot be reached: {error}") from None


@contextlib.contextmanager
def _ends_in(exchange: Exchange, seconds: float, where: str) -> Iterator[None]:
    """The exchange is broken off when so many seconds have passed."""
    late = QueryTimeout(f"{where} was not done within {seconds:g} s", seconds=seconds)
    timer = threading.Timer(seconds, exchange.stop, [late])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _refusal(error: HTTPError, where: str, *, changing: bool) -> KgError:
    """What a status other than 2xx means, with the first of the server's own words."""
    words = b""
    with contextlib.suppress(OSError, http.client.HTTPException):
        words = error.read(_WORDS)
    error.close()
    said = _words(words.decode("utf-8", "replace"))
    text = words[:2000].lower()
    status = error.code
    if status in (401, 403):
        return ConfigError(f"{where} refuses us (status {status}): {said}; see auth, user and the secret")
    if 300 <= status < 400:
        return QueryError(f"{where} sends us elsewhere (status {status}), which is not followed; correct the address")
    if status in (408, 504) or b"s1t00" in text or b"timed out" in text or CANCELLED.lower() in text:
        return QueryTimeout(f"{where} stopped the query: {said}")
    if status in (429, 503):
        after = error.headers.get("Retry-After", "")
        return EngineBusy(f"{where} is busy: {said}", retry_after=int(after) if after.isdecimal() else 5)
    if changing:
        return QueryRefused(f"{where} refuses the change (status {status}): {said}")
    if status == 400:
        return QuerySyntaxError(f"{where} refuses the query: {said}")
    return QueryError(f"{where} gave no answer (status {status}): {said}")


def _words(text: str) -> str:
    """The first line that says something, printable and short."""
    line = next((line for line in text.splitlines() if line.strip()), "no reason given")
    plain = "".join(c if c.isprintable() else " " for c in line).strip()
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


class _Plain(urllib.request.HTTPHandler):
    """HTTP over connections that an exchange knows."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__()
        self.exchange = exchange

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        exchange = self.exchange

        class _Connection(http.client.HTTPConnection):
            def connect(self) -> None:
                _connect(self, super().connect, exchange)

        return self.do_open(_Connection, req)


class _Secure(urllib.request.HTTPSHandler):
    """The same over TLS, with the system's certificates."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__()
        self.exchange = exchange

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        exchange = self.exchange

        class _Connection(http.client.HTTPSConnection):
            def connect(self) -> None:
                _connect(self, super().connect, exchange)

        return self.do_open(_Connection, req)


def _connect(connection: http.client.HTTPConnection, connect: Any, exchange: Exchange) -> None:
    """A connection is made in seconds or not at all; what is asked over it may take longer."""
    whole = connection.timeout
    connection.timeout = min(whole or _CONNECT, _CONNECT)
    connect()
    connection.timeout = whole
    connection.sock.settimeout(whole)
    exchange.opened(connection.sock)


def query(endpoint: str, text: str, *, solutions: str, graph: str, seconds: float) -> RemoteAnswer:
    """An endpoint's whole answer to a read-only query, as it sends it.

    ``solutions`` and ``graph`` are format names. Raises :class:`kg.errors.UsageError` for an address that is none,
    :class:`kg.errors.QuerySyntaxError` where the endpoint answers 400, another :class:`kg.errors.QueryError` for any
    other refusal or an answer that is not whole, and :class:`kg.errors.EngineUnavailable` where nothing answers.
    """
    remote = Remote(endpoint)
    try:
        kind = form(text)
    except QuerySyntaxError:
        kind = "select"  # the endpoint judges
    if kind == "update":
        raise QueryRefused("this is an update; --endpoint only asks")
    accept = _MEDIA[graph if kind in ("construct", "describe") else solutions]
    exchange = Exchange()
    started = time.monotonic()
    with _ends_in(exchange, seconds, endpoint):
        reply = remote.ask(text, accept=accept, seconds=seconds, kind=kind, exchange=exchange)
        media = reply.media_type
        body = reply.read(2**31)
    if body.rstrip().endswith(CANCELLED):
        raise QueryTimeout(
            f"{endpoint} stopped the query after {time.monotonic() - started:.0f} s; what it sent is not whole"
        )
    return RemoteAnswer(media, body)
