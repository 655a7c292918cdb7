"""Rows of GeoNames' tab-separated files (allCountries, cities15000 and the like: 19 columns without a header)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from kg.authority.classes import of_country, of_feature
from kg.authority.row import MOST, Fault, Passed, checked
from kg.plugins import Thing

__all__ = ["COLUMNS", "divisions", "row"]

COLUMNS: Final = 19


def divisions(lines: Iterable[str]) -> dict[str, str]:
    """The first divisions of countries that the lines have: ``US.TX`` → id of its row."""
    found: dict[str, str] = {}
    for line in lines:
        if "\tADM1\t" in line:
            cells = line.split("\t")
            if len(cells) >= COLUMNS and cells[7] == "ADM1":
                found[f"{cells[8]}.{cells[10]}"] = f"geonames-{cells[0]}"
    return found


def row(line: str, inside: Mapping[str, str], *, alternates: bool = False) -> Thing:
    """The row of a line; ``inside`` are the file's :func:`divisions`. The column of alternate names, which are of all
    languages and say of none which, is read only on demand.

    Raises :class:`kg.authority.row.Passed` for what is no thing of ours and :class:`kg.authority.row.Fault` for what
    cannot stand.
    """
    cells = line.rstrip("\r\n").split("\t")
    if len(cells) != COLUMNS:
        raise Fault(f"{len(cells)} columns where GeoNames has {COLUMNS}")
    number, name, plain, others, north, east, _, code, country = cells[:9]
    if not (number.isascii() and number.isdigit()):
        raise Fault(f"geonameid {number[:40]!r} is no number")
    type_ = of_feature(code)
    if type_ is None:
        raise Passed(f"feature {code or 'unknown'}")
    aliases = [plain] if plain and plain != name else []
    if alternates:
        aliases += [one for one in others.split(",") if len(one) > 3 and one[0].isupper() and one.isascii()]
    nation = of_country(country)
    own = f"geonames-{number}"
    above = None if type_ in ("Country", "Continent") else nation
    if code != "ADM1" and above is not None:
        above = inside.get(f"{country}.{cells[10]}", above)
    try:
        latitude, longitude = float(north), float(east)
    except ValueError:
        raise Fault(f"{north[:20]!r}, {east[:20]!r} are no coordinates") from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Fault(f"{north[:20]!r}, {east[:20]!r} are no coordinates")
    people = cells[14]
    if people and not (people.isascii() and people.isdigit() and len(people) < 12):
        raise Fault(f"population {people[:40]!r} is no whole number")
    return checked(
        Thing(
            id=own,
            type=type_,
            name=" ".join(name.split()),
            aliases=tuple(dict.fromkeys(" ".join(one.split()) for one in aliases if one.strip()))[:MOST],
            same_as=(f"https://sws.geonames.org/{number}/",),
            contained_in=above if above != own else None,
            latitude=latitude,
            longitude=longitude,
            population=int(people or 0) or None,
            country=nation if nation != own else None,
        )
    )
