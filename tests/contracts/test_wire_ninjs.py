"""The whole test suite of ninjs (IPTC, MIT licence): what must pass passes, what must fail fails and says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError, InvalidFormat
from kg.extract import json, ninjs_schema
from kg.extract.ninjs import NinjsReader
from kg.extract.ninjs_facts import EDITIONS
from kg.model import Document

pytestmark = pytest.mark.shared

# The suites of development schemas, and the version that they are written for.
DEVELOPMENT = {"1.x_dev": "1.5-dev", "2.x_dev": "2.1-dev"}
PUBLISHED = [one for one in EDITIONS if not one.endswith("-dev")]
# Wrong in the version of their suite only: they name no version, and a later one allows what they hold.
LATER = {
    "1.0/014_type_component.json",
    "1.0/016_infosource.json",
    "1.1/001_type_component.json",
    "1.1/002_infosource.json",
}
READER = NinjsReader()


@pytest.fixture(scope="module")
def wire(shared: Path) -> Path:
    found = shared / "wire" / "ninjs"
    if not found.is_dir():
        pytest.skip(f"the specification and test suite of ninjs are not at {found}")
    return found


def suite(wire: Path, verdict: str) -> list[tuple[str, Path]]:
    return [(one.parent.parent.name, one) for one in sorted(wire.glob(f"test_suite/*/{verdict}/*.json"))]


def test_every_item_that_must_pass_is_valid_under_the_version_of_its_suite(wire: Path) -> None:
    items = suite(wire, "should_pass")
    assert len(items) == 158
    for version, path in items:
        ninjs_schema.check(
            json.loads(path.read_bytes(), path.name), DEVELOPMENT.get(version, version), origin=path.name
        )


def test_every_item_that_must_pass_is_recognised_and_read_without_being_told_its_version(wire: Path) -> None:
    for _, path in suite(wire, "should_pass"):
        document = Document(path.read_bytes(), "key", path.name)
        assert READER.recognises(document) > 0, path
        (article,) = READER.read(document)
        assert article.identifier, path


def test_every_item_that_must_fail_is_refused_with_the_reason_and_the_place(wire: Path) -> None:
    items = suite(wire, "should_fail")
    assert len(items) == 70
    for version, path in items:
        wanted = DEVELOPMENT.get(version, version)
        with pytest.raises(InvalidFormat) as refused:
            ninjs_schema.check(json.loads(path.read_bytes(), path.name), wanted, origin=path.name)
        error = refused.value
        if error.line is None:  # it is JSON, so the schema speaks
            assert error.reason.startswith(error.path or "the item"), path
            assert f"(ninjs {wanted})" in error.reason, path


def test_every_item_that_must_fail_is_refused_without_being_told_its_version(wire: Path) -> None:
    for version, path in suite(wire, "should_fail"):
        if f"{version}/{path.name}" in LATER:
            assert READER.read(Document(path.read_bytes(), "key", path.name)), path
            continue
        with pytest.raises(InputError):
            READER.read(Document(path.read_bytes(), "key", path.name))


def test_every_example_is_read_but_those_that_break_their_own_schema(wire: Path) -> None:
    refused = []
    read = 0
    for path in sorted(wire.glob("examples/*/*.json")):
        document = Document(path.read_bytes(), "key", path.name)
        try:
            (article,) = READER.read(document)
        except InvalidFormat:
            refused.append(path.name)
            continue
        assert article.headline, path
        assert article.identifier, path
        read += 1
    assert refused == ["businesswire-newsml-20130731006140.json"]  # one name twice in one object
    assert read >= 35


# ---- the table of facts against the published schemas ---------------------------------------------------------------


def leaves(whole: Any, part: Any, place: str, made: dict[str, object]) -> dict[str, object]:
    """What a schema asks for, as pairs of place and rule; items in items, and GeoJSON, are not followed."""
    reference = part.get("$ref")
    if reference:
        inner = reference in {"#", "#/$defs/ninjsType", "#/$defs/item", "#/$defs/association"}
        if "eo" in reference or (place and inner) or not reference.startswith("#"):
            made[place] = "elsewhere"
            return made
        target = whole
        for step in filter(None, reference.lstrip("#").split("/")):
            target = target[step]
        leaves(whole, target, place, made)
    for rule, value in part.items():
        if rule in {"properties", "patternProperties"}:
            for name, inside in value.items():
                if inside.get("required") is True:  # as draft 3 says it
                    made[f"{place} required"] = [name]
                leaves(whole, inside, f"{place}/{name}", made)
        elif rule == "items":
            leaves(whole, value, f"{place}[]", made)
        elif rule in {"type", "format", "enum", "minimum", "maximum"}:
            made[f"{place} {rule}"] = value
        elif rule == "required" and isinstance(value, list):
            made[f"{place} required"] = sorted(value)
        elif rule in {"additionalProperties", "unevaluatedProperties"} and value is False:
            made[f"{place} closed"] = True
    return made


def told(schema: dict[str, Any]) -> dict[str, object]:
    made = leaves(schema, schema, "", {})
    # How an association holds an item is said in another way, and the dates of a recurrence contradict themselves.
    return {
        key: value
        for key, value in made.items()
        if "associations" not in key
        and "recurrenceDates" not in key
        and (not key.endswith(" closed") or made.get(key.replace(" closed", " type")) == "object")
    }


@pytest.mark.parametrize("version", PUBLISHED)
def test_the_table_of_facts_says_what_the_published_schema_says(wire: Path, version: str) -> None:
    path = wire / "specification" / f"ninjs-schema_{version}.json"
    published = json.loads(path.read_bytes(), path.name)
    assert isinstance(published, dict)
    theirs, ours = told(published), told(ninjs_schema.schema(version))
    assert len(theirs) > 60
    assert {key: (theirs.get(key), ours.get(key)) for key in theirs.keys() | ours.keys()
            if theirs.get(key) != ours.get(key)} == {}  # fmt: skip
