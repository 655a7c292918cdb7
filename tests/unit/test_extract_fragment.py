"""Pieces of HTML become paragraphs, pictures and lines left out, whatever system wrote them."""

from __future__ import annotations

import pytest

from kg.extract.fragment import Fragment, paragraphs
from kg.extract.inline import absolute, plain
from kg.model import Image, Paragraph

LONG = "The council of Velmar met on Tuesday and spoke for three hours about the old harbour wall."
NEXT = "Nobody in the hall had expected that the vote would be over before the evening began."


def texts(html: str) -> list[str]:
    return [one.text for one in paragraphs(html).paragraphs]


def test_block_elements_part_paragraphs() -> None:
    assert texts("<p>One.</p><div>Two <b>bold</b> words.</div>\n<ul><li>Three</li><li>Four</li></ul>") == [
        "One.",
        "Two bold words.",
        "Three",
        "Four",
    ]


def test_text_around_elements_is_kept_in_order() -> None:
    assert texts(f"{LONG}<p>{NEXT}</p>tail words <i>in</i> order.") == [LONG, NEXT, "tail words in order."]


def test_doubled_breaks_part_paragraphs_and_single_ones_do_not() -> None:
    assert texts("A first line<br>and its end.<br/>\n<br>Another one.") == ["A first line and its end.", "Another one."]


def test_a_single_break_parts_whole_sentences() -> None:
    assert texts(f"<p>{LONG}<br />{NEXT}</p>") == [LONG, NEXT]


def test_plain_text_is_parted_by_blank_lines() -> None:
    assert texts("One line\nwrapped here.\n\nIf 3 < 4 & 5 > 2.") == ["One line wrapped here.", "If 3 < 4 & 5 > 2."]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>AT&amp;T &amp;amp; caf&eacute; &#8220;x&#8221;</p>", "AT&T &amp; café “x”"),
        ("<p>bare & ampersand</p>", "bare & ampersand"),
        ("<p>&lt;p&gt;shown&lt;/p&gt;</p>", "<p>shown</p>"),
        ("<p>a&nbsp;b\u200b c\x07</p>", "a b c"),
    ],
)
def test_character_references_are_decoded_once(html: str, text: str) -> None:
    assert texts(html) == [text]


def test_block_quotations_are_marked_and_their_signature_is_not() -> None:
    made = paragraphs("<p>She wrote:</p><blockquote><p>We stay here.</p><cite>Ana Reis</cite></blockquote><p>End.</p>")
    assert made.paragraphs == (
        Paragraph("She wrote:"),
        Paragraph("We stay here.", "quote"),
        Paragraph("Ana Reis"),
        Paragraph("End."),
    )


def test_a_title_cited_inside_a_quotation_stays_in_its_sentence() -> None:
    assert paragraphs("<blockquote>I read <cite>The Wall</cite> twice.</blockquote>").paragraphs == (
        Paragraph("I read The Wall twice.", "quote"),
    )


def test_headings_are_left_out_and_said() -> None:
    made = paragraphs(f"<h2>What is next</h2><p>{LONG}</p><p><strong>The vote</strong></p><p>{NEXT}</p>")
    assert [one.text for one in made.paragraphs] == [LONG, NEXT]
    assert made.dropped == ("What is next", "The vote")


def test_a_bold_question_of_an_interview_stays() -> None:
    assert texts(f"<p><b>Why did you stay?</b></p><p>{LONG}</p>") == ["Why did you stay?", LONG]


def test_scripts_styles_frames_and_forms_leave_nothing() -> None:
    html = (
        f"<p>{LONG}</p><script>var a = '<p>no</p>';</script><style>p{{}}</style><iframe src='x'>old</iframe>"
        "<form><label>Mail</label><input></form><noscript><p>Turn it on</p></noscript><svg><text>no</text></svg>"
    )
    assert texts(html) == [LONG]


@pytest.mark.parametrize(
    "footer",
    [
        "<p>The post <a href='/a'>Wall</a> appeared first on <a href='/'>Velmar Post</a>.</p>",
        "<p>Der Beitrag <a href='/a'>Mauer</a> erschien zuerst auf <a href='/'>Velmar Post</a>.</p>",
        "<p>L’article <a href='/a'>Le mur</a> est apparu en premier sur <a href='/'>Velmar</a>.</p>",
        "<p>La entrada <a href='/a'>El muro</a> se publicó primero en <a href='/'>Velmar</a>.</p>",
        "<p><a href='/a'>Continue reading Wall</a></p>",
        "<p>[gallery ids='1,2']</p>",
        "<p>We are a reader-supported publication. To support our work, consider becoming a paid subscriber.</p>",
        "<div class='sharedaddy sd-sharing'><h3>Share this:</h3><a href='/x'>Mail</a></div>",
        "<ul><li><a href='/b'>The fishermen wait</a></li><li><a href='/c'>A wall falls</a></li></ul>",
        "<div class='feedflare'><a href='/x'><img src='http://example.org/f.gif' width='1'></a> Comments</div>",
    ],
)
def test_what_publishing_systems_add_is_left_out(footer: str) -> None:
    made = paragraphs(f"<p>{LONG}</p><p>{NEXT}</p>{footer}")
    assert [one.text for one in made.paragraphs] == [LONG, NEXT]
    assert made.dropped
    assert made.images == ()


def test_a_sentence_about_where_something_appeared_first_stays() -> None:
    text = "The illness appeared first on the island, and the post reached the mainland a week later."
    assert texts(f"<p>{text}</p>") == [text]


