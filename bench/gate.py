"""One article's verdict and articles per second of the gate, with pySHACL in the same run on the same articles.

    python bench/gate.py [--articles 400] [--oracle 3] [--json]

Three pairs of articles and shapes: synthetic articles (news.py) with our own shapes and with the 134 constraints of
news_shapes.ttl, and the sample articles as the pipeline builds them with our own shapes. A figure starts from triples
in memory, so indexing an article counts. ``alone`` is one article by itself, in milliseconds; ``in a row`` is one after
the other without a pause. Figures are CPU seconds of this process, because the machine may be shared; the ratio is what
travels between machines. The exit code is 1 when a result differs from pySHACL's.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import news
import pyoxigraph
import pyshacl
from ingest import SAMPLE, SOURCE
from pyoxigraph import RdfFormat, Triple, serialize

from kg import annotate, config, extract, graph, pipeline
from kg.model import Document, Run
from kg.pipeline.naming import Names, Register
from kg.shacl import ShapesGraph, oracle
from kg.shacl.alone import Alone
from kg.shacl.reading import read_roots
from kg.shacl.stamp import Finding, Stamp
from kg.shacl.view import MemoryView, Node

#: The parts of an article: its triples, or those of its four graphs.
Parts = tuple[Sequence[Triple], ...]


def synthetic(count: int) -> list[Parts]:
    """So many synthetic articles, each with what it names; one in fifty things has a fault."""
    return [(triples,) for _, triples in news.News(count, errors=0.02).documents()]


def sample() -> list[Parts]:
    """The sample articles as the pipeline builds them."""
    settings = config.load(flags={"base_iri": "https://bench.example"})
    table = pipeline.table(settings)
    chain = annotate.defaults(table)
    run = Run(agent="newsgraph", version="bench", time="2026-01-01T00:00:00Z", tables=table.digest)
    names = Names(settings.iris, Register(lambda _: None, lambda _: False), table)
    made: list[Parts] = []
    for file in sorted(SAMPLE.glob("*.txt")):
        document = Document(data=file.read_bytes(), key=f"path:bench/{file.name}", origin=file.name, source=SOURCE)
        (article,) = extract.read(document)
        annotated = annotate.annotate(article, authority=table, annotators=chain)
        page = names.page((document.key,), annotated.article.headline)
        naming, _ = names.naming(annotated, page, version=1, previous=None)
        g = graph.build(annotated, naming, document=document, iris=settings.iris, run=run, authority=table)
        made.append((g.content, g.facts, g.annotations, g.provenance))
    return made


def measured(shapes: ShapesGraph, articles: list[Parts], rounds: int) -> dict[str, float]:
    """Milliseconds and articles per second, each the best of some rounds: disturbances only slow down."""
    began = time.process_time()
    alone = Alone(read_roots(shapes))
    compiling = time.process_time() - began
    for parts in articles[:20]:
        alone.check(MemoryView(*parts))
    each = [float("inf")] * len(articles)
    row = float("inf")
    gc.collect()
    for _ in range(rounds):
        for i, parts in enumerate(articles):
            began = time.process_time()
            alone.check(MemoryView(*parts))
            each[i] = min(each[i], time.process_time() - began)
        began = time.process_time()
        for parts in articles:
            alone.check(MemoryView(*parts))
        row = min(row, time.process_time() - began)
    return {
        "triples per article": round(sum(len(p) for a in articles for p in a) / len(articles), 1),
        "compiling, ms": round(1000 * compiling, 1),
        "alone, median ms": round(1000 * statistics.median(each), 3),
        "alone, 95th percentile ms": round(1000 * statistics.quantiles(each, n=20)[-1], 3),
        "in a row, articles/s": round(len(articles) / row, 0),
    }


def compared(shapes: ShapesGraph, articles: list[Parts]) -> dict[str, float | bool]:
    """pySHACL on the same articles, and whether both give the same results as often."""
    alone = Alone(read_roots(shapes))
    spent, results, same = 0.0, 0, True
    for parts in articles:
        triples = [t for part in parts for t in part]
        began = time.process_time()
        theirs = oracle.find(shapes, triples, _unstamped)
        spent += time.process_time() - began
        mine = alone.check(MemoryView(*parts))
        results += len(mine)
        same = same and _rows(mine) == _rows(theirs)
    return {
        "pySHACL, ms": round(1000 * spent / len(articles), 1),
        "results compared": results,
        "same results": same,
    }


def _unstamped(shape: Node, component: str, _constraint: Node | None) -> Stamp:
    return Stamp("", "", "", "", component, shape)


def _rows(findings: Iterable[Finding]) -> Counter[tuple[str, ...]]:
    """What is compared: focus node, path, value, component, severity and source shape."""
    return Counter((str(f), str(p), str(v), s.component, s.severity, str(s.source)) for f, p, v, s in findings)


def main() -> int:
    """Runs the comparison and prints the figures; 1 when the two engines disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=400, help="synthetic articles")
    parser.add_argument("--oracle", type=int, default=3, help="articles of each kind that pySHACL checks")
    parser.add_argument("--rounds", type=int, default=5, help="how often each article is checked")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args()
    own = ShapesGraph.load()
    classes = serialize(news.classes(), format=RdfFormat.N_TRIPLES) or b""
    others = ShapesGraph.parse([(news.SHAPES.name, news.SHAPES.read_bytes())], ontology=[("classes", classes)])
    made = synthetic(options.articles)
    figures: dict[str, dict[str, Any]] = {}
    for name, shapes, articles, asked in (
        ("synthetic articles, own shapes", own, made, options.oracle),
        ("synthetic articles, 134 constraints", others, made, options.oracle),
        ("sample articles, own shapes", own, sample(), min(options.oracle, 1)),
    ):
        found: dict[str, Any] = measured(shapes, articles, options.rounds)
        if asked:
            found |= compared(shapes, articles[:asked])
            found["times faster than pySHACL"] = round(found["pySHACL, ms"] / found["alone, median ms"], 0)
        figures[name] = found
    versions = {
        "python": platform.python_version(),
        "pyoxigraph": pyoxigraph.__version__,
        "pyshacl": pyshacl.__version__,
    }
    if options.json:
        print(json.dumps({"versions": versions, "figures": figures}, indent=2))
    else:
        print(", ".join(f"{name} {version}" for name, version in versions.items()))
        for name, found in figures.items():
            print(name)
            for key, value in found.items():
                print(f"  {key:<28} {value!s:>12}")
    return 0 if all(found.get("same results", True) for found in figures.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
