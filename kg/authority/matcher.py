"""Finds known surfaces in a text with one Aho-Corasick pass, and the case rules for what may match what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import ahocorasick

__all__ = ["Hit", "Matcher", "agrees", "bounded", "fold", "plain"]

_MARKS: Final = (("’", "'"), ("‘", "'"), ("ʼ", "'"), ("\u00a0", " "), ("‑", "-"))


def plain(text: str) -> str:
    """The text with plain apostrophes, blanks and hyphens, of the same length."""
    for mark, simple in _MARKS:
        text = text.replace(mark, simple)
    return text


def fold(text: str) -> str:
    """The text in lower case with plain apostrophes, of the same length (offsets stay valid)."""
    if text.isascii():
        return text.lower()
    level = plain(text)
    # İ has no small letter of one character; which of ς and σ comes depends on the letters around
    return "İ".join(part.lower() for part in level.split("İ")).replace("ς", "σ")


def agrees(surface: str, printed: str, *, caps: bool = False) -> bool:
    """Whether ``printed`` may stand for the table's ``surface`` as far as case goes; both fold to the same text.

    An upper-case surface (``ICE``) matches only itself. Elsewhere a capital in the table asks for one in print
    (``Will`` is not ``will``). A line in capitals matches names of several words, and single words when the caller
    knows that the whole line is in capitals (``caps``).
    """
    if surface == printed or surface == plain(printed):
        return True
    if surface.isupper():
        return False
    if printed.isupper():
        return caps or " " in surface
    for want, got in zip(surface.split(), printed.split(), strict=False):
        if want[0].isupper() and not got[0].isupper():
            return False
        if got.isupper() and not want.isupper() and len(got) > 1:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Hit:
    """A known surface at ``start`` to ``end``; ``surfaces`` are the table's spellings that agree with the print."""

    start: int
    end: int
    surfaces: tuple[str, ...]


class Matcher:
    """An automaton over surfaces, built once and never changed."""

    __slots__ = ("_automaton",)

    def __init__(self, surfaces: Iterable[str]) -> None:
        spellings: dict[str, list[str]] = {}
        for surface in surfaces:
            if surface.strip():
                group = spellings.setdefault(fold(surface), [])
                if surface not in group:
                    group.append(surface)
        automaton = ahocorasick.Automaton()
        for key, group in spellings.items():
            automaton.add_word(key, (len(key), tuple(group)))
        if spellings:
            automaton.make_automaton()
        self._automaton = automaton if spellings else None

    def find(self, text: str, *, caps: bool = False) -> list[Hit]:
        """The hits at word boundaries, longest first from the left, without overlap."""
        if self._automaton is None:
            return []
        folded = fold(text)
        raw: list[tuple[int, int, tuple[str, ...]]] = []
        for last, (length, group) in self._automaton.iter(folded):
            end = last + 1
            start = end - length
            if not bounded(text, start, end):
                continue
            printed = text[start:end]
            surfaces = tuple(one for one in group if agrees(one, printed, caps=caps))
            if surfaces:
                raw.append((start, -end, surfaces))
        raw.sort(key=lambda one: one[:2])
        found: list[Hit] = []
        at = 0
        for start, minus, surfaces in raw:
            if start >= at:
                at = -minus
                found.append(Hit(start, at, surfaces))
        return found


def bounded(text: str, start: int, end: int) -> bool:
    """Whether the stretch is whole words. ``U.S.-led`` and ``pro-Russian`` hold one, ``Jean-Paul`` does not."""
    if end < len(text) and (text[end].isalnum() or text[end] == "_") and text[end - 1].isalnum():
        return False
    if end < len(text) and text[end] in "-‑" and end + 1 < len(text) and text[end + 1].isupper():
        return False
    if start == 0:
        return True
    before = text[start - 1]
    if before.isalnum() or before in "_@":
        return False
    if before in "-‑" and start > 1 and text[start - 2].isalnum():
        at = start - 2
        while at > 0 and text[at - 1].isalpha() and start - at < 20:
            at -= 1
        return text[at].islower()
    return not (before in "'’" and start > 1 and text[start - 2].isalpha())
