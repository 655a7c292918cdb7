"""The layers annotators state beside a text, and what each annotation in them holds.

Every annotation has ``by`` (``names@1``) and a ``score`` from 0 to 1. Spans lie in one field of the text.

``name``
    A mention of a thing. ``type`` is the closest schema.org class. ``args``: ``form`` (``name``, ``acronym``,
    ``demonym``, ``metonym`` or ``nominal``), ``kind`` (``Person``, ``Place``, ``Organization``, ``Event`` or
    ``CreativeWork``) and, where a title stands before a person's name, ``title`` (its :class:`kg.model.Span`, not part
    of the name: *former U.S. Secretary of State*). Spans of this layer never overlap.
``proposal``
    A name that a model beside the rules believes to see; the vote (:mod:`kg.annotate.votes`) makes names of proposals.
    ``type`` is the closest schema.org class, ``args``: ``kind``. Spans of one annotator may touch those of another.
    A name that was voted on has the winner's ``by`` and, where others agreed, all of them in its argument ``votes``.
``coref``
    Same span as a name. ``ref`` is the cluster, ``e0``, ``e1`` … in order of first mention; ``args``: ``name`` (the
    fullest name in the cluster), ``kind`` and ``type`` (what the whole cluster says). A name without a ``coref``
    annotation could not be told apart (a surname two people share) and is left out of everything published. Demonyms,
    and the name of a place for its team, are in the place's cluster.
    A name whose kind nobody knows may have a cluster too (``kind`` is empty); it is not published.
``link``
    Same span as a name; ``ref`` is the authority row's id. The mentions of a cluster carry the same link, but for those
    that may name the place's team in a text about sport. ``score`` is how likely the row is.
``candidate``
    A row that a doubtful cluster may stand for, at the cluster's first mention: ``ref`` is the row's id, ``score`` how
    likely it is; ``args``: ``cluster``, ``linked`` (bool: this row was chosen). Stated best first where rows exist and
    none is linked, or one with little certainty; for reviewers, never published.
``salience``
    One per cluster, at its first mention; ``ref`` is the cluster, ``args``: ``about`` (bool).
``nominal``
    A description that stands for a thing without naming it (*a federal judge*), from whoever recognises it. ``ref``
    is a cluster of ``coref`` (one more mention of it) or an id of its own, ``u0``, ``u1`` …: then a scoped entity is
    made, never shared across articles, and ``args`` holds ``name`` and ``kind``.
``quotation``
    The span is the words as printed, without the marks. ``args``: ``speaker`` (cluster or None), ``others`` (clusters
    who say it together with the speaker, optional), ``direct`` (bool), ``attribution`` (Span or None: the words that
    name the published speaker), ``source`` (Span or None: the printed words for whoever speaks, also when that is
    nobody the graph knows: *she*, *a senior official*), ``same`` (any value; equal values group the printings of one
    quotation; None stands alone), ``about`` (clusters, optional), ``text`` (when it differs from the words under the
    longest span, optional). Only a score of :data:`THRESHOLD` or more is published: below it stand what somebody
    thinks, wants or does by speaking (praises, promises, denies), which are attributions but no statements, and what
    is said within somebody else's words.
``event``
    ``args``: ``id``, ``name``, ``types`` (CURIEs), ``status``, ``roles`` (``(property, cluster, Span)`` …), ``date``,
    ``time`` (Span or None), ``about`` (bool, optional).
``claim``
    ``args``: ``claimants`` and ``about`` (clusters), ``quotation`` (the ``same`` value of a quotation, or None),
    ``text`` (optional).
``fact``
    ``args``: ``subject`` (cluster or event id), ``property``, ``entity`` (cluster or event id) or ``value`` (text).
    The span is the evidence; equal facts are merged and keep every span.
``topic``
    A field the article belongs to; ``ref`` is the code of a top-level IPTC Media Topic, ``args``: ``evidence`` (the
    spans of the words that speak for it).
``date``
    A time expression. ``args``: ``value`` (lexical form) and ``datatype``.

A module of this package that has an annotator offers ``annotator(authority) -> Annotator``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from kg.model import Annotation, Span

__all__ = ["KINDS", "THRESHOLD", "Layers", "argument", "by_span"]

#: What an annotator sees of the annotators before it: kind → annotations in order of the text.
Layers = Mapping[str, Sequence[Annotation]]

#: The kinds of entity the graph knows.
KINDS: Final = ("Person", "Place", "Organization", "Event", "CreativeWork")

#: An entity whose best mention scores less is not published: unknown is better than wrong.
THRESHOLD: Final = 0.5


def by_span(annotations: Sequence[Annotation]) -> dict[Span, Annotation]:
    """The annotations by their span; the first one wins."""
    found: dict[Span, Annotation] = {}
    for one in annotations:
        found.setdefault(one.span, one)
    return found


def argument(annotation: Annotation, name: str, default: str = "") -> str:
    """The text argument ``name`` of an annotation, or ``default`` when it is absent or no text."""
    value = annotation.args.get(name)
    return value if isinstance(value, str) else default
