"""What ``contentSet`` of a NewsML-G2 item holds: the story as XHTML, NITF or text, and renditions of pictures."""

from __future__ import annotations

import base64
import binascii
import re

from kg.extract import inlinexml, nitf, wirehtml
from kg.extract.inlinexml import Story, child, children
from kg.extract.xml import Element, local, text_of
from kg.model import Image

__all__ = ["inline", "kind", "linked", "picture", "story", "xml"]

_HTML = frozenset(("html", "body", "div", "section", "article", "p", "main"))
_KINDS = {"image": "picture", "video": "video", "audio": "audio"}
_SMALL = re.compile(r"thumb|icon|preview|lowres", re.IGNORECASE)


def story(item: Element) -> tuple[Story, str]:
    """The story and where it stood: of several forms of it the longest one, the first on a tie."""
    best, place, size = Story(), "", -1
    for one in children(child(item, "contentSet"), "inlineXML", "inlineData"):
        found, name = xml(one) if local(one) == "inlineXML" else (_data(one), "contentSet/inlineData")
        length = sum(len(paragraph.text) for paragraph in found.paragraphs)
        if length > size:
            best, place, size = found, name, length
    return best, place


def inline(item: Element) -> list[Element]:
    """The root elements of the XML that an item carries."""
    return [one for part in children(child(item, "contentSet"), "inlineXML") for one in part]


def kind(item: Element) -> str | None:
    """What an item is by its remote content, where it holds no text and no class says."""
    content = child(item, "contentSet")
    if children(content, "inlineXML", "inlineData"):
        return None
    types = [(one.get("contenttype") or "").partition("/")[0].lower() for one in children(content, "remoteContent")]
    return next((_KINDS[one] for one in types if one in _KINDS), None)


def picture(item: Element) -> str | None:
    """The address of the largest picture among an item's renditions, or None."""
    from kg.extract.inline import absolute

    found: list[tuple[bool, int, int, str]] = []
    for place, one in enumerate(children(child(item, "contentSet"), "remoteContent")):
        url = absolute(one.get("href"))
        if url and (one.get("contenttype") or "image/").lower().startswith("image/"):
            width = (one.get("width") or "").strip()
            small = _SMALL.search(one.get("rendition") or "") is not None
            found.append((not small, int(width) if width.isdecimal() and len(width) < 7 else 0, -place, url))
    return max(found)[3] if found else None


def linked(link: Element) -> Image:
    """The picture that a link to another item stands for."""
    from kg.extract.inline import absolute

    captions = children(link, "description") + children(link, "title") + children(link, "headline")
    caption = next((text for one in captions if (text := text_of(one))), None)
    credit = next((text for one in children(link, "creditline") if (text := text_of(one))), None)
    return Image(caption, credit, absolute(link.get("href")), None)


def xml(part: Element) -> tuple[Story, str]:
    """The story in an element that holds NITF, XHTML, HTML in a CDATA section or text, and which of them it was."""
    inner = [one for one in part.iter() if one is not part]
    for one in inner:
        if local(one).lower() == "nitf":
            return _nitf(one), "contentSet/inlineXML (NITF)"
    for one in inner:
        name = local(one).lower()
        if name in _HTML:
            whole = one if name in {"html", "body", "article", "main"} or len(part) == 1 else part
            return inlinexml.html(whole), "contentSet/inlineXML (XHTML)"
    text = "".join(part.itertext())
    if len(part) == 0 and re.search(r"</?(?:p|div|br|h\d|body|ul)\b[^<>]*>", text):
        return wirehtml.story(text), "contentSet/inlineXML (HTML)"  # senders who put HTML into a CDATA section
    return (inlinexml.plain(text) if len(part) == 0 else Story()), "contentSet/inlineXML"


def _nitf(root: Element) -> Story:
    found = nitf.article(root)
    above = child(root, "body", "body.head")
    byline = " ".join(text_of(one) for one in children(above, "byline")[:1])
    return Story(
        found.paragraphs,
        found.images,
        found.dropped,
        found.headline,
        found.abstract or "",
        byline,
        found.dateline or "",
    )


def _data(part: Element) -> Story:
    """The story of ``inlineData``: text as it is, or behind base64; other encodings and types are not read."""
    media = (part.get("contenttype") or "text/plain").partition(";")[0].strip().lower()
    if not media.startswith("text/"):
        return Story()
    text = "".join(part.itertext())
    encoding = (part.get("encoding") or part.get("encodinguri") or "").strip().lower()
    if encoding and not re.search(r"b(?:ase)?-?64$", encoding):
        return Story()
    if encoding:
        try:
            text = base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return Story()
    if media == "text/html":
        return wirehtml.story(text)
    return inlinexml.plain(text)
