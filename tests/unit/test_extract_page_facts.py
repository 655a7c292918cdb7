"""What the page reader reads of an article's facts: writers, pictures, dates, corrections and outlets as printed."""

from __future__ import annotations

import pytest

from kg.extract import byline, credit, dates, quotes, read
from kg.extract.page import read_page
from kg.model import Document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("March 4, 2027 10:15 am ET", "2027-03-04T15:15:00Z"),
        ("July 4, 2027 at 10:15 a.m. PT", "2027-07-04T17:15:00Z"),
        ("March 14, 2027 9:00 a.m. ET", "2027-03-14"),  # the day the clocks change
        ("3 May 2027 06.00 BST", "2027-05-03T05:00:00Z"),
        ("3 January 2027 06.00 BST", "2027-01-03"),  # no summer time then
        ("Mar 4, 2027 / 05:12 PM EST", "2027-03-04T22:12:00Z"),
        ("4 March 2027 10:15 Central Park", "2027-03-04"),
        ("14 juin 2027 10:15 et mis à jour", "2027-06-14"),
    ],
)
def test_zones_whose_clocks_change_are_read_by_the_calendar(text: str, value: str) -> None:
    found = dates.find(text)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ana Reis Political editor", ("Ana Reis",)),
        ("Ana Reis Staff Writer", ("Ana Reis",)),
        ("Words: Ana Reis. Photography: Bo Lund", ("Ana Reis",)),
        ("Words Ana Reis", ("Ana Reis",)),
        ("By Ana Reis The Associated Press", ("Ana Reis",)),
        ("By Ana Reis, AFP", ("Ana Reis",)),
        ("By Ana Reis with Bo Lund", ("Ana Reis", "Bo Lund")),
        ("Analysis by Ana Reis", ("Ana Reis",)),
        ("Radio Norden | By Ana Reis, Bo Lund", ("Ana Reis", "Bo Lund")),
        ("ByAna Reis", ("Ana Reis",)),
    ],
)
def test_bylines_with_roles_makers_and_agencies_name_the_writers_alone(line: str, names: tuple[str, ...]) -> None:
    found = byline.byline(line)
    assert found is not None
    assert tuple(one.name for one in found) == names


@pytest.mark.parametrize("line", ["Minister Sacks Newspaper Editor", "By the time it rains", "Words matter most"])
def test_titles_that_begin_or_end_like_a_byline_name_nobody(line: str) -> None:
    assert not byline.byline(line)


@pytest.mark.parametrize(
    ("line", "words", "maker"),
    [
        ("The quay on Monday. (Supplied)", "The quay on Monday.", "Supplied"),
        ("The quay on Monday. (KLRN photo)", "The quay on Monday.", "KLRN photo"),
        ("The quay on Monday. Ana Reis/The Outlet", "The quay on Monday.", "Ana Reis/The Outlet"),
        ("The quay on Monday. AFP via Getty Images", "The quay on Monday.", "AFP via Getty Images"),
        ("The quay on Monday. Photo by Ana Reis for The Outlet", "The quay on Monday.", "Ana Reis for The Outlet"),
        ("[Image: The quay on Monday. Photo: Ana Reis]", "The quay on Monday.", "Ana Reis"),
        ("Image caption, The quay on Monday", "The quay on Monday", None),
    ],
)
def test_captions_part_from_the_credit_behind_them(line: str, words: str, maker: str | None) -> None:
    assert credit.labelled(line)
    assert credit.caption(line) == (words, maker)


@pytest.mark.parametrize(
    ("line", "maker"),
    [
        ("(AP Photo/Ana Reis)", "AP Photo/Ana Reis"),
        ("Image source, Getty Images", "Getty Images"),
        ("Credit...Ana Reis for The Outlet", "Ana Reis for The Outlet"),
        ("Photo courtesy of the Harbour Trust", "the Harbour Trust"),
    ],
)
def test_a_line_that_only_says_whose_picture_it_is_is_a_credit(line: str, maker: str) -> None:
    assert credit.only_credit(line)
    assert credit.caption(line) == (None, maker)


_PARAGRAPHS = (
    "The council of Norden voted on Monday to keep the old ferry for one more winter, whatever repairs may cost.\n\n"
    "Its captain, Bo Lund, said that he had not been asked and would have said the same thing if he had been.\n\n"
    "The vote was eleven to four, with two members absent because the ferry was late on both of its morning trips.\n"
)


def test_a_word_that_waits_for_a_date_is_read_with_the_line_below_it() -> None:
    top = "Norden keeps its ferry\n\nPublished\n4 March 2027, 10:15 GMT\nUpdated\n5 March 2027, 08:00 GMT\n\n"
    article = read_page(top + _PARAGRAPHS)
    assert (article.date_published, article.date_modified) == ("2027-03-04T10:15:00Z", "2027-03-05T08:00:00Z")


def test_the_latest_date_above_the_first_publication_is_the_modification() -> None:
    top = "Norden keeps its ferry\n\nThu 8 Jul 2027 16.02 GMT\nFirst published on Thu 8 Jul 2027 06.30 GMT\n\n"
    article = read_page(top + _PARAGRAPHS)
    assert (article.date_published, article.date_modified) == ("2027-07-08T06:30:00Z", "2027-07-08T16:02:00Z")


