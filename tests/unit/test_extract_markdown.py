"""Markdown with and without a head: the article's text without its mark-up, and what the head says of it."""

from __future__ import annotations

import pytest

from kg.errors import EmptyInput, InputError, InvalidFormat, TooLarge
from kg.extract import read
from kg.extract.frontmatter import front_matter
from kg.extract.markdown import MarkdownReader
from kg.model import Article, Author, Document, Image, Keyword, Paragraph, Status

LONG = "The council of Velmar met on Tuesday and spoke for three hours about the old harbour wall."


def document(text: str | bytes) -> Document:
    return Document(text if isinstance(text, bytes) else text.encode(), "path:velmar/a.md", "a.md")


def article(text: str | bytes) -> Article:
    (made,) = MarkdownReader().read(document(text))
    return made


def headed(head: str, body: str = LONG) -> Article:
    return article(f"---\n{head}\n---\n\n{body}\n")


BOMB = "title: T\na: &a [1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{two}: &{two} [{', '.join([f'*{one}'] * 8)}]\n" for one, two in zip("abcde", "bcdef", strict=True)
)


# ---- what is Markdown ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("---\ntitle: T\n---\nBody", 0.8),
        ("\ufeff---\r\n\r\n# a remark\r\ntitle: T\r\n---\r\nBody", 0.8),
        ('+++\ntitle = "T"\n+++\nBody', 0.8),
        ("# Title\n\nSome **bold** text.", 0.6),
        ("Title\n=====\n\nSome [linked](https://velmar.example) text.", 0.6),
        ("# Title\n\nNothing else of note.", 0),
        ("---\nA page that begins with a rule\n---\nand goes on", 0),
        ("---\ntitle: T\nnever closed", 0),
        ("# Menu\n* [Home](/)\n* [News](/n)\n* [Sport](/s)\nText", 0),
        ("Plain title\n\nPlain text with *stars*.", 0),
        ("<html><body># x</body></html>", 0),
        ('{"title": "x"}', 0),
        ("", 0),
    ],
)
def test_only_what_clearly_looks_like_markdown_is_taken(text: str, sure: float) -> None:
    assert MarkdownReader().recognises(document(text)) == sure


def test_a_page_in_plain_text_stays_with_its_reader() -> None:
    (made,) = read(document(f"Wall falls\n\nBy Ana Reis\n\n{LONG}\n\n{LONG}\n"))
    assert dict(made.won)["paragraphs"] == "plain-text-page"


def test_a_sender_that_says_markdown_is_believed_where_the_text_allows_it() -> None:
    text = b"# Title\n\nNothing else of note."
    assert MarkdownReader().recognises(Document(text, "k", "o", media_type="text/markdown; charset=utf-8")) == 0.6
    assert MarkdownReader().recognises(Document(b"No title", "k", "o", media_type="text/markdown")) == 0


# ---- the head -----------------------------------------------------------------------------------------------------


def test_the_head_is_read_with_all_that_it_says() -> None:
    made = headed(
        """title: "The wall: a story"
subtitle: A second line
description: In short.
date: 2026-03-10 09:05:00 +0100
lastmod: 2026-03-11
authors:
  - Ana Reis
  - name: Bo Lund
    url: https://velmar.example/bo
tags: [harbour, no, 2026]
categories: [Local, Sea]
canonical: https://velmar.example/wall
guid: 0042
lang: en-gb
publisher: Velmar Post
image: https://velmar.example/i.jpg
image_caption: The wall
image_credit: Mia Holm
image_alt: stones
corrections:
  - An earlier version named another day.
embargo: 2026-03-10T08:00:00Z
copyright: © Velmar
slug: wall
license: CC-BY
layout: post"""
    )
    assert made == Article(
        headline="The wall: a story",
        alternative_headline="A second line",
        abstract="In short.",
        paragraphs=(Paragraph(LONG),),
        date_published="2026-03-10T09:05:00+01:00",
        date_modified="2026-03-11",
        authors=(Author("Ana Reis"), Author("Bo Lund", "Person", "https://velmar.example/bo")),
        keywords=(Keyword("harbour"), Keyword("no"), Keyword("2026"), Keyword("Sea")),
        section="Local",
        url="https://velmar.example/wall",
        identifier="0042",
        language="en-GB",
        publisher="Velmar Post",
        images=(Image("The wall", "Mia Holm", "https://velmar.example/i.jpg", "stones"),),
        hero=True,
        corrections=("An earlier version named another day.",),
        embargo="2026-03-10T08:00:00Z",
        copyright_notice="© Velmar",
        dropped=("slug: wall", "license: CC-BY", "layout: post"),
        won=made.won,
    )
    assert dict(made.won)["date_published"] == "head: date"


