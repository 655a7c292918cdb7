"""SPARQL updates over HTTP: with a token, through the gate, one publish each; with real servers and clients."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import newsroom
import pytest
import writing
from serving import serving
from werkzeug.test import TestResponse
from writing import Desk

from kg.engine import Limits, Pool
from kg.store import Store
from server import create_app

G = "http://www.example/updates"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("updated")
    newsroom.open_newsroom(folder)
    return folder


@pytest.fixture(scope="module")
def desk(publication: Path) -> Iterator[Desk]:
    store = Store.open(publication / "store")
    app = create_app(writing.settings(publication), engine=Pool(store.path, Limits(concurrent=1)))
    yield Desk(app.test_client(), store)
    app.extensions["newsgraph"].close()


def update(desk: Desk, text: str, *, role: str | None = "admin", **more: str) -> TestResponse:
    return desk.send(
        "POST", "/sparql", role=role, query_string=more, data=text, content_type="application/sparql-update"
    )


def test_an_update_is_one_publish_that_queries_see_at_once(desk: Desk) -> None:
    answer = update(
        desk, f"INSERT DATA {{ GRAPH <{G}> {{ <a> <a:b> 1 }} }} ; INSERT DATA {{ GRAPH <{G}> {{ <a> <a:b> 2 }} }}"
    )
    assert answer.status_code == 200
    made = answer.get_json()
    assert (made["added"], made["removed"], made["changed"]) == (2, 0, True)
    assert made["snapshot"] == answer.headers["Newsgraph-Snapshot"] == desk.store.current_id()
    asked = desk.client.post(
        "/sparql",
        data=f"ASK {{ GRAPH <{G}> {{ <{newsroom.BASE}/a> <a:b> 1, 2 }} }}",
        content_type="application/sparql-query",
    )
    assert asked.get_json()["boolean"] is True


def test_an_update_may_come_as_a_form(desk: Desk) -> None:
    body = urlencode({"update": f"DELETE WHERE {{ GRAPH <{G}> {{ ?s ?p ?o }} }}"})
    assert desk.send("POST", "/sparql", data=body, content_type=FORM).status_code == 200


def test_what_changes_nothing_publishes_nothing(desk: Desk) -> None:
    before = desk.store.current_id()
    answer = update(desk, "DELETE WHERE { <a:nothing> ?p ?o }")
    assert answer.get_json() == {"snapshot": before, "added": 0, "removed": 0, "changed": False}


def test_the_graphs_of_the_request_are_what_where_sees(desk: Desk) -> None:
    one, into = f"{G}/one", f"{G}/into"
    update(desk, f"INSERT DATA {{ GRAPH <{one}> {{ <a:x> a <a:C> }} <a:y> a <a:C> }}")
    text = f"INSERT {{ GRAPH <{into}> {{ ?s a <a:D> }} }} WHERE {{ ?s a <a:C> }}"
    assert update(desk, text, **{"using-graph-uri": one}).status_code == 200
    assert [line.split()[0] for line in desk.lines(into)] == ["<a:x>"]
    conflict = update(desk, f"WITH <{one}> {text}", **{"using-graph-uri": one})
    assert conflict.status_code == 400


@pytest.mark.parametrize(
    ("text", "status", "error"),
    [
        ("INSERT DATA { <a:a> <a:b> ", 400, "QuerySyntaxError"),
        ("LOAD <http://127.0.0.1:9/>", 400, "QueryRefused"),
        (f"CLEAR GRAPH <{newsroom.BASE}/graphs/keys>", 400, "QueryRefused"),
        ("INSERT DATA { <a:a> a <http://schema.org/NewsArticle> }", 422, "Refused"),
    ],
)
def test_what_is_refused_is_refused_whole(desk: Desk, text: str, status: int, error: str) -> None:
    before = desk.store.current_id()
    answer = update(desk, f"INSERT DATA {{ GRAPH <{G}/whole> {{ <a:a> <a:b> 1 }} }} ; {text}")
    assert (answer.status_code, answer.get_json()["error"]) == (status, error)
    assert desk.store.current_id() == before


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("read", 403), ("ingest", 403)])
def test_taking_statements_out_needs_an_admin_token(desk: Desk, role: str | None, status: int) -> None:
    graph = f"{G}/roles"
    update(desk, f"INSERT DATA {{ GRAPH <{graph}> {{ <a:a> <a:b> 1 }} }}")
    assert update(desk, f"DROP GRAPH <{graph}>", role=role).status_code == status
    assert len(desk.lines(graph)) == 1


def test_an_article_that_an_update_changes_shows_it(desk: Desk) -> None:
    facts = f"{newsroom.BASE}/graphs/things"
    text = f'INSERT DATA {{ GRAPH <{facts}> {{ <{newsroom.HARBOUR}#id> <http://schema.org/name> "Porto Sallow" }} }}'
    assert update(desk, text).status_code == 200
    page = desk.client.get(newsroom.HARBOUR.removeprefix(newsroom.BASE), headers={"Accept": "text/turtle"})
    assert "Porto Sallow" in page.text
    found = desk.client.get("/search.json", query_string={"q": "porto"}).get_json()
    assert [row["iri"] for row in found["rows"]] == [newsroom.HARBOUR + "#id"]


def test_while_the_store_is_written_by_somebody_else_the_answer_is_503_with_a_time(publication: Path) -> None:
    from dataclasses import replace

    from kg.pipeline.orders import Order
    from server import writes
    from server.publication import Publication

    store = Store.open(publication / "store")
    app = create_app(writing.settings(publication))
    desk = Desk(app.test_client(), store)
    patient = writes.asked

    def hasty(publication: Publication, kind: str) -> Order:
        return replace(patient(publication, kind), wait=0.0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writes, "asked", hasty)
        with store.begin(time=datetime(2026, 5, 1, tzinfo=UTC), holder="kg ingest"):
            answer = update(desk, f"INSERT DATA {{ GRAPH <{G}> {{ <a:a> <a:b> 9 }} }}")
    app.extensions["newsgraph"].close()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_updates_of_several_server_processes_come_one_after_the_other(tmp_path: Path) -> None:
    """Real processes and sockets: each update of one thread is there when the next one of another asks."""
    import http.client

    newsroom.open_newsroom(tmp_path)
    tokens = "".join(
        f'[[tokens]]\nname = "{one.name}"\nhash = "sha256:{one.digest}"\nrole = "{one.role}"\n'
        for one in writing.tokens()
    )
    (tmp_path / "kg.toml").write_text(f'base_iri = "{newsroom.BASE}"\nstore = "store"\n{tokens}', encoding="utf-8")
    codes: list[int] = []

    def send(port: int, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        headers = {"Content-Type": "application/sparql-update", **writing.bearer()}
        connection.request("POST", "/sparql", f"INSERT DATA {{ GRAPH <{G}> {{ <a:a> <a:b> {number} }} }}", headers)
        codes.append(connection.getresponse().status)
        connection.close()

    with serving(tmp_path, "--workers", "2") as served:
        senders = [threading.Thread(target=send, args=(served.port, number)) for number in range(4)]
        for one in senders:
            one.start()
        for one in senders:
            one.join()
        status, _, body = served.get(f"/graphs?{urlencode({'graph': G})}", Accept="application/n-triples")
    assert codes == [200] * 4
    assert (status, len(body.splitlines())) == (200, 4)
    assert Store.open(tmp_path / "store").verify().findings == ()
