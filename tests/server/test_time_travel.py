"""``snapshot=`` on every read path, citations that keep what they cite, and Memento (RFC 7089) for documents."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import newsroom as n
import pytest
from flask.testing import FlaskClient

from kg.reads.citation import citation
from kg.store import Store
from server import create_app

HTML = {"Accept": "text/html"}
DAWIT = n.DAWIT.removeprefix(n.BASE)
FREED, LATER = n.FREED.removeprefix(n.BASE), n.LATER.removeprefix(n.BASE)
DAY = datetime(2026, 5, 1, 8, tzinfo=UTC)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[FlaskClient, Store]]:
    """A publication of the test's own, which it may change."""
    n.open_newsroom(tmp_path)
    app = create_app(n.settings(tmp_path))
    yield app.test_client(), Store.open(tmp_path / "store", n.BASE)
    app.extensions["newsgraph"].close()


def rows(client: FlaskClient, address: str) -> list[str]:
    return [row["iri"] for row in client.get(address).get_json()["rows"]]


# ---- snapshot= ------------------------------------------------------------------------------------------------------


def test_lists_search_and_documents_are_those_of_the_snapshot(client: FlaskClient, store: Store) -> None:
    first = store.snapshots()[1].info
    now, then = rows(client, "/articles.json"), rows(client, f"/articles.json?snapshot={first.id}")
    assert n.LATER + "#id" in set(now) - set(then)
    assert n.REMOVED + "#id" in set(then) - set(now)
    removed = n.REMOVED.removeprefix(n.BASE)
    assert (client.get(LATER).status_code, client.get(f"{LATER}?snapshot={first.id}").status_code) == (200, 404)
    assert (client.get(removed).status_code, client.get(f"{removed}?snapshot={first.id}").status_code) == (410, 200)
    for path in ("/", "/things", "/sitemap.xml", "/feed.atom", "/search?q=ourabi", "/status"):
        mark = "&" if "?" in path else "?"
        answer = client.get(f"{path}{mark}snapshot={first.id}")
        assert answer.status_code == 200, path
        assert answer.data != client.get(path).data, path


def test_a_date_means_the_newest_snapshot_until_then(client: FlaskClient, store: Store) -> None:
    first = store.snapshots()[1].info
    assert client.get("/articles.json?snapshot=2026-04-01").get_json()["snapshot"] == first.id


def test_a_snapshot_nobody_knows_is_404_on_every_path(client: FlaskClient) -> None:
    for path in ("/", "/articles", "/things.csv", FREED, FREED + ".ttl", "/sitemap.xml", "/snapshots/nothing"):
        assert client.get(f"{path}?snapshot=nothing").status_code == 404, path


def test_links_of_a_past_page_stay_in_the_past_and_one_leads_back(client: FlaskClient, store: Store) -> None:
    first = store.snapshots()[1].info
    page = client.get(f"{FREED}?snapshot={first.id}", headers=HTML).text
    assert f'href="/things?snapshot={first.id}"' in page
    assert f'href="{FREED}.ttl?snapshot={first.id}"' in page
    assert f'<a href="{FREED}">As it is now</a>' in page
    assert f'<link rel="canonical" href="{n.FREED}">' in page
    assert "snapshot=" not in client.get(FREED, headers=HTML).text


def test_what_the_address_says_is_written_as_text(client: FlaskClient) -> None:
    page = client.get("/articles?snapshot=2026-04-03T00:00Z%22%3E%3Cscript%3E", headers=HTML)
    assert page.status_code == 404
    assert "<script>" not in page.text


def test_a_pruned_snapshot_says_when_it_was_what_it_held_and_what_is_near(own: tuple[FlaskClient, Store]) -> None:
    client, store = own
    old = store.snapshots()[1].info
    store.prune(keep_last=1, time=DAY)
    for path in ("/articles", FREED, "/sitemap.xml"):
        answer = client.get(f"{path}?snapshot={old.id}")
        assert answer.status_code == 410, path
        told = answer.get_json(force=True)
        assert (told["snapshot"], told["time"], told["digest"]) == (old.id, old.time, old.digest)
        assert told["nearest"] == store.current_id()
    assert client.get(f"/snapshots/{old.id}").status_code == 410


# ---- citing ---------------------------------------------------------------------------------------------------------


def test_a_snapshot_that_is_cited_outlives_pruning(own: tuple[FlaskClient, Store]) -> None:
    client, store = own
    old, other = store.snapshots()[1].info, store.snapshots()[2].info
    answer = client.get(f"/snapshots/{old.id}/citation.bib")
    assert answer.headers["Newsgraph-Pinned"] == "yes"
    assert answer.text.startswith("@dataset{")
    assert old.id in answer.text
    store.prune(keep_last=1, time=DAY)
    assert client.get(f"/articles.json?snapshot={old.id}").status_code == 200
    assert client.get(f"/articles.json?snapshot={other.id}").status_code == 410


def test_looking_at_a_snapshot_does_not_keep_it_and_the_button_does(own: tuple[FlaskClient, Store]) -> None:
    client, store = own
    old = store.snapshots()[1].info
    page = client.get(f"/snapshots/{old.id}", headers=HTML).text
    assert "Keep this snapshot" in page
    client.head(f"/snapshots/{old.id}/citation.bib")
    assert client.get(f"/snapshots/{old.id}").get_json()["pinned"] is False
    assert client.post(f"/snapshots/{old.id}/citation").status_code == 303
    assert client.get(f"/snapshots/{old.id}").get_json()["pinned"] is True
    assert "Keep this snapshot" not in client.get(f"/snapshots/{old.id}", headers=HTML).text


