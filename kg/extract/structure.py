"""What the structure of a page says of its blocks: which are built alike, which stand apart, which are menus.

Nothing here looks at words, so that it holds in every language; what counts is where a block stands, how much of it is
links, and how often its like is repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from kg.extract.lines import ends_sentence, size
from kg.extract.markup import Block

__all__ = ["alike", "apart", "foreign", "menus", "shape", "teasers"]

Shape = tuple[str, ...]

_ENOUGH = 4  # paragraphs of one shape make it the shape of the article's paragraphs
_ROW = 5  # links in a row make a menu
_MAIN = 0.7  # of the text; what holds that much is the article's container


def shape(block: Block) -> Shape:
    """How a block is built: the names and classes of its element and of the two around it."""
    made: list[str] = []
    node = block.node
    for _ in range(3):
        if node is None:
            break
        made.append(f"{node.tag} {node.get('class') or ''}")
        node = node.getparent()
    return tuple(made)


def alike(found: Sequence[Block], marks: Sequence[bool], prose: Sequence[bool]) -> list[bool]:
    """The marks with the prose that is built as most of the marked prose is, in the same article element.

    An extractor that takes one container leaves out its siblings, between which advertisements stand. A second main
    heading ends the article.
    """
    counts: Counter[Shape] = Counter()
    shapes: dict[int, Shape] = {}
    total = 0
    for index, block in enumerate(found):
        if prose[index]:
            shapes[index] = shape(block)
            if marks[index]:
                counts[shapes[index]] += 1
                total += 1
    own = {one for one, count in counts.items() if count >= _ENOUGH and 2 * count >= total}
    if not own:
        return list(marks)
    chosen = [index for index, mark in enumerate(marks) if mark and shapes.get(index) in own]
    home = _article(found[chosen[0]].node)
    made = list(marks)
    for index in range(chosen[0], len(found)):
        block = found[index]
        if block.level == 1 and index > chosen[-1]:
            break
        if not made[index] and shapes.get(index) in own and _article(block.node) is home:
            made[index] = True
    return made


def _article(node: Any) -> Any:
    """The nearest ``article`` around an element."""
    return next((one for one in node.iterancestors() if one.tag == "article"), None)


def apart(found: Sequence[Block], keep: Sequence[int]) -> frozenset[int]:
    """Those kept that stand outside the container of most of the text and are no sentences: buttons and notes."""
    held: dict[Any, int] = {}
    total = 0
    for index in keep:
        own = len(found[index].text)
        total += own
        for node in (found[index].node, *found[index].node.iterancestors()):
            held[node] = held.get(node, 0) + own
    full = [node for node, own in held.items() if own >= _MAIN * total]
    inner = max(full, key=lambda node: sum(1 for _ in node.iterancestors()), default=None)
    if inner is None or inner.tag in {"body", "html"}:
        return frozenset()
    return frozenset(
        index
        for index in keep
        if not found[index].level
        and not found[index].quote
        and not ends_sentence(found[index].text)
        and inner is not found[index].node
        and inner not in found[index].node.iterancestors()
    )


def foreign(found: Sequence[Block], heading: int | None) -> frozenset[int]:
    """The blocks of other articles on an endless page: in an ``article`` of their own with a main heading of its own.

    ``heading`` is the place of this article's main heading; without one in an ``article`` nothing is told.
    """
    home = _article(found[heading].node) if heading is not None else None
    if home is None:
        return frozenset()
    around = {home, *home.iterancestors()}
    others = {_article(block.node) for block in found if block.level == 1} - around - {None}
    return frozenset(
        index
        for index, block in enumerate(found)
        if (one := _article(block.node)) in others and home not in one.iterancestors()
    )


def menus(found: Sequence[Block]) -> frozenset[int]:
    """Blocks in rows of links without a sentence between them; a count behind a link belongs to it."""
    made: set[int] = set()
    row: list[int] = []
    for index, block in enumerate(found):
        if size(block.text) <= 8 and 2 * block.links >= len(block.text) and not ends_sentence(block.text):
            row.append(index)
            continue
        if size(block.text) <= 3 and row and block.item:  # a label between links, a year of an archive
            continue
        if len(row) >= _ROW:
            made.update(row)
        row = []
    if len(row) >= _ROW:
        made.update(row)
    return frozenset(made)


def teasers(found: Sequence[Block], marks: Sequence[bool], after: int) -> frozenset[int]:
    """Texts behind this place that each follow a linked title of their own, three or more built alike.

    What is built as the text before that place is no teaser: it is the next entry of an article in entries.
    """
    own = {shape(found[index]) for index in range(min(after, len(found))) if marks[index]}
    groups: dict[Shape, list[int]] = {}
    for index in range(max(1, after), len(found)):
        block, before = found[index], found[index - 1]
        titled = before.links >= 0.8 * len(before.text) and size(before.text) >= 3
        inside = 0.2 * len(block.text) <= block.links < 0.8 * len(block.text) and len(block.text) <= 300
        if titled and not block.links * 2 > len(block.text) and len(block.text) <= 300:
            groups.setdefault(("below", *shape(block)), []).append(index)
        elif inside and block.node.tag not in {"p"} and _leads(block):
            groups.setdefault(("inside", *shape(block)), []).append(index)
    return frozenset(
        index for form, group in groups.items() if len(group) >= 3 and form[1:] not in own for index in group
    )


def _leads(block: Block) -> bool:
    """Whether a block begins with a link, pictures aside."""
    node = block.node
    for _ in range(3):
        if node is None or (node.text and not node.text.isspace()):
            return False
        node = next((one for one in node if one.tag != "img"), None)
        if node is None or node.tag == "a":
            return node is not None
        if node.getprevious() is not None and (node.getprevious().tail or "").strip():
            return False
    return False
