"""What an outlet says to its readers about itself inside a page's text: offers, addresses, rules, who writes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.extract.lines import size

__all__ = ["about", "call", "closing", "contact", "fields", "noise", "offer"]

_CALL = re.compile(
    r"\W*(?:click here|tap here|sign up|subscribe|follow|like us|join us|download (?:our|the)|get the latest|get more"
    r"|for more|read more|read also|see also|also read|related|more|watch|listen|have a (?:news )?tip|e-?mail|contact"
    r"|this (?:article|story|post) (?:was )?(?:originally|first) (?:appeared|published)|support our|don['’]t miss"
    r"|like this (?:story|article)|enjoyed? this (?:story|article)|share this|source|photos?|tags?|topics?)\b",
    re.IGNORECASE,
)
# Sentences in which any outlet speaks about itself to the reader.
_OFFER = re.compile(
    r"\bif you (?:enjoyed|liked) this (?:article|story|post)\b"
    r"|\bif you buy (?:something|anything|a product)?.{0,40}\b(?:link|post)"
    r"|\b(?:earns?|receives?|get|gets) (?:an? )?(?:\w+ )?(?:commission|share of the sale)\b"
    r"|\blike this (?:story|article|post)\? share\b|\b(?:through|to) your (?:letterbox|inbox)\b"
    r"|\b(?:sign up|subscribe)\b.{0,60}\b(?:newsletter|inbox|e-?mails?|alerts?|podcast|channel)\b"
    r"|\bhave an? (?:news )?(?:tip|story)\b.{0,20}\?|\b(?:an error has occurred|please try again later)\b"
    r"|\bthis (?:article|story) has been (?:sent|shared|e-?mailed|saved)\b"
    r"|\bcommitted to publishing a diversity of letters\b|\b(?:moderat\w+|approv\w+) (?:all )?(?:the )?comments\b"
    r"|\bour (?:privacy policy|terms of (?:use|service))\b"
    r"|\bfollow (?:her|him|them|us|me) on (?:twitter|x|instagram|facebook)\b"
    r"|\breach (?:the reporters?|her|him|them) (?:on|at)\b",
    re.IGNORECASE,
)
_REACH = re.compile(
    r"\b(?:write to|reach(?:ed)?|e-?mail|contact|follow|tweet)\b.{0,80}(?:\S@\S|@\w+|twitter|facebook|instagram)"
    r"|^\W*more \S.{0,40}https?://",
    re.IGNORECASE,
)
_BIO = re.compile(r"\b(?:is|are|was|has|covers|writes|reports|can be|joined)\b", re.IGNORECASE)
_ABOUT = re.compile(
    r"\W*(?:about (?:the )?(?:authors?|writers?|us\b|[^\W\d_a-z])|notes? to editors?|(?:media )?contacts?:?$).{0,50}",
    re.I,
)
_DATED = re.compile(r"\W*(?:\w+\W+){0,2}\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b")
_FIELD = re.compile(r"(?:^|[-–|·•,])\s*[^\W\d][\w ]{2,24}:(?=\s)")
# How readers' comments are chosen, in the words of several languages; in closing paragraphs only.
_MODERATED = re.compile(
    r"\b(?:comments?|coment[aá]rios?|commentaires?|kommentare?n?|commenti|reacties|комментари\w+)\b.{0,160}"
    r"\b(?:moderat\w+|moderad\w+|modér\w+|moderier\w+|moderazione|freigeschaltet|модератор\w*)\b",
    re.IGNORECASE,
)
# An outlet or a firm about itself, in closing paragraphs.
_SELF = re.compile(
    r"(?:,? (?:inc|ltd|llc|plc|gmbh|ag|s\.?a)\b\.?)?,? (?:\([^()]{1,60}\),? )?"
    r"(?:(?:is|are|ist|est|es|è|é) (?:an?|the|one|headquartered|based|owned|published|eine?|une?|una|uno|uma?"
    r"|el|la|le|il|een|de|der|die|das)|was founded|wurde)\b",
    re.IGNORECASE,
)
# What a broken template shows: shortcodes and program text.
_NOISE = re.compile(
    r"\[/?[a-z]\w*(?:\s+\w+=|\])|(?:var|let|const)\s+\w+\s*=|function\s*\w*\(|window\.\w+"
    r"|\{\s*[\w\"']+\s*:|<!--|\(function\b"
    r"|(?:last |first )?(?:updated|published|posted)\b(?=.*\d)(?:\W+[\w:.]+){1,7}\W*$",
    re.IGNORECASE,
)


def call(text: str) -> bool:
    """Whether a line of links begins as a call to do something (``Read more``, ``Subscribe``)."""
    return _CALL.match(text) is not None


def offer(text: str) -> bool:
    """Whether the outlet speaks to its readers about itself: an offer, a form, an address to write to."""
    return size(text) <= 60 and _OFFER.search(text) is not None


def contact(text: str) -> bool:
    """Whether a few words say where the writer is to be written to."""
    return size(text) <= 14 and "@" in text and _REACH.search(text) is not None


def fields(text: str) -> bool:
    """Whether a line is a row of a date and named fields (``12/03/2026 - Published by: … - Tags: …``)."""
    return len(text) <= 300 and _DATED.match(text) is not None and len(_FIELD.findall(text)) >= 2


def noise(text: str) -> bool:
    """Whether a line is what a broken template shows."""
    return _NOISE.match(text) is not None


def about(text: str) -> bool:
    """Whether a title opens what is said of the author or the firm, behind the article."""
    return _ABOUT.fullmatch(text) is not None


def closing(text: str, *, linked: bool, authors: Iterable[str], outlets: Iterable[str]) -> bool:
    """Whether the last paragraph is none of the article: a call, an address, or about the author or the outlet.

    The names are in lower case, the outlets' without their article.
    """
    words = size(text)
    if _CALL.match(text) and (linked or words <= 25):
        return True
    start = text.casefold()
    if words <= 80 and any(start.startswith(name) for name in authors) and _BIO.search(text):
        return True
    if (words <= 50 and _REACH.search(text)) or (words <= 60 and _MODERATED.search(text)):
        return True
    start = start.removeprefix("the ")
    return any(start.startswith(name) and _SELF.match(start[len(name) :]) for name in outlets)
