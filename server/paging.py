"""Long lists page by page: which rows are asked for, and where the pages before and after are."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import abort, request

__all__ = ["Paging", "asked", "paging"]

#: Rows of a page, and the number of the last page that can be asked for.
SIZE, _LAST = 50, 200_000


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list of ``total`` rows; ``before`` and ``after`` are addresses, or None."""

    number: int
    total: int
    size: int = SIZE
    before: str | None = None
    after: str | None = None

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.number - 1) * self.size

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))


def asked() -> int:
    """The page number the request names (``page=``, from 1). 400 for anything else."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _LAST and len(text) < 9):
        abort(400, f"page must be a whole number from 1 to {_LAST}.")
    return int(text)


def paging(number: int, total: int, size: int = SIZE) -> Paging:
    """The page with its neighbours' addresses. 404 for a page past the end."""
    made = Paging(number, total, size)
    if number > made.pages:
        abort(404, f"The list has {made.pages} pages; there is no page {number}.")
    before = _address(number - 1) if number > 1 else None
    after = _address(number + 1) if number < made.pages else None
    return Paging(number, total, size, before, after)


def _address(number: int) -> str:
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "page"]
    query = urlencode([*kept, ("page", str(number))])
    return f"{request.script_root}{request.path}?{query}"
