"""W3C SPARQL updates, each operation taken apart as a publish does it, against what the engine does whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Store
from w3c_known import FAILURES, NOT_RUN
from w3c_manifest import Case, Dataset, sparql_cases
from w3c_sparql import _quads, _store, _verdict

from kg.errors import QueryRefused, QuerySyntaxError
from kg.iris import Iris
from kg.queries import updates
from kg.queries.updates import operations
from kg.store.update import Using, steps

pytestmark = pytest.mark.conformance

IRIS = Iris("https://news.example")
#: LOAD is refused before anything is read.
LOADS = ("load-silent", "load-into-silent")


def of_kind(suite: Path, *endings: str) -> list[Case]:
    found = (case for cases in sparql_cases(suite).values() for case in cases)
    return [case for case in found if case.kind.endswith(endings) and case.request.suffix == ".ru"]


def apply(store: Store, case: Case) -> None:
    found = steps(case.request.read_text(encoding="utf-8"), IRIS, base=case.base, using=Using())
    assert found is not None, "the operations were not told apart"
    for step in found:
        added, removed = step(store)
        for quad in removed:
            store.remove(quad)
        store.extend(added)


def test_updates_in_steps_leave_what_the_suite_wants(sparql_suite: Path) -> None:
    wrong = []
    cases = of_kind(sparql_suite, "UpdateEvaluationTest")
    for case in cases:
        if case.id.endswith(LOADS):
            continue
        store, wanted = _store(case.data), _store(case.result) if isinstance(case.result, Dataset) else Store()
        try:
            apply(store, case)
            verdict = _verdict(_quads(store, empty=False), _quads(wanted, empty=False))
        except QueryRefused as error:
            verdict = error.message
        if verdict != "exact":
            wrong.append((case.id, verdict))
    assert len(cases) >= 97
    assert not wrong


def test_what_is_no_update_is_refused_in_steps_too(sparql_suite: Path) -> None:
    wrong, apart = [], 0
    cases = [c for c in of_kind(sparql_suite, "SyntaxTest11", "SyntaxTest") if c.id not in FAILURES | NOT_RUN]
    for case in cases:
        text = case.request.read_text(encoding="utf-8")
        try:
            found = steps(text, IRIS, base=case.base, using=Using())
        except QuerySyntaxError as error:
            if case.kind.startswith("Positive"):
                wrong.append((case.id, error.message))
            continue
        apart += found is not None
        # what is not told apart is left to the engine
        if case.kind.startswith("Negative") and found is not None:
            wrong.append((case.id, "accepted"))
    assert not wrong
    assert apart >= 45


def test_operations_are_the_same_where_groups_are_not_read(sparql_suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted(sparql_suite.rglob("*.ru"))]
    read = [(text, found) for text in texts if (found := operations(text)) is not None]
    monkeypatch.setattr(updates, "_WHOLE", -1)
    assert len(read) >= 150
    assert [text for text, found in read if operations(text) != found] == []


def test_the_default_graph_is_told_from_named_ones() -> None:
    store = Store()
    found = steps("INSERT DATA { <a:a> <a:b> 1 GRAPH <a:g> { <a:a> <a:b> 2 } }", IRIS, base=None, using=Using())
    assert found is not None
    added, _ = next(iter(found))(store)
    assert {str(quad.graph_name) for quad in added} == {str(DefaultGraph()), "<a:g>"}
    assert operations("LOAD <http://a.example/>") is None
