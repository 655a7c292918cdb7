"""JSON Lines, and JSON arrays of objects: one document per line or element, streamed.

The elements of an array are found by their brackets and passed on as they stand, without white space between tokens:
numbers, the order of keys and even double keys reach the reader as the source wrote them, and no element is larger
than the limit in memory.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from kg.errors import InvalidFormat
from kg.extract.archive import CHUNK, over
from kg.model import Document, Unread

__all__ = ["JsonArray", "JsonLines"]

_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
_LINES = frozenset({"application/jsonl", "application/x-jsonlines", "application/x-ndjson", "application/jsonlines"})
_NAMES = re.compile(r"application/(?:x-)?(?:ndjson|jsonl|jsonlines)\s*(?:;|$)", re.I)


def _key(given: Document, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    return f"{given.key}#{digest[:16]}"


class JsonLines:
    """JSON Lines: one object per line (jsonlines.org)."""

    name = "jsonl"

    def recognises(self, head: bytes, media_type: str | None) -> float:
        """0.6 where the first line is a whole JSON object and another line begins like one."""
        text = head.removeprefix(_BOM).lstrip(_SPACE)
        if not text.startswith(b"{"):
            return 0.0
        first, _, rest = text.partition(b"\n")
        if not rest.lstrip(_SPACE).startswith(b"{") and not _NAMES.match(media_type or ""):
            return 0.0
        return 0.6 if _is_object(first) else 0.0

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread]:
        """The lines that are not blank; the origin is ``<file>:<line>``, the key ends with the line's own digest."""
        for number, line in enumerate(_lines(stream, limit), 1):
            origin = f"{given.origin}:{number}"
            if line is None:
                yield Unread(over(limit, origin))
                continue
            data = (line.removeprefix(_BOM) if number == 1 else line).strip(_SPACE)
            if not data:
                continue
            made = replace(given, data=data, key=_key(given, data), origin=origin, media_type="application/json")
            if data.startswith(b"{") and data.endswith(b"}"):
                yield made
            else:
                yield Unread(InvalidFormat("the line is no JSON object", origin=origin), made)


def _is_object(text: bytes) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _lines(stream: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """The lines without their ends; None for one that is longer than the limit, which is never held whole."""
    parts: list[bytes] = []
    size = 0
    while chunk := stream.read(CHUNK):
        begin = 0
        while (end := chunk.find(b"\n", begin)) >= 0:
            size += end - begin
            parts.append(chunk[begin:end])
            yield None if size > limit else b"".join(parts)
            parts, size, begin = [], 0, end + 1
        size += len(chunk) - begin
        if size > limit:
            parts = []
        else:
            parts.append(chunk[begin:])
    if size:
        yield None if size > limit else b"".join(parts)


# arrays ------------------------------------------------------------------------------------------------------------

#: What matters between elements and inside them: strings are passed over whole, brackets are counted.
_TOKEN = re.compile(rb'"|[{}\[\],]')
_STRING_END = re.compile(rb'["\\]')
_LOOSE = re.compile(rb'("(?:[^"\\]|\\.)*")|[ \t\r\n]+', re.DOTALL)
#: Brackets an element may open within each other; the parsers that follow go no deeper either.
_DEPTH = 500


class JsonArray:
    """A JSON document that is an array of objects (RFC 8259)."""

    name = "json-array"

    def recognises(self, head: bytes, media_type: str | None) -> float:  # noqa: ARG002 the content tells
        """0.5 where an array begins with an object."""
        text = head.removeprefix(_BOM).lstrip(_SPACE)
        return 0.5 if text.startswith(b"[") and text[1:].lstrip(_SPACE).startswith(b"{") else 0.0

    def documents(self, stream: BinaryIO, given: Document, *, limit: int) -> Iterator[Document | Unread]:
        """The elements, written compactly; the origin is ``<file>#<number>``, counted from 1."""
        elements = _Elements(stream, limit)
        number = 0
        for number, raw in enumerate(elements.read(), 1):
            origin = f"{given.origin}#{number}"
            if raw is None:
                yield Unread(over(limit, origin))
                continue
            data = _LOOSE.sub(rb"\1", raw)
            made = replace(given, data=data, key=_key(given, data), origin=origin, media_type="application/json")
            if data.startswith(b"{"):
                yield made
            else:
                yield Unread(InvalidFormat("the element is no JSON object", origin=origin), made)
        if elements.wrong:
            reason = f"{elements.wrong}; {number} elements before it were read"
            yield Unread(InvalidFormat(reason, origin=given.origin))


class _Elements:
    """The elements of one array as they stand; ``wrong`` says afterwards what ended it before its bracket."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self.stream, self.limit = stream, limit
        self.wrong = ""
        self._parts: list[bytes] = []
        self._size = 0

    def read(self) -> Iterator[bytes | None]:
        """Each element; None for one that is larger than the limit, which is never held whole."""
        depth, text, place, begun = 0, False, 0, False
        taken = 0
        while chunk := self.stream.read(CHUNK):
            begin = at = 0
            while at < len(chunk):
                found = (_STRING_END if text else _TOKEN).search(chunk, at)
                if found is None:
                    break
                token, at = found.group(), found.end()
                if text:
                    if token == b'"':
                        text = False
                    elif at < len(chunk):
                        at += 1  # what is escaped
                    else:
                        chunk += self.stream.read(1)
                        at += 1
                    continue
                if token == b'"':
                    text = True
                elif token in b"{[":
                    depth += 1
                    if depth == 1:
                        begun, begin = True, at
                    elif depth > _DEPTH:
                        self.wrong = f"the array is nested deeper than {_DEPTH} at byte {place + at:,}"
                        return
                elif token != b"," or depth == 1:
                    element = self._end(chunk[begin : at - 1]) if depth == 1 else b""
                    if depth == 1 and (element is None or element or token == b","):
                        if element == b"":
                            self.wrong = f"the array is damaged at byte {place + at:,}: an element is missing"
                            return
                        yield element
                        taken += 1
                    begin = at if depth == 1 else begin
                    depth -= token != b","
                    if depth == 0:
                        rest = chunk[at:].strip(_SPACE) or self.stream.read(CHUNK).strip(_SPACE)
                        self.wrong = "there is more after the array's end" if rest else ""
                        return
            if begun:
                self._hold(chunk[begin:])
            place += len(chunk)
        self.wrong = f"the array is cut at byte {place:,}: its end is missing"

    def _hold(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self.limit:
            self._parts = []
        else:
            self._parts.append(data)

    def _end(self, data: bytes) -> bytes | None:
        self._hold(data)
        made = None if self._size > self.limit else b"".join(self._parts).strip(_SPACE)
        self._parts, self._size = [], 0
        return made
