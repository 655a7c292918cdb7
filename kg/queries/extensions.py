"""What the endpoint's SPARQL has beside the standard's: a property that searches, and the functions of GeoSPARQL 1.1
that the engine knows (found by trying each)."""

from __future__ import annotations

__all__ = ["FUNCTIONS", "PROPERTIES", "SEARCH"]

#: The property that finds articles and things by their words (docs/text-and-place.md).
SEARCH = "https://w3id.org/newsgraph#search"
#: Property functions: properties in a pattern that are evaluated and not looked up.
PROPERTIES = (SEARCH,)

_GEOF = "http://www.opengis.net/def/function/geosparql/"
#: Relations between two geometries that hold only where the geometries have a point in common.
MEETING = tuple(
    _GEOF + name
    for name in (
        *("sfEquals", "sfIntersects", "sfTouches", "sfWithin", "sfContains", "sfOverlaps", "sfCrosses"),
        *("ehEquals", "ehMeet", "ehOverlap", "ehCovers", "ehCoveredBy", "ehInside", "ehContains"),
        *("rcc8eq", "rcc8ec", "rcc8po", "rcc8tppi", "rcc8tpp", "rcc8ntpp", "rcc8ntppi"),
    )
)
DISTANCE = _GEOF + "distance"
#: The functions of GeoSPARQL that the engine knows.
FUNCTIONS = tuple(
    sorted(
        (
            DISTANCE,
            *MEETING,
            *(_GEOF + name for name in ("sfDisjoint", "ehDisjoint", "rcc8dc")),
            *(_GEOF + name for name in ("area", "length", "perimeter", "centroid", "convexHull", "envelope")),
            *(_GEOF + name for name in ("difference", "intersection", "symDifference", "union")),
            *(_GEOF + name for name in ("asGeoJSON", "coordinateDimension", "dimension", "getSRID")),
            *(_GEOF + name for name in ("isEmpty", "isSimple", "relate", "spatialDimension")),
        )
    )
)
