"""The home page."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from kg import reads
from server.caching import conditional, moment, tag
from server.publication import Publication

__all__ = ["blueprint"]

#: Kinds whose most named things stand on the home page.
_SHOWN = ("Person", "Organization", "Place", "CreativeWork")


def blueprint(publication: Publication, style: str) -> Blueprint:
    """``/``."""
    made = Blueprint("pages", __name__)

    @made.get("/")
    def home() -> Response:
        with publication.reader() as reader:
            known = publication.catalogue(reader)

            def build() -> Response:
                named = [
                    (kind, reads.class_label(kind), reads.most_named(reader, kind, 8, known=known)) for kind in _SHOWN
                ]
                body = render_template(
                    "home.html",
                    rows=reads.latest(reader, 12, known=known),
                    counts=known.counts,
                    named=[row for row in named if row[2]],
                    sections=known.sections,
                    info=reader.info,
                    base=publication.iris.base,
                    root=request.url_root.rstrip("/"),
                )
                return Response(body, content_type="text/html; charset=utf-8")

            parts = ("home", reader.info.state, style, publication.name, request.url_root)
            return conditional(tag(*parts), moment(reader.info.time), build)

    return made
