"""From paths to :class:`kg.model.Document` values, in one order for every run: sorted by path."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.config import Settings, SourceSettings
from kg.errors import InputError, TooLarge, UsageError
from kg.model import Document, Rights, Source

__all__ = ["from_path", "from_stream", "source_value", "walk"]

#: Files a folder may hold beside articles; everything else is tried, and refused with its reason where it is none.
_NOT_ARTICLES = frozenset({"readme.md", "license", "license.txt", "license.md"})


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


def walk(paths: Iterable[Path], *, without: Path | None = None) -> Iterator[Path]:
    """Every file below the paths, sorted, hidden files, read-mes and licences left out.

    Folders that cannot be listed and links that lead nowhere are among them, for :func:`from_path` to say so. A folder
    around ``without``, the store, is read without it. Raises :class:`kg.errors.UsageError` for a path that is missing.
    """
    for path in paths:
        if path.is_dir():
            inner = without.resolve() if without is not None else None
            store = inner if inner is not None and inner.is_relative_to(path.resolve()) else None
            for file in sorted(p for p in path.rglob("*") if not p.is_dir() or not os.access(p, os.R_OK | os.X_OK)):
                hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
                special = file.exists() and not file.is_file() and not file.is_dir()  # pipes, sockets: nothing to read
                if hidden or special or file.name.lower() in _NOT_ARTICLES:
                    continue
                if store is None or not file.resolve().is_relative_to(store):
                    yield file
        elif path.exists():
            yield path
        else:
            raise UsageError(f"{path}: there is no such file or folder")


def from_path(file: Path, settings: Settings, *, source: SourceSettings | None = None) -> Document:
    """The document in a file. Its key is the source's name and the path below the source's folder (decision 13).

    A file of no configured source is known by its path from the publication's folder, or by its whole path where there
    is no ``kg.toml``: what was named on the command line must not decide which article it is. Raises
    :class:`kg.errors.TooLarge` before reading, and :class:`kg.errors.InputError` where the file cannot be read.
    """
    chosen = source or settings.source_of(file)
    limit = int(settings["limits.document_bytes"])
    try:
        size = file.stat().st_size
        if size > limit:
            raise TooLarge(
                f"{size} bytes are more than the limit of {limit}; split it or raise limits.document_bytes",
                origin=str(file),
                size=size,
                limit=limit,
            )
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", origin=str(file)) from None
    value = source_value(chosen)
    if chosen is not None and chosen.path is not None:
        path = _below(file, chosen.path if chosen.path.is_dir() else chosen.path.parent)
    elif settings.file is not None:
        path = _below(file, settings.folder)
    else:
        path = file.absolute()
    key = os.path.normpath(path).replace(os.sep, "/")
    return Document(data=data, key=f"path:{value.name}/{key}", origin=str(file), source=value)


def _below(file: Path, folder: Path) -> Path:
    """The file's path from the folder, where it lies or, for a link from elsewhere, where it is written."""
    for path, root in ((file.resolve(), folder.resolve()), (file.absolute(), folder.absolute())):
        if path.is_relative_to(root):
            return path.relative_to(root)
    return Path(os.path.relpath(file.absolute(), folder.absolute()))


def from_stream(data: bytes, *, source: SourceSettings | None = None, origin: str = "standard input") -> Document:
    """The document in bytes without a name; its key is their hash."""
    import hashlib

    digest = hashlib.sha256(data).hexdigest()
    return Document(data=data, key=f"sha256:{digest}", origin=origin, source=source_value(source))
