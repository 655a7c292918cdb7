"""``kg ingest URL`` and ``kg preview URL`` as people run them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from newsstand import Stand, article, html, kg, listed, rss, stand
from publication import page


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Stand]:
    with stand(tmp_path, {"url": "{site}/"}) as running:
        running.site.pages |= {"/1": html("One quay"), "/2": html("Two quays"), "/text": article("Three quays")}
        yield running


def test_a_page_is_one_article_and_comes_once(made: Stand) -> None:
    for status in ("stored", "unchanged"):
        run = kg(made, "ingest", made.site.url("/1"), made.site.url("/text"))
        assert run.returncode == 0, run.stdout + run.stderr
        assert [line.split()[:2] for line in run.stdout.splitlines()] == [
            [status, made.site.url("/1")],
            [status, made.site.url("/text")],
        ]
    assert made.headlines() == ["One quay", "Three quays"]


def test_a_feed_and_a_sitemap_are_what_they_link_to(made: Stand) -> None:
    url = made.site.url
    made.site.pages |= {"/feed": rss(("g1", url("/1"), "One quay")), "/map": listed((url("/2"), ""))}
    run = kg(made, "ingest", url("/feed"), url("/map"))
    assert [line.split()[:2] for line in run.stdout.splitlines()] == [["stored", url("/1")], ["stored", url("/2")]]


def test_files_and_addresses_are_read_in_the_order_they_are_named(made: Stand) -> None:
    file = made.folder / "a.txt"
    file.write_bytes(page("A quay from a file"))
    run = kg(made, "ingest", made.site.url("/1"), str(file), made.site.url("/2"))
    assert [line.split()[1] for line in run.stdout.splitlines()] == [
        made.site.url("/1"),
        str(file),
        made.site.url("/2"),
    ]


def test_what_cannot_be_fetched_is_refused_and_the_rest_goes_on(made: Stand) -> None:
    run = kg(made, "ingest", made.site.url("/missing"), "ftp://gazette.example/", made.site.url("/1"))
    assert run.returncode == 1
    first, second, third = run.stdout.splitlines()
    assert "answers 404 Not Found" in first
    assert "only http and https" in second
    assert third.startswith("stored")


def test_private_addresses_are_refused_without_a_source_that_allows_them(made: Stand) -> None:
    text = (made.folder / "kg.toml").read_text(encoding="utf-8").replace("private_addresses = true", "")
    (made.folder / "kg.toml").write_text(text, encoding="utf-8")
    run = kg(made, "ingest", made.site.url("/1"))
    assert (run.returncode, "no public address" in run.stdout) == (1, True)
    assert made.site.asked == []


def test_preview_takes_an_address(made: Stand) -> None:
    run = kg(made, "preview", made.site.url("/1"))
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["headline"] == "One quay"
