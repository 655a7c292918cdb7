"""JSON Feed: each item a document that stands for itself, and an article of what the item says."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from kg.errors import IncompleteArticle, InvalidFormat
from kg.extract.jsonfeed import JsonFeedContainer, JsonFeedReader
from kg.model import Article, Author, Document, Image, Keyword, Paragraph, Source, Unread

GIVEN = Document(b"", "path:velmar/feed.json", "feed.json", Source("velmar"))
ITEM: dict[str, Any] = {"id": "1", "url": "https://velmar.example/1", "title": "Wall", "content_html": "<p>One.</p>"}


def feed(*items: object, **more: object) -> bytes:
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "Velmar Post", **more, "items": list(items)}
    ).encode()


def parts(data: bytes, *, limit: int = 10**6) -> list[Document | Unread]:
    return [*JsonFeedContainer().documents(io.BytesIO(data), GIVEN, limit=limit)]


def article(item: dict[str, Any], **more: object) -> Article:
    (one,) = parts(feed(item, **more))
    assert isinstance(one, Document)
    (made,) = JsonFeedReader().read(one)
    return made


def test_a_feed_is_known_by_its_version_and_not_by_its_name() -> None:
    assert JsonFeedContainer().recognises(feed(), None) > 0.9
    assert (
        JsonFeedContainer().recognises(b'\xef\xbb\xbf{"title": "x",\n "version": "http://jsonfeed.org/version/1"', "")
        > 0
    )
    assert JsonFeedContainer().recognises(b'{"version": "https:\\/\\/jsonfeed.org\\/version\\/1"', None) > 0.9
    assert JsonFeedContainer().recognises(b'{"version": "1.1", "items": []}', "application/feed+json") == 0
    assert JsonFeedContainer().recognises(b"[]", None) == 0


def test_an_item_becomes_a_feed_of_its_own() -> None:
    (one,) = parts(feed(ITEM, feed_url="https://velmar.example/feed.json?t=1", language="en-gb", user_comment="x"))
    assert isinstance(one, Document)
    assert (one.key, one.origin) == ("guid:velmar/1", "https://velmar.example/1")
    assert json.loads(one.data) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Velmar Post",
        "language": "en-gb",
        "items": [ITEM],
    }
    again = JsonFeedContainer().documents(io.BytesIO(one.data), GIVEN, limit=10**6)
    assert [two.data for two in again if isinstance(two, Document)] == [one.data]


def test_an_unchanged_item_has_the_same_bytes_whatever_stands_around_it() -> None:
    before, after = parts(feed(ITEM, description="x")), parts(feed({"id": 9, "title": "New"}, ITEM, next_url="y"))
    assert isinstance(before[0], Document)
    assert isinstance(after[1], Document)
    assert before[0].data == after[1].data


def test_an_item_is_read_with_all_that_it_says() -> None:
    made = article(
        {
            **ITEM,
            "title": "A &amp; B <em>c</em>",
            "summary": "In short.",
            "content_html": "<p>One &amp; two.</p><p><img src='/i.jpg' alt='wall'></p>",
            "image": "https://velmar.example/lead.jpg",
            "date_published": "2026-03-10T09:00:00-05:00",
            "date_modified": "2026-03-10T15:00:00Z",
            "authors": [{"name": "Ana Reis", "url": "https://velmar.example/ana"}, {"name": "Bo Lund"}, {"url": "x"}],
            "tags": ["harbour", "sea"],
            "attachments": [{"url": "https://velmar.example/a.png", "mime_type": "image/png"}, {"url": 7}],
            "language": "de",
        },
        language="en",
    )
    assert made.headline == "A & B c"
    assert made.abstract == "In short."
    assert made.paragraphs == (Paragraph("One & two."),)
    assert made.images == (
        Image(url="https://velmar.example/lead.jpg"),
        Image(url="https://velmar.example/i.jpg", alt="wall"),
        Image(url="https://velmar.example/a.png"),
    )
    assert made.hero
    assert (made.date_published, made.date_modified) == ("2026-03-10T09:00:00-05:00", "2026-03-10T15:00:00Z")
    assert made.authors == (Author("Ana Reis", "Person", "https://velmar.example/ana"), Author("Bo Lund"))
    assert made.keywords == (Keyword("harbour"), Keyword("sea"))
    assert (made.language, made.publisher, made.identifier) == ("de", "Velmar Post", "1")
    assert made.url == "https://velmar.example/1"


def test_plain_text_is_parted_by_blank_lines_and_shown_as_it_is() -> None:
    made = article({"id": "1", "content_text": "One <b>& two.\n\nThree\nfour."})
    assert made.body == "One <b>& two.\n\nThree four."
    assert made.headline == ""


def test_a_summary_alone_gives_no_body() -> None:
    made = article({"id": "1", "title": "T", "summary": "Short."})
    assert (made.abstract, made.paragraphs) == ("Short.", ())


def test_the_author_of_a_feed_of_version_1_wrote_items_that_name_none() -> None:
    assert article(ITEM, author={"name": "Ana Reis"}).authors == (Author("Ana Reis"),)


def test_an_item_of_the_wrong_kind_is_said_and_the_rest_goes_on() -> None:
    made = parts(feed("no", {}, {"id": 5}, ITEM))
    assert [type(one) for one in made] == [Unread, Unread, Unread, Document]


def test_an_item_above_the_limit_is_said_and_the_rest_goes_on() -> None:
    made = parts(feed({"id": 1, "content_text": "x" * 5000}, ITEM), limit=2000)
    assert [type(one) for one in made] == [Unread, Document]


def test_values_of_the_wrong_kind_are_absent() -> None:
    made = article(
        {"id": 7, "title": ["x"], "url": 5, "content_text": "One.", "content_html": {}, "summary": 0, "tags": "a, b",
         "authors": "Ana Reis", "image": {}, "date_published": True, "language": [], "attachments": {}}
    )  # fmt: skip
    assert (made.headline, made.url, made.body, made.date_published) == ("", None, "One.", None)
    assert made.identifier == "7"


def test_a_feed_that_is_cut_off_gives_its_whole_items_and_says_the_loss() -> None:
    data = feed(ITEM, {**ITEM, "id": "2"}, {**ITEM, "id": "3"})
    made = parts(data[:-40])
    assert [one.key for one in made if isinstance(one, Document)] == ["guid:velmar/1", "guid:velmar/2"]
    assert isinstance(made[-1], Unread)
    assert "ends too early" in made[-1].error.reason


def test_an_item_with_a_name_twice_is_refused_alone() -> None:
    data = feed(ITEM, {**ITEM, "id": "2"}).replace(b'"id": "2"', b'"id": "2", "id": "3"')
    made = parts(data)
    assert [one.key for one in made if isinstance(one, Document)] == ["guid:velmar/1"]
    assert all("twice" in one.error.reason for one in made if isinstance(one, Unread))


@pytest.mark.parametrize(
    "data",
    [b"{", b'{"version": "https://jsonfeed.org/version/1"',
     b'{"version": "https://jsonfeed.org/version/1", "items": 5}',
     b'{"items": [' + b"[" * 100_000, b'{"version": "https://jsonfeed.org/version/1", "items": [\xff]}',
     b'{"version": "https://jsonfeed.org/version/1", "items": [{"title": "a"}' + b"," * 1000],
)  # fmt: skip
def test_broken_feeds_end_in_words_about_them(data: bytes) -> None:
    assert all(isinstance(one, Document) or one.error.reason for one in parts(data))


def test_a_reader_says_what_is_missing() -> None:
    with pytest.raises(IncompleteArticle):
        JsonFeedReader().read(Document(feed(), "k", "o"))
    with pytest.raises(InvalidFormat):
        JsonFeedReader().read(Document(b"[]", "k", "o"))
