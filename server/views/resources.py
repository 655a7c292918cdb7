"""One document per article and per thing, in every format, and the parts below an article."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from flask import Blueprint, Response, abort, redirect, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from kg import describe, formats, jsonld, reads
from kg.formats import Format
from kg.iris import Iris
from kg.reads import ArticlePage, ThingPage
from kg.store import Entry, Reader
from kg.store.ledger import order
from server import errors, present, when
from server.caching import IMMUTABLE, conditional, moment, tag
from server.citing import state_source
from server.negotiation import Offer, choose
from server.publication import Publication

__all__ = ["GRAPH_FORMATS", "blueprint", "script_block"]

#: What a document is on offer as, beside HTML, in order of preference.
GRAPH_FORMATS: tuple[Format, ...] = (
    formats.JSONLD,
    formats.TURTLE,
    formats.NT,
    formats.RDFXML,
    formats.TRIG,
    formats.NQ,
)
_HTML = Offer("text/html", aliases=("application/xhtml+xml",))
#: Most states of one document that are listed.
_STATES = 1_000
_EXTRA = {formats.JSONLD.media_type: ("application/json",)}
OFFERS: tuple[Offer, ...] = (
    _HTML,
    *(Offer(f.media_type, f.aliases + _EXTRA.get(f.media_type, ())) for f in GRAPH_FORMATS),
)


def script_block(value: object) -> Markup:
    """JSON-LD for a ``script`` element: the one place where text enters a page unescaped, made safe by its writer."""
    return Markup(jsonld.script_safe(json.dumps(value, ensure_ascii=False)))  # noqa: S704


def blueprint(publication: Publication, style: str) -> Blueprint:
    """``/articles/<slug>``, ``/things/<slug>`` and ``/articles/<slug>/text/<field>-<hash>``."""
    made = Blueprint("resources", __name__)
    iris = publication.iris

    def document(kind: str, name: str, html: Callable[[Reader, str, str], str]) -> Answer:
        slug, offer = _asked(name)
        page = f"{iris.base}/{kind}/{slug}"
        here = request.script_root + f"/{kind}/{name}"
        led = when.timegate(here, lambda: _states(page))
        if led is not None:
            return led
        with publication.reader() as reader:
            state = reads.state(reader, page)
            if state.name == "moved" and state.target is not None:
                suffix = name[len(slug) :]
                href = present.path_of(iris, lambda: request.script_root, when.carried)
                return redirect(href(state.target, suffix), 301)
            if state.name == "gone":
                return _vary(errors.answer(_gone(state)))
            if state.name != "live":
                abort(404, "There is no page at this address. Lists of what there is: /articles and /things.")
            chosen = offer or choose(request.headers.get("Accept"), OFFERS)
            if chosen is None:
                return not_acceptable([o.media_type for o in OFFERS])
            revision = reader.revision(page) or reader.info.id

            def build() -> Response:
                if chosen is _HTML:
                    return Response(html(reader, page, revision), content_type="text/html; charset=utf-8")
                return _graph(reader, page, formats.by_media_type(chosen.media_type))

            # a page of the past links to the past
            past = when.asked() or ""
            parts = (page, revision, *reader.info.purged, chosen.media_type, "en", style, publication.name, past)
            answer = conditional(tag(*parts), moment(revision), build)
            answer.headers["Link"] = _links(iris, page, chosen)
            answer.headers["Vary"] = "Accept"
            when.state_links(answer, reader.info, here)
            state_source(answer, reader.info, iris.base)
            if kind == "articles":
                _state_rights(answer, reads.rights(reader, page))
            return answer

    def _graph(reader: Reader, page: str, format: Format) -> Response:
        named = format in (formats.TRIG, formats.NQ)
        statements = describe.quads(reader, page) if named else describe.describe(reader, page)
        context = f"{iris.base}/context.jsonld"
        body = formats.serialize(statements, format, context_iri=context, root=Iris.of_page(page))
        return Response(body, content_type=format.content_type)

    @made.get("/articles/<name>")
    def article(name: str) -> Answer:
        return document("articles", name, _article_html)

    @made.get("/things/<name>")
    def thing(name: str) -> Answer:
        return document("things", name, _thing_html)

    def _article_html(reader: Reader, page: str, revision: str) -> str:
        shown = reads.article(reader, page)
        assert shown is not None
        block = reads.block(reader, page)
        return render_template(
            "article.html",
            page=shown,
            block=script_block({"@context": "https://schema.org", "@graph": [_bare(block), _crumbs(shown, iris)]}),
            formats=GRAPH_FORMATS,
            revision=revision,
            rights=reads.rights(reader, page),
            versions=reads.versions(reader, page),
        )

    def _thing_html(reader: Reader, page: str, revision: str) -> str:
        shown = reads.thing(reader, page, known=publication.catalogue(reader))
        assert shown is not None
        return render_template(
            "thing.html", page=shown, block=_thing_block(shown), formats=GRAPH_FORMATS, revision=revision
        )

    @made.get("/<any(articles,things):kind>/<name>/timemap")
    def timemap(kind: str, name: str) -> Response:
        """The states of a document that can be read, oldest first (RFC 7089, section 5; link format of RFC 6690)."""
        slug, _ = _asked(name)
        states = _states(f"{iris.base}/{kind}/{slug}")
        if not states:
            abort(404, "There is no page at this address, so it has no past.")
        made = Response(
            when.timemap(f"{iris.base}/{kind}/{name}", states), content_type="application/link-format; charset=utf-8"
        )
        made.headers["Cache-Control"] = "no-cache"
        return made

    def _states(page: str) -> list[Entry]:
        """The first kept snapshot of each state of the page, oldest first."""
        kept = publication.store.kept()
        found: list[Entry] = []
        at = len(kept) - 1
        while at >= 0 and len(found) < _STATES:
            with publication.store.reader(kept[at].id) as reader:
                live = reads.state(reader, page).name == "live"
                revision = (reader.revision(page) or kept[at].id) if live else kept[at].id
            first = next(n for n, one in enumerate(kept) if order(one.id) >= order(revision))
            if live:
                found.append(kept[first])
            at = min(first, at) - 1
        return found[::-1]

    @made.get("/articles/<name>/text/<field>")
    def text(name: str, field: str) -> Answer:
        page = f"{iris.base}/articles/{name}"
        with publication.reader() as reader:
            state = reads.state(reader, page)
            if state.name == "gone":
                return errors.answer(_gone(state))
            words = reads.text(reader, page, f"{page}/text/{field}") if state.name == "live" else None
            if words is None:
                abort(404, "There is no such text here, or its rights do not allow showing it.")
            # the address holds the hash of the text, so what it says never changes
            return conditional(
                tag(page, field),
                None,
                lambda: Response(words, content_type="text/plain; charset=utf-8"),
                cache=IMMUTABLE,
            )

    @made.get("/articles/<name>/v/<number>")
    def version(name: str, number: str) -> Answer:
        """What is known of one version; its words follow from its source bytes, which are not public."""
        number, offer = _asked(number)
        page = f"{iris.base}/articles/{name}"
        with publication.reader() as reader:
            statements = reads.version_quads(reader, f"{page}/v/{number}")
            if not statements:
                abort(404, "There is no such version of an article here.")
            chosen = offer or choose(request.headers.get("Accept"), OFFERS)
            if chosen is None:
                return not_acceptable([o.media_type for o in OFFERS])

            def build() -> Response:
                if chosen is _HTML:
                    rows = reads.versions(reader, page)
                    row = next(one for one in rows if one.iri == f"{page}/v/{number}")
                    state = reads.state(reader, page).name
                    headline = reads.headline(reader, page)
                    shown = {"page": page, "row": row, "versions": rows, "state": state, "headline": headline}
                    return Response(render_template("version.html", **shown), content_type="text/html; charset=utf-8")
                known = formats.by_media_type(chosen.media_type)
                body = formats.serialize(statements, known, context_iri=f"{iris.base}/context.jsonld")
                return Response(body, content_type=known.content_type)

            revision = reader.revision(page) or reader.info.id
            parts = (page, number, revision, *reader.info.purged, chosen.media_type, style, publication.name)
            answer = conditional(tag(*parts), None, build)
            answer.headers["X-Robots-Tag"] = "noindex"
            return _vary(answer)

    return made


def _state_rights(answer: Answer, rights: reads.Rights) -> None:
    """What may be done with the article, for machines that read only headers: the licence (RFC 8288), the TDM
    Reservation Protocol's header, and whether search engines may list the page."""
    if rights.licence:
        answer.headers["Link"] += f', <{rights.licence}>; rel="license"'
    if rights.reserved is not None:
        answer.headers["tdm-reservation"] = "1" if rights.reserved else "0"
    if not rights.indexed:
        answer.headers["X-Robots-Tag"] = "noindex"


