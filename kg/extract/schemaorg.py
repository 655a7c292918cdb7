"""What a description in the words of schema.org says of an article, whatever syntax carried it.

A node is a mapping from property names to values, as JSON-LD in its compact form has it; microdata and RDFa are brought
into that form. Names may be written with a prefix or in full. Nothing is fetched: a reference is followed only inside
the same document.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from kg.extract import moment, writers
from kg.extract.text import normalise
from kg.extract.words import phrases
from kg.model import Author, Image, Keyword

__all__ = [
    "ARTICLES",
    "Node",
    "Said",
    "address",
    "clean",
    "get",
    "listed",
    "nodes",
    "paragraphs",
    "said",
    "tag",
    "types",
]

Node = Mapping[str, object]

#: The classes of schema.org that are an article (Article and its subclasses, and LiveBlogPosting).
ARTICLES = frozenset(
    {
        "Article",
        "NewsArticle",
        "AnalysisNewsArticle",
        "AskPublicNewsArticle",
        "BackgroundNewsArticle",
        "OpinionNewsArticle",
        "ReportageNewsArticle",
        "ReviewNewsArticle",
        "AdvertiserContentArticle",
        "SatiricalArticle",
        "ScholarlyArticle",
        "TechArticle",
        "Report",
        "BlogPosting",
        "LiveBlogPosting",
        "SocialMediaPosting",
        "DiscussionForumPosting",
    }
)
_DEEPEST = 24
_MOST = 20_000  # nodes looked at
_TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,500}>|<!--.*?(?:-->|\Z)", re.DOTALL)
_BREAKS = re.compile(r"(?:<br\s*/?>|</p>|</div>|</li>|</h\d>)\s*", re.IGNORECASE)
_GUID = re.compile(
    r"(?:urn:[a-z0-9][a-z0-9-]{1,31}:\S+|tag:[^\s,]+,\d{4}[\d-]*:\S*"
    r"|(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(
    r"(?P<main>[A-Za-z]{2,3})(?:[-_](?P<script>[A-Za-z]{4}))?(?:[-_](?P<region>[A-Za-z]{2}|\d{3}))?\b"
)
_NO_SECTION = phrases(
    "post, posts, article, articles, home, home page, homepage, all, uncategorized, uncategorised, page, pages, story"
    ", stories, default, none, null, blog, content, main, general, undefined, other"
)
_MACHINE = re.compile(r"[\w-]+[:=]\S+|[\w]+_[\w]+_\S*|\d+")
_LONGEST = 2_000_000  # characters of a body


@dataclass(frozen=True, slots=True)
class Said:
    """What one description says of an article; absent parts are None or empty. ``body`` holds paragraphs."""

    headline: str | None = None
    alternative_headline: str | None = None
    abstract: str | None = None
    authors: tuple[Author, ...] = ()
    publisher: str | None = None
    section: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    language: str | None = None
    url: str | None = None
    identifier: str | None = None
    keywords: tuple[Keyword, ...] = ()
    images: tuple[Image, ...] = ()
    corrections: tuple[str, ...] = ()
    copyright_notice: str | None = None
    dateline: str | None = None
    body: tuple[str, ...] = ()
    kinds: tuple[str, ...] = field(default=())


def types(node: Node) -> tuple[str, ...]:
    """The local names of the node's types."""
    given = node.get("@type") or node.get("type")
    return tuple(_local(one) for one in listed(given) if isinstance(one, str))


def _local(name: str) -> str:
    return re.split(r"[/#:]", name.strip())[-1]


def listed(value: object) -> list[object]:
    """The values of a property that may hold one, several or none."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def nodes(value: object) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Every node in a value with the property names that lead to it, outermost first, in order of the document."""
    waiting: list[tuple[object, tuple[str, ...]]] = [(value, ())]
    seen = 0
    while waiting and seen < _MOST:
        one, path = waiting.pop(0) if len(waiting) < 64 else waiting.pop()
        if len(path) > _DEEPEST:
            continue
        if isinstance(one, dict):
            seen += 1
            yield one, path
            waiting.extend((v, (*path, _local(k))) for k, v in one.items() if isinstance(v, dict | list))
        elif isinstance(one, list):
            seen += len(one)
            waiting.extend((v, path) for v in one if isinstance(v, dict | list))


def get(node: Node, *names: str) -> object:
    """The first value of the properties of these names that is there; names may carry a prefix in the node."""
    for name in names:
        for form in (name, f"schema:{name}", f"http://schema.org/{name}", f"https://schema.org/{name}"):
            if (found := node.get(form)) not in (None, "", [], {}):
                return found
    return None


def clean(value: object) -> str | None:
    """The text of a value on one line: entities resolved, markup left out, normalised; None when nothing is left."""
    text = _text(value)
    if text is None:
        return None
    text = " ".join(normalise(text).split())
    return text or None


