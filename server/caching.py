"""Conditional answers: strong entity tags, Last-Modified and 304 (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Response, request

from server.compression import SUFFIX

__all__ = ["IMMUTABLE", "conditional", "known", "moment", "tag"]

#: For addresses whose content can never change, because it names itself by its hash.
IMMUTABLE = "public, max-age=31536000, immutable"
#: For everything else: may be kept, must be asked for again.
_REVALIDATE = "public, max-age=0, must-revalidate"

_STAMP = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)Z")


def tag(*parts: str) -> str:
    """A strong entity tag that follows from the parts alone."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def moment(stamp: str | None) -> datetime | None:
    """The time that a snapshot's id or an xsd:dateTime in UTC begins with, to the second."""
    found = _STAMP.match(stamp or "")
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def known(entity_tag: str) -> str | None:
    """The tag that If-None-Match names, of the answer as it is or compressed; None where it names neither.

    A 304 carries the tag of what the client has (RFC 9111, section 4.3.4).
    """
    if "HTTP_IF_NONE_MATCH" not in request.environ:
        return None
    return next((one for one in (entity_tag, entity_tag + SUFFIX) if request.if_none_match.contains_weak(one)), None)


def conditional(
    entity_tag: str, modified: datetime | None, build: Callable[[], Response], *, cache: str = _REVALIDATE
) -> Response:
    """What ``build`` makes, or 304 without making it when the client has it already.

    If-Modified-Since counts only where there is no If-None-Match (RFC 9110, section 13.2.2).
    """
    if request.headers.get("If-None-Match"):
        held = known(entity_tag)
        fresh = held is not None
        entity_tag = held or entity_tag
    else:
        since = request.if_modified_since
        fresh = since is not None and modified is not None and modified <= since
    made = Response(status=304) if fresh else build()
    if made.status_code in (200, 304):
        made.set_etag(entity_tag)
        made.headers["Cache-Control"] = cache
        if modified is not None:
            made.last_modified = modified
        if fresh:
            made.headers.pop("Content-Type", None)
    return made
