"""Every error this library raises on purpose, as one tree.

* :class:`KgError`
    * :class:`UsageError` - a command or call was put together wrongly (exit 2)
        * :class:`ConfigError` - a setting is unknown, malformed or contradicts the store
        * :class:`MissingDependency` - an optional part is not installed
    * :class:`InputError` - one document cannot be taken as it is (exit 1; the rest goes on)
        * :class:`EmptyInput` · :class:`BinaryInput` · :class:`EncodingError` · :class:`TooLarge` ·
          :class:`UnknownFormat` · :class:`InvalidFormat` · :class:`IncompleteArticle` · :class:`FetchError`
        * :class:`Refused` - the gate found violations; carries the report
    * :class:`IriError` - text that was to become an IRI cannot
    * :class:`StoreError` - the store is not there, not whole or not ours (exit 3)
        * :class:`StoreMissing` · :class:`StoreLocked` · :class:`SnapshotUnknown` · :class:`SnapshotPruned` ·
          :class:`SnapshotInUse` · :class:`PublishFailed` · :class:`ReplicaMismatch`
    * :class:`QueryError` - a query gave no complete answer
        * :class:`QuerySyntaxError` · :class:`QueryRefused` · :class:`QueryTimeout` · :class:`QueryTooLarge` ·
          :class:`QueryCancelled` · :class:`QueryCrashed` · :class:`QueryIdTaken` · :class:`EngineBusy` ·
          :class:`TooManyQueries` · :class:`ServiceFailed`
    * :class:`EngineUnavailable` - no engine answers (exit 3)
    * :class:`AccessDenied` - the role of a token does not reach so far

A message says what, where and what to do. Typed fields carry the same for machines; HTTP status codes live in
``server.errors`` and exit codes here, because the command line is part of the library.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "AccessDenied",
    "BinaryInput",
    "ConfigError",
    "EmptyInput",
    "EncodingError",
    "EngineBusy",
    "EngineUnavailable",
    "FetchError",
    "IncompleteArticle",
    "InputError",
    "InvalidFormat",
    "IriError",
    "KgError",
    "MissingDependency",
    "PublishFailed",
    "QueryCancelled",
    "QueryCrashed",
    "QueryError",
    "QueryIdTaken",
    "QueryRefused",
    "QuerySyntaxError",
    "QueryTimeout",
    "QueryTooLarge",
    "Refused",
    "ReplicaMismatch",
    "ServiceFailed",
    "SnapshotInUse",
    "SnapshotPruned",
    "SnapshotUnknown",
    "StoreError",
    "StoreLocked",
    "StoreMissing",
    "TooLarge",
    "TooManyQueries",
    "UnknownFormat",
    "UsageError",
]


class KgError(Exception):
    """Root of all errors raised on purpose. ``exit_code`` is what the command line ends with."""

    exit_code: int = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageError(KgError):
    """A command or call was put together wrongly."""

    exit_code = 2


class ConfigError(UsageError):
    """A setting is unknown, malformed or contradicts the store. ``setting`` and ``where`` name it."""

    def __init__(self, message: str, *, setting: str | None = None, where: str | None = None) -> None:
        super().__init__(message)
        self.setting = setting
        self.where = where


class MissingDependency(UsageError):
    """An optional part is not installed. ``install`` is the line that installs it."""

    def __init__(self, message: str, *, install: str) -> None:
        super().__init__(f"{message}; install it with: {install}")
        self.install = install


class InputError(KgError):
    """One document cannot be taken as it is. ``origin`` names the document, ``line`` counts from 1."""

    def __init__(self, reason: str, *, origin: str = "", line: int | None = None) -> None:
        where = origin if line is None else f"{origin}:{line}"
        super().__init__(f"{where}: {reason}" if where else reason)
        self.reason = reason
        self.origin = origin
        self.line = line


class EmptyInput(InputError):
    """The document holds no bytes, or only white space."""


class BinaryInput(InputError):
    """The document is not text."""


class EncodingError(InputError):
    """The bytes are not valid in the encoding they claim. ``offset`` is the first bad byte."""

    def __init__(self, reason: str, *, origin: str = "", offset: int | None = None) -> None:
        super().__init__(reason, origin=origin)
        self.offset = offset


class TooLarge(InputError):
    """The document is above the size limit. ``size`` and ``limit`` are bytes."""

    def __init__(self, reason: str, *, origin: str = "", size: int = 0, limit: int = 0) -> None:
        super().__init__(reason, origin=origin)
        self.size = size
        self.limit = limit


class UnknownFormat(InputError):
    """No reader recognises the content."""


class InvalidFormat(InputError):
    """The document breaks the rules of the format it is in. ``path`` is where (a JSON Pointer or an XPath)."""

    def __init__(self, reason: str, *, origin: str = "", line: int | None = None, path: str = "") -> None:
        super().__init__(reason, origin=origin, line=line)
        self.path = path


class FetchError(InputError):
    """An address could not be fetched, or may not be. ``status`` is the HTTP status where there was an answer.

    ``retry_after`` is how many seconds the server asks to be left alone, where it says so; ``temporary`` says that the
    host, not the address, is the reason: it does not answer, or not now.
    """

    def __init__(
        self,
        reason: str,
        *,
        origin: str = "",
        status: int | None = None,
        retry_after: float | None = None,
        temporary: bool = False,
    ) -> None:
        super().__init__(reason, origin=origin)
        self.status = status
        self.retry_after = retry_after
        self.temporary = temporary


class IncompleteArticle(InputError):
    """The document was read, but it is no article: a headline or a body is missing."""


class Refused(InputError):
    """The gate refused the article, or a write. ``codes`` are the shape codes of its violations, in order; ``report``
    is the :class:`kg.shacl.Report` of a write."""

    def __init__(
        self, reason: str, *, origin: str = "", codes: Sequence[str] = (), report: object | None = None
    ) -> None:
        super().__init__(reason, origin=origin)
        self.codes = tuple(codes)
        self.report = report


class IriError(KgError):
    """Text that was to become an IRI cannot. ``text`` is the text."""

    def __init__(self, message: str, *, text: str = "") -> None:
        super().__init__(message)
        self.text = text


class StoreError(KgError):
    """The store is not there, not whole or not ours."""

    exit_code = 3


class StoreMissing(StoreError):
    """There is no store, or no published snapshot in it."""


class StoreLocked(StoreError):
    """Another publisher holds the writer lock. ``holder`` says who (pid, host, command, since)."""

    def __init__(self, message: str, *, holder: str = "") -> None:
        super().__init__(message)
        self.holder = holder


class SnapshotUnknown(StoreError):
    """No snapshot has this id or date."""

    def __init__(self, message: str, *, snapshot: str = "") -> None:
        super().__init__(message)
        self.snapshot = snapshot


class SnapshotPruned(SnapshotUnknown):
    """The snapshot existed and was pruned. ``nearest`` is the id of the nearest kept one, ``time`` (xsd:dateTime) and
    ``digest`` are those the snapshot had, ``dump`` is where its quads are still to be had."""

    def __init__(
        self,
        message: str,
        *,
        snapshot: str = "",
        nearest: str | None = None,
        time: str | None = None,
        digest: str | None = None,
        dump: str | None = None,
    ) -> None:
        super().__init__(message, snapshot=snapshot)
        self.nearest = nearest
        self.time = time
        self.digest = digest
        self.dump = dump


class SnapshotInUse(StoreError):
    """A reader holds a lease on the snapshot. ``holders`` says who."""

    def __init__(self, message: str, *, snapshot: str = "", holders: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.snapshot = snapshot
        self.holders = tuple(holders)


class PublishFailed(StoreError):
    """A publish could not be finished; the current snapshot is unchanged."""


class ReplicaMismatch(StoreError):
    """A replica holds what is not this store's. ``snapshot`` is the id it says it holds."""

    def __init__(self, message: str, *, snapshot: str = "") -> None:
        super().__init__(message)
        self.snapshot = snapshot


