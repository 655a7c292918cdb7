"""Rows of Wikidata's JSON: whole dumps, extracts of them, one item per line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kg.authority.classes import of_items
from kg.authority.row import LONGEST, MOST, Fault, Passed, checked, of_sitelinks
from kg.authority.types import kind_of
from kg.plugins import Thing

__all__ = ["is_item", "row"]

_ITEM: Final = re.compile(r"Q[1-9]\d{0,11}")
#: Where the English name is looked for, best first; ``mul`` holds names that are the same in all languages.
_ENGLISH: Final = ("en", "mul", "en-gb", "en-us", "en-ca")
#: What speaks for a kind where the classes do not, in this order.
_SIGNS: Final = (
    ("Person", ("P569", "P570", "P19", "P106")),
    ("Organization", ("P159", "P1128", "P169", "P1454")),
    ("CreativeWork", ("P50", "P57", "P577", "P364")),
    ("Event", ("P585", "P710", "P1120", "P1346")),
    ("Place", ("P625",)),
)
_EARTH: Final = "http://www.wikidata.org/entity/Q2"


def is_item(value: object) -> bool:
    """Whether a JSON value is an entity as Wikidata writes it."""
    return isinstance(value, dict) and isinstance(value.get("labels"), dict) and isinstance(value.get("id"), str)


def row(item: Mapping[str, Any]) -> Thing:
    """The row of an item. Raises :class:`kg.authority.row.Passed` for what is no thing of ours and
    :class:`kg.authority.row.Fault` for what cannot stand."""
    key = item["id"]
    if not _ITEM.fullmatch(key):
        raise Passed("a property or lexeme" if key[:1] in "PL" else "an id that is none of Wikidata")
    claims = item.get("claims") or {}
    if not isinstance(claims, dict):
        raise Fault("claims is no object")
    type_ = _type(claims)
    labels = _texts(item.get("labels"))
    name = next((labels[tag] for tag in _ENGLISH if labels.get(tag)), None)
    if name is None:
        raise Passed("no English name")
    others = [name_ for tag in _ENGLISH for name_ in _lists(item.get("aliases")).get(tag, [])]
    others += [labels[tag] for tag in _ENGLISH if tag in labels]
    others += _english(claims, "P1813")  # short names, such as acronyms
    described = _texts(item.get("descriptions"))
    place = kind_of(type_) == "Place"
    latitude, longitude = _point(claims) if place else (None, None)
    people = _population(claims) if place else None
    links = _count(item.get("sitelinks"))
    weight = round(max(of_sitelinks(links), (people or 0) / 10_000), 4) if links else None
    same = [f"http://www.wikidata.org/entity/{key}"]
    same += [
        f"https://sws.geonames.org/{id_}/" for id_ in _values(claims, "P1566") if isinstance(id_, str) and id_.isdigit()
    ]
    return checked(
        Thing(
            id=key,
            type=type_,
            name=name,
            aliases=tuple(dict.fromkeys(o for o in others if o != name and len(o) <= LONGEST and _worded(o)))[:MOST],
            demonyms=tuple(dict.fromkeys(_english(claims, "P1549")))[:MOST],
            same_as=tuple(dict.fromkeys(same))[:MOST],
            contained_in=_first_item(claims, "P131") if place else None,
            latitude=latitude,
            longitude=longitude,
            description=next((described[tag] for tag in _ENGLISH if described.get(tag)), None),
            population=people,
            country=_first_item(claims, "P17"),
            weight=weight,
        )
    )


def _type(claims: Mapping[str, Any]) -> str:
    classes = [one for value in _values(claims, "P31") if (one := _id(value)) is not None]
    found = of_items(classes)
    if found == "-":
        raise Passed(f"no thing of ours ({next(one for one in classes if of_items([one]) == '-')})")
    if found is not None:
        return found
    for kind, signs in _SIGNS:
        if any(sign in claims for sign in signs):
            return kind
    raise Passed(f"no known class ({classes[0]})" if classes else "no class (P31)")


def _values(claims: Mapping[str, Any], name: str) -> Iterator[Any]:
    """The values of a property: the preferred ones where there are some, never deprecated ones."""
    given = claims.get(name)
    if not isinstance(given, list):
        return
    best: list[Any] = []
    rest: list[Any] = []
    for one in given:
        if not isinstance(one, dict):
            rest.append(one)  # simplified claims hold the values themselves
            continue
        rank = one.get("rank")
        snak = one.get("mainsnak")
        value = snak.get("datavalue") if isinstance(snak, dict) else None
        if rank != "deprecated" and isinstance(value, dict) and "value" in value:
            (best if rank == "preferred" else rest).append(value["value"])
    yield from best or rest


def _id(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("id") or (f"Q{value['numeric-id']}" if "numeric-id" in value else None)
    return value if isinstance(value, str) and _ITEM.fullmatch(value) else None


def _first_item(claims: Mapping[str, Any], name: str) -> str | None:
    return next((one for value in _values(claims, name) if (one := _id(value)) is not None), None)


def _texts(given: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag, one in given.items() if isinstance(given, dict) else ():
        text = one.get("value") if isinstance(one, dict) else one
        if isinstance(text, str) and text.strip():
            found[tag] = " ".join(text.split())
    return found


def _lists(given: object) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for tag, many in given.items() if isinstance(given, dict) else ():
        texts = (one.get("value") if isinstance(one, dict) else one for one in many) if isinstance(many, list) else ()
        found[tag] = [" ".join(text.split()) for text in texts if isinstance(text, str) and text.strip()]
    return found


def _english(claims: Mapping[str, Any], name: str) -> Iterator[str]:
    """The English texts of a property."""
    for value in _values(claims, name):
        if isinstance(value, dict) and value.get("language") in _ENGLISH and isinstance(value.get("text"), str):
            text = " ".join(value["text"].split())
            if _worded(text) and len(text) <= LONGEST:
                yield text


def _point(claims: Mapping[str, Any]) -> tuple[float | None, float | None]:
    for value in _values(claims, "P625"):
        if isinstance(value, dict) and value.get("globe", _EARTH) == _EARTH:
            north, east = value.get("latitude"), value.get("longitude")
            if (
                isinstance(north, (int, float))
                and isinstance(east, (int, float))
                and abs(north) <= 90
                and abs(east) <= 180
            ):
                return round(float(north), 5), round(float(east), 5)
    return None, None


def _population(claims: Mapping[str, Any]) -> int | None:
    found = []
    for value in _values(claims, "P1082"):
        amount = value.get("amount") if isinstance(value, dict) else value
        text = str(amount).lstrip("+")
        if text.isascii() and text.isdigit() and len(text) < 12:
            found.append(int(text))
    return found[-1] if found else None


def _count(given: object) -> int:
    if isinstance(given, (dict, list)):
        return len(given)
    return given if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 10_000 else 0


def _worded(text: str) -> bool:
    return any(map(str.isalnum, text))