def test_a_source_above_its_caption_is_one_picture() -> None:
    top = "Norden keeps its ferry\n\nImage source, Getty Images\nImage caption,\nThe ferry at the quay in May\n\n"
    article = read_page(top + _PARAGRAPHS)
    assert [(one.caption, one.credit) for one in article.images] == [("The ferry at the quay in May", "Getty Images")]


def test_the_kicker_of_a_title_printed_again_gives_section_and_writer() -> None:
    top = "OPINION | ANA REIS: Why Norden keeps its ferry\n\nWhy Norden keeps its ferry\n\n"
    article = read_page(top + _PARAGRAPHS)
    assert article.headline == "Why Norden keeps its ferry"
    assert (article.section, [one.name for one in article.authors]) == ("OPINION", ["ANA REIS"])


def test_a_correction_below_its_own_title_and_one_in_brackets_are_corrections() -> None:
    below = "\nCorrection\n\nAn earlier version of this column named the wrong winter.\n"
    assert read_page("Norden keeps its ferry\n\n" + _PARAGRAPHS + below).corrections == (
        "An earlier version of this column named the wrong winter.",
    )
    note = "(Corrects the number of votes in the third paragraph to eleven)"
    assert read_page(f"Norden keeps its ferry\n\n{note}\n\n{_PARAGRAPHS}").corrections == (note,)


def test_the_owner_of_the_rights_gives_way_to_the_name_the_outlet_goes_by() -> None:
    below = "\nBo Lund told Skerry that he was tired.\n\nSource: Skerry\n\n© 2027 Skerry Media Network\n"
    assert read_page("Norden keeps its ferry\n\n" + _PARAGRAPHS + below).publisher == "Skerry"


def test_a_name_below_the_last_paragraph_signs_the_article_and_one_in_a_list_does_not() -> None:
    top = "Norden keeps its ferry\n\n"
    assert [one.name for one in read_page(top + _PARAGRAPHS + "\nAna Reis\n").authors] == ["Ana Reis"]
    assert read_page(top + _PARAGRAPHS + "\nTags\n\nAna Reis\n\nBo Lund\n").authors == ()


def test_a_stray_tag_above_a_plain_text_does_not_make_it_markup() -> None:
    page = '<img src="quay.jpg" alt="">\nNorden keeps its ferry\n\n' + _PARAGRAPHS
    (article,) = read(Document(page.encode(), "path:page.txt", "page.txt"))
    assert article.headline == "Norden keeps its ferry"
    assert len(article.paragraphs) == 3


def test_a_dash_that_opens_speech_signs_nothing() -> None:
    flagged = quotes.flag(["The guard looked at the two of them for a while.", "— Nobody comes here on a Monday."])
    assert [one.kind for one in flagged] == ["text", "text"]


@pytest.mark.parametrize(
    "said",
    [
        "You have reached your limit of free articles this month.",
        "This is a developing story. Check back for updates.",
        "This article is republished from The Debate under a Creative Commons licence.",
        "Contact Ana Reis at ana@outlet.example or 555-0100.",
        "A version of this article appears in print on March 5, 2027, Section A, Page 4.",
        "(This story has not been edited by staff and comes from a syndicated feed.)",
        "The writer is a professor of engineering at Sone University.",
    ],
)
def test_what_an_outlet_says_of_its_article_below_the_text_is_no_paragraph(said: str) -> None:
    article = read_page("Norden keeps its ferry\n\n" + _PARAGRAPHS + f"\n{said}\n")
    assert len(article.paragraphs) == 3
    assert said in article.dropped


@pytest.mark.parametrize(
    "told",
    [
        "The ferry company has contacted the council about a stop at the old quay, it said.",
        "“This is a developing story,” the harbour master told reporters on the quay.",
        "This story of a ferry and its captain has been told in Norden since the winter of 1911.",
    ],
)
def test_sentences_of_the_text_that_sound_like_the_outlet_stay(told: str) -> None:
    article = read_page("Norden keeps its ferry\n\n" + _PARAGRAPHS + f"\n{told}\n")
    assert article.paragraphs[-1].text == told


@pytest.mark.parametrize(
    "top",
    [
        "Norden keeps its ferry | Business | Norden Post\n\nBy Ana Reis\n\n",
        "Norden Post — March 4, 2027\n\nBusiness\n\nNorden keeps its ferry\n\nBy Ana Reis\n\n",
        "Norden keeps its ferry\nSource: Norden Post\nAuthor: Ana Reis\nCategory: Business\n\n",
        "Norden keeps its ferry\n\nBy Ana Reis | Norden Post | March 4, 2027\n\nFiled under: Business\n\n",
        "Norden Post | Business\n\nNorden keeps its ferry\n\nAna Reis Staff Writer\n\n",
    ],
)
def test_outlet_section_and_writer_are_found_where_pages_print_them(top: str) -> None:
    article = read_page(top + _PARAGRAPHS)
    assert article.headline == "Norden keeps its ferry"
    assert (article.publisher, article.section) == ("Norden Post", "Business")
    assert [one.name for one in article.authors] == ["Ana Reis"]
