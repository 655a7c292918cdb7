"""The body of a web page: which of its blocks are the article's paragraphs.

trafilatura says which text is the article; the page's own blocks say where paragraphs begin and end and what they are.
A block whose words trafilatura kept is the body's, unless its place or its own words say that it is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from kg.extract import asides, credit, structure
from kg.extract.kept import SHORT, chosen, compared, kept, letters, shingles
from kg.extract.labels import Kind, label, paragraph
from kg.extract.lines import Line, ends_sentence, size
from kg.extract.markup import Block
from kg.extract.zones import Zone

__all__ = ["HEAVY", "Known", "body", "dense", "filled", "read"]

HEAVY = 20_000  # elements; trafilatura takes seconds for more
_BETWEEN = 8  # blocks of quoted posts between two paragraphs
_GAP = 12  # blocks between two paragraphs of one article
_SURE = 420  # characters; a paragraph of this length is no label, byline or button
_COPY = 160  # letters; a paragraph of this length is printed twice only by mistake
_OUTSIDE = frozenset(
    {
        Zone.NAV,
        Zone.FOOTER,
        Zone.FORM,
        Zone.CAPTION,
        Zone.CREDIT,
        Zone.COMMENTS,
        Zone.RELATED,
        Zone.LETTER,
        Zone.BIO,
        Zone.BYLINE,
        Zone.AD,
        Zone.TAGS,
        Zone.NOTE,
        Zone.HIDDEN,
        Zone.POINTS,
    }
)
_LABELS = frozenset({Kind.META, Kind.BYLINE, Kind.CREDIT, Kind.COPYRIGHT, Kind.FURNITURE, Kind.BREADCRUMB, Kind.MENU})
_DOTS = re.compile(r"[\W_]*")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the article before its body is read: texts that stand above it and are none of it."""

    headlines: frozenset[str]
    deks: frozenset[str]
    authors: frozenset[str] = frozenset()
    outlets: frozenset[str] = frozenset()


def body(found: Sequence[Block], marks: Sequence[bool], known: Known) -> list[int]:
    """The indices of the blocks that are the article's paragraphs, in order."""
    weight = [len(block.text) if mark else 0 for block, mark in zip(found, marks, strict=True)]
    total = sum(weight)
    if not total:
        return []
    rows = structure.menus(found)
    wraps = _wrappers(found, [0 if index in rows else own for index, own in enumerate(weight)], total)
    half = next(index for index, done in enumerate(accumulate(weight)) if 2 * done >= total)
    others = structure.teasers(found, marks, half + 1) | rows
    keep: list[int] = []
    seen: set[str] = set()
    first = _first(found, marks, wraps)
    second = next((at for at in range(first + 1, len(found)) if marks[at] and _prose(found[at])), None)
    if second is not None and letters(found[first].text) in known.deks and _other(found[first], found[second]):
        first = second  # the standfirst, though nothing but its place says so
    heading = next((at for at, one in enumerate(found) if one.level == 1 and _titled(letters(one.text), known)), None)
    top = heading or 0
    others |= structure.foreign(found, heading)
    boxed = copied = pointed = False
    opening = ""  # where it stands again, a copy of the whole article begins (for another width of screen)
    done = 0
    for index, block in enumerate(found):
        if not marks[index]:
            boxed = boxed and block.level == 0
            continue
        done += weight[index]
        own = letters(block.text)
        if (block.zones - wraps) & _OUTSIDE or _DOTS.fullmatch(block.text) or index in others:
            continue
        if own in known.headlines or (index < first and own in known.deks):
            continue
        if own in seen and (copied or len(own) >= _COPY):
            continue
        if opening and own == opening:
            copied = True
            continue
        linked = block.links >= 0.8 * len(block.text)
        if linked and size(block.text) >= 3:
            continue
        if block.cell and not _prose(block):
            continue
        kind = label(_line(block.text)).kind if len(block.text) <= _SURE else Kind.PROSE
        if kind is Kind.BOX:
            boxed = True
            continue
        pointed = kind is Kind.POINTS or (pointed and block.item)  # a list that sums the article up repeats it
        if pointed:
            continue
        if kind is Kind.ENDING and done > total * 0.5:
            break
        if _labelled(block, kind) or (boxed and linked) or asides.noise(block.text):
            continue
        if block.links >= 0.5 * len(block.text) and asides.call(block.text):
            continue
        if asides.offer(block.text) or asides.contact(block.text) or asides.fields(block.text) or _caption(block):
            continue
        if index < top and (block.pictured or not _prose(block) or credit.caption(block.text)[1]):
            continue
        if not block.level and _titled(own, known):
            continue
        if index < first and not _prose(block):
            continue
        boxed = boxed and not _prose(block)
        if not opening and len(own) >= SHORT * 2:
            opening = own
        seen.add(own)
        keep.append(index)
    if keep and (opener := _opener(found, marks, keep, known)) is not None:
        keep.insert(0, opener)
    stray = structure.apart(found, keep)
    return _trimmed(found, [index for index in keep if index not in stray], known, total)


