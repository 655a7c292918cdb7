"""What is kept of the shapes' verdict: by a publish in its manifest, by ``kg check`` beside the snapshots."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.reads.checked import Checked, last_check, publish_check
from kg.store import SnapshotInfo


def info(**summary: object) -> SnapshotInfo:
    return SnapshotInfo("s-1", None, "2026-03-12T00:00:00Z", "00", summary=summary)


def test_a_check_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = Checked("s-1", "full", {"Warning": {"A5": 2}, "Violation": {"A1": 1}}, "abc")
    assert made.write(tmp_path)
    assert last_check(tmp_path) == made
    assert list(made.counts.items()) == [("Violation", 1), ("Warning", 2)]
    assert [severity for severity, _ in made.rows] == ["Violation", "Warning"]


def test_a_store_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    assert Checked("s-1", "full").write(tmp_path / "nowhere") is False
    assert last_check(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"snapshot": 1, "scope": "full", "shapes": "", "codes": {}}', '{"codes": {"A": 1}}',
     '{"snapshot": "s", "scope": "full", "shapes": "", "codes": {"Warning": {"A5": "many"}}}'],
)  # fmt: skip
def test_a_broken_file_is_no_check(tmp_path: Path, text: str) -> None:
    (tmp_path / "check.json").write_text(text)
    assert last_check(tmp_path) is None


def test_a_publish_says_what_the_gate_found() -> None:
    said = {"violations": 0, "warnings": {"A5": 3}, "shapes": "abc", "checked": "incremental"}
    assert publish_check(info(shacl=said, warnings={"A5": 3})) == Checked(
        "s-1", "incremental", {"Warning": {"A5": 3}}, "abc"
    )


def test_what_a_publish_left_broken_is_told_by_code() -> None:
    said = {"violations": 3, "warnings": {}, "shapes": "abc", "checked": "incremental"}
    found = publish_check(info(shacl=said, broken={"M10": 2, "A18": 1}))
    assert found is not None
    assert found.codes == {"Violation": {"M10": 2, "A18": 1}}
    assert found.counts["Violation"] == 3
    alone = publish_check(info(shacl=said))
    assert alone is not None
    assert alone.counts["Violation"] == 3


def test_what_an_older_version_published_is_read() -> None:
    assert publish_check(info(articles=2, warnings={"A5": 3})) == Checked("s-1", "incremental", {"Warning": {"A5": 3}})
    assert publish_check(info(articles=2, warnings={})) == Checked("s-1", "incremental", {})


def test_what_did_not_pass_the_gate_has_no_check() -> None:
    assert publish_check(info(restored="s-0")) is None
