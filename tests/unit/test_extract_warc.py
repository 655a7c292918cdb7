"""WARC files: the pages a crawler got come out as it got them, and a broken record costs that record only.

One test compares with warcio, an implementation of the standard that is not ours.
"""

from __future__ import annotations

import gc
import gzip
import io
import random
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from kg.extract.compressed import GZIP, Compressed
from kg.extract.unpack import unpack
from kg.extract.warc import Warc
from kg.model import Document, Gone, Source, Unread

GIVEN = Document(b"", "path:crawl/w.warc", "w.warc", Source("crawl"))
Row = tuple[str, str, bytes, dict[str, str]]


def record(kind: str, address: str | None, block: bytes, media_type: str, **more: str) -> bytes:
    """One record as the standard has it."""
    headers = {"WARC-Type": kind, "WARC-Date": "2026-03-12T08:00:00Z", "Content-Type": media_type}
    headers |= {"WARC-Target-URI": address} if address else {}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = [f"{name}: {value}" for name, value in headers.items()] + [f"Content-Length: {len(block)}"]
    return b"WARC/1.0\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def http(status: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def written(*rows: Row, packed: bool = True, kind: str = "response") -> bytes:
    """A WARC file of responses, given as (address, status, body, headers)."""
    records = [record("warcinfo", None, b"software: test\r\n", "application/warc-fields")]
    for address, status, body, headers in rows:
        if kind == "response":
            block = http(status, headers, body)
            records.append(record(kind, address, block, "application/http; msgtype=response"))
        else:
            records.append(record(kind, address, body, headers["Content-Type"]))
        asked = b"GET / HTTP/1.1\r\nHost: paper.example\r\n\r\n"
        records.append(record("request", address, asked, "application/http; msgtype=request"))
    return b"".join(gzip.compress(one, mtime=0) if packed else one for one in records)


def page(number: int, **headers: str) -> Row:
    body = b"<html><body>page %d</body></html>" % number
    return f"https://paper.example/{number}", "200 OK", body, {"Content-Type": "text/html; charset=utf-8"} | headers


def opened(data: bytes, limit: int = 1 << 20) -> list[Document | Unread | Gone]:
    return list(unpack(io.BytesIO(data), GIVEN, limit=limit, containers=(Warc(), Compressed(GZIP))))


def pages(found: list[Document | Unread | Gone]) -> dict[str, bytes]:
    return {one.origin: one.data for one in found if isinstance(one, Document)}


def reasons(found: list[Document | Unread | Gone]) -> list[str]:
    return [str(one.error) for one in found if isinstance(one, Unread)]


@pytest.mark.parametrize("form", ["gzip by record", "plain", "gzip as a whole"])
def test_pages_come_out_by_their_address(form: str) -> None:
    rows = [page(number) for number in range(3)]
    data = written(*rows, packed=form == "gzip by record")
    found = opened(gzip.compress(data) if form == "gzip as a whole" else data)
    assert reasons(found) == []
    assert pages(found) == {address: body for address, _, body, _ in rows}
    first = found[0]
    assert isinstance(first, Document)
    assert first.key == "url:crawl/https://paper.example/0"
    assert first.media_type == "text/html; charset=utf-8"
    assert first.source == Source("crawl")


def test_only_successful_text_is_taken() -> None:
    html, image = {"Content-Type": "text/html"}, {"Content-Type": "image/png"}
    found = opened(
        written(
            ("https://paper.example/moved", "301 Moved Permanently", b"", html | {"Location": "/a"}),
            ("https://paper.example/missing", "404 Not Found", b"<p>no</p>", html),
            ("https://paper.example/part", "206 Partial Content", b"<p>no</p>", html),
            ("https://paper.example/photo", "200 OK", b"\x89PNG", image),
            ("https://paper.example/style", "200 OK", b"p{}", {"Content-Type": "text/css"}),
            ("https://paper.example/untold", "200 OK", b"?", {}),
            ("https://paper.example/robots.txt", "200 OK", b"User-agent: *", {"Content-Type": "text/plain"}),
            ("dns:paper.example", "200 OK", b"1.2.3.4", {"Content-Type": "text/plain"}),
            ("https://paper.example/feed", "200 OK", b"<rss/>", {"content-type": "application/rss+xml; charset=x"}),
            ("https://paper.example/api", "200 OK", b"{}", {"CONTENT-TYPE": "application/ld+json"}),
        )
    )
    assert reasons(found) == []
    assert list(pages(found)) == ["https://paper.example/feed", "https://paper.example/api"]


