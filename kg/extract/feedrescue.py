"""Items of feeds that no XML parser takes, read as feed readers do and written anew."""

from __future__ import annotations

import io
from html import escape
from typing import Any

from kg.extract import feeditems
from kg.extract.feeditems import Feed, text
from kg.extract.inline import plain

__all__ = ["rescued"]

_LARGEST = 512 * 1024  # characters; feedparser's loose parser is slow


def rescued(markup: str, feed: Feed, origin: str) -> bytes | None:
    """A broken item as a well-formed RSS feed of its own, or None where feedparser finds no title and text in it.

    ``markup`` must be the whole item. Only what feedparser finds is written; no page is fetched.
    """
    if len(markup) > _LARGEST:
        return None
    import feedparser

    shell = (
        f"<feed xmlns='http://www.w3.org/2005/Atom'>{markup}</feed>"
        if feed.kind == "atom"
        else (f"<rss version='2.0' {_SPACES}><channel>{markup}</channel></rss>")
    )
    # A stream, never bytes or text: those feedparser may take for an address or a file's name.
    found = feedparser.parse(io.BytesIO(shell.encode("utf-8", "replace")), sanitize_html=False,
                             resolve_relative_uris=False)  # fmt: skip
    if len(found.entries) != 1:
        return None
    parts: Any = found.entries[0]
    # feedparser gives None for parts it found nothing in, and its own ``get`` answers one name with another's value
    entry = {name: value for name, value in dict.items(parts) if isinstance(value, str)}
    body = max((one.get("value") or "" for one in parts.get("content", [])), key=len, default="")
    summary = entry.get("summary", "")
    if not plain(entry.get("title", "")) or not (plain(body) or plain(summary) or entry.get("link")):
        return None
    said = [
        ("title", entry.get("title")),
        ("link", entry.get("link")),
        ("guid", entry.get("id")),
        ("description", summary if summary != body else ""),
        ("content:encoded", body),
        ("pubDate", entry.get("published")),
        ("atom:updated", entry.get("updated") if entry.get("updated") != entry.get("published") else ""),
        *(("dc:creator", one.get("name")) for one in parts.get("authors", [])),
        *(("category", one.get("term")) for one in parts.get("tags", [])),
        ("dc:rights", entry.get("rights")),
    ]
    title = next((plain(text(one)) for one in feed.said("title", "atom:title")), "")
    home = next((text(one) or one.get("href") or "" for one in feed.said("link", "atom:link")), "")
    language = next((text(one) for one in feed.said("language", "dc:language")), "")
    head = [("title", title), ("link", home), ("language", language)]
    made = (
        f"<rss version='2.0' {_SPACES}><channel>{_written(head)}<item>{_written(said)}</item></channel></rss>"
    ).encode("utf-8", "replace")
    return made if feeditems.readable(made, origin) else None


_SPACES = (
    "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
    " xmlns:atom='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/'"
)


def _written(said: list[tuple[str, Any]]) -> str:
    return "".join(
        f"<{name}>{escape(value, quote=False)}</{name}>"
        for name, value in said
        if isinstance(value, str) and value.strip()
    )
