"""Texts with their names marked by hand, so that what is said about the names is tested without the name finder."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.annotate.text import lay_out
from kg.model import Annotation, Article, Image, Paragraph, Span, Text

#: id → (kind, type, surfaces, the fullest first); demonyms are written ``~Norlander``.
Names = dict[str, tuple[str, str, tuple[str, ...]]]
Layers = dict[str, tuple[Annotation, ...]]

NAMES: Names = {
    "ana": ("Person", "Person", ("Ana Costa", "Costa")),
    "rui": ("Person", "Person", ("Rui Dias", "Dias")),
    "lena": ("Person", "Person", ("Lena Holm", "Holm")),
    "union": ("Organization", "Organization", ("Harbour Workers' Union", "HWU")),
    "ministry": ("Organization", "GovernmentOrganization", ("interior ministry",)),
    "court": ("Organization", "GovernmentOrganization", ("Supreme Court",)),
    "norland": ("Place", "Country", ("Norland", "~Norlander")),
    "sudria": ("Place", "Country", ("Sudria", "~Sudrian")),
    "porto": ("Place", "City", ("Porto Belo",)),
    "film": ("CreativeWork", "Movie", ("Salt and Iron",)),
    "rovers": ("Organization", "SportsTeam", ("Porto Rovers",)),
    "town": ("Organization", "SportsTeam", ("Hill Town",)),
}
_TITLE = re.compile(r"(?:(?:former|deputy|acting|[Vv]ice) )?(?:President|Mayor|Judge|Minister|Mr|Mrs|Ms|Dr)\.? $")


def article(
    *paragraphs: str, quotes: Sequence[int] = (), date: str | None = None, caption: str | None = None
) -> Article:
    """An article of these paragraphs; ``quotes`` are the numbers of block quotations."""
    return Article(
        headline="Port talks go on",
        paragraphs=tuple(Paragraph(p, "quote" if n in quotes else "text") for n, p in enumerate(paragraphs)),
        images=(Image(caption=caption),) if caption else (),
        date_published=date,
        language="en",
    )


def marked(one: Article, names: Names = NAMES) -> tuple[Text, Layers]:
    """The article laid out, with the layers ``name`` and ``coref`` for every surface of the names."""
    text = lay_out(one)
    found: dict[Span, tuple[str, str]] = {}
    surfaces = sorted(
        ((s.lstrip("~"), id_, "demonym" if s.startswith("~") else "name") for id_, n in names.items() for s in n[2]),
        key=lambda item: (-len(item[0]), item),
    )
    for surface, id_, form in surfaces:
        for hit in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text.text):
            span = Span(*hit.span())
            if not any(span.overlaps(other) for other in found):
                found[span] = (id_, "acronym" if surface.isupper() else form)
    name_layer, coref_layer = [], []
    for span, (id_, form) in sorted(found.items()):
        kind, type_, known = names[id_]
        args: dict[str, object] = {"form": form, "kind": kind}
        title = _TITLE.search(text.text, max(0, span.start - 30), span.start)
        if title is not None and kind == "Person":
            args["title"] = Span(title.start(), title.end() - 1)
        name_layer.append(Annotation(span, "name", type_, None, 0.9, "hand@1", args))
        args = {"name": known[0], "kind": kind, "type": type_}
        coref_layer.append(Annotation(span, "coref", type_, id_, 0.9, "hand@1", args))
    return text, {"name": tuple(name_layer), "coref": tuple(coref_layer)}
