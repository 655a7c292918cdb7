"""W3C SPARQL 1.0, 1.1 and 1.2 queries through a real HTTP server: evaluation, each answer in its test's own format,
and syntax.

What the engine answers wrong (known.json) may come out wrong here too, but for the cases that are mended before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from w3c_evaluation import KINDS, graphs, run, syntax
from w3c_known import EVALUATION, FAILURES, FETCHING, LENIENT, MENDED, NOT_RUN
from w3c_manifest import Case, sparql_cases
from w3c_server import Client, serving
from w3c_sparql import BY_VALUE, EXACT

pytestmark = pytest.mark.conformance


def _cases(folder: Path, group: str) -> list[Case]:
    return [case for case in sparql_cases(folder)[group] if case.kind in KINDS]


@pytest.fixture(scope="module")
def server(sparql_suite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server whose one store holds every file that any test queries."""
    cases = [case for group in EVALUATION for case in _cases(sparql_suite, group)]
    with serving(tmp_path_factory.mktemp("evaluation"), [graphs(cases)]) as (client, _):
        yield client


def _expected(case: Case) -> str:
    if case.id in FAILURES and case.id not in MENDED:
        return "failed"
    return BY_VALUE if case.id in LENIENT else EXACT


@pytest.mark.parametrize("group", EVALUATION)
def test_every_query_is_answered_as_listed(
    group: str, server: Client, sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    cases, complaints = _cases(sparql_suite, group), []
    assert len(cases) == EVALUATION[group]
    for case in cases:
        told = "not run" if case.id in NOT_RUN else run(case, server)
        outcome = told if told in (EXACT, BY_VALUE, "not run") else "failed"
        record_property(f"conformance {case.suite} through HTTP", outcome)
        if outcome not in ("not run", _expected(case)):
            complaints.append(f"{case.id} ({case.request.name}) is listed as {_expected(case)}: {told}")
    assert not complaints, "\n".join(complaints)


def test_queries_are_told_from_what_is_no_sparql(
    server: Client, sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    complaints = []
    for case in (case for group in sparql_cases(sparql_suite).values() for case in group):
        if "Syntax" not in case.kind or case.request.suffix != ".rq":
            continue
        told = syntax(case, server)
        outcome = told if told in (EXACT, "not run") else "failed"
        record_property("conformance SPARQL query syntax through HTTP", outcome)
        fetches = case.request.relative_to(sparql_suite).as_posix() in FETCHING
        if outcome != ("not run" if fetches else _expected(case)):
            complaints.append(f"{case.id} ({case.request.name}): {told}")
    assert not complaints, "\n".join(complaints)


def test_what_is_listed_as_mended_is_a_failure_of_the_engine() -> None:
    assert not MENDED - FAILURES.keys()
