"""Says what field an article belongs to: the top level of IPTC Media Topics (the layer ``topic``).

A word list for each topic, nothing learned: every word that occurs adds its weight, more for repeats and much more in
the headline, and the rubric the paper prints counts most of all. A topic is stated when its words weigh enough by
themselves and against those of the other topics; its evidence are the words that weighed most.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final

from kg.annotate.lexicon import groups
from kg.annotate.tokens import Tokens, tokenize
from kg.model import Annotation, Span, Text
from kg.plugins import Authority

__all__ = ["LABELS", "Topics", "annotator"]

#: The seventeen top-level topics (IPTC Media Topics, http://cv.iptc.org/newscodes/mediatopic/; CC BY 4.0).
LABELS: Final = {
    "01000000": "arts, culture, entertainment and media",
    "02000000": "crime, law and justice",
    "03000000": "disaster, accident and emergency incident",
    "04000000": "economy, business and finance",
    "05000000": "education",
    "06000000": "environment",
    "07000000": "health",
    "08000000": "human interest",
    "09000000": "labour",
    "10000000": "lifestyle and leisure",
    "11000000": "politics and government",
    "12000000": "religion",
    "13000000": "science and technology",
    "14000000": "society",
    "15000000": "sport",
    "16000000": "conflict, war and peace",
    "17000000": "weather",
}
_HEADLINE: Final = 3  # a word of the headline counts as so many
_RUBRIC: Final = 14.0
#: A topic needs this weight, grown with the logarithm of the text's length, and this share of all topics' weight.
_LEAST: Final = 9.0
_SHARE: Final = 0.28
_MOST: Final = 3
_BEHIND: Final = 0.45
_EVIDENCE: Final = 4
_USUAL: Final = 300


def annotator(authority: Authority) -> Topics:
    """The topic annotator; it needs nothing of the authority."""
    del authority
    return Topics()


class Topics:
    """States the layer ``topic``: one annotation per topic, at the word that weighs most."""

    name = "topics"
    version = "1"
    needs: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset({"topic"})

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The topics of one text, the surest first."""
        del layers
        tokens = tokenize(text)
        weights, words = _weigh(text, tokens)
        total = sum(sum(one.values()) for one in weights.values())
        least = _LEAST * (1 + max(0.0, math.log(max(len(tokens), 1) / _USUAL)) / 2)
        ranked = sorted(
            ((sum(one.values()), code) for code, one in weights.items()), key=lambda pair: (-pair[0], pair[1])
        )
        by = f"{self.name}@{self.version}"
        for weight, code in ranked[:_MOST]:
            share = weight / total
            if weight < least or share < _SHARE or weight < _BEHIND * ranked[0][0]:
                break
            heavy = sorted(weights[code].items(), key=lambda pair: (-pair[1], pair[0]))[:_EVIDENCE]
            spans = tuple(sorted(words[word] for word, _ in heavy if word in words))
            if spans:
                score = round(min(0.97, 0.35 + 0.5 * share + 0.2 * min(1.0, weight / (4 * least))), 2)
                yield Annotation(spans[0], "topic", None, code + "000000", score, by, {"evidence": spans})

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The topics of many texts."""
        for text, layers in texts:
            yield tuple(self.annotate(text, layers))


@cache
def _table() -> tuple[Mapping[str, tuple[tuple[str, int], ...]], Mapping[str, tuple[str, ...]]]:
    """Word or phrase → (topic, weight)…; and the phrases by their first word."""
    found: dict[str, list[tuple[str, int]]] = {}
    for key, entries in groups("topics").items():
        code, _, weight = key.partition(" ")
        for word in sorted(entries):
            found.setdefault(word, []).append((code, int(weight)))
    phrases: dict[str, list[str]] = {}
    for word in found:
        if " " in word:
            phrases.setdefault(word.split(" ", 1)[0], []).append(word)
    return {word: tuple(given) for word, given in found.items()}, {key: tuple(one) for key, one in phrases.items()}


def _weigh(text: Text, tokens: Tokens) -> tuple[dict[str, dict[str, float]], dict[str, Span]]:
    """The weight of each word for each topic, and where each word first stands."""
    table, phrases = _table()
    small = tokens.lower
    counts = Counter(small)
    last = len(small) - 1
    first = {word: last - at for at, word in enumerate(reversed(small))}
    title = {word for one in text.of_kind("headline") for at in tokens.within(one.span) for word in (small[at],)}
    weights: dict[str, dict[str, float]] = {}
    spans: dict[str, Span] = {}

    def add(entry: str, times: float, span: Span, *, head: bool) -> None:
        spans.setdefault(entry, span)
        grown = (1 + math.log(times)) * (_HEADLINE if head else 1)
        for code, weight in table[entry]:
            of_topic = weights.setdefault(code, {})
            of_topic[entry] = max(of_topic.get(entry, 0.0), weight * grown)

    for word, times in counts.items():
        entry = word if word in table else word[:-1] if word[-1] == "s" and word[:-1] in table else ""
        if entry:
            at = first[word]
            add(entry, times, tokens.span(at, at + 1), head=word in title)
    begins: dict[str, list[int]] = {word: [] for word in counts if word in phrases}
    for at, word in enumerate(small):
        if word in begins:
            begins[word].append(at)
    for word, places in begins.items():
        for phrase in phrases[word]:
            parts = tuple(phrase.split(" "))
            where = [at for at in places if _same(small[at : at + len(parts)], parts)]
            if where:
                span = tokens.span(where[0], where[0] + len(parts))
                add(phrase, len(where), span, head=title.issuperset(parts))
    for word in text.rubric.lower().replace("/", " ").replace("|", " ").replace("&", " ").split():
        for code, entries in groups("rubrics").items():
            if word in entries and code in weights:
                weights[code]["(rubric)"] = _RUBRIC
    return weights, spans


def _same(words: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether the words are the phrase, its last one perhaps in the plural."""
    return words == parts or (words[:-1] == parts[:-1] and words[-1] == parts[-1] + "s")
