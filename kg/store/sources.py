"""The archive of source bytes: kept once, by content, with how they came; never public.

What was fetched can then be read again with tomorrow's annotators (docs/architecture.md, decision 11).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.errors import StoreError, UsageError
from kg.model import Document, Rights, Source
from kg.store import durable

__all__ = ["Kept", "Sources"]

_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kept:
    """One arrival of a document: the bytes are shared by all arrivals of equal content.

    ``dated`` is the document's, when it was fetched or last written; ``fetched`` is when it was published.
    """

    sha256: str
    key: str
    origin: str
    fetched: str
    media_type: str | None
    source: Source
    dated: str | None = None

    def document(self, data: bytes) -> Document:
        """The document as it arrived."""
        return Document(data=data, key=self.key, origin=self.origin, source=self.source, media_type=self.media_type)


@dataclass(frozen=True, slots=True)
class Sources:
    """The archive below one directory, readable by its owner only."""

    root: Path

    def keep(self, document: Document, *, fetched: str) -> str:
        """The bytes' SHA-256 in hexadecimal; bytes and metadata are on disk when it returns.

        ``fetched`` is the lexical form of an xsd:dateTime. The same arrival again changes nothing; with other settings
        of its source it is another one. Raises OSError.
        """
        sha = hashlib.sha256(document.data).hexdigest()
        folder = self._folder(sha)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / sha
        if not file.exists():
            # two fetchers may keep equal bytes at once
            durable.write(file, document.data, suffix=f".{os.getpid()}-{threading.get_ident()}.new")
            durable.sync(folder.parent)
        source = document.source
        came = [kept for kept in self.arrivals(sha) if (kept.key, kept.origin) == (document.key, document.origin)]
        if not came or came[-1].source != source:
            row = {
                "key": document.key,
                "origin": document.origin,
                "fetched": fetched,
                "media_type": document.media_type,
                "dated": document.dated,
                "source": {
                    "name": source.name,
                    "rights": source.rights.value,
                    "licence": source.licence,
                    "publisher": source.publisher,
                    "language": source.language,
                    "priority": source.priority,
                    "reserved": source.reserved,
                },
            }
            durable.append_line(folder / f"{sha}.jsonl", json.dumps(row, sort_keys=True))
        return sha

    def load(self, sha: str) -> bytes:
        """The bytes with this SHA-256.

        Raises :class:`kg.errors.UsageError` for what is no SHA-256 and :class:`kg.errors.StoreError` when the bytes
        are not kept, or no longer what their name says.
        """
        file = self._folder(sha) / sha
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            raise StoreError(f"no source bytes with SHA-256 {sha} are kept") from None
        if hashlib.sha256(data).hexdigest() != sha:
            raise StoreError(f"{file}: the bytes have changed since they were kept; restore them from a backup")
        return data

    def arrivals(self, sha: str) -> tuple[Kept, ...]:
        """How the bytes came, oldest first; empty when they are not kept."""
        try:
            text = (self._folder(sha) / f"{sha}.jsonl").read_text(encoding="utf-8")
        except FileNotFoundError:
            return ()
        found = []
        for line in text.split("\n"):
            try:
                row = json.loads(line)
                source = Source(**{**row["source"], "rights": Rights(row["source"]["rights"])})
                given = row["key"], row["origin"], row["fetched"], row["media_type"], source, row.get("dated")
                found.append(Kept(sha, *given))
            except (ValueError, KeyError, TypeError):  # a line torn by a crash
                continue
        return tuple(found)

    def forget(self, sha: str, arrivals: Collection[Kept]) -> bool:
        """Take these arrivals of the bytes away, and the bytes where no other arrival is left; whether they are gone.

        What is gone is gone from the directory; the disk may hold the blocks until they are used again. Raises OSError.
        """
        folder = self._folder(sha)
        left = [kept for kept in self.arrivals(sha) if kept not in arrivals]
        if left:
            rows = "".join(json.dumps(_row(kept), sort_keys=True) + "\n" for kept in left)
            durable.write(folder / f"{sha}.jsonl", rows.encode("utf-8"))
            return False
        for file in sorted(folder.glob(f"{sha}*")):  # the bytes first: who is interrupted finds the arrivals again
            file.unlink()
        if folder.is_dir():
            durable.sync(folder)
        return True

    def all(self) -> Iterator[Kept]:
        """Every arrival, by SHA-256."""
        for file in sorted(self.root.glob("*/*.jsonl")):
            yield from self.arrivals(file.stem)

    def _folder(self, sha: str) -> Path:
        if not _SHA.fullmatch(sha):
            raise UsageError(f"{sha!r} is not a SHA-256 in 64 lower-case hexadecimal digits")
        return self.root / sha[:2]


def _row(kept: Kept) -> dict[str, object]:
    """The arrival as its line in the archive."""
    row = asdict(kept)
    del row["sha256"]
    return {**row, "source": {**row["source"], "rights": kept.source.rights.value}}
