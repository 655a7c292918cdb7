"""Values of JSON, YAML and TOML as parts of an article, in whatever of their usual forms; what is none is absent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from kg.extract.inline import absolute, line, plain
from kg.extract.moment import lexical
from kg.extract.writers import writers
from kg.model import Author, Image, Keyword, Status

__all__ = [
    "authors",
    "first",
    "image",
    "images",
    "keywords",
    "moment",
    "name_of",
    "squashed",
    "status",
    "string",
    "strings",
]

_STATUS = {
    **dict.fromkeys(("usable", "published", "publish", "live", "public", "final"), Status.USABLE),
    **dict.fromkeys(
        ("withheld", "draft", "pending", "private", "future", "scheduled", "embargoed", "unpublished", "hold"),
        Status.WITHHELD,
    ),
    **dict.fromkeys(
        ("canceled", "cancelled", "killed", "deleted", "retracted", "withdrawn", "trash", "removed"), Status.CANCELED
    ),
}


def squashed(record: Mapping[str, object]) -> dict[str, object]:
    """The record with its names in one form (``datePublished``, ``date-published`` → ``datepublished``); first wins."""
    made: dict[str, object] = {}
    for name, value in record.items():
        made.setdefault(re.sub(r"[\s_.-]", "", str(name)).lower(), value)
    return made


def first(record: Mapping[str, object], *names: str) -> tuple[object, str]:
    """The first value under these names that says something, and its name; (None, "") where there is none."""
    for name in names:
        value = record.get(name)
        if value is not None and value != "" and value != [] and value != {}:
            return value, name
    return None, ""


def string(value: object) -> str | None:
    """Text in one line, without tags; whole numbers are text too (identifiers)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    return plain(value) or None if isinstance(value, str) else None


def strings(value: object) -> tuple[str, ...]:
    """The texts in a text or a list of texts (or of objects with a ``text``, ``name`` or ``value``)."""
    found = (string(one) or name_of(one) for one in (value if isinstance(value, list | tuple) else [value]))
    return tuple(one for one in found if one)


def name_of(value: object) -> str | None:
    """The text, or the name of an object: ``name``, ``title``, ``label``, ``text`` or ``value``."""
    if isinstance(value, Mapping):
        return next((made for key in _NAMES if (made := string(value.get(key)))), None)
    if isinstance(value, list) and value:
        return name_of(value[0])
    return string(value)


_NAMES = ("name", "display_name", "title", "label", "text", "value")


def authors(value: object) -> tuple[Author, ...]:
    """The authors in a byline, a list of them, or objects with ``name`` and ``url``."""
    found: list[Author] = []
    for one in value if isinstance(value, list | tuple) else [value]:
        named, url, kind = name_of(one), None, None
        if isinstance(one, Mapping):
            url = absolute(_text(one.get("url")) or _text(one.get("uri")))
            kind = _text(one.get("@type")) or _text(one.get("type"))
        if named:
            made = writers(named, kind if kind in ("Person", "Organization") else None, url)
            found.extend(other for other in made if all(other.name != known.name for known in found))
    return tuple(found)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


_EARLIEST, _LATEST = 1500, 2200  # years


def moment(value: object) -> str | None:
    """A date in its lexical form; numbers are seconds (or milliseconds) since 1970, days stay days."""
    if isinstance(value, datetime):
        if value.tzinfo is None or not _EARLIEST < value.year < _LATEST:
            return moment(value.date())
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat() if _EARLIEST <= value.year <= _LATEST else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if 10**12 <= value < 10**13 else value
        if not 10**8 < seconds < 10**10:
            return None
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return lexical(value)


def keywords(value: object) -> tuple[Keyword, ...]:
    """Keywords in a list of texts or objects (``name`` with ``iri``, ``uri``, ``url`` or ``@id``) or with commas."""
    items = (
        value if isinstance(value, list | tuple) else re.split(r"[,;]", value) if isinstance(value, str) else [value]
    )
    found: dict[str, Keyword] = {}
    for one in items:
        named, iri = name_of(one), None
        if isinstance(one, Mapping):
            iri = next((made for key in ("iri", "uri", "@id", "url") if (made := absolute(_text(one.get(key))))), None)
        if named:
            found.setdefault(named.casefold(), Keyword(named, iri))
    return tuple(found.values())


def images(value: object, base: str | None = None) -> tuple[Image, ...]:
    """Pictures in an address, an object or a list of those, each address once."""
    found: list[Image] = []
    for one in value if isinstance(value, list | tuple) else [value]:
        made = image(one, base)
        if made is not None and (made.url is None or all(other.url != made.url for other in found)):
            found.append(made)
    return tuple(found)


def image(value: object, base: str | None = None) -> Image | None:
    """A picture: its address, or an object with ``url`` (``src``, ``href``), ``caption``, ``credit`` and ``alt``."""
    if isinstance(value, str):
        url = absolute(value, base)
        return Image(url=url) if url else None
    if not isinstance(value, Mapping):
        return None
    fields = squashed(value)
    place = next((made for made in (absolute(_text(fields.get(key)), base) for key in _PLACES) if made), None)
    made = Image(
        string(first(fields, "caption", "description")[0]),
        string(first(fields, "credit", "credits", "photographer", "byline", "credittext", "attribution")[0]),
        place,
        string(first(fields, "alt", "alttext", "alternativetext")[0]),
    )
    return made if made != Image() else None


_PLACES = ("url", "src", "href", "contenturl", "link", "path", "file", "image")


def status(value: object) -> Status | None:
    """What a status word says, or None for a word that is none of this house."""
    return _STATUS.get(line(value).casefold()) if isinstance(value, str) else None
