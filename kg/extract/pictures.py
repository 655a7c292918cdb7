"""The pictures of a web page: figures with their captions and credits, and which of them leads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from kg.extract import credit, schemaorg
from kg.extract.lines import key, size
from kg.extract.zones import Zone, named
from kg.model import Image

__all__ = ["figures", "merged"]

_MOST = 100
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-full-src", "data-image", "data-url", "data-src-large")
_BUTTON = re.compile(
    r"^(?:(?:hide|show|view|toggle|enlarge|expand|open|close) (?:this )?(?:caption|image|photo|gallery)(?: in \w+)?"
    r"|enlarge|image|photo|caption|play video|\d+ ?/ ?\d+)\s*[:.]?\s+|\s+(?:hide|toggle|show) caption$",
    re.IGNORECASE,
)
_SPACER = re.compile(r"(?:spacer|blank|pixel|placeholder|1x1|transparent|grey-placeholder|loading|lazy)[\w.-]*$", re.I)
_LONGEST = 1_500  # characters of a caption


def figures(tops: Sequence[Any], base: str) -> tuple[Image, ...]:
    """The figures inside these elements, in order: ``<figure>`` and elements whose name says caption."""
    found: list[Image] = []
    seen: set[Any] = set()
    for top in tops:
        for node in top.iter("figure", "figcaption", "div", "p", "span", "dd", "td"):
            if len(found) >= _MOST:
                return tuple(found)
            if node.tag == "figure":
                frame, caption = node, next(node.iter("figcaption"), None)
                if next(node.iter("table", "blockquote"), None) is not None and caption is None:
                    continue
            elif node.tag == "figcaption":
                frame, caption = node.getparent(), node
            else:
                names = f"{node.get('class') or ''} {node.get('id') or ''}"
                if ("aption" not in names and "utline" not in names) or named(names[:400]) != Zone.CAPTION:
                    continue
                caption, frame = node, _frame(node)
            if frame is None or frame in seen or any(parent in seen for parent in node.iterancestors()):
                continue
            made = _figure(frame, caption, base)
            if made is not None:
                seen.update((frame, node))
                if made not in found:
                    found.append(made)
    return tuple(found)


def _frame(node: Any) -> Any | None:
    """The nearest element around a caption that holds a picture, two levels up at most."""
    if next(node.iter("img", "amp-img", "picture"), None) is not None:
        return node
    parent = node.getparent()
    for _ in range(3):
        if parent is None or parent.tag in {"body", "article", "main", "html"}:
            return None
        if next(parent.iter("img", "amp-img", "picture"), None) is not None:
            return parent
        parent = parent.getparent()
    return None


def _figure(frame: Any, caption: Any | None, base: str) -> Image | None:
    if caption is not None and _linked(caption):
        return None
    url, alt = _source(frame, base)
    words, maker = _words(frame, caption)
    if not (url or words):
        return None
    if url is None and next(frame.iter("img", "amp-img", "picture", "video", "source"), None) is None:
        return None
    return Image(words, maker, url, alt)


def _linked(caption: Any) -> bool:
    """Whether a caption is a list of links: a box of related stories with a picture."""
    links = ["".join(node.itertext()) for node in caption.iter("a")]
    return len(links) >= 2 and 2 * sum(map(len, links)) > len("".join(caption.itertext()).strip())


def _source(frame: Any, base: str) -> tuple[str | None, str | None]:
    """The address of the largest rendering that the figure names, and its alternative text."""
    for node in frame.iter("img", "amp-img"):
        candidates = [node.get(name) for name in _LAZY] + [_largest(node.get("srcset") or node.get("data-srcset"))]
        candidates.append(node.get("src"))
        for given in candidates:
            if not given or given.startswith("data:") or _SPACER.search(given.split("?")[0]):
                continue
            if url := schemaorg.address(given, base):
                return url, schemaorg.clean(node.get("alt"))
        if alt := schemaorg.clean(node.get("alt")):
            return _picture(frame, base), alt
    return _picture(frame, base), None


def _picture(frame: Any, base: str) -> str | None:
    for node in frame.iter("source"):
        if url := schemaorg.address(_largest(node.get("srcset") or node.get("data-srcset")), base):
            return url
    return None


def _largest(srcset: str | None) -> str | None:
    """The candidate of a srcset with the greatest width or density (HTML standard, 4.8.4.2.1)."""
    best: tuple[float, str] | None = None
    for part in re.split(r",\s+", (srcset or "")[:20_000]):
        pieces = part.strip().rstrip(",").split()
        if not pieces:
            continue
        width = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)[wx]", pieces[1]) if len(pieces) > 1 else None
        value = float(width.group(1)) if width else 1.0
        if best is None or value > best[0]:
            best = (value, pieces[0])
    return best[1] if best else None


def _words(frame: Any, caption: Any | None) -> tuple[str | None, str | None]:
    """The caption and the credit: what is marked as credit is one, else what the caption ends with."""
    if caption is None:
        return None, None
    maker: str | None = None
    marked: list[Any] = []
    for node in caption.iter():
        if isinstance(node.tag, str) and node is not caption and _marks_credit(node):
            text = schemaorg.clean("".join(node.itertext()))
            if text and size(text) <= 25 and not any(parent in marked for parent in node.iterancestors()):
                marked.append(node)
                maker = maker or text
    text = _tidy("".join(_without(caption, marked)))
    if not marked:
        for node in frame.iter():
            if isinstance(node.tag, str) and node is not caption and _marks_credit(node):
                given = schemaorg.clean("".join(node.itertext()))
                if given and size(given) <= 25 and given not in (text or ""):
                    maker = given
                    break
    if maker:
        maker = _bare(maker)
    if text and not maker:
        words, maker = credit.caption(text)
        if credit.only_credit(text):
            return None, maker or _bare(text)
        return words, maker
    return text, maker


def _marks_credit(node: Any) -> bool:
    names = f"{node.get('class') or ''} {node.get('itemprop') or ''}"
    return node.tag == "cite" or (len(names) > 3 and named(names[:400]) == Zone.CREDIT)


def _without(top: Any, left_out: Sequence[Any]) -> Iterator[str]:
    """The text of an element without that of some inside it."""
    if top in left_out:
        return
    if isinstance(top.tag, str) and top.tag not in {"script", "style", "button", "noscript", "svg"}:
        yield top.text or ""
        for node in top:
            yield from _without(node, left_out)
            yield (" " if node.tag in {"p", "div", "br", "li"} else "") + (node.tail or "")


def _tidy(text: str) -> str | None:
    found = schemaorg.clean(text[: _LONGEST * 2])
    if found is None:
        return None
    for _ in range(2):
        found = _BUTTON.sub("", found).strip()
    return found[:_LONGEST].strip(" |") or None if found.strip(" |.-") else None


def _bare(text: str) -> str | None:
    """A credit without its label (``Photo:``, ``Credit``) and brackets."""
    _, maker = credit.caption(text)
    bare = maker or text
    bare = re.sub(
        r"^\W*(?:(?:photo|image|picture|photograph|video|illustration)s?(?:\s+credit)?|credits?|source)\s*[:|]\s*|^\W*(?:photo|"
        r"image|photograph|picture|illustration)s?\s+by\s+",
        "",
        bare,
        flags=re.IGNORECASE,
    )
    return bare.strip(" ()[]|;,") or None


def merged(shown: Sequence[Image], stated: Sequence[Image], lead: Image | None) -> tuple[tuple[Image, ...], bool, str]:
    """All pictures, the leading one first, whether it leads, and which part of the page supplied them.

    A picture that the page shows and its metadata state is one: their addresses share the file's name.
    """
    found = list(shown)
    rule = "figure" if found else ""
    heroes = [*stated[:1], *([lead] if lead else [])] if stated or lead else []
    hero = False
    for given in heroes[:1]:
        place = next((at for at, one in enumerate(found) if _same(one, given)), None)
        if place is not None:
            one = found.pop(place)
            given = replace(
                one,
                caption=one.caption or given.caption,
                credit=one.credit or given.credit,
                alt=one.alt or given.alt,
            )
        elif lead is not None and given is not lead and _same(given, lead):
            given = replace(given, alt=given.alt or lead.alt)
        found.insert(0, given)
        rule = rule or ("json-ld" if stated else "open-graph")
        hero = True
    for given in stated[1:]:
        if not any(_same(one, given) for one in found) and given.caption:
            found.append(given)
    return tuple(found[:_MOST]), hero, rule


def _same(one: Image, other: Image) -> bool:
    if one.url and other.url:
        return one.url == other.url or (_file(one.url) != "" and _file(one.url) == _file(other.url))
    return bool(one.caption and other.caption and key(one.caption) == key(other.caption))


def _file(url: str) -> str:
    """What the renderings of one picture share: the file's name without size marks."""
    *above, name = re.split(r"[?#]", url)[0].rstrip("/").lower().rsplit("/", 3)[-3:]
    stem = re.sub(r"\.(?:jpe?g|png|gif|webp|avif)$", "", name)
    stem = re.sub(r"[-_.@](?:\d{2,4}x\d{2,4}|\d{2,4}[wh]?|scaled|large|medium|small|thumb)$", "", stem)
    return stem if len(stem) >= 6 else "/".join([*above, stem]) if len(stem) >= 3 and len(above) == 2 else ""
