"""One way to break an article graph for every constraint, written in terms of the model, so that they fit any article.

A breakage is a function that changes a :class:`Draft` (a mutable set of triples) so that its code must fire.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple
from pyoxigraph import Quad as _Quad
from shacl_google_breakages import GOOGLE

from kg.shacl import Report
from kg.vocab import GEO, ITSRDF, NIF, NKG, PROV, RDF, SCHEMA, WD, XSD

FIXTURE = Path(__file__).with_name("shacl_fixture.ttl")
GHOST = NamedNode("https://news.example/things/ghost-00000000#id")
Term = NamedNode | BlankNode | Literal
_ROLES = ("agent", "object", "recipient", "participant", "location", "toLocation", "fromLocation", "about")


def load(file: Path) -> tuple[Triple, ...]:
    """The triples of a Turtle file as a store keeps them, in a stable order."""
    store = Store()
    store.load(path=str(file), format=RdfFormat.TURTLE)
    return tuple(sorted((q.triple for q in store), key=str))


def said(report: Report) -> list[tuple[object, ...]]:
    """What reports are compared by: each result but for its wording, which pySHACL does not know."""
    return sorted((*r.key, str(r.source)) for r in report.results)


def asked(report: Report) -> list[tuple[object, ...]]:
    """What pySHACL's report is compared by: without E4 for a month, which rdflib puts before or after a day."""
    months = (XSD.gMonth, XSD.gYearMonth)
    rows = (r for r in report.results if r.code != "E4" or getattr(r.value, "datatype", None) not in months)
    return said(Report.of(tuple(rows)))


def typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=XSD[datatype])


