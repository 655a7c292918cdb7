"""The room where documents wait for the end of their embargo: bytes and how they came, readable by the owner only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kg.iris import hex_digest
from kg.model import Document, Rights, Source

__all__ = ["Due", "Waiting", "over"]


def over(embargo: str, now: datetime) -> bool:
    """Whether an embargo, an xsd:dateTime or xsd:date, has ended by ``now``.

    A day ends an embargo when it begins in the last time zone of the earth; what is no date never ends.
    """
    try:
        moment = datetime.fromisoformat(embargo)
    except ValueError:
        return False
    if "T" not in embargo:
        moment = moment.replace(tzinfo=UTC) + timedelta(hours=12)
    return moment.replace(tzinfo=moment.tzinfo or UTC) <= now


@dataclass(frozen=True, slots=True)
class Due:
    """A document whose embargo has ended, and the file it waited in."""

    document: Document
    file: Path
    digest: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """The waiting documents of one store, one for each article: the newest."""

    folder: Path

    def put(self, key: str, document: Document, embargo: str) -> None:
        """Keep a document until its embargo ends, in place of an earlier one with this identity key."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        source = document.source
        row = {
            "identity": key,
            "key": document.key,
            "origin": document.origin,
            "media_type": document.media_type,
            "embargo": embargo,
            "source": {**asdict(source), "rights": source.rights.value},
        }
        file = self._file(key)
        fresh = file.with_suffix(".new")
        fresh.write_bytes(json.dumps(row, sort_keys=True).encode() + b"\n" + document.data)
        fresh.chmod(0o600)
        fresh.replace(file)

    def drop(self, *keys: str) -> None:
        """Forget what waits under these keys: a later version was published, or the article was taken back."""
        for key in keys:
            with suppress(FileNotFoundError):
                self._file(key).unlink()

    def of(self, page: str, find: Callable[[str], str | None]) -> tuple[Path, ...]:
        """The files in which versions of an article wait that is published as ``page``; ``find`` looks up keys."""
        found = []
        for file in sorted(self.folder.glob("*.waiting")):
            try:
                key = json.loads(file.read_bytes().partition(b"\n")[0])["identity"]
            except (ValueError, KeyError, TypeError):
                continue
            if find(f"article:{key}") == page:
                found.append(file)
        return tuple(found)

    def due(self, now: datetime) -> Iterator[Due]:
        """The documents whose embargo has ended, in order of their keys' hashes; they stay until they are done."""
        for file in sorted(self.folder.glob("*.waiting")):
            held = file.read_bytes()
            head, _, data = held.partition(b"\n")
            try:
                row = json.loads(head)
                source = Source(**{**row["source"], "rights": Rights(row["source"]["rights"])})
                document = Document(data, row["key"], row["origin"], source, row["media_type"])
            except (ValueError, KeyError, TypeError):  # not written by this program; nothing to publish
                continue
            if over(row["embargo"], now):
                yield Due(document, file, hashlib.sha256(held).digest())

    def done(self, due: Due) -> None:
        """Forget a document that was published or refused, unless another version took its place meanwhile."""
        with suppress(FileNotFoundError):
            if hashlib.sha256(due.file.read_bytes()).digest() == due.digest:
                due.file.unlink()

    def _file(self, key: str) -> Path:
        return self.folder / f"{hex_digest(key, 32)}.waiting"
