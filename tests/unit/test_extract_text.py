"""Decoding, normalising and refusing: what happens before anything is read from a text."""

from __future__ import annotations

import unicodedata
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import BinaryInput, EmptyInput, EncodingError, IncompleteArticle, TooLarge, UnknownFormat
from kg.extract import PageReader, normalise, read
from kg.model import Article, Document

PAGE = (
    "Bridge opens after nine years of repairs\n\n"
    "The bridge over the Sil opened on Monday, nine years after it was closed for a month of repairs.\n\n"
    "“We counted every bolt,” said Ana Reis, the engineer. “There were 41,000 of them.”\n"
)


def document(data: bytes, media_type: str | None = None) -> Document:
    return Document(data, "path:test/page.txt", "page.txt", media_type=media_type)


def one(data: bytes, media_type: str | None = None) -> Article:
    (article,) = read(document(data, media_type))
    return article


# ---- normalising -------------------------------------------------------------------------------------------------


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(
    st.text(
        alphabet=st.sampled_from(
            "aé e\u0301\u200b\u200c\u200d\u200e\u202e\u2066\u1100\u1161\u0628\u0915\u093c\ufeff\xad\r\n\u2028"
        )
    )
)
def test_normalising_twice_changes_nothing_more_in_the_company_of_joiners_and_marks(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not set(once) & set("\r\u2028\u200b\u202e\u2066\ufeff\xad")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("a\r\nb\rc\u2028d\u2029e\x85f", "a\nb\nc\nd\ne\nf"),
        ("cafe\u0301", "café"),
        ("12\xa0000\u202feuros\u3000today", "12 000 euros today"),
        ("zero\u200bwidth soft\xadhyphen in\ufeffside", "zerowidth softhyphen inside"),
        ("bell\x07 and\x1b escape \x9d", "bell and escape "),
        ("pay \u202e001\u202c euros \u2066now\u2069", "pay 001 euros now"),
        ("left\u200eright", "leftright"),
        ("hidden\U000e0041\U000e0042 tags", "hidden tags"),
    ],
)
def test_spacing_line_ends_and_hidden_characters(given: str, wanted: str) -> None:
    assert normalise(given) == wanted


@pytest.mark.parametrize(
    "text", ["שלום עולם", "قال الوزير إن", "می\u200cخواهم", "עברית \u200fabc", "👩\u200d🚒 put it out", "क्\u200dष"]
)
def test_right_to_left_text_joiners_that_count_and_emoji_stay_as_they_are(text: str) -> None:
    assert normalise(text) == unicodedata.normalize("NFC", text)


# ---- decoding ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        PAGE.encode("utf-8-sig"),
        PAGE.encode("utf-16"),
        b"\xfe\xff" + PAGE.encode("utf-16-be"),
        PAGE.replace("\n", "\r\n").encode(),
        PAGE.replace("\n", "\r").encode(),
        PAGE.replace(" ", "\xa0").encode(),
        PAGE.replace("Bridge", "Bri\u200bdge").encode(),
    ],
    ids=["utf-8 with mark", "utf-16 little", "utf-16 big", "CRLF", "CR", "no-break spaces", "zero width"],
)
def test_one_text_in_any_encoding_is_one_article(data: bytes) -> None:
    assert one(data) == one(PAGE.encode())


def test_a_charset_that_the_sender_states_is_used() -> None:
    data = PAGE.encode("windows-1252")
    assert one(data, "text/plain; charset=windows-1252") == one(PAGE.encode())
    assert one(data, 'text/plain; charset="ISO-8859-1"') == one(PAGE.encode())


def test_invalid_utf8_names_the_byte_the_line_and_the_way_out() -> None:
    with pytest.raises(EncodingError) as caught:
        one(PAGE.encode("windows-1252"))
    offset = PAGE.encode("windows-1252").index(b"\x93")
    assert caught.value.offset == offset
    assert f"offset {offset} (line 5)" in str(caught.value)
    assert "Windows-1252" in str(caught.value)
    assert str(caught.value).startswith("page.txt:")


def test_a_truncated_utf16_text_and_an_unknown_charset_are_encoding_errors() -> None:
    with pytest.raises(EncodingError):
        one(PAGE.encode("utf-16")[:-1])
    with pytest.raises(EncodingError, match="unicode_escape"):
        one(PAGE.encode(), "text/plain; charset=unicode_escape")


# ---- refusing ----------------------------------------------------------------------------------------------------


def archive() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", "\u200b\n\xa0\u2060".encode()])
def test_a_document_without_visible_text_is_empty_input(data: bytes) -> None:
    with pytest.raises(EmptyInput):
        one(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"A headline\n\nA text with a \0 in it.\n",
        PAGE.encode("utf-16-le"),
        b"\x7fELF\x02\x01\x01",
    ],
    ids=["png", "jpeg", "nul", "utf-16 without mark", "program"],
)
def test_what_is_no_text_is_binary_input(data: bytes) -> None:
    with pytest.raises(BinaryInput):
        one(data)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<!DOCTYPE html><html><body><p>Text</p></body></html>", "HTML"),
        (b"\xef\xbb\xbf\n <html lang='en'><head></head></html>", "HTML"),
        (b"<div class='x'><p>Text</p></div>", "HTML"),
        (b"<?xml version='1.0'?><rss version='2.0'></rss>", "XML"),
        (b"<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/'/>", "XML"),
        ("<?xml version='1.0'?><feed/>".encode("utf-16"), "XML"),
        (b'{"headline": "Bridge opens", "body": "Text."}', "JSON"),
        (b'[{"headline": "Bridge opens"}]', "JSON"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (archive(), "ZIP"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"{\\rtf1 Bridge}", "RTF"),
    ],
)
def test_a_kind_of_document_that_no_reader_takes_is_refused_by_its_name(data: bytes, name: str) -> None:
    with pytest.raises(UnknownFormat, match=name):
        read(document(data), readers=(PageReader(),))


