"""What the status page says of the sources, and what it keeps to itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import newsroom
import pytest
from flask.testing import FlaskClient

from kg import config
from kg.reads.checked import Checked
from kg.replicas.state import ReplicaState, write_state
from kg.store import Store
from kg.watch import SourceState, State, state_file
from server import create_app
from server.views.status import public_reason

_TOML = """
base_iri = "{base}"
store = "store"

[[sources]]
name = "gazette"
url = "https://gazette.example/feed?token=s3cret"

[[sources]]
name = "agency"
url = "https://agency.example/wp"
kind = "wordpress"

[[sources]]
name = "never"
url = "https://never.example/sitemap.xml"
kind = "sitemap"

[[sources]]
name = "desk"
path = "desk"
"""

FAILED = SourceState(
    "agency",
    kind="wordpress",
    polled="2026-03-12T08:00:00Z",
    due="2026-03-12T09:00:00Z",
    counts={"refused": 1, "stored": 1234},
    failures=2,
    error="answers <script>alert(1)</script> from https://user:s3cret@agency.example/wp?token=s3cret",
    error_origin="https://agency.example/wp?token=s3cret",
    error_time="2026-03-12T08:00:00Z",
)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[FlaskClient]:
    """A publication whose sources were polled, over the test store's articles."""
    newsroom.open_newsroom(tmp_path)
    file = tmp_path / "kg.toml"
    file.write_text(_TOML.format(base=newsroom.BASE), encoding="utf-8")
    settings = config.load(file)
    with State(state_file(settings.store)) as state:
        state.record(FAILED)
        state.record(
            SourceState(
                "gazette",
                kind="feed",
                polled="2026-03-12T08:00:00Z",
                succeeded="2026-03-12T08:00:00Z",
                changed="2026-03-11T08:00:00Z",
                due="2026-03-12T08:15:00Z",
                counts={"unchanged": 3, "stored": 2},
            )
        )
        state.record(SourceState("removed-from-the-settings"))
    app = create_app(settings)
    yield app.test_client()
    app.extensions["newsgraph"].close()


def test_the_page_says_how_each_source_stands(watched: FlaskClient) -> None:
    page = watched.get("/status").get_data(as_text=True)
    assert page.index("gazette") < page.index("agency") < page.index("never")
    assert "12 March 2026, 08:15 UTC" in page
    assert "2 stored, 3 unchanged" in page
    assert "1,234 stored, 1 refused" in page
    assert "Failed twice in a row" in page
    assert "never read yet" in page
    assert "removed-from-the-settings" not in page
    assert "desk" not in page


def test_nothing_secret_is_shown_and_nothing_unescaped(watched: FlaskClient) -> None:
    for path in ("/status", "/status.json"):
        text = watched.get(path).get_data(as_text=True)
        assert "s3cret" not in text
        assert "token" not in text
    assert "<script>" not in watched.get("/status").get_data(as_text=True)


def test_machines_get_the_same(watched: FlaskClient) -> None:
    rows = json.loads(watched.get("/status.json").data)["sources"]
    assert [row["name"] for row in rows] == ["gazette", "agency", "never"]
    assert rows[0] == {
        "name": "gazette",
        "kind": "feed",
        "last_success": "2026-03-12T08:00:00Z",
        "last_change": "2026-03-11T08:00:00Z",
        "next_poll": "2026-03-12T08:15:00Z",
        "failures": 0,
        "error": None,
        "error_time": None,
        "counts": {"stored": 2, "unchanged": 3},
    }
    assert rows[1]["failures"] == 2
    assert rows[2]["counts"] == {}


