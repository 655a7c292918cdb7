"""Files of rows as they come: their formats, what is wrong in them, and what is passed over."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from pathlib import Path

import pytest

from kg import authority
from kg.authority.classes import of_country, of_feature, of_items
from kg.authority.reading import Read, Shape, read
from kg.authority.row import Fault, Passed
from kg.authority.types import kind_of
from kg.authority.writing import lines
from kg.errors import UsageError
from kg.plugins import Thing
from kg.resources import path as resource


def written(folder: Path, name: str, data: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def things(rows: list[tuple[int, Read]]) -> list[Thing]:
    return [row for _, row in rows if isinstance(row, Thing)]


def faults(rows: list[tuple[int, Read]]) -> list[tuple[int, str]]:
    return [(line, str(row)) for line, row in rows if isinstance(row, Fault)]


def passed(rows: list[tuple[int, Read]]) -> list[str]:
    return [str(row) for _, row in rows if isinstance(row, Passed)]


# ---- CSV -------------------------------------------------------------------------------------------------------------


def test_a_csv_file_of_others_is_read_by_a_mapping(tmp_path: Path) -> None:
    file = written(tmp_path, "x.csv", "Key;Label;Also;Rank\n7;Open Dike Society;ODS/Dike People;12\n")
    shape = Shape(
        columns={"id": "Key", "name": "Label", "aliases": "Also", "weight": "Rank"},
        constants={"type": "NGO"},
        delimiter=";",
        separator="/",
    )
    expected = Thing("7", "NGO", "Open Dike Society", aliases=("ODS", "Dike People"), weight=12.0)
    assert list(read(file, shape)) == [(2, expected)]


def test_bad_csv_rows_are_told_with_their_lines_and_the_others_stay(tmp_path: Path) -> None:
    rows = [b"id,type,name,aliases,population", b"a,City,Aldburg,,9000", b"b,Nation,Bermouth,,", b"c,City", b""]
    rows += [b"d,City,D\xff\xfe,,", b"e,City," + b"E" * 10_000_000 + b",,", b"f,City,Fay,,", b"g,City,Gay,,many"]
    rows += [b'h,City,"Two\nlines",,', b"i,City,I,,7", b"j,City,J\x07bell,,", b'k,City,"open,,']
    found = list(read(written(tmp_path, "x.csv", b"\n".join(rows))))
    assert [thing.id for thing in things(found)] == ["a", "f", "h", "i"]
    assert [line for line, _ in faults(found)] == [3, 4, 6, 7, 9, 13, 14]
    assert things(found)[0].population == 9000
    assert things(found)[2].name == "Two lines"


def test_a_wrong_header_is_the_only_fault_of_its_file(tmp_path: Path) -> None:
    for header, said in (
        ("id,type,nmae", "'nmae' is unknown"),
        ("id,name", "'type' is missing"),
        ("id,type,name,name", "there twice"),
        ("", "'id' is missing"),
    ):
        found = list(read(written(tmp_path, "x.csv", header + "\na,City,A,A\n")))
        assert len(found) == 1
        assert said in faults(found)[0][1]
    found = list(read(written(tmp_path, "x.csv", "a,b\n1,2\n"), Shape(columns={"id": "z"})))
    assert faults(found) == [(1, "the file has no column 'z'; it has a, b")]


# ---- Wikidata --------------------------------------------------------------------------------------------------------


def item(key: str, label: str, classes: tuple[str, ...] = ("Q5",), **more: object) -> dict[str, object]:
    claims = {"P31": [{"mainsnak": {"datavalue": {"value": {"id": one}}}, "rank": "normal"} for one in classes]}
    extra = more.pop("claims", {})
    assert isinstance(extra, dict)
    labels = {"en": {"language": "en", "value": label}}
    return {"id": key, "type": "item", "labels": labels, "claims": claims | extra, "sitelinks": {}} | more


def claim(value: object, rank: str = "normal") -> dict[str, object]:
    return {"mainsnak": {"datavalue": {"value": value}}, "rank": rank}


def test_an_item_of_wikidata_becomes_a_row(tmp_path: Path) -> None:
    made = item(
        "Q9990001",
        "Aldburg",
        ("Q515", "Q5119"),
        aliases={"en": [{"language": "en", "value": "Port A"}], "de": [{"language": "de", "value": "Altburg"}]},
        descriptions={"en": {"language": "en", "value": "capital of Avalon"}},
        sitelinks={f"{n}wiki": {} for n in range(56)},
        claims={
            "P17": [claim({"id": "Q8"}, "deprecated"), claim({"id": "Q7"})],
            "P131": [claim({"id": "Q6"})],
            "P625": [claim({"latitude": 51.5, "longitude": -2.25, "globe": "http://www.wikidata.org/entity/Q2"})],
            "P1082": [claim({"amount": "+8000"}), claim({"amount": "+9000"}, "preferred")],
            "P1549": [claim({"text": "Aldburger", "language": "en"}), claim({"text": "Altburger", "language": "de"})],
            "P1566": [claim("2988507")],
        },
    )
    dump = "[\n" + json.dumps(made) + ",\n" + json.dumps(item("Q9990002", "Ann Aldis")) + "\n]\n"
    for name, data in (
        ("x.json", dump.encode()),
        ("x.json.gz", gzip.compress(dump.encode())),
        ("x.json.bz2", bz2.compress(dump.encode())),
        ("x.jsonl.xz", lzma.compress(dump.encode())),
    ):
        found = list(read(written(tmp_path, name, data)))
        assert [line for line, _ in found] == [2, 3]
        assert things(found)[0] == Thing(
            id="Q9990001",
            type="City",
            name="Aldburg",
            aliases=("Port A",),
            demonyms=("Aldburger",),
            same_as=("http://www.wikidata.org/entity/Q9990001", "https://sws.geonames.org/2988507/"),
            contained_in="Q6",
            latitude=51.5,
            longitude=-2.25,
            description="capital of Avalon",
            population=9000,
            country="Q7",
            weight=8.0,
        )


def test_what_is_no_thing_of_ours_is_passed_over_with_its_reason(tmp_path: Path) -> None:
    items = [
        item("Q9990001", "Aldis", ("Q4167410",)),
        item("Q9990002", "Aldis moth", ("Q16521",)),
        item("P31", "instance of"),
        {"id": "Q9990003", "labels": {"fr": {"value": "Rien"}}, "claims": {"P31": [claim({"id": "Q5"})]}},
        item("Q9990004", "Thing", ("Q99999999",)),
        item("Q9990005", "Somebody", ("Q99999999",), claims={"P569": [claim({"time": "+1970"})]}),
        item("Q9990006", "Somewhere", ("Q99999999",), claims={"P625": [claim({"latitude": 1, "longitude": 2})]}),
        item("Q9990007", "Fall of the dike", ("Q99999999",), claims={"P1120": [claim({"amount": "+4"})], "P625": []}),
        item("Q9990008", "Both", ("Q1221156", "Q515")),
    ]
    found = list(read(written(tmp_path, "x.jsonl", "\n".join(map(json.dumps, items)))))
    assert [(thing.name, thing.type) for thing in things(found)] == [
        ("Somebody", "Person"),
        ("Somewhere", "Place"),
        ("Fall of the dike", "Event"),
        ("Both", "City"),
    ]
    assert passed(found) == [
        "no thing of ours (Q4167410)",
        "no thing of ours (Q16521)",
        "a property or lexeme",
        "no English name",
        "no known class (Q99999999)",
    ]


def test_an_array_and_an_answer_of_wikidata_may_stand_in_one_line(tmp_path: Path) -> None:
    short = {"P1813": [claim({"text": "BB", "language": "en"}), claim({"text": "MK", "language": "hu"})]}
    one, two = item("Q9990001", "Ann Aldis"), item("Q9990002", "Béla Bartos", claims=short)
    for value in ([one, two], {"entities": {"Q9990001": one, "Q9990002": two}}):
        found = list(read(written(tmp_path, "x.json", json.dumps(value))))
        assert [(line, thing.name, thing.aliases) for line, thing in found if isinstance(thing, Thing)] == [
            (1, "Ann Aldis", ()),
            (1, "Béla Bartos", ("BB",)),
        ]
    pretty = faults(list(read(written(tmp_path, "x.json", json.dumps({"id": "a"}, indent=1)))))
    assert "a row must be one line" in pretty[0][1]


def test_json_that_is_broken_is_told_and_what_comes_after_is_read(tmp_path: Path) -> None:
    good = json.dumps({"id": "a", "type": "City", "name": "Aldburg", "aliases": ["Port A", "A|B"], "population": 12})
    bad = ["{", "[" * 100_000, '"text"', '{"id": "b"}', '{"id": "c", "type": "City", "name": "C", "nmae": "x"}', "\x00"]
    bad += ['{"id": "d", "type": "City", "name": ["D"]}', '{"id": "e", "type": "City", "name": "\\ud800"}']
    bad += ['{"id": "Q1", "labels": {"en": {"value": "x"}}, "claims": []}', '{"id": "Q1", "labels": {}, "claims": 7}']
    data = "\n".join([*bad, good]).encode() + b'\n{"id": "\xff"}\n' + good.replace('"a"', '"z"').encode()
    found = list(read(written(tmp_path, "x.jsonl", data)))
    assert [(thing.id, thing.aliases, thing.population) for thing in things(found)] == [
        ("a", ("Port A", "A|B"), 12),
        ("z", ("Port A", "A|B"), 12),
    ]
    assert len(faults(found)) + len(passed(found)) == len(bad) + 1
    assert [line for line, _ in faults(found)][-1] == len(bad) + 2


# ---- GeoNames --------------------------------------------------------------------------------------------------------


def place(number: int, name: str, code: str, people: int = 0, *, division: str = "TX", country: str = "US") -> str:
    plain = name.replace("é", "e")
    cells = [str(number), name, plain, "Autre,XX", "33.5", "-95.5", "P", code, country, "", division]
    return "\t".join([*cells, "", "", "", str(people), "", "1", "America/Chicago", "2026-01-01"])


def test_a_geonames_table_becomes_rows_inside_their_divisions(tmp_path: Path) -> None:
    data = [place(1, "Alder", "PPL", 5000), place(2, "Téxas", "ADM1", 9_000_000), place(3, "Farm", "FRM")]
    data += ["4\tcut", place(5, "Elsewhere", "PPLX", division="ZZ"), place(6, "Avalon", "PCLI", country="US")]
    found = list(read(written(tmp_path, "x.txt", "\n".join(data))))
    alder, division, elsewhere, nation = things(found)
    assert (alder.id, alder.type, alder.contained_in, alder.country) == (
        "geonames-1",
        "City",
        "geonames-2",
        of_country("US"),
    )
    assert (alder.population, alder.latitude, alder.aliases) == (5000, 33.5, ())
    assert (division.type, division.contained_in, division.aliases) == (
        "AdministrativeArea",
        of_country("US"),
        ("Texas",),
    )
    assert elsewhere.contained_in == of_country("US")
    assert (nation.type, nation.contained_in) == ("Country", None)
    assert passed(found) == ["feature FRM"]
    assert faults(found) == [(4, "2 columns where GeoNames has 19")]
    more = things(list(read(written(tmp_path, "x.txt", "\n".join(data)), Shape(alternates=True))))
    assert more[0].aliases == ("Autre",)


# ---- RDF -------------------------------------------------------------------------------------------------------------

TURTLE = """@prefix schema: <https://schema.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://desk.example/1> a schema:Thing, schema:Organization, schema:Corporation ; schema:name "Aldburg Ferries"@en,
  "Fähren"@de ; schema:alternateName "ALF", "Fähre"@de ; owl:sameAs <https://www.wikidata.org/wiki/Q9990001> .
