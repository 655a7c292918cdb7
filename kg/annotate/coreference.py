"""Groups the names of a text by the thing they name: the layer ``coref``.

A bare surname or given name goes to the one person whose full name has it, wherever in the text that stands. When two
people share it, the paragraph decides by who was named there before; when that leaves a doubt the name gets no
cluster. Pronouns are not resolved: rules get one in three wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.annotate.layers import THRESHOLD, argument
from kg.annotate.tokens import tokenize
from kg.authority import fold, kind_of
from kg.model import Annotation, Text
from kg.plugins import Authority, Candidate

__all__ = ["Coreference", "annotator", "rows"]

_PARTICLES: Final = frozenset(
    ["de", "da", "dos", "del", "van", "von", "der", "den", "bin", "al", "el", "la", "di", "du"]
)
_SUFFIXES: Final = frozenset(["jr", "sr", "ii", "iii", "iv"])
#: No more than so many clusters are compared for one word, so that hostile texts stay linear.
_MOST: Final = 40


def annotator(authority: Authority) -> Coreference:
    """The coreference annotator over an authority."""
    return Coreference(authority)


def rows(authority: Authority, surface: str, kind: str) -> tuple[Candidate, ...]:
    """The authority rows a surface may mean that are of this kind, best first."""
    found = authority.candidates(surface)
    return tuple(one for one in found if kind in one.types or any(kind_of(t) == kind for t in one.types))


@dataclass(slots=True)
class _Cluster:
    """Names that go together while the text is read; it never leaves this module."""

    kind: str
    parts: tuple[str, ...]
    members: dict[int, float] = field(default_factory=dict)


class Coreference:
    """States the layer ``coref``: one annotation per name that could be told apart."""

    name = "coreference"
    version = "1"
    needs: frozenset[str] = frozenset({"name"})
    gives: frozenset[str] = frozenset({"coref"})

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The clusters of one text's names."""
        names = [one for one in layers["name"] if argument(one, "kind")]
        surfaces = [_surface(text, one) for one in names]
        clusters = _persons(text, names, surfaces)
        clusters += _others(text, names, surfaces, self._authority)
        clusters.sort(key=lambda one: min(one.members))
        by = f"{self.name}@{self.version}"
        made: list[tuple[int, Annotation]] = []
        for number, cluster in enumerate(clusters):
            order = sorted(cluster.members)
            args = self._named(names, surfaces, order, cluster.kind)
            for at in order:
                annotation = Annotation(names[at].span, "coref", None, f"e{number}", cluster.members[at], by, args)
                made.append((at, annotation))
        return [annotation for _, annotation in sorted(made, key=lambda pair: pair[0])]

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The clusters of many texts."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))

    def _named(
        self, names: Sequence[Annotation], surfaces: Sequence[str], order: Sequence[int], kind: str
    ) -> dict[str, object]:
        """The fullest name of a cluster and the class its best mention has."""

        def rank(at: int) -> tuple[int, int, int, int]:
            form = argument(names[at], "form")
            shape = {"name": 0, "acronym": 1, "nominal": 2}.get(form, 3)
            capitals = surfaces[at].isupper() and form == "name"
            return shape, int(capitals), -len(surfaces[at].split()), -len(surfaces[at])

        best = min(order, key=lambda at: (rank(at), at))
        name = surfaces[best]
        if argument(names[best], "form") == "demonym":
            found = rows(self._authority, name, kind)
            name = found[0].name if found else name
        strongest = max(order, key=lambda at: (argument(names[at], "form") != "demonym", names[at].score, -at))
        type_ = names[strongest].type or kind
        if type_ == kind:  # any finer class will do
            finer = [names[at] for at in order if names[at].type not in (None, kind)]
            type_ = finer[0].type or kind if finer else kind
        return {"name": name, "kind": kind, "type": type_}


def _surface(text: Text, name: Annotation) -> str:
    return " ".join(name.span.of(text.text).replace("’", "'").split())


def _parts(surface: str) -> tuple[str, ...]:
    words = (fold(word).strip(".,") for word in surface.replace(".", ". ").split())
    return tuple(word for word in words if word and word not in _SUFFIXES)


