"""A hand-made annotated article that has every part of the model, for the tests of what is built from it.

Spans are found by words, so the fixture cannot drift from its text.
"""

from __future__ import annotations

from dataclasses import replace

from kg.iris import Iris
from kg.model import (
    Annotated,
    Article,
    Author,
    Claim,
    Document,
    Entity,
    Event,
    Fact,
    Field,
    Image,
    Mention,
    Naming,
    Paragraph,
    Quotation,
    Rights,
    Role,
    Run,
    Section,
    Source,
    Span,
    Text,
)
from kg.plugins import Candidate, Thing

BASE = "https://news.example.org"
PAGE = f"{BASE}/articles/court-clears-removal-of-mechanic-0a1b2c3d"
IRIS = Iris(BASE)
RUN = Run(agent="newsgraph", version="0.1.0", time="2026-04-01T06:00:00+00:00", tables="abc123")
OWN = Document(
    data=b"<html>the bytes as they came</html>",
    key="url:https://harbour.example/court",
    origin="court.html",
    source=Source(name="harbour", rights=Rights.OWN, licence="https://creativecommons.org/licenses/by/4.0/"),
    media_type="text/html; charset=utf-8",
)
THIRD_PARTY = replace(OWN, source=Source(name="harbour"))

BODY = (
    (
        "A court in Lisbon cleared the removal of the mechanic Tesfaye Bekele on Monday, ruling that the Portuguese "
        "border agency had heard him."
    ),
    "“I was never heard by anyone at the border office, not once,” Bekele told the Harbour Gazette.",
    (
        "Bekele said that the agency, known as APF, had lost his papers twice. APF detained Bekele in March. "
        "A judge may stop the flight."
    ),
)
CAPTION = "Tesfaye Bekele outside the court in Lisbon, where his removal was cleared on Monday morning."
HEADLINE = "Court clears removal of mechanic"
ABSTRACT = "The ruling ends a year of appeals. Tesfaye Bekele's lawyer called it a blow to everyone who waits."


