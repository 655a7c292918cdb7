"""For machines: health, the vocabulary and the JSON-LD context as files."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, request

from kg import __version__, resources
from kg.errors import KgError
from server.caching import conditional, tag
from server.publication import Publication
from server.tables import as_json
from server.views.snapshots import manifest
from server.views.status import as_row, busy, checks, limits, replicas, sources

__all__ = ["blueprint"]


def blueprint(publication: Publication) -> Blueprint:
    """``/healthz``, ``/readyz``, ``/status.json``, ``/ontology``, ``/context.jsonld``."""
    made = Blueprint("machine", __name__)

    @made.get("/healthz")
    def health() -> Response:
        return _plain("ok\n")

    @made.get("/readyz")
    def ready() -> Response:
        try:
            with publication.reader() as reader:
                return _plain(f"ready {reader.info.id}\n")
        except KgError as error:
            return _plain(f"not ready: {type(error).__name__}\n", 503)

    @made.get("/status.json")
    def status() -> Response:
        with publication.reader() as reader:
            return as_json(
                {
                    "version": __version__,
                    "snapshot": manifest(reader.info),
                    "limits": {name: value for name, value, _ in limits(publication)},
                    "checks": {
                        name: one.to_json() if one is not None else None
                        for name, one in checks(publication, reader.info).items()
                    },
                    "queries": busy(publication),
                    "sources": [as_row(one) for one in sources(publication)],
                    "replicas": [asdict(one) for one in replicas(publication)],
                }
            )

    @made.get("/ontology")
    @made.get("/ontology.ttl")
    def ontology() -> Response:
        return _file(resources.path("ontology/nkg.ttl").read_bytes(), "text/turtle; charset=utf-8")

    @made.get("/context.jsonld")
    def context() -> Response:
        return _file(resources.path("ontology/context.jsonld").read_bytes(), "application/ld+json")

    return made


def _plain(text: str, status: int = 200) -> Response:
    answer = Response(text, status, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _file(data: bytes, content_type: str) -> Response:
    return conditional(tag(request.path, data.decode()), None, lambda: Response(data, content_type=content_type))
