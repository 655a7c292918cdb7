"""Derive the small term table that kg.graph.vocabulary reads from a schema.org release.

    python ontology/make_schema_table.py schemaorg-all-https.ttl > ontology/schema_table.json

The release is the "all" Turtle file of https://schema.org/docs/developers.html. What is kept of it are names only:
classes with their superclasses, properties with their domains and ranges, and members of enumerations; no
definitions, and no superseded properties.
The result is a derived work of schema.org (CC BY-SA 3.0), see ontology/README.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyoxigraph as ox

SCHEMA = ("https://schema.org/", "http://schema.org/")
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"


def local(node: object) -> str | None:
    """The name after the schema.org namespace, or None for other vocabularies."""
    if isinstance(node, ox.NamedNode):
        for namespace in SCHEMA:
            if node.value.startswith(namespace):
                return node.value.removeprefix(namespace)
    return None


def table(path: Path, release: str) -> dict[str, object]:
    """The term table of one release file."""
    classes: dict[str, set[str]] = {}
    domains: dict[str, set[str]] = {}
    ranges: dict[str, set[str]] = {}
    members: dict[str, set[str]] = {}
    properties: set[str] = set()
    superseded: set[str] = set()
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
        subject, object_ = local(quad.subject), local(quad.object)
        if subject is None:
            continue
        match quad.predicate.value.replace("https://schema.org/", "schema:"):
            case "schema:domainIncludes" if object_:
                domains.setdefault(subject, set()).add(object_)
            case "schema:rangeIncludes" if object_:
                ranges.setdefault(subject, set()).add(object_)
            case "schema:supersededBy":
                superseded.add(subject)
            case p if p == RDFS + "subClassOf":
                classes.setdefault(subject, set()).update({object_} if object_ else ())
            case p if p == RDF + "type":
                if quad.object == ox.NamedNode(RDFS + "Class"):
                    classes.setdefault(subject, set())
                elif quad.object == ox.NamedNode(RDF + "Property"):
                    properties.add(subject)
                elif object_ and object_ != "DataType":
                    members.setdefault(subject, set()).add(object_)
    return {
        "source": "https://schema.org/",
        "release": release,
        "licence": "https://creativecommons.org/licenses/by-sa/3.0/",
        "classes": {name: sorted(over) for name, over in sorted(classes.items())},
        "properties": {
            n: [sorted(domains.get(n, ())), sorted(ranges.get(n, ()))] for n in sorted(properties - superseded)
        },
        "members": {name: sorted(over) for name, over in sorted(members.items()) if name not in classes},
    }


def main() -> None:
    """Write the table of the release file named on the command line."""
    path = Path(sys.argv[1])
    release = sys.argv[2] if len(sys.argv) > 2 else "30.0"
    made = table(path, release)
    lines = []
    for key, value in made.items():
        if isinstance(value, dict):
            rows = ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in value.items())
            lines.append(f"{json.dumps(key)}: {{\n{rows}\n}}")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
