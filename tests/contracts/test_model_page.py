"""docs/model.md, the JSON-LD context and the completion of editors are made from the shapes and follow them."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from kg import jsonld, resources
from kg.errors import ConfigError
from kg.shacl.completion import completion
from kg.shacl.outline import outline
from kg.shacl.shapes import ShapesGraph, code_of
from kg.vocab import SH

DOCS = Path(__file__).resolve().parents[2] / "docs"


def script(file: Path) -> ModuleType:
    """A script, as a module."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page() -> ModuleType:
    return script(DOCS / "make_model.py")


@pytest.fixture(scope="module")
def context() -> ModuleType:
    return script(resources.path("ontology/make_context.py"))


@pytest.fixture(scope="module")
def shapes() -> ShapesGraph:
    return ShapesGraph.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shapes that ship, to change."""
    made = tmp_path / "shapes"
    made.mkdir()
    for file in resources.path("shapes").glob("*.ttl"):
        shutil.copy(file, made)
    return made


def add(folder: Path, text: str) -> ShapesGraph:
    """The shapes of the folder with one more file."""
    heads = (
        "@prefix nkgs: <https://w3id.org/newsgraph/shapes#> .\n@prefix schema: <http://schema.org/> .\n"
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix my: <https://desk.example/terms#> .\n"
    )
    (folder / "zz.ttl").write_text(heads + text, encoding="utf-8")
    return ShapesGraph.load([folder])


# ---- the page ----------------------------------------------------------------------------------------------------


def test_the_committed_page_is_what_the_script_makes(page: ModuleType) -> None:
    assert (DOCS / "model.md").read_text(encoding="utf-8") == page.made(), "run: python docs/make_model.py"


def test_every_code_is_explained_once_and_listed_once_per_kind_of_thing(page: ModuleType, shapes: ShapesGraph) -> None:
    text, _, index = page.made(shapes).partition("\n## Codes\n")
    for _, message in shapes.view.pairs(SH.message):
        code = code_of(message.value)
        problem = message.value.removeprefix(f"{code} ").partition(";")[0]
        assert len(re.findall(rf"^\| `{code}` \|.*{re.escape(problem[:40])}", text, re.MULTILINE)) == 1, code
        assert len(re.findall(rf"^\| `{code}` \|", index, re.MULTILINE)) == 1, code


def test_every_property_with_a_row_says_what_it_is(shapes: ShapesGraph) -> None:
    for section in outline(shapes):
        for slot in section.slots:
            assert slot.description, (section.title, str(slot.path))
            assert slot.values or slot.members or slot.nodes is not None or len(slot.predicates) != 1 or (
                section.key, slot.name
            ) == ("evidence", "object"), (section.title, slot.name)  # fmt: skip


def test_every_kind_of_thing_with_a_label_says_what_it_is(shapes: ShapesGraph) -> None:
    sections = outline(shapes)
    assert [s.title for s in sections[:5]] == [
        "Article", "Page", "Correction", "Image", "Person, organization, place",
    ]  # fmt: skip
    assert len({s.key for s in sections}) == len(sections) == len({s.title for s in sections})
    assert all(s.comment for s in sections)


def test_a_changed_shape_changes_the_page(page: ModuleType, folder: Path) -> None:
    before = page.made(ShapesGraph.load([folder]))
    assert before == page.made()
    after = page.made(
        add(
            folder,
            """
            nkgs:Desk a sh:NodeShape ; sh:targetClass schema:NewsArticle ;
              sh:property [ sh:path schema:editor ; sh:name "desk editor"@en ; sh:minCount 1 ; sh:maxCount 2 ;
                sh:description "Who took care of it."@en ; sh:order 7.5 ; sh:nodeKind sh:IRI ;
                sh:message "Z1 the article names no editor; add the desk's"@en ] .
            """,
        )
    )
    rows = [row for row in after.splitlines() if row not in before.splitlines()]
    assert (
        "| `schema:editor` | desk editor | [`schema:Person`](#person-organization-place) | 1 … 2 |"
        " Who took care of it. | `Z1` |"
    ) in rows
    assert "| `Z1` | Violation | the article names no editor | Add the desk's. |" in rows
    article = after.partition("\n## Article\n")[2].partition("\n## ")[0]
    assert article.index("`schema:author`") < article.index("`schema:editor`") < article.index("`schema:publisher`")


def test_a_deactivated_rule_leaves_the_page_and_its_property_stays(page: ModuleType, folder: Path) -> None:
    after = page.made(add(folder, "nkgs:A5 sh:deactivated true ."))
    assert "`A5`" not in after
    assert "| `schema:datePublished` | published | `xsd:dateTime`, `xsd:date` | 0 … 1 |" in after


def test_words_of_shapes_cannot_break_the_tables(page: ModuleType, folder: Path) -> None:
    after = page.made(
        add(
            folder,
            """
            my:S a sh:NodeShape ; sh:targetClass my:C ;
              sh:property [ sh:path my:p ; sh:minLength 2 ; sh:name "a | b" ; sh:description "one\\n| two |\\nthree" ] .
            """,
        )
    )
    (row,) = [line for line in after.splitlines() if "desk.example/terms#p" in line and "minLength" not in line]
    assert len(re.findall(r"(?<!\\)\|", row)) == 7
    assert r"a \| b" in row


def test_a_deactivated_shape_with_a_label_is_described_without_rules(page: ModuleType, folder: Path) -> None:
    after = page.made(
        add(
            folder,
            """
            my:S a sh:NodeShape ; sh:deactivated true ; sh:targetClass my:Desk ;
              <http://www.w3.org/2000/01/rdf-schema#label> "Desk" ; sh:property [ sh:path my:phone ; sh:minCount 1 ] .
            """,
        )
    )
    section = after.partition("\n## Desk\n")[2].partition("\n## ")[0]
    assert "Class `https://desk.example/terms#Desk`." in section
    assert "| `https://desk.example/terms#phone` | phone | any | any |  |  |" in section
    assert "minCount" not in section


# ---- the context ---------------------------------------------------------------------------------------------------


def test_the_committed_context_is_what_the_shapes_give(context: ModuleType) -> None:
    file = resources.path("ontology/context.jsonld")
    assert file.read_text(encoding="utf-8") == context.made(), "run: python ontology/make_context.py"


def test_nodes_are_coerced_to_iris_and_nothing_else_is(context: ModuleType, shapes: ShapesGraph) -> None:
    terms = jsonld.context()
    coerced = {v["@id"] for v in terms.values() if isinstance(v, dict)}
    assert all(v["@type"] == "@id" for v in terms.values() if isinstance(v, dict))
    for name in ("schema:author", "schema:image", "schema:sameAs", "prov:wasQuotedFrom", "nkg:textOf", "rdf:subject"):
        assert name in coerced
    for name in (
        "schema:headline",
        "schema:datePublished",
        "rdf:object",
        "rdf:type",
        "nif:isString",
        "schema:keywords",
    ):
        assert name not in coerced


def test_what_is_listed_beside_the_shapes_is_in_no_shape(context: ModuleType, shapes: ShapesGraph) -> None:
    said = {f"<{p.value}>" for s in outline(shapes) for slot in s.slots for p in slot.predicates}
    prefixes = {k: v for k, v in jsonld.context().items() if isinstance(v, str)}
    for name in context.BESIDE:
        prefix, _, local = name.partition(":")
        assert f"<{prefixes[prefix]}{local}>" not in said, name


@pytest.mark.parametrize(
    ("values", "coerced"),
    [("sh:nodeKind sh:IRI", True), ("sh:class schema:Person", True), ("nkgs:range schema:Person", True),
     ("sh:datatype schema:Text", False), ("sh:minLength 3", False), ("sh:in ( schema:Person schema:Place )", True),
     ('sh:in ( "a" "b" )', False)],
)  # fmt: skip
def test_a_changed_shape_changes_the_context(context: ModuleType, folder: Path, values: str, coerced: bool) -> None:
    shapes = add(folder, f"my:S a sh:NodeShape ; sh:targetClass my:C ; sh:property [ sh:path my:term ; {values} ] .")
    terms = json.loads(context.made(shapes))["@context"]
    assert ("https://desk.example/terms#term" in terms) is coerced


def test_a_property_that_holds_text_somewhere_is_not_coerced(context: ModuleType, folder: Path) -> None:
    shapes = add(
        folder,
        "my:S a sh:NodeShape ; sh:targetClass my:C ; sh:property [ sh:path schema:about ; sh:nodeKind sh:Literal ] .",
    )
    assert "about" not in json.loads(context.made(shapes))["@context"]


# ---- completion ----------------------------------------------------------------------------------------------------


def test_an_editor_knows_the_classes_and_properties_of_the_model(shapes: ShapesGraph) -> None:
    made = completion(outline(shapes))
    assert made["format"] == 1
    assert made["prefixes"]["schema"] == "http://schema.org/"
    article = made["classes"]["schema:NewsArticle"]
    assert article["label"] == "news article"
    assert article["properties"][:3] == ["rdf:type", "schema:headline", "schema:alternativeHeadline"]
    assert made["classes"]["nkg:DirectQuotation"]["label"] == "direct quotation"
    author = made["properties"]["schema:author"]
    assert author["kind"] == "node"
    assert author["values"] == ["schema:Organization", "schema:Person"]
    assert made["properties"]["nkg:mentionForm"]["members"][0] == '"name"'
    assert made["properties"]["schema:actionStatus"]["members"][0] == "schema:CompletedActionStatus"
    assert made["properties"]["schema:startDate"]["label"] == "start date"


def test_every_property_of_a_class_is_described_and_every_name_has_its_prefix(shapes: ShapesGraph) -> None:
    made = completion(outline(shapes))
    for one in made["classes"].values():
        assert set(one["properties"]) <= made["properties"].keys()
    names = [*made["classes"], *made["properties"], *(v for p in made["properties"].values() for v in p["values"])]
    assert all(name.partition(":")[0] in made["prefixes"] for name in names)


def test_completion_is_small_enough_to_load_with_a_page(shapes: ShapesGraph) -> None:
    assert len(json.dumps(completion(outline(shapes)))) < 60_000


def test_a_changed_shape_changes_completion(folder: Path) -> None:
    shapes = add(
        folder,
        """
        my:S a sh:NodeShape ; sh:targetClass my:Desk ; <http://www.w3.org/2000/01/rdf-schema#label> "Desk" ;
          sh:property [ sh:path my:phone ; sh:name "telephone" ; sh:maxLength 20 ] .
        """,
    )
    made = completion(outline(shapes))
    assert made["classes"]["<https://desk.example/terms#Desk>"] == {
        "label": "desk",
        "properties": ["<https://desk.example/terms#phone>"],
    }
    assert made["properties"]["<https://desk.example/terms#phone>"] == {
        "label": "telephone",
        "kind": "any",
        "values": [],
    }


def test_broken_shapes_are_refused_not_guessed_at(folder: Path) -> None:
    with pytest.raises(ConfigError):
        outline(add(folder, "my:S a sh:NodeShape ; sh:targetClass my:C ; sh:property [ sh:name 'no path' ] ."))


# ---- the plan ------------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_every_constraint_of_the_plan_has_its_code_and_severity(shared: Path, shapes: ShapesGraph) -> None:
    plan = (shared / "research" / "model.md").read_text(encoding="utf-8")
    rows = plan.partition("\n## D. ")[2].partition("\nResult on the gold graph")[0].splitlines()[3:]
    wanted: dict[str, str] = {}
    for row in rows:
        for severity, cell in zip(("Violation", "Warning", "Info"), row.split("|")[2:], strict=False):
            for letter, first, last in re.findall(r"\b([A-Z])(\d+)(?:-[A-Z](\d+))?", cell):
                wanted |= {f"{letter}{n}": severity for n in range(int(first), int(last or first) + 1)}
    found = {rule.code: rule.severity for s in outline(shapes) for slot in s.slots for rule in slot.rules}
    found |= {rule.code: rule.severity for s in outline(shapes) for rule in s.rules}
    assert len(wanted) >= 60
    assert {code: found.get(code) for code in wanted} == wanted
