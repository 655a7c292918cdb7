"""The SPARQL endpoint against Oxigraph's own server on the same triples, in the same run.

    python bench/sparql.py --articles 26000 [--clients 1,8] [--seconds 8] [--rounds 3] [--workers 2] [--storm 200]

The triples are those of news.py (38 an article: 26,000 articles are a million, 131,000 five million). ``oxigraph``
(the server, ``pip install oxigraph``) has them in its default graph, and so has a snapshot that ``kg serve`` serves.
Clients are processes with one keep-alive connection each; every question is about other things, so that no answer
repeats, but for ``repeated``, which is one question again and again. Engines take turns; a figure is the median of the
rounds, and ``ratio`` is ours over Oxigraph's (queries a second: higher is better). ``cpu`` is CPU milliseconds a query
of all serving processes, which other load on the machine disturbs less. Then: seconds to the first byte of a long
answer beyond Oxigraph's, and article pages beside a storm of heavy queries against pages on an idle server.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "unit"))

import news
from pyoxigraph import Quad, RdfFormat, Triple, serialize
from store_fixture import BASE, at, page, store_article

from kg.store import Store

Queue = multiprocessing.Queue  # type: ignore[type-arg]
YEAR = "http://www.w3.org/2001/XMLSchema#gYear"
PREFIX = "PREFIX s: <http://schema.org/> "
#: Articles of the publication itself, whose pages are read beside the queries.
PAGES = 50
HEAVY = PREFIX + "SELECT (COUNT(*) AS ?n) { ?a s:keywords ?k . ?b s:keywords ?k . ?c s:keywords ?k FILTER(?n != %d) }"


def thing(kind: str, number: int) -> str:
    return f"<{news.HOME}{kind}/{number}>"


@dataclass(frozen=True)
class Mix:
    """Questions of each kind about things that there are."""

    graph: news.News

    def question(self, kind: str, chance: random.Random) -> tuple[str, str]:
        """A query and the media type its answer is asked for in. ``kind`` may end in a number: of how many things."""
        kind, _, number = kind.partition(":")
        count, g, some = int(number or 1), self.graph, chance.randrange

        def things(kind: str, there: int) -> str:
            return " ".join(thing(kind, one) for one in chance.sample(range(there), min(count, there)))

        person, place = thing("person", some(g.people)), thing("place", some(g.places))
        table = "application/sparql-results+json"
        if kind == "repeated":
            return f"{PREFIX}SELECT ?k (COUNT(?a) AS ?n) {{ ?a s:keywords ?k }} GROUP BY ?k ORDER BY ?k", table
        if kind == "look-up":
            text = f"SELECT ?h ?d {{ ?a s:mentions {person} ; s:headline ?h ; s:datePublished ?d }}"
        elif kind == "look-ups":  # by value: one year has a fourteenth of the articles
            least = 120 + some(2000)
            years = " ".join(f'"{one}"^^<{YEAR}>' for one in chance.sample(range(2012, 2026), min(count, 14)))
            text = (
                f"SELECT ?a ?h ?w {{ VALUES ?y {{ {years} }} ?a s:copyrightYear ?y ; s:wordCount ?w "
                f"FILTER(?w >= {least} && ?w < {least + 40 + some(40)}) ?a s:headline ?h }}"
            )
        elif kind == "join":
            text = (
                f"SELECT ?a ?h ?n {{ VALUES ?o {{ {things('organisation', g.organisations)} }} ?p s:affiliation ?o . "
                f"?a s:author ?p ; s:headline ?h ; s:contentLocation ?l . ?l s:name ?n FILTER(?l != {place}) }}"
            )
        elif kind == "aggregation":
            text = (
                f"SELECT ?s (COUNT(?a) AS ?n) (AVG(?w) AS ?m) {{ VALUES ?c {{ "
                f"{things('place', max(1, g.places // 10))} }} ?l s:containedInPlace ?c . ?a s:contentLocation ?l ; "
                f"s:articleSection ?s ; s:wordCount ?w FILTER(?w > {some(2000)}) }} GROUP BY ?s"
            )
        elif kind == "construct":
            text = (
                f"CONSTRUCT {{ ?a ?p ?o }} {{ VALUES ?e {{ {things('event', g.events)} }} ?a s:about ?e ; ?p ?o "
                f"FILTER(?o != {place}) }}"
            )
            table = "text/turtle"
        else:
            raise ValueError(kind)
        return PREFIX + text, table


#: Of each kind a small one, one of 5 to 10 milliseconds on a million triples, and one of 20 to 50; all of other things.
KINDS = (
    *("look-up", "look-ups:1", "look-ups:5", "join", "join:4", "join:16"),
    *("aggregation", "aggregation:8", "aggregation:30", "construct", "construct:4", "repeated"),
)


@dataclass(frozen=True)
class Server:
    """A server that answers at ``port`` under ``path``; ``pid`` is the root of its processes."""

    port: int
    path: str
    pid: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(command: list[str], port: int, path: str, folder: Path) -> Iterator[Server]:
    """The server, once it answers; stopped at the end."""
    with (folder / f"log-{port}").open("wb") as log:
        popen = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            for _ in range(600):
                try:
                    if ask(port, path, "ASK {}", "application/sparql-results+json")[0] == 200:
                        break
                except OSError:
                    pass
                time.sleep(0.1)
            else:
                sys.exit(f"{command[0]} does not answer: {(folder / f'log-{port}').read_text()[-500:]}")
            yield Server(port, path, popen.pid)
        finally:
            popen.terminate()
            try:
                popen.wait(20)
            except subprocess.TimeoutExpired:
                popen.kill()
                popen.wait()


def ask(port: int, path: str, text: str, accept: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", f"{path}?query={quote(text)}", headers={"Accept": accept})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def family(pid: int) -> list[int]:
    """The process and everything below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo += children.get(one, [])
    return found


