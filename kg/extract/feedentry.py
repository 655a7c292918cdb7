"""One item of RSS or one entry of Atom as an article: what its elements say, each by its own specification.

RSS 2.0, RSS 1.0 with the modules content and dc, Atom (RFC 4287 and its drafts), Media RSS, app:draft (RFC 5023).
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from html import unescape

from kg.extract.edges import same_words, trimmed
from kg.extract.feeditems import Feed, children, name, text
from kg.extract.feedmedia import pictures
from kg.extract.fragment import Fragment, paragraphs
from kg.extract.inline import absolute, line, plain
from kg.extract.lines import size
from kg.extract.pubdate import pubdate
from kg.extract.tag import tag
from kg.extract.teaser import onward, uncontinued
from kg.extract.writers import writers
from kg.extract.xml import Element
from kg.model import Article, Author, Image, Keyword, Status

__all__ = ["article", "base_of", "guid", "html_of", "link"]

_XML = "{http://www.w3.org/XML/1998/namespace}"
_MAIL = re.compile(r"\s*<?[^\s<>()@]+@[^\s<>()]+>?\s*(?:\((?P<name>[^()]*)\))?\s*")
_NAMED_MAIL = re.compile(r"(?P<name>[^<>@]+?)\s*<[^<>@\s]+@[^<>\s]+>\s*")
# Markup that calls itself plain text: no article shows its readers these tags.
_SHOWN = re.compile(r"</(?:p|a|b|i|em|strong|div|span|ul|li|blockquote|h[1-6])>|<(?:p|br)\s*/?>|<img\s", re.IGNORECASE)
_NO_SUBJECT = frozenset(("uncategorized", "uncategorised"))
_FULL = 150  # words in several paragraphs; a description as long as this is the text itself


@dataclass(slots=True)
class _Texts:
    """The abstract and the body of an item, and which elements gave them."""

    abstract: str | None = None
    body: Fragment = field(default_factory=Fragment)
    from_abstract: str = ""
    from_body: str = ""
    dropped: tuple[str, ...] = ()
    authors: tuple[Author, ...] = ()
    corrections: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()


def article(item: Element, feed: Feed) -> Article:
    """The article that an item says it is; ``won`` names the elements. An item without a title has no headline.

    A description beside the content is the abstract; a description alone is the abstract too, and there is no body,
    unless it holds the text itself (several paragraphs of 150 words or more, not cut off).
    """
    base = base_of(item, feed)
    title, title_rule = _title(item)
    url, url_rule = link(item, feed)
    if not any(one.get(f"{_XML}base") for one in (item, *item.iterancestors())):
        base = url or base  # what the text refers to lies beside its own page
    texts = _texts(item, base, title)
    authors, authors_rule = _authors(item, feed)
    if texts.authors and authors_rule in ("", "feed"):
        authors, authors_rule = texts.authors, "byline in the text"
    published, published_rule = _date(item, "pubdate", "atom:published", "atom:issued", "dc:date", "dcterms:issued",
                                      "dcterms:created", "dc:created")  # fmt: skip
    modified, modified_rule = _date(item, "atom:updated", "atom:modified", "dcterms:modified", "dc:modified")
    language, language_rule = _language(item, feed)
    shown, hero = pictures(item, base, {author.name for author in authors})
    images = _merged(shown, (*texts.body.images, *texts.images))
    rights, rights_rule = _rights(item, feed)
    publisher, publisher_rule = _publisher(feed)
    keywords = _keywords(item)
    identifier = guid(item)
    draft = any(plain(text(one)).lower() == "yes" for one in item.iter() if name(one) == "app:draft")
    origin = next(iter(children(item, "source", "atom:source", "dc:source")), None)
    won = (
        ("headline", title_rule),
        ("paragraphs", texts.from_body if texts.body.paragraphs else "none: the feed gives no text beside the summary"),
        ("abstract", texts.from_abstract),
        ("images", ("media" if hero else "content") if images else ""),
        ("publisher", publisher_rule),
        ("authors", authors_rule),
        ("date_published", published_rule),
        ("date_modified", modified_rule),
        ("language", language_rule),
        ("url", url_rule),
        ("corrections", "notice" if texts.corrections else ""),
        ("identifier", "guid" if feed.kind != "atom" else "atom:id") if identifier else ("", ""),
        ("keywords", "category" if keywords else ""),
        ("copyright_notice", rights_rule),
        ("status", "app:draft" if draft else ""),
        ("source", _source(origin)),
    )
    return Article(
        headline=title,
        paragraphs=texts.body.paragraphs,
        abstract=texts.abstract,
        images=images,
        hero=hero and bool(images),
        publisher=publisher,
        authors=authors,
        date_published=published,
        date_modified=modified,
        language=language,
        url=url,
        corrections=texts.corrections,
        dropped=(*texts.body.dropped, *texts.dropped),
        won=tuple(pair for pair in won if pair[1]),
        identifier=identifier,
        status=Status.WITHHELD if draft else Status.USABLE,
        keywords=keywords,
        copyright_notice=rights,
    )


def guid(item: Element) -> str | None:
    """The item's own identifier: ``guid``, ``atom:id`` or, in RSS 1.0, ``rdf:about``; None where it is empty."""
    for one in children(item, "guid", "atom:id"):
        found = line(text(one))
        if found:
            return found[:2048]
    about = next((value for key, value in item.attrib.items() if key.endswith("}about")), "")
    return line(about)[:2048] or None


