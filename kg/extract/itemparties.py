"""Who made an item of NewsML-G2 and who publishes it."""

from __future__ import annotations

import re
from dataclasses import replace

from kg.extract import byline
from kg.extract.inline import absolute
from kg.extract.inlinexml import child, children
from kg.extract.itemview import IRI, Item, line_of, name_of, role_of, spoken
from kg.extract.lines import key
from kg.extract.qcodes import code
from kg.extract.writers import writers
from kg.extract.xml import Element, text_of
from kg.model import Author

__all__ = ["authors_of", "publisher_of"]

_LOGIN = re.compile(r"[a-z0-9]+(?:[._@-][a-z0-9]+)*")
_MAKER = re.compile(r"photograph|camera|graphic|video", re.IGNORECASE)
_HELPER = re.compile(r"edit|describ|descr|caption|producer|translat|supplier", re.IGNORECASE)


def authors_of(item: Item, kind: str) -> tuple[Author, ...]:
    """The authors: as printed in the byline, else the parties that created the content."""
    named: dict[str, Author] = {}
    for one in children(item.content, "creator") + _writing(item):
        if (kind == "article" and _MAKER.search(role_of(one))) or _HELPER.search(role_of(one)):
            continue
        name = name_of(one, item.language) or line_of(one.get("literal"))
        for author in _creator(name, _party(one), _page(one)):
            named.setdefault(key(author.name), author)
    groups = {key(text) for text in (name_of(child(item.meta, "provider"), item.language), *_credits(item)) if text}
    printed: dict[str, Author] = {}
    for one in spoken(children(item.content, "by"), item.language):
        for author in writers(text_of(one)):
            whole = named.get(key(author.name), author)
            printed.setdefault(key(author.name), whole)
    found = printed or named
    if found:
        item.won["authors"] = "contentMeta/by" if printed else "contentMeta/creator"
    return tuple(
        replace(author, type="Organization") if key(author.name) in groups else author for author in found.values()
    )


def _creator(name: str, type: str | None, page: str | None) -> tuple[Author, ...]:
    """The party of one element, whole unless it holds several people's names; a login name names nobody."""
    if not name or _LOGIN.fullmatch(name):
        return ()
    found = writers(name, type, page)
    if len(found) == 1 or (len(found) > 1 and all(byline.person(one.name) for one in found)):
        return found
    grouped = any(one.type == "Organization" for one in found)
    return (Author(name, type or ("Organization" if grouped else "Person"), page),) if found else ()


def _writing(item: Item) -> list[Element]:
    """The contributors whose role is to have written the text."""
    return [one for one in children(item.content, "contributor") if re.search(r"author|writer|reporter", role_of(one))]


def _party(element: Element) -> str | None:
    """What a party says it is: a person, an organisation, or nothing."""
    said = f"{element.get('type') or ''} {element.get('typeuri') or ''}".lower()
    if child(element, "personDetails") is not None or "person" in said:
        return "Person"
    if child(element, "organisationDetails") is not None or "organi" in said:
        return "Organization"
    return None


def _page(element: Element) -> str | None:
    uri = (element.get("uri") or "").strip()
    return absolute(uri) if IRI.fullmatch(uri) else None


def _credits(item: Item) -> list[str]:
    """The organisations an item names as its sources."""
    found = [text_of(one) for one in children(item.content, "creditline")]
    return found + [name_of(one, item.language) for one in children(item.content, "infoSource")]


def publisher_of(item: Item) -> str | None:
    """The first party with a name that provides the item, was its source or holds its copyright."""
    places = (
        ("itemMeta/provider", children(item.meta, "provider")),
        ("contentMeta/infoSource", children(item.content, "infoSource")),
        ("rightsInfo/copyrightHolder", children(item.rights, "copyrightHolder")),
    )
    for place, found in places:
        for one in found:
            if name := name_of(one, item.language) or line_of(one.get("literal")):
                return item.take("publisher", place, name)
    provider = child(item.meta, "provider")
    qcode = (provider.get("qcode") or "").strip() if provider is not None else ""
    if qcode.startswith("nprov:"):  # the one scheme whose codes are names
        return item.take("publisher", "itemMeta/provider/@qcode", code(qcode))
    return None
