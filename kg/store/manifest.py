"""What a snapshot says of itself: ``manifest.json``, written last and changed by nothing but a purge."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from kg import __version__
from kg.errors import StoreError
from kg.store.annotators import Ensemble

__all__ = ["FORMAT", "Counts", "SnapshotInfo", "versions"]

#: The layout of a store directory. A reader refuses a number it does not know.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a snapshot holds. ``articles`` and ``things`` are those that are described, not those ever minted."""

    quads: int = 0
    articles: int = 0
    things: int = 0


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """One published state of the store.

    ``time`` is the publish time as the caller's clock gave it (xsd:dateTime, UTC). ``digest`` is the sum modulo 2^256
    of SHA-256 over the N-Quads line of every quad: it follows from the quads alone, in any order, and is carried
    forward by the changed quads only. It tells equal from unequal content; it does not withstand a forger.
    ``pages`` are the pages whose revision this snapshot is. ``changes`` says whether the snapshot carries the log of
    its quads against ``parent``. ``unsettled`` counts the publishes since the files were last compacted. ``purged`` are
    the times at which an article was taken out of the snapshot for legal reasons (xsd:dateTime): digest, counts and log
    are others since then than they were when it was published (docs/decisions/0019-purge.md).
    ``annotators`` are the ensembles that annotated its articles, the one with the most first.
    """

    id: str
    parent: str | None
    time: str
    digest: str
    counts: Counts = Counts()
    pages: tuple[str, ...] = ()
    changes: bool = True
    unsettled: int = 0
    added: int = 0
    removed: int = 0
    holder: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)
    software: Mapping[str, str] = field(default_factory=dict)
    purged: tuple[str, ...] = ()
    annotators: tuple[Ensemble, ...] = ()

    @property
    def state(self) -> str:
        """The id, and what tells this content from what the snapshot held before a purge made it again."""
        return "+".join((self.id, *self.purged))

    def to_json(self) -> str:
        """The manifest's text: one JSON object, keys in order."""
        row = {
            "id": self.id,
            "parent": self.parent,
            "time": self.time,
            "digest": self.digest,
            "counts": {
                "quads": self.counts.quads,
                "articles": self.counts.articles,
                "things": self.counts.things,
            },
            "pages": list(self.pages),
            "changes": self.changes,
            "unsettled": self.unsettled,
            "added": self.added,
            "removed": self.removed,
            "holder": self.holder,
            "summary": dict(self.summary),
            "software": dict(self.software),
            **({"annotators": [one.to_json() for one in self.annotators]} if self.annotators else {}),
            **({"purged": list(self.purged)} if self.purged else {}),
        }
        return json.dumps(row, indent=1, ensure_ascii=False, sort_keys=True)

    @classmethod
    def read(cls, path: Path) -> SnapshotInfo:
        """The snapshot whose manifest the file is.

        Raises FileNotFoundError, and :class:`kg.errors.StoreError` when the file is not a manifest.
        """
        try:
            row = json.loads(path.read_bytes())
            ensembles = tuple(Ensemble(**one) for one in row.get("annotators", ()))
            lists: dict[str, Any] = {
                "annotators": ensembles,
                "pages": tuple(row["pages"]),
                "purged": tuple(row.get("purged", ())),
            }
            return cls(**{**row, "counts": Counts(**row["counts"]), **lists})
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path}: not a manifest ({error}); restore the store from a backup") from error


def versions() -> dict[str, str]:
    """The software that makes snapshots, by name."""
    found = {"newsgraph": __version__, "python": platform.python_version()}
    for name in ("pyoxigraph", "tantivy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
