"""What an outlet says to its readers in whole sentences: appeals to subscribe, notices of rights, words of a form."""

from __future__ import annotations

import re

from kg.extract.lines import key, size

__all__ = ["closing", "notice"]

# What an outlet says about itself and to its readers in whole sentences: a word that little else is written with,
# another of the same trade, and a person or the page addressed.
_APPEAL = re.compile(
    r"\b(?:subscri(?:be|bing|ptions?)|(?:free|paid) subscriber|newsletters?|sign(?:ing)? up|(?:your|the) inbox"
    r"|free trial|leave (?:a )?comments?|create (?:your|an?) (?:\w+ ){0,3}(?:id|account)"
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
_OPENS = re.compile(
    r"(?:the )?(?:opinions?|views?|statements?)(?: and \w+)? expressed\b|(?:all|any) (?:content|material) on this\b"
    r"|the (?:information|material|content)s?\b.{0,40}\bon this (?:web)?(?:site|page)\b|you(?:'re"
    r"| are) receiving this\b"
    r"|your (?:personal )?(?:information|data|details) (?:is|are|will be) (?:being )?(?:handled|used|processed"
    r"|stored)\b"
    r"|our standards\b|for (?:all )?the latest\b.*\b(?:follow|download|subscribe|visit|click|sign up)\b"
    r"|i agree (?:to|that)\b.*\b(?:send|terms|newsletter|privacy)\b|\W*(?:sponsored|promoted|paid"
    r"|branded) (?:post|content|by)\b"
    r"|(?:image|photo|video) (?:copyright|source)\b"
)
_FORM = re.compile(  # what a form on the page answers
    r"there was an error|an error (?:has )?occurred|something went wrong|oops\b|thanks? (?:you )?for (?:signing"
    r"|subscribing|reading)"
    r"|you(?:'ve| have) (?:been )?success\w+|please (?:check|enter|try again|confirm|verify|fill)\b"
    r"|your e-?mail address will not"
    r"|required fields|this (?:slideshow|site|page) requires|you must be logged in"
)
_RIGHTS = re.compile(
    r"\bmay not be (?:\w+ )?(?:published|reproduced|redistributed|used|copied|broadcast)\b"
    r"|\bregistered trademarks? of\b"
    r"|\bsubject to copyright\b|\bwithout (?:the )?(?:\w+ ){0,2}(?:permission|consent)\b|\bmake a purchase\b"
    r"|\bif you have a complaint\b|\bpress standards (?:organi[sz]ation|board)\b|\bplease be respectful\b"
    r"|\bcommunity (?:guidelines|rules|standards)\b"
)
_RIGHTS_HINTS = (
    "may not be",
    "trademark",
    "copyright",
    "permission",
    "consent",
    "purchase",
    "complaint",
    "respectful",
    "community",
)
_MATERIAL = re.compile(
    r"\b(?:this|our|the|all) (?:material|content|articles?|(?:web)?site|document|page|publication|stor(?:y|ies)"
    r"|work|links?)\b"
    r"|\btrademarks? of\b|\b(?:editorial|comments?|commission|contact the editor)\b"
)
_URGED = re.compile(
    r"(?:please )?(?:get (?:the|our|breaking|all|more)|join (?:us|our|the)|sign up|follow (?:us|our|@|\S+ on)"
    r"|listen|subscribe"
    r"|tell us|have your say|want (?:more|to (?:get|read|know))|stay (?:up|tuned|informed|connected)"
    r"|check out (?:our|more|the)"
    r"|click|visit (?:our|us|the)|read (?:our|more)|learn (?:more|how)|find (?:out more|us)"
    r"|you can (?:also )?(?:view|follow|find"
    r"|read|listen|watch|sign|buy|hear|contact|reach|email)|don't (?:miss|forget to)|tune in|let us know"
    r"|give us|help us"
    r"|for (?:more|all|further) (?:information|news|stories|details|updates|on)|like this|never miss|donate"
    r"|share (?:this|your)|support (?:our|us|independent|local|\w+ and)|see (?:more|all|our)|keep up)\b"
)
_ASKED = re.compile(
    r"(?:please )?(?:if you|do you|have you|are you|what do you|to (?:read|learn|find|see|get|receive|contact|subscribe"
    r"|comment|hear)|e-?mail|write to|contact|reach|send|call|buy|order|book|download|watch|register|try|enjoy\w*"
    r"|tried)\b"
)
_PLACE = re.compile(
    r"\b(?:here|e-?mail|comments?|contact|click|tip|below|tickets?|online|website|newsletter|podcast|facebook"
    r"|twitter|instagram"
    r"|youtube|app|subscribe|our (?:page|site|team|coverage|editors?))\b|@|https?:|\bwww\."
)
_OURS = re.compile(r"\b(?:you|your|our|us|we|me|here|this (?:story|article))\b|@")


def notice(text: str) -> bool:
    """Whether the outlet speaks to its readers about itself: subscriptions, cookies, alerts, rights, forms."""
    if _OWN_VOICE.search(text):
        return False
    low = key(text)
    if _OPENS.match(low) or (_FORM.match(low) and size(text) <= 20):
        return True
    if any(hint in low for hint in _RIGHTS_HINTS) and _RIGHTS.search(low) and _MATERIAL.search(low):
        return True
    said = {found.group() for found in _APPEAL.finditer(low)}
    if not said or not _ADDRESS.search(low):
        return False
    return len(said) + len({found.group() for found in _TRADE.finditer(low)}) >= 2


_WRITER = re.compile(r"\(?the (?:writer|author|columnist)s? (?:is|are|was|teach(?:es)?|lives?|works?|can be)\b")
_DISCLOSED = re.compile(r"(?:full )?disclosures?(?: statement)?\s*:\s*\S")


def closing(text: str) -> bool:
    """Whether a line at the end of a text urges readers to do something; inside it the words may be the writer's."""
    low = key(text).lstrip(" *•+>–—-→▶")
    if size(text) <= 45 and (_WRITER.match(low) or _DISCLOSED.match(low)):
        return True
    if size(text) > 45 or _OWN_VOICE.search(text) or not _OURS.search(low):
        return False
    return _URGED.match(low) is not None or (_ASKED.match(low) is not None and _PLACE.search(low) is not None)
