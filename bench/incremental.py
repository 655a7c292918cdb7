"""What checking one publish costs inside the transaction, by the size of the store it goes into.

    python bench/incremental.py [--sizes 1000,10000] [--rounds 5] [--whole]

The stores hold synthetic articles in our own model, under our own shapes, on disk as a publish has them. Each article
has a body, spans, mentions, a quotation and an event, and names one thing of its own, one of a thousand, and the same
three that every article names (a place, an organisation and a person, who also speaks in every article): hubs as big as
the store. Measured are an article that comes, one that is replaced by a version with another body and other mentions,
one that goes, and a further name that comes and goes for the place that every article names.

``publish`` is what a publish asks (new violations, an article's own nodes left out, since they were checked with it
alone), ``all`` every result that comes or goes. Figures are CPU milliseconds, medians; ``pairs`` are the (shape, focus
node) pairs looked at. With ``--whole`` each store is validated as a whole too, once. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from kg.shacl import ShapesGraph
from kg.shacl.reading import read_roots
from kg.shacl.touched import Changes, Dependences, Plan
from kg.shacl.view import Node, StoreView
from kg.shacl.whole import Whole
from kg.vocab import ITSRDF, NIF, NKG, PROV, RDF, SCHEMA, XSD

HOME = "https://gazette.example"
PLACE, PAPER, MAYOR = (NamedNode(f"{HOME}/things/{name}#id") for name in ("kampen", "gazette", "mayor"))
_LEAD = "The mayor of Kampen said the quay would be rebuilt."
_SPOKEN = "We will start on Monday, and nobody should have to wait for another winter"
_GRAPH = DefaultGraph()


def integer(number: int) -> Literal:
    """The number as a store writes it."""
    return Literal(str(number), datatype=XSD.integer)


def thing(iri: NamedNode, kind: NamedNode, name: str) -> Iterator[Triple]:
    """What every article says of a thing that it names."""
    yield Triple(iri, RDF.type, kind)
    yield Triple(iri, SCHEMA.name, Literal(name, language="en"))


def article(number: int, version: int = 0) -> tuple[Triple, ...]:
    """One article; another version of it has other words and names somebody else."""
    page = f"{HOME}/articles/a-{number:08x}"
    about, work = NamedNode(f"{page}#id"), NamedNode(f"{page}/text/body-{version}")
    one = NamedNode(f"{HOME}/things/p-{number}-{version}#id")
    other = NamedNode(f"{HOME}/things/q-{(number + version) % 1000}#id")
    quotation, event = NamedNode(f"{page}#quote-1"), NamedNode(f"{page}#event-1")
    names = [
        (PLACE, "Kampen"),
        (MAYOR, "mayor"),
        (one, f"Person {number} {version}"),
        (other, f"Person {other.value[-7:-3]}"),
    ]
    body = f"{_LEAD} {_SPOKEN}, said {names[2][1]} with {names[3][1]} ({number})."
    found = [
        Triple(about, RDF.type, SCHEMA.NewsArticle),
        Triple(about, SCHEMA.headline, Literal(f"Quay of Kampen will be rebuilt, part {number}", language="en")),
        Triple(about, SCHEMA.articleBody, Literal(body, language="en")),
        Triple(about, SCHEMA.inLanguage, Literal("en")),
        Triple(about, SCHEMA.datePublished, Literal("2026-03-12", datatype=XSD.date)),
        Triple(about, SCHEMA.publisher, PAPER),
        Triple(about, SCHEMA.author, PAPER),
        Triple(about, SCHEMA.hasPart, quotation),
        Triple(about, PROV.wasDerivedFrom, NamedNode(f"{HOME}/sources/{number}")),
        *thing(PAPER, SCHEMA.Organization, "The Gazette"),
        *thing(PLACE, SCHEMA.Place, "Kampen"),
        *thing(MAYOR, SCHEMA.Person, "mayor"),
        *thing(one, SCHEMA.Person, names[2][1]),
        *thing(other, SCHEMA.Person, names[3][1]),
        Triple(work, RDF.type, NIF.Context),
        Triple(work, NIF.isString, Literal(body)),
        Triple(work, NKG.textOf, about),
        Triple(work, NKG.textProperty, SCHEMA.articleBody),
        Triple(quotation, RDF.type, SCHEMA.Quotation),
        Triple(quotation, SCHEMA.text, Literal(_SPOKEN, language="en")),
        Triple(quotation, SCHEMA.isPartOf, about),
        Triple(quotation, SCHEMA.spokenByCharacter, MAYOR),
        Triple(event, RDF.type, SCHEMA.Event),
        Triple(event, SCHEMA.startDate, Literal("2026-03-11", datatype=XSD.date)),
        Triple(event, SCHEMA.location, PLACE),
    ]
    for term, name in (*names, (quotation, _SPOKEN)):
        begin = body.index(name)
        span = NamedNode(f"{work.value}#char={begin},{begin + len(name)}")
        found += [
            Triple(span, RDF.type, NIF.OffsetBasedString),
            Triple(span, NIF.beginIndex, integer(begin)),
            Triple(span, NIF.endIndex, integer(begin + len(name))),
            Triple(span, NIF.referenceContext, work),
            Triple(span, NIF.anchorOf, Literal(name)),
        ]
        if term == quotation:
            found.append(Triple(quotation, PROV.wasQuotedFrom, span))
        else:
            found += [Triple(span, ITSRDF.taIdentRef, term), Triple(span, NKG.mentionForm, Literal("name"))]
            found.append(Triple(about, SCHEMA.mentions, term))
    evidence = NamedNode(f"{page}#st-1")
    found += [
        Triple(evidence, RDF.type, RDF.Statement),
        Triple(evidence, RDF.subject, event),
        Triple(evidence, RDF.predicate, SCHEMA.location),
        Triple(evidence, RDF.object, PLACE),
        Triple(evidence, PROV.wasGeneratedBy, NamedNode(f"{HOME}/runs/1")),
        Triple(evidence, PROV.wasDerivedFrom, span),
    ]
    return tuple(found)


class Desk:
    """A store that articles come into and go from, by the net change of its default graph."""

    def __init__(self, size: int, folder: Path) -> None:
        self.store = Store(str(folder))
        self.store.bulk_extend([Quad(*t) for number in range(size) for t in article(number)])

    def change(self, coming: Sequence[Triple], going: Sequence[Triple]) -> tuple[list[Triple], list[Triple]]:
        """Do it; what came that was not there and what went that was."""
        added = [t for t in dict.fromkeys(coming) if Quad(*t) not in self.store]
        removed = [t for t in dict.fromkeys(going) if Quad(*t) in self.store]
        self.store.extend([Quad(*t) for t in added])
        for t in removed:
            self.store.remove(Quad(*t))
        return added, removed


def own(triples: Sequence[Triple]) -> list[Triple]:
    """What no other article says."""
    shared = {PLACE, PAPER, MAYOR}
    return [t for t in triples if t.subject not in shared and "/things/q-" not in str(t.subject)]


def publishes(size: int, rounds: int) -> Iterator[tuple[str, Sequence[Triple], Sequence[Triple]]]:
    """The changes that are measured: (what it is, triples that come, triples that go)."""
    for number in range(size, size + rounds):
        old, new = article(number), article(number, 1)
        yield "comes", old, ()
        kept = set(new)
        yield "replaced", new, [t for t in own(old) if t not in kept]
        yield "goes", (), own(new)
        name = Triple(PLACE, SCHEMA.alternateName, Literal(f"Campen {number}", language="en"))
        yield "a name comes", (name,), ()
        yield "a name goes", (), (name,)


def skipping(page: str) -> Callable[[Plan, Node], bool]:
    """What a publish leaves out: an article's own nodes were checked with it alone."""
    return lambda plan, node: not plan.root.of_dataset and isinstance(node, NamedNode) and node.value.startswith(page)


