"""What the editions of ninjs allow, as one table: names, types, enumerations and what is required.

The facts are those of the JSON Schemas that the IPTC publishes (iptc.org/std/ninjs, MIT licence; see
data/SOURCES.md), written down anew: each edition is the one before it with what it changed. A specification of a value
is one of

* ``text``, ``number``, ``integer``, ``object``, ``iri``, ``time`` (RFC 3339), ``day`` (a date-time cut off anywhere),
* ``1-9`` (an integer in that range), ``a|b|c`` (one of these words),
* ``[x]`` (an array of x), ``{shape}`` (an object of that shape), ``geojson`` (RFC 7946).

A name that ends in ``!`` is required; one that begins with ``^`` is a regular expression for names. The names of
a shape that begin with ``<`` are its rules: ``<open`` allows other names, ``<one`` and ``<any`` name alternatives of
which exactly one, or at least one group, must be there, and ``<item`` says that it is a whole item too, or instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

__all__ = ["EDITIONS", "Edition", "Shape", "edition", "names"]

#: The members of one kind of object: name → specification.
Shape = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version. ``formats`` says whether its own test suite asserts formats of text (IRI, time)."""

    version: str
    shapes: Mapping[str, Shape]
    formats: bool

    @property
    def family(self) -> str:
        """The major version."""
        return self.version[0]


_PARTY = {"name": "text", "rel": "text", "scheme": "iri", "code": "text"}
_WORD = "[a-zA-Z0-9_]+"
_USABLE = "usable|withheld|canceled"
_KINDS = "text|audio|video|picture|graphic|composite"
_ADVICE: dict[str, Shape] = {
    "item": {"advices": "[{advice}]"},
    "advice": {"role": "publish|", "importance": "{term}", "lifetime": "{term}", "environments": "[{environment}]"},
    "term": {"scheme": "iri", "code": "text"},
    "environment": {"scheme": "iri", "code": "text", "<open": "yes"},
}
_CONTACT = {
    "type": "text",
    "role": "text",
    "lang": "text",
    "name": "text",
    "value": "text",
    "address": "{address}",
    "<one": "value address",
}
_SOURCE_TYPE = {"name": "text", "uri": "iri", "literal": "text"}

