"""A publication chooses its shapes in kg.toml: profiles that ship, a folder of its own, severities by code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, RdfFormat, parse

from kg import config, resources
from kg.cli import main
from kg.errors import ConfigError
from kg.shacl import profiles
from kg.shacl.reading import read_roots
from kg.shacl.shapes import ShapesGraph, code_of
from kg.vocab import SH

OWN = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://desk.example/shapes#> .
@prefix schema: <http://schema.org/> . @prefix nkgs: <https://w3id.org/newsgraph/shapes#> .
ex:House a sh:NodeShape ; sh:targetClass schema:NewsArticle ;
  sh:property [ sh:path schema:wordCount ; sh:minCount 1 ; sh:severity sh:Warning ;
    sh:message "H1 the length is missing; give schema:wordCount" ] .
"""


def publication(folder: Path, settings: str = "", own: str | None = OWN) -> config.Settings:
    file = folder / "kg.toml"
    file.write_text(settings, encoding="utf-8")
    if own is not None:
        (folder / "shapes").mkdir(exist_ok=True)
        (folder / "shapes" / "house.ttl").write_text(own, encoding="utf-8")
    return config.load(file)


def severities(shapes: ShapesGraph) -> dict[str, str]:
    """The severity of each code whose shape is used."""
    found = {}
    for root in read_roots(shapes):
        for shape in root.shape.walk():
            for message in shape.messages:
                if code_of(message.value) and not shape.deactivated:
                    found[str(code_of(message.value))] = shape.severity
    return found


def refusal(settings: config.Settings) -> str:
    with pytest.raises(ConfigError) as raised:
        read_roots(profiles.load(settings))
    assert raised.value.exit_code == 2
    return raised.value.message


def test_without_settings_all_profiles_that_ship_are_used() -> None:
    assert profiles.load(config.load()).digest == ShapesGraph.load().digest


def test_every_profile_that_ships_but_the_gate_is_a_file_of_its_name() -> None:
    names = {f.stem for f in resources.path("shapes").glob("*.ttl")}
    assert set(profiles.PROFILES) - {"gate"} <= names


def test_a_profile_can_be_left_out(tmp_path: Path) -> None:
    every = severities(profiles.load(publication(tmp_path, own=None)))
    gate = severities(profiles.load(publication(tmp_path, '[shapes]\nprofiles = ["gate"]', own=None)))
    google = {code_of(o.value) for s, o in _messages("google")}
    assert set(every) - set(gate) == google & set(every)
    assert "A1" in gate


def _messages(name: str) -> list[tuple[object, Literal]]:
    file = resources.path(f"shapes/{name}.ttl")
    quads = parse(path=str(file), format=RdfFormat.TURTLE)
    return [(q.subject, q.object) for q in quads if q.predicate == SH.message and isinstance(q.object, Literal)]


def test_shapes_in_the_folder_of_the_publication_are_used_beside_the_ones_that_ship(tmp_path: Path) -> None:
    found = severities(profiles.load(publication(tmp_path)))
    assert found["H1"] == "Warning"
    assert found["A1"] == "Violation"


