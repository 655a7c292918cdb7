"""A whole store checked, against pySHACL on the same triples in the same run.

    python bench/shacl.py [--articles 1000] [--errors 1.0] [--pyshacl] [--disk] [--jobs 2]
    python bench/shacl.py --data FILE.nt --shapes FILE.ttl …

The data are the graphs of news.py with the shapes of news_shapes.ttl, or files. Figures are CPU seconds of the check
alone, the shapes and the data read before; ``rss_mb`` is the peak of the process that holds the store, loading
included. pySHACL runs in a process of its own, over rdflib's graph in memory; its peak includes the table that leads
back from rdflib's terms. Results are compared as multisets of (focus node, path, value, component, severity, source
shape); the script ends with 1 when they differ. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import news
import pyoxigraph
from pyoxigraph import Quad, RdfFormat, Store, Triple, parse, serialize

from kg.shacl import ShapesGraph
from kg.shacl.reading import read_roots
from kg.shacl.stamp import Finding, Stamp
from kg.shacl.view import Node
from kg.shacl.whole import Whole

Results = Counter[tuple[str, ...]]
_SLOWEST = 10


def results(findings: Iterable[Finding]) -> Results:
    """The results as values that two processes can compare."""
    return Counter((str(f), str(p), str(v), m.component, m.severity, str(m.source)) for f, p, v, m in findings)


def peak() -> int:
    """The peak memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def triples(arguments: argparse.Namespace) -> Iterator[Triple]:
    """The data."""
    if arguments.data is not None:
        return (q.triple for q in parse(path=str(arguments.data), format=RdfFormat.N_TRIPLES))
    return news.News(arguments.articles, arguments.errors, arguments.seed).triples()


def shapes(arguments: argparse.Namespace) -> ShapesGraph:
    """The shapes, with the classes of the data."""
    classes = [t for t in triples(arguments) if t.predicate == news.SUBCLASS] if arguments.data else news.classes()
    ontology = serialize(classes, format=RdfFormat.N_TRIPLES) or b""
    file = arguments.shapes
    return ShapesGraph.parse([(str(file), file.read_bytes())], ontology=[("classes.nt", ontology)])


def by_pyshacl(arguments: argparse.Namespace, graph: ShapesGraph, out: Path) -> None:
    """Runs pySHACL and writes its figures and results to a file."""
    import pyshacl
    import rdflib

    from kg.shacl import oracle

    validate, seconds = pyshacl.validate, 0.0

    def timed(data: rdflib.Graph, **options: object) -> object:
        nonlocal seconds
        # The oracle's own graph reads each query once; the baseline is pySHACL as it comes.
        plain = rdflib.Graph()
        for triple in data:
            plain.add(triple)
        start = time.process_time()
        try:
            return validate(plain, **options)  # type: ignore[arg-type]
        finally:
            seconds += time.process_time() - start

    pyshacl.validate = timed  # type: ignore[assignment]

    def stamp(shape: Node, component: str, _constraint: Node | None) -> Stamp:
        return Stamp("", "", "", "", component, shape)

    found = results(oracle.find(graph, triples(arguments), stamp))
    out.write_text(
        json.dumps(
            {
                "cpu_seconds": round(seconds, 2),
                "rss_mb": peak(),
                "results": found.total(),
                "version": pyshacl.__version__,
                "rows": [[*row, count] for row, count in found.items()],
            }
        )
    )


def check(whole: Whole, store: Store, jobs: int) -> tuple[dict[str, object], list[Finding]]:
    """One check: its figures, and what it found."""
    times: list[tuple[float, str]] = []
    wall = last = time.perf_counter()
    start = time.process_time()

    def progress(_done: int, _total: int, label: str) -> None:
        nonlocal last
        now = time.perf_counter()
        times.append((now - last, label))
        last = now

    found = whole.check(store, jobs=jobs, progress=progress)
    figures: dict[str, object] = {
        "cpu_seconds": round(time.process_time() - start, 3),
        "wall_seconds": round(time.perf_counter() - wall, 3),
        "results": len(found),
    }
    if jobs == 1:
        slowest = sorted(times, reverse=True)[:_SLOWEST]
        figures["slowest_ms"] = {label: round(seconds * 1000, 1) for seconds, label in slowest}
    return figures, found


def main() -> int:
    """Runs the checks and prints the figures; 1 when two of them disagree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--errors", type=float, default=1.0, help="share of things with a fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="N-Triples instead of synthetic news")
    parser.add_argument("--shapes", type=Path, default=news.SHAPES)
    parser.add_argument("--pyshacl", action="store_true", help="run the baseline too")
    parser.add_argument("--disk", action="store_true", help="check a store on disk too")
    parser.add_argument("--jobs", type=int, default=0, help="check with so many threads too")
    parser.add_argument("--plan", action="store_true", help="print how each unit is checked, and end")
    arguments = parser.parse_args()
    graph = shapes(arguments)
    whole = Whole(read_roots(graph))
    if arguments.plan:
        print(whole.plan(), end="")
        return 0
    figures: dict[str, object] = {
        "python": platform.python_version(),
        "pyoxigraph": pyoxigraph.__version__,
        "units": len(whole.units),
        "units_not_narrowed": [u.label for u in whole.units if not u.narrowed],
    }
    equal: dict[str, bool] = {}
    with tempfile.TemporaryDirectory() as folder:
        baseline = Path(folder) / "pyshacl.json"
        if arguments.pyshacl:
            # A fork, so that blank nodes of the shapes are the same; before there is a store to inherit.
            child = multiprocessing.get_context("fork").Process(target=by_pyshacl, args=(arguments, graph, baseline))
            child.start()
            child.join()
        store = Store()
        store.bulk_extend(Quad(t.subject, t.predicate, t.object) for t in triples(arguments))
        figures["triples"] = len(store)
        figures["memory"], found = check(whole, store, 1)
        figures["rss_mb"] = peak()
        wanted = results(found)
        if arguments.jobs:
            figures[f"memory_{arguments.jobs}_threads"], again = check(whole, store, arguments.jobs)
            equal["threads"] = again == found
        del store
        if arguments.disk:
            place = str(Path(folder) / "store")
            store = Store(place)
            store.bulk_extend(Quad(t.subject, t.predicate, t.object) for t in triples(arguments))
            store.optimize()
            del store
            figures["disk"], again = check(whole, Store.read_only(place), 1)
            equal["disk"] = again == found
        if arguments.pyshacl:
            theirs = json.loads(baseline.read_text())
            rows = Counter({tuple(row[:-1]): row[-1] for row in theirs.pop("rows")})
            equal["pyshacl"] = rows == wanted
            figures["pyshacl"] = theirs
            figures["differences"] = [list(row) for row in ((rows - wanted) + (wanted - rows))][:5]
            for name in ("memory", "disk"):
                if isinstance(mine := figures.get(name), dict):
                    figures[f"ratio_{name}"] = round(theirs["cpu_seconds"] / mine["cpu_seconds"], 1)
    figures["equal"] = equal
    print(json.dumps(figures, indent=2))
    return 0 if all(equal.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
