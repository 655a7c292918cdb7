"""Articles in Markdown, with a head of YAML or TOML or without one.

The head is read as a record is (:mod:`kg.extract.record`, same names), apart from ``id``, ``guid`` and ``uuid``, which
alone are identifiers: a slug is none. ``draft: true`` and ``published: false`` withhold the article. A licence says
nothing about the rights in a source, which are settings. Names that mean nothing here are listed in ``dropped``.

The text is CommonMark: headings, code, HTML and tables are left out of the body; the first heading of the first level
is the headline where the head gives none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kg.errors import EmptyInput, TooLarge
from kg.extract import sniff, values
from kg.extract.decode import decode
from kg.extract.edges import trimmed
from kg.extract.fragment import Fragment, paragraphs
from kg.extract.frontmatter import FrontMatter, front_matter, looks_so
from kg.extract.inline import line, plain
from kg.extract.language import language
from kg.extract.record import NAMES, record
from kg.extract.text import normalise
from kg.model import Article, Document, Image, Status

__all__ = ["MarkdownReader"]

LONGEST = 2**20  # code points; the parser is written in Python
_FIELDS: Mapping[str, tuple[str, ...]] = {
    **NAMES,
    "paragraphs": (),
    "identifier": ("id", "guid", "uuid", "identifier"),
    "images": ("images", "image", "cover", "featuredimage", "heroimage", "leadimage", "banner", "photo"),
    "url": ("canonicalurl", "canonical", "url", "permalink", "link"),
}
_BESIDE = ("imagecaption", "imagecredit", "imagealt", "caption", "credit", "draft")
_GROUPS = ("params", "extra", "taxonomies")
_READ = frozenset(name for names in _FIELDS.values() for name in names) | frozenset(_BESIDE)
_TRUE = frozenset(("true", "yes", "on", "1"))
_FALSE = frozenset(("false", "no", "off", "0"))
_SHORTCODE = re.compile(
    r"\{\{[<%][^{}\n]{0,500}[>%]\}\}|\{%[^{}\n]{0,500}%\}|\{\{[^{}\n]{0,200}\}\}|\{:\s?[.#][^{}\n]{0,200}\}"
)
_NOTE = re.compile(r"^\[\^[^\]\n]{1,40}\]:.*(?:\n(?: {4}|\t).*)*", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^[^\]\n]{1,40}\]")
_TITLE = re.compile(r"(?:#[ \t]+\S.*|[^\n>#*\-].*\n={3,}[ \t]*)(?:\n|\Z)")
_SIGNS = (
    re.compile(r"^#{2,4}[ \t]+\S", re.MULTILINE),
    re.compile(r"!?\[[^\]\n]{1,200}\]\([^()\s]{1,500}(?:\s+\"[^\"\n]*\")?\)"),
    re.compile(r"(?<![\w*])\*\*[^*\n]{1,200}\*\*(?![\w*])|(?<![\w_])_[^_\n]{1,200}_(?![\w_])"),
    re.compile(r"^> \S", re.MULTILINE),
)
_NAVIGATION = re.compile(r"^\s*[*+-]?\s*!?\[[^\]\n]*\]\([^)\n]*\)\s*$", re.MULTILINE)


class MarkdownReader:
    """Reads one article from a Markdown file."""

    name: str = "markdown"

    def recognises(self, document: Document) -> float:
        """0.8 with a head, 0.6 for text that begins with a heading of Markdown and shows another sign of it."""
        if sniff.kind(document.data):
            return 0.0
        head = document.data[: 64 * 1024].decode("utf-8", "replace").lstrip("\ufeff").replace("\r\n", "\n")
        if looks_so(head):
            return 0.8 if re.search(r"^(?:---|\.\.\.|\+\+\+)[ \t]*$", head[4:], re.MULTILINE) else 0.0
        head = head.lstrip()
        rows = head.count("\n") + 1
        if not _TITLE.match(head) or len(_NAVIGATION.findall(head)) * 5 > rows:
            return 0.0
        claimed = (document.media_type or "").lower().startswith("text/markdown")
        return 0.6 if claimed or any(sign.search(head) for sign in _SIGNS) else 0.0

    def read(self, document: Document) -> Sequence[Article]:
        """The one article. Raises :class:`kg.errors.InputError`: a broken head, text that is too long or empty."""
        # Tabs stay until the structure is read: they indent.
        text = "\t".join(map(normalise, decode(document).lstrip("\ufeff").split("\t")))
        if not text.strip():
            raise EmptyInput("the document holds no visible text; give the article's text", origin=document.origin)
        if len(text) > LONGEST:
            raise TooLarge(
                f"{len(text):,} characters are too much for one article in Markdown ({LONGEST:,} at most)",
                origin=document.origin,
                size=len(document.data),
                limit=LONGEST,
            )
        text = text.lstrip("\n")
        head = front_matter(text, document.origin) or FrontMatter({}, 0)
        return (_article(head.fields, text[head.end :]),)


def _article(fields: Mapping[str, object], text: str) -> Article:
    fields = _spread(fields)
    known = values.squashed(fields)
    said = {name: value for name, value in known.items() if name not in ("body", "content", "text", "paragraphs")}
    public = str(said.get("published", "")).lower()
    if public in _TRUE | _FALSE:
        del said["published"]
    filed = said.get("categories")
    if isinstance(filed, list) and filed and not values.first(said, *_FIELDS["section"])[1]:
        said["section"], said["categories"] = filed[0], filed[1:]
    made = record(said, names=_FIELDS)
    whole, title = _body(text, made.url)
    edges = trimmed(whole, made.headline or title)
    body = edges.fragment
    draft = str(said.get("draft", "")).lower() in _TRUE or public in _FALSE
    shown = _described(made.images, said, values.first(said, *_FIELDS["images"])[0])
    images = shown + tuple(one for one in body.images if one.url is None or all(one.url != x.url for x in shown))
    keywords = made.keywords
    if values.first(said, *_FIELDS["keywords"])[1] != "categories":
        more = values.keywords(said.get("categories")) if said.get("categories") else ()
        keywords += tuple(one for one in more if all(one.name.casefold() != x.name.casefold() for x in keywords))
    tongue = made.language or language(" ".join([made.headline, *(one.text for one in body.paragraphs[:60])]))
    won = [(name, f"head: {rule}") for name, rule in made.won if name != "images"]
    won += [("headline", "first heading")] if not made.headline and title else []
    won += [("paragraphs", "markdown")] if body.paragraphs else []
    won += [("authors", "byline in the text")] if edges.authors and not made.authors else []
    won += [("corrections", "notice")] if edges.corrections and not made.corrections else []
    won += [("images", "head" if shown else "markdown")] if images else []
    won += [("language", "function-words")] if tongue and not made.language else []
    won += [("status", "head: draft")] if draft else []
    return replace(
        made,
        headline=made.headline or title,
        paragraphs=body.paragraphs,
        images=images,
        hero=bool(shown),
        keywords=keywords,
        authors=made.authors or edges.authors,
        corrections=made.corrections or edges.corrections,
        language=tongue,
        status=Status.WITHHELD if draft else made.status,
        dropped=(*(_printed(name, value) for name, value in fields.items() if _unread(name)), *body.dropped),
        won=tuple(won),
    )


def _spread(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields with those of Hugo's ``params`` and Zola's ``extra`` and ``taxonomies`` beside them."""
    made = {name: value for name, value in fields.items() if name not in _GROUPS or not isinstance(value, Mapping)}
    for name in _GROUPS:
        inner = fields.get(name)
        for key, value in inner.items() if isinstance(inner, Mapping) else ():
            made.setdefault(key, value)
    return made


