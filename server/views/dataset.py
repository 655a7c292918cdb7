"""``/dataset`` and ``/.well-known/void``: what the dataset is, what it is made of, and how to have it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request

from kg import describe, formats
from kg.errors import KgError
from kg.formats import Format
from kg.store import SnapshotInfo
from kg.vocab import PREFIXES
from server import errors
from server.caching import conditional, moment, tag
from server.description import Description
from server.negotiation import Offer, choose
from server.publication import Publication
from server.questions import grouped, questions
from server.views.resources import not_acceptable, script_block

__all__ = ["blueprint"]

_HTML = Offer("text/html", aliases=("application/xhtml+xml",))
_FORMATS: tuple[Format, ...] = (formats.TURTLE, formats.JSONLD, formats.NT, formats.RDFXML)
_OFFERS = tuple(Offer(f.media_type, f.aliases) for f in _FORMATS)
#: Prefixes of the vocabularies that only descriptions use.
_PREFIXES = {
    **PREFIXES,
    "dcat": "http://www.w3.org/ns/dcat#",
    "void": "http://rdfs.org/ns/void#",
    "void-ext": "http://ldf.fi/void-ext#",
}


def blueprint(publication: Publication, description: Description, style: str) -> Blueprint:
    """``/dataset``, ``/dataset.ttl`` and so on, ``/.well-known/void``."""
    made = Blueprint("dataset", __name__)

    @made.get("/dataset")
    def dataset() -> Response:
        """A page for browsers and for whoever asks for nothing in particular, else the graph."""
        return _answer(choose(request.headers.get("Accept"), (_HTML, *_OFFERS)))

    @made.get("/dataset.<any(html,ttl,jsonld,nt,rdf):suffix>")
    def by_suffix(suffix: str) -> Response:
        if suffix == "html":
            return _answer(_HTML)
        place = [one.suffix for one in _FORMATS].index(suffix)
        return _answer(_OFFERS[place])

    @made.get("/.well-known/void")
    def void() -> Response:
        """The same where machines look for it (VoID, section 7.2; RFC 8615): the graph, unless HTML is wanted."""
        return _answer(choose(request.headers.get("Accept"), (*_OFFERS, _HTML)))

    def _answer(offer: Offer | None) -> Response:
        if offer is None:
            return not_acceptable([one.media_type for one in (*_OFFERS, _HTML)])
        with publication.reader() as reader:
            info = reader.info
        made = _page(info, offer) if offer is _HTML else _kept(info, offer, lambda: _graph(info, offer))
        made.headers["Vary"] = "Accept"
        made.headers["Newsgraph-Snapshot"] = info.id
        return made

    def _kept(info: SnapshotInfo, offer: Offer, build: Callable[[], Response]) -> Response:
        said = (str(publication.settings[f"publisher.{name}"]) for name in ("name", "url", "logo", "licence"))
        parts = ("dataset", info.state, offer.media_type, style, request.url_root, request.full_path, *said)
        return conditional(tag(*parts), moment(info.time), build)

    def _graph(info: SnapshotInfo, offer: Offer) -> Response:
        written = formats.by_media_type(offer.media_type)
        context, about = f"{publication.iris.base}/context.jsonld", description.about(info)
        triples = description.triples(info)
        body = formats.serialize(triples, written, prefixes=_PREFIXES, context_iri=context, root=about.iri)
        return Response(body, content_type=written.content_type)

    def _page(info: SnapshotInfo, offer: Offer) -> Response:
        """The page. Without the counts it still has most to say, and says why they are missing; that is not kept."""
        try:
            counted = description.counted(info.id)
        except KgError as error:
            made = Response(_html(info, (), errors.problem_of(error)), content_type="text/html; charset=utf-8")
            made.headers["Cache-Control"] = "no-store"
            return made

        def build() -> Response:
            return Response(_html(info, counted, None), content_type="text/html; charset=utf-8")

        return _kept(info, offer, build)

    def _html(info: SnapshotInfo, counted: Sequence[Any], problem: errors.Problem | None) -> str:
        about = description.about(info)
        return render_template(
            "dataset.html",
            about=about,
            info=info,
            problem=problem,
            inside=describe.inventory(counted, about),
            groups=grouped(questions(publication)),
            prefixes=sorted(PREFIXES.items()),
            formats=_FORMATS,
            block=script_block(_block(about, info)),
        )

    def _block(about: describe.Dataset, info: SnapshotInfo) -> dict[str, Any]:
        """The same for search engines (schema.org Dataset)."""
        base = publication.iris.base
        publisher = {"@type": "Organization", "name": publication.name, "url": about.url, "logo": about.logo}
        downloads = [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/sparql-results+json",
                "contentUrl": f"{base}/sparql",
            },
            {"@type": "DataDownload", "encodingFormat": "text/turtle", "contentUrl": f"{about.page}.ttl"},
        ]
        made = {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "@id": about.iri.value,
            "name": publication.name,
            "description": f"A knowledge graph of news: {info.counts.articles:,} articles and the people, places, "
            "organizations, works and events that they name, with quotations, facts and the words each rests on.",
            "url": about.page,
            "version": info.id,
            "datePublished": about.issued,
            "dateModified": about.modified,
            "license": about.licence,
            "inLanguage": list(about.language),
            "isAccessibleForFree": True,
            "publisher": {key: value for key, value in publisher.items() if value},
            "creator": {key: value for key, value in publisher.items() if value},
            "distribution": downloads,
        }
        return {key: value for key, value in made.items() if value is not None}

    return made
