"""``/shapes`` and ``/shapes/validate``: what is checked, for people and machines, and anybody's graph checked."""

from __future__ import annotations

import http.client
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import newsroom as n
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import BlankNode, RdfFormat, Triple, parse
from werkzeug.serving import make_server

from kg import config
from kg.engine.validation import Bounds, Validator
from kg.errors import EngineBusy, EngineUnavailable, QueryTimeout, QueryTooLarge
from kg.formats import NT, serialize
from kg.shacl import Gate, Report, ShapesGraph, profiles
from kg.shacl.evidence import AllGraphs
from kg.shacl.page import findings
from kg.shacl.posted import read
from kg.shacl.table import as_csv
from kg.store import Store
from kg.vocab import RDF, SH
from server import create_app

HTML = {"Accept": "text/html"}
BAD = b"""@prefix schema: <http://schema.org/> .
<https://news.example/articles/x#id> a schema:NewsArticle ; schema:author "Marta Solheim" ."""
TURTLE = {"Content-Type": "text/turtle"}


class Page(HTMLParser):
    """Tags, ids, links and form fields of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.ids |= {found["id"] or ""} if "id" in found else set()
        self.links += [found["href"] or ""] if "href" in found else []
        self.names |= {found["name"] or ""} if "name" in found else set()

    def handle_data(self, data: str) -> None:
        self.text += data


def shape(triples: list[Triple]) -> list[tuple[str, str, str]]:
    """Triples without the names of blank nodes, in order: equal for graphs that differ in nothing else (and enough to
    tell shapes graphs apart)."""

    def term(node: object) -> str:
        return "_" if isinstance(node, BlankNode) else str(node)

    return sorted((term(t.subject), str(t.predicate), term(t.object)) for t in triples)


def with_context(client: FlaskClient, body: bytes) -> bytes:
    """The JSON-LD document with our context written into it, since none is fetched."""
    document = json.loads(body)
    ours = json.loads(client.get("/context.jsonld").data)["@context"]
    given = document["@context"]
    document["@context"] = [ours if isinstance(c, str) else c for c in (given if isinstance(given, list) else [given])]
    return json.dumps(document).encode()


# ---- the shapes ----------------------------------------------------------------------------------------------------

FORMATS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
}


@pytest.mark.parametrize(("kind", "format"), FORMATS.items())
def test_every_format_holds_the_same_shapes(client: FlaskClient, kind: str, format: RdfFormat) -> None:
    answer = client.get("/shapes", headers={"Accept": kind})
    assert answer.status_code == 200
    assert answer.mimetype == kind
    assert "Accept" in answer.vary
    body = answer.data
    if kind == "application/ld+json":
        body = with_context(client, body)
    got = [q.triple for q in parse(body, format=format, base_iri="https://w3id.org/newsgraph/shapes")]
    wanted = [q.triple for q in parse(client.get("/shapes.nt").data, format=RdfFormat.N_TRIPLES)]
    assert shape(got) == shape(wanted)
    assert len([t for t in got if t.predicate == RDF.type and t.object == SH.NodeShape]) > 30


def test_without_a_wish_the_shapes_are_turtle_as_they_were_written(client: FlaskClient) -> None:
    answer = client.get("/shapes")
    assert answer.mimetype == "text/turtle"
    assert answer.data == client.get("/shapes.ttl").data
    assert "# " in answer.text
    assert client.get("/shapes", headers={"Accept": "image/png"}).status_code == 406


def test_the_shapes_can_be_kept_and_asked_for_again(client: FlaskClient) -> None:
    first = client.get("/shapes", headers={"Accept": "text/turtle"})
    again = client.get("/shapes", headers={"Accept": "text/turtle", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    page = client.get("/shapes", headers=HTML)
    assert page.headers["ETag"] != first.headers["ETag"]
    assert 'rel="alternate"; type="text/turtle"' in page.headers["Link"]


def test_the_page_has_a_place_for_every_code_with_what_to_do(client: FlaskClient) -> None:
    page = Page(client.get("/shapes.html").text)
    graph = ShapesGraph.load()
    named = {s.value.rpartition("#")[2] for s, _ in graph.view.pairs(SH.message) if hasattr(s, "value")}
    named = {name for name in named if name[:1].isupper() and name[-1].isdigit()}
    assert len(named) > 50
    assert named <= page.ids
    assert "Give exactly one." in page.text
    assert "script" not in page.tags


def test_shapes_of_the_publication_and_its_severities_are_served(tmp_path: Path) -> None:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text(
        """# not for everybody
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <http://schema.org/> .
        <https://own.example/s#X1> a sh:NodeShape ; sh:targetClass schema:NewsArticle ;
          sh:property [ sh:path schema:genre ; sh:minCount 1 ; sh:message "X1 no genre; give one"@en ] ."""
    )
    file = tmp_path / "kg.toml"
    file.write_text(f'base_iri = "{n.BASE}"\nstore = "store"\n[shapes.severity]\nA7 = "Info"\n')
    settings = config.load(file)
    app = create_app(settings)
    client = app.test_client()
    turtle = client.get("/shapes.ttl").text
    assert "https://own.example/s#X1" in turtle
    assert "not for everybody" not in turtle
    wanted = profiles.load(settings).triples
    got = [q.triple for q in parse(turtle.encode(), format=RdfFormat.TURTLE)]
    assert shape(got) == shape(list(wanted))
    assert "X1" in client.get("/shapes.html").text
    report = json.loads(client.post("/shapes/validate", data=BAD, headers=TURTLE | {"Accept": "application/json"}).data)
    severities = {r["code"]: r["severity"] for r in report["results"]}
    assert severities["X1"] == "Violation"
    app.extensions["newsgraph"].close()


# ---- a graph checked -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report(app: Flask) -> dict[str, object]:
    """The report of :data:`BAD` in JSON."""
    answer = app.test_client().post("/shapes/validate", data=BAD, headers=TURTLE | {"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    made: dict[str, object] = json.loads(answer.data)
    return made


def test_a_posted_graph_gets_its_report(report: dict[str, object]) -> None:
    assert (report["conforms"], report["accepted"]) == (False, False)
    codes = [r["code"] for r in report["results"]]  # type: ignore[attr-defined]
    assert {"A1", "A8", "A11"} <= set(codes)


@pytest.mark.parametrize("kind", [*FORMATS, "*/*", ""])
def test_a_report_is_a_validation_report_in_every_format(
    client: FlaskClient, report: dict[str, object], kind: str
) -> None:
    answer = client.post("/shapes/validate", data=BAD, headers=TURTLE | {"Accept": kind})
    assert answer.status_code == 200
    assert answer.mimetype == (kind if kind in FORMATS else "text/turtle")
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.data
    if answer.mimetype == "application/ld+json":
        body = with_context(client, body)
    triples = [q.triple for q in parse(body, format=FORMATS[answer.mimetype])]
    results = [t for t in triples if t.predicate == SH.result]
    assert len(results) == len(report["results"])  # type: ignore[arg-type]
    if answer.mimetype == "text/turtle":
        assert not Report.from_turtle(answer.data).accepted


def graph_in(format: RdfFormat) -> bytes:
    from pyoxigraph import serialize as write

    made = write(parse(BAD, format=RdfFormat.TURTLE), format=format)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("kind", "format"),
    [
        *FORMATS.items(),
        ("application/n-quads", RdfFormat.N_QUADS),
        ("application/trig", RdfFormat.TRIG),
        ("application/json", RdfFormat.JSON_LD),
    ],
)
def test_a_graph_may_come_in_every_format(
    client: FlaskClient, report: dict[str, object], kind: str, format: RdfFormat
) -> None:
    headers = {"Content-Type": f"{kind}; charset=utf-8", "Accept": "application/json"}
    answer = client.post("/shapes/validate", data=graph_in(format), headers=headers)
    assert json.loads(answer.data) == report


def test_a_posted_graph_may_declare_classes(client: FlaskClient) -> None:
    data = (
        b"@prefix ex: <https://own.example/> . @prefix schema: <http://schema.org/> ."
        b"ex:Story <http://www.w3.org/2000/01/rdf-schema#subClassOf> schema:NewsArticle . ex:a a ex:Story ."
    )
    answer = client.post(
        "/shapes/validate", data=data, headers={"Content-Type": "text/turtle", "Accept": "application/json"}
    )
    assert "A1" in {result["code"] for result in answer.get_json()["results"]}


def test_named_graphs_are_merged() -> None:
    data = b"<urn:a> <urn:p> <urn:b> <urn:g> .\n<urn:a> <urn:p> <urn:b> <urn:h> .\n"
    from kg.formats import NQ

    assert len(read(data, NQ, base=n.BASE, limit=1)) == 1


def test_a_document_of_ours_is_checked_as_it_was_served(client: FlaskClient) -> None:
    for suffix in ("ttl", "jsonld"):
        page = client.get(f"{n.FREED.removeprefix(n.BASE)}.{suffix}")
        headers = {"Content-Type": page.mimetype, "Accept": "application/json"}
        answer = client.post("/shapes/validate", data=page.data, headers=headers)
        assert answer.status_code == 200, answer.text
        assert "A1" not in {r["code"] for r in json.loads(answer.data)["results"]}


def test_a_value_comes_with_the_words_it_was_read_from(client: FlaskClient) -> None:
    page = client.get(f"{n.FREED.removeprefix(n.BASE)}.ttl").text
    page += f"\n<{n.FREED}#quote-1> <http://schema.org/text> 'Something else.' ."
    answer = client.post("/shapes/validate", data=page.encode(), headers=TURTLE | {"Accept": "application/json"})
    words = [w["text"] for r in json.loads(answer.data)["results"] for w in r["words"]]
    assert words
    assert all(w in n.freed_article().body or w in n.freed_article().headline for w in words)


def test_pages_of_other_sites_are_read_with_the_context_of_schema_org(client: FlaskClient) -> None:
    page = {"@context": "https://schema.org", "@type": "NewsArticle", "@id": "https://x.example/a", "headline": ""}
    answer = client.post("/shapes/validate", json=page, headers={"Accept": "application/json"})
    assert "A1" in {r["code"] for r in json.loads(answer.data)["results"]}


def test_no_report_about_the_published_graph_holds_withheld_words(store: Store) -> None:
    """Shapes that find fault with every text, span and article show whatever there is to show of each."""
    classes = "schema:NewsArticle nif:Context nif:OffsetBasedString schema:Quotation schema:Claim schema:ImageObject"
    everything = f"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <http://schema.org/> .
        @prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
        <urn:x-all> a sh:NodeShape ; sh:targetClass {", ".join(classes.split())} ; sh:property
        [ sh:path schema:nothing ; sh:minCount 1 ], [ sh:path schema:articleBody ; sh:maxLength 0 ],
        [ sh:path nif:isString ; sh:maxLength 0 ], [ sh:path nif:anchorOf ; sh:maxLength 0 ],
        [ sh:path schema:text ; sh:maxLength 0 ], [ sh:path schema:caption ; sh:maxLength 0 ] ."""
    gate = Gate(ShapesGraph.parse([("all.ttl", everything.encode())]))
    with store.reader() as reader:
        report = gate.check_store(reader.rdf).with_words(AllGraphs(reader.rdf))
    assert {n.FREED + "#id", n.FOREIGN + "#id"} <= {r.focus.value for r in report.results}
    said = report.to_json() + report.to_turtle() + report.to_text() + as_csv(report) + findings(report)
    assert "I only mended a pump" in said
    assert n.SECRET[:40] not in said
    runs = [n.SECRET[at : at + 40] for at in range(len(n.SECRET) - 40)]
    assert not [run for run in runs if run in said]


