"""How the publication stands, for people: the snapshot, the sources that are polled, the limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template

from kg import __version__
from kg.errors import KgError
from kg.reads.checked import Checked, last_check, publish_check
from kg.replicas import lag, read_state
from kg.store import Ensemble, SnapshotInfo, mixed
from kg.watch import SourceState, State, state_file
from server.publication import Publication

__all__ = [
    "ReplicaRow",
    "SourceRow",
    "as_row",
    "blueprint",
    "busy",
    "checks",
    "figures",
    "limits",
    "public_reason",
    "replicas",
    "sources",
]

#: Settings that bound what a client can ask for: name, unit in the setting's own terms, meaning.
_LIMITS = (
    ("limits.query_seconds", 1, "seconds", "a query may run"),
    ("limits.query_rows", 1, "rows or triples", "an answer may have"),
    ("limits.query_bytes", 2**20, "MiB", "an answer may have"),
    ("limits.query_memory_mb", 1, "MiB", "of memory a query may use"),
    ("limits.concurrent_queries", 1, "queries", "run at the same time"),
    ("limits.queued_queries", 1, "queries", "may wait; more are told when to come back"),
    ("limits.client_queries", 1, "queries", "of one client run at the same time"),
    ("limits.client_seconds", 1, "seconds a minute", "one client's queries may run"),
    ("limits.request_bytes", 2**20, "MiB", "a request may have"),
    ("limits.permalinks", 1, "queries", "may be kept under a permalink"),
    ("limits.validate_triples", 1, "triples", "a graph that is posted to be checked may have"),
    ("limits.validate_seconds", 1, "seconds", "checking a posted graph may take"),
)


def limits(publication: Publication) -> list[tuple[str, Any, str]]:
    """Every limit as (setting, value, the same in words); a client's that is 0 is no limit."""
    values = publication.settings
    return [
        (name, values[name], f"{values[name] / one:,.12g} {unit} {meaning}")
        for name, one, unit, meaning in _LIMITS
        if values[name] or not name.startswith("limits.client")
    ]


def busy(publication: Publication) -> dict[str, int] | None:
    """How many queries run and wait, and nothing else of them; None where no engine answers."""
    try:
        found = [one.status for one in publication.engine.running()]
    except KgError:
        return None
    return {status: found.count(status) for status in ("running", "waiting")}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What everybody may know of a source: its address is not among it, nor are paths and what addresses hold.

    ``counts`` are outcomes by status since the source was first polled, the most wanted first.
    """

    name: str
    kind: str | None
    succeeded: str | None
    changed: str | None
    due: str | None
    failures: int
    error: str | None
    error_time: str | None
    counts: tuple[tuple[str, int], ...]


_ORDER = ("stored", "updated", "retracted", "refused", "waiting", "skipped", "unchanged")
_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]*://)(?:[^\s/@]*@)?([^\s/?#,;)\"']*)[^\s,;)\"']*", re.IGNORECASE)
_PATH = re.compile(r"(?<![\w:/.…])~?/(?:[^\s/]+/)*[^\s/,;:)]*")
_LONGEST = 200  # characters of a reason


def public_reason(reason: str) -> str:
    """The reason of a failure without what is nobody's business: of an address its host stays, of a path nothing."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+", " ", reason)
    plain = _PATH.sub("…", _ADDRESS.sub(r"\1\2/…", plain))
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1].rstrip() + "…"


def sources(publication: Publication) -> tuple[SourceRow, ...]:
    """The configured sources that can be polled, in their order, as ``kg watch`` left them."""
    known = {one.name: one for one in State.read(state_file(publication.settings.store))}
    return tuple(
        _row(known.get(one.name) or SourceState(one.name), one.kind or ("folder" if one.path is not None else None))
        for one in publication.settings.sources
        if one.url is not None or one.name in known
    )


def _row(state: SourceState, kind: str | None) -> SourceRow:
    place = {name: number for number, name in enumerate(_ORDER)}
    counts = sorted(state.counts.items(), key=lambda one: (place.get(one[0], len(_ORDER)), one[0]))
    return SourceRow(
        name=state.name,
        kind=kind or state.kind,
        succeeded=state.succeeded,
        changed=state.changed,
        due=state.due,
        failures=state.failures,
        error=public_reason(state.error) if state.error else None,
        error_time=state.error_time,
        counts=tuple(counts),
    )


def as_row(row: SourceRow) -> dict[str, Any]:
    """The same for ``/status.json``."""
    return {
        "name": row.name,
        "kind": row.kind,
        "last_success": row.succeeded,
        "last_change": row.changed,
        "next_poll": row.due,
        "failures": row.failures,
        "error": row.error,
        "error_time": row.error_time,
        "counts": dict(row.counts),
    }


def checks(publication: Publication, info: SnapshotInfo) -> dict[str, Checked | None]:
    """What the shapes said at the publish of a snapshot, and what ``kg check`` said of the whole store last."""
    return {"publish": publish_check(info), "whole": last_check(publication.settings.store)}


@dataclass(frozen=True, slots=True)
class ReplicaRow:
    """What everybody may know of a replica: how far behind it is, not where. ``behind`` counts snapshots, None where it
    holds none; ``seconds`` since the oldest of them was published."""

    name: str
    answers: bool
    snapshot: str | None
    behind: int | None
    seconds: int
    checked: str | None
    failures: int
    error: str | None
    error_time: str | None
    left_out: int


def replicas(publication: Publication) -> tuple[ReplicaRow, ...]:
    """The configured replicas, in their order, as those who follow left them."""
    settings = publication.settings
    made: list[ReplicaRow] = []
    for one in settings.replicas:
        state = read_state(settings.store, one.name)
        behind = lag(publication.store, state, datetime.now(UTC))
        made.append(
            ReplicaRow(
                name=one.name,
                answers=settings["engine"] == one.name,
                snapshot=state.snapshot,
                behind=behind.snapshots,
                seconds=behind.seconds,
                checked=state.checked,
                failures=state.failures,
                error=public_reason(state.error) if state.error else None,
                error_time=state.error_time,
                left_out=state.left_out,
            )
        )
    return tuple(made)


def figures(ensemble: Ensemble) -> list[tuple[str, str]]:
    """What was measured of the annotators, as (set, figures in words)."""
    return [
        (name, ", ".join(f"{figure} {value:g}" for figure, value in measured.items()))
        for name, measured in ensemble.quality.items()
    ]


def blueprint(publication: Publication) -> Blueprint:
    """``/status``."""
    made = Blueprint("status", __name__)

    @made.get("/status")
    def status() -> str:
        with publication.reader() as reader:
            return render_template(
                "status.html",
                version=__version__,
                info=reader.info,
                counts=publication.catalogue(reader).counts,
                limits=limits(publication),
                busy=busy(publication),
                checks=checks(publication, reader.info),
                sources=sources(publication),
                replicas=replicas(publication),
                ensembles=reader.info.annotators,
                mixed=mixed(reader.info.annotators, reader.info.counts.articles),
                figures=figures,
                snapshots=tuple(reversed(publication.store.snapshots()))[:20],
            )

    return made
