"""The web shell: pages, linked data and SPARQL over a published snapshot.

:func:`create_app` is the one place where things are wired together. A view gets what it needs as arguments; there is
no global state, so two apps can live in one process.
"""

from __future__ import annotations

from flask import Flask, Response, request
from jinja2 import StrictUndefined

from kg import reads
from kg.config import Settings
from kg.engine import Engine
from kg.store import Store
from server import errors, present, when
from server.assets import Assets
from server.assets import blueprint as assets_blueprint
from server.compression import compressed
from server.description import Description
from server.editor import Editor
from server.endpoint import Endpoint
from server.publication import Publication
from server.trailers import Trailers
from server.views import (
    completion,
    dataset,
    feeds,
    graphs,
    lists,
    machine,
    pages,
    permalinks,
    queries,
    resources,
    shapes,
    snapshots,
    sparql,
    status,
)

__all__ = ["create_app"]

#: No script runs on our pages and nothing is loaded from elsewhere; JSON-LD blocks are data, which this leaves alone.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
    # Everything here is public and read without credentials.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Allow, ETag, Last-Modified, Link, Location, Retry-After, "
    "WWW-Authenticate, Memento-Datetime, tdm-reservation, "
    "Newsgraph-Snapshot, Newsgraph-Annotators, Newsgraph-Pinned, Newsgraph-Query, Newsgraph-Limits, Newsgraph-Cut",
}
#: Request headers that a page of another site may send.
_ASKED = (
    "Accept, Accept-Datetime, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, "
    "If-Unmodified-Since"
)


def create_app(settings: Settings, *, store: Store | None = None, engine: Engine | None = None) -> Flask:
    """The WSGI application for one publication.

    ``store`` is opened from the settings at the first request where none is given (so nothing is open before a
    fork); without an ``engine``, ``/sparql`` answers 503.
    """
    app = Flask("server", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings["limits.request_bytes"]
    app.config["MAX_FORM_MEMORY_SIZE"] = settings["limits.request_bytes"]
    app.url_map.strict_slashes = False
    publication, assets = Publication(settings, store, engine, asked=when.asked), Assets()
    app.extensions["newsgraph"] = publication
    _templates(app, publication, assets)
    errors.install(app)
    style, description, editor = present.digest(), Description(publication), Editor(publication, assets)
    endpoint = Endpoint(publication, editor, description)
    app.register_blueprint(assets_blueprint(assets))
    app.register_blueprint(pages.blueprint(publication, style))
    app.register_blueprint(lists.blueprint(publication, style))
    app.register_blueprint(resources.blueprint(publication, style))
    app.register_blueprint(sparql.blueprint(endpoint))
    app.register_blueprint(queries.blueprint(publication))
    app.register_blueprint(graphs.blueprint(publication))
    app.register_blueprint(permalinks.blueprint(publication, endpoint, editor))
    app.register_blueprint(feeds.blueprint(publication))
    app.register_blueprint(status.blueprint(publication))
    app.register_blueprint(shapes.blueprint(publication, style))
    app.register_blueprint(completion.blueprint(publication))
    app.register_blueprint(snapshots.blueprint(publication, style))
    app.register_blueprint(dataset.blueprint(publication, description, style))
    app.register_blueprint(machine.blueprint(publication))

    @app.after_request
    def _headers(response: Response) -> Response:
        said = {name.lower() for name, _ in response.headers}
        for name, value in _HEADERS.items():
            if name.lower() not in said:
                response.headers.add(name, value)
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
            response.headers["Access-Control-Allow-Headers"] = _ASKED
            response.headers["Access-Control-Max-Age"] = "86400"
        return compressed(response)

    app.wsgi_app = Trailers(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _templates(app: Flask, publication: Publication, assets: Assets) -> None:
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.globals.update(
        site=publication.name,
        asset=assets.address,
        local=when.local,
        at=lambda path, snapshot: when.carried(request.script_root + path, snapshot),
        past=when.asked,
        here=lambda: request.script_root + request.path,
    )
    env.filters.update(
        href=present.path_of(publication.iris, lambda: request.script_root, when.carried),
        day=present.day,
        machine_date=present.machine_date,
        count=present.count,
        plural=present.plural,
        times=present.times,
        severity=present.severity,
        short_iri=present.short_iri,
        shorten=present.shorten(publication.iris),
        kind_title=reads.class_label,
    )