# ---- what is refused -----------------------------------------------------------------------------------------------


def refused(client: FlaskClient, data: bytes, kind: str = "text/turtle") -> tuple[int, dict[str, object]]:
    answer = client.post("/shapes/validate", data=data, headers={"Content-Type": kind})
    assert answer.mimetype == "application/problem+json"
    made: dict[str, object] = json.loads(answer.data)
    return answer.status_code, made


def test_what_does_not_parse_is_answered_with_its_line(client: FlaskClient) -> None:
    status, problem = refused(client, b"<urn:a> a <urn:b> .\n\noops")
    assert (status, problem["line"]) == (400, 3)
    assert "/tmp" not in json.dumps(problem)
    for kind in ("application/ld+json", "application/rdf+xml", "application/n-quads"):
        assert refused(client, b"oops", kind)[0] == 400
    assert refused(client, b"  \n")[0] == 400


def test_no_context_is_fetched(client: FlaskClient) -> None:
    for context in ('"http://127.0.0.1:9/c"', '["https://schema.org", "http://127.0.0.1:9/c"]'):
        status, problem = refused(client, b'{"@context": %s, "name": "x"}' % context.encode(), "application/ld+json")
        assert status == 400
        assert "127.0.0.1:9" in str(problem["detail"])
    nested = b'{"@graph": [{"@context": "http://127.0.0.1:9/c", "name": "x"}]}'
    assert refused(client, nested, "application/ld+json")[0] == 400
    imported = b'{"@context": {"@import": "http://127.0.0.1:9/c"}, "name": "x"}'
    assert refused(client, imported, "application/ld+json")[0] == 400


