"""``/sparql`` for browsers: a form, its answer as a table or as text page by page, questions to start from, the limits.

Everything works without scripts. A script of our own (``static/sparql.js``) runs queries in place and stops them; where
``make editor`` has put YASQE into ``static/vendor``, the text area becomes an editor that completes names.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request

from kg import formats, queries, reads
from kg.engine import Answer
from kg.errors import KgError, QueryTooLarge
from kg.formats import Format
from server import errors
from server.assets import Assets
from server.publication import Publication
from server.questions import grouped, questions
from server.views.status import limits

__all__ = ["ROWS", "Editor", "Shown"]

#: Rows of a page; the bytes a page's answer may have; characters of a cell and bytes of the raw answer that are shown.
ROWS, _BYTES, _CELL, _RAW = 200, 4 * 2**20, 600, 2**16
#: Queries up to this length go into addresses; longer ones are sent by POST (some servers take 8,190 bytes).
_LONGEST_ADDRESS = 4_000
_BESIDE = 60  # characters shown on each side of an error

_SOLUTIONS = (formats.JSON, formats.XML, formats.CSV, formats.TSV)
_GRAPHS = (formats.TURTLE, formats.JSONLD, formats.NT, formats.RDFXML, formats.TRIG, formats.NQ)
_YASQE = ("vendor/yasqe.min.js", "vendor/yasqe.min.css")
_POLICY = "default-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
#: YASQE writes styles into the page and draws its buttons from data: addresses.
_POLICY_YASQE = _POLICY + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a table: ``text`` to show, ``iri`` where it links to, ``note`` its language or datatype."""

    text: str
    iri: str | None = None
    note: str | None = None
    more: int = 0
    unbound: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as the page shows it: ``boolean``, or ``names`` and ``rows``, or (for a graph) only ``raw`` text.

    ``first`` is the number of the first row; ``before`` and ``after`` are the ``skip`` of the pages beside this one.
    """

    raw: str
    raw_more: int
    seconds: float
    snapshot: str
    rows_asked: int
    first: int
    boolean: bool | None = None
    names: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] | None = None
    before: int | None = None
    after: int | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the query an error is: its line, cut to what is beside the column, and a mark below it."""

    line: int
    text: str
    mark: str


class Editor:
    """The page of one publication."""

    def __init__(self, publication: Publication, assets: Assets) -> None:
        self._publication = publication
        self._yasqe = tuple(name for name in _YASQE if assets.has(name))

    def empty(
        self, query: str = "", *, snapshot: str | None = None, permalink: str | None = None, status: int = 200
    ) -> Response:
        """The form, with a query that is not run; ``permalink`` is that query's own path."""
        graph = permalink is not None and queries.form(query) in ("construct", "describe")
        made = self._page(query, fields=(("snapshot", snapshot),) if snapshot else (), permalink=permalink, graph=graph)
        made.status_code = status
        return made

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
        """The form with the query and one page of its answer, or with what went wrong under that error's status.

        ``run`` gives so many rows from where the request says, in a format; ``fields`` are the request's other
        parameters, which links to other pages and to files carry on.
        """
        del snapshot  # it is among the fields
        asked = min(rows or ROWS, ROWS)
        begun = time.monotonic()
        try:
            with run(asked, formats.TURTLE if graph else formats.JSON) as answer:
                body = _short(answer)
            shown = _shown(body, answer, graph=graph, asked=asked, skip=skip, seconds=time.monotonic() - begun)
        except KgError as error:
            problem = errors.problem_of(error)
            made = self._page(query, fields=fields, problem=problem, graph=graph)
            made.status_code = problem.status
            if problem.retry_after is not None:
                made.headers["Retry-After"] = str(problem.retry_after)
            return made
        made = self._page(query, fields=fields, shown=shown, graph=graph)
        made.headers["Newsgraph-Snapshot"] = shown.snapshot
        return made

    def _page(
        self,
        query: str,
        *,
        fields: Sequence[tuple[str, str]],
        shown: Shown | None = None,
        problem: errors.Problem | None = None,
        permalink: str | None = None,
        graph: bool = False,
    ) -> Response:
        endpoint = request.script_root + "/sparql"

        def address(**changes: object) -> str | None:
            """The same query with other parameters; None where it is too long for an address."""
            made = f"{endpoint}?{urlencode([('query', query), *carried(**changes)])}"
            return made if len(made) <= _LONGEST_ADDRESS else None

        def carried(**changes: object) -> list[tuple[str, str]]:
            said = {name: str(value) for name, value in changes.items() if value is not None}
            return [*((name, value) for name, value in fields if name not in said), *said.items()]

        body = render_template(
            "sparql.html",
            query=query,
            endpoint=endpoint,
            fields=fields,
            shown=shown,
            problem=problem,
            place=None if problem is None else _place(query, problem.fields),
            offered=_GRAPHS if graph else _SOLUTIONS,
            permalink=permalink,
            address=address,
            carried=carried,
            groups=grouped(questions(self._publication)),
            limits=limits(self._publication),
            rows_page=ROWS,
            yasqe=self._yasqe if len(self._yasqe) == len(_YASQE) else (),
        )
        made = Response(body, content_type="text/html; charset=utf-8")
        made.headers["Content-Security-Policy"] = _POLICY_YASQE if self._yasqe else _POLICY
        made.headers["X-Robots-Tag"] = "noindex, nofollow"
        made.headers["Cache-Control"] = "no-store" if problem is not None else "no-cache"
        made.vary.add("Accept")
        return made


