"""Sitemaps and sitemap indexes to addresses (sitemaps.org protocol 0.9, Google's news sitemaps).

A sitemap is no article: it says where articles are and when they changed. Namespaces are not insisted on, because
senders get them wrong; an entry without a usable address is left out and counted.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from kg.errors import InvalidFormat, TooLarge
from kg.extract import xml
from kg.extract.text import normalise

__all__ = ["Entry", "Sitemap", "parse", "recognises"]

_ROOTS = re.compile(rb"<(?:[\w.-]+:)?(urlset|sitemapindex)[\s>/]")
_LIMIT = 50 * 2**20  # bytes, unpacked (sitemaps.org, "Sitemap file")


@dataclass(frozen=True, slots=True)
class Entry:
    """One address. ``changed`` is its lastmod, else its publication date, as printed; None where neither is said."""

    url: str
    changed: str | None = None
    title: str | None = None
    published: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists, in its order, each address once. The entries of an index are sitemaps themselves.

    ``skipped`` counts entries that name no http or https address.
    """

    index: bool
    entries: tuple[Entry, ...]
    skipped: int = 0


def recognises(head: bytes) -> bool:
    """Whether bytes that begin like this are a sitemap or an index, packed or not."""
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 65536)
        except zlib.error:
            return False
    return _ROOTS.search(head[:65536].replace(b"\0", b"")) is not None


def parse(data: bytes, origin: str) -> Sitemap:
    """The addresses in a sitemap: XML, the same packed by gzip, or plain text with one address in each line.

    ``origin`` is the sitemap's own address. Raises :class:`kg.errors.TooLarge` and
    :class:`kg.errors.InvalidFormat` where it is none.
    """
    data = _unpacked(data, origin)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"http://", b"https://")):
        return _sitemap(False, [Entry(line) for line in data.decode("utf-8-sig", "replace").split()], origin)
    root = xml.parse(data, origin)
    kind = xml.local(root)
    if kind not in ("urlset", "sitemapindex"):
        raise InvalidFormat(f"is no sitemap: its root element is {kind!r}", origin=origin)
    return _sitemap(kind == "sitemapindex", [_entry(child) for child in root], origin)


def _unpacked(data: bytes, origin: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        made = inflate.decompress(data, _LIMIT + 1)
    except zlib.error as error:
        raise InvalidFormat(f"the packed sitemap is damaged ({error})", origin=origin) from None
    if len(made) > _LIMIT:
        raise TooLarge("the sitemap is over 50 MiB unpacked", origin=origin, size=len(made), limit=_LIMIT)
    if not inflate.eof:
        raise InvalidFormat("the packed sitemap ends in the middle", origin=origin)
    return made


def _entry(element: xml.Element) -> Entry:
    """The fields of ``url`` or ``sitemap`` and of the ``news:news`` in it."""
    found: dict[str, str] = {}
    news = [grand for child in element if xml.local(child) == "news" for grand in child]
    publication = [one for child in news if xml.local(child) == "publication" for one in child]
    for child in (*element, *news, *publication):
        name, text = xml.local(child), " ".join(normalise(child.text or "").split())
        if text:
            found.setdefault(name, text)
    return Entry(
        url=found.get("loc", ""),
        changed=found.get("lastmod") or found.get("publication_date"),
        title=found.get("title"),
        published=found.get("publication_date"),
        language=found.get("language"),
    )


def _sitemap(index: bool, entries: list[Entry], origin: str) -> Sitemap:
    made: dict[str, Entry] = {}
    skipped = 0
    for entry in entries:
        url = _absolute(entry.url, origin)
        if url is None:
            skipped += 1
        else:
            made.setdefault(url, Entry(url, entry.changed, entry.title, entry.published, entry.language))
    return Sitemap(index, tuple(made.values()), skipped)


def _absolute(url: str, origin: str) -> str | None:
    """The address, resolved against the sitemap's own for senders that abbreviate; None where it is none."""
    try:
        whole = urljoin(origin, url) if url and "://" in origin else url
        parts = urlsplit(whole)
    except ValueError:
        return None
    usable = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", whole)
    return whole if usable else None
