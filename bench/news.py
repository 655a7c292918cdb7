"""A synthetic news graph to measure with: articles and the people, places, events and organisations they name.

    python bench/news.py 1000 news.nt [--errors 1.0] [--seed 1]

About 38 triples per article, the things it names included. With ``errors`` above nought that share of the things, of
each kind, has one fault, which the shapes of ``news_shapes.ttl`` find. The same arguments give the same triples, blank
nodes included, and every literal is written as a store would write it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

HOME = "https://gazette.example/"
SHAPES = Path(__file__).resolve().parent / "news_shapes.ttl"

_SCHEMA = "http://schema.org/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
SUBCLASS = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
_LANGUAGES = ("de", "en", "es", "fr", "it")
_SECTIONS = ("Arts", "Economy", "Health", "Home", "Opinion", "Science", "Sport", "World")
_TEXT = (
    "harbour mayor verdict drought railway pension vaccine orchestra tariff referendum glacier merger census bridge "
    "refinery ballot curfew satellite archive ferry quarry tribunal subsidy eclipse marathon dialect aquifer lottery"
)
_WORDS = tuple(_TEXT.split())
#: Class → the class above it.
_CLASSES = {
    "Article": "CreativeWork",
    "NewsArticle": "Article",
    "ReportageNewsArticle": "NewsArticle",
    "OpinionNewsArticle": "NewsArticle",
    "AnalysisNewsArticle": "NewsArticle",
    "CreativeWork": "Thing",
    "Person": "Thing",
    "Place": "Thing",
    "Event": "Thing",
    "Organization": "Thing",
    "NewsMediaOrganization": "Organization",
}
_ARTICLE_FAULTS = (
    "no headline",
    "two headlines",
    "long headline",
    "no date",
    "date in words",
    "modified before published",
    "place as author",
    "no author",
    "nobody mentioned",
    "person as place",
    "unknown language",
    "unknown section",
    "count in words",
    "negative count",
    "address of another kind",
    "identifier with spaces",
    "identifier of another",
    "no licence",
    "no image",
    "small image",
    "no caption",
    "no source",
    "author is subject",
)
_PERSON_FAULTS = ("no name", "impossible birthday", "person as employer", "authority in words")
_PLACE_FAULTS = ("two names", "latitude out of range", "something else about the point")
_EVENT_FAULTS = ("ends before it starts", "no place")

_Subject = NamedNode | BlankNode
_Object = NamedNode | BlankNode | Literal


def classes() -> tuple[Triple, ...]:
    """Which class is below which: the ontology of the graph, part of its triples too."""
    return tuple(Triple(NamedNode(_SCHEMA + b), SUBCLASS, NamedNode(_SCHEMA + a)) for b, a in _CLASSES.items())


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(_XSD + datatype))


@dataclass(slots=True)
class News:
    """A graph of so many articles. ``injected`` counts the faults made so far, by name."""

    articles: int
    errors: float = 0.0
    seed: int = 1
    injected: dict[str, int] = field(default_factory=dict)
    _random: random.Random = field(default_factory=random.Random)

    def triples(self) -> Iterator[Triple]:
        """All triples; each call begins anew."""
        self._random = random.Random(self.seed)
        self.injected = {}
        yield from classes()
        for number in range(len(_SECTIONS)):
            yield from self._section(number)
        for make, count in (
            (self._person, self.people),
            (self._place, self.places),
            (self._event, self.events),
            (self._organisation, self.organisations),
            (self._article, self.articles),
        ):
            for number in range(count):
                yield from make(number)

    def documents(self) -> Iterator[tuple[NamedNode, tuple[Triple, ...]]]:
        """Each article by itself: (its IRI, its triples and those of the things it names, one step away)."""
        about: dict[object, list[Triple]] = {}
        for triple in self.triples():
            about.setdefault(triple.subject, []).append(triple)
        for number in range(self.articles):
            article = _thing("article", number)
            found = list(about[article])
            for near in dict.fromkeys(t.object for t in found if t.predicate != _TYPE):
                found.extend(about.get(near, ()))
                found.extend(p for t in about.get(near, ()) if isinstance(t.object, BlankNode) for p in about[t.object])
            yield article, tuple(found)

    # how many of each -----------------------------------------------------------------------------------------------

    @property
    def people(self) -> int:
        """How many people there are."""
        return max(6, self.articles // 3)

    @property
    def places(self) -> int:
        """How many places there are."""
        return max(4, self.articles // 20)

    @property
    def events(self) -> int:
        """How many events there are."""
        return max(4, self.articles // 50)

    @property
    def organisations(self) -> int:
        """How many organisations there are; the first three are newspapers."""
        return max(5, self.articles // 50)

    # the things -----------------------------------------------------------------------------------------------------

    def _section(self, number: int) -> Iterator[Triple]:
        yield from _about(_thing("section", number), "Collection", [("name", Literal(_SECTIONS[number]))])

    def _person(self, number: int) -> Iterator[Triple]:
        fault, chance = self._fault(_PERSON_FAULTS), self._random.random
        said: list[tuple[str, _Object]] = [("jobTitle", Literal(self._words(2), language="en"))]
        if fault != "no name":
            said.append(("name", Literal(f"{self._words(1).title()} N{number}")))
        if chance() < 0.6 or fault == "impossible birthday":
            born = "1961-02-31" if fault == "impossible birthday" else f"19{self._two(40, 99)}-{self._two(1, 12)}-09"
            said.append(("birthDate", _typed(born, "date")))
        works_for = _thing("person", 0) if fault == "person as employer" else self._any("organisation")
        said.append(("affiliation", works_for))
        if chance() < 0.7 or fault == "authority in words":
            authority = NamedNode(f"http://www.wikidata.org/entity/Q{number + 500}")
            said.append(("sameAs", Literal("the mayor") if fault == "authority in words" else authority))
        yield from _about(_thing("person", number), "Person", said)

    def _place(self, number: int) -> Iterator[Triple]:
        fault, point = self._fault(_PLACE_FAULTS), BlankNode(f"point{number}")
        said: list[tuple[str, _Object]] = [("name", Literal(f"Town {number}", language="en")), ("geo", point)]
        if self._random.random() < 0.3:
            said.append(("name", Literal(f"Ville {number}", language="fr")))
        if fault == "two names":
            said.append(("name", Literal(f"Borough {number}", language="en")))
        if number:
            said.append(("containedInPlace", _thing("place", self._random.randrange(number))))
        yield from _about(_thing("place", number), "Place", said)
        north = 97 if fault == "latitude out of range" else self._random.randint(-88, 88)
        where: list[tuple[str, _Object]] = [
            ("latitude", _typed(f"{north}.{self._two(0, 99)}5", "decimal")),
            ("longitude", _typed(f"{self._random.randint(-178, 178)}.{self._two(0, 99)}5", "decimal")),
        ]
        if fault == "something else about the point":
            where.append(("elevation", _typed("412", "integer")))
        yield from _about(point, "GeoCoordinates", where)

    def _event(self, number: int) -> Iterator[Triple]:
        fault, day = self._fault(_EVENT_FAULTS), self._day()
        ends = "1987-06-30" if fault == "ends before it starts" else day[:8] + "28"
        said: list[tuple[str, _Object]] = [
            ("name", Literal(f"{self._words(2).title()} {number}", language="en")),
            ("startDate", _typed(day, "date")),
            ("endDate", _typed(ends, "date")),
            ("organizer", self._any("organisation" if self._random.random() < 0.7 else "person")),
        ]
        if fault != "no place":
            said.append(("location", self._any("place")))
        yield from _about(_thing("event", number), "Event", said)

    def _organisation(self, number: int) -> Iterator[Triple]:
        said: list[tuple[str, _Object]] = [
            ("name", Literal(f"Company {number}")),
            ("url", NamedNode(f"https://company{number}.example/")),
        ]
        if number < 3:
            said.append(("logo", _thing("logo", number)))
            yield from self._image(_thing("logo", number), "", "en")
        kind = "NewsMediaOrganization" if number < 3 else "Organization"
        yield from _about(_thing("organisation", number), kind, said)

    def _image(self, image: NamedNode, fault: str, language: str) -> Iterator[Triple]:
        said: list[tuple[str, _Object]] = [
            ("contentUrl", NamedNode(image.value.replace(HOME, "https://pictures.example/") + ".jpg")),
            ("width", _typed("480" if fault == "small image" else "1920", "integer")),
            ("height", _typed("1080", "integer")),
        ]
        if fault != "no caption":
            said.append(("caption", Literal(self._words(5), language=language)))
        yield from _about(image, "ImageObject", said)

    def _article(self, number: int) -> Iterator[Triple]:
        fault, language, chance = self._fault(_ARTICLE_FAULTS), self._random.choice(_LANGUAGES), self._random.random
        kinds = ("NewsArticle", "ReportageNewsArticle", "OpinionNewsArticle", "AnalysisNewsArticle")
        kind = self._random.choices(kinds, (60, 20, 12, 8))[0]
        if fault == "no source":
            kind = "AnalysisNewsArticle"
        said = [
            *self._texts(number, fault, language),
            *self._dates(fault),
            *self._people(fault),
            *self._numbers(number, fault, language),
            ("publisher", _thing("organisation", self._random.randrange(3))),
            ("contentLocation", _thing("person", 0) if fault == "person as place" else self._any("place")),
            ("isPartOf", _thing("section", self._random.randrange(len(_SECTIONS)))),
        ]
        if kind == "ReportageNewsArticle":
            said.append(("dateline", Literal(f"Town {self._random.randrange(self.places)}")))
        if kind == "AnalysisNewsArticle" and fault != "no source":
            said.append(("citation", NamedNode(f"https://journal.example/{number}")))
        if fault != "no licence":
            said.append(("license", NamedNode("https://licences.example/share-alike")))
        image = _thing("picture", number)
        if fault != "no image":
            said.append(("image", image))
            yield from self._image(image, fault, language)
        if chance() < 0.4:
            said.append(("alternativeHeadline", Literal(self._words(5), language=language)))
        yield from _about(_thing("article", number), kind, said)

    def _texts(self, number: int, fault: str, language: str) -> Iterator[tuple[str, _Object]]:
        if fault != "no headline":
            line = "very " * 40 + "long" if fault == "long headline" else f"{self._words(6)} {number}"
            yield "headline", Literal(line, language=language)
        if fault == "two headlines":
            yield "headline", Literal("another headline of it", language=language)
        yield "description", Literal(self._words(16), language=language)
        yield "articleBody", Literal(self._words(55), language=language)
        yield "creditText", Literal(self._words(3), language=language)
        yield "genre", Literal(self._random.choice(("report", "portrait", "short")))
        yield from (("keywords", Literal(w)) for w in dict.fromkeys(self._words(3).split()))

    def _dates(self, fault: str) -> Iterator[tuple[str, _Object]]:
        day = self._day()
        at = f"T{self._two(0, 23)}:{self._two(0, 59)}:{self._two(0, 59)}Z"
        if fault != "no date":
            yield "datePublished", Literal("last week") if fault == "date in words" else _typed(day + at, "dateTime")
        changed = "1999-12-31" if fault == "modified before published" else "2026-01-02"
        yield "dateModified", _typed(changed + at, "dateTime")
        yield "dateCreated", _typed(day + at, "dateTime")
        yield "copyrightYear", _typed(day[:4], "gYear")

    def _people(self, fault: str) -> Iterator[tuple[str, _Object]]:
        several = self._random.choice
        authors = dict.fromkeys(self._any("person") for _ in range(several((1, 1, 2))))
        if fault == "place as author":
            authors = {_thing("place", 0): None}
        if fault != "no author":
            yield from (("author", a) for a in authors)
        subjects = {self._any("event" if self._random.random() < 0.5 else "person") for _ in range(several((1, 2, 3)))}
        if fault == "author is subject":
            subjects |= authors.keys()
        else:
            subjects -= authors.keys()
        yield from (("about", s) for s in sorted(subjects or {_thing("event", 0)}, key=str))
        for _ in range(several((2, 3, 4))):
            yield "mentions", self._any("person" if self._random.random() < 0.7 else "organisation")
        if fault == "nobody mentioned":
            yield "mentions", Literal("somebody")

    def _numbers(self, number: int, fault: str, language: str) -> Iterator[tuple[str, _Object]]:
        yield "inLanguage", Literal("old norse" if fault == "unknown language" else language)
        yield "articleSection", Literal("Rumour" if fault == "unknown section" else self._random.choice(_SECTIONS))
        words = {"negative count": _typed("-12", "integer"), "count in words": Literal("plenty")}
        yield "wordCount", words.get(fault) or _typed(str(self._random.randint(120, 2400)), "integer")
        yield "isAccessibleForFree", _typed(self._random.choice(("false", "true")), "boolean")
        scheme = "gopher" if fault == "address of another kind" else "https"
        yield "url", NamedNode(f"{scheme}://gazette.example/read/{number}.html")
        given = {"identifier with spaces": f"no {number}", "identifier of another": f"gz-{number // 9:07d}"}
        yield "identifier", Literal(given.get(fault) or f"gz-{number:07d}")

    # chance ---------------------------------------------------------------------------------------------------------

    def _fault(self, names: tuple[str, ...]) -> str:
        if self._random.random() >= self.errors:
            return ""
        name = self._random.choice(names)
        self.injected[name] = self.injected.get(name, 0) + 1
        return name

    def _any(self, kind: str) -> NamedNode:
        counts = {
            "person": self.people,
            "place": self.places,
            "event": self.events,
            "organisation": self.organisations,
        }
        return _thing(kind, self._random.randrange(counts[kind]))

    def _words(self, count: int) -> str:
        return " ".join(self._random.choices(_WORDS, k=count))

    def _two(self, least: int, most: int) -> str:
        return f"{self._random.randint(least, most):02d}"

    def _day(self) -> str:
        return f"20{self._two(12, 25)}-{self._two(1, 12)}-{self._two(1, 28)}"


def _thing(kind: str, number: int) -> NamedNode:
    return NamedNode(f"{HOME}{kind}/{number}")


def _about(subject: _Subject, kind: str, said: Iterable[tuple[str, _Object]]) -> Iterator[Triple]:
    yield Triple(subject, _TYPE, NamedNode(_SCHEMA + kind))
    for name, value in said:
        yield Triple(subject, NamedNode(_SCHEMA + name), value)


def main() -> int:
    """Writes the graph as N-Triples and prints how many triples and faults it has."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("articles", type=int)
    parser.add_argument("file")
    parser.add_argument("--errors", type=float, default=0.0, help="share of things with a fault, 0 to 1")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    news = News(arguments.articles, arguments.errors, arguments.seed)
    serialize(news.triples(), arguments.file, format=RdfFormat.N_TRIPLES)
    count = sum(1 for _ in news.triples())
    print(f"{count} triples, {count / arguments.articles:.1f} per article, {sum(news.injected.values())} faults")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
