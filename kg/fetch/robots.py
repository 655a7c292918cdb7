"""What a site asks of crawlers: robots.txt, kept for a day per site (RFC 9309)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kg.errors import FetchError
from kg.fetch.address import Address

__all__ = ["LIMIT", "Robots", "Rules", "token"]

LIMIT = 500 * 1024  # bytes that are read of one file (RFC 9309, section 2.5)
_KEPT = timedelta(hours=24)  # section 2.4
_KEPT_UNREACHABLE = timedelta(minutes=15)
_LONGEST_DELAY = 120.0  # seconds between two requests; a site that asks for more is asked less per poll instead


def token(user_agent: str) -> str:
    """The product token robots.txt is searched for: the letters a user agent begins with (section 2.2.1)."""
    found = re.match(r"[A-Za-z_-]+", user_agent)
    return found[0].lower() if found else "*"


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site asks. ``unreachable`` is why its robots.txt is not known, in which case nothing may be fetched."""

    rules: Any = None
    until: datetime | None = None
    unreachable: str | None = None

    def allows(self, url: str, agent: str) -> bool:
        """Whether the site lets this agent fetch the address."""
        if self.unreachable is not None:
            return False
        try:
            return self.rules is None or bool(self.rules.can_fetch(url, agent))
        except Exception:  # noqa: BLE001 a library's stumble over a stranger's pattern is no permission
            return False

    def delay(self, agent: str) -> float:
        """The seconds the site wants between two requests, 0 where it says nothing, at most two minutes."""
        try:
            asked = self.rules.crawl_delay(agent) if self.rules is not None else None
        except Exception:  # noqa: BLE001
            asked = None
        return min(max(float(asked or 0.0), 0.0), _LONGEST_DELAY)


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of every site that was asked. ``fetch`` gives status and bytes of an address."""

    fetch: Callable[[str], tuple[int, bytes]]
    now: Callable[[], datetime]
    _known: dict[str, Rules] = field(default_factory=dict)

    def of(self, address: Address) -> Rules:
        """The rules of the address's site, asked for where they are not known or older than a day."""
        known = self._known.get(address.site)
        if known is None or known.until is None or known.until <= self.now():
            known = self._known[address.site] = self._asked(address.site)
        return known

    def _asked(self, site: str) -> Rules:
        """4xx means that there are none; 5xx, 429 and no answer mean: not now (section 2.3.1)."""
        try:
            status, data = self.fetch(f"{site}/robots.txt")
        except FetchError as error:
            return self._unreachable(error.reason)
        if status == 429 or status >= 500:
            return self._unreachable(f"answers {status}")
        rules = None if status >= 300 else _parsed(data[:LIMIT])
        return Rules(rules, self.now() + _KEPT)

    def _unreachable(self, reason: str) -> Rules:
        return Rules(None, self.now() + _KEPT_UNREACHABLE, reason)


def _parsed(data: bytes) -> Any:
    from protego import Protego

    text = data.decode("utf-8-sig", errors="replace").replace("\0", "")
    try:
        return Protego.parse(text)
    except Exception:  # noqa: BLE001 what cannot be understood asks for nothing (section 2.2)
        return None
