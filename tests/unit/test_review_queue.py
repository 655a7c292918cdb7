"""The list of what is in doubt: most named things first, each with the words, the choice and what else it may be."""

from __future__ import annotations

from pathlib import Path

import pytest
from publication import Publication, document, page
from pyoxigraph import Literal, NamedNode, Quad
from review_fixture import ROWS, decide, doubts, only, publication, same_as

from kg import authority, reads, review
from kg.model import Rights, Source
from kg.pipeline import reviewing
from kg.review import Desk, Doubt
from kg.vocab import ITSRDF, SCHEMA, XSD

#: A second row of the mayor's very name.
RIVAL = "x-rival,Person,Lotte Brandsma,,http://www.wikidata.org/entity/Q900000009,member of parliament\n"


def trust(number: int) -> bytes:
    """An article on a body that two rows may be."""
    lead = (
        "The Zandvliet Harbour Trust will sell two cranes, the Zandvliet Harbour Trust said in a statement on Monday."
    )
    return page(f"Harbour trust sells crane number {number}", "Joris Veldkamp", lead)


@pytest.fixture
def desk(tmp_path: Path) -> Publication:
    """Three articles on the body, one on the mayor."""
    made = publication(tmp_path)
    made.add(*(document(trust(number), f"{number}.txt") for number in range(3)), document(page(), "quay.txt"))
    return made


def about(found: list[Doubt], kind: str) -> dict[str, Doubt]:
    """The doubts of one kind, by name."""
    return {one.name: one for one in found if one.about == kind}


def test_a_thing_without_a_link_is_told_with_the_rows_it_may_be(desk: Publication) -> None:
    one = about(doubts(desk), "unlinked")["Zandvliet Harbour Trust"]
    assert (one.kind, one.articles, one.mentions, one.chosen) == ("Organization", 3, 6, None)
    assert [(c.row, c.score, c.description) for c in one.candidates] == [
        ("x-trust-be", 0.5, "bank in Antwerp"),
        ("x-trust-nl", 0.5, "trust in Zeeland"),
    ]
    assert one.candidates[0].same_as == ("http://www.wikidata.org/entity/Q900000004",)


def test_a_sample_sentence_stands_at_the_offsets_it_gives(desk: Publication) -> None:
    sample = about(doubts(desk), "unlinked")["Zandvliet Harbour Trust"].sample
    assert sample is not None
    assert sample.words == "Zandvliet Harbour Trust"
    with desk.store.reader() as reader:
        text = reads.text(reader, sample.article, sample.text)
    assert text is not None
    assert text[sample.start : sample.end] == sample.words
    assert sample.before is not None
    assert text[: sample.start].endswith(sample.before)


def test_a_link_that_more_than_one_row_may_be_is_told_with_the_one_chosen(desk: Publication, tmp_path: Path) -> None:
    assert about(doubts(desk), "link") == {}
    (tmp_path / "rows.csv").write_text(ROWS + RIVAL, encoding="utf-8")
    one = about(doubts(desk), "link")["Lotte Brandsma"]
    assert one.chosen is not None
    assert (one.chosen.row, one.chosen.score) == ("x-mayor", 0.5)
    assert [c.row for c in one.candidates] == ["x-rival"]


def test_a_link_that_no_mention_is_sure_of_is_told(desk: Publication) -> None:
    mayor = NamedNode(only(desk, "Lotte Brandsma"))
    assert "Lotte Brandsma" not in about(doubts(desk), "link")
    with desk.store.begin(time=desk.now()) as draft:  # as a linker in doubt would have it
        spans = [q for q in draft.rdf.quads_for_pattern(None, ITSRDF.taIdentRef, mayor, None) if "/annot" in str(q)]
        had = [
            q for s in spans for q in draft.rdf.quads_for_pattern(s.subject, ITSRDF.taConfidence, None, s.graph_name)
        ]
        low = Literal("0.55", datatype=XSD.decimal)
        draft.change(remove=had, add=[Quad(s.subject, ITSRDF.taConfidence, low, s.graph_name) for s in spans])
        del spans, had
        draft.commit()
    one = about(doubts(desk), "link")["Lotte Brandsma"]
    assert one.chosen is not None
    assert one.chosen.row == "x-mayor"
    assert "55%" in one.why
    decide(desk, review.accept(mayor.value))
    assert "Lotte Brandsma" not in about(doubts(desk), "link")


