"""Makes ontology/context.jsonld, the JSON-LD context of our documents, from the shapes.

    python ontology/make_context.py          write the file
    python ontology/make_context.py --check  exit code 1 when it is stale

A property whose values are nodes (its shape says so, or the range that its shape or schema.org gives) is coerced to
``@id``: a string is then an IRI. No other property is coerced, because JSON has numbers and booleans of its own and
dates come in several data types. tests/contracts/test_vocabulary.py compares file and shapes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from kg.shacl.outline import outline
from kg.shacl.shapes import ShapesGraph
from kg.vocab import PREFIXES, RDF, SCHEMA, compact

TARGET = Path(__file__).resolve().parent / "context.jsonld"

#: Properties with nodes as values that no shape describes: those of the vocabulary's own document.
BESIDE = ("rdfs:isDefinedBy", "rdfs:subClassOf", "rdfs:subPropertyOf")


def coerced(shapes: ShapesGraph) -> frozenset[str]:
    """The IRIs of the properties whose values are nodes wherever the shapes speak of them."""
    nodes: set[str] = set()
    others: set[str] = set()
    for section in outline(shapes):
        for slot in section.slots:
            for predicate in slot.predicates:
                (nodes if slot.nodes else others).add(predicate.value)
    return frozenset(nodes - others - {RDF.type.value})


def context(shapes: ShapesGraph, beside: Iterable[str] = BESIDE) -> dict[str, object]:
    """The document: prefixes, then a term for each property whose values are nodes."""
    terms: dict[str, object] = {"@version": 1.1, "@vocab": SCHEMA.iri, **PREFIXES}
    names = {compact(iri) for iri in coerced(shapes)} | set(beside)
    own = sorted(n for n in names if n.startswith("schema:"))
    for name in (*own, *sorted(names - set(own))):
        terms[name.removeprefix("schema:")] = {"@id": name, "@type": "@id"}
    return {"@context": terms}


def written(document: dict[str, object]) -> str:
    """The document as text, a line for each term."""
    (terms,) = document.values()
    assert isinstance(terms, dict)
    rows = ",\n".join(f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in terms.items())
    return f'{{\n  "@context": {{\n{rows}\n  }}\n}}\n'


def made(shapes: ShapesGraph | None = None) -> str:
    """The text of the file for some shapes; for those that ship where none are given."""
    return written(context(shapes or ShapesGraph.load()))


def main() -> int:
    """Write the file, or with ``--check`` compare it; 1 when it is stale."""
    text = made()
    if "--check" in sys.argv[1:]:
        return int(TARGET.read_text(encoding="utf-8") != text)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
