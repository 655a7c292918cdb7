"""Many documents at once: walked in one order, read by several processes, passed over where they are published, and
each with one outcome whatever happens to the others."""

from __future__ import annotations

import gzip
import io
import json
import os
import pty
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from publication import OWN, Publication, document, page, statuses

from kg import config
from kg.cli.progress import oneline
from kg.errors import InputError, UsageError
from kg.model import Document, Gone, Unread
from kg.pipeline import Outcome, Preparer, remove, table, walk
from kg.pipeline.documents import Meter, from_file, from_stream, named
from kg.pipeline.prepare import Choice, Prepared, grouped, prepare
from kg.pipeline.workers import Workers

PARAGRAPHS = [
    "The old lock of Zalk will be rebuilt after the flood of last week, the council decided on Wednesday night.",
    'Lotte Brandsma, the mayor of Kampen, said the town would help. "We will start on Monday," Brandsma said.',
    "The Ministry of Infrastructure said it would pay half of the cost, and that work would last until November.",
]


def tarball(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(made.getvalue(), mtime=0)


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    return Publication.make(tmp_path / "news")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of everything: files, an archive in a folder, something broken, something empty."""
    folder = tmp_path / "in"
    (folder / "day").mkdir(parents=True)
    for number in range(3):
        (folder / f"{number}.txt").write_bytes(page(headline=f"The quay, part {number}"))
    files = {f"{number}.txt": page(headline=f"The ferry, part {number}") for number in range(3)}
    (folder / "day" / "all.tgz").write_bytes(tarball({**files, "broken.txt": b"\xff\xfe\x00"}))
    with zipfile.ZipFile(folder / "day.zip", "w") as archive:
        archive.writestr("sub/one.txt", page(headline="The dike, part one"))
        archive.writestr("README.md", "nothing")
    (folder / "empty.txt").write_bytes(b"")
    return folder


def documents(folder: Path, settings: config.Settings) -> Iterator[Document | Unread | Gone]:
    return named([str(folder)], settings)


# walking -----------------------------------------------------------------------------------------------------------


def test_folders_are_walked_in_the_order_of_their_paths_parts(tmp_path: Path) -> None:
    names = [
        "a/z.txt",
        "a.txt",
        "a-b/c.txt",
        "b/a/x.txt",
        "b/a.txt",
        "B/q.txt",
        "ä.txt",
        ".git/config",
        "b/.x",
        "LICENSE",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "license").mkdir()
    (tmp_path / "license" / "in.txt").write_bytes(b"x")
    found = [file.relative_to(tmp_path) for file in walk([tmp_path])]
    expected = sorted(Path(name) for name in names if name not in (".git/config", "b/.x", "LICENSE"))
    assert found == sorted([*expected, Path("license/in.txt")])


def test_a_store_in_the_folder_is_not_walked(tmp_path: Path) -> None:
    for name in ("var/store/x.nq", "var/storehouse/a.txt", "b.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = walk([tmp_path], without=tmp_path / "var" / "store")
    assert [file.name for file in found] == ["b.txt", "a.txt"]


def test_members_of_archives_have_keys_below_the_source(publication: Publication, folder: Path) -> None:
    made = [one for one in documents(folder, publication.settings) if isinstance(one, Document)]
    assert [one.origin.removeprefix(f"{folder}/") for one in made] == [
        "0.txt",
        "1.txt",
        "2.txt",
        "day/all.tgz!/0.txt",
        "day/all.tgz!/1.txt",
        "day/all.tgz!/2.txt",
        "day/all.tgz!/broken.txt",
        "day.zip!/sub/one.txt",
        "empty.txt",
    ]
    assert all(one.key == f"path:default/{one.origin}" for one in made)
    assert all(one.dated is not None and one.dated.endswith("Z") for one in made)


def test_a_stream_without_a_name_gives_the_same_documents_as_the_file(publication: Publication, folder: Path) -> None:
    file = folder / "day" / "all.tgz"
    from_pipe = list(from_stream(io.BytesIO(file.read_bytes()), publication.settings))
    by_name = list(from_file(file, publication.settings))
    assert [one.data for one in from_pipe if isinstance(one, Document)] == [
        one.data for one in by_name if isinstance(one, Document)
    ]
    first = from_pipe[0]
    assert isinstance(first, Document)
    assert first.key.startswith("sha256:")
    assert first.key.endswith("!/0.txt")
    assert first.origin == "standard input!/0.txt"


def test_names_that_are_no_text_or_more_than_one_line_are_one_line(publication: Publication, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "two\nlines.txt").write_bytes(b"")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt")).write_bytes(b"")
    made = list(documents(folder, publication.settings))
    outcomes = publication.add(*(one for one in made if isinstance(one, Document)))
    lines = [oneline(str(one.reason)) for one in outcomes]
    assert len(lines) == 2
    assert "two\\nlines.txt: the document is empty" in lines[0]
    assert "\\xff.txt: the document is empty" in lines[1]
    assert all(Path(str(one.quarantine)).exists() for one in outcomes)
    assert oneline("a\u2028b\x1b[2Jc\u202ed") == "a\\u2028b\\x1b[2Jc\\u202ed"


def test_the_meter_ends_at_the_size_of_everything(publication: Publication, folder: Path) -> None:
    meter = Meter()
    count = len(list(named([str(folder)], publication.settings, meter=meter)))
    assert meter.documents == count
    assert meter.read == sum(file.stat().st_size for file in walk([folder]))


def test_a_document_over_the_limit_is_refused_and_the_next_one_read(publication: Publication, folder: Path) -> None:
    settings = config.load(flags={"limits.document_bytes": 3000})
    (folder / "0.txt").write_bytes(page() + b"x" * 4000)
    made = list(documents(folder, settings))
    assert [type(one).__name__ for one in made[:2]] == ["Unread", "Document"]


# several processes ---------------------------------------------------------------------------------------------------


def collections(folder: Path) -> None:
    """JSON Lines, an array and a WARC file beside what is in the folder already, one of them in an archive."""
    rows = [
        {"headline": f"The lock, part {number}", "url": f"https://paper.example/{number}", "body": PARAGRAPHS}
        for number in range(3)
    ]
    lines = b"\n".join(json.dumps(row).encode() for row in [*rows, {"headline": 7}])
    (folder / "lines.jsonl").write_bytes(lines)
    array = json.dumps([row | {"url": row["url"].replace("/paper", "/other")} for row in rows], indent=1).encode()
    (folder / "packed.tgz").write_bytes(tarball({"array.json": array}))
    records = b""
    for number in range(2):
        body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
        html = f"<!doctype html><html><body><article><h1>The weir, part {number}</h1>{body}</article></body></html>"
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://weir.example/{number}\r\n"
        head += f"WARC-Date: 2026-03-12T08:00:00Z\r\nContent-Length: {len(block)}\r\n\r\n"
        records += gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)
    (folder / "crawl.warc.gz").write_bytes(records)


def test_every_number_of_jobs_gives_the_same_outcomes_and_quads(tmp_path: Path, folder: Path) -> None:
    collections(folder)
    made: list[tuple[list[Outcome], set[str]]] = []
    for jobs, batch in ((1, 50), (3, 2)):
        publication = Publication.make(tmp_path / str(jobs))
        publication.step = timedelta()
        outcomes = list(publication.ingest.run(documents(folder, publication.settings), jobs=jobs, batch=batch))
        hidden = publication.settings.iris.revisions_graph
        quads = {str(quad) for quad in publication.quads() if quad.graph_name != hidden}
        made.append(([Outcome(one.origin, one.status, one.iri, one.reason) for one in outcomes], quads))
    assert [one.status for one in made[0][0]].count("stored") == 7 + 3 + 3 + 2
    assert len(made[0][0]) == 7 + 3 + 3 + 2 + 3
    assert made[0] == made[1]


def careless() -> Callable[[Document], Prepared]:
    """A worker's reading that does what the document says."""

    def read(given: Document) -> Prepared:
        if given.data == b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        if given.data == b"leave":
            os._exit(3)
        if given.data == b"hang":
            time.sleep(600)
        if given.data == b"unsendable":
            return lambda: None  # type: ignore[return-value]
        return Prepared(given)

    return read


def unable() -> Callable[[Document], Prepared]:
    raise UsageError("no annotator is installed")


def test_a_document_that_ends_its_process_costs_itself_only() -> None:
    given = [document(data) for data in (b"a", b"die", b"b", b"leave", b"unsendable", b"c", b"hang", b"d")]
    with Workers(2, careless, deadline=2.0) as workers:
        futures = [workers.submit(one) for one in given]
        said = [future.exception() or future.result() for future in futures]
    assert [one.document.data for one in said if isinstance(one, Prepared)] == [b"a", b"b", b"c", b"d"]
    reasons = [str(one) for one in said if isinstance(one, InputError)]
    assert reasons[0].startswith("a.txt: reading it ended its process (signal SIGKILL")
    assert reasons[1] == "a.txt: reading it ended its process (exit code 3)"
    assert "cannot be passed on" in reasons[2]
    assert reasons[3] == "a.txt: reading it took longer than 2 seconds and was stopped"


def test_a_process_that_ends_while_it_waits_costs_nothing() -> None:
    with Workers(1, careless) as workers:
        (seat,) = workers._seats
        for data in (b"a", b"b", b"c"):
            assert workers.submit(document(data)).result().document.data == data
            assert seat.process is not None
            seat.process.kill()
            seat.process.join()


def test_workers_that_cannot_start_say_why() -> None:
    with Workers(1, unable) as workers, pytest.raises(UsageError, match="no annotator is installed"):
        workers.submit(document(b"a")).result()


def test_leaving_workers_stops_what_they_do() -> None:
    with Workers(2, careless) as workers:
        futures = [workers.submit(document(b"hang")) for _ in range(2)]
        began = workers.submit(document(b"a"))
    assert all(future.done() for future in futures)
    assert not began.done() or began.exception() is not None


def test_a_reader_with_a_mistake_refuses_the_document_and_the_run_goes_on(publication: Publication) -> None:
    class Broken:
        name = "broken"

        def recognises(self, given: Document) -> float:
            return 2.0 if b"broken" in given.data else 0.0

        def read(self, given: Document) -> list[object]:
            return [][1]  # type: ignore[no-any-return]

    preparer = Preparer.of(table(publication.settings))
    preparer = Preparer(preparer.table, preparer.chain, (*preparer.readers, Broken()))  # type: ignore[arg-type]
    prepared = preparer(document(b"broken"))
    assert str(prepared.error) == "a.txt: reading it failed: IndexError: list index out of range; please report this"


def test_batches_are_cut_by_bytes_too() -> None:
    big = Prepared(document(b"x" * (40 << 20)))
    small = Prepared(document(b"x"))
    assert [len(group) for group in grouped([small, big, big, small, small, small], 3)] == [3, 3]
    assert [len(group) for group in grouped([big, big, big, small], 100)] == [2, 2]


def test_reading_does_not_run_ahead_of_who_takes_it(publication: Publication) -> None:
    taken: list[int] = []

    def endless() -> Iterator[Document]:
        for number in range(10_000):
            taken.append(number)
            yield document(b"", f"{number}.txt")

    reading = prepare(endless(), table(publication.settings), publication.settings, jobs=2)
    first = next(reading)
    reading.close()
    assert first.document.origin == "0.txt"
    assert len(taken) <= 16


# passing over --------------------------------------------------------------------------------------------------------


def told(outcomes: list[Outcome]) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.origin, one.status, one.iri, one.reason) for one in outcomes]


