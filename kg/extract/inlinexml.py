"""The story inside a wire item: XHTML or HTML5 as XML, and plain text, to paragraphs, pictures and what stands above.

Wire mark-up is clean, so what stands above the text is told by the markup alone: a ``header`` with headings in it, and
the classes that agencies use for a dateline, a byline, a teaser and a box beside the text. The rest goes through
:mod:`kg.extract.fragment`, as the HTML of feeds and of JSON wire formats does, so that one story reads alike in all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from kg.extract.lines import key
from kg.extract.moment import lexical
from kg.extract.words import words
from kg.extract.xml import Element, local, text_of
from kg.model import Image, Paragraph

__all__ = ["Story", "after", "child", "children", "html", "markup", "plain", "undash", "until"]

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TEASER = words("teaser abstract standfirst summary dek deck description subtitle")
_BYLINE = words("byline author authors")
_DATELINE = frozenset({"dateline"})
_BOX = words("infobox info-box factbox fact-box faktbox linkbox link-box sidebar side-bar infokasten")
_VOID = frozenset(("br", "hr", "img", "input", "meta", "link", "source", "wbr", "col", "area", "embed", "track"))
_RAW = frozenset(("script", "style", "head", "title", "template", "noscript"))
_CLOCK = re.compile(r"T(?P<h>[01]\d|2[0-3]):?(?P<m>[0-5]\d)(?::?(?P<s>[0-5]\d))?")
_DASH = re.compile(r"[\s–—−-]+$")


@dataclass(frozen=True, slots=True)
class Story:
    """A story as its content states it. ``byline`` and ``dateline`` are as printed, ``dropped`` is left out."""

    paragraphs: tuple[Paragraph, ...] = ()
    images: tuple[Image, ...] = ()
    dropped: tuple[str, ...] = ()
    headline: str = ""
    abstract: str = ""
    byline: str = ""
    dateline: str = ""


def child(element: Element | None, *path: str) -> Element | None:
    """The first element at a path of local names below an element, or None."""
    for name in path:
        element = next((one for one in element if local(one) == name), None) if element is not None else None
    return element


def children(element: Element | None, *names: str) -> list[Element]:
    """The children that have one of these local names, in order."""
    return [one for one in element if local(one) in names] if element is not None else []


def undash(dateline: str) -> str:
    """A dateline without the dash that parts it from the text."""
    return _DASH.sub("", dateline)


def until(text: str | None) -> str | None:
    """The time an embargo ends; None where there is none that can be read.

    A time without a zone is taken where on earth it comes last (12 hours behind UTC): later is safe, earlier is not.
    """
    found = lexical(text)
    clock = _CLOCK.search(text or "")
    if found is None or len(found) > 10 or clock is None:
        return found
    return f"{found}T{clock['h']}:{clock['m']}:{clock['s'] or '00'}-12:00"


def after(one: str, other: str) -> bool:
    """Whether a date (or time with a zone) comes after another one; a day against a time is compared as days are."""
    if len(one) <= 10 or len(other) <= 10:
        return one[:10] > other[:10]
    return datetime.fromisoformat(one) > datetime.fromisoformat(other)


def markup(element: Element, tag: Callable[[Element], str | None]) -> str:
    """The element and all below as HTML; ``tag`` names each one's HTML element, "" leaves the mark-up out and None all.

    Text is escaped, and so nothing in it can become mark-up.
    """
    from lxml import etree

    parts: list[str] = []
    ends: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, one in walk:
        if event == "start":
            name = tag(one) if local(one) else ""
            if name is None:
                walk.skip_subtree()
            elif name:
                given = (
                    f' {attribute}="{escape(value)}"'
                    for attribute, value in one.items()
                    if attribute.isidentifier() and len(attribute) < 40
                )
                parts.append(f"<{name}{''.join(given)}>")
            ends.append(f"</{name}>" if name and name not in _VOID else "")
            if name is not None:
                parts.append(escape(one.text or "", quote=False))
        else:
            parts.append(ends.pop())
            if one is not element:
                parts.append(escape(one.tail or "", quote=False))
    return "".join(parts)


def html(root: Element) -> Story:
    """The story in an XHTML or HTML5 tree, with or without namespace."""
    from kg.extract import fragment

    body = next((one for one in root.iter() if local(one) == "body"), root)
    above = next((one for one in body.iter() if local(one) == "header" and _headed(one)), None)
    held: dict[str, str] = {}
    taken: set[Element] = set()
    boxes: list[Element] = []
    for one in body.iter():
        classes = {name.casefold() for name in (one.get("class") or "").split()} if local(one) else set()
        for name, table in (("abstract", _TEASER), ("byline", _BYLINE), ("dateline", _DATELINE)):
            if classes & table and name not in held and len(text := text_of(one)) < 1500:
                held[name] = text
                taken.add(one)
        if classes & _BOX and one is not body:
            taken.add(one)
            boxes.append(one)
    headline = ""
    lines: list[str] = []
    if above is not None:
        taken.add(above)
        headline, lines = _above(above)

    def tag(one: Element, root: Element) -> str | None:
        name = local(one).lower()
        if one is root:
            return "div"
        return None if one in taken or name in _RAW else re.sub(r"[^\w-]", "", name)

    found = fragment.paragraphs(markup(body, lambda one: tag(one, body)))
    beside: list[str] = []
    for box in boxes:
        inner = fragment.paragraphs(markup(box, lambda one, box=box: tag(one, box)))  # type: ignore[misc]
        beside.extend((*(one.text for one in inner.paragraphs), *inner.dropped))
    known = {key(text) for text in (headline, *held.values())}
    return Story(
        found.paragraphs,
        found.images,
        (*(text for text in lines if key(text) not in known), *found.dropped, *beside),
        headline,
        held.get("abstract", ""),
        held.get("byline", ""),
        undash(held.get("dateline", "")),
    )


def plain(text: str) -> Story:
    """The story in plain text: blank lines part paragraphs, and where there are none, line ends do."""
    from kg.extract import fragment, quotes
    from kg.extract.text import normalise

    whole = normalise(text).strip()
    parts = re.split(r"\n[ ]*\n\s*", whole) if re.search(r"\n[ ]*\n", whole) else whole.split("\n")
    return Story(quotes.flag([one for part in parts if (one := fragment.line(part))]))


def _headed(element: Element) -> bool:
    return any(local(one).lower() in _HEADINGS for one in element.iter())


def _above(header: Element) -> tuple[str, list[str]]:
    """The headline in what stands above a text, and its other lines (a date is no line: the item states it)."""
    headline = ""
    lines: list[str] = []
    for one in header.iter():
        name = local(one).lower()
        text = text_of(one) if name in _HEADINGS or name in {"p", "li", "strong"} else ""
        if name == "h1" and not headline:
            headline = text
        elif text and text not in lines:
            lines.append(text)
    return headline, lines
