"""Purges and dies: the process that the fault tests kill. ``purger.py`` reads lines ``STORE PAGE STEP`` and for each
forks a child that purges the page and is killed just before its STEP-th step on disk (0: never). It prints the child's
``steps N`` when it came to the end, then ``ended``.

A step is a call of one of the functions that the store's durability rests on (kg.store.durable), or of
``Sources.forget``; what lies between two of them changes nothing that a later process reads. A negative STEP kills at a
moment: minus STEP milliseconds after the start.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kg import pipeline
from kg.store import Store, durable

TIME = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
STEPS = ("append_line", "exchange", "remove_tree", "rename", "sync_tree", "write")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run(store: str, page: str, step: int) -> None:
    counter = itertools.count(1)
    made: list[int] = [0]

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            made[0] = next(counter)
            if made[0] == step:
                die()
            return function(*arguments, **options)

        return call

    for name in STEPS:
        setattr(durable, name, counted(getattr(durable, name)))
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]
    if step < 0:
        threading.Thread(target=lambda: (time.sleep(-step / 1000), die()), daemon=True).start()
    pipeline.purge(Store.open(Path(store)), page, time=TIME, reason="court order 7 K 12/26")
    os.write(1, f"steps {made[0]}\n".encode())


def main() -> None:
    for line in sys.stdin:
        store, page, step = line.split()
        child = os.fork()
        if not child:
            code = 1
            try:
                run(store, page, int(step))
                code = 0
            finally:
                os._exit(code)
        os.waitpid(child, 0)
        os.write(1, b"ended\n")


if __name__ == "__main__":
    main()
