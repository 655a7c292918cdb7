"""Any words in any order are annotated: the chain never raises, stays in the text, and gives the same twice."""

from __future__ import annotations

import json
import random

import pytest

from kg import annotate, config, pipeline
from kg.annotate import lexicon
from kg.plugins import Annotator, Authority

PEOPLE = (
    "Ida Quill",
    "Quill",
    "Judge Walter Marsh",
    "Mr Marsh",
    "Nika",
    "the mayor",
    "she",
    "43 people",
    "Dr. A. B. Coe",
)
PLACES = ("Kampen", "Poland", "Polish", "Washington", "Zalk River", "the White House", "New York")
BODIES = ("Kampen Ferry Ltd", "the Harbour Board (HB)", "HB", "NATO", "Zalk Wanderers", "the Interior Ministry", "X")
TIMES = ("on Monday", "in March", "two weeks ago", "on 3 May 2026", "last year", "between 2 and 5 May", "at 11:47 p.m.")
JOINTS = (
    "and",
    "of",
    "for",
    "in",
    "to",
    "by",
    "with",
    "from",
    "that",
    "who",
    "after",
    "before",
    "not",
    "never",
    "will",
    "would",
    "may",
    "had",
    "has",
    "been",
    "was",
    "were",
    "is",
    "be",
    "the",
    "a",
    "an",
    "his",
    "her",
    "its",
    "said",
    "told",
    "says",
    "according",
    "over",
    "against",
    "at",
    "near",
    "between",
    "as",
    "if",
    "when",
    "because",
    "than",
)
MARKS = (",", ".", "“", "”", "‘", "’", '"', "(", ")", ":", ";", "—", "?", "!", "…", "\n\n", "\n", "'s", "-", "[", "]")


def words() -> list[str]:
    """Every word of every small table of the annotators."""
    small = ("frames", "speech", "nouns", "heads", "titles", "verbs", "cues", "jobs", "roles")
    return sorted({word for name in small for entries in lexicon.groups(name).values() for word in entries})


@pytest.fixture(scope="module")
def authority() -> Authority:
    return pipeline.table(config.load())


@pytest.fixture(scope="module")
def chain(authority: Authority) -> tuple[Annotator, ...]:
    return annotate.defaults(authority)


def salad(seed: int, vocabulary: list[str]) -> str:
    chance = random.Random(seed)
    kinds = (PEOPLE, PLACES, BODIES, TIMES, JOINTS, MARKS, vocabulary, vocabulary)
    picked = [chance.choice(chance.choice(kinds)) for _ in range(chance.randrange(5, 160))]
    return " ".join(word.capitalize() if chance.random() < 0.15 else word for word in picked)


def checked(line: dict[str, object], authority: Authority, chain: tuple[Annotator, ...]) -> str:
    made = annotate.annotate_line(line, authority=authority, annotators=chain)
    text = str(line["text"])
    for layer in ("mentions", "quotations", "events"):
        found = made[layer]
        assert isinstance(found, list)
        for one in found:
            assert 0 <= one["start"] < one["end"] <= len(text)
            assert text[one["start"] : one["end"]].strip()
    return json.dumps(made)


@pytest.mark.parametrize("batch", range(10))
def test_any_words_in_any_order_are_annotated_and_twice_the_same(
    batch: int, authority: Authority, chain: tuple[Annotator, ...]
) -> None:
    vocabulary = words()
    for seed in range(batch * 40, batch * 40 + 40):
        line: dict[str, object] = {"id": "1", "text": salad(seed, vocabulary), "date": "2026-03-12", "language": "en"}
        assert checked(line, authority, chain) == checked(line, authority, chain)


@pytest.mark.parametrize(
    "text",
    [
        "Ida " * 20_000,
        "“" * 20_000,
        '"Ab ' * 20_000,
        "Paris, " * 10_000,
        "‘a’ " * 8_000,
        "(" * 20_000,
        "said " * 20_000,
        "A. B. " * 10_000,
        "Ida Quill, " * 8_000,
        "the mayor of " * 8_000,
        "Kampen and " * 10_000,
        "on Monday " * 8_000,
        "\n\n".join(["“Yes"] * 4_000),
        "A" * 100_000,
        "Ida Quill said Ida Quill said " * 3_000,
        "U.S. " * 15_000,
        "\u202eevil \u0301\u0301 \u200b" * 5_000,
        "’s " * 20_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_endless_repetition_is_read_to_the_end(text: str, authority: Authority, chain: tuple[Annotator, ...]) -> None:
    checked({"id": "1", "text": text, "language": "en"}, authority, chain)


def test_an_empty_text_and_a_text_of_blanks_hold_nothing(authority: Authority, chain: tuple[Annotator, ...]) -> None:
    for text in ("", " ", "\n\n", "\u00a0"):
        made = annotate.annotate_line({"id": "1", "text": text}, authority=authority, annotators=chain)
        assert (made["mentions"], made["quotations"], made["events"]) == ([], [], [])