def _short(answer: Answer) -> bytes:
    body = bytearray()
    for chunk in answer:
        body += chunk
        if len(body) > _BYTES:
            raise QueryTooLarge("the answer is too long to show on a page; add a LIMIT, or ask for it as a file (CSV)")
    return bytes(body)


def _shown(body: bytes, answer: Answer, *, graph: bool, asked: int, skip: int, seconds: float) -> Shown:
    raw = body[:_RAW].decode("utf-8", "ignore")
    names: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] | None = None
    boolean: bool | None = None
    if not graph:
        results: dict[str, Any] = json.loads(body)
        if "boolean" in results:
            boolean = bool(results["boolean"])
        else:
            names = tuple(results["head"]["vars"])
            rows = tuple(tuple(_cell(one.get(name)) for name in names) for one in results["results"]["bindings"])
    return Shown(
        raw=raw,
        raw_more=max(0, len(body) - _RAW),
        seconds=seconds,
        snapshot=answer.snapshot,
        rows_asked=asked,
        first=skip + 1,
        boolean=boolean,
        names=names,
        rows=rows,
        before=max(0, skip - asked) if skip else None,
        after=None if answer.cut is None else answer.cut.skip,
        cached=answer.cached,
    )


def _cell(term: dict[str, Any] | None) -> Cell:
    if term is None:
        return Cell("", unbound=True)
    value = term.get("value")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    note = term.get("xml:lang") or (reads.label(term["datatype"]) if "datatype" in term else None)
    web = term["type"] == "uri" and text.startswith(("http://", "https://"))
    if web:
        return Cell(text, iri=text)
    return Cell(text[:_CELL], note=note, more=max(0, len(text) - _CELL))


def _place(query: str, fields: Any) -> Place | None:
    """The line an error names, with a mark at its column; None where it names none that there is."""
    line, column = fields.get("line"), fields.get("column")
    lines = query.splitlines()
    if not isinstance(line, int) or not 1 <= line <= len(lines):
        return None
    text = lines[line - 1].replace("\t", " ")
    at = min(max(column - 1, 0), len(text)) if isinstance(column, int) else 0
    start = max(0, at - _BESIDE)
    before = "…" if start else ""
    after = "…" if at + _BESIDE < len(text) else ""
    mark = " " * (len(before) + at - start) + "^" if isinstance(column, int) else ""
    return Place(line, before + text[start : at + _BESIDE] + after, mark)
