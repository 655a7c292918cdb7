"""What happened according to the article, who had which part in it, and whether it is done (the facts graph)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from kg.errors import IriError
from kg.graph import terms
from kg.graph.frame import Frame, Stated
from kg.graph.vocabulary import Vocabulary
from kg.model import Event
from kg.vocab import NKG, RDF, SCHEMA

__all__ = ["stated", "types"]

_STATUS = {
    "completed": SCHEMA.CompletedActionStatus,
    "active": SCHEMA.ActiveActionStatus,
    "potential": SCHEMA.PotentialActionStatus,
    "failed": SCHEMA.FailedActionStatus,
}


def types(event: Event, vocabulary: Vocabulary) -> tuple[NamedNode, ...]:
    """schema:Event and the action: an Event alone has no agent and object, an Action alone no place in time."""
    found: list[NamedNode] = [SCHEMA.Event]
    for name in event.types:
        try:
            one = terms.term(name)
        except IriError:
            continue
        if one not in found and (vocabulary.is_class(one) or not (one in SCHEMA or one in NKG)):
            found.append(one)
    if SCHEMA.Action.value not in vocabulary.above(found):
        found.append(SCHEMA.Action)
    return tuple(found)


def stated(frame: Frame) -> Iterator[Stated]:
    """Type, name, status, time and roles of every event, each but type and name with its evidence."""
    for event in frame.annotated.events:
        node, own = frame.thing(event.id), types(event, frame.vocabulary)
        status = _STATUS.get(event.status or "")
        for one in own:
            # the event's own stretch of text is the evidence of its status, or, without one, of its type
            rests = (event.span,) if status is None and one == own[-1] else ()
            yield Stated(Triple(node, RDF.type, one), rests, event.score, event.by)
        yield Stated(Triple(node, SCHEMA.name, frame.name(event.name)))
        if status is not None:
            yield Stated(Triple(node, SCHEMA.actionStatus, status), (event.span,), event.score, event.by)
        when = (event.time_expression or event.span,)
        day = terms.date(event.date, partial=True)
        if day is not None:
            yield Stated(Triple(node, SCHEMA.startDate, day), when, event.score, event.by)
        printed = frame.place(event.time_expression) if event.time_expression else None
        if printed is not None and frame.may_show(printed.words):
            yield Stated(Triple(node, NKG.timeExpression, frame.text(printed.words)), when, event.score, event.by)
        yield from _roles(frame, event, node)


def _roles(frame: Frame, event: Event, node: NamedNode) -> Iterator[Stated]:
    """Each role; one that its property is not made for (a country as agent) is what the event is about."""
    own = frame.types[node]
    for role in event.roles:
        predicate, who = terms.term(role.property), frame.thing(role.entity)
        made_for = predicate in SCHEMA and frame.vocabulary.takes(own, predicate)
        if not made_for or not frame.vocabulary.gives(predicate, frame.types.get(who, ())):
            predicate = SCHEMA.about
        if who != node:
            yield Stated(Triple(node, predicate, who), (role.evidence,), event.score, event.by)
