"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout's root (or the unpacked tests' parent, when the wheel is tested)."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Private material beside the checkout (seed article, gold graph, conformance suites); skips where it is absent.

    ``KG_SHARED`` overrides the place. The material may not be redistributed, so a stranger's clone lacks it.
    """
    found = Path(os.environ.get("KG_SHARED", ROOT.parent / "shared"))
    if not (found / "seed").is_dir():
        pytest.skip(f"private seed and gold files are not at {found} (set KG_SHARED to their folder)")
    return found
