"""The versions of a table in a folder: which one is current, and how a changed copy becomes it.

A change works on a copy of the current version. When it is done the copy gets a name of its own and ``current`` is made
to name it, in one rename; whoever reads the version before goes on reading it. A process that ends before leaves a
folder that the next change removes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.authority.draft import Draft
from kg.authority.store import current
from kg.errors import StoreError, StoreLocked

__all__ = ["edit"]


@contextmanager
def edit(folder: Path) -> Iterator[Draft]:
    """A copy of the table in ``folder`` to change; it becomes the current version when the block ends without error.

    Raises :class:`kg.errors.StoreLocked` while another process changes it and :class:`kg.errors.StoreError` for files
    that are not whole or a disk that is full; then nothing has changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreLocked(
                f"{folder}: another process is changing the authority table; wait for it to end, then try again"
            ) from None
        before = current(folder)
        _clear(folder, keep=before)
        work = folder / "new"
        work.mkdir()
        try:
            if before is not None:
                shutil.copyfile(folder / before / "things.db", work / "things.db")
            draft = Draft(work, folder / before if before is not None else None)
            try:
                yield draft
                name = draft.finish()
            finally:
                draft.close()
            _publish(folder, work, name)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{folder}: the authority table cannot be changed ({error}); it stays as it was"
            ) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _publish(folder: Path, work: Path, name: str) -> None:
    for file in (work / "things.db", work / "surfaces.bits", work):
        _sync(file)
    work.rename(folder / name)
    _sync(folder)
    pointer = folder / "current.new"
    pointer.write_text(name + "\n", encoding="ascii")
    _sync(pointer)
    pointer.replace(folder / "current")
    _sync(folder)


def _clear(folder: Path, keep: str | None) -> None:
    """Remove what no reader starts with any more; who has such a version open keeps its files."""
    for path in folder.iterdir():
        if path.is_dir() and path.name != keep:
            shutil.rmtree(path, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
