"""XML read safely: the one door through which XML bytes come in.

Nothing outside the document is ever loaded: an external DTD is left alone, and a DTD in the document may declare no
entities (no billion laughs, no quadratic blow-up, no ``file:``). Depth and number of elements are bounded. What
senders get wrong all the time and what can be read in one way only is read: a byte-order mark or white space before
the declaration, control characters, ``&nbsp;`` and the other entities of HTML, a declaration that says UTF-16 or
Latin-1 above bytes that are UTF-8.

Follows XML 1.0 (fifth edition), section 4.3.3 and appendix F for the encoding.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Set
from html.entities import html5
from itertools import chain
from typing import Any, BinaryIO, TypeAlias

from kg.errors import BinaryInput, EmptyInput, EncodingError, InvalidFormat, TooLarge
from kg.extract.text import normalise
from kg.extract.words import words

__all__ = ["DEPTH", "ELEMENTS", "Element", "local", "parse", "pieces", "root_of", "text_of"]

#: An element of lxml, which ships no types.
Element: TypeAlias = Any

DEPTH = 256  # levels; news mark-up has about twenty
ELEMENTS = 1_000_000  # a sitemap index at its limit has 300,000

_CHUNK = 64 * 1024  # bytes
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']\s*([A-Za-z][\w.:-]{0,39})\s*["']""")
_WIDE = re.compile(r"utf-?(?:16|32)(?:-?[lb]e)?|(?:iso-10646-)?ucs-?[24]", re.I)
# The Encoding Standard (WHATWG) reads these labels as Windows-1252, because senders mean it.
_LATIN = re.compile(r"latin-?1|iso-?8859-?1|(?:us-)?ascii|(?:windows-|cp)1252", re.I)
_KNOWN = re.compile(
    r"utf-?8|iso-?8859-?\d{1,2}|latin-?\d|(?:windows-|cp)\d{3,4}|koi8-[ru]|mac-?roman"
    r"|gbk|gb2312|gb18030|big5|shift[_-]jis|euc-(?:jp|kr)|iso-2022-jp|tis-620",
    re.I,
)
_FORBIDDEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DOCTYPE = re.compile(r"""<!DOCTYPE(?:[^"'\[>]|"[^"]*"|'[^']*')*(?:\[[^\]]*\]\s*)?>""")
_ROOT = re.compile(r"""<(?P<name>[^\W\d][\w:.-]*)(?P<rest>(?:[^"'>]|"[^"]*"|'[^']*')*)""")
_SPACE = re.compile(r"[ \t\r\n]*")
_NAMED = re.compile("&([A-Za-z][A-Za-z0-9]{1,31});")
_MARKUP = frozenset("<>&\"'")
_BLANK = "\ufeff \t\r\n\v\f\x85\xa0\u2028\u2029"
_BREAKS = words(
    "br p div li ul ol dl dt dd tr td th table caption block hl1 hl2 h1 h2 h3 h4 h5 h6 blockquote section"
    " article figure figcaption pre hr"
)

#: How every parser here is set: nothing is fetched, no entity is filled in, and size and depth have bounds.
_SAFE: Mapping[str, Any] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def parse(data: bytes, origin: str, *, charset: str | None = None) -> Element:
    """The root element of an XML document, without comments and processing instructions.

    ``charset`` is what the sender claimed beside the document (RFC 7303, section 3.2), if anything. Raises
    :class:`kg.errors.EmptyInput`, :class:`kg.errors.BinaryInput`, :class:`kg.errors.EncodingError` and
    :class:`kg.errors.InvalidFormat` with the line (counted from 1) where the XML breaks.
    """
    from lxml import etree

    full = _decoded(data, origin, charset)
    text = full.lstrip(_BLANK)
    if not text:
        raise EmptyInput("the document holds only white space; give an XML document", origin=origin)
    above = full.count("\n", 0, len(full) - len(text))
    _refuse_entities(text, origin)
    if text.count("<") - text.count("</") > ELEMENTS:
        raise InvalidFormat(f"the XML has more than {ELEMENTS:,} elements; split the document", origin=origin)
    if "&" in text:
        text = _NAMED.sub(_character, text)
    text = _FORBIDDEN.sub("", text)
    parser = etree.XMLParser(**_SAFE)
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise _invalid(error, origin, above, whole=text.rstrip().endswith(">")) from error
    if root is None:
        raise InvalidFormat("the XML has no element", origin=origin)
    if root.xpath("boolean(" + "/*" * (DEPTH + 1) + ")"):
        raise InvalidFormat(f"the XML is nested more than {DEPTH} levels deep", origin=origin)
    return root


