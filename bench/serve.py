"""Latency of pages and of SPARQL look-ups over real HTTP, and the resident memory of the serving processes.

``python bench/serve.py --times 4`` publishes the sample that many times, starts ``kg serve`` and measures with one
keep-alive connection. Pages are compared with a static file from the same server, queries with ``ASK {}``: the ratios
to these baselines say what rendering and looking up cost, whatever the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from ingest import documents

from kg import config, pipeline, shacl
from kg.store import Store

LOOKUP = """PREFIX schema: <http://schema.org/>
SELECT ?headline ?date WHERE {{ ?a schema:about|schema:mentions <{iri}> ; schema:headline ?headline
  OPTIONAL {{ ?a schema:datePublished ?date }} }}"""


def spread(milliseconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile and maximum."""
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(milliseconds)}


class Client:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers."""
        self.connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = self.connection.getresponse()
        return answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}

    def time(self, call: Callable[[], tuple[int, bytes, dict[str, str]]], status: int) -> float:
        """Milliseconds of one request that must have this status."""
        began = time.perf_counter()
        found = call()
        took = 1000 * (time.perf_counter() - began)
        if found[0] != status:
            sys.exit(f"status {found[0]} instead of {status}: {found[1][:300]!r}")
        return took


def resident(pid: int) -> dict[str, float]:
    """Resident MiB of a process and everything below it, by command."""
    children: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            names[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: dict[str, float] = {}
    todo = [pid]
    while todo:
        one = todo.pop()
        todo += children.get(one, [])
        pages = int((Path("/proc") / str(one) / "statm").read_text().split()[1])
        kind = re.search(r"kg\.engine\.(\w+)", names.get(one, ""))
        label = f"query {kind[1]}" if kind else "web"
        found[f"{label} {one}"] = pages * 4096 / 2**20
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=4, help="how often the sample is published")
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load(flags={"store": f"{folder}/store"})
        store = Store.create(settings.store, settings.base_iri)
        ingest = pipeline.Ingest(
            store=store,
            settings=settings,
            gate=shacl.Gate(shacl.ShapesGraph.load()),
            table=pipeline.table(settings),
            now=lambda: datetime.now(UTC),
            holder="bench",
        )
        stored = [o.iri for o in ingest.run(documents(options.times), batch=500) if o.iri]
        pages = [urlsplit(iri).path for iri in stored]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-c", "from kg.cli import main; main()", "--store", str(settings.store), "serve"]
        server = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL, cwd=folder)
        try:
            print(json.dumps(measure(port, server.pid, pages, options.requests), indent=2))
        finally:
            server.terminate()
            server.wait(20)


def measure(port: int, pid: int, pages: Sequence[str], requests: int) -> dict[str, object]:
    """All figures, in milliseconds and MiB."""
    for _ in range(200):
        try:
            if Client(port).get("/healthz")[0] == 200:
                break
        except OSError:
            time.sleep(0.1)
    client = Client(port)
    home = client.get("/")[1].decode()
    static = re.search(r'href="(/static/[^"]+\.css)"', home)
    things = sorted(set(re.findall(r'href="(/things/[^"?]+)"', home)))
    if static is None or not things:
        sys.exit("the home page has no style sheet or no things")
    base = f"http://127.0.0.1:{port}"
    iri = "http://127.0.0.1:8000" + things[0] + "#id"
    lookup = "/sparql?query=" + quote(LOOKUP.format(iri=iri))
    tags = {page: client.get(page)[2]["etag"] for page in pages[:20]}
    page = [client.time(lambda p=pages[n % len(pages)]: client.get(p), 200) for n in range(requests)]
    thing = [client.time(lambda p=things[n % len(things)]: client.get(p), 200) for n in range(requests)]
    turtle = [
        client.time(lambda p=pages[n % len(pages)]: client.get(p, Accept="text/turtle"), 200) for n in range(requests)
    ]
    kept = list(tags.items())
    again = [
        client.time(lambda pair=kept[n % len(kept)]: client.get(pair[0], If_None_Match=pair[1]), 304)
        for n in range(requests)
    ]
    file = [client.time(lambda: client.get(static[1]), 200) for _ in range(requests)]
    ask = [client.time(lambda: client.get("/sparql?query=ASK%7B%7D"), 200) for _ in range(requests)]
    rows = [client.time(lambda: client.get(lookup, Accept="text/csv"), 200) for _ in range(requests)]
    median = statistics.median
    return {
        "articles": len(pages),
        "base": base,
        "article page (HTML)": spread(page),
        "thing page (HTML)": spread(thing),
        "article as Turtle": spread(turtle),
        "article page, 304": spread(again),
        "static file (baseline of pages)": spread(file),
        "SPARQL look-up": spread(rows),
        "ASK {} (baseline of queries)": spread(ask),
        "ratio article page / static file": median(page) / median(file),
        "ratio 304 / static file": median(again) / median(file),
        "ratio look-up / ASK": median(rows) / median(ask),
        "resident MiB": resident(pid),
    }


if __name__ == "__main__":
    main()
