"""By what an article is known again: the keys of its identity, strongest first (docs/decisions/0013-identity.md)."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from kg.model import Article, Document, Source

__all__ = ["arrival", "keys", "same_address"]

#: Query parameters that say how a reader came, not what is read.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|cmpid|ocid|igshid|at_(?:medium|campaign)", re.I)
_PORTS = {"http": 80, "https": 443}


def keys(document: Document, article: Article, number: int = 0) -> tuple[str, ...]:
    """The article's keys: its source's GUID, its canonical URL, else the document's own key.

    Keys belong to their source: what one source says is its GUID or its address must not let it overwrite what another
    source published. A path or a hash counts only where the article has no name of its own, since another article may
    lie at the same path tomorrow. Nor does a canonical address at another host than the page was fetched from: anybody
    can write one into a page, and would overwrite what is published of that host.
    """
    name = document.source.name
    given = document.key if document.key.startswith(("guid:", "url:")) else None
    found = [given] if given and given.startswith("guid:") else []
    if article.identifier:
        found.append(f"guid:{name}/{article.identifier}")
    if given and given.startswith("url:"):
        found.append(_address_key(given))
    if article.url and not (given and given.startswith("url:") and _elsewhere(_address_key(given), article.url)):
        found.append(f"url:{name}/{same_address(article.url)}")
    if not found or (number and given):
        found.append(document.key + (f"#{number}" if number else ""))
    return tuple(dict.fromkeys(found))


def _address_key(key: str) -> str:
    """A document's ``url:<source>/<address>`` with the address in the form that addresses are compared in."""
    name, _, address = key.removeprefix("url:").partition("/")
    return f"url:{name}/{same_address(address)}"


def _elsewhere(key: str, url: str) -> bool:
    """Whether the address lies at a host that is neither the key's nor above or below it, as ``m.`` is."""
    address = key.partition("/")[2]
    try:
        here, there = urlsplit(address).hostname or "", urlsplit(url).hostname or ""
    except ValueError:
        return True
    here, there = (host.removeprefix("www.") for host in (here, there))
    return bool(here and there) and here != there and not _below(here, there) and not _below(there, here)


def _below(host: str, other: str) -> bool:
    """Whether a host lies below another one that is no top-level domain."""
    return "." in other and host.endswith("." + other)


def same_address(url: str) -> str:
    """The URL as it is compared: without scheme, default port, fragment and tracking parameters, host in lower case.

    Text that is no URL comes back as it is.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    if parts.scheme.lower() not in _PORTS or not parts.hostname:
        return url
    host = parts.hostname + (f":{port}" if port and port != _PORTS[parts.scheme.lower()] else "")
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)]
    query = f"?{urlencode(kept)}" if kept else ""
    return f"//{host}{parts.path or '/'}{query}"


def arrival(key: str, sha256: str, source: Source, number: int = 0) -> str:
    """The key of one version as it came: these bytes, under this key, from a source with these settings."""
    return f"arrival:{sha256}:{number}:{source.digest}:{key}"
