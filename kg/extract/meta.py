"""What the head of a page says: its title, its metadata elements, its canonical address and language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from kg.extract import moment, schemaorg, writers
from kg.extract.lines import key
from kg.model import Author, Image, Keyword

__all__ = ["Head", "head"]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_PUBLISHED = _names(
    "article:published_time og:article:published_time og:published_time article:published datepublished"
    " parsely-pub-date sailthru.date publishdate publish_date publish-date publication_date pubdate pub_date"
    " dc.date.issued dcterms.issued dcterms.created dc.date.created dc.date dcterms.date date.issued"
    " cxenseparse:recs:publishtime article.published article_date_original"
    " originalpublicationdate published_at rnews:datepublished"
    " citation_date citation_publication_date shareaholic:article_published_time dc.created bt:pubdate"
    " article_publication_date date"
)
_MODIFIED = _names(
    "article:modified_time og:updated_time article:updated_time article:modified lastmod last-modified datemodified"
    " dcterms.modified dc.date.modified date.modified modificationdate updated_time revised"
    " shareaholic:article_modified_time article.updated"
)
_SECTION = _names(
    "article:section og:section section parsely-section sailthru.section dc.subject.section cxenseparse:recs:section"
    " articlesection"
)
_AUTHOR = _names(
    "author article:author article:author_name byl dc.creator dcterms.creator parsely-author sailthru.author"
    " shareaholic:article_author_name rbauthors citation_author author_name authors byline"
)
_TITLE = _names("og:title twitter:title parsely-title sailthru.title dc.title dcterms.title headline hdl")
_DESCRIPTION = _names("og:description description twitter:description dc.description sailthru.description")
_PUBLISHER = _names(
    "og:site_name application-name article:publisher publisher dc.publisher dcterms.publisher cre copyright_holder"
)
_KEYWORDS = _names("article:tag news_keywords keywords parsely-tags sailthru.tags og:article:tag")
_LONGEST = 600  # characters; no title is longer
_SEPARATOR = re.compile(r"\s+(?:[|·•»«:/]|[-–—]{1,2}|::)\s+|\s*\|\s*")


_WRITTEN = re.compile(
    r"(?:written by|verfasst von|geschrieben von|écrit par|escrito por|scritto da|geschreven door|skrevet av|skriven av"
    r"|autor(?:in|e)?|auteur|author|by)\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a page. ``metas`` holds every metadata value by lower-case name, in order of the page."""

    title: str | None
    metas: Mapping[str, tuple[str, ...]]
    base: str
    canonical: str | None
    language: str | None
    language_rule: str

    def first(self, names: Sequence[str]) -> str | None:
        """The first value under these names that holds text."""
        for name in names:
            for value in self.metas.get(name, ()):
                if text := schemaorg.clean(value):
                    return text
        return None

    @property
    def headline(self) -> str | None:
        """The title for sharing, else the page's title, without the outlet's name."""
        text = self.first(_TITLE)
        return self.plain(text) if text else (self.plain(self.title) if self.title else None)

    @property
    def description(self) -> str | None:
        """The page's description."""
        return self.first(_DESCRIPTION)

    @property
    def published(self) -> str | None:
        """When the page says that it was published."""
        return self._date(_PUBLISHED)

    @property
    def modified(self) -> str | None:
        """When the page says that it was changed."""
        return self._date(_MODIFIED)

    def _date(self, names: Sequence[str]) -> str | None:
        for name in names:
            for value in self.metas.get(name, ()):
                if found := moment.lexical(value):
                    return found
        return None

    @property
    def section(self) -> str | None:
        """The section that the page names."""
        for name in _SECTION:
            for value in self.metas.get(name, ()):
                if found := schemaorg.said({"articleSection": value}).section:
                    return found
        return None

    @property
    def publisher(self) -> str | None:
        """The outlet's name."""
        for name in _PUBLISHER:
            text = self.first((name,))
            if text and len(text) <= 80 and not re.match(r"https?://|@|www\.", text) and "facebook.com" not in text:
                return text
        return None

    @property
    def outlets(self) -> tuple[str, ...]:
        """What the site may be called: by its metadata, and by its host's name."""
        host = (urlsplit(self.canonical or self.base).hostname or "").removeprefix("www.").split(".")
        named = (self.publisher, self.first(("application-name",)), host[-2] if len(host) >= 2 else None)
        return tuple(dict.fromkeys(one for one in named if one))

    @property
    def authors(self) -> tuple[Author, ...]:
        """The authors in the metadata elements of the first name that has any."""
        for name in _AUTHOR:
            found: list[Author] = []
            for value in self.metas.get(name, ()):
                text = schemaorg.clean(value)
                if text and not re.match(r"https?://|www\.", text):
                    found.extend(one for one in writers.writers(text) if one not in found)
            publisher = key(self.publisher or "")
            found = [one for one in found if not publisher or key(one.name) != publisher]
            if found:
                return tuple(found)
        for number in ("1", "2"):  # what cards show beside the title, as blog programs fill them
            if _WRITTEN.fullmatch(self.first((f"twitter:label{number}",)) or ""):
                return writers.writers(self.first((f"twitter:data{number}",)) or "")
        return ()

    @property
    def keywords(self) -> tuple[Keyword, ...]:
        """The keywords of the first name that has any."""
        for name in _KEYWORDS:
            values = self.metas.get(name, ())
            if values:
                found = schemaorg.said({"keywords": list(values)}).keywords
                if found:
                    return found
        return ()

    @property
    def image(self) -> Image | None:
        """The picture for sharing."""
        for name in (
            "og:image:secure_url",
            "og:image",
            "og:image:url",
            "twitter:image",
            "twitter:image:src",
            "thumbnail",
        ):
            for value in self.metas.get(name, ()):
                if found := schemaorg.address(value, self.base):
                    alt = self.first(("og:image:alt", "twitter:image:alt"))
                    return Image(url=found, alt=alt)
        return None

    def plain(self, title: str) -> str:
        """A title without the outlet's name (and section) at its end or beginning."""
        if len(title) > _LONGEST:
            return title
        names = {key(name) for name in (self.first(("og:site_name",)), self.first(("application-name",))) if name}
        host = (urlsplit(self.canonical or self.base).hostname or "").removeprefix("www.")
        names |= {host, re.sub(r"\W", "", host.rsplit(".", 1)[0])} - {""}
        parts = _SEPARATOR.split(title)
        if len(parts) < 2:
            return title

        def site(part: str) -> bool:
            bare = key(part).strip(" .")
            flat = re.sub(r"\W", "", bare)
            return (
                bare in names or flat in names or bare.removeprefix("the ") in {n.removeprefix("the ") for n in names}
            )

        text = title
        while True:
            cut = list(_SEPARATOR.finditer(text))
            if not cut:
                return text
            if site(text[cut[-1].end() :]):
                text = text[: cut[-1].start()].strip()
            elif site(text[: cut[0].start()]):
                text = text[cut[0].end() :].strip()
            else:
                return text


