"""Filters on where something is, with the snapshot's index: the places that may pass are named before the engine joins.

``FILTER(geof:distance(?wkt, "POINT(14.5 46.05)"^^geo:wktLiteral, uom:metre) < 50000)`` beside ``?geometry geo:asWKT
?wkt`` is looked up in the cells of the snapshot's text index (:mod:`kg.store.geometry`). What lies in the cells that
cover the circle is more than what lies in it: it goes in front as ``VALUES ?wkt { … }``, and the filter stays.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import Literal

from kg.engine.patterns import Element, Group, groups, leaves, number, outside, parted
from kg.engine.request import Limits, Request
from kg.queries.extensions import DISTANCE, MEETING
from kg.queries.reading import Edit, Node, Reading
from kg.store import Reader
from kg.store.geometry import Box, cover
from kg.vocab import GEO

__all__ = ["MAY_LOCATE", "Circle", "edits"]

#: What every text has that calls a function of GeoSPARQL, however its IRI is written.
MAY_LOCATE = re.compile(r"opengis|\\[uU]")
#: Candidates that are worth naming; with more of them the filter does the work alone.
CANDIDATES = 20_000
#: Filters of a query that are looked up; the others do their work alone.
_LOOKED_UP = 8

_UNITS = {
    "http://www.opengis.net/def/uom/OGC/1.0/" + name: metres
    for name, metres in (("metre", 1.0), ("meter", 1.0), ("kilometre", 1000.0), ("kilometer", 1000.0))
}
#: Metres of the radius of the sphere that distances are measured on; a little less than the engine's 6,371,008.8.
_RADIUS = 6_371_000.0
#: Degrees added on each side, about a centimetre, for what is lost in calculating.
_MARGIN = 1e-7
_CRS84 = re.compile(r"\s*<http://www\.opengis\.net/def/crs/OGC/1\.3/CRS84>\s")
_SHAPES = re.compile(r"\b(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\b|\bGEOMETRYCOLLECTION\b", re.IGNORECASE)
_BRACKETS = re.compile(r"[(),]")
_COMPARED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Circle:
    """What is no farther than ``metres`` from a point, on the sphere."""

    east: float
    north: float
    metres: float

    def boxes(self) -> tuple[Box, ...]:
        """Boxes that hold the circle: two where it crosses the line of dates, all longitudes where it holds a pole."""
        angle = math.degrees(max(self.metres, 0.0) / _RADIUS) + _MARGIN
        south, north = self.north - angle, self.north + angle
        if south <= -90 or north >= 90:
            return (Box(-180, max(south, -90.0), 180, min(north, 90.0)),)
        across = math.sin(math.radians(angle)) / math.cos(math.radians(self.north))
        if across >= 1:
            return (Box(-180, south, 180, north),)
        aside = math.degrees(math.asin(across)) + _MARGIN
        centre = (self.east + 180) % 360 - 180
        west, east = centre - aside, centre + aside
        if west <= -180:
            return (Box(-180, south, east, north), Box(west + 360, south, 180, north))
        if east >= 180:
            return (Box(west, south, 180, north), Box(-180, south, east - 360, north))
        return (Box(west, south, east, north),)


def edits(reading: Reading, reader: Reader, request: Request, limits: Limits) -> Sequence[Edit]:
    """The candidates of each filter that a place decides, where the index knows them and they are few."""
    del request, limits
    found = (edit for group in groups(reading) for edit in _of_group(reading, reader, group))
    return list(islice(found, _LOOKED_UP))  # lazy, so that no more is looked up than is used


def _of_group(reading: Reading, reader: Reader, group: Group) -> Iterator[Edit]:
    places = {name: element for element in group.all("TriplesSameSubjectPath") for name in _texts(reading, element)}
    if not places:
        return
    measured = dict(_bound(reading, group))
    for element in group.all("Filter"):
        for condition in _conditions(element.leaves[1:]):
            found = _located(reading, condition, measured)
            if found is None or found[0] not in places or _strays(reading, found[0]):
                continue
            name, boxes = found
            texts = reader.text.geometries(cover(boxes), limit=CANDIDATES)
            if texts is not None:
                terms = " ".join(str(Literal(text, datatype=GEO.wktLiteral)) for text in texts)
                begins = places[name].begins
                yield Edit(begins, begins, f" VALUES ?{name} {{ {terms} }} ")


def _texts(reading: Reading, element: Element) -> Iterator[str]:
    """The variables that triples bind to the well-known text of a geometry, whatever else they say."""
    found = element.leaves
    kinds = {leaf.kind for leaf in found}
    if "|" in kinds or kinds & {"<<", "<<(", "{|", "~"}:
        return
    depth = 0
    for before, leaf, after in zip((None, *found), found, (*found[1:], None), strict=False):
        depth += (leaf.kind == "(") - (leaf.kind == ")")
        if depth or after is None or after.kind != "Var" or reading.iri(leaf) != GEO.asWKT.value:
            continue
        # a predicate by itself, or the last step of a path
        if before is not None and before.kind not in ("^", "!"):
            yield reading.text_of(after)[1:]


def _strays(reading: Reading, name: str) -> bool:
    """Whether a group has expressions of the variable and no pattern that binds it. There it has no value (SPARQL 1.1,
    section 18.2.1), but the engine may give it one when VALUES for it stand elsewhere (Oxigraph 0.5)."""
    for node in reading.tree.walk():
        if node.kind not in ("GroupGraphPattern", "SubSelect"):
            continue
        own = [one for part in node.parts for one in outside(part, "GroupGraphPattern", "SubSelect")]
        if node.kind == "SubSelect":
            where = next(one for one in node.walk() if one.kind == "GroupGraphPattern")
            patterns = [one for part in where.parts for one in outside(part, "GroupGraphPattern", "SubSelect")]
        else:
            patterns = own
        bound = {
            reading.text_of(leaf)[1:]
            for one in patterns
            if one.kind in ("TriplesSameSubjectPath", "InlineData")
            for leaf in leaves(one)
            if leaf.kind == "Var"
        }
        if name not in bound and any(one.kind == "Var" and reading.text_of(one)[1:] == name for one in own):
            return True
    return False


def _bound(reading: Reading, group: Group) -> Iterator[tuple[str, tuple[Node, ...]]]:
    """The variables that BIND gives a value in the group, with the expressions."""
    for element in group.all("Bind"):
        found = element.leaves  # BIND ( expression AS ?name )
        if len(found) > 5 and found[-3].kind == "AS" and found[-2].kind == "Var":
            yield reading.text_of(found[-2])[1:], found[2:-3]


def _conditions(found: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    """What all has to be true for a filter's expression to be true, brackets around it left out."""
    todo = [found]
    while todo:
        one = _bare(todo.pop())
        if len(parted(one, "||")) > 1:
            continue
        parts = parted(one, "&&")
        if len(parts) == 1:
            yield one
        else:
            todo.extend(reversed(parts))


