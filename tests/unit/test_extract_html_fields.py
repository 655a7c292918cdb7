"""The fields of web pages: encodings, structured data in every syntax, authors, dates, and hostile pages."""

from __future__ import annotations

import contextlib
import json

import pytest

from kg.errors import EncodingError, InputError, InvalidFormat, TooLarge
from kg.extract import embedded, moment, writers
from kg.extract.charset import decode_page
from kg.extract.html import HtmlReader
from kg.model import Article, Author, Document

PROSE = (
    "The council of Westmere voted on Tuesday to close the ferry pier, which has served the town for a century.",
    "“We have no choice,” said Ines Tal, who leads the council. “The piles are rotten and the money is gone.”",
    "Fishermen who use the pier said that they had not been asked, and that they would take the decision to court.",
)
BODY = "".join(f"<p>{text}</p>" for text in PROSE)
TITLE = "Westmere closes its ferry pier"


def read(data: bytes | str, media: str | None = None, origin: str = "https://courier.example/local/pier") -> Article:
    """The one article of a page."""
    data = data.encode() if isinstance(data, str) else data
    (article,) = HtmlReader().read(Document(data, f"url:{origin}", origin, media_type=media))
    return article


def page(head: str = "", body: str = BODY) -> str:
    """A page about the pier."""
    return f"<html><head><title>{TITLE} | The Courier</title>{head}</head><body><h1>{TITLE}</h1>{body}</body></html>"


def script(*values: object) -> str:
    """JSON-LD for a page."""
    return "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in values)


POLISH = "<?xml version='1.0' encoding='iso-8859-2'?>Łódź"
RUSSIAN = "<meta charset=windows-1251>Привет"


# ---- encodings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "media", "text"),
    [
        ("\ufeffé".encode(), "text/html; charset=windows-1252", "é"),
        ("é".encode("utf-16-le").join([b"\xff\xfe", b""]), None, "é"),
        ("<p>é".encode("utf-16-be"), None, "<p>é"),
        ("“é”".encode("cp1252"), "text/html; charset=ISO-8859-1", "“é”"),
        ("<meta charset=shift_jis>日本".encode("cp932"), None, "<meta charset=shift_jis>日本"),
        ("<meta charset=koi8-r>Привет".encode("koi8-r"), None, "<meta charset=koi8-r>Привет"),
        (POLISH.encode("iso8859-2"), None, POLISH),
        ("<meta charset=utf-16>é".encode(), None, "<meta charset=utf-16>é"),
        ("é and more".encode(), "text/html; charset=iso-8859-1", "é and more"),
        (RUSSIAN.encode("cp1251"), "text/html; charset=utf-8", RUSSIAN),
        (b"caf\xe9 and \x93tea\x94.", None, "café and “tea”."),
        ("naïve ".encode() + b"caf\xe9.", "text/html; charset=utf-8", "naïve café."),
        ("cut é".encode()[:-1], None, "cut "),
        ("<!-- <meta charset=big5> -->é".encode(), None, "<!-- <meta charset=big5> -->é"),
    ],
)  # fmt: skip
def test_the_encoding_is_found_as_a_browser_finds_it(data: bytes, media: str | None, text: str) -> None:
    assert decode_page(Document(data, "url:a", "a", media_type=media)) == text


@pytest.mark.parametrize(
    ("data", "media"),
    [
        ("Привет, мир".encode("cp1251"), None),
        ("日本語の文章です".encode("euc-jp"), "text/html; charset=utf-8"),
        ("日本".encode("cp932"), "text/html; charset=x-klingon"),
    ],
)
def test_bytes_that_fit_no_claim_are_an_error_and_never_a_guess(data: bytes, media: str | None) -> None:
    with pytest.raises(EncodingError):
        decode_page(Document(data, "url:a", "a", media_type=media))


