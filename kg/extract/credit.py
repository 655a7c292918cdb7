"""Captions and the credits printed with them."""

from __future__ import annotations

import re

from kg.extract.byline import person
from kg.extract.lines import ends_sentence, size

__all__ = ["caption", "labelled", "maker_line", "only_credit", "source"]

_WHAT = (
    r"(?:photo(?:graph)?(?:er|y)?s?|pictures?|images?|illustration|graphic|video|credit|file photo|file picture|pic"
    r"|fotos?|bild(?:er)?|archivbild|crédits?(?: photo)?|imagen|immagine|foto d'archivio)"
)
_LABEL = re.compile(
    r"(?:image|photo(?:graph)?|picture|(?:image |photo )?caption|pictured|illustration|graphic|figure \d+|above"
    r"|below|top|pictured above|(?:main|cover|lead|featured|hero|header) (?:image|photo|picture))\s*:\s*"
    r"|image caption,?\s+",
    re.I,
)
_MAKER = r"[^\W\d_][^()\[\]:;|]{1,80}?"
# Where pictures come from, and what is printed when nobody is named.
_STOCK = (
    r"(?:supplied|handout|contributed|submitted|courtesy|file|archive|stock|screen ?(?:grab|shot)|courtesy photo"
    r"|file (?:photo|image|picture)"
    r"|(?:handout|submitted|contributed|supplied|stock|archive) (?:photo|image|picture)|getty(?: images)?"
    r"|i?stock(?:photo)?|shutterstock"
    r"|unsplash|pexels|pixabay|alamy(?: stock photo)?|adobe stock|dreamstime|wikimedia(?: commons)?|wikipedia"
    r"|google (?:maps|street view|earth)|reuters|[a-z]{2,5}(?:/[a-z]{2,5})? via getty images)"
)
_SUFFIXES = (
    # Photograph: Ana Reis/Agency · Photo by Ana Reis · Credit: Agency
    re.compile(
        rf"(?:^|[\s(\[|–—-])(?:{_WHAT}(?:\s+credit)?\s*(?::|\bby\b)|(?:{_WHAT}\s+)?courtesy(?:\s+of|:))"
        rf"\s*(?P<who>{_MAKER})\s*[)\]]?\.?$",
        re.I,
    ),
    # [Ana Reis/Agency] · (Agency via Agency)
    re.compile(r"[\[(](?P<who>[^\W\d_a-z][^\[\]()]{1,60})[\])]\.?$"),
    # … at night. Photo Ana Reis
    re.compile(r"(?<=[.!?…])\s+(?i:photo|foto|bild|picture)s?\s+(?P<who>[^\W\d_a-z][^\[\]():;|]{1,60}?)\.?$"),
    # … at night. (Supplied: Ana Reis)
    re.compile(r"(?<=[.!?…])\s+\((?P<who>[^\W\d_a-z][\w ]{1,30}:\s?[^\W\d_a-z][^():]{1,60})\)$"),
    # … at night. ANA REIS
    re.compile(
        r"(?<=[.!?…])\s+(?P<who>[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’-]+(?:\s[A-ZÀ-ÖØ-Þ.'’-]+){1,3}(?:\s?/\s?[A-ZÀ-ÖØ-Þ .]+)?)$"
    ),
    # … at night. Ana Reis/Agency · … at night. Agency via Agency · … at night. (Supplied) · … at night. Getty Images
    re.compile(
        r"(?<=[.!?…])\s+(?P<who>[^\W\d_][\w.'’&-]*(?:\s[\w.'’&-]+){0,4}(?:\s?/\s?|\svia\s)[^\W\d_a-z][\w.'’&-]*(?:\s[\w.'’&-]+){0,4})$"
    ),
    re.compile(rf"(?<=[.!?…])\s+(?P<who>(?i:{_STOCK}))$"),
    # … at night. (Courtesy of the Harbour Trust)
    re.compile(
        r"(?<=[.!?…])\s+\(?(?P<who>(?:Photos? )?[Cc]ourtesy (?:of )?(?:the )?[^\W\d_a-z][\w '’&.-]{1,50})\)?\.?$"
    ),
    re.compile(
        rf"\s[(\[](?P<who>(?i:{_STOCK})|[^\W\d_a-z][\w &'’.-]{{1,40}}\s(?i:photo|image|graphic|picture"
        rf"|illustration))[)\]]\.?$"
    ),
    # © Ana Reis
    re.compile(r"\s(?P<who>©\s?[^\W\d_][^()\[\]:;|]{1,60})$"),
)
# What is only said of a picture: where somebody stands in it, a weekday with its year, who made it up.
_SEEN = re.compile(
    r"[,(]\s?(?:(?:far|top|bottom|second from|third from|from|upper|lower)[\s-])?(?:left|right|centre"
    r"|center)(?:,|\)|\s(?:and|to|with)\b)"
    r"|\((?:pictured|above|left|right|file)\b[^)]{0,30}\)|\b(?:pictured|seen|shown) (?:above|here|left|right)\b"
    r"|\bfile (?:photo|picture|image)\b"
    r"|\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|wed|thurs?|fri|sat"
    r"|sun)\.?,?\s(?:[a-z]{3,9}\.?\s\d{1,2}|\d{1,2}\s[a-z]{3,9}\.?),?\s(?:19|20)\d{2}\b"
    r"|^an? (?:artist|illustrator)['’]s (?:concept|impression|illustration|rendering|rendition)\b"
    r"|^(?:a|the|an|this) (?:file |screen|video |aerial |satellite |undated |archive "
    r"|handout )?(?:photo(?:graph)?|picture|image|grab|screenshot|illustration|view)\b.{0,60}\b(?:shows?|taken"
    r"|released|provided)\b",
    re.I,
)
_SEEN_HINTS = (
    *("left", "right", "cent", "pictured", "seen ", "shown", "file ", "photo", "picture", "image", "artist"),
    *("illustrat", "screen", "view", " 20", " 19"),
)
_SPOKEN = re.compile(r"[\"“”„»]|\b(?:said|says|told|wrote)\b")
_NAMES = r"[^\W\d_][\w.'’-]*(?:\s[\w.'’-]+){0,4}"
_AGENCY = re.compile(
    rf"{_NAMES}(?:\s?/\s?|\svia\s|\s\|\s){_NAMES}(?:(?:\s?/\s?|\svia\s){_NAMES})?"
    r"|AP Photo.*|[A-Z]{2,6}|Reuters|Getty Images|Handout|File(?: photo)?"
)


