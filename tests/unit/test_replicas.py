"""What leaves for a replica and what is believed of its answers; servers here are small, rude and on this host."""

from __future__ import annotations

import json
import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from kg import config
from kg.engine import Answer, Limits, Request, State
from kg.errors import (
    ConfigError,
    EngineBusy,
    EngineUnavailable,
    KgError,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    UsageError,
)
from kg.replicas import remote_of
from kg.replicas.engine import RemoteEngine
from kg.replicas.terms import batches, data, term
from kg.store.remote import Credentials, Exchange, Remote, query

BASE = "https://news.example"
JSON = "application/sparql-results+json"
ROWS = b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"literal","value":"x"}}]}}'
SNAPSHOT = "20261122T164500Z-0001"


def reply(
    body: bytes, *, status: str = "200 OK", headers: str = "", media: str = JSON, length: int | None = None
) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {size}\r\n{headers}\r\n".encode() + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", headers: str = "", media: str = JSON) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nTransfer-Encoding: chunked\r\n{headers}\r\n".encode()
    return head + b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in chunks) + end


def mark(snapshot: str = SNAPSHOT, target: str | None = None) -> bytes:
    """The look-up of a replica's mark, answered."""
    rows = [("http://purl.org/dc/terms/source", "literal", BASE)]
    rows += [("http://purl.org/dc/terms/hasVersion", "uri", f"{BASE}/snapshots/{snapshot}")]
    rows += [("http://purl.org/dc/terms/isReplacedBy", "uri", f"{BASE}/snapshots/{target}")] if target else []
    found = [{"p": {"type": "uri", "value": p}, "o": {"type": kind, "value": value}} for p, kind, value in rows]
    return reply(json.dumps({"head": {"vars": ["p", "o"]}, "results": {"bindings": found}}).encode())


