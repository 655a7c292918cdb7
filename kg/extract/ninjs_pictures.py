"""The pictures of a ninjs item: its associations that are pictures, or its own renditions."""

from __future__ import annotations

import re

from kg.extract.inline import absolute
from kg.extract.ninjs_item import Item, one_line, ranked, role
from kg.extract.words import words
from kg.model import Image

__all__ = ["pictures", "pictures_at"]

_PICTURES = words("picture graphic image photo")
_LEAD = words("main mainpic mainpicture mainimage featuremedia featureimage featured hero lead leadimage teaser top")
_WEB = re.compile(r"image/(?:jpe?g|png|webp|gif|avif|svg\+xml)\b", re.IGNORECASE)
_WEB_NAME = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|$)", re.IGNORECASE)
_NO_CAPTION = words(
    "creditline credit writer captionwriter byline alt alttext copyright keywords shotlist correction corrections"
    " script note keypoints"
)


def pictures(item: Item) -> tuple[tuple[Image, ...], bool]:
    """The pictures, the one named as the main one first and logos last, and whether the first one is the article's."""
    if item.text("type").lower() in _PICTURES:
        own = _picture(item)
        return ((own,) if own else ()), own is not None
    found: list[tuple[int, Image, bool]] = []
    seen: set[Image] = set()
    for one in item.named("associations"):
        kind = one.text("type").lower()
        if kind and kind not in _PICTURES:
            continue
        made = _picture(one, sure=bool(kind))
        if made is None or made in seen:
            continue
        seen.add(made)
        names = {one.name, role(one.members.get("rel"))}
        logo = any("logo" in name for name in names)
        found.append((2 if logo else 0 if names & _LEAD else 1, made, not logo and kind != "graphic"))
    found.sort(key=lambda each: each[0])
    return tuple(made for _, made, _ in found), bool(found) and found[0][2]


def pictures_at(item: Item) -> str:
    """Where the pictures stand (a JSON Pointer)."""
    return "/renditions" if item.text("type").lower() in _PICTURES else "/associations"


def _picture(one: Item, *, sure: bool = True) -> Image | None:
    """The picture of an item; one that is not said to be a picture needs a rendition that is."""
    url = _largest(one)
    if url is None and not sure:
        return None
    captions = ranked(
        [each for each in one.words("description") if each.role not in _NO_CAPTION],
        ("caption", "text", "main", "", "captionextended"),
    )
    caption = next((text for text in (one_line(each).value for each in captions) if text), None)
    if caption is None:
        caption = next((one_line(each).value for each in one.words("headline")), "") or one.text("title") or None
    lines = [each for each in one.words("description") if each.role in ("creditline", "credit")]
    credit = next((one_line(each).value for each in lines), "") or one.text(
        "by", "byline", "copyrightholder", "copyrightnotice"
    )
    alts = [each for each in one.words("description") if each.role in ("alt", "alttext")]
    alt = next((one_line(each).value for each in alts), None)
    if not (url or caption or credit):
        return None
    return Image(caption, credit or None, url, alt)


def _largest(one: Item) -> str | None:
    best: tuple[float, float] | None = None
    url: str | None = None
    for each in one.named("renditions"):
        href = absolute(each.raw("href"))
        type_ = each.text("contenttype", "mimetype")
        if href is None or not (_WEB.match(type_) if type_ else _WEB_NAME.search(href)):
            continue
        area = _number(each, "width") * _number(each, "height")
        rank = (area, _number(each, "sizeinbytes"))
        if best is None or rank > best:
            best, url = rank, href
    if url is None and _WEB_NAME.search(one.raw("uri")):
        url = absolute(one.raw("uri"))
    return url


def _number(one: Item, name: str) -> float:
    value = one.members.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
