"""Replicas: other SPARQL servers that follow the snapshots and may answer ``/sparql`` (docs/replicas.md)."""

from kg.replicas.follow import Replica, Step
from kg.replicas.loop import Follower, following, remote_of
from kg.replicas.marker import Held
from kg.replicas.serving import LACKS, Capabilities, beside, capabilities, engine_for, followers
from kg.replicas.state import Lag, ReplicaState, lag, read_state, states

__all__ = [
    "LACKS",
    "Capabilities",
    "Follower",
    "Held",
    "Lag",
    "Replica",
    "ReplicaState",
    "Step",
    "beside",
    "capabilities",
    "engine_for",
    "followers",
    "following",
    "lag",
    "read_state",
    "remote_of",
    "states",
]
