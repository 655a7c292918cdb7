"""A small publication on disk for the server's tests: real builder, real store, articles made by hand.

Every article here is invented. Spans are found by words, so that they cannot drift from the text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from kg import config, graph
from kg.iris import Iris
from kg.model import (
    Annotated,
    Article,
    ArticleGraphs,
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
from kg.pipeline.textrows import article_row, thing_rows
from kg.store import Store
from kg.vocab import RDF, SCHEMA, SH

BASE = "https://news.example"
IRIS = Iris(BASE)
OWN = Source(name="desk", rights=Rights.OWN, licence="https://creativecommons.org/licenses/by/4.0/")
EVIL = '</script><script>alert(1)</script> & "quotes" <b>bold</b> \'n ]]>'
EVIL_NAME = "<img src=x onerror=alert(1)>"

FREED = f"{BASE}/articles/court-frees-mechanic-00000001"
LATER = f"{BASE}/articles/mechanic-goes-home-00000002"
FOREIGN = f"{BASE}/articles/harbour-closed-for-a-week-00000003"
HOSTILE = f"{BASE}/articles/script-alert-00000004"
REMOVED = f"{BASE}/articles/never-happened-00000005"
ARABIC = f"{BASE}/articles/article-00000006"

DAWIT = f"{BASE}/things/dawit-ourabi-0000000a"
COURT = f"{BASE}/things/northern-court-0000000b"
HARBOUR = f"{BASE}/things/port-sallow-0000000c"
FILM = f"{BASE}/things/salt-and-rope-0000000d"
RULING = f"{BASE}/things/court-frees-dawit-ourabi-0000000e"
GAZETTE = f"{BASE}/things/sallow-gazette-0000000f"
WRITER = f"{BASE}/things/mara-lind-00000010"
EVIL_THING = f"{BASE}/things/img-src-x-00000011"
OLD_DAWIT = f"{BASE}/things/d-ourabi-00000012"

SECRET = "Nobody at the harbour office would say why the gates stayed shut through the storm of that week."


@dataclass(frozen=True)
class Desk:
    """Lays one article out and finds the words in it."""

    article: Article

    @property
    def text(self) -> Text:
        of, whole, fields, sections = self.article, "", [], []
        parts = [("headline", of.headline), ("abstract", of.abstract or ""), ("body", of.body)]
        parts += [(f"caption-{n}", image.caption or "") for n, image in enumerate(of.images)]
        for name, words in parts:
            if not words:
                continue
            whole += "\n\n" if whole else ""
            span = Span(len(whole), len(whole) + len(words))
            whole += words
            fields.append(Field(name, span))
            sections.append(Section("paragraph" if name == "body" else name.partition("-")[0], span, name))
        return Text(whole, tuple(fields), tuple(sections), of.language or "en", of.date_published)

    def span(self, words: str, nth: int = 0, field: str = "body") -> Span:
        text = self.text
        inside = next(f.span for f in text.fields if f.name == field)
        at = inside.start - 1
        for _ in range(nth + 1):
            at = text.text.index(words, at + 1)
        return Span(at, at + len(words))

    def entity(
        self, id: str, kind: str, name: str, *spans: Span, type: str | None = None, about: bool = False
    ) -> Entity:
        mentions = tuple(Mention(span, "name", 1.0, "desk@1") for span in spans)
        return Entity(id, kind, type or kind, name, mentions, about=about)


def graphs(page: str, annotated: Annotated, things: dict[str, str], source: Source = OWN) -> ArticleGraphs:
    """The article as the pipeline would build it."""
    document = Document(data=page.encode(), key=page, origin=page, source=source)
    run = Run("newsgraph", "0.1.0", "2026-04-01T06:00:00Z", "tables")
    naming = Naming(page, {key: iri + "#id" for key, iri in things.items()})
    return graph.build(annotated, naming, document=document, iris=IRIS, run=run)


def freed_article() -> Article:
    return Article(
        headline="Court frees ship’s mechanic",
        abstract="Judges in Port Sallow found no ground to hold him.",
        paragraphs=(
            Paragraph("Dawit Ourabi, the ship’s mechanic born in May 1990, walked free in Port Sallow on Monday."),
            Paragraph("“I only mended a pump,” Ourabi said. He said the Northern Court had listened."),
            Paragraph("The Northern Court freed him after the film Salt and Rope told of the arrest."),
        ),
        images=(Image(caption="Dawit Ourabi at the quay.", credit="M. Lind", url="https://pictures.example/quay.jpg"),),
        publisher="Sallow Gazette",
        section="Courts & Crime",
        authors=(Author("Mara Lind"),),
        date_published="2026-03-16T09:00:00Z",
        date_modified="2026-03-17",
        language="en",
        corrections=("An earlier version named the wrong quay.",),
    )


def freed() -> ArticleGraphs:
    desk = Desk(freed_article())
    quote, reported = desk.span("I only mended a pump,"), desk.span("the Northern Court had listened")
    annotated = Annotated(
        article=desk.article,
        text=desk.text,
        entities=(
            desk.entity(
                "e0",
                "Person",
                "Dawit Ourabi",
                desk.span("Dawit Ourabi"),
                desk.span("Ourabi", 1),
                desk.span("Dawit Ourabi", field="caption-0"),
                about=True,
            ),
            desk.entity(
                "e1", "Organization", "Northern Court", desk.span("Northern Court"), desk.span("Northern Court", 1)
            ),
            desk.entity("e2", "Place", "Port Sallow", desk.span("Port Sallow"), type="City"),
            desk.entity("e3", "CreativeWork", "Salt and Rope", desk.span("Salt and Rope"), type="Movie"),
        ),
        quotations=(
            Quotation("I only mended a pump,", (quote,), "direct", "e0", 1.0, "desk@1"),
            Quotation("the Northern Court had listened", (reported,), "indirect", "e0", 0.9, "desk@1"),
        ),
        events=(
            Event(
                "v0",
                "Court frees Dawit Ourabi",
                ("nkg:CourtRuling",),
                desk.span("The Northern Court freed him"),
                "completed",
                (
                    Role("agent", "e1", desk.span("The Northern Court")),
                    Role("object", "e0", desk.span("freed him")),
                    Role("location", "e2", desk.span("Port Sallow")),
                ),
                0.9,
                "desk@1",
                date="2026-03-16",
            ),
        ),
        claims=(Claim("the Northern Court had listened", reported, ("e0",), ("e1",), 0.8, "desk@1", 1),),
        facts=(
            Fact("e0", "jobTitle", (desk.span("the ship’s mechanic"),), 0.9, "desk@1", value="ship’s mechanic"),
            Fact("e0", "birthDate", (desk.span("born in May 1990"),), 0.9, "desk@1", value="1990-05-02"),
        ),
    )
    things = {"e0": DAWIT, "e1": COURT, "e2": HARBOUR, "e3": FILM, "v0": RULING}
    return graphs(FREED, annotated, {**things, "publisher:": GAZETTE, "author:Mara Lind": WRITER})


def warned(of: ArticleGraphs) -> ArticleGraphs:
    """The article with one of the gate's warnings beside its annotations."""
    node = NamedNode(of.page + "#result-1")
    found = (
        Triple(node, RDF.type, SH.ValidationResult),
        Triple(node, SH.focusNode, of.iri),
        Triple(node, SH.resultMessage, Literal("a date has no time and zone")),
        Triple(node, SCHEMA.identifier, Literal("A5")),
    )
    return replace(of, warnings=found) if hasattr(of, "warnings") else of


