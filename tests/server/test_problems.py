"""Failures as HTTP: every error has a status, one shape, and a page for people."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg import errors
from server.errors import STATUS, problem_of, status_of

HTML = {"Accept": "text/html"}


def every(kind: type[errors.KgError]) -> list[type[errors.KgError]]:
    """The class and all below it."""
    return [kind, *(below for one in kind.__subclasses__() for below in every(one))]


def made(kind: type[errors.KgError]) -> errors.KgError:
    """An error of the class with whatever it needs."""
    return kind("words", install="pip install x") if kind is errors.MissingDependency else kind("words")  # type: ignore[call-arg]


@pytest.mark.parametrize("kind", every(errors.KgError), ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_of_its_own_row_and_never_200(kind: type[errors.KgError]) -> None:
    assert any(one in STATUS for one in kind.__mro__ if one is not errors.KgError) or kind is errors.KgError
    assert 400 <= status_of(kind) < 600
    problem = problem_of(made(kind))
    assert problem.status == status_of(kind)
    assert problem.kind == kind.__name__
    assert json.loads(json.dumps(problem.to_json()))["status"] == problem.status


def test_every_name_in_the_error_tree_is_walked() -> None:
    assert {kind.__name__ for kind in every(errors.KgError)} == set(errors.__all__)


def test_busy_says_when_to_come_back() -> None:
    assert problem_of(errors.EngineBusy("busy", retry_after=7)).retry_after == 7
    assert problem_of(errors.StoreMissing("/var/secret: no store")).retry_after == 5


def test_faults_of_ours_do_not_show_their_words() -> None:
    for error in (
        errors.StoreError("/var/secret: damaged"),
        errors.ConfigError("/var/secret"),
        errors.KgError("/var/secret"),
    ):
        assert "/var/secret" not in json.dumps(problem_of(error).to_json())


def test_a_pruned_snapshot_names_the_nearest_one() -> None:
    problem = problem_of(errors.SnapshotPruned("it was pruned", snapshot="a", nearest="b"))
    assert (problem.status, problem.to_json()["nearest"]) == (410, "b")


def test_machines_and_people_get_the_same_fields(client: FlaskClient) -> None:
    machine, page = client.get("/nothing"), client.get("/nothing", headers=HTML)
    assert (machine.status_code, page.status_code) == (404, 404)
    assert machine.mimetype == "application/problem+json"
    assert page.mimetype == "text/html"
    body = machine.get_json(force=True)
    assert {"type", "title", "status", "detail", "error"} <= set(body)
    for value in (body["title"], str(body["status"]), body["detail"].split(".")[0]):
        assert value in page.text
    assert "Accept" in machine.vary
    assert "Accept" in page.vary


def test_clients_that_take_only_text_get_lines(client: FlaskClient) -> None:
    answer = client.get("/nothing", headers={"Accept": "text/plain"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert answer.text.startswith("404 Not Found\n")
    for accept in ("*/*", "text/csv", "text/plain;q=0.5, */*", ""):
        assert client.get("/nothing", headers={"Accept": accept}).mimetype == "application/problem+json"


def test_an_unexpected_failure_is_a_500_without_details(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    publication = app.extensions["newsgraph"]
    monkeypatch.setattr(publication, "catalogue", lambda _reader: 1 / 0)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = app.test_client().get("/", headers=HTML)
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_method_that_is_not_offered_says_which_are(client: FlaskClient) -> None:
    answer = client.delete("/articles")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.mimetype == "application/problem+json"
