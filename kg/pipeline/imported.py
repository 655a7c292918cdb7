"""Our own exports read back: an article's graphs as they were published, with the keys that make its things known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import InputError, InvalidFormat
from kg.extract import dataset
from kg.graph import terms, vocabulary
from kg.graph.retraction import STATUSES
from kg.iris import Iris
from kg.model import Article, ArticleGraphs, Document, Paragraph, Rights
from kg.pipeline import identity
from kg.review.keys import fold, full_name
from kg.vocab import DCTERMS, NKG, PROV, RDF, SCHEMA

__all__ = ["Imported", "imported", "is_import"]

_KINDS = ("Person", "Place", "Organization", "Event", "CreativeWork")
#: What belongs to one article alone, whatever it is called.
_SCOPED = frozenset({NKG.UnnamedPerson, NKG.PersonGroup})


@dataclass(frozen=True, slots=True)
class Imported:
    """What one document of an export holds. ``graphs`` is None for what belongs to no article; ``things`` are the rows
    of the things graph, ``keys`` pairs identity keys with the IRIs they were given, ``version`` is the article's.

    ``provenance`` is what belongs to no version: how things ended. ``retired`` is when and why the article was taken
    back by its source, where it is.
    """

    article: Article
    graphs: ArticleGraphs | None
    things: tuple[Triple, ...]
    provenance: tuple[Triple, ...]
    keys: tuple[tuple[str, str], ...] = ()
    version: int = 0
    retired: tuple[datetime, str] | None = None


def is_import(document: Document) -> bool:
    """Whether the document is one article's graphs, taken out of an export."""
    return document.media_type == dataset.MEDIA_TYPE


