"""One way to look at an item of any ninjs family: its texts, parties, concepts, pictures and dates.

1.x keeps texts under names with a suffix (``body_xhtml``), lists of one kind under singular names and associations
under names; 2.x and 3.x keep arrays of objects with a role. Names are compared without regard to case, because 3.x
spells the names of 2.x in camel case and changes only ``embargoed`` to ``embargoedUntil``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from kg.extract import fragment, qcodes
from kg.extract.inline import absolute, line, plain
from kg.extract.json import pointer
from kg.model import Keyword

__all__ = ["Item", "Json", "Words", "concept", "one_line", "ranked", "role", "uniform", "view"]

Json: TypeAlias = Any

_PLURAL = {
    "person": "people",
    "organisation": "organisations",
    "place": "places",
    "subject": "subjects",
    "genre": "genres",
    "infosource": "infosources",
}
# Names that Superdesk adds; one of them alone may be a slip of another sender.
_SUPERDESK = frozenset(
    ("anpa_category", "authors", "evolvedfrom", "firstpublished", "guid", "keywords", "priority", "readtime", "service")
)
# How the names of 1.x end (``body_xhtml``, ``description_caption_text``), as content types.
_FORMS = {
    "text": "text/plain",
    "html": "text/html",
    "xhtml": "text/html",
    "html5": "text/html",
    "nitf": "application/nitf+xml",
    "xml": "application/xml",
}
_STRINGS = {"headline": "headlines", "description": "descriptions", "body": "bodies"}


@dataclass(frozen=True, slots=True)
class Words:
    """A text of an item with its role and content type, both lower-case, and where it stands (a JSON Pointer)."""

    role: str
    type: str
    value: str
    place: str

    @property
    def form(self) -> str:
        """``html``, ``nitf``, ``xml`` or ``text``: by content type, else by role, else by what it begins with."""
        if "nitf" in self.type or (not self.type and "nitf" in self.role):
            return "nitf"
        if "html" in self.type:
            return "html"
        if self.type.endswith("xml"):
            return "nitf" if "<nitf" in self.value[:2000].lower() else "xml"
        if self.type.startswith("text/plain"):
            return "text"
        if self.type and not self.type.startswith("text"):
            return "other"
        if "html" in self.role or _begins_with_markup(self.value):
            return "html"
        return "text"


@dataclass(frozen=True, slots=True)
class Item:
    """An item by lower-case names; what it does not have is empty.

    ``name`` is what an association or rendition is called, ``place`` where the item stands (a JSON Pointer), and
    ``spelled`` are its names as they stand there.
    """

    members: Mapping[str, Json]
    name: str = ""
    place: str = ""
    spelled: Mapping[str, str] = field(default_factory=dict)

    def text(self, *names: str) -> str:
        """The first of these members that is a text with something in it, in one line."""
        for name in names:
            value = self.members.get(name)
            if isinstance(value, str) and (found := line(value)):
                return found
        return ""

    def raw(self, *names: str) -> str:
        """The first of these members that is a text, as it stands."""
        return next((value for name in names if isinstance(value := self.members.get(name), str)), "")

    def where(self, *names: str) -> str:
        """The JSON Pointer of the first of these members that is there."""
        return next((self.at(name) for name in names if self.members.get(name)), self.place)

    def at(self, name: str) -> str:
        """The JSON Pointer of a member."""
        return self.place + pointer((self.spelled.get(name, name),))

    def words(self, name: str) -> tuple[Words, ...]:
        """The texts of a kind (``headline``, ``description``, ``body``), in order."""
        made: list[Words] = []
        for number, one in enumerate(_list(self.members.get(_STRINGS[name]))):
            if isinstance(one, dict):
                low = _lower(one)
                value = low.get("value")
                if isinstance(value, str) and value.strip():
                    place = f"{self.at(_STRINGS[name])}/{number}"
                    made.append(Words(role(low.get("role")), role(low.get("contenttype")), value, place))
        for other, value in self.members.items():
            stem, _, rest = other.partition("_")
            if stem == name and isinstance(value, str) and value.strip():
                said, _, form = rest.rpartition("_") if rest.rpartition("_")[2] in _FORMS else (rest, "", "")
                if not form and said in _FORMS:
                    said, form = "", said
                made.append(Words(role(said), _FORMS.get(form, ""), value, self.at(other)))
        return tuple(made)

    def things(self, name: str) -> tuple[Item, ...]:
        """The objects of a kind (``person``, ``subject``, ``infosource`` …), in order."""
        value = self.members.get(name) or self.members.get(_PLURAL.get(name, name))
        place = self.at(name if self.members.get(name) else _PLURAL.get(name, name))
        return tuple(
            view(one, place=f"{place}/{number}") for number, one in enumerate(_list(value)) if isinstance(one, dict)
        )

    def named(self, name: str) -> tuple[Item, ...]:
        """The associations or renditions with their names, in order."""
        value = self.members.get(name)
        pairs: Iterator[tuple[str, Json]]
        if isinstance(value, dict):
            pairs = iter(value.items())
        else:
            pairs = ((str(number), one) for number, one in enumerate(_list(value)))
        made = []
        for key, one in pairs:
            if isinstance(one, dict):
                seen = view(one, place=self.at(name) + pointer((key,)))
                made.append(replace(seen, name=role(seen.members.get("name") if isinstance(value, list) else key)))
        return tuple(made)

    def identifiers(self) -> tuple[tuple[str, str], ...]:
        """The alternative identifiers as pairs of role and value."""
        value = self.members.get("altids")
        if isinstance(value, dict):
            return tuple((role(key), one) for key, one in value.items() if isinstance(one, str))
        lows = [_lower(one) for one in _list(value) if isinstance(one, dict)]
        return tuple((role(one.get("role")), one["value"]) for one in lows if isinstance(one.get("value"), str))


def one_line(one: Words) -> Words:
    """The text without markup, in one line."""
    if one.form == "html" or "<" in one.value:
        value = plain(" ".join(part.text for part in fragment.paragraphs(one.value).paragraphs) or one.value)
    else:
        value = line(one.value)
    return Words(one.role, one.type, value, one.place)


def ranked(found: Sequence[Words], order: Sequence[str]) -> list[Words]:
    """The texts in the order of their roles; roles that are not in the order come last."""
    places = {name: place for place, name in enumerate(order)}
    return sorted(found, key=lambda one: places.get(one.role, len(places)))


def uniform(item: Mapping[str, Json]) -> tuple[dict[str, Json], bool]:
    """The item with ``uri`` for an identifier, and whether it is in the dialect of Superdesk.

    Superdesk's output is ninjs 1.x but for ``guid`` in place of ``uri``, names of its own and members that are null.
    """
    guid = item.get("guid")
    own = len(_SUPERDESK & item.keys())
    if not own or not ("uri" in item or isinstance(guid, str)) or (own < 2 and "uri" in item):
        return dict(item), False
    made = {name: one for name, one in item.items() if one is not None and name != "guid"}
    made.setdefault("uri", guid)
    inner = made.get("associations")
    if isinstance(inner, dict):
        made["associations"] = {
            name: uniform(one)[0] if isinstance(one, dict) else one for name, one in inner.items() if one is not None
        }
    return made, True


def view(item: Mapping[str, Json], *, place: str = "") -> Item:
    """The item by lower-case names."""
    spelled = {name.lower(): name for name in item if name != name.lower()}
    return Item(_lower(item), place=place, spelled=spelled)


def role(value: object) -> str:
    """A role, relation or content type to compare: the last part of an IRI or QCode, in lower case, without signs."""
    if not isinstance(value, str):
        return ""
    text = value.strip().lower()
    if "://" in text or text.startswith("urn:"):
        text = text.rstrip("/#").replace("#", "/").rpartition("/")[2]
    elif ":" in text and " " not in text:
        text = text.rpartition(":")[2]
    return text.replace("-", "").replace("_", "").replace(" ", "")


def concept(one: Item) -> Keyword | None:
    """The concept as a keyword: its name and its IRI (``uri``, or ``scheme`` and ``code``, or a known QCode)."""
    name = one.text("name", "literal", "code")
    if not name:
        return None
    iri = one.raw("uri").strip()
    code, scheme = one.raw("code").strip(), one.raw("scheme").strip()
    if not iri and code and scheme[-1:] in ("/", "#", ":", "="):
        iri = scheme + code
    if not iri or not absolute(iri):
        qcode = next((each for each in (iri, one.raw("literal"), code) if ":" in each), "")
        iri = iri if iri.startswith("urn:") and not any(map(str.isspace, iri)) else qcodes.STANDARD.iri(qcode) or ""
    else:
        iri = absolute(iri) or ""
    return Keyword(name, iri or None)


def _begins_with_markup(text: str) -> bool:
    head = text[:200].lstrip().lower()
    return head.startswith(
        ("<p", "<div", "<html", "<body", "<section", "<article", "<h", "<!doctype html", "<blockquote")
    )


def _lower(value: Mapping[str, Json]) -> dict[str, Json]:
    made: dict[str, Json] = {}
    for name, one in value.items():
        made.setdefault(name.lower(), one)
    return made


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else ()