def _labelled(block: Block, kind: Kind) -> bool:
    """Whether a block's own words say that it is a date line, a byline, a button …; a sentence in full is none."""
    if kind not in _LABELS:
        return False
    if block.quote and kind in {Kind.META, Kind.BYLINE}:  # the signature of a quoted message
        return False
    return kind not in {Kind.BREADCRUMB, Kind.MENU} or size(block.text) <= 15


def _caption(block: Block) -> bool:
    """Whether a few words below a picture name what it shows, without being a sentence, a heading or an item."""
    plain = block.pictured and not (block.level or block.item or block.quote or block.strong)
    return (
        plain
        and len(block.text.split()) >= 2
        and size(block.text) <= 9
        and not re.search(r"[.!?:;…,。、][\"”’)]*$", block.text)
    )


def _wrappers(found: Sequence[Block], weight: Sequence[int], total: int) -> frozenset[str]:
    """Zones that hold much of the article: there the name speaks of something else."""
    held: dict[str, int] = {}
    for block, own in zip(found, weight, strict=True):
        if own:
            for zone in block.zones:
                held[zone] = held.get(zone, 0) + own
    return frozenset(zone for zone, own in held.items() if own >= (0.4 if zone != Zone.HIDDEN else 0.8) * total)


def _other(one: Block, following: Block) -> bool:
    """Whether two blocks stand in different boxes and are built differently."""
    return one.node.getparent() is not following.node.getparent() and structure.shape(one) != structure.shape(following)


def _opener(found: Sequence[Block], marks: Sequence[bool], keep: Sequence[int], known: Known) -> int | None:
    """The sub-heading of the first paragraph, where others like it stand above later ones: an entry's, a question."""
    alike = {structure.shape(found[index]) for index in keep if found[index].level}
    for index in range(keep[0] - 1, max(-1, keep[0] - 4), -1):
        block = found[index]
        if block.level:
            fine = block.level > 1 and marks[index] and letters(block.text) not in known.headlines | known.deks
            return index if fine and structure.shape(block) in alike else None
    return None


def _titled(own: str, known: Known) -> bool:
    """Whether a line is the headline again, with little around it: the bar that stays on the screen, a label."""
    return any(len(one) >= SHORT and one in own and len(own) <= 1.4 * len(one) for one in known.headlines)


def _first(found: Sequence[Block], marks: Sequence[bool], wraps: frozenset[str]) -> int:
    """The first paragraph: a kept block in sentences outside headings and captions."""
    for index, block in enumerate(found):
        if marks[index] and not block.level and not (block.zones - wraps) & (_OUTSIDE | {Zone.DEK}) and _prose(block):
            return index
    return 0


def _prose(block: Block) -> bool:
    if block.level:
        return False
    if paragraph(block.text) or len(block.text) >= 120:
        return True
    return block.tag == "p" and ends_sentence(block.text) and size(block.text) >= 4


def _line(text: str) -> Line:
    return Line(text, 1, 1, 0, True, (text,))


