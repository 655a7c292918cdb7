"""Public SPARQL in processes that can be killed: a pool of workers, and the one supervisor per host that owns it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kg.engine.request import Answer, Cut, Engine, Limits, Request, State

if TYPE_CHECKING:
    from kg.engine.client import Client, Supervisor
    from kg.engine.pool import Pool

__all__ = ["Answer", "Client", "Cut", "Engine", "Limits", "Pool", "Request", "State", "Supervisor"]

#: Where the names are that a worker has no use for: it starts the sooner without them.
_ELSEWHERE = {"Client": "kg.engine.client", "Supervisor": "kg.engine.client", "Pool": "kg.engine.pool"}


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        return getattr(import_module(_ELSEWHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
