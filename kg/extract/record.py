"""One article in one plain JSON object: a line of a JSON Lines file, an answer of an API, the object of ``kg preview``.

Names are read in any case, with or without ``_`` and ``-``. The first name of a row that says something wins:

========================  ==========================================================================================
field                     names
========================  ==========================================================================================
headline                  headline, title
alternative_headline      alternativeHeadline, subtitle, subheadline, subhead
abstract                  abstract, description, summary, excerpt, dek, standfirst
paragraphs                body, articleBody, paragraphs, content, text, fullText, bodyHtml, bodyText, contentHtml,
                          contentText: text with blank lines, HTML, or a list of paragraphs
authors                   authors, author, byline, creators, creator, writers, writer
publisher                 publisher, source, outlet, newspaper, publication, siteName: text, or an object's name
section                   section, articleSection, category
date_published            datePublished, published, publishedAt, publicationDate, publishDate, pubDate, date
date_modified             dateModified, modified, modifiedAt, updated, updatedAt, lastModified, lastUpdated, lastmod
language                  language, lang, inLanguage, locale
url                       url, link, canonicalUrl, canonical, permalink, webUrl
identifier                identifier, guid, uuid, uri, id
keywords                  keywords, tags, topics, subjects, categories
images                    images, image, imageUrl, urlToImage, photos, photo, cover, featuredImage, leadImage
corrections               corrections, correction
status                    status, pubStatus; draft (true)
embargo                   embargo, embargoed, embargoedUntil, embargoUntil
copyright_notice          copyrightNotice, copyright, rights
dateline                  dateline
note                      note, edNote, editorialNote
dropped                   dropped (of ``kg preview``)
========================  ==========================================================================================

Dates without a zone give their day; whole numbers are seconds or milliseconds since 1970.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kg.errors import IncompleteArticle, InputError
from kg.extract import quotes, values
from kg.extract.edges import Trimmed, trimmed
from kg.extract.fragment import Fragment, paragraphs, text_paragraphs
from kg.extract.inline import absolute, line, plain
from kg.extract.json import loads
from kg.extract.tag import tag
from kg.extract.teaser import uncontinued
from kg.model import Article, Document, Status

__all__ = ["NAMES", "RecordReader"]

#: The names each field is read from, in the order they are tried, in lower case and without ``_`` and ``-``.
NAMES: Mapping[str, tuple[str, ...]] = {
    "headline": ("headline", "title"),
    "alternative_headline": ("alternativeheadline", "subtitle", "subheadline", "subhead"),
    "abstract": ("abstract", "description", "summary", "excerpt", "dek", "standfirst"),
    "paragraphs": ("body", "articlebody", "paragraphs", "content", "text", "fulltext", "bodyhtml", "bodytext",
                   "contenthtml", "contenttext"),
    "authors": ("authors", "author", "byline", "creators", "creator", "writers", "writer"),
    "publisher": ("publisher", "source", "outlet", "newspaper", "publication", "sitename"),
    "section": ("section", "articlesection", "category"),
    "date_published": ("datepublished", "published", "publishedat", "publicationdate", "publishdate", "pubdate",
                       "date"),
    "date_modified": ("datemodified", "modified", "modifiedat", "updated", "updatedat", "lastmodified", "lastupdated",
                      "lastmod"),
    "language": ("language", "lang", "inlanguage", "locale"),
    "url": ("url", "link", "canonicalurl", "canonical", "permalink", "weburl"),
    "identifier": ("identifier", "guid", "uuid", "uri", "id"),
    "keywords": ("keywords", "tags", "topics", "subjects", "categories"),
    "images": ("images", "image", "imageurl", "urltoimage", "photos", "photo", "cover", "featuredimage",
               "leadimage"),
    "corrections": ("corrections", "correction"),
    "status": ("status", "pubstatus"),
    "embargo": ("embargo", "embargoed", "embargoeduntil", "embargountil"),
    "copyright_notice": ("copyrightnotice", "copyright", "rights"),
    "dateline": ("dateline",),
    "note": ("note", "ednote", "editorialnote"),
}  # fmt: skip
_TITLE = re.compile(rb'"(?:headline|title)"\s*:\s*"', re.IGNORECASE)
_TEXT = re.compile(rb'"(?:%s)"\s*:\s*["\[]' % b"|".join(one.encode() for one in NAMES["paragraphs"]), re.IGNORECASE)
_TAGS = re.compile(r"</?(?:p|br|div|a|b|i|em|strong|span|ul|ol|li|blockquote|h[1-6]|img|figure)(?=[\s/>])[^<>]*>", re.I)
#: What only the object of ``kg preview`` has.
_PREVIEW = frozenset(("entities", "quotations", "events", "dropped"))


class RecordReader:
    """Reads one article from a plain JSON object."""

    name: str = "record"

    def recognises(self, document: Document) -> float:
        """0.5 for a JSON object with a headline and a text: formats that have a name of their own go first."""
        data = document.data.lstrip(b"\xef\xbb\xbf \t\r\n")
        if not data.startswith(b"{"):
            return 0.0
        try:
            value = loads(document.data, document.origin)
        except InputError:
            # Broken JSON is refused by whoever reads it: with the place, if it looks like a record.
            return 0.5 if _TITLE.search(data) and _TEXT.search(data) else 0.0
        if not isinstance(value, dict):
            return 0.0
        fields = values.squashed(value)
        if value.keys() >= _PREVIEW:
            return 0.5
        text = values.first(fields, *NAMES["paragraphs"], *NAMES["abstract"])[0]
        named = values.first(fields, *NAMES["headline"])[0]
        return 0.5 if isinstance(named, str) and line(named) and isinstance(text, str | list) else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """The one article. Raises :class:`kg.errors.InputError`: broken JSON, no object."""
        value = loads(document.data, document.origin)
        if not isinstance(value, dict):
            raise IncompleteArticle("the record is no JSON object", origin=document.origin)
        return (record(value, printed=value.keys() >= _PREVIEW),)


def record(
    value: Mapping[str, object], *, printed: bool = False, names: Mapping[str, tuple[str, ...]] = NAMES
) -> Article:
    """The article in a record. ``printed`` tells that its texts are plain (the object of ``kg preview``)."""
    fields = values.squashed(value)
    found = {name: values.first(fields, *names[name]) for name in NAMES}
    given = {name: one[0] for name, one in found.items()}
    url = absolute(given["url"]) if isinstance(given["url"], str) else None
    body = _body(given["paragraphs"], url, printed=printed)
    edges = Trimmed(body) if printed else trimmed(body, _one(given["headline"], printed) or "")
    body = edges.fragment
    summary = _one(given["abstract"], printed)
    corrections = values.strings(given["corrections"]) or edges.corrections
    shown = values.images(given["images"], url)
    images = shown + tuple(one for one in body.images if all(one.url != other.url for other in shown))
    state = values.status(given["status"])
    if fields.get("draft") is True:
        state = Status.WITHHELD
    extra = fields.get("dropped") if printed else None
    dropped = tuple(one for one in extra if isinstance(one, str)) if isinstance(extra, list) else ()
    made: dict[str, object] = {
        "headline": _one(given["headline"], printed) or "",
        "alternative_headline": _one(given["alternative_headline"], printed),
        "abstract": uncontinued(summary)[0] if summary and not printed else summary,
        "paragraphs": body.paragraphs,
        "images": images,
        "publisher": values.name_of(given["publisher"]),
        "section": values.name_of(given["section"]),
        "authors": values.authors(given["authors"]) or edges.authors,
        "date_published": values.moment(given["date_published"]),
        "date_modified": values.moment(given["date_modified"]),
        "language": tag(given["language"]),
        "url": url,
        "identifier": values.string(given["identifier"]),
        "keywords": values.keywords(given["keywords"]) if given["keywords"] is not None else (),
        "corrections": corrections,
        "embargo": values.moment(given["embargo"]),
        "copyright_notice": values.string(given["copyright_notice"]),
        "dateline": values.string(given["dateline"]),
        "note": values.string(given["note"]),
    }
    return Article(
        **made,  # type: ignore[arg-type]  # the names are those of Article
        hero=bool(shown) and found["images"][1] not in ("images", "photos"),
        dropped=(*body.dropped, *dropped),
        won=tuple((name, found[name][1] or "text") for name in NAMES if (name == "status" and state) or made.get(name)),
        status=state or Status.USABLE,
    )


def _one(value: object, printed: bool) -> str | None:
    if isinstance(value, list):
        parts = [one for one in value if isinstance(one, str)]
        return " ".join(filter(None, (_one(part, printed) for part in parts))) or None
    if not isinstance(value, str):
        return None
    return (line(value) if printed else plain(value)) or None


def _body(value: object, base: str | None, *, printed: bool) -> Fragment:
    if isinstance(value, str):
        if _TAGS.search(value) and not printed:
            return paragraphs(value, base=base)
        return Fragment(text_paragraphs(value))
    parts = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    if isinstance(value, list) and not parts:
        parts = [text for one in value if (text := values.name_of(one))]
    if printed or not any(_TAGS.search(one) for one in parts):
        return Fragment(quotes.flag([text for text in map(line, parts) if text]))
    return paragraphs("".join(one if _TAGS.match(one.strip()) else f"<p>{one}</p>" for one in parts), base=base)