_1_0: dict[str, Shape] = {
    "item": {
        "uri!": "iri",
        "type": _KINDS,
        "mimetype": "text",
        "representationtype": "complete|incomplete",
        "profile": "text",
        "version": "text",
        "versioncreated": "time",
        "embargoed": "time",
        "pubstatus": _USABLE,
        "copyrightholder": "text",
        "copyrightnotice": "text",
        "language": "text",
        "located": "text",
        "headline": "text",
        "byline": "text",
        f"^body_{_WORD}": "text",
        f"^description_{_WORD}": "text",
        "person": "[{person}]",
        "organisation": "[{organisation}]",
        "place": "[{place}]",
        "subject": "[{subject}]",
        "event": "[{event}]",
        "object": "[{object}]",
        "renditions": "{renditions}",
        "associations": "{associations}",
    },
    "person": _PARTY,
    "organisation": {**_PARTY, "symbols": "[{symbol}]"},
    "symbol": {"ticker": "text", "exchange": "text"},
    "place": _PARTY,
    "subject": _PARTY,
    "event": _PARTY,
    "object": _PARTY,
    "renditions": {"^[a-zA-Z0-9]+": "{rendition}"},
    "rendition": {
        "href": "iri",
        "mimetype": "text",
        "title": "text",
        "height": "number",
        "width": "number",
        "sizeinbytes": "number",
    },
    "associations": {"^[a-zA-Z0-9]+": "{item}"},
}
_1_1: dict[str, Shape] = {
    "item": {"urgency": "number", "usageterms": "text"},
    "place": {f"^geometry_{_WORD}": "object"},
}
_1_2: dict[str, Shape] = {
    "item": {
        "type": _KINDS + "|component",
        "title": "text",
        "slugline": "text",
        "firstcreated": "time",
        "charcount": "number",
        "wordcount": "number",
        "ednote": "text",
        "infosource": "[{infosource}]",
    },
    "infosource": _PARTY,
    "rendition": {"duration": "number", "format": "text"},
}
_1_3: dict[str, Shape] = {
    "item": {
        "$standard": "{standard}",
        f"^headline_{_WORD}": "text",
        "altids": "object",
        "genre": "[{genre}]",
        "trustindicator": "[{trustindicator}]",
    },
    "standard": {"name": "text", "version": "text", "schema": "iri"},
    "genre": {"name": "text", "scheme": "iri", "code": "text"},
    "trustindicator": {"scheme": "iri", "code": "text", "title": "text", "href": "iri"},
    "renditions": {"^[a-zA-Z0-9]+": "", f"^{_WORD}": "{rendition}"},
    "associations": {"^[a-zA-Z0-9]+": "", f"^{_WORD}": "{item}"},
}
_1_4: dict[str, Shape] = {
    "item": {"contentcreated": "time", "expires": "time", "rightsinfo": "{rightsinfo}"},
    "rightsinfo": {
        "langid": "iri",
        "linkedrights": "iri",
        "encodedrights": "text",
        "<one": "linkedrights encodedrights",
        "<open": "yes",
    },
}
_1_5: dict[str, Shape] = {
    "person": {"contactinfo": "[{contactinfo}]"},
    "organisation": {"contactinfo": "[{contactinfo}]"},
    "place": {"contactinfo": "[{contactinfo}]"},
    "infosource": {"contactinfo": "[{contactinfo}]"},
    "contactinfo": _CONTACT,
    "address": {"lines": "[text]", "locality": "text", "area": "text", "postalcode": "text", "country": "text"},
    "symbol": {"symbol": "text", "symboltype": "iri"},
    "subject": {"creator": "text", "relevance": "0-100", "confidence": "0-100"},
}
_1_6: dict[str, Shape] = {
    "item": {"digitalsourcetype": "{digitalsourcetype}"},
    "digitalsourcetype": _SOURCE_TYPE,
}

_THING = {"name": "text", "rel": "text", "uri": "iri", "literal": "text"}
_STRING = {"role": "text", "contenttype": "text", "value!": "text"}

