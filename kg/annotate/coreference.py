"""Groups the names of a text by the thing they name: the layer ``coref``.

People are put together by :mod:`kg.annotate.persons`, short forms of other names by :mod:`kg.annotate.shortforms`. A
name that fits two things gets no cluster. A demonym, and a place's name for its team, goes with the place. Pronouns are
not resolved: rules get one in three wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from kg.annotate.clusters import MOST, Cluster, Names, as_state, lowered, plain
from kg.annotate.layers import argument
from kg.annotate.lexicon import table
from kg.annotate.lookups import Lookups
from kg.annotate.persons import people
from kg.annotate.shortforms import STORM, bare, is_whole, joined
from kg.model import Annotation, Text
from kg.plugins import Authority, Candidate

__all__ = ["Coreference", "annotator"]

#: A surface with several rows stands for the first when so great a share of its uses does.
_MOSTLY: Final = 0.8
#: What a bare surname is mistaken for, and how sure that must be to hold.
_MISTAKEN: Final = frozenset(["Organization", "Event", "CreativeWork"])
_SURE: Final = 0.8
_VERB: Final = re.compile(r" ([a-z]+)")
#: Places whose name stands for their team or government, whenever it does not stand for the place.
_LANDS: Final = frozenset(["AdministrativeArea", "Continent", "Country", "State"])


def annotator(authority: Authority) -> Coreference:
    """The coreference annotator over an authority."""
    return Coreference(authority)


class Coreference:
    """States the layer ``coref``: one annotation per name that could be told apart."""

    name = "coreference"
    version = "2"
    needs: frozenset[str] = frozenset({"name"})
    gives: frozenset[str] = frozenset({"coref"})

    def __init__(self, authority: Authority) -> None:
        self._lookups = Lookups(authority)

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The clusters of one text's names."""
        names = _storms(Names.of(text, layers))
        persons = people(names)
        clusters = [*persons, *_things(names, self._lookups, _strays(names, persons, self._lookups))]
        clusters += _unknown(names, clusters)
        clusters.sort(key=lambda one: min(one.members))
        by = f"{self.name}@{self.version}"
        made: list[tuple[int, Annotation]] = []
        for number, cluster in enumerate(clusters):
            args = self._named(names, cluster)
            for at, score in cluster.members.items():
                made.append((at, Annotation(names.given[at].span, "coref", None, f"e{number}", score, by, args)))
        made.sort(key=lambda pair: pair[0])
        return [annotation for _, annotation in made]

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The clusters of many texts."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))

    def _named(self, names: Names, cluster: Cluster) -> dict[str, object]:
        """The fullest name of a cluster and the class its best mention has."""
        order = sorted(cluster.members)
        kind = cluster.kind
        counts: dict[str, int] = {}
        for at in order:
            counts[names.surfaces[at]] = counts.get(names.surfaces[at], 0) + 1

        def rank(at: int) -> tuple[int, bool, int, int, int]:
            surface, form = names.surfaces[at], names.forms[at]
            shape = _SHAPES.get(form, 3)
            return shape, surface.isupper() and form == "name", -len(surface.split()), -counts[surface], -len(surface)

        best = min(order, key=lambda at: (rank(at), at))
        name = names.surfaces[best]
        if names.forms[best] == "demonym":
            found = self._lookups.rows(name, kind)
            name = found[0].name if found else name
        own = [at for at in order if argument(names.given[at], "kind") == kind] or order
        strongest = max(own, key=lambda at: (names.forms[at] != "demonym", names.given[at].score, -at))
        type_ = names.given[strongest].type or kind
        if type_ == kind:  # any finer class will do
            finer = [names.given[at].type for at in own if names.given[at].type not in (None, kind)]
            type_ = finer[0] or kind if finer else kind
        if argument(names.given[strongest], "kind") != kind:  # only a place's team is named
            type_ = kind
        return {"name": name, "kind": kind, "type": type_}


_SHAPES: Final = {"name": 0, "acronym": 1, "nominal": 2}


