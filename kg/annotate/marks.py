"""Quotation marks: which pairs stand in a paragraph, with apostrophes, inch marks and unbalanced marks left alone.

Every paragraph is matched on its own, so that one forgotten mark spoils nothing after it. The work is linear in the
length of the paragraph, whatever stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.model import Span

__all__ = ["Quoted", "quoted"]

_OPENERS = {"“": "”", "„": "“”", "«": "»", "‹": "›", "»": "«", "›": "‹"}
_DOUBLE = '“”„"«»'
_SINGLE = "'‘’"
_ELISION = re.compile(r"(?:em|til|tis|twas|cause|n|round|bout|nuff|cos|\d0s)(?![^\W_])", re.IGNORECASE)
#: Two single marks, and how they are read: a double one and a filler that is no blank.
_PAIR = re.compile("''|``")
_REST = "\x02"
_ONE = '"' + _REST
_BEFORE_OPEN = " \t\n ([{—–-/…:“\"„«‘'"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A stretch in quotation marks: ``inner`` without the marks, ``outer`` with them.

    ``open_ended`` says that the closing mark is missing at the end of the paragraph (the quotation may go on in the
    next one). ``mark`` is the opening mark.
    """

    inner: Span
    outer: Span
    mark: str
    open_ended: bool = False


def quoted(text: str, within: Span, *, goes_on: bool = False) -> tuple[Quoted, ...]:
    """The outermost quoted stretches of a paragraph, in order.

    An unclosed mark counts only when it opens the paragraph's last stretch; a single one, which may be an apostrophe,
    only when the next paragraph ``goes_on`` with one.
    """
    doubled = text.find("''", within.start, within.end) >= 0 or text.find("``", within.start, within.end) >= 0
    if doubled:
        return _doubled(text, within)
    found = [*_doubles(text, within), *_singles(text, within, goes_on)]
    found.sort(key=lambda one: (one.outer.start, -one.outer.end))
    kept: list[Quoted] = []
    for one in found:
        if not kept or one.outer.start >= kept[-1].outer.end:
            kept.append(one)
        elif kept[-1].mark in "'‘" and one.outer.end > kept[-1].outer.end and not one.open_ended:
            kept[-1] = one  # crossed: the double mark is the surer one
    return tuple(one for one in kept if one.inner.start < one.inner.end)


def _doubled(text: str, within: Span) -> tuple[Quoted, ...]:
    """The stretches of a paragraph that writes its double marks as two single ones (''so'' or ``so'')."""
    local = _PAIR.sub(_ONE, within.of(text))
    found: list[Quoted] = []
    for one in quoted(local, Span(0, len(local))):
        start, end, first, last = one.inner.start, one.inner.end, one.outer.start, one.outer.end
        if local[start : start + 1] == _REST:
            start += 1
        if local[last : last + 1] == _REST:
            last += 1
        if start < end:
            at = within.start
            inner, outer = Span(at + start, at + end), Span(at + first, at + last)
            found.append(Quoted(inner, outer, one.mark, one.open_ended))
    return tuple(found)


def _places(text: str, within: Span, marks: str) -> list[int]:
    """Where any of the marks stands, in order; searching for one at a time is the fastest way over long text."""
    found: list[int] = []
    for mark in marks:
        at = text.find(mark, within.start, within.end)
        while at >= 0:
            found.append(at)
            at = text.find(mark, at + 1, within.end)
    found.sort()
    return found


def _doubles(text: str, within: Span) -> Iterator[Quoted]:
    at: int | None = None
    mark = ""
    for i in _places(text, within, _DOUBLE):
        char = text[i]
        before = text[i - 1] if i > within.start else "\n"
        after = text[i + 1] if i + 1 < within.end else "\n"
        if at is not None and _closes(mark, char, before, after):
            yield Quoted(Span(at + 1, i), Span(at, i + 1), mark)
            at = None
        elif _opens(char, before, after, at is None):
            at, mark = i, char
    if at is not None:
        yield Quoted(Span(at + 1, within.end), Span(at, within.end), mark, open_ended=True)


def _closes(mark: str, char: str, before: str, after: str) -> bool:
    if mark == '"':
        # a straight mark that follows a space and touches a word opens: the earlier one was never closed
        return char in '"”' and not (before.isspace() and not after.isspace())
    return char in _OPENERS.get(mark, "") or (mark in "“„" and char == '"' and not before.isspace())


def _opens(char: str, before: str, after: str, free: bool) -> bool:
    if char == '"':
        return before in _BEFORE_OPEN and not after.isspace()
    if char in "“„":
        return not after.isspace()
    if char == "«":
        return free
    return char == "»" and free and before in _BEFORE_OPEN and not after.isspace()  # »so« is set the other way round


def _singles(text: str, within: Span, goes_on: bool) -> Iterator[Quoted]:
    at: int | None = None
    weak: int | None = None
    for i in _places(text, within, _SINGLE):
        char = text[i]
        before = text[i - 1] if i > within.start else "\n"
        after = text[i + 1] if i + 1 < within.end else "\n"
        if char != "’" and before in _BEFORE_OPEN and not after.isspace() and not _ELISION.match(text, i + 1):
            if at is not None and weak is not None:
                yield Quoted(Span(at + 1, weak), Span(at, weak + 1), text[at])
            at, weak = i, None
        elif at is not None and char != "‘" and not before.isspace() and not after.isalnum():
            if text[at] == "‘" and char == "'":
                continue
            if _possessive(text, i, before, after):
                weak = i if weak is None else weak
                continue
            if weak is not None and not before.isalnum() and before in ",.!?…":
                weak = None
            end = i if weak is None or before in ",.!?…" or after in ".,;:!?)" else weak
            yield Quoted(Span(at + 1, end), Span(at, end + 1), text[at])
            at, weak = None, None
    if at is not None and text[at] == "‘" and goes_on:
        yield Quoted(Span(at + 1, within.end), Span(at, within.end), "‘", open_ended=True)
    elif at is not None and weak is not None:
        yield Quoted(Span(at + 1, weak), Span(at, weak + 1), text[at])


def _possessive(text: str, i: int, before: str, after: str) -> bool:
    """Whether the mark may be the apostrophe of "workers' rights": after an s and before a lower-case word."""
    return before in "sS" and after == " " and text[i + 2 : i + 3].islower()
