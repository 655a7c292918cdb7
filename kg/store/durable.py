"""Files that survive a power cut: written whole, fsynced, renamed, and the directory fsynced after.

A rename alone is atomic for other processes but not for a crash: the new directory entry is on disk only after the
directory itself was fsynced (POSIX rename(2), fsync(2)).
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

__all__ = ["append_line", "copy_tree", "exchange", "open_below", "remove_tree", "rename", "sync", "sync_tree", "write"]


def sync(path: Path) -> None:
    """Put a file's bytes, or a directory's entries, on disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(root: Path) -> None:
    """Put a directory on disk: every file only it links to, then every directory.

    A file with more than one hard link came from a published snapshot, so it was synced there already. The calls run
    side by side: a journaling file system puts fsyncs that wait together into one commit.
    """
    folders: list[Path] = []
    files: list[Path] = []
    for folder, _, names in os.walk(root):
        folders.append(Path(folder))
        files.extend(file for name in names if (file := Path(folder, name)).stat().st_nlink == 1)
    with ThreadPoolExecutor(max_workers=8, thread_name_prefix="sync") as pool:
        for group in (files, folders):  # entries last: a name must not outlive a crash that its bytes did not
            for _ in pool.map(sync, group):
                pass


def write(path: Path, data: bytes, *, suffix: str = ".new") -> None:
    """The file holds exactly ``data`` afterwards, and holds either the old or the new bytes at any moment before."""
    draft = path.with_name(path.name + suffix)
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync(path.parent)


def rename(source: Path, target: Path) -> None:
    """Rename within one directory or between two, with both directories on disk afterwards."""
    source.rename(target)
    sync(target.parent)
    if source.parent != target.parent:
        sync(source.parent)


def exchange(one: Path, two: Path) -> bool:
    """Let two directories of one parent change names, at once and with the parent on disk; False where the system
    cannot do that (renameat2(2) of Linux, renamex_np(2) of macOS), and then nothing has changed. Raises OSError."""
    names = (os.fsencode(one), os.fsencode(two))
    system = ctypes.CDLL(None, use_errno=True)
    try:
        if sys.platform == "darwin":
            failed = system.renamex_np(*names, 2)  # RENAME_SWAP
        else:
            failed = system.renameat2(-100, names[0], -100, names[1], 2)  # AT_FDCWD, RENAME_EXCHANGE
    except AttributeError:  # a C library without it
        return False
    if failed:
        number = ctypes.get_errno()
        if number in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):  # a file system without it
            return False
        raise OSError(number, os.strerror(number), str(one))
    sync(one.parent)
    return True


#: How often a directory is emptied, and the seconds between.
_ROUNDS, _PAUSE = 20, 0.05


def append_line(path: Path, line: str) -> None:
    """Add a line to a file; a torn line that a crash left is closed first so that it spoils only itself."""
    with path.open("ab+") as file:
        size = file.seek(0, os.SEEK_END)
        torn = False
        if size:
            file.seek(size - 1)
            torn = file.read(1) != b"\n"
        file.write((b"\n" if torn else b"") + line.encode("utf-8") + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if not size:
        sync(path.parent)


def copy_tree(source: Path, target: Path, *, skip: frozenset[str] = frozenset()) -> None:
    """Copy a directory by hard links, or by bytes where the file system cannot link; names in ``skip`` are left out."""
    target.mkdir(parents=True)
    for entry in sorted(source.iterdir()):
        if entry.name in skip:
            continue
        if entry.is_dir():
            copy_tree(entry, target / entry.name, skip=skip)
            continue
        try:
            os.link(entry, target / entry.name)
        except OSError:  # another file system, or one without hard links
            shutil.copy2(entry, target / entry.name)


def remove_tree(path: Path) -> None:
    """The directory is gone afterwards; one that is already gone is fine. Raises OSError with the reason it is not.

    A database that was just closed may still write a last file while its directory is emptied, so that one more round
    is needed.
    """
    for _ in range(_ROUNDS):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return
        time.sleep(_PAUSE)
    shutil.rmtree(path)  # says why


def open_below(root: Path) -> Iterator[str]:
    """The files below ``root`` that this process has open, where the system tells (Linux ``/proc``)."""
    prefix = f"{root.resolve()}{os.sep}"
    table = Path("/proc/self/fd")
    if not table.is_dir():
        return
    for entry in table.iterdir():
        try:
            target = str(entry.readlink())
        except OSError:  # closed since it was listed
            continue
        if target.startswith(prefix):
            yield target
