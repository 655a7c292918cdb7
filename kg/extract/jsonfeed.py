"""JSON Feed 1.0 and 1.1: the container that takes a feed apart and the reader of its items.

Follows jsonfeed.org/version/1.1. A feed that is cut off gives the items that are whole.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from kg.errors import IncompleteArticle, InputError, InvalidFormat, TooLarge
from kg.extract import values
from kg.extract.edges import trimmed
from kg.extract.feed import WHOLE, item_key
from kg.extract.fragment import Fragment, paragraphs, text_paragraphs
from kg.extract.inline import absolute, line
from kg.extract.json import loads
from kg.extract.jsonl import JsonArray
from kg.extract.tag import tag
from kg.model import Article, Document, Image, Unread

__all__ = ["JsonFeedContainer", "JsonFeedReader"]

_VERSION = re.compile(
    rb'\s*(?:\xef\xbb\xbf)?\s*\{(?:.*?[,{\s])??"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org\\?/version', re.DOTALL
)
_ITEMS = re.compile(rb'"items"\s*:\s*(?=\[)')
_SAID = ("version", "title", "home_page_url", "language", "author", "authors")


class JsonFeedReader:
    """Reads the items of a JSON Feed, as :class:`JsonFeedContainer` parts them or as a whole feed."""

    name: str = "jsonfeed"

    def recognises(self, document: Document) -> float:
        """0.95 for a JSON object whose ``version`` is that of JSON Feed."""
        return 0.95 if _VERSION.match(document.data[: 64 * 1024]) else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """One article for each item. Raises :class:`kg.errors.InputError` for broken JSON or a feed without items."""
        feed = _feed(loads(document.data, document.origin), document.origin)
        items = feed.get("items")
        made = tuple(_article(one, feed) for one in items if isinstance(one, dict)) if isinstance(items, list) else ()
        if not made:
            raise IncompleteArticle("the feed holds no item; there is nothing to read in it", origin=document.origin)
        return made


class JsonFeedContainer:
    """Takes a JSON Feed apart: each item becomes a feed of its own with what the feed says of all its items."""

    name: str = "jsonfeed"

    def recognises(self, head: bytes, media_type: str | None) -> float:
        """0.95 for bytes that begin as a JSON Feed; what the sender calls them does not count."""
        del media_type
        return 0.95 if _VERSION.match(head) else 0.0

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread]:
        """The items in the feed's order. Of a feed that is cut off the whole items are read, and the loss is said."""
        most = max(limit, WHOLE)
        data = stream.read(most + 1)
        if len(data) > most:
            reason = f"the feed is larger than {most:,} bytes; ask for a shorter one"
            yield Unread(TooLarge(reason, origin=given.origin, size=len(data), limit=most))
            return
        try:
            feed = _feed(loads(data, given.origin), given.origin)
        except InputError as error:
            yield from _rescued(data, given, limit, error)
            return
        items = feed.get("items")
        for number, item in enumerate(items if isinstance(items, list) else [], 1):
            yield _document(item, feed, given, number, limit)


