"""Polling sources: what is new is published, what is known is not fetched, nothing is lost and nothing done twice."""

from __future__ import annotations

import gzip
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from newsstand import Stand, article, listed, stand
from publication import page
from website import Answer, tagged

from kg.errors import StoreError
from kg.model import Document, Rights, Source
from kg.watch import SourceState, State, run, state_file
from kg.watch.run import Stopped, backed_off
from kg.watch.state import Item

FEED = {"url": "{site}/feed", "kind": "feed"}
PAGE = {"url": "{site}/story", "kind": "page"}
SITEMAP = {"url": "{site}/sitemap.xml", "kind": "sitemap"}


def known(made: Stand, name: str = "source-1") -> SourceState:
    (found,) = (one for one in State.read(state_file(made.settings.store)) if one.name == name)
    return found


# ---- a page -------------------------------------------------------------------------------------------------------


def test_a_page_is_published_once_and_again_when_it_changes(tmp_path: Path) -> None:
    with stand(tmp_path, PAGE, pages={"/story": article("Quay reopens")}) as made:
        assert made.poll() == [("stored", "/story")]
        assert made.poll() == [("unchanged", "/story")]
        made.site.pages["/story"] = article("Quay reopens after the storm")
        assert made.poll() == [("updated", "/story")]
        assert made.headlines() == ["Quay reopens after the storm"]
        assert known(made).counts == {"stored": 1, "unchanged": 1, "updated": 1}


def test_a_page_that_says_it_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    body = article("Quay reopens").body
    with stand(tmp_path, PAGE, pages={"/story": tagged(body, '"1"', "text/plain")}) as made:
        assert made.poll() == [("stored", "/story")]
        assert made.poll() == []
        assert made.site.asked[-1].headers["If-None-Match"] == '"1"'
        assert known(made).counts == {"stored": 1}


def test_a_page_that_is_gone_takes_its_article_along(tmp_path: Path) -> None:
    with stand(tmp_path, PAGE, pages={"/story": article("Quay reopens")}) as made:
        made.poll()
        made.site.pages["/story"] = Answer(status=410)
        assert made.poll() == [("retracted", "/story")]
        assert "410" in (made.outcomes[0].reason or "")
        assert made.headlines() == []
        assert made.poll() == []
        assert "410" in str(known(made).error)
        made.site.pages["/story"] = article("Quay reopens after all")
        assert [status for status, _ in made.poll()] == ["updated"]
        assert made.headlines() == ["Quay reopens after all"]


def test_a_page_that_is_not_found_is_gone_only_on_the_third_day(tmp_path: Path) -> None:
    with stand(tmp_path, PAGE, pages={"/story": article("Quay reopens")}) as made:
        made.poll()
        found = made.site.pages.pop("/story")
        for _ in range(3):  # several times on one day count once
            assert made.poll() == []
            made.clock.later(hours=1)
        made.clock.later(days=1)
        assert made.poll() == []
        made.site.pages["/story"] = found
        made.poll()  # found again: the counting starts anew
        del made.site.pages["/story"]
        for _ in range(2):
            made.clock.later(days=1)
            assert made.poll() == []
        assert made.headlines() == ["Quay reopens"]
        made.clock.later(days=1)
        assert made.poll() == [("retracted", "/story")]
        assert made.headlines() == []


@pytest.mark.parametrize("status", [404, 410, 500])
def test_a_page_that_was_never_there_is_a_failure_of_the_source(status: int, tmp_path: Path) -> None:
    with stand(tmp_path, PAGE, pages={"/story": Answer(status=status)}) as made:
        for failures in (1, 2):
            assert made.poll() == []
            assert str(status) in str(known(made).error)
            assert known(made).failures == failures


def test_a_page_that_leads_to_the_front_page_counts_as_not_found(tmp_path: Path) -> None:
    with stand(tmp_path, PAGE, pages={"/story": article("Quay reopens"), "/": article("Welcome")}) as made:
        made.poll()
        made.site.pages["/story"] = Answer(status=302, headers={"Location": "/"})
        assert made.poll() == []
        assert made.headlines() == ["Quay reopens"]


# ---- a sitemap ----------------------------------------------------------------------------------------------------


