"""The top of a page: whose page it is, which section, and the headline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract import byline, furniture
from kg.extract.core import core
from kg.extract.labels import Kind, Label
from kg.extract.lines import Line, capitalised, ends_sentence, key, size
from kg.extract.rubric import section_of
from kg.extract.words import words

__all__ = ["MARKER", "Head", "head", "unmarked"]

# What page builders add to a headline to name the pictures of an article.
MARKER = re.compile(r"\s*[-–—:|(]+\s*(?:(?:image|photo|picture|figure|pic|slide)\s*)?#?\d{1,3}\s*\)?$", re.IGNORECASE)
_SUFFIX = re.compile(r"(?P<title>.+\S)\s+(?:[-–—|·•:]{1,2}|::)\s+(?P<site>[^|]+?)$")
_FRONT = re.compile(r"(?P<site>[^|·•–—›]{2,60}?)\s+[|·•–—›]\s+(?P<section>[^|·•–—›]{2,40})")  # Outlet | Section
_ITSELF = re.compile(
    r"(?P<who>[^\W\d_a-z][^.:;|,!?]{1,50}?) is an? (?:\S+ )?(?:(?:reader|listener|user)-(?:supported|funded)"
    r"|independent|free"
    r"|non-?profit) (?:publication|newsletter|newspaper|newsroom|magazine|news (?:site|organi[sz]ation|website))\b"
)
_TEXT = frozenset({Kind.SHORT, Kind.PROSE, Kind.BULLET, Kind.META, Kind.BYLINE, Kind.BREADCRUMB, Kind.FIELD})
_FOOT = frozenset({Kind.META, Kind.FURNITURE, Kind.COPYRIGHT, Kind.MENU})
_SLUG = re.compile(r"[A-Z0-9]+(?:[-/][A-Z0-9]+)+(?: .*)?")  # an agency's name for the story
_CODED = re.compile(r"[A-Z0-9]+(?:[-/][A-Z0-9]+)+/?(?: ?\([^()]*\))?")  # such a name, with its version
_CALL = re.compile(  # what a page asks its readers to do; "Live Science" is a name
    r"(?:watch|listen|subscribe|sign (?:in|up)|log in|download|stream)\b(?!-)"
    r"|live\s*:|live (?:tv|radio|now|video|audio|stream|streaming|updates|coverage)\b",
    re.IGNORECASE,
)
_TOP = 3000  # lines; whole menus of a site may stand above a headline
_MANY = 10  # titles above the text; more than that are menus and teasers
_APART = 12  # lines between a summary and the text
_FIRST = 12  # paragraphs that a headline is compared with
_READ = 12_000  # code points of them
_LETTERS = re.compile(r"[^\W_]{4,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")
_NEAR = 6  # titles; among those nearest to the text the headline is looked for when there are many


@dataclass(frozen=True, slots=True)
class Head:
    """Where the headline stands and what was found above it. ``at`` is the headline's line, -1 for a labelled field."""

    headline: str
    at: int
    rule: str
    publisher: str | None = None
    publisher_rule: str = ""
    section: str | None = None
    section_rule: str = ""
    writer: str | None = None


def unmarked(text: str) -> str | None:
    """The text before an image marker (``… - Image 2``), or None for a line that ends with none."""
    found = MARKER.search(text) if len(text) <= 400 else None
    return text[: found.start()] if found and found.start() > 0 else None


def head(lines: Sequence[Line], labels: Sequence[Label]) -> Head | None:
    """The headline with the publisher and section of the page, or None when no line can be a headline."""
    first = _first_paragraph(labels, lines)
    titles = [
        index
        for index in range(min(first, _TOP))
        if labels[index].kind in {Kind.SHORT, Kind.PROSE}
        and size(lines[index].text) <= 45
        and len(lines[index].text) <= 300
    ]
    titles = [index for index in titles if not furniture.section_name(lines[index].text)]
    every = titles
    titles = _nearest(lines, labels, titles, first)
    holder = next((one.value for one in labels if one.kind is Kind.COPYRIGHT and one.value), None)
    if holder and any(key(author.name) == key(holder) for one in labels for author in one.meta.authors):
        holder = None
    elif holder and any(key(line.text) == key(holder) for line in lines) and byline.person(holder):
        holder = None if not furniture.media_name(holder) else holder
    found = _headline(lines, labels, titles, holder, first)
    if found is None:
        return None
    title, at, rule, site = found
    publisher, publisher_rule = _publisher(lines, labels, every, at, holder, site)
    section, section_rule = section_of(lines, labels, at, publisher)
    before = _kicker(lines, every, title)
    if section is None and before:
        section = next((part for part in before if furniture.section_name(part)), None)
        section_rule = "page-title" if section else ""
    writer = next((part for part in before if byline.person(part) and not furniture.media_name(part)), None)
    return Head(title, at, rule, publisher, publisher_rule, section, section_rule, writer)


