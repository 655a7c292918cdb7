"""The manifests of SPARQL Protocol, Graph Store Protocol and Service Description as values, run against a server.

A manifest gives requests and what is expected of their answers in the vocabularies HTTP in RDF (``ht:``) and Content in
RDF (``cnt:``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse
from w3c_compare import by_term, same
from w3c_manifest import LABEL, MF, UT, Graph, Suite, Term
from w3c_server import Client, Got

HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
STATUS = "http://www.w3.org/2011/http-statusCodes#"
_STATUSES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}
_TABLES = frozenset(
    ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values")
)
READ_AS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What a manifest says of an answer. ``statuses`` are codes, or classes of them as one digit; ``location`` is the
    name that its Location is known by in later requests; ``media_type`` and ``turtle`` are its own."""

    statuses: frozenset[int]
    boolean: bool | None = None
    form: str | None = None
    location: str | None = None
    media_type: str | None = None
    turtle: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A request and what is expected of its answer."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    encoding: str
    expected: Expected


@dataclass(frozen=True, slots=True)
class HttpCase:
    """One test: requests in a row, on a store that holds ``data`` as named graphs."""

    id: str
    name: str
    data: tuple[tuple[str, Path], ...]
    steps: tuple[Step, ...]


@cache
def http_cases(folder: Path, group: str) -> tuple[HttpCase, ...]:
    """The cases of ``protocol``, ``graph-store-protocol`` or ``service-description``, in the order of the manifest."""
    suite = Suite(folder)
    cases: list[HttpCase] = []
    for _, graph in suite.manifests(folder / "sparql11" / group / "manifest.ttl"):
        for quad in graph.quads:
            if quad.predicate.value == MF + "entries":
                cases += [_case(suite, graph, group, test) for test in graph.members(quad.object)]
    return tuple(cases)


def _case(suite: Suite, graph: Graph, group: str, test: Term) -> HttpCase:
    assert isinstance(test, NamedNode)
    data = []
    for item in graph.all(test, NamedNode(UT + "graphData")):
        data.append((_text(graph, item, LABEL) or "", suite.file(graph.one(item, NamedNode(UT + "graph")))))
    action = graph.one(test, NamedNode(MF + "action"))
    requests = None if action is None else graph.one(action, NamedNode(HT + "requests"))
    return HttpCase(
        id=f"sparql11/{group}/{test.value.rpartition('#')[2]}",
        name=_text(graph, test, NamedNode(MF + "name")) or "",
        data=tuple(sorted(data)),
        steps=() if requests is None else tuple(_step(graph, one) for one in graph.members(requests)),
    )


def _step(graph: Graph, node: Term) -> Step:
    body, encoding = _body(graph, node)
    answer = graph.one(node, NamedNode(HT + "resp"))
    assert answer is not None
    headers = _headers(graph, answer)
    boolean = _text(graph, answer, NamedNode(MF + "expectedBoolean"))
    return Step(
        method=_text(graph, node, NamedNode(HT + "methodName")) or "",
        target=_text(graph, node, NamedNode(HT + "absolutePath")) or "",
        headers=tuple(_headers(graph, node).items()),
        body=body,
        encoding=encoding,
        expected=Expected(
            statuses=frozenset(_status(one) for one in graph.all(answer, NamedNode(MF + "expectedStatus"))),
            boolean=None if boolean is None else boolean == "true",
            form=_text(graph, answer, NamedNode(MF + "expectedFormat")),
            location=_text(graph, answer, NamedNode(MF + "expectedLocation")),
            media_type=headers.get("content-type"),
            turtle=_body(graph, answer)[0],
        ),
    )


def _body(graph: Graph, node: Term) -> tuple[str | None, str]:
    body = graph.one(node, NamedNode(HT + "body"))
    if body is None:
        return None, "utf-8"
    encoding = _text(graph, body, NamedNode(CNT + "characterEncoding")) or "utf-8"
    return _text(graph, body, NamedNode(CNT + "chars")), encoding


