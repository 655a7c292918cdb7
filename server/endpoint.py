"""The SPARQL endpoint of one publication: an operation of the protocol becomes a response.

Whoever has a query as a value (``/sparql``, a permalink) asks :meth:`Endpoint.answer`, so that negotiation, caching,
limits and errors are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlencode

from flask import Response, request

from kg import describe, formats, queries
from kg.engine import Answer, Request
from kg.engine.cache import lasting
from kg.engine.request import Cut
from kg.errors import EngineUnavailable, KgError, QueryRefused
from kg.formats import Format
from kg.queries import extensions
from kg.queries.reading import SHORT
from kg.store import SnapshotInfo
from server import answers, hangup, tokens, writes
from server.caching import known, tag
from server.citing import state_source
from server.clients import client_of
from server.description import Description
from server.negotiation import Offer, choose
from server.protocol import Query, Update
from server.publication import Publication
from server.views.resources import not_acceptable
from server.views.status import limits

__all__ = ["GRAPHS", "SOLUTIONS", "WORDS", "Endpoint", "Page"]

_HTML = Offer("text/html", aliases=("application/xhtml+xml",))
SOLUTIONS = (formats.JSON, formats.XML, formats.CSV, formats.TSV)
GRAPHS = (formats.TURTLE, formats.JSONLD, formats.NT, formats.RDFXML, formats.TRIG, formats.NQ)
#: What ``format=``, ``output=`` and ``results=`` may say beside suffixes and media types: for solutions, for graphs.
WORDS: Mapping[str, tuple[Format | None, Format | None]] = {
    "json": (formats.JSON, formats.JSONLD),
    "xml": (formats.XML, formats.RDFXML),
    "srj": (formats.JSON, None),
    "srx": (formats.XML, None),
    "turtle": (None, formats.TURTLE),
    "n3": (None, formats.TURTLE),
    "ntriples": (None, formats.NT),
    "n-triples": (None, formats.NT),
    "nquads": (None, formats.NQ),
    "n-quads": (None, formats.NQ),
    "rdfxml": (None, formats.RDFXML),
    "rdf/xml": (None, formats.RDFXML),
    "rdf+xml": (None, formats.RDFXML),
    "json-ld": (None, formats.JSONLD),
}
#: Bytes of the address of the rest, with the query in it: proxies give all headers of an answer 4 KiB.
_LONGEST = 2_000
#: Characters of Accept headers that many clients send; what they lead to is remembered.
_USUAL = 200
#: Quads of a snapshot up to which whoever asks for the service description waits until they are counted.
_COUNTED = 200_000


class Page(Protocol):
    """The endpoint as browsers see it."""

    def empty(self, query: str = "", *, snapshot: str | None = None) -> Response:
        """The form, with a query that is not run."""

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
        """The form with the query and its answer, or with what went wrong; ``run`` gives the first so many rows."""


@dataclass(frozen=True, slots=True)
class _Form:
    """What kind of answer a query has. ``volatile`` ones do not follow from the snapshot alone."""

    graph: bool
    volatile: bool


class Endpoint:
    """``/sparql`` of one publication."""

    def __init__(self, publication: Publication, page: Page, description: Description) -> None:
        self._publication = publication
        self._page = page
        self._description = description
        self._limits = answers.limits_of(publication.settings)

    @property
    def iri(self) -> str:
        """The endpoint's own IRI, and the base of relative ones (SPARQL 1.1 Protocol, section 2.1.4)."""
        return f"{self._publication.iris.base}/sparql"

    # ---- a query --------------------------------------------------------------------------------------------------

    def answer(self, asked: Query) -> Response:
        """The answer in the format that the parameters name, else the Accept header."""
        try:
            form = self._form(asked.text)
        except KgError as error:
            if _chosen(asked.format, SOLUTIONS) is _HTML:
                return self._shown(asked, _Form(graph=False, volatile=True), error)
            raise
        offered = GRAPHS if form.graph else SOLUTIONS
        chosen = _chosen(asked.format, offered)
        if chosen is None:
            return not_acceptable([*(one.media_type for one in offered), _HTML.media_type])
        made = self._data(asked, form, chosen) if isinstance(chosen, Format) else self._shown(asked, form)
        if "Vary" in made.headers:
            made.vary.add("Accept")
        else:
            made.headers["Vary"] = "Accept"
        return made

    def _form(self, text: str) -> _Form:
        form = queries.form(text)
        if form == "update":
            raise QueryRefused("this is an update; send it by POST as update=… or as application/sparql-update")
        if len(text) <= SHORT:  # a longer one is judged where it can be stopped
            queries.refuse_remote(text, federation=self._publication.settings["federation"])
        return _Form(form in ("construct", "describe"), volatile=not lasting(text))

    def _data(self, asked: Query, form: _Form, format: Format) -> Response:
        info = self._snapshot(asked.snapshot)
        kept = None if form.volatile else self._tag(asked, info.state, format)
        held = known(kept) if kept is not None else None
        if held is not None:
            kept = held
            made = Response(status=304)
            made.headers.pop("Content-Type", None)
        else:
            answer = self._run(asked, form, info.id, format)
            following = (lambda cut: self._rest(asked, cut, info.id)) if asked.rows is not None else None
            made = answers.stream(answer, limits=self._limits, following=following)
        state_source(made, info, self._publication.iris.base)
        if kept is not None:
            made.set_etag(kept)
            made.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
        else:
            made.headers["Cache-Control"] = "no-store"
        return made

    def _shown(self, asked: Query, form: _Form, error: KgError | None = None) -> Response:
        def run(rows: int, format: Format) -> Answer:
            if error is not None:
                raise error
            return self._run(asked, form, self._snapshot(asked.snapshot).id, format, rows=rows)

        return self._page.answer(
            asked.text,
            run,
            graph=form.graph,
            rows=asked.rows,
            skip=asked.skip,
            snapshot=asked.snapshot,
            fields=asked.fields(),
        )

    def _run(self, asked: Query, form: _Form, snapshot: str, format: Format, *, rows: int | None = None) -> Answer:
        settings = self._publication.settings
        holder = tokens.holder(settings)
        graphs = (*asked.default_graphs, *asked.named_graphs)
        self._description.stand(asked.text, graphs, self._publication.snapshot(snapshot))
        return self._publication.engine.run(
            Request(
                query=asked.text,
                snapshot=snapshot,
                default_graphs=asked.default_graphs,
                named_graphs=asked.named_graphs,
                solutions=formats.JSON.media_type if form.graph else format.media_type,
                graph=format.media_type if form.graph else formats.TURTLE.media_type,
                seconds=asked.seconds,
                rows=rows or asked.rows,
                skip=asked.skip,
                id=asked.id,
                client=client_of(
                    request.environ, settings["serve.proxies"], token=None if holder is None else holder.name
                ),
                trusted=holder is not None,
                base=self.iri,
            ),
            left=hangup.watch(request.environ),
        )

    def _tag(self, asked: Query, state: str, format: Format) -> str:
        bounds = (str(asked.rows), str(asked.skip))
        return tag(
            state, asked.text, format.media_type, *bounds, *asked.default_graphs, "", *asked.named_graphs, self.iri
        )

    def _rest(self, asked: Query, cut: Cut, snapshot: str) -> str:
        """Where the rows behind a cut are: of the same snapshot, whatever is published meanwhile.

        A query that makes the address too long is left out: it is sent there again as the body of a POST.
        """
        fields = [(name, value) for name, value in asked.fields() if name != "snapshot"]
        more = [("rows", str(cut.rows)), ("skip", str(cut.skip)), ("snapshot", snapshot)]
        hint = [("format", asked.format)] if asked.format else []
        rest = urlencode([*fields, *hint, *more])
        whole = f"{urlencode({'query': asked.text})}&{rest}"
        return f"{request.script_root}/sparql?{whole if len(whole) <= _LONGEST else rest}"

    def _snapshot(self, asked: str | None) -> SnapshotInfo:
        """The snapshot that is asked about. Raises :class:`kg.errors.SnapshotUnknown` and ``SnapshotPruned``."""
        publication = self._publication
        return publication.store.show(asked) if asked else publication.snapshot(publication.store.current_id())

    # ---- without a query ------------------------------------------------------------------------------------------

    def service(self) -> Response:
        """Without a query: the service description (SPARQL 1.1 Service Description, 2), for browsers the form."""
        offers = (*(Offer(one.media_type, one.aliases) for one in GRAPHS), _HTML)
        chosen = choose(request.headers.get("Accept"), offers)
        if chosen is None:
            return not_acceptable([one.media_type for one in offers])
        if chosen is _HTML:
            made = self._page.empty()
        else:
            written = formats.by_media_type(chosen.media_type)
            made = Response(formats.serialize(self.description(), written), content_type=written.content_type)
            made.headers["Cache-Control"] = "no-cache"
        made.vary.add("Accept")
        return made

    def description(self) -> describe.Triples:
        """What the endpoint can do, what bounds it has, and what the dataset is made of."""
        publication = self._publication
        dataset = f"{publication.iris.base}/dataset"
        about = describe.Service(
            endpoint=self.iri,
            dataset=f"{dataset}#id",
            default_graph=f"{dataset}#default",
            media_types=[one.media_type for one in (*SOLUTIONS, *GRAPHS)],
            bounds=limits(publication),
            properties=extensions.PROPERTIES,
            functions=extensions.FUNCTIONS,
            updates=tokens.writable(publication.settings),
            federated=bool(publication.settings["federation"]),
            notes=self._lacks(),
            more=[dataset, f"{publication.iris.base}/status"],
        )
        return (*describe.service(about), *self._dataset())

    def _lacks(self) -> tuple[str, ...]:
        """What the engine cannot do, where it is another one than ours (docs/replicas.md)."""
        try:
            lacks = getattr(self._publication.engine, "lacks", tuple)
        except EngineUnavailable:
            return ()
        return tuple(lacks())

    def _dataset(self) -> describe.Triples:
        try:
            info = self._snapshot(None)
        except KgError:  # nothing is published yet: the endpoint is there all the same
            return ()
        if info.counts.quads > _COUNTED:
            return self._description.uncounted(info)
        try:
            return self._description.triples(info)
        except KgError:
            return self._description.uncounted(info)

    # ---- an update ------------------------------------------------------------------------------------------------

    def update(self, asked: Update) -> Response:
        """The outcome of an update, for who holds a token."""
        return writes.update(self._publication, request, asked.text, using=asked.using, using_named=asked.using_named)


@lru_cache(maxsize=256)
def _negotiated(accept: str | None, graph: bool) -> Format | Offer | None:
    offered = GRAPHS if graph else SOLUTIONS
    offers = [
        Offer(one.media_type, (*one.aliases, "application/json") if one is formats.JSONLD else one.aliases)
        for one in offered
    ]
    found = choose(accept, (*offers, _HTML))
    return offered[offers.index(found)] if found in offers else found


def _chosen(hint: str | None, offered: tuple[Format, ...]) -> Format | Offer | None:
    """The representation: what ``format=`` says, else what Accept says; None where neither is on offer."""
    if hint is None:
        accept = request.environ.get("HTTP_ACCEPT")
        negotiated = _negotiated if accept is None or len(accept) <= _USUAL else _negotiated.__wrapped__
        return negotiated(accept, offered is GRAPHS)
    # A plus sign that was not encoded has become a space.
    word = hint.partition(";")[0].strip().lower().replace(" ", "+")
    if word in ("html", *_HTML.names):
        return _HTML
    if word in WORDS:
        return next((one for one in WORDS[word] if one in offered), None)
    return next((one for one in offered if word in (one.suffix, one.media_type, *one.aliases)), None)
