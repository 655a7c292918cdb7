"""Deciding which IRI each part of an article goes by, against what is already published (decision 13).

Before minting, a thing is looked up by the IRIs other authorities give it, by its authority row and by its full name
with its kind; never by a surname, a given name or an acronym alone. Keys are frozen once claimed.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kg.iris import Iris, mint
from kg.model import Annotated, Naming
from kg.plugins import Authority, Thing

__all__ = ["Names", "Register"]


def fold(name: str) -> str:
    """A name as it is compared: NFC, case folded, white space and typographic apostrophes made alike."""
    text = unicodedata.normalize("NFC", name).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(text.split())


def full_name(kind: str, name: str) -> bool:
    """Whether a name says enough to be the same thing in another article.

    A person needs two words; an organization known only by an acronym could be any of several.
    """
    words = name.split()
    if kind == "Person":
        return len(words) > 1
    return len(words) > 1 or not (name.isupper() and len(name) <= 6)


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
    """Names articles against a register."""

    iris: Iris
    register: Register
    authority: Authority

    def known(self, keys: Sequence[str]) -> str | None:
        """The page IRI of the article that one of the keys was given to, the strongest first."""
        return next((page for key in keys if (page := self.register.find(f"article:{key}"))), None)

    def page(self, keys: Sequence[str], headline: str) -> str:
        """The article's page IRI: the one a key of it was given before, else a new one. Free keys are claimed."""
        page = self.known(keys) or self.register.mint(self.iris.article_stem(headline), f"article:{keys[0]}")
        for key in keys:
            self.register.claim(f"article:{key}", page)
        return page

    def naming(
        self, annotated: Annotated, page: str, *, version: int, previous: str | None
    ) -> tuple[Naming, tuple[tuple[str, str], ...]]:
        """The IRIs of every entity, event, author and of the publisher of one article, and the links among them as
        (authority row, IRI)."""
        things: dict[str, str] = {}
        links: dict[str, str] = {}

        def add(id: str, kind: str, name: str, row: Thing | None) -> None:
            things[id] = self._thing(kind, name, row, page)
            if row is not None:
                links[row.id] = things[id]

        article = annotated.article
        if article.publisher:
            add("publisher:", "Organization", article.publisher, self._row(article.publisher))
        for author in article.authors:
            row = self._row(author.name) if author.type == "Organization" else None
            add(f"author:{author.name}", author.type, author.name, row)
        for entity in annotated.entities:
            if entity.scoped:
                things[entity.id] = self._scoped(f"scoped:{page}:{entity.kind}:{fold(entity.name)}", entity.name)
            else:
                row = self.authority.get(entity.authority) if entity.authority else None
                add(entity.id, entity.kind, entity.name, row)
        for event in annotated.events:
            things[event.id] = self._scoped(f"event:{page}:{event.id}:{fold(event.name)}", event.name)
        return Naming(page=page, things=things, version=version, previous=previous), tuple(links.items())

    def _row(self, name: str) -> Thing | None:
        """The authority row an organization's full name stands for, where there is exactly one."""
        rows = {c.id for c in self.authority.candidates(name, "Organization") if c.how in ("name", "alias")}
        return self.authority.get(rows.pop()) if len(rows) == 1 else None

    def _thing(self, kind: str, name: str, row: Thing | None, page: str) -> str:
        strong = [] if row is None else [f"same-as:{iri}" for iri in row.same_as] + [f"authority:{row.id}"]
        weak = f"name:{kind}:{fold(name)}" if full_name(kind, name) else f"scoped:{page}:{kind}:{fold(name)}"
        found = next((iri for key in strong if (iri := self.register.find(key))), None)
        if found is None:
            named = self.register.find(weak)
            # A thing that already has an authority row is not the one of another row, whatever it is called.
            if named is not None and not (strong and self._has_row(named)):
                found = named
        if found is None:
            # The IRI comes from the authority where there is one, else from the article that named it first.
            seed = strong[0] if strong else f"{page} {weak}"
            stem = self.iris.thing_stem(row.name if row else name)
            found = self.register.mint(stem, seed) + "#id"
        for key in [*strong, weak] if strong or weak.startswith("name:") else [weak]:
            self.register.claim(key, found)
        if strong:
            self.register.claim(f"linked:{found}", found)
        return found

    def _has_row(self, iri: str) -> bool:
        return self.register.find(f"linked:{iri}") is not None

    def _scoped(self, key: str, name: str) -> str:
        found = self.register.find(key)
        if found is None:
            found = self.register.mint(self.iris.thing_stem(name), key) + "#id"
            self.register.claim(key, found)
        return found
