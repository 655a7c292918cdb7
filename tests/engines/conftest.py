"""One publication for all tests of engines, and real servers that hold it as replicas."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from publication import Publication
from real import KINDS, PARAMS, Real, odd

from kg import config, pipeline

sys.path.append(str(Path(__file__).resolve().parent.parent / "server"))  # `serving`, which starts kg serve


@pytest.fixture(scope="session")
def publication(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """Eight articles of the sample and a thing with hostile texts, in two snapshots. No test changes it."""
    made = Publication.make(tmp_path_factory.mktemp("engines"))
    files = sorted(pipeline.walk([root / "data" / "sample"]))[:8]
    settings = config.load(root / "kg.toml")
    outcomes = made.add(*(pipeline.from_path(file, settings) for file in files))
    assert "stored" in {one.status for one in outcomes}
    with made.store.begin(time=made.now(), holder="tests") as draft:
        draft.put_thing(odd())
        draft.commit()
    return made


@pytest.fixture(scope="session", params=PARAMS)
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """Each kind of server, started once for all tests; what it holds, each test settles for itself."""
    made = KINDS[request.param](tmp_path_factory.mktemp(request.param))
    yield made
    made.server.kill()
