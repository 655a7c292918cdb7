"""The frame of a web page: one ``html`` with one ``head`` and one ``body``, as the HTML standard has it.

The standard (sections 13.1.2.4 and 13.2.6.4) lets a page leave these tags out, repeat them or close them early, and
says where the content belongs then; the parser of libxml2 leaves or drops some of it.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from kg.extract.words import words

__all__ = ["framed", "opened"]

# In a head, by the standard; whatever else stands there begins the body.
_HEAD = words("title meta link base script style noscript template basefont bgsound noframes")
_CLOSED = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^<>]*>", re.IGNORECASE)
_FRAMES = re.compile(r"</?(?:frameset|frame|noframes)\b[^<>]*>", re.IGNORECASE)
_UNSEEN = words("script style noscript template head title textarea select svg")
_VERBATIM = words("pre plaintext xmp listing")
_PARTED = re.compile(r"\n[ \t\r]*\n\s*")
_FEW = 200  # characters; a page that shows fewer shows its readers no article


def opened(text: str) -> str:
    """The page's text without the tags behind which the parser reads no further.

    The ends of ``body`` and ``html`` are no end (section 13.2.6.4.19): what follows is still of the body. So are a
    second body and what a set of frames offers to those who see no frames.
    """
    text = _CLOSED.sub("", text)
    starts = list(_BODY.finditer(text))
    for extra in reversed(starts[1:50]):
        text = text[: extra.start()] + text[extra.end() :]
    return _FRAMES.sub("", text) if "<frameset" in text.lower() else text


def framed(root: Any) -> Any:
    """The tree with everything a reader may see below its one ``body``; the given tree is changed.

    Declarative shadow trees stand where they are shown, what is there for want of scripts counts where the page shows
    nothing else, and verbatim text is parted where lines are blank.
    """
    if root.tag != "html":
        page = etree.Element("html")
        page.append(root)
        root = page
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
        _head(root, body)
    _outside(root, body)
    _shadows(root)
    _scriptless(root, body)
    _verbatim(root)
    return root


def _head(root: Any, body: Any) -> None:
    """What the parser left in the head although the body had begun."""
    head = root.find("head")
    if head is None:
        return
    begun = False
    for node in list(head):
        begun = begun or (isinstance(node.tag, str) and node.tag not in _HEAD)
        if begun:
            body.append(node)
        elif node.tail and not node.tail.isspace():
            body.text, node.tail = node.tail, None
            begun = True


def _outside(root: Any, body: Any) -> None:
    """What stands beside the body, put into it: before what is there, or behind it."""
    before, seen = 0, False
    for node in list(root):
        if node is body:
            seen = True
        elif isinstance(node.tag, str) and node.tag not in {"head", "body", "frameset"}:
            if seen:
                body.append(node)
            else:
                body.insert(before, node)
                before += 1


def _shadows(root: Any) -> None:
    """Templates that the parser of a browser attaches at once (HTML standard, section 4.12.3) as boxes."""
    for node in root.iter("template"):
        if node.get("shadowrootmode") is not None or node.get("shadowroot") is not None:
            node.tag = "div"


def _scriptless(root: Any, body: Any) -> None:
    """The content for readers without scripts, where there is much and the page shows hardly any other."""
    spare = [(node, len("".join(node.itertext()).strip())) for node in root.iter("noscript")]
    if sum(held for _, held in spare) < _FEW or _shown(body) >= _FEW:
        return
    for node, held in spare:
        if held:
            node.tag = "div"
            if node.getparent().tag == "head":
                body.append(node)


def _shown(body: Any) -> int:
    """How many characters the body shows; counted no further than a page with an article needs."""
    count = 0
    skip: Any = None
    for event, node in etree.iterwalk(body, events=("start", "end")):
        if skip is not None:
            if node is skip and event == "end":
                skip = None
                count += len((node.tail or "").strip())
            continue
        if event == "start":
            if not isinstance(node.tag, str) or node.tag in _UNSEEN:
                skip = node
                continue
            count += len((node.text or "").strip())
        else:
            count += len((node.tail or "").strip())
        if count >= _FEW:
            break
    return count


def _verbatim(root: Any) -> None:
    """Verbatim text with blank lines as a box with line breaks, as wire copy on old pages stands."""
    for node in list(root.iter(*_VERBATIM)):
        pieces = _PARTED.split((node.text or "").strip())[:5_000]
        if len(pieces) < 2:
            continue
        node.tag, node.text = "div", ""
        for place, piece in enumerate(pieces):
            paragraph = etree.Element("p")
            paragraph.text = piece
            node.insert(place, paragraph)
