"""The query evaluation tests asked of a server: all files of the suite are named graphs of one store, and a test's
dataset is named in its request (SPARQL 1.1 Protocol, section 2.1.4)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryResultsFormat, RdfFormat, parse
from w3c_manifest import BASE, FORMATS, Case
from w3c_server import Client, Got
from w3c_sparql import EXACT, judged, results_format

KINDS = ("QueryEvaluationTest", "CSVResultFormatTest")
_MEDIA = {
    QueryResultsFormat.JSON: "application/sparql-results+json",
    QueryResultsFormat.XML: "application/sparql-results+xml",
    QueryResultsFormat.CSV: "text/csv",
    QueryResultsFormat.TSV: "text/tab-separated-values",
}
#: A graph that the store does not have: named as the only default graph, it makes the default graph empty.
_NOTHING = BASE + "nothing"
_FROM = re.compile(r"\bFROM\b[\s<]", re.IGNORECASE)


def graphs(cases: Iterable[Case]) -> tuple[Quad, ...]:
    """What the store has to hold for the cases. No two of them may mean different graphs by one name."""
    files = dict.fromkeys(file for case in cases for file in (*case.data.default, *case.data.named))
    names: dict[str, Path] = {}
    quads: list[Quad] = []
    for name, file in files:
        if names.setdefault(name, file) != file:
            raise ValueError(f"{name} is both {names[name]} and {file}")
        for quad in parse(file.read_bytes(), format=FORMATS[file.suffix[1:]], base_iri=name, rename_blank_nodes=True):
            own = isinstance(quad.graph_name, DefaultGraph)
            quads.append(Quad(*quad.triple, NamedNode(name) if own else quad.graph_name))
    return tuple(quads)


def _inner(file: Path) -> Iterator[str]:
    """The named graphs inside a file of quads."""
    if file.suffix in (".trig", ".nq"):
        found = (quad.graph_name for quad in parse(file.read_bytes(), format=FORMATS[file.suffix[1:]]))
        yield from dict.fromkeys(name.value for name in found if isinstance(name, NamedNode))


def dataset(case: Case) -> list[tuple[str, str]]:
    """The parameters that name the case's dataset; none, where the query itself does."""
    if not case.data.default and _FROM.search(case.request.read_text(encoding="utf-8")):
        return []
    default = [name for name, _ in case.data.default] or [_NOTHING]
    named = [*(name for name, _ in case.data.named), *(name for _, file in case.data.default for name in _inner(file))]
    return [*(("default-graph-uri", one) for one in default), *(("named-graph-uri", one) for one in named)]


def ask(case: Case, client: Client) -> Got:
    """The server's answer to the case's query, in the format of the expected one."""
    text = f"BASE <{case.base}>\n" + case.request.read_text(encoding="utf-8")
    headers = {
        "Accept": f"{_MEDIA[results_format(case)]}, text/turtle",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return client.ask("POST", "/sparql", headers, urlencode([("query", text), *dataset(case)]).encode())


def run(case: Case, client: Client) -> str:
    """``exact``, ``right by value`` or what is wrong."""
    got = ask(case, client)
    if got.status != 200:
        return f"status {got.status}: {got.body[:300]!r}"
    if got.media_type == "text/turtle":
        return judged(case, tuple(tuple(quad.triple) for quad in parse(got.body, format=RdfFormat.TURTLE)))
    if got.media_type != _MEDIA[results_format(case)]:
        return f"{got.media_type}, not {_MEDIA[results_format(case)]}"
    return judged(case, got.body)


def syntax(case: Case, client: Client) -> str:
    """``exact`` where the server answers what is SPARQL and refuses what is not; ``not run`` where it would fetch."""
    fields = [("query", case.request.read_text(encoding="utf-8")), ("default-graph-uri", _NOTHING)]
    got = client.ask(
        "POST", "/sparql", {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(fields).encode()
    )
    error = json.loads(got.body)["error"] if got.media_type == "application/problem+json" else None
    if error == "QueryRefused":
        return "not run"
    if (got.status, error) not in ((200, None), (400, "QuerySyntaxError")):
        return f"status {got.status}: {got.body[:300]!r}"
    if (got.status == 200) == case.kind.startswith("Positive"):
        return EXACT
    return (
        "it is accepted and must not be" if got.status == 200 else f"it is refused and must not be: {got.body[:300]!r}"
    )
