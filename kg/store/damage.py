"""Damaged files: what RocksDB says of them as one error that names the snapshot and the way out.

pyoxigraph reports a file that is missing, cut or overwritten as RuntimeError (``Corruption: …``) or OSError, when the
store is opened or when a read first comes to the bad block.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import Store as Rdf

from kg.errors import StoreError

__all__ = ["ADVICE", "damaged", "is_damage", "mapped", "open_rdf"]

#: What to do about a snapshot that cannot be read.
ADVICE = (
    "kg snapshot list shows the ones kept, kg snapshot verify ID says which is whole, and kg snapshot restore ID makes "
    "it the current one; where none is whole, put back a backup of the store"
)


def is_damage(error: Exception) -> bool:
    """Whether the error is RocksDB's about its files; a RuntimeError of any other make is not."""
    return type(error) is RuntimeError and str(error).startswith(("Corruption:", "IO error:"))


def damaged(folder: Path, error: Exception) -> StoreError:
    """The error for the snapshot in the folder."""
    return StoreError(f"{folder}: snapshot {folder.name} is damaged: {' '.join(str(error).split())}; {ADVICE}")


@contextmanager
def mapped(folder: Path) -> Iterator[None]:
    """Raises :class:`kg.errors.StoreError` where the block finds the files of the snapshot in the folder damaged."""
    try:
        yield
    except RuntimeError as error:
        if not is_damage(error):
            raise
        raise damaged(folder, error) from error


def open_rdf(folder: Path) -> Rdf:
    """The dataset of the snapshot in the folder, read-only. Raises :class:`kg.errors.StoreError`."""
    try:
        return Rdf.read_only(str(folder / "rdf"))
    except (OSError, RuntimeError) as error:
        raise damaged(folder, error) from error
