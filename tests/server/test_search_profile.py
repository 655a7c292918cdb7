"""What pages tell search engines passes the profile of what search engines ask for (shapes/google.ttl)."""

from __future__ import annotations

import json
import re

import newsroom as n
import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Triple, parse

from kg import jsonld, resources
from kg.shacl import Gate, ShapesGraph
from kg.vocab import RDF, SCHEMA

HTML = {"Accept": "text/html"}
_BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def gate() -> Gate:
    """The profile alone."""
    return Gate(ShapesGraph.load([resources.path("shapes/google.ttl"), resources.path("shapes/prefixes.ttl")]))


def block(client: FlaskClient, page: str) -> list[Triple]:
    """The triples of the data a page embeds, with what schema.org's own context would make IRIs."""
    (found,) = _BLOCK.findall(client.get(page.removeprefix(n.BASE), headers=HTML).text)
    data = json.loads(found)
    data["@context"] = dict(jsonld.context())
    return [q.triple for q in parse(json.dumps(data), format=RdfFormat.JSON_LD)]


def test_an_article_with_everything_has_nothing_to_be_told(client: FlaskClient, gate: Gate) -> None:
    triples = block(client, n.FREED)
    assert {SCHEMA.NewsArticle, SCHEMA.BreadcrumbList} <= {t.object for t in triples if t.predicate == RDF.type}
    report = gate.check_triples(triples)
    assert {r.code for r in report.results} == set(), report.to_text()


def test_every_page_of_an_article_leads_to_it_by_crumbs(client: FlaskClient, gate: Gate) -> None:
    addresses = sorted(set(re.findall(r'href="(/articles/[^"?#/.]+)"', client.get("/articles", headers=HTML).text)))
    assert len(addresses) >= 4
    for address in addresses:
        report = gate.check_triples(block(client, n.BASE + address))
        assert not {r.code for r in report.results if r.code[0] in "BPOR" or r.severity == "Violation"}, address
