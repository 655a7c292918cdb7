"""What must hold of anything that is read, whatever its bytes are: shared by the properties, the finds and atheris.

:func:`outcomes` takes bytes apart and reads every document in them; :func:`check` does so and raises
:class:`AssertionError` where a rule is broken. The only other exceptions are mistakes of the readers.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from urllib.parse import urlsplit

from pyoxigraph import RdfFormat, parse

from kg import extract
from kg.errors import InputError
from kg.extract import dataset
from kg.model import Article, Document, Gone, Source, Unread

__all__ = ["LIMIT", "check", "outcomes", "sealed"]

LIMIT = 1 << 20  # bytes of one document
GIVEN = Document(b"", "path:desk/in/file", "in/file", Source("desk"))

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})")
#: Control characters, lone surrogates and non-characters; a line end is one of them and stays inside paragraphs only.
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DATES = ("date_published", "date_modified", "embargo")
_ONE_LINE = ("headline", "alternative_headline", "publisher", "section", "language", "url", "identifier", "dateline")

Made = Article | InputError | Gone | int


def outcomes(data: bytes, media_type: str | None = None, *, limit: int = LIMIT) -> tuple[tuple[str, Made], ...]:
    """Every article, refusal and withdrawal in the bytes, each with the key of its document.

    Graphs of an export are no articles: the number of their statements stands for them.
    """
    given = Document(b"", GIVEN.key, GIVEN.origin, GIVEN.source, media_type)
    made: list[tuple[str, Made]] = []
    for one in extract.unpack(io.BytesIO(data), given, limit=limit):
        if isinstance(one, Gone):
            made.append((one.keys[0], one))
        elif isinstance(one, Unread):
            made.append((one.document.key if one.document else "", one.error))
        elif one.media_type == dataset.MEDIA_TYPE:
            made.append((one.key, len(list(parse(one.data, format=RdfFormat.N_QUADS)))))
        else:
            try:
                made.extend((one.key, article) for article in extract.read(one, limit=limit))
            except InputError as error:
                made.append((one.key, error))
    return tuple(made)


def check(data: bytes, media_type: str | None = None, *, twice: bool = True) -> tuple[tuple[str, Made], ...]:
    """The outcomes, after every rule was looked at; ``twice`` reads a second time and compares."""
    with sealed():
        made = outcomes(data, media_type)
    for key, one in made:
        assert not _FORBIDDEN.search(key), f"a key holds {key[:80]!a}"
        if isinstance(one, Article):
            _article(one)
        elif isinstance(one, InputError):
            assert "cannot be taken apart (" not in one.reason, one.message
            assert one.reason.strip(), repr(one)
            assert len(one.message) < 4000, one.message[:200]
            one.message.encode()  # no lone surrogate: it is written to a terminal and to quarantine
    if twice:
        with sealed():
            again = outcomes(data, media_type)
        assert _comparable(made) == _comparable(again), "read twice, it is not the same"
    return made


def _comparable(made: tuple[tuple[str, Made], ...]) -> list[tuple[str, object]]:
    return [(key, (type(one), one.message, one.line) if isinstance(one, InputError) else one) for key, one in made]


def _article(article: Article) -> None:
    for path, text in _strings(article, "article"):
        # An identifier is passed on as it is: in another form of Unicode it would be another one.
        _sound(text, path, composed=not path.endswith(".iri"))
    for name in _ONE_LINE:
        value = getattr(article, name)
        assert value is None or "\n" not in value, (name, value[:80])
        assert value is None or value == value.strip(), (name, value[:80])
        assert value != "" or name == "headline", name
    for paragraph in article.paragraphs:
        assert paragraph.text.strip() == paragraph.text != "", repr(paragraph.text[:80])
        assert paragraph.kind in ("text", "quote"), paragraph.kind
    for name in _DATES:
        _dated(name, getattr(article, name))
    addresses = [("url", article.url)]
    addresses += [(f"author {one.name[:20]}", one.url) for one in article.authors]
    addresses += [(f"image {number}", one.url) for number, one in enumerate(article.images)]
    for name, address in addresses:
        if address is not None:
            parts = urlsplit(address)
            assert parts.scheme in ("http", "https"), (name, address[:80])
            assert parts.hostname, (name, address[:80])
            assert not re.search(r"[\s<>\"]", address), (name, address[:80])
    for author in article.authors:
        assert author.name.strip(), "an author without a name"
        assert author.type in ("Person", "Organization"), author.type
    for keyword in article.keywords:
        assert keyword.name.strip(), "a keyword without a name"
    assert not article.hero or article.images, "a picture of the page, and no picture"


def _dated(name: str, value: str | None) -> None:
    if value is None:
        return
    if _DAY.fullmatch(value):
        date.fromisoformat(value)
    else:
        assert _MOMENT.fullmatch(value), (name, value)
        datetime.fromisoformat(value[:19])


def _strings(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _strings(one, f"{path}[{number}]")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _strings(getattr(value, field.name), f"{path}.{field.name}")
    else:
        assert value is None or isinstance(value, bool | Enum), (path, value)


def _sound(text: str, path: str, *, composed: bool = True) -> None:
    found = _FORBIDDEN.search(text)
    assert found is None, f"{path}: {found.group()!r} in {text[:80]!r}"  # type: ignore[union-attr]
    assert not composed or unicodedata.is_normalized("NFC", text), f"{path}: not in NFC: {text[:80]!a}"


# nothing outside is touched ----------------------------------------------------------------------------------------

_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request")
_PROCESSES = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")
_sealed = [False, False]  # whether it counts now; whether the hook is set: an audit hook cannot be taken away


class Touched(BaseException):
    """A reader reached for the network, a process or a file: no ``except Exception`` may hide that."""


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if not _sealed[0]:
        return
    if event in _NETWORK or event in _PROCESSES:
        raise Touched(f"{event} {arguments!r}"[:200])
    if event == "open" and not _own(arguments):
        raise Touched(f"{event} {arguments!r}"[:200])


def _own(arguments: tuple[object, ...]) -> bool:
    """Whether an opened file belongs to the program: a module that is imported late, a table, a temporary store."""
    path = arguments[0]
    if not isinstance(path, str):
        return isinstance(path, int)
    if arguments[1] is None and not path.startswith("/"):
        return True  # a temporary folder that is taken away, name by name
    roots = (*sys.path, sys.prefix, sys.base_prefix, "/usr/share/zoneinfo")
    return (
        path.endswith((".py", ".pyc", ".so")) or "newsgraph-" in path or path.startswith(tuple(r for r in roots if r))
    )


@contextmanager
def sealed() -> Iterator[None]:
    """While it lasts, reaching for the network, a process or a foreign file raises :class:`Touched`."""
    if not _sealed[1]:
        tempfile.gettempdir()  # tries once by writing where temporary folders may be
        sys.addaudithook(_hook)
        _sealed[1] = True
    _sealed[0] = True
    try:
        yield
    finally:
        _sealed[0] = False