def test_a_publication_without_sources_shows_none(client: FlaskClient) -> None:
    assert "<h2>Sources</h2>" not in client.get("/status").get_data(as_text=True)
    assert json.loads(client.get("/status.json").data)["sources"] == []


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("answers 404 Not Found", "answers 404 Not Found"),
        ("redirects to https://u:p@host.example/a/b?k=v#f; no", "redirects to https://host.example/…; no"),
        ("(http://10.0.0.1:81/secret)", "(http://10.0.0.1:81/…)"),
        ("no FTP://u:p@host/x", "no FTP://host/…"),
        ("/srv/news/in/a.txt: cannot be read", "…: cannot be read"),
        ("cannot be read: ~/in/a.txt", "cannot be read: …"),
        ("either/or and 1/2 stay", "either/or and 1/2 stay"),
        ("a\x00b\x1b[31mc\u202ed", "a b [31mc d"),
        ("x" * 500, "x" * 199 + "…"),
    ],
)
def test_a_reason_is_shown_without_paths_credentials_and_control_characters(reason: str, shown: str) -> None:
    assert public_reason(reason) == shown


# ---- what the shapes found -------------------------------------------------------------------------------------------


def test_the_last_check_of_everything_is_shown_with_its_codes(watched: FlaskClient, tmp_path: Path) -> None:
    assert "<h2>Checks</h2>" not in watched.get("/status").get_data(as_text=True)
    assert watched.get("/status.json").get_json()["checks"] == {"publish": None, "whole": None}
    store = Store.open(tmp_path / "store", newsroom.BASE)
    found = {"Warning": {"A5": 1234, "Q3": 1}, "https://own.example/s#Odd": {"X1": 2}}
    Checked(store.current_id(), "full", found, "abc").write(tmp_path / "store")
    page = watched.get("/status").get_data(as_text=True)
    assert "<h2>Checks</h2>" in page
    assert "no violations" in page
    assert 'href="/shapes.html#A5">A5</a> 1,234 results' in page
    assert "Odd" in page
    assert "was current" not in page
    whole = watched.get("/status.json").get_json()["checks"]["whole"]
    assert whole["codes"] == found
    assert whole["counts"] == {"Violation": 0, "Warning": 1235, "https://own.example/s#Odd": 2}
    assert (whole["scope"], whole["shapes"]) == ("full", "abc")


def test_a_check_of_an_older_snapshot_says_so_and_violations_stand_out(watched: FlaskClient, tmp_path: Path) -> None:
    Checked("20200101T000000Z-0001", "full", {"Violation": {"A1": 1}}, "abc").write(tmp_path / "store")
    page = watched.get("/status").get_data(as_text=True)
    assert "when snapshot <code>20200101T000000Z-0001</code> was current" in page
    assert '<span class="tag warn">1 violation</span>' in page


def test_a_broken_file_of_the_last_check_breaks_no_page(watched: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "store" / "check.json").write_text('{"codes": "<script>"}')
    answer = watched.get("/status")
    assert answer.status_code == 200
    assert "<script>" not in answer.get_data(as_text=True)


def test_replicas_are_shown_by_name_and_how_far_behind_they_are(tmp_path: Path) -> None:
    store = newsroom.open_newsroom(tmp_path)
    first, _, *rest = (one.info.id for one in store.snapshots())
    table = '[[replicas]]\nname = "{}"\nquery = "http://secret.example/q"\nupdate = "http://secret.example/u"\n'
    names = ("behind", "current", "new")
    head = f'base_iri = "{newsroom.BASE}"\nstore = "store"\nengine = "current"\n'
    (tmp_path / "kg.toml").write_text(head + "".join(map(table.format, names)), encoding="utf-8")
    error = "http://secret.example/u cannot be reached: <b>"
    write_state(store.path, ReplicaState("behind", first, failures=2, error=error, error_time="2026-04-04T08:00:00Z"))
    write_state(store.path, ReplicaState("current", rest[-1], checked="2026-04-04T08:00:00Z"))
    app = create_app(config.load(tmp_path / "kg.toml"))
    client = app.test_client()
    rows = json.loads(client.get("/status.json").data)["replicas"]
    page = client.get("/status").get_data(as_text=True)
    app.extensions["newsgraph"].close()
    assert [(row["name"], row["behind"], row["answers"]) for row in rows] == [
        ("behind", len(rest) + 1, False),
        ("current", 0, True),
        ("new", None, False),
    ]
    assert page.index("holds no snapshot of ours") > page.index("up to date")
    assert "Failed twice in a row" in page
    assert "<b>" not in page
    assert "/u" not in json.dumps(rows)
