"""What a page marks up for its readers around the text: byline, dates, standfirst, corrections, its section."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kg.extract import byline, moment, schemaorg, writers
from kg.extract.labels import Kind, label
from kg.extract.lines import Line, ends_sentence, key, size
from kg.extract.markup import Block
from kg.extract.zones import Zone, named
from kg.model import Author

__all__ = ["Shown", "crumb", "notices", "shown"]

_NEAR = 25  # blocks after the headline in which byline, dates and standfirst stand
_ABOVE = 6  # blocks before the headline in which a byline may stand
_MODIFIED = re.compile(r"updat|modif|revis|edited", re.IGNORECASE)
_NOTICE = re.compile(
    r"correct|clarif|amend|retract|erratum|version of|updated to|was (?:edited|revised)", re.IGNORECASE
)
_WRITER = re.compile(
    r"/(?:authors?|by|staff|people|person|contributors?|profiles?|columnists?|journalists?|reporters?|writers?|team)[/=-]",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"/(?:tags?|topics?|categor\w+|sections?|themen?|temas?|subjects?|keywords?)[/=-]", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"(?P<who>\D{3,80}?)[\s,|–—-]+(?:published|posted|updated|first published)\b.*\d", re.IGNORECASE
)
# What stands between the elements of a byline: its label, and the words before a date and a second name.
_JOINT = re.compile(
    r"\W*(?:(?:\w+ )?(?:by|von|par|por|di|door|av)|on|am|le|el|il|op|at|and|und|et|y|e|en|och|og)?\W*", re.IGNORECASE
)
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}")
_SIDE = frozenset({Zone.NAV, Zone.FOOTER, Zone.COMMENTS, Zone.RELATED, Zone.ASIDE, Zone.AD})


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands above the body for the eye."""

    headline: str | None
    deks: tuple[str, ...]
    authors: tuple[Author, ...]
    published: str | None
    modified: str | None
    dateline: str | None
    around: str  # everything printed near the heading, in the form of :func:`kg.extract.lines.key`


def shown(root: Any, found: Sequence[Block], title: str | None = None) -> Shown:
    """What the page shows around its main heading, and what its ``<time>`` elements say.

    On pages without headings the line that is the page's title, or a part of it, is the heading.
    """
    at = _heading(found)
    if at is None and title:
        at = _title(found, title)
    after = found[at + 1 : at + 1 + _NEAR] if at is not None else found[:0]
    published, modified = _times(root)
    printed = [label(Line(block.text, 1, 1, 0, True, (block.text,))) for block in after if len(block.text) <= 250]
    metas = [one.meta for one in printed if one.kind is Kind.META]
    return Shown(
        headline=found[at].text if at is not None else None,
        deks=tuple(_deks(after)),
        authors=_authors(root, found, at),
        published=published or next((one.published for one in metas if one.published), None),
        modified=modified or next((one.modified for one in metas if one.modified), None),
        dateline=_dateline(root),
        around=key(" ".join(block.text for block in [*found[max(0, (at or 0) - _ABOVE) : at or 0], *after])),
    )


def _heading(found: Sequence[Block]) -> int | None:
    """The main heading: the first of the first level that is no site's name, else the first of the second level."""
    for level in (1, 2):
        for index, block in enumerate(found):
            if block.level == level and not block.zones & _SIDE and size(block.text) >= (3 if level == 1 else 4):
                return index
    return next((index for index, block in enumerate(found) if block.level == 1), None)


def _title(found: Sequence[Block], title: str) -> int | None:
    whole = key(title)
    for index, block in enumerate(found[:400]):
        own = key(block.text)
        if len(own) >= 15 and 2 * len(own) >= len(whole) and own in whole and not block.zones & _SIDE:
            return index
    return None


def _deks(after: Sequence[Block]) -> Iterator[str]:
    """The standfirst: what is marked as one, or a heading in a sentence directly below the main heading."""
    for place, block in enumerate(after[:12]):
        if block.zones & _SIDE or Zone.CAPTION in block.zones or not 5 <= size(block.text) <= 80:
            continue
        below = place <= 1 and block.level in {2, 3, 4} and size(block.text) >= 8
        if (Zone.DEK in block.zones or below) and block.links < 0.5 * len(block.text):
            yield block.text
        elif block.level == 0 and ends_sentence(block.text) and size(block.text) > 30:
            break


