"""What the events annotator says of a few sentences, with the names marked by hand."""

from __future__ import annotations

from dataclasses import dataclass

from cast_fixture import article, marked

from kg.annotate.events import Events
from kg.annotate.quotations import Quotations
from kg.annotate.text import lay_out
from kg.annotate.times import Times
from kg.model import Article, Paragraph

__all__ = ["Told", "told"]


@dataclass(frozen=True)
class Told:
    """One event, without its spans."""

    type: str
    status: str | None
    date: str | None
    name: str
    roles: tuple[tuple[str, str], ...]
    about: bool = False

    def players(self, property_: str) -> list[str]:
        """The members in a role."""
        return [id_ for role, id_ in self.roles if role == property_]


def told(*paragraphs: str, date: str | None = "2026-03-18", headline: str = "", abstract: str = "") -> list[Told]:
    """The events of an article of these paragraphs, published on that day."""
    one: Article = article(*paragraphs, date=date)
    if headline or abstract:
        one = Article(
            headline=headline or one.headline,
            abstract=abstract or None,
            paragraphs=tuple(Paragraph(p) for p in paragraphs),
            date_published=date,
            language="en",
        )
    assert lay_out(one).text
    text, layers = marked(one)
    layers["date"] = tuple(Times().annotate(text, layers))
    layers["quotation"] = tuple(Quotations().annotate(text, layers))
    found = []
    for event in Events().annotate(text, layers):
        if event.kind != "event":
            continue
        roles = event.args["roles"]
        assert isinstance(roles, tuple)
        for _, _, span in roles:
            assert text.field_of(span)
        found.append(
            Told(
                str(event.type),
                None if event.args["status"] is None else str(event.args["status"]),
                None if event.args["date"] is None else str(event.args["date"]),
                str(event.args["name"]),
                tuple(dict.fromkeys((role[0], role[1]) for role in roles)),
                bool(event.args["about"]),
            )
        )
    return found