class QueryError(KgError):
    """A query gave no complete answer."""


class QuerySyntaxError(QueryError):
    """The query does not parse. ``line`` and ``column`` count from 1 and may be unknown."""

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class QueryRefused(QueryError):
    """The query asks for something this endpoint does not do (SERVICE, LOAD, an unknown graph)."""


class QueryTimeout(QueryError):
    """The query ran past its deadline and was stopped. ``seconds`` is the deadline."""

    def __init__(self, message: str, *, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class QueryTooLarge(QueryError):
    """The query or its answer passed a memory, row or byte limit and was stopped. ``limit`` counts in ``unit``
    (``rows``, ``bytes``, ``MiB``), where it is known."""

    def __init__(self, message: str, *, limit: int | None = None, unit: str = "") -> None:
        super().__init__(message)
        self.limit = limit
        self.unit = unit


class QueryCancelled(QueryError):
    """The query was stopped by its client or by an operator."""


class QueryCrashed(QueryError):
    """The query made the process that ran it crash; other queries are not touched."""


class ServiceFailed(QueryError):
    """An endpoint that SERVICE asks gave no solutions that can be used. ``endpoint`` is its IRI."""

    def __init__(self, message: str, *, endpoint: str = "") -> None:
        super().__init__(message)
        self.endpoint = endpoint


class QueryIdTaken(QueryError):
    """A query that waits or runs has the id already. ``id`` is that id."""

    def __init__(self, message: str, *, id: str = "") -> None:
        super().__init__(message)
        self.id = id


class EngineBusy(QueryError):
    """Every worker is busy and the queue is full. ``retry_after`` is in seconds."""

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooManyQueries(QueryError):
    """This client asks more than its share. ``retry_after`` is in seconds."""

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class EngineUnavailable(KgError):
    """No engine answers."""

    exit_code = 3


class AccessDenied(KgError):
    """The token that was sent may not do this. ``role`` is the one that may."""

    def __init__(self, message: str, *, role: str = "") -> None:
        super().__init__(message)
        self.role = role
