"""The own terms and the context are promises; schema.org terms are used as schema.org says."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyoxigraph import Literal, NamedNode, Triple

from kg import jsonld, resources
from kg.graph import vocabulary
from kg.vocab import NKG, PREFIXES, RDF, RDFS, SCHEMA

NODE, OTHER = NamedNode("https://news.example.org/a#id"), NamedNode("https://news.example.org/b#id")


def test_the_own_terms_are_these_and_no_more() -> None:
    triples = list(ox.parse(path=str(resources.path("ontology/nkg.ttl")), format=ox.RdfFormat.TURTLE))
    terms = {q.subject.value.removeprefix(NKG.iri) for q in triples if q.subject in NKG}
    assert terms == {
        "Arrest", "Attack", "Charge", "Conviction", "CourtRuling", "CustodyRelease", "Death", "Deportation",
        "DirectQuotation",
        "Disaster", "Election", "Hearing", "IndirectQuotation", "LegalEvent", "PersonGroup", "Protest",
        "RetractionNotice",
        "Strike", "UnnamedPerson",
        "contentDigest", "copyOf", "identifies", "mentionForm", "retired", "revision", "search", "settingsDigest",
            "sketch", "sketchKey", "textOf", "textProperty", "textWithheld", "timeExpression",
    }  # fmt: skip


def test_each_own_term_is_labelled_and_below_a_standard_one() -> None:
    triples = [q.triple for q in ox.parse(path=str(resources.path("ontology/nkg.ttl")), format=ox.RdfFormat.TURTLE)]
    own = {t.subject for t in triples if t.predicate == RDF.type and t.subject in NKG}
    over = {t.subject for t in triples if t.predicate in (RDFS.subClassOf, RDFS.subPropertyOf)}
    labelled = {t.subject for t in triples if t.predicate == RDFS.label}
    assert own == over & own
    assert own <= labelled


def test_the_context_and_the_prefix_list_agree() -> None:
    context = jsonld.context()
    prefixes = {k: v for k, v in context.items() if isinstance(v, str) and not k.startswith("@")}
    assert prefixes == PREFIXES
    known = vocabulary.load()
    for key, term in context.items():
        if isinstance(term, dict):
            prefix, _, local = term["@id"].partition(":")
            assert key in {local, term["@id"]}
            if prefix == "schema":
                assert SCHEMA.iri + local in known.properties


def test_the_context_is_one_json_object_with_nothing_else() -> None:
    loaded = json.loads(resources.path("ontology/context.jsonld").read_text(encoding="utf-8"))
    assert list(loaded) == ["@context"]


@pytest.mark.parametrize(
    ("triples", "finding"),
    [
        ([Triple(NODE, SCHEMA.headlin, Literal("x"))], "no such term: http://schema.org/headlin"),
        ([Triple(NODE, NKG.Arest, Literal("x"))], "no such term: https://w3id.org/newsgraph#Arest"),
        ([Triple(NODE, RDF.type, SCHEMA.Persona)], "no such term: http://schema.org/Persona"),
        (
            [Triple(NODE, RDF.type, SCHEMA.City), Triple(NODE, SCHEMA.jobTitle, Literal("x"))],
            f"domain: jobTitle on [City] {NODE}",
        ),
        ([Triple(NODE, SCHEMA.name, Literal("x"))], f"domain: name on [] {NODE}"),
        (
            [Triple(NODE, RDF.type, SCHEMA.NewsArticle), Triple(NODE, SCHEMA.author, Literal("x"))],
            'range: author takes no "x"',
        ),
        (
            [
                Triple(NODE, RDF.type, SCHEMA.NewsArticle),
                Triple(OTHER, RDF.type, SCHEMA.City),
                Triple(NODE, SCHEMA.author, OTHER),
            ],
            f"range: author on [City] {OTHER}",
        ),
        (
            [Triple(NODE, RDF.type, SCHEMA.NewsArticle), Triple(NODE, SCHEMA.wordCount, Literal("many"))],
            'range: wordCount takes no "many"',
        ),
    ],
)
def test_a_term_used_wrongly_is_found(triples: list[Triple], finding: str) -> None:
    assert vocabulary.check(triples) == (finding,)


@pytest.mark.parametrize(
    "triples",
    [
        [Triple(NODE, RDF.type, NKG.UnnamedPerson), Triple(NODE, SCHEMA.jobTitle, Literal("judge"))],
        [Triple(NODE, RDF.type, NKG.Arrest), Triple(NODE, SCHEMA.actionStatus, SCHEMA.CompletedActionStatus)],
        [Triple(NODE, RDF.type, SCHEMA.NewsArticle), Triple(NODE, SCHEMA.url, OTHER)],
        [Triple(NODE, NamedNode("http://xmlns.com/foaf/0.1/depicts"), OTHER)],
    ],
)
def test_a_term_used_rightly_is_not_found(triples: list[Triple]) -> None:
    assert vocabulary.check(triples) == ()


def test_the_schema_table_is_small_and_credits_its_source() -> None:
    file = resources.path("ontology/schema_table.json")
    assert file.stat().st_size <= 150_000
    table = json.loads(file.read_text(encoding="utf-8"))
    assert (table["source"], table["release"]) == ("https://schema.org/", "30.0")
    assert "CC BY-SA 3.0" in resources.path("ontology/README.md").read_text(encoding="utf-8")


@pytest.mark.shared
def test_the_gold_graph_uses_terms_as_schema_org_says(shared: Path) -> None:
    gold = shared / "model" / "gold_seed.trig"
    assert vocabulary.check(q.triple for q in ox.parse(path=str(gold), format=ox.RdfFormat.TRIG)) == ()


@pytest.mark.shared
def test_the_schema_table_is_what_the_script_derives_from_the_release(shared: Path) -> None:
    import subprocess
    import sys

    release = shared / "model" / "ref" / "schemaorg-30-all-https.ttl"
    script = resources.path("ontology/make_schema_table.py")
    made = subprocess.run([sys.executable, str(script), str(release)], capture_output=True, check=True, timeout=120)
    assert made.stdout.decode() == resources.path("ontology/schema_table.json").read_text(encoding="utf-8")