def _unread(name: str) -> bool:
    return not _READ & values.squashed({name: None}).keys()


def _printed(name: str, value: object) -> str:
    said = ", ".join(values.strings(value)) if isinstance(value, list) else str(value) if value is not None else ""
    return line(f"{name}: {said}"[:500])


def _described(images: tuple[Image, ...], said: Mapping[str, object], given: object) -> tuple[Image, ...]:
    """The pictures of the head, the first one with the caption and the credit that stand beside it."""
    if not images and isinstance(given, str) and given.strip():
        images = (Image(),)  # an address below the site's root, which is not known
    if not images:
        return ()
    first = images[0]
    made = Image(
        first.caption or values.string(values.first(said, "imagecaption", "caption")[0]),
        first.credit or values.string(values.first(said, "imagecredit", "credit")[0]),
        first.url,
        first.alt or values.string(said.get("imagealt")),
    )
    return tuple(one for one in (made, *images[1:]) if one != Image())


def _body(text: str, base: str | None) -> tuple[Fragment, str]:
    """The text below the head, and its first heading of the first level."""
    from markdown_it import MarkdownIt

    notes = tuple(line(found.group()) for found in _NOTE.finditer(text))
    codes = tuple(line(found) for found in _SHORTCODE.findall(text))
    text = _NOTE_MARK.sub("", _SHORTCODE.sub("", _NOTE.sub("", text)))
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    kept: list[Any] = []
    dropped: list[str] = []
    title = ""
    captions: dict[str, str] = {}
    tokens = parser.parse(text)
    for place, token in enumerate(tokens):
        if token.type in ("fence", "code_block"):
            dropped.extend(row for row in map(line, token.content.split("\n")) if row)
            continue
        if token.type == "html_block":
            raw = paragraphs(token.content, base=base)
            dropped.extend([*(one.text for one in raw.paragraphs), *raw.dropped])
            kept.extend(_pictures(token, raw.images))
            continue
        if token.type == "inline":
            for child in token.children or ():
                if child.type == "image" and child.attrs.get("title"):
                    captions.setdefault(str(child.attrs.get("src", "")), str(child.attrs["title"]))
            if place and tokens[place - 1].type == "heading_open" and tokens[place - 1].tag == "h1" and not title:
                title = plain(parser.renderer.render([token], parser.options, {}))
        kept.append(token)
    made = paragraphs(parser.renderer.render(kept, parser.options, {}), base=base)
    if not made.paragraphs and any(token.type == "html_block" for token in tokens):
        # The file of a system that writes HTML below the head: all of the text is HTML, or there is none.
        whole = paragraphs(text, base=base)
        return whole, title
    images = tuple(_captioned(one, captions, base) for one in made.images)
    left = list(made.dropped)
    if title in left:
        left.remove(title)
    return Fragment(made.paragraphs, images, (*left, *dropped, *notes, *codes)), title


def _pictures(token: Any, images: tuple[Image, ...]) -> list[Any]:
    """The HTML block again where it shows pictures, with nothing in it but those."""
    from html import escape

    if not images:
        return []
    shown = "".join(
        f'<figure><img src="{escape(one.url or "")}" alt="{escape(one.alt or "")}"><figcaption>'
        f"{escape(one.caption or '')} <cite>{escape(one.credit or '')}</cite></figcaption></figure>"
        for one in images
    )
    return [token.copy(content=shown)]


def _captioned(one: Image, captions: Mapping[str, str], base: str | None) -> Image:
    if one.caption is None:
        for source, words in captions.items():
            if values.images(source, base) and values.images(source, base)[0].url == one.url:
                return replace(one, caption=line(words))
    return one
