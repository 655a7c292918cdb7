"""Sequences of publishes: a report kept by what each change touches is the report of the whole store, at every step.

Random graphs and random shapes, and articles of our own under our own shapes. After every step the store is validated
anew by asking every shape about every one of its targets; the kept report, to which only the touched pairs were put
anew, must be the same multiset of results.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from publication import Publication, document, page
from pyoxigraph import DefaultGraph, Triple
from shacl_pairs import shapes_graph, triples
from shacl_strategies import pairs

from kg.model import ArticleGraphs
from kg.shacl.earlier import Earlier
from kg.shacl.reading import read_roots
from kg.shacl.shape import Root
from kg.shacl.stamp import Finding
from kg.shacl.touched import Dependences, focus_nodes
from kg.shacl.view import MemoryView, Node, StoreView, View
from kg.store import Draft
from kg.vocab import SCHEMA, WD

Kept = dict[tuple[Root, Node], Counter[Finding]]


def whole(dependences: Dependences, view: View) -> Kept:
    """The results of every pair of a root and a focus node that has any, from nothing."""
    found: Kept = {}
    for root in dependences.roots:
        for node in dict.fromkeys(focus_nodes(root, view)):
            results = Counter(dependences.compiled(root.shape).findings(view, node))
            if results:
                found[root, node] = results
    return found


def keep(dependences: Dependences, kept: Kept, after: View, added: Sequence[Triple], removed: Sequence[Triple]) -> int:
    """Bring the kept report up to date by the touched pairs alone; how many these were."""
    before = Earlier(after, added, removed)
    number = 0
    for root, nodes in dependences.touched(before, after, added, removed):
        now = set(focus_nodes(root, after))
        for node in nodes:
            number += 1
            kept.pop((root, node), None)
            if node in now:
                results = Counter(dependences.compiled(root.shape).findings(after, node))
                if results:
                    kept[root, node] = results
    return number


def follow(dependences: Dependences, states: Iterable[tuple[View, Sequence[Triple], Sequence[Triple]]]) -> Counter[str]:
    """Publish each change; fails where what was kept differs from the whole. What was seen, by kind."""
    seen: Counter[str] = Counter()
    kept = whole(dependences, MemoryView(()))
    for after, added, removed in states:
        before = sum(kept.values(), Counter())
        seen["pairs"] += keep(dependences, kept, after, added, removed)
        expected = whole(dependences, after)
        assert kept == expected, (added, removed)
        now = sum(kept.values(), Counter())
        changes = dependences.changes(after, added, removed)
        assert Counter(changes.new) - Counter(changes.gone) == (now - before) - (before - now)
        worse = dependences.changes(after, added, removed, worse=True)
        assert Counter(worse.new) == Counter(changes.new)
        assert worse.pairs <= changes.pairs
        seen["new"] += len(changes.new)
        seen["gone"] += len(changes.gone)
        seen["all"] += now.total()
        seen["steps"] += 1
    return seen


# ---- random graphs × random shapes ---------------------------------------------------------------------------------


def run(examples: int, *, seeded: bool) -> Counter[str]:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=seeded,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(pairs(4), pairs(1), st.randoms(use_true_random=False))
    def same(pair: tuple[str, tuple[str, ...]], more: tuple[str, tuple[str, ...]], chance: random.Random) -> None:
        data, parts = pair
        dependences = Dependences(read_roots(shapes_graph(data, *parts)))
        pool = tuple(dict.fromkeys(triples(data + more[0])))
        seen.update(follow(dependences, _steps(pool, chance)))

    same()
    return seen


def _steps(pool: Sequence[Triple], chance: random.Random) -> Iterable[tuple[View, Sequence[Triple], Sequence[Triple]]]:
    """A few publishes: some triples come, some go, some come back."""
    held: dict[Triple, None] = {}
    for coming, going in ((len(pool), 0), (0, 2), (1, 4), (3, 0), (1, 1), (0, 1), (4, 6), (5, 1)):
        out = [t for t in pool if t not in held]
        added = chance.sample(out, min(coming, len(out)))
        removed = chance.sample(tuple(held), min(going, len(held)))
        held = {t: None for t in held if t not in removed} | dict.fromkeys(added)
        yield MemoryView(tuple(held)), added, removed


def test_a_report_kept_by_touched_pairs_is_the_whole_report_for_random_shapes() -> None:
    seen = run(60, seeded=True)
    assert seen["new"] >= 100
    assert seen["gone"] >= 50


@pytest.mark.long
def test_thousands_of_publishes_under_random_shapes_keep_the_whole_report() -> None:
    assert run(1_500, seeded=False)["steps"] >= 9_000


# ---- our own articles under our own shapes -------------------------------------------------------------------------

KINDS = ("content", "facts", "annotations")
LEADS = (
    "The old quay of Kampen will be rebuilt after the storm of last week, the town council decided.",
    "Lotte Brandsma was chosen as the mayor of Kampen in March, and the quay of the town was closed then.",
    "The harbour office of Kampen opened again on Monday, Lotte Brandsma told residents of the town.",
)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> tuple[ArticleGraphs, ...]:
    """Articles that name the same people and places, as the pipeline builds them."""
    publication = Publication.make(tmp_path_factory.mktemp("articles"))
    texts = [page(f"Kampen and its quay, part {n}", lead=lead) for n, lead in enumerate(LEADS)]
    outcomes = publication.add(*(document(text, f"{n}.txt") for n, text in enumerate(texts)))
    with publication.store.reader() as reader:
        found = []
        for outcome in outcomes:
            assert outcome.iri is not None
            names = {kind: reader.iris.graph(outcome.iri, kind) for kind in KINDS}
            graphs = {
                kind: tuple(sorted((q.triple for q in reader.rdf.quads_for_pattern(None, None, None, name)), key=str))
                for kind, name in names.items()
            }
            found.append(ArticleGraphs(page=outcome.iri, provenance=(), **graphs))
    return tuple(found)


def _damaged(graphs: ArticleGraphs, chance: random.Random) -> ArticleGraphs:
    """The article with a few triples fewer, or with an object of one in the place of another's."""
    made = {}
    for kind in KINDS:
        triples = list(getattr(graphs, kind))
        for _ in range(chance.randrange(4)):
            one, other = chance.randrange(len(triples)), chance.choice(triples)
            if chance.random() < 0.5:
                del triples[one]
            else:
                triples[one] = Triple(triples[one].subject, triples[one].predicate, other.object)
        made[kind] = tuple(dict.fromkeys(triples))
    return replace(graphs, **made)


