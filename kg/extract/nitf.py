"""NITF, the News Industry Text Format, alone and inside other formats.

Follows IPTC's NITF 3.2 to 3.6 (with and without its namespace; the usual document type declaration is only a name and
never loaded). What is taken from where:

* headline ``hedline/hl1`` (else ``head/title``), alternative headline ``hedline/hl2``, abstract
  ``body.head/abstract``; authors ``byline``: its ``person`` elements, else its words without ``byttl``;
* date published ``pubdata/@date.publication``, else ``date.issue``, else the dateline's ``story.date``; date modified
  the latest ``revision-history``; embargo ``date.release``, where it lies after the date published;
* identifier ``doc-id/@id-string``, else ``nitf/@uno``; address ``pubdata/@ex-ref``; status
  ``docdata/@management-status``; publisher ``distributor``, else ``pubdata/@name``; copyright ``doc.copyright``; note
  ``ed-msg`` and ``body.head/note``;
* keywords ``key-list``, ``tobject.subject`` (with IPTC's IRI) and ``identified-content``;
* body ``body.content``: ``hl2`` and tables are dropped, ``bq`` is a quotation, ``media`` is a picture;
  ``body.end`` is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.errors import InvalidFormat
from kg.extract import credit as printed
from kg.extract.decode import charset
from kg.extract.inlinexml import after, child, children, ending, markup, undash, until
from kg.extract.itemview import LANG, tag_of
from kg.extract.lines import key
from kg.extract.moment import lexical
from kg.extract.words import words
from kg.extract.writers import writers
from kg.extract.xml import Element, local, parse, root_of, text_of
from kg.model import Article, Author, Document, Image, Keyword, Status

__all__ = ["NitfReader", "article", "identifier"]

_TAGS = {
    "a": "a",
    "block": "div",
    "blockquote": "blockquote",
    "body.content": "div",
    "bq": "blockquote",
    "br": "br",
    "caption": "caption",
    "credit": "footer",
    "datasource": "footer",
    "dd": "dd",
    "dl": "dl",
    "dt": "dt",
    "em": "em",
    "fn": "aside",
    "hl1": "h2",
    "hl2": "h2",
    "hr": "hr",
    "li": "li",
    "note": "aside",
    "ol": "ol",
    "p": "p",
    "pre": "pre",
    "q": "q",
    "strong": "strong",
    "table": "table",
    "tbody": "tbody",
    "td": "td",
    "tfoot": "tfoot",
    "th": "th",
    "thead": "thead",
    "tr": "tr",
    "ul": "ul",
}
_MOST = 100  # blocks that are compared, and bylines
_LEFT = words("body.head body.end media nitf-table-metadata object.title alt-code script style")
_MARKS = "\"'“‘«„‚‹”’»"
_LABEL = re.compile(r"(?:by|von|por|par|di|door|av|af)\s", re.IGNORECASE)
_STATUS = {"withheld": Status.WITHHELD, "canceled": Status.CANCELED, "cancelled": Status.CANCELED}
_SUBJECTS = "http://cv.iptc.org/newscodes/subjectcode/"
_CONTENT = words("classifier event function location object.title org person virtloc")


class NitfReader:
    """Reads NITF documents."""

    name = "nitf"

    def recognises(self, document: Document) -> float:
        """1 for a document whose root is ``nitf``, else 0."""
        found = root_of(document.data)
        return 1.0 if found is not None and found[0] == "nitf" else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """The one article. Raises :class:`kg.errors.InputError` for what is no XML and no NITF."""
        root = parse(document.data, document.origin, charset=charset(document.media_type))
        if local(root) != "nitf":
            raise InvalidFormat(f"the root is <{local(root)[:40]}>; NITF begins with <nitf>", origin=document.origin)
        return (article(root),)


def article(root: Element) -> Article:
    """The article of an ``nitf`` element; an absent headline is empty."""
    head, body = child(root, "head"), child(root, "body")
    above, data = child(body, "body.head"), child(head, "docdata")
    won: dict[str, str] = {}
    made = Article(
        headline=_first(won, "headline", _headlines(above, head)),
        alternative_headline=_first(won, "alternative_headline", _second(above)) or None,
        abstract=_first(won, "abstract", [("body.head/abstract", text_of(child(above, "abstract")))]) or None,
        authors=_authors(above, won),
        publisher=_first(won, "publisher", _publishers(above, head)) or None,
        section=_first(won, "section", [("pubdata/@position.section", _attribute(head, "pubdata", "position.section"))])
        or None,
        dateline=_first(won, "dateline", [("body.head/dateline", _dateline(above))]) or None,
        language=_first(won, "language", [(f"nitf/@{name}", value) for name, value in _languages(root, body)]) or None,
        keywords=_keywords(head, data, won),
        identifier=_first(won, "identifier", _identifiers(root)) or None,
        note=_first(won, "note", [("ed-msg", _notes(data, above))]) or None,
        copyright_notice=_first(won, "copyright_notice", [("doc.copyright", _copyright(data))]) or None,
        status=_STATUS.get((data.get("management-status") or "").strip().lower(), Status.USABLE)
        if data is not None
        else Status.USABLE,
        corrections=tuple(text for one in children(data, "correction") if (text := _line(one.get("info")))),
    )
    made = replace(made, authors=_agencies(made))
    made = _dated(made, head, data, above, won)
    made = _bodied(made, body, above, won)
    return replace(made, url=_address(head, won), won=tuple(won.items()))


def _first(won: dict[str, str], field: str, found: Sequence[tuple[str, str]]) -> str:
    """The first text that is not empty; who supplied it is written down."""
    for place, text in found:
        if text:
            won[field] = place
            return text
    return ""


def _line(text: str | None) -> str:
    from kg.extract.inline import line

    return line(text or "")


def _attribute(element: Element | None, name: str, attribute: str) -> str:
    return next((text for one in children(element, name) if (text := _line(one.get(attribute)))), "")


def _headlines(above: Element | None, head: Element | None) -> list[tuple[str, str]]:
    return [
        ("hedline/hl1", text_of(child(above, "hedline", "hl1"))),
        ("head/title", text_of(child(head, "title"))),
    ]


def _second(above: Element | None) -> list[tuple[str, str]]:
    return [("hedline/hl2", text_of(one)) for one in children(child(above, "hedline"), "hl2")]


def _publishers(above: Element | None, head: Element | None) -> list[tuple[str, str]]:
    return [
        ("body.head/distributor", text_of(child(above, "distributor"))),
        ("pubdata/@name", _attribute(head, "pubdata", "name")),
    ]


def identifier(root: Element) -> str:
    """The identifier an ``nitf`` element states, or nothing."""
    return next((text for _, text in _identifiers(root) if text), "")


def _identifiers(root: Element) -> list[tuple[str, str]]:
    stated = _attribute(child(root, "head", "docdata"), "doc-id", "id-string")
    return [("doc-id", stated), ("nitf/@uno", _line(root.get("uno")))]


def _languages(root: Element, body: Element | None) -> list[tuple[str, str]]:
    found = [
        ("xml:lang", root.get(LANG)),
        ("baselang", root.get("baselang")),
        ("body/xml:lang", body.get(LANG) if body is not None else None),
        ("body/lang", body.get("lang") if body is not None else None),
    ]
    return [(name, tag_of(value)) for name, value in found]


def _dateline(above: Element | None) -> str:
    """The dateline as printed; one that only says when the story was written is none."""
    found = child(above, "dateline")
    if found is None or (all(local(one) == "story.date" for one in found) and not (found.text or "").strip()):
        return ""
    return undash(text_of(found))


def _authors(above: Element | None, won: dict[str, str]) -> tuple[Author, ...]:
    """The authors of every byline; a second one that prints the same names in another order adds nobody."""
    found: list[Author] = []
    for byline in children(above, "byline")[:_MOST]:
        if found and _letters(_without(byline, "byttl")) <= _letters(" ".join(one.name for one in found)) | {"by"}:
            continue
        people = [text for one in byline.iter() if local(one) == "person" and (text := text_of(one))]
        if people:
            made = [author for name in people for author in writers(name, "Person")]
        else:
            made = list(writers(_without(byline, "byttl")))
            titles = children(byline, "byttl")
            if not made and titles and not _without(byline, "byttl"):
                text = text_of(titles[0])
                made = [one for one in writers(text) if one.type == "Organization" or _LABEL.match(text)]
        found.extend(author for author in made if author not in found)
    if found:
        won["authors"] = "body.head/byline"
    return tuple(found)


def _agencies(made: Article) -> tuple[Author, ...]:
    """The authors, those that are the publisher (and the agencies it is named with: ``NW-AP/DPA``) as organisations."""
    found: list[Author] = []
    for author in made.authors:
        names = re.split(r"\s*[-/]\s*", author.name)
        if made.publisher not in names or not all(re.fullmatch(r"[^\W\d_]{2,6}", name) for name in names):
            found.append(replace(author, type="Organization") if author.name == made.publisher else author)
        else:
            found.extend(Author(name, "Organization") for name in names)
    return tuple(dict.fromkeys(found))


def _letters(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _without(element: Element, name: str) -> str:
    """The element's words without those of the children with this name."""
    text = (element.text or "") + "".join(
        ("" if local(one) == name else f" {text_of(one)} ") + (one.tail or "") for one in element
    )
    return _line(text).strip(" ,;")


