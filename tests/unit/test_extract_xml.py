"""XML comes in by one door, and nothing hostile gets through it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import BinaryInput, EmptyInput, EncodingError, InputError, InvalidFormat
from kg.extract.xml import DEPTH, local, parse, root_of, text_of

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [
 <!ENTITY lol "lol">
 <!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
 <!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;">
]>
<lolz>&lol2;</lolz>"""


def _line(data: bytes) -> int | None:
    with pytest.raises(InvalidFormat) as caught:
        parse(data, "drop/one.xml")
    assert str(caught.value).startswith("drop/one.xml")
    return caught.value.line


def test_a_document_gives_its_root_and_its_text() -> None:
    root = parse(b'<a xmlns="urn:x"><p>One <b>two</b></p><p>three</p><!-- not this --><?nor this?></a>', "x")
    assert local(root) == "a"
    assert text_of(root) == "One two three"
    assert text_of(None) == ""


def test_entities_declared_in_the_document_are_refused_with_their_line() -> None:
    assert _line(LAUGHS) == 3
    blow_up = b'<!DOCTYPE a [<!ENTITY x "' + b"y" * 50_000 + b'">]><a>' + b"&x;" * 50_000 + b"</a>"
    assert _line(blow_up) == 1
    assert _line(b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;]><a/>') == 1


@pytest.mark.parametrize(
    "before",
    [
        b"<!-- ]> -->",
        b'<?xml version="1.0"?>' + b" " * 9000,
        b"<!-- " + b"x" * 9000 + b" -->\n<?pi?>",
    ],
    ids=["comment", "white space", "long comment"],
)
def test_entities_cannot_hide_behind_a_long_prolog(before: bytes) -> None:
    with pytest.raises(InvalidFormat, match="declares entities"):
        parse(before + b"<!DOCTYPE a [<!-- ]> --> <!ENTITY x 'y'>]><a b='&x;'>&x;</a>", "x")


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    with pytest.raises(InvalidFormat, match="declares entities") as caught:
        parse(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode(), "x")
    assert "the secret" not in str(caught.value)
    include = '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{}" parse="text"/></a>'
    assert text_of(parse(include.format(secret.as_uri()).encode(), "x")) == ""


def test_an_external_document_type_is_only_a_name(tmp_path: Path) -> None:
    dtd = tmp_path / "nitf.dtd"
    dtd.write_text('<!ENTITY house "the secret">')
    given = (
        f'<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.2//EN" "{dtd.as_uri()}">\n<nitf>Caf&eacute;&nbsp;&house;</nitf>'
    )
    assert text_of(parse(given.encode(), "x")) == "Café &house;"


def test_depth_and_number_of_elements_are_bounded() -> None:
    assert local(parse(b"<a>" * DEPTH + b"</a>" * DEPTH, "x")) == "a"
    for levels in (DEPTH + 1, 200_000):
        with pytest.raises(InvalidFormat, match="levels deep"):
            parse(b"<a>" * levels + b"</a>" * levels, "x")
    with pytest.raises(InvalidFormat, match="more than 1,000,000 elements"):
        parse(b"<a>" + b"<b/>" * 1_000_001 + b"</a>", "x")


@pytest.mark.parametrize(
    "data",
    [b'<a x="' + b"y" * 11_000_000 + b'"/>', b"<a>" + b"y" * 11_000_000 + b"</a>", b"<!DOCTYPE " * 50_000],
    ids=["attribute", "text", "document types"],
)
def test_a_huge_part_is_an_error(data: bytes) -> None:
    with pytest.raises(InvalidFormat):
        parse(data, "x")


def test_what_is_cut_off_is_said_to_be_cut_off() -> None:
    for data in (b"<a>\n<b>text", b"<a>\n<b te", b"<a>\n<b>text</b>"):
        with pytest.raises(InvalidFormat, match=r"x:2: .*cut off; get it again"):
            parse(data, "x")
    with pytest.raises(InvalidFormat, match=r"x:2: .*well-formed"):
        parse(b"<a>\n<b></c></a>", "x")


