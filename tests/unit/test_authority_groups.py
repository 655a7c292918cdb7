"""Which rows are one, and which lie in themselves: held against the plainest way of finding out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.authority.bits import Bits, marks
from kg.authority.finder import core, runs
from kg.authority.groups import Groups, merged, rings
from kg.authority.matcher import fold
from kg.plugins import Thing

pairs = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=14)


@given(pairs, pairs)
def test_groups_are_what_pairs_make_and_never_hold_two_that_are_apart(
    joined: list[tuple[int, int]], apart: list[tuple[int, int]]
) -> None:
    apart = [pair for pair in apart if pair[0] != pair[1]]
    groups, plain = Groups(apart), {number: {number} for number in range(1, 10)}
    for one, other in joined:
        both = plain[one] | plain[other]
        allowed = not any({a, b} <= both for a, b in apart)
        assert groups.join(one, other) is allowed
        if allowed:
            plain.update(dict.fromkeys(both, both))
    expected = sorted({tuple(sorted(members)) for members in plain.values() if len(members) > 1})
    assert [tuple(members) for members in groups.groups()] == expected


@given(st.lists(st.integers(0, 9), min_size=10, max_size=10))
def test_every_circle_is_found_once(above: list[int]) -> None:
    above[0] = 0
    found = rings(range(1, 10), [-1] * 10, lambda number: above[number])
    expected = set()
    for start in range(1, 10):
        at, way = start, []
        while at and at not in way:
            way.append(at)
            at = above[at]
        if at:
            expected.add(frozenset(way[way.index(at) :]))
    got = [frozenset(ring) for ring in found]
    assert len(got) == len(set(got))
    assert set(got) == expected


def test_a_merged_row_takes_the_first_value_there_is_and_all_names() -> None:
    one = Thing("a", "City", "Aldburg", ("Port A",), latitude=1.0, description="a town")
    other = Thing("b", "Place", "Old Aldburg", ("Port A", "A"), latitude=2.0, longitude=3.0, population=90_000)
    row = merged("b", (one, other))
    assert (row.id, row.type, row.name, row.description, row.population) == ("b", "City", "Aldburg", "a town", 90_000)
    assert row.aliases == ("Old Aldburg", "Port A", "A")
    assert (row.latitude, row.longitude) == (2.0, 3.0)
    assert merged("b", (one, other), own=True).name == "Old Aldburg"


@given(st.lists(st.text(min_size=1, max_size=12), max_size=40))
def test_the_set_of_beginnings_never_denies_what_is_in_it(surfaces: list[str]) -> None:
    made = Bits.empty()
    for surface in surfaces:
        mark = marks(surface)
        if mark is not None:
            made.add(mark.beginnings)
    small = Bits(bytearray(made.packed()))
    for surface in surfaces:
        words = core(fold(surface))[1]
        for one in (made, small, small.changeable()) if words else ():
            assert one.state(words) == 3
            assert all(one.begins(part) for part in runs(words))
            assert surface[0].isupper() or one.small(runs(words)[0])
