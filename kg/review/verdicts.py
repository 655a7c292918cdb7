"""Decisions in the making: what a reviewer says of a snapshot, checked, as an entry without number, time and author."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from kg.authority import kind_of
from kg.errors import UsageError
from kg.iris import Iris, hex_digest
from kg.plugins import Thing
from kg.review.desk import Desk, Dossier, surface
from kg.review.journal import LONGEST, Entry
from kg.review.keys import name_key, row_keys

__all__ = ["Verdict", "accept", "merge", "new", "reject", "signed", "split", "undo"]

#: Most articles of which an entry keeps the short name that they print.
_OWN: Final = 2_000
#: What a reviewer says, once there is a desk to look at: raises :class:`kg.errors.UsageError` where it makes no sense.
Verdict = Callable[[Desk], Entry]


def signed(entry: Entry, *, time: str, by: str, note: str) -> Entry:
    """The entry with its time (an xsd:dateTime), author and note. Raises :class:`kg.errors.UsageError` for a text that
    cannot be kept."""
    for what, text in (("--by", by), ("--note", note)):
        if len(text) > LONGEST or any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in text):
            raise UsageError(f"{what}: give one line of at most {LONGEST} characters")
    return replace(entry, time=time, by=by.strip(), note=note.strip())


def accept(thing: str, row: str | None = None) -> Verdict:
    """The thing is this authority row; without one, the row it is linked to or the only candidate."""

    def made(desk: Desk) -> Entry:
        known = desk.dossier(desk.resolve(thing))
        if row is not None:
            chosen = _row(desk, known, row)
        elif known.row is not None:
            chosen = known.row
        else:
            chosen = _only(desk, known)
        _fits(known, chosen)
        holder = desk.holder(chosen)
        if holder not in (None, known.iri):
            raise UsageError(
                f"{chosen.id} is {holder} already; if {known.iri} is the same: kg review merge {known.iri} {holder}"
            )
        released = () if known.row in (None, chosen) else _released(desk, known, known.row)
        return _entry(
            "accept",
            known,
            row=chosen.id,
            keys=_keys(desk, known, without=released),
            lent=tuple(key for key in row_keys(chosen) if key in released or desk.find(key) != known.iri),
            released=released,
            surfaces=_surfaces(desk, known, chosen),
        )

    return made


def reject(thing: str, row: str) -> Verdict:
    """The thing is not this authority row."""

    def made(desk: Desk) -> Entry:
        known = desk.dossier(desk.resolve(thing))
        wrong = _row(desk, known, row)
        if (known.iri, wrong.id) in desk.decisions.rejected or desk.decisions.rows.get(known.iri, wrong.id) is None:
            raise UsageError(f"{known.iri}: {wrong.id} was rejected before; kg review log says by whom")
        linked = known.row is not None and known.row.id == wrong.id
        if not linked and wrong.id not in {one.id for one in desk.candidates((known.name, *known.names), known.kind)}:
            raise UsageError(f"{known.iri}: is not linked to {wrong.id}, and no name of it may mean it")
        released = _released(desk, known, wrong) if linked else ()
        return _entry(
            "reject",
            known,
            row=wrong.id,
            keys=_keys(desk, known, without=released),
            released=released,
            surfaces=_surfaces(desk, known, wrong),
        )

    return made


def new(thing: str) -> Verdict:
    """The thing is none of the rows its names may mean: it stays what it is, without a link, and is not asked about."""

    def made(desk: Desk) -> Entry:
        known = desk.dossier(desk.resolve(thing))
        if desk.decisions.rows.get(known.iri, "") is None:
            raise UsageError(f"{known.iri}: stands as a thing of its own already; kg review log says since when")
        released = _released(desk, known, known.row) if known.row is not None else ()
        return _entry(
            "new",
            known,
            row=known.row.id if known.row is not None else None,
            keys=_keys(desk, known, without=released),
            released=released,
            surfaces=_surfaces(desk, known, None),
        )

    return made


def merge(thing: str, other: str, *, force: bool = False) -> Verdict:
    """The thing is the other one, and goes by its IRI from now on.

    With ``force`` also where they are of different kinds, or linked to different rows: those of ``other`` count.
    """

    def made(desk: Desk) -> Entry:
        one, two = desk.dossier(desk.resolve(thing)), desk.dossier(desk.resolve(other))
        if one.iri == two.iri:
            raise UsageError(f"{one.iri}: is the same thing twice; give two")
        if not force and one.kind != two.kind:
            raise UsageError(
                f"{one.iri} is of the kind {one.kind}, {two.iri} of the kind {two.kind}; where they are one thing all "
                "the same, say --force"
            )
        if not force and one.row is not None and two.row is not None and one.row.id != two.row.id:
            raise UsageError(
                f"{one.iri} is {one.row.id}, {two.iri} is {two.row.id}: two rows are two things; reject one of the "
                f"links first (kg review reject {one.iri} {one.row.id}), or say --force to keep that of the second"
            )
        if desk.decisions.rows.get(two.iri, "") is None and one.row is not None and not force:
            raise UsageError(
                f"{two.iri}: stands as a thing without a row by a reviewer's word, and {one.iri} is {one.row.id}; take "
                "one back first, or say --force"
            )
        row = two.row or (one.row if desk.decisions.rows.get(two.iri, "") is not None else None)
        made = _entry("merge", one, row=row.id if row is not None else None, keys=_keys(desk, one))
        return replace(
            made, keys=(*made.keys, *_keys(desk, two)), other=two.iri, other_name=two.name, other_kind=two.kind
        )

    return made


def split(thing: str, articles: Sequence[str]) -> Verdict:
    """What these articles say of the thing is said of another one, which is made for them."""

    def made(desk: Desk) -> Entry:
        known = desk.dossier(desk.resolve(thing))
        pages = tuple(sorted({_page(desk, one) for one in articles}))
        if not pages:
            raise UsageError("split needs the articles that speak of somebody or something else")
        for page in pages:
            if page not in known.articles:
                raise UsageError(f"{page}: does not name {known.iri}; it names other things, or is not published")
            if desk.snapshot.lookup(f"imported:{page}") is not None:
                raise UsageError(
                    f"{page}: came as graphs of an export, so it cannot be named anew; split it where it was made"
                )
        if set(pages) == set(known.articles):
            raise UsageError(
                f"{known.iri}: every article that names it is given, so nothing would be left of it; to say that it is "
                f"not what it is linked to: kg review reject {known.iri} ROW"
            )
        name = _split_name(known, pages)
        seed = f"split:{known.iri}:{'|'.join(pages)}"
        stem = desk.iris.thing_stem(name)
        other = next(
            iri
            for length in (8, 12, 16, 24, 32, 64)
            if not _taken(desk, iri := f"{stem}-{hex_digest(seed, length)}#id") or length == 64
        )
        row = known.row.id if known.row is not None else None
        made = _entry("split", known, row=row, keys=_keys(desk, known))
        return replace(made, other=other, other_name=name, articles=pages)

    return made


def undo(target: int | None = None) -> Verdict:
    """An earlier entry no longer counts; without a number, the last that does. Undoing an undo brings it back."""

    def made(desk: Desk) -> Entry:
        effective = desk.trail.effective()
        number = target if target is not None else (effective[-1].id if effective else None)
        if number is None:
            raise UsageError("there is no decision to take back; kg review log lists all")
        entry = desk.trail.get(number)
        if entry is None:
            raise UsageError(f"there is no entry {number} in the journal; kg review log lists all")
        live = entry in effective or (entry.action == "undo" and _counts(desk, entry))
        if not live:
            raise UsageError(f"entry {number} does not count any more (it was undone or redacted); kg review log tells")
        if entry.action in ("reject", "new") and entry.row is not None and entry.released:
            _free(desk, entry)
        return Entry(0, "", "", "", "undo", target=number)

    return made


# ---- parts ---------------------------------------------------------------------------------------------------------


def _entry(action: str, known: Dossier, **fields: object) -> Entry:
    made = Entry(0, "", "", "", action, thing=known.iri, kind=known.kind, name=known.name)
    return replace(made, **fields)  # type: ignore[arg-type]


def _counts(desk: Desk, entry: Entry) -> bool:
    """Whether an undo still holds: nothing later that holds undoes it."""
    void: set[int] = set()
    for one in reversed(desk.trail.entries):
        if one.id == entry.id:
            return one.id not in void
        if one.id not in void and one.action == "undo" and one.target is not None:
            void.add(one.target)
    return False


def _free(desk: Desk, entry: Entry) -> None:
    """Raises where the row that an entry took from its thing is another thing by now."""
    row = desk.authority.get(entry.row or "")
    holder = desk.holder(row) if row is not None else None
    if holder not in (None, entry.thing):
        raise UsageError(
            f"entry {entry.id} took {entry.row} from {entry.thing}, and {holder} is {entry.row} by now; if both are "
            f"the same: kg review merge {entry.thing} {holder}"
        )


def _row(desk: Desk, known: Dossier, text: str) -> Thing:
    """The row that is meant: by its id, or by an IRI that another authority gives it (or the end of one)."""
    row = desk.authority.get(text)
    if row is not None:
        return row
    rows = [desk.authority.get(one.id) for one in desk.candidates((known.name, *known.names), known.kind)]
    if known.row is not None:
        rows.append(known.row)
    for one in rows:
        if one is not None and any(iri == text or iri.rstrip("/").endswith(f"/{text}") for iri in one.same_as):
            return one
    raise UsageError(f"{text}: the authority has no such row; kg review list shows the rows {known.name!r} may be")


def _only(desk: Desk, known: Dossier) -> Thing:
    rejected = desk.decisions.rejected
    known_rows = desk.candidates((known.name, *known.names), known.kind)
    found = [one for one in known_rows if (known.iri, one.id) not in rejected]
    row = desk.authority.get(found[0].id) if len(found) == 1 else None
    if row is None:
        named = ", ".join(one.id for one in found[:8])
        what = f"{len(found)} rows may be meant ({named})" if found else "the authority has none of its names"
        raise UsageError(f"{known.iri}: is linked to no row, and {what}; say which: kg review accept {known.iri} ROW")
    return row


def _fits(known: Dossier, row: Thing) -> None:
    kind = kind_of(row.type)
    if kind != known.kind:
        raise UsageError(
            f"{known.iri} is of the kind {known.kind}, the row {row.id} of the kind {kind}; they are not one"
        )


def _keys(desk: Desk, known: Dossier, *, without: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """The identity keys of a thing that lead to it or to nothing now: its names', and its row's.

    A short name (an acronym) is a key of each article's own; while a row holds the articles together they are needless.
    """
    keys = list(known.keys)
    if known.row is not None:
        keys += [(key, known.iri) for key in row_keys(known.row)]
    own = [pair for pair in keys if pair[0].startswith("scoped:")][: _OWN if without or known.row is None else 0]
    keys = [pair for pair in keys if not pair[0].startswith("scoped:")] + own
    return tuple(sorted({(k, iri) for k, iri in keys if k not in without and desk.find(k) in (None, iri)}))


def _released(desk: Desk, known: Dossier, row: Thing | None) -> tuple[str, ...]:
    """The keys that stand for a row and not for the thing: the row's own, and its name where that is not printed."""
    if row is None:
        return ()
    keys = [*row_keys(row), name_key(known.kind, row.name, "")]
    own = {key for key, _ in known.keys}
    return tuple(key for key in keys if key not in own and desk.find(key) == known.iri)


def _surfaces(desk: Desk, known: Dossier, row: Thing | None) -> tuple[str, ...]:
    """The printed names that the authority takes for the row; for any row where none is given."""
    found = []
    for name in sorted({surface(one) for one in (*known.names, *desk.words(known.iri))}):
        rows = {one.id for one in desk.candidates((name,), known.kind)}
        if row.id in rows if row is not None else rows:
            found.append(name)
    return tuple(found)


def _page(desk: Desk, text: str) -> str:
    base = f"{desk.iris.base}/articles/"
    page = Iris.page_of(text.strip()).rstrip("/")
    return page if page.startswith(base) else f"{base}{page.removeprefix('/').removeprefix('articles/')}"


def _split_name(known: Dossier, pages: Sequence[str]) -> str:
    """What the articles call it, the longest of the names they print."""
    names = {name for page, name in known.printed if page in pages}
    return max(sorted(names), key=len, default=known.name)


def _taken(desk: Desk, iri: str) -> bool:
    """Whether another thing goes by the IRI: a split that was undone gives its own back."""
    told = {one.other for one in desk.trail.entries if one.action == "split"}
    return iri not in told and desk.known(iri)
