"""Regular expressions: the answers of SPARQL's REGEX, in linear time, whichever engine gives them."""

from __future__ import annotations

import random

import pytest
from pyoxigraph import Literal, QuerySolutions, Store, Variable

from kg.shacl.pattern import matcher
from kg.shacl.regex import read

FURNITURE = r"(^|\n)(Related Articles?|Share this|[^\n]* - Image [0-9]+)[ \t]*($|\n)"


def regex(text: str, pattern: str, flags: str) -> bool | None:
    """What Oxigraph's REGEX says; None when it cannot read the expression."""
    given = {"text": text, "pattern": pattern, "flags": flags}
    answer = Store().query(
        "SELECT ?text ?pattern ?flags (REGEX(?text, ?pattern, ?flags) AS ?hit) {}",
        substitutions={Variable(name): Literal(value) for name, value in given.items()},
    )
    assert isinstance(answer, QuerySolutions)
    hit = next(answer)["hit"]
    return None if hit is None else hit.value == "true"  # type: ignore[union-attr]


ATOMS = ["a", "b", "k", "s", "[ab]", "[^a]", ".", "^", "$", "(a|b)", "(ab|k)", r"\n", r"\.", "A", "é", "(a(b|s)?)", "-"]
TIMES = ["", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,}", "+?"]


@pytest.mark.parametrize("seed", range(60))
def test_random_expressions_answer_as_oxigraph_does(seed: int) -> None:
    choose = random.Random(seed)
    for _ in range(10):
        pattern = "".join(choose.choice(ATOMS) + choose.choice(TIMES) for _ in range(choose.randrange(1, 6)))
        flags = choose.choice(["", "i", "s", "m", "x", "is"])
        if regex("", pattern, flags) is None:
            with pytest.raises(ValueError, match="no regular expression"):
                matcher(pattern, flags)
            continue
        match = matcher(pattern, flags)
        for _ in range(4):
            # U+017F and U+212A match s and k without regard to case.
            text = "".join(choose.choice("abksAKS\n\u017f\u212aé-.") for _ in range(choose.randrange(9)))
            assert match(text) == regex(text, pattern, flags), (pattern, flags, text)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (FURNITURE, "A line\nshare THIS \nanother", True),
        (FURNITURE, "A line\nA photo - image 12\t", True),
        (FURNITURE, "A line that says share this today", False),
        (FURNITURE, "x" * 5000, False),
        (FURNITURE, "x" * 5000 + "\nRelated Article", True),
        ("stra\u00dfe", "STRASSE", False),
        ("\u00e9t\u00e9", "\u00c9T\u00c9", True),
        ("kiss", "\u212ai\u017f\u017f", True),
    ],
)
def test_words_are_looked_for_without_regard_to_case(pattern: str, text: str, expected: bool) -> None:
    assert matcher(pattern, "i")(text) is expected


def test_an_end_is_the_end_of_the_text_and_not_before_a_last_line_end() -> None:
    assert not matcher("a$")("a\n")


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (FURNITURE, (" - Image ", "Related Article", "Share this")),
        ("^https?://", ("http",)),
        ("(by|dr) ", ("by", "dr")),
        ("a?b+c*", ("b",)),
        ("a|[bc]", ()),
        ("x|", ()),
        (".*", ()),
    ],
)
def test_the_words_a_match_needs(pattern: str, words: tuple[str, ...]) -> None:
    known = read(pattern)
    assert known is not None
    assert known.words() == words


@pytest.mark.parametrize(
    "pattern", [r"\p{L}", "(?i)a", "[a[b]]", "[a&&b]", "(" * 30 + "a" + ")" * 30, "(a", "a" * 3000]
)
def test_of_what_engines_read_differently_nothing_is_claimed(pattern: str) -> None:
    assert read(pattern) is None


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "a*a*a*a*a*a*b", "^(a?){40}a{40}$", "(a*)*b", "(.*)(.*)(.*)(.*)[^a]", "(x+x+)+y"]
)
@pytest.mark.parametrize("length", [40, 500, 20_000])
def test_no_expression_makes_python_search_for_ever(pattern: str, length: int) -> None:
    # With a backtracking engine each of these takes longer than the tests may.
    match = matcher(pattern)
    for text in ("a" * length + "!", "a" * length + "b!", "x" * length):
        assert match(text) == regex(text, pattern, "")


@pytest.mark.parametrize(
    ("pattern", "most"), [("^[a-z]+$", 200), ("^http://a/Q[1-9][0-9]*$", 300), ("^[0-9]+-[0-9]+$", 9000)]
)
def test_the_steps_of_harmless_expressions_are_known_to_be_few(pattern: str, most: int) -> None:
    known = read(pattern)
    assert known is not None
    assert known.steps(40) < most