@pytest.mark.parametrize("kind", ["text/csv", "", "application/sparql-query"])
def test_another_media_type_is_told_which_there_are(client: FlaskClient, kind: str) -> None:
    status, problem = refused(client, b"x", kind)
    assert status == 415
    assert "text/turtle" in str(problem["detail"])


def test_what_is_not_accepted_is_not_checked(client: FlaskClient) -> None:
    answer = client.post("/shapes/validate", data=BAD, headers=TURTLE | {"Accept": "image/png"})
    assert answer.status_code == 406
    assert "application/json" in answer.get_json(force=True)["offers"]


@pytest.fixture(scope="module")
def small(folder: Path) -> Iterator[FlaskClient]:
    """A server that takes little."""
    limits = {"limits.request_bytes": 2_000, "limits.validate_triples": 5}
    app = create_app(n.settings(folder, **limits))
    yield app.test_client()
    app.extensions["newsgraph"].close()


def test_too_many_triples_and_too_many_bytes_are_refused(small: FlaskClient) -> None:
    rows = b"".join(b"<urn:a> <urn:p> %d .\n" % number for number in range(6))
    status, problem = refused(small, rows)
    assert status == 413
    assert "5 triples" in str(problem["detail"])
    assert refused(small, b"#" * 3_000)[0] == 413
    assert small.post("/shapes/validate", data=rows[:60], headers=TURTLE).status_code == 200


