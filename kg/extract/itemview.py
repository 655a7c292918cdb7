"""One way to look at an item of NewsML-G2: its parts, its language, the names of concepts and the codes of roles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.extract.inlinexml import children
from kg.extract.qcodes import Catalog, code
from kg.extract.schemaorg import tag
from kg.extract.xml import Element, text_of

__all__ = ["IRI", "LANG", "Item", "code_of", "language_of", "line_of", "name_of", "role_of", "spoken", "tag_of"]

#: The name of ``xml:lang``.
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: An IRI of the schemes that concepts are named by.
IRI = re.compile(r"(?:https?|urn|tag):[^\s<>\"{}|\\^`]+")
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Item:
    """What is asked of an item again and again; ``won`` collects which part supplied which field."""

    root: Element
    meta: Element | None
    content: Element | None
    rights: Element | None
    catalog: Catalog
    language: str
    origin: str
    asserted: dict[str, str] = field(default_factory=dict)
    won: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, place: str, value: str | None) -> str | None:
        """The value, and a note of where it came from when there is one."""
        if value:
            self.won.setdefault(name, place)
        return value or None


def line_of(text: str | None) -> str:
    """The text normalised and in one line; empty for None."""
    from kg.extract.inline import line

    return line(text or "")


def language_of(root: Element, content: Element | None) -> str | None:
    """The item's language: what it says of its content, else of itself or what it lies in."""
    found = [one.get("tag") for one in children(content, "language")]
    above = (one.get(LANG) for one in (root, *root.iterancestors()))
    return next((tag for text in (*found, *above) if (tag := tag_of(text))), None)


def tag_of(text: str | None) -> str:
    """The BCP 47 tag a text holds, in its usual case; empty where it holds none."""
    given = (text or "").strip()
    return tag(given) or (given if _TAG.fullmatch(given) else "")


def spoken(elements: Iterable[Element], language: str) -> list[Element]:
    """The elements in the language (else in a kindred one, else those that name none, else all)."""
    found = list(elements)
    tags = [(one, (one.get(LANG) or "").lower()) for one in found]
    wanted = language.lower()
    exact = [one for one, tag in tags if not tag or tag == wanted]
    kindred = [one for one, tag in tags if tag.partition("-")[0] == wanted.partition("-")[0]]
    return exact or kindred or found


def name_of(element: Element | None, language: str) -> str:
    """The name of a concept in the item's language."""
    names = spoken(children(element, "name"), language)
    exact = [one for one in names if (one.get(LANG) or "").lower() == language.lower()]
    return next((text for one in (*exact, *names) if (text := text_of(one))), "")


def role_of(element: Element) -> str:
    """The code of an element's role, whatever its alias."""
    role = (element.get("role") or element.get("roleuri") or "").strip()
    return re.split(r"[:/#]", role)[-1].lower()


def code_of(element: Element | None) -> str:
    """The code an element states by QCode, by IRI or literally, in lower case."""
    if element is None:
        return ""
    given = code(element.get("qcode")) or re.split(r"[/#]", element.get("uri") or "")[-1] or element.get("literal")
    return (given or "").strip().lower()