def test_a_sitemap_brings_what_is_new_and_what_changed(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        url = made.site.url
        made.site.pages |= {"/1": article("One quay"), "/2": article("Two quays"), "/3": article("Three quays")}
        made.site.pages["/sitemap.xml"] = listed(
            (url("/1"), "2026-03-10T08:00:00Z"), (url("/2"), "2026-03-11T08:00:00Z")
        )
        assert made.poll() == [("stored", "/2"), ("stored", "/1")]  # newest first
        assert made.poll() == []
        made.site.asked.clear()
        made.site.pages["/1"] = article("One quay, mended")
        made.site.pages["/sitemap.xml"] = listed(
            (url("/1"), "2026-03-12T07:00:00Z"), (url("/2"), "2026-03-11T08:00:00Z"), (url("/3"), "")
        )
        assert sorted(made.poll()) == [("stored", "/3"), ("updated", "/1")]
        assert sorted(made.site.paths()) == ["/1", "/3", "/sitemap.xml"]


def test_an_index_leads_to_its_sitemaps_and_those_that_did_not_change_are_left_alone(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        url = made.site.url
        made.site.pages |= {"/1": article("One quay"), "/2": article("Two quays")}
        made.site.pages["/old.xml.gz"] = Answer(
            gzip.compress(listed((url("/1"), "2026-02-01")).body), headers={"Content-Type": "application/gzip"}
        )
        made.site.pages["/new.xml"] = listed((url("/2"), "2026-03-11"))
        made.site.pages["/sitemap.xml"] = listed(
            (url("/old.xml.gz"), "2026-02-01"), (url("/new.xml"), "2026-03-12"), index=True
        )
        assert sorted(made.poll()) == [("stored", "/1"), ("stored", "/2")]
        made.site.asked.clear()
        assert made.poll() == []
        # That new.xml changed today does not say that it will not change again today.
        assert made.site.paths() == ["/sitemap.xml", "/new.xml"]
        made.clock.later(days=1, hours=1)
        made.site.asked.clear()
        made.poll()
        assert "/old.xml.gz" in made.site.paths()  # once a day a lastmod is not believed


def test_an_index_that_lists_itself_is_read_once(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        url = made.site.url
        made.site.pages |= {"/1": article("One quay"), "/a.xml": listed((url("/1"), ""))}
        made.site.pages["/sitemap.xml"] = listed(
            *((url(path), "") for path in ("/sitemap.xml", "/a.xml", "/sitemap.xml")), index=True
        )
        assert made.poll() == [("stored", "/1")]
        assert made.site.paths() == ["/sitemap.xml", "/sitemap.xml", "/a.xml", "/1"]


def test_one_broken_sitemap_of_an_index_leaves_the_others(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        url = made.site.url
        made.site.pages |= {"/1": article("One quay"), "/b.xml": listed((url("/1"), ""))}
        made.site.pages["/a.xml"] = Answer(b"<urlset><url><loc>" + url("/9").encode())
        made.site.pages["/sitemap.xml"] = listed(
            (url("/a.xml"), "2026-03-01"), (url("/b.xml"), "2026-02-01"), (url("/c.xml"), "2026-01-01"), index=True
        )
        assert [status for status, _ in made.poll()] == ["refused", "stored", "refused"]


def test_a_page_that_fails_is_reported_once_and_tried_again_at_growing_intervals(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        url = made.site.url
        made.site.pages |= {"/1": Answer(status=500), "/sitemap.xml": listed((url("/1"), "2026-03-01"))}
        assert [status for status, _ in made.poll()] == ["refused"]
        made.site.asked.clear()
        assert made.poll() == []
        assert "/1" not in made.site.paths()
        made.clock.later(minutes=6)
        assert made.poll() == []
        assert made.site.paths().count("/1") == 1
        made.site.pages["/1"] = article("One quay")
        made.clock.later(minutes=6)
        assert made.poll() == []
        made.clock.later(minutes=6)
        assert made.poll() == [("stored", "/1")]


def test_pages_are_looked_at_again_once_a_day_for_a_month(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        url = made.site.url
        made.site.pages["/1"] = tagged(article("One quay").body, '"1"', "text/plain")
        made.site.pages["/sitemap.xml"] = listed((url("/1"), "2026-03-01"))
        made.poll()
        for _ in range(35):
            made.clock.later(days=1, seconds=1)
            made.poll()
        assert made.site.paths().count("/1") == 31


def test_what_does_not_fit_into_one_poll_comes_with_the_next_one_which_is_due_at_once(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        pages = {f"/{number}": article(f"Quay number {number} opens") for number in range(5)}
        made.site.pages |= pages
        body = listed(*((made.site.url(path), "2026-03-01") for path in pages)).body
        made.site.pages["/sitemap.xml"] = tagged(body, '"1"', "application/xml")
        before, run._PAGES = run._PAGES, 2
        try:
            assert [len(made.poll()) for _ in range(4)] == [2, 2, 1, 0]
            assert known(made).due == "2026-03-12T08:15:00Z"
        finally:
            run._PAGES = before
        assert len(made.headlines()) == 5


# ---- the loop -----------------------------------------------------------------------------------------------------


def test_a_source_that_fails_is_asked_again_later_and_later_and_at_most_a_day(tmp_path: Path) -> None:
    with stand(tmp_path, PAGE | {"url": "{site}/feed", "kind": "sitemap"}) as made:
        waits = []
        for _ in range(12):
            made.poll()
            waits.append((datetime.fromisoformat(known(made).due) - made.clock.now()).total_seconds())
        assert known(made).failures == 12
        assert all(900 * 0.9 <= wait <= 900 * 1.1 for wait in waits[:1])
        assert all(1.6 < later / wait < 2.5 for wait, later in pairwise(waits[:6]))
        assert waits[-1] <= 86400
        assert "404" in str(known(made).error)
        made.site.pages["/feed"] = listed()
        made.poll()
        assert (known(made).failures, known(made).error, known(made).status) == (0, None, 200)


def test_the_wait_of_a_source_is_the_same_in_every_run_and_differs_between_sources() -> None:
    assert backed_off("a", 900, 3) == backed_off("a", 900, 3)
    assert len({backed_off(name, 900, 3) for name in "abcdef"}) > 3


def test_a_server_that_asks_to_be_left_alone_is_not_asked_before(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        made.site.pages["/sitemap.xml"] = Answer(status=503, headers={"Retry-After": "7200"})
        made.poll()
        assert known(made).due == "2026-03-12T10:00:00Z"
        with made.watch() as loop:
            assert loop.once(made.settings.sources, patiently=True) == ()
        assert made.site.paths() == ["/sitemap.xml"]


def test_a_page_that_asks_to_be_left_alone_stops_the_poll_and_nothing_is_lost(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        url = made.site.url
        made.site.pages["/sitemap.xml"] = listed(
            (url("/1"), "2026-03-03"), (url("/2"), "2026-03-02"), (url("/3"), "2026-03-01")
        )
        made.site.pages |= {"/1": article("One quay"), "/3": article("Three quays")}
        made.site.pages["/2"] = Answer(status=429, headers={"Retry-After": "600"})
        assert made.poll() == [("stored", "/1")]
        assert "/3" not in made.site.paths()
        made.site.pages["/2"] = article("Two quays")
        made.clock.later(hours=1)
        assert made.poll() == [("stored", "/2"), ("stored", "/3")]


def test_each_source_is_polled_when_it_is_due(tmp_path: Path) -> None:
    fast, slow = PAGE | {"interval": "10m"}, PAGE | {"url": "{site}/other", "interval": "30m"}
    with stand(tmp_path, fast, slow) as made:
        made.site.pages |= {"/story": article("One quay"), "/other": article("Other quay")}

        def sleep(seconds: float) -> None:
            made.clock.sleep(seconds)
            made.stopping = made.clock.passed > 3600

        with made.watch() as loop:
            replace(loop, sleep=sleep).forever(made.settings.sources)
        assert made.site.paths().count("/story") == 7
        assert made.site.paths().count("/other") == 3
        assert max(made.clock.slept) <= 60


def test_who_stops_in_the_middle_goes_on_from_there(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        pages = {f"/{number}": article(f"Quay number {number} opens") for number in range(4)}
        made.site.pages |= pages
        made.site.pages["/sitemap.xml"] = listed(*((made.site.url(path), "2026-03-01") for path in pages))
        made.site.pages["/1"] = lambda _: setattr(made, "stopping", True) or pages["/1"]
        assert made.poll() == [("stored", "/0"), ("stored", "/1")]
        made.stopping, made.site.pages["/1"] = False, pages["/1"]
        made.site.asked.clear()
        assert made.poll() == [("stored", "/2"), ("stored", "/3")]
        assert made.site.paths() == ["/sitemap.xml", "/2", "/3"]


def test_being_told_to_stop_while_waiting_ends_the_poll_without_another_request(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP | {"delay": 5}) as made:
        made.site.pages |= {"/1": article("One quay")}
        made.site.pages["/sitemap.xml"] = listed((made.site.url("/1"), "2026-03-01"))

        def sleep(seconds: float) -> None:
            made.stopping = True
            raise Stopped

        made.clock.sleep = sleep  # type: ignore[method-assign]
        assert made.poll() == []
        assert made.site.paths() == ["/sitemap.xml"]
        assert known(made).error is None
        assert known(made).succeeded is None


def test_another_publisher_is_waited_for(tmp_path: Path) -> None:
    with stand(tmp_path, PAGE, pages={"/story": article("Quay reopens")}) as made:
        draft = made.store.begin(time=made.clock.now(), holder="kg ingest elsewhere")

        def sleep(seconds: float) -> None:
            made.clock.sleep_for.append(seconds)
            draft.__exit__(None, None, None)

        made.clock.sleep_for = []  # type: ignore[attr-defined]
        draft.__enter__()
        with made.watch() as loop:
            replace(loop, sleep=sleep).once(made.settings.sources, patiently=False)
        assert made.clock.sleep_for == [1.0]  # type: ignore[attr-defined]
        assert made.headlines() == ["Quay reopens"]


def test_what_waits_under_an_embargo_is_published_when_it_is_over(tmp_path: Path) -> None:
    with stand(tmp_path, PAGE, pages={"/story": Answer(status=404)}) as made, made.watch() as loop:
        waiting = loop.ingest.waiting
        document = Document(article("Quay reopens").body, "guid:desk/1", "wire/1", Source("desk", Rights.OWN))
        waiting.put("guid:desk/1", document, "2026-03-12T09:00:00Z")
        loop.release()
        assert made.outcomes == []
        made.clock.later(hours=2)
        loop.release()
        assert [one.status for one in made.outcomes] == ["stored"]
        loop.release()
        assert len(made.outcomes) == 1


def test_a_process_killed_between_publishing_and_remembering_loses_nothing_and_does_nothing_twice(
    tmp_path: Path,
) -> None:
    """The worst moment for kill -9: the article is published, the place is not yet remembered."""
    with stand(tmp_path, SITEMAP) as made:
        pages = {f"/{number}": article(f"Quay number {number} opens") for number in range(3)}
        made.site.pages |= pages
        made.site.pages["/sitemap.xml"] = listed(*((made.site.url(path), "2026-03-01") for path in pages))
        script = (
            "import os, signal, sys\n"
            "from kg.cli import main\n"
            "from kg.watch.state import State\n"
            "State.record = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
            "main(['--config', sys.argv[1], 'watch', '--once'])\n"
        )
        killed = subprocess.run([sys.executable, "-c", script, tmp_path / "kg.toml"], capture_output=True, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        published = made.headlines()
        assert len(published) == 3
        before = made.store.current().digest
        assert made.poll() == [("unchanged", path) for path in ("/0", "/1", "/2")]
        assert made.store.current().digest == before
        assert made.headlines() == published
        assert made.poll() == []


# ---- a folder -----------------------------------------------------------------------------------------------------


def test_a_folder_brings_new_and_changed_files_once_their_transfer_is_over(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with stand(tmp_path, {"path": "in"}) as made:
        file = tmp_path / "in" / "a.txt"

        def write(headline: str, age: float) -> None:
            file.write_bytes(page(headline))
            moment = made.clock.now().timestamp() - age
            os.utime(file, (moment, moment))

        write("Quay reopens", 2)
        assert made.poll() == []
        made.clock.later(minutes=1)
        assert [status for status, _ in made.poll()] == ["stored"]
        assert made.poll() == []
        file.touch()
        os.utime(file, (1, 1))
        assert made.poll() == []
        write("Quay reopens late", 60)
        assert [status for status, _ in made.poll()] == ["updated"]
        file.unlink()
        assert made.poll() == []
        assert made.headlines() == ["Quay reopens late"]


def test_a_folder_that_is_not_there_is_an_error_of_the_source(tmp_path: Path) -> None:
    with stand(tmp_path, {"path": "in"}) as made:
        made.poll()
        assert "no such file or folder" in str(known(made).error)


# ---- what is remembered --------------------------------------------------------------------------------------------


def test_a_state_of_another_version_or_a_damaged_one_says_what_to_do(tmp_path: Path) -> None:
    file = state_file(tmp_path)
    with State(file):
        pass
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="version 99"):
        State(file)
    assert State.read(file) == ()
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="delete it"):
        State(file)
    assert State.read(file) == ()
    assert State.read(tmp_path / "nothing") == ()


def test_a_key_that_is_no_text_is_remembered_all_the_same(tmp_path: Path) -> None:
    with State(state_file(tmp_path)) as state:
        state.record(SourceState("a"), [Item("guid:a/\ud800", "http://x/\udfff", "1")])
        assert state.item("a", "guid:a/\ud800") is not None
        assert state.item("a", "guid:a/") is None


def test_what_is_erased_is_not_in_the_file_either(tmp_path: Path) -> None:
    file = state_file(tmp_path)
    with State(file) as state:
        items = [Item("guid:a/1", "http://x/the-name-of-someone", "1"), Item("guid:a/2", "http://x/other", "1")]
        state.record(SourceState("a"), items)
        assert state.erase(["http://x/the-name-of-someone", "guid:a/9"]) == 1
        held = b"".join(one.read_bytes() for one in file.parent.iterdir())
        assert b"the-name-of-someone" not in held
        assert state.item("a", "guid:a/2") is not None


def test_forgetting_a_source_fetches_everything_again_and_changes_nothing(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        made.site.pages |= {"/1": article("One quay")}
        made.site.pages["/sitemap.xml"] = listed((made.site.url("/1"), "2026-03-01"))
        made.poll()
        with State(state_file(made.settings.store)) as state:
            state.forget(["source-1"])
        assert made.poll() == [("unchanged", "/1")]


# ---- hosts that do not answer -------------------------------------------------------------------------------------


def test_a_host_that_fails_three_times_is_asked_no_more_and_the_source_waits(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        paths = [f"/{number}" for number in range(9)]
        made.site.pages |= dict.fromkeys(paths, Answer(status=502))
        made.site.pages["/sitemap.xml"] = listed(*((made.site.url(path), "2026-03-01") for path in paths))
        assert [status for status, _ in made.poll()] == ["refused", "refused"]
        assert made.site.paths() == ["/sitemap.xml", "/0", "/1", "/2"]
        assert "502" in str(known(made).error)
        made.site.pages |= {path: article(f"Quay number {path[1:]} opens") for path in paths}
        made.clock.later(hours=2)
        assert sorted({path for _, path in made.poll()}) == paths
        assert len(made.headlines()) == 9


def test_another_host_that_does_not_answer_is_put_off_and_the_rest_goes_on(tmp_path: Path) -> None:
    with stand(tmp_path, SITEMAP) as made:
        here, there = made.site.url, f"http://localhost:{made.site.port}"
        away = [f"{there}/{number}" for number in range(5)]
        made.site.pages["/sitemap.xml"] = listed(*((url, "2026-03-02") for url in away), (here("/own"), "2026-03-01"))
        made.site.pages |= {f"/{number}": Answer(status=503) for number in range(5)}
        made.site.pages["/own"] = article("Own quay")
        assert made.poll() == [("stored", "/own")]
        assert known(made).error is None
        assert made.site.paths() == ["/sitemap.xml", "/0", "/own"]
        made.site.pages |= {f"/{number}": article(f"Quay number {number} opens") for number in range(5)}
        assert made.poll() == []
        made.clock.later(minutes=16)
        assert [status for status, _ in made.poll()] == ["stored"] * 5


def test_a_poll_that_takes_long_lets_the_others_have_their_turn(tmp_path: Path) -> None:
    slow, quick = SITEMAP | {"delay": 120}, PAGE
    with stand(tmp_path, slow, quick) as made:
        paths = [f"/{number}" for number in range(6)]
        made.site.pages |= {path: article(f"Quay number {path[1:]} opens") for path in paths}
        made.site.pages["/sitemap.xml"] = listed(*((made.site.url(path), "2026-03-01") for path in paths))
        made.site.pages["/story"] = article("Storm over the quay")
        made.poll()
        asked = [path for path in made.site.paths() if path != "/sitemap.xml"]
        assert asked[-1] == "/story"
        assert 1 < len(asked) < 6
        made.clock.later(seconds=1)
        for _ in range(3):
            made.poll()
        assert len(made.headlines()) == 7