def cpu_seconds(pid: int) -> float:
    total = 0
    for one in family(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])
    return total / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    total = 0.0
    for one in family(pid):
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * 4096 / 2**20
        except OSError:
            continue
    return total


def client(
    server: Server, articles: int, kind: str, seed: int, seconds: float, out: multiprocessing.Queue[object]
) -> None:
    """One client process: questions one after the other until the time is over."""
    mix, chance = Mix(news.News(articles)), random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    took: list[float] = []
    size = failed = 0
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        text, accept = mix.question(kind, chance)
        connection.request("GET", f"{server.path}?query={quote(text)}", headers={"Accept": accept})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == 200:
            took.append(time.perf_counter() - begun)
            size += len(body)
        else:
            failed += 1
    out.put((took, size, failed))


def load(server: Server, articles: int, kind: str, clients: int, seed: int, seconds: float) -> dict[str, float]:
    """Queries a second, CPU and latencies in milliseconds of so many clients at once."""
    out: Queue = multiprocessing.Queue()
    before = cpu_seconds(server.pid)
    ones = [
        multiprocessing.Process(
            target=client, args=(server, articles, kind, (seed * 100 + clients) * 100 + n, seconds, out)
        )
        for n in range(clients)
    ]
    for one in ones:
        one.start()
    results = [out.get() for _ in ones]
    for one in ones:
        one.join()
    took = sorted(t for r in results for t in r[0])  # type: ignore[index]
    failed = sum(r[2] for r in results)  # type: ignore[index]
    if failed or not took:
        sys.exit(f"{kind}: {failed} failed of {failed + len(took)} at port {server.port}")
    return {
        "queries/s": len(took) / seconds,
        "cpu": 1000 * (cpu_seconds(server.pid) - before) / len(took),
        "p50": 1000 * took[len(took) // 2],
        "p99": 1000 * took[int(len(took) * 0.99)],
        "bytes": sum(r[1] for r in results) / len(took),  # type: ignore[index]
    }


def throughput(ours: Server, theirs: Server, options: argparse.Namespace) -> dict[str, object]:
    found: dict[str, object] = {}
    for kind in options.kinds.split(","):
        for clients in options.clients:
            rounds: dict[str, list[dict[str, float]]] = {"kg": [], "oxigraph": []}
            for number in range(options.rounds):
                for name, server in (("kg", ours), ("oxigraph", theirs)):
                    rounds[name].append(load(server, options.articles, kind, clients, number, options.seconds))
            row: dict[str, object] = {}
            for name, made in rounds.items():
                row[name] = {key: round(statistics.median(one[key] for one in made), 2) for key in made[0]}
            for key, name in (("queries/s", "ratio"), ("cpu", "cpu ratio")):
                pairs = zip(rounds["kg"], rounds["oxigraph"], strict=True)
                row[name] = round(statistics.median(a[key] / b[key] for a, b in pairs if b[key]), 2)
            found[f"{kind}, {clients} clients"] = row
            print(f"{kind}, {clients} clients: {json.dumps(row)}", file=sys.stderr)
    return found


def first_byte(server: Server, text: str) -> tuple[float, float, int]:
    """Seconds to the first byte of the body and to the last one, and how many there are."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    begun = time.perf_counter()
    connection.request(
        "GET", f"{server.path}?{urlencode({'query': text})}", headers={"Accept": "text/tab-separated-values"}
    )
    answer = connection.getresponse()
    if answer.status != 200:
        sys.exit(f"the long answer: {answer.status} {answer.read()[:300]!r}")
    size = len(answer.read(1))
    first = time.perf_counter() - begun
    while chunk := answer.read(2**18):
        size += len(chunk)
    connection.close()
    return first, time.perf_counter() - begun, size


def long_answers(ours: Server, theirs: Server, rounds: int) -> dict[str, object]:
    text = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 1000000"
    made: dict[str, list[tuple[float, float, int]]] = {"kg": [], "oxigraph": []}
    for number in range(rounds):
        for name, server in (("kg", ours), ("oxigraph", theirs)):
            made[name].append(first_byte(server, text + " " * number))  # another text: nothing kept answers
    rows = {
        name: {"first byte s": round(statistics.median(r[0] for r in rs), 3), "all s": round(min(r[1] for r in rs), 2)}
        for name, rs in made.items()
    }
    late = 1000 * (rows["kg"]["first byte s"] - rows["oxigraph"]["first byte s"])
    return {**rows, "first byte later by ms": round(late, 1), "bytes": made["kg"][0][2]}


def pages(server: Server, stop: Callable[[], bool]) -> list[float]:
    """Milliseconds of article pages, one after the other, until told to stop."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    took: list[float] = []
    number = 0
    while not stop():
        number += 1
        path = page(number % PAGES).removeprefix(BASE)
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Accept": "text/html"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status}")
        took.append(1000 * (time.perf_counter() - begun))
        time.sleep(0.005)
    return sorted(took)


