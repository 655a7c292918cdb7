"""The Graph Store Protocol: graphs read by everybody, written with a token."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import newsroom
import pytest
import writing
from writing import Desk

from kg.engine import Limits, Pool
from kg.iris import hex_digest
from kg.store import Store
from server import create_app

G = "http://www.example/gsp/person/1.ttl"
ONE, TWO = "<a:a> <a:b> 1 .", "<a:a> <a:b> 2 ."
XML = (
    '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.x/">'
    '<r:Description e:b="1"/></r:RDF>'
)


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    newsroom.open_newsroom(folder)
    return folder


@pytest.fixture(scope="module")
def desk(publication: Path) -> Iterator[Desk]:
    store = Store.open(publication / "store")
    app = create_app(writing.settings(publication), engine=Pool(store.path, Limits(concurrent=1)))
    yield Desk(app.test_client(), store)
    app.extensions["newsgraph"].close()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A graph of the test's own."""
    return f"http://www.example/graphs/{hex_digest(request.node.name)}"


def values(desk: Desk, name: str) -> list[str]:
    return sorted(line.split('"')[1] for line in desk.lines(name))


# ---- reading ------------------------------------------------------------------------------------------------------


def test_a_graph_of_the_publication_is_read_at_its_own_address(desk: Desk) -> None:
    name = newsroom.FREED.replace("/articles/", "/graphs/articles/") + "/content"
    by_address = desk.client.get(name.removeprefix(newsroom.BASE), headers={"Accept": "application/n-triples"})
    assert by_address.status_code == 200
    assert by_address.text == desk.get(name).text
    assert f"<{newsroom.FREED}#id>" in by_address.text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "text/turtle; charset=utf-8"),
        ("*/*", "text/turtle; charset=utf-8"),
        ("text/turtle; charset=utf-8", "text/turtle; charset=utf-8"),
        ("application/rdf+xml, text/turtle;q=0.5", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/turtle; charset=utf-8"),
    ],
)
def test_a_graph_comes_in_the_format_that_is_asked_for(desk: Desk, accept: str | None, kind: str) -> None:
    for method in ("GET", "HEAD"):
        headers = {"Accept": accept} if accept else {}
        answer = desk.client.open("/graphs/things", method=method, headers=headers)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        assert "Accept" in answer.headers["Vary"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert bool(answer.data) == (method == "GET")


def test_what_no_format_can_be_found_for_is_406_and_says_what_there_is(desk: Desk) -> None:
    answer = desk.client.get("/graphs?default", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.text


def test_the_default_graph_is_always_there_and_an_unknown_graph_never(desk: Desk) -> None:
    assert desk.client.get("/graphs?default").status_code == 200
    for method in ("GET", "HEAD"):
        assert desk.client.open("/graphs?graph=http%3A%2F%2Fnone.example%2F", method=method).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["", "graph=", "graph=relative", "default&graph=a%3Ab", "graph=a%3Ab&graph=a%3Ac", "graph=a%3A%3Cb%3E"],
)
def test_a_request_that_does_not_name_one_graph_is_400(desk: Desk, query: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = desk.send(
            method, f"/graphs?{query}", data=ONE if method == "PUT" else None, content_type="text/turtle"
        )
        assert answer.status_code == 400, answer.text
    assert desk.client.get("/graphs/things?default").status_code == 400


def test_a_graph_that_a_client_has_is_not_sent_again(desk: Desk) -> None:
    first = desk.client.get("/graphs/things")
    again = desk.client.get("/graphs/things", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_long_graph_is_streamed_by_the_engine(desk: Desk, name: str) -> None:
    body = "".join(f"<a:s{n}> <a:b> {n} .\n" for n in range(10_001))
    assert desk.put(name, body).status_code == 201
    assert len(desk.lines(name)) == 10_001
    head = desk.client.head("/graphs", query_string={"graph": name})
    assert (head.status_code, head.headers["Content-Type"]) == (200, "text/turtle; charset=utf-8")


# ---- writing ------------------------------------------------------------------------------------------------------


def test_put_makes_a_graph_and_then_replaces_it(desk: Desk) -> None:
    first = desk.put(G, ONE)
    assert (first.status_code, first.data) == (201, b"")
    assert first.headers["Newsgraph-Snapshot"] == desk.store.current_id()
    assert desk.put(G, TWO).status_code == 204
    assert values(desk, G) == ["2"]


def test_post_adds_and_blank_nodes_of_two_posts_stay_apart(desk: Desk, name: str) -> None:
    body = f"{ONE} [] <a:b> 7 ."
    codes = [
        desk.send("POST", "/graphs", query_string={"graph": name}, data=body, content_type="text/turtle").status_code
        for _ in range(2)
    ]
    assert codes == [201, 204]
    assert values(desk, name) == ["1", "7", "7"]


def test_post_without_a_graph_makes_one_and_says_where_it_is(desk: Desk) -> None:
    answer = desk.send("POST", "/graphs", data=ONE, content_type="text/turtle")
    assert answer.status_code == 201
    place = answer.headers["Location"]
    assert values(desk, place) == ["1"]
    assert desk.client.get(place.removeprefix(newsroom.BASE)).status_code == 200


def test_delete_takes_a_graph_away_once(desk: Desk, name: str) -> None:
    desk.put(name, ONE)
    codes = [desk.send("DELETE", "/graphs", query_string={"graph": name}).status_code for _ in range(2)]
    assert codes == [204, 404]
    assert desk.get(name).status_code == 404


def test_relative_iris_are_resolved_against_the_iri_of_the_graph(desk: Desk) -> None:
    desk.put("http://rel.example/a/b", "<> <c> <../d> .")
    assert desk.lines("http://rel.example/a/b") == [
        "<http://rel.example/a/b> <http://rel.example/a/c> <http://rel.example/d> ."
    ]


def test_the_iri_of_a_graph_is_decoded_once(desk: Desk) -> None:
    for iri in ("http://pct.example/a%20b", "http://pct.example/a%2520b"):
        assert desk.put(iri, f"<> <a:b> 1, {len(iri)} .").status_code == 201
    assert desk.lines("http://pct.example/a%20b")[0].startswith("<http://pct.example/a%20b> ")
    assert len(desk.lines("http://pct.example/a%2520b")) == 2


def test_a_graph_is_written_at_its_own_address(desk: Desk) -> None:
    codes = [desk.send("PUT", "/graphs/person/1%25.ttl", data="<> <a:b> 1 .", content_type="text/turtle").status_code]
    codes += [desk.client.get("/graphs/person/1%25.ttl").status_code]
    assert desk.lines(f"{newsroom.BASE}/graphs/person/1%25.ttl")[0].startswith(
        "<https://news.example/graphs/person/1%25"
    )
    codes += [desk.send("DELETE", "/graphs/person/1%25.ttl").status_code]
    assert codes == [201, 200, 204]


def test_the_files_of_a_form_are_merged(desk: Desk, name: str) -> None:
    files = {
        "one": (io.BytesIO(b"<> <a:b> 1 . _:x <a:b> 5 ."), "one.ttl", "text/turtle"),
        "two": (io.BytesIO(b'_:x <a:b> "5" .'), "two.nt", "application/n-triples"),
    }
    assert desk.send("POST", "/graphs", query_string={"graph": name}, data=files).status_code == 201
    assert values(desk, name) == ["1", "5", "5"]
    nothing = desk.send(
        "POST", "/graphs", query_string={"graph": name}, data={"one": "text"}, content_type="multipart/form-data"
    )
    assert nothing.status_code == 400


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            "application/rdf+xml",
            XML,
        ),
        ("application/ld+json", '{"http://e.x/b": "1"}'),
        ("application/ld+json", '{"@context": "https://schema.org", "name": "1"}'),
        ("application/n-triples", '<a:a> <a:b> "1" .'),
        ("text/turtle; charset=utf-8", ONE),
    ],
)
def test_a_graph_is_taken_in_every_format(desk: Desk, name: str, kind: str, body: str) -> None:
    desk.put(name, body, kind)
    assert values(desk, name) == ["1"]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/turtle", "<a:a> <a:b> 3 .\n<a:a> a:b 4 .", 400),
        ("text/turtle", b"<a:a> <a:b> '\xff' .", 400),
        ("application/ld+json", '{"@context": "http://127.0.0.1:9/c", "name": "1"}', 400),
        ("application/ld+json", "{", 400),
        ("application/json", "{}", 415),
        ("application/trig", "GRAPH <a:g> { <a:a> <a:b> 3 }", 415),
        ("", ONE, 415),
    ],
)
def test_a_body_that_is_no_graph_leaves_the_old_one(
    desk: Desk, name: str, kind: str, body: str | bytes, status: int
) -> None:
    desk.put(name, ONE)
    answer = desk.put(name, body, kind)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert values(desk, name) == ["1"]


