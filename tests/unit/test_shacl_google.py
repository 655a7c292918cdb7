"""The profile of what search engines ask for: it speaks where something is missing, is silent where it is there."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

sys.path.insert(0, str(Path(__file__).parent))

import shacl_google_breakages as broken
from shacl_breakages import FIXTURE, Draft, load
from shacl_google_breakages import GOOGLE, whole

from kg import resources
from kg.shacl import Gate, ShapesGraph
from kg.shacl.shapes import code_of
from kg.vocab import DCTERMS, RDF, RDFS, SCHEMA, SH, XSD


@pytest.fixture(scope="module")
def gate() -> Gate:
    """The profile together with the gate's own shapes."""
    return Gate(ShapesGraph.load())


@pytest.fixture(scope="module")
def article() -> tuple[Triple, ...]:
    return load(FIXTURE)


@pytest.fixture(scope="module")
def profile() -> list[Triple]:
    file = resources.path("shapes/google.ttl")
    return [q.triple for q in parse(file.read_bytes(), format=RdfFormat.TURTLE)]


def codes(gate: Gate, article: tuple[Triple, ...], change: Callable[[Any], object]) -> set[str]:
    """The codes that a changed article gets."""
    draft = Draft(article)
    change(draft)
    return {r.code for r in gate.check_triples(draft.triples()).results}


@pytest.mark.parametrize("code", GOOGLE)
def test_what_is_missing_is_said_and_refuses_nothing(gate: Gate, article: tuple[Triple, ...], code: str) -> None:
    draft = Draft(article)
    GOOGLE[code](draft)
    found = {r.code: r.severity for r in gate.check_triples(draft.triples()).results}
    assert found[code] in {"Warning", "Info"}


@pytest.mark.parametrize(
    "change",
    [
        lambda g: g.set(g.article, SCHEMA.datePublished, Literal("2026-03-12T09:30:00Z", datatype=XSD.dateTime)),
        lambda g: g.set(g.article, SCHEMA.datePublished, Literal("2026-03-12T09:30:00-05:00", datatype=XSD.dateTime)),
        lambda g: g.set(g.article, SCHEMA.datePublished, Literal("2026-03-12", datatype=XSD.date)),
        lambda g: g.set(g.article, SCHEMA.datePublished, Literal("2026-03-12T09:30:00+01:00")),
    ],
)
def test_a_time_with_a_zone_and_a_date_alone_are_enough(
    gate: Gate, article: tuple[Triple, ...], change: Callable[[Any], object]
) -> None:
    assert "A22" not in codes(gate, article, change)


def test_a_time_without_a_zone_is_told_also_where_it_is_text(gate: Gate, article: tuple[Triple, ...]) -> None:
    def change(g: Any) -> None:
        g.set(g.article, SCHEMA.dateModified, Literal("2026-03-12T09:30"))

    assert "A22" in codes(gate, article, change)


def test_an_article_of_the_day_its_markup_was_made_is_not_of_the_future(
    gate: Gate, article: tuple[Triple, ...]
) -> None:
    def change(g: Any) -> None:
        g.drop(g.article, SCHEMA.dateModified)
        g.set(g.article, SCHEMA.datePublished, Literal("2026-03-12T23:30:00Z", datatype=XSD.dateTime))
        g.add(g.article, SCHEMA.sdDatePublished, Literal("2026-03-12", datatype=XSD.date))

    assert "A24" not in codes(gate, article, change)


def test_a_corrected_article_with_its_date_of_change_is_complete(gate: Gate, article: tuple[Triple, ...]) -> None:
    def change(g: Any) -> None:
        broken.corrected(g)
        g.set(g.article, SCHEMA.dateModified, g.one(g.article, SCHEMA.datePublished))

    assert "A23" not in codes(gate, article, change)


def test_a_well_marked_paywall_is_silent(gate: Gate, article: tuple[Triple, ...]) -> None:
    assert codes(gate, article, lambda g: g.paywall(".paywall")) == set()


