"""W3C SHACL: the core and SPARQL tests through the gate, over a set of triples and over a store.

Compared are ``sh:conforms``, the multiset of (focus node, path, value, component, severity, source shape) of the
results, and the messages where the suite gives some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from w3c_known import DEVIATIONS, VALIDATIONS
from w3c_shacl import check, fallbacks, validations

pytestmark = pytest.mark.conformance

PLACES = ("triples", "store")


def _parameters() -> Iterator[object]:
    """Every case over triples and over a store. ``CASE (store)`` in known.json fails over a store only."""
    for case in VALIDATIONS:
        for where in PLACES:
            reason = DEVIATIONS.get(case) or DEVIATIONS.get(f"{case} ({where})")
            known = pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason or "")
            yield pytest.param(case, where, id=f"{case}-{where}", marks=known if reason else ())


@pytest.mark.parametrize(("case", "where"), list(_parameters()))
def test_the_gate_reports_what_the_suite_does(
    case: str, where: str, shacl_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    found = check(validations(shacl_suite)[case], in_store=where == "store")
    record_property(f"conformance SHACL {case.partition('/')[0]}, {where}", "failed" if found else "exact")
    assert found is None, found


def test_no_case_needs_the_oracle(shacl_suite: Path) -> None:
    asked = {
        name: fallbacks(case)
        for name, case in validations(shacl_suite).items()
        if name not in DEVIATIONS and case.conforms is not None
    }
    assert len(asked) == 112
    assert {name: found for name, found in asked.items() if found} == {}


def test_every_expected_source_shape_is_in_the_shapes(shacl_suite: Path) -> None:
    for name, case in validations(shacl_suite).items():
        known = {str(t.subject) for t in case.shapes}
        assert {row[-1] for row in case.results} <= known, name


def test_known_json_lists_the_cases_of_the_suite(shacl_suite: Path) -> None:
    assert list(VALIDATIONS) == list(validations(shacl_suite))
    assert not {case.removesuffix(" (store)") for case in DEVIATIONS} - set(VALIDATIONS)