def test_the_line_of_a_mistake_is_told(desk: Desk) -> None:
    made = desk.put(G, "<a:a> <a:b> 3 .\n<a:a> a:b 4 .").get_json()
    assert made["line"] == 2
    assert "prefix" in made["detail"]


def test_a_body_above_the_limit_is_413_and_one_above_that_of_queries_is_not(publication: Path) -> None:
    limits = {"limits.load_bytes": 3_000, "limits.request_bytes": 500}
    app = create_app(writing.settings(publication, **limits))
    desk = Desk(app.test_client(), Store.open(publication / "store"))
    try:
        body = "".join(f"<a:s{n:04}> <a:b> {n} .\n" for n in range(50))
        assert desk.put("http://big.example/", body).status_code == 201
        assert desk.put("http://big.example/", body * 3).status_code == 413
        assert desk.send("POST", "/sparql", data="x" * 600, content_type="application/sparql-update").status_code == 413
        assert len(desk.lines("http://big.example/")) == 50
    finally:
        app.extensions["newsgraph"].close()


def test_nothing_that_was_received_is_left_behind(desk: Desk, name: str) -> None:
    desk.put(name, ONE)
    desk.put(name, "<a:a> a:b 4 .")
    assert list((desk.store.path / "incoming").iterdir()) == []


