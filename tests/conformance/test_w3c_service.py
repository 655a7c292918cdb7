"""W3C SPARQL 1.1 Federated Query: SERVICE through two real servers, one asking the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from w3c_evaluation import graphs, run
from w3c_known import NOT_FEDERATED
from w3c_manifest import MF, QT, Case, Graph, Suite, sparql_cases
from w3c_server import Client, serving
from w3c_sparql import EXACT

pytestmark = pytest.mark.conformance

#: Nobody listens there.
CLOSED = "http://127.0.0.1:9/sparql"


def _remote(folder: Path) -> dict[str, dict[str, Path]]:
    """For each case the endpoints that it asks, with the file that each serves."""
    suite = Suite(folder)
    file = folder / "sparql11" / "service" / "manifest.ttl"
    graph = Graph.read(file, suite.iri(file))
    found: dict[str, dict[str, Path]] = {}
    for case in (quad for quad in graph.quads if quad.predicate.value == MF + "action"):
        served = graph.all(case.object, NamedNode(QT + "serviceData"))
        pairs = [(graph.one(one, NamedNode(QT + "endpoint")), graph.one(one, NamedNode(QT + "data"))) for one in served]
        name = f"sparql11/service/{case.subject.value.rpartition('#')[2]}"
        found[name] = {at.value: suite.file(data) for at, data in pairs if at is not None}
    return found


@pytest.fixture(scope="module")
def asking(
    sparql_suite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Client, Callable[[Case], Case]]]:
    """A server that may call another one, and what makes a case's query name the other's addresses."""
    remote = _remote(sparql_suite)
    files = sorted({file for served in remote.values() for file in served.values()})
    names = {file: f"http://served.example/{file.name}" for file in files}
    quads = [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(names[file]))
        for file in files
        for quad in parse(file.read_bytes(), format=RdfFormat.TURTLE, base_iri=names[file])
    ]
    cases = sparql_cases(sparql_suite)["sparql11/service"]
    with serving(tmp_path_factory.mktemp("remote"), [quads]) as (other, _):
        addresses = {
            file: f"http://{other.authority}/sparql?default-graph-uri={quote(name, safe='')}"
            for file, name in names.items()
        }
        folder = tmp_path_factory.mktemp("queries")

        def addressed(case: Case) -> Case:
            text = case.request.read_text(encoding="utf-8").replace("http://invalid.endpoint.org/sparql", CLOSED)
            for endpoint, file in remote[case.id].items():
                text = text.replace(endpoint, addresses[file])
            made = folder / case.request.name
            made.write_text(text, encoding="utf-8")
            return replace(case, request=made)

        allowed = (*addresses.values(), CLOSED)
        with serving(tmp_path_factory.mktemp("asking"), [graphs(cases)], federation=allowed) as (client, _):
            yield client, addressed


def test_service_is_answered_as_listed(
    asking: tuple[Client, Callable[[Case], Case]], sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    client, addressed = asking
    complaints = []
    for case in sparql_cases(sparql_suite)["sparql11/service"]:
        told = run(addressed(case), client)
        refused = "QueryRefused" in told
        outcome = "not run" if refused else EXACT if told == EXACT else "failed"
        record_property("conformance SPARQL 1.1 Federated Query through HTTP", outcome)
        if outcome != ("not run" if case.id in NOT_FEDERATED else EXACT):
            complaints.append(f"{case.id}: {told}")
    assert not complaints, "\n".join(complaints)
