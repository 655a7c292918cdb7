"""What hostile input costs: one file of each kind through `kg ingest`, with its outcome, CPU seconds and peak memory.

Each case is a process of its own with a store of its own, so that the peak is the case's. Run it with

    python bench/hostile.py [--size MB] [--only WORD] [--json FILE]

``--size`` is the size of the large files (200 MB by default; decompressed for archives). Nothing is asserted.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

TEXT = "The council of Velmar met on Tuesday and spoke for three hours about the wall of its harbour. "
PARAGRAPH = f"<p>{TEXT * 3}</p>\n"
PAGE = f"<!DOCTYPE html><html><head><title>The wall</title></head><body><h1>The wall of Velmar</h1>{PARAGRAPH * 3}"
G2 = '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>'
ITEM = (
    '<newsItem guid="urn:x:{n}" version="1"><itemMeta><itemClass qcode="ninat:picture"/></itemMeta><contentMeta>'
    "<headline>Boat {n}</headline></contentMeta></newsItem>" + " " * 20_000 + "\n"
)
QUAD = (
    '<https://n.example/articles/a{n}-12345678#id> <http://schema.org/headline> "Wall {n} ' + TEXT * 200 + '"@en '
    "<https://n.example/graphs/articles/a{n}-12345678/content> .\n"
)
BOMB = (
    '<!DOCTYPE {root} [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)

Parts = Iterator[bytes]
Case = Callable[[int], Parts]


def repeated(head: str, part: str, tail: str) -> Case:
    """A head, as many parts as fill the size (``{n}`` is their number), and a tail."""

    def made(size: int) -> Parts:
        yield head.encode()
        written = number = 0
        while written < size:
            many = "".join(part.replace("{n}", str(number + one)) for one in range(1000)).encode()
            number += 1000
            written += len(many)
            yield many
        yield tail.encode()

    return made


def fixed(make: Callable[[], str | bytes]) -> Case:
    """One text, whatever the size; it is made when it is wanted."""

    def made(_: int) -> Parts:
        text = make()
        yield text if isinstance(text, bytes) else text.encode()

    return made


def record(body: bytes) -> bytes:
    """A WARC response."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://v.example/\r\nContent-Length: %d\r\n\r\n"
    return head % len(block) + block + b"\r\n\r\n"


