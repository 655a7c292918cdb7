"""An annotated article read again with other links: what reviewers say of a thing goes before what the linker found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kg.annotate.resolve import resolve
from kg.model import Annotated, Annotation
from kg.plugins import Authority

__all__ = ["BY", "relinked"]

#: Who states a reviewer's link, beside the annotators' ``name@version``.
BY: Final = "review@1"


def relinked(annotated: Annotated, rows: Mapping[str, str | None], authority: Authority) -> Annotated:
    """The article with these entities linked to these rows, or to none; everything else as the layers say."""
    layers: dict[str, list[Annotation]] = {}
    spans = {}
    for one in annotated.layers:
        layers.setdefault(one.kind, []).append(one)
        if one.kind == "coref" and one.ref is not None and one.ref in rows:
            spans[one.span] = rows[one.ref]
    kept = [one for one in layers.get("link", ()) if one.span not in spans]
    made = [Annotation(span, "link", None, row, 1.0, BY) for span, row in spans.items() if row is not None]
    layers["link"] = sorted((*kept, *made), key=lambda one: one.span)
    return resolve(annotated.article, annotated.text, layers, authority)
