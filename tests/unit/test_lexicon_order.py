"""The word lists of grammar and of titles: each word once, in alphabetical order, so that a change is easy to see."""

from __future__ import annotations

import pytest

from kg.annotate.lexicon import _lines, groups, table


def test_the_words_of_grammar_stand_one_a_line_in_order() -> None:
    lines = _lines("function")
    assert lines == sorted(set(lines))
    assert table("function") == set(lines)


@pytest.mark.parametrize("key", sorted(groups("titles")))
def test_the_words_of_a_group_of_titles_stand_in_order(key: str) -> None:
    words = [word for line in _lines("titles") if line.startswith(f"{key}:") for word in line.split()[1:]]
    assert words == sorted(set(words))
