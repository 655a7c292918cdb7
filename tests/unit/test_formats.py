"""RDF text leaves through one door, the same bytes each time, and can be read again."""

from __future__ import annotations

import json
import random

import graph_fixture as fixture
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from kg import formats
from kg.errors import UsageError
from kg.formats import FORMATS, JSONLD, NQ, NT, RDFXML, TRIG, TURTLE, by_media_type, by_suffix, serialize
from kg.graph import build
from kg.vocab import PREFIXES, RDF, SCHEMA, XSD

S, P = NamedNode("https://news.example.org/a#id"), SCHEMA.headline
RDF_FORMATS = [f for f in FORMATS if not f.results]
GRAPHS = build(fixture.annotated(), fixture.naming(), document=fixture.OWN, iris=fixture.IRIS, run=fixture.RUN)


def read(data: bytes, format: formats.Format) -> set[Triple]:
    return {q.triple for q in ox.parse(data, format=format.oxigraph)}  # type: ignore[arg-type]


@pytest.mark.parametrize("format", RDF_FORMATS, ids=lambda f: f.suffix)
def test_a_built_article_reads_back_as_the_same_triples(format: formats.Format) -> None:
    assert read(serialize(GRAPHS.triples, format), format) == set(GRAPHS.triples)


@pytest.mark.parametrize("format", RDF_FORMATS, ids=lambda f: f.suffix)
def test_the_order_of_the_input_does_not_show(format: formats.Format) -> None:
    shuffled = list(GRAPHS.triples) * 2
    random.Random(1).shuffle(shuffled)
    if format is JSONLD:  # where a node nests follows the order of the output, which is sorted
        assert serialize(shuffled, format, root=GRAPHS.iri) == serialize(GRAPHS.triples, format, root=GRAPHS.iri)
    assert serialize(shuffled, format) == serialize(GRAPHS.triples, format)


@pytest.mark.parametrize("format", [NQ, TRIG, JSONLD], ids=lambda f: f.suffix)
def test_formats_for_datasets_keep_graph_names(format: formats.Format) -> None:
    quads = {
        Quad(S, P, Literal("in the default graph"), DefaultGraph()),
        Quad(S, P, Literal("named"), NamedNode("https://news.example.org/graphs/g")),
        Quad(S, P, Literal("named too"), NamedNode("https://news.example.org/graphs/h")),
    }
    written = serialize(quads, format)
    assert set(ox.parse(written, format=format.oxigraph)) == quads  # type: ignore[arg-type]


@pytest.mark.parametrize("format", [TURTLE, NT, RDFXML], ids=lambda f: f.suffix)
def test_formats_without_graph_names_write_the_union(format: formats.Format) -> None:
    quads = [Quad(S, P, Literal("x"), NamedNode(f"https://news.example.org/graphs/{n}")) for n in range(2)]
    assert read(serialize(quads, format), format) == {Triple(S, P, Literal("x"))}


def etree_holds(text: str) -> bool:
    """Whether XML has a way to write the text, according to another implementation."""
    try:
        etree.Element("x").text = text
    except ValueError:
        return False
    return True


LITERALS = st.one_of(
    st.builds(Literal, st.text(st.characters(exclude_categories=["Cs"]))),
    st.builds(
        lambda text, tag: Literal(text, language=tag),
        st.text(st.characters(exclude_categories=["Cs"])),
        st.sampled_from(["en", "en-gb", "zh-hant", "x-y"]),
    ),
    st.builds(
        lambda text, kind: Literal(text, datatype=kind),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.sampled_from([XSD.integer, XSD.boolean, XSD.date, XSD.double, SCHEMA.Text, NamedNode("urn:x:type")]),
    ),
)


