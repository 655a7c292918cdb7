"""What the tree walk writes is JSON-LD for exactly the triples it was given; the page's block shows less."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import graph_fixture as fixture
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld as pyld
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg import jsonld
from kg.errors import UsageError
from kg.graph import build
from kg.vocab import RDF, SCHEMA, XSD

CONTEXT_IRI = "https://news.example.org/context.jsonld"
GRAPHS = build(fixture.annotated(), fixture.naming(), document=fixture.OWN, iris=fixture.IRIS, run=fixture.RUN)
S, P = NamedNode("https://news.example.org/a#id"), SCHEMA.headline


def loader(url: str, options: object = None) -> dict[str, Any]:
    assert url == CONTEXT_IRI, f"the document asks for {url}"
    return {"contextUrl": None, "documentUrl": url, "document": {"@context": dict(jsonld.context())}}


def expanded(document: dict[str, Any]) -> set[Quad]:
    """The quads a conformant processor reads from the document, with canonical blank node labels."""
    expansion = pyld.expand(json.loads(json.dumps(document)), {"documentLoader": loader})
    text = pyld.to_rdf(expansion, {"format": "application/n-quads"})
    return canonical(ox.parse(text, format=ox.RdfFormat.N_QUADS))


def canonical(quads: Iterable[Quad]) -> set[Quad]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return set(dataset)


def same(triples: Iterable[Triple], **options: Any) -> dict[str, Any]:
    """The document of the triples, after a check that a processor reads them, and only them, from it."""
    kept = list(triples)
    wanted = canonical(Quad(*t) for t in kept)
    inline = jsonld.document(kept, **options)
    assert expanded(inline) == wanted
    assert canonical(ox.parse(json.dumps(inline), format=ox.RdfFormat.JSON_LD)) == wanted
    named = jsonld.document(kept, context_iri=CONTEXT_IRI, **options)
    assert expanded(named) == wanted
    return named


def test_the_document_of_a_built_article_expands_to_exactly_its_triples() -> None:
    made = same(GRAPHS.triples + GRAPHS.provenance, root=GRAPHS.iri)
    assert made["@context"] == [CONTEXT_IRI, {"@language": "en-gb"}]
    article = made["@graph"][0]
    assert article["@id"] == fixture.PAGE + "#id"
    assert article["@type"] == "NewsArticle"
    assert article["headline"] == fixture.HEADLINE
    assert article["publisher"]["name"] == "Harbour Gazette"
    assert article["wordCount"] == 64
    assert article["datePublished"] == {"@value": "2026-03-16T09:30:00Z", "@type": "xsd:dateTime"}


def test_withheld_and_lean_articles_expand_to_exactly_their_triples_too() -> None:
    for options in ({"document": fixture.THIRD_PARTY}, {"document": fixture.OWN, "detail": "facts"}):
        of = build(fixture.annotated(), fixture.naming(), iris=fixture.IRIS, run=fixture.RUN, **options)  # type: ignore[arg-type]
        same(of.triples, root=of.iri)


@pytest.mark.shared
def test_the_gold_graph_expands_to_exactly_its_triples(shared: Path) -> None:
    quads = list(ox.parse(path=str(shared / "model" / "gold_seed.trig"), format=ox.RdfFormat.TRIG))
    same({q.triple for q in quads})
    assert expanded(jsonld.document(quads, context_iri=CONTEXT_IRI)) == canonical(quads)


def test_a_node_is_written_out_once_and_referred_to_after_that() -> None:
    text = json.dumps(jsonld.document(GRAPHS.triples, context_iri=CONTEXT_IRI, root=GRAPHS.iri))
    assert text.count('"Tesfaye Bekele", "alternateName"') + text.count('"name": "Tesfaye Bekele"') == 1


def test_a_deep_chain_and_a_circle_end() -> None:
    nodes = [NamedNode(f"https://news.example.org/{i}") for i in range(3000)]
    chain = [Triple(a, SCHEMA.about, b) for a, b in zip(nodes, [*nodes[1:], nodes[0]], strict=True)]
    same(chain[:60])
    text = json.dumps(jsonld.document(chain))
    assert len(set(ox.parse(text, format=ox.RdfFormat.JSON_LD))) == 3000


TYPE = NamedNode("urn:x:type")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["@id", "@type", "</script>", "schema:Person", "http://x", "\u0000", "\u202e", " ", "1", "01", "true"]
)
LITERALS = st.one_of(
    st.builds(Literal, TEXT),
    st.builds(lambda t, tag: Literal(t, language=tag), TEXT, st.sampled_from(["en", "de", "zh-hant"])),
    st.builds(
        lambda t, kind: Literal(t, datatype=kind),
        TEXT | st.integers(min_value=-(10**20), max_value=10**20).map(str),
        st.sampled_from(
            [XSD.integer, XSD.boolean, XSD.date, XSD.double, XSD.decimal, RDF.JSON, RDF.HTML, SCHEMA.Text, TYPE]
        ),
    ),
)
NODES = st.sampled_from(
    [
        S,
        NamedNode("https://news.example.org/b?x=y#z"),
        NamedNode("urn:x:1"),
        NamedNode("ni:///sha-256;abc"),
        RDF.nil,
        SCHEMA.Person,
        BlankNode("one"),
        BlankNode("two"),
    ]
)
PREDICATES = st.sampled_from(
    [
        P, SCHEMA.about, SCHEMA.schema, SCHEMA["a.b"], SCHEMA[""], SCHEMA.sh, SCHEMA["dcterms:subject"],
        RDF.type, RDF.first, RDF.rest, RDF.value, NamedNode("urn:x:p"), NamedNode("http://x.example/1"),
    ]
)  # fmt: skip


@given(st.sets(st.builds(Triple, NODES, PREDICATES, NODES | LITERALS), max_size=8))
def test_any_triples_expand_to_exactly_themselves(triples: set[Triple]) -> None:
    ordered = sorted(triples, key=str)
    made = jsonld.document(ordered)
    wanted = canonical(Quad(*t) for t in ordered)
    assert canonical(ox.parse(json.dumps(made), format=ox.RdfFormat.JSON_LD)) == wanted
    # PyLD rewrites the lexical form of every xsd:double, against section 8.2.2 of the API
    if not any(isinstance(t.object, Literal) and t.object.datatype == XSD.double for t in ordered):
        assert expanded(made) == wanted


@pytest.mark.parametrize("iri", ["schema:Person", "foaf:", "about:blank", "xsd:x#y"])
def test_an_iri_that_looks_like_a_prefixed_name_stays_that_iri(iri: str) -> None:
    same([Triple(S, SCHEMA.about, NamedNode(iri)), Triple(NamedNode(iri), P, Literal("x", language="en"))])


def test_lists_keep_their_nodes() -> None:
    one, two = BlankNode("one"), BlankNode("two")
    same(
        [
            Triple(S, SCHEMA.about, one),
            Triple(one, RDF.first, Literal("a")),
            Triple(one, RDF.rest, two),
            Triple(two, RDF.first, Literal("b", language="en")),
            Triple(two, RDF.rest, RDF.nil),
        ]
    )


def test_a_triple_term_is_an_error() -> None:
    with pytest.raises(UsageError, match="triple term"):
        jsonld.document([Triple(S, P, Triple(S, P, S))])


# ---- the block ---------------------------------------------------------------------------------------------------


def block_of(graphs: Any = GRAPHS) -> dict[str, Any]:
    return jsonld.page_block(jsonld.block(graphs.triples, graphs.iri))


def claims(of: dict[str, Any]) -> set[tuple[str, str, str]]:
    """What the block says, as subject, predicate and the value's text."""
    bare = {**of, "@context": {"@vocab": "http://schema.org/"}}
    text = pyld.to_rdf(pyld.expand(bare), {"format": "application/n-quads"})
    quads = ox.parse(text, format=ox.RdfFormat.N_QUADS)
    return {(q.subject.value, q.predicate.value, q.object.value) for q in quads}


