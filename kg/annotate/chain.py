"""The chain of annotators: ordered by the layers they need and give, run over one article, resolved into entities.

Layers add up, with one exception: who votes (:class:`kg.annotate.votes.Votes`) puts what was decided in the place of
the layer that was voted on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from kg.annotate import (
    claims,
    coreference,
    events,
    facts,
    linking,
    names,
    quotations,
    ruleset,
    salience,
    times,
    topics,
)
from kg.annotate.archive import Archive
from kg.annotate.options import Lessons
from kg.annotate.resolve import resolve
from kg.annotate.text import is_english, lay_out
from kg.annotate.votes import PROPOSAL, Voter, Votes
from kg.errors import ConfigError
from kg.model import Annotated, Annotation, Article, Text
from kg.plugins import Annotator, Authority

__all__ = ["annotate", "annotate_text", "defaults", "joined", "ordered", "proposed", "signature", "silence"]

#: The modules of this package that have an annotator.
_MODULES: Final = (names, coreference, linking, salience, times, quotations, events, facts, claims, topics)


def defaults(
    authority: Authority, *, lessons: Lessons | None = None, archive: Archive | None = None
) -> tuple[Annotator, ...]:
    """The built-in annotators over one authority, in order. Build them once and use them for many articles.

    ``lessons`` are reviewers' verdicts on links, ``archive`` what was linked before. Their versions end in the digest
    of the rules (:mod:`kg.annotate.ruleset`).
    """
    return ordered(_built_in(authority, lessons, archive))


def joined(
    authority: Authority,
    extra: Sequence[Annotator],
    voters: Sequence[Voter] = (),
    *,
    lessons: Lessons | None = None,
    archive: Archive | None = None,
) -> tuple[Annotator, ...]:
    """The built-in annotators and others beside them, in order; where one of the others proposes names, all vote.

    ``voters`` say how much each annotator's word counts, by its name; ``lessons`` are reviewers' verdicts on links,
    ``archive`` what was linked before. Raises :class:`kg.errors.ConfigError` as :func:`ordered` does, and for two
    annotators of one name.
    """
    chain = [*_built_in(authority, lessons, archive), *extra]
    if any(PROPOSAL in one.gives for one in extra):
        chain.append(Votes(voters))
    names = [one.name for one in chain]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(
                f"there are two annotators named {name!r}; what they say could not be told apart, give one of them "
                "another name",
                setting="annotators",
            )
    return ordered(chain)


def _built_in(authority: Authority, lessons: Lessons | None, archive: Archive | None) -> list[Annotator]:
    made: list[Annotator] = [
        linking.annotator(authority, lessons, archive) if module is linking else module.annotator(authority)
        for module in _MODULES
    ]
    for one in made:
        one.version = ruleset.version(one.version)
    return made


def signature(chain: Sequence[Annotator]) -> tuple[str, ...]:
    """Who annotates, as ``name@version``, sorted."""
    return tuple(sorted(f"{one.name}@{one.version}" for one in chain))


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


def annotate(
    article: Article,
    *,
    authority: Authority,
    annotators: Sequence[Annotator] | None = None,
    given: Mapping[str, Sequence[Annotation]] | None = None,
) -> Annotated:
    """The article with everything the annotators recognise in it.

    Without ``annotators`` the built-in ones are used (see :func:`defaults`). ``given`` is what some of them said of the
    text already (:func:`proposed`). A text that is not English is returned without annotations: :func:`silence` says
    so. Raises :class:`kg.errors.ConfigError` for a chain that cannot be ordered and for an annotator that states
    something outside the text or a layer it did not announce.
    """
    text = lay_out(article)
    chain = ordered(annotators) if annotators is not None else defaults(authority)
    made = resolve(article, text, annotate_text(text, chain, given), authority)
    return replace(made, annotators=signature(chain)) if is_english(text) else made


def annotate_text(
    text: Text, chain: Sequence[Annotator], given: Mapping[str, Sequence[Annotation]] | None = None
) -> dict[str, tuple[Annotation, ...]]:
    """The layers of one text, kind → annotations in order of the text. ``chain`` is in order (:func:`ordered`)."""
    layers: dict[str, tuple[Annotation, ...]] = {}
    for one in chain:
        for kind in one.gives:
            layers.setdefault(kind, ())
    if not is_english(text):
        return layers
    for one in chain:
        said: dict[str, list[Annotation]] = {}
        for annotation in one.annotate(text, layers) if given is None or one.name not in given else given[one.name]:
            _check(annotation, one, text)
            said.setdefault(annotation.kind, []).append(annotation)
        if isinstance(one, Votes):
            layers.update((kind, tuple(said.get(kind, ()))) for kind in one.gives)
            continue
        for kind in sorted(said):
            both = (*layers[kind], *said[kind])
            layers[kind] = tuple(sorted(both, key=_place))
    return layers


def proposed(articles: Sequence[Article], chain: Sequence[Annotator]) -> list[dict[str, Sequence[Annotation]]]:
    """What the annotators that propose names say of many articles, asked together: models work faster in batches.

    One mapping for each article, for :func:`annotate`. Raises :class:`kg.errors.ConfigError` for an annotator that
    answers for more or fewer texts than it was asked about.
    """
    texts = [lay_out(one) for one in articles]
    found: list[dict[str, Sequence[Annotation]]] = [{} for _ in texts]
    english = [number for number, text in enumerate(texts) if is_english(text)]
    for one in chain:
        if one.gives != {PROPOSAL} or one.needs:
            continue
        answers = [tuple(said) for said in one.pipe([(texts[number], {}) for number in english])]
        if len(answers) != len(english):
            raise ConfigError(
                f"annotator {one.name!r} answered for {len(answers)} texts when asked about {len(english)}; "
                "report this to its author",
                setting="annotators",
            )
        for number, said in zip(english, answers, strict=True):
            found[number][one.name] = said
    return found


def silence(text: Text) -> str | None:
    """Why the text has no annotations (its language), or None when it was annotated."""
    if is_english(text):
        return None
    return f"no annotations: the text's language is {text.language!r} and the annotators know only 'en'"


def _place(annotation: Annotation) -> tuple[int, int]:
    span = annotation.span
    return span.start, span.end


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
