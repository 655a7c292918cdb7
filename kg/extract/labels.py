"""What each line of a page is by its own words and shape, before its neighbours are looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from kg.extract import byline, credit, dates, furniture, marks
from kg.extract.lines import Line, bullet, capitalised, ends_sentence, key, size
from kg.extract.words import phrases
from kg.model import Author

__all__ = ["Kind", "Label", "Meta", "dateline", "label", "labelled", "paragraph"]


class Kind(Enum):
    """The kinds of line that can be told without context."""

    PROSE = "prose"
    SHORT = "short"
    BULLET = "bullet"
    FIELD = "field"
    META = "meta"
    BYLINE = "byline"
    CAPTION = "caption"
    CREDIT = "credit"
    BREADCRUMB = "breadcrumb"
    MENU = "menu"
    BOX = "box"
    ENDING = "ending"
    COPYRIGHT = "copyright"
    FURNITURE = "furniture"
    POINTS = "points"
    TITLE = "title"
    HEADING = "heading"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Meta:
    """What a line of dates and names says. ``bare`` tells that nothing on it but its form says it is a date line."""

    published: str | None = None
    modified: str | None = None
    authors: tuple[Author, ...] = ()
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """The kind of a line; ``name`` and ``value`` carry a field's name and text, ``meta`` dates and authors."""

    kind: Kind
    name: str = ""
    value: str = ""
    meta: Meta = Meta()


_MARKED = {
    marks.LINKS: Kind.MENU,
    marks.PICTURE: Kind.FURNITURE,
}
_FIELDS = {
    "headline": ("headline", "title", "article title"),
    "alternative": (
        "subtitle",
        "sub-title",
        "subheadline",
        "sub-headline",
        "subheading",
        "alternative headline",
        "short headline",
    ),
    "abstract": (
        "summary",
        "abstract",
        "standfirst",
        "description",
        "in brief",
        "in short",
        "teaser",
        "dek",
        "excerpt",
    ),
    "section": ("section", "category", "desk", "rubric", "channel", "filed under", "filed in"),
    "publisher": (
        "publisher",
        "published by",
        "publication",
        "newspaper",
        "site",
        "site name",
        "website",
        "outlet",
        "news outlet",
        "brand",
    ),
    "url": ("url", "source url", "permalink", "canonical url", "link"),
    "language": ("language", "lang"),
}
_FIELD_OF = {name: field for field, names in _FIELDS.items() for name in names}
_FIELD = re.compile(r"(" + "|".join(sorted(_FIELD_OF, key=len, reverse=True)) + r")\s*:\s+(\S.*)", re.IGNORECASE)

