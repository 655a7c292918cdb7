"""Deciding which IRI each part of an article goes by, against what is already published (decision 13).

Before minting, a thing is looked up by the IRIs other authorities give it, by its authority row and by its full name
with its kind; never by a surname, a given name or an acronym alone. Keys are frozen once claimed. What reviewers
decided goes before all of it (docs/review.md); it is looked up each time and freezes nothing, so it can be undone.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.iris import Iris, mint
from kg.model import Annotated, Entity, Naming
from kg.plugins import Authority, Thing
from kg.review import NONE, Decisions
from kg.review.keys import fold, name_key, row_keys
from kg.review.relink import relinked

__all__ = ["Names", "Register"]


@dataclass(slots=True)
class Register:
    """The key → IRI table during a batch: what is published, and what this batch has claimed and may take back.

    ``lookup`` and ``taken`` ask the published table.
    """

    lookup: Callable[[str], str | None]
    taken: Callable[[str], bool]
    claims: dict[str, str] = field(default_factory=dict)
    minted: set[str] = field(default_factory=set)

    def find(self, key: str) -> str | None:
        """The IRI claimed for a key."""
        return self.claims.get(key) or self.lookup(key)

    def claim(self, key: str, iri: str) -> None:
        """Bind a key to an IRI, unless it is bound."""
        if self.find(key) is None:
            self.claims[key] = iri

    def mint(self, stem: str, key: str) -> str:
        """A new page IRI that nothing else owns."""
        page = mint(stem, key, lambda iri: iri in self.minted or self.taken(iri))
        self.minted.add(page)
        return page

    def mark(self) -> tuple[int, frozenset[str]]:
        """Where to roll back to."""
        return len(self.claims), frozenset(self.minted)

    def since(self, mark: tuple[int, frozenset[str]]) -> tuple[tuple[str, str], ...]:
        """What was claimed after the mark, as (key, IRI)."""
        return tuple(itertools.islice(self.claims.items(), mark[0], None))

    def rollback(self, mark: tuple[int, frozenset[str]]) -> None:
        """Forget what was claimed after the mark (dictionaries keep insertion order)."""
        for key in list(self.claims)[mark[0] :]:
            del self.claims[key]
        self.minted = set(mark[1])


@dataclass(frozen=True, slots=True)
class Names:
    """Names articles against a register, as reviewers decided."""

    iris: Iris
    register: Register
    authority: Authority
    decisions: Decisions = NONE

    def known(self, keys: Sequence[str]) -> str | None:
        """The page IRI of the article that one of the keys was given to, the strongest first."""
        return next((page for key in keys if (page := self.register.find(f"article:{key}"))), None)

    def page(self, keys: Sequence[str], headline: str) -> str:
        """The article's page IRI: the one a key of it was given before, else a new one. Free keys are claimed."""
        page = self.known(keys) or self.register.mint(self.iris.article_stem(headline), f"article:{keys[0]}")
        for key in keys:
            self.register.claim(f"article:{key}", page)
        return page

    def decided(self, annotated: Annotated, page: str) -> Annotated:
        """The article as reviewers want it read: entities linked to the rows they chose, or to none. Nothing is
        claimed."""
        if not self.decisions:
            return annotated
        printed = _printed(annotated)
        rows: dict[str, str | None] = {}
        for entity in annotated.entities:
            if entity.scoped:
                continue
            name = printed.get(entity.id, entity.name)
            row = self.authority.get(entity.authority) if entity.authority else None
            thing = self._placed(entity.kind, name, row, page)
            if thing is None:
                continue
            chosen = self.decisions.row(thing, entity.authority)
            said = chosen != entity.authority or (chosen is not None and thing in self.decisions.settled)
            # What a reviewer accepted is as sure as it gets, also where the linker found the same.
            if said and (chosen is None or self.authority.get(chosen) is not None):
                rows[entity.id] = chosen
        return relinked(annotated, rows, self.authority) if rows else annotated

    def called(self, annotated: Annotated, naming: Naming) -> Annotated:
        """The article with what was merged or split off called by its name, of its kind: what the text prints is then
        another name. To be asked for when it was named: names are what things are known by."""
        if not any(iri in self.decisions.names for iri in naming.things.values()):
            return annotated
        called = ((one, self.decisions.names.get(naming.things[one.id])) for one in annotated.entities)
        return replace(annotated, entities=tuple(_called(one, name) for one, name in called))

    def naming(
        self, annotated: Annotated, page: str, *, version: int, previous: str | None
    ) -> tuple[Naming, tuple[tuple[str, str], ...]]:
        """The IRIs of every entity, event, author and of the publisher of one article, and the links among them as
        (authority row, IRI)."""
        things: dict[str, str] = {}
        links: dict[str, str] = {}

        def add(id: str, kind: str, name: str, row: Thing | None) -> None:
            things[id] = self.decisions.place(self._thing(kind, name, row, page), page)
            if row is not None:
                links[row.id] = things[id]

        article = annotated.article
        if article.publisher:
            add("publisher:", "Organization", article.publisher, self._row(article.publisher, page))
        for author in article.authors:
            row = self._row(author.name, page) if author.type == "Organization" else None
            add(f"author:{author.name}", author.type, author.name, row)
        for entity in annotated.entities:
            if entity.scoped:
                things[entity.id] = self._scoped(f"scoped:{page}:{entity.kind}:{fold(entity.name)}", entity.name, page)
            else:
                row = self.authority.get(entity.authority) if entity.authority else None
                add(entity.id, entity.kind, entity.name, row)
        for event in annotated.events:
            things[event.id] = self._scoped(f"event:{page}:{event.id}:{fold(event.name)}", event.name, page)
        return Naming(page=page, things=things, version=version, previous=previous), tuple(links.items())

    def _row(self, name: str, page: str) -> Thing | None:
        """The authority row an organization's full name stands for, where there is exactly one."""
        rows = {c.id for c in self.authority.candidates(name, "Organization") if c.how in ("name", "alias")}
        row = self.authority.get(rows.pop()) if len(rows) == 1 else None
        if not self.decisions:
            return row
        thing = self._placed("Organization", name, row, page)
        if thing is None:
            return row
        chosen = self.decisions.row(thing, row.id if row is not None else None)
        return self.authority.get(chosen) if chosen is not None else None

    def _placed(self, kind: str, printed: str, row: Thing | None, page: str) -> str | None:
        """What reviewers made of the thing that a name and its row lead to; None where there is none yet.

        A thing that reviewers say is not the row is found by its name: the row leads elsewhere.
        """
        named = self._find(name_key(kind, printed, page))
        found = None
        if row is not None:
            if named is not None and self.decisions.judged(self.decisions.place(named, page), row.id):
                found = named
            else:
                found = next((iri for key in row_keys(row) if (iri := self._find(key))), None)
        if found is None and named is not None and not (row is not None and self._has_row(named)):
            found = named
        return self.decisions.place(found, page) if found is not None else None

    def _thing(self, kind: str, name: str, row: Thing | None, page: str) -> str:
        strong = row_keys(row) if row is not None else ()
        weak = name_key(kind, name, page)
        found = next((iri for key in strong if (iri := self._find(key))), None)
        if found is None:
            named = self._find(weak)
            # A thing that already has an authority row is not the one of another row, whatever it is called.
            if named is not None and not (strong and self._has_row(named)):
                found = named
        if found is None:
            # The IRI comes from the authority where there is one, else from the article that named it first.
            seed = self.decisions.key(strong[0]) if strong else f"{page} {weak}"
            stem = self.iris.thing_stem(row.name if row else name)
            found = self.register.mint(stem, seed) + "#id"
        for key in (*strong, weak) if strong or weak.startswith("name:") else (weak,):
            self._claim(key, found)
        if strong and found not in self.decisions.rows:
            self.register.claim(f"linked:{found}", found)
        return found

    def _find(self, key: str) -> str | None:
        """The thing of a key: reviewers' word first."""
        key = self.decisions.key(key)
        return self.decisions.keys.get(key) or self.register.find(key)

    def _claim(self, key: str, iri: str) -> None:
        key = self.decisions.key(key)
        # What a reviewer lent is given back when that is undone, and what is another thing's is not taken.
        if key not in self.decisions.lent and self.decisions.keys.get(key, iri) == iri:
            self.register.claim(key, iri)

    def _has_row(self, iri: str) -> bool:
        if self.decisions.rows.get(iri) is not None:
            return True
        return self.register.find(f"linked:{iri}") is not None

    def _scoped(self, key: str, name: str, page: str) -> str:
        found = self.register.find(key)
        if found is None:
            found = self.register.mint(self.iris.thing_stem(name), key) + "#id"
            self.register.claim(key, found)
        return self.decisions.place(found, page)


def _printed(annotated: Annotated) -> Mapping[str, str]:
    """The fullest name that the text prints of each entity; of a linked one :class:`kg.model.Entity` has the row's."""
    found: dict[str, str] = {}
    for one in annotated.layers:
        if one.kind == "coref" and one.ref is not None and one.ref not in found:
            name = one.args.get("name")
            found[one.ref] = name if isinstance(name, str) and name else one.span.of(annotated.text.text)
    return found


def _called(entity: Entity, called: tuple[str, str] | None) -> Entity:
    """The entity under this name and of this kind."""
    if called is None or entity.scoped:
        return entity
    name, kind = called
    if entity.kind != kind:
        entity = replace(entity, kind=kind, type=entity.type if entity.authority is not None else kind)
    if entity.authority is not None or entity.name == name:
        return entity
    others = dict.fromkeys((entity.name, *entity.alternate_names))
    return replace(entity, name=name, alternate_names=tuple(one for one in others if one != name))
