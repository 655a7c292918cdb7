"""What a store keeps of an article outside its snapshots: source bytes, quarantine, waiting room, journals, watch.

Files are known by the SHA-256 of the article's source bytes and by the keys and origins under which they arrived.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from kg.model import Document
from kg.store import contents, durable
from kg.store.erasure import Order
from kg.store.layout import Layout
from kg.store.reader import Reader
from kg.store.sources import Kept, Sources

__all__ = ["Clues", "Keys", "clues", "documents", "erase"]

#: The keys that an arrival of bytes may have been given to articles under.
Keys = Callable[[Kept], Iterable[str]]

#: What lies in a store's directory and is no business of this module.
_OTHERS = frozenset(
    {"snapshots", "sources", "quarantine", "ids", "current", "store.json", "purge.json", "writer.lock", "settle.lock"}
)
#: Keys of an arrival that are compared where its bytes are not known to be the article's.
_LIKELY = 4
#: Bytes of a file that are looked through at once.
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Clues:
    """By what files about an article are known. ``arrivals`` are those of its bytes that are the article's alone, as
    (SHA-256, key, origin); ``keys`` and ``origins`` theirs, where no other article has the same; ``shared`` are bytes
    that other articles came with, and the pages of those. ``iri`` is the page's where that is to be forgotten."""

    arrivals: tuple[tuple[str, str, str], ...] = ()
    keys: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    shared: tuple[tuple[str, tuple[str, ...]], ...] = ()
    iri: str = ""

    @property
    def digests(self) -> frozenset[str]:
        """The SHA-256 of the bytes that go, in hexadecimal."""
        return frozenset(sha for sha, _, _ in self.arrivals) - {sha for sha, _ in self.shared}


def clues(layout: Layout, reader: Reader, order: Order, keys: Keys) -> Clues:
    """What the archive says of the article's bytes, by the current key table."""
    rows = {row for row, _ in order.keys}
    own: list[Kept] = []
    others: set[str] = set()
    shared: dict[str, set[str]] = {}
    for kept in Sources(layout.path / "sources").all():
        known = kept.sha256 in order.digests
        likely = keys(kept) if known else itertools.islice(keys(kept), _LIKELY)
        if not known and not any(contents.key_node(layout.iris, key).value in rows for key in likely):
            others.update((kept.key, kept.origin))
            continue
        pages = {page for key in keys(kept) if (page := reader.lookup(key)) is not None} - {order.page}
        if pages:
            shared.setdefault(kept.sha256, set()).update(pages)
            others.update((kept.key, kept.origin))
        else:
            own.append(kept)
    return Clues(
        arrivals=tuple(sorted((kept.sha256, kept.key, kept.origin) for kept in own)),
        keys=tuple(sorted({kept.key for kept in own} - others)),
        origins=tuple(sorted({kept.origin for kept in own} - others)),
        shared=tuple((sha, tuple(sorted(pages))) for sha, pages in sorted(shared.items())),
        iri=order.page if order.forget else "",
    )


def documents(layout: Layout, found: Clues) -> Iterator[Document]:
    """The article's documents that are kept, each as it came."""
    archive = Sources(layout.path / "sources")
    for sha, key, origin in found.arrivals:
        for kept in archive.arrivals(sha):
            if (kept.key, kept.origin) == (key, origin):
                with suppress(StoreError):  # bytes that are damaged name nobody, and go all the same
                    yield kept.document(archive.load(sha))


def erase(layout: Layout, found: Clues) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete what is the article's alone and cut it out of journals: the files that changed, and those that still name
    its keys or origins, both from the store's directory. Doing it again does what is left. Raises OSError."""
    erased = [*_sources(layout, found), *_quarantine(layout.path / "quarantine", found)]
    erased += _described(layout.path / "described")
    words = tuple(word for word in (*found.keys, *found.origins, *sorted(found.digests), found.iri) if len(word) > 3)
    mentions: list[Path] = []
    for file in sorted(_files(layout.path)):
        if _named(file, found.digests) or _holds(file, found):
            file.unlink()
            erased.append(file)
        elif file.suffix in (".db", ".sqlite", ".sqlite3"):
            if words and _database(file, words):
                erased.append(file)
            if words and _mentions(file, words):
                mentions.append(file)
        elif words and _mentions(file, words):
            if file.suffix == ".jsonl" and _cut(file, words):
                erased.append(file)
            elif _mentions(file, words):
                mentions.append(file)
    shown = [tuple(sorted({f.relative_to(layout.path).as_posix() for f in files})) for files in (erased, mentions)]
    return shown[0], shown[1]


