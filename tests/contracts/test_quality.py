"""The annotators hold their committed figures, and our scorer gives the numbers of the reference one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kg import annotate, config, evaluate, pipeline, resources

SPLITS = {"gum_wikinews": ["dev", "test"]}
FLOORS = evaluate.Floors.read(resources.path("data/quality.json"))


def fallen(path: Path, splits: list[str]) -> tuple[tuple[str, float, float], ...]:
    table = pipeline.table(config.load())
    gold = evaluate.load(path, splits)
    measured = evaluate.predict(gold, authority=table, annotators=annotate.defaults(table))
    found = evaluate.compare(FLOORS, gold, evaluate.score(gold, measured.predictions).figures)
    assert not found.other, f"{path.name} is not the file the floors of {found.key} were made on"
    return found.fallen


def test_figures_on_our_own_annotations_hold_their_floors() -> None:
    assert "sample" in FLOORS.sets
    assert fallen(resources.path("data/gold/sample.jsonl"), []) == ()


def test_our_own_set_follows_from_its_annotations() -> None:
    script = resources.path("data/gold/make_jsonl.py")
    made = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr


@pytest.mark.shared
@pytest.mark.parametrize("key", sorted(key for key in FLOORS.sets if key != "sample"))
def test_figures_on_the_free_and_the_development_sets_hold_their_floors(shared: Path, key: str) -> None:
    name, _, splits = key.partition("/")
    assert fallen(shared / "gold" / "nlp" / f"{name}.jsonl", splits.split(",") if splits else []) == ()


@pytest.mark.shared
@pytest.mark.parametrize("name", ["gum_wikinews", "pud_news", "newsfair_dev", "polnear_dev", "kore50"])
def test_our_scorer_gives_the_numbers_of_the_reference_scorer(shared: Path, tmp_path: Path, name: str) -> None:
    folder = shared / "gold" / "nlp"
    table = pipeline.table(config.load())
    splits = SPLITS.get(name, [])
    gold = evaluate.load(folder / f"{name}.jsonl", splits)
    measured = evaluate.predict(gold, authority=table, annotators=annotate.defaults(table))
    out = tmp_path / "out.jsonl"
    out.write_text("".join(json.dumps(one) + "\n" for one in measured.predictions), encoding="utf-8")
    command = [sys.executable, str(folder / "score.py"), name, str(out), "--json"]
    command += ["--split", ",".join(splits)] if splits else []
    theirs = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    ours = evaluate.score(gold, measured.predictions).figures
    expected: dict[str, float] = {}
    if measured.predictions and any(one.mentions for one in gold.documents):
        expected |= {f"span.{k.lower()}": v for k, v in theirs["span"].items()}
        expected |= {f"typed.{k.lower()}": v for k, v in theirs["typed"].items()}
        expected["type.accuracy"] = theirs["type_accuracy"]
    for ours_name, path in (("b3", ["b3"]), ("link", ["link"]), ("direct", ["quotations", "direct"])):
        part = theirs
        for step in path:
            part = part.get(step, {})
        expected |= {f"{ours_name}.{k.lower()}": v for k, v in part.items() if k != "n"}
    part = theirs.get("quotations", {}).get("all", {})
    expected |= {f"attribution.{k.lower()}": v for k, v in part.items()}
    for type_, prefix in (("Event", "event"), ("CreativeWork", "work")):
        if f"{prefix}.p" in ours:
            expected |= {f"{prefix}.{k.lower()}": v for k, v in theirs["by_type"][type_].items()}
    assert expected
    assert {key: ours[key] for key in expected} == pytest.approx(expected, abs=1e-4)


def test_what_snapshots_say_of_quality_was_measured_with_these_very_rules() -> None:
    """Every change of a rule or a table asks for ``kg eval --update``: figures of other rules say nothing of these."""
    chain = annotate.defaults(pipeline.table(config.load()))
    assert dict(FLOORS.sets["sample"].annotators) == {one.name: one.version for one in chain}
