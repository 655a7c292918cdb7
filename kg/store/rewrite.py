"""A snapshot made again without an article: new files that hold no byte of it.

Deleting is not enough. Oxigraph keeps the words of every literal it was ever given (its table of strings only grows,
compaction or not), tantivy marks documents as deleted, and a snapshot shares its files with those before it. So the
oldest snapshot is built anew from the quads that stay. The next ones are copies of the one before by hard links,
brought up by logs that were rewritten too: kept snapshots share their files after a purge as they did before.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import NamedNode, Quad
from pyoxigraph import Store as Rdf

from kg.errors import StoreError
from kg.iris import Iris
from kg.store import changes, damage, durable, geometry, settle, text
from kg.store.annotators import Ensemble, brought_up, of_page
from kg.store.changes import Change
from kg.store.erasure import Order, Plan
from kg.store.manifest import Counts, SnapshotInfo
from kg.store.reader import Reader
from kg.store.text import TextDocument, TextIndex
from kg.vocab import GEO

__all__ = ["Made", "Rows", "finish", "rewrite"]

#: The text index's rows of these pages, read off the dataset; a page without one is passed over.
Rows = Callable[[Rdf, Iris, Sequence[str]], Iterable[TextDocument]]

#: Steps after which files are built anew: RocksDB slows down at about 18 small files (kg.store.settle).
STEPS = 8
#: Pages that are put into the text index at once.
_PAGES = 2_000
_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class Made:
    """A snapshot that was made again and is not in its place yet: ``folder`` holds it, ``reader`` the old one."""

    reader: Reader
    plan: Plan
    info: SnapshotInfo
    folder: Path
    steps: int = 0


def rewrite(reader: Reader, plan: Plan, order: Order, *, rows: Rows, folder: Path, before: Made | None) -> Made:
    """Make the reader's snapshot again in the new folder, but for its manifest. ``before`` is its parent, made again.

    Raises :class:`kg.errors.StoreError` where the old snapshot is damaged, and OSError.
    """
    info = _info(reader, plan, order)
    log = reader.folder / changes.FILE
    with damage.mapped(reader.folder):
        if before is not None and before.info.id == info.parent and info.changes and log.is_file():
            folder.mkdir()
            added, removed = _log(folder / changes.FILE, before, reader, plan, log)
            info = replace(info, added=added, removed=removed)
            steps = before.steps + 1
            if steps <= STEPS and _grown(folder, before, info):
                _reindexed(folder, before, reader, plan, rows)
                if not _agree(folder, reader, plan):
                    durable.remove_tree(folder / "text")
                    _indexed(folder, reader, plan, rows)
                return Made(reader, plan, replace(info, unsettled=steps), folder, steps)
        else:  # the log leads from a snapshot that is no longer there, and may hold words of the article
            folder.mkdir()
            info = replace(info, changes=False, added=0, removed=0)
        _built(folder, reader, plan, info)
        _indexed(folder, reader, plan, rows)
    return Made(reader, plan, replace(info, unsettled=0), folder)


def finish(made: Made) -> None:
    """The made snapshot is whole and on disk."""
    (made.folder / "lease").touch()
    durable.write(made.folder / "manifest.json", made.info.to_json().encode("utf-8") + b"\n")
    durable.sync_tree(made.folder)


# ---- the manifest -------------------------------------------------------------------------------------------------


def _info(reader: Reader, plan: Plan, order: Order) -> SnapshotInfo:
    old, target = reader.info, order.target(reader.iris)
    digest = int(old.digest, 16)
    digest += sum(changes.quad_digest(changes.line(quad)) for quad in plan.add)
    digest -= sum(changes.quad_digest(changes.line(quad)) for quad in plan.remove)
    orphans = set(plan.orphans)
    pages = {target if page == order.page else page for page in old.pages if page not in orphans}
    return replace(
        old,
        digest=f"{digest % _MODULUS:064x}",
        counts=Counts(
            quads=old.counts.quads - len(plan.remove) + len(plan.add),
            articles=old.counts.articles - plan.articles,
            things=old.counts.things - plan.things,
        ),
        pages=tuple(sorted(pages)),
        annotators=_annotators(reader, order),
        holder=" ".join(old.holder.split()[:2]),  # its arguments may name files, pages and reasons
        purged=(*old.purged, order.time),
    )


def _annotators(reader: Reader, order: Order) -> tuple[Ensemble, ...]:
    """The ensembles, with the article no longer counted where it was published."""
    by = of_page(reader.rdf, reader.iris, order.page)
    change = {by: -1} if by is not None else {}
    return brought_up(reader.info.annotators, change, reader.rdf, reader.iris, None)


# ---- the quads ----------------------------------------------------------------------------------------------------


def _built(folder: Path, reader: Reader, plan: Plan, info: SnapshotInfo) -> None:
    """The RDF from nothing but the quads that stay."""
    path = folder / "rdf"
    if path.exists():
        durable.remove_tree(path)
    rdf = Rdf(str(path))
    rdf.bulk_extend(itertools.chain((quad for quad in reader.rdf if quad not in plan.remove), plan.add))
    rdf.flush()
    count = len(rdf)
    del rdf
    settle.close(path)
    if count != info.counts.quads:
        raise StoreError(
            f"{reader.folder}: snapshot {info.id} is damaged: its manifest counts "
            f"{reader.info.counts.quads} quads, there are {count + len(plan.remove) - len(plan.add)}; {damage.ADVICE}"
        )


def _grown(folder: Path, before: Made, info: SnapshotInfo) -> bool:
    """Whether the RDF could be made from the parent's by the new log."""
    path = folder / "rdf"
    damage.open_rdf(before.folder).backup(str(path))
    rdf = Rdf(str(path))
    changes.replay(rdf, changes.read(folder / changes.FILE))
    rdf.flush()
    count = len(rdf)
    del rdf
    settle.close(path)
    return count == info.counts.quads


