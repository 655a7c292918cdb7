"""``kg review`` as a reviewer meets it: the list, each decision, the log, exit codes and messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from publication import Publication, document, page
from review_fixture import only, publication, same_as

from kg import cli
from kg.review import Journal


@pytest.fixture
def news(tmp_path: Path) -> Publication:
    """Two articles of a publication that has a settings file."""
    made = publication(tmp_path)
    made.add(document(page()), document(page("Lock opened", "Charlotte Brandsma"), "lock.txt"))
    (tmp_path / "kg.toml").write_text('base_iri = "https://news.example"\nstore = "store"\nauthority = ["rows.csv"]\n')
    return made


def kg(news: Publication, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code and what was printed."""
    code = cli._run(["--config", str(news.folder / "kg.toml"), *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_decision_is_printed_logged_and_taken_back(news: Publication, capsys: pytest.CaptureFixture[str]) -> None:
    mayor = only(news, "Lotte Brandsma")
    code, out, _ = kg(news, capsys, "review", "reject", mayor, "x-mayor", "--by", "Ines", "--note", "her sister")
    assert code == 0
    assert f"{mayor} is not x-mayor (Lotte Brandsma) by Ines: her sister" in out
    assert f"snapshot {news.store.current_id()}" in out
    assert same_as(news, mayor) == set()
    code, out, _ = kg(news, capsys, "review", "undo", "1")
    assert "entry 1 is taken back" in out
    assert (code, same_as(news, mayor)) == (0, {"Q900000001"})
    code, out, _ = kg(news, capsys, "review", "log")
    first, second = out.splitlines()
    assert first.endswith("[undone]")
    assert "entry 1 is taken back" in second


def test_with_json_each_line_is_an_object(news: Publication, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = kg(news, capsys, "--json", "review", "merge", "Charlotte Brandsma", "Lotte Brandsma")
    (row,) = rows(out)
    assert (row["action"], row["id"], row["snapshot"]) == ("merge", 1, news.store.current_id())
    assert len(row["changed"]) == 1
    _, out, _ = kg(news, capsys, "--json", "review", "log")
    assert [(one["id"], one["marks"]) for one in rows(out)] == [(1, [])]


def test_review_alone_is_the_list(news: Publication, capsys: pytest.CaptureFixture[str]) -> None:
    kg(news, capsys, "review", "reject", "Lotte Brandsma", "x-mayor")
    plain = [kg(news, capsys, *words)[1] for words in (["review"], ["review", "list"], ["review", "--limit", "20"])]
    assert plain[0] == plain[1] == plain[2]
    code, out, _ = kg(news, capsys, "review", "--json", "--name", "brandsma")
    assert code == 0
    assert rows(out) == rows(kg(news, capsys, "--json", "review", "list", "--name", "brandsma")[1])


def test_the_list_shows_the_words_the_choice_and_the_candidates(
    news: Publication, capsys: pytest.CaptureFixture[str]
) -> None:
    rival = "x-rival,Person,Lotte Brandsma,,http://www.wikidata.org/entity/Q900000009,member of parliament\n"
    with (news.folder / "rows.csv").open("a", encoding="utf-8") as file:
        file.write(rival)
    code, out, _ = kg(news, capsys, "review", "--kind", "link")
    assert code == 0
    assert out.startswith("link      Lotte Brandsma (Person), 1 article, 3 mentions: ")
    assert "[Lotte Brandsma], the mayor of Kampen" in out
    assert "is now  x-mayor  Lotte Brandsma, politician in Kampen  0.50" in out
    assert "may be  x-rival  Lotte Brandsma, member of parliament  0.50" in out
    assert "characters " in out


def test_nothing_in_doubt_is_said(news: Publication, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = kg(news, capsys, "review", "list", "--kind", "conflict")
    assert (code, out) == (0, "")
    assert "nothing is in doubt" in err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["new", "Nobody Known"], 2, "no published thing has this IRI or this name"),
        (["accept", "Lotte Brandsma", "x-none"], 2, "the authority has no such row"),
        (["merge", "Lotte Brandsma", "Lotte Brandsma"], 2, "is the same thing twice"),
        (["split", "Lotte Brandsma", "articles/nothing-00000000"], 2, "does not name"),
        (["undo"], 2, "there is no decision to take back"),
        (["split", "Lotte Brandsma"], 2, "Missing argument"),
        (["reject", "Lotte Brandsma"], 2, "Missing argument"),
        (["undo", "first"], 2, "is not a valid integer"),
    ],
)
def test_what_makes_no_sense_is_told_and_changes_nothing(
    news: Publication, capsys: pytest.CaptureFixture[str], words: list[str], code: int, message: str
) -> None:
    before = news.store.current_id()
    got, out, err = kg(news, capsys, "review", *words)
    assert (got, out) == (code, "")
    assert message in err
    assert news.store.current_id() == before
    assert not Journal.of(news.store.path).path.exists()


def test_a_locked_store_and_a_changed_journal_are_exit_3(news: Publication, capsys: pytest.CaptureFixture[str]) -> None:
    with news.store.begin(time=news.now(), holder="kg ingest"):
        code, _, err = kg(news, capsys, "review", "new", "Lotte Brandsma")
    assert code == 3
    assert "kg ingest" in err
    kg(news, capsys, "review", "new", "Lotte Brandsma")
    file = Journal.of(news.store.path).path
    file.write_bytes(file.read_bytes().replace(b"Lotte", b"Greta"))
    for words in (["review"], ["review", "log"], ["review", "undo"], ["reannotate"]):
        code, _, err = kg(news, capsys, *words)
        assert code == 3, words
        assert "was changed" in err


def test_a_torn_line_is_reported_and_stops_nothing(news: Publication, capsys: pytest.CaptureFixture[str]) -> None:
    kg(news, capsys, "review", "new", "Lotte Brandsma")
    with Journal.of(news.store.path).path.open("ab") as file:
        file.write(b'{"action": "merge", "by"')
    code, _, err = kg(news, capsys, "review", "log")
    assert code == 0
    assert "line 2 of the review journal was not written to its end" in err
    assert kg(news, capsys, "review", "undo")[0] == 0


def test_decisions_an_older_snapshot_does_not_show_are_published_on_demand(
    news: Publication, capsys: pytest.CaptureFixture[str]
) -> None:
    before = news.store.current_id()
    kg(news, capsys, "review", "new", "Lotte Brandsma")
    assert kg(news, capsys, "snapshot", "restore", before)[0] == 0
    assert "[not published yet]" in kg(news, capsys, "review", "log")[1]
    code, out, _ = kg(news, capsys, "review", "publish")
    assert (code, same_as(news, only(news, "Lotte Brandsma"))) == (0, set())
    assert "is a thing of its own" in out
    assert "shows every decision" in kg(news, capsys, "review", "publish")[2]
