"""Posts of WordPress's REST API, with and without embedded parts."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from kg.errors import IncompleteArticle, InputError
from kg.extract.wordpress import WordPressContainer, WordPressReader
from kg.model import Article, Author, Document, Image, Keyword, Paragraph, Source, Status, Unread

GIVEN = Document(b"", "path:velmar/posts.json", "posts.json", Source("velmar"))
POST: dict[str, Any] = {
    "id": 12,
    "date": "2026-03-10T10:05:00",
    "date_gmt": "2026-03-10T09:05:00",
    "guid": {"rendered": "https://velmar.example/?p=12&#038;x=1"},
    "modified": "2026-03-10T11:00:00",
    "modified_gmt": "2026-03-10T10:00:00",
    "slug": "wall",
    "status": "publish",
    "type": "post",
    "link": "https://velmar.example/2026/wall/",
    "title": {"rendered": "The wall &#8220;falls&#8221; <em>again</em>"},
    "content": {
        "rendered": "<p>One &amp; two.</p><figure><img src='/b.jpg'><figcaption>Boats. Photo: Bo Lund"
        "</figcaption></figure><blockquote><p>We stay.</p></blockquote>",
        "protected": False,
    },
    "excerpt": {"rendered": "<p>In short about it [&hellip;]</p>\n", "protected": False},
    "author": 3,
    "featured_media": 7,
}
EMBEDDED: dict[str, Any] = {
    "author": [{"id": 3, "name": "Ana Reis", "link": "https://velmar.example/author/ana/"}],
    "wp:featuredmedia": [
        {
            "media_type": "image",
            "source_url": "https://velmar.example/lead.jpg",
            "alt_text": "A wall",
            "caption": {"rendered": "<p>The wall at noon.</p>"},
            "media_details": {"image_meta": {"credit": "Mia Holm"}},
        }
    ],
    "wp:term": [
        [{"taxonomy": "category", "name": "Local &amp; near"}, {"taxonomy": "category", "name": "Sea"}],
        [{"taxonomy": "post_tag", "name": "harbour"}, {"taxonomy": "post_tag", "name": "wall"}],
        [{"taxonomy": "post_format", "name": "Aside"}],
    ],
}


def article(**more: Any) -> Article:
    (made,) = WordPressReader().read(Document(json.dumps({**POST, **more}).encode(), "k", "posts.json"))
    return made


def parts(value: object) -> list[Document | Unread]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return [*WordPressContainer().documents(io.BytesIO(data), GIVEN, limit=10**6)]


def test_a_post_and_an_array_of_posts_are_recognised() -> None:
    one, many = json.dumps(POST).encode(), json.dumps([POST], indent=1).encode()
    assert WordPressReader().recognises(Document(one, "k", "o")) == 0.9
    assert WordPressContainer().recognises(many, "application/json") == 0.9
    assert WordPressContainer().recognises(one, None) == 0
    assert WordPressReader().recognises(Document(b'{"code": "rest_no_route", "data": {}}', "k", "o")) == 0
    assert WordPressReader().recognises(Document(b'<p>"title":{"rendered":', "k", "o")) == 0


def test_the_posts_of_a_page_are_documents_with_their_guid_as_key() -> None:
    made = parts(
        [POST, {**POST, "guid": None, "link": "https://velmar.example/b/"}, {"id": 3, "title": {"rendered": "x"}}]
    )
    assert [one.key for one in made if isinstance(one, Document)][:2] == [
        "guid:velmar/https://velmar.example/?p=12&x=1",
        "url:velmar/https://velmar.example/b/",
    ]
    assert isinstance(made[0], Document)
    assert made[0].origin == "https://velmar.example/2026/wall/"
    assert json.loads(made[0].data) == POST
    assert isinstance(made[2], Document)
    assert made[2].key.startswith("path:velmar/posts.json#")


def test_a_post_is_read_with_what_is_embedded_in_it() -> None:
    made = article(_embedded=EMBEDDED)
    assert made.headline == "The wall “falls” again"
    assert made.paragraphs == (Paragraph("One & two."), Paragraph("We stay.", "quote"))
    assert made.abstract == "In short about it"
    assert (made.date_published, made.date_modified) == ("2026-03-10T09:05:00Z", "2026-03-10T10:00:00Z")
    assert made.url == "https://velmar.example/2026/wall/"
    assert made.identifier == "https://velmar.example/?p=12&x=1"
    assert made.authors == (Author("Ana Reis", "Person", "https://velmar.example/author/ana/"),)
    assert made.images == (
        Image("The wall at noon.", "Mia Holm", "https://velmar.example/lead.jpg", "A wall"),
        Image("Boats.", "Bo Lund", "https://velmar.example/b.jpg", None),
    )
    assert made.hero
    assert made.section == "Local & near"
    assert made.keywords == (Keyword("harbour"), Keyword("wall"), Keyword("Sea"))
    assert made.status is Status.USABLE


def test_without_embedded_parts_nothing_is_invented() -> None:
    made = article()
    assert (made.authors, made.section, made.keywords, made.publisher, made.language) == ((), None, (), None, None)
    assert not made.hero


def test_an_author_that_may_not_be_shown_is_none() -> None:
    embedded = {"author": [{"code": "rest_user_invalid_id", "message": "Invalid user ID.", "data": {"status": 404}}]}
    assert article(_embedded=embedded).authors == ()


def test_the_fields_of_an_seo_plugin_count_only_where_wordpress_says_nothing() -> None:
    extra = {
        "og_site_name": "Velmar Post",
        "og_locale": "en_GB",
        "author": "Bo Lund",
        "description": "For machines",
        "og_image": [{"url": "https://velmar.example/og.jpg"}],
        "article_published_time": "2020-01-01T00:00:00+00:00",
    }
    full = article(_embedded=EMBEDDED, yoast_head_json=extra)
    assert (full.authors[0].name, full.abstract) == ("Ana Reis", "In short about it")
    assert full.date_published == "2026-03-10T09:05:00Z"
    bare = article(yoast_head_json=extra, excerpt={"rendered": ""}, date_gmt=None)
    assert (bare.authors, bare.abstract) == ((Author("Bo Lund"),), "For machines")
    assert (bare.publisher, bare.language) == ("Velmar Post", "en-GB")
    assert bare.images[0].url == "https://velmar.example/og.jpg"
    assert bare.date_published == "2020-01-01T00:00:00Z"


def test_of_the_sites_own_time_only_the_day_is_certain() -> None:
    assert article(date_gmt=None, modified_gmt="").date_published == "2026-03-10"


@pytest.mark.parametrize(
    ("state", "status"),
    [("publish", Status.USABLE), ("draft", Status.WITHHELD), ("private", Status.WITHHELD), ("pending", Status.WITHHELD),
     ("trash", Status.CANCELED), ("something-own", Status.WITHHELD)],
)  # fmt: skip
def test_the_status_says_what_may_be_published(state: str, status: Status) -> None:
    assert article(status=state).status is status


def test_a_post_for_a_later_time_is_under_embargo() -> None:
    made = article(status="future", date_gmt="2030-01-01T00:00:00")
    assert (made.status, made.embargo, made.date_published) == (Status.WITHHELD, "2030-01-01T00:00:00Z", None)


def test_a_post_behind_a_password_says_so() -> None:
    content = {"rendered": '<form action="x"><p>This content is password protected.</p></form>', "protected": True}
    with pytest.raises(IncompleteArticle, match="password"):
        article(content=content)


def test_the_picture_of_a_media_item_is_no_article() -> None:
    assert article(type="attachment", media_type="image").kind == "picture"


def test_a_broken_post_is_said_and_the_rest_goes_on() -> None:
    good = json.dumps(POST).encode()
    made = parts(b"[" + good + b"," + good.replace(b'"id": 12', b'"id": 12, "id": 13') + b"," + good + b"," + good[:50])
    assert [type(one) for one in made] == [Document, Unread, Document, Unread]


@pytest.mark.parametrize(
    "more",
    [{"title": None, "content": 5, "excerpt": [], "guid": {"rendered": 7}, "link": 5, "status": 9, "_embedded": []},
     {"_embedded": {"author": 5, "wp:featuredmedia": [5, None, {}], "wp:term": [[5, {}], 7]}},
     {"yoast_head_json": 5, "date_gmt": "0000-00-00T00:00:00", "date": 8}],
)  # fmt: skip
def test_values_of_the_wrong_kind_are_absent(more: dict[str, Any]) -> None:
    assert isinstance(article(**more), Article)


@pytest.mark.parametrize("data", [b"", b"[", b"[]", b"[5]", b"{", b'"x"', b"[" * 100_000])
def test_what_is_no_post_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        WordPressReader().read(Document(data, "k", "o"))
