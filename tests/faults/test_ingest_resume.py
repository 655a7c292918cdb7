"""A long run that is killed or stopped goes on where it was: nothing lost, nothing twice, nothing half."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from publication import page

COUNT = 24
#: Ways of working; one process does what each of several does, so that it is tried at length only.
WAYS = [
    pytest.param((), marks=pytest.mark.long, id="one process"),
    pytest.param(("--jobs", "2"), id="two processes"),
]
COMMAND = [sys.executable, "-c", "from kg.cli import main; main()"]


def kg(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KG_")}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=180, check=False
    )


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A publication beside a folder of articles, one of which cannot be read."""
    assert kg("init", "news", "--base-iri", "https://news.example", cwd=tmp_path).returncode == 0
    (tmp_path / "in").mkdir()
    for number in range(COUNT):
        data = page(headline=f"The quay, part {number}") if number != 5 else b""
        (tmp_path / "in" / f"{number:02}.txt").write_bytes(data)
    return tmp_path / "news"


def interrupted(news: Path, how: signal.Signals, after: int, *options: str) -> tuple[list[str], str, int]:
    """The lines, the remarks and the exit code of a run that gets a signal when it has printed so many lines."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KG_")}
    command = [*COMMAND, "--json", "ingest", "../in", "--batch", "4", *options]
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell starts background jobs with Ctrl-C ignored, and what is ignored stays so in the processes they start.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        command,
        cwd=news,
        env=environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline() for _ in range(after)]
        os.killpg(process.pid, how)
        # not communicate(): it reads past what readline() took into its buffer, and lines would be lost
        rest, remarks = process.stdout.read(), process.stderr.read()
    return [*lines, *rest.splitlines()], remarks, process.returncode


def published(news: Path) -> int:
    asked = "SELECT (COUNT(*) AS ?n) { ?a a <http://schema.org/NewsArticle> }"
    return int(kg("query", asked, "--format", "csv", cwd=news).stdout.split()[1])


@pytest.mark.parametrize("options", WAYS)
def test_a_killed_run_goes_on_without_loss_or_double_work(news: Path, options: tuple[str, ...]) -> None:
    lines, _, code = interrupted(news, signal.SIGKILL, 9, *options)
    assert code == -signal.SIGKILL
    first = [json.loads(line) for line in lines if line.startswith("{") and line.strip().endswith("}")]
    resumed = kg("--json", "ingest", "../in", "--batch", "4", "--resume", *options, cwd=news)
    assert resumed.returncode == 1  # the one that cannot be read, in whichever run it came
    second = [json.loads(line) for line in resumed.stdout.splitlines()]
    # A batch that was published and not yet written down is read again, and found unchanged.
    stored = [row["origin"] for row in [*first, *second] if row["status"] == "stored"]
    assert len(stored) == len(set(stored))
    assert len(second) <= COUNT - 8
    assert {row["status"] for row in second} <= {"stored", "unchanged", "refused"}
    assert published(news) == COUNT - 1
    assert f"{COUNT - 1} stored" in resumed.stderr or "unchanged" in resumed.stderr
    assert "before this run was resumed" in resumed.stderr
    verified = kg("snapshot", "verify", cwd=news)
    assert verified.returncode == 0, verified.stdout


@pytest.mark.parametrize("options", WAYS)
def test_ctrl_c_says_what_was_published_and_how_to_go_on(news: Path, options: tuple[str, ...]) -> None:
    lines, remarks, code = interrupted(news, signal.SIGINT, 5, *options)
    assert code == 130
    assert "Traceback" not in remarks
    assert "what was published stays, nothing is half done; go on with the same command and --resume" in remarks
    assert 5 <= len(lines) < COUNT
    count = published(news)
    resumed = kg("--json", "ingest", "../in", "--batch", "4", "--resume", *options, cwd=news)
    rows = [json.loads(line) for line in resumed.stdout.splitlines()]
    assert len([row for row in rows if row["status"] == "stored"]) == COUNT - 1 - count
    assert published(news) == COUNT - 1
    done = kg("ingest", "../in", "--resume", cwd=news)
    assert "no stopped run of this command is known" in done.stderr
    assert f"1 refused, {COUNT - 1} unchanged" in done.stderr


def test_another_command_does_not_go_on_with_a_stopped_run(news: Path) -> None:
    interrupted(news, signal.SIGKILL, 5)
    done = kg("--json", "ingest", "../in", "--since", "2020-01-01", "--resume", cwd=news)
    assert "no stopped run of this command is known" in done.stderr
    assert len(done.stdout.splitlines()) == COUNT
    assert published(news) == COUNT - 1


def test_a_dry_run_leaves_a_stopped_run_as_it_is(news: Path) -> None:
    interrupted(news, signal.SIGKILL, 9)
    assert kg("ingest", "../in", "--dry-run", cwd=news).returncode == 1
    assert "before this run was resumed" in kg("ingest", "../in", "--resume", cwd=news).stderr


def test_a_worker_that_is_killed_costs_its_document_at_most(news: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KG_")}
    command = [*COMMAND, "--json", "ingest", "../in", "--batch", "4", "--jobs", "2"]
    with subprocess.Popen(
        command, cwd=news, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        if not children.exists():
            process.kill()
            pytest.skip("this system does not tell a process's children")
        for child in _workers(process.pid):
            os.kill(child, signal.SIGKILL)
        assert process.stderr is not None
        rest, remarks = process.stdout.read(), process.stderr.read()
    rows = [json.loads(line) for line in (first, *rest.splitlines())]
    assert len(rows) == COUNT, remarks
    refused = [row for row in rows if row["status"] == "refused"]
    assert 1 <= len(refused) <= 3
    assert all("signal SIGKILL" in row["reason"] or "empty" in row["reason"] for row in refused)


def _workers(parent: int) -> list[int]:
    """The reading processes below a process, found by their command lines."""
    found = []
    for _ in range(50):
        for task in Path(f"/proc/{parent}/task").iterdir():
            for child in (task / "children").read_text().split():
                if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(int(child))
        if found:
            break
        time.sleep(0.1)
    return found
