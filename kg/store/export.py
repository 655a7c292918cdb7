"""A snapshot's graph as RDF text, streamed, and RDF files as a store in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Triple, serialize
from pyoxigraph import Store as Rdf

from kg.errors import InputError, UnknownFormat
from kg.store import damage
from kg.store.annotators import mixed
from kg.store.reader import Reader
from kg.vocab import PREFIXES

__all__ = ["describe", "dump", "load_files"]

#: Formats of a dump, by name.
_FORMATS = {"nq": RdfFormat.N_QUADS, "trig": RdfFormat.TRIG, "ttl": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD}

_BY_SUFFIX = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".rdf": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}


class _Count:
    """How many statements went by, since the serializer does not tell."""

    def __init__(self) -> None:
        self.n = 0


def dump(reader: Reader, format: str, target: Path | IO[bytes]) -> int:
    """Write a snapshot and return the number of statements.

    ``nq``, ``trig`` and ``jsonld`` hold every named graph except the bookkeeping (keys, revisions, sketches); the
    default graph is a copy of them and is left out. ``ttl`` is the default graph alone. Raises
    :class:`kg.errors.StoreError` when a damaged file is come to, after what could be read, and OSError when the target
    cannot be written.
    """
    count = _Count()
    rows: Iterator[Quad] | Iterator[Triple] = _triples(reader, count) if format == "ttl" else _quads(reader, count)
    where = str(target) if isinstance(target, Path) else target
    with damage.mapped(reader.folder):
        serialize(rows, where, format=_FORMATS[format], prefixes=PREFIXES)
    return count.n


def describe(reader: Reader, format: str, target: Path, *, statements: int) -> Path:
    """Write what a dump is beside it, as JSON: snapshot, checksum, annotators with their versions and figures.

    Raises OSError when it cannot be written.
    """
    info = reader.info
    with target.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    row = {
        "file": target.name,
        "format": format,
        "bytes": target.stat().st_size,
        "sha256": digest,
        "statements": statements,
        "base_iri": reader.iris.base,
        "snapshot": info.id,
        "time": info.time,
        "digest": info.digest,
        "articles": info.counts.articles,
        "things": info.counts.things,
        "software": dict(info.software),
        "annotators": [one.to_json() for one in info.annotators],
        "mixed": mixed(info.annotators, info.counts.articles),
    }
    beside = target.with_name(target.name + ".meta.json")
    beside.write_text(json.dumps(row, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return beside


def _quads(reader: Reader, count: _Count) -> Iterator[Quad]:
    hidden = {reader.iris.keys_graph, reader.iris.revisions_graph, reader.iris.copies_graph}
    for graph in sorted(reader.rdf.named_graphs(), key=str):
        if graph not in hidden:
            for quad in reader.rdf.quads_for_pattern(None, None, None, graph):
                count.n += 1
                yield quad


def _triples(reader: Reader, count: _Count) -> Iterator[Triple]:
    for quad in reader.rdf.quads_for_pattern(None, None, None, DefaultGraph()):
        count.n += 1
        yield quad.triple


def load_files(paths: Sequence[Path]) -> Rdf:
    """RDF files in one store in memory, every graph merged into the default graph.

    Raises :class:`kg.errors.UnknownFormat` for a suffix that is none of ttl, nt, nq, trig, rdf and jsonld, and
    :class:`kg.errors.InputError` for a file that is missing or does not parse, with the line.
    """
    rdf = Rdf()
    for path in paths:
        kind = _BY_SUFFIX.get(path.suffix.lower())
        if kind is None:
            known = ", ".join(sorted(_BY_SUFFIX))
            raise UnknownFormat(f"is no RDF file by its name; known endings: {known}", origin=str(path))
        try:
            staging = Rdf()
            staging.load(path=str(path), format=kind)
        except SyntaxError as error:
            raise InputError(f"does not parse: {error.msg}", origin=str(path), line=error.lineno) from None
        except (OSError, ValueError) as error:
            raise InputError(f"cannot be read: {error}", origin=str(path)) from None
        rdf.extend(Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in staging)
    return rdf
