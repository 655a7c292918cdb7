"""One default graph made of several: an RDF merge, where the engine would give a bag of triples.

A triple that stands in two of the graphs counts once (SPARQL 1.1, section 13.1), but Oxigraph's union finds it twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kg.engine.datasets import Dataset
from kg.errors import QueryRefused

__all__ = ["TRIPLES", "Graphs", "merged"]

#: Triples that graphs to be merged may have together: they are copied into memory, at about 400 bytes each.
TRIPLES = 500_000

#: Graphs by name.
Graphs = Mapping[str, Sequence[ox.Triple]]


def merged(
    rdf: ox.Store, dataset: Dataset, *, named: bool = True, beside: Graphs | None = None, limit: int = TRIPLES
) -> ox.Store:
    """A store in memory whose default graph is the merge of the dataset's default graphs, with its named graphs beside
    it where ``named``. Graphs that are ``beside`` the store are taken from there.

    Blank nodes stay the same in all graphs, as they are in the store. Raises :class:`kg.errors.QueryRefused` where the
    graphs have more triples than ``limit``.
    """
    made = ox.Store()
    count = 0
    targets: list[tuple[str, ox.DefaultGraph | ox.NamedNode]] = [(g, ox.DefaultGraph()) for g in dataset.default]
    if named:
        targets += [(g, ox.NamedNode(g)) for g in dataset.named]
    for name, target in targets:
        batch: list[ox.Quad] = []
        held: Iterable[ox.Quad | ox.Triple] | None = (beside or {}).get(name)
        if held is None:
            held = rdf.quads_for_pattern(None, None, None, ox.NamedNode(name))
        for quad in held:
            count += 1
            if count > limit:
                raise QueryRefused(
                    f"the graphs to be merged have more than {limit:,} triples together, too many; "
                    "ask one of them, or the default graph of the whole dataset"
                )
            batch.append(ox.Quad(quad.subject, quad.predicate, quad.object, target))
            if len(batch) == 10_000:
                made.extend(batch)
                batch = []
        made.extend(batch)
    return made
