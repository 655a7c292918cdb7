"""A write as it is asked for, and what became of it: values that a web process and the process that writes exchange."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Dataset", "Order", "Part", "Written"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """The dataset that a request gives for its updates (SPARQL 1.1 Protocol, section 2.2.3): IRIs of graphs."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """An RDF document on disk: one of a request's body."""

    path: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Order:
    """A write that somebody asks for. ``kind`` is ``update``, ``put``, ``post`` or ``delete``.

    ``graph`` is the graph's IRI, None for the default graph; ``parts`` are what goes into it; ``base`` is what relative
    IRIs are resolved against. ``wait`` is how many seconds another publisher is waited for. ``parent`` is the snapshot
    that the order was made for, where it holds for no other.
    """

    id: str
    time: datetime
    token: str
    role: str
    kind: str
    text: str = ""
    graph: str | None = None
    parts: tuple[Part, ...] = ()
    base: str = ""
    using: Dataset = field(default_factory=Dataset)
    wait: float = 10.0
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of it: the snapshot that shows it, which is the one before where nothing changed, and how many
    statements of named graphs came and went. ``created`` says that the graph was not there before."""

    snapshot: str
    added: int = 0
    removed: int = 0
    created: bool = False
    changed: bool = False
