"""RSS and Atom: the container that takes a feed apart and the reader of its items.

Each item becomes a small feed of its own with what the feed says of all its items (title, link, language, rights) and
nothing that changes from poll to poll, so that an unchanged item has unchanged bytes and can be read again alone.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from kg.errors import IncompleteArticle, InputError, TooLarge
from kg.extract import feeditems
from kg.extract.feedentry import article, guid, link
from kg.extract.feeditems import Broken, Feed, Item, children, name, text
from kg.extract.feedrescue import rescued
from kg.extract.inline import line, plain
from kg.extract.xml import Element
from kg.model import Article, Document, Gone, Unread

__all__ = ["FeedContainer", "FeedReader"]

WHOLE = 64 * 2**20  # bytes; a feed as a whole may be this large whatever the limit of one item
_MEDIA = {"rss": "application/rss+xml", "rdf": "application/rdf+xml", "atom": "application/atom+xml"}
_SAID = ("title", "link", "language", "copyright", "dc:language", "dc:publisher", "dc:rights", "dcterms:rights",
         "atom:title", "atom:id", "atom:author", "atom:rights", "atom:copyright")  # fmt: skip
# Counts and addresses of comments change with every comment, and the item does not.
_PASSING = ("slash:comments", "slash:hit_parade", "wfw:commentrss", "wfw:comment", "comments", "thr:total",
            "media:community")  # fmt: skip
_XML = "{http://www.w3.org/XML/1998/namespace}"


class FeedReader:
    """Reads the items of RSS 0.9x, 1.0 and 2.0 and of Atom, as :class:`FeedContainer` parts them or as a whole feed."""

    name: str = "feed"

    def recognises(self, document: Document) -> float:
        """0.95 for a document whose root is a feed or an Atom entry."""
        return 0.95 if feeditems.is_feed(document.data[: 64 * 1024]) else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """One article for each item. Raises :class:`kg.errors.InputError` for a broken feed or one without items."""
        feed = feeditems.items(document)
        for part in feed.parts:
            if isinstance(part, Broken):
                raise part.error
        made = tuple(
            article(part.element, feed)
            for part in feed.parts
            if isinstance(part, Item) and name(part.element) != "at:deleted-entry"
        )
        if not made:
            raise IncompleteArticle("the feed holds no item; there is nothing to read in it", origin=document.origin)
        return made


class FeedContainer:
    """Takes a feed apart: an item is a document, a tombstone (RFC 6721) word of what is gone."""

    name: str = "feed"

    def recognises(self, head: bytes, media_type: str | None) -> float:
        """0.95 for bytes that begin as a feed; what the sender calls them does not count."""
        del media_type
        return 0.95 if feeditems.is_feed(head) else 0.0

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread | Gone]:
        """The feed's items in its order, each once; what cannot be read is said with its line.

        Of several items with one identifier and address the newest is taken (RFC 4287, section 4.1.1); an identifier
        that items with different addresses share is none and left out.
        """
        most = max(limit, WHOLE)
        data = stream.read(most + 1)
        if len(data) > most:
            reason = f"the feed is larger than {most:,} bytes; ask for a shorter one"
            yield Unread(TooLarge(reason, origin=given.origin, size=len(data), limit=most))
            return
        whole = replace(given, data=data)
        try:
            feed = feeditems.items(whole)
        except InputError as error:
            yield Unread(error, whole if len(data) <= limit else None)
            return
        shared, newest = _same(feed)
        for number, part in enumerate(feed.parts, 1):
            if isinstance(part, Broken):
                yield from _mended(part, feed, given, number, limit)
            elif name(part.element) == "at:deleted-entry":
                yield from _gone(part.element, given)
            elif number in newest:
                yield _document(part, feed, given, number, limit, shared)


def _same(feed: Feed) -> tuple[frozenset[str], frozenset[int]]:
    """The identifiers that stand for different addresses, and the numbers of the items that no newer one replaces."""
    by_guid: dict[str, dict[str | None, tuple[str, int]]] = {}
    alone: set[int] = set()
    for number, part in enumerate(feed.parts, 1):
        if isinstance(part, Broken) or name(part.element) == "at:deleted-entry":
            continue
        key, address = guid(part.element), link(part.element, feed)[0]
        if key is None:
            alone.add(number)
            continue
        made = article(part.element, feed) if key in by_guid else None
        when = (made.date_modified or made.date_published or "") if made else ""
        known = by_guid.setdefault(key, {})
        if address not in known or when > known[address][0]:
            if address in known and not known[address][0]:
                first = article(feed.parts[known[address][1] - 1].element, feed)  # type: ignore[union-attr]
                if (first.date_modified or first.date_published or "") >= when:
                    continue
            known[address] = (when, number)
    shared = frozenset(key for key, known in by_guid.items() if len(known) > 1)
    return shared, frozenset(alone | {number for known in by_guid.values() for _, number in known.values()})


def _document(
    item: Item, feed: Feed, given: Document, number: int, limit: int, shared: frozenset[str]
) -> Document | Unread:
    place = f"{given.origin}#{number}"
    key, address = guid(item.element), link(item.element, feed)[0]
    if (
        key is None
        and address is None
        and not any(plain(text(one)) for one in item.element if name(one) not in _PASSING)
    ):
        reason = "the item holds neither title, text nor link; there is nothing to read in it"
        return Unread(IncompleteArticle(reason, origin=place, line=item.line))
    if key in shared:
        key = None
    data = _serialised(item.element, feed, keep_guid=key is not None)
    if len(data) > limit:
        reason = f"{len(data):,} bytes are over the limit of {limit:,}; raise the limit"
        return Unread(TooLarge(reason, origin=place, size=len(data), limit=limit))
    return replace(
        given,
        data=data,
        key=item_key(given, key, address, data),
        origin=address or place,
        media_type=_MEDIA[feed.kind],
    )


def item_key(given: Document, guid: str | None, address: str | None, data: bytes) -> str:
    """The key of a container's item: its identifier within the source, else its address, else its bytes."""
    if guid:
        return f"guid:{given.source.name}/{guid}"
    if address:
        return f"url:{given.source.name}/{address}"
    return f"{given.key}#{hashlib.sha256(data).hexdigest()[:16]}"