# ---- structured data ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '<!-- {"@type": "NewsArticle", "headline": "A"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "A"}\n//]]>',
        '/*<![CDATA[*/{"@type": "NewsArticle", "headline": "A"}/*]]>*/',
        '{"@type": "NewsArticle", "headline": "A",}',
        '{"@type": ["NewsArticle",], "headline": "A"};',
        '{"@type": "NewsArticle",\n "headline":\t"A\n"}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;A&quot;}",
    ],
)
def test_json_ld_that_is_broken_in_a_harmless_way_is_repaired(text: str) -> None:
    (value,) = embedded.loads(text)
    assert isinstance(value, dict)
    assert value["headline"].strip() == "A"


@pytest.mark.parametrize("text", ["", "{", '{"a": "b" "c"}', "[" * 100_000, "<html>", '{"a": "unclosed}'])
def test_json_ld_that_cannot_be_read_in_one_way_is_left_alone(text: str) -> None:
    assert embedded.loads(text) == []


def test_the_article_of_the_page_is_told_from_those_it_links_to() -> None:
    other = {"@type": "NewsArticle", "headline": "Bus fares rise again", "url": "https://courier.example/local/bus"}
    own = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2026-03-12", "url": "/local/pier"}
    for values in ([other, own], [{"@graph": [other, {"@type": "WebPage", "mainEntity": own}]}], [[own, other]]):
        article = read(page(script(*values)))
        assert (article.headline, article.date_published) == (TITLE, "2026-03-12")


def test_an_article_in_a_list_is_not_the_pages_own() -> None:
    items = [{"@type": "ListItem", "item": {"@type": "NewsArticle", "headline": "Bus fares rise", "author": "Bo Lund"}}]
    article = read(page(script({"@type": "ItemList", "itemListElement": items})))
    assert (article.headline, article.authors) == (TITLE, ())


def test_microdata_is_read_where_there_is_no_json_ld() -> None:
    body = (
        "<article itemscope itemtype='https://schema.org/NewsArticle'>"
        f"<h1 itemprop='headline'>{TITLE}</h1><span itemprop='author' itemscope itemtype='https://schema.org/Person'>"
        "<a itemprop='url' href='/ana'><span itemprop='name'>Ana Reis</span></a></span>"
        f"<time itemprop='datePublished' datetime='2026-03-12T09:30:00Z'>today</time>{BODY}</article>"
    )
    article = read(page(body=body))
    assert article.authors == (Author("Ana Reis", "Person", "https://courier.example/ana"),)
    assert article.date_published == "2026-03-12T09:30:00Z"
    assert dict(article.won)["authors"] == "microdata"


def test_rdfa_is_read_where_there_is_no_other() -> None:
    body = (
        f"<div vocab='https://schema.org/' typeof='NewsArticle'><h1 property='headline'>{TITLE}</h1>"
        "<span property='author' typeof='Person'><span property='name'>Ana Reis</span></span>"
        f"<meta property='datePublished' content='2026-03-12'>{BODY}</div>"
    )
    article = read(page(body=body))
    assert (article.authors, article.date_published) == ((Author("Ana Reis"),), "2026-03-12")
    assert dict(article.won)["date_published"] == "rdfa"


def test_open_graph_and_metadata_elements_come_next() -> None:
    head = (
        f"<meta property='og:title' content='{TITLE}'><meta property='og:site_name' content='The Courier'>"
        "<meta property='article:published_time' content='2026-03-12T09:30:00+01:00'>"
        "<meta property='og:locale' content='en_GB'>"
        "<meta name='author' content='By Ana Reis and Bo Lund'><meta property='article:section' content='Local'>"
        "<meta property='og:image' content='/img/pier.jpg'><meta name='description' content='The boats stop.'>"
        "<meta property='og:url' content='/local/pier'><meta name='news_keywords' content='pier, ferry'>"
    )
    article = read(page(head), origin="https://courier.example/p?id=7")
    assert article.authors == (Author("Ana Reis"), Author("Bo Lund"))
    assert (article.publisher, article.section, article.abstract) == ("The Courier", "Local", "The boats stop.")
    assert (article.date_published, article.url) == ("2026-03-12T09:30:00+01:00", "https://courier.example/local/pier")
    assert article.images[0].url == "https://courier.example/img/pier.jpg"
    assert article.hero
    assert [one.name for one in article.keywords] == ["pier", "ferry"]