def link(item: Element, feed: Feed) -> tuple[str | None, str]:
    """The item's address and the element that gave it: what FeedBurner replaced, the link, a guid that is one."""
    base = base_of(item, feed)
    for one in children(item, "feedburner:origlink"):
        if found := absolute(text(one), base):
            return found, "feedburner:origLink"
    links = children(item, "atom:link")
    links.sort(key=lambda one: not one.get("type", "text/html").lower().startswith(("text/html", "application/xhtml")))
    plain_link = [(text(one), "link") for one in children(item, "link")]
    atom_link = [(one.get("href"), "atom:link") for one in links if one.get("rel", "alternate") in ("alternate", "")]
    for href, rule in plain_link + atom_link:
        if found := absolute((href or "").strip(), base):
            return found, rule
    for one in children(item, "guid"):
        if one.get("isPermaLink", "true").strip().lower() != "false" and (found := absolute(text(one).strip())):
            return found, "guid"
    return None, ""


def base_of(element: Element, feed: Feed) -> str | None:
    """The address that relative ones in the element are resolved against: ``xml:base``, else the feed's own link."""
    bases = [one.get(f"{_XML}base") for one in (element, *element.iterancestors()) if one.get(f"{_XML}base")]
    made: str | None = None
    for one in [_home(feed), *reversed(bases)]:
        made = absolute(one, made) or made
    return made


def _home(feed: Feed) -> str | None:
    for one in feed.said("link", "atom:link"):
        leads = name(one) == "link" or one.get("rel", "alternate") == "alternate"
        if leads and (found := absolute((text(one) or one.get("href") or "").strip())):
            return found
    return None


def html_of(element: Element) -> str | None:
    """A text construct as HTML (RFC 4287, section 3.1); None where the content lies elsewhere or is no text."""
    type_ = element.get("type", "").strip().lower()
    mode = element.get("mode", "").strip().lower()  # Atom 0.3
    if element.get("src") and not text(element).strip():
        return None
    atom = name(element).startswith("atom:")
    if type_ == "xhtml" or mode == "xml" or (len(element) and type_ not in ("html", "text/html")):
        return _markup(element)
    if mode == "base64" or (atom and type_ and not _is_text(type_)):
        return None
    words = text(element)
    if atom and type_ in ("", "text", "text/plain") and mode != "escaped" and not _SHOWN.search(words):
        return words.replace("&", "&amp;").replace("<", "&lt;")
    return words


def _is_text(type_: str) -> bool:
    return type_ in ("text", "html", "xhtml") or type_.startswith("text/") or type_.endswith(("+xml", "/xml"))


def _markup(element: Element) -> str:
    """The elements inside as HTML, without namespaces."""
    from lxml import etree

    made = deepcopy(element)
    for one in made.iter():
        if isinstance(one.tag, str):
            one.tag = one.tag.rpartition("}")[2]
    etree.cleanup_namespaces(made)
    return (made.text or "").replace("&", "&amp;").replace("<", "&lt;") + "".join(
        etree.tostring(child, encoding="unicode", method="html") for child in made
    )


def _title(item: Element) -> tuple[str, str]:
    for wanted in ("title", "atom:title", "dc:title", "media:title"):
        for one in children(item, wanted):
            markup = html_of(one) or ""
            literal = wanted == "atom:title" and one.get("type", "text") in ("text", "text/plain")
            # Character references in a plain-text title were escaped once too often: no headline shows them.
            found = line(unescape(unescape(markup))) if literal else plain(markup)
            if found:
                return found, wanted
    return "", ""


def _texts(item: Element, base: str | None, title: str) -> _Texts:
    made = _Texts()
    body_rule, body = _longest(item, ("content:encoded", "atom:content", "xhtml:body", "xhtml:div"), base)
    rule, short = _longest(item, ("description", "atom:summary", "dcterms:abstract", "itunes:summary"), base)
    if not body.paragraphs and rule == "description" and _whole(short):
        body_rule, body = "description, which holds the text itself", short
        short = Fragment()
    edges = trimmed(body, title)
    made.body, made.from_body = edges.fragment, body_rule
    made.authors, made.corrections = edges.authors, edges.corrections
    made.images = short.images
    said = " ".join(one.text for one in short.paragraphs)
    # A summary that is the title again (with the publisher's name, say) is none.
    if said and not same_words(said, title) and said != " ".join(one.text for one in body.paragraphs):
        said, cut = uncontinued(said)
        made.abstract = said or None
        made.from_abstract = (f"{rule}, cut off by the feed" if cut else rule) if said else ""
        made.dropped = short.dropped
    return made


