"""One article from a web page: from what it says in structured data, in its head and in its text.

Each field is taken from the first of these that gives it: JSON-LD, microdata, RDFa, the metadata elements (Open Graph
and others), the marked-up page, trafilatura and htmldate. ``won`` says which it was. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from kg.errors import IncompleteArticle
from kg.extract import (
    embedded,
    evidence,
    guess,
    marked,
    markup,
    meta,
    microdata,
    pictures,
    prose,
    quotes,
    schemaorg,
)
from kg.extract.kept import letters
from kg.extract.language import language
from kg.extract.lines import key
from kg.extract.marked import Shown
from kg.extract.markup import Block
from kg.extract.meta import Head
from kg.extract.schemaorg import Said
from kg.model import Article, Author, Paragraph

__all__ = ["read_page"]

_T = TypeVar("_T")
_TRUNCATED = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|&hellip;)\s*(?:read more\W*|continue reading\W*)?$", re.IGNORECASE
)


_WORD = re.compile(r"\w{2,}|[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


@dataclass(slots=True)
class _Won:
    """Which rule supplied each field, in order of asking."""

    rules: dict[str, str]

    def first(self, field: str, options: Sequence[tuple[str, Callable[[], _T | None]]]) -> _T | None:
        """The first value that is there; later options are not even computed."""
        for rule, value in options:
            found = value()
            if found:
                self.rules[field] = rule
                return found
        return None


def read_page(text: str, *, origin: str = "") -> Article:
    """The article of a page's text. Raises as :meth:`kg.extract.html.HtmlReader.read` does."""
    root = markup.parse(text, origin)
    head = meta.head(root, origin)
    titles = _titles(root, head)
    values = _scripts(root)
    about = embedded.About(head.canonical or (origin if origin.startswith("http") else None), titles)
    stated = list(_stated(root, values, about, head))
    return _article(root, head, titles, values, stated, origin)


def _titles(root: Any, head: Head) -> tuple[str, ...]:
    """What the page calls itself: its main headings, its title and the one for sharing."""
    found = [text for node in root.iter("h1") if (text := schemaorg.clean("".join(node.itertext())[:2_000]))][:8]
    for one in (head.headline, head.title):
        if one and one not in found:
            found.append(one)
    if head.title and (plain := head.plain(head.title)) not in found:
        found.append(plain)
    return tuple(found)


def _scripts(root: Any) -> list[object]:
    values: list[object] = []
    for node in root.iter("script"):
        if "ld+json" in (node.get("type") or "").lower():
            values.extend(embedded.loads("".join(node.itertext())))
    return values


def _stated(root: Any, values: list[object], about: embedded.About, head: Head) -> Iterator[tuple[str, Said]]:
    """What structured data says of the page's own article, most trusted first."""
    for rule, given in (
        ("json-ld", lambda: values),
        ("microdata", lambda: microdata.microdata(root)),
        ("rdfa", lambda: microdata.rdfa(root)),
    ):
        found = embedded.own(given(), about, base=head.base)
        if found is not None:
            yield rule, schemaorg.said(found[0], head.base, found[1])


