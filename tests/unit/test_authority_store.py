"""A table in a file gives what the one in memory gives; changes are whole or not there; rows become one and two."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from kg.authority import Overlay, Store, Table, default, place
from kg.authority.draft import Draft
from kg.authority.versions import edit
from kg.errors import StoreError, StoreLocked
from kg.plugins import Authority, Thing

AVALON = "http://www.wikidata.org/entity/Q9990001"


def loaded(folder: Path, things: Iterable[Thing], name: str = "one", *, replaces: bool = False) -> Draft:
    with edit(folder) as draft:
        draft.begin(name)
        for line, thing in enumerate(things, 1):
            draft.put(thing, line)
        draft.end(replaces=replaces)
    return draft


def store_of(folder: Path) -> Store:
    found = place(folder)
    assert found is not None
    return Store(found)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("authority")
    loaded(folder, default())
    return store_of(folder)


def test_the_store_has_every_row_and_every_candidate_that_the_table_has(shipped: Store) -> None:
    table = default()
    assert isinstance(shipped, Authority)
    assert {row.id: row for row in shipped} == {row.id: row for row in table}
    sample = random.Random(1).sample(sorted({surface for surface, _ in table.surfaces()}), 400)
    assert [shipped.candidates(one) for one in sample] == [table.candidates(one) for one in sample]
    assert shipped.candidates("Nobody at All") == ()
    assert shipped.get("nobody") is None


def test_the_store_finds_in_a_text_what_the_table_finds(shipped: Store) -> None:
    table = default()
    text = "\n".join(f"In {surface}, she said; {surface.upper()}." for surface, _ in table.surfaces())
    hits = [(hit.start, hit.end, set(hit.surfaces)) for hit in shipped.matcher.find(text)]
    assert hits == [(hit.start, hit.end, set(hit.surfaces)) for hit in table.matcher.find(text)]
    assert len(hits) > 3000


def test_loading_again_changes_what_changed_and_nothing_else(tmp_path: Path) -> None:
    one, two = Thing("a", "City", "Aldburg"), Thing("b", "City", "Bermouth", aliases=("B-town",))
    assert loaded(tmp_path, [one, two]).counts.added == 2
    first = store_of(tmp_path).digest
    again = loaded(tmp_path, [one, two]).counts
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert store_of(tmp_path).digest == first
    changed = loaded(tmp_path, [Thing("b", "City", "Bermouth", aliases=("Port B",)), Thing("c", "City", "Cray")]).counts
    assert (changed.added, changed.changed, changed.unchanged) == (1, 1, 0)
    now = store_of(tmp_path)
    assert now.digest != first
    assert [len(now.candidates(name)) for name in ("Aldburg", "B-town", "Port B", "Cray")] == [1, 0, 1, 1]
    loaded(tmp_path, [one, two])
    with edit(tmp_path) as draft:
        assert draft.remove(["c", "nobody"]) == 1
    assert store_of(tmp_path).digest == first


def test_a_file_that_is_replaced_takes_its_rows_with_it_and_leaves_those_of_others(tmp_path: Path) -> None:
    loaded(tmp_path, [Thing("a", "City", "Aldburg"), Thing("b", "City", "Bermouth")], "one")
    loaded(tmp_path, [Thing("c", "City", "Cray")], "two")
    loaded(tmp_path, [Thing("b", "City", "Bermouth")], "one", replaces=True)
    assert [row.id for row in store_of(tmp_path)] == ["b", "c"]
    assert store_of(tmp_path).sources == (("one", 1), ("two", 1))


def test_an_id_that_comes_twice_in_one_load_is_told_with_both_lines(tmp_path: Path) -> None:
    many = [Thing(f"r{number}", "City", f"Town {number}") for number in range(6000)]
    draft = loaded(tmp_path, [*many, many[5], Thing("z", "City", "Zed"), Thing("z", "City", "Other")])
    assert [(line, "is used already at line" in text) for line, text in draft.notes] == [(6003, True), (6001, True)]
    assert "'r5' is used already at line 6;" in draft.notes[1][1]
    found = store_of(tmp_path).get("z")
    assert found is not None
    assert found.name == "Zed"


def test_rows_with_one_iri_are_one_row_with_the_first_id_and_the_newest_values(tmp_path: Path) -> None:
    loaded(tmp_path, [Thing("avalon", "Country", "Avalon", aliases=("A.V.",), same_as=(AVALON,))], "old")
    loaded(tmp_path, [Thing("Q9990001", "Country", "Avallon", same_as=(AVALON,), population=900)], "new")
    store = store_of(tmp_path)
    row = store.get("Q9990001")
    assert row is not None
    assert (row.id, row.name, row.population) == ("avalon", "Avallon", 900)
    assert set(row.aliases) == {"A.V.", "Avalon"}
    assert [one.id for one in store.candidates("A.V.")] == ["avalon"]
    assert [one.id for one in store.candidates("Avallon")] == ["avalon"]
    assert [one.id for one in store] == ["avalon"]


def test_rows_of_different_kinds_are_never_one_because_of_an_iri(tmp_path: Path) -> None:
    loaded(
        tmp_path, [Thing("a", "Country", "Avalon", same_as=(AVALON,)), Thing("b", "Person", "Ava", same_as=(AVALON,))]
    )
    assert [row.id for row in store_of(tmp_path)] == ["a", "b"]


def test_an_iri_that_many_rows_share_joins_none_of_them(tmp_path: Path) -> None:
    hub = "https://everyone.example/"
    loaded(tmp_path, [Thing(f"p{number:02}", "Person", f"Ann B{number}", same_as=(hub,)) for number in range(40)])
    assert len(list(store_of(tmp_path))) == 40


def test_what_is_merged_by_hand_goes_by_the_chosen_id_and_what_is_split_stays_apart(tmp_path: Path) -> None:
    rows = [Thing("a", "Person", "Ann Aldis", same_as=(AVALON,)), Thing("b", "Person", "Anna Aldis", same_as=(AVALON,))]
    loaded(tmp_path, [*rows, Thing("c", "Person", "A. Aldis")])
    plain = store_of(tmp_path).digest
    with edit(tmp_path) as draft:
        draft.rule("merge", "a", "c")
    merged = store_of(tmp_path)
    assert [row.id for row in merged] == ["c"]
    assert merged.get("a") == merged.get("b") == merged.get("c")
    with edit(tmp_path) as draft:
        draft.forget("merge", "a", "c")
        draft.rule("split", "a", "b")
    split = store_of(tmp_path)
    assert [row.id for row in split] == ["a", "b", "c"]
    assert len({plain, merged.digest, split.digest}) == 3
    loaded(tmp_path, rows, "again")
    assert [row.id for row in store_of(tmp_path)] == ["a", "b", "c"]


def test_a_row_that_would_lie_in_itself_keeps_everything_but_the_reference(tmp_path: Path) -> None:
    ring = [Thing(f"r{number}", "Place", f"Ring {number}", contained_in=f"r{(number + 1) % 9}") for number in range(9)]
    draft = loaded(
        tmp_path, [*ring, Thing("s", "Place", "Self", contained_in="s"), Thing("x", "Place", "X", contained_in="r1")]
    )
    assert sorted(line for line, _ in draft.notes) == [9, 10]
    store = store_of(tmp_path)
    found = {row.id: row.contained_in for row in store}
    assert found["r8"] is None
    assert found["s"] is None
    assert found["x"] == "r1"
    assert sum(value is not None for value in found.values()) == 9
    loaded(
        tmp_path, [Thing("r8", "Place", "Ring 8", contained_in="x"), Thing("r1", "Place", "Ring 1", contained_in="x")]
    )
    up = {row.id: row.contained_in for row in store_of(tmp_path)}
    for start in up:
        at: str | None = start
        for _ in range(len(up) + 1):
            at = up.get(at) if at is not None else None
        assert at is None


def test_a_loaded_row_and_a_shipped_one_are_one_row_with_the_shipped_id(tmp_path: Path) -> None:
    base = Table(
        [
            Thing("avalon", "Country", "Avalon", aliases=("A.V.",), demonyms=("Avalonian",), same_as=(AVALON,)),
            Thing("aldburg", "City", "Aldburg", contained_in="avalon"),
            Thing("cray", "City", "Cray", aliases=("Crayport",)),
        ]
    )
    loaded(
        tmp_path,
        [
            Thing("Q9990001", "Country", "Republic of Avalon", same_as=(AVALON,), description="an isle"),
            Thing("own-1", "Corporation", "Aldburg Ferries", country="Q9990001"),
            Thing("cray", "City", "New Cray"),
        ],
    )
    both = Overlay(base, store_of(tmp_path))
    assert isinstance(both, Authority)
    row = both.get("Q9990001")
    assert row == both.get("avalon") == both.get(AVALON)
    assert row is not None
    assert (row.id, row.name, row.description, row.demonyms) == (
        "avalon",
        "Republic of Avalon",
        "an isle",
        ("Avalonian",),
    )
    for surface in ("Republic of Avalon", "A.V.", "Avalonians", "Avalon"):
        assert [one.id for one in both.candidates(surface)] == ["avalon"]
    own, town, cray = both.get("own-1"), both.get("aldburg"), both.get("cray")
    assert own is not None
    assert town is not None
    assert cray is not None
    assert (own.country, town.contained_in, cray.name) == ("avalon", "avalon", "New Cray")
    assert both.candidates("Crayport") == ()
    assert {one.id for one in both} == {"avalon", "own-1", "aldburg", "cray"}
    text = "Aldburg Ferries left Aldburg in the Republic of Avalon for New Cray; A.V. is Avalonian."
    found = [text[hit.start : hit.end] for hit in both.matcher.find(text)]
    assert found == ["Aldburg Ferries", "Aldburg", "Republic of Avalon", "New Cray", "A.V.", "Avalonian"]
    assert both.digest not in (base.digest, both.store.digest)


def test_a_shipped_row_can_be_split_from_a_loaded_one_and_taken_out(tmp_path: Path) -> None:
    base = Table([Thing("avalon", "Country", "Avalon", same_as=(AVALON,)), Thing("cray", "City", "Cray")])
    with edit(tmp_path) as draft:
        draft.begin("one")
        draft.put(Thing("b", "Country", "Bavalon", same_as=(AVALON,)))
        draft.end()
        draft.rule("split", "avalon", "b")
        draft.rule("remove", "cray")
    both = Overlay(base, store_of(tmp_path))
    assert {one.id for one in both} == {"avalon", "b"}
    assert both.get("cray") is None
    assert both.matcher.find("Cray") == []


def test_two_processes_do_not_change_a_table_at_once(tmp_path: Path) -> None:
    with edit(tmp_path), pytest.raises(StoreLocked, match="another process"), edit(tmp_path):
        pass


def test_an_error_in_the_middle_leaves_the_table_as_it_was(tmp_path: Path) -> None:
    loaded(tmp_path, [Thing("a", "City", "Aldburg")])
    before = store_of(tmp_path).digest

    def broken() -> None:
        with edit(tmp_path) as draft:
            draft.begin("x")
            draft.put(Thing("b", "City", "Bermouth"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert store_of(tmp_path).digest == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [store_of(tmp_path).folder.name]


_KILLED = """
import os, signal, sys
from pathlib import Path
from kg.authority import versions
from kg.authority.versions import edit
from kg.plugins import Thing
where = sys.argv[2]
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
if where == "publish": versions._publish = die
with edit(Path(sys.argv[1])) as draft:
    draft.begin("x")
    for n in range(7000): draft.put(Thing(f"n{n}", "City", f"New {n}"))
    if where == "load": die()
    draft.end()
