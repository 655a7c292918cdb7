"""What Virtuoso leaves out without an error, and what comes of it here."""

from __future__ import annotations

from pathlib import Path

import pytest
from publication import Publication
from real import BASE, virtuoso

from kg.engine import Limits, Request
from kg.errors import QueryRefused
from kg.replicas.engine import RemoteEngine

pytestmark = [pytest.mark.engines, pytest.mark.long]


def test_an_answer_that_virtuoso_cuts_at_its_own_limit_is_no_answer(publication: Publication, tmp_path: Path) -> None:
    real = virtuoso(tmp_path, rows=200)
    try:
        assert real.replica(publication.store).catch_up().kind == "load"
        asked = engine(real.replica(publication.store).remote)
        with pytest.raises(QueryRefused, match="cuts answers"):
            asked.run(Request("SELECT * { ?s ?p ?o }")).read()
        with pytest.raises(QueryRefused, match="without a word"):
            asked.run(Request("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")).read()
        short = asked.run(Request("SELECT * { ?s ?p ?o } LIMIT 199", solutions="text/csv"))
        assert short.read().count(b"\r\n") == 200
    finally:
        real.server.kill()


def engine(remote: object) -> RemoteEngine:
    return RemoteEngine("replica", remote, BASE, Limits(seconds=10), default_graph=f"{BASE}/graphs/default")  # type: ignore[arg-type]
