"""``/dataset`` and ``/.well-known/void``: the description agrees with the data, and its examples run."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import newsroom as n
import pytest
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, RdfFormat, Triple, parse
from pyoxigraph import Store as Rdf

from kg import queries
from kg.engine import Answer, Request
from kg.errors import ConfigError, QueryTimeout
from kg.store import Reader, Store
from kg.vocab import PREFIXES, RDF
from server import create_app

VOID = "http://rdfs.org/ns/void#"
EXT = "http://ldf.fi/void-ext#"
#: What the editor of the Swiss Institute of Bioinformatics asks an endpoint's description, its README says: the classes
#: with their properties and what these lead to, the prefixes, the examples.
CLASSES = f"""PREFIX void: <{VOID}>
PREFIX void-ext: <{EXT}>
SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype WHERE {{
  {{
    ?cp void:class ?subjectClass ; void:propertyPartition ?pp . ?pp void:property ?prop .
    OPTIONAL {{
      {{ ?pp void:classPartition [ void:class ?objectClass ] }} UNION
      {{ ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] }}
    }}
  }} UNION {{ ?linkset void:subjectsTarget ?subjectClass ; void:linkPredicate ?prop ; void:objectsTarget ?objectClass }}
}}"""
NAMES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix"""
EXAMPLES = """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?sq ?comment ?query WHERE {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?query
} ORDER BY ?sq"""


@pytest.fixture
def described(client: FlaskClient) -> Rdf:
    """The description as a client reads it."""
    answer = client.get("/.well-known/void")
    assert answer.status_code == 200
    made = Rdf()
    made.extend(Quad(*q.triple) for q in parse(answer.data, format=RdfFormat.TURTLE, base_iri=n.BASE))
    return made


def select(rdf: Rdf, query: str) -> list[dict[str, str]]:
    found = rdf.query(query)
    assert isinstance(found, QuerySolutions)
    names = [v.value for v in found.variables]
    return [{k: row[k].value for k in names if row[k] is not None} for row in found]


def facts(reader: Reader) -> list[Triple]:
    return [q.triple for q in reader.rdf.quads_for_pattern(None, None, None, DefaultGraph())]


def test_classes_properties_and_what_they_lead_to_are_those_of_the_data(described: Rdf, reader: Reader) -> None:
    types: dict[object, set[str]] = {}
    triples = facts(reader)
    for one in triples:
        if one.predicate == RDF.type and isinstance(one.object, NamedNode):
            types.setdefault(one.subject, set()).add(one.object.value)
    led: set[tuple[str, str, str | None]] = set()
    for one in triples:
        for kind in types.get(one.subject, ()):
            ends: set[str] = {one.object.datatype.value} if isinstance(one.object, Literal) else set()
            ends |= types.get(one.object, set())
            led |= {(kind, one.predicate.value, end) for end in ends}
            if not ends:
                led.add((kind, one.predicate.value, None))
    rows = select(described, CLASSES)
    found = {(r["subjectClass"], r["prop"], r.get("objectClass") or r.get("objectDatatype")) for r in rows}
    # what leads to something with a class in one place, and to a bare IRI in another, has a row for the former only
    led -= {(c, p, None) for c, p, end in led if end is not None}
    assert found == led
    assert len(found) > 100


def test_every_count_is_the_number_of_such_triples(described: Rdf, reader: Reader) -> None:
    triples = facts(reader)
    whole = f"<{n.BASE}/dataset#id>"
    (total,) = select(described, f"SELECT ?n {{ {whole} <{VOID}triples> ?n }}")
    assert int(total["n"]) == len(triples)
    per_property = Counter(one.predicate.value for one in triples)
    rows = select(
        described, f"SELECT ?p ?n {{ {whole} <{VOID}propertyPartition> [ <{VOID}property> ?p ; <{VOID}triples> ?n ] }}"
    )
    assert {r["p"]: int(r["n"]) for r in rows} == per_property
    per_class = Counter(one.object.value for one in triples if one.predicate == RDF.type)  # type: ignore[union-attr]
    rows = select(
        described, f"SELECT ?c ?n {{ {whole} <{VOID}classPartition> [ <{VOID}class> ?c ; <{VOID}entities> ?n ] }}"
    )
    assert {r["c"]: int(r["n"]) for r in rows} == per_class
    graphs = Counter(g.value.rpartition("/")[2] for g in reader.rdf.named_graphs())
    rows = select(described, f"SELECT ?g ?n {{ {whole} <{VOID}subset> ?g . ?g <{VOID}documents> ?n }}")
    assert {r["g"].rpartition("#g-")[2]: int(r["n"]) for r in rows} == graphs


