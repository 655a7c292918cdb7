"""The figures: predictions of ``kg annotate`` held against a set's marks.

Spans are equal when they are after a leading article or title, a trailing possessive and the last full stop are taken
off on both sides. B³: Bagga and Baldwin, "Algorithms for Scoring Coreference Chains" (1998), over the marked names that
were found. A quotation is found when its characters and the marked ones have a Jaccard index of at least 0.3.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.evaluate.gold import GoldDocument, GoldMention, GoldQuotation, GoldSet

__all__ = ["Score", "score"]

_LEAD: Final = re.compile(
    r"(?:the|a|an|mr|mrs|ms|dr|sir|sen|rep|gov|gen|president|prof|professor|lord|lady|judge|justice)\.?\s+", re.I
)
_POSSESSIVE: Final = re.compile(r"(?:['’]s|['’])$")
_MARKED: Final = re.compile(r'[“"][^“”"]{12,}')
_MAIN: Final = ("Person", "Place", "Organization")
_FOUND: Final = 0.3
_WIKIDATA: Final = re.compile(r"(Q\d+)$")
_WORDS: Final = 3

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one set, name → value from 0 to 1 (``span.f``, ``typed.f``, ``event.p``, ``direct.speaker`` …).

    ``errors`` is what went wrong, kind → words → times; ``missing`` counts documents without a prediction."""

    figures: Mapping[str, float]
    errors: Mapping[str, Counter[str]]
    missing: int = 0


@dataclass(slots=True)
class _Tally:
    """Counts over the documents of a set; it never leaves this module."""

    spans: Counter[str] = field(default_factory=Counter)
    types: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    pairs: list[tuple[tuple[str, object], tuple[str, object]]] = field(default_factory=list)
    links: Counter[str] = field(default_factory=Counter)
    quotations: Counter[str] = field(default_factory=Counter)
    errors: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def score(gold: GoldSet, predictions: Iterable[Mapping[str, object]]) -> Score:
    """The figures of the predictions (the objects that ``kg annotate`` prints) on a set.

    A document without a prediction counts as one in which nothing was found.
    """
    found = {str(one.get("id")): one for one in predictions}
    tally = _Tally()
    for document in gold.documents:
        prediction = found.get(document.id, {})
        _names(tally, gold, document, _list(prediction.get("mentions")))
        if document.quotations:
            _quotations(tally, document, _list(prediction.get("quotations")))
    missing = sum(document.id not in found for document in gold.documents)
    return Score(_figures(tally), tally.errors, missing)


def _list(value: object) -> list[Mapping[str, object]]:
    return value if isinstance(value, list) else []


def _at(one: Mapping[str, object]) -> Span:
    return int(one["start"]), int(one["end"])  # type: ignore[call-overload]


# ---- names -------------------------------------------------------------------------------------------------------


def _bare(text: str, span: Span) -> Span:
    start, end = span
    while (lead := _LEAD.match(text, start, end)) is not None and lead.end() < end:
        start = lead.end()
    tail = _POSSESSIVE.search(text[start:end])
    if tail is not None:
        end = start + tail.start()
    while end > start and text[end - 1] in " ,;:\n\t":
        end -= 1
    return start, end - 1 if end > start + 1 and text[end - 1] == "." else end


def _names(tally: _Tally, gold: GoldSet, document: GoldDocument, predicted: Sequence[Mapping[str, object]]) -> None:
    text, (first, last) = document.text, document.judged
    marked: dict[Span, GoldMention] = {}
    optional: set[Span] = set()
    for mention in document.mentions:
        span = _bare(text, (mention.start, mention.end))
        if mention.optional:
            optional.add(span)
        else:
            marked.setdefault(span, mention)
    seen: dict[Span, Mapping[str, object]] = {}
    for one in predicted:
        if one.get("form") in ("pronoun", "nominal") or (one.get("form") == "demonym" and not gold.demonyms):
            continue
        span = _bare(text, _at(one))
        if span[1] > span[0] and first <= span[0] and span[1] <= last:
            seen.setdefault(span, one)
    for span, one in seen.items():
        _predicted(tally, one, marked.get(span), optional=span in optional, words=text[span[0] : span[1]])
    for span, mention in marked.items():
        hit = seen.get(span)
        if hit is None:
            tally.spans["missed"] += 1
            tally.errors["missed"][text[span[0] : span[1]]] += 1
        if mention.link:
            tally.links["gold"] += 1
        if len(mention.types) == 1:
            right = hit is not None and hit.get("type") == mention.types[0]
            tally.types[mention.types[0]]["right" if right else "missed"] += 1
        if mention.cluster and hit is not None:
            tally.pairs.append(((document.id, mention.cluster), (document.id, hit.get("cluster") or span)))


def _predicted(
    tally: _Tally, one: Mapping[str, object], mention: GoldMention | None, *, optional: bool, words: str
) -> None:
    type_ = one.get("type")
    if mention is not None:
        tally.spans["right"] += 1
        if set(mention.types) & set(_MAIN):
            tally.spans["typed"] += 1
            right = type_ in mention.types
            tally.spans["type right"] += right
            if not right:
                tally.errors["wrong type"][f"{words}: {type_} for {'/'.join(mention.types)}"] += 1
    elif not optional:
        tally.spans["spurious"] += 1
        tally.errors["spurious"][words] += 1
    accepted = mention is not None and (not mention.types or type_ in mention.types)
    if isinstance(type_, str) and not optional and not accepted:
        tally.types[type_]["wrong"] += 1
    reference = _WIKIDATA.search(str(one.get("ref") or ""))
    if reference is not None and mention is not None and mention.link:
        right = reference[1] == mention.link
        tally.links["right" if right else "wrong"] += 1
        if not right:
            tally.errors["wrong link"][f"{words}: {reference[1]} for {mention.link}"] += 1


