"""The page reader on layouts of its own making, and what must hold for every page whatever its layout."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import IncompleteArticle
from kg.extract import marks, normalise, read
from kg.extract.lines import ends_sentence
from kg.extract.page import read_page
from kg.model import Article, Document

LAYOUTS = Path(__file__).resolve().parents[1] / "layouts"
PAGES = sorted(LAYOUTS.glob("*.txt"))
UNSEEN = ("blind", "second", "third", "fourth", "fifth", "sixth", "seventh")
LAST = "eighth"  # what generalises is its first run (tests/layouts/README.md); these floors keep what was learnt
EVERY = sorted(LAYOUTS.rglob("*.txt"))


def page(path: Path) -> Article:
    (article,) = read(Document(path.read_bytes(), f"path:layouts/{path.name}", path.name))
    return article


def as_expected(article: Article, wanted: dict[str, Any]) -> dict[str, Any]:
    """The article in the words of the expectation files; of a body only the beginnings are written down."""
    starts = wanted["body_starts"]
    texts = [one.text for one in article.paragraphs]
    begun = [
        start if text.startswith(start) else text[:40]
        for start, text in zip(starts + [""] * len(texts), texts, strict=False)
    ]
    return {
        "publisher": article.publisher,
        "section": article.section,
        "headline": article.headline,
        "abstract": article.abstract,
        "alternative_headline": article.alternative_headline,
        "authors": [one.name for one in article.authors],
        "date_published": article.date_published,
        "date_modified": article.date_modified,
        "language": article.language,
        "url": article.url,
        "body_starts": begun,
        "quotes": [place for place, one in enumerate(article.paragraphs) if one.kind == "quote"],
        "images": [[one.caption, one.credit] for one in article.images],
        "hero": article.hero,
        "corrections": list(article.corrections),
    }


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_field_of_a_layout_is_found(path: Path) -> None:
    wanted = {"url": None, "alternative_headline": None} | json.loads(
        path.with_suffix(".json").read_text(encoding="utf-8")
    )
    assert as_expected(page(path), wanted) == wanted


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "bench" / "layouts.py"
    spec = importlib.util.spec_from_file_location("bench_layouts", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_over_all_layouts_body_furniture_and_fields_stay_above_their_floors(bench: ModuleType) -> None:
    total = bench.Score()
    for path in EVERY:
        if path.parent.name != LAST:
            total += bench.score(path)[0]
    assert total.wanted > 500
    assert 2 * total.right / (total.found + total.wanted) >= 0.985
    assert total.leaked / total.others <= 0.01
    assert total.fields_right / total.fields >= 0.98
    assert total.stated_right / total.stated >= 0.97


@pytest.mark.parametrize("folder", UNSEEN)
def test_each_set_of_layouts_that_was_written_blind_keeps_what_the_reader_learnt_from_it(
    bench: ModuleType, folder: str
) -> None:
    total = bench.Score()
    for path in sorted((LAYOUTS / folder).glob("*.txt")):
        total += bench.score(path)[0]
    assert 2 * total.right / (total.found + total.wanted) >= 0.945
    assert total.leaked / total.others <= 0.01
    assert total.stated_right / total.stated >= 0.95


def test_the_last_set_of_layouts_keeps_what_the_reader_learnt_from_it(bench: ModuleType) -> None:
    total = bench.Score()
    for path in sorted((LAYOUTS / LAST).glob("*.txt")):
        total += bench.score(path)[0]
    assert total.right / total.wanted >= 0.98
    assert 2 * total.right / (total.found + total.wanted) >= 0.985
    assert total.leaked / total.others <= 0.01
    assert total.stated_right / total.stated >= 0.91


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_every_line_of_a_layout_is_body_or_dropped_and_carriage_returns_change_nothing(path: Path) -> None:
    text = normalise(path.read_text(encoding="utf-8"))
    article = page(path)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    dropped = list(article.dropped)
    left = [line for line in lines if not (dropped and dropped[0] == line and dropped.pop(0))]
    assert dropped == []
    page_marks = marks.marks(lines)
    kept = " ".join(one.text for one in article.paragraphs)
    for line in left:
        assert marks.clean(line, page_marks)[0] in kept
    (returned,) = read(Document(text.replace("\n", "\r\n").encode(), "k", path.name))
    assert returned == article


# ---- what holds for every page -----------------------------------------------------------------------------------

SPECIAL = (
    "Related Articles",
    "Advertisement",
    "By Ana Reis",
    "12 March 2026",
    "Published: 12 March 2026 at 09:14 GMT",
    "Updated: 03/04/2026",
    "Home > World > Europe",
    "Share Facebook X",
    "Photo: A bridge at night. Credit: Bo Lund",
    "Key points",
    "• One thing happened.",
    "Correction: An earlier version of this article named the wrong bridge.",
    "3 Comments",
    "© 2026 The Bridge Post",
    "Bridge opens after nine years of repairs and one lawsuit",
    "Bridge opens after nine years of repairs and one lawsuit - Image 1",
    "The bridge over the Sil opened on Monday, nine years after it was closed for a month.",
    "“We counted every bolt,” said Ana Reis, the engineer. “There were 41,000 of them.”",
    "She wrote to the council:",
    "We have kept our word and we ask you to keep yours, because the river keeps nobody's.",
    "</script><script>alert(1)</script>",
    "\u202eevil\u202c text",
    "שלום עולם",
    "",
    "",
)
WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
LINES = st.lists(st.one_of(st.sampled_from(SPECIAL), WORDS), max_size=25)


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_no_line_is_lost_and_no_value_is_invented_whatever_the_page(lines: list[str]) -> None:
    text = normalise("\n".join(lines))
    try:
        article = read_page(text)
    except IncompleteArticle:
        return
    printed = [line.strip() for line in text.split("\n") if line.strip()]
    kept = "\n".join(one.text for one in article.paragraphs)
    remaining = list(article.dropped)
    for line in printed:  # in order: each line is the next dropped one or part of the body
        if remaining and remaining[0] == line:
            remaining.pop(0)
        else:
            assert line in kept
    assert remaining == []
    squeezed = " ".join(text.split())
    for value in (
        article.headline,
        article.alternative_headline,
        article.abstract,
        article.publisher,
        article.section,
        *(one.name for one in article.authors),
        *(one.caption for one in article.images),
        *(one.credit for one in article.images),
        *(one.text for one in article.paragraphs),
        *article.corrections,
    ):
        assert value is None or (value and " ".join(value.split()) in squeezed)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_blank_lines_between_all_lines_or_carriage_returns_leave_headline_and_date_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    plain = page(path)
    (returned,) = read(Document(text.replace("\n", "\r\n").encode(), "k", path.name))
    assert returned == plain
    if path.stem != "wrapped":  # there the line ends are part of the layout
        (spread,) = read(Document(text.replace("\n", "\n\n").encode(), "k", path.name))
        assert (spread.headline, spread.date_published) == (plain.headline, plain.date_published)
        sentences = {one for one in plain.paragraphs if ends_sentence(one.text)}  # lists need their line breaks
        assert sentences <= set(spread.paragraphs)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_supplied_each_field_is_recorded(path: Path) -> None:
    article = page(path)
    rules = dict(article.won)
    assert rules["headline"]
    for field in ("publisher", "section", "abstract", "date_published", "date_modified", "language", "url"):
        assert (field in rules) == (getattr(article, field) is not None)
