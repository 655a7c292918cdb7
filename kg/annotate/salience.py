"""Says which things an article is about and which it merely mentions: the layer ``salience``.

The rule: an article is about what its headline names, and about what its abstract or first paragraph names and that is
named often: three times in all, and a third as often as what is named most. Where the headline names nothing, the first
three paragraphs open the article. A demonym, the place of a team and a
country before a noun (*U.S. officials*) count half, and a headline that has only these does not name the country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from kg.annotate.layers import argument, by_span
from kg.annotate.lexicon import table
from kg.model import Annotation, Span, Text
from kg.plugins import Authority

__all__ = ["OFTEN", "Salience", "annotator"]

#: How often a thing of the abstract or first paragraph must be named, and how often beside what is named most.
OFTEN: Final = 3.0
_SHARE: Final = 1 / 3
#: Paragraphs that open an article whose headline names nothing.
_OPENING: Final = 3
_ASIDE: Final = 0.5
_NOUN: Final = re.compile(r" ([a-z]+)")


def annotator(authority: Authority) -> Salience:
    """The salience annotator; it needs nothing of the authority."""
    del authority
    return Salience()


class Salience:
    """States the layer ``salience``: one annotation per cluster, at its first mention."""

    name = "salience"
    version = "2"
    needs: frozenset[str] = frozenset({"name", "coref"})
    gives: frozenset[str] = frozenset({"salience"})

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The salience of one text's clusters."""
        titles = [one.span for one in text.of_kind("headline")]
        names = by_span(layers["name"])
        clusters: dict[str, list[Annotation]] = {}
        for one in layers["coref"]:
            if one.ref is not None:
                clusters.setdefault(one.ref, []).append(one)
        aside = {
            one.span for members in clusters.values() for one in members if _aside(text, names.get(one.span), one.span)
        }
        weights = {
            ref: sum(_ASIDE if one.span in aside else 1.0 for one in members) for ref, members in clusters.items()
        }
        titled = {
            ref
            for ref, members in clusters.items()
            if any(span.covers(one.span) for one in members if one.span not in aside for span in titles)
        }
        opening = [one.span for one in islice(text.of_kind("paragraph", "block_quote"), 1 if titled else _OPENING)]
        leads = [one.span for one in text.of_kind("abstract")] + opening
        often = max(OFTEN, _SHARE * max(weights.values(), default=0.0))
        by = f"{self.name}@{self.version}"
        for ref, members in clusters.items():
            in_title = ref in titled
            in_lead = any(span.covers(one.span) for one in members for span in leads)
            about = in_title or (in_lead and weights[ref] >= often)
            score = 0.9 if in_title else 0.7
            yield Annotation(members[0].span, "salience", None, ref, score, by, {"about": about})

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The salience of many texts."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))


def _aside(text: Text, name: Annotation | None, span: Span) -> bool:
    """Whether a mention says whose something is, more than that it is spoken of."""
    if name is None:
        return False
    form = argument(name, "form")
    if form in ("demonym", "metonym"):
        return True
    if form != "acronym" or argument(name, "kind") != "Place":
        return False
    found = _NOUN.match(text.text, span.end)
    return found is not None and found[1] not in table("function") and found[1] not in table("verbs")
