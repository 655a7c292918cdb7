"""Rows of Turtle and N-Triples: names and sameAs as schema.org, SKOS, RDFS, FOAF and OWL write them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.authority.classes import of_items
from kg.authority.row import Fault, Passed, checked, id_of, of_cells
from kg.authority.types import kind_of
from kg.plugins import Thing
from kg.vocab import DCTERMS, FOAF, OWL, RDF, RDFS, SCHEMA, SKOS, schema_http

__all__ = ["read"]

_GEO: Final = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_GN: Final = "http://www.geonames.org/ontology#"
_WIKIDATA: Final = "http://www.wikidata.org/entity/"
#: What is read of a subject. Where one of a group is missing the next stands in, in this order.
_PREDICATES: Final[Mapping[str, tuple[str, int]]] = {
    predicate: (column, rank)
    for column, predicates in {
        "type": [RDF.type.value],
        "name": [SCHEMA.name.value, SKOS.prefLabel.value, RDFS.label.value, FOAF.name.value, _GN + "name"],
        "aliases": [SCHEMA.alternateName.value, SKOS.altLabel.value, SCHEMA.legalName.value, _GN + "alternateName"],
        "same_as": [SCHEMA.sameAs.value, OWL.sameAs.value, SKOS.exactMatch.value],
        "description": [SCHEMA.description.value, DCTERMS.description.value, SKOS.definition.value, RDFS.comment.value],
        "contained_in": [SCHEMA.containedInPlace.value, _GN + "parentFeature"],
        "latitude": [SCHEMA.latitude.value, _GEO + "lat"],
        "longitude": [SCHEMA.longitude.value, _GEO + "long"],
        "population": [_GN + "population"],
        "geo": [SCHEMA.geo.value],
    }.items()
    for rank, predicate in enumerate(predicates)
}
_CLASSES: Final[Mapping[str, str]] = {
    FOAF.Person.value: "Person",
    FOAF.Organization.value: "Organization",
    "http://www.w3.org/ns/org#Organization": "Organization",
    _GN + "Feature": "Place",
}
_BROAD: Final = ("Person", "Place", "Organization", "Event", "CreativeWork")


def read(
    stream: IO[bytes], format: RdfFormat, constants: Mapping[str, str]
) -> Iterator[tuple[int, Thing | Fault | Passed]]:
    """The row of each subject that has a name, after the errors of the file with their lines. ``constants`` are
    values for rows that have none. Triples may come in any order: they wait in a temporary file."""
    db = sqlite3.connect("", isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA cache_size = -32000")
        db.execute("BEGIN")
        db.execute("CREATE TABLE said (subject TEXT, key TEXT, rank INTEGER, value TEXT, language TEXT)")
        yield from ((line, fault) for line, fault in _stage(db, stream, format))
        db.execute("CREATE INDEX by_subject ON said (subject)")
        subject = None
        group: list[tuple[str, int, str, str | None]] = []
        points = db.cursor()
        order = "SELECT subject, key, rank, value, language FROM said WHERE subject NOT LIKE '\\_:%' ESCAPE '\\' "
        for row in db.execute(order + "ORDER BY subject, key, rank, value"):
            if row[0] != subject and subject is not None:
                yield 0, _row(subject, group, points, constants)
                group = []
            subject = row[0]
            group.append(row[1:])
        if subject is not None:
            yield 0, _row(subject, group, points, constants)
    finally:
        db.close()


def _stage(db: sqlite3.Connection, stream: IO[bytes], format: RdfFormat) -> Iterator[tuple[int, Fault]]:
    triples = parse(stream, format)
    batch: list[tuple[str, str, int, str, str | None]] = []
    statement = "INSERT INTO said VALUES (?, ?, ?, ?, ?)"
    line = 0
    while True:
        try:
            triple = next(triples)
        except StopIteration:
            break
        except SyntaxError as error:
            now = error.lineno or 0
            yield now, Fault(f"no valid {format.name}: {error.msg}")
            if format != RdfFormat.N_TRIPLES and now == line:
                break  # no way on
            line = now
            continue
        except OSError as error:
            yield 0, Fault(f"cannot be read on: {error}")
            break
        column = _PREDICATES.get(schema_http(triple.predicate.value))
        subject, value = triple.subject, triple.object
        if column is None or not isinstance(subject, (NamedNode, BlankNode)):
            continue
        language = value.language if isinstance(value, Literal) else None
        if isinstance(value, (NamedNode, Literal)):
            text = value.value
        elif isinstance(value, BlankNode):
            text = f"_:{value.value}"
        else:
            continue
        whose = subject.value if isinstance(subject, NamedNode) else f"_:{subject.value}"
        batch.append((whose, *column, text, language))
        if len(batch) >= 20_000:
            db.executemany(statement, batch)
            batch.clear()
    db.executemany(statement, batch)


def _row(
    subject: str, group: list[tuple[str, int, str, str | None]], points: sqlite3.Cursor, constants: Mapping[str, str]
) -> Thing | Fault | Passed:
    try:
        return _thing(subject, group, points, constants)
    except (Fault, Passed) as error:
        return type(error)(f"{subject}: {error}") if isinstance(error, Fault) else error


def _thing(
    subject: str, group: list[tuple[str, int, str, str | None]], points: sqlite3.Cursor, constants: Mapping[str, str]
) -> Thing:
    said: dict[str, list[tuple[int, str, str | None]]] = {}
    for key, rank, value, language in group:
        said.setdefault(key, []).append((rank, value, language))
    named = sorted((_tongue(language), rank, value) for rank, value, language in said.get("name", ()))
    named = [one for one in named if one[0] < _NONE]
    if not named:
        raise Passed("no English name" if said.get("name") else "no name")
    type_ = _type([value for _, value, _ in said.get("type", ())]) or constants.get("type")
    if type_ is None:
        raise Passed("no class of ours")
    for _, node, _ in said.get("geo", ()):
        for key, rank, value, language in points.execute(
            "SELECT key, rank, value, language FROM said WHERE subject = ? AND key IN ('latitude', 'longitude')",
            (node,),
        ).fetchall():
            said.setdefault(key, []).append((rank, value, language))
    cells = {key: value for key, value in constants.items() if key != "type"}
    cells |= {"id": id_of(subject), "type": type_, "name": " ".join(named[0][2].split())}
    for key in ("latitude", "longitude", "population"):
        if key in said:
            cells[key] = min(said[key], key=lambda one: one[:2])[1]
    described = sorted((_tongue(language), rank, value) for rank, value, language in said.get("description", ()))
    if described and described[0][0] < _NONE:
        cells["description"] = " ".join(described[0][2].split())[:2000]
    if "contained_in" in said:
        cells["contained_in"] = id_of(min(said["contained_in"], key=lambda one: one[:2])[1])
    others = [value for _, _, value in named[1:] if value != named[0][2]]
    others += [
        value
        for _, value, language in sorted(said.get("aliases", ()), key=lambda one: one[:2])
        if _tongue(language) < _NONE
    ]
    same = [value for _, value, _ in sorted(said.get("same_as", ()), key=lambda one: one[:2])]
    own = [subject] if subject.startswith(("http://", "https://")) else []
    cells["aliases"] = "\x1f".join(others)
    cells["same_as"] = "\x1f".join([*own, *(one for one in same if not one.startswith("_:"))])
    return checked(of_cells(cells, "\x1f"))


#: The rank of names in other languages than English.
_NONE: Final = 9


def _tongue(language: str | None) -> int:
    if language is None:
        return 2
    return 0 if language == "en" else 1 if language.startswith("en-") else 3 if language == "mul" else _NONE


def _type(classes: Iterable[str]) -> str | None:
    found: list[str] = []
    for one in classes:
        name = schema_http(one)
        if name.startswith(SCHEMA.iri) and kind_of(name[len(SCHEMA.iri) :]) is not None:
            found.append(name[len(SCHEMA.iri) :])
        elif one in _CLASSES:
            found.append(_CLASSES[one])
        elif one.startswith(_WIKIDATA) and (item := of_items([one[len(_WIKIDATA) :]])) not in (None, "-"):
            found.append(str(item))
    return min(found, key=lambda one: (one in _BROAD, one), default=None)
