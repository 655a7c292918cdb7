"""``/sparql``: the SPARQL 1.1 Protocol, and for browsers a page.

What is asked stands in :mod:`server.protocol`, how it is answered in :mod:`server.endpoint`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request

from kg import formats, queries, reads
from kg.engine import Answer
from kg.errors import KgError, QueryTooLarge, UsageError
from kg.formats import Format
from server import errors, protocol
from server.endpoint import GRAPHS, SOLUTIONS, Endpoint
from server.publication import Publication
from server.views.status import limits

__all__ = ["OldPage", "blueprint"]

_PAGE_BYTES, _PAGE_ROWS = 4 * 2**20, 1_000


def blueprint(endpoint: Endpoint) -> Blueprint:
    """``/sparql``."""
    made = Blueprint("sparql", __name__)

    @made.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        asked = protocol.read(request)
        if isinstance(asked, protocol.Query):
            return endpoint.answer(asked)
        if isinstance(asked, protocol.Update):
            return endpoint.update(asked)
        if request.method == "POST":
            raise UsageError("the request holds no query; send it as query=… or as application/sparql-query")
        return endpoint.describe()

    return made


class OldPage:
    def __init__(self, publication: Publication) -> None:
        self.publication = publication

    def empty(self, query: str = "", *, snapshot: str | None = None) -> Response:
        return Response(self._editor(query), content_type="text/html; charset=utf-8")

    def answer(
        self,
        query: str,
        run: Callable[[int, Format], Answer],
        *,
        graph: bool,
        rows: int | None,
        skip: int,
        snapshot: str | None,
        fields: tuple[tuple[str, str], ...],
    ) -> Response:
        try:
            with run(rows or 100000000, formats.TURTLE if graph else formats.JSON) as answer:
                body = _short(answer)
                snapshot = answer.snapshot
        except KgError as error:
            problem = errors.problem_of(error)
            made = Response(self._editor(query, problem=problem), problem.status)
            made.headers["Cache-Control"] = "no-store"
            if problem.retry_after is not None:
                made.headers["Retry-After"] = str(problem.retry_after)
            return made
        if graph:
            shown: dict[str, Any] = {"text": body.decode("utf-8"), "table": None}
        else:
            shown = {"text": None, "table": _table(json.loads(body))}
        offered = GRAPHS if graph else SOLUTIONS
        page = self._editor(query, shown=shown, offered=offered, snapshot=snapshot)
        made = Response(page, content_type="text/html; charset=utf-8")
        made.headers["Newsgraph-Snapshot"] = snapshot
        made.headers["Cache-Control"] = "no-cache"
        return made

    def _editor(
        self,
        query: str,
        *,
        shown: dict[str, Any] | None = None,
        offered: Sequence[Format] = (),
        snapshot: str | None = None,
        problem: errors.Problem | None = None,
    ) -> str:
        return render_template(
            "sparql.html",
            query=query,
            shown=shown,
            offered=offered,
            snapshot=snapshot,
            problem=problem,
            examples=self._examples(),
            limits=limits(self.publication),
        )

    def _examples(self) -> list[queries.Example]:
        """The questions, asked about what this publication names most: as they stand they are about one story."""
        most: dict[str, list[str]] = {}
        try:
            with self.publication.reader() as reader:
                known = self.publication.catalogue(reader)
                for kind in ("Person", "Place", "Organization"):
                    found = reads.most_named(reader, kind, 5, known=known)
                    most[kind] = [one.link.name for one in found]
        except KgError:
            return list(queries.examples())
        return [_asked_here(example, most) for example in queries.examples()]


def _asked_here(example: queries.Example, most: Mapping[str, Sequence[str]]) -> queries.Example:
    names: dict[str, str] = {}
    for name, kind in example.named:
        free = [one for one in most[kind] if one not in names.values()]
        if name not in most[kind] and free:
            names[name] = free[0]
    return example.about(names)


def _short(answer: Answer) -> bytes:
    body = bytearray()
    for chunk in answer:
        body += chunk
        if len(body) > _PAGE_BYTES:
            raise QueryTooLarge("the answer is too long to show on a page; add a LIMIT, or ask for it as a file (CSV)")
    return bytes(body)


def _table(results: dict[str, Any]) -> dict[str, Any]:
    """Solutions as rows of cells; an IRI's cell links to it."""
    if "boolean" in results:
        return {"boolean": bool(results["boolean"]), "names": [], "rows": [], "more": 0}
    names = results["head"]["vars"]
    bindings = results["results"]["bindings"]
    rows = [[_cell(binding.get(name)) for name in names] for binding in bindings[:_PAGE_ROWS]]
    return {"boolean": None, "names": names, "rows": rows, "more": max(0, len(bindings) - _PAGE_ROWS)}


def _cell(term: dict[str, Any] | None) -> dict[str, Any]:
    if term is None:
        return {"text": "", "iri": None, "note": None, "unbound": True}
    value = term.get("value")
    text = value if isinstance(value, str) else json.dumps(value)
    note = term.get("xml:lang") or reads.label(term["datatype"]) if "datatype" in term else term.get("xml:lang")
    web = term["type"] == "uri" and text.startswith(("http://", "https://"))
    return {"text": text, "iri": text if web else None, "note": note, "unbound": False}
