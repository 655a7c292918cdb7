"""Bylines: who wrote the article, as printed."""

from __future__ import annotations

import re

from kg.extract.lines import key, size
from kg.extract.words import SECTIONS, phrases, words
from kg.model import Author

__all__ = ["authors", "byline", "person", "role", "signature"]

_LABEL = re.compile(
    r"(?:by|byline|authors?(?: name)?|written by|words(?: by)?|text(?: by)?|story by|report by|reported by|reporting by"
    r"|posted by|report(?:ing)?|reporter|contributors?|correspondents?|writers?|creator|from our correspondent"
    r"|(?:an? |the )?(?:interview|review|reviewed|opinion|analysis|commentary|essay|column|compiled|profile"
    r"|special report"
    r"|(?:story|text|words|article) (?:and|&) (?:photos?|pictures?|photographs?|photography|images|illustrations)) by)"
    r"\s*(?P<colon>:)?\s+(?=\S)",
    re.IGNORECASE,
)
# Who made the pictures, behind the writer on one line.
_MAKERS = re.compile(
    r"\s*(?:[.;|,/·•–—-]|\band\b)*\s*\b(?:photo\w*|pictures?|images?|illustrat\w+|videos?|graphics?|artwork)(?:\s+by\b|\s*:).*$",
    re.IGNORECASE,
)
_AGENCIES = re.compile(
    r"(?:,?\s+|^)(?:the\s+)?(?:associated press|canadian press|press association|press trust of india"
    r"|agence france-presse"
    r"|reuters|afp|ap|pa media)$",
    re.IGNORECASE,
)
_TOO = re.compile(r"\s+(?:and|&)\s+(?:news\s+)?(?:agencies|wires|staff|others)$", re.IGNORECASE)
_WHERE = re.compile(r"\s+(?:in|at|from|for)\s+(?:the\s+)?(?:[^\W\d_a-z][\w.'’-]*(?:\s+|$)){1,3}(?=$|and\s|,)")
# The word before a writer's name in other languages; on a page in that language only, since English has names like it.
_ABROAD = {
    "de": re.compile(r"(?:von|text|autor(?:in)?|interview|ein kommentar von|eine analyse von)\s*:?\s+", re.IGNORECASE),
    "es": re.compile(r"(?:por|texto|autora?)\s*:?\s+", re.IGNORECASE),
    "fr": re.compile(r"(?:par|texte|propos recueillis par)\s*:?\s+", re.IGNORECASE),
    "it": re.compile(r"(?:di|testo di|a cura di)\s*:?\s+", re.IGNORECASE),
    "nl": re.compile(r"(?:door|tekst|van onze \w+)\s*:?\s+", re.IGNORECASE),
    "pt": re.compile(r"(?:por|texto|autora?)\s*:?\s+", re.IGNORECASE),
}
_ALONE = re.compile(r"(?:by|authors?|written by|words|text|story by|reporting by)\s*:?", re.IGNORECASE)
_PARTICLES = words(
    "de da do dos das del della der den van von vom zu zum la le el al bin ibn ben di du st ter ten y e af av"
)
_NAME_WORD = re.compile(r"(?:[dDlLO]['’])?[^\W\d_a-z][^\W\d_]*(?:['’.-][^\W\d_]+)*\.?")
_GROUP = words(
    "agency agencies staff editors editor newsroom desk team press news reuters service wire times media reporters"
    " correspondents board network correspondent reporter writers foundation institute magazine"
)
_ROLES = re.compile(
    r"(?:(?:\w+[\s-]){0,4}(?:writer|reporter|correspondents?|editor|columnist|journalist|contributor|producer"
    r"|photographer"
    r"|staff|bureau chief|critic|analyst|fellow|freelance|intern))(?:\s+(?:at|for|in|of|on)\s+.{2,40}|,.{2,40})?",
    re.IGNORECASE,
)
_NO_NAME = phrases(
    "staff, staff writer, staff writers, staff reporter, staff reporters, our staff, our correspondent, our reporter"
    ", admin, our own correspondent, web desk, editorial staff, editor, unknown, anonymous, a staff reporter"
)
# What stands in buttons and beside names, and is part of none.
_NO_PART = words(
    "breaking contributor correspondent edition editor follow gallery home latest live menu more news order photos"
    " air available stations illustration illustrations photo photograph photographs photography picture pictures"
    " text words"
    " print read reporter reprints search section sections share sign staff stories story subscribe text today top"
    " update updates video view watch writer your"
)
_HANDLE = re.compile(
    r"\s*(?<![\w.])@\w{2,30}|\s*(?<=[^\W_])@[A-Z_]\w{1,30}(?![\w.]*\.\w)"
    r"|\s*\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{2,64}"
)
_OUTLET = re.compile(r"[^|]{2,60}\s\|\s+(?=By\s)")  # Outlet | By Ana Reis
_FUSED = re.compile(r"By[A-ZÀ-ÖØ-Þ][\w'’-]+ [A-ZÀ-ÖØ-Þ]")  # two elements of a page run together
_RANKS = words(
    "staff senior chief special political foreign health science business associate deputy managing local crime"
)
_UNPARTED = re.compile(
    r"(?P<name>[^\W\d_a-z][\w.'’-]*(?:\s[^\W\d_a-z][\w.'’-]*){1,2})\s(?P<first>[^\W\d_a-z]\w+)(?:\s(?:affairs|news"
    r"|and \w+))?"
    r"\s(?:writer|reporter|correspondent|editor|columnist|journalist|Writer|Reporter|Correspondent|Editor)"
    r"(?:,? (?:in|at) [^\W\d_a-z]\w+)?"
)
_AND = re.compile(
    r"\s*(?:,\s*and\s+|,|;|&|\sand\s|\swith\s(?=[A-Z])|\s(?:und|et|y|e|en)\s(?=[^\W\d_a-z])|\s\+\s|\s/\s)\s*"
)