def test_strangers_cannot_fill_the_disk_with_pins(tmp_path: Path) -> None:
    n.open_newsroom(tmp_path)
    app = create_app(n.settings(tmp_path, **{"snapshots.cited": 1}))
    client, store = app.test_client(), Store.open(tmp_path / "store", n.BASE)
    first, second = store.snapshots()[1].info, store.snapshots()[2].info
    assert client.get(f"/snapshots/{first.id}/citation").headers["Newsgraph-Pinned"] == "yes"
    answer = client.get(f"/snapshots/{second.id}/citation")
    assert (answer.status_code, answer.headers["Newsgraph-Pinned"]) == (200, "no")
    assert second.id in answer.text
    app.extensions["newsgraph"].close()


def test_every_form_of_a_citation_names_snapshot_digest_and_address(client: FlaskClient, store: Store) -> None:
    info = store.current()
    made = citation(info, publisher="A & B {News}\n% ~x", base=n.BASE)
    for text in (made.to_text(), made.to_bibtex(), made.to_ris(), made.to_csl()):
        assert f"{n.BASE}/snapshots/{info.id}" in text
        assert info.digest in text
    assert "A \\& B News \\% \\textasciitilde{}x" in made.to_bibtex()
    assert [line[:6] for line in made.to_ris().split("\r\n")[:-1]] == [
        f"{tag}  - " for tag in ("TY", "AU", "TI", "PY", "DA", "ET", "UR", "N1", "ER")
    ]
    (item,) = json.loads(made.to_csl())
    assert (item["type"], item["issued"]["date-parts"][0][0]) == ("dataset", int(info.time[:4]))


# ---- Memento --------------------------------------------------------------------------------------------------------


def test_a_document_leads_to_its_state_at_a_time(client: FlaskClient, store: Store) -> None:
    first = store.snapshots()[1].info
    answer = client.get(FREED, headers={"Accept-Datetime": "Wed, 01 Apr 2026 23:00:00 GMT"})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"{FREED}?snapshot={first.id}")
    assert "Accept-Datetime" in answer.vary
    then = client.get(answer.headers["Location"])
    assert then.headers["Memento-Datetime"] == "Wed, 01 Apr 2026 08:00:00 GMT"
    assert f'<{FREED}>; rel="original timegate"' in then.headers["Link"]
    assert f'<{FREED}/timemap>; rel="timemap"' in then.headers["Link"]
    assert f'<{FREED}.ttl?snapshot={first.id}>; rel="alternate"' in then.headers["Link"]  # of the same time
    assert f'<{n.FREED}>; rel="canonical"' in then.headers["Link"]
    assert then.headers["X-Robots-Tag"] == "noindex"


def test_the_newest_state_is_no_memento_but_says_where_they_are(client: FlaskClient) -> None:
    answer = client.get(FREED)
    assert "Memento-Datetime" not in answer.headers
    assert 'rel="original timegate"' in answer.headers["Link"]
    assert {"Accept", "Accept-Datetime"} <= set(answer.vary)


@pytest.mark.parametrize(
    ("time", "place"), [("Tue, 01 Jan 1991 00:00:00 GMT", 1), ("Fri, 01 Jan 2100 00:00:00 GMT", -1)]
)
def test_a_time_outside_the_kept_ones_leads_to_the_nearest(
    client: FlaskClient, store: Store, time: str, place: int
) -> None:
    answer = client.get(DAWIT, headers={"Accept-Datetime": time})
    assert answer.headers["Location"].endswith(f"{DAWIT}?snapshot={store.kept()[place].id}")
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_time_that_cannot_be_read_is_told(client: FlaskClient) -> None:
    answer = client.get(FREED, headers={"Accept-Datetime": "yesterday"})
    assert answer.status_code == 400
    assert "Accept-Datetime" in answer.get_json(force=True)["detail"]


def test_the_timemap_lists_each_state_once(client: FlaskClient, store: Store) -> None:
    answer = client.get(f"{DAWIT}/timemap")
    assert answer.mimetype == "application/link-format"
    links = answer.text.strip().split(",\n")
    mementos = [link for link in links if "memento" in link]
    states = []
    for one in store.kept():
        with store.reader(one.id) as reader:
            revision = reader.revision(n.DAWIT)
            if reader.state(n.DAWIT) == "live" and revision not in states:
                states.append(revision)
    assert len(mementos) == len(states) > 1
    assert 'rel="first memento"' in mementos[0]
    assert 'rel="last memento"' in mementos[-1]
    for link in mementos:
        address = link[1 : link.index(">")].removeprefix(n.BASE)
        assert client.get(address).headers["Memento-Datetime"] in link
    assert client.get("/articles/nothing-00000000/timemap").status_code == 404


@pytest.mark.parametrize("path", ["/", "/articles", "/things", "/search?q=ourabi", FREED, DAWIT])
def test_every_link_of_a_past_page_works(client: FlaskClient, store: Store, path: str) -> None:
    past = f"snapshot={store.snapshots()[2].info.id}"
    page = client.get(f"{path}{'&' if '?' in path else '?'}{past}", headers=HTML).text
    links = {html.unescape(one) for one in re.findall(r'(?:href|src)="(/[^"]*)"', page)}
    followed = [one for one in links if past in one]
    assert followed
    for one in followed:
        # the editor needs no engine and a query none of this app's; both are tried elsewhere
        assert client.get(one.partition("#")[0], headers=HTML).status_code == 200, one
