"""A folder that files are delivered into: new and changed ones, as far as their transfer is over."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from kg.config import Settings
from kg.errors import InputError
from kg.extract.unpack import unpack
from kg.model import Unread
from kg.pipeline import from_path, walk
from kg.watch.poll import Ending, Poll, Step, Steps, digest
from kg.watch.state import Item

__all__ = ["files"]

_SETTLED = 5.0  # seconds a file must have been left alone: what is still being written is read at the next poll


def files(poll: Poll, settings: Settings) -> Steps:
    """The files that are new or changed since they were read. A file that went is no word that its article did."""
    assert poll.source.path is not None
    whole = True
    for file in walk([poll.source.path], without=settings.store):
        if poll.stopped():
            return Ending("folder", complete=False)
        try:
            found = file.stat()
        except OSError as error:
            yield Step(Unread(InputError(f"cannot be read: {error.strerror or error}", origin=str(file))))
            continue
        if 0 <= poll.now.timestamp() - found.st_mtime < _SETTLED:
            whole = False
            continue
        yield from _file(poll, settings, file, f"{found.st_mtime_ns}:{found.st_size}")
    return Ending("folder", complete=whole)


def _file(poll: Poll, settings: Settings, file: Path, version: str) -> Steps:
    """``version`` is cheap to compare; the hash tells a file that was only touched."""
    key = f"file:{file.relative_to(poll.source.path or file.parent) if file != poll.source.path else file.name}"
    known = poll.item(key) or Item(key)
    if known.version == version:
        return Ending()
    try:
        document = from_path(file, settings, source=poll.source)
    except InputError as error:
        if known.version != version:
            yield Step(Unread(error), replace(known, version=version, ref="", due=None))
        return Ending()
    hashed = digest(document.data)
    fresh = replace(known, version=version, etag=hashed, seen=poll.time)
    if known.etag == hashed:
        yield Step(item=fresh)
        return Ending()
    given = replace(document, data=b"")
    for thing in unpack(io.BytesIO(document.data), given, limit=poll.limit):
        yield Step(thing)
    yield Step(item=fresh)
    return Ending()
