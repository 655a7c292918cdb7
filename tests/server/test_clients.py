"""Who is asking, told from the connection and from proxies that are trusted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import writing
from flask.testing import FlaskClient

from kg.engine import Answer, Request
from kg.errors import EngineBusy
from server import create_app
from server.clients import client_of


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "client"),
    [
        ("192.0.2.1", None, 0, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", 0, "192.0.2.1"),  # nobody vouches for the header
        ("192.0.2.1", "198.51.100.7", 1, "198.51.100.7"),
        ("192.0.2.1", "6.6.6.6, 198.51.100.7", 1, "198.51.100.7"),  # what the client wrote itself is not believed
        ("192.0.2.1", "6.6.6.6, 198.51.100.7, 203.0.113.9", 2, "198.51.100.7"),
        ("192.0.2.1", "203.0.113.9", 2, "203.0.113.9"),
        ("192.0.2.1", None, 1, "192.0.2.1"),
        ("192.0.2.1", "<script>", 1, "192.0.2.1"),
        ("192.0.2.1", "unknown", 1, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7:4711", 1, "198.51.100.7"),
        ("192.0.2.1", "[2001:db8:1:2:3:4:5:6]:4711", 1, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3:4:5:6", None, 0, "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", None, 0, "2001:db8:1:2::/64"),
        ("fe80::1%eth0", None, 0, "fe80::/64"),
        ("::ffff:192.0.2.1", None, 0, "192.0.2.1"),
        ("", None, 0, "unknown"),
        ("127.0.0.1", None, 0, "127.0.0.1"),
    ],
)
def test_a_client_is_its_address_or_its_network(peer: str, forwarded: str | None, proxies: int, client: str) -> None:
    environ = {"REMOTE_ADDR": peer}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    assert client_of(environ, proxies) == client


class Asked:
    """An engine that keeps who asked, and answers nobody."""

    def __init__(self) -> None:
        self.clients: list[str] = []

    def run(self, request: Request, *, left: Callable[[], bool] = lambda: False) -> Answer:
        del left
        self.clients.append(request.client)
        raise EngineBusy("busy", retry_after=1)

    def close(self) -> None:
        """Nothing is held."""


def test_a_token_with_the_name_of_an_address_does_not_share_what_that_address_may_use(folder: Path) -> None:
    made = writing.settings(folder)
    named = tuple(replace(one, name="127.0.0.1") for one in made.tokens)
    engine = Asked()
    app = create_app(replace(made, tokens=named), engine=engine)  # type: ignore[arg-type]
    client = app.test_client()
    for headers in (writing.bearer("read"), {}):
        assert client.get("/sparql", query_string={"query": "ASK {}"}, headers=headers).status_code == 503
    assert engine.clients == ["token:127.0.0.1", "127.0.0.1"]
    app.extensions["newsgraph"].close()


def test_the_status_counts_queries_and_names_none(client: FlaskClient) -> None:
    assert json.loads(client.get("/status.json").data)["queries"] == {"running": 0, "waiting": 0}
    assert "0 queries run and 0 wait" in client.get("/status", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert client.get("/sparql/queries").status_code == 404
    assert client.get("/sparql/queries/" + "0" * 32).status_code == 404
