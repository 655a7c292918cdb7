"""Files of rows, whatever they are: our CSV and JSON Lines, Turtle and N-Triples, Wikidata's and GeoNames' own."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import IO, Final, cast

from kg.authority import csvfile, geonames, jsonrows, wikidata
from kg.authority.row import Fault, Passed, of_cells
from kg.errors import UsageError
from kg.plugins import Thing

__all__ = ["FORMATS", "Shape", "read"]

FORMATS: Final = ("csv", "tsv", "jsonl", "wikidata", "geonames", "ttl", "nt")
_ENDINGS: Final = {
    "csv": "csv",
    "tsv": "tsv",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "json": "jsonl",
    "ttl": "ttl",
    "turtle": "ttl",
    "nt": "nt",
    "ntriples": "nt",
    "txt": "geonames",
}
#: A line may have so many characters; Wikidata's longest have about 5 million.
_LONGEST: Final = 32 * 2**20

#: A row, what is wrong with it, or why it is passed over.
Read = Thing | Fault | Passed


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is to be read. ``columns`` says, for a column of ours, which of a CSV file's it is; ``constants`` are
    values for rows that have none; ``alternates`` reads GeoNames' alternate names."""

    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    separator: str = "|"
    alternates: bool = False


def read(file: Path, shape: Shape | None = None) -> Iterator[tuple[int, Read]]:
    """The rows of a file with their lines (0 where a format has none), as they come; a file never has to fit in memory.

    Raises :class:`kg.errors.UsageError` for a file that is not there, or of which the format is not known.
    """
    shape = shape or Shape()
    kind = shape.format or _ENDINGS.get(_ending(file))
    if kind not in FORMATS:
        raise UsageError(f"{file}: the format is not known by its name; say it with --format ({', '.join(FORMATS)})")
    line = 0
    try:
        for line, row in _rows(file, kind, shape):
            yield line, row
    except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        if isinstance(error, (FileNotFoundError, IsADirectoryError, PermissionError)):
            raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
        yield line, Fault(f"the file is damaged after this line ({error}); what is before was read")


def _ending(file: Path) -> str:
    name = file.name.lower()
    for packed in (".gz", ".bz2", ".xz"):
        name = name.removesuffix(packed)
    return name.rpartition(".")[2]


def _rows(file: Path, format: str, shape: Shape) -> Iterator[tuple[int, Read]]:
    if format in ("csv", "tsv"):
        with _text(file, newline="") as lines:
            tab = "\t" if format == "tsv" else ","
            given = csvfile.read(
                lines, columns=shape.columns, constants=shape.constants, delimiter=shape.delimiter or tab
            )
            for line, cells in given:
                yield line, cells if isinstance(cells, Fault) else _made(cells, shape.separator)
    elif format in ("ttl", "nt"):
        from pyoxigraph import RdfFormat

        from kg.authority import rdffile

        with _bytes(file) as stream:
            kind = RdfFormat.TURTLE if format == "ttl" else RdfFormat.N_TRIPLES
            yield from rdffile.read(stream, kind, shape.constants)
    elif format == "geonames":
        with _text(file) as lines:
            inside = geonames.divisions(text for _, text in _lines(lines) if isinstance(text, str))
        with _text(file) as lines:
            for line, text in _lines(lines):
                yield line, text if isinstance(text, Fault) else _of_geonames(text, inside, shape.alternates)
    else:
        with _text(file) as lines:
            for line, text in _lines(lines):
                if isinstance(text, Fault):
                    yield line, text
                else:
                    yield from ((line, row) for row in _of_json(text, format))


def _made(cells: dict[str, str], separator: str) -> Read:
    try:
        return of_cells(cells, separator)
    except Fault as fault:
        return fault


def _of_geonames(text: str, inside: Mapping[str, str], alternates: bool) -> Read:
    try:
        return geonames.row(text, inside, alternates=alternates)
    except (Fault, Passed) as error:
        return error


def _of_json(text: str, format: str) -> Iterator[Read]:
    """The rows of a line: one as a rule, none of the brackets of a dump, and all of an array or of an answer of
    Wikidata's (``{"entities": …}``) that is one line."""
    text = text.strip().rstrip(",")
    if text in ("", "[", "]"):
        return
    try:
        value = json.loads(text)
    except RecursionError:
        yield Fault("JSON that is nested too deeply")
        return
    except ValueError as error:
        more = "; a row must be one line" if text in ("{", "[{") else ""
        yield Fault(f"no JSON: {error}{more}")
        return
    if isinstance(value, dict) and isinstance(value.get("entities"), dict):
        value = list(value["entities"].values())
    for one in value if isinstance(value, list) else [value]:
        try:
            yield _of_value(one, format)
        except (Fault, Passed) as error:
            yield error


def _of_value(value: object, format: str) -> Thing:
    if isinstance(value, dict) and wikidata.is_item(value):
        return wikidata.row(value)
    if format == "wikidata":
        raise Fault("no Wikidata item: an object with id and labels is needed")
    if not isinstance(value, dict):
        raise Fault("no JSON object")
    return jsonrows.row(value)


def _lines(lines: TextIOWrapper) -> Iterator[tuple[int, str | Fault]]:
    """The lines with their numbers. One that is too long or no UTF-8 is a fault, and the next is read."""
    number = 0
    while True:
        text = lines.readline(_LONGEST)
        if not text:
            return
        number += 1
        if len(text) >= _LONGEST and not text.endswith("\n"):
            while text and not text.endswith("\n"):
                text = lines.readline(_LONGEST)
            yield number, Fault(f"a line of more than {_LONGEST} characters")
            continue
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                yield number, Fault("not UTF-8")
                continue
        if text != "\n":
            yield number, text


@contextmanager
def _bytes(file: Path) -> Iterator[IO[bytes]]:
    with file.open("rb") as raw:
        head = raw.peek(6)[:6]
        if head[:2] == b"\x1f\x8b":
            with gzip.open(raw, "rb") as opened:
                yield cast(IO[bytes], opened)
        elif head[:3] == b"BZh":
            with bz2.open(raw, "rb") as unpacked:
                yield cast(IO[bytes], unpacked)
        elif head == b"\xfd7zXZ\0":
            with lzma.open(raw, "rb") as expanded:
                yield cast(IO[bytes], expanded)
        else:
            yield raw


@contextmanager
def _text(file: Path, newline: str | None = "\n") -> Iterator[TextIOWrapper]:
    with _bytes(file) as stream, BufferedReader(cast("BufferedReader", stream), 2**18) as buffered:
        text = TextIOWrapper(buffered, encoding="utf-8-sig", errors="surrogateescape", newline=newline)
        with text:
            yield text