@pytest.mark.parametrize("selector", ["#paywall", "div .paywall", ".a .b", "", ".1st"])
def test_a_paywall_is_marked_by_one_class(gate: Gate, article: tuple[Triple, ...], selector: str) -> None:
    assert "A20" in codes(gate, article, lambda g: g.paywall(selector))


def test_a_paywalled_part_must_itself_say_that_it_is_not_free(gate: Gate, article: tuple[Triple, ...]) -> None:
    def change(g: Any) -> None:
        g.paywall(".paywall")
        g.drop(g.new("wall"), SCHEMA.isAccessibleForFree)

    assert codes(gate, article, change) == {"A20"}


@pytest.mark.parametrize("kind", [SCHEMA.Person, SCHEMA.Organization, SCHEMA.NewsMediaOrganization])
def test_people_and_organizations_with_a_page_are_authors(
    gate: Gate, article: tuple[Triple, ...], kind: NamedNode
) -> None:
    assert codes(gate, article, lambda g: broken.author(g, kind, "Ada Brook")) == set()


def test_an_article_without_an_address_is_not_asked_for_its_authors_pages(
    gate: Gate, article: tuple[Triple, ...]
) -> None:
    def change(g: Any) -> None:
        GOOGLE["P3"](g)
        g.drop(g.article, SCHEMA.url)

    assert "P3" not in codes(gate, article, change)


@pytest.mark.parametrize(
    ("name", "said"),
    [("Ada Brook", False), ("Ada Brook, Jr.", False), ("Brandt Anderson", False), ("Byron Ode", False),
     ("By Ada Brook", True), ("Dr. Ada Brook", True), ("Ada Brook, Bob Wu", True), ("Ada Brook and Bob Wu", True),
     ("Ada Brook | The Courier", True), ("ada@news.example", True), ("Ada Brook Staff Writer", True),
     ("Ada Brook, Jr., Bob Wu", True)],
)  # fmt: skip
def test_an_authors_name_is_the_name_and_nothing_else(
    gate: Gate, article: tuple[Triple, ...], name: str, said: bool
) -> None:
    assert codes(gate, article, lambda g: broken.author(g, SCHEMA.Person, name)) == ({"P2"} if said else set())


def test_the_publisher_may_be_the_author_as_an_organization(gate: Gate, article: tuple[Triple, ...]) -> None:
    def change(g: Any) -> None:
        broken.author(g, SCHEMA.Organization, g.text(g.one(g.article, SCHEMA.publisher), SCHEMA.name))

    assert codes(gate, article, change) == set()


def test_an_author_given_as_text_is_told_once(gate: Gate, article: tuple[Triple, ...]) -> None:
    assert codes(gate, article, lambda g: g.add(g.article, SCHEMA.author, Literal("Ada"))) == {"A8"}


@pytest.mark.parametrize(("width", "height", "said"), [(112, 112, False), (111, 600, True), (600, 60, True)])
def test_a_logo_has_at_least_112_pixels_each_way(
    gate: Gate, article: tuple[Triple, ...], width: int, height: int, said: bool
) -> None:
    found = codes(gate, article, lambda g: broken.logo(g, whole(width), whole(height)))
    assert found == ({"O1"} if said else set())


@pytest.mark.parametrize(
    ("width", "height", "said"),
    [(whole(250), whole(200), False), (whole(249), whole(200), True), (Literal("250"), Literal("199"), True),
     (Literal("250 px"), Literal("10 px"), False)],
)  # fmt: skip
def test_an_image_of_the_article_has_at_least_50000_pixels_where_its_size_is_a_number(
    gate: Gate, article: tuple[Triple, ...], width: Literal, height: Literal, said: bool
) -> None:
    assert ("I5" in codes(gate, article, lambda g: broken.sized(g, width, height))) is said


