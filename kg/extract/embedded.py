"""The JSON-LD that pages carry in ``<script>`` elements, and which of its articles is the page's own."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from kg.extract import schemaorg
from kg.extract.lines import key
from kg.extract.schemaorg import Node
from kg.extract.words import words

__all__ = ["ELSEWHERE", "About", "loads", "own", "same_page"]

_LONGEST = 8 * 2**20  # characters of one script
_WRAPPED = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)\s*")
_CLOSED = re.compile(r"\s*(?:(?://\s*)?-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>|;)\s*$")
_TRAILING = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
#: Where other articles stand: lists, related stories, comments, parts of a site.
ELSEWHERE = words(
    "itemListElement relatedLink comment review isPartOf hasPart mentions citation isBasedOn subjectOf about item"
    " significantLink blogPost liveBlogUpdate workFeatured video associatedMedia translationOfWork workTranslation"
)


def loads(text: str) -> list[object]:
    """The values of one script; empty where it cannot be read even after the harmless repairs.

    Repaired are comments and CDATA marks around the text, raw control characters, trailing commas, entities in place of
    quotation marks and several texts in one script: each has only one reading.
    """
    if len(text) > _LONGEST:
        return []
    for _ in range(2):
        text = _CLOSED.sub("", _WRAPPED.sub("", text))
    text = text.strip("\ufeff \t\r\n")
    # the mended forms are made only when the text as it is does not read
    return _values(text) or _values(_untrailed(text)) or _values(_untrailed(html.unescape(text)))


def _untrailed(text: str) -> str:
    """The text without the commas that stand before a closing bracket."""
    return _TRAILING.sub(lambda found: found.group(1) or "", text)


def _values(text: str) -> list[object]:
    found: list[object] = []
    at = 0
    while at < len(text) and len(found) < 100:
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return []
        found.append(value)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return found


@dataclass(frozen=True, slots=True)
class About:
    """What the page shows of itself: its address and the titles that its headline must agree with."""

    url: str | None
    titles: tuple[str, ...]


def own(values: Iterable[object], about: About, *, base: str) -> tuple[Node, dict[str, Node]] | None:
    """The node of the article that the page is about, with all nodes by ``@id``; None when there is none.

    An article inside a list, a part or a comment counts only when it names this page or bears its title.
    """
    known: dict[str, Node] = {}
    best: tuple[int, int, Node] | None = None
    candidates: list[tuple[Node, tuple[str, ...]]] = []
    for value in values:
        for node, path in schemaorg.nodes(value):
            identity = node.get("@id")
            if isinstance(identity, str) and len(node) > len(known.get(identity, ())):
                known[identity] = node
            if schemaorg.ARTICLES & set(schemaorg.types(node)):
                candidates.append((node, path))
    titles = [key(title) for title in about.titles if title]
    for place, (node, path) in enumerate(candidates):
        score = _score(node, path, about, titles, base)
        if score > 0 and (best is None or (score, -place) > best[:2]):
            best = (score, -place, node)
    return (best[2], known) if best else None


def _score(node: Node, path: Sequence[str], about: About, titles: Sequence[str], base: str) -> int:
    headline = schemaorg.clean(schemaorg.get(node, "headline")) or schemaorg.clean(schemaorg.get(node, "name"))
    score = 0 if ELSEWHERE & set(path) else 3
    if headline:
        bare = key(headline).rstrip(".… ")
        if bare in titles:
            score += 6
        elif len(bare) >= 12 and any(bare in title or (len(title) >= 12 and title in bare) for title in titles):
            score += 5
        elif titles:
            score -= 1
    elif schemaorg.get(node, "articleBody") is None:
        score -= 1
    addresses = [
        found
        for name in ("url", "mainEntityOfPage", "@id")
        if (found := schemaorg.address(node.get(name) or schemaorg.get(node, name), base)) is not None
    ]
    if about.url and addresses:
        if any(same_page(one, about.url) for one in addresses):
            score += 5
        elif all(urlsplit(one).path not in {"", "/"} for one in addresses):
            score -= 1
    return score


def same_page(one: str, other: str) -> bool:
    """Whether two addresses are one page's: scheme, www, a final slash, case of the host and fragment aside."""
    return _bare(one) == _bare(other)


def _bare(address: str) -> tuple[str, str, str]:
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("amp.")
    path = unquote(parts.path).rstrip("/").removesuffix("/amp").removesuffix(".amp")
    return host, path, parts.query if re.search(r"(?:^|&)(?:p|id|article|story|aid|nid)=", parts.query) else ""
