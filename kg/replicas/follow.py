"""Following the snapshots: a replica is loaded once, and then brought from snapshot to snapshot by what changed.

Statements that go and statements that come are different ones, so a change that was stopped half-way is made again
from its beginning, and comes to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby, islice

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryResultsFormat, parse_query_results

from kg.config import ReplicaSettings
from kg.errors import (
    ConfigError,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    ReplicaMismatch,
    SnapshotUnknown,
    StoreError,
)
from kg.replicas import marker
from kg.replicas.marker import Held
from kg.replicas.terms import asking, batches, data, skolem, triples
from kg.store import SnapshotInfo, Store
from kg.store.remote import Remote

__all__ = ["Replica", "Step"]

_JSON = "application/sparql-results+json"
#: How many graphs of an old load are looked up at a time: a server may cut longer answers.
_GRAPHS = 1000
#: How many of the removed statements are looked up afterwards.
_SAMPLE = 60


@dataclass(frozen=True, slots=True)
class Step:
    """What following did: ``kind`` is ``none``, ``change`` or ``load``; ``left_out`` are statements that the server
    refused and the settings let go, ``reason`` is what it said of the first."""

    kind: str
    snapshot: str
    added: int = 0
    removed: int = 0
    left_out: int = 0
    reason: str = ""


@dataclass(slots=True)
class _Tally:
    added: int = 0
    removed: int = 0
    left_out: int = 0
    reason: str = ""
    gone: list[Quad] = field(default_factory=list)
    touched: Callable[[], None] = field(default=lambda: None)


class Replica:
    """One configured replica of one store."""

    def __init__(self, settings: ReplicaSettings, remote: Remote, store: Store) -> None:
        self.settings, self.remote, self.store = settings, remote, store
        self.base = store.base_iri

    def held(self) -> Held | None:
        """What it says it holds."""
        return marker.read(self.remote, self.base)

    def catch_up(self, *, touched: Callable[[], None] = lambda: None) -> Step:
        """The replica holds the current snapshot. ``touched`` is called after every request that changed it.

        Raises :class:`kg.errors.ReplicaMismatch` where it holds what is not this store's, and what the server's
        refusals and silences raise.
        """
        held = self.held()
        current = self.store.show()
        if held is None:
            self._refuse_foreign()
            return self._load(touched)
        if held.base != self.base:
            raise ReplicaMismatch(
                f"replica {self.settings.name} follows the store of {held.base or 'nobody known'}, not {self.base}; "
                f"give another server, or replace what it holds: kg replicate --resync {self.settings.name}",
                snapshot=held.snapshot or "",
            )
        if held.snapshot is None:  # a load was stopped
            return self._load(touched)
        if held.target is None and held.snapshot == current.id and held.digest == current.digest:
            return Step("none", current.id)
        if not self._same(held):
            return self._load(touched)
        tally = _Tally(touched=touched)
        try:
            if held.target is not None:  # stopped half-way: first what was begun is done to the end
                self._change(held.snapshot, held.target, tally)
                held = Held(self.base, held.target)
            if held.snapshot != current.id:
                self._change(str(held.snapshot), current.id, tally)
        except SnapshotUnknown:  # pruned: the way from there is not known any more
            return self._load(touched)
        return Step("change", current.id, tally.added, tally.removed, tally.left_out, tally.reason)

    def resync(self, *, touched: Callable[[], None] = lambda: None) -> Step:
        """The replica holds the current snapshot, whatever it held; it is dropped and loaded."""
        return self._load(touched)

    # what is there ---------------------------------------------------------------------------------------------

    def _same(self, held: Held) -> bool:
        """Whether the replica has what our snapshot of that id has now.

        False where it was pruned or purged since, so that a load is the only way. Raises
        :class:`kg.errors.ReplicaMismatch` where we never had it.
        """
        known = {entry.id for entry in self.store.known()}
        if held.snapshot not in known or (held.target is not None and held.target not in known):
            raise ReplicaMismatch(
                f"replica {self.settings.name} holds snapshot {held.target or held.snapshot}, which this store never "
                "had: it follows another store, or this one was put back to an older state; "
                f"replace what it holds with: kg replicate --resync {self.settings.name}",
                snapshot=held.snapshot or "",
            )
        try:
            info = self.store.show(held.snapshot)
        except SnapshotUnknown:
            return False
        if held.digest in ("", info.digest):
            return True
        if info.purged:
            return False
        raise ReplicaMismatch(
            f"replica {self.settings.name} holds another snapshot {held.snapshot} than this store: the digests differ; "
            f"replace what it holds with: kg replicate --resync {self.settings.name}",
            snapshot=held.snapshot or "",
        )

    def _refuse_foreign(self) -> None:
        """Nothing, where the server holds nothing of ours. Statements of others are left where they are."""
        ours = f'GRAPH ?g {{ ?s ?p ?o }} FILTER (STRSTARTS(STR(?g), "{self.base}/"))'
        place = "?s ?p ?o" if self.settings.default_graph is None else ours
        for pattern in dict.fromkeys((ours, place)):
            text = f"SELECT ?s {{ {pattern} }} LIMIT 1"
            if self._column(text):
                raise ReplicaMismatch(
                    f"replica {self.settings.name} holds statements, but no mark of whose they are; empty it, or "
                    f"replace what it holds with: kg replicate --resync {self.settings.name} (a server whose default "
                    "graph is the union of all its graphs needs default_graph in the settings)",
                    snapshot="",
                )

    def _column(self, text: str) -> list[str]:
        """The values of a query's only column."""
        with self.remote.ask(text, accept=_JSON, seconds=self.settings.seconds, kind="select") as reply:
            body = reply.read()
        found = parse_query_results(body, format=QueryResultsFormat.JSON)
        return [str(getattr(row[0], "value", "")) for row in found]  # type: ignore[union-attr]

    # changing --------------------------------------------------------------------------------------------------

    def _change(self, before: str, after: str, tally: _Tally) -> None:
        info = self.store.show(after)
        steps = self.store.diff(before, after)
        first = next(steps, None)  # what cannot be read is told before the replica is marked
        self._do(lambda: marker.begin(self.remote, self.base, after, seconds=self.settings.seconds), tally)
        if first is not None:
            for sign, group in groupby(chain((first,), steps), key=lambda step: step[0]):
                self._send("DELETE" if sign == "-" else "INSERT", (quad for _, quad in group), tally)
            self._check_gone(tally)
        self._do(
            lambda: marker.finish(self.remote, self.base, after, info.digest, seconds=self.settings.seconds), tally
        )

    def _load(self, touched: Callable[[], None]) -> Step:
        tally = _Tally(touched=touched)
        with self.store.reader() as reader:
            info: SnapshotInfo = reader.info
            seconds = self.settings.seconds
            self._do(lambda: marker.begin_load(self.remote, self.base, info.id, seconds=seconds), tally)
            if self.settings.default_graph is None:
                self._check_default()
            self._clear(tally)
            own = NamedNode(marker.graph_of(self.base))
            small: list[Quad] = []
            named = [graph for graph in reader.rdf.named_graphs() if graph != own]
            for graph in (*named, DefaultGraph()):
                quads = reader.rdf.quads_for_pattern(None, None, None, graph)
                head = list(islice(quads, self.settings.batch))
                if len(head) == self.settings.batch and self.remote.graphs is not None:
                    self._put(graph.value if isinstance(graph, NamedNode) else None, chain(head, quads), tally)
                    continue
                small += head
                if len(small) >= self.settings.batch:
                    self._send("INSERT", chain(small, quads), tally)
                    small = []
            self._send("INSERT", small, tally)
        if self.settings.unstorable == "stop":
            self._check_count(info)
        self._do(lambda: marker.finish(self.remote, self.base, info.id, info.digest, seconds=seconds), tally)
        return Step("load", info.id, tally.added, tally.removed, tally.left_out, tally.reason)

    def _check_default(self) -> None:
        """Raises :class:`kg.errors.ConfigError` where the default graph shows what a named graph holds: the mark."""
        mark = NamedNode(marker.graph_of(self.base))
        if self._column(f"SELECT ?p {{ {mark} ?p ?o }} LIMIT 1"):
            raise ConfigError(
                f"replica {self.settings.name}: its default graph is the union of all its graphs; name a graph that "
                f'stands for ours in the settings: default_graph = "{self.base}/graphs/default"',
                setting="default_graph",
            )

    def _check_gone(self, tally: _Tally) -> None:
        """Raises :class:`kg.errors.QueryError` where a sample of what was removed is still there: not every server
        says so, and later changes would build on it."""
        for some in batches(tally.gone[:_SAMPLE], 20):
            found = self._column(asking(some, self.settings.default_graph))
            if found:
                quad = str(some[int(found[0])])[:300]
                raise QueryError(f"replica {self.settings.name} still holds what it was told to remove: {quad}")

    def _check_count(self, info: SnapshotInfo) -> None:
        """Raises :class:`kg.errors.QueryError` where less arrived than was sent: not every server says so."""
        mark = marker.graph_of(self.base)
        named = f'GRAPH ?g {{ ?s ?p ?o }} FILTER (STRSTARTS(STR(?g), "{self.base}/") && STR(?g) != "{mark}")'
        found = int((self._column(f"SELECT (COUNT(*) AS ?n) {{ {named} }}") or ["0"])[0])
        if self.settings.default_graph is None:
            found += int((self._column("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") or ["0"])[0])
        with self.store.reader(info.id) as reader:
            wanted = len(reader.rdf) - sum(
                1
                for graph in reader.rdf.named_graphs()
                if isinstance(graph, NamedNode) and not graph.value.startswith(f"{self.base}/")
                for _ in reader.rdf.quads_for_pattern(None, None, None, graph)
            )
        if found != wanted:
            raise QueryError(
                f"replica {self.settings.name} holds {found} statements after a load of {wanted}; its server drops or "
                "joins some without a word"
            )

    def _clear(self, tally: _Tally) -> None:
        """Nothing of ours is left but the mark."""
        if self.settings.default_graph is None:
            self._do(lambda: self.remote.change("CLEAR DEFAULT", seconds=self.settings.seconds), tally)
        mark = marker.graph_of(self.base)
        before: list[str] = []
        while True:
            text = (
                f'SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER (STRSTARTS(STR(?g), "{self.base}/") && '
                f'STR(?g) != "{mark}") }} LIMIT {_GRAPHS}'
            )
            found = sorted(self._column(text))
            if not found:
                break
            if found == before:
                raise QueryRefused(f"replica {self.settings.name} keeps graphs that it was told to drop: {found[0]}")
            before = found
            for some in _parts(found, 50):
                drops = " ;\n".join(f"DROP SILENT GRAPH {NamedNode(one)}" for one in some)
                self._do(lambda drops=drops: self.remote.change(drops, seconds=self.settings.seconds), tally)  # type: ignore[misc]

    def _do(self, request: Callable[[], None], tally: _Tally) -> None:
        request()
        tally.touched()

    def _send(self, keyword: str, quads: Iterable[Quad], tally: _Tally) -> None:
        plain = (skolem(quad, self.base) for quad in quads)
        for some in batches(plain, self.settings.batch):
            self._update(keyword, some, tally)

    def _update(self, keyword: str, quads: list[Quad], tally: _Tally) -> None:
        """The statements, in one update; where the server refuses it and the settings allow, without those that are
        the reason: halves are sent until single statements are left."""
        text = data(keyword, quads, self.settings.default_graph)
        try:
            self.remote.change(text, seconds=self.settings.seconds)
        except (QueryRefused, QuerySyntaxError) as error:
            if len(quads) > 1:
                half = len(quads) // 2
                self._update(keyword, quads[:half], tally)
                self._update(keyword, quads[half:], tally)
                return
            if self.settings.unstorable == "stop" and keyword == "INSERT":
                raise QueryRefused(
                    f"replica {self.settings.name} cannot hold {str(quads[0])[:300]}: {error.message}; leave such "
                    'statements out with unstorable = "skip", or use another server'
                ) from None
            tally.left_out += 1
            tally.reason = tally.reason or error.message
            return
        tally.touched()
        if keyword == "INSERT":
            tally.added += len(quads)
        else:
            tally.removed += len(quads)
            tally.gone += quads[: 1 + len(quads) // 10] if len(tally.gone) < _SAMPLE else []

    def _put(self, graph: str | None, quads: Iterator[Quad], tally: _Tally) -> None:
        """A large graph, through the graph store, in pieces."""
        place = graph if graph is not None else self.settings.default_graph
        plain = (skolem(quad, self.base) for quad in quads)
        for some in batches(plain, self.settings.batch * 20, 4 * 2**20):
            body = triples(some)
            try:
                self.remote.put(place, body, seconds=self.settings.seconds)
            except (QueryError, StoreError):
                # Graph stores may refuse what updates take; an update also tells which statement it is.
                for few in batches(some, self.settings.batch):
                    self._update("INSERT", few, tally)
                continue
            tally.touched()
            tally.added += len(some)


def _parts(values: list[str], size: int) -> Iterator[list[str]]:
    for at in range(0, len(values), size):
        yield values[at : at + size]
