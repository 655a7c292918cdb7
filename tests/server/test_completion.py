"""Editors are told the classes and properties of the model, and of the publication's own shapes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import newsroom
from flask.testing import FlaskClient

from server import create_app

DOCS = Path(__file__).resolve().parents[2] / "docs"
ADDRESS = "/shapes/completion.json"


def test_an_editor_gets_classes_properties_and_prefixes(client: FlaskClient) -> None:
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    made = answer.get_json()
    assert set(made) == {"format", "prefixes", "classes", "properties"}
    assert "schema:headline" in made["classes"]["schema:NewsArticle"]["properties"]
    assert made["properties"]["schema:datePublished"]["kind"] == "literal"


def test_it_is_asked_for_again_only_when_it_has_changed(client: FlaskClient) -> None:
    first = client.get(ADDRESS)
    again = client.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "max-age" in first.headers["Cache-Control"]


def test_it_is_sent_compressed(client: FlaskClient) -> None:
    plain, packed = client.get(ADDRESS), client.get(ADDRESS, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 3


def test_the_publications_own_shapes_are_in_it(tmp_path: Path) -> None:
    own = tmp_path / "shapes"
    own.mkdir()
    (own / "desk.ttl").write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <http://schema.org/> .
        @prefix my: <https://desk.example/shapes#> .
        my:Desk a sh:NodeShape ; sh:targetClass schema:NewsArticle ;
          sh:property [ sh:path schema:editor ; sh:name "desk editor" ; sh:minCount 1 ;
            sh:message "Z1 no editor is named; name one" ] .""",
        encoding="utf-8",
    )
    app = create_app(newsroom.settings(tmp_path, **{"shapes.folder": str(own)}))
    made = app.test_client().get(ADDRESS).get_json()
    assert made["properties"]["schema:editor"] == {
        "label": "desk editor",
        "kind": "node",
        "values": ["schema:Person"],
    }
    assert "schema:editor" in made["classes"]["schema:NewsArticle"]["properties"]


def test_broken_shapes_are_the_operators_business_and_name_no_place_on_the_host(tmp_path: Path) -> None:
    own = tmp_path / "shapes"
    own.mkdir()
    (own / "desk.ttl").write_text("this is no Turtle", encoding="utf-8")
    answer = create_app(newsroom.settings(tmp_path, **{"shapes.folder": str(own)})).test_client().get(ADDRESS)
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.get_json()["error"] == "ConfigError"
    assert str(tmp_path) not in answer.text


def test_what_the_documentation_shows_is_in_the_answer(client: FlaskClient) -> None:
    page = (DOCS / "queries.md").read_text(encoding="utf-8")
    (shown,) = (json.loads(t) for t in re.findall(r"```json\n(.*?)```", page, re.DOTALL) if '"classes"' in t)
    made = client.get(ADDRESS).get_json()
    assert shown["format"] == made["format"]
    assert shown["prefixes"].items() <= made["prefixes"].items()
    assert shown["properties"].items() <= made["properties"].items()
    for name, one in shown["classes"].items():
        assert made["classes"][name]["label"] == one["label"]
        assert set(one["properties"]) <= set(made["classes"][name]["properties"])
