"""Fetching: one polite GET at a time, within limits of time and size, or a :class:`kg.errors.FetchError`."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import responses
from typing import TYPE_CHECKING

from kg.errors import FetchError, TooLarge
from kg.fetch import robots
from kg.fetch.address import Address, joined, parse
from kg.fetch.coding import ACCEPTED, decoded
from kg.fetch.connection import Limit, Resolver, Wire, resolve

if TYPE_CHECKING:
    import httpx2

__all__ = ["Fetched", "Fetcher", "Manners"]

_REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_LONGEST_WAIT = 86400.0  # seconds of Retry-After that are believed
_SENDABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,1000}[\x21-\x7e])?")  # of what a server sent, what may go back
_NO_TEXT = ("image/", "video/", "audio/", "font/")
_ACCEPT = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/feed+json, "
    "application/json;q=0.9, application/xml;q=0.9, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Manners:
    """How one source is treated. ``delay`` is in seconds between two requests to one host."""

    delay: float = 1.0
    robots: bool = True
    private_addresses: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``status`` is 200, 304 (then ``data`` is empty) or one that was allowed for.

    ``url`` is the address asked for, ``final_url`` the one that answered. ``media_type`` is the Content-Type as sent;
    ``etag`` and ``last_modified`` are to be handed in at the next fetch. ``headers`` have names in lower case.
    """

    url: str
    final_url: str
    status: int
    media_type: str | None
    data: bytes
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Host:
    """When a host was last asked, and until when it wants to be left alone; by the monotonic clock."""

    asked: float | None = None
    not_before: float = 0.0


