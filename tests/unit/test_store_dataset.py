"""What publishing does to the RDF: graphs, the default graph as a set, keys, revisions, things."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple
from pyoxigraph import Store as Rdf
from store_fixture import BASE, IRIS, at, document, graphs, page, store_article, thing

from kg.errors import QueryError, UsageError
from kg.model import ArticleGraphs
from kg.store import Draft, Store
from kg.vocab import NKG, OWL, PROV, RDF, SCHEMA, XSD


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store", BASE)


@pytest.fixture
def draft(store: Store) -> Iterator[Draft]:
    with store.begin(time=at(0), holder="test") as draft:
        yield draft


def default(rdf: Rdf) -> set[Triple]:
    found = [Triple(q.subject, q.predicate, q.object) for q in rdf.quads_for_pattern(None, None, None, DefaultGraph())]
    assert len(found) == len(set(found))
    return set(found)


def union(rdf: Rdf, *, annotations: bool = True, retired: frozenset[str] = frozenset()) -> set[Triple]:
    """The default graph by its definition: the union of what the publication publishes."""
    kinds = ("content", "facts", "annotations") if annotations else ("content", "facts")
    found = set()
    for quad in rdf.quads_for_pattern(None, None, None, None):
        name = getattr(quad.graph_name, "value", "")
        if name in retired:
            continue
        if name == IRIS.things_graph.value or (
            name.startswith(f"{BASE}/graphs/articles/") and name.rpartition("/")[2] in kinds
        ):
            found.add(Triple(quad.subject, quad.predicate, quad.object))
    return found


def count(rdf: Rdf, triple: Triple) -> int:
    answer = rdf.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {triple.subject} {triple.predicate} ?o }}")
    return int(next(iter(answer))["n"].value)  # type: ignore[union-attr, index]


SHARED = Triple(NamedNode(thing(1) + "#id"), RDF.type, SCHEMA.Person)


def test_a_triple_that_three_articles_state_counts_once_until_the_last_of_them_is_removed(draft: Draft) -> None:
    for number in (1, 2, 3):
        draft.put(graphs(number, things=(1,)))
    assert count(draft.rdf, SHARED) == 1
    for number, left in ((2, 1), (1, 1), (3, 0)):
        draft.remove(page(number), reason="test")
        assert count(draft.rdf, SHARED) == left
        assert default(draft.rdf) == union(draft.rdf)


def test_a_triple_that_the_things_graph_states_too_stays_when_the_article_goes(draft: Draft) -> None:
    draft.put(graphs(1, things=(1,)))
    draft.put_thing([SHARED])
    draft.remove(page(1), reason="test")
    assert SHARED in default(draft.rdf)
    draft.remove_thing([SHARED])
    assert default(draft.rdf) == set()


def test_a_triple_in_two_graphs_of_one_article_stays_while_either_holds_it(draft: Draft) -> None:
    node = NamedNode(page(1) + "#id")
    both = Triple(node, SCHEMA.headline, Literal("Twice"))
    other = Triple(node, SCHEMA.name, Literal("Other"))
    draft.put(ArticleGraphs(page(1), content=(both, other), facts=(both,), annotations=(), provenance=()))
    draft.put(ArticleGraphs(page(1), content=(other,), facts=(both,), annotations=(), provenance=()))
    assert default(draft.rdf) == {both, other}
    draft.put(ArticleGraphs(page(1), content=(other,), facts=(), annotations=(), provenance=()))
    assert default(draft.rdf) == {other}


def test_the_default_graph_is_the_union_after_any_sequence_of_operations(draft: Draft) -> None:
    dice = random.Random(20261122)
    live: set[int] = set()
    retired: set[str] = set()
    for _ in range(120):
        number = dice.randrange(6)
        facts = IRIS.graph(page(number), "facts").value
        match dice.randrange(6):
            case 0 | 1 | 2:
                made = graphs(number, version=dice.randrange(3), things=tuple(dice.sample(range(4), 2)), size=2)
                draft.put(made)
                live.add(number)
                retired.discard(facts)
            case 3 if number in live:
                draft.remove(page(number), reason="test")
                live.discard(number)
                retired.discard(facts)
            case 4 if number in live:
                draft.retire(page(number), reason="test")
                retired.add(facts)
            case _:
                statement = Triple(NamedNode(thing(number % 4) + "#id"), RDF.type, SCHEMA.Person)
                dice.choice([draft.put_thing, draft.remove_thing])([statement])
        assert default(draft.rdf) == union(draft.rdf, retired=frozenset(retired))


def test_annotations_stay_out_of_the_default_graph_where_the_publication_says_so(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", BASE, annotations_in_default=False)
    with store.begin(time=at(0)) as draft:
        store_article(draft, 1)
        assert default(draft.rdf) == union(draft.rdf, annotations=False)
        assert next(draft.rdf.quads_for_pattern(None, None, None, IRIS.graph(page(1), "annotations")), None)
        draft.commit()
    assert store.verify().findings == ()


def test_provenance_keys_and_revisions_stay_out_of_the_default_graph(draft: Draft) -> None:
    store_article(draft, 1)
    shown = default(draft.rdf)
    assert not {t for t in shown if t.predicate in (PROV.wasGeneratedBy, NKG.identifies, NKG.revision)}
    assert next(draft.rdf.quads_for_pattern(None, PROV.wasGeneratedBy, None, IRIS.prov_graph), None) is not None


def test_putting_an_article_again_unchanged_changes_nothing(draft: Draft) -> None:
    assert draft.put(graphs(1))
    before = set(draft.rdf)
    assert not draft.put(graphs(1))
    assert set(draft.rdf) == before


def test_literals_that_the_store_normalises_do_not_look_changed(store: Store) -> None:
    node = NamedNode(page(1) + "#id")
    made = ArticleGraphs(
        page(1),
        content=(
            Triple(node, SCHEMA.wordCount, Literal("01", datatype=XSD.integer)),
            Triple(node, SCHEMA.headline, Literal("colour", language="en-GB")),
            Triple(node, SCHEMA.dateModified, Literal("2026-11-22T16:45:00+00:00", datatype=XSD.dateTime)),
        ),
        facts=(),
        annotations=(),
        provenance=(),
    )
    with store.begin(time=at(0)) as draft:
        draft.claim("k", page(1))
        draft.put(made)
        draft.index(document(1))
        draft.commit()
    with store.begin(time=at(1)) as draft:
        assert not draft.put(made)
        assert not draft.changed
    assert store.verify().findings == ()


def test_an_update_keeps_the_old_provenance_and_drops_the_old_text(draft: Draft) -> None:
    draft.put(graphs(1, version=1))
    draft.put(graphs(1, version=2))
    activities = list(draft.rdf.quads_for_pattern(None, RDF.type, PROV.Activity, IRIS.prov_graph))
    assert len(activities) == 2
    assert not [t for t in default(draft.rdf) if "version 1" in str(t.object)]


def test_a_removed_article_leaves_a_tombstone_and_no_graph_name(draft: Draft) -> None:
    draft.put(graphs(1))
    draft.remove(page(1), reason="the publisher asked")
    node = IRIS.of_page(page(1))
    when = next(draft.rdf.quads_for_pattern(node, PROV.invalidatedAtTime, None, IRIS.prov_graph))
    assert when.object == Literal("2026-11-22T16:45:00Z", datatype=XSD.dateTime)
    names = {graph.value for graph in draft.rdf.named_graphs()}
    assert not {name for name in names if "/graphs/articles/" in name}


def test_retracted_facts_are_there_by_name_only_and_come_back_with_the_next_version(draft: Draft) -> None:
    draft.put(graphs(1, things=(1,)))
    draft.retire(page(1), reason="wrong")
    facts = IRIS.graph(page(1), "facts")
    assert SHARED not in default(draft.rdf)
    assert Quad(*SHARED, facts) in draft.rdf  # type: ignore[misc]
    assert next(draft.rdf.quads_for_pattern(facts, PROV.invalidatedAtTime, None, IRIS.prov_graph), None) is not None
    draft.put(graphs(1, things=(1,)))
    assert SHARED in default(draft.rdf)


@pytest.mark.parametrize(
    "bad", [f"{BASE}/things/x", "https://other.example/articles/a", f"{BASE}/articles/a#id", f"{BASE}/articles/"]
)
def test_only_article_pages_of_this_publication_can_be_put(draft: Draft, bad: str) -> None:
    with pytest.raises(UsageError, match="not an article page"):
        draft.put(ArticleGraphs(bad, (), (), (), ()))


def test_removing_what_is_not_there_is_an_error_that_says_so(draft: Draft) -> None:
    with pytest.raises(UsageError, match="no published article"):
        draft.remove(page(9), reason="test")
    with pytest.raises(UsageError, match="no published article"):
        draft.retire(page(9), reason="test")


def test_the_default_graph_cannot_be_written_directly(draft: Draft) -> None:
    with pytest.raises(UsageError, match="named graph"):
        draft.change(add=[Quad(NamedNode("http://x/a"), RDF.type, SCHEMA.Person)])
    assert default(draft.rdf) == set()


# ---- keys ---------------------------------------------------------------------------------------------------------


def test_a_key_finds_its_iri_for_ever_and_never_another_one(store: Store) -> None:
    with store.begin(time=at(0)) as draft:
        store_article(draft, 1)
        draft.commit()
    with store.begin(time=at(1)) as draft:
        assert draft.lookup("guid:1") == page(1)
        draft.claim("guid:1", page(1))
        with pytest.raises(UsageError, match="never changes"):
            draft.claim("guid:1", page(2))
        draft.remove(page(1), reason="test")
        draft.commit()
    with store.reader() as reader:
        assert reader.lookup("guid:1") == page(1)
        assert reader.lookup("guid:2") is None


def test_no_part_of_a_private_key_can_be_read_from_the_store(draft: Draft) -> None:
    draft.claim("path:desk/secret-folder/name.txt", page(1))
    assert "secret" not in str(draft.rdf)
    assert draft.lookup("path:desk/secret-folder/name.txt") == page(1)


def test_an_iri_is_taken_by_its_page_or_its_thing(draft: Draft) -> None:
    draft.claim("a", page(1))
    draft.claim("b", thing(1) + "#id")
    assert draft.taken(page(1))
    assert draft.taken(thing(1))
    assert draft.taken(thing(1) + "#id")
    assert not draft.taken(page(2))


# ---- revisions and states -----------------------------------------------------------------------------------------


def test_a_publish_is_the_revision_of_the_article_and_of_each_thing_it_described_before_or_after(store: Store) -> None:
    with store.begin(time=at(0)) as draft:
        store_article(draft, 1, things=(1, 2))
        store_article(draft, 2, things=(3,))
        one = draft.commit()
    with store.begin(time=at(1)) as draft:
        store_article(draft, 1, things=(2, 4), version=2)
        two = draft.commit()
    assert set(two.pages) == {page(1), thing(1), thing(2), thing(4)}
    with store.reader() as reader:
        assert reader.revision(page(1)) == two.id
        assert reader.revision(thing(1)) == two.id
        assert reader.revision(page(2)) == one.id
        assert reader.revision(thing(3)) == one.id
        assert reader.revision(page(9)) is None


def test_a_page_that_did_not_change_keeps_its_revision(store: Store) -> None:
    with store.begin(time=at(0)) as draft:
        store_article(draft, 1)
        one = draft.commit()
    with store.begin(time=at(1)) as draft:
        store_article(draft, 1)
        store_article(draft, 2)
        draft.commit()
    with store.reader() as reader:
        assert reader.revision(page(1)) == one.id


def test_a_thing_nobody_describes_any_more_is_gone_and_not_unknown(store: Store) -> None:
    with store.begin(time=at(0)) as draft:
        store_article(draft, 1, things=(1,))
        draft.claim("thing", thing(1) + "#id")
        draft.commit()
    with store.begin(time=at(1)) as draft:
        assert draft.state(thing(1)) == "live"
        draft.remove(page(1), reason="test")
        info = draft.commit()
    assert (info.counts.articles, info.counts.things) == (0, 0)
    with store.reader() as reader:
        assert reader.state(page(1)) == "gone"
        assert reader.state(thing(1)) == "gone"
        assert reader.state(thing(2)) is None
        assert reader.text.search("thing", kind="thing").total == 0
    assert store.verify().findings == ()


def test_an_authority_statement_makes_a_new_revision_of_its_thing(store: Store) -> None:
    with store.begin(time=at(0)) as draft:
        draft.put_thing(
            [Triple(NamedNode(thing(1) + "#id"), OWL.sameAs, NamedNode("http://www.wikidata.org/entity/Q1"))]
        )
        info = draft.commit()
    assert info.pages == (thing(1),)
    assert info.counts.things == 1


def test_counts_follow_put_update_and_removal(store: Store) -> None:
    with store.begin(time=at(0)) as draft:
        for number in range(5):
            store_article(draft, number)
        draft.commit()
    with store.begin(time=at(1)) as draft:
        store_article(draft, 1, version=2)
        draft.remove(page(2), reason="test")
        store_article(draft, 2)
        draft.remove(page(3), reason="test")
        info = draft.commit()
    assert info.counts.articles == 4
    assert store.verify().findings == ()


# ---- SPARQL updates -----------------------------------------------------------------------------------------------

NAME = f'<{thing(1)}#id> <http://schema.org/name> "Someone"'
STATED = f"<{thing(1)}#id> a <http://schema.org/Person>"


def test_an_update_of_the_default_graph_goes_to_the_things_graph_and_can_be_taken_back(store: Store) -> None:
    with store.begin(time=at(0)) as draft:
        store_article(draft, 1, things=(1,))
        draft.update(f"INSERT DATA {{ {NAME} }}")
        row = Triple(NamedNode(thing(1) + "#id"), SCHEMA.name, Literal("Someone"))
        assert Quad(*row, IRIS.things_graph) in draft.rdf  # type: ignore[misc]
        assert row in default(draft.rdf)
        draft.commit()
    assert store.verify().findings == ()
    with store.begin(time=at(1)) as draft:
        draft.update(f"DELETE DATA {{ {NAME} }}")
        assert row not in default(draft.rdf)
        info = draft.commit()
    assert info.pages == (thing(1),)
    assert store.verify().findings == ()


def test_an_update_of_a_named_graph_changes_the_default_graph_too(store: Store) -> None:
    graph = IRIS.graph(page(1), "facts")
    with store.begin(time=at(0)) as draft:
        store_article(draft, 1, things=(1,))
        draft.update(f"DELETE WHERE {{ GRAPH {graph} {{ {STATED} }} }}")
        assert SHARED not in default(draft.rdf)
        assert default(draft.rdf) == union(draft.rdf)
        draft.commit()
    assert store.verify().findings == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"DELETE DATA {{ {STATED} }}", "delete it there"),
        ("CLEAR DEFAULT", "delete it there"),
        ("DROP ALL; INSERT DATA {", "does not parse"),
        (f"CLEAR GRAPH {IRIS.keys_graph}", "kept by the store"),
        (f"CLEAR GRAPH {IRIS.prov_graph}", "kept by the store"),
        ("INSERT DATA {", "does not parse"),
        (f"DROP GRAPH <{BASE}/graphs/none>", "does not exist"),
    ],
)
def test_an_update_that_may_not_be_is_refused_whole(draft: Draft, text: str, reason: str) -> None:
    store_article(draft, 1, things=(1,))
    before = set(draft.rdf)
    with pytest.raises(QueryError, match=reason):
        draft.update(text)
    assert set(draft.rdf) == before


# ---- undoing ------------------------------------------------------------------------------------------------------


def test_a_failed_attempt_leaves_no_trace_and_the_rest_of_the_batch_stays(store: Store) -> None:
    with store.begin(time=at(0)) as draft:
        store_article(draft, 1)
        before = set(draft.rdf)

        def refused() -> None:
            with draft.attempt():
                store_article(draft, 1, version=2)
                store_article(draft, 2)
                draft.remove(page(1), reason="test")
                raise ValueError("the gate says no")

        with pytest.raises(ValueError, match="gate"):
            refused()
        assert set(draft.rdf) == before
        with draft.attempt():
            store_article(draft, 3)
        info = draft.commit()
    assert info.counts.articles == 2
    assert page(2) not in info.pages
    assert store.verify().findings == ()
