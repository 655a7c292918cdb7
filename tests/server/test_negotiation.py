"""Content negotiation, case by case (RFC 9110, section 12.5.1; cases after oxigraph's own list)."""

from __future__ import annotations

import pytest

from server.negotiation import Offer, choose, parse
from server.views.resources import OFFERS

HTML, JSONLD, TURTLE, NT, RDFXML, TRIG, NQ = (o.media_type for o in OFFERS)

CASES = [
    # nothing in particular
    (None, HTML),
    ("", HTML),
    ("   ", HTML),
    ("*/*", HTML),
    ("*", HTML),
    # exact names
    ("text/turtle", TURTLE),
    ("TEXT/Turtle", TURTLE),
    ("application/ld+json", JSONLD),
    ("application/rdf+xml", RDFXML),
    ("application/n-triples", NT),
    ("application/n-quads", NQ),
    ("application/trig", TRIG),
    # other names
    ("application/json", JSONLD),
    ("application/x-turtle", TURTLE),
    ("text/plain", NT),
    ("application/xhtml+xml", HTML),
    # weights
    ("text/turtle;q=0.5, application/ld+json;q=0.9", JSONLD),
    ("text/turtle;q=0.9, application/ld+json;q=0.5", TURTLE),
    ("text/turtle; q=0.5 , application/ld+json ; q=0.9", JSONLD),
    ("text/turtle;q=0.001", TURTLE),
    ("text/turtle;Q=0.1, text/html;q=0.2", HTML),
    ("text/html;q=0.9, text/turtle;q=0.90", HTML),
    # a weight of zero refuses
    ("text/turtle;q=0", None),
    ("text/turtle;q=0.000, */*", HTML),
    ("text/html;q=0, */*;q=0.1", JSONLD),
    ("*/*;q=0", None),
    ("*/*;q=0, text/turtle", TURTLE),
    # wildcards, the more specific range deciding
    ("text/*", HTML),
    ("application/*", JSONLD),
    ("text/*;q=0.5, text/turtle;q=0.1", HTML),
    ("text/*;q=0.1, text/turtle;q=0.5", TURTLE),
    ("application/*;q=0.2, text/*;q=0.1", JSONLD),
    ("image/*", None),
    ("*/*;q=0.1, text/turtle;q=0.2", TURTLE),
    # of equal weights the closest name, then our order
    ("*/*, text/turtle", TURTLE),
    ("text/turtle, application/ld+json", JSONLD),
    ("application/json, text/turtle", TURTLE),
    # parameters
    ("text/turtle;charset=utf-8", TURTLE),
    ("text/turtle; charset=ISO-8859-1", TURTLE),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', JSONLD),
    ('application/ld+json; profile="a,b;q=0", text/html;q=0.1', JSONLD),
    ('text/turtle;x="\\"quoted\\"";q=0.5, text/html;q=0.4', TURTLE),
    ("text/turtle;q=0.5;ext=1", TURTLE),
    # what clients really send
    ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", HTML),
    ("application/rdf+xml, text/turtle;q=0.9, application/ld+json;q=0.8, */*;q=0.1", RDFXML),
    ("text/turtle, application/rdf+xml;q=0.9, text/html;q=0.5", TURTLE),
    ("application/n-triples,application/n-quads,text/turtle;q=0.8", NT),
    # what cannot be read is passed over
    ("text/turtle;q=2", HTML),
    ("text/turtle;q=abc, application/ld+json;q=0.1", JSONLD),
    ("text/turtle;q=-1, text/html;q=0.1", HTML),
    ("text turtle, application/ld+json", JSONLD),
    ("/, application/ld+json", JSONLD),
    ("*/turtle, application/ld+json", JSONLD),
    (",,, text/turtle ,,", TURTLE),
    ('"', HTML),
    (";;;;", HTML),
    ("text/turtle/x, text/turtle", TURTLE),
    # only what is not here
    ("application/pdf", None),
    ("application/pdf, image/png;q=0.5", None),
    ("application/xml", None),
]


@pytest.mark.parametrize(("accept", "expected"), CASES)
def test_the_best_representation_is_chosen(accept: str | None, expected: str | None) -> None:
    chosen = choose(accept, OFFERS)
    assert (chosen and chosen.media_type) == expected


def test_an_offer_with_the_parameter_that_was_asked_for_is_closer() -> None:
    plain = Offer("application/ld+json")
    expanded = Offer("application/ld+json", parameters=(("profile", "http://www.w3.org/ns/json-ld#expanded"),))
    asked = 'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"'
    assert choose(asked, (plain, expanded)) is expanded
    assert choose("application/ld+json", (plain, expanded)) is plain


def test_a_huge_header_costs_no_more_than_a_long_one() -> None:
    assert len(parse("text/turtle," * 1_000_000)) <= 64
    assert choose("a/b," * 100_000 + "text/turtle", OFFERS) is None
    assert choose("\x00" * 10_000, OFFERS) is OFFERS[0]
    assert choose('"' * 100_000, OFFERS) is OFFERS[0]
    assert choose("text/turtle;" + "a=b;" * 100_000, OFFERS) is not None


def test_control_and_non_ascii_characters_are_passed_over() -> None:
    assert choose("tëxt/turtle, application/ld+json;q=0.2", OFFERS) is OFFERS[1]
    assert choose("text/turtle\r\nX: y", OFFERS) is OFFERS[0]
