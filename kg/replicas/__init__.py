"""Replicas: other SPARQL servers that follow the snapshots and may answer ``/sparql`` (docs/replicas.md)."""

from kg.replicas.engine import LACKS, RemoteEngine
from kg.replicas.follow import Replica, Step
from kg.replicas.loop import Follower, following, remote_of
from kg.replicas.marker import Held
from kg.replicas.state import Lag, ReplicaState, lag, read_state, states

__all__ = [
    "LACKS",
    "Follower",
    "Held",
    "Lag",
    "RemoteEngine",
    "Replica",
    "ReplicaState",
    "Step",
    "following",
    "lag",
    "read_state",
    "remote_of",
    "states",
]