def _longest(item: Element, wanted: tuple[str, ...], base: str | None) -> tuple[str, Fragment]:
    """The longest text that elements of these names give, and the name; the first name that gives any wins."""
    for one in wanted:
        found = [html_of(element) for element in children(item, one)]
        if best := max((markup for markup in found if markup and markup.strip()), key=len, default=None):
            made = paragraphs(best, base=base)
            if made.paragraphs or made.images:
                return one, made
    return "", Fragment()


def _whole(fragment: Fragment) -> bool:
    body = fragment.paragraphs
    if len(body) < 3 or sum(size(one.text) for one in body) < _FULL or any(map(onward, fragment.dropped)):
        return False
    return not uncontinued(body[-1].text)[1] and not body[-1].text.endswith(("…", "..."))


def _authors(item: Element, feed: Feed) -> tuple[tuple[Author, ...], str]:
    groups = (
        ("dc:creator", [(text(one), None) for one in children(item, "dc:creator")]),
        ("atom:author", [_person(one) for one in children(item, "atom:author")]),
        ("author", [(text(one), None) for one in children(item, "author")]),
        ("itunes:author", [(text(one), None) for one in children(item, "itunes:author")]),
        ("feed", [_person(one) for one in feed.said("atom:author")]),
    )
    for rule, said in groups:
        found: list[Author] = []
        for words, url in said:
            for one in _named(words, url):
                if all(one.name != other.name for other in found):
                    found.append(one)
        if found:
            return tuple(found), rule
    return (), ""


def _person(element: Element) -> tuple[str, str | None]:
    named = next(iter(children(element, "atom:name", "name")), None)
    home = next(iter(children(element, "atom:uri", "atom:url")), None)
    return text(named) if named is not None else ("" if len(element) else text(element)), absolute(text(home).strip())


def _named(words: str, url: str | None) -> tuple[Author, ...]:
    words = plain(words)
    mail = _MAIL.fullmatch(words) or _NAMED_MAIL.fullmatch(words)
    if mail:
        words = (mail["name"] or "").strip()
    return writers(words, None, url)


def _date(item: Element, *wanted: str) -> tuple[str | None, str]:
    for one in wanted:
        for element in children(item, one):
            if found := pubdate(text(element)):
                return found, one
    return None, ""


def _language(item: Element, feed: Feed) -> tuple[str | None, str]:
    for one in (*children(item, "content:encoded", "atom:content", "description", "atom:title", "title"), item):
        if found := tag(one.get(f"{_XML}lang")):
            return found, "xml:lang"
    for one in children(item, "language", "dc:language"):
        if found := tag(text(one)):
            return found, "language"
    for one in item.iterancestors():
        if found := tag(one.get(f"{_XML}lang")):
            return found, "xml:lang"
    for one in feed.said("language", "dc:language"):
        if found := tag(text(one)):
            return found, "language"
    return None, ""


def _rights(item: Element, feed: Feed) -> tuple[str | None, str]:
    wanted = ("atom:rights", "atom:copyright", "dc:rights", "dcterms:rights", "media:copyright", "copyright")
    for where, said in (("", children(item, *wanted)), (" of the feed", feed.said(*wanted))):
        for one in said:
            if found := plain(html_of(one) or ""):
                return found, name(one) + where
    return None, ""


def _publisher(feed: Feed) -> tuple[str | None, str]:
    for one in feed.said("dc:publisher", "title", "atom:title"):
        if found := plain(unescape(html_of(one) or "")):
            return found, f"{name(one)} of the feed"
    return None, ""


def _source(element: Element | None) -> str:
    """What the item says it was taken from, for the record only."""
    if element is None:
        return ""
    title = next(iter(children(element, "atom:title")), element)
    return line(" ".join(filter(None, (plain(text(title)), element.get("url") or ""))))[:300]


def _keywords(item: Element) -> tuple[Keyword, ...]:
    found: dict[str, Keyword] = {}
    for one in children(item, "category", "atom:category", "dc:subject", "media:category", "media:keywords"):
        term = line(one.get("term") or "")
        label = plain(one.get("label") or term or text(one))
        if name(one) == "media:keywords":
            for part in label.split(","):
                found.setdefault(line(part).casefold(), Keyword(line(part)))
            continue
        iri = absolute(term or label)
        if iri is not None and label == (term or label) and absolute(label):
            label = line(re.split(r"[/#=]", label.rstrip("/#"))[-1]) or label
        found.setdefault(label.casefold(), Keyword(label, iri))
    return tuple(one for key, one in found.items() if key and key not in _NO_SUBJECT)


def _merged(first: tuple[Image, ...], others: tuple[Image, ...]) -> tuple[Image, ...]:
    """The pictures, each address once; a later copy adds the words the first one lacks."""
    kept: dict[str, Image] = {}
    for number, one in enumerate((*first, *others)):
        known = kept.setdefault(one.url or f"#{number}", one)
        kept[one.url or f"#{number}"] = Image(
            known.caption or one.caption, known.credit or one.credit, known.url, known.alt or one.alt
        )
    return tuple(kept.values())