def _kicker(lines: Sequence[Line], titles: Sequence[int], title: str) -> tuple[str, ...]:
    """What another printing of the headline has before it or behind it: ``Opinion | Ana Reis: The headline``."""
    own = key(title)
    for index in titles:
        text = lines[index].text
        whole = key(text)
        if len(whole) <= len(own) or len(whole) != len(text) or size(own) < 3:
            continue
        if whole.endswith(own):
            rest = text[: len(text) - len(own)].rstrip()
        elif whole.startswith(own):
            rest = text[len(own) :].lstrip()
        else:
            continue
        if rest[-1:] in ".:|–—-•·" or rest[:1] in "|–—-•·":
            return tuple(part for part in re.split(r"\s*[.:|–—•·]+\s*|\s-\s", rest) if part)
    return ()


def _nearest(lines: Sequence[Line], labels: Sequence[Label], titles: list[int], first: int) -> list[int]:
    """Of many titles above the text the one whose words the text uses, or else those nearest to the text."""
    if len(titles) <= _MANY:
        return titles
    told = _told(lines, labels, titles, first)
    if told is not None:
        return [told]
    about = [index for index in range(max(0, first - 15), first) if labels[index].kind in {Kind.META, Kind.BYLINE}]
    anchor = about[0] if about and any(index < about[0] for index in titles) else first
    near = [index for index in titles if index < anchor][-_NEAR:]
    return [index for index in near if size(lines[index].text) >= 5] or near


def _told(lines: Sequence[Line], labels: Sequence[Label], titles: Sequence[int], first: int) -> int | None:
    """The title that says what the text says: most of its words are found in the text, and it stands near."""
    text = [line.text for line, label in zip(lines[first:], labels[first:], strict=True) if label.kind is Kind.PROSE]
    known = _stems(" ".join(text[:_FIRST])[:_READ])
    shares: dict[int, float] = {}
    for index in titles:
        own = _stems(lines[index].text)
        hits = len(own & known)
        if hits >= 2 and hits * 5 >= len(own) * 2 and not lines[index].text.endswith((".", ":", ",", "...")):
            shares[index] = hits * hits / len(own) * (0.3 + 1 / (1 + (first - index) / 12))
    if not shares:
        return None
    best = max(shares, key=lambda index: (shares[index], -index))
    above = [index for index in shares if best - 6 <= index < best and shares[index] * 2.5 >= shares[best]]
    return above[0] if above else best


def _better(lines: Sequence[Line], labels: Sequence[Label], titles: Sequence[int], index: int, first: int) -> int:
    """A later title when the text uses most of its words and none of this one's; else this one."""
    text = [line.text for line, label in zip(lines[first:], labels[first:], strict=True) if label.kind is Kind.PROSE]
    known = _stems(" ".join(text[:_FIRST])[:_READ])
    if _stems(lines[index].text) & known:
        return index
    for other in titles:
        own = _stems(lines[other].text)
        if (
            other > index
            and len(own & known) >= 3
            and len(own & known) * 2 >= len(own)
            and size(lines[other].text) <= 25
        ):
            return other
    return index


def _stems(text: str) -> set[str]:
    return {word[:5] for word in _LETTERS.findall(text.casefold())}


def _first_paragraph(labels: Sequence[Label], lines: Sequence[Line]) -> int:
    """The first paragraph of the article, or of its summary when that stands apart from the text."""
    prose = [index for index, one in enumerate(labels) if one.kind is Kind.PROSE]
    if prose:
        start = core(lines, labels)[0]
        before = [index for index in prose if index < start]
        first = next((index for index in prose if index >= start), prose[0])
        for index in reversed(before):  # a summary above dates and names, no notice above a headline of its own
            if first - index > _APART or any(_title(lines[other], labels[other]) for other in range(index + 1, first)):
                break
            first = index
        return first
    for index, one in enumerate(labels):  # a very short article: any sentence after the first line
        if index and one.kind is Kind.SHORT and ends_sentence(lines[index].text) and size(lines[index].text) >= 3:
            return index
    return len(labels)


def _title(line: Line, label: Label) -> bool:
    return label.kind is Kind.SHORT and size(line.text) >= 4 and not line.text.endswith((".", ":", ","))