def later() -> ArticleGraphs:
    desk = Desk(
        Article(
            headline="Mechanic goes home",
            paragraphs=(
                Paragraph("Dawit Ourabi left Port Sallow on Tuesday, a day after the Northern Court freed him."),
                Paragraph("Friends say that he was born in 1991."),
            ),
            publisher="Sallow Gazette",
            section="Courts & Crime",
            date_published="2026-03-18",
            language="en",
        )
    )
    annotated = Annotated(
        article=desk.article,
        text=desk.text,
        entities=(
            desk.entity("e0", "Person", "Dawit Ourabi", desk.span("Dawit Ourabi"), about=True),
            desk.entity("e1", "Organization", "Northern Court", desk.span("Northern Court")),
            desk.entity("e2", "Place", "Port Sallow", desk.span("Port Sallow"), type="City"),
        ),
        facts=(Fact("e0", "birthDate", (desk.span("born in 1991"),), 0.6, "desk@1", value="1991"),),
    )
    return graphs(LATER, annotated, {"e0": DAWIT, "e1": COURT, "e2": HARBOUR, "publisher:": GAZETTE})


def foreign() -> ArticleGraphs:
    """An article of a third party: its text may not be shown."""
    desk = Desk(
        Article(
            headline="Harbour closed for a week",
            paragraphs=(Paragraph(SECRET), Paragraph("The ferries to Port Sallow wait.")),
            publisher="Sallow Gazette",
            date_published="2026-03-10T07:00:00+01:00",
            language="en",
            url="https://gazette.example/harbour",
        )
    )
    annotated = Annotated(
        article=desk.article,
        text=desk.text,
        entities=(desk.entity("e2", "Place", "Port Sallow", desk.span("Port Sallow"), type="City"),),
        quotations=(Quotation(SECRET, (desk.span(SECRET),), "indirect", None, 0.5, "desk@1"),),
    )
    return graphs(FOREIGN, annotated, {"e2": HARBOUR, "publisher:": GAZETTE}, Source(name="gazette"))