def pieces(stream: BinaryIO, origin: str, names: Set[str], *, limit: int) -> Iterator[Element]:
    """The outermost elements with one of these local names, one at a time in memory; each is gone after its turn.

    ``limit`` is in bytes: so much may lie between the ends of two of them. Reads encodings and refuses entities as
    :func:`parse` does, and raises the same errors and :class:`kg.errors.TooLarge`, after all that was well-formed.
    """
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in sorted(names)],
        **_SAFE,
    )
    depth = size = opened = 0
    broken, last = None, ""
    above, kept = None, 0
    ends = re.compile("|".join(f"(?<={re.escape(name)}>)" for name in sorted(names)))
    for text in chain((part for chunk in _chunks(stream, origin) for part in ends.split(chunk)), (None,)):
        try:
            if text is None:
                parser.close()
            else:
                size, opened, last = size + len(text), opened + text.count("<"), text.rstrip() or last
                parser.feed(text.encode("utf-8"))
        except etree.XMLSyntaxError as error:
            broken = error  # the parser forgets what it was fed together with this, so each piece is fed alone
        for event, one in parser.read_events():
            depth += 1 if event == "start" else -1
            if event == "start" or depth:
                continue
            yield one
            size = opened = 0
            one.clear(keep_tail=False)
            if one.getparent() is not above:  # what stands before the first piece may say something of all
                above = one.getparent()
                kept = above.index(one) if above is not None else 0
            if above is not None:
                del above[kept : above.index(one)]
        if broken is not None:
            raise _invalid(broken, origin, 0, whole=last.endswith(">")) from broken
        if size > limit + _CHUNK or opened > 2 * ELEMENTS:
            raise TooLarge(
                f"a piece of the document is over the limit of {limit:,} bytes or {ELEMENTS:,} elements; raise the"
                " limit or split it",
                origin=origin,
                size=size,
                limit=limit,
            )


def _chunks(stream: BinaryIO, origin: str) -> Iterator[str]:
    """The document's text piece by piece, as :func:`parse` would read it."""
    head = stream.read(_CHUNK)
    if not head:
        raise EmptyInput("the document is empty; give an XML document", origin=origin)
    encoding = _encoding(head, origin, None)
    decoder = codecs.getincrementaldecoder(encoding)("ignore" if encoding == "windows-1252" else "strict")
    data, rest, first = head, "", True
    while True:
        try:
            text = rest + decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise EncodingError(
                f"a byte 0x{error.object[error.start]:02X} is not valid {encoding}, which the document says it is in",
                origin=origin,
            ) from error
        if "\0" in text:
            raise BinaryInput("the document holds NUL characters; it is no XML or a damaged file", origin=origin)
        if first:
            text = text.lstrip(_BLANK)
            place = _prolog_end(text)
            if text.startswith("<!DOCTYPE", place) and _subset(text, place) is not None:
                raise InvalidFormat("a document of many items may have no DTD of its own", origin=origin, line=1)
            if data and place >= len(text):
                raise InvalidFormat("the document does not begin with an element", origin=origin, line=1)
            first = False
        cut = text.rfind("&", max(0, len(text) - 40)) if data else -1
        rest = text[cut:] if cut >= 0 else ""
        text = text[:cut] if cut >= 0 else text
        yield _FORBIDDEN.sub("", _NAMED.sub(_character, text) if "&" in text else text)
        if not data:
            return
        data = stream.read(_CHUNK)


def root_of(head: bytes) -> tuple[str, str] | None:
    """The name and the namespace of the root element by a document's first bytes, or None where none begins there.

    Nothing is parsed, so that readers can tell cheaply whether a document is theirs.
    """
    text = _glance(head)
    place = _prolog_end(text)
    if text.startswith("<!DOCTYPE", place):
        found = _DOCTYPE.match(text, place)
        place = _prolog_end(text, found.end()) if found else len(text)
    found = _ROOT.match(text, place)
    if found is None:
        return None
    prefix, _, name = found["name"].rpartition(":")
    space = re.search(
        r"\sxmlns" + (":" + re.escape(prefix) if prefix else "") + r"""\s*=\s*(?:"([^"]*)"|'([^']*)')""", found["rest"]
    )
    return name, (space.group(1) or space.group(2) or "").strip() if space else ""


def _glance(head: bytes) -> str:
    """The first bytes as text, good enough for names: the encoding of what is not ASCII does not matter."""
    head = head[: 64 * 1024]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", "replace")
    elif head[:2] in {b"<\0", b"\0<"}:
        text = head.decode("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", "replace")
    else:
        text = head.decode("utf-8", "replace")
    return text.lstrip(_BLANK)


