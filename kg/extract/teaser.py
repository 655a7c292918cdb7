"""What publishing systems add to the text of a feed: where it first appeared, how to read on, what to share."""

from __future__ import annotations

import re

from kg.extract.furniture import furniture
from kg.extract.lines import size
from kg.extract.notices import notice

__all__ = ["elsewhere", "footer", "furnished", "onward", "uncontinued"]

# The line WordPress and its likes put below each item, in the languages it is translated to most.
_FOOTERS = re.compile(
    r"(?:the (?:post|article) .{0,400} (?:appeared first|first appeared) on .{1,200}"
    r"|(?:der|dieser) (?:beitrag|artikel) .{0,400}erschien zuerst (?:auf|bei) .{1,200}"
    r"|(?:l['’](?:article|actualité)|cet article) .{0,400}est apparu en premier sur .{1,200}"
    r"|(?:la entrada|el artículo|este artículo) .{0,400}(?:se publicó primero en|apareció primero en) .{1,200}"
    r"|(?:l['’]articolo|questo articolo) .{0,400}(?:proviene da|sembra essere il primo su) .{1,200}"
    r"|(?:o|a) (?:post|artigo|conteúdo|matéria) .{0,400}aparece(?:u)? primeiro em .{1,200}"
    r"|het (?:bericht|artikel) .{0,400}(?:verscheen|is) (?:het )?eerst(?:e)? (?:op|verschenen op) .{1,200}"
    r"|inlägget .{0,400}dök först upp på .{1,200}"
    r"|indlægget .{0,400}blev først udgivet på .{1,200}"
    r"|innlegget .{0,400}dukket først opp på .{1,200}"
    r"|artykuł .{0,400}pochodzi z serwisu .{1,200})",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"this (?:article|story|post|piece|interview|report|column|essay|text) (?:was )?(?:originally|first)"
    r" (?:published|appeared|posted) (?:in|on|at|by) .{1,160}"
    r"|.{1,250} was originally published in .{1,160} where people are .{1,200}",
    re.IGNORECASE,
)
_ONWARD = re.compile(
    r"\W*(?:continue reading|read (?:more|on|the (?:full|whole|rest)|full)|more\b|keep reading|click here"
    r"|full (?:story|article)|view (?:original|the full)|weiterlesen|mehr lesen|lire la suite|en savoir plus|leer más"
    r"|seguir leyendo|continua a leggere|leia mais|lees (?:meer|verder)|läs mer|les mer|læs mere)\b.{0,160}",
    re.IGNORECASE,
)
_SHORTCODE = re.compile(r"\[/?[a-z][\w-]*(?:\s[^\[\]]*)?/?\]")  # of WordPress, whose plug-in is gone
_CUT = re.compile(r"\s*(?:…\s*)?(?:\[\s*(?:…|\.{3}|&hellip;|\+\d+ chars)\s*\]|\(\s*(?:…|\.{3})\s*\))\s*$")
_MORE = re.compile(
    r"\s*[\[(]\s*(?:more|mehr|weiter|weiterlesen|suite|lire|más|segue|meer|mer)\s*(?:…|\.{3}|→|»)?\s*[\])]$",
    re.IGNORECASE,
)
_ARROW = re.compile(
    r"(?:(?<=[.!?…\])”\"’])\s*|^)(?:continue reading|read more|weiterlesen|lire la suite|leer más)\b[^.!?]{0,200}$",
    re.IGNORECASE,
)


def footer(text: str) -> bool:
    """Whether the line only says where the article first appeared."""
    return len(text) <= 700 and _FOOTERS.fullmatch(text) is not None


def elsewhere(text: str) -> bool:
    """Whether the last line of a text says where it, or something of its name, was printed before."""
    return footer(text) or (len(text) <= 400 and _BEFORE.fullmatch(text) is not None)


def onward(text: str) -> bool:
    """Whether the line leads to the rest of the text: what stands above it is not all of it."""
    return size(text) <= 30 and _ONWARD.fullmatch(text) is not None


def furnished(text: str, *, linked: bool) -> bool:
    """Whether the paragraph leads elsewhere and says nothing: a link to the rest, a call to share or to sign up.

    ``linked`` tells that all of it is one link; then less is needed.
    """
    if len(text) > 1500:
        return False
    if notice(text) or _SHORTCODE.fullmatch(text):
        return True
    if size(text) > 30:
        return False
    if linked:
        return _ONWARD.fullmatch(text) is not None or furniture(text) or size(text) <= 1
    return 2 <= size(text) <= 15 and furniture(text)


def uncontinued(text: str) -> tuple[str, bool]:
    """A summary without the mark that it goes on (``[…]``, ``Continue reading →``), and whether it had one."""
    cut = _CUT.sub("", _MORE.sub("", _CUT.sub("", _ARROW.sub("", text))))
    return (cut.rstrip(), True) if cut != text else (text, False)