def test_a_page_that_answered_410_is_said_to_be_gone() -> None:
    (gone,) = opened(written(("https://paper.example/a", "410 Gone", b"", {"Content-Type": "text/html"})))
    assert isinstance(gone, Gone)
    assert gone.keys == ("url:crawl/https://paper.example/a",)


@pytest.mark.parametrize("kind", ["resource", "conversion"])
def test_records_without_http_are_taken_by_their_own_type(kind: str) -> None:
    row: Row = ("https://paper.example/t", "", b"Plain words", {"Content-Type": "text/plain"})
    assert pages(opened(written(row, kind=kind))) == {"https://paper.example/t": b"Plain words"}


def test_codings_are_undone_and_headers_of_codings_already_undone_do_no_harm() -> None:
    text = b"<p>" + b"words " * 400 + b"</p>"
    chunked = b"4;x=y\r\n<p>w\r\n" + b"%x\r\n%s\r\n" % (len(text), text) + b"0\r\n\r\n"
    raw = zlib.compressobj(wbits=-15)
    cases: dict[str, tuple[bytes, dict[str, str], bytes]] = {
        "gzip": (gzip.compress(text), {"Content-Encoding": "gzip"}, text),
        "deflate": (zlib.compress(text), {"Content-Encoding": "deflate"}, text),
        "raw": (raw.compress(text) + raw.flush(), {"Content-Encoding": "deflate"}, text),
        "chunked": (chunked, {"Transfer-Encoding": "chunked"}, b"<p>w" + text),
        "unchunked": (text, {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}, text),
        "brotli undone": (text, {"Content-Encoding": "br"}, text),
    }
    named = [
        (f"https://paper.example/{name}", "200 OK", body, {"Content-Type": "text/html", **headers})
        for name, (body, headers, _) in cases.items()
    ]
    found = opened(written(*named))
    assert reasons(found) == []
    assert list(pages(found).values()) == [expected for _, _, expected in cases.values()]


def test_what_cannot_be_decoded_is_said_with_its_address_and_the_rest_goes_on() -> None:
    html = {"Content-Type": "text/html"}
    rows: list[Row] = [
        ("https://paper.example/br", "200 OK", b"\x8b\x02\x80", html | {"Content-Encoding": "br"}),
        ("https://paper.example/gz", "200 OK", gzip.compress(b"x" * 500)[:-9], html | {"Content-Encoding": "gzip"}),
        ("https://paper.example/ch", "200 OK", b"5\r\nab", html | {"Transfer-Encoding": "chunked"}),
        ("https://paper.example/big", "200 OK", b"x" * 9000, html),
        page(2),
    ]
    found = opened(written(*rows), limit=5000)
    assert list(pages(found)) == ["https://paper.example/2"]
    assert [reason.split(": ")[0] for reason in reasons(found)] == [
        f"https://paper.example/{name}" for name in ("br", "gz", "ch", "big")
    ]


def test_a_response_bomb_is_stopped() -> None:
    bomb = gzip.compress(bytes(60 << 20))
    row: Row = ("https://paper.example/b", "200 OK", bomb, {"Content-Type": "text/html", "Content-Encoding": "gzip"})
    found = opened(written(row, page(1)), limit=50 << 20)
    assert list(pages(found)) == ["https://paper.example/1"]
    assert len(reasons(found)) == 1


def test_a_capture_that_the_crawler_cut_is_not_taken_for_the_page() -> None:
    block = http("200 OK", {"Content-Type": "text/html"}, b"<p>half a")
    data = record("response", "https://paper.example/x", block, "application/http", WARC_Truncated="length")
    (one,) = opened(data)
    assert isinstance(one, Unread)
    assert "part of the page only (length)" in str(one.error)
    assert one.document is not None
    assert one.document.data == b"<p>half a"


