"""Full-text search inside SPARQL: hits of the snapshot's index wherever a triple pattern may stand."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import atlas
import pyoxigraph as ox
import pytest
from atlas import ARTICLES, PROLOGUE
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from store_fixture import BASE, at

from kg.engine import Limits, Pool, Request
from kg.engine import search as module
from kg.engine.search import MAY_SEARCH, edits, refuse
from kg.errors import QueryRefused, QueryTooLarge
from kg.pipeline.textrows import article_row
from kg.store import Reader, Store
from kg.vocab import NKG


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return atlas.made(tmp_path_factory.mktemp("search") / "store")


@pytest.fixture(scope="module")
def reader(store: Store) -> Iterator[Reader]:
    with store.reader() as reader:
        yield reader


def solutions(reader: Reader, query: str) -> list[tuple[str, ...]]:
    return atlas.rows(reader, atlas.changed(edits, reader, query))


def found(reader: Reader, pattern: str) -> set[str]:
    """The last parts of the pages that ``?what`` is bound to."""
    return {
        row[0].strip("<>").removesuffix("#id").rpartition("/")[2]
        for row in solutions(reader, f"SELECT ?what {pattern}")
    }


def test_words_find_articles_and_things(reader: Reader) -> None:
    assert found(reader, '{ ?what nkg:search "harbour" }') == set(ARTICLES)
    assert found(reader, "{ ?what nkg:search 'harbour blocks' }") == {"harbour", "revived"}
    assert found(reader, '{ ?what nkg:search """\\"harbour plan\\" -revived""" }') == {"harbour"}
    assert found(reader, '{ ?what nkg:search "ljubljana"@en }') == {"harbour", "ljubljana"}
    assert found(reader, '{ ?what nkg:search ("ljubljana" "kind:thing") }') == {"ljubljana"}
    assert found(reader, '{ ?what nkg:search ("ljubljana" "kind:article" 5) }') == {"harbour"}
    assert found(reader, '{ ?what nkg:search "zebra" }') == set()


def test_a_score_and_a_snippet_come_with_each_hit(reader: Reader) -> None:
    text = 'SELECT ?what ?score ?snippet { (?what ?score ?snippet) nkg:search ("cafe") }'
    ((what, score, snippet),) = solutions(reader, text)
    assert what == f"<{BASE}/articles/harbour#id>"
    assert score.endswith("#double>")
    assert float(score.split('"')[1]) > 0
    assert snippet == '"Judges in Ljubljana ruled on the harbour. ↦Café↤ owners cheered"'
    # a word of the headline alone, and of a name
    assert '"Court blocks' in solutions(reader, text.replace("cafe", "court"))[0][2].replace("↦", "").replace("↤", "")
    assert solutions(reader, text.replace("cafe", "maribor"))[0][2] == '"↦Maribor↤"'


def test_a_snippet_holds_no_markup_of_its_own_and_hostile_text_stays_text(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", BASE)
    body = 'A <script>"quay"</script> \\ ↦ 𝔘 } VALUES ?x { <a:a> } quay\n' * 30
    graphs = atlas.article("hostile", 'He said: "}"', body)
    with store.begin(time=at(1), holder="test") as draft:
        draft.put(graphs)
        draft.index(article_row(graphs))
        draft.commit()
    with store.reader() as reader:
        ((snippet,),) = solutions(reader, 'SELECT ?snippet { (?what ?score ?snippet) nkg:search ("quay") }')
    assert "↦quay↤" in snippet
    assert len(snippet) < 400


def test_the_best_hits_are_those_asked_for_in_the_order_of_their_scores(reader: Reader) -> None:
    query = "SELECT ?what ?score { (?what ?score) nkg:search (%s) } ORDER BY DESC(?score) ?what"
    every = [tuple(map(str, row)) for row in reader.rdf.query(atlas.changed(edits, reader, query % '"harbour"'))]
    assert len(every) == 3
    for count in (1, 2, 3, 10_000):
        some = atlas.changed(edits, reader, query % f'"harbour" {count}')
        assert [tuple(map(str, row)) for row in reader.rdf.query(some)] == every[:count]
    assert atlas.changed(edits, reader, query % '"harbour" 2') == atlas.changed(edits, reader, query % '"harbour" 2')


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('{ ?what nkg:search "harbour" ; schema:headline ?h }', ARTICLES),
        ('{ ?what schema:headline ?h ; nkg:search "harbour" ; a schema:NewsArticle . }', ARTICLES),
        ('{ ?what a schema:NewsArticle ; nkg:search "harbour" , "x" }', None),
        ('{ ?what schema:headline ?h . ?what nkg:search "harbour" . ?what a ?t }', ARTICLES),
        ('{ ?what nkg:search "blocks" . ?what nkg:search "harbour" }', ("harbour", "revived")),
        ('{ ?what nkg:search "blocks" ; nkg:search "cafe" }', ("harbour",)),
        ('{ ?what nkg:search "blocks" ; ; }', ("harbour", "revived")),
        ('{ { ?what nkg:search "cafe" } UNION { ?what nkg:search "ferry" } }', ("harbour", "ferry")),
        ('{ ?what a schema:NewsArticle OPTIONAL { ?what nkg:search "cafe" } }', ARTICLES),
        ('{ ?what a schema:NewsArticle OPTIONAL { (?what ?s) nkg:search ("cafe") } FILTER(BOUND(?s)) }', ("harbour",)),
        ('{ ?what a schema:NewsArticle MINUS { ?what nkg:search "cafe" } }', ("revived", "ferry")),
        ('{ ?what a schema:NewsArticle FILTER EXISTS { ?what nkg:search "cafe" } }', ("harbour",)),
        ('{ ?what a schema:NewsArticle FILTER NOT EXISTS { ?what nkg:search "cafe" } }', ("revived", "ferry")),
        ('{ { SELECT ?what { ?what nkg:search "cafe" } } }', ("harbour",)),
        ('{ GRAPH ?g { ?what nkg:search "cafe" ; schema:headline ?h } }', ("harbour",)),
        (
            '{ FILTER(?h != "y") ?what nkg:search "cafe" . FILTER(?h != "x") ?what schema:headline ?h }',
            ("harbour",),
        ),
        ('{ ?what schema:mentions _:town . ?what nkg:search "cafe" . _:town schema:name ?n }', ("harbour",)),
        ('{ BIND(1 AS ?one) ?what nkg:search "cafe" . BIND(STR(?what) AS ?s) ?what schema:headline ?h }', ("harbour",)),
        ('{ OPTIONAL { ?what a schema:Person } ?what nkg:search "cafe" }', ("harbour",)),
        ('{ ?what <https://w3id.org/newsgraph#search> "cafe" }', ("harbour",)),
        ('{ ?what nkg:sear\\u0063h "cafe" }', ("harbour",)),
        ('{ ?what nkg:search # words\n "cafe" # .\n }', ("harbour",)),
    ],
)
def test_a_search_stands_wherever_a_triple_pattern_may(
    reader: Reader, query: str, expected: tuple[str, ...] | None
) -> None:
    if "\\u0063" in query:
        query = query.encode().decode("unicode_escape")
    if expected is None:
        with pytest.raises(QueryRefused, match=r"line \d+, column \d+"):
            found(reader, query)
    else:
        assert found(reader, query) == set(expected)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ ?what nkg:search ?words }", "not taken from a variable"),
        ('{ <a:a> nkg:search "x" }', "the subject is"),
        ('{ [] nkg:search "x" }', "the subject is"),
        ('{ (?a ?b ?c ?d) nkg:search "x" }', "the subject is"),
        ('{ (?a ?a) nkg:search "x" }', "different variables"),
        ('{ (?a ?b) nkg:search "x" ; schema:headline ?h }', "a triple of its own"),
        ("{ ?a nkg:search () }", "no words"),
        ('{ ?a nkg:search "…" }', "between 1 and 32 words"),
        (f'{{ ?a nkg:search "{"x " * 33}" }}', "between 1 and 32 words"),
        (f'{{ ?a nkg:search "{"x" * 1001}" }}', "between 1 and 32 words"),
        ('{ ?a nkg:search ("x" 0) }', "between 1 and 10,000"),
        ('{ ?a nkg:search ("x" 10001) }', "between 1 and 10,000"),
        ('{ ?a nkg:search ("x" 1 2) }', "no argument"),
        ('{ ?a nkg:search ("x" "kind:book") }', "no argument"),
        ('{ ?a nkg:search ("x" (1)) }', "no argument"),
        ('{ ?a nkg:search "x"^^xsd:token }', "no argument"),
        ('{ ?a ^nkg:search "x" }', "no part of a path"),
        ('{ ?a nkg:search* "x" }', "no argument"),
        ('{ ?a schema:about/nkg:search "x" }', "no part of a path"),
        ('{ ?a schema:about [ nkg:search "x" ] }', "no part of a path"),
        ('{ [ nkg:search "x" ] schema:about ?a }', "no part of a path"),
        ('{ ?a schema:about ( nkg:search "x" ) }', "no part of a path"),
        ("{ " + " ".join(f'?v{n} nkg:search "x" .' for n in range(20)) + "}", "at most 16"),
    ],
)
def test_what_cannot_be_searched_for_is_refused_with_its_place(reader: Reader, query: str, words: str) -> None:
    with pytest.raises(QueryRefused, match=words) as caught:
        solutions(reader, f"SELECT * {query}")
    assert "column" in str(caught.value)


def test_the_property_as_a_name_is_left_alone(reader: Reader) -> None:
    for query in (
        "SELECT * { nkg:search ?p ?o }",
        "SELECT * { ?s ?p nkg:search }",
        "DESCRIBE nkg:search",
        'CONSTRUCT { ?s nkg:search "x" } { ?s a schema:NewsArticle }',
        "SELECT * { VALUES ?p { nkg:search } ?s ?p ?o }",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s nkg:search 'x' } }",
    ):
        assert atlas.changed(edits, reader, query) == PROLOGUE + query
    with pytest.raises(QueryRefused, match="CONSTRUCT"):
        atlas.changed(edits, reader, 'CONSTRUCT WHERE { ?s nkg:search "x" }')


def test_more_hits_than_can_be_given_are_an_error_unless_the_best_were_asked_for(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DEPTH", 2)
    with pytest.raises(QueryTooLarge, match="3 articles and things") as caught:
        found(reader, '{ ?what nkg:search "harbour" }')
    assert (caught.value.limit, caught.value.unit) == (2, "rows")
    assert len(found(reader, '{ ?what nkg:search ("harbour" 2) }')) == 2
    assert found(reader, '{ ?what nkg:search "cafe" }') == {"harbour"}


def test_hits_of_one_score_are_cut_in_the_order_of_their_iris(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store", BASE)
    names = [f"same-{number:03d}" for number in range(90)]
    with store.begin(time=at(1), holder="test") as draft:
        for name in reversed(names):
            graphs = atlas.article(name, "Same", "The same words.")
            draft.put(graphs)
            draft.index(article_row(graphs))
        draft.commit()
    with store.reader() as reader:
        assert found(reader, '{ ?what nkg:search ("same" 7) }') == set(names[:7])


def test_an_update_that_searches_is_refused() -> None:
    with pytest.raises(QueryRefused, match="an update cannot search"):
        refuse(PROLOGUE + 'DELETE { ?a schema:keywords "x" } WHERE { ?a a ?t ; nkg:search "harbour" }')
    with pytest.raises(QueryRefused, match="line 2, column 43: an update cannot search"):
        refuse(
            f"CLEAR DEFAULT ; PREFIX n: <{NKG.iri}>\n"
            "DELETE WHERE { GRAPH ?g { ?a ?p ?b } . ?a n:search 'harbour' } ; CLEAR ALL"
        )
    for fine in (
        "DELETE WHERE { ?a schema:name ?search }",
        "INSERT DATA { <a:a> rdfs:seeAlso nkg:search }",
        "DELETE { ?a ?p nkg:search } WHERE { ?a ?p nkg:search }",
        "no update, but nkg:search",
    ):
        refuse(PROLOGUE + fine)


# ---- a search means what triples would --------------------------------------------------------------------------

WORDS = ("harbour", "cafe", "ferry", "ljubljana", "blocks plan", "zebra")


@pytest.fixture(scope="module")
def stated(reader: Reader) -> ox.Store:
    """The default graph with the hits of each of the words as triples."""
    store = ox.Store()
    store.extend(reader.rdf.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    for words in WORDS:
        for hit in reader.text.search(words).hits:
            store.add(ox.Quad(reader.iris.of_page(hit.page), NKG.search, ox.Literal(words)))
    return store


@st.composite
def groups(draw: st.DrawFn, depth: int = 2) -> str:
    """A group of patterns, at least one of them a search where nothing else is chosen."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(KINDS if depth else KINDS[:6]))
        words = draw(st.sampled_from(WORDS))
        inner = draw(groups(depth=depth - 1)) if "{g}" in kind else ""  # type: ignore[call-arg]
        other = draw(groups(depth=depth - 1)) if "{o}" in kind else ""  # type: ignore[call-arg]
        for mark, text in (("{w}", words), ("{g}", inner), ("{o}", other)):
            kind = kind.replace(mark, text)
        parts.append(kind)
    return "{ " + " ".join(parts) + " }"


