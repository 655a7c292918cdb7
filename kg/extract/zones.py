"""The parts of a page that text may stand in, by the elements, roles and class names that sites share."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

__all__ = ["Zone", "named", "zone_of"]


class Zone:
    """Names of the parts of a page that text may stand in."""

    NAV = "nav"
    FOOTER = "footer"
    ASIDE = "aside"
    FORM = "form"
    CAPTION = "caption"
    CREDIT = "credit"
    COMMENTS = "comments"
    RELATED = "related"
    SHARE = "share"
    LETTER = "newsletter"
    BYLINE = "byline"
    BIO = "bio"
    DEK = "dek"
    DATE = "date"
    POINTS = "points"
    TAGS = "tags"
    NOTICE = "correction"
    NOTE = "notice"
    AD = "ad"
    HIDDEN = "hidden"


# What class names and ids that sites share say of the text inside; the first row that fits counts. A word is a part of
# the name or two parts in a row: "related-links", "relatedLinks" and "m-related" hold the word "related".
_ROWS: tuple[tuple[str, str], ...] = (
    (Zone.COMMENTS, "comment comments disqus respond livefyre coral replies commentlist spotim viafoura"),
    (
        Zone.RELATED,
        (
            "related recommended recommendation recommendations recirc recirculation readmore outbrain taboola trending"
            " popular mostread mostpopular zergnet promo promos seealso crosslink crosslinks teaser teasers upnext"
            " recommends morefrom"
        ),
    ),
    (Zone.LETTER, "newsletter newsletters subscribe subscription signup optin mailchimp paywall regwall inbox"),
    (Zone.SHARE, "share sharing shares social sharebar sharedaddy addthis sociable followus addtoany"),
    (Zone.NOTICE, "correction corrections clarification clarifications erratum editorsnote editornote"),
    (Zone.CREDIT, "credit credits copyright photocredit imagecredit attribution photographer"),
    (Zone.CAPTION, "caption captions figcaption legend cutline imagecaption photocaption wpcaption"),
    (Zone.BIO, "authorbio bio bios authorbox authorinfo aboutauthor abouttheauthor authordescription"),
    (Zone.BYLINE, "byline bylines author authors writer contributor contributors submitted"),
    (
        Zone.DEK,
        (
            "dek standfirst subtitle subheadline subhead subheading deck articlesummary strapline intro excerpt lede"
            " introtext sapo chapeau"
        ),
    ),
    (
        Zone.DATE,
        "date datetime timestamp pubdate published dateline updated postmeta entrymeta publishdate",
    ),
    (Zone.POINTS, "keypoints highlights keytakeaways takeaways keyfacts bulletpoints"),
    (Zone.TAGS, "tags taglist breadcrumb breadcrumbs topics categories keywords crumbs"),
    (
        Zone.AD,
        "ad ads advert adverts advertisement sponsor sponsored adsense dfp adslot advertising adunit",
    ),
    (Zone.NOTE, "cookie cookies consent gdpr disclaimer"),
    (Zone.NAV, "nav navigation navbar menu sitenav skip skiplink pagination pager"),
    (Zone.FOOTER, "footer pagefooter sitefooter colophon"),
)
_NAMED = {word: rank for rank, (_, row) in enumerate(_ROWS) for word in row.split()}
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_TAG_ZONE = {
    "nav": Zone.NAV,
    "footer": Zone.FOOTER,
    "aside": Zone.ASIDE,
    "form": Zone.FORM,
    "figcaption": Zone.CAPTION,
    "time": Zone.DATE,
}
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def zone_of(node: Any, tag: str) -> str | None:
    """The zone that an element opens by its name, its role or its class names, or None."""
    by_tag = _TAG_ZONE.get(tag)
    if by_tag is not None:
        return by_tag
    if node.get("hidden") is not None or (node.get("style") and _HIDING.search(node.get("style"))):
        return Zone.HIDDEN
    role = node.get("role")
    if role in {"navigation", "contentinfo", "complementary", "search", "menu", "dialog"}:
        return {"contentinfo": Zone.FOOTER, "complementary": Zone.ASIDE}.get(role, Zone.NAV)
    if tag in {"body", "html", "article", "main"}:
        return None
    names = f"{node.get('class') or ''} {node.get('id') or ''}"
    if node.get("data-component") or node.get("data-testid"):  # where class names are made by machines
        names = f"{node.get('data-component') or ''} {node.get('data-testid') or ''} {names}"
    if len(names) < 3:
        return None
    return named(names[:400])


def named(names: str) -> str | None:
    """The zone that class names speak of."""
    best: int | None = None
    for name in names.split()[:24]:
        parts = [part.lower() for part in _TOKEN.findall(name)]
        for word in (*parts, *(one + two for one, two in pairwise(parts))):
            rank = _NAMED.get(word)
            if rank is not None and (best is None or rank < best):
                best = rank
    return None if best is None else _ROWS[best][0]
