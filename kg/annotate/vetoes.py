"""What speaks against a row although the words fit: a person of that name, a team, a common word, other letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kg.annotate.clusters import plain
from kg.annotate.coherence import Coherence
from kg.annotate.context import Context
from kg.annotate.lexicon import cases, given_names, surnames
from kg.annotate.options import Group, Option
from kg.annotate.shortforms import bare, is_whole
from kg.authority import kind_of

__all__ = ["Vetoes"]

#: No link comes of what is multiplied by this; it stays a candidate.
_AGAINST: Final = 0.3
_DOUBT: Final = 0.5
#: Editions of one event share a name; a work has that of much else.
_EVENT: Final = 0.8
_WORK: Final = 0.9
#: Surnames up to this rank are as likely a person as a small place.
_COMMON: Final = 5_000
#: Towns of so many people are known for themselves; those called like a surname, and like a given name.
_RENOWN: Final = (500_000, 3_000_000)
#: An acronym of so few letters stands for many things.
_SHORT: Final = 3
_KNOWN_WIDELY: Final = frozenset(["Country", "Continent", "State", "AdministrativeArea"])


class Vetoes:
    """The doubts about the options of one text."""

    def __init__(self, context: Context, groups: Mapping[str, Group]) -> None:
        self._context = context
        self._people: set[str] = set()
        self._longer: dict[str, int] = {}  # first word of a body's longer name → where that is first said
        for group in groups.values():
            if group.kind == "Person":
                for one in group.surfaces:
                    self._people.update(plain(one).split())
            elif group.kind == "Organization":
                first, *rest = bare(group.name, group.kind).split()
                if rest and is_whole(rest):
                    start = group.spans[0].start
                    self._longer[first] = min(self._longer.get(first, start), start)

    def weighed(self, group: Group, option: Option, coherence: Coherence | None = None) -> Option:
        """The option with the doubts about it; ``coherence`` dispels those about towns of regions the text names."""
        if group.kind == "Place":
            return self._place(group, option, coherence.near(option.id) if coherence is not None else 0)
        if group.kind == "Organization":
            return self._organization(group, option)
        if group.kind == "Person":
            return self._person(option)
        return option.doubted(_EVENT if group.kind == "Event" else _WORK)

    def _place(self, group: Group, option: Option, near: int) -> Option:
        if option.how == "demonym" and all(form == "demonym" for form in group.surfaces.values()):
            word = option.surface.lower()
            return option.doubted(_AGAINST) if word in self._people and word in given_names() else option
        if any(self._context.located(span) for span in group.spans):
            return option
        if self._context.sport and not group.metonyms:  # nobody told town and team apart
            return option.doubted(_DOUBT)
        if " " in option.surface or len(group.surfaces) > 1:
            return option
        word = plain(option.surface).strip(".")
        if word in self._people:
            return option.doubted(_AGAINST)
        people = _RENOWN[word in given_names()]
        if option.thing.type in _KNOWN_WIDELY or (option.thing.population or 0) >= people or self._capital(option):
            return option
        if near > 1:
            return option
        if word in given_names() or cases().get(word, -1.0) > 0:
            return option.doubted(_DOUBT)
        return option.doubted(_DOUBT) if not near and surnames().get(word, _COMMON + 1) <= _COMMON else option

    @staticmethod
    def _capital(option: Option) -> bool:
        """Whether the town is a country's capital, by what the table says of it."""
        return (
            "capital of" in (option.thing.description or "") and (option.thing.population or _RENOWN[0]) >= _RENOWN[0]
        )

    def _organization(self, group: Group, option: Option) -> Option:
        surface, start = option.surface, group.spans[0].start
        if option.how == "acronym" or (surface.isupper() and " " not in surface):
            if self._context.explained(surface.replace(".", "")):
                return option.doubted(_AGAINST)
            if len(surface.replace(".", "")) <= _SHORT and option.prior < 0.8:
                return option.doubted(_DOUBT)
        elif " " not in surface and " " not in bare(group.name, group.kind):
            word = plain(surface)
            if (word in self._people and len(group.surfaces) == 1) or self._longer.get(word, start) < start:
                return option.doubted(_DOUBT)
        return option

    def _person(self, option: Option) -> Option:
        """A name many people have needs more than itself."""
        words = plain(option.surface).split()
        known = surnames()
        if len(words) == 2 and words[0] in given_names() and known.get(words[1], _COMMON) <= 1000:
            about = (option.thing.description or "").lower().replace(",", " ").split()
            told = sum(1 for word in about if len(word) > 3 and word in self._context.words)
            return option if told else option.doubted(0.8)
        return option if kind_of(option.thing.type) == "Person" else option.doubted(_AGAINST)
