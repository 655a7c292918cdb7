"""Joins the clusters of organizations, places and events where one name is short for another.

A writer gives the full name first and then shortens it, except in headings. A short form that two full names share, or
that is a known thing of its own, stays by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.annotate.acronyms import introduced, letters, stands_for
from kg.annotate.clusters import MOST, Cluster, Names, plain
from kg.annotate.lexicon import groups

__all__ = ["STORM", "bare", "is_whole", "joined"]

_WORDS: Final = groups("shortforms")
_LEGAL: Final = _WORDS["legal"]
_TAIL: Final = _WORDS["tail"]
_PART: Final = _WORDS["part"]
STORM: Final = _WORDS["storm"]
_SITE: Final = _WORDS["site"]
#: Of a whole country's government or administration there are as many as there are countries named.
_GOVERNING: Final = frozenset(["government", "administration"])
_SPELLED: Final = {"st": "saint", "mt": "mount", "ft": "fort"}


def bare(surface: str, kind: str) -> str:
    """A name as it is compared within its kind: without full stops, *the* and, for organizations, *Inc.* and *Ltd*.

    Storms are alike in what is said before their names.
    """
    words = plain(surface).replace(".", "").replace(",", " ").split()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    if kind == "Organization":
        while len(words) > 1 and words[-1] in _LEGAL:
            del words[-1]
            if len(words) > 1 and words[-1] == "and":
                del words[-1]
    elif kind == "Event" and len(words) > 1 and not STORM.isdisjoint(words[:-1]):
        words = ["storm", words[-1]]  # a tropical storm becomes a hurricane
    elif kind == "Place" and len(words) > 1:
        words[0] = _SPELLED.get(words[0], words[0])
    return " ".join(words)


def is_whole(rest: Sequence[str]) -> bool:
    """Whether a name that goes on with these words may still be of the whole that its first word alone names."""
    return _PART.isdisjoint(rest)


@dataclass(frozen=True, slots=True)
class _Form:
    """What the rules ask of a cluster. ``first`` is where it is first named, headings last."""

    parts: tuple[str, ...]
    kind: str
    row: str | None
    first: tuple[bool, int]
    acronym: bool
    articled: bool
    team: bool
    sure: bool
    leading: bool
    head: int


def joined(names: Names, clusters: Sequence[Cluster], rows: Mapping[int, str]) -> list[Cluster]:
    """The clusters with short forms joined to the one full name they fit. ``rows`` maps the number of a cluster to the
    only authority row its names can mean."""
    places, leading = names.places(), names.leading()
    forms = [_form(names, one, rows.get(number), places, leading) for number, one in enumerate(clusters)]
    into = _introduced(names, clusters, forms)
    index = _Index(forms)
    for number, form in enumerate(forms):
        if number not in into:
            fits = [fit for fit in dict.fromkeys(index.fits(number, form)) if fit != number]
            sure = [fit for fit in fits if forms[fit].sure]
            fits = sure if sure or form.sure else fits  # a guess draws no sure names to it
            if len(fits) == 1:
                into[number] = fits[0]
    for number in sorted(into):
        target, seen = into[number], {number}
        while target in into and target not in seen:
            seen.add(target)
            target = into[target]
        if target not in seen:
            clusters[target].members.update(dict.fromkeys(clusters[number].members, 0.85))
            clusters[number].members.clear()
    return [one for one in clusters if one.members]


def _form(
    names: Names, one: Cluster, row: str | None, places: Sequence[tuple[int, bool]], leading: frozenset[int]
) -> _Form:
    members = list(one.members)
    return _Form(
        one.parts,
        one.kind,
        row,
        min((places[at][1], at) for at in members),
        all(names.forms[at] == "acronym" for at in members) and len(one.parts) == 1,
        all(names.after_the(at) for at in members),
        any(names.given[at].type == "SportsTeam" for at in members),
        any(names.sure(at) for at in members),
        any(places[at][0] in leading for at in members),
        _head(names.surfaces[members[0]]) if one.kind == "Place" else 0,
    )


def _head(surface: str) -> int:
    """How many words of *Zalk, Norland* stand before the comma; 0 without one."""
    head, comma, _ = surface.partition(", ")
    return len(bare(head, "Place").split()) if comma else 0


def _introduced(names: Names, clusters: Sequence[Cluster], forms: Sequence[_Form]) -> dict[int, int]:
    """Acronym → full name, for those the text itself explains."""
    index = {at: number for number, one in enumerate(clusters) for at in one.members}
    found: dict[int, int] = {}
    for at, short_at in introduced(names):
        full, short = index.get(at), index.get(short_at)
        if full is None or short is None or full == short:
            continue
        one, other = forms[full], forms[short]
        known = one.row is not None and other.row is not None
        # Letters of another language's name, where they are said again or begin with its first letter.
        foreign = one.kind == other.kind and (len(clusters[short].members) > 1 or other.parts[0][0] == one.parts[0][0])
        if not known and (foreign or stands_for(other.parts[0], one.parts)):
            found.setdefault(short, full)
    return found


class _Index:
    """Full names by the letters they start with, their first words and their last."""

    def __init__(self, forms: Sequence[_Form]) -> None:
        self._forms = forms
        self._letters: dict[str, list[int]] = {}
        self._starts: dict[tuple[str, str], list[int]] = {}
        self._ends: dict[tuple[str, str], list[int]] = {}
        for number, form in enumerate(forms):
            if len(form.parts) < 2:
                continue
            for made in letters(form.parts):
                if len(made) > 1 and form.kind in ("Organization", "Place", "Event"):
                    self._letters.setdefault(made, []).append(number)
            if not _GOVERNING.isdisjoint(form.parts):
                continue
            self._starts.setdefault((form.kind, form.parts[0]), []).append(number)
            self._ends.setdefault((form.kind, form.parts[-1]), []).append(number)

    def fits(self, number: int, short: _Form) -> list[int]:
        """The full names a form may be short for."""
        if short.acronym:
            found = self._letters.get(short.parts[0], [])[:MOST]
            return [fit for fit in found if self._agrees(short, self._forms[fit])]
        if short.kind not in ("Organization", "Event", "Place"):
            return []
        starts = self._starts.get((short.kind, short.parts[0]), [])[:MOST]
        found = [fit for fit in starts if fit != number and self._begins(short, self._forms[fit])]
        if short.kind != "Place":
            ends = self._ends.get((short.kind, short.parts[-1]), [])[:MOST]
            ended = [fit for fit in ends if fit != number and self._ends_it(short, self._forms[fit])]
            teams = [fit for fit in ended if self._forms[fit].team]
            found += teams or ended
        return found

    def _agrees(self, short: _Form, full: _Form) -> bool:
        """Whether what the table knows of the two does not tell them apart."""
        return short.row is None or full.row == short.row

    def _begins(self, short: _Form, full: _Form) -> bool:
        """*Veritas* for *Veritas Holdings*, *the Bank* for *the Bank of Norland*, *Rook* for *Rook Island*."""
        size = len(short.parts)
        if len(full.parts) <= size or full.parts[:size] != short.parts:
            return False
        rest = full.parts[size:]
        if full.head == size:  # Zalk, Norland
            return self._agrees(short, full) or full.row is None
        if short.kind == "Place":
            return full.first < short.first and short.row is None and len(rest) == 1 and rest[0] in _SITE
        if rest[0] == "of":
            return full.first < short.first and short.articled
        if not self._agrees(short, full):
            return False
        if all(word in _TAIL for word in rest):
            return True
        return full.first < short.first and is_whole(rest)

    def _ends_it(self, short: _Form, full: _Form) -> bool:
        """*the Gazette* for *the Springfield Gazette*, *Rovers* for *Hill Rovers*, *Games* for *Winter Games*."""
        size = len(short.parts)
        if len(full.parts) <= size or full.parts[-size:] != short.parts or full.first > short.first:
            return False
        dated = any(word.isdigit() for word in full.parts[:-size])
        return not dated or full.leading  # "the World Cup" need not be that of 1994, which was told in passing
