"""Pages whose frame is left out, repeated, closed early or made by other means: a browser shows their article."""

from __future__ import annotations

import pytest

from kg.errors import IncompleteArticle
from kg.extract.html import HtmlReader
from kg.model import Article, Document

SENTENCES = tuple(
    f"The council of Westmere spoke on day {day} about the ferry pier, which has served the {day} shores for years."
    for day in ("one", "two", "three", "four", "five", "six", "seven", "eight")
)
TITLE = "<title>Westmere closes its ferry pier</title>"
HEADING = "<h1>Westmere closes its ferry pier</h1>"
TEXT = "".join(f"<p>{text}</p>" for text in SENTENCES)
OPEN = "".join(f"<p>{text}\n" for text in SENTENCES)
HALF = "".join(f"<p>{text}</p>" for text in SENTENCES[:4]), "".join(f"<p>{text}</p>" for text in SENTENCES[4:])


def read(html: str) -> Article:
    """The one article of a page."""
    origin = "https://courier.example/local/pier"
    (article,) = HtmlReader().read(Document(html.encode(), f"url:{origin}", origin, media_type="text/html"))
    return article


@pytest.mark.parametrize(
    "html",
    [
        f"<!doctype html><html lang=en>{TITLE}<article>{HEADING}{TEXT}</article>",
        f"<!doctype html><html lang=en><meta charset=utf-8>{TITLE}<main>{HEADING}{TEXT}</main>",
        f"<!doctype html><html lang=en>{TITLE}<header><a href=/>Courier</a></header>{HEADING}{TEXT}<footer>c</footer>",
        f"<!doctype html><html lang=en><head>{TITLE}</head><section>{HEADING}{TEXT}</section></html>",
        f"<!doctype html><html lang=en>{TITLE}<script>var a = '<body>';</script><section>{HEADING}{TEXT}</section>",
        f"<!doctype html>{TITLE}<article>{HEADING}{TEXT}</article>",
        f"{HEADING}{TEXT}",
        f"<article>{HEADING}{TEXT}</article>",
        f"<html lang=en>{TITLE}<story-page>{HEADING}{TEXT}</story-page>",
        f"<html lang=en>{TITLE}Westmere Courier {HEADING}{TEXT}",
        f"<html lang=en><head>{TITLE}</head>{HEADING}{HALF[0]}<body class=late>{HALF[1]}</body></html>",
        f"<html lang=en><head>{TITLE}</head><body>{HEADING}{HALF[0]}</body><body>{HALF[1]}</body></html>",
        f"<html lang=en><head>{TITLE}</head><body>{HEADING}</body></html>{TEXT}",
        f"<html lang=en><head>{TITLE}<body>{HEADING}{OPEN}",
        f"<html lang=en><head>{TITLE}</head><body>{HEADING}{'<br>'.join(SENTENCES)}",
        f"<html lang=en><head>{TITLE}</head><body>{HEADING}{'<BR/><BR/>'.join(SENTENCES)}",
        f"<html lang=en><head>{TITLE}</head><body>{HEADING}<plaintext>" + "\n\n".join(SENTENCES),
        f"<html lang=en><head>{TITLE}</head><body>{HEADING}<pre>" + "\n \n".join(SENTENCES) + "</pre>",
        f"<HTML LANG=EN><HEAD>{TITLE}</HEAD><BODY>{HEADING}{TEXT.replace('<p>', '<P>')}</BODY></HTML>",
        (
            '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "">'
            f'<html xmlns="http://www.w3.org/1999/xhtml"><head>{TITLE}</head><body>{HEADING}{TEXT}</body></html>'
        ),
        (
            f"<html lang=en><head>{TITLE}</head><frameset cols='*'><frame src=a.html><noframes><body>{HEADING}{TEXT}"
            "</body></noframes></frameset></html>"
        ),
        f"<html lang=en>{TITLE}<body><x-story><template shadowrootmode=open>{HEADING}{TEXT}</template></x-story>",
        f"<html lang=en>{TITLE}<body><x-story><template shadowrootmode=open>{HEADING}<slot></slot></template>{TEXT}",
        f"<html lang=en>{TITLE}<body>{HEADING}{TEXT}<template><p>{SENTENCES[0].replace('one', 'none')}</p></template>",
        f"<html lang=en>{TITLE}<body><div id=root></div><noscript><article>{HEADING}{TEXT}</article></noscript></body>",
        f"<html lang=en>{TITLE}<body><noscript><p>{SENTENCES[0].replace('one', 'none')}</p></noscript>{HEADING}{TEXT}",
        f"<html lang=en>{TITLE}<body><main hidden>{HEADING}{TEXT}</main></body>",
        f"<html lang=en>{TITLE}<body><main aria-hidden=true>{HEADING}{TEXT}</main></body>",
        f"<!-- a --><!doctype html><!-- b --><html lang=en><!-- c -->{TITLE}<body><!-- <p>x</p> -->{HEADING}{TEXT}<!--",
        f"<html lang=en><head>{TITLE}<div>Courier</div><meta name=x content=y></head><body>{HEADING}{TEXT}</body>",
        f"<html lang=en>{TITLE}<body><div><html><head></head><body>{HEADING}{TEXT}</body></html></div></body></html>",
    ],
)
def test_the_article_is_read_whatever_tags_are_left_out_or_repeated(html: str) -> None:
    article = read(html)
    assert article.headline == "Westmere closes its ferry pier"
    assert tuple(one.text for one in article.paragraphs) == SENTENCES


def test_lines_that_are_no_sentences_stay_one_paragraph() -> None:
    verses = "The tide goes out,<br>the boats lie down,<br>and nobody is left in town."
    article = read(f"<html lang=en>{TITLE}<body>{HEADING}{TEXT}<blockquote>{verses}</blockquote>{TEXT[:0]}</body>")
    assert article.paragraphs[-1].text == "The tide goes out, the boats lie down, and nobody is left in town."


def test_a_set_of_frames_says_where_its_content_is() -> None:
    with pytest.raises(IncompleteArticle, match="stands in frames"):
        read(f"<html lang=en><head>{TITLE}</head><frameset cols='*'><frame src=a.html></frameset></html>")
