"""The competency questions, asked about what this publication names: as they stand they are about one story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg import queries, reads
from kg.errors import KgError
from kg.queries import Example
from server.publication import Publication

__all__ = ["grouped", "questions"]

#: Kinds of things that questions ask about by name, and how many of the most named ones stand in for them.
_KINDS, _NAMES = ("Person", "Place", "Organization"), 5


def questions(publication: Publication) -> tuple[Example, ...]:
    """The questions in order. Where nothing can be read, as they stand in the package."""
    most: dict[str, list[str]] = {}
    try:
        with publication.reader() as reader:
            known = publication.catalogue(reader)
            for kind in _KINDS:
                most[kind] = [one.link.name for one in reads.most_named(reader, kind, _NAMES, known=known)]
    except KgError:
        return queries.examples()
    return tuple(_asked_here(example, most) for example in queries.examples())


def grouped(examples: Sequence[Example]) -> tuple[tuple[str, tuple[Example, ...]], ...]:
    """The questions by what they are about, groups in the order of their first question."""
    groups = dict.fromkeys(one.group for one in examples)
    return tuple((group, tuple(one for one in examples if one.group == group)) for group in groups)


def _asked_here(example: Example, most: Mapping[str, Sequence[str]]) -> Example:
    names: dict[str, str] = {}
    for name, kind in example.named:
        free = [one for one in most[kind] if one not in names.values()]
        if name not in most[kind] and free:
            names[name] = free[0]
    return example.about(names)