def storm(server: Server, size: int, seconds: float) -> dict[str, object]:
    """Article pages beside ``size`` heavy queries at once, against the same pages on an idle server."""
    end = time.monotonic() + seconds
    idle = pages(server, lambda: time.monotonic() > end)
    statuses: list[int] = []

    def query(number: int) -> None:
        try:
            statuses.append(ask(server.port, server.path, HEAVY % number, "text/csv")[0])
        except OSError:
            statuses.append(0)

    threads = [threading.Thread(target=query, args=(n,)) for n in range(size)]
    for one in threads:
        one.start()
    peak = 0.0

    def over() -> bool:
        nonlocal peak
        peak = max(peak, resident_mb(server.pid))
        return not any(one.is_alive() for one in threads)

    beside = pages(server, over)
    for one in threads:
        one.join()

    def cut(took: list[float], share: float) -> float:
        return round(took[min(len(took) - 1, int(len(took) * share))], 1)

    return {
        "idle ms": {"p50": cut(idle, 0.5), "p99": cut(idle, 0.99)},
        "storm ms": {"p50": cut(beside, 0.5), "p99": cut(beside, 0.99), "pages": len(beside)},
        "p99 storm / idle": round(cut(beside, 0.99) / cut(idle, 0.99), 2),
        "resident MiB": round(peak),
        "statuses": {str(one): statuses.count(one) for one in sorted(set(statuses))},
    }


def stores(folder: Path, articles: int, oxigraph: str) -> None:
    """The same triples as a snapshot of ours and as a store of Oxigraph's."""
    graph = news.News(articles)
    store = Store.create(folder / "kg", BASE)
    with store.begin(time=at(0), holder="bench") as draft:
        draft.rdf.bulk_extend(Quad(*triple) for triple in graph.triples())
        for number in range(PAGES):
            store_article(draft, number)
        draft.commit()
    store.settle()
    with store.begin(time=at(1), holder="bench") as draft:  # starts from the settled files
        store_article(draft, 0, version=2)
        draft.commit()
    file = folder / "all.nt"
    with store.reader() as reader:
        quads = reader.rdf.quads_for_pattern(None, None, None, None)
        own = (Triple(q.subject, q.predicate, q.object) for q in quads if str(q.graph_name) == "DEFAULT")
        serialize(own, str(file), format=RdfFormat.N_TRIPLES)
    subprocess.run([oxigraph, "load", "-l", str(folder / "ox"), "-f", str(file)], check=True, capture_output=True)
    subprocess.run([oxigraph, "optimize", "-l", str(folder / "ox")], check=True, capture_output=True)
    file.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=2_600)
    parser.add_argument("--clients", type=lambda t: [int(n) for n in t.split(",")], default=[1, 8])
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2, help="web processes of kg serve")
    parser.add_argument("--storm", type=int, default=200, help="heavy queries at once; 0: none")
    parser.add_argument("--keep", metavar="DIR", help="make the stores here, or take them from here")
    options = parser.parse_args()
    oxigraph = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if oxigraph is None:
        sys.exit("the oxigraph server is not installed: pip install oxigraph")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(options.keep or made)
        if not (folder / "ox").exists():
            folder.mkdir(parents=True, exist_ok=True)
            stores(folder, options.articles, oxigraph)
        settings = folder / "kg.toml"
        # one machine asks as all clients: budgets for one client would be measured, not the engine
        settings.write_text(
            f'base_iri = "{BASE}"\nstore = "kg"\n\n[limits]\nclient_queries = 0\nclient_seconds = 0\n'
            "query_rows = 2000000\nquery_bytes = 2000000000\n",
            encoding="utf-8",
        )
        mine, yours = free_port(), free_port()
        kg = [sys.executable, "-c", "from kg.cli import main; main()", "--config", str(settings), "serve"]
        kg += ["--port", str(mine), "--workers", str(options.workers)]
        other = [oxigraph, "serve-read-only", "-l", str(folder / "ox"), "-b", f"127.0.0.1:{yours}"]
        with (
            started(kg, mine, "/sparql", folder) as ours,
            started(other, yours, "/query", folder) as theirs,
        ):
            report = {
                "articles": options.articles,
                "throughput": throughput(ours, theirs, options),
                "a million rows": long_answers(ours, theirs, options.rounds),
                "storm": storm(ours, options.storm, options.seconds) if options.storm else None,
            }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