# ---- persons -----------------------------------------------------------------------------------------------------


def _persons(text: Text, names: Sequence[Annotation], surfaces: Sequence[str]) -> list[_Cluster]:
    mine = [at for at, one in enumerate(names) if argument(one, "kind") == "Person"]
    whole = {at: _parts(surfaces[at]) for at in mine}
    clusters: list[_Cluster] = []
    of_parts: dict[tuple[str, ...], _Cluster | None] = {}
    by_word: dict[str, list[_Cluster]] = {}

    sure = {whole[at] for at in mine if names[at].score >= THRESHOLD}

    def open_cluster(parts: tuple[str, ...]) -> _Cluster:
        cluster = _Cluster("Person", parts)
        clusters.append(cluster)
        if parts not in sure:
            return cluster  # a guess draws no other names to it
        for word in dict.fromkeys(parts):
            if word not in _PARTICLES:
                by_word.setdefault(word, []).append(cluster)
        return cluster

    longest = sorted({whole[at] for at in mine if len(whole[at]) > 1}, key=lambda parts: (-len(parts), parts))
    first_seen: dict[tuple[str, ...], int] = {}
    for at in mine:
        first_seen.setdefault(whole[at], at)
    for parts in sorted(longest, key=lambda parts: (-len(parts), first_seen[parts])):
        near = [one for one in by_word.get(parts[-1], ())[:_MOST] if _same_person(one.parts, parts)]
        of_parts[parts] = near[0] if len(near) == 1 else open_cluster(parts)
    for at in mine:
        if len(whole[at]) > 1:
            cluster = of_parts[whole[at]]
            if cluster is not None:
                cluster.members[at] = 0.95 if whole[at] == cluster.parts else 0.85
    owner: dict[int, _Cluster] = {at: one for one in clusters for at in one.members}
    for position, at in enumerate(mine):
        if len(whole[at]) != 1:
            continue
        word = whole[at][0]
        fits = [one for one in by_word.get(word, ())[:_MOST] if one.members]
        if len(fits) > 1:
            fits = _nearby(text, names, mine, position, fits, owner)
            if not fits:
                continue
        cluster = fits[0] if fits else open_cluster(whole[at])
        cluster.members[at] = 0.9 if len(cluster.parts) > 1 else 0.95
        owner[at] = cluster
    return [one for one in clusters if one.members]


