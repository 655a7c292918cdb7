"""What a page prints around an article: menus, buttons, boxes, notices. Tables of generic words, no outlet's own."""

from __future__ import annotations

import re

from kg.extract import notices
from kg.extract.lines import capitalised, ends_sentence, key, size
from kg.extract.words import ALONE, BOX, BUTTONS, ENDING, MEDIA, MENU, SECTIONS, TOP

__all__ = [
    "box",
    "breadcrumb",
    "copyright_holder",
    "ending",
    "furniture",
    "media_name",
    "menu_word",
    "run_on",
    "section_name",
]


_BOX_OPENING = re.compile(
    r"(?:read|see) more(?: \S+){1,4}"
    r"|(?:more|latest|read more|other stories|further stories|related (?:coverage|stories|news))"
    r" (?:from|on|about|in) \S+(?: \S+){0,4}"
)


# Beginnings of lines; what follows is the furniture's own text.
_BEGINS = re.compile(
    r"(?:"
    r"(?:lesen sie auch|mehr dazu|[àa] lire aussi|lire aussi|lee también|le puede interesar|leggi anche|lees ook"
    r"|leia também)\s*[:|>»]\s*\S"
    r"|(?:read (?:also|more|next|this)|also read|see also|more(?: on this)?|related(?: \w+)?|recommended|watch|listen"
    r"|video|don't miss|must read)\s*[:|>»]\s*\S"
    r"|(?:sign up|signup)\s+(?:now\s+|here\s+)?(?:for|to)\s+(?:our|the|free|daily|a|get|receive)\b"
    r"|subscribe\s+(?:now\s+|here\s+)?(?:to|for)\s+(?:our|the|free|unlimited|continue|read)\b"
    r"|get (?:the|our|all the)\s.*\b(?:newsletter|inbox|app|alerts|updates)\b"
    r"|(?:our |the |daily |free )?newsletter\b.{0,80}$"
    r"|follow (?:us|@\w+"
    r"|\S+(?: \S+){0,3} on (?:x|twitter|facebook|instagram|linkedin|youtube|tiktok|bluesky|google news))\b"
    r"|(?:like|find|join) us on\b"
    r"|download (?:our|the)\b.*\bapp\b"
    r"|(?:this (?:audio|article|story) (?:is|was) )?(?:produced|narrated|voiced|read"
    r"|generated) by\b.{0,60}\b(?:narration|audio|ai)\b"
    r"|(?:support|funding) for this (?:project|story|article|reporting|series)\b"
    r"|follow (?:topics|authors|this (?:topic|author|story)|the author)\b"
    r"|\((?:updates?|adds|recasts|rewrites|refiles|repeats)\b[^()]*\)$"
    r"|(?:show|hide|load|see|view) (?:more|all|less|fewer)(?: [\w-]+){1,4}$"
    r"|(?:issue|vol(?:ume)?|edition)\.? (?:no\.? ?)?\d+(?:\s*[,|·•/–-].{0,40})?$"
    r"|click here\b|tap here\b"
    r"|have (?:a|you got a) (?:news )?(?:tip|story)\b"
    r"|do you have (?:a|any) (?:news )?(?:tip|story|information)\b"
    r"|(?:log|sign) in (?:to|or)\b|create (?:a|your) (?:free )?account\b"
    r"|(?:support|back) (?:independent|our|quality|local) (?:journalism|reporting)\b"
    r"|(?:already|not yet) a (?:subscriber|member)\b"
    r"|(?:we|our (?:site|website|partners)|this (?:site|website)|[^.]{1,40}?) uses? cookies\b"
    r".*\b(?:you|your|site|website)\b"
    r"|we use cookies\b|by (?:using|continuing|clicking|choosing|closing|browsing"
    r"|signing (?:up|in)|subscribing|registering|submitting|entering)\b.*\byou (?:agree|accept|consent)\b"
    r"|(?:accept|reject|allow|manage|decline|view|refuse)(?: \w+){0,3} cookies$|cookie (?:settings|preferences"
    r"|choices)$"
    r"|(?:please )?enable javascript\b|you are using an? (?:old|outdated|unsupported) browser\b"
    r"|you (?:can|may) (?:unsubscribe|opt out) (?:at )?any ?time\b|unsubscribe (?:at )?any ?time\b"
    r"|mit (?:der|ihrer|deiner) anmeldung\b.*\b(?:stimmen sie|akzeptieren sie|stimmst du|akzeptierst du)\b"
    r"|published in the (?:print|paper) (?:edition|issue|version)\b"
    r"|(?:choose|add|make|set|select|mark) .{2,50} (?:as|to|among) (?:a|one of |your )*preferred (?:news )?sources?\b"
    r"|this copy is for your personal\b"
    r"|comments are (?:closed|off|disabled)\b|comments on this (?:article|story) are\b"
    r"|(?:tags?|topics?|keywords?|filed under|filed in|posted in|in this article|more about|subjects?)\s*:"
    r"|(?:licen[cs]e|copyright|disclaimer|isbn|issn)\s*:"
    r"|this (?:article|story|report) (?:first appeared|was (?:first|originally) published)\b"
    r"|(?:this|the) (?:article|story|report|essay|piece|review) (?:appears|appeared|is (?:taken|adapted"
    r"|excerpted)) (?:in|from)\b"
    r"|(?:interview by [^.]{2,60}\. )?(?:this|the) (?:interview|conversation|transcript|q&a"
    r"|discussion) (?:has been|was|is) "
    r"(?:\w+ ){0,3}(?:edited|condensed|abridged|shortened)\b"
    r"|pin (?:it|this)\b"
    r"|(?:is|was) this (?:page|article|story|information) (?:useful|helpful)\b"
    r"|views? expressed\b|the views expressed\b"
    r")",
    re.IGNORECASE,
)
# Sentences in which the outlet speaks of this article and of itself.
_SPEAKS = re.compile(
    r"\(?(?:"
    r"you(?:'ve| have) (?:reached|read|used) (?:your|all|the)\b.{0,40}\b(?:articles?|limit)\b"
    r"|this (?:story|article|content) is (?:available )?(?:exclusively |only )?(?:available )?(?:to"
    r"|for) (?:our )?(?:paying )?"
    r"(?:subscribers|members|registered)\b"
    r"|(?:we|our \w+) rel(?:y|ies) on (?:advertising|readers|donations|your)\b|subscribe (?:today|now) to\b"
    r"|want to read more\?"
    r"|(?:your|every) (?:support|contribution|donation|gift) (?:makes|helps|keeps)\b"
    r"|our (?:journalism|reporting|newsroom) (?:is|depends)\b|support local (?:journalism|news)\b"
    r"|if you (?:have been|are|were) affected by (?:any of )?(?:the )?issues\b|for confidential (?:support|help"
    r"|advice)\b"
    r"|for more (?:stories|news|coverage) like this\b|join the conversation\b"
    r"|watch the (?:full )?(?:video|clip|moment|trailer|interview) (?:above|below)\b|scroll (?:down|through) (?:to"
    r"|for|the)\b"
    r"|(?:contact|reach|e-?mail)\b[^.]{2,60}\b(?:at|on|via) (?:\S{1,64}@|@|\d{3})"
    r"|this (?:report|article|story) by .{3,60} was (?:first|originally) published\b"
    r"|this (?:article|story|piece|essay|column) (?:is|was|has been) (?:republished|reprinted|syndicated|co-published"
    r"|produced|supported by|part of|made possible|funded by|reproduced|adapted|translated|auto-generated)\b"
    r"|this is a (?:developing|breaking)(?: news)? story\b"
    r"|this (?:breaking )?(?:news )?(?:story|article|page|post) (?:is developing|(?:will|is) be(?:ing)? updated)\b"
    r"|more (?:to follow|follows|to come)\W*$"
    r"|this (?:story|article|report|copy) has not been edited\b|note: this (?:article|story)\b|editor's note\s*:"
    r"|(?:the|this) (?:content|information|material) is (?:provided|intended) for (?:information|general|educational)\b"
    r"|\S+(?: \S+){0,4} is not responsible for the content\b"
    r"|read (?:the|our) (?:original|full) (?:article|story|version)\b|read our (?:guide|terms|policy|privacy"
    r"|community)\b"
    r"|be the first to (?:comment|know|share|react)\b|report an? (?:error|typo|mistake|correction)\b"
    r"|stay (?:informed|up to date|connected)\b|share this (?:article|story|page)\b|to (?:comment"
    r"|leave a comment)(?: on this \w+)?,"
    r"|reporting (?:was|is) (?:also )?contributed by\b"
    r"|a version of this (?:article|story|essay|column|review) (?:appears|appeared|was|will|first)\b"
    r")",
    re.IGNORECASE,
)
_COUNTS = re.compile(
    r"(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})|\d+\s*(?:[-–]\s*)?(?:min(?:ute)?s?|sec(?:ond)?s?)(?:\s+(?:read|listen"
    r"|watch|video))?"
    r"|(?:reading|listening) time\W*\d+\s*(?:min\w*|m)\.?"
    r"|(?:lesezeit|lecture|temps de lecture|tempo di lettura|lectura|leestijd)\W*\d+\s*min\w*\.?"
    r"|\d+ min\w*\.? (?:de lecture|de lectura|lesezeit|di lettura|leestijd|de leitura)"
    r"|(?:listen|play|watch)\s*\(?\s*\d+[:\d]*\s*(?:min\w*)?\)?"
    r"|[\d.,]+\s?[km]?\s+(?:views?|shares?|comments?|likes?|reads|followers|replies|retweets|reactions)"
    r"|(?:views?|shares?|comments?|likes?|reads)\s*[:(]?\s*[\d.,]+\s?[km]?\)?"
    r"|page\s+\d+(?:\s+of\s+\d+)?|\d+\s*/\s*\d+|\d+ of \d+|\d+"
    r"|\d+ (?:seconds?|minutes?|hours?|days?|weeks?|months?|years?) ago",
    re.IGNORECASE,
)
_END_SIGN = re.compile(r"#\s?#\s?#|[-–—*]\s*(?:ENDS?|30|Ends)\s*[-–—*]|ENDS")
_REPLIES = re.compile(r"(?:\d+|one) (?:responses?|replies|reply|comments?|thoughts?) (?:to|on|so far|for)\b.{0,200}")
_COPYRIGHT = re.compile(r"^(?:copyright\b|©|\(c\)\s)|\ball rights reserved\b|©\s*\d{4}|\b\d{4}\s*©", re.IGNORECASE)
_COMPANY = re.compile(
    r"(?:,?\s+(?:pvt|private|ltd|limited|llc|inc|gmbh|plc|corp|s\.?a|s\.?r\.?l|b\.?v|ag|pty|co)\.?)+$", re.IGNORECASE
)
_YEARS = re.compile(r"\b(?:19|20)\d{2}(?:\s*[-–]\s*(?:(?:19|20)?\d{2}))?\b")