def test_a_small_logo_is_no_small_image_of_the_article(gate: Gate, article: tuple[Triple, ...]) -> None:
    def change(g: Any) -> None:
        broken.logo(g, whole(112), whole(112))
        g.add(g.new("logo"), RDF.type, SCHEMA.ImageObject)

    assert "I5" not in codes(gate, article, change)


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.svg", "image?id=7", "tiff/a.png", "a.tiff.jpg"])
def test_formats_that_image_search_reads_are_silent(gate: Gate, article: tuple[Triple, ...], name: str) -> None:
    def change(g: Any) -> None:
        g.set(g.a(SCHEMA.ImageObject), SCHEMA.contentUrl, NamedNode(f"https://news.example/{name}"))

    assert codes(gate, article, change) == set()


def test_a_licensable_image_is_silent(gate: Gate, article: tuple[Triple, ...]) -> None:
    def change(g: Any) -> None:
        GOOGLE["I6"](g)
        g.add(g.a(SCHEMA.ImageObject), SCHEMA.license, NamedNode("https://news.example/licence"))

    assert codes(gate, article, change) == set()


def test_a_complete_fact_check_is_silent(gate: Gate, article: tuple[Triple, ...]) -> None:
    assert codes(gate, article, lambda g: broken.rated(g, worst=1, value=1, best=5)) == set()


def test_a_complete_trail_is_silent(gate: Gate, article: tuple[Triple, ...]) -> None:
    assert codes(gate, article, lambda g: broken.crumb(g, position=1, name="Home")) == set()


def test_only_the_last_crumb_may_lead_nowhere_whatever_order_they_are_written_in(
    gate: Gate, article: tuple[Triple, ...]
) -> None:
    def change(g: Any) -> None:
        broken.crumb(g, position=3, name="Home")
        g.drop(g.new("trail-1"), SCHEMA.item)
        g.add(g.new("trail-2"), SCHEMA.item, NamedNode("https://news.example/local"))
        g.set(g.new("trail-2"), SCHEMA.position, Literal(1))

    assert "B4" not in codes(gate, article, change)


def test_a_crumb_may_have_its_name_on_the_page_it_leads_to(gate: Gate, article: tuple[Triple, ...]) -> None:
    def change(g: Any) -> None:
        broken.crumb(g, position=1)
        g.add(NamedNode("https://news.example/"), SCHEMA.name, Literal("Home"))

    assert codes(gate, article, change) == set()


@pytest.mark.parametrize(
    ("names", "said"), [(("cssSelector",), False), (("xpath",), False), (("cssSelector", "xpath"), True), ((), True)]
)
def test_what_may_be_read_aloud_is_given_in_one_way(
    gate: Gate, article: tuple[Triple, ...], names: tuple[str, ...], said: bool
) -> None:
    assert codes(gate, article, lambda g: broken.speakable(g, *names)) == ({"G1"} if said else set())


def test_a_complete_live_blog_is_silent_also_while_it_goes_on(gate: Gate, article: tuple[Triple, ...]) -> None:
    assert codes(gate, article, broken.live) == set()
    assert codes(gate, article, lambda g: broken.live(g, "coverageEndTime")) == set()


def test_each_shape_names_the_page_it_was_read_from_and_when(profile: list[Triple]) -> None:
    roots = {t.subject for t in profile if t.predicate in (SH.targetClass, SH.targetObjectsOf)}
    sources = {t.subject: t.object for t in profile if t.predicate == DCTERMS.source}
    read = {t.subject: t.object.value for t in profile if t.predicate == RDFS.comment}
    assert roots == sources.keys() == read.keys()
    for root in roots:
        assert sources[root].value.startswith("https://")
        assert re.search(r"\b202[56]-[01][0-9](-[0-3][0-9])?\b", read[root]), read[root]


def test_nothing_in_the_profile_refuses_an_article(profile: list[Triple]) -> None:
    graph = ShapesGraph.load([resources.path("shapes/google.ttl")])
    said = {code_of(t.object.value): graph.severity(t.subject) for t in profile if t.predicate == SH.message}
    assert said
    assert set(said.values()) <= {"Warning", "Info"}
