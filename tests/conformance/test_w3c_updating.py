"""W3C SPARQL 1.1 and 1.2 update evaluation through a real HTTP server, the publish transaction and the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from w3c_known import FETCHING, HTTP_UPDATES
from w3c_manifest import Case, sparql_cases
from w3c_server import Client, serving
from w3c_updating import EXACT, run, syntax

pytestmark = pytest.mark.conformance

#: Cases that every run has, of different kinds of operation. Each is a publish of its own and takes part of a second.
FEW = frozenset(
    f"sparql11/{name}"
    for name in (
        "basic-update/insert-05a",
        "delete-where/dawg-delete-where-02",
        "delete-insert/dawg-delete-insert-01b",
        "copy/copy01",
        "drop/dawg-drop-default-01",
    )
)


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("updating")) as (client, _):
        yield client


def _cases(suite: Path) -> list[Case]:
    return [case for group in sparql_cases(suite).values() for case in group if case.kind == "UpdateEvaluationTest"]


def _check(cases: list[Case], client: Client, record: Callable[[str, object], None]) -> None:
    complaints = []
    for case in cases:
        told = run(case, client)
        record(f"conformance {case.suite} through HTTP", "exact" if told == EXACT else "failed")
        if (told == EXACT) == (case.id in HTTP_UPDATES):
            complaints.append(f"{case.id}: {told}")
    assert not complaints, "\n".join(complaints)


def test_an_update_leaves_what_the_suite_wants(
    writing: Client, sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    cases = [case for case in _cases(sparql_suite) if case.id in FEW]
    assert len(cases) == len(FEW)
    _check(cases, writing, record_property)


@pytest.mark.long  # a publish for each
def test_every_update_leaves_what_the_suite_wants(
    writing: Client, sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    cases = [case for case in _cases(sparql_suite) if case.id not in FEW]
    assert len(cases) + len(FEW) == 97
    assert not HTTP_UPDATES.keys() - {case.id for case in cases}
    _check(cases, writing, record_property)


def _syntax(suite: Path, kind: str) -> list[Case]:
    found = (case for group in sparql_cases(suite).values() for case in group)
    return [
        case for case in found if case.kind.startswith(kind) and "Syntax" in case.kind and case.request.suffix == ".ru"
    ]


def test_what_is_no_update_is_refused(
    writing: Client, sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    _syntax_as_listed(_syntax(sparql_suite, "Negative"), 23, writing, record_property)


@pytest.mark.long  # a publish for each
def test_what_is_an_update_is_not_refused_for_its_syntax(
    writing: Client, sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    _syntax_as_listed(_syntax(sparql_suite, "Positive"), 60, writing, record_property)


def _syntax_as_listed(cases: list[Case], number: int, client: Client, record: Callable[[str, object], None]) -> None:
    assert len(cases) == number
    complaints = []
    for case in cases:
        told = syntax(case, client)
        record("conformance SPARQL update syntax through HTTP", told if told in (EXACT, "not run") else "failed")
        fetches = "/".join(case.request.parts[-3:]) in FETCHING
        if told != ("not run" if fetches else EXACT):
            complaints.append(f"{case.id} ({case.request.name}): {told}")
    assert not complaints, "\n".join(complaints)
