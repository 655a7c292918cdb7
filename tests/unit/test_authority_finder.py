"""The finder gives what the automaton gives, for tables and texts of every shape."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.authority import Finder, Matcher, Table, default
from kg.authority.row import quiet, surfaces
from kg.plugins import Thing

WORDS = ["New", "new", "York", "york", "U.S", "U.S.", "al", "Qaeda", "the", "The", "City", "ICE", "Ice", "ice", "İzmir"]
WORDS += ["O’Hara", "O'Hara", "'t", "(RED)", "Yahoo!", "3M", "X", "_", "ß", "AT&T", "Jean", "Paul", "pro", "é", "ΟΔΟΣ"]
GLUE = [" ", " ", " ", "-", "’", "'", ".", ", ", "\n", "_", "/", "  ", "\u00a0", "‑"]
word, glue = st.sampled_from(WORDS), st.sampled_from(GLUE)


@st.composite
def strings(draw: st.DrawFn, most: int) -> str:
    parts = [draw(word)]
    for _ in range(draw(st.integers(0, most))):
        parts += [draw(glue), draw(word)]
    return "".join(parts)


def table_of(surfaces: list[str]) -> Table:
    return Table([Thing(f"r{number}", "Place", surface) for number, surface in enumerate(surfaces)])


@settings(max_examples=400, deadline=None)
@given(st.lists(strings(2), min_size=1, max_size=12), strings(14), st.booleans())
def test_the_finder_and_the_automaton_find_the_same(surfaces: list[str], text: str, caps: bool) -> None:
    clean = [" ".join(one.split()) for one in surfaces if any(map(str.isalnum, one))]
    found = table_of(clean).matcher.find(text, caps=caps)
    expected = Matcher(clean).find(text, caps=caps)
    assert [(hit.start, hit.end, sorted(set(hit.surfaces))) for hit in found] == [
        (hit.start, hit.end, sorted(set(hit.surfaces))) for hit in expected
    ]


def test_the_finder_finds_every_name_of_the_shipped_table_that_the_automaton_finds() -> None:
    table = default()
    text = "\n".join(f"In {surface}, they said. Not {surface.lower()}." for surface, _ in table.surfaces())
    loud = [surface for row in table if not quiet(row) for surface, _ in surfaces(row)]
    found = [(hit.start, hit.end) for hit in table.matcher.find(text)]
    assert found == [(hit.start, hit.end) for hit in Matcher(loud).find(text)]


def test_a_name_that_mostly_means_something_else_is_looked_up_and_not_found() -> None:
    table = Table([Thing("b", "City", "Brush", population=100_000, rival=90.0), Thing("n", "City", "New Brush")])
    assert table.matcher.find("Brush and New Brush") == Matcher(["New Brush"]).find("Brush and New Brush")
    assert [(one.id, one.prior) for one in table.candidates("Brush")] == [("b", 0.1)]


@pytest.mark.parametrize("text", ["New " * 20_000, "a_" * 20_000, "'" * 40_000, "U." * 20_000, "x" * 200_000])
def test_a_monotonous_text_takes_few_lookups(text: str) -> None:
    table = table_of([" ".join(["New"] * 23) + " York", "U.S.", "a", "x"])
    asked = 0

    def begin(first: str, capital: bool) -> object:
        look = table.begin(first, capital)
        if look is None:
            return None

        def counted(key: str) -> object:
            nonlocal asked
            asked += 1
            return look(key)

        return counted

    Finder(begin).find(text)  # type: ignore[arg-type]
    assert asked <= 25 * len(text.split()) + len(text)


def test_a_surface_without_letters_is_never_found_and_breaks_nothing() -> None:
    table = Table([Thing("a", "Organization", "!!!"), Thing("b", "Organization", "?\n!"), Thing("c", "Place", "Rome")])
    assert table.candidates("!!!") == ()
    assert [text.start for text in table.matcher.find("!!! in Rome !!!")] == [7]
