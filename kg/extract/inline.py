"""One line of text out of HTML, and the addresses that stand in it."""

from __future__ import annotations

import html as entities
import re
from urllib.parse import urljoin, urlsplit

from kg.extract.text import normalise
from kg.extract.words import words
from kg.extract.xml import Element

__all__ = ["BLOCK", "HEADING", "SILENT", "absolute", "line", "plain", "text_of"]

#: Elements that begin a line of their own (HTML Living Standard, section 15.3).
BLOCK = words(
    "address article blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer"
    " header hgroup hr legend li main menu ol p pre section summary table tbody td tfoot th thead tr ul"
)
HEADING = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
#: Elements whose content is no text of the page.
SILENT = words(
    "applet area audio base basefont button canvas col colgroup datalist embed frame frameset head iframe input link"
    " map math meta noframes object optgroup option param progress script select source style svg template textarea"
    " title track video"
)
# A line of text holds no long comments; looking for their ends without end takes quadratic time.
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--.{0,1000}?--|!\[CDATA\[.{0,1000}?\]\])>", re.DOTALL)
_SPACE = re.compile(r"\s+")
_UNSAFE = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f]")


def line(text: str) -> str:
    """The text normalised and in one line, with single spaces and none around it."""
    return _SPACE.sub(" ", normalise(text)).strip()


def plain(html: str) -> str:
    """The text of one line of HTML (a title, a name): tags left out, character references decoded once."""
    return line(entities.unescape(_TAG.sub("", html) if "<" in html else html))


def absolute(url: str | None, base: str | None = None) -> str | None:
    """The address resolved against a base (RFC 3986, section 5), or None where that is no http(s) address."""
    if not url or len(url) > 8192:
        return None
    try:
        # Normalised before it is looked at: what is hidden in it must not make it another address afterwards. Line
        # ends and tabs in an address are none of it (URL Standard, section 4.4).
        made = normalise(urljoin(base or "", re.sub(r"[\t\r\n]", "", normalise(url).strip()))).replace("\n", "").strip()
        parts = urlsplit(made)
        if parts.scheme not in ("http", "https") or not parts.hostname or _UNSAFE.search(parts.netloc):
            return None
        _ = parts.port
    except ValueError:
        return None
    made = parts.scheme + made[len(parts.scheme) :]
    return _UNSAFE.sub(lambda bad: f"%{ord(bad.group()):02X}", made)


def text_of(element: Element) -> str:
    """The element's text in one line, with a space at each block's edge."""
    from lxml import etree

    parts: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, one in walk:
        tag = one.tag if isinstance(one.tag, str) else ""
        if tag in BLOCK or tag in HEADING or tag == "br":
            parts.append(" ")
        if event == "end":
            parts.append((one.tail or "") if one is not element else "")
        elif tag in SILENT:
            walk.skip_subtree()
        else:
            parts.append(one.text or "")
    return line("".join(parts))