def _text(value: object) -> str | None:
    if isinstance(value, list | tuple):
        value = next((one for one in value if one not in (None, "")), None)
    if isinstance(value, dict):
        value = value.get("@value") or get(value, "name", "text", "headline")
        if not isinstance(value, str):
            return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)[:_LONGEST]
    if "&" in text:
        text = html.unescape(html.unescape(text))
    return _TAGS.sub(" " if _BREAKS.search(text) else "", text) if "<" in text else text


def tag(value: object) -> str | None:
    """The BCP 47 tag in a value (``en_us`` becomes ``en-US``), or None."""
    for one in listed(value):
        if isinstance(one, dict):
            one = get(one, "alternateName", "identifier", "name")
        found = _LANGUAGE.fullmatch(one.strip().split(",")[0].strip()) if isinstance(one, str) else None
        if found:
            parts = [found["main"].lower()]
            if found["script"]:
                parts.append(found["script"].title())
            if found["region"]:
                parts.append(found["region"].upper())
            return "-".join(parts)
    return None


def address(value: object, base: str) -> str | None:
    """The absolute http(s) IRI of a value, resolved against the page's, or None."""
    for one in listed(value):
        if isinstance(one, dict):
            one = one.get("@id") or get(one, "contentUrl", "url")
            one = one[0] if isinstance(one, list) and one else one
        if not isinstance(one, str):
            continue
        text = "".join(html.unescape(one).split()) if "\n" in one or "&" in one else one.strip()
        if not text or len(text) > 4_000:
            continue
        try:
            full = normalise(urljoin(base, normalise(text).replace("\n", ""))).strip()
            parts = urlsplit(full)
            host, _ = parts.hostname, parts.port
        except ValueError:
            continue
        if parts.scheme in {"http", "https"} and host and not re.search(r"[\s<>\"{}|\\^`\x00-\x1f]", full):
            return full
    return None


def said(node: Node, base: str = "", known: Mapping[str, Node] | None = None) -> Said:
    """What the node says of the article. ``known`` are the document's other nodes by ``@id``."""
    known = known or {}
    images = _images(get(node, "image", "thumbnailUrl"), base, known)
    return Said(
        headline=clean(get(node, "headline")) or clean(get(node, "name")),
        alternative_headline=clean(get(node, "alternativeHeadline", "alternateName")),
        abstract=clean(get(node, "abstract")) or clean(get(node, "description")),
        authors=_authors(get(node, "author"), base, known) or _authors(get(node, "creator"), base, known),
        publisher=_name(get(node, "publisher", "sourceOrganization", "provider"), known),
        section=_section(get(node, "articleSection")),
        date_published=moment.lexical(_one(get(node, "datePublished")))
        or moment.lexical(_one(get(node, "dateCreated"))),
        date_modified=moment.lexical(_one(get(node, "dateModified"))),
        language=tag(get(node, "inLanguage")),
        url=_url(node, base),
        identifier=_identifier(node),
        keywords=_keywords(get(node, "keywords"), base),
        images=images,
        corrections=tuple(_corrections(get(node, "correction"), known)),
        copyright_notice=clean(get(node, "copyrightNotice")),
        dateline=clean(get(node, "dateline")),
        body=_body(node),
        kinds=types(node),
    )


def _one(value: object) -> object:
    value = next(iter(listed(value)), None)
    return value.get("@value") if isinstance(value, dict) else value


def _known(value: object, known: Mapping[str, Node]) -> object:
    """The node that a bare reference means, where the document holds it."""
    if isinstance(value, dict) and isinstance(value.get("@id"), str) and not get(value, "name", "url", "caption"):
        return known.get(value["@id"], value)
    if isinstance(value, str) and value in known:
        return known[value]
    return value


def _authors(value: object, base: str, known: Mapping[str, Node]) -> tuple[Author, ...]:
    found: list[Author] = []
    for given in listed(value)[:100]:
        one = _known(given, known)
        if isinstance(one, dict):
            kinds = types(one)
            kind = "Person" if "Person" in kinds else "Organization" if any(_organization(k) for k in kinds) else None
            named = known.get(str(one.get("@id")), one)  # elsewhere in the document more may be said of it
            link = address(get(one, "url"), base) or address(get(named, "url"), base) or _page(one, base)
            for name in listed(get(one, "name"))[:40]:
                text = clean(name)
                if text:
                    found.extend(writers.writers(text, kind, link))
            if get(one, "name") is None and kind == "Person":
                parts = [clean(get(one, "givenName")), clean(get(one, "familyName"))]
                if all(parts):
                    found.append(Author(" ".join(str(part) for part in parts), "Person", link))
        else:
            text = clean(one)
            if text:
                found.extend(writers.writers(text))
    return _unique(found)


