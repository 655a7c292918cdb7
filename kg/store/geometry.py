"""Where geometries are, for the index of a snapshot: each well-known text as a document with the cells it lies in.

The world is cut into four again and again, :data:`LEVELS` times. A point's document names its cell on every level, so
that any box is covered by a few cells, large and small. Geometries that are no plain points within the bounds of
longitude and latitude are found in every box.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from kg.store.text import UNLISTED, TextDocument
from kg.vocab import GEO

__all__ = ["NOTED", "Box", "cover", "of_lines", "of_store"]

#: What a line of a log has that says where something is.
NOTED = f" {GEO.asWKT} "
#: How often the world is cut: cells of the last level are about 2.4 km wide and 1.2 km high at the equator.
LEVELS = 14
#: Cells that cover a box, at most.
CELLS = 64
#: Characters of a well-known text that the index gives back. While the graph holds a longer one, or anything else that
#: is no ``geo:wktLiteral`` in its place, the index gives none.
CHARACTERS = 20_000

_Term = NamedNode | BlankNode | Literal | Triple

_SIZE = 1 << LEVELS
_ELSEWHERE = "elsewhere"
_ANYWHERE = (_ELSEWHERE,)
_CRS84 = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
_NUMBER = r"[-+]?[0-9.]{1,40}(?:[eE][-+]?[0-9]{1,3})?"
_POINT = re.compile(rf"\s*(?:{re.escape(_CRS84)}\s+)?POINT\s*\(\s*({_NUMBER})\s+({_NUMBER})\s*\)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Box:
    """What lies between two longitudes and two latitudes, in degrees, the edges included; ``west`` ≤ ``east``."""

    west: float
    south: float
    east: float
    north: float


def cover(boxes: Iterable[Box]) -> tuple[str, ...]:
    """The names of cells of which each point of the boxes lies in one, and of those of what lies anywhere."""
    found = {_ELSEWHERE: None}
    for box in boxes:
        found.update(dict.fromkeys(_cover(box)))
    return tuple(found)


def of_lines(rdf: Store, lines: Iterable[str]) -> Iterator[TextDocument]:
    """The documents of the geometries in these N-Quads lines, those that the dataset does not hold included: they have
    no ``kind``, and are to be taken out of the index."""
    data = "\n".join(sorted(set(lines))).encode("utf-8")
    quads = (quad for quad in parse(data, format=RdfFormat.N_QUADS) if quad.predicate == GEO.asWKT)
    for term in _objects(quads):
        here = next(rdf.quads_for_pattern(None, GEO.asWKT, term, None), None) is not None
        yield _document(term) if here else TextDocument(_page(term), "", "")


def of_store(rdf: Store) -> Iterator[TextDocument]:
    """The documents of all geometries of the dataset, each once."""
    return map(_document, _objects(rdf.quads_for_pattern(None, GEO.asWKT, None, None)))


def _objects(quads: Iterable[Quad]) -> list[_Term]:
    """The well-known texts that the quads say, and what else they say in that place: each once, in order."""
    return sorted({quad.object for quad in quads}, key=str)


def _page(term: _Term) -> str:
    return "geometry:" + hashlib.sha256(str(term).encode("utf-8")).hexdigest()


def _document(term: _Term) -> TextDocument:
    if not isinstance(term, Literal) or term.datatype != GEO.wktLiteral or len(term.value) > CHARACTERS:
        return TextDocument(_page(term), "geometry", "", cells=(UNLISTED,))
    point = _POINT.fullmatch(term.value)
    cells = _cells(point[1], point[2]) if point else _ANYWHERE
    return TextDocument(_page(term), "geometry", "", wkt=term.value, cells=cells)


def _cells(east: str, north: str) -> tuple[str, ...]:
    """A cell of each level, from the whole world down."""
    try:
        longitude, latitude = float(east), float(north)
    except ValueError:
        return _ANYWHERE
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        return _ANYWHERE
    x, y = _column(longitude), _row(latitude)
    return tuple(_name(level, x >> (LEVELS - level), y >> (LEVELS - level)) for level in range(LEVELS + 1))


def _column(longitude: float) -> int:
    return max(0, min(_SIZE - 1, math.floor((longitude + 180) / 360 * _SIZE)))


def _row(latitude: float) -> int:
    return max(0, min(_SIZE - 1, math.floor((latitude + 90) / 180 * _SIZE)))


def _name(level: int, x: int, y: int) -> str:
    return f"{level}/{x}/{y}"


def _cover(box: Box) -> Iterator[str]:
    # Columns and rows grow with the degrees, so what lies in the box lies in its columns and rows too.
    west, east = _column(box.west), _column(box.east)
    south, north = _row(box.south), _row(box.north)
    whole: list[tuple[int, int, int]] = []
    cells = [(0, 0, 0)]
    for level in range(LEVELS + 1):
        left = LEVELS - level
        inside = [(x, y) for _, x, y in cells if _within(x, left, west, east) and _within(y, left, south, north)]
        whole += [(level, x, y) for x, y in inside]
        partly = [cell for cell in cells if cell[1:] not in set(inside)]
        cells = [
            (level + 1, 2 * x + right, 2 * y + up)
            for _, x, y in partly
            for right in (0, 1)
            for up in (0, 1)
            if left and _touches(2 * x + right, left - 1, west, east) and _touches(2 * y + up, left - 1, south, north)
        ]
        if len(whole) + len(cells) > CELLS:
            cells = partly
            break
        if not cells:
            break
    return (_name(*cell) for cell in (*whole, *cells))


def _within(cell: int, left: int, low: int, high: int) -> bool:
    return low <= cell << left and ((cell + 1) << left) - 1 <= high


def _touches(cell: int, left: int, low: int, high: int) -> bool:
    return cell << left <= high and low <= ((cell + 1) << left) - 1