def _same_person(full: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether a shorter name is the longer one with parts left out or cut to initials: *J. Ramos* of *Juan Ramos*."""
    if full[-1] != parts[-1]:
        return False
    if full[-len(parts) :] == parts:
        return True  # two surnames: Abrego Garcia of Kilmar Abrego Garcia
    given, other = full[0], parts[0]
    if given != other and not (min(len(given), len(other)) == 1 and given[0] == other[0]):
        return False
    rest = iter(full[1:])
    return all(any(word == one or (len(word) == 1 and one.startswith(word)) for one in rest) for word in parts[1:])


def _nearby(
    text: Text,
    names: Sequence[Annotation],
    mine: Sequence[int],
    position: int,
    fits: list[_Cluster],
    owner: Mapping[int, _Cluster],
) -> list[_Cluster]:
    """Those of several fitting people that were named before in the same section, if it is only one; else none."""
    sentence = tokenize(text).sentence_at(names[mine[position]].span.start)
    section = sentence.section if sentence is not None else None
    before = [one for one in fits if any(at < mine[position] for at in one.members)]
    if len(before) == 1:
        return before  # the others are named only later
    found: list[_Cluster] = []
    for back in range(position - 1, max(-1, position - 60), -1):
        at = mine[back]
        if section is None or not section.span.covers(names[at].span):
            break
        cluster = owner.get(at)
        if cluster is not None and any(cluster is one for one in fits) and all(cluster is not one for one in found):
            found.append(cluster)
    return found if len(found) == 1 else []


# ---- places, organizations, events, works ------------------------------------------------------------------------


def _others(text: Text, names: Sequence[Annotation], surfaces: Sequence[str], authority: Authority) -> list[_Cluster]:
    clusters: list[_Cluster] = []
    by_key: dict[tuple[str, str], _Cluster] = {}
    by_row: dict[str, _Cluster] = {}
    alone: list[int] = []
    cache: dict[tuple[str, str], tuple[Candidate, ...]] = {}
    for at, one in enumerate(names):
        kind = argument(one, "kind")
        if kind == "Person":
            continue
        asked = (surfaces[at], kind)
        if asked not in cache:
            cache[asked] = rows(authority, *asked)
        found = cache[asked]
        row = found[0].id if len(found) == 1 and argument(one, "form") not in ("nominal",) else None
        demonym = argument(one, "form") == "demonym"
        if demonym and row is None:
            continue  # a people without a known country is no thing of its own
        key = (kind, _bare(surfaces[at]))
        cluster = by_row.get(row) if row is not None else None
        if cluster is None and not demonym:
            cluster = by_key.get(key)
        if cluster is None:
            cluster = _Cluster(kind, tuple(_bare(surfaces[at]).split()))
            clusters.append(cluster)
            alone.append(at)
        if row is not None:
            by_row.setdefault(row, cluster)
        if not demonym:
            by_key.setdefault(key, cluster)
        cluster.members[at] = 0.95
    return _merged(text, names, clusters)


def _bare(surface: str) -> str:
    folded = fold(surface).replace(".", "")
    return folded[4:] if folded.startswith("the ") else folded


def _merged(text: Text, names: Sequence[Annotation], clusters: list[_Cluster]) -> list[_Cluster]:
    """Clusters joined where one name is the acronym or the short form of exactly one other."""
    into: dict[int, int] = {}
    index = {at: number for number, one in enumerate(clusters) for at in one.members}
    for before in range(len(names) - 1):
        gap = text.text[names[before].span.end : names[before + 1].span.start]
        closing = text.text[names[before + 1].span.end : names[before + 1].span.end + 1]
        if gap == " (" and closing == ")" and argument(names[before + 1], "form") == "acronym":
            long, short = index.get(before), index.get(before + 1)
            if long is not None and short is not None and long != short:
                into.setdefault(short, long)
    articled = {
        number
        for number, one in enumerate(clusters)
        if all(
            text.text[max(0, names[at].span.start - 4) : names[at].span.start].lower() == "the " for at in one.members
        )
    }
    initials: dict[str, list[int]] = {}
    starts: dict[str, list[int]] = {}
    ends: dict[str, list[int]] = {}
    for number, one in enumerate(clusters):
        if (
            len(one.parts) < 2
            or max(names[at].score for at in one.members) < THRESHOLD
            or one.kind not in ("Organization", "Place", "Event")
        ):
            continue
        letters = "".join(part[0] for part in one.parts if part not in ("of", "the", "for", "and", "on", "de", "&"))
        initials.setdefault(letters, []).append(number)
        if one.kind == "Organization" and not any(part in ("government", "administration") for part in one.parts):
            starts.setdefault(one.parts[0], []).append(number)
            ends.setdefault(one.parts[-1], []).append(number)
    for number, one in enumerate(clusters):
        if number in into:
            continue
        first = min(one.members)
        if argument(names[first], "form") == "acronym" and len(one.parts) == 1:
            fits = initials.get(one.parts[0], [])
        elif one.kind == "Organization":
            size = len(one.parts)
            begun = [fit for fit in starts.get(one.parts[0], [])[:_MOST] if clusters[fit].parts[:size] == one.parts]
            ended = [fit for fit in ends.get(one.parts[-1], [])[:_MOST] if clusters[fit].parts[-size:] == one.parts]
            team = [fit for fit in ended if any(names[at].type == "SportsTeam" for at in clusters[fit].members)]
            fits = team or [fit for fit in begun + ended if fit != number]
            fits = [] if number in articled and not any(fit in articled for fit in fits) else fits
        else:
            fits = []
        if len(fits) == 1 and fits[0] != number:
            into[number] = fits[0]
    for number in sorted(into):
        target, seen = into[number], {number}
        while target in into and target not in seen:
            seen.add(target)
            target = into[target]
        if target in seen or not clusters[number].members:
            continue
        for at in clusters[number].members:
            clusters[target].members[at] = 0.85
        clusters[number].members.clear()
    return [one for one in clusters if one.members]