def local(element: Element) -> str:
    """The element's name without its namespace; empty for what is no element (an entity reference)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: Element | None) -> str:
    """The text in an element and below on one line, normalised; empty for None.

    Where a block or a line break stands there is a space, so that words of two paragraphs never run together.
    """
    if element is None:
        return ""
    from lxml import etree

    parts: list[str] = []
    for event, one in etree.iterwalk(element, events=("start", "end")):
        block = local(one) in _BREAKS
        if block:
            parts.append(" ")
        if event == "start":
            parts.append(one.text or "")
        elif one is not element:
            parts.append(one.tail or "")
    return " ".join(normalise("".join(parts)).split())


def _decoded(data: bytes, origin: str, charset: str | None) -> str:
    if not data:
        raise EmptyInput("the document is empty; give an XML document", origin=origin)
    encoding = _encoding(data, origin, charset)
    try:
        # Of Windows-1252 only five bytes are undefined; the Encoding Standard reads them as control characters.
        text = data.decode(encoding, errors="ignore" if encoding == "windows-1252" else "strict")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise EncodingError(
            f"byte 0x{data[error.start]:02X} at offset {error.start} (line {line}) is not valid {encoding}, which the"
            " document says it is in; declare the encoding it is in or convert it to UTF-8",
            origin=origin,
            offset=error.start,
        ) from error
    if "\0" in text:
        raise BinaryInput("the document holds NUL characters; it is no XML or a damaged file", origin=origin)
    return text


def _encoding(data: bytes, origin: str, charset: str | None) -> str:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    if data[:2] == b"<\0":
        return "utf-16-le"
    if data[:2] == b"\0<":
        return "utf-16-be"
    found = _DECLARED.match(data)
    claim = charset or (found.group(1).decode("ascii") if found else "utf-8")
    if _WIDE.fullmatch(claim):
        return "utf-8"  # the declaration itself was read as ASCII, so the bytes are not what it says
    if _LATIN.fullmatch(claim):
        return "utf-8" if _is_utf8(data) else "windows-1252"
    if not _KNOWN.fullmatch(claim) or not _exists(claim):
        raise EncodingError(
            f"the document says it is in the encoding {claim[:40]!r}, which is not supported; convert it to UTF-8",
            origin=origin,
            offset=0,
        )
    return claim.lower()


def _exists(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _is_utf8(data: bytes) -> bool:
    """Whether the bytes (or the first of them) are valid UTF-8; text in Latin letters is not by chance."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_entities(text: str, origin: str) -> None:
    """Refuses a document whose own DTD declares entities; an external DTD is only a name and never loaded."""
    place = _prolog_end(text)
    if not text.startswith("<!DOCTYPE", place):
        return
    subset = _subset(text, place)
    if subset is not None and "<!ENTITY" in text[subset:]:
        line = text.count("\n", 0, text.index("<!ENTITY", subset)) + 1
        raise InvalidFormat(
            "the document declares entities in a DTD, which is not read for safety; send it with plain characters",
            origin=origin,
            line=line,
        )


def _prolog_end(text: str, place: int = 0) -> int:
    """Where the first thing stands that is no white space, comment or processing instruction."""
    while True:
        place = _SPACE.match(text, place).end()  # type: ignore[union-attr]  # it matches the empty string too
        if text.startswith("<?", place):
            end = text.find("?>", place)
        elif text.startswith("<!--", place):
            end = text.find("-->", place + 4)
        else:
            return place
        if end < 0:
            return len(text)  # the parser says what is wrong
        place = text.index(">", end) + 1


def _subset(text: str, place: int) -> int | None:
    """Where the internal subset of the document type declaration begins, or None where it has none."""
    quote = ""
    for at in range(place, min(len(text), place + 8192)):
        one = text[at]
        if quote:
            quote = "" if one == quote else quote
        elif one in "\"'":
            quote = one
        elif one == "[":
            return at
        elif one == ">":
            return None
    return place  # neither ended nor opened: taken for the worst


def _character(found: re.Match[str]) -> str:
    """The character an entity of HTML stands for; those of XML itself and unknown ones stay as they are."""
    character = html5.get(found.group(1) + ";")
    return found.group() if character is None or character in _MARKUP else character


def _invalid(error: Any, origin: str, above: int, *, whole: bool) -> InvalidFormat:
    message = str(error.msg or "it cannot be parsed").partition(", line ")[0].strip().rstrip(".")
    line = (error.lineno or 0) + above if error.lineno else None
    if not whole or "remature end" in message:
        advice = "the document seems to be cut off; get it again"
    elif "depth" in message.lower():
        return InvalidFormat(f"the XML is nested more than {DEPTH} levels deep", origin=origin, line=line)
    else:
        advice = "ask its sender for well-formed XML"
    return InvalidFormat(f"the XML is not well-formed ({message[:200]}); {advice}", origin=origin, line=line)
