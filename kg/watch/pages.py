"""Pages that something lists: fetched when they are new or changed, looked at again for a while, gone when they go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from kg.errors import FetchError, InputError
from kg.model import Gone, Unread
from kg.pipeline import lexical
from kg.watch.poll import Budget, Ending, Poll, Step, Steps, host_of, url_key
from kg.watch.state import Item

__all__ = ["Entry", "follow", "page"]

DAY = 86400.0  # seconds
_LOOKED_AT = timedelta(days=30)  # how long a page is looked at again after it was first read, once a day
_MISSING = 3  # days on which a page must be not found before it counts as gone
_PUT_OFF = 900.0  # seconds until a page is asked for whose host did not answer
_RETRY, _RETRY_MOST = 300.0, DAY  # seconds after a failed fetch; doubled with each failure


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that is listed: the key its article goes by, its address, and what changes when it does."""

    key: str
    url: str
    version: str = ""


def follow(poll: Poll, entries: Iterable[Entry], budget: Budget) -> Steps:
    """The pages of the entries that are new or changed, as long as the budget lasts."""
    for entry in entries:
        if entry.key in budget.done:
            continue
        known = poll.item(entry.key)
        if known is not None and known.version == entry.version:
            continue
        if poll.stopped() or not budget.take(entry.key):
            return Ending(complete=False, more=True)
        item = replace(known or Item(entry.key), url=entry.url, version=entry.version, gone=False)
        yield visit(poll, item, budget, known=known is not None and not known.gone)
    return Ending()


def again(poll: Poll, budget: Budget) -> Steps:
    """The pages that are due to be looked at again, or failed before."""
    for item in poll.due():
        if item.key in budget.done:
            continue
        if poll.stopped() or not budget.take(item.key):
            return Ending(complete=False, more=True)
        try:
            yield visit(poll, item, budget, known=True)
        except FetchError as error:
            if error.retry_after is not None or error.status in (429, 503):
                raise
            return Ending()  # the list itself was read: a few broken pages are no failure of the source
    return Ending()


def visit(poll: Poll, item: Item, budget: Budget, *, known: bool) -> Step:
    """One page, asked for with what is remembered of it; a failure is part of the step.

    Where the source's own host does not answer, or asks to be left alone, the whole poll waits: that
    :class:`kg.errors.FetchError` is raised. Pages on another such host are put off.
    """
    if budget.gave_up(item.url):
        return Step(item=replace(item, due=poll.later(_PUT_OFF)))
    try:
        step = _visited(poll, item)
    except InputError as error:
        if budget.failed(error, item.url):
            if host_of(item.url) == host_of(poll.address):
                raise
            wait = error.retry_after if isinstance(error, FetchError) and error.retry_after is not None else 0.0
            return Step(item=replace(item, due=poll.later(max(wait, _PUT_OFF))))
        return _missed(poll, item, error, known=known) or _failed(poll, item, error, known=known)
    budget.answered(item.url)
    return step


def _visited(poll: Poll, item: Item) -> Step:
    answer = poll.get(item.url, etag=item.etag, last_modified=item.last_modified)
    if _is_front_page(answer.final_url, item.url):
        raise FetchError("redirects to the site's front page", origin=item.url, status=404)
    seen = item.seen or poll.time
    fresh = replace(
        item, seen=seen, due=_next(poll, seen), failures=0, missing=0, missing_on=None, etag=answer.etag or item.etag
    )
    if answer.status == 304:
        return Step(item=fresh)
    fresh = replace(fresh, etag=answer.etag, last_modified=answer.last_modified)
    return Step(poll.document(answer, item.key, item.url), fresh)


def page(poll: Poll) -> Steps:
    """A source that is one page: its article, when it changed. Its failures are those of the source."""
    key = url_key(poll.value, poll.address)
    known = poll.item(key)
    item = replace(known or Item(key), url=poll.address)
    try:
        yield _visited(poll, replace(item, gone=False))
    except InputError as error:
        missed = _missed(poll, item, error, known=True)
        if missed is None or item.seen is None or item.gone:
            raise
        yield missed
    return Ending("page", 200)


def _next(poll: Poll, seen: str) -> str | None:
    """When to look again: in a day, unless the page is old."""
    return poll.later(DAY) if seen > lexical(poll.now - _LOOKED_AT) else None


def _missed(poll: Poll, item: Item, error: InputError, *, known: bool) -> Step | None:
    """410 is the source's word that a page is gone; 404 is believed when it is said on three days.

    None for every other failure.
    """
    status = error.status if isinstance(error, FetchError) else None
    if status not in (404, 410):
        return None
    read = known and item.seen is not None
    if read and status == 410:
        return Step(_gone(poll, item, "the source answers 410 Gone"), _over(item))
    days = item.missing if item.missing_on == poll.today else item.missing + 1
    if read and days >= _MISSING:
        reason = f"the source has not had the page on {days} days (404 Not Found)"
        return Step(_gone(poll, item, reason), _over(item))
    missing = replace(item, missing=days, missing_on=poll.today, due=poll.later(DAY))
    # A page that never was there is given up as soon as one that was.
    missing = missing if read or days < _MISSING else replace(missing, due=None)
    return Step(None if known else Unread(error), missing)


def _failed(poll: Poll, item: Item, error: InputError, *, known: bool) -> Step:
    """Only the first failure of a page is reported; it is tried again at growing intervals."""
    wait = min(_RETRY * 2.0 ** min(item.failures, 20), _RETRY_MOST)
    failed = replace(item, failures=item.failures + 1, due=poll.later(wait))
    return Step(None if known else Unread(error), failed)


def _gone(poll: Poll, item: Item, reason: str) -> Gone:
    keys = tuple(dict.fromkeys((item.key, url_key(poll.value, item.url))))
    return Gone(keys, item.url, poll.value, reason)


def _over(item: Item) -> Item:
    return replace(item, gone=True, due=None, etag=None, last_modified=None, failures=0, missing=0, missing_on=None)


def _is_front_page(final: str, asked: str) -> bool:
    """Whether a page was answered by the site's front page, as sites do for what they removed."""
    path = urlsplit(asked).path
    return final != asked and path.strip("/") != "" and urlsplit(final).path in ("", "/") and not urlsplit(final).query
