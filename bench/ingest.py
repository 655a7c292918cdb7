"""Ingest speed per core on the sample articles repeated, by step, with the pySHACL gate as the baseline.

``python bench/ingest.py --times 1000`` reads, annotates, builds, checks and publishes the sample that many times
(each copy under a path of its own, so each is an article of its own) in one process, and prints articles per second of
CPU and of wall time, the share of each step, and the ratio to the same path with pySHACL in place of the compiled gate.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kg import annotate, config, extract, graph, pipeline, shacl
from kg.model import Document, Rights, Run, Source
from kg.pipeline.naming import Names, Register
from kg.store import Store

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"
SOURCE = Source(name="bench", rights=Rights.LICENSED)


def documents(times: int) -> Iterator[Document]:
    """The sample, again and again, each copy an article of its own."""
    files = [(file.name, file.read_bytes()) for file in sorted(SAMPLE.glob("*.txt"))]
    for number in range(times):
        for name, data in files:
            yield Document(
                data=data + b"\n" * (number % 7), key=f"path:bench/{number}/{name}", origin=name, source=SOURCE
            )


class Clock:
    """CPU and wall seconds by step."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}

    def time(self, step: str, call: Callable[[], Any]) -> Any:
        began = time.process_time()
        made = call()
        self.cpu[step] = self.cpu.get(step, 0.0) + time.process_time() - began
        return made


def steps(settings: config.Settings, gate: shacl.Gate, sample: int) -> dict[str, float]:
    """CPU seconds per article of each step, on that many documents."""
    table = pipeline.table(settings)
    chain = annotate.defaults(table)
    clock = Clock()
    run = Run(agent="newsgraph", version="bench", time="2026-01-01T00:00:00Z", tables=table.digest)
    register = Register(lambda _: None, lambda _: False)
    names = Names(settings.iris, register, table)
    built: list[Any] = []
    chosen = [document for document, _ in zip(documents(1 + sample // 20), range(sample), strict=False)]
    for document in chosen:
        (article,) = clock.time("read", lambda d=document: extract.read(d))
        made = clock.time("annotate", lambda a=article: annotate.annotate(a, authority=table, annotators=chain))

        def name(made: Any = made, document: Document = document) -> Any:
            page = names.page([document.key], made.article.headline)
            return names.naming(made, page, version=1, previous=None)[0]

        naming = clock.time("name", name)
        built.append(
            clock.time(
                "build",
                lambda m=made, n=naming, d=document: graph.build(
                    m, n, document=d, iris=settings.iris, run=run, authority=table
                ),
            )
        )
    clock.time("check", lambda: gate.check(built))
    few = built[: max(2, min(6, len(built)))]
    for one in few:
        clock.time("check by pySHACL", lambda o=one: gate.check_by_oracle((*o.triples, *o.provenance)))
    result = {step: seconds / len(chosen) for step, seconds in clock.cpu.items()}
    result["check by pySHACL"] = clock.cpu["check by pySHACL"] / len(few)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=20, help="how often the sample is repeated")
    parser.add_argument("--batch", type=int, default=500, help="documents per publish")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load(flags={"base_iri": "https://bench.example", "store": f"{folder}/store"})
        gate = shacl.Gate(shacl.ShapesGraph.load())
        by_step = steps(settings, gate, sample=56)
        store = Store.create(settings.store, settings.base_iri)
        moment = iter(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n) for n in range(10**9))
        ingest = pipeline.Ingest(
            store=store,
            settings=settings,
            gate=gate,
            table=pipeline.table(settings),
            now=lambda: next(moment),
            holder="bench",
        )
        cpu, wall, count = time.process_time(), time.monotonic(), 0
        for outcome in ingest.run(documents(options.times), batch=options.batch):
            if outcome.status != "stored":
                sys.exit(f"{outcome.origin}: {outcome.status} {outcome.reason}")
            count += 1
            if count % 5000 == 0:
                print(f"  {count} articles, {count / (time.monotonic() - wall):.1f}/s", file=sys.stderr)
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        # A file that snapshots share by hard links counts once.
        files = [file.stat() for file in (settings.store / "snapshots").rglob("*") if file.is_file()]
        size = sum({(stat.st_dev, stat.st_ino): stat.st_size for stat in files}.values())
        quads = store.current().counts.quads
    per_article = cpu / count
    known = sum(seconds for step, seconds in by_step.items() if step != "check by pySHACL")
    slow = per_article - by_step["check"] + by_step["check by pySHACL"]
    made = {
        "articles": count,
        "articles per CPU second": count / cpu,
        "articles per second": count / wall,
        "quads": quads,
        "quads per article": quads / count,
        "peak resident MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "bytes of the kept snapshots": size,
        "milliseconds per article": {
            **{step: 1000 * seconds for step, seconds in by_step.items()},
            "publish and the rest": 1000 * (per_article - known),
        },
        "times faster than with pySHACL as the gate": slow / per_article,
    }
    if options.json:
        print(json.dumps(made))
        return
    for key, value in made.items():
        if isinstance(value, dict):
            print(key)
            for step, milliseconds in value.items():
                print(f"  {step:<24} {milliseconds:10.2f}")
        else:
            print(f"{key:<44} {value:12.1f}")


if __name__ == "__main__":
    main()