def _keywords(head: Element | None, data: Element | None, won: dict[str, str]) -> tuple[Keyword, ...]:
    found: list[Keyword] = []
    for subject in (one for top in children(head, "tobject") for one in children(top, "tobject.subject")):
        number = (subject.get("tobject.subject.refnum") or "").strip()
        names = (subject.get(f"tobject.subject.{level}") for level in ("detail", "matter", "type"))
        name = next((text for text in map(_line, names) if text), number)
        known = re.fullmatch(r"\d{8}", number) and subject.get("tobject.subject.ipr", "IPTC").strip().upper() == "IPTC"
        if name:
            found.append(Keyword(name, _SUBJECTS + number if known else None))
    keys = [one for top in children(data, "key-list") for one in children(top, "keyword")]
    named = [one for top in children(data, "identified-content") for one in top if local(one) in _CONTENT]
    texts = [_line(one.get("key")) or text_of(one) for one in keys]
    texts += [text_of(one) or _line(one.get("value")) for one in named]
    found.extend(Keyword(text) for text in texts if text)
    if found:
        won["keywords"] = "docdata"
    return tuple(dict.fromkeys(found))


def _notes(data: Element | None, above: Element | None) -> str:
    found = [_line(one.get("info")) for one in children(data, "ed-msg")]
    found += [text_of(one) for one in children(above, "note")]
    return "\n".join(dict.fromkeys(text for text in found if text))


