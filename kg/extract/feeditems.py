"""A feed taken apart into its items, well-formed or not: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0.

A feed that is well-formed XML is read as such. Of one that is not, the harmless slip (a bare ``&``) is mended first;
then each item is cut out and read alone, so that a broken one costs no other. What cannot be read is a
:class:`Broken` with its line: nothing is lost unsaid. Names are those of the elements without their prefixes' whims:
``title``, ``atom:link``, ``dc:creator``, ``media:content``; the namespaces of RSS have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.errors import EncodingError, InputError, InvalidFormat
from kg.extract import xml
from kg.extract.charset import decode_page
from kg.extract.decode import charset
from kg.extract.xml import Element
from kg.model import Document

__all__ = ["Broken", "Feed", "Item", "children", "is_feed", "items", "name", "text"]

_PREFIXES = {
    "": "",
    "purl.org/rss/1.0": "",
    "backend.userland.com/rss": "",
    "backend.userland.com/rss2": "",
    "backend.userland.com/rss091": "",
    "blogs.law.harvard.edu/tech/rss": "",
    "cyber.law.harvard.edu/rss": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "my.netscape.com/publish/formats/rss-0.91.dtd": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "purl.org/net/rss1.1": "",
    "www.w3.org/2005/atom": "atom",
    "purl.org/atom/ns": "atom",
    "www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/dc/elements/1.0": "dc",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/terms": "dcterms",
    "search.yahoo.com/mrss": "media",
    "search.yahoo.com/rss": "media",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "www.w3.org/2007/app": "app",
    "purl.org/atom/app": "app",
    "purl.org/atompub/tombstones/1.0": "at",
    "purl.org/rss/1.0/modules/slash": "slash",
    "wellformedweb.org/commentapi": "wfw",
    "purl.org/syndication/thread/1.0": "thr",
    "www.w3.org/1999/xhtml": "xhtml",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
}
_ATOM = "http://www.w3.org/2005/Atom"
_BARE = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)")
_NUMBERED = re.compile(
    r"&#(?:(\d{1,7})|[xX]([0-9a-fA-F]{1,6}));(?:&#(?:(5[67]\d{3})|[xX]([dD][c-fC-F][0-9a-fA-F]{2}));)?"
)
_NAMED = re.compile(r"&[A-Za-z][A-Za-z0-9]{1,31};")
_FIRST = re.compile(r"<(?P<tag>(?:[\w.-]+:)?(?:item|entry))(?=[\s>])")
_ROOT = re.compile(r"<(?P<tag>(?:[\w.-]+:)?(?:rss|feed|RDF))(?=[\s>])[^>]*>", re.IGNORECASE)
_CHANNEL = re.compile(r"<(?P<tag>(?:[\w.-]+:)?channel)(?=[\s>])[^>]*>")


@dataclass(frozen=True, slots=True)
class Item:
    """One item's element and the line it stands on."""

    element: Element
    line: int | None


@dataclass(frozen=True, slots=True)
class Broken:
    """What could not be read of a feed. ``markup`` is the item as printed; ``whole`` tells that all of it is there."""

    error: InputError
    markup: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its ``kind`` (``rss``, ``rdf`` or ``atom``), its root, the element with its title, its parts in order.

    ``head`` are the elements that speak of the feed itself: the channel's children that are no items.
    """

    kind: str
    root: Element
    channel: Element
    parts: tuple[Item | Broken, ...]
    head: tuple[Element, ...] = ()

    def said(self, *wanted: str) -> list[Element]:
        """The elements of these names that speak of the feed itself, in order."""
        return [one for one in self.head if name(one) in wanted]


def name(element: Element) -> str:
    """The element's name with the usual prefix of its namespace, in lower case; unknown ones keep their IRI."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    space, brace, bare = tag.rpartition("}")
    if not brace:
        return bare.lower()
    prefix = _prefix(space[1:])
    return f"{prefix}:{bare.lower()}" if prefix else bare.lower()


def _prefix(space: str) -> str:
    """The usual prefix of a namespace, whose IRI is written with ``https`` or without its last sign now and then."""
    return _PREFIXES.get(re.sub(r"^https?://|[/#]+$", "", space.strip()).lower(), space)


def children(element: Element, *wanted: str) -> list[Element]:
    """The element's children of these names, in order."""
    return [one for one in element if name(one) in wanted]


def text(element: Element | None) -> str:
    """The text in the element and below, as written; empty for None."""
    return "".join(element.itertext()) if element is not None else ""


