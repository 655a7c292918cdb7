"""``kg serve`` with a replica that answers ``/sparql``: followed, killed, back again."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from publication import Publication
from real import BASE, oxigraph
from serving import Served, serving
from store_fixture import store_article

from kg.store import Store

pytestmark = pytest.mark.engines

#: A statement that only the server beside us holds: whoever knows it has asked there.
PROOF = f"GRAPH <{BASE}/graphs/proof> {{ <x:only> <x:there> <x:is> }}"


def test_queries_are_answered_by_the_replica_while_it_can_and_by_us_while_it_cannot(
    publication: Publication, tmp_path: Path
) -> None:
    (tmp_path / "server").mkdir()
    real = oxigraph(tmp_path / "server")
    shutil.copytree(publication.settings.store, tmp_path / "store")
    store = Store.open(tmp_path / "store", BASE)
    table = f'[[replicas]]\nname = "replica"\nquery = "{real.server.query}"\nupdate = "{real.server.update}"\n'
    (tmp_path / "kg.toml").write_text(f'base_iri = "{BASE}"\nstore = "store"\nengine = "replica"\n{table}')
    try:
        with serving(tmp_path, "--workers", "2") as served:
            _until(lambda: _state(served)["behind"] == 0)
            assert any("answered by the replica replica" in line for line in served.said)
            real.replica(store).remote.change(f"INSERT DATA {{ {PROOF} }}", seconds=30)
            _until(lambda: _asked(served, f"ASK {{ {PROOF} }}"))
            assert not _asked(served, f"ASK {{ {PROOF} }}", snapshot=store.snapshots()[0].info.id)
            description = served.get("/sparql", Accept="text/turtle")[2]
            assert b"a replica, replica; the engine of this host answers for" in description

            with store.begin(time=publication.clock.replace(year=2027), holder="tests") as draft:
                store_article(draft, 1)
                draft.commit()
            _until(lambda: _state(served)["snapshot"] == store.current_id())
            page = "ASK { <https://news.example/articles/story-000001#id> ?p ?o }"
            assert _asked(served, page)
            _until(lambda: _asked(served, f"ASK {{ {PROOF} }}"))

            real.server.kill()
            assert _asked(served, page)
            assert not _asked(served, f"ASK {{ {PROOF} }}")
            with store.begin(time=publication.clock.replace(year=2028), holder="tests") as draft:
                store_article(draft, 2)
                draft.commit()
            _until(lambda: _state(served)["error"] is not None)
            assert _state(served)["behind"] == 1
            assert b"failing" in served.get("/status", Accept="text/html")[2]

            real.server.start()
            _until(lambda: _state(served)["behind"] == 0)
            _until(lambda: _asked(served, f"ASK {{ {PROOF} }}"))
    finally:
        real.server.kill()


def _state(served: Served) -> dict[str, object]:
    found: dict[str, object] = json.loads(served.get("/status.json")[2])["replicas"][0]
    return found


def _asked(served: Served, query: str, **fields: str) -> bool:
    address = "/sparql?" + urlencode({"query": query, **fields})
    status, _, body = served.get(address, Accept="application/sparql-results+json")
    assert status == 200, body
    return bool(json.loads(body)["boolean"])


def _until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)
