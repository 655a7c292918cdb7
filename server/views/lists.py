"""Lists: articles, sections, things and search results, each as a page, as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from kg import reads
from kg.reads import ArticleRow, ThingRow
from kg.store import Hit, Reader
from server.caching import conditional, moment, tag
from server.citing import state_source
from server.negotiation import Offer, choose
from server.paging import Paging, asked, paging
from server.publication import Publication
from server.tables import as_csv, as_json
from server.views.resources import not_acceptable

__all__ = ["blueprint"]

_OFFERS = (
    Offer("text/html", aliases=("application/xhtml+xml",)),
    Offer("application/json"),
    Offer("text/csv"),
)
_SUFFIXES = {"html": _OFFERS[0], "json": _OFFERS[1], "csv": _OFFERS[2]}
_ARTICLE = ("iri", "headline", "date", "modified", "section", "publisher", "language", "text")
_THING = ("iri", "name", "kind", "types", "articles")
_HIT = ("iri", "title", "kind", "type", "date", "section", "publisher")
#: Hits on one page of a search.
_HITS = 20


def blueprint(publication: Publication, style: str) -> Blueprint:
    """``/articles``, ``/sections/<s>``, ``/things`` and ``/search``, with their ``.json`` and ``.csv``."""
    made = Blueprint("lists", __name__)
    iris = publication.iris

    def listing(
        reader: Reader,
        suffix: str | None,
        page: Paging,
        columns: Sequence[str],
        rows: Callable[[], list[dict[str, Any]]],
        html: Callable[[], str],
    ) -> Response:
        chosen = _SUFFIXES[suffix] if suffix else choose(request.headers.get("Accept"), _OFFERS)
        if chosen is None:
            return not_acceptable([o.media_type for o in _OFFERS])

        def build() -> Response:
            if chosen.media_type == "text/html":
                return Response(html(), content_type="text/html; charset=utf-8")
            if chosen.media_type == "text/csv":
                return as_csv(columns, rows())
            source = {
                "snapshot": reader.info.id,
                "annotators": [one.label for one in reader.info.annotators],
                "cite": f"{iris.base}/snapshots/{reader.info.id}",
            }
            about = {**source, "total": page.total, "page": page.number, "pages": page.pages}
            return as_json({**about, "next": page.after, "rows": rows()})

        address = request.full_path
        parts = (reader.info.state, address, chosen.media_type, "en", style, publication.name)
        answer = conditional(tag(*parts), moment(reader.info.time), build)
        answer.headers["Vary"] = "Accept"
        state_source(answer, reader.info, iris.base)
        return answer

    @made.get("/articles", defaults={"suffix": None})
    @made.get("/articles.<any(html,json,csv):suffix>")
    def articles(suffix: str | None) -> Response:
        with publication.reader() as reader:
            pages = publication.catalogue(reader).articles
            return article_list(reader, suffix, pages, "Articles", "/articles")

    @made.get("/sections/<name>", defaults={"suffix": None})
    @made.get("/sections/<name>.<any(html,json,csv):suffix>")
    def section(name: str, suffix: str | None) -> Response:
        with publication.reader() as reader:
            found = publication.catalogue(reader).sections.get(name)
            if found is None:
                abort(404, "There is no section of that name. All articles: /articles.")
            title, pages = found
            return article_list(reader, suffix, pages, title, f"/sections/{name}")

    def article_list(reader: Reader, suffix: str | None, pages: tuple[str, ...], title: str, address: str) -> Response:
        page = paging(asked(), len(pages))
        found = reads.articles_in(reader, pages, page.size, page.offset)
        return listing(
            reader,
            suffix,
            page,
            _ARTICLE,
            lambda: [_article(row) for row in found],
            lambda: render_template(
                "articles.html",
                title=title,
                address=address,
                rows=found,
                paging=page,
                sections=publication.catalogue(reader).sections,
            ),
        )

    @made.get("/things", defaults={"suffix": None})
    @made.get("/things.<any(html,json,csv):suffix>")
    def things(suffix: str | None) -> Response:
        kind = request.args.get("type") or None
        if kind is not None and kind not in reads.KINDS:
            abort(400, f"type must be one of {', '.join(reads.KINDS)}.")
        with publication.reader() as reader:
            known = publication.catalogue(reader)
            total = len(known.things if kind is None else known.kinds.get(kind, ()))
            page = paging(asked(), total)
            found = reads.things(reader, kind, page.size, page.offset, known=known)
            return listing(
                reader,
                suffix,
                page,
                _THING,
                lambda: [_thing(row) for row in found],
                lambda: render_template(
                    "things.html",
                    title=reads.class_label(kind) if kind else "People, places and other things",
                    kind=kind,
                    kinds=[(name, reads.class_label(name), n) for name, n in known.counts.kinds],
                    rows=found,
                    paging=page,
                ),
            )

    @made.get("/search", defaults={"suffix": None})
    @made.get("/search.<any(html,json,csv):suffix>")
    def search(suffix: str | None) -> Response:
        query = request.args.get("q", "")
        kind = request.args.get("kind") or None
        if kind not in (None, "article", "thing"):
            abort(400, "kind must be article or thing.")
        number = asked()
        with publication.reader() as reader:
            offset = (number - 1) * _HITS
            found = reader.text.search(query, kind=kind, limit=_HITS, offset=offset)
            page = paging(number, found.total, _HITS)
            return listing(
                reader,
                suffix,
                page,
                _HIT,
                lambda: [_hit(hit) for hit in found.hits],
                lambda: render_template(
                    "search.html", query=query, kind=kind, hits=found.hits, paging=page, asked=bool(query.strip())
                ),
            )

    def _article(row: ArticleRow) -> dict[str, Any]:
        return {
            "iri": row.iri,
            "headline": row.headline,
            "date": row.date,
            "modified": row.modified,
            "section": row.section,
            "publisher": row.publisher.name if row.publisher else None,
            "language": row.language,
            "text": "withheld" if row.withheld else "open",
        }

    def _thing(row: ThingRow) -> dict[str, Any]:
        types = "; ".join(row.types)
        return {"iri": row.iri, "name": row.name, "kind": row.kind, "types": types, "articles": row.articles}

    def _hit(hit: Hit) -> dict[str, Any]:
        own = {name: getattr(hit, name) or None for name in _HIT[1:]}
        return {"iri": iris.of_page(hit.page).value, **own}

    return made
