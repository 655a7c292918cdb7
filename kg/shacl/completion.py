"""What editors complete from: the classes and properties of the model with their labels, as one JSON object.

It follows from the shapes (:mod:`kg.shacl.outline`), the publication's own included, so an editor knows a property as
soon as a shape does. docs/model.md is the same for people; docs/queries.md describes the object.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kg import resources
from kg.shacl.outline import Section, Slot, words_of
from kg.shacl.wording import printable
from kg.vocab import PREFIXES, RDFS, compact

__all__ = ["FORMAT", "completion"]

#: Rises when a key changes its meaning or goes away; new keys do not raise it.
FORMAT = 1


def completion(sections: Iterable[Section]) -> dict[str, Any]:
    """The object: ``format``, ``prefixes``, ``classes`` and ``properties``, the last two by prefixed name.

    A class has ``label``, ``properties`` (names, in the order of the model) and ``comment`` where there is one. A
    property has ``label``, ``kind`` (``node``, ``literal`` or ``any``), ``values`` (classes and datatypes) and, where
    there are any, ``comment`` and ``members`` (the only values allowed, as SPARQL writes them). A name without a
    prefix is a whole IRI in angle brackets.
    """
    classes: dict[str, dict[str, Any]] = {}
    properties: dict[str, dict[str, Any]] = {}
    for section in sections:
        for slot in section.slots:
            for predicate in slot.predicates:
                _add(properties.setdefault(_name(predicate.value), {}), slot, predicate)
        names = [_name(p.value) for slot in section.slots for p in slot.predicates]
        for cls in section.classes:
            own = classes.setdefault(_name(cls.value), {"label": _label(cls), "properties": []})
            own["properties"].extend(name for name in names if name not in own["properties"])
            if section.comment and len(section.classes) == 1:
                own["comment"] = section.comment
    return {"format": FORMAT, "prefixes": PREFIXES, "classes": classes, "properties": properties}


def _add(made: dict[str, Any], slot: Slot, predicate: NamedNode) -> None:
    """Adds what one section says of a property to what others said before."""
    made.setdefault("label", slot.name if len(slot.predicates) == 1 else words_of(predicate.value))
    made["kind"] = slot.kind if made.get("kind", slot.kind) == slot.kind else "any"
    values = made.setdefault("values", [])
    values.extend(name for iri in slot.values if (name := _name(iri)) not in values)
    if slot.description:
        made.setdefault("comment", slot.description)
    if slot.members:
        members = made.setdefault("members", [])
        shown = (_name(m.value) if isinstance(m, NamedNode) else str(m) for m in slot.members)
        members.extend(member for member in shown if member not in members)


def _name(iri: str) -> str:
    """The IRI as SPARQL writes it: with a prefix where there is one."""
    short = compact(iri)
    return short if short != iri else str(NamedNode(iri))


def _label(cls: NamedNode) -> str:
    return _own_labels().get(cls.value) or words_of(cls.value)


@cache
def _own_labels() -> dict[str, str]:
    """The labels of our own terms (ontology/nkg.ttl)."""
    data = resources.path("ontology/nkg.ttl").read_bytes()
    return {
        q.subject.value: printable(q.object.value)
        for q in parse(data, format=RdfFormat.TURTLE)
        if q.predicate == RDFS.label and isinstance(q.subject, NamedNode) and isinstance(q.object, Literal)
    }
