"""How the things of one text tell each other's rows apart: what lies in what, whose country is whose, who is named with
whom."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from kg.annotate.archive import Archive
from kg.annotate.clusters import as_state, plain
from kg.annotate.context import Context
from kg.annotate.lexicon import groups
from kg.annotate.options import Group, Option, Options
from kg.plugins import Thing

__all__ = ["Coherence", "Places"]

#: Where a place is named → where its name ends, and what it may be.
Places = Mapping[int, tuple[int, Sequence[Thing]]]

_GENERIC: Final = groups("linking")["generic"]
#: Steps from a place to what it lies in.
_STEPS: Final = 6
_INSIDE: Final = 4.0
_HOLDS: Final = 6.0
_LISTED: Final = 40.0
#: Mentions of one thing that are looked at.
_SEEN: Final = 20
_BESIDE: Final = 1.5
_CAPITAL: Final = 4.0
#: A city and the state it lies in have one name: the city is what is meant, as a rule.
_NESTED: Final = 12.0
#: Such a city has one in so many of the state's people, or more.
_LARGE: Final = 5
_TOGETHER: Final = 2.0
_CAPITALS: Final = re.compile(r"[A-Z][\w.]*(?:\s(?:of\s(?:the\s)?)?[A-Z][\w.]*)*")
_AREAS: Final = frozenset(["Country", "State", "AdministrativeArea"])
_STOPS: Final = frozenset(["that", "with", "from", "their", "which", "also", "city", "town", "state", "country"])


class Coherence:
    """What the rows that are sure say of the others. Made for one text."""

    def __init__(self, options: Options, archive: Archive) -> None:
        self._options, self._archive = options, archive
        self._anchors: dict[str, int] = {}
        self._above: Counter[str] = Counter()
        self._countries: Counter[str] = Counter()
        self._chains: dict[str, tuple[str, ...]] = {}

    def add(self, id: str, mentions: int) -> None:
        """Take a row as sure, once."""
        if id in self._anchors:
            return
        self._anchors[id] = mentions
        chain = self._chain(id)
        for above in chain:
            self._above[above] += mentions
        country = self._country(id)
        if country is not None:
            self._countries[country] += mentions

    def placed(self, context: Context, group: Group, some: list[Option], places: Places) -> list[Option]:
        """The options that agree with the place named after a comma: *Zalk, Norland* lies in Norland.

        A country before *and* may be one more in a row of places; a state after a town is where that lies.
        """
        if group.kind != "Place" or any(one.thing.type == "Country" for one in some):
            return some
        text = context.text.text
        for span in group.spans[:_SEEN]:
            end, areas = span.end, list[Thing]()
            if text[span.end : span.end + 2] == ", ":
                end, found = places.get(span.end + 2, (span.end, ()))
                areas = [one for one in found if one.type in _AREAS]
            elif ", " in span.of(text):
                tail = span.of(text).split(", ", 1)[1]
                areas = [one for one in self._options.areas(tail) if one.type in _AREAS]
            if not areas:
                continue
            within = {one.id for one in areas}
            inside = [one for one in some if not within.isdisjoint(self._chain(one.id))]
            if inside:
                return inside
            country = any(one.type == "Country" for one in areas)
            row = country and (text.startswith((" and ", " or "), end) or end + 2 in places)
            if not row and all(one.thing.type not in _AREAS for one in some):
                return []
        return some

    def supported(self, context: Context, option: Option) -> Option:
        """The option with the weight that the text's other things give it."""
        chain = self._chain(option.id)
        factor = 1.0
        if any(above in self._anchors for above in chain):
            factor *= _INSIDE
        elif any(self._above[above] for above in chain[:1]):
            factor *= _BESIDE
        if self._above[option.id]:
            factor *= _HOLDS
        if self._capital(option.thing):
            factor *= _CAPITAL
        described = _described(option.thing.description or "")
        told = sum(1 for word in described if word in context.words)
        factor *= 1 + 0.5 * min(told, 3)
        known = self._archive.together.get(option.id)
        if known:
            met = sum(1 for one in sorted(self._anchors) if one != option.id and known.get(one, 0) > 0)
            factor *= _TOGETHER ** min(met, 3)
        return option.times(factor)

    def listed(self, context: Context, group: Group, some: list[Option], places: Places) -> list[Option]:
        """The options, one of the kind that the next in a row of places is before the others: *Washington, Oregon*."""
        text = context.text.text
        for span in group.spans[:_SEEN]:
            for joint in (", ", " and "):
                if text.startswith(joint, span.end):
                    kinds = {one.type for one in places.get(span.end + len(joint), (0, ()))[1]}
                    if len(kinds) == 1:
                        return [one.times(_LISTED) if one.thing.type in kinds else one for one in some]
        return some

    def near(self, id: str) -> int:
        """2 where the text names the region that a place lies in, 1 where it names the country, else 0."""
        named = [above for above in self._chain(id) if above in self._anchors]
        kinds = {thing.type for one in named if (thing := self._options.thing(one)) is not None}
        return 2 if kinds - {"Country", "Continent"} else 1 if "Country" in kinds else 0

    def nested(self, context: Context, group: Group, some: list[Option]) -> list[Option]:
        """The options, a large city before the state it lies in: *New York*, but not *New York Governor*."""
        if any(as_state(context.text, span) for span in group.spans[:_SEEN]):
            return [one.times(_NESTED) if one.thing.type == "State" else one for one in some]
        states = {one.id: one.thing.population for one in some if one.thing.type in ("State", "AdministrativeArea")}
        return [one.times(_NESTED) if self._fills(one.thing, states) else one for one in some]

    def _fills(self, thing: Thing, states: Mapping[str, int | None]) -> bool:
        holding = next((one for one in self._chain(thing.id)[:2] if one in states), None)
        if holding is None:
            return False
        people = states[holding]
        return not people or not thing.population or thing.population * _LARGE >= people

    def questioned(self, group: Group, option: Option) -> Option:
        """The option in doubt where it is a body of another country than the text is about: *the Supreme Court*."""
        if group.kind != "Organization" or not self._countries:
            return option
        own = self._country(option.id) or self._told(option.thing)
        if own is None or _GENERIC.isdisjoint(plain(option.surface).split()):
            return option
        if self._nation(option, own):
            return option
        most = max(self._countries.values())
        if self._countries[own] * 2 >= most:
            return option
        return option.doubted(0.5 if not self._countries[own] else 0.7)

    def _nation(self, option: Option, country: str) -> bool:
        """Whether the words themselves name the country: *the U.S. Supreme Court*."""
        thing = self._options.thing(country)
        if thing is None:
            return False
        words = f" {plain(option.surface).replace('.', '')} "
        names = (thing.name, *thing.aliases, *thing.demonyms)
        return any(f" {plain(one).replace('.', '')} " in words for one in names)

    def _capital(self, thing: Thing) -> bool:
        """Whether a row is described as the capital of the country it lies in, not of a state."""
        above = self._options.thing(thing.contained_in) if thing.contained_in is not None else None
        return "capital" in (thing.description or "") and above is not None and above.type == "Country"

    def _told(self, thing: Thing) -> str | None:
        """The country a row's description names: *political party of Norland*."""
        for found in _CAPITALS.finditer(thing.description or ""):
            for one in self._options.areas(found.group()):
                if one.type == "Country":
                    return one.id
        return None

    def _chain(self, id: str) -> tuple[str, ...]:
        """What a place lies in, nearest first."""
        known = self._chains.get(id)
        if known is None:
            found: list[str] = []
            thing = self._options.thing(id)
            while thing is not None and len(found) < _STEPS:
                above = thing.contained_in
                if above is None or above in found or above == id:
                    break
                found.append(above)
                thing = self._options.thing(above)
            first = self._options.thing(id)
            if first is not None and first.country is not None and first.country not in found and first.country != id:
                found.append(first.country)
            known = self._chains[id] = tuple(found)
        return known

    def _country(self, id: str) -> str | None:
        for one in (id, *self._chain(id)):
            thing = self._options.thing(one)
            if thing is not None and thing.type == "Country":
                return one
        return None


@lru_cache(maxsize=2048)
def _described(description: str) -> tuple[str, ...]:
    """The words of a description that say something, in small letters, each once."""
    words = (word.strip(".,;:()'\"").lower() for word in description[:400].split())
    return tuple(dict.fromkeys(word for word in words if len(word) > 3 and word not in _STOPS))
