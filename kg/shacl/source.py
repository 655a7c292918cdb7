"""Shapes files: read as triples, and what is wrong in them told in one error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path as File

from pyoxigraph import BlankNode, RdfFormat, Triple, parse

from kg.errors import ConfigError
from kg.shacl.view import Node
from kg.vocab import Namespace

__all__ = ["BASE", "NKGS", "SOUGHT", "Source", "documents", "shown", "together", "turtle", "words"]

#: The namespace of the shapes themselves.
NKGS = Namespace("https://w3id.org/newsgraph/shapes#")
#: What relative IRIs of a shapes file are relative to.
BASE = NKGS.iri.rstrip("#")
#: Problems that one error tells, and problems that are looked for.
_TOLD = 20
SOUGHT = 100


def words(text: str) -> frozenset[str]:
    """The words of a text, for tables that read better as prose than as quoted lists."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Source:
    """One shapes file: its name in messages, its bytes, and the triples read from it."""

    name: str
    data: bytes = field(repr=False)
    triples: tuple[Triple, ...] = field(repr=False)


def together(errors: Iterable[ConfigError]) -> ConfigError:
    """One error that tells all of them, a line each by place, up to twenty; the first one's place is its place."""
    told = {error.message: error for error in sorted(errors, key=_place)}
    first, *_ = told.values()
    messages = list(told)
    if len(messages) > _TOLD:
        messages[_TOLD:] = ["… and more; correct these first"]
    return ConfigError("\n".join(messages), setting="shapes", where=first.where)


def _place(error: ConfigError) -> tuple[str, int]:
    file, _, line = (error.where or "").rpartition(":")
    return (file, int(line)) if line.isdecimal() else (error.where or "", 0)


def shown(node: Node) -> str:
    """A term for a message: no control characters, not longer than a line."""
    text = "a blank node" if isinstance(node, BlankNode) else str(node)
    text = "".join(c if c.isprintable() else " " for c in text[:121])
    return text if len(text) <= 120 else text[:120] + "…"


def documents(files: Iterable[File]) -> tuple[tuple[str, bytes], ...]:
    """Each file's name and bytes; folders stand for their ``*.ttl``. Raises :class:`kg.errors.ConfigError`."""
    return tuple((str(f), _read(f)) for f in _expand(files))


def _expand(files: Iterable[File]) -> Iterator[File]:
    for file in files:
        if file.is_dir():
            yield from sorted(file.glob("*.ttl"))
        else:
            yield file


def _read(file: File) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{file}: the shapes cannot be read ({error.strerror}); check the path", setting="shapes", where=str(file)
        ) from error


def turtle(name: str, data: bytes) -> Iterator[Triple]:
    """The triples of a document. Raises :class:`kg.errors.ConfigError` with its name and the line."""
    try:
        for quad in parse(data, format=RdfFormat.TURTLE, base_iri=BASE, rename_blank_nodes=True):
            yield quad.triple
    except SyntaxError as error:
        place = f"{name}:{error.lineno}" if error.lineno else name
        raise ConfigError(f"{place}: this is no valid Turtle: {error.msg}", setting="shapes", where=place) from error