# ---- quotations --------------------------------------------------------------------------------------------------


def _is_direct(text: str, quotation: GoldQuotation) -> bool:
    return any(
        len(found.group().split()) >= _WORDS for s, e in quotation.content for found in _MARKED.finditer(text[s:e])
    )


def _quotations(tally: _Tally, document: GoldDocument, predicted: Sequence[Mapping[str, object]]) -> None:
    text, counts = document.text, tally.quotations
    spans = [_at(one) for one in predicted]
    for quotation in document.quotations:
        marked = {at for s, e in quotation.content for at in range(s, e)}
        best, most = None, 0.0
        for one, (start, end) in zip(predicted, spans, strict=True):
            shared = sum(len(range(max(s, start), min(e, end))) for s, e in _disjoint(quotation.content))
            if shared and (index := shared / (len(marked) + end - start - shared)) > most:
                best, most = one, index
        direct = _is_direct(text, quotation)
        hit = best is not None and most >= _FOUND
        counts["gold"] += 1
        counts["gold direct"] += direct
        counts["found"] += hit
        counts["found direct"] += direct and hit
        if hit and best is not None and quotation.source:
            right = _speaks(text, best, quotation.source)
            counts["speaker"] += 1
            counts["speaker right"] += right
            counts["speaker direct"] += direct
            counts["speaker right direct"] += direct and right
            if not right:
                source = " ".join(text[s:e] for s, e in quotation.source)
                tally.errors["speaker"][f"{best.get('speaker')} for {source}"] += 1
        elif direct and not hit:
            words = " ".join(text[s:e] for s, e in quotation.content)
            tally.errors["quotation missed"][words[:80]] += 1
    for one, (start, end) in zip(predicted, spans, strict=True):
        shares = (
            sum(max(0, min(e, end) - max(s, start)) for s, e in quotation.content) for quotation in document.quotations
        )
        right = any(share >= _FOUND * max(1, end - start) for share in shares)
        direct = one.get("kind") == "direct"
        counts["predicted"] += 1
        counts["predicted direct"] += direct
        counts["right"] += right
        counts["right direct"] += right and direct
        if not right:
            tally.errors["quotation spurious"][text[start:end][:80]] += 1


def _disjoint(spans: Iterable[Span]) -> list[Span]:
    """The spans without what an earlier one already covers, so that overlapping marks count once."""
    found: list[Span] = []
    last = -1
    for start, end in sorted(spans):
        if end > max(start, last):
            found.append((max(start, last), end))
            last = end
    return found


def _speaks(text: str, one: Mapping[str, object], source: Sequence[Span]) -> bool:
    span = one.get("speaker_span")
    if isinstance(span, (list, tuple)) and len(span) == 2:
        return any(span[0] < e and s < span[1] for s, e in source)
    words = str(one.get("speaker") or "").split()
    return bool(words) and any(words[-1].lower() in text[s:e].lower() for s, e in source)


# ---- figures -----------------------------------------------------------------------------------------------------


def _prf(prefix: str, right: float, predicted: float, gold: float) -> dict[str, float]:
    precision = right / predicted if predicted else 0.0
    recall = right / gold if gold else 0.0
    harmonic = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {f"{prefix}.p": precision, f"{prefix}.r": recall, f"{prefix}.f": harmonic}


def _figures(tally: _Tally) -> dict[str, float]:
    figures: dict[str, float] = {}
    spans, types, counts = tally.spans, tally.types, tally.quotations
    if spans["right"] + spans["missed"]:
        right = spans["right"]
        figures |= _prf("span", right, right + spans["spurious"], right + spans["missed"])
        figures["type.accuracy"] = spans["type right"] / max(1, spans["typed"])
        main = Counter[str]()
        for name in _MAIN:
            main.update(types[name])
        figures |= _prf("typed", main["right"], main["right"] + main["wrong"], main["right"] + main["missed"])
        for name in sorted(types):
            one = types[name]
            if one["right"] + one["missed"]:
                prefix = "work" if name == "CreativeWork" else name.lower()
                figures |= _prf(prefix, one["right"], one["right"] + one["wrong"], one["right"] + one["missed"])
    if tally.pairs:
        figures |= _b_cubed(tally.pairs)
    if tally.links["gold"]:
        links = tally.links
        figures |= _prf("link", links["right"], links["right"] + links["wrong"], links["gold"])
    if counts["gold"]:
        for name, suffix in (("direct", " direct"), ("attribution", "")):
            p = counts["right" + suffix] / max(1, counts["predicted" + suffix])
            r = counts["found" + suffix] / max(1, counts["gold" + suffix])
            figures |= {f"{name}.p": p, f"{name}.r": r, f"{name}.f": 2 * p * r / max(1e-9, p + r)}
            if counts["speaker" + suffix]:  # in a set whose readers marked sources
                figures[f"{name}.speaker"] = counts["speaker right" + suffix] / counts["speaker" + suffix]
    return {name: round(value, 4) for name, value in figures.items()}


def _b_cubed(pairs: Sequence[tuple[tuple[str, object], tuple[str, object]]]) -> dict[str, float]:
    gold: Counter[object] = Counter(g for g, _ in pairs)
    predicted: Counter[object] = Counter(p for _, p in pairs)
    both = Counter(pairs)
    precision = sum(n * n / predicted[p] for (_, p), n in both.items()) / len(pairs)
    recall = sum(n * n / gold[g] for (g, _), n in both.items()) / len(pairs)
    harmonic = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"b3.p": precision, "b3.r": recall, "b3.f": harmonic}
