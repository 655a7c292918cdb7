"""What a plug-in is: the protocols a reader, an annotator and an authority fulfil, and how installed ones are found.

Entry-point groups: ``newsgraph.annotators``, ``newsgraph.authorities``, ``newsgraph.readers``, ``newsgraph.commands``.
A plug-in never changes the text; it states layers beside it. A plug-in that is asked for and not installed is an error
with the line that installs it, never a silent fall-back. docs/annotators.md says how to write one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

from kg.errors import MissingDependency
from kg.model import Annotation, Article, Document, Gone, Text, Unread

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

__all__ = ["Annotator", "Authority", "Candidate", "Container", "Reader", "Thing", "installed", "load", "names"]


@runtime_checkable
class Reader(Protocol):
    """Reads one kind of document. ``recognises`` looks at the content, not at the file's name."""

    name: str

    def recognises(self, document: Document) -> float:
        """How sure the reader is, from 0 (not mine) to 1, that the bytes are its kind."""

    def read(self, document: Document) -> Sequence[Article]:
        """The articles in the document. Raises :class:`kg.errors.InputError`."""


@runtime_checkable
class Container(Protocol):
    """Takes apart what holds many documents: an archive, a feed, a file of JSON Lines, a WARC file."""

    name: str

    def recognises(self, head: bytes, media_type: str | None) -> float:
        """How sure it is, from 0 to 1, that bytes which begin like this (the first 64 KiB) are its kind."""

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread | Gone]:
        """The documents in the stream, in order, one at a time in memory; ``limit`` is the size of one in bytes.

        ``given`` says where the container came from; its ``data`` is empty. Each item's bytes stand for themselves, so
        that they can be read again without the container; its ``origin`` is the container's with ``#`` and the place
        in it, or its own address. An item that cannot be taken is an :class:`kg.model.Unread`, and the rest goes on.
        What the container says its source no longer publishes is a :class:`kg.model.Gone`.
        """


@runtime_checkable
class Annotator(Protocol):
    """States layers about a text. ``needs`` and ``gives`` are layer names; they order annotators by data.

    Another ``version`` wherever the answers may differ: articles are counted by it. An annotator that finds names gives
    ``proposal``. One that leaves out answers of a model may count them in ``dropped``, a :class:`collections.Counter`
    by reason; the manifest of the snapshot says so.
    """

    name: str
    version: str
    needs: frozenset[str]
    gives: frozenset[str]

    def annotate(self, text: Text, layers: Mapping[str, Sequence[Annotation]]) -> Iterable[Annotation]:
        """The annotations of one text; ``layers`` holds what earlier annotators gave, by kind."""

    def pipe(self, texts: Iterable[tuple[Text, Mapping[str, Sequence[Annotation]]]]) -> Iterable[Sequence[Annotation]]:
        """The annotations of many texts in the same order, for models that work in batches."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One row of an authority table. ``type`` is a schema.org class, ``same_as`` are IRIs of known authorities.

    ``country`` is the id of the row of its country, ``population`` of a place. ``weight`` says how often texts mean it,
    beside the other rows that share a name with it; None where the table has no figure of its own. ``rival`` is the
    weight of whatever else its name means (a surname, a word) and the table has no row for.
    """

    id: str
    type: str
    name: str
    aliases: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    contained_in: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    description: str | None = None
    population: int | None = None
    country: str | None = None
    weight: float | None = None
    rival: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An authority row that a surface may mean. ``how`` is ``name``, ``alias``, ``acronym`` or ``demonym``;
    ``prior`` is the share of the surface's uses that mean this row, from 0 to 1."""

    id: str
    name: str
    types: tuple[str, ...]
    prior: float
    how: str


@runtime_checkable
class Authority(Protocol):
    """The table of known things."""

    @property
    def digest(self) -> str:
        """A hash of the rows: part of what determines a build."""

    def get(self, id: str) -> Thing | None:
        """The row with this id."""

    def candidates(self, surface: str, type: str | None = None) -> Sequence[Candidate]:
        """The rows a surface may mean, best first."""

    def surfaces(self) -> Iterable[tuple[str, str]]:
        """Every (surface, id) pair, for building an automaton."""


def entry_points(*, group: str) -> EntryPoints:
    """The entry points of a group; what reads them is imported when the first is asked for."""
    from importlib import metadata

    return metadata.entry_points(group=group)


def names(group: str) -> tuple[str, ...]:
    """The names registered in an entry-point group, sorted, without importing anything."""
    return tuple(sorted(point.name for point in entry_points(group=f"newsgraph.{group}")))


def load(group: str, name: str) -> object | None:
    """One plug-in of a group, or None where no such one is registered.

    Raises :class:`kg.errors.MissingDependency` when it is registered but cannot be imported.
    """
    return next((_loaded(point) for point in entry_points(group=f"newsgraph.{group}") if point.name == name), None)


def installed(group: str) -> dict[str, object]:
    """The plug-ins of an entry-point group, loaded, by name.

    Raises :class:`kg.errors.MissingDependency` when one is registered but cannot be imported.
    """
    points = sorted(entry_points(group=f"newsgraph.{group}"), key=lambda p: p.name)
    return {point.name: _loaded(point) for point in points}


def _loaded(point: EntryPoint) -> object:
    try:
        return point.load()
    except ImportError as error:
        raise MissingDependency(
            f"plug-in {point.name!r} ({point.value}) cannot be imported: {error}",
            install=f"pip install {point.dist.name if point.dist else point.name}",
        ) from error
