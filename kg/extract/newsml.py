"""NewsML-G2: news items of every class, alone, several in a message, and the items that are no news.

Follows IPTC's NewsML-G2 2.0 to 2.35, core and power conformance. What is taken from where (of ``contentMeta`` unless
said):

* identifier ``@guid``; address ``link`` with ``rel`` canonical; language ``language/@tag``, else ``@xml:lang``;
* headline: of the ``headline`` elements in the item's language the one without a role (or with a main one) of the best
  rank; one of the second rank, or with the role of a sub-headline, is the alternative headline; a kicker is neither;
* abstract ``description`` with the role summary, abstract or teaser, or without one (and the caption of a picture);
* authors ``by``, else ``creator``; publisher ``provider``, else ``infoSource``, else ``rightsInfo/copyrightHolder``;
* date published the first of ``pubHistory``, which few items have, else ``firstCreated``, else ``contentCreated`` (of
  texts: a picture's is when it was taken), else ``versionCreated`` of a first version, because an item is sent when it
  is made; date modified ``versionCreated`` where it is another; embargo ``embargoed``: one without a date lasts until
  further notice, and the item is withheld;
* status ``pubStatus`` (one that is not IPTC's means withheld); note all ``edNote`` but marked-up copies of them and
  those that a constraint keeps from the public; corrections the ``edNote`` with the role of one (or
  without a role beside the signal of one); copyright
  ``copyrightNotice``, else ``usageTerms``;
* keywords ``subject`` (IRI by :mod:`kg.extract.qcodes`, names also from ``assert``) and ``keyword``;
* body ``contentSet``: the longest of the ``inlineXML`` (XHTML, HTML5, NITF) and ``inlineData`` (text); pictures
  ``remoteContent``, and ``link`` to items of class picture.

``Article.kind`` is the item's class (a composite with a text of its own is an article); what is no text is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import BinaryIO

from kg.errors import InputError, InvalidFormat, TooLarge
from kg.extract import newsml1, nitf
from kg.extract.decode import charset
from kg.extract.inlinexml import children
from kg.extract.itemview import LANG, line_of
from kg.extract.newsitem import ITEMS, NAMESPACE, article
from kg.extract.qcodes import STANDARD, catalog_of
from kg.extract.xml import Element, local, parse, pieces, root_of
from kg.model import Article, Document, Unread

__all__ = ["NewsMLReader", "NewsMessage"]

_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:" + "|".join(ITEMS).encode() + rb")[\s>]")
_NITF = re.compile(rb"<(?:[\w.-]+:)?nitf[\s>]")
_NAMES = frozenset((*ITEMS, "NewsItem", "nitf"))
# Roots that are no wrappers of items, whatever lies in them.
_OTHERS = frozenset((*ITEMS, "catalog", "nitf", "NewsItem", "html", "rss", "feed", "RDF"))
_MEDIA_TYPE = "application/xml"


class NewsMLReader:
    """Reads NewsML-G2 items, and every item of a news message."""

    name = "newsml-g2"

    def recognises(self, document: Document) -> float:
        """1 for a document whose root is an item or a message of NewsML-G2, else 0."""
        found = root_of(document.data)
        if found is None or found[0] not in (*ITEMS, "newsMessage", "catalog"):
            return 0.0
        return 1.0 if found[1] == NAMESPACE else 0.8 if not found[1] else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """The article of each item, in order. Raises :class:`kg.errors.InputError` for what is no NewsML-G2."""
        root = parse(document.data, document.origin, charset=charset(document.media_type))
        found = items(root)
        if not found:
            if local(root) == "newsMessage":
                return ()
            raise InvalidFormat(
                f"the root is <{local(root)[:40]}>; NewsML-G2 begins with <newsItem> or <newsMessage>",
                origin=document.origin,
            )
        catalog = catalog_of(root, *children(root, "header")) if found[0] is not root else STANDARD
        return tuple(article(one, document.origin, catalog) for one in found)


def items(root: Element) -> list[Element]:
    """The items in a document: the root itself (an item or a catalogue), or those in a message and in no other item."""
    if local(root) in ITEMS or local(root) == "catalog":
        return [root]
    return [
        one
        for one in root.iter()
        if local(one) in ITEMS and not any(local(above) in ITEMS for above in one.iterancestors())
    ]


class NewsMessage:
    """Takes a message of NewsML (G2 or 1.x), or an XML file that items or NITF lie in, apart: one at a time."""

    name = "newsml-message"

    def recognises(self, head: bytes, media_type: str | None) -> float:  # noqa: ARG002  # the bytes say it all
        """1 for a message; 0.8 for another root that an item of NewsML-G2 or NITF lies in; 0 for a single item."""
        found = root_of(head)
        if found is not None and found[0] == "NewsML":
            return 1.0
        if found is None:
            return 0.0
        if found[0] == "newsMessage":
            return 1.0 if found[1] == NAMESPACE else 0.8 if not found[1] else 0.0
        if found[0] in _OTHERS:
            return 0.0
        return 0.8 if (NAMESPACE.encode() in head and _ITEM.search(head)) or _NITF.search(head) else 0.0

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread]:
        """Each item as a document of its own: with the namespaces, the language and the catalogue it stood in.

        The key is the item's GUID, the origin the message's with ``#`` and the GUID. What cannot be read any further is
        one :class:`kg.model.Unread`; the items before it stay.
        """
        try:
            yield from self._items(stream, given, limit)
        except InputError as error:
            yield Unread(error)

    def _items(self, stream: BinaryIO, given: Document, limit: int) -> Iterator[Document | Unread]:
        for number, item in enumerate(pieces(stream, given.origin, _NAMES, limit=limit), start=1):
            guid = _guid(item)
            document = replace(
                given,
                data=_alone(item),
                key=f"guid:{given.source.name}/{guid}" if guid else f"{given.key}#{number}",
                origin=f"{given.origin}#{guid or number}",
                media_type=_MEDIA_TYPE,
            )
            size = len(document.data)
            if size > limit:
                reason = f"the item's {size:,} bytes are over the limit of {limit:,}; raise the limit"
                yield Unread(TooLarge(reason, origin=document.origin, size=size, limit=limit))
            else:
                yield document


def _guid(item: Element) -> str:
    if local(item) == "NewsItem":
        return newsml1.identifier(item)
    return nitf.identifier(item) if local(item) == "nitf" else line_of(item.get("guid"))


def _alone(item: Element) -> bytes:
    """The item as a document that says all that it had from the message around it."""
    from lxml import etree

    around = list(item.iterancestors())
    lang = next((one.get(LANG) for one in around if one.get(LANG)), None)
    if lang and not item.get(LANG):
        item.set(LANG, lang)
    if local(item) == "NewsItem":
        envelope = [deepcopy(one) for above in around for one in children(above, "NewsEnvelope")]
        for one in envelope[:1]:
            one.tail = None
            item.append(one)
    elif local(item) in ITEMS and not children(item, "catalog", "catalogRef"):
        given = [one for above in around for one in (above, *children(above, "header"))]
        found = [deepcopy(one) for above in given for one in children(above, "catalog", "catalogRef")]
        for place, one in enumerate(found):
            one.tail = None
            item.insert(place, one)
    made: bytes = etree.tostring(item, encoding="UTF-8", xml_declaration=True, with_tail=False)
    return made
