"""Publishes once and ends: the process that the fault tests kill or starve.

Run as ``publisher.py STORE NUMBER VERSION [BYTES [AS-NOBODY]]`` or ``publisher.py STORE serve``. It prints
``ready PID``, then ``done ID`` or ``failed CLASS MESSAGE``. BYTES limits the size of any file it writes, which is how
a full disk looks to the writer.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "unit"))

from store_fixture import at, page, store_article

from kg.errors import KgError
from kg.store import SnapshotInfo, Store


def publish(store: Store, number: int, version: int) -> SnapshotInfo:
    """Article ``number`` in a new version, and the next one removed where there is one."""
    with store.begin(time=at(version), holder="publisher") as draft:
        store_article(draft, number, version=version, size=10)
        if draft.state(page(number + 1)) == "live":
            draft.remove(page(number + 1), reason="fault test")
        return draft.commit({"number": number, "version": version})


def main(path: str, number: int, version: int, limit: int = -1, nobody: str = "") -> None:
    if limit >= 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if nobody and os.geteuid() == 0:
        os.setegid(65534)
        os.seteuid(65534)
    os.write(1, f"ready {os.getpid()}\n".encode())
    try:
        info = publish(Store.open(Path(path)), number, version)
    except KgError as error:
        os.write(1, f"failed {type(error).__name__} {error}\n".encode())
        sys.exit(error.exit_code)
    os.write(1, f"done {info.id}\n".encode())


def serve(path: str) -> None:
    """Publish in a new process for each line ``NUMBER VERSION`` read, and say ``ended`` when it is gone.

    This process has no threads and opens no store, so a fork of it is like a fresh start without the imports.
    """
    for line in sys.stdin:
        number, version = line.split()
        child = os.fork()
        if not child:
            main(path, int(number), int(version))
            os._exit(0)
        os.waitpid(child, 0)
        os.write(1, b"ended\n")


if __name__ == "__main__" and sys.argv[2] == "serve":
    serve(sys.argv[1])
elif __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *(int(text) for text in sys.argv[4:5]), *sys.argv[5:6])
