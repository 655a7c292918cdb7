"""Publishing what reviewers decide: the things graph, and every article it concerns, built anew from its kept bytes.

A decision is checked on a draft, the concerned articles go through the gate there, the journal gets its line, and the
snapshot is published. Where a crash falls between the last two, the entry waits: the next publish catches up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

from pyoxigraph import NamedNode, Triple

from kg import graph
from kg.errors import Refused, StoreError
from kg.iris import Iris
from kg.pipeline import quality
from kg.pipeline.across import Across, refusal
from kg.pipeline.archive import archive_of
from kg.pipeline.batch import Batch, How, Unit
from kg.pipeline.chain import Learnt
from kg.pipeline.ingest import Ingest, lexical
from kg.pipeline.outcome import Outcome
from kg.pipeline.prepare import BATCH, Choice, grouped, prepare
from kg.pipeline.reannotating import kept
from kg.pipeline.textrows import thing_rows
from kg.review import Decisions, Desk, Entry, Journal, Trail, Verdict
from kg.review.provenance import published, shown, statements, triples
from kg.review.verdicts import signed
from kg.shacl import Report
from kg.store import Draft, Reader, Store

__all__ = ["Reviewed", "catch_up", "decide", "trail"]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a decision did. ``entries`` were published with ``snapshot``; ``outcomes`` are those of the articles it
    concerns; ``left`` are articles that came as graphs of an export and go on naming what was merged."""

    entries: tuple[Entry, ...]
    snapshot: str
    outcomes: tuple[Outcome, ...]
    left: tuple[str, ...] = ()


def trail(store: Store) -> tuple[Trail, tuple[Entry, ...]]:
    """The journal of a store, checked against its current snapshot, and the entries that wait to be published.

    Raises :class:`kg.errors.StoreError` where the journal was changed or cut.
    """
    with store.reader() as reader:
        return _trail(store, reader)


def decide(ingest: Ingest, verdict: Verdict, *, by: str = "", note: str = "", jobs: int = 1) -> Reviewed:
    """Publish a decision, and those that wait; nothing is written where it makes no sense or an article is refused.

    ``by`` and ``note`` are published with it. Raises :class:`kg.errors.UsageError` for a decision that makes no sense,
    :class:`kg.errors.Refused` where the gate refuses what an article would say, and :class:`kg.errors.StoreError`
    (:class:`kg.errors.StoreLocked` where somebody else publishes).
    """
    now = ingest.now()
    journal = Journal.of(ingest.store.path)
    with ingest.store.begin(time=now, holder=ingest.holder) as draft:
        before, waiting = _trail(ingest.store, draft)
        desk = Desk.of(draft, ingest.table, before)
        entry = before.next(signed(verdict(desk), time=lexical(now), by=by, note=note))
        done, summary, left = _checked(ingest, draft, before.plus(entry), (*waiting, entry), now, jobs)
        if left.violations:
            raise Refused(f"the decision was not made: {refusal('', left).reason}", codes=left.codes())
        journal.append(entry)
        info = draft.commit(summary, quality=quality.measured)
    return _finished(ingest, done, info.id)


def catch_up(ingest: Ingest, *, jobs: int = 1) -> Reviewed | None:
    """Publish the decisions that the current snapshot does not show: after a crash, in a store that was made anew, or
    after an older snapshot was restored. None where there are none."""
    if not trail(ingest.store)[1]:
        return None
    now = ingest.now()
    with ingest.store.begin(time=now, holder=ingest.holder) as draft:
        known, waiting = _trail(ingest.store, draft)
        if not waiting:
            return None
        # They were made already: what they break is told, not refused.
        done, summary, _ = _checked(ingest, draft, known, waiting, now, jobs)
        info = draft.commit(summary, quality=quality.measured)
    return _finished(ingest, done, info.id)


def _finished(ingest: Ingest, done: Reviewed, snapshot: str) -> Reviewed:
    if ingest.store.settle_due():
        ingest.store.settle()
    outcomes = tuple(replace(one, snapshot=snapshot) if one.written else one for one in done.outcomes)
    return Reviewed(done.entries, snapshot, outcomes, done.left)


def _trail(store: Store, snapshot: Draft | Reader) -> tuple[Trail, tuple[Entry, ...]]:
    known = Journal.of(store.path).read()
    waiting, lacking = published(snapshot.rdf, snapshot.iris, known)
    if lacking:
        raise StoreError(
            f"{Journal.of(store.path).path}: the snapshot shows {lacking} decisions that the review journal lacks; it "
            "was cut or replaced, so put it back from a backup (kg snapshot backup keeps one)"
        )
    return known, waiting


# ---- on the draft ---------------------------------------------------------------------------------------------------


def _checked(
    ingest: Ingest, draft: Draft, known: Trail, entries: Sequence[Entry], now: datetime, jobs: int
) -> tuple[Reviewed, dict[str, object], Report]:
    """What :func:`_apply` does, and the violations that it made."""
    across = Across.of(ingest.gate, ingest.settings)
    with draft.watching() as seen:
        done, summary = _apply(ingest, draft, known, entries, now, jobs)
    left = across.broken(draft, seen)
    return done, summary | across.summary({}, Counter(one.code for one in left.violations)), left


