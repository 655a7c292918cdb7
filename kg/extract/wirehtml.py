"""The story in the HTML that JSON wire formats carry, read as the XHTML of XML wire formats is."""

from __future__ import annotations

from kg.extract import inlinexml
from kg.extract.inlinexml import Story
from kg.extract.text import normalise

__all__ = ["story"]


def story(html: str) -> Story:
    """The story in a page or a piece of HTML; empty where there is none. Never raises.

    See :func:`kg.extract.inlinexml.html` for what is told apart.
    """
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    text = normalise(html)
    if not text.strip():
        return Story()
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return Story()
    return inlinexml.html(root) if root is not None else Story()
