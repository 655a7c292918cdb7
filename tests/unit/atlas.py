"""A store with a few articles that can be searched and places that can be located, for tests of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple
from store_fixture import BASE, at

from kg.engine.request import Limits, Request
from kg.graph import authority_triples
from kg.model import ArticleGraphs
from kg.pipeline.textrows import article_row, thing_rows
from kg.plugins import Thing
from kg.queries.reading import Edit, Reading, edited, read
from kg.store import Draft, Reader, Store
from kg.vocab import PREFIXES, RDF, SCHEMA

Step = Callable[[Reading, Reader, Request, Limits], Sequence[Edit]]

PROLOGUE = (
    "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    + "PREFIX geof: <http://www.opengis.net/def/function/geosparql/>\n"
    + "PREFIX uom: <http://www.opengis.net/def/uom/OGC/1.0/>\n"
)

ARTICLES = {
    "harbour": ("Court blocks the harbour plan", "Judges in Ljubljana ruled on the harbour. Café owners cheered."),
    "revived": ("Harbour plan revived", "The council voted again. The plan blocks traffic in the old town."),
    "ferry": ("Ferry runs again", "Mayor Kovač said that the ferry would run. Nobody spoke of the harbour office."),
}
TOWNS = {"Ljubljana": (46.05, 14.5), "Maribor": (46.55, 15.65), "Trieste": (45.65, 13.77), "Suva": (-18.14, 178.44)}


def article(name: str, headline: str, body: str) -> ArticleGraphs:
    """An article that mentions Ljubljana."""
    page = f"{BASE}/articles/{name}"
    node = NamedNode(page + "#id")
    return ArticleGraphs(
        page=page,
        content=(
            Triple(node, RDF.type, SCHEMA.NewsArticle),
            Triple(node, SCHEMA.headline, Literal(headline, language="en")),
            Triple(node, SCHEMA.articleBody, Literal(body, language="en")),
            Triple(node, SCHEMA.mentions, NamedNode(town("Ljubljana"))),
        ),
        facts=(),
        annotations=(),
        provenance=(),
    )


def town(name: str) -> str:
    """A town's IRI."""
    return f"{BASE}/things/{name.lower()}#id"


def locate(draft: Draft, towns: Mapping[str, tuple[float, float]]) -> None:
    """Put towns into the draft as an authority's rows would."""
    for name, (north, east) in towns.items():
        row = Thing(id=name, type="City", name=name, latitude=north, longitude=east)
        draft.put_thing(authority_triples(row, town(name)))
    for row in thing_rows(draft, [town(name).removesuffix("#id") for name in towns]):
        draft.index(row)


def made(folder: Path) -> Store:
    """The store, in a new folder."""
    store = Store.create(folder, BASE)
    with store.begin(time=at(1), holder="test") as draft:
        for name, (headline, body) in ARTICLES.items():
            graphs = article(name, headline, body)
            draft.put(graphs)
            draft.index(article_row(graphs))
        locate(draft, TOWNS)
        draft.commit()
    return store


def changed(step: Step, reader: Reader, query: str) -> str:
    """The query after the step, prefixes included."""
    reading = read(PROLOGUE + query)
    assert reading is not None, query
    return edited(reading.text, step(reading, reader, Request(reading.text), Limits()))


def rows(reader: Reader, text: str) -> list[tuple[str, ...]]:
    """The solutions, in order of their terms."""
    found: Iterable[Iterable[object]] = reader.rdf.query(text)  # type: ignore[assignment]
    return sorted(tuple(map(str, solution)) for solution in found)
