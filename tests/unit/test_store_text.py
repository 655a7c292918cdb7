"""The text index: finding, suggesting, hostile queries, copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.store import TextDocument, TextIndex
from kg.store.text import copy, create, update


def article(number: int, title: str, text: str = "", **more: str) -> TextDocument:
    return TextDocument(
        page=f"https://news.example/articles/a-{number}", kind="article", title=title, text=text, **more
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "text"
    create(folder)
    documents = [
        article(1, "Court Blocks the Harbour Plan", "Judges in Ljubljana ruled on the harbour. Café owners cheered."),
        article(
            2, "Harbour Plan Revived", "The council voted. The plan blocks traffic.", section="City", date="2026-11-22"
        ),
        TextDocument("https://news.example/things/t-1", "thing", "Ana Kovač", names=("A. Kovac", "Mayor Kovač")),
        TextDocument("https://news.example/things/t-2", "thing", "Anatolia", type="schema:Place"),
    ]
    update(folder, {document.page: document for document in documents})
    return folder


def found(folder: Path, query: str, **options: object) -> list[str]:
    return [hit.page.rpartition("/")[2] for hit in TextIndex(folder).search(query, **options).hits]  # type: ignore[arg-type]


def test_every_word_must_occur_and_case_and_accents_do_not_matter(folder: Path) -> None:
    assert set(found(folder, "HARBOUR")) == {"a-1", "a-2"}
    assert found(folder, "harbour cafe") == ["a-1"]
    assert found(folder, "kovac") == ["t-1"]
    assert found(folder, "harbour zebra") == []


def test_a_phrase_is_words_in_order_and_a_minus_leaves_out(folder: Path) -> None:
    assert found(folder, '"blocks the harbour"') == ["a-1"]
    assert found(folder, '"harbour the blocks"') == []
    assert found(folder, "harbour -council") == ["a-1"]
    assert found(folder, 'harbour -"plan revived"') == ["a-1"]
    assert found(folder, "-harbour") == []


def test_a_word_in_the_title_counts_for_more_than_one_in_the_text(folder: Path) -> None:
    assert found(folder, "revived") == ["a-2"]
    assert found(folder, "blocks")[0] == "a-1"


def test_a_kind_limits_the_answer_and_pages_of_hits_follow_each_other(folder: Path) -> None:
    assert found(folder, "kovac", kind="article") == []
    both = found(folder, "plan")
    assert [found(folder, "plan", limit=1, offset=n) for n in range(3)] == [both[:1], both[1:], []]
    assert TextIndex(folder).search("plan", limit=1).total == 2


def test_stored_fields_come_back(folder: Path) -> None:
    hit = TextIndex(folder).search("revived").hits[0]
    assert (hit.title, hit.kind, hit.section, hit.date) == ("Harbour Plan Revived", "article", "City", "2026-11-22")


def test_suggestions_complete_the_last_word_of_a_name(folder: Path) -> None:
    index = TextIndex(folder)
    assert {hit.title for hit in index.suggest("ana").hits} == {"Ana Kovač", "Anatolia"}
    assert [hit.title for hit in index.suggest("mayor kov").hits] == ["Ana Kovač"]
    assert index.suggest("kov may").hits == ()
    assert index.suggest("").hits == ()


@pytest.mark.parametrize(
    "query",
    [
        "(" * 100_000,
        '"' * 9_999,
        "-" * 5_000,
        "title:/(a+)+$/",
        "[a TO",
        "title:IN [a b",
        "*:*",
        "x^1e999",
        '"a b"~99999999999',
        "\x00\x01\x1f",
        "\u202ekovac",
        "\ud800",
        "\U0001f600",
        "a" * 1_000_000,
        "harbour " * 100_000,
        "</script><script>",
        " \n\t ",
        "",
        ".* .+ [a-z]{1,9999}",
        "日本語",
    ],
    ids=lambda query: repr(query[:12]),
)
def test_any_string_is_a_query(folder: Path, query: str) -> None:
    index = TextIndex(folder)
    assert index.search(query).total <= 4
    assert index.suggest(query).total <= 2


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (-5, -5), (10**15, 0), (10, 10**15), (10**15, 10**15)])
def test_any_page_of_hits_can_be_asked_for(folder: Path, limit: int, offset: int) -> None:
    assert TextIndex(folder).search("plan", limit=limit, offset=offset).total == 2


def test_a_hostile_document_is_indexed_as_text(folder: Path) -> None:
    update(
        folder,
        {
            "https://news.example/articles/x": article(
                9, "\ud800 \x00 </script> title:", "word " * 50_000 + "w" * 100_000
            )
        },
    )
    assert found(folder, "script") == ["a-9"]


def test_a_copy_shares_its_segments_and_changes_apart(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "copy"
    copy(folder, other)
    before = {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in folder.iterdir()}
    update(other, {"https://news.example/articles/a-1": None, "p": article(3, "A third harbour")})
    assert {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in folder.iterdir()} == before
    assert set(found(folder, "harbour")) == {"a-1", "a-2"}
    assert set(found(other, "harbour")) == {"a-2", "a-3"}
    shared = {file.stat().st_ino for file in folder.iterdir()} & {file.stat().st_ino for file in other.iterdir()}
    assert shared


def test_an_updated_document_is_found_once_by_its_new_words(folder: Path) -> None:
    update(folder, {"https://news.example/articles/a-1": article(1, "Something Else")})
    assert found(folder, "court") == []
    assert found(folder, "something") == ["a-1"]
    assert list(TextIndex(folder).pages("article")) == [f"https://news.example/articles/a-{n}" for n in (1, 2)]
