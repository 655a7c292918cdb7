"""``/graphs``: the SPARQL 1.1 Graph Store Protocol. Everybody reads, tokens write.

A graph is named by ``?graph=IRI`` or ``?default`` (section 4.2), or by its own address below ``/graphs/`` (4.1).
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO
from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound, PreconditionFailed, UnsupportedMediaType

from kg import formats, reads
from kg.engine import Request
from kg.errors import IriError, StoreError, UsageError
from kg.formats import Format
from kg.iris import hex_digest
from kg.pipeline.orders import Order, Part
from kg.store import graphs as named
from server import answers, hangup, tokens, writes
from server.caching import conditional, moment, tag
from server.clients import client_of
from server.compression import SUFFIX
from server.negotiation import Offer, choose
from server.publication import Publication
from server.views.resources import not_acceptable

__all__ = ["blueprint"]

#: What a graph is given as, and what is taken: a format for datasets could hold other graphs.
_FORMATS = (formats.TURTLE, formats.NT, formats.JSONLD, formats.RDFXML)
_OFFERS = {Offer(f.media_type, f.aliases): f for f in _FORMATS}
_TAKEN = {name: f for offer, f in _OFFERS.items() for name in offer.names}
#: Triples up to which a graph is written in order, with its prefixes; a longer one is streamed by the engine.
_SORTED = 10_000
_BLOCK = 2**20
#: Seconds after which what was received and not used is of nobody any more.
_STALE = 86_400


@dataclass(frozen=True, slots=True)
class _Asked:
    """The graph that a request is about: its IRI, or None for the default graph."""

    iri: str | None


def blueprint(publication: Publication) -> Blueprint:
    """``/graphs`` and the graphs below it."""
    made = Blueprint("graphs", __name__)
    settings, iris = publication.settings, publication.iris

    @made.get("/graphs", defaults={"rest": None})
    @made.get("/graphs/<path:rest>")
    def read(rest: str | None) -> Response:
        asked = _asked(rest)
        chosen = choose(request.headers.get("Accept"), tuple(_OFFERS))
        if chosen is None:
            return not_acceptable([one.media_type for one in _FORMATS])
        form = _OFFERS[chosen]
        with publication.reader() as reader:
            found = named.held(reader.rdf, asked.iri, _SORTED)
            if found is None:
                raise NotFound(f"Snapshot {reader.info.id} has no graph {asked.iri}.")
            info = reader.info
            kept = tag("graph", info.state, asked.iri or "", form.media_type)

            def build() -> Response:
                if len(found) > _SORTED:
                    return _streamed(asked, form, info.id)
                triples = [quad.triple for quad in found]
                context = f"{iris.base}/context.jsonld"
                body = formats.serialize(triples, form, context_iri=context)
                return Response(body, content_type=form.content_type)

            answer = conditional(kept, moment(info.time), build)
        answer.headers["Newsgraph-Snapshot"] = info.id
        answer.vary.add("Accept")
        return answer

    def _streamed(asked: _Asked, format: Format, snapshot: str) -> Response:
        if request.method == "HEAD":
            return Response(content_type=format.content_type)
        pattern = "?s ?p ?o" if asked.iri is None else f"GRAPH {reads.node(asked.iri)} {{ ?s ?p ?o }}"
        who = tokens.holder(settings)
        answer = publication.engine.run(
            Request(
                query=f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}",
                snapshot=snapshot,
                graph=format.media_type,
                client=client_of(request.environ, settings["serve.proxies"], token=None if who is None else who.name),
                trusted=who is not None,
                seconds=None if who is None else settings["limits.token_seconds"],
            ),
            left=hangup.watch(request.environ),
        )
        return answers.stream(answer, limits=answers.limits_of(settings))

    @made.put("/graphs", defaults={"rest": None})
    @made.put("/graphs/<path:rest>")
    def put(rest: str | None) -> Response:
        return _written(writes.asked(publication, "put"), _asked(rest))

    @made.post("/graphs", defaults={"rest": None})
    @made.post("/graphs/<path:rest>")
    def post(rest: str | None) -> Response:
        order = writes.asked(publication, "post")
        return _written(order, None if rest is None and not request.args else _asked(rest))

    @made.delete("/graphs", defaults={"rest": None})
    @made.delete("/graphs/<path:rest>")
    def delete(rest: str | None) -> Response:
        order = writes.asked(publication, "delete", role="admin")
        asked = _asked(rest)
        order = replace(order, graph=asked.iri, parent=_expected(asked))
        found = writes.carry_out(publication, order)
        if isinstance(found, Response):
            return found
        if not found.changed and asked.iri is not None:
            raise NotFound(f"There is no graph {asked.iri}.")
        return writes.done(Response(status=204), found)

    def _expected(asked: _Asked) -> str:
        """The snapshot that If-Match or If-None-Match was compared with, empty without them; 412 where it does not hold
        (RFC 9110, section 13.1)."""
        if not ("If-Match" in request.headers or "If-None-Match" in request.headers):
            return ""
        with publication.reader() as reader:
            there = named.held(reader.rdf, asked.iri, 0) is not None
            tags = [tag("graph", reader.info.state, asked.iri or "", form.media_type) for form in _FORMATS]
            current = {one + end for one in tags for end in ("", SUFFIX)}
            if "If-Match" in request.headers:
                wanted = request.if_match
                met = there and (wanted.star_tag or any(wanted.contains(one) for one in current))
            else:
                unwanted = request.if_none_match
                met = not (there and (unwanted.star_tag or any(unwanted.contains_weak(one) for one in current)))
            if not met:
                raise PreconditionFailed(f"The graph is not, in snapshot {reader.info.id}, what the request expects.")
            return reader.info.id

    def _written(order: Order, asked: _Asked | None) -> Response:
        if request.args.get("snapshot"):
            raise UsageError("a past state cannot be written; leave snapshot= out")
        order = replace(order, parent=_expected(asked) if asked is not None else "")
        new = asked is None  # a POST to the store itself makes a graph (section 5.5)
        iri = f"{iris.base}/graphs/posted/{hex_digest(order.id, 16)}" if asked is None else asked.iri
        base = iri or f"{iris.base}/graphs?default"
        with _received(publication.store.path, settings["limits.load_bytes"]) as parts:
            found = writes.carry_out(publication, replace(order, graph=iri, base=base, parts=parts))
        if isinstance(found, Response):
            return found
        made = Response(status=201 if found.created or new else 204)
        if new:
            if not found.changed:
                raise UsageError("the graph that was sent is empty; an empty graph is not kept")
            made.headers["Location"] = base
        return writes.done(made, found)

    def _asked(rest: str | None) -> _Asked:
        names = request.args.getlist("graph")
        default = "default" in request.args
        if rest is not None:
            if names or default:
                raise UsageError("the address names a graph already; leave graph= and default out")
            return _Asked(_absolute(_address(iris.base)))
        if len(names) + default != 1:
            raise UsageError("say which graph: one graph=IRI, or default for the default graph")
        return _Asked(None if default else _absolute(names[0]))

    return made


def _address(base: str) -> str:
    """The IRI that the request was sent to, below the base IRI of the publication; its escapes stay as they are."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or quote(request.full_path, safe="/?%")
    path = str(raw).partition("?")[0]
    return f"{base}/graphs/{path.partition('/graphs/')[2]}"


