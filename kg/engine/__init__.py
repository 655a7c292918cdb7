"""Public SPARQL in processes that can be killed: a pool of workers, and the one supervisor per host that owns it."""

from kg.engine.client import Client, Supervisor
from kg.engine.pool import Pool
from kg.engine.request import Answer, Cut, Engine, Limits, Request, State

__all__ = ["Answer", "Client", "Cut", "Engine", "Limits", "Pool", "Request", "State", "Supervisor"]
