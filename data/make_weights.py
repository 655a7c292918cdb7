"""Fits ``kg/annotate/tables/weights.txt``, the weights by which names get their classes, to annotated texts.

    python -m venv scratch && scratch/bin/pip install -e . numpy==2.4.6
    scratch/bin/python data/make_weights.py FOLDER     # writes the table; the same texts give the same bytes

FOLDER holds ``gum_wikinews.jsonl`` (GUM, split train), ``wikigold.jsonl`` (WikiGold), ``ewt_dev.jsonl`` (English EWT of
Universal NER), ``newsfair_dev.jsonl`` and ``aida_dev.jsonl`` (as ELEVANT has them), one text a line: ``{text, split,
set, mentions: [{start, end, types, kind}]}``. Nothing of the texts is in the table.

The model is a multinomial regression (maximum a posteriori): the weights of ``weights.start.txt``, written by hand,
are its prior; a mention whose annotation allows several classes counts for any of them. As names are told by other
names of their text, whose classes the weights give, it is fitted three times. LEAVE=name leaves a set out, and
``--report`` prints how often a probability came true on it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kg import authority
from kg.annotate import names, typing
from kg.annotate.jsonl import _text
from kg.annotate.page import Page
from kg.annotate.runs import Draft
from kg.annotate.weights import OUTCOMES, weights

HERE = Path(__file__).resolve().parent
TABLE = HERE.parent / "kg" / "annotate" / "tables" / "weights.txt"
#: How much a mention of each set counts: sport and encyclopedia less than news.
SETS = {"gum_wikinews": 1.5, "wikigold": 0.5, "ewt_dev": 1.0, "newsfair_dev": 3.0, "aida_dev": 0.15}
KINDS = frozenset(OUTCOMES[:-1])
LEAST = 4  # texts a feature is in before it gets a weight of its own
PRIOR = 50.0  # strength of the hand-written weights
STEPS = 250
ROUNDS = 3
LEAD = re.compile(r"^(?:the|a|an|mr|mrs|ms|dr|sir|sen|rep|gov|gen|president|prof|professor)\.?\s+", re.I)
HEAD = """# How much a feature of a name speaks for each kind, in hundredths of the natural logarithm of odds:
# Person, Place, Organization, Event, CreativeWork, none of these. Made by data/make_weights.py; do not edit.
"""

Row = tuple[float, ...]


@dataclass(frozen=True)
class Example:
    """One name of one text: its features before and after other names are looked at, and what it may be."""

    set: str
    text: str
    alone: Mapping[str, float]
    whole: Mapping[str, float]
    allowed: frozenset[str]
    weight: float


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--report", action="store_true", help="print how often probabilities came true on the set left out"
    )
    given = parser.parse_args()
    left = os.environ.get("LEAVE", "")
    start = table(HERE / "weights.start.txt")
    write(start)
    found: list[Example] = []
    for _ in range(ROUNDS):
        weights.cache_clear()
        found = list(examples(given.folder))
        write(fitted([one for one in found if one.set != left], start))
    if given.report:
        weights.cache_clear()
        report([one for one in examples(given.folder) if one.set == left or not left])
    return 0


def table(path: Path) -> dict[str, Row]:
    rows = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            feature, _, rest = line.partition("\t")
            rows[feature] = tuple(int(part) / 100 for part in rest.split())
    return rows


def write(rows: Mapping[str, Row]) -> None:
    lines = []
    for feature in sorted(rows):
        row = [round(weight * 100) for weight in rows[feature]]
        if max(map(abs, row)) >= 10:
            lines.append(f"{feature}\t{' '.join(map(str, row))}\n")
    TABLE.write_text(HEAD + "".join(lines), encoding="utf-8")


# ---- examples ----------------------------------------------------------------------------------------------------


def examples(folder: Path) -> Iterator[Example]:
    annotator = names.annotator(authority.default())
    pages: list[tuple[Page, list[Draft]]] = []
    real = names.typed

    def listening(page: Page, plain: list[Draft], works: Any) -> Any:
        pages.append((page, plain))
        return real(page, plain, works)

    names.typed = listening
    try:
        for name in SETS:
            for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
                document = json.loads(line)
                if name != "gum_wikinews" or document["split"] == "train":
                    pages.clear()
                    list(annotator.annotate(_text({"text": document["text"]}), {}))
                    yield from of_text(name, document, *pages[0]) if pages else ()
    finally:
        names.typed = real


def of_text(name: str, document: Mapping[str, Any], page: Page, plain: list[Draft]) -> Iterator[Example]:
    text = document["text"]
    gold, other = annotated(name, document)
    cases = typing.cases_of(page, plain)
    alone = {key: dict(case.seen()) for key, case in cases.items()}
    typing.settle(page, plain, cases)
    first, last = document.get("eval_span") or (0, len(text))
    counted: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for draft in plain:
        if draft.form == "demonym" and name in ("gum_wikinews", "wikigold", "ewt_dev"):
            continue
        span = page.tokens.span(draft.first, draft.last)
        start, end = trimmed(text, span.start, span.end)
        if first <= start and end <= last and (start, end) not in other:
            types = gold.get((start, end))
            if types is None:
                crossed = any(start < b and a < end for a, b in (*gold, *(other if name == "gum_wikinews" else ())))
                types = ("crossed",) if crossed else ("none",)
            counted[typing.key_of(page, draft), types] += 1
    for (key, types), count in counted.items():
        meant = allowed(name, frozenset(types), alone[key])
        if meant is not None:
            weight = meant[1] * SETS[name] * math.sqrt(count)
            yield Example(name, str(document["id"]), alone[key], dict(cases[key].seen()), meant[0], weight)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without an article or title before and a genitive or full stop after it."""
    while (lead := LEAD.match(text[start:end])) and lead.end() < end - start:
        start += lead.end()
    owner = re.search(r"(?:['’]s|['’])$", text[start:end])
    if owner:
        end = start + owner.start()
    while end > start and text[end - 1] in " ,;:\n\t":
        end -= 1
    return (start, end - 1) if end > start + 1 and text[end - 1] == "." else (start, end)