def _copyright(data: Element | None) -> str:
    one = child(data, "doc.copyright")
    if one is None:
        return ""
    holder = _line(one.get("holder")) or text_of(one)
    return " ".join(part for part in ("©", _line(one.get("year")), holder) if part) if holder else ""


def _address(head: Element | None, won: dict[str, str]) -> str | None:
    from kg.extract.inline import absolute

    found = next((url for one in children(head, "pubdata") if (url := absolute(one.get("ex-ref")))), None)
    if found:
        won["url"] = "pubdata/@ex-ref"
    return found


def _dated(
    made: Article, head: Element | None, data: Element | None, above: Element | None, won: dict[str, str]
) -> Article:
    stories = [one for one in above.iter() if local(one) == "story.date"] if above is not None else []
    published = _first(
        won,
        "date_published",
        [("pubdata/@date.publication", lexical(one.get("date.publication")) or "") for one in children(head, "pubdata")]
        + [("date.issue", _norm(child(data, "date.issue"))), ("story.date", _norm(stories[0] if stories else None))],
    )
    revised = [text for one in children(head, "revision-history") if (text := _norm(one))]
    release = child(data, "date.release")
    embargo = until(release.get("norm")) if release is not None else None
    if embargo and published and not after(embargo, published):
        embargo = None
    status = made.status
    if embargo is None and data is not None and data.get("management-status") == "embargoed":
        status = Status.WITHHELD if release is None or until(release.get("norm")) is None else status
    if revised:
        won["date_modified"] = "revision-history"
    if embargo:
        won["embargo"] = "date.release"
    return replace(
        made, date_published=published or None, date_modified=max(revised, default=None), embargo=embargo, status=status
    )