_FOR = re.compile(
    r"(?:[^\W\d_a-z][\w.'’-]*\s){2,3}(?:for\s(?:the\s)?[^\W\d_a-z][\w'’]*(?:\s[^\W\d_a-z][\w'’]*){0,3}"
    r"|FOR\s(?:THE\s)?[^a-z]{3,40})"
)
_ONE = re.compile(r"[^\W\d_a-z][\w.'’&-]+")
_MAKERS = re.compile(r"[^\W\d_a-z][\w.'’&-]*(?:\s+[\w.'’&/-]+){0,5}")


_TAKEN = re.compile(r"[^\W\d_a-z][\w &'’.-]{1,40}\s(?i:photo|image|graphic|picture|illustration)")
_STOCKED = re.compile(_STOCK, re.IGNORECASE)
_OTHER = re.compile(r"(?:[Tt]he )?[^\W\d_a-z][\w.'’/&-]*(?:\s[^\W_a-z][\w.'’/&-]*){0,4}")
_GIVEN = re.compile(
    r"(?i:(?:photo(?:graph)?s? |image |picture )?courtesy(?: of|:)\s*(?:the )?)[^\W\d_a-z][^.:;()]{1,60}"
)
_SOURCE = re.compile(r"(?:image|photo|video) (?:source|copyright|credit)\s*,?\s+(?P<who>[^\W\d_].{1,60})", re.I)
_DOTS = re.compile(r"credit\s*(?:\.{2,4}|…)\s*(?P<who>[^\W\d_].{1,60})", re.I)
_PRESS = re.compile(
    r"\(?(?:(?:AP Photo|REUTERS|Reuters|AFP|EPA|PA|AP)\s?/\s?[^\W\d_a-z][\w.'’-]+(?:\s[\w.'’-]+){0,3}"
    r"|[^\W\d_a-z][\w.'’-]+(?:\s[\w.'’-]+){0,3}\s?(?:/|via)\s?(?:AP|AFP|Reuters|REUTERS|PA|PA Wire|EPA"
    r"|Getty(?: Images)?|NPR|AP Photo))\)?"
    r"|\((?:Supplied|Handout|Getty Images|File photo|Courtesy photo|[A-Z]{2,4} Photo)\)|Getty Images"
    r"|AFP via Getty Images"
)