def _asked(name: str) -> tuple[str, Offer | None]:
    """The slug and, where the address ends in a format's suffix, that format."""
    slug, dot, suffix = name.rpartition(".")
    if not dot:
        return name, None
    if suffix == "html":
        return slug, _HTML
    for offer, known in zip(OFFERS[1:], GRAPH_FORMATS, strict=True):
        if suffix == known.suffix:
            return slug, offer
    on_offer = ", ".join(["html", *(f.suffix for f in GRAPH_FORMATS)])
    raise NotFound(f"There is no format .{suffix[:20]} here; there are {on_offer}.")


def _gone(state: reads.State) -> errors.Problem:
    when = f" on {present.day(state.time)}" if state.time else ""
    why = f": {state.reason}" if state.reason else "."
    fields = {k: v for k, v in (("removed", state.time), ("reason", state.reason)) if v}
    return errors.Problem(410, "Gone", f"What was published here was removed{when}{why}", "Gone", fields)


def not_acceptable(offers: Sequence[str]) -> Response:
    """406 with the list of what is on offer (RFC 9110, section 15.5.7)."""
    listed = tuple(dict.fromkeys(offers))
    detail = f"None of the media types you accept is on offer; there are {', '.join(listed)}."
    return _vary(errors.answer(errors.Problem(406, "Not Acceptable", detail, "NotAcceptable", {"offers": listed})))


