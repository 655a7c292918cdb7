"""A web page as a tree, bounded in depth, and the blocks of text that a reader sees, in their order.

Only the names of elements and the words that class names share across sites are read, never one site's layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from kg.errors import InvalidFormat, TooLarge
from kg.extract import skeleton
from kg.extract.lines import ends_sentence, size
from kg.extract.text import normalise
from kg.extract.words import words
from kg.extract.zones import zone_of

__all__ = ["MOST", "Block", "blocks", "parse"]

MOST = 100_000  # elements; the fullest pages of newspapers have a fifth of that

_SKIPPED = words(
    "script style noscript template svg math iframe object embed applet canvas audio video map select option textarea"
    " button datalist head title meta link base dialog frameset"
)
_INLINE = words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr o:p q rp rt ruby s samp"
    " small span strike strong sub sup time tt u var wbr img input picture source amp-img"
)
_HEADINGS = words("h1 h2 h3 h4 h5 h6")
_DEEP = re.compile(
    r"</?(?:font|b|i|u|em|strong|span|center|small|big|a|tt|s|label|cite|ins|del)\b[^<>]*>", re.IGNORECASE
)
_DEEP_BLOCK = re.compile(
    r"(?:</?(?:div|section|article|main|table|tbody|thead|tr|td|th|ul|ol|li|dl|dd|dt|blockquote|form|header|footer|aside"
    r"|nav|[a-z][a-z0-9]*-[a-z0-9-]*)\b[^<>]*>\s*)+",
    re.IGNORECASE,
)
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{40000,}")
_ATTRIBUTES = 5_000  # of one tag; the parser compares each with each
# What XML text cannot hold (XML 1.0 section 2.2), as characters and as references to them.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|&#(?:0*(?:[0-8]|1[124-9]|2\\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));",
    re.IGNORECASE,
)
_XHTML = re.compile(r'xmlns:([A-Za-z][\w-]*)\s*=\s*["\']http://www\.w3\.org/1999/xhtml["\']')


_BREAK = "\x1e"  # stands for one line break


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text between two breaks. ``tag`` is the element that holds it, ``level`` 1 to 6 for a heading, 0
    else; ``links`` the number of its characters inside links; ``strong`` says that it is all in bold; ``pictured`` that
    nothing but a picture stands between it and the block before."""

    text: str
    node: Any
    tag: str
    level: int
    quote: bool
    item: bool
    cell: bool
    zones: frozenset[str]
    links: int
    strong: bool
    pictured: bool


def parse(text: str, origin: str = "") -> Any:
    """The page's tree. Beyond 256 levels, where the parser stops, the page is read once more without its boxes.

    Raises :class:`kg.errors.InvalidFormat` when there is no element in it, or text that the parser does not take (10 MB
    without a tag), and :class:`kg.errors.TooLarge` above :data:`MOST` elements.
    """
    if any(tag.count("=") > _ATTRIBUTES for tag in _LONG_TAG.findall(text)):
        raise InvalidFormat(f"one tag of the page has over {_ATTRIBUTES:,} attributes", origin=origin)
    text = skeleton.opened(text)
    root, trouble = _tree(text)
    if "depth" in trouble:
        root, trouble = _tree(_DEEP_BLOCK.sub("<p>", _DEEP.sub("", text)))
    if "huge" in trouble or "too long" in trouble:
        raise InvalidFormat(f"the page cannot be parsed to its end ({trouble}); give it in parts", origin=origin)
    if root is None:
        raise InvalidFormat("the page holds no element; give the page as it was served", origin=origin)
    count = sum(1 for _ in root.iter())
    if count > MOST:
        raise TooLarge(
            f"{count:,} elements are too many for one article ({MOST:,} at most); give the article's own page",
            origin=origin,
            size=len(text),
        )
    prefixes = {f"{found}:" for found in _XHTML.findall(text[:4_000])}
    if prefixes:
        for node in root.iter():
            if isinstance(node.tag, str) and node.tag[: node.tag.find(":") + 1] in prefixes:
                node.tag = node.tag.split(":", 1)[1].lower()
    return skeleton.framed(root)


def _tree(text: str) -> tuple[Any, str]:
    """The tree, and the parser's last words where it gave up."""
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, no_network=True, recover=True
    )
    try:
        root = html.document_fromstring(
            _CONTROLS.sub("", text.replace("\f", " ")).encode("utf-8", "replace"), parser=parser
        )
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None, ""
    words = " ".join(entry.message.lower() for entry in list(parser.error_log)[-3:])
    return root, words


@dataclass(slots=True)
class _State:
    node: Any
    tag: str
    level: int
    quote: bool
    item: bool
    cell: bool
    zones: frozenset[str]
    link: bool
    strong: bool


def _sentences(lines: Sequence[str]) -> bool:
    """Whether lines with one break between are paragraphs: three or more, as long as sentences, and nearly all ending
    as such. Verses and addresses are not."""
    return (
        len(lines) >= 3
        and sum(map(size, lines)) >= 12 * len(lines)
        and 10 * sum(map(ends_sentence, lines)) >= 8 * len(lines)
    )


