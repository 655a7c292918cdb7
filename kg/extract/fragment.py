"""Pieces of HTML as feeds, APIs and wire items carry them: paragraphs, pictures, and what is neither.

A fragment holds an article's text and nothing around it but what the publishing system adds (sharing buttons, "first
appeared on", lists of related links). The markup decides: block elements and doubled line breaks part paragraphs (HTML
Living Standard, section 4.4), ``blockquote`` makes a quotation, ``figure`` a picture; headings, scripts, embeds, forms
and tables of figures are left out and said in ``dropped``. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.extract import quotes
from kg.extract.inline import BLOCK, HEADING, SILENT, absolute, line, plain, text_of
from kg.extract.lines import ends_sentence, size
from kg.extract.picture import Picture, caption_of, drawn, is_caption, picture
from kg.extract.teaser import footer, furnished
from kg.extract.text import normalise
from kg.extract.xml import Element
from kg.model import Image, Paragraph

__all__ = ["Fragment", "absolute", "line", "paragraphs", "plain", "text_paragraphs"]

_ASIDE = frozenset(("aside", "form", "nav"))
_BOX = re.compile(
    r"(?:share|sharing|sharedaddy|addtoany|social|related|relatedposts|jp-relatedposts|newsletter|subscribe|signup"
    r"|advert|advertisement|ads?|adslot|promo|sponsored|feedflare|pullquote|pull-quote|screen-reader-text|sr-only"
    r"|visually-hidden|visuallyhidden|toc|footnotes?|wp-block-buttons|wp-block-pullquote|read-?more|most-?read|tags?-?list"
    r"|author-?(?:bio|box)|post-?(?:nav|navigation|tags|views|meta))(?:[-_]{1,2}\w+)*",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_MARKUP = re.compile(r"<[A-Za-z!/?]")
_BLOCKS = re.compile(
    r"<(?:p|br|div|li|blockquote|h[1-6]|td|dd|dt|pre|section|article|figure|hr)(?=[\s/>])", re.IGNORECASE
)
_SPACE = re.compile(r"\s+")
_EDGES = re.compile(rf"</?(?:{'|'.join(sorted(BLOCK | HEADING))})(?:[\s/][^<>]*)?>", re.IGNORECASE)
_OTHERS = re.compile(r"<(?!br>)/?[A-Za-z][^<>]*>")
_CODE = re.compile(r"<(script|style)(?=[\s/>])")
_SAYS = re.compile(r"[^\W_]")
_REFERENCE = re.compile(r"\[?\d{1,3}\]?")
_LINK, _EMPHASIS, _STRONG, _QUOTE, _VERBATIM, _SPOKEN, _SIGNED = 1, 2, 4, 8, 16, 32, 64
_FLAGS = {
    "a": _LINK,
    "b": _STRONG,
    "blockquote": _QUOTE,
    "em": _EMPHASIS,
    "i": _EMPHASIS,
    "pre": _VERBATIM,
    "q": _SPOKEN,
    "small": _EMPHASIS,
    "strong": _STRONG,
}
_BREAK = "\n"
_LONGEST_HEADER = 600  # characters; a header holds a title, names and a date


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a fragment holds: ``dropped`` are the lines left out of ``paragraphs``, as printed."""

    paragraphs: tuple[Paragraph, ...] = ()
    images: tuple[Image, ...] = ()
    dropped: tuple[str, ...] = ()


def paragraphs(html: str, *, base: str | None = None) -> Fragment:
    """The paragraphs, pictures and left-out lines of a piece of HTML (or of plain text with blank lines).

    ``base`` is the address that relative links are resolved against. Character references are decoded once. Of markup
    nested deeper than the parser follows (about 250 elements) only the text is read. Never raises.
    """
    text = normalise(html)
    if not _BLOCKS.search(text):
        if not _MARKUP.search(text):
            text = text.replace("<", "&lt;")
        text = re.sub(r"\n[ ]*\n\s*", "<br><br>", text.strip())
    walk = _Walk(base)
    root = _tree(text)
    if root is None:
        root = _tree(_flat(text))
    if root is not None:
        walk.over(root)
    return walk.fragment()