"""


@pytest.mark.parametrize("where", ["load", "publish"])
def test_a_load_that_is_killed_leaves_the_old_table_whole(tmp_path: Path, where: str) -> None:
    loaded(tmp_path, [Thing("a", "City", "Aldburg")])
    before = store_of(tmp_path).digest
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path), where], env=os.environ, check=False)
    assert ended.returncode == -9
    assert store_of(tmp_path).digest == before
    assert store_of(tmp_path).get("n1") is None
    assert loaded(tmp_path, [Thing("c", "City", "Cray")]).counts.added == 1
    assert {row.id for row in store_of(tmp_path)} == {"a", "c"}


def test_who_reads_a_version_goes_on_reading_it_while_others_come(tmp_path: Path) -> None:
    loaded(tmp_path, [Thing("a", "City", "Aldburg")])
    reader = store_of(tmp_path)
    for number in range(3):
        loaded(tmp_path, [Thing("a", "City", f"Aldburg {number}")])
    found = reader.get("a")
    assert found is not None
    assert found.name == "Aldburg"
    assert reader.matcher.find("In Aldburg 2") != []


@pytest.mark.parametrize("name", ["things.db", "surfaces.bits", "current"])
def test_files_that_are_damaged_are_an_error_that_says_what_to_do(tmp_path: Path, name: str) -> None:
    loaded(tmp_path, [Thing("a", "City", "Aldburg")])
    found = place(tmp_path)
    assert found is not None
    file = tmp_path / name if name == "current" else found / name
    file.write_bytes(b"" if name == "surfaces.bits" else b"\xff\x00 no such thing" * 100)
    with pytest.raises(StoreError, match="load"):
        store_of(tmp_path)


def test_a_table_grows_from_a_few_rows_to_many_and_still_finds_all(tmp_path: Path) -> None:
    loaded(tmp_path, [Thing("a", "City", "Aldburg")])
    small = (store_of(tmp_path).folder / "surfaces.bits").stat().st_size
    many = [Thing(f"r{number}", "City", f"Town of {number:x}burg") for number in range(9000)]
    loaded(tmp_path, many)
    store = store_of(tmp_path)
    assert (store.folder / "surfaces.bits").stat().st_size > small
    text = ". ".join(thing.name for thing in many[::9])
    assert [text[hit.start : hit.end] for hit in store.matcher.find(text)] == [thing.name for thing in many[::9]]


NAMES = [
    "New",
    "York",
    "U.S.",
    "al-Qaeda",
    "Cray",
    "Avalon",
    "the",
    "The",
    "of",
    "Port",
    "O'Hara",
    "3M",
    "ICE",
    "Ice",
    "Jean-Paul",
    "İzmir",
]


def test_after_any_loads_the_store_is_the_table_of_the_rows_that_are_left(tmp_path: Path) -> None:
    rng = random.Random(5)

    def name() -> str:
        return " ".join(rng.choice(NAMES) for _ in range(rng.randint(1, 3)))

    def row(number: int) -> Thing:
        more = tuple(dict.fromkeys(name() for _ in range(rng.randint(0, 2))))
        people, rival = rng.choice([None, 100_000, 5_000_000]), rng.choice([None, None, 50.0])
        kind = rng.choice(["City", "Person", "NGO"])
        return Thing(f"r{number}", kind, name(), more, population=people, rival=rival)

    left: dict[str, Thing] = {}
    for step in range(12):
        rows = [row(number) for number in rng.sample(range(30), rng.randint(1, 12))]
        gone = [key for key in left if rng.random() < 0.1]
        loaded(tmp_path / "many", rows)
        with edit(tmp_path / "many") as draft:
            draft.remove(gone)
        left |= {one.id: one for one in rows}
        left = {key: one for key, one in left.items() if key not in gone}
        store, table = store_of(tmp_path / "many"), Table(left.values())
        assert {one.id: one for one in store} == left
        text = " ".join(name() for _ in range(60))
        hits = [(hit.start, hit.end, set(hit.surfaces)) for hit in store.matcher.find(text)]
        assert hits == [(hit.start, hit.end, set(hit.surfaces)) for hit in table.matcher.find(text)]
        for surface in sorted({surface for surface, _ in table.surfaces()}):
            assert store.candidates(surface) == table.candidates(surface)
        loaded(tmp_path / f"once{step}", sorted(left.values(), key=lambda _: rng.random()))
        assert store_of(tmp_path / f"once{step}").digest == store.digest
