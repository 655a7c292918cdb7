"""Plain English for terms: classes, properties and forms, as pages print them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pyoxigraph import NamedNode

from kg.graph import vocabulary
from kg.vocab import NKG, RDF, SCHEMA

__all__ = ["KINDS", "class_label", "kind_of", "label", "type_labels"]

#: The kinds pages sort things by, in the order they are shown. The first that fits is the kind.
KINDS: dict[str, str] = {
    "Event": "Events",
    "Person": "People",
    "Organization": "Organizations",
    "Place": "Places",
    "CreativeWork": "Works",
    "PersonGroup": "Groups of people",
    "Thing": "Other things",
}

#: Terms whose own name would not be understood.
_LABELS = {
    RDF.type.value: "is a",
    SCHEMA.actionStatus.value: "status",
    SCHEMA.spokenByCharacter.value: "said by",
    SCHEMA.CompletedActionStatus.value: "done",
    SCHEMA.ActiveActionStatus.value: "under way",
    SCHEMA.PotentialActionStatus.value: "planned, ordered or proposed",
    SCHEMA.FailedActionStatus.value: "failed",
    SCHEMA.agent.value: "done by",
    SCHEMA.object.value: "done to",
    SCHEMA.containedInPlace.value: "lies in",
    SCHEMA.sameAs.value: "same as",
    SCHEMA.startDate.value: "date",
    NKG.timeExpression.value: "time, as printed",
    NKG.PersonGroup.value: "group of people",
    NKG.UnnamedPerson.value: "person the text does not name",
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def label(iri: str) -> str:
    """The term in words.

    >>> label("http://schema.org/jobTitle")
    'job title'
    """
    known = _LABELS.get(iri)
    if known is not None:
        return known
    tail = re.split(r"[#/]", iri.rstrip("#/"))[-1]
    return " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in _CAMEL.split(tail)) or iri


def class_label(name: str) -> str:
    """What a page calls the things of a kind, in the plural."""
    return KINDS.get(name, label(name))


def kind_of(types: Sequence[str]) -> str:
    """The one of :data:`KINDS` that the classes fall under."""
    above = vocabulary.load().above([NamedNode(t) for t in types])
    for kind in KINDS:
        if (NKG if kind == "PersonGroup" else SCHEMA)[kind].value in above:
            return kind
    return "Thing"


def type_labels(types: Iterable[str]) -> tuple[str, ...]:
    """The classes in words, the broad ones left out where a narrower one says more."""
    known = vocabulary.load()
    given = sorted(set(types))
    broad = {over for t in given for over in known.above([NamedNode(t)]) if over != t}
    return tuple(sorted(label(t) for t in given if t not in broad) or sorted(label(t) for t in given))
