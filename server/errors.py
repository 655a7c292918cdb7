"""Failures as HTTP: which status each error has, and one answer with the same fields for people and for machines.

Machines get ``application/problem+json`` (RFC 9457); browsers get a page. A failure never has status 200.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from kg import errors
from server.negotiation import Offer, choose

__all__ = ["STATUS", "Problem", "answer", "install", "problem_of", "status_of"]

#: The status of each error; a class without a row has its parent's.
STATUS: Mapping[type[errors.KgError], int] = {
    errors.KgError: 500,
    errors.UsageError: 400,
    errors.ConfigError: 500,
    errors.MissingDependency: 501,
    errors.InputError: 422,
    errors.TooLarge: 413,
    errors.EmptyInput: 400,
    errors.InvalidFormat: 400,
    errors.IriError: 400,
    errors.StoreError: 503,
    errors.StoreMissing: 503,
    errors.StoreLocked: 503,
    errors.SnapshotUnknown: 404,
    errors.SnapshotPruned: 410,
    errors.SnapshotInUse: 409,
    errors.PublishFailed: 500,
    errors.QueryError: 500,
    errors.QuerySyntaxError: 400,
    errors.QueryRefused: 400,
    errors.QueryTimeout: 504,
    errors.QueryTooLarge: 422,
    errors.QueryCancelled: 503,
    errors.QueryCrashed: 422,
    errors.QueryIdTaken: 409,
    errors.ServiceFailed: 502,
    errors.TooManyQueries: 429,
    errors.EngineBusy: 503,
    errors.EngineUnavailable: 503,
    errors.AccessDenied: 403,
}

#: Seconds after which asking again makes sense, where the error does not say.
_RETRY = {503: 5, 504: 60}

_OFFERS = (
    Offer("application/problem+json", aliases=("application/json",)),
    Offer("text/html", aliases=("application/xhtml+xml",)),
    Offer("text/plain"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong. ``kind`` names the error's class; ``fields`` are its own (line, column, nearest …)."""

    status: int
    title: str
    detail: str
    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    retry_after: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The members of a problem details object."""
        own = {key: list(value) if isinstance(value, tuple) else value for key, value in self.fields.items()}
        made = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        return {**own, **made, "error": self.kind}


def status_of(kind: type[errors.KgError]) -> int:
    """The HTTP status of an error's class."""
    return next(STATUS[one] for one in kind.__mro__ if one in STATUS)


def problem_of(error: errors.KgError) -> Problem:
    """The error as a problem; what it says of itself becomes fields."""
    status = status_of(type(error))
    fields = {k: v for k, v in vars(error).items() if k != "message" and v not in (None, "", ())}
    retry = fields.pop("retry_after", None) or _RETRY.get(status)
    if status == 500:  # a fault of ours: the words may hold paths, and help nobody outside
        return Problem(500, _title(500), "The server failed; the operator's log says why.", type(error).__name__)
    if status == 503 and isinstance(error, errors.StoreError):
        detail = "Nothing is published here yet." if isinstance(error, errors.StoreMissing) else "The store is away."
        return Problem(503, _title(503), detail, type(error).__name__, retry_after=retry)
    return Problem(status, _title(status), error.message, type(error).__name__, fields, retry)


def _title(status: int) -> str:
    return HTTPStatus(status).phrase


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a page for browsers, as text for clients that take only that, else as problem+json."""
    chosen = choose(request.headers.get("Accept"), _OFFERS)
    if chosen is not None and chosen.media_type == "text/html":
        made = Response(render_template("error.html", problem=problem), problem.status, mimetype="text/html")
    elif chosen is not None and chosen.media_type == "text/plain":
        made = Response(_words(problem), problem.status, content_type="text/plain; charset=utf-8")
    else:
        body = json.dumps(problem.to_json(), ensure_ascii=False, indent=1)
        made = Response(body, problem.status, content_type="application/problem+json")
    made.headers.extend(headers or {})
    made.headers["Vary"] = "Accept"
    made.headers["Cache-Control"] = "no-store"
    if problem.retry_after is not None:
        made.headers["Retry-After"] = str(problem.retry_after)
    return made


def _words(problem: Problem) -> str:
    """The problem as lines: what happened, and one line for each field."""
    own = {k: ", ".join(map(str, v)) if isinstance(v, tuple) else v for k, v in problem.fields.items()}
    fields = (f"{name}: {value}" for name, value in own.items())
    return "\n".join([f"{problem.status} {problem.title}", problem.detail, *fields]) + "\n"


def install(app: Flask) -> None:
    """Every error of the library and of the framework leaves as a problem."""

    @app.errorhandler(errors.KgError)
    def _known(error: errors.KgError) -> Response:
        problem = problem_of(error)
        if problem.status == 500:
            app.logger.error("%s: %s", type(error).__name__, error.message)
        return answer(problem)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if error.response is not None:
            return error.response  # type: ignore[return-value]
        status = error.code or 500
        kept = {k: v for k, v in error.get_headers() if k in ("Allow", "Location", "Retry-After")}
        if 300 <= status < 400:
            return error.get_response()  # type: ignore[return-value]
        detail = error.description or ""
        if status == 413 and request.max_content_length is not None:
            detail = f"A request to this address may have {request.max_content_length:,} bytes."
        return answer(Problem(status, error.name, detail, type(error).__name__), kept)

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> Response:
        app.logger.error("unexpected failure at %s", request.path, exc_info=error)
        return answer(Problem(500, _title(500), "The server failed; the operator's log says why.", "Fault"))