def _serialised(item: Element, feed: Feed, *, keep_guid: bool) -> bytes:
    """The item as a feed of its own, in UTF-8; the same item gives the same bytes whatever stands around it."""
    from lxml import etree

    if item is feed.root:
        root = copy.deepcopy(item)
        inner = root
    else:
        root = etree.Element(feed.root.tag, nsmap=feed.root.nsmap)
        for key in ("version", f"{_XML}base", f"{_XML}lang"):
            if feed.root.get(key) is not None:
                root.set(key, feed.root.get(key))
        place = root
        if feed.channel is not feed.root:
            place = etree.SubElement(root, feed.channel.tag)
            for key, value in feed.channel.attrib.items():
                place.set(key, value)
        for one in feed.said(*_SAID):
            if name(one) != "atom:link":
                place.append(_bare(one))
        for one in feed.said("atom:link"):
            if one.get("rel", "alternate") == "alternate":
                place.append(_bare(one))
        inner = _bare(item)
        (root if feed.kind == "rdf" and name(item.getparent()) == "rdf:rdf" else place).append(inner)
    for one in [*inner]:
        replies = name(one) == "atom:link" and one.get("rel") == "replies"
        if name(one) in _PASSING or replies or (name(one) in ("guid", "atom:id") and not keep_guid):
            inner.remove(one)
    etree.cleanup_namespaces(root)
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return made


def _bare(element: Element) -> Element:
    made = copy.deepcopy(element)
    made.tail = None
    return made


def _mended(part: Broken, feed: Feed, given: Document, number: int, limit: int) -> Iterator[Document | Unread]:
    """A broken item as feedparser reads it where it is there from end to end, else word of its loss."""
    raw = part.markup.encode("utf-8", "replace")
    data = rescued(part.markup, feed, given.origin) if part.whole and 0 < len(raw) <= limit else None
    if data is None:
        kept = replace(given, data=raw, key=item_key(given, None, None, raw), origin=f"{given.origin}#{number}")
        yield Unread(part.error, kept if 0 < len(raw) <= limit else None)
        return
    again = feeditems.items(replace(given, data=data, media_type=None))
    for item in again.parts:
        if isinstance(item, Item):
            yield _document(item, again, given, number, limit, frozenset())


def _gone(element: Element, given: Document) -> Iterator[Gone]:
    ref = line(element.get("ref") or "")
    if not ref:
        return
    comment = next((plain(text(one)) for one in children(element, "at:comment")), "")
    yield Gone(
        (f"guid:{given.source.name}/{ref}",),
        given.origin,
        given.source,
        f"the feed says that the entry was deleted{': ' + comment[:300] if comment else ''}",
    )