_SENTENCE_END = re.compile(r"[.!?…:;。！？؟۔।]|,\s.*,\s")
_SKIP = re.compile(
    r"^(?:\w+ )?(?:skip|jump) to (?:\w+ ){0,2}(?:content|navigation|recipe|comments|article)$"
    r"|^\[?/?[a-z_]+(?: \w+=\"[^\"]*\")+\]?$"  # a blog program's own mark-up
)
_HOME = frozenset(
    {"home", "homepage", "front page", "start", "startseite", "accueil", "inicio", "início", "portada", "à la une"}
)
_SEPARATOR = re.compile(r"\s+[>/|»›→·•]\s+|\s*[>»›→|]\s*")
_TAIL = " :.!…>»→↓›0123456789()[]"  # counts and marks behind a label


def _bare(text: str) -> str:
    bare = key(text).strip(" [](){}*#-_=~|<>»«→")
    return bare if bare.isdigit() else bare.rstrip(_TAIL)


def furniture(text: str) -> bool:
    """Whether the line is furniture by its own words: a button, a label, a notice, a link to elsewhere."""
    if len(text) > 400:
        return False
    bare = _bare(text)
    if not bare or bare in ALONE or bare in MENU or _SKIP.search(bare) or bare in BOX or _COUNTS.fullmatch(bare):
        return True
    if (
        copyright_holder(text) is not None
        or _buttons(bare)
        or _menu(bare)
        or re.fullmatch(r"(?:\d+[.)]\s+)?(?:https?://|www\.)\S+", bare)
    ):
        return True
    parts = _SEPARATOR.split(bare)
    if len(parts) >= 2 and all(part.strip() in ALONE or part.strip() in MENU for part in parts):
        return True
    return size(text) <= 60 and (
        _BEGINS.match(low := key(text)) is not None or _SPEAKS.match(low) is not None or notices.notice(text)
    )


