"""The pictures that a feed's item shows beside its text: Media RSS 1.5, enclosures of RSS and of Atom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from kg.extract import credit
from kg.extract.feeditems import children, name, text
from kg.extract.inline import absolute, plain
from kg.extract.xml import Element
from kg.model import Image

__all__ = ["pictures"]

_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|tiff?)(?:[?#]|$)", re.IGNORECASE)


def pictures(item: Element, base: str | None, people: Set[str] = frozenset()) -> tuple[tuple[Image, ...], bool]:
    """The pictures and whether there are any: they stand for the item, so the first one is its leading picture.

    Of a group only the widest is taken: the others are the same picture in other sizes. A picture whose title is the
    name of one of the ``people`` who wrote the item is their portrait.
    """
    found: list[Image] = []
    for content, around in _contents(item):
        title = next(iter(children(content, "media:title")), None)
        if title is not None and plain(text(title)) in people:
            continue
        url = absolute((content.get("url") or "").strip(), base)
        if url is None or any(one.url == url for one in found):
            continue
        made = Image(_words(content, around, "media:description"), _credit(content, around), url)
        found.append(made)
    if not found:
        for one in children(item, "media:thumbnail") + [
            thumb for group in children(item, "media:group") for thumb in children(group, "media:thumbnail")
        ]:
            if url := absolute((one.get("url") or "").strip(), base):
                found.append(Image(_words(one, item, "media:description"), _credit(one, item), url))
                break
    for one in children(item, "enclosure", "atom:link"):
        if name(one) == "atom:link" and one.get("rel") != "enclosure":
            continue
        url = absolute((one.get("url") or one.get("href") or "").strip(), base)
        if url and one.get("type", "").lower().startswith("image/") and all(other.url != url for other in found):
            found.append(Image(url=url))
    return tuple(found), bool(found)


def _contents(item: Element) -> Iterator[tuple[Element, Element]]:
    """Each picture's element and the element whose words are about it too."""
    alone = _sizes([one for one in children(item, "media:content") if _is_picture(one)])
    for one in alone:
        yield one, item if len(alone) == 1 else one
    for group in children(item, "media:group"):
        shown = [one for one in children(group, "media:content") if _is_picture(one)]
        if shown:
            yield max(shown, key=_width), group


def _sizes(shown: list[Element]) -> list[Element]:
    """The pictures; where all have the same words and each another width they are one in several sizes."""
    words = {(_words(one, one, "media:description"), _credit(one, one)) for one in shown}
    widths = {_width(one) for one in shown}
    if len(shown) > 1 and len(words) == 1 and words != {(None, None)} and len(widths) == len(shown) and 0 not in widths:
        return [max(shown, key=_width)]
    return shown


def _is_picture(content: Element) -> bool:
    type_, medium = content.get("type", "").lower(), content.get("medium", "").lower()
    if type_ or medium:
        return type_.startswith("image/") or (medium == "image" and not type_.startswith(("video/", "audio/")))
    return _FILE.search(content.get("url") or "") is not None


def _width(content: Element) -> int:
    digits = re.match(r"\d{1,6}", content.get("width", "").strip())
    return int(digits.group()) if digits else 0


def _words(content: Element, around: Element, wanted: str) -> str | None:
    for element in (content, around):
        for one in children(element, wanted):
            if found := plain(text(one)):
                return found
    return None


def _credit(content: Element, around: Element) -> str | None:
    for element in (content, around):
        makers = [plain(text(one)) for one in children(element, "media:credit")]
        if found := ", ".join(dict.fromkeys(one for one in makers if one)):
            return (credit.caption(found)[1] if credit.only_credit(found) else None) or found
    return None