def head(root: Any, origin: str) -> Head:
    """The page's head; ``origin`` is the address relative ones are resolved against, unless the page gives a base."""
    start = schemaorg.address(origin, "") or ""
    metas: dict[str, list[str]] = {}
    for node in root.iter("meta"):
        content = node.get("content")
        if not content or not content.strip():
            continue
        for name in (node.get("property"), node.get("name"), node.get("itemprop"), node.get("http-equiv")):
            if name and len(metas) < 2_000:
                metas.setdefault(name.strip().lower(), []).append(content)
    given = next((node.get("href") for node in root.iter("base") if node.get("href")), None)
    base = schemaorg.address(given, start) or start if given else start
    canonical = None
    for node in root.iter("link"):
        if "canonical" in (node.get("rel") or "").lower().split():
            canonical = schemaorg.address(node.get("href"), base)
            if canonical:
                break
    canonical = canonical or next(
        (found for value in metas.get("og:url", ()) if (found := schemaorg.address(value, base))), None
    )
    title = next((text for node in root.iter("title") if (text := schemaorg.clean("".join(node.itertext())))), None)
    tongue, rule = _language(root, metas)
    return Head(
        title,
        {name: tuple(values[:200]) for name, values in metas.items()},
        urljoin(canonical or "", base) or canonical or "",
        canonical,
        tongue,
        rule,
    )


def _language(root: Any, metas: Mapping[str, list[str]]) -> tuple[str | None, str]:
    page = root if root.tag == "html" else root.find(".//html")
    for node in (page, root.find(".//body")):
        if node is not None:
            for name in ("lang", "xml:lang", "{http://www.w3.org/XML/1998/namespace}lang"):
                if found := schemaorg.tag(node.get(name)):
                    return found, "html-lang"
    for name in ("content-language", "language", "dc.language", "dcterms.language"):
        for value in metas.get(name, ()):
            if found := schemaorg.tag(value):
                return found, "meta"
    for value in metas.get("og:locale", ()):
        if found := schemaorg.tag(value):
            return found, "open-graph"
    return None, ""
