"""Archives taken apart: what is in them comes out, in order, under keys of its own, and damage costs what it hit."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import TooLarge
from kg.extract.compressed import BZIP2, GZIP, XZ, Compressed
from kg.extract.jsonl import JsonArray, JsonLines
from kg.extract.tar import TarArchive
from kg.extract.unpack import unpack
from kg.extract.warc import Warc
from kg.extract.zip import ZipArchive
from kg.model import Document, Gone, Source, Unread
from kg.plugins import Container

ALL: tuple[Container, ...] = (
    Warc(),
    ZipArchive(),
    TarArchive(),
    Compressed(GZIP),
    Compressed(BZIP2),
    Compressed(XZ),
    JsonLines(),
    JsonArray(),
)
GIVEN = Document(b"", "path:desk/in/a", "in/a", Source("desk"))
LIMIT = 1 << 20


class Pipe(io.RawIOBase):
    """Bytes that cannot be sought in, and come a few at a time."""

    def __init__(self, data: bytes, step: int = 1000) -> None:
        super().__init__()
        self.inner, self.step = io.BytesIO(data), step

    def readable(self) -> bool:
        return True

    def readinto(self, target: object) -> int:
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        data = self.inner.read(min(len(view), self.step))
        view[: len(data)] = data
        return len(data)


def opened(data: bytes, *, limit: int = LIMIT, piped: bool = False) -> list[Document | Unread | Gone]:
    stream = io.BufferedReader(Pipe(data)) if piped else io.BytesIO(data)
    return list(unpack(stream, GIVEN, limit=limit, containers=ALL))  # type: ignore[arg-type]


def texts(found: list[Document | Unread | Gone]) -> list[tuple[str, bytes]]:
    return [(one.origin, one.data) for one in found if isinstance(one, Document)]


def reasons(found: list[Document | Unread | Gone]) -> list[str]:
    return [str(one.error) for one in found if isinstance(one, Unread)]


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def streamed_zip(files: dict[str, bytes]) -> bytes:
    """A ZIP archive written to a pipe: sizes stand behind the data."""

    class Out(io.RawIOBase):
        def __init__(self) -> None:
            super().__init__()
            self.parts: list[bytes] = []

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.parts.append(bytes(data))  # type: ignore[call-overload]
            return len(self.parts[-1])

    out = Out()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, data in files.items():
            archive.writestr(name, data)
    return b"".join(out.parts)


def tarred(files: dict[str, bytes], kind: int = tarfile.PAX_FORMAT) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=kind) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()


FILES = {
    "b.txt": b"second",
    "a.txt": b"first",
    "sub/ü" + "x" * 120 + ".txt": b"long name" * 50,
    "empty.txt": b"",
    "big.bin": bytes(range(256)) * 600,
}
PACKED: dict[str, Callable[[], bytes]] = {
    "zip": lambda: zipped(FILES),
    "zip, stored": lambda: zipped(FILES, zipfile.ZIP_STORED),
    "zip, bzip2": lambda: zipped(FILES, zipfile.ZIP_BZIP2),
    "zip, streamed": lambda: streamed_zip(FILES),
    "zip behind other bytes": lambda: b"PK\x03\x04" * 0 + zipped(FILES),
    "tar, pax": lambda: tarred(FILES),
    "tar, gnu": lambda: tarred(FILES, tarfile.GNU_FORMAT),
    "tar.gz": lambda: gzip.compress(tarred(FILES)),
    "tar.bz2": lambda: bz2.compress(tarred(FILES)),
    "tar.xz": lambda: lzma.compress(tarred(FILES)),
    "tar.gz of two members": lambda: (
        gzip.compress(tarred(FILES)[:5000]) + gzip.compress(tarred(FILES)[5000:]) + b"\0" * 9
    ),
}


@pytest.mark.parametrize("piped", [False, True], ids=["file", "pipe"])
@pytest.mark.parametrize("name", PACKED)
def test_every_archive_gives_its_members_in_order_under_its_name(name: str, piped: bool) -> None:
    found = opened(PACKED[name](), piped=piped)
    assert reasons(found) == []
    assert texts(found) == [(f"in/a!/{name}", data) for name, data in FILES.items()]
    assert [one.key for one in found if isinstance(one, Document)] == [f"path:desk/in/a!/{name}" for name in FILES]
    assert {one.source.name for one in found if isinstance(one, Document)} == {"desk"}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_file_is_the_same_document_as_the_plain_one(pack: Callable[[bytes], bytes]) -> None:
    (one,) = opened(pack(b"The quay\n\nwill be rebuilt."))
    assert one == Document(b"The quay\n\nwill be rebuilt.", "path:desk/in/a", "in/a", Source("desk"))


def test_what_is_no_container_is_one_document_with_its_bytes() -> None:
    assert opened(b"plain") == [Document(b"plain", "path:desk/in/a", "in/a", Source("desk"))]
    assert opened(b"") == [Document(b"", "path:desk/in/a", "in/a", Source("desk"))]
    (page,) = unpack(io.BytesIO(b"plain"), Document(b"", "", "standard input"), limit=9, containers=ALL)
    assert isinstance(page, Document)
    assert page.key == "sha256:" + page.sha256.hex()


def test_an_office_document_is_one_document_and_no_archive() -> None:
    for first in ("[Content_Types].xml", "mimetype"):
        data = zipped({first: b"x", "word/document.xml": b"y"})
        (one,) = opened(data)
        assert isinstance(one, Document)
        assert one.data == data


def test_archives_in_archives_are_opened_three_deep() -> None:
    data = b"deep"
    for level in range(1, 5):
        data = zipped({f"{level}.zip": data}) if level > 1 else zipped({"x.txt": data})
        found = opened(data)
        if level <= 3:
            assert [text for _, text in texts(found)] == [b"deep"], level
    assert texts(found) == []
    assert len(reasons(found)) == 1
    assert "deeper than 3" in reasons(found)[0]
    assert "in/a!/4.zip!/3.zip" in reasons(found)[0]


def test_compression_around_an_archive_is_no_layer_of_its_own() -> None:
    inner = gzip.compress(tarred({"p.txt": b"page"}))
    middle = gzip.compress(tarred({"inner.tar.gz": inner}))
    outer = gzip.compress(tarred({"middle.tar.gz": middle}))
    assert texts(opened(outer)) == [("in/a!/middle.tar.gz!/inner.tar.gz!/p.txt", b"page")]


def test_a_member_over_the_limit_is_said_and_the_next_one_is_read() -> None:
    for pack in (zipped, tarred, streamed_zip):
        found = opened(pack({"huge.txt": b"x" * 5000, "fine.txt": b"y"}), limit=4000)
        assert texts(found) == [("in/a!/fine.txt", b"y")]
        (error,) = [one.error for one in found if isinstance(one, Unread)]
        assert isinstance(error, TooLarge)
        assert error.origin == "in/a!/huge.txt"


def test_a_member_as_large_as_the_limit_is_read() -> None:
    assert texts(opened(zipped({"a.txt": b"x" * 4000}), limit=4000)) == [("in/a!/a.txt", b"x" * 4000)]


def test_hidden_files_read_mes_and_litter_of_file_managers_are_passed_over() -> None:
    files = {
        "README.md": b"x",
        ".hidden": b"x",
        "a/.git/config": b"x",
        "__MACOSX/._a.txt": b"x",
        "Thumbs.db": b"x",
        "a/": b"",
        "a/p.txt": b"page",
    }
    assert texts(opened(zipped(files))) == [("in/a!/a/p.txt", b"page")]


def test_names_that_lead_out_of_the_archive_are_only_words() -> None:
    files = {"../../etc/p.txt": b"1", "/srv/q.txt": b"2", "a\\b.txt": b"3", "./c//d.txt": b"4"}
    assert [origin for origin, _ in texts(opened(tarred(files)))] == [
        "in/a!/../../etc/p.txt",
        "in/a!/srv/q.txt",
        "in/a!/a/b.txt",
        "in/a!/c/d.txt",
    ]


def test_links_encrypted_members_and_unknown_methods_are_said_by_name() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        archive.addfile(tarfile.TarInfo("page.txt"), io.BytesIO())
    found = opened(made.getvalue())
    assert [origin for origin, _ in texts(found)] == ["in/a!/page.txt"]
    assert reasons(found) == ["in/a!/link.txt: is a link to 'etc/passwd'; links in archives are not followed"]

    plain = bytearray(zipped({"s.txt": b"secret", "t.txt": b"open"}))
    for place in (6, plain.index(b"PK\x01\x02") + 8):
        plain[place] |= 1
    found = opened(bytes(plain))
    assert texts(found) == [("in/a!/t.txt", b"open")]
    assert "s.txt: is encrypted" in reasons(found)[0]

    plain = bytearray(zipped({"s.txt": b"secret", "t.txt": b"open"}))
    for place in (8, plain.index(b"PK\x01\x02") + 10):
        plain[place] = 98
    assert "method 98" in reasons(opened(bytes(plain)))[0]

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipper:
        info = zipfile.ZipInfo("l.txt")
        info.external_attr = 0o120777 << 16
        zipper.writestr(info, "/etc/passwd")
    assert "l.txt: is a link" in reasons(opened(made.getvalue()))[0]


@pytest.mark.parametrize("piped", [False, True], ids=["file", "pipe"])
@pytest.mark.parametrize("name", [name for name in PACKED if "zip" in name or "gz" in name or name.startswith("tar,")])
def test_a_cut_archive_gives_what_is_there_and_says_where_it_ends(name: str, piped: bool) -> None:
    data = PACKED[name]()
    whole = texts(opened(data))
    for share in (0.3, 0.6, 0.97):
        found = opened(data[: int(len(data) * share)], piped=piped)
        got = texts(found)
        assert got == whole[: len(got)]
        if len(got) < len(whole):
            assert reasons(found), share
            assert all("in/a" in reason for reason in reasons(found))


def test_a_damaged_member_costs_itself_only() -> None:
    data = bytearray(zipped({"a.txt": b"alpha " * 500, "b.txt": b"beta"}))
    data[40] ^= 0xFF
    found = opened(bytes(data))
    assert texts(found) == [("in/a!/b.txt", b"beta")]
    assert "in/a!/a.txt" in reasons(found)[0]
    data = bytearray(tarred({"a.txt": b"alpha", "b.txt": b"beta", "c.txt": b"gamma"}, tarfile.GNU_FORMAT))
    data[1024 + 150] ^= 0x01
    found = opened(bytes(data))
    assert [text for _, text in texts(found)] == [b"alpha", b"gamma"]
    assert reasons(found) == ["in/a: the tar archive has a damaged header at byte 1,024; what is there was read"]


def test_a_wrong_checksum_is_said() -> None:
    data = bytearray(zipped({"a.txt": b"alpha"}, zipfile.ZIP_STORED))
    data[35] ^= 0xFF
    found = opened(bytes(data))
    assert texts(found) == []
    assert "checksum" in reasons(found)[0]


def test_a_bomb_is_stopped_before_it_grows() -> None:
    zeros = bytes(1 << 20)
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb") as file:
        for _ in range(64):
            file.write(zeros)
    (one,) = opened(bomb.getvalue(), limit=1 << 30)
    assert isinstance(one, Unread)
    assert "bomb" in str(one.error)
    inside = tarred({"zeros.bin": bytes(64 << 20), "p.txt": b"page"})
    found = opened(gzip.compress(inside), limit=LIMIT)
    assert any("bomb" in reason for reason in reasons(found))


def test_members_that_lie_over_each_other_are_a_bomb() -> None:
    raw = zipped({"k.txt": bytes(100_000)})
    directory, end = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    entry, count = raw[directory:end], 3000
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(entry) * count, directory, 0)
    found = opened(raw[:directory] + entry * count + tail)
    assert len(texts(found)) < count
    assert "lie over each other" in reasons(found)[-1]


def test_many_small_bombs_are_a_large_one() -> None:
    data = zipped({f"{number}.txt": bytes(9 << 20) for number in range(30)})
    for piped in (False, True):
        found = opened(data, limit=10 << 20, piped=piped)
        assert len(texts(found)) == 11
        assert "bomb" in reasons(found)[0]


def test_pages_that_repeat_each_other_are_no_bomb() -> None:
    files = {f"{number}.txt": b"The same words in every article of this paper. " * 60 for number in range(5000)}
    found = opened(gzip.compress(tarred(files)))
    assert reasons(found) == []
    assert len(texts(found)) == 5000


def test_an_extended_header_that_never_ends_is_refused() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        info = tarfile.TarInfo("x" * 101)
        archive.addfile(info)
        header = bytearray(tarfile.TarInfo("@LongLink").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"77777777777\0"
    header[156:157] = b"L"
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header[:512])
    found = opened(bytes(header) + bytes(5000))
    assert texts(found) == []
    assert "no header" in reasons(found)[0]


# JSON --------------------------------------------------------------------------------------------------------------


def test_json_lines_are_one_document_each_with_its_line() -> None:
    lines = [{"title": "Quay", "n": 1}, {"title": "Ferry", "n": 2}]
    data = b"\xef\xbb\xbf" + b"\n\r\n".join(json.dumps(one).encode() for one in lines) + b"\n\n"
    found = opened(data)
    assert texts(found) == [("in/a:1", json.dumps(lines[0]).encode()), ("in/a:3", json.dumps(lines[1]).encode())]
    keys = [one.key for one in found if isinstance(one, Document)]
    assert len(set(keys)) == 2
    assert all(key.startswith("path:desk/in/a#") and len(key) == len("path:desk/in/a#") + 16 for key in keys)
    assert {one.media_type for one in found if isinstance(one, Document)} == {"application/json"}


def test_a_single_json_object_is_no_container_however_it_is_written() -> None:
    for text in ('{"a": 1}', '{\n "a": 1\n}\n', '{"a": {"b": 1}}\n\n', json.dumps({"a": "x" * 200_000})):
        (one,) = opened(text.encode())
        assert isinstance(one, Document)
        assert one.data == text.encode()


def test_json_lines_longer_than_the_head_are_recognised() -> None:
    lines = [json.dumps({"text": letter * 100_000}).encode() for letter in "abc"]
    for piped in (False, True):
        assert [text for _, text in texts(opened(b"\n".join(lines), piped=piped))] == lines


def test_a_line_that_is_too_long_or_no_object_is_said_and_the_rest_is_read() -> None:
    lines = [b'{"a": 1}', b'{"b": "' + b"x" * 5000 + b'"}', b"no object", b'{"c": 2}']
    found = opened(b"\n".join(lines), limit=3000)
    assert texts(found) == [("in/a:1", lines[0]), ("in/a:4", lines[3])]
    assert "in/a:2: it has more bytes than the limit of 3,000" in reasons(found)[0]
    assert reasons(found)[1] == "in/a:3: the line is no JSON object"
    kept = [one.document.data for one in found if isinstance(one, Unread) and one.document is not None]
    assert kept == [b"no object"]


@pytest.mark.parametrize("indent", [None, 2])
def test_the_elements_of_an_array_come_compact_and_otherwise_as_written(indent: int | None) -> None:
    rows = [{"b": 'a "quoted" \\ [x], {y}', "a": [1, {"c": None}]}, {"ü": "  kept  "}, {}]
    found = opened(json.dumps(rows, indent=indent, ensure_ascii=False).encode())
    assert texts(found) == [
        (f"in/a#{number}", json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode())
        for number, row in enumerate(rows, 1)
    ]
    (numbers,) = opened(b'[{"n": 1.0e400, "n": 0.10}]')
    assert isinstance(numbers, Document)
    assert numbers.data == b'{"n":1.0e400,"n":0.10}'


@pytest.mark.parametrize(
    ("text", "count", "reason"),
    [
        ('[{"a": 1}, {"b": ', 1, "is cut at byte 17: its end is missing; 1 elements before it were read"),
        ('[{"a": 1},, {"b": 2}]', 1, "an element is missing"),
        ('[{"a": 1}] [', 1, "there is more after the array's end"),
        ('[{"a": 1}, 7, {"b": 2}]', 2, "the element is no JSON object"),
        ('[{"a": ' + "[" * 9000, 0, "nested deeper than 500"),
    ],
)
def test_a_damaged_array_gives_what_is_before_the_damage(text: str, count: int, reason: str) -> None:
    found = opened(text.encode())
    assert len(texts(found)) == count
    assert any(reason in one for one in reasons(found)), reasons(found)


def test_an_element_over_the_limit_is_said_and_the_rest_is_read() -> None:
    found = opened(b'[{"a": 1}, {"b": "' + b"x" * 200_000 + b'"}, {"c": 2}]', limit=1000)
    assert texts(found) == [("in/a#1", b'{"a":1}'), ("in/a#3", b'{"c":2}')]
    assert "in/a#2: it has more bytes than the limit" in reasons(found)[0]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.dictionaries(st.text(max_size=5), _VALUES, max_size=4), min_size=1, max_size=6),
    st.sampled_from([None, 0, 3]),
    st.booleans(),
    st.integers(1, 40),
)
def test_every_array_of_objects_comes_apart_into_its_elements(
    rows: list[object], indent: int | None, ascii: bool, step: int
) -> None:
    data = json.dumps(rows, indent=indent, ensure_ascii=ascii).encode("utf-8", "surrogatepass")
    stream = io.BufferedReader(Pipe(data, step), 16)
    found = list(unpack(stream, GIVEN, limit=LIMIT, containers=(JsonArray(),)))  # type: ignore[arg-type]
    assert reasons(found) == []
    assert [json.loads(text.decode("utf-8", "surrogatepass")) for _, text in texts(found)] == rows


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(PACKED)), st.integers(0, 4000), st.binary(min_size=1, max_size=6), st.booleans())
def test_no_damage_raises_anything_or_goes_on_for_ever(name: str, place: int, bad: bytes, piped: bool) -> None:
    data = bytearray(PACKED[name]())
    place %= len(data)
    data[place : place + len(bad)] = bad
    for one in opened(bytes(data), piped=piped):
        assert isinstance(one, Document | Unread)


class Careless:
    """A container of somebody else, with a mistake in it."""

    name = "careless"

    def recognises(self, head: bytes, media_type: str | None) -> float:
        return 1.0

    def documents(self, stream: object, given: Document, *, limit: int) -> Iterator[Document | Unread | Gone]:
        yield Document(b"one", f"{given.key}#1", f"{given.origin}#1", given.source)
        raise TypeError("oops")


def test_a_mistake_in_a_container_does_not_end_the_run() -> None:
    found = list(unpack(io.BytesIO(b"x"), GIVEN, limit=9, containers=(Careless(),)))
    assert [text for _, text in texts(found)] == [b"one"]
    assert reasons(found) == ["in/a: the file cannot be taken apart (careless: TypeError: oops)"]


class Blind(Careless):
    """A container that fails when it looks."""

    def recognises(self, head: bytes, media_type: str | None) -> float:
        raise RecursionError


def test_a_container_that_fails_when_it_looks_is_passed_over() -> None:
    (one,) = unpack(io.BytesIO(b"plain"), GIVEN, limit=9, containers=(Blind(), JsonLines()))
    assert isinstance(one, Document)
    assert one.data == b"plain"
