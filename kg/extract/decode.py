"""Bytes to text, without guessing: what the bytes or their sender do not say is an error that says what to do."""

from __future__ import annotations

import codecs
import re

from kg.errors import BinaryInput, EmptyInput, EncodingError
from kg.model import Document

__all__ = ["charset", "decode"]

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CLAIM = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
# Encodings of documents. Python knows codecs that are none (utf-7, unicode_escape, punycode): those are refused.
_KNOWN = re.compile(
    r"us-ascii|ascii|utf-?8|utf-?16(-?[lb]e)?|latin-?1|iso-?8859-?\d{1,2}|(windows-|cp)125\d|koi8-[ru]|mac-?roman"
    r"|gbk|gb2312|gb18030|big5|shift[_-]jis|euc-(jp|kr)",
    re.IGNORECASE,
)
# The Encoding Standard (WHATWG) reads these labels as Windows-1252, because senders mean it.
_LATIN = frozenset({"latin-1", "latin1", "iso-8859-1", "iso8859-1", "us-ascii", "ascii"})


def charset(media_type: str | None) -> str | None:
    """The charset parameter of a media type (RFC 9110 section 8.3.1), lower-case, or None."""
    found = _CLAIM.search(media_type or "")
    return found.group(1).lower() if found else None


def decode(document: Document) -> str:
    """The document's text by its byte-order mark, else by the charset its sender claimed, else as UTF-8.

    Raises :class:`kg.errors.EmptyInput`, :class:`kg.errors.BinaryInput` (NUL bytes, UTF-16 without a mark) and
    :class:`kg.errors.EncodingError` with the offset of the first bad byte.
    """
    data, origin = document.data, document.origin
    if not data.strip():
        raise EmptyInput("the document is empty; give the article's text", origin=origin)
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding == "utf-32":
        raise EncodingError("the text is UTF-32; convert it to UTF-8", origin=origin, offset=0)
    if encoding is None:
        encoding = _claimed(document)
    if not encoding.startswith("utf-16") and b"\0" in data:
        raise _binary(data, origin)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(data, encoding, error.start, origin) from error
    if "\0" in text:
        raise BinaryInput("the text holds NUL characters; it is no text or a damaged file", origin=origin)
    if not text.strip("\ufeff\u200b \t\r\n\v\f\x85\xa0"):
        raise EmptyInput("the document holds only white space; give the article's text", origin=origin)
    return text


def _claimed(document: Document) -> str:
    claim = charset(document.media_type)
    if claim is None or claim in {"utf-8", "utf8"}:
        return "utf-8"
    if not _KNOWN.fullmatch(claim):
        raise EncodingError(
            f"the sender names the encoding {claim!r}, which is not supported; convert the text to UTF-8",
            origin=document.origin,
            offset=0,
        )
    return "windows-1252" if claim in _LATIN else claim


def _binary(data: bytes, origin: str) -> BinaryInput:
    offset = data.index(b"\0")
    sample = data[:1024]
    if sample[1::2].count(0) > len(sample) // 4 or sample[::2].count(0) > len(sample) // 4:
        return BinaryInput(
            "the bytes look like UTF-16 without a byte-order mark; add the mark or convert the text to UTF-8",
            origin=origin,
        )
    return BinaryInput(f"NUL byte at offset {offset}: the document is not text", origin=origin)


def _undecodable(data: bytes, encoding: str, offset: int, origin: str) -> EncodingError:
    line = data.count(b"\n", 0, offset) + 1
    name = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16"}.get(encoding, encoding)
    reason = f"byte 0x{data[offset]:02X} at offset {offset} (line {line}) is not valid {name}"
    if name == "UTF-8" and _reads_as_windows(data):
        reason += "; the text may be Windows-1252: if so convert it with: iconv -f WINDOWS-1252 -t UTF-8"
    else:
        reason += "; save the document as UTF-8 again"
    return EncodingError(reason, origin=origin, offset=offset)


def _reads_as_windows(data: bytes) -> bool:
    """Whether the bytes could be Windows-1252: no control bytes and none of its five unassigned ones."""
    return not re.search(rb"[\x00-\x08\x0e-\x1f\x81\x8d\x8f\x90\x9d]", data)
