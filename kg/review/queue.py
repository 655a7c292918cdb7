"""What is in doubt in a snapshot: links to look at, the most named things first.

The things that most articles name are looked at one by one until enough doubts are found, at most :data:`LOOKED` of
them, so that the work is bounded on any store. All of it is index look-ups; what is found is recomputed from what is
published and from the authority, so the list needs no memory of its own.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.iris import Iris
from kg.plugins import Candidate
from kg.reads.view import View
from kg.review import KINDS
from kg.review.desk import Desk, Dossier
from kg.review.keys import fold
from kg.store import TextIndex
from kg.vocab import ITSRDF, NKG, SCHEMA

__all__ = ["LOOKED", "Doubt", "Option", "Sample", "doubts"]

#: Most things that one list looks at, the most named first.
LOOKED: Final = 5_000
#: A link whose row has less of the uses of every name printed is doubtful.
SURE: Final = 0.8
#: So is one that no mention is as sure of as this; the linker gives the same figure for what it doubts.
FIRM: Final = 0.7
#: Most candidates and duplicates shown of one thing, and most mentions that are counted.
_SHOWN, _COUNTED = 6, 10_000
#: Mentions whose confidence is looked at.
_WEIGHED: Final = 400
#: Things whose articles are counted at once.
_HELD: Final = 200_000
#: What one thing has one of. Two values in two articles may be two things.
_ONE: Final = {
    "Person": (SCHEMA.nationality, SCHEMA.birthDate, SCHEMA.birthPlace, SCHEMA.deathDate, SCHEMA.gender),
    "Place": (SCHEMA.containedInPlace,),
    "Organization": (SCHEMA.foundingDate,),
}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Option:
    """A row that a thing is or may be. ``score`` is the row's share, from 0 to 1, of what the name is used for."""

    row: str
    name: str
    score: float
    description: str | None = None
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One place where the thing is named: offsets in code points, end exclusive, into the text at ``text``; the words
    around it where rights allow showing them."""

    article: str
    text: str
    start: int
    end: int
    before: str | None = None
    words: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to decide. ``about`` is one of :data:`kg.review.KINDS`; ``others`` are things it may be the same as,
    as (IRI, name); ``says`` what contradicts itself, as (article, property, value).
    """

    about: str
    thing: str
    kind: str
    name: str
    articles: int
    mentions: int
    why: str
    chosen: Option | None = None
    candidates: tuple[Option, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    says: tuple[tuple[str, str, str], ...] = ()
    sample: Sample | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values, absent ones left out."""
        return {key: value for key, value in asdict(self).items() if value not in (None, ())}


def doubts(
    desk: Desk, *, kinds: Sequence[str] = KINDS, name: str | None = None, limit: int = 20, text: TextIndex | None = None
) -> Iterator[Doubt]:
    """At most ``limit`` doubts of these kinds, those of the most named things first.

    With ``name`` of the things that have its words in a name, which needs the ``text`` index; that index also finds
    names that are alike.
    """
    told: set[frozenset[str]] = set()
    things = _things(desk, name, text)
    found = (one for iri, count in things for one in _of_thing(desk, iri, count, kinds, text, told))
    yield from itertools.islice(found, limit)


def _things(desk: Desk, name: str | None, text: TextIndex | None) -> Iterator[tuple[str, int]]:
    """The things to look at, each with how many articles name it, the most named first."""
    if name is not None:
        hits = text.search(name, kind="thing", limit=LOOKED).hits if text is not None else ()
        counted = [(_count(desk, f"{hit.page}#id"), f"{hit.page}#id") for hit in hits]
        yield from ((iri, count) for count, iri in sorted(counted, key=lambda one: (-one[0], one[1])) if count)
        return
    counts: dict[str, int] = {}
    for iri, count in itertools.chain(_tally(desk, SCHEMA.about), _tally(desk, SCHEMA.mentions)):
        counts[iri] = counts.get(iri, 0) + count
        if len(counts) > _HELD:  # the index comes thing by thing, so what is let go is counted to its end
            counts = dict(heapq.nlargest(_HELD // 2, counts.items(), key=lambda one: (one[1], one[0])))
    yield from heapq.nsmallest(LOOKED, counts.items(), key=lambda one: (-one[1], one[0]))


def _tally(desk: Desk, predicate: NamedNode) -> Iterator[tuple[str, int]]:
    """How many articles point to each thing of this publication."""
    things, articles = f"{desk.iris.base}/things/", f"{desk.iris.base}/articles/"
    quads = desk.snapshot.rdf.quads_for_pattern(None, predicate, None, DefaultGraph())
    for node, group in itertools.groupby(quads, key=lambda quad: quad.object):
        if not isinstance(node, NamedNode) or not node.value.startswith(things):
            continue
        subjects = (quad.subject.value for quad in group if isinstance(quad.subject, NamedNode))
        count = sum(1 for one in subjects if one.startswith(articles) and one.endswith("#id"))
        if count:
            yield node.value, count


def _count(desk: Desk, iri: str) -> int:
    """How many articles are about the thing or mention it."""
    view = View.of(desk.snapshot)
    quads = itertools.chain(
        *(view.quads(None, one, NamedNode(iri), limit=_COUNTED) for one in (SCHEMA.about, SCHEMA.mentions))
    )
    return sum(1 for q in quads if isinstance(q.subject, NamedNode) and q.subject.value.endswith("#id"))


def _of_thing(
    desk: Desk, iri: str, count: int, kinds: Sequence[str], text: TextIndex | None, told: set[frozenset[str]]
) -> Iterator[Doubt]:
    view = View.of(desk.snapshot)
    link = view.link(NamedNode(iri))
    if link.kind not in ("Person", "Place", "Organization", "CreativeWork", "Event") or _scoped(desk, iri):
        return
    known = desk.glance(iri)
    for about in KINDS:
        made = _LOOK[about](desk, known, text, told) if about in kinds else None
        if made is not None:
            yield replace(made, articles=count)


def _scoped(desk: Desk, iri: str) -> bool:
    """Whether the thing is a happening of one article, or somebody whom the text does not name: nothing to link."""
    view, node = View.of(desk.snapshot), NamedNode(iri)
    types = view.types(node)
    if any(one in (NKG.UnnamedPerson.value, NKG.PersonGroup.value) for one in types):
        return True
    if SCHEMA.Event.value not in types:
        return False
    own = any(one.startswith(NKG.iri) for one in types) or SCHEMA.Action.value in view.above(node)
    return own or view.value(node, SCHEMA.actionStatus) is not None


# ---- one kind each -------------------------------------------------------------------------------------------------


def _link(desk: Desk, known: Dossier, text: TextIndex | None, told: set[frozenset[str]]) -> Doubt | None:
    """Linked, and other rows are as likely by every name that is printed, or no mention is sure of it."""
    del text, told
    if known.row is None or known.iri in desk.decisions.settled:
        return None
    row, names = known.row.id, known.names or (known.name,)
    shares = [one.prior for name in names for one in desk.candidates((name,), known.kind) if one.id == row]
    share, sure = max(shares, default=0.0), _surest(desk, known.iri)
    others = tuple(one for one in desk.candidates(names, known.kind) if one.id != row)
    if sure < FIRM:
        why = f"linked, and the surest mention is so at {sure:.0%}"
    elif share < SURE and others:
        why = f"linked, though the name means this row in {share:.0%} of its uses"
    else:
        return None
    chosen = Candidate(row, known.row.name, (known.row.type,), share, "name")
    return _doubt(desk, "link", known, why, chosen=chosen, candidates=others)


def _surest(desk: Desk, iri: str) -> float:
    """The highest confidence, from 0 to 1, of the thing's mentions (a mention without one is sure), of some hundred;
    1 where there are none."""
    view = View.of(desk.snapshot)
    best: float | None = None
    for quad in view.quads(None, ITSRDF.taIdentRef, NamedNode(iri), None, limit=_WEIGHED):
        if view.page_of_graph(quad.graph_name) is None:
            continue
        value = view.value(quad.subject, ITSRDF.taConfidence, quad.graph_name)
        if value is None:
            return 1.0
        best = max(best or 0.0, float(value))
    return 1.0 if best is None else best


def _unlinked(desk: Desk, known: Dossier, text: TextIndex | None, told: set[frozenset[str]]) -> Doubt | None:
    """No link, though the authority has rows that the names may mean."""
    del text, told
    if known.row is not None or known.iri in desk.decisions.settled:
        return None
    rejected = desk.decisions.rejected
    names = known.names or (known.name,)
    candidates = tuple(one for one in desk.candidates(names, known.kind) if (known.iri, one.id) not in rejected)
    if not candidates:
        return None
    why = f"not linked, and {len(candidates)} row{'s' if len(candidates) > 1 else ''} may be meant"
    return _doubt(desk, "unlinked", known, why, candidates=candidates)


def _duplicate(desk: Desk, known: Dossier, text: TextIndex | None, told: set[frozenset[str]]) -> Doubt | None:
    """Other things of the same name, or of one that is a way to print it."""
    others: dict[str, str] = {}
    view = View.of(desk.snapshot)
    for iri in sorted(_namesakes(desk, known, text)):
        link = view.link(NamedNode(iri))
        pair = frozenset((iri, known.iri))
        if iri == known.iri or iri in desk.decisions.merged or pair in told or link.kind != known.kind:
            continue
        if _scoped(desk, iri) or not _alike(known.kind, (known.name, *known.names), _names(view, iri)):
            continue
        if _apart(desk, known, iri):
            continue
        told.add(pair)
        others[iri] = link.name
    if not others:
        return None
    shown = tuple(sorted(others.items(), key=lambda one: (one[1], one[0])))[:_SHOWN]
    why = f"{len(others)} other thing{'s' if len(others) > 1 else ''} may be the same"
    return _doubt(desk, "duplicate", known, why, others=shown)


def _conflict(desk: Desk, known: Dossier, text: TextIndex | None, told: set[frozenset[str]]) -> Doubt | None:
    """Two articles say what cannot both be true of one thing."""
    del text, told
    view, node = View.of(desk.snapshot), NamedNode(known.iri)
    for predicate in _ONE.get(known.kind, ()):
        said: dict[str, str] = {}
        for quad in view.quads(node, predicate, None, None):
            page = view.page_of_graph(quad.graph_name)
            if page is None:
                continue
            value = quad.object
            told_ = view.link(value).name if isinstance(value, NamedNode) else getattr(value, "value", "")
            said[page] = min(said.get(page, told_), told_)
        values = {fold(value) for value in said.values()}
        if len(values) < 2:
            continue
        first = {fold(value): page for page, value in sorted(said.items(), reverse=True)}
        prop = predicate.value.rpartition("/")[2]
        says = tuple((page, prop, said[page]) for page in sorted(first.values()))[:_SHOWN]
        return _doubt(desk, "conflict", known, f"articles differ in its {prop}: two may hide under one name", says=says)
    return None


_LOOK: Final = {"conflict": _conflict, "link": _link, "unlinked": _unlinked, "duplicate": _duplicate}


# ---- parts ---------------------------------------------------------------------------------------------------------


def _doubt(
    desk: Desk,
    about: str,
    known: Dossier,
    why: str,
    *,
    chosen: Candidate | None = None,
    candidates: Sequence[Candidate] = (),
    others: tuple[tuple[str, str], ...] = (),
    says: tuple[tuple[str, str, str], ...] = (),
) -> Doubt:
    if chosen is None and known.row is not None:
        chosen = Candidate(known.row.id, known.row.name, (known.row.type,), 1.0, "name")
    view = View.of(desk.snapshot)
    spans = view.quads(None, ITSRDF.taIdentRef, NamedNode(known.iri), None, limit=2 * _COUNTED)
    places = sorted({(q.subject, q.graph_name) for q in spans if view.page_of_graph(q.graph_name)}, key=str)
    return Doubt(
        about=about,
        thing=known.iri,
        kind=known.kind,
        name=known.name,
        articles=0,  # who looked knows
        mentions=len(places),
        why=why,
        chosen=_option(desk, chosen) if chosen is not None else None,
        candidates=tuple(_option(desk, one) for one in candidates[:_SHOWN]),
        others=others,
        says=says,
        sample=_sample(view, places),
    )


def _option(desk: Desk, one: Candidate) -> Option:
    row = desk.authority.get(one.id)
    return Option(
        one.id, one.name, round(one.prior, 4), row.description if row else None, row.same_as if row is not None else ()
    )


def _sample(view: View, places: Sequence[tuple[Any, Any]]) -> Sample | None:
    """One mention, in a body where there is one: the longest words say most."""
    best: tuple[bool, int, str] | None = None
    chosen: Sample | None = None
    for span, graph in places[:50]:
        place, page = view.place(span, graph), view.page_of_graph(graph)
        if place is None or page is None:
            continue
        rank = ("/text/body-" not in place[0].value, place[1] - place[2], str(span))
        if best is None or rank < best:
            around = view.around(span, graph)
            best = rank
            chosen = Sample(page, place[0].value, place[1], place[2], *(around or (None, None, None)))
    return chosen


def _names(view: View, iri: str) -> tuple[str, ...]:
    node = NamedNode(iri)
    found = (o for p in (SCHEMA.name, SCHEMA.alternateName) for o in view.objects(node, p))
    return tuple(one.value for one in found if isinstance(one, Literal))


def _namesakes(desk: Desk, known: Dossier, text: TextIndex | None) -> set[str]:
    """Things with one of the names, and those that the text index finds by its longest word."""
    view, prefix = View.of(desk.snapshot), f"{desk.iris.base}/things/"
    found: set[str] = set()
    for literal in {o for p in (SCHEMA.name, SCHEMA.alternateName) for o in view.objects(NamedNode(known.iri), p)}:
        if not isinstance(literal, Literal):
            continue
        for predicate in (SCHEMA.name, SCHEMA.alternateName):
            for quad in view.quads(None, predicate, literal, limit=50):
                if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(prefix):
                    found.add(quad.subject.value)
    words = _WORD.findall(known.name)
    if text is not None and words:
        word = words[-1] if known.kind == "Person" else max(words, key=len)
        found |= {Iris.of_page(hit.page).value for hit in text.search(word, kind="thing", limit=40).hits}
    return found


def _alike(kind: str, names: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a name of one is a way to print a name of the other."""
    ours, theirs = {tuple(_words(one)) for one in names}, {tuple(_words(one)) for one in others}
    return any(_variant(kind, one, two) for one in ours for two in theirs)


def _words(name: str) -> list[str]:
    return [one for one in _WORD.findall(fold(name)) if one not in ("the", "of", "for", "and", "de", "la")]


def _variant(kind: str, one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Equal names; a person with one more middle name or with initials (J. Smith, John A. Smith); the same words of a
    body in another order (Ministry of Justice, Justice Ministry)."""
    if not one or not two:
        return False
    if one == two:
        return len(one) > 1 or kind != "Person"
    if kind != "Person":
        return len(one) > 1 and sorted(one) == sorted(two)
    if len(one) < 2 or len(two) < 2 or one[-1] != two[-1]:
        return False
    first, other = one[0], two[0]
    return first == other or (min(len(first), len(other)) == 1 and first[0] == other[0])


def _apart(desk: Desk, known: Dossier, iri: str) -> bool:
    """Whether they are known to be two: linked to two rows, or split from one another."""
    entries = desk.trail.effective()
    if any(e.action == "split" and {e.thing, e.other} == {known.iri, iri} for e in entries):
        return True
    if known.row is None:
        return False
    view = View.of(desk.snapshot)
    same = {o.value for o in view.objects(NamedNode(iri), SCHEMA.sameAs) if isinstance(o, NamedNode)}
    return bool(same) and not same & set(known.row.same_as)
