"""Annotated → triples: the builder, one module per part of the model, and the vocabulary check."""

from kg.graph import vocabulary
from kg.graph.authority import geometry
from kg.graph.authority import triples as authority_triples
from kg.graph.builder import build, facts_only
from kg.graph.provenance import version_iri
from kg.graph.retraction import retraction, retraction_provenance
from kg.graph.withheld import Policy

__all__ = [
    "Policy",
    "authority_triples",
    "build",
    "facts_only",
    "geometry",
    "retraction",
    "retraction_provenance",
    "version_iri",
    "vocabulary",
]
