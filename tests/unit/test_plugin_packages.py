"""Plug-ins of an installed package of somebody else, found by its entry points: annotators and authorities."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from publication import Publication, document, page

from kg import plugins
from kg.adapters.authorities import Combined
from kg.authority import Table
from kg.config import PluginSettings, load
from kg.errors import ConfigError, MissingDependency
from kg.pipeline.chain import annotators, authorities
from kg.plugins import Authority, Candidate, Thing

PACKAGE = '''
"""A package of somebody else."""
from kg.model import Annotation, Span
from kg.plugins import Candidate, Thing


class Spotter:
    name, version = "spotter", "2.0"
    needs, gives = frozenset(), frozenset({"proposal"})

    def __init__(self, authority, *, words="harbour office"):
        self.words = words

    def annotate(self, text, layers):
        at = text.text.find(self.words)
        if at >= 0:
            args = {"kind": "Organization"}
            span = Span(at, at + len(self.words))
            yield Annotation(span, "proposal", "Organization", None, 0.95, f"{self.name}@{self.version}", args)

    def pipe(self, texts):
        return [tuple(self.annotate(*one)) for one in texts]


class Archive:
    digest = "archive-1"

    def __init__(self, *, town="Kampen"):
        self.row = Thing("archive:1", "City", town, same_as=("https://archive.example/towns/1",))

    def get(self, id):
        return self.row if id == self.row.id else None

    def candidates(self, surface, type=None):
        if surface == self.row.name and type in (None, "City", "Place"):
            return (Candidate(self.row.id, self.row.name, ("City", "Place"), 1.0, "name"),)
        return ()

    def surfaces(self):
        return ((self.row.name, self.row.id),)


def nothing(authority):
    return object()
'''
ENTRY_POINTS = """
[newsgraph.annotators]
spotter = somebody_else:Spotter
nothing = somebody_else:nothing
broken = somebody_else.missing:Annotator

[newsgraph.authorities]
archive = somebody_else:Archive
"""


@pytest.fixture
def somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package as pip leaves it in a target folder, on the path of this process and of those it starts."""
    target = tmp_path / "site"
    info = target / "somebody_else-2.0.dist-info"
    info.mkdir(parents=True)
    (target / "somebody_else.py").write_text(PACKAGE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: somebody-else\nVersion: 2.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(target))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(target), os.environ.get("PYTHONPATH", "")]))


def wanted(**options: Any) -> tuple[PluginSettings, ...]:
    made: tuple[PluginSettings, ...] = load(flags={"annotators": [{"name": "spotter", **options}]})["annotators"]
    return made


@pytest.mark.usefixtures("somebody_else")
def test_entry_points_of_an_installed_package_are_found() -> None:
    assert {"spotter", "nothing", "broken"} <= set(plugins.names("annotators"))
    assert "archive" in plugins.names("authorities")


@pytest.mark.usefixtures("somebody_else")
@pytest.mark.parametrize("jobs", [1, 2])
def test_its_annotator_votes_in_every_process(tmp_path: Path, jobs: int) -> None:
    publication = Publication.make(tmp_path, annotators="spotter")
    (outcome,) = publication.add(document(page()), jobs=jobs)
    assert outcome.status == "stored", outcome.reason
    assert publication.named("harbour office")


@pytest.mark.usefixtures("somebody_else")
def test_its_options_come_from_the_settings_and_unknown_ones_are_said() -> None:
    (chosen,) = [one for one in annotators(Table(), wanted(words="quay")) if one.name == "spotter"]
    assert vars(chosen)["words"] == "quay"
    with pytest.raises(ConfigError, match="annotator 'spotter': spotter takes no option 'word'; its options: words"):
        annotators(Table(), wanted(word="quay"))


@pytest.mark.usefixtures("somebody_else")
def test_one_plug_in_may_run_under_two_names() -> None:
    tables = [{"name": "quays", "use": "spotter", "words": "quay"}, {"name": "offices", "use": "spotter"}]
    chain = annotators(Table(), load(flags={"annotators": tables})["annotators"])
    assert {"quays", "offices"} <= {one.name for one in chain}


@pytest.mark.usefixtures("somebody_else")
def test_a_model_is_loaded_once_for_a_table_and_its_options() -> None:
    table = Table()

    def model(table: Table, *settings: PluginSettings) -> object:
        return next(one for one in annotators(table, settings) if one.name == "spotter")

    first = model(table, *wanted())
    assert model(table, *wanted()) is first
    assert model(table, *wanted(words="quay")) is not first
    assert model(Table(), *wanted(words="quay")) is not model(table, *wanted(words="quay"))


@pytest.mark.usefixtures("somebody_else")
def test_a_package_that_cannot_be_imported_is_said_with_the_line_that_installs_it() -> None:
    with pytest.raises(MissingDependency, match="pip install somebody-else"):
        annotators(Table(), (PluginSettings("broken", "broken"),))


@pytest.mark.usefixtures("somebody_else")
def test_what_is_no_annotator_is_refused() -> None:
    with pytest.raises(ConfigError, match="plug-in 'nothing' gives no annotator"):
        annotators(Table(), (PluginSettings("nothing", "nothing"),))