def test_a_graph_that_breaks_the_shapes_is_refused_with_the_report(desk: Desk) -> None:
    body = "<a:x> a <http://schema.org/NewsArticle> ."
    before = desk.store.current_id()
    answer = desk.send("POST", "/graphs?default", data=body, content_type="text/turtle")
    assert (answer.status_code, answer.get_json()["codes"]) == (422, ["A1", "A11"])
    assert answer.get_json()["report"][0]["focus"] == {"type": "uri", "value": "a:x"}
    turtle = {"Accept": "text/turtle"}
    told = desk.send("POST", "/graphs?default", data=body, content_type="text/turtle", headers=turtle)
    assert (told.status_code, told.mimetype) == (422, "text/turtle")
    assert "sh:ValidationReport" in told.text
    assert desk.store.current_id() == before


def test_what_was_taken_away_is_still_there_in_the_snapshot_before(desk: Desk, name: str) -> None:
    then = desk.put(name, ONE).headers["Newsgraph-Snapshot"]
    desk.send("DELETE", "/graphs", query_string={"graph": name})
    past = desk.client.get("/graphs", query_string={"graph": name, "snapshot": then})
    assert (past.status_code, past.headers["Newsgraph-Snapshot"]) == (200, then)
    refused = desk.send(
        "PUT", "/graphs", query_string={"graph": name, "snapshot": then}, data=ONE, content_type="text/turtle"
    )
    assert refused.status_code == 400


