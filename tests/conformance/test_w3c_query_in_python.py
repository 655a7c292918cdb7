"""The W3C query evaluation tests answered in Python over a view, wherever the query is one that kg.shacl.query takes.

Only SELECT and ASK over a default graph are asked: that is what a shape can ask. Queries that are not taken go to
Oxigraph; how many are taken is pinned, so that none is lost unseen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Triple, parse, parse_query_results
from w3c_known import FAILURES
from w3c_manifest import FORMATS, Case, Dataset, Graph, sparql_cases
from w3c_sparql import BY_VALUE, EXACT, RESULTS, Table, _from_rdf, _lax, _outcome, _rows, _verdict

from kg.shacl.query import IllFormed, prepare
from kg.shacl.shape import Query
from kg.shacl.shapes import Unsupported
from kg.shacl.view import MemoryView

pytestmark = pytest.mark.conformance

#: Why an answer differs from the suite's, by the case's name.
KNOWN = {
    "sparql10/open-world/date-2": "dates with and without a time zone are compared as XML Schema 1.1 does; the test "
    "expects an error",
}
#: How many queries are asked of Python, by outcome.
TAKEN = {EXACT: 456, BY_VALUE: 10, "not taken": 71, "failed": 1}


def _view(data: Dataset) -> MemoryView:
    triples: list[Triple] = []
    for base, file in data.default:
        quads = parse(file.read_bytes(), format=FORMATS[file.suffix[1:]], base_iri=base, rename_blank_nodes=True)
        triples += [q.triple for q in quads]
    return MemoryView(triples)


def _asked(case: Case) -> str:
    """The outcome, or ``not taken``."""
    text = case.request.read_text(encoding="utf-8")
    try:
        query = prepare(Query(f"BASE <{case.base}>\n{text}"), prebound=frozenset())
    except (Unsupported, IllFormed) as error:
        return f"not taken: {error}"
    assert case.result is not None
    assert not isinstance(case.result, Dataset)
    suffix, body = case.result.suffix[1:], case.result.read_bytes()
    view = _view(case.data)
    if query.form == "ASK":
        wanted = _outcome(parse_query_results(body, RESULTS[suffix])) if suffix in RESULTS else None
        wanted = _from_rdf(Graph.read(case.result, case.base)) if wanted is None else wanted
        return EXACT if query.ask(view, {}) is wanted else f"not {wanted}"
    rows = tuple(tuple(row.get(v) for v in query.variables) for row in query.solve(view, {}))
    found = Table(query.variables, rows)
    expected = (
        _outcome(parse_query_results(body, RESULTS[suffix]))
        if suffix in RESULTS
        else _from_rdf(Graph.read(case.result, case.base))
    )
    assert isinstance(expected, Table)
    if frozenset(expected.variables) != frozenset(query.variables):
        return f"variables {query.variables} instead of {expected.variables}"
    if case.lax:
        return _lax(_rows(found, ordered=False), _rows(expected, ordered=False))
    ordered = bool(re.search(r"\bORDER\s+BY\b[^}]*$", text, re.IGNORECASE))
    return _verdict(_rows(found, ordered=ordered), _rows(expected, ordered=ordered))


def _askable(case: Case) -> bool:
    return (
        case.kind == "QueryEvaluationTest"
        and case.result is not None
        and not isinstance(case.result, Dataset)
        and case.result.suffix != ".csv"
        and not case.data.named
    )


def test_what_python_takes_of_the_suite_it_answers_right(
    sparql_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    outcomes: Counter[str] = Counter()
    complaints = []
    for cases in sparql_cases(sparql_suite).values():
        for case in filter(_askable, cases):
            outcome = _asked(case)
            kind = outcome if outcome in (EXACT, BY_VALUE) else outcome.partition(":")[0]
            outcomes[kind if kind in (EXACT, BY_VALUE, "not taken") else "failed"] += 1
            if (outcome not in (EXACT, BY_VALUE) and not outcome.startswith("not taken")) != (case.id in KNOWN):
                complaints.append(f"{case.id} ({case.request.name}): {outcome}")
    for outcome in outcomes.elements():
        record_property("conformance queries in Python", outcome)
    assert not complaints, f"{len(complaints)} cases, {dict(outcomes)}:\n" + "\n".join(complaints)
    assert dict(outcomes) == TAKEN


def test_a_request_of_the_suite_is_taken_or_refused_with_a_reason(sparql_suite: Path) -> None:
    taken = 0
    for cases in sparql_cases(sparql_suite).values():
        for case in cases:
            text = case.request.read_text(encoding="utf-8")
            for prebound in (frozenset(), frozenset({"this"})):
                try:
                    prepare(Query(f"BASE <{case.base}>\n{text}"), prebound=prebound)
                except (Unsupported, IllFormed):
                    continue
                # A text that is no SPARQL is never taken.
                assert not case.kind.startswith("Negative") or case.id in FAILURES, case.id
                taken += 1
    assert taken > 700