def _apply(
    ingest: Ingest, draft: Draft, known: Trail, entries: Sequence[Entry], now: datetime, jobs: int
) -> tuple[Reviewed, dict[str, object]]:
    """Everything that the entries change, on the draft; and what the manifest is to say of it."""
    decisions = Decisions.of(known)
    before = Desk(draft, ingest.table, known, Decisions.of(_without(known, entries)))
    after = Desk(draft, ingest.table, known, decisions)
    meant = [(one, _meant(known, one)) for one in entries]
    pages = sorted({page for one, said in meant for page in _concerned(before, one, said)})
    things = sorted({iri for _, said in meant for iri in (said.thing, said.other) if iri})
    _state(ingest, draft, after, things)
    for one, said in meant:
        draft.provenance(tuple(triples(one, draft.iris, said if one.action == "undo" else None)))
        draft.change(add=[shown(one, draft.iris)])
    outcomes = tuple(_rebuild(ingest, draft, decisions, pages, now, jobs))
    homes = [Iris.page_of(iri) for iri in things]
    for home in homes:
        rows = list(thing_rows(draft, [home]))
        for row in rows:
            draft.index(row)
        if not rows:
            draft.unindex(home)
    draft.touch(*homes)
    merged = [iri for iri in things if iri in decisions.merged]
    left = sorted({page for iri in merged for page in after.articles(iri)})
    summary: dict[str, object] = {
        "review": [one.id for one in entries],
        "articles": sum(one.status == "updated" for one in outcomes),
    }
    return Reviewed(tuple(entries), "", outcomes, tuple(left)), summary


def _without(known: Trail, entries: Sequence[Entry]) -> Trail:
    """The journal as the draft shows it."""
    gone = {one.id for one in entries}
    return Trail(tuple(one for one in known.entries if one.id not in gone))


def _meant(known: Trail, entry: Entry) -> Entry:
    """The entry whose things an undo is about; itself for every other."""
    while entry.action == "undo" and entry.target is not None:
        target = known.get(entry.target)
        if target is None:
            break
        entry = target
    return entry


def _concerned(desk: Desk, entry: Entry, said: Entry) -> Iterator[str]:
    """The pages of the published articles that say something else after the entry."""
    if entry.action == "undo":
        for iri in (said.thing, said.other):
            yield from desk.articles(iri) if iri else ()
    elif entry.action == "split":
        yield from (page for page in entry.articles if page in set(desk.articles(entry.thing)))
    else:
        yield from desk.articles(entry.thing)
        if entry.action == "merge" and entry.row is not None and _row(desk, entry.other) != entry.row:
            yield from desk.articles(entry.other)


def _row(desk: Desk, iri: str) -> str | None:
    """The id of the row that a thing is linked to now."""
    if not desk.articles(iri):
        return None
    row = desk.dossier(iri).row
    return row.id if row is not None else None


def _state(ingest: Ingest, draft: Draft, desk: Desk, things: Iterable[str]) -> None:
    """Make the things graph say of each thing what reviewers and the authority say of it from now on."""
    wanted: dict[str, set[Triple]] = {}
    for iri in things:
        told = set(statements(iri, desk.decisions))
        row = None
        if iri not in desk.decisions.merged:
            if desk.articles(iri):
                row = desk.dossier(iri).row
            elif (chosen := desk.decisions.rows.get(iri)) is not None:
                row = ingest.table.get(chosen)
        if row is not None:
            told |= set(graph.authority_triples(row, iri))
        wanted[iri] = told
    for iri, told in wanted.items():
        things_graph = draft.iris.things_graph
        nodes = (NamedNode(iri), graph.geometry(iri))
        old = {q.triple for node in nodes for q in draft.rdf.quads_for_pattern(node, None, None, things_graph)}
        draft.remove_thing(sorted(old - told, key=str))
        draft.put_thing(sorted(told - old, key=str))


def _rebuild(
    ingest: Ingest, draft: Draft, decisions: Decisions, pages: Sequence[str], now: datetime, jobs: int
) -> Iterator[Outcome]:
    """The outcomes of building the articles anew from their kept bytes, on the draft.

    Raises :class:`kg.errors.Refused` where the gate refuses one: the decision is then not made.
    """
    if not pages:
        return
    # As in a dry run nothing is quarantined: what is refused here is the decision, not the document.
    with ingest.store.reader() as reader:
        learnt = Learnt(decisions.lessons, archive_of(reader, ingest.table, decisions))
    how = How(again=True, dry_run=True, republish=False, choice=Choice(), learnt=learnt)
    work = Batch(ingest, draft, now, lexical(now), how, decisions)
    documents = kept(ingest, draft, pages)
    reading = prepare(documents, ingest.table, ingest.settings, jobs=jobs, learnt=learnt)
    with closing(reading) as prepared:
        for group in grouped(prepared, BATCH):
            pending: list[Unit] = [(one, i) for one in group for i in range(max(1, len(one.articles)))]
            while pending:
                done = work.advance(pending)
                for outcome in done:
                    if outcome.status == "refused":
                        raise Refused(
                            f"the decision was not made: what the article would say then is refused: {outcome.reason}",
                            origin=outcome.origin,
                        )
                yield from done
                pending = pending[len(done) :]
            work.stored.clear()  # their bytes are kept already