def run_on(text: str) -> bool:
    """Whether many words stand in a row without a sentence among them: menus and tags run together."""
    return size(text) >= 30 and not _SENTENCE_END.search(text) and len(text) <= 20_000


def _menu(bare: str) -> bool:
    """Whether the line is a row of section names without separators."""
    parts = bare.split()
    return 3 <= len(parts) <= 20 and all(part == "home" or part in SECTIONS or part in MENU for part in parts)


def _buttons(bare: str) -> bool:
    parts = re.findall(r"[^\s|/,·•()]+", bare)
    if not parts or len(parts) > 30:
        return False
    known = sum(part in BUTTONS or part.isdigit() for part in parts)
    return known == len(parts) and not (len(parts) == 1 and parts[0] in {"a", "x", "on", "to", "via", "this", "page"})


def box(text: str) -> bool:
    """Whether the line opens a box of links to other articles."""
    bare = _bare(text)
    if bare in BOX:
        return True
    return size(text) <= 7 and not ends_sentence(text) and _BOX_OPENING.fullmatch(bare) is not None


def ending(text: str) -> bool:
    """Whether nothing of the article comes after this line (readers' comments, the outlet's footer)."""
    if _END_SIGN.fullmatch(text):
        return True
    return re.sub(r"^\d+\s+", "", _bare(text)) in ENDING or _REPLIES.fullmatch(key(text)) is not None