class Draft:
    """Triples that can be changed and looked up."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._triples = dict.fromkeys(triples)

    def triples(self) -> tuple[Triple, ...]:
        """What is there now, with terms as a store keeps them."""
        store = Store()
        store.extend(_Quad(*t) for t in self._triples)
        return tuple(sorted((q.triple for q in store), key=str))

    def add(self, subject: Term, predicate: NamedNode, *objects: Term) -> None:
        for o in objects:
            self._triples[Triple(subject, predicate, o)] = None

    def drop(self, subject: Term | None = None, predicate: NamedNode | None = None, object: Term | None = None) -> None:
        for t in list(self.match(subject, predicate, object)):
            del self._triples[t]

    def set(self, subject: Term, predicate: NamedNode, object: Term) -> None:
        self.drop(subject, predicate)
        self.add(subject, predicate, object)

    def match(
        self, subject: Term | None = None, predicate: NamedNode | None = None, object: Term | None = None
    ) -> Iterator[Triple]:
        for t in list(self._triples):
            if subject in (None, t.subject) and predicate in (None, t.predicate) and object in (None, t.object):
                yield t

    def subjects(self, predicate: NamedNode, object: Term | None = None) -> list[NamedNode]:
        return [t.subject for t in self.match(None, predicate, object)]

    def objects(self, subject: Term, predicate: NamedNode) -> list[Term]:
        return [t.object for t in self.match(subject, predicate)]

    def one(self, subject: Term, predicate: NamedNode) -> Term:
        return self.objects(subject, predicate)[0]

    def text(self, subject: Term, predicate: NamedNode) -> str:
        return self.one(subject, predicate).value

    def a(self, cls: NamedNode) -> NamedNode:
        return self.subjects(RDF.type, cls)[0]

    def new(self, name: str) -> NamedNode:
        return NamedNode(self.article.value.partition("#")[0] + "#" + name)

    # the parts every article has ----------------------------------------------------------------------------------

    @property
    def article(self) -> NamedNode:
        return self.a(SCHEMA.NewsArticle)

    @property
    def person(self) -> NamedNode:
        """Someone with a name who is mentioned by it."""
        mentioned = {t.object for t in self.match(None, ITSRDF.taIdentRef)}
        unnamed = set(self.subjects(RDF.type, NKG.UnnamedPerson))
        return next(
            p
            for p in sorted(self.subjects(RDF.type, SCHEMA.Person), key=str)
            if p in mentioned - unnamed and self.mention(p) is not None
        )

    def mention(self, thing: NamedNode) -> NamedNode | None:
        """A mention of the thing by name."""
        found = [
            m for m in self.subjects(ITSRDF.taIdentRef, thing) if self.objects(m, NKG.mentionForm)[0].value == "name"
        ]
        return found[0] if found else None

    @property
    def named(self) -> NamedNode:
        found = self.mention(self.person)
        assert found is not None
        return found

    @property
    def body(self) -> NamedNode:
        """The text of the body."""
        return self.subjects(NKG.textProperty, SCHEMA.articleBody)[0]

    @property
    def quotation(self) -> NamedNode:
        """A direct quotation that has a speaker."""
        return next(
            q for q in self.subjects(RDF.type, NKG.DirectQuotation) if self.objects(q, SCHEMA.spokenByCharacter)
        )

    @property
    def acted(self) -> NamedNode:
        """An event with an agent."""
        return next(e for e in self.subjects(SCHEMA.agent) if SCHEMA.Event in self.objects(e, RDF.type))

    def body_with(self, before: str = "", after: str = "") -> None:
        self.set(
            self.article, SCHEMA.articleBody, Literal(before + self.text(self.article, SCHEMA.articleBody) + after)
        )

    def copy(self, node: NamedNode, to: NamedNode) -> None:
        for t in list(self.match(node)):
            self.add(to, t.predicate, t.object)

    def crumbs(self, *positions: int) -> None:
        trail = self.new("trail")
        self.add(trail, RDF.type, SCHEMA.BreadcrumbList)
        for n in positions:
            crumb = self.new(f"trail-{n}")
            self.add(trail, SCHEMA.itemListElement, crumb)
            self.add(crumb, SCHEMA.position, Literal(n))

    def review(self, *, without: tuple[str, ...] = (), claim: str = "x", worst: int = 1) -> None:
        review, rating = self.new("check"), self.new("check-rating")
        self.add(review, RDF.type, SCHEMA.ClaimReview)
        self.add(review, SCHEMA.claimReviewed, Literal(claim))
        self.add(review, SCHEMA.url, NamedNode("https://news.example/check"))
        self.add(review, SCHEMA.author, self.person)
        self.add(review, SCHEMA.itemReviewed, self.a(SCHEMA.Claim))
        self.add(review, SCHEMA.reviewRating, rating)
        self.add(rating, SCHEMA.alternateName, Literal("False"))
        self.add(rating, SCHEMA.worstRating, Literal(worst))
        for name in without:
            self.drop(review, SCHEMA[name])
            self.drop(rating, SCHEMA[name])

    def paywall(self, selector: str) -> None:
        part = self.new("wall")
        self.set(self.article, SCHEMA.isAccessibleForFree, Literal(False))
        self.add(self.article, SCHEMA.hasPart, part)
        self.add(part, RDF.type, SCHEMA.WebPageElement)
        self.add(part, SCHEMA.isAccessibleForFree, Literal(False))
        self.add(part, SCHEMA.cssSelector, Literal(selector))

    def byline(self, name: str) -> None:
        author = self.new("author")
        self.add(self.article, SCHEMA.author, author)
        self.add(author, RDF.type, SCHEMA.Person)
        self.add(author, SCHEMA.name, Literal(name))

    def dates(self, published: str, modified: str) -> None:
        self.set(self.article, SCHEMA.datePublished, typed(published, "date"))
        self.set(self.article, SCHEMA.dateModified, typed(modified, "date"))

    def happens(self, start: str, end: str | None = None) -> None:
        self.set(self.acted, SCHEMA.startDate, typed(start, "date"))
        if end is not None:
            self.set(self.acted, SCHEMA.endDate, typed(end, "date"))

    def image_with_file(self) -> NamedNode:
        image = self.a(SCHEMA.ImageObject)
        for name in ("creator", "creditText", "copyrightNotice", "license"):
            self.drop(image, SCHEMA[name])
        self.set(image, SCHEMA.contentUrl, NamedNode("https://news.example/files/a.jpg"))
        return image

    def twice(self) -> None:
        """A paragraph printed twice: the same words at a second place."""
        paragraph = self.a(NIF.Paragraph)
        self.copy(paragraph, NamedNode(paragraph.value + "x"))

    def work(self) -> None:
        """The first quotation's words become the name of something the article mentions."""
        work = self.new("work")
        self.add(self.article, SCHEMA.mentions, work)
        self.add(work, RDF.type, SCHEMA.Movie)
        self.add(work, SCHEMA.name, Literal(self.text(self.quotation, SCHEMA.text).upper()))

    def late(self) -> None:
        self.set(self.acted, SCHEMA.actionStatus, SCHEMA.CompletedActionStatus)
        self.add(self.article, SCHEMA.about, self.acted)
        self.happens("2026-03-16")
        self.set(self.article, SCHEMA.datePublished, typed("2025-12-23", "date"))

    def withhold(self) -> None:
        """Takes the article's text out, the way the builder does."""
        for t in list(self.match(None, NIF.isString)):
            self.drop(t.subject, NIF.isString)
            self.add(t.subject, NKG.textWithheld, Literal(True))
        self.drop(None, NIF.anchorOf)
        self.drop(self.article, SCHEMA.articleBody)
        self.add(self.article, NKG.textWithheld, Literal(True))
        for cls, name in ((SCHEMA.Quotation, "text"), (SCHEMA.Claim, "text"), (SCHEMA.ImageObject, "caption")):
            for node in self.subjects(RDF.type, cls):
                if self.objects(node, SCHEMA[name]):
                    self.drop(node, SCHEMA[name])
                    self.add(node, NKG.textWithheld, Literal(True))

    def withheld(self, node: NamedNode, predicate: NamedNode, value: Term) -> None:
        self.withhold()
        self.add(node, predicate, value)


