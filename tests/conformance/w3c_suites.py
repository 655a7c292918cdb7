"""Finding the suites, which are published by W3C and not kept in this repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from w3c_known import COMMITS

SPARQL = ("rdf-tests/sparql",)
SHACL = ("data-shapes/data-shapes-test-suite/tests", "data-shapes/tests")


def locate(folder: Path, places: tuple[str, ...], *, ci: bool) -> Path:
    """The first of some places below a folder; where none is there, the test fails in CI and is skipped elsewhere."""
    for place in places:
        if (folder / place).is_dir():
            return folder / place
    published = " and ".join(f"github.com/{name} at {commit}" for name, commit in COMMITS.items())
    message = (
        f"no {places[0]} in {folder}: clone {published} into one folder and name it with --suites FOLDER; "
        "docs/conformance.md has the commands"
    )
    if ci:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
