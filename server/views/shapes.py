"""``/shapes``: the shapes and an index of their constraints; ``/shapes/validate``: any graph checked against them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import UnsupportedMediaType

from kg import formats
from kg.engine.validation import Bounds, Validator
from kg.errors import KgError, UsageError
from kg.formats import Format
from server import errors, present
from server.caching import conditional, tag
from server.negotiation import Offer, choose
from server.publication import Publication
from server.views.resources import not_acceptable
from server.views.status import limits

if TYPE_CHECKING:  # the shapes are read at the first request that asks for them
    from kg.shacl import Report, ShapesGraph
    from kg.shacl.catalogue import Rule

__all__ = ["Shapes", "blueprint"]

_HTML = Offer("text/html", aliases=("application/xhtml+xml",))
_JSON = Offer("application/json")
_GRAPHS = (formats.TURTLE, formats.JSONLD, formats.NT, formats.RDFXML)
_RDF = {f.suffix: Offer(f.media_type, f.aliases) for f in _GRAPHS}
#: The shapes themselves, and reports: what they are on offer as.
_SHAPES = (*_RDF.values(), _HTML)
_REPORTS = (_RDF["ttl"], _RDF["jsonld"], _JSON, _RDF["nt"], _RDF["rdf"], _HTML)
#: What may be posted, as the form names it.
_POSTED = (formats.TURTLE, formats.JSONLD, formats.NT, formats.RDFXML, formats.TRIG, formats.NQ)
_LIMITS = ("limits.request_bytes", "limits.validate_triples", "limits.validate_seconds")
#: Places shown for one code on a page.
_PLACES = 50
#: The namespace of the shapes that ship.
_NAMESPACE = "https://w3id.org/newsgraph/shapes#"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

_EXAMPLE = """@prefix schema: <http://schema.org/> .

<https://news.example/articles/ferry-stays#id> a schema:NewsArticle ;
  schema:headline "Night ferry across the Tagus will stay" ;
  schema:author "Marta Solheim" ;
  schema:datePublished "next Monday" .
