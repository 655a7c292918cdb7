"""The body of web pages of every age and make: what is a paragraph of the article and what is not."""

from __future__ import annotations

import pytest

from kg.errors import IncompleteArticle
from kg.extract.html import HtmlReader
from kg.model import Article, Author, Document

PROSE = (
    "The council of Westmere voted on Tuesday to close the ferry pier, which has served the town for a century.",
    "“We have no choice,” said Ines Tal, who leads the council. “The piles are rotten and the money is gone.”",
    "Fishermen who use the pier said that they had not been asked, and that they would take the decision to court.",
    "The last ferry will leave at the end of May, and the pier will be taken down over the summer by a local firm.",
    "A bus will run every hour between the two shores, the council said, and the fare will stay the same until autumn.",
)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in PROSE)


def read(html: str | bytes, origin: str = "https://courier.example/local/pier") -> Article:
    """The one article of a page."""
    data = html.encode() if isinstance(html, str) else html
    (article,) = HtmlReader().read(Document(data, f"url:{origin}", origin))
    return article


def page(body: str, *, head: str = "", before: str = "", after: str = "") -> str:
    """A page with an article around a body."""
    return (
        f"<!DOCTYPE html><html lang=en><head><title>Westmere closes its ferry pier</title>{head}</head><body>{before}"
        f"<article><h1>Westmere closes its ferry pier</h1><div class='story-body'>{body}</div></article>{after}"
        "</body></html>"
    )


def texts(article: Article) -> tuple[str, ...]:
    """The texts of the paragraphs."""
    return tuple(one.text for one in article.paragraphs)


def test_paragraphs_made_of_two_line_breaks_are_paragraphs() -> None:
    assert texts(read(page("<br><br>".join(PROSE)))) == PROSE


def test_a_page_without_a_paragraph_element_is_read() -> None:
    assert texts(read(page("".join(f"<div>{text}</div>" for text in PROSE)))) == PROSE


def test_a_page_of_the_nineties_with_nested_tables_and_capital_tags_is_read() -> None:
    menu = "".join(f"<TR><TD><A HREF='/{name}'>{name}</A></TD></TR>" for name in ("News", "Sport", "Weather"))
    text = "<P>".join(f"<FONT SIZE=2>{one}</FONT>" for one in PROSE)
    article = read(
        "<HTML><HEAD><TITLE>Westmere closes its ferry pier</TITLE></HEAD><BODY BGCOLOR=WHITE><TABLE><TR><TD><TABLE>"
        f"{menu}</TABLE></TD><TD><TABLE><TR><TD><FONT SIZE=5><B>Westmere closes its ferry pier</B></FONT><P>{text}"
        "</TD></TR></TABLE></TD></TR></TABLE></BODY></HTML>"
    )
    assert article.headline == "Westmere closes its ferry pier"
    assert texts(article) == PROSE


def test_xhtml_with_prefixed_elements_is_read() -> None:
    article = read(
        '<?xml version="1.0" encoding="UTF-8"?><h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head>'
        "<h:title>Westmere closes its ferry pier</h:title></h:head><h:body><h:h1>Westmere closes its ferry pier</h:h1>"
        + "".join(f"<h:p>{text}</h:p>" for text in PROSE)
        + "</h:body></h:html>"
    )
    assert texts(article) == PROSE


def test_an_amp_page_is_read_with_its_picture() -> None:
    article = read(
        page(
            "<figure><amp-img src='/img/pier.jpg' alt='A pier'></amp-img><figcaption>The old pier. Photo: Cy Dole"
            f"</figcaption></figure>{PARAGRAPHS}<amp-ad>ad</amp-ad>"
        ).replace("<html", "<html amp")
    )
    assert texts(article) == PROSE
    assert (article.images[0].caption, article.images[0].credit) == ("The old pier.", "Cy Dole")
    assert article.images[0].url == "https://courier.example/img/pier.jpg"


def test_captions_credits_and_alternative_texts_stay_out_of_the_body() -> None:
    figure = (
        "<figure><img src='/a.jpg' alt='Boats at a pier'><figcaption><span class='caption'>Boats wait at the pier on "
        "Tuesday, when the council met to vote on it.</span> <span class='credit'>Cy Dole/Courier</span>"
        "</figcaption></figure>"
    )
    article = read(page(PARAGRAPHS.replace("</p><p>", f"</p>{figure}<p>", 1)))
    assert texts(article) == PROSE
    (image,) = article.images
    assert image.caption == "Boats wait at the pier on Tuesday, when the council met to vote on it."
    assert (image.credit, image.alt) == ("Cy Dole/Courier", "Boats at a pier")


@pytest.mark.parametrize(
    "box",
    [
        "<div class='related-stories'><h3>Related</h3><ul><li><a href='/x'>Bus fares rise again</a></li></ul></div>",
        "<p><a href='/x'>READ MORE: Bus fares rise again in Westmere</a></p>",
        "<aside><h3>Most read</h3><p><a href='/x'>Bus fares rise again in Westmere</a></p></aside>",
        "<div class='newsletter-signup'><p>Sign up for our newsletter and get all news in your inbox.</p></div>",
        "<div class='share-tools'><a href='#'>Share on Facebook</a> <a href='#'>Tweet</a></div>",
        "<p>Advertisement</p>",
        "<div class='ad-slot'><p>Buy one boat and get another boat for nothing at the boat fair this week.</p></div>",
        "<form><p>Enter your e-mail address here to read what we write before everybody else does.</p></form>",
        "<p>Follow us on Facebook</p>",
        '<p>[button link="/x" size="big"] Send us your pictures[/button]</p>',
        "<p>If you buy something through this link, we may get a share of the sale.</p>",
    ],
)
def test_boxes_buttons_and_offers_inside_the_text_are_dropped(box: str) -> None:
    article = read(page(PARAGRAPHS.replace("</p><p>", f"</p>{box}<p>", 2)))
    assert texts(article) == PROSE


