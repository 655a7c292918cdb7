"""Rows of JSON Lines: our columns as keys, lists as lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.authority.row import COLUMNS, OPTIONAL, Fault, of_cells
from kg.plugins import Thing

__all__ = ["row"]

_LISTS = ("aliases", "demonyms", "same_as")


def row(value: Mapping[str, Any]) -> Thing:
    """The row of an object. Raises :class:`kg.authority.row.Fault`."""
    cells: dict[str, str] = {}
    for key, given in value.items():
        if key not in COLUMNS and key not in OPTIONAL:
            raise Fault(f"key {key[:40]!r} is unknown; the keys are {', '.join((*COLUMNS, *OPTIONAL))}")
        if given is None or given == []:
            continue
        if key in _LISTS and isinstance(given, list) and all(isinstance(one, str) for one in given):
            cells[key] = "\x1f".join(one.replace("\x1f", " ") for one in given)
        elif isinstance(given, str):
            cells[key] = given.replace("|", "\x1f") if key in _LISTS else given.strip()
        elif isinstance(given, (int, float)) and not isinstance(given, bool) and key not in _LISTS:
            cells[key] = str(given)
        else:
            raise Fault(f"{key} is no text, number or list of texts")
    return of_cells(cells, "\x1f")