@pytest.mark.parametrize(
    "headline",
    [
        "[Updated] Bridge opens after nine years",
        "{Sic}: a bridge opens after nine years",
        "<< Bridge opens after nine years >>",
    ],
)
def test_brackets_at_the_start_make_no_other_kind_of_document(headline: str) -> None:
    assert one(PAGE.replace("Bridge opens after nine years of repairs", headline).encode()).headline == headline


def test_a_document_over_the_limit_is_too_large_before_anything_is_read() -> None:
    with pytest.raises(TooLarge) as caught:
        read(document(b"\0" * 2000), limit=1000)
    assert (caught.value.size, caught.value.limit) == (2000, 1000)
    with pytest.raises(TooLarge):
        one(PAGE.encode() * 400_000)


def test_a_text_too_long_for_one_article_is_too_large() -> None:
    with pytest.raises(TooLarge, match="one article"):
        one(PAGE.encode() + b"One more sentence for the book. " * 600_000)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Bridge opens after nine years of repairs\n", "body"),
        (
            "Bridge opens after nine years of repairs\n\nBy Ana Reis\n12 March 2026\n\nRelated Articles\n\nTrending\n",
            "body",
        ),
        ("Home\nShare\nAdvertisement\nRelated Articles\nTrending\n© 2026 The Post\n", "headline"),
        (
            "The bridge over the Sil opened on Monday, nine years after it was closed for a month of repairs. " * 5,
            "headline",
        ),
        ("x" * 5_000_000, "headline|body"),
        ("A word and another one " * 220_000, "headline"),
    ],
    ids=["headline only", "no body", "only furniture", "no headline", "one word of 5 MB", "one line of 5 MB"],
)
def test_a_page_without_headline_or_body_says_which(text: str, what: str) -> None:
    with pytest.raises(IncompleteArticle, match=what):
        one(text.encode())


def test_markup_in_a_headline_is_text_like_any_other() -> None:
    headline = "Paper prints </script><script>alert(1)</script> by mistake"
    assert one(PAGE.replace("Bridge opens after nine years of repairs", headline).encode()).headline == headline


def test_direction_overrides_cannot_hide_in_a_headline() -> None:
    article = one(PAGE.replace("Bridge", "\u202eBridge\u202c").encode())
    assert article.headline == "Bridge opens after nine years of repairs"


def test_a_right_to_left_article_is_read() -> None:
    text = "الجسر يفتح بعد تسع سنوات من الإصلاح\n\nفتح الجسر فوق النهر يوم الاثنين بعد تسع سنوات من إغلاقه لمدة شهر.\n"
    article = one(text.encode())
    assert article.headline.startswith("الجسر")
    assert len(article.paragraphs) == 1
    assert article.language is None


def test_a_very_short_article_is_an_article() -> None:
    article = one(b"Bridge opens\n\nThe bridge over the Sil opened on Monday.\n")
    assert (article.headline, article.body) == ("Bridge opens", "The bridge over the Sil opened on Monday.")
    assert article.language is None


@pytest.mark.parametrize("lines", [15_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_very_many_lines_and_a_giant_line_are_read_whole(lines: int) -> None:
    many = PAGE + "\n".join(f"Sentence number {number} stands on a line of its own." for number in range(lines))
    assert len(one(many.encode()).paragraphs) == lines + 2
    giant = PAGE + "\n" + "A sentence in a giant line. " * 40_000
    assert len(one(giant.encode()).paragraphs) == 3


def test_lists_and_verses_inside_a_body_stay_in_it() -> None:
    text = (
        PAGE
        + "\nThe rules are these:\n\n- No lorries.\n- No horses\n\n"
        + "The poem says:\n\nO bridge of mine\nO river wide\n\nThat was all there was to say.\n"
    )
    body = [paragraph.text for paragraph in one(text.encode()).paragraphs]
    assert body[2:] == [
        "The rules are these:",
        "- No lorries.",
        "- No horses",
        "The poem says:",
        "O bridge of mine",
        "O river wide",
        "That was all there was to say.",
    ]


class Greedy:
    name = "greedy"

    def recognises(self, document: Document) -> float:
        return 0.9 if document.data.startswith(b"GREEDY") else 0.0

    def read(self, document: Document) -> tuple[Article, ...]:
        return (Article(headline=document.data.decode()),)


def test_the_reader_that_is_surest_reads() -> None:
    from kg.extract import READERS

    both = (*READERS, Greedy())
    assert read(document(b"GREEDY one"), readers=both) == (Article(headline="GREEDY one"),)
    assert read(document(PAGE.encode()), readers=both)[0].headline.startswith("Bridge")
    with pytest.raises(UnknownFormat):
        read(document(PAGE.encode()), readers=(Greedy(),))