<https://desk.example/2> a skos:Concept ; skos:prefLabel "Taxes"@en .
<https://desk.example/3> a schema:City ; rdfs:label "Cray" ; schema:containedInPlace
  <http://www.wikidata.org/entity/Q7> ; schema:geo [ schema:latitude 1.5 ; schema:longitude 2.5 ] .
<https://desk.example/4> a schema:Person ; schema:name nonsense .
<https://desk.example/5> a schema:Person ; schema:name "Ann Aldis"@en-GB .
<https://desk.example/6> a schema:Person ; schema:name "Uniquement"@fr .
"""


def test_turtle_is_read_whatever_vocabulary_names_things(tmp_path: Path) -> None:
    found = list(read(written(tmp_path, "x.ttl", TURTLE)))
    ferries, cray, ann = things(found)
    assert ferries == Thing(
        id="https://desk.example/1",
        type="Corporation",
        name="Aldburg Ferries",
        aliases=("ALF",),
        same_as=("https://desk.example/1", "http://www.wikidata.org/entity/Q9990001"),
    )
    assert (cray.name, cray.contained_in, cray.latitude, cray.longitude) == ("Cray", "Q7", 1.5, 2.5)
    assert ann.name == "Ann Aldis"
    assert sorted(passed(found)) == ["no English name", "no class of ours", "no name"]
    assert [line for line, _ in faults(found)] == [8]
    taxes = [thing.name for thing in things(list(read(tmp_path / "x.ttl", Shape(constants={"type": "Organization"}))))]
    assert "Taxes" in taxes


def test_triples_of_one_thing_may_stand_anywhere_in_the_file(tmp_path: Path) -> None:
    name, kind = "<http://schema.org/name>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    data = [f'<https://x.example/{n}> {name} "Town {n}" .' for n in range(50)]
    data += ["nonsense", *(f"<https://x.example/{n}> {kind} <http://schema.org/City> ." for n in range(50))]
    found = list(read(written(tmp_path, "x.nt", "\n".join(data))))
    assert len(things(found)) == 50
    assert [line for line, _ in faults(found)] == [51]


# ---- all -------------------------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_says_so_and_one_that_breaks_off_keeps_what_was_before(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        list(read(tmp_path / "absent.csv"))
    with pytest.raises(UsageError, match="--format"):
        list(read(written(tmp_path, "x.xlsx", "")))
    row = json.dumps({"id": "a", "type": "City", "name": "Aldburg"}) + "\n"
    cut = gzip.compress(row.encode() + os_random(300_000).hex().encode())[:-100_000]
    found = list(read(written(tmp_path, "x.jsonl.gz", cut)))
    assert [thing.id for thing in things(found)] == ["a"]
    assert "damaged after" in faults(found)[-1][1]


def os_random(size: int) -> bytes:
    """Bytes that do not compress, the same each time."""
    import random

    return random.Random(1).randbytes(size)


@pytest.mark.parametrize("format", ["csv", "jsonl", "ttl"])
def test_what_is_written_is_read_as_the_same_rows(tmp_path: Path, format: str) -> None:
    rows = [
        Thing(
            "Q9990001", "City", "Aldburg", ("Port, A", 'The "A"'), same_as=("http://www.wikidata.org/entity/Q9990001",)
        ),
        Thing("own 1".replace(" ", "-"), "Person", "Ann Aldis", description="a person of ours"),
        Thing(
            "geonames-7",
            "City",
            "Cray",
            same_as=("https://sws.geonames.org/7/",),
            contained_in="Q9990001",
            latitude=1.5,
            longitude=-2.25,
        ),
    ]
    file = written(tmp_path, f"x.{format}", "".join(lines(rows, format, "https://news.example")))
    found = {thing.id: thing for thing in things(list(read(file)))}
    if format == "ttl":  # the IRI that names a row is one of those it is the same as
        own = found["own-1"]
        assert own.same_as == ("https://news.example/authority#own-1",)
        found["own-1"] = Thing("own-1", "Person", "Ann Aldis", description="a person of ours")
    assert found == {row.id: row for row in rows}


def test_the_tables_of_classes_name_only_classes_we_have() -> None:
    folder = Path(authority.__file__).parent
    for name in ("wikidata.txt", "geonames.txt"):
        keys = [line.partition(":")[0] for line in (folder / name).read_text().splitlines() if not line.startswith("#")]
        assert [key for key in keys if kind_of(key) is None and key not in ("-", "countries")] == []
    assert of_items(["Q99999999"]) is None
    assert of_items(["Q43229", "Q7278"]) == "PoliticalParty"
    assert of_items(["Q515", "Q4167410"]) == "-"
    assert (of_feature("PPLC"), of_feature("FRM")) == ("City", None)


def test_the_countries_of_geonames_are_those_of_the_shipped_table() -> None:
    from kg.authority import default

    table = default()
    lines_ = (resource("data/authority") / "countries.csv").read_text(encoding="utf-8")
    assert lines_.count("sws.geonames.org") > 190
    known = {iri for row in table for iri in row.same_as}
    shown = [code for code in ("US", "FR", "IN", "BR", "NG", "XK", "PS", "TW") if of_country(code) is not None]
    assert [code for code in shown if f"https://sws.geonames.org/{str(of_country(code))[9:]}/" not in known] == []
