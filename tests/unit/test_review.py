"""What reviewers decide is published at once, survives everything that builds articles again, and can be undone."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from publication import Publication, document, page, statuses
from pyoxigraph import NamedNode
from review_fixture import ROWS, Newsroom, copied, decide, made_anew, only, publication, said, same_as, things_of
from test_roundtrip import exported, unpacked

from kg import pipeline, reads, review
from kg.errors import StoreError, StoreLocked, UsageError
from kg.model import Document, Source
from kg.pipeline import reviewing
from kg.pipeline.archive import archive_of
from kg.review import Journal, Trail
from kg.vocab import DCTERMS, ITSRDF, OWL, PROV, RDF, SCHEMA

QUAY = document(page(), "quay.txt")
FERRY = document(
    page("Ferry returns to Kampen", lead="The ferry between Kampen and Zwolle will run again from Tuesday on."),
    "ferry.txt",
)
VARIANT = document(
    page("Mayor opens the new lock", "Charlotte Brandsma", "The new lock at Kampen was opened on Monday by the mayor."),
    "lock.txt",
)
TRUST = document(
    page(
        "Harbour trust to sell its cranes",
        "Joris Veldkamp",
        "The Zandvliet Harbour Trust will sell two cranes, the Zandvliet Harbour Trust said in a statement on Monday.",
    ),
    "trust.txt",
)
ALL = (QUAY, FERRY, VARIANT, TRUST)


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """Four articles: two on a linked mayor, one on a variant of her name, one on a body that may be two rows."""
    made = publication(tmp_path_factory.mktemp("newsroom"))
    assert list(statuses(made.add(*ALL))) == ["stored"] * 4
    return made


@pytest.fixture
def desk(newsroom: Newsroom, tmp_path: Path) -> Newsroom:
    """The same, to be written to."""
    return copied(newsroom, tmp_path)


def page_of(publication: Publication, origin: Document) -> str:
    """The page that a document is published as."""
    (outcome,) = publication.add(origin)
    assert outcome.iri is not None
    return outcome.iri


def net(publication: Publication, before: set[object]) -> tuple[set[object], set[object]]:
    """What is said now and was not, and what was said and is not."""
    now = said(publication)
    return now - before, before - now


def test_a_link_is_taken_away_and_the_thing_keeps_its_iri(desk: Publication) -> None:
    mayor = only(desk, "Lotte Brandsma")
    assert same_as(desk, mayor) == {"Q900000001"}
    done = decide(desk, review.reject(mayor, "x-mayor"), by="Ines", note="another woman")
    assert same_as(desk, mayor) == set()
    assert only(desk, "Lotte Brandsma") == mayor
    assert mayor in things_of(desk, page_of(desk, QUAY)) & things_of(desk, page_of(desk, FERRY))
    assert done.snapshot == desk.store.current_id()


def test_a_row_is_given_to_a_thing_that_had_none(desk: Publication) -> None:
    trust = only(desk, "Zandvliet Harbour Trust")
    assert same_as(desk, trust) == set()
    decide(desk, review.accept(trust, "x-trust-nl"))
    assert same_as(desk, trust) == {"Q900000003"}
    assert trust in things_of(desk, page_of(desk, TRUST))


def test_an_accepted_link_is_as_sure_as_its_mentions(desk: Publication) -> None:
    """Not as the linker, which also learns from what is published, happens to score it."""
    trust = only(desk, "Zandvliet Harbour Trust")
    before = confidences(desk, trust)
    decide(desk, review.accept(trust, "x-trust-nl"))
    assert confidences(desk, trust) == before


def confidences(publication: Publication, thing: str) -> set[tuple[str, str]]:
    """The mentions of a thing that are not sure, with how sure they are."""
    spans = {q.subject for q in publication.default(None, ITSRDF.taIdentRef) if q.object == NamedNode(thing)}
    quads = publication.default(None, ITSRDF.taConfidence)
    return {(str(q.subject), str(q.object)) for q in quads if q.subject in spans}


def test_a_row_is_accepted_by_the_end_of_the_iri_that_another_authority_gives_it(desk: Publication) -> None:
    trust = only(desk, "Zandvliet Harbour Trust")
    (entry,) = decide(desk, review.accept("Zandvliet Harbour Trust", "Q900000004")).entries
    assert (entry.thing, entry.row) == (trust, "x-trust-be")
    assert same_as(desk, trust) == {"Q900000004"}


def test_another_row_takes_the_place_of_a_wrong_one(desk: Publication) -> None:
    mayor = only(desk, "Lotte Brandsma")
    decide(desk, review.accept(mayor, "x-skater"))
    assert same_as(desk, mayor) == {"Q900000002"}
    assert mayor in things_of(desk, page_of(desk, FERRY))
    assert only(desk, "Lotte Wilhelmina Brandsma") == mayor


def test_a_thing_of_its_own_stays_without_a_link_whatever_the_linker_finds(desk: Publication) -> None:
    mayor = only(desk, "Lotte Brandsma")
    decide(desk, review.new(mayor))
    later = document(page("Mayor visits the school", lead="The mayor of Kampen visited a school on Friday."), "s.txt")
    assert list(statuses(desk.add(later))) == ["stored"]
    assert same_as(desk, mayor) == set()
    assert mayor in things_of(desk, page_of(desk, later))


def test_a_body_known_by_an_acronym_alone_keeps_its_iri_without_its_row(tmp_path: Path) -> None:
    rows = ROWS + "x-zht,Organization,Zandvliet Harbour Council,ZHC,http://www.wikidata.org/entity/Q900000007,council\n"
    made = publication(tmp_path, rows)
    lead = "The ZHC will sell two cranes after the storm of last week, the ZHC said in a statement on Monday."
    documents = [document(page(f"ZHC sells crane {n}", "Joris Veldkamp", lead), f"{n}.txt") for n in range(2)]
    pages = [str(one.iri) for one in made.add(*documents)]
    council = only(made, "Zandvliet Harbour Council")
    assert council in things_of(made, pages[0]) & things_of(made, pages[1])
    before = said(made)
    decide(made, review.reject(council, "x-zht"))
    assert same_as(made, council) == set()
    assert council in things_of(made, pages[0]) & things_of(made, pages[1])
    assert only(made, "ZHC") == council
    decide(made, review.undo())
    assert net(made, before) == (set(), set())


def test_a_rejected_row_goes_to_whoever_else_it_is(desk: Publication, tmp_path: Path) -> None:
    mayor = only(desk, "Lotte Brandsma")
    decide(desk, review.reject(mayor, "x-mayor"))
    rows = ROWS.replace("x-mayor,Person,Lotte Brandsma,,", "x-mayor,Person,Lotte Brandsma,Lotte Hendrika Brandsma,")
    (tmp_path / "rows.csv").write_text(rows, encoding="utf-8")
    full = document(page("The other one", "Lotte Hendrika Brandsma"), "other.txt")
    desk.add(full)
    (other,) = {thing for thing in things_of(desk, page_of(desk, full)) if same_as(desk, thing) == {"Q900000001"}}
    assert other != mayor
    assert same_as(desk, mayor) == set()


def test_merged_things_keep_both_iris_and_one_says_that_it_is_the_other(desk: Publication) -> None:
    loser, winner = only(desk, "Charlotte Brandsma"), only(desk, "Lotte Brandsma")
    decide(desk, review.merge(loser, winner), by="Ines", note="the same mayor")
    node, other = NamedNode(loser), NamedNode(winner)
    assert {(q.predicate, q.object) for q in desk.default(node)} == {
        (OWL.sameAs, other),
        (DCTERMS.isReplacedBy, other),
    }
    lock = page_of(desk, VARIANT)
    assert winner in things_of(desk, lock)
    assert loser not in things_of(desk, lock)
    names = {q.object.value for q in desk.default(other, SCHEMA.alternateName)}  # type: ignore[union-attr]
    assert "Charlotte Brandsma" in names
    assert {q.object.value for q in desk.default(other, SCHEMA.name)} == {"Lotte Brandsma"}  # type: ignore[union-attr]


def test_a_link_of_the_one_is_a_link_of_both_after_a_merge(desk: Publication) -> None:
    linked, plain = only(desk, "Lotte Brandsma"), only(desk, "Charlotte Brandsma")
    decide(desk, review.merge(linked, plain))
    assert same_as(desk, plain) == {"Q900000001"}
    assert same_as(desk, linked) == set()
    assert plain in things_of(desk, page_of(desk, QUAY)) & things_of(desk, page_of(desk, VARIANT))


def test_the_page_of_a_merged_thing_has_moved_until_that_is_undone(desk: Publication) -> None:
    loser, winner = (only(desk, name).removesuffix("#id") for name in ("Charlotte Brandsma", "Lotte Brandsma"))
    decide(desk, review.merge(loser, winner))
    with desk.store.reader() as reader:
        assert (reads.state(reader, loser).name, reads.state(reader, loser).target) == ("moved", winner)
    decide(desk, review.undo())
    with desk.store.reader() as reader:
        assert reads.state(reader, loser).name == "live"


def test_what_is_merged_is_found_in_search_under_one_page_only(desk: Publication) -> None:
    loser, winner = only(desk, "Charlotte Brandsma"), only(desk, "Lotte Brandsma")
    decide(desk, review.merge(loser, winner))
    with desk.store.reader() as reader:
        found = {hit.page for hit in reader.text.search("Brandsma", kind="thing").hits}
    assert {winner.removesuffix("#id")} <= found
    assert loser.removesuffix("#id") not in found


def test_articles_that_mean_another_get_a_thing_of_their_own(desk: Publication) -> None:
    mayor, ferry = only(desk, "Lotte Brandsma"), page_of(desk, FERRY)
    (entry,) = decide(desk, review.split(mayor, [ferry])).entries
    assert entry.other not in (mayor, "")
    assert entry.other in things_of(desk, ferry)
    assert mayor not in things_of(desk, ferry)
    assert mayor in things_of(desk, page_of(desk, QUAY))
    assert (same_as(desk, mayor), same_as(desk, entry.other)) == ({"Q900000001"}, set())


def test_a_part_that_was_split_off_can_be_linked_and_merged_in_turn(desk: Publication) -> None:
    mayor, ferry = only(desk, "Lotte Brandsma"), page_of(desk, FERRY)
    (entry,) = decide(desk, review.split(mayor, [ferry])).entries
    decide(desk, review.accept(entry.other, "x-skater"))
    assert same_as(desk, entry.other) == {"Q900000002"}
    variant = only(desk, "Charlotte Brandsma")
    decide(desk, review.merge(variant, entry.other))
    assert entry.other in things_of(desk, ferry) & things_of(desk, page_of(desk, VARIANT))
    assert mayor in things_of(desk, page_of(desk, QUAY))


VERDICTS = {
    "accept": lambda p: [review.accept(only(p, "Zandvliet Harbour Trust"), "x-trust-nl")],
    "accept another": lambda p: [review.accept(only(p, "Lotte Brandsma"), "x-skater")],
    "reject": lambda p: [review.reject(only(p, "Lotte Brandsma"), "x-mayor")],
    "new": lambda p: [review.new(only(p, "Lotte Brandsma"))],
    "merge": lambda p: [review.merge(only(p, "Charlotte Brandsma"), only(p, "Lotte Brandsma"))],
    "merge a linked one": lambda p: [review.merge(only(p, "Lotte Brandsma"), only(p, "Charlotte Brandsma"))],
    "split": lambda p: [review.split(only(p, "Lotte Brandsma"), [page_of(p, FERRY)])],
    "merge, then split": lambda p: [
        review.merge(only(p, "Charlotte Brandsma"), only(p, "Lotte Brandsma")),
        review.split(only(p, "Lotte Brandsma"), [page_of(p, FERRY), page_of(p, VARIANT)]),
    ],
}


#: The same, those at length that others hold as parts or turned round.
_PARTS = ("accept another", "new", "merge", "split")
SOME = [pytest.param(case, marks=pytest.mark.long) if case in _PARTS else case for case in VERDICTS]


@pytest.mark.parametrize("case", SOME)
def test_an_undone_decision_leaves_nothing_behind(desk: Publication, case: str) -> None:
    before = said(desk)
    verdicts = VERDICTS[case](desk)
    for verdict in verdicts:
        decide(desk, verdict)
    assert net(desk, before) != (set(), set())
    for _ in verdicts:
        decide(desk, review.undo())
    assert net(desk, before) == (set(), set())
    assert [one.action for one in reviewing.trail(desk.store)[0].entries][-1] == "undo"


@pytest.mark.parametrize("case", SOME)
def test_decisions_hold_when_articles_are_built_again(desk: Publication, case: str) -> None:
    for verdict in VERDICTS[case](desk):
        decide(desk, verdict)
    decided = said(desk)
    assert set(statuses(pipeline.reannotate(desk.ingest))) == {"unchanged"}
    assert net(desk, decided) == (set(), set())
    # the same documents again, with other bytes: every article is made anew
    again = [Document(one.data + b"\n\n", one.key, one.origin, one.source) for one in ALL]
    desk.add(*again)
    assert net(desk, decided) == (set(), set())


@pytest.mark.parametrize("case", SOME)
def test_a_store_made_anew_with_the_journal_says_the_same(desk: Publication, tmp_path: Path, case: str) -> None:
    for verdict in VERDICTS[case](desk):
        decide(desk, verdict)
    assert said(made_anew(desk, tmp_path / "anew", ALL)) == said(desk)


def test_the_same_journal_gives_the_same_quads_for_every_jobs(desk: Publication, tmp_path: Path) -> None:
    """Every kind of decision at once, in one store; provenance too, but for which snapshot shows what."""
    mayor, variant = only(desk, "Lotte Brandsma"), only(desk, "Charlotte Brandsma")
    decide(desk, review.split(mayor, [page_of(desk, FERRY)]))
    decide(desk, review.reject(mayor, "x-mayor"))
    decide(desk, review.merge(variant, mayor))
    decide(desk, review.accept("Zandvliet Harbour Trust", "x-trust-be"))
    decide(desk, review.undo(2))
    made = []
    for jobs in (1, 2):
        other = made_anew(desk, tmp_path / str(jobs), ALL, jobs=jobs)
        revisions = other.settings.iris.revisions_graph
        made.append({quad for quad in other.quads() if quad.graph_name != revisions})
        assert said(other) == said(desk)
    assert made[0] == made[1]


def test_an_undone_decision_can_be_brought_back(desk: Publication) -> None:
    decide(desk, review.reject(only(desk, "Lotte Brandsma"), "x-mayor"))
    decided = said(desk)
    decide(desk, review.undo())
    decide(desk, review.undo(2))
    assert net(desk, decided) == (set(), set())


def test_an_earlier_decision_is_undone_by_its_number(desk: Publication) -> None:
    mayor, trust = only(desk, "Lotte Brandsma"), only(desk, "Zandvliet Harbour Trust")
    decide(desk, review.reject(mayor, "x-mayor"))
    decide(desk, review.accept(trust, "x-trust-be"))
    decide(desk, review.undo(1))
    assert (same_as(desk, mayor), same_as(desk, trust)) == ({"Q900000001"}, {"Q900000004"})
    with pytest.raises(UsageError, match="entry 1 does not count any more"):
        decide(desk, review.undo(1))


def test_provenance_tells_who_decided_what_and_why(desk: Publication) -> None:
    mayor = only(desk, "Lotte Brandsma")
    decide(desk, review.reject(mayor, "x-mayor"), by="Ines Calderwood", note="the skater's sister")
    with desk.store.reader() as reader:
        prov = reader.iris.prov_graph
        (activity,) = {
            q.object for q in reader.rdf.quads_for_pattern(NamedNode(mayor), PROV.wasInfluencedBy, None, prov)
        }
        told = {(q.predicate, str(q.object)) for q in reader.rdf.quads_for_pattern(activity, None, None, prov)}
        (agent,) = {q.object for q in reader.rdf.quads_for_pattern(activity, PROV.wasAssociatedWith, None, prov)}
        names = {str(q.object) for q in reader.rdf.quads_for_pattern(agent, None, None, prov)}
    assert (DCTERMS.description, '"the skater\'s sister"') in told
    assert (RDF.type, str(PROV.Activity)) in told
    assert '"Ines Calderwood"' in names


def test_the_query_of_the_documentation_tells_it_too(desk: Publication, root: Path) -> None:
    decide(desk, review.new("Lotte Brandsma"), by="Ines Calderwood", note="nobody's row")
    text = (root / "docs" / "review.md").read_text(encoding="utf-8")
    query = text.partition("```sparql\n")[2].partition("```")[0]
    with desk.store.reader() as reader:
        rows = [[term.value for term in row] for row in reader.rdf.query(query)]  # type: ignore[union-attr]
    thing = only(desk, "Lotte Brandsma")
    assert rows == [[thing, "Review 1: found a thing of its own", "Ines Calderwood", rows[0][3], "nobody's row"]]


def test_lessons_say_what_a_name_was_found_to_mean(desk: Publication) -> None:
    decide(desk, review.accept(only(desk, "Zandvliet Harbour Trust"), "x-trust-nl"))
    decide(desk, review.reject(only(desk, "Lotte Brandsma"), "x-mayor"))
    lessons = review.Decisions.of(Journal.of(desk.store.path).read()).lessons
    assert lessons == {"Zandvliet Harbour Trust": {"x-trust-nl": 1}, "Lotte Brandsma": {"x-mayor": -1}}
    decide(desk, review.undo())
    lessons = review.Decisions.of(Journal.of(desk.store.path).read()).lessons
    assert lessons == {"Zandvliet Harbour Trust": {"x-trust-nl": 1}}


def test_the_archive_learns_from_links_as_they_were_decided(desk: Publication) -> None:
    """What was linked before teaches the linker; a rejected link must not, an accepted one does."""
    surfaces = "Lotte Brandsma", "Zandvliet Harbour Trust"

    def meant() -> list[dict[str, int]]:
        with desk.store.reader() as reader:
            known = archive_of(reader, desk.ingest.table, desk.ingest.decisions).meant
        return [dict(known.get(one, {})) for one in surfaces]

    assert meant() == [{"x-mayor": 2}, {}]
    decide(desk, review.reject("Lotte Brandsma", "x-mayor"))
    decide(desk, review.accept("Zandvliet Harbour Trust", "x-trust-nl"))
    assert meant() == [{}, {"x-trust-nl": 1}]
    decide(desk, review.undo())
    decide(desk, review.undo())
    assert meant() == [{"x-mayor": 2}, {}]


# ---- other kinds of publications ------------------------------------------------------------------------------------


def test_somebody_known_from_bylines_alone_is_linked_and_merged_too(desk: Publication) -> None:
    writer = only(desk, "Ines Calderwood")
    decide(desk, review.accept(writer, "x-skater"))
    assert same_as(desk, writer) == {"Q900000002"}
    decide(desk, review.undo())
    assert same_as(desk, writer) == set()
    mayor = only(desk, "Charlotte Brandsma")
    decide(desk, review.merge(writer, mayor))
    authors = {q.object.value for q in desk.default(None, SCHEMA.author) if isinstance(q.object, NamedNode)}
    assert mayor in authors
    assert writer not in authors


@pytest.mark.parametrize(
    "setting", [{"detail": "facts"}, pytest.param({"annotations_in_default_graph": False}, marks=pytest.mark.long), {}]
)
def test_decisions_hold_whatever_is_published_of_the_articles(tmp_path: Path, setting: dict[str, object]) -> None:
    """Facts alone, annotations apart, and texts that are withheld."""
    source = QUAY.source if setting else Source(name="wire")
    made = publication(tmp_path, **setting)
    documents = [Document(one.data, f"path:{source.name}/{one.origin}", one.origin, source) for one in ALL]
    assert list(statuses(made.add(*documents))) == ["stored"] * 4
    before = said(made)
    mayor, variant = only(made, "Lotte Brandsma"), only(made, "Charlotte Brandsma")
    decide(made, review.reject(mayor, "x-mayor"))
    decide(made, review.merge(variant, mayor))
    decide(made, review.accept("Zandvliet Harbour Trust", "x-trust-be"))
    decided = said(made)
    assert same_as(made, mayor) == set()
    assert set(statuses(pipeline.reannotate(made.ingest))) == {"unchanged"}
    assert net(made, decided) == (set(), set())
    for _ in range(3):
        decide(made, review.undo())
    assert net(made, before) == (set(), set())


def test_articles_of_an_export_keep_their_graphs_and_the_merge_holds(desk: Publication) -> None:
    loser, winner = only(desk, "Charlotte Brandsma"), only(desk, "Lotte Brandsma")
    lock = page_of(desk, VARIANT)
    with desk.store.begin(time=desk.now()) as draft:  # as an article that came as graphs is marked
        draft.claim(f"imported:{lock}", lock)
        draft.commit()
    done = decide(desk, review.merge(loser, winner))
    assert done.left == (lock,)
    assert {q.predicate for q in desk.default(NamedNode(loser))} >= {OWL.sameAs, DCTERMS.isReplacedBy}
    with pytest.raises(UsageError, match=r"does not name|came as graphs of an export"):
        decide(desk, review.split(winner, [lock]))


# ---- what makes no sense --------------------------------------------------------------------------------------------


def refused(publication: Publication, verdict: review.Verdict) -> str:
    """The message of a decision that is not made: nothing is published and nothing is written down."""
    snapshot, journal = publication.store.current_id(), Journal.of(publication.store.path).read()
    with pytest.raises(UsageError) as caught:
        decide(publication, verdict)
    assert caught.value.exit_code == 2
    assert (publication.store.current_id(), Journal.of(publication.store.path).read()) == (snapshot, journal)
    return caught.value.message


def test_a_thing_nobody_knows_is_refused(desk: Publication) -> None:
    assert "no published thing has this IRI or this name" in refused(desk, review.new("Nobody Known"))
    assert "no published thing" in refused(desk, review.new("https://news.example/things/nobody-00000000#id"))
    assert "is an article" in refused(desk, review.new(page_of(desk, QUAY)))


def test_a_merged_thing_is_no_more_and_what_it_became_is_told(desk: Publication) -> None:
    loser, winner = only(desk, "Charlotte Brandsma"), only(desk, "Lotte Brandsma")
    decide(desk, review.merge(loser, winner))
    assert f"was merged into {winner} by entry 1" in refused(desk, review.new(loser))
    assert "kg review undo 1" in refused(desk, review.merge(winner, loser))  # a circle
    assert "kg review undo 1" in refused(desk, review.merge(loser, winner))


def test_a_thing_is_not_merged_with_itself_or_with_another_kind(desk: Publication) -> None:
    mayor, trust = only(desk, "Lotte Brandsma"), only(desk, "Zandvliet Harbour Trust")
    assert "give two" in refused(desk, review.merge(mayor, mayor))
    assert "--force" in refused(desk, review.merge(mayor, trust))


def test_two_linked_things_are_not_merged_unless_one_link_is_given_up(desk: Publication) -> None:
    mayor, variant = only(desk, "Lotte Brandsma"), only(desk, "Charlotte Brandsma")
    decide(desk, review.accept(variant, "x-skater"))
    assert "two rows are two things" in refused(desk, review.merge(variant, mayor))
    decide(desk, review.merge(variant, mayor, force=True))
    assert same_as(desk, mayor) == {"Q900000001"}
    assert mayor in things_of(desk, page_of(desk, VARIANT))


def test_two_kinds_are_merged_by_force_into_the_second(desk: Publication) -> None:
    variant, trust = only(desk, "Charlotte Brandsma"), only(desk, "Zandvliet Harbour Trust")
    before = said(desk)
    decide(desk, review.merge(variant, trust, force=True))
    types = {q.object for q in desk.default(NamedNode(trust), RDF.type)}
    assert SCHEMA.Organization in types
    assert SCHEMA.Person not in types
    assert trust in things_of(desk, page_of(desk, VARIANT))
    decide(desk, review.undo())
    assert net(desk, before) == (set(), set())


def test_a_row_that_is_another_thing_asks_for_a_merge(desk: Publication) -> None:
    mayor, variant = only(desk, "Lotte Brandsma"), only(desk, "Charlotte Brandsma")
    assert f"kg review merge {variant} {mayor}" in refused(desk, review.accept(variant, "x-mayor"))


def test_a_row_of_another_kind_or_of_no_authority_is_refused(desk: Publication) -> None:
    mayor = only(desk, "Lotte Brandsma")
    assert "of the kind Organization" in refused(desk, review.accept(mayor, "x-trust-nl"))
    assert "the authority has no such row" in refused(desk, review.accept(mayor, "x-nothing"))
    assert "is not linked to x-trust-be" in refused(desk, review.reject(mayor, "x-trust-be"))


def test_accept_without_a_row_needs_exactly_one(desk: Publication) -> None:
    assert "x-trust-be, x-trust-nl" in refused(desk, review.accept("Zandvliet Harbour Trust"))
    (entry,) = decide(desk, review.accept("Lotte Brandsma")).entries
    assert entry.row == "x-mayor"


def test_a_decision_is_not_made_twice(desk: Publication) -> None:
    mayor = only(desk, "Lotte Brandsma")
    decide(desk, review.reject(mayor, "x-mayor"))
    assert "was rejected before" in refused(desk, review.reject(mayor, "x-mayor"))
    decide(desk, review.new(mayor))
    assert "already" in refused(desk, review.new(mayor))


def test_articles_that_do_not_name_the_thing_cannot_be_split_off(desk: Publication) -> None:
    mayor = only(desk, "Lotte Brandsma")
    assert "does not name" in refused(desk, review.split(mayor, [page_of(desk, TRUST)]))
    assert "nothing would be left" in refused(desk, review.split(mayor, [page_of(desk, QUAY), page_of(desk, FERRY)]))


def test_a_note_of_many_lines_is_refused(desk: Publication) -> None:
    with pytest.raises(UsageError, match="--note"):
        decide(desk, review.new("Lotte Brandsma"), note="one\ntwo")
    with pytest.raises(UsageError, match="--by"):
        decide(desk, review.new("Lotte Brandsma"), by="x" * 3000)


def test_nothing_is_undone_where_nothing_was_decided(desk: Publication) -> None:
    assert "no decision" in refused(desk, review.undo())
    assert "no entry 7" in refused(desk, review.undo(7))


def test_one_decides_at_a_time(desk: Publication) -> None:
    with desk.store.begin(time=desk.now(), holder="another"), pytest.raises(StoreLocked, match="another"):
        decide(desk, review.new("Lotte Brandsma"))
    assert not Journal.of(desk.store.path).path.exists()


# ---- crashes, restores, backups -------------------------------------------------------------------------------------


def test_a_decision_that_a_crash_kept_from_being_published_is_published_by_the_next_run(desk: Publication) -> None:
    mayor = only(desk, "Lotte Brandsma")
    before = desk.store.current_id()
    decide(desk, review.reject(mayor, "x-mayor"))
    decided = said(desk)
    desk.store.restore(before, time=desk.now())  # as if the commit had not been
    assert same_as(desk, mayor) == {"Q900000001"}
    assert [one.id for one in reviewing.trail(desk.store)[1]] == [1]
    desk.add(QUAY)
    assert reviewing.trail(desk.store)[1] == ()
    assert net(desk, decided) == (set(), set())


def test_the_next_decision_publishes_those_that_wait(desk: Publication) -> None:
    before = desk.store.current_id()
    decide(desk, review.reject("Lotte Brandsma", "x-mayor"))
    desk.store.restore(before, time=desk.now())
    done = decide(desk, review.accept("Zandvliet Harbour Trust", "x-trust-nl"))
    assert [one.id for one in done.entries] == [1, 2]
    assert same_as(desk, only(desk, "Lotte Brandsma")) == set()
    assert reviewing.catch_up(desk.ingest) is None


def test_a_journal_that_was_cut_or_lost_stops_every_publish(desk: Publication) -> None:
    decide(desk, review.reject("Lotte Brandsma", "x-mayor"))
    file = Journal.of(desk.store.path).path
    kept = file.read_bytes()
    file.write_bytes(b"")
    with pytest.raises(StoreError, match="1 decisions that the review journal lacks"):
        desk.add(QUAY)
    file.unlink()
    with pytest.raises(StoreError, match="kg snapshot backup"):
        decide(desk, review.new("Zandvliet Harbour Trust"))
    file.write_bytes(kept)
    assert list(statuses(desk.add(QUAY))) == ["unchanged"]


def test_the_export_of_a_reviewed_store_goes_into_a_store_without_its_journal(
    desk: Publication, tmp_path: Path
) -> None:
    loser, winner = only(desk, "Charlotte Brandsma"), only(desk, "Lotte Brandsma")
    decide(desk, review.merge(loser, winner))
    (tmp_path / "other").mkdir()
    other = publication(tmp_path / "other")
    documents = unpacked(exported(desk, "nq"))
    assert set(statuses(other.add(*documents))) == {"stored"}
    assert {q.object for q in other.default(NamedNode(loser), DCTERMS.isReplacedBy)} == {NamedNode(winner)}
    assert set(statuses(other.add(*documents))) == {"unchanged"}
    assert reviewing.trail(other.store) == (Trail(), ())


def test_a_backup_keeps_the_journal(desk: Publication, tmp_path: Path) -> None:
    decide(desk, review.reject("Lotte Brandsma", "x-mayor"))
    desk.store.backup(tmp_path / "backup")
    assert Journal.of(tmp_path / "backup").read() == Journal.of(desk.store.path).read()


def test_a_purge_takes_what_the_journal_says_of_the_article_and_its_things(desk: Publication) -> None:
    trust, where = only(desk, "Zandvliet Harbour Trust"), page_of(desk, TRUST)
    decide(desk, review.new(trust), by="Ines", note="seen their letterhead")
    decide(desk, review.reject("Lotte Brandsma", "x-mayor"))
    preparer = pipeline.Preparer.of(desk.ingest.table)
    done = pipeline.purge(desk.store, where, time=desk.now(), reason="court order", preparer=preparer)
    assert trust.removesuffix("#id") in done.things
    words = Journal.of(desk.store.path).path.read_bytes()
    assert b"Zandvliet" not in words
    assert b"letterhead" not in words
    trail, waiting = reviewing.trail(desk.store)
    assert [one.action for one in trail.entries] == ["redacted", "reject"]
    assert not [quad for quad in desk.quads() if "letterhead" in str(quad) or trust.removesuffix("#id") in str(quad)]
    assert waiting == ()
    assert same_as(desk, only(desk, "Lotte Brandsma")) == set()


def test_a_purge_that_forgets_an_article_keeps_what_was_decided_about_others(desk: Publication) -> None:
    mayor, ferry, lock = only(desk, "Lotte Brandsma"), page_of(desk, FERRY), page_of(desk, VARIANT)
    decide(desk, review.merge("Charlotte Brandsma", mayor))
    (entry,) = decide(desk, review.split(mayor, [ferry, lock])).entries
    preparer = pipeline.Preparer.of(desk.ingest.table)
    pipeline.purge(desk.store, ferry, time=desk.now(), reason="order", preparer=preparer, forget=True)
    assert ferry.encode() not in Journal.of(desk.store.path).path.read_bytes()
    desk.add(Document(VARIANT.data + b"\n", VARIANT.key, VARIANT.origin, VARIANT.source))
    assert entry.other in things_of(desk, lock)
    assert [one.action for one in reviewing.trail(desk.store)[0].effective()] == ["merge", "split"]


def test_a_process_killed_before_the_publish_loses_no_decision(desk: Publication, root: Path) -> None:
    mayor = only(desk, "Lotte Brandsma")
    before = desk.store.current_id()
    program = (
        "import os, signal, sys; sys.path.insert(0, sys.argv[3])\n"
        "from pathlib import Path\n"
        "from datetime import datetime, UTC\n"
        "from publication import Publication\n"
        "from kg import config, review\n"
        "from kg.store import Draft, Store\n"
        "from kg.pipeline import reviewing\n"
        "folder = Path(sys.argv[1])\n"
        "flags = {'base_iri': 'https://news.example', 'store': str(folder / 'store'),\n"
        "         'authority': [str(folder / 'rows.csv')]}\n"
        "made = Publication(folder, config.load(flags=flags), Store.open(folder / 'store'))\n"
        "made.clock = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)\n"
        "Draft.commit = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n"
        "reviewing.decide(made.ingest, review.reject(sys.argv[2], 'x-mayor'))\n"
    )
    place = str(root / "tests" / "unit")
    done = subprocess.run([sys.executable, "-c", program, str(desk.folder), mayor, place], timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL
    assert desk.store.current_id() == before
    assert [one.action for one in reviewing.trail(desk.store)[1]] == ["reject"]
    assert list(statuses(desk.add(QUAY))) == ["unchanged"]
    assert same_as(desk, mayor) == set()