def _bare(found: tuple[Node, ...]) -> tuple[Node, ...]:
    """The expression without the brackets around the whole of it."""
    while len(found) > 2 and found[0].kind == "(" and found[-1].kind == ")":
        depth = 0
        for at, leaf in enumerate(found):
            depth += (leaf.kind == "(") - (leaf.kind == ")")
            if depth == 0 and at < len(found) - 1:
                return found
        found = found[1:-1]
    return found


def _located(
    reading: Reading, found: tuple[Node, ...], measured: dict[str, tuple[Node, ...]]
) -> tuple[str, tuple[Box, ...]] | None:
    """The variable that a condition is about, and boxes outside of which the condition is false; None for any other
    condition."""
    marks = [leaf.kind for leaf in found if leaf.kind in _COMPARED]
    if len(marks) == 1:
        mark = marks[0]
        left, right = parted(found, mark) if len(parted(found, mark)) == 2 else ((), ())
        bound = number(reading, _bare(right))
        if bound is None:
            left, mark, bound = right, _COMPARED[mark], number(reading, _bare(left))
        if bound is None or mark not in ("<", "<="):
            return None
        left = _bare(left)
        if len(left) == 1 and left[0].kind == "Var":
            left = _bare(measured.get(reading.text_of(left[0])[1:], ()))
        return _within(reading, left, bound)
    return _meeting(reading, found)


