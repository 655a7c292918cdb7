"""A folder of everything hostile goes through one ``kg ingest``: each file has a clear outcome, and the good ones are
stored.

One run of the command reads all files; each test looks at what became of one kind. Sizes and times of large input are
measured by ``bench/hostile.py``.
"""

from __future__ import annotations

import gzip
import io
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

FIRST = "The council of Velmar met on Tuesday and spoke for three hours about the wall."
SECOND = "Nobody in the hall had expected that the vote would be over so early."
SECRET = "the secret of the lighthouse keeper"
DEEP = 100_000


def article(title: str, more: str = "") -> str:
    return f"The Velmar Post\nLocal\n\n{title}\n\nBy Ana Reis\n12 March 2026\n\n{FIRST}\n\n{SECOND}\n\n{more}"


def page(title: str, body: str = "", head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head>{head}<title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{FIRST}</p><p>{SECOND}</p>{body}</article></body></html>"
    )


def laughs(root: str) -> str:
    names = "abcdefghij"
    said = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in itertools.pairwise(names))
    return f'<!DOCTYPE {root} [<!ENTITY a "lol">{said}]>'


def reaching(root: str, address: str) -> str:
    return f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "{address}">]>'


def zipped(*members: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return made.getvalue()


def warc(body: bytes, headers: bytes = b"") -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n" + headers + b"\r\n" + body
    head = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://velmar.example/%d\r\nContent-Length: %d\r\n\r\n"
    )
    return head % (len(body), len(block)) + block + b"\r\n\r\n"


def item(number: int, more: str = "") -> str:
    return (
        f"<item><title>Boat {number} has sunk</title><link>https://velmar.example/{number}</link>{more}"
        f"<description>{FIRST}</description></item>"
    )