# warcio's writer leaves its temporary files to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("packed", [True, False])
def test_what_another_implementation_writes_and_reads_is_read_alike(packed: bool) -> None:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    for address, status, body, headers in (page(number) for number in range(4)):
        made = StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1")
        row = writer.create_warc_record(address, "response", payload=io.BytesIO(body), http_headers=made)
        writer.write_record(row)
    out.seek(0)
    theirs = {
        one.rec_headers.get_header("WARC-Target-URI"): one.content_stream().read() for one in ArchiveIterator(out)
    }
    assert pages(opened(out.getvalue())) == theirs
    assert len(theirs) == 4
    gc.collect()


@pytest.mark.parametrize("packed", [True, False])
def test_a_broken_record_costs_itself_only(packed: bool) -> None:
    data = bytearray(written(*(page(number) for number in range(6)), packed=packed))
    if packed:
        members = [place for place in range(len(data)) if data.startswith(b"\x1f\x8b\x08", place)]
        hit = members[5]  # the response of page 2, after warcinfo and two responses with their requests
        data[hit + 40 : hit + 60] = b"\xff" * 20
    else:
        hit = data.index(b"WARC/1.0", data.index(b"page 1<"))  # the request after page 1
        hit = data.index(b"WARC/1.0", hit + 8)
        data[hit : hit + 4] = b"CRAW"
    found = opened(bytes(data))
    assert list(pages(found)) == [f"https://paper.example/{number}" for number in (0, 1, 3, 4, 5)]
    assert len(reasons(found)) == 1
    assert reasons(found)[0].startswith("w.warc: a record is damaged")


def test_every_broken_record_costs_itself_only_however_many_there_are() -> None:
    data = bytearray(written(*(page(number) for number in range(12))))
    members = [place for place in range(len(data)) if data.startswith(b"\x1f\x8b\x08", place)]
    for number in (2, 5, 6, 9):
        hit = members[1 + 2 * number]
        data[hit + 40 : hit + 60] = b"\xff" * 20
    found = opened(bytes(data))
    assert list(pages(found)) == [f"https://paper.example/{number}" for number in (0, 1, 3, 4, 7, 8, 10, 11)]
    assert len(reasons(found)) == 4


def test_a_wrong_content_length_is_said_and_the_page_is_not_taken() -> None:
    data = written(page(0), page(1), page(2), packed=False)
    block = data.index(b"page 1<")
    head = data.rindex(b"WARC/1.0", 0, block)
    cut = data.index(b"Content-Length: ", head)
    wrong = data[:cut] + b"Content-Length: 90" + data[data.index(b"\r\n", cut) :]
    found = opened(wrong)
    assert list(pages(found)) == ["https://paper.example/0", "https://paper.example/2"]
    assert "does not end where its Content-Length says" in reasons(found)[0]


@pytest.mark.parametrize("packed", [True, False])
def test_a_cut_file_gives_the_records_before_the_cut(packed: bool) -> None:
    data = written(*(page(number) for number in range(4)), packed=packed)
    end = len(data) - 700
    found = opened(data[:end])
    assert list(pages(found))[:2] == ["https://paper.example/0", "https://paper.example/1"]
    assert len(reasons(found)) == 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=30), st.booleans())
def test_no_damage_raises_anything_or_makes_up_a_compressed_page(place: int, bad: bytes, packed: bool) -> None:
    rows = [page(number) for number in range(4)]
    data = bytearray(written(*rows, packed=packed))
    place = 30 + place % (len(data) - 30)  # the file's first bytes tell what it is
    data[place : place + len(bad)] = bad
    for one in opened(bytes(data)):
        assert isinstance(one, Document | Unread | Gone)
        if packed and isinstance(one, Document):  # the checksum of each record's member tells
            assert (one.origin, one.data) in {(address, body) for address, _, body, _ in rows}


def test_a_header_without_end_is_bounded() -> None:
    noise = random.Random(7).randbytes(3 << 20).replace(b"\n", b"\0")
    found = opened(b"WARC/1.0\r\nContent-Length: 5\r\nX: " + noise)
    assert pages(found) == {}
    assert len(reasons(found)) == 1
