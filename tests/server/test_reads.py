"""What pages show, read from a store on disk."""

from __future__ import annotations

import importlib

import newsroom as n
import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad

from kg import describe, reads
from kg.reads import passage
from kg.reads.labels import kind_of, label, type_labels
from kg.reads.rows import Link
from kg.store import Reader, Store
from kg.vocab import NKG, SCHEMA


def test_the_newest_articles_come_first_and_undated_ones_last(reader: Reader) -> None:
    pages = [row.page for row in reads.latest(reader, 10)]
    assert pages == [n.LATER, n.ARABIC, n.FREED, n.FOREIGN, n.HOSTILE]
    assert [row.page for row in reads.latest(reader, 2, 1)] == [n.ARABIC, n.FREED]


def test_counts_are_those_of_the_snapshot(reader: Reader) -> None:
    counts = reads.counts(reader)
    assert (counts.articles, counts.quotations) == (5, 4)
    # the merged row has no type and so no kind
    assert dict(counts.kinds) == {"Person": 3, "Organization": 2, "Place": 1, "CreativeWork": 1, "Event": 1}


def test_things_of_a_kind_come_with_the_most_named_first(reader: Reader) -> None:
    people = reads.things(reader, "Person")
    assert [(row.page, row.articles) for row in people][:1] == [(n.DAWIT, 2)]
    assert reads.things(reader, "PersonGroup") == []


def test_an_article_shows_who_made_it_and_when(reader: Reader) -> None:
    page = reads.article(reader, n.FREED)
    assert page is not None
    assert page.row.headline == "Court frees ship’s mechanic"
    assert (page.row.date, page.row.modified) == ("2026-03-16T09:00:00Z", "2026-03-17")
    assert [author.name for author in page.authors] == ["Mara Lind"]
    assert page.row.publisher is not None
    assert page.row.publisher.page == n.GAZETTE
    assert page.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert page.corrections == ("An earlier version named the wrong quay.",)
    assert page.provenance.software == "newsgraph 0.1.0"


def test_the_body_read_aloud_is_the_text_and_links_are_the_mentions(reader: Reader) -> None:
    page = reads.article(reader, n.FREED)
    assert page is not None
    text = "\n\n".join("".join(run.text for piece in p for run in piece.runs) for p in page.body)
    assert text == n.Desk(n.freed_article()).article.body
    linked = [(run.text, run.link.page) for p in page.body for piece in p for run in piece.runs if run.link]
    assert ("Ourabi", n.DAWIT) in linked
    assert ("Salt and Rope", n.FILM) in linked
    quoted = [piece for p in page.body for piece in p if piece.quote == "quote-1"]
    assert ["".join(run.text for run in piece.runs) for piece in quoted] == ["I only mended a pump,"]


def test_a_mention_inside_a_quotation_is_linked_too(reader: Reader) -> None:
    page = reads.article(reader, n.FREED)
    assert page is not None
    piece = next(piece for p in page.body for piece in p if piece.quote == "quote-2")
    assert [(run.text, run.link and run.link.page) for run in piece.runs] == [
        ("the ", None),
        ("Northern Court", n.COURT),
        (" had listened", None),
    ]


def test_things_are_grouped_by_kind_with_what_the_article_is_about_first(reader: Reader) -> None:
    page = reads.article(reader, n.FREED)
    assert page is not None
    assert [group.kind for group in page.groups] == ["Person", "Organization", "Place", "CreativeWork"]
    dawit = page.groups[0].rows.rows[0]
    assert (dawit.link.page, dawit.about, dawit.count) == (n.DAWIT, True, 3)


def test_quotations_say_who_and_whether_word_for_word(reader: Reader) -> None:
    page = reads.article(reader, n.FREED)
    assert page is not None
    rows = [(row.text, row.direct, [who.page for who in row.speakers]) for row in page.quotations.rows]
    assert rows == [("I only mended a pump,", True, [n.DAWIT]), ("the Northern Court had listened", False, [n.DAWIT])]
    assert [claim.text for claim in page.claims.rows] == ["the Northern Court had listened"]


def test_an_event_has_its_date_its_status_and_everyones_part(reader: Reader) -> None:
    page = reads.article(reader, n.FREED)
    assert page is not None
    (event,) = page.events.rows
    assert (event.link.page, event.date, event.status, event.types) == (
        n.RULING,
        "2026-03-16",
        "done",
        ("court ruling",),
    )
    assert {(role.label, role.link.page) for role in event.roles} == {
        ("done by", n.COURT),
        ("done to", n.DAWIT),
        ("location", n.HARBOUR),
    }