def looks_up(sent: bytes) -> bool:
    """Whether a request looks up the mark."""
    return b"graphs%2Freplica" in sent or b"graphs/replica" in sent


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        found = re.search(rb"(?i)content-length: *([0-9]+)", head)
        body = self.rfile.read(int(found[1]) if found else 0)
        self.server.seen.append(head + body)  # type: ignore[attr-defined]
        answer = self.server.answer(head + body)  # type: ignore[attr-defined]
        try:
            if answer is None:
                threading.Event().wait(20)
            else:
                self.wfile.write(answer)
        except OSError:
            return


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@contextmanager
def server(answer: Callable[[bytes], bytes | None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers what it is told to, and what it was sent."""
    with _Server(("127.0.0.1", 0), _Handler) as made:
        made.answer, made.seen = answer, []  # type: ignore[attr-defined]
        thread = threading.Thread(target=made.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{made.server_address[1]}/sparql", made.seen  # type: ignore[attr-defined]
        made.shutdown()
        thread.join()


def engine(address: str, *, embedded: RecordingEngine | None = None, seconds: float = 5) -> RemoteEngine:
    return RemoteEngine("other", Remote(address), BASE, Limits(seconds=seconds), embedded=embedded)


def marked(body: bytes | None) -> Callable[[bytes], bytes | None]:
    """A server that answers the look-up of its mark well, and any query like this."""
    return lambda sent: mark() if looks_up(sent) else body


class RecordingEngine:
    """Our own engine's place, to see what it is asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def run(self, request: Request, *, left: Callable[[], bool] = lambda: False) -> Answer:
        self.asked.append(request)
        return Answer(JSON, "ours", iter([b"ours"]))

    def state(self, id: str) -> State | None:
        return None

    def cancel(self, id: str) -> bool:
        return False

    def running(self) -> tuple[State, ...]:
        return ()

    def close(self) -> None:
        return


# ---- what is sent -------------------------------------------------------------------------------------------------


@given(st.lists(st.text(alphabet=st.sampled_from("\\u0022Ua\"'{}\n\x01 é"), max_size=12), min_size=1, max_size=4))
def test_texts_arrive_whether_escapes_are_resolved_before_strings_or_inside_them(texts: list[str]) -> None:
    quads = [Quad(NamedNode("x:s"), NamedNode("x:p"), Literal(text), NamedNode("x:g")) for text in texts]
    update = data("INSERT", quads, None)
    inside, before = Store(), Store()
    inside.update(update)
    before.update(_resolved(update))
    assert set(inside) == set(before) == set(quads)


def _resolved(text: str) -> str:
    """Codepoint escapes resolved blindly, wherever they stand (SPARQL 1.1, section 19.2), as careless servers do. What
    strings may not hold is escaped again, which those servers need not do for what we send."""

    def one(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return found[0] if character in '"\\\n\r' else character

    return re.sub(r"\\u([0-9A-Fa-f]{4})", one, text)


def test_an_escaped_backslash_before_a_u_is_no_escape_for_anybody() -> None:
    assert term(Literal("\\u0022")) == r'"\\\u00750022"'
    assert term(Literal("\\\\u")) == r'"\\\\\u0075"'
    assert term(Literal("\\\x01")) == r'"\\\u0001"'
    assert term(NamedNode("http://e/ü")) == "<http://e/ü>"


def test_each_graph_has_a_deletion_of_its_own_and_the_default_graph_its_stand_in() -> None:
    s, p, o = NamedNode("x:s"), NamedNode("x:p"), NamedNode("x:o")
    quads = [Quad(s, p, o, NamedNode("x:g")), Quad(s, p, o, NamedNode("x:h")), Quad(s, p, o, DefaultGraph())]
    text = data("DELETE", quads, None)
    assert text.count("DELETE DATA") == 3
    store = Store()
    store.extend(quads)
    store.update(text)
    assert len(store) == 0
    store.update(data("INSERT", quads, "x:copy"))
    assert {str(q.graph_name) for q in store} == {"<x:g>", "<x:h>", "<x:copy>"}


def test_updates_are_bounded_in_statements_and_in_bytes() -> None:
    p = NamedNode("x:p")
    quads = [Quad(NamedNode(f"x:{n}"), p, Literal("y" * 100)) for n in range(50)]
    assert [len(one) for one in batches(quads, 20)] == [20, 20, 10]
    assert max(len(one) for one in batches(quads, 1000, 1000)) < 10
    long = [Quad(NamedNode("x:1"), p, Literal("y" * 5000)), *quads]
    found = list(batches(long, 1000, 1000))
    assert found[0] == long[:1]
    assert [quad for some in found for quad in some] == long


def test_the_secret_is_sent_and_never_shown() -> None:
    for kind, header in (("basic", b"Authorization: Basic bWU6czNjcmV0"), ("bearer", b"Authorization: Bearer s3cret")):
        sign_in = Credentials(kind, "me", "s3cret")
        assert "s3cret" not in repr(sign_in)
        with server(lambda _: reply(ROWS)) as (address, seen):
            Remote(address, address, sign_in=sign_in).ask("ASK {}", accept=JSON, seconds=5).read()
            Remote(address, address, sign_in=sign_in).change("CLEAR DEFAULT", seconds=5)
        assert all(header in one for one in seen)


def test_a_digest_is_answered_for_the_address_alone() -> None:
    def answer(sent: bytes) -> bytes:
        if b"Authorization: Digest" in sent and b'username="me"' in sent and b"s3cret" not in sent:
            return reply(ROWS)
        return reply(b"", status="401 Who", headers='WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n')

    with server(answer) as (address, seen):
        sign_in = Credentials("digest", "me", "s3cret")
        assert Remote(address, address, sign_in=sign_in).ask("ASK {}", accept=JSON, seconds=5).read() == ROWS
        assert len(seen) == 2


# ---- what is believed ---------------------------------------------------------------------------------------------

CUT = "The SPARQL operation has been cancelled"

#: Answers that are not whole, and what they are taken for.
BROKEN: dict[str, tuple[bytes | None, type[KgError]]] = {
    "oxigraph's deadline, after some rows": (chunked(ROWS[:-3] + b",", CUT.encode()), QueryTimeout),
    "oxigraph's deadline, before any": (chunked(CUT.encode()), QueryTimeout),
    "oxigraph's deadline, after the end": (chunked(ROWS, CUT.encode()), QueryTimeout),
    "virtuoso's partial result": (reply(ROWS, headers="X-SQL-State: S1TAT\r\n"), QueryTimeout),
    "virtuoso's own limit of rows": (reply(ROWS, headers="X-SPARQL-MaxRows: 1\r\n"), QueryRefused),
    "fewer bytes than announced": (reply(ROWS, length=len(ROWS) + 10), EngineUnavailable),
    "no last chunk": (chunked(ROWS, end=b""), EngineUnavailable),
    "a chunk that is cut": (chunked(end=b"ff\r\n" + ROWS), EngineUnavailable),
    "json that is cut": (reply(ROWS[:-2]), EngineUnavailable),
    "a page": (reply(b"<html>", media="text/html"), EngineUnavailable),
    "nothing": (reply(b""), EngineUnavailable),
    "hanging up": (b"", EngineUnavailable),
    "no http": (b"hello\r\n\r\n", EngineUnavailable),
    "silence": (None, QueryTimeout),
    "another form": (reply(b'{"head":{},"boolean":true}'), EngineUnavailable),
    "status 500": (reply(b"broken", status="500 No"), QueryError),
    "status 503": (reply(b"", status="503 Busy", headers="Retry-After: 7\r\n"), EngineBusy),
    "status 504": (reply(b"", status="504 Late"), QueryTimeout),
    "virtuoso's own deadline": (
        reply(b"Virtuoso S1T00 Error SR171: timed out", status="500 No"),
        QueryTimeout,
    ),
    "a redirect": (reply(b"", status="302 Go", headers="Location: http://127.0.0.1:9/\r\n"), QueryError),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_is_not_whole_is_an_error(name: str) -> None:
    body, error = BROKEN[name]
    with server(marked(body)) as (address, _):
        with pytest.raises(error) as caught:
            engine(address, seconds=1).run(Request("SELECT ?a { ?a ?b ?c }")).read()
        assert type(caught.value) is error


def test_triples_are_believed_only_where_the_transport_tells_their_end() -> None:
    triples = b"<x:a> <x:b> <x:c> .\n"
    graph = Request("CONSTRUCT { ?a ?b ?c } { ?a ?b ?c }", graph="application/n-triples")
    with server(marked(reply(triples, media="application/n-triples"))) as (address, _):
        assert engine(address).run(graph).read() == triples
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: application/n-triples\r\n\r\n" + triples
    for body in (endless, chunked(triples, CUT.encode()), chunked(triples[:-3])):
        with server(marked(body)) as (address, _), pytest.raises((EngineUnavailable, QueryTimeout)):
            engine(address).run(graph).read()


def test_an_answer_during_which_the_replica_moved_is_asked_again_or_broken_off() -> None:
    marks = iter([SNAPSHOT, "20261122T164500Z-0002", "20261122T164500Z-0002", "20261122T164500Z-0002"])
    large = b'{"head":{"vars":["a"]},"results":{"bindings":[%s]}}' % b",".join(
        [b'{"a":{"type":"literal","value":"%s"}}' % (b"x" * 1000)] * 3000
    )

    def answer(sent: bytes) -> bytes:
        return mark(next(marks)) if looks_up(sent) else reply(body)

    body = ROWS
    with server(answer) as (address, _):
        answered = engine(address).run(Request("SELECT ?a { ?a ?b ?c }"))
        assert answered.snapshot == "20261122T164500Z-0002"
        assert answered.read()
    marks = iter([SNAPSHOT, "20261122T164500Z-0002"])
    body = large
    with server(answer) as (address, _):
        begun = engine(address).run(Request("SELECT ?a { ?a ?b ?c }"))
        found: list[bytes] = []
        with pytest.raises(EngineUnavailable, match="moved on"):
            found.extend(begun)
        assert not b"".join(found).rstrip().endswith(b"}]}}")


def test_a_graph_of_a_server_that_cuts_without_a_word_is_taken_only_below_its_known_limit() -> None:
    triples = b"<x:a> <x:b> <x:c> .\n"
    graph = Request("CONSTRUCT { ?a ?b ?c } { ?a ?b ?c }", graph="application/n-triples")

    def answer(sent: bytes) -> bytes:
        body = mark() if looks_up(sent) else reply(triples, media="application/n-triples")
        return body.replace(b"\r\n", b"\r\nServer: Virtuoso/07.20.3229 (Linux)\r\n", 1)

    with server(answer) as (address, _):
        for rows, error in ((None, True), (1000, True), (1001, False)):
            made = RemoteEngine("other", Remote(address), BASE, Limits(rows=1000), rows=rows)
            if error:
                with pytest.raises(QueryRefused, match="without a word"):
                    made.run(graph)
            else:
                assert made.run(graph).read() == triples


# ---- who answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        Request("SELECT * { ?a ?b ?c }", snapshot="20200101T000000Z-0000"),
        Request("SELECT * { ?a ?b ?c }", rows=5),
        Request("SELECT (<https://w3id.org/newsgraph#score>(?a) AS ?n) { ?a ?b ?c }"),
        Request('SELECT (bif:file_to_string("/etc/passwd") AS ?n) {}'),
        Request("SELECT (<bif:sys_stat>('x') AS ?n) {}"),
        Request("SELECT (<\\u0062if:sys_stat>('x') AS ?n) {}"),
        Request("SELECT * FROM <http://127.0.0.1:9/> { ?a ?b ?c OPTION (get:soft 'replace') }"),
        Request("SELECT * { ?a ?b "),
        Request("SELECT * { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }"),
    ],
    ids=lambda one: one.query[:40],
)
def test_what_a_replica_cannot_or_must_not_be_asked_is_our_own_engines(request_: Request) -> None:
    ours = RecordingEngine()
    with server(marked(reply(ROWS))) as (address, seen):
        assert engine(address, embedded=ours).run(request_).read() == b"ours"
        assert ours.asked == [request_]
        assert all(map(looks_up, seen))
        with pytest.raises((QueryRefused, QuerySyntaxError)):
            engine(address).run(Request("SELECT * { ?a ?b ?c }", snapshot="x") if request_.rows else request_)


def test_a_replica_in_change_or_away_is_not_waited_for() -> None:
    plain = Request("SELECT ?a { ?a ?b ?c }")
    with server(lambda _: mark(target="20261122T164500Z-0002")) as (address, _):
        with pytest.raises(EngineBusy) as caught:
            engine(address).run(plain)
        assert caught.value.retry_after == 2
        ours = RecordingEngine()
        assert engine(address, embedded=ours).run(plain).read() == b"ours"
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{one.getsockname()[1]}/sparql"
        with pytest.raises(EngineUnavailable):
            engine(away).run(plain)
        assert engine(away, embedded=ours).run(plain).read() == b"ours"


def test_relative_iris_are_resolved_as_we_do() -> None:
    with server(marked(reply(ROWS))) as (address, seen):
        made = engine(address)
        made.run(Request("SELECT ?a { ?a ?b <things> }", base=f"{BASE}/sparql")).read()
        made.run(Request("SELECT ?a { ?a ?b <x:things> }", base=f"{BASE}/sparql")).read()
    asked = [one for one in seen if not looks_up(one)]
    assert [b"BASE+%3C" in one for one in asked] == [True, False]


# ---- other endpoints, and the settings ----------------------------------------------------------------------------


def test_an_endpoint_is_asked_and_its_answer_taken_as_it_is() -> None:
    with server(lambda _: reply(b"a\r\nx\r\n", media="text/csv")) as (address, seen):
        answer = query(address, "SELECT ?a {}", solutions="csv", graph="ttl", seconds=5)
        assert (answer.media_type, answer.body) == ("text/csv", b"a\r\nx\r\n")
        assert b"Accept: text/csv" in seen[0]
    with server(lambda _: reply(b"a\r\n" + CUT.encode())) as (address, _), pytest.raises(QueryTimeout):
        query(address, "SELECT ?a {}", solutions="csv", graph="ttl", seconds=5)
    with pytest.raises(QueryRefused):
        query("http://127.0.0.1:9/", "CLEAR ALL", solutions="csv", graph="ttl", seconds=5)
    with pytest.raises(UsageError):
        query("file:///etc/passwd", "ASK {}", solutions="csv", graph="ttl", seconds=5)


def test_an_exchange_that_was_ended_before_it_began_ends_at_once() -> None:
    exchange = Exchange()
    exchange.stop(QueryTimeout("late"))
    with server(lambda _: None) as (address, _), pytest.raises(QueryTimeout, match="late"):
        Remote(address).ask("ASK {}", accept=JSON, seconds=30, exchange=exchange)


TOML = """
[[replicas]]
name = "big"
query = "http://127.0.0.1:1/query"
update = "http://127.0.0.1:1/update"
"""


def settings(folder: Path, text: str) -> config.Settings:
    file = folder / "kg.toml"
    file.write_text(text)
    return config.load(file, environment={"KG_REPLICA_BIG_SECRET": "s3cret"})


def test_replicas_are_settings_without_secrets(tmp_path: Path) -> None:
    made = settings(tmp_path, 'engine = "big"\n' + TOML + 'auth = "digest"\nuser = "dba"\n')
    one = made.replica_named("big")
    assert (one.batch, one.follow, one.unstorable, one.variable) == (1000, True, "stop", "KG_REPLICA_BIG_SECRET")
    assert "s3cret" not in repr(made)
    remote_of(one, {"KG_REPLICA_BIG_SECRET": "s3cret"})
    with pytest.raises(ConfigError, match="KG_REPLICA_BIG_SECRET"):
        remote_of(one, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('engine = "other"\n' + TOML, "no replica 'other'"),
        (TOML + 'colour = "red"', "unknown key 'colour'"),
        (TOML + 'auth = "basic"', "needs a user"),
        (TOML + "batch = 0", "from 1 to 100000"),
        (TOML + TOML, "two replicas"),
        (TOML.replace("big", "embedded"), "not embedded"),
        (TOML.replace('query = "http', 'query = "ftp'), "http:// or https://"),
        ('[[replicas]]\nname = "big"\nquery = "http://e/"', "update is needed"),
        ("replicas = 1", "[[replicas]] tables"),
    ],
)
def test_a_bad_replica_is_said_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(tmp_path, text)
    assert said in caught.value.message