def role(text: str) -> bool:
    """Whether the line is what an author is (``Staff writer``, ``Health correspondent``) and no more."""
    return len(text) <= 80 and _ROLES.fullmatch(text.strip(" .,()")) is not None


def person(text: str) -> bool:
    """Whether the text has the form of a personal name: two to five capitalised words, particles aside."""
    parts = text.split()
    if not 2 <= len(parts) <= 6 or len(text) > 60:
        return False
    if parts[0].casefold().strip(".") in {"the", "a", "an", "our", "my", "this"}:
        return False
    proper = [word for word in parts if word.casefold() not in _PARTICLES]
    return len(proper) >= 2 and parts[-1] in proper and all(_NAME_WORD.fullmatch(word) for word in proper)


def _one(text: str) -> Author | None:
    name = text.strip(" .,;:|·•-–—()")
    if not name or len(name) > 80 or key(name) in _NO_NAME:
        return None
    parts = re.findall(r"[^\W\d_]+", name.casefold())
    if re.fullmatch(r"[A-Z]{2,6}", name):
        return Author(name, "Organization")
    if parts and _GROUP & set(parts) and name[0].isupper() and len(parts) <= 5:
        return Author(name, "Organization")
    if person(name):
        return Author(name)
    return Author(name) if _NAME_WORD.fullmatch(name) else None


def authors(names: str) -> tuple[Author, ...]:
    """The authors in the part of a byline after its label; roles and places are left out, doubt gives none."""
    names = _MAKERS.sub("", re.sub(r"\s*\([^)]*\)", "", names))
    names = re.sub(r"(?:,?\s+and|\s*&|,)$", "", names)
    names = re.sub(r"\s+for\s+(?:the\s+)?[A-Z][^,;]*?(?=\s+and\s)", "", names)
    names = re.sub(r"\s+(?:[|·•–—]|-)\s+.*$", "", names)
    names = re.sub(r"\s+for\s+(?:the\s+)?[A-Z].*$", "", names)
    found: list[Author] = []
    for part in _AND.split(names):
        bare = re.sub(r"\s+(?:in|at|from|reporting from)\s+[A-Z].*$", "", part.strip())
        bare = re.sub(r"^by\s+", "", bare, flags=re.IGNORECASE)
        if not bare:
            continue
        if role(bare) and found:
            continue
        one = _one(bare)
        if one is not None and one.type == "Organization" and found and not _joined(names, bare):
            continue  # the outlet or agency that a writer belongs to
        if one is not None and one.type == "Organization" and person(short := _AGENCIES.sub("", bare)):
            one = Author(short)
        if one is None:
            # What follows a name and is none is a role or a place; before a name it makes the line doubtful.
            if found:
                continue
            trimmed = _ending_role(bare)
            one = _one(trimmed) if trimmed else None
            if one is None:
                return ()
        if one not in found and not (found and _place(part, found)):
            found.append(one)
    return tuple(found)


def _joined(names: str, last: str) -> bool:
    """Whether a name is one more of a list, joined with an "and", and not what was added to the name before."""
    return re.search(rf"(?:\band|&)\s+{re.escape(last)}", names) is not None


def _place(part: str, found: list[Author]) -> bool:
    """Whether a single word after a name is no name of its own (``By Ana Reis, Lisbon``)."""
    return " " not in part.strip() and not part.strip().isupper() and len(found) > 0