def test_a_fact_shows_the_words_it_rests_on(reader: Reader) -> None:
    page = reads.article(reader, n.FREED)
    assert page is not None
    job = next(row for row in page.facts.rows if row.property == SCHEMA.jobTitle.value)
    (value,) = job.values
    (source,) = value.evidence.rows
    assert value.text == "ship’s mechanic"
    assert source.snippets[0].words == "the ship’s mechanic"
    assert source.snippets[0].before == "Dawit Ourabi, "


def test_withheld_words_are_in_no_row(reader: Reader) -> None:
    page = reads.article(reader, n.FOREIGN)
    assert page is not None
    assert page.row.withheld
    assert page.body == ()
    assert page.url == "https://gazette.example/harbour"
    assert [row.text for row in page.quotations.rows] == [None]
    assert n.SECRET[:40] not in repr(page)
    assert page.texts == ()


def test_an_article_that_was_never_published_is_none(reader: Reader) -> None:
    assert reads.article(reader, f"{n.BASE}/articles/nothing-ffffffff") is None
    assert reads.thing(reader, f"{n.BASE}/things/nothing-ffffffff") is None


def test_conflicting_values_stand_side_by_side_each_with_its_source(reader: Reader) -> None:
    page = reads.thing(reader, n.DAWIT)
    assert page is not None
    born = next(row for row in page.facts.rows if row.property == SCHEMA.birthDate.value)
    assert born.differ
    told = {value.text: [e.article.page for e in value.evidence.rows if e.article] for value in born.values}
    assert told == {"1990-05-02": [n.FREED], "1991": [n.LATER]}


def test_a_thing_shows_where_it_is_named_with_a_snippet(reader: Reader) -> None:
    page = reads.thing(reader, n.DAWIT)
    assert page is not None
    assert [(row.article.page, row.count) for row in page.articles.rows] == [(n.LATER, 1), (n.FREED, 3)]
    snippet = page.articles.rows[0].snippet
    assert snippet is not None
    assert (snippet.before, snippet.words) == ("", "Dawit Ourabi")
    assert snippet.after.startswith(" left Port Sallow")


def test_a_thing_shows_its_words_its_events_and_its_company(reader: Reader) -> None:
    page = reads.thing(reader, n.DAWIT)
    assert page is not None
    assert [row.text for row in page.quotations.rows] == ["I only mended a pump,", "the Northern Court had listened"]
    assert [(row.link.page, row.article and row.article.page) for row in page.timeline.rows] == [(n.RULING, n.FREED)]
    assert [(row.link.page, row.count) for row in page.together.rows][:2] == [(n.COURT, 2), (n.HARBOUR, 2)]


def test_only_web_addresses_become_links_to_outside(reader: Reader) -> None:
    page = reads.thing(reader, n.DAWIT)
    assert page is not None
    assert page.same_as == ("http://www.wikidata.org/entity/Q4115189",)


def test_an_event_has_a_page_of_its_own(reader: Reader) -> None:
    page = reads.thing(reader, n.RULING)
    assert page is not None
    assert page.event is not None
    assert page.event.date == "2026-03-16"
    assert page.row.kind == "Event"


def test_a_page_is_live_moved_gone_or_unknown(reader: Reader) -> None:
    assert reads.state(reader, n.FREED).name == "live"
    assert reads.state(reader, n.DAWIT).name == "live"
    gone = reads.state(reader, n.REMOVED)
    assert (gone.name, gone.time, gone.reason) == ("gone", "2026-04-03T08:00:00Z", "The source withdrew it.")
    moved = reads.state(reader, n.OLD_DAWIT)
    assert (moved.name, moved.target) == ("moved", n.DAWIT)
    for page in (f"{n.BASE}/articles/x", f"{n.BASE}/articles/\x00", f"{n.BASE}/articles/a b", "", "none"):
        assert reads.state(reader, page).name == "unknown"


def test_lists_are_bounded_and_say_how_much_more_there_is() -> None:
    from kg.reads.evidence import capped

    made = capped(list(range(10)), 3)
    assert (made.rows, made.more) == ((0, 1, 2), 7)
    assert capped([], 3).more == 0


# ---- describe ------------------------------------------------------------------------------------------------------


