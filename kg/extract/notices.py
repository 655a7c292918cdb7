"""What an outlet says to its readers in whole sentences: appeals to subscribe, notices of rights, words of a form."""

from __future__ import annotations

import re

from kg.extract.lines import key, size

__all__ = ["closing", "notice"]

# What an outlet says about itself and to its readers in whole sentences: a word that little else is written with,
# another of the same trade, and a person or the page addressed.
_APPEAL = re.compile(
    r"\b(?:subscri(?:be|bing|ptions?)|(?:free|paid) subscriber|newsletters?|sign(?:ing)? up|(?:your|the) inbox"
    r"|free trial"
    r"|become a member|reader-(?:supported|funded)|support (?:our|my) (?:work|journalism|reporting)|follow us"
    r"|(?:our|mobile|news) app|smart speaker|push notifications|whatsapp channel|wherever you (?:get|listen)|cookies"
    r"|affiliate|when you (?:buy|click|purchase)|terms of (?:use|service)|privacy policy|javascript|your browser"
    r"|hear from you|get in touch|unsubscribe|ad[- ]free|unlimited access|delayed (?:by )?at least|rush deadline"
    r"|personali[sz]ed? (?:ads|content|advertising)|browsing experience|independently (?:selected|chosen)"
    r"|automatically (?:generated|translated))\b"
)
_TRADE = re.compile(
    r"\b(?:membership|donat(?:e|ion)s?|log(?:ging)? in|register|latest|dab|fm|every hour|this (?:web)?site|commission"
    r"|e-?mail(?: address)?|partners|news tips?|tip|confidential|exclusive|real[- ]time|final form|transcripts?"
    r"|links?|rights|permission|advertis\w+|sponsor\w*|accept|consent|free|app|stories|updates|podcasts?|experience)\b"
)
_ADDRESS = re.compile(
    r"\b(?:you|your|yours|we|our|us|my|this (?:text|site|website|page|story|article|material|content)|data)\b"
)
_OWN_VOICE = re.compile(r"^[\"“«„‘']|\b(?:said|says|told)\b")
_FORMAL = re.compile(
    r"\bmay not be (?:published|reproduced|redistributed|used|copied)\b|\bregistered (?:trademarks?|charity"
    r"|in england)\b"
    r"|\bsubject to copyright\b|\bwithout (?:the )?(?:express |prior )?(?:written )?(?:permission|consent)\b"
    r"|\bif you have a complaint\b|\bpress standards (?:organi[sz]ation|board)\b"
    r"|\bpress council\b.*\b(?:complain|member)"
    r"|\bmake a purchase\b.*\bcommission\b|\b(?:please )?be respectful\b|\bcommunity (?:guidelines|rules|standards)\b"
    r"|^(?:the )?(?:opinions?|views?|statements?)(?: and \w+)? expressed\b|^(?:all|any) (?:content|material) on this\b"
    r"|^the (?:information|material|content)s?\b.{0,40}\bon this (?:web)?(?:site|page)\b|^our standards\b"
    r"|^(?:there was an error|an error (?:has )?occurred|something went wrong|oops\b"
    r"|thanks? (?:you )?for (?:signing|subscribing|reading)"
    r"|you(?:'ve| have) (?:been )?success\w+|please (?:check|enter|try again|confirm|verify|fill)\b"
    r"|your e-?mail address will not"
    r"|required fields|this (?:slideshow|site|page) requires|you must be logged in|i agree\b)"
    r"|^\W*(?:sponsored|promoted|paid|branded) (?:post|content|by)\b|^(?:image|photo|video) (?:copyright|source)\b"
)
_URGED = re.compile(
    r"(?:please )?(?:get|join|sign up|follow|listen|subscribe|share|like|download|tell us|have your say|support"
    r"|want (?:more|to|the)|stay"
    r"|check out|click|visit|read (?:our|more|the)|learn (?:more|how)|find (?:out|us|more)"
    r"|you can (?:also )?(?:view|follow|find|read|listen|watch|sign|buy|hear|contact|reach|email)"
    r"|don't (?:miss|forget)|watch|hear|tune in|email|e-mail|write to|contact|send|call|text|add|enter|register"
    r"|donate|help us"
    r"|give us|let us know|for (?:more|all|further)|if you (?:have|want|like|enjoy\w*|would like|need|are)"
    r"|do you|have you|are you"
    r"|what do you think|love|like this|enjoy\w*|keep up|never miss|discover|explore|see (?:more|also|our|all)"
    r"|buy|order|shop|book|try"
    r"|to (?:read|learn|find|see|get|receive|contact|subscribe|comment|hear))\b"
)
_OURS = re.compile(
    r"\b(?:you|your|our|us|we|me|here|this (?:story|article)|newsletter|facebook|twitter|instagram|youtube|x)\b"
)


def notice(text: str) -> bool:
    """Whether the outlet speaks to its readers about itself: subscriptions, cookies, alerts, rights, forms."""
    if _OWN_VOICE.search(text):
        return False
    low = key(text)
    if _FORMAL.search(low):
        return True
    said = {found.group() for found in _APPEAL.finditer(low)}
    if not said or not _ADDRESS.search(low):
        return False
    return len(said) + len({found.group() for found in _TRADE.finditer(low)}) >= 2


def closing(text: str) -> bool:
    """Whether a line at the end of a text urges readers to do something; inside it the words may be the writer's."""
    low = key(text).lstrip(" *•+>–—-→▶")
    return (
        size(text) <= 45 and not _OWN_VOICE.search(text) and _URGED.match(low) is not None and bool(_OURS.search(low))
    )