_DIGIT = re.compile(r"\d")
_ISSUED = re.compile(
    r"(?i:(?:first |originally )?published (?:by|in):?)\s+(?P<who>[^\W\d_a-z][^.:;|,]*?)(?:,.{0,60})?\.?"
)
_PUBLISHED = (
    r"(?:first |originally |date )?(?:published online|published|posted|filed|issued|created|publication date|pubdate"
    r"|date|released|publiée?|veröffentlicht|erschienen|publicad[oa]|pubblicato|gepubliceerd)"
    r"(?: on| at| date| le| am| el| il| op)?"
)
_MODIFIED = (
    r"(?:last |date )?(?:updated|modified|revised|edited|update|mise? à jour|modifié|aktualisiert|actuali[sz]ad[oa]"
    r"|aggiornato|bijgewerkt|atualizad[oa]|stand(?=:))(?: on| at| le| am| el| il| op| a| em)?"
)
_WHEN = re.compile(
    rf"(?P<before>.*?)(?:^|[\s(,;])(?:(?P<published>{_PUBLISHED})|(?P<modified>{_MODIFIED}))\W*", re.IGNORECASE
)
_ITSELF = re.compile(
    r"(?:and|&)|(?:this|the) (?:article|story|report|page|post|piece) (?:was|is|has been)(?: (?:first|last"
    r"|originally))?",
    re.IGNORECASE,
)
_WHEN_ONLY = re.compile(rf"\W*(?:{_PUBLISHED}|{_MODIFIED})\b.{{0,50}}", re.IGNORECASE)
_SPLIT = re.compile(r"(\x01\d+\x02)|\s+[|·•—–/-]\s+|\s{2,}|[|·•]")
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEARLESS = re.compile(
    r"(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?\.?,?\s*)?"
    rf"(?:{_MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTHS})"
    r"(?:,?\s*(?:at\s+)?\d{1,2}[:.]\d{2}.{0,12})?|\d{1,2}[:.]\d{2}\s*(?:[ap]\.?m\.?)?\s*[A-Z]{0,4}"
    r"|(?:published |updated |posted )?(?:\d+|an?|a few) (?:second|min(?:ute)?|hour|hr|day|week|month)s? ago",
    re.IGNORECASE,
)
_POINTS = phrases(
    """
    key points, key takeaways, key facts, key findings, takeaways, the takeaways, at a glance, in brief, in short
    summary, quick summary, article summary, ai summary, highlights, story highlights, what to know, quick read
    what you need to know, things to know, the gist, the essentials, tl;dr, tldr, the main points, main points
    """
)
_CORRECTION = re.compile(
    r"(?:\W*(?:corrections?|clarifications?|corrected|retraction|amendment|erratum)\b[^.:]{0,60}:\s*\S"
    r"|\W*(?:editor|publisher)['’]?s?['’]? note\b.{0,300}"
    r"\b(?:correct|amend|earlier version|previous version|misstated|clarif)"
    r"|\((?:this version |this story |refiles to )?(?:corrects?|removes|fixes|clarifies)\b"
    r"|(?:[^.\"“”]{0,40}[^.\"“”\w])?(?:an|our|the) (?:earlier|previous|prior|original) versions? of (?:this"
    r"|our) (?:article|story|column|essay|review|interview|newsletter|transcript|obituary|blog"
    r"|report|piece|caption|headline|post)\b"
    r"|we (?:have )?(?:updated|amended|corrected) (?:this|the|our) (?:article|story|report|piece)\b"
    r"|\W*(?:this|the) (?:article|story|report|column|essay|piece|caption|headline|post|version)s? (?:was"
    r"|has been|have been|were) "
    r"(?:amended|corrected|revised|edited|changed|updated to (?:correct|clarify|reflect|fix)|updated on .{4,40} to )"
    r"|\W*(?:an|a) (?:earlier|previous|prior) version of (?:this|the) "
    r"(?:article|story|report|piece|caption|headline|post))",
    re.IGNORECASE,
)
_CREDIT_LINE = re.compile(
    r".{0,160}\bcontributed (?:to )?(?:this |the )?(?:report|reporting|article|story)\b.{0,40}"
    r"|(?:edited|fact[- ]checked|translated|photographed|curated|illustrated) by\b[^.]{0,100}\.?"
    r"|\(?(?:with |additional )?(?:reporting|files|editing|writing|material|input)(?: and \w+)? (?:by|from)\b.{0,160}",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"(?P<place>[^\W\d_a-z][^:;!?“”\"]{1,70}?)\s*(?:[–—]|\s-{1,2})\s*(?=\S)"
    r"|(?P<agency>[^\W\d_a-z][^:;!?“”\"]{1,60}?\([A-Z][\w/ ]{1,20}\)\s*[:,.–—-])"
)


def dateline(text: str) -> bool:
    """Whether the text begins with a dateline: ``PLACE –``, ``Place, Country —``, ``PLACE, March 4 (AGENCY) -``."""
    found = _DATELINE.match(text[:90])
    if found is None:
        return False
    if found["agency"]:
        return True
    place = found["place"].strip()
    first = re.split(r"[,/(]", place)[0].strip()
    return (first.isupper() and len(first) > 2) or ("," in place and capitalised(re.sub(r"\(.*?\)|\d+", "", place)))


def paragraph(text: str) -> bool:
    """Whether the text has the shape of a paragraph: sentences, not a title."""
    words = size(text)
    if words >= 30:
        return True
    last = text.rstrip("\"'”’“‘»›)]*_ ")[-1:]
    if words >= 8 and last in ".…。۔।:":
        return True
    return words >= 12 and last in "!?！？؟" and re.search(r"[.!?]['”’\"]?\s+[^\W_a-z]", text) is not None