Make = Callable[[Bounds], Validator]


@pytest.fixture
def validator() -> Iterator[Make]:
    """Makes validators of the shipped shapes, and ends them."""
    shapes = serialize(ShapesGraph.load().triples, NT)
    made: list[Validator] = []

    def make(bounds: Bounds) -> Validator:
        made.append(Validator(shapes, b"", bounds))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_check_is_stopped_at_the_deadline_and_the_next_one_is_not_harmed(validator: Make) -> None:
    one = validator(Bounds(seconds=0.001))
    with pytest.raises(QueryTimeout, match=r"0\.001 s"):
        one.check(BAD, "text/turtle", base=n.BASE)
    one.bounds = Bounds(seconds=60)
    assert not one.check(BAD, "text/turtle", base=n.BASE).accepted


def test_a_report_without_end_is_refused(validator: Make) -> None:
    rows = b"".join(b"<urn:a%d> a <http://schema.org/NewsArticle> .\n" % number for number in range(3_000))
    with pytest.raises(QueryTooLarge, match=r"results"):
        validator(Bounds(seconds=60)).check(rows, "text/turtle", base=n.BASE)


def test_memory_has_a_cap_and_the_next_graph_is_checked(validator: Make) -> None:
    rows = b"".join(b"<urn:a%d> <urn:p> '%s' .\n" % (number, b"x" * 2000) for number in range(40_000))
    one = validator(Bounds(seconds=60, memory_mb=300))
    with pytest.raises(QueryTooLarge):
        one.check(rows, "text/turtle", base=n.BASE)
    assert not one.check(BAD, "text/turtle", base=n.BASE).accepted


def test_a_fault_of_ours_is_not_blamed_on_the_graph(capfd: pytest.CaptureFixture[str]) -> None:
    broken = Validator(b"no shapes at all", b"", Bounds(seconds=60))
    with pytest.raises(EngineUnavailable, match="log"):
        broken.check(BAD, "text/turtle", base=n.BASE)
    assert "no valid Turtle" in capfd.readouterr().err
    broken.close()