def files(secret: Path, port: int) -> dict[str, bytes]:
    """The hostile documents and, among them, good ones."""
    local, away = secret.as_uri(), f"http://127.0.0.1:{port}/x.dtd"
    nitf = (
        "<nitf><body><body.head><hedline><hl1>&x;</hl1></hedline></body.head><body.content>"
        f"<p>{FIRST}</p></body.content></body></nitf>"
    )
    rss = "<rss version='2.0'><channel><title>Post</title><item><title>&x;</title></item></channel></rss>"
    xhtml = (
        page("A page with entities", "<p>&x;</p>")
        .partition(">")[2]
        .replace("<html>", "<html xmlns='http://www.w3.org/1999/xhtml'>")
    )
    zeros = zipped(("zeros.txt", b"\0" * 60_000_000))
    layers = zeros
    for number in range(5):
        layers = zipped(*((f"{number}{copy}.zip", layers) for copy in range(8)))
    quine = b"x"
    for _ in range(30):
        quine = zipped(("a.zip", quine))
    post = '{"title": {"rendered": "Wall"}, "content": {"rendered": "<p>1</p>"}, "content": {"rendered": "<p>2</p>"}}'
    texts = {
        "00-good.txt": article("The wall will be repaired"),
        "bomb-rss.xml": laughs("rss") + rss.replace("&x;", "&j;"),
        "bomb-nitf.xml": laughs("nitf") + nitf.replace("&x;", "&j;"),
        "bomb.xhtml": "<?xml version='1.0'?>" + laughs("html") + xhtml.replace("&x;", "&j;"),
        "bomb-opml.xml": laughs("opml") + "<opml><body><outline text='&j;'/></body></opml>",
        "bomb-quadratic.xml": f'<!DOCTYPE rss [<!ENTITY x "{"lol" * 10_000}">]>' + rss.replace("&x;", "&x;" * 5_000),
        "entity-file-nitf.xml": reaching("nitf", local) + nitf,
        "entity-file-rss.xml": reaching("rss", local) + rss,
        "entity-file.xhtml": "<?xml version='1.0'?>" + reaching("html", local) + xhtml,
        "entity-web-nitf.xml": reaching("nitf", away) + nitf,
        "entity-parameter.xml": f'<!DOCTYPE nitf [<!ENTITY % x SYSTEM "{away}"> %x;]>' + nitf.replace("&x;", "Wall"),
        "entity-include.xml": "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='urn:x:1' version='1'>"
        f"<itemMeta><xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{local}' parse='text'/></itemMeta>"
        "</newsItem>",
        "dtd-outside.xml": f'<!DOCTYPE nitf SYSTEM "{away}">' + nitf.replace("&x;", "Boats may sail again"),
        "deep.html": page("Deep in the page", "<div>" * DEEP + "<p>Far below.</p>"),
        "deep-inline.html": page("Deep in the line", "<b>" * DEEP + "Far below."),
        "deep.xml": "<nitf>" + "<block>" * DEEP,
        "deep.json": '{"headline": "Deep", "body": ' + "[" * DEEP,
        "deep-array.json": "[" * DEEP + "]" * DEEP,
        "deep-lines.jsonl": '{"headline": "Deep", "body": ' + '{"a":' * DEEP + "\n" + '{"headline": "x"}\n',
        "deep.md": "---\ntitle: " + "[" * DEEP + "\n---\n" + FIRST,
        "wide.html": page("Wide", "<p " + " ".join(f"a{n}='1'" for n in range(20_000)) + ">Wide.</p>"),
        "charset-mixed.html": "",
        "no-article.html": "<html><head><style>p{color:red}</style></head><body><script>f()</script></body></html>",
        "no-article-links.html": "<html><head><title>Velmar Post</title></head><body><a href='/a'>A</a></body></html>",
        "empty.html": "",
        "blank.txt": " \n\t\n",
        "feed-broken-items.xml": "<rss version='2.0'><channel><title>Post</title><link>https://velmar.example/</link>"
        + item(1)
        + "<item><title>Not closed<link>https://velmar.example/2</link></item>"
        + item(3, "<pubDate>the day before</pubDate>")
        + item(4, "<category>A & B</category>")
        + "<item></item></channel></rss>",
        "feed-cut.xml": "<rss version='2.0'><channel><title>Post</title>" + item(5) + item(6)[:60],
        "twice.json": f'{{"headline": "Wall", "headline": "Sea", "body": "{FIRST}"}}',
        "twice-post.json": post,
        "twice.jsonl": f'{{"headline": "Wall", "body": "{FIRST}", "body": "x"}}\n'
        f'{{"headline": "The sea is calm today", "body": "{FIRST}\\n\\n{SECOND}"}}\n',
        "cut.json": '{"headline": "Wall", "body": "' + FIRST,
        "cut.html": page("A page that was cut", f"<p>{SECOND}</p>")[:-80],
        "cut-nitf.xml": "<nitf><body><body.content><p>" + FIRST,
        "script.html": page("The wall </script><script>alert(1)</script> stands", "<script>var a = '</p>'</script>"),
        "dates.jsonl": "".join(
            json.dumps({"headline": f"Day {number} of the wall", "body": f"{FIRST}\n\n{SECOND}", "published": day})
            + "\n"
            for number, day in enumerate(
                ("2026-03-12", "12 March 2026", "03/04/2026", "the day before", "", None, 10**30)
            )
        ),
        "zz-good.txt": article("The sea is calm", f"{SECOND} The harbour opens on Monday, the mayor said."),
    }
    made = {name: text.encode() for name, text in texts.items()}
    made |= {
        "charset-wrong.txt": article("The café of Velmar opens").encode("cp1252"),
        "charset-wrong.html": page("The café of Velmar closes", head="<meta charset=utf-8>").encode("cp1252"),
        "charset-mixed.html": page("Mixed é", head="<meta charset=utf-8>").encode()
        + "<p>é Zürich</p>".encode("cp1252"),
        "charset-wrong.xml": b"<?xml version='1.0' encoding='utf-8'?><nitf><head><title>caf\xe9</title></head></nitf>",
        "charset-unknown.xml": b"<?xml version='1.0' encoding='klingon'?><nitf/>",
        "charset-utf-7.html": b"<html><head><meta charset=utf-7></head><body><h1>+ADw-script+AD4-</h1></body></html>",
        "charset-wrong.json": '{"headline": "Café", "body": "x"}'.encode("latin-1"),
        "bomb.zip": zeros,
        "bomb-layers.zip": layers,
        "bomb-quine.zip": quine,
        "bomb.txt.gz": gzip.compress(b"\0" * 60_000_000),
        "bomb.warc": warc(gzip.compress(b"\0" * 60_000_000), b"Content-Encoding: gzip\r\n")
        + warc(page("After the bomb").encode()),
        "cut.zip": zipped(("a.txt", article("In the cut archive").encode()), ("b.txt", os.urandom(5_000)))[:-300],
        "cut.gz": gzip.compress(article("In the cut file").encode() + os.urandom(9_000).hex().encode())[:-3_000],
        "cut-utf-8.txt": article("A text that was cut, é").encode()[:-1] + "é".encode()[:1],
    }  # fmt: skip
    return made


