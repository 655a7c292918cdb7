"""What a poll of a source, or one fetch of an address, brings: the kind of source decides which steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from kg.config import Settings, SourceSettings
from kg.errors import ConfigError, FetchError, InputError
from kg.fetch import Fetched, Fetcher, parse
from kg.model import Document, Gone, Source, Unread
from kg.pipeline.documents import source_value
from kg.watch import folder, listing, pages, wordpress
from kg.watch.poll import Ending, Poll, Step, Steps, admitted, url_key
from kg.watch.state import Item, SourceState

__all__ = ["PATIENCE", "fetched", "fetcher", "source_at", "steps"]

#: Seconds that ``kg ingest URL`` waits for a server that asks to be asked again.
PATIENCE = 60.0


def steps(poll: Poll, settings: Settings) -> Steps:
    """The steps of one poll. Raises :class:`kg.errors.InputError` where the source itself cannot be read."""
    source = poll.source
    if source.path is not None:
        return (yield from folder.files(poll, settings))
    if source.url is None:
        raise ConfigError(f"source {source.name} has neither path nor url, so there is nothing to poll", setting="url")
    if source.kind == "page":
        return (yield from pages.page(poll))
    if source.kind == "wordpress":
        return (yield from wordpress.posts(poll))
    answer = poll.get(poll.address, etag=poll.before.etag, last_modified=poll.before.last_modified)
    kind = _kind(poll, answer)
    if kind == "wordpress":
        return (yield from wordpress.posts(poll))
    ended = yield from _taken(poll, answer, kind)
    return replace(
        ended,
        kind=kind,
        status=answer.status,
        etag=answer.etag or (poll.before.etag if answer.status == 304 else None),
        last_modified=answer.last_modified or (poll.before.last_modified if answer.status == 304 else None),
    )


def _kind(poll: Poll, answer: Fetched) -> str:
    """The kind the settings say, else the one that the answer shows."""
    if answer.status == 304:
        return poll.source.kind or poll.before.kind or "page"
    shown = listing.kind_of(answer)
    wanted = poll.source.kind
    if wanted in ("feed", "sitemap") and shown != wanted:
        raise FetchError(
            f"the source is configured as a {wanted}, and what is there is {_named(shown)}; correct its url or kind",
            origin=answer.url,
            status=answer.status,
        )
    return shown


def _named(kind: str) -> str:
    return {"page": "a page", "bundle": "a bundle of documents", "wordpress": "a list of WordPress posts"}.get(
        kind, f"a {kind}"
    )


def _taken(poll: Poll, answer: Fetched, kind: str) -> Steps:
    if kind == "sitemap":
        return (yield from listing.sitemaps(poll, answer))
    if kind in ("feed", "bundle"):
        return (yield from listing.feed(poll, answer, follow=poll.source.follow and kind == "feed"))
    key = url_key(poll.value, answer.url)
    known = poll.item(key)
    if answer.status != 304:
        yield Step(poll.document(answer, key, answer.url), replace(known or Item(key), url=answer.url, seen=poll.time))
    return Ending()


# ---- one fetch, nothing remembered -----------------------------------------------------------------------------


def fetcher(
    settings: Settings,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    *,
    patience: float = 0.0,
    monotonic: Callable[[], float] = time.monotonic,
) -> Fetcher:
    """What fetches by these settings; ``patience`` as :class:`kg.fetch.Fetcher` has it."""
    return Fetcher(
        user_agent=settings["fetch.user_agent"],
        seconds=settings["fetch.seconds"],
        limit=settings["limits.document_bytes"],
        now=now,
        sleep=sleep,
        monotonic=monotonic,
        patience=patience,
    )


def source_at(url: str, settings: Settings) -> SourceSettings | None:
    """The source whose address this is, or below whose address it lies, the longest first.

    ``https://example.org/news`` holds ``…/news`` and ``…/news/2026``, and not ``…/newsroom``: what is read for another
    source would be published under its rights.
    """
    asked = _comparable(url)
    held = [
        (len(own), one)
        for one in settings.sources
        if one.url is not None and (own := _comparable(one.url)) and _below(asked, own)
    ]
    return max(held, key=lambda pair: pair[0])[1] if held else None


def _comparable(url: str) -> str:
    try:
        return parse(url).url
    except FetchError:
        return ""


def _below(url: str, own: str) -> bool:
    folder_of = own if own.endswith("/") else own + "/"
    return url == own or (url.startswith(folder_of) and not urlsplit(own).query)


def fetched(
    urls: Sequence[str],
    settings: Settings,
    source: SourceSettings | None,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> Iterator[Document | Unread | Gone]:
    """What is at each address: the article of a page, what a feed, a sitemap or a WordPress list holds.

    An address that lies at no configured source, where ``source`` names none, is third-party. What cannot be fetched is
    an :class:`kg.model.Unread`; nothing is remembered.
    """
    with fetcher(settings, now, sleep, patience=PATIENCE) as client:
        for url in urls:
            yield from _arrived(url, settings, source or source_at(url, settings), client, now())


def _arrived(
    url: str, settings: Settings, source: SourceSettings | None, client: Fetcher, now: datetime
) -> Iterator[Document | Unread | Gone]:
    value = source_value(source) if source is not None else Source()
    known = source or SourceSettings(name=value.name, path=None)
    own = _comparable(url)
    kind = known.kind if known.url is not None and _comparable(known.url) == own and known.kind != "folder" else None
    private = known.private_addresses or bool(settings["fetch.private_addresses"])
    poll = Poll(
        source=replace(known, path=None, url=url, kind=kind, private_addresses=private),
        value=value,
        fetcher=client,
        now=now,
        before=SourceState(known.name),
        item=lambda _: None,
        due=lambda: iter(()),
        numbered=lambda: iter(()),
        limit=settings["limits.document_bytes"],
    )
    found = False
    try:
        for step in steps(poll, settings):
            if step.thing is not None:
                found = True
                yield admitted(step.thing)
    except InputError as error:
        rest = f"; what else {url} lists was not fetched" if found else ""
        yield Unread(InputError(error.reason + rest, origin=error.origin))
