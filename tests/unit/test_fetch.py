"""Fetching: which addresses, how politely, within which limits."""

from __future__ import annotations

import gzip
import ipaddress
import re
import shutil
import socket
import ssl
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from website import Answer, Asked, Clock, Site, site, tagged

from kg.errors import FetchError, InputError, TooLarge
from kg.fetch import Fetched, Fetcher, Manners, parse
from kg.fetch.address import allowed

HERE = Manners(private_addresses=True)
PAGE = b"<!doctype html><title>Harbour</title><p>The harbour of Qal is open again.</p>"


def fetcher(clock: Clock, **options: object) -> Fetcher:
    given = {"user_agent": "newsgraph/1 (tests)", "seconds": 30.0, "limit": 100_000} | options
    return Fetcher(now=clock.now, sleep=clock.sleep, monotonic=clock.monotonic, **given)  # type: ignore[arg-type]


def at(*numeric: str) -> Callable[[str, int], tuple[str, ...]]:
    """A resolver that finds every host at these addresses."""
    return lambda *_: numeric


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def here() -> Iterator[Site]:
    with site() as running:
        yield running


def get(running: Site, path: str, clock: Clock, **options: object) -> Fetched:
    with fetcher(clock, **options) as client:
        return client.get(running.url(path), manners=HERE)


def refusal(action: Callable[[], object]) -> FetchError:
    with pytest.raises(FetchError) as caught:
        action()
    return caught.value


# ---- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "javascript:alert(1)",
        "//example.org/",
        "example.org/page",
        "http:///page",
        "http://",
        "",
        "http://user:secret@example.org/",
        "http://user@example.org/",
        "http://example.org:22/",
        "http://example.org:6379/",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://[::1/",
        "http://exa mple.org/",
        "http://\u2028.example/",
        "http://" + "ü" * 300 + ".example/",
        "http://example.org/" + "a" * 8000,
        "http://example.org\\@10.0.0.1/",
        "http://exa\nmple.org/\r\nHost: other",
    ],
)
def test_an_address_that_is_never_fetched_is_refused_before_anything_is_resolved(url: str, clock: Clock) -> None:
    def resolver(host: str, port: int) -> list[str]:
        raise AssertionError(f"{host} was resolved")

    with fetcher(clock, resolver=resolver) as client:
        error = refusal(lambda: client.get(url))
    assert "secret" not in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://EXAMPLE.org:80/a#b", "http://example.org/a"),
        ("https://example.org:443", "https://example.org/"),
        ("https://example.org./x?q=1", "https://example.org/x?q=1"),
        ("https://bücher.example/é?ü=ß", "https://xn--bcher-kva.example/%C3%A9?%C3%BC=%C3%9F"),
        ("https://STRASSE.example/", "https://strasse.example/"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("http://example.org/a%20b c", "http://example.org/a%20b%20c"),
        ("http://[2606:4700::1111]:8080/", "http://[2606:4700::1111]:8080/"),
    ],
)
def test_an_address_has_one_normal_form(url: str, normal: str) -> None:
    assert parse(url).url == normal
    assert parse(normal).url == normal


