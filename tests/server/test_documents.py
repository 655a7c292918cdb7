"""Articles and things over HTTP: formats, caching, links, what is gone, and hostile content."""

from __future__ import annotations

import gzip
import json
import re
from html.parser import HTMLParser

import newsroom as n
import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode
from werkzeug.test import TestResponse

from kg import describe
from kg.store import Reader
from kg.vocab import NIF, SCHEMA

HTML = {"Accept": "text/html"}
SUFFIXES = {
    "html": "text/html; charset=utf-8",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle; charset=utf-8",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "trig": "application/trig",
    "nq": "application/n-quads",
}
PAGES = (n.FREED, n.LATER, n.FOREIGN, n.HOSTILE, n.ARABIC, n.DAWIT, n.COURT, n.RULING, n.EVIL_THING)


def path(iri: str) -> str:
    return iri.removeprefix(n.BASE)


class Page(HTMLParser):
    """What a browser would make of a page: elements with attributes, and the text of each kind of element."""

    def __init__(self, answer: TestResponse) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "input", "br", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts.setdefault(tag, []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def block(page: Page) -> dict[str, object]:
    """The JSON-LD for search engines."""
    (made,) = page.texts["script"]
    return dict(json.loads(made))


# ---- formats --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("suffix", "content_type"), SUFFIXES.items())
@pytest.mark.parametrize("page", [n.FREED, n.DAWIT, n.HOSTILE])
def test_a_suffix_chooses_the_format_whatever_accept_says(
    client: FlaskClient, page: str, suffix: str, content_type: str
) -> None:
    answer = client.get(f"{path(page)}.{suffix}", headers={"Accept": "application/pdf"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert answer.data


@pytest.mark.parametrize(("suffix", "content_type"), SUFFIXES.items())
def test_accept_chooses_the_format_of_the_one_address(client: FlaskClient, suffix: str, content_type: str) -> None:
    answer = client.get(path(n.FREED), headers={"Accept": content_type.partition(";")[0]})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert "Accept" in answer.vary
    assert answer.data == client.get(f"{path(n.FREED)}.{suffix}").data


@pytest.mark.parametrize("page", PAGES)
def test_every_format_says_the_same_triples(client: FlaskClient, reader: Reader, page: str) -> None:
    expected = set(describe.describe(reader, page))
    assert expected
    read = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML}
    for suffix, read_as in {**read, "trig": ox.RdfFormat.TRIG, "nq": ox.RdfFormat.N_QUADS}.items():
        data = client.get(f"{path(page)}.{suffix}").data
        assert {quad.triple for quad in ox.parse(data, format=read_as)} == expected, suffix


def test_the_json_ld_names_the_published_context_and_means_the_same_triples(
    client: FlaskClient, reader: Reader
) -> None:
    made = client.get(f"{path(n.FREED)}.jsonld").get_json(force=True)
    named = made["@context"] if isinstance(made["@context"], list) else [made["@context"]]
    assert named[0] == f"{n.BASE}/context.jsonld"
    published = client.get("/context.jsonld").get_json(force=True)["@context"]
    inlined = {**made, "@context": [published, *named[1:]]}
    found = {q.triple for q in ox.parse(json.dumps(inlined), format=ox.RdfFormat.JSON_LD)}
    assert found == set(describe.describe(reader, n.FREED))


def test_trig_and_n_quads_keep_the_named_graphs(client: FlaskClient) -> None:
    quads = ox.parse(client.get(f"{path(n.FREED)}.nq").data, format=ox.RdfFormat.N_QUADS)
    assert {str(q.graph_name).rpartition("/")[2] for q in quads} == {"content>", "facts>", "annotations>"}


def test_what_is_not_on_offer_is_406_with_the_list(client: FlaskClient) -> None:
    answer = client.get(path(n.FREED), headers={"Accept": "application/pdf"})
    assert answer.status_code == 406
    assert answer.get_json(force=True)["offers"] == [t.partition(";")[0] for t in SUFFIXES.values()]
    assert "Accept" in answer.vary


@pytest.mark.parametrize("header", ["", "*/*", "text/turtle;q=x", "a" * 100_000])
def test_an_accept_that_asks_for_nothing_gets_the_page(client: FlaskClient, header: str) -> None:
    assert client.get(path(n.FREED), headers={"Accept": header}).mimetype == "text/html"


def test_links_lead_to_the_other_formats_and_name_the_canonical_address(client: FlaskClient) -> None:
    for accept, described in (("text/html", f"{path(n.FREED)}.jsonld"), ("text/turtle", "/shapes")):
        link = client.get(path(n.FREED), headers={"Accept": accept}).headers["Link"]
        assert f'<{n.FREED}>; rel="canonical"' in link
        assert f'<{described}>; rel="describedby"' in link
        for suffix, content_type in SUFFIXES.items():
            media_type = content_type.partition(";")[0]
            assert f'<{path(n.FREED)}.{suffix}>; rel="alternate"; type="{media_type}"' in link


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    got, headed = client.get(path(n.FREED), headers=HTML), client.head(path(n.FREED), headers=HTML)
    assert headed.status_code == 200
    assert headed.data == b""
    for name in ("ETag", "Content-Type", "Content-Length", "Link", "Vary"):
        assert headed.headers[name] == got.headers[name]


def test_options_allow_reading_from_anywhere_without_credentials(client: FlaskClient) -> None:
    answer = client.options(path(n.FREED), headers={"Origin": "https://other.example"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert set(answer.headers["Access-Control-Allow-Methods"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert "Access-Control-Allow-Credentials" not in answer.headers


# ---- caching --------------------------------------------------------------------------------------------------------


def test_a_page_that_did_not_change_is_304(client: FlaskClient) -> None:
    first = client.get(path(n.FREED), headers=HTML)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    for header in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = client.get(path(n.FREED), headers={**HTML, "If-None-Match": header})
        assert again.status_code == 304, header
        assert again.data == b""
        assert again.headers["ETag"] == tag
        assert "Content-Type" not in again.headers
        assert "Accept" in again.vary
    assert client.get(path(n.FREED), headers={**HTML, "If-None-Match": '"other"'}).status_code == 200


def test_last_modified_is_the_time_of_the_snapshot_that_changed_the_page(client: FlaskClient) -> None:
    for page, time in ((n.FOREIGN, "Wed, 01 Apr 2026 08:00:00 GMT"), (n.LATER, "Thu, 02 Apr 2026 08:00:00 GMT")):
        answer = client.get(path(page), headers=HTML)
        assert answer.headers["Last-Modified"] == time
        again = client.get(path(page), headers={**HTML, "If-Modified-Since": time})
        assert again.status_code == 304
    old = {**HTML, "If-Modified-Since": "Tue, 31 Mar 2026 08:00:00 GMT"}
    assert client.get(path(n.LATER), headers=old).status_code == 200
    both = {**HTML, "If-Modified-Since": "Thu, 02 Apr 2026 08:00:00 GMT", "If-None-Match": '"other"'}
    assert client.get(path(n.LATER), headers=both).status_code == 200


def test_each_format_has_a_tag_of_its_own(client: FlaskClient) -> None:
    tags = [client.get(f"{path(n.FREED)}.{suffix}").headers["ETag"] for suffix in SUFFIXES]
    assert len(set(tags)) == len(tags)


def test_pages_are_sent_in_gzip_to_those_who_take_it(client: FlaskClient) -> None:
    plain = client.get(path(n.FREED), headers=HTML)
    packed = client.get(path(n.FREED), headers={**HTML, "Accept-Encoding": "br;q=0.5, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept, Accept-Datetime, Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    for tag in (packed.headers["ETag"], plain.headers["ETag"]):
        again = client.get(path(n.FREED), headers={**HTML, "If-None-Match": tag, "Accept-Encoding": "gzip"})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    refused = client.get(path(n.FREED), headers={**HTML, "Accept-Encoding": "gzip;q=0, identity"})
    assert refused.data == plain.data


# ---- gone, moved, unknown -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["", ".ttl", ".html", "/text/body-00000000"])
def test_what_was_removed_is_410_with_date_and_reason(client: FlaskClient, suffix: str) -> None:
    answer = client.get(path(n.REMOVED) + suffix)
    assert answer.status_code == 410
    body = answer.get_json(force=True)
    assert (body["reason"], body["removed"]) == ("The source withdrew it.", "2026-04-03T08:00:00Z")
    assert "never happened" not in answer.text.lower()
    page = client.get(path(n.REMOVED), headers=HTML)
    assert "The source withdrew it." in page.text


def test_a_merged_thing_redirects_for_good_and_keeps_the_suffix(client: FlaskClient) -> None:
    answer = client.get(path(n.OLD_DAWIT) + ".ttl")
    assert (answer.status_code, answer.headers["Location"]) == (301, path(n.DAWIT) + ".ttl")


ODD = [
    "/articles/nothing-ffffffff",
    "/articles/nothing-ffffffff.ttl",
    "/articles/%00",
    "/articles/%0d%0aX-Evil:%20yes",
    "/articles/a%20b",
    "/articles/%3Cscript%3E",
    "/articles/%E2%80%AEevil",
    "/articles/%ff%fe",
    "/articles/..%2f..%2fetc%2fpasswd",
    "/articles/..",
    "/articles/.ttl",
    "/articles/" + "a" * 5_000,
    "/articles/court-frees-mechanic-00000001.exe",
    "/articles/court-frees-mechanic-00000001.",
    "/articles/court-frees-mechanic-00000001/text/body-00000000",
    "/articles/court-frees-mechanic-00000001/text/%00",
    "/articles/COURT-FREES-MECHANIC-00000001",
    "/things/d%C3%A4wit",
    "/things/%F0%9F%98%80",
    "/things/court-frees-mechanic-00000001",
    "/sections/nothing",
    "/static/../server.py",
    "/static/site.css",
    "/snapshots/nothing",
]


@pytest.mark.parametrize("address", ODD)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_odd_addresses_are_404_in_one_shape(client: FlaskClient, address: str, accept: str) -> None:
    answer = client.get(address, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.mimetype == ("text/html" if accept == "text/html" else "application/problem+json")
    assert "X-Evil" not in answer.headers
    assert "<script>" not in answer.text


# ---- pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_pages_run_no_script_and_load_nothing_from_elsewhere(client: FlaskClient, page: str) -> None:
    answer = client.get(path(page), headers=HTML)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"]
    made = Page(answer)
    assert [s["type"] for s in made.all("script")] in ([], ["application/ld+json"])
    assert not any(name.startswith("on") or name == "style" for _, attributes in made.elements for name in attributes)
    assert not made.all("img")
    assert not made.all("iframe")
    for one in made.all("link"):
        assert one["rel"] != "stylesheet" or str(one["href"]).startswith("/static/")


@pytest.mark.parametrize("page", PAGES)
def test_pages_have_one_heading_a_landmark_and_links_that_work(client: FlaskClient, page: str) -> None:
    made = Page(client.get(path(page), headers=HTML))
    assert len(made.all("h1")) == len(made.all("main")) == 1
    assert made.all("html") == [{"lang": "en"}]
    ids = [attributes["id"] for _, attributes in made.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for one in made.all("a"):
        address = str(one["href"])
        assert address.startswith(("/", "#", "http://", "https://"))
        if address.startswith("/"):
            assert client.get(address).status_code == 200, address


def test_hostile_words_are_printed_as_words(client: FlaskClient) -> None:
    answer = client.get(path(n.HOSTILE), headers=HTML)
    made = Page(answer)
    assert "".join(made.texts["h1"]).strip() == n.EVIL
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    assert "{{ 7*7 }} {% x %}" in "".join(made.texts["p"])
    assert json.dumps(block(made)).count("alert(1)")
    graph = block(made)["@graph"]
    assert isinstance(graph, list)
    assert graph[0]["headline"] == n.EVIL
    thing = client.get(path(n.EVIL_THING), headers=HTML)
    assert "<img" not in thing.text
    assert "".join(Page(thing).texts["h1"]).strip() == n.EVIL_NAME


def test_an_outside_identity_that_is_no_web_address_is_no_link(client: FlaskClient) -> None:
    made = Page(client.get(path(n.DAWIT), headers=HTML))
    hrefs = {str(one["href"]) for one in made.all("a")}
    assert "http://www.wikidata.org/entity/Q4115189" in hrefs
    assert not any(h.startswith("javascript") for h in hrefs)


def test_the_body_links_each_mention_and_marks_what_is_quoted(client: FlaskClient) -> None:
    text = client.get(path(n.FREED), headers=HTML).text
    assert re.search(
        rf'<mark class="quote">the <a href="{path(n.COURT)}"[^>]*>Northern Court</a> had listened</mark>', text
    )
    assert f'<a href="{path(n.FILM)}"' in text


def test_the_page_says_in_plain_words_what_the_gate_noticed(client: FlaskClient) -> None:
    assert "a date has no time and zone" in client.get(path(n.FREED), headers=HTML).text
    assert "Worth a look" not in client.get(path(n.LATER), headers=HTML).text


def test_conflicting_dates_are_marked_on_the_things_page(client: FlaskClient) -> None:
    text = client.get(path(n.DAWIT), headers=HTML).text
    assert "sources differ" in text
    assert "2 May 1990" in text
    assert "born in May 1990" in text


def test_a_withheld_text_is_on_no_page_and_in_no_format(client: FlaskClient) -> None:
    for address in [f"{path(n.FOREIGN)}.{suffix}" for suffix in SUFFIXES] + [
        "/feed.atom",
        "/articles.json",
        "/search?q=gates",
    ]:
        answer = client.get(address)
        assert answer.status_code == 200
        for start in range(0, len(n.SECRET) - 40, 20):
            assert n.SECRET[start : start + 40] not in answer.text, address
    page = client.get(path(n.FOREIGN), headers=HTML)
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert {"name": "robots", "content": "noindex"} in Page(page).all("meta")
    assert "https://gazette.example/harbour" in page.text
    assert path(n.FOREIGN) not in client.get("/sitemap.xml").text


def test_own_articles_may_be_indexed(client: FlaskClient) -> None:
    page = client.get(path(n.FREED), headers=HTML)
    assert "X-Robots-Tag" not in page.headers
    assert n.FREED in client.get("/sitemap.xml").text


def test_a_right_to_left_article_says_its_language(client: FlaskClient) -> None:
    made = Page(client.get(path(n.ARABIC), headers=HTML))
    assert made.all("h1") == [{"lang": "ar", "dir": "auto"}]


def test_the_page_names_how_to_cite_it(client: FlaskClient) -> None:
    text = client.get(path(n.LATER), headers=HTML).text
    assert f"{n.LATER}#id" in text
    assert "20260402T080000Z" in text


# ---- the block for search engines -----------------------------------------------------------------------------------


def test_the_block_holds_visible_facts_only_and_no_events(client: FlaskClient, reader: Reader) -> None:
    answer = client.get(path(n.FREED), headers=HTML)
    made = block(Page(answer))
    article, crumbs = made["@graph"]  # type: ignore[misc]
    assert article["@id"] == n.FREED + "#id"
    assert article["author"]["name"] == "Mara Lind"
    assert "CourtRuling" not in json.dumps(made)
    assert "Event" not in json.dumps(made)
    for value in (article["headline"], article["description"], article["articleSection"], article["author"]["name"]):
        assert value.replace("&", "&amp;") in answer.text
    assert [item["name"] for item in crumbs["itemListElement"]] == ["Articles", "Courts & Crime", article["headline"]]
    assert [item["position"] for item in crumbs["itemListElement"]] == [1, 2, 3]


def test_the_block_says_nothing_the_graph_does_not(client: FlaskClient, reader: Reader) -> None:
    made = block(Page(client.get(path(n.FREED), headers=HTML)))
    (article, _) = made["@graph"]  # type: ignore[misc]
    article = {key: value for key, value in article.items() if key != "description"}
    inlined = {"@context": {"@vocab": SCHEMA.iri}, **article}
    told = {
        (q.subject, q.predicate, getattr(q.object, "value", None))
        for q in ox.parse(json.dumps(inlined), format=ox.RdfFormat.JSON_LD)
        if isinstance(q.subject, NamedNode)
    }
    known = {(q.subject, q.predicate, getattr(q.object, "value", None)) for q in reader.rdf}
    assert told - known == set()


# ---- parts ----------------------------------------------------------------------------------------------------------


def test_a_text_is_plain_text_at_the_address_its_spans_name(client: FlaskClient, reader: Reader) -> None:
    graph = n.IRIS.graph(n.FREED, "annotations")
    quads = list(reader.rdf.quads_for_pattern(None, NIF.isString, None, graph))
    assert len(quads) == 4
    for quad in quads:
        assert isinstance(quad.subject, NamedNode)
        answer = client.get(path(quad.subject.value))
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.text == quad.object.value  # type: ignore[union-attr]
        assert "immutable" in answer.headers["Cache-Control"]
