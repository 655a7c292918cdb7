"""Topics: what the words say, what the headline and the rubric add, and silence where little speaks."""

from __future__ import annotations

import pytest

from kg.annotate.lexicon import groups
from kg.annotate.topics import LABELS, Topics
from kg.model import Annotation, Field, Section, Span, Text

MATCH = (
    "The Zalk Wanderers beat Kampen Rovers 2-0 in the cup on Saturday. Their striker scored twice in the second half, "
    "and the goalkeeper saved a penalty. The coach said the team had deserved the win. Fans filled the stadium."
)
COUNCIL = (
    "The council voted on Monday to close the library. Councillor Ida Quill said the residents had been heard. The "
    "building will be sold."
)


def text(body: str, headline: str = "", rubric: str = "") -> Text:
    whole = f"{headline}\n\n{body}" if headline else body
    sections = []
    if headline:
        sections.append(Section("headline", Span(0, len(headline)), "body"))
    sections.append(Section("paragraph", Span(len(whole) - len(body), len(whole)), "body"))
    return Text(whole, (Field("body", Span(0, len(whole))),), tuple(sections), rubric=rubric)


def topics(one: Text) -> list[Annotation]:
    return list(Topics().annotate(one, {}))


def test_words_of_one_field_give_its_topic_with_the_words_as_evidence() -> None:
    one = text(MATCH)
    (topic,) = topics(one)
    assert LABELS[topic.ref or ""] == "sport"
    evidence = topic.args["evidence"]
    assert isinstance(evidence, tuple)
    assert {span.of(one.text).lower() for span in evidence} <= {
        word + plural for entries in groups("topics").values() for word in entries for plural in ("", "s")
    }
    assert 0.5 <= topic.score < 1


def test_few_words_that_could_be_about_anything_give_no_topic() -> None:
    assert topics(text("A man walked down a road. It was cold. He had a book and a game with him.")) == []
    assert topics(text("")) == []


def test_the_rubric_a_paper_prints_decides_where_the_words_alone_do_not() -> None:
    assert topics(text(COUNCIL)) == []
    assert [LABELS[one.ref or ""] for one in topics(text(COUNCIL, rubric="News | Politics"))] == [
        "politics and government"
    ]


def test_a_rubric_without_a_single_word_for_it_gives_nothing() -> None:
    assert topics(text("A quiet afternoon by the pond.", rubric="Sport")) == []


def test_a_headline_counts_more_than_a_line_of_the_body() -> None:
    body = "Officials spoke to the press. Nobody was hurt. " * 3
    said = "Wildfire rescue: evacuees return after fire"
    in_headline = topics(text(body, headline=said))
    in_body = topics(text(f"{body} {said}"))
    assert [one.ref for one in in_headline] == ["03000000"]
    assert sum(one.score for one in in_body) < in_headline[0].score


def test_no_more_than_three_topics_whatever_the_text() -> None:
    everything = " ".join(word for entries in groups("topics").values() for word in sorted(entries))
    assert len(topics(text(everything))) <= 3


@pytest.mark.parametrize("body", ["goal " * 50_000, "a" * 200_000, "\n".join(["…"] * 5000)])
def test_hostile_texts_are_read_to_the_end(body: str) -> None:
    assert len(topics(text(body))) <= 1


def test_every_list_is_for_a_known_topic_and_every_weight_is_one_of_three() -> None:
    for key in groups("topics"):
        code, _, weight = key.partition(" ")
        assert code + "000000" in LABELS
        assert weight in ("1", "2", "3")
    assert {code + "000000" for code in groups("rubrics")} <= LABELS.keys()
