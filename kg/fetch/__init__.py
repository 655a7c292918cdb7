"""Bytes from the network: the one place that makes connections, with care for our own hosts and for theirs.

``address`` says which addresses may be fetched, ``connection`` makes sure that the one checked is the one connected to,
``coding`` undoes compression within bounds, ``robots`` keeps what sites ask of crawlers, ``client`` puts them together;
``service`` posts to what the operator runs.
"""

from kg.fetch.address import Address, parse
from kg.fetch.client import Fetched, Fetcher, Manners
from kg.fetch.service import Service

__all__ = ["Address", "Fetched", "Fetcher", "Manners", "Service", "parse"]
