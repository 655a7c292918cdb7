"""How each replica stands, in a small file beside the snapshots, so that other processes can show it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

from kg.config import ReplicaSettings
from kg.errors import StoreError
from kg.store import Store, durable

__all__ = ["Lag", "ReplicaState", "lag", "read_state", "states", "write_state"]


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """What the last attempt to follow came to. Times are xsd:dateTime in UTC.

    ``snapshot`` is what it held last; ``checked`` when it was last seen to be well, ``changed`` when it last changed.
    ``failures`` counts the attempts since that failed, ``error`` is why the last one did. ``left_out`` are statements
    that its server refused and the settings let go since it was loaded.
    """

    name: str
    snapshot: str | None = None
    checked: str | None = None
    changed: str | None = None
    failures: int = 0
    error: str | None = None
    error_time: str | None = None
    left_out: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Lag:
    """How far behind: ``snapshots`` published since (None where it holds none of ours), and ``seconds`` since the
    oldest of them was."""

    snapshots: int | None
    seconds: int


def _file(store: Path, name: str) -> Path:
    return store / "replicas" / f"{name}.json"


def read_state(store: Path, name: str) -> ReplicaState:
    """The state of the replica; an empty one where nothing is known, or the file is damaged."""
    try:
        row = json.loads(_file(store, name).read_bytes())
        known = {one.name for one in fields(ReplicaState)}
        return ReplicaState(**{**{k: v for k, v in row.items() if k in known}, "name": name})
    except (OSError, ValueError, TypeError, AttributeError):
        return ReplicaState(name)


def write_state(store: Path, state: ReplicaState) -> None:
    """Keep it. Raises :class:`kg.errors.StoreError` where it cannot be written."""
    file = _file(store, state.name)
    try:
        file.parent.mkdir(exist_ok=True, mode=0o700)
        durable.write(file, json.dumps(asdict(state), indent=1, ensure_ascii=False).encode("utf-8"))
    except OSError as error:
        raise StoreError(f"{file}: cannot be written: {error}") from None


def states(store: Path, replicas: Sequence[ReplicaSettings]) -> tuple[ReplicaState, ...]:
    """The states of the configured replicas, in their order."""
    return tuple(read_state(store, one.name) for one in replicas)


def lag(store: Store, state: ReplicaState, now: datetime) -> Lag:
    """How far the replica is behind the current snapshot."""
    published = store.known()
    place = {entry.id: number for number, entry in enumerate(published)}
    held, current = place.get(state.snapshot or ""), place.get(store.current_id(), len(published) - 1)
    missing = published[0 if held is None else held + 1 : current + 1]
    if not missing:
        return Lag(0, 0)
    try:
        seconds = max(0, int((now - datetime.fromisoformat(missing[0].time)).total_seconds()))
    except (ValueError, TypeError):
        seconds = 0
    return Lag(None if held is None else len(missing), seconds)
