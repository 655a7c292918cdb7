"""How long one publish takes, by the size of the store, and what readers notice meanwhile.

    python bench/publish.py --sizes 1000,10000,50000 --publishes 100 [--no-settle] [--json FILE]

Articles are made up (about 160 quads each, default graph included). Each size is bulk-loaded, then N
single-article updates are published while a second thread reads one article at a time through a follower. Figures
are milliseconds (cpu: of the whole process, readers and compaction included); ratios compare with the first size of
the same run, so the machine's load cancels out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "unit"))

from pyoxigraph import NamedNode, Quad
from store_fixture import BASE, IRIS, at, document, graphs, page, store_article

from kg.store import Follower, Store
from kg.store.contents import key_node
from kg.vocab import NKG


def percentiles(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    if not ordered:
        return {}
    at_share = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {
        name: round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * q))], 1) for name, q in at_share.items()
    }


def load(store: Store, articles: int, size: int) -> float:
    """Seconds taken. The quads go past the draft's log, straight into the files: only a benchmark may do that."""
    started = time.perf_counter()
    with store.begin(time=at(0), holder="bench") as draft:
        draft.rdf.bulk_extend(quads(articles, size))
        for number in range(articles):
            draft.index(document(number))
        draft.commit()
    store.settle()
    return time.perf_counter() - started


def quads(articles: int, size: int) -> Iterator[Quad]:
    for number in range(articles):
        made = graphs(number, size=size)
        yield Quad(key_node(IRIS, f"guid:{number}"), NKG.identifies, NamedNode(made.page), IRIS.keys_graph)
        for kind, triples in made.by_kind():
            name = IRIS.graph(made.page, kind)
            for t in triples:
                yield Quad(t.subject, t.predicate, t.object, name)
                yield Quad(t.subject, t.predicate, t.object)
        for t in made.provenance:
            yield Quad(t.subject, t.predicate, t.object, IRIS.prov_graph)


def reading(follower: Follower, articles: int, stop: threading.Event, out: list[float]) -> None:
    number = 0
    while not stop.is_set():
        number = (number + 7919) % articles
        started = time.perf_counter()
        with follower.reader() as reader:
            found = sum(1 for _ in reader.rdf.quads_for_pattern(IRIS.of_page(page(number)), None, None, None))
        out.append(time.perf_counter() - started)
        if not found:
            raise AssertionError(f"{page(number)} is missing")
        time.sleep(0.002)


def measure(folder: Path, articles: int, publishes: int, *, size: int, settle: bool, keep: int) -> dict[str, object]:
    store = Store.create(folder, BASE)
    loaded = load(store, articles, size)
    follower = store.follower()
    stop = threading.Event()
    latencies: list[float] = []
    thread = threading.Thread(target=reading, args=(follower, articles, stop, latencies))
    thread.start()
    took: list[float] = []
    cpu: list[float] = []
    prunes: list[float] = []
    most = 0
    with store.settling() as published:
        for number in range(publishes):
            started, worked = time.perf_counter(), time.process_time()
            with store.begin(time=at(1 + number), holder="bench") as draft:
                store_article(draft, (number * 31) % articles, version=2 + number, size=size)
                info = draft.commit()
            took.append(time.perf_counter() - started)
            cpu.append(time.process_time() - worked)
            if settle:
                published.set()
            most = max(most, sum(1 for _ in (folder / "snapshots" / info.id / "rdf").glob("*.sst")))
            started = time.perf_counter()
            store.prune(keep_last=keep, time=at(1 + number))
            prunes.append(time.perf_counter() - started)
    stop.set()
    thread.join()
    follower.close()
    with store.reader() as reader:
        quads_there = len(reader.rdf)
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {
        "articles": articles,
        "quads": quads_there,
        "load seconds": round(loaded, 1),
        "publish ms": percentiles(took),
        "publish cpu ms": percentiles(cpu),
        "prune ms": percentiles(prunes),
        "read ms": percentiles(latencies),
        "reads": len(latencies),
        "sst files, most": most,
        "files": len(files),
        "bytes": sum({file.stat().st_ino: file.stat().st_blocks * 512 for file in files}.values()),
        "bytes of one snapshot": sum(
            file.stat().st_size for file in (folder / "snapshots" / info.id).rglob("*") if file.is_file()
        ),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", default="1000,10000,50000", help="numbers of articles, the first is the baseline")
    arguments.add_argument("--publishes", type=int, default=100)
    arguments.add_argument("--size", type=int, default=16, help="statements per article")
    arguments.add_argument("--keep", type=int, default=5, help="snapshots kept")
    arguments.add_argument("--no-settle", action="store_true", help="without compaction in the background")
    arguments.add_argument("--json", type=Path, help="write the figures here too")
    given = arguments.parse_args()
    results = []
    for articles in (int(text) for text in given.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            row = measure(
                Path(folder) / "store",
                articles,
                given.publishes,
                size=given.size,
                settle=not given.no_settle,
                keep=given.keep,
            )
        results.append(row)
        print(json.dumps(row))
        first = results[0]
        if row is not first:
            for what in ("publish ms", "publish cpu ms", "read ms"):
                ratio = {name: round(row[what][name] / first[what][name], 2) for name in row[what]}  # type: ignore[index]
                print(f"  {what} against {first['articles']} articles: {ratio}")
    if given.json:
        given.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