_2_0: dict[str, Shape] = {
    "item": {
        "uri!": "iri",
        "type": _KINDS + "|component",
        "representationtype": "full|partial",
        "profile": "text",
        "version": "text",
        "firstcreated": "time",
        "versioncreated": "time",
        "contentcreated": "time",
        "embargoed": "time",
        "pubstatus": _USABLE,
        "urgency": "number",
        "copyrightholder": "text",
        "copyrightnotice": "text",
        "usageterms": "text",
        "ednote": "text",
        "language": "text",
        "located": "text",
        "by": "text",
        "title": "text",
        "slugline": "text",
        "headlines": "[{headline}]",
        "descriptions": "[{description}]",
        "bodies": "[{body}]",
        "people": "[{person}]",
        "organisations": "[{organisation}]",
        "places": "[{place}]",
        "subjects": "[{subject}]",
        "events": "[{event}]",
        "objects": "[{object}]",
        "infosources": "[{infosource}]",
        "genres": "[{genre}]",
        "trustindicators": "[{trustindicator}]",
        "renditions": "[{rendition}]",
        "associations": "[{association}]",
        "altids": "[{altid}]",
        "standard": "{standard}",
        "rightsinfo": "{rightsinfo}",
    },
    "headline": _STRING,
    "description": _STRING,
    "body": {**_STRING, "charcount": "number", "wordcount": "number"},
    "person": _THING,
    "organisation": {**_THING, "symbols": "[{symbol}]"},
    "symbol": {"ticker": "text", "exchange": "text"},
    "place": {**_THING, "geojson": "geojson"},
    "subject": _THING,
    "event": _THING,
    "object": _THING,
    "infosource": {"name": "text", "role": "iri", "uri": "iri", "literal": "text"},
    "genre": {"name": "text", "uri": "iri", "literal": "text"},
    "trustindicator": {"role": "iri", "title": "text", "href": "iri"},
    "rendition": {
        "name!": "text",
        "href": "iri",
        "contenttype": "text",
        "title": "text",
        "height": "number",
        "width": "number",
        "sizeinbytes": "number",
        "duration": "number",
        "format": "text",
    },
    # An association of 2.0 has a name, and then anything, or is a whole item.
    "association": {"name": "text", "<item": "or", "<open": "yes"},
    "altid": {"role": "text", "value": "text"},
    "standard": {"name": "text", "version": "text", "schema": "iri"},
    "rightsinfo": _1_4["rightsinfo"],
}
_2_1: dict[str, Shape] = {
    "item": {"expires": "time"},
    "association": {"name!": "text", "<item": "and", "<open": ""},
    "person": {"contactinfo": "[{contactinfo}]"},
    "organisation": {"contactinfo": "[{contactinfo}]"},
    "place": {"contactinfo": "[{contactinfo}]"},
    "infosource": {"role": "text", "contactinfo": "[{contactinfo}]"},
    "contactinfo": _CONTACT,
    "address": _1_5["address"],
    "symbol": {"symbol": "text", "symboltype": "iri"},
    "genre": {"uri": "text"},
    "subject": {"creator": "text", "relevance": "0-100", "confidence": "0-100"},
}
_2_2: dict[str, Shape] = {
    "item": {"digitalsourcetype": "{digitalsourcetype}"},
    "digitalsourcetype": _SOURCE_TYPE,
}

_DATES = {
    "startDate": "time",
    "endDate": "time",
    "expectedStartDate": "day",
    "expectedEndDate": "day",
    "expectedDuration": "text",
    "recurrence": "{recurrence}",
    "<any": "startDate expectedStartDate / endDate expectedEndDate",
}
# 3.0 spells the names of 2.x in camel case and adds events and planning.
_CAMEL = {
    "representationtype": "representationType",
    "firstcreated": "firstCreated",
    "versioncreated": "versionCreated",
    "contentcreated": "contentCreated",
    "embargoed": "embargoedUntil",
    "pubstatus": "pubStatus",
    "copyrightholder": "copyrightHolder",
    "copyrightnotice": "copyrightNotice",
    "usageterms": "usageTerms",
    "ednote": "edNote",
    "infosources": "infoSources",
    "trustindicators": "trustIndicators",
    "altids": "altIds",
    "rightsinfo": "rightsInfo",
    "contenttype": "contentType",
    "charcount": "charCount",
    "wordcount": "wordCount",
    "sizeinbytes": "sizeInBytes",
    "contactinfo": "contactInfo",
    "geojson": "geoJSON",
    "symboltype": "symbolType",
    "langid": "langId",
    "linkedrights": "linkedRights",
    "encodedrights": "encodedRights",
    "postalcode": "postalCode",
}
_3_0: dict[str, Shape] = {
    "item": {
        "type": _KINDS + "|component|event|planning",
        "urgency": "1-9",
        "eventDetails": "{eventDetails}",
        "plannedCoverage": "[{plannedCoverage}]",
        "digitalsourcetype": "",
    },
    "association": {"rel": "text"},
    "event": {"id": "text"},
    "symbol": {"ticker": ""},
    "rightsinfo": {"<one": "linkedRights encodedRights", "<open": ""},
    "body": {"charCount": "integer", "wordCount": "integer"},
    "rendition": {
        "width": "integer",
        "height": "integer",
        "sizeInBytes": "integer",
        "aspectRatio": "text",
        "videoCodec": "text",
        "frameRate": "number",
        "poi": "{poi}",
        "transportProtocol": "text",
        "scanType": "progressive|interlaced",
        "bitrate": "text",
    },
    "poi": {"x": "integer", "y": "integer"},
    "eventDetails": {
        "eventStatus": "iri",
        "plannedCoverageStatus": "iri",
        "dates": "{dates}",
        "organiser": "{organisation}",
    },
    "dates": _DATES,
    # The published schema asks for a value that is an array and a text at once; an array of texts is meant.
    "recurrence": {"recurrenceDates": "[day]", "recurrenceRules": "[{rule}]"},
    "rule": {
        "frequency": "secondly|minutely|hourly|daily|weekly|monthly|yearly",
        "interval": "integer",
        "until": "time",
        "count": "integer",
    },
    "plannedCoverage": {
        "uri": "iri",
        "title": "text",
        "pubStatus": _USABLE,
        "type": _KINDS + "|component|event|planning",
        "commissioned": "{commissioned}",
        "dates": "{dates}",
        "audiences": "[{audience}]",
        "exclAudience": "[text]",
        "edNote": "text",
        "urgency": "1-9",
        "language": "text",
        "itemCount": "{itemCount}",
        "wordCount": "integer",
        "renditions": "[{rendition}]",
    },
    "audience": {"audience": "text", "significance": "integer"},
    "itemCount": {"rangeFrom": "integer", "rangeTo": "integer"},
    "commissioned": {"by": "text", "on": "time", "references": "[{reference}]"},
    "reference": {"name": "text", "value": "text"},
}
_3_1: dict[str, Shape] = {
    "item": {"digitalSourceType": "{digitalsourcetype}"},
    "digitalsourcetype": _SOURCE_TYPE,
}


