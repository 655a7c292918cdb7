"""One article in every format that feeds and files come in is the same article."""

from __future__ import annotations

import io
import json
from html import escape

import pytest

from kg.extract import read
from kg.extract.unpack import unpack
from kg.model import Article, Document, Source

TEXTS = (
    "VELMAR – The council met on Tuesday & spoke for three hours about the old harbour wall, which leans.",
    "“We stay,” said the mayor, Ana Holm, “until the last stone is in its place — and not a day less.”",
    "Nobody in the hall had expected that the vote would be over before the evening began.",
)
QUOTE = "The wall has stood for 300 years, and it will stand for 300 more, whatever it costs us."
HEADLINE = "The wall’s last day: “We stay” & pay"
ABSTRACT = "In short: Velmar keeps its wall."
URL = "https://velmar.example/2026/wall"
PICTURE = "https://velmar.example/wall.jpg"
HTML = (
    "".join(f"<p>{escape(one)}</p>\n" for one in TEXTS)
    + f"<blockquote><p>{QUOTE}</p></blockquote>\n"
    + f'<figure><img src="{PICTURE}"><figcaption>The wall at noon</figcaption></figure>'
)


def _rss() -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Velmar Post</title>'
        f"<link>https://velmar.example/</link><language>en-gb</language><item><title>{escape(escape(HEADLINE))}</title>"
        f"<link>{URL}</link><guid isPermaLink='false'>vp-1</guid><pubDate>Tue, 10 Mar 2026 09:05:00 GMT</pubDate>"
        f"<dc:creator>Ana Reis and Bo Lund</dc:creator><category>harbour</category>"
        f"<description>{ABSTRACT}</description><content:encoded><![CDATA[{HTML}]]></content:encoded></item></channel></rss>"
    )


def _atom() -> str:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>Velmar Post</title><entry>'
        f"<title>{escape(HEADLINE)}</title><id>vp-1</id><link href='{URL}'/><published>2026-03-10T09:05:00Z</published>"
        "<author><name>Ana Reis</name></author><author><name>Bo Lund</name></author><category term='harbour'/>"
        f"<summary>{ABSTRACT}</summary><content type='html'>{escape(HTML)}</content></entry></feed>"
    )


def _json_feed() -> str:
    item = {
        "id": "vp-1",
        "url": URL,
        "title": HEADLINE,
        "summary": ABSTRACT,
        "content_html": HTML,
        "date_published": "2026-03-10T09:05:00Z",
        "authors": [{"name": "Ana Reis"}, {"name": "Bo Lund"}],
        "tags": ["harbour"],
    }
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Velmar Post", "language": "en-GB", "items": [item]}
    return json.dumps(feed)


def _wordpress() -> str:
    post = {
        "date_gmt": "2026-03-10T09:05:00",
        "guid": {"rendered": "vp-1"},
        "link": URL,
        "title": {"rendered": escape(HEADLINE)},
        "content": {"rendered": HTML, "protected": False},
        "excerpt": {"rendered": f"<p>{ABSTRACT}</p>"},
        "lang": "en_GB",
        "yoast_head_json": {"og_site_name": "Velmar Post"},
        "_embedded": {
            "author": [{"name": "Ana Reis"}, {"name": "Bo Lund"}],
            "wp:term": [[{"taxonomy": "post_tag", "name": "harbour"}]],
        },
    }
    return json.dumps([post])


def _markdown() -> str:
    body = "\n\n".join([*TEXTS, f"> {QUOTE}", f'![]({PICTURE} "The wall at noon")'])
    return (
        f"---\ntitle: '{HEADLINE}'\ndescription: '{ABSTRACT}'\ndate: 2026-03-10T09:05:00Z\nauthor: Ana Reis, Bo Lund\n"
        f"tags: [harbour]\nurl: {URL}\nid: vp-1\nlang: en-gb\npublisher: Velmar Post\n---\n\n{body}\n"
    )


def _record() -> str:
    return json.dumps(
        {
            "guid": "vp-1",
            "headline": HEADLINE,
            "summary": ABSTRACT,
            "body": HTML,
            "authors": "By Ana Reis and Bo Lund",
            "published_at": "2026-03-10T09:05:00Z",
            "language": "en-GB",
            "url": URL,
            "publisher": {"name": "Velmar Post"},
            "tags": ["harbour"],
        }
    )


FORMATS = {"rss": _rss, "atom": _atom, "jsonfeed": _json_feed, "wordpress": _wordpress, "markdown": _markdown,
           "record": _record}  # fmt: skip
FIELDS = ("headline", "abstract", "body", "paragraphs", "authors", "date_published", "language", "url", "identifier",
          "keywords", "publisher", "images", "status", "kind")  # fmt: skip


def _read(name: str) -> Article:
    given = Document(b"", "path:velmar/x", "x", Source("velmar"))
    (document,) = unpack(io.BytesIO(FORMATS[name]().encode()), given, limit=10**6)
    assert isinstance(document, Document)
    (made,) = read(document)
    return made


@pytest.mark.parametrize("name", [one for one in FORMATS if one != "rss"])
def test_the_format_makes_no_difference(name: str) -> None:
    one, other = _read("rss"), _read(name)
    assert {field: getattr(other, field) for field in FIELDS} == {field: getattr(one, field) for field in FIELDS}


def test_the_article_is_what_its_writers_wrote() -> None:
    made = _read("rss")
    assert made.headline == HEADLINE
    assert made.abstract == ABSTRACT
    assert [one.text for one in made.paragraphs] == [*TEXTS, QUOTE]
    assert [one.kind for one in made.paragraphs] == ["text", "text", "text", "quote"]
    assert made.images[0].caption == "The wall at noon"
