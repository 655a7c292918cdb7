"""One line of ``kg annotate``: a text in, its mentions, quotations and events out, as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from kg.annotate.chain import annotate_text, defaults, silence
from kg.annotate.layers import Layers, argument, by_span
from kg.annotate.text import language_of
from kg.errors import InputError
from kg.model import Annotation, Field, Section, Span, Text
from kg.plugins import Annotator, Authority

__all__ = ["annotate_line"]

_BREAK: Final = "\n\n"


def annotate_line(
    line: object, *, authority: Authority, annotators: Sequence[Annotator] | None = None
) -> dict[str, object]:
    """The answer to one ``{id, text, title?, date?, language?}``; offsets are code points into ``text``.

    ``annotators`` are in order (:func:`kg.annotate.chain.ordered`). A text that is not English gets empty lists and a
    ``note``. Raises :class:`kg.errors.InputError` when ``text`` is missing or no text.
    """
    if not isinstance(line, dict) or not isinstance(line.get("text"), str):
        raise InputError('a line needs an object with the text in "text", as {"id": "1", "text": "…"}')
    text = _text(line)
    chain = annotators if annotators is not None else defaults(authority)
    layers = annotate_text(text, chain)
    answer: dict[str, object] = {
        "id": line.get("id"),
        "mentions": _mentions(text, layers, authority),
        "quotations": _quotations(text, layers),
        "events": _events(text, layers),
    }
    note = silence(text)
    if note is not None:
        answer["note"] = note
    return answer


def _text(line: dict[str, object]) -> Text:
    body = str(line["text"])
    sections: list[Section] = []
    start = 0
    while start < len(body):
        end = body.find(_BREAK, start)
        end = len(body) if end < 0 else end
        if body[start:end].strip():
            title = not sections and line.get("title") == body[start:end]
            sections.append(Section("headline" if title else "paragraph", Span(start, end), "body"))
        start = end + len(_BREAK)
    language = line.get("language")
    date = line.get("date")
    return Text(
        text=body,
        fields=(Field("body", Span(0, len(body))),),
        sections=tuple(sections),
        language=language if isinstance(language, str) else language_of(body),
        date=date if isinstance(date, str) else None,
    )


def _iri(ref: str | None, authority: Authority) -> str | None:
    """What a link is called outside: the first IRI of a known authority, else the row's id."""
    row = authority.get(ref) if ref is not None else None
    if row is None:
        return ref
    wikidata = next((iri for iri in row.same_as if "wikidata.org/entity/" in iri), None)
    return wikidata or (row.same_as[0] if row.same_as else row.id)


def _mentions(text: Text, layers: Layers, authority: Authority) -> list[dict[str, object]]:
    corefs = by_span(layers.get("coref", ()))
    links = by_span(layers.get("link", ()))
    made: list[dict[str, object]] = []
    for name in layers.get("name", ()):
        coref, link = corefs.get(name.span), links.get(name.span)
        form, kind = argument(name, "form", "name"), argument(name, "kind")
        place = coref is not None and argument(coref, "kind") == "Place"
        if form == "metonym" or (place and form != "demonym" and kind not in ("", "Place")):
            link = None  # it says whose the team is, not which team
        made.append(
            {
                "start": name.span.start,
                "end": name.span.end,
                "surface": name.span.of(text.text),
                "type": kind or None,
                "subtype": name.type if name.type != kind else None,
                "ref": _iri(link.ref, authority) if link is not None else None,
                "cluster": coref.ref if coref is not None else None,
                "form": form,
                "score": name.score,
            }
        )
    return made


def _quotations(text: Text, layers: Layers) -> list[dict[str, object]]:
    names = _cluster_names(layers)
    spoken: list[dict[str, object]] = []
    for one in layers.get("quotation", ()):
        speaker = argument(one, "speaker") or None
        source = one.args.get("source")
        spoken.append(
            {
                "start": one.span.start,
                "end": one.span.end,
                "text": one.span.of(text.text),
                "speaker": names.get(speaker) if speaker is not None else None,
                "speaker_cluster": speaker,
                "speaker_span": [source.start, source.end] if isinstance(source, Span) else None,
                "kind": "direct" if one.args.get("direct") else "indirect",
                "score": one.score,
            }
        )
    return spoken


def _events(text: Text, layers: Layers) -> list[dict[str, object]]:
    things = {one.ref: one for one in (*layers.get("nominal", ()), *layers.get("coref", ()))}
    return [_event(text, one, things) for one in layers.get("event", ())]


def _event(text: Text, one: Annotation, things: Mapping[str | None, Annotation]) -> dict[str, object]:
    """One event: the words that tell of it, what it is, who takes part, where, when, and whether it is done."""
    given = one.args.get("roles")
    roles = given if isinstance(given, tuple) else ()
    types = one.args.get("types")
    time = one.args.get("time")
    name = {role[1]: argument(things[role[1]], "name") or None for role in roles if role[1] in things}
    place = {role[1] for role in roles if role[1] in things and argument(things[role[1]], "kind") == "Place"}
    where = [
        name[r[1]] for p in ("location", "toLocation", "fromLocation") for r in roles if r[0] == p and r[1] in name
    ]
    return {
        "start": one.span.start,
        "end": one.span.end,
        "text": one.span.of(text.text),
        "name": argument(one, "name"),
        "type": (one.type or "Event").partition(":")[2] or one.type or "Event",
        "types": list(types) if isinstance(types, tuple) else [],
        "status": argument(one, "status") or None,
        "date": argument(one, "date") or None,
        "time": time.of(text.text) if isinstance(time, Span) else None,
        "place": where[0] if where else None,
        "participants": list(dict.fromkeys(name[r[1]] for r in roles if r[1] in name and r[1] not in place)),
        "roles": [
            {"property": r[0], "cluster": r[1], "name": name.get(r[1]), "start": r[2].start, "end": r[2].end}
            for r in roles
        ],
        "score": one.score,
    }


def _cluster_names(layers: Layers) -> dict[str, str]:
    return {one.ref: argument(one, "name") for one in layers.get("coref", ()) if one.ref is not None}