def test_a_figure_is_a_picture_with_caption_and_credit() -> None:
    html = (
        "<figure><img src='/wall.jpg' alt='A wall'><figcaption>The wall at noon. "
        "<span class='photo-credit'>Photo: Ana Reis</span></figcaption></figure><p>Body text.</p>"
    )
    made = paragraphs(html, base="https://velmar.example/news/")
    assert made.images == (Image("The wall at noon.", "Ana Reis", "https://velmar.example/wall.jpg", "A wall"),)
    assert [one.text for one in made.paragraphs] == ["Body text."]


def test_the_caption_box_of_older_systems_is_a_figure_too() -> None:
    html = (
        "<div class='wp-caption alignnone'><img src='http://velmar.example/a.png'>"
        "<p class='wp-caption-text'>Boats.</p></div>"
    )
    assert paragraphs(html) == Fragment((), (Image("Boats.", None, "http://velmar.example/a.png", None),), ())


def test_a_line_in_italics_below_a_picture_is_its_caption() -> None:
    made = paragraphs(
        f"<p><img src='http://velmar.example/a.png'><br><em>Boats at dawn</em></p><p>{LONG}</p><p><em>{NEXT}</em></p>"
    )
    assert made.images[0].caption == "Boats at dawn"
    assert [one.text for one in made.paragraphs] == [LONG, NEXT]


def test_lazy_pictures_count_once_and_pixels_and_emoji_never() -> None:
    html = (
        "<p>Good <img class='emoji' alt='😀' src='http://e.example/1f600.png'> day"
        "<img src='data:image/gif;base64,R0' data-src='http://e.example/big.jpg'>"
        "<noscript><img src='http://e.example/big.jpg' alt='Big'></noscript>"
        "<img src='http://t.example/p' width='1' height='1'></p>"
    )
    made = paragraphs(html)
    assert [one.text for one in made.paragraphs] == ["Good 😀 day"]
    assert made.images == (Image(None, None, "http://e.example/big.jpg", "Big"),)


def test_a_table_of_figures_is_left_out_and_a_table_of_text_is_read() -> None:
    made = paragraphs(f"<table><tr><td>Velmar</td><td>3</td></tr></table><table><tr><td>{LONG}</td></tr></table>")
    assert [one.text for one in made.paragraphs] == [LONG]
    assert made.dropped == ("Velmar | 3",)


def test_bold_words_between_line_breaks_are_a_heading() -> None:
    made = paragraphs(f"{LONG}<br /><b>The vote</b><br /><br />{NEXT}")
    assert [one.text for one in made.paragraphs] == [LONG, NEXT]
    assert made.dropped == ("The vote",)
    assert texts(f"{LONG} <b>The vote</b> was near.<br>{NEXT}") == [f"{LONG} The vote was near.", NEXT]


def test_marks_of_footnotes_rows_of_stars_and_code_are_no_text() -> None:
    html = f"<p>{LONG}<sup><a href='#1'>1</a></sup><a href='#2'>[2]</a></p><p>* * *</p><pre><code>x = 1</code></pre>"
    assert texts(f"{html}<div class='footnotes'><ol><li>A note.</li></ol></div><p>{NEXT}</p>") == [LONG, NEXT]


def test_a_card_that_links_to_another_article_is_no_picture() -> None:
    card = "<figure><a href='/x'><img src='http://v.example/o.jpg'><div>Other story</div></a></figure>"
    made = paragraphs(f"<p>{LONG}</p>{card}<p>{NEXT}</p>")
    assert (made.images, made.dropped) == ((), ("Other story",))


def test_a_pull_quote_is_not_said_twice() -> None:
    html = f"<p>{LONG}</p><figure class='wp-block-pullquote'><blockquote><p>three hours</p></blockquote></figure>"
    assert texts(f"{html}<p>{NEXT}</p>") == [LONG, NEXT]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "   ",
        "<",
        "<p",
        "</p></p>",
        "<!--",
        "\x00\ud800",
        "<![CDATA[x]]>",
        "<?xml version='1.0' encoding='utf-16'?><p>x</p>",
        "<meta charset='utf-16'><p>é</p>",
        "<p>" * 30_000,
        "<ul><li>" * 30_000,
        "<figure>" * 30_000,
        "&" * 100_000,
        "<blockquote>" * 200 + "x" + "</p>" * 100,
        "<script>" * 5_000,
    ],
)
def test_odd_and_hostile_markup_ends_in_a_fragment(html: str) -> None:
    made = paragraphs(html)
    assert all(one.text == " ".join(one.text.split()) and one.text for one in made.paragraphs)


def test_text_below_any_depth_of_elements_is_read() -> None:
    assert texts("<div>" * 5_000 + "<p>deep &amp; down</p><style>no</style>" + "</div>" * 5_000) == ["deep & down"]


def test_a_title_loses_its_tags_and_keeps_its_signs() -> None:
    assert plain(" Tom &amp; <em>Ann</em>:\n 1 < 2 ") == "Tom & Ann: 1 < 2"


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("/a b", "http://v.example/a%20b"),
        ("javascript:alert(1)", None),
        ("mailto:a@b.example", None),
        ("//w.example/x", "http://w.example/x"),
        ("http://[bad", None),
        ("http://w.example:99999999/", None),
        ("", None),
        ("HTTPS://w.example/?q=é", "https://w.example/?q=é"),
    ],
)
def test_addresses_are_resolved_and_only_those_of_the_web_are_kept(url: str, made: str | None) -> None:
    assert absolute(url, "http://v.example/p/") == made
