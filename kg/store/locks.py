"""Who writes and who reads: the writer lock and the leases, both ``flock`` so that the kernel drops them on death.

Two handles in one process exclude each other too, because a flock belongs to the open file, not to the process
(flock(2)). A child made by fork shares its parent's handle: release is explicit, so it counts for both.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from pathlib import Path

from kg.errors import SnapshotInUse, StoreLocked

__all__ = ["Lease", "WriterLock", "holders"]


def holders(path: Path) -> tuple[str, ...]:
    """The processes that hold a flock on the file, as ``pid 12 (command)``; empty where the system does not tell."""
    try:
        status = path.stat()
        table = Path("/proc/locks").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ()
    wanted = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    found: dict[int, str] = {}
    for line in table.splitlines():
        fields = line.split()
        if wanted in fields and "FLOCK" in fields and "->" not in fields:
            pid = int(fields[fields.index(wanted) - 1])
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                command = ""
            found[pid] = f"pid {pid} ({command.strip()[:120] or 'unknown command'})"
    return tuple(found[pid] for pid in sorted(found))


class WriterLock:
    """The right to publish, held by at most one handle at a time."""

    __slots__ = ("_descriptor", "_path", "holder")

    def __init__(self, path: Path, *, holder: str, since: str) -> None:
        """Take the lock at once. Raises :class:`kg.errors.StoreLocked`, which names the holder."""
        self._path = path
        self.holder = holder
        self._descriptor: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = self._said()
            os.close(self._descriptor)
            self._descriptor = None
            raise StoreLocked(
                f"{path.parent}: another publisher is at work ({said}); wait for it to end, then try again",
                holder=said,
            ) from None
        note = {"pid": os.getpid(), "host": socket.gethostname(), "command": holder, "since": since}
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(note).encode("utf-8"), 0)

    def _said(self) -> str:
        assert self._descriptor is not None
        try:
            note = json.loads(os.pread(self._descriptor, 4096, 0))
            return f"pid {note['pid']} on {note['host']}, {note['command'] or 'unnamed'}, since {note['since']}"
        except (ValueError, KeyError, TypeError):
            return ", ".join(holders(self._path)) or "unknown"

    def release(self) -> None:
        """Give the lock back; a second call does nothing."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)
            self._descriptor = None


class Lease:
    """A share in a snapshot's directory: while any is held, pruning leaves the directory alone."""

    __slots__ = ("_descriptor",)

    def __init__(self, path: Path, *, exclusive: bool = False) -> None:
        """Take the lease: a shared one waits while the snapshot is being pruned, the exclusive one never waits.

        Raises FileNotFoundError when the snapshot has gone, also when it went while the lease was being taken, and
        :class:`kg.errors.SnapshotInUse` when the exclusive lease is asked for and there are readers.
        """
        self._descriptor: int | None = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB if exclusive else fcntl.LOCK_SH)
            # Between open and flock the directory may have been removed: then the lock is on a file without a name.
            if not os.path.samestat(os.fstat(self._descriptor), path.stat()):
                raise FileNotFoundError(path)
        except BlockingIOError:
            os.close(self._descriptor)
            self._descriptor = None
            who = holders(path)
            raise SnapshotInUse(
                f"snapshot {path.parent.name} is in use by {', '.join(who) or 'another process'}",
                snapshot=path.parent.name,
                holders=who,
            ) from None
        except OSError:
            os.close(self._descriptor)
            self._descriptor = None
            raise

    def release(self) -> None:
        """Give the lease back; a second call does nothing."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)
            self._descriptor = None