def _headers(graph: Graph, node: Term) -> dict[str, str]:
    head = graph.one(node, NamedNode(HT + "headers"))
    members = () if head is None else graph.members(head)
    names = {one: _text(graph, one, NamedNode(HT + "fieldName")) or "" for one in members}
    return {name.lower(): _text(graph, one, NamedNode(HT + "fieldValue")) or "" for one, name in names.items()}


def _text(graph: Graph, node: Term, predicate: NamedNode) -> str | None:
    found = graph.one(node, predicate)
    return found.value if isinstance(found, Literal) else None


def _status(term: Term) -> int:
    name = term.value.removeprefix(STATUS)
    found = re.fullmatch(r"StatusCode([1-5])xx", name)
    return int(found[1]) if found else _STATUSES[name]


# ---- running ------------------------------------------------------------------------------------------------------


def run(case: HttpCase, client: Client, paths: Mapping[str, str], authorization: str | None = None) -> str | None:
    """What is wrong with the answers, or None. ``paths`` replaces the paths that the manifests begin with."""
    known: dict[str, str] = {}
    for number, step in enumerate(case.steps):
        wrong = _wrong(step, _asked(step, client, paths, known, authorization), client, known)
        if wrong:
            return f"request {number + 1}: {wrong}"
    return None


def _asked(
    step: Step, client: Client, paths: Mapping[str, str], known: Mapping[str, str], authorization: str | None
) -> Got:
    def filled(text: str) -> str:
        for name, value in known.items():
            text = text.replace(name, value)
        return text

    target = filled(step.target)
    prefix = next(one for one in paths if target.startswith(one))
    headers = dict(step.headers)
    if authorization is not None:
        headers["authorization"] = authorization
    body = b"" if step.body is None else filled(step.body).encode(step.encoding)
    return client.ask(step.method, paths[prefix] + target[len(prefix) :], headers, body)


def _wrong(step: Step, got: Got, client: Client, known: dict[str, str]) -> str | None:
    expected = step.expected
    if not {got.status, got.status // 100} & expected.statuses:
        return f"status {got.status}, not one of {sorted(expected.statuses)}: {got.body[:300]!r}"
    if expected.location is not None:
        if "location" not in got.headers:
            return "no Location"
        location = got.headers["location"]
        known[expected.location] = location if "://" in location else f"http://{client.authority}{location}"
    checks: list[Callable[[], str | None]] = []
    if expected.form is not None:
        checks.append(lambda: _form(got, expected))
    if expected.media_type is not None:
        checks.append(lambda: _type(got, expected))
    if expected.turtle is not None:
        checks.append(lambda: _graph(got, expected))
    return next((wrong for check in checks if (wrong := check())), None)


def _form(got: Got, expected: Expected) -> str | None:
    fits = {
        "boolean": got.media_type in ("application/sparql-results+json", "application/sparql-results+xml"),
        "tabular": got.media_type in _TABLES,
        "RDF": got.media_type in READ_AS,
    }[expected.form or ""]
    if not fits:
        return f"{got.media_type} is no format for {expected.form}"
    if expected.boolean is not None and json.loads(got.body)["boolean"] is not expected.boolean:
        return f"the answer is {json.loads(got.body)['boolean']}"
    if expected.form == "RDF":
        list(parse(got.body, format=READ_AS[got.media_type]))
    return None


def _type(got: Got, expected: Expected) -> str | None:
    if got.headers.get("content-type", "").replace(" ", "").lower() == (expected.media_type or "").replace(" ", ""):
        return None
    return f"Content-Type {got.headers.get('content-type')}, not {expected.media_type}"


def _graph(got: Got, expected: Expected) -> str | None:
    found = {tuple(quad.triple) for quad in parse(got.body, format=READ_AS[got.media_type])}
    wanted = {tuple(quad.triple) for quad in parse(expected.turtle or "", format=RdfFormat.TURTLE)}
    return None if same(found, wanted, by_term) else f"another graph: {got.body[:500]!r}"