def copyright_holder(text: str) -> str | None:
    """The holder that a copyright line names, an empty string when it names none, None when it is no such line."""
    if len(text) > 400 or not _COPYRIGHT.search(text):
        return None
    if not re.match(r"\s*(?:copyright|©|\(c\))", text, re.IGNORECASE) and size(text) > 30:
        return None
    rest = re.split(r"[-–—.,;|·•]?\s*\ball rights reserved", text, maxsplit=1, flags=re.IGNORECASE)[0]
    rest = re.sub(r"©|\(c\)|\bcopyright\b", " ", rest, flags=re.IGNORECASE)
    rest = _YEARS.sub(" ", rest).strip(" ,.;:-–—|·•")
    rest = re.sub(r"^(?:by|of)\s+", "", re.split(r"\s*[,;|•·]\s+|\.\s+", rest, maxsplit=1)[0].strip())
    rest = _COMPANY.sub("", rest)
    if not re.search(r"©|\(c\)|\d{4}", text, re.IGNORECASE) and size(text) <= 4:  # "Copyright Policy"
        return ""
    if rest and rest in text and capitalised(rest) and size(rest) <= 6:
        return rest
    return ""


def breadcrumb(text: str) -> str | None:
    """The section a line of segments states, as printed but without a leading Home; empty for a menu, None for neither.

    A menu holds more than four segments, or one that is no section (Contact, Subscribe …).
    """
    if len(text) > 300 or ends_sentence(text) or not _SEPARATOR.search(text):
        return None
    segments = [part.strip() for part in _SEPARATOR.split(text.strip(" >/|»›→·•")) if part.strip()]
    if len(segments) >= 3 and key(segments[0]) in _HOME and size(segments[-1]) > 4:  # the headline ends the path
        return text[text.index(segments[1]) : text.rindex(segments[-1])].strip(" >/|»›→·•")
    if len(segments) < 2 or any(size(part) > 4 or part[0].islower() for part in segments):
        return None
    if any(size(part) == 4 and not capitalised(part) for part in segments):  # a short headline before the outlet's name
        return None
    if len(text) > 120:
        return None
    keys = [key(part) for part in segments]
    if len(segments) >= 3 and re.search(r"\s[|·•]\s", text) and sum(part in SECTIONS for part in keys) >= 2:
        return ""
    if len(segments) > 5 or any(part in MENU for part in keys[1:]):
        return ""
    if not any(part in SECTIONS for part in keys):
        return None
    start = text.index(segments[1]) if keys[0] in _HOME else text.index(segments[0])
    rest = text[start:].strip(" >/|»›→·•")
    siblings = keys[1:] if start else keys
    if len(siblings) >= 3 and all(part in TOP for part in siblings):
        return ""
    return rest


def section_name(text: str) -> bool:
    """Whether the line is the name of a section that outlets in general have."""
    bare = key(text).strip(" :.-|>#")
    if bare in SECTIONS:
        return bare != "home"
    parts = re.split(r"\s*(?:,|&|\band\b|/)\s*", bare)
    return 2 <= len(parts) <= 3 and all(part in SECTIONS for part in parts)


def menu_word(text: str) -> bool:
    """Whether the line is a word that stands in menus only (``Archive``, ``About us``, ``Home``)."""
    bare = key(text).strip(" :.-|>#")
    return bare in MENU or bare == "home"


def media_name(text: str) -> bool:
    """Whether the line reads as the name of a newspaper, agency or broadcaster: a title with a word of the trade."""
    if re.fullmatch(r"(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,6}", text, re.IGNORECASE):
        return True
    if size(text) > 6 or ends_sentence(text) or not capitalised(text):
        return False
    return any(word in MEDIA for word in re.findall(r"[^\W\d_]+", text.casefold()))