def test_toml_is_a_head_too() -> None:
    made = article(
        '+++\ntitle = "T"\ndate = 2026-03-10T09:05:00+01:00\nlastmod = 2026-03-11\nauthors = ["Ana Reis"]\n'
        f"draft = true\n+++\n{LONG}"
    )
    assert (made.headline, made.authors, made.status) == ("T", (Author("Ana Reis"),), Status.WITHHELD)
    assert (made.date_published, made.date_modified) == ("2026-03-10T08:05:00Z", "2026-03-11")


def test_the_groups_of_site_generators_are_looked_into() -> None:
    made = article(
        f'+++\ntitle = "T"\n[taxonomies]\ntags = ["sea"]\n[extra]\nauthor = "Ana Reis"\nicon = "x"\n+++\n{LONG}'
    )
    assert (made.keywords, made.authors, made.dropped) == ((Keyword("sea"),), (Author("Ana Reis"),), ("icon: x",))
    assert headed("title: T\nparams:\n  author: Bo Lund\n  title: U").headline == "T"


@pytest.mark.parametrize(
    ("head", "status"),
    [("draft: true", Status.WITHHELD), ("draft: false", Status.USABLE), ("published: false", Status.WITHHELD),
     ("published: true", Status.USABLE), ("status: withheld", Status.WITHHELD), ("status: killed", Status.CANCELED)],
)  # fmt: skip
def test_a_draft_is_withheld(head: str, status: Status) -> None:
    assert headed(f"title: T\n{head}").status is status


def test_a_time_without_a_zone_gives_its_day() -> None:
    assert headed("title: T\ndate: 2026-03-10T09:05:00").date_published == "2026-03-10"
    assert headed("title: T\npublished: 2026-03-10").date_published == "2026-03-10"
    assert headed("title: T\ndate: soon").date_published is None


def test_a_cover_with_its_words_in_an_object() -> None:
    made = headed("title: T\ncover:\n  image: https://velmar.example/c.jpg\n  caption: Boats\n  alt: b")
    assert made.images == (Image("Boats", None, "https://velmar.example/c.jpg", "b"),)


def test_values_without_a_meaning_here_are_said() -> None:
    made = headed("title: T\nweight: 5\nmenu:\naliases: [a, b]")
    assert made.dropped == ("weight: 5", "menu:", "aliases: a, b")


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("title: T\ntitle: U", 3),
        ("title: T\nauthor: {name: x", 3),
        ("title: 'T\nx: y", 2),
        ("title: T\n  - x: [", 3),
        ("title: T\na: !!python/object:os.system [x]\na: 1", 4),
        ("title: &a [*a]", None),
        ("title: T\nx: " + "[" * 3000, None),
        (BOMB, None),
    ],
)  # fmt: skip
def test_a_broken_head_is_refused_with_its_line(head: str, line: int | None) -> None:
    with pytest.raises(InvalidFormat) as caught:
        headed(head)
    assert line is None or caught.value.line == line


def test_tags_of_yaml_make_nothing_but_text() -> None:
    assert headed('title: !!python/object/apply:os.system ["echo x"]\nauthor: !x Ana Reis').authors == (
        Author("Ana Reis"),
    )