def _lonely(g: Draft) -> None:
    event = g.acted
    for name in _ROLES:
        g.drop(event, SCHEMA[name])


def _span(g: Draft, predicate: NamedNode, value: Term | None) -> None:
    span = g.named
    g.drop(span, predicate)
    if value is not None:
        g.add(span, predicate, value)


def _blank(g: Draft) -> None:
    node = BlankNode("article")
    g.add(node, RDF.type, SCHEMA.NewsArticle)
    g.add(node, SCHEMA.headline, Literal("x"))


def _unnamed(g: Draft, *, linked: bool) -> None:
    node = g.new("someone")
    g.add(node, RDF.type, NKG.UnnamedPerson)
    g.add(node, SCHEMA.name, Literal("a guard"))
    if linked:
        g.add(node, RDF.type, SCHEMA.Person)
        g.add(node, SCHEMA.sameAs, WD.Q1)


def _subtype(g: Draft, general: NamedNode, special: NamedNode, node: NamedNode) -> None:
    g.drop(node, RDF.type, general)
    g.add(node, RDF.type, special)


def _evidence(g: Draft, predicate: NamedNode) -> None:
    g.drop(g.a(RDF.Statement), predicate)


def _shared(g: Draft) -> None:
    """A second thing with the first one's Wikidata IRI."""
    g.add(g.person, SCHEMA.sameAs, WD.Q4115189)
    g.add(g.new("double"), SCHEMA.sameAs, WD.Q4115189)


def _leak(g: Draft) -> None:
    text = Literal("Words.")
    g.add(g.article, NKG.textWithheld, Literal(True))
    g.set(g.body, NIF.isString, text)
    g.set(g.article, SCHEMA.articleBody, text)


