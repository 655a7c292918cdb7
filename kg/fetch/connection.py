"""Connections to the address that was checked, within one time limit for everything.

Host names are resolved here, once per connection; every numeric address is judged before it is connected to, and the
name stays in the Host header and in TLS. A name that changes its address in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import FetchError
from kg.fetch.address import Address, allowed

if TYPE_CHECKING:
    import httpx2

__all__ = ["Limit", "Resolver", "Wire", "resolve"]

#: The numeric addresses of a host.
Resolver = Callable[[str, int], Sequence[str]]

_ONE_READ = 15.0  # seconds a server may stay silent


def resolve(host: str, port: int) -> Sequence[str]:
    """The numeric addresses of a host by the system's resolver, in its order, each once. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(slots=True)
class Limit:
    """The moment at which the fetch under way is stopped, and whether it may go to private networks.

    ``silence`` is how many seconds a server may say nothing.
    """

    monotonic: Callable[[], float]
    until: float = 0.0
    private: bool = False
    silence: float = _ONE_READ

    def left(self) -> float:
        """Seconds for the next step. Raises :class:`kg.errors.FetchError` when there are none."""
        left = self.until - self.monotonic()
        if left <= 0:
            raise FetchError("took too long and was stopped; fetch.seconds is the limit", temporary=True)
        return min(left, self.silence)


@dataclass(frozen=True, slots=True)
class Wire:
    """Connections under one limit. ``trust`` are the certificates that are believed; the system's by default."""

    limit: Limit
    resolver: Resolver = resolve
    trust: ssl.SSLContext | None = None
    _pools: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def answer(
        self, address: Address, headers: Sequence[tuple[str, str]], *, method: str = "GET", body: bytes = b""
    ) -> Iterator[httpx2.Response]:
        """The answer to a request, its body still on the wire. Raises :class:`kg.errors.FetchError`."""
        import httpcore2
        import httpx2

        request = httpx2.Request(method, address.url, headers=list(headers), content=body or None)
        try:
            made = self._pool(address).handle_request(
                httpcore2.Request(
                    method,
                    httpcore2.URL(
                        scheme=address.scheme.encode(),
                        host=request.url.raw_host,
                        port=address.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=body or None,
                    extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), _ONE_READ)},
                )
            )
            with closing(made):
                yield httpx2.Response(made.status, headers=made.headers, stream=_Body(made.stream), request=request)
        except (httpcore2.TimeoutException, httpx2.TimeoutException):
            raise FetchError("the server did not answer in time", origin=address.url, temporary=True) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.TransportError, httpx2.InvalidURL) as error:
            words = " ".join(str(error).split())[:200] or type(error).__name__
            raise FetchError(f"the connection failed: {words}", origin=address.url, temporary=True) from None
        except FetchError as error:
            raise error if error.origin else _at(address, error) from None

    def check(self, address: Address) -> None:
        """Raises :class:`kg.errors.FetchError` where the host is not known or may not be connected to."""
        try:
            _checked(self, address.host, address.port)
        except FetchError as error:
            raise _at(address, error) from None

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    def _pool(self, address: Address) -> Any:
        """One connection at a time, and a new one for each request: one that is kept open may be closed by the server
        at the moment it is used again, which looks like a failure of the page."""
        import httpcore2

        scheme = address.scheme
        if scheme not in self._pools:
            # Reading the system's certificates takes longer than a request to a near host.
            trust = (self.trust or ssl.create_default_context()) if scheme == "https" else None
            self._pools[scheme] = httpcore2.ConnectionPool(
                ssl_context=trust, max_connections=1, max_keepalive_connections=0, network_backend=_backend(self)
            )
        return self._pools[scheme]


def _at(address: Address, error: FetchError) -> FetchError:
    return FetchError(error.reason, origin=address.url, temporary=error.temporary)


def _Body(stream: Iterable[bytes]) -> Any:  # noqa: N802 stands for a class whose base is imported late
    import httpx2

    class Body(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield from stream

    return Body()


def _backend(wire: Wire) -> Any:
    """The network as httpcore2 wants it; its classes are made here because they are imported late."""
    import httpcore2

    class Stream(httpcore2.NetworkStream):
        """A connection on which every step is held against the limit, not only each read against its own."""

        def __init__(self, inner: httpcore2.NetworkStream) -> None:
            self.inner = inner

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
            return self.inner.read(max_bytes, wire.limit.left())

        def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
            self.inner.write(buffer, wire.limit.left())

        def close(self) -> None:
            self.inner.close()

        def start_tls(
            self,
            ssl_context: ssl.SSLContext,
            server_hostname: str | None = None,
            timeout: float | None = None,  # noqa: ARG002
        ) -> httpcore2.NetworkStream:
            return Stream(self.inner.start_tls(ssl_context, server_hostname, wire.limit.left()))

        def get_extra_info(self, info: str) -> Any:
            return self.inner.get_extra_info(info)

    class Backend(httpcore2.NetworkBackend):
        """Connects to numeric addresses that were judged, and to nothing else."""

        def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore2.NetworkStream:
            failure: Exception | None = None
            for numeric in _checked(wire, host, port):
                try:
                    return Stream(httpcore2.SyncBackend().connect_tcp(numeric, port, timeout=wire.limit.left()))
                except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                    failure = error
            raise FetchError(f"{host} port {port} cannot be connected to ({failure})", temporary=True)

        def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:
            raise FetchError("only hosts are connected to")

    return Backend()


def _checked(wire: Wire, host: str, port: int) -> Sequence[str]:
    """The numeric addresses to try. One that may not be fetched refuses the host: half a guard is none."""
    wire.limit.left()
    try:
        found = wire.resolver(host, port)
    except (OSError, UnicodeError) as error:
        words = getattr(error, "strerror", None) or error
        raise FetchError(f"the host {host} is not known ({words})", temporary=True) from None
    refused = [numeric for numeric in found if not allowed(numeric, private=wire.limit.private)]
    if refused:
        raise FetchError(
            f"{host} is at {refused[0]}, which is no public address; a configured source may allow it with "
            "private_addresses = true"
        )
    if not found:
        raise FetchError(f"the host {host} has no address", temporary=True)
    return found
