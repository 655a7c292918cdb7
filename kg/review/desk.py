"""What a reviewer looks at: one snapshot (or draft), the authority and the journal, and what they say of a thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import Literal, NamedNode, Store

from kg.errors import UsageError
from kg.iris import Iris
from kg.plugins import Authority, Candidate, Thing
from kg.reads.view import SCAN, View
from kg.review.decisions import Decisions
from kg.review.journal import Trail
from kg.review.keys import fold, name_key, row_keys
from kg.vocab import ITSRDF, NIF, SCHEMA

__all__ = ["Desk", "Dossier", "Snapshot", "surface"]

#: Most mentions whose words are looked at, and most quads of a thing that are read for its names and articles.
_MENTIONS, _QUADS = 200, 200_000


class Snapshot(Protocol):
    """What is read here of an open snapshot or of a draft."""

    @property
    def rdf(self) -> Store:
        """The quads."""

    @property
    def iris(self) -> Iris:
        """The publication's IRI patterns."""

    def lookup(self, key: str) -> str | None:
        """The IRI that the key identifies."""


def surface(words: str) -> str:
    """A name as the linker looks it up: white space collapsed, a plain apostrophe, case kept."""
    return " ".join(words.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is published of one thing. ``printed`` pairs the pages of articles with the names they print for it;
    ``articles`` are all that name it; ``row`` is the authority row it is linked to."""

    iri: str
    kind: str
    name: str
    printed: tuple[tuple[str, str], ...]
    articles: tuple[str, ...]
    row: Thing | None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it is printed under, in order."""
        return tuple(sorted({name for _, name in self.printed}))

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """Its names as identity keys, each with its IRI."""
        return tuple(
            (key, self.iri) for key in sorted({name_key(self.kind, name, page) for page, name in self.printed})
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """One look at a store. Holds no query result, so that a draft can be committed afterwards."""

    snapshot: Snapshot
    authority: Authority
    trail: Trail
    decisions: Decisions

    @classmethod
    def of(cls, snapshot: Snapshot, authority: Authority, trail: Trail) -> Desk:
        """The desk over a snapshot, with what the journal adds up to."""
        return cls(snapshot, authority, trail, Decisions.of(trail))

    @property
    def iris(self) -> Iris:
        """The publication's IRI patterns."""
        return self.snapshot.iris

    def find(self, key: str) -> str | None:
        """The thing that an identity key names, reviewers' word first."""
        key = self.decisions.key(key)
        return self.decisions.keys.get(key) or self.snapshot.lookup(key)

    def holder(self, row: Thing) -> str | None:
        """The thing that is the row, where there is one; the one it was merged into where it was."""
        found = next((iri for key in row_keys(row) if (iri := self.find(key))), None)
        return self.final(found) if found else None

    def final(self, thing: str) -> str:
        """What the thing was merged into, at the end of the chain; itself where it was not."""
        seen: set[str] = set()
        while thing in self.decisions.merged and thing not in seen:
            seen.add(thing)
            thing = self.decisions.merged[thing]
        return thing

    # one thing ------------------------------------------------------------------------------------------------
    def resolve(self, text: str) -> str:
        """The IRI of the thing that a reviewer means: its IRI, the address of its page or the end of that, or a name
        that one thing has.

        Raises :class:`kg.errors.UsageError` where no thing or more than one is meant, and for a merged thing.
        """
        iri = self._iri(text)
        target = self.decisions.merged.get(iri)
        if target is not None:
            entry = next(e for e in reversed(self.trail.effective()) if e.action == "merge" and e.thing == iri)
            raise UsageError(
                f"{iri}: was merged into {target} by entry {entry.id}; give {self.final(iri)}, "
                f"or take the merge back: kg review undo {entry.id}"
            )
        return iri

    def _iri(self, text: str) -> str:
        base, text = self.iris.base, text.strip()
        page = text.partition("#")[0].rstrip("/")
        prefix = f"{base}/things/"
        if page.startswith((f"{base}/articles/", "articles/", "/articles/")):
            raise UsageError(f"{text}: is an article; give a thing, as kg review list names them")
        for one in (page, f"{prefix}{page.removeprefix('/').removeprefix('things/')}"):
            if one.startswith(prefix) and _is_iri(one) and self.known(f"{one}#id"):
                return f"{one}#id"
        found = self._named(text)
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"{text!r} is the name of {len(found)} things; give one of: {', '.join(found[:8])}")
        raise UsageError(f"{text}: no published thing has this IRI or this name; kg review list --name TEXT finds them")

    def known(self, iri: str) -> bool:
        """Whether the snapshot says anything of the IRI."""
        return next(self.snapshot.rdf.quads_for_pattern(NamedNode(iri), None, None, None), None) is not None

    def _named(self, name: str) -> list[str]:
        """The things that go by exactly this name, in any language."""
        prefix = f"{self.iris.base}/things/"
        found: set[str] = set()
        for literal in (Literal(name), *(Literal(name, language=tag) for tag in ("en", "en-us", "en-gb"))):
            for predicate in (SCHEMA.name, SCHEMA.alternateName):
                for quad in View.of(self.snapshot).quads(None, predicate, literal):
                    if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(prefix):
                        found.add(quad.subject.value)
        return sorted(found)

    def dossier(self, iri: str) -> Dossier:
        """What is published of the thing. Raises :class:`kg.errors.UsageError` where no published article names it."""
        articles = self.articles(iri)
        if not articles:
            raise UsageError(f"{iri}: no published article names this thing; there is nothing to decide")
        return self._dossier(iri, articles, _QUADS)

    def glance(self, iri: str) -> Dossier:
        """What some of the articles that name the thing say, in bounded time however many there are; ``articles`` is
        left empty."""
        return self._dossier(iri, (), SCAN)

    def _dossier(self, iri: str, articles: tuple[str, ...], limit: int) -> Dossier:
        link = View.of(self.snapshot).link(NamedNode(iri))
        stated = self._stated(iri, limit)
        row = self.row_of(iri, link.kind, sorted({name for _, name in stated} | {link.name}))
        if row is not None:
            stated = self._without_row(iri, row, stated)
        return Dossier(iri, link.kind, link.name, tuple(sorted(stated)), articles, row)

    def articles(self, iri: str) -> tuple[str, ...]:
        """The pages of the published articles whose graphs speak of the thing, in order."""
        node, prefix = NamedNode(iri), f"{self.iris.base}/graphs/articles/"
        rdf = self.snapshot.rdf
        found: set[str] = set()
        for quads in (rdf.quads_for_pattern(node, None, None, None), rdf.quads_for_pattern(None, None, node, None)):
            for quad in quads:
                name = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
                if name.startswith(prefix):
                    found.add(name[len(prefix) :].rpartition("/")[0])
        return tuple(f"{self.iris.base}/articles/{one}" for one in sorted(found))

    def _stated(self, iri: str, limit: int) -> set[tuple[str, str]]:
        """The names that articles' own graphs give the thing, as (article page, name)."""
        node, view = NamedNode(iri), View.of(self.snapshot)
        found: set[tuple[str, str]] = set()
        for predicate in (SCHEMA.name, SCHEMA.alternateName):
            for quad in view.quads(node, predicate, None, None, limit=limit):
                page = view.page_of_graph(quad.graph_name)
                if page is not None and isinstance(quad.object, Literal):
                    found.add((page, quad.object.value))
        return found

    def _without_row(self, iri: str, row: Thing, stated: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """The names without the row's own, which an article states of what it links: it stays where it is printed."""
        own, printed = fold(row.name), {fold(one) for one in self.words(iri)}
        other = {page for page, name in stated if fold(name) != own}
        return {
            (page, name)
            for page, name in stated
            if fold(name) != own or own in printed or (page not in other and not printed)
        }

    def words(self, iri: str) -> list[str]:
        """The words of the thing's mentions, some hundred at most; none where texts are withheld."""
        return [words for _, words in self.mentions(iri, _MENTIONS)]

    def mentions(self, iri: str, limit: int) -> Iterator[tuple[NamedNode, str]]:
        """The thing's mentions, each with its words."""
        view = View.of(self.snapshot)
        for quad in view.quads(None, ITSRDF.taIdentRef, NamedNode(iri), None, limit=2 * limit):
            page = view.page_of_graph(quad.graph_name)
            if page is None or not isinstance(quad.subject, NamedNode):
                continue
            words = view.value(quad.subject, NIF.anchorOf, quad.graph_name)
            if words is not None:
                yield quad.subject, words

    # rows -----------------------------------------------------------------------------------------------------
    def row_of(self, iri: str, kind: str, names: Sequence[str]) -> Thing | None:
        """The authority row that the thing is linked to in this snapshot, or None."""
        if iri in self.decisions.rows:
            chosen = self.decisions.rows[iri]
            return self.authority.get(chosen) if chosen is not None else None
        things = self.iris.things_graph
        if next(self.snapshot.rdf.quads_for_pattern(NamedNode(iri), SCHEMA.name, None, things), None) is None:
            return None  # the authority says nothing of it
        for name in names:
            for candidate in self.candidates((name,), kind):
                row = self.authority.get(candidate.id)
                if row is not None and self.holder(row) == iri and (iri, row.id) not in self.decisions.rejected:
                    return row
        return None

    def candidates(self, names: Sequence[str], kind: str) -> tuple[Candidate, ...]:
        """The rows of the kind that the names may mean, best first; each once, with its best prior."""
        best: dict[str, Candidate] = {}
        for name in names:
            for one in self.authority.candidates(surface(name), kind):
                if one.how != "demonym" and (one.id not in best or best[one.id].prior < one.prior):
                    best[one.id] = one
        return tuple(sorted(best.values(), key=lambda one: (-one.prior, one.id)))


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True
