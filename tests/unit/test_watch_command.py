"""The command ``kg watch`` as people run it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from newsstand import Stand, article, kg, listed, stand
from website import Answer

SOURCES = ({"url": "{site}/story", "kind": "page"}, {"url": "{site}/sitemap.xml", "kind": "sitemap"})


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path, *SOURCES, pages={"/story": article("Quay reopens"), "/1": article("One ferry")}) as running:
        running.site.pages["/sitemap.xml"] = listed((running.site.url("/1"), "2026-03-01"))
        yield running


def command(made: Stand, *options: str) -> list[str]:
    main = "import sys; from kg.cli import main; main(sys.argv[1:])"
    return [sys.executable, "-c", main, "--config", str(made.folder / "kg.toml"), *options]


def test_once_polls_every_source_and_prints_what_changed(made: Stand) -> None:
    first = kg(made, "watch", "--once")
    assert first.returncode == 0, first.stderr
    assert [line.split()[:2] for line in first.stdout.splitlines()] == [
        ["stored", made.site.url("/story")],
        ["stored", made.site.url("/1")],
    ]
    assert first.stderr.splitlines() == ["source-1: 1 stored", "source-2: 1 stored"]
    again = kg(made, "watch", "--once")
    assert (again.returncode, again.stdout) == (0, "")
    assert made.headlines() == ["One ferry", "Quay reopens"]


def test_a_source_that_fails_makes_exit_code_1_and_leaves_the_others(made: Stand) -> None:
    made.site.pages["/sitemap.xml"] = Answer(status=500)
    run = kg(made, "--json", "watch", "--once")
    assert run.returncode == 1
    assert [json.loads(line)["status"] for line in run.stdout.splitlines()] == ["stored"]
    assert "answers 500" in run.stderr
    # It is left alone until it is due, unless it is named.
    made.site.asked.clear()
    kg(made, "watch", "--once")
    assert made.site.paths() == ["/story"]
    kg(made, "watch", "--once", "--source", "source-2")
    assert made.site.paths() == ["/story", "/sitemap.xml"]


def test_status_shows_each_source_and_polls_nothing(made: Stand) -> None:
    before = kg(made, "watch", "--status")
    assert "last success never" in before.stdout
    assert made.site.asked == []
    made.site.pages["/story"] = Answer(status=403)
    kg(made, "watch", "--once")
    made.site.asked.clear()
    shown = kg(made, "watch", "--status").stdout
    assert "failed 1 time" in shown
    assert "answers 403 Forbidden" in shown
    assert "1 stored" in shown
    rows = [json.loads(line) for line in kg(made, "--json", "watch", "--status").stdout.splitlines()]
    assert [row["name"] for row in rows] == ["source-1", "source-2"]
    assert rows[1]["counts"] == {"stored": 1}
    assert made.site.asked == []


def test_afresh_forgets_what_was_seen(made: Stand) -> None:
    kg(made, "watch", "--once")
    made.site.asked.clear()
    again = kg(made, "watch", "--once", "--afresh", "--source", "source-2")
    assert made.site.paths() == ["/sitemap.xml", "/1"]
    assert again.stdout == ""


def test_without_sources_or_with_an_unknown_one_it_is_a_usage_error(tmp_path: Path) -> None:
    with stand(tmp_path) as made:
        none = kg(made, "watch", "--once")
        assert (none.returncode, "no source is configured" in none.stderr) == (2, True)
        unknown = kg(made, "watch", "--once", "--source", "nobody")
        assert (unknown.returncode, "nobody" in unknown.stderr) == (2, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_after_what_is_under_way_and_nothing_is_lost(number: signal.Signals, made: Stand) -> None:
    process = subprocess.Popen(command(made, "watch"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        while "source-2" not in (line := process.stderr.readline()) or "watching" in line:
            assert line, "it ended by itself"
        second = kg(made, "watch", "--once")
        assert second.returncode == 3
        assert "another kg watch is at work" in second.stderr
        assert f"pid {process.pid}" in second.stderr
        os.kill(process.pid, number)
        said = process.stderr.read()  # not communicate(), which reads past what readline() took into its buffer
        process.wait(timeout=60)
    finally:
        process.kill()
        with process:  # closes its pipes
            pass
    assert process.returncode == 0
    assert "stopped; what was published stays" in said
    assert made.headlines() == ["One ferry", "Quay reopens"]
    assert kg(made, "watch", "--once").stdout == ""
