"""Groups the names of a text by the thing they name: the layer ``coref``.

People are put together by :mod:`kg.annotate.persons`, short forms of other names by :mod:`kg.annotate.shortforms`. A
name that fits two things gets no cluster. A demonym, and a place's name for its team, goes with the place. Pronouns are
not resolved: rules get one in three wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kg.annotate.clusters import Cluster, Names
from kg.annotate.persons import people
from kg.annotate.shortforms import bare, joined
from kg.authority import kind_of
from kg.model import Annotation, Text
from kg.plugins import Authority, Candidate

__all__ = ["Coreference", "annotator", "rows"]

#: A surface with several rows stands for the first when so great a share of its uses does.
_MOSTLY: Final = 0.8


def annotator(authority: Authority) -> Coreference:
    """The coreference annotator over an authority."""
    return Coreference(authority)


def rows(authority: Authority, surface: str, kind: str) -> tuple[Candidate, ...]:
    """The authority rows a surface may mean that are of this kind, best first."""
    found = authority.candidates(surface)
    return tuple(one for one in found if kind in one.types or any(kind_of(t) == kind for t in one.types))


class Coreference:
    """States the layer ``coref``: one annotation per name that could be told apart."""

    name = "coreference"
    version = "2"
    needs: frozenset[str] = frozenset({"name"})
    gives: frozenset[str] = frozenset({"coref"})

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The clusters of one text's names."""
        names = Names.of(text, layers)
        clusters = [*people(names), *_things(names, self._authority)]
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
            found = rows(self._authority, name, kind)
            name = found[0].name if found else name
        own = [at for at in order if names.kinds[at] == kind] or order
        strongest = max(own, key=lambda at: (names.forms[at] != "demonym", names.given[at].score, -at))
        type_ = names.given[strongest].type or kind
        if type_ == kind:  # any finer class will do
            finer = [names.given[at].type for at in own if names.given[at].type not in (None, kind)]
            type_ = finer[0] or kind if finer else kind
        if names.kinds[strongest] != kind:  # only a place's team is named
            type_ = kind
        return {"name": name, "kind": kind, "type": type_}


_SHAPES: Final = {"name": 0, "acronym": 1, "nominal": 2}


def _things(names: Names, authority: Authority) -> list[Cluster]:
    """The clusters of places, organizations, events and works."""
    clusters: list[Cluster] = []
    by_key: dict[tuple[str, str], int] = {}
    by_row: dict[str, int] = {}
    row_of: dict[int, str] = {}
    known: dict[tuple[str, str], tuple[Candidate, ...]] = {}
    doubtful: list[tuple[int, tuple[Candidate, ...]]] = []
    for at, kind in enumerate(names.kinds):
        if kind == "Person":
            continue
        surface, form = names.surfaces[at], names.forms[at]
        if form == "metonym" and names.given[at].type == "SportsTeam":
            kind = "Place"
        asked = (surface, kind)
        found = known.get(asked)
        if found is None:
            found = known[asked] = rows(authority, *asked)
        if not found and kind != names.kinds[at]:
            kind = names.kinds[at]
        row = found[0].id if found and (len(found) == 1 or found[0].prior >= _MOSTLY) and form != "nominal" else None
        if form == "demonym" and row is None:
            doubtful.append((at, found))  # a people without a known country is no thing of its own
            continue
        key = (kind, bare(surface, kind))
        number = by_row.get(row) if row is not None else None
        if number is None and form != "demonym":
            number = by_key.get(key)
        if number is None:
            number = len(clusters)
            clusters.append(Cluster(kind, tuple(key[1].split()) or (surface,)))
        if row is not None:
            by_row.setdefault(row, number)
            row_of.setdefault(number, row)
        if form != "demonym":
            by_key.setdefault(key, number)
        clusters[number].members[at] = 0.95
    for at, found in doubtful:  # Korean, in a text that names one Korea
        fits = {by_row[one.id] for one in found if one.id in by_row}
        if len(fits) == 1:
            clusters[fits.pop()].members[at] = 0.8
    return joined(names, clusters, row_of)