def test_what_was_decided_is_not_asked_again(desk: Publication, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(ROWS + RIVAL, encoding="utf-8")
    decide(desk, review.accept("Lotte Brandsma", "x-mayor"))
    decide(desk, review.new("Zandvliet Harbour Trust"))
    assert about(doubts(desk), "link") == about(doubts(desk), "unlinked") == {}
    decide(desk, review.undo())
    assert list(about(doubts(desk), "unlinked")) == ["Zandvliet Harbour Trust"]


def test_a_rejected_row_is_no_candidate_any_more(desk: Publication) -> None:
    decide(desk, review.reject("Zandvliet Harbour Trust", "x-trust-be"))
    assert not [one for one in doubts(desk, kinds=["unlinked"]) if "x-trust-be" in {c.row for c in one.candidates}]
    assert "Q900000004" not in same_as(desk, only(desk, "Zandvliet Harbour Trust"))


def test_the_most_named_things_come_first_and_the_limit_holds(desk: Publication) -> None:
    desk.add(document(page("One more", "Pieter Zonderland"), "x.txt"), document(page("Two", "P. Zonderland"), "y.txt"))
    found = doubts(desk)
    assert [one.articles for one in found] == sorted((one.articles for one in found), reverse=True)
    assert len(found) > 1
    assert [one.thing for one in doubts(desk, limit=1)] == [found[0].thing]


def test_variants_of_a_persons_name_may_be_one(desk: Publication) -> None:
    names = ("Pieter Zonderland", "P. Zonderland", "Pieter J. Zonderland", "Klaas Zonderland")
    desk.add(*(document(page(f"Number {n}", name), f"v{n}.txt") for n, name in enumerate(names)))
    told = {one.name: {name for _, name in one.others} for one in doubts(desk, kinds=["duplicate"])}
    pairs = {frozenset((one, other)) for one, others in told.items() for other in others}
    assert frozenset(("Pieter Zonderland", "Pieter J. Zonderland")) in pairs
    assert not [pair for pair in pairs if "Klaas Zonderland" in pair]


def test_a_pair_is_told_once_and_never_again_when_merged_or_split(desk: Publication) -> None:
    desk.add(document(page("A", "Pieter Zonderland"), "a.txt"), document(page("B", "Pieter J. Zonderland"), "b.txt"))
    (one,) = [d for d in doubts(desk, kinds=["duplicate"]) if "Zonderland" in d.name]
    decide(desk, review.merge(one.thing, one.others[0][0]))
    assert not [d for d in doubts(desk, kinds=["duplicate"]) if "Zonderland" in d.name]


def test_things_split_from_one_another_are_no_duplicates(desk: Publication) -> None:
    one, two = (o.iri for o in desk.add(*(document(page(str(n), "Pieter Zonderland"), f"{n}.txt") for n in "ab")))
    assert one != two
    decide(desk, review.split("Pieter Zonderland", [str(two)]))
    assert not [d for d in doubts(desk, kinds=["duplicate"]) if "Zonderland" in d.name]


def test_a_name_narrows_the_list(desk: Publication) -> None:
    desk.add(document(page("A", "Pieter Zonderland"), "a.txt"), document(page("B", "Pieter J. Zonderland"), "b.txt"))
    assert {one.name for one in doubts(desk, name="zonderland")} <= {"Pieter Zonderland", "Pieter J. Zonderland"}
    assert [one.name for one in doubts(desk, name="harbour trust")] == ["Zandvliet Harbour Trust"]
    assert doubts(desk, name="nobody of that name") == []


def test_of_withheld_texts_the_place_is_told_and_not_the_words(tmp_path: Path) -> None:
    made = publication(tmp_path)
    made.add(document(trust(1), "t.txt", Source(name="wire", rights=Rights.THIRD_PARTY)))
    one = about(doubts(made), "unlinked")["Zandvliet Harbour Trust"]
    assert one.sample is not None
    assert (one.sample.words, one.sample.before) == (None, None)
    assert one.sample.end > one.sample.start


def test_two_nationalities_may_be_two_people(desk: Publication) -> None:
    german = "Anneke Vrieswijk, a German engineer, spoke in Kampen on Monday after the storm of last week."
    danish = "Anneke Vrieswijk, a Danish engineer, spoke in Kampen on Friday after the storm of last week."
    pages = [
        str(o.iri)
        for o in desk.add(document(page("A", "Jan Prins", german)), document(page("B", "Jan Prins", danish), "b.txt"))
    ]
    woman = only(desk, "Anneke Vrieswijk")
    with desk.store.begin(time=desk.now()) as draft:  # whatever the annotators say of her
        for where, value in zip(pages, ("German", "Danish"), strict=True):
            fact = NamedNode(woman), SCHEMA.nationality, Literal(value, language="en")
            draft.change(add=[Quad(*fact, draft.iris.graph(where, "facts"))])
        draft.commit()
    one = about(doubts(desk), "conflict")["Anneke Vrieswijk"]
    assert {(where, value) for where, _, value in one.says} >= {(pages[1], "Danish")}
    assert "nationality" in one.why


def test_the_list_says_plain_values_and_is_the_same_each_time(desk: Publication) -> None:
    one, two = doubts(desk), doubts(desk)
    assert [d.to_json() for d in one] == [d.to_json() for d in two]
    row = about(one, "unlinked")["Zandvliet Harbour Trust"].to_json()
    assert row["thing"] == only(desk, "Zandvliet Harbour Trust")
    assert "chosen" not in row


def test_an_empty_store_and_an_authority_without_rows_leave_nothing_to_ask(tmp_path: Path) -> None:
    made = publication(tmp_path)
    assert doubts(made) == []
    made.add(document(page()))
    trail, _ = reviewing.trail(made.store)
    with made.store.reader() as reader:
        desk = Desk.of(reader, authority.Table(), trail)
        assert [one.about for one in review.doubts(desk, text=reader.text)] == []