def _times(root: Any) -> tuple[str | None, str | None]:
    """Published and modified by the ``<time>`` elements outside lists of other articles."""
    published: str | None = None
    modified: str | None = None
    spare: str | None = None
    count = 0
    for node in root.iter("time"):
        count += 1
        if count > 50:
            break
        value = moment.lexical(node.get("datetime")) or moment.lexical("".join(node.itertext()).strip()[:90])
        if value is None or _aside(node):
            continue
        parent = node.getparent()
        outer = (parent.get("class") if parent is not None else "") or ""
        names = f"{node.get('class') or ''} {node.get('itemprop') or ''} {outer}"
        before = f"{(parent.text if parent is not None else '') or ''}"[-60:] + "".join(node.itertext())[:40]
        if _MODIFIED.search(names) or _MODIFIED.search(before):
            modified = modified or value
        elif node.get("pubdate") is not None or re.search(r"publi|entry-date|post|created", names, re.IGNORECASE):
            published = published or value
        else:
            spare = spare or value
    return published or spare, modified


def _aside(node: Any) -> bool:
    """Whether an element stands in a list, a menu or beside the article."""
    for parent in node.iterancestors():
        if parent.tag in {"li", "nav", "aside", "footer"}:
            return True
        names = f"{parent.get('class') or ''} {parent.get('id') or ''}"
        if parent.tag in {"body", "article", "main", "html"} or len(names) < 4:
            continue
        if named(names[:400]) in _SIDE:
            return True
    return False


def _authors(root: Any, found: Sequence[Block], at: int | None) -> tuple[Author, ...]:
    """Who is linked or marked as author, else who a byline near the heading names, else who stands in its place."""
    linked = _marked(root)
    if linked:
        return linked
    after = found[at + 1 : at + 1 + _NEAR] if at is not None else found[:0]
    headline = found[at].text if at is not None else ""
    side = _SIDE - (found[at].zones if at is not None else frozenset())
    for place, block in enumerate(after):
        beside = side - {Zone.FOOTER} if Zone.BYLINE in block.zones else side
        if len(block.text) > 250 or block.zones & beside:
            continue
        if names := _line(block, place):
            return names
    above = found[max(0, (at or 0) - _ABOVE) : at or 0]
    for block in above:
        if Zone.BYLINE in block.zones and not block.zones & (side | {Zone.BIO}) and len(block.text) <= 150:
            names = _byline(block)
            if names:
                return names
    for place, block in enumerate(after[:10]):
        if byline.person(block.text) and not block.zones & (side | {Zone.TAGS}) and block.text not in headline:
            link = _link(block.node)
            if _WRITER.search(link) or (place < 4 and not _TOPIC.search(link) and _dated(after, place)):
                names = writers.writers(block.text)
                if names and all(byline.person(one.name) for one in names):
                    return names
    for block in found[:400]:
        if Zone.BYLINE in block.zones and not block.zones & (side | {Zone.BIO}) and len(block.text) <= 150:
            names = writers.writers(block.text)
            if names and all(byline.person(one.name) for one in names):
                return names
    return ()


def _marked(root: Any) -> tuple[Author, ...]:
    """The names marked with ``rel=author`` or ``itemprop=author`` outside comments and lists of other articles."""
    made: list[Author] = []
    for node in root.iterfind(".//*[@rel]"):
        if node.tag in {"a", "span", "address"} and "author" in node.get("rel").lower().split() and not _aside(node):
            made.extend(one for one in _text(node) if one not in made)
        if len(made) >= 10:
            break
    if made:
        return tuple(made)
    for node in root.iterfind(".//*[@itemprop]"):
        if "author" in node.get("itemprop").lower().split() and node.tag != "meta" and not _aside(node):
            inner = next((one for one in node.iter() if "name" in (one.get("itemprop") or "").split()), node)
            made.extend(one for one in _text(inner) if one not in made and _sure(one))
        if len(made) >= 10:
            break
    return tuple(made)


def _text(node: Any) -> tuple[Author, ...]:
    text = schemaorg.clean("".join(node.itertext())[:200] or node.get("content"))
    return writers.writers(text) if text else ()


def _sure(one: Author) -> bool:
    return one.type == "Organization" or byline.person(one.name)


