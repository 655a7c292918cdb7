"""Quotations: whose words are printed, and what only looks like a quotation."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from cast_fixture import NAMES, article, marked
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.annotate.claims import Claims
from kg.annotate.facts import statements
from kg.annotate.layers import THRESHOLD
from kg.annotate.marks import quoted
from kg.annotate.quotations import Quotations
from kg.annotate.stage import Stage
from kg.model import Annotation, Article, Span

Found = list[tuple[str, str | None]]


def quotations(one: Article) -> list[Annotation]:
    text, layers = marked(one)
    return list(Quotations().annotate(text, layers))


def published(found: list[Annotation]) -> list[Annotation]:
    return [a for a in found if a.score >= THRESHOLD]


def said(*paragraphs: str, direct: bool = True, quotes: tuple[int, ...] = ()) -> Found:
    one = article(*paragraphs, quotes=quotes)
    text, layers = marked(one)
    return [
        (a.span.of(text.text), a.args["speaker"])  # type: ignore[misc]
        for a in published(list(Quotations().annotate(text, layers)))
        if a.args["direct"] is direct
    ]


def inner(text: str) -> list[str]:
    return [q.inner.of(text) for q in quoted(text, Span(0, len(text)))]


# ---- marks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"One," he said. "Two."', ["One,", "Two."]),
        ("“One,” he said. “Two.”", ["One,", "Two."]),
        ("‘It’s late,’ he said, ‘and it’s the boys’ turn.’", ["It’s late,", "and it’s the boys’ turn."]),
        ("'The workers' rights are here,' she said", ["The workers' rights are here,"]),
        ("labelled 'political tourists' — to any of the workers' halls", ["political tourists"]),
        ("«Il pleut», dit-elle", ["Il pleut"]),
        ("„Guten Tag“, he said", ["Guten Tag"]),
        ("‘It says “heritage” twice.’", ["It says “heritage” twice."]),
        ("rock 'n' roll in the '90s, don't tell 'em", []),
        ('a 6\'2" sailor and a 12" plank', []),
        ("the dogs' bowls and the cat's", []),
        ('" " " "', []),
        ("", []),
    ],
)
def test_marks_pair_up_and_apostrophes_do_not(text: str, expected: list[str]) -> None:
    assert inner(text) == expected


def test_an_unclosed_mark_does_not_turn_the_rest_of_the_paragraph_inside_out() -> None:
    assert inner('He called it "odd and left. "It was late," she said.')[-1] == "It was late,"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="\"'“”‘’«»„ ab.,s—\n", max_size=60))
def test_marks_never_fail_and_never_overlap(text: str) -> None:
    found = quoted(text, Span(0, len(text)))
    assert all(a.outer.end <= b.outer.start for a, b in pairwise(found))
    assert all(0 <= q.inner.start < q.inner.end <= len(text) for q in found)


@pytest.mark.parametrize("unit", ['"', "'", "‘", "“", "' a", 's" ', "“a” said ", "Ana Costa said that ", "said "])
def test_a_hundred_thousand_marks_are_read_in_one_pass(unit: str) -> None:
    one = article("Start. " + unit * (100_000 // len(unit)))
    assert all(len(a.span) for a in quotations(one))


# ---- who speaks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“The crane is old,” said Ana Costa.", [("The crane is old,", "ana")]),
        ("“The crane is old,” Ana Costa told reporters in Porto Belo.", [("The crane is old,", "ana")]),
        ("Ana Costa said: “The crane is old.”", [("The crane is old.", "ana")]),
        ("According to Ana Costa, the crane is “old and badly tired”.", [("old and badly tired", "ana")]),
        ("The crane is “old and badly tired”, according to its owner, Rui Dias.", [("old and badly tired", "rui")]),
        ("“Old,” said Ana Costa, “and tired too.”", [("Old,", "ana"), ("and tired too.", "ana")]),
        ("“Is it old?” Ana Costa asked. “Yes.”", [("Is it old?", "ana"), ("Yes.", "ana")]),
        ("“It is old,” said the docker, Rui Dias, on Monday.", [("It is old,", "rui")]),
        ("Ana Costa, a lawyer for Rui Dias, said: “He is asleep.”", [("He is asleep.", "ana")]),
        (
            "Ana Costa, who speaks for the Harbour Workers' Union, said it was “far too late now”.",
            [("far too late now", "ana")],
        ),
        ("The Harbour Workers' Union (HWU) called the offer “an insult to us”.", [("an insult to us", "union")]),
        ("“No comment at all,” said a spokesman for the interior ministry.", [("No comment at all,", "ministry")]),
        ("“No comment,” said a spokesman for the interior ministry, Rui Dias.", [("No comment,", "rui")]),
        ("Mayor Lena Holm was late. “The bridge was up,” the mayor said.", [("The bridge was up,", "lena")]),
        ("It was, said Ana Costa, “the worst night of all”.", [("the worst night of all", "ana")]),
        ("Ana Costa: “We begin at nine sharp.”", [("We begin at nine sharp.", "ana")]),
        ("“We begin at nine sharp.” ― Ana Costa", [("We begin at nine sharp.", "ana")]),
        ("Ana Costa called the plan ‘a joke’.", [("a joke", "ana")]),
        ("Rui Dias said Ana Costa had left over what she called “a quiet wish”.", [("a quiet wish", "ana")]),
        ("Rui Dias was angry at what Ana Costa described as “a small delay”.", [("a small delay", "ana")]),
    ],
)
def test_the_speaker_is_found_before_after_and_between(text: str, expected: Found) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A spokesman said that Ana Costa was dismissed for “reasons of her own making”.",
        "Ana Costa was described in court as “a woman who never hurried”.",
        "On Friday Rui Dias was wrongly accused by neighbours of “lying to the whole town”.",
    ],
)
def test_whom_the_words_are_about_does_not_speak_them(text: str) -> None:
    assert [speaker for _, speaker in said(text)] == [None]


@pytest.mark.parametrize(
    "text",
    [
        "Ana Costa did not say “the pier is sold”.",
        "Ana Costa has never called the pier “a waste of money”.",
        "On Friday Ana Costa couldn’t say “it was all my fault”.",
    ],
)
def test_what_somebody_did_not_say_is_no_quotation(text: str) -> None:
    assert said(text) == []


def test_what_somebody_did_not_only_say_was_said() -> None:
    assert said("Ana Costa did not only say “the pier is sold”, she sang it.") == [("the pier is sold", "ana")]


@pytest.mark.parametrize("heard", ["heard a man shout", "had heard a man shouting", "saw a boy write"])
def test_what_somebody_heard_is_said_by_whom_they_heard(heard: str) -> None:
    assert said(f"Ana Costa says she {heard} “the pier is on fire”.") == [("the pier is on fire", None)]


def test_a_term_with_its_article_is_no_quotation() -> None:
    assert said("Ana Costa fears what she calls a “quiet flood”: the pier is old.") == []


@pytest.mark.parametrize("who", ["the man who hired Ana Costa", "a lawyer who speaks for Ana Costa"])
def test_the_object_of_a_relative_clause_does_not_speak(who: str) -> None:
    assert [speaker for _, speaker in said(f"“It is late and dark,” {who} said.")] == [None]
    found = said(f"On Monday {who} said that the pier was closed.", direct=False)
    assert found == [("the pier was closed", None)]


@pytest.mark.parametrize("source", ["the mayor", "a spokesman for the port", "a lawyer of the city court"])
def test_who_reports_a_sentence_is_not_the_person_it_ends_with(source: str) -> None:
    stage_text, layers = marked(article(f"The police stopped Rui Dias, {source} said. “It was late,” {source} said."))
    assert all(one.args["speaker"] is None for one in Quotations().annotate(stage_text, layers))
    held = statements(Stage(stage_text, layers))
    assert [one for one in held if one.property == "jobTitle"] == []


def test_a_description_between_commas_stays_its_person_s() -> None:
    text, layers = marked(article("The police stopped Rui Dias, a lawyer of the city court, on Monday."))
    assert [one.value for one in statements(Stage(text, layers)) if one.property == "jobTitle"] == ["lawyer"]


@pytest.mark.parametrize(
    "text",
    [
        "A court stopped the first showing of a film which, Ana Costa says, accuses the crew of theft.",
        "In the hall there was a letter that, Ana Costa said, nobody had answered.",
        "It is the message in which one of the ships, the Skua, reported a rubber boat in October.",
    ],
)
def test_the_half_of_a_sentence_is_no_report(text: str) -> None:
    assert said(text, direct=False) == []


@pytest.mark.parametrize(
    "text",
    [
        "“The crane is old,” said an officer who asked not to be named.",
        "“The crane is old,” they said.",
        "“The crane is old,” said a friend of Ana Costa.",
        "Ana Costa met Rui Dias. A bystander shouted: “The crane is old.”",
        "Ana Costa's lawyer said: “The crane is very old.”",
    ],
)
def test_an_unknown_speaker_stays_unknown(text: str) -> None:
    assert [speaker for _, speaker in said(text)] == [None]


def test_a_pronoun_is_resolved_only_when_one_person_is_current() -> None:
    assert said("Ana Costa sat down. “I am tired,” she said.") == [("I am tired,", "ana")]
    two = said("On the quay stood Ana Costa with Lena Holm. “I am tired,” she said.")
    assert two == [("I am tired,", None)]


def test_the_words_beside_a_name_tell_which_pronoun_fits() -> None:
    text = "Rui Dias, a fisherman, and his sister, Ana Costa, waited in the rain. “I am cold,” she said."
    assert said(text) == [("I am cold,", "ana")]


def test_a_speaker_carries_over_only_while_nobody_else_comes_between() -> None:
    assert said("“We wait,” said Ana Costa. “We have soup.”")[1] == ("We have soup.", "ana")
    between = said("“We wait,” said Ana Costa. Rui Dias shook his head. “We have plenty of soup.”")
    assert between[1][1] != "ana"


def test_an_answer_after_a_question_is_not_the_questioner_s() -> None:
    found = said("“What did it cost?” Ana Costa asked.", "“About thirty crowns in all.”")
    assert found[1] == ("About thirty crowns in all.", None)


def test_a_quotation_of_several_paragraphs_is_one() -> None:
    found = said("“We wait,” said Ana Costa. “The night was long.", "“The morning was longer.”")
    assert found[1] == ("The night was long.\n\n“The morning was longer.", "ana")
    single = said("‘We wait,’ said Ana Costa. ‘The night’s work was long.", "‘The morning’s was longer.’")
    assert single[1] == ("The night’s work was long.\n\n‘The morning’s was longer.", "ana")


def test_a_block_quotation_belongs_to_whom_its_introduction_names() -> None:
    block = "The bridge is closed. It will stay closed until Monday."
    assert said("Ana Costa read out a statement:", block, quotes=(1,)) == [(block, "ana")]
    assert said("Rui Dias sat down. Ana Costa wrote on her page:", block, quotes=(1,)) == [(block, "ana")]
    assert said("The bridge was closed at night.", block, quotes=(1,)) == [(block, None)]
    assert said("Ana Costa knows Rui Dias, who says he was asleep.", block, quotes=(1,)) == [(block, None)]


# ---- what is no quotation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Ana Costa sang in the film “Salt and Iron” last year.",
        "Ana Costa wrote the novel “A House for the Long Winter”.",
        "Ana Costa said the article “The Port We Lost” was wrong.",
        "The so-called “quiet zone” is loud.",
        "Rui “the Eel” Dias was not there.",
        "Nobody likes the ‘temporary’ fence in Porto Belo.",
        "A banner read “Where was the harbour board?”.",
        "Ana Costa said a petition under the title “Eight to One” was late.",
        "Ana Costa said the “quiet” zone was loud.",
        "Ana Costa rejected “silent” as a word.",
    ],
)
def test_titles_nicknames_and_scare_quotes_are_no_quotations(text: str) -> None:
    assert said(text) == []


def test_only_the_body_is_searched() -> None:
    one = article("Nothing was said.", caption="“We are here to stay,” said Ana Costa.")
    assert quotations(one) == []


# ---- printed twice -----------------------------------------------------------------------------------------------


def test_a_quotation_printed_twice_is_one_with_two_spans() -> None:
    one = article(
        "Ana Costa wrote that readers could 'see how the board sold the pier without asking anyone.'",
        "Do you like boats? See how the board sold the pier without asking anyone.",
        quotes=(1,),
    )
    found = quotations(one)
    assert {a.args["same"] for a in found if a.args["direct"]} == {found[0].args["same"]}
    assert [a.args["speaker"] for a in found if a.args["direct"]] == ["ana", "ana"]


def test_equal_words_of_two_speakers_are_two_quotations() -> None:
    found = quotations(article("“We are not leaving now,” said Ana Costa.", "“We are not leaving now,” said Rui Dias."))
    assert found[0].args["same"] != found[1].args["same"]


# ---- reported speech ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Costa said that the pier would close in May.", [("the pier would close in May", "ana")]),
        ("Ana Costa said the pier would close.", [("the pier would close", "ana")]),
        ("Ana Costa told reporters that the pier was closed.", [("the pier was closed", "ana")]),
        ("Ana Costa left early, arguing that the pier was closed.", [("the pier was closed", "ana")]),
        ("The pier will close in May, Ana Costa said on Monday.", [("The pier will close in May", "ana")]),
        ("The pier will close in May, according to Ana Costa.", [("The pier will close in May", "ana")]),
        ("According to Ana Costa, the pier will close in May.", [("the pier will close in May", "ana")]),
        ("Ana Costa said she had waited but declined to say more.", [("she had waited", "ana")]),
        (
            "Ana Costa said that the pier was closed and that the boats had left.",
            [("the pier was closed", "ana"), ("the boats had left", "ana")],
        ),
        (
            "The pier, Ana Costa says, was closed, and nobody knew.",
            [("The pier, Ana Costa says, was closed, and nobody knew", "ana")],
        ),
        ("The hall was quiet after that, says Ana Costa, a clerk.", [("The hall was quiet after that", "ana")]),
        ("Both times, Ana Costa said, the pier was closed.", [("the pier was closed", "ana")]),
        ("Asked about the pier, Ana Costa said the boats had left.", [("the boats had left", "ana")]),
        ("Officials said that the pier would close in May.", [("the pier would close in May", None)]),
        ("According to officials, the pier will close in May.", [("the pier will close in May", None)]),
        ("They say nothing about the pier that closed in May.", []),
        ("A court ruled that the pier must close in May.", []),
        ("Ana Costa said the pier was closed, citing two dockers.", [("the pier was closed", "ana")]),
        (
            "PORTO BELO, March 16 (CPA) - The pier will close in May, Ana Costa said.",
            [("The pier will close in May", "ana")],
        ),
        ("PORTO BELO — The pier will close in May, Ana Costa said.", [("The pier will close in May", "ana")]),
        ("Ana Costa did not say that the pier would close.", []),
        ("Ana Costa hopes that the pier will close.", []),
        ("The test, which Ana Costa said was its biggest, failed.", []),
        ("Nobody knows what Ana Costa said the pier was for.", []),
    ],
)
def test_reported_speech_is_the_clause_as_printed(text: str, expected: Found) -> None:
    assert said(text, direct=False) == expected


# ---- claims ------------------------------------------------------------------------------------------------------


def test_what_a_speaker_asserts_of_somebody_is_a_claim_of_the_speaker() -> None:
    text, layers = marked(article("Ana Costa said that Rui Dias had sold the pier. She said it was late."))
    layers["quotation"] = tuple(Quotations().annotate(text, layers))
    [claim] = Claims().annotate(text, layers)
    assert claim.span.of(text.text) == "Rui Dias had sold the pier"
    assert claim.args["claimants"] == ("ana",)
    assert claim.args["about"] == ("rui",)
    assert claim.args["quotation"] == layers["quotation"][0].args["same"]


def test_an_accusation_is_a_claim_with_its_claimant() -> None:
    text, layers = marked(article("The Harbour Workers' Union accused Rui Dias of selling the pier."))
    [claim] = Claims().annotate(text, {**layers, "quotation": ()})
    assert (claim.args["claimants"], claim.args["about"]) == (("union",), ("rui",))
    assert claim.span.of(text.text) == "Rui Dias of selling the pier"


def test_people_who_say_something_together_claim_it_together() -> None:
    one = article("Ana Costa, Rui Dias and Lena Holm — who say they were cheated by the interior ministry.")
    text, layers = marked(one)
    layers["quotation"] = tuple(Quotations().annotate(text, layers))
    [claim] = Claims().annotate(text, layers)
    assert claim.args["claimants"] == ("ana", "rui", "lena")
    assert claim.args["about"] == ("ana", "rui", "lena", "ministry")
    assert claim.args["quotation"] == layers["quotation"][0].args["same"]


# ---- the rules of the gate ---------------------------------------------------------------------------------------


def test_every_printing_is_verbatim_and_within_the_body() -> None:
    one = article("“We wait,” said Ana Costa. “We wait,” said Ana Costa.", "Ana Costa said: “No!”")
    text, layers = marked(one)
    body = next(f.span for f in text.fields if f.name == "body")
    for a in Quotations().annotate(text, layers):
        assert body.covers(a.span)
        assert len(a.span) >= 3
        assert text.section_of(a.span) is not None


def test_the_names_of_the_fixture_are_all_different() -> None:
    surfaces = [s for _, _, known in NAMES.values() for s in known]
    assert len(surfaces) == len(set(surfaces))


@pytest.mark.shared
def test_the_seed_s_quotations(shared: Path) -> None:
    from seed_fixture import annotated

    found = annotated(shared)
    name = {e.id: e.name for e in found.entities}
    direct = [q for q in found.quotations if q.kind == "direct"]
    assert [(name.get(q.speaker or ""), len(q.spans)) for q in direct] == [("Hillary Clinton", 2), ("Nayib Bukele", 1)]
    assert not [q for q in found.quotations if q.text in ("political prisoners", "Surviving CECOT")]
    reported = [q for q in found.quotations if q.kind == "indirect" and name.get(q.speaker or "") == "Nayib Bukele"]
    assert any(re.match(r"such a transfer would\b.*\binterview\b", q.text) for q in reported)
    for q in found.quotations:
        assert q.text == q.spans[0].of(found.text.text)
        assert all(s.of(found.text.text).lower() in q.text.lower() for s in q.spans)
