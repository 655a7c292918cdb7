"""How far a long run is, for people at a terminal, and lines that stay one line."""

from __future__ import annotations

import os
import re
import stat
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress

    from kg.pipeline.documents import Meter

__all__ = ["Bar", "oneline"]

#: Seconds between two looks at the meter.
_PAUSE = 0.3

# Control characters (a line feed in a file's name), line separators, marks that turn the line around, and halves of
# characters: what is printed for a document must be one line, and must be what it looks like.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def oneline(text: str) -> str:
    """The text with everything that would break or turn its line written as an escape, such as ``\\n``."""
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


class Bar:
    """A bar on standard error while a run goes on: documents, their rate, refusals, and the time left once the size of
    everything is known. It shows nothing where standard error is no terminal, or ``shown`` is false.

    ``meter`` counts the bytes that were read. The sizes of the files below ``paths`` are added up meanwhile.
    """

    def __init__(self, paths: Sequence[str], *, without: Path, shown: bool = True) -> None:
        self.meter: Meter | None = None
        if shown and sys.stderr.isatty():
            from kg.pipeline.documents import Meter

            self.meter = Meter()
        self.paths, self.without = paths, without
        self.done = self.refused = 0
        self._progress: Progress | None = None
        self._stopped = threading.Event()

    def __enter__(self) -> Bar:
        if self.meter is not None:
            self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take the bar away."""
        self._stopped.set()
        if self._progress is not None:
            self._update()
            self._progress.stop()
            self._progress = None

    def count(self, *, refused: bool) -> None:
        """One more outcome."""
        self.done += 1
        self.refused += refused
        self._update()

    def _update(self) -> None:
        progress, meter = self._progress, self.meter
        if progress is None or meter is None:
            return
        task = progress.tasks[0]
        rate = f"{self.done / task.elapsed:,.1f}/s" if task.elapsed and self.done else ""
        refusals = f"{self.refused:,} refused" if self.refused else ""
        words = "  ".join(part for part in (f"{meter.documents:,} read  {self.done:,} done", rate, refusals) if part)
        progress.update(task.id, completed=meter.read, words=words)

    def line(self, text: str) -> None:
        """A line of results, on standard output, without a trace of the bar in it."""
        if self._progress is not None and _one_terminal():
            # Both go to one screen: the bar makes room for the line. A pipe or a file gets the line alone.
            self._progress.console.print(text, soft_wrap=True, markup=False, highlight=False, emoji=False)
        else:
            click.echo(text)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.fields[words]}", markup=False),
            BarColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._progress.add_task("", total=None, words="reading")
        self._progress.start()
        threading.Thread(target=self._watch, name="progress", daemon=True).start()

    def _watch(self) -> None:
        sizes = threading.Thread(target=self._measure, name="sizes", daemon=True)
        sizes.start()
        while not self._stopped.wait(_PAUSE):
            self._update()

    def _measure(self) -> None:
        """Add up what there is to read; only then is there a share and a time left."""
        from kg.pipeline.documents import walk

        total = 0
        for path in self.paths:
            if path == "-":
                size = os.fstat(0)
                if not stat.S_ISREG(size.st_mode):
                    return  # a pipe ends when it ends
                total += size.st_size
                continue
            for file in walk([Path(path)], without=self.without):
                if self._stopped.is_set():
                    return
                with suppress(OSError):
                    total += file.stat().st_size
        progress = self._progress
        if progress is not None and total:
            progress.update(progress.tasks[0].id, total=total)


def _one_terminal() -> bool:
    """Whether results and remarks show on the same screen."""
    try:
        return sys.stdout.isatty() and os.fstat(1).st_rdev == os.fstat(2).st_rdev
    except (OSError, ValueError):
        return False