def test_a_head_of_toml_that_is_broken_or_endless_is_refused() -> None:
    for text in (
        '+++\ntitle = "T\n+++\n',
        '+++\ntitle = "T"\ntitle = "U"\n+++\n',
        "+++\nx = " + "[" * 5000 + "\n+++\n",
    ):
        with pytest.raises(InvalidFormat):
            article(text)
    with pytest.raises(TooLarge):
        article("---\ntitle: T\n" + "x: y\n" * 20_000)
    assert front_matter("no head", "o") is None


# ---- the text -----------------------------------------------------------------------------------------------------


def test_the_text_loses_its_mark_up() -> None:
    made = headed(
        "title: T",
        f"""# T

{LONG} It is **bold**, *leaning* and `code`
on two lines with [a link](https://velmar.example) &amp; more.

> Somebody said
> this.

* one item
* another

1. first

## A heading

| a | b |
|---|---|
| 1 | 2 |

```python
print("x")
```

<div>raw <b>HTML</b></div>

<script>alert(1)</script>

The end.[^1] {{{{< video x >}}}}

[^1]: A remark.
""",
    )
    assert made.paragraphs == (
        Paragraph(f"{LONG} It is bold, leaning and code on two lines with a link & more."),
        Paragraph("Somebody said this.", "quote"),
        Paragraph("one item"),
        Paragraph("another"),
        Paragraph("first"),
        Paragraph("The end."),
    )
    for left in ("A heading", "1 | 2", 'print("x")', "raw HTML", "[^1]: A remark.", "{{< video x >}}"):
        assert left in made.dropped
    assert not any("alert" in one for one in made.dropped)


def test_pictures_are_taken_with_their_titles_as_captions() -> None:
    made = headed(
        "title: T\nurl: https://velmar.example/a",
        f'![Boats](/b.jpg "Boats at noon")\n\n{LONG}\n\n![Wall](w.png)\n*The old wall*\n\n'
        '<figure><img src="/f.jpg"><figcaption>Fish</figcaption></figure>',
    )
    assert made.images == (
        Image("Boats at noon", None, "https://velmar.example/b.jpg", "Boats"),
        Image("The old wall", None, "https://velmar.example/w.png", "Wall"),
        Image("Fish", None, "https://velmar.example/f.jpg", None),
    )
    assert made.body == LONG


def test_the_first_heading_is_the_headline_where_the_head_gives_none() -> None:
    made = article(f"# The *wall* falls\n\n{LONG}\n\n## More\n\n**Nobody** was hurt, the mayor said.\n")
    assert made.headline == "The wall falls"
    assert [one.text for one in made.paragraphs] == [LONG, "Nobody was hurt, the mayor said."]
    assert made.dropped == ("More",)
    assert dict(made.won)["headline"] == "first heading"


def test_html_below_the_head_is_read_where_there_is_nothing_else() -> None:
    made = headed("title: T", f"<p>{LONG}</p>\n\n<p>The end.</p>")
    assert [one.text for one in made.paragraphs] == [LONG, "The end."]


def test_code_indented_by_tabs_is_code() -> None:
    assert headed("title: T", f"{LONG}\n\n\tcode()\n").body == LONG


def test_line_ends_and_hidden_characters_do_not_matter() -> None:
    made = article(f"\ufeff---\r\ntitle: W\u200ball\r\n---\r\n\r\n{LONG}\r\n\r\nThe\u00a0end.\x07\r\n".encode())
    assert (made.headline, made.body) == ("Wall", f"{LONG}\n\nThe end.")


@pytest.mark.parametrize(
    "body",
    ["[" * 20_000, "*a **b " * 5_000, ">" * 20_000, "- " * 5_000, "`" * 20_000, "{{<" * 9_000, "![" * 9_000,
     "<a " * 9_000, "[^a]: x\n" * 3_000, "&a" * 20_000, "\x00a"],
)  # fmt: skip
def test_hostile_text_ends_in_an_article_or_a_refusal(body: str) -> None:
    try:
        made = headed("title: T", body)
    except InputError:
        return
    assert made.headline == "T"


def test_what_is_empty_or_too_long_is_refused() -> None:
    with pytest.raises(EmptyInput):
        article("  \n ")
    with pytest.raises(TooLarge):
        headed("title: T", "word " * 300_000)