def test_an_article_is_described_by_its_own_three_graphs(reader: Reader) -> None:
    built = n.freed()
    assert set(describe.describe(reader, n.FREED)) == set(built.triples)
    named = describe.quads(reader, n.FREED)
    assert {quad.graph_name for quad in named} == {
        n.IRIS.graph(n.FREED, k) for k in ("content", "facts", "annotations")
    }


def test_a_thing_is_described_by_what_is_said_of_it_and_what_leads_to_it(reader: Reader) -> None:
    found = describe.describe(reader, n.DAWIT)
    node = NamedNode(n.DAWIT + "#id")
    own = {q.triple for q in reader.rdf.quads_for_pattern(node, None, None, DefaultGraph())}
    assert own <= set(found)
    inbound = {t.predicate for t in found if t.object == node}
    assert {SCHEMA.spokenByCharacter, SCHEMA.about, SCHEMA.object} <= inbound
    assert len(found) == len(set(found))
    assert list(found) == sorted(found, key=str)


def test_retracted_facts_are_neither_described_nor_shown(tmp_path: object, folder: object) -> None:
    from datetime import UTC, datetime
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    store = n.open_newsroom(tmp_path)
    with store.begin(time=datetime(2026, 4, 4, tzinfo=UTC), holder="tests") as draft:
        draft.retire(n.FREED, reason="wrong person")
        draft.commit()
    with store.reader() as reader:
        page = reads.article(reader, n.FREED)
        assert page is not None
        assert page.retracted
        assert not page.facts
        assert not page.quotations
        found = describe.describe(reader, n.FREED)
        assert not any(t.predicate == SCHEMA.jobTitle for t in found)
        thing = reads.thing(reader, n.DAWIT)
        assert thing is not None
        assert [v.text for row in thing.facts.rows for v in row.values] == ["1991"]


# ---- small parts ---------------------------------------------------------------------------------------------------


def test_terms_are_printed_in_words() -> None:
    assert label(SCHEMA.jobTitle.value) == "job title"
    assert label("http://schema.org/PotentialActionStatus") == "planned, ordered or proposed"
    assert label("http://example.org/a/TVSeries") == "TV series"
    assert type_labels([SCHEMA.Event.value, SCHEMA.Action.value, NKG.CourtRuling.value]) == ("court ruling",)
    assert kind_of([SCHEMA.City.value]) == "Place"
    assert kind_of(["http://example.org/Unheard"]) == "Thing"
    assert kind_of([]) == "Thing"


def test_of_nested_mentions_the_outer_one_is_linked() -> None:
    outer, inner = Link("a", "a", "A"), Link("b", "b", "B")
    assert passage.outermost([(4, 6, inner), (0, 10, outer), (12, 14, inner)]) == [(0, 10, outer), (12, 14, inner)]


def test_a_mention_across_the_edge_of_a_quotation_is_cut_and_no_text_is_lost() -> None:
    link = Link("a", "a", "A")
    made = passage.pieces("0123456789", 0, 10, [(3, 7, link)], [(5, 9, "quote-1")])
    assert [(p.quote, [(r.text, bool(r.link)) for r in p.runs]) for p in made] == [
        (None, [("012", False), ("34", True)]),
        ("quote-1", [("56", True), ("78", False)]),
        (None, [("9", False)]),
    ]


def test_the_default_graph_is_never_taken_for_an_article(store: Store) -> None:
    with store.reader() as reader:
        from kg.reads.view import View

        view = View.of(reader)
        assert view.page_of_graph(DefaultGraph()) is None
        assert view.page_of_graph(n.IRIS.graph(n.FREED, "facts")) == n.FREED
        assert isinstance(next(view.quads(None, None, None)), Quad)


def test_a_much_named_thing_shows_the_newest_and_counts_the_rest(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("kg.reads.thing")
    monkeypatch.setattr(module, "_ARTICLES", 1)
    monkeypatch.setattr(module, "_QUOTATIONS", 1)
    for known in (None, reads.catalogue(reader)):
        page = reads.thing(reader, n.DAWIT, known=known)
        assert page is not None
        assert [row.article.page for row in page.articles.rows] == [n.LATER]
        assert page.articles.more == 1
        assert [row.text for row in page.quotations.rows] == ["I only mended a pump,"]
        assert page.quotations.more == 1
        assert page.row.articles == 2


def test_a_value_that_many_say_shows_some_of_them_and_how_many_more(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.reads.evidence._SOURCES", 0)
    page = reads.thing(reader, n.DAWIT)
    assert page is not None
    assert [(v.evidence.rows, v.evidence.more) for row in page.facts.rows for v in row.values] == [((), 1)] * 3
