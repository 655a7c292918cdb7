"""What the page reader tells apart by form: marks, the core of a page, notices, boxes, headlines, second thoughts."""

from __future__ import annotations

import pytest

from kg.errors import InputError
from kg.extract import marks, notices
from kg.extract.byline import byline, signature
from kg.extract.core import core
from kg.extract.credit import caption, labelled
from kg.extract.dates import find
from kg.extract.labels import label
from kg.extract.lines import split
from kg.extract.page import PageReader, read_page
from kg.model import Article, Document

BODY = (
    "The bridge over the Sil opened on Monday, nine years after it was closed for a month of repairs.",
    "The council had promised it for the spring of 2019, and then for every spring after that one.",
    "Ferries carried 400 people a day across the river in the meantime, and one piano.",
    "Engineers found in the first week that the middle pillar stood on nothing but sand.",
    "A new pillar was cast in the yard at Sone and floated down the river in October.",
    "The mayor crossed the bridge on foot with her children and a brass band from the school.",
)
TITLE = "Bridge over the Sil opens after nine years of repairs"


def paragraphs(*lines: str) -> list[str]:
    return [one.text for one in read_page("\n\n".join(lines)).paragraphs]


def article(*lines: str) -> Article:
    return read_page("\n".join(lines))


# ---- marks -------------------------------------------------------------------------------------------------------

MARKDOWN = (
    "* [Home](/)\n* [News](/news)\n\n# " + TITLE + "\n\nBy [Ana Reis](/ana) | March 3, 2027\n\n![Bridge](/b.jpg)\n\n"
    "The **bridge** over the [Sil](/sil) opened on Monday, nine years after it was _closed_ for repairs.\n\n"
    "## What it cost\n\n> We kept our word and we ask you to keep yours, because the river keeps none.\n\n"
    "Nobody had counted on the sand, which the council says was never in the plans of 1931.\n"
)


def test_markdown_is_read_without_its_marks_and_its_headings_and_menus_are_no_paragraphs() -> None:
    read = read_page(MARKDOWN)
    assert read.headline == TITLE
    assert [one.name for one in read.authors] == ["Ana Reis"]
    assert [(one.text, one.kind) for one in read.paragraphs] == [
        ("The bridge over the Sil opened on Monday, nine years after it was closed for repairs.", "text"),
        ("We kept our word and we ask you to keep yours, because the river keeps none.", "quote"),
        ("Nobody had counted on the sand, which the council says was never in the plans of 1931.", "text"),
    ]
    assert "* [Home](/)" in read.dropped
    assert "## What it cost" in read.dropped


def test_link_numbers_of_a_text_browser_are_taken_off_and_citations_in_prose_stay() -> None:
    rows = ["[1]Home [2]News [3]Sport", "A spokesman for [4]Holm Lines said so.", "[5]Marit Sool ran."]
    page = marks.marks(rows)
    assert [marks.clean(row, page) for row in rows] == [
        ("Home News Sport", marks.LINKS),
        ("A spokesman for Holm Lines said so.", ""),
        ("Marit Sool ran.", ""),
    ]
    prose = ["The figure is disputed.[7] A second study[2] found less.", "See also [sic] and *this*."]
    assert not marks.marks(prose)


@pytest.mark.parametrize("unit", ["[a](b) ", "![[", "[a](", "**a", "*a ", "[1]x ", "_a_ "])
def test_marks_without_end_are_read_in_one_piece(unit: str) -> None:
    rows = ["# Title of it", "[x](y) [x](y) [x](y)", unit * 5000]
    text, _ = marks.clean(rows[2], marks.marks(rows))
    assert len(text) <= len(rows[2])


# ---- where the article is ------------------------------------------------------------------------------------------


def test_the_core_leaves_out_a_notice_above_a_menu_and_summaries_below_links() -> None:
    notice = "This portal is yours to look around in, and nobody here will ask who you are or why you came."
    menu = [f"Menu {number}" for number in range(12)]
    lines = split("\n\n".join([notice, *menu, TITLE, *BODY, *menu]))
    labels = [label(line) for line in lines]
    begin, end = core(lines, labels)
    assert lines[begin].text == BODY[0]
    assert lines[end].text == BODY[-1]
    read = read_page("\n\n".join([notice, *menu, TITLE, *BODY, *menu]))
    assert (read.headline, [one.text for one in read.paragraphs]) == (TITLE, list(BODY))


