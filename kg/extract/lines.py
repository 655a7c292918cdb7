"""The lines of a page, their blocks, and what the shape of a line alone tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from kg.extract.marks import clean, marks
from kg.extract.words import words

__all__ = ["Line", "bullet", "capitalised", "ends_sentence", "key", "quoted", "size", "split", "unbullet"]

_CLOSERS = "\"'”’“‘»›)]*_"
_ENDS = ".!?…。！？؟۔।"
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_BULLET = re.compile(r"(?:[•·▪◦‣●■–*-]|\d{1,2}[.)])\s+(?=\S)")
_LONG = 400  # code points; a line above that is prose whatever it begins with
_WRAPPED_AT = 110  # code points; no mail program or terminal wraps wider
_PLAIN = str.maketrans({**dict.fromkeys("‘’‚`´", "'"), **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("–—−", "-")})
_MINOR = words(
    "a an and as at but by da das de del der des di do dos du e el en et for from im in la le les los of on or und van"
    " von the to with y zu zum zur &"
)
_ELIDED = re.compile(r"^[dl]['’](?=\w)")  # d'Armel
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?|&")


@dataclass(frozen=True, slots=True)
class Line:
    """One line (or one paragraph that was wrapped over several). ``number`` and ``last`` count physical lines from 1;
    ``alone`` tells that blank lines stand on both sides; ``mark`` is what marks said of it (:mod:`kg.extract.marks`).
    """

    text: str
    number: int
    last: int
    block: int
    alone: bool
    raw: tuple[str, ...]
    mark: str = ""

    def touches(self, following: Line) -> bool:
        """Whether the other line comes directly after this one, without a blank line."""
        return following.number == self.last + 1


def split(text: str) -> tuple[Line, ...]:
    """The non-blank lines of a normalised text, hard-wrapped paragraphs joined with a space."""
    blocks: list[list[tuple[int, str]]] = []
    previous = -1
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if not line:
            continue
        if number != previous + 1 or not blocks:
            blocks.append([])
        blocks[-1].append((number, line))
        previous = number
    width = _wrapped_at(blocks)
    spaced = width > 0 or (len(blocks) > 2 and 4 * len(blocks) >= sum(map(len, blocks)))
    page = marks([line for block in blocks for _, line in block])
    made: list[Line] = []
    for index, block in enumerate(blocks):
        runs = _runs(block, width)
        alone = len(runs) == 1 or not spaced
        for run in runs:
            raws = tuple(line for _, line in run)
            words, mark = clean(" ".join(raws), page) if page else (" ".join(raws), "")
            made.append(Line(words or raws[0], run[0][0], run[-1][0], index, alone, raws, mark))
    return tuple(made)


_Numbered = list[tuple[int, str]]


def _full(line: str, after: str, width: int) -> bool:
    """Whether the line could not have held the next word as well, so that its end is only a matter of width."""
    if len(line) > width or bullet(after) or not (_WORD.search(line) and _WORD.search(after)):
        return False
    return len(line) + 1 + len(after.split(None, 1)[0]) > width - 3


def _wrapped_at(blocks: list[_Numbered]) -> int:
    """The width a text was wrapped at, 0 when its line ends mean something.

    Two whole paragraphs must agree, or three sentences over three lines each; a few addresses may be wider.
    """
    lengths = sorted(len(line) for block in blocks for _, line in block if " " in line)
    wide = sum(length > _WRAPPED_AT for length in lengths)
    if not lengths or wide > max(0, len(lengths) // 50):
        return 0
    lengths = lengths[: len(lengths) - wide]
    for place in sorted({int((len(lengths) - 1) * share) for share in (1.0, 0.995, 0.98, 0.95)}, reverse=True):
        width = lengths[place]
        if width < 40:
            return 0
        whole = [
            len(block)
            for block in blocks
            if len(block) >= 2 and all(_full(line, after, width) for (_, line), (_, after) in pairwise(block))
        ]
        if len(whole) >= 2 and max(whole) >= 3:
            return width
        told = sum(
            len(run) >= 3 and ends_sentence(run[-1][1])
            for block in blocks
            if len(block) >= 3
            for run in _runs(block, width)
        )
        if told >= 3 and width >= 55:
            return width
    return 0


def _runs(block: _Numbered, width: int) -> list[_Numbered]:
    """The lines of a block, those that are continued on the next one joined."""
    runs: list[_Numbered] = [[block[0]]]
    for one in block[1:]:
        if width and _full(runs[-1][-1][1], one[1], width):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def size(text: str) -> int:
    """The number of words; two code points count as one word in scripts that write none."""
    if len(text) > _LONG:
        return max(60, text.count(" "))
    return len(text.split()) + len(_CJK.findall(text)) // 2


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence does, closing quotation marks and brackets aside."""
    return text.rstrip(_CLOSERS + " ")[-1:] in _ENDS if text else False


def bullet(text: str) -> bool:
    """Whether the line is an item of a list."""
    return _BULLET.match(text) is not None


def unbullet(text: str) -> str:
    """The item without its mark."""
    return _BULLET.sub("", text, count=1)


def quoted(text: str) -> bool:
    """Whether the line begins with a quotation mark."""
    return text[:1] in "\"'“‘«„‚‹" if text else False


def capitalised(text: str) -> bool:
    """Whether every word but small connecting ones begins with a capital or a digit, as titles and names do."""
    found = [_ELIDED.sub("", word) for word in _WORD.findall(text)]
    return (
        bool(found)
        and not found[0][0].islower()
        and all(word.lower() in _MINOR or not word[0].islower() for word in found)
    )


def key(text: str) -> str:
    """The text for comparing two printings of one line: case, kinds of quotation mark, dash and spacing aside."""
    if text.isascii():  # the marks told apart are beyond ASCII, all but one
        return " ".join(text.lower().replace("`", "'").split())
    return " ".join(text.casefold().translate(_PLAIN).split())