def _headline(
    lines: Sequence[Line], labels: Sequence[Label], titles: Sequence[int], holder: str | None, first: int
) -> tuple[str, int, str, str | None] | None:
    for index, one in enumerate(labels):
        if one.kind is Kind.FIELD and one.name == "headline":
            printed = (other for other in titles if key(lines[other].text) == key(one.value))
            return one.value, next(printed, index if index < first else -1), "label", None
    marked = [index for index, one in enumerate(labels) if one.kind is Kind.TITLE]
    if marked and (len(marked) == 1 or any(size(lines[index].text) >= 4 for index in marked)):
        best = next((index for index in marked if size(lines[index].text) >= 4), marked[0])
        return lines[best].text, best, "heading-mark", None
    keys = {index: key(lines[index].text) for index in titles}
    times = Counter(keys.values())
    pictured = {key(text) for line in lines if (text := unmarked(line.text)) is not None}
    for index in titles:
        if size(lines[index].text) <= 3 and byline.person(lines[index].text) and len(titles) > 1:
            continue
        if size(lines[index].text) >= 3 and (times[keys[index]] > 1 or keys[index] in pictured):
            return lines[index].text, index, "repeated-line", None
    for index in titles:  # "Headline | Outlet" with the headline printed again, or an outlet's name behind the bar
        found = _SUFFIX.fullmatch(lines[index].text)
        if not found or size(found["title"]) < 3:
            continue
        again = next((other for other in titles if other != index and keys[other] == key(found["title"])), None)
        if again is not None:
            return lines[again].text, again, "repeated-line", found["site"]
        if furniture.media_name(found["site"]) or (holder and key(holder) == key(found["site"])):
            title = found["title"]
            inner = _SUFFIX.fullmatch(title)  # "Headline | Section | Outlet"
            if inner and furniture.section_name(inner["site"]):
                title = inner["title"]
                again = next((other for other in titles if other != index and keys[other] == key(title)), None)
                index = index if again is None else again
            return title, index, "page-title", found["site"]
    for index in titles:
        if size(lines[index].text) >= 4 and any(
            len(keys[other]) > len(keys[index])
            and keys[other].endswith(keys[index])
            and keys[other][: -len(keys[index])].rstrip()[-1:] in ".:|-"
            for other in titles
        ):
            return lines[index].text, index, "repeated-line", None
    masthead = _masthead(lines, labels, titles, holder)
    rest = [index for index in titles if masthead is None or index > masthead]
    if masthead is not None:  # a tagline and a menu may stand between the outlet's name and the headline
        last = max(
            (index for index in range(masthead, (rest or [0])[-1]) if _bar(lines[index], labels[index])),
            default=masthead,
        )
        below = [index for index in rest if index > last]
        if any(size(lines[index].text) >= 3 and not _writer(lines, index) for index in below):
            rest = below
        if len(rest) > 1 and lines[masthead].touches(lines[rest[0]]) and not lines[masthead].alone:
            rest = rest[1:]
    sentence_free = [index for index in rest if not lines[index].text.endswith((".", ":", ","))]
    sentence_free = [index for index in sentence_free if not _CODED.fullmatch(lines[index].text)] or sentence_free
    for least in (4, 2, 1):
        for index in sentence_free:
            if size(lines[index].text) >= least:
                better = _better(lines, labels, sentence_free, index, first)
                return lines[better].text, better, "first-title" if better == index else "told-by-text", None
    for index in rest[:1]:
        if size(lines[index].text) <= 15 and index + 1 < len(lines):
            return lines[index].text, index, "first-line", None
    top = next((index for index, one in enumerate(labels) if one.kind in {Kind.PROSE, Kind.SHORT}), None)
    if top is not None and labels[top].kind is Kind.PROSE and _title_with_stop(lines[top].text):
        later = any(one.kind is Kind.PROSE for one in labels[top + 1 :])
        if later and not lines[top].text.endswith(":"):
            return lines[top].text, top, "first-line", None
    return None


def _writer(lines: Sequence[Line], index: int) -> bool:
    """Whether a short line is a name or a role, not a title: below a label that waits for a name, or by its form."""
    text = lines[index].text
    return byline.role(text) or byline.person(text) or (index > 0 and byline.label_alone(lines[index - 1].text))


def _title_with_stop(text: str) -> bool:
    """Whether a first line that ends as a sentence can be a headline all the same: very short, or in title case."""
    return size(text) <= 12 or (size(text) <= 20 and capitalised(text) and not re.search(r"[.!?]['”’\"]?\s", text))


def _bar(line: Line, label: Label) -> bool:
    return (
        label.kind in {Kind.BREADCRUMB, Kind.MENU}
        or furniture.section_name(line.text)
        or furniture.menu_word(line.text)
    )


