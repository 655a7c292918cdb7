"""Fields after a body (RFC 9110, section 6.5): what is known of an answer only when it has been sent.

WSGI has no trailers. gunicorn writes the last chunk of a response itself; here it is written with the fields. The
middleware offers ``environ["newsgraph.trailers"]``, a function that takes the fields, where they can be sent: by
gunicorn, in HTTP/1.1 with chunks. Elsewhere the key is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["KEY", "Trailers"]

#: Where a view finds the function.
KEY = "newsgraph.trailers"

#: A field's value in a message: visible characters, spaces and tabs (RFC 9110, section 5.5).
_VALUE = re.compile(r"[\x20-\x7e\t]*")


class Trailers:
    """The application with trailers, where the server lets them be sent."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The application's answer."""
        # gunicorn hands out a method of the response it writes.
        response = getattr(start_response, "__self__", None)
        if environ.get("SERVER_PROTOCOL") == "HTTP/1.1" and environ["REQUEST_METHOD"] != "HEAD" and _ours(response):
            environ[KEY] = partial(_send_after, response)
        return self._app(environ, start_response)


def _ours(response: object) -> bool:
    """Whether the response is the one of gunicorn whose end we know how to write."""
    kind = type(response)
    return (kind.__module__, kind.__name__) == ("gunicorn.http.wsgi", "Response")


def _send_after(response: Any, fields: Sequence[tuple[str, str]]) -> None:
    """Have the response end with the fields. Raises ValueError for a value that would break the message."""
    for name, value in fields:
        if _VALUE.fullmatch(value) is None:
            raise ValueError(f"the trailer {name} cannot hold {value[:80]!r}")
    response.close = partial(_close, response, response.close, fields)


def _close(response: Any, close: Callable[[], None], fields: Sequence[tuple[str, str]]) -> None:
    if not (response.chunked and response.headers_sent):
        close()
        return
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    response.sock.sendall(f"0\r\n{lines}\r\n".encode("latin-1"))