def label(line: Line, tongue: str | None = None) -> Label:
    """The kind of a line and what it says by itself, on a page in that language (a BCP 47 tag)."""
    text = line.text
    if line.mark in _MARKED:
        return Label(_MARKED[line.mark])
    if len(text) > 700:
        return Label(Kind.PROSE)
    if _CORRECTION.match(text) and size(text) >= 6 and (ends_sentence(text) or text.endswith(")")):
        return Label(Kind.CORRECTION)
    if key(text).strip(" :*#") in _POINTS:
        return Label(Kind.POINTS)
    field = _FIELD.fullmatch(text)
    if field and (not field.group(1).lower().startswith("filed") or furniture.section_name(field.group(2))):
        return Label(Kind.FIELD, _FIELD_OF[field.group(1).lower()], field.group(2))
    issued = _ISSUED.fullmatch(text)
    if issued and capitalised(issued["who"]) and size(issued["who"]) <= 6 and not issued["who"].isupper():
        if byline.person(issued["who"]) and not furniture.media_name(issued["who"]):
            return Label(Kind.META)  # a person's or a company's name
        return Label(Kind.FIELD, "publisher", issued["who"])
    meta = _meta(text, tongue)
    if meta is not None:
        return Label(Kind.META, meta=meta)
    writers = byline.byline(text, tongue)
    if writers is not None:
        return Label(Kind.BYLINE, meta=Meta(authors=writers))
    for kind, recognised in (
        (Kind.CREDIT, credit.only_credit),
        (Kind.CAPTION, credit.labelled),
        (Kind.BOX, furniture.box),
        (Kind.ENDING, furniture.ending),
    ):
        if recognised(text):
            return Label(kind)
    holder = furniture.copyright_holder(text)
    if holder is not None:
        return Label(Kind.COPYRIGHT, value=holder)
    if furniture.furniture(text) or _CREDIT_LINE.fullmatch(text):
        return Label(Kind.FURNITURE)
    if furniture.run_on(text):
        return Label(Kind.MENU)
    crumbs = furniture.breadcrumb(text)
    if crumbs is not None:
        return Label(Kind.BREADCRUMB, value=crumbs) if crumbs else Label(Kind.MENU)
    if bullet(text):
        return Label(Kind.BULLET)
    if line.mark in {marks.TITLE, marks.HEADING}:
        return Label(Kind.TITLE if line.mark == marks.TITLE else Kind.HEADING)
    return Label(Kind.PROSE if paragraph(text) else Kind.SHORT)


_SOURCE = re.compile(r"(?i:source): (?P<who>[^\W\d_a-z][^:;|]{1,60})")
_ONLY_WHEN = re.compile(rf"(?:{_PUBLISHED}|{_MODIFIED})\s*:?", re.IGNORECASE)
_ONLY_CAPTION = re.compile(r"(?:image|photo) caption\s*[,:]?", re.IGNORECASE)
_ONLY_SOURCE = re.compile(r"(?:image|photo) (?:source|credit|copyright)\s*[,:]?|credit:", re.IGNORECASE)
_ONLY_CORRECTION = re.compile(
    r"(?:corrections?(?: and clarifications?)?|clarifications?|editor['’]s note)\s*:?", re.IGNORECASE
)


def labelled(lines: Sequence[Line], tongue: str | None = None) -> tuple[Label, ...]:
    """The labels of all lines; a word that waits for its value on the next line (``Updated``) is read with it."""
    made = [label(line, tongue) for line in lines]
    for index, (line, after) in enumerate(pairwise(lines)):
        source = _SOURCE.fullmatch(line.text)
        if source and capitalised(source["who"]) and size(source["who"]) <= 6:
            beside = (made[index + 1], made[index - 1] if index else None)
            if any(one and (one.kind is Kind.FIELD or (one.meta != Meta() and not one.meta.bare)) for one in beside):
                made[index] = Label(Kind.FIELD, "publisher", source["who"])
                continue
        if len(line.text) > 40 or after.number - line.last > 3:
            continue
        text, kind = line.text, made[index + 1].kind
        if _ONLY_WHEN.fullmatch(text) and kind is Kind.META and made[index + 1].meta.bare:
            made[index] = Label(Kind.META)
            made[index + 1] = label(replace(after, text=f"{text.rstrip(':')}: {after.text}"), tongue)
        elif _ONLY_CAPTION.fullmatch(text) and size(after.text) <= 60:
            made[index], made[index + 1] = Label(Kind.FURNITURE), Label(Kind.CAPTION)
        elif _ONLY_SOURCE.fullmatch(text) and size(after.text) <= 8:
            made[index], made[index + 1] = Label(Kind.FURNITURE), Label(Kind.CREDIT)
        elif _ONLY_CORRECTION.fullmatch(text) and kind is Kind.PROSE and "note" not in text.lower():
            made[index], made[index + 1] = Label(Kind.HEADING), Label(Kind.CORRECTION)
    return tuple(made)