LONG = "x" * 120
BREAKAGES: dict[str, Callable[[Draft], object]] = {
    "A0": _blank,
    "A1": lambda g: g.drop(g.article, SCHEMA.headline),
    "A2": lambda g: g.set(g.article, SCHEMA.headline, Literal(LONG)),
    "A3": lambda g: g.set(g.article, SCHEMA.articleBody, Literal("short")),
    "A4": lambda g: g.drop(g.article, SCHEMA.publisher),
    "A5": lambda g: g.drop(g.article, SCHEMA.datePublished),
    # Without dateModified: rdflib orders a date and a plain text, which SPARQL 1.1 (section 17.3) calls an error.
    "A6": lambda g: (
        g.drop(g.article, SCHEMA.dateModified),
        g.add(g.article, SCHEMA.datePublished, Literal("yesterday")),
    ),
    "A7": lambda g: g.drop(g.article, SCHEMA.author),
    "A8": lambda g: g.add(g.article, SCHEMA.author, Literal("By Jane Doe")),
    "A9": lambda g: g.drop(g.article, SCHEMA.image),
    "A10": lambda g: g.set(g.article, SCHEMA.inLanguage, Literal("English")),
    "A11": lambda g: g.drop(g.article, PROV.wasDerivedFrom),
    "A12": lambda g: g.body_with(before=g.text(g.article, SCHEMA.headline) + "\n\n"),
    "A13": lambda g: g.body_with(after="\n\nRelated Articles\n\nTrending"),
    "A14": Draft.twice,
    "A15": lambda g: g.body_with(after="\n\n" + g.text(g.subjects(SCHEMA.caption)[0], SCHEMA.caption)),
    "A16": lambda g: g.dates("2025-12-23", "2025-12-22"),
    "A17": lambda g: g.add(g.article, SCHEMA.mentions, g.one(g.article, SCHEMA.about)),
    "A18": lambda g: g.add(g.article, SCHEMA.mentions, GHOST),
    "A19": lambda g: [g.drop(m, ITSRDF.taIdentRef) for m in g.subjects(ITSRDF.taIdentRef, g.person)],
    "A20": lambda g: g.paywall("#paywall"),
    "A21": lambda g: _subtype(g, SCHEMA.NewsArticle, SCHEMA.OpinionNewsArticle, g.article),
    "N1": lambda g: g.drop(g.person, SCHEMA.name),
    "N2": lambda g: g.add(g.person, SCHEMA.name, Literal("X. Y.", language=g.one(g.person, SCHEMA.name).language)),
    "N3": lambda g: g.add(g.person, SCHEMA.sameAs, Literal("Q1")),
    "N4": lambda g: g.add(g.person, SCHEMA.sameAs, NamedNode("https://example.com/someone")),
    "N5": lambda g: g.add(g.person, SCHEMA.image, Literal("a.jpg")),
    "N6": _shared,
    "N7": lambda g: g.add(g.person, RDF.type, SCHEMA.Country),
    "N8": lambda g: _unnamed(g, linked=False),
    "N9": lambda g: _unnamed(g, linked=True),
    "N10": lambda g: g.add(NamedNode("https://news.example/things/ghost-00000000#geo"), RDF.type, GEO.Geometry),
    "P1": lambda g: g.byline(LONG),
    "P2": lambda g: g.byline("By Jane Doe and John Roe"),
    "T1": lambda g: g.add(g.body, NIF.isString, Literal("x")),
    "T2": lambda g: g.drop(g.body, NKG.textOf),
    "T3": lambda g: g.set(g.article, SCHEMA.headline, Literal("Another headline")),
    "T4": lambda g: g.withheld(g.article, SCHEMA.articleBody, Literal("Words.")),
    "T5": lambda g: g.withheld(g.named, NIF.anchorOf, Literal("Words.")),
    "T6": _leak,
    "T7": lambda g: g.add(g.article, NKG.textWithheld, Literal("yes")),
    "M1": lambda g: _span(g, NIF.beginIndex, Literal(-1)),
    "M2": lambda g: _span(g, NIF.endIndex, None),
    "M3": lambda g: _span(g, NIF.endIndex, Literal(0)),
    "M4": lambda g: _span(g, NIF.referenceContext, g.article),
    "M5": lambda g: _span(g, NIF.anchorOf, Literal("Bukelé")),
    "M6": lambda g: _span(g, NIF.endIndex, Literal(2800)),
    "M7": lambda g: g.add(g.new("char=1,2"), ITSRDF.taIdentRef, Literal("Jane Doe")),
    "M8": lambda g: _span(g, NKG.mentionForm, Literal("guess")),
    "M9": lambda g: _span(g, ITSRDF.taConfidence, typed("1.5", "decimal")),
    "M10": lambda g: _span(g, ITSRDF.taIdentRef, GHOST),
    "M11": lambda g: (g.drop(g.person, SCHEMA.alternateName), g.set(g.person, SCHEMA.name, Literal("Zzyzx"))),
    "M12": lambda g: _span(g, NIF.anchorOf, None),
    "Q1": lambda g: g.drop(g.quotation, SCHEMA.text),
    "Q2": lambda g: g.drop(g.quotation, SCHEMA.isPartOf),
    "Q3": lambda g: g.drop(g.quotation, SCHEMA.spokenByCharacter),
    "Q4": lambda g: g.drop(g.quotation, PROV.wasQuotedFrom),
    "Q5": lambda g: g.set(g.quotation, SCHEMA.text, Literal("We never said this.")),
    "Q6": lambda g: g.set(g.quotation, SCHEMA.text, Literal(g.text(g.quotation, SCHEMA.text)[:20])),
    "Q7": lambda g: g.set(g.quotation, SCHEMA.text, Literal(g.text(g.quotation, SCHEMA.text)[:20])),
    "Q8": lambda g: g.copy(g.quotation, g.new("quote-99")),
    "Q9": Draft.work,
    "Q10": lambda g: g.drop(g.quotation, RDF.type, SCHEMA.Quotation),
    "C1": lambda g: g.drop(g.a(SCHEMA.Claim), SCHEMA.text),
    "C2": lambda g: g.drop(g.a(SCHEMA.Claim), SCHEMA.appearance),
    "C3": lambda g: g.drop(g.a(SCHEMA.Claim), SCHEMA.author),
    "R1": lambda g: g.review(without=("claimReviewed",)),
    "R2": lambda g: g.review(claim="x" * 90),
    "R3": lambda g: g.review(without=("url",)),
    "R4": lambda g: g.review(without=("reviewRating",)),
    "R5": lambda g: g.review(without=("alternateName",)),
    "R6": lambda g: g.review(worst=0),
    "R7": lambda g: g.review(without=("author",)),
    "R8": lambda g: g.review(without=("itemReviewed",)),
    "I1": lambda g: g.drop(g.a(SCHEMA.ImageObject), SCHEMA.contentUrl),
    "I2": lambda g: g.add(g.a(SCHEMA.ImageObject), SCHEMA.contentUrl, Literal("ftp://x/y")),
    "I3": lambda g: g.drop(g.a(SCHEMA.ImageObject), SCHEMA.caption),
    "I4": Draft.image_with_file,
    "E1": lambda g: g.set(g.acted, SCHEMA.startDate, Literal("in March")),
    "E2": lambda g: g.set(g.acted, SCHEMA.actionStatus, Literal("done")),
    "E3": lambda g: g.happens("2025-03-16", "2025-03-15"),
    "E4": Draft.late,
    "E5": _lonely,
    "E6": lambda g: _subtype(g, SCHEMA.Event, NKG.Arrest, g.acted),
    "S1": lambda g: _evidence(g, RDF.subject),
    "S2": lambda g: _evidence(g, RDF.predicate),
    "S3": lambda g: _evidence(g, RDF.object),
    "S4": lambda g: _evidence(g, PROV.wasGeneratedBy),
    "S5": lambda g: _evidence(g, PROV.wasDerivedFrom),
    "S6": lambda g: [g.drop(s, SCHEMA.spokenByCharacter) for s in g.subjects(SCHEMA.spokenByCharacter)],
    "S7": lambda g: g.drop(None, RDF.subject, g.acted),
    "V1": lambda g: g.drop(None, PROV.wasAssociatedWith),
    "V2": lambda g: g.drop(None, PROV.used),
    "B1": lambda g: g.crumbs(1),
    "B2": lambda g: g.crumbs(1, 3),
    **GOOGLE,
}