def hostile() -> ArticleGraphs:
    desk = Desk(
        Article(
            headline=EVIL,
            abstract=EVIL,
            paragraphs=(
                Paragraph(f"{EVIL_NAME} said {EVIL} and \u202egnp.exe\u202c went on."),
                Paragraph("{{ 7*7 }} {% x %}"),
            ),
            publisher=EVIL_NAME,
            section=EVIL,
            date_published="2026-02-01",
            language="en",
            url="https://evil.example/?a=<b>&c='d'".replace("<", "%3C").replace(">", "%3E"),
        )
    )
    annotated = Annotated(
        article=desk.article,
        text=desk.text,
        entities=(desk.entity("e0", "Person", EVIL_NAME, desk.span(EVIL_NAME)),),
        quotations=(Quotation(EVIL, (desk.span(EVIL),), "direct", "e0", 1.0, "desk@1"),),
        facts=(Fact("e0", "jobTitle", (desk.span(EVIL),), 0.9, "desk@1", value=EVIL),),
    )
    return graphs(HOSTILE, annotated, {"e0": EVIL_THING, "publisher:": GAZETTE})


def plain(page: str, headline: str, body: str, language: str = "en", date: str | None = None) -> ArticleGraphs:
    desk = Desk(Article(headline=headline, paragraphs=(Paragraph(body),), language=language, date_published=date))
    return graphs(page, Annotated(article=desk.article, text=desk.text), {})


def publish(store: Store, time: datetime, *articles: ArticleGraphs) -> str:
    """One snapshot more, with the articles and everything the text index holds of them."""
    with store.begin(time=time, holder="tests") as draft:
        for one in articles:
            draft.put(one)
            draft.claim(one.page, one.page)
            draft.index(article_row(one))
            for row in thing_rows(draft, one.things):
                draft.index(row)
        return draft.commit().id


def open_newsroom(folder: Path) -> Store:
    """The publication: three snapshots; in the last one an article is gone and two things are one."""
    store = Store.create(folder / "store", BASE)
    gone = plain(REMOVED, "This never happened", "Nothing of it was true.")
    publish(store, datetime(2026, 4, 1, 8, tzinfo=UTC), warned(freed()), foreign(), hostile(), gone)
    arabic = plain(ARABIC, "المحكمة تفرج عن ميكانيكي السفينة", "خرج داويت من المحكمة.", "ar", "2026-03-17")
    publish(store, datetime(2026, 4, 2, 8, tzinfo=UTC), later(), arabic)
    with store.begin(time=datetime(2026, 4, 3, 8, tzinfo=UTC), holder="tests") as draft:
        draft.remove(REMOVED, reason="The source withdrew it.")
        draft.put_thing(
            (
                Triple(NamedNode(DAWIT + "#id"), SCHEMA.sameAs, NamedNode("http://www.wikidata.org/entity/Q4115189")),
                Triple(NamedNode(DAWIT + "#id"), SCHEMA.sameAs, NamedNode("javascript:alert(1)")),
                Triple(
                    NamedNode(OLD_DAWIT + "#id"),
                    NamedNode("http://purl.org/dc/terms/isReplacedBy"),
                    NamedNode(DAWIT + "#id"),
                ),
            )
        )
        draft.commit()
    return store


def settings(folder: Path, **changes: object) -> config.Settings:
    """Settings for the publication in that folder."""
    flags = {"base_iri": BASE, "store": str(folder / "store"), "publisher.name": "The Newsroom", **changes}
    return config.load(flags=flags)
