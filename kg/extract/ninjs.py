"""ninjs, the IPTC's news in JSON, versions 1.0 to 3.1: an item is checked against its edition and becomes an article.

What becomes what (ninjs 3.1; 2.x and 1.x spell the names otherwise):

* ``uri`` → identifier; an alternative identifier or a rendition that is a web page → url
* ``headlines``, ``descriptions``, ``bodies`` by role and content type → headline, alternative headline, abstract, body;
  HTML goes before plain text, because only it says where paragraphs, headings and quotations are; ``title`` stands in
  for a headline that is missing
* ``firstCreated``, else ``contentCreated``, else ``versionCreated`` of a first version → date published: ninjs has no
  date of publication, and an item is sent when it is made. ``versionCreated`` → date modified where it is another
* ``people`` with the relation of an author, else ``by`` → authors; ``infoSources`` that publish or provide, else
  ``copyrightHolder``, else any → publisher
* ``associations`` that are pictures → images, each with its largest rendition for the web
* ``pubStatus`` → status; ``embargoedUntil`` → embargo (one that is no date withholds the item); ``edNote`` → note
* ``located`` → dateline; ``subjects`` → keywords

Items of the newsroom system Superdesk are read too: they are ninjs 1.x with ``guid`` for ``uri`` and names of their own
(``firstpublished`` → date published, ``authors``, ``source`` → publisher, ``service`` → section, ``keywords``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.errors import InputError, InvalidFormat
from kg.extract import json, ninjs_schema, quotes, sniff
from kg.extract.inline import absolute, line
from kg.extract.inlinexml import Story, until
from kg.extract.language import language
from kg.extract.lines import ends_sentence, key, size, split
from kg.extract.moment import lexical
from kg.extract.ninjs_item import Item, Words, concept, one_line, ranked, role, uniform, view
from kg.extract.ninjs_pictures import pictures, pictures_at
from kg.extract.schemaorg import tag
from kg.extract.text import normalise
from kg.extract.wirehtml import story
from kg.extract.words import words
from kg.extract.writers import writers
from kg.model import Article, Author, Document, Keyword, Paragraph, Status

__all__ = ["NinjsReader", "article"]

_STRONG = re.compile(
    r'"(?:version[cC]reated|first[cC]reated|content[cC]reated|pub[sS]tatus|copyright[hH]older|copyright[nN]otice'
    r"|representation[tT]ype|ed[nN]ote|info[sS]ources?|usage[tT]erms|trust[iI]ndicators?|digital[sS]ource[tT]ype"
    r"|eventDetails|plannedCoverage|embargoedUntil|headlines|bodies|alt[iI]ds|rights[iI]nfo|slugline|advices"
    r'|body_\w+|description_\w+|headline_\w+|\$standard)"\s*:'
)
_WEAK = re.compile(
    r'"(?:type|profile|version|urgency|language|located|headline|byline|by|title|person|people|organisations?|places?'
    r"|subjects?|events?|objects?|genres?|renditions|associations|descriptions|embargoed|expires|standard|mimetype"
    r'|charcount|wordcount|ednote|uri)"\s*:'
)
_URI = re.compile(r'"uri"\s*:')
_GUID = re.compile(r'"guid"\s*:')
_SPOKEN_FOR = re.compile(r'"@(?:context|graph|type)"\s*:|"format"\s*:\s*"digitalwires|"jsonapi"\s*:')

_MAIN = ("main", "", "headline", "title", "text", "html", "xhtml")
_OVER = words("kicker overline eyebrow slug slugline label vignette")
_ABSTRACT = ("abstract", "summary", "teaser", "standfirst", "dek", "deck", "lead", "lede", "short", "main", "", "text")
_NO_ABSTRACT = words(
    "caption captionextended creditline credit writer captionwriter byline alt alttext copyright keywords shotlist"
    " correction corrections script note keypoints"
)
_ASIDE = words("infobox sidebar factbox box caption note notes shotlist keywords correction corrections linkbox")
_AUTHOR = words("author authors creator byline writer reporter journalist writtenby wrote")
_PUBLISHES = words("publisher provider distributor originator contentsource source supplier")
_PAGE = words("web weburl url canonical canonicalurl weblink permalink article articleurl website")
_CORRECTS = re.compile(
    r"(?:correct(?:s|ed|ion)s?|clarif(?:ies|ied|ication)|berichtig(?:t|ung)|korrektur|rectif\w+|correcci[oó]n"
    r"|corrig\w+|correzione|errata|rättelse|rettelse)\b",
    re.IGNORECASE,
)


class NinjsReader:
    """Reads one ninjs item."""

    name: str = "ninjs"

    def recognises(self, document: Document) -> float:
        """0.9 for a JSON object with names that only ninjs has, less for a ``uri`` among names that others have too."""
        if sniff.kind(document.data) != "a JSON document":
            return 0.0
        encoding = "utf-16" if document.data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
        head = document.data[: 1 << 18].decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
        if not head.startswith("{") or _SPOKEN_FOR.search(head[:4096]):
            return 0.0
        strong = len({found.group() for found in _STRONG.finditer(head)})
        identified = bool(_URI.search(head))
        if strong >= 2 or '"ninjs"' in head or "/ninjs-schema" in head:
            return 0.9
        if strong and (identified or _GUID.search(head)):
            return 0.8
        weak = len({found.group() for found in _WEAK.finditer(head)})
        return 0.45 if identified and weak >= 2 else 0.3 if identified else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """The one item. Raises :class:`kg.errors.InvalidFormat` with the JSON Pointer of what breaks its edition."""
        value = json.loads(document.data, document.origin)
        if not isinstance(value, dict):
            raise InvalidFormat("a ninjs item is a JSON object", origin=document.origin, line=1)
        item, superdesk = uniform(value)
        try:
            version = ninjs_schema.version(item, origin=document.origin, extended=superdesk)
        except InvalidFormat as error:
            at = json.line(document.data, error.path)
            raise InvalidFormat(error.reason, origin=document.origin, line=at, path=error.path) from error
        return (article(view(item), version),)


def article(item: Item, version: str = "") -> Article:
    """The article of a valid item of that version, with whatever it holds; a headline may be empty."""
    by = f"ninjs {version}".strip()
    headlines = _headlines(item)
    told, body_at = _body(item, headlines)
    body, images = told.paragraphs, told.images
    titled = headlines or tuple(
        Words("", "", text, place)
        for text, place in ((item.text("title"), item.at("title")), (told.headline, body_at))
        if text
    )
    headline = titled[0].value if titled else ""
    abstract = _abstract(item) or (Words("", "", told.abstract, body_at) if told.abstract else None)
    shown, hero = pictures(item)
    published, modified, dated = _dates(item)
    authors, authors_at = _authors(item, Words("", "", told.byline, body_at))
    publisher, publisher_at = _publisher(item)
    tongue = tag(item.raw("language"))
    spoken = None
    if tongue is None:
        spoken = language(" ".join([headline, abstract.value if abstract else "", *(one.text for one in body[:60])]))
    url, url_at = _url(item)
    embargo = until(item.raw("embargoed", "embargoeduntil"))
    dateline = item.text("located") or told.dateline
    note = item.text("ednote")
    section = next((name for one in item.things("service") if (name := one.text("name"))), None)
    keywords = _keywords(item)
    corrections, corrections_at = _corrections(item, note)
    copyright_at = item.where("copyrightnotice", "usageterms")
    notice = item.text("copyrightnotice") or item.text("usageterms")
    stated = {key(text) for text in (headline, *(one.value for one in headlines), item.text("by", "byline"), note)}
    stated |= {key(abstract.value)} if abstract else set()
    fields: tuple[tuple[str, object, str], ...] = (
        ("headline", headline, titled[0].place if titled else ""),
        ("paragraphs", body, body_at),
        ("alternative_headline", len(headlines) > 1, headlines[-1].place if headlines else ""),
        ("abstract", abstract, abstract.place if abstract else ""),
        ("images", shown or images, pictures_at(item) if shown else body_at),
        ("publisher", publisher, publisher_at),
        ("section", section, "/service"),
        ("authors", authors, authors_at),
        ("date_published", published, dated),
        ("date_modified", modified, item.at("versioncreated")),
        ("language", tongue or spoken, "/language" if tongue else "function-words"),
        ("url", url, url_at),
        ("corrections", corrections, corrections_at),
        ("identifier", item.raw("uri"), "/uri"),
        ("embargo", embargo, item.where("embargoed", "embargoeduntil")),
        ("keywords", keywords, item.where("subjects", "subject", "keywords")),
        ("dateline", dateline, "/located" if item.text("located") else body_at),
        ("copyright_notice", notice, copyright_at),
        ("note", note, item.at("ednote")),
    )
    return Article(
        headline=headline,
        paragraphs=body,
        alternative_headline=headlines[1].value if len(headlines) > 1 else None,
        abstract=abstract.value if abstract else None,
        images=shown or images,
        hero=hero,
        publisher=publisher,
        section=section,
        authors=authors,
        date_published=published,
        date_modified=modified,
        language=tongue or spoken,
        url=url,
        corrections=corrections,
        dropped=tuple(text for text in told.dropped if key(text) not in stated),
        won=tuple((name, line(f"{by} {place}")) for name, value, place in fields if value),
        kind=_kind(item, body),
        identifier=line(item.raw("uri")) or None,
        status=_status(item),
        embargo=embargo,
        keywords=keywords,
        dateline=dateline or None,
        copyright_notice=notice or None,
        note=note or None,
    )


def _kind(item: Item, body: Sequence[Paragraph]) -> str:
    said = item.text("type").lower()
    if said == "text":
        return "article"
    if said == "composite":
        return "article" if body else "package"
    if said:
        return said
    if item.members.get("plannedcoverage"):
        return "planning"
    return "event" if item.members.get("eventdetails") else "article"


def _status(item: Item) -> Status:
    said = item.text("pubstatus").lower()
    status = next((one for one in Status if one.value == said), Status.USABLE)
    embargo = item.raw("embargoed", "embargoeduntil")
    if status is Status.USABLE and embargo.strip() and until(embargo) is None:
        return Status.WITHHELD  # nobody can say until when
    return status


# ---- texts ----------------------------------------------------------------------------------------------------------


def _headlines(item: Item) -> tuple[Words, ...]:
    """The headline and, where there is one, an alternative headline."""
    made: list[Words] = []
    for one in ranked([one for one in item.words("headline") if one.role not in _OVER], _MAIN):
        short = one_line(one)
        if short.value and all(short.value != other.value for other in made):
            made.append(short)
        if len(made) == 2:
            break
    return tuple(made)


def _abstract(item: Item) -> Words | None:
    found = [one for one in item.words("description") if one.role not in _NO_ABSTRACT and one.form in ("text", "html")]
    if not found and item.text("type") not in ("", "text", "composite"):
        found = [one for one in item.words("description") if one.role in ("caption", "captionextended")]
    for one in ranked(found, _ABSTRACT):
        short = one_line(one)
        if short.value:
            return short
    return None


def _body(item: Item, headlines: Sequence[Words]) -> tuple[Story, str]:
    """The story of the best body and its place: HTML, else NITF, else plain text."""
    found = item.words("body")
    order = {form: place for place, form in enumerate(("html", "nitf", "text"))}
    bodies = sorted(
        (one for one in found if one.form in order),
        key=lambda one: (one.role in _ASIDE, order[one.form]),
    )
    names = {one.value for one in headlines} | {item.text("title"), item.text("by", "byline"), item.text("slugline")}
    for one in bodies:
        made = _story(one)
        kept, left = _without_head(made.paragraphs, names)
        if kept and one.role in _ASIDE:
            return Story(dropped=tuple(part.text for part in kept)), ""
        if kept:
            return replace(made, paragraphs=kept, dropped=(*left, *made.dropped)), one.place
    return Story(), ""


def _story(words_: Words) -> Story:
    if words_.form == "html":
        return story(words_.value)
    if words_.form == "text":
        return Story(quotes.flag([one.text for one in split(normalise(words_.value))]))
    from kg.extract import nitf, xml

    try:
        found = nitf.article(xml.parse(words_.value.encode("utf-8"), ""))
    except InputError:
        return Story()
    head = Story(headline=found.headline, abstract=found.abstract or "", dateline=found.dateline or "")
    return replace(head, paragraphs=found.paragraphs, images=found.images, dropped=found.dropped)


def _without_head(paragraphs: Sequence[Paragraph], names: set[str]) -> tuple[tuple[Paragraph, ...], tuple[str, ...]]:
    """The paragraphs without the headline, byline and labels that some senders repeat above the text."""
    rest = list(paragraphs)
    left: list[str] = []
    while len(rest) > 1 and rest[0].kind == "text":
        text = rest[0].text
        label = size(text) <= 6 and not ends_sentence(text) and text[-1:] not in ":,;" and len(left) < 4
        if text not in names and not (label and (left or _prose(rest[1].text))):
            break
        left.append(rest.pop(0).text)
    return tuple(rest), tuple(left)


def _prose(text: str) -> bool:
    return size(text) >= 12 and ends_sentence(text)


def _corrections(item: Item, note: str) -> tuple[tuple[str, ...], str]:
    """Texts with the role of a correction, else the note to editors where it begins by saying that it corrects."""
    found = [one for name in ("description", "body") for one in item.words(name) if one.role.startswith("correction")]
    said = tuple(text for text in (one_line(one).value for one in found) if text)
    if said:
        return said, found[0].place
    return ((note,), item.at("ednote")) if _CORRECTS.match(note) else ((), "")


# ---- people, dates, places ------------------------------------------------------------------------------------------


def _authors(item: Item, printed: Words) -> tuple[tuple[Author, ...], str]:
    found: dict[Author, None] = {}
    place = ""
    for kind, type_ in (("person", "Person"), ("organisation", "Organization"), ("authors", "Person")):
        for one in item.things(kind):
            said = role(one.members.get("role") if kind == "authors" else one.members.get("rel"))
            if (said in _AUTHOR or (kind == "authors" and not said)) and (name := one.text("name", "literal")):
                place = place or one.place
                found[Author(name, type_)] = None
    if found:
        return tuple(found), place
    houses = [item.text("copyrightholder"), *(one.text("name") for one in item.things("infosource"))]
    houses += [one.text("name") for one in item.things("organisation")]
    known = {key(name) for name in houses if name}
    said = item.text("by", "byline")
    made = tuple(
        replace(one, type="Organization") if key(one.name) in known else one for one in writers(said or printed.value)
    )
    return made, item.where("by", "byline") if said else printed.place


def _publisher(item: Item) -> tuple[str | None, str]:
    sources = item.things("infosource")
    for one in sources:
        if role(one.members.get("role") or one.members.get("rel")) in _PUBLISHES and (name := one.text("name")):
            return name, one.place
    if name := item.text("copyrightholder"):
        return name, item.at("copyrightholder")
    if name := item.text("source"):
        return name, "/source"
    for one in sources:
        if not (one.members.get("role") or one.members.get("rel")) and (name := one.text("name")):
            return name, one.place
    return None, ""


def _dates(item: Item) -> tuple[str | None, str | None, str]:
    version = item.text("version")
    changed = lexical(item.raw("versioncreated"))
    for name in ("firstpublished", "firstcreated", "contentcreated"):
        made = lexical(item.raw(name))
        if made is not None:
            return made, changed if changed != made else None, item.at(name)
    if version in ("", "0", "1"):
        return changed, None, item.at("versioncreated")
    return None, changed, ""


def _keywords(item: Item) -> tuple[Keyword, ...]:
    said = item.members.get("keywords")
    found = [made for one in item.things("subject") if (made := concept(one)) is not None]
    found += [Keyword(line(one)) for one in said or () if isinstance(one, str)] if isinstance(said, list) else []
    return tuple(dict.fromkeys(one for one in found if one.name))


def _url(item: Item) -> tuple[str | None, str]:
    for name, value in item.identifiers():
        if name in _PAGE and (found := absolute(value)):
            return found, item.at("altids")
    for one in item.named("renditions"):
        if "html" in one.text("contenttype", "mimetype").lower() and (found := absolute(one.raw("href"))):
            return found, one.place
    return None, ""
