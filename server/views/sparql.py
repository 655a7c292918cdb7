"""``/sparql``: the SPARQL 1.1 Protocol for queries, and for browsers an editor without scripts.

The first megabyte of an answer is held back until it is known to be whole or long, so that most failures get their
own status; a failure after that breaks the connection off, so that a cut answer never looks complete.
"""

from __future__ import annotations

import errno
import json
import logging
import re
import select
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request

from kg import describe, formats, queries, reads
from kg.engine import Answer, Request
from kg.errors import IriError, KgError, QueryRefused, QueryTooLarge, UsageError
from kg.formats import Format
from server import errors
from server.caching import known, tag
from server.negotiation import Offer, choose
from server.publication import Publication
from server.views.resources import not_acceptable
from server.views.status import limits

__all__ = ["blueprint"]

_LOG = logging.getLogger(__name__)

#: Bytes held back before the headers are sent; bytes and rows that a page of results shows.
_HELD, _PAGE_BYTES, _PAGE_ROWS = 2**20, 4 * 2**20, 1_000

_HTML = Offer("text/html", aliases=("application/xhtml+xml",))
_SOLUTIONS = (formats.JSON, formats.XML, formats.CSV, formats.TSV)
_GRAPHS = (formats.TURTLE, formats.JSONLD, formats.NT, formats.RDFXML, formats.TRIG, formats.NQ)
#: What ``format=``, ``output=`` and ``results=`` may say beside suffixes and media types.
_WORDS = {"json": ("json", "jsonld"), "xml": ("xml", "rdf"), "turtle": (None, "ttl"), "n3": (None, "ttl")}
#: Functions whose value is not the snapshot's, so that an answer cannot be kept.
_VOLATILE = re.compile(r"\b(NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)


def _hung_up(connection: socket.socket | None) -> Callable[[], bool]:
    """Whether the client of this request has closed its end; never, where the server does not show its socket."""

    def look() -> bool:
        if connection is None or not select.select([connection], [], [], 0)[0]:
            return False
        try:
            return not connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    return look


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as the protocol defines it."""

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None
    snapshot: str | None


def blueprint(publication: Publication) -> Blueprint:
    """``/sparql``."""
    made = Blueprint("sparql", __name__)

    @made.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        asked = _read()
        if asked.query is None:
            if request.method == "POST":
                raise UsageError("the request holds no query; send it as query=… or as application/sparql-query")
            return _vary(_described())
        form = queries.form(asked.query)
        if form == "update":
            raise QueryRefused("this endpoint reads only; updates are made with the kg command on the publisher's host")
        queries.refuse_remote(asked.query)
        graph = form in ("construct", "describe")
        chosen = _chosen(asked.format, graph=graph)
        if chosen is None:
            offered = _GRAPHS if graph else _SOLUTIONS
            return not_acceptable([*(f.media_type for f in offered), "text/html"])
        if chosen is _HTML:
            return _vary(_page(asked, graph=graph))
        return _vary(_data(asked, formats.by_media_type(chosen.media_type), graph=graph))

    def _described() -> Response:
        """Without a query: the editor for browsers, else the service description (SPARQL 1.1, section 2)."""
        chosen = choose(request.headers.get("Accept"), (_HTML, *(Offer(f.media_type, f.aliases) for f in _GRAPHS)))
        if chosen is None:
            raise UsageError("the request holds no query; send it as /sparql?query=…")
        if chosen is _HTML:
            return Response(_editor(""), content_type="text/html; charset=utf-8")
        offered = [f.media_type for f in (*_SOLUTIONS, *_GRAPHS)]
        written = formats.by_media_type(chosen.media_type)
        triples = describe.service(f"{publication.iris.base}/sparql", offered)
        return Response(formats.serialize(triples, written), content_type=written.content_type)

    def _run(asked: _Asked, format: Format, snapshot: str, *, graph: bool) -> Answer:
        assert asked.query is not None
        return publication.engine.run(
            Request(
                query=asked.query,
                snapshot=snapshot,
                default_graphs=asked.default_graphs,
                named_graphs=asked.named_graphs,
                solutions=formats.JSON.media_type if graph else format.media_type,
                graph=format.media_type if graph else formats.TURTLE.media_type,
            ),
            left=_hung_up(request.environ.get("gunicorn.socket")),
        )

    def _snapshot(asked: _Asked) -> str:
        store = publication.store
        return store.show(asked.snapshot).id if asked.snapshot else store.current_id()

    def _data(asked: _Asked, format: Format, *, graph: bool) -> Response:
        assert asked.query is not None
        snapshot = _snapshot(asked)
        parts = (snapshot, asked.query, format.media_type, *asked.default_graphs, "", *asked.named_graphs)
        kept = None if _VOLATILE.search(asked.query) else tag(*parts)
        held = known(kept) if kept is not None else None
        if held is not None:
            kept = held
            made = Response(status=304)
            made.headers.pop("Content-Type", None)
        else:
            made = _stream(_run(asked, format, snapshot, graph=graph))
            made.headers["Content-Type"] = format.content_type
        made.headers["Newsgraph-Snapshot"] = snapshot
        if kept is not None:
            made.set_etag(kept)
            made.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
        else:
            made.headers["Cache-Control"] = "no-store"
        return made

    def _page(asked: _Asked, *, graph: bool) -> Response:
        assert asked.query is not None
        snapshot = _snapshot(asked)
        try:
            with _run(asked, formats.TURTLE if graph else formats.JSON, snapshot, graph=graph) as answer:
                body = _short(answer)
        except KgError as error:
            problem = errors.problem_of(error)
            made = Response(_editor(asked.query, problem=problem), problem.status)
            made.headers["Cache-Control"] = "no-store"
            if problem.retry_after is not None:
                made.headers["Retry-After"] = str(problem.retry_after)
            return made
        if graph:
            shown: dict[str, Any] = {"text": body.decode("utf-8"), "table": None}
        else:
            shown = {"text": None, "table": _table(json.loads(body))}
        offered = _GRAPHS if graph else _SOLUTIONS
        page = _editor(asked.query, shown=shown, offered=offered, snapshot=snapshot)
        made = Response(page, content_type="text/html; charset=utf-8")
        made.headers["Newsgraph-Snapshot"] = snapshot
        made.headers["Cache-Control"] = "no-cache"
        return made

    def _editor(
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
            examples=_examples(),
            limits=limits(publication),
        )

    def _examples() -> list[queries.Example]:
        """The questions, asked about what this publication names most: as they stand they are about one story."""
        most: dict[str, list[str]] = {}
        try:
            with publication.reader() as reader:
                known = publication.catalogue(reader)
                for kind in ("Person", "Place", "Organization"):
                    found = reads.most_named(reader, kind, 5, known=known)
                    most[kind] = [one.link.name for one in found]
        except KgError:
            return list(queries.examples())
        return [_asked_here(example, most) for example in queries.examples()]

    return made


def _asked_here(example: queries.Example, most: Mapping[str, Sequence[str]]) -> queries.Example:
    names: dict[str, str] = {}
    for name, kind in example.named:
        free = [one for one in most[kind] if one not in names.values()]
        if name not in most[kind] and free:
            names[name] = free[0]
    return example.about(names)


# ---- the request --------------------------------------------------------------------------------------------------


def _read() -> _Asked:
    """The protocol's three ways to send a query (SPARQL 1.1 Protocol, section 2.1)."""
    if request.method != "POST":
        return _asked(request.args, None)
    kind = request.mimetype
    if kind == "application/x-www-form-urlencoded" or not (kind or request.content_length):
        return _asked(request.form, None)
    if kind == "application/sparql-query":
        try:
            return _asked(request.args, request.get_data().decode("utf-8"))
        except UnicodeDecodeError:
            raise UsageError("the query is not UTF-8; send it as UTF-8") from None
    if kind == "application/sparql-update":
        raise QueryRefused("this endpoint reads only; updates are made with the kg command on the publisher's host")
    raise _unsupported(kind)


def _unsupported(kind: str) -> Exception:
    from werkzeug.exceptions import UnsupportedMediaType

    known = "application/x-www-form-urlencoded and application/sparql-query"
    return UnsupportedMediaType(f"A query is sent as {known}, not as {kind[:80] or 'nothing named'}.")


def _asked(fields: Any, direct: str | None) -> _Asked:
    sent = [direct] if direct is not None else fields.getlist("query")
    if "update" in fields:
        raise QueryRefused("this endpoint reads only; updates are made with the kg command on the publisher's host")
    if len(sent) > 1:
        raise UsageError(f"the request holds {len(sent)} queries; send one")
    graphs = {name: tuple(fields.getlist(name)) for name in ("default-graph-uri", "named-graph-uri")}
    for name, iris in graphs.items():
        for iri in iris:
            try:
                reads.node(iri)
            except IriError as error:
                raise UsageError(f"{name}: {error.message}") from None
    hint = next((v for name in ("format", "output", "results") if (v := fields.get(name))), None)
    query = sent[0] if sent and sent[0].strip() else None
    snapshot = fields.get("snapshot") or None
    return _Asked(query, graphs["default-graph-uri"], graphs["named-graph-uri"], hint, snapshot)


def _chosen(hint: str | None, *, graph: bool) -> Offer | None:
    """The representation: what ``format=`` says, else what Accept says."""
    offered = _GRAPHS if graph else _SOLUTIONS
    offers = {
        f: Offer(f.media_type, f.aliases + (("application/json",) if f is formats.JSONLD else ())) for f in offered
    }
    if hint is None:
        return choose(request.headers.get("Accept"), (*offers.values(), _HTML))
    word = hint.strip().lower()
    if word in ("html", "text/html"):
        return _HTML
    known = _WORDS.get(word)
    name = known[int(graph)] if known else word
    for one, offer in offers.items():
        if name is not None and (name == one.suffix or name in offer.names):
            return offer
    return None


# ---- the answer ---------------------------------------------------------------------------------------------------


def _stream(answer: Answer) -> Response:
    """The answer as a response; raises what the engine raises in the part that is held back."""
    held: list[bytes] = []
    size = 0
    chunks = iter(answer)
    try:
        for chunk in chunks:
            held.append(chunk)
            size += len(chunk)
            if size >= _HELD:
                break
        else:
            answer.close()
            return Response(b"".join(held))
    except BaseException:
        answer.close()
        raise

    def rest() -> Iterator[bytes]:
        try:
            yield b"".join(held)
            yield from chunks
        except KgError as error:
            # The status is sent. Without the last chunk the client knows that the answer is cut (RFC 9112, section 8).
            _LOG.warning("an answer was broken off after its first part: %s", error.message)
            raise ConnectionResetError(errno.ECONNRESET, error.message) from None
        finally:
            answer.close()

    made = Response(rest())
    made.call_on_close(answer.close)  # also when the client leaves before the first byte
    return made


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


def _vary(answer: Response) -> Response:
    answer.headers["Vary"] = "Accept"
    return answer