def test_below_a_long_menu_of_titles_the_headline_is_the_one_whose_words_the_text_uses() -> None:
    menu = [f"Somebody does something else in town number {number}" for number in range(30)]
    assert read_page("\n".join([*menu, TITLE, "Picture gallery of the day", *BODY])).headline == TITLE


def test_a_text_wrapped_without_blank_lines_is_joined_although_an_address_is_wider() -> None:
    wrapped = (
        "The bridge over the Sil opened on Monday, nine years after it was\nclosed for a month of repairs that nobody "
        "had asked for and which the\ncouncil had not paid.\nFerries carried four hundred people a day across the "
        "river in the\nmeantime, and a piano that belonged to the school in Sone and was to be\nplayed at the opening."
        "\nEngineers found in the first week that the middle pillar stood on\nsand, and in the second week that the "
        "other two were standing on it\nas well.\n"
    )
    read = read_page(f"{TITLE}\n\n{wrapped}\nhttps://example.org/{'a' * 150}\n")
    assert len(read.paragraphs) == 3
    assert read.paragraphs[2].text.endswith("standing on it as well.")


# ---- what is said to readers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for reading The Slow Wire! Subscribe for free to receive new posts and support my work.",
        "We use cookies to give you the best experience on our website.",
        "This material may not be published, broadcast, rewritten or redistributed.",
        "If you have a complaint about the editorial content, please contact the editor.",
        "You are receiving this message because you signed up for our newsletter.",
    ],
)
def test_an_outlet_that_speaks_about_itself_is_no_paragraph(text: str) -> None:
    assert notices.notice(text)
    assert paragraphs(TITLE, *BODY[:3], text, *BODY[3:]) == list(BODY)


@pytest.mark.parametrize(
    "text",
    [
        "Drones may not be used within five kilometres of the airport, the ministry decided.",
        "The film was shown without the permission of its maker, and the court fined the cinema.",
        "Something went wrong on the night of the fire, and for eleven years nobody would tell our town what it was.",
        "I agree with the mayor that we should have asked the ferrymen first.",
        "“Subscribe to our newsletter,” she said, and the hall laughed.",
        "For the latest round of talks the two sides met in a barn, and neither of them brought a lawyer.",
    ],
)
def test_a_sentence_of_the_text_with_such_a_word_stays(text: str) -> None:
    assert text in paragraphs(TITLE, *BODY[:3], text, *BODY[3:])


def test_an_appeal_at_the_end_goes_and_a_closing_line_of_the_writer_stays() -> None:
    assert paragraphs(TITLE, *BODY, "Tell us what you think of our new bridge.") == list(BODY)
    last = "If you want a bridge, ask for two."
    assert paragraphs(TITLE, *BODY, last) == [*BODY, last]


# ---- second thoughts -------------------------------------------------------------------------------------------------


def test_numbered_headings_are_no_paragraphs_and_numbered_sentences_are() -> None:
    headings = [line for number in range(3) for line in (f"{number + 1}. The pillar number {number}", BODY[number])]
    assert paragraphs(TITLE, BODY[5], *headings) == [BODY[5], *BODY[:3]]
    steps = [f"{number + 1}. {BODY[number]}" for number in range(3)]
    assert paragraphs(TITLE, BODY[5], *steps) == [BODY[5], *steps]


def test_a_pull_quote_goes_and_the_paragraph_it_was_pulled_from_stays() -> None:
    said = "“We counted every bolt in the bridge. It took all summer,” said the engineer, Ana Reis, on the bank."
    pulled = "“We counted every bolt in the bridge. It took all summer”"
    assert paragraphs(TITLE, *BODY[:2], pulled, *BODY[2:4], said) == [*BODY[:4], said]


def test_the_biography_of_the_writer_goes_and_a_portrait_in_the_text_stays() -> None:
    life = "Ana Reis is a reporter who has covered the river since 2011. She lives in Sone."
    assert paragraphs(TITLE, "By Ana Reis", *BODY, life) == list(BODY)
    portrait = "Bo Lund is a writer who has lived on the river since 2011 and hates it."
    assert portrait in paragraphs(TITLE, "By Ana Reis", *BODY[:2], portrait, *BODY[2:], "Bo Lund did not cross it.")


