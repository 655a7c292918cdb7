"""Articles per second of the gate and of pySHACL, in the same run on the same articles.

    python bench/gate.py [--articles 256] [--oracle 3]

Each article is tests/unit/shacl_fixture.ttl under IRIs of its own. Figures are CPU seconds of this process, because the
machine may be shared; the ratio is what travels between machines. Results are printed as one JSON object.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from pathlib import Path

import pyoxigraph
import pyshacl
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from kg.model import ArticleGraphs
from kg.shacl import Gate, ShapesGraph

FIXTURE = Path(__file__).resolve().parent.parent / "tests" / "unit" / "shacl_fixture.ttl"


def renamed(triples: list[Triple], number: int) -> list[Triple]:
    """The article as another one: every IRI of the publication gets the number."""

    def term(node: object) -> object:
        if isinstance(node, NamedNode) and node.value.startswith("https://news.example/"):
            return NamedNode(node.value.replace("https://news.example/", f"https://news.example/{number}/", 1))
        return node

    return [Triple(term(t.subject), t.predicate, term(t.object)) for t in triples]


def main() -> int:
    """Runs the comparison and prints the figures; 1 when the two engines disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=256, help="articles the gate checks")
    parser.add_argument("--oracle", type=int, default=3, help="articles pySHACL checks")
    arguments = parser.parse_args()
    triples = [q.triple for q in parse(path=str(FIXTURE), format=RdfFormat.TURTLE)]
    articles = [renamed(triples, n) for n in range(arguments.articles)]
    gate = Gate(ShapesGraph.load())
    graphs = [ArticleGraphs(f"https://news.example/{n}/", tuple(a), (), (), ()) for n, a in enumerate(articles)]
    gate.check(graphs[:1])

    start = time.process_time()
    reports = gate.check(graphs)
    mine = (time.process_time() - start) / len(articles)

    start = time.process_time()
    alone = tuple(gate.check([g])[0] for g in graphs[: max(arguments.articles // 4, 1)])
    single = (time.process_time() - start) / len(alone)

    start = time.process_time()
    oracle = tuple(gate.check_by_oracle(a) for a in articles[: arguments.oracle])
    theirs = (time.process_time() - start) / max(len(oracle), 1)

    print(
        json.dumps(
            {
                "python": platform.python_version(),
                "pyoxigraph": pyoxigraph.__version__,
                "pyshacl": pyshacl.__version__,
                "triples_per_article": len(triples),
                "gate_articles_per_second": round(1 / mine, 1),
                "gate_articles_per_second_one_at_a_time": round(1 / single, 1),
                "pyshacl_articles_per_second": round(1 / theirs, 3),
                "ratio": round(theirs / mine, 1),
                "same_reports": reports[: len(oracle)] == oracle and reports[: len(alone)] == alone,
            },
            indent=2,
        )
    )
    return 0 if reports[: len(oracle)] == oracle else 1


if __name__ == "__main__":
    sys.exit(main())