def _log(file: Path, before: Made, reader: Reader, plan: Plan, old: Path) -> tuple[int, int]:
    """Write the log between the two rewritten snapshots; how many quads it adds and removes.

    A step of the old log stays where its quad is in one of the two snapshots and not in the other: what came and went
    again within one publish is left out, since it may be of the article.
    """
    special = before.plan.remove | plan.remove | frozenset(before.plan.add) | frozenset(plan.add)
    log = changes.Log(file, f"{0:064x}")
    written: set[Quad] = set()
    try:
        for sign, quad in changes.read(old):
            if quad in special or quad in written:
                continue
            was, now = quad in before.reader.rdf, quad in reader.rdf
            if was != now and (sign == "+") == now:
                written.add(quad)
                (log.add if now else log.remove)([quad])
        for sign, quad in _specials(special, before, reader, plan):
            (log.add if sign == "+" else log.remove)([quad])
        log.close()
    except BaseException:
        log.abandon()
        raise
    return log.added, log.removed


def _specials(special: Iterable[Quad], before: Made, reader: Reader, plan: Plan) -> Iterator[Change]:
    """The steps between the rewritten snapshots that are about quads the purge takes or brings."""
    came_before, came = frozenset(before.plan.add), frozenset(plan.add)
    for quad in sorted(special, key=changes.line):
        was = quad in came_before or (quad not in before.plan.remove and quad in before.reader.rdf)
        now = quad in came or (quad not in plan.remove and quad in reader.rdf)
        if was != now:
            yield ("+" if now else "-"), quad


# ---- the text index -----------------------------------------------------------------------------------------------


def _shown(reader: Reader, plan: Plan) -> dict[str, set[str]]:
    """The pages that stay in the text index, by kind."""
    gone = {plan.page, *plan.orphans}
    return {kind: set(reader.text.pages(kind)) - gone for kind in ("article", "thing")}


def _indexed(folder: Path, reader: Reader, plan: Plan, rows: Rows) -> None:
    """The text index from nothing but what the new RDF says."""
    path = folder / "text"
    text.create(path)
    pages = sorted(set().union(*_shown(reader, plan).values()))
    rdf = damage.open_rdf(folder)
    for start in range(0, len(pages), _PAGES):
        made = rows(rdf, reader.iris, pages[start : start + _PAGES])
        text.update(path, {row.page: row for row in made})
    text.update(path, {place.page: place for place in geometry.of_store(rdf)})


def _reindexed(folder: Path, before: Made, reader: Reader, plan: Plan, rows: Rows) -> None:
    """The parent's new text index with the rows of the pages that changed since."""
    path = folder / "text"
    text.copy(before.folder / "text", path)
    pages = {plan.page, *reader.info.pages, *plan.touched, *plan.orphans}
    said: list[str] = []
    for _, quad in changes.read(folder / changes.FILE):
        for term in (quad.subject, quad.graph_name):
            pages.update(_page(reader.iris, term))
        if quad.predicate == GEO.asWKT:
            said.append(changes.line(quad))
    shown = set().union(*_shown(reader, plan).values())
    rdf = damage.open_rdf(folder)
    found: dict[str, TextDocument | None] = {row.page: row for row in rows(rdf, reader.iris, sorted(pages & shown))}
    for place in geometry.of_lines(rdf, said):
        found[place.page] = place if place.kind else None
        pages.add(place.page)
    text.update(path, {page: found.get(page) for page in sorted(pages)})


def _page(iris: Iris, term: object) -> Iterator[str]:
    """The page of an article or a thing that a quad is about."""
    if isinstance(term, NamedNode):
        articles = f"{iris.base}/graphs/articles/"
        if term.value.startswith(articles):
            yield f"{iris.base}/articles/{term.value[len(articles) :].partition('/')[0]}"
        elif term.value.startswith((f"{iris.base}/articles/", f"{iris.base}/things/")):
            yield iris.page_of(term.value)


def _agree(folder: Path, reader: Reader, plan: Plan) -> bool:
    """Whether the new index shows the pages that the old one does, but for those that went."""
    index = TextIndex(folder / "text")
    left = set(plan.touched)  # a thing that lost its last name is shown no more
    return all(pages - left == set(index.pages(kind)) - left for kind, pages in _shown(reader, plan).items())
