"""W3C SPARQL 1.0, 1.1 and 1.2: query evaluation, update evaluation, syntax. One test per manifest of the suite.

A test names every case of its manifest that comes out otherwise than known.json says, in either direction.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from w3c_known import FAILURES, FETCHING, GROUPS, LENIENT, NOT_RUN
from w3c_manifest import Case, sparql_cases
from w3c_sparql import BY_VALUE, EXACT, run

from kg.errors import QueryRefused
from kg.queries import form, refuse_remote

pytestmark = pytest.mark.conformance

KINDS = (EXACT, BY_VALUE, "not run")
#: The grammar allows an update without operations; nothing in these tells that they are updates.
EMPTY = tuple(f"sparql11/syntax-update-1/syntax-update-{n}.ru" for n in (38, 39, 40))


def _complaint(case: Case, outcome: str) -> str | None:
    if case.id in FAILURES:
        if outcome in (EXACT, BY_VALUE):
            return f"{case.id} comes out right ({outcome}); known.json says: {FAILURES[case.id]}. Take it from there"
        return None
    if case.id in LENIENT:
        if outcome == EXACT:
            return f"{case.id} is exact; take it from the lenient ones of known.json"
        return None if outcome == BY_VALUE else f"{case.id} was right by value: {outcome}"
    return None if outcome == EXACT else f"{case.id} ({case.request.name}): {outcome}"


@pytest.mark.parametrize("group", GROUPS)
def test_every_case_of_a_manifest_comes_out_as_listed(
    group: str, sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    cases = sparql_cases(sparql_suite).get(group, ())
    outcomes = {case: run(case) for case in cases if case.id not in NOT_RUN}
    for case in cases:
        outcome = outcomes.get(case, "not run")
        record_property(f"conformance {case.suite}", outcome if outcome in KINDS else "failed")
    complaints = [c for case, outcome in outcomes.items() if (c := _complaint(case, outcome))]
    assert not complaints, f"{len(complaints)} of {len(cases)} cases:\n" + "\n".join(complaints)


def test_known_json_lists_the_manifests_of_the_suite_and_the_number_of_their_cases(sparql_suite: Path) -> None:
    assert {group: len(cases) for group, cases in sparql_cases(sparql_suite).items()} == GROUPS


def test_known_json_speaks_of_cases_that_the_suite_has(sparql_suite: Path) -> None:
    ids = {case.id for cases in sparql_cases(sparql_suite).values() for case in cases}
    assert not {*FAILURES, *LENIENT, *NOT_RUN} - ids
    assert len(FAILURES) + len(LENIENT) + len(NOT_RUN) == len({*FAILURES, *LENIENT, *NOT_RUN})


def _requests(suite: Path) -> dict[str, Case]:
    cases = (case for group in sparql_cases(suite).values() for case in group)
    return {case.request.relative_to(suite).as_posix(): case for case in cases}


def _refused(text: str) -> bool:
    try:
        refuse_remote(text)
    except QueryRefused:
        return True
    return False


def test_exactly_the_requests_with_service_or_load_are_refused(sparql_suite: Path) -> None:
    texts = {name: case.request.read_text(encoding="utf-8") for name, case in _requests(sparql_suite).items()}
    refused = [name for name, text in texts.items() if _refused(text)]
    assert sorted(refused) == sorted(FETCHING)


def test_an_update_without_operations_is_not_refused() -> None:
    assert not _refused("# Empty\n")


def test_queries_and_updates_are_told_apart(sparql_suite: Path) -> None:
    wrong = []
    for name, case in _requests(sparql_suite).items():
        if name in EMPTY or case.kind.startswith("Negative") or case.id in FAILURES:
            continue
        if (form(case.request.read_text(encoding="utf-8")) == "update") != (case.request.suffix == ".ru"):
            wrong.append(name)
    assert not wrong
