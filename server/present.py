"""How values are printed on pages: dates, numbers, addresses, IRIs. Templates only call these."""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Callable
from importlib.resources import files

from kg import __version__
from kg.iris import Iris
from kg.vocab import compact

__all__ = ["count", "day", "digest", "machine_date", "path_of", "plural", "severity", "short_iri", "shorten", "times"]

_DATE = re.compile(
    r"(-?\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?(?:Z|[+-]\d\d:\d\d)?"
)
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_YEARLESS = re.compile(r"--(\d\d)(?:-(\d\d))?")


def day(lexical: str) -> str:
    """The lexical form of any xsd date type as people write it.

    >>> day("2026-03-12T09:30:00Z"), day("2026-03"), day("--03")
    ('12 March 2026, 09:30 UTC', 'March 2026', 'March')
    """
    if found := _DATE.fullmatch(lexical):
        text = f"{int(found[3])} {_name(found[2])} {found[1]}"
        zone = {"Z": " UTC", None: ""}.get(found[6], f" UTC{found[6]}")
        return f"{text}, {found[4]}:{found[5]}{zone}" if found[4] else text
    if found := _MONTH.fullmatch(lexical):
        return f"{_name(found[2])} {found[1]}"
    if found := _YEARLESS.fullmatch(lexical):
        return f"{int(found[2])} {_name(found[1])}" if found[2] else _name(found[1])
    return lexical


def _name(month: str) -> str:
    return calendar.month_name[int(month)] if 1 <= int(month) <= 12 else month


def machine_date(lexical: str) -> str | None:
    """The lexical form where HTML's ``datetime`` attribute takes it, else None."""
    return lexical if re.match(r"\d{4}", lexical) and "--" not in lexical else None


def count(number: int) -> str:
    """The number with thousands set apart."""
    return f"{number:,}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """The number with its noun: ``1 article``, ``2 articles``."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def times(number: int) -> str:
    """How often, in words where there are any."""
    return {1: "once", 2: "twice"}.get(number) or f"{count(number)} times"


def severity(name: str) -> str:
    """A severity of SHACL by its name, another one by the last part of its IRI."""
    return name.rstrip("/").rpartition("#")[2].rpartition("/")[2]


def short_iri(iri: str) -> str:
    """An outside IRI as a link's words: its authority where it is a well-known one, else host and path."""
    known = {
        "www.wikidata.org/entity/": "Wikidata",
        "sws.geonames.org/": "GeoNames",
        "en.wikipedia.org/wiki/": "Wikipedia",
    }
    bare = re.sub(r"^https?://", "", iri)
    for prefix, name in known.items():
        if bare.startswith(prefix):
            return f"{name} {bare[len(prefix) :].strip('/').replace('_', ' ')}"
    return bare if len(bare) <= 60 else bare[:59] + "…"


def path_of(
    iris: Iris, root: Callable[[], str], carried: Callable[[str], str] = lambda address: address
) -> Callable[..., str]:
    """A function that turns our IRIs into addresses on the host that is asked, and leaves all others alone.

    Its second argument is put behind an address of ours; ``carried`` adds what the request hands on.
    """

    def href(iri: str, suffix: str = "") -> str:
        if not iris.owns(iri):
            return iri
        return carried(root() + (iri[len(iris.base) :] or "/") + suffix)

    return href


def shorten(iris: Iris) -> Callable[[str], str]:
    """A function that prints an IRI briefly: ours as a path, known terms as prefixed names, others whole."""

    def short(iri: str) -> str:
        return iri[len(iris.base) :] or "/" if iris.owns(iri) else compact(iri)

    return short


def digest() -> str:
    """A digest of the templates, the styles and the version: what, beside the data, a page's bytes follow from."""
    made = hashlib.sha256(__version__.encode())
    for folder in ("templates", "static"):
        for file in sorted(files("server").joinpath(folder).iterdir(), key=lambda f: f.name):
            if file.is_file():
                made.update(file.name.encode())
                made.update(file.read_bytes())
    return made.hexdigest()[:16]
