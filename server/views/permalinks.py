"""``/q/<hash>``: the permalink of a query, to be read, edited or run."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request
from werkzeug.wrappers import Response as Answer

from kg import queries
from kg.errors import EngineUnavailable, QueryRefused, UsageError
from server import errors, protocol, when
from server.caching import IMMUTABLE, conditional, tag
from server.clients import client_of
from server.editor import Editor
from server.endpoint import GRAPHS, SOLUTIONS, Endpoint
from server.negotiation import Offer, choose
from server.permalinks import Permalinks
from server.publication import Publication

__all__ = ["blueprint"]

_HTML = Offer("text/html", aliases=("application/xhtml+xml",))
_TEXT = Offer("application/sparql-query")
_DATA = tuple(dict.fromkeys(Offer(one.media_type, one.aliases) for one in (*SOLUTIONS, *GRAPHS)))
_SUFFIXES = frozenset(one.suffix for one in (*SOLUTIONS, *GRAPHS))


def blueprint(publication: Publication, endpoint: Endpoint, editor: Editor) -> Blueprint:
    """``/q`` and ``/q/<name>``, where the name may have a suffix."""
    made = Blueprint("permalinks", __name__)
    kept = Permalinks(publication.settings.store / "queries", publication.settings["limits.permalinks"])

    @made.post("/q")
    def save() -> Answer:
        """303 to the permalink of ``query=``; the same query has the same one."""
        text = request.form.get("query", "")
        if not text.strip():
            raise UsageError("there is no query to keep; send it as query=… in a form")
        if queries.form(text) == "update":
            raise QueryRefused("this is an update; only queries have permalinks")
        try:
            name = kept.save(text, client_of(request.environ, publication.settings["serve.proxies"]))
        except OSError:
            raise EngineUnavailable("permalinks cannot be kept here now; the operator's log says why") from None
        if name is None:
            words = "This server keeps as many permalinks as it may. Those that there are stay; send the query itself."
            return errors.answer(errors.Problem(507, "Insufficient Storage", words, "PermalinksFull"))
        answer = Response(status=303)
        answer.headers["Location"] = when.carried(
            f"{request.script_root}/q/{name}", request.form.get("snapshot") or None
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @made.get("/q/<name>")
    def query(name: str) -> Answer:
        """The query in the form, not run, for browsers; its text; else its answer as ``/sparql`` gives it."""
        stem, dot, suffix = name.partition(".")
        text = kept.find(stem)
        if text is None:
            abort(404, "There is no such permalink here.")
        answer = _answer(stem, suffix if dot else None, text)
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        answer.vary.add("Accept")
        return answer

    def _answer(stem: str, suffix: str | None, text: str) -> Response:
        chosen = choose(request.headers.get("Accept"), (*_DATA, _HTML, _TEXT)) if suffix is None else None
        if suffix == "rq" or chosen is _TEXT:
            body = text.encode("utf-8", "surrogatepass")
            kind = "application/sparql-query; charset=utf-8"
            return conditional(tag("query", text), None, lambda: Response(body, content_type=kind), cache=IMMUTABLE)
        if suffix == "html" or chosen is _HTML:
            return editor.empty(text, snapshot=when.asked(), permalink=f"/q/{stem}")
        if suffix is not None and suffix not in _SUFFIXES:
            known = ", ".join(["html", "rq", *sorted(_SUFFIXES)])
            abort(404, f"There is no format .{suffix[:20]} here; there are {known}.")
        return endpoint.answer(protocol.beside(text, request, format=suffix))

    return made
