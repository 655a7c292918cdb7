"""W3C SPARQL Protocol, Graph Store Protocol and Service Description, through a real HTTP server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse
from w3c_http import READ_AS, HttpCase, http_cases, run
from w3c_known import HTTP_FAILURES, HTTP_GROUPS
from w3c_manifest import RDF, Graph, Term
from w3c_server import SECRET, Client, serving

pytestmark = pytest.mark.conformance

PATHS = {"/sparql/": "/sparql", "/gsp": "/graphs"}
SD = "http://www.w3.org/ns/sparql-service-description#"


@pytest.fixture(scope="module")
def reading(sparql_suite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server that holds the graphs of the protocol's query tests."""
    files = dict(one for case in http_cases(sparql_suite, "protocol") for one in case.data)
    quads = [
        Quad(*quad.triple, NamedNode(name))
        for name, file in files.items()
        for quad in parse(file.read_bytes(), format=RdfFormat.N_TRIPLES)
    ]
    with serving(tmp_path_factory.mktemp("protocol"), [quads]) as (client, _):
        yield client


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server that takes writes."""
    with serving(tmp_path_factory.mktemp("writing")) as (client, _):
        yield client


def _complaints(
    cases: Sequence[HttpCase], client: Client, record: Callable[[str, object], None], suite: str
) -> list[str]:
    """Which cases come out otherwise than known.json says."""
    complaints = []
    for case in cases:
        wrong = run(case, client, PATHS, f"Bearer {SECRET}")
        record(f"conformance {suite}", "failed" if wrong else "exact")
        if wrong and case.id not in HTTP_FAILURES:
            complaints.append(f"{case.id} ({case.name}): {wrong}")
        elif not wrong and case.id in HTTP_FAILURES:
            complaints.append(f"{case.id} comes out right; take it from known.json")
    return complaints


def test_known_json_counts_the_cases_that_only_a_server_can_be_asked(sparql_suite: Path) -> None:
    found = {group: http_cases(sparql_suite, group.partition("/")[2]) for group in HTTP_GROUPS}
    assert {group: len(cases) for group, cases in found.items()} == HTTP_GROUPS
    assert not HTTP_FAILURES.keys() - {case.id for cases in found.values() for case in cases}


def test_the_query_operations_of_the_protocol(
    reading: Client, sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    cases = [case for case in http_cases(sparql_suite, "protocol") if "update" not in case.id]
    assert not _complaints(cases, reading, record_property, "SPARQL 1.1 Protocol")


def test_the_update_operations_of_the_protocol(
    writing: Client, sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    cases = [case for case in http_cases(sparql_suite, "protocol") if "update" in case.id]
    assert not _complaints(cases, writing, record_property, "SPARQL 1.1 Protocol")


def test_the_graph_store_protocol(
    writing: Client, sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    complaints, written = [], set[str]()
    for case in http_cases(sparql_suite, "graph-store-protocol"):
        targets = {unquote(step.target): step.target for step in case.steps if step.method in ("PUT", "POST")}
        for target in sorted(
            targets.keys() & written - {"/gsp"}
        ):  # most cases expect to be the first to write the graph
            address = targets[target].replace("/gsp", "/graphs", 1)
            writing.ask("DELETE", address, {"authorization": f"Bearer {SECRET}"})
        complaints += _complaints([case], writing, record_property, "SPARQL 1.1 Graph Store Protocol")
        written |= targets.keys()
    assert not complaints


# ---- service description --------------------------------------------------------------------------------------------

ENDPOINT, TYPE = NamedNode(SD + "endpoint"), NamedNode(RDF + "type")
#: Properties of the vocabulary: the class of what has them, and of what they lead to (None: any IRI).
SCHEMA = {
    "endpoint": ("Service", None),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", None),
    "defaultSupportedEntailmentProfile": ("Service", None),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"),
    "propertyFeature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", None),
    "inputFormat": ("Service", None),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
    "entailmentRegime": ("NamedGraph", None),
}
#: Instances that the vocabulary itself has.
KNOWN = {
    **dict.fromkeys(("SPARQL10Query", "SPARQL11Query", "SPARQL11Update"), "Language"),
    **dict.fromkeys(
        ("DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"), "Feature"
    ),
}


def _returns_rdf(client: Client) -> str | None:
    for accept in ("text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json", None):
        got = client.ask("GET", "/sparql", {"Accept": accept} if accept else {})
        if got.status != 200 or got.media_type != (accept or "text/turtle"):
            return f"{accept}: {got.status} {got.media_type}"
        if not list(parse(got.body, format=READ_AS[got.media_type])):
            return f"{accept}: no triple"
    return None


def _described(client: Client) -> Graph:
    return Graph(parse(client.ask("GET", "/sparql", {"Accept": "text/turtle"}).body, format=RdfFormat.TURTLE))


def _has_endpoint(client: Client) -> str | None:
    found = [quad.object for quad in _described(client).quads if quad.predicate == ENDPOINT]
    return None if found == [NamedNode(f"http://{client.authority}/sparql")] else f"sd:endpoint is {found}"


def _conforms(client: Client) -> str | None:
    graph = _described(client)

    def is_a(node: Term, name: str) -> bool:
        wanted = ("Dataset", name) if name == "GraphCollection" else (name,)
        known = isinstance(node, NamedNode) and KNOWN.get(node.value.removeprefix(SD)) == name
        return known or any(NamedNode(SD + one) in graph.all(node, TYPE) for one in wanted)

    services = [quad.subject for quad in graph.quads if quad.object == NamedNode(SD + "Service")]
    if len(services) != 1:
        return f"{len(services)} services"
    for quad in graph.quads:
        if not quad.predicate.value.startswith(SD):
            continue
        domain, range_ = SCHEMA[quad.predicate.value.removeprefix(SD)]
        if not is_a(quad.subject, domain):
            return f"{quad.subject} has {quad.predicate} and is no {domain}"
        if isinstance(quad.object, Literal) or (range_ is not None and not is_a(quad.object, range_)):
            return f"{quad.predicate} leads to {quad.object}, which is no {range_}"
    return None


def test_the_service_description(
    reading: Client, sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    checks = {"returns-rdf": _returns_rdf, "has-endpoint-triple": _has_endpoint, "conforms-to-schema": _conforms}
    cases = http_cases(sparql_suite, "service-description")
    wrong = {case.id: found for case in cases if (found := checks[case.id.rpartition("/")[2]](reading))}
    for case in cases:
        record_property("conformance SPARQL 1.1 Service Description", "failed" if case.id in wrong else "exact")
    assert not wrong