def _masthead(lines: Sequence[Line], labels: Sequence[Label], titles: Sequence[int], holder: str | None) -> int | None:
    """The line above the headline that names the outlet; another title must be left for the headline."""
    for place, index in enumerate(titles[:4]):
        if place + 1 >= len(titles):
            return None
        text = lines[index].text
        if size(text) > 6 or ends_sentence(text):
            continue
        if furniture.media_name(text) or (holder and key(holder) == key(text)):
            return index
        if (
            place == 0
            and not any(labels[other].kind in _TEXT for other in range(index))
            and not _SLUG.fullmatch(text)
            and capitalised(text)
            and size(text) <= 4
            and len(text) <= 40
            and not re.search(r"[:?!“”‘\"]", text)
        ):
            after = [lines[other].text for other in titles[place + 1 :]]
            agrees = holder is None or bool(set(key(holder).split()) & set(key(text).split()))
            if agrees and any(size(other) >= 4 for other in after):
                return index
    return None


def _publisher(
    lines: Sequence[Line],
    labels: Sequence[Label],
    titles: Sequence[int],
    at: int,
    holder: str | None,
    site: str | None,
) -> tuple[str | None, str]:
    for one in labels:
        if one.kind is Kind.FIELD and one.name == "publisher":
            return one.value, "label"
    if site:
        return site, "page-title"
    above = [index for index in titles if index < at and not _CALL.match(lines[index].text)]
    masthead = _masthead(lines, labels, [*above, at], holder) if above else None
    if masthead is not None and masthead != at:
        return lines[masthead].text, "masthead"
    for index in range(at):  # an outlet's name before the section: "The Outlet | Culture"
        outlet = re.split(r"\s+[|/>»›·•]\s+|\s*[>»›|]\s*", labels[index].value)[0]
        if (
            labels[index].kind is Kind.BREADCRUMB
            and furniture.media_name(outlet)
            and not furniture.section_name(outlet)
        ):
            return outlet, "breadcrumb"
    first = lines[0].text if lines else ""
    if at > 0 and (found := _FRONT.fullmatch(first)) and furniture.section_name(found["section"]):
        site = found["site"]
        if not furniture.section_name(site) and not furniture.menu_word(site) and capitalised(site) and size(site) <= 5:
            return site, "breadcrumb"
    named = [
        piece
        for index in range(min(len(lines), at + 5))
        if labels[index].kind in {Kind.META, Kind.BYLINE} and len(lines[index].text) <= 200
        for piece in re.split(r"\s+[|·•—–]\s+", lines[index].text)
        if size(piece) <= 5
        and not re.search(r"[\d@:,]", piece)
        and furniture.media_name(piece)
        and not furniture.section_name(piece)
        and not byline.role(piece)
        and not byline.byline(piece)
        and piece != lines[index].text
    ]
    if len(set(named)) == 1 and not holder:
        return named[0], "date-line"
    if holder:
        return _usual(lines, holder), "copyright-line"
    for line in lines:
        if len(line.text) <= 400 and (itself := _ITSELF.match(line.text)) and capitalised(itself["who"]):
            return itself["who"], "own-words"
    tail = [
        lines[index].text
        for index in range(max(at + 1, len(lines) - 6), len(lines))
        if labels[index].kind is Kind.SHORT and not re.search(r"[()\[\]:]", lines[index].text)
    ]
    named = [
        text for text in tail if furniture.media_name(text) and size(text) <= 5 and not furniture.section_name(text)
    ]
    if len(named) == 1 and not furniture.furniture(named[0]):
        place = max(index for index, line in enumerate(lines) if line.text == named[0])
        if all(labels[index].kind in _FOOT for index in range(place + 1, len(lines))):
            return named[0], "last-line"
    beside = [
        index
        for index in range(at + 1, min(len(lines) - 1, at + 10))
        if labels[index].kind is Kind.SHORT
        and size(lines[index].text) <= 4
        and not re.search(r"[()\[\]:]", lines[index].text)
        and furniture.media_name(lines[index].text)
        and not furniture.section_name(lines[index].text)
        and not byline.role(lines[index].text)
        and any(labels[other].kind in {Kind.META, Kind.BYLINE} for other in (index - 1, index + 1))
    ]
    if len(beside) == 1:
        return lines[beside[0]].text, "beside-date"
    return None, ""


_COMPANY = words("company corporation digital group holdings media network networks news publications publishing")


def _usual(lines: Sequence[Line], holder: str) -> str:
    """The name an outlet goes by on its page, when its owner's name is that one with a company's words behind it."""
    parts = holder.split()
    least = len(parts)
    while least > 1 and parts[least - 1].casefold().strip(".,") in _COMPANY:
        least -= 1
    for count in range(least, len(parts)):
        name = " ".join(parts[:count])
        if name.casefold() in {"the", "our"}:
            continue
        spoken = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-]|\s+{re.escape(parts[count])})")
        if sum(1 for line in lines if len(line.text) <= 4000 and spoken.search(line.text)) >= 2:
            return name
    return holder
