"""Pictures in HTML: their addresses, captions and credits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.extract import credit
from kg.extract.inline import absolute, line, text_of
from kg.extract.xml import Element

__all__ = ["Picture", "caption_of", "credited", "drawn", "is_caption", "picture"]

_SIGN = re.compile(r"(?:wp-smiley|emoji\w*|twemoji|smiley|emoticon)", re.IGNORECASE)
_CAPTION = re.compile(r"(?:\w+[-_]{1,2})*(?:fig)?caption(?:[-_]{1,2}\w+)*", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:\w+[-_]{1,2})*(?:credits?|photographer|copyright|attribution|source|photo-?by|byline)(?:[-_]{1,2}\w+)*",
    re.IGNORECASE,
)
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-orig-file", "data-large-file")
_NUMBER = re.compile(r"\s*(\d+)")
_TRACKS = 2  # pixels; a picture as small as this counts visits and shows nothing


@dataclass(slots=True)
class Picture:
    """A picture in the making; see :class:`kg.model.Image`."""

    url: str | None
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None


def picture(element: Element, base: str | None) -> Picture | None:
    """The picture an ``img`` shows, or None for a tracking pixel, an emoji and one without an address."""
    if drawn(element) or any(_tiny(element.get(side)) for side in ("width", "height")):
        return None
    candidates = [element.get("src"), *(element.get(name) for name in _LAZY), _largest(element)]
    url = next((found for found in (absolute(one, base) for one in candidates) if found), None)
    if url is None:
        return None
    return Picture(url, line(element.get("alt") or "") or None)


def drawn(element: Element) -> str:
    """The character that an emoji's picture stands for, or nothing."""
    if any(_SIGN.fullmatch(token) for token in (element.get("class") or "").split()):
        return element.get("alt") or ""
    return ""


def _tiny(size: str | None) -> bool:
    found = _NUMBER.match(size or "")
    return found is not None and len(found[1]) < 4 and int(found[1]) <= _TRACKS and "%" not in (size or "")


def _largest(element: Element) -> str | None:
    """The widest picture of a ``srcset`` (HTML Living Standard, section 4.8.4.2)."""
    best, width = None, -1.0
    for part in re.split(r",\s+", (element.get("srcset") or element.get("data-srcset") or "")[:20_000]):
        url, _, descriptor = part.strip().partition(" ")
        found = _NUMBER.match(descriptor)
        wide = float(found[1][:9]) if found else 1.0
        if url and wide > width:
            best, width = url, wide
    return best


def is_caption(element: Element) -> bool:
    """Whether the element's class says that it is a caption, or the box of a picture with its caption."""
    return any(_CAPTION.fullmatch(token) for token in (element.get("class") or "").split())


def caption_of(figure: Element) -> tuple[str | None, str | None]:
    """The caption and the credit in a picture's box; None for the part that is not there."""
    captions = [*figure.iter("figcaption")]
    if not captions:
        captions = [one for one in figure.iterdescendants() if isinstance(one.tag, str) and is_caption(one)]
        captions = captions[:1]
    credits_ = [
        one
        for one in figure.iterdescendants()
        if one.tag in ("span", "p", "small", "cite", "div", "em", "a", "footer", "figcaption")
        and (
            one.tag == "cite"
            or one.get("itemprop") in ("copyrightHolder", "creditText", "author", "creator")
            or any(_CREDIT.fullmatch(token) for token in (one.get("class") or "").split())
        )
        and one.find(".//img") is None
    ]
    maker = text_of(credits_[0]) if credits_ else ""
    words = line(" ".join(text_of(one) for one in captions if one not in credits_))
    if maker and words.endswith(maker):
        words = words[: -len(maker)].rstrip(" |–—-([")
    elif maker and maker in words:
        words = line(words.replace(maker, " ", 1))
    if maker:
        return words or None, (credit.caption(maker)[1] if credit.only_credit(maker) else None) or maker.strip(" ()[]")
    return credit.caption(words) if words else (None, None)


def credited(words: str) -> tuple[str | None, str | None]:
    """A caption in one line parted from the credit at its end; None for the part that is missing."""
    return credit.caption(words) if words else (None, None)