def test_the_block_says_nothing_the_graph_does_not_say() -> None:
    block = block_of()
    said = {(t.subject.value, t.predicate.value, t.object.value) for t in GRAPHS.triples}  # type: ignore[union-attr]
    more = claims(block) - said
    assert more == {(GRAPHS.iri.value, SCHEMA.description.value, fixture.ABSTRACT)}  # the abstract by another name


@pytest.mark.shared
def test_the_block_of_the_gold_graph_is_part_of_it(shared: Path) -> None:
    quads = list(ox.parse(path=str(shared / "model" / "gold_seed.trig"), format=ox.RdfFormat.TRIG))
    (article,) = {q.subject for q in quads if q.object == SCHEMA.NewsArticle}
    block = jsonld.page_block(jsonld.block([q.triple for q in quads], article))  # type: ignore[arg-type]
    said = {(q.subject.value, q.predicate.value, q.object.value) for q in quads}
    assert {p for _, p, _ in claims(block) - said} == {SCHEMA.description.value}
    example = json.loads((shared / "model" / "gold_seed.page.jsonld").read_text(encoding="utf-8"))["@graph"][0]
    assert {k for k in example if k != "description"} <= set(block)
    assert block["headline"] == example["headline"]
    assert block["publisher"] == example["publisher"]
    assert {one["@id"] for one in example["about"]} <= {one["@id"] for one in block["about"]}


def test_events_and_pictures_without_a_file_stay_out_of_the_block() -> None:
    block = block_of()
    text = json.dumps(block)
    assert "CourtRuling" not in text
    assert "v0-33333333" not in text
    assert block["image"]["contentUrl"] == "https://harbour.example/bekele.jpg"  # the only one with a file
    assert block["author"][0] == {
        "@type": "Person",
        "@id": f"{fixture.BASE}/things/author-0#id",
        "name": "Ana Costa",
        "url": "https://harbour.example/ana",
    }


def test_an_undated_article_without_anything_has_a_block_without_empty_values() -> None:
    bare = jsonld.Block(iri="https://x.example/a#id", page="https://x.example/a", headline="H")
    assert jsonld.page_block(bare) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": "https://x.example/a#id",
        "mainEntityOfPage": "https://x.example/a",
        "headline": "H",
    }


def test_a_long_abstract_is_cut_at_a_word() -> None:
    triples = [Triple(S, RDF.type, SCHEMA.NewsArticle), Triple(S, SCHEMA.abstract, Literal("word " * 100))]
    description = jsonld.block(triples, S, description_length=40).description
    assert description is not None
    assert len(description) <= 40
    assert description.endswith("word…")


class Scripts(HTMLParser):
    """Collects what a browser takes as the content of the first script element."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = False
        self.text = ""
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        self.inside = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        self.text += data if self.inside else ""


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_in_a_script_element_ends_where_it_should(extra: str) -> None:
    value = {"headline": f"</script><script>alert(1)</script><!--\u2028\u2029&amp;{extra}"}
    safe = jsonld.script_safe(json.dumps(value, ensure_ascii=False))
    parser = Scripts()
    parser.feed(f'<script type="application/ld+json">{safe}</script><p>after</p>')
    assert parser.tags == ["script", "p"]
    assert json.loads(parser.text) == value
    assert not set(safe) & set("<>&\u2028\u2029")
