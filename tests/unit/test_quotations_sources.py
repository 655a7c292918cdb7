"""The words that name who speaks: found in the sentence, whether or not the graph knows who they mean."""

from __future__ import annotations

from typing import Any

import pytest
from cast_fixture import article, marked
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.annotate.cues import cues
from kg.annotate.jsonl import annotate_line
from kg.annotate.layers import THRESHOLD
from kg.annotate.quotations import Quotations
from kg.authority import default
from kg.model import Annotation, Span


def found_in(*paragraphs: str, quotes: tuple[int, ...] = ()) -> tuple[str, list[Annotation]]:
    text, layers = marked(article(*paragraphs, quotes=quotes))
    return text.text, list(Quotations().annotate(text, layers))


def sources(*paragraphs: str, direct: bool = True) -> list[str | None]:
    text, found = found_in(*paragraphs)
    spans = [a.args["source"] for a in found if a.args["direct"] is direct]
    return [s.of(text) if isinstance(s, Span) else None for s in spans]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("“The crane is old,” she said.", "she"),
        ("“The crane is old,” said a senior official.", "a senior official"),
        ("“The crane is old,” said a spokesman for the port.", "a spokesman for the port"),
        ("“The crane is old,” one woman said.", "one woman"),
        ("“The crane is old,” another said.", "another"),
        ("“The crane is old,” people in the town say.", "people in the town"),
        ("“The crane is old,” the mayor, Ana Costa, said.", "the mayor, Ana Costa"),
        ("“The crane is old,” said Rui’s lawyer, Ana Costa.", "Rui’s lawyer, Ana Costa"),
        ("“The crane is old,” Ana Costa, a lawyer for the dockers, said.", "Ana Costa"),
        ("Critics said the crane was “far too old for that”.", "Critics"),
        ("The report said on Monday: “The crane is old.”", "The report"),
        ("The crane was described by Ana Costa as “a joke that nobody likes”.", "Ana Costa"),
        ("According to two officials, the crane is “old and badly tired”.", "two officials"),
        ("Demonstrators want the board to buy “new cranes for every one of us”.", "Demonstrators"),
        ("There was footage of Ana Costa asking, “Who will pay for it?”", "Ana Costa"),
        ("''The crane is old,'' said Ana Costa.", "Ana Costa"),
        ("Ana Costa, who asked: “Is it old?”, left.", "Ana Costa, who"),
    ],
)
def test_the_source_is_the_phrase_as_printed(text: str, source: str) -> None:
    assert sources(text) == [source]


def test_a_quotation_carried_over_keeps_its_source() -> None:
    assert sources("“It is old,” said a docker. “It is tired too.”") == ["a docker", "a docker"]
    assert sources("“It is far too old,” said a docker. “And tired.”") == ["a docker", "a docker"]


def test_words_of_nobody_have_no_source() -> None:
    assert sources("“It is old and tired, and that is all there is.”") == [None]


def test_the_quoted_words_name_no_source() -> None:
    assert sources("“Rui Dias said it was old,” Ana Costa said.") == ["Ana Costa"]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“It is old,” said Rui’s lawyer, Ana Costa.", "ana"),
        ("“It is old,” said a friend of Ana Costa.", None),
        ("The lawyer rose after Ana Costa. He said it was far too old.", None),
        ("Ana Costa left. She said Ana Costa was far too late.", None),
        ("Their lawyer, Rui Dias, rose. “It is far too old,” he said.", "rui"),
        ("Critics, not Ana Costa, had called it “a very bad joke on us”.", None),
        ("Another user, who once was an Ana Costa, said it was old.", None),
    ],
)
def test_a_person_speaks_only_where_the_phrase_surely_means_one(text: str, speaker: str | None) -> None:
    _, found = found_in(text)
    assert [a.args["speaker"] for a in found if a.score >= THRESHOLD] == [speaker]


def test_a_given_name_of_one_sex_keeps_a_pronoun_from_the_other() -> None:
    _, found = found_in("Lena Holm met Rui Dias. The crane fell. “We ran off at once,” she said.")
    assert [a.args["speaker"] for a in found] == ["lena"]


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("Ana Costa and Rui Dias said it was old.", ["ana", "rui"]),
        ("Both Ana Costa and Rui Dias said: “It is far too old.”", ["ana", "rui"]),
        ("Ana Costa, Rui Dias and Lena Holm, who say it is old.", ["ana", "rui", "lena"]),
        ("Ana Costa met Rui Dias and Lena Holm, who said it was old.", []),
        ("Ana Costa and other dockers said it was old.", []),
        ("The crane fell, and Ana Costa said it was old.", ["ana"]),
    ],
)
def test_people_who_speak_together_are_all_speakers(text: str, together: list[str]) -> None:
    _, found = found_in(text)
    [said] = [a for a in found if a.score >= THRESHOLD]
    others = said.args["others"]
    assert isinstance(others, tuple)
    assert [i for i in (said.args["speaker"], *others) if i is not None] == together


