"""The graph ``/graphs/void``: the description of a snapshot, which stands beside it because a snapshot never changes.

It can be asked by whoever names it in the dataset (FROM, FROM NAMED, ``default-graph-uri``, ``named-graph-uri``). The
server writes it before it runs such a query (docs/decisions/0036-dataset-description.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from kg.engine.datasets import Dataset
from kg.errors import QueryRefused
from kg.iris import Iris
from kg.store import Reader

__all__ = ["beside", "file", "graph"]


def graph(iris: Iris) -> str:
    """The IRI of the graph."""
    return f"{iris.base}/graphs/void"


def file(store: Path, snapshot: str) -> Path:
    """Where the description of a snapshot, by id, is kept below the store's folder."""
    return store / "described" / f"{snapshot}.nt"


def beside(query: str, dataset: Dataset | None, reader: Reader) -> Mapping[str, tuple[ox.Triple, ...]]:
    """The graphs of the dataset that stand beside the snapshot, by name, with their triples.

    Raises :class:`kg.errors.QueryRefused` for the graph where it is not made yet, and where GRAPH names it and the
    dataset does not: it would look empty.
    """
    name = graph(reader.iris)
    if name not in query and dataset is None:
        return {}
    if dataset is None or name not in (*dataset.default, *dataset.named):
        if re.search(rf"\bGRAPH\s*<{re.escape(name)}>", query, re.IGNORECASE):
            raise QueryRefused(
                f"the graph {name} is no part of the store's own dataset; name it: FROM <{name}>, FROM NAMED or "
                "default-graph-uri"
            )
        return {}
    try:
        data = file(reader.folder.parent.parent, reader.info.id).read_bytes()
    except OSError:
        raise QueryRefused(
            f"the graph {name} is not made yet for snapshot {reader.info.id}; it is when /dataset was asked for"
        ) from None
    return {name: tuple(quad.triple for quad in ox.parse(data, format=ox.RdfFormat.N_TRIPLES))}
