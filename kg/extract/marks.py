"""Marks that converters leave in text: Markdown links, headings and emphasis, and the link numbers of text browsers.

A page in Markdown (CommonMark 0.31, sections 4.2, 6.2 and 6.3) or from a text browser shows itself by several such
marks; only then are they taken off, so that brackets and stars of ordinary prose stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["CITED", "HEADING", "ITALIC", "LINKS", "PICTURE", "TITLE", "Marks", "clean", "marks"]

TITLE = "title"  # the page's highest heading
HEADING = "heading"  # a lower one
LINKS = "links"  # nothing but links: a menu
PICTURE = "picture"
CITED = "cited"  # a block quotation
ITALIC = "italic"  # the whole line stressed

_LINK = re.compile(
    r"!?\[((?:[^\[\]]|\[[^\[\]]{0,200}\]\([^()\s]{0,500}\)){0,400})\]\(<?[^()\s]{0,2000}>?(?:\s+\"[^\"]{0,200}\")?\)"
)
_PICTURE = re.compile(r"!\[[^\[\]]{0,400}\]\([^()]{0,2000}\)")
_HASH = re.compile(r"(#{1,6})\s+(?=\S)(.*?)(?:\s+#+)?$")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,600}?)(?<=\S)\1")
_STRESS = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_\n]{1,600}?)(?<=[^\s*_])\1(?![\w*])")
_NUMBER = re.compile(r"\[(\d{1,4})\](?=\S)")
_NUMBERS = re.compile(r"\[\d{1,4}\]")
_NUMBERED = re.compile(r"\[\d{1,4}\] ?")
_FILE = re.compile(r"\[[\w%.~-]{1,80}\.(?:jpe?g|png|gif|webp|svg|avif)\]|\[(?:image|img|inline)\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marks:
    """Which marks a page uses. ``top`` is the level of its highest heading, 0 without headings."""

    markdown: bool = False
    numbered: bool = False
    top: int = 0

    def __bool__(self) -> bool:
        return self.markdown or self.numbered


def marks(rows: Sequence[str]) -> Marks:
    """The marks that a page of these lines uses: three links, or a heading beside a link or another heading."""
    links = levels = 0
    top = 7
    numbers: list[int] = []
    for row in rows:
        if "](" in row and len(row) <= _LONGEST:
            links += len(_LINK.findall(row))
        if row.startswith("#") and (found := _HASH.fullmatch(row[:_LONGEST])):
            levels += 1
            top = min(top, len(found[1]))
        if "[" in row and len(numbers) < _ENOUGH and len(row) <= _LONGEST:
            numbers += [int(one) for one in _NUMBER.findall(row)]
    markdown = links >= 3 or (levels >= 1 and links + levels >= 2)
    return Marks(markdown, _in_turn(numbers), top if markdown and levels else 0)


_LONGEST = 20_000  # code points of a line in which marks are looked for
_ENOUGH = 400  # link numbers; a few hundred tell


def _in_turn(numbers: Sequence[int]) -> bool:
    """Whether links are numbered in turn as a text browser numbers them."""
    if len(numbers) < 4:
        return False
    steps = sum(after - before == 1 for before, after in pairwise(numbers))
    return numbers[0] <= 3 and 4 * steps >= 3 * (len(numbers) - 1)


def clean(row: str, page: Marks) -> tuple[str, str]:
    """The line without the marks of its page, and what they said of it (``links``, ``title`` …, or nothing)."""
    if len(row) > _LONGEST:
        return row, ""
    mark = ""
    if page.numbered and ("[" in row):
        bare = _FILE.sub("", row)
        parts = [part.strip(" |*+#•·") for part in _NUMBERS.split(bare)]
        if len(parts) >= 3 and not parts[0] and all(0 < len(part.split()) <= 4 for part in parts[1:-1]):
            mark = LINKS if len(parts[-1].split()) <= 4 else ""
        elif _NUMBERS.match(bare.lstrip("*+# •")) and row.lstrip().startswith(("*", "+", "#")) and len(parts) == 2:
            mark = LINKS
        row = _NUMBERED.sub("", row)
        if not _FILE.sub("", row).strip():
            mark = PICTURE
    if not page.markdown:
        return row, mark
    if row.startswith("> "):
        mark, row = CITED, row[2:].lstrip()
    found = _HASH.fullmatch(row)
    if found:
        mark, row = TITLE if len(found[1]) == page.top else HEADING, found[2]
    if "](" in row:
        if not _PICTURE.sub("", row).strip(" []()*"):
            mark = mark or PICTURE
        rest, links = _LINK.subn("", row)
        if not mark and not rest.strip(" *+-|•·\\[]()>/0123456789.") and (links > 1 or row[:1] in "*+-"):
            mark = LINKS
        row = _LINK.sub(r"\1", _LINK.sub(r"\1", row))
    if "*" in row or "_" in row:
        stressed = _STRESS.fullmatch(row)
        row = _STRESS.sub(r"\2", _STRONG.sub(r"\2", row))
        mark = mark or (ITALIC if stressed else "")
    return row.strip(), mark