PRIVATE = ["10.1.2.3", "127.0.0.1", "127.9.9.9", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd00::1", "fc00::1"]
NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "no address",
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize("numeric", PRIVATE)
def test_private_networks_are_open_only_where_the_source_says_so(numeric: str) -> None:
    assert not allowed(numeric, private=False)
    assert allowed(numeric, private=True)


@pytest.mark.parametrize("numeric", NEVER)
def test_what_is_no_web_server_or_hides_another_address_stays_closed(numeric: str) -> None:
    assert not allowed(numeric, private=False)
    assert not allowed(numeric, private=True)


@pytest.mark.parametrize("numeric", PUBLIC)
def test_public_addresses_are_open(numeric: str) -> None:
    assert allowed(numeric, private=False)


@given(st.ip_addresses())
def test_no_address_outside_the_public_internet_is_open(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """Held against Python's own table of the IANA registries, which was made by others."""
    assert address.is_global or not allowed(str(address), private=False)


@given(st.text(max_size=60) | st.text("htps:/@.[]0123456789abé%#?\\", max_size=40).map("http://{}".format))
def test_whatever_the_text_there_is_an_address_or_an_error_of_fetching(text: str) -> None:
    try:
        made = parse(text)
    except FetchError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert parse(made.url) == made
    assert re.fullmatch(r"https?://[!-~]+", made.url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "0177.0.0.1"])
def test_this_machine_by_any_name_is_refused(host: str, here: Site, clock: Clock) -> None:
    with fetcher(clock) as client:
        error = refusal(lambda: client.get(f"http://{host}:{here.port}/"))
    assert here.asked == []
    assert "no public address" in str(error) or "not known" in str(error)


def test_one_private_address_among_public_ones_refuses_the_host(here: Site, clock: Clock) -> None:
    with fetcher(clock, resolver=at("8.8.8.8", "127.0.0.1")) as client:
        assert "no public address" in str(refusal(lambda: client.get(f"http://news.example:{here.port}/")))
    assert here.asked == []


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(here: Site, clock: Clock) -> None:
    """DNS rebinding: every resolution is judged, and the connection goes to the address that was judged."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"], ["127.0.0.1"]])
    with fetcher(clock, resolver=lambda *_: next(answers)) as client:
        assert "no public address" in str(
            refusal(lambda: client.get(f"http://news.example:{here.port}/", manners=Manners(robots=False)))
        )
    assert here.asked == []


def test_the_host_header_keeps_the_name(here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(PAGE)
    with fetcher(clock, resolver=at("127.0.0.1")) as client:
        client.get(f"http://news.example:{here.port}/", manners=HERE)
    assert {one.headers["Host"] for one in here.asked} == {f"news.example:{here.port}"}


def test_a_connection_to_a_private_network_is_not_used_for_a_source_that_may_not_go_there(
    here: Site, clock: Clock
) -> None:
    here.pages["/"] = Answer(PAGE)
    with fetcher(clock) as client:
        assert client.get(here.url("/"), manners=HERE).data == PAGE
        before = len(here.asked)
        refusal(lambda: client.get(here.url("/")))
    assert len(here.asked) == before


def test_an_address_of_ipv6_is_connected_to_and_named(clock: Clock) -> None:
    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.headers["Host"].encode())

        def log_message(self, *_: object) -> None:
            pass

    try:
        server = Server(("::1", 0), Handler)
    except OSError as error:
        pytest.skip(f"no IPv6 on this machine: {error}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with fetcher(clock) as client:
            url = f"http://[::1]:{server.server_port}/"
            manners = Manners(robots=False, private_addresses=True)
            assert client.get(url, manners=manners).data == f"[::1]:{server.server_port}".encode()
            refusal(lambda: client.get(url))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_proxies_of_the_environment_are_not_used(here: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    here.pages["/"] = Answer(PAGE)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert get(here, "/", clock).data == PAGE


# ---- redirects -------------------------------------------------------------------------------------------------------


def moved(location: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": location})


def test_redirects_are_followed_to_the_last_address(here: Site, clock: Clock) -> None:
    here.pages |= {"/a": moved("/b", 301), "/b": moved("c?x=1", 307), "/c?x=1": Answer(PAGE)}
    made = get(here, "/a", clock)
    assert (made.url, made.final_url, made.data) == (here.url("/a"), here.url("/c?x=1"), PAGE)


def test_a_redirect_to_a_private_address_is_refused(here: Site, clock: Clock) -> None:
    here.pages["/a"] = moved("http://inside.example/secret")

    def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "news.example" else ["169.254.169.254"]

    with fetcher(clock, resolver=resolver) as client:
        error = refusal(lambda: client.get(f"http://news.example:{here.port}/a", manners=HERE))
    assert "169.254.169.254" in str(error)


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://example.org/", "http://u:p@example.org/", "http://["]
)
def test_a_redirect_to_what_is_never_fetched_is_refused(location: str, here: Site, clock: Clock) -> None:
    here.pages["/a"] = moved(location)
    assert "redirects" in str(refusal(lambda: get(here, "/a", clock)))


def test_redirects_without_end_are_given_up(here: Site, clock: Clock) -> None:
    here.pages["/a"] = moved("/a")
    assert "more than 5 times" in str(refusal(lambda: get(here, "/a", clock)))
    assert here.paths() == ["/a"] * 6


# ---- limits ----------------------------------------------------------------------------------------------------------


def test_an_answer_that_says_it_is_too_large_is_not_read(here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(b"x" * 100_001)
    with pytest.raises(TooLarge) as caught:
        get(here, "/", clock)
    assert (caught.value.size, caught.value.limit) == (100_001, 100_000)


def endless(chunk: bytes = b"x" * 10_000) -> Iterator[bytes]:
    while True:
        yield chunk


def test_an_answer_without_end_is_cut_off_at_the_limit(here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(endless())
    with pytest.raises(TooLarge):
        get(here, "/", clock)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_small_answer_that_unpacks_to_a_huge_one_is_cut_off(layers: int, here: Site, clock: Clock) -> None:
    body = b"\0" * 50_000_000
    for _ in range(layers):
        body = gzip.compress(body, mtime=0)
    assert len(body) < 100_000
    here.pages["/"] = Answer(body, headers={"Content-Encoding": ", ".join(["gzip"] * layers)})
    with pytest.raises(TooLarge):
        get(here, "/", clock)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("x-gzip", gzip.compress(PAGE[:9], mtime=0) + gzip.compress(PAGE[9:], mtime=0) + b"\0\0"),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)[2:-4]),
        ("gzip, gzip", gzip.compress(gzip.compress(PAGE, mtime=0), mtime=0)),
        ("identity", PAGE),
        ("", PAGE),
    ],
)
def test_content_codings_are_undone(coding: str, body: bytes, here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(body, headers={"Content-Encoding": coding})
    assert get(here, "/", clock).data == PAGE
    assert here.asked[-1].headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("coding", "body", "said"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)[:-9], "ends in the middle"),
        ("gzip", b"no gzip at all", "damaged"),
        ("br", b"\x0b\x02\x80", "not asked for"),
        ("gzip, gzip, gzip", gzip.compress(b"", mtime=0), "3 times"),
    ],
)
def test_an_answer_whose_coding_cannot_be_undone_is_refused(
    coding: str, body: bytes, said: str, here: Site, clock: Clock
) -> None:
    here.pages["/"] = Answer(body, headers={"Content-Encoding": coding})
    assert said in str(refusal(lambda: get(here, "/", clock)))


def test_a_body_that_comes_drop_by_drop_is_stopped_by_the_clock(here: Site) -> None:
    clock = Clock(step=0.01)
    here.pages["/"] = Answer(endless(b"x"))
    assert "took too long" in str(refusal(lambda: get(here, "/", clock, limit=10**9, seconds=5.0)))


def test_headers_that_come_drop_by_drop_are_stopped_by_the_clock(clock: Clock) -> None:
    clock.step = 0.05
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while True:
                    connection.sendall(b"X-A: 1\r\n")
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    with fetcher(clock, seconds=3.0) as client:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        refusal(lambda: client.get(url, manners=Manners(robots=False, private_addresses=True)))
    thread.join()
    listener.close()


def test_an_answer_that_ends_before_its_length_is_refused(here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer([b"half"], headers={"Content-Length": "9"})
    assert "connection failed" in str(refusal(lambda: get(here, "/", clock)))


def test_an_answer_that_is_no_http_is_refused(clock: Clock) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    with fetcher(clock) as client:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        error = refusal(lambda: client.get(url, manners=Manners(robots=False, private_addresses=True)))
    thread.join()
    listener.close()
    assert "connection failed" in str(error)


def test_a_port_where_nobody_listens_is_an_error_of_fetching(clock: Clock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with fetcher(clock) as client:
        manners = Manners(robots=False, private_addresses=True)
        error = refusal(lambda: client.get(f"http://127.0.0.1:{port}/", manners=manners))
    assert "cannot be connected to" in str(error)


@pytest.mark.parametrize("media_type", ["image/jpeg", "video/mp4", "Audio/mpeg", "font/woff2"])
def test_pictures_and_films_are_not_read(media_type: str, here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(endless(), headers={"Content-Type": media_type})
    assert "no text can be read" in str(refusal(lambda: get(here, "/", clock)))


def test_cookies_are_not_sent_back(here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(PAGE, headers={"Set-Cookie": "who=you"})
    with fetcher(clock) as client:
        client.get(here.url("/"), manners=HERE)
        client.get(here.url("/"), manners=HERE)
    assert all(one.headers["Cookie"] is None for one in here.asked)


# ---- asking again ----------------------------------------------------------------------------------------------------


def test_what_did_not_change_is_answered_without_its_bytes(here: Site, clock: Clock) -> None:
    here.pages["/"] = tagged(PAGE, '"v1"')
    with fetcher(clock) as client:
        first = client.get(here.url("/"), manners=HERE)
        second = client.get(here.url("/"), manners=HERE, etag=first.etag)
    assert (first.status, first.data, first.etag) == (200, PAGE, '"v1"')
    assert (second.status, second.data, second.etag) == (304, b"", '"v1"')
    assert first.media_type == "text/html; charset=utf-8"


def test_last_modified_is_handed_back_as_it_came(here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(PAGE, headers={"Last-Modified": "Thu, 12 Mar 2026 08:00:00 GMT"})
    with fetcher(clock) as client:
        first = client.get(here.url("/"), manners=HERE)
        client.get(here.url("/"), manners=HERE, last_modified=first.last_modified)
    assert here.asked[-1].headers["If-Modified-Since"] == "Thu, 12 Mar 2026 08:00:00 GMT"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451, 500, 502, 599])
def test_every_other_status_is_an_error_that_carries_it(status: int, here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(b"no", status)
    error = refusal(lambda: get(here, "/", clock))
    assert error.status == status
    assert str(status) in str(error)


def test_a_status_can_be_allowed_for(here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(b'{"code": "rest_forbidden"}', 401)
    with fetcher(clock) as client:
        made = client.get(here.url("/"), manners=HERE, allow=(401,))
    assert (made.status, made.data) == (401, b'{"code": "rest_forbidden"}')


# ---- manners ---------------------------------------------------------------------------------------------------------


def test_between_two_requests_to_one_host_there_is_a_pause(here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(PAGE)
    manners = Manners(delay=3.0, private_addresses=True)
    with fetcher(clock) as client:
        client.get(here.url("/"), manners=manners)
        assert clock.slept == []
        client.get(here.url("/"), manners=manners)
        assert clock.slept == [3.0]
        clock.later(seconds=2)
        client.get(here.url("/"), manners=manners)
    assert clock.slept == [3.0, 1.0]


def robots(text: str | bytes, status: int = 200) -> Answer:
    return Answer(text.encode() if isinstance(text, str) else text, status, {"Content-Type": "text/plain"})


def test_what_robots_txt_disallows_is_not_fetched(here: Site, clock: Clock) -> None:
    here.pages |= {"/robots.txt": robots("User-agent: *\nDisallow: /private\n"), "/": Answer(PAGE)}
    here.pages["/private/a"] = Answer(PAGE)
    with fetcher(clock) as client:
        assert client.get(here.url("/"), manners=HERE).status == 200
        assert "robots.txt" in str(refusal(lambda: client.get(here.url("/private/a"), manners=HERE)))
        client.get(here.url("/private/a"), manners=Manners(robots=False, private_addresses=True))
    assert [one.path for one in here.asked] == ["/robots.txt", "/", "/private/a"]


def test_the_group_that_names_us_counts_and_the_longest_rule_wins(here: Site, clock: Clock) -> None:
    text = "User-agent: *\nAllow: /\n\nUser-agent: NewsGraph\nDisallow: /a\nAllow: /a/open\n"
    here.pages |= {"/robots.txt": robots(text), "/a/open/1": Answer(PAGE), "/a/1": Answer(PAGE)}
    with fetcher(clock) as client:
        assert client.get(here.url("/a/open/1"), manners=HERE).status == 200
        refusal(lambda: client.get(here.url("/a/1"), manners=HERE))


def test_the_target_of_a_redirect_is_held_against_robots_txt_too(here: Site, clock: Clock) -> None:
    here.pages |= {"/robots.txt": robots("User-agent: *\nDisallow: /b\n"), "/a": moved("/b"), "/b": Answer(PAGE)}
    assert "robots.txt" in str(refusal(lambda: get(here, "/a", clock)))
    assert here.paths() == ["/a"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_forbids_nothing(status: int, here: Site, clock: Clock) -> None:
    here.pages |= {"/robots.txt": robots("User-agent: *\nDisallow: /\n", status), "/": Answer(PAGE)}
    assert get(here, "/", clock).status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_cannot_be_read_forbids_everything_for_now(status: int, here: Site, clock: Clock) -> None:
    here.pages |= {"/robots.txt": robots("", status), "/": Answer(PAGE)}
    with fetcher(clock) as client:
        assert "cannot be read" in str(refusal(lambda: client.get(here.url("/"), manners=HERE)))
        here.pages["/robots.txt"] = robots("")
        refusal(lambda: client.get(here.url("/"), manners=HERE))
        clock.later(minutes=16)
        assert client.get(here.url("/"), manners=HERE).status == 200


def test_robots_txt_is_kept_for_a_day(here: Site, clock: Clock) -> None:
    here.pages |= {"/robots.txt": robots("User-agent: *\nAllow: /\n"), "/": Answer(PAGE)}
    with fetcher(clock) as client:
        for _ in range(3):
            client.get(here.url("/"), manners=HERE)
            clock.later(hours=13)
        assert [one.path for one in here.asked].count("/robots.txt") == 2


def test_robots_txt_redirects_are_followed_and_never_to_private_networks(here: Site, clock: Clock) -> None:
    here.pages |= {"/robots.txt": moved("/r2"), "/r2": robots("User-agent: *\nDisallow: /\n"), "/": Answer(PAGE)}
    assert "asks newsgraph not to" in str(refusal(lambda: get(here, "/", clock)))
    here.pages["/robots.txt"] = moved("http://169.254.169.254/robots.txt")
    assert "cannot be read" in str(refusal(lambda: get(here, "/", clock)))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<!doctype html><html><body>Not found</body></html>",
        b"\xff\xfe\x00\x01User-agent\x00: *",
        b"Disallow: /\n",
        b"User-agent: *\nDisallow: " + b"*" * 3000 + b"x\n",
        b"User-agent: *\nCrawl-delay: soon\nRequest-rate: 1/0s\nVisit-time: 9\n",
        b"User-agent: *\nCrawl-delay: -5\n",
        b":\n::\nUser-agent\nUser-agent:\n",
        b"User-agent: other\nDisallow: /\n" * 10_000,
    ],
)
def test_a_broken_robots_txt_forbids_nothing(text: bytes, here: Site, clock: Clock) -> None:
    here.pages |= {"/robots.txt": robots(text), "/": Answer(PAGE)}
    assert get(here, "/", clock).status == 200


def test_of_a_huge_robots_txt_the_first_500_kib_count(here: Site, clock: Clock) -> None:
    head = b"User-agent: *\nDisallow: /private\n" + b"# padding\n" * 60_000
    here.pages |= {"/robots.txt": robots(head + b"Disallow: /\n"), "/": Answer(PAGE), "/private": Answer(PAGE)}
    assert get(here, "/", clock).status == 200
    refusal(lambda: get(here, "/private", clock))
    here.pages["/robots.txt"] = Answer(endless(b"# for ever\n" * 1000))
    assert get(here, "/", clock).status == 200


def test_the_pause_a_site_asks_for_is_kept_up_to_two_minutes(here: Site, clock: Clock) -> None:
    here.pages |= {"/robots.txt": robots("User-agent: *\nCrawl-delay: 7\n"), "/": Answer(PAGE)}
    with fetcher(clock) as client:
        client.get(here.url("/"), manners=HERE)
        client.get(here.url("/"), manners=HERE)
        assert clock.slept == [7.0]
        here.pages["/robots.txt"] = robots("User-agent: *\nCrawl-delay: 999999\n")
        clock.later(days=2)
        client.get(here.url("/"), manners=HERE)
        client.get(here.url("/"), manners=HERE)
    assert clock.slept == [7.0, 120.0]


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_asks_to_be_left_alone_is_left_alone(status: int, here: Site, clock: Clock) -> None:
    here.pages |= {"/": Answer(b"", status, {"Retry-After": "90"}), "/b": Answer(PAGE)}
    with fetcher(clock) as client:
        error = refusal(lambda: client.get(here.url("/"), manners=HERE))
        assert (error.status, error.retry_after) == (status, 90.0)
        clock.later(seconds=60)
        assert refusal(lambda: client.get(here.url("/b"), manners=HERE)).retry_after == 30.0
        assert here.paths() == ["/"]
        clock.later(seconds=31)
        assert client.get(here.url("/b"), manners=HERE).status == 200


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("99999999999999999999", 86400.0),
        ("Thu, 12 Mar 2026 08:02:00 GMT", 120.0),
        ("Thu, 12 Mar 2020 08:02:00 GMT", 0.0),
        ("Thu, 12 Mar 2099 08:02:00 GMT", 86400.0),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(said: str, seconds: float | None, here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(b"", 503, {"Retry-After": said})
    assert refusal(lambda: get(here, "/", clock)).retry_after == seconds


def test_with_patience_a_short_wait_is_waited_for_once(here: Site, clock: Clock) -> None:
    answers = iter([Answer(b"", 429, {"Retry-After": "20"}), Answer(PAGE), Answer(b"", 429, {"Retry-After": "61"})])
    here.pages["/"] = lambda _: next(answers)
    with fetcher(clock, patience=60.0) as client:
        assert client.get(here.url("/"), manners=HERE).data == PAGE
        assert clock.slept == [20.0]
        assert refusal(lambda: client.get(here.url("/"), manners=HERE)).retry_after == 61.0


@pytest.mark.parametrize("body", [b"", b"\xff" * 100, b"\0\0\0"])
def test_whatever_the_bytes_fetching_has_no_opinion_on_them(body: bytes, here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(body)
    assert get(here, "/", clock).data == body


@pytest.mark.parametrize("etag", ["\xe9", "a\r\nX: 1", "", " x", "x" * 5000, "\u20ac"])
def test_an_etag_that_cannot_be_a_header_is_not_sent_back(etag: str, here: Site, clock: Clock) -> None:
    here.pages["/"] = Answer(PAGE)
    with fetcher(clock) as client:
        assert client.get(here.url("/"), manners=HERE, etag=etag, last_modified=etag).data == PAGE
    assert here.asked[-1].headers["If-None-Match"] is None
    assert here.asked[-1].headers["If-Modified-Since"] is None


def test_odd_headers_are_errors_of_input_or_nothing(here: Site, clock: Clock) -> None:
    def odd(asked: Asked) -> Answer:
        return Answer(PAGE, headers={"Content-Type": "text/html\t;charset=\xfc", "ETag": "\xe9", "Retry-After": "x"})

    here.pages["/"] = odd
    try:
        made = get(here, "/", clock)
    except InputError:
        return
    assert made.data == PAGE


# ---- TLS -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for news.example and its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    names = ("-subj", "/CN=news.example", "-addext", "subjectAltName=DNS:news.example")
    key, cert = folder / "key.pem", folder / "cert.pem"
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-keyout", key, "-out", cert)
    subprocess.run([*made, *names], check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


@pytest.fixture
def secure(certificate: Path) -> Iterator[tuple[int, list[str | None]]]:
    """A server that speaks TLS; its port, and the names clients asked for (SNI)."""
    asked: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302 if self.path == "/down" else 200)
            self.send_header("Location", "http://news.example/")
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # a client that does not trust us hangs up

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _, name, __: asked.append(name)  # type: ignore[assignment]
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_tls_is_spoken_with_the_name_not_with_the_number(
    secure: tuple[int, list[str | None]], certificate: Path, clock: Clock
) -> None:
    port, asked = secure
    trust = ssl.create_default_context(cafile=str(certificate))
    with fetcher(clock, trust=trust, resolver=at("127.0.0.1")) as client:
        manners = Manners(robots=False, private_addresses=True)
        assert client.get(f"https://news.example:{port}/", manners=manners).data == PAGE
        assert set(asked) == {"news.example"}
        other = refusal(lambda: client.get(f"https://other.example:{port}/", manners=manners))
        assert "certificate" in str(other).lower()
        assert "https to http" in str(refusal(lambda: client.get(f"https://news.example:{port}/down", manners=manners)))


def test_a_certificate_nobody_vouches_for_is_refused(secure: tuple[int, list[str | None]], clock: Clock) -> None:
    with fetcher(clock, resolver=at("127.0.0.1")) as client:
        manners = Manners(robots=False, private_addresses=True)
        error = refusal(lambda: client.get(f"https://news.example:{secure[0]}/", manners=manners))
    assert "certificate" in str(error).lower()
