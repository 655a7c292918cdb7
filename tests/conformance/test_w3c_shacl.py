"""W3C SHACL: the core and SPARQL tests through the gate, over a set of triples and over a store.

Compared are ``sh:conforms`` and the multiset of (focus node, path, value, component, severity) of the results.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from w3c_known import DEVIATIONS, VALIDATIONS
from w3c_shacl import check, validations

pytestmark = pytest.mark.conformance

_CASES = [
    pytest.param(
        case,
        marks=pytest.mark.xfail(strict=True, raises=AssertionError, reason=DEVIATIONS[case])
        if case in DEVIATIONS
        else (),
    )
    for case in VALIDATIONS
]


@pytest.mark.parametrize("where", ["triples", "store"])
@pytest.mark.parametrize("case", _CASES)
def test_the_gate_reports_what_the_suite_does(
    case: str, where: str, shacl_suite: Path, record_property: Callable[[str, object], None]
) -> None:
    found = check(validations(shacl_suite)[case], in_store=where == "store")
    record_property(f"conformance SHACL {case.partition('/')[0]}, {where}", "failed" if found else "exact")
    assert found is None, found


def test_known_json_lists_the_cases_of_the_suite(shacl_suite: Path) -> None:
    assert list(VALIDATIONS) == list(validations(shacl_suite))
    assert not set(DEVIATIONS) - set(VALIDATIONS)
