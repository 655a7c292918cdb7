"""A service that the operator named: JSON by POST, within limits of time and size, tried again where that may help."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable

from kg.errors import FetchError, TooLarge
from kg.fetch.address import parse
from kg.fetch.coding import ACCEPTED, decoded
from kg.fetch.connection import Limit, Wire

__all__ = ["Service"]

#: Statuses after which the same request may succeed (RFC 9110, section 15).
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_PAUSE = 0.5  # seconds before the second try; twice as long before each later one


class Service:
    """One address that is posted to. It may lie in a private network: whoever runs newsgraph wrote it down."""

    def __init__(
        self,
        url: str,
        *,
        seconds: float,
        limit: int,
        retries: int = 2,
        token: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """``seconds`` is for one request, from the connection to the last byte, ``limit`` in bytes of an answer.
        ``token`` goes with every request (RFC 6750, section 2.1).

        Raises :class:`kg.errors.FetchError` for what is no address, and for a token that no header can hold.
        """
        if token is not None and not _TOKEN.fullmatch(token):
            raise FetchError("the token is none that a header can hold: letters, digits and -._~+/= only", origin=url)
        self._address = parse(url)
        self._seconds = seconds
        self._size = limit
        self._retries = retries
        self._own = (("Authorization", f"Bearer {token}"),) if token is not None else ()
        self._sleep = sleep
        self._limit = Limit(time.monotonic, private=True, silence=seconds)
        self._wire = Wire(self._limit, trust=trust)

    @property
    def url(self) -> str:
        """The address."""
        return self._address.url

    def post(self, body: bytes) -> bytes:
        """The answer to a JSON text.

        Raises :class:`kg.errors.FetchError` for every status but 200 and when there is no answer in time, and
        :class:`kg.errors.TooLarge`.
        """
        for turn in range(self._retries):
            try:
                return self._once(body)
            except FetchError as error:
                if not error.temporary:
                    raise
            self._sleep(_PAUSE * 2**turn)
        return self._once(body)

    def _once(self, body: bytes) -> bytes:
        self._limit.until = time.monotonic() + self._seconds
        headers = (
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
            ("Accept-Encoding", ACCEPTED),
            ("Content-Length", str(len(body))),
            *self._own,
        )
        with self._wire.answer(self._address, headers, method="POST", body=body) as answer:
            status = answer.status_code
            if status != 200:
                raise FetchError(f"answers {status}", origin=self.url, status=status, temporary=status in _AGAIN)
            coding = answer.headers.get("content-encoding", "")
            try:
                return decoded(answer.iter_raw(), coding, limit=self._size, origin=self.url)
            except TooLarge as error:
                raise TooLarge(
                    f"the answer is over {self._size:,} bytes", origin=self.url, size=error.size, limit=self._size
                ) from None
