"""Strict JSON: what is refused, with what place, and what is read."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import EmptyInput, EncodingError, InputError, InvalidFormat
from kg.extract.json import DEEPEST, line, loads, pointer

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_the_standard_library_writes_is_read_back(value: object) -> None:
    assert loads(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("data", "row", "column", "path"),
    [
        (b'{"a": 1, "a": 2}', 1, 10, "/a"),
        (b'{"a": {"b": [1, {"c": 2,\n "c": 3}]}}', 2, 2, "/a/b/1/c"),
        (b'{"a": {},\n\n  "b": {"x/y": 1, "x/y": 1}}', 3, 19, "/b/x~1y"),
        (b'[[{"x": 1}, {"x": 2, "y": {"x": 1, "": 2, "": 3}}]]', 1, 43, "/0/1/y/"),
        (b'{"text": "\\"a\\": 1, {", "text": 2}', 1, 25, "/text"),
        (b'{"\\u0061": 1, "a": 2}', 1, 15, "/a"),
    ],
)
def test_a_name_twice_in_one_object_is_refused_with_its_place(data: bytes, row: int, column: int, path: str) -> None:
    with pytest.raises(InvalidFormat, match="stands twice") as refused:
        loads(data, "wire.json")
    assert (refused.value.line, refused.value.path) == (row, path)
    assert f"(line {row}, column {column})" in str(refused.value)
    assert str(refused.value).startswith(f"wire.json:{row}: ")


def test_the_same_name_in_two_objects_is_read() -> None:
    assert loads(b'[{"a": 1}, {"a": {"a": 2}}]') == [{"a": 1}, {"a": {"a": 2}}]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000])
def test_numbers_that_are_none_are_refused_with_their_place(number: str) -> None:
    with pytest.raises(InvalidFormat, match=r"is no number .*\(line 2, column 7\)"):
        loads(f'{{"a": "{number}",\n "b": {number}}}'.encode())


def test_nesting_is_read_to_the_limit_and_refused_below_it() -> None:
    assert loads(b"[" * DEEPEST + b"]" * DEEPEST)
    for depth in (DEEPEST + 1, 2_000, 200_000):
        with pytest.raises(InvalidFormat, match=rf"nested more than {DEEPEST} deep.*column {DEEPEST + 1}\)"):
            loads(b"[" * depth + b"]" * depth)
    with pytest.raises(InvalidFormat, match="nested more than"):
        loads(b'{"a":' * 5_000 + b"1" + b"}" * 5_000)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a": [1, 2', "ends too early"),
        (b'{"a": "one', "ends too early"),
        (b"[1] [2]", "one document holds one JSON text"),
        (b'["a\nb"]', "raw control character"),
        (b'{"a": 1,}', "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b"[1, 2] // note", "one document holds"),
        (b"[01]", r"line 1, column"),
        (b"[tru]", "not JSON"),
        (b"\0", "not JSON"),
    ],
)
def test_what_is_no_json_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidFormat, match=reason) as refused:
        loads(data)
    assert refused.value.line is not None


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf"])
def test_a_document_without_a_value_is_empty(data: bytes) -> None:
    with pytest.raises(EmptyInput):
        loads(data)


def test_a_byte_that_is_no_utf_8_is_refused_with_its_offset() -> None:
    with pytest.raises(EncodingError, match=r"0xE9 at offset 8 \(line 2\)") as refused:
        loads('\n{"a": "é"}'.encode("latin-1"))
    assert refused.value.offset == 8


def test_byte_order_marks_are_read() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        assert loads('["é"]'.encode(encoding)) == ["é"]


def test_lone_surrogates_become_replacement_characters() -> None:
    assert loads(rb'{"\ud83d": ["\ude00", "\ud83d\ude00"]}') == {"\ufffd": ["\ufffd", "😀"]}


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:\\ \n1eNtrud', max_size=60).map(str.encode))
def test_no_bytes_raise_anything_but_an_input_error(data: bytes) -> None:
    with contextlib.suppress(InputError):
        loads(data)


def test_the_line_of_a_value_is_found_by_its_path() -> None:
    data = b'{"a": {"b": [1, {"c": 2,\n "d": 3}],\n"e": "}"},\n"f":\n5}'
    assert [line(data, path) for path in ("", "/a/b/1/d", "/a/e", "/f", "/g")] == [1, 2, 3, 5, None]


def test_pointers_escape_slashes_and_tildes() -> None:
    assert pointer(["a/b", 0, "m~n", ""]) == "/a~1b/0/m~0n/"
