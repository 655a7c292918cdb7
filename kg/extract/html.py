"""The reader of web pages. What it needs to take one apart is imported with the first page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.extract import sniff
from kg.extract.charset import decode_page
from kg.model import Article, Document

__all__ = ["HtmlReader"]

_HTML = ("text/html", "application/xhtml+xml")
# The first element of a document, behind its declaration, comments and document type.
_ROOT = re.compile(
    r"[ï»¿\s]*(?:(?:<\?[^>]{0,400}>|<!--.{0,3000}?-->|<!DOCTYPE[^>]{0,400}>)\s*){0,20}<(?:[\w-]+:)?html[\s>]",
    re.IGNORECASE | re.DOTALL,
)


class HtmlReader:
    """Reads the one article of a web page."""

    name: str = "html"

    def recognises(self, document: Document) -> float:
        """0.8 for a page of HTML, 0.6 where only the sender says that it is one, 0.3 for other XML called one."""
        claimed = (document.media_type or "").split(";")[0].strip().lower() in _HTML
        kind = sniff.kind(document.data)
        head = document.data[:4_096].decode("latin-1")
        if kind in {"an HTML page", "an XML document"} and head.lstrip("ï»¿ \t\r\n").startswith(("<?xml", "<!--")):
            return 0.8 if _ROOT.match(head) else (0.3 if claimed or kind == "an HTML page" else 0.0)
        if kind == "an HTML page" or (kind == "an XML document" and _ROOT.match(head)):
            return 0.8
        if kind is None and document.data[:2] in {b"<\0", b"\0<"}:
            return 0.6
        return 0.6 if claimed and kind is None else 0.3 if claimed and kind == "an XML document" else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """The article of the page.

        Raises :class:`kg.errors.EncodingError`, :class:`kg.errors.InvalidFormat` and, for a page that holds no article
        (a home page, a list, an error page, a page that scripts fill), :class:`kg.errors.IncompleteArticle`.
        """
        from kg.extract.webpage import read_page

        return (read_page(decode_page(document), origin=document.origin),)
