"""One way to break an article graph for each constraint of ``shapes/google.ttl`` that joined after the first ones.

The breakages of ``shacl_breakages.py`` include these; they change a ``Draft`` of that module in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.vocab import RDF, SCHEMA, XSD

__all__ = ["GOOGLE"]

FILE = NamedNode("https://news.example/files/a.jpg")


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=XSD[datatype])


def _part(g: Any, of: NamedNode, name: str) -> NamedNode:
    """A part behind the paywall, marked as it should be."""
    part: NamedNode = g.new(name)
    g.add(of, SCHEMA.hasPart, part)
    g.add(part, RDF.type, SCHEMA.WebPageElement)
    g.add(part, SCHEMA.isAccessibleForFree, Literal(False))
    g.add(part, SCHEMA.cssSelector, Literal(f".{name}"))
    return part


def corrected(g: Any) -> None:
    note = g.new("note")
    g.add(g.article, SCHEMA.correction, note)
    g.add(note, RDF.type, SCHEMA.CorrectionComment)
    g.drop(g.article, SCHEMA.dateModified)


def early_markup(g: Any) -> None:
    g.dates("2026-03-12", "2026-03-13")
    g.add(g.article, SCHEMA.sdDatePublished, _typed("2026-03-12", "date"))


def nested_paywall(g: Any) -> None:
    g.set(g.article, SCHEMA.isAccessibleForFree, Literal(False))
    _part(g, _part(g, g.article, "wall"), "inner")


def author(g: Any, kind: NamedNode, name: str, *, linked: bool = True) -> None:
    who = g.new("author")
    g.add(g.article, SCHEMA.author, who)
    g.add(who, RDF.type, kind)
    g.add(who, SCHEMA.name, Literal(name))
    g.set(g.article, SCHEMA.url, NamedNode("https://news.example/a"))
    if linked:
        g.add(who, SCHEMA.url, NamedNode("https://news.example/staff/x"))


def profile(g: Any) -> None:
    page = g.new("profile")
    g.add(page, RDF.type, SCHEMA.ProfilePage)
    g.add(page, SCHEMA.mainEntity, g.new("nobody"))


def logo(g: Any, width: Literal, height: Literal) -> None:
    picture = g.new("logo")
    g.add(g.one(g.article, SCHEMA.publisher), SCHEMA.logo, picture)
    g.add(picture, SCHEMA.width, width)
    g.add(picture, SCHEMA.height, height)


def sized(g: Any, width: Literal, height: Literal) -> None:
    image = g.a(SCHEMA.ImageObject)
    g.add(g.article, SCHEMA.image, image)
    g.add(image, SCHEMA.width, width)
    g.add(image, SCHEMA.height, height)


def crumb(g: Any, *, position: int | None = None, name: str | None = None, item: bool = True) -> None:
    """A trail whose first crumb is as given and whose second is complete."""
    trail, first, second = g.new("trail"), g.new("trail-1"), g.new("trail-2")
    g.add(trail, RDF.type, SCHEMA.BreadcrumbList)
    g.add(trail, SCHEMA.itemListElement, first, second)
    if position is not None:
        g.add(first, SCHEMA.position, Literal(position))
    if name is not None:
        g.add(first, SCHEMA.name, Literal(name))
    if item:
        g.add(first, SCHEMA.item, NamedNode("https://news.example/"))
    g.add(second, SCHEMA.position, Literal(2))
    g.add(second, SCHEMA.name, Literal("Local"))


def rated(g: Any, *, worst: object, value: object, best: object) -> None:
    g.review()
    rating = g.new("check-rating")
    for name, number in (("worstRating", worst), ("ratingValue", value), ("bestRating", best)):
        g.set(rating, SCHEMA[name], Literal(number))


def speakable(g: Any, *names: str) -> None:
    part = g.new("aloud")
    g.add(part, RDF.type, SCHEMA.SpeakableSpecification)
    for name in names:
        g.add(part, SCHEMA[name], Literal(".lead"))


def live(g: Any, *without: str, end: str = "2026-03-12T12:00:00Z") -> None:
    """The article as a live blog with one update; what is named in ``without`` is missing."""
    blog, update = g.article, g.new("post-1")
    g.add(blog, RDF.type, SCHEMA.LiveBlogPosting)
    g.add(blog, SCHEMA.coverageStartTime, _typed("2026-03-12T09:00:00Z", "dateTime"))
    g.add(blog, SCHEMA.coverageEndTime, _typed(end, "dateTime"))
    g.add(blog, SCHEMA.liveBlogUpdate, update)
    g.add(update, RDF.type, SCHEMA.BlogPosting)
    g.add(update, SCHEMA.headline, Literal("The bridge is closed"))
    g.add(update, SCHEMA.datePublished, _typed("2026-03-12T09:10:00Z", "dateTime"))
    g.add(update, SCHEMA.url, NamedNode("https://news.example/live#post-1"))
    for name in without:
        g.drop(update if name in {"headline", "datePublished", "url"} else blog, SCHEMA[name])


def whole(number: int) -> Literal:
    return Literal(number)


GOOGLE: dict[str, Callable[[Any], object]] = {
    "A22": lambda g: (
        g.drop(g.article, SCHEMA.dateModified),
        g.set(g.article, SCHEMA.datePublished, _typed("2026-03-12T09:30:00", "dateTime")),
    ),
    "A23": corrected,
    "A24": early_markup,
    "A25": lambda g: g.set(g.article, SCHEMA.isAccessibleForFree, Literal("no")),
    "A26": lambda g: (
        g.set(g.article, SCHEMA.isAccessibleForFree, Literal(False)),
        g.drop(None, RDF.type, SCHEMA.WebPageElement),
    ),
    "A27": nested_paywall,
    "P3": lambda g: author(g, SCHEMA.Person, "Ada Brook", linked=False),
    "P4": lambda g: author(g, SCHEMA.Place, "Ada Brook"),
    "P5": lambda g: author(g, SCHEMA.Person, g.text(g.one(g.article, SCHEMA.publisher), SCHEMA.name).upper()),
    "G1": speakable,
    "G2": profile,
    "O1": lambda g: logo(g, whole(112), whole(60)),
    "I5": lambda g: sized(g, whole(300), whole(166)),
    "I6": lambda g: g.add(g.a(SCHEMA.ImageObject), SCHEMA.acquireLicensePage, NamedNode("https://news.example/buy")),
    "I7": lambda g: g.set(g.a(SCHEMA.ImageObject), SCHEMA.contentUrl, NamedNode("https://news.example/a.TIFF?w=1")),
    "R9": lambda g: rated(g, worst=5, value=5, best=5),
    "R10": lambda g: rated(g, worst=2, value=1, best=5),
    "R11": lambda g: rated(g, worst=1, value=6, best=5),
    "B3": lambda g: crumb(g, position=1),
    "B4": lambda g: crumb(g, position=1, name="Home", item=False),
    "B5": lambda g: crumb(g, name="Home"),
    "L1": lambda g: live(g, "coverageStartTime"),
    "L2": lambda g: live(g, "liveBlogUpdate"),
    "L3": lambda g: live(g, "headline"),
    "L4": lambda g: live(g, "url"),
    "L5": lambda g: live(g, end="2026-03-12T08:00:00Z"),
}
