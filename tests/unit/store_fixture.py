"""Made-up articles as graphs: small, deterministic, with shared things and triples that several articles state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pyoxigraph import Literal, NamedNode, Triple

from kg.iris import Iris
from kg.model import ArticleGraphs
from kg.store import Draft, TextDocument
from kg.vocab import NIF, PROV, RDF, SCHEMA, XSD

BASE = "https://news.example"
IRIS = Iris(BASE)
START = datetime(2026, 11, 22, 16, 45, tzinfo=UTC)


def at(minute: int) -> datetime:
    """A publish time, minutes after the start."""
    return START + timedelta(minutes=minute)


def page(number: int) -> str:
    return f"{BASE}/articles/story-{number:06d}"


def thing(number: int) -> str:
    """A thing's page."""
    return f"{BASE}/things/thing-{number:04d}"


def graphs(
    number: int, *, version: int = 1, things: tuple[int, ...] | None = None, size: int = 20, run: int = 0
) -> ArticleGraphs:
    """Article ``number``: about ``4 * size`` triples; each of its things gets the same two triples from any article."""
    home = page(number)
    node = NamedNode(home + "#id")
    ids = tuple(sorted({number % 7, (number * 3) % 11, 20 + number % 5})) if things is None else things
    content = [
        Triple(node, RDF.type, SCHEMA.NewsArticle),
        Triple(node, SCHEMA.headline, Literal(f"Story {number} version {version}", language="en")),
        Triple(node, SCHEMA.datePublished, Literal("2026-11-22", datatype=XSD.date)),
    ]
    facts: list[Triple] = []
    annotations: list[Triple] = []
    for other in ids:
        about = NamedNode(thing(other) + "#id")
        content.append(Triple(node, SCHEMA.mentions, about))
        facts.append(Triple(about, RDF.type, SCHEMA.Person))
        facts.append(Triple(about, SCHEMA.name, Literal(f"Thing {other}", language="en")))
    for part in range(size):
        statement = NamedNode(f"{home}#st-{part}")
        facts.append(Triple(statement, RDF.type, RDF.Statement))
        facts.append(Triple(statement, RDF.object, Literal(f"value {part} of {number} in version {version}")))
        span = NamedNode(f"{home}/text/body-{version:08x}#char={part},{part + 5}")
        annotations.append(Triple(span, RDF.type, NIF.OffsetBasedString))
        annotations.append(Triple(span, NIF.anchorOf, Literal(f"words {part} of story {number}")))
    activity = IRIS.activity(f"{number} {version} {run}")
    provenance = (
        Triple(activity, RDF.type, PROV.Activity),
        Triple(IRIS.graph(home, "facts"), PROV.wasGeneratedBy, activity),
    )
    return ArticleGraphs(
        page=home,
        content=tuple(content),
        facts=tuple(facts),
        annotations=tuple(annotations),
        provenance=provenance,
        things=tuple(thing(other) for other in ids),
    )


def document(number: int, *, version: int = 1) -> TextDocument:
    return TextDocument(
        page=page(number),
        kind="article",
        title=f"Story {number} version {version}",
        text=f"Words of story {number}",
        type="schema:NewsArticle",
        date="2026-11-22",
    )


def store_article(draft: Draft, number: int, **options: object) -> None:
    """Put, key and index article ``number``, with its things."""
    made = graphs(number, **options)  # type: ignore[arg-type]
    draft.claim(f"guid:{number}", made.page)
    draft.put(made)
    draft.index(document(number, version=int(options.get("version", 1))))  # type: ignore[call-overload]
    for other in made.things:
        draft.index(TextDocument(page=other, kind="thing", title=other.rpartition("/")[2], names=("Some Name",)))
