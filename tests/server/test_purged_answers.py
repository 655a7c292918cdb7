"""After a legal removal no cache is told that what it keeps of an old snapshot is still right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import newsroom as n
from flask.testing import FlaskClient

from kg.engine import Limits, Pool
from kg.pipeline import purge
from kg.store import Store
from server import create_app

_QUERY = "/sparql?query=SELECT+%3Fs+%7B+%3Fs+a+%3Chttp%3A%2F%2Fschema.org%2FNewsArticle%3E+%7D&snapshot="
_PATHS = (
    _QUERY,
    "/?snapshot=",
    "/articles.json?snapshot=",
    "/sitemap.xml?snapshot=",
    "/feed.atom?snapshot=",
    "/dataset.ttl?snapshot=",
    f"/graphs?graph={n.BASE}/graphs/things&snapshot=",
    f"{n.DAWIT.removeprefix(n.BASE)}.ttl?snapshot=",
)


@contextmanager
def _served(folder: Path) -> Iterator[FlaskClient]:
    pool = Pool(folder / "store", Limits(seconds=10, concurrent=1))
    app = create_app(n.settings(folder), engine=pool)
    try:
        yield app.test_client()
    finally:
        app.extensions["newsgraph"].close()


def test_what_was_purged_from_a_snapshot_is_not_confirmed_to_caches(tmp_path: Path) -> None:
    n.open_newsroom(tmp_path)
    store = Store.open(tmp_path / "store", n.BASE)
    old = store.current_id()
    with _served(tmp_path) as client:
        first = {path: client.get(path + old) for path in _PATHS}
        assert {path: answer.status_code for path, answer in first.items()} == dict.fromkeys(_PATHS, 200)
        tags = {path: answer.headers["ETag"] for path, answer in first.items()}
        for path, tag in tags.items():
            assert client.get(path + old, headers={"If-None-Match": tag}).status_code == 304, path
    assert purge(store, n.FREED, time=datetime(2026, 5, 2, tzinfo=UTC), reason="a court order", wait=5).complete
    with _served(tmp_path) as client:
        for path, tag in tags.items():
            assert client.get(path + old, headers={"If-None-Match": tag}).status_code == 200, path
        assert n.FREED not in client.get(_QUERY + old).text