def test_what_is_published_is_not_read_again_and_the_outcomes_are_the_same(
    publication: Publication, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = publication.ingest.journal
    with journal.start(["a"]) as run:
        list(publication.ingest.run(documents(folder, publication.settings), journal=run))
    before = [str(quad) for quad in publication.quads()]
    plain = list(publication.ingest.run(documents(folder, publication.settings)))
    read: list[str] = []
    reading = Preparer.__call__

    def watched(self: Preparer, given: Document) -> Prepared:
        read.append(given.origin)
        return reading(self, given)

    monkeypatch.setattr(Preparer, "__call__", watched)
    with journal.start(["b"]) as run:
        spared = list(publication.ingest.run(documents(folder, publication.settings), journal=run, batch=3))
    assert told(spared) == told(plain)
    assert [Path(origin).name for origin in read] == ["broken.txt", "empty.txt"]
    assert [str(quad) for quad in publication.quads()] == before


def test_a_document_whose_article_changed_meanwhile_is_read_after_all(publication: Publication) -> None:
    old, new = document(page()), document(page(lead="The quay of Kampen will be built anew, the council decided."))
    made: list[list[tuple[str, str, str | None, str | None]]] = []
    for path in ("plain", "spared"):
        other = Publication.make(publication.folder / path)
        outcomes: list[Outcome] = []
        for number, group in enumerate(([old], [new, old], [old, new, old])):
            with other.ingest.journal.start([str(number)]) as run:
                outcomes += other.ingest.run(group, journal=run if path == "spared" else None)
        made.append(told(outcomes))
    assert made[0] == made[1]
    assert [status for _, status, _, _ in made[0]][:2] == ["stored", "updated"]


def test_a_withdrawn_article_or_another_source_setting_is_no_unchanged_one(publication: Publication) -> None:
    journal = publication.ingest.journal
    with journal.start(["a"]) as run:
        (first,) = publication.ingest.run([document(page())], journal=run)
    other = Document(page(), document(page()).key, "a.txt", type(OWN)("desk", OWN.rights, publisher="The Other Paper"))
    with journal.start(["b"]) as run:
        assert run.known(document(page())) == (first.iri,)
        assert run.known(other) == ()
        remove(publication.store, str(first.iri), time=publication.now(), reason="wrong", holder="test")
        (again,) = publication.ingest.run([document(page())], journal=run)
    assert again.status == "unchanged"
    assert "withdrawn" in str(again.reason)


def test_a_damaged_journal_is_made_anew(publication: Publication, folder: Path) -> None:
    journal = publication.ingest.journal
    with journal.start(["a"]):
        pass
    (journal.folder / "journal.sqlite").write_bytes(b"this is no database" * 1000)
    with journal.start(["a"], resume=True) as run:
        assert not run.resumed
        (one,) = publication.ingest.run([document(page())], journal=run)
    assert one.status == "stored"


def test_what_is_erased_leaves_the_journal(publication: Publication) -> None:
    journal = publication.ingest.journal
    with journal.start(["a"]) as run:
        (one,) = publication.ingest.run([document(page())], journal=run)
    held = b"".join(file.read_bytes() for file in journal.folder.iterdir())
    assert str(one.iri).encode() in held
    journal.forget(str(one.iri))
    assert str(one.iri).encode() not in b"".join(file.read_bytes() for file in journal.folder.iterdir())


# choosing ------------------------------------------------------------------------------------------------------------


def test_articles_from_before_a_day_are_passed_over(publication: Publication) -> None:
    given = [document(page(), "a.txt"), document(page().replace(b"12 March", b"2 March"), "b.txt")]
    undated = page().replace(b"12 March 2026\n", b"")
    given.append(Document(undated, "path:desk/c.txt", "c.txt", OWN, dated="2026-03-01T08:00:00Z"))
    given.append(Document(undated, "path:desk/d.txt", "d.txt", OWN))
    outcomes = list(publication.ingest.run(given, choice=Choice(since="2026-03-05")))
    assert list(statuses(outcomes)) == ["stored", "skipped", "skipped", "stored"]
    assert outcomes[1].reason == "published on 2026-03-02, before 2026-03-05"
    assert outcomes[2].reason == "fetched or written on 2026-03-01, before 2026-03-05"


def test_the_reader_that_is_named_reads_everything(publication: Publication) -> None:
    preparer = Preparer.of(table(publication.settings))
    read = preparer.choosing(Choice(format="page"))(document(b"<p>Not\n\nmarkup"))
    assert str(read.error) == "a.txt:1: no body found; below the headline stands no paragraph of text"
    with pytest.raises(UsageError, match=r"no reader named 'nonsense'; there are: .*page"):
        preparer.choosing(Choice(format="nonsense"))


# the command ---------------------------------------------------------------------------------------------------------


def kg(*arguments: str, cwd: Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KG_")}
    command = [sys.executable, "-c", "from kg.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, input=stdin, timeout=120, check=False)


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bulk")
    assert kg("init", "news", "--base-iri", "https://news.example", cwd=folder).returncode == 0
    files = {f"{number}.txt": page(headline=f"The ferry, part {number}") for number in range(3)}
    (folder / "news" / "all.tgz").write_bytes(tarball({**files, "two\nlines.txt": b""}))
    return folder / "news"


def test_an_archive_gives_one_line_for_each_document(news: Path) -> None:
    done = kg("ingest", "all.tgz", "--jobs", "2", cwd=news)
    assert done.returncode == 1, done.stderr
    lines = done.stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == ["stored"] * 3 + ["refused"]
    assert lines[0].startswith("stored    all.tgz!/0.txt  https://news.example/articles/the-ferry-part-0-")
    assert "all.tgz!/two%0Alines.txt: the document is empty" in lines[3]
    assert b"1 refused, 3 stored" in done.stderr
    assert kg("ingest", "all.tgz", cwd=news).stdout.decode().split()[0] == "unchanged"
    piped = kg("--json", "ingest", "-", "--dry-run", cwd=news, stdin=(news / "all.tgz").read_bytes())
    assert next(json.loads(line)["origin"] for line in piped.stdout.splitlines()) == "standard input!/0.txt"


def test_the_number_of_documents_can_be_limited_and_differences_shown(news: Path) -> None:
    done = kg("ingest", "all.tgz", "--limit", "2", "--dry-run", cwd=news)
    assert len([line for line in done.stdout.decode().splitlines() if not line.startswith(" ")]) == 2
    (news / "one.txt").write_bytes(page(headline="One story about the quay"))
    assert kg("ingest", "one.txt", cwd=news).returncode == 0
    (news / "one.txt").write_bytes(page(headline="Another story about the quay"))
    (news / "two.txt").write_bytes(page(headline="A new story about the dike"))
    done = kg("ingest", "one.txt", "two.txt", "--diff", cwd=news)
    text = done.stdout.decode()
    assert "updated   one.txt" in text
    assert "+ " in text.partition("two.txt")[0]
    assert text.partition("two.txt")[2].count("\n") == 1
    assert b"dry run, nothing was published" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--since", "yesterday"), b"--since yesterday: is no day such as 2026-03-01"),
        (("--format", "nonsense"), b"there is no reader named 'nonsense'; there are: "),
        (("--limit", "0"), b"--limit"),
    ],
)
def test_a_wrong_option_is_said_before_anything_is_read(news: Path, arguments: tuple[str, ...], message: bytes) -> None:
    done = kg("ingest", "all.tgz", *arguments, cwd=news)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == b""


def test_preview_shows_every_article_of_an_archive_as_json_lines(news: Path) -> None:
    done = kg("preview", "all.tgz", cwd=news)
    assert done.returncode == 1
    shown = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["headline"] for one in shown] == [f"The ferry, part {number}" for number in range(3)]
    assert b"two%0Alines.txt: the document is empty" in done.stderr
    with tarfile.open(news / "one.tar", "w") as archive:
        data = page()
        info = tarfile.TarInfo("a.txt")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    (shown_alone,) = [json.loads(kg("preview", "one.tar", cwd=news).stdout)]
    assert shown_alone["headline"] == "Mayor promises to rebuild the quay"


def test_on_a_terminal_a_bar_shows_and_results_stay_clean(news: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KG_")}
    command = [sys.executable, "-c", "from kg.cli import main; main()", "ingest", "all.tgz"]
    with subprocess.Popen(
        command, cwd=news, env=environment | {"TERM": "xterm"}, stdout=subprocess.PIPE, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # the terminal ends with its last user
            while part := os.read(ours, 65536):
                shown += part
        assert process.stdout is not None
        results = process.stdout.read()
    os.close(ours)
    assert b" read  " in shown
    assert b"4 done" in shown or b"0 done" in shown
    assert b"\x1b" not in results
    assert len(results.splitlines()) == 4
    quiet = kg("--json", "ingest", "all.tgz", cwd=news)
    assert [json.loads(line)["status"] for line in quiet.stdout.splitlines()] == ["unchanged"] * 3 + ["refused"]


def test_without_a_terminal_there_is_no_trace_of_a_bar(news: Path) -> None:
    done = kg("ingest", "all.tgz", cwd=news)
    assert b"\x1b" not in done.stdout + done.stderr
    assert b"\r" not in done.stdout + done.stderr