def imported(document: Document, iris: Iris) -> Imported:
    """The graphs in a document of an export.

    Raises :class:`kg.errors.InputError` where the source is not our own: whoever may write graphs may say anything in
    our name. Raises :class:`kg.errors.InvalidFormat` for what is no export of this publication: another base IRI,
    graphs of several articles, statements that do not parse.
    """
    origin = document.origin
    if document.source.rights is not Rights.OWN:
        raise InputError(
            "an export is published as it is, under IRIs of this publication, so only a source of our own may bring "
            f'one, and {document.source.name!r} is none; name one: --source NAME, with rights = "own" in kg.toml',
            origin=origin,
        )
    try:
        quads = list(parse(document.data, format=RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise InvalidFormat(f"does not parse: {error.msg}", origin=origin, line=error.lineno) from None
    graphs: dict[str, set[Triple]] = {}
    pages: set[str] = set()
    prefix = f"{iris.base}/graphs/"
    for quad in quads:
        name = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
        if not name.startswith(prefix):
            raise InvalidFormat(
                f"the graph {name or 'without a name'} is none of this publication, whose graphs begin with {prefix}; "
                "ingest the export into a publication with the base_iri it was made for",
                origin=origin,
            )
        where, _, kind = name[len(prefix) :].rpartition("/")
        if where.startswith("articles/"):
            pages.add(f"{iris.base}/{where}")
        graphs.setdefault(kind, set()).add(quad.triple)
    provenance, things = terms.ordered(graphs.get("prov", set())), terms.ordered(graphs.get("things", set()))
    if not pages:
        return Imported(Article(""), None, things, provenance)
    if len(pages) > 1:
        raise InvalidFormat(f"graphs of {len(pages)} articles are in one document", origin=origin)
    page = pages.pop()
    content, facts = graphs.get("content", set()), graphs.get("facts", set())
    if not content:
        raise InvalidFormat("the article's content graph is missing", origin=origin)
    ends, versions = _ends(provenance)
    return Imported(
        article=_article(content, page),
        graphs=ArticleGraphs(
            page=page,
            content=terms.ordered(content),
            facts=terms.ordered(facts),
            annotations=terms.ordered(graphs.get("annotations", set())),
            provenance=versions,
            things=_things(content | facts, iris),
        ),
        things=things,
        provenance=ends,
        keys=tuple(_keys(document, content, facts, things, page, iris)),
        version=_version(provenance),
        retired=_retired(content, ends, page, iris),
    )


def _ends(provenance: tuple[Triple, ...]) -> tuple[tuple[Triple, ...], tuple[Triple, ...]]:
    """What ended, when and by what, and the rest. Who withdraws an article uses no document."""
    by = {t.object for t in provenance if t.predicate == PROV.wasInvalidatedBy}
    said = (PROV.wasInvalidatedBy, PROV.invalidatedAtTime)
    ends = tuple(t for t in provenance if t.predicate in said or t.subject in by)
    return ends, tuple(t for t in provenance if t not in set(ends))


def _retired(content: set[Triple], ends: tuple[Triple, ...], page: str, iris: Iris) -> tuple[datetime, str] | None:
    """When and why the article was taken back by its source; None for one that was not."""
    if _value(content, page, SCHEMA.creativeWorkStatus) not in STATUSES:
        return None
    facts = iris.graph(page, "facts")
    by = {t.object for t in ends if t.subject == facts and t.predicate == PROV.wasInvalidatedBy}
    times = (
        (t.object.value, str(t.subject))
        for t in ends
        if t.predicate == PROV.endedAtTime and isinstance(t.object, Literal) and t.subject in by
    )
    last = max(times, default=None)
    if last is None:
        return None
    reasons = (t.object for t in ends if str(t.subject) == last[1] and t.predicate == DCTERMS.description)
    reason = next((one.value for one in reasons if isinstance(one, Literal)), "")
    try:
        return datetime.fromisoformat(last[0]), reason
    except ValueError:
        return None


def _value(content: set[Triple], page: str, predicate: NamedNode) -> str | None:
    node = Iris.of_page(page)
    values = (t.object for t in content if t.subject == node and t.predicate == predicate)
    return min((v.value for v in values if isinstance(v, (Literal, NamedNode))), default=None)


def _article(content: set[Triple], page: str) -> Article:
    """What the grouping of copies needs to know."""
    body = _value(content, page, SCHEMA.articleBody)
    return Article(
        headline=_value(content, page, SCHEMA.headline) or "",
        paragraphs=(Paragraph(body),) if body else (),
        date_published=_value(content, page, SCHEMA.datePublished),
    )


def _things(triples: set[Triple], iris: Iris) -> tuple[str, ...]:
    prefix = f"{iris.base}/things/"
    found = {
        Iris.page_of(term.value)
        for triple in triples
        for term in (triple.subject, triple.object)
        if isinstance(term, NamedNode) and term.value.startswith(prefix)
    }
    return tuple(sorted(found))


def _version(provenance: tuple[Triple, ...]) -> int:
    versions = {t.subject for t in provenance if t.predicate == PROV.specializationOf}
    numbers = (t.object for t in provenance if t.predicate == SCHEMA.version and t.subject in versions)
    return max((int(n.value) for n in numbers if isinstance(n, Literal) and n.value.isdigit()), default=1)


def _keys(
    document: Document, content: set[Triple], facts: set[Triple], things: tuple[Triple, ...], page: str, iris: Iris
) -> Iterator[tuple[str, str]]:
    """The keys under which later documents find the article and its things; a thing of one article has none but its
    own IRI."""
    yield f"iri:{page}", page
    yield f"imported:{page}", page
    url = _value(content, page, SCHEMA.url)
    if url:
        yield f"article:url:{document.source.name}/{identity.same_address(url)}", page
    about: dict[NamedNode, list[Triple]] = {}
    for triple in sorted((*content, *facts, *things), key=str):
        if isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(f"{iris.base}/things/"):
            about.setdefault(triple.subject, []).append(triple)
    known = vocabulary.load()
    for node, triples in about.items():
        iri = node.value
        yield f"iri:{iri}", iri
        types = [t.object for t in triples if t.predicate == RDF.type and isinstance(t.object, NamedNode)]
        above = known.above(types)
        kind = next((k for k in _KINDS if SCHEMA[k].value in above), None)
        same = [t.object.value for t in triples if t.predicate == SCHEMA.sameAs and isinstance(t.object, NamedNode)]
        for one in same:
            yield f"same-as:{one}", iri
        if same:
            yield f"linked:{iri}", iri
        if kind is None or kind == "Event" or _SCOPED & set(types):
            continue
        for triple in triples:
            if triple.predicate == SCHEMA.name and isinstance(triple.object, Literal):
                name = triple.object.value
                if full_name(kind, name):
                    yield f"name:{kind}:{fold(name)}", iri
