"""The update evaluation tests asked of a server: each is one request with a token, on a store that the request itself
fills first, read back by a query."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

from pyoxigraph import DefaultGraph, Quad, QueryResultsFormat, Triple, Variable, parse_query_results
from w3c_compare import Row, Value
from w3c_manifest import Case, Dataset
from w3c_server import SECRET, Client, Got
from w3c_sparql import EXACT, _quads, _store, _verdict

__all__ = ["EXACT", "run", "syntax"]

_ALL = "SELECT ?s ?p ?o ?g { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"


def run(case: Case, client: Client) -> str:
    """``exact``, ``right by value`` or what is wrong."""
    data = "\n".join(_written(quad) for quad in _store(case.data))
    text = f"DROP ALL ;\nINSERT DATA {{\n{data}\n}} ;\nBASE <{case.base}>\n{case.request.read_text(encoding='utf-8')}"
    got = _sent(text, client)
    if got.status not in (200, 204):
        return f"status {got.status}: {got.body[:300]!r}"
    wanted = _quads(_store(case.result), empty=False) if isinstance(case.result, Dataset) else ()
    return _verdict(tuple(_found(client)), wanted)


def syntax(case: Case, client: Client) -> str:
    """``exact`` where the server refuses what is no update, and nothing else for its syntax; ``not run`` where it would
    fetch."""
    got = _sent(case.request.read_text(encoding="utf-8"), client)
    error = json.loads(got.body)["error"] if got.media_type == "application/problem+json" else None
    if error == "QueryRefused" and b"LOAD" in got.body:
        return "not run"
    if got.status >= 500:
        return f"status {got.status}: {got.body!r}"
    return EXACT if (error != "QuerySyntaxError") == case.kind.startswith("Positive") else f"{got.status}: {got.body!r}"


def _sent(text: str, client: Client) -> Got:
    headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {SECRET}"}
    return client.ask("POST", "/sparql", headers, text.encode())


def _written(quad: Quad) -> str:
    triple = " ".join(_term(one) for one in quad.triple) + " ."
    return triple if isinstance(quad.graph_name, DefaultGraph) else f"GRAPH {quad.graph_name} {{ {triple} }}"


def _term(term: Value) -> str:
    if isinstance(term, Triple):
        return f"<<( {' '.join(_term(one) for one in term)} )>>"
    return str(term)


def _found(client: Client) -> Iterator[Row]:
    """Every quad that clients can have written: the graphs of the publication itself are left out."""
    got = client.ask("GET", "/sparql?" + urlencode({"query": _ALL, "format": "json"}))
    assert got.status == 200, got.body
    own = f"http://{client.authority}/graphs/"
    for row in parse_query_results(got.body, QueryResultsFormat.JSON):
        graph = row[Variable("g")]
        if graph is None or not graph.value.startswith(own):
            yield (*(row[Variable(name)] for name in "spo"), "" if graph is None else graph)