def _article(
    root: Any, head: Head, titles: tuple[str, ...], values: list[object], stated: list[tuple[str, Said]], origin: str
) -> Article:
    won = _Won({})
    found = list(markup.blocks(root))
    shown = marked.shown(root, found, head.plain(head.title) if head.title else None)

    def said(field: str) -> list[tuple[str, Callable[[], Any]]]:
        return [(rule, lambda one=one: getattr(one, field)) for rule, one in stated]  # type: ignore[misc]

    headline = won.first(
        "headline",
        [
            *((rule, lambda one=one: _headline(one.headline, head, titles)) for rule, one in stated),
            ("heading", lambda: _printed(shown.headline, head)),
            ("open-graph", lambda: head.headline if head.first(["og:title"]) else None),
            ("heading", lambda: shown.headline),
            ("page-title", lambda: head.headline),
        ],
    )
    description = won.first("abstract", [*said("abstract"), ("meta", lambda: head.description)])
    kept = prose.Known(
        frozenset(letters(one) for one in (*titles, headline or "") if one),
        frozenset(
            letters(one) for one in (description, *(one.alternative_headline for _, one in stated), *shown.deks) if one
        ),
        frozenset(name.name.casefold() for _, one in stated for name in one.authors)
        | frozenset(name.name.casefold() for name in (*head.authors, *shown.authors)),
        frozenset(
            one.casefold().removeprefix("the ")
            for one in (*(one.publisher for _, one in stated), *head.outlets)
            if one and len(one) >= 4
        ),
    )
    stretch = next((one.body for rule, one in stated if one.body and rule == "json-ld"), ())
    indices, texts, rule = prose.read(root, found, kept, stretch)
    if not headline:
        raise IncompleteArticle("no headline found: the page has no title and no heading", origin=origin)
    evidence.require(found, indices, texts, head, headline, bool(stated), titles, origin)
    won.rules["paragraphs"] = rule
    paragraphs = _paragraphs(found, indices, texts)
    description = _abstract(description, shown.deks, paragraphs, won)
    publisher = won.first(
        "publisher",
        [*said("publisher"), ("meta", lambda: head.publisher), ("page-title", lambda: guess.outlet(head, headline))],
    )
    guessed = guess.Guess(root, head, heavy=len(found) > prose.HEAVY // 4)
    authors = (
        won.first(
            "authors",
            [
                *((rule, lambda one=one: _named(one.authors, publisher, shown)) for rule, one in stated),
                ("meta", lambda: head.authors if _signed(head.authors, shown) else ()),
                ("byline", lambda: shown.authors),
                *said("authors"),
                ("meta", lambda: head.authors),
                ("trafilatura", lambda: guessed.authors(publisher)),
            ],
        )
        or ()
    )
    published = won.first(
        "date_published",
        [
            *said("date_published"),
            ("meta", lambda: head.published),
            ("time", lambda: shown.published),
            ("htmldate", lambda: guessed.published),
        ],
    )
    modified = won.first(
        "date_modified", [*said("date_modified"), ("meta", lambda: head.modified), ("time", lambda: shown.modified)]
    )
    modified = _after(published, modified, won)
    authors = _apart(authors, publisher)
    section = won.first(
        "section",
        [*said("section"), ("meta", lambda: head.section), ("breadcrumb", lambda: marked.crumb(values, headline))],
    )
    url = won.first("url", _addresses(head, stated, origin))
    lead = head.image
    images, hero, from_where = pictures.merged(
        pictures.figures(_tops(found, indices, root), head.base),
        next((one.images for _, one in stated if one.images), ()),
        lead,
    )
    if images:
        won.rules["images"] = from_where
    corrections = tuple(
        dict.fromkeys([text for _, one in stated for text in one.corrections] + list(marked.notices(found, indices)))
    )
    if corrections:
        won.rules["corrections"] = "json-ld" if any(one.corrections for _, one in stated) else "notice"
    kept_blocks = set(indices)
    return Article(
        headline=headline,
        paragraphs=paragraphs,
        alternative_headline=_other(won.first("alternative_headline", said("alternative_headline")), headline, won),
        abstract=description,
        images=images,
        hero=hero,
        publisher=publisher,
        section=section,
        authors=authors,
        date_published=published,
        date_modified=modified,
        language=_language(head, stated, headline, paragraphs, won),
        url=url,
        corrections=corrections,
        dropped=tuple(block.text for index, block in enumerate(found) if index not in kept_blocks),
        won=tuple(sorted(won.rules.items())),
        identifier=won.first("identifier", said("identifier")),
        keywords=won.first("keywords", [*said("keywords"), ("meta", lambda: head.keywords)]) or (),
        dateline=won.first("dateline", [*said("dateline"), ("marked", lambda: shown.dateline)]),
        copyright_notice=won.first(
            "copyright_notice",
            [
                *said("copyright_notice"),
                ("meta", lambda: head.first(["copyright", "dc.rights", "dcterms.rights", "dcterms.rightsholder"])),
            ],
        ),
    )


def _headline(text: str | None, head: Head, titles: Sequence[str]) -> str | None:
    """A stated headline in full: where it was cut, the title of the page that begins like it."""
    if text is None:
        return None
    text = head.plain(text)
    if _TRUNCATED.search(text) or len(text) in {109, 110}:
        stem = key(_TRUNCATED.sub("", text))
        for title in titles:
            if len(title) > len(text) and key(title).startswith(stem):
                return head.plain(title)
    return text


def _printed(heading: str | None, head: Head) -> str | None:
    """The main heading, where the titles of the page speak of the same: what readers see is the headline.

    Titles for sharing and for search engines are other texts on many pages.
    """
    if heading is None:
        return None
    own = set(_WORD.findall(key(heading)))
    for title in (head.first(["og:title"]), head.title):
        others = set(_WORD.findall(key(head.plain(title)))) if title else set()
        if own and 3 * len(own & others) >= len(own):
            return head.plain(heading)
    return None


def _apart(authors: Sequence[Author], publisher: str | None) -> tuple[Author, ...]:
    """The authors with the outlet typed as the organisation it is; behind a person it is only where they work."""
    house = key(publisher or "")
    people = any(key(one.name) != house and one.type == "Person" for one in authors)
    return tuple(
        replace(one, type="Organization") if house and key(one.name) == house else one
        for one in authors
        if not (people and house and key(one.name) == house)
    )


def _named(stated: Sequence[Author], publisher: str | None, shown: Shown) -> tuple[Author, ...]:
    """The stated authors, unless they are the outlet alone and the page prints who wrote."""
    house = key(publisher or "")
    alone = house and all(key(one.name) == house for one in stated)
    return () if alone and any(one.type == "Person" for one in shown.authors) else tuple(stated)


def _signed(given: Sequence[Author], shown: Shown) -> bool:
    """Whether the page prints one of these names around its headline, or prints no other one."""
    return not shown.authors or any(key(one.name) in shown.around for one in given)


def _after(published: str | None, modified: str | None, won: _Won) -> str | None:
    """When the article was changed; a page that says it was before it was published is wrong about one of them."""
    if published is None or modified is None:
        return modified
    if "T" in published and "T" in modified:
        early = datetime.fromisoformat(modified) < datetime.fromisoformat(published)
    else:
        early = modified[:10] < published[:10]
    if early:
        won.rules.pop("date_modified", None)
        return None
    return modified


def _other(text: str | None, headline: str, won: _Won) -> str | None:
    if text is not None and key(text) == key(headline):
        won.rules.pop("alternative_headline", None)
        return None
    return text


def _abstract(text: str | None, deks: Sequence[str], paragraphs: Sequence[Paragraph], won: _Won) -> str | None:
    """The description, unless it is the cut beginning of the body; a standfirst on the page completes a cut one."""
    start = letters(" ".join(one.text for one in paragraphs[:3]))
    if text and len(paragraphs) >= 2 and letters(text).startswith(letters(paragraphs[0].text + paragraphs[1].text)):
        text = None  # the body, given as the description too
    if text and _TRUNCATED.search(text):
        stem = letters(_TRUNCATED.sub("", text))
        whole = next((dek for dek in deks if letters(dek).startswith(stem)), None)
        if whole:
            won.rules["abstract"] = "standfirst"
            return whole
        if start.startswith(stem[: max(20, len(stem) - 20)]):
            text = None
    body = {letters(one.text) for one in paragraphs[:3]}
    dek = next((one for one in deks if letters(one) not in body), None)
    if text is None and dek is not None:
        won.rules["abstract"] = "standfirst"
        return dek
    if text is None:
        won.rules.pop("abstract", None)
    return text


def _paragraphs(found: Sequence[Block], indices: Sequence[int], texts: Sequence[str]) -> tuple[Paragraph, ...]:
    if not indices:
        return quotes.flag(list(texts))
    flagged = quotes.flag([found[index].text for index in indices])
    return tuple(
        replace(one, kind="quote") if found[index].quote else one for index, one in zip(indices, flagged, strict=True)
    )


def _addresses(
    head: Head, stated: Sequence[tuple[str, Said]], origin: str
) -> list[tuple[str, Callable[[], str | None]]]:
    """The page's addresses in order of trust; one that is only a site's root is none of an article."""

    def deep(value: str | None) -> str | None:
        return value if value and (urlsplit(value).path.strip("/") or urlsplit(value).query) else None

    return [
        ("canonical", lambda: deep(head.canonical)),
        *((rule, lambda one=one: deep(one.url)) for rule, one in stated),
        ("address", lambda: deep(schemaorg.address(origin, "")) if "#" not in origin else None),
    ]


def _language(
    head: Head, stated: Sequence[tuple[str, Said]], headline: str, paragraphs: Sequence[Paragraph], won: _Won
) -> str | None:
    """The language that the page claims, unless the words of its text clearly are another one's."""
    claimed, rule = next(
        ((one.language, rule) for rule, one in stated if one.language), (head.language, head.language_rule)
    )
    words = language(" ".join([headline, *(one.text for one in paragraphs[:60])]))
    if words and (claimed is None or claimed.split("-")[0] != words):
        claimed, rule = words, "function-words"
    if claimed:
        won.rules["language"] = rule
    return claimed


def _tops(found: Sequence[Block], indices: Sequence[int], root: Any) -> list[Any]:
    """The elements in which the article's pictures stand: around its paragraphs, one above for the leading one."""
    body = root.find(".//body")
    if not indices:
        return [body] if body is not None else [root]
    first, last = found[indices[0]].node, found[indices[-1]].node
    above = list(first.iterancestors())
    inside = set(last.iterancestors())
    common = next((node for node in above if node in inside), None)
    headed = next(root.iter("h1"), None) is not None
    if common is None or common.tag in {"body", "html"}:
        return [body if body is not None else root]
    for node in [common, *common.iterancestors()]:
        if node.tag in {"body", "html"}:
            break
        common = node
        if node.tag == "main" or next(node.iter("h1"), None) is not None or (node.tag == "article" and not headed):
            break
    return [common]