def _changed(before: Mapping[str, Shape], changes: Mapping[str, Shape]) -> dict[str, Shape]:
    """The shapes with the changes; an empty specification takes a name away."""
    made: dict[str, Shape] = {}
    for shape in [*before, *(one for one in changes if one not in before)]:
        members = dict(before.get(shape, {}))
        for name, what in changes.get(shape, {}).items():
            bare = name.rstrip("!")
            if bare != name:
                members.pop(bare, None)
            members[name] = what
        made[shape] = {name: what for name, what in members.items() if what}
    return made


def _camel(shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    return {
        shape: {_CAMEL.get(name, name): what for name, what in members.items()} for shape, members in shapes.items()
    }


@cache
def _editions() -> tuple[Edition, ...]:
    made: list[Edition] = []
    shapes: dict[str, Shape] = {}
    for version, changes, formats in (
        ("1.0", _1_0, False),
        ("1.1", _1_1, False),
        ("1.2", _1_2, False),
        ("1.3", _1_3, False),
        ("1.4", _1_4, True),
        ("1.5", _1_5, True),
        ("1.6", _1_6, True),
        ("2.0", _2_0, False),
        ("2.1", _2_1, True),
        ("2.2", _2_2, True),
        ("3.0", _3_0, True),
        ("3.1", _3_1, True),
    ):
        if version == "2.0":
            shapes = {}
        if version == "3.0":
            shapes = _camel(shapes)
        shapes = _changed(shapes, changes)
        made.append(Edition(version, shapes, formats))
        if version in {"1.4", "1.5", "2.0", "2.1"}:  # the development schemas add advice on use
            made.append(Edition(f"{version}-dev", _changed(shapes, _ADVICE), formats))
    return tuple(made)


EDITIONS: tuple[str, ...] = (
    *("1.0", "1.1", "1.2", "1.3", "1.4", "1.4-dev", "1.5", "1.5-dev", "1.6"),
    *("2.0", "2.0-dev", "2.1", "2.1-dev", "2.2", "3.0", "3.1"),
)


def edition(version: str) -> Edition:
    """The edition of that version, one of :data:`EDITIONS`. Raises KeyError for another one."""
    return {one.version: one for one in _editions()}[version]


def names(shape: Shape) -> tuple[str, ...]:
    """The names of a shape, without marks, patterns and rules."""
    return tuple(name.rstrip("!") for name in shape if name[0] not in "^<")