def _trimmed(found: Sequence[Block], keep: list[int], known: Known, total: int) -> list[int]:
    """Without what ends a page: what is about a firm or an author, sub-headings nothing follows, calls to subscribe."""
    done = 0
    for place, index in enumerate(keep):
        block = found[index]
        title = block.level or (block.strong and size(block.text) <= 6)
        if done >= 0.5 * total and title and asides.about(block.text):
            keep = keep[:place]
            break
        done += len(block.text)
    while keep:
        block = found[keep[-1]]
        if block.level or asides.closing(
            block.text, linked=block.links > 0, authors=known.authors, outlets=known.outlets
        ):
            keep.pop()
            continue
        break
    return keep


def filled(found: Sequence[Block], marks: Sequence[bool]) -> list[bool]:
    """The marks with block quotations (posts, letters) that stand between chosen paragraphs: they are the article's."""
    made = list(marks)
    near = [-99] * len(found)  # how far back the last chosen paragraph is
    last = -99
    for index, mark in enumerate(marks):
        last = index if mark else last
        near[index] = index - last
    ahead = 99
    for index in range(len(found) - 1, -1, -1):
        ahead = 0 if marks[index] else ahead + 1
        block = found[index]
        if block.quote and not marks[index] and near[index] <= _BETWEEN and ahead <= _BETWEEN:
            made[index] = not block.zones & (_OUTSIDE | {Zone.ASIDE})
    return made


def _asked(root: Any, found: Sequence[Block]) -> list[bool]:
    """What trafilatura chooses: its own rules alone, and with the extractors it compares itself with where those rules
    take little of what reads as paragraphs."""
    first = kept(root, fast=True)
    if first is None:
        return dense(found)
    marks = chosen(found, first)
    plain = [
        len(block.text)
        if not block.level
        and not block.zones & _OUTSIDE
        and block.links * 2 < len(block.text)
        and paragraph(block.text)
        else 0
        for block in found
    ]
    taken = sum(own for own, mark in zip(plain, marks, strict=True) if mark)
    if taken >= 0.15 * sum(plain):
        return marks
    second = kept(root)
    return marks if second is None else chosen(found, second)


def _alike(found: Sequence[Block], marks: Sequence[bool]) -> list[bool]:
    """The marks with what an extractor left out of a body in several boxes."""
    prose = [
        _prose(block) and not block.zones & _OUTSIDE and block.links * 2 < len(block.text) and not block.cell
        for block in found
    ]
    return structure.alike(found, marks, prose)


def dense(found: Sequence[Block]) -> list[bool]:
    """The largest run of paragraphs, for pages that are too large for trafilatura: one pass over the blocks."""
    runs: list[list[int]] = []
    for index, block in enumerate(found):
        if block.level or block.zones & _OUTSIDE or block.links * 2 > len(block.text) or not paragraph(block.text):
            continue
        if not runs or index - runs[-1][-1] > _GAP:
            runs.append([])
        runs[-1].append(index)
    best = max(runs, key=lambda run: sum(len(found[index].text) for index in run), default=[])
    inside = set(best)
    return [index in inside for index in range(len(found))]


def read(
    root: Any, found: Sequence[Block], known: Known, stated: Sequence[str]
) -> tuple[list[int], tuple[str, ...], str]:
    """The body as indices of blocks, or as the stated paragraphs where the page shows no body, and the rule that won.

    ``stated`` is the body that structured data gives: it replaces trafilatura's choice where the two share too little.
    """
    heavy = sum(1 for _ in root.iter()) > HEAVY
    marks = dense(found) if heavy else filled(found, _alike(found, _asked(root, found)))
    indices = body(found, marks, known)
    if sum(len(text) for text in stated) < 250:
        return indices, (), "trafilatura"
    given = compared(stated)
    runs = [run for index in indices for run in shingles(found[index].text)]
    shared = len(given.shingles & set(runs))
    if shared >= 0.5 * len(given.shingles):
        return indices, (), "trafilatura"
    other = body(found, chosen(found, given), known)
    runs = [run for index in other for run in shingles(found[index].text)]
    if len(given.shingles & set(runs)) >= 0.8 * len(given.shingles):
        return other, (), "json-ld"
    return [], tuple(stated), "json-ld"