@pytest.mark.usefixtures("somebody_else")
def test_its_authority_stands_behind_the_table(tmp_path: Path) -> None:
    publication = Publication.make(tmp_path, authorities=[{"name": "archive", "town": "Zorblatt"}])
    text = page().replace(b"town would rebuild", b"people of Zorblatt would rebuild")
    publication.add(document(text))
    (town,) = publication.named("Zorblatt")
    from pyoxigraph import NamedNode

    from kg.vocab import SCHEMA

    said = {str(quad.object) for quad in publication.default(NamedNode(town), SCHEMA.sameAs)}
    assert said == {"<https://archive.example/towns/1>"}


def test_without_authority_plug_ins_the_table_is_the_table() -> None:
    table = Table()
    assert authorities(table, ()) is table


def test_an_authority_that_is_not_installed_is_said() -> None:
    with pytest.raises(ConfigError, match="no authority named 'nowhere' is installed; installed:"):
        authorities(Table(), (PluginSettings("nowhere", "nowhere"),))


class Fixed:
    """An authority of fixed rows."""

    def __init__(self, *rows: Thing, prior: float = 1.0) -> None:
        self.rows, self.prior, self.digest = rows, prior, repr(rows)

    def get(self, id: str) -> Thing | None:
        return next((row for row in self.rows if row.id == id), None)

    def candidates(self, surface: str, type: str | None = None) -> tuple[Candidate, ...]:
        return tuple(Candidate(r.id, r.name, (r.type,), self.prior, "name") for r in self.rows if r.name == surface)

    def surfaces(self) -> list[tuple[str, str]]:
        return [(row.name, row.id) for row in self.rows]


def test_combined_authorities_share_priors_and_the_table_keeps_its_rows() -> None:
    table = Fixed(Thing("a", "City", "Tovald"))
    other = Fixed(Thing("b", "Person", "Tovald"), Thing("a", "Person", "Not this one"))
    combined = Combined(table, [("other", other)])
    assert isinstance(combined, Authority)
    assert combined.get("a") == Thing("a", "City", "Tovald")
    assert combined.get("b") == Thing("b", "Person", "Tovald")
    assert [(one.id, one.prior) for one in combined.candidates("Tovald")] == [("a", 0.5), ("b", 0.5)]
    assert list(combined.surfaces()) == [("Tovald", "a"), ("Tovald", "b"), ("Not this one", "a")]
    assert combined.digest != Combined(table, []).digest


def test_surfaces_of_the_table_and_of_the_others_are_found_in_a_text() -> None:
    table = Table([Thing("a", "City", "New Tovald"), Thing("c", "City", "Osterhaven")])
    combined = Combined(table, [("other", Fixed(Thing("b", "City", "New Tovald Harbour"), Thing("d", "City", "Lund")))])
    words = "From New Tovald Harbour to New Tovald, Lund and Osterhaven."
    found = [words[hit.start : hit.end] for hit in combined.matcher.find(words)]
    assert found == ["New Tovald Harbour", "New Tovald", "Lund", "Osterhaven"]


def test_an_authority_with_an_impossible_prior_is_named() -> None:
    combined = Combined(Table(), [("other", Fixed(Thing("b", "Person", "Tovald"), prior=float("nan")))])
    with pytest.raises(ConfigError, match="authority 'other' gives"):
        combined.candidates("Tovald")


# ---- settings -----------------------------------------------------------------------------------------------------


def test_annotators_are_names_or_tables_and_may_come_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "kg.toml"
    file.write_text(
        '[[annotators]]\nname = "films"\nuse = "gliner"\nlabels = { film = "Movie" }\n'
        "weight = 2\nscores = { Event = 0.5 }\nthreshold = 0.9\n\n[[annotators]]\nname = 'spacy'\n"
    )
    films, spacy = load(file)["annotators"]
    assert films == PluginSettings("films", "gliner", {"labels": {"film": "Movie"}}, {"": 2.0}, {"Event": 0.5}, 0.9)
    assert (spacy.name, spacy.use, spacy.options) == ("spacy", "spacy", {})
    assert [str(one) for one in (films, spacy)] == ["films (gliner)", "spacy"]
    named = load(file, environment={"KG_ANNOTATORS": "a, b"})["annotators"]
    assert [one.name for one in named] == ["a", "b"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('name = "a b"', "names of letters"),
        ('use = "spacy"', "names of letters"),
        ('name = "a"\nweight = -1', "must have numbers from 0 to 1000 in weight"),
        ('name = "a"\nweight = true', "must have numbers from 0 to 1000 in weight"),
        ('name = "a"\nscores = { Animal = 0.5 }', "must name kinds in scores: Person"),
        ('name = "a"\nrecall = 2', "must have numbers from 0 to 1 in recall"),
        ('name = "a"\nthreshold = nan', "must have a threshold from 0 to 1"),
        ('name = "a"\n[[annotators]]\nname = "a"', "must not have two named 'a'"),
    ],
)
def test_a_wrong_table_is_said_with_its_line(tmp_path: Path, table: str, message: str) -> None:
    file = tmp_path / "kg.toml"
    file.write_text(f"[[annotators]]\n{table}\n")
    with pytest.raises(ConfigError, match=message) as caught:
        load(file)
    assert str(file) in str(caught.value)