def _absolute(iri: str) -> str:
    try:
        reads.node(iri)
    except IriError as error:
        raise UsageError(f"graph: {error.message}") from None
    return iri


# ---- what is sent ---------------------------------------------------------------------------------------------------


@contextmanager
def _received(store: Path, limit: int) -> Iterator[tuple[Part, ...]]:
    """The RDF documents of the request's body, on disk for the length of the block.

    They are whole before the store is locked: how fast a client sends is nobody else's concern. Raises 413 for a body
    of more than ``limit`` bytes and 415 for one that is no RDF.
    """
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType("A graph is sent as it is, without Content-Encoding.")
    request.max_content_length = limit
    request.max_form_memory_size = _BLOCK
    try:
        place = store / "incoming"
        place.mkdir(mode=0o700, exist_ok=True)
        for old in place.iterdir():  # of a process that died
            if old.stat().st_mtime < time.time() - _STALE:
                shutil.rmtree(old, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(dir=place))
    except OSError as error:
        raise StoreError(f"{store}: nothing can be received there: {error}") from error
    try:
        yield tuple(_parts(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parts(folder: Path) -> Iterator[Part]:
    if request.mimetype == "multipart/form-data":
        sent = [one for _, one in request.files.items(multi=True)]
        if not sent:
            raise UsageError("the form holds no file; each part needs a filename and a Content-Type")
        for number, one in enumerate(sent):
            yield _kept(one.stream, folder / str(number), _type(one.mimetype))
    else:
        form = _type(request.mimetype)  # before anything is read
        yield _kept(request.stream, folder / "0", form)


def _type(media_type: str) -> Format:
    found = _TAKEN.get(media_type.lower())
    if found is None:
        known = ", ".join(one.media_type for one in _FORMATS)
        raise UnsupportedMediaType(f"A graph is sent as {known}, not as {media_type[:80] or 'nothing named'}.")
    return found


def _kept(stream: IO[bytes], file: Path, format: Format) -> Part:
    try:
        with file.open("wb") as out:
            while block := stream.read(_BLOCK):
                out.write(block)
    except OSError as error:
        raise StoreError(f"{file.parent}: the graph cannot be received: {error}") from error
    return Part(str(file), format.media_type)
