"""A publication with an article that is to be purged, and ways to look for what is left of it.

The words looked for are made-up and long, so that no compression can hide them (LZ4 and DEFLATE copy a run only from
where it stood before, so the first time it stands there in full) and no other text has them. Files are searched as they
are, unpacked where they are gzip, and read as what they are: quads by pyoxigraph, the text index by tantivy.
"""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from publication import Publication, document, page
from pyoxigraph import Store as Rdf
from store_fixture import BASE

from kg import config, pipeline
from kg.model import Rights, Source
from kg.store import Purged, Store
from kg.store.text import TextIndex

WIRE = Source(name="wire", rights=Rights.THIRD_PARTY)

#: Words that only the purged article has: of its body, of its first version, of its caption, a person's name, a quote.
BODY, FIRST, PERSON, QUOTE = "qvxzkjwpbodyghtr", "wzkqxvfirstplmoj", "Zorquavel", "jqzxwvkquoteplrt"
HEAD = "Xylquarvith"
WORDS = (BODY, FIRST, PERSON, QUOTE)


def secret(version: int = 1) -> bytes:
    """The article that is to go."""
    text = page(
        f"{HEAD} promises to rebuild the quay",
        "Imra Zorquavel",
        f"The old quay of Kampen will be rebuilt, the {BODY} council decided"
        + (f" in {FIRST}." if version == 1 else " in the end."),
    )
    return text.replace(b"We will start on Monday", f"We will start on {QUOTE} Monday".encode())


def other(number: int) -> bytes:
    return page(
        f"Bridge number {number} opens in Veld", f"Sanne Veldkamp{'abcdefgh'[number % 8]}", "A bridge was opened."
    )


def files(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below the folder, as it is and, where it is gzip, unpacked too."""
    for file in sorted(root.rglob("*")):
        if file.is_file():
            data = file.read_bytes()
            yield str(file.relative_to(root)), data
            if data[:2] == b"\x1f\x8b":
                yield f"{file.relative_to(root)} (unpacked)", gzip.decompress(data)


def found(root: Path, *words: str) -> list[str]:
    """Where one of the words is, whatever its case."""
    wanted = [word.encode() for word in words] + [word.lower().encode() for word in words]
    return [name for name, data in files(root) if any(word in data for word in wanted)]


def logical(store: Store, *words: str) -> list[str]:
    """Where one of the words is read from a snapshot: its quads, its text index, its manifest."""
    said = []
    for snapshot in store.snapshots():
        folder = store.path / "snapshots" / snapshot.info.id
        rdf = Rdf.read_only(str(folder / "rdf"))
        said += [f"{snapshot.info.id}: {quad}" for quad in rdf if any(w.lower() in str(quad).lower() for w in words)]
        index = TextIndex(folder / "text")
        said += [
            f"{snapshot.info.id}: {w}" for w in words if index.search(w).total or index.suggest(w, kind=None).total
        ]
    return said


def printed(folder: Path, *, short: bool = False) -> Publication:
    """Six snapshots (or three): the article in two versions among others, one pinned, one after a compaction; a refused
    version of it."""
    made = Publication.make(folder, snapshots__keep_last=20)
    made.add(document(other(0), "0.txt"), document(secret(), "secret.txt"))
    made.add(document(other(1), "1.txt", WIRE), document(secret(2), "secret.txt"))
    if short:
        return made
    made.store.pin(made.store.current_id(), time=made.now())
    made.add(document(b"\x00\x01" + BODY.encode(), "secret.txt"), document(other(2), "2.txt"))
    made.store.settle()
    made.add(document(other(3), "3.txt"))
    made.store.settle()
    made.add(document(other(4).replace(b"Sanne Veldkampe", b"Lotte Brandsma"), "4.txt"))
    return made


def copied(made: Publication, folder: Path) -> Publication:
    """The publication again, with the same hard links among its files."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", str(made.store.path), str(folder / "store")], check=True)
    settings = config.load(flags={"base_iri": BASE, "store": str(folder / "store"), "snapshots.keep_last": 20})
    return replace(made, folder=folder, settings=settings, store=Store.open(settings.store))


def article(press: Publication) -> str:
    """The page of the article that is to go."""
    with press.store.reader() as reader:
        (one,) = [p for p in reader.articles() if HEAD.lower() in p]
    return one


def purge(press: Publication, iri: str, **options: object) -> Purged:
    """Purge it, a step later than the last publish."""
    return pipeline.purge(press.store, iri, time=press.now(), reason="court order 7 K 12/26", **options)  # type: ignore[arg-type]
