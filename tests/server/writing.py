"""A publication that takes writes: settings with tokens, an app over it with a real pool, and requests with a token."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import newsroom
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg.config import Settings, TokenSettings
from kg.store import Store

#: The secrets of the tokens, by role. They are made up for tests.
SECRETS = {role: f"ngt_a-secret-of-a-test-for-{role}" for role in ("read", "ingest", "admin")}
ADMIN = SECRETS["admin"]


def tokens() -> tuple[TokenSettings, ...]:
    """One token for each role, named for it."""
    return tuple(
        TokenSettings(f"desk-{role}", hashlib.sha256(secret.encode()).hexdigest(), role)
        for role, secret in SECRETS.items()
    )


def settings(folder: Path, **changes: object) -> Settings:
    """Settings for a publication in the folder that takes writes."""
    return replace(newsroom.settings(folder, **changes), tokens=tokens())


def bearer(role: str = "admin") -> dict[str, str]:
    """The header of a request with the token of that role."""
    return {"Authorization": f"Bearer {SECRETS[role]}"}


@dataclass
class Desk:
    """A client that signs in, and the store behind it."""

    client: FlaskClient
    store: Store

    def send(self, method: str, address: str, *, role: str | None = "admin", **more: Any) -> TestResponse:
        headers = {**(bearer(role) if role else {}), **more.pop("headers", {})}
        return self.client.open(address, method=method, headers=headers, **more)

    def put(self, iri: str, body: str | bytes, kind: str = "text/turtle", **more: Any) -> TestResponse:
        return self.send("PUT", "/graphs", query_string={"graph": iri}, data=body, content_type=kind, **more)

    def get(self, iri: str, accept: str = "application/n-triples") -> TestResponse:
        return self.send("GET", "/graphs", role=None, query_string={"graph": iri}, headers={"Accept": accept})

    def lines(self, iri: str) -> list[str]:
        """The graph as N-Triples, in order."""
        answer = self.get(iri)
        assert answer.status_code == 200, answer.text
        return sorted(answer.text.splitlines())