def _vary(answer: Response) -> Response:
    answer.headers["Vary"] = "Accept"
    return answer


def _links(iris: Iris, page: str, chosen: Offer) -> str:
    """Where the same is in other formats, what its own address is, and what describes it (RFC 8288)."""
    path = page[len(iris.base) :]
    kinds = (("html", "text/html"), *((f.suffix, f.media_type) for f in GRAPH_FORMATS))
    links = [f'<{page}>; rel="canonical"']
    links += [f'<{when.local(f"{path}.{suffix}")}>; rel="alternate"; type="{kind}"' for suffix, kind in kinds]
    if chosen is _HTML:
        links.append(f'<{when.local(f"{path}.jsonld")}>; rel="describedby"; type="application/ld+json"')
    else:
        links.append(f'<{request.script_root}/shapes>; rel="describedby"; type="text/turtle"')
    return ", ".join(links)


# ---- JSON-LD blocks for search engines ---------------------------------------------------------------------------


def _bare(block: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in block.items() if key != "@context"}


def _crumbs(shown: ArticlePage, iris: Iris) -> dict[str, object]:
    """The trail the page prints; the last step needs no address."""
    steps = [("Articles", f"{iris.base}/articles")]
    if shown.row.section and shown.section_slug:
        steps.append((shown.row.section, f"{iris.base}/sections/{shown.section_slug}"))
    items: list[dict[str, object]] = [
        {"@type": "ListItem", "position": n, "name": name, "item": item} for n, (name, item) in enumerate(steps, 1)
    ]
    items.append({"@type": "ListItem", "position": len(items) + 1, "name": shown.row.headline})
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _thing_block(shown: ThingPage) -> Markup | None:
    """Name and outside identity only: an event without a venue would be read as a broken offer of tickets."""
    kinds = {"Person", "Organization", "Place"}
    if shown.row.kind not in kinds:
        return None
    made: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": shown.row.kind,
        "@id": shown.row.iri,
        "name": shown.row.name,
        "mainEntityOfPage": shown.row.page,
    }
    if shown.same_as:
        made["sameAs"] = list(shown.same_as)
    return script_block(made)