def test_the_folder_can_have_another_name(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.ttl").write_text(OWN, encoding="utf-8")
    settings = publication(tmp_path, '[shapes]\nfolder = "rules"', own=None)
    assert "H1" in severities(profiles.load(settings))


def test_a_folder_that_is_named_must_be_there(tmp_path: Path) -> None:
    message = refusal(publication(tmp_path, '\n[shapes]\nfolder = "nowhere"', own=None))
    assert message.startswith(f"{tmp_path / 'kg.toml'}:3: shapes.folder: ")


def test_copies_of_the_shapes_that_ship_say_nothing_new(tmp_path: Path) -> None:
    text = (resources.path("shapes") / "text.ttl").read_text(encoding="utf-8")
    shapes = profiles.load(publication(tmp_path, own=text))
    assert shapes.digest == ShapesGraph.load().digest


def test_subclasses_in_own_shapes_count(tmp_path: Path) -> None:
    text = OWN + "ex:Column <http://www.w3.org/2000/01/rdf-schema#subClassOf> schema:NewsArticle ."
    roots = read_roots(profiles.load(publication(tmp_path, own=text)))
    house = next(root for root in roots if root.shape.name.endswith("House"))
    assert [c.value for c in house.targets[0].classes] == [
        "http://schema.org/NewsArticle", "https://desk.example/shapes#Column",
    ]  # fmt: skip


def test_the_digest_says_which_shapes_and_severities_are_used(tmp_path: Path) -> None:
    plain = profiles.load(publication(tmp_path, own=None)).digest
    other = profiles.load(publication(tmp_path, '[shapes.severity]\nA1 = "Warning"', own=None)).digest
    own = profiles.load(publication(tmp_path)).digest
    assert len({plain, other, own}) == 3


# ---- severities ------------------------------------------------------------------------------------------------------


def test_severities_are_set_by_code_wherever_the_code_stands(tmp_path: Path) -> None:
    settings = publication(tmp_path, '[shapes.severity]\nA1 = "Warning"\nA12 = "info"\nA13 = "off"\nH1 = "Violation"\n')
    found = severities(profiles.load(settings))
    assert (found["A1"], found["A12"], found["H1"]) == ("Warning", "Info", "Violation")
    assert "A13" not in found


def test_a_shape_that_was_deactivated_can_be_set_to_a_severity(tmp_path: Path) -> None:
    own = OWN.replace("ex:House a", "ex:Off a sh:NodeShape ; sh:deactivated true ; sh:targetClass schema:NewsArticle ;"
                      ' sh:message "H2 no; never" .\nex:House a')  # fmt: skip
    assert "H2" not in severities(profiles.load(publication(tmp_path, own=own)))
    settings = publication(tmp_path, '[shapes.severity]\nH2 = "Info"', own=own)
    assert severities(profiles.load(settings))["H2"] == "Info"


def test_off_leaves_the_shapes_alone_that_one_holds(tmp_path: Path) -> None:
    shapes = profiles.load(publication(tmp_path, '[shapes.severity]\nA0 = "off"', own=None))
    found = severities(shapes)
    assert "A0" not in found
    assert found["A1"] == "Violation"
    article = next(root.shape for root in read_roots(shapes) if root.shape.name.endswith("#Article"))
    assert {c.component for c in article.constraints} == {"Property"}


@pytest.mark.parametrize("code", profiles.PROTECTED)
@pytest.mark.parametrize("level", ["Warning", "Info", "off"])
def test_what_protects_withheld_text_cannot_be_weakened(tmp_path: Path, code: str, level: str) -> None:
    message = refusal(publication(tmp_path, f'[shapes.severity]\n{code} = "{level}"', own=None))
    assert message.startswith(f"{tmp_path / 'kg.toml'}:1: shapes.severity: {code} protects withheld text")


def test_the_protected_codes_are_violations_of_the_gate() -> None:
    found = severities(profiles.load(config.load(flags={"shapes.profiles": ["gate"]})))
    assert {found[code] for code in profiles.PROTECTED} == {"Violation"}
    same = config.load(environment={"KG_SHAPES_SEVERITY": "T4=Violation, T5=violation"})
    assert severities(profiles.load(same))["T4"] == "Violation"


@pytest.mark.parametrize(
    "statement",
    [
        "nkgs:T4 sh:deactivated true .",
        "nkgs:T4 sh:severity sh:Info .",
        "nkgs:A1 sh:minCount 0 .",
        "nkgs: sh:declare [ sh:prefix 'nkg' ; sh:namespace 'http://other.example/' ] .",
        "nkgs:Article sh:ignoredProperties ( ) .",
    ],
)
def test_own_shapes_cannot_change_the_ones_that_ship(tmp_path: Path, statement: str) -> None:
    message = refusal(publication(tmp_path, own=OWN + statement))
    assert message.startswith(f"{tmp_path / 'shapes' / 'house.ttl'}:6: nkgs:")
    assert "belongs to newsgraph" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ('[shapes]\nprofiles = ["gate", "gogle"]', "kg.toml:2: shapes.profiles: there is no profile 'gogle'"),
        ('[shapes]\nprofiles = ["google"]', "kg.toml:2: shapes.profiles: the profile gate is missing"),
        ('[shapes.severity]\nZ99 = "Info"', "no shape has the code Z99"),
    ],
)
def test_what_the_settings_name_must_be_there(tmp_path: Path, settings: str, says: str) -> None:
    assert says in refusal(publication(tmp_path, settings))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ('[shapes.severity]\nA1 = "Error"', "must give codes of shapes one of Violation, Warning, Info, off"),
        ('[shapes.severity]\nheadline = "Info"', "must give codes of shapes"),
        ("[shapes.severity]\nA1 = 5", "must give codes of shapes"),
        ('[shapes]\nseverity = ["A1=Info", "A1=off"]', "must give A1 one severity"),
        ("[shapes]\nseverity = 5", "shapes.severity"),
        ('[shapes]\nfolders = "x"', "unknown setting 'shapes.folders'; did you mean shapes.folder?"),
    ],
)
def test_settings_that_are_none_are_told_with_their_place(tmp_path: Path, settings: str, says: str) -> None:
    with pytest.raises(ConfigError, match=r"kg\.toml:[12]: ") as raised:
        publication(tmp_path, settings)
    assert says in raised.value.message


# ---- the command -----------------------------------------------------------------------------------------------------


def test_a_mistake_in_own_shapes_stops_the_command_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publication(tmp_path, own=OWN.replace("sh:minCount 1", "sh:minCount 'one' ; sh:maxxCount 1"))
    data = tmp_path / "data.ttl"
    data.write_text("<http://e/a> a <http://schema.org/NewsArticle> .", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["check", str(data)])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "house.ttl:4: " in told
    assert "sh:minCount" in told
    assert "sh:maxxCount" in told


# ---- the page --------------------------------------------------------------------------------------------------------


def _blocks(root: Path, language: str) -> list[str]:
    page = (root / "docs" / "shapes.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_page_do_what_it_says(root: Path, tmp_path: Path) -> None:
    (settings,) = _blocks(root, "toml")
    found = severities(profiles.load(publication(tmp_path, settings, "\n".join(_blocks(root, "turtle")))))
    assert (found["A7"], found["A10"], found["H1"], found["H2"]) == ("Info", "Violation", "Warning", "Info")
    assert "A13" not in found


def test_the_page_shows_the_words_that_mistakes_are_told_with(root: Path, tmp_path: Path) -> None:
    first, second = _blocks(root, "turtle")[0], _blocks(root, "text")[0].removeprefix("kg: ")
    broken = first.replace("sh:minCount 1 ;", "sh:minCount 'one' ;").replace(
        "sh:severity", "sh:maxxCount 1 ; sh:severity"
    )
    message = refusal(publication(tmp_path, own=broken))
    assert message.replace(f"{tmp_path}/", "") == second.strip()


def test_the_page_names_every_profile_and_every_protected_code(root: Path) -> None:
    page = (root / "docs" / "shapes.md").read_text(encoding="utf-8")
    for name in (*profiles.PROFILES, *profiles.PROTECTED):
        assert f"`{name}`" in page