def test_key_points_without_bullets_on_a_tight_page_are_left_out() -> None:
    points = ["The bridge opened nine years late.", "The middle pillar stood on sand.", "Ferries carried a piano."]
    read = article(TITLE, "Key points", *points, "By Ana Reis", *BODY)
    assert [one.text for one in read.paragraphs] == list(BODY)


# ---- names, credits, dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tongue", "names"),
    [
        ("Von Friederike Lohse", "de", ["Friederike Lohse"]),
        ("Par Solange Perrault", "fr", ["Solange Perrault"]),
        ("Ana Reis@AnaReisNews", None, ["Ana Reis"]),
        ("By Ana Reis ana@example.org", None, ["Ana Reis"]),
        ("By Ana Reis and Bo Lund", None, ["Ana Reis", "Bo Lund"]),
    ],
)
def test_bylines_in_other_languages_and_with_addresses(text: str, tongue: str | None, names: list[str]) -> None:
    assert [one.name for one in byline(text, tongue) or ()] == names


def test_a_label_of_another_language_counts_on_a_page_in_that_language_only() -> None:
    assert byline("Di Maria Scores") is None
    assert signature("Print Edition") == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The sea at night. Photo Ana Reis", ("The sea at night.", "Ana Reis")),
        ("The sea at night. ANA REIS", ("The sea at night.", "ANA REIS")),
        ("The sea at night. (Supplied: Ana Reis)", ("The sea at night.", "Supplied: Ana Reis")),
        ("The sea at night. (Express photo by Ana Reis)", ("The sea at night.", "Ana Reis")),
        ("Ana Reis, left, and Bo Lund in Oslo.", ("Ana Reis, left, and Bo Lund in Oslo.", None)),
    ],
)
def test_captions_show_themselves_by_their_credit_or_their_grammar(text: str, wanted: tuple[str, str | None]) -> None:
    assert labelled(text)
    assert caption(text) == wanted


def test_a_name_below_a_caption_is_its_credit() -> None:
    read = article(TITLE, "By Ana Reis", "", *BODY[:2], "The bridge at dawn", "Bo Lund for The Sone Times", *BODY[2:])
    assert [(one.caption, one.credit) for one in read.images] == [("The bridge at dawn", "Bo Lund for The Sone Times")]
    assert [one.text for one in read.paragraphs] == list(BODY)


@pytest.mark.parametrize(
    ("text", "day_first", "value"),
    [
        ("16. Februar 2027", True, "2027-02-16"),
        ("1er avril 2027", True, "2027-04-01"),
        ("8 de abril de 2027", True, "2027-04-08"),
        ("08/04/2027", True, "2027-04-08"),
        ("08/04/2027", False, None),
        ("June 1, 2027 | 6 min read", False, "2027-06-01"),
    ],
)
def test_dates_of_other_languages_and_beside_reading_times(text: str, day_first: bool, value: str | None) -> None:
    found = find(text, day_first=day_first)
    assert found is not None
    assert found.value == value


# ---- hostile pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page",
    [
        "[" * 200_000,
        ("[" * 350 + "\n") * 400,
        "[a](b) text\n" * 10_000,
        TITLE + "\n" + "a\n" * 30_000,
        "Some title of some words\n" * 5_000 + "\n".join(BODY),
        TITLE + "\n\n" + "Ana says:\nhello\n" * 5_000,
        TITLE + "\n\n" + "\u202e\x00\x1b" * 50_000 + BODY[0],
        TITLE + "\n\n" + "שלום עולם. " * 20_000,
    ],
    ids=["brackets", "bracket lines", "links", "letters", "titles", "replies", "controls", "right to left"],
)
def test_a_hostile_page_is_an_article_or_one_clear_error(page: str) -> None:
    document = Document(page.encode(), "k", "page.txt")
    try:
        (read,) = PageReader().read(document)
    except InputError:
        return
    assert read.headline
    assert all(one.text for one in read.paragraphs)
