"""Graphs that describe: one page, the dataset, the endpoint."""

from kg.describe.pages import INBOUND, describe, quads
from kg.describe.service import service

__all__ = ["INBOUND", "describe", "quads", "service"]
