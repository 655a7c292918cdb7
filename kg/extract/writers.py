"""The authors that a machine's field names: separate people and organisations, without roles, addresses or "By"."""

from __future__ import annotations

import re

from kg.extract import byline
from kg.extract.lines import capitalised, key
from kg.extract.words import MEDIA, phrases, words
from kg.model import Author

__all__ = ["writers"]

_BY = re.compile(
    r"\s*(?:(?:story|words|text|written|posted|submitted|reported|reporting|report|published|updated|compiled"
    r"|created) )?"
    r"(?:by|authors?|von|par|por|di|door)\b\s*:?\s+(?=\S)|\s*(?:by|authors?)\s*:\s*",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\(?<?\b[\w.+-]+@[\w-]+\.[\w.-]+\b>?\)?|https?://\S+|\bwww\.\S+|\S+\.(?:com|org|net)/\S+|(?<!\w)@\w+"
    r"|\s*\([^()]*\)|\s*\[[^\[\]]*\]|\bfollow (?:me |us )?on twitter\b.*",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s*(?:[,;|/•·\n]|\s[-–—]\s|(?<=[a-z]{3})\.\s(?=[A-Z]))\s*")
_AND = re.compile(r"\s+(?:and|und|et|y|e|en|with)\s+|\s*&\s*|\s+\+\s+")
_SUFFIX = re.compile(
    r"(?:jr|sr|ii|iii|iv|m\.?d|ph\.?d|esq|mph|rn|cpa|jd|mba|ms|ma|bsc|obe|mbe|cbe|qc|kc|mp)\.?", re.IGNORECASE
)
_GROUP = words(
    "agency agencies staff editors editorial newsroom desk team press news reuters service services wire times media"
    " reporters correspondents board network writers foundation institute magazine university associated bureau"
    " contributors international company inc ltd llc group association society department council committee office"
    " partners studio studios digital online tv radio report reports blog"
)
_NOBODY = phrases(
    "admin, administrator, root, author, guest, unknown, anonymous, none, null, undefined, n/a, na, user, editor, staff"
    ", staff writer, staff reporter, wp, test, guest author, contributor, web, default, false, true, by, web desk"
)
_MOST = 40  # authors


def writers(text: str, type: str | None = None, url: str | None = None) -> tuple[Author, ...]:
    """The authors in one field; ``type`` is what the field itself says (``Person``, ``Organization``) or None.

    Roles, places, e-mail addresses and handles are left out; nobody is invented.
    """
    if len(text) > 2_000:
        return ()
    rest = " ".join(_NOISE.sub(" ", text).split())
    rest = _BY.sub("", rest, count=1) if _BY.match(rest) else rest
    rest = rest.strip(" .,;:|/-–—•·")
    if not rest or key(rest) in _NOBODY:
        return ()
    if type == "Organization":
        return (Author(rest, "Organization", url),)
    found: list[Author] = []
    for piece in _joined(_COMMA.split(rest)):
        for name in _apart(piece):
            one = _author(name, after=found)
            if one is not None and all(other.name != one.name for other in found):
                found.append(one)
    if len(found) == 1 and url:
        return (Author(found[0].name, found[0].type, url),)
    return tuple(found[:_MOST])


def _joined(pieces: list[str]) -> list[str]:
    """The pieces with ``Jr.`` and degrees put back behind the name (degrees are dropped)."""
    made: list[str] = []
    for piece in pieces:
        if made and _SUFFIX.fullmatch(piece):
            if piece.lower().strip(".") in {"jr", "sr", "ii", "iii", "iv"}:
                made[-1] = f"{made[-1]} {piece}"
            continue
        made.append(piece)
    return made


def _apart(piece: str) -> list[str]:
    """``Ana Reis and Bo Lund`` in two; the name of a desk or an agency stays whole."""
    parts = [part for part in _AND.split(piece) if part]
    if len(parts) < 2:
        return parts
    if any(byline.person(part) and not _group(part) for part in parts) or all(" " not in part for part in parts):
        return parts
    return [piece] if _group(piece) else parts


def _group(name: str) -> bool:
    return bool((_GROUP | MEDIA) & set(re.findall(r"[^\W\d_]+", name.casefold())))


def _author(name: str, *, after: list[Author]) -> Author | None:
    name = re.sub(r"^by\s+", "", name.strip(' .,;:|·•-–—()*"“”'), flags=re.IGNORECASE)
    if not name or len(name) > 80 or key(name) in _NOBODY or re.search(r"\d{2,}|[<>{}=]|admin\b", name):
        return None
    if byline.role(name):
        return None
    trimmed = re.match(r"(?P<name>.+?)\s+(?:in|at|for|from)\s+[A-Z].*$", name)
    if trimmed and byline.person(trimmed["name"]):
        name = trimmed["name"]
    behind = bool(after) and after[-1].type == "Person" and " " in after[-1].name
    if re.fullmatch(r"[A-Z]{2,6}", name) or (_named_group(name)):
        return None if behind else Author(name, "Organization")
    if byline.person(name):
        return Author(name)
    if behind and (" " not in name or not capitalised(name)):
        return None  # what follows a full name and is none is its role or place
    if not name[0].isupper() and not name[0].isalpha():
        return None
    if len(name.split()) > 6:
        return None
    return Author(name)


def _named_group(name: str) -> bool:
    parts = re.findall(r"[^\W\d_]+", name.casefold())
    if _GROUP & set(parts):
        return True
    if re.match(r"[A-Z]{3,}\b", name) and not name.isupper():  # an acronym before a word: a channel's desk
        return True
    return bool(parts) and parts[0] == "the" and bool(MEDIA & set(parts))