class Fetcher:
    """Fetches addresses, one after the other. What it knows of hosts and their robots.txt is kept while it lives."""

    def __init__(
        self,
        *,
        user_agent: str,
        seconds: float,
        limit: int,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        monotonic: Callable[[], float] = time.monotonic,
        patience: float = 0.0,
        resolver: Resolver = resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """``seconds`` is for one request, from the connection to the last byte, ``limit`` in bytes; an answer that asks
        for at most ``patience`` seconds of waiting is waited for, once."""
        self._agent = user_agent
        self._token = robots.token(user_agent)
        self._seconds = seconds
        self._size = limit
        self._now = now
        self._sleep = sleep
        self._monotonic = monotonic
        self._patience = patience
        self._limit = Limit(monotonic)
        self._wire = Wire(self._limit, resolver, trust)
        self._hosts: dict[str, _Host] = {}
        self._robots = robots.Robots(self._fetch_robots, now)
        self._manners = Manners()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        manners: Manners = Manners(),
        allow: Collection[int] = (),
    ) -> Fetched:
        """What is at an address; with ``etag`` or ``last_modified``, only if it changed (status 304).

        Raises :class:`kg.errors.FetchError` with the status for every answer but 200, 304 and those in ``allow``, for
        what robots.txt disallows, for addresses that may not be fetched and when time runs out, and
        :class:`kg.errors.TooLarge`. A 429 or 503 carries ``retry_after`` in seconds where the server says it.
        """
        self._manners = manners
        known = (("If-None-Match", etag), ("If-Modified-Since", last_modified))
        headers = [(name, value) for name, value in known if value and _SENDABLE.fullmatch(value)]
        try:
            return self._followed(parse(url), headers, allow)
        except FetchError as error:
            wait = error.retry_after
            if wait is None or not 0 < wait <= self._patience:
                raise
            self._sleep(wait)
            return self._followed(parse(url), headers, allow)

    # ---- one address, redirects followed ---------------------------------------------------------------------

    def _followed(self, first: Address, headers: Sequence[tuple[str, str]], allow: Collection[int]) -> Fetched:
        address = first
        for _ in range(_REDIRECTS + 1):
            self._begin()
            self._wire.check(address)  # before robots.txt is asked for, so that the reason is said as it is
            pause = self._pause(address)
            self._wait(address, pause)
            self._begin()
            with self._asked(address, (("Accept", _ACCEPT), *headers)) as answer:
                self._host(address).asked = self._monotonic()
                if answer.status_code in _MOVED and answer.headers.get("location"):
                    address = joined(address, answer.headers["location"])
                    continue
                return self._answer(first, address, answer, allow)
        raise FetchError(f"redirects more than {_REDIRECTS} times", origin=first.url)

    def _answer(self, first: Address, address: Address, answer: httpx2.Response, allow: Collection[int]) -> Fetched:
        status = answer.status_code
        if status not in (200, 304) and status not in allow:
            raise self._failure(first, address, answer)
        media_type = answer.headers.get("content-type")
        if status == 200 and (media_type or "").strip().lower().startswith(_NO_TEXT):
            raise FetchError(f"is {str(media_type)[:60]}, from which no text can be read", origin=first.url)
        data = b"" if status == 304 else self._body(answer, first.url)
        return Fetched(
            url=first.url,
            final_url=address.url,
            status=status,
            media_type=media_type,
            data=data,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            headers={name.lower(): value for name, value in answer.headers.items()},
        )

    def _body(self, answer: httpx2.Response, origin: str) -> bytes:
        length = answer.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._size:
            raise TooLarge(
                f"{int(length):,} bytes are over the limit of {self._size:,}; raise limits.document_bytes to take it",
                origin=origin,
                size=int(length),
                limit=self._size,
            )
        return decoded(answer.iter_raw(), answer.headers.get("content-encoding", ""), limit=self._size, origin=origin)

    def _failure(self, first: Address, address: Address, answer: httpx2.Response) -> FetchError:
        status = answer.status_code
        phrase = responses.get(status, "")
        wait = None
        if status in (429, 503):
            wait = _retry_after(answer.headers.get("retry-after"), self._now())
            if wait is not None:
                self._host(address).not_before = self._monotonic() + wait
        rest = f"; it asks to be left alone for {wait:.0f} seconds" if wait else ""
        return FetchError(
            f"answers {status} {phrase}".rstrip() + rest,
            origin=first.url,
            status=status,
            retry_after=wait,
            temporary=status in (408, 425, 429) or status >= 500,
        )

    # ---- manners ---------------------------------------------------------------------------------------------

    def _pause(self, address: Address) -> float:
        """Seconds between two requests to this host. Raises where robots.txt says no."""
        if not self._manners.robots:
            return self._manners.delay
        rules = self._robots.of(address)
        if not rules.allows(address.url, self._token):
            if rules.unreachable is not None:
                raise FetchError(
                    f"the site's robots.txt cannot be read ({rules.unreachable}), so nothing is fetched for now",
                    origin=address.url,
                    temporary=True,
                )
            raise FetchError(f"the site's robots.txt asks {self._token} not to fetch this", origin=address.url)
        return max(self._manners.delay, rules.delay(self._token))

    def _wait(self, address: Address, pause: float) -> None:
        """Wait until the host may be asked again. Raises where that is not soon."""
        host, now = self._host(address), self._monotonic()
        if host.not_before > now:
            wait = host.not_before - now
            if wait > self._patience:
                raise FetchError(
                    f"{address.host} asks to be left alone for {wait:.0f} more seconds",
                    origin=address.url,
                    retry_after=wait,
                    temporary=True,
                )
            self._sleep(wait)
        if host.asked is not None:
            left = host.asked + pause - self._monotonic()
            if left > 0:
                self._sleep(left)

    def _host(self, address: Address) -> _Host:
        return self._hosts.setdefault(address.host, _Host())

    def _begin(self) -> None:
        self._limit.until = self._monotonic() + self._seconds
        self._limit.private = self._manners.private_addresses

    def _asked(self, address: Address, headers: Iterable[tuple[str, str]]) -> AbstractContextManager[httpx2.Response]:
        return self._wire.answer(address, (("User-Agent", self._agent), ("Accept-Encoding", ACCEPTED), *headers))

    def _fetch_robots(self, url: str) -> tuple[int, bytes]:
        """Status and first bytes of a robots.txt, its redirects followed (RFC 9309, section 2.3.1.2)."""
        address = parse(url)
        for _ in range(_REDIRECTS + 1):
            self._begin()
            with self._asked(address, (("Accept", "text/plain, */*;q=0.5"),)) as answer:
                if answer.status_code in _MOVED and answer.headers.get("location"):
                    address = joined(address, answer.headers["location"])
                    continue
                if answer.status_code != 200:
                    return answer.status_code, b""
                chunks = _first(answer.iter_raw(), robots.LIMIT)
                coding = answer.headers.get("content-encoding", "")
                return 200, decoded(chunks, coding, limit=8 * robots.LIMIT, origin=url)
        return 404, b""  # redirects without end: there is no such file


def _first(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The chunks until ``size`` bytes are reached; what follows stays on the wire."""
    for chunk in chunks:
        yield chunk
        size -= len(chunk)
        if size <= 0:
            return


def _retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds a Retry-After header means (RFC 9110, section 10.2.3), at most a day; None where it says nothing."""
    text = (value or "").strip()
    if text.isdecimal():
        return min(float(text[:9]), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), _LONGEST_WAIT)
