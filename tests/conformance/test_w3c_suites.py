"""What happens where the suites are absent, and whether docs/conformance.md says what known.json says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from w3c_known import (
    CAUSES,
    COMMITS,
    DEVIATIONS,
    EVALUATION,
    FAILURES,
    GROUPS,
    HTTP_FAILURES,
    HTTP_GROUPS,
    HTTP_UPDATES,
    LENIENT,
    MENDED,
    NOT_RUN,
    VALIDATIONS,
)
from w3c_suites import SHACL, SPARQL, locate

pytestmark = pytest.mark.conformance


@pytest.mark.parametrize("places", [SPARQL, SHACL])
def test_absent_suites_fail_in_ci_and_say_where_they_are_published(places: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception) as failure:
        locate(tmp_path, places, ci=True)
    for repository, commit in COMMITS.items():
        assert f"github.com/{repository} at {commit}" in str(failure.value)


def test_absent_suites_skip_elsewhere_with_the_same_reason(tmp_path: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"github\.com/w3c/rdf-tests"):
        locate(tmp_path, SPARQL, ci=False)


def test_a_checkout_of_the_public_repository_is_found_as_it_is(tmp_path: Path) -> None:
    public = tmp_path / "data-shapes" / "data-shapes-test-suite" / "tests"
    public.mkdir(parents=True)
    assert locate(tmp_path, SHACL, ci=True) == public


def test_the_documentation_gives_every_cause_with_its_number_of_cases(root: Path) -> None:
    page = (root / "docs" / "conformance.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| (\d+) \|$", page, re.MULTILINE))
    assert rows == {cause: str(number) for cause, number in CAUSES.items()}


def test_the_documentation_gives_the_totals(root: Path) -> None:
    page = (root / "docs" / "conformance.md").read_text(encoding="utf-8")
    cases = sum(GROUPS.values())
    exact = cases - len(FAILURES) - len(LENIENT) - len(NOT_RUN)
    sparql = f"| **all SPARQL** | {cases} | {exact} | {len(LENIENT)} | {len(FAILURES)} | {len(NOT_RUN)} |"
    assert sparql in page
    names = ("SPARQL Protocol", "Graph Store Protocol", "Service Description")
    for name, (group, number) in zip(names, HTTP_GROUPS.items(), strict=True):
        failed = sum(case.startswith(group + "/") for case in HTTP_FAILURES)
        assert f"| {name}, through HTTP | {number} | {number - failed} | 0 | {failed} | 0 |" in page
    evaluated = sum(EVALUATION.values())
    wrong = sum(case.rpartition("/")[0] in EVALUATION for case in FAILURES.keys() - MENDED)
    right = evaluated - wrong - len(LENIENT) - len(NOT_RUN)
    assert f"through HTTP | {evaluated} | {right} | {len(LENIENT)} | {wrong} | {len(NOT_RUN)} |" in page
    unread = sum("/syntax" in case for case in FAILURES.keys() - MENDED)
    assert f"| syntax of queries 1.0, 1.1, 1.2, through HTTP | 488 | {485 - unread} | 0 | {unread} | 3 |" in page
    assert f"through HTTP | 97 | {97 - len(HTTP_UPDATES)} | 0 | {len(HTTP_UPDATES)} | 0 |" in page
    for part in ("core", "sparql"):
        names = [case for case in VALIDATIONS if case.startswith(part + "/")]
        failed = sum(case in DEVIATIONS or f"{case} (store)" in DEVIATIONS for case in names)
        assert f"| SHACL {part} | {len(names)} | {len(names) - failed} | 0 | {failed} | 0 |" in page