def _line(block: Block, place: int) -> tuple[Author, ...]:
    """The authors that a line below the headline names."""
    if Zone.BYLINE in block.zones and Zone.BIO not in block.zones and (names := _byline(block)):
        return names
    if Zone.BIO in block.zones and place < 3 and len(block.node) and size(block.text) <= 8:
        names = tuple(one for one in writers.writers(_pieces(block.node)) if byline.signature(one.name))
        if names:
            return names
    one = label(Line(block.text, 1, 1, 0, True, (block.text,)))
    if one.kind is Kind.BYLINE and one.meta.authors:
        return writers.writers(block.text) or one.meta.authors
    if one.kind is Kind.META and one.meta.authors:
        return writers.writers(", ".join(name.name for name in one.meta.authors))
    before = _PUBLISHED.match(block.text)
    if before and size(before["who"]) <= 6:
        names = writers.writers(before["who"])
        if names and all(_sure(one) for one in names):
            return names
    return ()


def _byline(block: Block) -> tuple[Author, ...]:
    """The names in a line that the page marks as its byline; single words behind the first are places."""
    names = writers.writers(_pieces(block.node) if len(block.node) else block.text)
    if any(re.search(re.escape(one.name) + "[a-zß-ÿ]", block.text) for one in names):  # parted inside a word
        names = writers.writers(block.text)
    if names and _sure(names[0]):
        names = tuple(one for one in names if _sure(one) or " " in one.name)
    return names if names and all(_sure(one) for one in names) else ()


def _dated(after: Sequence[Block], place: int) -> bool:
    """Whether a line beside this one is a date line."""
    beside = [*after[max(0, place - 1) : place], *after[place + 1 : place + 2]]
    return any(
        Zone.DATE in block.zones
        or (size(block.text) <= 4 and _CLOCK.search(block.text))
        or label(Line(block.text, 1, 1, 0, True, (block.text,))).kind is Kind.META
        for block in beside
        if len(block.text) <= 120
    )


def _pieces(node: Any) -> str:
    """The texts of a byline's elements, parted: elements side by side are names, roles and addresses."""
    pieces = (" ".join(text.split()) for text in node.itertext())
    return ", ".join(piece for piece in pieces if piece and not _JOINT.fullmatch(piece))[:400]


def _link(node: Any) -> str:
    """The address that an element links to: its own, or that of the link around or inside it."""
    for one in (node, *node.iterancestors()):
        if one.tag == "a":
            return str(one.get("href") or "")
        if one.tag in {"body", "article", "main"}:
            break
    inside = next(node.iter("a"), None)
    return str(inside.get("href") or "") if inside is not None else ""


def _dateline(root: Any) -> str | None:
    """The place marked as dateline at the head of a paragraph."""
    for node in root.iter("span", "b", "strong"):
        names = (node.get("class") or "").lower().split()
        if any("dateline" in name for name in names):
            text = schemaorg.clean("".join(node.itertext())[:200])
            bare = (text or "").strip(" -–—:()")
            if bare and len(bare) <= 60 and not re.search(r"\d{1,2}:\d{2}|\d{4}", bare):
                return bare
    return None


def notices(found: Sequence[Block], indices: Sequence[int]) -> Iterator[str]:
    """The article's correction notices: marked as such, or in the words of one, down to a little below its end."""
    if not indices:
        return
    last = indices[-1] + 15
    for index, block in enumerate(found[: last + 1]):
        if block.zones & _SIDE or size(block.text) < 6 or len(block.text) > 2_000:
            continue
        marked = Zone.NOTICE in block.zones and (ends_sentence(block.text) or index in indices) and block.level == 0
        if marked or (
            _NOTICE.search(block.text[:400])
            and label(Line(block.text, 1, 1, 0, True, (block.text,))).kind is Kind.CORRECTION
        ):
            yield block.text


def crumb(values: Sequence[object], headline: str) -> str | None:
    """The section by the page's list of breadcrumbs: the last step before the article itself."""
    for value in values:
        for node, _ in schemaorg.nodes(value):
            if "BreadcrumbList" not in schemaorg.types(node):
                continue
            given = schemaorg.get(node, "itemListElement")
            names: list[str] = []
            for step in given if isinstance(given, list) else []:
                item = schemaorg.get(step, "item") if isinstance(step, dict) else None
                text = schemaorg.clean(schemaorg.get(step, "name")) if isinstance(step, dict) else None
                text = text or (schemaorg.clean(schemaorg.get(item, "name")) if isinstance(item, dict) else None)
                if text and key(text) != key(headline) and key(text) not in {"home", "homepage", "start", "news home"}:
                    names.append(text)
            for name in reversed(names):
                if len(name) <= 60 and (found := schemaorg.section(name)) is not None:
                    return found
    return None
