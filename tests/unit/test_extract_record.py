"""One article in one plain JSON object, under the names that archives and services use."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kg.annotate.preview import preview
from kg.annotate.text import lay_out
from kg.errors import InputError
from kg.extract.record import NAMES, RecordReader, record
from kg.model import Annotated, Article, Author, Document, Image, Keyword, Paragraph, Status

FIRST = "The council of Velmar met on Tuesday and spoke for three hours about the wall."
SECOND = "Nobody in the hall had expected that the vote would be over so early."


def read(value: dict[str, Any]) -> Article:
    document = Document(json.dumps(value).encode(), "k", "o:1")
    assert RecordReader().recognises(document) == 0.5
    (made,) = RecordReader().read(document)
    return made


def test_a_record_is_read_with_all_that_it_says() -> None:
    made = read(
        {
            "id": 42,
            "headline": "The wall &amp; the sea",
            "subtitle": "A second line",
            "summary": "In short.",
            "body": f"{FIRST}\n\n{SECOND}",
            "authors": ["Ana Reis", {"name": "Bo Lund", "url": "https://velmar.example/bo"}],
            "source": {"id": None, "name": "Velmar Post"},
            "section": "Local",
            "published": "2026-03-10 09:05:00 +0100",
            "updatedAt": "2026-03-11T08:00:00Z",
            "lang": "en_gb",
            "link": "https://velmar.example/wall",
            "tags": ["harbour", {"name": "Sea", "uri": "https://velmar.example/t/sea"}],
            "images": [
                {"url": "/a.jpg", "caption": "Boats", "credit": "Mia Holm", "alt": "b"},
                "https://v.example/c.jpg",
            ],
            "correction": "An earlier version named another day.",
            "embargo": "2026-03-10T08:00:00Z",
            "copyright": "© Velmar",
            "dateline": "VELMAR",
            "edNote": "call the mayor",
        }
    )
    assert made == Article(
        headline="The wall & the sea",
        alternative_headline="A second line",
        abstract="In short.",
        paragraphs=(Paragraph(FIRST), Paragraph(SECOND)),
        authors=(Author("Ana Reis"), Author("Bo Lund", "Person", "https://velmar.example/bo")),
        publisher="Velmar Post",
        section="Local",
        date_published="2026-03-10T09:05:00+01:00",
        date_modified="2026-03-11T08:00:00Z",
        language="en-GB",
        url="https://velmar.example/wall",
        identifier="42",
        keywords=(Keyword("harbour"), Keyword("Sea", "https://velmar.example/t/sea")),
        images=(
            Image("Boats", "Mia Holm", "https://velmar.example/a.jpg", "b"),
            Image(url="https://v.example/c.jpg"),
        ),
        corrections=("An earlier version named another day.",),
        embargo="2026-03-10T08:00:00Z",
        copyright_notice="© Velmar",
        dateline="VELMAR",
        note="call the mayor",
        won=made.won,
    )
    assert dict(made.won)["date_published"] == "published"


@pytest.mark.parametrize(
    "name", ["datePublished", "date_published", "DATE-PUBLISHED", "publishedAt", "pubDate", "date"]
)
def test_names_are_read_in_any_spelling(name: str) -> None:
    assert read({"title": "T", "text": "One.", name: "2026-03-10"}).date_published == "2026-03-10"


def test_the_first_name_of_a_row_that_says_something_wins() -> None:
    made = read(
        {"text": "b", "body": "", "title": "T", "headline": None, "pubdate": "2026-03-01", "date": "2025-01-01"}
    )
    assert (made.headline, made.body, made.date_published) == ("T", "b", "2026-03-01")


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("<p>One &amp; two.</p><h2>Sub</h2><p>Three.</p>", ["One & two.", "Three."]),
        ("One <em>and</em> two.\n\nThree.", ["One and two.", "Three."]),
        (["One.", " ", "Two\nlines."], ["One.", "Two lines."]),
        (["<p>One.</p>", "Two <b>x</b>."], ["One.", "Two x."]),
        ([{"text": "One."}, {"text": "Two."}], ["One.", "Two."]),
        (f"{FIRST}\n{SECOND}", [FIRST, SECOND]),
        ("If 1 < 2 & 3 > 2", ["If 1 < 2 & 3 > 2"]),
        ("a line\nthat was wrapped", ["a line that was wrapped"]),
    ],
)
def test_the_body_is_text_html_or_a_list(body: object, texts: list[str]) -> None:
    assert [one.text for one in read({"title": "T", "body": body}).paragraphs] == texts


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("By Ana Reis and Bo Lund", ["Ana Reis", "Bo Lund"]),
        (["Ana Reis", "Ana Reis"], ["Ana Reis"]),
        ({"name": "Ana Reis"}, ["Ana Reis"]),
        ("admin", []),
        (5, []),
        ([None, [], {}], []),
    ],
)
def test_authors_in_their_usual_forms(value: object, names: list[str]) -> None:
    assert [one.name for one in read({"title": "T", "text": "One.", "author": value}).authors] == names


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"status": "published"}, Status.USABLE), ({"status": "DRAFT"}, Status.WITHHELD),
     ({"draft": True}, Status.WITHHELD), ({"pubStatus": "canceled"}, Status.CANCELED),
     ({"status": "retracted"}, Status.CANCELED),
     ({"status": "something"}, Status.USABLE), ({"status": 5}, Status.USABLE)],
)  # fmt: skip
def test_status_words(fields: dict[str, Any], status: Status) -> None:
    assert read({"title": "T", "text": "One.", **fields}).status is status


@pytest.mark.parametrize(
    ("value", "made"),
    [(1773137100, "2026-03-10T10:05:00Z"), (1773137100000, "2026-03-10T10:05:00Z"), (20260310, None), (True, None),
     ("2026-03-10T09:05:00", "2026-03-10"), ("soon", None), (10**30, None), (-5, None), (1.5, None)],
)  # fmt: skip
def test_dates_in_their_usual_forms(value: object, made: str | None) -> None:
    assert read({"title": "T", "text": "One.", "date": value}).date_published == made


def test_an_answer_of_a_news_service_is_read() -> None:
    made = read(
        {
            "source": {"id": "vp", "name": "Velmar Post"},
            "author": "Ana Reis",
            "title": "Wall falls",
            "description": "In short.",
            "url": "https://velmar.example/wall",
            "urlToImage": "https://velmar.example/w.jpg",
            "publishedAt": "2026-03-10T09:05:00Z",
            "content": "The wall fell on… [+1234 chars]",
        }
    )
    assert (made.publisher, made.abstract, made.hero) == ("Velmar Post", "In short.", True)


def test_the_object_of_a_preview_reads_back_to_the_same_article() -> None:
    article = Article(
        headline="The <wall> & the sea",
        alternative_headline="Second",
        abstract="In short [...]",
        paragraphs=(Paragraph(FIRST), Paragraph("a < b <p> c")),
        images=(Image("Boats", "Mia Holm", "https://velmar.example/a.jpg"), Image("No address")),
        publisher="Velmar Post",
        section="Local",
        authors=(Author("Ana Reis"), Author("Bo Lund")),
        date_published="2026-03-10T09:05:00+01:00",
        date_modified="2026-03-11",
        language="en",
        dropped=("Share this", "<b>"),
    )
    made = read(dict(preview(Annotated(article, lay_out(article)))))
    assert made == Article(
        **{name: getattr(article, name) for name in article.__dataclass_fields__ if name != "won"}, won=made.won
    )


@pytest.mark.parametrize(
    "data",
    [b"{}", b'{"title": "T"}', b'{"text": "x"}', b'{"title": 5, "text": "x"}', b"[]", b'"title"', b"", b"plain words",
     b'{"title": "T", "text": 5}', b"{" * 50_000, b'{"a": {"title": "T", "text": "x"}}'],
)  # fmt: skip
def test_what_has_no_headline_or_no_text_is_no_record(data: bytes) -> None:
    assert RecordReader().recognises(Document(data, "k", "o")) == 0


def test_a_broken_record_is_refused_with_the_place() -> None:
    document = Document(b'{"title": "T",\n "body": "One.", "title": "U"}', "k", "o")
    assert RecordReader().recognises(document) == 0.5
    with pytest.raises(InputError, match="twice"):
        RecordReader().read(document)


def test_every_field_of_the_list_of_names_is_a_field_of_an_article() -> None:
    assert set(NAMES) <= set(Article.__dataclass_fields__)
    assert all(name == name.lower() and name.isalnum() for names in NAMES.values() for name in names)


def test_a_record_of_nothing_is_an_article_of_nothing() -> None:
    assert record({}) == Article(headline="")
