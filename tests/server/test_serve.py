"""``kg serve`` as people start it: a process of its own, real sockets, the whole path from articles to pages."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
from pathlib import Path
from urllib.parse import urlencode

import newsroom as n
import pytest
from serving import below, run, serving

from kg import queries
from kg.store import Store

#: Invented articles that ship with the project; a few are enough here.
SAMPLES = 4
BIG = "SELECT ?a ?b ?c { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z }"


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """A folder as ``kg init`` and ``kg ingest`` leave it."""
    folder = tmp_path_factory.mktemp("publication")
    (folder / "articles").mkdir()
    for file in sorted((root / "data" / "sample").glob("*.txt"))[:SAMPLES]:
        shutil.copy(file, folder / "articles")
    (folder / "kg.toml").write_text(
        f'base_iri = "{n.BASE}"\nstore = "store"\n[[sources]]\nname = "sample"\npath = "articles"\nrights = "own"\n'
    )
    code, said = run("ingest", "articles", cwd=folder)
    assert code == 0, said
    return folder


def test_articles_become_pages_that_a_visitor_can_walk(publication: Path) -> None:
    with serving(publication, "--workers", "2", "--threads", "4") as served:
        said = "".join(served.said)
        for address in re.findall(r"http://127\.0\.0\.1:\d+(/\S*)", said):
            assert served.get(address, Accept="text/html")[0] == 200
        assert len(json.loads(served.get("/articles.json")[2])["rows"]) == SAMPLES
        waiting, seen = ["/"], {"/"}
        while waiting:
            status, headers, body = served.get(waiting.pop(), Accept="text/html")
            assert status == 200
            if not headers["Content-Type"].startswith("text/html"):
                continue
            for address in re.findall(r'href="(/(?:articles|things|sections)[^"#]*)"', body.decode()):
                if address not in seen and "." not in address:
                    seen.add(address)
                    waiting.append(address)
        assert sum(re.fullmatch("/articles/[^/]+", address) is not None for address in seen) == SAMPLES
        assert sum(address.startswith("/things/") for address in seen) > SAMPLES
        for example in queries.examples():
            status, _, body = served.get("/sparql?" + urlencode({"query": example.text}), Accept="text/csv")
            assert status == 200, body


def test_a_publish_shows_up_while_serving(publication: Path, tmp_path: Path, root: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(publication, folder)
    with serving(folder) as served:
        before = json.loads(served.get("/articles.json")[2])["total"]
        shutil.copy(sorted((root / "data" / "sample").glob("*.txt"))[SAMPLES], folder / "articles")
        assert run("ingest", "articles", cwd=folder)[0] == 0
        assert json.loads(served.get("/articles.json")[2])["total"] == before + 1
        query = urlencode({"query": "SELECT (COUNT(*) AS ?n) { ?a a <http://schema.org/NewsArticle> }"})
        assert served.get(f"/sparql?{query}", Accept="text/csv")[2].split() == [b"n", str(before + 1).encode()]


def test_an_answer_that_grows_too_long_is_cut_off_visibly(publication: Path) -> None:
    with serving(publication, KG_LIMITS_QUERY_BYTES=str(3 * 2**20)) as served:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        connection.request("GET", "/sparql?" + urlencode({"query": BIG, "format": "csv"}))
        answer = connection.getresponse()
        assert answer.status == 200
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()
        connection.close()
        assert served.get("/sparql?query=ASK%7B%7D")[0] == 200


def test_a_query_past_its_deadline_is_504(publication: Path) -> None:
    with serving(publication, KG_LIMITS_QUERY_SECONDS="1") as served:
        slow = "SELECT (COUNT(*) AS ?n) { ?a ?p ?x . ?b ?q ?y . ?c ?r ?z }"
        status, headers, body = served.get("/sparql?" + urlencode({"query": slow}))
        assert status == 504
        assert headers["Content-Type"] == "application/problem+json"
        assert json.loads(body)["seconds"] == 1


def test_a_client_that_leaves_does_not_keep_its_worker(publication: Path) -> None:
    limits = {"KG_LIMITS_CONCURRENT_QUERIES": "1", "KG_LIMITS_QUERY_SECONDS": "50"}
    with serving(publication, **limits) as served:
        with socket.create_connection(("127.0.0.1", served.port)) as left:
            query = urlencode({"query": BIG, "format": "csv"})
            left.sendall(f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert left.recv(1000).startswith(b"HTTP/1.1 200")
        # with the only worker kept, this would be 503 or wait for the first query's deadline
        assert served.get("/sparql?query=ASK%7B%7D")[0] == 200


def test_nothing_is_left_running_afterwards(publication: Path) -> None:
    with serving(publication) as served:
        assert served.get("/sparql?query=ASK%7B%7D")[0] == 200
        group = below(served.process.pid)
        assert len(group) >= 2
    for pid in group:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_port_in_use_is_exit_2_and_says_which(publication: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, said = run("serve", "--port", port, cwd=publication)
    assert code == 2
    assert port in said
    assert "--port" in said
    assert "Traceback" not in said


def test_without_a_store_it_is_exit_3_and_says_what_to_do(tmp_path: Path) -> None:
    code, said = run("--store", str(tmp_path / "none"), "serve", "--port", "0", cwd=tmp_path)
    assert code == 3
    assert "Traceback" not in said


def test_with_an_empty_store_it_is_exit_3_and_says_what_to_do(tmp_path: Path) -> None:
    Store.create(tmp_path / "store", n.BASE)
    (tmp_path / "kg.toml").write_text(f'base_iri = "{n.BASE}"\nstore = "store"\n')
    code, said = run("serve", "--port", "0", cwd=tmp_path)
    assert code == 3
    assert "kg ingest" in said
