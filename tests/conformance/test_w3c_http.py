"""The runner of the protocol manifests finds what is wrong: a run in which nothing can fail shows nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from w3c_http import Expected, HttpCase, Step, run
from w3c_server import Got

pytestmark = pytest.mark.conformance

PATHS = {"/sparql/": "/sparql", "/gsp": "/graphs"}
TURTLE = {"content-type": "text/turtle; charset=utf-8"}
JSON = {"content-type": "application/sparql-results+json"}
YES = Got(200, JSON, json.dumps({"head": {}, "boolean": True}).encode())
GRAPH = Got(200, TURTLE, b"<x:a> <x:b> [ <x:c> 1 ] .")
ASK = Expected(frozenset((2, 3)), boolean=True, form="boolean")
READ = Expected(frozenset((200,)), media_type="text/turtle; charset=utf-8", turtle="<x:a> <x:b> [ <x:c> 1 ] .")


class Answering:
    """In place of a server: gives the answers in turn and remembers what it was asked."""

    authority = "host.example:1"

    def __init__(self, *answers: Got) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Got:
        self.asked.append((method, target, dict(headers or {}), body))
        return self.answers.pop(0)


def case(*steps: tuple[str, Expected]) -> HttpCase:
    made = tuple(Step("GET", target, (), None, "utf-8", expected) for target, expected in steps)
    return HttpCase("x", "x", (), made)


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (ASK, YES),
        (Expected(frozenset((4,))), Got(404, {}, b"")),
        (Expected(frozenset((204, 200))), Got(204, {}, b"")),
        (READ, GRAPH),
        (READ, replace(GRAPH, body=b"_:z <x:c> 1 . <x:a> <x:b> _:z .")),
    ],
)
def test_what_is_expected_passes(expected: Expected, got: Got) -> None:
    assert run(case(("/sparql/?query=x", expected)), Answering(got), PATHS) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (ASK, replace(YES, status=400)),
        (ASK, replace(YES, body=b'{"head": {}, "boolean": false}')),
        (ASK, replace(YES, headers=TURTLE)),
        (Expected(frozenset((4,))), Got(500, {}, b"")),
        (Expected(frozenset((201,))), Got(200, {}, b"")),
        (Expected(frozenset((2,)), form="tabular"), GRAPH),
        (Expected(frozenset((2,)), form="RDF"), YES),
        (Expected(frozenset((2,)), location="$LOCATION$"), Got(201, {}, b"")),
        (READ, replace(GRAPH, headers={"content-type": "text/turtle"})),
        (READ, replace(GRAPH, body=b"<x:a> <x:b> [ <x:c> 2 ] .")),
        (READ, replace(GRAPH, body=b"")),
    ],
)
def test_what_is_not_expected_is_told(expected: Expected, got: Got) -> None:
    told = run(case(("/sparql/?query=x", expected)), Answering(got), PATHS)  # type: ignore[arg-type]
    assert told is not None
    assert told.startswith("request 1: ")


def test_a_location_is_put_into_later_requests_and_tokens_into_all() -> None:
    first, second = Expected(frozenset((201,)), location="$LOCATION$"), Expected(frozenset((200,)))
    server = Answering(Got(201, {"location": "/graphs/new"}, b""), Got(200, {}, b""))
    assert run(case(("/gsp", first), ("/gsp?graph=$LOCATION$", second)), server, PATHS, "Bearer x") is None  # type: ignore[arg-type]
    assert [target for _, target, _, _ in server.asked] == ["/graphs", "/graphs?graph=http://host.example:1/graphs/new"]
    assert all(headers == {"authorization": "Bearer x"} for _, _, headers, _ in server.asked)