def _feed(value: object, origin: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise InvalidFormat("the JSON Feed is no object", origin=origin)
    return value


def _rescued(data: bytes, given: Document, limit: int, error: InputError) -> Iterator[Document | Unread]:
    """The whole items of a feed that as a whole is no JSON, then word of what is wrong with it."""
    found = _ITEMS.search(data)
    head: Mapping[str, object] = {}
    if found is not None:
        try:
            head = _feed(loads(data[: found.start()].rstrip().rstrip(b",") + b"}", given.origin), given.origin)
        except InputError:
            found = None
    if found is not None:
        inner = io.BytesIO(data[found.end() :])
        for number, one in enumerate(JsonArray().documents(inner, given, limit=limit), 1):
            if isinstance(one, Unread):
                if one.document is not None:
                    yield one
                continue
            try:
                yield _document(loads(one.data, one.origin), head, given, number, limit)
            except InputError as broken:
                yield Unread(broken, one)
    yield Unread(error)


def _document(item: object, feed: Mapping[str, object], given: Document, number: int, limit: int) -> Document | Unread:
    place = f"{given.origin}#{number}"
    if not isinstance(item, dict):
        return Unread(InvalidFormat("the item is no object", origin=place, path=f"/items/{number - 1}"))
    if not any(item.get(name) for name in ("title", "content_html", "content_text", "summary", "url")):
        reason = "the item holds neither title, text nor address; there is nothing to read in it"
        return Unread(IncompleteArticle(reason, origin=place))
    alone = {name: feed[name] for name in _SAID if name in feed} | {"items": [item]}
    data = json.dumps(alone, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    if len(data) > limit:
        reason = f"{len(data):,} bytes are over the limit of {limit:,}; raise the limit"
        return Unread(TooLarge(reason, origin=place, size=len(data), limit=limit))
    address = _address(item, feed)
    key = item_key(given, values.string(item.get("id")), address, data)
    return replace(given, data=data, key=key, origin=address or place, media_type="application/feed+json")


def _address(item: Mapping[str, object], feed: Mapping[str, object]) -> str | None:
    url, home = item.get("url"), feed.get("home_page_url")
    return absolute(url, home if isinstance(home, str) else None) if isinstance(url, str) else None


def _article(item: Mapping[str, object], feed: Mapping[str, object]) -> Article:
    url = _address(item, feed)
    home = feed.get("home_page_url")
    base = url or (home if isinstance(home, str) else None)
    title = values.string(item.get("title")) or ""
    whole, body_rule = _body(item, base)
    edges = trimmed(whole, title)
    body = edges.fragment
    summary = values.string(item.get("summary"))
    said_by, authors_rule = values.first(item, "authors", "author")
    if said_by is None:
        said_by, authors_rule = values.first(feed, "authors", "author")
        authors_rule = f"{authors_rule} of the feed"
    authors = values.authors(said_by) if said_by is not None else ()
    if edges.authors and (not authors or authors_rule.endswith("feed")):
        authors, authors_rule = edges.authors, "byline in the text"
    hero = values.images(item.get("image") or item.get("banner_image"), base)
    attached = item.get("attachments")
    shown = values.images(
        [
            one.get("url")
            for one in (attached if isinstance(attached, list) else [])
            if isinstance(one, dict) and str(one.get("mime_type", "")).startswith("image/")
        ],
        base,
    )
    images: dict[str | None, Image] = {}
    for one in (*hero, *body.images, *shown):
        known = images.get(one.url)
        images[one.url] = one if known is None else replace(one, url=known.url)
    own = tag(item.get("language"))
    language = own or tag(feed.get("language"))
    published, modified = values.moment(item.get("date_published")), values.moment(item.get("date_modified"))
    identifier = values.string(item.get("id"))
    keywords = values.keywords(item.get("tags"))
    publisher = values.string(feed.get("title"))
    won = (
        ("headline", "title" if title else ""),
        ("paragraphs", body_rule or "none: the feed gives no text beside the summary"),
        ("abstract", "summary" if summary else ""),
        ("images", "image" if hero else "content" if images else ""),
        ("publisher", "title of the feed" if publisher else ""),
        ("authors", authors_rule if authors else ""),
        ("date_published", "date_published" if published else ""),
        ("date_modified", "date_modified" if modified else ""),
        ("language", ("language" if own else "language of the feed") if language else ""),
        ("url", "url" if url else ""),
        ("identifier", "id" if identifier else ""),
        ("keywords", "tags" if keywords else ""),
        ("corrections", "notice" if edges.corrections else ""),
    )
    return Article(
        headline=title,
        paragraphs=body.paragraphs,
        abstract=summary,
        images=tuple(images.values()),
        hero=bool(hero),
        publisher=publisher,
        authors=authors,
        date_published=published,
        date_modified=modified,
        language=language,
        url=url,
        corrections=edges.corrections,
        dropped=body.dropped,
        won=tuple(pair for pair in won if pair[1]),
        identifier=identifier,
        keywords=keywords,
    )


def _body(item: Mapping[str, object], base: str | None) -> tuple[Fragment, str]:
    html, text = item.get("content_html"), item.get("content_text")
    if isinstance(html, str) and line(html):
        made = paragraphs(html, base=base)
        if made.paragraphs:
            return made, "content_html"
    if isinstance(text, str) and line(text):
        return Fragment(text_paragraphs(text)), "content_text"
    return Fragment(), ""