@dataclass(frozen=True)
class Run:
    """What one run of the command did."""

    folder: Path
    given: dict[str, bytes]
    code: int
    lines: tuple[dict[str, str], ...]
    errors: str
    asked: int

    def of(self, name: str) -> list[dict[str, str]]:
        """The outcomes of a file and of what is in it."""
        made = [
            one for one in self.lines
            if one["origin"] == f"in/{name}" or one["origin"].startswith((f"in/{name}#", f"in/{name}:", f"in/{name}!"))
        ]  # fmt: skip
        assert made, f"nothing is said of {name}"
        return made

    def refused(self, name: str) -> str:
        """The reason why a file is refused as a whole, after a look at its bytes in quarantine."""
        (made,) = self.of(name)
        assert made["status"] == "refused"
        report = self.folder / "var" / "quarantine" / Path(made["quarantine"]).name
        kept = {path.read_bytes() for path in report.parent.iterdir()}
        assert self.given[name] in kept, f"the bytes of {name} are not in quarantine"
        assert report.is_file()
        return made["reason"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run over the folder, beside a server that counts who asks it."""
    folder = tmp_path_factory.mktemp("hostile")
    secret = folder / "secret.txt"
    secret.write_text(SECRET)
    asked: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        over = threading.Event()

        def answer() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                asked.append(connection.recv(100))
                connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            given = files(secret, server.getsockname()[1])
            (folder / "in").mkdir()
            for name, data in given.items():
                (folder / "in" / name).write_bytes(data)
            with (folder / "in" / "large.txt").open("wb") as large:  # sparse: no disk is filled
                large.write(article("A text without end").encode())
                large.truncate(200 * 2**20)
            environment = {key: value for key, value in os.environ.items() if not key.startswith("KG_")}
            command = [
                sys.executable,
                "-c",
                "from kg.cli import main; main()",
                "--store",
                "var",
                "--json",
                "ingest",
                "in",
            ]
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=400, check=False)
        finally:
            over.set()
            thread.join()
    lines = tuple(json.loads(line) for line in done.stdout.splitlines())
    return Run(folder, given, done.returncode, lines, done.stderr.decode(), len(asked))


def test_the_run_ends_with_1_and_the_good_documents_around_the_bad_are_stored(run: Run) -> None:
    assert run.code == 1, run.errors
    assert "Traceback" not in run.errors
    assert [one["status"] for one in (*run.of("00-good.txt"), *run.of("zz-good.txt"))] == ["stored", "stored"]


def test_every_file_has_an_outcome_and_no_reason_is_a_mistake_of_ours(run: Run) -> None:
    for name in (*run.given, "large.txt"):
        if name not in ("bomb.warc",):  # the items of a WARC file are known by their own addresses
            assert run.of(name)
    for one in run.lines:
        assert one["status"] in ("stored", "skipped", "refused"), one
        assert "please report this" not in one.get("reason", ""), one
        assert "cannot be taken apart (" not in one.get("reason", ""), one
        assert one["status"] != "refused" or len(one["reason"]) > 20, one


@pytest.mark.parametrize("name", ["bomb-rss.xml", "bomb-nitf.xml", "bomb-quadratic.xml"])
def test_a_document_that_declares_entities_is_refused_before_they_grow(run: Run, name: str) -> None:
    assert "declares entities in a DTD" in run.refused(name)


def test_a_bomb_in_a_format_nobody_reads_is_refused_by_its_name(run: Run) -> None:
    assert "an XML document" in run.refused("bomb-opml.xml")


@pytest.mark.parametrize(
    "name", ["entity-file-nitf.xml", "entity-file-rss.xml", "entity-web-nitf.xml", "entity-parameter.xml"]
)
def test_external_entities_are_refused(run: Run, name: str) -> None:
    assert "declares entities in a DTD" in run.refused(name)


def test_entities_of_a_web_page_are_not_those_of_xml_and_stand_for_nothing(run: Run) -> None:
    for name in ("bomb.xhtml", "entity-file.xhtml"):
        (made,) = run.of(name)
        assert made["status"] == "stored"
    kept = [path for path in (run.folder / "var").rglob("*") if path.is_file() and "quarantine" not in path.parts]
    assert not [path for path in kept if b"lollollol" in path.read_bytes()]


def test_nothing_outside_a_document_is_read(run: Run) -> None:
    assert run.asked == 0
    assert run.of("dtd-outside.xml")[0]["status"] == "stored"
    run.of("entity-include.xml")
    kept = [path for path in (run.folder / "var").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if SECRET.encode() in path.read_bytes()]


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.txt.gz"])
def test_a_decompression_bomb_is_refused(run: Run, name: str) -> None:
    (made,) = run.of(name)
    assert made["status"] == "refused"
    assert "decompression bomb" in made["reason"] or "more bytes than the limit" in made["reason"]


@pytest.mark.parametrize("name", ["bomb-layers.zip", "bomb-quine.zip"])
def test_archives_in_archives_end_at_a_depth(run: Run, name: str) -> None:
    assert {one["status"] for one in run.of(name)} == {"refused"}
    assert all("deep" in one["reason"] or "nest" in one["reason"] for one in run.of(name)), run.of(name)[:2]


def test_after_a_bomb_in_a_warc_record_the_next_one_is_read(run: Run) -> None:
    made = [
        one for one in run.lines if one["origin"].startswith("https://velmar.example/") and "#" not in one["origin"]
    ]
    after = [one for one in made if "after-the-bomb" in (one.get("iri") or "")]
    assert [one["status"] for one in after] == ["stored"]
    assert any(one["status"] == "refused" and "bomb" in one["reason"] for one in made)


@pytest.mark.parametrize(
    ("name", "said"),
    [("deep.xml", "line"), ("deep.json", "deep"), ("deep-array.json", "deep"), ("deep.md", "")],
)
def test_what_is_nested_without_end_is_refused(run: Run, name: str, said: str) -> None:
    made = run.of(name)
    assert {one["status"] for one in made} == {"refused"}
    assert any(said in one["reason"].lower() for one in made) or said == "line", made


def test_a_page_nested_without_end_still_gives_its_article(run: Run) -> None:
    for name in ("deep.html", "deep-inline.html"):
        assert [one["status"] for one in run.of(name)] == ["stored"]


def test_one_deep_line_costs_that_line(run: Run) -> None:
    assert run.of("deep-lines.jsonl")[0]["status"] == "refused"


def test_text_in_another_encoding_than_it_says_is_read_where_it_can_be_and_refused_with_the_place_where_not(
    run: Run,
) -> None:
    assert "0xE9" in run.refused("charset-wrong.txt")
    assert "offset" in run.refused("charset-wrong.txt")
    assert "0xE9" in run.refused("charset-wrong.xml")
    assert "0xE9" in run.refused("charset-wrong.json")
    assert "klingon" in run.refused("charset-unknown.xml")
    assert run.of("charset-utf-7.html")[0]["status"] == "refused"
    (wrong,) = run.of("charset-wrong.html")
    assert wrong["status"] == "stored"
    assert "the-cafe-of-velmar-closes" in wrong["iri"]
    assert [one["status"] for one in run.of("charset-mixed.html")] == ["stored"]


def test_truncated_documents_are_refused_with_the_place_or_read_as_far_as_they_go(run: Run) -> None:
    assert "too early" in run.refused("cut.json")
    assert "cut-nitf.xml" in run.refused("cut-nitf.xml")
    assert run.of("cut.html")[0]["status"] == "stored"
    assert [one["status"] for one in run.of("cut.zip")][-1] == "refused"
    assert run.of("cut.zip")[0]["status"] == "stored"
    assert any("cut" in one["reason"] for one in run.of("cut.gz"))
    assert "not valid UTF-8" in run.refused("cut-utf-8.txt")


def test_a_file_of_200_mb_is_refused_by_its_size(run: Run) -> None:
    (made,) = run.of("large.txt")
    assert made["status"] == "refused"
    assert "limits.document_bytes" in made["reason"]
    assert "quarantine" not in made  # the file stays where it is; a second one of its size helps nobody


def test_pages_without_an_article_are_not_stored(run: Run) -> None:
    for name in ("no-article.html", "no-article-links.html"):
        assert {one["status"] for one in run.of(name)} <= {"refused", "skipped"}
    assert "empty" in run.refused("empty.html")
    assert "white space" in run.refused("blank.txt") or "empty" in run.refused("blank.txt")


def test_a_broken_item_of_a_feed_costs_that_item(run: Run) -> None:
    made = [
        one for one in run.lines if one["origin"].startswith(("in/feed-broken-items.xml", "https://velmar.example/"))
    ]
    stored = " ".join(one["iri"] for one in made if one["status"] == "stored")
    for number in (1, 3, 4):
        assert f"boat-{number}-has-sunk" in stored
    assert [one for one in made if one["status"] != "stored"]


def test_of_a_feed_that_is_cut_the_whole_items_are_stored_and_the_loss_is_said(run: Run) -> None:
    assert [one for one in run.lines if "boat-5-has-sunk" in (one.get("iri") or "")]
    assert not [one for one in run.lines if "boat-6-has-sunk" in (one.get("iri") or "")]
    assert any(one["status"] == "refused" and "cut off" in one["reason"] for one in run.of("feed-cut.xml"))


def test_json_that_says_a_name_twice_is_refused_and_names_it(run: Run) -> None:
    assert "headline" in run.refused("twice.json")
    assert "content" in run.refused("twice-post.json")
    first, second = run.of("twice.jsonl")
    assert (first["status"], second["status"]) == ("refused", "stored")
    assert "body" in first["reason"]


def test_a_date_that_cannot_be_read_costs_the_date_and_not_the_article(run: Run) -> None:
    assert [one["status"] for one in run.of("dates.jsonl")] == ["stored"] * 7
