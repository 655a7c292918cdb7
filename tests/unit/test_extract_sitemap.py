"""Sitemaps, news sitemaps and indexes: which addresses they list, however they are written."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError, InvalidFormat, TooLarge
from kg.extract import sitemap
from kg.extract.sitemap import Entry, parse, recognises

ORIGIN = "https://gazette.example/news/sitemap.xml"
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
 <url>
  <loc> https://gazette.example/quay?a=1&amp;b=2 </loc>
  <news:news>
   <news:publication><news:name>The Harbour Gazette</news:name><news:language>en</news:language></news:publication>
   <news:publication_date>2026-03-12T08:00:00+01:00</news:publication_date>
   <news:title>Quay &amp; ferry</news:title>
  </news:news>
  <image:image><image:loc>https://gazette.example/quay.jpg</image:loc></image:image>
 </url>
 <url><loc>https://gazette.example/old</loc><lastmod>2026-01-02</lastmod></url>
</urlset>"""


def test_a_news_sitemap_says_address_title_language_and_date() -> None:
    made = parse(NEWS.encode(), ORIGIN)
    assert not made.index
    assert made.entries == (
        Entry(
            "https://gazette.example/quay?a=1&b=2",
            "2026-03-12T08:00:00+01:00",
            "Quay & ferry",
            "2026-03-12T08:00:00+01:00",
            "en",
        ),
        Entry("https://gazette.example/old", "2026-01-02"),
    )


def test_a_packed_sitemap_is_the_same() -> None:
    assert parse(gzip.compress(NEWS.encode()), ORIGIN) == parse(NEWS.encode(), ORIGIN)


def test_an_index_lists_sitemaps() -> None:
    text = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://gazette.example/a.xml'
        "</loc><lastmod>2026-03-01T00:00:00Z</lastmod></sitemap></sitemapindex>"
    )
    made = parse(text.encode(), ORIGIN)
    assert made.index
    assert made.entries == (Entry("https://gazette.example/a.xml", "2026-03-01T00:00:00Z"),)


@pytest.mark.parametrize(
    "namespace",
    [
        "",
        ' xmlns="http://www.google.com/schemas/sitemap/0.84"',
        ' xmlns="https://www.sitemaps.org/schemas/sitemap/0.9"',
    ],
)
def test_namespaces_are_not_insisted_on(namespace: str) -> None:
    text = f"<urlset{namespace}><url><loc>https://gazette.example/a</loc></url></urlset>"
    assert [one.url for one in parse(text.encode(), ORIGIN).entries] == ["https://gazette.example/a"]


def test_plain_text_with_one_address_in_each_line_is_a_sitemap() -> None:
    made = parse(b"\xef\xbb\xbfhttps://gazette.example/a\r\nhttps://gazette.example/b\n", ORIGIN)
    assert [one.url for one in made.entries] == ["https://gazette.example/a", "https://gazette.example/b"]


def test_addresses_are_resolved_counted_once_and_left_out_where_they_are_none() -> None:
    rows = "".join(
        f"<url><loc>{loc}</loc></url>"
        for loc in (
            "/a",
            "b",
            "https://gazette.example/a",
            "",
            "javascript:alert(1)",
            "ftp://x/",
            "http://[",
            "mailto:x",
        )
    )
    made = parse(f"<urlset>{rows}<url/></urlset>".encode(), ORIGIN)
    assert [one.url for one in made.entries] == ["https://gazette.example/a", "https://gazette.example/news/b"]
    assert made.skipped == 6


@pytest.mark.parametrize(
    "data",
    [
        b"<html><body>Not found</body></html>",
        b"<rss version='2.0'><channel/></rss>",
        b"<urlset><url><loc>https://gazette.example/",
        b"no sitemap",
        b"",
        b"\x1f\x8bbroken",
        gzip.compress(NEWS.encode(), mtime=0)[:-20],
        b'<!DOCTYPE urlset [<!ENTITY a "aaaa">]><urlset><url><loc>&a;</loc></url></urlset>',
    ],
)
def test_what_is_no_sitemap_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        parse(data, ORIGIN)


def test_a_sitemap_that_unpacks_to_a_huge_one_is_refused() -> None:
    with pytest.raises(TooLarge):
        parse(gzip.compress(b" " * (sitemap._LIMIT + 1)), ORIGIN)


def test_the_largest_sitemap_the_protocol_allows_is_read() -> None:
    row = "<url><loc>https://gazette.example/{}</loc><lastmod>2026-03-01</lastmod><priority>0.5</priority></url>"
    text = "<urlset>" + "".join(row.format(number) for number in range(50_000)) + "</urlset>"
    assert len(parse(text.encode(), ORIGIN).entries) == 50_000


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (NEWS.encode(), True),
        (gzip.compress(NEWS.encode()), True),
        (gzip.compress(NEWS.encode())[:200], True),
        (NEWS.encode("utf-16"), True),
        (b"<sm:sitemapindex xmlns:sm='x'>", True),
        (b"<sitemapindex/>", True),
        (b"<rss><channel><title>urlset</title>", False),
        (b"<html><p>About the urlset of sitemaps", False),
        (b"\x1f\x8bbroken", False),
        (b"", False),
    ],
)
def test_a_sitemap_is_recognised_by_its_root(head: bytes, is_one: bool) -> None:
    assert recognises(head) is is_one


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"<urlset><url><loc>{text}".encode()))
def test_whatever_the_bytes_there_is_a_sitemap_or_an_error_of_input(data: bytes) -> None:
    recognises(data)
    try:
        made = parse(data, ORIGIN)
    except InputError:
        return
    assert all(one.url.startswith(("http://", "https://")) for one in made.entries)


def test_an_error_says_where() -> None:
    with pytest.raises(InvalidFormat, match=r"gazette\.example/news/sitemap\.xml"):
        parse(b"<feed/>", ORIGIN)
