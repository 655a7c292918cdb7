"""Queries of megabytes: whoever sends one must not keep the processes busy that answer everybody else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kg.queries import reading

_REMARK = "# " + "long " * 4_000 + "\n"


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the texts that this process reads; workers are other processes."""
    lengths: list[int] = []
    reader = reading._read

    def watched(text: str, base: str | None) -> reading.Reading | None:
        lengths.append(len(text))
        return reader(text, base)

    monkeypatch.setattr(reading, "_read", watched)
    return lengths


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("SELECT * { VALUES ?x { 1 2 } }", 200, '"value":"1"'),
        ("CONSTRUCT { ?x ?x ?x } { VALUES ?x { <http://e/1> } }", 200, "e/1> <http://e/1>"),
        ("ASK { FILTER(NOW() = NOW()) }", 200, "true"),
        ("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400, "SERVICE at character"),
        ("ASK { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400, "SERVICE at character"),
        ("INSERT DATA { <http://e/1> <http://e/1> 1 }", 400, "this is an update"),
        ("SELECT * { ?s ?p }", 400, '"line": 2'),
        ("SELECT * { ?s ?p } #" + "x" * 200_000, 400, "ask with fewer values"),
        ("SELECT * { FILTER(" + "(" * 100 + "1" + ")" * 100 + ") }", 400, "write it flatter"),
    ],
)
def test_a_long_query_is_read_in_its_worker_alone(
    client: FlaskClient, read_here: list[int], query: str, status: int, told: str
) -> None:
    response = client.post("/sparql", data=_REMARK + query, content_type="application/sparql-query")
    assert response.status_code == status, response.text
    assert told in response.text
    assert all(length <= reading.SHORT for length in read_here)


def test_a_short_query_is_read_before_it_has_a_worker(client: FlaskClient, read_here: list[int]) -> None:
    client.post("/sparql", data="ASK { FILTER(NOW() = NOW()) } # short", content_type="application/sparql-query")
    assert read_here


def test_a_long_query_that_has_no_lasting_answer_has_no_tag(client: FlaskClient) -> None:
    def asked(query: str) -> bool:
        return "ETag" in client.post("/sparql", data=_REMARK + query, content_type="application/sparql-query").headers

    assert asked("ASK {}")
    assert not asked("ASK { FILTER(RAND() < 2) }")
    assert not asked("ASK { FILTER(\\u0052AND() < 2) }")
