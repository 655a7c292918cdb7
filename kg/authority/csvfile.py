"""Rows of CSV files: our columns, or a file's own by a mapping."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kg.authority.row import COLUMNS, OPTIONAL, Fault
from kg.errors import ConfigError

__all__ = ["cells", "read"]


def cells(file: Path) -> list[tuple[int, dict[str, str] | Fault]]:
    """The cells of each row of a file with our columns, with its line, or what is wrong there; for files that fit in
    memory.

    Raises :class:`kg.errors.ConfigError` for a file that cannot be read.
    """
    try:
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
            return list(read(lines))
    except OSError as error:
        raise ConfigError(
            f"{file}: the authority file cannot be read ({error.strerror})", setting="authority", where=str(file)
        ) from error


def read(
    lines: Iterable[str],
    *,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    delimiter: str = ",",
) -> Iterator[tuple[int, dict[str, str] | Fault]]:
    """The cells of each row by our columns, with its line. ``columns`` says, for a column of ours, which of the file's
    it is (the file's others are left); ``constants`` are values that every row has where the file has none.

    ``lines`` are UTF-8 with other bytes as lone surrogates (``surrogateescape``) and end as they ended in the file. A
    row that cannot be read is a :class:`kg.authority.row.Fault`, and reading goes on; a wrong header ends it.
    """
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    given, every = columns or {}, dict(constants or {})
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        yield 1, Fault(f"not a CSV file in UTF-8 ({error})")
        return
    wrong = _header(header, given, every)
    if wrong is not None:
        yield 1, Fault(wrong)
        return
    if given:
        ours = {theirs: name for name, theirs in given.items()}
        names = [ours.get(name, name if name in (*COLUMNS, *OPTIONAL) and name not in given else "") for name in header]
    else:
        names = header
    width = len(names)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, Fault(f"not a CSV file in UTF-8 ({error})")
            continue
        if len(row) != width:
            if not any(row):
                continue
            yield reader.line_num, Fault(f"{len(row)} cells where the header has {width}; quote cells with commas")
            continue
        found = dict(every)
        for name, cell in zip(names, row, strict=True):
            if cell and name and (text := cell.strip()):
                found[name] = text
        if len(found) > len(every):
            bad = next((name for name, text in found.items() if not _sound(text)), None)
            if bad is not None:
                yield reader.line_num, Fault(f"not a CSV file in UTF-8 (column {bad!r} has other bytes)")
                continue
            yield reader.line_num, found


def _sound(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _header(header: list[str], columns: Mapping[str, str], constants: Mapping[str, str]) -> str | None:
    known = (*COLUMNS, *OPTIONAL)
    for name in (*columns, *constants):
        if name not in known:
            return f"column {name!r} is unknown; the columns are {', '.join(known)}"
    for name in columns.values():
        if name not in header:
            return f"the file has no column {name!r}; it has {', '.join(header)[:300]}"
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice is not None:
        return f"column {twice!r} is there twice"
    unknown = [name for name in header if name not in known]
    absent = [name for name in known[:3] if name not in header and name not in columns and name not in constants]
    if unknown and not columns:
        return f"column {unknown[0]!r} is unknown; the columns are {', '.join(known)}"
    if absent:
        return f"column {absent[0]!r} is missing; the columns are {', '.join(COLUMNS)}"
    return None
