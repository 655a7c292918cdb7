"""Sequences of publishes: a report kept by what each change touches is the report of the whole store, at every step.

Random graphs and random shapes, and articles of our own under our own shapes. After every step the store is validated
anew by asking every shape about every one of its targets; the kept report, to which only the touched pairs were put
anew, must be the same multiset of results.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyoxigraph import Triple
from shacl_pairs import shapes_graph, triples
from shacl_strategies import pairs

from kg.shacl.earlier import Earlier
from kg.shacl.reading import read_roots
from kg.shacl.shape import Root
from kg.shacl.stamp import Finding
from kg.shacl.touched import Dependences, focus_nodes
from kg.shacl.view import MemoryView, Node, View

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