def _norm(element: Element | None) -> str:
    return lexical(element.get("norm") or text_of(element)) or "" if element is not None else ""


def _bodied(made: Article, body: Element | None, above: Element | None, won: dict[str, str]) -> Article:
    from kg.extract import fragment

    contents = children(body, "body.content", "body.contents")
    if not contents and children(body, "p", "block"):
        contents = [body]  # senders who leave the element out
    within = [above, *(one for one in contents if one is not body), *children(body, "media")]
    pictures = [one for part in within if part is not None for one in part.iter() if local(one) == "media"]
    images = tuple(dict.fromkeys(image for one in pictures if (image := _picture(one)) is not None))
    ends = children(child(body, "body.end"), "tagline", "bibliography")
    dropped = tuple(text for one in ends if (text := text_of(one)))
    doubled = _doubled([block for one in contents for block in children(one, "block")])
    found = fragment.paragraphs("".join(_html(one, doubled) for one in contents))
    paragraphs, signed = ending(found.paragraphs)
    if paragraphs:
        won["paragraphs"] = "body.content"
    images = tuple(dict.fromkeys((*images, *found.images)))
    if images:
        won["images"] = "media"
    return replace(
        made, paragraphs=paragraphs, images=images, hero=bool(images), dropped=found.dropped + signed + dropped
    )


def _html(content: Element, doubled: frozenset[Element]) -> str:
    text = content.text or ""
    if len(content) == 0 and re.search(r"</?(?:p|div|br)\b[^<>]*>", text):
        return text  # senders who put HTML into a CDATA section
    return markup(content, lambda one: None if one in doubled else "div" if one is content else _tag(one))


def _tag(one: Element) -> str | None:
    name = local(one)
    if name in _LEFT:
        return None
    if name == "q" and text_of(one)[:1] in _MARKS:
        return ""
    return _TAGS.get(name, "")


def _doubled(blocks: Sequence[Element]) -> frozenset[Element]:
    """The blocks whose paragraphs all stand in another block too (an archive's copy of the lead)."""
    texts = [frozenset(key(text_of(part)) for part in children(one, "p")) for one in blocks]
    twice = [
        one
        for place, one in enumerate(blocks[:_MOST])
        if texts[place]
        and any(
            texts[place] <= others and (len(others) > len(texts[place]) or number < place)
            for number, others in enumerate(texts[:_MOST])
            if number != place
        )
    ]
    return frozenset(twice)


def _picture(media: Element) -> Image | None:
    """The picture of a ``media`` element: its widest rendition with an address, caption and producer."""
    from kg.extract.inline import absolute

    kind = (media.get("media-type") or "").strip().lower()
    references = children(media, "media-reference")
    mime = " ".join(one.get("mime-type") or "" for one in references).lower()
    if kind not in {"image", "photo", "photograph", "picture", "graphic", ""} or (mime and "image" not in mime):
        return None
    found: list[tuple[int, int, str]] = []
    for place, one in enumerate(references):
        if url := absolute(one.get("source") or one.get("data-location")):
            width = (one.get("width") or "").strip()
            found.append((int(width) if width.isdecimal() and len(width) < 7 else 0, -place, url))
    caption = " ".join(text for one in children(media, "media-caption") if (text := text_of(one))) or None
    credit = text_of(child(media, "media-producer")) or None
    if caption and credit is None:
        caption, credit = printed.caption(caption)
    alt = next((text for one in references if (text := _line(one.get("alternate-text")))), None)
    url = max(found)[2] if found else None
    return Image(caption, credit, url, alt) if caption or url else None
