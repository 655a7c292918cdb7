"""Which annotators the articles of a snapshot were made by: counted at each publish from what changed, never scanned.

The provenance graph attributes each version of an article to an ensemble: the annotators that looked at it, with their
versions (docs/decisions/0025-annotator-provenance.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from pyoxigraph import Literal, NamedNode, Store

from kg.iris import Iris
from kg.store import contents
from kg.vocab import DCTERMS, PROV, RDFS, SCHEMA

__all__ = ["Ensemble", "Quality", "attributed", "brought_up", "mixed", "of_page", "of_pages"]

#: More annotators than this with one digest are the built-in ones, or most of them.
_MANY = 3
#: Measured figures of annotators of these versions, or None where nobody measured them.
Quality = Callable[[Mapping[str, str]], Mapping[str, Any] | None]


class Holds(Protocol):
    """A draft or a reader."""

    @property
    def rdf(self) -> Store:
        """The quads."""

    @property
    def iris(self) -> Iris:
        """The IRI patterns."""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Annotators that worked together: ``id`` is the IRI of their agent, ``versions`` name → version.

    ``articles`` are the published ones they annotated; ``quality`` is what was measured of exactly these versions, set
    → figure → value, and empty where nothing was.
    """

    id: str
    articles: int
    versions: Mapping[str, str] = field(default_factory=dict)
    quality: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The annotators in a few words: built-in ones as ``rules+3fa9c2d1``, the others with their versions."""
        return _said(f"{name}@{version}" for name, version in self.versions.items()) or "unknown annotators"

    def to_json(self) -> dict[str, Any]:
        """The values as a manifest has them."""
        row: dict[str, Any] = {"id": self.id, "articles": self.articles, "versions": dict(self.versions)}
        return row | ({"quality": dict(self.quality)} if self.quality else {})


def of_page(rdf: Store, iris: Iris, page: str) -> str | None:
    """The ensemble that the published article's newest version is attributed to.

    None for what is not published, and for an article that nobody annotated: one in another language.
    """
    return _attributed(rdf, iris, page) if contents.described(rdf, iris, page) else None


def _attributed(rdf: Store, iris: Iris, page: str) -> str | None:
    newest: tuple[int, NamedNode] | None = None
    for quad in rdf.quads_for_pattern(None, PROV.specializationOf, iris.of_page(page), iris.prov_graph):
        version = quad.subject
        said = next(rdf.quads_for_pattern(version, SCHEMA.version, None, iris.prov_graph), None)
        if isinstance(version, NamedNode) and said is not None and isinstance(said.object, Literal):
            number = int(said.object.value) if said.object.value.isdigit() else 0
            if newest is None or number > newest[0]:
                newest = number, version
    if newest is None:
        return None
    by = (q.object for q in rdf.quads_for_pattern(newest[1], PROV.wasAttributedTo, None, iris.prov_graph))
    return min((one.value for one in by if isinstance(one, NamedNode)), default=None)


def attributed(held: Holds, page: str) -> str | None:
    """:func:`of_page` for a draft or a reader."""
    return of_page(held.rdf, held.iris, page)


def of_pages(rdf: Store, iris: Iris, pages: Iterable[str]) -> Counter[str]:
    """How many of the published articles each ensemble annotated."""
    return Counter(one for page in pages if (one := of_page(rdf, iris, page)) is not None)


def brought_up(
    before: Sequence[Ensemble], change: Mapping[str, int], rdf: Store, iris: Iris, quality: Quality | None
) -> tuple[Ensemble, ...]:
    """The ensembles of the next snapshot, the ones with the most articles first; one without articles is left out.

    ``change`` says how many articles each gained. What was measured is asked for when an ensemble is new, and stays
    with it.
    """
    known = {one.id: one for one in before}
    found: list[Ensemble] = []
    for iri in sorted(known.keys() | change.keys()):
        one = known.get(iri) or Ensemble(iri, 0, _versions(rdf, iris, NamedNode(iri)))
        articles = one.articles + change.get(iri, 0)
        if articles > 0:
            measured = (quality(one.versions) if quality is not None else None) or one.quality
            found.append(replace(one, articles=articles, quality=measured))
    return tuple(sorted(found, key=lambda one: (-one.articles, one.id)))


def _versions(rdf: Store, iris: Iris, ensemble: NamedNode) -> dict[str, str]:
    prov = iris.prov_graph
    found: dict[str, str] = {}
    for part in rdf.quads_for_pattern(ensemble, DCTERMS.hasPart, None, prov):
        name = next(rdf.quads_for_pattern(part.object, RDFS.label, None, prov), None)  # type: ignore[arg-type]
        version = next(rdf.quads_for_pattern(part.object, SCHEMA.softwareVersion, None, prov), None)  # type: ignore[arg-type]
        if name is not None and version is not None:
            found[str(getattr(name.object, "value", ""))] = str(getattr(version.object, "value", ""))
    return dict(sorted(found.items()))


def mixed(ensembles: Sequence[Ensemble], articles: int) -> str | None:
    """What to say of a snapshot whose articles were not annotated by the same versions; None where they were.

    ``articles`` is how many there are: those of no ensemble are in another language, or older than this book-keeping.
    """
    if len(ensembles) < 2:
        return None
    common = set.intersection(*(set(one.versions.items()) for one in ensembles))
    said = []
    for one in ensembles:
        own = [f"{name}@{version}" for name, version in one.versions.items() if (name, version) not in common]
        said.append(f"{one.articles:,} by {_said(own) or one.label}")
    rest = articles - sum(one.articles for one in ensembles)
    tail = f" ({rest:,} were not annotated)" if rest > 0 else ""
    return f"mixed versions of annotators: {', '.join(said)}{tail}; run kg reannotate to have all articles by today's"


def _said(names: Iterable[str]) -> str:
    """Annotators in a line. The built-in ones share the digest after the plus, which then says it for all of them."""
    by_digest: dict[str, list[str]] = {}
    for name in names:
        by_digest.setdefault(name.partition("@")[2].partition("+")[2], []).append(name)
    said: list[str] = []
    for digest, own in by_digest.items():
        said += [f"rules+{digest}"] if digest and len(own) > _MANY else own
    return " ".join(said)
