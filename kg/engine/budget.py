"""How much running time each client has left: a bucket of seconds that fills again as time passes."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from kg.errors import TooManyQueries

__all__ = ["Budget"]

#: Clients that are remembered; the one that asked longest ago is forgotten first.
_CLIENTS = 10_000
#: Seconds in which an empty bucket fills.
_WINDOW = 60.0


class Budget:
    """``seconds`` of running time for each client in a minute; 0 is no limit. A query is never stopped for it: what
    it takes too much is missing for the next."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._guard = threading.Lock()
        #: Client to (seconds left, when that was so).
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, client: str) -> None:
        """Raises :class:`kg.errors.TooManyQueries` where the client has nothing left; a client without a name (the
        library's own) has no budget."""
        if not self._seconds or not client:
            return
        with self._guard:
            left = self._now(client)
        if left <= 0:
            wait = max(1, math.ceil((1 - left) * _WINDOW / self._seconds))
            raise TooManyQueries(
                f"your queries ran longer than the {self._seconds:g} seconds a minute that each client has; ask again "
                f"in {wait} s",
                retry_after=wait,
            )

    def spend(self, client: str, seconds: float) -> None:
        """Take the seconds out of the client's bucket."""
        if not self._seconds or not client:
            return
        with self._guard:
            self._left[client] = (self._now(client) - seconds, self._clock())
            self._left.move_to_end(client)
            while len(self._left) > _CLIENTS:
                self._left.popitem(last=False)

    def _now(self, client: str) -> float:
        now = self._clock()
        left, then = self._left.get(client, (self._seconds, now))
        return min(self._seconds, left + (now - then) * self._seconds / _WINDOW)
