"""Graphs that describe: one page, the dataset, the endpoint."""

from kg.describe.dataset import PART, Dataset, Triples, counting, dataset, parts
from kg.describe.inventory import inventory
from kg.describe.pages import INBOUND, describe, quads
from kg.describe.service import Service, service

__all__ = [
    "INBOUND",
    "PART",
    "Dataset",
    "Service",
    "Triples",
    "counting",
    "dataset",
    "describe",
    "inventory",
    "parts",
    "quads",
    "service",
]
