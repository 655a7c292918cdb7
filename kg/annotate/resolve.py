"""Layers resolved into the entities, quotations, events, claims and facts of an article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kg.annotate.layers import KINDS, THRESHOLD, Layers, argument, by_span
from kg.annotate.topics import LABELS
from kg.model import (
    FORMS,
    Annotated,
    Annotation,
    Article,
    Claim,
    Entity,
    Event,
    Fact,
    Mention,
    Quotation,
    Role,
    Span,
    Text,
    Topic,
)
from kg.plugins import Authority

__all__ = ["resolve"]


def resolve(article: Article, text: Text, layers: Layers, authority: Authority | None = None) -> Annotated:
    """The article with the values its layers add up to; a layer that is absent adds nothing.

    Entities whose best mention scores under :data:`kg.annotate.layers.THRESHOLD` are left out, and with them every
    reference to them; so are the printings of quotations that score less. Facts, roles and claims about what is left
    out go too.
    """
    entities = _entities(text, layers, authority)
    known = {one.id for one in entities}
    quotations, keys = _quotations(text, layers, known)
    events = _events(layers, known)
    known_too = known | {one.id for one in events}
    return Annotated(
        article=article,
        text=text,
        entities=entities,
        quotations=quotations,
        events=events,
        claims=_claims(text, layers, known_too, keys),
        facts=_facts(layers, known_too),
        layers=tuple(one for kind in layers for one in layers[kind]),
        topics=_topics(layers),
    )


# ---- entities ----------------------------------------------------------------------------------------------------


def _entities(text: Text, layers: Layers, authority: Authority | None) -> tuple[Entity, ...]:
    names = by_span(layers.get("name", ()))
    links = by_span(layers.get("link", ()))
    about = {one.ref: bool(one.args.get("about")) for one in layers.get("salience", ())}
    clusters: dict[str, list[tuple[Annotation, Annotation]]] = {}
    for coref in layers.get("coref", ()):
        name = names.get(coref.span)
        if name is not None and coref.ref is not None:
            clusters.setdefault(coref.ref, []).append((coref, name))
    extra: dict[str, list[Annotation]] = {}
    for nominal in layers.get("nominal", ()):
        if nominal.ref is not None:
            extra.setdefault(nominal.ref, []).append(nominal)
    found: list[tuple[Span, Entity]] = []
    for ref, members in clusters.items():
        entity = _entity(text, ref, members, extra.pop(ref, []), links, authority)
        if entity is not None:
            found.append((members[0][0].span, replace(entity, about=about.get(ref, False))))
    for ref, nominals in extra.items():
        scoped = _scoped(text, ref, nominals)
        if scoped is not None:
            found.append((nominals[0].span, scoped))
    return tuple(entity for _, entity in sorted(found, key=lambda pair: (pair[0], pair[1].id)))


def _entity(
    text: Text,
    ref: str,
    members: list[tuple[Annotation, Annotation]],
    nominals: list[Annotation],
    links: Mapping[Span, Annotation],
    authority: Authority | None,
) -> Entity | None:
    best = max(name.score for _, name in members)
    coref = members[0][0]
    kind = argument(coref, "kind") or argument(members[0][1], "kind")
    if best < THRESHOLD or kind not in KINDS:
        return None
    type_ = argument(coref, "type") or members[0][1].type or kind
    printed = argument(coref, "name") or coref.span.of(text.text)
    link = next((links[c.span] for c, _ in members if c.span in links), None)
    row = authority.get(link.ref) if authority is not None and link is not None and link.ref is not None else None
    name = row.name if row is not None else printed
    # How sure a mention is that it names the thing is also how sure it is that the thing is the linked row.
    sure = {c.span: min(c.score, links[c.span].score if c.span in links else 1.0) for c, _ in members}
    mentions = [_mention(name_annotation, sure[c.span]) for c, name_annotation in members]
    mentions += [Mention(n.span, "nominal", n.score, n.by) for n in nominals]
    others: list[str] = []
    for one, annotation in members:
        surface = " ".join(one.span.of(text.text).replace("’", "'").split()).removeprefix("the ")
        if argument(annotation, "form", "name") not in ("name", "acronym"):
            continue
        if kind == "Person" and {*surface.casefold().split()} <= {*name.casefold().split()}:
            continue  # a bare surname or given name is a mention, not another name
        if surface != name and surface not in others:
            others.append(surface)
    return Entity(
        id=ref,
        kind=kind,
        type=row.type if row is not None else type_,
        name=name,
        mentions=tuple(sorted(mentions, key=lambda m: m.span)),
        alternate_names=tuple(others),
        authority=row.id if row is not None else None,
        score=best,
        by=coref.by,
    )


def _mention(name: Annotation, score: float) -> Mention:
    form = argument(name, "form", "name")
    votes = name.args.get("votes")
    agreed = tuple(str(one) for one in votes) if isinstance(votes, tuple) else ()
    return Mention(name.span, form if form in FORMS else "name", min(name.score, score), name.by, agreed)


def _scoped(text: Text, ref: str, nominals: list[Annotation]) -> Entity | None:
    first = nominals[0]
    kind = argument(first, "kind")
    best = max(one.score for one in nominals)
    if kind not in KINDS or best < THRESHOLD:
        return None
    return Entity(
        id=ref,
        kind=kind,
        type=first.type or kind,
        name=argument(first, "name") or first.span.of(text.text),
        mentions=tuple(Mention(one.span, "nominal", one.score, one.by) for one in nominals),
        scoped=True,
        score=best,
        by=first.by,
    )


# ---- what is said of them ----------------------------------------------------------------------------------------


def _refs(value: object, known: set[str]) -> tuple[str, ...]:
    if not isinstance(value, Iterable) or isinstance(value, str):
        return ()
    return tuple(dict.fromkeys(one for one in value if isinstance(one, str) and one in known))


def _span(value: object) -> Span | None:
    return value if isinstance(value, Span) else None


def _quotations(text: Text, layers: Layers, known: set[str]) -> tuple[tuple[Quotation, ...], dict[object, int]]:
    groups: dict[object, list[Annotation]] = {}
    for number, one in enumerate(layers.get("quotation", ())):
        if one.score < THRESHOLD:
            continue
        same = one.args.get("same")
        groups.setdefault(("alone", number) if same is None else ("same", same), []).append(one)
    made: list[Quotation] = []
    keys: dict[object, int] = {}
    for key, printings in groups.items():
        whole = max(printings, key=lambda a: (len(a.span), -a.span.start))
        speaker = next((s for p in (whole, *printings) if isinstance(s := p.args.get("speaker"), str)), None)
        spans = (whole.span, *(p.span for p in printings if p.span != whole.span))
        if isinstance(key, tuple) and key[0] == "same":
            keys[key[1]] = len(made)
        made.append(
            Quotation(
                text=argument(whole, "text") or whole.span.of(text.text),
                spans=tuple(dict.fromkeys(spans)),
                kind="direct" if whole.args.get("direct") else "indirect",
                speaker=speaker if speaker in known else None,
                score=max(p.score for p in printings),
                by=whole.by,
                attribution=next((a for p in (whole, *printings) if (a := _span(p.args.get("attribution")))), None),
                about=_refs(whole.args.get("about"), known),
                others=_refs(whole.args.get("others"), known) if speaker in known else (),
            )
        )
    return tuple(made), keys


def _roles(value: object, known: set[str]) -> tuple[Role, ...]:
    if not isinstance(value, Iterable) or isinstance(value, str):
        return ()
    found: list[Role] = []
    for one in value:
        if isinstance(one, tuple) and len(one) == 3 and one[1] in known and isinstance(one[2], Span):
            role = Role(str(one[0]), one[1], one[2])
            if role not in found:
                found.append(role)
    return tuple(found)


def _events(layers: Layers, known: set[str]) -> tuple[Event, ...]:
    given = layers.get("event", ())
    ids = {argument(one, "id") for one in given}
    found: dict[str, Event] = {}
    for one in given:
        id_ = argument(one, "id")
        types = one.args.get("types")
        if not id_ or not isinstance(types, Iterable):
            continue
        roles = _roles(one.args.get("roles"), known | ids)
        earlier = found.get(id_)
        if earlier is not None:
            more = tuple(role for role in roles if role not in earlier.roles)
            found[id_] = replace(earlier, roles=earlier.roles + more)
            continue
        found[id_] = Event(
            id=id_,
            name=argument(one, "name"),
            types=tuple(str(t) for t in types),
            span=one.span,
            status=argument(one, "status") or None,
            roles=roles,
            score=one.score,
            by=one.by,
            date=argument(one, "date") or None,
            time_expression=_span(one.args.get("time")),
            about=bool(one.args.get("about")),
        )
    return tuple(found.values())


def _claims(text: Text, layers: Layers, known: set[str], keys: Mapping[object, int]) -> tuple[Claim, ...]:
    return tuple(
        Claim(
            text=argument(one, "text") or one.span.of(text.text),
            span=one.span,
            claimants=_refs(one.args.get("claimants"), known),
            about=_refs(one.args.get("about"), known),
            score=one.score,
            by=one.by,
            quotation=keys.get(one.args.get("quotation")),
        )
        for one in layers.get("claim", ())
    )


def _facts(layers: Layers, known: set[str]) -> tuple[Fact, ...]:
    found: dict[tuple[str, str, str, str], Fact] = {}
    for one in layers.get("fact", ()):
        subject, property_ = argument(one, "subject"), argument(one, "property")
        entity, value = argument(one, "entity"), argument(one, "value")
        if subject not in known or not property_ or bool(entity) == bool(value) or (entity and entity not in known):
            continue
        key = (subject, property_, entity, value)
        earlier = found.get(key)
        if earlier is None:
            found[key] = Fact(subject, property_, (one.span,), one.score, one.by, entity or None, value or None)
        elif one.span not in earlier.evidence:
            score = max(earlier.score, one.score)
            found[key] = replace(earlier, evidence=(*earlier.evidence, one.span), score=score)
    return tuple(found.values())


def _topics(layers: Layers) -> tuple[Topic, ...]:
    found: dict[str, Topic] = {}
    for one in layers.get("topic", ()):
        code = one.ref or ""
        evidence = one.args.get("evidence")
        spans = tuple(s for s in evidence if isinstance(s, Span)) if isinstance(evidence, tuple) else (one.span,)
        if code in LABELS and one.score >= THRESHOLD and (code not in found or found[code].score < one.score):
            found[code] = Topic(code, LABELS[code], spans, one.score, one.by)
    return tuple(sorted(found.values(), key=lambda topic: (-topic.score, topic.code)))
