"""How many copies are found, and how many different articles are taken for copies.

    python bench/copies.py [--texts FILE.jsonl ...]

Every text of at least 60 words (default: the sample articles; ``--texts`` adds JSON Lines with a ``text`` each) is
published in a store, then copies of it: 5, 10 and 20 per cent of its words replaced by words of the other texts; cut to
its first 60 per cent; a new first paragraph before it. Recall is the share of copies in the group of their original.
A false group is an original that is grouped with another original; ``named`` shows the pairs, for looking at them: two
articles of a collection may well be copies. The baseline is exact: the same pairs of words compared set by set.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import random
import re
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kg import extract, resources
from kg.model import Article, Document, Paragraph, Rights, Source
from kg.pipeline import copies
from kg.store import Store
from kg.vocab import NKG

SHARES = (0.05, 0.1, 0.2)
BASE = "https://news.example"


def sample() -> Iterator[str]:
    """The bodies of the sample articles."""
    for path in sorted(resources.path("data/sample").glob("*.txt")):
        for article in extract.read(Document(path.read_bytes(), path.name, path.name)):
            yield article.body


def texts(files: list[Path]) -> Iterator[str]:
    """The texts of JSON Lines."""
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            yield str(json.loads(line)["text"])


def reworded(text: str, share: float, vocabulary: list[str], rng: random.Random) -> str:
    """The text with that share of its words replaced."""
    parts = re.split(r"(\W+)", text)
    places = range(0, len(parts), 2)
    for at in rng.sample(places, int(share * len(places))):
        parts[at] = rng.choice(vocabulary)
    return "".join(parts)


def variants(text: str, vocabulary: list[str], rng: random.Random) -> Iterator[tuple[str, str]]:
    """Copies as papers make them."""
    for share in SHARES:
        yield f"{share:.0%} of the words", reworded(text, share, vocabulary, rng)
    words = text.split(" ")
    yield "first 60 %", " ".join(words[: int(0.6 * len(words))])
    lead = " ".join(rng.choice(vocabulary) for _ in range(40))
    yield "another first paragraph", f"{lead}.\n\n{text}"


def exact(one: str, other: str) -> bool:
    """The baseline: the sets themselves, compared."""
    sets = [set(itertools.pairwise(re.findall(r"\w+", text.casefold()))) for text in (one, other)]
    return len(sets[0] & sets[1]) / max(1, len(sets[0] | sets[1])) >= copies.COPIES


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    originals = [text for text in dict.fromkeys((*sample(), *texts(given.texts))) if len(text.split()) >= 60]
    vocabulary = [word for text in originals for word in re.findall(r"\w+", text)]
    source = Source("bench", Rights.LICENSED)
    found: dict[str, list[bool]] = {}
    base: dict[str, list[bool]] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create(Path(folder) / "store", BASE)
        with store.begin(time=datetime(2026, 1, 1, tzinfo=UTC), holder="bench") as draft:

            def put(name: str, text: str) -> str:
                page = f"{BASE}/articles/{name}"
                copies.group(draft, page, Article("A", (Paragraph(text),)), source)
                return page

            def lead(page: str) -> str:
                node = draft.iris.of_page(page)
                rows = draft.rdf.quads_for_pattern(node, NKG.copyOf, None, draft.iris.things_graph)
                return next((q.object.value for q in rows), node.value)

            started = time.process_time()
            pages = [put(f"original-{n:05}", text) for n, text in enumerate(originals)]
            spent = time.process_time() - started
            false = [
                (n, next(m for m, p in enumerate(pages) if f"{p}#id" == lead(page)))
                for n, page in enumerate(pages)
                if lead(page) != f"{page}#id"
            ]
            for n, text in enumerate(originals):
                for number, (name, changed) in enumerate(variants(text, vocabulary, rng)):
                    page = put(f"original-{n:05}-{number}", changed)
                    found.setdefault(name, []).append(lead(page) == lead(pages[n]))
                    base.setdefault(name, []).append(exact(text, changed))
            for n, m in false:
                print(f"grouped: {originals[n][:90]!r} and {originals[m][:90]!r}")
            figures = {
                "articles": len(originals),
                "too_short_for_a_sketch": sum(not copies.sketch(Article("A", (Paragraph(t),))) for t in originals),
                "pairs": len(originals) * (len(originals) - 1) // 2,
                "false_groups": len(false),
                "false_groups_exact": sum(exact(originals[n], originals[m]) for n, m in false),
                "recall": {name: round(sum(hits) / len(hits), 4) for name, hits in found.items()},
                "recall_exact": {name: round(sum(hits) / len(hits), 4) for name, hits in base.items()},
                "cpu_ms_per_article": round(1000 * spent / len(originals), 2),
            }
        gc.collect()
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