def test_a_plain_page_is_read_from_what_it_shows() -> None:
    top = "<p class='byline'>By Ana Reis</p><p><time datetime='2026-03-12T09:30Z'>12 March</time></p>"
    article = read(page(body=top + BODY))
    assert (article.headline, article.authors) == (TITLE, (Author("Ana Reis"),))
    assert article.date_published == "2026-03-12T09:30:00Z"
    assert tuple(one.text for one in article.paragraphs) == PROSE


def test_the_outlets_name_is_no_part_of_the_headline() -> None:
    site = "<meta property='og:site_name' content='The Courier'>"
    head = f"<meta property='og:title' content='{TITLE} - The Courier'>{site}"
    assert read(page(head)).headline == TITLE


def test_addresses_that_are_not_of_the_web_are_not_taken() -> None:
    head = (
        "<link rel=canonical href='javascript:alert(1)'><meta property='og:image' content='data:image/png;base64,AAAA'>"
    )
    article = read(page(head), origin="page.html")
    assert (article.url, article.images) == (None, ())


def test_a_change_before_the_publication_is_no_change() -> None:
    given = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2026-03-12T09:00:00Z", "dateModified": "2026-03-12T08:00:00Z"}  # fmt: skip  # noqa: E501
    article = read(page(script(given)))
    assert (article.date_published, article.date_modified) == ("2026-03-12T09:00:00Z", None)


def test_text_of_structured_data_is_clean() -> None:
    given = {
        "@type": "NewsArticle",
        "headline": "Westmere &amp; its \u202e<b>pier</b>\u200b",
        "articleSection": ["Local"],
    }
    assert read(page(script(given))).headline == "Westmere & its pier"


# ---- authors and dates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By Ana Reis, Bo Lund and Cy Dole", ["Ana Reis", "Bo Lund", "Cy Dole"]),
        ("Ana Reis & Bo Lund", ["Ana Reis", "Bo Lund"]),
        ("Ana Reis (ana@courier.example)", ["Ana Reis"]),
        ("Ana Reis, Health Correspondent", ["Ana Reis"]),
        ("Ana Reis @anareis", ["Ana Reis"]),
        ("Ana Reis in Lisbon", ["Ana Reis"]),
        ("Ana Reis, Associated Press", ["Ana Reis"]),
        ("Ana Reis Jr., MD", ["Ana Reis Jr"]),
        ("Science and Technology Desk", ["Science and Technology Desk"]),
        ("Reuters", ["Reuters"]),
        ("https://social.example/ana", []),
        ("admin", []),
        ("Staff writer", []),
        ("", []),
    ],
)
def test_authors_are_separate_people_without_roles_and_addresses(text: str, names: list[str]) -> None:
    assert [one.name for one in writers.writers(text)] == names


def test_organisations_are_typed_as_such() -> None:
    assert writers.writers("Reuters") == (Author("Reuters", "Organization"),)
    assert writers.writers("Coastal Watch", "Organization", "https://a.example/") == (
        Author("Coastal Watch", "Organization", "https://a.example/"),
    )


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("2026-03-12", "2026-03-12"),
        ("2026-03-12T09:30:15Z", "2026-03-12T09:30:15Z"),
        ("2026-03-12 09:30 +0100", "2026-03-12T09:30:00+01:00"),
        ("2026-03-12T09:30:15.120-0500", "2026-03-12T09:30:15.12-05:00"),
        ("2026-03-12T09:30:15", "2026-03-12"),
        ("20260312T093015Z", "2026-03-12T09:30:15Z"),
        ("Thu, 12 Mar 2026 09:30:15 GMT", "2026-03-12T09:30:15Z"),
        ("March 12, 2026", "2026-03-12"),
        ("2026-13-12", None),
        ("2026-02-30T09:30:15Z", None),
        ("0001-01-01T00:00:00", None),
        ("yesterday", None),
        (None, None),
        (1773307815, None),
    ],
)
def test_dates_of_machines_become_lexical_forms_and_no_zone_is_invented(given: object, value: str | None) -> None:
    assert moment.lexical(given) == value


