"""``/sparql/queries/<id>``: what is known of a query that runs, and its end, for whoever knows its id."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, abort

from kg.engine import State
from server.publication import Publication
from server.tables import as_json

__all__ = ["blueprint"]

_UNKNOWN = "No query with this id waits or runs; it may have ended."


def blueprint(publication: Publication) -> Blueprint:
    """GET tells the state of a query, DELETE stops it. There is no list: an id is a secret."""
    made = Blueprint("queries", __name__)

    @made.get("/sparql/queries/<id>")
    def state(id: str) -> Response:
        found = publication.engine.state(id)
        if found is None:
            abort(404, _UNKNOWN)
        answer = as_json(_row(found))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @made.delete("/sparql/queries/<id>")
    def stop(id: str) -> Response:
        if not publication.engine.cancel(id):
            abort(404, _UNKNOWN)
        return Response(status=204)

    return made


def _row(state: State) -> dict[str, object]:
    return asdict(state)
