"""``/snapshots``: the states of the publication that can be read, and how each is cited."""

from __future__ import annotations

import time as clock
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from kg.errors import StoreLocked
from kg.reads.checked import publish_check
from kg.reads.citation import Citation, citation
from kg.store import SnapshotInfo, mixed
from server.negotiation import Offer, choose
from server.publication import Publication
from server.tables import as_json
from server.views.resources import not_acceptable

__all__ = ["blueprint", "manifest"]

_JSON, _HTML = Offer("application/json"), Offer("text/html", aliases=("application/xhtml+xml",))
#: What a citation is on offer as: suffix, media type, and the method of :class:`Citation` that writes it.
_CITED = {
    "txt": ("text/plain; charset=utf-8", Citation.to_text),
    "bib": ("application/x-bibtex; charset=utf-8", Citation.to_bibtex),
    "ris": ("application/x-research-info-systems; charset=utf-8", Citation.to_ris),
    "json": ("application/vnd.citationstyles.csl+json", Citation.to_csl),
}
#: Seconds that a request waits for a publisher to finish before it is told to come back, and between two tries.
_WAIT, _PAUSE = 5.0, 0.1


def blueprint(publication: Publication, style: str) -> Blueprint:
    """``/snapshots``, ``/snapshots/<id>`` and ``/snapshots/<id>/citation``."""
    del style
    made = Blueprint("snapshots", __name__)

    @made.get("/snapshots", defaults={"suffix": None})
    @made.get("/snapshots.<any(html,json):suffix>")
    def snapshots(suffix: str | None) -> Response:
        chosen = _offer(suffix)
        if chosen is None:
            return not_acceptable([_JSON.media_type, _HTML.media_type])
        kept = tuple(reversed(publication.store.snapshots()))
        if chosen is _HTML:
            return _page(render_template("snapshots.html", snapshots=kept, gone=_gone()))
        rows = [{**manifest(s.info), "current": s.current, "pinned": s.pinned, "cite": _iri(s.info)} for s in kept]
        return _vary(as_json({"snapshots": rows, "pruned": [one.id for one in _gone()]}))

    @made.get("/snapshots/<id>")
    def snapshot(id: str) -> Response:
        name, _, suffix = id.partition(".")
        chosen = _offer(suffix or None) if suffix in ("", "html", "json") else None
        if chosen is None:
            return not_acceptable([_JSON.media_type, _HTML.media_type])
        info = publication.store.show(name)
        if chosen is _HTML:
            return _page(
                render_template(
                    "snapshot.html",
                    info=info,
                    pinned=_pinned(info),
                    cited=_cited(info),
                    suffixes=tuple(_CITED),
                    mixed=mixed(info.annotators, info.counts.articles),
                )
            )
        return _vary(as_json({**manifest(info), "pinned": _pinned(info), "citation": _cited(info).to_text().strip()}))

    @made.route("/snapshots/<id>/citation", defaults={"suffix": "txt"}, methods=["GET", "POST"])
    @made.route("/snapshots/<id>/citation.<any(txt,bib,ris,json):suffix>", methods=["GET", "POST"])
    def cited(id: str, suffix: str) -> Answer:
        """The reference in one format. Who asks for one is going to print it, so the snapshot is kept from then on."""
        info = publication.store.show(id)
        pinned = _pinned(info) or (request.method != "HEAD" and _pin(info))
        if request.method == "POST":
            return redirect(f"{request.script_root}/snapshots/{info.id}.html", 303)
        kind, write = _CITED[suffix]
        made = Response(write(_cited(info)), content_type=kind)
        made.headers["Newsgraph-Snapshot"] = info.id
        made.headers["Newsgraph-Pinned"] = "yes" if pinned else "no"
        made.headers["Cache-Control"] = "no-cache"
        made.headers["X-Robots-Tag"] = "noindex, nofollow"
        return made

    def _pin(info: SnapshotInfo) -> bool:
        """Whether the snapshot is spared from pruning from now on; not where so many are that the disk would fill."""
        store = publication.store
        if sum(one.pinned for one in store.kept()) >= publication.settings["snapshots.cited"]:
            return False
        end = clock.monotonic() + _WAIT
        while True:
            try:
                store.pin(info.id, time=datetime.now(UTC), holder="citation")
            except StoreLocked:
                if clock.monotonic() > end:
                    raise
                clock.sleep(_PAUSE)
            else:
                return True

    def _pinned(info: SnapshotInfo) -> bool:
        return any(one.pinned for one in publication.store.kept() if one.id == info.id)

    def _cited(info: SnapshotInfo) -> Citation:
        return citation(info, publisher=publication.name, base=publication.iris.base)

    def _iri(info: SnapshotInfo) -> str:
        return f"{publication.iris.base}/snapshots/{info.id}"

    def _gone() -> tuple[Any, ...]:
        return tuple(reversed([one for one in publication.store.known() if one.state == "pruned"]))[:100]

    return made


def manifest(info: SnapshotInfo) -> dict[str, Any]:
    """What is said of a snapshot in JSON."""
    counts = {"quads": info.counts.quads, "articles": info.counts.articles, "things": info.counts.things}
    made = {"id": info.id, "time": info.time, "parent": info.parent, "digest": info.digest, "counts": counts}
    annotators = [one.to_json() for one in info.annotators]
    checked = publish_check(info)
    made |= {"shacl": checked.to_json() if checked is not None else None}
    return {**made, "annotators": annotators, "mixed": mixed(info.annotators, info.counts.articles)}


def _offer(suffix: str | None) -> Offer | None:
    if suffix is not None:
        return _HTML if suffix == "html" else _JSON
    return choose(request.headers.get("Accept"), (_JSON, _HTML))


def _page(html: str) -> Response:
    made = Response(html, content_type="text/html; charset=utf-8")
    made.headers["Cache-Control"] = "no-cache"
    return _vary(made)


def _vary(answer: Response) -> Response:
    answer.headers["Vary"] = "Accept"
    return answer
