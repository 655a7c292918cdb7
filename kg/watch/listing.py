"""Sources that list pages: feeds, and sitemaps with their indexes."""

from __future__ import annotations

from dataclasses import replace

from kg.errors import InputError
from kg.extract import sitemap
from kg.fetch import Fetched
from kg.model import Document, Unread
from kg.watch import pages
from kg.watch.pages import Entry
from kg.watch.poll import Budget, Ending, Poll, Step, Steps, container, digest, host_of, url_key
from kg.watch.state import Item

__all__ = ["feed", "kind_of", "sitemaps"]

_DEPTH = 3  # indexes below indexes; the protocol allows one
_FEEDS = frozenset({"feed", "jsonfeed"})


def kind_of(fetched: Fetched) -> str:
    """What an answer shows: ``sitemap``, ``wordpress``, ``feed``, ``bundle`` (of documents) or ``page``."""
    if sitemap.recognises(fetched.data[: 64 * 1024]):
        return "sitemap"
    found = container(fetched)
    if found is None:
        return "page"
    if found.name == "wordpress":
        return "wordpress"
    return "feed" if found.name in _FEEDS else "bundle"


def feed(poll: Poll, fetched: Fetched, *, follow: bool) -> Steps:
    """The items of a feed, or with ``follow`` the pages they link to; then the pages that are due again."""
    budget = poll.budget
    ended = Ending()
    if fetched.status != 304:
        for item in poll.unpacked(fetched):
            if poll.stopped():
                return Ending(complete=False)
            if not isinstance(item, Document):
                yield from poll.told(item)
                continue
            entry = Entry(item.key, item.origin, digest(item.data))
            if follow and _is_link(item, fetched):
                ended = ended.also((yield from pages.follow(poll, (entry,), budget)))
            else:
                known = poll.item(entry.key)
                if entry.key not in budget.done and (known is None or known.version != entry.version):
                    budget.done.add(entry.key)
                    url = item.origin if _is_link(item, fetched) else ""
                    yield Step(item, Item(entry.key, url, entry.version, seen=poll.time))
    return ended.also((yield from pages.again(poll, budget)))


def _is_link(item: Document, fetched: Fetched) -> bool:
    """Whether an item's origin is the address of its page, not its place in the feed."""
    own = (fetched.url, fetched.final_url)
    return item.origin.startswith(("http://", "https://")) and not item.origin.startswith(
        tuple(f"{one}#" for one in own)
    )


def sitemaps(poll: Poll, fetched: Fetched) -> Steps:
    """The pages a sitemap lists, newest first, and those of the sitemaps an index lists."""
    budget = poll.budget
    ended = Ending()
    if fetched.status != 304:
        ended = yield from _listed(poll, fetched, budget, depth=0)
    return ended.also((yield from pages.again(poll, budget)))


def _listed(poll: Poll, fetched: Fetched, budget: Budget, *, depth: int) -> Steps:
    """The steps of one sitemap and of those it lists."""
    made = sitemap.parse(fetched.data, fetched.final_url)
    newest = sorted(made.entries, key=lambda one: one.changed or "9", reverse=True)
    if not made.index:
        entries = (Entry(url_key(poll.value, one.url), one.url, one.changed or "") for one in newest)
        return (yield from pages.follow(poll, entries, budget))
    if depth >= _DEPTH:
        raise InputError(f"indexes of sitemaps are nested more than {_DEPTH} deep", origin=fetched.url)
    ended = Ending()
    for one in newest:
        if poll.stopped():
            return Ending(complete=False)
        key = f"sitemap:{one.url}"
        if key in budget.done:
            continue  # an index that lists itself, or a sitemap twice
        budget.done.add(key)
        known = poll.item(key) or Item(key)
        if one.changed and known.version == one.changed and (known.seen or "") > poll.later(-pages.DAY):
            continue  # read in the last day, before which a lastmod is not believed: some are never brought up to date
        if budget.left <= 0 or poll.late():
            return Ending(complete=False, more=True)
        if budget.gave_up(one.url):
            ended = replace(ended, complete=False)
            continue
        try:
            answer = poll.get(one.url, etag=known.etag, last_modified=known.last_modified)
            inner = Ending() if answer.status == 304 else (yield from _listed(poll, answer, budget, depth=depth + 1))
        except InputError as error:
            if budget.failed(error, one.url) and host_of(one.url) == host_of(poll.address):
                raise
            ended = replace(ended, complete=False)
            yield from poll.told(Unread(error))
            continue
        ended = ended.also(inner)
        if inner.complete:
            # A day alone does not tell whether it changed again on that day.
            told = one.changed if one.changed and ("T" in one.changed or one.changed < poll.today) else ""
            fresh = replace(known, version=told, seen=poll.time)
            if answer.status != 304:
                fresh = replace(fresh, etag=answer.etag, last_modified=answer.last_modified)
            yield Step(item=fresh)
    return ended
