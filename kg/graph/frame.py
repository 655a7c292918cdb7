"""What every part of an article's graph shares: its names, its texts, its language and what may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Triple

from kg.errors import IriError
from kg.graph import terms, vocabulary, withheld
from kg.graph.vocabulary import Vocabulary
from kg.iris import Iris, digest_iri
from kg.model import Annotated, Article, Document, Field, Naming, Run, Span
from kg.plugins import Thing
from kg.vocab import PROV, SCHEMA

__all__ = ["Frame", "Place", "Stated"]


@dataclass(frozen=True, slots=True)
class Stated:
    """A triple of the facts graph and the spans of the text it rests on; without spans it needs no evidence.

    ``by`` is the annotator who says so, as ``name@version``.
    """

    triple: Triple
    spans: tuple[Span, ...] = ()
    score: float = 1.0
    by: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A span of one field: its text's IRI and its offsets there."""

    context: NamedNode
    start: int
    end: int
    words: str

    @property
    def iri(self) -> NamedNode:
        """The span itself (RFC 5147 fragment)."""
        return Iris.span(self.context, self.start, self.end)


@dataclass(frozen=True)
class Frame:
    """One article on its way to RDF. ``linked`` maps entity ids to their authority rows."""

    annotated: Annotated
    naming: Naming
    document: Document
    iris: Iris
    run: Run
    policy: withheld.Policy
    linked: Mapping[str, Thing]
    authority_language: str

    # names ----------------------------------------------------------------------------------------------------
    @property
    def article(self) -> Article:
        """What the source says about itself."""
        return self.annotated.article

    @property
    def page(self) -> NamedNode:
        """The document about the article."""
        return NamedNode(self.naming.page)

    @cached_property
    def node(self) -> NamedNode:
        """The article itself."""
        return Iris.of_page(self.naming.page)

    @cached_property
    def source(self) -> NamedNode:
        """The bytes the article was read from."""
        return NamedNode(digest_iri(self.document.sha256))

    @cached_property
    def activity(self) -> NamedNode:
        """The processing of these bytes by this software with these tables; the same again is the same activity."""
        return self.iris.activity(self._seed)

    @cached_property
    def _seed(self) -> str:
        run, by = self.run, self.annotated.annotators
        return "\n".join((self.naming.page, self.document.sha256.hex(), run.agent, run.version, run.tables, *by))

    def step(self, by: str) -> NamedNode:
        """An annotator's part of the activity; the activity itself where no annotator is named."""
        return self.iris.activity(f"{self._seed}\nby {by}") if by else self.activity

    @cached_property
    def agent(self) -> NamedNode:
        """The software, by name and version."""
        return self.iris.agent(f"{self.run.agent} {self.run.version}")

    def part(self, name: str) -> NamedNode:
        """A part that lives and dies with the article."""
        return Iris.part(self.naming.page, name)

    def thing(self, id: str) -> NamedNode:
        """The IRI of an entity, event, author or publisher. Raises :class:`kg.errors.IriError` when it has none."""
        iri = self.naming.things.get(id)
        if iri is None:
            raise IriError(f"{id!r} has no IRI in the article's naming; name it first", text=id)
        return NamedNode(iri)

    # types ----------------------------------------------------------------------------------------------------
    @property
    def vocabulary(self) -> Vocabulary:
        """The term table."""
        return vocabulary.load()

    @cached_property
    def types(self) -> Mapping[NamedNode, tuple[NamedNode, ...]]:
        """Every type the article's entities and events get, by IRI; two ids with one IRI add up."""
        from kg.graph import entity, event  # they need the frame's names, and the frame their types

        found: dict[NamedNode, tuple[NamedNode, ...]] = {}
        for one in self.annotated.entities:
            node = self.thing(one.id)
            found[node] = found.get(node, ()) + entity.types(one, self.vocabulary)
        for happening in self.annotated.events:
            node = self.thing(happening.id)
            found[node] = found.get(node, ()) + event.types(happening, self.vocabulary)
        return found

    @cached_property
    def _names(self) -> Mapping[NamedNode, Literal]:
        from kg.graph import entity

        found: dict[NamedNode, Literal] = {}
        for one in self.annotated.entities:
            found.setdefault(self.thing(one.id), entity.names(self, one)[0])
        return found

    def called(self, node: NamedNode, name: Literal) -> Triple:
        """The thing by this name: its one name in this language, or another one where it has that already (a
        publisher that the body names differently)."""
        known = self._names.get(node, name)
        return Triple(node, SCHEMA.name if name == known else SCHEMA.alternateName, name)

    # texts ----------------------------------------------------------------------------------------------------
    @cached_property
    def language(self) -> str | None:
        """The article's language, lower case."""
        return terms.language_tag(self.article.language or self.annotated.text.language)

    def text(self, value: str) -> Literal:
        """Text in the article's language."""
        return terms.text(value, self.language)

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """The words of each text field, by name."""
        text = self.annotated.text
        return {one.name: terms.clean(one.span.of(text.text)) for one in text.fields}

    @cached_property
    def _contexts(self) -> Mapping[str, NamedNode]:
        return {name: Iris.text(self.naming.page, name, words) for name, words in self.fields.items()}

    def context(self, field: str) -> NamedNode:
        """The text resource of a field."""
        return self._contexts[field]

    def owner(self, field: str) -> NamedNode:
        """What the field is a text of: an image for captions, else the article."""
        return self.part("image-" + field.removeprefix("caption-")) if field.startswith("caption-") else self.node

    def place(self, span: Span) -> Place | None:
        """Where a span lies, in offsets of its own field; None when it lies in no single field or is empty."""
        if span.start >= span.end:
            return None
        found: Field | None = next((one for one in self.annotated.text.fields if one.span.covers(span)), None)
        if found is None:
            return None
        start, end = span.start - found.span.start, span.end - found.span.start
        return Place(self.context(found.name), start, end, self.fields[found.name][start:end])

    def places(self, spans: tuple[Span, ...]) -> Iterator[Place]:
        """Where the spans lie, without those that lie in no single field."""
        return (place for span in spans if (place := self.place(span)) is not None)

    def quoted_from(self, node: NamedNode, spans: tuple[Span, ...]) -> Iterator[Triple]:
        """The spans the words of a quotation or claim are printed at."""
        return (Triple(node, PROV.wasQuotedFrom, place.iri) for place in self.places(spans))

    # what may be shown ----------------------------------------------------------------------------------------
    @property
    def withheld(self) -> bool:
        """Whether the text must stay out of everything public."""
        return self.document.source.withheld

    @cached_property
    def protected(self) -> str:
        """The texts no literal may repeat when withheld: all but the headlines."""
        return "\n\n".join(words for name, words in self.fields.items() if not name.endswith("headline"))

    def may_show(self, value: str) -> bool:
        """Whether the words may be public."""
        return not self.withheld or not withheld.shares_run(value, self.protected, self.policy.run)

    def name(self, value: str) -> Literal:
        """A name that came from the text; cut where it would repeat withheld text."""
        if self.withheld:
            value = withheld.shortened(value, self.protected, self.policy.run)
        return self.text(value)
