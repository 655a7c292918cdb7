"""What is done to a query before the engine sees it: steps that read its tree and edit its text by span.

Each step looks at the query as the steps before it left it. What none of them touches stays as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.engine.request import Limits, Request
from kg.queries.reading import Edit, Reading, edited, read
from kg.store import Reader

__all__ = ["Prepared", "Step", "prepared"]

#: Edits to a query: what it says, the open snapshot, the request and the limits go in.
Step = Callable[[Reading, Reader, Request, Limits], Sequence[Edit]]

STEPS: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """The ``text`` the engine evaluates, and the IRIs of called ``functions`` that the engine does not know."""

    text: str
    functions: tuple[str, ...] = ()


def prepared(request: Request, reader: Reader, limits: Limits) -> Prepared:
    """The query after every step; one that no grammar reads goes to the engine, which judges it, as it is."""
    text = request.query
    for step in STEPS:
        reading = read(text)
        if reading is None:
            break
        text = edited(text, step(reading, reader, request, limits))
    return Prepared(text)
