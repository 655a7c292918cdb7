"""What a replica says of itself, in a graph of its own: whose snapshots it follows, which it holds, what it changes to.

The mark of a change is set before the first statement moves and taken away after the last, so whoever asks sees when
a replica is between two snapshots, and whoever follows sees where it was stopped.
"""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results

from kg.errors import EngineUnavailable
from kg.store.remote import Remote
from kg.vocab import DCTERMS, NKG

__all__ = ["Held", "begin", "begin_load", "finish", "graph_of", "read"]

_JSON = "application/sparql-results+json"
#: Seconds in which a server must answer a look-up of one small graph.
_SECONDS = 20.0
_SOURCE, _HELD, _TARGET, _DIGEST = (
    str(DCTERMS.source),
    str(DCTERMS.hasVersion),
    str(DCTERMS.isReplacedBy),
    str(NKG.contentDigest),
)


@dataclass(frozen=True, slots=True)
class Held:
    """What a replica holds: ``snapshot`` of the store with that ``base``, None while it is loaded for the first time;
    ``target`` is what it is being changed to, None when it is at rest."""

    base: str
    snapshot: str | None
    digest: str = ""
    target: str | None = None


def graph_of(base: str) -> str:
    """The IRI of the graph, and of the replica in it."""
    return f"{base}/graphs/replica"


def read(remote: Remote, base: str) -> Held | None:
    """What the replica holds; None where it has no mark. Raises what :meth:`kg.store.remote.Remote.ask` raises."""
    graph = NamedNode(graph_of(base))
    text = f"SELECT ?p ?o {{ GRAPH {graph} {{ {graph} ?p ?o }} }}"
    with remote.ask(text, accept=_JSON, seconds=_SECONDS, kind="select") as reply:
        body = reply.read(2**20)
    try:
        found = parse_query_results(body, format=QueryResultsFormat.JSON)
        rows = [(str(row["p"]), str(getattr(row["o"], "value", ""))) for row in found]  # type: ignore[union-attr]
        assert isinstance(found, QuerySolutions)
    except (SyntaxError, ValueError, TypeError, AssertionError) as error:
        raise EngineUnavailable(f"{remote.query} does not answer as SPARQL 1.1 does: {error}") from None
    if not rows:
        return None
    values: dict[str, list[str]] = {}
    for predicate, value in rows:
        values.setdefault(predicate, []).append(value)
    target = next((_id(base, one) for one in values.get(_TARGET, ())), None)
    versions = sorted(_id(base, one) for one in values.get(_HELD, ()))
    # stopped between setting the new mark and taking away the old one, a replica has two
    snapshot = next((one for one in versions if one != target), target if versions else None)
    digests = values.get(_DIGEST, [])
    return Held(
        base=next(iter(values.get(_SOURCE, ())), ""),
        snapshot=snapshot,
        digest=digests[0] if len(digests) == 1 else "",
        target=target,
    )


def _id(base: str, iri: str) -> str:
    return iri.removeprefix(f"{base}/snapshots/")


def begin(remote: Remote, base: str, target: str, *, seconds: float) -> None:
    """The replica is in change to the target; what it held stays known."""
    remote.change(_data("INSERT", base, {_TARGET: _snapshot(base, target)}), seconds=seconds)


def begin_load(remote: Remote, base: str, target: str, *, seconds: float) -> None:
    """The replica is loaded afresh: it holds nothing known any more."""
    remote.change(_forget(base, _HELD, _DIGEST, _TARGET), seconds=seconds)
    facts = {_SOURCE: str(Literal(base)), _TARGET: _snapshot(base, target)}
    remote.change(_data("INSERT", base, facts), seconds=seconds)


def finish(remote: Remote, base: str, target: str, digest: str, *, seconds: float) -> None:
    """The replica holds the target; last of all it is no longer in change."""
    now = {_SOURCE: str(Literal(base)), _HELD: _snapshot(base, target), _DIGEST: str(Literal(digest))}
    remote.change(_data("INSERT", base, now), seconds=seconds)
    for predicate in (_HELD, _DIGEST):
        remote.change(_forget(base, predicate, more=f"FILTER (?o != {now[predicate]})"), seconds=seconds)
    remote.change(_forget(base, _TARGET), seconds=seconds)


def _snapshot(base: str, id: str) -> str:
    return str(NamedNode(f"{base}/snapshots/{id}"))


def _data(keyword: str, base: str, facts: dict[str, str]) -> str:
    graph = NamedNode(graph_of(base))
    rows = " ; ".join(f"{predicate} {value}" for predicate, value in facts.items())
    return f"{keyword} DATA {{ GRAPH {graph} {{ {graph} {rows} . }} }}"


def _forget(base: str, *predicates: str, more: str = "") -> str:
    graph = NamedNode(graph_of(base))
    parts = [
        f"DELETE {{ GRAPH {graph} {{ {graph} {one} ?o }} }} WHERE {{ GRAPH {graph} {{ {graph} {one} ?o }} {more} }}"
        for one in predicates
    ]
    return " ;\n".join(parts)
