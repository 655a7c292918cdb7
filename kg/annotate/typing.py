"""The class of every name of a text: evidence added up over equal words, then what names say of each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kg.annotate.evidence import decide, weigh
from kg.annotate.lexicon import table
from kg.annotate.page import Page, is_capital
from kg.annotate.runs import Draft
from kg.authority import fold

__all__ = ["Found", "key_of", "typed"]

_GIVEN: Final = table("given")
_COMMON: Final = table("common")
_PARTS: Final = 2
_WEAK: Final = 0.58
_STRONG: Final = 0.7


@dataclass(frozen=True, slots=True)
class Found:
    """A draft with its class decided."""

    draft: Draft
    type: str
    kind: str
    score: float


def key_of(page: Page, draft: Draft) -> str:
    return fold(" ".join(page.tokens.words[draft.first : draft.last]))


def typed(page: Page, plain: list[Draft], works: list[Found]) -> list[Found]:
    """The drafts with classes: evidence is added up over equal words, and parts of a person's name follow the whole."""
    votes: dict[str, dict[str, float]] = {}
    for draft in plain:
        group = votes.setdefault(key_of(page, draft), {})
        for type_, weight in weigh(page, draft):
            group[type_] = group.get(type_, 0.0) + weight
    whole = {key: decide(group) for key, group in votes.items()}
    persons: dict[str, float] = {}
    for draft in plain:
        made = whole[key_of(page, draft)]
        if made is not None and made[1] == "Person" and draft.last - draft.first >= _PARTS:
            for word in page.tokens.words[draft.first : draft.last]:
                if is_capital(word) and len(word) > 2:
                    persons[fold(word)] = max(persons.get(fold(word), 0.0), made[2])
    _adopt(page, plain, whole, persons)
    _coordinate(page, plain, whole)
    twins = _brackets(page, plain, whole)
    named = {key_of(page, one.draft): (one.type, one.kind, one.score) for one in works if one.kind == "CreativeWork"}
    found: list[Found] = []
    for draft in plain:
        key = key_of(page, draft)
        made = whole[key]
        part = persons.get(key)
        if part is not None and (
            made is None or made[1] == "Person" or made[2] < (0.8 if made[1] == "Place" else 0.66)
        ):
            known = page.known.get(draft.first)
            if known is None or known.last != draft.last:
                made = ("Person", "Person", part)
        elif part is not None and votes[key].get("Person", 0.0) > max(votes[key].get("Place", 0.0), 1.0):
            made = ("Person", "Person", part)  # Paris speaks, and somebody here is called Paris
        if key in twins:
            made = twins[key]
        if made is None:
            made = _guess(page, draft)
        if key in named:
            made = named[key]
        found.append(Found(draft, *made))
    return found


def _guess(page: Page, draft: Draft) -> tuple[str, str, float]:
    """What a name without evidence most often is; the score keeps it out of everything published."""
    small = page.small(draft.first - 1, page.tokens.sentences[draft.sentence])
    words = page.tokens.words[draft.first : draft.last]
    thing = small == "the" or draft.form == "acronym" or (len(words) > 1 and any(w.lower() in _COMMON for w in words))
    kind = "Organization" if thing else "Person"
    return kind, kind, 0.3


def _adopt(
    page: Page,
    plain: list[Draft],
    whole: dict[str, tuple[str, str, float] | None],
    persons: Mapping[str, float],
) -> None:
    """Short names with little evidence follow a longer name they begin: *St Hedwig*, *St Hedwig Regional Hospital*."""
    longer: set[str] = set()
    articled: set[str] = set()
    teams: dict[str, str] = {}
    for draft in plain:
        key = key_of(page, draft)
        if page.small(draft.first - 1, page.tokens.sentences[draft.sentence]) == "the":
            articled.add(key)
        made = whole[key]
        words = key.split(" ")
        if made is not None and made[0] == "SportsTeam" and made[2] >= _WEAK:
            teams.setdefault(words[-1], key)
            teams.setdefault(words[0], key)
        small = page.tokens.words[draft.last - 1].islower()  # the Bush administration says nothing of Bush
        if made is not None and made[1] == "Organization" and made[2] >= _STRONG and key not in articled and not small:
            for cut in range(1, len(words)):
                longer.add(" ".join(words[:cut]))
    for key, made in whole.items():
        if persons.get(key, 0.0) >= _WEAK:
            continue
        limit = _STRONG if " " not in key and key.capitalize() not in _GIVEN and key in longer else _WEAK
        if made is not None and (made[2] >= limit or made[1] not in ("Person", "Organization")):
            continue
        if key in teams:
            whole[key] = ("SportsTeam", "Organization", 0.7)
        elif key not in articled and key in longer:
            whole[key] = ("Organization", "Organization", 0.7)


def _coordinate(page: Page, plain: list[Draft], whole: dict[str, tuple[str, str, float] | None]) -> None:
    """Names with little evidence follow the names they stand in one list with: *Zalk, De Zande and Kampen*."""
    row: list[Draft] = []
    joined = False
    for before, after in pairwise([*plain, Draft(-1, -1, -1)]):
        row.append(before)
        between = page.tokens.words[before.last : after.first] if after.sentence == before.sentence else ("",)
        if between and len(between) <= 2 and all(word in (",", "and", "or") for word in between):
            joined = joined or between[-1] in ("and", "or")
            continue
        if joined and len(row) > 1:
            _settle(page, row, whole)
        row, joined = [], False


def _settle(page: Page, row: list[Draft], whole: dict[str, tuple[str, str, float] | None]) -> None:
    keys = [key_of(page, draft) for draft in row]
    strong = {made[1] for key in keys if (made := whole[key]) is not None and made[2] >= _STRONG}
    if len(strong) != 1:
        return
    kind = strong.pop()
    for key in keys:
        made = whole[key]
        if made is None or (made[2] < _WEAK and len(row) > 2):
            whole[key] = (kind, kind, 0.6)


def _brackets(
    page: Page, plain: list[Draft], whole: Mapping[str, tuple[str, str, float] | None]
) -> dict[str, tuple[str, str, float]]:
    """Acronyms in brackets behind a name have the name's class: *Terrorism Confinement Center (CECOT)*."""
    words = page.tokens.words
    made: dict[str, tuple[str, str, float]] = {}
    for before, after in pairwise(plain):
        if after.first != before.last + 1 or words[before.last] != "(" or after.form != "acronym":
            continue
        if after.last >= len(words) or words[after.last] != ")" or before.last - before.first < _PARTS:
            continue
        long, short = whole[key_of(page, before)], whole[key_of(page, after)]
        if long is None or (long[1] == "Person" and long[2] < _WEAK):
            long = ("Organization", "Organization", 0.7)
        if long[1] == "Person" or not long[1]:
            continue
        # the words around the acronym (“CECOT prison”) may say more than those around the full name
        best = long
        if short is not None and short[1] == long[1] and long[0] == long[1]:
            best = short
        made[key_of(page, before)] = made[key_of(page, after)] = (best[0], best[1], max(long[2], 0.7))
    return made
