"""What serves ``/sparql`` as the settings say, and the process that keeps replicas up to date beside ``kg serve``."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from kg.config import ReplicaSettings, Settings
from kg.engine.request import Engine, Limits
from kg.replicas.follow import Replica
from kg.replicas.loop import Follower, remote_of
from kg.store import Store

__all__ = ["LACKS", "Capabilities", "beside", "capabilities", "engine_for", "followers"]

#: What no replica can do: for start-up, the service description and docs/replicas.md.
LACKS: tuple[str, ...] = (
    "other snapshots than the one it holds (snapshot=)",
    "functions and properties of our own (text search, places)",
    "answers in parts (rows=, skip=), whose parts must be of one order",
    "CONSTRUCT and DESCRIBE, where its server is Virtuoso and the settings do not say that its limit of rows is higher",
    "SERVICE",
    "a memory limit for one query",
    "stopping the work of a cancelled query at once: it ends when the server notices, or at the server's own deadline",
)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What answers ``/sparql``: ``engine`` is ``embedded`` or a replica's name. What a replica ``lacks``, our own
    engine beside it does."""

    engine: str
    lacks: tuple[str, ...] = ()


def capabilities(settings: Settings) -> Capabilities:
    """What answers ``/sparql`` as the settings say."""
    name = str(settings["engine"])
    return Capabilities(name) if name == "embedded" else Capabilities(name, LACKS)


def engine_for(settings: Settings, limits: Limits, embedded: Engine, environment: Mapping[str, str]) -> Engine:
    """The engine that the settings name; a replica has the embedded one beside it, for what it cannot do.

    Raises :class:`kg.errors.ConfigError`.
    """
    chosen = capabilities(settings)
    if chosen.engine == "embedded":
        return embedded
    from kg.replicas.engine import RemoteEngine  # it takes a while, and most have no replica

    one = settings.replica_named(chosen.engine)
    return RemoteEngine(
        one.name,
        remote_of(one, environment),
        settings.base_iri,
        limits,
        default_graph=one.default_graph,
        rows=one.rows,
        embedded=embedded,
    )


def followers(
    store: Store,
    replicas: Sequence[ReplicaSettings],
    environment: Mapping[str, str],
    *,
    now: Callable[[], datetime],
    said: Callable[[str], None],
    holder: str,
) -> tuple[Follower, ...]:
    """Followers of the replicas, none of them at work. Raises :class:`kg.errors.ConfigError`."""
    return tuple(
        Follower(Replica(one, remote_of(one, environment), store), now=now, said=said, holder=holder)
        for one in replicas
    )


@contextmanager
def beside(settings: Settings) -> Iterator[None]:
    """A process that follows the replicas whose settings say so, for the length of the block, where there are any.

    A process of its own, because nothing may open a store before a web server forks. It ends when this one does.
    """
    if settings.file is None or not any(one.follow for one in settings.replicas):
        yield
        return
    command = [sys.executable, "-m", "kg.replicas.process", str(settings.file), str(settings.store)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        assert child.stdin is not None
        with contextlib.suppress(OSError):
            child.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(10)
        if child.poll() is None:
            child.kill()
            child.wait()