def annotated(
    name: str, document: Mapping[str, Any]
) -> tuple[dict[tuple[int, int], tuple[str, ...]], set[tuple[int, int]]]:
    """The outermost named spans with their types, and the spans that count neither way."""
    text = document["text"]
    gold: dict[tuple[int, int], tuple[str, ...]] = {}
    other: set[tuple[int, int]] = set()
    reach = -1
    for one in sorted(document["mentions"], key=lambda m: (m["start"], -m["end"])):
        span = trimmed(text, one["start"], one["end"])
        inner = one["end"] <= reach if name == "gum_wikinews" else one.get("optional") or one.get("parent") is not None
        if one["kind"] == "named" and not inner and not (name != "gum_wikinews" and one.get("coref")):
            gold.setdefault(span, tuple(sorted(one["types"])))
            reach = max(reach, one["end"])
        elif one["kind"] == "named" or (one["kind"] == "nominal" and one["surface"][:1].isupper()):
            other.add(span)
    return gold, other - gold.keys()


def allowed(name: str, types: frozenset[str], features: Mapping[str, float]) -> tuple[frozenset[str], float] | None:
    """What a name may be by its annotation, and how much that counts; None when the annotation does not say."""
    if not types or types == {"crossed"} or (name == "aida_dev" and types == {"CreativeWork", "Product"}):
        return None
    unmarked = types == {"none"}
    if types == {"Misc"} or (unmarked and name == "ewt_dev"):  # these sets know no events and works
        for kind in ("Event", "CreativeWork"):
            if f"head {kind}" in features or f"famous {kind}" in features:
                return frozenset([kind]), 0.7
        return frozenset(["", "Event", "CreativeWork"]), 0.7 if unmarked else 1.0
    if unmarked:
        wider = ["", "CreativeWork"] if name == "gum_wikinews" else [""]
        return frozenset(wider), 0.5 if name == "aida_dev" else 0.7
    if types == {"Product"}:
        return frozenset([""]), 0.7
    return (types & KINDS, 1.0) if types & KINDS else None


# ---- the fit -----------------------------------------------------------------------------------------------------


def fitted(found: Iterable[Example], start: Mapping[str, Row]) -> dict[str, Row]:
    rows = list(found)
    texts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in rows:
        for feature in one.whole:
            texts[feature].add((one.set, one.text))
    features = sorted({feature for feature, seen in texts.items() if len(seen) >= LEAST} | start.keys())
    column = {feature: number for number, feature in enumerate(features)}
    number, index, value, want, weight = [], [], [], [], []
    for one in rows:
        for view, share in ((one.alone, 0.3), (one.whole, 1.0)):
            for feature, amount in view.items():
                if feature in column:
                    number.append(len(want))
                    index.append(column[feature])
                    value.append(amount)
            want.append([float(outcome in one.allowed) for outcome in OUTCOMES])
            weight.append(one.weight * share)
    at, to, by = np.array(number), np.array(index), np.array(value)
    target, share_of = np.array(want), np.array(weight)[:, None]
    prior = np.array([start.get(feature, (0.0,) * len(OUTCOMES)) for feature in features])
    free = np.array([0.0 if feature.startswith(("known CreativeWork", "known Event")) else 1.0 for feature in features])
    table = prior.copy()
    mean, square = np.zeros_like(table), np.zeros_like(table)
    for step in range(1, STEPS + 1):  # Adam
        scores = np.stack(
            [np.bincount(at, by * table[to, k], minlength=len(want)) for k in range(len(OUTCOMES))], axis=1
        )
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        chance = odds / odds.sum(axis=1, keepdims=True)
        hoped = chance * target
        error = (chance - hoped / np.maximum(hoped.sum(axis=1, keepdims=True), 1e-12)) * share_of
        slope = np.stack(
            [np.bincount(to, by * error[at, k], minlength=len(features)) for k in range(len(OUTCOMES))], axis=1
        ) + PRIOR * (table - prior)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope * slope
        pace = 0.08 if step < 0.6 * STEPS else 0.02
        table -= free[:, None] * pace * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return {feature: tuple(row) for feature, row in zip(features, table.tolist(), strict=True)}


def report(found: Iterable[Example]) -> None:
    seen: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    rows = weights()
    for one in found:
        if len(one.allowed) > 1 and "" in one.allowed:
            continue
        scores = [sum(rows[f][k] * v for f, v in one.whole.items() if f in rows) for k in range(len(OUTCOMES))]
        odds = [math.exp(score - max(scores)) for score in scores]
        best = max(range(len(KINDS)), key=lambda k: odds[k])
        chance = odds[best] / sum(odds)
        group = seen[min(int(chance * 10), 9)]
        group[0] += one.weight
        group[1] += one.weight * chance
        group[2] += one.weight * (OUTCOMES[best] in one.allowed)
    for tenth in sorted(seen):
        total, said, right = seen[tenth]
        print(f"{tenth / 10:.1f}: said {said / total:.2f}, right {right / total:.2f}, weight {total:.0f}")


if __name__ == "__main__":
    sys.exit(main())