def _published(
    draft: Draft, articles: Sequence[ArticleGraphs], chance: random.Random, steps: int
) -> Iterable[tuple[View, Sequence[Triple], Sequence[Triple]]]:
    """Articles that come, are replaced, retracted and removed, and statements about things that come and go."""
    live: dict[str, None] = {}
    told: list[Triple] = []
    before: set[Triple] = set()
    for number in range(steps):
        with draft.watching() as seen:
            what = chance.random()
            if what < 0.6 or not live:
                graphs = chance.choice(articles)
                draft.put(graphs if chance.random() < 0.4 else _damaged(graphs, chance))
                live[graphs.page] = None
            elif what < 0.7:
                gone = chance.choice(tuple(live))
                del live[gone]
                draft.remove(gone, reason="a test")
            elif what < 0.8:
                draft.retire(chance.choice(tuple(live)), reason="a test")
            elif what < 0.9 or not told:
                told.append(chance.choice(chance.choice(articles).facts))
                draft.put_thing([Triple(told[-1].subject, SCHEMA.sameAs, WD[f"Q{1 + number % 3}"])])
            else:
                subject = told.pop().subject
                draft.remove_thing([Triple(subject, SCHEMA.sameAs, WD[f"Q{1 + n}"]) for n in range(3)])
            added, removed = seen.added, seen.removed
        after = {q.triple for q in draft.rdf.quads_for_pattern(None, None, None, DefaultGraph())}
        assert (set(added), set(removed)) == (after - before, before - after)
        before = after
        yield StoreView(draft.rdf), added, removed


def publish(articles: Sequence[ArticleGraphs], folder: Path, steps: int, seed: int) -> Counter[str]:
    """So many publishes in one draft, checked after each."""
    publication = Publication.make(folder)
    dependences = Dependences(publication.gate.roots)
    with publication.store.begin(time=publication.now(), holder="test") as draft:
        return follow(dependences, _published(draft, articles, random.Random(seed), steps))


def test_a_report_kept_by_touched_pairs_is_the_whole_report_for_own_articles(
    articles: tuple[ArticleGraphs, ...], tmp_path: Path
) -> None:
    seen = publish(articles, tmp_path, 60, 4)
    assert seen["new"] >= 100
    assert seen["gone"] >= 100


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_a_thousand_publishes_of_own_articles_keep_the_whole_report(
    articles: tuple[ArticleGraphs, ...], tmp_path: Path, seed: int
) -> None:
    assert publish(articles, tmp_path, 100, seed)["steps"] == 100
