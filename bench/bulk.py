"""Documents per second and memory over many documents: archives and collections taken apart and read, then the whole
path.

    python bench/bulk.py [--count 100000] [--whole 2000] [--json]

Articles are made on the fly by a deterministic generator, and reach the reader as a tar.gz of HTML and text, as JSON
Lines and as a WARC file, none of which is ever on disk or whole in memory. Prints documents per second and the resident
memory at a quarter, half and the end of each; then the same for the whole path into a new store, with one and with two
processes. Memory that does not depend on the count shows as three figures that are alike.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import sys
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from kg import config, extract, pipeline, shacl
from kg.errors import InputError
from kg.model import Document, Gone, Rights, Source, Unread
from kg.store import Store

SOURCE = Source(name="bench", rights=Rights.LICENSED)
LIMIT = 50 * 2**20

FIRST = ("Lotte", "Ines", "Rasmus", "Helena", "Marta", "Joris", "Amira", "Piet", "Sanne", "Tomas", "Vera", "Olaf")
LAST = ("Brandsma", "Calderwood", "Thorsager", "Quintanilha", "Solheim", "Veldkamp", "Haddad", "Okonjo", "Lindqvist")
PLACES = ("Kampen", "Zalk", "Lisbon", "Porto", "Bergen", "Ghent", "Tallinn", "Cork", "Faro", "Setúbal", "Leeds")
THINGS = ("quay", "ferry", "dike", "school", "bridge", "hospital", "library", "market", "tunnel", "station", "harbour")
DEEDS = ("rebuild", "close", "sell", "inspect", "open", "move", "paint", "rename", "lease", "flood")


def pick(words: tuple[str, ...], number: int, turn: int) -> str:
    """A word that a number and a place in the article choose."""
    return words[zlib.crc32(b"%d %d" % (number, turn)) % len(words)]


def article(number: int) -> dict[str, Any]:
    """Article ``number``: a headline, a byline, a date and six paragraphs about people who do not exist."""
    name = f"{pick(FIRST, number, 0)} {pick(LAST, number, 1)}"
    place, thing, deed = pick(PLACES, number, 2), pick(THINGS, number, 3), pick(DEEDS, number, 4)
    day = datetime(2020, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=17 * number)
    body = [
        f"The council of {place} decided on {day:%A} to {deed} the old {thing}, the {number}th decision of its term.",
        f'{name}, the mayor of {place}, said the town had waited long enough. "We will start on Monday," {name} said.',
    ]
    for turn in range(4):
        other, where = pick(LAST, number, 10 + turn), pick(PLACES, number, 20 + turn)
        what, act = pick(THINGS, number, 30 + turn), pick(DEEDS, number, 40 + turn)
        body.append(
            f"Residents of {where} had asked to {act} the {what} since {2000 + number % 20 + turn}. "
            f"A spokesman, {pick(FIRST, number, 50 + turn)} {other}, told reporters that case {number * 7 + turn} was "
            f"before the court, and that {pick(FIRST, number, 60 + turn)} would speak in {where} on the next day."
        )
    return {
        "headline": f"{place} to {deed} its {thing}, mayor {name} says ({number})",
        "url": f"https://paper.example/{day:%Y/%m/%d}/{number}",
        "author": f"{pick(FIRST, number, 5)} {pick(LAST, number, 6)}",
        "date_published": f"{day:%Y-%m-%dT%H:%M:%SZ}",
        "publisher": "The Harbour Gazette",
        "language": "en",
        "paragraphs": body,
    }


def html(number: int) -> bytes:
    """The article as a web page with what pages carry."""
    one = article(number)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": one["headline"],
        "url": one["url"],
        "datePublished": one["date_published"],
        "author": {"@type": "Person", "name": one["author"]},
        "publisher": {"@type": "Organization", "name": one["publisher"]},
    }
    menu = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in THINGS)
    body = "".join(f"<p>{text}</p>" for text in one["paragraphs"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{one["headline"]} | The Harbour Gazette'
        f'</title><link rel="canonical" href="{one["url"]}"><script type="application/ld+json">{json.dumps(data)}'
        f"</script></head><body><nav><ul>{menu}</ul></nav><main><article><h1>{one['headline']}</h1>"
        f'<p class="byline">By {one["author"]}</p><time datetime="{one["date_published"]}"></time>{body}</article>'
        f"</main><footer>© The Harbour Gazette</footer></body></html>"
    ).encode()


def text(number: int) -> bytes:
    """The article as a text file."""
    one = article(number)
    day = datetime.fromisoformat(one["date_published"])
    head = [one["publisher"], one["headline"], f"By {one['author']}\n{day.day} {day:%B %Y}"]
    return "\n\n".join([*head, *one["paragraphs"]]).encode()


class Made(io.RawIOBase):
    """A stream of bytes that are made when they are read."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        super().__init__()
        self.parts, self.rest = iter(parts), b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        view = memoryview(target).cast("B")
        while not self.rest:
            part = next(self.parts, None)
            if part is None:
                return 0
            self.rest = part
        data, self.rest = self.rest[: len(view)], self.rest[len(view) :]
        view[: len(data)] = data
        return len(data)


