"""Whether a page holds an article at all: home pages, lists, error pages and empty shells do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from kg.errors import IncompleteArticle
from kg.extract.lines import size
from kg.extract.markup import Block
from kg.extract.meta import Head

__all__ = ["require"]

_ERROR = re.compile(
    r"\b(?:40[0134]|410|50[0234])\b.*\b(?:error|not found|forbidden|unavailable|gone|denied)\b"
    r"|\b(?:error|page|article|story|content)\b.*\b(?:40[0134]|410|50[0234]|not found|not be found|unavailable|expired"
    r"|no longer (?:available|exists)|not available|does not exist|doesn['’]t exist|removed)\b"
    r"|^(?:40[0134]|410|50[0234])\b|^not found$|access denied|just a moment|attention required|captcha|^forbidden$"
    r"|are you (?:a )?(?:human|robot)|^(?:sorry|oops)\b|service unavailable|checking your browser|^error$",
    re.IGNORECASE,
)


def require(
    found: Sequence[Block],
    indices: Sequence[int],
    texts: Sequence[str],
    head: Head,
    headline: str,
    stated: bool,
    titles: Sequence[str],
    origin: str,
) -> None:
    """Raises :class:`kg.errors.IncompleteArticle` for a page that holds no article, with what is missing."""
    lines = [found[index].text for index in indices] or list(texts)
    prose_size = sum(len(text) for text in lines if size(text) >= 8)
    evidence = (
        stated or (head.first(["og:type"]) or "").lower() in {"article", "news", "blog"} or head.published is not None
    )
    words = sum(size(block.text) for block in found)
    if any(_ERROR.search(title) for title in [headline, *titles[:2]]) and prose_size < 600 and not stated:
        raise IncompleteArticle(f"no article found: the page is an error page ({headline[:80]!r})", origin=origin)
    if not lines:
        raise IncompleteArticle(
            "no body found: "
            + (
                "the page holds no text; its content is made by scripts or stands in frames, "
                "so give the page as a browser shows it"
                if words < 50
                else f"none of the page's {words:,} words stand in paragraphs of an article"
            ),
            origin=origin,
        )
    if evidence:
        return
    if head.canonical and not urlsplit(head.canonical).path.strip("/") and not urlsplit(head.canonical).query:
        raise IncompleteArticle("no article found: the page is a site's home page", origin=origin)
    if prose_size < 140:
        raise IncompleteArticle(
            f"no body found: only {prose_size} characters stand in sentences; a list or a page that scripts fill",
            origin=origin,
        )
    if _listed(found, indices):
        raise IncompleteArticle("no article found: the page is a list of articles", origin=origin)


def _listed(found: Sequence[Block], indices: Sequence[int]) -> bool:
    """Whether the kept paragraphs are the teasers of several articles, each under a linked heading of its own."""
    teasers = 0
    for index in indices:
        before = found[max(0, index - 3) : index]
        if any(block.level and block.links >= 0.8 * len(block.text) for block in before):
            teasers += 1
    return teasers >= 3 and teasers * 2 >= len([index for index in indices if not found[index].level])
