"""The chain of annotators: ordered by the layers they need and give, run over one article, resolved into entities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.annotate import (
    claims,
    coreference,
    events,
    facts,
    linking,
    names,
    quotations,
    salience,
    times,
)
from kg.annotate.resolve import resolve
from kg.annotate.text import is_english, lay_out
from kg.errors import ConfigError
from kg.model import Annotated, Annotation, Article, Text
from kg.plugins import Annotator, Authority

__all__ = ["annotate", "annotate_text", "defaults", "ordered", "silence"]

#: The modules of this package that have an annotator.
_MODULES: Final = (names, coreference, linking, salience, times, quotations, events, facts, claims)


def defaults(authority: Authority) -> tuple[Annotator, ...]:
    """The built-in annotators over one authority, in order. Build them once and use them for many articles."""
    return ordered([module.annotator(authority) for module in _MODULES])


def ordered(annotators: Sequence[Annotator]) -> tuple[Annotator, ...]:
    """The annotators in an order in which each finds the layers it needs; otherwise as given.

    Raises :class:`kg.errors.ConfigError` when a layer is needed that none gives, or when the needs form a circle.
    """
    givers: dict[str, set[int]] = {}
    for number, one in enumerate(annotators):
        for kind in one.gives:
            givers.setdefault(kind, set()).add(number)
    waits: list[set[int]] = []
    for number, one in enumerate(annotators):
        missing = sorted(one.needs - givers.keys())
        if missing:
            raise ConfigError(
                f"annotator {one.name!r} needs the layer {missing[0]!r} and no annotator gives it; "
                f"add one that does, or leave {one.name!r} out",
                setting="annotators",
            )
        waits.append({giver for kind in one.needs for giver in givers[kind]} - {number})
    done: list[int] = []
    while len(done) < len(annotators):
        ready = next((n for n in range(len(annotators)) if n not in done and waits[n] <= set(done)), None)
        if ready is None:
            left = ", ".join(annotators[n].name for n in range(len(annotators)) if n not in done)
            raise ConfigError(
                f"annotators {left} wait for each other's layers; leave one of them out", setting="annotators"
            )
        done.append(ready)
    return tuple(annotators[n] for n in done)


def annotate(article: Article, *, authority: Authority, annotators: Sequence[Annotator] | None = None) -> Annotated:
    """The article with everything the annotators recognise in it.

    Without ``annotators`` the built-in ones are used (see :func:`defaults`). A text that is not English is returned
    without annotations: :func:`silence` says so. Raises :class:`kg.errors.ConfigError` for a chain that cannot be
    ordered and for an annotator that states something outside the text or a layer it did not announce.
    """
    text = lay_out(article)
    layers = annotate_text(text, ordered(annotators) if annotators is not None else defaults(authority))
    return resolve(article, text, layers, authority)


def annotate_text(text: Text, chain: Sequence[Annotator]) -> dict[str, tuple[Annotation, ...]]:
    """The layers of one text, kind → annotations in order of the text. ``chain`` is in order (:func:`ordered`)."""
    layers: dict[str, tuple[Annotation, ...]] = {}
    for one in chain:
        for kind in one.gives:
            layers.setdefault(kind, ())
    if not is_english(text):
        return layers
    for one in chain:
        given: dict[str, list[Annotation]] = {}
        for annotation in one.annotate(text, layers):
            _check(annotation, one, text)
            given.setdefault(annotation.kind, []).append(annotation)
        for kind in sorted(given):
            both = (*layers[kind], *given[kind])
            layers[kind] = tuple(sorted(both, key=lambda a: (a.span.start, a.span.end)))
    return layers


def silence(text: Text) -> str | None:
    """Why the text has no annotations (its language), or None when it was annotated."""
    if is_english(text):
        return None
    return f"no annotations: the text's language is {text.language!r} and the annotators know only 'en'"


def _check(annotation: Annotation, one: Annotator, text: Text) -> None:
    span = annotation.span
    if annotation.kind not in one.gives:
        wrong = f"states the layer {annotation.kind!r}, which it does not announce in 'gives'"
    elif not 0 <= span.start < span.end <= len(text.text):
        wrong = f"states the span {span.start},{span.end} in a text of {len(text.text)} code points"
    elif not 0 <= annotation.score <= 1:
        wrong = f"states the score {annotation.score}; scores go from 0 to 1"
    else:
        return
    raise ConfigError(f"annotator {one.name!r} {wrong}; report this to its author", setting="annotators")