def _unique(found: Sequence[Author]) -> tuple[Author, ...]:
    """Each author once; a name that is printed in capitals too is the same."""
    made: dict[str, Author] = {}
    for one in found:
        made.setdefault(one.name.casefold(), one)
    return tuple(made.values())


def _page(node: Node, base: str) -> str | None:
    """The node's ``@id`` where it is the address of a document; with a fragment it only names the node."""
    identity = node.get("@id")
    named = isinstance(identity, str) and (identity.startswith("_:") or "#" in identity)
    return None if named else address(identity, base)


def _organization(kind: str) -> bool:
    return kind.endswith(("Organization", "Agency", "Corporation", "Newspaper"))


def _name(value: object, known: Mapping[str, Node]) -> str | None:
    for given in listed(value):
        one = _known(given, known)
        text = clean(get(one, "name", "legalName") if isinstance(one, dict) else one)
        if text and not re.match(r"https?://", text):
            return text
    return None


def _section(value: object) -> str | None:
    for one in listed(value):
        for text in (clean(one) or "").split(","):
            if (name := section(text)) is not None:
                return name
    return None


def section(text: str) -> str | None:
    """The text as a section's name; None for what systems write when there is none, and for a domain."""
    name = text.strip()
    if not name or len(name) > 80 or name.casefold() in _NO_SECTION or re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", name):
        return None
    return name


def _url(node: Node, base: str) -> str | None:
    for name in ("url", "mainEntityOfPage"):
        value = get(node, name)
        if isinstance(value, dict | list | str):
            found = address(value, base)
            if found:
                return found.split("#", 1)[0]
    return None


def _identifier(node: Node) -> str | None:
    for value in (get(node, "identifier"), node.get("@id")):
        for one in listed(value):
            given = get(one, "value") if isinstance(one, dict) else one
            if isinstance(given, str) and _GUID.fullmatch(given.strip()):
                return given.strip()
    return None


def _keywords(value: object, base: str) -> tuple[Keyword, ...]:
    found: dict[str, Keyword] = {}
    for one in listed(value)[:500]:
        if isinstance(one, dict):
            name = clean(get(one, "name"))
            iri = address(one.get("@id"), base) or address(get(one, "sameAs"), base) or address(get(one, "url"), base)
            if name:
                found.setdefault(name.casefold(), Keyword(name, iri))
            continue
        text = clean(one)
        for part in re.split(r"\s*[,;]\s*", text or ""):
            name = part.strip(" .#")
            if name and len(name) <= 120 and not _MACHINE.fullmatch(name):
                found.setdefault(name.casefold(), Keyword(name))
    return tuple(found.values())[:200]


def _images(value: object, base: str, known: Mapping[str, Node]) -> tuple[Image, ...]:
    found: list[Image] = []
    for given in listed(value)[:50]:
        one = _known(given, known)
        if isinstance(one, dict):
            maker = _known(get(one, "creator", "author", "copyrightHolder"), known)
            made = Image(
                caption=clean(get(one, "caption")),
                credit=clean(get(one, "creditText")) or clean(maker) or clean(get(one, "copyrightNotice")),
                url=address(get(one, "contentUrl"), base) or address(get(one, "url"), base) or _page(one, base),
            )
        else:
            made = Image(url=address(one, base))
        if made.url or made.caption:
            found.append(made)
    return tuple(found)


def _corrections(value: object, known: Mapping[str, Node]) -> Iterator[str]:
    for given in listed(value)[:50]:
        one = _known(given, known)
        text = clean(get(one, "text", "description", "name") if isinstance(one, dict) else one)
        if text and not re.match(r"https?://\S+$", text):
            yield text


def paragraphs(value: object) -> tuple[str, ...]:
    """The paragraphs of a body in one string: parted by blank lines, else by line ends, else by tags."""
    values = (one.get("@value") if isinstance(one, dict) else one for one in listed(value))
    text = next((one for one in values if isinstance(one, str)), None)
    if text is None:
        return ()
    text = text[:_LONGEST]
    if re.search(r"&(?:lt|gt|amp|quot|nbsp|#\d+|#x[\da-f]+|[a-z]+);", text, re.IGNORECASE):
        text = html.unescape(text)
    text = _TAGS.sub("", _BREAKS.sub("\n\n", text)) if "<" in text else text
    text = normalise(text)
    parts = re.split(r"\n[ \t]*\n\s*", text) if re.search(r"\n[ \t]*\n", text) else text.split("\n")
    return tuple(" ".join(part.split()) for part in parts if part.strip())


def _body(node: Node) -> tuple[str, ...]:
    main = paragraphs(get(node, "articleBody", "text"))
    updates = [one for one in listed(get(node, "liveBlogUpdate"))[:2_000] if isinstance(one, dict)]
    found = list(main)
    for one in updates:
        found.extend(paragraphs(get(one, "articleBody", "text")))
    return tuple(found)
