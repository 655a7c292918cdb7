"""One row of a table: what its cells must be, which surfaces it goes by, and how much it weighs."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from kg.authority.types import kind_of
from kg.plugins import Thing

__all__ = [
    "COLUMNS",
    "OPTIONAL",
    "Fault",
    "canonical",
    "checked",
    "decoded",
    "encoded",
    "of_cells",
    "surfaces",
    "weight",
]

#: The columns of an authority file; ``id``, ``type`` and ``name`` must be filled. Lists are separated by ``|``.
COLUMNS: Final = (
    "id",
    "type",
    "name",
    "aliases",
    "demonyms",
    "same_as",
    "contained_in",
    "latitude",
    "longitude",
    "description",
)
#: Columns a file may have besides.
OPTIONAL: Final = ("population", "country", "weight", "rival")
#: Longer names are no names (code points), and no thing has more of them.
LONGEST, MOST = 400, 500
_LONGEST_TEXT: Final = 4000

_ARTICLES: Final = ("El", "La", "Los", "Las", "The", "San")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_WIKIDATA: Final = re.compile(r"https?://(?:www\.|m\.)?wikidata\.org/(?:entity|wiki|wiki/Special:EntityData)/(Q\d+)$")
_GEONAMES: Final = re.compile(r"https?://(?:sws\.|www\.)?geonames\.org/(\d+)(?:/[^/]*)?$")
#: What IRIs cannot hold (RFC 3987, as Turtle writes it), and how an absolute one begins.
_NO_IRI: Final = re.compile(r"[\x00-\x20<>\"{}|^`\\\ud800-\udfff]")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^:]")


class Fault(ValueError):
    """What is wrong with one row, in words for its author."""


class Passed(ValueError):
    """Why something in a file is no row for us, though nothing is wrong with it: a reason that others share."""


def canonical(iri: str) -> str:
    """The IRI as its authority writes it: Wikidata's concept IRI, GeoNames' with ``https`` and a final slash."""
    if "wikidata.org/" in iri and (found := _WIKIDATA.match(iri)):
        return f"http://www.wikidata.org/entity/{found[1]}"
    if "geonames.org/" in iri and (found := _GEONAMES.match(iri)):
        return f"https://sws.geonames.org/{found[1]}/"
    return iri


def iri_of(id: str) -> str | None:
    """The IRI that an id stands for: Wikidata's (``Q90``), GeoNames' (``geonames-2988507``), or the IRI that it is."""
    if id[:1] == "Q" and id[1:].isascii() and id[1:].isdigit():
        return f"http://www.wikidata.org/entity/{id}"
    if id.startswith("geonames-") and id[9:].isascii() and id[9:].isdigit():
        return f"https://sws.geonames.org/{id[9:]}/"
    return canonical(id) if _SCHEME.match(id) else None


def id_of(iri: str) -> str:
    """The id of a row that is read from data where things go by their IRIs; the other way round of :func:`iri_of`."""
    iri = canonical(iri)
    if "/authority#" in iri:  # as we write rows that no authority has an IRI for
        return unquote(iri.partition("/authority#")[2])
    if iri.startswith("http://www.wikidata.org/entity/Q"):
        return iri.rpartition("/")[2]
    if iri.startswith("https://sws.geonames.org/"):
        return f"geonames-{iri.rstrip('/').rpartition('/')[2]}"
    return iri


def identity(iri: str) -> int:
    """A number of 64 bits for an IRI, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(iri.encode(), digest_size=8).digest(), "big", signed=True)


def of_cells(cell: Mapping[str, str], separator: str = "|") -> Thing:
    """The row of a file's cells, by column. Raises :class:`Fault`."""

    def many(name: str) -> tuple[str, ...]:
        text = cell.get(name)
        if not text:
            return ()
        return tuple(dict.fromkeys(part for one in text.split(separator) if (part := " ".join(one.split()))))

    def maybe(name: str) -> str | None:
        return " ".join(cell.get(name, "").split()) or None

    for name in COLUMNS[:3]:
        if not cell.get(name):
            raise Fault(f"{name} is empty; every row needs id, type and name")
    return checked(
        Thing(
            id=cell["id"],
            type=cell["type"],
            name=" ".join(cell["name"].split()),
            aliases=many("aliases"),
            demonyms=many("demonyms"),
            same_as=many("same_as"),
            contained_in=cell.get("contained_in") or None,
            latitude=_degrees(cell, "latitude", 90),
            longitude=_degrees(cell, "longitude", 180),
            description=maybe("description"),
            population=_count(cell.get("population") or ""),
            country=cell.get("country") or None,
            weight=_weight(cell.get("weight") or "", "weight"),
            rival=_weight(cell.get("rival") or "", "rival"),
        )
    )