def _joined(lines: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Lines with one break between as one line, but for titles: a line in bold before one that is not stays its own.

    Each line comes with the number of linked and of bold letters up to its end.
    """
    made: list[tuple[str, int, int]] = []
    parts: list[str] = []
    titled = False
    bold = links = 0
    for line, linked, strong in lines:
        if not line:
            continue
        whole = 10 * (strong - bold) >= 9 * len(line)
        if titled and not whole:
            made.append((" ".join(parts), links, bold))
            parts = []
        parts.append(line)
        titled = whole and (titled or len(parts) == 1)
        bold, links = strong, linked
    made.append((" ".join(parts), links, bold))
    return made


def blocks(root: Any) -> Iterator[Block]:
    """The visible blocks of the page in order; paragraphs parted by two line breaks are blocks of their own."""
    body = root.find(".//body") if root.tag != "body" else root
    top = body if body is not None else root
    state = _State(top, "body", 0, False, False, False, frozenset(), False, False)
    stack: list[_State] = []
    text: list[str] = []
    links = 0
    strong = 0
    breaks = 0
    cuts: list[tuple[int, int]] = []  # links and bold letters before each single break
    pictured = False
    names: dict[tuple[str, str, str], str | None] = {}

    def flush() -> list[Block]:
        nonlocal links, breaks, strong, pictured
        joined = "".join(text)
        text.clear()
        at = [*cuts, (links, strong)]
        cuts.clear()
        links = breaks = strong = 0
        if not joined or joined.isspace():
            return []
        pieces = joined.split(_BREAK)
        lines = [(" ".join(normalise(piece).split()), *ends) for piece, ends in zip(pieces, at, strict=True)]
        if not _sentences([line for line, _, _ in lines if line]):
            lines = _joined(lines)
        made: list[Block] = []
        before = (0, 0)
        for line, linked, bold in lines:
            if line:
                shown, pictured = pictured, False
                made.append(
                    Block(
                        line,
                        state.node,
                        state.tag,
                        state.level,
                        state.quote,
                        state.item,
                        state.cell,
                        state.zones,
                        min(linked - before[0], len(line)),
                        (bold - before[1]) * 10 >= 9 * len(line),
                        shown,
                    )
                )
            before = (linked, bold)
        return made

    def add(piece: str | None) -> None:
        nonlocal links, breaks, strong
        if piece:
            text.append(piece.replace(_BREAK, " "))
            if not piece.isspace():
                breaks = 0
                if state.link:
                    links += len(piece.strip())
                if state.strong:
                    strong += len(piece.strip())

    skip = 0
    for event, node in etree.iterwalk(top, events=("start", "end")):
        tag = node.tag
        if not isinstance(tag, str):
            if event == "end" and not skip:
                add(node.tail)
            continue
        if skip:
            if event == "start":
                skip += 1
            else:
                skip -= 1
                if not skip:
                    add(node.tail)
            continue
        if event == "start":
            if tag in _SKIPPED:
                skip = 1
                continue
            if tag == "br":
                breaks += 1
                if breaks >= 2:
                    yield from flush()
                else:
                    text.append(_BREAK)
                    cuts.append((links, strong))
                continue
            inline = tag in _INLINE
            if not inline:
                yield from flush()
            if tag in {"img", "amp-img"}:
                pictured = not text or "".join(text).isspace()
            stack.append(state)
            names_key = (tag, node.get("class") or "", node.get("id") or "")
            if (
                node.get("style")
                or node.get("hidden") is not None
                or node.get("role")
                or node.get("data-component")
                or node.get("data-testid")
            ):
                zone = zone_of(node, tag)
            else:
                if names_key not in names:
                    names[names_key] = zone_of(node, tag)
                zone = names[names_key]
            zones = (
                state.zones
                if zone is None or zone in state.zones or (inline and tag != "time")
                else state.zones | {zone}
            )
            if inline:
                if tag == "a" or (tag in {"b", "strong"} and not state.strong) or zones is not state.zones:
                    state = _State(
                        state.node, state.tag, state.level, state.quote, state.item, state.cell,
                        state.zones, state.link or (tag == "a" and node.get("href") is not None),
                        state.strong or tag in {"b", "strong"},
                    )  # fmt: skip
            else:
                state = _State(
                    node,
                    tag,
                    int(tag[1]) if tag in _HEADINGS else state.level,
                    state.quote or tag == "blockquote",
                    state.item or tag in {"li", "dd", "dt"},
                    state.cell or tag in {"td", "th"},
                    zones,
                    state.link,
                    False,
                )
            add(node.text)
        else:
            if tag == "br":
                add(node.tail)
                continue
            inline = tag in _INLINE
            if not inline:
                yield from flush()
            state = stack.pop() if stack else state
            if node is not top:
                add(node.tail)
    yield from flush()
