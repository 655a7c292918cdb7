"""Rows as files: the CSV and JSON Lines that we read, and Turtle."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kg.authority.row import COLUMNS, OPTIONAL, iri_of
from kg.plugins import Thing
from kg.vocab import RDF, SCHEMA, XSD

__all__ = ["FORMATS", "cells", "lines"]

FORMATS: Final = ("csv", "jsonl", "ttl")
_PREFIXES: Final = {"schema": SCHEMA.iri, "xsd": XSD.iri}


def cells(thing: Thing) -> dict[str, object]:
    """The row by columns, without those that are empty."""
    values = {name: getattr(thing, name) for name in (*COLUMNS, *OPTIONAL)}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items() if v not in (None, ())}


def lines(things: Iterable[Thing], format: str, base: str) -> Iterator[str]:
    """The rows as text, piece by piece. In Turtle a row that no authority has an IRI for is named below ``base``."""
    if format == "jsonl":
        for thing in things:
            yield json.dumps(cells(thing), ensure_ascii=False) + "\n"
    elif format == "csv":
        yield ",".join((*COLUMNS, *OPTIONAL)) + "\n"
        for thing in things:
            yield _line(thing)
    else:
        yield "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in _PREFIXES.items())
        for thing in things:
            made = serialize(_triples(thing, base), format=RdfFormat.TURTLE, prefixes=_PREFIXES)
            assert made is not None
            rows = made.decode().splitlines(keepends=True)
            yield "".join(row for row in rows if not row.startswith("@prefix "))  # they come in any order


def _line(thing: Thing) -> str:
    row = []
    for name in (*COLUMNS, *OPTIONAL):
        value = getattr(thing, name)
        if isinstance(value, tuple):
            value = "|".join(one.replace("|", " ") for one in value)
        row.append("" if value is None else str(value))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()


def _triples(thing: Thing, base: str) -> list[Triple]:
    node = _node(thing.id, base)
    found = [Triple(node, RDF.type, SCHEMA[thing.type]), Triple(node, SCHEMA.name, Literal(thing.name, language="en"))]
    found += [Triple(node, SCHEMA.alternateName, Literal(one, language="en")) for one in thing.aliases]
    found += [Triple(node, SCHEMA.sameAs, NamedNode(iri)) for iri in thing.same_as if iri != node.value]
    if thing.description is not None:
        found.append(Triple(node, SCHEMA.description, Literal(thing.description, language="en")))
    if thing.contained_in is not None:
        found.append(Triple(node, SCHEMA.containedInPlace, _node(thing.contained_in, base)))
    for name in ("latitude", "longitude"):
        value = getattr(thing, name)
        if value is not None:
            found.append(Triple(node, SCHEMA[name], Literal(f"{value:f}", datatype=XSD.decimal)))
    return found


def _node(id: str, base: str) -> NamedNode:
    iri = iri_of(id)
    if iri is not None:
        try:
            return NamedNode(iri)
        except ValueError:
            pass
    return NamedNode(f"{base}/authority#{quote(id, safe='')}")