def test_a_list_of_key_points_repeats_the_article_and_is_dropped() -> None:
    points = "<h3>Key points</h3><ul><li>The pier closes in May.</li><li>A bus will run instead of the boats.</li></ul>"
    article = read(page(points + PARAGRAPHS))
    assert texts(article) == PROSE
    assert "The pier closes in May." in article.dropped


def test_a_list_inside_the_text_is_part_of_it() -> None:
    items = ("The pier closes at the end of May.", "A bus will run every hour from June.")
    block = "<ul>" + "".join(f"<li>{one}</li>" for one in items) + "</ul>"
    assert texts(read(page(PARAGRAPHS.replace("</p><p>", f"</p>{block}<p>", 1))))[1:3] == items


def test_readers_comments_are_dropped() -> None:
    comments = "".join(
        f"<div class='comment'><p>I have lived there for {n} years and say no.</p></div>" for n in range(9)
    )
    article = read(page(PARAGRAPHS, after=f"<section id='comments'><h2>Comments</h2>{comments}</section>"))
    assert texts(article) == PROSE


def test_what_closes_a_page_about_its_author_is_dropped() -> None:
    head = "<meta name=author content='Ana Reis'>"
    end = "<p><em>Ana Reis is a reporter here. She covers the coast.</em></p><p>Email us at desk@courier.example</p>"
    article = read(page(PARAGRAPHS + end, head=head))
    assert texts(article) == PROSE
    assert article.authors == (Author("Ana Reis"),)


def test_a_block_quotation_is_a_quote_and_a_quoted_post_stays_where_it_stands() -> None:
    post = (
        "<blockquote class='social-embed'><p>Save the pier, it is ours and not the council's.</p>"
        "— Friends of the Pier (@pierfriends) March 12, 2026</blockquote>"
    )
    article = read(page(PARAGRAPHS.replace("</p><p>", f"</p>{post}<p>", 1)))
    assert texts(article)[1] == "Save the pier, it is ours and not the council's."
    assert [one.kind for one in article.paragraphs[:4]] == ["text", "quote", "quote", "text"]


def test_the_copy_of_a_text_for_another_screen_is_read_once() -> None:
    article = read(page(f"<div class='desktop'>{PARAGRAPHS}</div><div class='mobile'>{PARAGRAPHS}</div>"))
    assert texts(article) == PROSE


def test_the_entries_of_a_live_page_are_read_in_order_with_their_headings() -> None:
    entries = "".join(
        f"<section class='live-entry'><time datetime='2026-03-12T1{n}:00Z'>1{n}:00</time>"
        f"<h2>Entry number {n} of the day</h2><p>{text}</p></section>"
        for n, text in enumerate(PROSE)
    )
    found = texts(read(page(entries)))
    assert [text for text in found if text in PROSE] == list(PROSE)
    assert found.index("Entry number 3 of the day") + 1 == found.index(PROSE[3])


def test_a_stub_before_a_paywall_is_what_there_is() -> None:
    head = "<meta property='og:type' content='article'>"
    wall = "<div class='paywall'><p>Subscribe now to continue reading this article and all others.</p></div>"
    assert texts(read(page(f"<p>{PROSE[0]}</p>{wall}", head=head))) == (PROSE[0],)


def test_a_correction_is_kept_apart_and_not_lost() -> None:
    note = "<div class='correction'><p>An earlier version of this article misstated the age of the pier.</p></div>"
    article = read(page(PARAGRAPHS + note))
    assert article.corrections == ("An earlier version of this article misstated the age of the pier.",)


def test_the_standfirst_is_the_abstract_and_no_paragraph() -> None:
    dek = (
        "<p class='standfirst'>After a hundred years the boats stop, and the fishermen want to know who decided it.</p>"
    )
    article = read(page(PARAGRAPHS).replace("</h1>", f"</h1>{dek}"))
    assert article.abstract == "After a hundred years the boats stop, and the fishermen want to know who decided it."
    assert texts(article) == PROSE


def test_a_body_that_only_structured_data_holds_is_taken_from_there() -> None:
    body = "\\n\\n".join(PROSE)
    script = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Westmere closes its ferry pier",'
        f'"articleBody":"{body}"}}</script>'
    )
    article = read(f"<html><head><title>Westmere closes</title>{script}</head><body><div id=app></div></body></html>")
    assert texts(article) == PROSE
    assert dict(article.won)["paragraphs"] == "json-ld"


TEASERS = "".join(
    f"<div><h2><a href='/{n}'>A headline of story {n} here</a></h2><p>{t}</p></div>" for n, t in enumerate(PROSE)
)
HOME = "<title>Courier</title><link rel=canonical href='https://courier.example/'>"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (f"<html><head>{HOME}</head><body>{TEASERS}", "home page"),
        (f"<html><head><title>Local news</title></head><body><h1>Local news from the coast</h1>{TEASERS}", "list"),
        ("<html><head><title>Access denied</title></head><body><h1>Access denied</h1><p>You may not.</p>", "error"),
        ("<html><head><title>Pier</title></head><body><div id=root></div><script src=/app.js></script>", "scripts"),
        ("<html><body><div></div></body></html>", "headline"),
    ],
)
def test_a_page_that_holds_no_article_says_so(html: str, reason: str) -> None:
    with pytest.raises(IncompleteArticle, match=reason):
        read(html)
