"""``kg authority`` as people run it, and what a publication does with what was loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg import cli

ROWS = """id,type,name,aliases,same_as
dike-society,NGO,Open Dike Society,ODS,https://register.example/1
ann-aldis,Person,Ann Aldis,Anna Aldis,https://register.example/2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert cli._run(["init", str(tmp_path / "news"), "--base-iri", "https://news.example"]) == 0
    return tmp_path / "news"


def kg(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code and what was printed."""
    capsys.readouterr()
    code = cli._run(["--config", str(folder / "kg.toml"), *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def written(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_rows_are_loaded_listed_and_exported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = kg(folder, capsys, "authority", "load", written(folder, "own.csv", ROWS))
    assert (code, out) == (0, "own.csv: 2 added\n")
    assert "kg reannotate" in err
    code, out, _ = kg(folder, capsys, "--json", "authority", "list", "--search", "dike")
    assert [row["id"] for row in rows(out)] == ["dike-society"]
    code, out, _ = kg(folder, capsys, "authority", "list", "--search", "Paris", "--type", "City")
    assert "paris  City  Paris" in out
    code, out, _ = kg(folder, capsys, "authority", "list", "--sources")
    assert out.split() == ["2", "own.csv"]
    target = folder / "out.csv"
    assert kg(folder, capsys, "authority", "export", "-o", str(target))[0] == 0
    code, out, _ = kg(folder, capsys, "authority", "load", str(target), "--name", "own.csv")
    assert out == "own.csv: 2 unchanged\n"
    code, out, _ = kg(folder, capsys, "authority", "export", "--format", "jsonl", "--all")
    assert len(rows(out)) > 5000


def test_bad_rows_are_told_with_their_lines_and_the_command_ends_with_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(folder, "own.csv", ROWS + "x,Nation,X,,\nann-aldis,Person,Other,,\n")
    code, out, err = kg(folder, capsys, "authority", "load", file)
    assert code == 1
    assert out == "own.csv: 2 added; 2 told of above\n"
    assert f"{file}:4: type 'Nation' is no schema.org class" in err
    assert f"{file}:5: id 'ann-aldis' is used already at line 3" in err
    code, out, _ = kg(folder, capsys, "--json", "authority", "load", file)
    assert [row.get("line") for row in rows(out)] == [4, 5, None]


def test_a_file_that_is_replaced_takes_old_rows_out_unless_nothing_of_it_can_be_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kg(folder, capsys, "authority", "load", written(folder, "own.csv", ROWS))
    broken = written(folder, "own.csv", "no,such,header\n1,2,3\n")
    code, _, err = kg(folder, capsys, "authority", "load", broken, "--replace")
    assert code == 2
    assert "nothing changed" in err
    one = written(folder, "own.csv", ROWS[: ROWS.index("ann")])
    code, out, _ = kg(folder, capsys, "authority", "load", one, "--replace")
    assert (code, out) == (0, "own.csv: 1 unchanged, 1 removed\n")


def test_rows_are_merged_and_split(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kg(folder, capsys, "authority", "load", written(folder, "own.csv", ROWS + "a2,Person,A. Aldis,,\n"))
    assert kg(folder, capsys, "authority", "merge", "a2", "ann-aldis")[0] == 0
    _, out, _ = kg(folder, capsys, "--json", "authority", "list", "--search", "aldis")
    assert [(row["id"], row["name"], row["aliases"]) for row in rows(out)] == [
        ("ann-aldis", "Ann Aldis", ["A. Aldis", "Anna Aldis"])
    ]
    code, _, err = kg(folder, capsys, "authority", "merge", "a2", "ann-aldis")
    assert (code, "are one row already" in err) == (2, True)
    code, _, err = kg(folder, capsys, "authority", "merge", "a2", "dike-society")
    assert (code, "--force" in err) == (2, True)
    assert kg(folder, capsys, "authority", "split", "a2", "ann-aldis")[0] == 0
    _, out, _ = kg(folder, capsys, "--json", "authority", "list", "--search", "aldis")
    assert sorted(row["id"] for row in rows(out)) == ["a2", "ann-aldis"]
    code, _, err = kg(folder, capsys, "authority", "split", "a2", "nobody")
    assert (code, "no row has the id 'nobody'" in err) == (2, True)


def test_a_loaded_row_joins_the_shipped_one_and_can_be_told_apart_from_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = "id,type,name,same_as\nmine,City,Paname,https://www.wikidata.org/wiki/Q90\n"
    kg(folder, capsys, "authority", "load", written(folder, "own.csv", own))
    _, out, _ = kg(folder, capsys, "--json", "authority", "list", "--search", "Paname")
    assert [(row["id"], "Paris" in row["aliases"]) for row in rows(out)] == [("paris", True)]
    assert kg(folder, capsys, "authority", "split", "paris", "mine")[0] == 0
    _, out, _ = kg(folder, capsys, "--json", "authority", "list", "--search", "Paname")
    assert [(row["id"], row.get("aliases")) for row in rows(out)] == [("mine", None)]


def test_rows_are_removed_by_id_and_by_name_and_shipped_ones_are_hidden(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kg(folder, capsys, "authority", "load", written(folder, "own.csv", ROWS))
    assert kg(folder, capsys, "authority", "remove", "ann-aldis", "lisbon")[0] == 0
    assert kg(folder, capsys, "authority", "list", "--search", "Lisbon", "--type", "City")[1] == ""
    assert kg(folder, capsys, "authority", "remove", "lisbon", "--undo")[0] == 0
    assert "lisbon" in kg(folder, capsys, "authority", "list", "--search", "Lisbon", "--type", "City")[1]
    code, _, err = kg(folder, capsys, "authority", "remove", "nobody")
    assert (code, "Nothing changed" in err) == (2, True)
    assert kg(folder, capsys, "authority", "remove", "--name", "own.csv")[0] == 0
    assert kg(folder, capsys, "authority", "export")[1].count("\n") == 1
    assert kg(folder, capsys, "authority", "remove")[0] == 2


def test_wrong_options_say_what_is_wanted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(folder, "own.csv", ROWS)
    for options, said in (
        (("load", str(folder / "absent.csv")), "there is no such file"),
        (("load", file, "--map", "name"), "column=value"),
        (("load", file, "--delimiter", "ab"), "one character"),
        (("load", written(folder, "own.xlsx", "")), "--format"),
        (("list", "--type", "Nation"), "no schema.org class"),
    ):
        code, _, err = kg(folder, capsys, "authority", *options)
        assert code == 2
        assert said in err


def test_a_loaded_row_is_linked_and_every_number_of_jobs_gives_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kg(folder, capsys, "authority", "load", written(folder, "own.csv", ROWS))
    line = json.dumps({"id": 1, "text": "Ann Aldis, chair of the Open Dike Society, spoke on Monday."})
    _, out, _ = kg(folder, capsys, "annotate", written(folder, "in.jsonl", line))
    found = {one["surface"]: one["ref"] for one in rows(out)[0]["mentions"]}
    assert found == {"Ann Aldis": "https://register.example/2", "Open Dike Society": "https://register.example/1"}
    story = "Dike closed for repairs\n\nBy Ines Calderwood\n12 March 2026\n\n"
    body = "Ann Aldis, chair of the Open Dike Society, said on Monday that the dike would be closed. {} more.\n\n"
    for number in range(4):
        written(folder, f"story{number}.txt", story.replace("Dike", f"Dike {number}") + body.format(number) * 3)
    dumps = []
    for jobs in ("1", "2"):
        store = ("--store", str(folder / f"store{jobs}"))
        kg(folder, capsys, *store, "authority", "load", str(folder / "own.csv"))
        files = [str(folder / f"story{number}.txt") for number in range(4)]
        assert kg(folder, capsys, *store, "ingest", *files, "--jobs", jobs)[0] == 0
        query = "SELECT ?s WHERE { ?s <http://schema.org/sameAs> <https://register.example/2> }"
        dumps.append(kg(folder, capsys, *store, "query", query, "--format", "csv")[1])
    assert dumps[0] == dumps[1]
    assert "https://news.example/things/ann-aldis" in dumps[0]
