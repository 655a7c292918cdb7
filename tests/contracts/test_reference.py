"""docs/reference.md is what docs/make_reference.py writes, and that reads the code."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from kg import config

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_page_is_what_the_script_makes(maker: ModuleType) -> None:
    assert (DOCS / "reference.md").read_text(encoding="utf-8") == maker.made(), "run: python docs/make_reference.py"


def test_a_route_without_a_description_stops_the_script(maker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maker, "ROUTES", {k: v for k, v in maker.ROUTES.items() if k != "/sparql"})
    with pytest.raises(SystemExit, match=r"without a description.*/sparql"):
        maker.made()


def test_a_description_without_its_key_stops_the_script(maker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maker, "PREVIEW", {**maker.PREVIEW, "mood": "how it feels"})
    with pytest.raises(SystemExit, match=r"not there: \['mood'\]"):
        maker.made()


def test_every_command_and_option_stands_on_the_page(maker: ModuleType) -> None:
    page = maker.made()
    for name, command in maker.walk(maker.cli):
        section = page.partition(f"\n### {' '.join(name)}\n")[2].partition("\n### ")[0]
        assert section, name
        for parameter in command.params:
            for spelled in parameter.opts if parameter.param_type_name == "option" else ():
                assert f"`{spelled}`" in section, (name, spelled)


def test_every_setting_stands_on_the_page_with_its_variable(maker: ModuleType) -> None:
    page = maker.made()
    for setting in config.SETTINGS:
        assert f"| `{setting.name}` |" in page
        assert f"| `{setting.variable}` |" in page
    for key in config.SOURCE_KEYS:
        assert f"| `{key}` |" in page


def test_settings_in_use_are_not_said_to_be_idle(maker: ModuleType) -> None:
    used = {"base_iri", "store", "authority", "detail", "excerpt", "publisher.name", "limits.query_seconds"}
    assert not used & set(maker.idle())


def test_severities_are_those_of_the_shapes_graph(maker: ModuleType) -> None:
    from kg.shacl import Gate, ShapesGraph

    told = {code: severity for code, severity, _, _ in maker.shapes()}
    report = Gate(ShapesGraph.load()).check_store(_breaks_a_few())
    found = {result.code: result.severity for result in report.results}
    assert {"A1", "A3", "A10", "C3", "Q3"} <= found.keys()
    assert found.items() <= told.items()


def _breaks_a_few() -> object:
    from pyoxigraph import RdfFormat, Store

    store = Store()
    store.load(
        b"""@prefix schema: <http://schema.org/> .
        <https://news.example/articles/x#id> a schema:NewsArticle ; schema:author "M" .
        <https://news.example/articles/x#q> a schema:Quotation ; schema:text "Words." .
        <https://news.example/articles/x#c> a schema:Claim .""",
        format=RdfFormat.TURTLE,
    )
    return store
