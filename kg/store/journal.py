"""The journal of a purge: ``purge.json``, from just before the article is unpublished until nothing of it is left."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from kg.errors import StoreError
from kg.store import durable
from kg.store.erasure import Order
from kg.store.layout import Layout
from kg.store.remains import Clues

__all__ = ["forget", "keep", "read"]

_FILE = "purge.json"


def keep(layout: Layout, order: Order, clues: Clues) -> None:
    """Put on disk what a later call needs to go on; readable by the owner only, since it names files."""
    (layout.path / f"{_FILE}.new").touch(mode=0o600)  # what is written goes through it and keeps its mode
    durable.write(layout.path / _FILE, json.dumps({"order": asdict(order), "clues": asdict(clues)}).encode("ascii"))


def forget(layout: Layout) -> None:
    """No purge is under way."""
    for name in (f"{_FILE}.new", _FILE):
        (layout.path / name).unlink(missing_ok=True)
    durable.sync(layout.path)


def read(layout: Layout) -> tuple[Order, Clues] | None:
    """The purge that is under way or was interrupted. Raises :class:`kg.errors.StoreError` for a damaged file."""
    file = layout.path / _FILE
    try:
        row = json.loads(file.read_bytes())
        return Order(**_tuples(row["order"])), Clues(**_tuples(row["clues"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{file}: damaged ({error}); delete it and run the purge again") from error


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    """JSON's lists as the tuples they were."""
    return {name: _tuple(value) for name, value in row.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(one) for one in value) if isinstance(value, list) else value
