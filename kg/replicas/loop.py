"""Keeping replicas up to date: one thread for each, which looks for a new snapshot every second.

A replica that fails is tried again, at longer and longer intervals; the others, and publishing, do not notice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from kg.config import ReplicaSettings
from kg.errors import ConfigError, KgError, StoreError, StoreLocked
from kg.replicas.follow import Replica, Step
from kg.replicas.state import read_state, write_state
from kg.store.ledger import lexical
from kg.store.locks import WriterLock
from kg.store.remote import Credentials, Remote

__all__ = ["Follower", "following", "remote_of"]

#: Seconds between two looks at the current snapshot, between two looks at a replica that is up to date (it may have
#: lost what it held), and the longest pause after failures.
_LOOK, _RECHECK, _PAUSE = 1.0, 60.0, 60.0


def remote_of(settings: ReplicaSettings, environment: Mapping[str, str]) -> Remote:
    """The replica's server, with the secret that the environment holds.

    Raises :class:`kg.errors.ConfigError` where the settings need one and there is none.
    """
    secret = environment.get(settings.variable, "")
    if settings.auth != "none" and not secret:
        raise ConfigError(
            f"replica {settings.name}: auth = {settings.auth!r} needs the secret in the environment variable "
            f"{settings.variable}",
            setting=settings.variable,
        )
    return Remote(settings.query, settings.update, settings.graphs, Credentials(settings.auth, settings.user, secret))


class Follower:
    """One replica being kept up to date. ``now`` is the clock; ``said`` gets what is done, for people."""

    def __init__(
        self,
        replica: Replica,
        *,
        now: Callable[[], datetime],
        said: Callable[[str], None] = lambda _: None,
        holder: str = "",
    ) -> None:
        self.replica, self.now, self.said, self.holder = replica, now, said, holder
        self.name = replica.settings.name
        self.store = replica.store

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One follower for one replica. Raises :class:`kg.errors.StoreLocked`."""
        folder = self.store.path / "replicas"
        try:
            folder.mkdir(exist_ok=True, mode=0o700)
            lock = WriterLock(folder / f"{self.name}.lock", holder=self.holder, since=lexical(self.now()))
        except StoreLocked as error:
            raise StoreLocked(
                f"replica {self.name} is followed already ({error.holder}); stop that first", holder=error.holder
            ) from None
        except OSError as error:
            raise StoreError(f"{folder}: cannot be written: {error}") from None
        try:
            yield
        finally:
            lock.release()

    def once(self, *, resync: bool = False) -> Step:
        """Follow to the current snapshot, and keep how it went. Raises what following raises."""
        state = read_state(self.store.path, self.name)
        try:
            step = self.replica.resync() if resync else self.replica.catch_up()
        except KgError as error:
            time = lexical(self.now())
            write_state(
                self.store.path,
                replace(state, failures=state.failures + 1, error=error.message, error_time=time),
            )
            raise
        time = lexical(self.now())
        before = 0 if step.kind == "load" else state.left_out
        after = replace(
            state,
            snapshot=step.snapshot,
            checked=time,
            changed=time if step.kind != "none" else state.changed,
            failures=0,
            error=None,
            error_time=None,
            left_out=before + step.left_out,
            reason=step.reason or (None if step.kind == "load" else state.reason),
        )
        write_state(self.store.path, after)
        if step.kind != "none":
            left = f", {step.left_out} left out: {step.reason}" if step.left_out else ""
            self.said(
                f"{self.name}: {'loaded' if step.kind == 'load' else 'changed to'} snapshot {step.snapshot}, "
                f"{step.added} statements came, {step.removed} went{left}"
            )
        return step

    def forever(self, stop: threading.Event) -> None:
        """Follow until the event is set. A failure is kept and said, and tried again later."""
        failures, done, waited, last = 0, "", 0.0, ""
        while not stop.is_set():
            try:
                if self.store.current_id() != done or waited >= _RECHECK:
                    with self.alone():
                        done, waited = self.once().snapshot, 0.0
                failures, last = 0, ""
                pause = _LOOK
            except StoreLocked:
                pause = _PAUSE / 4  # somebody else follows it
            except KgError as error:
                failures += 1
                pause = min(_PAUSE, 2.0 ** min(failures, 10) / 2)
                done = ""
                if error.message != last:
                    self.said(f"{self.name}: {error.message}")
                last = error.message
            stop.wait(pause)
            waited += pause


@contextmanager
def following(followers: Sequence[Follower]) -> Iterator[threading.Event]:
    """The followers at work, each in a thread, for the length of the block; setting the event stops them."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=one.forever, args=[stop], name=f"replica-{one.name}", daemon=True) for one in followers
    ]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(5)