def test_a_line_is_counted_from_the_first_byte_of_the_document() -> None:
    assert _line(b'\xef\xbb\xbf\n\n<?xml version="1.0"?>\n<a></b>') == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_with_and_without_a_mark(encoding: str) -> None:
    given = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><a>Zoë “Müller”</a>'
    assert text_of(parse(given.encode(encoding), "x")) == "Zoë “Müller”"


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("ISO-8859-1", "cp1252"),
        ("iso-8859-1", "utf-8"),
        ("UTF-16", "utf-8"),
        ("windows-1252", "cp1252"),
        ("ISO-8859-15", "iso-8859-15"),
        ("utf-16", "utf-8-sig"),
    ],
)
def test_a_declaration_that_is_wrong_in_one_way_only_is_put_right(declared: str, written: str) -> None:
    text = "Zoë, é" if "15" in declared else "Zoë, “é”"
    given = f'<?xml version="1.0" encoding="{declared}"?><a>{text}</a>'
    assert text_of(parse(given.encode(written), "x")) == text


def test_bytes_that_are_not_in_the_declared_encoding_are_an_error_with_the_offset() -> None:
    given = '<?xml version="1.0" encoding="UTF-8"?>\n<a>é</a>'
    with pytest.raises(EncodingError, match=r"line 2.*declare the encoding") as caught:
        parse(given.encode("latin-1"), "x")
    assert caught.value.offset == given.index("é")


def test_the_sender_s_charset_goes_before_the_declaration() -> None:
    given = '<?xml version="1.0" encoding="UTF-8"?><a>Ω</a>'.encode("iso-8859-7")
    assert text_of(parse(given, "x", charset="ISO-8859-7")) == "Ω"


@pytest.mark.parametrize("encoding", ["utf-7", "bz2", "rot13", "no-such-thing", "iso-8859-99"])
def test_an_encoding_that_is_none_is_refused(encoding: str) -> None:
    with pytest.raises(EncodingError, match="not supported"):
        parse(f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode(), "x")


def test_control_characters_go_and_nul_is_no_text() -> None:
    assert text_of(parse(b"<a>x\x0by\x1b</a>", "x")) == "xy"
    with pytest.raises(BinaryInput):
        parse(b"<a>x\0y</a>", "x")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyInput),
        (b" \n\t", EmptyInput),
        (b"\xff\xfe", EmptyInput),
        (b'<?xml version="1.0"?>', InvalidFormat),
        (b"plain words", InvalidFormat),
        (b"<a>&undeclared;</a>", InvalidFormat),
        (b"<a/><b/>", InvalidFormat),
        (b'<a x="1" x="2"/>', InvalidFormat),
        (b"<a:b/>", InvalidFormat),
        (b"<a>&#0;</a>", InvalidFormat),
        (b"\xff\xfe<\0a\0", InvalidFormat),
        (b"\xff\xfe<", EncodingError),
    ],
)
def test_what_is_no_xml_is_an_input_error(data: bytes, error: type[InputError]) -> None:
    with pytest.raises(error):
        parse(data, "x")


@pytest.mark.parametrize(
    ("head", "root"),
    [
        (b'<newsItem xmlns="urn:a" guid="x">', ("newsItem", "urn:a")),
        (b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- <b> --><a:f b='1>2' xmlns:a = 'urn:b' xmlns='c'", ("f", "urn:b")),
        (b'<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.2//EN" "nitf.dtd">\n<nitf>', ("nitf", "")),
        (b"<!DOCTYPE a [<!ELEMENT a ANY>]><a>", ("a", "")),
        ("<größe>".encode("utf-16"), ("größe", "")),
        ("<größe>".encode("utf-16-be"), ("größe", "")),
        (b"<!-- never ended", None),
        (b"<!DOCTYPE a [" + b"x" * 70_000, None),
        (b"words", None),
        (b"", None),
    ],
)  # fmt: skip
def test_the_root_shows_in_the_first_bytes(head: bytes, root: tuple[str, str] | None) -> None:
    assert root_of(head) == root
