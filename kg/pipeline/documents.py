"""From paths and streams to :class:`kg.model.Document` values, in one order for every run: sorted by path.

Folders are walked one at a time and archives read as streams, so that memory is bounded by the largest folder and the
largest document, whatever is given.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from kg.config import Settings, SourceSettings
from kg.errors import InputError, TooLarge, UsageError
from kg.extract import CONTAINERS, unpack
from kg.model import Document, Gone, Rights, Source, Unread

__all__ = ["Meter", "from_file", "from_path", "from_stream", "named", "source_value", "today", "walk"]

#: Files a folder may hold beside articles; everything else is tried, and refused with its reason where it is none.
_NOT_ARTICLES = frozenset({"readme.md", "license", "license.txt", "license.md"})


@dataclass(slots=True)
class Meter:
    """How many bytes and documents were read so far; who shows progress looks at it while others count."""

    read: int = 0
    documents: int = 0


def source_value(settings: SourceSettings | None) -> Source:
    """The source as the model knows it; without a setting it is third-party (decision 12)."""
    if settings is None:
        return Source()
    return Source(
        name=settings.name,
        rights=Rights(settings.rights),
        licence=settings.licence,
        publisher=settings.publisher,
        language=settings.language,
        priority=settings.priority,
        reserved=settings.tdm == "reserved" if settings.tdm else settings.rights != "own" or None,
    )


def today(source: Source, settings: Settings) -> Source:
    """The source as it is configured now, for bytes that came earlier: its rights may have changed since.

    As it was where no source of that name is configured. A reservation of text and data mining that the bytes
    themselves came with stays.
    """
    configured = next((one for one in settings.sources if one.name == source.name), None)
    if configured is None:
        return source
    now = source_value(configured)
    with_bytes = source.reserved and source.rights is Rights.OWN  # all others are reserved by default
    return replace(now, reserved=True) if with_bytes and configured.tdm is None else now


def walk(paths: Iterable[Path], *, without: Path | None = None) -> Iterator[Path]:
    """Every file below the paths, sorted, hidden files, read-mes and licences left out.

    Folders that cannot be listed and links that lead nowhere are among them, for :func:`from_path` to say so. A folder
    around ``without``, the store, is read without it. Raises :class:`kg.errors.UsageError` for a path that is missing.
    """
    store = without.resolve() if without is not None else None
    for path in paths:
        if path.is_dir():
            yield from _below_folder(path, store)
        elif path.exists():
            yield path
        else:
            raise UsageError(f"{path}: there is no such file or folder")


def _below_folder(folder: Path, store: Path | None) -> Iterator[Path]:
    """The files of a folder and of those below it; one folder's names are in memory for each level."""
    levels = [iter([(str(folder), True)])]
    while levels:
        path, is_folder = next(levels[-1], ("", False))
        if not path:
            levels.pop()
        elif not is_folder:
            yield Path(path)
        elif store is None or not _same(path, store):
            listed = _listed(path)
            if listed is None:
                yield Path(path)
            else:
                levels.append(iter(listed))


def _listed(folder: str) -> list[tuple[str, bool]] | None:
    """What a folder holds as (path, whether it is a folder), sorted; None where it cannot be listed.

    Links to folders are not followed: they may lead back up.
    """
    found: list[tuple[str, bool]] = []
    try:
        if not os.access(folder, os.R_OK | os.X_OK):
            return None
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    found.append((entry.path, True))
                elif entry.name.lower() not in _NOT_ARTICLES and (entry.is_file() or _leads_nowhere(entry)):
                    found.append((entry.path, False))  # else a pipe, a socket or a link to a folder
    except OSError:
        return None
    found.sort()
    return found


