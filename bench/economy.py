"""What an article costs: triples and stored bytes by graph kind, for full and facts detail.

    python bench/economy.py [FOLDER]

Reads every text file of FOLDER (default: the sample articles), builds its graphs, and writes each kind of graph to a
store of its own on disk, flushed and optimized. Prints one JSON object.
"""

from __future__ import annotations

import json
import platform
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kg import annotate, authority, extract, graph, resources
from kg.iris import Iris
from kg.model import Annotated, ArticleGraphs, Document, Naming, Rights, Run, Source

IRIS = Iris("https://news.example.org")
RUN = Run(agent="newsgraph", version="bench", time="2026-01-01T00:00:00Z")


def naming(annotated: Annotated, number: int) -> Naming:
    """IRIs as long as real ones."""
    article = annotated.article
    page = f"{IRIS.article_stem(article.headline)}-{number:08x}"
    things = {
        e.id: f"{page}#{e.id}" if e.scoped else IRIS.thing_stem(e.name) + "-00000000#id" for e in annotated.entities
    }
    things |= {v.id: IRIS.thing_stem(v.name) + f"-{number:08x}#id" for v in annotated.events}
    things |= {f"author:{a.name}": IRIS.thing_stem(a.name) + "-00000000#id" for a in article.authors}
    if article.publisher:
        things["publisher:"] = IRIS.thing_stem(article.publisher) + "-00000000#id"
    return Naming(page=page, things=things)


def articles(folder: Path, rights: Rights) -> Iterator[ArticleGraphs]:
    """The graphs of every article in the folder."""
    table = authority.load(sorted(resources.path("data/authority").glob("*.csv")))
    for path in sorted(folder.glob("*.txt")):
        document = Document(path.read_bytes(), f"path:bench/{path.name}", path.name, Source("bench", rights))
        for number, article in enumerate(extract.read(document)):
            found = annotate.annotate(article, authority=table)
            yield graph.build(found, naming(found, number), document=document, iris=IRIS, run=RUN, authority=table)


def stored_bytes(quads: Iterable[ox.Quad]) -> int:
    """The bytes a store of these quads takes on disk, less what an empty one takes."""

    def size(of: Iterable[ox.Quad]) -> int:
        with tempfile.TemporaryDirectory() as folder:
            store = ox.Store(folder)
            store.bulk_extend(of)
            store.flush()
            store.optimize()
            del store
            return sum(f.stat().st_size for f in Path(folder).glob("*.sst"))

    return size(quads)


def report(folder: Path, rights: Rights) -> dict[str, object]:
    """Triples and bytes per article by kind of graph, each kind alone and all that each detail publishes."""
    made = list(articles(folder, rights))
    kinds: dict[str, list[ox.Quad]] = {"content": [], "facts": [], "annotations": [], "provenance": []}
    predicates: Counter[str] = Counter()
    for one in made:
        for kind, triples in one.by_kind():
            if kind in kinds:
                kinds[kind] += [ox.Quad(*t, IRIS.graph(one.page, kind)) for t in triples]
        kinds["provenance"] += [ox.Quad(*t, IRIS.prov_graph) for t in one.provenance]
        predicates.update(t.predicate.value.rpartition("/")[2].rpartition("#")[2] for t in one.annotations)

    def with_default(*names: str) -> list[ox.Quad]:
        """The named graphs and their copy in the default graph (provenance has none)."""
        quads = [q for name in names for q in kinds[name]]
        return quads + [ox.Quad(*q.triple) for name in names if name != "provenance" for q in kinds[name]]

    count = max(len(made), 1)
    full, facts = with_default(*kinds), with_default("content", "facts", "provenance")
    return {
        "articles": len(made),
        "triples per article": {k: round(len(set(q)) / count) for k, q in kinds.items()},
        "bytes per article, each kind alone": {k: round(stored_bytes(q) / count) for k, q in kinds.items()},
        "bytes per article as published": {
            "full": round(stored_bytes(full) / count),
            "facts": round(stored_bytes(facts) / count),
        },
        "annotation triples per article by predicate": {k: round(n / count, 1) for k, n in predicates.most_common()},
    }


def main() -> None:
    """Print the figures of one folder for text that may be shown and text that may not."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else resources.path("data/sample")
    figures = {
        "python": platform.python_version(),
        "pyoxigraph": ox.__version__,
        **{rights.value: report(folder, rights) for rights in (Rights.OWN, Rights.THIRD_PARTY)},
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
