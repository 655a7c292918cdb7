"""The story inside a wire item: XHTML or HTML5 as XML, and plain text, to paragraphs, pictures and what stands above.

Wire mark-up is clean, so what stands above the text is told by the markup alone: a ``header`` with headings in it, and
the classes that agencies use for a dateline, a byline, a teaser and a box beside the text. The rest goes through
:mod:`kg.extract.fragment`, as the HTML of feeds and of JSON wire formats does, so that one story reads alike in all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import islice

from kg.extract.lines import key
from kg.extract.moment import lexical
from kg.extract.words import words
from kg.extract.xml import Element, local, text_of
from kg.model import Image, Paragraph

__all__ = ["Story", "after", "child", "children", "ending", "html", "markup", "plain", "undash", "until"]

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TEASER = words("teaser abstract standfirst summary dek deck description subtitle")
_BYLINE = words("byline author authors")
_DATELINE = frozenset({"dateline"})
_BOX = words("infobox info-box factbox fact-box faktbox linkbox link-box sidebar side-bar infokasten")
_BODY = words("bodytext body-text article-body articlebody article__body article-text articletext story-body storybody")
# A copyright mark in brackets, a desk's initials (bur-dar-gl/fz).
_SIGN_OFF = re.compile(
    r"[(\[]?\s*(?:©|\([cC]\)|[cC]opyright)\s?[^()\[\].]{1,60}[)\]]?|[a-z]{2,4}(?:[-/][a-z]{2,4}){1,6}"
)
_TRIES = 20  # elements with a class that are looked at for one text
_PARTS = 200  # elements of what stands above a text
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

    whole = next((one for one in root.iter() if local(one) == "body"), root)
    held, taken, boxes, bodies = _marked(whole)
    headers = islice((one for one in whole.iter() if local(one) == "header"), _TRIES)
    above = next((one for one in headers if _headed(one)), None)
    headline = ""
    lines: list[str] = []
    if above is not None:
        taken.add(above)
        headline, lines = _above(above)
    else:
        headline = next((text_of(one) for one in whole.iter() if local(one).lower() == "h1"), "")
    body = bodies[0] if len(bodies) == 1 else whole

    def part(top: Element, *, without: Element | None = None) -> fragment.Fragment:
        return fragment.paragraphs(markup(top, lambda one: _html(one, top, None if one is without else taken)))

    found = part(body)
    paragraphs, left = ending(found.paragraphs)
    beside = [*left]
    for one in ([part(whole, without=body)] if body is not whole else []) + [part(box) for box in boxes]:
        beside.extend((*(text.text for text in one.paragraphs), *one.dropped))
    known = {key(text) for text in (headline, *held.values())}
    return Story(
        paragraphs,
        found.images,
        tuple(text for text in (*lines, *found.dropped, *beside) if key(text) not in known),
        headline,
        held.get("abstract", ""),
        held.get("byline", ""),
        undash(held.get("dateline", "")),
    )


def ending(paragraphs: Sequence[Paragraph]) -> tuple[tuple[Paragraph, ...], tuple[str, ...]]:
    """The paragraphs without the copyright mark and the desk's initials that end them, and those lines."""
    rest = list(paragraphs)
    left: list[str] = []
    while len(rest) > 1 and _SIGN_OFF.fullmatch(rest[-1].text):
        left.insert(0, rest.pop().text)
    return tuple(rest), tuple(left)


def _marked(whole: Element) -> tuple[dict[str, str], set[Element], list[Element], list[Element]]:
    """What classes mark: texts above the story, all elements to leave out, boxes beside it, and its own element."""
    from lxml import etree

    held: dict[str, str] = {}
    tried: dict[str, int] = {}
    taken: set[Element] = set()
    boxes: list[Element] = []
    bodies: list[Element] = []
    walk = etree.iterwalk(whole, events=("start",))
    for _, one in walk:
        classes = {name.casefold() for name in (one.get("class") or "").split()}
        if local(one) == "figure":
            walk.skip_subtree()  # what stands in a figure is the picture's
            continue
        for name, table in (("abstract", _TEASER), ("byline", _BYLINE), ("dateline", _DATELINE)):
            if classes & table and name not in held and tried.get(name, 0) < _TRIES:
                tried[name] = tried.get(name, 0) + 1
                text = text_of(one)
                if len(text) < 1500:
                    held[name] = text
                    taken.add(one)
        if classes & _BOX and one is not whole:
            taken.add(one)
            boxes.append(one)
            walk.skip_subtree()
        elif classes & _BODY and one is not whole:
            bodies.append(one)
    return held, taken, boxes, bodies


def _html(one: Element, top: Element, taken: set[Element] | None) -> str | None:
    """The HTML element of an element; None for what is left out with all that is in it."""
    name = local(one).lower()
    if one is top:
        return "div"
    return None if taken is None or one in taken or name in _RAW else re.sub(r"[^\w-]", "", name)


def plain(text: str) -> Story:
    """The story in plain text: blank lines part paragraphs, and where there are none, line ends do."""
    from kg.extract import fragment, quotes
    from kg.extract.text import normalise

    whole = normalise(text).strip()
    parts = re.split(r"\n[ ]*\n\s*", whole) if re.search(r"\n[ ]*\n", whole) else whole.split("\n")
    return Story(quotes.flag([one for part in parts if (one := fragment.line(part))]))


def _headed(element: Element) -> bool:
    return any(local(one).lower() in _HEADINGS for one in islice(element.iter(), _PARTS))


def _above(header: Element) -> tuple[str, list[str]]:
    """The headline in what stands above a text, and its other lines (a date is no line: the item states it)."""
    headline = ""
    lines: dict[str, None] = {}
    for one in islice(header.iter(), _PARTS):
        name = local(one).lower()
        text = text_of(one) if name in _HEADINGS or name in {"p", "li", "strong"} else ""
        if name == "h1" and not headline:
            headline = text
        elif text:
            lines[text] = None
    return headline, list(lines)
