"""The reader of schema.org articles as JSON-LD documents, our own export included.

Compact, expanded and flattened forms are read by the names of their properties; no context is fetched. A document may
hold several articles; one that is only referred to (a part, a source, a related story) is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.errors import IncompleteArticle
from kg.extract import json, quotes, schemaorg, sniff
from kg.extract.embedded import ELSEWHERE
from kg.extract.language import language
from kg.extract.lines import key
from kg.extract.schemaorg import Node, Said
from kg.model import Article, Document

__all__ = ["JsonLdReader"]

_LOOK = 1_000_000  # bytes; a type may stand behind a long context or a body
_TYPE = re.compile(
    rb'"@type"\s*:\s*(?:\[\s*(?:"[^"\\]{0,120}"\s*,\s*){0,8})?"(?:schema:|https?://schema\.org/)?(?:'
    + "|".join(sorted(schemaorg.ARTICLES)).encode()
    + rb')"'
)
_CONTEXT = re.compile(rb'"@(?:context|graph|id|type)"\s*:')
_MOST = 10_000  # articles of one document


class JsonLdReader:
    """Reads the articles of a JSON-LD document in the words of schema.org."""

    name: str = "json-ld"

    def recognises(self, document: Document) -> float:
        """0.9 for JSON that types a node as an article of schema.org, 0.5 for other JSON-LD, 0 for the rest."""
        media = (document.media_type or "").split(";")[0].strip().lower()
        if sniff.kind(document.data) != "a JSON document":
            return 0.0
        look = document.data[:_LOOK]
        if look[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            look = look.decode("utf-16", "replace").encode()
        if _TYPE.search(look):
            return 0.9
        return 0.5 if media == "application/ld+json" and _CONTEXT.search(look) else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """The articles in the document, in its order.

        Raises :class:`kg.errors.InvalidFormat` for what is no strict JSON and :class:`kg.errors.IncompleteArticle`
        when no node is an article with a headline and a body.
        """
        value = json.loads(document.data, document.origin)
        known, found = _articles(value)
        if not found:
            raise IncompleteArticle(
                "no article found: no node of the document has a type of schema.org's Article family",
                origin=document.origin,
            )
        articles = [one for node in found if (one := _article(node, known)) is not None]
        if not articles:
            raise IncompleteArticle(
                f"no body found: the document's {len(found)} article node(s) have no headline or no articleBody",
                origin=document.origin,
            )
        return tuple(articles)


def _articles(value: object) -> tuple[dict[str, Node], list[Node]]:
    """All nodes by ``@id``, and the articles that are no part of another."""
    known: dict[str, Node] = {}
    found: list[Node] = []
    for node, path in schemaorg.nodes(value):
        identity = node.get("@id")
        if isinstance(identity, str) and len(node) > len(known.get(identity, ())):
            known[identity] = node
        if schemaorg.ARTICLES & set(schemaorg.types(node)) and not (ELSEWHERE - {"itemListElement", "item"}) & set(
            path
        ):
            found.append(node)
    return known, found[:_MOST]


def _article(node: Node, known: dict[str, Node]) -> Article | None:
    base = schemaorg.address(schemaorg.get(node, "url"), "") or ""
    said = schemaorg.said(node, base, known)
    if not said.headline or not said.body:
        return None
    alternative = said.alternative_headline
    if alternative and key(alternative) == key(said.headline):
        alternative = None
    tongue = said.language or language(" ".join([said.headline, *said.body[:60]]))
    fields = {
        "headline": said.headline,
        "paragraphs": said.body,
        "alternative_headline": alternative,
        "abstract": said.abstract,
        "images": said.images,
        "publisher": said.publisher,
        "section": said.section,
        "authors": said.authors,
        "date_published": said.date_published,
        "date_modified": said.date_modified,
        "url": said.url,
        "corrections": said.corrections,
        "identifier": said.identifier,
        "keywords": said.keywords,
        "dateline": said.dateline,
        "copyright_notice": said.copyright_notice,
    }
    won = [(name, "json-ld") for name, value in fields.items() if value]
    if tongue:
        won.append(("language", "json-ld" if said.language else "function-words"))
    return Article(
        headline=said.headline,
        paragraphs=quotes.flag(said.body),
        alternative_headline=alternative,
        abstract=said.abstract,
        images=said.images,
        hero=_leads(node, known, said),
        publisher=said.publisher,
        section=said.section,
        authors=said.authors,
        date_published=said.date_published,
        date_modified=said.date_modified,
        language=tongue,
        url=said.url,
        corrections=said.corrections,
        won=tuple(won),
        identifier=said.identifier,
        keywords=said.keywords,
        dateline=said.dateline,
        copyright_notice=said.copyright_notice,
    )


def _leads(node: Node, known: dict[str, Node], said: Said) -> bool:
    """Whether the first picture is the article's own: it has a file, or the document says that it represents it."""
    if not said.images:
        return False
    first = next(iter(schemaorg.listed(schemaorg.get(node, "image"))), None)
    image = known.get(first, {}) if isinstance(first, str) else first
    if isinstance(image, dict) and isinstance(image.get("@id"), str):
        image = known.get(image["@id"], image)
    stated = schemaorg.get(image, "representativeOfPage") if isinstance(image, dict) else None
    if isinstance(stated, dict):
        stated = stated.get("@value")
    return said.images[0].url is not None if stated is None else stated in {True, "true"}
