"""What a rebuilt article says otherwise: facts and links, as lines for people."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, Triple

from kg.model import ArticleGraphs
from kg.vocab import PROV, RDF, SCHEMA, compact

__all__ = ["changes"]

#: Most lines one article shows; the rest is counted.
LINES = 40


def changes(before: Iterable[Triple], after: ArticleGraphs, linked: Iterable[Triple] = ()) -> tuple[str, ...]:
    """Facts and links gained (``+``) and lost (``-``); offsets and evidence follow from them and are left out.

    ``linked`` is what an authority newly says of the article's things.
    """
    old = {t for t in before if _told(t)}
    new = {t for t in (*after.content, *after.facts, *linked) if _told(t)}
    names: dict[object, str] = {}
    for triple in (*old, *new):
        if triple.predicate == SCHEMA.name and isinstance(triple.object, Literal):
            names[triple.subject] = triple.object.value
    lines = sorted({f"- {_line(t, names)}" for t in old - new} | {f"+ {_line(t, names)}" for t in new - old})
    lines.sort(key=lambda line: line[2:])
    more = len(lines) - LINES
    return tuple(lines[:LINES]) + ((f"  and {more} more",) if more > 0 else ())


def _told(triple: Triple) -> bool:
    """Whether a triple is a fact or a link, rather than text, bookkeeping or a place in the text."""
    hidden = triple.predicate in (PROV.wasQuotedFrom, PROV.wasGeneratedBy, SCHEMA.articleBody, RDF.subject)
    return not hidden and triple.predicate != PROV.wasDerivedFrom and "#char=" not in str(triple.subject)


def _line(triple: Triple, names: dict[object, str]) -> str:
    subject = names.get(triple.subject) or _short(str(triple.subject))
    value = names.get(triple.object) or _short(str(triple.object))
    return f"{subject} {compact(triple.predicate.value)} {value}"


def _short(text: str) -> str:
    shown = compact(text.removeprefix("<").removesuffix(">")) if text.startswith("<") else text
    return shown if len(shown) <= 100 else shown[:99] + "…"
