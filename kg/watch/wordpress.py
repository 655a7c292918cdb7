"""WordPress sites by their REST API: what changed since the last poll, what went, and what the clock published.

Posts are asked for by time of change, from where the last answer ended and not by page number: a post that changes
while the list is read would push another over a page's edge. WordPress tells nobody what was deleted, so once a day
the numbers of all posts are compared with those that were read, and each that is missing is asked for by itself.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from kg.errors import FetchError
from kg.fetch import Fetched
from kg.model import Document, Gone
from kg.pipeline import lexical
from kg.watch.pages import DAY
from kg.watch.poll import Ending, Poll, Step, Steps, digest, url_key
from kg.watch.state import Item

__all__ = ["posts"]

_PAGE = 100  # posts; the most WordPress gives at once
_ANSWERS = 50  # lists that one poll reads; the rest follows in the next
_LISTS = 1000  # lists of numbers: 100,000 posts
_OVERLAP = timedelta(seconds=1)  # "after" is exclusive, and several posts share a second
_ROUTE = "/wp/v2/posts"
#: What the API answers for a post that is no longer public: deleted, or back to draft, private or in the bin.
_NOT_PUBLIC = frozenset({"rest_post_invalid_id", "rest_forbidden", "rest_forbidden_context", "rest_cannot_read"})


@dataclass(frozen=True, slots=True)
class _Api:
    """Where the posts of a site are listed. ``plain`` is the form for sites without pretty permalinks."""

    address: str
    plain: bool = False

    def url(self, parameters: Mapping[str, str], number: int | None = None) -> str:
        """The address of the list with these parameters, or of one post."""
        parts = urlsplit(self.address)
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        tail = "" if number is None else f"/{number}"
        if "rest_route" in given:
            given["rest_route"] = given["rest_route"].rstrip("/") + tail
            path = parts.path or "/"
        elif "/wp-json/" in parts.path:
            path = parts.path.rstrip("/") + tail
        elif self.plain:
            given["rest_route"] = _ROUTE + tail
            path = parts.path.rstrip("/") + "/"
        else:
            path = f"{parts.path.rstrip('/')}/wp-json{_ROUTE}{tail}"
        return urlunsplit((parts.scheme, parts.netloc, path, urlencode({**given, **parameters}), ""))


@dataclass(frozen=True, slots=True)
class _Cursor:
    """How far a site was read: newest times of change and of publication (UTC), and when numbers were compared."""

    modified: str = ""
    date: str = ""
    compared: str = ""
    plain: bool = False

    @classmethod
    def of(cls, text: str | None) -> _Cursor:
        try:
            row = json.loads(text or "{}")
            return cls(str(row["modified"]), str(row["date"]), str(row["compared"]), bool(row["plain"]))
        except (ValueError, KeyError, TypeError):
            return cls()

    @property
    def text(self) -> str:
        row = {"modified": self.modified, "date": self.date, "compared": self.compared, "plain": self.plain}
        return json.dumps(row, sort_keys=True)


def posts(poll: Poll) -> Steps:
    """The posts that are new or changed, those a schedule published, and word of those that are gone."""
    cursor = _Cursor.of(poll.before.cursor)
    api, first = _found(poll, cursor)
    cursor = replace(cursor, plain=api.plain)
    seen: set[str] = set()
    cursor, whole = yield from _changed(poll, api, cursor, "modified", first, seen)
    if whole and cursor.date:
        # A post that a schedule publishes keeps the time of its last change, which may lie before the cursor.
        cursor, whole = yield from _changed(poll, api, cursor, "date", None, seen)
    elif whole:
        cursor = replace(cursor, date=cursor.modified)
    if whole and not poll.stopped() and cursor.compared < poll.later(-DAY):
        if cursor.compared:
            yield from _compared(poll, api, seen)
        cursor = replace(cursor, compared=poll.time)
    return Ending("wordpress", 200, cursor=cursor.text, complete=whole, more=not whole)


def _found(poll: Poll, cursor: _Cursor) -> tuple[_Api, Fetched]:
    """The form of the API the site has, and its first answer."""
    forms = (_Api(poll.address, plain=cursor.plain), _Api(poll.address, plain=not cursor.plain))
    failure: FetchError | None = None
    for api in forms:
        try:
            answer = poll.get(api.url(_asking("modified", cursor.modified, 1)))
        except FetchError as error:
            if error.status not in (400, 401, 403, 404, 405):
                raise
            failure = failure or error
            continue
        if _rows(answer) is not None:
            return api, answer
        failure = failure or FetchError("does not answer with a list of WordPress posts", origin=answer.url)
        if "rest_route" in poll.address or "/wp-json/" in poll.address:
            break
    assert failure is not None
    raise failure


def _asking(column: str, after: str, page: int) -> dict[str, str]:
    parameters = {"per_page": str(_PAGE), "orderby": column, "order": "asc", "_embed": "1"}
    if after:
        moment = datetime.fromisoformat(after) - _OVERLAP
        parameters["modified_after" if column == "modified" else "after"] = lexical(moment)
    return parameters | ({"page": str(page)} if page > 1 else {})


def _changed(
    poll: Poll, api: _Api, cursor: _Cursor, column: str, first: Fetched | None, seen: set[str]
) -> Generator[Step, None, tuple[_Cursor, bool]]:
    """The posts after the cursor by one of its columns; the cursor after them, and whether those were all."""
    page, listed = 1, set[str]()
    for number in range(_LISTS):
        if poll.pages is not None and number >= _ANSWERS and page == 1:
            break
        after = getattr(cursor, column)
        answer = first or poll.get(api.url(_asking(column, after, page)), allow=(400,))
        first = None
        rows = _rows(answer)
        if answer.status == 400:  # a page behind the last one: posts went while we read
            return cursor, True
        if rows is None:
            raise FetchError("does not answer with a list of WordPress posts", origin=answer.url)
        if poll.stopped() or (number and poll.late()):
            return cursor, False
        yield from _steps(poll, answer, seen)
        fresh = {str(row.get("id")) for row in rows} - listed
        if not fresh and page > 1:
            return cursor, True  # a site that gives the same list whatever page is asked for
        listed |= fresh
        # A clock that runs ahead must not move the cursor past what is still to come.
        newest = max((min(_utc(row, column), poll.time) for row in rows), default="")
        if newest > after:
            cursor = replace(cursor, modified=newest) if column == "modified" else replace(cursor, date=newest)
            page = 1
            yield Step(cursor=cursor.text)
        else:
            page += 1  # a whole list of one second
        if (len(rows) < _PAGE and page == 1) or _pages(answer) <= 1:
            return cursor, True
        if page > 1 and page > _pages(answer):
            return cursor, True
    return cursor, False


def _steps(poll: Poll, answer: Fetched, seen: set[str]) -> Iterator[Step]:
    """The posts of one answer that are not known as they are."""
    if not _rows(answer):
        return
    for thing in poll.unpacked(answer):
        if not isinstance(thing, Document):
            yield from poll.told(thing)
            continue
        version = digest(thing.data)
        if f"{thing.key} {version}" in seen:
            continue
        seen.add(f"{thing.key} {version}")
        known = poll.item(thing.key)
        if known is None or known.version != version:
            row = json.loads(thing.data)
            number = row.get("id") if isinstance(row, dict) else None
            ref = str(number) if isinstance(number, int) else ""
            yield Step(thing, Item(thing.key, thing.origin, version, ref, seen=poll.time))


def _compared(poll: Poll, api: _Api, seen: set[str]) -> Iterator[Step]:
    """Word of the posts that are gone, and the public ones that were never seen."""
    listed: set[str] = set()
    for page in range(1, _LISTS + 1):
        parameters = {"per_page": str(_PAGE), "orderby": "id", "order": "asc", "_fields": "id", "page": str(page)}
        answer = poll.get(api.url(parameters), allow=(400,))
        rows = _rows(answer) or []
        listed |= {str(row["id"]) for row in rows if isinstance(row.get("id"), int)}
        if len(rows) < _PAGE or page >= _pages(answer) or poll.stopped():
            break
    read = {item.ref: item for item in poll.numbered()}
    for ref in sorted(listed - set(read), key=int):
        if poll.stopped():
            return
        yield from _steps(poll, poll.get(api.url({"include": ref, "_embed": "1"})), seen)
    for ref in sorted(set(read) - listed, key=int):
        if poll.stopped():
            return
        item = read[ref]
        answer = poll.get(api.url({"_fields": "id,status"}, int(ref)), allow=(401, 403, 404, 410))
        if answer.status == 410 or (answer.status != 200 and _code(answer) in _NOT_PUBLIC):
            keys = tuple(dict.fromkeys((item.key, *((url_key(poll.value, item.url),) if "://" in item.url else ()))))
            reason = f"the site no longer has it among its public posts ({answer.status} {_code(answer)})".strip()
            yield Step(Gone(keys, item.url, poll.value, reason), replace(item, gone=True))


def _rows(answer: Fetched) -> list[dict[str, Any]] | None:
    """The objects of a list; None where the answer is none."""
    try:
        made = json.loads(answer.data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(made, list) or not all(isinstance(row, dict) for row in made):
        return None
    return made


def _code(answer: Fetched) -> str:
    try:
        made = json.loads(answer.data)
    except (ValueError, RecursionError):
        return ""
    code = made.get("code") if isinstance(made, dict) else None
    return code[:60] if isinstance(code, str) else ""


def _pages(answer: Fetched) -> int:
    said = answer.headers.get("x-wp-totalpages", "")
    return int(said[:9]) if said.isdecimal() else 2**31


def _utc(row: Mapping[str, Any], column: str) -> str:
    """A post's time of change or publication in UTC as an xsd:dateTime; empty where it has none."""
    said = row.get(f"{column}_gmt")
    try:
        moment = datetime.fromisoformat(said if isinstance(said, str) else "")
    except ValueError:
        return ""
    if not 1970 <= moment.year <= 9998:
        return ""
    return lexical(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))
