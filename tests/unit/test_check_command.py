"""``kg check`` as an editor meets it: what is shown, what is kept for ``/status``, exit codes and messages."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from publication import Publication, document, page
from review_fixture import publication

from kg import cli
from kg.cli import check
from kg.reads.checked import last_check
from kg.shacl import Report

WRONG = """@prefix schema: <http://schema.org/> .
<https://e.example/a> a schema:NewsArticle ; schema:author "Mara" ."""
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <http://schema.org/> .
<https://own.example/s#Genre> a sh:NodeShape ; sh:targetClass schema:NewsArticle ;
  sh:property [ sh:path schema:genre ; sh:minCount 1 ; sh:severity {severity} ] ."""


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """Two publishes of one article each."""
    folder = tmp_path_factory.mktemp("check")
    made = publication(folder)
    made.add(document(page()))
    made.add(document(page("Lock opened", "Charlotte Brandsma"), "lock.txt"))
    (folder / "kg.toml").write_text('base_iri = "https://news.example"\nstore = "store"\nauthority = ["rows.csv"]\n')
    (folder / "wrong.ttl").write_text(WRONG)
    for name in ("Warning", "Violation"):
        (folder / f"{name}.ttl").write_text(SHAPES.format(severity=f"sh:{name}"))
    (folder / "odd.ttl").write_text(SHAPES.format(severity="<https://own.example/Odd>"))
    return made


@pytest.fixture
def kg(news: Publication, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command in the publication: (exit code, output, messages)."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli._run(["--config", str(news.folder / "kg.toml"), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_whole_snapshot_is_checked_and_the_summary_kept(kg: Any, news: Publication) -> None:
    code, out, err = kg("check")
    assert code == 0
    assert out.startswith("accepted: ")
    assert err == ""
    kept = last_check(news.folder / "store")
    assert kept is not None
    assert (kept.snapshot, kept.scope, len(kept.shapes)) == (news.store.current_id(), "full", 64)
    made = json.loads(kg("check", "--format", "json")[1])
    assert made["codes"] == {name: dict(row) for name, row in kept.rows}


def test_only_a_check_of_everything_with_the_own_shapes_is_kept(kg: Any, news: Publication) -> None:
    kg("check")
    before = last_check(news.folder / "store")
    kg("check", str(news.folder / "wrong.ttl"))
    kg("check", "--shapes", str(news.folder / "Violation.ttl"))
    kg("check", "--since", news.store.snapshots()[0].info.id)
    kg("check", "--snapshot", news.store.snapshots()[1].info.id)
    assert last_check(news.folder / "store") == before


def test_every_format_says_the_same(kg: Any, news: Publication) -> None:
    file = str(news.folder / "wrong.ttl")
    made = json.loads(kg("check", file, "--format", "json")[1])
    count = len(made["results"])
    assert made["counts"]["Violation"] >= 3
    assert json.loads(kg("--json", "check", file)[1]) == made
    assert len(Report.from_turtle(kg("check", file, "--format", "ttl")[1]).results) == count
    rows = list(csv.DictReader(io.StringIO(kg("check", file, "--format", "csv")[1], newline="")))
    assert [row["code"] for row in rows] == [r["code"] for r in made["results"]]
    text = kg("check", file, "--format", "text")[1]
    assert text.count("\n  at <https://e.example/a>") == count
    table = kg("check", file)[1]
    assert table.splitlines()[0] == text.splitlines()[0]
    html = kg("check", file, "--format", "html")[1]
    assert html.startswith("<!doctype html>")
    assert "What the shapes say of wrong.ttl" in html
    for one in made["results"]:
        assert one["fix"] in table
        assert one["fix"].replace("&", "&amp;") in html


def test_violations_end_with_1_whatever_is_shown(kg: Any, news: Publication) -> None:
    file = str(news.folder / "wrong.ttl")
    code, out, err = kg("check", file, "--severity", "warning")
    assert code == 1
    assert "Violation" not in out
    assert out.startswith("refused: ")
    assert "results are shown" in err
    code, out, _ = kg("check", file, "--code", "a8", "--code", "A1", "--format", "json")
    assert code == 1
    assert {r["code"] for r in json.loads(out)["results"]} == {"A1", "A8"}


@pytest.mark.parametrize(("name", "code"), [("Warning", 0), ("Violation", 1), ("odd", 0)])
def test_other_shapes_can_be_asked(kg: Any, news: Publication, name: str, code: int) -> None:
    done, out, _ = kg("check", "--shapes", str(news.folder / f"{name}.ttl"), "--format", "json")
    made = json.loads(out)
    assert done == code
    assert [r["component"] for r in made["results"]] == ["MinCount", "MinCount"]
    assert made["results"][0]["severity"] == ("https://own.example/Odd" if name == "odd" else name)
    assert made["results"][0]["fix"].startswith("Add the missing value")


def test_a_file_may_declare_classes(kg: Any, news: Publication) -> None:
    file = news.folder / "classes.ttl"
    file.write_text(
        "@prefix ex: <https://own.example/> . @prefix schema: <http://schema.org/> .\n"
        "ex:Story <http://www.w3.org/2000/01/rdf-schema#subClassOf> schema:NewsArticle . ex:a a ex:Story .\n",
        encoding="utf-8",
    )
    code, out, _ = kg("check", str(file), "--format", "json")
    assert code == 1
    assert "A1" in {r["code"] for r in json.loads(out)["results"]}


def test_since_tells_only_what_went_wrong_since(kg: Any, news: Publication) -> None:
    shapes = str(news.folder / "Violation.ttl")
    ids = [one.info.id for one in news.store.snapshots()]
    whole = json.loads(kg("check", "--shapes", shapes, "--format", "json")[1])["results"]
    code, out, _ = kg("check", "--shapes", shapes, "--since", ids[-2], "--format", "json")
    since = json.loads(out)["results"]
    assert code == 1
    assert len(whole) == 2
    assert [r["focus"] for r in since] == [r["focus"] for r in whole if "lock-opened" in r["focus"]["value"]]
    code, out, _ = kg("check", "--shapes", shapes, "--since", ids[-1])
    assert (code, out) == (0, "conforms: nothing found\n")


def test_threads_change_nothing(kg: Any) -> None:
    assert kg("check", "--jobs", "3", "--format", "ttl") == kg("check", "--format", "ttl")


def test_a_result_shows_the_words_behind_it(kg: Any, tmp_path: Path) -> None:
    shapes = tmp_path / "quoted.ttl"
    shapes.write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <http://schema.org/> .
        <https://own.example/s#Q> a sh:NodeShape ; sh:targetClass schema:Quotation ;
          sh:property [ sh:path schema:abstract ; sh:minCount 1 ] ."""
    )
    _, out, _ = kg("check", "--shapes", str(shapes))
    assert "read from “We will start on Monday,”" in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nowhere.ttl",), 2, "nowhere.ttl: there is no such file"),
        (("--shapes", "nowhere.ttl"), 2, "nowhere.ttl: there is no such file"),
        (("--format", "pdf"), 2, "pdf"),
        (("--jobs", "0"), 2, "--jobs"),
        (("--severity", "bad"), 2, "bad"),
        (("--since", "19990101T000000Z-0000"), 3, "19990101T000000Z-0000"),
    ],
)
def test_wrong_usage_says_what_is_wrong(kg: Any, arguments: tuple[str, ...], code: int, said: str) -> None:
    done, out, err = kg("check", *arguments)
    assert (done, out) == (code, "")
    assert said in err