def _maker(who: str) -> bool:
    if _STOCKED.fullmatch(who.strip(" .")) or _TAKEN.fullmatch(who) or _GIVEN.fullmatch(who):
        return True
    who = who.rpartition(":")[2]
    who = who.strip().removeprefix("©").strip()
    if _AGENCY.fullmatch(who) or person(who):
        return True
    names = re.split(r",\s|\s(?:and|&|for(?: the)?)\s", who)
    return (
        1 < len(names) <= 4 and size(who) <= 9 and person(names[0]) and all(_OTHER.fullmatch(one) for one in names[1:])
    )


def caption(text: str) -> tuple[str | None, str | None]:
    """A caption line as (caption, credit), both verbatim; None for the part that is missing. Labels are left out."""
    rest = text
    if text.startswith("[") and text.endswith("]") and text.find("]") == len(text) - 1:
        rest = text = text[1:-1].strip()
    label = _LABEL.match(text)
    if label and label.end() < len(text):
        tail = text[label.end() :].strip()
        if only_credit(text):
            return None, tail
        rest = tail
    if source := _SOURCE.fullmatch(text) or _DOTS.fullmatch(text):
        return None, source["who"].strip()
    if _PRESS.fullmatch(text):
        return None, text.strip("()")
    for form in _SUFFIXES:
        found = form.search(rest)
        if found and (form is _SUFFIXES[0] or _maker(found["who"])):
            who = found["who"].strip(" .,;")
            opened = rest.rfind("(", 0, found.start("who"))
            if opened > 0 and ")" not in rest[opened : found.start("who")]:  # (Express photo by Ana Reis)
                return rest[:opened].rstrip(" |–—-([") or None, who or None
            before = rest[: found.start()].rstrip(" |–—-([")
            return before or None, who or None
    return rest or None, None


def source(text: str) -> bool:
    """Whether the line names the source of the picture whose caption is still to come (``Image source, Agency``)."""
    return _SOURCE.fullmatch(text) is not None


def only_credit(text: str) -> bool:
    """Whether the line names the maker of a picture and nothing else."""
    if len(text) > 120:
        return False
    if _PRESS.fullmatch(text) or _DOTS.fullmatch(text) or (_SOURCE.fullmatch(text) and size(text) <= 9):
        return True
    if _GIVEN.fullmatch(text) and size(text) <= 9 and not ends_sentence(text):
        return True
    found = re.fullmatch(
        rf"[(\[]?\s*(?:{_WHAT}(?:\s+credit)?\s*(?::|\bby\b)|courtesy(?: of|:))"
        r"\s*(?P<who>[^()\[\]:;]{2,80}?)\s*[)\]]?\.?",
        text,
        re.I,
    )
    return found is not None and (_maker(found["who"]) or _ONE.fullmatch(found["who"]) is not None)


def maker_line(text: str) -> bool:
    """Whether the line is a maker's or an agency's name as printed below a picture, without a word that says so."""
    if re.search(r"(?i:\|\s*by\s)", text):
        return False
    if size(text) <= 10 and (_FOR.fullmatch(text) or _GIVEN.fullmatch(text)):
        return True
    return size(text) <= 8 and _AGENCY.fullmatch(text.strip("()[] ")) is not None and not text.isdigit()


def _seen(text: str) -> bool:
    low = text.casefold()
    return any(hint in low for hint in _SEEN_HINTS) and _SEEN.search(text) is not None


_BRACKETED = re.compile(r"\[\s*(?:image|photo(?:graph)?|picture|caption|graphic|illustration)\s*:\s*\S", re.I)


def labelled(text: str) -> bool:
    """Whether the line shows by itself that it is a caption: by its label or by the credit it ends with."""
    if len(text) > 700:
        return False
    if text.startswith("[") and text.endswith("]") and text.find("]") == len(text) - 1 and _BRACKETED.match(text):
        return True
    if _LABEL.match(text) and not only_credit(text):
        return size(text) >= 2
    if size(text) <= 60 and not text.endswith(":") and _seen(text) and not _SPOKEN.search(text):
        return True
    for form in _SUFFIXES:
        found = form.search(text)
        if not found or size(text) > 90 or found.start() <= 0:
            continue
        if form is _SUFFIXES[0] and ":" in found.group() and _MAKERS.fullmatch(found["who"].strip(" .")):
            return True
        if _maker(found["who"]):
            if form is _SUFFIXES[0]:
                return True
            # A bracket at the end of a caption stands outside its sentence, an acronym stands inside it.
            who = found["who"].strip()
            if form in _SUFFIXES[2:] or "/" in who or " via " in who or who.startswith("AP Photo"):
                return True
            if text.rstrip(".").endswith("]") and person(who) and not ends_sentence(text[: found.start()] + "x"):
                return True
    return False
