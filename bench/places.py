"""Search and distance inside SPARQL in a small and in a large store: what a selective query costs must not grow.

    python bench/places.py [--small 1000] [--large 20000]

Each store has so many articles and so many places; a rare word is in five articles, and twenty places lie near one
point. Every query is timed as the endpoint runs it (prepared, with the index) and, for comparison, as SPARQL has it
without the index. Only the ratios of the last column say something beyond this machine.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from kg.engine.prepare import prepared
from kg.engine.request import Limits, Request
from kg.graph import authority_triples
from kg.model import ArticleGraphs
from kg.pipeline.textrows import article_row
from kg.plugins import Thing
from kg.store import Reader, Store
from kg.vocab import PREFIXES, RDF, SCHEMA

BASE = "https://news.example"
RARE = "quokka"
_WORDS = ("harbour", "mayor", "verdict", "drought", "railway", "pension", "vaccine", "orchestra", "tariff", "glacier")
_PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items()) + (
    "PREFIX geof: <http://www.opengis.net/def/function/geosparql/>\nPREFIX uom: <http://www.opengis.net/def/uom/OGC/1.0/>\n"
)
_NEAR = 'geof:distance(?wkt, "POINT(14.5 46.05)"^^geo:wktLiteral, uom:metre) < 30000'
_AREA = '"POLYGON((14 45.8,15 45.8,15 46.3,14 46.3,14 45.8))"^^geo:wktLiteral'

#: Name → the query with the index, and one that asks the same without.
QUERIES = {
    "search, 5 hits": (
        f'(?a ?score) nkg:search ("{RARE}") . ?a schema:headline ?h ; schema:contentLocation ?p',
        f'?a schema:articleBody ?b FILTER(CONTAINS(?b, "{RARE}")) ?a schema:headline ?h ; schema:contentLocation ?p',
    ),
    "search with snippets": (
        f'(?a ?score ?snippet) nkg:search ("{RARE}") . ?a schema:headline ?h',
        f'?a schema:articleBody ?b FILTER(CONTAINS(?b, "{RARE}")) ?a schema:headline ?h',
    ),
    "best 20 of a common word": ('(?a ?score) nkg:search ("harbour" 20) . ?a schema:headline ?h', ""),
    "distance, 20 places": (
        f"?p geo:hasGeometry/geo:asWKT ?wkt FILTER({_NEAR}) ?a schema:contentLocation ?p ; schema:headline ?h",
        f"?p geo:hasGeometry/geo:asWKT ?wkt FILTER(({_NEAR}) = true) ?a schema:contentLocation ?p ; schema:headline ?h",
    ),
    "within a polygon": (
        f"?p geo:hasGeometry/geo:asWKT ?wkt FILTER(geof:sfWithin(?wkt, {_AREA})) ?a schema:contentLocation ?p",
        "",
    ),
}


def main() -> None:
    """Print a table: milliseconds in both stores, with the index and without, and how much they grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=20_000)
    sizes = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stores = [_made(Path(folder) / str(size), size) for size in (sizes.small, sizes.large)]
        print(f"{'milliseconds (median of 15)':34}{sizes.small:>10,}{sizes.large:>10,}{'large/small':>13}")
        with stores[0].reader() as small, stores[1].reader() as large:
            for name, texts in QUERIES.items():
                for label, text in zip(("", " without index"), texts, strict=True):
                    if text:
                        taken = [_timed(reader, f"{_PROLOGUE}SELECT * {{ {text} }}") for reader in (small, large)]
                        print(f"{name + label:34}{taken[0]:10.2f}{taken[1]:10.2f}{taken[1] / taken[0]:13.1f}")


def _timed(reader: Reader, query: str) -> float:
    taken = []
    for _ in range(15):
        began = time.perf_counter()
        text = prepared(Request(query), reader, Limits()).text
        found = len(list(reader.rdf.query(text)))  # type: ignore[arg-type]
        taken.append(1000 * (time.perf_counter() - began))
        assert found, query
    return statistics.median(taken)


def _made(folder: Path, size: int) -> Store:
    store = Store.create(folder, BASE)
    with store.begin(time=datetime(2026, 3, 1, tzinfo=UTC), holder="bench") as draft:
        draft.put_thing(_places(size))
        for graphs in _articles(size):
            draft.put(graphs)
            draft.index(article_row(graphs))
        draft.commit()
    return store


def _places(size: int) -> Iterator[Triple]:
    chance = random.Random(1)
    for number in range(size):
        near = number < 20
        north = 46.05 + chance.uniform(-0.15, 0.15) if near else chance.uniform(-60, 40)
        east = 14.5 + chance.uniform(-0.15, 0.15) if near else chance.uniform(-180, 180)
        row = Thing(id=str(number), type="City", name=f"Town {number}", latitude=north, longitude=east)
        yield from authority_triples(row, f"{BASE}/things/town-{number}#id")


def _articles(size: int) -> Iterator[ArticleGraphs]:
    chance = random.Random(2)
    for number in range(size):
        page = f"{BASE}/articles/story-{number}"
        node = NamedNode(page + "#id")
        words = chance.choices(_WORDS, k=120) + [RARE] * (number < 5)
        yield ArticleGraphs(
            page=page,
            content=(
                Triple(node, RDF.type, SCHEMA.NewsArticle),
                Triple(node, SCHEMA.headline, Literal(f"Story {number}", language="en")),
                Triple(node, SCHEMA.articleBody, Literal(" ".join(words), language="en")),
                Triple(node, SCHEMA.contentLocation, NamedNode(f"{BASE}/things/town-{number}#id")),
            ),
            facts=(),
            annotations=(),
            provenance=(),
        )


if __name__ == "__main__":
    main()
