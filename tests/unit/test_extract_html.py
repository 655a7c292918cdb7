"""Web pages: what is read from their structured data, their heads and their text."""

from __future__ import annotations

import json

import pytest

from kg import extract
from kg.errors import IncompleteArticle
from kg.extract.html import HtmlReader
from kg.model import Article, Author, Document, Image, Keyword

PROSE = (
    "The council of Westmere voted on Tuesday to close the ferry pier, which has served the town for a century.",
    "“We have no choice,” said Ines Tal, who leads the council. “The piles are rotten and the money is gone.”",
    "Fishermen who use the pier said that they had not been asked, and that they would take the decision to court.",
    "The last ferry will leave at the end of May, and the pier will be taken down over the summer by a local firm.",
)
BODY = "".join(f"<p>{text}</p>" for text in PROSE)
LD = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Westmere closes its ferry pier",
    "description": "After a century the boats stop.",
    "datePublished": "2026-03-12T09:30:00+01:00",
    "dateModified": "2026-03-12T11:00:00Z",
    "author": [{"@type": "Person", "name": "Ana Reis", "url": "/people/ana"}, {"@type": "Person", "name": "Bo Lund"}],
    "publisher": {"@type": "NewsMediaOrganization", "name": "The Westmere Courier"},
    "articleSection": "Local",
    "inLanguage": "en_GB",
    "keywords": "harbour, ferries",
    "image": {"@type": "ImageObject", "url": "/img/pier.jpg", "caption": "The pier", "creditText": "Cy Dole"},
    "identifier": "urn:uuid:3f2b6f52-5a0e-4e1c-9a62-0d8f6f7c1a11",
}


def page(
    *, head: str = "", body: str = BODY, ld: object = None, title: str = "Westmere closes its ferry pier", top: str = ""
) -> bytes:
    """A page with a menu, a footer and an article."""
    script = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld is not None else ""
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{title}</title>"
        f"<link rel='canonical' href='https://courier.example/local/pier'>{head}{script}</head><body>"
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sport'>Sport</a></li></ul></nav>"
        f"<article><h1>{title}</h1>{top}<div class='article-body'>{body}</div></article>"
        "<footer><p>© 2026 The Westmere Courier. All rights reserved.</p></footer></body></html>"
    ).encode()


def read(
    data: bytes, *, origin: str = "https://courier.example/local/pier?from=mail", media: str | None = None
) -> Article:
    """The one article of a page."""
    (article,) = HtmlReader().read(Document(data, f"url:{origin}", origin, media_type=media))
    return article


def test_json_ld_is_believed_first_and_every_field_says_where_it_comes_from() -> None:
    article = read(page(ld=LD, head="<meta property='og:title' content='Something else'>"))
    assert article.headline == "Westmere closes its ferry pier"
    assert article.abstract == "After a century the boats stop."
    assert article.authors == (Author("Ana Reis", "Person", "https://courier.example/people/ana"), Author("Bo Lund"))
    assert article.publisher == "The Westmere Courier"
    assert (article.date_published, article.date_modified) == ("2026-03-12T09:30:00+01:00", "2026-03-12T11:00:00Z")
    assert (article.section, article.language) == ("Local", "en-GB")
    assert article.url == "https://courier.example/local/pier"
    assert article.identifier == "urn:uuid:3f2b6f52-5a0e-4e1c-9a62-0d8f6f7c1a11"
    assert article.keywords == (Keyword("harbour"), Keyword("ferries"))
    assert article.images == (Image("The pier", "Cy Dole", "https://courier.example/img/pier.jpg"),)
    assert article.hero
    won = dict(article.won)
    assert {won[name] for name in ("headline", "authors", "date_published", "publisher")} == {"json-ld"}
    assert (won["url"], won["paragraphs"]) == ("canonical", "trafilatura")


def test_the_body_is_the_paragraphs_and_the_rest_is_dropped() -> None:
    article = read(page(ld=LD))
    assert tuple(one.text for one in article.paragraphs) == PROSE
    assert "Sport" in article.dropped
    assert "© 2026 The Westmere Courier. All rights reserved." in article.dropped


def test_html_goes_to_this_reader_whatever_its_origin_is_called() -> None:
    (article,) = extract.read(Document(page(ld=LD), "path:test/page.txt", "page.txt"))
    assert article.headline == "Westmere closes its ferry pier"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            b"<html><head><title>News</title></head><body><div id='root'></div><script>x()</script></body></html>",
            "scripts",
        ),
        (
            b"<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1><p>Gone away.</p></body></html>",
            "error",
        ),
    ],
)
def test_a_page_without_an_article_says_what_is_missing(data: bytes, reason: str) -> None:
    with pytest.raises(IncompleteArticle, match=reason):
        read(data)


@pytest.mark.parametrize(
    ("data", "media", "sure"),
    [
        (b"<!DOCTYPE html><p>a", None, 0.8),
        (b"\n\n<HTML><BODY>a", None, 0.8),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html xmlns='http://www.w3.org/1999/xhtml'>", None, 0.8),
        (b"<?xml version='1.0'?><h:html xmlns:h='http://www.w3.org/1999/xhtml'>", None, 0.8),
        (b"<!-- made by a machine --><html>", None, 0.8),
        (b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", None, 0.0),
        (b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", "text/html", 0.3),
        (b"a text", "text/html; charset=utf-8", 0.6),
        (b"a text", None, 0.0),
        (b'{"a": 1}', "text/html", 0.0),
        (b"%PDF-1.7", "text/html", 0.0),
    ],
)
def test_a_web_page_is_told_by_its_content(data: bytes, media: str | None, sure: float) -> None:
    assert HtmlReader().recognises(Document(data, "url:a", "a", media_type=media)) == sure
