"""ninjs items checked: JSON Schemas made from the table of facts, and what an item breaks in plain words.

The edition is the one the item names (``standard.version``, ``standard.schema``, ``$standard``, ``$schema``), else the
newest of the family whose names it uses. Schemas follow JSON Schema 2020-12; all references are local.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from kg.errors import InvalidFormat
from kg.extract import json
from kg.extract.ninjs_facts import EDITIONS, Edition, Shape, edition, names

if TYPE_CHECKING:
    from jsonschema import FormatChecker
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

__all__ = ["check", "claimed", "schema", "version"]

_DAY = (
    r"^-?(?:[1-9][0-9]*)?[0-9]{4}(?:-(?:1[0-2]|0[1-9])(?:-(?:3[01]|0[1-9]|[12][0-9])"
    r"(?:T(?:2[0-3]|[01][0-9]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-](?:2[0-3]|[01][0-9]):[0-5][0-9])?)?)?)?$"
)
_PLAIN: Mapping[str, Mapping[str, object]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "object": {"type": "object"},
    "iri": {"type": "string", "format": "uri"},
    "time": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "pattern": _DAY},
    "geojson": {"$ref": "#/$defs/geojson"},
}
_CLAIM = re.compile(r"\s*(\d+)\.(\d+)(-dev)?\s*")
_SCHEMA = re.compile(r"/ninjs-schema(-dev)?(?:_[\d.]+_v|_)(\d+)\.(\d+)\.json#?$")
_PUBLISHER = re.compile(r"https?://(?:www\.)?iptc\.org/", re.IGNORECASE)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")
_TIME = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?"
    r"(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
)
_NEWEST = ("3.1", "2.2", "1.6", "2.1-dev", "1.5-dev")  # of each family; development schemas know advice on use
_SHOWN = 60  # characters of a refused value
_MOST = 100  # errors; the first one is told, the others are counted


# ---- which edition --------------------------------------------------------------------------------------------------


def claimed(item: Mapping[str, object]) -> tuple[str | None, bool]:
    """The version the item names, as written or found in the name of a schema, and whether another house extends it.

    A claim made under a name that the claimed edition does not have (``standard`` is of 2.x, ``$standard`` of 1.x)
    counts as none: it was copied from elsewhere.
    """
    for name, families in (("standard", "23456789"), ("$standard", "1")):
        said = item.get(name)
        if not isinstance(said, dict):
            continue
        where = said.get("schema")
        extended = isinstance(where, str) and bool(where) and not _PUBLISHER.match(where)
        found = _version(said.get("version")) or _of_schema(where)
        return (found if found and found[0] in families else None), extended
    return _of_schema(item.get("$schema")), False


def _version(text: object) -> str | None:
    found = _CLAIM.fullmatch(text) if isinstance(text, str) else None
    return f"{int(found[1])}.{int(found[2])}{found[3] or ''}" if found else None


def _of_schema(text: object) -> str | None:
    found = _SCHEMA.search(text) if isinstance(text, str) else None
    return f"{int(found[2])}.{int(found[3])}{found[1] or ''}" if found else None


def _candidates(item: Mapping[str, object], origin: str) -> tuple[tuple[Edition, bool, bool], ...]:
    """The editions to try, best first, each with whether formats count and whether other names are allowed."""
    said, extended = claimed(item)
    if said is not None:
        if said in EDITIONS:
            one = edition(said)
            return ((one, one.formats, extended),)
        stable = said.removesuffix("-dev")
        if stable in EDITIONS:
            one = edition(stable)
            return ((one, one.formats, extended),)
        newest = [one for one in EDITIONS if one[0] == said.partition(".")[0]]
        if not newest:
            raise InvalidFormat(
                f"the item names ninjs {said}, which this does not know; {EDITIONS[0]} to {EDITIONS[-1]} are read",
                origin=origin,
                path="/standard/version" if "standard" in item else "/$schema",
            )
        return ((edition(newest[-1]), edition(newest[-1]).formats, True),)
    scored = []
    for place, name in enumerate(_NEWEST):
        shape = edition(name).shapes["item"]
        scored.append((sum(_fits(each, what, shape) for each, what in item.items()), -place, name))
    best = max(scored)[0]
    tried = [edition(name) for score, _, name in sorted(scored, reverse=True) if score == best]
    if tried[0].family == "3":
        return ((tried[0], len(tried) == 1, extended),)
    # The suites of 1.0 to 1.3 and 2.0 take any text for an IRI or a time, and the item may be of those.
    return tuple((one, False, extended) for one in tried)


def _specification(name: str, shape: Shape) -> str:
    found = shape.get(name) or shape.get(f"{name}!")
    return found or next((what for one, what in shape.items() if one[0] == "^" and re.search(one, name)), "")


def _fits(name: str, value: object, shape: Shape) -> bool:
    """Whether the name is known, and an array, an object or neither as it should be."""
    what = _specification(name, shape)
    wanted = {"[": list, "{": dict}.get(what[:1]) or (dict if what == "object" else None)
    return bool(what) and (isinstance(value, wanted) if wanted else not isinstance(value, list | dict))


def version(item: Mapping[str, object], *, origin: str = "", extended: bool = False) -> str:
    """The version the item is valid under; ``extended`` says that it may have names that no version knows.

    Raises :class:`kg.errors.InvalidFormat` when it is valid under none.
    """
    refused: list[tuple[int, int, Edition, list[ValidationError]]] = []
    candidates = _candidates(item, origin)
    for place, (one, formats, foreign) in enumerate(candidates):
        broken = _broken(item, one, formats, extended or foreign, origin)
        if not broken:
            return one.version
        refused.append((len(broken), place, one, broken))
    _, _, one, broken = min(refused, key=lambda each: each[:2])
    raise _refusal(one, broken, origin)


def check(item: object, wanted: str, *, origin: str = "") -> None:
    """Nothing, when the item is valid under a version of :data:`kg.extract.ninjs_facts.EDITIONS`.

    Raises :class:`kg.errors.InvalidFormat` with what is wrong, the JSON Pointer of where, and what is allowed there.
    """
    one = edition(wanted)
    broken = _broken(item, one, one.formats, False, origin)
    if broken:
        raise _refusal(one, broken, origin)


# ---- what it breaks -------------------------------------------------------------------------------------------------


def _broken(item: object, one: Edition, formats: bool, extended: bool, origin: str) -> list[ValidationError]:
    value = {name: what for name, what in item.items() if name != "$schema"} if isinstance(item, dict) else item
    try:
        found = list(islice(_leaves(_validator(one.version, formats, extended).iter_errors(value)), _MOST))
    except RecursionError as error:
        raise InvalidFormat("associations or geometries are nested too deep to be checked", origin=origin) from error
    return sorted(found, key=lambda each: tuple(each.absolute_path))


def _leaves(errors: Iterator[ValidationError]) -> Iterator[ValidationError]:
    """The errors, those of alternatives replaced by the ones of the likeliest alternative."""
    from jsonschema.exceptions import relevance

    for error in errors:
        if error.validator == "anyOf" and error.context and any(one.validator != "required" for one in error.context):
            yield max(error.context, key=relevance)
        else:
            yield error


def _refusal(one: Edition, broken: list[ValidationError], origin: str) -> InvalidFormat:
    path = tuple(broken[0].absolute_path)
    reason, below = _reason(broken[0], one)
    more = len(broken) - 1
    rest = f"; {more}{'' if more + 1 < _MOST else ' or'} more {'place is' if more == 1 else 'places are'} wrong"
    where = json.pointer((*path, *below)) or "the item"
    return InvalidFormat(
        f"{where}: {reason} (ninjs {one.version}){rest if more else ''}",
        origin=origin,
        path=json.pointer((*path, *below)),
    )


def _reason(error: ValidationError, one: Edition) -> tuple[str, tuple[str, ...]]:
    """What is wrong and what is allowed, and the rest of the path to it."""
    rule, value, wanted = error.validator, error.instance, error.validator_value
    match rule:
        case "additionalProperties":
            known = tuple(error.schema.get("properties", ()))
            patterns = tuple(error.schema.get("patternProperties", ()))
            other = next(
                name for name in value if name not in known and not any(re.search(each, name) for each in patterns)
            )
            return f"unknown name {_shown(other)}{_meant(other, known, patterns, one)}", (other,)
        case "required":
            missing = next((name for name in wanted if name not in value), "")
            return f"{missing} is missing; it is required", ()
        case "enum":
            return f"{_shown(value)} is not allowed; one of {', '.join(map(str, wanted))} is", ()
        case "const":
            return f"{_shown(value)} is not allowed; {wanted} is", ()
        case "type":
            return f"{_shown(value)} is {_kind(value)}; {_kinds(wanted)} is needed", ()
        case "format":
            needed = {"uri": "an absolute IRI", "date-time": "a date and time with zone (2026-03-12T09:30:00Z)"}
            return f"{_shown(value)} is not {needed.get(str(wanted), str(wanted))}", ()
        case "pattern":
            return f"{_shown(value)} is no date or part of one (2026, 2026-03, 2026-03-12, 2026-03-12T09:30:00Z)", ()
        case "minimum" | "maximum":
            return f"{_shown(value)} is out of range: {rule} {wanted}", ()
        case "minItems":
            return f"{len(value)} items are too few; at least {wanted} are needed", ()
        case "oneOf" | "anyOf":
            groups = [each.get("required", ()) for each in wanted if isinstance(each, dict)]
            shown = ", ".join(name for group in groups for name in group)
            return (f"exactly one of {shown} is needed" if shown else "start or end is given twice or not at all"), ()
    return f"{_shown(value)} breaks {rule}", ()


def _meant(other: str, known: tuple[str, ...], patterns: tuple[str, ...], one: Edition) -> str:
    same = next((name for name in known if name.lower() == other.lower()), None)
    if same:
        return f"; {same} is meant"
    if set(known) >= set(names(one.shapes["item"])):
        elsewhere = [each for each in EDITIONS if _specification(other, edition(each).shapes["item"])]
        if elsewhere:
            return f"; ninjs {elsewhere[0]} to {elsewhere[-1]} know it: name the version in standard.version"
    near = difflib.get_close_matches(other, known, 1, 0.75)
    allowed = ", ".join([*known, *(f"names like {each}" for each in patterns)])
    return (f"; did you mean {near[0]}?" if near else "") + f"; allowed: {allowed or 'none'}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _kind(value: object) -> str:
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "true or false"),
        (str, "a text"),
        (int, "a number"),
        (float, "a number"),
        (list, "an array"),
        (dict, "an object"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "null")


def _kinds(wanted: object) -> str:
    words = {"string": "a text", "object": "an object", "array": "an array", "integer": "a whole number"}
    return " or ".join(words.get(one, f"a {one}") for one in ([wanted] if isinstance(wanted, str) else wanted))  # type: ignore[attr-defined]


# ---- schemas from facts ---------------------------------------------------------------------------------------------


def schema(wanted: str, *, extended: bool = False) -> dict[str, object]:
    """The JSON Schema (2020-12) of a version; ``extended`` allows names that the version does not know."""
    one = edition(wanted)
    made: dict[str, dict[str, object]] = {name: _object(shape, extended) for name, shape in one.shapes.items()}
    for name, shape in one.shapes.items():
        if shape.get("<item") == "and":  # a whole item and the names of its own
            made[name] = _object({**one.shapes["item"], **shape}, extended)
        elif shape.get("<item") == "or":
            made[name] = {
                "type": "object",
                "if": {"required": ["name"], "properties": made[name]["properties"]},
                "else": {"$ref": "#/$defs/item"},
            }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": "#/$defs/item",
        "$defs": {**made, "geojson": _geojson(), **_geometries()},
    }


def _object(shape: Shape, extended: bool) -> dict[str, object]:
    members = [(name, what) for name, what in shape.items() if name[0] != "<"]
    made: dict[str, object] = {
        "type": "object",
        "properties": {name.rstrip("!"): _value(what) for name, what in members if name[0] != "^"},
    }
    patterns = {name: _value(what) for name, what in members if name[0] == "^"}
    if patterns:
        made["patternProperties"] = patterns
    required = [name[:-1] for name, _ in members if name[-1] == "!"]
    if required:
        made["required"] = required
    if not extended and not shape.get("<open"):
        made["additionalProperties"] = False
    if shape.get("<one"):
        made["oneOf"] = [{"required": [name]} for name in shape["<one"].split()]
    if shape.get("<any"):
        made["anyOf"] = [
            {"oneOf": [{"required": [name]} for name in group.split()]} for group in shape["<any"].split(" / ")
        ]
    return made


def _value(what: str) -> dict[str, object]:
    if what in _PLAIN:
        return dict(_PLAIN[what])
    if what[0] == "[":
        return {"type": "array", "items": _value(what[1:-1])}
    if what[0] == "{":
        return {"$ref": f"#/$defs/{what[1:-1]}"}
    if "|" in what:
        return {"type": "string", "enum": [word for word in what.split("|") if word]}
    low, _, high = what.partition("-")
    return {"type": "integer", "minimum": int(low), "maximum": int(high)}


# Coordinates by type: how many arrays stand around a position, and how many of the innermost are needed (RFC 7946).
_COORDINATES = {
    "Point": (0, 0),
    "MultiPoint": (1, 0),
    "LineString": (1, 2),
    "MultiLineString": (2, 2),
    "Polygon": (2, 4),
    "MultiPolygon": (3, 4),
}


def _geometries() -> dict[str, object]:
    made: dict[str, object] = {}
    for name, (depth, least) in _COORDINATES.items():
        coordinates: dict[str, object] = {"type": "array", "minItems": 2, "items": {"type": "number"}}
        for level in range(depth):
            coordinates = {"type": "array", "items": coordinates}
            if least and level == 0:
                coordinates["minItems"] = least
        made[name] = {"required": ["type", "coordinates"], "properties": {"coordinates": coordinates}}
    geometry = {"$ref": "#/$defs/geometry"}
    made["GeometryCollection"] = {
        "required": ["geometries"],
        "properties": {"geometries": {"type": "array", "items": geometry}},
    }
    made["Feature"] = {
        "required": ["properties", "geometry"],
        "properties": {
            "properties": {"type": ["object", "null"]},
            "geometry": {"if": {"type": "null"}, "else": geometry},
            "id": {"type": ["string", "number"]},
        },
    }
    made["FeatureCollection"] = {
        "required": ["features"],
        "properties": {
            "features": {
                "type": "array",
                "items": {"allOf": [{"$ref": "#/$defs/geojson"}, {"properties": {"type": {"const": "Feature"}}}]},
            }
        },
    }
    made["geometry"] = _by_type((*_COORDINATES, "GeometryCollection"))
    return made


def _geojson() -> dict[str, object]:
    return _by_type((*_COORDINATES, "GeometryCollection", "Feature", "FeatureCollection"))


def _by_type(types: tuple[str, ...]) -> dict[str, object]:
    return {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"enum": list(types)},
            "bbox": {"type": "array", "minItems": 4, "items": {"type": "number"}},
        },
        "allOf": [
            {
                "if": {"required": ["type"], "properties": {"type": {"const": name}}},
                "then": {"$ref": f"#/$defs/{name}"},
            }
            for name in types
        ],
    }


@cache
def _validator(wanted: str, formats: bool, extended: bool) -> Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema(wanted, extended=extended), format_checker=_formats() if formats else None)


@cache
def _formats() -> FormatChecker:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    checker.checks("uri")(lambda value: not isinstance(value, str) or _IRI.fullmatch(value) is not None)
    checker.checks("date-time")(lambda value: not isinstance(value, str) or _TIME.fullmatch(value) is not None)
    return checker
