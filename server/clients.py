"""Who is asking: what tells clients apart when queries are shared out. Nothing of it is kept or logged."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["client_of"]

#: An IPv4 address in its canonical form.
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!\Z)|\Z)){4}", re.ASCII)


def client_of(environ: Mapping[str, Any], proxies: int = 0, *, token: str | None = None) -> str:
    """``token:`` and the name of the token that was sent; without one the client's address, and of an IPv6 address its
    /64 network, which one household or host has to itself. A token's name is never taken for an address.

    ``proxies`` is the number of reverse proxies before this server. Each appends the address it was asked from to
    ``X-Forwarded-For``, so the last so many entries are true and any before them may be made up. ``environ`` is a WSGI
    environment (PEP 3333).
    """
    if token is not None:
        return f"token:{token}"
    told = [one.strip() for one in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")] if proxies else []
    hops = [*told, str(environ.get("REMOTE_ADDR", ""))]
    # The nearest hop is the connection's own; with fewer entries than proxies a proxy was asked from within.
    for hop in hops[max(0, len(hops) - 1 - proxies) :]:
        found = _network(hop)
        if found:
            return found
    return "unknown"


def _network(text: str) -> str:
    """The address in its canonical form; empty where it is none. A port may follow (RFC 7239, section 6)."""
    host = text.partition("]")[0].removeprefix("[") if text.startswith("[") else text
    if host.count(":") == 1:
        host = host.partition(":")[0]
    if _IPV4.fullmatch(host):
        return host
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