def test_a_write_can_be_bound_to_the_state_it_was_made_for(desk: Desk, name: str) -> None:
    def put(body: str, **headers: str) -> int:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return desk.put(name, body, headers=named).status_code

    assert put(ONE, If_Match="*") == 412
    assert put(ONE, If_None_Match="*") == 201
    assert put(TWO, If_None_Match="*") == 412
    known = desk.get(name).headers["ETag"]
    assert put(TWO, If_Match='"another"') == 412
    assert put(TWO, If_Match=known) == 204
    assert put(ONE, If_Match=known) == 412
    assert values(desk, name) == ["2"]
    deleted = desk.send("DELETE", "/graphs", query_string={"graph": name}, headers={"If-Match": known})
    assert deleted.status_code == 412


# ---- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Basic {writing.ADMIN}"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"Authorization": f"Bearer {writing.ADMIN}é"}, 401),
        ({"Authorization": "Bearer " + "x" * 5_000}, 401),
        (writing.bearer("read"), 403),
        (writing.bearer("ingest"), 201),
    ],
)
def test_writing_needs_a_token_with_the_role(desk: Desk, headers: dict[str, str], status: int) -> None:
    name = "http://who.example/"
    answer = desk.send(
        "PUT", "/graphs", role=None, query_string={"graph": name}, data=ONE, content_type="text/turtle", headers=headers
    )
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert writing.ADMIN not in answer.text
    if status == 201:
        assert desk.send("DELETE", "/graphs", role="ingest", query_string={"graph": name}).status_code == 403
        assert desk.send("DELETE", "/graphs", query_string={"graph": name}).status_code == 204
    else:
        assert desk.get(name).status_code == 404


def test_a_token_in_the_address_counts_for_nothing(desk: Desk) -> None:
    address = f"/graphs?default&access_token={writing.ADMIN}"
    assert desk.client.post(address, data=ONE, content_type="text/turtle").status_code == 401


def test_without_tokens_nobody_writes_and_the_answer_says_how_to_change_that(folder: Path) -> None:
    app = create_app(newsroom.settings(folder))
    answer = app.test_client().put("/graphs?default", data=ONE, content_type="text/turtle")
    assert answer.status_code == 403
    assert "kg token new" in answer.get_json()["detail"]


def test_no_trace_of_a_write_names_an_article(desk: Desk) -> None:
    place = newsroom.FREED.replace("/articles/", "/graphs/articles/") + "/facts"
    thing = f"<{newsroom.DAWIT}#id>"
    body = f'{thing} <http://schema.org/alternateName> "Davit" .'
    asked = {"query_string": {"graph": place}, "data": body, "content_type": "text/turtle"}
    assert desk.send("POST", "/graphs", **asked).status_code == 204
    told = f"{newsroom.BASE}/graphs/articles/…/facts"
    assert desk.store.current().summary["write"]["graph"] == told
    rows = (desk.store.path / "writes.jsonl").read_text().splitlines()
    assert json.loads(rows[-1])["graph"] == told
    assert "court-frees" not in rows[-1]


def test_preflight_tells_what_may_be_sent(desk: Desk) -> None:
    answer = desk.client.options("/graphs", headers={"Origin": "https://other.example"})
    assert answer.status_code == 200
    assert {"PUT", "POST", "DELETE"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert desk.send("PATCH", "/graphs?default").status_code == 405


def test_the_journal_names_who_wrote_and_is_not_served(desk: Desk, name: str) -> None:
    desk.put(name, ONE, role="ingest")
    rows = [json.loads(line) for line in (desk.store.path / "writes.jsonl").read_text().splitlines()]
    assert (rows[-1]["token"], rows[-1]["graph"], rows[-1]["added"]) == ("desk-ingest", name, 1)
    assert desk.client.get("/writes.jsonl").status_code == 404
    assert desk.send("DELETE", "/graphs", role="ingest", query_string={"graph": name}).status_code == 403
    last = json.loads((desk.store.path / "writes.jsonl").read_text().splitlines()[-1])
    assert (last["token"], last["kind"], last["outcome"]) == ("desk-ingest", "delete", "AccessDenied")
