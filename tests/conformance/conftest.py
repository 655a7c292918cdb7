"""Where the W3C suites are, and the figures of a run. See docs/conformance.md."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from w3c_suites import SHACL, SPARQL, locate


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--suites", metavar="FOLDER", help="the folder with the W3C suites rdf-tests and data-shapes")


def _folder(config: pytest.Config) -> Path:
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    named = config.getoption("suites", default=None)
    return Path(named) if named else Path(os.environ.get("KG_SHARED", beside)) / "conformance"


def _ci() -> bool:
    return os.environ.get("CI", "").lower() in ("true", "1")


@pytest.fixture(scope="session")
def sparql_suite(request: pytest.FixtureRequest) -> Path:
    """The folder ``sparql`` of w3c/rdf-tests."""
    return locate(_folder(request.config), SPARQL, ci=_ci())


@pytest.fixture(scope="session")
def shacl_suite(request: pytest.FixtureRequest) -> Path:
    """The folder ``tests`` of the SHACL test suite in w3c/data-shapes."""
    return locate(_folder(request.config), SHACL, ci=_ci())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures of docs/conformance.md: cases by suite and outcome, as the tests recorded them."""
    figures: dict[str, Counter[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                for name, value in getattr(report, "user_properties", ()):
                    if name.startswith("conformance "):
                        figures.setdefault(name.removeprefix("conformance "), Counter())[value] += 1
    if figures:
        terminalreporter.section("W3C cases")
        for suite, counts in sorted(figures.items()):
            shown = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
            terminalreporter.line(f"{suite}: {sum(counts.values())} cases: {shown}")