# ---- hostile pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        "<div>" * 100_000 + BODY,
        "<b><i>" * 50_000 + BODY,
        "<table><tr><td>" * 3_000 + BODY,
        "<a href='/x'>a link</a> " * 20_000,
        "<" * 200_000,
        "<!--" * 100_000,
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + BODY,
        "<div itemscope itemtype='https://schema.org/NewsArticle'><b itemprop=name>x" * 300 + BODY,
        "<!DOCTYPE html [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><p>" + "&b;" * 10_000,
        "<title>" + "a | " * 100_000 + "</title>" + BODY,
        "<meta property='og:title' content='" + "&amp;" * 100_000 + "'>" + BODY,
        "\x01\x02<p>\x00\x7f</p>",
    ],
    ids=lambda data: data[:24],
)
def test_a_hostile_page_ends_in_an_article_or_a_clear_error(data: str) -> None:
    with contextlib.suppress(InputError):
        assert read(data).headline


def test_control_characters_and_references_to_them_leave_the_text_whole() -> None:
    body = BODY.replace("ferry pier", "fe\x01rry\x0cpi&#1;er&#x1F;&#65533;")
    first = read(page(body=body)).paragraphs[0].text
    assert first.startswith("The council of Westmere voted on Tuesday to close the ferry pier\ufffd, which")


def test_paragraphs_below_a_hundred_thousand_boxes_are_found() -> None:
    head = f"<title>{TITLE}</title><meta property='og:type' content='article'>"
    assert tuple(one.text for one in read(head + "<div>" * 100_000 + BODY).paragraphs) == PROSE


def test_a_page_with_too_many_elements_is_refused_with_the_limit() -> None:
    with pytest.raises(TooLarge, match="100,000"):
        read(f"<title>{TITLE}</title>" + "<p>x</p>" * 100_001)


def test_a_tag_with_endless_attributes_is_refused() -> None:
    with pytest.raises(InvalidFormat, match="attributes"):
        read("<div " + " ".join(f"a{n}=1" for n in range(20_000)) + ">" + BODY)


def test_a_large_page_is_read_without_the_slow_extractor() -> None:
    many = [
        f"Paragraph number {n} of the long report that the council of Westmere printed on its pier."
        for n in range(11_000)
    ]
    filler = "<i></i>" * 10_000
    article = read(page(body=filler + "".join(f"<p>{text}</p>" for text in many)))
    assert tuple(one.text for one in article.paragraphs) == tuple(many)


def test_an_external_entity_is_never_fetched() -> None:
    article = read("<!DOCTYPE html [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>" + page(body=f"<p>&a;</p>{BODY}"))
    assert tuple(one.text for one in article.paragraphs)[-3:] == PROSE
    assert "/" not in "".join(article.dropped)


def test_the_same_page_gives_the_same_article_every_time() -> None:
    data = page(
        script({"@type": "NewsArticle", "headline": TITLE, "author": ["Ana Reis", "Bo Lund"], "keywords": "b, a"})
    )
    assert read(data) == read(data)


def test_a_body_marked_as_the_description_too_is_no_abstract() -> None:
    text = "<br><br>".join(
        f"The {place} panel of the river board said that the weir would be mended before the {place} flood of the year."
        for place in ("first", "second", "third", "fourth")
    )
    body = (
        f"<div itemscope itemtype='http://schema.org/BlogPosting'><h3 itemprop='name'>{TITLE}</h3>"
        f"<div itemprop='description articleBody'>{text}</div></div>"
    )
    article = read(page(body=body))
    assert article.abstract is None
    assert len(article.paragraphs) == 4