def article(**changes: object) -> Article:
    """The article as read; ``changes`` replace fields."""
    made = Article(
        headline=HEADLINE,
        alternative_headline="Lisbon judges allow flight",
        abstract=ABSTRACT,
        paragraphs=tuple(Paragraph(p) for p in BODY),
        images=(
            Image(caption=CAPTION, credit="A. Photographer", url="https://harbour.example/bekele.jpg", alt="A man"),
            Image(caption="The court."),
        ),
        hero=True,
        publisher="Harbour Gazette",
        section="Justice",
        authors=(Author("Ana Costa", url="https://harbour.example/ana"), Author("News desk", type="Organization")),
        date_published="2026-03-16T09:30:00+00:00",
        date_modified="2026-03-17",
        language="en-GB",
        url="https://harbour.example/court",
        corrections=("An earlier version misspelt the name of the border agency; it has been put right.",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def laid_out(of: Article) -> Text:
    """The article's texts end to end, as the annotators get them."""
    texts: list[tuple[str, str]] = [("headline", of.headline)]
    texts += [("alternative-headline", of.alternative_headline)] if of.alternative_headline else []
    texts += [("abstract", of.abstract)] if of.abstract else []
    texts += [("body", of.body)] if of.body else []
    texts += [(f"caption-{i}", image.caption) for i, image in enumerate(of.images) if image.caption]
    whole, fields, sections = "", [], []
    for name, words in texts:
        whole += "\n\n" if whole else ""
        at = len(whole)
        fields.append(Field(name, Span(at, at + len(words))))
        whole += words
        if name == "body":
            for paragraph in of.paragraphs:
                sections.append(Section("paragraph", Span(at, at + len(paragraph.text)), name))
                at += len(paragraph.text) + 2
        else:
            kind = "caption" if name.startswith("caption") else "abstract" if name == "abstract" else "headline"
            sections.append(Section(kind, fields[-1].span, name))
    return Text(text=whole, fields=tuple(fields), sections=tuple(sections), language=of.language or "en")


def annotated(of: Article | None = None) -> Annotated:
    """The article with entities, quotations, events, claims and facts."""
    of = of or article()
    text = laid_out(of)
    body = next(f.span for f in text.fields if f.name == "body")

    def span(words: str, nth: int = 0, within: Span = body) -> Span:
        at = within.start - 1
        for _ in range(nth + 1):
            at = text.text.index(words, at + 1)
        return Span(at, at + len(words))

    def mention(words: str, nth: int = 0, form: str = "name", score: float = 1.0, within: Span = body) -> Mention:
        return Mention(span(words, nth, within), form, score, "test@1")

    whole = Span(0, len(text.text))
    caption = next(f.span for f in text.fields if f.name == "caption-0")
    entities = (
        Entity(
            id="e0",
            kind="Person",
            type="Person",
            name="Tesfaye Bekele",
            mentions=(
                mention("Tesfaye Bekele", within=whole),
                mention("Tesfaye Bekele"),
                mention("Bekele", 1, score=0.9),
                mention("Bekele", 2, score=0.9),
                mention("the mechanic", form="nominal"),
                mention("Tesfaye Bekele", within=caption),
            ),
            alternate_names=("Bekele",),
            about=True,
        ),
        Entity(
            id="e1",
            kind="Place",
            type="City",
            name="Lisbon",
            authority="city:lisbon",
            mentions=(mention("Lisbon"), mention("Lisbon", within=caption)),
        ),
        Entity(
            id="e2",
            kind="Organization",
            type="GovernmentOrganization",
            name="Portuguese border agency",
            mentions=(mention("Portuguese border agency"), mention("APF", form="acronym")),
        ),
        Entity(
            id="e3", kind="Place", type="Country", name="Portugal", mentions=(mention("Portuguese", form="demonym"),)
        ),
        Entity(
            id="e4",
            kind="Person",
            type="nkg:UnnamedPerson",
            name="A judge",
            scoped=True,
            mentions=(mention("A judge", form="nominal", score=0.7),),
        ),
        Entity(
            id="e5",
            kind="Organization",
            type="NewsMediaOrganization",
            name="Harbour Gazette",
            mentions=(mention("Harbour Gazette"),),
        ),
    )
    words = "I was never heard by anyone at the border office, not once,"
    reported = "the agency, known as APF, had lost his papers twice"
    return Annotated(
        article=of,
        text=text,
        entities=entities,
        quotations=(
            Quotation(
                text=words,
                spans=(span(words),),
                kind="direct",
                speaker="e0",
                score=0.95,
                by="test@1",
                attribution=span("Bekele told the Harbour Gazette"),
                about=("e2",),
            ),
            Quotation(text=reported, spans=(span(reported),), kind="indirect", speaker="e0", score=1.0, by="test@1"),
            Quotation(text="the flight", spans=(span("the flight"),), kind="direct", speaker=None, score=0.5, by="t@1"),
        ),
        events=(
            Event(
                id="v0",
                name="Court clears the removal of Tesfaye Bekele",
                types=("nkg:CourtRuling",),
                span=span("A court in Lisbon cleared the removal of the mechanic Tesfaye Bekele on Monday"),
                status="completed",
                roles=(
                    Role("object", "e0", span("the removal of the mechanic Tesfaye Bekele")),
                    Role("location", "e1", span("A court in Lisbon")),
                    Role("agent", "e3", span("the Portuguese border agency")),
                ),
                score=0.8,
                by="test@1",
                date="2026-03-16",
                time_expression=span("on Monday"),
                about=True,
            ),
            Event(
                id="v1",
                name="Arrest of Bekele",
                types=("nkg:Arrest",),
                span=span("APF detained Bekele in March"),
                status="completed",
                roles=(
                    Role("agent", "e2", span("APF detained Bekele")),
                    Role("object", "e0", span("detained Bekele")),
                    Role("toLocation", "e1", span("APF detained Bekele")),
                ),
                score=0.8,
                by="test@1",
                date="--03",
                time_expression=span("in March"),
            ),
            Event(
                id="v2",
                name="A judge may stop the flight",
                types=(),
                span=span("A judge may stop the flight"),
                status=None,
                roles=(Role("agent", "e4", span("A judge may stop the flight")),),
                score=0.6,
                by="test@1",
            ),
        ),
        claims=(
            Claim(
                text=reported,
                span=span(reported),
                claimants=("e0",),
                about=("e2",),
                score=0.9,
                by="test@1",
                quotation=1,
            ),
        ),
        facts=(
            Fact("e0", "jobTitle", (span("mechanic"),), 1.0, "test@1", value="mechanic"),
            Fact("e2", "alternateName", (span("known as APF"),), 1.0, "test@1", value="APF"),
            Fact("e1", "containedInPlace", (span("Lisbon"),), 0.9, "test@1", entity="e3"),
            Fact("e1", "jobTitle", (span("Lisbon"),), 0.9, "test@1", value="not for a city"),
            Fact("e0", "nationality", (span("Lisbon"),), 0.9, "test@1", entity="e1"),
        ),
    )


def naming(of: Annotated | None = None, **changes: object) -> Naming:
    """An IRI for everything that needs one; scoped entities are parts of the article."""
    of = of or annotated()
    things = {"publisher:": f"{BASE}/things/harbour-gazette-11111111#id"}
    things |= {f"author:{a.name}": f"{BASE}/things/author-{i}#id" for i, a in enumerate(of.article.authors)}
    things |= {e.id: f"{PAGE}#{e.id}" if e.scoped else f"{BASE}/things/{e.id}-22222222#id" for e in of.entities}
    things |= {v.id: f"{BASE}/things/{v.id}-33333333#id" for v in of.events}
    things["e5"] = things["publisher:"]
    made = Naming(page=PAGE, things=things, version=2, previous=f"{PAGE}/v/1")
    return replace(made, **changes)  # type: ignore[arg-type]


class Table:
    """An authority of one row; the real tables have tests of their own."""

    digest = "one row"
    row = Thing(
        id="city:lisbon",
        type="City",
        name="Lisboa",
        aliases=("Lisbon", "Lisboa"),
        same_as=("http://www.wikidata.org/entity/Q597", "not an IRI"),
        latitude=38.72,
        longitude=-9.14,
        description="capital of Portugal",
    )

    def get(self, id: str) -> Thing | None:
        return self.row if id == self.row.id else None

    def candidates(self, surface: str, type: str | None = None) -> tuple[Candidate, ...]:
        return ()

    def surfaces(self) -> tuple[tuple[str, str], ...]:
        return ()
