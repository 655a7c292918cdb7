"""What the builder makes of an annotated article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import graph_fixture as fixture
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from kg.errors import InputError
from kg.graph import authority_triples, build, facts_only, terms, version_iri, vocabulary
from kg.model import Annotated, ArticleGraphs, Author, Document, Image, Mention, Naming, Rights, Role, Source, Span
from kg.plugins import Authority
from kg.vocab import GEO, ITSRDF, NIF, NKG, PROV, RDF, SCHEMA, XSD

ARTICLE = NamedNode(fixture.PAGE + "#id")


def built(
    annotated: Annotated | None = None,
    *,
    naming: Naming | None = None,
    document: Document = fixture.OWN,
    authority: Authority | None = None,
    **options: object,
) -> ArticleGraphs:
    of = annotated or fixture.annotated()
    return build(
        of,
        naming or fixture.naming(of),
        document=document,
        iris=fixture.IRIS,
        run=fixture.RUN,
        authority=authority,
        **options,  # type: ignore[arg-type]
    )


def values(triples: Iterable[Triple], subject: NamedNode, predicate: NamedNode) -> set[object]:
    return {t.object for t in triples if t.subject == subject and t.predicate == predicate}


def part(name: str) -> NamedNode:
    return NamedNode(f"{fixture.PAGE}#{name}")


def thing(id: str) -> NamedNode:
    return NamedNode(fixture.naming().things[id])


def en(text: str) -> Literal:
    return Literal(text, language="en-gb")


def everything(graphs: ArticleGraphs) -> tuple[Triple, ...]:
    return graphs.triples + graphs.provenance


# ---- all parts ---------------------------------------------------------------------------------------------------


def test_the_article_says_about_itself_what_is_printed() -> None:
    content = built().content
    assert values(content, ARTICLE, SCHEMA.headline) == {en(fixture.HEADLINE)}
    assert values(content, ARTICLE, SCHEMA.articleBody) == {en("\n\n".join(fixture.BODY))}
    assert values(content, ARTICLE, SCHEMA.datePublished) == {
        Literal("2026-03-16T09:30:00Z", datatype=XSD.dateTime),
    }
    assert values(content, ARTICLE, SCHEMA.dateModified) == {Literal("2026-03-17", datatype=XSD.date)}
    assert values(content, ARTICLE, SCHEMA.inLanguage) == {Literal("en-gb")}
    assert values(content, ARTICLE, SCHEMA.mainEntityOfPage) == {NamedNode(fixture.PAGE)}
    assert values(content, ARTICLE, SCHEMA.hasPart) == {part("quote-1"), part("quote-2"), part("quote-3")}
    assert values(content, ARTICLE, PROV.wasDerivedFrom) == {
        NamedNode("ni:///sha-256;YmwYyBYQ5-LAnOZrQgEB-j94NWw1wngg9MNZO-C3BVc")
    }
    assert values(content, part("correction-1"), SCHEMA.text) == {en(fixture.article().corrections[0])}


def test_what_the_article_lacks_is_absent_and_not_invented() -> None:
    bare = fixture.article(
        alternative_headline=None, abstract=None, images=(), hero=False, publisher=None, section=None, authors=(),
        date_published="in spring", date_modified=None, url="/relative", corrections=(),
    )  # fmt: skip
    of = Annotated(article=bare, text=fixture.laid_out(bare))
    content = built(of).content
    said = {t.predicate for t in content if t.subject == ARTICLE}
    assert said == {
        RDF.type,
        SCHEMA.mainEntityOfPage,
        SCHEMA.headline,
        SCHEMA.articleBody,
        SCHEMA.wordCount,
        SCHEMA.inLanguage,
        SCHEMA.license,
        PROV.wasDerivedFrom,
    }


def test_about_and_mentions_are_disjoint_even_when_two_ids_go_by_one_iri() -> None:
    of = fixture.annotated()
    names = dict(fixture.naming(of).things)
    names["e2"] = names["e0"]  # e0 is what the article is about, e2 is only mentioned
    content = built(of, naming=fixture.naming(of, things=names)).content
    about = values(content, ARTICLE, SCHEMA.about)
    assert about == {thing("e0"), thing("v0")}
    assert not about & values(content, ARTICLE, SCHEMA.mentions)


def test_an_image_is_about_what_its_caption_names_and_only_the_hero_represents_the_page() -> None:
    content = built().content
    assert values(content, part("image-0"), SCHEMA.about) == {thing("e0"), thing("e1")}
    assert values(content, part("image-0"), SCHEMA.contentUrl) == {NamedNode("https://harbour.example/bekele.jpg")}
    assert values(content, part("image-0"), SCHEMA.representativeOfPage) == {terms.boolean(True)}
    assert not values(content, part("image-1"), SCHEMA.representativeOfPage)
    assert not values(content, part("image-1"), SCHEMA.contentUrl)


def test_things_have_their_types_and_names_in_the_articles_own_graphs() -> None:
    facts = built().facts
    assert values(facts, thing("e0"), SCHEMA.name) == {en("Tesfaye Bekele")}
    assert values(facts, thing("e0"), SCHEMA.alternateName) == {en("Bekele")}
    assert values(facts, thing("e1"), RDF.type) == {SCHEMA.City, SCHEMA.Place}
    assert values(facts, part("e4"), RDF.type) == {NKG.UnnamedPerson, SCHEMA.Person}
    every = values(built().content, ARTICLE, SCHEMA.mentions) | values(built().content, ARTICLE, SCHEMA.about)
    typed = {t.subject for t in facts if t.predicate == RDF.type}
    assert every <= typed


def test_a_quotation_has_its_speaker_when_known_and_none_when_not() -> None:
    facts = built().facts
    assert values(facts, part("quote-1"), RDF.type) == {SCHEMA.Quotation, NKG.DirectQuotation}
    assert values(facts, part("quote-1"), SCHEMA.spokenByCharacter) == {thing("e0")}
    assert values(facts, part("quote-2"), RDF.type) == {SCHEMA.Quotation, NKG.IndirectQuotation}
    assert values(facts, part("quote-2"), SCHEMA.interpretedAsClaim) == {part("claim-1")}
    assert not values(facts, part("quote-3"), SCHEMA.spokenByCharacter)


def test_who_says_it_together_with_the_speaker_is_a_speaker_too() -> None:
    of = fixture.annotated()
    together = replace(of, quotations=(replace(of.quotations[0], others=("e2",)),))
    assert values(built(together).facts, part("quote-1"), SCHEMA.spokenByCharacter) == {thing("e0"), thing("e2")}


def test_a_place_is_no_speaker() -> None:
    of = fixture.annotated()
    odd = replace(of, quotations=(replace(of.quotations[0], speaker="e1"),))
    assert not values(built(odd).facts, part("quote-1"), SCHEMA.spokenByCharacter)


def test_an_event_has_roles_status_and_time_with_the_datatype_that_is_written() -> None:
    facts = built().facts
    assert values(facts, thing("v0"), RDF.type) == {SCHEMA.Event, NKG.CourtRuling}
    assert values(facts, thing("v0"), SCHEMA.object) == {thing("e0")}
    assert values(facts, thing("v0"), SCHEMA.actionStatus) == {SCHEMA.CompletedActionStatus}
    assert values(facts, thing("v0"), SCHEMA.startDate) == {Literal("2026-03-16", datatype=XSD.date)}
    assert values(facts, thing("v1"), SCHEMA.startDate) == {Literal("--03", datatype=XSD.gMonth)}
    assert values(facts, thing("v1"), NKG.timeExpression) == {en("in March")}
    assert values(facts, thing("v2"), RDF.type) == {SCHEMA.Event, SCHEMA.Action}
    assert not values(facts, thing("v2"), SCHEMA.actionStatus)


def test_a_role_its_property_is_not_made_for_becomes_what_the_event_is_about() -> None:
    facts = built().facts
    assert not values(facts, thing("v0"), SCHEMA.agent)  # a country is no schema.org agent
    assert values(facts, thing("v0"), SCHEMA.about) == {thing("e3")}
    assert values(facts, thing("v1"), SCHEMA.about) == {thing("e1")}  # an arrest goes nowhere


def test_a_fact_off_its_propertys_domain_or_range_is_left_out() -> None:
    facts = built().facts
    assert values(facts, thing("e0"), SCHEMA.jobTitle) == {en("mechanic")}
    assert not values(facts, thing("e1"), SCHEMA.jobTitle)
    assert not values(facts, thing("e0"), SCHEMA.nationality)  # a city is no country


def test_every_extracted_fact_points_to_the_words_it_rests_on() -> None:
    graphs = built()
    text = "\n\n".join(fixture.BODY)
    statements = {t.subject for t in graphs.annotations if t.object == RDF.Statement}
    asserted = set(graphs.triples)
    words = {}
    for node in statements:
        (s,) = values(graphs.annotations, node, RDF.subject)
        (p,) = values(graphs.annotations, node, RDF.predicate)
        (o,) = values(graphs.annotations, node, RDF.object)
        assert Triple(s, p, o) in asserted  # type: ignore[arg-type]
        assert values(graphs.annotations, node, PROV.wasGeneratedBy)
        for span in values(graphs.annotations, node, PROV.wasDerivedFrom):
            assert isinstance(span, NamedNode)
            start, end = map(int, span.value.rpartition("=")[2].split(","))
            words[s, p] = text[start:end]
            assert values(graphs.annotations, span, NIF.anchorOf) == {Literal(text[start:end])}
    assert words[part("quote-1"), SCHEMA.spokenByCharacter] == "Bekele told the Harbour Gazette"
    assert words[thing("v1"), SCHEMA.agent] == "APF detained Bekele"
    assert words[thing("v1"), SCHEMA.startDate] == "in March"
    assert words[thing("v2"), RDF.type] == "A judge may stop the flight"
    assert words[thing("e0"), SCHEMA.jobTitle] == "mechanic"
    assert words[part("claim-1"), SCHEMA.author] == "the agency, known as APF, had lost his papers twice"


def test_offsets_count_code_points_of_the_mentions_own_field() -> None:
    emoji = fixture.article(headline="🇵🇹 e\u0301 Tesfaye Bekele", alternative_headline=None)
    graphs = built(fixture.annotated(emoji))
    (context,) = (t.subject for t in graphs.annotations if t.object == SCHEMA.headline)
    assert isinstance(context, NamedNode)
    span = NamedNode(context.value + "#char=6,20")
    assert values(graphs.annotations, span, NIF.anchorOf) == {Literal("Tesfaye Bekele")}
    assert values(graphs.annotations, span, NIF.beginIndex) == {Literal("6", datatype=XSD.integer)}
    assert values(graphs.annotations, span, ITSRDF.taIdentRef) == {thing("e0")}


def test_each_text_is_a_context_equal_to_the_property_it_stands_for() -> None:
    graphs = built()
    contexts = {t.subject for t in graphs.annotations if t.object == NIF.Context}
    assert len(contexts) == 6
    for node in contexts:
        assert isinstance(node, NamedNode)
        (owner,) = values(graphs.annotations, node, NKG.textOf)
        (property_,) = values(graphs.annotations, node, NKG.textProperty)
        (string,) = values(graphs.annotations, node, NIF.isString)
        assert isinstance(owner, NamedNode)
        assert isinstance(property_, NamedNode)
        assert isinstance(string, Literal)
        assert [v.value for v in values(graphs.content, owner, property_)] == [string.value]  # type: ignore[attr-defined]


def test_nominals_and_pronouns_are_written_only_where_nothing_else_names_the_entity() -> None:
    annotations = built().annotations
    forms = {(t.subject, t.object) for t in annotations if t.predicate == NKG.mentionForm}
    nominal = {node for node, form in forms if form == Literal("nominal")}
    named = {t.object for t in annotations if t.predicate == ITSRDF.taIdentRef and t.subject in nominal}
    assert named == {part("e4")}


def test_confidence_is_stated_where_it_is_below_one() -> None:
    scores = {t.object for t in built().annotations if t.predicate == ITSRDF.taConfidence}
    assert Literal("0.9", datatype=XSD.decimal) in scores
    assert Literal("1", datatype=XSD.decimal) not in scores


def test_provenance_names_source_bytes_activity_software_and_version() -> None:
    graphs = built()
    prov = graphs.provenance
    (source,) = values(graphs.content, ARTICLE, PROV.wasDerivedFrom)
    assert isinstance(source, NamedNode)
    assert values(prov, source, SCHEMA.contentSize) == {Literal(f"{len(fixture.OWN.data)} bytes")}
    assert values(prov, source, SCHEMA.encodingFormat) == {Literal("text/html")}
    assert values(prov, source, SCHEMA.sha256) == {Literal(fixture.OWN.sha256.hex())}
    version = version_iri(fixture.PAGE, 2)
    assert values(prov, version, PROV.specializationOf) == {ARTICLE}
    assert values(prov, version, PROV.wasRevisionOf) == {NamedNode(f"{fixture.PAGE}/v/1")}
    assert values(prov, version, SCHEMA.version) == {Literal("2", datatype=XSD.integer)}
    (activity,) = {t.subject for t in prov if t.object == PROV.Activity}
    (agent,) = values(prov, activity, PROV.wasAssociatedWith)  # type: ignore[arg-type]
    assert isinstance(agent, NamedNode)
    assert values(prov, agent, SCHEMA.softwareVersion) == {Literal("0.1.0")}
    for kind in ("content", "facts", "annotations"):
        assert values(prov, fixture.IRIS.graph(fixture.PAGE, kind), PROV.wasGeneratedBy) == {activity}
    assert "court.html" not in str(prov)  # where the file lay is nobody's business


def test_the_same_processing_at_another_time_changes_provenance_only() -> None:
    later = replace(fixture.RUN, time="2027-01-01T00:00:00Z")
    of = fixture.annotated()
    again = build(of, fixture.naming(of), document=fixture.OWN, iris=fixture.IRIS, run=later)
    assert again.triples == built().triples
    assert again.provenance != built().provenance


def test_the_things_are_the_shared_pages_and_no_part_of_the_article() -> None:
    things = built().things
    assert things == tuple(sorted(things))
    assert fixture.PAGE not in things
    assert f"{fixture.BASE}/things/e0-22222222" in things
    assert f"{fixture.BASE}/things/author-0" in things


# ---- names and authority -----------------------------------------------------------------------------------------


def test_a_linked_thing_goes_by_its_authoritys_name_and_the_printed_one_is_another_name() -> None:
    of = fixture.annotated(fixture.article(language="en"))
    facts = built(of, authority=fixture.Table()).facts
    assert values(facts, thing("e1"), SCHEMA.name) == {Literal("Lisboa", language="en")}
    assert values(facts, thing("e1"), SCHEMA.alternateName) == {Literal("Lisbon", language="en")}


def test_in_another_language_than_the_authoritys_the_printed_name_stays() -> None:
    facts = built(authority=fixture.Table()).facts  # the article is en-gb
    assert values(facts, thing("e1"), SCHEMA.name) == {en("Lisbon")}


def test_a_thing_has_one_name_however_often_the_article_names_it_differently() -> None:
    of = fixture.annotated(fixture.article(publisher="The Harbour Gazette", language="en"))
    names = dict(fixture.naming(of).things) | {"e2": fixture.naming(of).things["e0"]}
    made = built(of, naming=fixture.naming(of, things=names)).triples
    for node, name in ((thing("publisher:"), "Harbour Gazette"), (thing("e0"), "Tesfaye Bekele")):
        assert values(made, node, SCHEMA.name) == {Literal(name, language="en")}
    others = values(made, thing("publisher:"), SCHEMA.alternateName)
    assert others == {Literal("The Harbour Gazette", language="en")}


def test_what_the_authority_says_stays_out_of_the_articles_graphs() -> None:
    assert not [t for t in everything(built(authority=fixture.Table())) if t.predicate == SCHEMA.sameAs]


def test_authority_statements_are_type_names_links_and_place() -> None:
    node = NamedNode(f"{fixture.BASE}/things/lisboa-1#id")
    country = NamedNode(f"{fixture.BASE}/things/portugal-1#id")
    found = authority_triples(fixture.Table.row, node, contained_in=country)
    assert values(found, node, RDF.type) == {SCHEMA.City, SCHEMA.Place}
    assert values(found, node, SCHEMA.name) == {Literal("Lisboa", language="en")}
    assert values(found, node, SCHEMA.alternateName) == {Literal("Lisbon", language="en")}
    assert values(found, node, SCHEMA.sameAs) == {NamedNode("http://www.wikidata.org/entity/Q597")}
    assert values(found, node, SCHEMA.latitude) == {Literal("38.72", datatype=XSD.decimal)}
    point = NamedNode(node.value.replace("#id", "#geo"))
    assert values(found, node, GEO.hasGeometry) == values(found, node, GEO.hasDefaultGeometry) == {point}
    assert values(found, point, GEO.asWKT) == {Literal("POINT(-9.14 38.72)", datatype=GEO.wktLiteral)}
    assert values(found, node, SCHEMA.containedInPlace) == {country}
    around = [Triple(country, RDF.type, SCHEMA.Country)]
    assert vocabulary.check([*found, *around]) == ()
    person = replace(fixture.Table.row, type="Person")
    said = {t.predicate for t in authority_triples(person, node, contained_in=country)}
    assert not said & {SCHEMA.latitude, SCHEMA.containedInPlace}


# ---- properties of every built graph -----------------------------------------------------------------------------

VARIANTS = [
    pytest.param({}, id="own"),
    pytest.param({"document": fixture.THIRD_PARTY}, id="withheld"),
    pytest.param({"detail": "facts"}, id="facts"),
    pytest.param({"authority": fixture.Table()}, id="linked"),
]


@pytest.mark.parametrize("options", VARIANTS)
def test_terms_are_used_on_their_domain_and_range(options: dict[str, object]) -> None:
    assert vocabulary.check(everything(built(**options))) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("options", VARIANTS)
def test_every_triple_survives_the_store_unchanged(options: dict[str, object]) -> None:
    made = everything(built(**options))  # type: ignore[arg-type]
    store = ox.Store()
    store.extend([ox.Quad(*t) for t in made])
    assert {q.triple for q in store} == set(made)


@pytest.mark.parametrize("options", VARIANTS)
def test_graphs_are_sorted_free_of_duplicates_and_the_same_each_time(options: dict[str, object]) -> None:
    one, two = built(**options), built(**options)  # type: ignore[arg-type]
    assert one == two
    for _, triples in one.by_kind():
        lines = [str(t) for t in triples]
        assert lines == sorted(set(lines))


def test_facts_detail_is_full_detail_without_the_annotations_graph() -> None:
    full, lean = built(), built(detail="facts")
    assert lean == facts_only(full, fixture.IRIS)
    assert (lean.content, lean.facts, lean.annotations) == (full.content, full.facts, ())
    annotations = fixture.IRIS.graph(fixture.PAGE, "annotations")
    assert {t.subject for t in full.provenance} - {t.subject for t in lean.provenance} == {annotations}


def test_an_entity_without_an_iri_is_an_error_that_names_it() -> None:
    of = fixture.annotated()
    things = {k: v for k, v in fixture.naming(of).things.items() if k != "e2"}
    with pytest.raises(InputError, match=r"court\.html: 'e2' has no IRI"):
        built(of, naming=fixture.naming(of, things=things))


# ---- hostile input -----------------------------------------------------------------------------------------------

HOSTILE = "</script><b>\"'\\ \u0000\u0008\u202eRTL\ufffe\ud800 {\u2028} <iri> \r\n🂡"


def test_hostile_text_everywhere_gives_graphs_that_every_format_can_hold() -> None:
    of = fixture.annotated()
    nasty = replace(
        of,
        article=replace(of.article, headline=HOSTILE, section=HOSTILE, publisher=HOSTILE, images=(Image(alt=HOSTILE),)),
        text=fixture.laid_out(replace(of.article, headline=HOSTILE, images=())),
        entities=tuple(
            replace(e, name=HOSTILE, type=HOSTILE, alternate_names=(HOSTILE,), mentions=()) for e in of.entities
        ),
        events=tuple(replace(v, name=HOSTILE, types=(HOSTILE, "x:y", "schema:"), roles=()) for v in of.events),
        quotations=(),
        claims=(),
        facts=(),
    )
    made = everything(built(nasty))
    assert vocabulary.check(made) == ()
    text = ox.serialize(made, format=ox.RdfFormat.N_TRIPLES)
    assert {q.triple for q in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)} == set(made)
    values_ = [t.object.value for t in made if isinstance(t.object, Literal)]
    assert any("</script>" in v and "🂡" in v for v in values_)
    assert not [v for v in values_ if set(v) & set("\x00\x08\ufffe\ud800")]


def test_spans_outside_every_field_are_left_out_and_not_cut() -> None:
    of = fixture.annotated()
    across = Span(0, len(of.text.text))
    beyond = Span(10**6, 10**6 + 5)
    wild = tuple(Mention(s, "name", 1.0, "test@1") for s in (across, beyond, Span(5, 5)))
    entity = replace(of.entities[0], mentions=wild)
    odd = replace(of, entities=(entity, *of.entities[1:]), events=(), claims=(), facts=(), quotations=())
    spans = {t.subject for t in built(odd).annotations if t.predicate == ITSRDF.taIdentRef and t.object == thing("e0")}
    assert spans == set()


def test_a_role_of_an_unknown_prefix_is_an_error_and_not_a_guess() -> None:
    of = fixture.annotated()
    odd = replace(of.events[0], roles=(Role("x:agent", "e0", of.events[0].span),))
    with pytest.raises(InputError, match="unknown prefix"):
        built(replace(of, events=(odd, *of.events[1:])))


# ---- withheld text -----------------------------------------------------------------------------------------------


def runs(text: str, length: int = 40) -> set[str]:
    return {text[i : i + length] for i in range(len(text) - length + 1)}


def test_withheld_text_is_in_no_literal() -> None:
    of = fixture.annotated()
    telling = replace(
        of,
        events=(replace(of.events[0], name=fixture.BODY[0]), *of.events[1:]),
        facts=(*of.facts, replace(of.facts[0], property="description", value=fixture.BODY[1])),
        entities=(replace(of.entities[0], alternate_names=(fixture.BODY[2],)), *of.entities[1:]),
    )
    made = everything(built(telling, document=fixture.THIRD_PARTY))
    protected = set().union(*(runs(p) for p in fixture.BODY), runs(fixture.CAPTION))
    for triple in made:
        if isinstance(triple.object, Literal):
            assert not runs(triple.object.value) & protected, triple
    own = everything(built(telling))
    assert any(isinstance(t.object, Literal) and runs(t.object.value) & protected for t in own)


def test_a_withheld_text_is_not_published_as_a_headline_deck_or_section() -> None:
    """Posts without a title, and systems that fill every field, have the text there."""
    text = fixture.article().body
    headed = replace(
        fixture.article(), headline=text.replace("\n", " "), alternative_headline=text[:120], section=text[:80]
    )
    of = replace(
        fixture.annotated(),
        article=headed,
        text=fixture.laid_out(headed),
        entities=(),
        quotations=(),
        events=(),
        claims=(),
        facts=(),
    )
    content = built(of, document=fixture.THIRD_PARTY).content
    (headline,) = values(content, ARTICLE, SCHEMA.headline)
    assert isinstance(headline, Literal)
    assert len(headline.value) <= 150
    assert headline.value.endswith("…")
    assert not values(content, ARTICLE, SCHEMA.alternativeHeadline)
    assert not values(content, ARTICLE, SCHEMA.articleSection)
    assert values(built(of).content, ARTICLE, SCHEMA.headline) == {en(headed.headline)}


def test_an_article_of_others_does_not_take_an_address_of_ours_for_its_own() -> None:
    page = ARTICLE.value.removesuffix("#id")
    of = fixture.annotated(fixture.article(url=page, authors=(Author("Ana Costa", url=page),)))
    theirs = built(of, document=fixture.THIRD_PARTY).content
    assert not [t for t in theirs if t.predicate in (SCHEMA.url, SCHEMA.isBasedOn)]
    assert NamedNode(page) in values(built(of).content, ARTICLE, SCHEMA.url)


def test_withheld_texts_are_marked_and_keep_their_offsets_and_iris() -> None:
    own, kept_back = built(), built(document=fixture.THIRD_PARTY)
    assert values(kept_back.content, ARTICLE, NKG.textWithheld) == {terms.boolean(True)}
    contexts = {t.subject for t in kept_back.annotations if t.object == NIF.Context}
    assert contexts == {t.subject for t in own.annotations if t.object == NIF.Context}
    marked = {t.subject for t in kept_back.annotations if t.predicate == NKG.textWithheld}
    assert marked == contexts
    gone = {t.predicate for t in own.annotations} - {t.predicate for t in kept_back.annotations}
    assert gone == {NIF.isString, NIF.anchorOf}
    offsets = {t for t in own.annotations if t.predicate == NIF.beginIndex}
    assert offsets == {t for t in kept_back.annotations if t.predicate == NIF.beginIndex}
    assert not [t for t in everything(own) if t.predicate == NKG.textWithheld]


def test_quotations_and_claims_keep_their_speakers_when_their_words_are_withheld() -> None:
    facts = built(document=fixture.THIRD_PARTY).facts
    assert values(facts, part("quote-1"), SCHEMA.text) == set()
    assert values(facts, part("quote-1"), NKG.textWithheld) == {terms.boolean(True)}
    assert values(facts, part("quote-1"), SCHEMA.spokenByCharacter) == {thing("e0")}
    # Not even two words: many short quotations add up to a text.
    assert values(facts, part("quote-3"), SCHEMA.text) == set()
    assert values(facts, part("claim-1"), NKG.textWithheld) == {terms.boolean(True)}


@pytest.mark.parametrize(
    ("excerpt", "shown"), [(0, None), (40, "The ruling ends a year of appeals."), (200, fixture.ABSTRACT)]
)
def test_an_excerpt_is_whole_sentences_of_the_abstract(excerpt: int, shown: str | None) -> None:
    content = built(document=fixture.THIRD_PARTY, excerpt=excerpt).content
    assert values(content, ARTICLE, SCHEMA.abstract) == ({en(shown)} if shown else set())


def test_an_abstract_that_repeats_the_body_is_no_excerpt() -> None:
    of = fixture.annotated(fixture.article(abstract=fixture.BODY[0]))
    assert not values(built(of, document=fixture.THIRD_PARTY).content, ARTICLE, SCHEMA.abstract)


def test_licensed_text_is_shown_with_its_licence_and_where_it_comes_from() -> None:
    source = Source(name="s", rights=Rights.LICENSED, licence="CC BY 4.0")
    content = built(document=replace(fixture.OWN, source=source)).content
    assert values(content, ARTICLE, SCHEMA.articleBody)
    assert values(content, ARTICLE, SCHEMA.isBasedOn) == {NamedNode("https://harbour.example/court")}
    assert values(content, ARTICLE, SCHEMA.copyrightNotice) == {Literal("CC BY 4.0")}


# ---- terms -------------------------------------------------------------------------------------------------------


def stored(literal: Literal) -> object:
    store = ox.Store()
    store.add(ox.Quad(NamedNode("x:s"), NamedNode("x:p"), literal))
    return next(iter(store)).object


@given(st.floats(min_value=-1000, max_value=1000), st.integers(min_value=0, max_value=6))
def test_decimals_are_written_as_the_store_keeps_them(value: float, places: int) -> None:
    literal = terms.decimal(value, places)
    assert stored(literal) == literal


@given(
    st.tuples(*[st.integers(min_value=0, max_value=99)] * 6),
    st.sampled_from(["", "-"]),
    st.sampled_from(["", ".5", ".250"]),
)
def test_durations_are_written_as_the_store_keeps_them(parts: tuple[int, ...], sign: str, fraction: str) -> None:
    years, months, days, hours, minutes, seconds = parts
    lexical = f"{sign}P{years}Y{months}M{days}DT{hours}H{minutes}M{seconds}{fraction}S"
    literal = terms.duration(lexical)
    assert literal is not None
    assert stored(literal) == literal
    assert stored(Literal(lexical, datatype=XSD.duration)) == literal


@given(st.datetimes(), st.sampled_from(["Z", "+00:00", "+02:00", "-11:30", ""]))
def test_dates_and_times_are_written_as_the_store_keeps_them(moment: object, zone: str) -> None:
    literal = terms.date(str(moment).replace(" ", "T") + zone)
    assert literal is not None
    assert stored(literal) == literal
    assert literal.datatype == (XSD.dateTime if zone else XSD.date)


@pytest.mark.parametrize(
    ("lexical", "datatype"),
    [
        ("2026", "gYear"),
        ("2026-03", "gYearMonth"),
        ("--03", "gMonth"),
        ("--02-29", "gMonthDay"),
        ("2026-03-12", "date"),
        ("2026-03-12T10:00:00.500+00:00", "dateTime"),
        ("2026-02-30", None),
        ("--02-30", None),
        ("--13", None),
        ("2026-13", None),
        ("0000", None),
        ("2026-03-12T25:00:00Z", None),
        ("2026-03-12T10:00:00+15:00", None),
        ("yesterday", None),
        ("٢٠٢٦", None),
        ("", None),
    ],
)
def test_partial_dates_get_the_datatype_they_are_and_no_others_get_any(lexical: str, datatype: str | None) -> None:
    literal = terms.date(lexical, partial=True)
    if datatype is None:
        assert literal is None
    else:
        assert literal is not None
        assert literal.datatype == XSD[datatype]
        assert stored(literal) == literal


@pytest.mark.parametrize("lexical", ["", "P", "PT", "11 minutes", "P1H", "PT1", "P1YT", "PT1.5H"])
def test_what_is_no_duration_is_none(lexical: str) -> None:
    assert terms.duration(lexical) is None
