"""Which addresses may be fetched: http and https, without credentials, on public hosts.

A server that fetches what others name can be sent against its own network (server-side request forgery). So the
numeric address is judged, after the name was resolved, and the connection is made to exactly that address.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from kg.errors import FetchError

__all__ = ["Address", "allowed", "joined", "parse"]

_DEFAULT_PORTS = {"http": 80, "https": 443}
#: Ports of protocols that a request in HTTP could be mistaken for (Fetch Standard, section 2.9, "bad port").
_OTHER_PROTOCOLS = frozenset(
    {1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110}
    | {111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531}
    | {532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060}
    | {5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080}
    | {3306, 5432, 6379, 9200, 11211, 27017}  # data stores, which answer to lines they find in a request
)
_LONGEST = 8000  # characters; what servers take at least (RFC 9110, section 4.1)
_UNSAFE = re.compile(r"[^\x21-\x7e]")  # what a request line cannot hold; escaped as in RFC 3986, section 2.1

#: Private networks: what ``private_addresses`` opens (RFC 1918, 1122, 6598 and 4193).
_PRIVATE = tuple(
    ipaddress.ip_network(one)
    for one in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
#: What is never a web server, or hides another address (IANA special-purpose address registries). Cloud hosts hand out
#: their own credentials at a link-local address, so that stays closed in a private network too.
_NEVER = tuple(
    ipaddress.ip_network(one)
    for one in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # unspecified, and IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


@dataclass(frozen=True, slots=True)
class Address:
    """An address that may be asked for. ``url`` is normal: no fragment, host in lower case, no default port."""

    scheme: str
    host: str
    port: int
    url: str

    @property
    def site(self) -> str:
        """Scheme, host and port: what one robots.txt speaks for (RFC 9309, section 2.3)."""
        return urlunsplit((*urlsplit(self.url)[:2], "", "", ""))


def parse(url: str) -> Address:
    """The address in a text. Raises :class:`kg.errors.FetchError` where it is none, or one that is never fetched."""
    shown = _shown(url)
    url = url.strip()
    if len(url) > _LONGEST:
        raise FetchError(f"the address is longer than {_LONGEST:,} characters", origin=shown)
    if re.search(r"[\x00-\x1f\x7f]", url):
        raise FetchError("is no address: it holds control characters", origin=shown)
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError:
        raise FetchError("is no address that can be fetched", origin=shown) from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise FetchError("only http and https addresses are fetched", origin=shown)
    if not host:
        raise FetchError("the address names no host", origin=shown)
    if parts.username is not None or parts.password is not None:
        raise FetchError("the address holds a user name or password; such an address is not fetched", origin=shown)
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    if port in _OTHER_PROTOCOLS or port == 0:
        raise FetchError(f"port {port} is not one of a web server; such an address is not fetched", origin=shown)
    return Address(parts.scheme, host, port, _normal(parts, host, port))


def joined(base: Address, location: str) -> Address:
    """The address a redirect leads to. Raises :class:`kg.errors.FetchError`, also for one from https to http."""
    try:
        target = parse(urljoin(base.url, location.strip()))
    except ValueError:
        raise FetchError("redirects to what is no address", origin=base.url) from None
    except FetchError as error:
        raise FetchError(f"redirects to {error.origin}: {error.reason}", origin=base.url) from None
    if base.scheme == "https" and target.scheme == "http":
        raise FetchError(f"redirects from https to http ({_shown(target.url)}); not followed", origin=base.url)
    return target


def allowed(numeric: str, *, private: bool) -> bool:
    """Whether a host at this numeric address may be connected to; ``private`` opens private networks."""
    try:
        address = ipaddress.ip_address(numeric)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        return False
    if any(address in network for network in _PRIVATE if network.version == address.version):
        return private
    return not any(address in network for network in _NEVER if network.version == address.version)


def _host(host: str) -> str:
    """The host as it goes over the wire (UTS #46, non-transitional). Raises ValueError."""
    host = host.rstrip(".")
    if ":" in host:
        return str(ipaddress.ip_address(host))
    if not host.isascii():
        import idna

        host = idna.encode(host, uts46=True, transitional=False).decode("ascii")
    if host and not re.fullmatch(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?", host.lower()):
        raise ValueError(host)
    return host.lower()


def _normal(parts: SplitResult, host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    if port != _DEFAULT_PORTS[parts.scheme]:
        shown += f":{port}"
    path = _UNSAFE.sub(_escaped, parts.path or "/")
    return urlunsplit((parts.scheme, shown, path, _UNSAFE.sub(_escaped, parts.query), ""))


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def _shown(url: str) -> str:
    """An address for a message: without what may be a password, and not endless."""
    return re.sub(r"//[^/@\s]*@", "//…@", _UNSAFE.sub("", url))[:200]
