"""Links clusters of names to rows of the authority: the layer ``link``.

A row must be of the cluster's kind. A single word links only when it can mean one row, and a person only by a full
name. Of several places with one name the one inside a country the text names is taken. In doubt there is no link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg.annotate.coreference import rows
from kg.annotate.layers import argument, by_span
from kg.model import Annotation, Span, Text
from kg.plugins import Authority, Candidate

__all__ = ["Linking", "annotator"]


def annotator(authority: Authority) -> Linking:
    """The linker over an authority."""
    return Linking(authority)


class Linking:
    """States the layer ``link`` on every mention of a cluster that has a row."""

    name = "linking"
    version = "1"
    needs: frozenset[str] = frozenset({"name", "coref"})
    gives: frozenset[str] = frozenset({"link"})

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The links of one text's names."""
        names = by_span(layers["name"])
        clusters: dict[str, list[Annotation]] = {}
        for coref in layers["coref"]:
            if coref.ref is not None and coref.span in names:
                clusters.setdefault(coref.ref, []).append(coref)
        chosen: dict[str, tuple[str, float]] = {}
        doubtful: dict[str, list[Candidate]] = {}
        for ref, members in clusters.items():
            options = self._options(text, members, names)
            if len(options) == 1:
                (row, score), *_ = ((key, score) for key, (_, score) in options.items())
                chosen[ref] = (row, score)
            elif options:
                doubtful[ref] = [candidate for candidate, _ in options.values()]
        linked = {row for row, _ in chosen.values()}
        for ref, candidates in doubtful.items():
            inside = [one for one in candidates if self._within(one.id, linked)]
            if len(inside) == 1:
                chosen[ref] = (inside[0].id, 0.6)
        by = f"{self.name}@{self.version}"
        return [
            Annotation(coref.span, "link", None, chosen[coref.ref][0], chosen[coref.ref][1], by)
            for coref in layers["coref"]
            if coref.ref in chosen and coref.span in names
        ]

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The links of many texts."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))

    def _options(
        self, text: Text, members: Sequence[Annotation], names: Mapping[Span, Annotation]
    ) -> dict[str, tuple[Candidate, float]]:
        """The rows a cluster may be, by id: those of its longest surface that the authority knows."""
        kind = argument(members[0], "kind")
        surfaces: dict[str, str] = {}
        for one in members:
            surface = " ".join(one.span.of(text.text).replace("’", "'").split())
            form = argument(names[one.span], "form", "name")
            if form != "nominal":
                surfaces.setdefault(surface, form)
        if kind == "Person":
            surfaces = {surface: form for surface, form in surfaces.items() if " " in surface}
        full = argument(members[0], "name")
        found: dict[str, tuple[Candidate, float]] = {}
        for surface in sorted(surfaces, key=lambda one: (-len(one.split()), -len(one), one)):
            known = rows(self._authority, surface, kind)
            known = tuple(one for one in known if one.how != "demonym" or surfaces[surface] == "demonym")
            if not known:
                if surface == full and " " in surface and surfaces[surface] == "name":
                    longer = len(surface.split())
                    if any(len(other.split()) < longer for other in surfaces) and kind != "Place":
                        return {}  # its full name is unknown: a short form would be a guess
                continue
            score = 0.95 if " " in surface else 0.85
            for candidate in known:
                found[candidate.id] = (candidate, score if len(known) == 1 else 0.5)
            break
        return found

    def _within(self, row: str, linked: set[str]) -> bool:
        """Whether a row lies, over any number of steps, in one of the linked rows."""
        seen: set[str] = set()
        thing = self._authority.get(row)
        while thing is not None and thing.contained_in is not None and thing.contained_in not in seen:
            if thing.contained_in in linked:
                return True
            seen.add(thing.contained_in)
            thing = self._authority.get(thing.contained_in)
        return False
