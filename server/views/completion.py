"""``/shapes/completion.json``: the classes and properties of the model for editors of queries, made from the shapes."""

from __future__ import annotations

import json
import threading

from flask import Blueprint, Response

from server.caching import conditional, tag
from server.publication import Publication

__all__ = ["blueprint"]


def blueprint(publication: Publication) -> Blueprint:
    """``/shapes/completion.json``."""
    made = Blueprint("completion", __name__)
    kept: dict[str, str] = {}
    guard = threading.Lock()

    def text() -> str:
        """The object, made at the first request: the shapes of a running server do not change."""
        with guard:
            if "text" not in kept:
                from kg.shacl.completion import completion
                from kg.shacl.outline import outline
                from kg.shacl.profiles import load

                found = completion(outline(load(publication.settings)))
                kept["text"] = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
            return kept["text"]

    @made.get("/shapes/completion.json")
    def answer() -> Response:
        body = text()
        return conditional(tag("completion", body), None, lambda: Response(body, content_type="application/json"))

    return made
