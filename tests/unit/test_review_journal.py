"""The journal: only added to, each line bound to the one before, tolerant of a crash and of nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.review import Decisions, Entry, Journal

A, B, C = (f"https://news.example/things/{name}#id" for name in ("a-1", "b-2", "c-3"))
PAGE, OTHER = "https://news.example/articles/one-11", "https://news.example/articles/two-22"
TIME = "2026-03-13T09:00:00Z"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal.of(tmp_path)


def add(journal: Journal, action: str, **fields: object) -> Entry:
    """One more line."""
    made = journal.read().next(Entry(0, TIME, "Ines", "a note – with a dash", action, **fields))  # type: ignore[arg-type]
    journal.append(made)
    return made


def test_what_was_added_is_read_again_in_order(journal: Journal) -> None:
    assert journal.read().entries == ()
    first = add(journal, "accept", thing=A, row="r1", keys=(("name:Person:a b", A),), surfaces=("A B",))
    second = add(journal, "split", thing=A, other=B, other_name="A B", articles=(PAGE, OTHER))
    trail = journal.read()
    assert trail.entries == (first, second)
    assert [one.id for one in trail.entries] == [1, 2]
    assert trail.torn == ()
    assert journal.path.stat().st_mode & 0o077 == 0 or journal.path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_a_line_that_a_crash_left_unfinished_is_passed_over_and_told(journal: Journal, cut: int) -> None:
    first, _ = add(journal, "new", thing=A), add(journal, "new", thing=B)
    journal.path.write_bytes(journal.path.read_bytes()[: -1 - cut])
    trail = journal.read()
    assert (trail.entries, trail.torn) == ((first,), (2,))
    third = add(journal, "new", thing=C)
    trail = journal.read()
    assert (trail.entries, trail.torn) == ((first, third), (2,))
    assert third.id == 2


def test_a_whole_last_line_without_its_line_end_counts(journal: Journal) -> None:
    entry = add(journal, "new", thing=A)
    journal.path.write_bytes(journal.path.read_bytes()[:-1])
    assert journal.read().entries == (entry,)


@pytest.mark.parametrize("change", ["edit", "remove", "swap", "add a field", "renumber", "forge"])
def test_a_line_that_was_changed_taken_out_or_moved_is_seen(journal: Journal, change: str) -> None:
    for thing in (A, B, C):
        add(journal, "new", thing=thing)
    lines = journal.path.read_bytes().splitlines(keepends=True)
    row = json.loads(lines[1])
    if change == "edit":
        lines[1] = lines[1].replace(b"b-2", b"b-3")
    elif change == "remove":
        del lines[1]
    elif change == "swap":
        lines[0], lines[1] = lines[1], lines[0]
    elif change == "add a field":
        lines[1] = json.dumps(row | {"mood": "good"}).encode() + b"\n"
    elif change == "renumber":
        lines[1] = json.dumps(row | {"id": "2"}).encode() + b"\n"
    else:  # the whole line anew, with a digest that fits it
        forged = Entry(2, TIME, "Mallory", "", "new", thing=C, previous=row["previous"]).sealed()
        lines[1] = forged.line().encode() + b"\n"
    journal.path.write_bytes(b"".join(lines))
    with pytest.raises(StoreError, match=r"decisions\.journal:\d: this line of the review journal was changed"):
        journal.read()


def test_a_line_of_another_kind_is_seen_not_obeyed(journal: Journal) -> None:
    journal.path.parent.mkdir()
    for line in ("{}", '{"id": 1, "time": "x", "action": "drop"}', '{"id": 1, "keys": 7}'):
        journal.path.write_text(line + "\n")
        with pytest.raises(StoreError):
            journal.read()
    journal.path.write_bytes(b"[" * 100_000 + b"\n\xff\xfe\n[]\n")
    assert journal.read().torn == (1, 2, 3)


def test_redacting_keeps_the_chain_and_what_says_nothing_of_the_page(journal: Journal) -> None:
    add(journal, "split", thing=A, other=B, articles=(PAGE,))
    kept = add(journal, "new", thing=C)
    gone = journal.redact([B.partition("#")[0]])
    assert [one.id for one in gone] == [1]
    text = journal.path.read_text()
    assert "b-2" not in text
    assert "one-11" not in text
    trail = journal.read()
    assert [one.action for one in trail.entries] == ["redacted", "new"]
    assert trail.effective() == (kept,)
    assert journal.redact([B.partition("#")[0]]) == ()


def test_an_article_that_is_forgotten_leaves_the_decision_standing_for_others(journal: Journal) -> None:
    add(journal, "split", thing=A, other=B, articles=(OTHER, PAGE))
    add(journal, "accept", thing=C, row="r", keys=((f"scoped:{PAGE}:Organization:abc", C), ("name:Person:a b", C)))
    add(journal, "split", thing=C, other=A, articles=(PAGE,))
    journal.forget(PAGE)
    assert PAGE not in journal.path.read_text()
    split, accept = journal.read().effective()
    assert split.articles == (OTHER,)
    assert accept.keys == (("name:Person:a b", C),)


def test_undone_entries_do_not_count_and_an_undo_can_be_undone(journal: Journal) -> None:
    one, two = add(journal, "new", thing=A), add(journal, "new", thing=B)
    undo = add(journal, "undo", target=one.id)
    assert journal.read().effective() == (two,)
    again = add(journal, "undo", target=undo.id)
    assert journal.read().effective() == (one, two)
    add(journal, "undo", target=again.id)
    assert journal.read().effective() == (two,)


def test_steps_are_taken_in_the_order_they_were_decided(journal: Journal) -> None:
    add(journal, "split", thing=A, other=C, other_name="C", articles=(PAGE,))
    add(journal, "merge", thing=A, other=B, other_name="B")
    decisions = Decisions.of(journal.read())
    assert (decisions.place(A, PAGE), decisions.place(A, OTHER), decisions.place(B, PAGE)) == (C, B, B)
    add(journal, "split", thing=B, other=A, other_name="A", articles=(OTHER,))
    decisions = Decisions.of(journal.read())
    assert (decisions.place(A, OTHER), decisions.place(A, PAGE)) == (A, C)  # and it ends


def test_a_key_that_was_taken_from_its_thing_is_another_key_from_then_on(journal: Journal) -> None:
    add(journal, "accept", thing=A, row="r", lent=("authority:r",))
    assert Decisions.of(journal.read()).keys == {"authority:r": A}
    add(journal, "reject", thing=A, row="r", released=("authority:r",))
    decisions = Decisions.of(journal.read())
    assert decisions.key("authority:r") == "authority:r~1"
    assert decisions.keys.get("authority:r~1") is None
    assert decisions.row(A, "r") is None
    assert decisions.row(B, "r") == "r"
    add(journal, "accept", thing=B, row="r", lent=("authority:r",))
    decisions = Decisions.of(journal.read())
    assert decisions.keys[decisions.key("authority:r")] == B
    assert decisions.lent == {"authority:r", "authority:r~1"}


def test_lessons_add_up_over_entries(journal: Journal) -> None:
    add(journal, "accept", thing=A, row="r", surfaces=("Harbour Trust",))
    add(journal, "accept", thing=B, row="r", surfaces=("Harbour Trust", "HT"))
    add(journal, "new", thing=C, row="r", surfaces=("HT",))
    lessons = Decisions.of(journal.read()).lessons
    assert lessons == {"HT": {"r": 0, None: 1}, "Harbour Trust": {"r": 2}}
    assert Decisions.of(Journal(journal.path.with_name("none")).read()).lessons == {}
