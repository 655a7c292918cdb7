"""What is done to a query before the engine sees it: steps that read its tree and edit its text by span.

Each step looks at the query as the steps before it left it. What none of them touches stays as it was written. A step
has a pattern that every query it could change holds, so that most queries are not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.engine import federation, mends, places, search
from kg.engine.datasets import FROM, Dataset, dataset
from kg.engine.request import Limits, Request
from kg.errors import QueryRefused, QuerySyntaxError
from kg.queries.guard import refuse_remote
from kg.queries.reading import Edit, Reading, edited, read
from kg.queries.syntax import too_deep
from kg.store import Reader

__all__ = ["STEPS", "Prepared", "Step", "prepared"]

#: Edits to a query: what it says, the open snapshot, the request and the limits go in.
Step = Callable[[Reading, Reader, Request, Limits], Sequence[Edit]]

#: Every step with the pattern that tells, without reading, which queries it is for.
STEPS: tuple[tuple[re.Pattern[str], Step], ...] = (
    (federation.MAY_FEDERATE, federation.edits),
    (mends.COMPARISONS, mends.comparisons),
    (mends.BOOLEANS, mends.booleans),
    (mends.PATHS, mends.paths),
    (mends.TRIPLE_TERMS, mends.triple_terms),
    (mends.AGGREGATES, mends.aggregates),
    (mends.CONCATENATIONS, mends.concatenations),
    (search.MAY_SEARCH, search.edits),
    (places.MAY_LOCATE, places.edits),
)

#: Characters up to which nesting is told from tokens; longer texts have to be read.
_LONG = 200_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """The ``text`` the engine evaluates, and the dataset it is evaluated on: None stands for the store's own."""

    text: str
    dataset: Dataset | None = None


def prepared(request: Request, reader: Reader, limits: Limits) -> Prepared:
    """The query after every step; one that no grammar reads goes to the engine, which judges it, as it is.

    Raises :class:`kg.errors.QuerySyntaxError` for a text that no parser should be given, and
    :class:`kg.errors.QueryRefused` where a part of an answer is asked for whose query cannot be read.
    """
    text = request.query
    if _hostile(text, request.base):
        if len(text) <= _LONG:
            raise QuerySyntaxError("the query's brackets or signs are nested too deep; write it flatter, or split it")
        raise QuerySyntaxError(
            "the query does not parse, or its brackets are nested too deep; the place is told of queries up to "
            f"{_LONG:,} characters, and this one has {len(text):,}: ask with fewer values to find it"
        )
    reading: Reading | None = None
    read_text: str | None = None

    def current() -> Reading | None:
        nonlocal reading, read_text
        if read_text != text:
            reading, read_text = read(text, base=request.base), text
        return reading

    asked = dataset(request, current() if FROM.search(text) else None)
    for pattern, step in STEPS:
        if pattern.search(text) and (found := current()) is not None:
            text = edited(text, step(found, reader, request, limits))
    if request.rows is not None or request.skip:
        found = current()
        if found is not None:
            text = edited(text, windowed(found, request, limits))
        elif request.skip:
            raise QueryRefused(
                "the rest of this query's answer cannot be asked for with skip: the query could not be read; write "
                "LIMIT and OFFSET into it"
            )
    refuse_remote(text)  # whatever was edited: the engine never sees what it would fetch
    return Prepared(text, asked)


def _hostile(text: str, base: str | None) -> bool:
    """Whether Oxigraph's parser, which recurses, could end the process: brackets or signs are nested too deep."""
    return too_deep(text) if len(text) <= _LONG else read(text, base=base) is None


def windowed(reading: Reading, request: Request, limits: Limits) -> tuple[Edit, ...]:
    """LIMIT and OFFSET, so that the engine leaves out what was sent before and stops one row after the cut: that row
    tells that there is more. Only of SELECT; triples are counted as they come."""
    places = reading.modifiers
    if reading.form != "select" or places is None:
        return ()
    limit = None if places.limit is None else max(places.limit - request.skip, 0)
    if request.rows is not None:
        wanted = min(request.rows, limits.rows) + 1
        limit = wanted if limit is None else min(limit, wanted)
    made: list[Edit] = []
    if limit is not None:
        start, end = places.limit_place or (places.end, places.end)
        made.append(Edit(start, end, f" LIMIT {limit} "))
    if request.skip:
        start, end = places.offset_place or (places.end, places.end)
        made.append(Edit(start, end, f" OFFSET {places.offset + request.skip} "))
    return tuple(made)
