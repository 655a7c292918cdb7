"""The text of a web page: which encoding its bytes are in, as a browser decides it.

The order is that of the HTML standard, section 13.2.3.2 (byte-order mark, the transport's charset, a look at the page's
own first bytes), with the labels of the Encoding Standard. Where the claim and the bytes disagree there are two rules
and no guessing: bytes that are valid UTF-8 beyond ASCII are UTF-8 whatever single-byte encoding is claimed, and bytes
that are not valid UTF-8 are read as Windows-1252 where at most two stand together, as letters of Western languages do.
"""

from __future__ import annotations

import codecs
import re

from kg.errors import BinaryInput, EmptyInput, EncodingError
from kg.extract.decode import charset
from kg.model import Document

__all__ = ["decode_page"]

_LOOK = 64 * 1024  # bytes; the standard looks at 1,024, and browsers take a later declaration too
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta\s[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\s[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_LATIN = re.compile(r"(?:us-)?ascii|latin-?1|iso-?8859-?15?|(?:x-)?cp1252|windows-1252|l1|ansi", re.IGNORECASE)
_SINGLE = re.compile(r"iso-8859-\d{1,2}|windows-\d{3,4}|koi8-[ru]|macintosh", re.IGNORECASE)
# Python's names of encodings the Encoding Standard knows under other labels, or reads as a larger set.
_CODECS = {
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf-16": "utf-8",  # a page that can be read this far is not in UTF-16 (HTML standard, 13.2.3.3)
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "korean": "cp949",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "koi8-r": "koi8-r",
    "koi": "koi8-r",
    "koi8-u": "koi8-u",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-user-defined": "cp1252",
    **{f"windows-{number}": f"cp{number}" for number in range(1250, 1259)},
    **{f"cp{number}": f"cp{number}" for number in range(1250, 1259)},
    **{f"iso-8859-{number}": f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 16)},
}
_HIGH = re.compile(rb"[\x80-\xff]+")


def decode_page(document: Document) -> str:
    """The page's text.

    Raises :class:`kg.errors.EmptyInput`, :class:`kg.errors.BinaryInput` and :class:`kg.errors.EncodingError` (an
    encoding that is not known, or bytes that are in none of those claimed).
    """
    data, origin = document.data, document.origin
    if not data.strip():
        raise EmptyInput("the document is empty; give the page as it was served", origin=origin)
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], name, origin)
    if data[:2] in {b"<\0", b"\0<"}:
        return _strict(data, "utf-16-le" if data[:1] == b"<" else "utf-16-be", origin)
    if data.count(b"\0", 0, _LOOK) > 16:
        raise BinaryInput("the bytes hold NUL characters; they are no web page", origin=origin)
    claims = [_codec(claim) for claim in _claims(data, document.media_type)]
    known = [claim for claim in claims if claim is not None]
    if claims and not known:
        label = _claims(data, document.media_type)[0]
        if not _utf8(data):
            raise EncodingError(
                f"the page names the encoding {label!r}, which is not supported; convert it to UTF-8", origin=origin
            )
    return _decode(data, list(dict.fromkeys(known)), origin)


def _claims(data: bytes, media_type: str | None) -> list[str]:
    """What the sender and the page say, in the order of trust."""
    found: list[str] = []
    if claim := charset(media_type):
        found.append(claim)
    head = _COMMENT.sub(b"", data[:_LOOK])
    for form in (_META, _XML):
        said = form.search(head) if form is _META else form.match(head)
        if said:
            found.append(said.group(1).decode("ascii", "replace").lower())
    return found


def _codec(label: str) -> str | None:
    label = label.strip().lower()
    if label in {"utf-8", "utf8"}:
        return "utf-8"
    if _LATIN.fullmatch(label):
        return "cp1252" if not label.endswith("8859-15") else "iso8859-15"
    return _CODECS.get(label)


def _utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode(data: bytes, claims: list[str], origin: str) -> str:
    first = claims[0] if claims else "utf-8"
    if first == "utf-8" or (_single(first) and _HIGH.search(data) and _utf8(data)):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            for other in claims[1:]:  # the transport and the page disagree: whichever the bytes fit
                try:
                    return data.decode(other)
                except UnicodeDecodeError:
                    continue
            return _mixed(data, error.start, origin)
    if first == "cp1252":
        return _western(data)
    try:
        return data.decode(first)
    except UnicodeDecodeError as error:
        if _utf8(data):
            return data.decode("utf-8")
        if not _single(first) and (text := _patched(data, first)) is not None:
            return text
        raise EncodingError(
            f"byte 0x{data[error.start]:02X} at offset {error.start} is not valid {first}, which the page claims; "
            "save the page as UTF-8",
            origin=origin,
            offset=error.start,
        ) from error


def _single(codec: str) -> bool:
    return codec.startswith(("cp125", "iso8859", "koi8", "mac", "cp874"))


def _western(data: bytes) -> str:
    """Windows-1252 as the Encoding Standard has it: its five unassigned bytes are control characters."""
    return "".join(
        part.decode("latin-1") if part in _UNASSIGNED else part.decode("cp1252")
        for part in re.split(rb"([\x81\x8d\x8f\x90\x9d])", data)
    )


_UNASSIGNED = frozenset(bytes([one]) for one in (0x81, 0x8D, 0x8F, 0x90, 0x9D))


def _patched(data: bytes, codec: str) -> str | None:
    """The text where no more than one byte in a thousand is damaged: advertising and cut ends do that to pages."""
    text = data.decode(codec, "replace")
    return text if text.count("\ufffd") <= 1 + len(data) // 1000 else None


def _mixed(data: bytes, offset: int, origin: str) -> str:
    """UTF-8 with single bytes of Windows-1252 between, or Windows-1252 that nobody declared."""
    text = data.decode("utf-8", "surrogateescape")  # marks what is not UTF-8, at the speed of C
    text = _CUT.sub("", text)  # a page that was cut in the middle of a character
    long = sum(len(run) for run in _FOREIGN.findall(text))
    if long > len(data) // 10_000:
        raise EncodingError(
            f"byte 0x{data[offset]:02X} at offset {offset} is not valid UTF-8 and the page claims no other "
            "encoding that fits; save the page as UTF-8",
            origin=origin,
            offset=offset,
        )
    return _BAD.sub(lambda found: _western(found.group().encode("utf-8", "surrogateescape")), text)


_BAD = re.compile("[\udc80-\udcff]+")
_CUT = re.compile("[\udc80-\udcff]{1,3}\\Z")
_FOREIGN = re.compile("[\udcc0-\udcff]{3,}")  # letters of Windows-1252; in Western words three never stand together


def _strict(data: bytes, codec: str, origin: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        if codec != "utf-8" and len(data) - error.start > 2:
            raise EncodingError(
                f"the bytes at offset {error.start} are not valid {codec}, which the page's first bytes announce; "
                "save the page as UTF-8",
                origin=origin,
                offset=error.start,
            ) from error
        return data[: error.start].decode(codec) if codec != "utf-8" else _mixed(data, error.start, origin)
