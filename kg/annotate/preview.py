"""What would be extracted from an article, as the one JSON object of ``kg preview`` (docs/reference, section 4)."""

from __future__ import annotations

from kg.annotate.chain import silence
from kg.model import Annotated, Entity, Event, Naming
from kg.plugins import Authority

__all__ = ["preview"]


def preview(
    annotated: Annotated, *, naming: Naming | None = None, authority: Authority | None = None
) -> dict[str, object]:
    """The article and what was recognised in it; every key is always there, absent things are None or empty.

    ``naming`` gives entities their IRIs, ``authority`` their ``same_as``. An entity's ``type`` is one of the five
    kinds; ``subtype`` stands beside it when the class is finer. ``note`` is there only when nothing was annotated: why.
    """
    article, text = annotated.article, annotated.text
    names = {one.id: one.name for one in annotated.entities}
    return {
        "publisher": article.publisher,
        "section": article.section,
        "headline": article.headline,
        "alternative_headline": article.alternative_headline,
        "description": article.abstract,
        "authors": [one.name for one in article.authors],
        "date_published": article.date_published,
        "date_modified": article.date_modified,
        "language": article.language or text.language,
        "body": [one.text for one in article.paragraphs],
        "images": [{"caption": one.caption, "credit": one.credit, "url": one.url} for one in article.images],
        "entities": [_entity(annotated, one, naming, authority) for one in annotated.entities],
        "quotations": [
            {"text": one.text, "speaker": names.get(one.speaker or ""), "kind": one.kind}
            for one in annotated.quotations
        ],
        "events": [_event(annotated, one, names) for one in annotated.events],
        "dropped": list(article.dropped),
        **({"note": note} if (note := silence(text)) else {}),
    }


def _entity(
    annotated: Annotated, entity: Entity, naming: Naming | None, authority: Authority | None
) -> dict[str, object]:
    row = authority.get(entity.authority) if authority is not None and entity.authority is not None else None
    surfaces = [" ".join(one.span.of(annotated.text.text).split()) for one in entity.mentions]
    made: dict[str, object] = {
        "name": entity.name,
        "type": entity.kind,
        "mentions": list(dict.fromkeys(surfaces)),
        "iri": naming.things.get(entity.id) if naming is not None else None,
        "same_as": list(row.same_as) if row is not None else [],
    }
    if entity.type != entity.kind:
        made["subtype"] = entity.type
    return made


def _event(annotated: Annotated, event: Event, names: dict[str, str]) -> dict[str, object]:
    kinds = {one.id: one.kind for one in annotated.entities}
    places = [
        names[role.entity]
        for property_ in ("location", "toLocation", "fromLocation")
        for role in event.roles
        if role.property == property_ and role.entity in names
    ]
    taking_part = [
        names[role.entity]
        for role in event.roles
        if role.entity in names and role.property != "location" and kinds.get(role.entity) != "Place"
    ]
    return {
        "name": event.name,
        "type": event.types[0].partition(":")[2] if event.types else "Event",
        "date": event.date,
        "place": places[0] if places else None,
        "participants": list(dict.fromkeys(taking_part)),
        "status": event.status,
    }