KINDS = (
    '?what nkg:search "{w}" .',
    "?what nkg:search '{w}' ; schema:headline ?h .",
    '?what a ?t ; nkg:search "{w}" ; schema:mentions _:b§ . _:b§ schema:name ?n .',
    "?what schema:headline ?h .",
    'FILTER(?h != "Ferry runs again"@en)',
    "BIND(STR(?what) AS ?bound§)",
    "OPTIONAL {g}",
    "{g} UNION {o}",
    "MINUS {g}",
    "FILTER EXISTS {g}",
    "FILTER NOT EXISTS {g}",
    "{ SELECT ?what ?t {g} }",
    "?m schema:name ?n OPTIONAL {g}",
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(groups())
def test_a_search_means_what_its_hits_would_mean_as_triples(reader: Reader, stated: ox.Store, group: str) -> None:
    assume(group.count("nkg:search") <= 8)
    numbers = itertools.count()  # a label for each blank node, which is written twice, and each variable
    group = re.sub(
        r"_:b§(.*?)_:b§|§", lambda m: f"_:b{(n := next(numbers))}{m[1]}_:b{n}" if m[1] else str(next(numbers)), group
    )
    query = f"SELECT ?what ?h ?t ?n ?m {group}"
    wanted = sorted(tuple(map(str, row)) for row in stated.query(PROLOGUE + query))  # type: ignore[union-attr]
    assert solutions(reader, query) == wanted


def test_only_texts_that_may_hold_a_search_are_read() -> None:
    assert MAY_SEARCH.search("?a nkg:search 'x'")
    assert MAY_SEARCH.search("PREFIX s: <https://w3id.org/newsgraph#sea> ?a s:rch 'x'")
    assert MAY_SEARCH.search("?a nkg:se\\u0061rch 'x'")
    assert not MAY_SEARCH.search("SELECT * { ?s ?p ?o }")


def test_a_snapshot_answers_from_its_own_index_through_the_pool(tmp_path: Path) -> None:
    store = atlas.made(tmp_path / "store")
    before = store.current_id()
    graphs = atlas.article("later", "Cafés close", "The last café closed.")
    with store.begin(time=at(2), holder="test") as draft:
        draft.put(graphs)
        draft.index(article_row(graphs))
        draft.commit()
    query = PROLOGUE + 'SELECT ?h { (?what ?score) nkg:search ("café" 10) . ?what schema:headline ?h } ORDER BY ?h'
    pool = Pool(store.path, Limits(seconds=60, concurrent=1))
    try:
        answers = []
        for snapshot in (None, before):
            answer = pool.run(Request(query, solutions="text/csv", snapshot=snapshot))
            answers.append([row[0] for row in csv.reader(io.StringIO(answer.read().decode()))][1:])
        assert answers == [["Cafés close", "Court blocks the harbour plan"], ["Court blocks the harbour plan"]]
        with pytest.raises(QueryRefused, match="not taken from a variable"):
            pool.run(Request(PROLOGUE + "SELECT * { ?a nkg:search ?b }"))
    finally:
        pool.close()
