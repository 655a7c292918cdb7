"""What the article says of each thing: its type, its names as printed, and stated facts (the facts graph)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from kg.errors import IriError
from kg.graph import terms
from kg.graph.frame import Frame, Stated
from kg.graph.vocabulary import Vocabulary
from kg.model import Entity, Fact
from kg.vocab import NKG, RDF, SCHEMA

__all__ = ["names", "stated", "types"]

_KINDS = frozenset({"Person", "Place", "Organization", "CreativeWork", "Event"})


def types(entity: Entity, vocabulary: Vocabulary) -> tuple[NamedNode, ...]:
    """The entity's classes: the closest one, and the broad one it falls under so that a query needs no hierarchy.

    A class the term table does not have counts as the broad one; a group of people is no person.
    """
    try:
        close: NamedNode | None = terms.term(entity.type) if entity.type else None
    except IriError:
        close = None
    if close is not None and (close in NKG or close in SCHEMA) and not vocabulary.is_class(close):
        close = None
    kind = SCHEMA[entity.kind] if entity.kind in _KINDS else None
    if close is None:
        return (kind or SCHEMA.Thing,)
    if kind is None or kind == close or kind.value not in vocabulary.above([close]):
        return (close,)
    return (close, kind)


def stated(frame: Frame) -> Iterator[Stated]:
    """Type and names of every entity, then the facts the article states about entities and events."""
    for entity in frame.annotated.entities:
        node = frame.thing(entity.id)
        for one in types(entity, frame.vocabulary):
            yield Stated(Triple(node, RDF.type, one))
        name, others = names(frame, entity)
        yield Stated(frame.called(node, name))
        for other in others:
            if other != name:
                yield Stated(Triple(node, SCHEMA.alternateName, other))
    for fact in frame.annotated.facts:
        yield from _fact(frame, fact)


def names(frame: Frame, entity: Entity) -> tuple[Literal, list[Literal]]:
    """The name and the other names. A linked thing goes by its authority's name in that language, so that articles
    that print it differently do not give one thing several names; what is printed is then another name."""
    printed, row = entity.name, frame.linked.get(entity.id)
    others = [name for name in entity.alternate_names if name.strip() and frame.may_show(name)]
    if row is not None and row.name != printed and frame.language == frame.authority_language:
        return frame.text(row.name), [frame.text(name) for name in (printed, *others)]
    name = frame.name(printed) if entity.scoped else frame.text(printed)
    return name, [frame.text(name) for name in others]


def _fact(frame: Frame, fact: Fact) -> Iterator[Stated]:
    """The fact as a triple; none when the property is not made for the subject or the value."""
    predicate = terms.term(fact.property)
    subject = frame.thing(fact.subject)
    if predicate in SCHEMA and not frame.vocabulary.takes(frame.types.get(subject, ()), predicate):
        return
    object_: NamedNode | Literal | None = None
    if fact.entity is not None:
        object_ = frame.thing(fact.entity)
        if predicate in SCHEMA and not frame.vocabulary.gives(predicate, frame.types.get(object_, ())):
            return
    elif fact.value is not None and fact.value.strip() and frame.may_show(fact.value):
        if predicate in SCHEMA:
            object_ = frame.vocabulary.value(predicate, fact.value, frame.language)
        else:
            object_ = frame.text(fact.value)
    if object_ is not None:
        yield Stated(Triple(subject, predicate, object_), fact.evidence, fact.score, fact.by)