def _storms(names: Names) -> Names:
    """The names, with those of storms known as such also where they stand alone: *Zelda* after *Hurricane Zelda*.

    What a person of the text is called too stays as it is.
    """
    found: set[str] = set()
    called: set[str] = set()
    full: set[int] = set()
    for at, kind in enumerate(names.kinds):
        words = plain(names.surfaces[at]).split()
        storm = len(words) > 1 and not STORM.isdisjoint(words[:-1])
        if storm and (kind == "Event" or (kind in ("", "Person") and words[0] != "storm")):
            found.add(words[-1])
            full.add(at)
        elif len(words) > 1 and kind == "Person":
            called.update(words)
        elif len(words) == 1 and _before(names, at) in STORM:  # the tropical cyclone Zelda
            found.add(words[0])
    found -= called
    if not found:
        return names
    kinds = (
        "Event" if at in full or (plain(names.surfaces[at]) in found and kind != "Place") else kind
        for at, kind in enumerate(names.kinds)
    )
    return replace(names, kinds=tuple(kinds))


def _before(names: Names, at: int) -> str:
    """The word right before a name, in small letters."""
    start = names.given[at].span.start
    words = names.text.text[max(0, start - 20) : start].lower().split(" ")
    return words[-2] if len(words) > 1 and not words[-1] else ""


def _strays(names: Names, persons: Sequence[Cluster], lookups: Lookups) -> set[int]:
    """The names that were taken for something else and are the surname of the one person who has it; put there.

    The person was named in full before, the table knows no such body, and the name is little sure or does something. A
    place has to do something (*Baghdadi said*).
    """
    surnames: dict[str, list[Cluster]] = {}
    for one in persons:
        if len(one.parts) > 1 and any(names.sure(at) for at in islice(one.members, MOST)):
            surnames.setdefault(one.parts[-1], []).append(one)
    found: set[int] = set()
    for at, kind in enumerate(names.kinds):
        place = kind == "Place"
        if not (place or (kind in _MISTAKEN and names.forms[at] in ("name", "acronym"))) or names.after_the(at):
            continue
        fits = surnames.get(plain(names.surfaces[at]), ())
        if len(fits) != 1 or next(iter(fits[0].members)) > at:
            continue
        acts = _acts(names, at)
        if acts if place else ((acts or names.given[at].score < _SURE) and not lookups.rows(names.surfaces[at], kind)):
            fits[0].members[at] = 0.7
            found.add(at)
    return found


def _acts(names: Names, at: int) -> bool:
    """Whether the name is who says or does something: *Ostrava said*."""
    found = _VERB.match(names.text.text, names.given[at].span.end)
    return found is not None and found[1] in table("verbs")


def _things(names: Names, lookups: Lookups, strays: set[int]) -> list[Cluster]:
    """The clusters of places, organizations, events and works."""
    made = _Things(names, lookups)
    for at, kind in enumerate(names.kinds):
        if kind not in ("", "Person") and at not in strays:
            made.put(at)
    made.finish()
    return joined(names, *_kept(made.clusters, made.row_of))