def _ending_role(text: str) -> str | None:
    """The name before a role without a comma (``Jane Doe Staff Writer``)."""
    found = re.match(
        r"(?P<name>.+?)\s+(?:(?:staff|senior|chief|special|political|foreign|health|science|economics|business"
        r"|sports?)\s+)*"
        r"(?:writer|reporter|correspondent|editor|columnist|journalist)$",
        text,
        re.IGNORECASE,
    )
    return found["name"] if found else None


def _before_role(text: str) -> str | None:
    """The name before a role without a comma (``Jane Doe Political editor``, ``Jane Doe Staff Writer``)."""
    found = _UNPARTED.fullmatch(text)
    if found is None or size(found["name"]) > 3:
        return None
    first = found["first"].casefold()
    return found["name"] if first in SECTIONS or first in _RANKS else None


def byline(text: str, tongue: str | None = None) -> tuple[Author, ...] | None:
    """The authors of a labelled byline (``By …``, ``Text: …``, ``(Reporting by …; Editing by …)``), else None.

    An empty tuple is a byline that names nobody. ``tongue`` is the page's language, whose own labels count too.
    """
    text = text.strip()
    if len(text) > 250:
        return None
    if (found := _OUTLET.match(text)) is not None:
        text = text[found.end() :]
    if _FUSED.match(text):
        text = f"By {text[2:]}"
    if "@" in text:
        bare = _HANDLE.sub("", text)
        if bare != text:
            name = re.split(r"\s{2,}|\s[/|•·–—-]\s|\(", bare.strip(), maxsplit=1)[0].strip(" ,;")
            return (byline(name, tongue) or signature(name) or None) if name else None
    if text.startswith(("(", "[")):
        found = re.fullmatch(
            r"[(\[]\s*((?:additional )?(?:reporting|writing|written|report) by\s.+?)[)\]]\.?", text, re.IGNORECASE
        )
        return _credits(found.group(1)) if found else None
    if re.match(r"(?:additional )?(?:reporting|editing|writing) by\s", text, re.IGNORECASE) and ";" in text:
        return _credits(text)
    label = _LABEL.match(text)
    abroad = _ABROAD.get(tongue or "")
    if not label and abroad and (found := abroad.match(text)):
        return signature(text[found.end() :].partition(",")[0].strip(" .")) or None
    if not label:
        name, comma, rest = text.partition(",")
        if comma:
            return signature(name) or None if role(rest) else None
        before = _before_role(text)
        return signature(before) or None if before else None
    names = text[label.end() :]
    bare = label.group().strip().casefold()
    if bare in {"words", "text", "writer"} and (made := signature(names)):
        return made
    if not label["colon"] and not bare.endswith("by"):
        return None
    if key(names).strip(" .") in _NO_NAME:
        return ()
    found_authors = authors(names)
    return found_authors or None


def _credits(text: str) -> tuple[Author, ...]:
    """Reporters of an agency's closing line; editors are no authors."""
    found: list[Author] = []
    for part in re.split(r";|\.\s+(?=[A-Z])", text):
        made = re.match(
            r"\s*(additional reporting|reporting|writing|written|report)(?: and \w+)? by\s+(.+)", part, re.IGNORECASE
        )
        if made:
            found.extend(one for one in _names(made.group(2)) if one not in found)
    return tuple(found)


def _names(text: str) -> tuple[Author, ...]:
    """``Ana Reis in Lisbon and Bo Lund in Oslo``: names with places between."""
    text = re.sub(r"\s+in\s+[A-Z][^,;&]*?(?=\s+and\s+[A-Z]|,|;|$)", "", text)
    return authors(text)


def label_alone(text: str) -> bool:
    """Whether the line is only a label whose name stands on the next line."""
    return _ALONE.fullmatch(text.strip()) is not None


def signature(text: str) -> tuple[Author, ...]:
    """The authors of a line that is nothing but personal names; empty for other lines."""
    text = re.sub(r"\s+\((?:now|earlier|and earlier|here|until [^()]{1,20}|from [^()]{1,20})\)", "", text)
    bare = _WHERE.sub(" ", _TOO.sub("", text.strip())).strip()
    parts = [part for part in _AND.split(bare) if part]
    parts = parts[:1] + [part for part in parts[1:] if not role(part)]
    if any(_NO_PART & set(part.casefold().split()) for part in parts):
        return ()
    if 1 <= len(parts) <= 4 and all(person(part) for part in parts) and len(text) <= 120:
        return tuple(Author(part) for part in parts)
    return ()