def test_files_and_snapshots_do_not_go_together_and_folders_are_no_files(kg: Any, news: Publication) -> None:
    file = str(news.folder / "wrong.ttl")
    assert kg("check", file, "--since", "2026-03-12")[0] == 2
    assert "folder" in kg("check", str(news.folder))[2]


def test_broken_shapes_are_wrong_usage_and_name_the_line(kg: Any, tmp_path: Path) -> None:
    shapes = tmp_path / "broken.ttl"
    shapes.write_text("@prefix sh: <http://www.w3.org/ns/shacl#> .\n\nsh:a sh:b .\n")
    code, _, err = kg("check", "--shapes", str(shapes))
    assert code == 2
    assert "broken.ttl:3" in err


def test_what_runs_in_pyshacl_is_told(kg: Any, tmp_path: Path) -> None:
    shapes = tmp_path / "expression.ttl"
    shapes.write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <http://schema.org/> .
        <https://own.example/s#F> a sh:NodeShape ; sh:targetNode <urn:none> ;
          sh:expression true ; sh:nodeKind sh:IRI ."""
    )
    code, out, err = kg("check", "--shapes", str(shapes))
    assert (code, out) == (0, "conforms: nothing found\n")
    assert "https://own.example/s#F runs in pySHACL" in err
    assert "0 of 2 constraints run compiled" in err


def test_a_terminal_sees_how_far_the_check_is_and_colours(
    kg: Any, news: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int, str]] = []
    called = check._Steps.__call__

    def call(steps: check._Steps, done: int, total: int, label: str) -> None:
        seen.append((done, total, label))
        called(steps, done, total, label)

    monkeypatch.setattr(check._Steps, "__call__", call)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "70")
    code, out, err = kg("check", str(news.folder / "wrong.ttl"))
    assert code == 1
    assert seen
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert err
    assert "\x1b[31m" in out
    assert max(len(line) for line in out.splitlines() if "\x1b" not in line) <= 70
