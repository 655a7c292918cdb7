"""One poll of one source: what it is given, and the steps it gives.

A step is a document (or word that one cannot be read, or is gone) together with what is to be remembered once it was
published. The kinds of sources are generators of steps; none of them writes anything.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeAlias
from urllib.parse import urlsplit

from kg import extract
from kg.config import SourceSettings
from kg.errors import FetchError, InputError
from kg.extract.unpack import unpack
from kg.fetch import Fetched, Fetcher, Manners
from kg.model import Document, Gone, Rights, Source, Unread
from kg.pipeline import identity, lexical
from kg.pipeline.imported import is_import
from kg.plugins import Container
from kg.watch.state import Item, SourceState

__all__ = ["Budget", "Ending", "Poll", "Step", "Steps", "admitted", "container", "digest", "host_of", "url_key"]


@dataclass(frozen=True, slots=True)
class Step:
    """What to publish, and what to remember after that: an item, and how far the source was read."""

    thing: Document | Unread | Gone | None = None
    item: Item | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a poll ended: the kind of source it was, and what makes the next poll cheap.

    ``complete`` says that everything listed was taken, so that "not modified" may be asked for; ``more`` that the next
    poll should come at once, because this one had fetched its share.
    """

    kind: str | None = None
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    cursor: str | None = None
    complete: bool = True
    more: bool = False

    def also(self, other: Ending) -> Ending:
        """This one and another part of the same poll together."""
        return replace(self, complete=self.complete and other.complete, more=self.more or other.more)


Steps: TypeAlias = Generator[Step, None, Ending]


_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_STRIKES = 3  # failures in a row after which a host is asked no more in this poll


@dataclass(slots=True)
class Budget:
    """How many more pages a poll may fetch, the keys of those it has, and which hosts do not answer.

    ``late`` says that the poll has had its time.
    """

    left: int
    late: Callable[[], bool] = bool
    done: set[str] = field(default_factory=set)
    strikes: dict[str, int] = field(default_factory=dict)

    def take(self, key: str) -> bool:
        """Whether the page may be fetched; it then counts."""
        if self.left <= 0 or self.late():
            return False
        self.left -= 1
        self.done.add(key)
        return True

    def answered(self, url: str) -> None:
        """The host answered: what it did before is forgotten."""
        self.strikes.pop(host_of(url), None)

    def failed(self, error: InputError, url: str) -> bool:
        """Count a failure; whether the host is asked no more."""
        if not isinstance(error, FetchError) or not error.temporary:
            return False
        at_once = error.retry_after is not None or error.status in (429, 503)
        host = host_of(url)
        self.strikes[host] = self.strikes.get(host, 0) + (_STRIKES if at_once else 1)
        return self.gave_up(url)

    def gave_up(self, url: str) -> bool:
        """Whether the address is at a host that is asked no more."""
        return self.strikes.get(host_of(url), 0) >= _STRIKES


def host_of(url: str) -> str:
    """The host of an address, empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Poll:
    """What a poll is given. ``item`` and ``due`` look up what is remembered, ``limit`` is in bytes per document.

    ``pages`` is how many pages one poll may fetch, None for all; ``late`` says that it has had its time. Both are so
    that one long list, or one slow host, does not keep the other sources waiting.
    """

    source: SourceSettings
    value: Source
    fetcher: Fetcher
    now: datetime
    before: SourceState
    item: Callable[[str], Item | None]
    due: Callable[[], Iterator[Item]]
    numbered: Callable[[], Iterator[Item]]
    limit: int
    pages: int | None = None
    stopped: Callable[[], bool] = bool
    late: Callable[[], bool] = bool

    @property
    def address(self) -> str:
        """The source's address."""
        assert self.source.url is not None
        return self.source.url

    @property
    def budget(self) -> Budget:
        """A new budget for this poll."""
        return Budget(2**31 if self.pages is None else self.pages, self.late)

    @property
    def time(self) -> str:
        """When the poll began, as an xsd:dateTime."""
        return lexical(self.now)

    @property
    def today(self) -> str:
        """The day of the poll in UTC."""
        return self.time[:10]

    def later(self, seconds: float) -> str:
        """A time after the poll began, as an xsd:dateTime."""
        return lexical(self.now + timedelta(seconds=seconds))

    def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, allow: Collection[int] = ()
    ) -> Fetched:
        """What is at an address, fetched with the source's manners. Raises as :meth:`kg.fetch.Fetcher.get`."""
        manners = Manners(
            delay=self.source.delay,
            robots=self.source.robots != "ignore",
            private_addresses=self.source.private_addresses,
        )
        return self.fetcher.get(url, etag=etag, last_modified=last_modified, manners=manners, allow=allow)

    def document(self, fetched: Fetched, key: str, origin: str) -> Document:
        """The answer as a document of this source, with what the server says of text and data mining."""
        return Document(fetched.data, key, origin, self.reserving(fetched), _plain(fetched.media_type), dated=self.time)

    def reserving(self, fetched: Fetched) -> Source:
        """The source, as the server reserves text and data mining (TDM Reservation Protocol, section 6.2.1).

        What the operator's setting says counts; a header alone never opens what is reserved by default.
        """
        said = fetched.headers.get("tdm-reservation", "").strip()
        return replace(self.value, reserved=True) if said == "1" and self.source.tdm is None else self.value

    def told(self, thing: Unread | Gone) -> Iterator[Step]:
        """What cannot be read, or is gone, once and not at every poll."""
        if isinstance(thing, Unread):
            key = f"unread:{digest(str(thing.error).encode())}"
            version = digest(thing.document.data) if thing.document else ""
        else:
            key, version = f"gone:{thing.keys[0]}", digest(thing.reason.encode())
        known = self.item(key)
        if known is None or known.version != version:
            yield Step(thing, Item(key, version=version))

    def unpacked(self, fetched: Fetched) -> Iterator[Document | Unread | Gone]:
        """The documents in an answer that holds many."""
        given = self.document(replace(fetched, data=b""), url_key(self.value, fetched.url), fetched.url)
        yield from unpack(io.BytesIO(fetched.data), given, limit=self.limit)


def admitted(thing: Document | Unread | Gone) -> Document | Unread | Gone:
    """The thing, or why it is not taken: only sources of our own may bring graphs that are published as they are.

    Everything else that comes from elsewhere is text, of which nothing is believed but what it prints.
    """
    if isinstance(thing, Document) and is_import(thing) and thing.source.rights is not Rights.OWN:
        reason = (
            "holds graphs of an export, which are published as they are; only a source with rights = own may do that"
        )
        return Unread(InputError(reason, origin=thing.origin))
    return thing


def _plain(media_type: str | None) -> str | None:
    """A media type as a stranger may claim it: the type and the charset, no other parameter."""
    found = _TYPE.match(media_type or "")
    charset = _CHARSET.search(media_type or "")
    return found[0].lower() + (f"; charset={charset[1]}" if charset else "") if found else None


def container(fetched: Fetched) -> Container | None:
    """What can take the answer apart, or None where it is one document."""
    head = fetched.data[: 64 * 1024]
    sure = [
        (one.recognises(head, _plain(fetched.media_type)), -place, one) for place, one in enumerate(extract.CONTAINERS)
    ]
    best = max(sure, key=lambda one: one[:2], default=None)
    return best[2] if best is not None and best[0] > 0 else None


def url_key(source: Source, url: str) -> str:
    """The key of what a source has at an address."""
    return f"url:{source.name}/{identity.same_address(url)}"


def digest(data: bytes) -> str:
    """A short hash that tells versions of an item apart."""
    return hashlib.sha256(data).hexdigest()[:32]
