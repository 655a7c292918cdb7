"""One publication for all server tests (nothing in them writes to it), and an app over it with a real query pool."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import newsroom
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.engine import Limits, Pool
from kg.store import Reader, Store
from server import create_app


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The publication's folder."""
    made = tmp_path_factory.mktemp("newsroom")
    newsroom.open_newsroom(made)
    return made


@pytest.fixture(scope="session")
def store(folder: Path) -> Store:
    return Store.open(folder / "store", newsroom.BASE)


@pytest.fixture(scope="session")
def app(folder: Path) -> Iterator[Flask]:
    pool = Pool(folder / "store", Limits(seconds=10, concurrent=1))
    made = create_app(newsroom.settings(folder), engine=pool)
    yield made
    made.extensions["newsgraph"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def reader(store: Store) -> Iterator[Reader]:
    with store.reader() as made:
        yield made