# ---- what is published -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Ana Costa said the crane was old.", True),
        ("A docker said the crane was old.", True),
        ("Ana Costa estimates that the crane is old.", True),
        ("Ana Costa hopes that the crane is old.", False),
        ("Ana Costa wants the crane to be sold.", False),
        ("Ana Costa criticised the board for the old crane.", False),
        ("Ana Costa promised to sell the old crane.", False),
        ("Critics would say that the crane was old.", False),
        ("Ana Costa said a docker told her the crane was old.", True),
        ("A poll shows that the crane is old.", False),
        ("Ana Costa’s claim that the crane is old was wrong.", False),
        ("Ana Costa was confident that the crane was old.", False),
    ],
)
def test_only_what_somebody_says_is_published(text: str, published: bool) -> None:
    _, found = found_in(text)
    assert found
    assert any(a.score >= THRESHOLD for a in found) is published
    assert all(isinstance(a.args["source"], Span) for a in found)


@pytest.mark.parametrize(
    "text",
    [
        "The report to the board was of a crane that was old.",
        "They were hauled in and told that the crane was old.",
        "It gave the board a new report it can use.",
        "His claims to the pier were old.",
        "Ana Costa left for home instead of saying that the crane was old.",
        "Ana Costa never said that the crane was old.",
        "They say nothing about the crane that was old.",
        "Nobody knows what Ana Costa said the crane was for.",
    ],
)
def test_words_that_only_look_like_reports_publish_nothing(text: str) -> None:
    _, found = found_in(text)
    assert [a for a in found if a.score >= THRESHOLD] == []


def test_what_is_said_within_somebody_s_words_is_shown_and_not_published() -> None:
    text, found = found_in("Ana Costa said a docker told her the crane was old.")
    inner = [a for a in found if a.span.of(text) == "the crane was old"]
    assert [a.score >= THRESHOLD for a in inner] == [False]


# ---- cue words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "lemma", "shape"),
    [
        ("says", "say", "s"),
        ("said", "say", "past"),
        ("replied", "reply", "past"),
        ("replies", "reply", "s"),
        ("admitted", "admit", "past"),
        ("agreeing", "agree", "ing"),
        ("confesses", "confess", "s"),
        ("wrote", "write", "past"),
        ("hoping", "hope", "ing"),
    ],
)
def test_every_form_of_a_cue_leads_to_its_lemma(form: str, lemma: str, shape: str) -> None:
    assert (cues()[form].lemma, cues()[form].shape) == (lemma, shape)


def test_no_regular_past_stands_beside_an_irregular_one() -> None:
    assert not {"sayed", "writed", "telled", "thinked", "knowed"} & cues().keys()


# ---- kg annotate -------------------------------------------------------------------------------------------------


def test_kg_annotate_prints_the_place_of_the_source() -> None:
    text = "“The crane is old,” said a senior official in the town."
    answer: Any = annotate_line({"id": "1", "text": text, "language": "en"}, authority=default())
    [quotation] = answer["quotations"]
    start, end = quotation["speaker_span"]
    assert text[start:end] == "a senior official"
    assert quotation["speaker"] is None
    assert quotation["score"] >= THRESHOLD


# ---- any text ----------------------------------------------------------------------------------------------------

_WORDS = (
    "said told wrote point claims that he she it who the a one mayor spokesman for of by and but was not would wants "
    "on Monday , . : ; ? — ( ) “ ” \" ' ‘ ’ '' `` « » ’s COSTA: Q: (@ana)"
)
_PIECES = (
    *_WORDS.split(),
    "Ana Costa",
    "Rui Dias",
    "according to",
    "interior ministry",
    "\x1a",
    "\x02",
    "\u200b",
    "\u00a0",
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=25), min_size=1, max_size=4), st.booleans())
def test_any_words_in_any_order_are_read_the_same_way_twice(paragraphs: list[list[str]], block: bool) -> None:
    one = article(*(" ".join(words) for words in paragraphs), quotes=(0,) if block else ())
    text, layers = marked(one)
    found = list(Quotations().annotate(text, layers))
    assert found == list(Quotations().annotate(text, layers))
    assert all(0 <= a.span.start < a.span.end <= len(text.text) for a in found)
    assert all(s is None or (isinstance(s, Span) and len(s) > 0) for s in (a.args["source"] for a in found))