def _leads_nowhere(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and not Path(entry.path).exists()


def _same(path: str, store: Path) -> bool:
    return Path(path).name == store.name and Path(path).resolve() == store


def from_path(file: Path, settings: Settings, *, source: SourceSettings | None = None) -> Document:
    """The bytes of a file as one document, whatever they are. Its key is the source's name and the path below the
    source's folder (decision 13).

    A file of no configured source is known by its path from the publication's folder, or by its whole path where there
    is no ``kg.toml``: what was named on the command line must not decide which article it is. Raises
    :class:`kg.errors.TooLarge` before reading, and :class:`kg.errors.InputError` where the file cannot be read.
    """
    limit = int(settings["limits.document_bytes"])
    try:
        size = file.stat().st_size
        if size > limit:
            raise TooLarge(
                f"{size} bytes are more than the limit of {limit}; split it or raise limits.document_bytes",
                origin=_shown(str(file)),
                size=size,
                limit=limit,
            )
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", origin=_shown(str(file))) from None
    return replace(_given(file, settings, source), data=data)


def from_file(
    file: Path, settings: Settings, *, source: SourceSettings | None = None, meter: Meter | None = None
) -> Iterator[Document | Unread | Gone]:
    """The documents in a file: what is in it where it is an archive or a collection, else the file itself.

    Identity as :func:`from_path` has it. What cannot be read is an :class:`kg.model.Unread`; nothing is raised.
    """
    origin = _shown(str(file))
    try:
        with file.open("rb") as opened:
            status = os.fstat(opened.fileno())
            dated = datetime.fromtimestamp(status.st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            given = replace(_given(file, settings, source), dated=dated)
            before = meter.read if meter is not None else 0
            stream = _metered(opened, meter)
            yield from unpack(stream, given, limit=int(settings["limits.document_bytes"]), containers=CONTAINERS)
            if meter is not None and stat.S_ISREG(status.st_mode):
                meter.read = before + status.st_size  # also what nobody had to read
    except OSError as error:
        yield Unread(InputError(f"cannot be read: {error.strerror or error}", origin=origin))


def from_stream(
    stream: BinaryIO,
    settings: Settings,
    *,
    source: SourceSettings | None = None,
    origin: str = "standard input",
    meter: Meter | None = None,
) -> Iterator[Document | Unread | Gone]:
    """The documents in a stream without a name; a document's key is the hash of its bytes, unless it has an own."""
    given = Document(b"", "", origin, source_value(source))
    try:
        opened = _metered(stream, meter)
        yield from unpack(opened, given, limit=int(settings["limits.document_bytes"]), containers=CONTAINERS)
    except OSError as error:
        yield Unread(InputError(f"cannot be read: {error.strerror or error}", origin=origin))


def named(
    paths: Iterable[str],
    settings: Settings,
    *,
    source: SourceSettings | None = None,
    stdin: BinaryIO | None = None,
    meter: Meter | None = None,
) -> Iterator[Document | Unread | Gone]:
    """The documents in files, folders and, for ``-``, in ``stdin``, in the order they are named.

    Raises :class:`kg.errors.UsageError` for a path that is missing.
    """
    for path in paths:
        if path == "-" and stdin is not None:
            found = from_stream(stdin, settings, source=source, meter=meter)
        else:
            files = walk([Path(path)], without=settings.store)
            found = (one for file in files for one in from_file(file, settings, source=source, meter=meter))
        if meter is None:
            yield from found
            continue
        for one in found:
            meter.documents += 1
            yield one


def _given(file: Path, settings: Settings, source: SourceSettings | None) -> Document:
    """Where a file's bytes come from."""
    chosen = source or settings.source_of(file)
    value = source_value(chosen)
    if chosen is not None and chosen.path is not None:
        path = _below(file, chosen.path if chosen.path.is_dir() else chosen.path.parent)
    elif settings.file is not None:
        path = _below(file, settings.folder)
    else:
        path = file.absolute()
    key = os.path.normpath(path).replace(os.sep, "/")
    return Document(b"", f"path:{value.name}/{_shown(key)}", _shown(str(file)), value)


def _shown(path: str) -> str:
    """A path as text: bytes of a name that are not UTF-8 are written as ``\\xff``."""
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")


def _below(file: Path, folder: Path) -> Path:
    """The file's path from the folder, where it lies or, for a link from elsewhere, where it is written."""
    for path, root in ((file.resolve(), folder.resolve()), (file.absolute(), folder.absolute())):
        if path.is_relative_to(root):
            return path.relative_to(root)
    return Path(os.path.relpath(file.absolute(), folder.absolute()))


def _metered(stream: BinaryIO, meter: Meter | None) -> BinaryIO:
    return stream if meter is None else io.BufferedReader(_Metered(stream, meter), 1 << 16)


class _Metered(io.RawIOBase):
    """A stream whose bytes are counted; what is read again after going back is not counted again."""

    def __init__(self, stream: BinaryIO, meter: Meter) -> None:
        super().__init__()
        self.stream, self.meter = stream, meter
        self.seen = self.place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self.stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.place = self.stream.seek(offset, whence)
        return self.place

    def tell(self) -> int:
        return self.stream.tell()

    def readinto(self, target: object) -> int:
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        data = self.stream.read(len(view)) or b""
        view[: len(data)] = data
        self.place += len(data)
        if self.place > self.seen:
            self.meter.read += min(self.place - self.seen, len(data))
            self.seen = self.place
        return len(data)
