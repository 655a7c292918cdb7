"""Links clusters of names to rows of the authority: the layers ``link`` and ``candidate``.

A row must be of the cluster's kind. What the words may mean is weighed by the table's priors, by what reviewers and the
archive say, and by the text: places named with what they lie in, things named together. Two rows that come close, and
a row the text speaks against, give no link: a new thing is better than a wrong one.

A link's score is how often links were right that the same kind of words and doubts led to. It does not depend on the
row's share: of rows that were told apart as many are right, and what is published must not change with every article
that the archive counts. A candidate's score is that times its share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kg.annotate.archive import Archive
from kg.annotate.coherence import Coherence, Places
from kg.annotate.context import Context, read
from kg.annotate.layers import by_span
from kg.annotate.lookups import Lookups
from kg.annotate.options import Group, Lessons, Option, Options, groups_of
from kg.annotate.vetoes import Vetoes
from kg.model import Annotation, Text
from kg.plugins import Authority

__all__ = ["DOUBTFUL", "LINKED", "Linking", "annotator"]

#: A row whose score times its share is less is not linked; one that is linked with less than the other is a candidate
#: too.
LINKED: Final = 0.5
DOUBTFUL: Final = 0.7
#: The least share a row must have among those the words may mean.
_SHARE: Final = 0.62
#: A row so sure helps to tell the others' rows apart.
_ANCHOR: Final = 0.75
_ROUNDS: Final = 2
#: Candidates stated for one cluster.
_MOST: Final = 5


def annotator(authority: Authority, lessons: Lessons | None = None, archive: Archive | None = None) -> Linking:
    """The linker over an authority."""
    return Linking(authority, lessons, archive)


class Linking:
    """States the layer ``link`` on the mentions of a cluster that has a row, and ``candidate`` where that is doubtful.

    ``lessons`` are reviewers' verdicts, ``archive`` what was linked before.
    """

    name = "linking"
    version = "2"
    needs: frozenset[str] = frozenset({"name", "coref"})
    gives: frozenset[str] = frozenset({"link", "candidate"})

    def __init__(self, authority: Authority, lessons: Lessons | None = None, archive: Archive | None = None) -> None:
        self._lookups = Lookups(authority)
        self._lessons: Lessons = lessons if lessons is not None else {}
        self._archive = archive if archive is not None else Archive()

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The links of one text's names."""
        names = by_span(layers["name"])
        groups = groups_of(text, layers["coref"], names)
        options = Options(self._lookups, self._lessons, self._archive)
        found = {ref: some for ref, group in groups.items() if (some := options.of(group))}
        if not found:
            return []
        context = read(text)
        chosen, ranked = self._chosen(context, groups, options, found)
        by = f"{self.name}@{self.version}"
        made: list[Annotation] = []
        for ref, scored in ranked.items():
            group = groups[ref]
            linked = chosen.get(ref)
            if linked is not None:
                id_, score = linked
                sport = context.sport and group.kind == "Place"
                for span in group.spans:
                    told = span in group.metonyms or names[span].args.get("form") == "demonym"
                    if sport and not (told or context.located(span)):
                        continue  # the team, as likely as the place
                    made.append(Annotation(span, "link", None, id_, score, by))
            if linked is None or dict(scored)[linked[0]] < DOUBTFUL:
                for id_, score in scored[:_MOST]:
                    args = {"cluster": ref, "linked": linked is not None and linked[0] == id_}
                    made.append(Annotation(group.spans[0], "candidate", None, id_, score, by, args))
        return made

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The links of many texts."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))

    def _chosen(
        self, context: Context, groups: Mapping[str, Group], options: Options, found: Mapping[str, list[Option]]
    ) -> tuple[dict[str, tuple[str, float]], dict[str, list[tuple[str, float]]]]:
        """The row of each cluster that has one, with its score; and every cluster's rows with scores, best first."""
        vetoes = Vetoes(context, groups)
        coherence = Coherence(options, self._archive)
        places = {
            span.start: (span.end, [one.thing for one in found[ref]])
            for ref, group in groups.items()
            if group.kind == "Place" and ref in found
            for span in group.spans
        }
        fitting = {ref: coherence.placed(context, groups[ref], some, places) for ref, some in found.items()}
        ranked = {ref: [vetoes.weighed(groups[ref], one) for one in some] for ref, some in fitting.items()}
        chosen: dict[str, tuple[str, float]] = {}
        for _ in range(_ROUNDS):  # what is sure by itself tells of others, and those of more
            for ref, some in ranked.items():
                id_, score, share = _best(some)
                if score >= _ANCHOR and share >= _ANCHOR:
                    coherence.add(id_, len(groups[ref].spans))
            for ref, some in fitting.items():
                if ref not in chosen:
                    ranked[ref] = self._weighed(context, groups[ref], some, vetoes, coherence, places)
                    id_, score, share = _best(ranked[ref])
                    if score >= LINKED and share >= _SHARE:
                        chosen[ref] = (id_, round(score / share, 3))
        return chosen, {ref: _scored(some) for ref, some in ranked.items()}

    @staticmethod
    def _weighed(
        context: Context, group: Group, some: list[Option], vetoes: Vetoes, coherence: Coherence, places: Places
    ) -> list[Option]:
        """The rows with all that the text says for and against them."""
        some = [vetoes.weighed(group, one, coherence) for one in some]
        if len(some) > 1:
            some = coherence.listed(context, group, some, places)
            some = coherence.nested(context, group, [coherence.supported(context, one) for one in some])
        return [coherence.questioned(group, one) for one in some]


def _scored(some: Sequence[Option]) -> list[tuple[str, float]]:
    total = sum(one.prior for one in some)
    if not total:
        return []
    made = [(one.id, round(one.base * one.prior / total, 3)) for one in some if one.base]
    return sorted(made, key=lambda pair: (-pair[1], pair[0]))


def _best(some: Sequence[Option]) -> tuple[str, float, float]:
    """The best row, its score, and its share."""
    total = sum(one.prior for one in some)
    if not some or not total:
        return "", 0.0, 0.0
    best = max(some, key=lambda one: (one.base * one.prior, one.id))
    share = best.prior / total
    return best.id, round(best.base * share, 3), share