def is_feed(head: bytes) -> bool:
    """Whether a document that begins with these bytes is a feed, or one entry of Atom."""
    root = xml.root_of(head)
    if root is None:
        return False
    bare = root[0].rpartition(":")[2].lower()
    if bare == "rss":
        return True
    if bare in ("feed", "entry"):
        return _prefix(root[1]) == "atom" or (bare == "feed" and not root[1])
    return bare == "rdf" and re.search(rb"<(?:\w+:)?(?:channel|item)[\s>]", head.replace(b"\0", b"")) is not None


def items(document: Document) -> Feed:
    """The feed in a document, its items in order.

    Raises :class:`kg.errors.InputError` where nothing of it can be read (declared entities, no feed at all).
    """
    data, origin = document.data, document.origin
    claim = charset(document.media_type)
    try:
        return _read(xml.parse(data, origin, charset=claim), origin)
    except (InvalidFormat, EncodingError) as error:
        if b"<!ENTITY" in data.replace(b"\0", b""):
            raise
        first = error
    source = _decoded(document, first)
    mended = _mend(source)
    try:
        return _read(xml.parse(mended.encode("utf-8", "replace"), origin, charset="utf-8"), origin)
    except InvalidFormat:
        return _cut(mended, origin, first)


def _decoded(document: Document, first: InputError) -> str:
    """The feed's text by the rules that pages are decoded by: feeds mix encodings as pages do."""
    try:
        found = decode_page(document)
    except InputError:
        raise first from None
    return re.sub(r"^\ufeff?\s*<\?xml\b[^>]*\?>", "", found)


def _mend(source: str) -> str:
    """The text with each ``&`` that begins no reference written as one, and without references to no character.

    Halves of a UTF-16 pair that stand side by side make their character. Line numbers stay.
    """
    kept: list[str] = []
    at = 0
    for start, end in _islands(source):
        kept.append(_BARE.sub(_ampersand, _NUMBERED.sub(_character, source[at:start])))
        kept.append(source[start:end])
        at = end
    kept.append(_BARE.sub(_ampersand, _NUMBERED.sub(_character, source[at:])))
    return "".join(kept)


def _character(found: re.Match[str]) -> str:
    first, second = (
        int(ten) if ten else int(sixteen, 16) if sixteen else -1
        for ten, sixteen in ((found[1], found[2]), (found[3], found[4]))
    )
    if 0xD800 <= first < 0xDC00 and 0xDC00 <= second < 0xE000:
        return f"&#{0x10000 + ((first - 0xD800) << 10) + second - 0xDC00};"
    return "".join(
        f"&#{one};"
        for one in (first, second)
        if one in (9, 10, 13) or 0x20 <= one < 0xD800 or 0xE000 <= one < 0xFFFE or 0x10000 <= one < 0x110000
    )


def _ampersand(found: re.Match[str]) -> str:
    named = _NAMED.match(found.string, found.start())
    from html.entities import html5

    return "&" if named and named.group()[1:] in html5 else "&amp;"


def _islands(source: str) -> Iterator[tuple[int, int]]:
    """The places of CDATA sections and comments. A section that holds another's beginning was never closed."""
    at = 0
    while (start := source.find("<!", at)) >= 0:
        if source.startswith("<![CDATA[", start):
            end, closing = source.find("]]>", start), 3
            again = source.find("<![CDATA[", start + 9, end if end >= 0 else start)
        elif source.startswith("<!--", start):
            end, closing, again = source.find("-->", start), 3, -1
        else:
            at = start + 2
            continue
        if end < 0 or again >= 0:
            at = start + 9 if again < 0 else again
            if end < 0:
                return
            continue
        at = end + closing
        yield start, at


def _read(root: Element, origin: str) -> Feed:
    if root.tag == "feed":  # Atom whose sender forgot the namespace
        for one in root.iter():
            if isinstance(one.tag, str) and not one.tag.startswith("{"):
                one.tag = f"{{{_ATOM}}}{one.tag}"
    kind = _kind(root)
    if kind is None:
        raise InvalidFormat("the XML is no feed: its root is no rss, rdf:RDF or feed element", origin=origin)
    if kind == "atom":
        return Feed(kind, root, root, _parts(root, "atom:entry", "at:deleted-entry"), _about(root))
    channel = next(iter(children(root, "channel")), root)
    inside = _parts(channel, "item", "at:deleted-entry")
    beside = _parts(root, "item") if channel is not root else ()
    return Feed(kind, root, channel, inside + beside, _about(channel))


def _about(channel: Element) -> tuple[Element, ...]:
    if name(channel) == "atom:entry":
        return ()
    return tuple(one for one in channel if name(one) not in ("item", "atom:entry", "at:deleted-entry", ""))


def _kind(root: Element) -> str | None:
    named = name(root)
    if named in ("atom:feed", "atom:entry"):
        return "atom"
    if named == "rss":
        return "rss"
    if named == "rdf:rdf" and children(root, "channel", "item"):
        return "rdf"
    return None


