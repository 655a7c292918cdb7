"""Whole web pages of many makes, with everything that must be read from them, with and without their JSON-LD.

``tests/layouts/web`` holds a page and a JSON file for each. In the page a comment ``p`` (text) or ``q`` (quotation)
opens a paragraph of the body and a comment ``/`` closes it. The JSON file names every other field (authors as name,
type and address; pictures as caption, credit, address and alternative text); what it does not name must be absent,
unless ``optional`` lists it. ``dropped`` are pieces of lines left out; ``blind`` is what changes without JSON-LD.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from kg.errors import IncompleteArticle
from kg.extract.html import HtmlReader
from kg.model import Article, Document

WEB = Path(__file__).resolve().parents[1] / "layouts" / "web"
NAMES = sorted(file.stem for file in WEB.glob("*.html"))
_LD = re.compile(r"<script[^>]*ld\+json[^>]*>.*?</script>", re.DOTALL)
_PARAGRAPH = re.compile(r"<!--([pq])-->(.*?)<!--/-->", re.DOTALL)
FIELDS = (
    *("headline", "alternative_headline", "abstract", "publisher", "section", "date_published", "date_modified"),
    *("language", "url", "identifier", "dateline", "copyright_notice", "hero"),
)


def expected(name: str) -> dict[str, Any]:
    """What must be read from a page, its paragraphs taken from the marks in it."""
    values: dict[str, Any] = json.loads((WEB / f"{name}.json").read_text(encoding="utf-8"))
    if "paragraphs" not in values:
        marked = _PARAGRAPH.findall((WEB / f"{name}.html").read_text(encoding="utf-8"))
        values["paragraphs"] = [
            [{"p": "text", "q": "quote"}[kind], " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())]
            for kind, text in marked
        ]
    else:
        values["paragraphs"] = [["text", text] for text in values["paragraphs"]]
    return values


def read(name: str, *, blind: bool = False) -> Article:
    """The one article of a page."""
    text = (WEB / f"{name}.html").read_text(encoding="utf-8")
    data = (_LD.sub("", text) if blind else text).encode()
    origin = json.loads((WEB / f"{name}.json").read_text(encoding="utf-8"))["url"]
    (article,) = HtmlReader().read(Document(data, f"url:{name}", origin))
    return article


def said(article: Article) -> dict[str, Any]:
    """The article in the form of the JSON files."""
    return {
        **{name: getattr(article, name) for name in FIELDS},
        "authors": [[one.name, one.type, one.url] for one in article.authors],
        "keywords": [one.name for one in article.keywords],
        "images": [[one.caption, one.credit, one.url, one.alt] for one in article.images],
        "corrections": list(article.corrections),
        "paragraphs": [[one.kind, one.text] for one in article.paragraphs],
    }


def differences(found: dict[str, Any], wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields that differ, as found and as wanted."""
    optional = {*wanted.get("optional", ()), *(name for name, value in wanted.items() if value == "optional")}
    made: dict[str, tuple[Any, Any]] = {}
    for name, value in found.items():
        absent: Any = [] if isinstance(value, list) else False if name == "hero" else None
        if name not in optional and value != wanted.get(name, absent):
            made[name] = (value, wanted.get(name, absent))
    return made


@pytest.mark.parametrize("name", NAMES)
def test_everything_a_page_says_is_read(name: str) -> None:
    wanted = expected(name)
    article = read(name)
    assert differences(said(article), wanted) == {}
    lines = "\n".join(article.dropped)
    assert [piece for piece in wanted["dropped"] if piece not in lines] == []
    assert {field for field, _ in article.won} >= {"headline", "paragraphs"}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_without_its_json_ld_says_what_it_prints(name: str) -> None:
    wanted = expected(name)
    change = wanted.get("blind", {})
    if isinstance(change, str):
        with pytest.raises(IncompleteArticle, match=change):
            read(name, blind=True)
        return
    assert differences(said(read(name, blind=True)), {**wanted, **change}) == {}
