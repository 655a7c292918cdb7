"""What kind of document the first bytes show, so that one kind is never read as another."""

from __future__ import annotations

import re

__all__ = ["MEDIA", "kind"]

# Kinds that are pictures, sound, film or programs: no text can be read from them.
MEDIA = frozenset({"a picture", "sound or film", "a program", "a font"})

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document (docx, odt, epub)"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"(\xb5/\xfd", "a zstd archive"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"WARC/", "a WARC archive"),
    (b"%!PS", "a PostScript document"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF87a", "a picture"),
    (b"GIF89a", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"ID3", "sound or film"),
    (b"OggS", "sound or film"),
    (b"fLaC", "sound or film"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
)
_HTML = re.compile(
    r"<!doctype\s+html|<(?:html|head|body|script|div|article|section|main|meta|p|h[1-6]|span|table)[\s>/]", re.I
)
_XML = re.compile(
    r"<\?xml[\s?]|<!doctype\s|<(?:rss|feed|nitf|newsml|newsitem|newsmessage|rdf:rdf)[\s>]|<!--|<[A-Za-z][\w:.-]*(?:\s+[\w:.-]+\s*=|>|/>)",
    re.I,
)
_STRAY = re.compile(
    r"(?:<(?:img|br|hr|input|link|source|wbr)\b[^<>]{0,2000}>\s*|</[a-z][a-z0-9]{0,15}>\s*"
    r"|<(?P<name>a|b|i|em|span|p|div|strong|h[1-6]|figure)\b[^<>]{0,2000}>[^<>]{0,300}</(?P=name)>\s*)+",
    re.I,
)
_JSON = re.compile(r'\{\s*"(?:[^"\\\n]|\\.)*"\s*:|\[\s*(?:\{\s*["}]|"(?:[^"\\\n]|\\.)*"\s*[,\]]|\[|\])|\{\s*\}')


def kind(data: bytes) -> str | None:
    """The kind of document the bytes show (``an HTML page``, ``a PDF document`` …), or None for what may be text."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF":
        return "a picture" if data[8:12] == b"WEBP" else "sound or film"
    if data[4:8] == b"ftyp":
        return "sound or film"
    head = _head(data)
    if head.startswith("<"):
        if _stray(head):
            return None
        if _HTML.match(head) or re.search(r"<html[\s>]", head, re.I):
            return "an HTML page"
        if _XML.match(head):
            return "an XML document"
    if head.startswith(("{", "[")) and _JSON.match(head):
        return "a JSON document"
    return None


def _stray(head: str) -> bool:
    """Whether a tag that a scraper left behind opens a plain text: no other tag is in what follows."""
    found = _STRAY.match(head)
    return found is not None and "<" not in head[found.end() :] and len(head) > found.end() + 200


def _head(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    return data[:4096].decode(encoding, errors="replace").lstrip("\ufeff \t\r\n\v\f\x85\xa0")
