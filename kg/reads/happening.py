"""Quotations, claims and events as rows: who says or does what, according to which article."""

from __future__ import annotations

from pyoxigraph import NamedNode

from kg.reads.labels import label, type_labels
from kg.reads.rows import ArticleRow, ClaimRow, EventRow, Link, QuotationRow, RoleRow
from kg.reads.view import Node, View
from kg.vocab import NKG, RDF, SCHEMA

__all__ = ["ROLES", "claim_row", "event_row", "is_event", "quotation_row"]

#: The parts a thing can have in an event, in the order pages show them.
ROLES = tuple(
    SCHEMA[name]
    for name in (
        "agent",
        "object",
        "recipient",
        "participant",
        "competitor",
        "about",
        "location",
        "fromLocation",
        "toLocation",
        "instrument",
        "result",
        "sharedContent",
        "superEvent",
    )
)


def is_event(view: View, node: NamedNode) -> bool:
    """Whether the thing is something that happens."""
    return SCHEMA.Event.value in view.above(node)


def _links(view: View, node: Node, predicate: NamedNode) -> tuple[Link, ...]:
    return tuple(view.link(o) for o in view.objects(node, predicate) if isinstance(o, NamedNode))


def quotation_row(view: View, node: NamedNode, article: ArticleRow | None = None) -> QuotationRow:
    """The quotation with its speakers; its text is None when it is withheld."""
    words = view.text(node, SCHEMA.text)
    return QuotationRow(
        part=node.value.rpartition("#")[2],
        text=words.text if words else None,
        direct=NKG.DirectQuotation in view.objects(node, RDF.type),
        speakers=_links(view, node, SCHEMA.spokenByCharacter),
        about=_links(view, node, SCHEMA.about),
        article=article,
    )


def claim_row(view: View, node: NamedNode, article: ArticleRow | None = None) -> ClaimRow:
    """The claim with those who make it."""
    words = view.text(node, SCHEMA.text)
    return ClaimRow(
        part=node.value.rpartition("#")[2],
        text=words.text if words else None,
        claimants=_links(view, node, SCHEMA.author),
        about=_links(view, node, SCHEMA.about),
        article=article,
    )


def event_row(view: View, node: NamedNode, *, graph: Node | None = None, article: ArticleRow | None = None) -> EventRow:
    """The event with its date, its status and everyone's part; ``graph`` limits it to what one article says."""
    where = (graph,) if graph is not None else ()
    roles = [
        RoleRow(label(predicate.value), view.link(who))
        for predicate in ROLES
        for who in view.objects(node, predicate, *where)
        if isinstance(who, NamedNode)
    ]
    status = view.value(node, SCHEMA.actionStatus, *where)
    printed = view.text(node, NKG.timeExpression, *where)
    return EventRow(
        link=view.link(node),
        types=tuple(name for name in type_labels(view.types(node)) if name not in ("event", "action")),
        date=view.value(node, SCHEMA.startDate, *where),
        printed=printed.text if printed else None,
        status=label(status) if status else None,
        roles=tuple(roles),
        article=article,
    )
