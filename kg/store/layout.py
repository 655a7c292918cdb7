"""Where things are in a store's directory, and which snapshots can be read.

::

    store.json            format number, base IRI, settings fixed for the store's life
    current               the id of the current snapshot; replaced by an atomic rename
    ids                   the ledger of every id ever given out
    writer.lock           who publishes
    snapshots/<id>/       rdf/ text/ changes.nq.gz manifest.json lease - never written after the flip
    snapshots/.*          a publish, a compaction or a purge in the making
    purge.json            the purge that is under way, or that was interrupted
    sources/  private/    bytes as they came and withheld text; never public
    queries/              queries that have permalinks; kept for good
    described/            what was counted of snapshots; can be deleted
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.errors import ConfigError, SnapshotPruned, SnapshotUnknown, StoreError, StoreMissing
from kg.iris import Iris
from kg.store import damage, durable
from kg.store.ledger import BEGUN, KEPT, PRUNED, Entry, Ledger, lexical, order, parse_date
from kg.store.manifest import FORMAT, SnapshotInfo

__all__ = ["EPOCH", "Layout"]

#: The time of the empty snapshot that a store starts with, unless the caller gives one.
EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Layout:
    """One store's paths and fixed settings. ``annotations`` says whether the default graph holds annotations."""

    path: Path
    base_iri: str
    annotations: bool = True

    @classmethod
    def read(cls, path: Path) -> Layout:
        """The layout of the store in the directory.

        Raises :class:`kg.errors.StoreMissing` and, for a store of another format, :class:`kg.errors.StoreError`.
        """
        try:
            row = json.loads((path / "store.json").read_bytes())
            layout = cls(path=path, base_iri=row["base_iri"], annotations=row["annotations"])
            number = row["format"]
        except (FileNotFoundError, NotADirectoryError):
            raise StoreMissing(
                f"{path}: there is no store here; make a publication with: kg init DIR, and run kg in that folder"
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path}/store.json: damaged ({error}); restore it from a backup") from error
        if number != FORMAT:
            raise StoreError(f"{path}: the store has format {number}, this program reads {FORMAT}; upgrade newsgraph")
        return layout

    def write(self) -> None:
        """Put the fixed settings on disk."""
        row = {"format": FORMAT, "base_iri": self.base_iri, "annotations": self.annotations}
        durable.write(self.path / "store.json", json.dumps(row, indent=1, sort_keys=True).encode("utf-8") + b"\n")

    def check_base(self, base_iri: str | None) -> None:
        """Raises :class:`kg.errors.ConfigError` when the store was made for another base IRI."""
        if base_iri is not None and base_iri != self.base_iri:
            raise ConfigError(
                f"{self.path}: the store was made for base_iri {self.base_iri}, the configuration says {base_iri}; "
                "base_iri is fixed when a store is made; set it back, or ingest into a new store",
                setting="base_iri",
                where=str(self.path),
            )

    # paths ----------------------------------------------------------------------------------------------------
    @property
    def iris(self) -> Iris:
        """The publication's IRI patterns."""
        return Iris(self.base_iri)

    @property
    def ledger(self) -> Ledger:
        """The ids given out."""
        return Ledger(self.path / "ids")

    @property
    def root(self) -> Path:
        """The directory of all snapshots."""
        return self.path / "snapshots"

    @property
    def pointer(self) -> Path:
        """The file that names the current snapshot."""
        return self.path / "current"

    def folder(self, id: str) -> Path:
        """A snapshot's directory."""
        return self.root / id

    def building(self, id: str) -> Path:
        """Where a snapshot is made before it is published."""
        return self.root / f".building-{id}"

    def purging(self, id: str) -> Path:
        """Where a snapshot is made again without an article, and where the old one lies until it is deleted."""
        return self.root / f".purging-{id}"

    def lease(self, id: str) -> Path:
        """The file readers of a snapshot lock."""
        return self.root / id / "lease"

    # state ----------------------------------------------------------------------------------------------------
    def current(self) -> str:
        """The id of the current snapshot.

        Raises :class:`kg.errors.StoreMissing` when the pointer is not there and :class:`kg.errors.StoreError` when it
        names nothing.
        """
        try:
            with open(f"{self.path}/current", "rb", buffering=0) as pointer:  # noqa: PTH123 every answer reads it
                name = pointer.read().decode("ascii").strip()
        except (FileNotFoundError, NotADirectoryError):
            raise self._lost() from None
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.pointer}: cannot be read: {error}; {damage.ADVICE}") from error
        if order(name)[1] < 0:
            raise StoreError(f"{self.pointer}: does not name a snapshot; {damage.ADVICE}")
        return name

    def pointed(self) -> str | None:
        """The id of the current snapshot, or None where the pointer is lost: what recovery starts from."""
        try:
            return self.current()
        except StoreError:
            return None

    def _lost(self) -> StoreMissing:
        return StoreMissing(f"{self.pointer}: is missing, so no snapshot is the current one; {damage.ADVICE}")

    def pointer_key(self) -> tuple[int, int]:
        """A value that changes when the pointer does; one stat call."""
        try:
            status = self.pointer.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise self._lost() from None
        return status.st_ino, status.st_mtime_ns

    def info(self, id: str) -> SnapshotInfo:
        """A snapshot's manifest. Raises :class:`kg.errors.StoreError`."""
        try:
            return SnapshotInfo.read(self.folder(id) / "manifest.json")
        except FileNotFoundError:
            raise StoreError(f"{self.folder(id)}: snapshot {id} has no manifest; {damage.ADVICE}") from None
        except OSError as error:
            raise damage.damaged(self.folder(id), error) from error

    def known(self) -> dict[str, Entry]:
        """Every id that was ever published, oldest first, as kept or pruned; crashed publishes are left out.

        A store that lost its pointer, or the snapshot it points to, still knows the others.
        """
        found: dict[str, Entry] = {}
        current = self.pointed()
        for name, entry in self.ledger.entries().items():
            state = entry.state
            if name == current:  # a crash between the flip and the ledger's line
                state = KEPT
            elif state == KEPT and not (self.folder(name) / "manifest.json").is_file():
                state = PRUNED  # the store is a backup of one snapshot
            if state != BEGUN:
                found[name] = Entry(name, entry.time, state, entry.digest, entry.pinned)
        if current is not None and current not in found:
            with suppress(StoreError):
                info = self.info(current)
                found[current] = Entry(current, info.time, KEPT, info.digest)
        return found

    def kept(self) -> tuple[Entry, ...]:
        """The snapshots that can be read, oldest first."""
        return tuple(entry for entry in self.known().values() if entry.state == KEPT)

    def resolve(self, snapshot: str | None) -> str:
        """The id that an id, a date or None (the current one) stands for; a date means the newest at or before it.

        Raises :class:`kg.errors.SnapshotUnknown` and :class:`kg.errors.SnapshotPruned`.
        """
        if snapshot is None:
            return self.current()
        known = self.known()
        entry = known.get(snapshot)
        if entry is None:
            entry = self._at(snapshot, known)
        if entry.state == KEPT:
            return entry.id
        nearest = self._nearest(entry.id, known)
        raise SnapshotPruned(
            f"snapshot {entry.id} of {entry.time} was pruned; the nearest one kept is {nearest}",
            snapshot=entry.id,
            nearest=nearest,
            time=entry.time,
            digest=entry.digest,
        )

    def _at(self, text: str, known: dict[str, Entry]) -> Entry:
        date = parse_date(text)
        if date is None:
            raise SnapshotUnknown(
                f"{text!r} is neither the id of a snapshot here nor a date (2026-11-22, 2026-11-22T16:45:00Z)",
                snapshot=text,
            )
        bound = lexical(date)
        found = [entry for entry in known.values() if EPOCH < entry.time <= bound]
        if not found:
            raise SnapshotUnknown(f"nothing was published at or before {text}", snapshot=text)
        return max(found, key=lambda entry: (entry.time, order(entry.id)))

    @staticmethod
    def _nearest(id: str, known: dict[str, Entry]) -> str | None:
        kept = [entry.id for entry in known.values() if entry.state == KEPT]
        before = [other for other in kept if order(other) < order(id)]
        after = [other for other in kept if order(other) > order(id)]
        return before[-1] if before else after[0] if after else None

    # publishing: only under the writer lock -------------------------------------------------------------------
    def clean(self) -> None:
        """Remove what crashed publishes left, and finish the ledger's line about the current snapshot."""
        entries = self.ledger.entries()
        current = self.pointed()
        if current is not None and (current not in entries or entries[current].state != KEPT):
            with suppress(StoreError):  # it has no manifest: who reads it is told so
                info = self.info(current)
                self.ledger.record(Entry(current, info.time, KEPT, info.digest))
        kept = {name for name, entry in entries.items() if entry.state == KEPT} | {current}
        for folder in self.root.glob(".purging-*"):  # a purge died where two directories cannot change names at once
            name = folder.name.removeprefix(".purging-")
            if name in kept and not self.folder(name).exists() and (folder / "manifest.json").is_file():
                durable.rename(folder, self.folder(name))
        for folder in sorted(self.root.iterdir()):
            made = folder.name.startswith((".building-", ".pruned-"))
            # without a pointer nobody can tell a snapshot that was published from one that was not
            if made or (current is not None and not folder.name.startswith(".") and folder.name not in kept):
                durable.remove_tree(folder)

    def publish(self, building: Path, info: SnapshotInfo) -> None:
        """Make a finished building directory the current snapshot. Raises OSError, and then ``current`` is as before.

        Everything is on disk before the pointer moves; the pointer is on disk before the ledger says kept.
        """
        (building / "lease").touch()
        durable.write(building / "manifest.json", info.to_json().encode("utf-8") + b"\n")
        durable.sync_tree(building)
        durable.rename(building, self.folder(info.id))
        try:
            durable.write(self.pointer, info.id.encode("ascii") + b"\n")
        except OSError:
            if self.pointed() != info.id:  # else only the last fsync failed: readers see the new snapshot already
                durable.remove_tree(self.folder(info.id))
                raise
        with suppress(OSError):  # the next publish writes the line when this one cannot
            self.ledger.record(Entry(info.id, info.time, KEPT, info.digest))
