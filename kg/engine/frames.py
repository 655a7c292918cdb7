"""Framed messages over pipes and sockets: one letter, a length of four bytes (big-endian), the payload.

``Q`` request · ``O`` snapshot opened · ``H`` header of an answer · ``D`` data · ``Z`` end, with the cut · ``E`` error;
to the supervisor also ``K`` stop a query · ``I`` what is known of one · ``L`` all that run, answered by ``R``. All but
``D`` carry JSON.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

from kg import errors

__all__ = ["HEAD", "LIMIT", "error_of", "frame", "json_frame", "read_frame", "to_error"]

#: Longest payload either side takes, in bytes; a longer length field is a broken peer.
LIMIT = 64 * 2**20

#: A message's letter and length.
HEAD = struct.Struct(">cI")

#: Errors that cross the wire, by class name.
_KINDS: dict[str, type[errors.KgError]] = {
    one.__name__: one
    for one in (
        errors.QueryError,
        errors.QuerySyntaxError,
        errors.QueryRefused,
        errors.QueryTimeout,
        errors.QueryTooLarge,
        errors.QueryCancelled,
        errors.QueryCrashed,
        errors.QueryIdTaken,
        errors.ServiceFailed,
        errors.EngineBusy,
        errors.TooManyQueries,
        errors.UsageError,
        errors.EngineUnavailable,
        errors.SnapshotUnknown,
        errors.SnapshotPruned,
        errors.StoreMissing,
        errors.StoreError,
    )
}


def frame(kind: bytes, payload: bytes) -> bytes:
    """One message as bytes."""
    return HEAD.pack(kind, len(payload)) + payload


def json_frame(kind: bytes, value: Any) -> bytes:
    """One message whose payload is JSON."""
    return frame(kind, json.dumps(value, separators=(",", ":")).encode())


def read_frame(read: Callable[[int], bytes]) -> tuple[bytes, bytes] | None:
    """The next ``(kind, payload)``, or None where the stream ends, even in the middle of a message.

    ``read(n)`` returns exactly n bytes, or fewer at the end.
    """
    head = read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    kind, length = HEAD.unpack(head)
    if length > LIMIT:
        return None
    payload = read(length)
    return (kind, payload) if len(payload) == length else None


def error_of(error: errors.KgError) -> dict[str, Any]:
    """The error as plain values; an error of another kind becomes its nearest one in the table."""
    kind = next(c.__name__ for c in (*type(error).__mro__, errors.QueryError) if c.__name__ in _KINDS)
    # An error sent as its nearest kind has fields that kind does not know.
    own = vars(error) if kind == type(error).__name__ else {}
    fields = {k: v for k, v in own.items() if k != "message" and isinstance(v, (str, int, float, type(None)))}
    return {"kind": kind, "message": error.message, "fields": fields}


def to_error(made: dict[str, Any]) -> errors.KgError:
    """The error :func:`error_of` wrote."""
    kind = _KINDS.get(made["kind"], errors.QueryError)
    return kind(made["message"], **made.get("fields", {}))
