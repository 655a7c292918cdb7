"""``/sparql``: the SPARQL 1.1 Protocol, and for browsers a page.

What is asked stands in :mod:`server.protocol`, how it is answered in :mod:`server.endpoint`.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from kg.errors import UsageError
from server.endpoint import Endpoint
from server.protocol import Query, Update, read

__all__ = ["blueprint"]


def blueprint(endpoint: Endpoint) -> Blueprint:
    """``/sparql``."""
    made = Blueprint("sparql", __name__)

    @made.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        asked = read(request)
        if isinstance(asked, Query):
            return endpoint.answer(asked)
        if isinstance(asked, Update):
            return endpoint.update(asked)
        if request.method == "POST":
            raise UsageError("the request holds no query; send it as query=… or as application/sparql-query")
        return endpoint.service()

    return made