def _within(reading: Reading, found: tuple[Node, ...], bound: float) -> tuple[str, tuple[Box, ...]] | None:
    """The boxes of a distance that is at most ``bound``."""
    called = _call(reading, found)
    if called is None or called[0] != DISTANCE or len(called[1]) != 3:
        return None
    first, second, unit = called[1]
    metres = _UNITS.get(reading.iri(unit[0]) or "") if len(unit) == 1 else None
    for one, other in ((first, second), (second, first)):
        text = _constant(reading, other)
        if metres is None or text is None or len(one) != 1 or one[0].kind != "Var":
            continue
        box = _around(text)
        if box is None or box.west != box.east or box.south != box.north or not _is_point(text):
            return None
        if abs(box.north) > 90 or abs(box.east) > 540 or not math.isfinite(bound):
            return None
        return reading.text_of(one[0])[1:], Circle(box.west, box.south, bound * metres).boxes()
    return None


def _meeting(reading: Reading, found: tuple[Node, ...]) -> tuple[str, tuple[Box, ...]] | None:
    """The box of a relation that needs a common point. These are of the plane: no line of dates, no poles."""
    called = _call(reading, found)
    if called is None or called[0] not in MEETING or len(called[1]) != 2:
        return None
    for one, other in (called[1], called[1][::-1]):
        text = _constant(reading, other)
        box = _around(text) if text is not None else None
        if box is not None and len(one) == 1 and one[0].kind == "Var":
            margin = _MARGIN
            wide = Box(box.west - margin, box.south - margin, box.east + margin, box.north + margin)
            return reading.text_of(one[0])[1:], (wide,)
    return None


def _call(reading: Reading, found: tuple[Node, ...]) -> tuple[str, list[tuple[Node, ...]]] | None:
    """The function that an expression calls, and nothing more, with its arguments."""
    if len(found) < 4 or found[1].kind != "(" or found[-1].kind != ")":
        return None
    function = reading.iri(found[0])
    if function is None or _bare(found[1:]) == found[1:]:
        return None
    return function, [_bare(part) for part in parted(found[2:-1], ",")]


def _constant(reading: Reading, found: tuple[Node, ...]) -> str | None:
    """The well-known text that is written there."""
    if len(found) == 3 and found[1].kind == "^^" and reading.iri(found[2]) == GEO.wktLiteral.value:
        return reading.string(found[0])
    return None


def _is_point(text: str) -> bool:
    return _CRS84.sub("", text, count=1).strip()[:5].upper() == "POINT"


def _around(text: str) -> Box | None:
    """The box around a geometry of pairs of numbers; None for an empty one, for one with heights or measures, and for
    what is no well-known text."""
    start = _CRS84.match(text)
    rest = _BRACKETS.sub(" , ", _SHAPES.sub(" ", text[start.end() :] if start else text))
    try:
        pairs = [[float(one) for one in pair.split()] for pair in rest.split(",") if pair.strip()]
    except ValueError:
        return None
    if not pairs or any(len(pair) != 2 or not all(map(math.isfinite, pair)) for pair in pairs):
        return None
    return Box(
        min(pair[0] for pair in pairs),
        min(pair[1] for pair in pairs),
        max(pair[0] for pair in pairs),
        max(pair[1] for pair in pairs),
    )