def checked(thing: Thing) -> Thing:
    """The row, with IRIs as their authorities write them. Raises :class:`Fault` for one that cannot stand."""
    if not thing.id or not thing.name:
        raise Fault("id or name is empty; every row needs id, type and name")
    if kind_of(thing.type) is None:
        raise Fault(f"type {thing.type[:80]!r} is no schema.org class of a person, place, organization, event or work")
    if _CONTROL.search(thing.id) or " " in thing.id or len(thing.id) > LONGEST:
        raise Fault(f"id {thing.id[:40]!r} has blanks, control characters or more than {LONGEST} characters")
    lists = (thing.aliases, thing.demonyms, thing.same_as)
    if any(len(many) > MOST for many in lists):
        raise Fault(f"{max(map(len, lists))} entries in one list; {MOST} are the most")
    for text in (thing.name, *thing.aliases, *thing.demonyms):
        if len(text) > LONGEST:
            raise Fault(f"a name of {len(text)} characters ({text[:40]!r} ...); {LONGEST} are the most")
        if _CONTROL.search(text):
            raise Fault(f"name {text[:80]!r} has control characters or bytes that are no UTF-8")
        if not text.strip():
            raise Fault("a name is blank")
    if thing.description is not None:
        if len(thing.description) > _LONGEST_TEXT:
            raise Fault(f"a description of {len(thing.description)} characters; {_LONGEST_TEXT} are the most")
        if _CONTROL.search(thing.description):
            raise Fault("the description has control characters or bytes that are no UTF-8")
    for other in (thing.contained_in, thing.country):
        if other is not None and (len(other) > LONGEST or _CONTROL.search(other) or " " in other):
            raise Fault(f"{other[:40]!r} is no id")
    if not thing.same_as:
        own = iri_of(thing.id) if thing.id.startswith(("Q", "geonames-")) else None
        return replace(thing, same_as=(own,)) if own is not None else thing
    for iri in thing.same_as:
        if not _SCHEME.match(iri) or _NO_IRI.search(iri) or len(iri) > 2000:
            raise Fault(f"same_as {iri[:80]!r} is no IRI; write it in full, as http://www.wikidata.org/entity/Q30")
    same = tuple(dict.fromkeys(canonical(iri) for iri in thing.same_as))
    return thing if same == thing.same_as else replace(thing, same_as=same)


def _degrees(cell: Mapping[str, str], name: str, limit: float) -> float | None:
    text = cell.get(name)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not -limit <= value <= limit:
        raise Fault(f"{name} {text[:40]!r} is no number from -{limit} to {limit} (decimal degrees)")
    return value


def _count(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Fault(f"population {text[:40]!r} is no whole number")
    return int(text)


def _weight(text: str, name: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1e9:
        raise Fault(f"{name} {text[:40]!r} is no number from 0 to 1000000000")
    return value


# ---- weights ---------------------------------------------------------------------------------------------------------

#: What a row weighs that has no figure: as much as a town of 100,000. States and countries are in the news more often.
_USUAL: Final = {"Country": 500.0, "Continent": 500.0, "State": 100.0, "AdministrativeArea": 100.0}
_ELSE: Final = 10.0
#: What the smallest countries weigh.
_SMALL: Final = 50.0
_LEAST: Final = 0.01
#: How far each way of naming speaks for the row.
_FACTORS: Final = {"name": 4.0, "alias": 2.0, "acronym": 2.0, "demonym": 3.0}


def weight(thing: Thing) -> float:
    """How often texts mean the row, beside others of its names: its own figure, else one per 10,000 inhabitants."""
    if thing.weight is not None:
        return max(_LEAST, thing.weight)
    if thing.population:
        return max(_SMALL if thing.type == "Country" else _LEAST, thing.population / 10_000)
    return _USUAL.get(thing.type, _ELSE)


def quiet(thing: Thing) -> bool:
    """Whether the row's names mostly mean something else, so that a text that has one need not mean the row."""
    return thing.rival is not None and thing.rival > weight(thing)


def factor(how: str) -> float:
    """How far a way of naming (``name``, ``alias``, ``acronym``, ``demonym``) speaks for a row."""
    return _FACTORS[how]


def of_sitelinks(count: int) -> float:
    """The weight of a Wikidata item with pages in so many projects: 28 weigh 1, a large city's 120 nearly 80."""
    return round((count / 28) ** 3, 4)


# ---- surfaces --------------------------------------------------------------------------------------------------------


def surfaces(row: Thing) -> Iterator[tuple[str, str]]:
    """The surfaces of a row and how each names it; demonyms with their plurals."""
    yield row.name, "name"
    for alias in row.aliases:
        short = alias.isupper() and " " not in alias and sum(map(str.isalpha, alias)) <= 8
        yield alias, "acronym" if short else "alias"
    if row.demonyms:
        for form in forms(row.name, row.demonyms):
            yield form, "demonym"


def forms(name: str, demonyms: Sequence[str]) -> Iterator[str]:
    """The demonyms and what comes of them: *Salvadorans*, *El Salvadoran*."""
    first = name.split(" ", 1)[0]
    for demonym in demonyms:
        made = [demonym]
        if demonym.endswith(("an", "i", "er", "ian")):
            made.append(demonym + "s")
        if first in _ARTICLES and not demonym.startswith(first + " "):
            made += [f"{first} {form}" for form in made]
        yield from made


# ---- as text ---------------------------------------------------------------------------------------------------------


def encoded(thing: Thing) -> list[object]:
    """The row as a list for JSON, without empty values at the end."""
    values: list[object] = [
        thing.type,
        thing.name,
        thing.aliases,
        thing.demonyms,
        thing.same_as,
        thing.contained_in,
        thing.latitude,
        thing.longitude,
        thing.description,
        thing.population,
        thing.country,
        thing.weight,
        thing.rival,
    ]
    while values and values[-1] in (None, ()):
        values.pop()
    return values


def decoded(id: str, values: Sequence[object]) -> Thing:
    """The row that :func:`encoded` gave."""
    full: list[object] = [*values, *(None,) * (13 - len(values))]
    for at in (2, 3, 4):
        full[at] = tuple(full[at] or ())  # type: ignore[arg-type]
    return Thing(id, *full)  # type: ignore[arg-type]
