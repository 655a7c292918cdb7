"""Public SPARQL in processes that can be killed: a pool of workers, and the one supervisor per host that owns it."""

from kg.engine.client import Client, Supervisor
from kg.engine.pool import Pool
from kg.engine.request import Answer, Engine, Limits, Request

__all__ = ["Answer", "Client", "Engine", "Limits", "Pool", "Request", "Supervisor"]
