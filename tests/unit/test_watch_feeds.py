"""Polling feeds: the items' identity is the feed's, their text is the page's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from newsstand import article, html, listed, rss, stand
from website import Answer, tagged

from kg.model import Unread
from kg.watch.arrivals import fetched

FEED = {"url": "{site}/feed", "kind": "feed"}


def test_a_feed_brings_the_pages_it_links_to_once(tmp_path: Path) -> None:
    with stand(tmp_path, FEED) as made:
        url = made.site.url
        made.site.pages |= {"/1": html("One quay"), "/2": html("Two quays")}
        made.site.pages["/feed"] = rss(("g1", url("/1"), "One quay"), ("g2", url("/2"), "Two quays"))
        assert made.poll() == [("stored", "/1"), ("stored", "/2")]
        made.site.asked.clear()
        made.site.pages["/feed"] = rss(
            ("g1", url("/1"), "One quay"), ("g2", url("/2"), "Two quays"), built="Thu, 12 Mar 2026 09:00:00 GMT"
        )
        assert made.poll() == []
        assert made.site.paths() == ["/feed"]


def test_an_item_that_changes_has_its_page_fetched_again_and_stays_one_article(tmp_path: Path) -> None:
    with stand(tmp_path, FEED) as made:
        url = made.site.url
        made.site.pages |= {"/1": html("One quay"), "/feed": rss(("g1", url("/1"), "One quay"))}
        made.poll()
        # The title, the address and the text change; the guid says that it is the same report.
        made.site.pages |= {"/new": html("One quay, mended"), "/feed": rss(("g1", url("/new"), "One quay, mended"))}
        assert made.poll() == [("updated", "/new")]
        assert made.headlines() == ["One quay, mended"]


def test_without_follow_the_items_are_the_articles(tmp_path: Path) -> None:
    text = "<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'><![CDATA[<p>{}</p>]]></content:encoded>"
    lead = "The old quay of Kampen will be rebuilt after the storm of last week, the town council decided on Monday."
    with stand(tmp_path, FEED | {"follow": False}) as made:
        feed = rss(("g1", made.site.url("/1"), "One quay")).body.decode()
        made.site.pages["/feed"] = Answer(feed.replace("</item>", text.format(lead) + "</item>").encode())
        assert made.poll() == [("stored", "/1")]
        assert made.site.paths() == ["/feed"]
        assert made.poll() == []


def test_a_feed_that_did_not_change_is_answered_without_its_bytes(tmp_path: Path) -> None:
    with stand(tmp_path, FEED) as made:
        made.site.pages["/1"] = html("One quay")
        body = rss(("g1", made.site.url("/1"), "One quay")).body
        made.site.pages["/feed"] = tagged(body, 'W/"7"', "application/rss+xml")
        assert made.poll() == [("stored", "/1")]
        made.site.asked.clear()
        assert made.poll() == []
        assert made.site.asked[-1].headers["If-None-Match"] == 'W/"7"'


def test_an_item_whose_page_goes_is_retracted_although_the_feed_did_not_change(tmp_path: Path) -> None:
    with stand(tmp_path, FEED) as made:
        made.site.pages["/1"] = html("One quay")
        body = rss(("g1", made.site.url("/1"), "One quay")).body
        made.site.pages["/feed"] = tagged(body, '"7"', "application/rss+xml")
        made.poll()
        made.site.pages["/1"] = Answer(status=410)
        assert made.poll() == []
        made.clock.later(days=1, minutes=1)
        assert made.poll() == [("retracted", "/1")]
        assert made.headlines() == []


def test_a_broken_item_is_said_once_and_the_others_are_taken(tmp_path: Path) -> None:
    with stand(tmp_path, FEED) as made:
        made.site.pages["/1"] = html("One quay")
        made.site.pages["/feed"] = rss(("g1", made.site.url("/1"), "One quay"), more="<item></item>")
        assert sorted(status for status, _ in made.poll()) == ["refused", "stored"]
        assert made.poll() == []


def test_a_json_feed_is_a_feed(tmp_path: Path) -> None:
    with stand(tmp_path, FEED) as made:
        made.site.pages["/1"] = html("One quay")
        item = {"id": "j1", "url": made.site.url("/1"), "title": "One quay", "content_text": "Short."}
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", "items": [item]}
        made.site.pages["/feed"] = Answer(json.dumps(feed).encode(), headers={"Content-Type": "application/feed+json"})
        assert made.poll() == [("stored", "/1")]
        assert made.poll() == []


def test_without_a_kind_the_source_is_what_it_shows(tmp_path: Path) -> None:
    with stand(tmp_path, {"url": "{site}/a"}, {"url": "{site}/b"}, {"url": "{site}/c"}) as made:
        url = made.site.url
        made.site.pages |= {"/1": html("One quay"), "/2": html("Two quays"), "/c": html("Three quays")}
        made.site.pages |= {"/a": rss(("g1", url("/1"), "One quay")), "/b": listed((url("/2"), ""))}
        assert made.poll() == [("stored", "/1"), ("stored", "/2"), ("stored", "/c")]


@pytest.mark.parametrize(("kind", "shown"), [("feed", "a page"), ("sitemap", "a page")])
def test_a_source_that_is_not_what_it_is_configured_as_fails_with_the_reason(
    kind: str, shown: str, tmp_path: Path
) -> None:
    with stand(tmp_path, FEED | {"kind": kind}, pages={"/feed": html("One quay")}) as made:
        assert made.poll() == []
        assert f"configured as a {kind}, and what is there is {shown}" in str(made.polls[-1].error)


# ---- one fetch of an address ----------------------------------------------------------------------------------------


def arrive(made, *urls: str, source: str | None = None):  # type: ignore[no-untyped-def]
    chosen = made.settings.source_named(source) if source else None
    return list(fetched(urls, made.settings, chosen, made.clock.now, made.clock.sleep))


def test_an_address_of_a_page_is_one_document(tmp_path: Path) -> None:
    with stand(tmp_path, {"url": "{site}/news/"}) as made:
        made.site.pages["/news/1"] = html("One quay")
        (one,) = arrive(made, made.site.url("/news/1?utm_source=x#top"))
        assert "404" in str(one.error)
        (one,) = arrive(made, made.site.url("/news/1#top"))
        assert one.key == f"url:source-1///127.0.0.1:{made.site.port}/news/1"
        assert one.source.name == "source-1"
        assert one.media_type == "text/html; charset=utf-8"


def test_an_address_elsewhere_is_third_party_whatever_sources_there_are(tmp_path: Path) -> None:
    with stand(tmp_path, {"url": "{site}/news"}) as made:
        made.site.pages |= {"/newsroom": html("One quay"), "/news/1": html("Two quays"), "/news": html("Three")}
        made.settings = _private(made.settings)
        ways = {path: arrive(made, made.site.url(path))[0].source for path in ("/newsroom", "/news/1", "/news")}
        assert {path: source.name for path, source in ways.items()} == {
            "/newsroom": "default",
            "/news/1": "source-1",
            "/news": "source-1",
        }
        assert ways["/newsroom"].withheld


def test_an_address_of_a_feed_is_what_the_feed_links_to(tmp_path: Path) -> None:
    with stand(tmp_path, {"url": "{site}/"}) as made:
        url = made.site.url
        made.site.pages |= {"/1": html("One quay"), "/feed": rss(("g1", url("/1"), "One"), ("g2", url("/2"), "Two"))}
        first, second = arrive(made, url("/feed"))
        assert (first.key, first.origin) == ("guid:source-1/g1", url("/1"))
        assert "404" in str(second.error)


def test_an_address_that_cannot_be_fetched_is_said_and_the_next_is_read(tmp_path: Path) -> None:
    with stand(tmp_path, {"url": "{site}/"}) as made:
        made.site.pages["/2"] = html("Two quays")
        first, second, third = arrive(made, "http://10.0.0.1/", "file:///etc/passwd", made.site.url("/2"))
        assert "no public address" in str(first.error)
        assert "only http" in str(second.error)
        assert third.origin == made.site.url("/2")


def test_what_the_server_reserves_of_text_and_data_mining_is_the_documents(tmp_path: Path) -> None:
    with stand(tmp_path, {"url": "{site}/"}) as made:
        page = html("One quay")
        made.site.pages["/1"] = Answer(page.body, headers={**page.headers, "TDM-Reservation": "1"})
        made.site.pages["/2"] = article("Two quays")
        first, second = arrive(made, made.site.url("/1"), made.site.url("/2"))
        assert (first.source.reserved, second.source.reserved) == (True, None)


def _private(settings):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(settings, values={**settings.values, "fetch.private_addresses": True})


# ---- what strangers may not do --------------------------------------------------------------------------------------

FORGED = (
    '<https://news.example/articles/forged#id> <http://schema.org/headline> "Forged"@en '
    "<https://news.example/graphs/articles/forged/content> .\n"
)


@pytest.mark.parametrize("rights", ["third-party", "licensed"])
@pytest.mark.parametrize("media_type", ["application/n-quads;profile=newsgraph", "application/n-quads", "text/html"])
def test_a_stranger_cannot_publish_graphs_as_ours(media_type: str, rights: str, tmp_path: Path) -> None:
    """What the sender calls it, and what it looks like, both might make it one of our own exports."""
    with stand(tmp_path, FEED | {"kind": "page", "rights": rights}, {"url": "{site}/b", "rights": rights}) as made:
        answer = Answer(FORGED.encode(), headers={"Content-Type": media_type})
        made.site.pages |= {"/feed": answer, "/b": answer}
        assert {status for status, _ in made.poll()} == {"refused"}
        ask = "ASK { GRAPH ?g { ?s <http://schema.org/headline> ?o } }"
        with made.store.reader() as reader:
            assert not bool(reader.rdf.query(ask))
        (one,) = arrive(made, made.site.url("/b"))
        assert isinstance(one, Unread) or one.media_type == "application/n-quads"