def warc_gz(size: int) -> Parts:
    """Pages without a text, each a gzip member."""
    member = gzip.compress(
        record(b"<html><title>x</title><script>" + os.urandom(20_000).hex().encode() + b"</script>"), 1
    )
    for _ in range(size // 40_000):
        yield member


def warc_bomb(size: int) -> Parts:
    """One record whose response is zeros, compressed once and twice."""
    zeros = zlib.compressobj(9, zlib.DEFLATED, 31)
    made = zeros.compress(b"\0" * size) + zeros.flush()
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + made
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://v.example/\r\nContent-Length: %d\r\n\r\n"
    yield gzip.compress(head % len(block) + block + b"\r\n\r\n")


def zipped(name: str, data: bytes, copies: int) -> bytes:
    """A ZIP archive of one file's copies."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(copies):
                archive.writestr(f"{number}{name}", data)
        file.seek(0)
        return file.read()


def zip_large(size: int) -> Parts:
    """Many texts that are no articles."""
    yield zipped(".txt", TEXT.encode() * 2_000, max(1, size // (len(TEXT) * 2_000)))


def zip_layers(size: int) -> Parts:
    """Sixteen archives in sixteen archives in sixteen archives … of zeros (the shape of 42.zip)."""
    made = zipped(".txt", b"\0" * min(size, 50_000_000), 1)
    for _ in range(5):
        made = zipped(".zip", made, 16)
    yield made


def quine() -> bytes:
    """A ZIP archive whose member is the archive again, as far as one writes it: nested deeper than anybody reads."""
    made = b"x"
    for _ in range(40):
        made = zipped(".zip", made, 1)
    return made


CASES: dict[str, Case] = {
    "large html": repeated(PAGE, PARAGRAPH, "</body></html>"),
    "large text": repeated("The wall of Velmar\n\n", TEXT + "\n\n", ""),
    "large rss": repeated(
        "<rss version='2.0'><channel><title>V</title>",
        f"<item><title>Wall {{n}}</title><description>{TEXT}</description></item>",
        "</channel></rss>",
    ),
    "large newsml": repeated(G2, ITEM, "</itemSet></newsMessage>"),
    "large json": repeated('{"headline": "The wall", "body": "', TEXT, '"}'),
    "large json array": repeated('[{"no": "article"}', ', {"no": "article {n}", "text": "' + TEXT * 200 + '"}', "]"),
    "large jsonl": repeated("", '{"no": "article {n}", "text": "' + TEXT * 200 + '"}\n', ""),
    "large nq": repeated("", QUAD, ""),
    "large warc.gz": warc_gz,
    "large zip": zip_large,
    "large sitemap": repeated("<urlset>", "<url><loc>https://v.example/{n}</loc></url>", "</urlset>"),
    "zip of zips of zeros": zip_layers,
    "zip in zip in zip": fixed(lambda: quine()),
    "gzip of zeros": lambda size: iter([gzip.compress(b"\0" * size)]),
    "gzip bomb in warc": warc_bomb,
    "entities in rss": fixed(
        lambda: BOMB.format(root="rss") + "<rss><channel><item><title>&i;</title></item></channel></rss>"
    ),
    "entities in nitf": fixed(lambda: BOMB.format(root="nitf") + "<nitf><body>&i;</body></nitf>"),
    "entities in xhtml": fixed(
        lambda: (
            "<?xml version='1.0'?>"
            + BOMB.format(root="html")
            + f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><p>&i;</p>{PARAGRAPH}</body></html>'
        )
    ),
    "entities in opml": fixed(lambda: BOMB.format(root="opml") + "<opml><body><outline text='&i;'/></body></opml>"),
    "100,000 nested <div>": fixed(lambda: PAGE + "<div>" * 100_000 + PARAGRAPH),
    "100,000 nested <b>": fixed(lambda: PAGE + "<b>" * 100_000 + PARAGRAPH),
    "100,000 nested xml": fixed(lambda: "<nitf>" + "<block>" * 100_000),
    "100,000 nested in rss": fixed(lambda: "<rss><channel><item><title>x</title><description>" + "<b>" * 100_000),
    "100,000 nested arrays": fixed(lambda: '{"headline": "x", "body": ' + "[" * 100_000),
    "100,000 nested in front matter": fixed(lambda: "---\ntitle: " + "[" * 100_000 + "\n---\n# x\n\n" + TEXT),
    "100,000 nested quotes in markdown": fixed(lambda: "---\ntitle: x\n---\n" + ">" * 100_000 + " x\n\n" + TEXT),
    "1,000,000 attributes": fixed(lambda: PAGE + "<p " + " ".join(f"a{n}='x'" for n in range(1_000_000)) + ">" + TEXT),
    "1,000,000 attributes in xml": fixed(lambda: "<nitf " + " ".join(f"a{n}='x'" for n in range(1_000_000)) + "/>"),
    "1,000,000 names in json": fixed(
        lambda: '{"headline": "x", ' + ", ".join(f'"a{n}": 1' for n in range(1_000_000)) + "}"
    ),
    "1,000,000 items of 100 bytes": lambda _: repeated(
        "<rss><channel><title>V</title>",
        f"<item><title>W{{n}}</title><link>https://v.example/{{n}}</link>{'x' * 30}</item>",
        "</channel></rss>",
    )(100_000_000),
    "50 MB json in one line": fixed(lambda: '{"headline": "x", "body": "' + "x" * 49_000_000 + '"}'),
    "50 MB data: address": fixed(lambda: PAGE + "<img src='data:image/png;base64," + "A" * 49_000_000 + "'>"),
    "only css": fixed(lambda: "<html><head><style>" + "p{color:red}" * 100_000 + "</style></head><body></body></html>"),
    "only javascript": fixed(lambda: "<html><body><script>" + "f();" * 1_000_000 + "</script></body></html>"),
    "one word of 5 MB": fixed(lambda: "The wall\n\n" + "A" * 5_000_000),
    "blanks, 5 MB": fixed(lambda: "The wall\n\n" + " " * 5_000_000 + "x\n\n" + TEXT),
    "brackets in markdown, 1 MB": fixed(lambda: "---\ntitle: x\n---\n" + "[" * 1_000_000),
    "stars in markdown, 1 MB": fixed(lambda: "---\ntitle: x\n---\n" + "*a_" * 300_000),
    "comments in html, 5 MB": fixed(lambda: PAGE + "<!-- " * 1_000_000 + PARAGRAPH),
    "comments in a title, 1 MB": fixed(lambda: '{"headline": "' + "<!--" * 250_000 + '", "body": "' + TEXT + '"}'),
    "open brackets in rss, 5 MB": fixed(lambda: "<rss><channel>" + "<item><" * 700_000),
    "ampersands in rss, 5 MB": fixed(
        lambda: (
            "<rss><channel><item><title>x</title><description>"
            + "&" * 5_000_000
            + "</description></item></channel></rss>"
        )
    ),
}


def write(name: str, size: int, file: Path) -> None:
    """Write a case's input."""
    with file.open("wb") as opened:
        for part in CASES[name](size):
            opened.write(part)


def run(name: str, size: int, folder: Path) -> dict[str, object]:
    """One case: what came out, in seconds of CPU and bytes.

    The input is written by a process of its own: a process inherits the peak of the one that starts it.
    """
    file = folder / "input"
    subprocess.run([sys.executable, __file__, "--write", name, str(size), str(file)], check=True)
    command = [sys.executable, "-c", "from kg.cli import main; main()"]
    command += ["--json", "--store", str(folder / "store"), "ingest", str(file), "--dry-run"]
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=folder)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    with (folder / "out").open("rb") as out:
        first = json.loads(out.readline() or b"{}")
        lines = bool(first) + sum(1 for _ in out)
    return {
        "case": name,
        "bytes": file.stat().st_size,
        "exit": process.returncode,
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": used.ru_maxrss // 1024,
        "outcomes": lines,
        "first": f"{first.get('status')}: {first.get('reason') or first.get('iri') or ''}"[:110],
        "traceback": b"Traceback" in (folder / "err").read_bytes(),
    }


def main() -> None:
    """Run the cases and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=200, help="megabytes of the large files")
    parser.add_argument("--from", dest="first", default="", help="begin with this case")
    parser.add_argument("--only", default="", help="cases whose name holds this word")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    parser.add_argument("--write", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        write(arguments.write[0], int(arguments.write[1]), Path(arguments.write[2]))
        return
    made = []
    print(f"{'case':<36} {'MB':>6} {'CPU s':>7} {'peak MB':>8} {'exit':>4} {'outcomes':>8}  first outcome", flush=True)
    names = list(CASES)
    for name in names[names.index(arguments.first) if arguments.first else 0 :]:
        if arguments.only in name:
            with tempfile.TemporaryDirectory() as folder:
                one = run(name, arguments.size * 1_000_000, Path(folder))
            made.append(one)
            print(
                f"{name:<36} {one['bytes'] / 1e6:>6.1f} {one['cpu_seconds']:>7} {one['peak_mb']:>8} {one['exit']:>4} "  # type: ignore[operator]
                f"{one['outcomes']:>8}  {one['first']}{'  TRACEBACK' if one['traceback'] else ''}",
                flush=True,
            )
    if arguments.json:
        arguments.json.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
