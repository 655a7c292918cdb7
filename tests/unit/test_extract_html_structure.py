"""What the structure of a page tells of its text: boxes built alike, menus, teasers, what stands apart."""

from __future__ import annotations

import pytest

from kg.extract.html import HtmlReader
from kg.model import Article, Document

TITLE = "Westmere closes its ferry pier"
SENTENCES = tuple(
    f"The council of Westmere spoke on day {day} about the ferry pier, which has served the {day} shores for years."
    for day in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
)
TEXT = "".join(f"<p>{text}</p>" for text in SENTENCES)


def read(body: str, head: str = "") -> Article:
    """The one article of a page."""
    origin = "https://courier.example/local/pier"
    html = f"<!doctype html><html lang=en><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    (article,) = HtmlReader().read(Document(html.encode(), f"url:{origin}", origin))
    return article


def texts(article: Article) -> tuple[str, ...]:
    """The texts of the paragraphs."""
    return tuple(one.text for one in article.paragraphs)


def story(before: str = "", after: str = "", text: str = TEXT) -> str:
    """An article in a page, with something before its headline and something behind its text."""
    return f"{before}<main><h1>{TITLE}</h1><div class=story-text>{text}</div></main>{after}"


def test_a_body_in_several_boxes_built_alike_is_read_whole() -> None:
    boxes = "<div class=ad-slot>Advertisement</div>".join(
        f"<div class='grid row'><div class='cell body'>{''.join(f'<p>{one}</p>' for one in SENTENCES[at : at + 4])}"
        "</div></div>"
        for at in (0, 4, 8)
    )
    assert texts(read(f"<div class=page><h1>{TITLE}</h1><div class=chunks>{boxes}</div></div>")) == SENTENCES


def test_the_next_article_of_an_endless_page_is_none_of_this_one() -> None:
    other = "".join(f"<p>{text.replace('ferry', 'railway')}</p>" for text in SENTENCES)
    page = f"<article><h1>{TITLE}</h1>{TEXT}</article><article><h1>Another town opens a railway</h1>{other}</article>"
    assert texts(read(page)) == SENTENCES


@pytest.mark.parametrize(
    "before",
    [
        "<ul class=archive>"
        + "".join(f"<li><a href=/{n}>Month {n}</a> ({n * 7})</li>" for n in range(1, 40))
        + "</ul>",
        (
            "<div class=lead><img src=/pier.jpg><div class=info>The pier in the spring of last year, seen from the "
            "northern shore. (credit: Cy Dole)</div></div>"
        ),
        f"<div class=ticker><div>{TITLE} | Local</div></div>",
    ],
)
def test_what_stands_before_the_headline_is_no_paragraph(before: str) -> None:
    assert texts(read(story(before=before))) == SENTENCES


@pytest.mark.parametrize(
    "after",
    [
        "<div class=latest><h3>Latest</h3>"
        + "".join(
            f"<div class=line><a href=/{n}>The town number {n} builds a bridge</a> It was opened on day {n} by a local "
            "firm, its mayor said.</div>"
            for n in range(1, 6)
        )
        + "</div>",
        "<div class=more>"
        + "".join(
            f"<div class=cell><a href=/{n}>The town number {n} builds a bridge</a></div><div class=cell>It was opened "
            f"on day {n} by a local firm, its mayor said.</div>"
            for n in range(1, 6)
        )
        + "</div>",
        f"<div id=bar>{TITLE} | Local</div>",
        "<div class=foot>Westmere - Harbour Street, 1111 - 89259-565 - Box 421 - Phone: (047) 2106-8000</div>",
    ],
)
def test_what_stands_behind_the_text_is_no_paragraph(after: str) -> None:
    assert texts(read(story(after=after))) == SENTENCES


@pytest.mark.parametrize(
    "line",
    [
        "<p>Write to Ana Reis at <a href=mailto:x>ana.reis@courier.example</a></p>",
        "<p>ATENÇÃO: Comentários que faltem com respeito ao leitor não serão aprovados pelo moderador.</p>",
        "<p>Comments that insult other readers are removed by our moderators, without a word.</p>",
        "<p>The Westmere Courier is a weekly newspaper of the two shores, owned by its readers.</p>",
        "<p>05/10/2026 - Publicado por: Ana Reis - Categoria: Porto - Tags: barcos cais</p>",
    ],
)
def test_what_the_outlet_says_of_itself_at_the_end_is_dropped(line: str) -> None:
    article = read(story(text=TEXT + line), head="<meta property=og:site_name content='The Westmere Courier'>")
    assert texts(article) == SENTENCES
    assert article.dropped


def test_the_entries_of_a_list_with_linked_titles_are_paragraphs() -> None:
    entries = "".join(
        f"<h3><a href=/{at}>Pier number {at} of Westmere</a></h3><p>{one}</p>" for at, one in enumerate(SENTENCES)
    )
    article = read(story(text=entries), head="<meta property=og:type content=article>")
    assert tuple(one for one in texts(article) if not one.startswith("Pier")) == SENTENCES
