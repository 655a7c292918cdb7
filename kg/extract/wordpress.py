"""Posts of WordPress as its REST API gives them (``/wp-json/wp/v2/posts``), with or without ``_embed``.

Follows the REST API Handbook, reference of posts. ``date_gmt`` is in UTC though it names no zone; ``date`` is the
site's own time, so that without ``date_gmt`` only its day is certain. The fields of the plug-in Yoast SEO are used only
where WordPress itself says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from kg.errors import IncompleteArticle, InputError, InvalidFormat
from kg.extract import values
from kg.extract.edges import trimmed
from kg.extract.feed import item_key
from kg.extract.fragment import Fragment, paragraphs
from kg.extract.inline import absolute, line, plain
from kg.extract.json import loads
from kg.extract.jsonl import JsonArray
from kg.extract.picture import credited
from kg.extract.tag import tag
from kg.extract.teaser import uncontinued
from kg.model import Article, Author, Document, Image, Keyword, Status, Unread

__all__ = ["WordPressContainer", "WordPressReader"]

_POST = re.compile(rb'"(?:guid|title|content|excerpt)"\s*:\s*\{\s*"(?:rendered|raw)"\s*:')
_NO_CATEGORY = frozenset(("uncategorized", "uncategorised"))
_STATUS = {
    "publish": Status.USABLE,
    "trash": Status.CANCELED,
    **dict.fromkeys(("draft", "auto-draft", "pending", "private", "future", "inherit"), Status.WITHHELD),
}
_Post = Mapping[str, object]


class WordPressReader:
    """Reads one post of WordPress (or an array of posts)."""

    name: str = "wordpress"

    def recognises(self, document: Document) -> float:
        """0.9 for JSON whose title, text or guid is ``{"rendered": …}``."""
        head = document.data[: 64 * 1024].lstrip(b"\xef\xbb\xbf \t\r\n")
        return 0.9 if head[:1] in (b"{", b"[") and _POST.search(head) else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """One article for each post. Raises :class:`kg.errors.InputError`: broken JSON, no post, protected text."""
        value = loads(document.data, document.origin)
        posts = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
        if not posts:
            raise IncompleteArticle("there is no post in the array", origin=document.origin)
        return tuple(_article(one, document.origin) for one in posts)


class WordPressContainer:
    """Takes a page of posts apart, one document for each."""

    name: str = "wordpress"

    def recognises(self, head: bytes, media_type: str | None) -> float:
        """0.9 for an array that begins with a post; what the sender calls it does not count."""
        del media_type
        text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
        return 0.9 if text.startswith(b"[") and _POST.search(text) else 0.0

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread]:
        """The posts in order; one that is no valid JSON is said and the rest goes on."""
        for one in JsonArray().documents(stream, given, limit=limit):
            if isinstance(one, Unread):
                yield one
                continue
            try:
                post = loads(one.data, one.origin)
            except InputError as error:
                yield Unread(error, one)
                continue
            if not isinstance(post, dict):
                yield Unread(InvalidFormat("the post is no object", origin=one.origin), one)
                continue
            guid, url = _rendered(post, "guid"), _address(post)
            key = item_key(given, plain(guid) if guid else None, url, one.data)
            yield replace(one, key=key, origin=url or one.origin)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _rendered(post: _Post, name: str) -> str:
    value = post.get(name)
    if isinstance(value, str):
        return value
    inner = _mapping(value)
    return next((made for key in ("rendered", "raw") if isinstance(made := inner.get(key), str) and made.strip()), "")


def _address(post: _Post) -> str | None:
    value = post.get("link")
    return absolute(value) if isinstance(value, str) else None


def _article(post: _Post, origin: str) -> Article:
    url = _address(post)
    extra = _mapping(post.get("yoast_head_json"))
    embedded = _mapping(post.get("_embedded"))
    title = plain(_rendered(post, "title"))
    edges = trimmed(paragraphs(_rendered(post, "content"), base=url), title)
    body = edges.fragment
    if not body.paragraphs and _mapping(post.get("content")).get("protected") is True:
        reason = "the post is protected by a password, so that its text is not given; ask the site's owner for it"
        raise IncompleteArticle(reason, origin=origin)
    abstract, abstract_rule = _abstract(post, extra, body, url)
    authors, authors_rule = _authors(post, embedded, extra)
    if edges.authors and not authors:
        authors, authors_rule = edges.authors, "byline in the text"
    leading, image_rule = _leading(post, embedded, extra)
    section, keywords = _terms(embedded)
    published, published_rule = _date(post, "date", extra.get("article_published_time"))
    modified, modified_rule = _date(post, "modified", extra.get("article_modified_time"))
    language = tag(post.get("lang")) or tag(extra.get("og_locale"))
    publisher = values.string(extra.get("og_site_name"))
    identifier = plain(_rendered(post, "guid")) or None
    state = post.get("status")
    status = _STATUS.get(state, Status.WITHHELD) if isinstance(state, str) else Status.USABLE
    rest = tuple(one for one in body.images if leading is None or one.url != leading.url)
    images = ((leading,) if leading else ()) + rest
    media = post.get("media_type")
    won = (
        ("headline", "title.rendered" if title else ""),
        ("paragraphs", "content.rendered" if body.paragraphs else ""),
        ("abstract", abstract_rule),
        ("images", image_rule or ("content.rendered" if images else "")),
        ("publisher", "yoast_head_json" if publisher else ""),
        ("section", "wp:term category" if section else ""),
        ("authors", authors_rule),
        ("date_published", published_rule),
        ("date_modified", modified_rule),
        ("language", ("lang" if tag(post.get("lang")) else "yoast_head_json") if language else ""),
        ("url", "link" if url else ""),
        ("identifier", "guid.rendered" if identifier else ""),
        ("status", f"status {line(str(state)[:40])}" if status is not Status.USABLE else ""),
        ("keywords", "wp:term" if keywords else ""),
        ("corrections", "notice" if edges.corrections else ""),
    )
    return Article(
        headline=title,
        paragraphs=body.paragraphs,
        abstract=abstract,
        images=images,
        hero=leading is not None,
        publisher=publisher,
        section=section,
        authors=authors,
        date_published=published if state != "future" else None,
        date_modified=modified,
        language=language,
        url=url,
        corrections=edges.corrections,
        dropped=body.dropped,
        won=tuple(pair for pair in won if pair[1]),
        kind="article" if not isinstance(media, str) else "picture" if media == "image" else "media",
        identifier=identifier,
        status=status,
        embargo=published if state == "future" else None,
        keywords=keywords,
    )


def _abstract(post: _Post, extra: _Post, body: Fragment, base: str | None) -> tuple[str | None, str]:
    words = " ".join(one.text for one in paragraphs(_rendered(post, "excerpt"), base=base).paragraphs)
    cut, was_cut = uncontinued(words)
    if cut and cut != " ".join(one.text for one in body.paragraphs):
        return cut, "excerpt.rendered, cut off by the site" if was_cut else "excerpt.rendered"
    found = values.string(extra.get("description")) if not cut else None
    return (found, "yoast_head_json") if found else (None, "")


def _authors(post: _Post, embedded: _Post, extra: _Post) -> tuple[tuple[Author, ...], str]:
    groups = (
        ("authors", [one for one in _list(post.get("authors")) if isinstance(one, dict)]),
        ("_embedded author", _list(embedded.get("author"))),
        ("yoast_head_json", [extra.get("author")]),
    )
    for rule, said in groups:
        found: list[Author] = []
        for one in said:
            fields = _mapping(one)
            if "code" in fields and "name" not in fields:
                continue  # an error in the place of an author (rest_user_invalid_id)
            home = fields.get("link") or fields.get("url")
            named: object = {"name": fields.get("display_name") or fields.get("name"), "url": home} if fields else one
            found.extend(made for made in values.authors(named) if made not in found)
        if found:
            return tuple(found), rule
    return (), ""


def _date(post: _Post, name: str, other: object) -> tuple[str | None, str]:
    universal, local = post.get(f"{name}_gmt"), post.get(name)
    if isinstance(universal, str):
        zone = "Z" if re.search(r"\d:\d{2}$", universal.strip()) else ""
        if found := values.moment(universal.strip() + zone):
            return found, f"{name}_gmt"
    if found := values.moment(other):
        return found, "yoast_head_json"
    if isinstance(local, str) and (found := values.moment(local)):
        return found, name
    return None, ""


def _leading(post: _Post, embedded: _Post, extra: _Post) -> tuple[Image | None, str]:
    for one in _list(embedded.get("wp:featuredmedia")):
        media = _mapping(one)
        full = _mapping(_mapping(_mapping(media.get("media_details")).get("sizes")).get("full"))
        url = absolute(_text(media.get("source_url")) or _text(full.get("source_url")))
        if url is None or not str(media.get("media_type", "image")).startswith("image"):
            continue
        meta = _mapping(_mapping(media.get("media_details")).get("image_meta"))
        caption, credit = credited(plain(_rendered(media, "caption")))
        maker = credit or values.string(media.get("credit")) or values.string(meta.get("credit"))
        return Image(caption, maker, url, values.string(media.get("alt_text"))), "wp:featuredmedia"
    if url := absolute(_text(post.get("jetpack_featured_media_url"))):
        return Image(url=url), "jetpack_featured_media_url"
    for one in _list(extra.get("og_image")):
        if url := absolute(_text(_mapping(one).get("url"))):
            return Image(url=url), "yoast_head_json"
    return None, ""


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _terms(embedded: _Post) -> tuple[str | None, tuple[Keyword, ...]]:
    """The first category as the section; the tags, then what else the post is filed under."""
    by_kind: dict[str, list[str]] = {}
    for group in _list(embedded.get("wp:term")):
        for one in _list(group):
            term = _mapping(one)
            named = values.string(term.get("name"))
            if named and named.casefold() not in _NO_CATEGORY:
                by_kind.setdefault(str(term.get("taxonomy", "")), []).append(named)
    categories = by_kind.pop("category", [])
    by_kind.pop("post_format", None)
    tags = by_kind.pop("post_tag", [])
    others = dict.fromkeys([*tags, *categories[1:], *(name for group in by_kind.values() for name in group)])
    return (categories[0] if categories else None), tuple(Keyword(one) for one in others)