def test_an_editor_finds_prefixes_and_examples_by_the_queries_it_sends(described: Rdf) -> None:
    assert {r["prefix"]: r["namespace"] for r in select(described, NAMES)} == PREFIXES
    assert [r["comment"] for r in select(described, EXAMPLES)] == [one.title for one in queries.examples()]


def test_every_example_of_the_served_description_runs(client: FlaskClient, described: Rdf) -> None:
    rows = 0
    for example in select(described, EXAMPLES):
        answer = client.post("/sparql", data=example["query"], content_type="application/sparql-query")
        assert answer.status_code == 200, example["sq"]
        rows += len(answer.get_json().get("results", {}).get("bindings", ()))
    assert rows > 20  # they are about what this publication names


@pytest.mark.parametrize(
    ("address", "accept", "kind"),
    [
        ("/dataset", None, "text/html"),
        ("/dataset", "text/turtle", "text/turtle"),
        ("/dataset", "application/ld+json", "application/ld+json"),
        ("/dataset.nt", "text/html", "application/n-triples"),
        ("/dataset.rdf", None, "application/rdf+xml"),
        ("/.well-known/void", None, "text/turtle"),
        ("/.well-known/void", "*/*", "text/turtle"),
        ("/.well-known/void", "text/html,*/*;q=0.8", "text/html"),
    ],
)
def test_the_description_is_negotiated(client: FlaskClient, address: str, accept: str | None, kind: str) -> None:
    answer = client.get(address, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert "Accept" in answer.vary
    again = client.get(
        address, headers={"If-None-Match": answer.headers["ETag"], **({"Accept": accept} if accept else {})}
    )
    assert again.status_code == 304


def test_what_is_not_on_offer_is_refused(client: FlaskClient) -> None:
    assert client.get("/dataset", headers={"Accept": "image/png"}).status_code == 406


def test_all_formats_say_the_same(client: FlaskClient) -> None:
    def read(suffix: str, format: RdfFormat) -> set[Triple]:
        return {q.triple for q in parse(client.get(f"/dataset.{suffix}").data, format=format, base_iri=n.BASE)}

    turtle = read("ttl", RdfFormat.TURTLE)
    assert turtle == read("nt", RdfFormat.N_TRIPLES) == read("rdf", RdfFormat.RDF_XML)
    document = client.get("/dataset.jsonld").get_json(force=True)
    ours, *more = document["@context"]
    assert ours == f"{n.BASE}/context.jsonld"
    inlined = {**document, "@context": [client.get("/context.jsonld").get_json(force=True)["@context"], *more]}
    made = parse(json.dumps(inlined), format=RdfFormat.JSON_LD, base_iri=n.BASE)
    assert {q.triple for q in made} == turtle


def test_the_page_shows_the_counts_and_tells_search_engines_of_the_dataset(client: FlaskClient) -> None:
    page = client.get("/dataset", headers={"Accept": "text/html"}).text
    assert "<code>schema:NewsArticle</code>" in page
    assert "who said what, word for word" in page
    block = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert (block["@type"], block["@id"]) == ("Dataset", f"{n.BASE}/dataset#id")
    assert block["publisher"]["name"] == "The Newsroom"
    assert 50 <= len(block["description"]) <= 5000  # what Google's search of datasets takes


def test_the_publisher_and_the_licence_come_from_the_settings(folder: Path, store: Store) -> None:
    class Away:
        def run(self, request: Request, **_: object) -> Answer:
            raise QueryTimeout("too slow")

        def close(self) -> None: ...

    licence = "https://creativecommons.org/licenses/by/4.0/"
    flags = {
        "publisher.url": "https://newsroom.example/",
        "publisher.logo": "https://newsroom.example/logo.png",
        "publisher.licence": licence,
        "store": str(folder / "elsewhere"),
    }
    app = create_app(n.settings(folder, **flags), store=store, engine=Away())  # type: ignore[arg-type]
    answer = app.test_client().get("/dataset", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "The counts are missing" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'href="{licence}"' in answer.text
    assert 'href="https://newsroom.example/"' in answer.text
    assert '"logo": "https://newsroom.example/logo.png"' in answer.text
    with pytest.raises(ConfigError, match=r"publisher\.logo"):
        n.settings(folder, **{"publisher.logo": "javascript:alert(1)"})
    assert app.test_client().get("/dataset.ttl").status_code == 504  # a graph without its counts would look whole
    app.extensions["newsgraph"].close()


def test_counts_are_made_once_for_a_snapshot_and_found_again_after_a_restart(folder: Path, client: FlaskClient) -> None:
    first = client.get("/dataset.nt").data
    app = create_app(n.settings(folder))  # no engine: nothing can be counted
    assert app.test_client().get("/dataset.nt").data == first
    app.extensions["newsgraph"].close()


GRAPH = f"{n.BASE}/graphs/void"


@pytest.mark.parametrize("query", [CLASSES, NAMES, EXAMPLES])
@pytest.mark.parametrize("way", ["parameter", "clause", "named"])
def test_the_description_is_a_graph_that_queries_can_name(
    client: FlaskClient, described: Rdf, query: str, way: str
) -> None:
    if way == "parameter":
        fields = {"query": query, "default-graph-uri": GRAPH}
    elif way == "clause":
        fields = {"query": re.sub(r"\bWHERE\b", f"FROM <{GRAPH}> WHERE", query, count=1)}
    else:
        inner = re.sub(
            r"\bWHERE\s*\{(.*)\}", rf"FROM NAMED <{GRAPH}> WHERE {{ GRAPH ?g {{\1}} }}", query, flags=re.DOTALL
        )
        fields = {"query": inner}
    answer = client.post("/sparql", data=fields)
    assert answer.status_code == 200, answer.text
    rows = [{k: v["value"] for k, v in row.items()} for row in answer.get_json()["results"]["bindings"]]
    assert sorted(map(sorted, (row.items() for row in rows))) == sorted(
        map(sorted, (row.items() for row in select(described, query)))
    )


def test_the_description_can_be_asked_together_with_other_graphs(client: FlaskClient) -> None:
    query = f"""PREFIX void: <{VOID}> SELECT (COUNT(*) AS ?n)
    FROM <{GRAPH}> FROM <{n.BASE}/graphs/things> {{ ?s ?p ?o }}"""
    (row,) = client.post("/sparql", data={"query": query}).get_json()["results"]["bindings"]
    whole = f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}> {{ ?s ?p ?o }}"
    (alone,) = client.post("/sparql", data={"query": whole}).get_json()["results"]["bindings"]
    assert int(row["n"]["value"]) == int(alone["n"]["value"]) + 3


def test_the_description_is_not_silently_empty_where_the_dataset_leaves_it_out(client: FlaskClient) -> None:
    answer = client.post("/sparql", data={"query": f"SELECT * {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}"})
    assert answer.status_code == 400
    assert f"FROM <{GRAPH}>" in answer.get_json()["detail"]


def test_a_past_snapshot_has_its_own_description(client: FlaskClient, store: Store) -> None:
    past = store.snapshots()[1].info.id
    query = f"SELECT ?id FROM <{GRAPH}> {{ <{n.BASE}/dataset#id> <http://purl.org/dc/terms/identifier> ?id }}"
    (row,) = client.post("/sparql", data={"query": query, "snapshot": past}).get_json()["results"]["bindings"]
    assert row["id"]["value"] == past