def _meta(text: str, tongue: str | None) -> Meta | None:
    """The dates and names of a line that holds nothing else, or None. Every piece of the line must be accounted for."""
    if len(text) > 220:
        return None
    if not _DIGIT.search(text):
        return Meta() if _YEARLESS.fullmatch(text) else None
    rest = text
    values: list[str | None] = []
    while len(values) < 4 and (found := dates.find(rest, day_first=tongue not in {None, "en"})) is not None:
        rest = f"{rest[: found.start]} \x01{len(values)}\x02 {rest[found.end :]}"
        values.append(found.value)
    if not values:
        if _YEARLESS.fullmatch(text.strip(" .()")) or (
            _WHEN_ONLY.fullmatch(text) and not ends_sentence(text) and size(text) <= 9 and re.search(r"\d", text)
        ):
            return Meta()
        return None
    published: str | None = None
    modified: str | None = None
    authors: tuple[Author, ...] = ()
    when, bare = "", True
    for piece in _SPLIT.split(rest):
        piece = (piece or "").strip(" \t,.;:()[]|-–—")
        if not piece or piece.casefold() in {"by", "on", "at"}:
            continue
        if piece.startswith("\x01"):
            value = values[int(piece.strip("\x01\x02"))]
            if when == "modified":
                modified = modified or value
            else:
                published = published or value
            when = ""
            continue
        if when == "modified" and published and (later := _clock(piece, published)):
            modified, when = modified or later, ""
            continue
        if _YEARLESS.fullmatch(piece) or re.fullmatch(
            r"\d{1,2}[:.h]\d{2}(?:\s*[ap]\.?m\.?)?\s*[A-Z]{0,4}", piece, re.IGNORECASE
        ):
            continue
        found_when = _WHEN.fullmatch(piece)
        if found_when:
            when, bare = "published" if found_when["published"] else "modified", False
            piece = found_when["before"].strip(" ,.;:(")
            if not piece or _ITSELF.fullmatch(piece):
                continue
        named = _named(piece, tongue)
        if named:
            authors += tuple(one for one in named if one not in authors)
        elif named is None and not _beside_date(piece):
            return None
    return Meta(published, modified, authors, bare)


def _clock(piece: str, published: str) -> str | None:
    """A time of the same day with its zone, when it is later than the other one (``updated 11:20 GMT``)."""
    if "T" not in published or not re.match(r"\d{1,2}[:.]\d{2}", piece):
        return None
    found = dates.only(f"{published[:10]} {piece}")
    return found.value if found and found.value and "T" in found.value and found.value > published else None


def _named(piece: str, tongue: str | None) -> tuple[Author, ...] | None:
    piece = re.sub(r"\s+(?:on|at)$", "", piece)
    made = byline.byline(piece, tongue)
    if made is not None:
        return made
    if re.fullmatch(r"[A-Z]{2,5}", piece):
        return (Author(piece, "Organization"),)
    if furniture.section_name(piece) or furniture.media_name(piece):
        return None
    return byline.signature(piece) or None


def _beside_date(piece: str) -> bool:
    """Whether a piece of a date line needs no reading: a place, a role, a section, a button, a reading time."""
    if furniture.furniture(piece) or byline.role(piece) or furniture.section_name(piece) or furniture.media_name(piece):
        return True
    return size(piece) <= 4 and capitalised(piece) and piece.casefold() not in {"on", "at"}