"""


class Shapes:
    """The shapes of a publication, read once and when they are first asked for. Safe to use from many threads."""

    def __init__(self, publication: Publication) -> None:
        self._publication = publication
        self._guard = threading.Lock()
        self._loaded: _Loaded | None = None

    def __call__(self) -> _Loaded:
        """The shapes. Raises :class:`kg.errors.ConfigError` for broken ones."""
        with self._guard:
            if self._loaded is None:
                from kg.shacl import profiles

                settings = self._publication.settings
                bounds = Bounds(
                    triples=settings["limits.validate_triples"],
                    seconds=settings["limits.validate_seconds"],
                    memory_mb=settings["limits.query_memory_mb"],
                )
                self._loaded = _Loaded(profiles.load(settings), bounds)
            return self._loaded

    def close(self) -> None:
        """End the process that checks posted graphs."""
        with self._guard:
            if self._loaded is not None:
                self._loaded.validator.close()


@dataclass(frozen=True)
class _Loaded:
    """One shapes graph and what follows from it."""

    graph: ShapesGraph
    bounds: Bounds

    @cached_property
    def digest(self) -> str:
        return self.graph.digest

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        from kg.shacl.catalogue import rules
        from kg.shacl.reading import read_roots

        return rules(read_roots(self.graph), self.graph)

    @cached_property
    def validator(self) -> Validator:
        graph = self.graph
        shapes, classes = (formats.serialize(part, formats.NT) for part in (graph.triples, graph.subclasses))
        return Validator(shapes, classes, self.bounds)

    def written(self, format: Format, context: str) -> bytes:
        """The shapes in a format; in Turtle as they were written, where all of it is ours and unchanged."""
        from kg import resources

        graph = self.graph
        if format is formats.TURTLE:
            ours = str(resources.path("shapes"))
            said = {t for source in graph.sources for t in source.triples}
            if said == set(graph.triples) and all(source.name.startswith(ours) for source in graph.sources):
                return b"\n".join(source.data for source in graph.sources)
        return formats.serialize(graph.triples, format, context_iri=context)


def blueprint(publication: Publication, style: str) -> Blueprint:
    """``/shapes`` with its suffixes, and ``/shapes/validate``."""
    made = Blueprint("shapes", __name__)
    shapes = Shapes(publication)
    publication.at_close(shapes.close)
    iris = publication.iris
    context = f"{iris.base}/context.jsonld"

    @made.get("/shapes", defaults={"suffix": None})
    @made.get("/shapes.<any(html,ttl,jsonld,nt,rdf):suffix>")
    def all_shapes(suffix: str | None) -> Response:
        if suffix is not None:
            chosen: Offer | None = _HTML if suffix == "html" else _RDF[suffix]
        else:
            chosen = choose(request.headers.get("Accept"), _SHAPES)
        if chosen is None:
            return not_acceptable([o.media_type for o in _SHAPES])
        loaded = shapes()

        def build() -> Response:
            if chosen is _HTML:
                page = render_template(
                    "shapes.html",
                    profiles=_by_profile(loaded.rules),
                    total=len(loaded.rules),
                    digest=loaded.digest,
                    formats=_GRAPHS,
                )
                return Response(page, content_type="text/html; charset=utf-8")
            written = formats.by_media_type(chosen.media_type)
            return Response(loaded.written(written, context), content_type=written.content_type)

        answer = conditional(tag(loaded.digest, chosen.media_type, style, publication.name), None, build)
        root = request.script_root
        links = [f'<{root}/shapes.html>; rel="alternate"; type="text/html"']
        links += [f'<{root}/shapes.{f.suffix}>; rel="alternate"; type="{f.media_type}"' for f in _GRAPHS]
        answer.headers["Link"] = ", ".join(links)
        return _vary(answer)

    @made.get("/shapes/validate")
    def form() -> Response:
        return _vary(Response(_page(_EXAMPLE, "ttl"), content_type="text/html; charset=utf-8"))

    @made.post("/shapes/validate")
    def validate() -> Response:
        chosen = choose(request.headers.get("Accept"), _REPORTS)
        if chosen is None:
            return not_acceptable([o.media_type for o in _REPORTS])
        base = f"{iris.base}/shapes/validate"
        if request.mimetype not in _FORMS:
            report = shapes().validator.check(request.get_data(), _posted_format().media_type, base=base)
            return _vary(_uncached(_answer(report, chosen)))
        text, sent = _sent()
        try:
            report = shapes().validator.check(text.encode("utf-8", "replace"), sent.media_type, base=base)
        except KgError as error:
            if chosen is not _HTML:
                raise
            problem = errors.problem_of(error)
            made = Response(_page(text, sent.suffix, problem=problem), problem.status)
            if problem.retry_after is not None:
                made.headers["Retry-After"] = str(problem.retry_after)
            return _vary(_uncached(made))
        return _vary(_uncached(_answer(report, chosen, text, sent)))

    def _answer(report: Report, chosen: Offer, text: str | None = None, format: Format = formats.TURTLE) -> Response:
        if chosen is _HTML:
            page = _page(text, format.suffix, report=report)
            return Response(page, content_type="text/html; charset=utf-8")
        if chosen is _JSON:
            return Response(report.to_json() + "\n", content_type="application/json")
        written = formats.by_media_type(chosen.media_type)
        if written is formats.TURTLE:
            return Response(report.to_turtle(), content_type=written.content_type)
        body = formats.serialize(report.statements(), written, context_iri=context)
        return Response(body, content_type=written.content_type)

    def _page(
        text: str | None, suffix: str, *, report: Report | None = None, problem: errors.Problem | None = None
    ) -> str:
        return render_template(
            "report.html",
            text=text,
            suffix=suffix,
            posted=_POSTED,
            shown=_shown(report, leads, present.shorten(iris)) if report is not None else None,
            problem=problem,
            limits=[words for setting, _, words in limits(publication) if setting in _LIMITS],
            here=f"{iris.base}/shapes/validate",
        )

    def leads(iri: str) -> str:
        """The address of an IRI: a shape's place in the list, a page of ours, or the IRI itself."""
        if iri.startswith(_NAMESPACE):
            return f"{request.script_root}/shapes.html#{iri[len(_NAMESPACE) :]}"
        return present.path_of(iris, lambda: request.script_root)(iri)

    return made


def _shown(report: Report, link: Callable[[str], str], name: Callable[[str], str]) -> dict[str, Any]:
    """A report for the page: the summary, and its findings as the one writer of them has made them safe."""
    from kg.shacl import page, table

    return {
        "summary": table.summary(report),
        "accepted": report.accepted,
        "findings": Markup(page.findings(report, link=link, name=name, places=_PLACES)),  # noqa: S704
    }


def _by_profile(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """The constraints by the file they stand in, in order."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.profile, []).append(rule)
    return [{"name": name, "rules": rows} for name, rows in found.items()]


def _posted_format() -> Format:
    kind = request.mimetype
    if kind == "application/json":
        return formats.JSONLD
    for one in _POSTED:
        if kind == one.media_type or kind in one.aliases:
            return one
    raise _unsupported(kind)


def _unsupported(kind: str) -> UnsupportedMediaType:
    known = ", ".join(f.media_type for f in _POSTED)
    return UnsupportedMediaType(f"A graph is sent as one of {known}, not as {kind[:80] or 'nothing named'}.")


def _sent() -> tuple[str, Format]:
    """What a form sends: ``data``, or a ``file``, and the ``format`` by suffix or media type."""
    text = request.form.get("data", "")
    name = request.form.get("format", "ttl").strip().lower()
    file = request.files.get("file")
    if file is not None and file.filename:
        text = file.read().decode("utf-8", "replace")
        ending = file.filename.rpartition(".")[2].lower()
        name = ending if any(ending == f.suffix for f in _POSTED) else name
    for one in _POSTED:
        if name in (one.suffix, one.media_type, *one.aliases):
            return text, one
    raise UsageError(f"format {name[:80]!r} is unknown; known are {', '.join(f.suffix for f in _POSTED)}")


def _uncached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _vary(answer: Response) -> Response:
    answer.headers["Vary"] = "Accept"
    return answer