def measure(dependences: Dependences, size: int, rounds: int, folder: Path, *, whole: bool) -> dict[str, object]:
    """Figures of one store."""
    desk = Desk(size, folder)
    spent: dict[str, list[tuple[float, int]]] = {}
    for number, (kind, coming, going) in enumerate(publishes(size, rounds)):
        added, removed = desk.change(coming, going)
        page = f"{HOME}/articles/a-{size + number // 5:08x}"
        for name, ask in (("publish", {"worse": True, "refusing": True, "skip": skipping(page)}), ("all", {})):
            gc.collect()  # what a measurement leaves behind is not the next one's
            began = time.process_time()
            found: Changes = dependences.changes(StoreView(desk.store), added, removed, **ask)  # type: ignore[arg-type]
            spent.setdefault(f"{kind}, {name}", []).append((time.process_time() - began, found.pairs))
    figures: dict[str, object] = {
        kind: {
            "ms": round(1000 * statistics.median(t for t, _ in times), 2),
            "pairs": int(statistics.median(n for _, n in times)),
        }
        for kind, times in spent.items()
    }
    if whole:
        began = time.process_time()
        results = Whole(dependences.roots).check(desk.store)
        figures["the whole store"] = {"ms": round(1000 * (time.process_time() - began)), "results": len(results)}
    return {"triples": len(desk.store), **figures}


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--whole", action="store_true")
    arguments = parser.parse_args()
    dependences = Dependences(read_roots(ShapesGraph.load()))
    sizes = [int(size) for size in arguments.sizes.split(",")]
    figures = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            figures[size] = measure(dependences, size, arguments.rounds, Path(folder), whole=arguments.whole)
    print(json.dumps({"python": platform.python_version(), "stores": figures}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