def text_paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of plain text: parted by blank lines, or by line ends where each line is a whole sentence."""
    blocks = re.split(r"\n[ ]*\n", normalise(text).strip())
    parts = [line(part) for block in blocks for part in _rows(block)]
    return quotes.flag([part for part in parts if part])


def _rows(block: str) -> list[str]:
    rows = [row for row in map(line, block.split("\n")) if row]
    whole = len(rows) > 1 and all(ends_sentence(row) and size(row) >= 4 for row in rows)
    return rows if whole else [" ".join(rows)]


def _tree(text: str) -> Element | None:
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=True
    )
    try:
        root = etree.fromstring(f"<div>{text}</div>".encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None
    return None if any("depth" in error.message.lower() for error in parser.error_log) else root


def _flat(text: str) -> str:
    """The text with blocks as breaks and all other markup gone, for nesting that no page has."""
    kept: list[str] = []
    at = 0
    for found in _CODE.finditer(text):
        if found.start() < at:
            continue
        end = text.find(f"</{found[1]}", found.end())
        if end < 0:
            break
        kept.append(text[at : found.start()])
        at = end
    kept.append(text[at:])
    return _OTHERS.sub("", _EDGES.sub("<br><br>", "".join(kept)))


def _refers(element: Element) -> bool:
    """Whether the element is the mark of a footnote: a number that links below."""
    link = element if element.tag == "a" else element.find(".//a")
    if link is None or len(element) > 3 or _REFERENCE.fullmatch(text_of(element)) is None:
        return False
    return element.tag == "sup" or (link.get("href") or "").startswith("#") or "footnote" in (link.get("class") or "")


def _between_breaks(element: Element) -> bool:
    """Whether a few bold words stand on a line of their own between line breaks: a heading of older systems."""
    before, after = element.getprevious(), element.getnext()
    if before is None or after is None or before.tag != "br" or after.tag != "br":
        return False
    if (before.tail or "").strip() or (element.tail or "").strip():
        return False
    words = text_of(element)
    return 0 < size(words) <= 12 and not ends_sentence(words) and words[-1:] not in ':”"'


def _last(element: Element) -> bool:
    return element.getnext() is None and not (element.tail or "").strip()


@dataclass(slots=True)
class _Walk:
    """The state of one walk over a fragment's elements; ``pieces`` are the open paragraph's texts with their marks."""

    base: str | None
    pieces: list[tuple[str, int]] = field(default_factory=list)
    found: list[tuple[str, bool, int]] = field(default_factory=list)  # text, quoted, marks that hold for all of it
    pictures: list[Picture] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)
    drawn: bool = False  # whether the open paragraph holds a picture
    marks: list[int] = field(default_factory=list)  # of the open elements, each with those of the ones around it
    total: int = 0

    def over(self, root: Element) -> None:
        from lxml import etree

        self.total = sum(map(len, root.itertext()))
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                if self.start(element, tag):
                    self.text(element.text)
                else:
                    walk.skip_subtree()
            else:
                self.end(tag)
                self.text(element.tail)
        self.flush()

    def start(self, element: Element, tag: str) -> bool:
        """Whether to go into the element."""
        around = self.marks[-1] if self.marks else 0
        self.marks.append(around)
        if tag == "br":
            self.pieces.append((_BREAK, 0))
            return False
        if tag == "img":
            self.image(element)
            return False
        if tag in SILENT or self.hidden(element):
            return False
        if tag == "noscript":
            self.pictures_in(element)
            return False
        if tag in ("sup", "a") and _refers(element):
            return False
        if tag in BLOCK or tag in HEADING or tag in _ASIDE:
            self.flush()
        if tag in HEADING and (size(text_of(element)) <= 40 or not ends_sentence(text_of(element))):
            return self.leave_out(element)
        if tag == "pre" and element.find("code") is not None:
            return self.leave_out(element)
        if tag in ("b", "strong") and _between_breaks(element):
            self.flush()
            return self.leave_out(element)
        if tag in _ASIDE or self.boxed(element) or (tag == "footer" and not around & _QUOTE):
            return self.leave_out(element)
        if tag in ("ul", "ol") and _only_links(element):
            return self.leave_out(element)
        if (tag == "figure" or (tag in ("div", "dl", "table") and is_caption(element))) and self.figure(element):
            return False
        if tag == "table" and not _layout(element):
            return self.leave_out(element)
        if tag == "header" and not around & _QUOTE and len(text_of(element)) < _LONGEST_HEADER:
            return self.leave_out(element)
        self.marks[-1] = around | _FLAGS.get(tag, 0)
        if around & _QUOTE and (tag in ("footer", "figcaption") or (tag == "cite" and _last(element))):
            self.flush()
            self.marks[-1] |= _SIGNED
        if tag == "q":
            self.text("“")
        return True

    def end(self, tag: str) -> None:
        marks = self.marks[-1]
        if tag == "q" and marks & _SPOKEN:
            self.text("”")
        if tag in BLOCK or tag in HEADING:
            self.flush()
        self.marks.pop()

    def text(self, text: str | None) -> None:
        if text:
            mark = self.marks[-1] if self.marks else 0
            self.pieces.append((text if mark & _VERBATIM else _SPACE.sub(" ", text), mark))

    def flush(self) -> None:
        """Closes the open paragraph."""
        pieces, self.pieces = self.pieces, []
        held, self.drawn = self.drawn, False
        joined = "".join(text for text, _ in pieces)
        if not joined.strip():
            return
        marks = _LINK | _EMPHASIS | _STRONG | _QUOTE | _SIGNED
        for text, mark in pieces:
            if text.strip(" \n.,:;|·–—-"):
                marks &= mark
        parts = [part for part in _broken(joined) if part]
        if held and len(parts) == 1 and marks & _EMPHASIS and self.pictures and not self.pictures[-1].caption:
            self.pictures[-1].caption = parts[0]
            return
        quoted = marks & (_QUOTE | _SIGNED) == _QUOTE
        self.found.extend((part, quoted, marks) for part in parts)

    def leave_out(self, element: Element) -> bool:
        self.pictures_in(element)
        rows = element.iter("tr") if element.tag == "table" else [element]
        for row in rows:
            cells = [text_of(cell) for cell in row.iter("td", "th")] if row.tag == "tr" else []
            self.say(" | ".join(cell for cell in cells if cell) if cells else text_of(row))
        return False

    def say(self, text: str) -> None:
        if text:
            self.left.append((len(self.found), text))

    def hidden(self, element: Element) -> bool:
        return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))

    def boxed(self, element: Element) -> bool:
        """Whether the element is one of the boxes that publishing systems add, by its class, and a small one."""
        named = f"{element.get('class') or ''} {element.get('id') or ''}".split()
        if not any(_BOX.fullmatch(token) for token in named):
            return False
        length = 0
        for text in element.itertext():
            length += len(text)
            if length > 1500:
                return False
        return length * 2 < self.total + 200

    def figure(self, element: Element) -> bool:
        """Whether the element was taken as one picture (or as none) with its caption."""
        inner = [*element.iter("img")]
        nested = element.find(".//figure") is not None
        quoted = element.find(".//blockquote") is not None
        if nested or (quoted and not inner) or (element.tag != "figure" and not inner):
            return False
        words = text_of(element)
        caption, maker = caption_of(element)
        if words and not caption and not maker and _linked(element):
            self.say(words)  # the picture of another article that is linked to
            return True
        if len(words) > 1500 and len(caption or "") * 2 < len(words):
            return False
        made = [one for one in (picture(img, self.base) for img in inner) if one is not None]
        if not made:
            self.say(words)
            return True
        for one in made:
            one.caption, one.credit = caption, maker
            self.pictures.append(one)
        return True

    def image(self, element: Element) -> None:
        sign = drawn(element)
        if sign:
            self.text(sign)
            return
        made = picture(element, self.base)
        if made is not None:
            self.pictures.append(made)
            self.drawn = True

    def pictures_in(self, element: Element) -> None:
        """Takes the pictures below an element whose text is left out, those in figures with their captions."""
        boxed: set[Element] = set()
        for one in element.iter("figure", "img"):
            if one in boxed:
                continue
            if one.tag == "figure" and one is not element and self.figure(one):
                boxed.update(one.iter("img", "figure"))
            elif one.tag == "img" and (made := picture(one, self.base)) is not None:
                self.pictures.append(made)

    def fragment(self) -> Fragment:
        kept: list[tuple[str, bool]] = []
        dropped: list[tuple[int, str]] = list(self.left)
        for index, (text, quoted, marks) in enumerate(self.found):
            words = line(text)
            heading = marks & _STRONG and size(words) <= 12 and not ends_sentence(words) and words[-1:] not in ':”"'
            if not words:
                continue
            if not _SAYS.search(words):
                dropped.append((index, words))  # a row of stars, a symbol
                continue
            if (heading and not quoted) or footer(words) or furnished(words, linked=bool(marks & _LINK)):
                dropped.append((index, words))
            else:
                kept.append((words, quoted))
        if any(quoted for _, quoted in kept):
            body = tuple(Paragraph(text, "quote" if quoted else "text") for text, quoted in kept)
        else:
            body = quotes.flag([text for text, _ in kept])
        return Fragment(body, _distinct(self.pictures), tuple(text for _, text in sorted(dropped, key=lambda d: d[0])))


def _broken(text: str) -> Iterator[str]:
    """The paragraphs between doubled breaks; a single break parts two lines that are whole sentences each."""
    for block in re.split(r"\n\s*\n", text):
        rows = [line(row) for row in block.split(_BREAK)]
        held = ""
        for row in rows:
            if held and row and ends_sentence(held) and size(held) >= 8 and size(row) >= 8:
                yield held
                held = row
            else:
                held = f"{held} {row}".strip()
        yield held


def _only_links(element: Element) -> bool:
    """Whether every item of a list is one link and no sentence: a list of what else there is to read."""
    items = element.findall("li")
    return bool(items) and all(_linked(item) and not ends_sentence(text_of(item)) for item in items)


def _linked(element: Element) -> bool:
    words = text_of(element)
    return bool(words) and len(words) <= 1.2 * sum(len(text_of(link)) for link in element.iter("a"))


def _layout(table: Element) -> bool:
    """Whether a table only places text, as pages of the 1990s do: its cells hold paragraphs."""
    if table.find(".//p") is not None or table.find(".//table") is not None or table.find(".//blockquote") is not None:
        return True
    return any(ends_sentence(words) and size(words) >= 12 for words in map(text_of, table.iter("td")))


def _distinct(pictures: list[Picture]) -> tuple[Image, ...]:
    """The pictures in order, each address once; a later copy adds what the first one lacks."""
    kept: dict[str, Picture] = {}
    for number, one in enumerate(pictures):
        first = kept.setdefault(one.url or f"#{number}", one)
        if first is not one:
            first.caption, first.credit, first.alt = (
                first.caption or one.caption,
                first.credit or one.credit,
                first.alt or one.alt,
            )
    return tuple(Image(one.caption, one.credit, one.url, one.alt) for one in kept.values())