# ---- by place -----------------------------------------------------------------------------------------------------


def _sources(layout: Layout, found: Clues) -> Iterator[Path]:
    archive = Sources(layout.path / "sources")
    for sha in sorted({sha for sha, _, _ in found.arrivals}):
        own = [kept for kept in archive.arrivals(sha) if (sha, kept.key, kept.origin) in found.arrivals]
        if own and archive.forget(sha, own):
            yield archive.root / sha[:2] / sha


def _quarantine(folder: Path, found: Clues) -> Iterator[Path]:
    """Refused documents of the same origin or with the same bytes, each with its reports."""
    stems = {file.name.removesuffix(".report.json") for file in folder.glob("*.report.json")}
    for stem in sorted(stems):
        report = folder / f"{stem}.report.json"
        files = [file for file in folder.glob(f"{_plain(stem)}.*") if file.is_file()]
        try:
            origin = json.loads(report.read_bytes()).get("origin")
        except (OSError, ValueError, AttributeError):
            origin = None
        if origin in found.origins or any(_digest(file) in found.digests for file in files):
            for file in files:
                file.unlink(missing_ok=True)
                yield file
    for file in sorted(folder.glob("*")):
        if file.is_file() and _digest(file) in found.digests:
            file.unlink()
            yield file


def _described(folder: Path) -> Iterator[Path]:
    """The descriptions of snapshots, whose example queries name people: all of them, because they are made again."""
    for file in sorted(folder.glob("*")):
        file.unlink(missing_ok=True)
        yield file


def _files(root: Path) -> Iterator[Path]:
    for entry in sorted(root.iterdir()):
        if entry.name not in _OTHERS:
            yield from (entry,) if entry.is_file() else (file for file in entry.rglob("*") if file.is_file())


# ---- by what is in a file -----------------------------------------------------------------------------------------


def _named(file: Path, digests: frozenset[str]) -> bool:
    return any(digest in file.name for digest in digests)


def _holds(file: Path, found: Clues) -> bool:
    """Whether the file is bytes of the article: as they came, or behind one line that says how (the waiting room)."""
    if file.suffix in (".jsonl", ".db", ".sqlite", ".sqlite3"):
        return False
    if _digest(file) in found.digests:
        return True
    if file.suffix != ".waiting":
        return False
    head, _, data = file.read_bytes().partition(b"\n")
    if hashlib.sha256(data).hexdigest() in found.digests:
        return True
    try:
        row = json.loads(head)
        return row["key"] in found.keys or row["origin"] in found.origins
    except (ValueError, KeyError, TypeError):
        return False


def _mentions(file: Path, words: tuple[str, ...]) -> bool:
    """Whether the file has one of the words, as it is or as JSON writes it."""
    wanted = {form.encode("utf-8", "surrogatepass") for word in words for form in _forms(word)}
    longest = max(map(len, wanted))
    tail = b""
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            tail += block
            if any(word in tail for word in wanted):
                return True
            tail = tail[-longest:]
    return False


def _cut(file: Path, words: tuple[str, ...]) -> bool:
    """Whether the file's lines that have one of the words could be taken out."""
    forms = tuple(form for word in words for form in _forms(word))
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        return False
    durable.write(file, "\n".join(line for line in lines if not any(f in line for f in forms)).encode("utf-8"))
    return True


def _database(file: Path, words: tuple[str, ...]) -> bool:
    """Whether rows of an SQLite database whose column is one of the words were deleted, and their pages overwritten."""
    count = 0
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(file, timeout=5)) as base:
        base.execute("PRAGMA secure_delete = ON")
        tables = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for column in [row[1] for row in base.execute(f"PRAGMA table_info({_quoted(table)})")]:
                for word in words:
                    where = f"DELETE FROM {_quoted(table)} WHERE {_quoted(column)} = ?"  # noqa: S608 names are quoted
                    count += base.execute(where, (word,)).rowcount
        base.commit()
        if count:
            base.execute("VACUUM")
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return bool(count)


def _quoted(name: Any) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def _forms(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((word, json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1])))


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _plain(text: str) -> str:
    """The text as a pattern that finds only itself."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in text)