def packed_tar(numbers: range) -> Iterator[bytes]:
    """A tar.gz of HTML pages and text files by turns."""
    squeeze = zlib.compressobj(6, wbits=31)
    for number in numbers:
        data, suffix = (html(number), "html") if number % 2 else (text(number), "txt")
        info = tarfile.TarInfo(f"{number // 1000:05}/{number}.{suffix}")
        info.size = len(data)
        yield squeeze.compress(info.tobuf() + data + bytes(-len(data) % 512))
    yield squeeze.compress(bytes(1024)) + squeeze.flush()


def json_lines(numbers: range) -> Iterator[bytes]:
    """One object per line."""
    for number in numbers:
        yield json.dumps(article(number), ensure_ascii=False).encode() + b"\n"


def warc(numbers: range) -> Iterator[bytes]:
    """Responses, each a gzip member, with the requests between them."""
    for number in numbers:
        url = article(number)["url"]
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html(number)
        for kind, content in (("response", block), ("request", b"GET / HTTP/1.1\r\n\r\n")):
            head = (
                f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
                f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(content)}\r\n\r\n"
            )
            yield gzip.compress(head.encode() + content + b"\r\n\r\n", 6, mtime=0)


FORMS: dict[str, Callable[[range], Iterator[bytes]]] = {"tar.gz": packed_tar, "jsonl": json_lines, "warc.gz": warc}


def documents(form: str, count: int) -> Iterator[Document | Unread | Gone]:
    """What :func:`kg.extract.unpack` takes out of the stream of that form."""
    stream: BinaryIO = io.BufferedReader(Made(FORMS[form](range(count))), 1 << 16)
    return extract.unpack(stream, Document(b"", f"path:bench/{form}", form, SOURCE), limit=LIMIT)


def resident() -> float:
    """This process's resident memory in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measured(what: str, items: Iterable[object], count: int) -> dict[str, float]:
    """Items per second, and the memory at a quarter, half and the end."""
    began, seen = time.monotonic(), 0
    memory: dict[int, float] = {}
    for seen, _ in enumerate(items, 1):
        if seen in (count // 4, count // 2, count):
            memory[seen] = resident()
            print(f"  {what}: {seen:,}, {memory[seen]:.0f} MiB", file=sys.stderr)
    seconds = time.monotonic() - began
    if seen != count:
        sys.exit(f"{what}: {seen} of {count} came out")
    quarter, half, end = (memory[part] for part in (count // 4, count // 2, count))
    return {"documents per second": count / seconds, "MiB at 1/4": quarter, "MiB at 1/2": half, "MiB at the end": end}


def read(form: str, count: int) -> Iterator[object]:
    """The articles of each document."""
    for one in documents(form, count):
        if not isinstance(one, Document):
            sys.exit(f"{form}: {one}")
        try:
            yield extract.read(one)
        except InputError as error:
            sys.exit(f"{form}: {error}")


def whole(count: int, jobs: int) -> Iterator[object]:
    """The outcomes of the whole path into a new store, pages and text files by turns."""
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load(flags={"base_iri": "https://bench.example", "store": f"{folder}/store"})
        moment = iter(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n) for n in range(10**9))
        ingest = pipeline.Ingest(
            store=Store.create(settings.store, settings.base_iri),
            settings=settings,
            gate=shacl.Gate(shacl.ShapesGraph.load()),
            table=pipeline.table(settings),
            now=lambda: next(moment),
            holder="bench",
        )
        with ingest.journal.start(["bench"]) as run:
            for outcome in ingest.run(documents("tar.gz", count), jobs=jobs, journal=run):
                if outcome.status != "stored":
                    sys.exit(f"{outcome.origin}: {outcome.status} {outcome.reason}")
                yield outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=100_000, help="documents that are taken apart and read, per form")
    parser.add_argument("--whole", type=int, default=2_000, help="documents through the whole path")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args()
    made = {f"unpack and read, {form}": measured(form, read(form, options.count), options.count) for form in FORMS}
    for jobs in (1, 2):
        name = f"whole path, jobs {jobs}"
        made[name] = measured(name, whole(options.whole, jobs), options.whole)
    if options.json:
        print(json.dumps(made))
        return
    for name, figures in made.items():
        print(name)
        for figure, value in figures.items():
            print(f"  {figure:<24} {value:10.1f}")


if __name__ == "__main__":
    main()
