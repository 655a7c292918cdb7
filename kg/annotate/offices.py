"""Titles and offices before a person's name: where they begin and end. They are no part of the name."""

from __future__ import annotations

from typing import Final

from kg.annotate.casing import COMMON, GIVEN
from kg.annotate.lexicon import groups, mapping, surnames
from kg.annotate.page import Page
from kg.annotate.tokens import Sentence

__all__ = ["BEFORE", "LOWER", "OFFICES", "REGAL", "noble", "title_before", "title_start", "titled"]

_TITLES: Final = groups("titles")
#: Words that stand right before a person's name.
OFFICES: Final = _TITLES["heads"]
#: Words in front of one of them.
BEFORE: Final = _TITLES["before"]
#: Small words in front of a title.
LOWER: Final = _TITLES["lower"]
_HEADS: Final = mapping("heads")
#: Part of what is named after its bearer: *Queen Mary University*, *Prince Edward Island*.
REGAL: Final = frozenset(["king", "queen", "pope", "prince", "princess", "emperor", "empress", "sultan"])
#: With *of* and a place they are what somebody is called.
_NOBLE: Final = frozenset(
    ["duke", "duchess", "earl", "countess", "marquess", "marquis", "viscount", "prince", "princess", "baroness"]
)
#: Offices that are adjectives as often.
_ADJECTIVES: Final = frozenset(["premier", "general", "major", "chief", "private", "head", "master", "executive"])
_MARKS: Final = frozenset("\"“‘'(«")
_SAINTS: Final = frozenset(["saint", "saints"])


def titled(page: Page, first: int, last: int) -> tuple[int, int, bool] | None:
    """Where the last title in a run starts, where the name after it starts, and whether that name is the bearer's.

    The name after *Director of the* is what somebody directs. None when there is no title.
    """
    words = page.tokens.words
    found: tuple[int, int] | None = None
    at = first
    while at < last:
        small = words[at].lower().strip(".")
        known = page.known.get(at)
        if known is not None and (known.last - at > 1 or small not in OFFICES):
            at = max(known.last, at + 1)
            continue
        if small not in OFFICES or small in _SAINTS or (at > first and words[at - 1] in _MARKS):
            at += 1  # a nickname in marks is no office: William "Duke" Harrow
            continue
        surname = at > first and page.shapes[at - 1] & GIVEN and small in surnames()
        if surname and not any(at - back in page.known for back in (1, 2, 3)):
            at += 1  # Justice Sonia Mayor
            continue
        if small in REGAL and _named_after(page, at + 1, last):
            return None
        end = at + 1
        if end < last and words[end] == ".":
            end += 1
        if noble(page, at, last):
            return None
        if end < last and words[end] in ("of", "for"):
            stop = end + 1
            while stop < last and (words[stop] in ("the", "and") or words[stop].lower() in _TITLES["of"]):
                stop += 1
            inner = page.known.get(stop)
            if inner is not None:
                if stop == end + 1 or words[stop - 1] == "the":
                    # the place is a name of its own; what follows it may be the person
                    return (at, stop, False) if inner.last >= last else (at, inner.last, True)
            elif stop == end + 1 or words[stop - 1] == "the":
                return at, stop, False
            end = stop
        start = at
        while start > first and words[start - 1].lower() in BEFORE and page.known.get(start - 1) is None:
            if words[start - 1].lower() in _HEADS and start - 1 > first:
                break  # the Oxmoor Democratic Party's chairman
            start -= 1
        if end >= last and at > first and found is None and start == at:
            # a surname that is also a title (Stephen King), or whose title it is (a German senator)
            return (at, last, True) if _belongs(page, first, at) else None
        found = (found[0] if found is not None and found[1] >= start else start, end)
        at = end
    if found is not None and found[1] < last:
        if last - found[1] == 1 and words[found[1] - 1].lower() in _ADJECTIVES and page.shapes[found[1]] & COMMON:
            return None  # Premier Division, Major League
        tail = words[last - 1].lower()
        if tail in _HEADS and not page.shapes[found[1]] & GIVEN and last - found[1] < 3:
            return None  # General Motors, Prince Edward Island
    return None if found is None else (*found, True)


def noble(page: Page, first: int, last: int) -> bool:
    """Whether a run is what somebody is called by a place: *the Duchess of Oxmoor*, not *Ann, Duchess of Oxmoor*."""
    words = page.tokens.words
    if last - first < 3 or words[first].lower() not in _NOBLE or words[first + 1] != "of":
        return False
    if first > 0 and (words[first - 1] == "," or words[first - 1][0].isdigit()):
        return False
    known = page.known.get(first + 2)
    return last - first == 3 or (known is not None and known.last >= last)


def _belongs(page: Page, first: int, at: int) -> bool:
    """Whether an office at the end of a run is that of the country or body before it, not somebody's surname."""
    small = page.tokens.words[at].lower()
    known = next((k for b in (1, 2, 3) if at - b >= first and (k := page.known.get(at - b)) is not None), None)
    if known is not None and known.last == at and all("Person" not in one.types for one in known.candidates):
        return True
    return small not in surnames() and page.tokens.words[at - 1].lower() in _HEADS


def _named_after(page: Page, first: int, last: int) -> bool:
    return any(page.tokens.words[at].lower() in _HEADS for at in range(first, last))


def title_start(page: Page, sentence: Sentence, start: int) -> int:
    """Where a title begins when small words and a country before it are counted in: *former U.S. Secretary*."""
    at = start
    while at > sentence.first:
        word = page.tokens.words[at - 1]
        if word.lower() in LOWER or word in OFFICES or word in BEFORE:
            at -= 1
            continue
        known = next((k for b in (1, 2, 3) if (k := page.known.get(at - b)) is not None and k.last == at), None)
        if known is not None and (known.demonym or known.candidates[0].how == "acronym"):
            at = known.first
            continue
        break
    return at


def title_before(page: Page, sentence: Sentence, first: int) -> tuple[int, int] | None:
    """The title in small letters before a name (*health minister* Tomasz Wielgosz), as tokens, or None."""
    before = page.small(first - 1, sentence)
    if before in _TITLES["common"]:
        return None
    if before not in OFFICES and not (before and before.rsplit("-", 1)[-1] in OFFICES):
        return None
    return title_start(page, sentence, first - 1), first
