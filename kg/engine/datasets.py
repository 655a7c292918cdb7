"""The graphs a query is asked of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.engine.request import Request
from kg.queries.reading import Reading

__all__ = ["FROM", "Dataset", "dataset"]

#: Every text with FROM or FROM NAMED.
FROM = re.compile(r"FROM", re.IGNORECASE)
#: The default graph of a query that names graphs for GRAPH alone is empty (SPARQL 1.1, section 13.2).
_EMPTY = ox.NamedNode("urn:none")


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs that make the default graph, and those that GRAPH sees."""

    default: tuple[str, ...]
    named: tuple[str, ...]

    def arguments(self) -> dict[str, Any]:
        """What ``pyoxigraph.Store.query`` takes."""
        default = [ox.NamedNode(one) for one in self.default]
        return {"default_graph": default or [_EMPTY], "named_graphs": [ox.NamedNode(one) for one in self.named]}


def dataset(request: Request, reading: Reading | None) -> Dataset | None:
    """The dataset of the request, which wins over that of the text (SPARQL 1.1 Protocol, section 2.1.4); None where
    neither names graphs: then it is the store's own."""
    if request.default_graphs or request.named_graphs:
        return Dataset(tuple(dict.fromkeys(request.default_graphs)), tuple(dict.fromkeys(request.named_graphs)))
    clauses = () if reading is None else reading.datasets
    if not clauses or any(":" not in one.graph for one in clauses):  # a relative IRI is the engine's to refuse
        return None
    default = dict.fromkeys(one.graph for one in clauses if not one.named)
    return Dataset(tuple(default), tuple(dict.fromkeys(one.graph for one in clauses if one.named)))