@given(st.lists(LITERALS, min_size=1, max_size=5))
def test_any_literal_reads_back_or_is_refused_with_the_reason(literals: list[Literal]) -> None:
    triples = {Triple(S, P, one) for one in literals}
    legal = all(etree_holds(one.value) for one in literals)
    for each in RDF_FORMATS:
        if each is RDFXML and not legal:
            with pytest.raises(UsageError, match=r"RDF/XML cannot hold U\+"):
                serialize(triples, each)
        else:
            assert read(serialize(triples, each), each) == triples


@pytest.mark.parametrize("iri", ["http://x.example/1", "http://x.example/", "http://x.example/a%20", "urn:x:9-"])
def test_a_predicate_that_ends_in_no_name_is_refused_as_rdf_xml(iri: str) -> None:
    with pytest.raises(UsageError, match="cannot hold the predicate"):
        serialize([Triple(S, NamedNode(iri), S)], RDFXML)


@pytest.mark.parametrize("iri", ["http://x.example/é", "http://x.example/1a", "a:b", "http://x.example#_1.-"])
def test_a_predicate_that_ends_in_a_name_is_written_as_rdf_xml(iri: str) -> None:
    triples = [Triple(S, NamedNode(iri), Literal("x & <y> ]]>\r\n\t z"))]
    written = serialize(triples, RDFXML)
    etree.fromstring(written)
    assert read(written, RDFXML) == set(triples)


def test_a_triple_term_is_refused_where_the_format_has_none() -> None:
    star = [Triple(S, P, Triple(S, P, S))]
    for each in (RDFXML, JSONLD):
        with pytest.raises(UsageError, match="triple term"):
            serialize(star, each)
    assert read(serialize(star, NT), NT) == set(star)


def test_turtle_declares_the_prefixes_in_use_in_order_and_puts_types_first() -> None:
    written = serialize(GRAPHS.content, TURTLE).decode()
    header = [line for line in written.splitlines() if line.startswith("@prefix")]
    assert header == sorted(header)
    assert "@prefix schema: <http://schema.org/> ." in header
    assert not any("medtop" in line for line in header)
    assert f"<{fixture.PAGE}#id> a schema:NewsArticle ;" in written


def test_no_statements_are_a_document_too() -> None:
    for each in RDF_FORMATS:
        assert read(serialize([], each), each) == set()


def test_json_ld_carries_its_context_or_names_it() -> None:
    inline = json.loads(serialize(GRAPHS.content, JSONLD))
    assert inline["@context"]["schema"] == PREFIXES["schema"]
    named = json.loads(serialize(GRAPHS.content, JSONLD, context_iri="https://news.example.org/context.jsonld"))
    assert named["@context"][0] == "https://news.example.org/context.jsonld"


@pytest.mark.parametrize("format", FORMATS, ids=lambda f: f.suffix)
def test_a_format_is_found_by_suffix_and_by_media_type(format: formats.Format) -> None:
    assert by_suffix(format.suffix) is format
    assert by_suffix("." + format.suffix.upper()) is format
    assert by_media_type(format.media_type) is format
    assert by_media_type(f"{format.media_type.upper()} ; charset=utf-8") is format
    assert all(by_media_type(alias) is format for alias in format.aliases)
    assert format.content_type.startswith(format.media_type)


def test_an_unknown_format_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="ttl, jsonld, nt, rdf, trig, nq, json, xml, csv, tsv"):
        by_suffix("doc")
    with pytest.raises(UsageError, match="text/turtle, application/ld"):
        by_media_type("application/msword")
    with pytest.raises(UsageError, match="holds query results"):
        serialize([], formats.CSV)


def test_blank_nodes_keep_their_shape() -> None:
    one, two = BlankNode("one"), BlankNode("two")
    chain = [Triple(S, P, one), Triple(one, RDF.first, two), Triple(two, P, Literal("x"))]
    for each in RDF_FORMATS:
        found = ox.Dataset(ox.parse(serialize(chain, each), format=each.oxigraph))  # type: ignore[arg-type]
        wanted = ox.Dataset([Quad(*t) for t in chain])
        for dataset in (found, wanted):
            dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        assert found == wanted