def test_one_graph_is_checked_at_a_time(validator: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.engine.validation._WAIT", 0.01)
    one = validator(Bounds())
    with one._turn, pytest.raises(EngineBusy) as raised:
        one.check(BAD, "text/turtle", base=n.BASE)
    assert raised.value.retry_after


def test_few_may_wait_and_more_are_told_at_once_to_come_back(validator: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.engine.validation._WAIT", 60.0)
    one = validator(Bounds(seconds=60))
    found: list[Report] = []

    def check() -> None:
        found.append(one.check(BAD, "text/turtle", base=n.BASE))

    threads = [threading.Thread(target=check) for _ in range(3)]
    with one._turn:
        for thread in threads:
            thread.start()
        while one._places._value:  # all three have come
            time.sleep(0.01)
        with pytest.raises(EngineBusy):
            one.check(BAD, "text/turtle", base=n.BASE)
    for thread in threads:
        thread.join(timeout=60)
    assert len(found) == 3


def test_threads_get_the_report_of_their_own_graph(validator: Make) -> None:
    one = validator(Bounds(seconds=60))
    found: dict[int, set[str]] = {}

    def check(number: int) -> None:
        data = b"<urn:a%d> a <http://schema.org/NewsArticle> ." % number
        found[number] = {str(r.focus) for r in one.check(data, "text/turtle", base=n.BASE).results}

    threads = [threading.Thread(target=check, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert found == {number: {f"<urn:a{number}>"} for number in range(3)}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"[" * 200_000, "application/ld+json"),
        (b'{"@graph":' * 5_000 + b"1" + b"}" * 5_000, "application/ld+json"),
        (b"<urn:a> <urn:p> " + b"(" * 100_000, "text/turtle"),
        (b"<urn:a> <urn:p> " + b"[ <urn:p> " * 50_000, "text/turtle"),
        (b"\xff\xfe\x00", "text/turtle"),
        (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
            "application/rdf+xml",
        ),
    ],
    ids=["json-lists", "json-graphs", "turtle-lists", "turtle-nodes", "no-text", "outside-entity"],
)
def test_hostile_documents_are_refused_like_any_other(client: FlaskClient, data: bytes, kind: str) -> None:
    status, problem = refused(client, data, kind)
    assert status in (400, 413)
    assert "root:" not in json.dumps(problem)


def test_blank_nodes_named_like_the_reports_own_do_not_confuse_it(client: FlaskClient) -> None:
    rows = b"".join(b"_:nkgresult%d a <http://schema.org/NewsArticle> .\n" % number for number in range(5))
    answer = client.post("/shapes/validate", data=rows, headers=TURTLE)
    report = Report.from_turtle(answer.data)
    assert len({r.focus for r in report.results if r.code == "A1"}) == 5


# ---- the form ------------------------------------------------------------------------------------------------------


def test_the_form_works_without_scripts(client: FlaskClient) -> None:
    page = Page(client.get("/shapes/validate", headers=HTML).text)
    assert {"data", "format", "file"} <= page.names
    assert "script" not in page.tags
    answer = client.post("/shapes/validate", data={"data": BAD.decode(), "format": "ttl"}, headers=HTML)
    shown = Page(answer.text)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "refused: " in shown.text
    assert "Give exactly one." in shown.text
    assert "/shapes.html#A1" in shown.links
    assert "Marta Solheim" in shown.text
    assert "script" not in shown.tags


def test_a_file_can_be_sent_and_its_ending_names_its_format(client: FlaskClient) -> None:
    file = io.BytesIO(graph_in(RdfFormat.JSON_LD))
    sent = {"data": "", "format": "ttl", "file": (file, "graph.jsonld")}
    answer = client.post("/shapes/validate", data=sent, headers=HTML, content_type="multipart/form-data")
    assert "refused: " in answer.text


def test_the_form_keeps_what_does_not_parse_and_says_why(client: FlaskClient) -> None:
    answer = client.post("/shapes/validate", data={"data": "oops <b>", "format": "ttl"}, headers=HTML)
    assert answer.status_code == 400
    assert "oops &lt;b&gt;" in answer.text
    assert "posted graph:1" in answer.text
    assert client.post("/shapes/validate", data={"data": "x", "format": "doc"}, headers=HTML).status_code == 400


def test_nothing_posted_becomes_markup(client: FlaskClient) -> None:
    turtle = f"""<javascript:alert(1)> a <http://schema.org/NewsArticle> ;
        <http://schema.org/author> {json.dumps(n.EVIL)} ."""
    answer = client.post("/shapes/validate", data={"data": turtle, "format": "ttl"}, headers=HTML)
    assert answer.status_code == 200
    page = Page(answer.text)
    assert "script" not in page.tags
    assert not [link for link in page.links if link.startswith("javascript")]
    assert n.EVIL.split("\n")[0][:20] in page.text


# ---- over the wire -------------------------------------------------------------------------------------------------


def test_scripts_of_other_sites_may_post_graphs(app: Flask) -> None:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
        asked = {"Origin": "https://x.example", "Access-Control-Request-Method": "POST"}
        connection.request("OPTIONS", "/shapes/validate", headers=asked)
        allowed = connection.getresponse()
        allowed.read()
        assert allowed.headers["Access-Control-Allow-Origin"] == "*"
        assert "POST" in allowed.headers["Access-Control-Allow-Methods"]
        connection.request("POST", "/shapes/validate", body=BAD, headers=TURTLE | {"Accept": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert json.loads(answer.read())["accepted"] is False
    finally:
        server.shutdown()
        thread.join(timeout=10)
