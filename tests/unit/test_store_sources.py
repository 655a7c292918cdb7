"""The archive of source bytes and the changes log: what is kept comes back, damage is named."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad
from store_fixture import BASE

from kg.errors import StoreError, UsageError
from kg.model import Document, Rights, Source
from kg.store import Sources, Store
from kg.store.changes import Log, read

SOURCE = Source(name="wire", rights=Rights.LICENSED, licence="https://example.org/licence", language="en")
DOCUMENT = Document(data=b"\x00\xff<html>", key="guid:1", origin="feed.xml", source=SOURCE, media_type="text/html")


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Store.create(tmp_path / "store", BASE).sources


def test_bytes_come_back_as_they_came_with_how_they_came(sources: Sources) -> None:
    sha = sources.keep(DOCUMENT, fetched="2026-11-22T16:45:00Z")
    assert sha == hashlib.sha256(DOCUMENT.data).hexdigest()
    assert sources.load(sha) == DOCUMENT.data
    (kept,) = sources.arrivals(sha)
    assert kept.document(sources.load(sha)) == DOCUMENT
    assert kept.fetched == "2026-11-22T16:45:00Z"


def test_equal_bytes_are_kept_once_with_every_arrival(sources: Sources) -> None:
    other = Document(data=DOCUMENT.data, key="url:https://example.org/a", origin="mirror")
    one = sources.keep(DOCUMENT, fetched="2026-11-22T16:45:00Z")
    assert sources.keep(other, fetched="2026-11-22T16:46:00Z") == one
    assert sources.keep(DOCUMENT, fetched="2026-11-22T16:47:00Z") == one
    assert [kept.key for kept in sources.arrivals(one)] == ["guid:1", "url:https://example.org/a"]
    assert len([file for file in sources.root.rglob("*") if file.is_file()]) == 2
    assert [kept.key for kept in sources.all()] == ["guid:1", "url:https://example.org/a"]


def test_empty_bytes_can_be_kept(sources: Sources) -> None:
    assert sources.load(sources.keep(Document(b"", "k", "o"), fetched="2026-11-22T16:45:00Z")) == b""


def test_changed_bytes_and_unknown_names_are_errors(sources: Sources) -> None:
    sha = sources.keep(DOCUMENT, fetched="2026-11-22T16:45:00Z")
    (sources.root / sha[:2] / sha).write_bytes(b"other")
    with pytest.raises(StoreError, match="have changed"):
        sources.load(sha)
    with pytest.raises(StoreError, match="no source bytes"):
        sources.load("0" * 64)
    for bad in ("", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"):
        with pytest.raises(UsageError, match="SHA-256"):
            sources.load(bad)


def test_the_archive_is_readable_by_its_owner_only(sources: Sources) -> None:
    assert sources.root.stat().st_mode & 0o077 == 0


def test_a_log_keeps_every_kind_of_term_and_its_order(tmp_path: Path) -> None:
    node = NamedNode("http://example.org/a")
    hostile = 'quote " slash \\ line \n return \r tab \t \u202e \U0001f600 \x7f </script>'
    quads = [
        Quad(node, node, Literal(hostile), node),
        Quad(node, node, Literal(hostile, language="en"), DefaultGraph()),
        Quad(node, node, node, node),
    ]
    log = Log(tmp_path / "log", "0" * 64)
    log.add(quads)
    log.remove(quads[:1])
    log.close()
    assert list(read(tmp_path / "log")) == [("+", quads[0]), ("+", quads[1]), ("+", quads[2]), ("-", quads[0])]
    other = Log(tmp_path / "other", "0" * 64)
    other.add([quads[2], quads[1]])
    other.close()
    assert other.digest == log.digest


def test_a_log_that_was_cut_is_refused(tmp_path: Path) -> None:
    node = NamedNode("http://example.org/a")
    log = Log(tmp_path / "log", "0" * 64)
    log.add([Quad(node, node, Literal(str(n)), node) for n in range(1000)])
    log.close()
    whole = (tmp_path / "log").read_bytes()
    for length in (0, 5, len(whole) // 2, len(whole) - 4):
        (tmp_path / "cut").write_bytes(whole[:length])
        with pytest.raises(StoreError, match="damaged"):
            list(read(tmp_path / "cut"))
