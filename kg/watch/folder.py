"""A folder that files are delivered into: new and changed ones, as far as their transfer is over."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

from kg.config import Settings
from kg.errors import InputError, UsageError
from kg.model import Unread
from kg.pipeline import walk
from kg.pipeline.documents import from_file
from kg.watch.poll import Ending, Poll, Step, Steps
from kg.watch.state import Item

__all__ = ["files"]

_SETTLED = 5.0  # seconds a file must have been left alone: what is still being written is read at the next poll


def files(poll: Poll, settings: Settings) -> Steps:
    """The files that are new or changed since they were read. A file that went is no word that its article did.

    Raises :class:`kg.errors.InputError` where the folder is not there (a share that is not mounted, say).
    """
    assert poll.source.path is not None
    root = poll.source.path
    try:
        for file in walk([root], without=settings.store):
            if poll.stopped():
                return Ending("folder", complete=False)
            yield from _file(poll, settings, file)
    except UsageError:
        raise InputError("there is no such file or folder; correct the source's path", origin=str(root)) from None
    return Ending("folder")


def _file(poll: Poll, settings: Settings, file: Path) -> Steps:
    """Size and time of change are cheap to compare; the hash tells a file that was only touched."""
    key = f"file:{os.fsencode(file).decode('utf-8', 'backslashreplace')}"
    known = poll.item(key) or Item(key)
    try:
        found = file.stat()
        if 0 <= poll.now.timestamp() - found.st_mtime < _SETTLED:
            return Ending()
        version = f"{found.st_mtime_ns}:{found.st_size}"
        if known.version == version:
            return Ending()
        with file.open("rb") as opened:
            hashed = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        if known.version != reason:
            yield Step(Unread(InputError(reason, origin=key.removeprefix("file:"))), replace(known, version=reason))
        return Ending()
    if known.etag != hashed:
        for thing in from_file(file, settings, source=poll.source):
            yield Step(thing)
    yield Step(item=replace(known, version=version, etag=hashed, seen=poll.time))
    return Ending()
