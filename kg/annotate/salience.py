"""Says which things an article is about and which it merely mentions: the layer ``salience``.

The rule: an article is about a person, place or organization that its headline names, or that its abstract or first
paragraph names and that is named at least three times in all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kg.annotate.layers import argument
from kg.model import Annotation, Text
from kg.plugins import Authority

__all__ = ["OFTEN", "Salience", "annotator"]

#: How often a thing of the abstract or first paragraph must be named.
OFTEN: Final = 3
_KINDS: Final = frozenset(["Person", "Place", "Organization"])


def annotator(authority: Authority) -> Salience:
    """The salience annotator; it needs nothing of the authority."""
    del authority
    return Salience()


class Salience:
    """States the layer ``salience``: one annotation per cluster, at its first mention."""

    name = "salience"
    version = "1"
    needs: frozenset[str] = frozenset({"coref"})
    gives: frozenset[str] = frozenset({"salience"})

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The salience of one text's clusters."""
        lead = next(text.of_kind("paragraph", "block_quote"), None)
        titles = [one.span for one in text.of_kind("headline")]
        leads = [one.span for one in text.of_kind("abstract")] + ([lead.span] if lead is not None else [])
        clusters: dict[str, list[Annotation]] = {}
        for one in layers["coref"]:
            if one.ref is not None:
                clusters.setdefault(one.ref, []).append(one)
        by = f"{self.name}@{self.version}"
        for ref, members in clusters.items():
            in_title = any(span.covers(one.span) for one in members for span in titles)
            in_lead = any(span.covers(one.span) for one in members for span in leads)
            about = argument(members[0], "kind") in _KINDS and (in_title or (in_lead and len(members) >= OFTEN))
            score = 0.9 if in_title else 0.7
            yield Annotation(members[0].span, "salience", None, ref, score, by, {"about": about})

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The salience of many texts."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))
