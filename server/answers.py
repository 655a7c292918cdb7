"""An answer of the engine as an HTTP response that is never shorter than it says.

The first megabyte is held back, so that most failures have a status of their own, and a cut that was asked for is told
in the headers. What is known later is told in trailers; a failure after the first byte breaks the connection off, so
that no client takes what it has for the whole (docs/answers.md).
"""

from __future__ import annotations

import errno
import logging
import os
import socket
import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Response, copy_current_request_context, request

from kg import formats
from kg.config import Settings
from kg.engine import Answer
from kg.engine.request import Cut
from kg.errors import KgError
from server.trailers import KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["limits_of", "stream"]

_LOG = logging.getLogger(__name__)

#: Bytes held back before the headers are sent.
_HELD = 2**20


def limits_of(settings: Settings) -> str:
    """What one answer may use, as the value of ``Newsgraph-Limits`` (a dictionary of RFC 8941)."""
    found = (("rows", "limits.query_rows"), ("bytes", "limits.query_bytes"), ("seconds", "limits.query_seconds"))
    return ", ".join(f"{name}={settings[setting]}" for name, setting in found)


def stream(answer: Answer, *, limits: str | None = None, following: Callable[[Cut], str] | None = None) -> Response:
    """The answer as a response, with its media type, snapshot and id. Raises what the engine raises in the part that
    is held back.

    ``limits`` becomes ``Newsgraph-Limits``. ``following`` makes the address of the rest of an answer that was cut; it
    is needed where the client asked for a cut.
    """
    held: list[bytes] = []
    size = 0
    whole = False
    chunks = iter(answer)
    try:
        while size < _HELD:
            chunk = next(chunks, None)
            if chunk is None:
                whole = True
                break
            held.append(chunk)
            size += len(chunk)
    except BaseException:
        answer.close()
        raise
    told = [
        ("Content-Type", formats.by_media_type(answer.media_type).content_type),
        ("Newsgraph-Snapshot", answer.snapshot),
    ]
    if answer.id:
        told.append(("Newsgraph-Query", answer.id))
    if limits is not None:
        told.append(("Newsgraph-Limits", limits))
    if whole:
        answer.close()
        made = Response(b"".join(held), headers=[*told, *_told(answer.cut, following)])
    else:
        environ = request.environ
        later = environ.get(KEY) if following is not None else None
        if following is not None:  # it is called when the view has long returned
            following = copy_current_request_context(following)
        made = Response(_rest(answer, b"".join(held), chunks, environ, later, following), headers=told)
        made.call_on_close(answer.close)  # also when the client leaves before the first byte
        held.clear()
        if later is not None:
            made.headers["Trailer"] = "Newsgraph-Cut, Link"
    return made


def _told(cut: Cut | None, following: Callable[[Cut], str] | None) -> list[tuple[str, str]]:
    """The fields that tell a cut."""
    if cut is None:
        return []
    told = [("Newsgraph-Cut", f"rows={cut.rows}; next={cut.skip}")]
    if following is not None:
        told.append(("Link", f'<{following(cut)}>; rel="next"'))
    return told


def _rest(
    answer: Answer,
    held: bytes,
    chunks: Iterator[bytes],
    environ: WSGIEnvironment,
    later: Callable[[list[tuple[str, str]]], None] | None,
    following: Callable[[Cut], str] | None,
) -> Iterator[bytes]:
    try:
        yield held
        del held
        yield from chunks
        if later is not None:
            later(_told(answer.cut, following))
    except (KgError, OSError, ValueError) as error:
        # The status is sent. Without the last chunk the client knows that the answer is cut (RFC 9112, section 8).
        _LOG.warning("an answer was broken off after its first part: %s", error)
        if environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
            _reset(environ.get("gunicorn.socket") or environ.get("werkzeug.socket"))
        raise ConnectionResetError(errno.ECONNRESET, str(error)) from None
    finally:
        answer.close()


def _reset(connection: Any) -> None:
    """End a connection with a reset. In HTTP/1.0 the end of the connection is the end of the body, so an ordinary one
    would make the answer look whole.

    The server will close the socket itself, by the book, so it is left with another one in place of the connection.
    """
    if type(connection) is not socket.socket:  # one under TLS notices by itself that its end is missing
        return
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.dup2(ours.fileno(), connection.fileno())
