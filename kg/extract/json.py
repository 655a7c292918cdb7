"""Strict JSON: what two programs could read in two ways is refused, with its line and column.

RFC 8259 with the limits of I-JSON (RFC 7493): one encoding (UTF-8; a byte-order mark may say UTF-16), each name once in
an object, no NaN or infinity, no nesting without end. The standard library reads; only a document that is refused is
scanned a second time, for the place.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterator, Sequence

from kg.errors import EmptyInput, EncodingError, InvalidFormat

__all__ = ["DEEPEST", "line", "loads", "pointer"]

DEEPEST = 100  # levels of objects and arrays

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MARK = re.compile(r'[{}\[\]:,"]|[^\s{}\[\]:,"]+')
_DECODER = json.JSONDecoder(strict=False)
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Repeated(Exception):
    """An object holds a name twice."""


def loads(data: bytes, origin: str = "") -> object:
    """The value of a JSON text: dict, list, str, int, float, bool or None. Lone surrogates become U+FFFD.

    Raises :class:`kg.errors.EmptyInput`, :class:`kg.errors.EncodingError` and :class:`kg.errors.InvalidFormat`, which
    names line, column and JSON Pointer (RFC 6901) of a repeated name, of nesting below :data:`DEEPEST` levels, of NaN,
    infinity or a number beyond a double, and of any other break of RFC 8259.
    """
    text = _decode(data, origin)
    try:
        value: object = json.loads(
            text, object_pairs_hook=_once, parse_constant=_constant, parse_float=_finite, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        raise _broken(text, error, origin) from error
    except _Repeated as error:
        raise _repeated(text, origin) from error
    except RecursionError as error:
        raise _deep(text, origin) from error
    except ValueError as error:
        raise _number(text, str(error), origin) from error
    if _depth_above(value, DEEPEST):
        raise _deep(text, origin)
    return _whole(value) if "\\u" in text else value


def pointer(path: Sequence[str | int]) -> str:
    """The JSON Pointer of a path (RFC 6901 section 3); empty for the whole document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def line(data: bytes, path: str) -> int | None:
    """The line, from 1, on which the value at a JSON Pointer into valid JSON begins, or None when there is none."""
    text = _decode(data, "")
    deep = path.count("/")
    for place, at, _ in _values(text):
        if len(place) == deep and pointer(place) == path:
            return text.count("\n", 0, at) + 1
    return None


def _decode(data: bytes, origin: str) -> str:
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise EmptyInput("the document is empty; one JSON text is needed", origin=origin)
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise EncodingError(
            f"byte 0x{data[error.start]:02X} at offset {error.start} (line {row}) is not valid"
            f" {'UTF-16' if encoding == 'utf-16' else 'UTF-8'}, the encoding of JSON (RFC 8259 section 8.1);"
            " save the document as UTF-8",
            origin=origin,
            offset=error.start,
        ) from error


# ---- while reading -----------------------------------------------------------------------------------------------


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Repeated
    return made


def _constant(name: str) -> object:
    raise ValueError(name)


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(digits)
    return value


def _integer(digits: str) -> int:
    if len(digits) > 308:  # near the largest double; int() would take quadratic time
        raise ValueError(digits)
    return int(digits)


def _depth_above(value: object, limit: int) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        if not level:
            return False
        level = [
            child
            for one in level
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, dict | list)
        ]
    return bool(level)


def _whole(value: object) -> object:
    """The value without lone surrogates, which no encoding can write; the depth was checked before."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value) if _SURROGATE.search(value) else value
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value


# ---- after a refusal: where ---------------------------------------------------------------------------------------


def _where(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _refusal(text: str, at: int, reason: str, origin: str, path: Sequence[str | int] = ()) -> InvalidFormat:
    row, column = _where(text, at)
    return InvalidFormat(f"{reason} (line {row}, column {column})", origin=origin, line=row, path=pointer(path))


def _broken(text: str, error: json.JSONDecodeError, origin: str) -> InvalidFormat:
    at = min(error.pos, len(text))
    if not text[at:].strip(" \t\r\n") or error.msg.startswith("Unterminated string"):
        reason = "the JSON text ends too early; the document is cut off or lacks a closing bracket"
    elif error.msg == "Extra data":
        reason = "after the JSON text stands something else; one document holds one JSON text"
    elif error.msg.startswith("Invalid control character"):
        reason = "a string holds a raw control character or line break; write it as an escape (\\n, \\u0001)"
    else:
        reason = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
    return _refusal(text, at, reason, origin)


def _repeated(text: str, origin: str) -> InvalidFormat:
    seen: dict[tuple[str | int, ...], set[str | int]] = {}
    for path, _, named in _values(text):
        if named < 0:
            continue
        names = seen.setdefault(path[:-1], set())
        if path[-1] in names:
            name = str(path[-1])
            shown = name if len(name) <= 60 else name[:59] + "…"
            return _refusal(
                text, named, f"the name {shown!r} stands twice in one object; leave one of them", origin, path
            )
        names.add(path[-1])
    return InvalidFormat("a name stands twice in one object; leave one of them", origin=origin)


def _deep(text: str, origin: str) -> InvalidFormat:
    depth = at = 0
    while found := _MARK.search(text, at):
        at = found.end()
        mark = found.group()
        if mark == '"':
            at = _string(text, at - 1)[1]
        elif mark in "{[":
            depth += 1
            if depth > DEEPEST:
                reason = f"objects and arrays are nested more than {DEEPEST} deep; no format this reads does that"
                return _refusal(text, at - 1, reason, origin)
        elif mark in "}]":
            depth -= 1
    return InvalidFormat(f"objects and arrays are nested more than {DEEPEST} deep", origin=origin)


def _number(text: str, digits: str, origin: str) -> InvalidFormat:
    shown = digits if len(digits) <= 40 else digits[:39] + "…"
    outside = re.compile(rf'"(?:[^"\\]|\\.)*"|(?<![\w.+-])({re.escape(digits)})(?![\w.+-])', re.DOTALL)
    at = next((found.start(1) for found in outside.finditer(text) if found.start(1) >= 0), 0)
    return _refusal(text, at, f"{shown} is no number of JSON that programs agree on; give a finite number", origin)


def _string(text: str, at: int) -> tuple[str, int]:
    """The string whose quotation mark stands at an offset, and the offset behind it."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError:
        return "", len(text)
    return str(value), end


def _values(text: str) -> Iterator[tuple[tuple[str | int, ...], int, int]]:
    """Path, offset and offset of the name (-1 in arrays) of every value, in order; stops where it is no JSON."""
    path: list[str | int] = []
    open_: list[str] = []
    at = 0
    named = -1
    expected = True  # a value comes next
    waiting = False  # a name comes next
    while found := _MARK.search(text, at):
        mark, start = found.group(), found.start()
        at = found.end()
        string = None
        if mark == '"':
            string, at = _string(text, start)
        if mark == "}" or mark == "]":
            if not open_:
                return
            open_.pop()
            path.pop()
            expected = waiting = False
        elif mark == ",":
            if not open_:
                return
            waiting = open_[-1] == "{"
            expected = not waiting
            if open_[-1] == "[" and isinstance(path[-1], int):
                path[-1] += 1
            named = -1
        elif mark == ":":
            expected, waiting = True, False
        elif waiting and string is not None:
            path[-1] = string
            named = start
        elif expected:
            yield tuple(path), start, named
            expected = False
            if mark in "{[" and string is None:
                if len(open_) > 10 * DEEPEST:
                    return
                open_.append(mark)
                path.append(0 if mark == "[" else "")
                expected, waiting = mark == "[", mark == "{"
                named = -1
