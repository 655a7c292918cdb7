"""Writes over HTTP: a request with a token becomes an order, and what became of it a response.

A write that breaks the shapes is answered with their report (422): in the problem, or as Turtle where it is asked for.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from flask import Response
from flask import request as current
from werkzeug.wrappers import Request

from kg.errors import AccessDenied, Refused
from kg.pipeline.orders import Dataset, Order, Written
from server import errors, tokens
from server.negotiation import Offer, choose
from server.publication import Publication

if TYPE_CHECKING:
    from kg.shacl import Report

__all__ = ["asked", "carry_out", "done", "update"]

#: Results that a problem lists; Turtle has them all.
_SHOWN = 100
_PROBLEM = Offer("application/problem+json", aliases=("application/json", "text/html"))
_TURTLE = Offer("text/turtle", aliases=("application/x-turtle",))


def update(
    publication: Publication,
    request: Request,
    text: str,
    *,
    using: Sequence[str] = (),
    using_named: Sequence[str] = (),
) -> Response:
    """The answer to a SPARQL update: 200 with the snapshot that shows it and how many statements came and went.

    ``using`` and ``using_named`` are the graphs of the protocol's parameters. Aborts with 401 without a token; raises
    :class:`kg.errors.AccessDenied` and what :meth:`kg.pipeline.writer.Writer.write` raises.
    """
    del request  # the one at hand
    order = replace(
        asked(publication, "update"),
        text=text,
        base=f"{publication.iris.base}/sparql",
        using=Dataset(tuple(using), tuple(using_named)),
    )
    made = carry_out(publication, order)
    if isinstance(made, Response):
        return made
    said = {"snapshot": made.snapshot, "added": made.added, "removed": made.removed, "changed": made.changed}
    return done(Response(json.dumps(said), content_type="application/json"), made)


def asked(publication: Publication, kind: str, *, role: str = "ingest", graph: str | None = None) -> Order:
    """An order of that kind from who sent the request, to be completed. Aborts and raises as
    :func:`server.tokens.allowed`; a token whose role does not reach is in the journal then."""
    now = datetime.now(UTC).replace(microsecond=0)
    made = Order(id=uuid.uuid4().hex, time=now, token="", role="", kind=kind, graph=graph)
    try:
        who = tokens.allowed(publication.settings, role)
    except AccessDenied as error:
        known = tokens.holder(publication.settings)
        if known is not None:
            publication.writer.deny(replace(made, token=known.name, role=known.role), error)
        raise
    return replace(made, token=who.name, role=who.role)


def carry_out(publication: Publication, order: Order) -> Written | Response:
    """What was written, or the answer with the report where the shapes refuse it."""
    try:
        return publication.writer.write(order)
    except Refused as error:
        return _refused(error)


def done(made: Response, written: Written) -> Response:
    """The response with what every write tells: the snapshot to read from."""
    if made.status_code in (201, 204):
        made.headers.pop("Content-Type", None)  # there is no body
    made.headers["Newsgraph-Snapshot"] = written.snapshot
    made.headers["Cache-Control"] = "no-store"
    return made


def _refused(error: Refused) -> Response:
    report = cast("Report | None", error.report)
    if report is not None and choose(current.headers.get("Accept"), (_PROBLEM, _TURTLE)) is _TURTLE:
        made = Response(report.to_turtle(), 422, content_type="text/turtle; charset=utf-8")
        made.headers["Cache-Control"] = "no-store"
        made.vary.add("Accept")
        return made
    problem = errors.problem_of(error)
    fields = {name: value for name, value in problem.fields.items() if name != "report"}
    if report is not None:
        shown = report.violations[:_SHOWN]
        fields["report"] = [one.to_json() for one in shown]
        fields["violations"] = len(report.violations)
    return errors.answer(replace(problem, fields=fields))