class _Things:
    """Puts names together that have the same words, or can mean the same row only."""

    def __init__(self, names: Names, lookups: Lookups) -> None:
        self._names, self._lookups = names, lookups
        self.clusters: list[Cluster] = []
        self.row_of: dict[int, str] = {}
        self._by_key: dict[tuple[str, str], int] = {}
        self._by_row: dict[str, int] = {}
        self._asked: dict[tuple[str, str], tuple[Candidate, ...]] = {}
        self._demonyms: list[tuple[int, tuple[Candidate, ...]]] = []
        self._several: dict[int, tuple[str, tuple[Candidate, ...]]] = {}
        self._acting: list[tuple[int, int]] = []

    def put(self, at: int) -> None:
        """Put a name with its like."""
        surface, form = self._names.surfaces[at], self._names.forms[at]
        kind, found = self._meant(at, surface, form)
        row = found[0].id if found and (len(found) == 1 or found[0].prior >= _MOSTLY) and form != "nominal" else None
        if form == "demonym" and row is None:
            self._demonyms.append((at, found))  # a people without a known country is no thing of its own
            return
        key = (kind, bare(surface, kind))
        number = self._by_row.get(row) if row is not None else None
        if number is None and form != "demonym":
            number = self._by_key.get(key)
        if number is None:
            number = len(self.clusters)
            self.clusters.append(Cluster(kind, tuple(key[1].split()) or (surface,)))
        if row is not None:
            self._by_row.setdefault(row, number)
            self.row_of.setdefault(number, row)
        if form != "demonym":
            self._by_key.setdefault(key, number)
            if row is None and len(found) > 1 and kind == "Place":
                self._several.setdefault(number, (surface, found))
        self.clusters[number].members[at] = 0.95
        if kind == "Place" and form == "name" and " " not in surface and _acts(self._names, at):
            self._acting.append((number, at))

    def finish(self) -> None:
        """Put the names that can mean several rows with the one that the text names in another way."""
        for at, found in self._demonyms:  # Korean, in a text that names one Korea
            fits = {self._by_row[one.id] for one in found if one.id in self._by_row}
            if len(fits) == 1:
                self.clusters[fits.pop()].members[at] = 0.8
        self._give_bodies_their_towns()
        surfaces = self._names.surfaces
        for number, (surface, found) in self._several.items():  # New York, in a text that names New York City
            fits = {self._by_row[one.id] for one in found if one.id in self._by_row} - {number}
            longer = {
                fit
                for fit in fits
                if any(surfaces[at].startswith(surface) for at in islice(self.clusters[fit].members, MOST))
            }
            members = self.clusters[number].members
            state = any(as_state(self._names.text, self._names.given[at].span) for at in members)
            if len(longer) == 1 and number not in self.row_of and not state:
                self.clusters[longer.pop()].members.update(dict.fromkeys(members, 0.8))
                members.clear()

    def _give_bodies_their_towns(self) -> None:
        """A town that speaks is the body named before that begins with its name, if that is one: *Ostrava Shipping*."""
        begun: dict[str, list[int]] = {}
        for number, one in enumerate(self.clusters):
            if self._acting and one.kind == "Organization" and len(one.parts) > 1 and is_whole(one.parts[1:]):
                begun.setdefault(one.parts[0], []).append(number)
        for number, at in self._acting:
            known = begun.get(bare(self._names.surfaces[at], ""), ())
            fits = [fit for fit in known[:MOST] if self._names.sure(next(iter(self.clusters[fit].members)))]
            if len(known) == len(fits) == 1 and next(iter(self.clusters[fits[0]].members)) < at:
                del self.clusters[number].members[at]
                self.clusters[fits[0]].members[at] = 0.8

    def _meant(self, at: int, surface: str, form: str) -> tuple[str, tuple[Candidate, ...]]:
        """The kind of thing a name stands for, and the rows of it.

        A team goes by its place, and a government by its country: their names are put with the place, unless the table
        knows a body of that name. The name of a town may be short for any body there is in it.
        """
        kind = self._names.kinds[at]
        found = self._rows(surface, kind)
        if not found and kind == "Organization" and form != "nominal":
            areas = self._rows(surface, "Place")
            team = form == "metonym" or self._names.given[at].type == "SportsTeam"
            if any(team or not _LANDS.isdisjoint(one.types) for one in areas):
                return "Place", areas
        return kind, found

    def _rows(self, surface: str, kind: str) -> tuple[Candidate, ...]:
        asked = (surface, kind)
        if asked not in self._asked:
            found = self._lookups.rows(surface, kind)
            if not found and (spelled := lowered(surface)) is not None:
                found = self._lookups.rows(spelled, kind)
            self._asked[asked] = found
        return self._asked[asked]


def _kept(clusters: Sequence[Cluster], row_of: Mapping[int, str]) -> tuple[list[Cluster], dict[int, str]]:
    """The clusters that have members, and the rows by their new numbers."""
    numbers = [number for number, one in enumerate(clusters) if one.members]
    return [clusters[n] for n in numbers], {new: row_of[n] for new, n in enumerate(numbers) if n in row_of}


def _unknown(names: Names, clusters: Sequence[Cluster]) -> list[Cluster]:
    """The clusters of names of no known kind; those that are printed as a member of one other cluster go there."""
    unknown = [at for at, kind in enumerate(names.kinds) if not kind]
    if not unknown:
        return []
    printed: dict[str, set[int]] = {}
    for number, one in enumerate(clusters):
        for at in one.members:
            printed.setdefault(bare(names.surfaces[at], ""), set()).add(number)
    found: dict[str, Cluster] = {}
    for at in unknown:
        key = bare(names.surfaces[at], "")
        known = printed.get(key, ())
        if len(known) == 1:
            clusters[next(iter(known))].members[at] = 0.7
        elif not known:
            found.setdefault(key, Cluster("", (key,))).members[at] = 0.95
    return list(found.values())