def _parts(parent: Element, *wanted: str) -> tuple[Item | Broken, ...]:
    if name(parent) in wanted:
        return (Item(parent, parent.sourceline),)
    return tuple(Item(one, one.sourceline) for one in children(parent, *wanted))


# ---- feeds that are not well-formed -------------------------------------------------------------------------------


def _cut(source: str, origin: str, first: InputError) -> Feed:
    """The feed with each item cut out of the text and read alone."""
    seen = _masked(source)
    root = _ROOT.search(seen)
    begins = [*_FIRST.finditer(seen)]
    if root is None or not begins or begins[0].start() < root.end():
        raise first
    channel = _CHANNEL.search(seen, root.end(), begins[0].start())
    rdf = root["tag"].lower().endswith("rdf")
    opening = source[root.start() : root.end()]
    closing = f"</{root['tag']}>"
    inner, outer = (source[slice(*channel.span())], f"</{channel['tag']}>") if channel and not rdf else ("", "")
    head = _head(source[root.end() if not channel else channel.end() : begins[0].start()])
    if rdf and channel:
        head = f"{source[slice(*channel.span())]}{head}</{channel['tag']}>"
    wrap = (opening + inner + head, outer + closing)
    outside = _alone(wrap[0] + wrap[1], origin)
    if outside is None:
        outside = _alone(opening + inner + outer + closing, origin)
    if outside is None:
        raise first
    frame = _read(outside, origin)
    parts: list[Item | Broken] = []
    line, at, stop = 1, 0, 0
    for number, begin in enumerate(begins):
        limit = begins[number + 1].start() if number + 1 < len(begins) else len(source)
        line += source.count("\n", at, begin.start())
        at = begin.start()
        end = seen.find(f"</{begin['tag']}", begin.end(), limit)
        stop = seen.find(">", end, limit) + 1 if end >= 0 else 0
        if not stop:
            reason = "the item is not closed; the feed is cut off or broken here, ask its sender for well-formed XML"
            parts.append(Broken(InvalidFormat(reason, origin=origin, line=line), source[begin.start() : limit], False))
            continue
        markup = source[begin.start() : stop]
        alone = _alone(opening + inner + markup + outer + closing, origin)
        read = _read(alone, origin).parts if alone is not None else ()
        if len(read) == 1 and isinstance(read[0], Item):
            parts.append(replace(read[0], line=line))
            continue
        reason = f"the item is no well-formed XML ({_why(opening + inner + markup + outer + closing, origin)})"
        parts.append(Broken(InvalidFormat(reason, origin=origin, line=line), markup))
    if seen.find(f"</{root['tag']}") < 0 and stop:
        reason = f"the feed ends before it is closed; what came after its item {len(begins)} is not there"
        parts.append(Broken(InvalidFormat(reason, origin=origin, line=source.count("\n") + 1)))
    return replace(frame, parts=tuple(parts))


def _masked(source: str) -> str:
    """The text with CDATA sections and comments blanked, so that places in it are places of markup."""
    kept: list[str] = []
    at = 0
    for start, end in _islands(source):
        kept.append(source[at:start])
        kept.append(" " * (end - start))
        at = end
    kept.append(source[at:])
    return "".join(kept)


def _head(source: str) -> str:
    """Of the text between the feed's beginning and its first item the elements that describe it, each whole."""
    seen = _masked(source)
    kept = []
    for wanted in ("title", "link", "language", "copyright", "rights", "dc:language", "dc:publisher", "id", "author"):
        found = re.search(rf"<({wanted})(?:\s[^>]*)?(?:/>|>)", seen)
        if found is None:
            continue
        end = found.end() if found.group().endswith("/>") else seen.find(f"</{wanted}>", found.end())
        if end >= 0:
            kept.append(source[found.start() : end] + ("" if found.group().endswith("/>") else f"</{wanted}>"))
    return "".join(kept)


def _alone(markup: str, origin: str) -> Element | None:
    try:
        return xml.parse(markup.encode("utf-8", "replace"), origin, charset="utf-8")
    except InputError:
        return None


def _why(markup: str, origin: str) -> str:
    try:
        xml.parse(markup.encode("utf-8", "replace"), origin, charset="utf-8")
    except InputError as error:
        found = re.search(r"\((.*)\)", error.reason)
        return re.sub(r" line \d+", "", found[1] if found else error.reason)
    return "it holds another item"


def readable(data: bytes, origin: str) -> bool:
    """Whether the bytes are well-formed XML within the limits."""
    try:
        xml.parse(data, origin, charset="utf-8")
    except InputError:
        return False
    return True
